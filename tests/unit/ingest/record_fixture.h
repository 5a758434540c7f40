/* Records: the mapping, and front matter: what their tests share. */
#ifndef HC_TEST_RECORD_FIXTURE_H
#define HC_TEST_RECORD_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/xml.h"
#include "ingest/manifest_parts.h"
#include "ingest/record/record.h"

#define N_MOST 8

struct fixture {
    struct hc_arena *arena;
    struct hc_mapping *mapping;
    struct hc_record records[N_MOST];
    size_t n_records, n_refused;
    long refused_line;
    const char *refused_code;
    struct hc_record_sink sink;
    struct hc_record_context context;
};

static inline enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    struct fixture *f = context;
    (void)err;
    assert_true(f->n_records < N_MOST);
    f->records[f->n_records++] = *record;
    return HC_OK;
}

static inline enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    struct fixture *f = context;
    (void)member;
    (void)err;
    f->n_refused++;
    f->refused_line = why->line;
    f->refused_code = why->code;
    return HC_OK;
}

static inline void begin_with(struct fixture *f, struct hc_str own)
{
    struct hc_err err = HC_ERR_NONE;
    *f = (struct fixture){.arena = hc_arena_new(0)};
    enum hc_status status = hc_mapping_new(&f->mapping, own, &err);
    if (status != HC_OK)
        print_error("%s, line %ld\n", err.text, err.line);
    assert_int_equal(status, HC_OK);
    f->sink = (struct hc_record_sink){.context = f, .take = take, .refuse = refuse};
    f->context = (struct hc_record_context){
        .mapping = f->mapping, .member = HC_STR("a.md"), .arena = f->arena, .sink = &f->sink, .of_file = f->arena};
}

static inline void end(struct fixture *f)
{
    hc_mapping_free(f->mapping);
    hc_arena_free(f->arena);
}

static inline enum hc_status read(struct fixture *f, const char *text)
{
    struct hc_err err = HC_ERR_NONE;
    return hc_record_read(hc_str_of(text), &f->context, &err);
}

static inline const struct hc_incident *only(const struct fixture *f)
{
    assert_int_equal(f->n_records, 1);
    return &f->records[0].manifest.incident;
}

#define ASSERT_TEXT(s, expected) assert_true(hc_str_is((s), (expected)))

static inline void assert_time(struct hc_time time, const char *expected)
{
    char text[HC_TIME_TEXT];
    hc_time_format(time, text);
    assert_string_equal(text, expected);
}

static inline bool warned(const struct fixture *f, const char *code, long line)
{
    const struct hc_warnings *warnings = &f->records[0].manifest.warnings;
    for (size_t i = 0; i < warnings->n; i++)
        if (hc_str_is(warnings->items[i].code, code) && warnings->items[i].line == line)
            return true;
    return false;
}

#endif
