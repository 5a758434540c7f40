/* xz, stream after stream, with a bound on the memory that a header may ask for. */
#include <lzma.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/container/codec.h"

#define MEMORY_BYTES ((uint64_t)80 << 20) /* `xz -9` needs 65 MiB */

struct xz_state {
    lzma_stream stream;
};

static bool recognises(struct hc_str head)
{
    return head.n >= 6 && memcmp(head.p, "\xfd\x37\x7a\x58\x5a\x00", 6) == 0;
}

static void *new_state(void)
{
    return calloc(1, sizeof(struct xz_state)); /* all zero is LZMA_STREAM_INIT */
}

static bool start(void *state)
{
    struct xz_state *s = state;

    return lzma_stream_decoder(&s->stream, MEMORY_BYTES, LZMA_CONCATENATED) == LZMA_OK;
}

static enum hc_status step(void *state, struct hc_flow_io *io, struct hc_err *err)
{
    struct xz_state *s = state;
    lzma_ret result;

    s->stream.next_in = (const uint8_t *)io->in;
    s->stream.avail_in = io->n_in;
    s->stream.next_out = (uint8_t *)io->out;
    s->stream.avail_out = io->n_out;
    result = lzma_code(&s->stream, io->last ? LZMA_FINISH : LZMA_RUN);
    io->in += io->n_in - s->stream.avail_in;
    io->n_in = s->stream.avail_in;
    io->out += io->n_out - s->stream.avail_out;
    io->n_out = s->stream.avail_out;
    switch (result) {
    case LZMA_OK:
        return HC_OK;
    case LZMA_STREAM_END:
        return HC_END;
    case LZMA_BUF_ERROR:
        return hc_err_set(err, HC_FAIL, "xz-truncated", "the xz data ends before its footer");
    case LZMA_MEM_ERROR:
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    case LZMA_MEMLIMIT_ERROR:
        return hc_err_set(err, HC_FAIL, "limit-window", "the xz data asks for more than 80 MiB of memory");
    default:
        return hc_err_set(err, HC_FAIL, "xz-data", "the xz data is corrupt, or followed by something else");
    }
}

static void free_state(void *state)
{
    struct xz_state *s = state;

    if (s)
        lzma_end(&s->stream);
    free(s);
}

const struct hc_codec hc_codec_xz = {.name = "xz",
                                     .tar_name = "tar.xz",
                                     .recognises = recognises,
                                     .new_state = new_state,
                                     .start = start,
                                     .step = step,
                                     .free_state = free_state};
