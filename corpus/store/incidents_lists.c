/* Lists of an incident that are numbers, each in one row as JSON, which any SQLite reads: a row an item costs an ingest more
 * than all else that is done with it. */
#include "corpus/store/put.h"

static void put_edges(struct hc_buf *out, const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_dependencies; i++) {
        const struct hc_dependency *dependency = &incident->dependencies[i];
        hc_put_u8(out, i == 0 ? '[' : ',');
        hc_put_decimal(out, (int64_t)dependency->from << 32 | (int64_t)dependency->to << 1 | dependency->derived);
    }
    hc_put_u8(out, ']');
}

static enum hc_status put_places(struct hc_buf *out, struct hc_put *put, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < put->incident->n_dependencies; i++) {
        const struct hc_source_place *place = &put->incident->dependencies[i].place;
        int64_t member = 0;
        status = hc_put_name(put, place->member, &member, err);
        hc_put_u8(out, i == 0 ? '[' : ',');
        hc_put_decimal(out, member << 32 | place->line);
    }
    hc_put_u8(out, ']');
    return status;
}

enum hc_status hc_put_dependencies(struct hc_put *put, struct hc_err *err)
{
    struct hc_buf *lists = &put->store->json[0];
    hc_buf_clear(lists);
    put_edges(lists, put->incident);
    size_t n = lists->n;
    enum hc_status status = put_places(lists, put, err);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_DEPENDENCIES_INSERT, err), 0};
    if (status == HC_OK && lists->failed)
        status = hc_store_no_memory(err);
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_text(&b, (struct hc_str){lists->p, n});
    hc_bind_text(&b, (struct hc_str){lists->p + n, lists->n - n});
    return hc_store_run(put->store, b.statement, err);
}

/* {"template":…,…}: the key comes before each. */
static void put_key(struct hc_buf *out, size_t i, int64_t template)
{
    hc_put_bytes(out, i == 0 ? "{\"" : ",\"", 2);
    hc_put_decimal(out, template);
    hc_put_bytes(out, "\":", 2);
}

static void put_run(struct hc_buf *out, const struct hc_packed_counts *run)
{
    bool timed = hc_time_known(run->first_at);
    hc_put_u8(out, '[');
    hc_put_decimal(out, run->lines * 10 + (timed ? run->first_at.digits : 0));
    hc_put_u8(out, ',');
    if (timed)
        hc_put_decimal(out, run->first_at.ns);
    else
        hc_put_bytes(out, "null", 4);
    hc_put_u8(out, ']');
}

/* What is known of each template, and its minutes. */
static enum hc_status put_templates(struct hc_buf *templates, struct hc_buf *minutes, struct hc_put *put,
                                    struct hc_err *err)
{
    const struct hc_packed *packed = put->packed;
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < packed->n_runs; i++) {
        const struct hc_packed_counts *run = &packed->runs[i];
        int64_t template = 0;
        status = hc_store_template(put->store, &put->incident->templates[run->template_index], &template, err);
        put_key(templates, i, template);
        put_run(templates, run);
        put_key(minutes, i, template);
        hc_put_bytes(minutes, packed->minutes.p + run->minutes_from, run[1].minutes_from - run->minutes_from);
    }
    hc_put_u8(templates, '}');
    hc_put_u8(minutes, '}');
    if (status == HC_OK && (templates->failed || minutes->failed))
        status = hc_store_no_memory(err);
    return status;
}

enum hc_status hc_put_log_counts(struct hc_put *put, struct hc_err *err)
{
    const struct hc_packed *packed = put->packed;
    struct hc_buf *templates = &put->store->json[0], *minutes = &put->store->json[1];
    hc_buf_clear(templates);
    hc_buf_clear(minutes);
    enum hc_status status = put_templates(templates, minutes, put, err);
    struct hc_binder b = {hc_store_statement(put->store, HC_SQL_LOG_COUNTS_INSERT, err), 0};
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&b, put->version);
    hc_bind_text(&b, hc_buf_view(templates));
    hc_bind_text(&b, hc_buf_view(minutes));
    hc_bind_blob(&b, packed->sources.p, packed->sources.n);
    hc_bind_int(&b, packed->scale.first);
    hc_bind_int(&b, packed->scale.n_minutes);
    hc_bind_int(&b, packed->scale.n_lines);
    return hc_store_run(put->store, b.statement, err);
}
