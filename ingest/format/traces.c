#include "ingest/format/traces.h"

#include <math.h>

#include "base/json.h"
#include "base/number.h"

#define KEYS_BYTES ((size_t)4 << 10)

uint64_t hc_trace_id(struct hc_str id)
{
    if (id.n == 0)
        return 0;
    uint64_t hash = hc_str_hash(id);
    return hash == 0 ? 1 : hash;
}

bool hc_trace_status_is_error(struct hc_str status)
{
    static const char *const well[] = {"ok",   "unset",     "success",          "succeeded",
                                       "true", "none",      "completed",        "status_code_ok",
                                       "null", "cancelled", "status_code_unset"};
    int64_t code;
    if (status.n == 0)
        return false;
    if (hc_int64_parse(status, &code))
        return code >= 100 ? code >= 500 : code > 1 || code < 0;
    for (size_t i = 0; i < sizeof well / sizeof *well; i++) {
        if (hc_str_equal_nocase(status, hc_str_of(well[i])))
            return false;
    }
    return true;
}

/* ---- spans ---- */

struct hc_str hc_traces_text(struct hc_traces *t, struct hc_str value)
{
    struct hc_str text = hc_json_plain(value, t->reading->arena);
    t->no_memory |= text.p == NULL && hc_arena_exceeded(t->reading->arena);
    return text;
}

int64_t hc_traces_time(struct hc_traces *t, struct hc_str value, int64_t unit_ns)
{
    struct hc_str text = hc_traces_text(t, value);
    int64_t units, ns;
    double number;
    if (text.n == 0)
        return HC_TIME_NONE_NS;
    if (hc_int64_parse(text, &units))
        return units >= 0 && !__builtin_mul_overflow(units, unit_ns, &ns) ? ns : HC_TIME_NONE_NS;
    if (!hc_number_parse(text, &number) || isnan(number) || number < 0 || number * (double)unit_ns > 9.2e18)
        return HC_TIME_NONE_NS;
    return (int64_t)(number * (double)unit_ns);
}

int64_t hc_traces_end(int64_t start_ns, int64_t duration_ns)
{
    int64_t end_ns;
    if (start_ns == HC_TIME_NONE_NS || duration_ns == HC_TIME_NONE_NS ||
        __builtin_add_overflow(start_ns, duration_ns, &end_ns))
        return HC_TIME_NONE_NS;
    return end_ns;
}

static void warn_of(struct hc_traces *t, const char *code, const char *p, const char *what)
{
    t->reading->n_bad_rows++;
    hc_warnings_add(&t->reading->warnings, code, t->context->member, (long)hc_lines_at(&t->lines, p), "%s", what);
}

bool hc_traces_add(struct hc_traces *t, const struct hc_trace_span *from)
{
    struct hc_reading *reading = t->reading;
    struct hc_str component = from->component;
    if (component.n == 0 && t->context->entry != NULL)
        component = t->context->entry->component;
    reading->n_rows++;
    /* Zero is how these formats say that a time is not known. */
    if (from->start_ns == HC_TIME_NONE_NS || from->start_ns == 0 || from->end_ns == HC_TIME_NONE_NS) {
        warn_of(t, "bad-time", from->at, "a span without its start or end");
        return false;
    }
    if (from->end_ns < from->start_ns || from->id.n == 0 || component.n == 0) {
        warn_of(t, "trace-span", from->at,
                from->end_ns < from->start_ns ? "a span that ends before it starts"
                                              : "a span without an id or a component");
        return false;
    }
    size_t component_number = hc_names_add(&reading->components, component);
    size_t operation_number =
        hc_names_add(&reading->operations, from->operation.p == NULL ? HC_STR("") : from->operation);
    struct hc_read_span *span = hc_reading_add_span(reading);
    t->no_memory |= span == NULL || component_number == HC_NAME_NONE || operation_number == HC_NAME_NONE;
    if (t->no_memory)
        return false;
    *span = (struct hc_read_span){.trace = hc_trace_id(from->trace),
                                  .span = hc_trace_id(from->id),
                                  .parent = hc_trace_id(from->parent),
                                  .component = (uint32_t)component_number,
                                  .operation = (uint32_t)operation_number,
                                  .start_ns = from->start_ns,
                                  .end_ns = from->end_ns,
                                  .line = hc_lines_at(&t->lines, from->at),
                                  .error = from->error};
    return true;
}

/* ---- documents ---- */

/* Brackets that are open, and those that were where the last whole item ended. */
struct cut {
    char open[HC_JSON_DEPTH], at_item[HC_JSON_DEPTH];
    size_t depth, n_at_item, n_outer; /* n_outer: arrays around the outermost object */
    const char *item_end;
    bool balanced;
};

static const char *pass_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\' && p + 1 < end;
    return p;
}

static void close_bracket(struct cut *cut, const char *p, size_t whole)
{
    cut->depth--;
    bool is_item = *p == '}' && cut->depth == cut->n_outer + whole && cut->depth > 0;
    if (!is_item || cut->open[cut->depth - 1] != '[')
        return;
    cut->item_end = p + 1;
    cut->n_at_item = cut->depth;
    memcpy(cut->at_item, cut->open, cut->depth);
}

static struct cut find_cut(struct hc_str text, size_t whole)
{
    struct cut cut = {.item_end = NULL};
    const char *end = text.p + text.n;
    bool in_object = false;
    for (const char *p = text.p; p < end; p++) {
        if (*p == '"') {
            p = pass_string(p, end);
        } else if (*p == '{' || *p == '[') {
            if (cut.depth == HC_JSON_DEPTH)
                break;
            in_object |= *p == '{';
            cut.n_outer += !in_object;
            cut.open[cut.depth++] = *p;
        } else if ((*p == '}' || *p == ']') && cut.depth > 0) {
            close_bracket(&cut, p, whole);
            if (cut.depth == 0)
                break;
        }
    }
    cut.balanced = cut.depth == 0;
    return cut;
}

/* A text that ends too early, closed after its last whole item. Absent: it does not, has none, or no memory. */
static struct hc_str mend(struct hc_traces *t, struct hc_str text)
{
    struct cut cut = find_cut(text, (size_t)t->whole);
    if (cut.balanced || cut.item_end == NULL)
        return HC_STR_NONE;
    size_t n = (size_t)(cut.item_end - text.p);
    char *copy = hc_arena_alloc(t->reading->arena, n + cut.n_at_item);
    t->no_memory |= copy == NULL;
    if (copy == NULL)
        return HC_STR_NONE;
    memcpy(copy, text.p, n);
    for (size_t i = 0; i < cut.n_at_item; i++)
        copy[n + i] = cut.at_item[cut.n_at_item - 1 - i] == '{' ? '}' : ']';
    return (struct hc_str){copy, n + cut.n_at_item};
}

static void read_documents(struct hc_traces *t, struct hc_str text)
{
    bool any = false;
    if (*text.p == '[' && !t->is_array) {
        struct hc_json_walk walk = hc_json_walk_of(text);
        while (!t->no_memory && hc_json_walk_next(&walk))
            any |= t->read(t, walk.value);
    } else {
        any = t->read(t, text);
    }
    t->reading->n_rows += !any;
    if (!any)
        warn_of(t, "trace-document", text.p, "not a document of traces: it is left out");
    t->any |= any;
}

/* One line, or all of the file. HC_FATAL: no memory. */
static enum hc_status read_text(struct hc_traces *t, struct hc_str text, uint32_t line, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    t->lines = (struct hc_lines){text.p, line};
    size_t n_valid;
    enum hc_status status = hc_json_check(text, &n_valid, &why);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, why.code, "%s", why.text);
    if (status == HC_OK) {
        read_documents(t, text);
        return HC_OK;
    }
    t->damaged = true;
    t->reading->n_rows++;
    t->reading->n_bad_rows++;
    struct hc_str mended = mend(t, text);
    bool saved = mended.n > 0 && hc_json_check(mended, &n_valid, NULL) == HC_OK;
    hc_warnings_add(&t->reading->warnings, why.code, t->context->member, (long)line, "%s%s", why.text,
                    saved ? ": it is cut short, what came before is read" : ": it is left out");
    if (saved) {
        t->lines.counted = mended.p;
        read_documents(t, mended);
    }
    return HC_OK;
}

static struct hc_str first_line(struct hc_str text)
{
    const char *feed = memchr(text.p, '\n', text.n);
    return (struct hc_str){text.p, feed ? (size_t)(feed - text.p) : text.n};
}

/* Within one document a bracket opens only after a comma, a colon or another: two lines without that are two documents. */
static bool is_lines(struct hc_str text)
{
    struct hc_str first = first_line(text);
    struct hc_str rest = hc_str_trim((struct hc_str){text.p + first.n, text.n - first.n});
    first = hc_str_trim(first);
    return rest.n > 0 && *rest.p == *text.p && strchr(",:[{", first.p[first.n - 1]) == NULL;
}

enum hc_status hc_traces_read(struct hc_traces *t, struct hc_str bytes, struct hc_err *err)
{
    struct hc_str text = hc_str_trim(bytes);
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "not JSON");
    struct hc_lines lines = {bytes.p, 1};
    bool by_line = is_lines(text);
    enum hc_status status = HC_OK;
    while (status == HC_OK && text.n > 0 && !t->no_memory) {
        struct hc_str one = by_line ? first_line(text) : text;
        struct hc_str trimmed = hc_str_trim(one);
        if (trimmed.n > 0)
            status = read_text(t, trimmed, hc_lines_at(&lines, trimmed.p), err);
        size_t n = one.n < text.n ? one.n + 1 : one.n;
        text = (struct hc_str){text.p + n, text.n - n};
    }
    if (status != HC_OK)
        return status;
    if (t->no_memory)
        return hc_arena_refused(t->reading->arena, err);
    return t->any || t->damaged ? HC_OK : hc_err_set(err, HC_FAIL, "format-mismatch", "no document of traces");
}

bool hc_traces_holds(struct hc_str head, const char *quoted_key)
{
    struct hc_str text = hc_str_trim(head);
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return false;
    return memmem(text.p, text.n < KEYS_BYTES ? text.n : KEYS_BYTES, quoted_key, strlen(quoted_key)) != NULL;
}
