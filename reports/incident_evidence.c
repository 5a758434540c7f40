/* How good the evidence is: time, metrics, sequence, and what is missing. */
#include "reports/incident_parts.h"

#include <math.h>

#define ITEMS 12 /* of the detectors' findings, the largest */

/* ---- temporal correlation ------------------------------------------------------------------------------- */

static void put_change_row(struct hc_report_parts *parts, const struct hc_change *change)
{
    struct hc_doc *doc = parts->doc;
    struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
    int64_t apart = hc_moments_apart(&moment, &parts->facts.symptom);
    hc_doc_cell(doc);
    hc_doc_text(doc, hc_say_change(parts, change));
    hc_doc_cell(doc);
    hc_put_component(parts, hc_say_component(parts, change->component));
    hc_doc_cell(doc);
    if (change->version.n > 0)
        hc_doc_code(doc, change->version);
    else
        hc_doc_absent(doc, "not stated");
    hc_doc_cell(doc);
    hc_put_time(parts, &moment);
    hc_doc_cell(doc);
    if (apart != HC_NO_SPAN_NS && apart < 0)
        hc_doc_text(doc, "after the first symptom");
    else
        hc_put_apart(parts, &moment, &parts->facts.symptom);
}

void hc_part_temporal(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Change", HC_COLUMN_SHORT, true},
                                               {"Component", HC_COLUMN_TEXT, false},
                                               {"Version", HC_COLUMN_TEXT, false},
                                               {"At", HC_COLUMN_SHORT, false},
                                               {"Before the first symptom", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_changes == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Changes: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ". That none is recorded does not show that there was none.");
        return;
    }
    hc_doc_table(doc, HC_STR("Changes in the bundle"), HC_COLUMNS(columns));
    for (size_t i = 0; i < incident->n_changes && i < 30; i++)
        put_change_row(parts, &incident->changes[i]);
    if (incident->n_changes <= 30)
        return;
    hc_doc_paragraph(doc);
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%zu changes", incident->n_changes),
                    hc_cite_view(parts, "count(*)", "changes", ""));
    hc_doc_text(doc, " in all; the first 30 are shown.");
}

/* ---- metrics ------------------------------------------------------------------------------------------- */

static void put_growth(struct hc_report_parts *parts, double from, double to, struct hc_source_place place)
{
    char change[HC_WORD_TEXT], ratio[HC_WORD_TEXT];
    hc_doc_cell(parts->doc);
    if (hc_word_change(from, to, change) == 0 || hc_word_ratio(from, to, ratio) == 0)
        hc_doc_absent(parts->doc, "not stated");
    else
        hc_doc_from(parts->doc, hc_doc_formatted(parts->doc, "%s (%s)", change, ratio), place);
}

static void put_level_row(struct hc_report_parts *parts, const struct hc_level *level)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_cell(doc);
    hc_put_component(parts, hc_say_component(parts, level->component));
    hc_doc_text(doc, " ");
    hc_doc_code(doc, level->metric);
    hc_doc_cell(doc);
    hc_put_number(parts, level->baseline, level->unit, level->place);
    hc_doc_cell(doc);
    hc_put_number(parts, level->before, level->unit, level->place);
    hc_doc_cell(doc);
    hc_put_number(parts, level->peak, level->unit, level->place);
    put_growth(parts, level->before, level->peak, level->place);
    put_growth(parts, level->baseline, level->peak, level->place);
}

static void put_levels(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {
        {"Level", HC_COLUMN_TEXT, true},
        {"Baseline", HC_COLUMN_NUMBER, false},
        {"Before", HC_COLUMN_NUMBER, false},
        {"Peak", HC_COLUMN_NUMBER, false},
        {"Before to peak", HC_COLUMN_NUMBER, false},
        {"Baseline to peak", HC_COLUMN_NUMBER, false},
    };
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_levels == 0)
        return;
    hc_doc_table(parts->doc, HC_STR("Levels that the bundle states, with their change and ratio"), HC_COLUMNS(columns));
    for (size_t i = 0; i < incident->n_levels; i++)
        put_level_row(parts, &incident->levels[i]);
}

/* The indices of the largest |value|, of equal ones the earlier. */
static size_t find_largest(const struct hc_evidence *evidence, size_t largest[ITEMS])
{
    size_t n = 0;
    for (size_t i = 0; i < evidence->n_items; i++) {
        double value = fabs(evidence->items[i].value);
        size_t at = n;
        if (!(value >= HC_SEEN_LEAST) || evidence->items[i].text.n == 0)
            continue;
        while (at > 0 && fabs(evidence->items[largest[at - 1]].value) < value)
            at--;
        if (at == ITEMS)
            continue;
        memmove(&largest[at + 1], &largest[at], ((n < ITEMS ? n : ITEMS - 1) - at) * sizeof largest[0]);
        largest[at] = i;
        n += n < ITEMS;
    }
    return n;
}

static void put_item(struct hc_report_parts *parts, const struct hc_evidence_item *item)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    const struct hc_evidence *evidence = parts->in->evidence;
    char text[HC_WORD_TEXT];
    hc_doc_cell(doc);
    if (item->component < evidence->n_components)
        hc_put_component(parts, evidence->components[item->component].name);
    else
        hc_doc_text(doc, "the whole");
    hc_doc_cell(doc);
    hc_doc_from(doc, hc_str_trim(item->text), hc_place_of(parts, item->place));
    hc_doc_cell(doc);
    if (item->feature < catalogue->n_features)
        hc_doc_code(doc, catalogue->features[item->feature].name);
    hc_doc_cell(doc);
    hc_word_fixed(item->value, 2, text);
    hc_doc_format(doc, "%s", text);
}

static void put_items(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Component", HC_COLUMN_TEXT, true},
                                               {"What was seen", HC_COLUMN_TEXT, false},
                                               {"Detector", HC_COLUMN_TEXT, false},
                                               {"Strength", HC_COLUMN_NUMBER, false}};
    const struct hc_evidence *evidence = parts->in->evidence;
    size_t largest[ITEMS + 1];
    size_t n = find_largest(evidence, largest);
    if (n == 0)
        return;
    hc_doc_table(parts->doc, HC_STR("Strongest findings of the detectors; 0 would be nothing unusual, on a log scale"),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n; i++)
        put_item(parts, &evidence->items[largest[i]]);
    if (evidence->n_items <= n)
        return;
    hc_doc_paragraph(parts->doc);
    hc_doc_format(parts->doc, "The detectors gave %zu items in all; these are the largest.", evidence->n_items);
}

void hc_part_metrics(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    put_levels(parts);
    hc_put_series(parts);
    put_items(parts);
    if (incident->n_levels > 0 || incident->n_series > 0)
        return;
    hc_doc_paragraph(parts->doc);
    hc_doc_text(parts->doc, "Metrics: ");
    hc_doc_absent(parts->doc, "not in the bundle");
    hc_doc_text(parts->doc, ".");
}

/* ---- sequence ------------------------------------------------------------------------------------------ */

static void put_step(struct hc_report_parts *parts, size_t i)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    const struct hc_step *step = &facts->steps[i];
    hc_doc_cell(doc);
    hc_put_offset(parts, step->first.at, step->first.place);
    hc_doc_cell(doc);
    hc_doc_from(doc, step->first.text, step->first.place);
    hc_doc_cell(doc);
    hc_put_cited(parts, hc_doc_formatted(doc, "%llu", (unsigned long long)step->n), step->sql, step->first.place);
    hc_doc_cell(doc);
    if (i > 0)
        hc_put_apart(parts, &facts->steps[i - 1].first, &step->first);
    else
        hc_doc_text(doc, "first");
    hc_doc_cell(doc);
    int64_t left = hc_moments_apart(&step->first, &facts->fatal);
    if (left != HC_NO_SPAN_NS && left >= 0)
        hc_put_apart(parts, &step->first, &facts->fatal);
    else
        hc_doc_text(doc, left == HC_NO_SPAN_NS ? "no such line" : "after it");
}

void hc_part_sequence(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Offset", HC_COLUMN_NUMBER, true},
                                               {"Step", HC_COLUMN_TEXT, false},
                                               {"Lines", HC_COLUMN_NUMBER, false},
                                               {"Since the step before", HC_COLUMN_NUMBER, false},
                                               {"Until the crash or first fatal line", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    if (parts->facts.n_steps == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Log lines of warning and worse, or events, in the window: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
        return;
    }
    hc_doc_table(doc, HC_STR("The first line of each kind, in order of time"), HC_COLUMNS(columns));
    for (size_t i = 0; i < parts->facts.n_steps; i++)
        put_step(parts, i);
    if (parts->facts.n_steps < HC_STEPS)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "The first %d kinds of line are shown. ", HC_STEPS);
    hc_doc_from_sql(doc, HC_STR("All of them"),
                    hc_cite_view(parts, "at, component, level, message, member, line", "events", ""));
    hc_doc_text(doc, " are in the corpus.");
}

/* ---- missing ------------------------------------------------------------------------------------------- */

static const struct hc_missing *stated_missing(const struct hc_incident *incident, struct hc_str kind)
{
    for (size_t i = 0; i < incident->n_missing; i++)
        if (hc_str_equal(incident->missing[i].kind, kind))
            return &incident->missing[i];
    return NULL;
}

static void put_missing_kind(struct hc_report_parts *parts, struct hc_str kind)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_missing *stated = stated_missing(parts->in->incident, kind);
    hc_doc_item(doc);
    hc_doc_str(doc, hc_say_kind(parts, kind));
    hc_doc_text(doc, ": ");
    if (stated && stated->reason.n > 0)
        hc_doc_from(doc, hc_str_trim(stated->reason), stated->place);
    else
        hc_doc_absent(doc, "not in the bundle");
}

static bool is_catalogue_kind(const struct hc_catalogue *catalogue, struct hc_str kind)
{
    for (size_t i = 0; i < catalogue->n_kinds; i++)
        if (hc_str_equal(catalogue->kinds[i].id, kind))
            return true;
    return false;
}

void hc_part_missing(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    const struct hc_incident *incident = parts->in->incident;
    size_t n = 0;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "What is missing was not observed. It counts neither for nor against a cause; it lowers the "
                     "confidence, as the Confidence Summary says.");
    hc_doc_list(doc);
    for (size_t i = 0; i < catalogue->n_kinds && i < 64; i++)
        if (!(parts->in->evidence->kinds >> i & 1)) {
            put_missing_kind(parts, catalogue->kinds[i].id);
            n++;
        }
    for (size_t i = 0; i < incident->n_missing; i++)
        if (!is_catalogue_kind(catalogue, incident->missing[i].kind)) {
            put_missing_kind(parts, incident->missing[i].kind);
            n++;
        }
    if (n > 0)
        return;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "Every kind of evidence that the catalogue knows is there.");
}
