#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/model/follow_ups.h"
#include "base/xml.h"

#define HEAD "<follow-ups xmlns=\"urn:hindcast:follow-ups:1\">\n"
#define TAIL "</follow-ups>"

static void reads_what_the_file_says(void **state)
{
    static const char xml[] =
        "<follow-ups xmlns=\"urn:hindcast:follow-ups:1\" built-in=\"replaced\">\n"
        "  <follow-up category=\"application\" cause=\"memory-leak\" horizon=\"short\" owner=\"@storage\" type=\"prevent\"\n"
        "             ticket=\"OPS-12\" link=\"https://t.example/OPS-12?a=(1)&amp;b=2#c\" priority=\"P1\" due-days=\"14\">\n"
        "    Alert on the heap.\n"
        "  </follow-up>\n"
        "  <follow-up gap=\"no-telemetry\" horizon=\"long\">Export metrics.</follow-up>\n" TAIL;
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    struct hc_follow_ups own;
    assert_int_equal(hc_follow_ups_read(&own, hc_str_of(xml), arena, &err), HC_OK);
    assert_int_equal(own.n, 2);
    assert_true(own.replaces);
    const struct hc_follow_up *first = &own.items[0], *second = &own.items[1];
    assert_true(hc_str_is(first->text, "Alert on the heap."));
    assert_true(hc_str_is(first->category, "application") && hc_str_is(first->cause, "memory-leak"));
    assert_true(hc_str_is(first->owner, "@storage") && hc_str_is(first->type, "prevent"));
    assert_true(hc_str_is(first->ticket, "OPS-12") && hc_str_is(first->priority, "P1"));
    assert_true(hc_str_is(first->link, "https://t.example/OPS-12?a=(1)&b=2#c"));
    assert_int_equal(first->due_days, 14);
    assert_int_equal(first->horizon, 1);
    assert_int_equal(first->line, 2);
    assert_int_equal(first->gap, HC_GAPS);
    assert_null(second->category.p);
    assert_null(second->owner.p);
    assert_int_equal(second->gap, HC_GAP_NO_TELEMETRY);
    assert_int_equal(second->horizon, 3);
    assert_int_equal(second->due_days, 0);
    hc_arena_free(arena);
}

static void knows_every_gap_and_horizon_by_its_word(void **state)
{
    static const char *const gaps[HC_GAPS] = {"detection-unknown", "detection-late",   "no-alert",
                                              "short-warning",     "evidence-missing", "no-telemetry"};
    static const char *const horizons[HC_HORIZONS] = {"immediate", "short", "medium", "long"};
    (void)state;
    for (int i = 0; i < HC_GAPS * HC_HORIZONS; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_err err = HC_ERR_NONE;
        struct hc_follow_ups own;
        struct hc_str xml = hc_str_format(arena, HEAD "<follow-up gap=\"%s\" horizon=\"%s\">Do.</follow-up>" TAIL,
                                          gaps[i % HC_GAPS], horizons[i / HC_GAPS]);
        assert_int_equal(hc_follow_ups_read(&own, xml, arena, &err), HC_OK);
        assert_int_equal(own.items[0].gap, i % HC_GAPS);
        assert_int_equal(own.items[0].horizon, i / HC_GAPS);
        assert_false(own.replaces);
        hc_arena_free(arena);
    }
}

static void refuses_what_breaks_the_format_with_its_line(void **state)
{
    static const char *const bad[] = {
        "<follow-up category=\"application\">no horizon</follow-up>",
        "<follow-up horizon=\"short\">of nothing</follow-up>",
        "<follow-up cause=\"memory-leak\" horizon=\"short\">without its category</follow-up>",
        "<follow-up gap=\"no-alert\" category=\"application\" horizon=\"short\">of two</follow-up>",
        "<follow-up gap=\"no-alerts\" horizon=\"short\">an unknown gap</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"soon\">an unknown horizon</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\"> </follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" due-days=\"0\">at once</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" due-days=\"4000\">never</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" owner=\"\">nobody</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" link=\"javascript:alert(1)\">a script</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" link=\"file:///etc/passwd\">a file</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" link=\"https://a b\">a blank</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" link=\"https://a&quot;b\">a quote</follow-up>",
        "<follow-up gap=\"no-alert\" horizon=\"short\" colour=\"red\">an attribute</follow-up>",
        "<other/>",
        "<follow-up",
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_err err = HC_ERR_NONE;
        struct hc_follow_ups own;
        struct hc_str xml = hc_str_format(arena, HEAD "%s" TAIL, bad[i]);
        if (hc_follow_ups_read(&own, xml, arena, &err) != HC_FAIL)
            print_error("taken: %s\n", bad[i]);
        assert_int_equal(err.status, HC_FAIL);
        assert_int_equal(err.line, 2);
        hc_arena_free(arena);
    }
}

static void names_the_gaps_where_one_is_unknown(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    struct hc_follow_ups own;
    struct hc_str xml = HC_STR(HEAD "<follow-up gap=\"no-alerts\" horizon=\"short\">Do.</follow-up>" TAIL);
    assert_int_equal(hc_follow_ups_read(&own, xml, arena, &err), HC_FAIL);
    assert_string_equal(err.code, "follow-ups");
    assert_non_null(strstr(err.text, "'no-alerts'; there are detection-unknown, "));
    hc_arena_free(arena);
}

static int setup(void **state)
{
    (void)state;
    hc_xml_setup();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_file_says),
        cmocka_unit_test(knows_every_gap_and_horizon_by_its_word),
        cmocka_unit_test(names_the_gaps_where_one_is_unknown),
        cmocka_unit_test(refuses_what_breaks_the_format_with_its_line),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
