#include <math.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "cli/calibration.h"
#include "cli/follow_ups.h"
#include "cli/session.h"
#include "cli/trend.h"
#include "reports/incident.h"

static const struct hc_option OPTIONS[] = {
    {"output", 'o', "DIR", "where the files go (made if need be)"},
    {"format", 0, "html,md", "which formats (default: both)"},
    {"quarter", 0, "QUARTER", "of the trend: 2026Q3"},
    {"as-of", 0, "TIME", "with the calibration of then"},
    {"template", 0, "NAME", "of incidents: seed (default), srebook, pagerduty or coe"},
    {"follow-ups", 0, "FILE", "of incidents: the team's own follow-ups"},
    {NULL, 0, NULL, NULL},
};

struct report {
    struct hc_session *session;
    const char *directory;
    bool html, markdown, made;     /* the directory, once there is something to put in it */
    struct hc_site_entry *entries; /* for the site; NULL elsewhere */
    size_t n_entries;
    size_t n_written;
    struct hc_quarter quarter; /* of the trend */
    const struct hc_report_template *template;
    const struct hc_follow_ups *follow_ups; /* the team's own; NULL: none */
};

typedef enum hc_status (*render_fn)(const void *what, size_t n, struct hc_buf *out, struct hc_err *err);

static enum hc_status write_file(struct report *report, struct hc_str stem, const char *ending, render_fn render,
                                 const void *what, size_t n, struct hc_err *err)
{
    struct hc_buf path = {0}, bytes = {0};
    hc_buf_format(&path, "%s/%.*s.%s", report->directory, HC_STR_ARG(stem), ending);
    hc_buf_char(&path, '\0');
    enum hc_status status = render(what, n, &bytes, err);
    if (status == HC_OK && (path.failed || bytes.failed))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    if (status == HC_OK)
        status = hc_file_write(path.p, hc_buf_view(&bytes), err);
    if (status == HC_OK)
        report->n_written++;
    hc_buf_free(&path);
    hc_buf_free(&bytes);
    return status;
}

static enum hc_status incident_html(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_incident_html(what, out, err);
}

static enum hc_status incident_markdown(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_incident_markdown(what, out, err);
}

static enum hc_status site_html(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    return hc_report_site_html(what, n, out, err);
}

static enum hc_status site_markdown(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    return hc_report_site_markdown(what, n, out, err);
}

static enum hc_status calibration_html(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_calibration_html(what, out, err);
}

static enum hc_status calibration_markdown(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_calibration_markdown(what, out, err);
}

static enum hc_status trend_html(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_trend_html(what, out, err);
}

static enum hc_status trend_markdown(const void *what, size_t n, struct hc_buf *out, struct hc_err *err)
{
    (void)n;
    return hc_report_trend_markdown(what, out, err);
}

static enum hc_status write_both(struct report *report, struct hc_str stem, render_fn html, render_fn markdown,
                                 const void *what, size_t n, struct hc_err *err)
{
    enum hc_status status = report->made ? HC_OK : hc_directory_make(report->directory, err);
    report->made = status == HC_OK;
    if (status == HC_OK && report->html)
        status = write_file(report, stem, "html", html, what, n, err);
    if (status == HC_OK && report->markdown)
        status = write_file(report, stem, "md", markdown, what, n, err);
    return status;
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

static enum hc_status similar(struct report *report, const struct hc_subject *subject, struct hc_arena *arena,
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
                                                 .has_report = report->entries != NULL};
    }
    return *out ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
}

static void add_entry(struct report *report, const struct hc_subject *subject, const struct hc_analysis *analysis)
{
    const struct hc_incident_brief *b = subject->brief;
    const struct hc_hypothesis *top = analysis->n_hypotheses ? &analysis->hypotheses[0] : NULL;
    struct hc_arena *arena = report->session->arena;
    report->entries[report->n_entries++] = (struct hc_site_entry){
        .id = b->id,
        .title = b->title,
        .service = b->service,
        .started = b->started,
        .probability = top ? top->probability : NAN,
        .found = {b->category, b->cause, b->component},
        .on_record = b->has_outcome,
        .known = b->confirmed,
    };
    if (top)
        report->entries[report->n_entries - 1].said = (struct hc_site_cause){
            hc_str_copy(arena, top->category), hc_str_copy(arena, top->cause), hc_str_copy(arena, top->component)};
}

/* ---- whether the corpus keeps this very analysis --------------------------------------------------------- */

static enum hc_status take_columns(void *context, const struct hc_str *names, size_t n, struct hc_err *err)
{
    (void)context, (void)names, (void)n, (void)err;
    return HC_OK;
}

static enum hc_status take_top(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    double *top = context;
    (void)err;
    *top = n == 1 && cells[0].type == HC_CELL_REAL ? cells[0].real : NAN;
    return HC_OK;
}

static enum hc_status is_stored(struct report *report, const struct hc_analysis *analysis, bool *stored,
                                struct hc_err *err)
{
    struct hc_buf sql = {0};
    double top = NAN;
    struct hc_query_sink sink = {.context = &top, .columns = take_columns, .row = take_top};
    hc_buf_text(&sql, "SELECT probability FROM hypotheses WHERE incident = '");
    for (size_t i = 0; i < analysis->incident.n; i++) {
        hc_buf_char(&sql, analysis->incident.p[i]);
        if (analysis->incident.p[i] == '\'')
            hc_buf_char(&sql, '\'');
    }
    hc_buf_format(&sql, "' AND coalesce(calibration, 0) = %lld AND rank = 1", (long long)analysis->calibration);
    enum hc_status status =
        sql.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report")
                   : hc_store_query(report->session->store, hc_buf_view(&sql), (struct hc_query_budget){0}, &sink, err);
    double given = analysis->n_hypotheses ? analysis->hypotheses[0].probability : NAN;
    *stored = status == HC_OK && top >= given && top <= given;
    hc_buf_free(&sql);
    return status;
}

static enum hc_status report_one(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct report *report = context;
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
        .in_site = report->entries != NULL,
        .conflict = subject->brief && subject->brief->conflict && !outside,
        .follow_ups = report->follow_ups,
        .template = report->template,
    };
    if (report->entries && subject->brief)
        add_entry(report, subject, &analysis);
    struct hc_str file = hc_report_file(subject->incident->id, arena);
    if (!file.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return write_both(report, file, incident_html, incident_markdown, &what, 1, err);
}

static enum hc_status report_site(struct report *report, struct hc_err *err)
{
    struct hc_session *session = report->session;
    enum hc_status status = HC_OK;
    report->entries = hc_arena_calloc(session->arena, session->n_briefs, sizeof *report->entries);
    if (!report->entries)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
    status = hc_session_learn_past(session, err);
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++)
        status = hc_session_subject(session, session->briefs[i].id, report_one, report, err);
    if (status == HC_OK)
        status = write_both(report, HC_STR("index"), site_html, site_markdown, report->entries, report->n_entries, err);
    return status;
}

static enum hc_status report_calibration(struct report *report, struct hc_err *err)
{
    struct hc_calibration_report what;
    const enum hc_status status = hc_calibration_report_load(&what, report->session, err);
    if (status != HC_OK)
        return status;
    return write_both(report, HC_STR("calibration"), calibration_html, calibration_markdown, &what, 1, err);
}

static enum hc_status report_trend(struct report *report, struct hc_err *err)
{
    struct hc_trend_report what;
    const enum hc_status status = hc_trend_report_load(&what, report->session, report->quarter, err);
    if (status != HC_OK)
        return status;
    const struct hc_str stem =
        hc_str_format(report->session->arena, "trend-%s", hc_cli_option(report->session->cli, "quarter"));
    if (!stem.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
    return write_both(report, stem, trend_html, trend_markdown, &what, 1, err);
}

/* "html,md", "html" or "md". */
static enum hc_status read_formats(const struct hc_cli *cli, struct report *report, struct hc_err *err)
{
    const char *given = hc_cli_option(cli, "format");
    bool both = !given || strcmp(given, "html,md") == 0 || strcmp(given, "md,html") == 0;
    report->html = both || strcmp(given, "html") == 0;
    report->markdown = both || strcmp(given, "md") == 0;
    if (!report->html && !report->markdown)
        return hc_err_set(err, HC_FAIL, "usage", "--format takes html, md or html,md, not '%s'", given);
    return HC_OK;
}

enum kind { REPORT_INCIDENT, REPORT_CALIBRATION, REPORT_TREND, REPORT_SITE, REPORT_KINDS };

static enum hc_status read_kind(const struct hc_cli *cli, enum kind *kind, struct hc_err *err)
{
    static const char *const names[REPORT_KINDS] = {"incident", "calibration", "trend", "site"};
    for (int i = 0; i < REPORT_KINDS; i++)
        if (strcmp(cli->arguments[0], names[i]) == 0) {
            *kind = (enum kind)i;
            return HC_OK;
        }
    return hc_err_set(err, HC_FAIL, "usage",
                      "report takes 'incident ID|PATH…', 'calibration', 'trend' or 'site', not '%s'",
                      cli->arguments[0]);
}

/* The trend has a quarter and no time of its own, the others have no quarter. */
static enum hc_status read_quarter(const struct hc_cli *cli, struct report *report, enum kind kind, struct hc_err *err)
{
    const char *quarter = hc_cli_option(cli, "quarter");
    if (kind != REPORT_TREND)
        return quarter ? hc_err_set(err, HC_FAIL, "usage", "--quarter is of 'report trend'") : HC_OK;
    if (hc_cli_option(cli, "as-of"))
        return hc_err_set(err, HC_FAIL, "usage", "report trend takes --quarter, not --as-of");
    if (!quarter)
        return hc_err_set(err, HC_FAIL, "usage", "report trend needs --quarter, as in --quarter 2026Q3");
    if (!hc_quarter_parse(hc_str_of(quarter), &report->quarter))
        return hc_err_set(err, HC_FAIL, "usage", "--quarter takes a year and a quarter, as in 2026Q3, not '%s'",
                          quarter);
    return HC_OK;
}

/* Of incidents' reports alone. */
static enum hc_status read_template(const struct hc_cli *cli, struct report *report, enum kind kind, struct hc_err *err)
{
    const char *given = hc_cli_option(cli, "template");
    if (kind != REPORT_INCIDENT && kind != REPORT_SITE && (given || hc_cli_option(cli, "follow-ups")))
        return hc_err_set(err, HC_FAIL, "usage", "--%s is of 'report incident' and 'report site'",
                          given ? "template" : "follow-ups");
    report->template = hc_report_template_named(given ? given : "seed");
    if (!report->template)
        return hc_err_set(err, HC_FAIL, "usage", "--template takes seed, srebook, pagerduty or coe, not '%s'", given);
    return HC_OK;
}

static enum hc_status read_arguments(const struct hc_cli *cli, struct report *report, enum kind *kind,
                                     struct hc_err *err)
{
    report->directory = hc_cli_option(cli, "output");
    if (read_kind(cli, kind, err) != HC_OK)
        return HC_FAIL;
    if (!report->directory)
        return hc_err_set(err, HC_FAIL, "usage", "report needs -o DIR: where its files go");
    if (*kind == REPORT_INCIDENT ? cli->n_arguments == 1 : cli->n_arguments > 1)
        return hc_err_set(err, HC_FAIL, "usage",
                          "usage: hindcast report incident ID|PATH… -o DIR, hindcast report calibration -o DIR, "
                          "hindcast report trend --quarter 2026Q3 -o DIR, or hindcast report site -o DIR");
    if (read_quarter(cli, report, *kind, err) != HC_OK || read_template(cli, report, *kind, err) != HC_OK)
        return HC_FAIL;
    return read_formats(cli, report, err);
}

static enum hc_status check_directory(const struct report *report, struct hc_err *err)
{
    struct stat there;
    if (stat(report->directory, &there) == 0 && !S_ISDIR(there.st_mode))
        return hc_err_set(err, HC_FAIL, "usage", "-o takes a directory, and '%s' is a file", report->directory);
    return HC_OK;
}

static void print_summary(const struct hc_cli *cli, const struct report *report, struct hc_buf *out)
{
    struct hc_json_writer w;
    if (!cli->json) {
        hc_buf_format(out, "%zu file%s written to %s\n", report->n_written, report->n_written == 1 ? "" : "s",
                      report->directory);
        return;
    }
    hc_json_begin(&w, out, cli);
    hc_json_put_string(&w, "directory", hc_str_of(report->directory));
    hc_json_put_int(&w, "files", (int64_t)report->n_written);
    hc_json_end(&w);
}

static enum hc_status run_kind(struct report *report, enum kind kind, struct hc_err *err)
{
    struct hc_session *session = report->session;
    if (kind == REPORT_SITE)
        return report_site(report, err);
    if (kind == REPORT_CALIBRATION)
        return report_calibration(report, err);
    if (kind == REPORT_TREND)
        return report_trend(report, err);
    return hc_session_subjects(session, session->cli->arguments + 1, session->cli->n_arguments - 1, report_one, report,
                               err);
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    struct report report = {.session = &session};
    enum kind kind = REPORT_INCIDENT;
    enum hc_status status = read_arguments(cli, &report, &kind, err);
    if (status == HC_OK)
        status = hc_session_open(&session, cli, HC_SESSION_NEEDS_CORPUS, err);
    if (status == HC_OK)
        status = check_directory(&report, err);
    if (status == HC_OK)
        status = hc_cli_follow_ups(cli, session.catalogue, session.arena, &report.follow_ups, err);
    if (status == HC_OK)
        status = run_kind(&report, kind, err);
    if (status == HC_OK)
        print_summary(cli, &report, out);
    hc_session_close(&session);
    return status;
}

const struct hc_command hc_command_report = {
    .name = "report",
    .arguments = "incident ID|PATH… -o DIR | calibration -o DIR | trend --quarter QUARTER -o DIR | site -o DIR",
    .says = "writes post-mortems, how far they can be believed, a quarter's trend, or the site, as HTML and Markdown",
    .example = "hindcast report incident INC-123 -o post-mortems/",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .uses = HC_USES_CATALOGUE | HC_USES_BUNDLES | HC_USES_IDS,
    .run = run,
};
