/* The parts of ingest/bundle.c: which incident a member belongs to, the members that wait to know, and the copy that
 * outlives the reading. */
#ifndef HC_INGEST_BUNDLE_PARTS_H
#define HC_INGEST_BUNDLE_PARTS_H

#include <stdbool.h>

#include "ingest/assemble.h"
#include "ingest/bundle.h"
#include "ingest/manifest.h"
#include "ingest/redact/bundle.h"

enum hc_bundle_state {
    HC_BUNDLE_OPEN,    /* being read */
    HC_BUNDLE_DONE,    /* assembled, on the assumption that it was all */
    HC_BUNDLE_AGAIN,   /* it was not: to be read again */
    HC_BUNDLE_STARVED, /* it took too much memory: to be read again, with less for each file */
    HC_BUNDLE_REFUSED  /* and the source holds the reason */
};

/* An incident on its way in. What is read of it lies in the scratch arena, until it is done. */
struct hc_bundle {
    struct hc_str dir; /* "" for the archive's root */
    enum hc_bundle_state state;
    unsigned
        n_starved;  /* times that it took too much memory alone: what each file may take is halved from the second on */
    bool has_large; /* a file that was read whole takes more than its share */
    bool has_shares; /* one was cut since all did not fit: those that follow are held to theirs as well */
    struct hc_manifest manifest;
    struct hc_redaction redaction;
    struct hc_assembly_file *files;
    size_t n_files, capacity;
    struct hc_file_parts {
        size_t first;             /* into `files`: the file that is being read, which may come in parts */
        struct hc_open_file open; /* it, once its format is known */
        uint64_t n_lines;         /* that were read */
        size_t n_bytes_before;    /* that the arena had handed out before */
        bool is_open;             /* more parts come */
        bool is_closed;           /* to reading: it is read, of no use, or holds too much */
    } parts;
    const struct hc_refusal **damaged; /* its files that are damaged within; in scratch memory, while it is assembled */
    size_t n_damaged;
    struct hc_incident *incident; /* in the source's arena, as is `derived` */
    void *derived;
};

/* A member that came before its manifest. */
struct hc_waiting {
    struct hc_str path;
    const char *bytes; /* NULL: given up, or too much to keep */
    char *owned;       /* the container's own block or a copy, where it does not keep them */
    size_t n;
    bool is_read;
};

/* Which members a pass over the source is for. */
enum hc_pass { HC_PASS_ALL, HC_PASS_MANIFESTS_AGAIN, HC_PASS_EVIDENCE_AGAIN, HC_PASS_RECORDS };

struct hc_bundles {
    struct hc_source *source;
    const struct hc_bundle_reader *reader;
    enum hc_pass pass;
    struct hc_names dirs; /* of `items`, by the same number; those of records, which have none, come after */
    struct hc_bundle **items;
    size_t n, capacity;
    struct hc_bundle *current; /* the one open incident of the first pass */
    struct hc_waiting *waiting;
    size_t n_waiting, waiting_capacity;
    size_t next_waiting; /* in the pass over records */
    struct hc_record_parts {
        struct hc_str head; /* the first line of the file at hand, in the source's arena */
        uint32_t n_lines;   /* before its next part */
        bool is_open;       /* to reading: it is a record's, and more of it comes */
    } record_parts;
    size_t waiting_bytes;
    struct hc_str *doubles; /* paths that came twice */
    size_t n_doubles, doubles_capacity;
    size_t n_starved; /* times that an incident took too much memory alone */
    bool is_crowded;  /* several incidents share it */
    bool is_short;    /* one took too much since it was asked */
};

/* The incident that a path lies in: that of the nearest directory above. NULL: none known. */
struct hc_bundle *hc_bundle_of(const struct hc_bundles *bundles, struct hc_str path);
/* The part of a path below its incident's directory. */
struct hc_str hc_bundle_member(const struct hc_bundle *bundle, struct hc_str path);
/* Makes the incident of a manifest's path. NULL: refused memory. */
struct hc_bundle *hc_bundle_add(struct hc_bundles *bundles, struct hc_str manifest_path);

/* Adds a file, its bytes handed in to be hashed. NULL: refused memory. */
struct hc_assembly_file *hc_bundle_add_file(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                            const struct hc_member *member);
/* Adds a file, or a part of one, with what is read of it. HC_SKIP: nothing is. */
enum hc_status hc_bundle_read_file(const struct hc_bundles *bundles, struct hc_bundle *bundle,
                                   const struct hc_member *member, struct hc_err *why);
/* Takes the parts of a file back that was refused after they had come. */
void hc_bundle_drop_parts(struct hc_bundle *bundle);

/* Keeps a member until its manifest comes. */
enum hc_status hc_bundle_wait(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err);
void hc_bundle_stop_waiting(struct hc_bundles *bundles, struct hc_waiting *waiting);
/* The member that came last, if it waits: it was refused in a part that came after. */
void hc_bundle_forget_last(struct hc_bundles *bundles, struct hc_str path);

/* Notes that a member came twice. */
enum hc_status hc_bundle_doubled(struct hc_bundles *bundles, struct hc_str path, struct hc_err *err);
/* Refuses incidents that lie in one another, and those with a member that came twice. */
enum hc_status hc_bundles_settle(struct hc_bundles *bundles, struct hc_err *err);
/* In the pass over records: reads a member that is one and lies in no incident; each of its records is an incident more. */
enum hc_status hc_bundle_record(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err);
/* Is a document that was read a post-mortem, by its entry or its content? Then it is asked once all is there. */
enum hc_status hc_bundle_note_document(const struct hc_bundles *bundles, struct hc_assembly_file *file,
                                       struct hc_str bytes, struct hc_err *why);
/* A bundle's own post-mortems may state what the manifest does not: a title, a severity, tags, an outcome. Not times: what
 * an analysis reads must not hang on a post-mortem. */
enum hc_status hc_bundle_ask_documents(const struct hc_bundles *bundles, struct hc_bundle *bundle, struct hc_err *why);
/* May there be any? Which of the members that lie in none are records is asked in their pass: most are an incident's that
 * came before its manifest. */
bool hc_bundles_may_have_records(const struct hc_bundles *bundles);
/* Warns of the members that lie in none and are no record. */
void hc_bundles_warn_of_strays(struct hc_bundles *bundles);

/* A copy of all that an incident holds. NULL: refused memory. */
struct hc_incident *hc_incident_copy(const struct hc_incident *incident, struct hc_arena *arena);

/* Is the code of a refusal that of a file that is damaged within, whatever packs it? */
bool hc_bundle_is_damage(struct hc_str code);
/* Finds the incident's files that were refused so, in scratch memory; an entry of the manifest that names one is marked.
 * False: no memory. */
bool hc_bundle_find_damaged(const struct hc_bundles *bundles, struct hc_bundle *bundle);
/* Of those, warnings in the incident, which its content covers too. False: no memory. */
bool hc_bundle_tell_damaged(const struct hc_bundle *bundle, struct hc_incident *incident, struct hc_arena *arena);

#endif
