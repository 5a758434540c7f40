/* Words of a text: found in lists, compared without their endings. */
#include "reports/lint/parts.h"

static bool is_word_byte(char b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || (unsigned char)b >= 128 ||
           b == '_' || b == '\'';
}

static char lower(char b)
{
    return b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
}

struct hc_str hc_word_take(struct hc_str *rest)
{
    size_t i = 0;
    if (rest->n == 0)
        return HC_STR_NONE;
    while (i < rest->n && !is_word_byte(rest->p[i]))
        i++;
    size_t begin = i;
    while (i < rest->n && (is_word_byte(rest->p[i]) ||
                           (rest->p[i] == '-' && i > begin && i + 1 < rest->n && is_word_byte(rest->p[i + 1]))))
        i++;
    struct hc_str word = {rest->p + begin, i - begin};
    *rest = (struct hc_str){rest->p + i, rest->n - i};
    return word;
}

static bool is_word(struct hc_str word, struct hc_str wanted)
{
    bool open = hc_str_ends(wanted, HC_STR("*"));
    size_t n = wanted.n - open;
    return (open ? word.n >= n : word.n == n) &&
           hc_str_equal_nocase((struct hc_str){word.p, n}, (struct hc_str){wanted.p, n});
}

bool hc_word_in(struct hc_str word, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, " ");
        if (n > 0 && is_word(word, (struct hc_str){list, n}))
            return true;
        list += n + (list[n] == ' ');
    }
    return false;
}

struct hc_str hc_find_word(struct hc_str text, const char *list)
{
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text))
        if (hc_word_in(word, list))
            return word;
    return HC_STR_NONE;
}

size_t hc_count_words(struct hc_str text)
{
    size_t n = 0;
    while (hc_word_take(&text).n > 0)
        n++;
    return n;
}

bool hc_words_alike(struct hc_str a, struct hc_str b)
{
    size_t least = a.n < b.n ? a.n : b.n, most = a.n < b.n ? b.n : a.n, n = 0;
    while (n < least && lower(a.p[n]) == lower(b.p[n]))
        n++;
    return (n == least && n >= 2 && (n == most || n >= 3) && most - least <= 5) || (n >= 5 && 10 * n >= 6 * most);
}

#define SILENT                                                                                                                            \
    "a an the of to in on at for by with and or but from as is was were be been are had has have it its this that these "                 \
    "those after before until till between since during then than when while into onto via per not no we our us they "                    \
    "their there which who all any some each only also very about around approximately nearly almost over under more "                    \
    "less later earlier prior post pre first last second second's seconds minute minutes hour hours day days ms s min h "                 \
    "time occurred happened began begins started starts ended ends logged came arrived followed seen observed detected noticed incident " \
    "occurrences occurrence just still already exactly rapidly so if out up down"

bool hc_word_says(struct hc_str word)
{
    if (word.n < 2 || (word.p[0] >= '0' && word.p[0] <= '9'))
        return false;
    return !hc_word_in(word, SILENT);
}

size_t hc_shared_words(struct hc_str a, struct hc_str b, size_t *n_words)
{
    size_t n = 0, n_shared = 0;
    for (struct hc_str word = hc_word_take(&a); word.n > 0; word = hc_word_take(&a)) {
        struct hc_str rest = b;
        bool shared = false;
        if (!hc_word_says(word))
            continue;
        n++;
        for (struct hc_str other = hc_word_take(&rest); other.n > 0 && !shared; other = hc_word_take(&rest))
            shared = hc_words_alike(word, other);
        n_shared += shared;
    }
    *n_words = n;
    return n_shared;
}

const char *hc_find_text(struct hc_str text, const char *what)
{
    size_t n = strlen(what);
    for (size_t i = 0; i + n <= text.n; i++)
        if (lower(text.p[i]) == lower(*what) &&
            hc_str_equal_nocase((struct hc_str){text.p + i, n}, (struct hc_str){what, n}))
            return text.p + i;
    return NULL;
}

bool hc_has_text(struct hc_str text, const char *what)
{
    return hc_find_text(text, what) != NULL;
}

bool hc_breaks(struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        bool ends = i + 1 >= text.n || text.p[i + 1] == ' ';
        bool abbreviates =
            i >= 2 && (text.p[i - 2] == '.' || hc_str_starts((struct hc_str){text.p + i - 2, 3}, HC_STR("vs.")));
        if (text.p[i] == ';' || text.p[i] == '|' || (strchr("!?", text.p[i]) && text.p[i] && ends) ||
            (text.p[i] == '.' && ends && !abbreviates))
            return true;
    }
    return false;
}

/* ---- parts of a passage ---- */

struct hc_str hc_before(const struct hc_passage *p, const struct hc_quantity *q)
{
    size_t i = (size_t)(q - p->quantities);
    return hc_part(p, i > 0 ? p->quantities[i - 1].end : 0, q->begin);
}

struct hc_str hc_behind(const struct hc_passage *p, const struct hc_quantity *q)
{
    size_t i = (size_t)(q - p->quantities);
    return hc_part(p, q->end, i + 1 < p->n_quantities ? p->quantities[i + 1].begin : p->text.n);
}

/* The colon that ends a label: followed by a space or nothing, after some words at most. */
static size_t label_end(const struct hc_passage *p)
{
    for (size_t i = 1; i < p->text.n && i <= 80; i++) {
        if (p->text.p[i] == ':' && (i + 1 == p->text.n || p->text.p[i + 1] == ' '))
            return i;
        if (p->text.p[i] == '.' && i + 1 < p->text.n && p->text.p[i + 1] == ' ')
            break;
    }
    return 0;
}

struct hc_str hc_label(const struct hc_passage *p)
{
    size_t end = label_end(p);
    if (p->kind == HC_ROW)
        return hc_cell(p, 0);
    return end > 0 ? (struct hc_str){p->text.p, end} : HC_STR_NONE;
}

struct hc_str hc_label_value(const struct hc_passage *p)
{
    size_t end = label_end(p);
    if (p->kind == HC_ROW)
        return hc_cell(p, 1);
    return end > 0 ? hc_str_trim(hc_part(p, end + 1, p->text.n)) : HC_STR_NONE;
}

struct hc_str hc_heading_of(const struct hc_lint_context *c, const struct hc_passage *p)
{
    return p->heading > 0 ? c->passages[p->heading - 1].text : HC_STR_NONE;
}

struct hc_str hc_intro_of(const struct hc_lint_context *c, const struct hc_passage *p)
{
    return p->label > 0 ? c->passages[p->label - 1].text : HC_STR_NONE;
}

static bool under_title(const struct hc_lint_context *c, const struct hc_passage *p)
{
    return p->heading == 0 || c->passages[p->heading - 1].level == 1;
}

bool hc_in_one_place(const struct hc_lint_context *c, const struct hc_passage *a, const struct hc_passage *b)
{
    return a->heading == b->heading || under_title(c, a) || under_title(c, b);
}

bool hc_may_overlap(struct hc_str text)
{
    return hc_has_word(text, "unique distinct parallel overlap* several max maximum") || hc_has_text(text, "may have");
}

struct hc_str hc_cell(const struct hc_passage *row, size_t i)
{
    struct hc_str rest = row->text;
    if (rest.n > 0 && rest.p[0] == '|')
        rest = (struct hc_str){rest.p + 1, rest.n - 1};
    for (;; i--) {
        const char *bar = rest.n > 0 ? memchr(rest.p, '|', rest.n) : NULL;
        size_t n = bar ? (size_t)(bar - rest.p) : rest.n;
        if (i == 0)
            return rest.n > 0 ? hc_str_trim((struct hc_str){rest.p, n}) : HC_STR_NONE;
        if (!bar)
            return HC_STR_NONE;
        rest = (struct hc_str){bar + 1, rest.n - n - 1};
    }
}
