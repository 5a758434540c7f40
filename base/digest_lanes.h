/* SHA-256 of many messages, four at a time.
 *
 * One message is bound by the latency of the processor's SHA-256 instructions, each of which waits for the one before;
 * four messages, a lane each, keep them busy: they take a little more than twice as long as one. Where the processor has
 * no such instructions each message is hashed when it is handed in.
 */
#ifndef HC_BASE_DIGEST_LANES_H
#define HC_BASE_DIGEST_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct hc_sha256_lanes;                            /* of one thread */
struct hc_sha256_lanes *hc_sha256_lanes_new(void); /* NULL: no memory */
void hc_sha256_lanes_free(struct hc_sha256_lanes *lanes);

/* Hands a message in. Its bytes and `out` must stay where they are until the digest is there: after hc_sha256_lanes_await
 * of this `out`, or hc_sha256_lanes_flush. Checked: test_digest_lanes, against hc_sha256_once. */
void hc_sha256_lanes_submit(struct hc_sha256_lanes *lanes, const void *bytes, size_t n, uint8_t out[HC_SHA256_BYTES]);
void hc_sha256_lanes_await(struct hc_sha256_lanes *lanes, const uint8_t out[HC_SHA256_BYTES]);
/* Nothing that was handed in is needed any more. */
void hc_sha256_lanes_flush(struct hc_sha256_lanes *lanes);

#endif
