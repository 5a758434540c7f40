/* What the tests of whole reports do with what was rendered. */
#ifndef HC_TESTS_UNIT_REPORTS_RENDERED_H
#define HC_TESTS_UNIT_REPORTS_RENDERED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/xml.h"

/* The text that was rendered; the caller's to free. */
static inline char *text_of(struct hc_buf *out)
{
    hc_buf_char(out, '\0');
    assert_false(out->failed);
    return out->p;
}

/* Where asked (the HTML checks do), leaves what was rendered in a directory. */
static inline void keep(const char *name, const char *ending, const char *text)
{
    const char *directory = getenv("HC_REPORTS_OUT");
    char path[1024];
    if (!directory)
        return;
    snprintf(path, sizeof path, "%s/%s.%s", directory, name, ending);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fwrite(text, 1, strlen(text), file);
    fclose(file);
}

static inline const struct hc_xml_node *parse(const char *html, struct hc_arena *arena)
{
    const char *body = strchr(html, '\n') + 1; /* the reader refuses any document type */
    const struct hc_xml_node *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    enum hc_status status = hc_xml_parse(&root, hc_str_of(body), (size_t)64 << 20, NULL, arena, &err);
    if (status != HC_OK)
        print_error("%s:%ld %s\n", err.code, err.line, err.text);
    assert_int_equal(status, HC_OK);
    return root;
}

static inline void finds(const char *text, const char *part)
{
    if (!strstr(text, part))
        print_error("not found: %s\n", part);
    assert_non_null(strstr(text, part));
}

static inline int setup(void **state)
{
    (void)state;
    hc_xml_setup();
    return 0;
}

#endif
