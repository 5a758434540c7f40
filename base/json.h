/* JSON: a tree reader for small texts, a walk through large ones, and a writer. The only home of the JSON library. */
#ifndef HC_BASE_JSON_H
#define HC_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

enum hc_json_type { HC_JSON_NULL, HC_JSON_BOOL, HC_JSON_NUMBER, HC_JSON_STRING, HC_JSON_ARRAY, HC_JSON_OBJECT };

struct hc_json {
    enum hc_json_type type;
    struct hc_str key;  /* where the parent is an object */
    struct hc_str text; /* string: decoded UTF-8; number: as written; bool: "true" or "false" */
    const struct hc_json *first_child;
    const struct hc_json *next;
    size_t n_children;
};

#define HC_JSON_DEPTH 64

/* Parses one value over the whole slice. HC_FAIL with code "json-syntax" or "json-limit". */
enum hc_status hc_json_parse(const struct hc_json **root, struct hc_str bytes, struct hc_arena *arena,
                             struct hc_err *err);
/* The member of that name of an object (the last of equal names), NULL where there is none. */
const struct hc_json *hc_json_get(const struct hc_json *object, const char *key);
struct hc_str hc_json_text(const struct hc_json *object, const char *key); /* string or number member, else absent */

/* ---- without a tree: for exports that are large ---- */

/* Is it one valid value? Errors: as hc_json_parse; then *n_valid bytes may be walked all the same, up to what is wrong. */
enum hc_status hc_json_check(struct hc_str bytes, size_t *n_valid, struct hc_err *err);

/* Where the first value of a text ends. */
size_t hc_json_value_end(struct hc_str text);

/* Walks the members of an object or the items of an array, each as it is written. Of valid JSON that is cut short what
 * comes last may be cut too.
 * Cost: each byte once for each level of the walk. */
struct hc_json_walk {
    const char *at, *end;
    bool is_object;
    struct hc_str key;   /* of the member at hand; still escaped */
    struct hc_str value; /* of the member or item at hand, as it is written */
};
struct hc_json_walk hc_json_walk_of(struct hc_str value);    /* of any other value: nothing comes */
struct hc_json_walk hc_json_walk_values(struct hc_str text); /* values that follow each other, as in JSON Lines */
bool hc_json_walk_next(struct hc_json_walk *walk);

/* The first member of that name, as it is written; absent: none. */
struct hc_str hc_json_member(struct hc_str object, const char *key);
/* The text of a string, escapes undone in the arena; a number or a bool as written; absent for all else.
 * Errors: absent too where the arena has no memory. */
struct hc_str hc_json_plain(struct hc_str value, struct hc_arena *arena);
struct hc_str hc_json_member_text(struct hc_str object, const char *key, struct hc_arena *arena);

/* Writer: commas are its own concern. Keys and strings are escaped, invalid UTF-8 becomes U+FFFD.
 * Numbers are the shortest that read back the same; NaN gives null. A zeroed struct with `out` set starts. */
struct hc_json_writer {
    struct hc_buf *out;
    int depth;
    uint64_t has_item; /* bit by depth */
    bool after_key;
};

void hc_json_open_object(struct hc_json_writer *w);
void hc_json_close_object(struct hc_json_writer *w);
void hc_json_open_array(struct hc_json_writer *w);
void hc_json_close_array(struct hc_json_writer *w);
void hc_json_key(struct hc_json_writer *w, const char *key);
void hc_json_string(struct hc_json_writer *w, struct hc_str s); /* absent gives null */
void hc_json_number(struct hc_json_writer *w, double value);
void hc_json_int(struct hc_json_writer *w, int64_t value);
void hc_json_bool(struct hc_json_writer *w, bool value);
void hc_json_null(struct hc_json_writer *w);
/* key and value in one call */
void hc_json_put_string(struct hc_json_writer *w, const char *key, struct hc_str s);
void hc_json_put_number(struct hc_json_writer *w, const char *key, double value);
void hc_json_put_int(struct hc_json_writer *w, const char *key, int64_t value);

#endif
