#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/stats/wordset.h"

static void assert_words(const struct hc_word_set *set, const char *expected)
{
    char joined[512] = "";
    size_t n = 0;
    for (size_t i = 0; i < set->n; i++) {
        assert_true(n + set->words[i].n + 2 < sizeof joined);
        if (i)
            joined[n++] = ' ';
        memcpy(joined + n, set->words[i].p, set->words[i].n);
        n += set->words[i].n;
        joined[n] = 0;
    }
    assert_string_equal(joined, expected);
}

static void words_are_sorted_lower_case_and_once(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_str texts[] = {HC_STR("The certificate: EXPIRED; us-east-1"), HC_STR_NONE,
                                   HC_STR("the Certificate")};
    struct hc_word_set set;
    assert_true(hc_word_set_make(&set, texts, 3, HC_STR_NONE, arena));
    assert_words(&set, "certificate east expired the");
    assert_true(hc_word_set_make(&set, texts, 3, HC_STR("east-certificates"), arena));
    assert_words(&set, "expired the");
    assert_true(hc_word_set_make(&set, NULL, 0, HC_STR("x"), arena));
    assert_int_equal(set.n, 0);
    hc_arena_free(arena);
}

/* The examples of Harman's rules. */
static void plurals_lose_their_ending(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_str texts[] = {
        HC_STR("queries timeouts caches nodes status process bus series dns was ss s \xc3\xa9t\xc3\xa9s")};
    struct hc_word_set set;
    assert_true(hc_word_set_make(&set, texts, 1, HC_STR_NONE, arena));
    assert_words(&set, "bus cache dns node process query sery status timeout was \xc3\xa9t\xc3\xa9");
    hc_arena_free(arena);
}

static void sets_unite(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_str one[] = {HC_STR("disk full")}, two[] = {HC_STR("cache full")};
    struct hc_word_set a, b, both;
    assert_true(hc_word_set_make(&a, one, 1, HC_STR_NONE, arena) && hc_word_set_make(&b, two, 1, HC_STR_NONE, arena));
    assert_true(hc_word_set_unite(&both, &a, &b, arena));
    assert_words(&both, "cache disk full");
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_sorted_lower_case_and_once),
        cmocka_unit_test(plurals_lose_their_ending),
        cmocka_unit_test(sets_unite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
