/* Files of incidents that are damaged within: refused by the container, and told of in their incident too. */
#include <stdlib.h>

#include "ingest/bundle_parts.h"

/* Such damage is the file's own whatever packs it: only gzip and zstd are layers of a member, and an outer one that is
 * damaged gives nothing. */
bool hc_bundle_is_damage(struct hc_str code)
{
    return hc_str_starts(code, HC_STR("gzip-")) || hc_str_starts(code, HC_STR("zstd-"));
}

static int by_member(const void *a, const void *b)
{
    const struct hc_refusal *const *x = a, *const *y = b;
    int order = hc_str_compare((*x)->member, (*y)->member);
    return order != 0 ? order : hc_str_compare((*x)->text, (*y)->text);
}

static void mark_entries(struct hc_manifest *manifest, struct hc_str member)
{
    for (size_t i = 0; i < manifest->n_entries; i++)
        manifest->entries[i].is_damaged |= hc_str_equal(manifest->entries[i].href, member);
}

bool hc_bundle_find_damaged(const struct hc_bundles *bundles, struct hc_bundle *bundle)
{
    const struct hc_source *source = bundles->source;
    const struct hc_refusal **items = hc_arena_alloc(bundles->reader->scratch, source->n_refusals * sizeof(void *));
    size_t n = 0;
    for (size_t i = 0; items && i < source->n_refusals; i++) {
        const struct hc_refusal *refusal = &source->refusals[i];
        if (!hc_bundle_is_damage(refusal->code) || hc_bundle_of(bundles, refusal->member) != bundle)
            continue;
        items[n++] = refusal;
        mark_entries(&bundle->manifest, hc_bundle_member(bundle, refusal->member));
    }
    if (n > 1)
        qsort((void *)items, n, sizeof *items, by_member);
    bundle->damaged = items;
    bundle->n_damaged = n;
    return items != NULL;
}

/* The content is that of the files that could be read, and of what is told of the others: it says all that the record hangs
 * on. */
bool hc_bundle_tell_damaged(const struct hc_bundle *bundle, struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_warnings all;
    struct hc_buf content = {.n = 0};
    const size_t n = incident->n_warnings, n_more = bundle->n_damaged;
    if (n_more == 0)
        return true;
    hc_warnings_init(&all, arena);
    all.items = hc_arena_alloc(arena, (n + n_more) * sizeof *all.items);
    if (!all.items)
        return false;
    if (n > 0)
        memcpy(all.items, incident->warnings, n * sizeof *all.items);
    hc_buf_add(&content, incident->content, sizeof incident->content);
    for (size_t i = 0; i < n_more; i++) {
        const struct hc_refusal *refusal = bundle->damaged[i];
        struct hc_str member = hc_bundle_member(bundle, refusal->member);
        all.items[n + i] = (struct hc_warning){refusal->code, member, refusal->line, refusal->text, 0};
        hc_buf_format(&content, "%.*s%c%.*s%c%.*s%c", HC_STR_ARG(member), 0, HC_STR_ARG(refusal->code), 0,
                      HC_STR_ARG(refusal->text), 0);
    }
    all.n = n + n_more;
    hc_warnings_sort(&all);
    incident->warnings = all.items;
    incident->n_warnings = all.n;
    if (!content.failed)
        hc_sha256_once(content.p, content.n, incident->content);
    hc_buf_free(&content);
    return !content.failed;
}
