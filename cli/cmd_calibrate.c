#include "base/arena.h"
#include "cli/session.h"

static const struct hc_option OPTIONS[] = {
    {"as-of", 0, "TIME", "learn from what was known by then (default: the latest time in the corpus)"},
    {NULL, 0, NULL, NULL},
};

static void print(const struct hc_cli *cli, const struct hc_calibration *c, struct hc_buf *out)
{
    char as_of[HC_TIME_TEXT];
    hc_time_format(c->as_of, as_of);
    if (cli->json) {
        struct hc_json_writer w;
        hc_json_begin(&w, out, cli);
        hc_json_put_number_of(&w, "calibration", c->number);
        hc_json_put_time(&w, "as_of", c->as_of);
        hc_json_put_int(&w, "incidents", c->n_incidents);
        hc_json_put_bool(&w, "promoted", c->promoted);
        hc_json_put_string(&w, "reason", c->reason);
        hc_json_end(&w);
    } else if (c->number) {
        hc_buf_format(out, "calibration %lld as of %s, learned from %u confirmed incident%s; %s: %.*s\n",
                      (long long)c->number, as_of, c->n_incidents, c->n_incidents == 1 ? "" : "s",
                      c->promoted ? "in use for new incidents" : "not in use", HC_STR_ARG(c->reason));
    } else {
        hc_buf_format(out, "%.*s\n", HC_STR_ARG(c->reason));
    }
}

static enum hc_status calibrate(struct hc_cli *cli, struct hc_session *session, struct hc_buf *out, struct hc_err *err)
{
    struct hc_calibration calibration = {0};
    struct hc_time as_of = session->as_of;
    struct hc_labels labels;
    const struct hc_learning with = {session->catalogue, cli->n_threads, session->arena};
    enum hc_status status = HC_OK;

    if (!hc_time_known(as_of))
        status = hc_store_latest_time(session->store, &as_of, err);
    if (status == HC_OK)
        status = hc_labels_load(&labels, session, as_of, err);
    if (status == HC_OK && labels.n == 0) {
        calibration.as_of = as_of;
        calibration.reason =
            HC_STR("no confirmed incident was known by then: nothing to learn, the expert prior stays");
        print(cli, &calibration, out);
        return HC_OK;
    }
    if (status == HC_OK)
        status = hc_model_calibrate(&calibration, labels.items, labels.n, as_of, &with, err);
    if (status != HC_OK)
        return status;
    calibration.purpose = HC_STR("calibrate");
    calibration.labels = labels.digests[labels.n - 1];
    calibration.promoted = true;
    calibration.reason = HC_STR("the latest one asked for");
    status = hc_store_calibration_put(session->store, &calibration, err);
    if (status == HC_OK)
        print(cli, &calibration, out);
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
