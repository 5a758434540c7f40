#include "cli/intake.h"
#include "cli/session.h"

static const struct hc_option OPTIONS[] = {
    {"as-of", 0, "TIME", "with the calibration of then"},
    {"calibration", 0, "N", "with that calibration"},
    {"store", 0, NULL, "keeps the result in the corpus, and bundles that are not in it yet"},
    {"similar", 0, NULL, "with --json, also the past incidents nearest to it"},
    {NULL, 0, NULL, NULL},
};

#define SHOWN_NEIGHBOURS 5

static enum hc_status analyze_one(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_err *err)
{
    struct hc_session *session = context;
    struct hc_cli *cli = session->cli;
    struct hc_analysis analysis = {0};
    struct hc_buf out = {0};
    enum hc_status status = hc_session_analyze(session, subject, arena, &analysis, err);

    if (status == HC_OK && hc_cli_option(cli, "store"))
        status = hc_store_analysis_put(session->store, &analysis, err);
    struct hc_nearest nearest = {.session = session};
    struct hc_neighbour *neighbours = NULL;
    const bool similar = cli->json && hc_cli_option(cli, "similar");
    if (status == HC_OK && similar)
        status = hc_session_similar(session, subject, SHOWN_NEIGHBOURS, arena, &neighbours, &nearest.n, err);
    nearest.neighbours = neighbours;
    if (status == HC_OK) {
        if (cli->json)
            hc_analysis_json(&out, &analysis, similar ? &nearest : NULL);
        else
            hc_analysis_text(&out, session, subject, &analysis);
        status = hc_print(&out, err);
    }
    hc_buf_free(&out);
    return status;
}

/* With --store a bundle is ingested first, so that what is stored of it has its incident. */
static enum hc_status keep_paths(struct hc_session *session, struct hc_err *err)
{
    struct hc_cli *cli = session->cli;
    struct hc_intake intake = {.cli = cli, .store = session->store, .catalogue = session->catalogue, .silent = true};
    enum hc_status status = hc_session_reading(session, err);
    intake.redaction = session->redaction;
    intake.mapping = session->mapping;
    for (int i = 0; status == HC_OK && i < cli->n_arguments; i++)
        if (hc_is_path(cli, cli->arguments[i]))
            status = hc_intake_run(&intake, (const char *const *)&cli->arguments[i], 1, err);
    if (status == HC_OK)
        hc_intake_say_key(&intake);
    return status == HC_OK ? hc_session_reload(session, err) : status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    bool store = hc_cli_option(cli, "store") != NULL;
    (void)out; /* printed as it comes */
    if (hc_cli_option(cli, "similar") && !cli->json)
        return hc_err_set(err, HC_FAIL, "usage", "--similar goes with --json; 'hindcast similar' prints text");
    enum hc_status status =
        hc_session_open(&session, cli, store ? HC_SESSION_MAKES_CORPUS : HC_SESSION_TAKES_NONE, err);
    if (status == HC_OK && store)
        status = keep_paths(&session, err);
    if (status == HC_OK)
        status = hc_session_subjects(&session, cli->arguments, cli->n_arguments, analyze_one, &session, err);
    hc_session_close(&session);
    return status;
}

const struct hc_command hc_command_analyze = {
    .name = "analyze",
    .arguments = "PATH…|ID…",
    .says = "says which causes are likely, how sure one may be, and why",
    .example = "hindcast analyze --json new-incident.tar.gz INC-123",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .uses = HC_USES_CATALOGUE | HC_USES_BUNDLES | HC_USES_IDS,
    .run = run,
};
