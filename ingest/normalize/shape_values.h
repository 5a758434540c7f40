/* Values that are told by how they are written. */
#ifndef HC_INGEST_NORMALIZE_SHAPE_VALUES_H
#define HC_INGEST_NORMALIZE_SHAPE_VALUES_H

#include <stdbool.h>
#include <stddef.h>

/* A message, bytes of class S behind it. */
struct hc_value_text {
    const char *p;
    size_t n;
};

/* The end of the URL ("https://web-1/index.html?id=7", "file:/etc/hosts") or the address ("bob@example.com", "worker@host-2") that begins
 * with the word at `at`. 0: none does. */
size_t hc_value_url(struct hc_value_text text, size_t at);
size_t hc_value_address(struct hc_value_text text, size_t at);

/* The end of the IPv6 address, its port too ("fe80::1ff:23", "::1:8080"), that begins at `at`, a word or a colon. 0: none does. */
size_t hc_value_address_v6(struct hc_value_text text, size_t at);

/* The end of the absolute path that begins at `at`, a slash. 0: none does. */
size_t hc_value_path(struct hc_value_text text, size_t at);

/* The place of the quote that closes what the one at `at` opens, where that is a value: it stands within the message,
 * is no apostrophe and no name of a member ("name": …). 0: it opens none. */
size_t hc_value_quoted(struct hc_value_text text, size_t at);

/* The place of the bracket that closes the list that the one at `at` opens: nothing, or words with commas or brackets
 * between them ("[a, b]", "[Engine[main].Host[local]]"). 0: it opens none. */
size_t hc_value_list(struct hc_value_text text, size_t at);

/* The place of the bracket that closes what the '<' at `at` opens, one word or nothing ("<0.514.0>"). 0: it opens none. */
size_t hc_value_tag(struct hc_value_text text, size_t at);

/* Does "8a533bf9-bf12-4608-a8eb-606890982448" begin at `at`? */
bool hc_value_is_uuid(struct hc_value_text text, size_t at);

/* Is the word a unit of size or time ("KB", "seconds")? */
bool hc_value_is_unit(struct hc_value_text word);

/* Is there nothing at `at`, behind "name=", and then another name of that kind ("name= age=4")? */
bool hc_value_is_empty(struct hc_value_text text, size_t at);

#endif
