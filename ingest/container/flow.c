#include <string.h>

#include "ingest/container/input.h"

#define RATIO_FREE_BYTES ((uint64_t)64 << 20) /* below, any ratio is harmless */

enum hc_status hc_meter_bytes(struct hc_meter *meter, uint64_t n, struct hc_err *err)
{
    const struct hc_ingest_limits *limits = &meter->limits;

    meter->n_unpacked += n; /* pieces are bounded, and the sum by the check that follows */
    if (meter->n_unpacked > limits->archive_bytes)
        return hc_err_set(err, HC_FAIL, "limit-archive-bytes", "unpacks to more than %llu bytes",
                          (unsigned long long)limits->archive_bytes);
    if (hc_meter_is_bomb(meter, meter->n_unpacked, meter->n_packed))
        return hc_err_set(err, HC_FAIL, "limit-ratio", "unpacks to more than %llu times its size",
                          (unsigned long long)limits->ratio);
    return HC_OK;
}

bool hc_meter_is_bomb(const struct hc_meter *meter, uint64_t n_unpacked, uint64_t n_packed)
{
    return n_unpacked > RATIO_FREE_BYTES && n_unpacked / meter->limits.ratio > n_packed;
}

enum hc_status hc_meter_member(struct hc_meter *meter, struct hc_err *err)
{
    if (++meter->n_members > meter->limits.n_members)
        return hc_err_set(err, HC_FAIL, "limit-members", "has more than %llu members",
                          (unsigned long long)meter->limits.n_members);
    return HC_OK;
}

/* Small gzip: all at once. HC_SKIP: by pieces then. */
static enum hc_status whole(struct hc_flow *flow, struct hc_err *err)
{
    struct hc_str in = {flow->input->memory.p, flow->input->memory.n};
    enum hc_status status;

    if (flow->codec != &hc_codec_gzip || !flow->input->in_memory)
        return HC_SKIP;
    status = hc_gzip_whole(flow->deflater, in, HC_FLOW_WHOLE_BYTES, &flow->out);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    if (status != HC_OK)
        return status;
    flow->rest = (struct hc_str){flow->out.p, flow->out.n};
    flow->started = flow->ended = flow->is_whole = true;
    return hc_meter_bytes(flow->meter, flow->out.n, err);
}

enum hc_status hc_flow_start(struct hc_flow *flow, struct hc_err *err)
{
    enum hc_status status;

    flow->offset = flow->position = 0;
    flow->io = (struct hc_flow_io){0};
    flow->rest = HC_STR("");
    flow->started = flow->ended = false;
    flow->is_whole = !flow->codec && flow->input->in_memory;
    flow->out.n = 0;
    if (!flow->codec)
        return HC_OK;
    status = whole(flow, err);
    if (status != HC_SKIP)
        return status;
    flow->started = true;
    if (!flow->codec->start(flow->state) || !hc_block_reserve(&flow->out, HC_FLOW_BYTES))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    return HC_OK;
}

static enum hc_status read_piece(struct hc_flow *flow, struct hc_str *bytes, struct hc_err *err)
{
    uint64_t left = flow->input->n_bytes - flow->offset;
    size_t n = flow->input->in_memory || left < HC_FLOW_BYTES ? (size_t)left : HC_FLOW_BYTES;
    enum hc_status status = hc_input_at(flow->input, flow->offset, n, &flow->in, bytes, err);

    if (status == HC_OK)
        flow->offset += n;
    return status;
}

static enum hc_status decode_piece(struct hc_flow *flow, struct hc_err *err)
{
    struct hc_flow_io *io = &flow->io;
    enum hc_status status = HC_OK;

    io->out = flow->out.p;
    io->n_out = HC_FLOW_BYTES;
    while (status == HC_OK && io->n_out) {
        if (io->n_in == 0 && !io->last) {
            struct hc_str bytes;

            status = read_piece(flow, &bytes, err);
            if (status != HC_OK)
                return status;
            io->in = bytes.p;
            io->n_in = bytes.n;
            io->last = flow->offset == flow->input->n_bytes;
        }
        status = flow->codec->step(flow->state, io, err);
    }
    if (status != HC_OK && status != HC_END)
        return status;
    flow->ended = status == HC_END;
    flow->rest = (struct hc_str){flow->out.p, HC_FLOW_BYTES - io->n_out};
    return hc_meter_bytes(flow->meter, flow->rest.n, err);
}

/* Makes `rest` non-empty, or HC_END. */
static enum hc_status refill(struct hc_flow *flow, struct hc_err *err)
{
    enum hc_status status;

    if (flow->rest.n)
        return HC_OK;
    if (flow->codec) {
        status = flow->ended ? HC_OK : decode_piece(flow, err);
    } else {
        status = read_piece(flow, &flow->rest, err);
        if (status == HC_OK)
            status = hc_meter_bytes(flow->meter, flow->rest.n, err);
    }
    if (status != HC_OK)
        return status;
    return flow->rest.n ? HC_OK : HC_END;
}

static struct hc_str advance(struct hc_flow *flow, size_t n)
{
    struct hc_str taken = {flow->rest.p, n};

    flow->rest.p += n;
    flow->rest.n -= n;
    flow->position += n;
    return taken;
}

static enum hc_status truncated(struct hc_err *err)
{
    return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside a member");
}

static bool gather(struct hc_block *block, struct hc_str piece)
{
    size_t needed = block->n + piece.n;

    if (needed > block->capacity &&
        !hc_block_reserve(block, needed < 2 * block->capacity ? 2 * block->capacity : needed))
        return false;
    memcpy(block->p + block->n, piece.p, piece.n);
    block->n = needed;
    return true;
}

enum hc_status hc_flow_take(struct hc_flow *flow, size_t n, struct hc_block *scratch, struct hc_str *bytes,
                            struct hc_err *err)
{
    enum hc_status status = refill(flow, err);

    if (status != HC_OK)
        return status;
    if (flow->rest.n >= n) {
        *bytes = advance(flow, n);
        return HC_OK;
    }
    scratch->n = 0;
    while (scratch->n < n) {
        size_t wanted = n - scratch->n;

        status = refill(flow, err);
        if (status != HC_OK)
            return status == HC_END ? truncated(err) : status;
        if (!gather(scratch, advance(flow, wanted < flow->rest.n ? wanted : flow->rest.n)))
            return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
    }
    *bytes = (struct hc_str){scratch->p, n};
    return HC_OK;
}

enum hc_status hc_flow_skip(struct hc_flow *flow, uint64_t n, struct hc_err *err)
{
    while (n) {
        enum hc_status status = refill(flow, err);
        struct hc_str taken;

        if (status != HC_OK)
            return status == HC_END ? truncated(err) : status;
        taken = advance(flow, n < flow->rest.n ? (size_t)n : flow->rest.n);
        n -= taken.n;
    }
    return HC_OK;
}

enum hc_status hc_flow_piece(struct hc_flow *flow, struct hc_str *bytes, struct hc_err *err)
{
    enum hc_status status = refill(flow, err);

    if (status == HC_OK)
        *bytes = advance(flow, flow->rest.n);
    else
        *bytes = HC_STR("");
    return status;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* By pieces into a growing block: what the whole-buffer way does not do, and every reason for a refusal. HC_END: it is
 * too large. */
static enum hc_status inflate_steps(const struct hc_codec *codec, void *state, struct hc_str in,
                                    const struct hc_meter *meter, struct hc_block *out, struct hc_err *err)
{
    struct hc_flow_io io = {.in = in.p, .n_in = in.n, .last = true};
    size_t most = (size_t)meter->limits.whole_bytes + 1; /* one more tells that it is too much */
    enum hc_status status = HC_OK;

    out->n = 0;
    if (!codec->start(state))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    while (status == HC_OK) {
        size_t room = smaller(out->capacity, most);

        if (out->n == room) {
            room = smaller(out->capacity < HC_FLOW_BYTES ? HC_FLOW_BYTES : out->capacity * 2, most);
            if (!hc_block_reserve(out, room))
                return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
        }
        io.out = out->p + out->n;
        io.n_out = room - out->n;
        status = codec->step(state, &io, err);
        out->n = room - io.n_out;
        if (out->n == most)
            return HC_END;
    }
    if (status == HC_FAIL) { /* of this member only */
        if (err)
            err->status = HC_SKIP;
        if (err && err->line == 0)
            err->line =
                1 + (long)hc_str_count((struct hc_str){out->p, out->n}, '\n'); /* of what was inflated the last */
        return HC_SKIP;
    }
    return status == HC_END ? HC_OK : status;
}

enum hc_status hc_member_inflate(const struct hc_codec *codec, void *state, struct hc_deflater *deflater,
                                 struct hc_str in, struct hc_meter *meter, struct hc_block *out, struct hc_err *err)
{
    struct hc_err over = HC_ERR_NONE;
    enum hc_status status = HC_SKIP;

    if (codec == &hc_codec_gzip)
        status = hc_gzip_whole(deflater, in, (size_t)meter->limits.whole_bytes, out);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    if (status == HC_SKIP)
        status = inflate_steps(codec, state, in, meter, out, err);
    if (status != HC_OK && status != HC_SKIP)
        return status;
    if (hc_meter_bytes(meter, out->n, &over) != HC_OK) { /* weighs more than the member's own reason */
        if (err)
            *err = over;
        return HC_FAIL;
    }
    return status;
}
