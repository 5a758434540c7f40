#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/format/format.h"

#define START_S INT64_C(1426547700) /* 2015-03-16T23:15:00Z */

struct fixture {
    struct hc_arena *arena;
    struct hc_names known;
    struct hc_entry entry;
    struct hc_read_context context;
    struct hc_reading reading;
    struct hc_err err;
};

static void open_fixture(struct fixture *f, const char *component)
{
    *f = (struct fixture){.arena = hc_arena_new(0)};
    hc_names_init(&f->known, f->arena);
    hc_names_add(&f->known, HC_STR("storage"));
    f->entry = (struct hc_entry){.kind = HC_STR("logs"), .component = hc_str_of(component)};
    f->context = (struct hc_read_context){.member = HC_STR("logs/a.log"),
                                          .entry = &f->entry,
                                          .window_start = {START_S * HC_NS_PER_SECOND, 0},
                                          .window_end = {(START_S + 300) * HC_NS_PER_SECOND, 0},
                                          .known_components = &f->known};
    hc_reading_init(&f->reading, f->arena);
}

static const struct hc_reader *surest(struct hc_str bytes, const struct fixture *f)
{
    return hc_reader_choose(bytes, &f->context, HC_STR_NONE);
}

static const struct hc_read_log *log_of(const struct fixture *f, const char *shape)
{
    for (size_t i = 0; i < f->reading.n_logs; i++)
        if (hc_str_is(f->reading.logs[i].shape, shape))
            return &f->reading.logs[i];
    fail_msg("no shape \"%s\"", shape);
    return NULL;
}

static void counts_lines_by_shape_component_level_and_minute(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, NULL);
    assert_int_equal(hc_reader_read(&hc_reader_logs_text,
                                    HC_STR("2015-03-16T23:17:43Z ERROR storage: failed after 10 ms\n"
                                           "2015-03-16T23:17:49Z ERROR storage: failed after 11 ms\n"
                                           "2015-03-16T23:18:01Z ERROR storage: failed after 12 ms\n"
                                           "2015-03-16T23:18:02Z ERROR gateway: failed after 12 ms\n"),
                                    &f.context, &f.reading, &f.err),
                     HC_OK);
    assert_int_equal(f.reading.n_rows, 4);
    assert_int_equal(f.reading.n_logs, 2);
    const struct hc_read_log *log = log_of(&f, "failed after <*>");
    assert_int_equal(log->level, HC_LOG_ERROR);
    assert_true(hc_str_is(f.reading.components.items[log->component], "storage"));
    assert_int_equal(log->n_minutes, 2);
    assert_int_equal(log->minute[0], INT64_C(23775797)); /* 1426547863 / 60 */
    assert_int_equal(log->lines[0], 2);
    assert_int_equal(log->lines[1], 1);
    assert_int_equal(log->first_line, 1);
    assert_true(hc_str_is(log->exemplar, "failed after 10 ms"));
    /* The manifest does not know the gateway. */
    assert_int_equal(f.reading.logs[1].component, HC_NO_COMPONENT);
    hc_arena_free(f.arena);
}

static void the_entrys_component_wins(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, "cart");
    assert_int_equal(hc_reader_read(&hc_reader_logs_text, HC_STR("2015-03-16T23:17:43Z ERROR storage: failed\n"),
                                    &f.context, &f.reading, &f.err),
                     HC_OK);
    assert_true(hc_str_is(f.reading.components.items[f.reading.logs[0].component], "cart"));
    hc_arena_free(f.arena);
}

static void a_small_log_keeps_each_warning_and_a_large_one_few_of_a_shape(void **state)
{
    struct fixture f;
    struct hc_buf text = {0};
    (void)state;
    open_fixture(&f, NULL);
    hc_reader_read(&hc_reader_logs_text,
                   HC_STR("2015-03-16T23:17:43Z WARN storage: slow\n2015-03-16T23:17:44Z INFO storage: fine\n"
                          "2015-03-16T23:17:45Z ERROR storage: gone\n"),
                   &f.context, &f.reading, &f.err);
    assert_int_equal(f.reading.n_events, 2);
    assert_true(hc_str_is(f.reading.events[1].message, "gone"));
    assert_true(hc_str_is(f.reading.events[1].kind, "log"));
    assert_int_equal(f.reading.events[1].place.line, 3);
    hc_arena_free(f.arena);

    open_fixture(&f, NULL);
    for (int i = 0; i < 300; i++) {
        hc_buf_format(&text, "2015-03-16T23:%02d:%02dZ INFO storage: fine\n", 10 + i / 60, i % 60);
        hc_buf_format(&text, "2015-03-16T23:%02d:%02dZ ERROR storage: gone %d\n", 14 + i / 60, i % 60, i);
    }
    hc_reader_read(&hc_reader_logs_text, hc_buf_view(&text), &f.context, &f.reading, &f.err);
    size_t n_errors = 0;
    for (size_t i = 0; i < f.reading.n_events; i++) {
        assert_true(f.reading.events[i].at.ns >= START_S * HC_NS_PER_SECOND);
        n_errors += f.reading.events[i].level == HC_LOG_ERROR;
    }
    assert_int_equal(n_errors, 20);
    hc_buf_free(&text);
    hc_arena_free(f.arena);
}

static void tells_logs_from_other_files(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, NULL);
    f.context.entry = NULL;
    assert_ptr_equal(surest(HC_STR("2015-03-16T23:17:43Z WARN slow\n"), &f), &hc_reader_logs_text);
    assert_ptr_equal(surest(HC_STR("{\"log\":\"a\\n\",\"stream\":\"stdout\",\"time\":\"2015-03-16T23:17:43Z\"}\n"), &f),
                     &hc_reader_logs_jsonl);
    assert_ptr_equal(surest(HC_STR("{\"level\":\"info\",\"ts\":1,\"msg\":\"a\"}\n"), &f), &hc_reader_logs_jsonl);
    assert_ptr_equal(surest(HC_STR("{\"time\":\"2015-03-16T23:17:43Z\",\"kind\":\"alert\",\"message\":\"a\"}\n"), &f),
                     &hc_reader_events_jsonl);
    assert_ptr_equal(surest(HC_STR("time,level,message\n2015-03-16T23:17:43Z,info,a\n"), &f), &hc_reader_logs_csv);
    assert_int_equal(hc_reader_logs_text.bid(HC_STR("\x7f"
                                                    "ELF\x02\x01\x01\0\0\0"),
                                             &f.context),
                     0);
    assert_true(hc_reader_logs_text.bid(HC_STR("some prose\nand more of it\n"), &f.context) < HC_BID_BY_CONTENT);
    hc_arena_free(f.arena);
}

static void reads_csv_logs_and_counts_rows_without_a_time(void **state)
{
    struct fixture f;
    (void)state;
    open_fixture(&f, NULL);
    assert_int_equal(hc_reader_read(&hc_reader_logs_csv,
                                    HC_STR("timestamp,level,service,message\n"
                                           "2015-03-16T23:17:43Z,error,storage,\"lost 3, kept 4\"\n"
                                           "yesterday,error,storage,lost 3\n"),
                                    &f.context, &f.reading, &f.err),
                     HC_OK);
    assert_int_equal(f.reading.n_rows, 2);
    assert_int_equal(f.reading.n_bad_rows, 1);
    assert_int_equal(f.reading.n_logs, 1);
    const struct hc_read_log *log = log_of(&f, "lost <*>, kept <*>");
    assert_int_equal(log->level, HC_LOG_ERROR);
    assert_true(hc_str_is(f.reading.components.items[log->component], "storage"));
    hc_arena_free(f.arena);
}

static void gives_the_same_reading_twice(void **state)
{
    static const char text[] = "2015-03-16T23:17:43Z WARN storage: slow 1\nlost line\n2015-03-16T23:19:43Z INFO x: y\n";
    struct fixture a, b;
    (void)state;
    open_fixture(&a, NULL);
    open_fixture(&b, NULL);
    hc_reader_read(&hc_reader_logs_text, hc_str_of(text), &a.context, &a.reading, &a.err);
    hc_reader_read(&hc_reader_logs_text, hc_str_of(text), &b.context, &b.reading, &b.err);
    assert_int_equal(a.reading.n_logs, b.reading.n_logs);
    for (size_t i = 0; i < a.reading.n_logs; i++)
        assert_true(hc_str_equal(a.reading.logs[i].shape, b.reading.logs[i].shape));
    hc_arena_free(a.arena);
    hc_arena_free(b.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_lines_by_shape_component_level_and_minute),
        cmocka_unit_test(the_entrys_component_wins),
        cmocka_unit_test(a_small_log_keeps_each_warning_and_a_large_one_few_of_a_shape),
        cmocka_unit_test(tells_logs_from_other_files),
        cmocka_unit_test(reads_csv_logs_and_counts_rows_without_a_time),
        cmocka_unit_test(gives_the_same_reading_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
