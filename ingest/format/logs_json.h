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

/* Appends a string's bytes with its escapes undone; a lone surrogate becomes U+FFFD. */
void hc_flat_unescape(struct hc_buf *out, struct hc_str escaped);

#endif
