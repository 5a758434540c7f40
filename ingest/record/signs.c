#include "ingest/record/signs.h"

bool hc_record_has_signs(const struct hc_mapping_tool *tool, hc_record_shown *shown, const void *record)
{
    for (size_t i = 0; i < tool->n_signs; i++) {
        struct hc_str path = tool->signs[i], holds = HC_STR("");
        const char *equals = memchr(path.p, '=', path.n);
        if (equals != NULL) {
            holds = (struct hc_str){equals + 1, (size_t)(path.p + path.n - equals - 1)};
            path.n = (size_t)(equals - path.p);
        }
        struct hc_str value = shown(record, path);
        if (value.n == 0 || memmem(value.p, value.n, holds.p, holds.n) == NULL)
            return false;
    }
    return tool->n_signs > 0;
}

struct hc_str hc_record_path_take(struct hc_str *path)
{
    const char *dot = path->n > 0 ? memchr(path->p, '.', path->n) : NULL;
    struct hc_str name = {path->p, dot != NULL ? (size_t)(dot - path->p) : path->n};
    size_t n = name.n + (dot != NULL);
    *path = (struct hc_str){path->p + n, path->n - n};
    return name;
}
