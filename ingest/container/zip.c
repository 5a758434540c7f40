/* zip: the central directory and the local headers must tell the same story, and no byte may serve two members.
 * libarchive reports success where they differ, overlap, or have no end record.
 *
 * Format: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "ingest/container/reader.h"

#define END_BYTES 22
#define END64_BYTES 56
#define LOCATOR_BYTES 20
#define CENTRAL_BYTES 46
#define LOCAL_BYTES 30
#define COMMENT_BYTES 65535
#define CENTRAL_LIMIT ((uint64_t)64 << 20)
#define FLAG_ENCRYPTED (1u << 0 | 1u << 6 | 1u << 13)
#define FLAG_SIZES_LATER (1u << 3)
#define METHOD_STORED 0
#define METHOD_DEFLATE 8
#define MADE_BY_UNIX 3

struct zip_end {
    uint64_t n_entries, size, offset; /* of the central directory */
    uint64_t at;                      /* where the end record begins: the central directory must end there */
};

static uint16_t get16(const char *p)
{
    const unsigned char *b = (const unsigned char *)p;

    return (uint16_t)(b[0] | b[1] << 8);
}

static uint32_t get32(const char *p)
{
    return get16(p) | (uint32_t)get16(p + 2) << 16;
}

static uint64_t get64(const char *p)
{
    return get32(p) | (uint64_t)get32(p + 4) << 32;
}

static enum hc_status bad_structure(struct hc_err *err, const char *text)
{
    return hc_err_set(err, HC_FAIL, "zip-structure", "%s", text);
}

/* The last end record whose comment ends with the file. */
static const char *find_end(struct hc_str tail)
{
    for (size_t i = tail.n - END_BYTES + 1; i-- > 0;)
        if (memcmp(tail.p + i, "PK\5\6", 4) == 0 && tail.n - i - END_BYTES == get16(tail.p + i + 20))
            return tail.p + i;
    return NULL;
}

static enum hc_status read_end64(struct hc_zip *zip, struct zip_end *end, struct hc_err *err)
{
    struct hc_str bytes;
    uint64_t at;
    enum hc_status status;

    if (end->at < LOCATOR_BYTES + END64_BYTES)
        return bad_structure(err, "the zip64 end record is missing");
    status = hc_input_at(zip->input, end->at - LOCATOR_BYTES, LOCATOR_BYTES, zip->packed, &bytes, err);
    if (status != HC_OK)
        return status;
    at = get64(bytes.p + 8);
    if (memcmp(bytes.p, "PK\6\7", 4) != 0 || at > end->at - LOCATOR_BYTES - END64_BYTES)
        return bad_structure(err, "the zip64 end record is missing");
    end->at -= LOCATOR_BYTES;
    status = hc_input_at(zip->input, at, END64_BYTES, zip->packed, &bytes, err);
    if (status != HC_OK)
        return status;
    if (memcmp(bytes.p, "PK\6\6", 4) != 0 || get64(bytes.p + 4) != end->at - at - 12 || get32(bytes.p + 16) ||
        get32(bytes.p + 20) || get64(bytes.p + 24) != get64(bytes.p + 32))
        return bad_structure(err, "the zip64 end record is malformed");
    *end = (struct zip_end){get64(bytes.p + 32), get64(bytes.p + 40), get64(bytes.p + 48), at};
    return HC_OK;
}

static enum hc_status read_end(struct hc_zip *zip, struct zip_end *end, struct hc_err *err)
{
    uint64_t n_file = zip->input->n_bytes;
    size_t n = n_file < END_BYTES + COMMENT_BYTES ? (size_t)n_file : END_BYTES + COMMENT_BYTES;
    struct hc_str tail;
    const char *p;
    enum hc_status status = HC_OK;

    if (n < END_BYTES)
        return hc_err_set(err, HC_FAIL, "zip-truncated", "the zip has no end record");
    status = hc_input_at(zip->input, n_file - n, n, zip->packed, &tail, err);
    if (status != HC_OK)
        return status;
    p = find_end(tail);
    if (!p)
        return hc_err_set(err, HC_FAIL, "zip-truncated", "the zip has no end record, or something follows it");
    if (get16(p + 4) || get16(p + 6) || get16(p + 8) != get16(p + 10))
        return bad_structure(err, "a part of a zip in several parts");
    *end = (struct zip_end){get16(p + 10), get32(p + 12), get32(p + 16), n_file - n + (uint64_t)(p - tail.p)};
    if (end->n_entries == UINT16_MAX || end->size == UINT32_MAX || end->offset == UINT32_MAX)
        status = read_end64(zip, end, err);
    if (status == HC_OK && (end->offset > end->at || end->size != end->at - end->offset))
        return bad_structure(err, "the central directory is not where the end record says");
    return status;
}

/* The 64-bit values of the fields that are saturated, in their order. False: malformed. */
static bool read_extra64(struct hc_str extra, struct hc_zip_entry *e)
{
    uint64_t *const fields[] = {&e->unpacked, &e->packed, &e->offset};

    while (extra.n >= 4) {
        size_t n = get16(extra.p + 2);
        const char *p = extra.p + 4, *stop = p + n;

        if (n > extra.n - 4)
            return false;
        for (size_t i = 0; get16(extra.p) == 1 && i < 3; i++) {
            if (*fields[i] != UINT32_MAX)
                continue;
            if (stop - p < 8)
                return false;
            *fields[i] = get64(p);
            p += 8;
        }
        extra.p += 4 + n;
        extra.n -= 4 + n;
    }
    return true;
}

/* One central header at the head of `rest`. */
static bool read_central(struct hc_str *rest, struct hc_zip_entry *e)
{
    const char *p = rest->p;
    size_t n_name, n_extra, n;

    if (rest->n < CENTRAL_BYTES || memcmp(p, "PK\1\2", 4) != 0)
        return false;
    n_name = get16(p + 28);
    n_extra = get16(p + 30);
    n = CENTRAL_BYTES + n_name + n_extra + get16(p + 32);
    if (n > rest->n || get16(p + 34))
        return false;
    *e = (struct hc_zip_entry){.name = {p + CENTRAL_BYTES, n_name},
                               .offset = get32(p + 42),
                               .packed = get32(p + 20),
                               .unpacked = get32(p + 24),
                               .crc = get32(p + 16),
                               .attributes = get32(p + 38),
                               .flags = get16(p + 8),
                               .method = get16(p + 10),
                               .made_by_unix = (unsigned char)p[5] == MADE_BY_UNIX};
    rest->p += n;
    rest->n -= n;
    return read_extra64((struct hc_str){p + CENTRAL_BYTES + n_name, n_extra}, e);
}

/* Sizes and CRC may stand behind the data instead (and then only the central ones count), or in a zip64 field. */
static bool same_story(const struct hc_zip_entry *e, const char *local, struct hc_str name)
{
    if (!hc_str_equal(e->name, name) || get16(local + 6) != e->flags || get16(local + 8) != e->method)
        return false;
    if (e->flags & FLAG_SIZES_LATER)
        return true;
    return get32(local + 14) == e->crc && (get32(local + 18) == e->packed || get32(local + 18) == UINT32_MAX) &&
           (get32(local + 22) == e->unpacked || get32(local + 22) == UINT32_MAX);
}

static enum hc_status read_local(struct hc_zip *zip, struct hc_zip_entry *e, uint64_t central_at, struct hc_err *err)
{
    struct hc_str bytes;
    size_t n_name;
    enum hc_status status;

    if (e->offset > central_at || central_at - e->offset < LOCAL_BYTES)
        return bad_structure(err, "a member lies outside the zip");
    status = hc_input_at(zip->input, e->offset, LOCAL_BYTES, zip->packed, &bytes, err);
    if (status != HC_OK)
        return status;
    if (memcmp(bytes.p, "PK\3\4", 4) != 0)
        return bad_structure(err, "a member has no local header");
    n_name = get16(bytes.p + 26);
    e->data = e->offset + LOCAL_BYTES + n_name + get16(bytes.p + 28);
    if (e->data > central_at || e->packed > central_at - e->data)
        return bad_structure(err, "a member reaches beyond its place");
    status = hc_input_at(zip->input, e->offset, LOCAL_BYTES + n_name, zip->packed, &bytes, err);
    if (status == HC_OK)
        e->mismatch = !same_story(e, bytes.p, (struct hc_str){bytes.p + LOCAL_BYTES, n_name});
    return status;
}

static int by_offset(const void *a, const void *b)
{
    const struct hc_zip_entry *x = a, *y = b;

    return (x->offset > y->offset) - (x->offset < y->offset);
}

static bool set_order(struct hc_zip *zip, struct hc_arena *arena)
{
    struct hc_str *names = hc_arena_alloc(arena, zip->n_entries * sizeof *names);

    for (size_t i = 0; names && i < zip->n_entries; i++)
        names[i] = zip->entries[i].name;
    zip->order = names ? hc_member_order(names, zip->n_entries, arena) : NULL;
    return zip->order != NULL;
}

static enum hc_status read_entries(struct hc_zip *zip, const struct zip_end *end, struct hc_arena *arena,
                                   struct hc_err *err)
{
    struct hc_str rest;
    enum hc_status status = hc_input_at(zip->input, end->offset, (size_t)end->size, &zip->central, &rest, err);

    if (status != HC_OK)
        return status;
    zip->entries = hc_arena_calloc(arena, (size_t)end->n_entries, sizeof *zip->entries);
    if (!zip->entries)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
    zip->n_entries = (size_t)end->n_entries;
    for (size_t i = 0; i < zip->n_entries; i++) {
        if (!read_central(&rest, &zip->entries[i]))
            return bad_structure(err, "the central directory is malformed");
        status = read_local(zip, &zip->entries[i], end->offset, err);
        if (status != HC_OK)
            return status;
    }
    return rest.n ? bad_structure(err, "the central directory is longer than its entries") : HC_OK;
}

enum hc_status hc_zip_open(struct hc_zip *zip, struct hc_arena *arena, struct hc_err *err)
{
    struct zip_end end = {0};
    enum hc_status status = read_end(zip, &end, err);

    zip->next = zip->n_entries = 0;
    if (status != HC_OK)
        return status;
    if (end.n_entries > zip->meter->limits.n_members || end.size > CENTRAL_LIMIT)
        return hc_err_set(err, HC_FAIL, "limit-members", "has more than %llu members",
                          (unsigned long long)zip->meter->limits.n_members);
    if (end.n_entries > end.size / CENTRAL_BYTES)
        return bad_structure(err, "the central directory is shorter than its entries");
    status = read_entries(zip, &end, arena, err);
    if (status != HC_OK || zip->n_entries == 0)
        return status;
    qsort(zip->entries, zip->n_entries, sizeof *zip->entries, by_offset);
    for (size_t i = 1; i < zip->n_entries; i++)
        if (zip->entries[i - 1].data + zip->entries[i - 1].packed > zip->entries[i].offset)
            return hc_err_set(err, HC_FAIL, "zip-overlap", "two members share bytes of the zip");
    return set_order(zip, arena) ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading");
}

static void refuse(struct hc_raw *raw, const char *code, const char *text)
{
    raw->code = code;
    raw->text = text;
}

static void check_entry(const struct hc_zip *zip, const struct hc_zip_entry *e, struct hc_raw *raw)
{
    uint32_t mode = e->made_by_unix ? e->attributes >> 16 & S_IFMT : 0;

    if (e->mismatch)
        refuse(raw, "zip-mismatch", "its local header differs from the central directory");
    else if (e->flags & FLAG_ENCRYPTED)
        refuse(raw, "zip-encrypted", "encrypted");
    else if (mode == S_IFLNK)
        refuse(raw, "member-link", "a symbolic link");
    else if (mode && mode != S_IFREG && mode != S_IFDIR)
        refuse(raw, "member-device", "a device or a FIFO");
    else if (raw->is_directory ? e->unpacked != 0 : mode == S_IFDIR)
        refuse(raw, "member-type", "a directory with content, or a file marked as a directory");
    else if (e->method != METHOD_STORED && e->method != METHOD_DEFLATE)
        refuse(raw, "zip-method", "compressed by a method other than deflate");
    else if (e->unpacked > zip->meter->limits.member_bytes)
        refuse(raw, "limit-member-bytes", "larger than the limit for one file");
    else if (hc_meter_is_bomb(zip->meter, e->unpacked, e->packed))
        refuse(raw, "limit-ratio", "unpacks to more times its size than the limit");
    else if (e->method == METHOD_STORED
                 ? e->packed != e->unpacked
                 : e->unpacked / HC_DEFLATE_RATIO > e->packed || e->packed > e->unpacked + e->unpacked / 8 + 4096)
        refuse(raw, "zip-size", "its sizes cannot be true");
}

static enum hc_status read_data(struct hc_zip *zip, const struct hc_zip_entry *e, struct hc_raw *raw,
                                struct hc_err *err)
{
    enum hc_status status = hc_input_at(zip->input, e->data, (size_t)e->packed, zip->packed, &raw->bytes, err);

    if (status != HC_OK)
        return status;
    if (e->method == METHOD_DEFLATE) {
        zip->unpacked->n = 0;
        if (!hc_block_reserve(zip->unpacked, (size_t)e->unpacked + 1))
            return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
        zip->unpacked->n = (size_t)e->unpacked;
        if (!hc_deflate_exactly(zip->deflater, raw->bytes, zip->unpacked))
            refuse(raw, "zip-data", "its compressed data is corrupt");
        raw->bytes = (struct hc_str){zip->unpacked->p, zip->unpacked->n};
    }
    if (!raw->code && hc_crc32(0, raw->bytes) != e->crc) {
        refuse(raw, "zip-crc", "its CRC does not match the data");
        if (!memchr(raw->bytes.p, 0, raw->bytes.n)) /* of what is packed once more it would be no line */
            raw->line = 1 + (long)hc_str_count(raw->bytes, '\n');
    }
    return hc_meter_bytes(zip->meter, e->unpacked, err);
}

static enum hc_status start_large(struct hc_zip *zip, const struct hc_zip_entry *e, struct hc_raw *raw,
                                  struct hc_err *err)
{
    struct hc_zip_flow *flow = &zip->flow;

    if (!flow->state)
        flow->state = hc_codec_deflate.new_state();
    if (!flow->state || !hc_codec_deflate.start(flow->state) || !hc_block_reserve(zip->unpacked, HC_FLOW_BYTES))
        return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while inflating");
    *flow = (struct hc_zip_flow){.state = flow->state, .io.last = e->packed == 0};
    zip->large = e;
    raw->n_large = e->unpacked;
    return HC_OK;
}

/* The next packed bytes; none at the end. */
static enum hc_status packed_piece(struct hc_zip *zip, struct hc_str *piece, struct hc_err *err)
{
    uint64_t left = zip->large->packed - zip->flow.n_read;
    size_t n = left < HC_FLOW_BYTES ? (size_t)left : HC_FLOW_BYTES;
    enum hc_status status = hc_input_at(zip->input, zip->large->data + zip->flow.n_read, n, zip->packed, piece, err);

    zip->flow.n_read += n;
    return status;
}

static enum hc_status inflated_piece(struct hc_zip *zip, struct hc_str *piece, struct hc_err *err)
{
    struct hc_flow_io *io = &zip->flow.io;
    enum hc_status status = HC_OK;

    io->out = zip->unpacked->p;
    io->n_out = HC_FLOW_BYTES;
    while (status == HC_OK && io->n_out == HC_FLOW_BYTES) {
        if (io->n_in == 0 && !io->last) {
            struct hc_str packed;

            status = packed_piece(zip, &packed, err);
            if (status != HC_OK)
                return status;
            io->in = packed.p;
            io->n_in = packed.n;
            io->last = zip->flow.n_read == zip->large->packed;
        }
        status = hc_codec_deflate.step(zip->flow.state, io, err);
    }
    if (status != HC_OK && status != HC_END)
        return status == HC_FATAL ? status : hc_err_set(err, HC_SKIP, "zip-data", "its compressed data is corrupt");
    *piece = (struct hc_str){zip->unpacked->p, HC_FLOW_BYTES - io->n_out};
    return HC_OK;
}

enum hc_status hc_zip_piece(void *context, struct hc_str *piece, struct hc_err *err)
{
    struct hc_zip *zip = context;
    const struct hc_zip_entry *e = zip->large;
    enum hc_status status =
        e->method == METHOD_DEFLATE ? inflated_piece(zip, piece, err) : packed_piece(zip, piece, err);

    if (status != HC_OK)
        return status;
    zip->flow.n_given += piece->n;
    if (zip->flow.n_given > e->unpacked || (piece->n == 0 && zip->flow.n_given < e->unpacked))
        return hc_err_set(err, HC_SKIP, "zip-data", "its compressed data is corrupt");
    if (piece->n == 0)
        return zip->flow.crc == e->crc ? HC_END
                                       : hc_err_set(err, HC_SKIP, "zip-crc", "its CRC does not match the data");
    zip->flow.crc = hc_crc32(zip->flow.crc, *piece);
    return hc_meter_bytes(zip->meter, piece->n, err);
}

enum hc_status hc_zip_next(struct hc_zip *zip, struct hc_raw *raw, struct hc_err *err)
{
    const struct hc_zip_entry *e;
    enum hc_status status;

    *raw = (struct hc_raw){.bytes = HC_STR("")};
    if (zip->next == zip->n_entries)
        return HC_END;
    e = &zip->entries[zip->order[zip->next++]];
    status = hc_meter_member(zip->meter, err);
    if (status != HC_OK)
        return status;
    raw->name = e->name;
    raw->is_directory = e->name.n && e->name.p[e->name.n - 1] == '/';
    check_entry(zip, e, raw);
    if (raw->code || raw->is_directory)
        return HC_OK;
    return e->unpacked > zip->meter->limits.whole_bytes ? start_large(zip, e, raw, err) : read_data(zip, e, raw, err);
}
