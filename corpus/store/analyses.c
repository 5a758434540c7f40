/* Stored analyses. */
#include "corpus/store/internal.h"

static const char *const status_texts[] = {[HC_POSSIBLE] = "possible",
                                           [HC_CONFIRMED] = "confirmed",
                                           [HC_RULED_OUT] = "ruled-out",
                                           [HC_CONTRIBUTING] = "contributing"};

/* The name by which views know a hypothesis: 16 hex digits of SHA-256 over category, cause, component. */
static void hypothesis_id(const struct hc_hypothesis *hypothesis, char out[HC_SHA256_HEX], struct hc_buf *scratch)
{
    uint8_t digest[HC_SHA256_BYTES];
    hc_buf_clear(scratch);
    hc_put_text(scratch, hypothesis->category);
    hc_put_text(scratch, hypothesis->cause);
    hc_put_text(scratch, hypothesis->component);
    hc_sha256_once(scratch->p, scratch->n, digest);
    hc_sha256_hex(digest, out);
}

/* A row's statement with incident and calibration bound. */
static struct hc_binder row_of(struct hc_store *store, enum hc_statement which, const struct hc_analysis *analysis,
                               struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (b.statement) {
        hc_bind_text(&b, analysis->incident);
        hc_bind_int(&b, analysis->calibration);
    }
    return b;
}

static enum hc_status put_reason(struct hc_store *store, const struct hc_analysis *analysis, size_t h, size_t i,
                                 struct hc_err *err)
{
    const struct hc_reason *reason = &analysis->hypotheses[h].reasons[i];
    int64_t member;
    enum hc_status status = hc_store_name(store, reason->place.member, &member, err);
    struct hc_binder b = row_of(store, HC_SQL_REASON_INSERT, analysis, err);
    if (status != HC_OK || !b.statement)
        return status != HC_OK ? status : HC_FATAL;
    hc_bind_int(&b, (int64_t)h);
    hc_bind_int(&b, (int64_t)i);
    hc_bind_text(&b, reason->evidence);
    hc_bind_real(&b, reason->weight);
    hc_bind_text(&b, reason->text);
    hc_bind_key(&b, member);
    hc_bind_int(&b, reason->place.line);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_hypothesis(struct hc_store *store, const struct hc_analysis *analysis, size_t h,
                                     struct hc_err *err)
{
    const struct hc_hypothesis *hypothesis = &analysis->hypotheses[h];
    char id[HC_SHA256_HEX];
    hypothesis_id(hypothesis, id, &store->scratch);
    struct hc_binder b = row_of(store, HC_SQL_HYPOTHESIS_INSERT, analysis, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, (int64_t)h);
    hc_bind_text(&b, (struct hc_str){id, 16});
    hc_bind_int(&b, hypothesis->rank);
    hc_bind_text(&b, hypothesis->category);
    hc_bind_text(&b, hypothesis->cause);
    hc_bind_text(&b, hypothesis->component);
    hc_bind_real(&b, hypothesis->probability);
    hc_bind_text(&b, hc_str_of(status_texts[hypothesis->status]));
    enum hc_status status = hc_store_run(store, b.statement, err);
    for (size_t i = 0; status == HC_OK && i < hypothesis->n_reasons; i++)
        status = put_reason(store, analysis, h, i, err);
    return status;
}

static enum hc_status put_penalty(struct hc_store *store, const struct hc_analysis *analysis, size_t i,
                                  struct hc_err *err)
{
    const struct hc_penalty *penalty = &analysis->penalties[i];
    struct hc_binder b = row_of(store, HC_SQL_ANALYSIS_PENALTY_INSERT, analysis, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, (int64_t)i);
    hc_bind_text(&b, penalty->missing);
    hc_bind_real(&b, penalty->points);
    hc_bind_real(&b, penalty->low);
    hc_bind_real(&b, penalty->high);
    hc_bind_int(&b, penalty->learned_from);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_head(struct hc_store *store, const struct hc_analysis *analysis, struct hc_err *err)
{
    struct hc_binder b = row_of(store, HC_SQL_ANALYSIS_INSERT, analysis, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, analysis->label_seen);
    if (analysis->has_guarantee) {
        hc_bind_real(&b, analysis->guarantee_level);
        hc_bind_int(&b, analysis->guarantee_incidents);
    } else {
        hc_bind_key(&b, 0);
        hc_bind_key(&b, 0);
    }
    hc_bind_real(&b, analysis->unexplained);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_analysis(struct hc_store *store, const struct hc_analysis *analysis, struct hc_err *err)
{
    static const enum hc_statement deletes[] = {HC_SQL_REASONS_DELETE, HC_SQL_HYPOTHESES_DELETE,
                                                HC_SQL_ANALYSIS_PENALTIES_DELETE, HC_SQL_ANALYSIS_DELETE};
    enum hc_status status = hc_store_incident_exists(store, analysis->incident, err);
    for (size_t i = 0; status == HC_OK && i < sizeof deletes / sizeof *deletes; i++) {
        struct hc_binder b = row_of(store, deletes[i], analysis, err);
        status = b.statement ? hc_store_run(store, b.statement, err) : HC_FATAL;
    }
    if (status == HC_OK)
        status = put_head(store, analysis, err);
    for (size_t i = 0; status == HC_OK && i < analysis->n_hypotheses; i++)
        status = put_hypothesis(store, analysis, i, err);
    for (size_t i = 0; status == HC_OK && i < analysis->n_penalties; i++)
        status = put_penalty(store, analysis, i, err);
    return status;
}

enum hc_status hc_store_analysis_put(struct hc_store *store, const struct hc_analysis *analysis, struct hc_err *err)
{
    enum hc_status status = hc_store_enter(store, err);
    if (status == HC_OK)
        status = hc_store_leave(store, put_analysis(store, analysis, err), err);
    return status;
}
