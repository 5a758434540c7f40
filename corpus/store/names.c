/* Texts that recur, kept once and known by key. */
#include "corpus/store/put.h"

#define MOST_NAMES INT32_MAX /* a key shares a column with another number */
#define CACHE_TEXTS 65536    /* past it the cache starts anew: an ingest of any length needs bounded memory */

void hc_key_cache_clear(struct hc_key_cache *cache)
{
    if (!cache->arena)
        return;
    hc_arena_reset(cache->arena);
    hc_names_init(&cache->names, cache->arena);
    cache->keys = NULL;
    cache->n_keys = cache->capacity = 0;
}

static int64_t cache_find(const struct hc_key_cache *cache, struct hc_str text)
{
    size_t i = cache->arena && cache->n_keys ? hc_names_find(&cache->names, text) : HC_NAME_NONE;
    return i == HC_NAME_NONE || i >= cache->n_keys ? 0 : cache->keys[i];
}

/* A cache that cannot grow only costs speed. */
static void cache_add(struct hc_key_cache *cache, struct hc_str text, int64_t key)
{
    if (!cache->arena) {
        cache->arena = hc_arena_new(0);
        if (!cache->arena)
            return;
        hc_names_init(&cache->names, cache->arena);
    }
    if (cache->n_keys >= CACHE_TEXTS)
        hc_key_cache_clear(cache);
    int64_t *keys =
        hc_arena_grow(cache->arena, cache->keys, cache->n_keys, cache->n_keys + 1, &cache->capacity, sizeof *keys);
    if (!keys)
        return;
    cache->keys = keys;
    size_t i = hc_names_add(&cache->names, text);
    if (i == cache->n_keys)
        cache->keys[cache->n_keys++] = key;
    else
        hc_key_cache_clear(cache);
}

static enum hc_status find_key(struct hc_store *store, enum hc_statement which, const struct hc_str *text,
                               const int64_t *id, int64_t *key, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    if (id)
        hc_bind_int(&b, *id);
    hc_bind_text(&b, *text);
    enum hc_status status = hc_store_step(store, b.statement, err);
    *key = 0;
    if (status == HC_OK)
        *key = sqlite3_column_int64(b.statement, 0);
    sqlite3_reset(b.statement);
    return status == HC_END ? HC_OK : status;
}

static enum hc_status insert_text(struct hc_store *store, enum hc_statement which, const struct hc_str *text,
                                  const int64_t *id, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, which, err), 0};
    if (!b.statement)
        return HC_FATAL;
    if (id)
        hc_bind_int(&b, *id);
    hc_bind_text(&b, *text);
    return hc_store_run(store, b.statement, err);
}

enum hc_status hc_store_name(struct hc_store *store, struct hc_str text, int64_t *key, struct hc_err *err)
{
    *key = 0;
    if (!text.p)
        return HC_OK;
    *key = cache_find(&store->names, text);
    if (*key)
        return HC_OK;
    enum hc_status status = find_key(store, HC_SQL_NAME_FIND, &text, NULL, key, err);
    if (status == HC_OK && *key == 0) {
        status = insert_text(store, HC_SQL_NAME_INSERT, &text, NULL, err);
        *key = sqlite3_last_insert_rowid(store->db);
    }
    if (status == HC_OK && (*key < 1 || *key > MOST_NAMES))
        status = hc_store_corrupt(err, "it has more names than can be told apart");
    if (status == HC_OK)
        cache_add(&store->names, text, *key);
    else
        *key = 0; /* who asked may shift it before it looks at the status */
    return status;
}

enum hc_status hc_store_template(struct hc_store *store, const struct hc_template *template, int64_t *key,
                                 struct hc_err *err)
{
    *key = cache_find(&store->templates, template->text);
    if (*key)
        return HC_OK;
    int64_t id = (int64_t) template->id;
    enum hc_status status = find_key(store, HC_SQL_TEMPLATE_FIND, &template->text, &id, key, err);
    if (status == HC_OK && *key == 0) {
        status = insert_text(store, HC_SQL_TEMPLATE_INSERT, &template->text, &id, err);
        *key = sqlite3_last_insert_rowid(store->db);
        if (status == HC_OK)
            status = insert_text(store, HC_SQL_TEMPLATE_SEARCH_INSERT, &template->text, key, err);
    }
    if (status == HC_OK)
        cache_add(&store->templates, template->text, *key);
    return status;
}

enum hc_status hc_put_name(struct hc_put *put, struct hc_str text, int64_t *key, struct hc_err *err)
{
    size_t slot = ((uintptr_t)text.p ^ (uintptr_t)text.p >> 7) % HC_PUT_RECENT;
    enum hc_status status = HC_OK;
    if (put->recent[slot].text.p != text.p || put->recent[slot].text.n != text.n) {
        status = hc_store_name(put->store, text, &put->recent[slot].key, err);
        put->recent[slot].text = text;
    }
    *key = put->recent[slot].key;
    return status;
}
