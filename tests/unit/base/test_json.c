#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>

#include "base/json.h"

static const struct hc_json *parse(struct hc_arena *arena, const char *text)
{
    const struct hc_json *root = NULL;
    struct hc_err err = HC_ERR_NONE;
    if (hc_json_parse(&root, hc_str_of(text), arena, &err) != HC_OK)
        fail_msg("refused %s: %s", text, err.text);
    return root;
}

static void builds_the_tree_in_order(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_json *root =
        parse(arena, " {\"a\": [1, -2.50e3, true, false, null], \"b\\u00e9\": {\"c\": \"x\\n\\\"\\ud83d\\ude00\"}} ");
    assert_int_equal(root->type, HC_JSON_OBJECT);
    assert_int_equal(root->n_children, 2);
    const struct hc_json *a = root->first_child;
    assert_true(hc_str_is(a->key, "a"));
    assert_int_equal(a->type, HC_JSON_ARRAY);
    assert_int_equal(a->n_children, 5);
    static const enum hc_json_type types[] = {HC_JSON_NUMBER, HC_JSON_NUMBER, HC_JSON_BOOL, HC_JSON_BOOL, HC_JSON_NULL};
    static const char *const texts[] = {"1", "-2.50e3", "true", "false", ""};
    const struct hc_json *item = a->first_child;
    for (int i = 0; i < 5; i++, item = item->next) {
        assert_int_equal(item->type, types[i]);
        assert_true(hc_str_is(item->text, texts[i]));
        assert_null(item->key.p);
    }
    assert_null(item);
    const struct hc_json *b = hc_json_get(root, "b\xc3\xa9");
    assert_true(hc_str_is(hc_json_text(b, "c"), "x\n\"\xf0\x9f\x98\x80"));
    hc_arena_free(arena);
}

static void accepts_any_value_and_a_byte_order_mark(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_true(hc_str_is(parse(arena, "12")->text, "12"));
    assert_true(hc_str_is(parse(arena, "\"\"")->text, ""));
    assert_int_equal(parse(arena, "null")->type, HC_JSON_NULL);
    assert_int_equal(parse(arena, "[]")->n_children, 0);
    assert_int_equal(parse(arena, "\xef\xbb\xbf{}")->type, HC_JSON_OBJECT);
    assert_int_equal(parse(arena, "\"a\\u0000b\"")->text.n, 3);
    hc_arena_free(arena);
}

static void refuses_what_is_not_one_value(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    static const char *const texts[] = {"",    " ",       "{",        "[1,]",     "{\"a\":1,}", "[1] 2",  "{} {}",
                                        "nul", "'a'",     "{a:1}",    "\"\xff\"", "\"a",        "\"\n\"", "01",
                                        "+1",  ".5",      "1.",       "1e",       "NaN",        "[1 2]",  "\"\\x\"",
                                        "]",   "{\"a\"}", "{\"a\":}", "-",        "/**/1",      "[,1]"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct hc_json *root = NULL;
        struct hc_err err = HC_ERR_NONE;
        if (hc_json_parse(&root, hc_str_of(texts[i]), arena, &err) != HC_FAIL)
            fail_msg("accepted %s", texts[i]);
        assert_string_equal(err.code, "json-syntax");
        assert_true(strlen(err.text) > 0 && !strchr(err.text, '\n'));
        assert_null(root);
    }
    const struct hc_json *root = NULL;
    assert_int_equal(hc_json_parse(&root, HC_STR("[1]\0"), arena, NULL), HC_FAIL);
    assert_int_equal(hc_json_parse(&root, HC_STR_NONE, arena, NULL), HC_FAIL);
    hc_arena_free(arena);
}

static enum hc_status parse_nested(struct hc_arena *arena, size_t depth, struct hc_err *err)
{
    struct hc_buf text = {0};
    for (size_t i = 0; i < depth; i++)
        hc_buf_text(&text, i % 2 ? "{\"a\":" : "[");
    hc_buf_text(&text, "1");
    for (size_t i = depth; i-- > 0;)
        hc_buf_char(&text, i % 2 ? '}' : ']');
    const struct hc_json *root = NULL;
    enum hc_status status = hc_json_parse(&root, hc_buf_view(&text), arena, err);
    hc_buf_free(&text);
    return status;
}

/* yajl takes the first two; RFC 3629, section 3 forbids them all. */
static void refuses_text_that_is_not_utf8(void **state)
{
    static const char *const bad[] = {"\"\xc0\xb6\"", "{\"\xed\xa0\x80\":1}", "[\"\xf4\x90\x80\x80\"]", "\"\xff\""};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        const struct hc_json *root = NULL;
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_json_parse(&root, hc_str_of(bad[i]), arena, &err), HC_FAIL);
        assert_string_equal(err.code, "json-syntax");
        hc_arena_free(arena);
    }
}

static void the_depth_ends_at_its_limit(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    assert_int_equal(parse_nested(arena, HC_JSON_DEPTH - 1, NULL), HC_OK);
    assert_int_equal(parse_nested(arena, HC_JSON_DEPTH, NULL), HC_OK);
    static const size_t depths[] = {HC_JSON_DEPTH + 1, 100000};
    for (int i = 0; i < 2; i++) {
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(parse_nested(arena, depths[i], &err), HC_FAIL);
        assert_string_equal(err.code, "json-limit");
    }
    hc_arena_free(arena);
}

static void the_arenas_ceiling_fails_only_this_text(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(2000);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_json *root = NULL;
    char text[1001];
    memset(text, '1', sizeof text);
    for (size_t i = 1; i < sizeof text; i += 2)
        text[i] = ',';
    text[0] = '[';
    text[1] = '1';
    text[sizeof text - 1] = ']';
    assert_int_equal(hc_json_parse(&root, (struct hc_str){text, sizeof text}, arena, &err), HC_FAIL);
    assert_string_equal(err.code, "json-limit");
    hc_arena_reset(arena);
    assert_int_equal(hc_json_parse(&root, HC_STR("[1]"), arena, NULL), HC_OK);
    hc_arena_free(arena);
}

static void long_strings_with_escapes_survive(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_buf text = {0};
    hc_buf_text(&text, "[\"");
    for (int i = 0; i < 100000; i++)
        hc_buf_text(&text, "\\t\\u00e9x");
    hc_buf_text(&text, "\"]");
    const struct hc_json *root = NULL;
    assert_int_equal(hc_json_parse(&root, hc_buf_view(&text), arena, NULL), HC_OK);
    struct hc_str decoded = root->first_child->text;
    assert_int_equal(decoded.n, 400000);
    assert_memory_equal(decoded.p + 4 * 99999, "\t\xc3\xa9x", 4);
    hc_buf_free(&text);
    hc_arena_free(arena);
}

static void get_gives_the_last_of_equal_names(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    const struct hc_json *root = parse(arena, "{\"a\":1,\"a\":\"two\",\"t\":true,\"n\":null,\"o\":{}}");
    assert_true(hc_str_is(hc_json_text(root, "a"), "two"));
    assert_null(hc_json_get(root, "z"));
    assert_null(hc_json_text(root, "z").p);
    assert_null(hc_json_text(root, "t").p);
    assert_null(hc_json_text(root, "n").p);
    assert_null(hc_json_text(root, "o").p);
    assert_null(hc_json_get(parse(arena, "[1]"), "a"));
    assert_null(hc_json_get(NULL, "a"));
    hc_arena_free(arena);
}

static void writes_commas_and_escapes_by_itself(void **state)
{
    (void)state;
    struct hc_buf out = {0};
    struct hc_json_writer w = {.out = &out};
    hc_json_open_object(&w);
    hc_json_put_int(&w, "i", INT64_MIN);
    hc_json_put_number(&w, "n", 0.1);
    hc_json_put_number(&w, "nan", NAN);
    hc_json_key(&w, "list");
    hc_json_open_array(&w);
    hc_json_null(&w);
    hc_json_bool(&w, true);
    hc_json_open_array(&w);
    hc_json_close_array(&w);
    hc_json_open_object(&w);
    hc_json_close_object(&w);
    hc_json_bool(&w, false);
    hc_json_close_array(&w);
    hc_json_put_string(&w, "quote\"d", HC_STR("a\"\\/\b\f\n\r\t\x01\x7f\0\xff\xc3\xa9"));
    hc_json_put_string(&w, "absent", HC_STR_NONE);
    hc_json_put_string(&w, "empty", HC_STR(""));
    hc_json_close_object(&w);
    hc_buf_char(&out, '\0');
    assert_string_equal(out.p, "{\"i\":-9223372036854775808,\"n\":0.1,\"nan\":null,\"list\":[null,true,[],{},false],"
                               "\"quote\\\"d\":\"a\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u007f\\u0000\xef\xbf\xbd\xc3\xa9\","
                               "\"absent\":null,\"empty\":\"\"}");
    hc_buf_free(&out);
}

static void what_it_writes_it_reads(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    for (int c = 0; c < 256; c++) {
        char bytes[3] = {'a', (char)c, 'b'};
        struct hc_buf out = {0};
        struct hc_json_writer w = {.out = &out};
        hc_json_open_array(&w);
        hc_json_string(&w, (struct hc_str){bytes, 3});
        hc_json_close_array(&w);
        const struct hc_json *root = NULL;
        assert_int_equal(hc_json_parse(&root, hc_buf_view(&out), arena, NULL), HC_OK);
        struct hc_str back = root->first_child->text;
        if (c < 0x80)
            assert_true(hc_str_equal(back, (struct hc_str){bytes, 3}));
        else
            assert_true(hc_str_is(back, "a\xef\xbf\xbd"
                                        "b"));
        hc_buf_free(&out);
    }
    hc_arena_free(arena);
}

/* The walk shows what the tree shows. */
static void assert_walks_as(struct hc_str text, const struct hc_json *tree, struct hc_arena *arena)
{
    struct hc_json_walk walk = hc_json_walk_of(text);
    size_t n = 0;
    if (tree->type == HC_JSON_STRING || tree->type == HC_JSON_NUMBER || tree->type == HC_JSON_BOOL)
        assert_true(hc_str_equal(hc_json_plain(text, arena), tree->text));
    else
        assert_null(hc_json_plain(text, arena).p);
    for (const struct hc_json *child = tree->first_child; child; child = child->next, n++) {
        assert_true(hc_json_walk_next(&walk));
        assert_walks_as(walk.value, child, arena);
    }
    assert_false(hc_json_walk_next(&walk));
    assert_int_equal(n, tree->n_children);
}

static void a_walk_shows_what_the_tree_shows(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "{}",
        "[]",
        " [ ] ",
        "7",
        "\"a\\\"b\"",
        "[1,[2,{\"a\":[]}],\"]\",null]",
        "\v[\f1\v]\n",
        " {\"a\" : [1, -2.50e3, true, false, null], \"b\\u00e9\": {\"c\": \"x\\n\\\"\\ud83d\\ude00}\"} } "};
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct hc_err err = HC_ERR_NONE;
        size_t n_valid = 0;
        assert_int_equal(hc_json_check(hc_str_of(texts[i]), &n_valid, &err), HC_OK);
        assert_int_equal(n_valid, strlen(texts[i]));
        assert_walks_as(hc_str_of(texts[i]), parse(arena, texts[i]), arena);
    }
    assert_true(hc_str_is(hc_json_member_text(HC_STR("{\"a\":1,\"b\":\"two\"}"), "b", arena), "two"));
    assert_null(hc_json_member(HC_STR("{\"a\":1}"), "b").p);
    hc_arena_free(arena);
}

static void says_at_which_byte_a_text_is_damaged(void **state)
{
    static const struct {
        const char *text, *says;
        size_t n_valid;
    } samples[] = {{"{\"a\": [1, 2", "at byte 11", 11},
                   {"{\"a\": \"b", "at byte 8", 8},
                   {"[1, 2, oops]", "at byte 8", 8},
                   {"[1] [2]", "at byte 5", 5}};
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct hc_err err = HC_ERR_NONE;
        size_t n_valid;
        assert_int_equal(hc_json_check(hc_str_of(samples[i].text), &n_valid, &err), HC_FAIL);
        if (!strstr(err.text, samples[i].says) || n_valid != samples[i].n_valid)
            fail_msg("%s: %s, %zu", samples[i].text, err.text, n_valid);
    }
}

static void a_check_refuses_what_the_tree_refuses(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",    "{",    "[1,]", "{\"a\":}", "[1] 2",          "\"\x01\"",       "\"\xC0\x80\"",
        "nul", "6 \"", "88\"", "[] \"a",   "[\"\\uDDDDx\"]", "{\"\\uDDDD\":1}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct hc_err err = HC_ERR_NONE;
        size_t n_valid = 99;
        assert_int_equal(hc_json_check(hc_str_of(texts[i]), &n_valid, &err), HC_FAIL);
        assert_true(n_valid <= strlen(texts[i]));
        assert_string_equal(err.code, "json-syntax");
    }
    char deep[2 * HC_JSON_DEPTH + 4] = {0};
    memset(deep, '[', HC_JSON_DEPTH + 1);
    memset(deep + HC_JSON_DEPTH + 1, ']', HC_JSON_DEPTH + 1);
    struct hc_err err = HC_ERR_NONE;
    size_t n_valid;
    assert_int_equal(hc_json_check(hc_str_of(deep), &n_valid, &err), HC_FAIL);
    assert_string_equal(err.code, "json-limit");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(builds_the_tree_in_order),
        cmocka_unit_test(a_walk_shows_what_the_tree_shows),
        cmocka_unit_test(says_at_which_byte_a_text_is_damaged),
        cmocka_unit_test(a_check_refuses_what_the_tree_refuses),
        cmocka_unit_test(accepts_any_value_and_a_byte_order_mark),
        cmocka_unit_test(refuses_what_is_not_one_value),
        cmocka_unit_test(refuses_text_that_is_not_utf8),
        cmocka_unit_test(the_depth_ends_at_its_limit),
        cmocka_unit_test(the_arenas_ceiling_fails_only_this_text),
        cmocka_unit_test(long_strings_with_escapes_survive),
        cmocka_unit_test(get_gives_the_last_of_equal_names),
        cmocka_unit_test(writes_commas_and_escapes_by_itself),
        cmocka_unit_test(what_it_writes_it_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
