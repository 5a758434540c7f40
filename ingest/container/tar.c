/* tar: ustar, GNU long names and pax. Whatever two readers could take for two things is refused:
 * libarchive, which would be the library for it, reads base-256 and pax sizes, names with a NUL, chains of
 * headers and archives without an end record, and shows none of them to its caller.
 *
 * Format: POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar manual, "Basic Tar Format". */
#include <string.h>

#include "base/number.h"
#include "ingest/container/reader.h"

#define TAR_BLOCK 512
#define NAME_SIZE 100
#define SIZE_AT 124
#define SIZE_SIZE 12
#define CHECKSUM_AT 148
#define CHECKSUM_SIZE 8
#define TYPE_AT 156
#define MAGIC_AT 257
#define PREFIX_AT 345
#define PREFIX_SIZE 155
#define SPARSE_MORE_AT 482              /* in an old GNU sparse header: another map block follows */
#define SPARSE_MORE_NEXT 504            /* likewise in that block */
#define EXTRA_BYTES ((uint64_t)1 << 20) /* of a long-name or pax header */

static bool all_zero(struct hc_str s)
{
    return s.n == 0 || (s.p[0] == 0 && memcmp(s.p, s.p + 1, s.n - 1) == 0);
}

/* Octal digits, spaces before, spaces or NULs after. */
static bool parse_octal(const char *field, size_t n, uint64_t *value)
{
    uint64_t v = 0;
    size_t i = 0;

    while (i < n && field[i] == ' ')
        i++;
    for (; i < n && field[i] >= '0' && field[i] <= '7'; i++)
        v = v * 8 + (uint64_t)(field[i] - '0'); /* 12 digits at most */
    for (; i < n; i++)
        if (field[i] != ' ' && field[i] != '\0')
            return false;
    *value = v;
    return true;
}

static bool checksum_holds(const char *header)
{
    uint64_t stated;
    uint32_t sum = CHECKSUM_SIZE * ' '; /* its own field counts as spaces */

    /* Of a file that is no archive the field is seldom a number: that tells most of them. */
    if (!parse_octal(header + CHECKSUM_AT, CHECKSUM_SIZE, &stated))
        return false;
    for (size_t i = 0; i < TAR_BLOCK; i++)
        sum += (unsigned char)header[i];
    for (size_t i = CHECKSUM_AT; i < CHECKSUM_AT + CHECKSUM_SIZE; i++)
        sum -= (unsigned char)header[i];
    return stated == sum;
}

bool hc_tar_recognises(struct hc_str head)
{
    if (head.n < TAR_BLOCK)
        return false;
    head.n = TAR_BLOCK;
    return all_zero(head) || checksum_holds(head.p);
}

void hc_tar_start(struct hc_tar *tar, struct hc_flow *flow, struct hc_block *scratch)
{
    tar->flow = flow;
    tar->scratch = scratch;
    tar->n_left = tar->n_large = 0;
    hc_buf_clear(&tar->name);
    tar->has_name = tar->has_link = tar->has_pax = tar->is_sparse = false;
}

static uint64_t padding(uint64_t n)
{
    return (TAR_BLOCK - n % TAR_BLOCK) % TAR_BLOCK;
}

static enum hc_status refuse_header(struct hc_err *err, const char *text)
{
    return hc_err_set(err, HC_FAIL, "tar-header", "%s", text);
}

/* The body of a header about the next one. */
static enum hc_status take_extra(struct hc_tar *tar, uint64_t n, struct hc_str *body, struct hc_err *err)
{
    enum hc_status status;

    *body = HC_STR("");
    if (n > EXTRA_BYTES)
        return hc_err_set(err, HC_FAIL, "tar-header", "a long-name or pax header of %llu bytes", (unsigned long long)n);
    if (n == 0)
        return HC_OK;
    status = hc_flow_take(tar->flow, (size_t)n, tar->scratch, body, err);
    if (status == HC_END)
        return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside a header");
    tar->n_left = padding(n);
    return status;
}

static enum hc_status set_name(struct hc_tar *tar, struct hc_str name, struct hc_err *err)
{
    if (tar->has_name)
        return refuse_header(err, "a member has more than one name");
    tar->has_name = true;
    hc_buf_clear(&tar->name);
    hc_buf_str(&tar->name, name);
    return tar->name.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading") : HC_OK;
}

/* A GNU long name: ends with NULs; others inside stay, and the member rule refuses them. */
static enum hc_status read_long_name(struct hc_tar *tar, uint64_t n, struct hc_err *err)
{
    struct hc_str body;
    enum hc_status status = take_extra(tar, n, &body, err);

    if (status != HC_OK)
        return status;
    while (body.n && body.p[body.n - 1] == '\0')
        body.n--;
    return set_name(tar, body, err);
}

/* "<length> <key>=<value>\n" at the head of `body`. */
static bool pax_record(struct hc_str *body, struct hc_str *key, struct hc_str *value)
{
    const char *space = memchr(body->p, ' ', body->n), *equals;
    struct hc_str digits, record;
    uint64_t length;

    if (!space)
        return false;
    digits = (struct hc_str){body->p, (size_t)(space - body->p)};
    if (!hc_uint64_parse(digits, &length) || length > body->n || length < digits.n + 2 || body->p[length - 1] != '\n')
        return false;
    record = (struct hc_str){space + 1, (size_t)length - digits.n - 2};
    equals = memchr(record.p, '=', record.n);
    if (!equals)
        return false;
    *key = (struct hc_str){record.p, (size_t)(equals - record.p)};
    *value = (struct hc_str){equals + 1, record.n - key->n - 1};
    body->p += length;
    body->n -= (size_t)length;
    return true;
}

static enum hc_status read_pax(struct hc_tar *tar, uint64_t n, bool for_all, struct hc_err *err)
{
    struct hc_str body, key, value;
    enum hc_status status = take_extra(tar, n, &body, err);

    if (status == HC_OK && tar->has_pax && !for_all)
        return refuse_header(err, "a member has more than one pax header");
    tar->has_pax = tar->has_pax || !for_all;
    while (status == HC_OK && body.n) {
        if (!pax_record(&body, &key, &value))
            return refuse_header(err, "a pax header is malformed");
        if (hc_str_is(key, "size"))
            return hc_err_set(err, HC_FAIL, "tar-size", "a size in a pax header");
        if (for_all && hc_str_is(key, "path"))
            return refuse_header(err, "a name for all members");
        if (hc_str_starts(key, HC_STR("GNU.sparse.")))
            tar->is_sparse = true;
        if (hc_str_is(key, "path"))
            status = set_name(tar, value, err);
    }
    return status;
}

/* Two blocks of zeros, and zeros to the end. */
static enum hc_status read_end(struct hc_tar *tar, struct hc_err *err)
{
    struct hc_str bytes;
    enum hc_status status;

    if (tar->has_name || tar->has_link || tar->has_pax)
        return refuse_header(err, "a header about a member that does not follow");
    status = hc_flow_take(tar->flow, TAR_BLOCK, tar->scratch, &bytes, err);
    if (status == HC_END)
        return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside its end record");
    while (status == HC_OK && all_zero(bytes))
        status = hc_flow_piece(tar->flow, &bytes, err);
    if (status == HC_OK)
        return hc_err_set(err, HC_FAIL, "tar-trailing", "bytes follow the end of the archive");
    if (status != HC_END)
        return status;
    if (tar->flow->position % TAR_BLOCK)
        return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside its end record");
    return HC_END;
}

static enum hc_status skip_sparse_map(struct hc_tar *tar, const char *header, struct hc_err *err)
{
    bool more = header[SPARSE_MORE_AT] != 0;

    while (more) {
        struct hc_str block;
        enum hc_status status = hc_flow_take(tar->flow, TAR_BLOCK, tar->scratch, &block, err);

        if (status == HC_END)
            return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside a header");
        if (status != HC_OK)
            return status;
        more = block.p[SPARSE_MORE_NEXT] != 0;
    }
    return HC_OK;
}

/* What may not be read, by type. NULL: a file or a directory. */
static const char *type_refused(char type, const char **text)
{
    switch (type) {
    case '0':
    case '\0':
    case '7':
    case '5':
        return NULL;
    case '1':
        *text = "a hard link";
        return "member-link";
    case '2':
        *text = "a symbolic link";
        return "member-link";
    case '3':
    case '4':
    case '6':
        *text = "a device or a FIFO";
        return "member-device";
    case 'S':
        *text = "a sparse file";
        return "member-sparse";
    default:
        *text = "neither a file nor a directory";
        return "member-type";
    }
}

static enum hc_status header_name(struct hc_tar *tar, const char *header, struct hc_err *err)
{
    size_t n_prefix = 0;

    if (tar->has_name)
        return HC_OK;
    hc_buf_clear(&tar->name);
    if (memcmp(header + MAGIC_AT, "ustar", 6) == 0)
        n_prefix = strnlen(header + PREFIX_AT, PREFIX_SIZE);
    if (n_prefix) {
        hc_buf_add(&tar->name, header + PREFIX_AT, n_prefix);
        hc_buf_char(&tar->name, '/');
    }
    hc_buf_add(&tar->name, header, strnlen(header, NAME_SIZE));
    return tar->name.failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory while reading") : HC_OK;
}

static enum hc_status read_member(struct hc_tar *tar, const char *header, uint64_t size, struct hc_raw *raw,
                                  struct hc_err *err)
{
    char type = header[TYPE_AT];
    enum hc_status status = header_name(tar, header, err);

    if (status == HC_OK)
        status = hc_meter_member(tar->flow->meter, err);
    if (status != HC_OK)
        return status;
    raw->name = hc_buf_view(&tar->name);
    raw->is_directory = type == '5' || (raw->name.n && raw->name.p[raw->name.n - 1] == '/' && type != '7');
    raw->code = type_refused(type, &raw->text);
    if (tar->is_sparse && !raw->code)
        raw->code = type_refused('S', &raw->text);
    /* Some readers find data behind these, others none. */
    if (size && (raw->is_directory || (type >= '1' && type <= '6')))
        return hc_err_set(err, HC_FAIL, "tar-size", "a link, device or directory with a size");
    if (type == 'S')
        status = skip_sparse_map(tar, header, err);
    tar->n_left = size + padding(size);
    if (!raw->code && size > tar->flow->meter->limits.member_bytes) {
        raw->code = "limit-member-bytes";
        raw->text = "larger than the limit for one file";
    }
    if (status != HC_OK || raw->code || size == 0)
        return status;
    if (size > tar->flow->meter->limits.whole_bytes) {
        raw->n_large = tar->n_large = size;
        return HC_OK;
    }
    status = hc_flow_take(tar->flow, (size_t)size, tar->scratch, &raw->bytes, err);
    tar->n_left = padding(size);
    return status == HC_END ? hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside a member")
                            : status;
}

/* One header: HC_SKIP where it is about the next member. */
static enum hc_status read_header(struct hc_tar *tar, struct hc_raw *raw, struct hc_err *err)
{
    char header[TAR_BLOCK];
    struct hc_str block;
    uint64_t size;
    enum hc_status status = hc_flow_take(tar->flow, TAR_BLOCK, tar->scratch, &block, err);

    if (status == HC_END)
        return hc_err_set(err, HC_FAIL, "archive-truncated", "the archive has no end record");
    if (status != HC_OK)
        return status;
    if (all_zero(block))
        return read_end(tar, err);
    memcpy(header, block.p, TAR_BLOCK);
    if (!checksum_holds(header))
        return tar->flow->position == TAR_BLOCK ? hc_err_set(err, HC_FAIL, "archive-unknown", "no tar archive inside")
                                                : refuse_header(err, "the checksum of a header is wrong");
    if (!parse_octal(header + SIZE_AT, SIZE_SIZE, &size))
        return hc_err_set(err, HC_FAIL, "tar-size", "a size that is not an octal number");
    switch (header[TYPE_AT]) {
    case 'L':
        status = read_long_name(tar, size, err);
        break;
    case 'K':
        if (tar->has_link)
            return refuse_header(err, "a member has more than one link name");
        tar->has_link = true;
        status = take_extra(tar, size, &block, err);
        break;
    case 'x':
        status = read_pax(tar, size, false, err);
        break;
    case 'g':
        status = hc_meter_member(tar->flow->meter, err);
        if (status == HC_OK)
            status = read_pax(tar, size, true, err);
        break;
    default:
        return read_member(tar, header, size, raw, err);
    }
    return status == HC_OK ? HC_SKIP : status;
}

enum hc_status hc_tar_piece(void *context, struct hc_str *piece, struct hc_err *err)
{
    struct hc_tar *tar = context;
    size_t n = tar->n_large < HC_FLOW_BYTES ? (size_t)tar->n_large : HC_FLOW_BYTES;
    enum hc_status status;

    if (n == 0)
        return HC_END;
    status = hc_flow_take(tar->flow, n, tar->scratch, piece, err);
    tar->n_large -= n;
    tar->n_left -= n;
    return status == HC_END ? hc_err_set(err, HC_FAIL, "archive-truncated", "the archive ends inside a member")
                            : status;
}

enum hc_status hc_tar_next(struct hc_tar *tar, struct hc_raw *raw, struct hc_err *err)
{
    enum hc_status status;

    *raw = (struct hc_raw){.bytes = HC_STR("")};
    tar->has_name = tar->has_link = tar->has_pax = tar->is_sparse = false;
    do {
        status = hc_flow_skip(tar->flow, tar->n_left, err);
        tar->n_left = tar->n_large = 0;
        if (status == HC_OK)
            status = read_header(tar, raw, err);
    } while (status == HC_SKIP);
    return status;
}
