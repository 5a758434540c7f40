/* Words and the incidents that have them: a search that needs no script. */
#include "base/arena.h"
#include "reports/site_parts.h"

#define NEWEST 30            /* incidents that a word lists */
#define EVERYWHERE_SHARE 10  /* a word of more than every tenth incident tells nothing apart */
#define LINKS ((size_t)2000) /* a page has about so many at most */
#define EVERYWHERE_SAID 200

struct posting {
    struct hc_str word;
    uint32_t row;
};

static int compare(const void *left, const void *right)
{
    const struct posting *a = left, *b = right;
    const int order = hc_str_compare(a->word, b->word);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static int compare_frequent(const void *left, const void *right)
{
    const struct hc_site_word *a = left, *b = right;
    return a->n != b->n ? (a->n < b->n ? 1 : -1) : hc_str_compare(a->word, b->word);
}

static size_t shown(const struct hc_site_word *word)
{
    return word->n < NEWEST ? word->n : NEWEST;
}

/* Every word of every row, by word. NULL: no memory. */
static struct posting *list(const struct hc_site *site, size_t *n)
{
    const struct hc_site_input *in = site->in;
    struct posting *postings;
    *n = 0;
    for (size_t i = 0; in->words && i < in->n_entries; i++)
        *n += in->words[i].n;
    postings = hc_arena_calloc(site->arena, *n, sizeof *postings);
    *n = 0;
    for (size_t row = 0; postings && in->words && row < site->n_rows; row++) {
        const struct hc_word_set *words = &in->words[site->rows[row] - in->entries];
        for (size_t k = 0; k < words->n; k++)
            postings[(*n)++] = (struct posting){words->words[k], (uint32_t)row};
    }
    if (postings && *n > 0)
        qsort(postings, *n, sizeof *postings, compare);
    return postings;
}

static void take(struct hc_site *site, struct hc_site_word word)
{
    if (word.n > NEWEST && word.n > site->n_rows / EVERYWHERE_SHARE)
        site->everywhere[site->n_everywhere++] = word;
    else
        site->words[site->n_words++] = word;
}

static char letter_of(struct hc_str word)
{
    return word.n > 0 && word.p[0] >= 'a' && word.p[0] <= 'z' ? word.p[0] : '-';
}

/* Those of a letter, cut where a page has links enough. */
static bool add_letter(struct hc_site *site, size_t from, size_t n)
{
    const char letter = letter_of(site->words[from].word);
    const struct hc_str stem = letter == '-' ? HC_STR("words-other") : hc_str_format(site->arena, "words-%c", letter);
    const size_t first = site->n_pages;
    for (size_t i = 0; i < n;) {
        size_t n_links = 0, begin = i;
        for (; i < n && (i == begin || n_links + shown(&site->words[from + i]) <= LINKS); i++)
            n_links += shown(&site->words[from + i]);
        if (!hc_site_add_page(site,
                              (struct hc_site_page){.kind = HC_SITE_LETTER,
                                                    .stem = hc_site_part_stem(stem, site->n_pages - first, site->arena),
                                                    .part = site->n_pages - first,
                                                    .letter = letter,
                                                    .from = from + begin,
                                                    .n = i - begin}))
            return false;
    }
    for (size_t i = first; i < site->n_pages; i++)
        site->pages[i].n_parts = site->n_pages - first;
    return true;
}

/* What begins with no letter of a to z comes after them: bytes of UTF-8 do. */
bool hc_site_make_words(struct hc_site *site)
{
    size_t n, n_distinct = 0;
    const struct posting *postings = list(site, &n);
    for (size_t i = 0; postings && i < n; i++)
        n_distinct += i == 0 || !hc_str_equal(postings[i].word, postings[i - 1].word);
    uint32_t *rows = hc_arena_alloc(site->arena, n * sizeof *rows);
    site->words = hc_arena_calloc(site->arena, n_distinct, sizeof *site->words);
    site->everywhere = hc_arena_calloc(site->arena, n_distinct, sizeof *site->everywhere);
    if (!postings || !rows || !site->words || !site->everywhere)
        return false;
    for (size_t i = 0, begin = 0; i < n; i++) {
        rows[i] = postings[i].row;
        if (i + 1 < n && hc_str_equal(postings[i + 1].word, postings[i].word))
            continue;
        take(site, (struct hc_site_word){postings[i].word, rows + begin, i + 1 - begin});
        begin = i + 1;
    }
    if (site->n_everywhere > 0)
        qsort(site->everywhere, site->n_everywhere, sizeof *site->everywhere, compare_frequent);
    bool added = true;
    for (size_t i = 0, begin = 0; added && i < site->n_words; i++) {
        if (i + 1 < site->n_words && letter_of(site->words[i + 1].word) == letter_of(site->words[i].word))
            continue;
        added = add_letter(site, begin, i + 1 - begin);
        begin = i + 1;
    }
    return added;
}

/* ---- pages ----------------------------------------------------------------------------------------------- */

static void put_everywhere(struct hc_doc *doc, const struct hc_site *site)
{
    if (site->n_everywhere == 0)
        return;
    hc_doc_section(doc, "left-out", "Left out");
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu %s in more than every tenth incident, and %s nothing apart: ", site->n_everywhere,
                  site->n_everywhere == 1 ? "word is" : "words are", site->n_everywhere == 1 ? "tells" : "tell");
    for (size_t i = 0; i < site->n_everywhere && i < EVERYWHERE_SAID; i++) {
        hc_doc_text(doc, i > 0 ? ", " : "");
        hc_doc_str(doc, site->everywhere[i].word);
        hc_doc_format(doc, " (%zu)", site->everywhere[i].n);
    }
    if (site->n_everywhere > EVERYWHERE_SAID)
        hc_doc_format(doc, ", and %zu more", site->n_everywhere - EVERYWHERE_SAID);
    hc_doc_text(doc, ".");
}

void hc_site_put_words(struct hc_doc *doc, const struct hc_site *site)
{
    hc_doc_section(doc, "letters", "By first letter");
    hc_doc_paragraph(doc);
    hc_doc_format(
        doc,
        "%zu %s of titles, services, components, confirmed causes and of the log lines that were worth keeping, "
        "in small letters and without the plural's s, each with the incidents that have it. For several words "
        "at once, and for what was written in documents: ",
        site->n_words, site->n_words == 1 ? "word" : "words");
    hc_doc_code(doc, HC_STR("hindcast search WORDS"));
    hc_doc_text(doc, ".");
    if (site->n_words > 0)
        hc_doc_list(doc);
    for (size_t i = 0; i < site->n_pages; i++) {
        const struct hc_site_page *page = &site->pages[i];
        if (page->kind != HC_SITE_LETTER)
            continue;
        const char letter[2] = {page->letter, '\0'};
        const struct hc_str first = site->words[page->from].word, last = site->words[page->from + page->n - 1].word;
        hc_doc_item(doc);
        hc_doc_link_report(doc, hc_doc_formatted(doc, "%s", page->letter == '-' ? "others" : letter), page->stem);
        if (page->n > 1)
            hc_doc_format(doc, ": %zu words, %.*s to %.*s", page->n, HC_STR_ARG(first), HC_STR_ARG(last));
        else
            hc_doc_format(doc, ": %.*s", HC_STR_ARG(first));
    }
    put_everywhere(doc, site);
}

void hc_site_put_letter(struct hc_doc *doc, const struct hc_site *site, const struct hc_site_page *page)
{
    static const struct hc_column columns[] = {{"Word", HC_COLUMN_SHORT, true},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"Which, the newest first", HC_COLUMN_TEXT, false}};
    hc_doc_section(doc, "words", "Words");
    hc_doc_table(doc, HC_STR("Words and the incidents that have them"), columns, sizeof columns / sizeof *columns);
    for (size_t i = page->from; i < page->from + page->n; i++) {
        const struct hc_site_word *word = &site->words[i];
        hc_doc_cell(doc);
        hc_doc_str(doc, word->word);
        hc_doc_cell(doc);
        hc_doc_format(doc, "%zu", word->n);
        hc_doc_cell(doc);
        for (size_t k = 0; k < shown(word); k++) {
            const struct hc_site_entry *entry = site->rows[word->rows[k]];
            hc_doc_text(doc, k > 0 ? ", " : "");
            hc_doc_link_report(doc, entry->id, hc_report_file(entry->id, doc->arena));
        }
        if (word->n > NEWEST)
            hc_doc_format(doc, " and %zu more", word->n - NEWEST);
    }
}
