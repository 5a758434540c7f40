#include "analysis/model/parameters.h"
#include "analysis/model/promotion.h"
#include "base/arena.h"
#include "cli/session.h"

static const struct hc_option OPTIONS[] = {
    {"as-of", 0, "TIME", "learn from what was known by then (default: the latest time in the corpus)"},
    {NULL, 0, NULL, NULL},
};

static void put_use(const struct hc_calibration *c, int64_t in_use, struct hc_buf *out)
{
    if (in_use == c->number)
        hc_buf_text(out, "in use for new incidents\n");
    else if (!in_use)
        hc_buf_text(out, "for new incidents the expert prior stays in use\n");
    else
        hc_buf_format(out, "for new incidents %scalibration %lld stays in use\n", c->promoted ? "the later " : "",
                      (long long)in_use);
}

/* in_use: the number of the calibration that new incidents are analysed with. */
static void print(const struct hc_cli *cli, const struct hc_calibration *c, int64_t in_use, struct hc_buf *out)
{
    char as_of[HC_TIME_TEXT];
    hc_time_format(c->as_of, as_of);
    if (cli->json) {
        struct hc_json_writer w;
        hc_json_begin(&w, out, cli);
        hc_json_put_number_of(&w, "calibration", c->number);
        hc_json_put_time(&w, "as_of", c->as_of);
        hc_json_put_int(&w, "incidents", c->n_incidents);
        hc_json_put_number(&w, "wrong_labels", c->wrong_labels);
        hc_json_put_bool(&w, "promoted", c->promoted);
        hc_json_put_string(&w, "reason", c->reason);
        hc_json_end(&w);
    } else if (c->number) {
        hc_buf_format(out, "calibration %lld as of %s, learned from %u confirmed incident%s; ", (long long)c->number,
                      as_of, c->n_incidents, c->n_incidents == 1 ? "" : "s");
        put_use(c, in_use, out);
        hc_buf_format(out, "%.*s\n", HC_STR_ARG(c->reason));
        hc_labels_put_wrong(c->wrong_labels, out);
    } else {
        hc_buf_format(out, "%.*s\n", HC_STR_ARG(c->reason));
    }
}

/* The calibration that new incidents are analysed with; 0: none, but the expert prior. */
static enum hc_status find_in_use(const struct hc_session *session, int64_t *number, struct hc_err *err)
{
    struct hc_calibration latest = {0};
    enum hc_status status = hc_store_calibration_latest(session->store, HC_TIME_NONE, session->arena, &latest, err);
    *number = status == HC_OK ? latest.number : 0;
    return status == HC_SKIP ? HC_OK : status;
}

static void put_left_out(const struct hc_session *session, struct hc_time as_of, struct hc_buf *out)
{
    if (!session->cli->json)
        hc_labels_put_left_out(session, as_of, out);
}

static enum hc_status learn_nothing(const struct hc_session *session, struct hc_time as_of, struct hc_buf *out,
                                    struct hc_err *err)
{
    static const char NOTHING[] = "nothing to learn from";
    struct hc_calibration none = {.as_of = as_of};
    int64_t in_use = 0;
    enum hc_status status = find_in_use(session, &in_use, err);
    if (status != HC_OK)
        return status;
    none.reason = in_use
                      ? hc_str_format(session->arena, "%s, calibration %lld stays in use", NOTHING, (long long)in_use)
                      : hc_str_format(session->arena, "%s, the expert prior stays", NOTHING);
    if (!none.reason.p)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a reason");
    print(session->cli, &none, in_use, out);
    put_left_out(session, as_of, out);
    return HC_OK;
}

static struct hc_str reason_of(const struct hc_promotion *p, const struct hc_calibration *in_use,
                               struct hc_arena *arena)
{
    const struct hc_str other = in_use->number ? hc_str_format(arena, "calibration %lld", (long long)in_use->number)
                                               : HC_STR("the expert prior");
    if (!p->n)
        return hc_str_format(arena, "promoted: no confirmed incident that %.*s had not learned speaks against it",
                             HC_STR_ARG(other));
    const bool few = p->n < HC_PROMOTION_FEW;
    return hc_str_format(arena,
                         "%s: over the latest %u confirmed incident%s that %.*s had not learned, the log loss is "
                         "%.4f nats by learning on (rolling origin, %u of them after a refit) and %.4f by %.*s%s",
                         p->promoted ? "promoted" : "not promoted", p->n, p->n == 1 ? "" : "s", HC_STR_ARG(other),
                         p->log_loss, p->n_refit, p->in_use_log_loss, HC_STR_ARG(other),
                         few ? "; so few incidents say little" : "");
}

/* What this version and catalogue cannot read cannot stay in use, whatever it was worth. */
static enum hc_status learn_unfit(struct hc_session *session, int64_t number, const struct hc_labels *labels,
                                  struct hc_calibration *c, struct hc_err *err)
{
    const struct hc_learning with = {session->catalogue, session->cli->n_threads, session->arena};
    const struct hc_str digest = c->labels;
    const enum hc_status status = hc_model_calibrate(c, labels->items, labels->n, c->as_of, &with, err);
    if (status != HC_OK)
        return status;
    c->labels = digest;
    c->promoted = true;
    c->reason = hc_str_format(session->arena,
                              "calibration %lld, in use until now, is of another catalogue or version: not compared",
                              (long long)number);
    return c->reason.p ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a reason");
}

/* Learns; promoted where learning on is not worse than what would stay in use. */
static enum hc_status learn(struct hc_session *session, const struct hc_labels *labels, struct hc_calibration *c,
                            struct hc_err *err)
{
    struct hc_calibration in_use = {0};
    struct hc_model *model = NULL;
    struct hc_promotion promotion;
    const struct hc_time as_of = c->as_of;
    const struct hc_str digest = c->labels;
    const struct hc_learning with = {session->catalogue, session->cli->n_threads, session->arena};
    enum hc_status status =
        hc_store_calibration_before(session->store, c->as_of, c->labels, session->arena, &in_use, err);
    if (status == HC_OK) {
        struct hc_err unfit = HC_ERR_NONE;
        status = hc_model_unpack(&model, in_use.model, session->catalogue, &unfit);
        if (status == HC_FATAL)
            *err = unfit;
        if (status != HC_OK && status != HC_FATAL)
            return learn_unfit(session, in_use.number, labels, c, err);
    }
    if (status != HC_OK && status != HC_FATAL)
        status = hc_model_expert(&model, session->catalogue, err);
    if (status == HC_OK)
        status = hc_promotion_decide(&promotion, c, labels->items, labels->n,
                                     &(struct hc_in_use){model, hc_labels_learned(labels, &in_use, NULL)}, &with, err);
    hc_model_free(model);
    if (status != HC_OK)
        return status;
    c->as_of = hc_time_known(as_of) ? as_of : c->as_of;
    c->labels = digest;
    c->promoted = promotion.promoted;
    c->reason = reason_of(&promotion, &in_use, session->arena);
    return c->reason.p ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a reason");
}

static enum hc_status calibrate(struct hc_cli *cli, struct hc_session *session, struct hc_buf *out, struct hc_err *err)
{
    struct hc_calibration calibration = {0};
    struct hc_time as_of = session->as_of;
    struct hc_labels labels;
    int64_t in_use = 0;
    enum hc_status status = HC_OK;

    if (!hc_time_known(as_of))
        status = hc_store_latest_time(session->store, &as_of, err);
    if (status == HC_OK)
        status = hc_labels_load(&labels, session, as_of, err);
    if (status == HC_OK && labels.n == 0)
        return learn_nothing(session, as_of, out, err);
    if (status != HC_OK)
        return status;
    calibration.as_of = as_of;
    calibration.labels = labels.digests[labels.n - 1];
    status = learn(session, &labels, &calibration, err);
    calibration.purpose = HC_STR("calibrate");
    if (status == HC_OK)
        status = hc_store_calibration_put(session->store, &calibration, err);
    if (status == HC_OK)
        status = find_in_use(session, &in_use, err);
    if (status == HC_OK)
        print(cli, &calibration, in_use, out);
    if (status == HC_OK)
        put_left_out(session, as_of, out);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    enum hc_status status = hc_session_open(&session, cli, HC_SESSION_NEEDS_CORPUS, err);
    if (status == HC_OK)
        status = calibrate(cli, &session, out, err);
    hc_session_close(&session);
    return status;
}

const struct hc_command hc_command_calibrate = {
    .name = "calibrate",
    .arguments = "",
    .says = "learns from the confirmed incidents",
    .example = "hindcast calibrate --as-of 2026-03-31",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = 0,
    .uses = HC_USES_CATALOGUE,
    .run = run,
};
