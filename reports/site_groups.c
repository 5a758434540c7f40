/* Rows by quarter, service and category: the index, the lists of each, and a page for each of them. */
#include "base/arena.h"
#include "reports/site_parts.h"

#define QUARTER_TEXT 16
#define USUAL_CAUSES 8

/* ---- groups ---------------------------------------------------------------------------------------------- */

struct keyed {
    struct hc_str key;
    size_t row;
};

static int compare_keys(const void *left, const void *right)
{
    const struct keyed *a = left, *b = right;
    const int order = hc_str_compare(a->key, b->key);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* "2024 Q3" of "2024-08-01T…"; absent: no time. */
static struct hc_str say_quarter(const struct hc_site_entry *entry, struct hc_arena *arena, bool *failed)
{
    char text[HC_TIME_TEXT];
    const size_t n = hc_time_format(entry->started, text), year = strcspn(text, "-");
    if (n < year + 3 || year > 6)
        return HC_STR_NONE;
    const int month = (text[year + 1] - '0') * 10 + text[year + 2] - '0';
    const struct hc_str quarter = hc_str_format(arena, "%.*s Q%d", (int)year, text, (month - 1) / 3 % 4 + 1);
    *failed |= !quarter.p;
    return quarter;
}

static struct hc_str stem_of(const char *kind, struct hc_str name, struct hc_arena *arena)
{
    if (strcmp(kind, "quarter") != 0 || name.n == 0)
        return hc_site_name(kind, name, arena);
    const struct hc_str year = {name.p, name.n - 3}; /* "quarter-2024q3" */
    return hc_str_format(arena, "quarter-%.*sq%c", HC_STR_ARG(year), name.p[name.n - 1]);
}

/* Runs of one key, in the order they come. */
static bool cut(struct hc_site_groups *out, const char *kind, const struct keyed *keys, const struct hc_site *site)
{
    const struct hc_site_entry **rows = hc_arena_calloc(site->arena, site->n_rows, sizeof *rows);
    out->items = hc_arena_calloc(site->arena, site->n_rows, sizeof *out->items);
    if (!rows || !out->items)
        return false;
    for (size_t i = 0; i < site->n_rows; i++) {
        rows[i] = site->rows[keys[i].row];
        if (i == 0 || !hc_str_equal(keys[i].key, keys[i - 1].key)) {
            out->items[out->n++] = (struct hc_site_group){
                .name = keys[i].key, .stem = stem_of(kind, keys[i].key, site->arena), .rows = rows + i};
            if (!out->items[out->n - 1].stem.p)
                return false;
        }
        out->items[out->n - 1].n++;
    }
    return true;
}

bool hc_site_group_rows(struct hc_site *site)
{
    struct keyed *keys = hc_arena_calloc(site->arena, site->n_rows, sizeof *keys);
    bool failed = !keys;
    for (size_t i = 0; !failed && i < site->n_rows; i++)
        keys[i] = (struct keyed){say_quarter(site->rows[i], site->arena, &failed), i};
    failed = failed || !cut(&site->quarters, "quarter", keys, site);
    for (size_t i = 0; !failed && i < site->n_rows; i++)
        keys[i].key = site->rows[i]->service.n > 0 ? site->rows[i]->service : HC_STR_NONE;
    if (!failed && site->n_rows > 0)
        qsort(keys, site->n_rows, sizeof *keys, compare_keys);
    failed = failed || !cut(&site->services, "service", keys, site);
    for (size_t i = 0; !failed && i < site->n_rows; i++)
        keys[i] = (struct keyed){hc_site_category(site->rows[i]), i};
    if (!failed && site->n_rows > 0)
        qsort(keys, site->n_rows, sizeof *keys, compare_keys);
    return !failed && cut(&site->categories, "category", keys, site);
}

/* ---- what is said of a group ----------------------------------------------------------------------------- */

void hc_site_link_group(struct hc_doc *doc, const struct hc_site_group *group)
{
    hc_doc_link_report(doc, group->name.n > 0 ? group->name : HC_STR("not stated"), group->stem);
}

struct counted {
    struct hc_str category, cause;
    size_t n;
};

static int compare_causes(const void *left, const void *right)
{
    const struct counted *a = left, *b = right;
    const int order = hc_str_compare(a->category, b->category);
    return order ? order : hc_str_compare(a->cause, b->cause);
}

static int compare_counts(const void *left, const void *right)
{
    const struct counted *a = left, *b = right;
    return a->n != b->n ? (a->n < b->n ? 1 : -1) : compare_causes(left, right);
}

/* Confirmed causes, the most frequent first; how many there are. NULL: no memory. */
static struct counted *count_causes(const struct hc_site_group *group, struct hc_arena *arena, size_t *n)
{
    struct counted *causes = hc_arena_calloc(arena, group->n, sizeof *causes);
    size_t n_known = 0;
    *n = 0;
    for (size_t i = 0; causes && i < group->n; i++)
        if (group->rows[i]->known)
            causes[n_known++] = (struct counted){group->rows[i]->found.category, group->rows[i]->found.cause, 1};
    if (n_known > 0)
        qsort(causes, n_known, sizeof *causes, compare_causes);
    for (size_t i = 0; i < n_known; i++) {
        if (*n > 0 && compare_causes(&causes[*n - 1], &causes[i]) == 0)
            causes[*n - 1].n++;
        else
            causes[(*n)++] = causes[i];
    }
    if (*n > 0)
        qsort(causes, *n, sizeof *causes, compare_counts);
    return causes;
}

static void put_cause(struct hc_doc *doc, const struct counted *cause, bool links)
{
    const struct hc_str category = cause->category.n > 0 ? cause->category : HC_STR("no category");
    if (links)
        hc_doc_link_report(doc, category, hc_site_name("category", cause->category, doc->arena));
    hc_doc_text(doc, links && cause->cause.n > 0 ? ": " : "");
    if (cause->cause.n > 0)
        hc_doc_str(doc, cause->cause);
    else if (!links)
        hc_doc_text(doc, "no cause stated");
}

static void put_usual_causes(struct hc_doc *doc, const struct hc_site_group *group, bool of_category)
{
    static const struct hc_column columns[] = {{"Confirmed cause", HC_COLUMN_TEXT, true},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"Share", HC_COLUMN_NUMBER, false}};
    size_t n, n_known = 0;
    const struct counted *causes = count_causes(group, doc->arena, &n);
    char text[HC_WORD_TEXT];
    doc->failed |= !causes;
    if (!causes || n == 0)
        return;
    for (size_t i = 0; i < n; i++)
        n_known += causes[i].n;
    hc_doc_section(doc, "causes", "Usual causes");
    hc_doc_table(doc, HC_STR("Confirmed causes, the most frequent first"), columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < n && i < USUAL_CAUSES; i++) {
        hc_doc_cell(doc);
        put_cause(doc, &causes[i], !of_category);
        hc_doc_cell(doc);
        hc_doc_format(doc, "%zu", causes[i].n);
        hc_doc_cell(doc);
        hc_word_percent((double)causes[i].n / (double)n_known, text);
        hc_doc_format(doc, "%s", text);
    }
    if (n <= USUAL_CAUSES)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu more causes are rarer.", n - USUAL_CAUSES);
}

/* The services of a category, each once: where to look on. */
static void put_services(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_group *group)
{
    size_t n = 0;
    hc_doc_section(doc, "services", "Services");
    hc_doc_paragraph(doc);
    for (size_t i = 0; i < site->services.n; i++) {
        const struct hc_site_group *service = &site->services.items[i];
        size_t n_both = 0;
        for (size_t k = 0; k < service->n; k++)
            n_both += hc_str_equal(hc_site_category(service->rows[k]), group->name);
        if (n_both == 0)
            continue;
        hc_doc_text(doc, n++ > 0 ? ", " : "");
        hc_site_link_group(doc, service);
        hc_doc_format(doc, " (%zu)", n_both);
    }
    hc_doc_text(doc, ".");
}

/* ---- pages ----------------------------------------------------------------------------------------------- */

static void put_parts(struct hc_doc *doc, const struct hc_site_page *page)
{
    if (page->n_parts < 2)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "In parts of %d rows, the newest in the first: ", HC_SITE_ROWS);
    for (size_t part = 0; part < page->n_parts; part++) {
        const struct hc_str text = hc_doc_formatted(doc, "%zu", part + 1);
        hc_doc_text(doc, part > 0 ? ", " : "");
        if (part == page->part)
            hc_doc_str(doc, text);
        else
            hc_doc_link_report(doc, text, hc_site_part_stem(page->group->stem, part, doc->arena));
    }
    hc_doc_text(doc, ".");
}

void hc_site_put_group(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_page *page)
{
    const struct hc_site_group *group = page->group;
    const size_t from = page->part * HC_SITE_ROWS;
    hc_doc_section(doc, "summary", "Summary");
    hc_doc_paragraph(doc);
    hc_site_put_score(doc, group->rows, group->n);
    if (page->kind == HC_SITE_CATEGORY)
        hc_doc_text(doc, " An incident counts for the category on record; where none is, for that of the leading "
                         "hypothesis.");
    put_parts(doc, page);
    if (page->part == 0 && page->kind != HC_SITE_QUARTER)
        put_usual_causes(doc, group, page->kind == HC_SITE_CATEGORY);
    if (page->part == 0 && page->kind == HC_SITE_CATEGORY)
        put_services(doc, site, group);
    hc_doc_section(doc, "incidents", "Incidents");
    hc_site_begin_rows(doc, HC_STR("Incidents, newest first"));
    for (size_t i = from; i < group->n && i < from + HC_SITE_ROWS; i++)
        hc_site_put_row(doc, group->rows[i]);
}

void hc_site_put_list(struct hc_doc *doc, const struct hc_site *site, enum hc_site_kind kind)
{
    static const struct hc_column columns[3][4] = {{{"Quarter", HC_COLUMN_SHORT, true},
                                                    {"Incidents", HC_COLUMN_NUMBER, false},
                                                    {"Cause confirmed", HC_COLUMN_NUMBER, false},
                                                    {"Leading hypothesis was right", HC_COLUMN_NUMBER, false}},
                                                   {{"Service", HC_COLUMN_TEXT, true},
                                                    {"Incidents", HC_COLUMN_NUMBER, false},
                                                    {"Cause confirmed", HC_COLUMN_NUMBER, false},
                                                    {"Leading hypothesis was right", HC_COLUMN_NUMBER, false}},
                                                   {{"Category", HC_COLUMN_TEXT, true},
                                                    {"Incidents", HC_COLUMN_NUMBER, false},
                                                    {"Cause confirmed", HC_COLUMN_NUMBER, false},
                                                    {"Leading hypothesis was right", HC_COLUMN_NUMBER, false}}};
    const struct hc_site_groups *const all[] = {&site->quarters, &site->services, &site->categories};
    const size_t which = (size_t)(kind - HC_SITE_QUARTERS);
    hc_doc_section(doc, "list", which == 0 ? "Quarters" : which == 1 ? "Services" : "Categories");
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "Right is: of those confirmed and analysed it has the category and the component on record.");
    if (kind == HC_SITE_CATEGORIES)
        hc_doc_text(doc, " An incident counts for the category on record; where none is, for that of the leading "
                         "hypothesis.");
    hc_doc_table(doc, HC_STR("How many, and how often the analysis was right"), columns[which], 4);
    for (size_t i = 0; i < all[which]->n; i++) {
        const struct hc_site_group *group = &all[which]->items[i];
        const struct hc_site_tally tally = hc_site_count(group->rows, group->n);
        hc_doc_cell(doc);
        hc_site_link_group(doc, group);
        hc_doc_cell(doc);
        hc_doc_format(doc, "%zu", group->n);
        hc_doc_cell(doc);
        hc_doc_format(doc, "%zu", tally.n_known);
        hc_doc_cell(doc);
        hc_site_put_hits(doc, &tally);
    }
}

static void put_beside(struct hc_doc *doc, const struct hc_site *site)
{
    if (!site->in->links.calibration) {
        hc_doc_note(doc);
        hc_doc_text(doc,
                    "Whether what is called 70 % likely is right in 70 % is not known here: no backtest is stored. "
                    "Run ");
        hc_doc_code(doc, HC_STR("hindcast backtest"));
        hc_doc_text(doc, ", then ");
        hc_doc_code(doc, HC_STR("hindcast report site"));
        hc_doc_text(doc, " again.");
    }
}

/* "q-2024-q3" */
static struct hc_str anchor_of(struct hc_doc *doc, const struct hc_site_group *quarter)
{
    const struct hc_str name = quarter->name;
    if (name.n < 3)
        return HC_STR("q-none");
    return hc_doc_formatted(doc, "q-%.*s-q%c", (int)name.n - 3, name.p, name.p[name.n - 1]);
}

/* The latest quarters, as many as fit; what is beyond stands on the quarters' own pages. */
void hc_site_put_index(struct hc_doc *doc, const struct hc_site *site)
{
    size_t n = 0, n_quarters = 0;
    hc_doc_section(doc, "incidents", "Incidents");
    hc_doc_paragraph(doc);
    hc_site_put_score(doc, site->rows, site->n_rows);
    put_beside(doc, site);
    for (; n_quarters < site->quarters.n; n_quarters++) {
        const struct hc_site_group *quarter = &site->quarters.items[n_quarters];
        if (n > 0 && n + quarter->n > HC_SITE_ROWS)
            break;
        const struct hc_str name = quarter->name.n > 0 ? quarter->name : HC_STR("no time");
        const struct hc_str title = hc_doc_formatted(doc, "%.*s", HC_STR_ARG(name));
        const struct hc_str id = anchor_of(doc, quarter);
        if (!title.p || !id.p)
            return;
        hc_doc_section(doc, id.p, title.p);
        hc_site_begin_rows(doc, hc_doc_formatted(doc, "Incidents that began in %.*s, newest first", HC_STR_ARG(name)));
        for (size_t i = 0; i < quarter->n && i < HC_SITE_ROWS; i++)
            hc_site_put_row(doc, quarter->rows[i]);
        n += quarter->n;
        if (quarter->n <= HC_SITE_ROWS)
            continue;
        hc_doc_paragraph(doc);
        hc_doc_format(doc, "%zu more began in ", quarter->n - HC_SITE_ROWS);
        hc_site_link_group(doc, quarter);
        hc_doc_text(doc, ".");
    }
    if (n_quarters == site->quarters.n)
        return;
    hc_doc_section(doc, "earlier", "Earlier quarters");
    hc_doc_list(doc);
    for (; n_quarters < site->quarters.n; n_quarters++) {
        hc_doc_item(doc);
        hc_site_link_group(doc, &site->quarters.items[n_quarters]);
        hc_doc_format(doc, ": %zu", site->quarters.items[n_quarters].n);
    }
}

void hc_site_put_trends(struct hc_doc *doc, const struct hc_site *site)
{
    const struct hc_site_input *in = site->in;
    hc_doc_section(doc, "trends", "Trends");
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "What changed in a quarter, and what so few incidents cannot show.");
    if (in->n_trends_left > 0)
        hc_doc_format(
            doc,
            " The corpus goes back %zu %s further; hindcast report trend --quarter QUARTER writes the report of "
            "any.",
            in->n_trends_left, in->n_trends_left == 1 ? "quarter" : "quarters");
    hc_doc_list(doc);
    for (size_t i = 0; i < in->n_trends; i++) {
        hc_doc_item(doc);
        hc_doc_link_report(doc, hc_doc_formatted(doc, "%04d Q%d", in->trends[i].year, in->trends[i].number),
                           hc_doc_formatted(doc, "trend-%04dQ%d", in->trends[i].year, in->trends[i].number));
    }
}
