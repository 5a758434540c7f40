/* The manifest's evidence: files named by href, inline levels, reasons for what is missing. */
#include <math.h>

#include "base/number.h"
#include "ingest/manifest_parts.h"

#define HREF_BYTES 4096

/* As RFC 3986 reads a reference: a colon in the first step ends a scheme. */
static bool has_scheme(struct hc_str href)
{
    const char *colon = memchr(href.p, ':', href.n);
    const char *slash = memchr(href.p, '/', href.n);
    return colon != NULL && (slash == NULL || colon < slash);
}

/* Writes the path with "." and empty steps taken out; false where it leaves the incident or is none. */
static bool settle_path(struct hc_str href, char *out, size_t *n_out)
{
    size_t n = 0;
    size_t from = 0;
    while (from <= href.n) {
        const char *slash = from < href.n ? memchr(href.p + from, '/', href.n - from) : NULL;
        struct hc_str step = {href.p + from, (slash == NULL ? href.n : (size_t)(slash - href.p)) - from};
        from += step.n + 1;
        if (hc_str_is(step, ".."))
            return false;
        if (step.n == 0 || hc_str_is(step, "."))
            continue;
        if (n > 0)
            out[n++] = '/';
        memcpy(out + n, step.p, step.n);
        n += step.n;
    }
    *n_out = n;
    return n > 0;
}

/* The checked href; absent, with a warning, where it is refused. */
static struct hc_str checked_href(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_str href = hc_xml_attribute(node, "href");
    bool fits = href.n > 0 && href.n <= HREF_BYTES && href.p[0] != '/' && href.p[href.n - 1] != '/' &&
                memchr(href.p, '\\', href.n) == NULL && !has_scheme(href);
    for (size_t i = 0; fits && i < href.n; i++)
        fits = (unsigned char)href.p[i] >= 0x20 && href.p[i] != 0x7F;
    char *path = fits ? hc_arena_alloc(r->arena, href.n) : NULL;
    r->failed |= fits && path == NULL;
    size_t n = 0;
    if (path != NULL && settle_path(href, path, &n) && !hc_str_is((struct hc_str){path, n}, HC_MANIFEST_NAME))
        return (struct hc_str){path, n};
    if (!r->failed)
        hc_manifest_warn(r, node, "href-refused", "an href must be a relative path below the incident", href);
    return HC_STR_NONE;
}

static enum hc_status read_entry(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_manifest *m = r->manifest;
    struct hc_entry entry = {.kind = node->name,
                             .component = hc_manifest_attribute(node, "component"),
                             .document_kind = hc_manifest_attribute(node, "kind"),
                             .line = (uint32_t)node->line};
    (void)hc_manifest_component(r, node, "component");
    struct hc_str offset = hc_xml_attribute(node, "utc-offset");
    if (offset.p != NULL && !hc_utc_offset_parse(offset, &entry.utc_offset_s)) {
        hc_err_set(r->err, HC_FAIL, "manifest-time", "@utc-offset is none");
        hc_err_at(r->err, NULL, NULL, node->line);
        return HC_FAIL;
    }
    entry.href = checked_href(r, node);
    if (r->failed)
        return HC_FATAL;
    if (entry.href.p == NULL)
        return HC_OK;
    if (hc_manifest_entry(m, entry.href) != NULL) {
        hc_manifest_warn(r, node, "href-repeated", "a file is named twice, the first entry stays", entry.href);
        return HC_OK;
    }
    struct hc_entry *items = HC_MANIFEST_GROW(r, m, entries);
    if (items == NULL || hc_names_add(&m->hrefs, entry.href) != m->n_entries)
        return HC_FATAL;
    m->entries = items;
    items[m->n_entries++] = entry;
    return HC_OK;
}

/* NaN where it is not stated; a warning where it is no number. */
static double level_number(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name)
{
    struct hc_str text = hc_xml_attribute(node, name);
    double value = NAN;
    if (text.n > 0 && !hc_number_parse(text, &value))
        hc_manifest_warn(r, node, "bad-number", "a level that is no number is a gap", text);
    return value;
}

static enum hc_status read_level(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_level level = {.component = hc_manifest_component(r, node, "component"),
                             .metric = hc_manifest_attribute(node, "metric"),
                             .unit = hc_manifest_attribute(node, "unit"),
                             .baseline = level_number(r, node, "baseline"),
                             .before = level_number(r, node, "before"),
                             .peak = level_number(r, node, "peak"),
                             .place = hc_manifest_place(node)};
    if (r->failed)
        return HC_FATAL;
    if (level.metric.p == NULL) {
        hc_manifest_warn(r, node, "level-no-metric", "a level without a metric is left out",
                         hc_xml_attribute(node, "component"));
        return HC_OK;
    }
    struct hc_level *items = HC_MANIFEST_GROW(r, incident, levels);
    if (items == NULL)
        return HC_FATAL;
    incident->levels = items;
    items[incident->n_levels++] = level;
    return HC_OK;
}

static enum hc_status read_missing(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_missing missing = {.kind = hc_manifest_attribute(node, "kind"),
                                 .reason = hc_manifest_words(node),
                                 .place = hc_manifest_place(node)};
    if (r->failed)
        return HC_FATAL;
    if (missing.kind.p == NULL) {
        hc_manifest_warn(r, node, "missing-no-kind", "a missing element names no kind and is left out", missing.reason);
        return HC_OK;
    }
    struct hc_missing *items = HC_MANIFEST_GROW(r, incident, missing);
    if (items == NULL)
        return HC_FATAL;
    incident->missing = items;
    items[incident->n_missing++] = missing;
    return HC_OK;
}

enum hc_status hc_manifest_evidence(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    enum hc_status status = HC_OK;
    for (const struct hc_xml_node *child = node->first_child; child != NULL && status == HC_OK; child = child->next) {
        if (!hc_str_equal(child->ns, node->ns))
            continue;
        if (hc_str_is(child->name, "level"))
            status = read_level(r, child);
        else if (hc_str_is(child->name, "missing"))
            status = read_missing(r, child);
        else
            status = read_entry(r, child);
    }
    return status;
}
