#include <inttypes.h>

#include "cli/intake.h"

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

static void put_replaced(const struct hc_intake *in, struct hc_buf *out)
{
    size_t n = 0, begin = out->n;
    const char *const *names = in->redaction ? hc_redaction_names(in->redaction, &n) : NULL;
    for (size_t i = 0; i < n; i++)
        if (in->n_replaced[i])
            hc_buf_format(out, "%s%" PRIu64 " %s",
                          out->n > begin ? ", " : "replaced by pseudonyms: ", in->n_replaced[i], names[i]);
    if (out->n > begin)
        hc_buf_char(out, '\n');
}

static void put_replaced_json(const struct hc_intake *in, struct hc_json_writer *w)
{
    size_t n = 0;
    const char *const *names = in->redaction ? hc_redaction_names(in->redaction, &n) : NULL;
    hc_json_key(w, "replaced");
    hc_json_open_object(w);
    for (size_t i = 0; i < n; i++)
        if (in->n_replaced[i])
            hc_json_put_int(w, names[i], (int64_t)in->n_replaced[i]);
    hc_json_close_object(w);
}

static void print_summary(const struct hc_intake *in, struct hc_buf *out)
{
    const struct hc_cli *cli = in->cli;
    static const char *const SOURCES[] = {"accepted", "partial", "rejected", "known"};
    static const char *const RESULTS[] = {"new", "known", "updated", "older", "conflict", "attached"};
    if (!cli->json) {
        hc_buf_format(out, "sources: %zu accepted, %zu partial, %zu rejected, %zu known already", in->n_sources[0],
                      in->n_sources[1], in->n_sources[2], in->n_sources[3]);
        if (in->n_known_part)
            hc_buf_format(out, " (%zu of them partial or rejected before)", in->n_known_part);
        hc_buf_char(out, '\n');
        hc_buf_format(out, "incidents: %zu new, %zu updated, %zu older version%s, %zu known already, %zu in conflict",
                      in->n_results[HC_PUT_NEW], in->n_results[HC_PUT_UPDATED], in->n_results[HC_PUT_OLDER],
                      in->n_results[HC_PUT_OLDER] == 1 ? "" : "s", in->n_results[HC_PUT_KNOWN],
                      in->n_results[HC_PUT_CONFLICT]);
        if (in->n_results[HC_PUT_ATTACHED])
            hc_buf_format(out, ", %zu attached to one that is known", in->n_results[HC_PUT_ATTACHED]);
        if (in->n_refused)
            hc_buf_format(out, ", %zu refused", in->n_refused);
        hc_buf_char(out, '\n');
        put_replaced(in, out);
        if (in->n_warnings) {
            hc_buf_format(out, "warnings: %zu (hindcast ", in->n_warnings);
            hc_put_corpus_option(out, cli);
            hc_buf_text(out, "query 'select incident, member, line, code, message from warnings')\n");
        }
        return;
    }
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    hc_json_key(&w, "sources");
    hc_json_open_object(&w);
    for (size_t i = 0; i < 4; i++)
        hc_json_put_int(&w, SOURCES[i], (int64_t)in->n_sources[i]);
    hc_json_put_int(&w, "known_in_part", (int64_t)in->n_known_part);
    hc_json_close_object(&w);
    hc_json_key(&w, "incidents");
    hc_json_open_object(&w);
    for (size_t i = 0; i < HC_PUT_RESULTS; i++)
        hc_json_put_int(&w, RESULTS[i], (int64_t)in->n_results[i]);
    hc_json_put_int(&w, "refused", (int64_t)in->n_refused);
    hc_json_close_object(&w);
    put_replaced_json(in, &w);
    hc_json_put_int(&w, "warnings", (int64_t)in->n_warnings);
    hc_json_end(&w);
}

/* An inbox without any source: what was meant is perhaps elsewhere. */
static void say_nothing(const struct hc_intake *in)
{
    const struct hc_cli *cli = in->cli;
    size_t n_sources = 0;
    for (size_t i = 0; i < sizeof in->n_sources / sizeof *in->n_sources; i++)
        n_sources += in->n_sources[i];
    for (int i = 0; i < cli->n_arguments && !n_sources && !cli->quiet; i++)
        hc_say("nothing to ingest in %s", cli->arguments[i]);
}

struct rules {
    struct hc_catalogue *catalogue;
    struct hc_redaction_rules *redaction;
    struct hc_mapping *mapping;
};

static enum hc_status read_rules(const struct hc_cli *cli, struct rules *rules, struct hc_err *err)
{
    enum hc_status status = hc_cli_catalogue(cli, &rules->catalogue, err);
    if (status == HC_OK)
        status = hc_cli_redaction(cli, &rules->redaction, err);
    if (status == HC_OK)
        status = hc_cli_mapping(cli, &rules->mapping, err);
    return status;
}

/* Each takes some 20 ms, so the corpus is opened while the rules are read; but rules of the user's may be wrong, and
 * then no corpus is made. */
static enum hc_status prepare(const struct hc_cli *cli, struct rules *rules, struct hc_store **store,
                              struct hc_err *err)
{
    enum hc_status status = HC_OK, opened = HC_OK;
    struct hc_err open_err = HC_ERR_NONE;
    if (cli->catalogue_path || cli->redaction_path || cli->redaction_key_path || cli->mapping_path) {
        status = read_rules(cli, rules, err);
        return status == HC_OK ? hc_store_open(store, cli->corpus, HC_STORE_CREATE, err) : status;
    }
#pragma omp parallel sections num_threads(2) if (cli->n_threads != 1)
    {
#pragma omp section
        opened = hc_store_open(store, cli->corpus, HC_STORE_CREATE, &open_err);
#pragma omp section
        status = read_rules(cli, rules, err);
    }
    if (status == HC_OK && opened != HC_OK)
        *err = open_err;
    return status == HC_OK ? opened : status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct rules rules = {0};
    struct hc_intake intake = {.cli = cli};
    hc_store_setup_alone();
    enum hc_status status = prepare(cli, &rules, &intake.store, err);
    intake.catalogue = rules.catalogue;
    intake.redaction = rules.redaction;
    intake.mapping = rules.mapping;
    if (status == HC_OK)
        status = hc_intake_run(&intake, (const char *const *)cli->arguments, (size_t)cli->n_arguments, err);
    enum hc_status closed = hc_store_close(intake.store, status == HC_OK ? err : NULL);
    status = status == HC_OK ? closed : status;
    if (status == HC_OK) {
        say_nothing(&intake);
        hc_intake_say_key(&intake);
        print_summary(&intake, out);
    }
    hc_redaction_rules_free(rules.redaction);
    hc_mapping_free(rules.mapping);
    hc_catalogue_free(rules.catalogue);
    return status;
}

const struct hc_command hc_command_ingest = {
    .name = "ingest",
    .arguments = "PATH…",
    .says = "reads archives, bundle directories, inboxes, post-mortems and exports of other tools into the corpus",
    .example = "hindcast ingest incidents/ new-incident.tar.gz",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .uses = HC_USES_CATALOGUE | HC_USES_BUNDLES,
    .run = run,
};
