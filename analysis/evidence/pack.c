/* Evidence as bytes: little-endian, a magic word, the version, the checksum of the catalogue's evidence part, and the
 * fields in the order of evidence.h. */
#include <math.h>
#include <string.h>

#include "analysis/evidence/detect.h"

#define MAGIC UINT64_C(0x3245434e44435648)
#define ABSENT UINT32_MAX
#define ITEM_BYTES_LEAST 37
#define COMPONENT_BYTES_LEAST 9
#define WORD_BYTES_LEAST 4

#define ROOM_BYTES 32768 /* to begin with: few incidents need more */

static inline void write_word(char *at, uint64_t value)
{
    for (size_t i = 0; i < sizeof value; i++)
        at[i] = (char)(unsigned char)(value >> (8 * i));
}

static inline bool has_room(struct hc_buf *out, size_t most)
{
    return out->capacity - out->n >= most || hc_buf_reserve(out, most);
}

/* As a whole word, of which the bytes asked for count. */
static inline void put(struct hc_buf *out, uint64_t value, size_t n_bytes)
{
    if (!has_room(out, sizeof value))
        return;
    write_word(out->p + out->n, value);
    out->n += n_bytes;
}

static inline uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return value == value ? bits : UINT64_C(0x7ff8000000000000);
}

/* Of a cell: most are zero or not observed. */
enum { CELL_ZERO, CELL_ABSENT, CELL_VALUE };
#define CELLS_A_BYTE 4

static inline unsigned cell_kind(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned absent = value != value, is_set = bits != 0;
    return absent * CELL_ABSENT + (is_set & !absent) * CELL_VALUE;
}

/* A byte of n kinds, two bits each, then the values among the n. Each is written, and the next one over it if it is none:
 * which of them are values is no branch. */
static inline char *write_cells(char *at, const double *values, size_t n)
{
    char *next = at + 1;
    unsigned kinds = 0;
    for (size_t k = 0; k < n; k++) {
        unsigned kind = cell_kind(values[k]);
        kinds |= kind << (2 * k);
        write_word(next, bits_of(values[k]));
        next += kind == CELL_VALUE ? sizeof *values : 0;
    }
    *at = (char)(unsigned char)kinds;
    return next;
}

static void put_cells(struct hc_buf *out, const double *values, size_t n)
{
    size_t i = 0;
    if (n > SIZE_MAX / 16 || !has_room(out, n / CELLS_A_BYTE + 1 + (n + 1) * sizeof *values) || !out->p) {
        out->failed = true;
        return;
    }
    char *at = out->p + out->n;
    for (; n - i >= CELLS_A_BYTE; i += CELLS_A_BYTE)
        at = write_cells(at, values + i, CELLS_A_BYTE);
    if (i < n)
        at = write_cells(at, values + i, n - i);
    out->n = (size_t)(at - out->p);
}

static void put_str(struct hc_buf *out, struct hc_str s)
{
    put(out, s.p ? s.n : ABSENT, 4);
    hc_buf_str(out, s);
}

static void put_time(struct hc_buf *out, struct hc_time t)
{
    put(out, (uint64_t)t.ns, 8);
    put(out, (uint64_t)(uint8_t)t.digits, 1);
}

static void put_all(struct hc_buf *out, const struct hc_evidence *e, const struct hc_catalogue *catalogue)
{
    put(out, MAGIC, 8);
    put(out, HC_EVIDENCE_VERSION, 4);
    put(out, catalogue->evidence_checksum, 8);
    put_str(out, e->incident);
    put_str(out, e->service);
    put_time(out, e->window_start);
    put_time(out, e->known_at);
    put(out, e->kinds, 8);
    put(out, e->n_components, 8);
    for (size_t i = 0; i < e->n_components; i++) {
        put_str(out, e->components[i].name);
        put_str(out, e->components[i].kind);
        put(out, e->components[i].candidate, 1);
    }
    put_cells(out, e->values, e->n_components * catalogue->n_features);
    put(out, e->n_items, 8);
    for (size_t i = 0; i < e->n_items; i++) {
        const struct hc_evidence_item *item = &e->items[i];
        put(out, item->feature, 4);
        put(out, item->component, 4);
        put(out, bits_of(item->value), 8);
        put_str(out, item->text);
        put_time(out, item->onset);
        put_str(out, item->place.member);
        put(out, item->place.line, 4);
    }
    put(out, e->words.n, 8);
    for (size_t i = 0; i < e->words.n; i++)
        put_str(out, e->words.words[i]);
}

enum hc_status hc_evidence_pack(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue,
                                struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err)
{
    struct hc_buf out = {0};
    hc_buf_reserve(&out, ROOM_BYTES);
    put_all(&out, evidence, catalogue);
    *bytes = out.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&out));
    hc_buf_free(&out);
    if (bytes->p)
        return HC_OK;
    return hc_err_set(err, hc_arena_exceeded(arena) ? HC_FAIL : HC_FATAL,
                      hc_arena_exceeded(arena) ? "memory-limit" : "out-of-memory",
                      "no memory to pack the evidence of %.*s", HC_STR_ARG(evidence->incident));
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

static bool take_words(struct taker *t, struct hc_word_set *out, struct hc_arena *arena)
{
    out->n = take_count(t, WORD_BYTES_LEAST);
    out->words = hc_arena_calloc(arena, out->n, sizeof *out->words);
    for (size_t i = 0; out->words && i < out->n; i++) {
        out->words[i] = take_str(t, arena);
        if (i && hc_str_compare(out->words[i - 1], out->words[i]) >= 0)
            t->broken = true;
    }
    return out->words != NULL;
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
    stored = stored && take_words(&t, &out->words, arena);
    if (!stored)
        return hc_err_set(err, hc_arena_exceeded(arena) ? HC_FAIL : HC_FATAL,
                          hc_arena_exceeded(arena) ? "memory-limit" : "out-of-memory", "no memory to unpack evidence");
    if (t.broken || t.left.n > 0)
        return hc_err_set(err, HC_SKIP, "evidence-version", "the packed evidence is damaged");
    return HC_OK;
}

bool hc_evidence_fold(struct hc_evidence *evidence, size_t n_features, struct hc_arena *arena)
{
    struct hc_buf out = {0};
    put_cells(&out, evidence->values, evidence->n_components * n_features);
    const struct hc_str folded = out.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&out));
    hc_buf_free(&out);
    if (!folded.p)
        return false;
    evidence->folded = folded;
    evidence->values = NULL;
    return true;
}

const double *hc_evidence_values(const struct hc_evidence *evidence, size_t n_features, struct hc_arena *arena)
{
    const size_t n = evidence->n_components * n_features;
    struct taker t = {.left = evidence->folded};
    if (evidence->values)
        return evidence->values;
    double *values = hc_arena_alloc(arena, n * sizeof *values);
    if (values)
        take_cells(&t, values, n);
    return values;
}
