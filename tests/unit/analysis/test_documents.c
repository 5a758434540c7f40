#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/catalogue.h"
#include "analysis/model/documents.h"
#include "analysis/stats/wording.h"

#define N 24

struct fixture {
    struct hc_arena *arena;
    struct hc_catalogue *catalogue;
    struct hc_told_incident incidents[N];
};

static const struct hc_backtest_options options = {.n_threads = 1, .seed = 7};

static int set_up(void **state)
{
    static const char *const says[] = {"certificate expired login refused", "disk failed host rack power",
                                       "login token expired key", "host memory rack disk"};
    static const char *const categories[] = {"security", "infrastructure"};
    static struct fixture f;
    struct hc_err err = HC_ERR_NONE;
    f = (struct fixture){.arena = hc_arena_new(0)};
    assert_int_equal(hc_catalogue_read(&f.catalogue, HC_STR_NONE, &err), HC_OK);
    for (size_t i = 0; i < N; i++) {
        const struct hc_str text = hc_str_of(says[i % 4]);
        assert_true(hc_word_set_make(&f.incidents[i].words, &text, 1, HC_STR_NONE, f.arena));
        f.incidents[i].with_tags = f.incidents[i].words;
        f.incidents[i].category = hc_str_of(categories[i % 2]);
    }
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    hc_catalogue_free(f->catalogue);
    hc_arena_free(f->arena);
    return 0;
}

static struct hc_documents_scores validate(const struct fixture *f, int n_threads)
{
    struct hc_documents_scores scores;
    struct hc_backtest_options with = options;
    struct hc_err err = HC_ERR_NONE;
    with.n_threads = n_threads;
    assert_int_equal(hc_documents_validate(&scores, f->incidents, N, &with, f->catalogue, &err), HC_OK);
    return scores;
}

/* Of categories as even as these the priors alone are always wrong: of the one left out there is one less. */
static void words_tell_what_the_priors_do_not(void **state)
{
    const struct hc_documents_scores s = validate(*state, 1);
    assert_int_equal(s.n, N);
    assert_int_equal(s.n_folds, N);
    assert_true(fabs(s.words.top1.value - 1) < 1e-12);
    assert_true(s.words.log_loss.value < s.priors.log_loss.value - 0.3);
}

/* The share of its category among the others, by hand. */
static void priors_are_the_shares_of_the_others(void **state)
{
    const struct fixture *f = *state;
    const struct hc_documents_scores s = validate(f, 1);
    double loss = 0;
    for (size_t i = 0; i < N; i++) {
        const size_t c = hc_catalogue_category(f->catalogue, f->incidents[i].category);
        loss -= log((10 * f->catalogue->categories[c].share + N / 2 - 1) / (10 + N - 1)) / N;
    }
    assert_true(fabs(s.priors.log_loss.value - loss) < 1e-6);
}

static void words_of_one_incident_alone_teach_nothing(void **state)
{
    struct fixture *f = *state;
    char own[N][8];
    for (size_t i = 0; i < N; i++) {
        snprintf(own[i], sizeof own[i], "only%c%c", (char)('a' + i / 5), (char)('a' + i % 5));
        const struct hc_str text = hc_str_of(own[i]);
        assert_true(hc_word_set_make(&f->incidents[i].words, &text, 1, HC_STR_NONE, f->arena));
    }
    const struct hc_documents_scores s = validate(f, 1);
    assert_true(fabs(s.words.log_loss.value - s.priors.log_loss.value) < 1e-12);
    assert_true(s.with_tags.log_loss.value < s.words.log_loss.value - 0.3); /* whose tags still tell it */
}

static void threads_change_no_bit(void **state)
{
    const struct hc_documents_scores one = validate(*state, 1), four = validate(*state, 4);
    assert_memory_equal(&one.words.log_loss, &four.words.log_loss, sizeof one.words.log_loss);
    assert_memory_equal(&one.with_tags.ece, &four.with_tags.ece, sizeof one.with_tags.ece);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_tell_what_the_priors_do_not, set_up, tear_down),
        cmocka_unit_test_setup_teardown(priors_are_the_shares_of_the_others, set_up, tear_down),
        cmocka_unit_test_setup_teardown(words_of_one_incident_alone_teach_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(threads_change_no_bit, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
