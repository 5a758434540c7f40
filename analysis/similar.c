#include "analysis/similar.h"

#include <math.h>

void hc_evidence_profile(const struct hc_evidence *evidence, const struct hc_catalogue *catalogue, double *profile)
{
    size_t n = catalogue->n_features;
    for (size_t f = 0; f < n; f++)
        profile[f] = 0.0;
    for (size_t c = 0; c < evidence->n_components; c++)
        for (size_t f = 0; f < n; f++)
            if (evidence->values[c * n + f] > profile[f])
                profile[f] = evidence->values[c * n + f];
}

double hc_profile_similarity(const double *a, const double *b, size_t n, bool same_service)
{
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t f = 0; f < n; f++) {
        ab += a[f] * b[f];
        aa += a[f] * a[f];
        bb += b[f] * b[f];
    }
    double cosine = aa > 0.0 && bb > 0.0 ? ab / sqrt(aa * bb) : 0.0;
    return 0.8 * (cosine < 1.0 ? cosine : 1.0) + (same_service ? 0.2 : 0.0);
}

size_t hc_profile_shared(const double *a, const double *b, size_t n, size_t limit, uint32_t *shared)
{
    size_t n_shared = 0;
    for (size_t f = 0; f < n; f++) {
        double value = fmin(a[f], b[f]);
        size_t at = n_shared < limit ? n_shared : limit;
        if (!(value > 0.0))
            continue;
        while (at > 0 && fmin(a[shared[at - 1]], b[shared[at - 1]]) < value)
            at--;
        if (at >= limit)
            continue;
        size_t last = n_shared < limit ? n_shared++ : limit - 1;
        for (size_t i = last; i > at; i--)
            shared[i] = shared[i - 1];
        shared[at] = (uint32_t)f;
    }
    return n_shared;
}
