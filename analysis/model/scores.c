#include "analysis/model/scores.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/model/constants.h"
#include "analysis/stats/beta.h"
#include "analysis/stats/bootstrap.h"
#include "analysis/stats/random.h"

#define HC_SHARE_LEVEL 0.95
#define HC_EQUAL_RATIO 1e-9 /* marginals of equal evidence differ by the order of their sums */

static void place_truth(struct hc_answer *answer, const struct hc_share *shares, size_t n)
{
    const double p = answer->probability;
    for (size_t i = 0; i < n; i++) {
        const bool equal = fabs(shares[i].probability - p) <= HC_EQUAL_RATIO * p;
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

struct hc_answer hc_answer_of(const struct hc_share *shares, size_t n, double unexplained, struct hc_str truth,
                              uint32_t n_unlisted)
{
    struct hc_answer answer = {.top = n ? shares[0].probability : 0};
    for (size_t i = 0; i < n; i++) {
        const bool is_truth = shares[i].name.p && hc_str_equal(shares[i].name, truth);
        const double miss = shares[i].probability - is_truth;
        answer.brier += miss * miss;
        if (!is_truth)
            continue;
        answer.rank = (uint32_t)i + 1;
        answer.probability = shares[i].probability;
    }
    const double none = unexplained - (answer.rank == 0);
    answer.brier += none * none;
    if (!answer.rank)
        answer.probability = unexplained / (n_unlisted ? n_unlisted : 1);
    else
        place_truth(&answer, shares, n);
    return answer;
}

struct certain {
    double confidence, right;
};

static int by_confidence(const void *a, const void *b)
{
    const struct certain *x = a, *y = b;
    if (x->confidence < y->confidence || x->confidence > y->confidence)
        return x->confidence < y->confidence ? -1 : 1;
    return (x->right > y->right) - (x->right < y->right);
}

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

struct scoring {
    const struct hc_answer *answers;
    size_t n;
    struct certain *certain; /* scratch */
    double *confidence, *right;
};

/* Equal confidences take their mean, so that it does not matter which of them falls in which bin. */
static void level_ties(const double *confidence, double *right, size_t n)
{
    for (size_t first = 0, end; first < n; first = end) {
        double sum = 0;
        for (end = first; end < n && confidence[end] <= confidence[first]; end++)
            sum += right[end];
        for (size_t i = first; i < end; i++)
            right[i] = sum / (double)(end - first);
    }
}

static double error_of(const void *data, const size_t *pick, size_t n)
{
    const struct scoring *k = data;
    for (size_t i = 0; i < n; i++)
        k->certain[i] = (struct certain){k->answers[pick[i]].top, hc_answer_hit(&k->answers[pick[i]], 1)};
    qsort(k->certain, n, sizeof *k->certain, by_confidence);
    for (size_t i = 0; i < n; i++) {
        k->confidence[i] = k->certain[i].confidence;
        k->right[i] = k->certain[i].right;
    }
    level_ties(k->confidence, k->right, n);
    return hc_calibration_error(k->confidence, k->right, n);
}

static double loss_of(const void *data, const size_t *pick, size_t n)
{
    const struct scoring *k = data;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum -= log(fmax(k->answers[pick[i]].probability, HC_LOG_LOSS_FLOOR));
    return sum / (double)n;
}

static double brier_of(const void *data, const size_t *pick, size_t n)
{
    const struct scoring *k = data;
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += k->answers[pick[i]].brier;
    return sum / (double)n;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

enum hc_status hc_calibration_error_perfect(const double *confidence, size_t n, uint64_t seed, struct hc_arena *arena,
                                            double *mean, double *p95)
{
    double *right = hc_arena_alloc(arena, n * sizeof *right);
    double *errors = hc_arena_alloc(arena, HC_BOOTSTRAP_REPLICATES * sizeof *errors);
    *mean = *p95 = NAN;
    if (!right || !errors)
        return HC_FATAL;
    if (!n)
        return HC_OK;
    double sum = 0;
    for (size_t r = 0; r < HC_BOOTSTRAP_REPLICATES; r++) {
        struct hc_random random = hc_random_new(seed, r);
        for (size_t i = 0; i < n; i++)
            right[i] = hc_random_uniform(&random) < confidence[i];
        errors[r] = hc_calibration_error(confidence, right, n);
        sum += errors[r];
    }
    qsort(errors, HC_BOOTSTRAP_REPLICATES, sizeof *errors, ascending);
    *mean = sum / HC_BOOTSTRAP_REPLICATES;
    *p95 = hc_sorted_quantile(errors, HC_BOOTSTRAP_REPLICATES, 0.95);
    return HC_OK;
}

static struct hc_score share_score(double k, uint32_t n)
{
    struct hc_score score = {n ? k / n : NAN, 0, 1};
    hc_share_interval(k, n, HC_SHARE_LEVEL, &score.low, &score.high);
    return score;
}

static int resampled(struct hc_score *out, hc_statistic *statistic, const struct scoring *k, const size_t *all,
                     uint64_t seed, struct hc_arena *arena)
{
    out->value = k->n ? statistic(k, all, k->n) : NAN;
    return hc_bootstrap(statistic, k, k->n, HC_BOOTSTRAP_REPLICATES, seed, arena, &out->low, &out->high);
}

enum hc_status hc_scores_of(struct hc_backtest_scores *out, const struct hc_answer *answers, size_t n, uint64_t seed,
                            struct hc_err *err)
{
    *out = (struct hc_backtest_scores){.n = (uint32_t)n};
    struct scoring k = {answers, n, NULL, NULL, NULL};
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = HC_FATAL;
    if (!work)
        goto done;
    k.certain = hc_arena_alloc(work, n * sizeof *k.certain);
    k.confidence = hc_arena_alloc(work, n * sizeof *k.confidence);
    k.right = hc_arena_alloc(work, n * sizeof *k.right);
    size_t *all = hc_arena_alloc(work, n * sizeof *all);
    if (!k.certain || !k.confidence || !k.right || !all)
        goto done;
    double first = 0, three = 0;
    uint32_t covered = 0;
    for (size_t i = 0; i < n; i++) {
        all[i] = i;
        first += hc_answer_hit(&answers[i], 1);
        three += hc_answer_hit(&answers[i], 3);
        out->n_promised += answers[i].promised;
        covered += answers[i].promised && answers[i].covered;
    }
    out->top1 = share_score(first, out->n);
    out->top3 = share_score(three, out->n);
    out->coverage =
        out->n_promised ? share_score(covered, out->n_promised) : (struct hc_score){NAN, NAN, NAN};
    if (resampled(&out->log_loss, loss_of, &k, all, seed, work) != 0)
        goto done;
    if (resampled(&out->brier, brier_of, &k, all, seed, work) != 0)
        goto done;
    if (resampled(&out->ece, error_of, &k, all, seed, work) != 0)
        goto done;
    if (n)
        error_of(&k, all, n); /* leaves the confidences sorted */
    status = hc_calibration_error_perfect(k.confidence, n, seed, work, &out->ece_perfect_mean, &out->ece_perfect_p95);
done:
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for scores");
}
