#include "ingest/format/csv.h"

/* Of the row at hand. What comes after the first part may stand where that did. */
static bool keep_header(struct hc_csv_table *table)
{
    struct hc_arena *arena = table->reading->arena;
    table->n_columns = table->csv.n;
    table->header = hc_arena_calloc(arena, table->n_columns, sizeof *table->header);
    for (size_t i = 0; table->header != NULL && i < table->n_columns; i++) {
        struct hc_str name = hc_str_trim(table->csv.fields[i]);
        table->header[i] = table->context->in_parts ? hc_str_copy(arena, name) : name;
        if (table->header[i].p == NULL && name.p != NULL)
            return false;
    }
    return table->header != NULL;
}

bool hc_csv_table_open(struct hc_csv_table *table, struct hc_str *bytes, const struct hc_read_context *context,
                       struct hc_reading *reading)
{
    *table = (struct hc_csv_table){.reading = reading, .context = context};
    table->times.utc_offset_s = context->entry == NULL ? 0 : context->entry->utc_offset_s;
    hc_csv_open(&table->csv, *bytes, reading->arena);
    if (!hc_csv_next(&table->csv)) {
        table->failed = table->csv.no_memory;
        return false;
    }
    table->failed = !keep_header(table);
    *bytes = (struct hc_str){table->csv.at, (size_t)(table->csv.end - table->csv.at)};
    if (context->in_parts && table->csv.at[-1] != '\n') /* a part has no room for it */
        return false;
    return !table->failed && !table->csv.malformed && table->n_columns < HC_CSV_COLUMNS;
}

void hc_csv_table_part(struct hc_csv_table *table, struct hc_str bytes)
{
    table->csv.at = bytes.p;
    table->csv.end = bytes.p + bytes.n;
    table->csv.one_line_fields = false;
    table->times.last = HC_STR_NONE;
    table->last_feed = bytes.n == 0 ? NULL : memrchr(bytes.p, '\n', bytes.n);
}

bool hc_csv_table_next(struct hc_csv_table *table)
{
    while (hc_csv_next(&table->csv)) {
        table->reading->n_rows++;
        if ((table->csv.n == table->n_columns && !table->csv.malformed) || hc_csv_fits(&table->csv, table->n_columns))
            return true;
        table->reading->n_bad_rows++;
        if (table->csv.malformed)
            hc_warnings_add(&table->reading->warnings, "csv-quotes", table->context->member, (long)table->csv.line,
                            "a row with unbalanced quotes is left out");
        else
            hc_warnings_add(&table->reading->warnings, "csv-ragged", table->context->member, (long)table->csv.line,
                            "a row of %zu fields under a header of %zu is left out", table->csv.n, table->n_columns);
    }
    table->failed |= table->csv.no_memory;
    return false;
}

void hc_csv_table_bad(struct hc_csv_table *table, const char *code, const char *what, struct hc_str value)
{
    if (value.n > 60)
        value.n = 60;
    table->reading->n_bad_rows++;
    hc_warnings_add(&table->reading->warnings, code, table->context->member, (long)table->csv.line,
                    "%s: \"%.*s\"; the row is left out", what, HC_STR_ARG(value));
}

bool hc_csv_table_time(struct hc_csv_table *table, size_t column, struct hc_time *time)
{
    struct hc_str field = column < table->csv.n ? table->csv.fields[column] : HC_STR_NONE;
    if (field.n > 0 && field.n == table->times.last.n &&
        hc_time_column_scan(&table->times, field.p, field.p + field.n, time) != NULL)
        return true;
    if (hc_time_column_parse(&table->times, field, time))
        return true;
    hc_csv_table_bad(table, "bad-time", "not a time", hc_csv_field(&table->csv, column));
    return false;
}

const char *hc_csv_table_parse_time(struct hc_csv_table *table, struct hc_time *time)
{
    const char *at = table->csv.at;
    if (table->last_feed == NULL || at >= table->last_feed)
        return NULL;
    const char *feed = memchr(at, '\n', (size_t)(table->csv.end - at));
    const char *end = memchr(at, ',', (size_t)(feed - at));
    bool reads = end != NULL && hc_time_column_parse(&table->times, (struct hc_str){at, (size_t)(end - at)}, time);
    return reads ? end : NULL;
}

enum hc_status hc_csv_table_taken(struct hc_csv_table *table, struct hc_err *err)
{
    struct hc_reading *reading = table->reading;
    if (table->failed)
        return hc_arena_refused(reading->arena, err);
    if (reading->n_rows > 0 && reading->n_bad_rows >= reading->n_rows)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "none of its %llu rows can be read",
                          (unsigned long long)reading->n_rows);
    return HC_OK;
}

/* Only the plain and the simply quoted names that a header has: a bid needs no more. */
size_t hc_csv_peek(struct hc_str head, struct hc_str *names, size_t max)
{
    const char *feed = head.n == 0 ? NULL : memchr(head.p, '\n', head.n);
    struct hc_str line = {head.p, feed == NULL ? head.n : (size_t)(feed - head.p)};
    size_t n = 0;
    while (line.n > 0 && n < max) {
        const char *comma = memchr(line.p, ',', line.n);
        struct hc_str name = {line.p, comma == NULL ? line.n : (size_t)(comma - line.p)};
        line.p += name.n + (comma != NULL);
        line.n -= name.n + (comma != NULL);
        name = hc_str_trim(name);
        if (name.n >= 2 && name.p[0] == '"' && name.p[name.n - 1] == '"')
            name = (struct hc_str){name.p + 1, name.n - 2};
        names[n++] = name;
    }
    return n;
}
