#include "analysis/stats/wordset.h"

#include <stdlib.h>

#define WORD_BYTES_LEAST 3
#define WORD_BYTES_MOST 32

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c > 127;
}

/* Takes the next run of letters off; absent: there is none. */
static struct hc_str take_run(struct hc_str *rest)
{
    size_t from = 0, n;
    while (from < rest->n && !is_letter(rest->p[from]))
        from++;
    for (n = from; n < rest->n && is_letter(rest->p[n]);)
        n++;
    const struct hc_str run = {rest->p + from, n - from};
    *rest = (struct hc_str){rest->p + n, rest->n - n};
    return run.n ? run : HC_STR_NONE;
}

static bool ends(struct hc_str word, const char *suffix, const char *unless_after)
{
    const struct hc_str s = hc_str_of(suffix);
    return hc_str_ends(word, s) && word.n > s.n && !strchr(unless_after, word.p[word.n - s.n - 1]);
}

/* Of the first rule whose ending fits; one that may not be taken off stays. */
static struct hc_str stem(struct hc_str word, char *bytes)
{
    if (word.n <= WORD_BYTES_LEAST) /* "dns", "was" */
        return word;
    if (hc_str_ends(word, HC_STR("ies"))) {
        if (!ends(word, "ies", "ae"))
            return word;
        bytes[word.n - 3] = 'y';
        return (struct hc_str){word.p, word.n - 2};
    }
    if (hc_str_ends(word, HC_STR("es")))
        return ends(word, "es", "aeo") ? (struct hc_str){word.p, word.n - 1} : word;
    return ends(word, "s", "us") ? (struct hc_str){word.p, word.n - 1} : word;
}

static struct hc_str normal_form(struct hc_str run, struct hc_arena *arena)
{
    char *bytes = hc_arena_alloc(arena, run.n);
    for (size_t i = 0; bytes && i < run.n; i++)
        bytes[i] = (char)(run.p[i] >= 'A' && run.p[i] <= 'Z' ? run.p[i] - 'A' + 'a' : run.p[i]);
    return bytes ? stem((struct hc_str){bytes, run.n}, bytes) : HC_STR_NONE;
}

static void sort_once(struct hc_word_set *set)
{
    size_t kept = 0;
    if (set->n)
        qsort(set->words, set->n, sizeof *set->words, hc_str_order);
    for (size_t i = 0; i < set->n; i++)
        if (kept == 0 || !hc_str_equal(set->words[kept - 1], set->words[i]))
            set->words[kept++] = set->words[i];
    set->n = kept;
}

static bool collect(struct hc_word_set *out, const struct hc_str *texts, size_t n_texts, struct hc_arena *arena)
{
    size_t capacity = 0;
    *out = (struct hc_word_set){NULL, 0};
    for (size_t i = 0; i < n_texts; i++) {
        struct hc_str rest = texts[i], run;
        while (rest.n && (run = take_run(&rest)).p) {
            if (run.n < WORD_BYTES_LEAST || run.n > WORD_BYTES_MOST)
                continue;
            out->words = hc_arena_grow(arena, out->words, out->n, out->n + 1, &capacity, sizeof *out->words);
            if (!out->words || !(out->words[out->n++] = normal_form(run, arena)).p)
                return false;
        }
    }
    sort_once(out);
    return true;
}

static void remove_from(struct hc_word_set *set, const struct hc_word_set *others)
{
    size_t kept = 0;
    for (size_t i = 0; i < set->n && others->n; i++)
        if (!bsearch(&set->words[i], others->words, others->n, sizeof *others->words, hc_str_order))
            set->words[kept++] = set->words[i];
    set->n = others->n ? kept : set->n;
}

bool hc_word_set_make(struct hc_word_set *out, const struct hc_str *texts, size_t n_texts, struct hc_str without,
                      struct hc_arena *arena)
{
    struct hc_word_set others;
    if (!collect(out, texts, n_texts, arena) || !collect(&others, &without, 1, arena))
        return false;
    remove_from(out, &others);
    return true;
}

bool hc_word_set_copy(struct hc_word_set *out, const struct hc_word_set *words, struct hc_arena *arena)
{
    *out = (struct hc_word_set){hc_arena_alloc(arena, words->n * sizeof *out->words), words->n};
    for (size_t i = 0; out->words && i < words->n; i++)
        if (!(out->words[i] = hc_str_copy(arena, words->words[i])).p)
            return false;
    return out->words != NULL;
}

bool hc_word_set_unite(struct hc_word_set *out, const struct hc_word_set *a, const struct hc_word_set *b,
                       struct hc_arena *arena)
{
    *out = (struct hc_word_set){hc_arena_alloc(arena, (a->n + b->n) * sizeof *out->words), a->n + b->n};
    if (!out->words)
        return false;
    if (a->n)
        memcpy(out->words, a->words, a->n * sizeof *a->words);
    if (b->n)
        memcpy(out->words + a->n, b->words, b->n * sizeof *b->words);
    sort_once(out);
    return true;
}
