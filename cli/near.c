#include "cli/near.h"

#define NEAR_BYTES 3       /* two edits make any shorter word of any other */
#define WORD_BYTES_MOST 64 /* longer ones are near nothing */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Formula: Levenshtein's distance in bytes, ASCII's case ignored, by rows. */
static size_t edits(struct hc_str a, struct hc_str b)
{
    size_t row[WORD_BYTES_MOST + 1];
    if (a.n > WORD_BYTES_MOST || b.n > WORD_BYTES_MOST)
        return WORD_BYTES_MOST;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t replaced = diagonal + (lower(a.p[i - 1]) != lower(b.p[j - 1]));
            diagonal = row[j];
            row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b.n];
}

void hc_near_try(struct hc_near *near, struct hc_str given, struct hc_str word)
{
    size_t shorter = least(given.n, word.n), longer = given.n + word.n - shorter;
    if (longer - shorter >= near->n_edits) /* so many are needed at least */
        return;
    size_t n = edits(given, word);
    if (n >= near->n_edits || (n && shorter <= NEAR_BYTES))
        return;
    *near = (struct hc_near){word, n};
}

bool hc_same_digits(struct hc_str a, struct hc_str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.n && (a.p[i] < '0' || a.p[i] > '9'))
            i++;
        while (j < b.n && (b.p[j] < '0' || b.p[j] > '9'))
            j++;
        if (i == a.n || j == b.n)
            return i == a.n && j == b.n;
        if (a.p[i++] != b.p[j++])
            return false;
    }
}
