/* The parts of ingest/bundle.c: which incident a member belongs to, and the members that wait to know. */
#ifndef HC_INGEST_BUNDLE_PARTS_H
#define HC_INGEST_BUNDLE_PARTS_H

#include <stdbool.h>

#include "ingest/assemble.h"
#include "ingest/bundle.h"
#include "ingest/manifest.h"

/* An incident on its way in. */
struct hc_bundle {
    struct hc_str dir; /* "" for the archive's root */
    struct hc_manifest manifest;
    struct hc_assembly_file *files;
    size_t n_files, capacity;
    bool refused; /* and the source holds the reason */
};

/* A member that came before its manifest. */
struct hc_waiting {
    struct hc_str path;
    char *bytes; /* owned; NULL: read already, or given up and left to a second pass */
    size_t n;
    bool given_up;
};

struct hc_bundles {
    struct hc_source *source;
    const struct hc_bundle_reader *reader;
    struct hc_names dirs; /* of `items`, by the same number */
    struct hc_bundle **items;
    size_t n, capacity;
    struct hc_waiting *waiting;
    size_t n_waiting, waiting_capacity;
    size_t waiting_bytes;
    bool any_given_up;
    struct hc_str *doubles; /* paths that came twice */
    size_t n_doubles, doubles_capacity;
};

/* The incident that a path lies in: that of the nearest directory above. NULL: none known. */
struct hc_bundle *hc_bundle_of(const struct hc_bundles *bundles, struct hc_str path);
/* The part of a path below its incident's directory. */
struct hc_str hc_bundle_member(const struct hc_bundle *bundle, struct hc_str path);
/* Makes the incident of a manifest's path. NULL: refused memory. */
struct hc_bundle *hc_bundle_add(struct hc_bundles *bundles, struct hc_str manifest_path);

/* Keeps a member until its manifest comes. */
enum hc_status hc_bundle_wait(struct hc_bundles *bundles, const struct hc_member *member, struct hc_err *err);
void hc_bundle_drop_waiting(struct hc_bundles *bundles);

/* Refuses incidents that lie in one another, and those with a member that came twice. */
enum hc_status hc_bundles_settle(struct hc_bundles *bundles, struct hc_err *err);
/* Warns of the members that lie in none. */
void hc_bundles_warn_of_strays(struct hc_bundles *bundles);

#endif
