/* Reading packed blobs field by field; included by the files that unpack. */
#ifndef HC_CORPUS_STORE_READER_H
#define HC_CORPUS_STORE_READER_H

#include "corpus/store/internal.h"

/* Reads on in a copy that lives in the arena; once `bad`, everything reads as zero. */
struct reader {
    const char *p, *end;
    struct hc_arena *arena;
    bool bad, no_memory;
};

static inline void get_bytes(struct reader *r, void *out, size_t n)
{
    if ((size_t)(r->end - r->p) < n)
        r->bad = true;
    if (r->bad) {
        memset(out, 0, n);
        return;
    }
    memcpy(out, r->p, n);
    r->p += n;
}

static inline uint32_t get_u32(struct reader *r)
{
    uint32_t value;
    get_bytes(r, &value, sizeof value);
    return value;
}

static inline int64_t get_i64(struct reader *r)
{
    int64_t value;
    get_bytes(r, &value, sizeof value);
    return value;
}

static inline double get_f64(struct reader *r)
{
    double value;
    get_bytes(r, &value, sizeof value);
    return value;
}

static inline struct hc_str get_text(struct reader *r)
{
    uint32_t n = get_u32(r);
    if (n == HC_TEXT_ABSENT)
        return HC_STR_NONE;
    if ((size_t)(r->end - r->p) < n)
        r->bad = true;
    if (r->bad)
        return HC_STR_NONE;
    struct hc_str text = {r->p, n};
    r->p += n;
    return text;
}

static inline struct hc_time get_time(struct reader *r)
{
    struct hc_time time;
    uint8_t digits;
    time.ns = get_i64(r);
    get_bytes(r, &digits, 1);
    time.digits = (int8_t)digits;
    return time;
}

static inline struct hc_source_place get_place(struct reader *r)
{
    struct hc_source_place place;
    place.member = get_text(r);
    place.line = get_u32(r);
    return place;
}

/* An item takes at least a byte, so a length that is made up cannot ask for more than 300 times the blob. */
static inline void *get_list(struct reader *r, size_t *n, size_t item_bytes)
{
    *n = get_u32(r);
    if (*n > (size_t)(r->end - r->p)) {
        r->bad = true;
        *n = 0;
    }
    void *items = hc_arena_calloc(r->arena, *n, item_bytes);
    if (!items) {
        r->no_memory = r->bad = true;
        *n = 0;
    }
    return items;
}

#endif
