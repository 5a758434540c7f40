/* Numbers as people read them; each kind of number has one way of being said, and it is here. Locale-free. */
#ifndef HC_REPORTS_WORDS_H
#define HC_REPORTS_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/text.h"

#define HC_STANDS_OUT 0.25  /* a leading hypothesis below this is called the most probable, no more */
#define HC_SEEN_LEAST 0.005 /* less prints as 0.00 and is left out of lists */
#define HC_WORD_TEXT 64     /* bytes that `out` holds */

/* With that many decimals, 0 to 9, half away from zero; trailing zeros stay. NaN, infinities and what is
 * beyond 1e15: "?". Returns the length, as all do here. */
size_t hc_word_fixed(double value, int decimals, char out[HC_WORD_TEXT]);
/* A measured value as the sentences of the evidence say it: to four significant digits, more where the whole part has more,
 * trailing zeros dropped; from five digits on thousands are set apart by a narrow space that does not break: 38, 2.881, 0.01234,
 * 4485, 12 345. */
size_t hc_word_value(double value, char out[HC_WORD_TEXT]);
/* As it was written: the shortest text that reads back the same. */
size_t hc_word_exact(double value, char out[HC_WORD_TEXT]);

/* "+188 %", "-5 %", "+0.4 %": as the sentences of the evidence say it.
 * Formula: 100 (to - from) / from.
 * Missing: "" where either is NaN or `from` is not above 0, and from 1e15 % on. */
size_t hc_word_change(double from, double to, char out[HC_WORD_TEXT]);
/* "38 x", "2.9 x". Formula: to / from. Missing: as above. */
size_t hc_word_ratio(double from, double to, char out[HC_WORD_TEXT]);

/* "0.621"; "< 0.001" and "> 0.999" where three digits would say 0 or 1 and it is not. */
size_t hc_word_probability(double p, char out[HC_WORD_TEXT]);
/* "62 %", rounded as usual; "< 1 %" and "> 99 %" where that would say 0 or 100 and it is not. */
size_t hc_word_percent(double p, char out[HC_WORD_TEXT]);
/* "62.1 %" of a share in tenths of a per cent (hc_shares); "< 0.1 %" where the share is 0 and p is not. */
size_t hc_word_share(int tenths, double p, char out[HC_WORD_TEXT]);
/* "+0.69" */
size_t hc_word_signed(double value, int decimals, char out[HC_WORD_TEXT]);
/* "-9 points": a change of a probability in percentage points. */
size_t hc_word_points(double points, char out[HC_WORD_TEXT]);

/* "73 s", "2 min 5 s", "1 h 5 min", "3 d 4 h": to a millisecond below 10 s, a tenth below two minutes, a second below
 * two hours, then whole minutes, and whole hours from two days. */
size_t hc_word_duration(int64_t ns, char out[HC_WORD_TEXT]);
/* "53 min", "3 h 5 min", "3 d 4 h": as above of whole minutes, but below two hours in minutes alone. */
size_t hc_word_minutes(double minutes, char out[HC_WORD_TEXT]);
/* "T+73 s", "T-90 s". */
size_t hc_word_offset(int64_t ns, char out[HC_WORD_TEXT]);
size_t hc_word_bytes(uint64_t n_bytes, char out[HC_WORD_TEXT]);

#define HC_NO_BREAK_SPACE "\xC2\xA0" /* U+00A0 */
/* Whether the space at `at` stands between a number and its unit or per cent sign, and so must not break. */
bool hc_word_binds(struct hc_str text, size_t at);

/* Cuts `total` into whole shares in proportion to p: they add up to `total` exactly.
 * Formula: largest remainder; of equal remainders the earlier.
 * Missing: nothing above 0 gives all to none.  Shapes: p and shares have n. */
void hc_shares(const double *p, size_t n, int total, int *shares);

#endif
