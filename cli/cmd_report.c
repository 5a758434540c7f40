#include <sys/stat.h>

#include "cli/calibration.h"
#include "cli/follow_ups.h"
#include "cli/report.h"
#include "cli/trend.h"

static const struct hc_option OPTIONS[] = {
    {"output", 'o', "DIR", "where the files go (made if need be)"},
    {"format", 0, "html,md", "which formats (default: both)"},
    {"quarter", 0, "QUARTER", "of the trend: 2026Q3"},
    {"as-of", 0, "TIME", "with the calibration of then"},
    {"template", 0, "NAME", "of incidents: seed (default), srebook, pagerduty or coe"},
    {"follow-ups", 0, "FILE", "of incidents: the team's own follow-ups"},
    {NULL, 0, NULL, NULL},
};

static enum hc_status report_one(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct hc_report_said said;
    return hc_report_incident(context, subject, arena, &said, err);
}

static enum hc_status report_calibration(struct hc_report *report, struct hc_err *err)
{
    struct hc_calibration_report what;
    struct hc_report_sizes sizes;
    const enum hc_status status = hc_calibration_report_load(&what, report->session, err);
    return status == HC_OK ? hc_report_calibration(report, &what, &sizes, err) : status;
}

static enum hc_status report_trend(struct hc_report *report, struct hc_quarter quarter, struct hc_err *err)
{
    struct hc_trend_report what;
    struct hc_report_sizes sizes;
    const enum hc_status status = hc_trend_report_load(&what, report->session, quarter, NULL, err);
    return status == HC_OK ? hc_report_trend(report, &what, &sizes, err) : status;
}

/* "html,md", "html" or "md". */
static enum hc_status read_formats(const struct hc_cli *cli, struct hc_report *report, struct hc_err *err)
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
static enum hc_status read_quarter(const struct hc_cli *cli, struct hc_quarter *out, enum kind kind, struct hc_err *err)
{
    const char *quarter = hc_cli_option(cli, "quarter");
    if (kind != REPORT_TREND)
        return quarter ? hc_err_set(err, HC_FAIL, "usage", "--quarter is of 'report trend'") : HC_OK;
    if (hc_cli_option(cli, "as-of"))
        return hc_err_set(err, HC_FAIL, "usage", "report trend takes --quarter, not --as-of");
    if (!quarter)
        return hc_err_set(err, HC_FAIL, "usage", "report trend needs --quarter, as in --quarter 2026Q3");
    if (!hc_quarter_parse(hc_str_of(quarter), out))
        return hc_err_set(err, HC_FAIL, "usage", "--quarter takes a year and a quarter, as in 2026Q3, not '%s'",
                          quarter);
    return HC_OK;
}

/* Of incidents' reports alone. */
static enum hc_status read_template(const struct hc_cli *cli, struct hc_report *report, enum kind kind,
                                    struct hc_err *err)
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

static enum hc_status read_arguments(const struct hc_cli *cli, struct hc_report *report, enum kind *kind,
                                     struct hc_quarter *quarter, struct hc_err *err)
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
    if (read_quarter(cli, quarter, *kind, err) != HC_OK || read_template(cli, report, *kind, err) != HC_OK)
        return HC_FAIL;
    return read_formats(cli, report, err);
}

static enum hc_status check_directory(const struct hc_report *report, struct hc_err *err)
{
    struct stat there;
    if (stat(report->directory, &there) == 0 && !S_ISDIR(there.st_mode))
        return hc_err_set(err, HC_FAIL, "usage", "-o takes a directory, and '%s' is a file", report->directory);
    return HC_OK;
}

static void print_summary(const struct hc_cli *cli, const struct hc_report *report, struct hc_buf *out)
{
    struct hc_json_writer w;
    if (cli->json) {
        hc_json_begin(&w, out, cli);
        hc_json_put_string(&w, "directory", hc_str_of(report->directory));
        hc_json_put_int(&w, "files", (int64_t)report->n_written);
        if (report->renews) {
            hc_json_put_int(&w, "unchanged", (int64_t)report->n_kept);
            hc_json_put_int(&w, "removed", (int64_t)report->n_removed);
        }
        hc_json_end(&w);
        return;
    }
    hc_buf_format(out, "%zu file%s written to %s", report->n_written, report->n_written == 1 ? "" : "s",
                  report->directory);
    if (report->n_kept)
        hc_buf_format(out, ", %zu %s as %s", report->n_kept, report->n_kept == 1 ? "stays" : "stay",
                      report->n_kept == 1 ? "it was" : "they were");
    if (report->n_removed)
        hc_buf_format(out, ", %zu removed", report->n_removed);
    hc_buf_char(out, '\n');
}

static enum hc_status run_kind(struct hc_report *report, enum kind kind, struct hc_quarter quarter, struct hc_err *err)
{
    struct hc_session *session = report->session;
    if (kind == REPORT_SITE)
        return hc_report_site(report, err);
    if (kind == REPORT_CALIBRATION)
        return report_calibration(report, err);
    if (kind == REPORT_TREND)
        return report_trend(report, quarter, err);
    return hc_session_subjects(session, session->cli->arguments + 1, session->cli->n_arguments - 1, report_one, report,
                               err);
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    struct hc_report report = {.session = &session};
    struct hc_quarter quarter = {0, 0};
    enum kind kind = REPORT_INCIDENT;
    enum hc_status status = read_arguments(cli, &report, &kind, &quarter, err);
    if (status == HC_OK)
        status = hc_session_open(&session, cli, HC_SESSION_NEEDS_CORPUS, err);
    if (status == HC_OK)
        status = check_directory(&report, err);
    if (status == HC_OK)
        status = hc_cli_follow_ups(cli, session.catalogue, session.arena, &report.follow_ups, err);
    if (status == HC_OK)
        status = run_kind(&report, kind, quarter, err);
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
