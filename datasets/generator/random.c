#include <math.h>

#include "datasets/generator/generator.h"

/* Source: Vigna, splitmix64 and xoshiro256** 1.0 (public domain), from their published recurrences. */
static uint64_t split_mix(uint64_t *x)
{
    uint64_t z = (*x += UINT64_C(0x9E3779B97F4A7C15));
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

void gen_random_seed(struct gen_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed;
    uint64_t y = split_mix(&x) ^ (stream * UINT64_C(0xD1342543DE82EF95));
    for (int i = 0; i < 4; i++)
        random->state[i] = split_mix(&y);
}

static uint64_t rotate(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

uint64_t gen_random_bits(struct gen_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double gen_uniform(struct gen_random *random)
{
    return (double)(gen_random_bits(random) >> 11) * 0x1p-53;
}

/* Source: Box and Muller 1958. */
double gen_normal(struct gen_random *random)
{
    double u = 1.0 - gen_uniform(random), v = gen_uniform(random);
    return sqrt(-2.0 * log(u)) * cos(6.283185307179586 * v);
}

size_t gen_below(struct gen_random *random, size_t n)
{
    return (size_t)(gen_uniform(random) * (double)n);
}

bool gen_chance(struct gen_random *random, double probability)
{
    return gen_uniform(random) < probability;
}

size_t gen_choose(struct gen_random *random, const double *weights, size_t n)
{
    double sum = 0.0, left;
    for (size_t i = 0; i < n; i++)
        sum += weights[i];
    left = gen_uniform(random) * sum;
    for (size_t i = 0; i < n; i++) {
        if (left < weights[i])
            return i;
        left -= weights[i];
    }
    for (size_t i = n; i-- > 0;)
        if (weights[i] > 0.0)
            return i;
    return 0;
}
