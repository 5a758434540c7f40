/* A row of the site: an incident, what the analysis said, what is on record; and how often these agree. */
#include <math.h>

#include "reports/site_parts.h"

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

/* What is on record links to all of its category. */
static void put_cause(struct hc_doc *doc, const struct hc_site_cause *cause, bool links)
{
    const struct hc_str category = cause->category.n > 0 ? cause->category : HC_STR("no category");
    if (links)
        hc_doc_link_report(doc, category, hc_site_name("category", cause->category, doc->arena));
    else
        hc_doc_str(doc, category);
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
        put_cause(doc, &entry->said, false);
        put_probability(doc, entry);
    } else {
        hc_doc_absent(doc, "not analysed");
    }
    hc_doc_cell(doc);
    if (entry->on_record) {
        put_cause(doc, &entry->found, true);
        hc_doc_text(doc, entry->known ? "" : " (not confirmed)");
    } else {
        hc_doc_absent(doc, "nothing yet");
    }
    hc_doc_cell(doc);
    put_agreement(doc, entry);
}

void hc_site_put_row(struct hc_doc *doc, const struct hc_site_entry *entry)
{
    char text[HC_TIME_TEXT];
    hc_doc_cell(doc);
    hc_time_format(entry->started, text);
    hc_doc_format(doc, "%.10s", text); /* the day: its report has the time */
    hc_doc_cell(doc);
    hc_doc_link_report(doc, entry->id, hc_report_file(entry->id, doc->arena));
    hc_doc_text(doc, entry->title.n > 0 ? ": " : "");
    hc_doc_str(doc, hc_str_trim(entry->title));
    hc_doc_cell(doc);
    hc_doc_link_report(doc, entry->service.n > 0 ? entry->service : HC_STR("not stated"),
                       hc_site_name("service", entry->service, doc->arena));
    put_causes(doc, entry);
}

void hc_site_begin_rows(struct hc_doc *doc, struct hc_str caption)
{
    static const struct hc_column columns[] = {
        {"Began (UTC)", HC_COLUMN_SHORT, false}, {"Incident", HC_COLUMN_TITLE, true},
        {"Service", HC_COLUMN_SHORT, false},     {"Analysis said", HC_COLUMN_TEXT, false},
        {"On record", HC_COLUMN_TEXT, false},    {"Do they agree?", HC_COLUMN_SHORT, false}};
    hc_doc_table(doc, caption, columns, sizeof columns / sizeof columns[0]);
}

struct hc_str hc_site_category(const struct hc_site_entry *entry)
{
    const struct hc_str category = entry->on_record ? entry->found.category : entry->said.category;
    return category.n > 0 ? category : HC_STR_NONE;
}

/* ---- how often they agree -------------------------------------------------------------------------------- */

static void count_entry(struct hc_site_tally *tally, const struct hc_site_entry *entry)
{
    tally->n_known += entry->known;
    if (!entry->known || !is_analysed(entry))
        return;
    tally->n_analysed++;
    tally->n_agree += agrees_but_for_cause(entry);
    tally->n_whole += agrees_but_for_cause(entry) && same_cause(entry);
}

struct hc_site_tally hc_site_count(const struct hc_site_entry *const *rows, size_t n)
{
    struct hc_site_tally tally = {0};
    for (size_t i = 0; i < n; i++)
        count_entry(&tally, rows[i]);
    return tally;
}

void hc_site_put_hits(struct hc_doc *doc, const struct hc_site_tally *tally)
{
    char text[HC_WORD_TEXT];
    if (tally->n_analysed == 0) {
        hc_doc_absent(doc, "none known");
        return;
    }
    hc_word_percent((double)tally->n_agree / (double)tally->n_analysed, text);
    hc_doc_format(doc, "%zu of %zu (%s)", tally->n_agree, tally->n_analysed, text);
}

/* All are counted, also those where none stood out. */
static void put_agreements(struct hc_doc *doc, const struct hc_site_tally *all, const struct hc_site_tally *standing)
{
    const struct hc_site_tally others = {.n_analysed = all->n_analysed - standing->n_analysed,
                                         .n_agree = all->n_agree - standing->n_agree};
    if (all->n_analysed < all->n_known)
        hc_doc_format(doc, " Of these %zu %s analysed.", all->n_analysed, all->n_analysed == 1 ? "was" : "were");
    hc_doc_text(doc, " The leading hypothesis has the category and the component on record in ");
    hc_site_put_hits(doc, all);
    hc_doc_text(doc, standing->n_analysed > 0 && others.n_analysed > 0 ? ": " : "");
    if (standing->n_analysed > 0 && others.n_analysed > 0) {
        hc_site_put_hits(doc, standing);
        hc_doc_text(doc, " where it stands out, ");
        hc_site_put_hits(doc, &others);
        hc_doc_text(doc, " where none does");
    }
    hc_doc_format(doc, "; the cause too in %zu.", all->n_whole);
}

void hc_site_put_score(struct hc_doc *doc, const struct hc_site_entry *const *rows, size_t n)
{
    const struct hc_site_tally all = hc_site_count(rows, n);
    struct hc_site_tally standing = {0};
    char threshold[HC_WORD_TEXT];
    for (size_t i = 0; i < n; i++)
        if (stands_out(rows[i]))
            count_entry(&standing, rows[i]);
    hc_doc_format(doc, "%zu %s, newest first; the cause of %zu is confirmed.", n, n == 1 ? "incident" : "incidents",
                  all.n_known);
    if (all.n_analysed > 0)
        put_agreements(doc, &all, &standing);
    hc_word_percent(HC_STANDS_OUT, threshold);
    hc_doc_format(doc,
                  " The analysis does not read the outcome of its own incident. Below %s no cause stands out; such a "
                  "row says so, whether it has what is on record or not.",
                  threshold);
}
