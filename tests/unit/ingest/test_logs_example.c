#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "ingest/format/format.h"
#include "ingest/normalize/templates.h"

#define PATH HC_SOURCE_DIR "/../shared/datasets/inc-123/INC-123/logs/storage_service.log"

/* Lies beside the checkout on the project's machines only: skipped without it. */
static void the_example_incident_gives_its_four_templates(void **state)
{
    static const char *const expected[] = {"resource allocation failed", "process crashed without clean shutdown",
                                           "IO error", "performance degradation detected"};
    char bytes[4096];
    FILE *file = fopen(PATH, "rb");
    (void)state;
    if (!file)
        skip();
    size_t n = fread(bytes, 1, sizeof bytes, file), n_templates;
    fclose(file);
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_entry entry = {.kind = HC_STR("logs"), .component = HC_STR("storage_service")};
    struct hc_read_context context = {.member = HC_STR("logs/storage_service.log"), .entry = &entry};
    struct hc_reading reading;
    struct hc_err err = HC_ERR_NONE;
    struct hc_str shapes[16];
    struct hc_template *templates;
    uint32_t of[16];
    context.window_start = context.window_end = HC_TIME_NONE;
    hc_reading_init(&reading, arena);
    assert_int_equal(hc_reader_read(&hc_reader_logs_text, (struct hc_str){bytes, n}, &context, &reading, &err), HC_OK);
    assert_int_equal(reading.n_rows, 13);
    assert_int_equal(reading.n_events, 13);
    assert_true(reading.n_logs <= 16);
    for (size_t i = 0; i < reading.n_logs; i++)
        shapes[i] = reading.logs[i].shape;
    assert_int_equal(hc_templates_mine(&(struct hc_mined_shapes){shapes, NULL, reading.n_logs}, of, &templates,
                                       &n_templates, arena, &err),
                     HC_OK);
    assert_int_equal(n_templates, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(hc_str_is(templates[i].text, expected[i]));
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_example_incident_gives_its_four_templates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
