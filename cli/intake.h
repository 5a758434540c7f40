/* What ingest and analyze --store share: sources read into an open corpus. */
#ifndef HC_CLI_INTAKE_H
#define HC_CLI_INTAKE_H

#include <pthread.h>

#include "cli/cli.h"

/* Zeroed but for the first six; the counts are what came of it. */
struct hc_intake {
    struct hc_cli *cli; /* made partial by what is refused */
    struct hc_store *store;
    const struct hc_catalogue *catalogue;
    const struct hc_redaction_rules *redaction; /* NULL: nothing is replaced */
    const struct hc_mapping *mapping;
    bool silent;          /* says nothing of what is refused, or in conflict */
    pthread_mutex_t lock; /* the store belongs to one thread at a time */
    struct timespec began;
    size_t n_open;          /* sources in the transaction that is open */
    size_t n_left;          /* and in the run after the last one that was accepted; until then 0 */
    bool was_empty;         /* the corpus held no source: all that are known are those of this run */
    struct hc_arena *arena; /* of `known` */
    struct hc_names known;  /* their digests, which only the writer asks for */
    size_t n_sources[4], n_results[HC_PUT_RESULTS], n_warnings; /* by enum hc_source_status, by enum hc_put_result */
    size_t n_refused;                                           /* incidents */
    size_t n_known_part; /* sources that are known, and were rejected or partial when they were read */
    size_t n_warnings_said;
    bool shows_progress, has_limits;
    uint64_t n_replaced[HC_REDACTION_NAMES]; /* by the number of the rules' names */
};

/* Errors: HC_FATAL of the store, the machine or the reader. What it held by then is whole incidents. */
enum hc_status hc_intake_run(struct hc_intake *intake, const char *const *paths, size_t n, struct hc_err *err);

/* Once it has run: a remark, if pseudonyms were made with the key that everybody has. */
void hc_intake_say_key(const struct hc_intake *intake);

#endif
