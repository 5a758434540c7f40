#include "cli/cli.h"

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

/* The same text for every corpus of this version; but only where there is one, as all that reads a corpus. */
static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_store *store = NULL;
    struct hc_str text = hc_store_schema();
    enum hc_status status = hc_store_open(&store, cli->corpus, HC_STORE_READ, err);
    if (status != HC_OK)
        return status;
    if (cli->json) {
        struct hc_json_writer w;
        hc_json_begin(&w, out, cli);
        hc_json_put_string(&w, "schema", text);
        hc_json_end(&w);
    } else {
        hc_buf_str(out, text);
    }
    return hc_store_close(store, err);
}

const struct hc_command hc_command_schema = {.name = "schema",
                                             .arguments = "",
                                             .says = "prints the documented views",
                                             .example = "hindcast schema -c corpus.db",
                                             .options = OPTIONS,
                                             .run = run};
