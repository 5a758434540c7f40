/* What an incident's record amounts to, as a checksum for its row and as a part of the corpus's digest. */
#include "corpus/store/internal.h"

#define MIX UINT64_C(0x9e3779b97f4a7c15)
#define LANES 4
#define ROWS_BYTES 65536 /* of most incidents: it is not moved as it grows */

static uint64_t mix(uint64_t sum, uint64_t word)
{
    sum ^= word;
    return (sum << 29 | sum >> 35) * MIX;
}

/* A word at a time, in lanes that do not wait for each other, so that it costs an ingest next to nothing. Each step is
 * reversible: a word that differs always shows. */
static uint64_t checksum_of(uint64_t sum, const char *bytes, size_t n)
{
    uint64_t lanes[LANES] = {1, 2, 3, 4}, words[LANES] = {0};
    sum = mix(sum, n);
    for (; n >= sizeof words; bytes += sizeof words, n -= sizeof words)
        for (size_t i = 0; i < LANES; i++) {
            uint64_t word;
            memcpy(&word, bytes + i * sizeof word, sizeof word);
            lanes[i] = mix(lanes[i], word);
        }
    if (n)
        memcpy(words, bytes, n);
    for (int i = 0; i < LANES; i++)
        sum = mix(mix(sum, lanes[i]), words[i]);
    return sum ^ sum >> 32;
}

void hc_digester_flush(struct hc_digester *digester)
{
    uint64_t n = digester->record.n;
    hc_sha256_add(digester->sha, &n, sizeof n);
    hc_sha256_add(digester->sha, digester->record.p, digester->record.n);
    hc_buf_clear(&digester->record);
}

static void add_head(struct hc_buf *out, const struct hc_incident *incident)
{
    hc_put_text(out, incident->id);
    hc_buf_add(out, incident->content, HC_SHA256_BYTES);
    hc_pack_time(out, incident->updated);
    hc_put_text(out, incident->title);
    hc_put_text(out, incident->service);
    hc_put_text(out, incident->severity);
    hc_pack_time(out, incident->window_start);
    hc_pack_time(out, incident->detected);
    hc_pack_time(out, incident->mitigated);
    hc_pack_time(out, incident->window_end);
    hc_put_place(out, incident->window_place);
}

static void add_stated(struct hc_buf *out, const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_components; i++) {
        hc_put_text(out, incident->components[i].name);
        hc_put_text(out, incident->components[i].kind);
    }
    for (size_t i = 0; i < incident->n_dependencies; i++) {
        hc_put_u32(out, incident->dependencies[i].from);
        hc_put_u32(out, incident->dependencies[i].to);
        hc_put_u8(out, incident->dependencies[i].derived);
        hc_put_place(out, incident->dependencies[i].place);
    }
    for (size_t i = 0; i < incident->n_changes; i++) {
        const struct hc_change *change = &incident->changes[i];
        hc_pack_time(out, change->at);
        hc_put_text(out, change->kind);
        hc_put_u32(out, change->component);
        hc_put_text(out, change->version);
        hc_put_text(out, change->commit);
        hc_put_text(out, change->text);
        hc_put_place(out, change->place);
    }
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        const struct hc_outcome *outcome = &incident->outcomes[i];
        hc_put_u32(out, outcome->ordinal);
        hc_put_text(out, outcome->status);
        hc_put_text(out, outcome->category);
        hc_put_text(out, outcome->cause);
        hc_put_text(out, outcome->metric);
        hc_put_text(out, outcome->text);
        hc_put_text(out, outcome->component);
        hc_pack_time(out, outcome->known_at);
        hc_put_text(out, outcome->given_by);
        hc_put_place(out, outcome->place);
    }
}

static void add_texts(struct hc_buf *out, const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_events; i++) {
        const struct hc_event *event = &incident->events[i];
        hc_pack_time(out, event->at);
        hc_put_u32(out, event->component);
        hc_put_u8(out, event->level);
        hc_put_text(out, event->kind);
        hc_put_text(out, event->message);
        hc_put_i64(out, (int64_t)event->template_id);
        hc_put_place(out, event->place);
    }
    for (size_t i = 0; i < incident->n_documents; i++) {
        const struct hc_document *document = &incident->documents[i];
        hc_put_text(out, document->kind);
        hc_put_text(out, document->title);
        hc_put_text(out, document->text);
        hc_put_place(out, document->place);
    }
    for (size_t i = 0; i < incident->n_warnings; i++) {
        const struct hc_warning *warning = &incident->warnings[i];
        hc_put_text(out, warning->code);
        hc_put_text(out, warning->member);
        hc_put_i64(out, warning->line);
        hc_put_text(out, warning->message);
        hc_put_i64(out, (int64_t)warning->n_more);
    }
}

/* Of a bundle alone there is nothing of this kind. */
static void add_stated_by_records(struct hc_buf *out, const struct hc_incident *incident)
{
    if (!incident->origin.p && incident->n_tags == 0)
        return;
    hc_put_text(out, incident->origin);
    for (size_t i = 0; i < incident->n_tags; i++) {
        const struct hc_tag *tag = &incident->tags[i];
        hc_put_text(out, tag->name);
        hc_put_text(out, tag->text);
        hc_put_text(out, tag->category);
        hc_put_text(out, tag->given_by);
        hc_put_place(out, tag->place);
    }
}

static void add_series_row(struct hc_buf *out, const struct hc_series *series)
{
    hc_put_u32(out, series->component);
    hc_put_text(out, series->metric);
    hc_put_text(out, series->unit);
    hc_put_f64(out, series->baseline_median);
    hc_put_f64(out, series->baseline_mad);
    hc_put_f64(out, series->peak);
    hc_put_f64(out, series->score);
    hc_pack_time(out, series->onset_at);
    hc_put_place(out, series->place);
    hc_put_u32(out, series->first_row);
}

static void add_template(struct hc_buf *out, const struct hc_incident *incident, uint32_t template_index)
{
    hc_put_i64(out, (int64_t)incident->templates[template_index].id);
    hc_put_text(out, incident->templates[template_index].text);
}

bool hc_checksum_incident(struct hc_packed *packed, const struct hc_incident *incident)
{
    struct hc_buf rows = {0};
    hc_buf_reserve(&rows, ROWS_BYTES);
    add_head(&rows, incident);
    add_stated(&rows, incident);
    add_texts(&rows, incident);
    add_stated_by_records(&rows, incident);
    for (size_t i = 0; i < incident->n_series; i++)
        add_series_row(&rows, &incident->series[i]);
    for (size_t i = 0; i < packed->n_runs; i++)
        add_template(&rows, incident, packed->runs[i].template_index);
    hc_put_i64(&rows, packed->scale.first);
    hc_put_i64(&rows, packed->scale.n_minutes);
    hc_put_i64(&rows, packed->scale.n_lines);
    bool made = !rows.failed;
    const struct hc_str parts[] = {hc_buf_view(&rows), packed->points, packed->minutes, packed->sources,
                                   packed->record};
    packed->checksum = 0;
    for (size_t i = 0; made && i < sizeof parts / sizeof *parts; i++)
        packed->checksum = checksum_of(packed->checksum, parts[i].p, parts[i].n);
    hc_buf_free(&rows);
    return made;
}

/* ---- points and minutes, in records of their own: how the file packs them does not show ---- */

#define POINTS_LAYOUT 1
#define MINUTES_LAYOUT 1
#define NO_MINUTE INT32_MIN

static void add_points(struct hc_buf *out, const struct hc_series *series)
{
    int64_t step = 0;
    bool regular = hc_times_are_regular(series->at_ns, series->n, &step);
    hc_put_u32(out, POINTS_LAYOUT | (uint32_t)regular << 8);
    hc_put_u32(out, (uint32_t)series->n);
    if (regular) {
        hc_put_i64(out, series->at_ns[0]);
        hc_put_i64(out, step);
    } else if (series->n) {
        hc_put_bytes(out, series->at_ns, series->n * sizeof *series->at_ns);
    }
    if (series->n)
        hc_put_bytes(out, series->values, series->n * sizeof *series->values);
}

static void add_minutes(struct hc_buf *out, const struct hc_log_count *count)
{
    hc_put_u8(out, MINUTES_LAYOUT);
    for (size_t i = 0; i < count->n_minutes; i++) {
        bool none = count->minute[i] == HC_TIME_NONE_NS;
        hc_put_u32(out, (uint32_t)(none ? NO_MINUTE : (int32_t)count->minute[i]));
        hc_put_u32(out, count->lines[i]);
    }
}

static void add_series(struct hc_digester *digester, const struct hc_series *series)
{
    add_series_row(&digester->record, series);
    hc_digester_flush(digester);
    add_points(&digester->record, series);
    hc_digester_flush(digester);
}

static void add_count(struct hc_digester *digester, const struct hc_incident *incident,
                      const struct hc_log_count *count)
{
    struct hc_buf *out = &digester->record;
    add_template(out, incident, count->template_index);
    hc_put_u32(out, count->component);
    hc_put_u8(out, count->level);
    hc_put_place(out, count->first);
    hc_pack_time(out, count->first_at);
    hc_put_text(out, count->exemplar);
    hc_digester_flush(digester);
    add_minutes(out, count);
    hc_digester_flush(digester);
}

enum hc_status hc_digest_incident(struct hc_digester *digester, const struct hc_incident *incident, struct hc_err *err)
{
    add_head(&digester->record, incident);
    hc_digester_flush(digester);
    add_stated(&digester->record, incident);
    hc_digester_flush(digester);
    add_texts(&digester->record, incident);
    add_stated_by_records(&digester->record, incident);
    hc_digester_flush(digester);
    hc_spread_record(&digester->record, incident);
    hc_digester_flush(digester);
    for (size_t i = 0; i < incident->n_series; i++)
        add_series(digester, &incident->series[i]);
    for (size_t i = 0; i < incident->n_log_counts; i++)
        add_count(digester, incident, &incident->log_counts[i]);
    return digester->record.failed ? hc_store_no_memory(err) : HC_OK;
}
