#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"

static void absent_and_empty_are_told_apart(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_null(hc_str_of(NULL).p);
    assert_null(hc_str_copy(arena, HC_STR_NONE).p);
    assert_non_null(hc_str_copy(arena, HC_STR("")).p);
    assert_int_equal(hc_str_compare(HC_STR_NONE, HC_STR("")), -1);
    assert_int_equal(hc_str_compare(HC_STR(""), HC_STR_NONE), 1);
    assert_int_equal(hc_str_compare(HC_STR_NONE, HC_STR_NONE), 0);
    hc_arena_free(arena);
}

static void compares_bytewise(void **state)
{
    (void)state;
    assert_int_equal(hc_str_compare(HC_STR("a"), HC_STR("b")), -1);
    assert_int_equal(hc_str_compare(HC_STR("ab"), HC_STR("a")), 1);
    assert_int_equal(hc_str_compare(HC_STR("a\0b"), HC_STR("a\0c")), -1);
    assert_int_equal(hc_str_compare(HC_STR("\xff"), HC_STR("z")), 1);
    assert_int_equal(hc_str_compare(HC_STR("ab"), HC_STR("ab")), 0);
    assert_true(hc_str_equal(HC_STR("a\0b"), HC_STR("a\0b")));
    assert_false(hc_str_equal(HC_STR("a\0b"), HC_STR("a\0c")));
    assert_true(hc_str_is(HC_STR("abc"), "abc"));
    assert_false(hc_str_is(HC_STR("abcd"), "abc"));
}

static void case_is_ignored_in_ascii_alone(void **state)
{
    (void)state;
    assert_true(hc_str_equal_nocase(HC_STR("NaN-[Z]"), HC_STR("nAn-[z]")));
    assert_false(hc_str_equal_nocase(HC_STR("\xc3\x89"), HC_STR("\xc3\xa9")));
    assert_false(hc_str_equal_nocase(HC_STR("@"), HC_STR("`")));
    assert_false(hc_str_equal_nocase(HC_STR("["), HC_STR("{")));
    assert_false(hc_str_equal_nocase(HC_STR("a"), HC_STR("ab")));
}

static void starts_and_ends(void **state)
{
    (void)state;
    assert_true(hc_str_starts(HC_STR("abc"), HC_STR("ab")));
    assert_true(hc_str_starts(HC_STR("abc"), HC_STR("")));
    assert_false(hc_str_starts(HC_STR("ab"), HC_STR("abc")));
    assert_true(hc_str_ends(HC_STR("abc"), HC_STR("bc")));
    assert_true(hc_str_ends(HC_STR_NONE, HC_STR("")));
    assert_false(hc_str_ends(HC_STR("abc"), HC_STR("ab")));
}

static void trims_white_space_at_both_ends(void **state)
{
    (void)state;
    assert_true(hc_str_is(hc_str_trim(HC_STR(" \t\r\n\v\fa b \n")), "a b"));
    assert_int_equal(hc_str_trim(HC_STR("  ")).n, 0);
    assert_non_null(hc_str_trim(HC_STR("  ")).p);
    assert_null(hc_str_trim(HC_STR_NONE).p);
    assert_int_equal(hc_str_trim(HC_STR("\0a\0")).n, 3);
}

static void hashes_depend_on_every_byte_and_on_the_length(void **state)
{
    (void)state;
    char bytes[40] = {0};
    uint64_t seen[41 + 40];
    size_t n = 0;
    for (size_t length = 0; length <= 40; length++)
        seen[n++] = hc_str_hash((struct hc_str){bytes, length});
    for (size_t i = 0; i < 40; i++) {
        bytes[i] = 1;
        seen[n++] = hc_str_hash((struct hc_str){bytes, 40});
        bytes[i] = 0;
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++)
            assert_true(seen[i] != seen[j]);
    }
}

/* The definition, code point by code point, against the scan. */
static size_t encode(uint32_t c, char out[4])
{
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t i = n - 1; i > 0; i--, c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3f));
    out[0] = (char)(lead[n] | c);
    return n;
}

static void accepts_each_code_point_but_surrogates(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x111000; c++) {
        char bytes[4];
        size_t n = encode(c, bytes);
        bool is_good = c < 0x110000 && !(c >= 0xd800 && c < 0xe000);
        assert_int_equal(hc_utf8_valid_prefix((struct hc_str){bytes, n}), is_good ? n : 0);
        for (size_t cut = 1; cut < n; cut++)
            assert_int_equal(hc_utf8_valid_prefix((struct hc_str){bytes, cut}), 0);
    }
}

static void refuses_overlong_and_stray_bytes(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xc0\x80",
                                      "\xc1\xbf",
                                      "\xe0\x80\x80",
                                      "\xe0\x9f\xbf",
                                      "\xf0\x80\x80\x80",
                                      "\xf0\x8f\xbf\xbf",
                                      "\x80",
                                      "\xbf",
                                      "\xfe",
                                      "\xff",
                                      "\xf5\x80\x80\x80",
                                      "\xed\xa0\x80",
                                      "\xf4\x90\x80\x80",
                                      "\xe2\x28\xa1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char text[40];
        for (size_t lead = 0; lead < 20; lead++) {
            memset(text, 'a', lead);
            snprintf(text + lead, sizeof text - lead, "%s", bad[i]);
            assert_int_equal(hc_utf8_valid_prefix(hc_str_of(text)), lead);
        }
    }
}

static void assert_cleaned(struct hc_str s, const char *expected)
{
    struct hc_buf buf = {0};
    hc_buf_utf8_clean(&buf, s);
    hc_buf_char(&buf, '\0');
    assert_string_equal(buf.p, expected);
    hc_buf_free(&buf);
}

/* The examples of the Unicode standard, section 3.9, tables 3-8 to 3-11. */
static void replaces_broken_sequences_as_unicode_recommends(void **state)
{
    (void)state;
#define R "\xef\xbf\xbd"
    assert_cleaned(HC_STR("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"), R R R R R R R R "A");
    assert_cleaned(HC_STR("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"), R R R R R R R R "A");
    assert_cleaned(HC_STR("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"), R R R R R "A" R R "B");
    assert_cleaned(HC_STR("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), R R R R "A");
    assert_cleaned(HC_STR("a\0b"), "a" R "b");
    assert_cleaned(HC_STR("caf\xc3\xa9"), "caf\xc3\xa9");
    assert_cleaned(HC_STR("\xe2\x82"), R);
    assert_cleaned(HC_STR(""), "");
#undef R
}

static void a_buffer_grows_and_keeps_its_bytes(void **state)
{
    (void)state;
    struct hc_buf buf = {0};
    for (int i = 0; i < 5000; i++)
        hc_buf_format(&buf, "%d,", i);
    hc_buf_text(&buf, "end");
    hc_buf_text(&buf, NULL);
    hc_buf_str(&buf, HC_STR_NONE);
    assert_false(buf.failed);
    struct hc_str view = hc_buf_view(&buf);
    assert_int_equal(view.n, 10 * 2 + 90 * 3 + 900 * 4 + 4000 * 5 + 3);
    assert_true(hc_str_starts(view, HC_STR("0,1,2,")));
    assert_true(hc_str_ends(view, HC_STR("4998,4999,end")));
    hc_buf_clear(&buf);
    assert_int_equal(hc_buf_view(&buf).n, 0);
    hc_buf_free(&buf);
    assert_non_null(hc_buf_view(&buf).p);
}

static void formats_longer_than_its_room(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (int width = 200; width < 600; width++) {
        struct hc_buf buf = {0};
        hc_buf_text(&buf, "x");
        hc_buf_format(&buf, "%0*d", width, 7);
        assert_int_equal(buf.n, width + 1);
        assert_int_equal(buf.p[width], '7');
        hc_buf_free(&buf);
        struct hc_str s = hc_str_format(arena, "%0*d", width, 7);
        assert_int_equal(s.n, width);
        assert_int_equal(s.p[width - 1], '7');
        assert_int_equal(s.p[width], '\0');
    }
    hc_arena_free(arena);
}

static void a_failed_buffer_does_nothing_more(void **state)
{
    (void)state;
    struct hc_buf buf = {0};
    hc_buf_text(&buf, "abc");
    hc_buf_add(&buf, "x", SIZE_MAX);
    assert_true(buf.failed);
    hc_buf_text(&buf, "def");
    hc_buf_char(&buf, 'g');
    hc_buf_format(&buf, "%d", 1);
    hc_buf_utf8_clean(&buf, HC_STR("\xff"));
    assert_true(buf.failed);
    assert_int_equal(buf.n, 3);
    hc_buf_free(&buf);
}

static void a_refused_arena_gives_an_absent_slice(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(10);
    assert_null(hc_str_format(arena, "%s", "0123456789").p);
    assert_null(hc_str_copy(arena, HC_STR("0123456789")).p);
    assert_true(hc_arena_exceeded(arena));
    hc_arena_free(arena);
}

static void names_are_numbered_in_order_of_first_sight(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_names names;
    hc_names_init(&names, arena);
    assert_int_equal(hc_names_find(&names, HC_STR("a")), HC_NAME_NONE);
    char text[16];
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < 5000; i++) {
            int n = snprintf(text, sizeof text, "name-%zu", i);
            assert_int_equal(hc_names_add(&names, (struct hc_str){text, (size_t)n}), i);
        }
    }
    assert_int_equal(names.n, 5000);
    assert_int_equal(hc_names_find(&names, HC_STR("name-4999")), 4999);
    assert_int_equal(hc_names_find(&names, HC_STR("name-5000")), HC_NAME_NONE);
    assert_int_equal(hc_names_add(&names, HC_STR("")), 5000);
    assert_int_equal(hc_names_find(&names, HC_STR("")), 5000);
    assert_true(hc_str_is(names.items[17], "name-17"));
    hc_arena_free(arena);
}

/* The eight bytes that make one factor of the hash 0, at the end of many names. */
static void no_word_lets_a_hash_forget_what_came_before(void **state)
{
    (void)state;
    enum { N = 200 };
    uint64_t hashes[N];
    for (size_t i = 0; i < N; i++) {
        char text[32];
        int n = snprintf(text, sizeof text, "metric-%04zu\x2f\x64\xbd\x78\x64\x1d\x76\xa0", i);
        hashes[i] = hc_str_hash((struct hc_str){text, (size_t)n});
        for (size_t j = 0; j < i; j++)
            assert_true(hashes[i] != hashes[j]);
    }
}

static void names_without_memory_stay_as_they_were(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(2000);
    struct hc_names names;
    hc_names_init(&names, arena);
    char text[16];
    size_t n_added = 0;
    for (size_t i = 0; i < 1000; i++) {
        int n = snprintf(text, sizeof text, "name-%zu", i);
        size_t at = hc_names_add(&names, (struct hc_str){text, (size_t)n});
        if (at == HC_NAME_NONE)
            break;
        n_added++;
    }
    assert_true(n_added > 5 && n_added < 200);
    assert_int_equal(names.n, n_added);
    for (size_t i = 0; i < n_added; i++) {
        int n = snprintf(text, sizeof text, "name-%zu", i);
        assert_int_equal(hc_names_find(&names, (struct hc_str){text, (size_t)n}), i);
    }
    hc_arena_free(arena);
}

static void compares_bytes_of_any_length(void **state)
{
    (void)state;
    for (size_t n = 0; n < 40; n++)
        for (size_t place = 0; place <= n; place++) {
            char a[40], b[40];
            memset(a, 'x', sizeof a);
            memset(b, 'x', sizeof b);
            b[place < n ? place : 39] = 'y';
            assert_int_equal(hc_bytes_equal(a, b, n), place == n);
        }
}

static void a_cut_halves_no_character(void **state)
{
    (void)state;
    assert_true(hc_str_is(hc_str_cut(HC_STR("abc"), 3), "abc"));
    assert_true(hc_str_is(hc_str_cut(HC_STR("abc"), 2), "ab"));
    assert_true(hc_str_is(hc_str_cut(HC_STR("a\xc3\xa4"), 2), "a"));
    assert_true(hc_str_is(hc_str_cut(HC_STR("\xc3\xa4"), 1), ""));
}

static void a_quote_ends_before_the_word_and_the_number_of_its_cut(void **state)
{
    (void)state;
    assert_true(hc_str_is(hc_str_quotable(HC_STR("one two"), 7), "one two"));
    assert_true(hc_str_is(hc_str_quotable(HC_STR("one two"), 6), "one"));
    assert_true(hc_str_is(hc_str_quotable(HC_STR("one two"), 2), ""));
    assert_true(hc_str_is(hc_str_quotable(HC_STR("card 4111 1111 1111 1111"), 22), "card"));
    assert_true(hc_str_is(hc_str_quotable(HC_STR("call +1 (415) 555 2671"), 20), "call"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_halves_no_character),
        cmocka_unit_test(a_quote_ends_before_the_word_and_the_number_of_its_cut),
        cmocka_unit_test(compares_bytes_of_any_length),
        cmocka_unit_test(absent_and_empty_are_told_apart),
        cmocka_unit_test(compares_bytewise),
        cmocka_unit_test(case_is_ignored_in_ascii_alone),
        cmocka_unit_test(starts_and_ends),
        cmocka_unit_test(trims_white_space_at_both_ends),
        cmocka_unit_test(hashes_depend_on_every_byte_and_on_the_length),
        cmocka_unit_test(accepts_each_code_point_but_surrogates),
        cmocka_unit_test(refuses_overlong_and_stray_bytes),
        cmocka_unit_test(replaces_broken_sequences_as_unicode_recommends),
        cmocka_unit_test(a_buffer_grows_and_keeps_its_bytes),
        cmocka_unit_test(formats_longer_than_its_room),
        cmocka_unit_test(a_failed_buffer_does_nothing_more),
        cmocka_unit_test(a_refused_arena_gives_an_absent_slice),
        cmocka_unit_test(names_are_numbered_in_order_of_first_sight),
        cmocka_unit_test(no_word_lets_a_hash_forget_what_came_before),
        cmocka_unit_test(names_without_memory_stay_as_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
