/* What tests of readers share: read a text with its entry, look at the reading. */
#ifndef HC_TESTS_UNIT_INGEST_READING_H
#define HC_TESTS_UNIT_INGEST_READING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/format/format.h"

struct test_reading {
    struct hc_arena *arena;
    struct hc_entry entry;
    struct hc_read_context context; /* .entry is set where `entry.kind` is, before reading */
    struct hc_reading reading;
    struct hc_evidence_file file;
    struct hc_err err;
};

static inline void test_reading_open(struct test_reading *t)
{
    *t = (struct test_reading){.err = HC_ERR_NONE};
    t->arena = hc_arena_new(0);
    assert_non_null(t->arena);
    t->context.member = HC_STR("file");
    t->context.window_start = (struct hc_time){1000 * HC_NS_PER_SECOND, 0};
    t->context.window_end = HC_TIME_NONE;
    hc_reading_init(&t->reading, t->arena);
}

static inline void test_reading_close(struct test_reading *t)
{
    hc_arena_free(t->arena);
}

/* Through the rule that decides which reader it is. */
static inline enum hc_status test_read(struct test_reading *t, const char *text)
{
    t->context.entry = t->entry.kind.p == NULL ? NULL : &t->entry;
    return hc_file_read(hc_str_of(text), &t->context, &t->reading, &t->file, &t->err);
}

static inline size_t test_warnings(const struct hc_reading *reading, const char *code)
{
    size_t n = 0;
    for (size_t i = 0; i < reading->warnings.n; i++)
        n += hc_str_is(reading->warnings.items[i].code, code) ? 1 + reading->warnings.items[i].n_more : 0;
    return n;
}

/* The series of that name; fails the test where there is none. */
static inline const struct hc_read_series *test_series(const struct hc_reading *reading, const char *component,
                                                       const char *metric)
{
    for (size_t i = 0; i < reading->n_series; i++) {
        const struct hc_read_series *s = &reading->series[i];
        if (s->component != HC_NO_COMPONENT && hc_str_is(reading->components.items[s->component], component) &&
            hc_str_is(s->metric, metric))
            return s;
    }
    fail_msg("no series %s/%s", component, metric);
    return NULL;
}

#define assert_text(str, expected)                                                     \
    do {                                                                               \
        struct hc_str assert_text_s = (str);                                           \
        if (!hc_str_is(assert_text_s, (expected)))                                     \
            fail_msg("\"%.*s\" is not \"%s\"", HC_STR_ARG(assert_text_s), (expected)); \
    } while (0)

#endif
