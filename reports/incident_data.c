/* What the report stands on: similar incidents, the files that were read, and the method. */
#include <math.h>

#include "reports/incident_parts.h"

#define FILES 50
#define WARNINGS 30

/* ---- similar ------------------------------------------------------------------------------------------- */

static void put_list(struct hc_doc *doc, const char *before, const struct hc_str *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        hc_doc_text(doc, i > 0 ? ", " : before);
        hc_doc_code(doc, names[i]);
    }
}

static void put_similar(struct hc_report_parts *parts, const struct hc_similar_incident *similar)
{
    struct hc_doc *doc = parts->doc;
    char text[HC_WORD_TEXT];
    hc_doc_cell(doc);
    if (similar->has_report)
        hc_doc_link_report(doc, similar->id, hc_report_file(similar->id, doc->arena));
    else
        hc_doc_str(doc, similar->id);
    if (similar->title.n > 0) {
        hc_doc_text(doc, ": ");
        hc_doc_str(doc, hc_str_trim(similar->title));
    }
    hc_doc_cell(doc);
    hc_word_fixed(similar->similarity, 2, text);
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", text), hc_cite_similar(parts));
    hc_doc_cell(doc);
    put_list(doc, "", similar->shared, similar->n_shared);
    if (similar->n_shared == 0 && similar->n_words == 0)
        hc_doc_text(doc, "nothing by name");
    put_list(doc, similar->n_shared ? "; the words " : "the words ", similar->words, similar->n_words);
    put_list(doc, "; it alone: ", similar->missed, similar->n_missed);
    hc_doc_cell(doc);
    if (similar->category.n > 0) {
        struct hc_hypothesis ended = {
            .category = similar->category, .cause = similar->cause, .component = similar->component};
        hc_doc_str(doc, hc_say_hypothesis(parts, &ended));
    } else {
        hc_doc_text(doc, "not known by then");
    }
    if (!isnan(similar->mitigated_minutes)) {
        hc_word_minutes(similar->mitigated_minutes, text);
        hc_doc_format(doc, "; %s after %s", similar->mitigated ? "mitigated" : "ended", text);
    }
    if (similar->mended_by.p) {
        hc_doc_text(doc, ", last change before: ");
        hc_doc_str(doc, similar->mended_by);
    }
}

static void put_none_similar(struct hc_report_parts *parts)
{
    size_t n_before = parts->in->n_before, n_later = parts->in->n_later;
    if (n_before == 0 && n_later == 0)
        hc_doc_text(parts->doc, "None in the corpus at hand.");
    else if (n_before == 0)
        hc_doc_format(parts->doc, "None began before this one; %zu in the corpus at hand began later.", n_later);
    else
        hc_doc_format(parts->doc, "Of the %zu in the corpus at hand that began before this one, none is like it.",
                      n_before);
}

void hc_part_similar(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Incident", HC_COLUMN_TEXT, true},
                                               {"Similarity (0 to 1)", HC_COLUMN_NUMBER, false},
                                               {"Evidence both have", HC_COLUMN_TEXT, false},
                                               {"How it ended", HC_COLUMN_TEXT, false}};
    if (parts->in->n_similar == 0) {
        hc_doc_paragraph(parts->doc);
        put_none_similar(parts);
        return;
    }
    hc_doc_table(parts->doc, HC_STR("Past incidents nearest to this one"), HC_COLUMNS(columns));
    for (size_t i = 0; i < parts->in->n_similar; i++)
        put_similar(parts, &parts->in->similar[i]);
}

/* ---- data ---------------------------------------------------------------------------------------------- */

struct count {
    const char *before;
    size_t n;
    const char *one, *many;
    const char *columns, *view; /* of the query that gives it; NULL: no view has them */
};

static void put_count(struct hc_report_parts *parts, struct count count)
{
    struct hc_str text = hc_doc_formatted(parts->doc, "%zu %s", count.n, count.n == 1 ? count.one : count.many);
    hc_doc_text(parts->doc, count.before);
    hc_doc_from_sql(parts->doc, text, count.view ? hc_cite_view(parts, count.columns, count.view, "") : HC_STR_NONE);
}

static void put_identity(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(incident->content, hex);
    hc_doc_facts(doc);
    hc_doc_term(doc, "Incident");
    hc_doc_code(doc, incident->id);
    hc_doc_term(doc, "Content (SHA-256)");
    hc_doc_code(doc, hc_doc_formatted(doc, "%s", hex));
    hc_doc_term(doc, "Source");
    if (hc_str_is(parts->in->source, hex))
        hc_doc_text(doc, "the same: a directory has no other digest");
    else if (parts->in->source.n > 0)
        hc_doc_code(doc, parts->in->source);
    else
        hc_doc_text(doc, "not stated");
    hc_doc_term(doc, "Updated");
    struct hc_moment updated = {incident->updated, HC_STR_NONE, {HC_STR_NONE, 0}};
    hc_put_time(parts, &updated);
    hc_doc_term(doc, "Topology");
    put_count(parts, (struct count){"", incident->n_components, "component", "components", "count(*)", "components"});
    put_count(parts, (struct count){", with ", incident->n_dependencies, "dependency", "dependencies", "count(*)",
                                    "dependencies"});
    hc_doc_term(doc, "Read");
    put_count(parts, (struct count){"", incident->n_series, "metric series", "metric series", "count(*)", "metrics"});
    put_count(parts, (struct count){", ", incident->n_templates, "log template", "log templates",
                                    "count(DISTINCT template)", "log_counts"});
    put_count(parts, (struct count){", ", incident->n_events, "event kept", "events kept", "count(*)", "events"});
    put_count(parts, (struct count){", ", incident->n_trace_edges, "trace edge", "trace edges", NULL, NULL});
    put_count(parts, (struct count){", ", incident->n_documents, "document", "documents", "count(*)", "documents"});
}

static void put_file(struct hc_report_parts *parts, const struct hc_evidence_file *file)
{
    struct hc_doc *doc = parts->doc;
    char text[HC_WORD_TEXT];
    hc_doc_cell(doc);
    hc_doc_code(doc, file->member);
    hc_doc_cell(doc);
    if (hc_str_is(file->member, "incident.xml"))
        hc_doc_text(doc, "manifest");
    else if (file->kind.n > 0)
        hc_doc_str(doc, file->kind);
    else
        hc_doc_text(doc, "not recognised");
    hc_doc_cell(doc);
    hc_word_bytes(file->n_bytes, text);
    hc_doc_format(doc, "%s", text);
    hc_doc_cell(doc);
    hc_doc_format(doc, "%llu", (unsigned long long)file->n_rows);
    hc_doc_cell(doc);
    hc_doc_format(doc, "%llu", (unsigned long long)file->n_bad_rows);
}

static void put_files(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"File", HC_COLUMN_TEXT, true},
                                               {"Taken for", HC_COLUMN_SHORT, false},
                                               {"Size", HC_COLUMN_NUMBER, false},
                                               {"Rows", HC_COLUMN_NUMBER, false},
                                               {"Bad rows", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_files == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Evidence files: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
        return;
    }
    hc_doc_table(doc, HC_STR("Files of evidence in the bundle"), HC_COLUMNS(columns));
    for (size_t i = 0; i < incident->n_files && i < FILES; i++)
        put_file(parts, &incident->files[i]);
    if (incident->n_files > FILES) {
        hc_doc_paragraph(doc);
        hc_doc_format(doc, "%zu more files are not listed.", incident->n_files - FILES);
    }
}

static void put_warnings(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    if (incident->n_warnings == 0)
        return;
    hc_doc_subsection(doc, HC_STR("warnings"), HC_STR("What was odd in the input"));
    hc_doc_list(doc);
    for (size_t i = 0; i < incident->n_warnings && i < WARNINGS; i++) {
        const struct hc_warning *warning = &incident->warnings[i];
        struct hc_source_place place = {warning->member, warning->line > 0 ? (uint32_t)warning->line : 0};
        hc_doc_item(doc);
        hc_doc_code(doc, warning->code);
        hc_doc_text(doc, ": ");
        hc_doc_from(doc, hc_str_trim(warning->message), place);
        if (warning->n_more > 0)
            hc_doc_format(doc, " (and %zu more like it)", warning->n_more);
    }
    if (incident->n_warnings > WARNINGS) {
        hc_doc_item(doc);
        hc_doc_format(doc, "%zu more: ", incident->n_warnings - WARNINGS);
        hc_doc_from_sql(doc, HC_STR("all of them"), hc_cite_view(parts, "member, line, code, message", "warnings", ""));
    }
}

/* ---- method -------------------------------------------------------------------------------------------- */

static void put_calibration(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *calibration = parts->in->calibration;
    hc_doc_item(doc);
    if (!calibration) {
        hc_doc_text(doc, "Calibration: none. The weights and priors are the expert's, from the catalogue; nothing was "
                         "learned from past incidents.");
        return;
    }
    char text[HC_TIME_TEXT];
    hc_time_format(calibration->as_of, text);
    hc_doc_text(doc, "Calibration ");
    hc_doc_from_sql(
        doc, hc_doc_formatted(doc, "%lld", (long long)calibration->number),
        hc_doc_formatted(doc, "SELECT * FROM calibrations WHERE calibration = %lld", (long long)calibration->number));
    hc_doc_format(doc, ", learned from %lu confirmed incident%s, as of %s. ", (unsigned long)calibration->n_incidents,
                  calibration->n_incidents == 1 ? "" : "s", text[0] ? text : "no stated time");
    hc_doc_text(doc, parts->in->analysis->label_seen ? "It had seen this incident's outcome."
                                                     : "It had not seen this incident's outcome.");
}

static void put_method(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_subsection(doc, HC_STR("method"), HC_STR("Method"));
    hc_doc_list(doc);
    put_calibration(parts);
    hc_doc_item(doc);
    hc_doc_text(doc, "Each pair of component and cause is a hypothesis; a cause that is not listed is one too. Their "
                     "probabilities add up to 1. A status follows from them by a fixed rule.");
    hc_doc_item(doc);
    hc_doc_text(doc, "The first symptom is the earliest of: a symptom that the bundle states, the time of detection, "
                     "an alert in the window, a log line of warning or worse that the time before the window did not "
                     "have, a finding of the detectors of strength 2.4 and more (ten scales off the baseline) whose "
                     "onset lies in the window. The sentences of the evidence count from symptoms, detection and such "
                     "findings alone; where a log line or an alert came first, they differ by that.");
    hc_doc_item(doc);
    hc_doc_text(doc, "T+0 is the last change in the day before the first symptom that the leading hypothesis rests on "
                     "and that is of its component or of one it calls; where there is none, the first symptom.");
    hc_doc_item(doc);
    hc_doc_text(doc, "A leading cause below .25 is called the most probable, no more.");
    hc_doc_item(doc);
    hc_doc_text(doc, "A level counts as elevated beforehand from 1.5 times its baseline.");
    hc_doc_item(doc);
    hc_doc_text(doc, "Lines are counted by the minute: those in the minutes that the window touches. Lines without a "
                     "time count in none.");
    hc_doc_item(doc);
    if (parts->in->outside) {
        hc_doc_text(doc, "The corpus does not hold this bundle: numbers cite its files, or ");
        hc_doc_code(doc, hc_cite_command(parts));
    } else if (parts->in->stored) {
        hc_doc_text(doc, "The corpus keeps this analysis: its numbers cite the queries that give them");
    } else {
        hc_doc_text(doc, "The corpus does not keep this analysis: its numbers cite the command that gives them anew, ");
        hc_doc_code(doc, hc_cite_command(parts));
    }
    hc_doc_text(doc, ".");
}

void hc_part_data(struct hc_report_parts *parts)
{
    put_identity(parts);
    put_files(parts);
    put_warnings(parts);
    put_method(parts);
}
