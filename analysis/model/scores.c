#include "analysis/model/scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/constants.h"
#include "analysis/stats/beta.h"
#include "analysis/stats/bootstrap.h"
#include "analysis/stats/quantile.h"
#include "base/random.h"
#include "base/sort.h"

#define HC_SHARE_LEVEL 0.95
#define HC_EQUAL_RATIO 1e-9 /* marginals of equal evidence differ by the order of their sums */

bool hc_equally_probable(double a, double b)
{
    return fabs(a - b) <= HC_EQUAL_RATIO * b;
}

static void place_truth(struct hc_answer *answer, const struct hc_share *shares, size_t n)
{
    const double p = answer->probability;
    for (size_t i = 0; i < n; i++) {
        const bool equal = hc_equally_probable(shares[i].probability, p);
        answer->n_tied += equal;
        answer->n_before += !equal && shares[i].probability > p;
    }
}

double hc_answer_hit(const struct hc_answer *answer, uint32_t k)
{
    if (!answer->n_tied || k <= answer->n_before)
        return 0;
    return fmin((double)(k - answer->n_before) / answer->n_tied, 1);
}

struct hc_answer hc_answer_at(const struct hc_share *shares, size_t n, double unexplained, size_t truth,
                              uint32_t n_unlisted)
{
    struct hc_answer answer = {.rank = truth < n ? (uint32_t)truth + 1 : 0};
    for (size_t i = 0; i < n; i++) {
        const double miss = shares[i].probability - (i == truth);
        answer.brier += miss * miss;
        answer.top = fmax(answer.top, shares[i].probability);
    }
    const double none = unexplained - (answer.rank == 0);
    answer.brier += none * none;
    answer.probability = answer.rank ? shares[truth].probability : unexplained / (n_unlisted ? n_unlisted : 1);
    if (answer.rank)
        place_truth(&answer, shares, n);
    return answer;
}

struct hc_answer hc_answer_of(const struct hc_share *shares, size_t n, double unexplained, struct hc_str truth,
                              uint32_t n_unlisted)
{
    size_t at = 0;
    while (at < n && !(shares[at].name.p && hc_str_equal(shares[at].name, truth)))
        at++;
    return hc_answer_at(shares, n, unexplained, at, n_unlisted);
}

double hc_answer_loss(const struct hc_answer *answer)
{
    return -log(fmax(answer->probability, HC_LOG_LOSS_FLOOR));
}

struct certain {
    double confidence, right;
};

static size_t n_bins(size_t n)
{
    const size_t most = n < HC_ECE_MANY ? HC_ECE_BINS_FEW : HC_ECE_BINS_MANY;
    return n < most ? n : most;
}

double hc_calibration_error(const double *confidence, const double *right, size_t n)
{
    const size_t bins = n_bins(n);
    if (!n)
        return NAN;
    double error = 0;
    for (size_t b = 0; b < bins; b++) {
        double gap = 0;
        for (size_t i = n * b / bins; i < n * (b + 1) / bins; i++)
            gap += confidence[i] - right[i];
        error += fabs(gap);
    }
    return error / (double)n;
}

/* Answers by confidence, and how often each is in a sample. */
struct scoring {
    size_t n;
    struct certain *sorted;
    double *loss, *brier; /* in that order */
    uint32_t *times;
};

/* hc_calibration_error of a sample. Equal confidences take their mean, so that it does not matter which of them falls
 * in which bin. */
static double sample_error(const struct scoring *k)
{
    const size_t bins = n_bins(k->n);
    size_t at = 0, bin = 0;
    double error = 0, gap = 0;
    for (size_t first = 0, end; first < k->n; first = end) {
        const double confidence = k->sorted[first].confidence;
        double right = 0;
        size_t left = 0;
        for (end = first; end < k->n && k->sorted[end].confidence <= confidence; end++) {
            right += k->times[end] * k->sorted[end].right;
            left += k->times[end];
        }
        const double each = left ? confidence - right / (double)left : 0;
        while (left) {
            const size_t room = k->n * (bin + 1) / bins - at, taken = left < room ? left : room;
            gap += each * (double)taken;
            at += taken;
            left -= taken;
            if (taken < room)
                continue;
            error += fabs(gap);
            gap = 0;
            bin++;
        }
    }
    return k->n ? error / (double)k->n : NAN;
}

static double sample_mean(const struct scoring *k, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < k->n; i++)
        sum += k->times[i] * x[i];
    return k->n ? sum / (double)k->n : NAN;
}

static void sample_scores(const struct scoring *k, double out[3])
{
    out[0] = sample_mean(k, k->loss);
    out[1] = sample_mean(k, k->brier);
    out[2] = sample_error(k);
}

enum hc_status hc_calibration_error_perfect(struct hc_perfect *out, const double *confidence, size_t n, uint64_t seed,
                                            struct hc_arena *arena)
{
    double *right = hc_arena_alloc(arena, n * sizeof *right);
    double *errors = hc_arena_alloc(arena, HC_PERFECT_REPLICATES * sizeof *errors);
    double *room = hc_arena_alloc(arena, HC_PERFECT_REPLICATES * sizeof *room);
    *out = (struct hc_perfect){NAN, NAN, NAN};
    if (!right || !errors || !room)
        return HC_FATAL;
    if (!n)
        return HC_OK;
    double sum = 0;
    for (size_t r = 0; r < HC_PERFECT_REPLICATES; r++) {
        struct hc_random random = hc_random_new(seed, r);
        for (size_t i = 0; i < n; i++)
            right[i] = hc_random_uniform(&random) < confidence[i];
        errors[r] = hc_calibration_error(confidence, right, n);
        sum += errors[r];
    }
    hc_sort_doubles(errors, room, HC_PERFECT_REPLICATES);
    *out = (struct hc_perfect){sum / HC_PERFECT_REPLICATES, hc_quantile(errors, HC_PERFECT_REPLICATES, 0.95),
                               hc_quantile(errors, HC_PERFECT_REPLICATES, 0.9975)};
    return HC_OK;
}

struct losses {
    const double *own, *base;
};

static double skill(const void *data, const size_t *pick, size_t n)
{
    const struct losses *losses = data;
    double own = 0, base = 0;
    for (size_t i = 0; i < n; i++) {
        own += losses->own[pick[i]];
        base += losses->base[pick[i]];
    }
    return base > 0 ? 1 - own / base : NAN;
}

enum hc_status hc_skill_of(struct hc_score *out, const double *own, const double *base, size_t n, uint64_t seed,
                           struct hc_err *err)
{
    const struct losses losses = {own, base};
    struct hc_bounds bounds = {NAN, NAN};
    struct hc_arena *work = hc_arena_new(0);
    size_t *each = work ? hc_arena_alloc(work, n * sizeof *each) : NULL;
    *out = (struct hc_score){NAN, NAN, NAN};
    for (size_t i = 0; each && i < n; i++)
        each[i] = i;
    const int failed = each ? hc_bootstrap(&bounds, skill, &losses, n, HC_BOOTSTRAP_REPLICATES, seed, work) : -1;
    if (!failed && n)
        *out = (struct hc_score){skill(&losses, each, n), bounds.low, bounds.high};
    hc_arena_free(work);
    return failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores") : HC_OK;
}

static struct hc_score share_score(double k, uint32_t n)
{
    struct hc_score score = {n ? k / n : NAN, 0, 1};
    hc_share_interval(k, n, HC_SHARE_LEVEL, &score.low, &score.high);
    return score;
}

/* The interval of a score that samples overstate; it holds the score. `values` ascending.
 * Formula: the percentiles less the bootstrap's estimate of bias, the mean of the samples less the score; at least 0.
 * Source:  Efron and Tibshirani, An Introduction to the Bootstrap, 1993, 10.2. Checked: test_scores. */
static void take_off_bias(struct hc_score *score, const double *values)
{
    double sum = 0;
    for (size_t r = 0; r < HC_BOOTSTRAP_REPLICATES; r++)
        sum += values[r];
    const double bias = sum / HC_BOOTSTRAP_REPLICATES - score->value;
    score->low = fmax(0, fmin(score->low - bias, score->value));
    score->high = fmax(score->high - bias, score->value);
}

/* One sample serves all three scores: log loss, Brier, ECE. */
static enum hc_status resample(struct hc_score *out[3], struct scoring *k, uint64_t seed, struct hc_arena *arena)
{
    double *values[3], sample[3], *room = hc_arena_alloc(arena, HC_BOOTSTRAP_REPLICATES * sizeof *room);
    if (!room)
        return HC_FATAL;
    for (int s = 0; s < 3; s++) {
        values[s] = hc_arena_alloc(arena, HC_BOOTSTRAP_REPLICATES * sizeof(double));
        if (!values[s])
            return HC_FATAL;
    }
    for (size_t i = 0; i < k->n; i++)
        k->times[i] = 1;
    sample_scores(k, sample);
    for (int s = 0; s < 3; s++)
        *out[s] = (struct hc_score){sample[s], NAN, NAN};
    for (size_t r = 0; r < HC_BOOTSTRAP_REPLICATES && k->n; r++) {
        struct hc_random random = hc_random_new(seed, r);
        memset(k->times, 0, k->n * sizeof *k->times);
        for (size_t i = 0; i < k->n; i++)
            k->times[hc_random_below(&random, k->n)]++;
        sample_scores(k, sample);
        for (int s = 0; s < 3; s++)
            values[s][r] = sample[s];
    }
    for (int s = 0; s < 3 && k->n; s++) {
        hc_sort_doubles(values[s], room, HC_BOOTSTRAP_REPLICATES);
        out[s]->low = hc_quantile(values[s], HC_BOOTSTRAP_REPLICATES, 0.025);
        out[s]->high = hc_quantile(values[s], HC_BOOTSTRAP_REPLICATES, 0.975);
    }
    if (k->n)
        take_off_bias(out[2], values[2]);
    return HC_OK;
}

/* In an order that depends on the answers alone. */
static int by_answer(const void *a, const void *b)
{
    const struct hc_answer *x = a, *y = b;
    if (x->top < y->top || x->top > y->top)
        return x->top < y->top ? -1 : 1;
    if (x->probability < y->probability || x->probability > y->probability)
        return x->probability < y->probability ? -1 : 1;
    return (x->brier > y->brier) - (x->brier < y->brier);
}

static enum hc_status arrange(struct scoring *k, const struct hc_answer *answers, size_t n, struct hc_arena *arena)
{
    struct hc_answer *sorted = hc_arena_alloc(arena, n * sizeof *sorted);
    *k = (struct scoring){n, hc_arena_alloc(arena, n * sizeof *k->sorted), hc_arena_alloc(arena, n * sizeof *k->loss),
                          hc_arena_alloc(arena, n * sizeof *k->brier), hc_arena_alloc(arena, n * sizeof *k->times)};
    if (!sorted || !k->sorted || !k->loss || !k->brier || !k->times)
        return HC_FATAL;
    if (n) {
        memcpy(sorted, answers, n * sizeof *sorted);
        qsort(sorted, n, sizeof *sorted, by_answer);
    }
    for (size_t i = 0; i < n; i++) {
        k->sorted[i] = (struct certain){sorted[i].top, hc_answer_hit(&sorted[i], 1)};
        k->loss[i] = hc_answer_loss(&sorted[i]);
        k->brier[i] = sorted[i].brier;
    }
    return HC_OK;
}

enum hc_status hc_scores_of(struct hc_backtest_scores *out, const struct hc_answer *answers, size_t n, uint64_t seed,
                            struct hc_err *err)
{
    *out = (struct hc_backtest_scores){.n = (uint32_t)n};
    struct scoring k;
    struct hc_score *resampled[3] = {&out->log_loss, &out->brier, &out->ece};
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = work ? arrange(&k, answers, n, work) : HC_FATAL;
    double *confidence = work ? hc_arena_alloc(work, n * sizeof *confidence) : NULL;
    double first = 0, three = 0, five = 0, stated = 0, in_set = 0;
    struct hc_perfect perfect;
    uint32_t covered = 0;
    for (size_t i = 0; i < n; i++) {
        first += hc_answer_hit(&answers[i], 1);
        three += hc_answer_hit(&answers[i], 3);
        five += hc_answer_hit(&answers[i], 5);
        in_set += answers[i].promised ? answers[i].n_set : 0;
        stated += answers[i].top;
        out->n_promised += answers[i].promised;
        covered += answers[i].promised && answers[i].covered;
    }
    out->top1 = share_score(first, out->n);
    out->top3 = share_score(three, out->n);
    out->top5 = share_score(five, out->n);
    out->mean_set = out->n_promised ? in_set / out->n_promised : NAN;
    out->mean_confidence = n ? stated / (double)n : NAN;
    out->coverage = out->n_promised ? share_score(covered, out->n_promised) : (struct hc_score){NAN, NAN, NAN};
    if (status == HC_OK)
        status = confidence ? resample(resampled, &k, seed, work) : HC_FATAL;
    for (size_t i = 0; i < n && status == HC_OK; i++)
        confidence[i] = k.sorted[i].confidence;
    if (status == HC_OK)
        status = hc_calibration_error_perfect(&perfect, confidence, n, seed, work);
    if (status == HC_OK) {
        out->ece_perfect_mean = perfect.mean;
        out->ece_perfect_p95 = perfect.p95;
        out->ece_perfect_p9975 = perfect.p9975;
    }
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores");
}

enum hc_status hc_points_of(double out[HC_POINTS], const struct hc_answer *answers, size_t n, uint64_t seed)
{
    struct scoring k;
    struct hc_perfect perfect;
    double hits[3] = {0}, sample[3];
    struct hc_arena *work = hc_arena_new(0);
    double *confidence = work ? hc_arena_alloc(work, n * sizeof *confidence) : NULL;
    enum hc_status status = confidence ? arrange(&k, answers, n, work) : HC_FATAL;
    for (size_t i = 0; status == HC_OK && i < n; i++) {
        k.times[i] = 1;
        confidence[i] = k.sorted[i].confidence;
        for (uint32_t h = 0; h < 3; h++)
            hits[h] += hc_answer_hit(&answers[i], 1 + 2 * h);
    }
    if (status == HC_OK)
        status = hc_calibration_error_perfect(&perfect, confidence, n, seed, work);
    if (status == HC_OK) {
        sample_scores(&k, sample);
        for (int h = 0; h < 3; h++)
            out[HC_POINT_TOP1 + h] = n ? hits[h] / (double)n : NAN;
        memcpy(&out[HC_POINT_LOG_LOSS], sample, sizeof sample);
        out[HC_POINT_PERFECT] = perfect.mean;
        out[HC_POINT_PERFECT_P95] = perfect.p95;
    }
    hc_arena_free(work);
    return status;
}
