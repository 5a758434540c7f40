/* Archives, directories, inboxes, records of other tools in; incidents out, in an order that ignores threads.
 *
 * A source is one archive, one bundle directory, or one file with records of another tool or a post-mortem. Sources are read in parallel, largest
 * first, and handed to the caller's `accept` one at a time in that same order (by bytes on disk,
 * descending, then by path, bytewise), which ignores threads and lets few of them wait. An incident is handed
 * over only after its source's own check (gzip trailer, zip CRCs) has passed.
 */
#ifndef HC_INGEST_INGEST_H
#define HC_INGEST_INGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/status.h"
#include "base/warning.h"
#include "corpus/record/incident.h"
#include "ingest/record/mapping.h"
#include "ingest/redact/redact.h"

enum hc_source_status { HC_SOURCE_ACCEPTED, HC_SOURCE_PARTIAL, HC_SOURCE_REJECTED, HC_SOURCE_KNOWN };

/* A source, an incident or a member of it that was refused: the rest of the source goes on. */
struct hc_refusal {
    struct hc_str member; /* in the archive; empty or absent: the whole */
    long line;
    struct hc_str code, text;
};

struct hc_source {
    struct hc_str path;
    uint8_t sha256[HC_SHA256_BYTES]; /* of the archive; of a directory its content digest; zeros: never read */
    uint64_t n_bytes;                /* of the archive; of a directory, of its files, inflated */
    enum hc_source_status status;
    struct hc_str container;     /* "tar.gz", "zip", "directory" …; HC_CONTAINER_FILE */
    struct hc_refusal *refusals; /* by member, line, code; the first is the reason */
    size_t n_refusals;
    struct hc_incident **incidents;          /* by id, then content; none where rejected or known */
    size_t n_incidents, n_refused_incidents; /* the latter are among the refusals */
    struct hc_str *directories;              /* where in the source each lies; "": at its root */
    void **derived;                          /* what `derive` made of each incident */
    struct hc_warning *warnings;             /* those of no incident */
    size_t n_warnings;
    uint64_t n_replaced[HC_REDACTION_NAMES]; /* in the incidents, by the number of the rules' names */
    struct hc_arena *arena;                  /* holds all of the above */
};

struct hc_ingest_limits {   /* 0: the default, in docs/errors.md */
    uint64_t member_bytes;  /* one file, inflated */
    uint64_t whole_bytes;   /* of a file that is held whole; a larger one is read in parts of an eighth of it */
    uint64_t archive_bytes; /* one archive, inflated */
    uint64_t n_members;
    uint64_t ratio; /* inflated to compressed, once past 64 MiB */
    uint64_t arena_bytes;
};

struct hc_ingest_options {
    int n_threads; /* that read, 0: as many as processors at hand; one more hands over */
    struct hc_ingest_limits limits;
    const struct hc_mapping *mapping;           /* of the records of other tools; NULL: none is read */
    const struct hc_redaction_rules *redaction; /* what is replaced in all that is kept; NULL: nothing */
};

struct hc_progress {
    size_t n_sources, n_sources_done, n_incidents, n_rejected;
    uint64_t bytes, bytes_done; /* compressed */
};

/* What the caller does with it. Any function may be NULL. */
struct hc_ingest_sink {
    void *context;
    /* Is a source in the corpus already? It has its digest, path and container yet. Then its status is HC_SOURCE_KNOWN.
     * Any thread. NULL: none was before this run, and each is hashed together with its members. */
    bool (*source_known)(void *context, const struct hc_source *source);
    /* Makes what is to be kept beside an incident (its evidence, packed), and fills its derived fields; it may empty
     * lists that it does not want to see again. Any thread. What it makes is to lie in `kept`, which lives as long as the
     * source; the incident lies in `scratch`, and is copied when this returns. */
    enum hc_status (*derive)(void *context, struct hc_incident *incident, struct hc_arena *scratch,
                             struct hc_arena *kept, void **derived, struct hc_err *err);
    /* Takes a finished source; one at a time, in order, in a thread that reads none; HC_FATAL ends the run. The
     * source dies afterwards, unless the sink takes its arena over by setting source->arena to NULL. */
    enum hc_status (*accept)(void *context, struct hc_source *source, struct hc_err *err);
    /* One at a time, after each source. */
    void (*progress)(void *context, const struct hc_progress *progress);
    /* Something in an inbox that is no source, or is left for the next run; `member` is its path. Before the first
     * source, by path. */
    void (*left_out)(void *context, const struct hc_warning *warning);
};

/* Reads every path. Errors: HC_FATAL only (memory, or the sink's); a path that cannot be read is a
 * rejected source. Threads: OpenMP inside; call from one thread. */
enum hc_status hc_ingest_run(const char *const *paths, size_t n_paths, const struct hc_ingest_options *options,
                             const struct hc_ingest_sink *sink, struct hc_err *err);

#endif
