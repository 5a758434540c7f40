/* Records as JSON: an answer of a tool's API, answers that follow each other, a list of records, or one a line. */
#include "base/json.h"
#include "ingest/record/signs.h"

#define FORMAT "json"
#define JSON_BID 95

struct reading {
    struct hc_record_builder builder;
    struct hc_record_path path; /* of the value at hand */
    struct hc_lines lines;
    size_t n_records, n_dropped;
};

/* ---- which tool ---- */

static struct hc_str first_item(struct hc_str value)
{
    while (value.n > 0 && *value.p == '[') {
        struct hc_json_walk walk = hc_json_walk_of(value);
        value = hc_json_walk_next(&walk) ? walk.value : HC_STR_NONE;
    }
    return value;
}

/* What stands at a path below a value, of lists in their first item; absent: nothing. */
static struct hc_str value_at(struct hc_str value, struct hc_str path)
{
    char key[HC_RECORD_PATH_BYTES];
    while (path.n > 0 && value.n > 0) {
        struct hc_str name = hc_record_path_take(&path);
        if (name.n >= sizeof key)
            return HC_STR_NONE;
        memcpy(key, name.p, name.n);
        key[name.n] = '\0';
        value = hc_json_member(first_item(value), key);
    }
    return value;
}

static struct hc_str shown_at(const void *record, struct hc_str path)
{
    struct hc_str value = value_at(*(const struct hc_str *)record, path);
    return hc_str_is(value, "null") ? HC_STR_NONE : value;
}

/* The records of a document: a list of them, or one. Absent: it is of another tool. */
static struct hc_str records_of(const struct hc_mapping_tool *tool, struct hc_str document)
{
    struct hc_str list = HC_STR_NONE, paths = tool->records, path;
    while (list.n == 0 && hc_record_paths_take(&paths, &path))
        list = value_at(document, path);
    list = list.n > 0 ? list : document; /* records that were taken out of the answer */
    struct hc_str first = first_item(list);
    bool is = first.n > 0 && *first.p == '{' && hc_record_has_signs(tool, shown_at, &first);
    return is ? list : HC_STR_NONE;
}

static const struct hc_mapping_tool *tool_of(const struct hc_mapping *mapping, struct hc_str document,
                                             struct hc_str *records)
{
    for (size_t i = 0; i < mapping->n_tools; i++) {
        const struct hc_mapping_tool *tool = &mapping->tools[i];
        *records = hc_str_is(tool->format, FORMAT) ? records_of(tool, document) : HC_STR_NONE;
        if (records->n > 0)
            return tool;
    }
    return NULL;
}

/* ---- a record ---- */

static void state(struct reading *r, struct hc_str value);

static void state_members(struct reading *r, struct hc_str object)
{
    struct hc_json_walk walk = hc_json_walk_of(object);
    while (hc_json_walk_next(&walk)) {
        size_t before = hc_record_path_down(&r->path, walk.key);
        state(r, walk.value);
        hc_record_path_up(&r->path, before);
    }
}

static void state_items(struct reading *r, struct hc_str list)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (hc_json_walk_next(&walk)) {
        hc_record_item(&r->builder, hc_record_path_view(&r->path));
        state(r, walk.value);
    }
}

static void state(struct reading *r, struct hc_str value) /* as deep as hc_json_check lets it be */
{
    if (*value.p == '{')
        state_members(r, value);
    else if (*value.p == '[')
        state_items(r, value);
    else
        hc_record_state(&r->builder, hc_record_path_view(&r->path), hc_json_plain(value, r->builder.context->arena),
                        hc_lines_at(&r->lines, value.p));
}

static enum hc_status read_record(struct reading *r, const struct hc_record_context *context,
                                  const struct hc_mapping_tool *tool, struct hc_str record, struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    size_t n_valid;
    uint32_t line = hc_lines_at(&r->lines, record.p);
    enum hc_status status = hc_json_check(record, &n_valid, &why);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, why.code, "%s", why.text);
    r->n_records++;
    r->path.n = 0;
    bool is_record = status == HC_OK && *record.p == '{' && hc_record_has_signs(tool, shown_at, &record);
    if (is_record && hc_record_is_other(tool, shown_at, &record))
        return hc_record_pass(context);
    hc_record_begin(&r->builder, context, tool, line);
    if (is_record) {
        state_members(r, record);
        return hc_record_end(&r->builder, err);
    }
    r->n_dropped++;
    if (status != HC_OK)
        return hc_record_drop(&r->builder, line, why.code, "a record that is damaged, or cut short", err);
    return hc_record_drop(&r->builder, line, "record-shape", "not a record as those before it", err);
}

/* ---- the file ---- */

static enum hc_status read_document(struct reading *r, const struct hc_record_context *context, struct hc_str document,
                                    struct hc_err *err)
{
    struct hc_str records;
    const struct hc_mapping_tool *tool = tool_of(context->mapping, document, &records);
    enum hc_status status = HC_OK;
    if (tool == NULL)
        return hc_err_set(err, HC_FAIL, "record-shape", "a document of no tool that is known");
    struct hc_json_walk walk = *records.p == '[' ? hc_json_walk_of(records) : hc_json_walk_values(records);
    while (status == HC_OK && hc_json_walk_next(&walk))
        status = read_record(r, context, tool, walk.value, err);
    return status;
}

static int bid(struct hc_str head, const struct hc_mapping *mapping)
{
    struct hc_str text = hc_str_trim(head), records;
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return 0;
    struct hc_json_walk walk = hc_json_walk_values(text);
    struct hc_str document = hc_json_walk_next(&walk) ? walk.value : text;
    return tool_of(mapping, document, &records) ? JSON_BID : 0;
}

static enum hc_status read_json(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct reading r = {.lines = {bytes.p, 1}};
    struct hc_json_walk walk = hc_json_walk_values(bytes);
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status = HC_OK;
    while (status == HC_OK && hc_json_walk_next(&walk)) {
        size_t n_valid, n_dropped = r.n_dropped;
        bool whole = hc_json_check(walk.value, &n_valid, &why) == HC_OK;
        status = read_document(&r, context, walk.value, err);
        if (status == HC_OK && !whole && r.n_dropped == n_dropped)
            status = hc_err_set(err, HC_FAIL, why.code, "%s; the records before it are read", why.text);
        if (status == HC_FAIL)
            hc_err_at(err, NULL, NULL, hc_lines_at(&r.lines, walk.value.p + (whole ? 0 : n_valid)));
    }
    if (status == HC_OK && r.n_records == 0)
        return hc_err_set(err, HC_FAIL, "record-shape", "there is no record in it");
    return status;
}

const struct hc_record_reader hc_record_reader_json = {FORMAT, bid, read_json, false};
