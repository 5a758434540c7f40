#include "ingest/container/container.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/container/state.h"

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
}

struct hc_ingest_limits hc_ingest_limits_fill(struct hc_ingest_limits limits)
{
    if (!limits.member_bytes)
        limits.member_bytes = (uint64_t)1 << 30;
    if (!limits.whole_bytes)
        limits.whole_bytes = (uint64_t)64 << 20;
    if (limits.whole_bytes > limits.member_bytes)
        limits.whole_bytes = limits.member_bytes;
    if (!limits.archive_bytes)
        limits.archive_bytes = (uint64_t)4 << 30;
    if (!limits.n_members)
        limits.n_members = 100000;
    if (!limits.ratio)
        limits.ratio = 250;
    if (!limits.arena_bytes)
        limits.arena_bytes = (uint64_t)256 << 20;
    return limits;
}

struct hc_container *hc_container_new(const struct hc_ingest_limits *limits)
{
    struct hc_container *c = calloc(1, sizeof *c);

    if (!c)
        return NULL;
    c->kind = "";
    c->limits = hc_ingest_limits_fill(*limits);
    c->input.fd = c->tree.fd = c->tree.large_fd = -1;
    c->deflater = hc_deflater_new();
    c->digest = hc_sha256_new();
    c->arena = hc_arena_new(0);
    c->parts.meter = &c->meter;
    c->parts.block = &c->inflated;
    c->parts.digest = hc_sha256_new();
    if (!c->deflater || !c->digest || !c->arena || !c->parts.digest) {
        hc_container_free(c);
        return NULL;
    }
    return c;
}

void hc_container_close(struct hc_container *c)
{
    hc_tree_close(&c->tree);
    hc_input_close(&c->input);
    hc_block_trim(&c->flow.in);
    hc_block_trim(&c->flow.out);
    hc_block_trim(&c->zip.central);
    hc_block_trim(&c->taken);
    hc_block_trim(&c->unpacked);
    hc_block_trim(&c->inflated);
    c->zip.n_entries = c->zip.next = 0;
    c->parts.open = false;
    free(c->file);
    c->file = NULL;
    c->shape = SHAPE_NONE;
    c->kind = "";
}

void hc_container_free(struct hc_container *c)
{
    if (!c)
        return;
    hc_container_close(c);
    for (size_t i = 0; i < HC_CODECS; i++) {
        hc_codecs[i]->free_state(c->outer[i]);
        hc_codecs[i]->free_state(c->inner[i]);
    }
    hc_block_free(&c->input.memory);
    hc_block_free(&c->flow.in);
    hc_block_free(&c->flow.out);
    hc_block_free(&c->zip.central);
    hc_block_free(&c->taken);
    hc_block_free(&c->unpacked);
    hc_block_free(&c->inflated);
    hc_buf_free(&c->path);
    hc_buf_free(&c->tar.name);
    hc_deflater_free(c->deflater);
    hc_codec_deflate.free_state(c->zip.flow.state);
    hc_sha256_free(c->digest);
    hc_sha256_free(c->parts.digest);
    hc_arena_free(c->arena);
    free(c);
}

static enum hc_status make_state(size_t codec, void **state, struct hc_err *err)
{
    if (codec < HC_CODECS && !*state)
        *state = hc_codecs[codec]->new_state();
    return codec == HC_CODECS || *state ? HC_OK : no_memory(err);
}

static void start_over(struct hc_container *c)
{
    hc_arena_reset(c->arena);
    hc_names_init(&c->seen, c->arena);
    c->meter = (struct hc_meter){.limits = c->limits, .n_packed = c->input.n_bytes};
    c->begun = c->any = c->over = c->parts.open = false;
}

static enum hc_status start_flow(struct hc_container *c, struct hc_err *err)
{
    size_t codec = c->codec;
    enum hc_status status = codec < HC_CODECS ? make_state(codec, &c->outer[codec], err) : HC_OK;

    if (status != HC_OK)
        return status;
    c->flow.input = &c->input;
    c->flow.codec = codec < HC_CODECS ? hc_codecs[codec] : NULL;
    c->flow.state = codec < HC_CODECS ? c->outer[codec] : NULL;
    c->flow.deflater = c->deflater;
    c->flow.meter = &c->meter;
    return hc_flow_start(&c->flow, err);
}

static enum hc_status begin_zip(struct hc_container *c, struct hc_err *err)
{
    c->zip.input = &c->input;
    c->zip.meter = &c->meter;
    c->zip.deflater = c->deflater;
    c->zip.packed = &c->taken;
    c->zip.unpacked = &c->unpacked;
    return hc_zip_open(&c->zip, c->arena, err);
}

static enum hc_status begin_tar(struct hc_container *c, struct hc_err *err)
{
    hc_tar_start(&c->tar, &c->flow, &c->taken);
    return start_flow(c, err);
}

/* What is known already is never unpacked, so nothing is before it must be. */
static enum hc_status begin(struct hc_container *c, struct hc_err *err)
{
    if (c->begun || c->shape == SHAPE_TREE || c->shape == SHAPE_FILE)
        return HC_OK;
    c->begun = true;
    return c->shape == SHAPE_ZIP ? begin_zip(c, err) : begin_tar(c, err);
}

static enum hc_status recognise(struct hc_container *c, struct hc_err *err)
{
    size_t n = c->input.n_bytes < 512 ? (size_t)c->input.n_bytes : 512;
    struct hc_str head;
    enum hc_status status;

    start_over(c);
    status = hc_input_at(&c->input, 0, n, &c->taken, &head, err);
    if (status != HC_OK)
        return status;
    if (n == 0)
        return hc_err_set(err, HC_FAIL, "archive-empty", "the file is empty");
    c->codec = hc_codec_of(head);
    if (n >= 4 && (memcmp(head.p, "PK\3\4", 4) == 0 || memcmp(head.p, "PK\5\6", 4) == 0)) {
        c->shape = SHAPE_ZIP;
        c->kind = "zip";
    } else if (c->codec < HC_CODECS || hc_tar_recognises(head)) {
        c->shape = SHAPE_TAR;
        c->kind = c->codec < HC_CODECS ? hc_codecs[c->codec]->tar_name : "tar";
    } else {
        return hc_err_set(err, HC_FAIL, "archive-unknown", "neither tar, zip, nor a compressed tar");
    }
    return HC_OK;
}

/* Not even hashed: a sparse file costs its maker nothing. */
static enum hc_status refuse_giant(struct hc_container *c, struct hc_err *err)
{
    if (c->input.n_bytes <= c->limits.archive_bytes)
        return HC_OK;
    hc_input_close(&c->input);
    return hc_err_set(err, HC_FAIL, "limit-archive-bytes", "is more than %llu bytes",
                      (unsigned long long)c->limits.archive_bytes);
}

enum hc_status hc_container_open(struct hc_container *c, const char *path, struct hc_err *err)
{
    int directory;
    enum hc_status status;

    hc_container_close(c);
    status = hc_input_open(&c->input, path, &directory, err);
    if (directory >= 0) {
        start_over(c);
        c->shape = SHAPE_TREE;
        c->kind = "directory";
        c->tree.meter = &c->meter;
        c->tree.bytes = &c->unpacked;
        status = hc_tree_open(&c->tree, directory, c->arena, err);
        if (status != HC_OK) { /* of what was listed in part nothing is read, nor a digest made */
            hc_container_close(c);
            c->kind = "directory";
        }
    } else {
        if (status == HC_OK)
            status = refuse_giant(c, err);
        if (status == HC_OK)
            status = recognise(c, err);
    }
    c->over = status != HC_OK;
    return status;
}

enum hc_status hc_container_open_file(struct hc_container *c, const char *path, struct hc_err *err)
{
    const char *slash = strrchr(path, '/');
    enum hc_status status;

    hc_container_close(c);
    status = hc_input_open(&c->input, path, NULL, err);
    if (status == HC_OK)
        status = refuse_giant(c, err);
    start_over(c);
    c->shape = SHAPE_FILE;
    c->kind = HC_CONTAINER_FILE;
    c->file = strdup(slash ? slash + 1 : path);
    if (status == HC_OK && !c->file)
        status = no_memory(err);
    c->over = status != HC_OK;
    return status;
}

static enum hc_status refuse_packed(struct hc_str bytes, struct hc_err *err)
{
    const char *magic = hc_archive_magic(bytes);

    return magic ? hc_err_set(err, HC_SKIP, "member-archive", "%s inside the archive", magic) : HC_OK;
}

/* HC_END: the bytes are more than may be held whole. */
static enum hc_status undo_layer(struct hc_container *c, struct hc_str *bytes, struct hc_err *err)
{
    size_t codec = hc_codec_of(*bytes);
    enum hc_status status;

    if (codec < HC_CODECS && hc_codecs[codec]->is_member_layer) {
        status = make_state(codec, &c->inner[codec], err);
        if (status == HC_OK)
            status =
                hc_member_inflate(hc_codecs[codec], c->inner[codec], c->deflater, *bytes, &c->meter, &c->inflated, err);
        if (status != HC_OK)
            return status;
        *bytes = (struct hc_str){c->inflated.p, c->inflated.n};
    }
    return refuse_packed(*bytes, err);
}

static enum hc_status over_limit(const struct hc_container *c, enum hc_status status, struct hc_err *err)
{
    return hc_err_set(err, status, "limit-member-bytes", "is more than %llu bytes",
                      (unsigned long long)c->limits.member_bytes);
}

/* The first piece tells whether there is a layer to undo. */
static enum hc_status start_parts(struct hc_container *c, struct hc_parts_from from, struct hc_err *err)
{
    enum hc_status status = from.piece ? from.piece(from.reader, &from.bytes, err) : HC_OK;
    size_t codec = status == HC_OK ? hc_codec_of(from.bytes) : HC_CODECS;

    if (status != HC_OK)
        return status;
    c->parts.codec = codec < HC_CODECS && hc_codecs[codec]->is_member_layer ? hc_codecs[codec] : NULL;
    if (c->parts.codec) {
        status = make_state(codec, &c->inner[codec], err);
        c->parts.state = c->inner[codec];
    }
    if (status == HC_OK && c->parts.codec && !c->parts.codec->start(c->parts.state))
        status = no_memory(err);
    if (status == HC_OK)
        hc_parts_start(&c->parts, &from);
    return status;
}

static enum hc_status next_part(struct hc_container *c, struct hc_member *member, struct hc_err *err)
{
    enum hc_status status = hc_parts_next(&c->parts, member, err);

    if (status == HC_OK && member->part == 0)
        status = refuse_packed(member->bytes, err);
    c->parts.open = c->parts.open && status == HC_OK;
    return status;
}

static void set_pieces(struct hc_container *c, struct hc_parts_from *from)
{
    if (c->shape == SHAPE_TAR) {
        from->piece = hc_tar_piece;
        from->reader = &c->tar;
    } else if (c->shape == SHAPE_ZIP) {
        from->piece = hc_zip_piece;
        from->reader = &c->zip;
    } else if (c->shape == SHAPE_FILE) {
        c->pieces = (struct hc_input_pieces){&c->input, &c->taken, 0};
        from->piece = hc_input_piece;
        from->reader = &c->pieces;
    } else {
        from->piece = hc_tree_piece;
        from->reader = &c->tree;
    }
}

/* Of what the reader gives by pieces, and of what turned out too large when its layer was undone. */
static enum hc_status first_part(struct hc_container *c, const struct hc_raw *raw, struct hc_member *member,
                                 struct hc_err *err)
{
    struct hc_parts_from from = {.bytes = raw->bytes, .n_packed = raw->n_large ? raw->n_large : raw->bytes.n};

    if (c->limits.whole_bytes == c->limits.member_bytes)
        return over_limit(c, HC_SKIP, err);
    if (raw->n_large)
        set_pieces(c, &from);
    enum hc_status status = start_parts(c, from, err);
    return status == HC_OK ? next_part(c, member, err) : status;
}

/* All of it, once. */
static enum hc_status next_of_file(struct hc_container *c, struct hc_raw *raw, struct hc_err *err)
{
    if (c->any)
        return HC_END;
    *raw = (struct hc_raw){.name = hc_str_of(c->file)};
    if (c->input.n_bytes <= c->limits.whole_bytes)
        return hc_input_at(&c->input, 0, (size_t)c->input.n_bytes, &c->taken, &raw->bytes, err);
    raw->n_large = c->input.n_bytes;
    if (raw->n_large > c->limits.member_bytes)
        raw->code = "limit-member-bytes";
    raw->text = "is larger than a file may be";
    return HC_OK;
}

static enum hc_status next_raw(struct hc_container *c, struct hc_raw *raw, struct hc_err *err)
{
    switch (c->shape) {
    case SHAPE_TAR:
        return hc_tar_next(&c->tar, raw, err);
    case SHAPE_ZIP:
        return hc_zip_next(&c->zip, raw, err);
    case SHAPE_TREE:
        return hc_tree_next(&c->tree, raw, err);
    case SHAPE_FILE:
        return next_of_file(c, raw, err);
    default:
        return hc_err_set(err, HC_FAIL, "archive-unknown", "nothing is open");
    }
}

static enum hc_status finish(struct hc_container *c, struct hc_err *err)
{
    if (!c->any)
        return hc_err_set(err, HC_FAIL, "archive-empty", "there is no file in it");
    if (c->shape != SHAPE_TREE) {
        enum hc_status status = hc_input_settled(&c->input, err);

        if (status != HC_OK)
            return status;
    }
    return HC_END;
}

/* The member rule for names; a refused one is made printable. */
static enum hc_status judge_name(struct hc_container *c, const struct hc_raw *raw, struct hc_member *member,
                                 struct hc_err *err)
{
    const char *refusal = hc_member_name(raw->name, &c->path);

    if (refusal) {
        hc_buf_clear(&c->path);
        hc_buf_utf8_clean(&c->path, (struct hc_str){raw->name.p, raw->name.n < 256 ? raw->name.n : 256});
    }
    if (c->path.failed)
        return no_memory(err);
    member->path = hc_buf_view(&c->path);
    return refusal ? hc_err_set(err, HC_SKIP, "member-name", "%s", refusal) : HC_OK;
}

/* The member rule for all else. */
static enum hc_status judge(struct hc_container *c, const struct hc_raw *raw, struct hc_member *member,
                            struct hc_err *err)
{
    size_t n_seen = c->seen.n, index = hc_names_add(&c->seen, member->path);
    if (index == HC_NAME_NONE)
        return no_memory(err);
    if (index < n_seen)
        return hc_err_set(err, HC_SKIP, "member-duplicate", "two members have this name");
    err->line = raw->line; /* 0 but where it is damaged */
    if (raw->code)
        return hc_err_set(err, HC_SKIP, raw->code, "%s", raw->text);
    member->bytes = raw->bytes;
    enum hc_status status = raw->n_large ? HC_END : undo_layer(c, &member->bytes, err);
    if (status == HC_END)
        return first_part(c, raw, member, err);
    member->stays = c->shape == SHAPE_TAR && c->flow.is_whole && member->bytes.p == raw->bytes.p;
    return status;
}

enum hc_status hc_container_next(struct hc_container *c, struct hc_member *member, struct hc_err *err)
{
    struct hc_raw raw = {.code = NULL};
    bool passed_over;
    enum hc_status status;

    *err = HC_ERR_NONE;
    if (c->over)
        return hc_err_set(err, HC_FAIL, "archive-unknown", "nothing more to read");
    status = begin(c, err);
    if (status == HC_OK && c->parts.open) {
        member->path = hc_buf_view(&c->path);
        status = next_part(c, member, err);
        c->over = status != HC_OK && status != HC_SKIP;
        return status;
    }
    do {
        *member = (struct hc_member){.path = HC_STR_NONE, .bytes = HC_STR("")};
        if (status == HC_OK)
            status = next_raw(c, &raw, err);
        if (status == HC_OK)
            status = judge_name(c, &raw, member, err);
        passed_over = status == HC_OK && raw.is_directory && !raw.code;
    } while (passed_over);
    c->any = c->any || status == HC_OK || status == HC_SKIP;
    if (status == HC_OK)
        status = judge(c, &raw, member, err);
    else if (status == HC_END)
        status = finish(c, err);
    c->over = status != HC_OK && status != HC_SKIP;
    return status;
}

/* A block with room left stays for the next ones: what waits is counted by its bytes, and is an eighth more at most. */
char *hc_container_take(struct hc_container *c, const struct hc_member *member)
{
    char *block = c->inflated.p;

    if (member->bytes.p != block || c->inflated.capacity - member->bytes.n > member->bytes.n / 8)
        return NULL;
    c->inflated = (struct hc_block){0};
    return block;
}

const char *hc_container_kind(const struct hc_container *c)
{
    return c->kind;
}

void hc_container_tree_again(struct hc_container *c)
{
    c->tree.next = 0;
    c->meter.n_packed = c->meter.n_unpacked = 0;
    c->any = c->over = c->parts.open = false;
    hc_names_init(&c->seen, c->arena);
}

enum hc_status hc_container_rewind(struct hc_container *c, struct hc_err *err)
{
    enum hc_status status = HC_OK;

    if (c->shape == SHAPE_TREE)
        hc_container_tree_again(c);
    else if (c->input.fd >= 0)
        start_over(c);
    else
        status = hc_err_set(err, HC_FAIL, "archive-unknown", "nothing is open");
    c->over = status != HC_OK;
    return status;
}

enum hc_status hc_container_load(struct hc_container *c, const char *path, struct hc_str *bytes, struct hc_err *err)
{
    enum hc_status status;

    hc_container_close(c);
    status = hc_input_open(&c->input, path, NULL, err);
    if (status != HC_OK)
        return status;
    start_over(c);
    if (c->input.n_bytes > c->limits.whole_bytes)
        return over_limit(c, HC_FAIL, err);
    status = hc_input_at(&c->input, 0, (size_t)c->input.n_bytes, &c->taken, bytes, err);
    if (status == HC_OK)
        status = undo_layer(c, bytes, err);
    if (status == HC_END)
        return over_limit(c, HC_FAIL, err);
    if (status == HC_SKIP) { /* the member is all there is */
        err->status = HC_FAIL;
        status = HC_FAIL;
    }
    return status;
}
