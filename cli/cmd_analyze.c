#include "base/number.h"
#include "cli/session.h"

static const struct hc_option OPTIONS[] = {
    {"as-of", 0, "TIME", "with the calibration of then"},
    {"calibration", 0, "N", "with that calibration"},
    {"store", 0, NULL, "keeps the result in the corpus (incidents that are in it)"},
    {NULL, 0, NULL, NULL},
};

struct analyze {
    struct hc_session *session;
    bool store;
};

static enum hc_status analyze_one(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_err *err)
{
    struct analyze *run = context;
    struct hc_cli *cli = run->session->cli;
    struct hc_analysis analysis = {0};
    struct hc_buf out = {0};
    enum hc_status status = hc_session_analyze(run->session, subject, arena, &analysis, err);

    if (status == HC_OK && run->store && subject->brief)
        status = hc_store_analysis_put(run->session->store, &analysis, err);
    if (status == HC_OK) {
        if (cli->json)
            hc_analysis_json(&out, &analysis);
        else
            hc_analysis_text(&out, &analysis, subject->incident);
        if (!hc_print(cli, &out))
            status = hc_err_set(err, HC_FATAL, "output", "the result cannot be written");
    }
    hc_buf_free(&out);
    return status;
}

static enum hc_exit run(struct hc_cli *cli)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_session session = {0};
    struct analyze context = {.session = &session, .store = hc_cli_option(cli, "store") != NULL};
    const char *number = hc_cli_option(cli, "calibration");
    struct hc_time as_of;
    int64_t calibration = 0;
    size_t n_bad = 0;

    if (!hc_cli_time(cli, "as-of", &as_of))
        return HC_EXIT_USAGE;
    if (number && (!hc_int64_parse(hc_str_of(number), &calibration) || calibration < 1)) {
        hc_say(cli, "--calibration takes a calibration's number, not '%s'", number);
        return HC_EXIT_USAGE;
    }
    enum hc_status status = hc_session_open(&session, cli, false, &err);
    session.as_of = as_of;
    session.calibration = calibration;
    if (status == HC_OK)
        status = hc_session_subjects(&session, cli->arguments, cli->n_arguments, analyze_one, &context, &n_bad, &err);
    enum hc_exit exit_status = status == HC_OK ? HC_EXIT_DONE : hc_exit_of(cli, &err);
    hc_session_close(&session);
    return n_bad ? hc_exit_worse(exit_status, HC_EXIT_PARTIAL) : exit_status;
}

const struct hc_command hc_command_analyze = {
    .name = "analyze",
    .arguments = "PATH…|ID…",
    .says = "says which causes are likely, how sure one may be, and why",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
