#include "analysis/evidence/phrases.h"

#include <stdint.h>

/* A list with a phrase that ends, or whose part before its first '*' ends, where a state is reached. */
struct output {
    size_t list;
    struct hc_str pattern; /* absent: reaching the state is enough */
    struct output *next;   /* that of a phrase which ends at the same byte */
};

struct hc_phrases {
    unsigned char symbol_of[256]; /* 0: a byte of no phrase */
    size_t n_symbols;
    uint32_t *next;          /* [n_states][n_symbols]: where the next state's row begins, and whether it has outputs */
    struct output **outputs; /* [n_states] */
    size_t n_states;
};

#define HAS_OUTPUTS (UINT32_C(1) << 31)

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t find_part(struct hc_str text, size_t from, struct hc_str part)
{
    for (size_t i = from; i + part.n <= text.n; i++) {
        size_t j = 0;
        while (j < part.n && lower(text.p[i + j]) == part.p[j])
            j++;
        if (j == part.n)
            return i + part.n;
    }
    return SIZE_MAX;
}

/* The phrase up to its first '*'. */
static struct hc_str head_of(struct hc_str phrase)
{
    size_t n = 0;
    while (n < phrase.n && phrase.p[n] != '*')
        n++;
    return (struct hc_str){phrase.p, n};
}

bool hc_text_has(struct hc_str text, struct hc_str phrase)
{
    size_t at = 0;
    if (!text.p || phrase.n == 0)
        return false;
    for (;;) {
        struct hc_str part = head_of(phrase);
        at = find_part(text, at, part);
        if (at == SIZE_MAX || part.n == phrase.n)
            return at != SIZE_MAX;
        phrase = (struct hc_str){phrase.p + part.n + 1, phrase.n - part.n - 1};
    }
}

static void number_symbols(struct hc_phrases *p, const struct hc_phrase_list *lists, size_t n_lists, size_t *n_bytes)
{
    p->n_symbols = 1;
    for (size_t i = 0; i < n_lists; i++) {
        for (size_t j = 0; j < lists[i].n; j++) {
            struct hc_str head = head_of(lists[i].phrases[j]);
            *n_bytes += head.n;
            for (size_t k = 0; k < head.n; k++) {
                unsigned char *symbol = &p->symbol_of[(unsigned char)lower(head.p[k])];
                if (*symbol == 0)
                    *symbol = (unsigned char)p->n_symbols++;
            }
        }
    }
    for (int c = 'A'; c <= 'Z'; c++)
        p->symbol_of[c] = p->symbol_of[c - 'A' + 'a'];
}

static uint32_t *row(const struct hc_phrases *p, uint32_t state)
{
    return p->next + (size_t)state * p->n_symbols;
}

static bool add_phrase(struct hc_phrases *p, size_t list, struct hc_str phrase, struct hc_arena *arena)
{
    struct hc_str head = head_of(phrase);
    struct output *output = hc_arena_alloc(arena, sizeof *output);
    uint32_t state = 0;
    if (!output)
        return false;
    for (size_t i = 0; i < head.n; i++) {
        uint32_t *next = &row(p, state)[p->symbol_of[(unsigned char)head.p[i]]];
        if (*next == 0)
            *next = (uint32_t)p->n_states++;
        state = *next;
    }
    *output = (struct output){list, head.n < phrase.n ? phrase : HC_STR_NONE, p->outputs[state]};
    p->outputs[state] = output;
    return true;
}

/* Breadth first, so that the longest proper suffix of a state has all its edges before the state needs them. Outputs of
 * a state are its own, then those of that suffix. */
static void link_states(struct hc_phrases *p, uint32_t *suffix, uint32_t *queue)
{
    size_t n = 0;
    for (size_t c = 1; c < p->n_symbols; c++) {
        if (p->next[c])
            queue[n++] = p->next[c];
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t state = queue[i];
        struct output **end = &p->outputs[state];
        while (*end)
            end = &(*end)->next;
        *end = p->outputs[suffix[state]];
        for (size_t c = 1; c < p->n_symbols; c++) {
            uint32_t *next = &row(p, state)[c];
            uint32_t otherwise = row(p, suffix[state])[c];
            if (*next) {
                suffix[*next] = otherwise;
                queue[n++] = *next;
            } else {
                *next = otherwise;
            }
        }
    }
}

/* From numbers of states to what hc_phrases_find steps by. */
static void number_rows(struct hc_phrases *p)
{
    for (size_t i = 0; i < p->n_states * p->n_symbols; i++) {
        bool has_outputs = p->outputs[p->next[i]] != NULL;
        p->next[i] = (uint32_t)(p->next[i] * p->n_symbols) | (has_outputs ? HAS_OUTPUTS : 0);
    }
}

struct hc_phrases *hc_phrases_new(const struct hc_phrase_list *lists, size_t n_lists, struct hc_arena *arena)
{
    struct hc_phrases *p = hc_arena_calloc(arena, 1, sizeof *p);
    size_t n_bytes = 1;
    if (!p)
        return NULL;
    number_symbols(p, lists, n_lists, &n_bytes);
    p->n_states = 1;
    p->next = hc_arena_calloc(arena, n_bytes * p->n_symbols, sizeof *p->next);
    p->outputs = hc_arena_calloc(arena, n_bytes, sizeof *p->outputs);
    uint32_t *suffix = hc_arena_calloc(arena, n_bytes, sizeof *suffix);
    uint32_t *queue = hc_arena_calloc(arena, n_bytes, sizeof *queue);
    if (!p->next || !p->outputs || !suffix || !queue || n_bytes * p->n_symbols >= HAS_OUTPUTS)
        return NULL;
    for (size_t i = 0; i < n_lists; i++)
        for (size_t j = 0; j < lists[i].n; j++)
            if (lists[i].phrases[j].n && !add_phrase(p, i, lists[i].phrases[j], arena))
                return NULL;
    link_states(p, suffix, queue);
    number_rows(p);
    return p;
}

bool hc_phrases_find(const struct hc_phrases *phrases, struct hc_str text, bool *found)
{
    const uint32_t *next = phrases->next;
    bool any = false;
    size_t at = 0; /* a row; each step waits for the one before it, so that as little as can be is done on the way */
    for (size_t i = 0; i < text.n; i++) {
        at = next[at + phrases->symbol_of[(unsigned char)text.p[i]]];
        if (!(at & HAS_OUTPUTS))
            continue;
        at &= ~(size_t)HAS_OUTPUTS;
        for (const struct output *o = phrases->outputs[at / phrases->n_symbols]; o; o = o->next) {
            if (!found[o->list] && (!o->pattern.p || hc_text_has(text, o->pattern)))
                found[o->list] = any = true;
        }
    }
    return any;
}
