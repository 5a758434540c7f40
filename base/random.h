/* Random numbers that depend on nothing but (seed, stream): the same on every machine and any number of threads. */
#ifndef HC_BASE_RANDOM_H
#define HC_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The state of xoshiro256, which has two outputs.
 * Source: Blackman and Vigna, ACM TOMS 47(4), 2021. Checked: test_random.c, against the authors' numbers. */
struct hc_random {
    uint64_t state[4];
};

/* Streams of one seed start far apart. */
struct hc_random hc_random_new(uint64_t seed, uint64_t stream);
uint64_t hc_random_next(struct hc_random *random);          /* xoshiro256++ */
uint64_t hc_random_next_starred(struct hc_random *random);  /* xoshiro256**, another output of the same state */
double hc_random_uniform(struct hc_random *random);         /* [0, 1), 53 bits of hc_random_next */
size_t hc_random_below(struct hc_random *random, size_t n); /* 0 … n - 1, unbiased; n > 0 */

/* splitmix64, by which states are filled.
 * Source: Steele, Lea, Flood, OOPSLA 2014; Vigna's constants. Checked: test_random.c. */
uint64_t hc_random_split_mix(uint64_t *x);

#endif
