/* Files of incidents that are damaged within: refused by the container, and told of in their incident too. */
#include <stdlib.h>

#include "ingest/bundle_parts.h"

/* A refusal of a file of an incident that is kept. */
struct damaged {
    struct hc_bundle *bundle;
    const struct hc_refusal *refusal;
};

/* Such damage is the file's own whatever packs it: only gzip and zstd are layers of a member, and an outer one that is
 * damaged gives nothing. */
static bool is_within(const struct hc_refusal *refusal)
{
    return hc_str_starts(refusal->code, HC_STR("gzip-")) || hc_str_starts(refusal->code, HC_STR("zstd-"));
}

/* Files of one incident come together: what they share is the beginning of their paths. */
static int by_path(const void *a, const void *b)
{
    const struct damaged *x = a, *y = b;
    return hc_str_compare(x->refusal->member, y->refusal->member);
}

/* The content is that of the files that could be read, and of what is told of the others: it says all that the record hangs
 * on. False: no memory. */
static bool tell(const struct damaged *items, size_t n, struct hc_arena *arena)
{
    struct hc_incident *incident = items->bundle->incident;
    struct hc_warnings all;
    struct hc_buf content = {.n = 0};
    hc_warnings_init(&all, arena);
    all.items = hc_arena_alloc(arena, (incident->n_warnings + n) * sizeof *all.items);
    if (!all.items)
        return false;
    if (incident->n_warnings > 0)
        memcpy(all.items, incident->warnings, incident->n_warnings * sizeof *all.items);
    all.n = incident->n_warnings;
    hc_buf_add(&content, incident->content, sizeof incident->content);
    for (size_t i = 0; i < n; i++) {
        const struct hc_refusal *refusal = items[i].refusal;
        struct hc_str member = hc_bundle_member(items->bundle, refusal->member);
        all.items[all.n++] = (struct hc_warning){refusal->code, member, refusal->line, refusal->text, 0};
        hc_buf_format(&content, "%.*s%c%.*s%c%.*s%c", HC_STR_ARG(member), 0, HC_STR_ARG(refusal->code), 0,
                      HC_STR_ARG(refusal->text), 0);
    }
    hc_warnings_sort(&all);
    incident->warnings = all.items;
    incident->n_warnings = all.n;
    if (!content.failed)
        hc_sha256_once(content.p, content.n, incident->content);
    hc_buf_free(&content);
    return !content.failed;
}

bool hc_bundles_tell_damaged(const struct hc_bundles *bundles)
{
    const struct hc_source *source = bundles->source;
    struct damaged *items = hc_arena_alloc(source->arena, source->n_refusals * sizeof *items);
    size_t n = 0;
    bool told = items != NULL;
    for (size_t i = 0; told && i < source->n_refusals; i++) {
        const struct hc_refusal *refusal = &source->refusals[i];
        struct hc_bundle *bundle = is_within(refusal) ? hc_bundle_of(bundles, refusal->member) : NULL;
        if (bundle && bundle->state == HC_BUNDLE_DONE)
            items[n++] = (struct damaged){bundle, refusal};
    }
    if (n > 1)
        qsort(items, n, sizeof *items, by_path);
    for (size_t from = 0, to; told && from < n; from = to) {
        for (to = from; to < n && items[to].bundle == items[from].bundle; to++)
            ;
        told = tell(items + from, to - from, source->arena);
    }
    return told;
}
