#include "tests/unit/ingest/reading.h"

static struct test_reading t;

static int fresh(void **state)
{
    (void)state;
    test_reading_open(&t);
    return 0;
}

static int spent(void **state)
{
    (void)state;
    test_reading_close(&t);
    return 0;
}

/* What a text is taken for; "" where it is not recognised. */
static const char *taken_for(const char *kind, const char *text)
{
    static char name[64];
    test_reading_close(&t);
    test_reading_open(&t);
    t.context.service = HC_STR("s");
    if (kind != NULL)
        t.entry.kind = hc_str_of(kind);
    enum hc_status status = test_read(&t, text);
    assert_true(status == HC_OK || status == HC_SKIP);
    (void)snprintf(name, sizeof name, "%.*s", HC_STR_ARG(t.file.format));
    return name;
}

/* The header holds what each of the earlier kinds asks for, so only the order decides. */
static void decides_what_a_csv_is_in_the_stated_order(void **state)
{
    (void)state;
    assert_string_equal(taken_for(NULL, "trace_id,span_id,parent_id,component,operation,start,end,time,metric,value,"
                                        "kind,message\na,b,,c,o,1600000000,1600000001,1600000000,m,1,k,x\n"),
                        "traces-csv");
    assert_string_equal(taken_for(NULL, "time,component,metric,value,kind,message\n1600000000,c,m,1,k,x\n"),
                        "metrics-csv-long");
    assert_string_equal(taken_for(NULL, "time,component,kind,message,value\n1600000000,c,k,x,1\n"), "events-csv");
    assert_string_equal(taken_for(NULL, "time,level,component,message,took\n2020-09-13T12:26:40Z,INFO,c,hello,1\n"),
                        "logs-csv");
    assert_string_equal(taken_for(NULL, "time,cpu,load\n1600000000,1,2\n"), "metrics-csv-wide");
}

static void lets_the_element_win_where_the_file_parses_as_it_says(void **state)
{
    (void)state;
    assert_string_equal(taken_for("metrics", "time,level,component,message,took\n1600000000,INFO,c,hello,1\n"),
                        "metrics-csv-wide");
    assert_int_equal(test_warnings(&t.reading, "format-disagrees"), 0);
    assert_string_equal(taken_for("document", "time,cpu\n1600000000,1\n"), "document-markdown");
}

static void lets_the_content_win_elsewhere_and_says_so(void **state)
{
    (void)state;
    assert_string_equal(taken_for("traces", "time,cpu\n1600000000,1\n"), "metrics-csv-wide");
    assert_int_equal(test_warnings(&t.reading, "format-disagrees"), 1);
    assert_string_equal(taken_for("metrics", "{\"time\":1,\"kind\":\"k\",\"message\":\"m\"}\n"), "events-jsonl");
    assert_int_equal(t.reading.n_events, 1);
}

static void takes_no_table_of_numbers_for_metrics_without_a_time(void **state)
{
    (void)state;
    const char *text = "id,score\n1,2\n2,3\n";
    assert_string_not_equal(taken_for(NULL, text), "metrics-csv-wide");
    assert_string_equal(taken_for("metrics", text), "metrics-csv-wide");
}

static void leaves_formats_that_it_does_not_read_yet_unrecognised(void **state)
{
    (void)state;
    static const char *const unread[] = {
        "{\"apiVersion\":\"v1\",\"kind\":\"List\",\"items\":[]}",
        "{\n  \"a\": 1\n}\n",
        "[\n  {\"a\": 1}\n]\n",
        "<?xml version=\"1.0\"?><log/>",
    };
    for (size_t i = 0; i < sizeof unread / sizeof *unread; i++) {
        assert_string_equal(taken_for(NULL, unread[i]), "");
        assert_int_equal(test_warnings(&t.reading, "format-unread"), 1);
        assert_null(t.file.kind.p);
    }
}

static void says_that_a_file_is_empty(void **state)
{
    (void)state;
    assert_string_equal(taken_for("metrics", ""), "");
    assert_int_equal(test_warnings(&t.reading, "file-empty"), 1);
    assert_string_equal(taken_for(NULL, "\xEF\xBB\xBF \r\n"), "");
    assert_int_equal(test_warnings(&t.reading, "file-empty"), 1);
}

static void keeps_nothing_of_a_reader_that_gave_up(void **state)
{
    (void)state;
    taken_for("traces", "trace_id,span_id,parent_id,component,operation,start,end\nx,y,,c,o,soon,later\n");
    assert_int_equal(t.reading.n_spans, 0);
    assert_int_equal(test_warnings(&t.reading, "bad-time"), 0);
}

static void chooses_by_kind_and_by_content(void **state)
{
    (void)state;
    struct hc_str text = HC_STR("time,cpu\n1600000000,1\n");
    assert_ptr_equal(hc_reader_choose(text, &t.context, HC_STR_NONE), &hc_reader_metrics_csv_wide);
    assert_ptr_equal(hc_reader_choose(text, &t.context, HC_STR("metrics")), &hc_reader_metrics_csv_wide);
    assert_null(hc_reader_choose(text, &t.context, HC_STR("traces")));
}

/* Whatever breaks off or flips, a reader ends, and says how it ended. */
static void survives_damage_at_every_byte(void **state)
{
    (void)state;
    static const char *const samples[] = {
        "time,a/m,b/n\n1600000000,1,\"2\"\n1600000060,3,4\n",
        "time,component,metric,value,unit\n1,a,\"m\"\"x\",2,MB\n",
        "time,kind,component,message\n1,k,c,\"hello, world\"\n",
        "trace_id,span_id,parent_id,component,operation,start,end,status\na,b,,c,o,1,2,ok\na,c,b,d,p,1,2,error\n",
        "{\"time\":1,\"kind\":\"k\",\"component\":\"c\",\"message\":\"m\\u00e4\"}\n{\"time\":2,\"kind\":\"k\"}\n",
        "[{\"labels\":{\"alertname\":\"A\"},\"startsAt\":\"2015-03-16T23:17:43Z\"}]\n",
        "---\ntitle: x\n---\n# Heading\n\ntext\n",
        "<!doctype html><title>a&amp;b</title><p>c&#65;</p>",
    };
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        size_t n = strlen(samples[s]);
        for (size_t cut = 0; cut < 2 * n; cut++) {
            char *text = malloc(n + 1);
            assert_non_null(text);
            memcpy(text, samples[s], n + 1);
            if (cut < n)
                text[cut] = '\0';
            else
                text[cut - n] = (char)(text[cut - n] ^ (1 << (cut % 7)));
            test_reading_close(&t);
            test_reading_open(&t);
            enum hc_status status = test_read(&t, text);
            assert_true(status == HC_OK || status == HC_SKIP);
            assert_true(t.file.n_bad_rows <= t.file.n_rows);
            free(text);
        }
    }
}

/* Whatever the memory that one may have: no more is looked at than there is. The sanitizers see it. */
static void read_with_little_memory(const char *text, size_t most)
{
    enum hc_status status = HC_FAIL;
    for (size_t ceiling = 32 << 10; ceiling < most; ceiling += ceiling / 16) {
        struct test_reading little;
        test_reading_open(&little);
        hc_arena_free(little.arena);
        little.arena = hc_arena_new(ceiling);
        assert_non_null(little.arena);
        hc_reading_init(&little.reading, little.arena);
        status = test_read(&little, text);
        assert_int_not_equal(status, HC_FATAL);
        test_reading_close(&little);
    }
    assert_int_equal(status, HC_OK);
}

static void memory_may_be_short_anywhere(void **state)
{
    struct hc_buf counter = {0}, records = {0};
    (void)state;
    hc_buf_text(&counter, "# TYPE asked counter\n");
    for (int i = 0; i < 20000; i++)
        hc_buf_format(&counter, "asked_total{job=\"a\"} %d %d\n", i, 1000 + i);
    hc_buf_text(&records, "{\"resourceLogs\":[{\"scopeLogs\":[{\"logRecords\":[");
    for (int i = 0; i < 4000; i++)
        hc_buf_format(&records, "%s{\"timeUnixNano\":\"1000000000000\",\"body\":{\"stringValue\":\"w%c%c%c said\"}}",
                      i ? "," : "", 'a' + i % 26, 'a' + i / 26 % 26, 'a' + i / 676);
    hc_buf_text(&records, "]}]}]}");
    assert_false(counter.failed || records.failed);
    read_with_little_memory(hc_buf_view(&counter).p, 4 << 20);
    read_with_little_memory(hc_buf_view(&records).p, 32 << 20);
    hc_buf_free(&counter);
    hc_buf_free(&records);
}

/* Else a document in one line would be searched from its beginning for each of its places. */
static void numbers_lines_without_going_back(void **state)
{
    (void)state;
    const char *text = "{}{}{}\n{}";
    struct hc_lines lines = {text, 1};
    assert_int_equal(hc_lines_at(&lines, text + 4), 1);
    assert_ptr_equal(lines.counted, text + 4);
    assert_int_equal(hc_lines_at(&lines, text + 7), 2);
    assert_int_equal(hc_lines_at(&lines, text + 2), 2);
    assert_ptr_equal(lines.counted, text + 7);
}

/* Every reader asked, in the order of the table. */
static const struct hc_reader *surest_of_all(struct hc_str head, struct hc_str kind)
{
    static const struct hc_reader *const readers[] = {&hc_reader_traces_csv,
                                                      &hc_reader_metrics_csv_long,
                                                      &hc_reader_events_csv,
                                                      &hc_reader_events_jsonl,
                                                      &hc_reader_logs_csv,
                                                      &hc_reader_metrics_csv_wide,
                                                      &hc_reader_document_html,
                                                      &hc_reader_document_markdown,
                                                      &hc_reader_logs_jsonl,
                                                      &hc_reader_logs_text,
                                                      &hc_reader_metrics_openmetrics,
                                                      &hc_reader_metrics_prometheus,
                                                      &hc_reader_traces_otlp,
                                                      &hc_reader_traces_jaeger,
                                                      &hc_reader_traces_zipkin,
                                                      &hc_reader_events_json,
                                                      &hc_reader_metrics_grafana};
    const struct hc_reader *best = NULL;
    int most = kind.p == NULL ? HC_BID_BY_CONTENT - 1 : 0;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++) {
        int bid = readers[i]->bid(head, &t.context);
        assert_true(bid <= readers[i]->most);
        if (bid > most && (kind.p == NULL || hc_str_is(kind, readers[i]->kind))) {
            best = readers[i];
            most = bid;
        }
    }
    return best;
}

static void leaves_out_no_reader_that_would_win(void **state)
{
    (void)state;
    static const char *const kinds[] = {NULL, "metrics", "logs", "events", "traces", "document"};
    static const char *const samples[] = {
        "time,component,metric,value,level,kind,message\n1,a,m,2,info,k,t\n",
        "time,kind,component,message,level\n1,k,c,hello,info\n",
        "trace_id,span_id,parent_id,component,operation,start,end,time,metric,value\na,b,,c,o,1,2,3,4,5\n",
        "2015-03-16T23:17:43Z,info,x,y\n2015-03-16T23:17:44Z,info,x,y\n",
        "{\"time\":1,\"kind\":\"k\",\"component\":\"c\",\"message\":\"m\"}\n{\"time\":2,\"kind\":\"k\"}\n",
        "{\"level\":\"info\",\"ts\":1,\"msg\":\"a\"}\n",
        "[{\"labels\":{\"alertname\":\"A\"},\"startsAt\":\"2015-03-16T23:17:43Z\"}]\n",
        "---\ntitle: x\n---\n# Heading\n\ntext\n",
        "# Heading\n\n2015-03-16T23:17:43Z ERROR text\n",
        "<!doctype html><title>a</title>",
        "<p>text</p>",
        "2015-03-16T23:17:43Z WARN slow\n",
        "some prose\nand more of it\n",
        "# TYPE up gauge\nup 1 1600000000\n",
        "up{job=\"a\"} 1 1600000000\n",
        "{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[]}}",
    };
    for (size_t s = 0; s < sizeof samples / sizeof *samples; s++) {
        for (size_t from = 0; from < strlen(samples[s]); from++) {
            struct hc_str text = hc_str_of(samples[s] + from);
            for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
                struct hc_str kind = hc_str_of(kinds[k]);
                assert_ptr_equal(hc_reader_choose(text, &t.context, kind), surest_of_all(text, kind));
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(decides_what_a_csv_is_in_the_stated_order, fresh, spent),
        cmocka_unit_test_setup_teardown(lets_the_element_win_where_the_file_parses_as_it_says, fresh, spent),
        cmocka_unit_test_setup_teardown(lets_the_content_win_elsewhere_and_says_so, fresh, spent),
        cmocka_unit_test_setup_teardown(takes_no_table_of_numbers_for_metrics_without_a_time, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_formats_that_it_does_not_read_yet_unrecognised, fresh, spent),
        cmocka_unit_test_setup_teardown(says_that_a_file_is_empty, fresh, spent),
        cmocka_unit_test_setup_teardown(keeps_nothing_of_a_reader_that_gave_up, fresh, spent),
        cmocka_unit_test_setup_teardown(chooses_by_kind_and_by_content, fresh, spent),
        cmocka_unit_test_setup_teardown(leaves_out_no_reader_that_would_win, fresh, spent),
        cmocka_unit_test_setup_teardown(survives_damage_at_every_byte, fresh, spent),
        cmocka_unit_test(memory_may_be_short_anywhere),
        cmocka_unit_test_setup_teardown(numbers_lines_without_going_back, fresh, spent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
