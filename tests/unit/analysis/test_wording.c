#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/wording.h"

#define N_TEXTS 12
#define N_CATEGORIES 3

/* tests/reference/wording.py */
#define REFERENCE_STRENGTH 1.0
#define REFERENCE_SCALE 1.390381704

/* As in tests/reference/wording.py. */
static const struct {
    const char *text;
    uint32_t category;
} told[N_TEXTS] = {
    {"certificate expired gateway refused", 0},
    {"certificate chain expired again", 0},
    {"expired token refused login", 0},
    {"login refused after certificate rotation", 0},
    {"disk full database slow", 1},
    {"database disk replica slow", 1},
    {"replica lag database full", 1},
    {"slow query database", 1},
    {"flag rollout broke checkout", 2},
    {"bad flag rollout again", 2},
    {"config rollout broke gateway", 2},
    {"checkout slow after rollout", 2},
};
static const double base[N_CATEGORIES] = {1, 2, 1};

struct fixture {
    struct hc_arena *arena;
    struct hc_word_set sets[N_TEXTS];
    struct hc_wording_text texts[N_TEXTS];
    struct hc_wording wording;
};

static int set_up(void **state)
{
    static struct fixture f;
    f = (struct fixture){.arena = hc_arena_new(0)};
    for (size_t i = 0; i < N_TEXTS; i++) {
        const struct hc_str text = hc_str_of(told[i].text);
        assert_true(hc_word_set_make(&f.sets[i], &text, 1, HC_STR_NONE, f.arena));
        f.texts[i] = (struct hc_wording_text){&f.sets[i], &f.sets[i], told[i].category};
    }
    assert_true(hc_wording_learn(&f.wording, f.texts, N_TEXTS, base, N_CATEGORIES, f.arena));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    hc_arena_free(((struct fixture *)*state)->arena);
    return 0;
}

static bool has(const struct hc_word_set *set, struct hc_str word)
{
    for (size_t i = 0; i < set->n; i++)
        if (hc_str_equal(set->words[i], word))
            return true;
    return false;
}

/* The definition, word by word, over the texts but `left_out`. */
static void scores_by_definition(const struct fixture *f, size_t left_out, double s, const struct hc_word_set *text,
                                 double *out)
{
    size_t n_known = 0, n = left_out < N_TEXTS ? N_TEXTS - 1 : N_TEXTS;
    for (size_t c = 0; c < N_CATEGORIES; c++)
        out[c] = 0;
    for (size_t k = 0; k < text->n; k++) {
        double n_w = 0, n_wc[N_CATEGORIES] = {0}, n_c[N_CATEGORIES] = {0};
        for (size_t i = 0; i < N_TEXTS; i++) {
            const bool counts = i != left_out, in = counts && has(&f->sets[i], text->words[k]);
            n_w += in;
            n_wc[told[i].category] += in;
            n_c[told[i].category] += counts;
        }
        if (n_w < 2 || n_w > (double)n / 2)
            continue;
        n_known++;
        const double p = (n_w + 0.5) / ((double)n + 1);
        for (size_t c = 0; c < N_CATEGORIES; c++)
            out[c] += log((n_wc[c] + s * p) / (n_c[c] + s)) - log(p);
    }
    for (size_t c = 0; c < N_CATEGORIES && n_known; c++)
        out[c] /= sqrt((double)n_known);
}

static double objective_by_definition(const struct fixture *f, double s, double scale)
{
    double value = -scale * scale / 2;
    for (size_t i = 0; i < N_TEXTS; i++) {
        double z[N_CATEGORIES], prior[N_CATEGORIES], sum = 0;
        scores_by_definition(f, i, s, &f->sets[i], z);
        for (size_t c = 0; c < N_CATEGORIES; c++) {
            prior[c] = base[c];
            for (size_t j = 0; j < N_TEXTS; j++)
                prior[c] += j != i && told[j].category == c;
            sum += prior[c] / (4 + N_TEXTS - 1) * exp(scale * z[c]);
        }
        value += log(prior[told[i].category] / (4 + N_TEXTS - 1)) + scale * z[told[i].category] - log(sum);
    }
    return value;
}

static void no_other_strength_and_scale_do_better_left_out(void **state)
{
    const struct fixture *f = *state;
    const double strengths[] = HC_WORDING_STRENGTHS;
    const double best = objective_by_definition(f, f->wording.strength, f->wording.scale);
    assert_true(f->wording.scale > 0);
    for (size_t i = 0; i < sizeof strengths / sizeof *strengths; i++)
        for (double scale = 0; scale <= HC_WORDING_SCALE_MOST; scale += 0.01)
            assert_true(objective_by_definition(f, strengths[i], scale) <= best + 1e-9);
}

static void nats_are_those_of_the_definition(void **state)
{
    const struct fixture *f = *state;
    struct hc_word_set text;
    const struct hc_str words = HC_STR("The gateway refused: expired certificates");
    double nats[N_CATEGORIES], expected[N_CATEGORIES];
    assert_true(hc_word_set_make(&text, &words, 1, HC_STR_NONE, f->arena));
    assert_int_equal(hc_wording_nats(&f->wording, &text, nats), 4);
    scores_by_definition(f, N_TEXTS, f->wording.strength, &text, expected);
    for (size_t c = 0; c < N_CATEGORIES; c++)
        assert_true(fabs(nats[c] - fmax(fmin(f->wording.scale * expected[c], HC_WORDING_CAP), -HC_WORDING_CAP)) <
                    1e-12);
    assert_true(nats[0] > 0 && nats[1] < 0);
}

/* tests/reference/wording.py */
static void agrees_with_the_reference(void **state)
{
    const struct fixture *f = *state;
    assert_true(fabs(f->wording.strength - REFERENCE_STRENGTH) < 1e-12);
    assert_true(fabs(f->wording.scale - REFERENCE_SCALE) < 1e-6);
}

/* Neither the order of texts nor how often a word stands in one counts. */
static void the_order_of_texts_does_not_count(void **state)
{
    const struct fixture *f = *state;
    struct hc_wording_text turned[N_TEXTS];
    struct hc_wording other;
    for (size_t i = 0; i < N_TEXTS; i++)
        turned[i] = f->texts[N_TEXTS - 1 - i];
    assert_true(hc_wording_learn(&other, turned, N_TEXTS, base, N_CATEGORIES, f->arena));
    assert_true(fabs(other.scale - f->wording.scale) < 1e-9);
    assert_int_equal(other.n_words, f->wording.n_words);
    assert_memory_equal(other.n_of, f->wording.n_of, other.n_words * N_CATEGORIES * sizeof *other.n_of);
}

static void words_that_say_nothing_are_not_believed(void **state)
{
    const struct fixture *f = *state;
    struct hc_wording_text mixed[N_TEXTS];
    struct hc_wording other;
    double nats[N_CATEGORIES];
    for (size_t i = 0; i < N_TEXTS; i++) {
        mixed[i] = f->texts[i];
        mixed[i].category = (uint32_t)(i % N_CATEGORIES);
    }
    assert_true(hc_wording_learn(&other, mixed, N_TEXTS, base, N_CATEGORIES, f->arena));
    assert_true(other.scale < f->wording.scale / 3);
    assert_true(hc_wording_learn(&other, NULL, 0, base, N_CATEGORIES, f->arena));
    assert_int_equal(hc_wording_nats(&other, &f->sets[0], nats), 0);
    for (size_t c = 0; c < N_CATEGORIES; c++)
        assert_true(fabs(nats[c]) <= 0);
}

static void the_loudest_words_come_first(void **state)
{
    const struct fixture *f = *state;
    struct hc_str words[2];
    double scratch[8];
    assert_true(f->wording.n_categories <= 8);
    assert_int_equal(hc_wording_loudest(&f->wording, &f->sets[0], 0, 1, words, 2, scratch), 2);
    assert_true(hc_str_is(words[0], "certificate") && hc_str_is(words[1], "expired"));
    assert_int_equal(hc_wording_loudest(&f->wording, &f->sets[0], 1, -1, words, 2, scratch), 2);
    assert_int_equal(hc_wording_loudest(&f->wording, &f->sets[0], 2, 1, words, 2, scratch), 1);
    assert_true(hc_str_is(words[0], "gateway"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_other_strength_and_scale_do_better_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nats_are_those_of_the_definition, set_up, tear_down),
        cmocka_unit_test_setup_teardown(agrees_with_the_reference, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_order_of_texts_does_not_count, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_that_say_nothing_are_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_loudest_words_come_first, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
