/* The index of the site: a row an incident, newest first, by the quarter it began in. */
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

/* ---- files --------------------------------------------------------------------------------------------- */

/* "trend-2026Q3" */
static bool is_trend(struct hc_str id)
{
    static const char shape[] = "trend-0000Q0";
    bool is = id.n == sizeof shape - 1;
    for (size_t i = 0; is && i < id.n; i++)
        is = shape[i] == '0' ? id.p[i] >= '0' && id.p[i] <= '9' : id.p[i] == shape[i];
    return is;
}

struct hc_str hc_report_file(struct hc_str id, struct hc_arena *arena)
{
    if (!hc_str_is(id, "index") && !hc_str_is(id, "calibration") && !is_trend(id))
        return id;
    return hc_str_format(arena, "_%.*s", HC_STR_ARG(id));
}

/* ---- a row --------------------------------------------------------------------------------------------- */

static bool same_component(const struct hc_site_entry *entry)
{
    return hc_str_equal(entry->said.component, entry->found.component);
}

static bool same_category(const struct hc_site_entry *entry)
{
    return hc_str_equal(entry->said.category, entry->found.category);
}

static bool is_analysed(const struct hc_site_entry *entry)
{
    return entry->probability == entry->probability;
}

static bool stands_out(const struct hc_site_entry *entry)
{
    return entry->probability >= HC_STANDS_OUT;
}

/* A record that names no cause leaves nothing to differ in. */
static bool same_cause(const struct hc_site_entry *entry)
{
    return entry->found.cause.n == 0 || hc_str_equal(entry->said.cause, entry->found.cause);
}

static bool agrees_but_for_cause(const struct hc_site_entry *entry)
{
    return entry->known && is_analysed(entry) && same_component(entry) && same_category(entry);
}

static void put_cause(struct hc_doc *doc, const struct hc_site_cause *cause)
{
    hc_doc_str(doc, cause->category.n > 0 ? cause->category : HC_STR("no category"));
    hc_doc_text(doc, cause->cause.n > 0 ? ": " : "");
    hc_doc_str(doc, cause->cause);
    if (cause->component.n == 0)
        return;
    hc_doc_text(doc, " in ");
    hc_doc_code(doc, cause->component);
}

/* One rule for hits and misses: what did not stand out is neither. */
static void put_agreement(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    if (!entry->known || !is_analysed(entry))
        hc_doc_text(doc, entry->known ? "not analysed" : "not known yet");
    else if (!stands_out(entry))
        hc_doc_text(doc, "none stood out");
    else if (agrees_but_for_cause(entry))
        hc_doc_badge(doc, same_cause(entry) ? HC_STR("agrees") : HC_STR("in part"),
                     same_cause(entry) ? HC_TONE_GOOD : HC_TONE_INFO);
    else if (same_component(entry) || same_category(entry))
        hc_doc_badge(doc, same_component(entry) ? HC_STR("component only") : HC_STR("category only"), HC_TONE_INFO);
    else
        hc_doc_badge(doc, HC_STR("differs"), HC_TONE_WARN);
}

/* What is below the threshold does not read as if it were on it. */
static void put_probability(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    char threshold[HC_WORD_TEXT], text[HC_WORD_TEXT];
    hc_word_percent(HC_STANDS_OUT, threshold);
    hc_word_percent(entry->probability, text);
    hc_doc_format(doc, ", %s%s", !stands_out(entry) && strcmp(text, threshold) == 0 ? "< " : "", text);
}

static void put_causes(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    hc_doc_cell(doc);
    if (is_analysed(entry)) {
        put_cause(doc, &entry->said);
        put_probability(doc, entry);
    } else {
        hc_doc_absent(doc, "not analysed");
    }
    hc_doc_cell(doc);
    if (entry->on_record) {
        put_cause(doc, &entry->found);
        hc_doc_text(doc, entry->known ? "" : " (not confirmed)");
    } else {
        hc_doc_absent(doc, "nothing yet");
    }
    hc_doc_cell(doc);
    put_agreement(doc, entry);
}

static void put_entry(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    char text[HC_TIME_TEXT];
    hc_doc_cell(doc);
    hc_time_format(entry->started, text);
    hc_doc_format(doc, "%s", text);
    hc_doc_cell(doc);
    hc_doc_link_report(doc, entry->id, hc_report_file(entry->id, doc->arena));
    hc_doc_text(doc, entry->title.n > 0 ? ": " : "");
    hc_doc_str(doc, hc_str_trim(entry->title));
    hc_doc_cell(doc);
    if (entry->service.n > 0)
        hc_doc_code(doc, entry->service);
    else
        hc_doc_text(doc, "not stated");
    put_causes(doc, entry);
}

/* ---- quarters ------------------------------------------------------------------------------------------ */

#define QUARTER_TEXT 16

/* "2024 Q3" of "2024-08-01T…"; "no time". */
static void say_quarter(struct hc_time at, char out[QUARTER_TEXT])
{
    char text[HC_TIME_TEXT];
    size_t n = hc_time_format(at, text), year = strcspn(text, "-");
    if (n < year + 3 || year > 6) {
        snprintf(out, QUARTER_TEXT, "no time");
        return;
    }
    int month = (text[year + 1] - '0') * 10 + text[year + 2] - '0';
    snprintf(out, QUARTER_TEXT, "%.*s Q%d", (int)year, text, (month - 1) / 3 % 4 + 1);
}

static void begin_quarter(struct hc_doc *doc, const char *quarter)
{
    static const struct hc_column columns[] = {
        {"Began (UTC)", HC_COLUMN_SHORT, false}, {"Incident", HC_COLUMN_TITLE, true},
        {"Service", HC_COLUMN_SHORT, false},     {"Analysis said", HC_COLUMN_TEXT, false},
        {"On record", HC_COLUMN_TEXT, false},    {"Do they agree?", HC_COLUMN_SHORT, false}};
    char id[QUARTER_TEXT + 2];
    snprintf(id, sizeof id, "q-%s", quarter);
    for (char *c = id; *c; c++)
        *c = *c == ' ' ? '-' : *c == 'Q' ? 'q' : *c;
    struct hc_str kept = hc_doc_formatted(doc, "%s", id), title = hc_doc_formatted(doc, "%s", quarter);
    if (!kept.p || !title.p)
        return;
    hc_doc_section(doc, kept.p, title.p);
    hc_doc_table(doc, hc_doc_formatted(doc, "Incidents that began in %s, newest first", quarter), columns,
                 sizeof columns / sizeof columns[0]);
}

struct tally { /* of those analysed: with the category and component on record, and with the cause too */
    size_t n_analysed, n_agree, n_whole;
};

static void count_entry(struct tally *tally, const struct hc_site_entry *entry)
{
    tally->n_analysed++;
    tally->n_agree += agrees_but_for_cause(entry);
    tally->n_whole += agrees_but_for_cause(entry) && same_cause(entry);
}

/* "89 of 291 (31 %)" */
static void put_hits(struct hc_doc *doc, const struct tally *tally)
{
    char text[HC_WORD_TEXT];
    hc_word_percent((double)tally->n_agree / (double)tally->n_analysed, text);
    hc_doc_format(doc, "%zu of %zu (%s)", tally->n_agree, tally->n_analysed, text);
}

/* All are counted, also those where none stood out. */
static void put_score(struct hc_doc *doc, size_t n_known, const struct tally *all, const struct tally *standing)
{
    const struct tally others = {.n_analysed = all->n_analysed - standing->n_analysed,
                                 .n_agree = all->n_agree - standing->n_agree};
    if (all->n_analysed == 0)
        return;
    if (all->n_analysed < n_known)
        hc_doc_format(doc, " Of these %zu %s analysed.", all->n_analysed, all->n_analysed == 1 ? "was" : "were");
    hc_doc_text(doc, " The leading hypothesis has the category and the component on record in ");
    put_hits(doc, all);
    hc_doc_text(doc, standing->n_analysed > 0 && others.n_analysed > 0 ? ": " : "");
    if (standing->n_analysed > 0 && others.n_analysed > 0) {
        put_hits(doc, standing);
        hc_doc_text(doc, " where it stands out, ");
        put_hits(doc, &others);
        hc_doc_text(doc, " where none does");
    }
    hc_doc_format(doc, "; the cause too in %zu.", all->n_whole);
}

static void put_overview(struct hc_doc *doc, const struct hc_site_entry *entries, size_t n)
{
    size_t n_known = 0;
    struct tally all = {0}, standing = {0};
    char threshold[HC_WORD_TEXT];
    for (size_t i = 0; i < n; i++) {
        n_known += entries[i].known;
        if (!entries[i].known || !is_analysed(&entries[i]))
            continue;
        count_entry(&all, &entries[i]);
        if (stands_out(&entries[i]))
            count_entry(&standing, &entries[i]);
    }
    hc_doc_section(doc, "incidents", "Incidents");
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu %s, newest first; the cause of %zu is confirmed.", n, n == 1 ? "incident" : "incidents",
                  n_known);
    put_score(doc, n_known, &all, &standing);
    hc_word_percent(HC_STANDS_OUT, threshold);
    hc_doc_format(doc,
                  " The analysis does not read the outcome of its own incident. Below %s no cause stands out; such a "
                  "row says so, whether it has what is on record or not.",
                  threshold);
}

static void put_site(struct hc_doc *doc, const struct hc_site_entry *entries, size_t n)
{
    const struct hc_site_entry **sorted = sort_entries(doc->arena, entries, n);
    char last[QUARTER_TEXT] = "", quarter[QUARTER_TEXT];
    doc->failed |= !sorted;
    put_overview(doc, entries, n);
    for (size_t i = 0; sorted && i < n; i++) {
        say_quarter(sorted[i]->started, quarter);
        if (strcmp(quarter, last) != 0)
            begin_quarter(doc, quarter);
        memcpy(last, quarter, sizeof last);
        put_entry(doc, sorted[i]);
    }
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
