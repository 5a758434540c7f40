#include "ingest/format/json_export.h"

#include <math.h>

#include "base/json.h"
#include "base/number.h"

#define KEYS_BYTES ((size_t)4 << 10)

struct hc_str hc_json_export_text(struct hc_json_export *export, struct hc_str value)
{
    struct hc_str text = hc_json_plain(value, export->reading->arena);
    export->no_memory |= text.p == NULL && hc_arena_exceeded(export->reading->arena);
    return text;
}

int64_t hc_json_export_time(struct hc_json_export *export, struct hc_str value, int64_t unit_ns)
{
    struct hc_str text = hc_json_export_text(export, value);
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

void hc_json_export_bad(struct hc_json_export *export, const char *code, const char *p, const char *what)
{
    export->reading->n_bad_rows++;
    hc_warnings_add(&export->reading->warnings, code, export->context->member, (long)hc_lines_at(&export->lines, p),
                    "%s", what);
}

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
static struct hc_str mend(struct hc_json_export *export, struct hc_str text)
{
    struct cut cut = find_cut(text, (size_t) export->whole);
    if (cut.balanced || cut.item_end == NULL)
        return HC_STR_NONE;
    size_t n = (size_t)(cut.item_end - text.p);
    char *copy = hc_arena_alloc(export->reading->arena, n + cut.n_at_item);
    export->no_memory |= copy == NULL;
    if (copy == NULL)
        return HC_STR_NONE;
    memcpy(copy, text.p, n);
    for (size_t i = 0; i < cut.n_at_item; i++)
        copy[n + i] = cut.at_item[cut.n_at_item - 1 - i] == '{' ? '}' : ']';
    return (struct hc_str){copy, n + cut.n_at_item};
}

static void read_documents(struct hc_json_export *export, struct hc_str text)
{
    bool any = false;
    if (*text.p == '[' && !export->is_array) {
        struct hc_json_walk walk = hc_json_walk_of(text);
        while (!export->no_memory && hc_json_walk_next(&walk))
            any |= export->read(export, walk.value);
    } else {
        any = export->read(export, text);
    }
    export->reading->n_rows += !any;
    if (!any)
        hc_json_export_bad(export, export->code, text.p, "a document of another kind: it is left out");
    export->any |= any;
}

/* One line, or all of the file. HC_FATAL: no memory. */
static enum hc_status read_text(struct hc_json_export *export, struct hc_str text, uint32_t line, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    export->lines = (struct hc_lines){text.p, line};
    size_t n_valid;
    enum hc_status status = hc_json_check(text, &n_valid, &why);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, why.code, "%s", why.text);
    if (status == HC_OK) {
        read_documents(export, text);
        return HC_OK;
    }
    export->damaged = true;
    export->reading->n_rows++;
    export->reading->n_bad_rows++;
    struct hc_lines lines = export->lines;
    long defect_line = (long)hc_lines_at(&lines, text.p + n_valid);
    struct hc_str mended = mend(export, text);
    bool saved = mended.n > 0 && hc_json_check(mended, &n_valid, NULL) == HC_OK;
    hc_warnings_add(&export->reading->warnings, why.code, export->context->member, defect_line, "%s%s", why.text,
                    saved ? ": it is cut short, what came before is read" : ": it is left out");
    if (saved) {
        export->lines.counted = mended.p;
        read_documents(export, mended);
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

enum hc_status hc_json_export_read(struct hc_json_export *export, struct hc_str bytes, struct hc_err *err)
{
    struct hc_str text = hc_str_trim(bytes);
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "not JSON");
    struct hc_lines lines = {bytes.p, 1};
    bool by_line = is_lines(text);
    enum hc_status status = HC_OK;
    while (status == HC_OK && text.n > 0 && !export->no_memory) {
        struct hc_str one = by_line ? first_line(text) : text;
        struct hc_str trimmed = hc_str_trim(one);
        if (trimmed.n > 0)
            status = read_text(export, trimmed, hc_lines_at(&lines, trimmed.p), err);
        size_t n = one.n < text.n ? one.n + 1 : one.n;
        text = (struct hc_str){text.p + n, text.n - n};
    }
    if (status != HC_OK)
        return status;
    if (export->no_memory)
        return hc_arena_refused(export->reading->arena, err);
    return export->any || export->damaged ? HC_OK
                                          : hc_err_set(err, HC_FAIL, "format-mismatch", "no document of the kind");
}

struct hc_str hc_json_export_keys(struct hc_str head)
{
    struct hc_str text = hc_str_trim(head);
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return HC_STR("");
    return (struct hc_str){text.p, text.n < KEYS_BYTES ? text.n : KEYS_BYTES};
}

bool hc_json_export_holds(struct hc_str head, const char *quoted_key)
{
    struct hc_str keys = hc_json_export_keys(head);
    return memmem(keys.p, keys.n, quoted_key, strlen(quoted_key)) != NULL;
}
