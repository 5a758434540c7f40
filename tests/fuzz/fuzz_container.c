/* Archives: what is handed over has a safe name, and the whole stays within its limits. A checksum of a tar header
 * cannot be guessed, so with FUZZ_TAR each header gets the right one first. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ingest/container/container.h"
#include "tests/fuzz/fuzz.h"

#define LIMIT_BYTES ((uint64_t)8 << 20)
#define WHOLE_BYTES 1000 /* so that parts are met */

#ifdef FUZZ_TAR
static void right_checksums(uint8_t *bytes, size_t n)
{
    for (size_t at = 0; at + 512 <= n; at += 512) {
        uint8_t *header = bytes + at;
        unsigned sum = 0;
        char text[8];
        if (memcmp(header + 257, "ustar", 5) != 0)
            continue;
        memset(header + 148, ' ', 8);
        for (size_t i = 0; i < 512; i++)
            sum += header[i];
        snprintf(text, sizeof text, "%06o", sum);
        memcpy(header + 148, text, 7);
    }
}
#else
static void right_checksums(uint8_t *bytes, size_t n)
{
    (void)bytes;
    (void)n;
}
#endif

static void read_all(struct hc_container *container)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_member member;
    uint64_t n_bytes = 0;
    enum hc_status status;
    while ((status = hc_container_next(container, &member, &err)) == HC_OK || status == HC_SKIP) {
        HOLDS(fuzz_is_text(member.path));
        if (status == HC_SKIP) {
            HOLDS(err.code != NULL);
            continue;
        }
        HOLDS(fuzz_stays_below(member.path));
        n_bytes += member.bytes.n;
        for (size_t i = 0; i < member.bytes.n; i += 4096) /* every page is there */
            HOLDS(member.bytes.p[i] == member.bytes.p[i]);
    }
    fuzz_status(status, &err);
    HOLDS(n_bytes <= 2 * LIMIT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct hc_ingest_limits limits = {.member_bytes = LIMIT_BYTES / 2,
                                                   .whole_bytes = WHOLE_BYTES,
                                                   .archive_bytes = LIMIT_BYTES,
                                                   .n_members = 200,
                                                   .ratio = 200,
                                                   .arena_bytes = FUZZ_ARENA_BYTES};
    struct hc_err err = HC_ERR_NONE;
    struct hc_container *container = hc_container_new(&limits);
    uint8_t *copy = malloc(size + 1), sha256[HC_SHA256_BYTES];
    uint64_t n_bytes = 0;
    char path[64];
    int fd = memfd_create("archive", MFD_CLOEXEC);
    HOLDS(container && copy && fd >= 0);
    if (size > 0)
        memcpy(copy, data, size);
    right_checksums(copy, size);
    HOLDS(write(fd, copy, size) == (ssize_t)size);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    enum hc_status status = hc_container_open(container, path, &err);
    fuzz_status(status, &err);
    if (status == HC_OK) {
        read_all(container);
        err = HC_ERR_NONE;
        fuzz_status(hc_container_rewind(container, &err), &err);
        read_all(container);
    }
    err = HC_ERR_NONE;
    fuzz_status(hc_container_digest(container, NULL, sha256, &n_bytes, &err), &err);
    hc_container_free(container);
    close(fd);
    free(copy);
    return 0;
}
