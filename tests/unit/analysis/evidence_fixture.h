/* Hand-made incidents for the tests of the detectors. */
#ifndef HC_TESTS_EVIDENCE_FIXTURE_H
#define HC_TESTS_EVIDENCE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "analysis/evidence/evidence.h"
#include "analysis/evidence/features.h"
#include "analysis/model/catalogue.h"
#include "near.h"

struct fixture {
    struct hc_catalogue *catalogue;
    struct hc_arena *arena;
    struct hc_evidence evidence;
    struct hc_err err;
};

static inline int fixture_setup(void **state)
{
    static struct fixture f;
    memset(&f, 0, sizeof f);
    f.arena = hc_arena_new(0);
    if (hc_catalogue_read(&f.catalogue, HC_STR_NONE, &f.err) != HC_OK || !f.arena)
        return -1;
    *state = &f;
    return 0;
}

static inline int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    hc_catalogue_free(f->catalogue);
    hc_arena_free(f->arena);
    return 0;
}

static inline struct hc_time at_time(const char *text)
{
    struct hc_time t = HC_TIME_NONE;
    assert_true(hc_time_parse_rfc3339(hc_str_of(text), &t));
    return t;
}

static inline void extract(struct fixture *f, const struct hc_incident *incident)
{
    assert_int_equal(hc_evidence_extract(incident, f->catalogue, f->arena, &f->evidence, &f->err), HC_OK);
}

static inline size_t feature(const struct fixture *f, const char *name)
{
    size_t at = hc_catalogue_feature(f->catalogue, hc_str_of(name));
    assert_true(at < f->catalogue->n_features);
    return at;
}

static inline double value_of(const struct fixture *f, uint32_t component, const char *name)
{
    return f->evidence.values[component * f->catalogue->n_features + feature(f, name)];
}

static inline const struct hc_evidence_item *item_of(const struct fixture *f, uint32_t component, const char *name)
{
    size_t wanted = feature(f, name);
    for (size_t i = 0; i < f->evidence.n_items; i++) {
        if (f->evidence.items[i].component == component && f->evidence.items[i].feature == wanted)
            return &f->evidence.items[i];
    }
    return NULL;
}

static inline void says(const struct fixture *f, uint32_t component, const char *name, const char *text)
{
    const struct hc_evidence_item *item = item_of(f, component, name);
    assert_non_null(item);
    char said[1024];
    snprintf(said, sizeof said, "%.*s", HC_STR_ARG(item->text));
    assert_string_equal(said, text);
}

static inline bool has_kind(const struct fixture *f, const char *id)
{
    for (size_t i = 0; i < f->catalogue->n_kinds; i++) {
        if (hc_str_is(f->catalogue->kinds[i].id, id))
            return (f->evidence.kinds >> i & 1) != 0;
    }
    fail_msg("no evidence kind %s", id);
    return false;
}

/* A baseline hour of rows a minute apart, then `n` rows of a window. */
struct made_series {
    int64_t at_ns[128];
    double values[128];
};

static inline struct hc_series make_series(struct made_series *m, uint32_t component, const char *metric,
                                           int64_t window_start_ns, const double *window, size_t n)
{
    for (size_t i = 0; i < 60 + n; i++) {
        m->at_ns[i] = window_start_ns + ((int64_t)i - 60) * HC_NS_PER_MINUTE;
        m->values[i] = i < 60 ? 10 + 0.5 * sin((double)i) : window[i - 60];
    }
    return (struct hc_series){.component = component,
                              .metric = hc_str_of(metric),
                              .n = 60 + n,
                              .at_ns = m->at_ns,
                              .values = m->values,
                              .place = {HC_STR("metrics.csv"), 1}};
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

#endif
