#include "analysis/model/breakdown.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/answers.h"
#include "analysis/model/parameters.h"
#include "analysis/model/scores.h"
#include "analysis/stats/beta.h"
#include "analysis/stats/bootstrap.h"

/* ---- answers of rows ------------------------------------------------------------------------------------- */

static const struct hc_answer *answer_of(const struct hc_backtest_row *row, struct hc_str method, int question)
{
    for (size_t i = 0; row->asked[question] && i < row->n_answers; i++)
        if (hc_str_equal(row->answers[i].method, method))
            return &row->answers[i].of[question];
    return NULL;
}

/* Some of the rows; NULL: all. */
struct some {
    const struct hc_backtest_row *rows;
    const size_t *index;
    size_t n;
};

static const struct hc_backtest_row *row_at(const struct some *some, size_t i)
{
    return &some->rows[some->index ? some->index[i] : i];
}

static enum hc_status score_some(struct hc_backtest_scores *out, const struct some *some, struct hc_str method,
                                 int question, uint64_t seed)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_answer *list = malloc((some->n + 1) * sizeof *list);
    size_t n = 0;
    if (!list)
        return HC_FATAL;
    for (size_t i = 0; i < some->n; i++) {
        const struct hc_answer *a = answer_of(row_at(some, i), method, question);
        if (a)
            list[n++] = *a;
    }
    const enum hc_status status = hc_scores_of(out, list, n, seed, &err);
    free(list);
    return status;
}

/* The losses of two methods where both answered, in the order of rows. */
struct pairs {
    double *a, *b;
    size_t n;
};

static bool pairs_of(struct pairs *pairs, const struct some *some, struct hc_str a, struct hc_str b, int question)
{
    *pairs = (struct pairs){malloc((some->n + 1) * sizeof(double)), malloc((some->n + 1) * sizeof(double)), 0};
    for (size_t i = 0; pairs->a && pairs->b && i < some->n; i++) {
        const struct hc_answer *x = answer_of(row_at(some, i), a, question);
        const struct hc_answer *y = answer_of(row_at(some, i), b, question);
        if (!x || !y)
            continue;
        pairs->a[pairs->n] = hc_answer_loss(x);
        pairs->b[pairs->n++] = hc_answer_loss(y);
    }
    return pairs->a && pairs->b;
}

static void pairs_free(struct pairs *pairs)
{
    free(pairs->a);
    free(pairs->b);
}

static enum hc_status skill_some(struct hc_score *out, const struct some *some, const char *base, int question,
                                 uint64_t seed)
{
    struct hc_err err = HC_ERR_NONE;
    struct pairs pairs;
    enum hc_status status = pairs_of(&pairs, some, HC_STR("hindcast"), hc_str_of(base), question) ? HC_OK : HC_FATAL;
    if (status == HC_OK)
        status = hc_skill_of(out, pairs.a, pairs.b, pairs.n, seed, &err);
    pairs_free(&pairs);
    return status;
}

/* Nats that `without` loses more than the whole answer, a mean with its interval. */
static enum hc_status lost_some(struct hc_score *out, const struct some *some, struct hc_str without, int question,
                                uint64_t seed)
{
    struct pairs pairs;
    struct hc_bounds bounds;
    struct hc_arena *work = hc_arena_new(0);
    const bool there = pairs_of(&pairs, some, HC_STR("hindcast"), without, question);
    double sum = 0;
    *out = (struct hc_score){NAN, NAN, NAN};
    for (size_t i = 0; there && i < pairs.n; i++) {
        pairs.b[i] -= pairs.a[i];
        sum += pairs.b[i];
    }
    const int failed =
        there && work ? hc_bootstrap(&bounds, hc_statistic_mean, pairs.b, pairs.n, HC_BOOTSTRAP_REPLICATES, seed, work)
                      : -1;
    if (!failed && pairs.n)
        *out = (struct hc_score){sum / (double)pairs.n, bounds.low, bounds.high};
    pairs_free(&pairs);
    hc_arena_free(work);
    return failed ? HC_FATAL : HC_OK;
}

/* ---- the board -------------------------------------------------------------------------------------------- */

static struct hc_backtest_scores *place(struct hc_backtest *out, int method, int question)
{
    struct hc_backtest_scores *const own[HC_QUESTIONS] = {&out->component, &out->category, &out->hypothesis};
    if (method < 0)
        return own[question];
    struct hc_backtest_scores *const baseline[HC_QUESTIONS] = {
        &out->baselines[method].component, &out->baselines[method].category, &out->baselines[method].hypothesis};
    return baseline[question];
}

enum hc_status hc_backtest_score(struct hc_backtest *b, const struct hc_backtest_options *options, struct hc_err *err)
{
    const struct some all = {b->rows, NULL, b->n_rows};
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(options->n_threads) reduction(+ : failed)
    for (int i = 0; i < HC_QUESTIONS * (HC_N_BASELINES + 1); i++) {
        const int method = i / HC_QUESTIONS, question = i % HC_QUESTIONS;
        const struct hc_str name = hc_str_of(hc_method_names[method]);
        failed += score_some(place(b, method - 1, question), &all, name, question, options->seed) != HC_OK;
    }
    for (int i = 0; i < HC_N_BASELINES; i++)
        b->baselines[i].name = hc_method_names[1 + i];
    return failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores") : HC_OK;
}

/* ---- groups ----------------------------------------------------------------------------------------------- */

struct keyed { /* a row under the name of its group */
    int64_t order;
    struct hc_str name;
    size_t row;
};

static int by_key(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    const int c = hc_str_compare(x->name, y->name);
    return c ? c : (x->row > y->row) - (x->row < y->row);
}

/* A group and its rows. */
struct gathered {
    struct hc_breakdown_group *group;
    const size_t *index;
    size_t n;
};

struct gathering {
    const struct hc_backtest_row *rows;
    size_t n;
    struct hc_arena *arena;
    struct gathered *list;
    size_t n_list, capacity;
};

static struct hc_breakdown_group *gather(struct gathering *g, struct hc_breakdown_group *group, const size_t *index,
                                         size_t n)
{
    struct gathered *grown = hc_arena_grow(g->arena, g->list, g->n_list, g->n_list + 1, &g->capacity, sizeof *grown);
    if (!grown)
        return NULL;
    g->list = grown;
    group->n = n;
    grown[g->n_list++] = (struct gathered){group, index, n};
    return group;
}

static const uint32_t known_from[] = {0, 1, 10, 30, 100, 300, 1000, 3000, 10000};
#define HC_KNOWN_RANGES (sizeof known_from / sizeof *known_from)

static void key_known(struct keyed *key, const struct hc_backtest_row *row, struct hc_arena *arena)
{
    size_t at = HC_KNOWN_RANGES - 1;
    while (row->n_known < known_from[at])
        at--;
    key->order = (int64_t)at;
    if (at == 0)
        key->name = HC_STR("0");
    else if (at + 1 == HC_KNOWN_RANGES)
        key->name = hc_str_format(arena, "%u+", known_from[at]);
    else
        key->name = hc_str_format(arena, "%u-%u", known_from[at], known_from[at + 1] - 1);
}

static void key_quarter(struct keyed *key, const struct hc_backtest_row *row, struct hc_arena *arena)
{
    struct hc_civil civil;
    hc_civil_from_time(row->started.ns, &civil);
    const int quarter = (civil.month - 1) / 3 + 1;
    key->order = (int64_t)civil.year * 4 + quarter;
    key->name = hc_str_format(arena, "%dQ%d", civil.year, quarter);
}

static struct keyed *keys_of(const struct gathering *g, enum hc_breakdown_by by)
{
    struct keyed *keys = hc_arena_calloc(g->arena, g->n, sizeof *keys);
    for (size_t i = 0; keys && i < g->n; i++) {
        const struct hc_backtest_row *row = &g->rows[i];
        keys[i].row = i;
        if (by == HC_BY_QUARTER)
            key_quarter(&keys[i], row, g->arena);
        else if (by == HC_BY_KNOWN)
            key_known(&keys[i], row, g->arena);
        else
            keys[i].name = by == HC_BY_CATEGORY ? row->category : row->service;
    }
    return keys;
}

static int by_size(const void *a, const void *b)
{
    const struct hc_breakdown_group *x = a, *y = b;
    if (x->n != y->n)
        return x->n > y->n ? -1 : 1;
    return hc_str_compare(x->name, y->name);
}

static enum hc_status group_by(struct hc_breakdown *out, struct gathering *g, enum hc_breakdown_by by)
{
    struct keyed *keys = keys_of(g, by);
    size_t *index = hc_arena_alloc(g->arena, g->n * sizeof *index);
    out->groups = hc_arena_calloc(g->arena, g->n, sizeof *out->groups);
    if (!keys || !index || !out->groups)
        return HC_FATAL;
    qsort(keys, g->n, sizeof *keys, by_key);
    for (size_t first = 0, end; first < g->n; first = end) {
        for (end = first; end < g->n && keys[end].order == keys[first].order &&
                          hc_str_compare(keys[end].name, keys[first].name) == 0;
             end++)
            index[end] = keys[end].row;
        struct hc_breakdown_group *group = &out->groups[out->n_groups++];
        group->name = keys[first].name;
        group->priors = by == HC_BY_KNOWN ? hc_arena_calloc(g->arena, HC_QUESTIONS, sizeof *group->priors) : NULL;
        if (by == HC_BY_KNOWN && !group->priors)
            return HC_FATAL;
        if (!gather(g, group, index + first, end - first))
            return HC_FATAL;
    }
    return HC_OK;
}

static enum hc_status group_by_evidence(struct hc_breakdown *out, struct gathering *g,
                                        const struct hc_catalogue *catalogue)
{
    out->groups = hc_arena_calloc(g->arena, 2 * catalogue->n_kinds, sizeof *out->groups);
    if (!out->groups)
        return HC_FATAL;
    for (size_t k = 0; k < 2 * catalogue->n_kinds; k++) {
        const struct hc_str kind = catalogue->kinds[k / 2].id;
        size_t *index = hc_arena_alloc(g->arena, g->n * sizeof *index), n = 0;
        if (!index)
            return HC_FATAL;
        for (size_t i = 0; i < g->n; i++)
            if (hc_str_has_word(g->rows[i].evidence, kind) == (k % 2 == 0))
                index[n++] = i;
        if (!n)
            continue;
        struct hc_breakdown_group *group = &out->groups[out->n_groups++];
        group->name = k % 2 ? hc_str_format(g->arena, "no-%.*s", HC_STR_ARG(kind)) : kind;
        if (!gather(g, group, index, n))
            return HC_FATAL;
    }
    return HC_OK;
}

static enum hc_status score_group(const struct gathering *g, size_t item, int question, uint64_t seed)
{
    const struct gathered *one = &g->list[item];
    const struct some some = {g->rows, one->index, one->n};
    enum hc_status status = score_some(&one->group->of[question], &some, HC_STR("hindcast"), question, seed);
    if (status == HC_OK)
        status = skill_some(&one->group->over_priors[question], &some, "priors", question, seed);
    if (status == HC_OK)
        status = skill_some(&one->group->over_expert[question], &some, "expert", question, seed);
    if (status == HC_OK && one->group->priors)
        status = score_some(&one->group->priors[question], &some, HC_STR("priors"), question, seed);
    return status;
}

/* ---- what a kind is worth --------------------------------------------------------------------------------- */

static enum hc_status ablate(struct hc_ablation *out, const struct some *some, struct hc_str method, uint64_t seed)
{
    enum hc_status status = HC_OK;
    for (int q = 0; q < HC_QUESTIONS && status == HC_OK; q++) {
        status = score_some(&out->whole[q], some, HC_STR("hindcast"), q, seed);
        if (status == HC_OK)
            status = score_some(&out->without[q], some, method, q, seed);
        if (status == HC_OK)
            status = lost_some(&out->lost[q], some, method, q, seed);
    }
    return status;
}

static bool has_method(const struct hc_backtest_row *row, struct hc_str method)
{
    for (size_t i = 0; i < row->n_answers; i++)
        if (hc_str_equal(row->answers[i].method, method))
            return true;
    return false;
}

static enum hc_status make_ablations(struct hc_breakdowns *out, const struct gathering *g,
                                     const struct hc_catalogue *catalogue, uint64_t seed)
{
    size_t *index = hc_arena_alloc(g->arena, g->n * sizeof *index);
    out->ablations = hc_arena_calloc(g->arena, catalogue->n_kinds, sizeof *out->ablations);
    if (!index || !out->ablations)
        return HC_FATAL;
    for (size_t k = 0; k < catalogue->n_kinds; k++) {
        const struct hc_str kind = catalogue->kinds[k].id;
        const struct hc_str method = hc_str_format(g->arena, HC_METHOD_WITHOUT "%.*s", HC_STR_ARG(kind));
        struct some some = {g->rows, index, 0};
        for (size_t i = 0; i < g->n; i++)
            if (has_method(&g->rows[i], method))
                index[some.n++] = i;
        if (!some.n)
            continue;
        struct hc_ablation *ablation = &out->ablations[out->n_ablations++];
        ablation->kind = kind;
        if (ablate(ablation, &some, method, seed) != HC_OK)
            return HC_FATAL;
    }
    return HC_OK;
}

enum hc_status hc_breakdowns_make(struct hc_breakdowns *out, const struct hc_backtest_row *rows, size_t n,
                                  const struct hc_catalogue *catalogue, const struct hc_backtest_options *options,
                                  struct hc_arena *arena, struct hc_err *err)
{
    static const char *const names[HC_BREAKDOWNS] = {"category", "service", "evidence", "quarter", "labels-known"};
    struct gathering g = {.rows = rows, .n = n, .arena = arena};
    *out = (struct hc_breakdowns){.n_ablations = 0};
    enum hc_status status = gather(&g, &out->all, NULL, n) ? HC_OK : HC_FATAL;
    for (int by = 0; by < HC_BREAKDOWNS && status == HC_OK; by++) {
        out->by[by].by = names[by];
        status = by == HC_BY_EVIDENCE ? group_by_evidence(&out->by[by], &g, catalogue)
                                      : group_by(&out->by[by], &g, (enum hc_breakdown_by)by);
    }
    int failed = status != HC_OK;
    if (!failed) {
#pragma omp parallel for schedule(dynamic, 1) num_threads(options->n_threads) reduction(+ : failed)
        for (size_t i = 0; i < g.n_list * HC_QUESTIONS; i++)
            failed += score_group(&g, i / HC_QUESTIONS, (int)(i % HC_QUESTIONS), options->seed) != HC_OK;
    }
    if (!failed)
        failed = make_ablations(out, &g, catalogue, options->seed) != HC_OK;
    for (int by = HC_BY_CATEGORY; by <= HC_BY_SERVICE && !failed; by++)
        if (out->by[by].n_groups)
            qsort(out->by[by].groups, out->by[by].n_groups, sizeof *out->by[by].groups, by_size);
    return failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores") : HC_OK;
}
