/* The floor of ingest: inflates every archive below a directory with zlib, and the gzip members inside, and does
 * nothing else. floor [-j N] [STEP] DIRECTORY prints how many bytes went in and came out. A step does more, each what those
 * before do: `libdeflate` inflates with it in place of zlib, `digest` takes the SHA-256 of archives and members, `read` has
 * every member read by ingest's reader of its format: lines, levels, times, values, spans, and nothing after. */
#include <dirent.h>
#include <fcntl.h>
#include <omp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/number.h"
#include "base/text.h"
#include "ingest/container/codec.h"
#include "ingest/format/format.h"

enum step { STEP_ZLIB, STEP_LIBDEFLATE, STEP_DIGEST, STEP_READ, STEPS };
static const char *const step_names[STEPS] = {"zlib", "libdeflate", "digest", "read"};

/* What a thread has. */
struct worker {
    enum step step;
    struct hc_deflater *deflater;
    struct hc_arena *arena; /* of one archive's readings */
    struct hc_shape_memo *shapes;
    struct hc_block file, outer, inner;
    size_t n_in, n_out, n_rows, n_failed;
};

static bool reserve(struct hc_block *b, size_t n)
{
    return b->capacity >= n || hc_block_reserve(b, n + n / 2);
}

/* gzip, member after member. */
static bool inflate_zlib(struct hc_str in, struct hc_block *out)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in.p, .avail_in = (uInt)in.n};
    bool ok = inflateInit2(&stream, 31) == Z_OK;
    out->n = 0;
    while (ok && stream.avail_in) {
        ok = reserve(out, out->n + 262144);
        if (!ok)
            break;
        stream.next_out = (Bytef *)out->p + out->n;
        stream.avail_out = (uInt)(out->capacity - out->n);
        int status = inflate(&stream, Z_NO_FLUSH);
        out->n = out->capacity - stream.avail_out;
        if (status == Z_STREAM_END)
            inflateReset(&stream);
        else
            ok = status == Z_OK;
    }
    inflateEnd(&stream);
    return ok;
}

static bool inflate_all(struct worker *w, struct hc_str in, struct hc_block *out)
{
    if (w->step == STEP_ZLIB)
        return inflate_zlib(in, out);
    return hc_gzip_whole(w->deflater, in, SIZE_MAX, out) == HC_OK;
}

static bool read_file(const char *path, struct hc_block *out)
{
    struct stat info;
    bool ok = false;
    int file = open(path, O_RDONLY);
    if (file >= 0 && fstat(file, &info) == 0 && reserve(out, (size_t)info.st_size + 1)) {
        ssize_t got = read(file, out->p, (size_t)info.st_size);
        out->n = got > 0 ? (size_t)got : 0;
        ok = got == info.st_size;
    }
    if (file >= 0)
        close(file);
    return ok;
}

static size_t octal(const char *p, size_t n)
{
    size_t value = 0;
    for (size_t i = 0; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        value = value * 8 + (size_t)(p[i] - '0');
    return value;
}

static void digest(struct worker *w, struct hc_str bytes)
{
    uint8_t digest[HC_SHA256_BYTES];
    if (w->step >= STEP_DIGEST)
        hc_sha256_once(bytes.p, bytes.n, digest);
}

static void read_member(struct worker *w, struct hc_str bytes)
{
    struct hc_read_context context = {
        .member = HC_STR("member"), .window_start = HC_TIME_NONE, .window_end = HC_TIME_NONE, .shapes = w->shapes};
    struct hc_reading reading;
    struct hc_evidence_file file = {0};
    struct hc_err err;
    hc_reading_init(&reading, w->arena);
    if (hc_file_read(bytes, &context, &reading, &file, &err) == HC_OK)
        w->n_rows += reading.n_rows;
}

/* The members of a tar, those with gzip inflated. */
static void take_members(struct worker *w)
{
    const struct hc_block *tar = &w->outer;
    hc_arena_reset(w->arena);
    for (size_t at = 0, size; at + 512 <= tar->n && tar->p[at]; at += 512 + (size + 511) / 512 * 512) {
        size = octal(tar->p + at + 124, 11);
        struct hc_str body = {tar->p + at + 512, size};
        if (size > tar->n - at - 512)
            break;
        digest(w, body);
        if (size > 18 && body.p[0] == 0x1f && body.p[1] == '\x8b' && inflate_all(w, body, &w->inner)) {
            w->n_out += w->inner.n;
            body = (struct hc_str){w->inner.p, w->inner.n};
        }
        if (w->step >= STEP_READ && size > 0)
            read_member(w, body);
    }
}

static void take_archive(struct worker *w, const char *path)
{
    if (!read_file(path, &w->file) || !inflate_all(w, (struct hc_str){w->file.p, w->file.n}, &w->outer)) {
        w->n_failed++;
        return;
    }
    digest(w, (struct hc_str){w->file.p, w->file.n});
    w->n_in += w->file.n;
    w->n_out += w->outer.n;
    take_members(w);
}

static size_t list(const char *directory, struct hc_names *paths)
{
    DIR *dir = opendir(directory);
    struct dirent *entry;
    char path[4096];
    while (dir && (entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
        hc_names_add(paths, hc_str_of(path));
    }
    if (dir)
        closedir(dir);
    return paths->n;
}

int main(int argc, char **argv)
{
    int64_t threads = 1;
    struct hc_names paths;
    struct hc_arena *arena = hc_arena_new(0);
    size_t n_in = 0, n_out = 0, n_rows = 0, n_failed = 0;
    int at = argc > 3 && strcmp(argv[1], "-j") == 0 && hc_int64_parse(hc_str_of(argv[2]), &threads) ? 3 : 1;
    enum step step = STEP_ZLIB;
    for (size_t i = 0; i < STEPS; i++)
        if (argc == at + 2 && strcmp(argv[at], step_names[i]) == 0) {
            step = (enum step)i;
            at++;
        }
    if (!arena || argc != at + 1) {
        fprintf(stderr, "usage: floor [-j N] [zlib|libdeflate|digest|read] DIRECTORY\n");
        return 2;
    }
    hc_names_init(&paths, arena);
    size_t n = list(argv[at], &paths);
#pragma omp parallel num_threads((int)threads) reduction(+ : n_in, n_out, n_rows, n_failed)
    {
        struct hc_arena *lasting = hc_arena_new(0);
        struct worker w = {.step = step,
                           .deflater = hc_deflater_new(),
                           .arena = hc_arena_new(0),
                           .shapes = hc_shape_memo_new(lasting, NULL)};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < n; i++)
            take_archive(&w, paths.items[i].p);
        n_in += w.n_in;
        n_out += w.n_out;
        n_rows += w.n_rows;
        n_failed += w.n_failed;
        hc_block_free(&w.file);
        hc_block_free(&w.outer);
        hc_block_free(&w.inner);
        hc_arena_free(w.arena);
        hc_arena_free(lasting);
        hc_deflater_free(w.deflater);
    }
    printf("%zu archives, %.1f MB in, %.1f MB out, %zu rows read, %zu failed\n", n, (double)n_in / 1e6,
           (double)n_out / 1e6, n_rows, n_failed);
    hc_arena_free(arena);
    return n_failed ? 1 : 0;
}
