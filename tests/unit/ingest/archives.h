/* What tests of containers share: archives built byte by byte, so that no tool is needed and each lie is possible. */
#ifndef HC_TESTS_UNIT_INGEST_ARCHIVES_H
#define HC_TESTS_UNIT_INGEST_ARCHIVES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <bzlib.h>
#include <ftw.h>
#include <lzma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "ingest/container/container.h"

#define MANIFEST_TEXT(id) \
    "<incident xmlns=\"urn:hindcast:incident:1\" id=\"" id "\"><window start=\"2015-03-16T23:15:00Z\"/></incident>"

/* ---- tar ---- */

static inline void tar_checksum(char *header)
{
    unsigned sum = 0;
    memset(header + 148, ' ', 8);
    for (size_t i = 0; i < 512; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
}

/* A header with its checksum; `size` as it is to stand there. */
static inline void tar_header(struct hc_buf *tar, const char *name, char type, const char *size, size_t n_size)
{
    char header[512] = {0};
    memcpy(header, name, strnlen(name, 100));
    memcpy(header + 100, "0000644", 8);
    memcpy(header + 108, "0000000", 8);
    memcpy(header + 116, "0000000", 8);
    memcpy(header + 124, size, n_size);
    memcpy(header + 136, "00000000000", 12);
    header[156] = type;
    memcpy(header + 257, "ustar\00000", 8);
    tar_checksum(header);
    hc_buf_add(tar, header, sizeof header);
}

static inline void tar_member(struct hc_buf *tar, const char *name, char type, struct hc_str bytes)
{
    static const char zeros[512];
    char size[24];
    snprintf(size, sizeof size, "%011zo", bytes.n);
    tar_header(tar, name, type, size, 12);
    hc_buf_str(tar, bytes);
    hc_buf_add(tar, zeros, (512 - bytes.n % 512) % 512);
}

static inline void tar_text(struct hc_buf *tar, const char *name, const char *text)
{
    tar_member(tar, name, '0', hc_str_of(text));
}

static inline void tar_end(struct hc_buf *tar)
{
    static const char zeros[1024];
    hc_buf_add(tar, zeros, sizeof zeros);
}

/* ---- layers; the caller frees ---- */

static inline struct hc_buf packed_room(size_t n)
{
    struct hc_buf out = {.p = malloc(n), .capacity = n};
    assert_non_null(out.p);
    return out;
}

static inline struct hc_buf gzip_of(struct hc_str in)
{
    struct hc_buf out = packed_room(in.n + in.n / 100 + 1024);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)in.p,
                  .avail_in = (uInt)in.n,
                  .next_out = (Bytef *)out.p,
                  .avail_out = (uInt)out.capacity};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    deflateEnd(&z);
    return out;
}

static inline struct hc_buf zstd_of(struct hc_str in)
{
    struct hc_buf out = packed_room(ZSTD_compressBound(in.n));
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    out.n = ZSTD_compress2(context, out.p, out.capacity, in.p, in.n);
    assert_false(ZSTD_isError(out.n));
    ZSTD_freeCCtx(context);
    return out;
}

static inline struct hc_buf xz_of(struct hc_str in)
{
    struct hc_buf out = packed_room(lzma_stream_buffer_bound(in.n));
    assert_int_equal(lzma_easy_buffer_encode(1, LZMA_CHECK_CRC64, NULL, (const uint8_t *)in.p, in.n, (uint8_t *)out.p,
                                             &out.n, out.capacity),
                     LZMA_OK);
    return out;
}

static inline struct hc_buf bzip2_of(struct hc_str in)
{
    struct hc_buf out = packed_room(in.n + in.n / 50 + 1024);
    unsigned n = (unsigned)out.capacity;
    assert_int_equal(BZ2_bzBuffToBuffCompress(out.p, &n, (char *)(uintptr_t)in.p, (unsigned)in.n, 1, 0, 0), BZ_OK);
    out.n = n;
    return out;
}

/* ---- zip ---- */

static inline void put_le(struct hc_buf *out, uint64_t value, int n)
{
    for (int i = 0; i < n; i++)
        hc_buf_char(out, (char)(i < 8 ? value >> 8 * i & 0xff : 0));
}

/* A zip on its way: local parts and the central directory. */
struct zip_builder {
    struct hc_buf local, central;
    unsigned n;
};

/* What a zip says of a member, which may be a lie. */
struct zip_claim {
    const char *local_name, *central_name;
    struct hc_str data; /* as packed */
    unsigned flags, method;
    uint32_t crc, unpacked, attributes;
    uint32_t offset_less; /* taken from the central offset */
};

static inline void zip_add(struct zip_builder *zip, const struct zip_claim *m)
{
    size_t at = zip->local.n;
    size_t n_local = strlen(m->local_name);
    size_t n_central = strlen(m->central_name);
    hc_buf_add(&zip->local, "PK\3\4", 4);
    put_le(&zip->local, 20, 2);
    put_le(&zip->local, m->flags, 2);
    put_le(&zip->local, m->method, 2);
    put_le(&zip->local, 0, 4);
    put_le(&zip->local, m->crc, 4);
    put_le(&zip->local, m->data.n, 4);
    put_le(&zip->local, m->unpacked, 4);
    put_le(&zip->local, n_local, 2);
    put_le(&zip->local, 0, 2);
    hc_buf_add(&zip->local, m->local_name, n_local);
    hc_buf_str(&zip->local, m->data);
    hc_buf_add(&zip->central, "PK\1\2", 4);
    put_le(&zip->central, 3 << 8 | 20, 2);
    put_le(&zip->central, 20, 2);
    put_le(&zip->central, m->flags, 2);
    put_le(&zip->central, m->method, 2);
    put_le(&zip->central, 0, 4);
    put_le(&zip->central, m->crc, 4);
    put_le(&zip->central, m->data.n, 4);
    put_le(&zip->central, m->unpacked, 4);
    put_le(&zip->central, n_central, 2);
    put_le(&zip->central, 0, 2 + 2 + 2 + 2);
    put_le(&zip->central, m->attributes, 4);
    put_le(&zip->central, at - m->offset_less, 4);
    hc_buf_add(&zip->central, m->central_name, n_central);
    zip->n++;
}

/* A stored file with nothing but the truth. */
static inline struct zip_claim zip_stored(const char *name, const char *text)
{
    struct hc_str data = hc_str_of(text);
    return (struct zip_claim){.local_name = name,
                              .central_name = name,
                              .data = data,
                              .crc = (uint32_t)crc32(0, (const Bytef *)data.p, (uInt)data.n),
                              .unpacked = (uint32_t)data.n,
                              .attributes = 0100644u << 16};
}

static inline void zip_text(struct zip_builder *zip, const char *name, const char *text)
{
    struct zip_claim member = zip_stored(name, text);
    zip_add(zip, &member);
}

/* Joins the parts into zip->local. */
static inline struct hc_str zip_end(struct zip_builder *zip)
{
    size_t at = zip->local.n;
    hc_buf_str(&zip->local, hc_buf_view(&zip->central));
    hc_buf_add(&zip->local, "PK\5\6", 4);
    put_le(&zip->local, 0, 4);
    put_le(&zip->local, zip->n, 2);
    put_le(&zip->local, zip->n, 2);
    put_le(&zip->local, zip->central.n, 4);
    put_le(&zip->local, at, 4);
    put_le(&zip->local, 0, 2);
    hc_buf_free(&zip->central);
    return hc_buf_view(&zip->local);
}

/* ---- files ---- */

struct folder {
    char path[64];
};

static inline void folder_open(struct folder *f)
{
    snprintf(f->path, sizeof f->path, "%s/hc-test-XXXXXX", P_tmpdir);
    assert_non_null(mkdtemp(f->path));
}

static inline int remove_one(const char *path, const struct stat *info, int type, struct FTW *place)
{
    (void)info;
    (void)type;
    (void)place;
    return remove(path);
}

static inline void folder_close(struct folder *f)
{
    nftw(f->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* The path of a file in the folder; the directories above it are made. */
static inline const char *folder_path(struct folder *f, const char *name, char out[512])
{
    snprintf(out, 512, "%s/%s", f->path, name);
    for (char *p = out + strlen(f->path) + 1; (p = strchr(p, '/')) != NULL; *p++ = '/') {
        *p = '\0';
        mkdir(out, 0755);
    }
    return out;
}

static inline void folder_write(struct folder *f, const char *name, struct hc_str bytes)
{
    char path[512];
    FILE *file = fopen(folder_path(f, name, path), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, file), bytes.n);
    assert_int_equal(fclose(file), 0);
}

/* ---- reading ---- */

/* What a source gave: "path=bytes;" of each member, "!code:path;" of each that was refused, and the end. */
struct listing {
    char text[4096];
    enum hc_status status;
    const char *code; /* of HC_FAIL */
};

static inline void list_one(struct listing *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline void list_one(struct listing *out, const char *format, ...)
{
    size_t n = strlen(out->text);
    va_list args;
    va_start(args, format);
    vsnprintf(out->text + n, sizeof out->text - n, format, args);
    va_end(args);
}

static inline struct listing list_with(struct hc_container *c, const char *path)
{
    struct listing out = {.text = ""};
    struct hc_member member;
    struct hc_err err = HC_ERR_NONE;
    out.status = hc_container_open(c, path, &err);
    while (out.status == HC_OK || out.status == HC_SKIP) {
        out.status = hc_container_next(c, &member, &err);
        if (out.status == HC_OK)
            list_one(&out, "%.*s=%.*s;", HC_STR_ARG(member.path), (int)(member.bytes.n < 40 ? member.bytes.n : 40),
                     member.bytes.p);
        else if (out.status == HC_SKIP)
            list_one(&out, "!%s:%.*s;", err.code, HC_STR_ARG(member.path));
    }
    out.code = out.status == HC_END ? "" : err.code;
    return out;
}

static inline struct listing list_file(struct folder *f, const char *name, struct hc_ingest_limits limits)
{
    char path[512];
    struct hc_container *c = hc_container_new(&limits);
    assert_non_null(c);
    struct listing out = list_with(c, folder_path(f, name, path));
    hc_container_free(c);
    return out;
}

static inline struct listing list_bytes(struct hc_str bytes)
{
    struct folder f;
    folder_open(&f);
    folder_write(&f, "source", bytes);
    struct listing out = list_file(&f, "source", (struct hc_ingest_limits){0});
    folder_close(&f);
    return out;
}

#define assert_lists(bytes, expected)            \
    do {                                         \
        struct listing got = list_bytes(bytes);  \
        assert_string_equal(got.code, "");       \
        assert_string_equal(got.text, expected); \
    } while (0)

#define assert_fails(bytes, expected)            \
    do {                                         \
        struct listing got = list_bytes(bytes);  \
        assert_int_equal(got.status, HC_FAIL);   \
        assert_string_equal(got.code, expected); \
    } while (0)

#endif
