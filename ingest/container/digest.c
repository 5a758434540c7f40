#include <stdlib.h>
#include <string.h>

#include "ingest/container/state.h"

struct file_digest {
    struct hc_str path;
    uint8_t sha256[HC_SHA256_BYTES];
};

static int by_path(const void *a, const void *b)
{
    const struct file_digest *x = a, *y = b;

    return hc_str_compare(x->path, y->path);
}

static enum hc_status tree_digest(struct hc_container *c, uint8_t sha256[HC_SHA256_BYTES], uint64_t *n_bytes,
                                  struct hc_err *err)
{
    struct file_digest *files;
    struct hc_member member = {.path = HC_STR_NONE};
    size_t n = 0;
    enum hc_status status;

    hc_container_tree_again(c);
    files = hc_arena_alloc(c->arena, c->tree.n_entries * sizeof *files);
    if (!files)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
    *n_bytes = 0;
    while ((status = hc_container_next(c, &member, err)) == HC_OK || status == HC_SKIP) {
        *n_bytes += status == HC_OK ? member.bytes.n : 0;
        if (status == HC_SKIP || member.more)
            continue;
        files[n].path = hc_str_copy(c->arena, member.path);
        if (!files[n].path.p)
            return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
        if (member.sha256)
            memcpy(files[n++].sha256, member.sha256, HC_SHA256_BYTES);
        else
            hc_sha256_once(member.bytes.p, member.bytes.n, files[n++].sha256);
    }
    if (status != HC_END)
        return status;
    qsort(files, n, sizeof *files, by_path);
    for (size_t i = 0; i < n; i++) {
        hc_sha256_add(c->digest, files[i].path.p, files[i].path.n);
        hc_sha256_add(c->digest, "", 1);
        hc_sha256_add(c->digest, files[i].sha256, HC_SHA256_BYTES);
    }
    hc_sha256_finish(c->digest, sha256);
    hc_container_tree_again(c);
    return HC_OK;
}

enum hc_status hc_container_digest(struct hc_container *c, struct hc_sha256_lanes *lanes,
                                   uint8_t sha256[HC_SHA256_BYTES], uint64_t *n_bytes, struct hc_err *err)
{
    if (c->shape == SHAPE_TREE)
        return tree_digest(c, sha256, n_bytes, err);
    if (c->input.fd < 0)
        return hc_err_set(err, HC_FAIL, "archive-unknown", "nothing is open");
    *n_bytes = c->input.n_bytes;
    if (lanes && c->input.in_memory) {
        hc_sha256_lanes_submit(lanes, c->input.memory.p, c->input.memory.n, sha256);
        return HC_OK;
    }
    return hc_input_digest(&c->input, c->digest, &c->taken, sha256, err);
}
