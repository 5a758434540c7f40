#include "cli/session.h"

#include <unistd.h>

#include "analysis/model/backtest.h"
#include "base/arena.h"

#define QUERY_BYTES ((int64_t)4 << 30)

static enum hc_status open_corpus(struct hc_session *session, enum hc_session_need need, struct hc_err *err)
{
    const struct hc_cli *cli = session->cli;
    enum hc_store_mode mode = need == HC_SESSION_MAKES_CORPUS ? HC_STORE_CREATE : HC_STORE_WRITE;
    if (need == HC_SESSION_TAKES_NONE && access(cli->corpus, F_OK) != 0) {
        if (!cli->quiet && hc_is_path(cli, cli->arguments[0])) /* an id is refused */
            hc_say("no corpus at %s: the expert prior is used, nothing was learned", cli->corpus);
        return HC_OK;
    }
    enum hc_status status = hc_store_open(&session->store, cli->corpus, mode, err);
    return status == HC_OK ? hc_session_reload(session, err) : status;
}

enum hc_status hc_session_open(struct hc_session *session, struct hc_cli *cli, enum hc_session_need need,
                               struct hc_err *err)
{
    *session = (struct hc_session){.cli = cli};
    enum hc_status status = hc_cli_time(cli, "as-of", &session->as_of, err);
    if (status == HC_OK)
        status =
            hc_cli_number("calibration", hc_cli_option(cli, "calibration"), 1, INT64_MAX, &session->calibration, err);
    if (status == HC_OK)
        status = hc_cli_catalogue(cli, &session->catalogue, err);
    if (status != HC_OK)
        return status;
    session->arena = hc_arena_new(0);
    session->kept = session->arena ? hc_arena_calloc(session->arena, 1, sizeof *session->kept) : NULL;
    if (!session->kept)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a session");
    session->kept->arena = session->arena;
    return open_corpus(session, need, err);
}

enum hc_status hc_session_reload(struct hc_session *session, struct hc_err *err)
{
    return hc_store_incident_list(session->store, session->arena, &session->briefs, &session->n_briefs, err);
}

void hc_session_close(struct hc_session *session)
{
    struct hc_err err = HC_ERR_NONE;
    if (session->store && hc_store_close(session->store, &err) != HC_OK)
        hc_say_err(&err);
    hc_redaction_rules_free(session->redaction);
    hc_mapping_free(session->mapping);
    hc_model_free(session->model);
    hc_catalogue_free(session->catalogue);
    hc_arena_free(session->arena);
}

enum hc_status hc_session_reading(struct hc_session *session, struct hc_err *err)
{
    enum hc_status status = session->reading_made ? HC_OK : hc_cli_redaction(session->cli, &session->redaction, err);
    if (status == HC_OK && !session->reading_made)
        status = hc_cli_mapping(session->cli, &session->mapping, err);
    session->reading_made = status == HC_OK;
    return status;
}

void hc_session_lock(const struct hc_session *session)
{
    if (session->lock)
        pthread_mutex_lock(session->lock);
}

void hc_session_unlock(const struct hc_session *session)
{
    if (session->lock)
        pthread_mutex_unlock(session->lock);
}

static enum hc_status take_columns(void *context, const struct hc_str *names, size_t n, struct hc_err *err)
{
    (void)context, (void)names, (void)n, (void)err;
    return HC_OK;
}

enum hc_status hc_session_ask(const struct hc_session *session, struct hc_str sql,
                              enum hc_status (*row)(void *, const struct hc_cell *, size_t, struct hc_err *),
                              void *context, struct hc_err *err)
{
    const struct hc_query_sink sink = {.context = context, .columns = take_columns, .row = row};
    const struct hc_query_budget budget = {HC_QUERY_SECONDS_MOST, QUERY_BYTES};
    hc_session_lock(session);
    const enum hc_status status = hc_store_query(session->store, sql, budget, &sink, err);
    hc_session_unlock(session);
    return status;
}

const struct hc_incident_brief *hc_session_brief(const struct hc_session *session, struct hc_str id)
{
    size_t low = 0, high = session->n_briefs;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = hc_str_compare(session->briefs[middle].id, id);
        if (order == 0)
            return &session->briefs[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

enum hc_status hc_session_labels(struct hc_session *session, struct hc_err *err)
{
    if (session->labels_loaded)
        return HC_OK;
    session->labels_loaded = true;
    return hc_labels_load(&session->labels, session, HC_TIME_NONE, err);
}

/* Makes the model in use the one of this calibration (number 0: the expert's). */
static enum hc_status use(struct hc_session *session, const struct hc_calibration *calibration, struct hc_err *err)
{
    bool in_use = session->has_model && session->model_calibration.number == calibration->number;
    session->model_calibration = *calibration;
    if (in_use)
        return HC_OK;
    hc_model_free(session->model);
    session->model = NULL;
    session->has_model = true;
    return calibration->number ? hc_model_unpack(&session->model, calibration->model, session->catalogue, err)
                               : hc_model_expert(&session->model, session->catalogue, err);
}

/* How many labels the backtest's schedule has learned from where this incident begins; its own is never among them. */
static size_t scheduled(const struct hc_session *session, const struct hc_incident_brief *brief)
{
    const struct hc_labels *labels = &session->labels;
    size_t n = 0;
    while (n < labels->n && labels->items[n].known_at.ns <= brief->started.ns && labels->briefs[n] != brief)
        n++;
    return hc_backtest_schedule(n);
}

/* Learns calibrations of the backtest's schedule, each of the first so many labels as it says, and keeps them. */
static enum hc_status learn_schedule(struct hc_session *session, struct hc_calibration *list, size_t n,
                                     struct hc_arena *arena, struct hc_err *err)
{
    const struct hc_learning with = {session->catalogue, session->cli->n_threads, arena};
    enum hc_status status = hc_model_calibrate_all(list, n, session->labels.items, &with, err);
    if (status == HC_OK)
        status = hc_store_begin(session->store, err);
    for (size_t i = 0; status == HC_OK && i < n; i++) {
        list[i].purpose = HC_STR("rolling-origin");
        list[i].promoted = true;
        list[i].reason = HC_STR("of the backtest's schedule");
        list[i].labels = session->labels.digests[list[i].n_incidents - 1];
        status = hc_store_calibration_put(session->store, &list[i], err);
    }
    if (status == HC_OK)
        return hc_store_commit(session->store, err);
    hc_store_rollback(session->store);
    return status;
}

/* Of several incidents most are analysed with the same few: each is read once. */
static enum hc_status get_kept(struct hc_session *session, int64_t number, struct hc_calibration *out,
                               struct hc_err *err)
{
    struct hc_kept_calibrations *kept = session->kept;
    for (size_t i = kept->n; i-- > 0;)
        if (kept->items[i].number == number) {
            *out = kept->items[i];
            return HC_OK;
        }
    struct hc_calibration *grown =
        hc_arena_grow(kept->arena, kept->items, kept->n, kept->n + 1, &kept->capacity, sizeof *grown);
    if (!grown)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a calibration");
    kept->items = grown;
    const enum hc_status status = hc_store_calibration_get(session->store, number, kept->arena, out, err);
    if (status == HC_OK)
        grown[kept->n++] = *out;
    return status;
}

/* For an incident whose outcome is known: the latest calibration at or before its start, else that of the backtest's
 * schedule; where none of its labels is kept, HC_SKIP and how many labels it learns from. One that was kept for an
 * earlier incident is not taken for a later one, whose own has learned more, nor one of labels that are no longer
 * those: else the answer would hang on what was asked for, or ingested, first. *number 0: none, the expert prior. */
static enum hc_status find_past(struct hc_session *session, const struct hc_incident_brief *brief, int64_t *number,
                                size_t *n, struct hc_err *err)
{
    enum hc_status status = HC_SKIP;
    if (hc_time_known(brief->started)) /* else nothing was surely learned before it began */
        status = hc_store_calibration_latest_number(session->store, brief->started, number, err);
    if (status != HC_SKIP)
        return status;
    status = hc_session_labels(session, err);
    if (status != HC_OK)
        return status;
    *n = scheduled(session, brief);
    *number = 0;
    if (*n == 0)
        return HC_OK;
    return hc_store_calibration_number_of_labels(session->store, HC_STR("rolling-origin"),
                                                 session->labels.digests[*n - 1], number, err);
}

static enum hc_status choose_past(struct hc_session *session, const struct hc_incident_brief *brief,
                                  struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err)
{
    size_t n = 0;
    int64_t number = 0;
    enum hc_status status = find_past(session, brief, &number, &n, err);
    if (status == HC_OK && number)
        return get_kept(session, number, out, err);
    if (status != HC_SKIP)
        return status;
    *out = (struct hc_calibration){.n_incidents = (uint32_t)n};
    return learn_schedule(session, out, 1, arena, err);
}

/* Which of the schedule's calibrations are used and not kept: marks each by how many labels it learns from. */
static enum hc_status mark_missing(struct hc_session *session, bool *missing, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++) {
        int64_t number;
        size_t n = 0;
        if (session->briefs[i].confirmed)
            status = find_past(session, &session->briefs[i], &number, &n, err);
        if (status == HC_SKIP) {
            missing[n] = true;
            status = HC_OK;
        }
    }
    return status;
}

enum hc_status hc_session_learn_past(struct hc_session *session, struct hc_err *err)
{
    if (session->calibration || hc_time_known(session->as_of))
        return HC_OK;
    enum hc_status status = hc_session_labels(session, err);
    if (status != HC_OK)
        return status;
    const size_t n_sizes = session->labels.n + 1;
    struct hc_arena *arena = hc_arena_new(0);
    bool *missing = arena ? hc_arena_calloc(arena, n_sizes, sizeof *missing) : NULL;
    struct hc_calibration *list = arena ? hc_arena_calloc(arena, n_sizes, sizeof *list) : NULL;
    size_t n = 0;
    if (!missing || !list) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to learn from the past");
        goto done;
    }
    status = mark_missing(session, missing, err);
    for (size_t size = 1; status == HC_OK && size < n_sizes; size++)
        if (missing[size])
            list[n++].n_incidents = (uint32_t)size;
    if (status == HC_OK && n)
        status = learn_schedule(session, list, n, arena, err);
done:
    hc_arena_free(arena);
    return status;
}

static enum hc_status choose_given(struct hc_session *session, struct hc_calibration *out, struct hc_err *err)
{
    enum hc_status status = get_kept(session, session->calibration, out, err);
    return status == HC_SKIP ? hc_err_set(err, HC_FAIL, "calibration-unknown", "there is no calibration %lld",
                                          (long long)session->calibration)
                             : status;
}

bool hc_session_looks_back(const struct hc_session *session, const struct hc_incident_brief *brief)
{
    return !session->calibration && !hc_time_known(session->as_of) && brief && brief->confirmed;
}

/* The contract's rule: --calibration, else --as-of, else what the past knew, else the latest. */
static enum hc_status choose(struct hc_session *session, const struct hc_incident_brief *brief, struct hc_arena *arena,
                             struct hc_calibration *out, struct hc_err *err)
{
    if (session->calibration)
        return choose_given(session, out, err);
    if (hc_session_looks_back(session, brief))
        return choose_past(session, brief, arena, out, err);
    int64_t number;
    enum hc_status status = hc_store_calibration_latest_number(session->store, session->as_of, &number, err);
    return status == HC_OK ? get_kept(session, number, out, err) : status == HC_SKIP ? HC_OK : status;
}

enum hc_status hc_session_choose(struct hc_session *session, const struct hc_incident_brief *brief,
                                 struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err)
{
    *out = (struct hc_calibration){0};
    if (!session->store)
        return HC_OK;
    hc_session_lock(session);
    const enum hc_status status = choose(session, brief, arena, out, err);
    hc_session_unlock(session);
    return status;
}

enum hc_status hc_session_analyze(struct hc_session *session, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_analysis *out, struct hc_err *err)
{
    struct hc_calibration calibration;
    const struct hc_incident_brief *brief = subject->brief;
    enum hc_status status = hc_session_choose(session, brief, arena, &calibration, err);
    if (status == HC_OK)
        status = use(session, &calibration, err);
    if (status == HC_OK)
        status = hc_model_analyze(session->model, session->catalogue, subject->incident, &subject->evidence, arena, out,
                                  err);
    if (status != HC_OK)
        return status;
    out->calibration = calibration.number;
    out->label_seen = calibration.number && brief && brief->confirmed && !brief->conflict &&
                      hc_time_known(brief->known_at) && brief->known_at.ns <= calibration.as_of.ns;
    return HC_OK;
}
