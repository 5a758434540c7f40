/* The CSV scanner: every field lies in the file or is text of its own, and rows go forward. */
#include "ingest/format/csv.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_str bytes = {(const char *)data, size}, header[64];
    struct hc_csv csv;
    size_t last = 0;
    uint64_t n_bytes = 0;
    hc_csv_open(&csv, bytes, arena);
    while (hc_csv_next(&csv)) {
        HOLDS(csv.line > last && csv.next_line > csv.line);
        last = csv.line;
        HOLDS((csv.n > 0 || csv.malformed) && csv.n <= HC_CSV_COLUMNS);
        for (size_t i = 0; i < csv.n; i++) {
            struct hc_str field = hc_csv_field(&csv, i);
            n_bytes += csv.malformed ? 0 : field.n; /* the lines after a malformed one are read again */
            HOLDS(field.n <= size && (field.n == 0 || memchr(field.p, field.p[0], field.n) != NULL));
        }
        (void)hc_csv_fits(&csv, 3);
    }
    HOLDS(!csv.no_memory && n_bytes <= size);
    HOLDS(hc_csv_peek(bytes, header, 64) <= 64);
    hc_arena_free(arena);
    return 0;
}
