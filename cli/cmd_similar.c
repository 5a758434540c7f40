#include <math.h>

#include "cli/session.h"
#include "reports/words.h"

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

#define SHOWN_NEIGHBOURS 10

struct similar {
    struct hc_session *session;
    struct hc_buf *out;
    size_t n_subjects;
};

static void put_features(const struct hc_session *session, const char *says, const uint32_t *features, size_t n,
                         struct hc_buf *out)
{
    hc_buf_text(out, n ? says : "");
    for (size_t i = 0; i < n; i++)
        hc_buf_format(out, "%s%.*s", i ? ", " : "", HC_STR_ARG(session->catalogue->features[features[i]].name));
}

static void print_neighbour(const struct hc_session *session, const struct hc_neighbour *neighbour, struct hc_buf *out)
{
    const struct hc_incident_brief *b = neighbour->brief;
    hc_buf_format(out, "  %.3f  %.*s  ", neighbour->similarity, HC_STR_ARG(b->id));
    hc_put_shown(out, b->title);
    if (neighbour->ended) {
        hc_buf_text(out, "\n         ended as ");
        hc_put_cause(out, b->category, b->cause, b->component);
    }
    if (!isnan(neighbour->mitigated_minutes)) {
        char after[HC_WORD_TEXT];
        hc_word_minutes(neighbour->mitigated_minutes, after);
        hc_buf_format(out, "\n         %s after %s", neighbour->mitigated ? "mitigated" : "ended", after);
    }
    if (neighbour->mended_by.p)
        hc_buf_format(out, ", last change before: %.*s", HC_STR_ARG(neighbour->mended_by));
    put_features(session, "\n         shares ", neighbour->shared, neighbour->n_shared, out);
    hc_buf_text(out, neighbour->n_words ? "\n         shares the words " : "");
    for (size_t i = 0; i < neighbour->n_words; i++)
        hc_buf_format(out, "%s%.*s", i ? ", " : "", HC_STR_ARG(neighbour->words[i]));
    put_features(session, "\n         had, and this one has not: ", neighbour->missed, neighbour->n_missed, out);
    hc_buf_char(out, '\n');
}

static void print_json(const struct hc_session *session, const struct hc_subject *subject,
                       const struct hc_neighbour *neighbours, size_t n, struct hc_buf *out)
{
    struct hc_json_writer w;
    hc_json_begin(&w, out, session->cli);
    hc_json_put_string(&w, "incident", subject->incident->id);
    hc_neighbours_json(session, neighbours, n, &w);
    const struct hc_session_others others = hc_session_others(session, subject);
    hc_json_put_int(&w, "before", (int64_t)others.n_before);
    hc_json_put_int(&w, "later", (int64_t)others.n_later);
    hc_json_end(&w);
}

/* Only what began before it can have served it; so the first incidents of a corpus have nothing like them. */
static void print_nothing(const struct hc_session_others *others, struct hc_buf *out)
{
    if (others->n_before > 1)
        hc_buf_format(out, "  none of the %zu that began before it is like it", others->n_before);
    else
        hc_buf_text(out,
                    others->n_before ? "  the one that began before it is not like it" : "  nothing began before it");
    if (others->n_later)
        hc_buf_format(out, " (%zu began later)", others->n_later);
    hc_buf_char(out, '\n');
}

static void print_text(const struct hc_session *session, const struct hc_subject *subject,
                       const struct hc_neighbour *neighbours, size_t n, struct hc_buf *out)
{
    hc_buf_format(out, "%.*s  ", HC_STR_ARG(subject->incident->id));
    hc_put_shown(out, subject->incident->title);
    hc_buf_char(out, '\n');
    for (size_t i = 0; i < n; i++)
        print_neighbour(session, &neighbours[i], out);
    const struct hc_session_others others = hc_session_others(session, subject);
    if (n == 0)
        print_nothing(&others, out);
}

static enum hc_status similar_to(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct similar *similar = context;
    struct hc_session *session = similar->session;
    struct hc_neighbour *neighbours = NULL;
    size_t n = 0;
    if (similar->n_subjects++)
        return hc_err_set(err, HC_FAIL, "usage", "%s holds several incidents: name one of them",
                          session->cli->arguments[0]);
    enum hc_status status = hc_session_similar(session, subject, SHOWN_NEIGHBOURS, arena, &neighbours, &n, err);
    if (status == HC_OK && session->cli->json)
        print_json(session, subject, neighbours, n, similar->out);
    else if (status == HC_OK)
        print_text(session, subject, neighbours, n, similar->out);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    struct similar similar = {.session = &session, .out = out};
    enum hc_status status = hc_session_open(&session, cli, HC_SESSION_NEEDS_CORPUS, err);
    session.compares_told = true;
    if (status == HC_OK)
        status = hc_session_subjects(&session, cli->arguments, cli->n_arguments, similar_to, &similar, err);
    hc_session_close(&session);
    return status;
}

const struct hc_command hc_command_similar = {
    .name = "similar",
    .arguments = "ID|PATH",
    .says = "past incidents nearest to this one, and how they ended",
    .example = "hindcast similar INC-123",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .uses = HC_USES_CATALOGUE | HC_USES_BUNDLES | HC_USES_IDS,
    .run = run,
};
