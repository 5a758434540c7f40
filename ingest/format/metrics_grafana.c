/* CSV as Grafana's panels export it: series joined by time, or as rows. Values may be formatted, "12.3 ms". */
#include <math.h>

#include "base/number.h"
#include "ingest/format/csv.h"
#include "ingest/format/metrics_labels.h"
#include "ingest/format/metrics_units.h"

#define HEADER_BYTES ((size_t)4 << 20) /* what a bid may take */

struct grafana {
    struct hc_labelled_metrics metrics;
    struct hc_str rest; /* of the file */
    struct hc_str *fields;
    size_t n_fields, capacity;
    char separator;
    bool by_row;           /* the fields are series, time and value, else a time and a value for each column */
    struct hc_names names; /* of series, as they are written */
    struct hc_labelled_metric *named; /* by name */
    size_t named_capacity;
    size_t *columns; /* into `named`, of a joined table */
    size_t n_columns;
    uint32_t line; /* of the row at hand */
    bool no_memory;
};

/* ---- fields ---- */

/* Where a field ends that begins at p; behind its closing quote. NULL: the quotes do not balance. */
static const char *field_end(const char *p, const char *end, char separator)
{
    if (p == end || *p != '"') {
        const char *found = memchr(p, separator, (size_t)(end - p));
        return found == NULL ? end : found;
    }
    for (p++; p < end; p++) {
        if (*p != '"')
            continue;
        if (p + 1 == end || p[1] == separator)
            return p + 1;
        if (*++p != '"')
            return NULL;
    }
    return NULL;
}

/* The next line's fields, as they are written. HC_SKIP: its quotes do not balance. */
static enum hc_status split_line(struct grafana *g, struct hc_str line)
{
    const char *p = line.p, *end = line.p + line.n;
    g->n_fields = 0;
    while (true) {
        struct hc_str *grown = hc_arena_grow(g->metrics.reading->arena, g->fields, g->n_fields, g->n_fields + 1,
                                             &g->capacity, sizeof *grown);
        if (grown == NULL)
            return HC_FATAL;
        g->fields = grown;
        const char *stop = field_end(p, end, g->separator);
        if (stop == NULL)
            return HC_SKIP;
        g->fields[g->n_fields++] = hc_str_trim((struct hc_str){p, (size_t)(stop - p)});
        if (stop == end)
            return HC_OK;
        p = stop + 1;
    }
}

static struct hc_str bare(struct hc_str field)
{
    bool quoted = field.n >= 2 && *field.p == '"' && field.p[field.n - 1] == '"';
    return hc_str_trim(quoted ? (struct hc_str){field.p + 1, field.n - 2} : field);
}

/* Without its quotes, doubled ones undone in the arena. */
static struct hc_str plain(struct hc_str field, struct hc_arena *arena)
{
    struct hc_str inner = bare(field);
    if (memmem(inner.p, inner.n, "\"\"", 2) == NULL)
        return inner;
    char *out = hc_arena_alloc(arena, inner.n);
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < inner.n; i++) {
        out[n++] = inner.p[i];
        i += inner.p[i] == '"' && i + 1 < inner.n && inner.p[i + 1] == '"';
    }
    return out == NULL ? HC_STR_NONE : (struct hc_str){out, n};
}

/* ---- the header ---- */

/* "sep=;", as spreadsheets want it before the header; it is left. */
static bool take_separator(struct hc_str *rest, char *separator)
{
    struct hc_str after = *rest, line = hc_str_take_line(&after);
    if (line.n != 5 || !hc_str_starts(line, HC_STR("sep=")) || (line.p[4] != ';' && line.p[4] != ','))
        return false;
    *separator = line.p[4];
    *rest = after;
    return true;
}

static bool is_named(struct hc_str field, const char *name)
{
    return hc_str_equal_nocase(bare(field), hc_str_of(name));
}

/* Of what a header begins with: "Time", or "Series" and "Metric". */
static char separator_of(struct hc_str line)
{
    const char *end = line.n == 0 ? line.p : field_end(line.p, line.p + line.n, ';');
    struct hc_str first = {line.p, end == NULL ? 0 : (size_t)(end - line.p)};
    bool ours = end != NULL && end < line.p + line.n &&
                (is_named(first, "Time") || is_named(first, "Series") || is_named(first, "Metric"));
    return ours ? ';' : ',';
}

static bool is_rows(const struct grafana *g)
{
    return g->n_fields == 3 && (is_named(g->fields[0], "Series") || is_named(g->fields[0], "Metric")) &&
           is_named(g->fields[1], "Time") && is_named(g->fields[2], "Value");
}

/* Reads what stands before the rows. False: no header of Grafana's; *sure: no other CSV has such. */
static bool open_table(struct grafana *g, bool *sure)
{
    char said = 0;
    *sure = take_separator(&g->rest, &said);
    struct hc_str line = hc_str_take_line(&g->rest);
    g->line = *sure ? 2 : 1;
    g->separator = said != 0 ? said : separator_of(line);
    enum hc_status status = line.n == 0 ? HC_SKIP : split_line(g, line);
    g->no_memory = status == HC_FATAL;
    if (status != HC_OK || g->n_fields < 2)
        return false;
    g->by_row = is_rows(g);
    *sure |= g->by_row || g->separator == ';';
    bool labelled = memchr(line.p, '{', line.n) != NULL;
    for (size_t i = 1; i < g->n_fields && labelled && !*sure; i++)
        *sure =
            memmem(g->fields[i].p, g->fields[i].n, "=\"\"", 3) != NULL && memchr(g->fields[i].p, '{', g->fields[i].n);
    return g->by_row || is_named(g->fields[0], "Time");
}

/* ---- names ---- */

/* From a list that goes on at *p: its name and value. NULL: none that is well formed. */
static const char *take_label(const char *p, const char *end, struct hc_label *label)
{
    while (p < end && (*p == ' ' || *p == ','))
        p++;
    const char *equals = memchr(p, '=', (size_t)(end - p));
    if (equals == NULL || equals == p || equals + 1 == end || equals[1] != '"')
        return NULL;
    const char *value = equals + 2, *quote = value;
    while (quote < end && *quote != '"')
        quote += *quote == '\\' && quote + 1 < end ? 2 : 1;
    if (quote >= end)
        return NULL;
    *label = (struct hc_label){hc_str_trim((struct hc_str){p, (size_t)(equals - p)}), {value, (size_t)(quote - value)}};
    return quote + 1;
}

/* "requests{code="500"}" or "{__name__="requests", code="500"}"; any other text is a name. False: no memory. */
static bool parse_metric(const struct grafana *g, struct hc_str text, struct hc_labelled_metric *metric)
{
    const char *brace = text.n > 0 ? memchr(text.p, '{', text.n) : NULL, *end = text.p + text.n;
    struct hc_str name = {text.p, brace == NULL ? text.n : (size_t)(brace - text.p)};
    bool labelled = brace != NULL && end[-1] == '}';
    metric->name = text.n > 0 ? text : hc_labelled_file_name(g->metrics.context);
    if (!labelled)
        return true;
    struct hc_label found[HC_LABELS_MOST];
    const char *p = brace + 1;
    size_t n = 0;
    while (n < HC_LABELS_MOST && end - p > 1) {
        p = take_label(p, end - 1, &found[n]);
        if (p == NULL)
            return true;
        bool names_it = name.n == 0 && hc_str_is(found[n].name, "__name__");
        name = names_it ? found[n].value : name;
        n += !names_it;
    }
    struct hc_label *labels = hc_arena_alloc(g->metrics.reading->arena, (n + 1) * sizeof *labels);
    if (labels == NULL)
        return false;
    memcpy(labels, found, n * sizeof *labels);
    metric->name = name.n > 0 ? name : hc_labelled_file_name(g->metrics.context);
    metric->labels = labels;
    metric->n_labels = n;
    metric->is_counter = hc_labelled_is_counter(metric->name);
    metric->is_guess = true;
    return true;
}

/* The metric of a series as it is written, `name{label="x"}`; its number in `named`. HC_NAME_NONE: no memory. */
static size_t find_metric(struct grafana *g, struct hc_str field)
{
    struct hc_arena *arena = g->metrics.reading->arena;
    size_t n = g->names.n, number = hc_names_add(&g->names, field);
    if (number < n || number == HC_NAME_NONE)
        return number;
    struct hc_labelled_metric *grown = hc_arena_grow(arena, g->named, n, n + 1, &g->named_capacity, sizeof *grown);
    if (grown == NULL)
        return HC_NAME_NONE;
    g->named = grown;
    grown[n] = (struct hc_labelled_metric){.line = g->line};
    struct hc_str name = plain(field, arena);
    bool well = name.p != NULL && parse_metric(g, name, &grown[n]);
    return well ? number : HC_NAME_NONE;
}

static bool name_columns(struct grafana *g)
{
    g->n_columns = g->n_fields;
    g->columns = hc_arena_calloc(g->metrics.reading->arena, g->n_columns, sizeof *g->columns);
    bool well = g->columns != NULL;
    for (size_t i = 1; i < g->n_columns && well && !g->by_row; i++) {
        g->columns[i] = find_metric(g, g->fields[i]);
        well = g->columns[i] != HC_NAME_NONE;
    }
    return well;
}

/* ---- values ---- */

/* Is it a value in the series' unit? The first that has one says it; 0 is 0 in any. */
static bool has_its_unit(struct hc_labelled_metric *metric, double value, struct hc_str unit)
{
    if (value == 0 && unit.n == 0)
        return true;
    if (metric->unit.p == NULL)
        metric->unit = unit;
    return hc_str_equal(metric->unit, unit);
}

/* ---- rows ---- */

static void count_bad(struct grafana *g, const char *code, const char *what)
{
    g->metrics.reading->n_bad_rows++;
    hc_warnings_add(&g->metrics.reading->warnings, code, g->metrics.context->member, (long)g->line,
                    "%s; the row is left out", what);
}

static bool refuse_cell(const struct grafana *g, const char *code, const char *what, struct hc_str text)
{
    hc_warnings_add(&g->metrics.reading->warnings, code, g->metrics.context->member, (long)g->line,
                    "%s: \"%.*s\"; it is a gap", what, text.n > 60 ? 60 : (int)text.n, text.p);
    return false;
}

/* False: the cell is bad. */
static bool add_value(struct grafana *g, size_t number, struct hc_time at, struct hc_str field)
{
    struct hc_labelled_metric *metric = &g->named[number];
    struct hc_str text = bare(field), unit = HC_STR_NONE;
    double value = NAN;
    bool is_null = text.n == 0 || hc_str_is(text, "null");
    if (!is_null && !hc_shown_value_read(text, text.p > field.p, &value, &unit))
        return refuse_cell(g, "bad-number", "not a number", text);
    if (isnan(value))
        return true;
    if (!has_its_unit(metric, value, unit))
        return refuse_cell(g, "unit-mixed", "not in the unit of the values above", text);
    g->no_memory |= !hc_labelled_add(&g->metrics, metric, at.ns, value);
    return true;
}

static void read_row(struct grafana *g)
{
    const struct hc_entry *entry = g->metrics.context->entry;
    struct hc_time at;
    if (g->n_fields != g->n_columns) {
        count_bad(g, "csv-ragged", "not as many fields as the header has");
        return;
    }
    struct hc_str time = bare(g->fields[g->by_row ? 1 : 0]);
    if (!hc_time_parse_evidence(time, entry == NULL ? 0 : entry->utc_offset_s, &at)) {
        count_bad(g, "bad-time", "not a time");
        return;
    }
    if (!g->by_row) {
        bool well = true;
        for (size_t i = 1; i < g->n_fields && !g->no_memory; i++)
            well &= add_value(g, g->columns[i], at, g->fields[i]);
        g->metrics.reading->n_bad_rows += !well;
        return;
    }
    size_t number = bare(g->fields[0]).n == 0 ? HC_NAME_NONE : find_metric(g, g->fields[0]);
    if (bare(g->fields[0]).n == 0)
        count_bad(g, "metrics-no-name", "no series is named");
    else if (number == HC_NAME_NONE)
        g->no_memory = true;
    else
        g->metrics.reading->n_bad_rows += !add_value(g, number, at, g->fields[2]);
}

static void read_rows(struct grafana *g)
{
    struct hc_reading *reading = g->metrics.reading;
    while (g->rest.n > 0 && !g->no_memory) {
        struct hc_str line = hc_str_take_line(&g->rest);
        g->line++;
        if (line.n == 0)
            continue;
        reading->n_rows++;
        enum hc_status status = split_line(g, line);
        if (status == HC_OK)
            read_row(g);
        else if (status == HC_SKIP)
            count_bad(g, "csv-quotes", "its quotes do not balance");
        g->no_memory |= status == HC_FATAL;
    }
}

static enum hc_status read_grafana(struct hc_str bytes, const struct hc_read_context *context,
                                   struct hc_reading *reading, struct hc_err *err)
{
    struct grafana g = {.rest = bytes};
    bool sure;
    hc_labelled_open(&g.metrics, context, reading);
    hc_names_init(&g.names, reading->arena);
    bool open = open_table(&g, &sure);
    if (open && name_columns(&g))
        read_rows(&g);
    else
        g.no_memory |= open;
    g.no_memory |= !hc_labelled_close(&g.metrics);
    if (g.no_memory || hc_arena_exceeded(reading->arena))
        return hc_arena_refused(reading->arena, err);
    if (!open || (reading->n_rows > 0 && reading->n_bad_rows == reading->n_rows && reading->n_series == 0))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "no table of Grafana's, or none of its rows can be read");
    return HC_OK;
}

/* A number, "1.2 K", not one alone or one with commas. */
static bool is_with_unit(struct hc_str field)
{
    struct hc_str text = bare(field), unit;
    double value;
    return !hc_number_parse(text, &value) && hc_shown_value_read(text, text.p > field.p, &value, &unit) &&
           (text.p[text.n - 1] < '0' || text.p[text.n - 1] > '9');
}

static bool is_cell(struct hc_str field)
{
    struct hc_str text = bare(field), unit;
    double value;
    return text.n == 0 || hc_str_is(text, "null") || hc_shown_value_read(text, text.p > field.p, &value, &unit);
}

/* How often a field ends before that. Sums of comparisons, and as narrow as bytes, the compiler takes many at once. */
static uint8_t count_stop(uint8_t c, uint8_t separator)
{
    uint8_t sum = 0;
    sum = (uint8_t)(sum + (c == separator));
    sum = (uint8_t)(sum + (c == '\n'));
    sum = (uint8_t)(sum + (c == '\r'));
    sum = (uint8_t)(sum + (c == '"'));
    return sum;
}

/* Can a field have a unit? Not if it is empty or ends with a digit, or with a "Z" behind one, as times do: 5Z is none. */
static bool may_have_units(struct hc_str rows, char separator)
{
    const char *whole = memrchr(rows.p, '\n', rows.n);
    const uint8_t *p = (const uint8_t *)rows.p, stop = (uint8_t)separator;
    uint8_t found = whole == NULL;
    for (size_t i = 2, n = whole == NULL ? 0 : (size_t)(whole + 1 - rows.p); i < n; i++) {
        uint8_t last = (uint8_t)(p[i - 1] - '0'), before = (uint8_t)(p[i - 2] - '0'), plain = 0;
        plain = (uint8_t)(plain + (before < 10));
        plain = (uint8_t)(plain & (p[i - 1] == 'Z'));
        plain = (uint8_t)(plain + (last < 10));
        plain = (uint8_t)(plain + count_stop(p[i - 1], stop));
        found |= (uint8_t)(count_stop(p[i], stop) & (0 - (plain == 0)));
    }
    return found != 0;
}

/* Before what a value may end: in tables of rows each but the last of the fields is a name. */
static char value_end(struct grafana *g)
{
    const size_t n = g->n_fields;
    struct hc_str rest = g->rest, line = hc_str_take_line(&rest);
    bool is_last = line.n > 0 && split_line(g, line) == HC_OK && g->n_fields == n;
    for (size_t i = 1; i + 1 < n && is_last; i++)
        is_last = !is_cell(g->fields[i]);
    g->n_fields = n;
    return is_last ? '\n' : g->separator;
}

/* Has the second field of the first row a unit, or any field of a column in which all are values? The head's last line
 * may not be whole. */
static bool has_units(struct grafana *g)
{
    const size_t n = g->n_fields;
    if (!may_have_units(g->rest, value_end(g)))
        return false;
    bool *is_other = hc_arena_calloc(g->metrics.reading->arena, n, sizeof *is_other), found = false;
    bool *has_unit = hc_arena_calloc(g->metrics.reading->arena, n, sizeof *has_unit);
    if (is_other == NULL || has_unit == NULL)
        return false;
    for (size_t row = 0; g->rest.n > 0 && (row == 0 || memchr(g->rest.p, '\n', g->rest.n) != NULL); row++) {
        struct hc_str line = hc_str_take_line(&g->rest);
        if (line.n == 0 || split_line(g, line) != HC_OK)
            continue;
        if (row == 0 && g->n_fields > 1 && is_with_unit(g->fields[1]))
            return true;
        for (size_t i = 1; i < n && g->n_fields == n; i++) {
            is_other[i] |= !is_cell(g->fields[i]);
            has_unit[i] |= is_with_unit(g->fields[i]);
        }
    }
    for (size_t i = 1; i < n && !found; i++)
        found = has_unit[i] && !is_other[i];
    return found;
}

/* Few files need a closer look. */
static bool begins_alike(struct hc_str head)
{
    static const char *const begins[] = {"time", "series", "metric", "sep="};
    head = hc_str_trim(head);
    head = head.n > 0 && *head.p == '"' ? (struct hc_str){head.p + 1, head.n - 1} : head;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++) {
        struct hc_str begin = hc_str_of(begins[i]);
        if (head.n > begin.n && hc_str_equal_nocase((struct hc_str){head.p, begin.n}, begin))
            return true;
    }
    return false;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    if (!begins_alike(head))
        return 0;
    if (memchr(head.p, '\n', head.n) == NULL) /* a header of very many series */
        return memmem(head.p, head.n, "=\"\"", 3) != NULL ? HC_BID_METRICS_GRAFANA : 0;
    struct hc_arena *arena = hc_arena_new(HEADER_BYTES);
    struct hc_reading reading;
    struct grafana g = {.rest = head, .metrics = {.context = context, .reading = &reading}};
    bool sure = false;
    int bids = 0;
    if (arena == NULL)
        return 0;
    hc_reading_init(&reading, arena);
    if (open_table(&g, &sure))
        bids = sure ? HC_BID_METRICS_GRAFANA : has_units(&g) ? HC_BID_METRICS_SHOWN : 0;
    hc_arena_free(arena);
    return bids;
}

const struct hc_reader hc_reader_metrics_grafana = {.name = "metrics-grafana",
                                                    .kind = "metrics",
                                                    .most = HC_BID_METRICS_GRAFANA,
                                                    .bid = bid,
                                                    .read = read_grafana,
                                                    .share = HC_SHARE_METRICS};
