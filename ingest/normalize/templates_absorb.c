#include "ingest/normalize/templates_parts.h"

#define TEMPLATE_SHAPES 6 /* shapes that a template stands for before it takes in those that fit it */
#define ANCHOR_MOST 64    /* templates of one anchor that are tried: of more the anchor says too little */

/* The templates of one anchor: a word at its place, the one that fewest templates of the frame have. */
struct anchor {
    uint64_t weight;   /* of the slot */
    uint32_t filling;  /* of the table: any other than the last is free */
    uint32_t n_having; /* templates that have the word */
    uint32_t n;        /* templates whose anchor it is */
    uint32_t first;    /* of them, index + 1 */
};

struct hc_absorb_room {
    struct anchor *anchors;
    size_t size, mask;
    uint32_t filling;
    uint32_t *n_shapes; /* by shape: those that it stands for */
    uint32_t *next;     /* by template: the next of its anchor, index + 1 */
};

/* Only one shape in TEMPLATE_SHAPES can be a template. */
static size_t most_words(size_t n_slots)
{
    return n_slots / TEMPLATE_SHAPES + 1;
}

struct hc_absorb_room *hc_absorb_room_new(size_t n, size_t n_slots, struct hc_arena *arena)
{
    struct hc_absorb_room *room = hc_arena_alloc(arena, sizeof *room);
    if (!room)
        return NULL;
    *room = (struct hc_absorb_room){.size = hc_table_size(most_words(n_slots))};
    room->anchors = hc_arena_calloc(arena, room->size, sizeof *room->anchors);
    room->n_shapes = hc_arena_alloc(arena, n * sizeof *room->n_shapes);
    room->next = hc_arena_alloc(arena, n * sizeof *room->next);
    return room->anchors && room->n_shapes && room->next ? room : NULL;
}

static struct anchor *find(const struct hc_absorb_room *room, uint64_t weight)
{
    size_t i = (size_t)(weight >> 7) & room->mask;
    while (room->anchors[i].filling == room->filling && room->anchors[i].weight != weight)
        i = (i + 1) & room->mask;
    return &room->anchors[i];
}

static struct anchor *add(const struct hc_absorb_room *room, uint64_t weight)
{
    struct anchor *anchor = find(room, weight);
    if (anchor->filling != room->filling)
        *anchor = (struct anchor){.weight = weight, .filling = room->filling};
    return anchor;
}

static bool is_template(const struct hc_parted *shapes, size_t i, const struct hc_absorb_room *room)
{
    return shapes[i].same == i && room->n_shapes[i] >= TEMPLATE_SHAPES;
}

/* False: there is no template. */
static bool find_anchors(const struct hc_parted *shapes, size_t n, struct hc_absorb_room *room)
{
    bool any = false;
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < shapes[i].n_slots && is_template(shapes, i, room); s++)
            if (shapes[i].slots[s].kind != HC_SLOT_WILD)
                add(room, shapes[i].slots[s].weight)->n_having++;
    for (size_t i = 0; i < n; i++) {
        struct anchor *best = NULL;
        for (size_t s = 0; s < shapes[i].n_slots && is_template(shapes, i, room); s++) {
            if (shapes[i].slots[s].kind == HC_SLOT_WILD)
                continue;
            struct anchor *anchor = add(room, shapes[i].slots[s].weight);
            if (!best || anchor->n_having < best->n_having)
                best = anchor;
        }
        if (!best)
            continue;
        room->next[i] = best->first;
        best->first = (uint32_t)i + 1;
        best->n++;
        any = true;
    }
    return any;
}

/* How many slots of the shape the template masks; 0: it does not fit, or keeps no more words than it would take. */
static size_t fit(const struct hc_parted *template, const struct hc_parted *shape)
{
    size_t n_more = 0, n_kept = 0;
    for (size_t s = 0; s < shape->n_slots; s++) {
        bool equal = template->slots[s].hash == shape->slots[s].hash;
        if (!equal && template->slots[s].kind != HC_SLOT_WILD)
            return 0;
        n_more += !equal;
        n_kept += template->slots[s].kind != HC_SLOT_WILD;
    }
    return n_kept > n_more ? n_more : 0;
}

/* The template that masks least of a shape; n: none. */
static size_t best_template(const struct hc_parted *shapes, size_t n, size_t i, const struct hc_absorb_room *room)
{
    size_t best = n, least = HC_SHAPE_PARTS + 1;
    for (size_t s = 0; s < shapes[i].n_slots; s++) {
        const struct anchor *anchor = find(room, shapes[i].slots[s].weight);
        if (anchor->filling != room->filling || anchor->n > ANCHOR_MOST)
            continue;
        for (size_t t = anchor->first; t > 0; t = room->next[t - 1]) {
            size_t n_more = fit(&shapes[t - 1], &shapes[i]);
            bool nearer =
                n_more > 0 &&
                (n_more < least || (n_more == least && hc_str_compare(shapes[t - 1].text, shapes[best].text) < 0));
            least = nearer ? n_more : least;
            best = nearer ? t - 1 : best;
        }
    }
    return best;
}

void hc_templates_absorb(struct hc_parted *shapes, size_t n, struct hc_absorb_room *room)
{
    room->filling++;
    room->mask = hc_table_size(most_words(n * shapes->n_slots)) - 1;
    hc_parted_count(shapes, n, room->n_shapes);
    if (!find_anchors(shapes, n, room))
        return;
    for (size_t i = 0; i < n; i++) {
        size_t template = shapes[i].same == i ? best_template(shapes, n, i, room) : n;
        if (template <n)
            shapes[i].same = (uint32_t) template;
    }
}
