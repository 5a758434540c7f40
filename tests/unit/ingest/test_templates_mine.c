#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/normalize/templates.h"

#define MOST 4096

struct mined {
    struct hc_arena *arena;
    uint32_t of[MOST];
    struct hc_template *templates;
    size_t n;
};

static void mine(struct mined *mined, const struct hc_str *shapes, size_t n)
{
    struct hc_err err = HC_ERR_NONE;
    mined->arena = hc_arena_new(0);
    assert_non_null(mined->arena);
    assert_int_equal(hc_templates_mine(&(struct hc_mined_shapes){shapes, NULL, n}, mined->of, &mined->templates,
                                       &mined->n, mined->arena, &err),
                     HC_OK);
}

static struct hc_str text_of(const struct mined *mined, size_t i)
{
    return mined->templates[mined->of[i]].text;
}

static const char *const NAMES[] = {"root", "news", "cyrus", "guest", "admin", "oracle", "backup", "jane"};

static void a_slot_of_many_fillers_becomes_a_mask(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[8];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        shapes[i] = hc_str_format(arena, "Invalid user %s from <*>", NAMES[i]);
    mine(&mined, shapes, 8);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(text_of(&mined, 3), "Invalid user <*> from <*>"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void a_word_that_is_said_twice_varies_in_both_places(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[5];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 5; i++)
        shapes[i] = hc_str_format(arena, "file(%s,<*>): lookup of %s began", NAMES[i], NAMES[i]);
    mine(&mined, shapes, 5);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(text_of(&mined, 3), "file(<*>): lookup of <*> began"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

/* "stopped" is no filler of the first, but where that varies the other does. */
static void a_shape_varies_where_a_template_does_that_differs_in_one_word(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[9];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 6; i++)
        shapes[i] = hc_str_format(arena, "link of %s has started", NAMES[i]);
    shapes[6] = HC_STR("link of jane has stopped");
    shapes[7] = HC_STR("link of mary has stopped");
    shapes[8] = HC_STR("word of jane was kept");
    mine(&mined, shapes, 9);
    assert_int_equal(mined.n, 3);
    assert_true(hc_str_is(text_of(&mined, 0), "link of <*> has started"));
    assert_true(hc_str_is(text_of(&mined, 7), "link of <*> has stopped"));
    assert_true(hc_str_is(text_of(&mined, 8), "word of jane was kept"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void a_value_that_may_be_absent_is_a_mask(void **state)
{
    const struct hc_str shapes[] = {HC_STR("lock taken, ws=<*> of <*>"), HC_STR("lock taken, ws=null of <*>"),
                                    HC_STR("lock has null of <*>"), HC_STR("lock has <*> of <*>")};
    struct mined mined;
    (void)state;
    mine(&mined, shapes, 4);
    assert_int_equal(mined.n, 3);
    assert_true(hc_str_is(text_of(&mined, 1), "lock taken, ws=<*> of <*>"));
    hc_arena_free(mined.arena);
}

static void few_fillers_stay_templates_of_their_own(void **state)
{
    const struct hc_str shapes[] = {HC_STR("session opened for all"), HC_STR("session closed for all"),
                                    HC_STR("charging=true now"), HC_STR("charging=false now")};
    struct mined mined;
    (void)state;
    mine(&mined, shapes, 4);
    assert_int_equal(mined.n, 4);
    assert_true(hc_str_is(text_of(&mined, 1), "session closed for all"));
    hc_arena_free(mined.arena);
}

/* No pair of fillers comes twice, so that no slot varies with the rest fixed. */
static void two_slots_that_vary_at_once_are_masked_together(void **state)
{
    static const char *const hosts[] = {"alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta"};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[8];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        shapes[i] = hc_str_format(arena, "login of %s at %s refused", NAMES[i], hosts[i]);
    mine(&mined, shapes, 8);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(mined.templates[0].text, "login of <*> at <*> refused"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

/* Each filler meets three of the other slot: too few for a slot alone, and far fewer fillers than shapes. */
static void slots_of_few_fillers_that_vary_freely_are_masked_together(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[24];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 24; i++)
        shapes[i] = hc_str_format(arena, "mapped %s onto %s at once", NAMES[i / 3], NAMES[(i / 3 + i % 3) % 8]);
    mine(&mined, shapes, 24);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(mined.templates[0].text, "mapped <*> onto <*> at once"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

/* Four slots are too many for the one word that is fixed: the two of few fillers are split at instead. */
static void slots_that_vary_freely_are_split_at_where_too_many_would_be_masked(void **state)
{
    enum { SIDE = 7, EACH = 8, N = SIDE * SIDE * EACH };
    static struct hc_str shapes[N];
    struct hc_arena *arena = hc_arena_new(0);
    struct mined mined;
    (void)state;
    for (int i = 0; i < N; i++) {
        int x = 'a' + i / 26, y = 'a' + i % 26;
        shapes[i] =
            hc_str_format(arena, "done %s %s x%c%c y%c%c", NAMES[i / EACH / SIDE], NAMES[i / EACH % SIDE], x, y, y, x);
    }
    mine(&mined, shapes, N);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(mined.templates[0].text, "done <*> <*> <*> <*>"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void messages_are_told_apart_by_the_word_that_opens_them(void **state)
{
    static const char *const opens[] = {"Mapped", "Drew", "Sent", "Took", "Kept", "Lost", "Found", "Made"};
    static const char *const ends[] = {"one", "two", "three", "four", "five", "six", "seven", "eight"};
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[144];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 144; i++)
        shapes[i] = hc_str_format(arena, "%s %s onto %s at %s", opens[i / 18], NAMES[i % 18 / 3],
                                  NAMES[(i % 18 / 3 + i % 3) % 6], ends[i / 18]);
    mine(&mined, shapes, 144);
    assert_int_equal(mined.n, 8);
    assert_true(hc_str_is(text_of(&mined, 20), "Drew <*> onto <*> at two"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void a_shape_goes_to_the_template_that_it_fits(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[9];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        shapes[i] = hc_str_format(arena, "login of %s at %s refused", NAMES[i], NAMES[7 - i]);
    shapes[8] = HC_STR("login of <*> at lunch refused");
    mine(&mined, shapes, 9);
    assert_int_equal(mined.n, 1);
    assert_true(hc_str_is(mined.templates[0].text, "login of <*> at <*> refused"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void a_shape_keeps_its_words_where_a_template_has_few(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[9];
    struct mined mined;
    (void)state;
    for (size_t i = 0; i < 8; i++)
        shapes[i] = hc_str_format(arena, "call %s took %s %s", NAMES[i], NAMES[7 - i], NAMES[(i + 3) % 8]);
    shapes[8] = HC_STR("call Get took Order <*>");
    mine(&mined, shapes, 9);
    assert_int_equal(mined.n, 2);
    assert_true(hc_str_is(text_of(&mined, 8), "call Get took Order <*>"));
    hc_arena_free(mined.arena);
    hc_arena_free(arena);
}

static void a_shape_does_not_go_to_one_that_stands_for_itself_alone(void **state)
{
    const struct hc_str shapes[] = {HC_STR("phase <*> done"), HC_STR("phase backup done")};
    struct mined mined;
    (void)state;
    mine(&mined, shapes, 2);
    assert_int_equal(mined.n, 2);
    hc_arena_free(mined.arena);
}

static void the_result_ignores_the_order_of_the_shapes(void **state)
{
    struct hc_arena *arena = hc_arena_new(0);
    static struct hc_str shapes[600], turned[600];
    struct mined a, b;
    (void)state;
    for (size_t i = 0; i < 600; i++)
        shapes[i] = hc_str_format(arena, "%s %s of %s=%c%c at <*>", i % 7 ? "read" : "write", NAMES[i % 5],
                                  NAMES[i % 8], (char)('a' + i % 23), (char)('a' + i / 23));
    for (size_t i = 0; i < 600; i++)
        turned[i] = shapes[(i * 7 + 301) % 600];
    mine(&a, shapes, 600);
    mine(&b, turned, 600);
    assert_int_equal(a.n, b.n);
    assert_true(a.n < 600);
    for (size_t i = 0; i < a.n; i++)
        assert_true(hc_str_equal(a.templates[i].text, b.templates[i].text));
    for (size_t i = 0; i < 600; i++)
        assert_int_equal(b.of[i], a.of[(i * 7 + 301) % 600]);
    hc_arena_free(a.arena);
    hc_arena_free(b.arena);
    hc_arena_free(arena);
}

/* Shapes that become equal though a noun announces the last value of some alone: which goes on must not be chance. */
static void the_result_ignores_the_order_of_shapes_that_become_equal(void **state)
{
    static const char *const slots[] = {"<*> <*>",    "<*> at",  "<*> host",  "a1 b2",     "a1 user",
                                        "at host",    "at of",   "b2 at",     "host host", "of write",
                                        "read a1",    "read b2", "read host", "read user", "true a1",
                                        "true write", "user a1", "user b2",   "write user"};
    enum { N = sizeof slots / sizeof *slots };
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str shapes[N], turned[N];
    struct mined a, b;
    (void)state;
    for (size_t i = 0; i < N; i++)
        shapes[i] = hc_str_format(arena, "of at %s=host", slots[i]);
    mine(&a, shapes, N);
    for (size_t turn = 0; turn < 2 * N; turn++) {
        size_t step = turn % 2 ? 1 : N - 1;
        for (size_t i = 0; i < N; i++)
            turned[i] = shapes[(i * step + turn / 2) % N];
        mine(&b, turned, N);
        assert_int_equal(a.n, b.n);
        for (size_t i = 0; i < N; i++)
            assert_true(hc_str_equal(text_of(&b, i), text_of(&a, (i * step + turn / 2) % N)));
        hc_arena_free(b.arena);
    }
    hc_arena_free(a.arena);
    hc_arena_free(arena);
}

static void templates_are_unique_and_sorted(void **state)
{
    const struct hc_str shapes[] = {HC_STR("z last"), HC_STR("a first"), HC_STR("list <*>, <*>"), HC_STR("list <*>")};
    struct mined mined;
    (void)state;
    mine(&mined, shapes, 4);
    assert_int_equal(mined.n, 3);
    for (size_t i = 1; i < mined.n; i++)
        assert_true(mined.templates[i - 1].id < mined.templates[i].id);
    assert_int_equal(mined.of[2], mined.of[3]);
    hc_arena_free(mined.arena);
}

static void nothing_gives_nothing_and_an_empty_shape_itself(void **state)
{
    const struct hc_str shapes[] = {HC_STR("")};
    struct mined mined;
    (void)state;
    mine(&mined, shapes, 0);
    assert_int_equal(mined.n, 0);
    hc_arena_free(mined.arena);
    mine(&mined, shapes, 1);
    assert_int_equal(mined.n, 1);
    assert_int_equal(mined.templates[0].text.n, 0);
    hc_arena_free(mined.arena);
}

/* printf 'IO error' | sha256sum | cut -c1-16 */
static void the_id_is_the_head_of_the_texts_digest(void **state)
{
    (void)state;
    assert_int_equal(hc_template_id(HC_STR("IO error")), UINT64_C(0xc6f1914a006015ca));
}

static void a_ceiling_fails_the_bundle_alone(void **state)
{
    static struct hc_str shapes[MOST];
    static uint32_t of[MOST];
    struct hc_arena *text = hc_arena_new(0), *small = hc_arena_new(4096);
    struct hc_err err = HC_ERR_NONE;
    struct hc_template *templates;
    size_t n;
    (void)state;
    for (size_t i = 0; i < MOST; i++)
        shapes[i] = hc_str_format(text, "shape %zu", i);
    assert_int_equal(hc_templates_mine(&(struct hc_mined_shapes){shapes, NULL, MOST}, of, &templates, &n, small, &err),
                     HC_FAIL);
    assert_string_equal(err.code, "memory-limit");
    hc_arena_free(small);
    hc_arena_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_of_many_fillers_becomes_a_mask),
        cmocka_unit_test(a_word_that_is_said_twice_varies_in_both_places),
        cmocka_unit_test(a_shape_varies_where_a_template_does_that_differs_in_one_word),
        cmocka_unit_test(a_value_that_may_be_absent_is_a_mask),
        cmocka_unit_test(few_fillers_stay_templates_of_their_own),
        cmocka_unit_test(two_slots_that_vary_at_once_are_masked_together),
        cmocka_unit_test(slots_of_few_fillers_that_vary_freely_are_masked_together),
        cmocka_unit_test(slots_that_vary_freely_are_split_at_where_too_many_would_be_masked),
        cmocka_unit_test(messages_are_told_apart_by_the_word_that_opens_them),
        cmocka_unit_test(a_shape_goes_to_the_template_that_it_fits),
        cmocka_unit_test(a_shape_keeps_its_words_where_a_template_has_few),
        cmocka_unit_test(a_shape_does_not_go_to_one_that_stands_for_itself_alone),
        cmocka_unit_test(the_result_ignores_the_order_of_the_shapes),
        cmocka_unit_test(the_result_ignores_the_order_of_shapes_that_become_equal),
        cmocka_unit_test(templates_are_unique_and_sorted),
        cmocka_unit_test(nothing_gives_nothing_and_an_empty_shape_itself),
        cmocka_unit_test(the_id_is_the_head_of_the_texts_digest),
        cmocka_unit_test(a_ceiling_fails_the_bundle_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
