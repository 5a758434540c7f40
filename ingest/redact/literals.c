#include "ingest/redact/literals.h"

#include <stdlib.h>

#define WAYS_MOST 0x8000 /* states x classes: a way is a row of `next`, and whether items end there */
#define ENDS 0x8000

struct hc_literals {
    uint8_t class_of[256]; /* bytes in no item share class 0 */
    size_t n_classes, n_states;
    uint16_t *next; /* by state and class; state 0 is where nothing has begun; once made, see above */
    uint64_t *ends; /* by state: the items that end there */
};

static unsigned char folded(char c)
{
    if (c >= '0' && c <= '9')
        return '9';
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static size_t number_classes(struct hc_literals *l, const struct hc_str *items, size_t n)
{
    size_t n_bytes = 0;
    l->n_classes = 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < items[i].n; k++) {
            unsigned char c = folded(items[i].p[k]);
            if (l->class_of[c] == 0)
                l->class_of[c] = (uint8_t)l->n_classes++;
        }
        n_bytes += items[i].n;
    }
    for (unsigned c = 0; c < 128; c++)
        l->class_of[c] = l->class_of[folded((char)c)];
    return n_bytes;
}

static void add_item(struct hc_literals *l, struct hc_str item, uint64_t bit)
{
    size_t state = 0;
    for (size_t k = 0; k < item.n; k++) {
        uint16_t *next = &l->next[state * l->n_classes + l->class_of[folded(item.p[k])]];
        if (*next == 0)
            *next = (uint16_t)l->n_states++;
        state = *next;
    }
    l->ends[state] |= bit;
}

/* Breadth first: where a state has no way on, the longest end of it that begins an item has. */
static void join_ends(struct hc_literals *l, uint16_t *queue, uint16_t *longest_end)
{
    size_t n = 0;
    for (size_t c = 0; c < l->n_classes; c++)
        if (l->next[c] != 0)
            queue[n++] = l->next[c];
    for (size_t i = 0; i < n; i++) {
        size_t state = queue[i], back = longest_end[state];
        l->ends[state] |= l->ends[back];
        for (size_t c = 0; c < l->n_classes; c++) {
            uint16_t *next = &l->next[state * l->n_classes + c], other = l->next[back * l->n_classes + c];
            if (*next == 0) {
                *next = other;
                continue;
            }
            longest_end[*next] = other;
            queue[n++] = *next;
        }
    }
}

static void make_ways(struct hc_literals *l)
{
    for (size_t i = 0; i < l->n_states * l->n_classes; i++) {
        size_t state = l->next[i];
        l->next[i] = (uint16_t)(state * l->n_classes | (l->ends[state] != 0 ? ENDS : 0));
    }
}

struct hc_literals *hc_literals_new(const struct hc_str *items, size_t n)
{
    struct hc_literals *l = calloc(1, sizeof *l);
    if (!l)
        return NULL;
    size_t most = number_classes(l, items, n) + 1;
    uint16_t *queue = calloc(most, 2 * sizeof *queue);
    l->next = calloc(most * l->n_classes, sizeof *l->next);
    l->ends = calloc(most, sizeof *l->ends);
    bool made = queue && l->next && l->ends && most * l->n_classes <= WAYS_MOST;
    if (made) {
        l->n_states = 1;
        for (size_t i = 0; i < n; i++)
            add_item(l, items[i], UINT64_C(1) << i);
        join_ends(l, queue, queue + most);
        make_ways(l);
    }
    free(queue);
    if (made)
        return l;
    hc_literals_free(l);
    return NULL;
}

void hc_literals_free(struct hc_literals *literals)
{
    if (!literals)
        return;
    free(literals->next);
    free(literals->ends);
    free(literals);
}

uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text)
{
    uint64_t found = 0;
    unsigned way = 0;
    for (size_t i = 0; i < text.n; i++) {
        way = literals->next[(way & ~(unsigned)ENDS) + literals->class_of[(unsigned char)text.p[i]]];
        if (way & ENDS)
            found |= literals->ends[(way & ~(unsigned)ENDS) / literals->n_classes];
    }
    return found;
}
