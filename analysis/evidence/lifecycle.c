/* Lifecycle: restarts, kills, evictions and the like, as the orchestrator or the host tells them. */
#include <math.h>

#include "analysis/evidence/detect.h"

/* Words that tell trouble of an instance's life, not its usual coming and going. */
static const char *const hc_trouble_words[] = {"oom",    "kill",      "evict",    "restart",  "backoff",    "back-off",
                                               "crash",  "unhealthy", "failed",   "notready", "not ready",  "preempt",
                                               "reboot", "shutdown",  "abnormal", "terminat", "failedsched"};

/* Words that tell that another instance took over. */
static const char *const hc_failover_words[] = {"failover", "fail over", "failed over", "promoted", "switchover"};

static const struct hc_lifecycle {
    size_t feature;
    const char *const *words;
    size_t n_words;
    const char *noun;
} hc_lifecycles[] = {
    {HC_FEATURE_LIFECYCLE_EVENT, hc_trouble_words, sizeof hc_trouble_words / sizeof *hc_trouble_words,
     "lifecycle event"},
    {HC_FEATURE_FAILOVER_EVENT, hc_failover_words, sizeof hc_failover_words / sizeof *hc_failover_words,
     "failover event"},
};

static bool tells(const struct hc_lifecycle *what, const struct hc_event *event)
{
    for (size_t i = 0; i < what->n_words; i++) {
        struct hc_str word = hc_str_of(what->words[i]);
        if (hc_text_has(event->kind, word) || hc_text_has(event->message, word))
            return true;
    }
    return false;
}

struct tally {
    size_t n;
    const struct hc_event *first;
};

static void add_component(struct hc_detection *d, const struct hc_lifecycle *what, uint32_t component,
                          const struct tally *t)
{
    struct hc_finding f = {.component = component, .feature = what->feature, .value = log1p((double)t->n)};
    if (t->n && hc_detect_wants(d, component, f.feature, f.value)) {
        char at[HC_TIME_TEXT];
        hc_time_format(t->first->at, at);
        f.onset = t->first->at;
        f.place = t->first->place;
        f.text = hc_str_format(d->arena, "%zu %s%s of %.*s in the window, the first at %s: %.*s %.*s", t->n, what->noun,
                               t->n == 1 ? "" : "s", HC_STR_ARG(hc_detect_component_name(d, component)), at,
                               HC_STR_ARG(t->first->kind), HC_STR_ARG(t->first->message));
    }
    hc_detect_add(d, &f);
}

static void detect(struct hc_detection *d, const struct hc_lifecycle *what)
{
    const struct hc_incident *incident = d->incident;
    struct tally *tallies = hc_detect_alloc(d, incident->n_components, sizeof *tallies);
    bool any = false;
    for (size_t i = 0; i < incident->n_events && !d->refused; i++) {
        const struct hc_event *event = &incident->events[i];
        uint32_t component = event->component == HC_NO_COMPONENT ? d->service : event->component;
        if (hc_str_is(event->kind, "log") || component == HC_NO_COMPONENT)
            continue;
        any = true;
        if (!hc_detect_in_window(d, event->at.ns) || !tells(what, event))
            continue;
        if (tallies[component].n++ == 0)
            tallies[component].first = event;
    }
    for (uint32_t c = 0; any && c < incident->n_components && !d->refused; c++)
        add_component(d, what, c, &tallies[c]);
}

void hc_detect_lifecycle(struct hc_detection *d)
{
    for (size_t i = 0; i < sizeof hc_lifecycles / sizeof *hc_lifecycles; i++)
        detect(d, &hc_lifecycles[i]);
}
