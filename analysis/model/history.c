#include "analysis/model/history.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/predict.h"

static int by_known(const void *a, const void *b)
{
    const struct hc_labelled *x = *(const struct hc_labelled *const *)a, *y = *(const struct hc_labelled *const *)b;
    if (x->known_at.ns != y->known_at.ns)
        return x->known_at.ns < y->known_at.ns ? -1 : 1;
    return hc_str_compare(x->evidence->incident, y->evidence->incident);
}

const struct hc_labelled *const *hc_labels_sorted(const struct hc_labelled *labelled, size_t n, struct hc_time as_of,
                                                  struct hc_arena *arena, size_t *n_out)
{
    const struct hc_labelled **sorted = hc_arena_alloc(arena, n * sizeof *sorted);
    if (!sorted)
        return NULL;
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        if (!hc_time_known(labelled[i].known_at))
            continue;
        if (hc_time_known(as_of) && labelled[i].known_at.ns > as_of.ns)
            continue;
        sorted[used++] = &labelled[i];
    }
    qsort(sorted, used, sizeof *sorted, by_known);
    *n_out = used;
    return sorted;
}

struct ranked {
    double logit;
    uint32_t index;
};

static int by_logit(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->logit < y->logit || x->logit > y->logit)
        return x->logit < y->logit ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

struct recorder {
    const struct hc_prediction *p;
    const double *priors[2];
    double cooled;
    struct hc_record *record;
};

static void keep_one(struct recorder *k, uint32_t index)
{
    struct hc_record *r = k->record;
    for (int v = 0; v < 2; v++)
        r->prior[v][r->n] = k->priors[v][index];
    r->members[r->n] = 1;
    r->evidence[r->n++] = k->p->evidence[index];
}

static void keep_lump(struct recorder *k, const struct ranked *rest, size_t n, double *buffer)
{
    struct hc_record *r = k->record;
    for (int v = 0; v < 2; v++) {
        for (size_t i = 0; i < n; i++)
            buffer[i] = k->priors[v][rest[i].index];
        r->prior[v][r->n] = hc_log_sum_exp(buffer, n);
    }
    for (size_t i = 0; i < n; i++)
        buffer[i] = rest[i].logit;
    r->evidence[r->n] = isinf(r->prior[0][r->n]) ? 0 : (hc_log_sum_exp(buffer, n) - r->prior[0][r->n]) / k->cooled;
    r->members[r->n++] = (uint32_t)n;
}

static void keep_side(struct recorder *k, struct ranked *side, size_t n, double *buffer)
{
    qsort(side, n, sizeof *side, by_logit);
    const size_t one_by_one = n < HC_RECORD_KEPT ? n : HC_RECORD_KEPT;
    for (size_t i = 0; i < one_by_one; i++)
        keep_one(k, side[i].index);
    size_t kept = one_by_one;
    for (int lumps = 0; kept < n; lumps++) {
        const size_t left = n - kept, eighth = kept / 8;
        const size_t size = left < eighth || lumps + 1 == HC_RECORD_LUMPS ? left : eighth;
        keep_lump(k, side + kept, size, buffer);
        kept += size;
    }
}

/* Entries that a side of n hypotheses takes. */
static size_t entries_of_side(size_t n)
{
    size_t kept = n < HC_RECORD_KEPT ? n : HC_RECORD_KEPT, entries = kept;
    for (; kept < n && entries < HC_RECORD_SIDE; entries++)
        kept += kept / 8;
    return entries;
}

static bool allocate_record(struct hc_record *r, size_t n, struct hc_arena *keep)
{
    r->members = hc_arena_alloc(keep, n * sizeof *r->members);
    r->evidence = hc_arena_alloc(keep, n * sizeof *r->evidence);
    for (int v = 0; v < 2; v++)
        r->prior[v] = hc_arena_alloc(keep, n * sizeof *r->prior[v]);
    return r->members && r->evidence && r->prior[0] && r->prior[1];
}

static double ln_label(const struct hc_record *r, int variant, double cooled, double *buffer)
{
    if (!r->n_allowed)
        return 0;
    for (uint32_t i = 0; i < r->n; i++)
        buffer[i] = r->prior[variant][i] + r->evidence[i] * cooled;
    return hc_log_sum_exp(buffer, r->n_allowed) - hc_log_sum_exp(buffer, r->n);
}

struct replay { /* of a block of incidents: the model that was learned before it */
    const struct hc_model *model;
    const struct hc_catalogue *catalogue;
    struct hc_arena *keep, *work;
    size_t whole_before; /* incidents before it are not shown with kinds removed */
};

static enum hc_status make_record(struct hc_record *out, const struct hc_labelled *label, uint64_t removed,
                                  const struct replay *replay)
{
    const struct hc_model *model = replay->model;
    const struct hc_catalogue *catalogue = replay->catalogue;
    struct hc_arena *work = replay->work;
    struct hc_prediction p;
    if (hc_predict_scores(&p, model, catalogue, label->evidence, removed, work) != HC_OK)
        return HC_FATAL;
    const size_t rows = p.design.n_rows, n = rows * p.n_types;
    double *with = hc_arena_alloc(work, n * sizeof *with), *buffer = hc_arena_alloc(work, (n + 2) * sizeof *buffer);
    double *components = hc_arena_alloc(work, rows * sizeof *components);
    struct ranked *sides = hc_arena_alloc(work, 2 * n * sizeof *sides);
    if (!with || !buffer || !components || !sides)
        return HC_FATAL;
    hc_component_priors(model, &p.design, label->evidence, hc_model_recurrence(model), components);
    const double uniform = -log((double)rows), cooled = exp(-HC_LOG_TEMPERATURE);
    const struct hc_target target = hc_target_of(label, model, catalogue, &p.design);
    size_t n_in = 0, n_out = 0;
    struct ranked *in = sides, *other = sides + n;
    for (size_t i = 0; i < n; i++) {
        with[i] = p.prior[i] - uniform + components[i / p.n_types];
        const struct ranked one = {p.prior[i] + p.evidence[i] * cooled, (uint32_t)i};
        const bool allowed = target.among && hc_target_allows(&target, model, i / p.n_types, i % p.n_types);
        if (allowed)
            in[n_in++] = one;
        else
            other[n_out++] = one;
    }
    if (!allocate_record(out, entries_of_side(n_in) + entries_of_side(n_out), replay->keep))
        return HC_FATAL;
    struct recorder k = {&p, {p.prior, with}, cooled, out};
    out->missing = p.design.missing;
    out->among = target.among;
    keep_side(&k, in, n_in, buffer);
    out->n_allowed = out->n;
    keep_side(&k, other, n_out, buffer);
    for (int v = 0; v < 2; v++)
        out->ln_label[v] = ln_label(out, v, cooled, buffer);
    return HC_OK;
}

/* An incident whole, then with each kind it has removed that features depend on; later ones with some, in turn, and
 * none where only their sets are asked for. */
static enum hc_status replay_one(struct hc_history *h, size_t i, const struct replay *replay)
{
    const struct hc_model *model = replay->model;
    uint64_t depends = 0;
    for (size_t f = 0; f < model->n_features; f++)
        depends |= model->feature_kinds[f];
    const struct hc_evidence *e = h->past[i]->evidence;
    struct hc_record *records = hc_arena_calloc(replay->keep, model->n_kinds + 1, sizeof *records);
    if (!records)
        return HC_FATAL;
    const size_t step = i < HC_REPLAYED_WITHOUT_ALL ? 1 : HC_REPLAYED_IN_TURN;
    uint32_t n = 0;
    for (size_t k = 0; k <= (i < replay->whole_before ? 0 : model->n_kinds); k++) {
        const uint64_t bit = k ? (uint64_t)1 << (k - 1) : 0;
        if (k && (!(e->kinds & depends & bit) || (k + i) % step))
            continue;
        records[n].kind = k ? (uint32_t)k - 1 : HC_NONE;
        if (make_record(&records[n++], h->past[i], bit, replay) != HC_OK)
            return HC_FATAL;
        hc_arena_reset(replay->work);
    }
    h->records[i] = records;
    h->n_records[i] = n;
    return HC_OK;
}

static size_t next_size(size_t size)
{
    return size < HC_INNER_FIRST ? HC_INNER_FIRST : (size_t)((double)size * HC_INNER_GROWTH);
}

/* What a replay reads: incidents `first` and later; kinds are removed of those from whole_before on. */
struct span {
    size_t first, whole_before;
    const struct hc_catalogue *catalogue;
};

static enum hc_status replay_block(struct hc_history *h, struct hc_block *block, const struct span *span)
{
    const size_t end = next_size(block->size) < h->n ? next_size(block->size) : h->n;
    struct hc_arena *work = hc_arena_new(0);
    block->arena = hc_arena_new(0);
    enum hc_status status = work && block->arena ? HC_OK : HC_FATAL;
    const struct replay with = {block->model, span->catalogue, block->arena, work, span->whole_before};
    for (size_t i = block->size > span->first ? block->size : span->first; i < end && status == HC_OK; i++)
        status = replay_one(h, i, &with);
    hc_arena_free(work);
    return status;
}

/* One after the other: each fit starts where the one of fewer labels ended, of no more than a fit looks at, so that none
 * is needed beyond but for its records. */
static enum hc_status learn_blocks(struct hc_history *h, const struct hc_catalogue *catalogue, int n_threads,
                                   struct hc_err *err)
{
    enum hc_status status = HC_OK;
    const struct hc_learning learning = {catalogue, n_threads, NULL};
    for (size_t b = 0; b < h->n_blocks && status == HC_OK; b++) {
        const size_t size = h->blocks[b].size, most = size < HC_FIT_INCIDENTS ? size : HC_FIT_INCIDENTS;
        status = hc_core_learn(&h->blocks[b].model, hc_history_before(h, most), h->past, size, &learning, NULL, err);
    }
    return status;
}

#define HC_BLOCKS 128 /* 4 * 1.25^100 labels: more than there can be */

enum hc_status hc_history_replay(struct hc_history *history, size_t least, const struct hc_catalogue *catalogue,
                                 int n_threads, struct hc_err *err)
{
    struct hc_history *h = history;
    const struct span span = {.first = least > HC_SET_INCIDENTS ? least - HC_SET_INCIDENTS : 0,
                              .whole_before = least > HC_CONFIDENCE_INCIDENTS ? least - HC_CONFIDENCE_INCIDENTS : 0,
                              .catalogue = catalogue};
    h->records = hc_arena_calloc(h->arena, h->n, sizeof *h->records);
    h->n_records = hc_arena_calloc(h->arena, h->n, sizeof *h->n_records);
    h->blocks = hc_arena_calloc(h->arena, HC_BLOCKS, sizeof *h->blocks);
    if (!h->records || !h->n_records || !h->blocks)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to replay incidents");
    for (size_t size = 0; size < h->n && h->n_blocks < HC_BLOCKS; size = next_size(size))
        if (size < HC_FIT_INCIDENTS || next_size(size) > span.first)
            h->blocks[h->n_blocks++].size = size;
    const enum hc_status status = learn_blocks(h, catalogue, n_threads, err);
    if (status != HC_OK)
        return status;
    int failed = 0;
    const int n_blocks = (int)h->n_blocks;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads) reduction(+ : failed)
    for (int b = n_blocks - 1; b >= 0; b--)
        if (next_size(h->blocks[b].size) > span.first)
            failed += replay_block(h, &h->blocks[b], &span) != HC_OK;
    return failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to replay incidents") : HC_OK;
}

const struct hc_model *hc_history_before(const struct hc_history *history, size_t n)
{
    const struct hc_model *before = NULL;
    for (size_t b = 0; b < history->n_blocks && history->blocks[b].size < n; b++)
        before = history->blocks[b].size ? history->blocks[b].model : NULL;
    return before;
}

void hc_history_free(struct hc_history *history)
{
    for (size_t b = 0; b < history->n_blocks; b++) {
        hc_model_free(history->blocks[b].model);
        hc_arena_free(history->blocks[b].arena);
    }
    history->n_blocks = 0;
}
