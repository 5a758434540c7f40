/* A flat look at one JSON object, without a tree: what a log line needs, at the speed of a scan. */
#ifndef HC_INGEST_FORMAT_LOGS_JSON_H
#define HC_INGEST_FORMAT_LOGS_JSON_H

#include <stdbool.h>

#include "base/text.h"

struct hc_flat_member {
    struct hc_str parent; /* key of the object that it stands in; absent at the top */
    struct hc_str key;
    struct hc_str value; /* a string without its quotes, still escaped; any other value as written */
    bool string, escaped;
};

/* Hands over the members of the object and of objects one level inside it; arrays and what is deeper are passed over.
 * False where the text is not one object (`take` may then have seen members): the line is plain text. Keys are not
 * unescaped. */
bool hc_flat_json(struct hc_str text, void (*take)(void *context, const struct hc_flat_member *member), void *context);

#define HC_JSON_FORM_VALUES 8
#define HC_JSON_FORM_BYTES 256

/* How an object is built: the text around its string values. A zeroed one is of no object. */
struct hc_json_form {
    char around[HC_JSON_FORM_BYTES];
    size_t ends[HC_JSON_FORM_VALUES + 1]; /* in `around`: of the text before each value, of the text after the last */
    size_t n_values;
};

/* Takes over how an object is built whose string values, in order and without escapes, are these; where it has too
 * many or too much around them, false, and the form stays as it is. */
bool hc_json_form_learn(struct hc_json_form *form, struct hc_str text, const struct hc_str *values, size_t n);

/* The values of an object that is built alike, of a text without a backslash; false: it is built in another way. The first
 * `n` values are known already; gives how many are in the end.
 * Checked: tests/unit/ingest/test_logs_json.c, against hc_flat_json. */
bool hc_json_form_read(const struct hc_json_form *form, struct hc_str text, struct hc_str values[HC_JSON_FORM_VALUES],
                       size_t *n);

/* How many values of an object of one form are those of the other, whatever comes behind them, `most` at most. */
size_t hc_json_forms_share(const struct hc_json_form *a, const struct hc_json_form *b, size_t most);

/* Appends a string's bytes with its escapes undone; a lone surrogate becomes U+FFFD. */
void hc_flat_unescape(struct hc_buf *out, struct hc_str escaped);

#endif
