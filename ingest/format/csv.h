/* CSV as RFC 4180 has it, read row by row without an allocation a field. */
#ifndef HC_INGEST_FORMAT_CSV_H
#define HC_INGEST_FORMAT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "base/warning.h"
#include "ingest/format/format.h"

#define HC_CSV_COLUMNS ((size_t)65536)
#define HC_CSV_NO_COLUMN ((size_t)-1)

/* A scanner. Blank lines are passed over; LF and CRLF end a line; a leading byte-order mark is skipped.
 * A quoted field that is never closed, or whose closing quote is followed by something else than a comma
 * or a line's end, makes its row malformed, and the row ends with the line it began on. */
struct hc_csv {
    struct hc_arena *arena; /* for the fields array and for fields with doubled quotes */
    const char *at, *end;
    struct hc_str *fields; /* of the row at hand, into the file's bytes */
    size_t capacity;
    size_t n;    /* fields of the row, at most HC_CSV_COLUMNS of them kept */
    size_t line; /* 1-based, where the row begins */
    size_t next_line;
    bool malformed;
    bool no_memory;
    bool one_line_fields; /* a quote stayed open to the end of the file: none crosses a line any more */
};

void hc_csv_open(struct hc_csv *csv, struct hc_str bytes, struct hc_arena *arena);

/* The next row, malformed ones included. False at the end, or without memory (then no_memory is set).
 * Cost: linear in the bytes, whatever the quotes. */
bool hc_csv_next(struct hc_csv *csv);

/* The first column whose name is one of `names` (separated by '|'), ignoring case and spaces around. */
size_t hc_csv_column(const struct hc_str *header, size_t n, const char *names);

/* Whether the row at hand has the header's number of fields; more are well if they are empty. */
bool hc_csv_fits(const struct hc_csv *csv, size_t n_columns);

/* The field of a column, trimmed; absent for HC_CSV_NO_COLUMN and for an empty field. */
static inline struct hc_str hc_csv_field(const struct hc_csv *csv, size_t column)
{
    if (column >= csv->n)
        return HC_STR_NONE;
    struct hc_str field = hc_str_trim(csv->fields[column]);
    return field.n == 0 ? HC_STR_NONE : field;
}

/* What readers of one CSV share: the header, the rows that fit it, the counts. */
struct hc_csv_table {
    struct hc_csv csv;
    struct hc_reading *reading;
    const struct hc_read_context *context;
    struct hc_str *header;
    size_t n_columns;
    struct hc_time_column times;
    const char
        *last_feed; /* of the part, NULL: it has none; a number that begins before it is scanned up to it at most */
    bool failed;    /* no memory */
};

/* Takes the header off `bytes`, which a part of a file may be. False: no header, or no memory. The table must not be
 * moved. */
bool hc_csv_table_open(struct hc_csv_table *table, struct hc_str *bytes, const struct hc_read_context *context,
                       struct hc_reading *reading);
/* The rows to come are those of a part of the file. */
void hc_csv_table_part(struct hc_csv_table *table, struct hc_str bytes);
/* The next row that fits the header; ragged and malformed ones are counted and warned of. */
bool hc_csv_table_next(struct hc_csv_table *table);
/* Counts the row at hand as bad. */
void hc_csv_table_bad(struct hc_csv_table *table, const char *code, const char *what, struct hc_str value);
/* The time in a column; a bad one costs the row. */
bool hc_csv_table_time(struct hc_csv_table *table, size_t column, struct hc_time *time);
/* The time that the row to come begins with; gives where it ends, before last_feed. NULL: that row has to be split. */
static inline const char *hc_csv_table_scan_time(struct hc_csv_table *table, struct hc_time *time);
/* The same, where the time is not one more of the column's. */
const char *hc_csv_table_parse_time(struct hc_csv_table *table, struct hc_time *time);
static inline const char *hc_csv_table_scan_time(struct hc_csv_table *table, struct hc_time *time)
{
    const char *end = hc_time_column_scan(&table->times, table->csv.at, table->last_feed, time);
    return end != NULL ? end : hc_csv_table_parse_time(table, time);
}
/* Counts the rows up to `at` as taken. */
static inline void hc_csv_table_took(struct hc_csv_table *table, const char *at, size_t n_rows)
{
    table->csv.at = at;
    table->csv.next_line += n_rows;
    table->csv.line = table->csv.next_line - 1;
    table->reading->n_rows += n_rows;
}
/* What a reader returns of rows that it has taken: HC_FAIL where there were some and none was good. */
enum hc_status hc_csv_table_taken(struct hc_csv_table *table, struct hc_err *err);

/* The header of the head of a file, for bids; n == 0: none. At most `max` names are kept. */
size_t hc_csv_peek(struct hc_str head, struct hc_str *names, size_t max);

#endif
