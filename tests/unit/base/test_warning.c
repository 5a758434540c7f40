#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/warning.h"

static void keeps_ten_of_a_code_in_a_member_and_counts_the_rest(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    for (int i = 1; i <= 25; i++) {
        hc_warnings_add(&warnings, "row-ragged", HC_STR("a.csv"), i, "row %d", i);
        hc_warnings_add(&warnings, "row-ragged", HC_STR("b.csv"), i, "row %d", i);
        if (i <= 10)
            hc_warnings_add(&warnings, "time-bad", HC_STR("a.csv"), i, "row %d", i);
    }
    assert_int_equal(warnings.n, 30);
    size_t n_more = 0;
    for (size_t i = 0; i < warnings.n; i++)
        n_more += warnings.items[i].n_more;
    assert_int_equal(n_more, 30);
    hc_warnings_sort(&warnings);
    assert_true(hc_str_is(warnings.items[0].member, "a.csv"));
    assert_true(hc_str_is(warnings.items[18].code, "row-ragged"));
    assert_int_equal(warnings.items[18].n_more, 15);
    assert_int_equal(warnings.items[19].n_more, 0);
    assert_true(hc_str_is(warnings.items[29].member, "b.csv"));
    assert_int_equal(warnings.items[29].n_more, 15);
    hc_arena_free(arena);
}

static void copies_what_it_is_given(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    char member[] = "a.csv";
    char code[] = "code";
    hc_warnings_add(&warnings, code, hc_str_of(member), 3, "%s", member);
    member[0] = code[0] = 'X';
    assert_true(hc_str_is(warnings.items[0].member, "a.csv"));
    assert_true(hc_str_is(warnings.items[0].code, "code"));
    assert_true(hc_str_is(warnings.items[0].message, "a.csv"));
    assert_int_equal(warnings.items[0].line, 3);
    hc_arena_free(arena);
}

static void a_member_may_be_absent(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    for (int i = 0; i < 12; i++) {
        hc_warnings_add(&warnings, "code", HC_STR(""), 0, "empty");
        hc_warnings_add(&warnings, "code", HC_STR_NONE, 0, "absent");
    }
    hc_warnings_sort(&warnings);
    assert_int_equal(warnings.n, 20);
    assert_null(warnings.items[9].member.p);
    assert_int_equal(warnings.items[9].n_more, 2);
    assert_non_null(warnings.items[10].member.p);
    assert_int_equal(warnings.items[19].n_more, 2);
    hc_arena_free(arena);
}

static void the_order_ignores_how_they_came(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings up;
    struct hc_warnings down;
    hc_warnings_init(&up, arena);
    hc_warnings_init(&down, arena);
    for (int i = 0; i < 48; i++) {
        static const char *const members[] = {"a", "b", "c"};
        static const char *const codes[] = {"x", "y"};
        int j = 47 - i;
        hc_warnings_add(&up, codes[i % 2], hc_str_of(members[i % 3]), i / 12, "%d", i);
        hc_warnings_add(&down, codes[j % 2], hc_str_of(members[j % 3]), j / 12, "%d", j);
    }
    hc_warnings_sort(&up);
    hc_warnings_sort(&down);
    assert_int_equal(up.n, 48);
    assert_int_equal(down.n, 48);
    for (size_t i = 0; i < up.n; i++) {
        assert_true(hc_str_equal(up.items[i].message, down.items[i].message));
        assert_int_equal(up.items[i].line, down.items[i].line);
    }
    hc_arena_free(arena);
}

static void messages_are_cut_and_cleaned(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    char text[70000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    text[0] = '\xff';
    hc_warnings_add(&warnings, "code", HC_STR("m"), 1, "%s", text);
    struct hc_str message = warnings.items[0].message;
    assert_true(message.n < 600);
    assert_int_equal(hc_utf8_valid_prefix(message), message.n);
    hc_arena_free(arena);
}

static void without_memory_it_drops_and_goes_on(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(3000);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    char member[16];
    for (int i = 0; i < 200; i++) {
        snprintf(member, sizeof member, "m%d", i);
        hc_warnings_add(&warnings, "code", hc_str_of(member), i, "message %d", i);
    }
    assert_true(warnings.n > 0 && warnings.n < 200);
    for (size_t i = 0; i < warnings.n; i++)
        assert_non_null(warnings.items[i].message.p);
    hc_warnings_sort(&warnings);
    hc_arena_free(arena);
}

static void a_flood_over_many_members_is_quick(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    char member[32];
    for (int i = 0; i < 200000; i++) {
        snprintf(member, sizeof member, "m%d", i % 50000);
        hc_warnings_add(&warnings, "code", hc_str_of(member), 1, "x");
    }
    assert_int_equal(warnings.n, 200000);
    hc_warnings_sort(&warnings);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_ten_of_a_code_in_a_member_and_counts_the_rest),
        cmocka_unit_test(copies_what_it_is_given),
        cmocka_unit_test(a_member_may_be_absent),
        cmocka_unit_test(the_order_ignores_how_they_came),
        cmocka_unit_test(messages_are_cut_and_cleaned),
        cmocka_unit_test(without_memory_it_drops_and_goes_on),
        cmocka_unit_test(a_flood_over_many_members_is_quick),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
