/* One evidence reader, FUZZ_READER, on whatever bytes, bid or no bid. */
#include "tests/fuzz/reading.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct hc_reader *reader = &FUZZ_READER;
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_reading reading;
    struct hc_names components;
    struct hc_str bytes = {(const char *)data, size};
    struct hc_entry entry = {.kind = hc_str_of(reader->kind), .component = HC_STR("db"), .utc_offset_s = 3600};
    hc_names_init(&components, arena);
    hc_names_add(&components, HC_STR("db"));
    /* The last byte turns the manifest's entry on and off. */
    struct hc_read_context context = {.member = HC_STR("file"),
                                      .entry = size > 0 && data[size - 1] % 2 == 0 ? &entry : NULL,
                                      .service = HC_STR("api"),
                                      .window_start = {INT64_C(1426547700000000000), 0},
                                      .window_end = {INT64_C(1426548000000000000), 0},
                                      .known_components = &components};
    hc_reading_init(&reading, arena);
    if (size > 0) {
        int bid = reader->bid(bytes, &context);
        HOLDS(bid >= 0 && bid <= 100);
        enum hc_status status = hc_reader_read(reader, bytes, &context, &reading, &err);
        fuzz_status(status, &err);
        if (status == HC_OK)
            fuzz_reading(&reading);
    }
    hc_arena_free(arena);
    return 0;
}
