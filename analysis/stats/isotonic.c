#include "analysis/stats/isotonic.h"

size_t hc_isotonic_fit(struct hc_isotonic_block *blocks, const double *y, const double *weight, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const double w = weight ? weight[i] : 1;
        struct hc_isotonic_block last = {w * y[i], w, i + 1};
        while (used && blocks[used - 1].sum * last.weight >= last.sum * blocks[used - 1].weight) {
            last.sum += blocks[used - 1].sum;
            last.weight += blocks[used - 1].weight;
            used--;
        }
        blocks[used++] = last;
    }
    return used;
}
