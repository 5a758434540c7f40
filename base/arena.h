/* Memory that is given back all at once, with a ceiling.
 *
 * A bundle has one arena, so a bomb fails only itself. Built with HC_ARENA_CHECKED
 * (the sanitize preset) every request gets a malloc of its own, so that the
 * sanitizers see each overrun and each use after reset.
 */
#ifndef HC_BASE_ARENA_H
#define HC_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct hc_arena;

/* Owns:   the caller; hc_arena_free gives all of it back.
 * Units:  ceiling_bytes bounds what may be live at once, 0 means no bound.
 * Errors: NULL where the machine has no memory. */
struct hc_arena *hc_arena_new(size_t ceiling_bytes);
/* On huge pages of 2 MiB if the system has some to give: for the few that are used over and over and met at random, so
 * that fewer addresses must be looked up. What is left of a page behind a request stays unused and is not counted. */
struct hc_arena *hc_arena_new_on_pages(size_t ceiling_bytes);
void hc_arena_free(struct hc_arena *arena);

/* Forgets every allocation and keeps the largest blocks for the next bundle. */
void hc_arena_reset(struct hc_arena *arena);

/* Uninitialised / zeroed bytes aligned for any type; NULL over the ceiling, on
 * overflow of n * size, or out of memory. n * size == 0 gives a valid pointer.
 * hc_arena_exceeded tells the ceiling from the machine. */
void *hc_arena_alloc(struct hc_arena *arena, size_t size_bytes);
void *hc_arena_calloc(struct hc_arena *arena, size_t n, size_t size_bytes);

/* Takes room as hc_arena_alloc does and hands out none: for what lies elsewhere because it is shared. Whether that
 * is so must not show in what fits. False: as NULL above. */
bool hc_arena_charge(struct hc_arena *arena, size_t size_bytes);
bool hc_arena_charge_copy(struct hc_arena *arena, size_t n); /* likewise, as hc_arena_copy */

/* hc_arena_grow of an array that has no room. */
void *hc_arena_grown(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                     size_t size_bytes);

/* Grows an array: returns an array of at least `n_needed` elements holding the
 * first `n_used` of `old`, and raises *capacity (amortised doubling). `old` stays
 * valid until reset. NULL as above. */
static inline void *hc_arena_grow(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                                  size_t size_bytes)
{
    return old && n_needed <= *capacity ? old : hc_arena_grown(arena, old, n_used, n_needed, capacity, size_bytes);
}

/* hc_arena_regrow of an array that has no room. */
void *hc_arena_regrown(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                       size_t size_bytes);

/* As hc_arena_grow, of an array that may become large: `old` comes from here too, and is no more (keep what is returned
 * before anything else that may fail). From 128 KiB on an array takes its pages along, so that it counts once, an eighth
 * above what was needed at most but for the first time, and is not copied. */
static inline void *hc_arena_regrow(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                                    size_t size_bytes)
{
    return old && n_needed <= *capacity ? old : hc_arena_regrown(arena, old, n_used, n_needed, capacity, size_bytes);
}

/* Gives such an array back, if it is large. */
void hc_arena_drop(struct hc_arena *arena, void *array, size_t capacity, size_t size_bytes);

/* What an arena has handed out up to here. hc_arena_release forgets what came after, a refusal too; none of what came before
 * may have been regrown since. */
struct hc_arena_mark {
    const void *live, *large;
    char *next;
    size_t used;
    bool exceeded;
};
struct hc_arena_mark hc_arena_mark(const struct hc_arena *arena);
void hc_arena_release(struct hc_arena *arena, const struct hc_arena_mark *mark);

/* Copies n bytes and adds a NUL. */
char *hc_arena_copy(struct hc_arena *arena, const char *bytes, size_t n);

size_t hc_arena_ceiling(const struct hc_arena *arena);
/* Bytes handed out since the last reset; whether the ceiling refused a request. */
size_t hc_arena_used(const struct hc_arena *arena);
int hc_arena_exceeded(const struct hc_arena *arena);
/* Forgets that it did: for those that share an arena, once the one that was refused is given up. */
void hc_arena_forgive(struct hc_arena *arena);

#endif
