/* The topology: whose anomaly is its own, which lies on the way to the symptom, who was first. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/sentence.h"

#define AT_SYMPTOM 9 /* more than any anomaly: the symptom's component is open to itself */
#define NOTABLE 1.5
#define ONSET_HALF_LIFE_NS (5 * HC_NS_PER_MINUTE)

/* The features that say how bad a component looks to those that use it; n_features: not asked. The tail of the
 * latency stands in where nobody measures more. */
struct looks {
    size_t latency, tail, errors;
};

static size_t up_of_class(const struct hc_detection *d, const char *id)
{
    size_t class = hc_metric_class_by_id(d->catalogue, id);
    if (class == d->catalogue->n_metric_classes)
        return d->catalogue->n_features;
    return d->catalogue->first_metric_feature + 2 * class;
}

static struct looks all_looks(const struct hc_detection *d)
{
    return (struct looks){up_of_class(d, "latency"), up_of_class(d, "latency-tail"), up_of_class(d, "errors")};
}

/* Where the symptoms' metrics are known to be latency or errors, only that is followed to its origin. */
static struct looks looks_of(const struct hc_detection *d)
{
    size_t none = d->catalogue->n_features;
    const struct looks all = all_looks(d);
    struct looks out = {none, none, none};
    for (size_t i = 0; i < d->incident->n_symptoms; i++) {
        size_t class = hc_metric_class_of(d, d->incident->symptoms[i].metric).class;
        size_t up = d->catalogue->first_metric_feature + 2 * class;
        if (class < d->catalogue->n_metric_classes && (up == all.latency || up == all.tail)) {
            out.latency = all.latency;
            out.tail = all.tail;
        } else if (class < d->catalogue->n_metric_classes && up == all.errors) {
            out.errors = all.errors;
        } else {
            return all;
        }
    }
    return d->incident->n_symptoms ? out : all;
}

static double latency_of(const struct hc_detection *d, const struct looks *looks, uint32_t c)
{
    double latency = hc_detect_value(d, c, looks->latency);
    return isnan(latency) ? hc_detect_value(d, c, looks->tail) : latency;
}

/* Errors by any telemetry that counts them. */
static double errors_of(const struct hc_detection *d, const struct looks *looks, uint32_t c)
{
    if (looks->errors == d->catalogue->n_features)
        return (double)NAN;
    double spans = hc_detect_value(d, c, HC_FEATURE_SPAN_ERRORS_UP);
    double lines = hc_detect_value(d, c, HC_FEATURE_LOG_ERRORS_UP);
    return fmax(hc_detect_value(d, c, looks->errors), fmax(spans, lines));
}

/* NaN: nothing of the kind is observed. */
static double anomaly_of(const struct hc_detection *d, const struct looks *looks, uint32_t c)
{
    return fmax(latency_of(d, looks, c), errors_of(d, looks, c));
}

/* What of its anomaly can be its own: where traces see it, no more latency than they find in its own time or on the
 * way to it. */
static double ownable_of(const struct hc_detection *d, const struct looks *looks, uint32_t c)
{
    double latency = latency_of(d, looks, c);
    double traced = fmax(hc_detect_value(d, c, HC_FEATURE_EXCLUSIVE_LATENCY_UP),
                         hc_detect_value(d, c, HC_FEATURE_EDGE_RESIDUAL_UP));
    if (!isnan(traced))
        latency = fmin(latency, traced);
    return fmax(latency, errors_of(d, looks, c));
}

/* Why none of those that it calls is named: none is off, none is measured, or none is known. */
static struct hc_str no_worse(const struct hc_detection *d, const double *anomaly, uint32_t c)
{
    bool measured = false, calls = false;
    for (size_t i = 0; i < d->incident->n_dependencies; i++) {
        const struct hc_dependency *edge = &d->incident->dependencies[i];
        calls = calls || (edge->from == c && edge->to != c);
        measured = measured || (edge->from == c && edge->to != c && !isnan(anomaly[edge->to]));
    }
    if (measured)
        return HC_STR(", and no latency or error rate measured of what it calls is");
    if (calls)
        return HC_STR("; the bundle has no latency or error rate of anything that it calls");
    return d->incident->n_dependencies ? HC_STR(", and no other component that it calls is known")
                                       : HC_STR("; the bundle does not say what it calls");
}

/* A component's own anomaly, and the worst of those that it calls. */
struct compared {
    const double *anomaly, *ownable, *worst_callee;
    const uint32_t *worst_of; /* HC_NO_COMPONENT: none is off */
};

static void add_own(struct hc_detection *d, const struct compared *by)
{
    for (uint32_t c = 0; c < d->out->n_components && !d->refused; c++) {
        if (isnan(by->ownable[c]))
            continue;
        double own = by->ownable[c] - by->worst_callee[c];
        struct hc_finding f = {.component = c, .feature = HC_FEATURE_OWN_ANOMALY, .value = own, .onset = HC_TIME_NONE};
        if (hc_detect_wants(d, c, f.feature, own)) {
            struct hc_str name = hc_detect_component_name(d, c);
            f.text = by->worst_of[c] == HC_NO_COMPONENT
                         ? HC_PHRASE(d->arena, name, HC_STR(" is off its baseline"), no_worse(d, by->anomaly, c))
                         : HC_PHRASE(d->arena, name, HC_STR(" is further off its baseline than "),
                                     hc_detect_component_name(d, by->worst_of[c]), HC_STR(", the worst that it calls"));
            f.place = d->incident->window_place;
        }
        hc_detect_add(d, &f);
    }
}

/* How far off a component is that measures neither latency nor errors, a host say: as far as its loudest metric. */
static double loudest_of(const struct hc_detection *d, uint32_t c)
{
    double loudest = NAN;
    for (size_t i = 0; i < d->catalogue->n_metric_classes; i++)
        loudest = fmax(loudest, hc_detect_value(d, c, d->catalogue->first_metric_feature + 2 * i));
    return loudest;
}

/* Not of log lines, which callers do not see, nor of spans, which go with traces. */
static double metric_errors_of(const struct hc_detection *d, const struct looks *looks, uint32_t c)
{
    return hc_detect_value(d, c, looks->errors);
}

/* What travels to callers. */
struct travelling {
    size_t feature;
    double (*measured)(const struct hc_detection *d, const struct looks *looks, uint32_t c);
    const char *says, *noun;
};

static struct hc_str own_part_text(struct hc_detection *d, const struct travelling *t, uint32_t c, bool callee_measured)
{
    struct hc_str name = hc_detect_component_name(d, c);
    if (callee_measured)
        return HC_PHRASE(d->arena, name, hc_str_of(t->says), HC_STR(", which nothing that it calls explains"));
    return HC_PHRASE(d->arena, name, hc_str_of(t->says), HC_STR("; the bundle has no "), hc_str_of(t->noun),
                     HC_STR(" of anything that it calls"));
}

/* What the worst of those that a component calls does not explain. */
static void add_own_part(struct hc_detection *d, const struct travelling *t)
{
    const size_t n = d->out->n_components;
    const struct looks looks = all_looks(d);
    double *worst = hc_detect_alloc(d, n, sizeof *worst);
    bool *callee_measured = hc_detect_alloc(d, n, sizeof *callee_measured);
    for (size_t i = 0; i < d->incident->n_dependencies && !d->refused; i++) {
        const struct hc_dependency *edge = &d->incident->dependencies[i];
        double callee = t->measured(d, &looks, edge->to);
        if (isnan(latency_of(d, &looks, edge->to)) && isnan(metric_errors_of(d, &looks, edge->to)))
            callee = loudest_of(d, edge->to);
        if (edge->from == edge->to || isnan(callee))
            continue;
        worst[edge->from] = fmax(worst[edge->from], callee);
        callee_measured[edge->from] = true;
    }
    for (uint32_t c = 0; c < n && !d->refused; c++) {
        const double own = t->measured(d, &looks, c) - worst[c];
        struct hc_finding f = {.component = c, .feature = t->feature, .value = own, .onset = HC_TIME_NONE};
        if (isnan(own))
            continue;
        f.place = d->incident->window_place;
        if (hc_detect_wants(d, c, t->feature, own))
            f.text = own_part_text(d, t, c, callee_measured[c]);
        hc_detect_add(d, &f);
    }
}

/* Does a symptom say where it shows? */
static bool names_symptom(const struct hc_detection *d)
{
    for (size_t i = 0; i < d->incident->n_symptoms; i++)
        if (d->incident->symptoms[i].component != HC_NO_COMPONENT)
            return true;
    return false;
}

/* Where none says so it is the service that the incident was opened for. */
static bool is_symptom(const struct hc_detection *d, uint32_t c)
{
    for (size_t i = 0; i < d->incident->n_symptoms; i++)
        if (d->incident->symptoms[i].component == c)
            return true;
    return c == d->service && !names_symptom(d);
}

/* The widest way from the symptom down to each component: the most anomalous weakest link. A component that nobody
 * measures lets pass what comes. */
static void widen(struct hc_detection *d, const double *anomaly, double *widest)
{
    bool changed = true;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < d->incident->n_dependencies; i++) {
            const struct hc_dependency *edge = &d->incident->dependencies[i];
            double link = isnan(anomaly[edge->to]) ? widest[edge->from] : fmin(widest[edge->from], anomaly[edge->to]);
            if (link > widest[edge->to]) {
                widest[edge->to] = link;
                changed = true;
            }
        }
    }
}

static struct hc_str path_sentence(struct hc_detection *d, uint32_t c, bool named)
{
    struct hc_str name = hc_detect_component_name(d, c);
    if (is_symptom(d, c))
        return HC_PHRASE(d->arena, named ? HC_STR("what shows the symptom") : HC_STR("the service of the incident"),
                         HC_STR(" is "), name, HC_STR(" itself"));
    return HC_PHRASE(d->arena, HC_STR("each component that is measured on a way from "),
                     named ? HC_STR("the symptom") : HC_STR("the service of the incident"), HC_STR(" down to "), name,
                     HC_STR(" is off its baseline"));
}

static void add_paths(struct hc_detection *d, const double *anomaly, const double *ownable, double *widest)
{
    const bool named = names_symptom(d);
    bool has_symptom = false;
    for (uint32_t c = 0; c < d->out->n_components; c++) {
        bool symptom = is_symptom(d, c);
        widest[c] = symptom ? AT_SYMPTOM : 0;
        has_symptom = has_symptom || symptom;
    }
    if (!has_symptom || d->incident->n_dependencies == 0)
        return;
    widen(d, anomaly, widest);
    for (uint32_t c = 0; c < d->out->n_components && !d->refused; c++) {
        if (isnan(ownable[c]))
            continue;
        struct hc_finding f = {.component = c,
                               .feature = HC_FEATURE_PATH_TO_SYMPTOM,
                               .value = fmin(widest[c], ownable[c]),
                               .onset = HC_TIME_NONE,
                               .place = d->incident->window_place};
        if (hc_detect_wants(d, c, f.feature, f.value))
            f.text = path_sentence(d, c, named);
        hc_detect_add(d, &f);
    }
}

static void add_service(struct hc_detection *d, bool *connected)
{
    for (size_t i = 0; i < d->incident->n_dependencies; i++) {
        connected[d->incident->dependencies[i].from] = true;
        connected[d->incident->dependencies[i].to] = true;
    }
    for (uint32_t c = 0; c < d->out->n_components && !d->refused; c++) {
        struct hc_str name = hc_detect_component_name(d, c);
        bool symptom = is_symptom(d, c) || c == d->service;
        struct hc_finding f = {.component = c,
                               .feature = HC_FEATURE_IS_SERVICE,
                               .value = symptom ? 1 : 0,
                               .onset = HC_TIME_NONE,
                               .place = d->incident->window_place};
        if (symptom)
            f.text = HC_PHRASE(d->arena, HC_STR("the incident was opened for "), name);
        hc_detect_add(d, &f);
        if (d->incident->n_dependencies == 0)
            continue;
        f.feature = HC_FEATURE_ISOLATED;
        f.value = connected[c] ? 0 : 1;
        f.text = HC_STR_NONE;
        if (!connected[c])
            f.text = HC_PHRASE(d->arena, HC_STR("the topology has no dependency of "), name, HC_STR(" or on it"));
        hc_detect_add(d, &f);
    }
}

static void mark(bool *observed, uint32_t component)
{
    if (component != HC_NO_COMPONENT)
        observed[component] = true;
}

static void mark_observed(const struct hc_incident *incident, bool *observed)
{
    for (size_t i = 0; i < incident->n_series; i++)
        mark(observed, incident->series[i].component);
    for (size_t i = 0; i < incident->n_levels; i++)
        mark(observed, incident->levels[i].component);
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        mark(observed, incident->trace_edges[i].callee);
    for (size_t i = 0; i < incident->n_log_counts; i++)
        mark(observed, incident->log_counts[i].component);
    for (size_t i = 0; i < incident->n_events; i++)
        mark(observed, incident->events[i].component);
    for (size_t i = 0; i < incident->n_changes; i++)
        mark(observed, incident->changes[i].component);
}

static void add_unobserved(struct hc_detection *d, bool *observed)
{
    mark_observed(d->incident, observed);
    bool any = false;
    for (uint32_t c = 0; c < d->out->n_components; c++)
        any = any || observed[c];
    for (uint32_t c = 0; any && c < d->out->n_components && !d->refused; c++) {
        struct hc_finding f = {.component = c,
                               .feature = HC_FEATURE_UNOBSERVED,
                               .value = observed[c] ? 0 : 1,
                               .onset = HC_TIME_NONE,
                               .place = d->incident->window_place};
        if (!observed[c])
            f.text = HC_PHRASE(d->arena, HC_STR("nothing in the bundle but the topology names "),
                               hc_detect_component_name(d, c));
        hc_detect_add(d, &f);
    }
}

/* When a component left its usual level, as its first notable finding says. */
struct leaving {
    struct hc_time at;
    struct hc_source_place place;
};

static bool is_of_change(const struct hc_detection *d, const struct hc_evidence_item *item)
{
    return item->feature >= d->catalogue->first_change_feature || item->feature == HC_FEATURE_CHANGE_UNDONE ||
           item->feature == HC_FEATURE_CHANGE_NEAR_ONSET || item->feature == HC_FEATURE_CHANGE_UPSTREAM;
}

static void find_leaving(const struct hc_detection *d, struct leaving *leaving)
{
    for (uint32_t c = 0; c < d->out->n_components; c++)
        leaving[c] = (struct leaving){HC_TIME_NONE, d->incident->window_place};
    for (size_t i = 0; i < d->out->n_items; i++) {
        const struct hc_evidence_item *item = &d->out->items[i];
        struct leaving *of = &leaving[item->component];
        if (is_of_change(d, item) || item->value < NOTABLE || !hc_time_known(item->onset))
            continue;
        if (!hc_time_known(of->at) || item->onset.ns < of->at.ns)
            *of = (struct leaving){item->onset, item->place};
    }
}

static void add_first(struct hc_detection *d, struct leaving *leaving)
{
    int64_t first = INT64_MAX, last = INT64_MIN;
    find_leaving(d, leaving);
    for (uint32_t c = 0; c < d->out->n_components; c++) {
        if (!hc_time_known(leaving[c].at))
            continue;
        first = leaving[c].at.ns < first ? leaving[c].at.ns : first;
        last = leaving[c].at.ns > last ? leaving[c].at.ns : last;
    }
    if (last <= first) /* all at once, or one alone: nobody was first */
        return;
    for (uint32_t c = 0; c < d->out->n_components && !d->refused; c++) {
        bool left = hc_time_known(leaving[c].at);
        int64_t later = left ? leaving[c].at.ns - first : 0;
        struct hc_finding f = {.component = c,
                               .feature = HC_FEATURE_FIRST_ONSET,
                               .value = left ? exp2(-(double)later / (double)ONSET_HALF_LIFE_NS) : 0,
                               .onset = leaving[c].at,
                               .place = leaving[c].place};
        if (hc_detect_wants(d, c, f.feature, f.value)) {
            char after[HC_TIME_TEXT];
            hc_phrase_duration(later, after);
            struct hc_str name = hc_detect_component_name(d, c);
            f.text = later == 0 ? HC_PHRASE(d->arena, name, HC_STR(" was the first to leave its usual level"))
                                : HC_PHRASE(d->arena, name, HC_STR(" left its usual level "), hc_str_of(after),
                                            HC_STR(" after the first"));
        }
        hc_detect_add(d, &f);
    }
}

void hc_detect_topology(struct hc_detection *d)
{
    size_t n = d->out->n_components;
    struct looks looks = looks_of(d);
    double *anomaly = hc_detect_alloc(d, n, sizeof *anomaly);
    double *ownable = hc_detect_alloc(d, n, sizeof *ownable);
    double *worst = hc_detect_alloc(d, n, sizeof *worst);
    uint32_t *worst_of = hc_detect_alloc(d, n, sizeof *worst_of);
    double *widest = hc_detect_alloc(d, n, sizeof *widest);
    bool *connected = hc_detect_alloc(d, n, sizeof *connected);
    bool *observed = hc_detect_alloc(d, n, sizeof *observed);
    struct leaving *leaving = hc_detect_alloc(d, n, sizeof *leaving);
    if (d->refused)
        return;
    for (uint32_t c = 0; c < n; c++) {
        anomaly[c] = anomaly_of(d, &looks, c);
        ownable[c] = ownable_of(d, &looks, c);
        worst_of[c] = HC_NO_COMPONENT;
    }
    for (size_t i = 0; i < d->incident->n_dependencies; i++) {
        const struct hc_dependency *edge = &d->incident->dependencies[i];
        if (edge->from == edge->to || !(anomaly[edge->to] > worst[edge->from]))
            continue;
        worst[edge->from] = anomaly[edge->to];
        worst_of[edge->from] = edge->to;
    }
    add_own(d, &(struct compared){anomaly, ownable, worst, worst_of});
    add_own_part(d, &(struct travelling){HC_FEATURE_OWN_LATENCY_UP, latency_of, " is slower than usual", "latency"});
    add_own_part(
        d, &(struct travelling){HC_FEATURE_OWN_ERRORS_UP, metric_errors_of, " has more errors than usual", "errors"});
    add_paths(d, anomaly, ownable, widest);
    add_service(d, connected);
    add_unobserved(d, observed);
    add_first(d, leaving);
}
