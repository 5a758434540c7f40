#include "cli/session.h"

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

#define SHOWN_NEIGHBOURS 10

static void print_neighbour(const struct hc_session *session, const struct hc_neighbour *neighbour, struct hc_buf *out)
{
    const struct hc_incident_brief *b = neighbour->brief;
    hc_buf_format(out, "  %.3f  %.*s  %.*s", neighbour->similarity, HC_STR_ARG(b->id), HC_STR_ARG(b->title));
    if (b->confirmed)
        hc_buf_format(out, "\n         ended as %.*s / %.*s in %.*s", HC_STR_ARG(b->category), HC_STR_ARG(b->cause),
                      HC_STR_ARG(b->component));
    hc_buf_text(out, neighbour->n_shared ? "\n         shares " : "");
    for (size_t i = 0; i < neighbour->n_shared; i++)
        hc_buf_format(out, "%s%.*s", i ? ", " : "",
                      HC_STR_ARG(session->catalogue->features[neighbour->shared[i]].name));
    hc_buf_char(out, '\n');
}

static void json_neighbour(const struct hc_session *session, const struct hc_neighbour *neighbour,
                           struct hc_json_writer *w)
{
    const struct hc_incident_brief *b = neighbour->brief;
    hc_json_open_object(w);
    hc_json_put_string(w, "incident", b->id);
    hc_json_put_string(w, "title", b->title);
    hc_json_put_number(w, "similarity", neighbour->similarity);
    hc_json_put_string(w, "category", b->category);
    hc_json_put_string(w, "cause", b->cause);
    hc_json_put_string(w, "component", b->component);
    hc_json_key(w, "shared");
    hc_json_open_array(w);
    for (size_t i = 0; i < neighbour->n_shared; i++)
        hc_json_string(w, session->catalogue->features[neighbour->shared[i]].name);
    hc_json_close_array(w);
    hc_json_close_object(w);
}

static enum hc_status similar_to(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct hc_session *session = context;
    struct hc_neighbour *neighbours = NULL;
    struct hc_buf out = {0};
    size_t n = 0;
    enum hc_status status = hc_session_similar(session, subject, SHOWN_NEIGHBOURS, arena, &neighbours, &n, err);

    if (status == HC_OK && session->cli->json) {
        struct hc_json_writer w;
        hc_json_begin(&w, &out, session->cli);
        hc_json_put_string(&w, "incident", subject->incident->id);
        hc_json_key(&w, "similar");
        hc_json_open_array(&w);
        for (size_t i = 0; i < n; i++)
            json_neighbour(session, &neighbours[i], &w);
        hc_json_close_array(&w);
        hc_json_close_object(&w);
        hc_buf_char(&out, '\n');
    } else if (status == HC_OK) {
        hc_buf_format(&out, "%.*s  %.*s\n", HC_STR_ARG(subject->incident->id), HC_STR_ARG(subject->incident->title));
        for (size_t i = 0; i < n; i++)
            print_neighbour(session, &neighbours[i], &out);
        if (n == 0)
            hc_buf_text(&out, "  nothing like it began before it\n");
    }
    if (status == HC_OK && !hc_print(session->cli, &out))
        status = hc_err_set(err, HC_FATAL, "output", "the result cannot be written");
    hc_buf_free(&out);
    return status;
}

static enum hc_exit run(struct hc_cli *cli)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_session session = {0};
    size_t n_bad = 0;
    enum hc_status status = hc_session_open(&session, cli, true, &err);
    if (status == HC_OK)
        status = hc_session_subjects(&session, cli->arguments, cli->n_arguments, similar_to, &session, &n_bad, &err);
    enum hc_exit exit_status = status == HC_OK ? HC_EXIT_DONE : hc_exit_of(cli, &err);
    hc_session_close(&session);
    return n_bad ? hc_exit_worse(exit_status, HC_EXIT_PARTIAL) : exit_status;
}

const struct hc_command hc_command_similar = {
    .name = "similar",
    .arguments = "ID|PATH",
    .says = "past incidents nearest to this one, and how they ended",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
};
