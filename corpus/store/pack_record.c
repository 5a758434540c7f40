/* The lists of an incident that analysts do not query, in one blob. */
#include "corpus/store/internal.h"

#define SPREAD_LAYOUT 2   /* for a digest: with flows */
#define SPREAD_NO_FLOWS 1 /* and without */

/* Writes a field short for the file, or spread for a digest. */
struct packer {
    struct hc_buf *out;
    bool spread;
    struct hc_file_finder files;
};

bool *hc_templates_counted(const struct hc_incident *incident)
{
    bool *counted = calloc(incident->n_templates + 1, sizeof *counted);
    for (size_t i = 0; counted && i < incident->n_log_counts; i++)
        if (incident->log_counts[i].template_index < incident->n_templates)
            counted[incident->log_counts[i].template_index] = true;
    return counted;
}

static uint32_t find_file(const struct hc_incident *incident, struct hc_str member)
{
    size_t from = 0, to = incident->n_files;
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
    return HC_NO_FILE;
}

uint32_t hc_file_of(struct hc_file_finder *finder, struct hc_str member)
{
    size_t slot = ((uintptr_t)member.p ^ (uintptr_t)member.p >> 7) % HC_FILES_RECENT;
    if (!member.p)
        return HC_NO_FILE;
    if (finder->recent[slot].member.p != member.p || finder->recent[slot].member.n != member.n) {
        finder->recent[slot].file = find_file(finder->incident, member);
        finder->recent[slot].member = member;
    }
    return finder->recent[slot].file;
}

static void put_u32(struct packer *p, uint32_t value)
{
    if (p->spread)
        hc_put_u32(p->out, value);
    else
        hc_put_varint(p->out, value);
}

static void put_u64(struct packer *p, uint64_t value)
{
    if (p->spread)
        hc_put_i64(p->out, (int64_t)value);
    else
        hc_put_varint(p->out, value);
}

static void put_index(struct packer *p, uint32_t index)
{
    put_u32(p, p->spread ? index : index + HC_INDEX_SPECIALS);
}

static void put_n(struct packer *p, size_t n)
{
    if (n > UINT32_MAX)
        p->out->failed = true;
    put_u32(p, (uint32_t)n);
}

static void put_text(struct packer *p, struct hc_str text)
{
    if (p->spread)
        hc_put_text(p->out, text);
    else
        hc_put_short_text(p->out, text);
}

static void put_place(struct packer *p, struct hc_source_place place)
{
    if (p->spread)
        hc_put_place(p->out, place);
    else
        hc_put_short_place(p->out, place, &p->files);
}

static void put_duration(struct packer *p, const struct hc_log_duration *duration)
{
    put_u32(p, duration->n);
    if (duration->n == 0)
        return;
    hc_put_f64(p->out, duration->median);
    hc_put_f64(p->out, duration->p90);
    hc_put_f64(p->out, duration->mean);
    hc_put_f64(p->out, duration->variance);
}

static void put_trace_edges(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_trace_edges);
    for (size_t i = 0; i < incident->n_trace_edges; i++) {
        const struct hc_trace_edge *edge = &incident->trace_edges[i];
        put_index(p, edge->caller);
        put_index(p, edge->callee);
        put_text(p, edge->operation);
        for (int k = 0; k < HC_PHASES; k++) {
            put_u32(p, edge->phase[k].n_spans);
            put_u32(p, edge->phase[k].n_errors);
            put_duration(p, &edge->phase[k].server);
            put_duration(p, &edge->phase[k].residual);
            put_duration(p, &edge->phase[k].exclusive);
        }
        put_place(p, edge->place);
    }
}

static void put_files(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_files);
    for (size_t i = 0; i < incident->n_files; i++) {
        const struct hc_evidence_file *file = &incident->files[i];
        put_text(p, file->member);
        put_text(p, file->kind);
        put_text(p, file->format);
        put_u64(p, file->n_bytes);
        put_u64(p, file->n_rows);
        put_u64(p, file->n_bad_rows);
        hc_put_bytes(p->out, file->sha256, HC_SHA256_BYTES);
    }
}

static void put_levels(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_levels);
    for (size_t i = 0; i < incident->n_levels; i++) {
        const struct hc_level *level = &incident->levels[i];
        put_index(p, level->component);
        put_text(p, level->metric);
        put_text(p, level->unit);
        hc_put_f64(p->out, level->baseline);
        hc_put_f64(p->out, level->before);
        hc_put_f64(p->out, level->peak);
        put_place(p, level->place);
    }
}

static void put_statements(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_baselines);
    for (size_t i = 0; i < incident->n_baselines; i++) {
        hc_pack_time(p->out, incident->baselines[i].start);
        hc_pack_time(p->out, incident->baselines[i].end);
    }
    put_n(p, incident->n_symptoms);
    for (size_t i = 0; i < incident->n_symptoms; i++) {
        put_index(p, incident->symptoms[i].component);
        put_text(p, incident->symptoms[i].metric);
        hc_pack_time(p->out, incident->symptoms[i].at);
        put_place(p, incident->symptoms[i].place);
    }
    put_levels(p, incident);
    put_n(p, incident->n_missing);
    for (size_t i = 0; i < incident->n_missing; i++) {
        put_text(p, incident->missing[i].kind);
        put_text(p, incident->missing[i].reason);
        put_place(p, incident->missing[i].place);
    }
}

static void put_templates(struct packer *p, const struct hc_incident *incident)
{
    bool *counted = hc_templates_counted(incident);
    size_t n = 0;
    if (!counted) {
        p->out->failed = true;
        return;
    }
    for (size_t i = 0; i < incident->n_templates; i++)
        n += !counted[i];
    put_n(p, n);
    for (size_t i = 0; i < incident->n_templates; i++) {
        if (counted[i])
            continue;
        hc_put_i64(p->out, (int64_t)incident->templates[i].id);
        put_text(p, incident->templates[i].text);
    }
    free(counted);
}

static void put_flow_steps(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_flow_steps);
    for (size_t i = 0; i < incident->n_flow_steps; i++) {
        const struct hc_flow_step *step = &incident->flow_steps[i];
        put_index(p, step->component);
        put_text(p, step->operation);
        if (!p->spread)
            hc_put_u8(p->out, step->template_id != 0); /* a span has none */
        if (p->spread || step->template_id != 0)
            hc_put_i64(p->out, (int64_t)step->template_id);
    }
}

_Static_assert(HC_PHASES == 3, "a flow is packed field by field");

static void spread_flows(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_flows);
    for (size_t i = 0; i < incident->n_flows; i++) {
        const struct hc_flow_count *flow = &incident->flows[i];
        const uint32_t fields[] = {
            flow->component, flow->within, flow->after, flow->then,
            flow->n[0],      flow->n[1],   flow->n[2],  hc_file_of(&p->files, flow->place.member),
            flow->place.line};
        hc_put_u8(p->out, flow->kind);
        hc_put_bytes(p->out, fields, sizeof fields);
    }
}

#define FLOW_FIELDS 8

/* Of most flows every field is one byte: then they are one word. */
static size_t write_flow(uint8_t *out, const struct hc_flow_count *flow)
{
    const uint32_t fields[FLOW_FIELDS] = {flow->kind,
                                          flow->component + HC_INDEX_SPECIALS,
                                          flow->within + HC_INDEX_SPECIALS,
                                          flow->after + HC_INDEX_SPECIALS,
                                          flow->then + HC_INDEX_SPECIALS,
                                          flow->n[0],
                                          flow->n[1],
                                          flow->n[2]};
    uint64_t word = 0, any = 0;
    size_t n = 0;
    for (size_t k = 0; k < FLOW_FIELDS; k++) {
        any |= fields[k];
        word |= (uint64_t)fields[k] << 8 * k;
    }
    if (any < 128) {
        memcpy(out, &word, sizeof word);
        return sizeof word;
    }
    for (size_t k = 0; k < FLOW_FIELDS; k++)
        n += hc_varint_write(out + n, fields[k]);
    return n;
}

/* They come by the hundred: each is written in one piece, its place too where that is in a file. */
static void put_flows(struct packer *p, const struct hc_incident *incident)
{
    put_n(p, incident->n_flows);
    for (size_t i = 0; i < incident->n_flows; i++) {
        const struct hc_flow_count *flow = &incident->flows[i];
        const uint32_t file = hc_file_of(&p->files, flow->place.member);
        uint8_t *room = hc_put_room(p->out, HC_VARINT_BYTES * (FLOW_FIELDS + 2));
        if (!room)
            return;
        uint8_t *end = room + write_flow(room, flow);
        if (file != HC_NO_FILE) {
            end += hc_varint_write(end, (uint64_t)file + 1);
            end += hc_varint_write(end, flow->place.line);
        }
        p->out->n += (size_t)(end - room);
        if (file == HC_NO_FILE)
            put_place(p, flow->place);
    }
}

void hc_pack_record(struct hc_buf *out, const struct hc_incident *incident)
{
    struct packer p = {out, false, {.incident = incident}};
    hc_put_u8(out, HC_RECORD_LAYOUT);
    put_files(&p, incident); /* which places name by number */
    put_statements(&p, incident);
    put_trace_edges(&p, incident);
    put_templates(&p, incident);
    put_flow_steps(&p, incident);
    put_flows(&p, incident);
}

void hc_spread_record(struct hc_buf *out, const struct hc_incident *incident)
{
    struct packer p = {out, true, {.incident = incident}};
    bool has_flows = incident->n_flows > 0 || incident->n_flow_steps > 0;
    hc_put_u8(out, has_flows ? SPREAD_LAYOUT : SPREAD_NO_FLOWS);
    put_statements(&p, incident);
    put_trace_edges(&p, incident);
    put_files(&p, incident);
    put_templates(&p, incident);
    if (has_flows) {
        put_flow_steps(&p, incident);
        spread_flows(&p, incident);
    }
}
