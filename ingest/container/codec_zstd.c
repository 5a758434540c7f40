/* zstd, frame after frame. A frame without a checksum has only its length to tell damage by. */
#include <stdlib.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "ingest/container/codec.h"

struct zstd_state {
    ZSTD_DCtx *context;
    bool ended; /* after a frame: the end, or another one */
    bool first;
};

/* Also a skippable frame, which may lead. */
static bool recognises(struct hc_str head)
{
    return head.n >= 4 && (memcmp(head.p, "\x28\xb5\x2f\xfd", 4) == 0 ||
                           (((unsigned char)head.p[0] & 0xf0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0));
}

static void *new_state(void)
{
    struct zstd_state *s = calloc(1, sizeof *s);

    if (!s)
        return NULL;
    s->context = ZSTD_createDCtx();
    if (!s->context) {
        free(s);
        return NULL;
    }
    return s;
}

static bool start(void *state)
{
    struct zstd_state *s = state;

    s->ended = false;
    s->first = true;
    return !ZSTD_isError(ZSTD_DCtx_reset(s->context, ZSTD_reset_session_only));
}

static enum hc_status broken(const struct zstd_state *s, size_t result, struct hc_err *err)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    case ZSTD_error_checksum_wrong:
        return hc_err_set(err, HC_FAIL, "zstd-checksum", "the zstd checksum does not match the data");
    case ZSTD_error_frameParameter_windowTooLarge:
        return hc_err_set(err, HC_FAIL, "limit-window", "the zstd window is larger than 128 MiB");
    case ZSTD_error_prefix_unknown:
        if (!s->first)
            return hc_err_set(err, HC_FAIL, "zstd-trailing", "bytes follow the end of the zstd data");
        break;
    default:
        break;
    }
    return hc_err_set(err, HC_FAIL, "zstd-data", "the zstd data is corrupt (%s)", ZSTD_getErrorName(result));
}

static enum hc_status step(void *state, struct hc_flow_io *io, struct hc_err *err)
{
    struct zstd_state *s = state;
    ZSTD_inBuffer in = {io->in, io->n_in, 0};
    ZSTD_outBuffer out = {io->out, io->n_out, 0};
    size_t result;

    if (s->ended && io->n_in == 0)
        return io->last ? HC_END : HC_OK;
    if (s->ended)
        s->first = false;
    result = ZSTD_decompressStream(s->context, &out, &in);
    if (ZSTD_isError(result))
        return broken(s, result, err);
    s->ended = result == 0;
    io->in += in.pos;
    io->n_in -= in.pos;
    io->out += out.pos;
    io->n_out -= out.pos;
    if (!io->last || io->n_in)
        return HC_OK;
    if (s->ended)
        return HC_END;
    if (io->n_out)
        return hc_err_set(err, HC_FAIL, "zstd-truncated", "the zstd data ends inside a frame");
    return HC_OK;
}

static void free_state(void *state)
{
    struct zstd_state *s = state;

    if (s)
        ZSTD_freeDCtx(s->context);
    free(s);
}

const struct hc_codec hc_codec_zstd = {.name = "zst",
                                       .tar_name = "tar.zst",
                                       .is_member_layer = true,
                                       .recognises = recognises,
                                       .new_state = new_state,
                                       .start = start,
                                       .step = step,
                                       .free_state = free_state};
