#include "base/digest_lanes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#ifdef __x86_64__
#include <cpuid.h>
#include <immintrin.h>
#endif

#define BLOCK_BYTES ((size_t)64)
#define LENGTH_BYTES ((size_t)8)
#define LANES 4

/* A message being hashed: whole blocks where they lie, then its end with the padding. Idle: `out` is NULL. */
struct lane {
    uint32_t state[8];
    const uint8_t *at;
    size_t n_blocks; /* left at `at` */
    size_t n_last;   /* blocks in `last` that are still to come */
    uint8_t last[2 * BLOCK_BYTES];
    uint8_t *out;
};

struct hc_sha256_lanes {
    bool supported; /* by the processor */
    struct lane lanes[LANES];
};

#ifdef __x86_64__

#define SHA_TARGET __attribute__((target("sha,ssse3,sse4.1")))

static bool processor_has_sha(void)
{
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_SSSE3) || !(c & bit_SSE4_1))
        return false;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & bit_SHA);
}

/* FIPS 180-4, 4.2.2. */
static const uint32_t round_constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

/* A lane's state in the order of the instructions, and the next sixteen words of its message schedule. */
struct registers {
    __m128i abef, cdgh;
    __m128i words[4];
};

SHA_TARGET static inline void load_state(struct registers *r, const uint32_t state[8])
{
    __m128i badc = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)state), 0xb1);
    __m128i hgfe = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(const void *)(state + 4)), 0x1b);
    r->abef = _mm_alignr_epi8(badc, hgfe, 8);
    r->cdgh = _mm_blend_epi16(hgfe, badc, 0xf0);
}

SHA_TARGET static inline void store_state(const struct registers *r, uint32_t state[8])
{
    __m128i feba = _mm_shuffle_epi32(r->abef, 0x1b);
    __m128i dchg = _mm_shuffle_epi32(r->cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)(void *)state, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(void *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}

SHA_TARGET static inline void load_block(struct registers *r, const uint8_t block[BLOCK_BYTES])
{
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    for (size_t i = 0; i < 4; i++) {
        __m128i four = _mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i));
        r->words[i] = _mm_shuffle_epi8(four, big_endian);
    }
}

/* Four rounds with the words `i`, in whose place come those of sixteen rounds later. */
SHA_TARGET static inline void four_rounds(struct registers *r, size_t i, const uint32_t constants[4], bool more)
{
    __m128i words = r->words[i], next = r->words[(i + 1) % 4], last = r->words[(i + 3) % 4];
    __m128i with = _mm_add_epi32(words, _mm_loadu_si128((const __m128i *)(const void *)constants));
    r->cdgh = _mm_sha256rnds2_epu32(r->cdgh, r->abef, with);
    r->abef = _mm_sha256rnds2_epu32(r->abef, r->cdgh, _mm_shuffle_epi32(with, 0x0e));
    if (!more)
        return;
    words = _mm_add_epi32(_mm_sha256msg1_epu32(words, next), _mm_alignr_epi8(last, r->words[(i + 2) % 4], 4));
    r->words[i] = _mm_sha256msg2_epu32(words, last);
}

SHA_TARGET static inline void sixteen_rounds(struct registers r[], size_t n, const uint32_t constants[16], bool more)
{
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++)
#pragma GCC unroll 4
        for (size_t m = 0; m < n; m++)
            four_rounds(&r[m], i, constants + 4 * i, more);
}

/* Blocks of n messages, each with its state. The rounds of all are mingled, so that the processor has another's to do
 * while one waits for its last. */
SHA_TARGET static inline __attribute__((always_inline)) void hash_of(struct lane *const lanes[], size_t n,
                                                                     size_t n_blocks)
{
    struct registers r[LANES];
    for (size_t m = 0; m < n; m++)
        load_state(&r[m], lanes[m]->state);
    for (size_t i = 0; i < n_blocks; i++) {
        struct registers was[LANES];
        for (size_t m = 0; m < n; m++) {
            was[m] = r[m];
            load_block(&r[m], lanes[m]->at + i * BLOCK_BYTES);
        }
        for (size_t k = 0; k < 48; k += 16)
            sixteen_rounds(r, n, round_constants + k, true);
        sixteen_rounds(r, n, round_constants + 48, false);
        for (size_t m = 0; m < n; m++) {
            r[m].abef = _mm_add_epi32(r[m].abef, was[m].abef);
            r[m].cdgh = _mm_add_epi32(r[m].cdgh, was[m].cdgh);
        }
    }
    for (size_t m = 0; m < n; m++)
        store_state(&r[m], lanes[m]->state);
}

SHA_TARGET static void hash_blocks(struct lane *const lanes[], size_t n, size_t n_blocks)
{
    _Static_assert(LANES == 4, "a case for each number of messages");
    switch (n) {
    case 1:
        hash_of(lanes, 1, n_blocks);
        break;
    case 2:
        hash_of(lanes, 2, n_blocks);
        break;
    case 3:
        hash_of(lanes, 3, n_blocks);
        break;
    default:
        hash_of(lanes, 4, n_blocks);
    }
}

#else

static bool processor_has_sha(void)
{
    return false;
}

/* Not reached: without the instructions no message is in a lane. */
static void hash_blocks(struct lane *const lanes[], size_t n, size_t n_blocks)
{
    (void)lanes, (void)n, (void)n_blocks;
}

#endif

/* FIPS 180-4, 5.3.3. */
static const uint32_t first_state[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

static void put_big_endian(uint8_t *out, uint64_t value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (uint8_t)(value >> (8 * (n - 1 - i)));
}

static void begin(struct lane *lane, const uint8_t *bytes, size_t n, uint8_t *out)
{
    size_t n_rest = n % BLOCK_BYTES;
    memcpy(lane->state, first_state, sizeof lane->state);
    lane->at = n > 0 ? bytes : lane->last; /* no place is reckoned from NULL */
    lane->n_blocks = n / BLOCK_BYTES;
    lane->n_last = n_rest + 1 + LENGTH_BYTES <= BLOCK_BYTES ? 1 : 2;
    memset(lane->last, 0, sizeof lane->last);
    if (n_rest > 0)
        memcpy(lane->last, bytes + n - n_rest, n_rest);
    lane->last[n_rest] = 0x80;
    put_big_endian(lane->last + lane->n_last * BLOCK_BYTES - LENGTH_BYTES, (uint64_t)n * 8, LENGTH_BYTES);
    lane->out = out;
}

/* After the blocks where they lie those of the end; after these the digest is there. */
static void go_on(struct lane *lane)
{
    if (lane->n_blocks == 0 && lane->n_last > 0) {
        lane->at = lane->last;
        lane->n_blocks = lane->n_last;
        lane->n_last = 0;
    } else if (lane->n_blocks == 0) {
        for (size_t i = 0; i < 8; i++)
            put_big_endian(lane->out + 4 * i, lane->state[i], 4);
        lane->out = NULL;
    }
}

/* As many blocks as each busy lane has. At least one is busy. */
static void step(struct hc_sha256_lanes *lanes)
{
    struct lane *busy[LANES];
    size_t n = 0, n_blocks = SIZE_MAX;
    for (size_t i = 0; i < LANES; i++) {
        struct lane *lane = &lanes->lanes[i];
        if (!lane->out)
            continue;
        busy[n++] = lane;
        n_blocks = lane->n_blocks < n_blocks ? lane->n_blocks : n_blocks;
    }
    hash_blocks(busy, n, n_blocks);
    for (size_t i = 0; i < n; i++) {
        busy[i]->at += n_blocks * BLOCK_BYTES;
        busy[i]->n_blocks -= n_blocks;
        go_on(busy[i]);
    }
}

/* The lane that writes there; NULL: an idle one. */
static struct lane *lane_of(struct hc_sha256_lanes *lanes, const uint8_t *out)
{
    for (size_t i = 0; i < LANES; i++)
        if (lanes->lanes[i].out == out)
            return &lanes->lanes[i];
    return NULL;
}

struct hc_sha256_lanes *hc_sha256_lanes_new(void)
{
    struct hc_sha256_lanes *lanes = calloc(1, sizeof *lanes);
    if (lanes)
        lanes->supported = processor_has_sha();
    return lanes;
}

void hc_sha256_lanes_free(struct hc_sha256_lanes *lanes)
{
    free(lanes);
}

void hc_sha256_lanes_submit(struct hc_sha256_lanes *lanes, const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES])
{
    if (!lanes->supported) {
        hc_sha256_once(bytes, n, out);
        return;
    }
    begin(lane_of(lanes, NULL), bytes, n, out);
    while (!lane_of(lanes, NULL))
        step(lanes);
}

void hc_sha256_lanes_await(struct hc_sha256_lanes *lanes, const uint8_t out[HC_SHA256_BYTES])
{
    while (lane_of(lanes, out))
        step(lanes);
}

void hc_sha256_lanes_flush(struct hc_sha256_lanes *lanes)
{
    for (size_t i = 0; i < LANES; i++)
        while (lanes->lanes[i].out)
            step(lanes);
}
