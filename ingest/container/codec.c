#include "ingest/container/codec.h"

#include <stdlib.h>

#define KEPT_BYTES ((size_t)16 << 20)

const struct hc_codec *const hc_codecs[HC_CODECS] = {&hc_codec_gzip, &hc_codec_zstd, &hc_codec_xz, &hc_codec_bzip2};

size_t hc_codec_of(struct hc_str head)
{
    size_t i = 0;

    while (i < HC_CODECS && !hc_codecs[i]->recognises(head))
        i++;
    return i;
}

bool hc_block_reserve(struct hc_block *block, size_t capacity)
{
    char *p;

    if (capacity <= block->capacity)
        return true;
    if (block->n == 0) { /* nothing to keep: spare the copy */
        free(block->p);
        *block = (struct hc_block){0};
    }
    p = realloc(block->p, capacity);
    if (!p)
        return false;
    block->p = p;
    block->capacity = capacity;
    return true;
}

void hc_block_free(struct hc_block *block)
{
    free(block->p);
    *block = (struct hc_block){0};
}

void hc_block_trim(struct hc_block *block)
{
    block->n = 0;
    if (block->capacity > KEPT_BYTES)
        hc_block_free(block);
}
