#include <stdlib.h>

#include "ingest/container/reader.h"

struct place {
    size_t owner; /* number of the incident's directory; HC_NAME_NONE: none */
    bool is_manifest;
    size_t index;
};

bool hc_is_manifest(struct hc_str path)
{
    const struct hc_str file = HC_STR("incident.xml");

    return hc_str_ends(path, file) && (path.n == file.n || path.p[path.n - file.n - 1] == '/');
}

bool hc_path_up(struct hc_str *path)
{
    const char *slash = path->n ? memrchr(path->p, '/', path->n) : NULL;

    if (path->n == 0)
        return false;
    path->n = slash ? (size_t)(slash - path->p) : 0;
    return true;
}

static size_t owner_of(const struct hc_names *dirs, struct hc_str path)
{
    while (hc_path_up(&path)) {
        size_t owner = hc_names_find(dirs, path);

        if (owner != HC_NAME_NONE)
            return owner;
    }
    return HC_NAME_NONE;
}

static int by_incident(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->owner != y->owner)
        return x->owner < y->owner ? -1 : 1;
    if (x->is_manifest != y->is_manifest)
        return y->is_manifest - x->is_manifest;
    return (x->index > y->index) - (x->index < y->index);
}

size_t *hc_member_order(const struct hc_str *paths, size_t n, struct hc_arena *arena)
{
    struct place *places = hc_arena_alloc(arena, n * sizeof *places);
    size_t *order = hc_arena_alloc(arena, n * sizeof *order);
    struct hc_names dirs;

    if (!places || !order)
        return NULL;
    hc_names_init(&dirs, arena);
    for (size_t i = 0; i < n; i++) {
        struct hc_str dir = paths[i];

        places[i] = (struct place){.is_manifest = hc_is_manifest(paths[i]), .index = i};
        if (places[i].is_manifest && hc_path_up(&dir) && hc_names_add(&dirs, dir) == HC_NAME_NONE)
            return NULL;
    }
    for (size_t i = 0; i < n; i++)
        places[i].owner = owner_of(&dirs, paths[i]);
    if (n > 1)
        qsort(places, n, sizeof *places, by_incident);
    for (size_t i = 0; i < n; i++)
        order[i] = places[i].index;
    return order;
}
