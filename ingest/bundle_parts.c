#include "ingest/bundle_parts.h"

#include <stdlib.h>
#include <string.h>

#define WAITING_BYTES ((size_t)32 << 20)

static struct hc_bundle *bundle_at_or_above(const struct hc_bundles *bundles, struct hc_str dir)
{
    do {
        size_t index = hc_names_find(&bundles->dirs, dir);
        if (index != HC_NAME_NONE)
            return bundles->items[index];
    } while (hc_path_up(&dir));
    return NULL;
}

struct hc_bundle *hc_bundle_of(const struct hc_bundles *bundles, struct hc_str path)
{
    return bundles->dirs.n > 0 && hc_path_up(&path) ? bundle_at_or_above(bundles, path) : NULL;
}

struct hc_str hc_bundle_member(const struct hc_bundle *bundle, struct hc_str path)
{
    size_t n = bundle->dir.n ? bundle->dir.n + 1 : 0;
    return (struct hc_str){path.p + n, path.n - n};
}

struct hc_bundle *hc_bundle_add(struct hc_bundles *bundles, struct hc_str manifest_path)
{
    struct hc_arena *arena = bundles->source->arena;
    struct hc_bundle *bundle = hc_arena_calloc(arena, 1, sizeof *bundle);
    struct hc_str dir = manifest_path;
    void *grown = hc_arena_grow(arena, (void *)bundles->items, bundles->n, bundles->n + 1, &bundles->capacity,
                                sizeof(struct hc_bundle *));
    if (!bundle || !grown)
        return NULL;
    bundles->items = grown;
    hc_path_up(&dir);
    if (hc_names_add(&bundles->dirs, dir) != bundles->n)
        return NULL;
    bundle->dir = bundles->dirs.items[bundles->n];
    bundles->items[bundles->n++] = bundle;
    return bundle;
}

static char *own_bytes(struct hc_container *container, const struct hc_member *member)
{
    char *bytes = hc_container_take(container, member);
    if (bytes)
        return bytes;
    bytes = malloc(member->bytes.n + 1);
    if (bytes)
        memcpy(bytes, member->bytes.p, member->bytes.n);
    return bytes;
}

enum hc_status hc_bundle_wait(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err)
{
    struct hc_arena *arena = bundles->source->arena;
    struct hc_waiting waiting = {.path = hc_str_copy(arena, member->path), .n = member->bytes.n};
    void *grown = hc_arena_grow(arena, bundles->waiting, bundles->n_waiting, bundles->n_waiting + 1,
                                &bundles->waiting_capacity, sizeof *bundles->waiting);
    if (!waiting.path.p || !grown)
        return hc_arena_refused(arena, err);
    bundles->waiting = grown;
    if (member->more) {
        waiting.bytes = NULL; /* a part of it is of no use */
    } else if (member->stays) {
        waiting.bytes = member->bytes.p;
    } else if (waiting.n <= WAITING_BYTES - bundles->waiting_bytes) {
        waiting.bytes = waiting.owned = own_bytes(bundles->reader->container, member);
        if (!waiting.owned)
            return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
        bundles->waiting_bytes += waiting.n;
    }
    bundles->waiting[bundles->n_waiting++] = waiting;
    return HC_OK;
}

void hc_bundle_stop_waiting(struct hc_bundles *bundles, struct hc_waiting *waiting)
{
    waiting->bytes = NULL;
    if (!waiting->owned)
        return;
    free(waiting->owned);
    waiting->owned = NULL;
    bundles->waiting_bytes -= waiting->n;
}

void hc_bundle_forget_last(struct hc_bundles *bundles, struct hc_str path)
{
    if (bundles->n_waiting > 0 && hc_str_equal(bundles->waiting[bundles->n_waiting - 1].path, path))
        bundles->waiting[bundles->n_waiting - 1].is_read = true;
}

enum hc_status hc_bundle_doubled(struct hc_bundles *bundles, struct hc_str path, struct hc_err *err)
{
    struct hc_arena *arena = bundles->source->arena;
    struct hc_str copy = hc_str_copy(arena, path);
    void *grown = hc_arena_grow(arena, bundles->doubles, bundles->n_doubles, bundles->n_doubles + 1,
                                &bundles->doubles_capacity, sizeof *bundles->doubles);
    if (!grown || !copy.p)
        return hc_arena_refused(arena, err);
    bundles->doubles = grown;
    bundles->doubles[bundles->n_doubles++] = copy;
    return HC_OK;
}

static enum hc_status refuse(struct hc_bundles *bundles, struct hc_bundle *bundle, const char *code, const char *text,
                             struct hc_err *err)
{
    struct hc_err why = HC_ERR_NONE;
    if (bundle->state == HC_BUNDLE_REFUSED)
        return HC_OK;
    bundle->state = HC_BUNDLE_REFUSED;
    hc_err_set(&why, HC_FAIL, code, "%s", text);
    return hc_source_refuse(bundles->source, bundles->reader->redactor, bundle->dir, &why, err);
}

enum hc_status hc_bundles_settle(struct hc_bundles *bundles, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < bundles->n; i++) {
        struct hc_bundle *inner = bundles->items[i];
        struct hc_bundle *outer = hc_bundle_of(bundles, inner->dir);
        if (!outer)
            continue;
        status = refuse(bundles, outer, "incident-nested", "another incident lies inside this one", err);
        if (status == HC_OK)
            status = refuse(bundles, inner, "incident-nested", "this incident lies inside another one", err);
    }
    for (size_t i = 0; status == HC_OK && i < bundles->n_doubles; i++) {
        struct hc_bundle *bundle = hc_bundle_of(bundles, bundles->doubles[i]);
        if (bundle)
            status = refuse(bundles, bundle, "incident-ambiguous", "a file of this incident is there twice", err);
    }
    return status;
}

void hc_bundles_warn_of_strays(struct hc_bundles *bundles)
{
    struct hc_warnings warnings;
    struct hc_str first = HC_STR_NONE;
    size_t n = 0;
    for (size_t i = 0; i < bundles->n_waiting; i++) {
        struct hc_str path = bundles->waiting[i].path;
        if (bundles->waiting[i].is_read || hc_bundle_of(bundles, path))
            continue;
        if (n++ == 0 || hc_str_compare(path, first) < 0)
            first = path;
    }
    if (n == 0)
        return;
    hc_warnings_init(&warnings, bundles->source->arena);
    hc_warnings_add(&warnings, "member-stray", first, 0, "%zu %s to no incident, this one first", n,
                    n == 1 ? "file belongs" : "files belong");
    bundles->source->warnings = warnings.items;
    bundles->source->n_warnings = warnings.n;
}
