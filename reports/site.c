/* The index of the site: a row an incident, newest first. */
#include "reports/document.h"
#include "reports/incident.h"
#include "reports/words.h"

#define SITE_BYTES ((size_t)1 << 30)

static int compare(const void *left, const void *right)
{
    const struct hc_site_entry *a = *(const struct hc_site_entry *const *)left;
    const struct hc_site_entry *b = *(const struct hc_site_entry *const *)right;
    if (a->started.ns != b->started.ns)
        return a->started.ns < b->started.ns ? 1 : -1;
    return hc_str_compare(a->id, b->id);
}

static const struct hc_site_entry **sort_entries(struct hc_arena *arena, const struct hc_site_entry *entries, size_t n)
{
    const struct hc_site_entry **sorted = hc_arena_calloc(arena, n, sizeof *sorted);
    for (size_t i = 0; sorted && i < n; i++)
        sorted[i] = &entries[i];
    if (sorted && n > 0)
        qsort(sorted, n, sizeof *sorted, compare);
    return sorted;
}

static void put_cause(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    char text[HC_WORD_TEXT];
    hc_doc_cell(doc);
    if (entry->category.n == 0) {
        hc_doc_text(doc, "not analysed");
    } else {
        hc_doc_str(doc, entry->category);
        hc_doc_text(doc, entry->cause.n > 0 ? ": " : "");
        hc_doc_str(doc, entry->cause);
    }
    hc_doc_cell(doc);
    if (entry->component.n > 0)
        hc_doc_code(doc, entry->component);
    else
        hc_doc_text(doc, "none named");
    hc_doc_cell(doc);
    if (entry->known) {
        hc_doc_badge(doc, HC_STR("confirmed"), HC_TONE_GOOD);
    } else if (entry->probability == entry->probability) {
        hc_word_probability(entry->probability, text);
        hc_doc_format(doc, "%s", text);
    } else {
        hc_doc_absent(doc, "not analysed");
    }
}

static void put_entry(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    char text[HC_TIME_TEXT];
    hc_doc_cell(doc);
    hc_time_format(entry->started, text);
    hc_doc_format(doc, "%s", text);
    hc_doc_cell(doc);
    hc_doc_link_report(doc, entry->id, entry->id);
    hc_doc_text(doc, entry->title.n > 0 ? ": " : "");
    hc_doc_str(doc, hc_str_trim(entry->title));
    hc_doc_cell(doc);
    if (entry->service.n > 0)
        hc_doc_code(doc, entry->service);
    else
        hc_doc_text(doc, "not stated");
    put_cause(doc, entry);
}

static void put_site(struct hc_doc *doc, const struct hc_site_entry *entries, size_t n)
{
    static const struct hc_column columns[] = {
        {"Began (UTC)", HC_COLUMN_SHORT, false}, {"Incident", HC_COLUMN_TEXT, true},
        {"Service", HC_COLUMN_TEXT, false},      {"Cause: confirmed, or leading", HC_COLUMN_TEXT, false},
        {"Component", HC_COLUMN_TEXT, false},    {"Probability", HC_COLUMN_NUMBER, false}};
    const struct hc_site_entry **sorted = sort_entries(doc->arena, entries, n);
    size_t n_known = 0;
    for (size_t i = 0; i < n; i++)
        n_known += entries[i].known;
    hc_doc_section(doc, "incidents", "Incidents");
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu %s, newest first; the cause of %zu is confirmed.", n, n == 1 ? "incident" : "incidents",
                  n_known);
    doc->failed |= !sorted;
    if (n > 0)
        hc_doc_table(doc, HC_STR("Incidents that have a report"), columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; sorted && i < n; i++)
        put_entry(doc, sorted[i]);
}

static enum hc_status render(const struct hc_site_entry *entries, size_t n, struct hc_buf *out, struct hc_err *err,
                             enum hc_status (*as)(const struct hc_doc *, struct hc_buf *, struct hc_err *))
{
    struct hc_arena *arena = hc_arena_new(SITE_BYTES);
    struct hc_doc doc;
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the index");
    hc_document_init(&doc, arena, HC_STR("Incident reports"), HC_STR("Incident reports"));
    put_site(&doc, entries, n);
    enum hc_status status = as(&doc, out, err);
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_report_site_html(const struct hc_site_entry *entries, size_t n, struct hc_buf *out,
                                   struct hc_err *err)
{
    return render(entries, n, out, err, hc_document_html);
}

enum hc_status hc_report_site_markdown(const struct hc_site_entry *entries, size_t n, struct hc_buf *out,
                                       struct hc_err *err)
{
    return render(entries, n, out, err, hc_document_markdown);
}
