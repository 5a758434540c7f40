#include "ingest/normalize/templates_tails.h"

#define TAILS_LEAST 4 /* texts behind one clause */
#define WORDS_LEAST 3 /* without masks, of a clause: "Error: " alone says what kind of message it is */

/* A clause, and the first of its texts. */
struct clause {
    uint64_t hash; /* 0: free */
    uint32_t n;
    uint32_t last; /* template: of equal texts one is counted */
};

#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

static bool tells_failure(struct hc_str word)
{
    static const struct hc_str words[] = {WORD("fail"),     WORD("failed"),  WORD("failure"),    WORD("failures"),
                                          WORD("error"),    WORD("errors"),  WORD("exception"),  WORD("cannot"),
                                          WORD("can't"),    WORD("unable"),  WORD("could"),      WORD("couldn't"),
                                          WORD("rejected"), WORD("aborted"), WORD("terminated"), WORD("reason"),
                                          WORD("cause"),    WORD("status"),  WORD("invalid")};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (hc_str_equal_nocase(word, words[i]))
            return true;
    return false;
}

static bool is_failure(struct hc_str clause)
{
    size_t n_words = 0;
    bool fails = false;
    for (size_t at = 0, end; at < clause.n; at = end + 1) {
        for (end = at; end < clause.n && clause.p[end] != ' '; end++)
            ;
        n_words += end > at && !memchr(clause.p + at, '*', end - at);
        fails = fails || tells_failure((struct hc_str){clause.p + at, end - at});
    }
    return fails && n_words >= WORDS_LEAST;
}

/* Behind the first clause that tells of a failure, and its colon. 0: there is none, or nothing follows. */
static size_t clause_end(struct hc_str text)
{
    const char *begin = text.p, *end = text.p + text.n, *colon = text.p;
    while ((colon = memchr(colon, ':', (size_t)(end - colon))) != NULL && colon + 2 < end) {
        if (colon[1] != ' ') {
            colon++;
            continue;
        }
        if (is_failure((struct hc_str){begin, (size_t)(colon - begin)}))
            return (size_t)(colon + 2 - text.p);
        begin = colon += 2;
    }
    return 0;
}

static struct clause *find(struct clause *clauses, size_t mask, uint64_t hash)
{
    size_t i = (size_t)(hash >> 7) & mask;
    while (clauses[i].hash != 0 && clauses[i].hash != hash)
        i = (i + 1) & mask;
    clauses[i].hash = hash;
    return &clauses[i];
}

static bool cut(struct hc_template *template, size_t end, struct hc_arena *arena)
{
    char *text = hc_arena_alloc(arena, end + sizeof "<*>");
    if (!text)
        return false;
    memcpy(text, template->text.p, end);
    memcpy(text + end, "<*>", sizeof "<*>");
    template->text = (struct hc_str){text, end + sizeof "<*>" - 1};
    template->id = hc_template_id(template->text);
    return true;
}

bool hc_templates_cut_tails(struct hc_template **templates, size_t n, struct hc_arena *arena)
{
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    struct clause *clauses = hc_arena_calloc(arena, size, sizeof *clauses);
    struct tail {
        struct clause *clause; /* NULL: it has none */
        size_t begin;
    } *tails = hc_arena_calloc(arena, n, sizeof *tails);
    if (!clauses || !tails)
        return false;
    for (size_t i = 0; i < n; i++) {
        struct hc_str head = {templates[i]->text.p, clause_end(templates[i]->text)};
        if (head.n == 0)
            continue;
        struct clause *clause = find(clauses, size - 1, hc_str_hash(head) | 1);
        if (clause->n == 0 || templates[clause->last]->id != templates[i]->id)
            clause->n++;
        clause->last = (uint32_t)i;
        tails[i] = (struct tail){clause, head.n};
    }
    for (size_t i = 0; i < n; i++)
        if (tails[i].clause && tails[i].clause->n >= TAILS_LEAST && !cut(templates[i], tails[i].begin, arena))
            return false;
    return true;
}
