/* Valid JSON as it is written, walked without a tree. */
#include <string.h>

#include "base/json.h"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r'); /* as yajl has it */
}

static const char *pass_space(const char *p, const char *end)
{
    while (p < end && is_space(*p))
        p++;
    return p;
}

/* From an opening quote to behind the closing one. */
static const char *pass_string(const char *p, const char *end)
{
    for (p++; p < end && *p != '"'; p++)
        p += *p == '\\' && p + 1 < end;
    return p < end ? p + 1 : end;
}

/* From an opening bracket to behind its closing one. */
static const char *pass_nested(const char *p, const char *end)
{
    size_t depth = 0;
    while (p < end) {
        if (*p == '"') {
            p = pass_string(p, end);
            continue;
        }
        depth += *p == '{' || *p == '[';
        if ((*p == '}' || *p == ']') && --depth == 0)
            return p + 1;
        p++;
    }
    return end;
}

static const char *pass_value(const char *p, const char *end)
{
    if (p < end && *p == '"')
        return pass_string(p, end);
    if (p < end && (*p == '{' || *p == '['))
        return pass_nested(p, end);
    while (p < end && !is_space(*p) && *p != ',' && *p != '}' && *p != ']' && *p != '"')
        p++;
    return p;
}

size_t hc_json_value_end(struct hc_str text)
{
    const char *end = text.p + text.n;
    return (size_t)(pass_value(pass_space(text.p, end), end) - text.p);
}

struct hc_json_walk hc_json_walk_of(struct hc_str value)
{
    const char *end = value.n ? value.p + value.n : value.p, *p = value.n ? pass_space(value.p, end) : end;
    struct hc_json_walk walk = {.at = end, .end = end};
    if (p < end && (*p == '{' || *p == '[')) {
        walk.is_object = *p == '{';
        walk.at = p + 1;
    }
    return walk;
}

struct hc_json_walk hc_json_walk_values(struct hc_str text)
{
    return (struct hc_json_walk){.at = text.p, .end = text.n ? text.p + text.n : text.p};
}

bool hc_json_walk_next(struct hc_json_walk *walk)
{
    const char *p = pass_space(walk->at, walk->end);
    if (p < walk->end && *p == ',')
        p = pass_space(p + 1, walk->end);
    walk->at = walk->end;
    if (p == walk->end || *p == '}' || *p == ']')
        return false;
    walk->key = HC_STR_NONE;
    if (walk->is_object) {
        const char *key = p;
        p = pass_string(p, walk->end);
        if (p - key < 2)
            return false;
        walk->key = (struct hc_str){key + 1, (size_t)(p - key) - 2};
        p = pass_space(p, walk->end);
        p = p < walk->end ? pass_space(p + 1, walk->end) : p; /* the colon */
    }
    walk->at = pass_value(p, walk->end);
    walk->value = (struct hc_str){p, (size_t)(walk->at - p)};
    return walk->value.n > 0;
}

struct hc_str hc_json_member(struct hc_str object, const char *key)
{
    struct hc_json_walk walk = hc_json_walk_of(object);
    struct hc_str name = hc_str_of(key);
    while (walk.is_object && hc_json_walk_next(&walk))
        if (hc_str_equal(walk.key, name))
            return walk.value;
    return HC_STR_NONE;
}

struct hc_str hc_json_plain(struct hc_str value, struct hc_arena *arena)
{
    value = value.n ? hc_str_trim(value) : value;
    if (value.n == 0 || value.p[0] == '{' || value.p[0] == '[' || value.p[0] == 'n')
        return HC_STR_NONE;
    if (value.p[0] != '"')
        return value;
    if (value.n < 2 || value.p[value.n - 1] != '"')
        return HC_STR_NONE; /* cut short */
    struct hc_str inner = {value.p + 1, value.n - 2};
    if (inner.n == 0 || memchr(inner.p, '\\', inner.n) == NULL)
        return inner;
    const struct hc_json *string = NULL;
    return hc_json_parse(&string, value, arena, NULL) == HC_OK ? string->text : HC_STR_NONE;
}

struct hc_str hc_json_member_text(struct hc_str object, const char *key, struct hc_arena *arena)
{
    return hc_json_plain(hc_json_member(object, key), arena);
}
