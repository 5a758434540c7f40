/* One version of an incident from its rows, as it was put. */
#include "corpus/store/internal.h"

struct get {
    struct hc_store *store;
    struct hc_incident *incident;
    struct hc_arena *arena;
    size_t capacity; /* of the list being read */
    size_t n_places; /* of dependencies, read so far */
    struct points *points;
    size_t n_points, points_capacity, n_points_used;
    struct hc_str points_left;      /* of the series that follow */
    struct hc_counts_reader counts; /* of the log counts that follow */
    struct hc_template *templates;  /* of each log count */
    size_t templates_capacity;
};

/* Points of many series. */
struct points {
    size_t first;
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
    return HC_OK;
}

static enum hc_status get_dependency_place(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    if (get->n_places == get->incident->n_dependencies)
        return hc_store_corrupt(err, "a place of no dependency");
    get->incident->dependencies[get->n_places++].place = hc_column_place(c);
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

/* A template gives several. */
struct counts {
    struct get *get;
    struct hc_template template;
    int64_t lines;
    struct hc_time first;
};

static enum hc_status take_count(void *context, const struct hc_log_count *count, struct hc_err *err)
{
    struct counts *counts = context;
    struct get *get = counts->get;
    size_t i = get->incident->n_log_counts;
    struct hc_template *templates =
        hc_arena_grow(get->arena, get->templates, i, i + 1, &get->templates_capacity, sizeof *templates);
    struct hc_log_count *item =
        add_item(get, (void **)&get->incident->log_counts, &get->incident->n_log_counts, sizeof *item);
    if (!item || !templates)
        return hc_store_no_memory(err);
    *item = *count;
    get->templates = templates;
    templates[i] = counts->template;
    for (size_t m = 0; m < count->n_minutes; m++)
        counts->lines += count->lines[m];
    if (hc_time_known(count->first_at) && (!hc_time_known(counts->first) || count->first_at.ns < counts->first.ns))
        counts->first = count->first_at;
    return HC_OK;
}

/* What the counts of all templates are packed in. */
static enum hc_status get_log_minutes(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    get->counts = (struct hc_counts_reader){.incident = get->incident, .arena = get->arena};
    struct hc_minute_scale scale;
    scale.first = hc_column_int(c);
    scale.n_minutes = hc_column_int(c);
    scale.n_lines = hc_column_int(c);
    struct hc_str minutes = hc_column_blob(c), sources = hc_column_blob(c);
    return hc_counts_begin(&get->counts, &scale, minutes, sources, err);
}

static enum hc_status get_log_counts(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct counts counts = {.get = get, .first = HC_TIME_NONE};
    counts.template.id = (uint64_t)hc_column_int(c);
    counts.template.text = hc_column_text(c);
    if (!counts.template.text.p)
        return c->no_memory ? hc_store_no_memory(err) : hc_store_corrupt(err, "a log count names no template");
    const struct hc_counted of = {hc_column_int(c), counts.template.text};
    int64_t lines = hc_column_int(c);
    struct hc_time first = hc_column_time(c);
    enum hc_status status = hc_counts_next(&get->counts, &of, take_count, &counts, err);
    if (status == HC_OK && (lines != counts.lines || first.ns != counts.first.ns))
        return hc_store_corrupt(err, "a log count is not the sum of its minutes, or not from its earliest line on");
    return status;
}

static enum hc_status get_points(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct points *grown =
        hc_arena_grow(get->arena, get->points, get->n_points, get->n_points + 1, &get->points_capacity, sizeof *grown);
    size_t first = (size_t)hc_column_int(c);
    struct hc_str bytes = hc_column_blob(c);
    const char *copy = hc_arena_copy(get->arena, bytes.p, bytes.n);
    if (!grown || !copy)
        return hc_store_no_memory(err);
    get->points = grown;
    grown[get->n_points++] = (struct points){first, {copy, bytes.n}};
    return HC_OK;
}

/* The series come in order, and so do their points. */
static enum hc_status unpack_points(struct get *get, struct hc_series *series, struct hc_err *err)
{
    size_t ordinal = get->incident->n_series - 1;
    if (get->points_left.n == 0 && get->n_points_used < get->n_points &&
        get->points[get->n_points_used].first == ordinal)
        get->points_left = get->points[get->n_points_used++].bytes;
    struct hc_str own = {get->points_left.p, hc_points_length(get->points_left)};
    if (own.n == 0)
        return hc_store_corrupt(err, "a series without its points");
    get->points_left.p += own.n;
    get->points_left.n -= own.n;
    return hc_unpack_points(series, own, get->arena, err);
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
    enum hc_status status = unpack_points(get, series, err);
    series->place = hc_column_place(c);
    series->first_row = (uint32_t)hc_column_int(c);
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

static enum hc_status get_tag(struct get *get, struct hc_columns *c, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    struct hc_tag *tag = add_item(get, (void **)&incident->tags, &incident->n_tags, sizeof *tag);
    if (!tag)
        return hc_store_no_memory(err);
    tag->name = hc_column_text(c);
    tag->text = hc_column_text(c);
    tag->category = hc_column_text(c);
    tag->given_by = hc_column_text(c);
    tag->place = hc_column_place(c);
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
    incident->origin = hc_column_text(c);
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

static enum hc_status unite_templates(struct get *get, struct hc_err *err)
{
    struct hc_incident *incident = get->incident;
    size_t n = incident->n_log_counts + incident->n_templates;
    struct ordered_template *all = hc_arena_alloc(get->arena, n * sizeof *all);
    struct hc_template *templates = hc_arena_alloc(get->arena, n * sizeof *templates);
    if (!all || !templates)
        return hc_store_no_memory(err);
    for (size_t i = 0; i < incident->n_log_counts; i++)
        all[i] = (struct ordered_template){get->templates[i], (uint32_t)i};
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

struct list {
    enum hc_statement which;
    get_row *row;
};

static enum hc_status get_lists(struct get *get, int64_t key, const struct list *lists, size_t n, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    get->incident = hc_arena_calloc(get->arena, 1, sizeof *get->incident);
    if (!get->incident)
        return hc_store_no_memory(err);
    for (size_t i = 0; status == HC_OK && i < n; i++)
        status = get_rows(get, lists[i].which, key, lists[i].row, err);
    return status;
}

enum hc_status hc_store_documents_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                      struct hc_incident **out, struct hc_err *err)
{
    static const struct list documents = {HC_SQL_DOCUMENTS_GET, get_document};
    struct get get = {.store = store, .arena = arena};
    enum hc_status status = get_lists(&get, key, &documents, 1, err);
    *out = get.incident;
    return status;
}

enum hc_status hc_store_told_get(struct hc_store *store, int64_t key, struct hc_arena *arena, struct hc_incident **out,
                                 struct hc_err *err)
{
    static const struct list told[] = {
        {HC_SQL_VERSION_GET, get_version},  {HC_SQL_COMPONENTS_GET, get_component}, {HC_SQL_CHANGES_GET, get_change},
        {HC_SQL_OUTCOMES_GET, get_outcome}, {HC_SQL_DOCUMENTS_GET, get_document},   {HC_SQL_TAGS_GET, get_tag},
    };
    struct get get = {.store = store, .arena = arena};
    enum hc_status status = get_lists(&get, key, told, sizeof told / sizeof *told, err);
    *out = get.incident;
    return status;
}

enum hc_status hc_store_version_get(struct hc_store *store, int64_t key, struct hc_arena *arena,
                                    struct hc_incident **out, struct hc_err *err)
{
    static const struct list lists[] = {
        {HC_SQL_VERSION_GET, get_version},
        {HC_SQL_COMPONENTS_GET, get_component},
        {HC_SQL_DEPENDENCIES_GET, get_dependency},
        {HC_SQL_DEPENDENCY_PLACES_GET, get_dependency_place},
        {HC_SQL_CHANGES_GET, get_change},
        {HC_SQL_EVENTS_GET, get_event},
        {HC_SQL_POINTS_GET, get_points},
        {HC_SQL_SERIES_GET, get_series},
        {HC_SQL_OUTCOMES_GET, get_outcome},
        {HC_SQL_DOCUMENTS_GET, get_document},
        {HC_SQL_WARNINGS_GET, get_warning},
        {HC_SQL_TAGS_GET, get_tag},
        {HC_SQL_RECORD_GET, get_record},
        {HC_SQL_LOG_MINUTES_GET, get_log_minutes}, /* name files of the record */
        {HC_SQL_LOG_COUNTS_GET, get_log_counts},
    };
    struct get get = {.store = store, .arena = arena};
    enum hc_status status = get_lists(&get, key, lists, sizeof lists / sizeof *lists, err);
    if (status == HC_OK && (get.points_left.n > 0 || get.n_points_used < get.n_points))
        status = hc_store_corrupt(err, "points of no series");
    if (status == HC_OK && get.n_places < get.incident->n_dependencies)
        status = hc_store_corrupt(err, "a dependency without a place");
    if (status == HC_OK && !hc_counts_at_end(&get.counts))
        status = hc_store_corrupt(err, "minutes of no log count");
    if (status == HC_OK)
        status = unite_templates(&get, err);
    const char *fault = status == HC_OK ? hc_record_fault(get.incident) : NULL;
    if (fault)
        status = hc_store_corrupt(err, fault);
    if (status == HC_OK)
        *out = get.incident;
    return status;
}
