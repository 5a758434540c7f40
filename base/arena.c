#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/number.h"

#define ALIGNMENT ((size_t)16)
#define BLOCK_BYTES_FIRST ((size_t)64 << 10)
#define BLOCK_BYTES_MOST ((size_t)1 << 20)
#define PAGE_BYTES ((size_t)2 << 20) /* of a huge page */
#define SMALL_PAGE_BYTES ((size_t)4 << 10)
#define LARGE_BYTES ((size_t)128 << 10) /* of an array that has pages of its own */
#ifdef HC_ARENA_CHECKED
#define IS_CHECKED true
#else
#define IS_CHECKED false
#endif

struct block {
    struct block *next;
    size_t size;
    _Alignas(ALIGNMENT) char bytes[];
};

/* An array on pages of its own, which it takes along when it grows. */
struct large {
    struct large *next, *before;
    size_t size; /* in all */
    _Alignas(ALIGNMENT) char bytes[];
};

/* What is handed out counts with its alignment, and nothing of how the blocks lie: whether a bundle meets its ceiling must
 * not depend on what the arena held before. So `next` stands to ALIGNMENT as the count does, and one addition serves both. */
struct hc_arena {
    char *next;       /* the next byte of the first live block; the count is what it is ahead of `origin` */
    char *limit;      /* where the block or the ceiling ends, what comes first */
    uintptr_t origin; /* as an address */
    struct block *live;
    struct block *spare; /* kept by reset */
    struct large *large; /* the latest first */
    size_t ceiling_bytes;
    size_t reserved_bytes;
    size_t block_bytes;
    bool exceeded;
    bool on_pages;
};

struct hc_arena *hc_arena_new(size_t ceiling_bytes)
{
    struct hc_arena *arena = calloc(1, sizeof *arena);
    if (!arena)
        return NULL;
    arena->ceiling_bytes = ceiling_bytes;
    arena->block_bytes = BLOCK_BYTES_FIRST;
    return arena;
}

struct hc_arena *hc_arena_new_on_pages(size_t ceiling_bytes)
{
    struct hc_arena *arena = hc_arena_new(ceiling_bytes);
    if (arena)
        arena->on_pages = true;
    return arena;
}

static void free_chain(struct hc_arena *arena, struct block **chain)
{
    while (*chain) {
        struct block *next = (*chain)->next;
        arena->reserved_bytes -= (*chain)->size;
        free(*chain);
        *chain = next;
    }
}

#ifdef HC_ARENA_CHECKED
static void *map_pages(void *old, size_t size_before, size_t size)
{
    (void)size_before;
    return realloc(old, size);
}

static void unmap_pages(void *pages, size_t size)
{
    (void)size;
    free(pages);
}
#else
/* NULL: no memory, and the old ones stay. */
static void *map_pages(void *old, size_t size_before, size_t size)
{
    void *pages = old ? mremap(old, size_before, size, MREMAP_MAYMOVE)
                      : mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : pages;
}

static void unmap_pages(void *pages, size_t size)
{
    (void)munmap(pages, size);
}
#endif

/* The arrays that are later than `last`. */
static void free_large(struct hc_arena *arena, const struct large *last)
{
    while (arena->large != last) {
        struct large *next = arena->large->next;
        arena->reserved_bytes -= arena->large->size;
        unmap_pages(arena->large, arena->large->size);
        arena->large = next;
    }
    if (arena->large)
        arena->large->before = NULL;
}

void hc_arena_free(struct hc_arena *arena)
{
    if (!arena)
        return;
    free_large(arena, NULL);
    free_chain(arena, &arena->live);
    free_chain(arena, &arena->spare);
    free(arena);
}

/* The blocks that are later than `last` are spare. */
static void spare_blocks(struct hc_arena *arena, const struct block *last)
{
    while (arena->live != last) {
        struct block *block = arena->live;
        arena->live = block->next;
        block->next = arena->spare;
        arena->spare = block;
    }
    if (IS_CHECKED)
        free_chain(arena, &arena->spare);
}

void hc_arena_reset(struct hc_arena *arena)
{
    free_large(arena, NULL);
    spare_blocks(arena, NULL);
    arena->next = arena->limit = NULL;
    arena->origin = 0;
    arena->exceeded = false;
}

#ifdef HC_ARENA_CHECKED
static void *allocate_block(const struct hc_arena *arena, size_t *size)
{
    (void)arena;
    return malloc(*size);
}
#else
/* A whole page for what fits into one, where they are asked for; the system may have none to give, and then it is memory all the same. */
static void *allocate_block(const struct hc_arena *arena, size_t *size)
{
    if (!arena->on_pages || *size > PAGE_BYTES)
        return malloc(*size);
    *size = PAGE_BYTES;
    void *pages = aligned_alloc(PAGE_BYTES, *size);
    if (pages)
        (void)madvise(pages, *size, MADV_HUGEPAGE);
    return pages;
}
#endif

static struct block *block_new(struct hc_arena *arena, size_t size)
{
    size_t total;
    if (!hc_size_add(size, sizeof(struct block), &total))
        return NULL;
    struct block *block = allocate_block(arena, &total);
    if (!block)
        return NULL;
    block->size = total - sizeof(struct block);
    arena->reserved_bytes += block->size;
    return block;
}

#ifdef HC_ARENA_CHECKED
static struct block *block_for(struct hc_arena *arena, size_t size)
{
    return block_new(arena, size);
}
#else
/* The smallest spare block that fits, so that large ones wait for large requests. */
static struct block *take_spare(struct hc_arena *arena, size_t size)
{
    struct block **best = NULL;
    for (struct block **at = &arena->spare; *at; at = &(*at)->next) {
        if ((*at)->size >= size && (!best || (*at)->size < (*best)->size))
            best = at;
    }
    if (!best)
        return NULL;
    struct block *block = *best;
    *best = block->next;
    return block;
}

static struct block *block_for(struct hc_arena *arena, size_t size)
{
    struct block *block = take_spare(arena, size);
    if (block)
        return block;
    /* What spare blocks hold must not come on top of the ceiling. */
    if (arena->ceiling_bytes && arena->reserved_bytes + size > arena->ceiling_bytes)
        free_chain(arena, &arena->spare);
    if (size >= arena->block_bytes)
        return block_new(arena, size);
    block = block_new(arena, arena->block_bytes);
    if (arena->block_bytes < BLOCK_BYTES_MOST)
        arena->block_bytes *= 2;
    return block;
}
#endif

/* `alignment` is a power of two. */
static size_t padding(size_t at, size_t alignment)
{
    return (0 - at) & (alignment - 1);
}

size_t hc_arena_ceiling(const struct hc_arena *arena)
{
    return arena->ceiling_bytes;
}

size_t hc_arena_used(const struct hc_arena *arena)
{
    return (uintptr_t)arena->next - arena->origin;
}

/* What is handed out once `asked` more bytes are. False over the ceiling. */
static bool count(struct hc_arena *arena, size_t asked, size_t alignment, size_t *total)
{
    size_t used = hc_arena_used(arena);
    if (!hc_size_add(used + padding(used, alignment), asked, total))
        return false;
    if (arena->ceiling_bytes == 0 || *total <= arena->ceiling_bytes)
        return true;
    arena->exceeded = true;
    return false;
}

/* What fits into the first live block, and below the ceiling. */
static void set_limit(struct hc_arena *arena)
{
    size_t room = arena->live ? (size_t)(arena->live->bytes + arena->live->size - arena->next) : 0;
    size_t used = hc_arena_used(arena), more = arena->ceiling_bytes > used ? arena->ceiling_bytes - used : 0;
    if (arena->ceiling_bytes && room > more)
        room = more;
    arena->limit = IS_CHECKED ? arena->next : arena->next + room;
}

/* Kept apart: without it the way that nearly every request takes is short enough to stand in its callers. */
static __attribute__((noinline)) void *allocate_in_another(struct hc_arena *arena, size_t asked, size_t alignment)
{
    size_t total, lead;
    if (!count(arena, asked, alignment, &total))
        return NULL;
    lead = (total - asked) & (ALIGNMENT - 1);
    struct block *block = hc_size_add(asked, lead, &asked) ? block_for(arena, asked) : NULL;
    if (!block)
        return NULL;
    block->next = arena->live;
    arena->live = block;
    arena->next = block->bytes + asked;
    arena->origin = (uintptr_t)arena->next - total;
    set_limit(arena);
    return block->bytes + lead;
}

static inline void *allocate(struct hc_arena *arena, size_t size, size_t alignment)
{
    size_t asked = size ? size : 1;
    size_t room = (size_t)(arena->limit - arena->next), pad = padding((uintptr_t)arena->next, alignment);
    if (asked > room || pad > room - asked)
        return allocate_in_another(arena, asked, alignment);
    char *p = arena->next + pad;
    arena->next = p + asked;
    return p;
}

void *hc_arena_alloc(struct hc_arena *arena, size_t size_bytes)
{
    return allocate(arena, size_bytes, ALIGNMENT);
}

/* Bytes that nobody touches cost no more than to count them apart. */
bool hc_arena_charge(struct hc_arena *arena, size_t size_bytes)
{
    return allocate(arena, size_bytes, ALIGNMENT) != NULL;
}

bool hc_arena_charge_copy(struct hc_arena *arena, size_t n)
{
    size_t total;
    return hc_size_add(n, 1, &total) && allocate(arena, total, 1) != NULL;
}

void *hc_arena_calloc(struct hc_arena *arena, size_t n, size_t size_bytes)
{
    size_t total;
    if (!hc_size_multiply(n, size_bytes, &total))
        return NULL;
    void *p = allocate(arena, total, ALIGNMENT);
    if (p)
        memset(p, 0, total);
    return p;
}

void *hc_arena_grown(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                     size_t size_bytes)
{
    size_t wanted = 8;
    if (*capacity > wanted / 2 && !hc_size_multiply(*capacity, 2, &wanted))
        return NULL;
    if (wanted < n_needed)
        wanted = n_needed;
    size_t total;
    if (!hc_size_multiply(wanted, size_bytes, &total))
        return NULL;
    void *p = allocate(arena, total, ALIGNMENT);
    if (!p)
        return NULL;
    if (old && n_used > 0)
        memcpy(p, old, n_used * size_bytes);
    *capacity = wanted;
    return p;
}

static struct large *large_of(void *bytes)
{
    return (struct large *)(void *)((char *)bytes - offsetof(struct large, bytes));
}

/* Gives an array pages of its own, or `old` more of them. NULL: over the ceiling, or no memory. */
static struct large *map_large(struct hc_arena *arena, struct large *old, size_t n_bytes)
{
    size_t total, used, size_before = old ? old->size : 0;
    if (!hc_size_add(n_bytes, sizeof(struct large) + SMALL_PAGE_BYTES, &total))
        return NULL;
    total -= total % SMALL_PAGE_BYTES;
    if (!count(arena, total - size_before, 1, &used))
        return NULL;
    if (arena->ceiling_bytes && arena->reserved_bytes + total - size_before > arena->ceiling_bytes)
        free_chain(arena, &arena->spare);
    struct large *large = map_pages(old, size_before, total);
    if (!large)
        return NULL;
    if (!old)
        *large = (struct large){.next = arena->large};
    large->size = total;
    if (large->next)
        large->next->before = large;
    *(large->before ? &large->before->next : &arena->large) = large;
    arena->reserved_bytes += total - size_before;
    arena->origin = (uintptr_t)arena->next - used;
    set_limit(arena);
    return large;
}

void *hc_arena_regrown(struct hc_arena *arena, void *old, size_t n_used, size_t n_needed, size_t *capacity,
                       size_t size_bytes)
{
    size_t wanted = *capacity, total, before = *capacity * size_bytes;
    bool was_large = old && before >= LARGE_BYTES;
    if (!hc_size_add(wanted, was_large ? wanted / 8 : wanted, &wanted))
        return NULL;
    wanted = wanted < n_needed ? n_needed : wanted;
    if (!hc_size_multiply(wanted, size_bytes, &total))
        return NULL;
    if (total < LARGE_BYTES)
        return hc_arena_grown(arena, old, n_used, n_needed, capacity, size_bytes);
    struct large *large = map_large(arena, was_large ? large_of(old) : NULL, total);
    if (!large)
        return NULL;
    if (!was_large && old && n_used > 0)
        memcpy(large->bytes, old, n_used * size_bytes);
    *capacity = wanted;
    return large->bytes;
}

void hc_arena_drop(struct hc_arena *arena, void *array, size_t capacity, size_t size_bytes)
{
    if (!array || capacity * size_bytes < LARGE_BYTES)
        return;
    struct large *large = large_of(array);
    size_t used = hc_arena_used(arena) - large->size;
    if (large->next)
        large->next->before = large->before;
    *(large->before ? &large->before->next : &arena->large) = large->next;
    arena->reserved_bytes -= large->size;
    unmap_pages(large, large->size);
    arena->origin = (uintptr_t)arena->next - used;
    set_limit(arena);
}

struct hc_arena_mark hc_arena_mark(const struct hc_arena *arena)
{
    return (struct hc_arena_mark){arena->live, arena->large, arena->next, hc_arena_used(arena), arena->exceeded};
}

void hc_arena_release(struct hc_arena *arena, const struct hc_arena_mark *mark)
{
    free_large(arena, mark->large);
    spare_blocks(arena, mark->live);
    arena->next = mark->next;
    arena->origin = (uintptr_t)arena->next - mark->used;
    arena->exceeded = mark->exceeded;
    set_limit(arena);
}

char *hc_arena_copy(struct hc_arena *arena, const char *bytes, size_t n)
{
    size_t total;
    if (!hc_size_add(n, 1, &total))
        return NULL;
    char *p = allocate(arena, total, 1);
    if (!p)
        return NULL;
    if (n > 0)
        memcpy(p, bytes, n);
    p[n] = '\0';
    return p;
}

int hc_arena_exceeded(const struct hc_arena *arena)
{
    return arena->exceeded;
}

void hc_arena_forgive(struct hc_arena *arena)
{
    arena->exceeded = false;
}
