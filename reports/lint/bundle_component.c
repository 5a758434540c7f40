/* Where a text names the components of a bundle. A table finds them by their letters: a bundle may have thousands. */
#include "reports/lint/bundle.h"

#define MOST_MENTIONS 64 /* in a sentence */

struct hc_lint_names {
    uint32_t *heads, *next; /* index + 1 of a component; 0: none */
    size_t n_heads;         /* a power of two */
    size_t longest;         /* bytes of a name */
};

static char plain(char b)
{
    if (b >= 'A' && b <= 'Z')
        return (char)(b + 32);
    return b == '_' || b == ' ' || b == '/' ? '-' : b;
}

static uint64_t add_byte(uint64_t hash, char b)
{
    return (hash ^ (unsigned char)plain(b)) * 1099511628211U;
}

static size_t head_of(const struct hc_lint_names *names, uint64_t hash)
{
    return (size_t)(hash ^ (hash >> 32)) & (names->n_heads - 1);
}

const struct hc_lint_names *hc_lint_names_of(const struct hc_lint_facts *facts, struct hc_arena *arena)
{
    struct hc_lint_names *names = hc_arena_calloc(arena, 1, sizeof *names);
    size_t n_heads = 16;
    while (n_heads < 2 * facts->n_components)
        n_heads *= 2;
    uint32_t *heads = hc_arena_calloc(arena, n_heads, sizeof *heads);
    uint32_t *next = hc_arena_calloc(arena, facts->n_components + 1, sizeof *next);
    if (!names || !heads || !next)
        return NULL;
    *names = (struct hc_lint_names){.heads = heads, .next = next, .n_heads = n_heads};
    for (size_t i = facts->n_components; i-- > 0;) {
        struct hc_str name = facts->components[i];
        uint64_t hash = 0;
        for (size_t k = 0; k < name.n; k++)
            hash = add_byte(hash, name.p[k]);
        uint32_t *head = &heads[head_of(names, hash)];
        next[i] = *head;
        *head = name.n > 0 ? (uint32_t)i + 1 : *head;
        names->longest = name.n > names->longest ? name.n : names->longest;
    }
    return names;
}

/* ---- in a text ---- */

struct mention {
    size_t begin, end, component;
};

static bool begins(struct hc_str text, size_t i)
{
    return i == 0 || !(hc_is_name_byte(text.p[i - 1]) || text.p[i - 1] == '/');
}

static bool ends(struct hc_str text, size_t i)
{
    char next = i < text.n ? text.p[i] : ' ';
    return !hc_is_name_byte(next) || (next == '-' && i + 1 < text.n && !hc_is_name_byte(text.p[i + 1]));
}

static bool is_spelled(struct hc_str text, size_t i, struct hc_str name)
{
    for (size_t k = 0; k < name.n; k++)
        if (plain(text.p[i + k]) != plain(name.p[k]))
            return false;
    return true;
}

static size_t mentions_in(const struct hc_lint_facts *facts, struct hc_str text, struct mention list[MOST_MENTIONS])
{
    const struct hc_lint_names *names = facts->names;
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        uint64_t hash = 0;
        for (size_t k = i; k < text.n && k - i < names->longest && begins(text, i); k++) {
            hash = add_byte(hash, text.p[k]);
            for (uint32_t e = ends(text, k + 1) ? names->heads[head_of(names, hash)] : 0; e > 0 && n < MOST_MENTIONS;
                 e = names->next[e - 1])
                if (facts->components[e - 1].n == k + 1 - i && is_spelled(text, i, facts->components[e - 1]))
                    list[n++] = (struct mention){i, k + 1, e - 1};
        }
    }
    return n;
}

size_t hc_components_in(const struct hc_lint_facts *facts, struct hc_str text, size_t found[HC_MOST_NAMED])
{
    struct mention list[MOST_MENTIONS];
    size_t n = 0, n_mentions = mentions_in(facts, text, list);
    for (size_t i = 0; i < n_mentions && n < HC_MOST_NAMED; i++) {
        bool known = false;
        for (size_t k = 0; k < n; k++)
            known = known || found[k] == list[i].component;
        if (!known)
            found[n++] = list[i].component;
    }
    return n;
}

size_t hc_without_components(const struct hc_lint_facts *facts, struct hc_str text, char *out, size_t room)
{
    struct mention list[MOST_MENTIONS];
    text = hc_str_cut(text, room);
    size_t n_mentions = mentions_in(facts, text, list);
    if (text.n > 0)
        memcpy(out, text.p, text.n);
    for (size_t i = 0; i < n_mentions; i++)
        memset(out + list[i].begin, '_', list[i].end - list[i].begin);
    return text.n;
}

bool hc_may_be_of(const struct hc_lint_facts *facts, struct hc_str component, const size_t *named, size_t n_named)
{
    for (size_t i = 0; i < n_named; i++)
        if (hc_str_equal(facts->components[named[i]], component))
            return true;
    return n_named == 0 || component.n == 0;
}
