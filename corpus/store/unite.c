/* A bundle and records of other tools, or several records, as one incident. */
#include <stdlib.h>

#include "base/sort.h"
#include "corpus/store/internal.h"

struct unite {
    struct hc_incident *out;
    struct hc_incident *const *parts;
    size_t n;
    uint32_t **component_of; /* by part: its component -> the united one's, or HC_NO_COMPONENT */
    struct hc_arena *arena;
};

static int compare_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_place(const struct hc_source_place *a, const struct hc_source_place *b)
{
    int order = hc_str_compare(a->member, b->member);
    return order ? order : compare_number(a->line, b->line);
}

static int by_name(const void *a, const void *b)
{
    const struct hc_component *x = a, *y = b;
    return hc_str_compare(x->name, y->name);
}

static int by_change(const void *a, const void *b)
{
    const struct hc_change *x = a, *y = b;
    int order = compare_number(x->at.ns, y->at.ns);
    order = order ? order : compare_place(&x->place, &y->place);
    order = order ? order : hc_str_compare(x->kind, y->kind);
    order = order ? order : compare_number(x->component, y->component);
    return order ? order : hc_str_compare(x->text, y->text);
}

static int by_event(const void *a, const void *b)
{
    const struct hc_event *x = a, *y = b;
    int order = compare_number(x->at.ns, y->at.ns);
    order = order ? order : compare_place(&x->place, &y->place);
    order = order ? order : compare_number(x->component, y->component);
    order = order ? order : hc_str_compare(x->kind, y->kind);
    return order ? order : hc_str_compare(x->message, y->message);
}

static int by_document(const void *a, const void *b)
{
    const struct hc_document *x = a, *y = b;
    int order = compare_place(&x->place, &y->place);
    return order ? order : hc_str_compare(x->text, y->text);
}

static int by_member(const void *a, const void *b)
{
    const struct hc_evidence_file *x = a, *y = b;
    int order = hc_str_compare(x->member, y->member);
    return order ? order : memcmp(x->sha256, y->sha256, sizeof x->sha256);
}

/* ---- components ---- */

/* All names, sorted, each once; a kind from the first part that says one. */
static bool unite_components(struct unite *u)
{
    size_t n = 0, n_kept = 0;
    for (size_t p = 0; p < u->n; p++)
        n += u->parts[p]->n_components;
    struct hc_component *all = hc_arena_alloc(u->arena, n * sizeof *all);
    if (!all)
        return false;
    n = 0;
    for (size_t p = 0; p < u->n; p++)
        for (size_t i = 0; i < u->parts[p]->n_components; i++)
            all[n++] = u->parts[p]->components[i];
    hc_sort(all, n, sizeof *all, by_name);
    for (size_t i = 0; i < n; i++) {
        struct hc_component *last = n_kept ? &all[n_kept - 1] : NULL;
        if (!last || !hc_str_equal(last->name, all[i].name))
            all[n_kept++] = all[i];
        else if (!last->kind.p)
            last->kind = all[i].kind;
    }
    u->out->components = all;
    u->out->n_components = n_kept;
    return true;
}

static bool number_components(struct unite *u)
{
    u->component_of = hc_arena_calloc(u->arena, u->n, sizeof(uint32_t *));
    for (size_t p = 0; u->component_of && p < u->n; p++) {
        const struct hc_incident *part = u->parts[p];
        u->component_of[p] = hc_arena_calloc(u->arena, part->n_components, sizeof(uint32_t));
        for (size_t i = 0; u->component_of[p] && i < part->n_components; i++) {
            const struct hc_component *found =
                u->out->n_components
                    ? bsearch(&part->components[i], u->out->components, u->out->n_components, sizeof *found, by_name)
                    : NULL;
            u->component_of[p][i] = found ? (uint32_t)(found - u->out->components) : HC_NO_COMPONENT;
        }
        if (!u->component_of[p])
            return false;
    }
    return u->component_of != NULL;
}

static uint32_t component(const struct unite *u, size_t part, uint32_t index)
{
    return index == HC_NO_COMPONENT ? index : u->component_of[part][index];
}

/* ---- lists ---- */

static bool join_timeline(struct unite *u)
{
    size_t n_changes = 0, n_events = 0;
    for (size_t p = 0; p < u->n; p++) {
        n_changes += u->parts[p]->n_changes;
        n_events += u->parts[p]->n_events;
    }
    struct hc_change *changes = hc_arena_alloc(u->arena, n_changes * sizeof *changes);
    struct hc_event *events = hc_arena_alloc(u->arena, n_events * sizeof *events);
    if (!changes || !events)
        return false;
    n_changes = n_events = 0;
    for (size_t p = 0; p < u->n; p++) {
        for (size_t i = 0; i < u->parts[p]->n_changes; i++) {
            changes[n_changes] = u->parts[p]->changes[i];
            changes[n_changes].component = component(u, p, changes[n_changes].component);
            n_changes++;
        }
        for (size_t i = 0; i < u->parts[p]->n_events; i++) {
            events[n_events] = u->parts[p]->events[i];
            events[n_events].component = component(u, p, events[n_events].component);
            n_events++;
        }
    }
    hc_sort(changes, n_changes, sizeof *changes, by_change);
    hc_sort(events, n_events, sizeof *events, by_event);
    u->out->changes = changes;
    u->out->n_changes = n_changes;
    u->out->events = events;
    u->out->n_events = n_events;
    return true;
}

static bool join_documents(struct unite *u)
{
    size_t n_documents = 0, n_files = 0, n_tags = 0;
    for (size_t p = 0; p < u->n; p++) {
        n_documents += u->parts[p]->n_documents;
        n_files += u->parts[p]->n_files;
        n_tags += u->parts[p]->n_tags;
    }
    u->out->documents = hc_arena_alloc(u->arena, n_documents * sizeof *u->out->documents);
    u->out->files = hc_arena_alloc(u->arena, n_files * sizeof *u->out->files);
    u->out->tags = hc_arena_alloc(u->arena, n_tags * sizeof *u->out->tags);
    if (!u->out->documents || !u->out->files || !u->out->tags)
        return false;
    u->out->n_documents = u->out->n_files = u->out->n_tags = 0;
    for (size_t p = 0; p < u->n; p++) {
        for (size_t i = 0; i < u->parts[p]->n_documents; i++)
            u->out->documents[u->out->n_documents++] = u->parts[p]->documents[i];
        for (size_t i = 0; i < u->parts[p]->n_files; i++)
            u->out->files[u->out->n_files++] = u->parts[p]->files[i];
        for (size_t i = 0; i < u->parts[p]->n_tags; i++)
            u->out->tags[u->out->n_tags++] = u->parts[p]->tags[i];
    }
    hc_sort(u->out->documents, u->out->n_documents, sizeof *u->out->documents, by_document);
    hc_sort(u->out->files, u->out->n_files, sizeof *u->out->files, by_member);
    return true;
}

static int certainty(struct hc_str status)
{
    return hc_str_is(status, "confirmed") ? 2 : hc_str_is(status, "probable") ? 1 : 0;
}

/* A record may state no start, or another: what it tells is not known before the incident begins. */
static struct hc_time known_at(const struct unite *u, const struct hc_incident *part, const struct hc_outcome *outcome)
{
    const struct hc_time start = u->out->window_start, at = outcome->known_at;
    return part->origin.p && hc_time_known(at) && at.ns < start.ns ? start : at;
}

/* Of the root causes of two parts; absent is the earliest. */
static bool is_later(const struct unite *u, size_t a, size_t b)
{
    const struct hc_outcome *x = &u->parts[a]->outcomes[0], *y = &u->parts[b]->outcomes[0];
    int order = compare_number(known_at(u, u->parts[a], x).ns, known_at(u, u->parts[b], y).ns);
    return order ? order > 0 : certainty(x->status) > certainty(y->status);
}

/* The part whose root cause was known last; of equal ones the surest, of those the first. */
static size_t latest_outcome(const struct unite *u)
{
    size_t best = u->n;
    for (size_t p = 0; p < u->n; p++) {
        if (u->parts[p]->n_outcomes == 0)
            continue;
        if (best == u->n || is_later(u, p, best))
            best = p;
    }
    return best;
}

static bool join_outcomes(struct unite *u)
{
    size_t n = 0, latest = latest_outcome(u);
    for (size_t p = 0; p < u->n; p++)
        n += u->parts[p]->n_outcomes;
    struct hc_outcome *all = hc_arena_alloc(u->arena, n * sizeof *all);
    if (!all)
        return false;
    n = 0;
    for (size_t turn = 0; turn <= u->n; turn++) {
        size_t p = turn == 0 ? latest : turn - 1;
        for (size_t i = 0; p < u->n && (turn == 0 || p != latest) && i < u->parts[p]->n_outcomes; i++) {
            all[n] = u->parts[p]->outcomes[i];
            all[n].known_at = known_at(u, u->parts[p], &all[n]);
            all[n].ordinal = (uint32_t)n;
            n++;
        }
    }
    u->out->outcomes = all;
    u->out->n_outcomes = n;
    return true;
}

/* ---- fields ---- */

static void fill_text(struct hc_str *out, struct hc_str text)
{
    *out = out->p ? *out : text;
}

/* A time before the start measures nothing. */
static void fill_time(const struct hc_incident *out, struct hc_time *time, struct hc_time other)
{
    if (!hc_time_known(*time) && (!hc_time_known(out->window_start) || other.ns >= out->window_start.ns))
        *time = other;
}

static void fill(struct hc_incident *out, const struct hc_incident *part)
{
    fill_text(&out->title, part->title);
    fill_text(&out->service, part->service);
    fill_text(&out->severity, part->severity);
    if (!hc_time_known(out->window_start) && hc_time_known(part->window_start)) {
        out->window_start = part->window_start;
        out->window_place = part->window_place;
    }
}

/* Once the start is known. */
static void fill_times(struct hc_incident *out, const struct hc_incident *part)
{
    fill_time(out, &out->detected, part->detected);
    fill_time(out, &out->mitigated, part->mitigated);
    fill_time(out, &out->window_end, part->window_end);
}

static void drop_if_before(const struct hc_incident *out, struct hc_time *time)
{
    if (hc_time_known(*time) && hc_time_known(out->window_start) && time->ns < out->window_start.ns)
        *time = HC_TIME_NONE;
}

static bool content_of_parts(struct unite *u)
{
    struct hc_sha256 *digest = hc_sha256_new();
    for (size_t p = 0; digest && p < u->n; p++)
        hc_sha256_add(digest, u->parts[p]->content, HC_SHA256_BYTES);
    if (digest)
        hc_sha256_finish(digest, u->out->content);
    hc_sha256_free(digest);
    return digest != NULL;
}

enum hc_status hc_unite(struct hc_incident **out, struct hc_incident *const *parts, size_t n, struct hc_arena *arena,
                        struct hc_err *err)
{
    struct unite u = {.parts = parts, .n = n, .arena = arena};
    struct hc_incident *united = u.out = hc_arena_alloc(arena, sizeof *united);
    if (!united)
        return hc_store_no_memory(err);
    bool is_bundle = !parts[0]->origin.p;
    *united = *parts[0];
    united->origin = HC_STR("");
    united->warnings = NULL; /* they stand with the parts */
    united->n_warnings = 0;
    for (size_t p = 1; p < n; p++)
        fill(united, parts[p]);
    drop_if_before(united, &united->detected);
    drop_if_before(united, &united->mitigated);
    drop_if_before(united, &united->window_end);
    for (size_t p = 1; p < n; p++)
        fill_times(united, parts[p]);
    bool whole = content_of_parts(&u) && (is_bundle || unite_components(&u)) && number_components(&u) &&
                 join_timeline(&u) && join_documents(&u) && join_outcomes(&u);
    *out = united;
    return whole ? HC_OK : hc_store_no_memory(err);
}
