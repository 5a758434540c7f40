/* Made-up evidence for tests of the model: no detector is involved. */
#ifndef HC_TEST_SYNTHETIC_H
#define HC_TEST_SYNTHETIC_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/model.h"
#include "base/random.h"
#include "base/xml.h"

struct made {
    struct hc_arena *arena;
    struct hc_catalogue *catalogue;
    struct hc_evidence *evidence;
    struct hc_labelled *labelled;
    size_t n;
};

static inline struct hc_catalogue *built_in_catalogue(void)
{
    struct hc_catalogue *catalogue = NULL;
    struct hc_err err = HC_ERR_NONE;
    const enum hc_status status = hc_catalogue_read(&catalogue, HC_STR_NONE, &err);
    if (status != HC_OK)
        print_error("%s line %ld\n", err.text, err.line);
    assert_int_equal(status, HC_OK);
    return catalogue;
}

static inline uint64_t kinds_named(const struct hc_catalogue *c, const char *const *names, size_t n)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < c->n_kinds; k++)
            if (hc_str_is(c->kinds[k].id, names[i]))
                bits |= (uint64_t)1 << k;
    return bits;
}

/* An incident of n candidates whose values are NaN, of which all main kinds are there. */
static inline struct hc_evidence bare_evidence(struct made *m, size_t n_components, size_t number)
{
    static const char *const main_kinds[] = {"metrics", "logs", "traces", "topology", "changes"};
    struct hc_evidence e = {.n_components = n_components};
    e.incident = hc_str_format(m->arena, "INC-%05zu", number);
    e.service = HC_STR("shop");
    e.window_start = (struct hc_time){(int64_t)(number + 1) * HC_NS_PER_HOUR, 0};
    e.components = hc_arena_calloc(m->arena, n_components, sizeof *e.components);
    for (size_t s = 0; s < n_components; s++) {
        e.components[s].name = hc_str_format(m->arena, "service-%02zu", s);
        e.components[s].candidate = true;
    }
    const size_t n = n_components * m->catalogue->n_features;
    e.values = hc_arena_alloc(m->arena, (n + 1) * sizeof *e.values);
    for (size_t i = 0; i < n; i++)
        e.values[i] = NAN;
    e.kinds = kinds_named(m->catalogue, main_kinds, sizeof main_kinds / sizeof *main_kinds);
    return e;
}

static inline double *value_at(const struct made *m, const struct hc_evidence *e, size_t component, const char *name)
{
    const size_t f = hc_catalogue_feature(m->catalogue, hc_str_of(name));
    assert_true(f < m->catalogue->n_features);
    return &e->values[component * m->catalogue->n_features + f];
}

static inline double exponential(struct hc_random *random)
{
    return -log1p(-hc_random_uniform(random));
}

/* Three kinds of fault, each with two features that rise at the culprit; all components have some noise. Each label
 * is known a quarter of an hour after its incident began; incidents are an hour apart. */
struct fault {
    const char *category, *cause, *loud[2];
};
static const struct fault made_faults[] = {{"application", "memory-leak", {"memory-up", "signature-out-of-memory"}},
                                           {"infrastructure", "cpu-contention", {"cpu-up", "node-cpu-up"}},
                                           {"network", "network-delay", {"edge-residual-up", "client-latency-up"}}};

static inline void make_incident(struct made *m, size_t number, size_t n_components, struct hc_random *random)
{
    static const char *const all[] = {"memory-up",         "cpu-up",     "node-cpu-up", "edge-residual-up",
                                      "client-latency-up", "latency-up", "errors-up"};
    struct hc_evidence *e = &m->evidence[number];
    *e = bare_evidence(m, n_components, number);
    const struct fault *fault = &made_faults[hc_random_below(random, 3)];
    const size_t culprit = hc_random_below(random, n_components);
    for (size_t s = 0; s < n_components; s++) {
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            const double v = exponential(random) - 0.7;
            *value_at(m, e, s, all[i]) = v > 0 ? v : 0;
        }
        *value_at(m, e, s, "signature-out-of-memory") = 0;
    }
    for (int i = 0; i < 2; i++)
        *value_at(m, e, culprit, fault->loud[i]) += 1.2 * exponential(random);
    m->labelled[number] = (struct hc_labelled){.evidence = e,
                                               .category = hc_str_of(fault->category),
                                               .cause = hc_str_of(fault->cause),
                                               .component = e->components[culprit].name,
                                               .started = e->window_start,
                                               .known_at = {e->window_start.ns + HC_NS_PER_HOUR / 4, 0}};
}

static inline struct made make_incidents(size_t n, size_t n_components, uint64_t seed)
{
    struct made m = {.arena = hc_arena_new(0), .catalogue = built_in_catalogue(), .n = n};
    m.evidence = hc_arena_calloc(m.arena, n, sizeof *m.evidence);
    m.labelled = hc_arena_calloc(m.arena, n, sizeof *m.labelled);
    struct hc_random random = hc_random_new(seed, 0);
    for (size_t i = 0; i < n; i++)
        make_incident(&m, i, n_components, &random);
    return m;
}

static inline void forget(struct made *m)
{
    hc_arena_free(m->arena);
    hc_catalogue_free(m->catalogue);
}

static inline int set_up_xml(void **state)
{
    (void)state;
    hc_xml_setup();
    return 0;
}

#endif
