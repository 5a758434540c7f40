#include "ingest/container/parts.h"

#include <string.h>

#define PARTS_OF_WHOLE 8           /* how small a part is, to what is held whole */
#define NEAR_END ((size_t)1 << 20) /* how far from its end a part is cut for a better place */

void hc_parts_start(struct hc_parts *parts, const struct hc_parts_from *from)
{
    hc_sha256_finish(parts->digest, parts->sha256); /* a member may have been left half-way */
    parts->from = *from;
    parts->io = (struct hc_flow_io){0};
    parts->block->n = parts->n_part = 0;
    parts->n_bytes = parts->n_feeds = 0;
    parts->number = 0;
    parts->open = true;
    parts->ended = false;
}

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
}

/* HC_END: there is none any more. HC_SKIP: the member is damaged. */
static enum hc_status next_piece(struct hc_parts *parts, struct hc_str *piece, struct hc_err *err)
{
    *piece = parts->from.bytes;
    parts->from.bytes.n = 0;
    if (piece->n)
        return HC_OK;
    enum hc_status status = parts->from.piece ? parts->from.piece(parts->from.reader, piece, err) : HC_END;
    if (status == HC_SKIP)
        err->line = (long)parts->n_feeds + 1; /* up to which it unpacks */
    return status;
}

static enum hc_status judge_size(const struct hc_parts *parts, struct hc_err *err)
{
    const struct hc_ingest_limits *limits = &parts->meter->limits;

    if (parts->n_bytes > limits->member_bytes)
        return hc_err_set(err, HC_SKIP, "limit-member-bytes", "is more than %llu bytes",
                          (unsigned long long)limits->member_bytes);
    /* Of one file half the ratio is enough: the archive, which may have a whole one, outlives it. */
    if (parts->codec && hc_meter_is_bomb(parts->meter, parts->n_bytes, parts->from.n_packed / 2))
        return hc_err_set(err, HC_SKIP, "limit-ratio", "unpacks to more than %llu times its size",
                          (unsigned long long)(limits->ratio / 2));
    return HC_OK;
}

static enum hc_status add_decoded(struct hc_parts *parts, size_t n_wanted, struct hc_err *err)
{
    struct hc_block *block = parts->block;
    size_t room = n_wanted - block->n < HC_FLOW_BYTES ? n_wanted - block->n : HC_FLOW_BYTES;

    if (parts->io.n_in == 0 && !parts->io.last) {
        struct hc_str piece = HC_STR("");
        enum hc_status status = next_piece(parts, &piece, err);

        if (status != HC_OK && status != HC_END)
            return status;
        parts->io.last = status == HC_END;
        parts->io.in = piece.p;
        parts->io.n_in = piece.n;
    }
    parts->io.out = block->p + block->n;
    parts->io.n_out = room;
    enum hc_status status = parts->codec->step(parts->state, &parts->io, err);
    parts->ended = status == HC_END;
    parts->n_feeds += hc_str_count((struct hc_str){block->p + block->n, room - parts->io.n_out}, '\n');
    if (status == HC_FAIL) {
        err->status = HC_SKIP; /* of this member only */
        err->line = err->line ? err->line : (long)parts->n_feeds + 1;
    }
    if (status == HC_FAIL || status == HC_FATAL)
        return err->status;
    block->n += room - parts->io.n_out;
    parts->n_bytes += room - parts->io.n_out;
    status = judge_size(parts, err);
    return status == HC_OK ? hc_meter_bytes(parts->meter, room - parts->io.n_out, err) : status;
}

/* What is too much of a piece waits: where parts end must not hang on how the container cuts. */
static enum hc_status add_piece(struct hc_parts *parts, size_t n_wanted, struct hc_err *err)
{
    struct hc_block *block = parts->block;
    struct hc_str piece = HC_STR("");
    enum hc_status status = next_piece(parts, &piece, err);

    parts->ended = status == HC_END;
    if (status != HC_OK)
        return status == HC_END ? HC_OK : status;
    size_t n = piece.n < n_wanted - block->n ? piece.n : n_wanted - block->n;
    parts->from.bytes = (struct hc_str){piece.p + n, piece.n - n};
    memcpy(block->p + block->n, piece.p, n);
    parts->n_feeds += hc_str_count((struct hc_str){piece.p, n}, '\n');
    block->n += n;
    parts->n_bytes += n;
    return judge_size(parts, err);
}

static enum hc_status fill(struct hc_parts *parts, size_t n_wanted, struct hc_err *err)
{
    enum hc_status status = HC_OK;

    if (!hc_block_reserve(parts->block, n_wanted))
        return no_memory(err);
    while (status == HC_OK && !parts->ended && parts->block->n < n_wanted) {
        status = parts->codec ? add_decoded(parts, n_wanted, err) : add_piece(parts, n_wanted, err);
    }
    return status;
}

static size_t count_quotes(const char *from, const char *to)
{
    size_t n = 0;

    for (const char *p = from; p < to; p++)
        n += *p == '"';
    return n;
}

size_t hc_part_bytes(const char *text, size_t most)
{
    const char *end = text + most, *near = most > NEAR_END ? end - NEAR_END : text, *last = end, *own = NULL;
    size_t n_quotes = count_quotes(text, end);

    for (const char *at = end; (at = memrchr(near, '\n', (size_t)(at - near))) != NULL;) {
        const char *next = at + 1;

        n_quotes -= count_quotes(next, last);
        last = next;
        if (*next == ' ' || *next == '\t')
            continue;
        if (n_quotes % 2 == 0)
            return (size_t)(next - text);
        own = own ? own : next;
    }
    if (own)
        return (size_t)(own - text);
    last = memrchr(text, '\n', most);
    return last ? (size_t)(last + 1 - text) : most;
}

enum hc_status hc_parts_next(struct hc_parts *parts, struct hc_member *member, struct hc_err *err)
{
    size_t most = (size_t)parts->meter->limits.whole_bytes / PARTS_OF_WHOLE + 1;
    struct hc_block *block = parts->block;

    block->n -= parts->n_part; /* of the part before */
    if (block->n)
        memmove(block->p, block->p + parts->n_part, block->n);
    *member = (struct hc_member){.path = member->path, .part = parts->number++};
    enum hc_status status = fill(parts, most + 1, err); /* one more tells that another part follows */
    parts->open = member->more = status == HC_OK && block->n > most;
    parts->n_part = parts->open ? hc_part_bytes(block->p, most) : block->n;
    if (status == HC_OK)
        hc_sha256_add(parts->digest, block->p, parts->n_part);
    if (!parts->open)
        hc_sha256_finish(parts->digest, parts->sha256);
    if (status == HC_OK && !parts->open)
        member->sha256 = parts->sha256;
    member->bytes = (struct hc_str){block->p, parts->n_part};
    return status;
}
