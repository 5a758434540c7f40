#include "analysis/evidence/texts.h"

/* The last line of `text` and what stands before it. */
static struct hc_str last_line(struct hc_str text, struct hc_str *before)
{
    const struct hc_str line = hc_str_after_last(text, '\n');
    *before = (struct hc_str){text.p, text.n - line.n - (line.n < text.n)};
    return hc_str_trim(line);
}

static struct hc_str without_first(struct hc_str text)
{
    struct hc_str rest = text;
    if (!hc_str_is(hc_str_take_line(&rest), "---"))
        return text;
    while (rest.n) {
        const struct hc_str line = hc_str_take_line(&rest);
        if (hc_str_is(line, "---") || hc_str_is(line, "..."))
            return rest;
    }
    return text;
}

struct hc_str hc_document_body(struct hc_str text)
{
    const struct hc_str body = without_first(text);
    struct hc_str before, rest = hc_str_trim(text);
    if (body.n < text.n || rest.n == 0 || !hc_str_is(last_line(rest, &before), "---"))
        return body;
    for (rest = before; rest.n; rest = before)
        if (hc_str_is(last_line(rest, &before), "---"))
            return before;
    return body;
}

static bool is_postmortem(const struct hc_document *document)
{
    static const char *const kinds[] = {"postmortem", "post-mortem", "rca", "root-cause-analysis", "retrospective"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (hc_str_equal_nocase(document->kind, hc_str_of(kinds[i])))
            return true;
    return false;
}

/* A tool's record is exported when it is closed, with its last words. */
static bool is_record(const struct hc_document *document)
{
    return hc_str_is(document->kind, "record");
}

static struct hc_str body_of(const struct hc_document *document)
{
    return hc_str_cut(hc_document_body(document->text), HC_DOCUMENT_BYTES);
}

bool hc_words_read(struct hc_word_set *out, const struct hc_incident *incident, struct hc_arena *arena)
{
    const size_t n_documents = incident->n_documents;
    struct hc_str *texts = hc_arena_calloc(arena, 1 + n_documents, sizeof *texts);
    if (!texts)
        return false;
    texts[0] = incident->title;
    for (size_t i = 0; i < n_documents; i++) {
        const struct hc_document *document = &incident->documents[i];
        if (!is_postmortem(document) && !is_record(document))
            texts[1 + i] = body_of(document);
        else if (is_postmortem(document) && hc_str_starts(hc_str_trim(document->title), hc_str_trim(incident->title)))
            texts[0] = HC_STR_NONE;
    }
    return hc_word_set_make(out, texts, 1 + n_documents, incident->service, arena);
}

bool hc_words_told(struct hc_word_set *out, const struct hc_document *documents, size_t n, struct hc_str found,
                   struct hc_str service, struct hc_arena *arena)
{
    struct hc_str *texts = hc_arena_calloc(arena, 1 + 2 * n, sizeof *texts);
    if (!texts)
        return false;
    texts[0] = found;
    for (size_t i = 0; i < n; i++) {
        texts[1 + 2 * i] = documents[i].title;
        texts[2 + 2 * i] = body_of(&documents[i]);
    }
    return hc_word_set_make(out, texts, 1 + 2 * n, service, arena);
}
