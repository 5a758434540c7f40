/* Full-text search over titles, documents and log templates. */
#include "corpus/store/internal.h"

/* Every word as a phrase of its own, so that no sign in it is an operator: all must be there. */
static struct hc_buf match_of(struct hc_str words)
{
    struct hc_buf match = {0};
    size_t i = 0;
    while (i < words.n) {
        size_t begin = i;
        while (i < words.n && (unsigned char)words.p[i] > ' ')
            i++;
        if (i > begin) {
            hc_buf_text(&match, match.n ? " \"" : "\"");
            for (size_t k = begin; k < i; k++) {
                if (words.p[k] == '"')
                    hc_buf_char(&match, '"');
                hc_buf_char(&match, words.p[k]);
            }
            hc_buf_char(&match, '"');
        }
        while (i < words.n && (unsigned char)words.p[i] <= ' ')
            i++;
    }
    return match;
}

struct hits {
    struct hc_search_hit *items;
    size_t n, capacity, limit;
    struct hc_arena *arena;
};

static enum hc_status add_hits(struct hc_store *store, enum hc_statement which, struct hc_str match, struct hits *hits,
                               struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, match);
    hc_bind_int(&b, (int64_t)(hits->limit - hits->n));
    enum hc_status status;
    while ((status = hc_store_step(store, b.statement, err)) == HC_OK) {
        struct hc_search_hit *grown =
            hc_arena_grow(hits->arena, hits->items, hits->n, hits->n + 1, &hits->capacity, sizeof *hits->items);
        struct hc_columns c = {b.statement, hits->arena, 0, grown == NULL};
        if (grown) {
            hits->items = grown;
            grown[hits->n].incident = hc_column_text(&c);
            grown[hits->n].where = hc_column_text(&c);
            grown[hits->n].snippet = hc_column_text(&c);
            hits->n++;
        }
        if (c.no_memory) {
            status = hc_store_no_memory(err);
            break;
        }
    }
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status count_hits(struct hc_store *store, enum hc_statement which, struct hc_str match, size_t *n,
                                 struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, match);
    enum hc_status status = hc_store_step(store, b.statement, err);
    if (status == HC_OK)
        *n += (size_t)sqlite3_column_int64(b.statement, 0);
    sqlite3_reset(b.statement);
    return status;
}

enum hc_status hc_store_search(struct hc_store *store, struct hc_str words, size_t limit, struct hc_arena *arena,
                               struct hc_search *out, struct hc_err *err)
{
    static const enum hc_statement count[] = {HC_SQL_SEARCH_TITLE_COUNT, HC_SQL_SEARCH_DOCUMENT_COUNT,
                                              HC_SQL_SEARCH_TEMPLATE_COUNT};
    static const enum hc_statement where[] = {HC_SQL_SEARCH_TITLE, HC_SQL_SEARCH_DOCUMENT, HC_SQL_SEARCH_TEMPLATE};
    struct hits hits = {.limit = limit, .arena = arena};
    struct hc_buf match = match_of(words);
    enum hc_status status = match.failed ? hc_store_no_memory(err) : HC_OK;
    for (size_t i = 0; match.n && status == HC_OK && i < sizeof where / sizeof *where; i++)
        if (hits.n < limit)
            status = add_hits(store, where[i], hc_buf_view(&match), &hits, err);
    size_t n_all = hits.n < limit ? hits.n : 0;
    for (size_t i = 0; hits.n == limit && status == HC_OK && i < sizeof count / sizeof *count; i++)
        status = count_hits(store, count[i], hc_buf_view(&match), &n_all, err);
    hc_buf_free(&match);
    *out = (struct hc_search){hits.items, hits.n, n_all};
    return status;
}
