/* Lists put in order by small numbers, which are counted and not compared. */
#include "ingest/assemble_parts.h"

bool hc_order_new(struct hc_order *order, size_t n, size_t n_keys_most, struct hc_arena *arena)
{
    *order = (struct hc_order){.n = n};
    order->items = hc_arena_alloc(arena, n * sizeof *order->items);
    order->room = hc_arena_alloc(arena, n * sizeof *order->room);
    order->keys = hc_arena_alloc(arena, n * sizeof *order->keys);
    order->n_below = hc_arena_alloc(arena, n_keys_most * sizeof *order->n_below);
    if (order->items == NULL || order->room == NULL || order->keys == NULL || order->n_below == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        order->items[i] = (uint32_t)i;
    return true;
}

void hc_order_by_keys(struct hc_order *order, size_t n_keys)
{
    uint32_t n_below = 0;
    memset(order->n_below, 0, n_keys * sizeof *order->n_below);
    for (size_t i = 0; i < order->n; i++)
        order->n_below[order->keys[i]]++;
    for (size_t k = 0; k < n_keys; k++) {
        uint32_t n = order->n_below[k];
        order->n_below[k] = n_below;
        n_below += n;
    }
    for (size_t i = 0; i < order->n; i++)
        order->room[order->n_below[order->keys[order->items[i]]]++] = order->items[i];
    uint32_t *sorted = order->room;
    order->room = order->items;
    order->items = sorted;
}
