/* Files of JSON as tools export them: what readers share that walk documents without a tree. */
#ifndef HC_INGEST_FORMAT_JSON_EXPORT_H
#define HC_INGEST_FORMAT_JSON_EXPORT_H

#include "ingest/format/format.h"

/* The file that is read: one document, an array of them, or one a line. */
struct hc_json_export {
    struct hc_reading *reading;
    const struct hc_read_context *context;
    /* Reads one; false: it is none of this format. */
    bool (*read)(struct hc_json_export *export, struct hc_str document);
    const char *code; /* of the warning where it is none */
    void *own;        /* of the reader */
    int whole;        /* levels between the outermost object and the arrays whose items a cut leaves whole */
    bool is_array;    /* a document is an array itself */
    struct hc_lines lines;
    bool any, damaged, no_memory;
};

/* A document that is cut short gives what came whole before the cut; one that cannot be read costs itself.
 * HC_FAIL: nothing in the file is of this format. */
enum hc_status hc_json_export_read(struct hc_json_export *export, struct hc_str bytes, struct hc_err *err);

/* A time or duration, a string or a number of units, in nanoseconds; HC_TIME_NONE_NS where there is none. */
int64_t hc_json_export_time(struct hc_json_export *export, struct hc_str value, int64_t unit_ns);
/* The text of a value; absent where it is none. */
struct hc_str hc_json_export_text(struct hc_json_export *export, struct hc_str value);

/* Counts a bad row, with a warning of where it stands. */
void hc_json_export_bad(struct hc_json_export *export, const char *code, const char *p, const char *what);

/* The beginning, where a document's keys are looked for; empty where the text does not begin as JSON. */
struct hc_str hc_json_export_keys(struct hc_str head);
/* Does that hold the key, quoted? */
bool hc_json_export_holds(struct hc_str head, const char *quoted_key);

#endif
