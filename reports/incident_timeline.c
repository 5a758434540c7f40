/* What happened when: the timeline to scale, how it was noticed, how it ended. */
#include "reports/incident_parts.h"

static bool is_sentence_of_evidence(const struct hc_evidence *evidence, const struct hc_timeline_entry *entry)
{
    for (size_t i = 0; i < evidence->n_items; i++)
        if (hc_str_equal(evidence->items[i].text, entry->text))
            return true;
    return false;
}

/* A sentence of the evidence about a line that has a row of its own says the same thing twice. */
static bool is_repeated(const struct hc_report_parts *parts, size_t at)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    const struct hc_evidence *evidence = parts->in->evidence;
    const struct hc_timeline_entry *entry = &analysis->timeline[at];
    if (entry->place.line == 0 || !is_sentence_of_evidence(evidence, entry))
        return false;
    for (size_t i = 0; i < analysis->n_timeline; i++)
        if (i != at && hc_place_equal(analysis->timeline[i].place, entry->place) &&
            !is_sentence_of_evidence(evidence, &analysis->timeline[i]))
            return true;
    return false;
}

/* The timeline as it is shown: without what repeats itself. Entries that follow one another and say the same are one row. */
static struct hc_timeline_row *find_rows(struct hc_report_parts *parts, size_t *n)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    struct hc_timeline_row *rows = hc_arena_calloc(parts->doc->arena, analysis->n_timeline + 1, sizeof *rows);
    *n = 0;
    parts->doc->failed |= !rows;
    for (size_t i = 0; rows && i < analysis->n_timeline; i++) {
        const struct hc_timeline_entry *entry = &analysis->timeline[i];
        if (is_repeated(parts, i))
            continue;
        if (*n == 0 || !hc_str_equal(rows[*n - 1].first->text, entry->text))
            rows[(*n)++].first = entry;
        rows[*n - 1].last = entry;
        rows[*n - 1].n++;
    }
    return rows;
}

static void put_row(struct hc_report_parts *parts, const struct hc_timeline_row *row, size_t number)
{
    struct hc_doc *doc = parts->doc;
    struct hc_moment moment = {row->first->at, row->first->text, row->first->place};
    hc_doc_cell(doc);
    hc_doc_format(doc, "%zu", number);
    hc_doc_cell(doc);
    hc_put_offset(parts, moment.at, moment.place);
    hc_doc_cell(doc);
    hc_put_time(parts, &moment);
    hc_doc_cell(doc);
    hc_doc_str(doc, moment.text);
    if (row->n > 1) {
        hc_doc_format(doc, " (%zu times, the last at ", row->n);
        hc_put_offset(parts, row->last->at, row->last->place);
        hc_doc_text(doc, ")");
    }
}

static void put_rows(struct hc_report_parts *parts, const struct hc_timeline_row *rows, size_t n)
{
    static const struct hc_column columns[] = {{"No", HC_COLUMN_NUMBER, false},
                                               {"Offset", HC_COLUMN_NUMBER, false},
                                               {"Time (UTC)", HC_COLUMN_SHORT, true},
                                               {"What happened", HC_COLUMN_TEXT, false}};
    hc_doc_table(parts->doc, hc_doc_formatted(parts->doc, "Timeline; T+0 is %s", parts->facts.zero_name),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n && i < HC_TIMELINE_ROWS; i++)
        put_row(parts, &rows[i], i + 1);
    if (n <= HC_TIMELINE_ROWS)
        return;
    hc_doc_paragraph(parts->doc);
    hc_doc_format(parts->doc, "%zu later rows are left out. ", n - HC_TIMELINE_ROWS);
    hc_doc_from_sql(parts->doc, HC_STR("All events"),
                    hc_cite_view(parts, "at, component, level, message, member, line", "events", ""));
    hc_doc_text(parts->doc, " are in the corpus.");
}

/* ---- intervals ----------------------------------------------------------------------------------------- */

static void put_interval(struct hc_report_parts *parts, struct hc_str name, const struct hc_moment *from,
                         const struct hc_moment *to)
{
    if (hc_moments_apart(from, to) == HC_NO_SPAN_NS)
        return;
    hc_doc_cell(parts->doc);
    hc_doc_str(parts->doc, name);
    hc_doc_cell(parts->doc);
    hc_put_time(parts, from);
    hc_doc_cell(parts->doc);
    hc_put_time(parts, to);
    hc_doc_cell(parts->doc);
    hc_put_apart(parts, from, to);
}

static struct hc_str interval_name(struct hc_report_parts *parts, struct hc_str from, const char *to)
{
    return hc_doc_formatted(parts->doc, "%.*s to %s", HC_STR_ARG(from), to);
}

static void put_intervals(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Interval", HC_COLUMN_TEXT, true},
                                               {"From", HC_COLUMN_SHORT, false},
                                               {"To", HC_COLUMN_SHORT, false},
                                               {"Length", HC_COLUMN_NUMBER, false}};
    const struct hc_facts *facts = &parts->facts;
    const char *fatal = facts->crashed ? "crash" : "first fatal line";
    hc_doc_table(parts->doc, HC_STR("Intervals that matter"), HC_COLUMNS(columns));
    if (facts->change) {
        put_interval(parts, interval_name(parts, facts->zero.text, "first symptom"), &facts->zero, &facts->symptom);
        put_interval(parts, interval_name(parts, facts->zero.text, fatal), &facts->zero, &facts->fatal);
    }
    put_interval(parts, interval_name(parts, HC_STR("First symptom"), fatal), &facts->symptom, &facts->fatal);
    if (hc_time_known(facts->error.at)) {
        struct hc_str name = hc_doc_formatted(parts->doc, "First error (%.*s)", HC_STR_ARG(facts->error.text));
        put_interval(parts, interval_name(parts, name, fatal), &facts->error, &facts->fatal);
    }
    if (!facts->symptom_is_detection && hc_moments_apart(&facts->symptom, &facts->detected) < 0)
        put_interval(parts, HC_STR("Detection to first symptom"), &facts->detected, &facts->symptom);
    else if (!facts->symptom_is_detection)
        put_interval(parts, HC_STR("First symptom to detection"), &facts->symptom, &facts->detected);
    put_interval(parts, HC_STR("Detection to mitigation"), &facts->detected, &facts->mitigated);
    put_interval(parts, HC_STR("Start to end of the window"), &facts->start, &facts->end);
}

void hc_part_timeline(struct hc_report_parts *parts)
{
    size_t n;
    const struct hc_timeline_row *rows = find_rows(parts, &n);
    if (n == 0) {
        hc_doc_paragraph(parts->doc);
        hc_doc_text(parts->doc, "Changes, events and log lines with a time: ");
        hc_doc_absent(parts->doc, "not in the bundle");
        hc_doc_text(parts->doc, ".");
    } else {
        hc_put_lanes(parts, rows, n < HC_TIMELINE_ROWS ? n : HC_TIMELINE_ROWS);
        put_rows(parts, rows, n);
    }
    put_intervals(parts);
}

/* ---- detection and resolution --------------------------------------------------------------------------- */

const struct hc_event *hc_find_alert(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_events; i++)
        if (hc_str_starts(incident->events[i].kind, HC_STR("alert")))
            return &incident->events[i];
    return NULL;
}

static void put_detection_delay(struct hc_report_parts *parts)
{
    const struct hc_facts *facts = &parts->facts;
    int64_t apart = hc_moments_apart(&facts->symptom, &facts->detected);
    hc_doc_term(parts->doc, "First symptom to detection");
    if (facts->symptom_is_detection) {
        hc_doc_absent(parts->doc, "the evidence shows no symptom but the detection");
        return;
    }
    if (apart != HC_NO_SPAN_NS && apart < 0) {
        hc_doc_text(parts->doc, "detected before the first symptom in the evidence, by ");
        hc_put_apart(parts, &facts->detected, &facts->symptom);
        return;
    }
    hc_put_apart(parts, &facts->symptom, &facts->detected);
}

void hc_part_detection(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_event *alert = hc_find_alert(parts->in->incident);
    hc_doc_facts(doc);
    hc_doc_term(doc, "First symptom");
    hc_put_time(parts, &parts->facts.symptom);
    if (parts->facts.symptom.text.n > 0 && hc_time_known(parts->facts.symptom.at)) {
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, parts->facts.symptom.text);
    }
    hc_doc_term(doc, "Detected");
    hc_put_time(parts, &parts->facts.detected);
    put_detection_delay(parts);
    hc_doc_term(doc, "First alert");
    if (alert) {
        struct hc_moment moment = {alert->at, alert->message, alert->place};
        hc_put_time(parts, &moment);
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, alert->message);
    } else {
        hc_doc_absent(doc, "not in the bundle");
    }
    hc_doc_term(doc, "Who or what noticed it");
    hc_doc_absent(doc, "not in the bundle");
}

static void put_undoing(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    hc_doc_term(doc, "Rollback");
    for (size_t i = 0; i < incident->n_changes; i++) {
        const struct hc_change *change = &incident->changes[i];
        struct hc_moment moment = {change->at, change->text, change->place};
        if (!hc_is_undoing(parts, change))
            continue;
        hc_put_time(parts, &moment);
        hc_doc_text(doc, " of ");
        hc_put_component(parts, hc_say_component(parts, change->component));
        return;
    }
    hc_doc_absent(doc, "not in the bundle");
}

void hc_part_resolution(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_facts(doc);
    hc_doc_term(doc, "Mitigated");
    hc_put_time(parts, &parts->facts.mitigated);
    put_undoing(parts);
    hc_doc_term(doc, "Ended");
    hc_put_end(parts);
    hc_doc_term(doc, "Detection to mitigation");
    hc_put_apart(parts, &parts->facts.detected, &parts->facts.mitigated);
    hc_doc_term(doc, "What ended it");
    hc_doc_absent(doc, "not in the bundle");
}
