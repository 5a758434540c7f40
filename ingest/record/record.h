/* Incident records of other tools, and post-mortems: files -> records, one by one.
 *
 * A reader bids on a file's first bytes, the surest reads it and states, record by record, which value stands at which
 * path and line; the mapping says what that means. To add a tool: an element in mapping.xml. To add a format: one file
 * here, one line in the table in record.c, a sample, a fuzz target.
 */
#ifndef HC_INGEST_RECORD_RECORD_H
#define HC_INGEST_RECORD_RECORD_H

#include "ingest/format/format.h"
#include "ingest/manifest.h"
#include "ingest/record/mapping.h"
#include "ingest/redact/redact.h"

/* One incident as a tool or a document states it. Everything but the id and the origin may be absent. */
struct hc_record {
    struct hc_manifest manifest;      /* id, title, service, severity, times, tags, outcome, components, warnings */
    struct hc_reading reading;        /* changes, events, the document with the text for search */
    struct hc_str member;             /* path of the file in its source */
    uint32_t line;                    /* where the record begins */
    struct hc_str format;             /* the tool's name */
    uint64_t n_bytes;                 /* of all that it states */
    uint8_t content[HC_SHA256_BYTES]; /* over every path and value that it states */
};

/* Who takes the records. */
struct hc_record_sink {
    void *context;
    /* HC_FAIL and HC_FATAL end the file. */
    enum hc_status (*take)(void *context, struct hc_record *record, struct hc_err *err);
    /* A record that cannot be used; the file goes on. */
    enum hc_status (*refuse)(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err);
    /* A record of something that is no incident: nothing is kept of it. NULL: nobody asks. */
    void (*pass)(void *context);
};

/* What a reader works with. */
struct hc_record_context {
    const struct hc_mapping *mapping;
    struct hc_str member;   /* path of the file in its source; of a bundle's own below its directory */
    struct hc_arena *arena; /* of a record: who takes it may reset it */
    const struct hc_record_sink *sink;
    struct hc_arena *of_file;     /* of the file */
    const struct hc_incident *of; /* whose own document it is; NULL: nobody's */
    bool in_parts;    /* it is too large to be held: the bytes are a part of it, the first line before each */
    uint32_t n_lines; /* of the file before the part's own; 0: the first */
};

struct hc_record_reader {
    const char *name; /* as @format of the mapping's tools */
    /* 0: none of these … 100: certain. `head` is the file's first 64 KiB at most, without its BOM. */
    int (*bid)(struct hc_str head, const struct hc_mapping *mapping);
    /* HC_FAIL: no record of it could be read, or the rest of it cannot be; what was taken stays. */
    enum hc_status (*read)(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err);
    bool reads_parts;
};

extern const struct hc_record_reader hc_record_reader_markdown;
extern const struct hc_record_reader hc_record_reader_html;
extern const struct hc_record_reader hc_record_reader_json;
extern const struct hc_record_reader hc_record_reader_csv;
extern const struct hc_record_reader hc_record_reader_xml;

/* Does a reader know a file by its first bytes? `mapping` NULL: none does. */
bool hc_record_recognises(struct hc_str head, const struct hc_mapping *mapping);

/* Is a document of an incident its post-mortem, by its content? Any bytes; `mapping` NULL: none is. */
bool hc_record_is_postmortem(struct hc_str bytes, const struct hc_mapping *mapping);

/* Reads a file, which may begin with a BOM. HC_SKIP: no reader knows it. */
enum hc_status hc_record_read(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err);

/* ---- for readers: a record is built of what is stated ---- */

#define HC_RECORD_PATH_BYTES 256
#define HC_RECORD_VALUES 65536 /* that one record may state */

/* A record while it is read; on the reader's stack. */
struct hc_record_builder {
    const struct hc_record_context *context;
    const struct hc_mapping_tool *tool;
    struct hc_record record;
    struct hc_stated { /* by target: the value that counts so far */
        struct hc_str value;
        uint32_t line;
        size_t rank;                        /* of its field */
        struct hc_stated_more *more, *last; /* of words: the field's further values, until they are joined */
        size_t n_more_bytes;
    } stated[HC_TO_N];
    struct hc_stated item[HC_TO_N]; /* of the list's item at hand */
    const struct hc_mapping_list *list;
    struct hc_buf content; /* all that was stated: its digest is the record's content */
    size_t n_values, tags_capacity;
    bool splits; /* the reader: a value has no lists, so that tags stand in one text, a comma between */
    bool confirmed, confirmed_by_key; /* a root cause was found; and not only told below a heading */
    bool failed;
};

/* Each record: begin, then any number of states and items, then end, which hands it over; or drop.
 * `tool` is one of the mapping's. */
void hc_record_begin(struct hc_record_builder *b, const struct hc_record_context *context,
                     const struct hc_mapping_tool *tool, uint32_t line);
/* A record of the tool that is no incident. */
enum hc_status hc_record_pass(const struct hc_record_context *context);
/* The value at a path; no value, or an empty one, says nothing. */
void hc_record_state(struct hc_record_builder *b, struct hc_str path, struct hc_str value, uint32_t line);
/* An item of the list at this path begins: what is stated from now on below that path is of this item. */
void hc_record_item(struct hc_record_builder *b, struct hc_str path);
/* HC_OK also where the record was refused; else what the sink says, or no memory. */
enum hc_status hc_record_end(struct hc_record_builder *b, struct hc_err *err);

/* Where in a record a reader stands. A path that is too long is none: what stands there is not stated. */
struct hc_record_path {
    char bytes[HC_RECORD_PATH_BYTES];
    size_t n;
};
/* Goes one name down, and gives what hc_record_path_up takes to come back. */
size_t hc_record_path_down(struct hc_record_path *path, struct hc_str name);
void hc_record_path_up(struct hc_record_path *path, size_t before);
struct hc_str hc_record_path_view(const struct hc_record_path *path);

/* A record that is damaged: refuses it at this line, and ends it. */
enum hc_status hc_record_drop(struct hc_record_builder *b, uint32_t line, const char *code, const char *text,
                              struct hc_err *err);

/* A time as tools write it: RFC 3339, with or without an offset (then UTC), the offset with or without its colon; a
 * date (its first instant, UTC); RFC 2822; a number since 1970, from 100 million up. */
bool hc_record_time(struct hc_str text, struct hc_time *time);

/* ---- a record as an incident of the corpus ---- */

/* Redacts (redactor NULL: nothing) and assembles; the redaction's counts are what was replaced. */
enum hc_status hc_record_incident(struct hc_incident **out, struct hc_record *record, struct hc_redactor *redactor,
                                  struct hc_redaction *redaction, struct hc_arena *arena, struct hc_err *err);

#endif
