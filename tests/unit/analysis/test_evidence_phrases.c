#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "analysis/evidence/phrases.h"

#define N_LISTS 3
#define N_PHRASES 4

static void finds_a_phrase_whatever_the_case_of_the_text(void **state)
{
    (void)state;
    assert_true(hc_text_has(HC_STR("Out of MEMORY: killed"), HC_STR("out of memory")));
    assert_false(hc_text_has(HC_STR("out of memor"), HC_STR("out of memory")));
    assert_false(hc_text_has(HC_STR_NONE, HC_STR("a")));
    assert_false(hc_text_has(HC_STR("a"), HC_STR("")));
}

static void matches_any_run_where_a_star_stands(void **state)
{
    (void)state;
    assert_true(hc_text_has(HC_STR("column \"a\" does not exist"), HC_STR("column*does not exist")));
    assert_true(hc_text_has(HC_STR("columndoes not exist"), HC_STR("column*does not exist")));
    assert_false(hc_text_has(HC_STR("does not exist: column"), HC_STR("column*does not exist")));
}

/* Texts and phrases over two letters: every overlap, suffix and repetition turns up. */
static struct hc_str random_text(uint64_t *seed, const char *letters, size_t longest, char *out)
{
    size_t n = 0;
    for (;;) {
        *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        if (n == longest || (n > 0 && (*seed >> 33) % longest == 0))
            return (struct hc_str){out, n};
        out[n++] = letters[(*seed >> 40) % strlen(letters)];
    }
}

static void finds_in_one_pass_what_is_found_phrase_by_phrase(void **state)
{
    (void)state;
    uint64_t seed = 1;
    for (int round = 0; round < 2000; round++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_phrase_list lists[N_LISTS];
        struct hc_str phrases[N_LISTS][N_PHRASES];
        char bytes[N_LISTS][N_PHRASES][6], text_bytes[20];
        for (size_t i = 0; i < N_LISTS; i++) {
            lists[i] = (struct hc_phrase_list){phrases[i], N_PHRASES};
            for (size_t j = 0; j < N_PHRASES; j++)
                phrases[i][j] = random_text(&seed, "aabb*", 6, bytes[i][j]);
        }
        struct hc_phrases *compiled = hc_phrases_new(lists, N_LISTS, arena);
        assert_non_null(compiled);
        struct hc_str text = random_text(&seed, "aAbBc", 20, text_bytes);
        bool found[N_LISTS] = {false};
        hc_phrases_find(compiled, text, found);
        for (size_t i = 0; i < N_LISTS; i++) {
            bool any = false;
            for (size_t j = 0; j < N_PHRASES; j++)
                any |= hc_text_has(text, phrases[i][j]);
            assert_int_equal(found[i], any);
        }
        hc_arena_free(arena);
    }
}

static void an_empty_phrase_is_in_no_text(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str phrases[] = {HC_STR(""), HC_STR("disk full")};
    struct hc_phrase_list list = {phrases, 2};
    bool found = false;
    (void)state;
    struct hc_phrases *compiled = hc_phrases_new(&list, 1, arena);
    assert_non_null(compiled);
    hc_phrases_find(compiled, HC_STR("all is well"), &found);
    assert_false(found);
    hc_phrases_find(compiled, HC_STR("the Disk full of it"), &found);
    assert_true(found);
    hc_arena_free(arena);
}

static void keeps_what_an_earlier_text_has_set(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_str phrase = HC_STR("timeout");
    const struct hc_phrase_list list = {&phrase, 1};
    struct hc_phrases *compiled = hc_phrases_new(&list, 1, arena);
    bool found = false;
    hc_phrases_find(compiled, HC_STR("a TIMEOUT"), &found);
    hc_phrases_find(compiled, HC_STR("nothing"), &found);
    hc_phrases_find(compiled, HC_STR_NONE, &found);
    assert_true(found);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_a_phrase_whatever_the_case_of_the_text),
        cmocka_unit_test(matches_any_run_where_a_star_stands),
        cmocka_unit_test(finds_in_one_pass_what_is_found_phrase_by_phrase),
        cmocka_unit_test(an_empty_phrase_is_in_no_text),
        cmocka_unit_test(keeps_what_an_earlier_text_has_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
