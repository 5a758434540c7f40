#include "base/random.h"

uint64_t hc_random_split_mix(uint64_t *x)
{
    uint64_t z = *x += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

struct hc_random hc_random_new(uint64_t seed, uint64_t stream)
{
    struct hc_random random;
    uint64_t x = stream;
    x = seed ^ hc_random_split_mix(&x);
    for (int i = 0; i < 4; i++)
        random.state[i] = hc_random_split_mix(&x);
    return random;
}

static uint64_t rotate(uint64_t x, int by)
{
    return x << by | x >> (64 - by);
}

static void step(uint64_t *s)
{
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
}

uint64_t hc_random_next(struct hc_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate(s[0] + s[3], 23) + s[0];
    step(s);
    return result;
}

uint64_t hc_random_next_starred(struct hc_random *random)
{
    uint64_t *s = random->state;
    const uint64_t result = rotate(s[1] * 5, 7) * 9;
    step(s);
    return result;
}

double hc_random_uniform(struct hc_random *random)
{
    return (double)(hc_random_next(random) >> 11) * 0x1p-53;
}

size_t hc_random_below(struct hc_random *random, size_t n)
{
    const uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t x;
    do
        x = hc_random_next(random);
    while (x >= limit);
    return (size_t)(x % n);
}
