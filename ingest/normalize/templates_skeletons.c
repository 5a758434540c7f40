#include "ingest/normalize/templates_parts.h"

#define GROUP_LEAST 6      /* shapes before several slots are masked at once */
#define GROUP_FIRST 20     /* the same where the opening word is one of them */
#define VARIED_NUMERATOR 2 /* distinct fillers to shapes, 2/5, from which a slot counts as varying */
#define VARIED_DENOMINATOR 5
#define CROSSED_MOST 4 /* slots of fewer fillers than that which may vary freely of one another */
#define DEPTH 24

/* Shapes [begin, end) of `order`, all of one skeleton. */
struct group {
    struct hc_parted *shapes;
    uint32_t *order;
    uint64_t *scratch; /* as long as order */
    size_t begin, end;
    size_t *n_masked;
    int depth;
};

/* Of shapes of one frame: which slots are masked. */
static uint64_t skeleton_of(const struct hc_parted *shape)
{
    uint64_t hash = 0;
    for (size_t s = 0; s < shape->n_slots; s++)
        hash += shape->slots[s].kind == HC_SLOT_WILD ? shape->slots[s].weight : 0;
    return hash;
}

/* qsort takes no context, so what is sorted carries its key. */
struct keyed {
    uint64_t key;
    uint32_t index;
};

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int compare_hash(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Fillers of a slot, or pairs of two slots' fillers. */
static size_t count_distinct(const struct group *group, size_t slot, size_t other)
{
    size_t n = group->end - group->begin, distinct = 1;
    for (size_t i = 0; i < n; i++) {
        const struct hc_slot *slots = group->shapes[group->order[group->begin + i]].slots;
        group->scratch[i] = slots[slot].weight + (other != slot ? slots[other].weight : 0);
    }
    qsort(group->scratch, n, sizeof *group->scratch, compare_hash);
    for (size_t i = 1; i < n; i++)
        distinct += group->scratch[i] != group->scratch[i - 1];
    return distinct;
}

/* What is known of the slots of a group. */
struct verdict {
    size_t split;  /* the word that opens, else the slot of fewest fillers; n_slots: every slot is fixed or varies */
    bool opened;   /* `split` is the word that opens */
    size_t fewest; /* fillers of a slot, more than one */
    size_t n_few;  /* slots that are neither fixed nor vary; of them the first: */
    struct {
        size_t slot, distinct;
    } few[CROSSED_MOST];
    size_t n_fixed; /* words that all share */
    size_t n_varied;
    bool opens; /* the opening word varies */
    bool varied[HC_SHAPE_PARTS];
};

static void add_few(struct verdict *verdict, size_t slot, size_t distinct, bool opens)
{
    if (verdict->n_few < CROSSED_MOST) {
        verdict->few[verdict->n_few].slot = slot;
        verdict->few[verdict->n_few].distinct = distinct;
    }
    verdict->n_few++;
    if (opens || (distinct < verdict->fewest && !verdict->opened))
        verdict->split = slot;
    verdict->fewest = distinct < verdict->fewest ? distinct : verdict->fewest;
    verdict->opened = verdict->opened || opens;
}

static void judge(const struct group *group, struct verdict *verdict)
{
    const struct hc_parted *one = &group->shapes[group->order[group->begin]];
    size_t n = group->end - group->begin;
    *verdict = (struct verdict){.split = one->n_slots, .fewest = n + 1};
    for (size_t s = 0; s < one->n_slots; s++) {
        if (one->slots[s].kind == HC_SLOT_WILD)
            continue;
        size_t distinct = count_distinct(group, s, s);
        if (distinct == 1) {
            verdict->n_fixed++;
        } else if (distinct * VARIED_DENOMINATOR >= n * VARIED_NUMERATOR && distinct >= GROUP_LEAST - 1) {
            verdict->varied[s] = true;
            verdict->n_varied++;
            verdict->opens = verdict->opens || one->slots[s].begin == 0;
        } else {
            add_few(verdict, s, distinct, one->slots[s].begin == 0);
        }
    }
}

/* Do the slots of few fillers vary freely of one another, so that each pair of fillers is met, or as many as there are shapes
 * for? Where a filler of one tells that of another, they tell messages apart. */
static bool crosses(const struct group *group, const struct verdict *verdict)
{
    size_t n = group->end - group->begin;
    if (verdict->n_few < 2 || verdict->n_few > CROSSED_MOST || verdict->fewest < GROUP_LEAST)
        return false;
    for (size_t i = 1; i < verdict->n_few; i++) {
        for (size_t j = 0; j < i; j++) {
            size_t x = verdict->few[i].distinct, y = verdict->few[j].distinct, most = x * y < n ? x * y : n;
            size_t pairs = count_distinct(group, verdict->few[i].slot, verdict->few[j].slot);
            if (2 * pairs < most || pairs < 2 * (x > y ? x : y))
                return false;
        }
    }
    return true;
}

static bool is_masked(const struct verdict *verdict, size_t n)
{
    return verdict->n_fixed > 0 && verdict->n_fixed + 1 >= verdict->n_varied && (!verdict->opens || n >= GROUP_FIRST);
}

/* The slots of few fillers as ones that vary; where the group would not be masked then, it is split at one as before. */
static void vary_few(const struct group *group, struct verdict *verdict)
{
    struct verdict widened = *verdict;
    widened.n_varied += widened.n_few;
    widened.opens = widened.opens || widened.opened;
    widened.split = group->shapes->n_slots;
    if (!is_masked(&widened, group->end - group->begin))
        return;
    for (size_t i = 0; i < widened.n_few; i++)
        widened.varied[widened.few[i].slot] = true;
    *verdict = widened;
}

static void mask_group(const struct group *group, const struct verdict *verdict)
{
    size_t n_slots = group->shapes->n_slots;
    for (size_t i = group->begin; i < group->end; i++)
        for (size_t s = 0; s < n_slots; s++)
            if (verdict->varied[s])
                hc_parted_mask(&group->shapes[group->order[i]], s);
    *group->n_masked += group->end - group->begin;
}

static void sort_by(struct group *group, size_t slot, struct keyed *keyed)
{
    size_t n = group->end - group->begin;
    for (size_t i = 0; i < n; i++) {
        uint32_t index = group->order[group->begin + i];
        keyed[i] = (struct keyed){group->shapes[index].slots[slot].hash, index};
    }
    qsort(keyed, n, sizeof *keyed, compare_keyed);
    for (size_t i = 0; i < n; i++)
        group->order[group->begin + i] = keyed[i].index;
}

/* Splits at the word that opens, then at the slot of fewest fillers, until what is left either is fixed or varies (as IPLoM partitions). */
static void partition(struct group group, struct keyed *keyed)
{
    size_t n = group.end - group.begin;
    struct verdict verdict;
    if (n < GROUP_LEAST || group.depth == DEPTH)
        return;
    judge(&group, &verdict);
    if (crosses(&group, &verdict))
        vary_few(&group, &verdict);
    if (verdict.split == group.shapes->n_slots) {
        if (is_masked(&verdict, n))
            mask_group(&group, &verdict);
        return;
    }
    sort_by(&group, verdict.split, keyed);
    for (size_t i = group.begin, end; i < group.end; i = end) {
        uint64_t hash = group.shapes[group.order[i]].slots[verdict.split].hash;
        for (end = i + 1; end < group.end; end++)
            if (group.shapes[group.order[end]].slots[verdict.split].hash != hash)
                break;
        struct group part = group;
        part.begin = i;
        part.end = end;
        part.depth++;
        partition(part, keyed);
    }
}

struct hc_skeleton_room {
    struct keyed *all, *keyed;
    uint32_t *order;
    uint64_t *scratch;
};

struct hc_skeleton_room *hc_skeleton_room_new(size_t n, struct hc_arena *arena)
{
    struct hc_skeleton_room *room = hc_arena_alloc(arena, sizeof *room);
    if (!room)
        return NULL;
    room->all = hc_arena_alloc(arena, n * sizeof *room->all);
    room->keyed = hc_arena_alloc(arena, n * sizeof *room->keyed);
    room->order = hc_arena_alloc(arena, n * sizeof *room->order);
    room->scratch = hc_arena_alloc(arena, n * sizeof *room->scratch);
    return room->all && room->keyed && room->order && room->scratch ? room : NULL;
}

size_t hc_templates_merge_skeletons(struct hc_parted *shapes, size_t n, struct hc_skeleton_room *room)
{
    size_t n_live = 0, n_masked = 0;
    for (size_t i = 0; i < n; i++)
        if (shapes[i].same == i)
            room->all[n_live++] = (struct keyed){skeleton_of(&shapes[i]), (uint32_t)i};
    if (n_live < GROUP_LEAST)
        return 0;
    qsort(room->all, n_live, sizeof *room->all, compare_keyed);
    for (size_t i = 0; i < n_live; i++)
        room->order[i] = room->all[i].index;
    for (size_t i = 0, end; i < n_live; i = end) {
        for (end = i + 1; end < n_live && room->all[end].key == room->all[i].key; end++)
            ;
        partition((struct group){shapes, room->order, room->scratch, i, end, &n_masked, 0}, room->keyed);
    }
    return n_masked;
}
