/* One version of an incident from its rows, as it was put. */
#include "corpus/store/internal.h"

struct get {
    struct hc_store *store;
    struct hc_incident *incident;
    struct hc_arena *arena;
    size_t capacity; /* of the list being read */
    struct points *points;
    size_t n_points, points_capacity;
    size_t n_runs; /* rows of log_count */
};

/* Points of many series. */
struct points {
    int64_t key;
    struct hc_str bytes;
};

/* Room for one more item of a list, zeroed. */
static void *add_item(struct get *get, void **items, size_t *n, size_t item_bytes)
{
    if (*n == 0)
        get->capacity = 0;
    char *grown = hc_arena_grow(get->arena, *items, *n, *n + 1, &get->capacity, item_bytes);
    if (!grown)
        return NULL;
    *items = grown;
    return memset(grown + (*n)++ * item_bytes, 0, item_bytes);
}

static enum hc_status get_component(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_component *component =
        add_item(get, (void **)&incident->components, &incident->n_components, sizeof *component);
    if (!component)
        return hc_store_no_memory(err);
    component->name = hc_column_text(c);
    component->kind = hc_column_text(c);
    return HC_OK;
}

static enum hc_status get_dependency(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_dependency *dependency =
        add_item(get, (void **)&incident->dependencies, &incident->n_dependencies, sizeof *dependency);
    if (!dependency)
        return hc_store_no_memory(err);
    dependency->from = hc_column_component(c);
    dependency->to = hc_column_component(c);
    dependency->derived = hc_column_int(c) != 0;
    dependency->place = hc_column_place(c);
    return HC_OK;
}

static enum hc_status get_change(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_change *change = add_item(get, (void **)&incident->changes, &incident->n_changes, sizeof *change);
    if (!change)
        return hc_store_no_memory(err);
    change->at = hc_column_time(c);
    change->kind = hc_column_text(c);
    change->component = hc_column_component(c);
    change->version = hc_column_text(c);
    change->commit = hc_column_text(c);
    change->text = hc_column_text(c);
    change->place = hc_column_place(c);
    return HC_OK;
}

static enum hc_status get_event(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_event *event = add_item(get, (void **)&incident->events, &incident->n_events, sizeof *event);
    if (!event)
        return hc_store_no_memory(err);
    event->at = hc_column_time(c);
    event->component = hc_column_component(c);
    event->level = (uint8_t)hc_column_int(c);
    event->kind = hc_column_text(c);
    event->message = hc_column_text(c);
    event->template_id = (uint64_t)hc_column_int(c);
    event->place = hc_column_place(c);
    return HC_OK;
}

/* A row of log_count gives several. */
struct counts {
    struct get *get;
    int64_t lines;
    struct hc_time first;
};

static enum hc_status take_count(void *context, const struct hc_log_count *count, struct hc_err *err)
{
    struct counts *counts = context;
    struct hc_incident *incident = counts->get->incident;
    struct hc_log_count *item =
        add_item(counts->get, (void **)&incident->log_counts, &incident->n_log_counts, sizeof *item);
    if (!item)
        return hc_store_no_memory(err);
    *item = *count;
    for (size_t i = 0; i < count->n_minutes; i++)
        counts->lines += count->lines[i];
    if (hc_time_known(count->first_at) && (!hc_time_known(counts->first) || count->first_at.ns < counts->first.ns))
        counts->first = count->first_at;
    return HC_OK;
}

static enum hc_status get_log_counts(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct counts counts = {get, 0, HC_TIME_NONE};
    get->n_runs++;
    if (hc_column_int(c) != (int64_t)get->incident->n_log_counts)
        return hc_store_corrupt(err, "log counts are not in order");
    int64_t lines = hc_column_int(c);
    struct hc_time first = hc_column_time(c);
    struct hc_str minutes = hc_column_blob(c);
    enum hc_status status = hc_unpack_counts(minutes, hc_column_blob(c), take_count, &counts, get->arena, err);
    if (status == HC_OK && (lines != counts.lines || first.ns != counts.first.ns))
        return hc_store_corrupt(err, "a log count is not the sum of its minutes, or not from its earliest line on");
    return status;
}

static enum hc_status get_points(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct points *grown =
        hc_arena_grow(get->arena, get->points, get->n_points, get->n_points + 1, &get->points_capacity, sizeof *grown);
    int64_t key = hc_column_int(c);
    struct hc_str bytes = hc_column_blob(c);
    const char *copy = hc_arena_copy(get->arena, bytes.p, bytes.n);
    if (!grown || !copy)
        return hc_store_no_memory(err);
    get->points = grown;
    grown[get->n_points++] = (struct points){key, {copy, bytes.n}};
    return HC_OK;
}

static enum hc_status unpack_points(const struct get *get, struct hc_columns *c, struct hc_series *series,
                                    struct hc_err *err)
{
    int64_t key = hc_column_int(c);
    int64_t from = hc_column_int(c);
    int64_t n = hc_column_int(c);
    size_t low = 0, high = get->n_points;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (get->points[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == get->n_points || get->points[low].key != key)
        return hc_store_corrupt(err, "a series without its points");
    struct hc_str bytes = get->points[low].bytes;
    if (from < 0 || n < 0 || (uint64_t)from > bytes.n || (uint64_t)n > bytes.n - (uint64_t)from)
        return hc_store_corrupt(err, "points of a series are cut");
    return hc_unpack_points(series, (struct hc_str){bytes.p + from, (size_t)n}, get->arena, err);
}

static enum hc_status get_series(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_series *series = add_item(get, (void **)&incident->series, &incident->n_series, sizeof *series);
    if (!series)
        return hc_store_no_memory(err);
    series->component = hc_column_component(c);
    series->metric = hc_column_text(c);
    series->unit = hc_column_text(c);
    int64_t n = hc_column_int(c);
    enum hc_status status = unpack_points(get, c, series, err);
    series->place = hc_column_place(c);
    series->baseline_median = hc_column_real(c);
    series->baseline_mad = hc_column_real(c);
    series->peak = hc_column_real(c);
    series->score = hc_column_real(c);
    series->onset_at = hc_column_time(c);
    if (status == HC_OK && n != (int64_t)series->n)
        return hc_store_corrupt(err, "a series has not the points it says");
    return status;
}

static enum hc_status get_outcome(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_outcome *outcome = add_item(get, (void **)&incident->outcomes, &incident->n_outcomes, sizeof *outcome);
    if (!outcome)
        return hc_store_no_memory(err);
    outcome->ordinal = (uint32_t)hc_column_int(c);
    outcome->status = hc_column_text(c);
    outcome->category = hc_column_text(c);
    outcome->component = hc_column_text(c);
    outcome->cause = hc_column_text(c);
    outcome->metric = hc_column_text(c);
    outcome->text = hc_column_text(c);
    outcome->given_by = hc_column_text(c);
    outcome->known_at = hc_column_time(c);
    outcome->place = hc_column_place(c);
    return HC_OK;
}

static enum hc_status get_document(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_document *document =
        add_item(get, (void **)&incident->documents, &incident->n_documents, sizeof *document);
    if (!document)
        return hc_store_no_memory(err);
    document->kind = hc_column_text(c);
    document->title = hc_column_text(c);
    document->text = hc_column_text(c);
    document->place = hc_column_place(c);
    return HC_OK;
}

static enum hc_status get_warning(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_warning *warning = add_item(get, (void **)&incident->warnings, &incident->n_warnings, sizeof *warning);
    if (!warning)
        return hc_store_no_memory(err);
    warning->member = hc_column_text(c);
    warning->line = (long)hc_column_int(c);
    warning->code = hc_column_text(c);
    warning->message = hc_column_text(c);
    warning->n_more = (size_t)hc_column_int(c);
    return HC_OK;
}

static enum hc_status get_record(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    return hc_unpack_record(get->incident, hc_column_blob(c), get->arena, err);
}

static enum hc_status get_version(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    incident->id = hc_column_text(c);
    struct hc_str content = hc_column_blob(c);
    if (content.n != HC_SHA256_BYTES)
        return hc_store_corrupt(err, "a content that is no SHA-256");
    memcpy(incident->content, content.p, HC_SHA256_BYTES);
    incident->title = hc_column_text(c);
    incident->service = hc_column_text(c);
    incident->severity = hc_column_text(c);
    incident->window_place = hc_column_place(c);
    hc_column_int(c);
    incident->updated = hc_column_time(c);
    incident->window_start = hc_column_time(c);
    incident->detected = hc_column_time(c);
    incident->mitigated = hc_column_time(c);
    incident->window_end = hc_column_time(c);
    return HC_OK;
}

typedef enum hc_status get_row(struct get *get, struct hc_columns *c, struct hc_err *err);

static enum hc_status get_rows(struct get *get, enum hc_statement which, int64_t version, get_row *row,
                               struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(get->store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, version);
    enum hc_status status;
    size_t n = 0;
    while ((status = hc_store_step(get->store, b.statement, err)) == HC_OK) {
        struct hc_columns c = {b.statement, get->arena, 0, false};
        status = row(get, &c, err);
        if (status == HC_OK && c.no_memory)
            status = hc_store_no_memory(err);
        if (status != HC_OK)
            break;
        n++;
    }
    sqlite3_reset(b.statement);
    if (status == HC_END && n == 0 && (which == HC_SQL_VERSION_GET || which == HC_SQL_RECORD_GET))
        return hc_store_corrupt(err, "a version without its record");
    return status == HC_END ? HC_OK : status;
}

/* ---- templates: those that counts name, in order of id, and those that none does ---- */

struct ordered_template {
    struct hc_template template;
    uint32_t count; /* whose it is; UINT32_MAX: no count names it */
};

static int compare_templates(const void *a, const void *b)
{
    const struct ordered_template *x = a, *y = b;
    if (x->template.id != y->template.id)
        return x->template.id < y->template.id ? -1 : 1;
    int order = hc_str_compare(x->template.text, y->template.text);
    return order ? order : (x->count > y->count) - (x->count < y->count);
}

/* One pass over log_count's templates: a row's is that of all counts up to the next row's first. */
static enum hc_status read_count_templates(struct get *get, int64_t version, struct ordered_template *out,
                                           struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(get->store, HC_SQL_COUNT_TEMPLATES_GET, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, version);
    enum hc_status status;
    size_t n = get->incident->n_log_counts, filled = 0, n_runs = 0;
    struct hc_template template = {0};
    while ((status = hc_store_step(get->store, b.statement, err)) == HC_OK) {
        struct hc_columns c = {b.statement, get->arena, 0, false};
        size_t ordinal = (size_t)hc_column_int(&c);
        for (; filled < ordinal && filled < n; filled++)
            out[filled] = (struct ordered_template){template, (uint32_t)filled};
        template.id = (uint64_t)hc_column_int(&c);
        template.text = hc_column_text(&c);
        n_runs++;
        if (c.no_memory) {
            sqlite3_reset(b.statement);
            return hc_store_no_memory(err);
        }
    }
    sqlite3_reset(b.statement);
    for (; filled < n; filled++)
        out[filled] = (struct ordered_template){template, (uint32_t)filled};
    if (status == HC_END && n_runs != get->n_runs)
        return hc_store_corrupt(err, "a log count names no template");
    return status == HC_END ? HC_OK : status;
}

static enum hc_status unite_templates(struct get *get, int64_t version, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    size_t n = incident->n_log_counts + incident->n_templates;
    struct ordered_template *all = hc_arena_alloc(get->arena, n * sizeof *all);
    struct hc_template *templates = hc_arena_alloc(get->arena, n * sizeof *templates);
    if (!all || !templates)
        return hc_store_no_memory(err);
    enum hc_status status = read_count_templates(get, version, all, err);
    if (status != HC_OK)
        return status;
    for (size_t i = 0; i < incident->n_templates; i++)
        all[incident->n_log_counts + i] = (struct ordered_template){incident->templates[i], UINT32_MAX};
    qsort(all, n, sizeof *all, compare_templates);
    incident->n_templates = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || all[i].template.id != all[i - 1].template.id ||
            !hc_str_equal(all[i].template.text, all[i - 1].template.text))
            templates[incident->n_templates++] = all[i].template;
        if (all[i].count != UINT32_MAX)
            incident->log_counts[all[i].count].template_index = (uint32_t)(incident->n_templates - 1);
    }
    incident->templates = templates;
    return HC_OK;
}

enum hc_status hc_store_version_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                    struct hc_incident **out, struct hc_err *err)
{
    static const struct {
        enum hc_statement which;
        get_row *row;
    } lists[] = {
        {HC_SQL_VERSION_GET, get_version},
        {HC_SQL_COMPONENTS_GET, get_component},
        {HC_SQL_DEPENDENCIES_GET, get_dependency},
        {HC_SQL_CHANGES_GET, get_change},
        {HC_SQL_EVENTS_GET, get_event},
        {HC_SQL_LOG_COUNTS_GET, get_log_counts},
        {HC_SQL_POINTS_GET, get_points},
        {HC_SQL_SERIES_GET, get_series},
        {HC_SQL_OUTCOMES_GET, get_outcome},
        {HC_SQL_DOCUMENTS_GET, get_document},
        {HC_SQL_WARNINGS_GET, get_warning},
        {HC_SQL_RECORD_GET, get_record},
    };
    struct get get = {.store = store, .arena = arena};
    get.incident = hc_arena_calloc(arena, 1, sizeof *get.incident);
    if (!get.incident)
        return hc_store_no_memory(err);
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < sizeof lists / sizeof *lists; i++)
        status = get_rows(&get, lists[i].which, key, lists[i].row, err);
    if (status == HC_OK)
        status = unite_templates(&get, key, err);
    const char *fault = status == HC_OK ? hc_record_fault(get.incident) : NULL;
    if (fault)
        status = hc_store_corrupt(err, fault);
    if (status == HC_OK)
        *out = get.incident;
    return status;
}
