#include "ingest/normalize/shape_memo.h"

#include "ingest/normalize/line_form.h"
#include "ingest/normalize/signature.h"
#include "ingest/normalize/templates.h"

#define SLOTS_LEAST 1024
#define BYTES_MOST ((size_t)8 << 20)

/* All that is asked of a signature lies together: in a table of many, memory that is not at hand is what a look costs. */
struct kept {
    uint64_t hash; /* of the signature */
    struct hc_shape shape;
    size_t n;
    char signature[];
};

struct hc_shape_memo {
    struct hc_arena *arena;
    struct hc_redactor *redactor;
    struct kept **slots; /* open addressing by hash, at most half of them taken */
    size_t n_slots, n_kept;
    struct hc_names texts;                /* of the shapes: one may have several signatures */
    const struct hc_known_shape **shapes; /* by text */
    size_t shapes_capacity, n_bytes;
    struct hc_line_forms *forms;
};

struct hc_shape_memo *hc_shape_memo_new(struct hc_arena *arena, struct hc_redactor *redactor)
{
    struct hc_shape_memo *memo = hc_arena_calloc(arena, 1, sizeof *memo);
    if (!memo)
        return NULL;
    memo->arena = arena;
    memo->redactor = redactor;
    hc_names_init(&memo->texts, arena);
    memo->forms = hc_line_forms_new(arena);
    return memo->forms ? memo : NULL;
}

struct hc_line_forms *hc_shape_memo_forms(struct hc_shape_memo *memo)
{
    return memo->forms;
}

bool hc_shape_memo_is_full(const struct hc_shape_memo *memo)
{
    return memo->n_bytes + hc_line_forms_size(memo->forms) >= BYTES_MOST;
}

static void make_shape(struct hc_str message, struct hc_buf *room, struct hc_shape *shape)
{
    hc_shape_of(message, room);
    *shape = (struct hc_shape){.text = room->p ? hc_buf_view(room) : HC_STR("")};
    shape->hash = hc_str_hash(shape->text);
}

/* NULL: no memory. */
static const struct hc_known_shape *know_shape(struct hc_shape_memo *memo, const struct hc_shape *shape)
{
    size_t number = hc_names_find(&memo->texts, shape->text), n = memo->texts.n;
    if (number != HC_NAME_NONE)
        return memo->shapes[number];
    struct hc_known_shape *known = hc_arena_alloc(memo->arena, sizeof *known);
    const struct hc_known_shape **shapes =
        hc_arena_grow(memo->arena, (void *)memo->shapes, n, n + 1, &memo->shapes_capacity, sizeof(const void *));
    if (!known || !shapes)
        return NULL;
    *known = (struct hc_known_shape){.text = hc_str_copy(memo->arena, shape->text), .hash = shape->hash};
    known->has_finds = memo->redactor && hc_redactor_finds(memo->redactor, known->text);
    memo->shapes = shapes;
    shapes[n] = known;
    if (!known->text.p || !hc_parted_of(known->text, memo->arena, &known->parted))
        return NULL;
    known->parted.own = hc_template_of(&known->parted, memo->arena);
    if (!known->parted.own || hc_names_add(&memo->texts, known->text) == HC_NAME_NONE)
        return NULL; /* nothing refers to it */
    memo->n_bytes += sizeof *known + known->text.n + known->parted.n_slots * sizeof *known->parted.slots +
                     sizeof *known->parted.own + known->parted.own->text.n;
    return known;
}

/* The slot of a signature, or the free one where it would go. */
static struct kept **slot_of(const struct hc_shape_memo *memo, struct hc_str signature, uint64_t hash)
{
    size_t slot = (size_t)hash & (memo->n_slots - 1);
    for (; memo->slots[slot]; slot = (slot + 1) & (memo->n_slots - 1)) {
        const struct kept *kept = memo->slots[slot];
        if (kept->hash == hash && kept->n == signature.n && memcmp(kept->signature, signature.p, signature.n) == 0)
            break;
    }
    return &memo->slots[slot];
}

static bool grow_slots(struct hc_shape_memo *memo)
{
    size_t n_slots = memo->n_slots ? memo->n_slots * 2 : SLOTS_LEAST;
    struct kept **slots = hc_arena_calloc(memo->arena, n_slots, sizeof(struct kept *));
    if (!slots)
        return false;
    for (size_t i = 0; i < memo->n_slots; i++) {
        if (!memo->slots[i])
            continue;
        size_t slot = (size_t)memo->slots[i]->hash & (n_slots - 1);
        while (slots[slot])
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = memo->slots[i];
    }
    memo->slots = slots;
    memo->n_slots = n_slots;
    return true;
}

static bool keep(struct hc_shape_memo *memo, struct hc_str signature, uint64_t hash, struct hc_shape *shape)
{
    const struct hc_known_shape *known = know_shape(memo, shape);
    struct kept *kept = hc_arena_alloc(memo->arena, sizeof *kept + signature.n);
    if (!known || !kept)
        return false;
    bool clean = memo->redactor && !hc_redactor_may_find(memo->redactor, signature);
    *shape = (struct hc_shape){known->text, known->hash, known, clean, known->has_finds};
    *kept = (struct kept){.hash = hash, .shape = *shape, .n = signature.n};
    memcpy(kept->signature, signature.p, signature.n);
    *slot_of(memo, signature, hash) = kept;
    memo->n_kept++;
    memo->n_bytes += sizeof *kept + signature.n;
    return true;
}

bool hc_shape_memo_find(struct hc_shape_memo *memo, struct hc_str message, struct hc_buf *room, struct hc_shape *shape)
{
    struct hc_signature signed_as;
    hc_signature_of(message, &signed_as);
    struct hc_str signature = {signed_as.bytes, signed_as.n};
    uint64_t hash = hc_str_hash(signature);
    if (memo->n_kept * 2 >= memo->n_slots && !grow_slots(memo))
        return false;
    const struct kept *kept = signature.n ? *slot_of(memo, signature, hash) : NULL;
    if (kept) {
        *shape = kept->shape;
        return true;
    }
    make_shape(message, room, shape);
    return signature.n == 0 || hc_shape_memo_is_full(memo) || room->failed || keep(memo, signature, hash, shape);
}
