/* What a post-mortem without front matter states line by line above its first section: "**Severity:** SEV2",
 * "- Start: 2024-03-04 10:00 UTC", "| Service | api |". */
#include "ingest/record/document.h"

#define LINES 100 /* looked at */

/* Without the signs of emphasis and of code around it. */
static struct hc_str bare(struct hc_str s)
{
    s = hc_str_trim(s);
    while (s.n > 0 && strchr("*_`", *s.p))
        s = (struct hc_str){s.p + 1, s.n - 1};
    while (s.n > 0 && strchr("*_`", s.p[s.n - 1]))
        s.n--;
    return hc_str_trim(s);
}

/* "| key | value |". */
static bool split_row(struct hc_str line, struct hc_str *key, struct hc_str *value)
{
    struct hc_str inside = {line.p + 1, line.n - 1};
    inside.n -= inside.n > 0 && inside.p[inside.n - 1] == '|';
    const char *bar = memchr(inside.p, '|', inside.n);
    if (!bar || memchr(bar + 1, '|', inside.n - (size_t)(bar + 1 - inside.p)))
        return false;
    *key = bare((struct hc_str){inside.p, (size_t)(bar - inside.p)});
    *value = bare((struct hc_str){bar + 1, inside.n - (size_t)(bar + 1 - inside.p)});
    return true;
}

/* "**Key:** value", "- Key: value". */
static bool split_line(struct hc_str line, struct hc_str *key, struct hc_str *value)
{
    bool is_item = line.n > 2 && strchr("-*+", *line.p) && line.p[1] == ' ';
    if (is_item)
        line = hc_str_trim((struct hc_str){line.p + 2, line.n - 2});
    const char *colon = line.n > 0 ? memchr(line.p, ':', line.n) : NULL;
    bool is_bold = hc_str_starts(line, HC_STR("**")) || hc_str_starts(line, HC_STR("__"));
    if (!colon || (!is_item && !is_bold))
        return false;
    *key = bare((struct hc_str){line.p, (size_t)(colon - line.p)});
    *value = bare((struct hc_str){colon + 1, line.n - (size_t)(colon + 1 - line.p)});
    return true;
}

/* Which of the mapping's things are stated already: front matter comes before what the text says. */
static bool is_open(const struct hc_mapping_tool *tool, const bool *stated, struct hc_str key)
{
    char room[HC_MAPPING_PATH_BYTES];
    struct hc_str folded = hc_mapping_fold(room, key);
    bool any = false;
    for (size_t i = 0; i < tool->n_fields; i++) {
        const struct hc_mapping_field *field = &tool->fields[i];
        if (!hc_str_equal(field->from, folded))
            continue;
        if (field->to == HC_TO_TEXT || stated[field->to])
            return false;
        any = true;
    }
    return any;
}

void hc_document_facts(struct hc_record_builder *b, struct hc_str body, uint32_t first_line)
{
    bool stated[HC_TO_N];
    size_t n_headings = 0;
    for (size_t i = 0; i < HC_TO_N; i++)
        stated[i] = b->stated[i].value.p != NULL;
    for (uint32_t i = 0; i < LINES && body.n > 0 && n_headings < 2; i++) {
        struct hc_str line = hc_str_take_line(&body), key = HC_STR_NONE, value = HC_STR_NONE;
        bool is_fact = line.n > 0 && (*line.p == '|' ? split_row(line, &key, &value) : split_line(line, &key, &value));
        n_headings += line.n > 0 && *line.p == '#';
        if (is_fact && key.n > 0 && value.n > 0 && is_open(b->tool, stated, key))
            hc_record_state(b, key, value, first_line + i);
    }
}
