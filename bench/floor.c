/* The floor of ingest: inflates every archive below a directory with zlib, and the gzip members inside, and does
 * nothing else. floor [-j N] DIRECTORY prints how many bytes went in and came out. */
#include <dirent.h>
#include <fcntl.h>
#include <omp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/number.h"
#include "base/text.h"

struct bytes {
    unsigned char *p;
    size_t n, capacity;
};

static bool reserve(struct bytes *b, size_t n)
{
    if (b->capacity >= n)
        return true;
    unsigned char *grown = realloc(b->p, n + n / 2);
    if (!grown)
        return false;
    b->p = grown;
    b->capacity = n + n / 2;
    return true;
}

/* gzip or zlib's own, member after member. */
static bool inflate_all(const unsigned char *in, size_t n_in, struct bytes *out)
{
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)in, .avail_in = (uInt)n_in};
    bool ok = inflateInit2(&stream, 31) == Z_OK;
    out->n = 0;
    while (ok && stream.avail_in) {
        ok = reserve(out, out->n + 262144);
        if (!ok)
            break;
        stream.next_out = out->p + out->n;
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

static bool read_file(const char *path, struct bytes *out)
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

static size_t octal(const unsigned char *p, size_t n)
{
    size_t value = 0;
    for (size_t i = 0; i < n && p[i] >= '0' && p[i] <= '7'; i++)
        value = value * 8 + (size_t)(p[i] - '0');
    return value;
}

/* The gzip members of a tar; the bytes they inflate to. */
static size_t inflate_members(const struct bytes *tar, struct bytes *scratch)
{
    size_t n_out = 0, at = 0;
    while (at + 512 <= tar->n && tar->p[at]) {
        size_t size = octal(tar->p + at + 124, 11);
        const unsigned char *body = tar->p + at + 512;
        if (size > tar->n - at - 512)
            break;
        if (size > 18 && body[0] == 0x1f && body[1] == 0x8b && inflate_all(body, size, scratch))
            n_out += scratch->n;
        at += 512 + (size + 511) / 512 * 512;
    }
    return n_out;
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
    size_t n_in = 0, n_out = 0, n_failed = 0;
    int at = argc > 3 && strcmp(argv[1], "-j") == 0 && hc_int64_parse(hc_str_of(argv[2]), &threads) ? 3 : 1;
    if (!arena || argc != at + 1) {
        fprintf(stderr, "usage: floor [-j N] DIRECTORY\n");
        return 2;
    }
    hc_names_init(&paths, arena);
    size_t n = list(argv[at], &paths);
#pragma omp parallel num_threads((int)threads) reduction(+ : n_in, n_out, n_failed)
    {
        struct bytes file = {0}, outer = {0}, inner = {0};
#pragma omp for schedule(dynamic, 1)
        for (size_t i = 0; i < n; i++) {
            if (!read_file(paths.items[i].p, &file) || !inflate_all(file.p, file.n, &outer)) {
                n_failed++;
                continue;
            }
            n_in += file.n;
            n_out += outer.n + inflate_members(&outer, &inner);
        }
        free(file.p);
        free(outer.p);
        free(inner.p);
    }
    printf("%zu archives, %.1f MB in, %.1f MB out, %zu failed\n", n, (double)n_in / 1e6, (double)n_out / 1e6, n_failed);
    hc_arena_free(arena);
    return n_failed ? 1 : 0;
}
