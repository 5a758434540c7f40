/* The facts of one incident of a bundle, for the linter. */
#ifndef HC_CLI_BUNDLE_FACTS_H
#define HC_CLI_BUNDLE_FACTS_H

#include "base/arena.h"
#include "cli/cli.h"
#include "reports/lint/facts.h"

/* What was read of a path. Owns: hc_bundle_free. */
struct hc_bundle {
    struct hc_cli *cli;
    struct hc_arena *arena;    /* of the lists here and of the facts */
    struct hc_arena **sources; /* of the incidents */
    size_t n_sources, sources_capacity;
    struct hc_bundle_incident *incidents;
    size_t n_incidents, incidents_capacity;
    bool refused; /* a source was, and that is said */
    struct hc_lint_facts facts;
};

/* Reads a path, and takes of its incidents the one that the document names, or the only one. What is refused is said, and
 * makes the command partial. Errors: HC_FAIL "bundle-empty", "bundle-ambiguous"; HC_FATAL. */
enum hc_status hc_bundle_read(struct hc_bundle *bundle, struct hc_cli *cli, const char *path, struct hc_str document,
                              struct hc_err *err);
void hc_bundle_free(struct hc_bundle *bundle);

#endif
