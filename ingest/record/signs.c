#include "ingest/record/signs.h"

static bool has_sign(struct hc_str sign, hc_record_shown *shown, const void *record)
{
    struct hc_str path = sign, holds = HC_STR("");
    const char *equals = memchr(path.p, '=', path.n);
    if (equals != NULL) {
        holds = (struct hc_str){equals + 1, (size_t)(path.p + path.n - equals - 1)};
        path.n = (size_t)(equals - path.p);
    }
    struct hc_str value = shown(record, path);
    return value.n > 0 && memmem(value.p, value.n, holds.p, holds.n) != NULL;
}

bool hc_record_has_signs(const struct hc_mapping_tool *tool, hc_record_shown *shown, const void *record)
{
    for (size_t i = 0; i < tool->n_signs; i++)
        if (!has_sign(tool->signs[i], shown, record))
            return false;
    return tool->n_signs > 0;
}

bool hc_record_is_other(const struct hc_mapping_tool *tool, hc_record_shown *shown, const void *record)
{
    for (size_t i = 0; i < tool->n_others; i++)
        if (has_sign(tool->others[i], shown, record))
            return true;
    return false;
}

struct hc_str hc_record_path_take(struct hc_str *path)
{
    const char *dot = path->n > 0 ? memchr(path->p, '.', path->n) : NULL;
    struct hc_str name = {path->p, dot != NULL ? (size_t)(dot - path->p) : path->n};
    size_t n = name.n + (dot != NULL);
    *path = (struct hc_str){path->p + n, path->n - n};
    return name;
}

bool hc_record_paths_take(struct hc_str *rest, struct hc_str *path)
{
    if (!rest->p)
        return false;
    const char *blank = rest->n > 0 ? memchr(rest->p, ' ', rest->n) : NULL;
    *path = (struct hc_str){rest->p, blank != NULL ? (size_t)(blank - rest->p) : rest->n};
    *rest = blank != NULL ? (struct hc_str){blank + 1, rest->n - path->n - 1} : HC_STR_NONE;
    return true;
}
