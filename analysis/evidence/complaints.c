#include "analysis/evidence/complaints.h"

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

#define NO_NAME UINT32_MAX

struct hc_name_finder {
    const struct hc_incident *incident;
    uint32_t first[256]; /* by byte: a telling component whose name begins with it, in either case; NO_NAME: none */
    uint32_t *next;      /* by component: the one that begins alike */
    bool word[256];      /* bytes of words */
};

struct hc_name_finder *hc_name_finder_new(const struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_name_finder *f = hc_arena_calloc(arena, 1, sizeof *f);
    uint32_t *next = hc_arena_calloc(arena, incident->n_components, sizeof *next);
    if (!f || !next)
        return NULL;
    f->incident = incident;
    f->next = next;
    for (int c = 0; c < 256; c++) {
        f->first[c] = NO_NAME;
        f->word[c] = is_word((char)c);
    }
    for (uint32_t c = 0; c < incident->n_components; c++) {
        struct hc_str name = incident->components[c].name;
        if (name.n < NAME_BYTES_LEAST || !hc_name_is_telling(name))
            continue;
        unsigned char first = (unsigned char)name.p[0];
        bool letter = (first | 0x20) >= 'a' && (first | 0x20) <= 'z';
        next[c] = f->first[first];
        f->first[first] = f->first[letter ? first ^ 0x20 : first] = c;
    }
    return f;
}

static bool stands_at(const struct hc_name_finder *f, uint32_t component, struct hc_str text, size_t at)
{
    for (uint32_t c = f->first[(unsigned char)text.p[at]]; c != NO_NAME; c = f->next[c]) {
        struct hc_str name = f->incident->components[c].name;
        if (c == component || name.n > text.n - at)
            continue;
        bool ends = at + name.n == text.n || !is_word(text.p[at + name.n]);
        if (ends && hc_str_equal_nocase((struct hc_str){text.p + at, name.n}, name))
            return true;
    }
    return false;
}

bool hc_name_finder_another(const struct hc_name_finder *f, uint32_t component, struct hc_str text)
{
    for (size_t at = 0; component != HC_NO_COMPONENT && at < text.n; at++) {
        if (f->first[(unsigned char)text.p[at]] != NO_NAME && stands_at(f, component, text, at))
            return true;
        while (at < text.n && f->word[(unsigned char)text.p[at]]) /* no name begins inside a word, or at its end */
            at++;
    }
    return false;
}

struct said {
    uint32_t n, n_about_others;
};

/* The count of a line that names a cause has a level of its own, its event that of the record. */
static bool is_counted_by(const struct hc_event *event, const struct hc_log_count *count)
{
    return count->level == event->level || count->level == HC_LOG_CAUSE;
}

static void count_events(const struct hc_incident *incident, const struct hc_name_finder *finder, struct said *said)
{
    for (size_t i = 0; i < incident->n_events; i++) {
        const struct hc_event *event = &incident->events[i];
        size_t from = 0, to = 0;
        if (event->template_id != 0 && event->level >= HC_LOG_WARN)
            hc_log_counts_of(incident, event->template_id, event->component, &from, &to);
        while (from < to && !is_counted_by(event, &incident->log_counts[from]))
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
