#include "ingest/manifest_parts.h"

extern const unsigned char hc_incident_rng[];
extern const size_t hc_incident_rng_size;

struct hc_str hc_manifest_schema(void)
{
    return (struct hc_str){(const char *)hc_incident_rng, hc_incident_rng_size};
}

void *hc_manifest_grow(struct hc_manifest_reader *r, void *old, size_t n, size_t *capacity, size_t size_bytes)
{
    void *items = hc_arena_grow(r->arena, old, n, n + 1, capacity, size_bytes);
    r->failed |= items == NULL;
    return items;
}

struct hc_source_place hc_manifest_place(const struct hc_xml_node *node)
{
    return (struct hc_source_place){HC_STR(HC_MANIFEST_NAME), (uint32_t)node->line};
}

struct hc_str hc_manifest_attribute(const struct hc_xml_node *node, const char *name)
{
    struct hc_str value = hc_xml_attribute(node, name);
    return value.n > 0 ? value : HC_STR_NONE;
}

struct hc_str hc_manifest_words(const struct hc_xml_node *node)
{
    struct hc_str words = hc_str_trim(node->text);
    return words.n > 0 ? words : HC_STR_NONE;
}

enum hc_status hc_manifest_time(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name,
                                struct hc_time *time)
{
    struct hc_str value = hc_xml_attribute(node, name);
    *time = HC_TIME_NONE;
    if (value.p == NULL || hc_time_parse_rfc3339(value, time))
        return HC_OK;
    value = hc_str_quotable(value, HC_MANIFEST_QUOTE_BYTES);
    hc_err_set(r->err, HC_FAIL, "manifest-time", "%.*s/@%s \"%.*s\" is no RFC 3339 time with an offset within %s",
               HC_STR_ARG(node->name), name, HC_STR_ARG(value), "1678 to 2262");
    hc_err_at(r->err, NULL, NULL, node->line);
    return HC_FAIL;
}

static uint32_t component_number(struct hc_manifest_reader *r, struct hc_str name)
{
    if (name.n == 0)
        return HC_NO_COMPONENT;
    struct hc_manifest *m = r->manifest;
    size_t n_before = m->components.n;
    size_t index = hc_names_add(&m->components, name);
    if (index == HC_NAME_NONE) {
        r->failed = true;
        return HC_NO_COMPONENT;
    }
    if (index == n_before) {
        m->component_kinds = hc_arena_grow(r->arena, m->component_kinds, n_before, n_before + 1, &r->n_kinds_capacity,
                                           sizeof *m->component_kinds);
        r->failed |= m->component_kinds == NULL;
        if (m->component_kinds != NULL)
            m->component_kinds[index] = HC_STR_NONE;
    }
    return r->failed ? HC_NO_COMPONENT : (uint32_t)index;
}

uint32_t hc_manifest_component(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name)
{
    return component_number(r, hc_xml_attribute(node, name));
}

void hc_manifest_warn(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *code, const char *text,
                      struct hc_str what)
{
    what = hc_str_quotable(what, HC_MANIFEST_QUOTE_BYTES);
    hc_warnings_add(&r->manifest->warnings, code, HC_STR(HC_MANIFEST_NAME), node->line, "%s: \"%.*s\"", text,
                    HC_STR_ARG(what));
}

bool hc_manifest_is_id(struct hc_str id)
{
    if (id.n == 0 || id.n > 128)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool word = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
        if (!word && (i == 0 || (c != '.' && c != '_' && c != ':' && c != '-')))
            return false;
    }
    return true;
}

/* A time before the window's start measures nothing: it becomes a gap. */
static void drop_if_before(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name,
                           struct hc_time *time)
{
    if (!hc_time_known(*time) || time->ns >= r->manifest->incident.window_start.ns)
        return;
    hc_manifest_warn(r, node, "window-order", "a time before the window's start is left out", hc_str_of(name));
    *time = HC_TIME_NONE;
}

static enum hc_status read_window(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    enum hc_status status = hc_manifest_time(r, node, "start", &incident->window_start);
    if (status == HC_OK)
        status = hc_manifest_time(r, node, "detected", &incident->detected);
    if (status == HC_OK)
        status = hc_manifest_time(r, node, "mitigated", &incident->mitigated);
    if (status == HC_OK)
        status = hc_manifest_time(r, node, "end", &incident->window_end);
    if (status != HC_OK)
        return status;
    incident->window_place = hc_manifest_place(node);
    drop_if_before(r, node, "detected", &incident->detected);
    drop_if_before(r, node, "mitigated", &incident->mitigated);
    drop_if_before(r, node, "end", &incident->window_end);
    return HC_OK;
}

static enum hc_status read_baseline(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_interval interval;
    enum hc_status status = hc_manifest_time(r, node, "start", &interval.start);
    if (status == HC_OK)
        status = hc_manifest_time(r, node, "end", &interval.end);
    if (status != HC_OK)
        return status;
    if (!hc_time_known(interval.start) || !hc_time_known(interval.end) || interval.end.ns <= interval.start.ns) {
        hc_manifest_warn(r, node, "baseline-empty", "a baseline without extent is left out",
                         hc_xml_attribute(node, "start"));
        return HC_OK;
    }
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_interval *items = HC_MANIFEST_GROW(r, incident, baselines);
    if (items == NULL)
        return HC_FATAL;
    incident->baselines = items;
    items[incident->n_baselines++] = interval;
    return HC_OK;
}

static enum hc_status read_title(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    r->manifest->incident.title = hc_manifest_words(node);
    return HC_OK;
}

static enum hc_status read_severity(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    r->manifest->incident.severity = hc_manifest_words(node);
    return HC_OK;
}

static enum hc_status read_service(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    r->manifest->incident.service = hc_manifest_words(node);
    (void)component_number(r, r->manifest->incident.service);
    return HC_OK;
}

static const struct {
    const char *name;
    enum hc_status (*read)(struct hc_manifest_reader *r, const struct hc_xml_node *node);
} children[] = {
    {"title", read_title},
    {"service", read_service},
    {"severity", read_severity},
    {"baseline", read_baseline},
    {"symptom", hc_manifest_symptom},
    {"topology", hc_manifest_topology},
    {"changes", hc_manifest_changes},
    {"evidence", hc_manifest_evidence},
    {"outcome", hc_manifest_outcome},
};

static int by_start(const void *a, const void *b)
{
    const struct hc_interval *x = a;
    const struct hc_interval *y = b;
    if (x->start.ns != y->start.ns)
        return x->start.ns < y->start.ns ? -1 : 1;
    return (x->end.ns > y->end.ns) - (x->end.ns < y->end.ns);
}

/* Overlapping baselines are united; without one it is the hour before the window. */
static enum hc_status settle_baselines(struct hc_manifest_reader *r)
{
    struct hc_incident *incident = &r->manifest->incident;
    if (incident->n_baselines == 0) {
        incident->baselines = hc_arena_alloc(r->arena, sizeof *incident->baselines);
        if (incident->baselines == NULL)
            return HC_FATAL;
        struct hc_time from = {incident->window_start.ns - HC_NS_PER_HOUR, incident->window_start.digits};
        incident->baselines[incident->n_baselines++] = (struct hc_interval){from, incident->window_start};
        return HC_OK;
    }
    struct hc_interval *list = incident->baselines;
    qsort(list, incident->n_baselines, sizeof *list, by_start);
    size_t last = 0;
    for (size_t i = 1; i < incident->n_baselines; i++) {
        if (list[i].start.ns >= list[last].end.ns)
            list[++last] = list[i];
        else if (list[i].end.ns > list[last].end.ns)
            list[last].end = list[i].end;
    }
    incident->n_baselines = last + 1;
    return HC_OK;
}

/* A level of no component is the service's; without a service it says nothing. */
static void settle_levels(struct hc_manifest_reader *r)
{
    struct hc_incident *incident = &r->manifest->incident;
    size_t service = hc_names_find(&r->manifest->components, incident->service);
    size_t n = 0;
    for (size_t i = 0; i < incident->n_levels; i++) {
        struct hc_level *level = &incident->levels[i];
        if (level->component == HC_NO_COMPONENT && service != HC_NAME_NONE)
            level->component = (uint32_t)service;
        if (level->component != HC_NO_COMPONENT)
            incident->levels[n++] = *level;
        else
            hc_warnings_add(&r->manifest->warnings, "level-no-component", level->place.member, (long)level->place.line,
                            "a level of no component is left out");
    }
    incident->n_levels = n;
}

/* @at absent: known when the manifest was updated, else when the incident ended, else never. */
static void settle_outcomes(struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        struct hc_outcome *outcome = &incident->outcomes[i];
        if (!hc_time_known(outcome->known_at))
            outcome->known_at = hc_time_known(incident->updated) ? incident->updated : incident->window_end;
    }
}

static enum hc_status refuse(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *code,
                             const char *text)
{
    hc_err_set(r->err, HC_FAIL, code, "%s", text);
    hc_err_at(r->err, NULL, NULL, node->line);
    return HC_FAIL;
}

static enum hc_status refuse_id(struct hc_manifest_reader *r, const struct hc_xml_node *root)
{
    struct hc_str id = hc_str_quotable(hc_xml_attribute(root, "id"), HC_MANIFEST_QUOTE_BYTES);
    hc_err_set(r->err, HC_FAIL, "manifest-id",
               "incident/@id is missing or is no id (letters, digits, '.', '_', ':', '-'): \"%.*s\"", HC_STR_ARG(id));
    hc_err_at(r->err, NULL, NULL, root->line);
    return HC_FAIL;
}

static enum hc_status read_root(struct hc_manifest_reader *r, const struct hc_xml_node *root)
{
    struct hc_incident *incident = &r->manifest->incident;
    const struct hc_xml_node *window = hc_xml_child(root, "window");
    if (!hc_str_is(root->name, "incident") || !hc_manifest_is_id(hc_xml_attribute(root, "id")))
        return refuse_id(r, root);
    if (window == NULL || hc_xml_attribute(window, "start").p == NULL)
        return refuse(r, window == NULL ? root : window, "manifest-window", "window/@start is missing");
    incident->id = hc_manifest_attribute(root, "id");
    enum hc_status status = hc_manifest_time(r, root, "updated", &incident->updated);
    if (status == HC_OK)
        status = read_window(r, window);
    for (const struct hc_xml_node *node = root->first_child; node != NULL && status == HC_OK; node = node->next) {
        for (size_t i = 0; i < sizeof children / sizeof *children && status == HC_OK; i++) {
            if (hc_str_equal(node->ns, root->ns) && hc_str_is(node->name, children[i].name))
                status = children[i].read(r, node);
        }
    }
    if (status == HC_OK)
        status = settle_baselines(r);
    settle_levels(r);
    settle_outcomes(incident);
    return status;
}

/* The schema is asked about what is not plain: its machine is slow, and slower with each element. */
static enum hc_status parse(const struct hc_xml_node **root, struct hc_str bytes, struct hc_xml_schema *schema,
                            struct hc_arena *arena, struct hc_err *err)
{
    enum hc_status status = hc_xml_parse(root, bytes, 0, NULL, arena, err);
    if (status != HC_OK || hc_manifest_is_plain(*root))
        return status;
    if (schema != NULL)
        return hc_xml_parse(root, bytes, 0, schema, arena, err);
    status = hc_xml_schema_new(&schema, hc_manifest_schema(), err);
    if (status == HC_OK)
        status = hc_xml_parse(root, bytes, 0, schema, arena, err);
    hc_xml_schema_free(schema);
    return status;
}

/* The schema's own messages name states of its machine, not what a person wrote. */
static enum hc_status explain(struct hc_manifest_reader *r, struct hc_str bytes, const struct hc_err *refusal)
{
    const struct hc_xml_node *root;
    if (hc_xml_parse(&root, bytes, 0, NULL, r->arena, r->err) == HC_OK) {
        if (hc_manifest_diagnose(root, r->err) == HC_OK && read_root(r, root) == HC_OK)
            refuse(r, root, "xml-schema", refusal->text);
    }
    return HC_FAIL;
}

enum hc_status hc_manifest_read(struct hc_manifest *manifest, struct hc_str bytes, struct hc_xml_schema *schema,
                                struct hc_arena *arena, struct hc_err *err)
{
    *manifest = (struct hc_manifest){0};
    struct hc_incident *incident = &manifest->incident;
    incident->updated = incident->window_start = incident->detected = HC_TIME_NONE;
    incident->mitigated = incident->window_end = HC_TIME_NONE;
    hc_names_init(&manifest->components, arena);
    hc_names_init(&manifest->hrefs, arena);
    hc_warnings_init(&manifest->warnings, arena);
    struct hc_manifest_reader r = {.manifest = manifest, .arena = arena, .err = err};
    const struct hc_xml_node *root;
    struct hc_err refusal = HC_ERR_NONE;
    enum hc_status status = parse(&root, bytes, schema, arena, &refusal);
    if (status == HC_OK)
        status = read_root(&r, root);
    else if (status == HC_FAIL && refusal.code != NULL && strcmp(refusal.code, "xml-schema") == 0)
        status = explain(&r, bytes, &refusal);
    else if (err != NULL && err->status == HC_OK)
        *err = refusal;
    if (status == HC_FATAL || (status == HC_OK && r.failed))
        status = refusal.status == HC_FATAL ? HC_FATAL : hc_arena_refused(arena, err);
    return status;
}

const struct hc_entry *hc_manifest_entry(const struct hc_manifest *manifest, struct hc_str member)
{
    size_t i = hc_names_find(&manifest->hrefs, member);
    return i == HC_NAME_NONE ? NULL : &manifest->entries[i];
}
