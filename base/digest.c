/* SHA256_* rather than EVP: it neither allocates nor looks the algorithm up, so a digest of a
 * small member costs no lock and cannot fail; the code behind it is the same. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/sha.h>
#include <stdlib.h>
#include <string.h>

struct hc_sha256 {
    SHA256_CTX state;
};

struct hc_sha256 *hc_sha256_new(void)
{
    struct hc_sha256 *digest = malloc(sizeof *digest);
    if (digest)
        SHA256_Init(&digest->state);
    return digest;
}

void hc_sha256_add(struct hc_sha256 *digest, const void *bytes, size_t n)
{
    if (n > 0)
        SHA256_Update(&digest->state, bytes, n);
}

void hc_sha256_finish(struct hc_sha256 *digest, uint8_t out[HC_SHA256_BYTES])
{
    SHA256_Final(out, &digest->state);
    SHA256_Init(&digest->state);
}

void hc_sha256_free(struct hc_sha256 *digest)
{
    free(digest);
}

void hc_sha256_once(const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES])
{
    SHA256_CTX state;
    SHA256_Init(&state);
    if (n > 0)
        SHA256_Update(&state, bytes, n);
    SHA256_Final(out, &state);
}

/* Reckoned and not looked up, so that a compiler can do many at once. */
static inline char hex_digit(uint8_t n)
{
    return (char)(n + (n < 10 ? '0' : 'a' - 10));
}

void hc_sha256_hex(const uint8_t digest[HC_SHA256_BYTES], char out[HC_SHA256_HEX])
{
    for (size_t i = 0; i < HC_SHA256_BYTES; i++) {
        out[2 * i] = hex_digit(digest[i] >> 4);
        out[2 * i + 1] = hex_digit(digest[i] & 15);
    }
    out[HC_SHA256_HEX - 1] = '\0';
}

/* A digest that has taken the key's block in, of either kind: what is hashed begins from there. */
struct hc_hmac {
    SHA256_CTX inner, outer;
};

static void begin(SHA256_CTX *state, const uint8_t key[SHA256_CBLOCK], uint8_t pad)
{
    uint8_t block[SHA256_CBLOCK];
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = key[i] ^ pad;
    SHA256_Init(state);
    SHA256_Update(state, block, sizeof block);
}

struct hc_hmac *hc_hmac_new(const void *key, size_t n)
{
    uint8_t block[SHA256_CBLOCK] = {0};
    struct hc_hmac *hmac = malloc(sizeof *hmac);
    if (!hmac)
        return NULL;
    if (n > sizeof block)
        hc_sha256_once(key, n, block);
    else if (n > 0)
        memcpy(block, key, n);
    begin(&hmac->inner, block, 0x36);
    begin(&hmac->outer, block, 0x5c);
    return hmac;
}

void hc_hmac_of(const struct hc_hmac *hmac, const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES])
{
    SHA256_CTX inner = hmac->inner, outer = hmac->outer;
    if (n > 0)
        SHA256_Update(&inner, bytes, n);
    SHA256_Final(out, &inner);
    SHA256_Update(&outer, out, HC_SHA256_BYTES);
    SHA256_Final(out, &outer);
}

void hc_hmac_free(struct hc_hmac *hmac)
{
    free(hmac);
}
