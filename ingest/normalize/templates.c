#include "ingest/normalize/templates.h"

#include "base/digest.h"
#include "ingest/normalize/templates_parts.h"

#define TEXT_BYTES 32768 /* of a shape that is looked at */

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
static struct hc_str write_text(const struct hc_parted *shape, struct hc_arena *arena)
{
    char *text = hc_arena_alloc(arena, shape->text.n + 3 * (size_t)shape->n_parts + 1);
    size_t n = 0;
    if (!text)
        return HC_STR_NONE;
    for (size_t p = 0; p < shape->n_parts;) {
        const struct hc_part *part = &shape->parts[p++];
        if (part->kind != HC_PART_WILD) {
            size_t end = part->begin + part->n;
            for (; p < shape->n_parts && shape->parts[p].kind != HC_PART_WILD; p++)
                end += shape->parts[p].n;
            memcpy(text + n, shape->text.p + part->begin, end - part->begin);
            n += end - part->begin;
        } else if (ends_with(text, n, "<*>, ", 5)) {
            n -= 2;
        } else if (ends_with(text, n, "<*>,", 4)) {
            n -= 1;
        } else {
            memcpy(text + n, "<*>", 3);
            n += 3;
        }
    }
    text[n] = '\0';
    return (struct hc_str){text, n};
}

static const struct hc_parted *group_of(const struct hc_parted *shapes, size_t i)
{
    while (shapes[i].same != i)
        i = shapes[i].same;
    return &shapes[i];
}

struct ordered {
    struct hc_str text;
    uint32_t index;
};

static int compare_ordered(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    int order = hc_str_compare(x->text, y->text);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Texts of the groups that are left, sorted; equal ones are one template. */
static bool number_templates(const struct hc_parted *shapes, size_t n, uint32_t *template_of, struct hc_str **templates,
                             size_t *n_templates, struct hc_arena *arena)
{
    struct ordered *ordered = hc_arena_alloc(arena, n * sizeof *ordered);
    size_t n_groups = 0;
    if (!ordered)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (shapes[i].same != i)
            continue;
        ordered[n_groups] = (struct ordered){write_text(&shapes[i], arena), (uint32_t)i};
        if (!ordered[n_groups++].text.p)
            return false;
    }
    qsort(ordered, n_groups, sizeof *ordered, compare_ordered);
    *templates = hc_arena_alloc(arena, n_groups * sizeof **templates);
    if (!*templates)
        return false;
    *n_templates = 0;
    for (size_t i = 0; i < n_groups; i++) {
        if (i == 0 || !hc_str_equal(ordered[i].text, ordered[i - 1].text))
            (*templates)[(*n_templates)++] = ordered[i].text;
        template_of[ordered[i].index] = (uint32_t)(*n_templates - 1);
    }
    for (size_t i = 0; i < n; i++)
        template_of[i] = template_of[group_of(shapes, i) - shapes];
    return true;
}

static bool cut_shape(struct hc_str shape, const struct hc_parted *cut, struct hc_arena *arena,
                      struct hc_parted *parted)
{
    shape.n = shape.n < TEXT_BYTES ? shape.n : TEXT_BYTES;
    return cut ? hc_parted_copy(cut, arena, parted) : hc_parted_of(shape, arena, parted);
}

enum hc_status hc_templates_mine(const struct hc_mined_shapes *shapes, uint32_t *template_of, struct hc_str **templates,
                                 size_t *n_templates, struct hc_arena *arena, struct hc_err *err)
{
    const size_t n = shapes->n;
    struct hc_parted *parted = hc_arena_alloc(arena, n * sizeof *parted);
    if (!parted)
        return no_memory(arena, err);
    for (size_t i = 0; i < n; i++) {
        if (!cut_shape(shapes->texts[i], shapes->cut ? shapes->cut[i] : NULL, arena, &parted[i]))
            return no_memory(arena, err);
        parted[i].same = (uint32_t)i;
    }
    struct hc_slot_room *room = hc_slot_room_new(parted, n, arena);
    size_t n_masked;
    if (!room)
        return no_memory(arena, err);
    bool settled = hc_templates_merge_slots(parted, n, room);
    if (!hc_templates_merge_skeletons(parted, n, &n_masked, arena))
        return no_memory(arena, err);
    if (n_masked > 0 || !settled)
        hc_templates_merge_slots(parted, n, room);
    if (!number_templates(parted, n, template_of, templates, n_templates, arena))
        return no_memory(arena, err);
    return HC_OK;
}
