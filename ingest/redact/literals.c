#include "ingest/redact/literals.h"

#include <stdlib.h>

#define WAYS_MOST 0x8000 /* states x classes */

struct hc_literals {
    uint8_t class_of[256]; /* bytes in no item share class 0 */
    size_t n_classes, n_states;
    uint16_t *next;   /* by state and class: where the next one's row begins; state 0 is where nothing has begun */
    uint64_t *ends;   /* by state: the items that end there */
    size_t first_end; /* the first row of those where items end */
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

/* Rows in the place of the states that `next` has until then. States where items end come last, so that a row tells
 * whether it is of one. `numbers` has room for each state's. */
static bool make_rows(struct hc_literals *l, uint16_t *numbers)
{
    uint16_t *rows = calloc(l->n_states * l->n_classes, sizeof *rows);
    uint64_t *ends = calloc(l->n_states, sizeof *ends);
    size_t n = 0;
    for (size_t i = 0; i < l->n_states; i++)
        if (l->ends[i] == 0)
            numbers[i] = (uint16_t)n++;
    l->first_end = n * l->n_classes;
    for (size_t i = 0; i < l->n_states; i++)
        if (l->ends[i] != 0)
            numbers[i] = (uint16_t)n++;
    for (size_t i = 0; rows && ends && i < l->n_states; i++) {
        ends[numbers[i]] = l->ends[i];
        for (size_t c = 0; c < l->n_classes; c++)
            rows[numbers[i] * l->n_classes + c] = (uint16_t)(numbers[l->next[i * l->n_classes + c]] * l->n_classes);
    }
    free(l->next);
    free(l->ends);
    l->next = rows;
    l->ends = ends;
    return rows && ends;
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
        made = make_rows(l, queue);
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

static uint64_t note_ends(uint64_t items, size_t end, size_t *ends)
{
    for (uint64_t rest = items; ends && rest != 0; rest &= rest - 1)
        ends[__builtin_ctzll(rest)] = end;
    return items;
}

uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text, size_t ends[HC_LITERALS_MOST])
{
    const uint8_t *class_of = literals->class_of;
    const uint16_t *next = literals->next;
    size_t row = 0, first_end = literals->first_end;
    uint64_t found = 0;
    for (size_t i = 0; i < text.n; i++) {
        row = next[row + class_of[(unsigned char)text.p[i]]];
        if (row >= first_end)
            found |= note_ends(literals->ends[row / literals->n_classes] & ~found, i + 1, ends);
    }
    return found;
}
