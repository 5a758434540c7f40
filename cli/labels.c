#include "cli/session.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "analysis/evidence/texts.h"
#include "analysis/model/parameters.h"

enum hc_status hc_evidence_load(struct hc_evidence *out, struct hc_store *store, const struct hc_incident_brief *brief,
                                const struct hc_catalogue *catalogue, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_str packed = HC_STR_NONE;
    struct hc_incident *incident = NULL;
    enum hc_status status = hc_store_evidence_get(store, brief->key, arena, &packed, err);
    if (status == HC_OK && packed.p) {
        struct hc_err unfit = HC_ERR_NONE;
        status = hc_evidence_unpack(packed, catalogue, arena, out, &unfit);
        if (status == HC_OK)
            return HC_OK;
        if (status == HC_FATAL) {
            *err = unfit;
            return status;
        }
    }
    if (status == HC_FATAL)
        return status;
    status = hc_store_version_get(store, brief->key, arena, &incident, err);
    return status == HC_OK ? hc_evidence_extract(incident, catalogue, arena, out, err) : status;
}

static bool is_label(const struct hc_incident_brief *brief, struct hc_time known_by)
{
    return brief->confirmed && !brief->conflict && hc_time_known(brief->known_at) &&
           (!hc_time_known(known_by) || brief->known_at.ns <= known_by.ns);
}

/* Appends "N what", after a comma where something stands there. */
static void put_count(struct hc_buf *out, size_t begin, size_t n, const char *what)
{
    if (n)
        hc_buf_format(out, "%s%zu %s", out->n > begin ? ", " : "", n, what);
}

void hc_labels_put_left_out(const struct hc_session *session, struct hc_time known_by, struct hc_buf *out)
{
    size_t n_conflicts = 0, n_timeless = 0, n_later = 0;
    for (size_t i = 0; i < session->n_briefs; i++) {
        const struct hc_incident_brief *brief = &session->briefs[i];
        n_conflicts += brief->conflict && brief->has_outcome;
        if (!brief->confirmed || is_label(brief, known_by)) /* one in conflict is not confirmed */
            continue;
        n_timeless += !hc_time_known(brief->known_at);
        n_later += hc_time_known(brief->known_at);
    }
    size_t n = n_conflicts + n_timeless + n_later, begin;
    if (!n)
        return;
    hc_buf_format(out, "%zu incident%s with an outcome %s not used: ", n, n == 1 ? "" : "s", n == 1 ? "is" : "are");
    begin = out->n;
    put_count(out, begin, n_conflicts, "in conflict");
    put_count(out, begin, n_timeless,
              "without a time from which its outcome was known (outcome at, updated, window end)");
    put_count(out, begin, n_later, "known only later");
    hc_buf_char(out, '\n');
}

void hc_labels_put_wrong(double share, struct hc_buf *out)
{
    if (share >= HC_WRONG_LABELS_SAID)
        hc_buf_format(
            out,
            "about %ld in 100 labels look wrong: neither the evidence nor this model's usual faults account for "
            "them; what is stated is of causes, not of labels\n",
            lround(100 * share));
}

static int compare_briefs(const void *a, const void *b)
{
    const struct hc_incident_brief *x = *(const struct hc_incident_brief *const *)a;
    const struct hc_incident_brief *y = *(const struct hc_incident_brief *const *)b;
    if (x->known_at.ns != y->known_at.ns)
        return x->known_at.ns < y->known_at.ns ? -1 : 1;
    return hc_str_compare(x->id, y->id);
}

/* Each digest is of the one before it, the incident's id and its content, which holds its outcome; the first is of what
 * else decides what is learned from them. */
static enum hc_status digest_labels(struct hc_labels *labels, const struct hc_catalogue *catalogue,
                                    struct hc_arena *arena, struct hc_err *err)
{
    struct hc_buf bytes = {0};
    uint8_t digest[HC_SHA256_BYTES];
    enum hc_status status = HC_OK;
    char with[96];
    int n = snprintf(with, sizeof with, "evidence %d, model %d, catalogue %016" PRIx64, HC_EVIDENCE_VERSION,
                     HC_MODEL_VERSION, catalogue->checksum);
    hc_sha256_once(with, (size_t)n, digest);
    for (size_t i = 0; status == HC_OK && i < labels->n; i++) {
        const struct hc_incident_brief *brief = labels->briefs[i];
        hc_buf_clear(&bytes);
        hc_buf_add(&bytes, digest, sizeof digest);
        hc_buf_add(&bytes, brief->content, sizeof brief->content);
        hc_buf_str(&bytes, brief->id);
        if (!bytes.failed)
            hc_sha256_once(bytes.p, bytes.n, digest);
        labels->digests[i] = (struct hc_str){hc_arena_copy(arena, (const char *)digest, sizeof digest), sizeof digest};
        if (bytes.failed || !labels->digests[i].p)
            status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the labels");
    }
    hc_buf_free(&bytes);
    return status;
}

static struct hc_str keep_text(struct hc_str text, struct hc_arena *arena, bool *ok)
{
    if (!text.p)
        return HC_STR_NONE;
    const struct hc_str kept = hc_str_copy(arena, text);
    *ok = *ok && kept.p;
    return kept;
}

/* A copy of what is learned from: no texts of items, and of items only those about the incident as a whole, since what
 * those about components say is among the values, which are folded. */
static bool keep_learned(struct hc_evidence *out, const struct hc_evidence *e, size_t n_features,
                         struct hc_arena *arena)
{
    bool ok = true;
    *out = *e;
    out->incident = keep_text(e->incident, arena, &ok);
    out->service = keep_text(e->service, arena, &ok);
    out->components = hc_arena_alloc(arena, e->n_components * sizeof *out->components);
    out->n_items = 0;
    for (size_t i = 0; i < e->n_items; i++)
        out->n_items += e->items[i].component == HC_NO_COMPONENT;
    out->items = hc_arena_alloc(arena, out->n_items * sizeof *out->items);
    if (!ok || !out->components || !out->items || !hc_evidence_fold(out, n_features, arena))
        return false;
    for (size_t s = 0; s < e->n_components; s++)
        out->components[s] =
            (struct hc_evidence_component){keep_text(e->components[s].name, arena, &ok),
                                           keep_text(e->components[s].kind, arena, &ok), e->components[s].candidate};
    size_t n = 0;
    for (size_t i = 0; i < e->n_items; i++)
        if (e->items[i].component == HC_NO_COMPONENT)
            out->items[n++] = (struct hc_evidence_item){.feature = e->items[i].feature,
                                                        .component = HC_NO_COMPONENT,
                                                        .value = e->items[i].value,
                                                        .onset = HC_TIME_NONE};
    return ok;
}

enum hc_status hc_words_load(struct hc_word_set *out, struct hc_store *store, const struct hc_incident_brief *brief,
                             const struct hc_word_set *read, struct hc_arena *arena, struct hc_err *err)
{
    struct hc_incident *incident;
    struct hc_word_set told;
    enum hc_status status = hc_store_documents_get(store, brief->current, arena, &incident, err);
    if (status == HC_OK &&
        !(hc_words_told(&told, incident->documents, incident->n_documents, brief->found, brief->service, arena) &&
          hc_word_set_unite(out, read, &told, arena)))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident's words");
    return status;
}

static enum hc_status load_learned(struct hc_evidence *out, struct hc_word_set *told, const struct hc_session *session,
                                   const struct hc_incident_brief *brief, struct hc_arena *work, struct hc_err *err)
{
    struct hc_evidence whole = {0};
    struct hc_word_set words = {NULL, 0};
    enum hc_status status = hc_evidence_load(&whole, session->store, brief, session->catalogue, work, err);
    if (status == HC_OK)
        status = hc_words_load(&words, session->store, brief, &whole.words, work, err);
    if (status == HC_OK && !(keep_learned(out, &whole, session->catalogue->n_features, session->arena) &&
                             hc_word_set_copy(&out->words, &whole.words, session->arena) &&
                             hc_word_set_copy(told, &words, session->arena)))
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the labels");
    hc_arena_reset(work);
    return status;
}

enum hc_status hc_labels_load(struct hc_labels *out, const struct hc_session *session, struct hc_time known_by,
                              struct hc_err *err)
{
    struct hc_arena *arena = session->arena;
    const size_t n_briefs = session->n_briefs;
    struct hc_evidence *evidence = hc_arena_calloc(arena, n_briefs, sizeof *evidence);
    *out = (struct hc_labels){.items = hc_arena_calloc(arena, n_briefs, sizeof *out->items),
                              .briefs = hc_arena_calloc(arena, n_briefs, sizeof *out->briefs),
                              .digests = hc_arena_calloc(arena, n_briefs, sizeof *out->digests)};
    struct hc_arena *work = hc_arena_new(0);
    if (!work || !evidence || !out->items || !out->briefs || !out->digests) {
        hc_arena_free(work);
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the labels");
    }
    for (size_t i = 0; i < n_briefs; i++)
        if (is_label(&session->briefs[i], known_by))
            out->briefs[out->n++] = &session->briefs[i];
    if (out->n)
        qsort(out->briefs, out->n, sizeof *out->briefs, compare_briefs);
    enum hc_status status = HC_OK;
    for (size_t i = 0; i < out->n && status == HC_OK; i++) {
        const struct hc_incident_brief *brief = out->briefs[i];
        struct hc_word_set told = {NULL, 0};
        status = load_learned(&evidence[i], &told, session, brief, work, err);
        out->items[i] = (struct hc_labelled){.evidence = &evidence[i],
                                             .told = told,
                                             .category = brief->category,
                                             .cause = brief->cause,
                                             .component = brief->component,
                                             .started = brief->started,
                                             .known_at = brief->known_at};
    }
    hc_arena_free(work);
    return status == HC_OK ? digest_labels(out, session->catalogue, arena, err) : status;
}

size_t hc_labels_learned(const struct hc_labels *labels, const struct hc_calibration *c, bool *as_they_were)
{
    for (size_t i = labels->n; i-- > 0 && c->labels.p;)
        if (hc_str_equal(labels->digests[i], c->labels)) {
            if (as_they_were)
                *as_they_were = true;
            return i + 1;
        }
    size_t n = 0;
    while (c->number && n < labels->n && labels->items[n].known_at.ns <= c->as_of.ns)
        n++;
    if (as_they_were)
        *as_they_were = false;
    return n;
}
