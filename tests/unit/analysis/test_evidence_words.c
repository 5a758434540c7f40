#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "analysis/evidence/words.h"

#define N_WORDS 12
#define WORD_MOST 14
#define TEXT_MOST 600 /* more places than are looked at in one go */

static uint64_t draw(uint64_t *seed, uint64_t below)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (*seed >> 33) % below;
}

static struct hc_str draw_text(uint64_t *seed, size_t most, char *out)
{
    static const char letters[] = "aAbB[{ 1"; /* '[' and '{' differ as the two cases of a letter do */
    size_t n = draw(seed, most + 1);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[draw(seed, 2 + draw(seed, sizeof letters - 2))];
    return (struct hc_str){out, n};
}

struct met {
    bool at[N_WORDS][TEXT_MOST + 1];
};

static void note(void *context, size_t word, size_t at)
{
    struct met *met = context;
    assert_true(word < N_WORDS && at <= TEXT_MOST);
    met->at[word][at] = true;
}

static void meets_a_word_where_comparing_it_at_each_place_does(void **state)
{
    (void)state;
    uint64_t seed = 1;
    size_t n_met = 0;
    for (int round = 0; round < 3000; round++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_str words[N_WORDS];
        static char word_bytes[N_WORDS][WORD_MOST], bytes[TEXT_MOST];
        static struct met met;
        memset(&met, 0, sizeof met);
        struct hc_str text = draw_text(&seed, round % 3 ? 40 : TEXT_MOST, bytes);
        for (size_t i = 0; i < N_WORDS; i++) {
            words[i] = draw_text(&seed, WORD_MOST, word_bytes[i]);
            if (i % 2 && text.n > WORD_MOST) /* of the text itself */
                memcpy(word_bytes[i], text.p + draw(&seed, text.n - WORD_MOST + 1), words[i].n);
        }
        struct hc_words *compiled = hc_words_new(words, N_WORDS, arena);
        assert_non_null(compiled);
        hc_words_find(compiled, text, note, &met);
        for (size_t i = 0; i < N_WORDS; i++) {
            for (size_t at = 0; at <= text.n; at++) {
                bool stands = words[i].n && words[i].n <= text.n - at &&
                              hc_str_equal_nocase((struct hc_str){text.p + at, words[i].n}, words[i]);
                assert_int_equal(met.at[i][at], stands);
                n_met += stands;
            }
        }
        hc_arena_free(arena);
    }
    assert_true(n_met > 10000);
}

static void meets_nothing_in_an_absent_text(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_str words[N_WORDS] = {HC_STR("a"), HC_STR("timeout"), HC_STR_NONE};
    struct met met = {0};
    hc_words_find(hc_words_new(words, 3, arena), HC_STR_NONE, note, &met);
    hc_words_find(hc_words_new(words, 0, arena), HC_STR("timeout"), note, &met);
    for (size_t i = 0; i < N_WORDS; i++)
        assert_false(met.at[i][0]);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(meets_a_word_where_comparing_it_at_each_place_does),
        cmocka_unit_test(meets_nothing_in_an_absent_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
