/* An incident for the detectors: front calls shop, shop calls store; store_client sees store. */
#ifndef HC_TEST_SHOP_H
#define HC_TEST_SHOP_H

#include "evidence_fixture.h"

#include "analysis/stats/shift.h"

enum { FRONT, SHOP, STORE, STORE_CLIENT, N_COMPONENTS };

struct shop {
    struct hc_incident incident;
    struct hc_component components[N_COMPONENTS];
    struct hc_dependency dependencies[3];
    struct hc_interval baseline;
    struct hc_symptom symptom;
    struct made_series made[4];
    struct hc_series series[4];
};

static inline void make_shop(struct shop *s)
{
    memset(s, 0, sizeof *s);
    s->components[FRONT] = (struct hc_component){HC_STR("front"), HC_STR("service")};
    s->components[SHOP] = (struct hc_component){HC_STR("shop"), HC_STR("service")};
    s->components[STORE] = (struct hc_component){HC_STR("store"), HC_STR("database")};
    s->components[STORE_CLIENT] = (struct hc_component){HC_STR("store_client"), HC_STR("client")};
    s->dependencies[0] = (struct hc_dependency){FRONT, SHOP, false, {HC_STR("incident.xml"), 9}};
    s->dependencies[1] = (struct hc_dependency){SHOP, STORE, false, {HC_STR("incident.xml"), 10}};
    s->dependencies[2] = (struct hc_dependency){STORE_CLIENT, STORE, false, {HC_STR("incident.xml"), 11}};
    s->baseline = (struct hc_interval){at_time("2026-03-01T11:00:00Z"), at_time("2026-03-01T12:00:00Z")};
    s->symptom =
        (struct hc_symptom){FRONT, HC_STR("latency"), at_time("2026-03-01T12:02:00Z"), {HC_STR("incident.xml"), 5}};
    s->incident = (struct hc_incident){.id = HC_STR("made"),
                                       .service = HC_STR("front"),
                                       .window_start = at_time("2026-03-01T12:00:00Z"),
                                       .detected = HC_TIME_NONE,
                                       .mitigated = HC_TIME_NONE,
                                       .window_end = at_time("2026-03-01T12:10:00Z"),
                                       .baselines = &s->baseline,
                                       .n_baselines = 1,
                                       .components = s->components,
                                       .n_components = N_COMPONENTS,
                                       .dependencies = s->dependencies,
                                       .n_dependencies = 3,
                                       .symptoms = &s->symptom,
                                       .n_symptoms = 1,
                                       .series = s->series};
}

static inline void add_series(struct shop *s, uint32_t component, const char *metric, const double *window, size_t n)
{
    size_t i = s->incident.n_series++;
    s->series[i] = make_series(&s->made[i], component, metric, s->incident.window_start.ns, window, n);
}

#endif
