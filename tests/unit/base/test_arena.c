#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"

static void gives_aligned_bytes_that_do_not_overlap(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    unsigned char *parts[500];
    for (size_t i = 0; i < 500; i++) {
        parts[i] = hc_arena_alloc(arena, i * 37 % 5000 + 1);
        assert_non_null(parts[i]);
        assert_int_equal((uintptr_t)parts[i] % _Alignof(max_align_t), 0);
        memset(parts[i], (int)(i & 0xff), i * 37 % 5000 + 1);
    }
    for (size_t i = 0; i < 500; i++) {
        for (size_t j = 0; j < i * 37 % 5000 + 1; j++)
            assert_int_equal(parts[i][j], i & 0xff);
    }
    hc_arena_free(arena);
}

static void refuses_one_byte_over_the_ceiling(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(1000);
    assert_non_null(hc_arena_alloc(arena, 999));
    hc_arena_reset(arena);
    assert_non_null(hc_arena_alloc(arena, 1000));
    assert_int_equal(hc_arena_used(arena), 1000);
    assert_false(hc_arena_exceeded(arena));
    assert_null(hc_arena_alloc(arena, 1));
    assert_true(hc_arena_exceeded(arena));
    assert_int_equal(hc_arena_used(arena), 1000);
    hc_arena_reset(arena);
    assert_null(hc_arena_alloc(arena, 1001));
    assert_true(hc_arena_exceeded(arena));
    assert_non_null(hc_arena_alloc(arena, 1000));
    hc_arena_free(arena);
}

static void what_is_charged_counts_as_what_is_handed_out(void **state)
{
    (void)state;
    static const char text[64];
    struct hc_arena *asked = hc_arena_new(1000), *charged = hc_arena_new(1000);
    for (size_t size = 0; size <= 37; size++) {
        bool fits = hc_arena_alloc(asked, size) != NULL;
        assert_int_equal(hc_arena_charge(charged, size), fits);
        assert_int_equal(hc_arena_used(charged), hc_arena_used(asked));
        assert_int_equal(hc_arena_exceeded(charged), hc_arena_exceeded(asked));
        fits = hc_arena_copy(asked, text, size) != NULL;
        assert_int_equal(hc_arena_charge_copy(charged, size), fits);
        assert_int_equal(hc_arena_used(charged), hc_arena_used(asked));
    }
    assert_true(hc_arena_exceeded(charged));
    hc_arena_free(asked);
    hc_arena_free(charged);
}

/* Over many blocks, of requests that leave the next byte at any place. */
static void what_is_handed_out_is_counted_with_its_alignment_alone(void **state)
{
    (void)state;
    static const char text[4096];
    struct hc_arena *arena = hc_arena_new((size_t)3 << 20);
    size_t used = 0;
    for (size_t i = 0; i < 2000; i++) {
        size_t n = i * 7919 % sizeof text;
        if (i % 3 == 0) {
            const char *p = hc_arena_alloc(arena, n + 1);
            assert_int_equal((uintptr_t)p % 16, 0);
            used = (used + 15) / 16 * 16 + n + 1;
            assert_int_equal(p != NULL, used <= (size_t)3 << 20);
        } else {
            bool fits = i % 3 == 1 ? hc_arena_copy(arena, text, n) != NULL : hc_arena_charge_copy(arena, n);
            used += n + 1;
            assert_int_equal(fits, used <= (size_t)3 << 20);
        }
        if (used > (size_t)3 << 20)
            break;
        assert_int_equal(hc_arena_used(arena), used);
    }
    assert_true(hc_arena_exceeded(arena));
    hc_arena_free(arena);
}

static void reset_forgets_the_refusal_and_the_bytes(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(100);
    assert_null(hc_arena_alloc(arena, 101));
    hc_arena_reset(arena);
    assert_false(hc_arena_exceeded(arena));
    assert_int_equal(hc_arena_used(arena), 0);
    assert_non_null(hc_arena_alloc(arena, 100));
    hc_arena_free(arena);
}

/* The same requests meet the ceiling at the same point whatever went before. */
static size_t requests_until_refused(struct hc_arena *arena, size_t step)
{
    size_t n = 0;
    hc_arena_reset(arena);
    for (size_t size = 1; hc_arena_alloc(arena, size) && hc_arena_copy(arena, "abc", 3); size += step)
        n++;
    assert_true(hc_arena_exceeded(arena));
    return n;
}

static void the_ceiling_does_not_depend_on_what_went_before(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(3 << 20);
    struct hc_arena *used = hc_arena_new(3 << 20);
    requests_until_refused(used, 5000);
    requests_until_refused(used, 3);
    for (size_t step = 1; step < 100000; step *= 7)
        assert_int_equal(requests_until_refused(arena, step), requests_until_refused(used, step));
    hc_arena_free(arena);
    hc_arena_free(used);
}

static void overflow_is_refused_and_is_not_the_ceiling(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    size_t capacity = 0;
    assert_null(hc_arena_calloc(arena, SIZE_MAX / 2, 3));
    assert_null(hc_arena_alloc(arena, SIZE_MAX));
    assert_null(hc_arena_alloc(arena, SIZE_MAX - 8));
    assert_null(hc_arena_copy(arena, "", SIZE_MAX));
    assert_null(hc_arena_grow(arena, NULL, 0, SIZE_MAX / 4, &capacity, 8));
    assert_int_equal(capacity, 0);
    assert_false(hc_arena_exceeded(arena));
    assert_int_equal(hc_arena_used(arena), 0);
    hc_arena_free(arena);
}

static void nothing_is_a_valid_request(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_non_null(hc_arena_alloc(arena, 0));
    assert_non_null(hc_arena_calloc(arena, 0, 8));
    assert_non_null(hc_arena_calloc(arena, 8, 0));
    assert_string_equal(hc_arena_copy(arena, NULL, 0), "");
    hc_arena_free(arena);
    hc_arena_free(NULL);
}

static void calloc_clears_memory_that_was_used_before(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    memset(hc_arena_alloc(arena, 4000), 0xff, 4000);
    hc_arena_reset(arena);
    const unsigned char *p = hc_arena_calloc(arena, 1000, 4);
    for (size_t i = 0; i < 4000; i++)
        assert_int_equal(p[i], 0);
    hc_arena_free(arena);
}

static void a_grown_array_keeps_its_items_and_the_old_one(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    size_t capacity = 0;
    uint32_t *items = NULL;
    size_t n_moves = 0;
    for (uint32_t i = 0; i < 10000; i++) {
        uint32_t *grown = hc_arena_grow(arena, items, i, i + 1, &capacity, sizeof *items);
        assert_non_null(grown);
        assert_true(capacity > i);
        if (grown != items && items)
            assert_int_equal(items[i / 2], i / 2);
        n_moves += grown != items;
        items = grown;
        items[i] = i;
    }
    assert_true(n_moves < 20);
    for (uint32_t i = 0; i < 10000; i++)
        assert_int_equal(items[i], i);
    hc_arena_free(arena);
}

static void growing_nothing_gives_an_array(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    size_t capacity = 0;
    assert_non_null(hc_arena_grow(arena, NULL, 0, 0, &capacity, 8));
    assert_non_null(hc_arena_grow(arena, NULL, 0, 100, &capacity, 8));
    assert_true(capacity >= 100);
    hc_arena_free(arena);
}

static void copies_end_with_a_nul(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const char *copy = hc_arena_copy(arena, "a\0bc", 4);
    assert_memory_equal(copy, "a\0bc", 5);
    hc_arena_free(arena);
}

static void a_large_request_after_a_small_one_after_reset(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new((size_t)8 << 20);
    for (int round = 0; round < 20; round++) {
        char *large = hc_arena_alloc(arena, (size_t)5 << 20);
        char *small = hc_arena_alloc(arena, 10);
        assert_non_null(large);
        assert_non_null(small);
        memset(large, round, (size_t)5 << 20);
        memset(small, 1, 10);
        assert_int_equal(large[(5 << 20) - 1], round);
        hc_arena_reset(arena);
    }
    hc_arena_free(arena);
}

static void a_regrown_array_keeps_its_items_and_counts_once(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new((size_t)64 << 20);
    uint64_t *items[2] = {NULL, NULL};
    size_t capacity[2] = {0, 0}, n = 2 << 20;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < 2; k++) {
            items[k] = hc_arena_regrow(arena, items[k], i, i + 1, &capacity[k], sizeof *items[k]);
            assert_non_null(items[k]);
            items[k][i] = i * 3 + k;
        }
    for (size_t i = 0; i < n; i++)
        assert_true(items[0][i] == i * 3 && items[1][i] == i * 3 + 1);
    assert_true(hc_arena_used(arena) < 2 * n * sizeof(uint64_t) * 3 / 2);
    assert_true((uintptr_t)hc_arena_alloc(arena, 100) % _Alignof(max_align_t) == 0);
    for (size_t k = 0; k < 2; k++) {
        size_t used = hc_arena_used(arena);
        hc_arena_drop(arena, items[k], capacity[k], sizeof *items[k]);
        assert_true(hc_arena_used(arena) + n * sizeof(uint64_t) <= used);
    }
    assert_non_null(hc_arena_alloc(arena, (size_t)60 << 20));
    hc_arena_reset(arena);
    assert_int_equal(hc_arena_used(arena), 0);
    hc_arena_free(arena);
}

static void what_is_regrown_is_refused_over_the_ceiling(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new((size_t)4 << 20);
    size_t capacity = 0;
    char *items = hc_arena_regrow(arena, NULL, 0, (size_t)2 << 20, &capacity, 1);
    assert_non_null(items);
    items[0] = 'x';
    assert_null(hc_arena_regrow(arena, items, 1, (size_t)8 << 20, &capacity, 1));
    assert_true(hc_arena_exceeded(arena));
    assert_int_equal(items[0], 'x');
    assert_null(hc_arena_alloc(arena, (size_t)2 << 20));
    assert_non_null(hc_arena_alloc(arena, (size_t)1 << 20));
    hc_arena_free(arena);
}

static void release_forgets_what_came_after_the_mark_alone(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new((size_t)16 << 20);
    for (int with_before = 0; with_before < 2; with_before++) {
        char *before = with_before ? hc_arena_copy(arena, "before", 6) : NULL;
        size_t capacity = 0, used = hc_arena_used(arena);
        struct hc_arena_mark mark = hc_arena_mark(arena);
        for (int i = 0; i < 300; i++)
            assert_non_null(hc_arena_alloc(arena, (size_t)10 << 10));
        assert_non_null(hc_arena_regrow(arena, NULL, 0, (size_t)2 << 20, &capacity, 1));
        assert_null(hc_arena_alloc(arena, (size_t)16 << 20));
        hc_arena_release(arena, &mark);
        assert_int_equal(hc_arena_used(arena), used);
        assert_false(hc_arena_exceeded(arena));
        assert_non_null(hc_arena_alloc(arena, (size_t)15 << 20));
        assert_true(!before || strcmp(before, "before") == 0);
        hc_arena_reset(arena);
    }
    hc_arena_free(arena);
}

static void release_keeps_a_refusal_from_before_the_mark(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(10000);
    assert_null(hc_arena_alloc(arena, 20000));
    struct hc_arena_mark mark = hc_arena_mark(arena);
    hc_arena_release(arena, &mark);
    assert_true(hc_arena_exceeded(arena));
    hc_arena_forgive(arena);
    assert_false(hc_arena_exceeded(arena));
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_aligned_bytes_that_do_not_overlap),
        cmocka_unit_test(refuses_one_byte_over_the_ceiling),
        cmocka_unit_test(what_is_charged_counts_as_what_is_handed_out),
        cmocka_unit_test(what_is_handed_out_is_counted_with_its_alignment_alone),
        cmocka_unit_test(reset_forgets_the_refusal_and_the_bytes),
        cmocka_unit_test(the_ceiling_does_not_depend_on_what_went_before),
        cmocka_unit_test(overflow_is_refused_and_is_not_the_ceiling),
        cmocka_unit_test(nothing_is_a_valid_request),
        cmocka_unit_test(calloc_clears_memory_that_was_used_before),
        cmocka_unit_test(a_grown_array_keeps_its_items_and_the_old_one),
        cmocka_unit_test(a_regrown_array_keeps_its_items_and_counts_once),
        cmocka_unit_test(what_is_regrown_is_refused_over_the_ceiling),
        cmocka_unit_test(release_forgets_what_came_after_the_mark_alone),
        cmocka_unit_test(release_keeps_a_refusal_from_before_the_mark),
        cmocka_unit_test(growing_nothing_gives_an_array),
        cmocka_unit_test(copies_end_with_a_nul),
        cmocka_unit_test(a_large_request_after_a_small_one_after_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
