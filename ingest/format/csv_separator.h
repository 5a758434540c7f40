/* Tables whose fields are parted by semicolons or tabs. */
#ifndef HC_INGEST_FORMAT_CSV_SEPARATOR_H
#define HC_INGEST_FORMAT_CSV_SEPARATOR_H

#include "base/arena.h"
#include "base/text.h"

/* What may part the fields: ';' or a tab where the first line has no comma, else ','. */
char hc_csv_separator(struct hc_str text);

/* The table with commas between its fields: every line stays one, a field that holds commas is put in quotes.
 * Absent: no memory. Cost: linear in the bytes. */
struct hc_str hc_csv_with_commas(struct hc_str text, char separator, struct hc_arena *arena);

#endif
