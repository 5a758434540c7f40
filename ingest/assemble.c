#include "ingest/assemble_parts.h"

#include "base/digest.h"
#include "base/sort.h"

static int by_member(const void *a, const void *b)
{
    const struct hc_assembly_file *const *x = a;
    const struct hc_assembly_file *const *y = b;
    return hc_str_compare((*x)->file.member, (*y)->file.member);
}

/* SHA-256 over path, NUL and digest of each file, by path (docs/bundle-format.md). Hashed in one piece: each is short. */
static bool digest_content(struct hc_assembly *a)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n_files; i++)
        n += a->files[i]->file.member.n + 1 + HC_SHA256_BYTES;
    char *text = hc_arena_alloc(a->arena, n), *end = text;
    if (text == NULL)
        return false;
    for (size_t i = 0; i < a->n_files; i++) {
        const struct hc_evidence_file *file = &a->files[i]->file;
        memcpy(end, file->member.p, file->member.n);
        end[file->member.n] = '\0';
        memcpy(end + file->member.n + 1, file->sha256, HC_SHA256_BYTES);
        end += file->member.n + 1 + HC_SHA256_BYTES;
    }
    hc_sha256_once(text, (size_t)(end - text), a->incident->content);
    return true;
}

static int by_name(const void *a, const void *b, void *names)
{
    const struct hc_str *items = names;
    return hc_str_compare(items[*(const uint32_t *)a], items[*(const uint32_t *)b]);
}

uint32_t *hc_names_rank(const struct hc_names *names, struct hc_arena *arena)
{
    uint32_t *order = hc_arena_calloc(arena, names->n + 1, sizeof *order);
    uint32_t *rank = hc_arena_calloc(arena, names->n + 1, sizeof *rank);
    if (order == NULL || rank == NULL)
        return NULL;
    for (size_t i = 0; i < names->n; i++)
        order[i] = (uint32_t)i;
    if (names->n > 1)
        qsort_r(order, names->n, sizeof *order, by_name, names->items);
    for (size_t i = 0; i < names->n; i++)
        rank[order[i]] = (uint32_t)i;
    return rank;
}

uint32_t *hc_names_unite(struct hc_names *all, const struct hc_names *from, size_t max_bytes)
{
    uint32_t *map = hc_arena_calloc(all->arena, from->n + 1, sizeof *map);
    for (size_t i = 0; map != NULL && i < from->n; i++) {
        struct hc_str name = hc_text_clean(all->arena, from->items[i], max_bytes);
        size_t index = name.p == NULL ? HC_NAME_NONE : hc_names_add(all, name);
        if (index == HC_NAME_NONE)
            return NULL;
        map[i] = (uint32_t)index;
    }
    return map;
}

static void apply_rank(uint32_t *map, size_t n, const uint32_t *rank)
{
    for (size_t i = 0; i < n; i++)
        map[i] = rank[map[i]];
}

/* Gives the incident its components, sorted, and `of_manifest` the manifest's numbers in them. */
static bool unite_components(struct hc_assembly *a, uint32_t **of_manifest)
{
    struct hc_names all;
    struct hc_incident *incident = a->incident;
    hc_names_init(&all, a->arena);
    *of_manifest = hc_names_unite(&all, &a->manifest->components, 0);
    a->component_of = hc_arena_calloc(a->arena, a->n_files + 1, sizeof(uint32_t *));
    if (*of_manifest == NULL || a->component_of == NULL)
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        if (reading != NULL && (a->component_of[f] = hc_names_unite(&all, &reading->components, 0)) == NULL)
            return false;
    }
    uint32_t *rank = hc_names_rank(&all, a->arena);
    incident->components = hc_arena_calloc(a->arena, all.n + 1, sizeof *incident->components);
    if (rank == NULL || incident->components == NULL)
        return false;
    incident->n_components = all.n;
    for (size_t i = 0; i < all.n; i++)
        incident->components[rank[i]].name = all.items[i];
    apply_rank(*of_manifest, a->manifest->components.n, rank);
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL)
            apply_rank(a->component_of[f], a->files[f]->reading->components.n, rank);
    }
    for (size_t i = 0; i < a->manifest->components.n; i++)
        incident->components[(*of_manifest)[i]].kind = a->manifest->component_kinds[i];
    return true;
}

/* ---- the manifest's own lists ---- */

static int compare_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_place(const struct hc_source_place *a, const struct hc_source_place *b)
{
    int order = hc_str_compare(a->member, b->member);
    return order != 0 ? order : compare_number(a->line, b->line);
}

static int by_ends(const void *a, const void *b)
{
    const struct hc_dependency *x = a;
    const struct hc_dependency *y = b;
    int order = compare_number(x->from, y->from);
    order = order != 0 ? order : compare_number(x->to, y->to);
    return order != 0 ? order : compare_place(&x->place, &y->place);
}

static int by_symptom(const void *a, const void *b)
{
    const struct hc_symptom *x = a;
    const struct hc_symptom *y = b;
    int order = compare_number(x->at.ns, y->at.ns);
    order = order != 0 ? order : compare_number(x->component, y->component);
    order = order != 0 ? order : hc_str_compare(x->metric, y->metric);
    return order != 0 ? order : compare_place(&x->place, &y->place);
}

static int by_change(const void *a, const void *b)
{
    const struct hc_change *x = a;
    const struct hc_change *y = b;
    int order = compare_number(x->at.ns, y->at.ns);
    order = order != 0 ? order : compare_place(&x->place, &y->place);
    order = order != 0 ? order : hc_str_compare(x->kind, y->kind);
    order = order != 0 ? order : compare_number(x->component, y->component);
    return order != 0 ? order : hc_str_compare(x->text, y->text);
}

static int by_level(const void *a, const void *b)
{
    const struct hc_level *x = a;
    const struct hc_level *y = b;
    int order = compare_number(x->component, y->component);
    order = order != 0 ? order : hc_str_compare(x->metric, y->metric);
    return order != 0 ? order : compare_place(&x->place, &y->place);
}

static int by_missing(const void *a, const void *b)
{
    const struct hc_missing *x = a;
    const struct hc_missing *y = b;
    int order = hc_str_compare(x->kind, y->kind);
    return order != 0 ? order : compare_place(&x->place, &y->place);
}

static void renumber(uint32_t *component, const uint32_t *map)
{
    if (*component != HC_NO_COMPONENT)
        *component = map[*component];
}

static void settle_manifest(struct hc_incident *incident, const uint32_t *map)
{
    for (size_t i = 0; i < incident->n_dependencies; i++) {
        renumber(&incident->dependencies[i].from, map);
        renumber(&incident->dependencies[i].to, map);
    }
    for (size_t i = 0; i < incident->n_symptoms; i++)
        renumber(&incident->symptoms[i].component, map);
    for (size_t i = 0; i < incident->n_changes; i++)
        renumber(&incident->changes[i].component, map);
    for (size_t i = 0; i < incident->n_levels; i++)
        renumber(&incident->levels[i].component, map);
    hc_sort(incident->dependencies, incident->n_dependencies, sizeof *incident->dependencies, by_ends);
    hc_sort(incident->symptoms, incident->n_symptoms, sizeof *incident->symptoms, by_symptom);
    hc_sort(incident->levels, incident->n_levels, sizeof *incident->levels, by_level);
    hc_sort(incident->missing, incident->n_missing, sizeof *incident->missing, by_missing);
    size_t n = 0;
    for (size_t i = 0; i < incident->n_dependencies; i++) {
        const struct hc_dependency *edge = &incident->dependencies[i];
        if (n == 0 || incident->dependencies[n - 1].from != edge->from || incident->dependencies[n - 1].to != edge->to)
            incident->dependencies[n++] = *edge;
    }
    incident->n_dependencies = n;
}

/* ---- lists that are only joined ---- */

static int by_event(const void *a, const void *b)
{
    const struct hc_event *x = a;
    const struct hc_event *y = b;
    int order = compare_number(x->at.ns, y->at.ns);
    order = order != 0 ? order : compare_place(&x->place, &y->place);
    order = order != 0 ? order : compare_number(x->component, y->component);
    order = order != 0 ? order : hc_str_compare(x->kind, y->kind);
    return order != 0 ? order : hc_str_compare(x->message, y->message);
}

static int by_document(const void *a, const void *b)
{
    const struct hc_document *x = a;
    const struct hc_document *y = b;
    return compare_place(&x->place, &y->place);
}

/* The manifest's, and what the tools that make them wrote down. */
static bool join_changes(struct hc_assembly *a)
{
    struct hc_incident *incident = a->incident;
    size_t n = incident->n_changes;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_changes;
    struct hc_change *all = hc_arena_alloc(a->arena, (n + 1) * sizeof *all);
    if (all == NULL)
        return false;
    if (incident->n_changes > 0)
        memcpy(all, incident->changes, incident->n_changes * sizeof *all);
    incident->changes = all;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        for (size_t i = 0; reading != NULL && i < reading->n_changes; i++) {
            struct hc_change *change = &incident->changes[incident->n_changes++];
            *change = reading->changes[i];
            change->component = hc_assembly_component(a, f, change->component);
        }
    }
    hc_sort(incident->changes, incident->n_changes, sizeof *incident->changes, by_change);
    return true;
}

static uint64_t template_of(const struct hc_assembly *a, size_t file, uint32_t log)
{
    const struct hc_log_count *count = &a->incident->log_counts[a->count_of[file][log]];
    return a->incident->templates[count->template_index].id;
}

/* Once the templates are there. */
static bool join_events(struct hc_assembly *a)
{
    struct hc_incident *incident = a->incident;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_events;
    incident->events = hc_arena_alloc(a->arena, (n + 1) * sizeof *incident->events);
    if (incident->events == NULL)
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        for (size_t i = 0; reading != NULL && i < reading->n_events; i++) {
            struct hc_event *event = &incident->events[incident->n_events++];
            *event = reading->events[i];
            event->component = hc_assembly_component(a, f, event->component);
            if (reading->event_logs != NULL)
                event->template_id = template_of(a, f, reading->event_logs[i].log);
        }
    }
    hc_sort(incident->events, incident->n_events, sizeof *incident->events, by_event);
    return true;
}

static bool join_files(struct hc_assembly *a)
{
    struct hc_incident *incident = a->incident;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++)
        n += a->files[f]->reading == NULL ? 0 : a->files[f]->reading->n_documents;
    incident->documents = hc_arena_alloc(a->arena, (n + 1) * sizeof *incident->documents);
    incident->files = hc_arena_alloc(a->arena, (a->n_files + 1) * sizeof *incident->files);
    if (incident->documents == NULL || incident->files == NULL)
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_reading *reading = a->files[f]->reading;
        incident->files[incident->n_files++] = a->files[f]->file;
        for (size_t i = 0; reading != NULL && i < reading->n_documents; i++)
            incident->documents[incident->n_documents++] = reading->documents[i];
    }
    hc_sort(incident->documents, incident->n_documents, sizeof *incident->documents, by_document);
    return true;
}

static void warn_of_absent_files(struct hc_assembly *a)
{
    for (size_t i = 0; i < a->manifest->n_entries; i++) {
        const struct hc_entry *entry = &a->manifest->entries[i];
        struct hc_assembly_file key = {.file.member = entry->href};
        const struct hc_assembly_file *wanted = &key;
        bool is_there = a->n_files > 0 && bsearch(&wanted, a->files, a->n_files, sizeof wanted, by_member) != NULL;
        if (!is_there && !entry->is_damaged)
            hc_warnings_add(&a->warnings, "href-missing", HC_STR("incident.xml"), (long)entry->line,
                            "the bundle has no file \"%.*s\"", HC_STR_ARG(entry->href));
    }
}

/* What was passed over without a word of its own. */
static void warn_of_bystanders(struct hc_assembly *a)
{
    struct hc_str first = HC_STR_NONE;
    size_t n = 0;
    for (size_t f = 0; f < a->n_files; f++) {
        const struct hc_assembly_file *file = a->files[f];
        if (file->reading == NULL || file->file.kind.n > 0 || file->reading->warnings.n > 0)
            continue;
        first = n++ == 0 ? file->file.member : first;
    }
    if (n > 0)
        hc_warnings_add(&a->warnings, "collection-unread", first, 0,
                        "of what a tool has collected, files that tell no past are kept by name, this one first: %zu",
                        n);
}

static bool add_warnings(struct hc_assembly *a, const struct hc_warnings *from)
{
    struct hc_warnings *all = &a->warnings;
    struct hc_warning *items =
        hc_arena_grow(a->arena, all->items, all->n, all->n + from->n + 1, &all->capacity, sizeof *items);
    if (items == NULL)
        return false;
    if (from->n > 0)
        memcpy(items + all->n, from->items, from->n * sizeof *items);
    all->items = items;
    all->n += from->n;
    return true;
}

static bool join_warnings(struct hc_assembly *a)
{
    warn_of_absent_files(a);
    warn_of_bystanders(a);
    if (!add_warnings(a, &a->manifest->warnings))
        return false;
    for (size_t f = 0; f < a->n_files; f++) {
        if (a->files[f]->reading != NULL && !add_warnings(a, &a->files[f]->reading->warnings))
            return false;
    }
    hc_warnings_sort(&a->warnings);
    a->incident->warnings = a->warnings.items;
    a->incident->n_warnings = a->warnings.n;
    return true;
}

static enum hc_status assemble(struct hc_assembly *a)
{
    uint32_t *of_manifest;
    if (!digest_content(a) || !unite_components(a, &of_manifest))
        return hc_arena_refused(a->arena, a->err);
    settle_manifest(a->incident, of_manifest);
    enum hc_status status = hc_assemble_series(a);
    if (status == HC_OK)
        status = hc_assemble_logs(a);
    if (status == HC_OK && (!join_changes(a) || !join_events(a) || !join_files(a)))
        status = hc_arena_refused(a->arena, a->err);
    if (status == HC_OK)
        status = hc_assemble_traces(a);
    if (status == HC_OK && !join_warnings(a))
        status = hc_arena_refused(a->arena, a->err);
    return status;
}

enum hc_status hc_assemble(struct hc_incident **out, struct hc_manifest *manifest, struct hc_assembly_file *files,
                           size_t n_files, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_assembly a = {.arena = arena, .err = err, .manifest = manifest, .n_files = n_files};
    hc_warnings_init(&a.warnings, arena);
    a.incident = hc_arena_alloc(arena, sizeof *a.incident);
    a.files = hc_arena_calloc(arena, n_files + 1, sizeof(struct hc_assembly_file *));
    if (a.incident == NULL || a.files == NULL)
        return hc_arena_refused(arena, err);
    *a.incident = manifest->incident;
    for (size_t i = 0; i < n_files; i++)
        a.files[i] = &files[i];
    hc_sort((void *)a.files, n_files, sizeof(struct hc_assembly_file *), by_member);
    enum hc_status status = assemble(&a);
    if (status == HC_OK)
        *out = a.incident;
    return status;
}
