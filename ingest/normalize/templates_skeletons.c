#include "ingest/normalize/templates_parts.h"

#define GROUP_LEAST 6      /* shapes before several slots are masked at once */
#define GROUP_FIRST 20     /* the same where the opening word is one of them */
#define VARIED_NUMERATOR 2 /* distinct fillers to shapes, 2/5, from which a slot counts as varying */
#define VARIED_DENOMINATOR 5
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

static uint64_t skeleton_of(const struct hc_parted *shape)
{
    uint64_t hash = shape->n_parts;
    for (size_t p = 0; p < shape->n_parts; p++) {
        bool fixed = shape->parts[p].kind <= HC_PART_WILD;
        hash += hc_part_weight(p, fixed ? shape->parts[p].hash : 0);
    }
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

static size_t count_distinct(const struct group *group, size_t position)
{
    size_t n = group->end - group->begin, distinct = 1;
    for (size_t i = 0; i < n; i++)
        group->scratch[i] = group->shapes[group->order[group->begin + i]].parts[position].hash;
    qsort(group->scratch, n, sizeof *group->scratch, compare_hash);
    for (size_t i = 1; i < n; i++)
        distinct += group->scratch[i] != group->scratch[i - 1];
    return distinct;
}

/* What is known of the slots of a group. */
struct verdict {
    size_t split;   /* the position of fewest fillers, more than one; n_parts: every slot is fixed or varies */
    size_t n_fixed; /* words that all share */
    size_t n_varied;
    bool opens; /* the opening word varies */
    bool varied[HC_SHAPE_PARTS];
};

static void judge(const struct group *group, struct verdict *verdict)
{
    const struct hc_parted *one = &group->shapes[group->order[group->begin]];
    size_t n = group->end - group->begin, fewest = n + 1;
    *verdict = (struct verdict){.split = one->n_parts};
    for (size_t p = 0; p < one->n_parts; p++) {
        if (one->parts[p].kind <= HC_PART_WILD)
            continue;
        size_t distinct = count_distinct(group, p);
        if (distinct == 1) {
            verdict->n_fixed++;
        } else if (distinct * VARIED_DENOMINATOR >= n * VARIED_NUMERATOR && distinct >= GROUP_LEAST - 1) {
            verdict->varied[p] = true;
            verdict->n_varied++;
            verdict->opens = verdict->opens || one->parts[p].first;
        } else if (distinct < fewest) {
            fewest = distinct;
            verdict->split = p;
        }
    }
}

static void mask_group(const struct group *group, const struct verdict *verdict)
{
    size_t n_parts = group->shapes[group->order[group->begin]].n_parts;
    for (size_t i = group->begin; i < group->end; i++)
        for (size_t p = 0; p < n_parts; p++)
            if (verdict->varied[p])
                hc_parted_mask(&group->shapes[group->order[i]], p);
    *group->n_masked += group->end - group->begin;
}

static bool sort_by(struct group *group, size_t position, struct keyed *keyed)
{
    size_t n = group->end - group->begin;
    for (size_t i = 0; i < n; i++) {
        uint32_t index = group->order[group->begin + i];
        keyed[i] = (struct keyed){group->shapes[index].parts[position].hash, index};
    }
    qsort(keyed, n, sizeof *keyed, compare_keyed);
    for (size_t i = 0; i < n; i++)
        group->order[group->begin + i] = keyed[i].index;
    return true;
}

/* Splits at the slot of fewest fillers until what is left either is fixed or varies (as IPLoM partitions). */
static void partition(struct group group, struct keyed *keyed)
{
    size_t n = group.end - group.begin;
    struct verdict verdict;
    if (n < GROUP_LEAST || group.depth == DEPTH)
        return;
    judge(&group, &verdict);
    size_t n_parts = group.shapes[group.order[group.begin]].n_parts;
    if (verdict.split == n_parts) {
        if (verdict.n_fixed > 0 && verdict.n_fixed + 1 >= verdict.n_varied && (!verdict.opens || n >= GROUP_FIRST))
            mask_group(&group, &verdict);
        return;
    }
    sort_by(&group, verdict.split, keyed);
    for (size_t i = group.begin, end; i < group.end; i = end) {
        uint64_t hash = group.shapes[group.order[i]].parts[verdict.split].hash;
        for (end = i + 1; end < group.end; end++)
            if (group.shapes[group.order[end]].parts[verdict.split].hash != hash)
                break;
        struct group part = group;
        part.begin = i;
        part.end = end;
        part.depth++;
        partition(part, keyed);
    }
}

bool hc_templates_merge_skeletons(struct hc_parted *shapes, size_t n, size_t *n_masked, struct hc_arena *arena)
{
    struct keyed *all = hc_arena_alloc(arena, n * sizeof *all), *keyed = hc_arena_alloc(arena, n * sizeof *keyed);
    uint32_t *order = hc_arena_alloc(arena, n * sizeof *order);
    uint64_t *scratch = hc_arena_alloc(arena, n * sizeof *scratch);
    if (!all || !keyed || !order || !scratch)
        return false;
    size_t n_live = 0;
    uint32_t n_of_parts[HC_SHAPE_PARTS + 1] = {0}; /* too few of one length hold no skeleton that is looked at */
    *n_masked = 0;
    for (size_t i = 0; i < n; i++)
        n_of_parts[shapes[i].n_parts] += shapes[i].same == i;
    for (size_t i = 0; i < n; i++)
        if (shapes[i].same == i && n_of_parts[shapes[i].n_parts] >= GROUP_LEAST)
            all[n_live++] = (struct keyed){skeleton_of(&shapes[i]), (uint32_t)i};
    qsort(all, n_live, sizeof *all, compare_keyed);
    for (size_t i = 0; i < n_live; i++)
        order[i] = all[i].index;
    for (size_t i = 0, end; i < n_live; i = end) {
        for (end = i + 1; end < n_live && all[end].key == all[i].key; end++)
            ;
        partition((struct group){shapes, order, scratch, i, end, n_masked, 0}, keyed);
    }
    return true;
}
