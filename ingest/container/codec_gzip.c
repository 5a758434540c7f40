/* gzip with zlib, member after member to the last trailer: CRC and length are checked, nothing may follow. */
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

#include "ingest/container/codec.h"

#define GZIP_WINDOW (15 + 16)        /* the largest window, gzip framing */
#define RAW_WINDOW (-15)             /* the largest window, no framing */
#define STEP_BYTES ((size_t)1 << 30) /* zlib counts in 32 bits */
#define GZIP_LEAST 18                /* header and trailer */

struct gzip_state {
    z_stream z;
    bool open;
    bool between; /* after a trailer: the end, or another member */
    bool first;
    bool is_raw; /* one stream, and nothing behind it */
};

static bool recognises(struct hc_str head)
{
    return head.n >= 3 && memcmp(head.p, "\x1f\x8b\x08", 3) == 0;
}

static void *new_state(void)
{
    return calloc(1, sizeof(struct gzip_state));
}

static bool start_of(struct gzip_state *s, int window)
{
    int made = s->open ? inflateReset(&s->z) : inflateInit2(&s->z, window);

    s->open = made == Z_OK;
    s->is_raw = window == RAW_WINDOW;
    s->between = false;
    s->first = true;
    return s->open;
}

static bool start(void *state)
{
    return start_of(state, GZIP_WINDOW);
}

static bool start_raw(void *state)
{
    return start_of(state, RAW_WINDOW);
}

static enum hc_status broken(const struct gzip_state *s, int code, struct hc_err *err)
{
    const char *says = s->z.msg ? s->z.msg : "";

    if (code == Z_MEM_ERROR)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    if (strcmp(says, "incorrect data check") == 0)
        return hc_err_set(err, HC_FAIL, "gzip-crc", "the gzip CRC does not match the data");
    if (strcmp(says, "incorrect length check") == 0)
        return hc_err_set(err, HC_FAIL, "gzip-length", "the gzip length does not match the data");
    if (!s->first && s->z.total_out == 0 && strcmp(says, "incorrect header check") == 0)
        return hc_err_set(err, HC_FAIL, "gzip-trailing", "bytes follow the end of the gzip data");
    return hc_err_set(err, HC_FAIL, "gzip-data", "the gzip data is corrupt (%s)", says);
}

static enum hc_status step(void *state, struct hc_flow_io *io, struct hc_err *err)
{
    struct gzip_state *s = state;
    size_t n_in = io->n_in < STEP_BYTES ? io->n_in : STEP_BYTES;
    size_t n_out = io->n_out < STEP_BYTES ? io->n_out : STEP_BYTES;
    int code;

    if (s->between && io->n_in == 0)
        return io->last ? HC_END : HC_OK;
    if (s->between) {
        inflateReset(&s->z);
        s->between = s->first = false;
    }
    s->z.next_in = (const Bytef *)io->in;
    s->z.avail_in = (uInt)n_in;
    s->z.next_out = (Bytef *)io->out;
    s->z.avail_out = (uInt)n_out;
    code = inflate(&s->z, Z_NO_FLUSH);
    io->in += n_in - s->z.avail_in;
    io->n_in -= n_in - s->z.avail_in;
    io->out += n_out - s->z.avail_out;
    io->n_out -= n_out - s->z.avail_out;
    if (code == Z_STREAM_END && s->is_raw && (io->n_in > 0 || !io->last))
        return hc_err_set(err, HC_FAIL, "zip-data", "bytes follow the end of the deflated data");
    if (code == Z_STREAM_END) {
        s->between = true;
        return io->last && io->n_in == 0 ? HC_END : HC_OK;
    }
    if (code != Z_OK && code != Z_BUF_ERROR)
        return broken(s, code, err);
    if (io->last && io->n_in == 0 && io->n_out > 0)
        return hc_err_set(err, HC_FAIL, "gzip-truncated", "the gzip data ends before its trailer");
    return HC_OK;
}

static void free_state(void *state)
{
    struct gzip_state *s = state;

    if (s && s->open)
        inflateEnd(&s->z);
    free(s);
}

const struct hc_codec hc_codec_gzip = {.name = "gz",
                                       .tar_name = "tar.gz",
                                       .is_member_layer = true,
                                       .recognises = recognises,
                                       .new_state = new_state,
                                       .start = start,
                                       .step = step,
                                       .free_state = free_state};

const struct hc_codec hc_codec_deflate = {
    .name = "deflate", .new_state = new_state, .start = start_raw, .step = step, .free_state = free_state};

struct hc_deflater {
    struct libdeflate_decompressor *decompressor;
};

struct hc_deflater *hc_deflater_new(void)
{
    struct hc_deflater *deflater = calloc(1, sizeof *deflater);

    if (!deflater)
        return NULL;
    deflater->decompressor = libdeflate_alloc_decompressor();
    if (!deflater->decompressor) {
        free(deflater);
        return NULL;
    }
    return deflater;
}

void hc_deflater_free(struct hc_deflater *deflater)
{
    if (deflater)
        libdeflate_free_decompressor(deflater->decompressor);
    free(deflater);
}

/* The length in the last trailer: a hint, believed only as far as the input could give it. */
static size_t claimed_bytes(struct hc_str in)
{
    const unsigned char *t = (const unsigned char *)in.p + in.n - 4;

    return (size_t)t[0] | (size_t)t[1] << 8 | (size_t)t[2] << 16 | (size_t)t[3] << 24;
}

enum hc_status hc_gzip_whole(struct hc_deflater *deflater, struct hc_str in, size_t limit, struct hc_block *out)
{
    size_t claim;

    out->n = 0;
    if (in.n < GZIP_LEAST)
        return HC_SKIP;
    claim = claimed_bytes(in);
    if (claim > limit || claim / HC_DEFLATE_RATIO > in.n)
        return HC_SKIP;
    if (!hc_block_reserve(out, claim ? claim : 1))
        return HC_FATAL;
    while (in.n) {
        size_t n_used = 0, n_made = 0, room = out->capacity < limit ? out->capacity : limit;
        enum libdeflate_result result = libdeflate_gzip_decompress_ex(deflater->decompressor, in.p, in.n,
                                                                      out->p + out->n, room - out->n, &n_used, &n_made);

        if (result != LIBDEFLATE_SUCCESS)
            return HC_SKIP;
        out->n += n_made;
        in.p += n_used;
        in.n -= n_used;
    }
    return HC_OK;
}

bool hc_deflate_exactly(struct hc_deflater *deflater, struct hc_str in, struct hc_block *out)
{
    size_t n_used = 0;
    enum libdeflate_result result =
        libdeflate_deflate_decompress_ex(deflater->decompressor, in.p, in.n, out->p, out->n, &n_used, NULL);

    return result == LIBDEFLATE_SUCCESS && n_used == in.n;
}

uint32_t hc_crc32(uint32_t of_those_before, struct hc_str bytes)
{
    return libdeflate_crc32(of_those_before, bytes.p, bytes.n);
}
