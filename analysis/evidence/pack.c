/* Evidence as bytes: little-endian, a magic word, the version, the checksum of the catalogue's evidence part, and the
 * fields in the order of evidence.h. */
#include <math.h>
#include <string.h>

#include "analysis/evidence/detect.h"

#define MAGIC UINT64_C(0x3245434e44435648)
#define ABSENT UINT32_MAX
#define ITEM_BYTES_LEAST 37
#define COMPONENT_BYTES_LEAST 9

/* Without bytes it only counts: a first pass says how many the second one writes. */
struct packer {
    char *bytes;
    size_t n;
};

static inline void put(struct packer *p, uint64_t value, size_t n_bytes)
{
    char *at = p->bytes ? p->bytes + p->n : NULL;
    p->n += n_bytes;
    for (size_t i = 0; at && i < n_bytes; i++)
        at[i] = (char)(unsigned char)(value >> (8 * i));
}

static inline void put_double(struct packer *p, double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    put(p, value == value ? bits : UINT64_C(0x7ff8000000000000), 8);
}

/* Of a cell: most are zero or not observed. */
enum { CELL_ZERO, CELL_ABSENT, CELL_VALUE };
#define CELLS_A_BYTE 4
#define ANY_VALUE 0xAAU /* the bit of CELL_VALUE in each of four kinds */

static unsigned cell_kind(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned absent = value != value, is_set = bits != 0;
    return absent * CELL_ABSENT + (is_set & !absent) * CELL_VALUE;
}

/* A byte of four kinds, two bits each, then the values among the four. */
static void put_cells(struct packer *p, const double *values, size_t n)
{
    size_t n_values = 0;
    for (size_t i = 0; i < n && !p->bytes; i++)
        n_values += cell_kind(values[i]) == CELL_VALUE;
    if (!p->bytes) {
        p->n += (n + CELLS_A_BYTE - 1) / CELLS_A_BYTE + n_values * sizeof *values;
        return;
    }
    for (size_t i = 0; i < n; i += CELLS_A_BYTE) {
        size_t m = n - i < CELLS_A_BYTE ? n - i : CELLS_A_BYTE;
        unsigned kinds = 0;
        for (size_t k = 0; k < m; k++)
            kinds |= cell_kind(values[i + k]) << (2 * k);
        put(p, kinds, 1);
        for (size_t k = 0; k < m && kinds & ANY_VALUE; k++)
            if ((kinds >> (2 * k) & 3) == CELL_VALUE)
                put_double(p, values[i + k]);
    }
}

static void put_str(struct packer *p, struct hc_str s)
{
    put(p, s.p ? s.n : ABSENT, 4);
    if (p->bytes && s.p)
        memcpy(p->bytes + p->n, s.p, s.n);
    p->n += s.p ? s.n : 0;
}

static void put_time(struct packer *p, struct hc_time t)
{
    put(p, (uint64_t)t.ns, 8);
    put(p, (uint64_t)(uint8_t)t.digits, 1);
}

static void put_all(struct packer *p, const struct hc_evidence *e, const struct hc_catalogue *catalogue)
{
    put(p, MAGIC, 8);
    put(p, HC_EVIDENCE_VERSION, 4);
    put(p, catalogue->evidence_checksum, 8);
    put_str(p, e->incident);
    put_str(p, e->service);
    put_time(p, e->window_start);
    put_time(p, e->known_at);
    put(p, e->kinds, 8);
    put(p, e->n_components, 8);
    for (size_t i = 0; i < e->n_components; i++) {
        put_str(p, e->components[i].name);
        put_str(p, e->components[i].kind);
        put(p, e->components[i].candidate, 1);
    }
    put_cells(p, e->values, e->n_components * catalogue->n_features);
    put(p, e->n_items, 8);
    for (size_t i = 0; i < e->n_items; i++) {
        const struct hc_evidence_item *item = &e->items[i];
        put(p, item->feature, 4);
        put(p, item->component, 4);
        put_double(p, item->value);
        put_str(p, item->text);
        put_time(p, item->onset);
        put_str(p, item->place.member);
        put(p, item->place.line, 4);
    }
}

enum hc_status hc_evidence_pack(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue,
                                struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err)
{
    struct packer p = {0};
    put_all(&p, evidence, catalogue);
    p.bytes = hc_arena_alloc(arena, p.n);
    *bytes = (struct hc_str){p.bytes, p.n};
    if (!p.bytes)
        return hc_err_set(err, hc_arena_exceeded(arena) ? HC_FAIL : HC_FATAL,
                          hc_arena_exceeded(arena) ? "memory-limit" : "out-of-memory",
                          "no memory to pack the evidence of %.*s", HC_STR_ARG(evidence->incident));
    p.n = 0;
    put_all(&p, evidence, catalogue);
    return HC_OK;
}

struct taker {
    struct hc_str left;
    bool broken;
};

static uint64_t take(struct taker *t, int n_bytes)
{
    uint64_t value = 0;
    if (t->broken || t->left.n < (size_t)n_bytes) {
        t->broken = true;
        return 0;
    }
    for (int i = 0; i < n_bytes; i++)
        value |= (uint64_t)(unsigned char)t->left.p[i] << (8 * i);
    t->left.p += n_bytes;
    t->left.n -= (size_t)n_bytes;
    return value;
}

static double take_double(struct taker *t)
{
    uint64_t bits = take(t, 8);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static void take_cells(struct taker *t, double *values, size_t n)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < n && !t->broken; i++, kinds >>= 2) {
        if (i % CELLS_A_BYTE == 0)
            kinds = (unsigned)take(t, 1);
        unsigned kind = kinds & 3;
        values[i] = kind == CELL_ZERO ? 0 : kind == CELL_VALUE ? take_double(t) : NAN;
        t->broken |= cell_kind(values[i]) != kind;
    }
    t->broken |= kinds != 0; /* of no cell */
}

static struct hc_str take_str(struct taker *t, struct hc_arena *arena)
{
    uint64_t n = take(t, 4);
    if (t->broken || n == ABSENT)
        return HC_STR_NONE;
    if (n > t->left.n) {
        t->broken = true;
        return HC_STR_NONE;
    }
    struct hc_str s = hc_str_copy(arena, (struct hc_str){t->left.p, (size_t)n});
    t->left.p += n;
    t->left.n -= (size_t)n;
    return s;
}

static struct hc_time take_time(struct taker *t)
{
    struct hc_time time = {(int64_t)take(t, 8), 0};
    time.digits = (int8_t)(uint8_t)take(t, 1);
    return time;
}

static size_t take_count(struct taker *t, size_t bytes_least)
{
    uint64_t n = take(t, 8);
    if (!t->broken && n > t->left.n / bytes_least)
        t->broken = true;
    return t->broken ? 0 : (size_t)n;
}

static bool take_components(struct taker *t, struct hc_evidence *out, size_t n_features, struct hc_arena *arena)
{
    out->n_components = take_count(t, COMPONENT_BYTES_LEAST);
    size_t n_cells = out->n_components * n_features;
    out->components = hc_arena_calloc(arena, out->n_components, sizeof *out->components);
    if (!out->components)
        return false;
    for (size_t i = 0; i < out->n_components; i++) {
        out->components[i].name = take_str(t, arena);
        out->components[i].kind = take_str(t, arena);
        out->components[i].candidate = take(t, 1) != 0;
    }
    if (n_cells / CELLS_A_BYTE > t->left.n)
        t->broken = true;
    out->values = hc_arena_calloc(arena, t->broken ? 0 : n_cells, sizeof *out->values);
    if (!out->values)
        return false;
    take_cells(t, out->values, n_cells);
    return true;
}

static bool take_items(struct taker *t, struct hc_evidence *out, size_t n_features, struct hc_arena *arena)
{
    out->n_items = take_count(t, ITEM_BYTES_LEAST);
    out->items = hc_arena_calloc(arena, out->n_items, sizeof *out->items);
    if (!out->items)
        return false;
    for (size_t i = 0; i < out->n_items; i++) {
        struct hc_evidence_item *item = &out->items[i];
        item->feature = (uint32_t)take(t, 4);
        item->component = (uint32_t)take(t, 4);
        item->value = take_double(t);
        item->text = take_str(t, arena);
        item->onset = take_time(t);
        item->place.member = take_str(t, arena);
        item->place.line = (uint32_t)take(t, 4);
        if (item->feature >= n_features || item->component >= out->n_components)
            t->broken = true;
    }
    return true;
}

enum hc_status hc_evidence_unpack(struct hc_str bytes, const struct hc_catalogue *catalogue, struct hc_arena *arena,
                                  struct hc_evidence *out, struct hc_err *err)
{
    struct taker t = {.left = bytes};
    *out = (struct hc_evidence){0};
    bool fits = take(&t, 8) == MAGIC && take(&t, 4) == HC_EVIDENCE_VERSION &&
                take(&t, 8) == catalogue->evidence_checksum && !t.broken;
    if (!fits)
        return hc_err_set(err, HC_SKIP, "evidence-version", "the evidence was packed by another version or catalogue");
    out->incident = take_str(&t, arena);
    out->service = take_str(&t, arena);
    out->window_start = take_time(&t);
    out->known_at = take_time(&t);
    out->kinds = take(&t, 8);
    bool stored = take_components(&t, out, catalogue->n_features, arena);
    stored = stored && take_items(&t, out, catalogue->n_features, arena);
    if (!stored)
        return hc_err_set(err, hc_arena_exceeded(arena) ? HC_FAIL : HC_FATAL,
                          hc_arena_exceeded(arena) ? "memory-limit" : "out-of-memory", "no memory to unpack evidence");
    if (t.broken || t.left.n > 0)
        return hc_err_set(err, HC_SKIP, "evidence-version", "the packed evidence is damaged");
    return HC_OK;
}
