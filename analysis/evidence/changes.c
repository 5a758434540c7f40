/* Changes: how near to the onset, of which kind, of the component itself or of something it calls, undone or not. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/sentence.h"

#define HALF_LIFE_NS (30 * HC_NS_PER_MINUTE)
#define OLDEST_NS (24 * HC_NS_PER_HOUR)
#define CLOCK_SKEW_NS HC_NS_PER_MINUTE
#define ENDED_WITHIN_NS (30 * HC_NS_PER_MINUTE)
#define UNNAMED 0.5 /* a change that names no component is taken for the service's, half as surely */

/* In the order of the format, which is the order of the catalogue's features. `alone`: how much a change of this kind
 * tends to start trouble. */
static const struct {
    const char *kind;
    double alone;
} hc_change_weights[] = {{"deploy", 1},          {"rollback", 0.3},  {"config", 1},     {"feature-flag", 1},
                         {"scale", 0.7},         {"migration", 1},   {"failover", 0.7}, {"maintenance", 0.7},
                         {"traffic-shift", 0.7}, {"certificate", 1}, {"other", 0.5}};
#define N_CHANGE_KINDS (sizeof hc_change_weights / sizeof *hc_change_weights)

static size_t kind_of(const struct hc_change *change)
{
    for (size_t i = 0; i < N_CHANGE_KINDS; i++) {
        if (hc_str_is(change->kind, hc_change_weights[i].kind))
            return i;
    }
    return N_CHANGE_KINDS - 1;
}

/* 1 at the onset, a half half an hour before; 0 after it but for the skew of clocks, and beyond a day. */
static double proximity(const struct hc_detection *d, const struct hc_change *change)
{
    if (!hc_time_known(change->at))
        return 0;
    double before = (double)d->onset.ns - (double)change->at.ns;
    if (before < -(double)CLOCK_SKEW_NS || before > (double)OLDEST_NS)
        return 0;
    return before <= 0 ? 1 : exp2(-before / (double)HALF_LIFE_NS);
}

static struct hc_str describe(struct hc_detection *d, const struct hc_change *change, uint32_t component)
{
    static const char *const nouns[] = {"deploy", "rollback", "migration", "failover", "maintenance", "traffic-shift"};
    bool noun = false;
    for (size_t i = 0; i < sizeof nouns / sizeof *nouns; i++)
        noun = noun || hc_str_is(change->kind, nouns[i]);
    const struct hc_str none = HC_STR("");
    const bool has_version = change->version.n > 0, has_commit = change->commit.n > 0;
    const struct hc_str commit = {change->commit.p, change->commit.n > 7 ? 7 : change->commit.n};
    const bool named = change->component != HC_NO_COMPONENT;
    return HC_PHRASE(d->arena, change->kind, noun ? none : HC_STR(" change"), has_version ? HC_STR(" of ") : none,
                     change->version, has_commit ? HC_STR(" (") : none, commit, has_commit ? HC_STR(")") : none,
                     !named        ? HC_STR(", no component named,")
                     : has_version ? HC_STR(" to ")
                                   : HC_STR(" of "),
                     named ? hc_detect_component_name(d, component) : none);
}

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_change *change, uint32_t component)
{
    char duration[HC_TIME_TEXT];
    struct hc_str what = d->onset_stated ? HC_STR("the first symptom") : HC_STR("the first sign of trouble");
    int64_t before = d->onset.ns - change->at.ns;
    struct hc_str text = describe(d, change, component);
    hc_phrase_duration(before < 0 ? -before : before, duration);
    if (before == 0)
        return HC_PHRASE(d->arena, text, HC_STR(" at the time of "), what);
    return HC_PHRASE(d->arena, text, HC_STR(" "), hc_str_of(duration),
                     before > 0 ? HC_STR(" before ") : HC_STR(" after "), what);
}

static void add_finding(struct hc_detection *d, const struct hc_change *change, uint32_t component, size_t feature,
                        double value)
{
    struct hc_finding f = {
        .component = component, .feature = feature, .value = value, .onset = change->at, .place = change->place};
    if (hc_detect_wants(d, component, feature, value))
        f.text = sentence_of(d, change, change->component == HC_NO_COMPONENT ? component : change->component);
    hc_detect_add(d, &f);
}

static void add_upstream(struct hc_detection *d, const struct hc_change *change, uint32_t changed, double value)
{
    for (size_t i = 0; i < d->incident->n_dependencies; i++) {
        const struct hc_dependency *edge = &d->incident->dependencies[i];
        if (edge->to == changed && edge->from != changed)
            add_finding(d, change, edge->from, HC_FEATURE_CHANGE_UPSTREAM, value);
    }
}

/* A rollback after the onset, soon after which the trouble was over. */
static void add_undone(struct hc_detection *d, const struct hc_change *change, uint32_t component)
{
    struct hc_time over = hc_time_known(d->incident->mitigated) ? d->incident->mitigated : d->incident->window_end;
    if (!hc_time_known(over) || !hc_time_known(change->at) || change->at.ns < d->onset.ns)
        return;
    int64_t after = over.ns - change->at.ns;
    if (after < -CLOCK_SKEW_NS || after > ENDED_WITHIN_NS)
        return;
    char duration[HC_TIME_TEXT];
    hc_phrase_duration(after < 0 ? 0 : after, duration);
    struct hc_finding f = {.component = component,
                           .feature = HC_FEATURE_CHANGE_UNDONE,
                           .value = 1 - 0.5 * (double)(after < 0 ? 0 : after) / (double)ENDED_WITHIN_NS,
                           .onset = change->at,
                           .place = change->place};
    f.text = HC_PHRASE(d->arena, describe(d, change, component), HC_STR(", and the trouble was over "),
                       hc_str_of(duration), HC_STR(" later"));
    hc_detect_add(d, &f);
}

void hc_detect_changes(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    if (incident->n_changes == 0)
        return;
    for (size_t i = 0; i < N_CHANGE_KINDS; i++)
        hc_detect_observe_all(d, d->catalogue->first_change_feature + i);
    hc_detect_observe_all(d, HC_FEATURE_CHANGE_NEAR_ONSET);
    hc_detect_observe_all(d, HC_FEATURE_CHANGE_UPSTREAM);
    hc_detect_observe_all(d, HC_FEATURE_CHANGE_UNDONE);
    for (size_t i = 0; i < incident->n_changes && !d->refused; i++) {
        const struct hc_change *change = &incident->changes[i];
        bool named = change->component != HC_NO_COMPONENT;
        uint32_t component = named ? change->component : d->service;
        if (component == HC_NO_COMPONENT)
            continue;
        size_t kind = kind_of(change);
        double near = proximity(d, change) * (named ? 1 : UNNAMED);
        add_finding(d, change, component, d->catalogue->first_change_feature + kind, near);
        add_finding(d, change, component, HC_FEATURE_CHANGE_NEAR_ONSET, near * hc_change_weights[kind].alone);
        if (named)
            add_upstream(d, change, component, near * hc_change_weights[kind].alone);
        if (hc_str_is(change->kind, "rollback"))
            add_undone(d, change, component);
    }
}
