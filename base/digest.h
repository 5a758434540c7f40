/* SHA-256 and HMAC-SHA-256; the only home of libcrypto. */
#ifndef HC_BASE_DIGEST_H
#define HC_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

#define HC_SHA256_BYTES 32
#define HC_SHA256_HEX 65 /* 64 digits and a NUL */

struct hc_sha256;                      /* a running digest */
struct hc_sha256 *hc_sha256_new(void); /* NULL: no memory */
void hc_sha256_add(struct hc_sha256 *digest, const void *bytes, size_t n);
void hc_sha256_finish(struct hc_sha256 *digest, uint8_t out[HC_SHA256_BYTES]); /* and starts anew */
void hc_sha256_free(struct hc_sha256 *digest);

void hc_sha256_once(const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES]);
/* HMAC-SHA-256 (RFC 2104) under one key, which may be of any length. */
struct hc_hmac;
struct hc_hmac *hc_hmac_new(const void *key, size_t n); /* NULL: no memory */
void hc_hmac_of(const struct hc_hmac *hmac, const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES]);
void hc_hmac_free(struct hc_hmac *hmac);

void hc_sha256_hex(const uint8_t digest[HC_SHA256_BYTES], char out[HC_SHA256_HEX]);

#endif
