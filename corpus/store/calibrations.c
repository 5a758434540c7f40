/* Calibrations: priors, weights, penalties and the packed model. */
#include "corpus/store/internal.h"

static void add_rows(struct hc_buf *out, const struct hc_calibration *calibration)
{
    for (size_t i = 0; i < calibration->n_priors; i++) {
        const struct hc_prior_row *prior = &calibration->priors[i];
        hc_put_text(out, prior->service);
        hc_put_text(out, prior->category);
        hc_put_f64(out, prior->probability);
        hc_put_f64(out, prior->low);
        hc_put_f64(out, prior->high);
        hc_put_u32(out, prior->n_incidents);
    }
    for (size_t i = 0; i < calibration->n_weights; i++) {
        const struct hc_weight_row *weight = &calibration->weights[i];
        hc_put_text(out, weight->evidence);
        hc_put_f64(out, weight->weight);
        hc_put_f64(out, weight->low);
        hc_put_f64(out, weight->high);
        hc_put_f64(out, weight->expert_weight);
    }
    for (size_t i = 0; i < calibration->n_penalties; i++) {
        const struct hc_penalty_row *penalty = &calibration->penalties[i];
        hc_put_text(out, penalty->missing);
        hc_put_f64(out, penalty->points);
        hc_put_f64(out, penalty->low);
        hc_put_f64(out, penalty->high);
        hc_put_u32(out, penalty->n_incidents);
    }
}

enum hc_status hc_calibration_digest(const struct hc_calibration *calibration, uint8_t out[HC_SHA256_BYTES],
                                     struct hc_err *err)
{
    struct hc_buf bytes = {0};
    hc_pack_time(&bytes, calibration->as_of);
    hc_put_text(&bytes, calibration->purpose);
    hc_put_text(&bytes, calibration->labels);
    hc_put_u32(&bytes, calibration->n_incidents);
    hc_put_f64(&bytes, calibration->wrong_labels);
    hc_put_text(&bytes, calibration->model);
    add_rows(&bytes, calibration);
    bool failed = bytes.failed;
    if (!failed)
        hc_sha256_once(bytes.p, bytes.n, out);
    hc_buf_free(&bytes);
    return failed ? hc_store_no_memory(err) : HC_OK;
}

/* A blob, or NULL where it is absent. */
static void bind_bytes(struct hc_binder *b, struct hc_str bytes)
{
    if (bytes.p)
        hc_bind_blob(b, bytes.p, bytes.n);
    else
        hc_bind_text(b, HC_STR_NONE);
}

static enum hc_status put_head(struct hc_store *store, const struct hc_calibration *calibration, const uint8_t *digest,
                               struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_INSERT, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, calibration->n_incidents);
    hc_bind_real(&b, calibration->wrong_labels);
    hc_bind_int(&b, calibration->promoted);
    hc_bind_text(&b, calibration->reason);
    hc_bind_text(&b, calibration->purpose);
    bind_bytes(&b, calibration->labels);
    hc_bind_blob(&b, digest, HC_SHA256_BYTES);
    hc_bind_time(&b, calibration->as_of);
    hc_bind_time(&b, (struct hc_time){hc_store_clock_ns(), 0});
    bind_bytes(&b, calibration->model);
    return hc_store_run(store, b.statement, err);
}

/* A row's statement with the calibration and the ordinal bound. */
static struct hc_binder row_of(struct hc_store *store, enum hc_statement which, int64_t number, size_t ordinal,
                               struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (b.statement) {
        hc_bind_int(&b, number);
        hc_bind_int(&b, (int64_t)ordinal);
    }
    return b;
}

static enum hc_status put_prior(struct hc_store *store, const struct hc_calibration *calibration, size_t i,
                                struct hc_err *err)
{
    const struct hc_prior_row *prior = &calibration->priors[i];
    struct hc_binder b = row_of(store, HC_SQL_PRIOR_INSERT, calibration->number, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, prior->service);
    hc_bind_text(&b, prior->category);
    hc_bind_real(&b, prior->probability);
    hc_bind_real(&b, prior->low);
    hc_bind_real(&b, prior->high);
    hc_bind_int(&b, prior->n_incidents);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_weight(struct hc_store *store, const struct hc_calibration *calibration, size_t i,
                                 struct hc_err *err)
{
    const struct hc_weight_row *weight = &calibration->weights[i];
    struct hc_binder b = row_of(store, HC_SQL_WEIGHT_INSERT, calibration->number, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, weight->evidence);
    hc_bind_real(&b, weight->weight);
    hc_bind_real(&b, weight->low);
    hc_bind_real(&b, weight->high);
    hc_bind_real(&b, weight->expert_weight);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_penalty(struct hc_store *store, const struct hc_calibration *calibration, size_t i,
                                  struct hc_err *err)
{
    const struct hc_penalty_row *penalty = &calibration->penalties[i];
    struct hc_binder b = row_of(store, HC_SQL_PENALTY_INSERT, calibration->number, i, err);
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, penalty->missing);
    hc_bind_real(&b, penalty->points);
    hc_bind_real(&b, penalty->low);
    hc_bind_real(&b, penalty->high);
    hc_bind_int(&b, penalty->n_incidents);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status find_digest(struct hc_store *store, const uint8_t *digest, int64_t *number, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_blob(&b, digest, HC_SHA256_BYTES);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *number = status == HC_OK ? sqlite3_column_int64(b.statement, 0) : 0;
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

/* What is known may still come to be promoted, or no longer. */
static enum hc_status update_promotion(struct hc_store *store, const struct hc_calibration *calibration,
                                       struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_UPDATE, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, calibration->number);
    hc_bind_int(&b, calibration->promoted);
    hc_bind_text(&b, calibration->reason);
    return hc_store_run(store, b.statement, err);
}

static enum hc_status put_calibration(struct hc_store *store, struct hc_calibration *calibration, struct hc_err *err)
{
    uint8_t digest[HC_SHA256_BYTES];
    int64_t number;
    enum hc_status status = hc_calibration_digest(calibration, digest, err);
    if (status == HC_OK)
        status = find_digest(store, digest, &number, err);
    if (status == HC_OK && number) {
        calibration->number = number;
        return update_promotion(store, calibration, err);
    }
    if (status == HC_OK)
        status = put_head(store, calibration, digest, err);
    if (status == HC_OK)
        calibration->number = sqlite3_last_insert_rowid(store->db);
    for (size_t i = 0; status == HC_OK && i < calibration->n_priors; i++)
        status = put_prior(store, calibration, i, err);
    for (size_t i = 0; status == HC_OK && i < calibration->n_weights; i++)
        status = put_weight(store, calibration, i, err);
    for (size_t i = 0; status == HC_OK && i < calibration->n_penalties; i++)
        status = put_penalty(store, calibration, i, err);
    return status;
}

enum hc_status hc_store_calibration_put(struct hc_store *store, struct hc_calibration *calibration, struct hc_err *err)
{
    enum hc_status status = hc_store_enter(store, err);
    if (status == HC_OK)
        status = hc_store_leave(store, put_calibration(store, calibration, err), err);
    return status;
}

/* ---- and back ---- */

static void get_prior(struct hc_columns *c, void *item)
{
    struct hc_prior_row *prior = item;
    prior->service = hc_column_text(c);
    prior->category = hc_column_text(c);
    prior->probability = hc_column_real(c);
    prior->low = hc_column_real(c);
    prior->high = hc_column_real(c);
    prior->n_incidents = (uint32_t)hc_column_int(c);
}

static void get_weight(struct hc_columns *c, void *item)
{
    struct hc_weight_row *weight = item;
    weight->evidence = hc_column_text(c);
    weight->weight = hc_column_real(c);
    weight->low = hc_column_real(c);
    weight->high = hc_column_real(c);
    weight->expert_weight = hc_column_real(c);
}

static void get_penalty(struct hc_columns *c, void *item)
{
    struct hc_penalty_row *penalty = item;
    penalty->missing = hc_column_text(c);
    penalty->points = hc_column_real(c);
    penalty->low = hc_column_real(c);
    penalty->high = hc_column_real(c);
    penalty->n_incidents = (uint32_t)hc_column_int(c);
}

struct row_list {
    enum hc_statement which;
    size_t item_bytes;
    void (*read)(struct hc_columns *c, void *item);
    void **items;
    size_t *n;
};

static enum hc_status get_list(struct hc_store *store, int64_t number, const struct row_list *list,
                               struct hc_arena *arena, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, list->which, err), 0};
    size_t capacity = 0;
    enum hc_status status = b.statement ? HC_OK : HC_FATAL;
    *list->items = NULL;
    *list->n = 0;
    if (status == HC_OK)
        hc_bind_int(&b, number);
    while (status == HC_OK && (status = hc_store_step(store, b.statement, err)) == HC_OK) {
        char *grown = hc_arena_grow(arena, *list->items, *list->n, *list->n + 1, &capacity, list->item_bytes);
        struct hc_columns c = {b.statement, arena, 0, grown == NULL};
        if (grown) {
            *list->items = grown;
            list->read(&c, grown + (*list->n)++ * list->item_bytes);
        }
        if (c.no_memory)
            status = hc_store_no_memory(err);
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

/* A blob, in the arena; absent where it is NULL. */
static struct hc_str get_bytes(struct hc_columns *c)
{
    const bool absent = sqlite3_column_type(c->statement, c->n) == SQLITE_NULL;
    const struct hc_str bytes = hc_column_blob(c);
    if (absent)
        return HC_STR_NONE;
    const struct hc_str copy = {hc_arena_copy(c->arena, bytes.n ? bytes.p : "", bytes.n), bytes.n};
    c->no_memory |= !copy.p;
    return copy;
}

static enum hc_status get_head(struct hc_store *store, int64_t number, struct hc_arena *arena,
                               struct hc_calibration *out, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_GET, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, number);
    enum hc_status status = hc_store_step(store, b.statement, err);
    if (status == HC_OK) {
        struct hc_columns c = {b.statement, arena, 0, false};
        *out = (struct hc_calibration){.number = hc_column_int(&c)};
        out->as_of = hc_column_time(&c);
        out->n_incidents = (uint32_t)hc_column_int(&c);
        out->wrong_labels = hc_column_real(&c);
        out->promoted = hc_column_int(&c) != 0;
        out->reason = hc_column_text(&c);
        out->purpose = hc_column_text(&c);
        out->labels = get_bytes(&c);
        out->model = get_bytes(&c);
        if (c.no_memory)
            status = hc_store_no_memory(err);
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_SKIP : status;
}

enum hc_status hc_store_calibration_get(struct hc_store *store, int64_t number, struct hc_arena *arena,
                                        struct hc_calibration *out, struct hc_err *err)
{
    const struct row_list lists[] = {
        {HC_SQL_PRIORS_GET, sizeof(struct hc_prior_row), get_prior, (void **)&out->priors, &out->n_priors},
        {HC_SQL_WEIGHTS_GET, sizeof(struct hc_weight_row), get_weight, (void **)&out->weights, &out->n_weights},
        {HC_SQL_PENALTIES_GET, sizeof(struct hc_penalty_row), get_penalty, (void **)&out->penalties, &out->n_penalties},
    };
    enum hc_status status = get_head(store, number, arena, out, err);
    for (size_t i = 0; status == HC_OK && i < sizeof lists / sizeof *lists; i++)
        status = get_list(store, number, &lists[i], arena, err);
    return status;
}

/* The number that the statement gives. HC_SKIP: none. */
static enum hc_status take_number(struct hc_store *store, sqlite3_stmt *statement, int64_t *number, struct hc_err *err)
{
    const enum hc_status status = hc_store_step(store, statement, err);
    *number = status == HC_OK ? sqlite3_column_int64(statement, 0) : 0;
    sqlite3_reset(statement);
    return status == HC_END ? HC_SKIP : status;
}

enum hc_status hc_store_calibration_latest_number(struct hc_store *store, struct hc_time as_of, int64_t *number,
                                                  struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_LATEST, err), 0};
    if (!b.statement)
        return HC_FATAL;
    if (hc_time_known(as_of))
        hc_bind_int(&b, as_of.ns);
    else
        hc_bind_key(&b, 0);
    return take_number(store, b.statement, number, err);
}

enum hc_status hc_store_calibration_latest(struct hc_store *store, struct hc_time as_of, struct hc_arena *arena,
                                           struct hc_calibration *out, struct hc_err *err)
{
    int64_t number;
    const enum hc_status status = hc_store_calibration_latest_number(store, as_of, &number, err);
    return status == HC_OK ? hc_store_calibration_get(store, number, arena, out, err) : status;
}

enum hc_status hc_store_calibration_before(struct hc_store *store, struct hc_time as_of, struct hc_str labels,
                                           struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_BEFORE, err), 0};
    int64_t number;
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, as_of.ns);
    bind_bytes(&b, labels);
    const enum hc_status status = take_number(store, b.statement, &number, err);
    return status == HC_OK ? hc_store_calibration_get(store, number, arena, out, err) : status;
}

enum hc_status hc_store_calibration_compared(struct hc_store *store, const struct hc_calibration *with,
                                             struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_COMPARED, err), 0};
    int64_t number;
    if (!b.statement)
        return HC_FATAL;
    hc_bind_int(&b, with->as_of.ns);
    bind_bytes(&b, with->labels);
    hc_bind_int(&b, with->n_incidents);
    const enum hc_status status = take_number(store, b.statement, &number, err);
    return status == HC_OK ? hc_store_calibration_get(store, number, arena, out, err) : status;
}

enum hc_status hc_store_calibration_number_of_labels(struct hc_store *store, struct hc_str purpose,
                                                     struct hc_str labels, int64_t *number, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_CALIBRATION_OF_LABELS, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, purpose);
    bind_bytes(&b, labels);
    return take_number(store, b.statement, number, err);
}
