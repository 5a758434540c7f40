#include "reports/site.h"

#include "base/arena.h"
#include "reports/site_parts.h"

#define PAGE_BYTES ((size_t)1 << 30)

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

static int compare(const void *left, const void *right)
{
    const struct hc_site_entry *a = *(const struct hc_site_entry *const *)left;
    const struct hc_site_entry *b = *(const struct hc_site_entry *const *)right;
    if (a->started.ns != b->started.ns)
        return a->started.ns < b->started.ns ? 1 : -1;
    return hc_str_compare(a->id, b->id);
}

static bool sort_rows(struct hc_site *site)
{
    site->n_rows = site->in->n_entries;
    site->rows = hc_arena_calloc(site->arena, site->n_rows, sizeof *site->rows);
    for (size_t i = 0; site->rows && i < site->n_rows; i++)
        site->rows[i] = &site->in->entries[i];
    if (site->rows && site->n_rows > 0)
        qsort(site->rows, site->n_rows, sizeof *site->rows, compare);
    return site->rows != NULL;
}

/* ---- pages ----------------------------------------------------------------------------------------------- */

bool hc_site_add_page(struct hc_site *site, struct hc_site_page page)
{
    struct hc_site_page *grown =
        hc_arena_grow(site->arena, site->pages, site->n_pages, site->n_pages + 1, &site->pages_capacity, sizeof *grown);
    if (!grown || !page.stem.p)
        return false;
    site->pages = grown;
    grown[site->n_pages++] = page;
    return true;
}

struct hc_str hc_site_part_stem(struct hc_str stem, size_t part, struct hc_arena *arena)
{
    return part ? hc_str_format(arena, "%.*s~%zu", HC_STR_ARG(stem), part + 1) : stem;
}

static bool add_groups(struct hc_site *site, enum hc_site_kind kind, const struct hc_site_groups *groups)
{
    bool added = true;
    for (size_t i = 0; i < groups->n; i++) {
        const struct hc_site_group *group = &groups->items[i];
        const size_t n_parts = (group->n + HC_SITE_ROWS - 1) / HC_SITE_ROWS;
        for (size_t part = 0; added && part < n_parts; part++)
            added =
                hc_site_add_page(site, (struct hc_site_page){.kind = kind,
                                                             .stem = hc_site_part_stem(group->stem, part, site->arena),
                                                             .group = group,
                                                             .part = part,
                                                             .n_parts = n_parts});
    }
    return added;
}

static bool add_pages(struct hc_site *site)
{
    return hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_INDEX, .stem = HC_STR("index")}) &&
           hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_QUARTERS, .stem = HC_STR("quarters")}) &&
           hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_SERVICES, .stem = HC_STR("services")}) &&
           hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_CATEGORIES, .stem = HC_STR("categories")}) &&
           hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_WORDS, .stem = HC_STR("words")}) &&
           hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_QUALITY, .stem = HC_STR("data-quality")}) &&
           (!site->in->links.trends ||
            hc_site_add_page(site, (struct hc_site_page){.kind = HC_SITE_TRENDS, .stem = HC_STR("trends")})) &&
           add_groups(site, HC_SITE_QUARTER, &site->quarters) && add_groups(site, HC_SITE_SERVICE, &site->services) &&
           add_groups(site, HC_SITE_CATEGORY, &site->categories);
}

enum hc_status hc_site_make(struct hc_site **out, const struct hc_site_input *in, struct hc_arena *arena,
                            struct hc_err *err)
{
    struct hc_site *site = hc_arena_calloc(arena, 1, sizeof *site);
    *out = site;
    if (!site)
        return no_memory(err);
    site->in = in;
    site->arena = arena;
    return sort_rows(site) && hc_site_group_rows(site) && add_pages(site) && hc_site_make_words(site) ? HC_OK
                                                                                                      : no_memory(err);
}

size_t hc_site_pages(const struct hc_site *site)
{
    return site->n_pages;
}

struct hc_str hc_site_page(const struct hc_site *site, size_t page)
{
    return site->pages[page].stem;
}

/* ---- rendering ------------------------------------------------------------------------------------------- */

static struct hc_str heading_of(const struct hc_site_page *page, struct hc_arena *arena)
{
    static const char *const titles[] = {[HC_SITE_INDEX] = "Incident reports",
                                         [HC_SITE_QUARTERS] = "Incidents by quarter",
                                         [HC_SITE_SERVICES] = "Services",
                                         [HC_SITE_CATEGORIES] = "Categories",
                                         [HC_SITE_WORDS] = "Words",
                                         [HC_SITE_LETTER] = "Words that begin with",
                                         [HC_SITE_TRENDS] = "Trends",
                                         [HC_SITE_QUALITY] = "Data quality",
                                         [HC_SITE_QUARTER] = "Incidents of",
                                         [HC_SITE_SERVICE] = "Service",
                                         [HC_SITE_CATEGORY] = "Category"};
    const struct hc_str title = hc_str_of(titles[page->kind]);
    if (page->kind < HC_SITE_QUARTER && page->kind != HC_SITE_LETTER)
        return title;
    const char letter[2] = {page->letter, '\0'};
    const struct hc_str name = page->kind == HC_SITE_LETTER
                                   ? hc_str_of(page->letter == '-' ? "no letter of a to z" : letter)
                               : page->group->name.n ? page->group->name
                                                     : HC_STR("not stated");
    struct hc_str heading =
        hc_str_format(arena, "%.*s%s %.*s", HC_STR_ARG(title),
                      page->kind == HC_SITE_SERVICE || page->kind == HC_SITE_CATEGORY ? ":" : "", HC_STR_ARG(name));
    if (heading.p && page->n_parts > 1)
        heading = hc_str_format(arena, "%.*s (part %zu of %zu)", HC_STR_ARG(heading), page->part + 1, page->n_parts);
    return heading;
}

static void put_page(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_page *page)
{
    switch (page->kind) {
    case HC_SITE_INDEX:
        hc_site_put_index(doc, site);
        break;
    case HC_SITE_QUARTERS:
    case HC_SITE_SERVICES:
    case HC_SITE_CATEGORIES:
        hc_site_put_list(doc, site, page->kind);
        break;
    case HC_SITE_WORDS:
        hc_site_put_words(doc, site);
        break;
    case HC_SITE_LETTER:
        hc_site_put_letter(doc, site, page);
        break;
    case HC_SITE_TRENDS:
        hc_site_put_trends(doc, site);
        break;
    case HC_SITE_QUALITY:
        hc_site_put_quality(doc, site);
        break;
    case HC_SITE_QUARTER:
    case HC_SITE_SERVICE:
    case HC_SITE_CATEGORY:
        hc_site_put_group(doc, site, page);
        break;
    }
}

static enum hc_status render(const struct hc_site *site, size_t page, struct hc_buf *out, struct hc_err *err,
                             enum hc_status (*as)(const struct hc_doc *, struct hc_buf *, struct hc_err *))
{
    struct hc_arena *arena = hc_arena_new(PAGE_BYTES);
    char stem[128];
    struct hc_doc doc;
    if (!arena)
        return no_memory(err);
    const struct hc_str heading = heading_of(&site->pages[page], arena);
    hc_document_init(&doc, arena, heading, heading);
    doc.failed |= !heading.p;
    snprintf(stem, sizeof stem, "%.*s", HC_STR_ARG(site->pages[page].stem));
    hc_site_navigate(&doc, &site->in->links, stem);
    put_page(&doc, site, &site->pages[page]);
    const enum hc_status status = as(&doc, out, err);
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_site_html(const struct hc_site *site, size_t page, struct hc_buf *out, struct hc_err *err)
{
    return render(site, page, out, err, hc_document_html);
}

enum hc_status hc_site_markdown(const struct hc_site *site, size_t page, struct hc_buf *out, struct hc_err *err)
{
    return render(site, page, out, err, hc_document_markdown);
}
