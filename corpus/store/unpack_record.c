/* The lists that pack_record.c packs, on their way back. */
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"

static uint32_t get_number(struct reader *r)
{
    uint64_t value = get_varint(r);
    r->bad |= value > UINT32_MAX;
    return (uint32_t)value;
}

static uint32_t get_index(struct reader *r)
{
    return get_number(r) - HC_INDEX_SPECIALS;
}

static struct hc_log_duration get_duration(struct reader *r)
{
    struct hc_log_duration duration = {get_number(r), NAN, NAN, NAN, NAN};
    if (duration.n == 0)
        return duration;
    duration.median = get_f64(r);
    duration.p90 = get_f64(r);
    duration.mean = get_f64(r);
    duration.variance = get_f64(r);
    return duration;
}

static void get_trace_edge(struct reader *r, const struct hc_incident *incident, struct hc_trace_edge *edge)
{
    edge->caller = get_index(r);
    edge->callee = get_index(r);
    edge->operation = get_short_text(r);
    for (int k = 0; k < HC_PHASES; k++) {
        edge->phase[k].n_spans = get_number(r);
        edge->phase[k].n_errors = get_number(r);
        edge->phase[k].server = get_duration(r);
        edge->phase[k].residual = get_duration(r);
        edge->phase[k].exclusive = get_duration(r);
    }
    edge->place = get_short_place(r, incident);
}

static void get_files(struct reader *r, struct hc_incident *incident)
{
    incident->files = get_list(r, &incident->n_files, sizeof *incident->files);
    for (size_t i = 0; i < incident->n_files; i++) {
        struct hc_evidence_file *file = &incident->files[i];
        file->member = get_short_text(r);
        file->kind = get_short_text(r);
        file->format = get_short_text(r);
        file->n_bytes = get_varint(r);
        file->n_rows = get_varint(r);
        file->n_bad_rows = get_varint(r);
        get_bytes(r, file->sha256, HC_SHA256_BYTES);
    }
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
        incident->symptoms[i].component = get_index(r);
        incident->symptoms[i].metric = get_short_text(r);
        incident->symptoms[i].at = get_time(r);
        incident->symptoms[i].place = get_short_place(r, incident);
    }
    incident->levels = get_list(r, &incident->n_levels, sizeof *incident->levels);
    for (size_t i = 0; i < incident->n_levels; i++) {
        struct hc_level *level = &incident->levels[i];
        level->component = get_index(r);
        level->metric = get_short_text(r);
        level->unit = get_short_text(r);
        level->baseline = get_f64(r);
        level->before = get_f64(r);
        level->peak = get_f64(r);
        level->place = get_short_place(r, incident);
    }
    incident->missing = get_list(r, &incident->n_missing, sizeof *incident->missing);
    for (size_t i = 0; i < incident->n_missing; i++) {
        incident->missing[i].kind = get_short_text(r);
        incident->missing[i].reason = get_short_text(r);
        incident->missing[i].place = get_short_place(r, incident);
    }
}

static void get_evidence(struct reader *r, struct hc_incident *incident)
{
    incident->trace_edges = get_list(r, &incident->n_trace_edges, sizeof *incident->trace_edges);
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        get_trace_edge(r, incident, &incident->trace_edges[i]);
    incident->templates = get_list(r, &incident->n_templates, sizeof *incident->templates);
    for (size_t i = 0; i < incident->n_templates; i++) {
        incident->templates[i].id = (uint64_t)get_i64(r);
        incident->templates[i].text = get_short_text(r);
    }
}

static uint32_t get_step(struct reader *r, const struct hc_incident *incident)
{
    uint32_t step = get_index(r);
    r->bad |= step >= incident->n_flow_steps && step < HC_FLOW_OTHER;
    return step;
}

static void get_flow_step(struct reader *r, struct hc_flow_step *step)
{
    step->component = get_index(r);
    step->operation = get_short_text(r);
    if (get_number(r) != 0)
        step->template_id = (uint64_t)get_i64(r);
}

static void get_flows(struct reader *r, struct hc_incident *incident)
{
    incident->flow_steps = get_list(r, &incident->n_flow_steps, sizeof *incident->flow_steps);
    for (size_t i = 0; i < incident->n_flow_steps; i++)
        get_flow_step(r, &incident->flow_steps[i]);
    incident->flows = get_list(r, &incident->n_flows, sizeof *incident->flows);
    for (size_t i = 0; i < incident->n_flows; i++) {
        struct hc_flow_count *flow = &incident->flows[i];
        uint32_t kind = get_number(r);
        r->bad |= kind > HC_FLOW_LOGS;
        flow->kind = (uint8_t)kind;
        flow->component = get_index(r);
        flow->within = get_step(r, incident);
        flow->after = get_step(r, incident);
        flow->then = get_step(r, incident);
        for (int k = 0; k < HC_PHASES; k++)
            flow->n[k] = get_number(r);
        flow->place = get_short_place(r, incident);
    }
}

enum hc_status hc_unpack_record(struct hc_incident *incident, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err)
{
    if (bytes.n < 1 || bytes.p[0] != HC_RECORD_LAYOUT)
        return hc_store_corrupt(err, "a record has no known layout");
    const char *copy = hc_arena_copy(arena, bytes.p, bytes.n);
    if (!copy)
        return hc_store_no_memory(err);
    struct reader r = {copy + 1, copy + bytes.n, arena, false, false};
    get_files(&r, incident);
    get_statements(&r, incident);
    get_evidence(&r, incident);
    get_flows(&r, incident);
    if (r.no_memory)
        return hc_store_no_memory(err);
    if (r.bad || r.p != r.end)
        return hc_store_corrupt(err, "a record is cut");
    return HC_OK;
}
