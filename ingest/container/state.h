/* What is open: shared by container.c and digest.c. */
#ifndef HC_INGEST_CONTAINER_STATE_H
#define HC_INGEST_CONTAINER_STATE_H

#include "ingest/container/parts.h"

enum shape { SHAPE_NONE, SHAPE_TAR, SHAPE_ZIP, SHAPE_TREE, SHAPE_FILE };

struct hc_container {
    struct hc_ingest_limits limits;
    enum shape shape;
    const char *kind;
    struct hc_input input;
    struct hc_flow flow;
    struct hc_meter meter;
    struct hc_tar tar;
    struct hc_zip zip;
    struct hc_tree tree;
    struct hc_deflater *deflater;
    struct hc_sha256 *digest;
    struct hc_parts parts;
    void *outer[HC_CODECS], *inner[HC_CODECS]; /* decoders of the archive's and of a member's layer; made when needed */
    struct hc_block taken, unpacked, inflated; /* a member as packed, as the container gives it, without its layer */
    struct hc_buf path;
    char *file;                    /* name of a lone file */
    struct hc_input_pieces pieces; /* of a large one */
    struct hc_arena *arena;
    struct hc_names seen;
    size_t codec;   /* of a tar; HC_CODECS: none */
    bool begun;     /* an archive's first bytes were unpacked: not before its first member is asked for */
    bool any, over; /* a member came; the end or a failure was told */
};

/* A directory's files from the first one on. */
void hc_container_tree_again(struct hc_container *container);

#endif
