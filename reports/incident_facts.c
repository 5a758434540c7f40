#include <math.h>

#include "reports/incident_parts.h"

/* A change is taken for T+0 where it came at most this long before the first symptom. */
#define CHANGE_REACH_NS (24 * HC_NS_PER_HOUR)
#define STRONG_VALUE 2.4 /* ten scales off the baseline, as the detectors take it for the first sign of trouble */

bool hc_place_equal(struct hc_source_place a, struct hc_source_place b)
{
    return a.line == b.line && a.member.p && b.member.p && hc_str_equal(a.member, b.member);
}

int64_t hc_moments_apart(const struct hc_moment *from, const struct hc_moment *to)
{
    if (!hc_time_known(from->at) || !hc_time_known(to->at))
        return HC_NO_SPAN_NS;
    int64_t apart;
    return __builtin_sub_overflow(to->at.ns, from->at.ns, &apart) ? HC_NO_SPAN_NS : apart;
}

static void keep_earlier(struct hc_moment *best, struct hc_moment candidate)
{
    if (!hc_time_known(candidate.at))
        return;
    if (!hc_time_known(best->at) || candidate.at.ns < best->at.ns)
        *best = candidate;
}

/* ---- the steps of the failure -------------------------------------------------------------------------- */

static bool in_window(const struct hc_incident *incident, struct hc_time at)
{
    if (!hc_time_known(at) || !hc_time_known(incident->window_start) || at.ns < incident->window_start.ns)
        return false;
    return !hc_time_known(incident->window_end) || at.ns <= incident->window_end.ns;
}

static bool same_step(const struct hc_step *a, const struct hc_step *b)
{
    if (a->component != b->component || a->level != b->level)
        return false;
    if (a->template_id && b->template_id)
        return a->template_id == b->template_id;
    return hc_str_equal(a->first.text, b->first.text);
}

/* Keeps the steps by time, then place; the latest is dropped where there is no room. */
static void add_step(struct hc_facts *facts, const struct hc_step *step)
{
    for (size_t i = 0; i < facts->n_steps; i++)
        if (same_step(&facts->steps[i], step)) {
            facts->steps[i].n += step->n;
            if (step->last.ns > facts->steps[i].last.ns)
                facts->steps[i].last = step->last;
            return;
        }
    size_t at = facts->n_steps;
    while (at > 0 && facts->steps[at - 1].first.at.ns > step->first.at.ns)
        at--;
    if (at == HC_STEPS && step->level == HC_LOG_FATAL && facts->steps[at - 1].level < HC_LOG_FATAL)
        at--; /* the end of the story is worth more than one more kind of error */
    if (at == HC_STEPS)
        return;
    size_t n_after = (facts->n_steps < HC_STEPS ? facts->n_steps : HC_STEPS - 1) - at;
    memmove(&facts->steps[at + 1], &facts->steps[at], n_after * sizeof facts->steps[0]);
    facts->steps[at] = *step;
    facts->n_steps += facts->n_steps < HC_STEPS;
}

/* A template that the baseline had too is weather, unless it is fatal. */
static bool was_there_before(const struct hc_incident *incident, const struct hc_event *event)
{
    for (size_t i = 0; event->template_id && i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (incident->templates[count->template_index].id == event->template_id &&
            count->component == event->component && hc_time_known(count->first_at) &&
            count->first_at.ns < incident->window_start.ns)
            return true;
    }
    return false;
}

static bool is_routine_kind(struct hc_str kind)
{
    return !kind.p || kind.n == 0 || hc_str_is(kind, "log");
}

/* Worth a step: in the window, and either an event of a kind of its own or a line of warning and worse that is not
 * weather. */
static bool is_step(const struct hc_incident *incident, const struct hc_event *event)
{
    bool routine = is_routine_kind(event->kind);
    if (!in_window(incident, event->at) || (routine && event->level < HC_LOG_WARN))
        return false;
    return !routine || event->level == HC_LOG_FATAL || !was_there_before(incident, event);
}

static struct hc_moment event_moment(const struct hc_event *event)
{
    return (struct hc_moment){event->at, event->message.n > 0 ? event->message : event->kind, event->place};
}

static void find_steps(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    for (size_t i = 0; i < incident->n_events; i++) {
        const struct hc_event *event = &incident->events[i];
        if (!is_step(incident, event))
            continue;
        struct hc_step step = {.first = event_moment(event),
                               .last = event->at,
                               .component = event->component,
                               .level = event->level,
                               .template_id = event->template_id,
                               .n = 1,
                               .kind = event->kind};
        add_step(&parts->facts, &step);
    }
}

/* Of a template only the first lines are kept as events: how many there were is counted by the minute. */
static void count_steps(struct hc_report_parts *parts)
{
    for (size_t i = 0; i < parts->facts.n_steps; i++) {
        struct hc_step *step = &parts->facts.steps[i];
        struct hc_line_count counted = {.n = 0};
        if (step->template_id)
            counted = hc_count_lines(parts, step, HC_LOG_NONE);
        if (counted.n <= 1 && step->n == 1)
            continue; /* its line is the best source */
        if (counted.n >= step->n) {
            step->n = counted.n;
            step->sql = counted.sql;
        } else if (!step->template_id) {
            step->sql = hc_cite_events(parts, step);
        }
    }
}

static bool holds_word(struct hc_str text, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; text.p && i + n <= text.n; i++)
        if (hc_str_equal_nocase((struct hc_str){text.p + i, n}, (struct hc_str){word, n}))
            return true;
    return false;
}

/* ---- moments ------------------------------------------------------------------------------------------- */

static bool is_of_change(const struct hc_incident *incident, struct hc_source_place place)
{
    for (size_t i = 0; i < incident->n_changes; i++)
        if (hc_place_equal(incident->changes[i].place, place))
            return true;
    return false;
}

bool hc_is_onset(const struct hc_report_parts *parts, const struct hc_evidence_item *item, double least)
{
    const struct hc_incident *incident = parts->in->incident;
    return item->value >= least && in_window(incident, item->onset) && !is_of_change(incident, item->place);
}

static void find_symptom(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_evidence *evidence = parts->in->evidence;
    struct hc_facts *facts = &parts->facts;
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        const struct hc_symptom *symptom = &incident->symptoms[i];
        keep_earlier(&facts->symptom, (struct hc_moment){symptom->at, symptom->metric, symptom->place});
    }
    for (size_t i = 0; i < facts->n_steps; i++)
        if (facts->steps[i].level >= HC_LOG_WARN || hc_str_starts(facts->steps[i].kind, HC_STR("alert")))
            keep_earlier(&facts->symptom, facts->steps[i].first);
    for (size_t i = 0; i < evidence->n_items; i++) {
        const struct hc_evidence_item *item = &evidence->items[i];
        if (hc_is_onset(parts, item, STRONG_VALUE))
            keep_earlier(&facts->symptom,
                         (struct hc_moment){item->onset, hc_str_trim(item->text), hc_place_of(parts, item->place)});
    }
    if (!hc_time_known(facts->symptom.at)) {
        facts->symptom = facts->detected;
        facts->symptom_is_detection = hc_time_known(facts->detected.at);
    }
}

/* Not taken from the steps: of those only the first kinds are kept. */
static void find_errors(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    struct hc_facts *facts = &parts->facts;
    for (size_t i = 0; i < incident->n_events; i++) {
        const struct hc_event *event = &incident->events[i];
        if (!is_step(incident, event))
            continue;
        if (event->level == HC_LOG_ERROR)
            keep_earlier(&facts->error, event_moment(event));
        bool crash = holds_word(event->kind, "crash") || holds_word(event->kind, "kill") ||
                     (event->level == HC_LOG_FATAL && holds_word(event->message, "crash"));
        if (event->level != HC_LOG_FATAL && !crash)
            continue;
        if (!hc_time_known(facts->fatal.at))
            facts->crashed = crash;
        keep_earlier(&facts->fatal, event_moment(event));
    }
}

static void find_moments(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    struct hc_facts *facts = &parts->facts;
    struct hc_source_place place = incident->window_place;
    facts->symptom.at = facts->error.at = facts->fatal.at = HC_TIME_NONE;
    facts->start = (struct hc_moment){incident->window_start, HC_STR("the window begins"), place};
    facts->detected = (struct hc_moment){incident->detected, HC_STR("detected"), place};
    facts->mitigated = (struct hc_moment){incident->mitigated, HC_STR("mitigated"), place};
    facts->end = (struct hc_moment){incident->window_end, HC_STR("the window ends"), place};
    find_steps(parts);
    find_symptom(parts);
    find_errors(parts);
    count_steps(parts);
}

double hc_seconds_from_zero(const struct hc_report_parts *parts, struct hc_time at)
{
    const struct hc_time zero = parts->facts.zero.at;
    int64_t apart;
    if (!hc_time_known(at) || !hc_time_known(zero))
        return NAN;
    if (__builtin_sub_overflow(at.ns, zero.ns, &apart))
        return ((double)at.ns - (double)zero.ns) / 1e9;
    return (double)apart / 1e9;
}

bool hc_is_undoing(const struct hc_report_parts *parts, const struct hc_change *change)
{
    const struct hc_time zero = parts->facts.zero.at;
    return hc_str_is(change->kind, "rollback") &&
           (!hc_time_known(change->at) || !hc_time_known(zero) || change->at.ns > zero.ns);
}

/* ---- the change ---------------------------------------------------------------------------------------- */

static bool is_cited(const struct hc_hypothesis *leading, const struct hc_change *change)
{
    for (size_t i = 0; leading && i < leading->n_reasons; i++)
        if (leading->reasons[i].weight > 0 && hc_place_equal(leading->reasons[i].place, change->place))
            return true;
    return false;
}

/* The leading hypothesis rests on it, and it is of its component or of one that this calls. */
static bool may_have_led(struct hc_report_parts *parts, const struct hc_change *change)
{
    if (!is_cited(parts->facts.leading, change) || hc_str_is(change->kind, "rollback"))
        return false;
    return change->component >= parts->in->incident->n_components || hc_is_upstream(parts, change->component);
}

static void find_change(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    struct hc_facts *facts = &parts->facts;
    for (size_t i = 0; i < incident->n_changes; i++) {
        const struct hc_change *change = &incident->changes[i];
        struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
        int64_t apart = hc_moments_apart(&moment, &facts->symptom);
        if (apart < 0 || apart > CHANGE_REACH_NS)
            continue;
        facts->last_change = change;
        if (may_have_led(parts, change))
            facts->change = change;
    }
}

/* "Deployment" gives "the deployment". */
static const char *say_zero(struct hc_report_parts *parts, const char *change)
{
    struct hc_str said = hc_doc_formatted(parts->doc, "the %c%s", change[0] | 0x20, change + 1);
    return said.p ? said.p : "the change";
}

static void find_zero(struct hc_report_parts *parts)
{
    struct hc_facts *facts = &parts->facts;
    if (facts->change) {
        const struct hc_change *change = facts->change;
        facts->zero = (struct hc_moment){change->at, hc_str_of(hc_say_change(parts, change)), change->place};
        facts->zero_name = say_zero(parts, hc_say_change(parts, change));
    } else if (hc_time_known(facts->symptom.at)) {
        facts->zero = facts->symptom;
        facts->zero_name = "the first symptom";
    } else {
        facts->zero = facts->start;
        facts->zero_name = "the start of the window";
    }
}

/* ---- the budget ---------------------------------------------------------------------------------------- */

/* Shown one by one: the first, and those that are probable enough, where there is evidence to show. */
static void find_budget(struct hc_report_parts *parts)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    struct hc_facts *facts = &parts->facts;
    double p[HC_SHOWN_HYPOTHESES + 2];
    int shares[HC_SHOWN_HYPOTHESES + 2];
    while (facts->n_shown < analysis->n_hypotheses && facts->n_shown < HC_SHOWN_HYPOTHESES) {
        const struct hc_hypothesis *next = &analysis->hypotheses[facts->n_shown];
        if (hc_str_is(next->category, "other") ||
            (facts->n_shown > 0 && (next->probability < HC_SHOWN_LEAST || parts->in->evidence->kinds == 0)))
            break;
        p[facts->n_shown++] = next->probability;
    }
    for (size_t i = facts->n_shown; i < analysis->n_hypotheses; i++)
        facts->p_rest += analysis->hypotheses[i].probability;
    facts->n_rest = analysis->n_hypotheses - facts->n_shown;
    p[facts->n_shown] = facts->p_rest;
    p[facts->n_shown + 1] = analysis->unexplained;
    hc_shares(p, facts->n_shown + 2, 1000, shares);
    for (size_t i = 0; i < facts->n_shown; i++)
        facts->shares[i] = shares[i];
    facts->share_rest = shares[facts->n_shown];
    facts->share_unexplained = shares[facts->n_shown + 1];
    facts->leading = facts->n_shown > 0 ? &analysis->hypotheses[0] : NULL;
}

static void find_outcome(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_outcomes > 0 && hc_str_is(incident->outcomes[0].status, "confirmed") && !parts->in->conflict)
        parts->facts.found = &incident->outcomes[0];
}

static void count_missing(struct hc_report_parts *parts)
{
    for (size_t i = 0; i < parts->in->catalogue->n_kinds && i < 64; i++)
        parts->facts.n_missing += !(parts->in->evidence->kinds >> i & 1);
}

void hc_facts_find(struct hc_report_parts *parts)
{
    count_missing(parts);
    find_outcome(parts);
    find_budget(parts);
    find_moments(parts);
    find_change(parts);
    find_zero(parts);
}
