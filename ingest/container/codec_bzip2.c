/* bzip2, stream after stream; each block and each stream has a CRC that the library checks. */
#include <bzlib.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/container/codec.h"

#define STEP_BYTES ((size_t)1 << 30) /* the library counts in 32 bits */

struct bzip2_state {
    bz_stream stream;
    bool open;
    bool between; /* after a stream: the end, or another one */
    bool first;
};

static bool recognises(struct hc_str head)
{
    return head.n >= 10 && memcmp(head.p, "BZh", 3) == 0 && head.p[3] >= '1' && head.p[3] <= '9' &&
           (memcmp(head.p + 4, "\x31\x41\x59\x26\x53\x59", 6) == 0 ||
            memcmp(head.p + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0);
}

static void *new_state(void)
{
    return calloc(1, sizeof(struct bzip2_state));
}

static bool open_stream(struct bzip2_state *s)
{
    if (s->open)
        BZ2_bzDecompressEnd(&s->stream);
    memset(&s->stream, 0, sizeof s->stream);
    s->open = BZ2_bzDecompressInit(&s->stream, 0, 0) == BZ_OK;
    return s->open;
}

static bool start(void *state)
{
    struct bzip2_state *s = state;

    s->between = false;
    s->first = true;
    return open_stream(s);
}

static enum hc_status broken(const struct bzip2_state *s, int code, struct hc_err *err)
{
    if (code == BZ_MEM_ERROR)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    if (code == BZ_DATA_ERROR_MAGIC && !s->first)
        return hc_err_set(err, HC_FAIL, "bzip2-trailing", "bytes follow the end of the bzip2 data");
    return hc_err_set(err, HC_FAIL, "bzip2-data", "the bzip2 data is corrupt (a CRC or a code is wrong)");
}

static enum hc_status step(void *state, struct hc_flow_io *io, struct hc_err *err)
{
    struct bzip2_state *s = state;
    size_t n_in = io->n_in < STEP_BYTES ? io->n_in : STEP_BYTES;
    size_t n_out = io->n_out < STEP_BYTES ? io->n_out : STEP_BYTES;
    int code;

    if (s->between && io->n_in == 0)
        return io->last ? HC_END : HC_OK;
    if (s->between) {
        s->between = s->first = false;
        if (!open_stream(s))
            return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    }
    s->stream.next_in = (char *)io->in; /* the library reads it only */
    s->stream.avail_in = (unsigned)n_in;
    s->stream.next_out = io->out;
    s->stream.avail_out = (unsigned)n_out;
    code = BZ2_bzDecompress(&s->stream);
    io->in += n_in - s->stream.avail_in;
    io->n_in -= n_in - s->stream.avail_in;
    io->out += n_out - s->stream.avail_out;
    io->n_out -= n_out - s->stream.avail_out;
    if (code == BZ_STREAM_END) {
        s->between = true;
        return io->last && io->n_in == 0 ? HC_END : HC_OK;
    }
    if (code != BZ_OK)
        return broken(s, code, err);
    if (io->last && io->n_in == 0 && io->n_out > 0)
        return hc_err_set(err, HC_FAIL, "bzip2-truncated", "the bzip2 data ends before its trailer");
    return HC_OK;
}

static void free_state(void *state)
{
    struct bzip2_state *s = state;

    if (s && s->open)
        BZ2_bzDecompressEnd(&s->stream);
    free(s);
}

const struct hc_codec hc_codec_bzip2 = {.name = "bz2",
                                        .tar_name = "tar.bz2",
                                        .recognises = recognises,
                                        .new_state = new_state,
                                        .start = start,
                                        .step = step,
                                        .free_state = free_state};
