/* Which field of which tool says what of an incident, which words it uses, and what its tags mean: data, not code.
 *
 * The shipped mapping is ingest/record/mapping.xml; a team's own file comes before it. docs/records.md says what each
 * part means.
 */
#ifndef HC_INGEST_RECORD_MAPPING_H
#define HC_INGEST_RECORD_MAPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "base/text.h"

/* What a field may fill. Those from HC_TO_AT on are of an item of a list: a change or an event of the timeline. */
enum hc_mapping_target {
    HC_TO_ID,      /* of the incident: a bundle of that id is what the record is attached to */
    HC_TO_NUMBER,  /* the tool's own */
    HC_TO_UPDATED, /* of two records with one number the later counts */
    HC_TO_TITLE,
    HC_TO_SERVICE,
    HC_TO_SEVERITY,
    HC_TO_START,
    HC_TO_DETECTED,
    HC_TO_MITIGATED,
    HC_TO_END,
    HC_TO_STATUS, /* of the outcome: confirmed, probable, unknown */
    HC_TO_CATEGORY,
    HC_TO_CAUSE,
    HC_TO_COMPONENT,
    HC_TO_FOUND, /* what was found, in words */
    HC_TO_FOUND_AT,
    HC_TO_TEXT,   /* for search */
    HC_TO_TAG,    /* kept whole, every value of it; it may speak for a category */
    HC_TO_DETAIL, /* likewise, and speaks for none */
    HC_TO_AT,
    HC_TO_KIND,
    HC_TO_WHERE, /* the component */
    HC_TO_VERSION,
    HC_TO_COMMIT,
    HC_TO_MESSAGE,
    HC_TO_N
};

struct hc_mapping_field {
    struct hc_str
        from; /* "service.summary": names from the record down, lists passed over; XML attributes as "@name"; one name
                 may be "*": any names, or none */
    enum hc_mapping_target to;
    bool confirms; /* that it is stated means that a root cause was found */
    bool hint;     /* its name may mean something else: it counts beside what says outright what was found */
};

/* A list within a record, each item of which is a change or an event. */
struct hc_mapping_list {
    struct hc_str in;                      /* path of the list */
    bool is_changes;                       /* else events */
    const struct hc_mapping_field *fields; /* `from` is below the item */
    size_t n_fields;
};

struct hc_mapping_tool {
    struct hc_str name;         /* "pagerduty": what `given_by` says */
    struct hc_str format;       /* which reader's: "json", "csv", "xml", "document" */
    struct hc_str records;      /* paths of the records in the file, a blank between; "": the file is one, or a list */
    const struct hc_str *signs; /* paths that every record of this tool has, and together no other's */
    size_t n_signs;
    const struct hc_str *others; /* as signs: a record that has one of them is of no incident, and passed over */
    size_t n_others;
    const struct hc_mapping_field *fields; /* of those that fill one thing the first that is stated counts */
    size_t n_fields;
    const struct hc_mapping_list *lists;
    size_t n_lists;
};

/* Threads: fixed once made, and shared. */
struct hc_mapping {
    struct hc_arena *arena;
    const struct hc_mapping_tool *tools; /* the team's first */
    size_t n_tools;
    const struct hc_mapping_word {
        struct hc_str tool; /* absent: any */
        enum hc_mapping_target of;
        struct hc_str from, to;
    } * words;
    size_t n_words;
    const struct hc_mapping_tag {
        struct hc_str name, category;
    } * tags;
    size_t n_tags;
    const struct hc_str *openings; /* words one of which stands in the first heading of a post-mortem */
    size_t n_openings;
    const struct hc_str *nothings; /* words that say that nothing was found (yet) */
    size_t n_nothings;
};

/* The mapping that is shipped and built in. */
struct hc_str hc_mapping_shipped(void);

/* `own`: a team's file, absent: none. What it says of a tool comes before what the shipped one says of it.
 * Owns:   the caller; hc_mapping_free. Nothing given is referred to afterwards.
 * Errors: HC_FAIL "mapping" or "xml-…" and the line: no XML of this kind; HC_FATAL out of memory. */
enum hc_status hc_mapping_new(struct hc_mapping **out, struct hc_str own, struct hc_err *err);
void hc_mapping_free(struct hc_mapping *mapping);

/* What a tool's word means: severity, status. Absent where nothing is said of it. Letters of both cases count as one;
 * blanks, '-', '_' and ':' do not count. */
struct hc_str hc_mapping_word(const struct hc_mapping *mapping, struct hc_str tool, enum hc_mapping_target of,
                              struct hc_str word);

/* Does a text say no more than that nothing was found: "TBD", "unknown"? */
bool hc_mapping_is_nothing(const struct hc_mapping *mapping, struct hc_str text);

#define HC_MAPPING_PATH_BYTES 512

/* A document's path as its names are compared: small letters and digits, a '_' between the words of a name, however they
 * are parted ("Root Cause", "root-cause", "rootCause"); '*' stays. `out` holds HC_MAPPING_PATH_BYTES; absent: it is longer. */
struct hc_str hc_mapping_fold(char *out, struct hc_str path);

/* The first tool of a format all of whose signs a record has; NULL: none. */
const struct hc_mapping_tool *hc_mapping_tool_of(const struct hc_mapping *mapping, const char *format,
                                                 bool (*has)(const void *record, struct hc_str path),
                                                 const void *record);

/* The category that a tag speaks for; absent: none. */
struct hc_str hc_mapping_category(const struct hc_mapping *mapping, struct hc_str tag);

#endif
