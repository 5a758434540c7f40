/* A source as a stream of members, whatever packs it; the only home of zlib, libdeflate, zstd, lzma and bzip2.
 *
 * The kind is told by content. One inner gzip or zstd layer of a member is undone. Hostile members are
 * refused one by one with a code; a stream that fails its own check fails as a whole, at the latest when
 * HC_END would have been returned. The README beside this file lists the codes and the rules.
 */
#ifndef HC_INGEST_CONTAINER_CONTAINER_H
#define HC_INGEST_CONTAINER_CONTAINER_H

#include "base/digest_lanes.h"
#include "base/status.h"
#include "base/text.h"
#include "base/warning.h"
#include "ingest/ingest.h"

/* A reader with its buffers and decoders: made once a thread, opened for one source after another. */
struct hc_container;

struct hc_member {
    struct hc_str path;  /* relative, '/'-separated, normalised, valid UTF-8; an inner ".gz"/".zst" stays in it */
    struct hc_str bytes; /* inflated; valid until the next call */
    bool stays;          /* the bytes are valid until the container is closed, opened or rewound */
    /* A file that is too large to be held whole comes as several members of one path, one after another. */
    uint32_t part;         /* 0: the first */
    bool more;             /* another part follows */
    const uint8_t *sha256; /* of the whole file, with its last part; else NULL */
};

/* Where a part of at most `most` bytes may end, of text that is longer: near its end after a line that the next one does not
 * go on, with no quote open if there is such a place; else after its last line; else, in a line longer than a part, anywhere. */
size_t hc_part_bytes(const char *text, size_t most);

/* The limits with the defaults in place of zeros. */
struct hc_ingest_limits hc_ingest_limits_fill(struct hc_ingest_limits limits);

/* Owns: the caller; hc_container_free. NULL: out of memory. */
struct hc_container *hc_container_new(const struct hc_ingest_limits *limits);
void hc_container_free(struct hc_container *container);

/* Opens an archive file or a bundle directory (one incident or a tree of them) in place of what was open. Of an archive
 * it looks at the first bytes only: what it holds is unpacked when its first member is asked for.
 * Errors: HC_FAIL with the code; HC_FATAL out of memory. */
enum hc_status hc_container_open(struct hc_container *container, const char *path, struct hc_err *err);
/* Opens a file that is no archive: it is the only member, and its name is the last part of the path. */
enum hc_status hc_container_open_file(struct hc_container *container, const char *path, struct hc_err *err);
/* Gives the file back, and what large buffers it took. */
void hc_container_close(struct hc_container *container);

/* The next file. Directories are passed over. Where the container tells its members beforehand (zip, directory), those
 * of an incident come together, its manifest first. A file larger than limits.whole_bytes comes in parts, which end where
 * lines do. HC_SKIP: this member was refused (err says why, member->path which, made printable; in a later part it is the
 * whole file, and no more of it comes); HC_END: all read and the stream's own checks hold; HC_FAIL: the stream is broken,
 * and nothing that was read from it may be kept. `err` is written anew by each call. */
enum hc_status hc_container_next(struct hc_container *container, struct hc_member *member, struct hc_err *err);

/* The bytes of the member that hc_container_next just gave, spared a copy. NULL: they are part of something larger, or
 * lie in a block more than an eighth larger than they are.
 * Owns: the caller; free. */
char *hc_container_take(struct hc_container *container, const struct hc_member *member);

/* Back to the first member of what is open. */
enum hc_status hc_container_rewind(struct hc_container *container, struct hc_err *err);

/* The last component is "incident.xml". */
bool hc_is_manifest(struct hc_str path);
/* Cuts the last component off; false where there is none. */
bool hc_path_up(struct hc_str *path);

/* SHA-256 of the archive file's bytes; of a directory over its files, each as (path, NUL, SHA-256 of its bytes
 * after inner decompression) by path, and n_bytes the sum of those. May be asked at any time while open;
 * a directory starts over by it. An archive that is in memory is handed to `lanes`, and must stay open until these are
 * flushed; NULL: the digest is there at once. */
enum hc_status hc_container_digest(struct hc_container *container, struct hc_sha256_lanes *lanes,
                                   uint8_t sha256[HC_SHA256_BYTES], uint64_t *n_bytes, struct hc_err *err);
#define HC_CONTAINER_FILE "file"                                     /* no archive: it may be a record */
const char *hc_container_kind(const struct hc_container *container); /* "tar.gz", "zip", "directory"; "" at first */

/* One file of any kind, not an archive, with its gzip or zstd layer undone: what `lint` and `templates` read.
 * The bytes are the container's, until the next call. */
enum hc_status hc_container_load(struct hc_container *container, const char *path, struct hc_str *bytes,
                                 struct hc_err *err);

/* A source to read. */
struct hc_source_path {
    struct hc_str path;
    uint64_t n_bytes; /* on disk, for the plan */
};

/* How sources are looked for. */
struct hc_sources_options {
    const struct hc_mapping *mapping; /* NULL: no file is a record */
    size_t n_threads;
};

/* What the paths given by the user hold. A file is a source, whatever is in it. A directory with an incident.xml
 * is a source, with all below it. Any other directory is an inbox: the archives in it are sources, so are the files that
 * are records by the mapping, and the directories in it are looked at likewise, down to HC_INBOX_DEPTH. Sources come in bytewise order of path,
 * each path once. In an inbox, files still being written, FIFOs, symlinks and unreadable ones are left out
 * with a warning, and files of no use with one warning a directory; `member` of a warning is the path.
 * Memory: in the arena of the warnings.
 * Errors: HC_FATAL out of memory, or of descriptors.
 * Threads: the files of an inbox are examined on as many as the options say. */
#define HC_INBOX_DEPTH 16
enum hc_status hc_sources_find(struct hc_source_path **out, size_t *n, const char *const *paths, size_t n_paths,
                               const struct hc_sources_options *options, struct hc_warnings *warnings,
                               struct hc_err *err);

#endif
