/* Records as CSV, one a row: a column is called as its header is, in small letters, all but letters and digits as one '_'. */
#include "ingest/format/csv.h"
#include "ingest/record/signs.h"

#define FORMAT "csv"
#define CSV_BID 95
#define COLUMNS 512

struct header {
    struct hc_str names[COLUMNS];
    char text[8192];
    size_t n, n_text;
};

/* "Incident Number" -> "incident_number". False: there is no room. */
static bool add_name(struct header *header, struct hc_str column)
{
    size_t begin = header->n_text;
    if (header->n == COLUMNS || column.n > sizeof header->text - begin)
        return false;
    for (size_t i = 0; i < column.n; i++) {
        char c = column.p[i];
        bool capital = c >= 'A' && c <= 'Z';
        if (capital || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            header->text[header->n_text++] = capital ? (char)(c + ('a' - 'A')) : c;
        else if (header->n_text > begin && header->text[header->n_text - 1] != '_')
            header->text[header->n_text++] = '_';
    }
    header->n_text -= header->n_text > begin && header->text[header->n_text - 1] == '_';
    header->names[header->n++] = (struct hc_str){header->text + begin, header->n_text - begin};
    return true;
}

static bool read_header(struct header *header, const struct hc_str *columns, size_t n)
{
    bool fits = n > 1;
    header->n = header->n_text = 0;
    for (size_t i = 0; i < n && fits; i++)
        fits = add_name(header, columns[i]);
    return fits;
}

/* A column's own name: a sign of a CSV is that the column is there. */
static struct hc_str shown_at(const void *record, struct hc_str path)
{
    const struct header *header = record;
    for (size_t i = 0; i < header->n; i++)
        if (hc_str_equal(header->names[i], path))
            return header->names[i];
    return HC_STR_NONE;
}

static const struct hc_mapping_tool *tool_of(const struct hc_mapping *mapping, const struct header *header)
{
    for (size_t i = 0; i < mapping->n_tools; i++)
        if (hc_str_is(mapping->tools[i].format, FORMAT) && hc_record_has_signs(&mapping->tools[i], shown_at, header))
            return &mapping->tools[i];
    return NULL;
}

static int bid(struct hc_str head, const struct hc_mapping *mapping)
{
    struct header header;
    struct hc_str columns[COLUMNS];
    bool fits = read_header(&header, columns, hc_csv_peek(head, columns, COLUMNS));
    return fits && tool_of(mapping, &header) ? CSV_BID : 0;
}

static enum hc_status read_row(const struct hc_csv *csv, const struct header *header,
                               const struct hc_mapping_tool *tool, const struct hc_record_context *context,
                               struct hc_err *err)
{
    struct hc_record_builder b;
    uint32_t line = (uint32_t)csv->line + (context->n_lines ? context->n_lines - 1 : 0); /* a header before each part */
    hc_record_begin(&b, context, tool, line);
    b.splits = true;
    if (csv->malformed)
        return hc_record_drop(&b, line, "csv-quotes", "a row whose quotes do not balance", err);
    if (!hc_csv_fits(csv, header->n))
        return hc_record_drop(&b, line, "csv-ragged", "a row with not as many fields as the header has", err);
    for (size_t i = 0; i < header->n; i++)
        hc_record_state(&b, header->names[i], hc_csv_field(csv, i), line);
    return hc_record_end(&b, err);
}

static enum hc_status read_csv(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct hc_csv csv;
    struct header header = {.n = 0};
    enum hc_status status = HC_OK;
    size_t n_rows = 0;
    hc_csv_open(&csv, bytes, context->of_file);
    bool fits = hc_csv_next(&csv) && read_header(&header, csv.fields, csv.n);
    const struct hc_mapping_tool *tool = fits ? tool_of(context->mapping, &header) : NULL;
    while (tool && status == HC_OK && hc_csv_next(&csv)) {
        status = read_row(&csv, &header, tool, context, err);
        n_rows++;
    }
    if (csv.no_memory)
        return hc_arena_refused(context->of_file, err);
    bool is_further = context->n_lines > 0; /* a part may end in blank lines alone */
    if (status == HC_OK && n_rows == 0 && !is_further)
        return hc_err_set(err, HC_FAIL, "record-shape", "there is no record in it");
    return status;
}

const struct hc_record_reader hc_record_reader_csv = {FORMAT, bid, read_csv, true};
