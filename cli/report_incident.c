/* The report of one incident: its analysis, what is similar, and its files. */
#include <math.h>

#include "base/arena.h"
#include "cli/report.h"

static enum hc_status render_incident(const void *what, enum hc_report_format format, struct hc_buf *out,
                                      struct hc_err *err)
{
    return format == HC_REPORT_HTML ? hc_report_incident_html(what, out, err)
                                    : hc_report_incident_markdown(what, out, err);
}

#define SHOWN_NEIGHBOURS 5

/* The names of features, in the arena; NULL: no memory. */
static struct hc_str *names_of(const struct hc_catalogue *catalogue, const uint32_t *features, size_t n,
                               struct hc_arena *arena)
{
    struct hc_str *names = hc_arena_calloc(arena, n, sizeof *names);
    for (size_t k = 0; names && k < n; k++)
        names[k] = catalogue->features[features[k]].name;
    return names;
}

static enum hc_status similar(struct hc_report *report, const struct hc_subject *subject, struct hc_arena *arena,
                              struct hc_similar_incident **out, size_t *n, struct hc_err *err)
{
    const struct hc_catalogue *catalogue = report->session->catalogue;
    struct hc_neighbour *neighbours = NULL;
    enum hc_status status = hc_session_similar(report->session, subject, SHOWN_NEIGHBOURS, arena, &neighbours, n, err);
    if (status != HC_OK)
        return status;
    *out = hc_arena_calloc(arena, *n, sizeof **out);
    for (size_t i = 0; *out && i < *n; i++) {
        struct hc_neighbour *neighbour = &neighbours[i];
        const struct hc_incident_brief *b = neighbour->brief;
        const bool ended = neighbour->ended;
        struct hc_str *shared = names_of(catalogue, neighbour->shared, neighbour->n_shared, arena);
        struct hc_str *missed = names_of(catalogue, neighbour->missed, neighbour->n_missed, arena);
        (*out)[i] = (struct hc_similar_incident){.id = b->id,
                                                 .title = b->title,
                                                 .service = b->service,
                                                 .category = ended ? b->category : HC_STR_NONE,
                                                 .cause = ended ? b->cause : HC_STR_NONE,
                                                 .component = ended ? b->component : HC_STR_NONE,
                                                 .shared = shared,
                                                 .n_shared = shared ? neighbour->n_shared : 0,
                                                 .missed = missed,
                                                 .n_missed = missed ? neighbour->n_missed : 0,
                                                 .words = neighbour->words,
                                                 .n_words = neighbour->n_words,
                                                 .mitigated_minutes = neighbour->mitigated_minutes,
                                                 .mitigated = neighbour->mitigated,
                                                 .mended_by = neighbour->mended_by,
                                                 .similarity = neighbour->similarity,
                                                 .has_report = report->in_site != NULL};
    }
    return *out ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
}

/* ---- whether the corpus keeps this very analysis --------------------------------------------------------- */

static enum hc_status take_top(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    double *top = context;
    (void)err;
    *top = n == 1 && cells[0].type == HC_CELL_REAL ? cells[0].real : NAN;
    return HC_OK;
}

static enum hc_status is_stored(struct hc_report *report, const struct hc_analysis *analysis, bool *stored,
                                struct hc_err *err)
{
    struct hc_buf sql = {0};
    double top = NAN;
    hc_buf_text(&sql, "SELECT probability FROM hypotheses WHERE incident = '");
    for (size_t i = 0; i < analysis->incident.n; i++) {
        hc_buf_char(&sql, analysis->incident.p[i]);
        if (analysis->incident.p[i] == '\'')
            hc_buf_char(&sql, '\'');
    }
    hc_buf_format(&sql, "' AND coalesce(calibration, 0) = %lld AND rank = 1", (long long)analysis->calibration);
    const enum hc_status status = sql.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report")
                                             : hc_session_ask(report->session, hc_buf_view(&sql), take_top, &top, err);
    double given = analysis->n_hypotheses ? analysis->hypotheses[0].probability : NAN;
    *stored = status == HC_OK && top >= given && top <= given;
    hc_buf_free(&sql);
    return status;
}

static struct hc_site_cause cause_of(const struct hc_hypothesis *top, struct hc_arena *arena)
{
    return (struct hc_site_cause){hc_str_copy(arena, top->category), hc_str_copy(arena, top->cause),
                                  hc_str_copy(arena, top->component)};
}

enum hc_status hc_report_incident(struct hc_report *report, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_report_said *said, struct hc_err *err)
{
    struct hc_session *session = report->session;
    struct hc_analysis analysis = {0};
    struct hc_similar_incident *nearest = NULL;
    size_t n_nearest = 0;
    enum hc_status status = hc_session_analyze(session, subject, arena, &analysis, err);
    if (status == HC_OK)
        status = similar(report, subject, arena, &nearest, &n_nearest, err);
    const struct hc_incident_brief *brief = subject->brief;
    bool outside = !brief || !hc_str_equal(brief->id, subject->incident->id) ||
                   memcmp(brief->content, subject->incident->content, sizeof brief->content) != 0;
    bool stored = false;
    if (status == HC_OK && !outside)
        status = is_stored(report, &analysis, &stored, err);
    if (status != HC_OK)
        return status;
    const struct hc_session_others others = hc_session_others(session, subject);
    struct hc_incident_report what = {
        .incident = subject->incident,
        .analysis = &analysis,
        .evidence = &subject->evidence,
        .catalogue = session->catalogue,
        .calibration = session->model_calibration.number ? &session->model_calibration : NULL,
        .similar = nearest,
        .n_similar = n_nearest,
        .n_before = others.n_before,
        .n_later = others.n_later,
        .source = subject->source,
        .outside = outside,
        .stored = stored,
        .in_site = report->in_site,
        .conflict = subject->brief && subject->brief->conflict && !outside,
        .template = report->template,
        .follow_ups = report->follow_ups,
    };
    *said = (struct hc_report_said){.probability = NAN};
    if (analysis.n_hypotheses) {
        said->cause = cause_of(&analysis.hypotheses[0], arena);
        said->probability = analysis.hypotheses[0].probability;
    }
    const struct hc_str file = hc_report_file(subject->incident->id, arena);
    if (!file.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return hc_report_put(report, file, render_incident, &what, &said->sizes, err);
}
