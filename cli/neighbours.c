/* Past incidents nearest to one. */
#include <math.h>

#include "analysis/evidence/texts.h"
#include "cli/session.h"

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to compare incidents");
}

/* What is compared of one incident: its profile, its signs, and its words as they could be read at once and as all were
 * written. */
struct compared {
    double *profile;
    struct hc_word_set *signs, *words;
    bool *has_logs; /* NULL: not asked */
};

/* The kind that an incident has where it has log lines, and not else; n_kinds: there is none. */
static size_t kind_of_logs(const struct hc_catalogue *catalogue)
{
    size_t k = 0;
    while (k < catalogue->n_kinds && !hc_str_is(catalogue->kinds[k].counts_as, "log"))
        k++;
    return k;
}

static enum hc_status load_one(struct hc_session *session, const struct hc_incident_brief *brief,
                               const struct compared *out, struct hc_err *err)
{
    struct hc_evidence evidence = {0};
    struct hc_word_set all = {NULL, 0};
    struct hc_arena *scratch = hc_arena_new(0);
    enum hc_status status =
        scratch ? hc_evidence_load(&evidence, session->store, brief, session->catalogue, scratch, err) : no_memory(err);
    if (status == HC_OK)
        status = hc_words_load(&all, session->store, brief, &evidence.words, scratch, err);
    if (status == HC_OK) {
        hc_evidence_profile(&evidence, session->catalogue, out->profile);
        if (out->has_logs)
            *out->has_logs = evidence.kinds >> kind_of_logs(session->catalogue) & 1;
        if (!hc_evidence_signs(out->signs, &evidence, session->catalogue, session->arena) ||
            !hc_word_set_copy(&out->words[0], &evidence.words, session->arena) ||
            !hc_word_set_copy(&out->words[1], &all, session->arena))
            status = no_memory(err);
    }
    hc_arena_free(scratch);
    return status;
}

enum hc_status hc_session_load_compared(struct hc_session *session, struct hc_err *err)
{
    const size_t n_features = session->catalogue->n_features, n = session->n_briefs;
    enum hc_status status = HC_OK;
    if (session->profiles || !n)
        return HC_OK;
    struct hc_word_set *words = hc_arena_calloc(session->arena, 2 * n, sizeof *words);
    struct hc_word_set *signs = hc_arena_calloc(session->arena, n, sizeof *signs);
    session->profiles = hc_arena_calloc(session->arena, n * n_features, sizeof *session->profiles);
    const bool asks = kind_of_logs(session->catalogue) < session->catalogue->n_kinds;
    bool *has_logs = hc_arena_calloc(session->arena, n, sizeof *has_logs);
    if (!session->profiles || !words || !signs || !has_logs)
        return no_memory(err);
    session->has_logs = asks ? has_logs : NULL;
    for (size_t i = 0; status == HC_OK && i < n; i++) {
        const struct compared one = {session->profiles + i * n_features, signs + i, words + 2 * i,
                                     asks ? has_logs + i : NULL};
        status = load_one(session, &session->briefs[i], &one, err);
    }
    if (status == HC_OK && !(hc_texts_make(&session->texts, words, 2 * n, session->arena) &&
                             hc_texts_make(&session->signs, signs, n, session->arena)))
        status = no_memory(err);
    return status;
}

/* Keeps the `limit` most similar, ties by id (briefs come by id). */
static void keep(struct hc_neighbour *nearest, size_t *n, size_t limit, struct hc_neighbour neighbour)
{
    size_t at = *n;
    while (at > 0 && nearest[at - 1].similarity < neighbour.similarity)
        at--;
    if (at >= limit)
        return;
    size_t last = *n < limit ? (*n)++ : limit - 1;
    for (size_t i = last; i > at; i--)
        nearest[i] = nearest[i - 1];
    nearest[at] = neighbour;
}

/* Of one that does not say when it began nothing is past or later, nor is it to others. */
static bool are_timed(const struct hc_incident_brief *brief, const struct hc_subject *subject)
{
    return hc_time_known(brief->started) && hc_time_known(subject->incident->window_start);
}

static bool is_past(const struct hc_incident_brief *brief, const struct hc_subject *subject)
{
    return are_timed(brief, subject) && brief->started.ns < subject->incident->window_start.ns &&
           !hc_str_equal(brief->id, subject->incident->id);
}

struct hc_session_others hc_session_others(const struct hc_session *session, const struct hc_subject *subject)
{
    struct hc_session_others others = {0, 0};
    for (size_t i = 0; i < session->n_briefs; i++)
        if (are_timed(&session->briefs[i], subject) && !hc_str_equal(session->briefs[i].id, subject->incident->id))
            *(is_past(&session->briefs[i], subject) ? &others.n_before : &others.n_later) += 1;
    return others;
}

static bool is_by(struct hc_time at, struct hc_time then)
{
    return hc_time_known(at) && at.ns <= then.ns;
}

/* A subject among the past: what is compared with what. */
struct search {
    struct hc_session *session;
    const struct hc_subject *subject;
    struct hc_time began;
    double *profile;
    struct hc_word_set words, signs;
    uint32_t *word_ids, *sign_ids; /* their numbers */
    bool *chosen;                  /* by text of the session's: it could be read when the subject began */
    bool *past;                    /* by incident */
    double *weights, rarest, *sign_weights, rarest_sign;
    struct hc_arena *arena;
};

/* Which text of an incident was there by then: its documents and what was found count from when that was known. */
static size_t text_by_then(const struct search *s, size_t brief)
{
    const struct hc_incident_brief *b = &s->session->briefs[brief];
    return 2 * brief + is_by(hc_time_known(b->known_at) ? b->known_at : b->written, s->began);
}

/* Where nothing but documents tells of the subject it is compared by all of them, but for an analysis. */
static enum hc_status take_words(struct search *s, struct hc_err *err)
{
    const struct hc_incident *incident = s->subject->incident;
    struct hc_word_set told;
    s->words = s->subject->evidence.words;
    if (s->subject->evidence.kinds || !s->session->compares_told)
        return HC_OK;
    return hc_words_told(&told, incident->documents, incident->n_documents, HC_STR_NONE, incident->service, s->arena) &&
                   hc_word_set_unite(&s->words, &s->subject->evidence.words, &told, s->arena)
               ? HC_OK
               : no_memory(err);
}

static enum hc_status begin_search(struct search *s, struct hc_err *err)
{
    const struct hc_session *session = s->session;
    double n = 0, n_past = 0;
    s->began = s->subject->incident->window_start;
    s->profile = hc_arena_calloc(s->arena, session->catalogue->n_features, sizeof *s->profile);
    s->chosen = hc_arena_calloc(s->arena, session->texts.n, sizeof *s->chosen);
    s->past = hc_arena_calloc(s->arena, session->n_briefs, sizeof *s->past);
    s->weights = hc_arena_alloc(s->arena, session->texts.n_words * sizeof *s->weights);
    s->sign_weights = hc_arena_alloc(s->arena, session->signs.n_words * sizeof *s->weights);
    if (!s->profile || !s->chosen || !s->past || !s->weights || !s->sign_weights ||
        !hc_evidence_signs(&s->signs, &s->subject->evidence, session->catalogue, s->arena))
        return no_memory(err);
    hc_evidence_profile(&s->subject->evidence, session->catalogue, s->profile);
    for (size_t i = 0; i < session->n_briefs; i++) {
        if (!is_past(&session->briefs[i], s->subject))
            continue;
        s->chosen[text_by_then(s, i)] = s->past[i] = true;
        n += session->texts.n_ids[text_by_then(s, i)] > 0;
        n_past += session->signs.n_ids[i] > 0;
    }
    hc_texts_weights(&session->texts, s->chosen, s->weights);
    hc_texts_weights(&session->signs, s->past, s->sign_weights);
    s->rarest = log(1 + n);
    s->rarest_sign = log(1 + n_past);
    const enum hc_status status = take_words(s, err);
    if (status != HC_OK)
        return status;
    s->word_ids = hc_text_number(&session->texts, &s->words, s->arena);
    s->sign_ids = hc_text_number(&session->signs, &s->signs, s->arena);
    return s->word_ids && s->sign_ids ? HC_OK : no_memory(err);
}

static struct hc_neighbour compare(const struct search *s, size_t i)
{
    const struct hc_session *session = s->session;
    const struct hc_incident_brief *b = &session->briefs[i];
    const size_t n_features = session->catalogue->n_features;
    const bool same_service = b->service.p && hc_str_equal(b->service, s->subject->incident->service);
    struct hc_neighbour out = {.brief = b, .mitigated_minutes = NAN};
    out.ended = b->confirmed && !b->conflict && is_by(b->known_at, s->began);
    out.evidence = (hc_profile_cosine(s->profile, session->profiles + i * n_features, n_features) +
                    hc_text_cosine(&session->signs, i, s->sign_ids, s->signs.n, s->sign_weights, s->rarest_sign, 0)) /
                   2;
    out.text =
        hc_text_cosine(&session->texts, text_by_then(s, i), s->word_ids, s->words.n, s->weights, s->rarest, s->rarest);
    out.similarity = hc_similarity(out.evidence, out.text, same_service);
    return out;
}

/* The last change before an incident was mitigated, and after it was noticed. */
static struct hc_str mended_by(const struct hc_incident *past, struct hc_time mitigated, struct hc_arena *arena)
{
    const struct hc_time noticed = hc_time_known(past->detected) ? past->detected : past->window_start;
    const struct hc_change *last = NULL;
    for (size_t i = 0; i < past->n_changes; i++)
        if (is_by(noticed, past->changes[i].at) && is_by(past->changes[i].at, mitigated))
            last = &past->changes[i];
    if (!last)
        return HC_STR_NONE;
    const struct hc_str component =
        last->component == HC_NO_COMPONENT ? HC_STR_NONE : past->components[last->component].name;
    return hc_str_format(arena, "%.*s%s%.*s%s%.*s", HC_STR_ARG(last->kind), component.p ? " of " : "",
                         HC_STR_ARG(component), last->version.p ? " to " : "", HC_STR_ARG(last->version));
}

/* How it went on, so far as that was over when the subject began. */
static enum hc_status tell(struct hc_neighbour *out, const struct search *s, struct hc_err *err)
{
    struct hc_incident *past = NULL;
    hc_session_lock(s->session);
    const enum hc_status status = hc_store_told_get(s->session->store, out->brief->current, s->arena, &past, err);
    hc_session_unlock(s->session);
    if (status != HC_OK)
        return status;
    const struct hc_time mitigated = hc_time_known(past->mitigated) ? past->mitigated : past->window_end;
    out->found = out->ended ? out->brief->found : HC_STR_NONE;
    if (!is_by(mitigated, s->began) || !hc_time_known(past->window_start))
        return HC_OK;
    out->mitigated = hc_time_known(past->mitigated);
    out->mitigated_minutes = (double)(mitigated.ns - past->window_start.ns) / 60e9;
    out->mended_by = mended_by(past, mitigated, s->arena);
    return HC_OK;
}

static enum hc_status say_what(struct hc_neighbour *out, const struct search *s, struct hc_err *err)
{
    const struct hc_session *session = s->session;
    const size_t i = (size_t)(out->brief - session->briefs), n = session->catalogue->n_features;
    const double *profile = session->profiles + i * n;
    out->n_shared = hc_profile_shared(s->profile, profile, n, HC_NEIGHBOUR_LIST, out->shared);
    out->n_missed = hc_profile_missed(s->profile, profile, n, HC_NEIGHBOUR_LIST, out->missed);
    out->n_words =
        hc_text_shared(&session->texts, text_by_then(s, i), &s->words, s->weights, out->words, HC_NEIGHBOUR_LIST);
    return tell(out, s, err);
}

enum hc_status hc_session_similar(struct hc_session *session, const struct hc_subject *subject, size_t limit,
                                  struct hc_arena *arena, struct hc_neighbour **out, size_t *n, struct hc_err *err)
{
    struct search s = {.session = session, .subject = subject, .arena = arena};
    *out = hc_arena_calloc(arena, limit, sizeof **out);
    *n = 0;
    if (!*out)
        return no_memory(err);
    if (!session->store)
        return HC_OK;
    enum hc_status status = hc_session_load_compared(session, err);
    if (status == HC_OK)
        status = begin_search(&s, err);
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++) {
        if (!is_past(&session->briefs[i], subject))
            continue;
        const struct hc_neighbour neighbour = compare(&s, i);
        if (neighbour.similarity >= HC_NEIGHBOUR_LEAST)
            keep(*out, n, limit, neighbour);
    }
    for (size_t i = 0; status == HC_OK && i < *n; i++)
        status = say_what(&(*out)[i], &s, err);
    return status;
}

/* The best so far by one measure, and how many of those that are equally good have what the subject had. */
struct best {
    double value;
    uint32_t n, n_same[HC_USEFUL_QUESTIONS];
};

static void take(struct best *best, double value, const bool same[HC_USEFUL_QUESTIONS])
{
    if (best->n && value < best->value)
        return;
    if (!best->n || value > best->value)
        *best = (struct best){.value = value};
    best->n++;
    for (int q = 0; q < HC_USEFUL_QUESTIONS; q++)
        best->n_same[q] += same[q];
}

enum hc_status hc_session_usefulness(struct hc_session *session, const struct hc_subject *subject,
                                     struct hc_useful *out, struct hc_arena *arena, struct hc_err *err)
{
    const struct hc_incident_brief *own = subject->brief;
    struct search s = {.session = session, .subject = subject, .arena = arena};
    struct best best[HC_USEFUL_MEASURES] = {{0}};
    enum hc_status status = hc_session_load_compared(session, err);
    if (status == HC_OK)
        status = begin_search(&s, err);
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++) {
        const struct hc_incident_brief *b = &session->briefs[i];
        if (!is_past(b, subject) || !b->category.p || b->conflict)
            continue;
        const struct hc_neighbour x = compare(&s, i);
        const bool same_service = b->service.p && hc_str_equal(b->service, own->service);
        const bool same[HC_USEFUL_QUESTIONS] = {hc_str_equal(b->category, own->category),
                                                own->component.p && hc_str_equal(b->component, own->component)};
        const double values[HC_USEFUL_MEASURES] = {x.similarity, hc_similarity(x.evidence, 0, same_service),
                                                   hc_similarity(0, x.text, same_service), same_service, 0};
        for (int m = 0; m < HC_USEFUL_MEASURES; m++)
            take(&best[m], values[m], same);
    }
    if (status != HC_OK || !best[0].n)
        return status;
    for (int q = 0; q < HC_USEFUL_QUESTIONS; q++) {
        out->n[q] += q == 0 || own->component.p;
        for (int m = 0; m < HC_USEFUL_MEASURES; m++)
            out->right[m][q] += (double)best[m].n_same[q] / best[m].n;
    }
    return HC_OK;
}

static void put_names(const struct hc_session *session, const char *key, const uint32_t *features, size_t n,
                      struct hc_json_writer *w)
{
    hc_json_key(w, key);
    hc_json_open_array(w);
    for (size_t i = 0; i < n; i++)
        hc_json_string(w, session->catalogue->features[features[i]].name);
    hc_json_close_array(w);
}

static void put_neighbour(const struct hc_session *session, const struct hc_neighbour *neighbour,
                          struct hc_json_writer *w)
{
    const struct hc_incident_brief *b = neighbour->brief;
    hc_json_open_object(w);
    hc_json_put_string(w, "incident", b->id);
    hc_json_put_string(w, "title", b->title);
    hc_json_put_number(w, "similarity", neighbour->similarity);
    hc_json_put_number(w, "evidence", neighbour->evidence);
    hc_json_put_number(w, "text", neighbour->text);
    hc_json_put_string(w, "category", neighbour->ended ? b->category : HC_STR_NONE);
    hc_json_put_string(w, "cause", neighbour->ended ? b->cause : HC_STR_NONE);
    hc_json_put_string(w, "component", neighbour->ended ? b->component : HC_STR_NONE);
    hc_json_put_string(w, "found", neighbour->found);
    hc_json_put_number(w, "mitigated_minutes", neighbour->mitigated_minutes);
    hc_json_put_string(w, "mended_by", neighbour->mended_by);
    put_names(session, "shared", neighbour->shared, neighbour->n_shared, w);
    put_names(session, "missed", neighbour->missed, neighbour->n_missed, w);
    hc_json_key(w, "words");
    hc_json_open_array(w);
    for (size_t i = 0; i < neighbour->n_words; i++)
        hc_json_string(w, neighbour->words[i]);
    hc_json_close_array(w);
    hc_json_close_object(w);
}

void hc_neighbours_json(const struct hc_session *session, const struct hc_neighbour *neighbours, size_t n,
                        struct hc_json_writer *w)
{
    hc_json_key(w, "similar");
    hc_json_open_array(w);
    for (size_t i = 0; i < n; i++)
        put_neighbour(session, &neighbours[i], w);
    hc_json_close_array(w);
}
