/* Random numbers that depend on nothing but (seed, stream). */
#ifndef HC_ANALYSIS_STATS_RANDOM_H
#define HC_ANALYSIS_STATS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* xoshiro256++ started by splitmix64.
 * Source: Blackman and Vigna, ACM TOMS 47(4), 2021. Checked: test_model_random.c, against the authors' code. */
struct hc_random {
    uint64_t state[4];
};

struct hc_random hc_random_new(uint64_t seed, uint64_t stream);
uint64_t hc_random_next(struct hc_random *random);
double hc_random_uniform(struct hc_random *random);         /* [0, 1), 53 bits */
size_t hc_random_below(struct hc_random *random, size_t n); /* 0 … n - 1, unbiased; n > 0 */

#endif
