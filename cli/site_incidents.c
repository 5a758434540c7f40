/* The reports of incidents, by several threads: each has the store in turn, and a model of its own. */
#include <math.h>

#include "base/arena.h"
#include "cli/site.h"

struct shared {
    struct hc_site_run *run;
    const size_t *list; /* incidents whose report is made */
    size_t n;
    pthread_mutex_t lock;
    bool failed;
    size_t failed_at; /* the first of the list that failed */
    struct hc_err err;
    size_t n_written, n_kept;
};

struct worker {
    struct shared *shared;
    struct hc_session session;
    struct hc_report report;
    struct hc_site_line *line; /* of the incident at hand */
};

static enum hc_status report_one(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct worker *worker = context;
    struct hc_report_said said;
    enum hc_status status = hc_report_incident(&worker->report, subject, arena, &said, err);
    if (status != HC_OK)
        return status;
    hc_session_lock(&worker->session); /* the run's arena is everybody's */
    struct hc_arena *kept = worker->shared->run->arena;
    worker->line->said = said;
    worker->line->said.cause =
        (struct hc_site_cause){hc_str_copy(kept, said.cause.category), hc_str_copy(kept, said.cause.cause),
                               hc_str_copy(kept, said.cause.component)};
    hc_session_unlock(&worker->session);
    return HC_OK;
}

static void make(struct worker *worker, size_t at)
{
    struct shared *shared = worker->shared;
    struct hc_session *session = &worker->session;
    const size_t i = shared->list[at];
    struct hc_err err = HC_ERR_NONE;
    hc_session_lock(session);
    const bool stops = shared->failed;
    hc_session_unlock(session);
    if (stops)
        return;
    worker->line = &shared->run->incidents[i];
    if (hc_session_subject(session, session->briefs[i].id, report_one, worker, &err) == HC_OK)
        return;
    hc_session_lock(session);
    if (!shared->failed || at < shared->failed_at) {
        shared->err = err;
        shared->failed_at = at;
    }
    shared->failed = true;
    hc_session_unlock(session);
}

/* A copy of the session with a model of its own, which comes with the first incident. */
static void begin(struct worker *worker, struct shared *shared)
{
    struct hc_report *report = shared->run->report;
    *worker = (struct worker){.shared = shared, .session = *report->session, .report = *report};
    worker->session.lock = &shared->lock;
    worker->session.model = NULL;
    worker->session.has_model = false;
    worker->report.session = &worker->session;
    worker->report.n_written = worker->report.n_kept = 0;
}

static void end(struct worker *worker)
{
    hc_model_free(worker->session.model);
    hc_session_lock(&worker->session);
    worker->shared->n_written += worker->report.n_written;
    worker->shared->n_kept += worker->report.n_kept;
    hc_session_unlock(&worker->session);
}

static void make_all(struct shared *shared)
{
#pragma omp parallel num_threads(shared->run->report->session->cli->n_threads)
    {
        struct worker worker;
        begin(&worker, shared);
#pragma omp for schedule(dynamic, 4)
        for (size_t at = 0; at < shared->n; at++)
            make(&worker, at);
        end(&worker);
    }
}

enum hc_status hc_site_put_incidents(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_session *session = run->report->session;
    size_t *list = hc_arena_alloc(run->arena, session->n_briefs * sizeof *list);
    struct shared shared = {.run = run, .list = list, .lock = PTHREAD_MUTEX_INITIALIZER};
    if (!list)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
    for (size_t i = 0; i < session->n_briefs; i++)
        if (run->stale[i])
            list[shared.n++] = i;
    make_all(&shared);
    run->report->n_written += shared.n_written;
    run->report->n_kept += shared.n_kept;
    if (shared.failed) {
        *err = shared.err;
        return HC_FATAL;
    }
    memset(run->stale, 0, session->n_briefs * sizeof *run->stale);
    return HC_OK;
}
