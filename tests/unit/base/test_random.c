#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/random.h"

/* The first numbers that the authors' C code gives from the state 1, 2, 3, 4: xoshiro256++. */
static void agrees_with_the_authors_code(void **state)
{
    (void)state;
    struct hc_random random = {{1, 2, 3, 4}};
    const uint64_t expected[] = {UINT64_C(41943041), UINT64_C(58720359), UINT64_C(3588806011781223),
                                 UINT64_C(3591011842654386)};
    for (size_t i = 0; i < 4; i++)
        assert_true(hc_random_next(&random) == expected[i]);
}

static void the_starred_output_agrees_with_the_authors_code(void **state)
{
    (void)state;
    struct hc_random random = {{1, 2, 3, 4}};
    const uint64_t expected[] = {UINT64_C(11520), 0, UINT64_C(1509978240), UINT64_C(1215971899390074240)};
    for (size_t i = 0; i < 4; i++)
        assert_true(hc_random_next_starred(&random) == expected[i]);
}

static void split_mix_agrees_with_published_numbers(void **state)
{
    (void)state;
    uint64_t x = 1234567;
    const uint64_t expected[] = {UINT64_C(6457827717110365317), UINT64_C(3203168211198807973),
                                 UINT64_C(9817491932198370423), UINT64_C(4593380528125082431)};
    for (size_t i = 0; i < 4; i++)
        assert_true(hc_random_split_mix(&x) == expected[i]);
}

static void streams_of_one_seed_differ_and_repeat(void **state)
{
    (void)state;
    struct hc_random a = hc_random_new(1, 0), b = hc_random_new(1, 1), again = hc_random_new(1, 0);
    size_t n_equal = 0;
    for (int i = 0; i < 100; i++) {
        const uint64_t x = hc_random_next(&a);
        n_equal += x == hc_random_next(&b);
        assert_true(x == hc_random_next(&again));
    }
    assert_int_equal(n_equal, 0);
}

static void draws_evenly_below_a_bound(void **state)
{
    (void)state;
    struct hc_random random = hc_random_new(3, 0);
    size_t counts[7] = {0};
    for (int i = 0; i < 70000; i++)
        counts[hc_random_below(&random, 7)]++;
    for (int i = 0; i < 7; i++)
        assert_true(counts[i] > 9600 && counts[i] < 10400); /* four standard deviations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_authors_code),
        cmocka_unit_test(the_starred_output_agrees_with_the_authors_code),
        cmocka_unit_test(split_mix_agrees_with_published_numbers),
        cmocka_unit_test(streams_of_one_seed_differ_and_repeat),
        cmocka_unit_test(draws_evenly_below_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
