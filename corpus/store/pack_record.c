/* The lists of an incident that analysts do not query, in one blob. */
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"

#define LAYOUT 2 /* 1: without flows; what an incident without them is still packed as */
#define LAYOUT_WITHOUT_FLOWS 1
#define ABSENT UINT32_MAX

bool *hc_templates_counted(const struct hc_incident *incident)
{
    bool *counted = calloc(incident->n_templates + 1, sizeof *counted);
    for (size_t i = 0; counted && i < incident->n_log_counts; i++)
        if (incident->log_counts[i].template_index < incident->n_templates)
            counted[incident->log_counts[i].template_index] = true;
    return counted;
}

static void put_n(struct hc_buf *out, size_t n)
{
    if (n > UINT32_MAX)
        out->failed = true;
    hc_put_u32(out, (uint32_t)n);
}

static void put_duration(struct hc_buf *out, const struct hc_log_duration *duration)
{
    hc_put_u32(out, duration->n);
    if (duration->n == 0)
        return;
    hc_put_f64(out, duration->median);
    hc_put_f64(out, duration->p90);
    hc_put_f64(out, duration->mean);
    hc_put_f64(out, duration->variance);
}

static void put_trace_edge(struct hc_buf *out, const struct hc_trace_edge *edge)
{
    hc_put_u32(out, edge->caller);
    hc_put_u32(out, edge->callee);
    hc_put_text(out, edge->operation);
    for (int k = 0; k < HC_PHASES; k++) {
        hc_put_u32(out, edge->phase[k].n_spans);
        hc_put_u32(out, edge->phase[k].n_errors);
        put_duration(out, &edge->phase[k].server);
        put_duration(out, &edge->phase[k].residual);
        put_duration(out, &edge->phase[k].exclusive);
    }
    hc_put_place(out, edge->place);
}

static void put_file(struct hc_buf *out, const struct hc_evidence_file *file)
{
    hc_put_text(out, file->member);
    hc_put_text(out, file->kind);
    hc_put_text(out, file->format);
    hc_put_i64(out, (int64_t)file->n_bytes);
    hc_put_i64(out, (int64_t)file->n_rows);
    hc_put_i64(out, (int64_t)file->n_bad_rows);
    hc_buf_add(out, file->sha256, HC_SHA256_BYTES);
}

static void put_statements(struct hc_buf *out, const struct hc_incident *incident)
{
    put_n(out, incident->n_baselines);
    for (size_t i = 0; i < incident->n_baselines; i++) {
        hc_pack_time(out, incident->baselines[i].start);
        hc_pack_time(out, incident->baselines[i].end);
    }
    put_n(out, incident->n_symptoms);
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        hc_put_u32(out, incident->symptoms[i].component);
        hc_put_text(out, incident->symptoms[i].metric);
        hc_pack_time(out, incident->symptoms[i].at);
        hc_put_place(out, incident->symptoms[i].place);
    }
    put_n(out, incident->n_levels);
    for (size_t i = 0; i < incident->n_levels; i++) {
        const struct hc_level *level = &incident->levels[i];
        hc_put_u32(out, level->component);
        hc_put_text(out, level->metric);
        hc_put_text(out, level->unit);
        hc_put_f64(out, level->baseline);
        hc_put_f64(out, level->before);
        hc_put_f64(out, level->peak);
        hc_put_place(out, level->place);
    }
    put_n(out, incident->n_missing);
    for (size_t i = 0; i < incident->n_missing; i++) {
        hc_put_text(out, incident->missing[i].kind);
        hc_put_text(out, incident->missing[i].reason);
        hc_put_place(out, incident->missing[i].place);
    }
}

static void put_templates(struct hc_buf *out, const struct hc_incident *incident)
{
    bool *counted = hc_templates_counted(incident);
    size_t n = 0;
    if (!counted) {
        out->failed = true;
        return;
    }
    for (size_t i = 0; i < incident->n_templates; i++)
        n += !counted[i];
    put_n(out, n);
    for (size_t i = 0; i < incident->n_templates; i++) {
        if (counted[i])
            continue;
        hc_put_i64(out, (int64_t)incident->templates[i].id);
        hc_put_text(out, incident->templates[i].text);
    }
    free(counted);
}

/* Which of the files a place is in: thousands of flows share a few. */
static uint32_t file_of(const struct hc_incident *incident, struct hc_str member)
{
    size_t from = 0;
    size_t to = incident->n_files;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int order = hc_str_compare(incident->files[middle].member, member);
        if (order == 0)
            return (uint32_t)middle;
        if (order < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return ABSENT;
}

_Static_assert(HC_PHASES == 3, "a flow is packed field by field");

static void put_flows(struct hc_buf *out, const struct hc_incident *incident)
{
    put_n(out, incident->n_flow_steps);
    for (size_t i = 0; i < incident->n_flow_steps; i++) {
        hc_put_u32(out, incident->flow_steps[i].component);
        hc_put_text(out, incident->flow_steps[i].operation);
        hc_put_i64(out, (int64_t)incident->flow_steps[i].template_id);
    }
    struct hc_str member = HC_STR_NONE;
    uint32_t file = file_of(incident, member);
    put_n(out, incident->n_flows);
    for (size_t i = 0; i < incident->n_flows; i++) {
        const struct hc_flow_count *flow = &incident->flows[i];
        if (flow->place.member.p != member.p || flow->place.member.n != member.n) {
            member = flow->place.member; /* mostly one text in the memory of many flows */
            file = file_of(incident, member);
        }
        const uint32_t fields[] = {flow->component, flow->within, flow->after, flow->then,      flow->n[0],
                                   flow->n[1],      flow->n[2],   file,        flow->place.line};
        hc_put_u8(out, flow->kind);
        hc_put_bytes(out, fields, sizeof fields);
    }
}

void hc_pack_record(struct hc_buf *out, const struct hc_incident *incident)
{
    bool has_flows = incident->n_flows > 0 || incident->n_flow_steps > 0;
    hc_put_u8(out, has_flows ? LAYOUT : LAYOUT_WITHOUT_FLOWS);
    put_statements(out, incident);
    put_n(out, incident->n_trace_edges);
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        put_trace_edge(out, &incident->trace_edges[i]);
    put_n(out, incident->n_files);
    for (size_t i = 0; i < incident->n_files; i++)
        put_file(out, &incident->files[i]);
    put_templates(out, incident);
    if (has_flows)
        put_flows(out, incident);
}

/* ---- and back ---- */

static struct hc_log_duration get_duration(struct reader *r)
{
    struct hc_log_duration duration = {get_u32(r), NAN, NAN, NAN, NAN};
    if (duration.n == 0)
        return duration;
    duration.median = get_f64(r);
    duration.p90 = get_f64(r);
    duration.mean = get_f64(r);
    duration.variance = get_f64(r);
    return duration;
}

static void get_trace_edge(struct reader *r, struct hc_trace_edge *edge)
{
    edge->caller = get_u32(r);
    edge->callee = get_u32(r);
    edge->operation = get_text(r);
    for (int k = 0; k < HC_PHASES; k++) {
        edge->phase[k].n_spans = get_u32(r);
        edge->phase[k].n_errors = get_u32(r);
        edge->phase[k].server = get_duration(r);
        edge->phase[k].residual = get_duration(r);
        edge->phase[k].exclusive = get_duration(r);
    }
    edge->place = get_place(r);
}

static void get_statements(struct reader *r, struct hc_incident *incident)
{
    incident->baselines = get_list(r, &incident->n_baselines, sizeof *incident->baselines);
    for (size_t i = 0; i < incident->n_baselines; i++) {
        incident->baselines[i].start = get_time(r);
        incident->baselines[i].end = get_time(r);
    }
    incident->symptoms = get_list(r, &incident->n_symptoms, sizeof *incident->symptoms);
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        incident->symptoms[i].component = get_u32(r);
        incident->symptoms[i].metric = get_text(r);
        incident->symptoms[i].at = get_time(r);
        incident->symptoms[i].place = get_place(r);
    }
    incident->levels = get_list(r, &incident->n_levels, sizeof *incident->levels);
    for (size_t i = 0; i < incident->n_levels; i++) {
        struct hc_level *level = &incident->levels[i];
        level->component = get_u32(r);
        level->metric = get_text(r);
        level->unit = get_text(r);
        level->baseline = get_f64(r);
        level->before = get_f64(r);
        level->peak = get_f64(r);
        level->place = get_place(r);
    }
    incident->missing = get_list(r, &incident->n_missing, sizeof *incident->missing);
    for (size_t i = 0; i < incident->n_missing; i++) {
        incident->missing[i].kind = get_text(r);
        incident->missing[i].reason = get_text(r);
        incident->missing[i].place = get_place(r);
    }
}

static void get_evidence(struct reader *r, struct hc_incident *incident)
{
    incident->trace_edges = get_list(r, &incident->n_trace_edges, sizeof *incident->trace_edges);
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        get_trace_edge(r, &incident->trace_edges[i]);
    incident->files = get_list(r, &incident->n_files, sizeof *incident->files);
    for (size_t i = 0; i < incident->n_files; i++) {
        struct hc_evidence_file *file = &incident->files[i];
        file->member = get_text(r);
        file->kind = get_text(r);
        file->format = get_text(r);
        file->n_bytes = (uint64_t)get_i64(r);
        file->n_rows = (uint64_t)get_i64(r);
        file->n_bad_rows = (uint64_t)get_i64(r);
        get_bytes(r, file->sha256, HC_SHA256_BYTES);
    }
    incident->templates = get_list(r, &incident->n_templates, sizeof *incident->templates);
    for (size_t i = 0; i < incident->n_templates; i++) {
        incident->templates[i].id = (uint64_t)get_i64(r);
        incident->templates[i].text = get_text(r);
    }
}

static uint32_t get_step(struct reader *r, const struct hc_incident *incident)
{
    uint32_t step = get_u32(r);
    r->bad |= step >= incident->n_flow_steps && step < HC_FLOW_OTHER;
    return step;
}

static void get_flows(struct reader *r, struct hc_incident *incident)
{
    incident->flow_steps = get_list(r, &incident->n_flow_steps, sizeof *incident->flow_steps);
    for (size_t i = 0; i < incident->n_flow_steps; i++) {
        incident->flow_steps[i].component = get_u32(r);
        incident->flow_steps[i].operation = get_text(r);
        incident->flow_steps[i].template_id = (uint64_t)get_i64(r);
    }
    incident->flows = get_list(r, &incident->n_flows, sizeof *incident->flows);
    for (size_t i = 0; i < incident->n_flows; i++) {
        struct hc_flow_count *flow = &incident->flows[i];
        get_bytes(r, &flow->kind, 1);
        flow->component = get_u32(r);
        flow->within = get_step(r, incident);
        flow->after = get_step(r, incident);
        flow->then = get_step(r, incident);
        for (int k = 0; k < HC_PHASES; k++)
            flow->n[k] = get_u32(r);
        uint32_t file = get_u32(r);
        flow->place.member = file < incident->n_files ? incident->files[file].member : HC_STR_NONE;
        flow->place.line = get_u32(r);
        r->bad |= file != ABSENT && file >= incident->n_files;
    }
}

enum hc_status hc_unpack_record(struct hc_incident *incident, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err)
{
    if (bytes.n < 1 || (bytes.p[0] != LAYOUT && bytes.p[0] != LAYOUT_WITHOUT_FLOWS))
        return hc_store_corrupt(err, "a record has no known layout");
    const char *copy = hc_arena_copy(arena, bytes.p, bytes.n);
    if (!copy)
        return hc_store_no_memory(err);
    struct reader r = {copy + 1, copy + bytes.n, arena, false, false};
    get_statements(&r, incident);
    get_evidence(&r, incident);
    if (bytes.p[0] == LAYOUT)
        get_flows(&r, incident);
    if (r.no_memory)
        return hc_store_no_memory(err);
    if (r.bad || r.p != r.end)
        return hc_store_corrupt(err, "a record is cut");
    return HC_OK;
}
