#include "tests/unit/ingest/reading.h"

#include "ingest/format/csv.h"

static struct hc_arena *arena;
static struct hc_csv csv;

static void open_text(const char *text)
{
    hc_csv_open(&csv, hc_str_of(text), arena);
}

static int set_up(void **state)
{
    (void)state;
    arena = hc_arena_new(0);
    return arena == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static void splits_rows_and_fields(void **state)
{
    (void)state;
    open_text("a,b,c\n1,,3\n");
    assert_true(hc_csv_next(&csv));
    assert_int_equal(csv.n, 3);
    assert_text(csv.fields[2], "c");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[1], "");
    assert_int_equal(csv.line, 2);
    assert_false(hc_csv_next(&csv));
}

static void ends_lines_with_crlf_and_skips_a_byte_order_mark(void **state)
{
    (void)state;
    open_text("\xEF\xBB\xBFtime,x\r\n1,2\r\n3,\"4\"\r\n");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[0], "time");
    assert_text(csv.fields[1], "x");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[1], "2");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[1], "4");
    assert_false(hc_csv_next(&csv));
}

static void keeps_commas_quotes_and_lines_inside_quotes(void **state)
{
    (void)state;
    open_text("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\nnext,\"\",x\n");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[0], "a,b");
    assert_text(csv.fields[1], "say \"hi\"");
    assert_text(csv.fields[2], "two\nlines");
    assert_true(hc_csv_next(&csv));
    assert_int_equal(csv.line, 3);
    assert_text(csv.fields[1], "");
}

static void takes_a_quote_within_a_plain_field_as_it_is(void **state)
{
    (void)state;
    open_text("5\" disk,b\n");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[0], "5\" disk");
    assert_int_equal(csv.n, 2);
}

static void costs_one_row_where_a_quote_stays_open(void **state)
{
    (void)state;
    open_text("a,b\n1,\"open\n2,3\n4,5\n");
    assert_true(hc_csv_next(&csv));
    assert_true(hc_csv_next(&csv));
    assert_true(csv.malformed);
    assert_true(hc_csv_next(&csv));
    assert_false(csv.malformed);
    assert_int_equal(csv.line, 3);
    assert_text(csv.fields[0], "2");
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[1], "5");
}

static void costs_one_row_where_text_follows_a_closing_quote(void **state)
{
    (void)state;
    open_text("\"a\"b,c\nd,e\n");
    assert_true(hc_csv_next(&csv));
    assert_true(csv.malformed);
    assert_true(hc_csv_next(&csv));
    assert_text(csv.fields[0], "d");
}

static void passes_over_blank_lines_and_reads_a_last_line_without_end(void **state)
{
    (void)state;
    open_text("\n\na,b\n\n1,2");
    assert_true(hc_csv_next(&csv));
    assert_int_equal(csv.line, 3);
    assert_true(hc_csv_next(&csv));
    assert_int_equal(csv.line, 5);
    assert_text(csv.fields[1], "2");
    assert_false(hc_csv_next(&csv));
}

static void reads_an_empty_last_field(void **state)
{
    (void)state;
    open_text("a,");
    assert_true(hc_csv_next(&csv));
    assert_int_equal(csv.n, 2);
    assert_text(csv.fields[1], "");
    assert_false(hc_csv_next(&csv));
}

static void finds_columns_whatever_their_case(void **state)
{
    (void)state;
    open_text("Time, SERVICE ,Value\n");
    assert_true(hc_csv_next(&csv));
    assert_int_equal(hc_csv_column(csv.fields, csv.n, "time|timestamp"), 0);
    assert_int_equal(hc_csv_column(csv.fields, csv.n, "component|service"), 1);
    assert_true(hc_csv_column(csv.fields, csv.n, "unit") == HC_CSV_NO_COLUMN);
}

static void takes_surplus_fields_only_when_they_are_empty(void **state)
{
    (void)state;
    open_text("1,2,,\n1,2,3\n1\n");
    assert_true(hc_csv_next(&csv));
    assert_true(hc_csv_fits(&csv, 2));
    assert_true(hc_csv_next(&csv));
    assert_false(hc_csv_fits(&csv, 2));
    assert_true(hc_csv_next(&csv));
    assert_false(hc_csv_fits(&csv, 2));
}

/* The same fields as a scanner of one byte at a time finds, over texts without quotes. */
static void agrees_with_a_plain_scan_at_every_length(void **state)
{
    (void)state;
    char text[256];
    uint32_t seed = 1;
    for (size_t n = 1; n < sizeof text - 1; n++) {
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = ",xyz\nabcdefghijk"[seed >> 28];
        }
        text[n] = '\0';
        open_text(text);
        size_t n_rows = 0;
        size_t n_fields = 0;
        while (hc_csv_next(&csv)) {
            n_rows++;
            n_fields += csv.n;
        }
        size_t want_rows = 0;
        size_t want_fields = 0;
        for (size_t i = 0, from = 0; i <= n; i++) {
            if (i < n && text[i] != '\n')
                continue;
            want_rows += i > from;
            want_fields += i > from;
            for (size_t k = from; k < i; k++)
                want_fields += text[k] == ',';
            from = i + 1;
        }
        assert_int_equal(n_rows, want_rows);
        assert_int_equal(n_fields, want_fields);
    }
}

/* A scanner has no room for fields yet when it takes its first row, and takes it field by field: each row of a text is
 * held against the first one of its rest. */
static void takes_common_rows_as_it_takes_any_other(void **state)
{
    (void)state;
    static const char *const alphabets[] = {"a,b\n\r,c d\",e\"fg,a,b\n\r,c d\",e\"fg,",
                                            "abcdefghi,jklmnop\"qrst,uvwxyz01\n"};
    char text[400];
    uint32_t seed = 1;
    for (size_t round = 0; round < 20000; round++) {
        size_t n = round % sizeof text;
        for (size_t i = 0; i < n; i++) {
            seed = seed * 1664525u + 1013904223u;
            text[i] = alphabets[round / 10000][seed >> 27];
            if (round >= 10000 && text[i] == '"' && seed % 8 != 0)
                text[i] = '\r';
        }
        hc_arena_reset(arena);
        hc_csv_open(&csv, (struct hc_str){text, n}, arena);
        struct hc_csv slow = csv;
        while (hc_csv_next(&csv)) {
            assert_true(hc_csv_next(&slow));
            assert_true(csv.n == slow.n && csv.at == slow.at && csv.malformed == slow.malformed);
            assert_true(csv.line == slow.line && csv.next_line == slow.next_line);
            for (size_t i = 0; i < csv.n; i++)
                assert_true(hc_str_equal(csv.fields[i], slow.fields[i]));
            slow.fields = NULL;
            slow.capacity = 0;
        }
        assert_false(hc_csv_next(&slow));
    }
}

/* Each line could send a naive scanner to the end of the file: 40,000 of them would take minutes. */
static void stays_linear_under_unbalanced_quotes(void **state)
{
    (void)state;
    struct hc_buf text = {0};
    for (int i = 0; i < 40000; i++)
        hc_buf_text(&text, i % 2 == 0 ? "a,\"\"\"\"\"b\n" : "\"\"c,d\n");
    hc_buf_text(&text, "\"");
    assert_false(text.failed);
    hc_csv_open(&csv, hc_buf_view(&text), arena);
    size_t n = 0;
    clock_t start = clock();
    while (hc_csv_next(&csv))
        n++;
    assert_true(n >= 20000);
    assert_true((double)(clock() - start) / CLOCKS_PER_SEC < 5);
    hc_buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(splits_rows_and_fields, set_up, tear_down),
        cmocka_unit_test_setup_teardown(ends_lines_with_crlf_and_skips_a_byte_order_mark, set_up, tear_down),
        cmocka_unit_test_setup_teardown(keeps_commas_quotes_and_lines_inside_quotes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_a_quote_within_a_plain_field_as_it_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(costs_one_row_where_a_quote_stays_open, set_up, tear_down),
        cmocka_unit_test_setup_teardown(costs_one_row_where_text_follows_a_closing_quote, set_up, tear_down),
        cmocka_unit_test_setup_teardown(passes_over_blank_lines_and_reads_a_last_line_without_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(reads_an_empty_last_field, set_up, tear_down),
        cmocka_unit_test_setup_teardown(finds_columns_whatever_their_case, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_surplus_fields_only_when_they_are_empty, set_up, tear_down),
        cmocka_unit_test_setup_teardown(agrees_with_a_plain_scan_at_every_length, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_common_rows_as_it_takes_any_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(stays_linear_under_unbalanced_quotes, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
