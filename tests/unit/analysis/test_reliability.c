#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "analysis/stats/reliability.h"
#include "base/random.h"

static struct hc_reliability diagram(const double *x, const double *y, size_t n, struct hc_arena *arena)
{
    struct hc_reliability d;
    assert_int_equal(hc_reliability_diagram(&d, x, y, n, arena), 0);
    return d;
}

static void agrees_with_scipy(void **state)
{
    (void)state;
    enum { N = 18 };
    const double x[N] = {.05, .1, .1, .2, .25, .3, .3, .3, .45, .5, .6, .65, .7, .8, .8, .9, .95, .99};
    const double y[N] = {0, 0, 1, 0, 0, 1, 0, .5, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1};
    const double fit[N] = {0,  .25, .25, .25, .25, .375, .375, .375, .375,
                           .5, .5,  .75, .75, .75, .75,  1,    1,    1}; /* corp.py */
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_reliability d = diagram(x, y, N, arena);
    size_t i = 0;
    for (size_t b = 0; b < d.n_bins; b++)
        for (const size_t end = i + d.bins[b].n; i < end; i++)
            assert_true(fabs(d.bins[b].right - fit[i]) < 1e-12);
    assert_int_equal(i, N);
    assert_true(fabs(d.brier - 0.181255555555556) < 1e-12);
    assert_true(fabs(d.miscalibration - 0.03195) < 1e-12);
    assert_true(fabs(d.discrimination - 0.086033950617284) < 1e-12);
    assert_true(fabs(d.uncertainty - 0.23533950617284) < 1e-12);
    hc_arena_free(arena);
}

static void draw(double *x, double *y, size_t n, uint64_t stream)
{
    struct hc_random random = hc_random_new(17, stream);
    for (size_t i = 0; i < n; i++) {
        x[i] = floor(((double)i + hc_random_uniform(&random)) / (double)n * 64) / 64; /* equal ones among them */
        y[i] = hc_random_uniform(&random) < x[i];
    }
}

static void the_parts_add_up_and_bins_hold_what_they_say(void **state)
{
    (void)state;
    enum { N = 150 };
    double x[N], y[N];
    struct hc_arena *arena = hc_arena_new(0);
    for (uint64_t round = 0; round < 40; round++) {
        draw(x, y, N, round);
        const struct hc_reliability d = diagram(x, y, N, arena);
        double brier = 0;
        for (size_t i = 0; i < N; i++)
            brier += (x[i] - y[i]) * (x[i] - y[i]) / N;
        assert_true(fabs(d.brier - brier) < 1e-12);
        assert_true(fabs(d.miscalibration - d.discrimination + d.uncertainty - brier) < 1e-12);
        assert_true(d.miscalibration >= 0 && d.discrimination >= 0);
        for (size_t b = 0, i = 0; b < d.n_bins; b++) {
            const struct hc_reliability_bin *bin = &d.bins[b];
            double stated = 0, right = 0;
            assert_true(fabs(bin->low - x[i]) < 1e-15 && fabs(bin->high - x[i + bin->n - 1]) < 1e-15);
            for (const size_t end = i + bin->n; i < end; i++)
                stated += x[i], right += y[i];
            assert_true(fabs(bin->mean - stated / (double)bin->n) < 1e-12);
            assert_true(fabs(bin->right - right / (double)bin->n) < 1e-12);
            assert_true(b == 0 || (bin->right > bin[-1].right && bin->low > bin[-1].high));
        }
    }
    hc_arena_free(arena);
}

/* Speaking of what did not happen instead turns the diagram and leaves its parts. */
static void the_mirrored_problem_has_the_mirrored_diagram(void **state)
{
    (void)state;
    enum { N = 150 };
    double x[N], y[N], mirrored_x[N], mirrored_y[N];
    struct hc_arena *arena = hc_arena_new(0);
    draw(x, y, N, 1);
    for (size_t i = 0; i < N; i++) {
        mirrored_x[i] = 1 - x[N - 1 - i];
        mirrored_y[i] = 1 - y[N - 1 - i];
    }
    const struct hc_reliability a = diagram(x, y, N, arena), b = diagram(mirrored_x, mirrored_y, N, arena);
    assert_int_equal(a.n_bins, b.n_bins);
    for (size_t i = 0; i < a.n_bins; i++)
        assert_true(fabs(a.bins[i].right + b.bins[a.n_bins - 1 - i].right - 1) < 1e-12);
    assert_true(fabs(a.miscalibration - b.miscalibration) < 1e-12);
    assert_true(fabs(a.discrimination - b.discrimination) < 1e-12);
    assert_true(fabs(a.uncertainty - b.uncertainty) < 1e-12);
    hc_arena_free(arena);
}

static void equal_forecasts_have_no_order(void **state)
{
    (void)state;
    const double x[6] = {.2, .2, .2, .7, .7, .7}, y[6] = {1, 0, 0, 0, 1, 1}, other[6] = {0, 0, 1, 1, 1, 0};
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_reliability a = diagram(x, y, 6, arena), b = diagram(x, other, 6, arena);
    assert_int_equal(a.n_bins, 2);
    assert_memory_equal(a.bins, b.bins, 2 * sizeof *a.bins);
    hc_arena_free(arena);
}

static struct hc_reliability_band band_of(const double *x, size_t n, size_t most, int n_threads, struct hc_arena *arena)
{
    struct hc_reliability_band band;
    const struct hc_resampling by = {1000, 3, n_threads};
    assert_int_equal(hc_reliability_consistency(&band, x, n, most, &by, arena), 0);
    return band;
}

/* One block of n equal forecasts p: the recalibrated probability is K/n, K binomial. Of n = 20 and p = .7 scipy says that
 * 2.5 % and 97.5 % of K are 10 and 18 (scipy.stats.binom.ppf). */
static void the_band_of_equal_forecasts_is_the_binomials(void **state)
{
    (void)state;
    double x[20];
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < 20; i++)
        x[i] = .7;
    const struct hc_reliability_band band = band_of(x, 20, 50, 1, arena);
    assert_int_equal(band.n, 1);
    assert_true(fabs(band.low[0] - 10. / 20) < 1e-9);
    assert_true(fabs(band.high[0] - 18. / 20) < 1e-9);
    hc_arena_free(arena);
}

static void the_band_is_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    enum { N = 150 };
    double x[N], y[N];
    struct hc_arena *arena = hc_arena_new(0);
    draw(x, y, N, 2);
    const struct hc_reliability_band one = band_of(x, N, 20, 1, arena);
    assert_int_equal(one.n, 20);
    assert_true(fabs(one.at[0] - x[0]) < 1e-15 && fabs(one.at[19] - x[N - 1]) < 1e-15);
    for (int threads = 2; threads <= 8; threads *= 4) {
        const struct hc_reliability_band other = band_of(x, N, 20, threads, arena);
        assert_memory_equal(one.low, other.low, 20 * sizeof(double));
        assert_memory_equal(one.high, other.high, 20 * sizeof(double));
    }
    hc_arena_free(arena);
}

/* A calibrated forecaster leaves the band at one place in twenty, and one that says .9 for .5 leaves it. */
static void the_band_holds_who_is_calibrated_and_not_who_boasts(void **state)
{
    (void)state;
    enum { N = 150, ROUNDS = 60 };
    double x[N], y[N];
    size_t n_places = 0, n_out = 0;
    struct hc_arena *arena = hc_arena_new(0);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        draw(x, y, N, 100 + round);
        const struct hc_reliability d = diagram(x, y, N, arena);
        const struct hc_reliability_band band = band_of(x, N, 20, 2, arena);
        for (size_t p = 0, b = 0; p < band.n; p++, n_places++) {
            while (d.bins[b].high < band.at[p])
                b++;
            n_out += d.bins[b].right < band.low[p] || d.bins[b].right > band.high[p];
        }
    }
    assert_true((double)n_out / (double)n_places < 0.08);
    for (size_t i = 0; i < N; i++)
        x[i] = .9;
    assert_true(band_of(x, N, 20, 1, arena).low[0] > .8);
    hc_arena_free(arena);
}

static void nothing_has_no_diagram(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_reliability d = diagram(NULL, NULL, 0, arena);
    assert_int_equal(d.n_bins, 0);
    assert_true(isnan(d.brier) && isnan(d.miscalibration) && isnan(d.discrimination) && isnan(d.uncertainty));
    assert_int_equal(band_of(NULL, 0, 20, 1, arena).n, 0);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_scipy),
        cmocka_unit_test(the_parts_add_up_and_bins_hold_what_they_say),
        cmocka_unit_test(the_mirrored_problem_has_the_mirrored_diagram),
        cmocka_unit_test(equal_forecasts_have_no_order),
        cmocka_unit_test(the_band_of_equal_forecasts_is_the_binomials),
        cmocka_unit_test(the_band_is_the_same_on_any_number_of_threads),
        cmocka_unit_test(the_band_holds_who_is_calibrated_and_not_who_boasts),
        cmocka_unit_test(nothing_has_no_diagram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
