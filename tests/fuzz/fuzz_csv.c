/* The CSV scanner: every field lies in the file or is text of its own, and rows go forward. */
#include "ingest/format/csv.h"
#include "tests/fuzz/fuzz.h"

/* A row by itself is read field by field, as the first of any scanner is; among others it may be taken block by block. */
static void read_alone(const struct hc_csv *row, const char *begin, struct hc_arena *arena)
{
    struct hc_csv alone;
    hc_csv_open(&alone, (struct hc_str){begin, (size_t)(row->at - begin)}, arena);
    alone.at = begin; /* no byte-order mark is looked for */
    HOLDS(hc_csv_next(&alone) && alone.n == row->n && !alone.malformed);
    for (size_t i = 0; i < row->n; i++)
        HOLDS(hc_str_equal(alone.fields[i], row->fields[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_str bytes = {(const char *)data, size}, header[64];
    struct hc_csv csv;
    size_t last = 0;
    uint64_t n_bytes = 0;
    hc_csv_open(&csv, bytes, arena);
    for (const char *begin = csv.at; hc_csv_next(&csv); begin = csv.at) {
        HOLDS(csv.line > last && csv.next_line > csv.line);
        last = csv.line;
        HOLDS((csv.n > 0 || csv.malformed) && csv.n <= HC_CSV_COLUMNS);
        for (size_t i = 0; i < csv.n; i++) {
            struct hc_str field = hc_csv_field(&csv, i);
            n_bytes += csv.malformed ? 0 : field.n; /* the lines after a malformed one are read again */
            HOLDS(field.n <= size && (field.n == 0 || memchr(field.p, field.p[0], field.n) != NULL));
        }
        (void)hc_csv_fits(&csv, 3);
        if (!csv.malformed)
            read_alone(&csv, begin, arena);
    }
    HOLDS(!csv.no_memory && n_bytes <= size);
    HOLDS(hc_csv_peek(bytes, header, 64) <= 64);
    hc_arena_free(arena);
    return 0;
}
