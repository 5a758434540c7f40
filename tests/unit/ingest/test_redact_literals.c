#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ingest/redact/literals.h"

/* Where the item ends first, as literals are compared; 0: it is not there. */
static size_t first_end(struct hc_str text, struct hc_str item)
{
    for (size_t at = 0; at + item.n <= text.n; at++) {
        size_t n = 0;
        while (n < item.n && (item.p[n] == '9' ? text.p[at + n] >= '0' && text.p[at + n] <= '9'
                                               : (text.p[at + n] | 0x20) == (item.p[n] | 0x20)))
            n++;
        if (n == item.n)
            return at + n;
    }
    return 0;
}

static void agree_with_a_plain_search(void **state)
{
    (void)state;
    const struct hc_literal items[] = {{HC_STR("he"), 0}, {HC_STR("she"), 1}, {HC_STR("hers"), 2},
                                       {HC_STR("@"), 3},  {HC_STR("s@s"), 4}, {HC_STR(".9.9"), 5}};
    const char *const texts[] = {"ushers", "SHE", "hehers", "", "s@S", "hi", "shhe@", "1.22.3.4", "1.22"};
    const uint64_t expected[] = {1 | 2 | 4, 1 | 2, 1 | 4, 0, 8 | 16, 0, 1 | 8, 32, 0};
    struct hc_literals *literals;
    assert_int_equal(hc_literals_new(&literals, items, sizeof items / sizeof *items), HC_OK);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t ends[HC_LITERAL_SETS] = {0};
        assert_int_equal(hc_literals_in(literals, hc_str_of(texts[i]), NULL), expected[i]);
        assert_int_equal(hc_literals_in(literals, hc_str_of(texts[i]), ends), expected[i]);
        for (size_t k = 0; k < sizeof items / sizeof *items; k++)
            assert_int_equal(ends[k], first_end(hc_str_of(texts[i]), items[k].text));
    }
    hc_literals_free(literals);
}

static void tell_of_a_set_by_the_first_of_its_texts(void **state)
{
    (void)state;
    const struct hc_literal items[] = {{HC_STR("long"), 63}, {HC_STR("on"), 63}, {HC_STR("on"), 2}, {HC_STR("zz"), 2}};
    struct hc_literals *literals;
    assert_int_equal(hc_literals_new(&literals, items, sizeof items / sizeof *items), HC_OK);
    size_t ends[HC_LITERAL_SETS] = {0};
    assert_int_equal(hc_literals_in(literals, HC_STR("zzz long"), ends), UINT64_C(1) << 63 | 4);
    assert_int_equal(ends[63], 7);
    assert_int_equal(ends[2], 2);
    hc_literals_free(literals);
}

/* Of so many letters that items of a few bytes stand in most long texts and in few short ones. */
static char random_letter(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return "ab1.xyzuvwrstklmnopq"[(*seed >> 24) % 20];
}

static size_t count_agreeing(const struct hc_literal *items, size_t n_items, size_t n_bytes, uint32_t *seed)
{
    struct hc_literals *literals;
    assert_int_equal(hc_literals_new(&literals, items, n_items), HC_OK);
    char *room = malloc(n_bytes + 1); /* of its own, so that a byte too far is seen */
    size_t ends[HC_LITERAL_SETS] = {0}, n_found = 0;
    assert_non_null(room);
    char *bytes = room + 1;
    for (size_t i = 0; i < n_bytes; i++)
        bytes[i] = random_letter(seed);
    if (n_bytes > 20) /* random letters are none of it */
        memcpy(bytes + (*seed >> 8) % (n_bytes - 11), "XYZab1.xyzu", 11);
    uint64_t found = hc_literals_in(literals, (struct hc_str){bytes, n_bytes}, ends);
    for (size_t k = 0; k < n_items; k++) {
        size_t end = first_end((struct hc_str){bytes, n_bytes}, items[k].text);
        assert_int_equal(found >> k & 1, end > 0);
        assert_int_equal(ends[k], end);
        n_found += end > 0;
    }
    hc_literals_free(literals);
    free(room);
    return n_found;
}

static void agree_with_a_plain_search_in_texts_of_any_length(void **state)
{
    const struct hc_literal items[] = {
        {HC_STR("a"), 0}, {HC_STR("ab"), 1}, {HC_STR("b.9"), 2}, {HC_STR(".99."), 3}, {HC_STR("xyzab9.xyzu"), 4}};
    enum { N = sizeof items / sizeof *items };
    size_t n_found = 0, n_asked = 0;
    uint32_t seed = 1;
    (void)state;
    for (size_t n_bytes = 0; n_bytes < 300; n_bytes++) {
        for (size_t n_items = 1; n_items <= N; n_items++) {
            n_found += count_agreeing(items, n_items, n_bytes, &seed);
            n_asked += n_items;
        }
    }
    assert_in_range(n_found, n_asked / 10, n_asked / 10 * 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agree_with_a_plain_search),
        cmocka_unit_test(tell_of_a_set_by_the_first_of_its_texts),
        cmocka_unit_test(agree_with_a_plain_search_in_texts_of_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
