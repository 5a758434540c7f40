/* The rule that chooses a reader: the file is read as hc_file_read would. */
#include "tests/fuzz/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const kinds[] = {"metrics", "logs", "events", "traces", "document"};
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_reading reading;
    struct hc_evidence_file file = {.n_bytes = 0};
    unsigned kind = size > 0 ? data[size - 1] % 6u : 5;
    struct hc_entry entry = {.kind = hc_str_of(kind < 5 ? kinds[kind] : NULL)};
    struct hc_read_context context = {
        .member = HC_STR("file"), .entry = kind < 5 ? &entry : NULL, .window_end = HC_TIME_NONE};
    hc_reading_init(&reading, arena);
    enum hc_status status = hc_file_read((struct hc_str){(const char *)data, size}, &context, &reading, &file, &err);
    fuzz_status(status, &err);
    HOLDS(status == HC_OK ? file.kind.n > 0 : file.kind.n == 0);
    if (status != HC_FAIL)
        fuzz_reading(&reading);
    hc_arena_free(arena);
    return 0;
}
