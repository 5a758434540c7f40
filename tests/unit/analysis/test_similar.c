#include "evidence_fixture.h"

#include "analysis/similar.h"

#define N 4

struct texts {
    struct hc_arena *arena;
    struct hc_word_set sets[N];
    struct hc_texts texts;
};

static double cosine_with(const struct hc_texts *texts, size_t text, const struct hc_word_set *words,
                          const double *weights, double rarest, double ballast)
{
    struct hc_arena *arena = hc_arena_new(0);
    const uint32_t *ids = hc_text_number(texts, words, arena);
    assert_non_null(ids);
    const double cosine = hc_text_cosine(texts, text, ids, words->n, weights, rarest, ballast);
    hc_arena_free(arena);
    return cosine;
}

static void begin(struct texts *t)
{
    static const char *const says[N] = {"disk full again", "disk slow", "certificate expired again", ""};
    t->arena = hc_arena_new(0);
    for (size_t i = 0; i < N; i++) {
        const struct hc_str text = hc_str_of(says[i]);
        assert_true(hc_word_set_make(&t->sets[i], &text, 1, HC_STR_NONE, t->arena));
    }
    assert_true(hc_texts_make(&t->texts, t->sets, N, t->arena));
}

static struct hc_word_set words_of(struct texts *t, const char *says)
{
    struct hc_word_set set;
    const struct hc_str text = hc_str_of(says);
    assert_true(hc_word_set_make(&set, &text, 1, HC_STR_NONE, t->arena));
    return set;
}

/* Three texts have words: "disk" stands in two of them, "full" in one, "new" in none. */
static void texts_are_near_by_their_rare_words(void **state)
{
    struct texts t;
    double weights[16];
    bool chosen[N] = {true, true, true, true};
    struct hc_str shared[3];
    (void)state;
    begin(&t);
    hc_texts_weights(&t.texts, chosen, weights);
    const struct hc_word_set own = words_of(&t, "new disk full");
    const double two = log(4.0 / 3), one = log(4.0 / 2), none = log(4.0);
    const double ab = two * two + one * one, aa = ab + none * none, bb = ab + two * two;
    assert_near(cosine_with(&t.texts, 0, &own, weights, none, 0), ab / sqrt(aa * bb), 1e-12);
    assert_near(cosine_with(&t.texts, 0, &own, weights, none, 2), ab / sqrt((aa + 4) * (bb + 4)), 1e-12);
    assert_near(cosine_with(&t.texts, 2, &own, weights, none, 0), 0, 0);
    assert_near(cosine_with(&t.texts, 3, &own, weights, none, 0), 0, 0);
    assert_near(cosine_with(&t.texts, 3, &own, weights, none, none), 0, 0);
    assert_int_equal(hc_text_shared(&t.texts, 0, &own, weights, shared, 3), 2);
    assert_true(hc_str_is(shared[0], "full") && hc_str_is(shared[1], "disk"));
    assert_int_equal(hc_text_shared(&t.texts, 0, &own, weights, shared, 1), 1);
    hc_arena_free(t.arena);
}

/* A later text counts for nothing: not even for how rare a word is. */
static void texts_that_are_not_chosen_do_not_count(void **state)
{
    struct texts t;
    double weights[16];
    bool chosen[N] = {true, false, true, false};
    (void)state;
    begin(&t);
    hc_texts_weights(&t.texts, chosen, weights);
    const struct hc_word_set own = words_of(&t, "disk");
    assert_near(cosine_with(&t.texts, 0, &own, weights, log(3), 0), log(1.5) / sqrt(2 * log(1.5) * log(1.5)), 1e-12);
    hc_arena_free(t.arena);
}

/* How near a text is to itself, where three of four other texts are `others`. */
static double text_of_itself(const char *says, const char *others)
{
    const struct hc_str all[5] = {hc_str_of(says), hc_str_of(others), hc_str_of(others), hc_str_of(others),
                                  HC_STR("elsewhere")};
    const bool chosen[5] = {true, true, true, true, true};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_word_set sets[5];
    struct hc_texts texts;
    for (size_t i = 0; i < 5; i++)
        assert_true(hc_word_set_make(&sets[i], &all[i], 1, HC_STR_NONE, arena));
    assert_true(hc_texts_make(&texts, sets, 5, arena));
    double *weights = hc_arena_alloc(arena, texts.n_words * sizeof *weights);
    hc_texts_weights(&texts, chosen, weights);
    const double cosine = cosine_with(&texts, 0, &sets[0], weights, log(6), log(6));
    hc_arena_free(arena);
    return cosine;
}

/* Equal texts are near by what their words say, not by being equal. */
static void words_that_nearly_all_have_bring_no_text_near(void **state)
{
    char many[400] = "";
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 40; i++)
        n += (size_t)snprintf(many + n, sizeof many - n, "w%c%cord ", 'a' + i / 26, 'a' + i % 26);
    assert_true(text_of_itself("trouble", "other trouble") < 0.05);
    assert_true(text_of_itself("certificate", "trouble") < 0.5);
    assert_true(text_of_itself(many, "trouble") > 0.9);
}

static void what_is_missing_adds_nothing(void **state)
{
    (void)state;
    assert_near(hc_similarity(0, 0, true), 0.2, 1e-15);
    assert_near(hc_similarity(0.5, 0, false), 0.4, 1e-15);
    assert_near(hc_similarity(0, 0.5, false), 0.4, 1e-15);
    assert_near(hc_similarity(0.5, 0.5, false), 0.6, 1e-15);
    assert_near(hc_similarity(1, 1, true), 1, 1e-15);
}

static void profiles_say_what_they_share_and_miss(void **state)
{
    const double a[] = {2, 0, 1, 3, 0}, b[] = {1, 4, 5, 0, 6};
    uint32_t list[4];
    (void)state;
    assert_near(hc_profile_cosine(a, b, 5), 7 / sqrt(14.0 * 78), 1e-12);
    assert_int_equal(hc_profile_shared(a, b, 5, 4, list), 2);
    assert_true(list[0] == 0 && list[1] == 2); /* equally shared: by index */
    assert_int_equal(hc_profile_missed(a, b, 5, 4, list), 2);
    assert_true(list[0] == 4 && list[1] == 1);
    assert_int_equal(hc_profile_missed(a, b, 5, 1, list), 1);
    assert_int_equal(list[0], 4);
}

static void signs_are_of_a_component_and_loud(void **state)
{
    struct fixture *f = *state;
    const size_t n = f->catalogue->n_features;
    struct hc_evidence_component components[] = {{.name = HC_STR("api")}, {.name = HC_STR("db")}};
    double *values = hc_arena_calloc(f->arena, 2 * n, sizeof *values);
    const size_t cpu = feature(f, "cpu-up");
    struct hc_evidence e = {.components = components, .n_components = 2, .values = values, .kinds = 1};
    struct hc_word_set signs;
    values[cpu] = 0.5;
    values[n + cpu] = 1;
    values[n] = NAN;
    assert_true(hc_evidence_signs(&signs, &e, f->catalogue, f->arena));
    assert_int_equal(signs.n, 1);
    assert_true(hc_str_is(signs.words[0], "db/cpu-up"));
    e.kinds = 0;
    assert_true(hc_evidence_signs(&signs, &e, f->catalogue, f->arena));
    assert_int_equal(signs.n, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_near_by_their_rare_words),
        cmocka_unit_test(texts_that_are_not_chosen_do_not_count),
        cmocka_unit_test(words_that_nearly_all_have_bring_no_text_near),
        cmocka_unit_test(what_is_missing_adds_nothing),
        cmocka_unit_test(profiles_say_what_they_share_and_miss),
        cmocka_unit_test_setup_teardown(signs_are_of_a_component_and_loud, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
