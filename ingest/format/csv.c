#include "ingest/format/csv.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

void hc_csv_open(struct hc_csv *csv, struct hc_str bytes, struct hc_arena *arena)
{
    *csv = (struct hc_csv){.arena = arena, .next_line = 1};
    csv->at = bytes.p;
    csv->end = bytes.p + bytes.n;
    if (bytes.n >= 3 && memcmp(bytes.p, "\xEF\xBB\xBF", 3) == 0)
        csv->at += 3;
}

static bool add_field(struct hc_csv *csv, struct hc_str field)
{
    if (csv->n == HC_CSV_COLUMNS)
        return true;
    if (csv->n == csv->capacity) {
        struct hc_str *fields =
            hc_arena_grow(csv->arena, csv->fields, csv->n, csv->n + 1, &csv->capacity, sizeof *fields);
        if (fields == NULL) {
            csv->no_memory = true;
            return false;
        }
        csv->fields = fields;
    }
    csv->fields[csv->n++] = field;
    return true;
}

#define STEP ((ptrdiff_t)16)
#define BLOCK (4 * STEP)

/* Bit i: the byte i from `p`, below STEP, is a comma, a line feed or a quote. */
#ifdef __SSE2__
static inline uint64_t marks_of_step(const char *p)
{
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(',')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n')));
    __m128i quotes = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(ends, quotes));
}
#else
static inline uint64_t marks_of_step(const char *p)
{
    uint64_t marks = 0;
    for (ptrdiff_t i = 0; i < STEP; i++)
        marks |= (uint64_t)(p[i] == ',' || p[i] == '\n' || p[i] == '"') << i;
    return marks;
}
#endif

static inline uint64_t marks_of_block(const char *p)
{
    return marks_of_step(p) | marks_of_step(p + STEP) << STEP | marks_of_step(p + 2 * STEP) << 2 * STEP |
           marks_of_step(p + 3 * STEP) << 3 * STEP;
}

/* The next comma or line feed, or `end`. */
static const char *find_delimiter(const char *p, const char *end)
{
    for (; end - p >= STEP; p += STEP) {
        for (uint64_t marks = marks_of_step(p); marks != 0; marks &= marks - 1) {
            if (p[__builtin_ctzll(marks)] != '"')
                return p + __builtin_ctzll(marks);
        }
    }
    while (p < end && *p != ',' && *p != '\n')
        p++;
    return p;
}

static bool at_field_end(const char *p, const char *end)
{
    return p == end || *p == ',' || *p == '\n' || (*p == '\r' && (p + 1 == end || p[1] == '\n'));
}

/* The closing quote of a field that opens just before `p`; NULL where there is none. */
static const char *find_closing_quote(struct hc_csv *csv, const char *p, bool *doubled)
{
    const char *limit = csv->end;
    if (csv->one_line_fields) {
        const char *feed = memchr(p, '\n', (size_t)(csv->end - p));
        limit = feed == NULL ? csv->end : feed;
    }
    *doubled = false;
    while (p < limit) {
        const char *quote = memchr(p, '"', (size_t)(limit - p));
        if (quote == NULL)
            break;
        if (quote + 1 == limit || quote[1] != '"')
            return at_field_end(quote + 1, csv->end) ? quote : NULL;
        *doubled = true;
        p = quote + 2;
    }
    csv->one_line_fields = true;
    return NULL;
}

static struct hc_str undouble(struct hc_csv *csv, struct hc_str quoted)
{
    char *out = hc_arena_alloc(csv->arena, quoted.n);
    if (out == NULL) {
        csv->no_memory = true;
        return quoted;
    }
    size_t n = 0;
    for (size_t i = 0; i < quoted.n; i++) {
        out[n++] = quoted.p[i];
        if (quoted.p[i] == '"')
            i++;
    }
    return (struct hc_str){out, n};
}

/* Takes the quoted field that opens at `p`; returns where it ends, NULL where the row is malformed. */
static const char *take_quoted(struct hc_csv *csv, const char *p)
{
    bool doubled;
    const char *quote = find_closing_quote(csv, p + 1, &doubled);
    if (quote == NULL)
        return NULL;
    struct hc_str field = {p + 1, (size_t)(quote - p - 1)};
    for (const char *q = field.p; (q = memchr(q, '\n', (size_t)(quote - q))) != NULL; q++)
        csv->next_line++;
    if (!add_field(csv, doubled ? undouble(csv, field) : field))
        return NULL;
    p = quote + 1;
    return p < csv->end && *p == '\r' ? p + 1 : p;
}

static const char *take_plain(struct hc_csv *csv, const char *p)
{
    const char *stop = find_delimiter(p, csv->end);
    struct hc_str field = {p, (size_t)(stop - p)};
    if ((stop == csv->end || *stop == '\n') && field.n > 0 && field.p[field.n - 1] == '\r')
        field.n--;
    return add_field(csv, field) ? stop : NULL;
}

static void give_up_row(struct hc_csv *csv, const char *row)
{
    csv->malformed = true;
    csv->next_line = csv->line + 1;
    const char *feed = memchr(row, '\n', (size_t)(csv->end - row));
    csv->at = feed == NULL ? csv->end : feed + 1;
}

static void take_row(struct hc_csv *csv)
{
    const char *row = csv->at;
    const char *p = row;
    csv->n = 0;
    for (;;) {
        p = p < csv->end && *p == '"' ? take_quoted(csv, p) : take_plain(csv, p);
        if (p == NULL || csv->no_memory) {
            give_up_row(csv, row);
            return;
        }
        if (p == csv->end || *p == '\n')
            break;
        p++;
    }
    csv->at = p == csv->end ? p : p + 1;
}

static void end_plain_row(struct hc_csv *csv, struct hc_str *last, const char *next)
{
    if (last->n > 0 && last->p[last->n - 1] == '\r')
        last->n--;
    csv->n = (size_t)(last + 1 - csv->fields);
    csv->at = next;
}

/* The common row, which take_row would take alike: it has no quotes, there is room for its fields, and a block and
 * more of the file comes after its start. False: another one, and nothing is taken. */
static bool take_common_row(struct hc_csv *csv)
{
    const char *start = csv->at;
    struct hc_str *field = csv->fields;
    if (csv->capacity == 0)
        return false;
    const struct hc_str *room_end = field + csv->capacity;
    for (const char *block = start; csv->end - block >= BLOCK; block += BLOCK) {
        for (uint64_t marks = marks_of_block(block); marks != 0; marks &= marks - 1) {
            const char *stop = block + __builtin_ctzll(marks);
            if (field == room_end || *stop == '"')
                return false;
            *field = (struct hc_str){start, (size_t)(stop - start)};
            if (*stop == '\n') {
                end_plain_row(csv, field, stop + 1);
                return true;
            }
            field++;
            start = stop + 1;
        }
    }
    return false;
}

bool hc_csv_next(struct hc_csv *csv)
{
    do {
        if (csv->at == csv->end || csv->no_memory)
            return false;
        csv->malformed = false;
        csv->line = csv->next_line++;
        if (!take_common_row(csv))
            take_row(csv);
    } while (!csv->malformed && csv->n == 1 && csv->fields[0].n == 0);
    return !csv->no_memory;
}

size_t hc_csv_column(const struct hc_str *header, size_t n, const char *names)
{
    struct hc_str rest = hc_str_of(names);
    while (rest.n > 0) {
        const char *bar = memchr(rest.p, '|', rest.n);
        struct hc_str name = {rest.p, bar == NULL ? rest.n : (size_t)(bar - rest.p)};
        for (size_t i = 0; i < n; i++) {
            struct hc_str field = hc_str_trim(header[i]);
            if (field.n == name.n && hc_str_equal_nocase(field, name))
                return i;
        }
        size_t used = name.n + (bar != NULL);
        rest.p += used;
        rest.n -= used;
    }
    return HC_CSV_NO_COLUMN;
}

bool hc_csv_fits(const struct hc_csv *csv, size_t n_columns)
{
    if (csv->malformed || csv->n < n_columns)
        return false;
    for (size_t i = n_columns; i < csv->n; i++) {
        if (hc_str_trim(csv->fields[i]).n > 0)
            return false;
    }
    return true;
}
