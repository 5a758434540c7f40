/* What the fuzz targets share. A target calls its reader and holds what the reader's header promises of the result. */
#ifndef HC_TESTS_FUZZ_FUZZ_H
#define HC_TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

/* libFuzzer's names. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* As an incident's arena, scaled to inputs of some kilobytes. */
#define FUZZ_ARENA_BYTES ((size_t)256 << 20)

/* A finding: libFuzzer reports the trap with its stack. */
#define HOLDS(what)           \
    do {                      \
        if (!(what))          \
            __builtin_trap(); \
    } while (0)

/* A failure says why, by code; a success and the end of input do not. */
static inline void fuzz_status(enum hc_status status, const struct hc_err *err)
{
    bool failed = status == HC_FAIL || status == HC_FATAL;
    HOLDS(!failed || (err->code != NULL && err->code[0] != '\0'));
    HOLDS(status != HC_FATAL); /* the machine did not fail */
}

static inline struct hc_arena *fuzz_arena(void)
{
    struct hc_arena *arena = hc_arena_new(FUZZ_ARENA_BYTES);
    HOLDS(arena != NULL);
    return arena;
}

static inline bool fuzz_is_utf8(struct hc_str s)
{
    return hc_utf8_valid_prefix(s) == s.n;
}

/* Relative, and no component of it is "..". */
static inline bool fuzz_stays_below(struct hc_str path)
{
    bool bad = path.n == 0 || path.p[0] == '/';
    for (size_t i = 0, begin = 0; i <= path.n; i++) {
        if (i < path.n && path.p[i] != '/')
            continue;
        bad = bad || (i - begin == 2 && memcmp(path.p + begin, "..", 2) == 0);
        begin = i + 1;
    }
    return !bad;
}

static inline bool fuzz_is_text(struct hc_str s)
{
    return fuzz_is_utf8(s) && (s.n == 0 || memchr(s.p, 0, s.n) == NULL);
}

#endif
