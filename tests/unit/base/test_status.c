#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/status.h"

static void the_first_cause_wins(void **state)
{
    (void)state;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_err_set(&err, HC_SKIP, "row-ragged", "%d fields", 3), HC_SKIP);
    assert_int_equal(hc_err_set(&err, HC_FATAL, "disk-full", "later"), HC_FATAL);
    assert_int_equal(err.status, HC_SKIP);
    assert_string_equal(err.code, "row-ragged");
    assert_string_equal(err.text, "3 fields");
}

static void works_without_a_place_for_the_cause(void **state)
{
    (void)state;
    assert_int_equal(hc_err_set(NULL, HC_FAIL, "x", "y"), HC_FAIL);
    hc_err_at(NULL, "a", "b", 1);
}

static void outer_layers_add_only_the_place_that_is_missing(void **state)
{
    (void)state;
    struct hc_err err = HC_ERR_NONE;
    hc_err_set(&err, HC_FAIL, "xml-syntax", "bad");
    hc_err_at(&err, NULL, "incident.xml", 41);
    hc_err_at(&err, "a.tar.gz", "other.xml", 7);
    assert_string_equal(err.archive, "a.tar.gz");
    assert_string_equal(err.member, "incident.xml");
    assert_int_equal(err.line, 41);
}

static void assert_line(const struct hc_err *err, const char *expected)
{
    char line[400];
    hc_err_format(err, line, sizeof line);
    assert_string_equal(line, expected);
}

static void names_the_parts_that_are_known(void **state)
{
    (void)state;
    struct hc_err err = HC_ERR_NONE;
    assert_line(&err, "");
    hc_err_set(&err, HC_FAIL, "xml-syntax", "bad");
    assert_line(&err, "bad [xml-syntax]");
    hc_err_at(&err, NULL, NULL, 41);
    assert_line(&err, "line 41: bad [xml-syntax]");
    hc_err_at(&err, NULL, "INC-7/incident.xml", 0);
    assert_line(&err, "INC-7/incident.xml:41: bad [xml-syntax]");
    hc_err_at(&err, "a.tar.gz", NULL, 0);
    assert_line(&err, "a.tar.gz!INC-7/incident.xml:41: bad [xml-syntax]");
}

static void escapes_what_a_terminal_would_obey(void **state)
{
    (void)state;
    struct hc_err err = HC_ERR_NONE;
    hc_err_set(&err, HC_FAIL, "c", "%s", "\x1b[2J\n\x7f\xc2\x9b\xe2\x80\xae\xff \xc3\xa9 \xe2\x82\xac");
    assert_line(&err, "\\x1b[2J\\x0a\\x7f\\xc2\\x9b\\xe2\\x80\\xae\\xff \xc3\xa9 \xe2\x82\xac [c]");
}

static void cuts_at_a_character_and_always_ends(void **state)
{
    (void)state;
    struct hc_err err = HC_ERR_NONE;
    hc_err_set(&err, HC_FAIL, "c", "%s", "ab\xc3\xa9z");
    const char *expected[] = {"", "a", "ab", "ab", "ab\xc3\xa9", "ab\xc3\xa9z"};
    for (size_t size = 1; size <= 6; size++) {
        char out[8] = "#######";
        hc_err_format(&err, out, size);
        assert_string_equal(out, expected[size - 1]);
        assert_int_equal(out[size], '#');
    }
    char untouched = '#';
    hc_err_format(&err, &untouched, 0);
    assert_int_equal(untouched, '#');
}

static void long_texts_are_cut_to_fit(void **state)
{
    (void)state;
    char text[2000];
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    text[300] = ' ';
    struct hc_err err = HC_ERR_NONE;
    hc_err_set(&err, HC_FAIL, "c", "%s", text);
    hc_err_at(&err, text, text, 1);
    assert_int_equal(strlen(err.text), 300); /* before a word */
    assert_int_equal(strlen(err.archive), sizeof err.archive - 1);
    assert_int_equal(strlen(err.member), sizeof err.member - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_cause_wins),
        cmocka_unit_test(works_without_a_place_for_the_cause),
        cmocka_unit_test(outer_layers_add_only_the_place_that_is_missing),
        cmocka_unit_test(names_the_parts_that_are_known),
        cmocka_unit_test(escapes_what_a_terminal_would_obey),
        cmocka_unit_test(cuts_at_a_character_and_always_ends),
        cmocka_unit_test(long_texts_are_cut_to_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
