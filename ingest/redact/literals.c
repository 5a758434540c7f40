#include "ingest/redact/literals.h"

#include <stdlib.h>

#define WAYS_MOST 0x10000 /* states x classes */
#define LANES 4

struct hc_literals {
    uint8_t class_of[256]; /* bytes in no item share class 0 */
    size_t n_classes, n_states;
    uint16_t *next;   /* by state and class: where the next one's row begins; behind a row's ways, the number of its
                         state; state 0 is where nothing has begun */
    uint64_t *ends;   /* by state: the sets of the items that end there */
    size_t first_end; /* the first row of those where items end */
    size_t before;    /* an item ends at most so many bytes behind its first */
};

static unsigned char folded(char c)
{
    if (c >= '0' && c <= '9')
        return '9';
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

static size_t number_classes(struct hc_literals *l, const struct hc_literal *items, size_t n)
{
    size_t n_bytes = 0;
    l->n_classes = 1;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < items[i].text.n; k++) {
            unsigned char c = folded(items[i].text.p[k]);
            if (l->class_of[c] == 0)
                l->class_of[c] = (uint8_t)l->n_classes++;
            l->before = k > l->before ? k : l->before;
        }
        n_bytes += items[i].text.n;
    }
    for (unsigned c = 0; c < 128; c++)
        l->class_of[c] = l->class_of[folded((char)c)];
    return n_bytes;
}

static void add_item(struct hc_literals *l, struct hc_str item, unsigned set)
{
    size_t state = 0;
    for (size_t k = 0; k < item.n; k++) {
        uint16_t *next = &l->next[state * l->n_classes + l->class_of[folded(item.p[k])]];
        if (*next == 0)
            *next = (uint16_t)l->n_states++;
        state = *next;
    }
    l->ends[state] |= UINT64_C(1) << set;
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
    const size_t width = l->n_classes + 1;
    uint16_t *rows = calloc(l->n_states * width, sizeof *rows);
    uint64_t *ends = calloc(l->n_states, sizeof *ends);
    size_t n = 0;
    for (size_t i = 0; i < l->n_states; i++)
        if (l->ends[i] == 0)
            numbers[i] = (uint16_t)n++;
    l->first_end = n * width;
    for (size_t i = 0; i < l->n_states; i++)
        if (l->ends[i] != 0)
            numbers[i] = (uint16_t)n++;
    for (size_t i = 0; rows && ends && i < l->n_states; i++) {
        uint16_t *row = &rows[numbers[i] * width];
        ends[numbers[i]] = l->ends[i];
        for (size_t c = 0; c < l->n_classes; c++)
            row[c] = (uint16_t)(numbers[l->next[i * l->n_classes + c]] * width);
        row[l->n_classes] = numbers[i];
    }
    free(l->next);
    free(l->ends);
    l->next = rows;
    l->ends = ends;
    return rows && ends;
}

enum hc_status hc_literals_new(struct hc_literals **out, const struct hc_literal *items, size_t n)
{
    struct hc_literals *l = calloc(1, sizeof *l);
    enum hc_status status = HC_FATAL;
    *out = NULL;
    if (!l)
        return HC_FATAL;
    size_t most = number_classes(l, items, n) + 1;
    uint16_t *queue = NULL;
    if (most > WAYS_MOST) {
        status = HC_FAIL;
        goto done;
    }
    queue = calloc(most, 2 * sizeof *queue);
    l->next = calloc(most * l->n_classes, sizeof *l->next);
    l->ends = calloc(most, sizeof *l->ends);
    if (!queue || !l->next || !l->ends)
        goto done;
    l->n_states = 1;
    for (size_t i = 0; i < n; i++)
        add_item(l, items[i].text, items[i].set);
    if (l->n_states * (l->n_classes + 1) > WAYS_MOST) {
        status = HC_FAIL;
        goto done;
    }
    join_ends(l, queue, queue + most);
    status = make_rows(l, queue) ? HC_OK : HC_FATAL;
done:
    free(queue);
    if (status == HC_OK)
        *out = l;
    else
        hc_literals_free(l);
    return status;
}

void hc_literals_free(struct hc_literals *literals)
{
    if (!literals)
        return;
    free(literals->next);
    free(literals->ends);
    free(literals);
}

/* Of the row's state, where one is that items end in. */
static uint64_t note_ends(const struct hc_literals *l, size_t row, uint64_t found, size_t end, size_t *ends)
{
    if (row < l->first_end)
        return found;
    uint64_t sets = l->ends[l->next[row + l->n_classes]];
    for (uint64_t rest = sets; ends && rest != 0; rest &= rest - 1) {
        int i = __builtin_ctzll(rest);
        ends[i] = (found >> i & 1) == 0 || end < ends[i] ? end : ends[i];
    }
    return found | sets;
}

/* From state to state each step waits for the one before it, so a text is read in several places at once. They are of one
 * length, and each begins as far before the end of the one before it as an item may reach back. The text must be as long as
 * hc_literals_in asks. */
static uint64_t find_in_lanes(const struct hc_literals *l, struct hc_str text, size_t *ends)
{
    const size_t n = (text.n + (LANES - 1) * l->before + LANES - 1) / LANES, first_end = l->first_end;
    const size_t b = n - l->before, c = 2 * b, d = text.n - n;
    const uint8_t *class_of = l->class_of, *p = (const uint8_t *)text.p;
    const uint16_t *next = l->next;
    size_t r0 = 0, r1 = 0, r2 = 0, r3 = 0;
    uint64_t found = 0;
    for (size_t i = 0; i < n; i++) {
        r0 = next[r0 + class_of[p[i]]];
        r1 = next[r1 + class_of[p[b + i]]];
        r2 = next[r2 + class_of[p[c + i]]];
        r3 = next[r3 + class_of[p[d + i]]];
        if ((r0 >= first_end) | (r1 >= first_end) | (r2 >= first_end) | (r3 >= first_end)) {
            found = note_ends(l, r0, found, i + 1, ends);
            found = note_ends(l, r1, found, b + i + 1, ends);
            found = note_ends(l, r2, found, c + i + 1, ends);
            found = note_ends(l, r3, found, d + i + 1, ends);
        }
    }
    return found;
}

uint64_t hc_literals_in(const struct hc_literals *literals, struct hc_str text, size_t ends[HC_LITERAL_SETS])
{
    size_t row = 0;
    uint64_t found = 0;
    if (text.n > LANES * (literals->before + LANES))
        return find_in_lanes(literals, text, ends);
    for (size_t i = 0; i < text.n; i++) {
        row = literals->next[row + literals->class_of[(unsigned char)text.p[i]]];
        found = note_ends(literals, row, found, i + 1, ends);
    }
    return found;
}
