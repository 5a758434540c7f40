/* `backtest --documents`: incidents that are nothing but documents. */
#include "analysis/model/documents.h"

#include "analysis/evidence/texts.h"
#include "cli/scores.h"

struct documents {
    struct hc_told_incident *items;
    size_t n;
    size_t
        n_probable; /* of them, whose category nobody confirmed: it is that of a tag, or stated without a root cause found */
};

/* Does some tag of this field speak for a category? Then its words would give the answer away. */
static bool states_categories(const struct hc_incident *incident, struct hc_str field)
{
    for (size_t i = 0; i < incident->n_tags; i++)
        if (incident->tags[i].category.p && hc_str_equal(incident->tags[i].name, field))
            return true;
    return false;
}

static bool take_words(struct hc_told_incident *out, const struct hc_incident *incident, struct hc_arena *arena)
{
    struct hc_word_set tags;
    struct hc_str *texts = hc_arena_alloc(arena, incident->n_tags * sizeof *texts);
    size_t n = 0;
    for (size_t i = 0; texts && i < incident->n_tags; i++)
        if (!states_categories(incident, incident->tags[i].name))
            texts[n++] = incident->tags[i].text;
    return texts &&
           hc_words_told(&out->words, incident->documents, incident->n_documents, HC_STR_NONE, incident->service,
                         arena) &&
           hc_word_set_make(&tags, texts, n, incident->service, arena) &&
           hc_word_set_unite(&out->with_tags, &out->words, &tags, arena);
}

static enum hc_status add_documents(struct documents *documents, struct hc_session *session,
                                    const struct hc_incident_brief *brief, struct hc_err *err)
{
    struct hc_incident *incident = NULL;
    struct hc_evidence evidence = {0};
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = work ? hc_evidence_load(&evidence, session->store, brief, session->catalogue, work, err)
                                 : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident");
    if (status == HC_OK && !evidence.kinds)
        status = hc_store_told_get(session->store, brief->current, session->arena, &incident, err);
    hc_arena_free(work);
    if (status != HC_OK || !incident || !incident->n_documents)
        return status;
    struct hc_told_incident *item = &documents->items[documents->n++];
    item->category = brief->category;
    documents->n_probable += !brief->confirmed;
    return take_words(item, incident, session->arena)
               ? HC_OK
               : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident's words");
}

static enum hc_status load(struct documents *out, struct hc_session *session, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    *out = (struct documents){hc_arena_calloc(session->arena, session->n_briefs, sizeof *out->items), 0, 0};
    if (!out->items)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the documents");
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++)
        if (session->briefs[i].category.p && !session->briefs[i].conflict)
            status = add_documents(out, session, &session->briefs[i], err);
    return status;
}

static void print_json(const struct hc_cli *cli, const struct hc_documents_scores *s, const struct documents *documents,
                       struct hc_buf *out)
{
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    hc_json_put_int(&w, "folds", s->n_folds);
    hc_json_put_int(&w, "probable", (int64_t)documents->n_probable);
    hc_json_scores(&w, &s->words);
    hc_json_key(&w, "baselines");
    hc_json_open_object(&w);
    hc_json_key(&w, "priors");
    hc_json_open_object(&w);
    hc_json_scores(&w, &s->priors);
    hc_json_close_object(&w);
    hc_json_close_object(&w);
    hc_json_key(&w, "with_tags");
    hc_json_open_object(&w);
    hc_json_scores(&w, &s->with_tags);
    hc_json_close_object(&w);
    hc_json_end(&w);
}

static void print_text(const struct hc_documents_scores *s, const struct documents *documents, struct hc_buf *out)
{
    hc_buf_format(out, "%u incident%s of nothing but documents with a category (%zu of %s probable), ", s->n,
                  s->n == 1 ? "" : "s", documents->n_probable, s->n == 1 ? "it" : "them");
    if (s->n_folds == s->n)
        hc_buf_text(out, "each left out in turn\n");
    else
        hc_buf_format(out, "in %u folds\n", s->n_folds);
    if (!s->n)
        return;
    hc_text_score_names(out, "categories");
    hc_text_scores(out, "words", &s->words);
    hc_text_scores(out, "words and tags", &s->with_tags);
    hc_text_scores(out, "priors", &s->priors);
    hc_text_calibration(out, &s->words);
    hc_buf_text(out, "  Tags of a field that states categories are in neither.\n");
}

enum hc_status hc_backtest_documents(struct hc_session *session, const struct hc_backtest_options *options,
                                     struct hc_buf *out, struct hc_err *err)
{
    struct documents documents;
    struct hc_documents_scores scores;
    enum hc_status status = load(&documents, session, err);
    if (status == HC_OK)
        status = hc_documents_validate(&scores, documents.items, documents.n, options, session->catalogue, err);
    if (status == HC_OK && session->cli->json)
        print_json(session->cli, &scores, &documents, out);
    else if (status == HC_OK)
        print_text(&scores, &documents, out);
    return status;
}
