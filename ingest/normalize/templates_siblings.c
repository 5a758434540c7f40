#include "ingest/normalize/templates_parts.h"

#define TEMPLATE_SHAPES 3 /* shapes that a template stands for before others follow it */
#define WORDS_LEAST 2     /* that both have in common */
#define PATTERNS_MOST 16  /* of more, a frame's templates say too little of one another */

/* A template with one of its words left open. */
struct opened {
    uint64_t key;
    uint32_t filling; /* of the table: any other than the last is free */
};

/* Which slots are masked, and a template that masks those. */
struct pattern {
    uint64_t hash;
    uint32_t template;
    uint32_t n_masks;
};

struct hc_sibling_room {
    struct opened *opened;
    size_t size, mask;
    uint32_t filling;
    uint32_t *n_shapes; /* by shape: those that it stands for */
    struct pattern patterns[PATTERNS_MOST];
    size_t n_patterns;
};

/* Only one shape in TEMPLATE_SHAPES can be a template. */
static size_t most_words(size_t n_slots)
{
    return n_slots / TEMPLATE_SHAPES + 1;
}

struct hc_sibling_room *hc_sibling_room_new(size_t n, size_t n_slots, struct hc_arena *arena)
{
    struct hc_sibling_room *room = hc_arena_alloc(arena, sizeof *room);
    if (!room)
        return NULL;
    *room = (struct hc_sibling_room){.size = hc_table_size(most_words(n_slots))};
    room->opened = hc_arena_calloc(arena, room->size, sizeof *room->opened);
    room->n_shapes = hc_arena_alloc(arena, n * sizeof *room->n_shapes);
    return room->opened && room->n_shapes ? room : NULL;
}

static bool is_masked(const struct hc_parted *shape, size_t slot)
{
    return shape->slots[slot].kind == HC_SLOT_WILD;
}

static struct pattern pattern_of(const struct hc_parted *shapes, size_t i)
{
    struct pattern pattern = {.template = (uint32_t)i};
    for (size_t s = 0; s < shapes[i].n_slots; s++) {
        pattern.hash += is_masked(&shapes[i], s) ? shapes[i].slots[s].weight : 0;
        pattern.n_masks += is_masked(&shapes[i], s);
    }
    return pattern;
}

static int compare_patterns(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    if (x->n_masks != y->n_masks)
        return x->n_masks < y->n_masks ? -1 : 1;
    return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static bool is_template(const struct hc_parted *shapes, size_t i, const struct hc_sibling_room *room)
{
    return shapes[i].same == i && room->n_shapes[i] >= TEMPLATE_SHAPES;
}

/* False: there are too many, or nothing that could follow one. */
static bool find_patterns(const struct hc_parted *shapes, size_t n, struct hc_sibling_room *room)
{
    size_t n_live = 0;
    for (size_t i = 0; i < n; i++)
        n_live += shapes[i].same == i;
    if (n_live < 2 || n_live + TEMPLATE_SHAPES - 1 > n)
        return false;
    hc_parted_count(shapes, n, room->n_shapes);
    room->n_patterns = 0;
    for (size_t i = 0; i < n; i++) {
        if (!is_template(shapes, i, room))
            continue;
        struct pattern pattern = pattern_of(shapes, i);
        size_t p = 0;
        while (p < room->n_patterns && room->patterns[p].hash != pattern.hash)
            p++;
        if (p == PATTERNS_MOST)
            return false;
        if (p == room->n_patterns)
            room->patterns[room->n_patterns++] = pattern;
    }
    qsort(room->patterns, room->n_patterns, sizeof *room->patterns, compare_patterns);
    return true;
}

static struct opened *find(const struct hc_sibling_room *room, uint64_t key)
{
    size_t i = (size_t)(key >> 7) & room->mask;
    while (room->opened[i].filling == room->filling && room->opened[i].key != key)
        i = (i + 1) & room->mask;
    return &room->opened[i];
}

/* Equal for all that have the same words beside the masks of a pattern and the open slot. */
static uint64_t opened_key(const struct hc_slot *slot, uint64_t sum)
{
    return (sum - slot->weight) ^ (slot->position + UINT64_C(1)) * UINT64_C(0x9e3779b97f4a7c15);
}

/* What stands beside the masks of a template. */
static uint64_t sum_beside(const struct hc_parted *shape, const struct hc_parted *template)
{
    uint64_t sum = 0;
    for (size_t s = 0; s < shape->n_slots; s++)
        sum += is_masked(template, s) ? 0 : shape->slots[s].weight;
    return sum;
}

static void open_templates(const struct hc_parted *shapes, size_t n, const struct pattern *pattern,
                           struct hc_sibling_room *room)
{
    const struct hc_parted *first = &shapes[pattern->template];
    room->filling++;
    for (size_t i = 0; i < n; i++) {
        if (!is_template(shapes, i, room) || pattern_of(shapes, i).hash != pattern->hash)
            continue;
        uint64_t sum = sum_beside(&shapes[i], first);
        for (size_t s = 0; s < shapes[i].n_slots; s++) {
            if (is_masked(first, s))
                continue;
            uint64_t key = opened_key(&shapes[i].slots[s], sum);
            *find(room, key) = (struct opened){key, room->filling};
        }
    }
}

static bool is_sibling(const struct hc_parted *shape, const struct hc_parted *template,
                       const struct hc_sibling_room *room)
{
    uint64_t sum = sum_beside(shape, template);
    for (size_t s = 0; s < shape->n_slots; s++)
        if (!is_masked(template, s) && find(room, opened_key(&shape->slots[s], sum))->filling == room->filling)
            return true;
    return false;
}

/* How many slots of the shape the template masks and it does not. */
static size_t n_more(const struct hc_parted *shape, const struct hc_parted *template)
{
    size_t n = 0;
    for (size_t s = 0; s < shape->n_slots; s++)
        n += is_masked(template, s) && !is_masked(shape, s);
    return n;
}

size_t hc_templates_follow_siblings(struct hc_parted *shapes, size_t n, struct hc_sibling_room *room)
{
    size_t n_masked = 0;
    if (n <= TEMPLATE_SHAPES || shapes->n_slots <= WORDS_LEAST + 1)
        return 0;
    room->mask = hc_table_size(most_words(n * shapes->n_slots)) - 1;
    if (!find_patterns(shapes, n, room))
        return 0;
    for (size_t p = 0; p < room->n_patterns; p++) {
        const struct hc_parted *template = &shapes[room->patterns[p].template];
        if (room->patterns[p].n_masks + WORDS_LEAST + 1 > template->n_slots)
            continue;
        open_templates(shapes, n, &room->patterns[p], room);
        for (size_t i = 0; i < n; i++) {
            if (shapes[i].same != i || n_more(&shapes[i], template) == 0 || !is_sibling(&shapes[i], template, room))
                continue;
            for (size_t s = 0; s < shapes[i].n_slots; s++)
                if (is_masked(template, s) && !is_masked(&shapes[i], s))
                    hc_parted_mask(&shapes[i], s);
            n_masked++;
        }
    }
    return n_masked;
}
