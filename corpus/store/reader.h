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

static inline int64_t get_i64(struct reader *r)
{
    int64_t value;
    get_bytes(r, &value, sizeof value);
    return value;
}

/* Of more than 64 bits, or longer than need be, is none: each number has one form. */
static inline uint64_t get_varint(struct reader *r)
{
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && r->p < r->end && !r->bad; shift += 7) {
        uint8_t byte = (uint8_t)*r->p++;
        value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            r->bad |= (shift > 0 && byte == 0) || (shift == 63 && byte > 1);
            return r->bad ? 0 : value;
        }
    }
    r->bad = true;
    return 0;
}

static inline double get_f64(struct reader *r)
{
    double value;
    get_bytes(r, &value, sizeof value);
    return value;
}

static inline struct hc_str get_short_text(struct reader *r)
{
    uint64_t n = get_varint(r);
    if (r->bad || n == 0)
        return HC_STR_NONE;
    if ((uint64_t)(r->end - r->p) < n - 1) {
        r->bad = true;
        return HC_STR_NONE;
    }
    struct hc_str text = {r->p, (size_t)(n - 1)};
    r->p += text.n;
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

static inline struct hc_source_place get_short_place(struct reader *r, const struct hc_incident *incident)
{
    struct hc_source_place place = {HC_STR_NONE, 0};
    uint64_t file = get_varint(r);
    if (file == 0)
        place.member = get_short_text(r);
    else if (file <= incident->n_files)
        place.member = incident->files[file - 1].member;
    else
        r->bad = true;
    uint64_t line = get_varint(r);
    r->bad |= line > UINT32_MAX;
    place.line = (uint32_t)line;
    return place;
}

/* An item takes at least a byte, so a length that is made up cannot ask for more than 300 times the blob. */
static inline void *get_list(struct reader *r, size_t *n, size_t item_bytes)
{
    *n = (size_t)get_varint(r);
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
