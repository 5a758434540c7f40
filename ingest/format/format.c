#include "ingest/format/format.h"

#include "ingest/format/collection.h"
#include "ingest/format/csv_separator.h"

#define HEAD_BYTES ((size_t)64 << 10)
#define KEYS_BYTES ((size_t)4 << 10) /* a JSON document tells what it is at its beginning */

/* In the order that decides what a CSV is; on equal bids the earlier wins. */
static const struct hc_reader *const readers[] = {
    &hc_reader_traces_csv,
    &hc_reader_metrics_csv_long,
    &hc_reader_events_csv,
    &hc_reader_events_jsonl,
    &hc_reader_logs_csv,
    &hc_reader_metrics_csv_wide,
    &hc_reader_document_html,
    &hc_reader_document_markdown,
    &hc_reader_logs_jsonl,
    &hc_reader_logs_text,
    &hc_reader_metrics_openmetrics,
    &hc_reader_metrics_prometheus,
    &hc_reader_traces_otlp,
    &hc_reader_metrics_otlp,
    &hc_reader_logs_otlp,
    &hc_reader_traces_jaeger,
    &hc_reader_traces_zipkin,
    &hc_reader_events_json,
    &hc_reader_metrics_grafana,
};

#define N_READERS (sizeof readers / sizeof *readers)

static struct hc_str without_bom(struct hc_str bytes)
{
    if (bytes.n >= 3 && memcmp(bytes.p, "\xEF\xBB\xBF", 3) == 0)
        return (struct hc_str){bytes.p + 3, bytes.n - 3};
    return bytes;
}

static struct hc_str head_of(struct hc_str bytes)
{
    return (struct hc_str){bytes.p, bytes.n < HEAD_BYTES ? bytes.n : HEAD_BYTES};
}

static bool holds(struct hc_str head, const char *word)
{
    struct hc_str w = hc_str_of(word);
    return memmem(head.p, head.n, w.p, w.n) != NULL;
}

/* A format that is known but not read: it must not pass for a log. NULL: none of them. */
static const char *known_but_unread(struct hc_str bytes)
{
    struct hc_str head = hc_str_trim(head_of(bytes));
    head.n = head.n < KEYS_BYTES ? head.n : KEYS_BYTES;
    if (head.n == 0)
        return NULL;
    if (head.p[0] == '{' && holds(head, "\"items\"") && holds(head, "\"apiVersion\""))
        return "a Kubernetes list";
    if (hc_str_starts(head, HC_STR("<?xml")) && !holds(head, "<html"))
        return "XML";
    bool opens = head.p[0] == '[' || head.p[0] == '{';
    struct hc_str next = hc_str_trim((struct hc_str){head.p + 1, head.n - 1});
    bool alone = next.p > head.p + 1 && memchr(head.p, '\n', (size_t)(next.p - head.p)) != NULL;
    return opens && alone && next.n > 0 && (next.p[0] == '"' || next.p[0] == '{' || next.p[0] == '[')
               ? "a JSON document"
               : NULL;
}

/* What the readers bid on a file: as long as one has not been asked, the most that it may. */
struct bids {
    struct hc_str head;
    const struct hc_read_context *context;
    int bids[N_READERS];
    bool asked[N_READERS];
};

static bool may_bid(const struct hc_reader *reader, const struct hc_read_context *context, struct hc_str kind)
{
    if (context->bystander && (strcmp(reader->kind, "logs") == 0 || strcmp(reader->kind, "document") == 0))
        return false;
    if (context->in_parts && !reader->open)
        return false;
    return kind.p == NULL || hc_str_is(kind, reader->kind);
}

static void open_bids(struct bids *b, struct hc_str bytes, const struct hc_read_context *context, struct hc_str kind)
{
    *b = (struct bids){.head = head_of(bytes), .context = context};
    for (size_t i = 0; i < N_READERS && b->head.n > 0; i++)
        b->bids[i] = may_bid(readers[i], context, kind) ? readers[i]->most : 0;
}

static size_t highest(const int *bids)
{
    size_t best = 0;
    for (size_t i = 1; i < N_READERS; i++)
        best = bids[i] > bids[best] ? i : best;
    return best;
}

/* The reader that bids most, at least `least`; withdrawn. Whoever could bid more is asked first, and nobody else. */
static const struct hc_reader *take_surest(struct bids *b, int least)
{
    size_t best = highest(b->bids);
    while (b->bids[best] >= least && !b->asked[best]) {
        b->bids[best] = readers[best]->bid(b->head, b->context);
        b->asked[best] = true;
        best = highest(b->bids);
    }
    if (b->bids[best] < least)
        return NULL;
    b->bids[best] = 0;
    return readers[best];
}

/* The name of a format that is known but not read. A reader that is certain of its keys knows better. */
static const char *unread_format(struct hc_str text, const struct hc_read_context *context)
{
    const char *unread = known_but_unread(text);
    struct bids bids;
    if (unread == NULL)
        return NULL;
    open_bids(&bids, text, context, HC_STR_NONE);
    return take_surest(&bids, HC_BID_CERTAIN) == NULL ? unread : NULL;
}

const struct hc_reader *hc_reader_choose(struct hc_str bytes, const struct hc_read_context *context, struct hc_str kind)
{
    struct bids bids;
    struct hc_str text = without_bom(bytes);
    if (unread_format(text, context) != NULL)
        return NULL;
    open_bids(&bids, text, context, kind);
    return take_surest(&bids, kind.p == NULL ? HC_BID_BY_CONTENT : 1);
}

/* Reads the first part by the reader, or all there is. */
static enum hc_status begin(struct hc_open_file *open, const struct hc_reader *reader, struct hc_str bytes,
                            struct hc_err *err)
{
    if (!reader->open)
        return reader->read(bytes, &open->context, open->reading, err);
    enum hc_status status = reader->open(&open->state, &bytes, &open->context, open->reading, err);
    return status == HC_OK ? reader->take(open->state, bytes, err) : status;
}

static enum hc_status end(struct hc_open_file *open, struct hc_err *err)
{
    return open->reader->close ? open->reader->close(open->state, err) : HC_OK;
}

enum hc_status hc_reader_read(const struct hc_reader *reader, struct hc_str bytes,
                              const struct hc_read_context *context, struct hc_reading *reading, struct hc_err *err)
{
    struct hc_open_file open = {.reader = reader, .reading = reading, .context = *context};
    enum hc_status status = begin(&open, reader, bytes, err);
    return status == HC_OK ? end(&open, err) : status;
}

/* Tries the readers from the surest down. HC_SKIP: none can read it. */
static enum hc_status try_readers(struct hc_open_file *open, struct bids *bids, int least, struct hc_str bytes,
                                  struct hc_err *err)
{
    const struct hc_reader *reader;
    while ((reader = take_surest(bids, least)) != NULL) {
        struct hc_err why = HC_ERR_NONE;
        struct hc_arena *arena = open->reading->arena;
        open->reader = reader;
        enum hc_status status = begin(open, reader, bytes, &why);
        if (status == HC_FATAL || hc_arena_exceeded(arena))
            return hc_arena_refused(arena, err);
        if (status == HC_OK)
            return HC_OK;
        open->reader = NULL;
        hc_reading_init(open->reading, arena);
    }
    return HC_SKIP;
}

static enum hc_status skip_file(struct hc_reading *reading, const struct hc_read_context *context, const char *code,
                                const char *what)
{
    if (!context->bystander) /* those are counted together */
        hc_warnings_add(&reading->warnings, code, context->member, 0, "%s: the file is kept by name only", what);
    return HC_SKIP;
}

static enum hc_status read_by_rule(struct hc_open_file *open, struct hc_str text, struct hc_err *err)
{
    struct bids bids;
    const struct hc_read_context *context = &open->context;
    struct hc_str kind = context->entry == NULL ? HC_STR_NONE : context->entry->kind;
    if (kind.p != NULL) {
        open_bids(&bids, text, context, kind);
        enum hc_status status = try_readers(open, &bids, 1, text, err);
        if (status != HC_SKIP)
            return status;
    }
    open_bids(&bids, text, context, HC_STR_NONE);
    enum hc_status status = try_readers(open, &bids, HC_BID_BY_CONTENT, text, err);
    if (status == HC_OK && kind.p != NULL)
        hc_warnings_add(&open->reading->warnings, "format-disagrees", context->member, 0,
                        "the manifest says %.*s, the content is %s", HC_STR_ARG(kind), open->reader->name);
    return status;
}

static bool share_those_of(struct hc_read_series *series, const struct hc_read_series *other)
{
    bool equal = series->n == other->n && series->at_ns != NULL && other->at_ns != NULL &&
                 memcmp(series->at_ns, other->at_ns, series->n * sizeof *series->at_ns) == 0;
    if (equal)
        series->at_ns = other->at_ns;
    return equal;
}

/* Most series of a file have the same times: what comes after looks at them once. */
static void share_times(struct hc_reading *reading)
{
    for (size_t i = 1; i < reading->n_series; i++)
        if (!share_those_of(&reading->series[i], &reading->series[i - 1]))
            share_those_of(&reading->series[i], reading->series);
}

/* Is the surest reader of a file that comes in parts one that needs it whole? */
static bool is_of_whole(struct hc_str text, const struct hc_read_context *context)
{
    struct hc_read_context as_whole = *context;
    as_whole.in_parts = false;
    struct hc_str kind = context->entry == NULL ? HC_STR_NONE : context->entry->kind;
    const struct hc_reader *surest = kind.p == NULL ? NULL : hc_reader_choose(text, &as_whole, kind);
    if (surest == NULL)
        surest = hc_reader_choose(text, &as_whole, HC_STR_NONE);
    return surest != NULL && !surest->open;
}

/* Do the first two lines say so of a table that is parted by commas? */
static bool is_table(const struct hc_reader *reader, struct hc_str lines, const struct hc_read_context *context)
{
    return reader->bid(lines, context) >= HC_BID_BY_CONTENT;
}

/* Is it a table whose fields are parted by that? What Grafana's reader knows is its own, but where the header is that of
 * another kind. */
static bool is_parted_by(struct hc_str text, char separator, const struct hc_read_context *context,
                         struct hc_arena *arena)
{
    static const struct hc_reader *const tables[] = {&hc_reader_traces_csv, &hc_reader_metrics_csv_long,
                                                     &hc_reader_events_csv, &hc_reader_logs_csv};
    struct hc_str rest = text;
    (void)hc_str_take_line(&rest);
    (void)hc_str_take_line(&rest);
    struct hc_str lines = hc_csv_with_commas((struct hc_str){text.p, text.n - rest.n}, separator, arena);
    for (size_t i = 0; i < sizeof tables / sizeof *tables && lines.p != NULL; i++)
        if (is_table(tables[i], lines, context))
            return true;
    return lines.p != NULL && is_table(&hc_reader_metrics_csv_wide, lines, context) &&
           hc_reader_metrics_grafana.bid(head_of(text), context) == 0;
}

/* What parts the fields of a table where that is no comma; else 0. */
static char odd_separator(struct hc_str text, const struct hc_read_context *context, struct hc_arena *arena)
{
    char separator = hc_csv_separator(head_of(text));
    return separator != ',' && is_parted_by(text, separator, context, arena) ? separator : '\0';
}

/* Of a text that is as its readers want it. */
static enum hc_status read_first(struct hc_open_file *open, struct hc_str text, struct hc_err *err)
{
    if (hc_str_trim(text).n == 0)
        return skip_file(open->reading, &open->context, "file-empty", "there is nothing in it");
    const char *unread = unread_format(text, &open->context);
    if (unread != NULL)
        return skip_file(open->reading, &open->context, "format-unread", unread);
    if (open->context.in_parts && is_of_whole(text, &open->context))
        return skip_file(open->reading, &open->context, "limit-whole-bytes",
                         "the file is larger than what is held whole, and its format is not read in parts");
    enum hc_status status = read_by_rule(open, text, err);
    return status == HC_SKIP ? skip_file(open->reading, &open->context, "format-unknown", "no known format") : status;
}

/* What the file's place says, where the manifest says nothing. */
static void place(struct hc_open_file *open, const struct hc_read_context *context)
{
    enum hc_collected collected = HC_COLLECTED_NOT;
    open->context = *context;
    open->entry = (struct hc_entry){.href = context->member, .by_place = true};
    if (context->entry == NULL)
        collected = hc_collection_tells(context->member, context->known_components, &open->entry.component);
    open->context.bystander = collected == HC_COLLECTED_BYSTANDER;
    if (open->entry.component.p != NULL)
        open->context.entry = &open->entry;
}

/* Parted by commas; of a file in parts in memory that goes with the part. */
static enum hc_status with_commas(struct hc_open_file *open, struct hc_str text, struct hc_err *err,
                                  enum hc_status (*read)(struct hc_open_file *open, struct hc_str text,
                                                         struct hc_err *err))
{
    if (open->separator == '\0')
        return read(open, text, err);
    struct hc_arena *own = open->context.in_parts ? hc_arena_new(0) : NULL;
    struct hc_arena *arena = open->context.in_parts ? own : open->reading->arena;
    struct hc_str parted = arena ? hc_csv_with_commas(text, open->separator, arena) : HC_STR_NONE;
    enum hc_status status = parted.p ? read(open, parted, err) : hc_arena_refused(open->reading->arena, err);
    hc_arena_free(own);
    return status;
}

enum hc_status hc_file_open(struct hc_open_file *open, struct hc_str bytes, const struct hc_read_context *context,
                            struct hc_reading *reading, struct hc_err *err)
{
    struct hc_str text = without_bom(bytes);
    *open = (struct hc_open_file){.reading = reading};
    place(open, context);
    open->context.n_bom = (uint8_t)(bytes.n - text.n);
    open->separator = odd_separator(text, &open->context, reading->arena);
    return with_commas(open, text, err, read_first);
}

static enum hc_status read_further(struct hc_open_file *open, struct hc_str text, struct hc_err *err)
{
    return open->reader->take(open->state, text, err);
}

enum hc_status hc_file_take(struct hc_open_file *open, struct hc_str bytes, struct hc_err *err)
{
    struct hc_arena *arena = open->reading->arena;
    enum hc_status status = with_commas(open, bytes, err, read_further);
    if (status == HC_FATAL || hc_arena_exceeded(arena))
        return hc_arena_refused(arena, err);
    return status == HC_OK ? HC_OK : HC_SKIP;
}

enum hc_status hc_file_close(struct hc_open_file *open, struct hc_evidence_file *file, struct hc_err *err)
{
    enum hc_status status = end(open, err);
    if (status != HC_OK)
        return hc_arena_refused(open->reading->arena, err);
    file->kind = hc_str_of(open->reader->kind);
    file->format = hc_str_of(open->reader->name);
    file->n_rows = open->reading->n_rows;
    file->n_bad_rows = open->reading->n_bad_rows;
    share_times(open->reading);
    return HC_OK;
}

enum hc_status hc_file_read(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                            struct hc_evidence_file *file, struct hc_err *err)
{
    struct hc_open_file open;
    file->kind = HC_STR_NONE;
    file->format = HC_STR_NONE;
    file->n_rows = 0;
    file->n_bad_rows = 0;
    enum hc_status status = hc_file_open(&open, bytes, context, reading, err);
    return status == HC_OK ? hc_file_close(&open, file, err) : status;
}
