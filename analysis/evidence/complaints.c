#include "analysis/evidence/complaints.h"

#include "analysis/evidence/words.h"

#define NAME_BYTES_LEAST 3 /* shorter names stand in other words and numbers too often */

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

bool hc_name_is_telling(struct hc_str name)
{
    static const char *const ends[] = {"service", "server", "svc",   "gateway", "api",
                                       "db",      "cache",  "proxy", "queue",   "worker"};
    for (size_t i = 1; i < name.n; i++) {
        char c = name.p[i];
        if (c == '-' || c == '_' || c == '.' || c == '/' || (c >= '0' && c <= '9'))
            return true;
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct hc_str end = hc_str_of(ends[i]);
        if (name.n > end.n + 1 && hc_str_equal_nocase((struct hc_str){name.p + name.n - end.n, end.n}, end))
            return true;
    }
    return false;
}

bool hc_text_names(struct hc_str text, struct hc_str name)
{
    if (!text.p || name.n < NAME_BYTES_LEAST)
        return false;
    for (size_t at = 0; at + name.n <= text.n; at++) {
        if (((text.p[at] ^ name.p[0]) & ~0x20) != 0 || (at > 0 && is_word(text.p[at - 1])))
            continue;
        bool ends = at + name.n == text.n || !is_word(text.p[at + name.n]);
        if (ends && hc_str_equal_nocase((struct hc_str){text.p + at, name.n}, name))
            return true;
    }
    return false;
}

/* The first log count that is not before a template and component; templates stand by id, so counts do too. */
static size_t lower(const struct hc_incident *incident, uint64_t id, uint32_t component)
{
    size_t from = 0, to = incident->n_log_counts;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        const struct hc_log_count *count = &incident->log_counts[middle];
        uint64_t its = incident->templates[count->template_index].id;
        if (its < id || (its == id && count->component < component))
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

void hc_log_counts_of(const struct hc_incident *incident, uint64_t template_id, uint32_t component, size_t *from,
                      size_t *to)
{
    *from = *to = lower(incident, template_id, component);
    while (*to < incident->n_log_counts && incident->log_counts[*to].component == component &&
           incident->templates[incident->log_counts[*to].template_index].id == template_id)
        (*to)++;
}

struct hc_name_finder {
    const struct hc_incident *incident;
    const struct hc_words *names; /* by component; those that do not tell are empty */
};

struct hc_name_finder *hc_name_finder_new(const struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_name_finder *f = hc_arena_calloc(arena, 1, sizeof *f);
    struct hc_str *names = hc_arena_calloc(arena, incident->n_components, sizeof *names);
    if (!f || !names)
        return NULL;
    for (size_t c = 0; c < incident->n_components; c++) {
        struct hc_str name = incident->components[c].name;
        if (name.n >= NAME_BYTES_LEAST && hc_name_is_telling(name))
            names[c] = name;
    }
    f->incident = incident;
    f->names = hc_words_new(names, incident->n_components, arena);
    return f->names ? f : NULL;
}

struct search {
    const struct hc_incident *incident;
    struct hc_str text;
    uint32_t component;
    bool found; /* another one */
};

static void take_name(void *context, size_t component, size_t at)
{
    struct search *s = context;
    size_t end = at + s->incident->components[component].name.n;
    bool begins = at == 0 || !is_word(s->text.p[at - 1]);
    bool ends = end == s->text.n || !is_word(s->text.p[end]);
    s->found |= component != s->component && begins && ends;
}

bool hc_name_finder_another(const struct hc_name_finder *f, uint32_t component, struct hc_str text)
{
    struct search s = {f->incident, text, component, false};
    if (component != HC_NO_COMPONENT)
        hc_words_find(f->names, text, take_name, &s);
    return s.found;
}

struct said {
    uint32_t n, n_about_others;
};

static void count_events(const struct hc_incident *incident, const struct hc_name_finder *finder, struct said *said)
{
    for (size_t i = 0; i < incident->n_events; i++) {
        const struct hc_event *event = &incident->events[i];
        size_t from = 0, to = 0;
        if (event->template_id != 0 && event->level >= HC_LOG_WARN)
            hc_log_counts_of(incident, event->template_id, event->component, &from, &to);
        while (from < to && incident->log_counts[from].level != event->level)
            from++;
        if (from == to)
            continue;
        said[from].n++;
        said[from].n_about_others += hc_name_finder_another(finder, event->component, event->message);
    }
}

const bool *hc_complaints_of(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    bool *complains = hc_detect_alloc(d, incident->n_log_counts, sizeof *complains);
    struct said *said = hc_detect_alloc(d, incident->n_log_counts, sizeof *said);
    const struct hc_name_finder *finder = d->refused ? NULL : hc_name_finder_new(incident, d->arena);
    d->refused = d->refused || !finder;
    if (d->refused)
        return NULL;
    count_events(incident, finder, said);
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (count->level < HC_LOG_WARN)
            continue;
        complains[i] = said[i].n > 0 ? 2 * said[i].n_about_others > said[i].n
                                     : hc_name_finder_another(finder, count->component, count->exemplar);
    }
    return complains;
}
