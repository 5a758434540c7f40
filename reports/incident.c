#include "reports/incident.h"

#include "reports/incident_parts.h"

#define REPORT_BYTES ((size_t)256 << 20)

static void put_badges(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    hc_doc_badges(doc);
    if (incident->severity.n > 0)
        hc_doc_badge(doc, incident->severity, HC_TONE_WARN);
    hc_doc_text(doc, incident->severity.n > 0 ? " " : "");
    if (hc_time_known(incident->window_end))
        hc_doc_badge(doc, HC_STR("ended"), HC_TONE_GOOD);
    else if (hc_time_known(incident->window_start))
        hc_doc_badge(doc, HC_STR("open"), HC_TONE_BAD);
    else
        hc_doc_badge(doc, HC_STR("no time stated"), HC_TONE_INFO);
    if (incident->n_outcomes > 0) {
        hc_doc_text(doc, " ");
        hc_doc_badge(doc, parts->facts.found ? HC_STR("cause confirmed") : HC_STR("cause on record"), HC_TONE_INFO);
    }
    if (parts->in->conflict) {
        hc_doc_text(doc, " ");
        hc_doc_badge(doc, HC_STR("in conflict"), HC_TONE_BAD);
    }
}

/* What speaks of points whose lines are not known cites where their series begins. */
static void note_series(struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    for (size_t i = 0; i < parts->doc->n_sources; i++) {
        struct hc_doc_source *source = &parts->doc->sources[i];
        for (size_t k = 0; k < incident->n_series && !source->sql.p && !source->note; k++)
            if (hc_place_equal(source->place, incident->series[k].place))
                source->note = "where the series begins";
    }
}

static struct hc_str page_heading(struct hc_arena *arena, const struct hc_incident *incident)
{
    struct hc_str title = hc_str_trim(incident->title);
    if (title.n == 0)
        return hc_str_format(arena, "Incident post-mortem: %.*s", HC_STR_ARG(incident->id));
    return hc_str_format(arena, "%.*s: %.*s", HC_STR_ARG(incident->id), HC_STR_ARG(title));
}

static enum hc_status render(const struct hc_incident_report *report, struct hc_buf *out, struct hc_err *err,
                             enum hc_status (*as)(const struct hc_doc *, struct hc_buf *, struct hc_err *))
{
    struct hc_arena *arena = hc_arena_new(REPORT_BYTES);
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    struct hc_doc doc;
    struct hc_report_parts parts = {.doc = &doc, .in = report};
    struct hc_str heading = page_heading(arena, report->incident);
    hc_document_init(&doc, arena, heading, heading);
    hc_facts_find(&parts);
    hc_site_navigate(&doc, report->in_site, "");
    put_badges(&parts);
    hc_put_parts(&parts);
    note_series(&parts);
    enum hc_status status = as(&doc, out, err);
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_report_incident_html(const struct hc_incident_report *report, struct hc_buf *out, struct hc_err *err)
{
    return render(report, out, err, hc_document_html);
}

enum hc_status hc_report_incident_markdown(const struct hc_incident_report *report, struct hc_buf *out,
                                           struct hc_err *err)
{
    return render(report, out, err, hc_document_markdown);
}
