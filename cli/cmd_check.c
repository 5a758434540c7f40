#include "analysis/evidence/evidence.h"
#include "base/arena.h"
#include "cli/cli.h"

static const struct hc_option OPTIONS[] = {
    {"full", 0, NULL, "also computes every derived number anew"},
    {NULL, 0, NULL, NULL},
};

static enum hc_status recompute(void *context, const struct hc_incident *incident, struct hc_arena *arena,
                                struct hc_str *evidence, struct hc_err *err)
{
    struct hc_evidence extracted;
    const struct hc_catalogue *catalogue = context;
    enum hc_status status = hc_evidence_extract(incident, catalogue, arena, &extracted, err);
    return status == HC_OK ? hc_evidence_pack(&extracted, catalogue, arena, evidence, err) : status;
}

static void print_report(const struct hc_cli *cli, const struct hc_check_report *report, struct hc_buf *out)
{
    struct hc_json_writer w;
    if (!cli->json) {
        for (size_t i = 0; i < report->n_findings; i++)
            hc_buf_format(out, "%.*s\n", HC_STR_ARG(report->findings[i]));
        hc_buf_format(out, "%zu finding%s\ndigest %s\nderived %s\n", report->n_findings,
                      report->n_findings == 1 ? "" : "s", report->digest, report->derived);
        return;
    }
    hc_json_begin(&w, out, cli);
    hc_json_key(&w, "findings");
    hc_json_open_array(&w);
    for (size_t i = 0; i < report->n_findings; i++)
        hc_json_string(&w, report->findings[i]);
    hc_json_close_array(&w);
    hc_json_put_string(&w, "digest", hc_str_of(report->digest));
    hc_json_put_string(&w, "derived", hc_str_of(report->derived));
    hc_json_end(&w);
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_store *store = NULL;
    struct hc_catalogue *catalogue = NULL;
    struct hc_check_report report = {0};
    struct hc_arena *arena = hc_arena_new(0);
    bool full = hc_cli_option(cli, "full") != NULL;
    enum hc_status status = arena ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to check");

    if (status == HC_OK)
        status = hc_cli_catalogue(cli, &catalogue, err);
    if (status == HC_OK)
        status = hc_store_open(&store, cli->corpus, HC_STORE_READ, err);
    if (status == HC_OK)
        status = hc_store_check(store, full, recompute, catalogue, arena, &report, err);
    if (status == HC_OK)
        print_report(cli, &report, out);
    cli->partial = report.n_findings > 0;
    hc_store_close(store, NULL);
    hc_catalogue_free(catalogue);
    hc_arena_free(arena);
    return status;
}

const struct hc_command hc_command_check = {
    .name = "check",
    .arguments = "",
    .says = "verifies the corpus; its last lines are its digests",
    .example = "hindcast check --full",
    .options = OPTIONS,
    .uses = HC_USES_CATALOGUE,
    .run = run,
};
