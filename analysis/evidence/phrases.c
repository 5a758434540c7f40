#include "analysis/evidence/phrases.h"

#include <stdint.h>

#include "analysis/evidence/words.h"

struct phrase {
    struct hc_str whole;
    size_t list;
    bool has_star; /* then the part before it is looked for first */
};

struct hc_phrases {
    struct phrase *items;
    const struct hc_words *heads; /* the parts up to the first star, one a phrase */
    struct phrase *bare;          /* those that begin with a star */
    size_t n_bare;
};

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

struct hc_phrases *hc_phrases_new(const struct hc_phrase_list *lists, size_t n_lists, struct hc_arena *arena)
{
    size_t n = 0;
    for (size_t i = 0; i < n_lists; i++)
        n += lists[i].n;
    struct hc_phrases *p = hc_arena_calloc(arena, 1, sizeof *p);
    struct hc_str *heads = hc_arena_calloc(arena, n, sizeof *heads);
    if (!p || !heads)
        return NULL;
    p->items = hc_arena_calloc(arena, n, sizeof *p->items);
    p->bare = hc_arena_calloc(arena, n, sizeof *p->bare);
    if (!p->items || !p->bare)
        return NULL;
    n = 0;
    for (size_t i = 0; i < n_lists; i++) {
        for (size_t j = 0; j < lists[i].n; j++, n++) {
            struct hc_str whole = lists[i].phrases[j];
            heads[n] = head_of(whole);
            p->items[n] = (struct phrase){whole, i, heads[n].n < whole.n};
            if (heads[n].n == 0 && whole.n > 0) /* an empty one is in no text */
                p->bare[p->n_bare++] = p->items[n];
        }
    }
    p->heads = hc_words_new(heads, n, arena);
    return p->heads ? p : NULL;
}

struct search {
    const struct hc_phrases *phrases;
    struct hc_str text;
    bool *found;
    bool any;
};

static void take_phrase(struct search *s, const struct phrase *phrase)
{
    if (!s->found[phrase->list] && (!phrase->has_star || hc_text_has(s->text, phrase->whole)))
        s->found[phrase->list] = s->any = true;
}

static void take_head(void *context, size_t word, size_t at)
{
    struct search *s = context;
    (void)at;
    take_phrase(s, &s->phrases->items[word]);
}

bool hc_phrases_find(const struct hc_phrases *phrases, struct hc_str text, bool *found)
{
    struct search s = {phrases, text, found, false};
    for (size_t i = 0; i < phrases->n_bare; i++)
        take_phrase(&s, &phrases->bare[i]);
    hc_words_find(phrases->heads, text, take_head, &s);
    return s.any;
}
