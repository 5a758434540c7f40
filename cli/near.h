/* The word that was perhaps meant. */
#ifndef HC_CLI_NEAR_H
#define HC_CLI_NEAR_H

#include "base/text.h"

#define HC_NEAR_EDITS 2 /* more is another word */

/* The nearest word so far; of equally near ones the first. */
struct hc_near {
    struct hc_str word; /* absent: none */
    size_t n_edits;
};

#define HC_NEAR_NONE ((struct hc_near){HC_STR_NONE, HC_NEAR_EDITS + 1})

/* Takes the word if it is nearer to the given one, by Levenshtein's distance in bytes, ASCII's case ignored. */
void hc_near_try(struct hc_near *near, struct hc_str given, struct hc_str word);

/* "cart-1" and "cart-2" are no slips of each other. */
bool hc_same_digits(struct hc_str a, struct hc_str b);

#endif
