#include "base/arena.h"
#include "cli/near.h"
#include "cli/outcomes.h"
#include "cli/session.h"
#include "ingest/ingest.h"

enum hc_status hc_session_subject(struct hc_session *session, struct hc_str id, hc_subject_fn each, void *context,
                                  struct hc_err *err)
{
    const struct hc_incident_brief *brief = hc_session_brief(session, id);
    struct hc_subject subject = {.brief = brief};
    if (!brief)
        return HC_SKIP;
    struct hc_arena *arena = hc_arena_new(0);
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident");
    char hex[HC_SHA256_HEX];
    hc_sha256_hex(brief->source, hex);
    subject.source = hc_str_copy(arena, hc_str_of(hex));
    hc_session_lock(session);
    enum hc_status status = hc_store_incident_get(session->store, id, arena, &subject.incident, err);
    if (status == HC_OK)
        status = hc_evidence_load(&subject.evidence, session->store, brief, session->catalogue, arena, err);
    hc_session_unlock(session);
    if (status == HC_OK)
        status = each(context, &subject, arena, err);
    hc_arena_free(arena);
    return status;
}

/* The sources of a path: kept until all are read, for their incidents are handed over by id. */
struct path_read {
    struct hc_session *session;
    struct hc_arena *arena;   /* of the lists here */
    struct hc_arena **arenas; /* of the sources */
    size_t n_arenas, arenas_capacity;
    struct hc_subject *subjects;
    size_t n_subjects, subjects_capacity;
};

/* In the corpus by its own id, or by content under another. */
static enum hc_status find_brief(struct path_read *read, struct hc_subject *subject, struct hc_arena *arena,
                                 struct hc_err *err)
{
    const struct hc_session *session = read->session;
    struct hc_str id = HC_STR_NONE;
    subject->brief = hc_session_brief(session, subject->incident->id);
    if (subject->brief || !session->store)
        return HC_OK;
    enum hc_status status = hc_store_incident_find_content(session->store, subject->incident->content, arena, &id, err);
    if (status == HC_OK)
        subject->brief = hc_session_brief(session, id);
    return status == HC_SKIP ? HC_OK : status;
}

static enum hc_status add_subject(struct path_read *read, struct hc_incident *incident, struct hc_arena *arena,
                                  const char hex[HC_SHA256_HEX], struct hc_err *err)
{
    struct hc_subject *grown = hc_arena_grow(read->arena, read->subjects, read->n_subjects, read->n_subjects + 1,
                                             &read->subjects_capacity, sizeof *grown);
    if (!grown)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident");
    read->subjects = grown;
    struct hc_subject *subject = &grown[read->n_subjects++];
    *subject = (struct hc_subject){.incident = incident, .source = hc_str_copy(arena, hc_str_of(hex))};
    enum hc_status status = find_brief(read, subject, arena, err);
    if (status == HC_OK)
        status = hc_outcomes_check(incident, read->session->catalogue, arena, err);
    if (status == HC_OK)
        status = hc_evidence_derive(incident, read->session->catalogue, arena, &subject->evidence, err);
    return status;
}

static enum hc_status take_source(void *context, struct hc_source *source, struct hc_err *err)
{
    struct path_read *read = context;
    struct hc_cli *cli = read->session->cli;
    char hex[HC_SHA256_HEX];
    enum hc_status status = HC_OK;

    hc_sha256_hex(source->sha256, hex);
    if (source->n_refusals)
        hc_say_refusals(source);
    cli->partial = cli->partial || source->status != HC_SOURCE_ACCEPTED;
    if (!source->n_incidents)
        return HC_OK;
    struct hc_arena **grown = hc_arena_grow(read->arena, read->arenas, read->n_arenas, read->n_arenas + 1,
                                            &read->arenas_capacity, sizeof *grown);
    if (!grown)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a source");
    read->arenas = grown;
    read->arenas[read->n_arenas++] = source->arena;
    for (size_t i = 0; status == HC_OK && i < source->n_incidents; i++)
        status = add_subject(read, source->incidents[i], source->arena, hex, err);
    source->arena = NULL;
    return status;
}

static void say_left_out(void *context, const struct hc_warning *warning)
{
    const struct path_read *read = context;
    hc_say_left_out(read->session->cli, warning);
}

static int compare_subjects(const void *a, const void *b)
{
    const struct hc_incident *x = ((const struct hc_subject *)a)->incident;
    const struct hc_incident *y = ((const struct hc_subject *)b)->incident;
    int order = hc_str_compare(x->id, y->id);
    return order ? order : memcmp(x->content, y->content, sizeof x->content);
}

static enum hc_status subjects_of_path(struct hc_session *session, const char *path, hc_subject_fn each, void *context,
                                       struct hc_err *err)
{
    struct path_read read = {.session = session, .arena = hc_arena_new(0)};
    struct hc_ingest_options options = {.n_threads = session->cli->n_threads, .limits = session->cli->limits};
    struct hc_ingest_sink sink = {.context = &read, .accept = take_source, .left_out = say_left_out};
    struct hc_arena *scratch = hc_arena_new(0);
    enum hc_status status = HC_OK;

    if (!read.arena || !scratch) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read %s", path);
        goto done;
    }
    status = hc_session_reading(session, err);
    options.redaction = session->redaction;
    options.mapping = session->mapping;
    if (status == HC_OK)
        status = hc_ingest_run(&path, 1, &options, &sink, err);
    if (status == HC_OK && read.n_subjects)
        qsort(read.subjects, read.n_subjects, sizeof *read.subjects, compare_subjects);
    for (size_t i = 0; status == HC_OK && i < read.n_subjects; i++) {
        hc_arena_reset(scratch);
        status = each(context, &read.subjects[i], scratch, err);
    }
done:
    for (size_t i = 0; i < read.n_arenas; i++)
        hc_arena_free(read.arenas[i]);
    hc_arena_free(read.arena);
    hc_arena_free(scratch);
    return status;
}

static void say_unknown_id(const struct hc_session *session, const char *id)
{
    struct hc_near near = HC_NEAR_NONE;
    const char *what = session->cli->ids ? "no incident" : "no file and no incident";
    for (size_t i = 0; i < session->n_briefs; i++)
        if (hc_same_digits(hc_str_of(id), session->briefs[i].id))
            hc_near_try(&near, hc_str_of(id), session->briefs[i].id);
    if (near.word.n)
        hc_say("%s '%s' in %s; did you mean '%.*s'? [id-unknown]", what, id, session->cli->corpus,
               HC_STR_ARG(near.word));
    else
        hc_say("%s '%s' in %s [id-unknown]", what, id, session->cli->corpus);
}

enum hc_status hc_session_subjects(struct hc_session *session, char **arguments, int n, hc_subject_fn each,
                                   void *context, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (int i = 0; status == HC_OK && i < n; i++) {
        if (hc_is_path(session->cli, arguments[i])) {
            status = subjects_of_path(session, arguments[i], each, context, err);
            continue;
        }
        if (!session->store)
            return hc_err_set(err, HC_FATAL, "corpus-missing",
                              "there is no file '%s', so it is an incident's id, and there is no corpus at %s",
                              arguments[i], session->cli->corpus);
        status = hc_session_subject(session, hc_str_of(arguments[i]), each, context, err);
        if (status == HC_SKIP) {
            say_unknown_id(session, arguments[i]);
            session->cli->partial = true;
            status = HC_OK;
        }
    }
    return status;
}
