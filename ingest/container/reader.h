/* What reads one kind of container: tar over a flow, zip over an input, a directory tree. */
#ifndef HC_INGEST_CONTAINER_READER_H
#define HC_INGEST_CONTAINER_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "ingest/container/container.h"
#include "ingest/container/input.h"

/* A member as the container states it. */
struct hc_raw {
    struct hc_str name;  /* any bytes */
    struct hc_str bytes; /* valid until the reader's next call */
    uint64_t n_large;    /* not 0: more bytes than are held whole; they are to be asked for piece by piece */
    bool is_directory;
    const char *code; /* NULL: may be read; else why not, with `text` */
    const char *text;
    long line; /* of what it unpacks to, the last; 0: not known */
};

/* The member rule for names: relative, '/'-separated, UTF-8, at most HC_NAME_BYTES; "." and "" components and a
 * final '/' are dropped. Fills `path` (cleared first). NULL: fine; else why it is refused ("member-name"). */
#define HC_NAME_BYTES 1024
const char *hc_member_name(struct hc_str name, struct hc_buf *path);

/* An order of members in which those of an incident come together, its manifest first, and those of none last; else
 * as given. NULL: out of memory. */
size_t *hc_member_order(const struct hc_str *paths, size_t n, struct hc_arena *arena);

/* What a member must not be. NULL: no archive. */
const char *hc_archive_magic(struct hc_str head);
bool hc_tar_recognises(struct hc_str head); /* with a "ustar" header of right checksum, or an end record */

struct hc_tar {
    struct hc_flow *flow;
    struct hc_block *scratch;
    struct hc_buf name; /* from a long-name or pax header */
    bool has_name, has_link, has_pax, is_sparse;
    uint64_t n_left;  /* of the last member, with its padding */
    uint64_t n_large; /* of them to be given piece by piece */
};

void hc_tar_start(struct hc_tar *tar, struct hc_flow *flow, struct hc_block *scratch);
enum hc_status hc_tar_next(struct hc_tar *tar, struct hc_raw *raw, struct hc_err *err);
/* The next bytes of a large member of the tar, at most HC_FLOW_BYTES. HC_END: it is over; HC_SKIP: it is refused; HC_FAIL: the stream
 * is broken. The same of the other readers. */
enum hc_status hc_tar_piece(void *context, struct hc_str *piece, struct hc_err *err);

struct hc_zip_entry {
    struct hc_str name; /* in the central directory's block */
    uint64_t offset, data, packed, unpacked;
    uint32_t crc, attributes;
    uint16_t flags, method;
    bool made_by_unix;
    bool mismatch; /* its local header says something else */
};

struct hc_zip {
    struct hc_input *input;
    struct hc_meter *meter;
    struct hc_deflater *deflater;
    struct hc_block *packed, *unpacked;
    struct hc_block central;
    struct hc_zip_entry *entries; /* by offset */
    size_t *order;                /* in which they are read */
    size_t n_entries, next;
    /* A large member on its way. */
    const struct hc_zip_entry *large;
    struct hc_zip_flow {
        void *state; /* of hc_codec_deflate; made when needed */
        struct hc_flow_io io;
        uint64_t n_read, n_given;
        uint32_t crc;
    } flow;
};

/* Checks the whole structure: end record, central directory, local headers, overlaps. */
enum hc_status hc_zip_open(struct hc_zip *zip, struct hc_arena *arena, struct hc_err *err);
enum hc_status hc_zip_next(struct hc_zip *zip, struct hc_raw *raw, struct hc_err *err);
enum hc_status hc_zip_piece(void *context, struct hc_str *piece, struct hc_err *err);

struct hc_tree_entry {
    struct hc_str path;
    const char *code, *text; /* as in hc_raw */
};

struct hc_tree {
    int fd;           /* of the root; -1: nothing is open */
    int large_fd;     /* of a large file on its way; -1: none */
    uint64_t n_large; /* bytes of it to come */
    struct hc_meter *meter;
    struct hc_block *bytes;
    struct hc_tree_entry *entries; /* by path */
    size_t *order;                 /* in which they are read */
    size_t n_entries, capacity, next;
};

/* Lists the files below; takes fd. */
enum hc_status hc_tree_open(struct hc_tree *tree, int fd, struct hc_arena *arena, struct hc_err *err);
enum hc_status hc_tree_next(struct hc_tree *tree, struct hc_raw *raw, struct hc_err *err);
enum hc_status hc_tree_piece(void *context, struct hc_str *piece, struct hc_err *err);
void hc_tree_close(struct hc_tree *tree);

#endif
