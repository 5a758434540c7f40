#include "cli/cli.h"

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

static enum hc_exit run(struct hc_cli *cli)
{
    struct hc_buf out = {0};
    struct hc_str text = hc_store_schema();
    if (cli->json) {
        struct hc_json_writer w;
        hc_json_begin(&w, &out, cli);
        hc_json_put_string(&w, "schema", text);
        hc_json_close_object(&w);
        hc_buf_char(&out, '\n');
    } else {
        hc_buf_str(&out, text);
    }
    bool printed = hc_print(cli, &out);
    hc_buf_free(&out);
    return printed ? HC_EXIT_DONE : HC_EXIT_MACHINE;
}

const struct hc_command hc_command_schema = {
    .name = "schema", .arguments = "", .says = "prints the documented views", .options = OPTIONS, .run = run};
