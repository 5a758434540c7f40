/* SHA256_* rather than EVP: it neither allocates nor looks the algorithm up, so a digest of a
 * small member costs no lock and cannot fail; the code behind it is the same. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/digest.h"

#include <openssl/sha.h>
#include <stdlib.h>

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

void hc_sha256_hex(const uint8_t digest[HC_SHA256_BYTES], char out[HC_SHA256_HEX])
{
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < HC_SHA256_BYTES; i++) {
        out[2 * i] = hex[digest[i] >> 4];
        out[2 * i + 1] = hex[digest[i] & 15];
    }
    out[HC_SHA256_HEX - 1] = '\0';
}
