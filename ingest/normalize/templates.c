#include "ingest/normalize/templates.h"

#include "base/digest.h"
#include "ingest/normalize/templates_parts.h"
#include "ingest/normalize/templates_tails.h"
#include "ingest/normalize/templates_values.h"

#define TEXT_BYTES 32768 /* of a shape that is looked at */
#define VALUES_LEAST 3   /* shapes of a frame that may tell values */

uint64_t hc_template_id(struct hc_str text)
{
    uint8_t digest[HC_SHA256_BYTES];
    uint64_t id = 0;
    hc_sha256_once(text.p ? text.p : "", text.n, digest);
    for (int i = 0; i < 8; i++)
        id = id << 8 | digest[i];
    return id;
}

static enum hc_status no_memory(const struct hc_arena *arena, struct hc_err *err)
{
    if (hc_arena_exceeded(arena))
        return hc_err_set(err, HC_FAIL, "memory-limit", "the log templates need more memory than an incident may have");
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while mining log templates");
}

static bool ends_with(const char *text, size_t n, const char *end, size_t n_end)
{
    return n >= n_end && memcmp(text + n - n_end, end, n_end) == 0;
}

/* The text with its masks; a list of masks ("<*>, <*>") becomes one, so that its length does not show. */
static size_t write_text(const struct hc_parted *shape, char *text)
{
    size_t n = 0, from = 0;
    for (size_t s = 0; s < shape->n_slots; s++) {
        const struct hc_slot *slot = &shape->slots[s];
        if (slot->kind != HC_SLOT_WILD)
            continue;
        memcpy(text + n, shape->text.p + from, slot->begin - from);
        n += slot->begin - from;
        from = slot->begin + (size_t)slot->n;
        if (ends_with(text, n, "<*>, ", 5)) {
            n -= 2;
        } else if (ends_with(text, n, "<*>,", 4)) {
            n -= 1;
        } else {
            memcpy(text + n, "<*>", 3);
            n += 3;
        }
    }
    memcpy(text + n, shape->text.p + from, shape->text.n - from);
    n += shape->text.n - from;
    text[n] = '\0';
    return n;
}

/* Without its id, if that is not known. False: no memory. */
static bool write_template(const struct hc_parted *shape, struct hc_arena *arena, struct hc_template *out)
{
    char *text = hc_arena_alloc(arena, shape->text.n + 3 * (size_t)shape->n_slots + 1);
    if (!text)
        return false;
    if (shape->own) {
        memcpy(text, shape->own->text.p, shape->own->text.n + 1);
        *out = (struct hc_template){shape->own->id, {text, shape->own->text.n}};
        return true;
    }
    *out = (struct hc_template){0, {text, write_text(shape, text)}};
    return true;
}

const struct hc_template *hc_template_of(const struct hc_parted *shape, struct hc_arena *arena)
{
    struct hc_template *template = hc_arena_alloc(arena, sizeof *template);
    if (!template || !write_template(shape, arena, template))
        return NULL;
    template->id = hc_template_id(template->text);
    return template;
}

/* ---- shapes of one frame ---- */

/* A shape differs from those of other frames in more than a slot, whatever is masked: each frame is mined alone. */
struct frame {
    uint32_t first, last; /* shape */
    uint32_t n;
    uint32_t first_mined, n_mined; /* its templates */
};

/* A template, and the shape that stands for those that it was made of. */
struct mined {
    struct hc_template template;
    uint32_t stands_for;
};

/* What is sorted is small. */
struct keyed {
    uint64_t id;
    const struct mined *mined;
};

struct miner {
    struct hc_arena *arena;
    const struct hc_parted **cut; /* by shape */
    size_t n;
    struct frame *frames;
    size_t n_frames;
    uint32_t *next;           /* by shape: that of the same frame which comes after it */
    struct hc_parted *shapes; /* of one frame, to be masked, as are their slots */
    struct hc_slot *slots;
    uint32_t *members; /* by place in `shapes` */
    struct hc_slot_room *slot_room;
    struct hc_skeleton_room *skeleton_room;
    struct hc_sibling_room *sibling_room;
    struct hc_absorb_room *absorb_room;
    struct mined *mined; /* by frame: equal ones may be among them */
    size_t n_mined;
    struct hc_value_words *known, *learned; /* words that are values somewhere */
};

/* NULL: no memory. */
static const struct hc_parted *cut_shape(struct hc_str shape, struct hc_arena *arena)
{
    struct hc_parted *parted = hc_arena_alloc(arena, sizeof *parted);
    shape.n = shape.n < TEXT_BYTES ? shape.n : TEXT_BYTES;
    return parted && hc_parted_of(shape, arena, parted) ? parted : NULL;
}

/* What was cut before counts as if it were cut here: what fits must not depend on it. */
static const struct hc_parted *charge_for(const struct hc_parted *cut, struct hc_arena *arena)
{
    bool fits = hc_arena_charge(arena, sizeof *cut) && hc_arena_charge(arena, cut->n_slots * sizeof *cut->slots);
    return fits ? cut : NULL;
}

static bool cut_shapes(struct miner *m, const struct hc_mined_shapes *shapes)
{
    m->n = shapes->n;
    m->cut = hc_arena_alloc(m->arena, m->n * sizeof(const void *));
    if (!m->cut)
        return false;
    for (size_t i = 0; i < m->n; i++) {
        const struct hc_parted *cut = shapes->cut ? shapes->cut[i] : NULL;
        m->cut[i] = cut ? charge_for(cut, m->arena) : cut_shape(shapes->texts[i], m->arena);
        if (!m->cut[i])
            return false;
    }
    return true;
}

static bool is_of_frame(const struct hc_parted *x, const struct hc_parted *y)
{
    return x->frame == y->frame && x->n_parts == y->n_parts && x->n_slots == y->n_slots;
}

static bool find_frames(struct miner *m)
{
    size_t size = 16;
    while (size < 2 * m->n)
        size *= 2;
    uint32_t *heads = hc_arena_calloc(m->arena, size, sizeof *heads); /* by hash: frame + 1; 0: free */
    m->frames = hc_arena_alloc(m->arena, m->n * sizeof *m->frames);
    m->next = hc_arena_alloc(m->arena, m->n * sizeof *m->next);
    if (!heads || !m->frames || !m->next)
        return false;
    for (size_t i = 0; i < m->n; i++) {
        size_t at = (size_t)(m->cut[i]->frame + m->cut[i]->n_parts) & (size - 1);
        while (heads[at] && !is_of_frame(m->cut[m->frames[heads[at] - 1].first], m->cut[i]))
            at = (at + 1) & (size - 1);
        if (!heads[at]) {
            m->frames[m->n_frames++] = (struct frame){.first = (uint32_t)i, .last = (uint32_t)i};
            heads[at] = (uint32_t)m->n_frames;
        }
        struct frame *frame = &m->frames[heads[at] - 1];
        m->next[frame->last] = (uint32_t)i;
        frame->last = (uint32_t)i;
        frame->n++;
    }
    return true;
}

/* For the frame that needs most. */
static bool make_room(struct miner *m)
{
    size_t n = 0, n_slots = 0, n_all = 0;
    for (size_t f = 0; f < m->n_frames; f++) {
        const struct frame *frame = &m->frames[f];
        size_t n_here = frame->n * (size_t)m->cut[frame->first]->n_slots;
        n_all += frame->n > 1 ? n_here : 0;
        n = frame->n > n ? frame->n : n;
        n_slots = n_here > n_slots ? n_here : n_slots;
    }
    m->shapes = hc_arena_alloc(m->arena, n * sizeof *m->shapes);
    m->slots = hc_arena_alloc(m->arena, n_slots * sizeof *m->slots);
    m->members = hc_arena_alloc(m->arena, n * sizeof *m->members);
    m->slot_room = hc_slot_room_new(n, n_slots, m->arena);
    m->skeleton_room = hc_skeleton_room_new(n, m->arena);
    m->sibling_room = hc_sibling_room_new(n, n_slots, m->arena);
    m->absorb_room = hc_absorb_room_new(n, n_slots, m->arena);
    m->mined = hc_arena_alloc(m->arena, m->n * sizeof *m->mined);
    m->known = hc_value_words_new(0, m->arena);
    m->learned = hc_value_words_new(n_all, m->arena);
    return m->known && m->learned && m->shapes && m->slots && m->members && m->slot_room && m->skeleton_room &&
           m->sibling_room && m->absorb_room && m->mined;
}

static void merge(struct miner *m, size_t n)
{
    bool settled = hc_templates_merge_slots(m->shapes, n, m->slot_room);
    size_t n_masked = hc_templates_merge_skeletons(m->shapes, n, m->skeleton_room);
    if (n_masked > 0 || !settled)
        hc_templates_merge_slots(m->shapes, n, m->slot_room);
    if (hc_templates_follow_siblings(m->shapes, n, m->sibling_room) > 0)
        hc_templates_merge_slots(m->shapes, n, m->slot_room);
    hc_templates_absorb(m->shapes, n, m->absorb_room);
}

static bool add_template(struct miner *m, const struct hc_parted *shape, uint32_t stands_for)
{
    struct mined *mined = &m->mined[m->n_mined++];
    mined->stands_for = stands_for;
    return write_template(shape, m->arena, &mined->template);
}

/* The shapes of a frame, to be masked. */
static void copy_shapes(struct miner *m, const struct frame *frame)
{
    struct hc_slot *slots = m->slots;
    bool any_known = hc_value_words_any(m->known);
    uint32_t index = frame->first;
    for (uint32_t i = 0; i < frame->n; i++, index = m->next[index]) {
        const struct hc_parted *from = m->cut[index];
        m->members[i] = index;
        m->shapes[i] = *from;
        m->shapes[i].slots = slots;
        m->shapes[i].same = i;
        memcpy(slots, from->slots, from->n_slots * sizeof *slots);
        for (uint32_t s = 0; any_known && s < from->n_slots; s++)
            slots[s].known = hc_value_words_have(m->known, slots[s].hash);
        slots += from->n_slots;
    }
}

/* The words that are masked in the frame whose shapes were merged. */
static void learn_values(struct miner *m, const struct frame *frame)
{
    if (frame->n < VALUES_LEAST)
        return;
    for (uint32_t i = 0; i < frame->n; i++) {
        const struct hc_parted *from = m->cut[m->members[i]];
        for (uint32_t s = 0; s < from->n_slots; s++)
            if (m->shapes[i].slots[s].kind == HC_SLOT_WILD && hc_slot_is_name(&from->slots[s]))
                hc_value_words_add(m->learned, from->slots[s].hash);
    }
}

/* Adds the templates of a frame's shapes; `stands_for` each: the shape that does, its template's. */
static bool mine_frame(struct miner *m, struct frame *frame, uint32_t *stands_for)
{
    frame->first_mined = (uint32_t)m->n_mined;
    if (frame->n == 1) {
        stands_for[frame->first] = frame->first;
        frame->n_mined = 1;
        return add_template(m, m->cut[frame->first], frame->first);
    }
    copy_shapes(m, frame);
    merge(m, frame->n);
    for (uint32_t i = 0; i < frame->n; i++) {
        stands_for[m->members[i]] = m->members[hc_parted_group(m->shapes, i)];
        if (m->shapes[i].same == i && !add_template(m, &m->shapes[i], m->members[i]))
            return false;
    }
    frame->n_mined = (uint32_t)m->n_mined - frame->first_mined;
    return true;
}

/* Two names are enough only where one is announced. */
static bool may_say_more(const struct miner *m, const struct frame *frame, const struct hc_slot *slot)
{
    return (frame->n >= VALUES_LEAST || slot->noun) && hc_slot_can_be_known(slot) &&
           hc_value_words_have(m->known, slot->hash);
}

/* Would it matter to the frame which words are known? It does where shapes differ in one that says more then. */
static bool hangs_on_values(const struct miner *m, const struct frame *frame)
{
    const struct hc_slot *one = m->cut[frame->first]->slots;
    size_t n_slots = m->cut[frame->first]->n_slots;
    uint32_t index = frame->first;
    for (uint32_t i = 1; i < frame->n; i++) {
        index = m->next[index];
        const struct hc_slot *other = m->cut[index]->slots;
        for (size_t s = 0; s < n_slots; s++)
            if (one[s].hash != other[s].hash && (may_say_more(m, frame, &one[s]) || may_say_more(m, frame, &other[s])))
                return true;
    }
    return false;
}

/* Mines each frame, then those again that hold words which turned out to be values. */
static bool mine_frames(struct miner *m, uint32_t *stands_for)
{
    for (size_t f = 0; f < m->n_frames; f++) {
        if (!mine_frame(m, &m->frames[f], stands_for))
            return false;
        learn_values(m, &m->frames[f]);
    }
    struct mined *first = m->mined;
    m->mined = hc_arena_alloc(m->arena, m->n * sizeof *m->mined);
    if (!m->mined)
        return false;
    m->n_mined = 0;
    m->known = m->learned;
    for (size_t f = 0; f < m->n_frames; f++) {
        struct frame *frame = &m->frames[f];
        if (hc_value_words_any(m->known) && hangs_on_values(m, frame)) {
            if (!mine_frame(m, frame, stands_for))
                return false;
            continue;
        }
        memcpy(m->mined + m->n_mined, first + frame->first_mined, frame->n_mined * sizeof *first);
        m->n_mined += frame->n_mined;
    }
    return true;
}

static int compare_keyed(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->id != y->id)
        return x->id < y->id ? -1 : 1;
    return hc_str_compare(x->mined->template.text, y->mined->template.text);
}

static int by_id(const void *a, const void *b)
{
    const struct hc_template *const *x = a, *const *y = b;
    return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

/* Each once: of frames that were mined twice, the templates of the second time. */
static void give_ids(struct miner *m)
{
    for (size_t i = 0; i < m->n_mined; i++)
        if (m->mined[i].template.id == 0)
            m->mined[i].template.id = hc_template_id(m->mined[i].template.text);
}

/* In an order that does not hang on that of the lines. */
static bool cut_tails(struct miner *m)
{
    struct hc_template **templates = hc_arena_alloc(m->arena, m->n_mined * sizeof(void *));
    if (!templates)
        return false;
    for (size_t i = 0; i < m->n_mined; i++)
        templates[i] = &m->mined[i].template;
    qsort((void *)templates, m->n_mined, sizeof(struct hc_template *), by_id);
    return hc_templates_cut_tails(templates, m->n_mined, m->arena);
}

/* Sorts the templates; equal ones are one. `template_of` holds what stands for each shape. */
static bool number_templates(struct miner *m, uint32_t *template_of, struct hc_template **templates,
                             size_t *n_templates)
{
    struct hc_template *sorted = hc_arena_alloc(m->arena, m->n_mined * sizeof *sorted);
    struct keyed *keyed = hc_arena_alloc(m->arena, m->n_mined * sizeof *keyed);
    uint32_t *number = m->next; /* by shape that stands for others; the frames are done */
    size_t n = 0;
    if (!sorted || !keyed)
        return false;
    for (size_t i = 0; i < m->n_mined; i++)
        keyed[i] = (struct keyed){m->mined[i].template.id, &m->mined[i]};
    qsort(keyed, m->n_mined, sizeof *keyed, compare_keyed);
    for (size_t i = 0; i < m->n_mined; i++) {
        if (i == 0 || compare_keyed(&keyed[i - 1], &keyed[i]) != 0)
            sorted[n++] = keyed[i].mined->template;
        number[keyed[i].mined->stands_for] = (uint32_t)(n - 1);
    }
    for (size_t i = 0; i < m->n; i++)
        template_of[i] = number[template_of[i]];
    *templates = sorted;
    *n_templates = n;
    return true;
}

enum hc_status hc_templates_mine(const struct hc_mined_shapes *shapes, uint32_t *template_of,
                                 struct hc_template **templates, size_t *n_templates, struct hc_arena *arena,
                                 struct hc_err *err)
{
    struct miner m = {.arena = arena};
    if (!cut_shapes(&m, shapes) || !find_frames(&m) || !make_room(&m))
        return no_memory(arena, err);
    if (!mine_frames(&m, template_of))
        return no_memory(arena, err);
    give_ids(&m);
    if (!cut_tails(&m))
        return no_memory(arena, err);
    return number_templates(&m, template_of, templates, n_templates) ? HC_OK : no_memory(arena, err);
}
