#include <math.h>

#include "datasets/generator/generator.h"

void gen_random_seed(struct gen_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed;
    uint64_t y = hc_random_split_mix(&x) ^ (stream * UINT64_C(0xD1342543DE82EF95));
    for (int i = 0; i < 4; i++)
        random->source.state[i] = hc_random_split_mix(&y);
}

uint64_t gen_random_bits(struct gen_random *random)
{
    return hc_random_next_starred(&random->source);
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
