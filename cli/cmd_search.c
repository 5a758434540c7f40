#include "base/arena.h"
#include "cli/cli.h"

static const struct hc_option OPTIONS[] = {
    {"limit", 'n', "N", "at most so many (default: 20)"},
    {NULL, 0, NULL, NULL},
};

static void print_hits(const struct hc_cli *cli, const struct hc_search_hit *hits, size_t n, struct hc_buf *out)
{
    struct hc_json_writer w;
    if (!cli->json) {
        for (size_t i = 0; i < n; i++) {
            hc_buf_format(out, "%.*s\t%.*s\t", HC_STR_ARG(hits[i].incident), HC_STR_ARG(hits[i].where));
            hc_put_shown(out, hits[i].snippet);
            hc_buf_char(out, '\n');
        }
        return;
    }
    hc_json_begin(&w, out, cli);
    hc_json_key(&w, "hits");
    hc_json_open_array(&w);
    for (size_t i = 0; i < n; i++) {
        hc_json_open_object(&w);
        hc_json_put_string(&w, "incident", hits[i].incident);
        hc_json_put_string(&w, "where", hits[i].where);
        hc_json_put_string(&w, "snippet", hits[i].snippet);
        hc_json_close_object(&w);
    }
    hc_json_close_array(&w);
    hc_json_end(&w);
}

static void say_rest(const struct hc_buf *words, size_t n, size_t n_all)
{
    struct hc_buf shown = {0};
    hc_put_shown(&shown, hc_buf_view(words));
    if (n_all == 0)
        hc_say("no title, post-mortem or log template holds '%.*s' (messages are in the view events)",
               HC_STR_ARG(hc_buf_view(&shown)));
    else if (n < n_all)
        hc_say("%zu of %zu; -n N for more", n, n_all);
    hc_buf_free(&shown);
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_store *store = NULL;
    struct hc_search found = {0};
    struct hc_buf words = {0};
    int64_t limit = 20;
    struct hc_arena *arena = hc_arena_new(0);
    enum hc_status status = hc_cli_number("limit", hc_cli_option(cli, "limit"), 1, INT64_MAX, &limit, err);

    for (int i = 0; i < cli->n_arguments; i++)
        hc_buf_format(&words, "%s%s", i ? " " : "", cli->arguments[i]);
    if (status == HC_OK && !words.failed && hc_str_trim(hc_buf_view(&words)).n == 0)
        status = hc_err_set(err, HC_FAIL, "usage", "there is no word to search for");
    if (status == HC_OK && (!arena || words.failed))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to search");
    if (status == HC_OK)
        status = hc_store_open(&store, cli->corpus, HC_STORE_READ, err);
    if (status == HC_OK)
        status = hc_store_search(store, hc_buf_view(&words), (size_t)limit, arena, &found, err);
    if (status == HC_OK)
        print_hits(cli, found.hits, found.n, out);
    if (status == HC_OK && !cli->quiet && !cli->json)
        say_rest(&words, found.n, found.n_all);
    hc_store_close(store, NULL);
    hc_buf_free(&words);
    hc_arena_free(arena);
    return status;
}

const struct hc_command hc_command_search = {
    .name = "search",
    .arguments = "WORDS",
    .says = "full-text search over post-mortems, log templates and titles",
    .example = "hindcast search -n 50 connection refused",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
