/* A source as a stream of members, whatever packs it; the only home of libarchive, zlib and libdeflate.
 *
 * The kind is told by content. Inner gzip or zstd layers of a member are undone. Hostile members are
 * refused one by one with a code; a stream that fails its own check fails as a whole, at the latest when
 * HC_END would have been returned.
 */
#ifndef HC_INGEST_CONTAINER_CONTAINER_H
#define HC_INGEST_CONTAINER_CONTAINER_H

#include "base/status.h"
#include "base/text.h"
#include "base/warning.h"
#include "ingest/ingest.h"

struct hc_container;

struct hc_member {
    struct hc_str path;  /* relative, '/'-separated, normalised, valid UTF-8; an inner ".gz"/".zst" stays in it */
    struct hc_str bytes; /* inflated; valid until the next call */
};

/* Opens an archive file or a bundle directory (one incident or a tree of them).
 * Errors: HC_FAIL with the code. Owns: the caller. */
enum hc_status hc_container_open(struct hc_container **out, const char *path,
                                 const struct hc_ingest_limits *limits, struct hc_err *err);
void hc_container_close(struct hc_container *container);

/* The next file. Directories and empty entries for them are passed over. HC_SKIP: this member was refused
 * (err says why, member->path which); HC_END: all read and the stream's own checks hold; HC_FAIL: the
 * stream is broken, and nothing that was read from it may be kept. `err` is written anew by each call. */
enum hc_status hc_container_next(struct hc_container *container, struct hc_member *member, struct hc_err *err);

/* Digest of the archive file's bytes, read for it if need be (a directory's: over its files' paths and
 * digests, known after HC_END). n_bytes likewise. */
enum hc_status hc_container_digest(struct hc_container *container, uint8_t sha256[HC_SHA256_BYTES],
                                   uint64_t *n_bytes, struct hc_err *err);
const char *hc_container_kind(const struct hc_container *container); /* "tar.gz", "zip", "directory" … */

/* What a path given by the user holds: an archive, a bundle directory, or an inbox whose entries are
 * looked at likewise. Sources come in bytewise order of path. Files still growing, FIFOs, symlinks and
 * unreadable ones are left out with a warning. */
struct hc_source_path {
    struct hc_str path;
    uint64_t n_bytes; /* on disk, for the plan */
};
enum hc_status hc_sources_find(struct hc_source_path **out, size_t *n, const char *const *paths, size_t n_paths,
                               struct hc_arena *arena, struct hc_warnings *warnings, struct hc_err *err);

#endif
