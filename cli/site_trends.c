/* The site's calibration report and its trends, by the threads of -j. */
#include <stdlib.h>

#include "base/arena.h"
#include "cli/calibration.h"
#include "cli/site.h"

#define TRENDS 8 /* of the latest quarters in which incidents began */

static enum hc_status take_scores(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_calibration_report *scores = hc_arena_calloc(run->arena, 1, sizeof *scores);
    if (!scores)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
    struct hc_err missing = HC_ERR_NONE;
    const enum hc_status status = hc_calibration_report_load(scores, run->report->session, &missing);
    if (status == HC_OK) {
        scores->in_site = &run->links;
        run->scores = scores;
        return HC_OK;
    }
    if (strcmp(missing.code, "backtest-missing") == 0)
        return HC_OK;
    *err = missing;
    return status;
}

static int compare(const void *left, const void *right)
{
    const struct hc_quarter *a = left, *b = right;
    return a->year != b->year ? (a->year < b->year ? 1 : -1) : b->number - a->number;
}

static struct hc_quarter quarter_of(struct hc_time at)
{
    char text[HC_TIME_TEXT];
    int year = 0;
    hc_time_format(at, text);
    for (int i = 0; i < 4; i++)
        year = year * 10 + text[i] - '0';
    return (struct hc_quarter){year, ((text[5] - '0') * 10 + text[6] - '0' - 1) / 3 + 1};
}

static bool has_quarter(struct hc_time at)
{
    char text[HC_TIME_TEXT];
    return hc_time_known(at) && hc_time_format(at, text) > 7 && text[4] == '-';
}

static enum hc_status name_others(struct hc_site_run *run, struct hc_err *err)
{
    run->others = hc_arena_calloc(run->arena, 1 + run->n_quarters, sizeof *run->others);
    bool named = run->others != NULL;
    if (named && run->scores)
        run->others[run->n_others++] = HC_STR("calibration");
    for (size_t i = 0; named && i < run->n_quarters; i++) {
        const struct hc_quarter quarter = run->quarters[i];
        const struct hc_str stem = hc_str_format(run->arena, "trend-%04dQ%d", quarter.year, quarter.number);
        run->others[run->n_others++] = stem;
        named = stem.p != NULL;
    }
    return named ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

enum hc_status hc_site_find_trends(struct hc_site_run *run, struct hc_err *err)
{
    const struct hc_session *session = run->report->session;
    struct hc_quarter *all = hc_arena_calloc(run->arena, session->n_briefs, sizeof *all);
    size_t n = 0, n_distinct = 0;
    if (!all)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
    for (size_t i = 0; i < session->n_briefs; i++)
        if (has_quarter(session->briefs[i].started))
            all[n++] = quarter_of(session->briefs[i].started);
    if (n)
        qsort(all, n, sizeof *all, compare);
    for (size_t i = 0; i < n; i++)
        if (n_distinct == 0 || compare(&all[n_distinct - 1], &all[i]) != 0)
            all[n_distinct++] = all[i];
    run->quarters = all;
    run->n_quarters = n_distinct < TRENDS ? n_distinct : TRENDS;
    run->n_quarters_left = n_distinct - run->n_quarters;
    const enum hc_status status = take_scores(run, err);
    run->links = (struct hc_site_links){run->scores != NULL, run->n_quarters > 0};
    return status == HC_OK ? name_others(run, err) : status;
}

/* ---- trends ------------------------------------------------------------------------------------------------ */

struct trend {
    struct hc_report_sizes sizes;
    struct hc_err err;
    enum hc_status status;
    size_t n_written, n_kept;
};

/* With a session whose arena is its own. */
static void make(struct trend *trend, const struct hc_site_run *run, struct hc_quarter quarter, pthread_mutex_t *lock)
{
    struct hc_session session = *run->report->session;
    struct hc_report report = *run->report;
    struct hc_trend_report what;
    session.lock = lock;
    session.arena = hc_arena_new(0);
    report.session = &session;
    report.n_written = report.n_kept = 0;
    trend->err = HC_ERR_NONE;
    trend->status = session.arena ? hc_trend_report_load(&what, &session, quarter, run->scores, &trend->err)
                                  : hc_err_set(&trend->err, HC_FATAL, "out-of-memory", "no memory for a report");
    what.in_site = &run->links;
    if (trend->status == HC_OK)
        trend->status = hc_report_trend(&report, &what, &trend->sizes, &trend->err);
    trend->n_written = report.n_written;
    trend->n_kept = report.n_kept;
    hc_arena_free(session.arena);
}

static enum hc_status add_line(struct hc_site_run *run, struct hc_str stem, struct hc_report_sizes sizes,
                               struct hc_err *err)
{
    return hc_site_manifest_add(&run->now, (struct hc_site_line){.stem = stem, .said.sizes = sizes}, err);
}

static enum hc_status put_trends(struct hc_site_run *run, struct hc_err *err)
{
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct trend trends[TRENDS];
    enum hc_status status = HC_OK;
#pragma omp parallel for schedule(dynamic, 1) num_threads(run->report->session->cli->n_threads)
    for (size_t i = 0; i < run->n_quarters; i++)
        make(&trends[i], run, run->quarters[i], &lock);
    for (size_t i = 0; status == HC_OK && i < run->n_quarters; i++) {
        run->report->n_written += trends[i].n_written;
        run->report->n_kept += trends[i].n_kept;
        status = trends[i].status;
        if (status == HC_OK)
            status = add_line(run, run->others[run->n_others - run->n_quarters + i], trends[i].sizes, err);
        else
            *err = trends[i].err;
    }
    return status;
}

enum hc_status hc_site_put_others(struct hc_site_run *run, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_report_sizes sizes;
    if (run->scores)
        status = hc_report_calibration(run->report, run->scores, &sizes, err);
    if (status == HC_OK && run->scores)
        status = add_line(run, HC_STR("calibration"), sizes, err);
    return status == HC_OK ? put_trends(run, err) : status;
}
