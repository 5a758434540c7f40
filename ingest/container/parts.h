/* A member that is too large to be held whole, in parts: its pieces as the container gives them, its layer undone, cut
 * where lines end. */
#ifndef HC_INGEST_CONTAINER_PARTS_H
#define HC_INGEST_CONTAINER_PARTS_H

#include "ingest/container/reader.h"

/* Where the bytes come from: what lies in memory, then a reader's pieces. */
struct hc_parts_from {
    struct hc_str bytes;
    enum hc_status (*piece)(void *reader, struct hc_str *piece, struct hc_err *err); /* NULL: there are none */
    void *reader;
    uint64_t n_packed; /* all of them */
};

struct hc_parts {
    struct hc_parts_from from;
    const struct hc_codec *codec; /* of the member's layer; NULL: none */
    void *state;                  /* of the codec */
    struct hc_meter *meter;
    struct hc_block *block; /* the part, and what the next one begins with */
    struct hc_sha256 *digest;
    uint8_t sha256[HC_SHA256_BYTES];
    struct hc_flow_io io;
    uint64_t n_bytes; /* of the member, so far */
    uint64_t n_feeds; /* line feeds among those */
    size_t n_part;    /* where the part ends in the block */
    uint32_t number;  /* of the next part */
    bool open, ended; /* parts are to come; all bytes are in the block */
};

/* `codec` and what follows are set by the caller; the digest is at its beginning. */
void hc_parts_start(struct hc_parts *parts, const struct hc_parts_from *from);

/* Fills all of `member` but its path. HC_SKIP: the member is refused, also after parts of it were given; HC_FAIL: the
 * container is broken, or beyond its limits. */
enum hc_status hc_parts_next(struct hc_parts *parts, struct hc_member *member, struct hc_err *err);

#endif
