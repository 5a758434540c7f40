/* How numbers are said in evidence. One place, so that no number is said in two ways. */
#ifndef HC_ANALYSIS_EVIDENCE_SENTENCE_H
#define HC_ANALYSIS_EVIDENCE_SENTENCE_H

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"

/* "340", "0.1", "23.57", "1234568": four significant digits, more where the whole part has more; no exponent
 * between 1e-4 and 1e15. A slice of `out`, which ends in a zero byte behind it. */
#define HC_SAID_NUMBER 40
struct hc_str hc_phrase_number(double value, char out[HC_SAID_NUMBER]);

/* " (+188 %, 2.9 x)" for 340 -> 980: the increase in per cent of `from`, and the ratio of what is greater to what is
 * less ("2.9 x" up; down only the per cent). Empty where `from` is 0 or the signs differ. Increases of ten times and
 * more leave the per cent out: " (38 x)". */
#define HC_SAID_CHANGE 64
void hc_phrase_change(double from, double to, char out[HC_SAID_CHANGE]);

/* As hc_phrase_number, with so many significant digits. */
struct hc_str hc_phrase_digits(double value, int n_digits, char out[HC_SAID_NUMBER]);

/* As printf's "%.*f". A slice of `out`. */
struct hc_str hc_phrase_fixed(double value, int decimals, char out[HC_SAID_NUMBER]);

/* The parts one after another; HC_STR_NONE where memory is refused. */
struct hc_str hc_phrase_join(struct hc_arena *arena, const struct hc_str *parts, size_t n);

/* A sentence of parts, and the parts that numbers are: a tenth of what printf costs. */
#define HC_PHRASE(arena, ...)                                     \
    hc_phrase_join((arena), (const struct hc_str[]){__VA_ARGS__}, \
                   sizeof((const struct hc_str[]){__VA_ARGS__}) / sizeof(struct hc_str))
#define HC_FIXED(value, decimals) hc_phrase_fixed((value), (decimals), (char[HC_SAID_NUMBER]){""})
#define HC_WHOLE(value) HC_FIXED((value), 0)

/* "memory of storage_service rose from 340 MB to 980 MB (+188 %, 2.9 x)"; `unit` may be absent. */
struct hc_rise {
    struct hc_str metric, component, unit;
    double from, to;
    struct hc_str from_note, tail; /* behind the first number, behind all; absent for none */
};
struct hc_str hc_phrase_rise(struct hc_arena *arena, const struct hc_rise *rise);

/* "73 s" below two minutes, then as hc_duration_format. */
void hc_phrase_duration(int64_t ns, char out[HC_TIME_TEXT]);

#endif
