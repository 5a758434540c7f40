/* Decoders of one compression layer each, behind one interface; and the whole-buffer way for gzip. */
#ifndef HC_INGEST_CONTAINER_CODEC_H
#define HC_INGEST_CONTAINER_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "base/text.h"

/* A reused block of memory; `n` bytes of it are in use. */
struct hc_block {
    char *p;
    size_t n, capacity;
};

/* Makes room for `capacity` bytes, keeping the first n. False: out of memory, the block as it was. */
bool hc_block_reserve(struct hc_block *block, size_t capacity);
void hc_block_free(struct hc_block *block);
/* Gives memory back where it is more than what a usual source needs. */
void hc_block_trim(struct hc_block *block);

/* A step moves `in` and `out` on. `last`: nothing follows `in`. */
struct hc_flow_io {
    const char *in;
    size_t n_in;
    bool last;
    char *out;
    size_t n_out;
};

struct hc_codec {
    const char *name;     /* "gz" */
    const char *tar_name; /* "tar.gz" */
    bool is_member_layer; /* may wrap an evidence file */
    bool (*recognises)(struct hc_str head);
    void *(*new_state)(void);   /* NULL: out of memory */
    bool (*start)(void *state); /* a new stream; false: out of memory */
    /* HC_OK: more is to come. HC_END: the input ended where it may, and every check held.
     * HC_FAIL: broken, cut short, or followed by something else. Called with room in `out`,
     * and with input unless `last`. */
    enum hc_status (*step)(void *state, struct hc_flow_io *io, struct hc_err *err);
    void (*free_state)(void *state);
};

extern const struct hc_codec hc_codec_gzip;
extern const struct hc_codec hc_codec_zstd;
extern const struct hc_codec hc_codec_xz;
extern const struct hc_codec hc_codec_bzip2;
extern const struct hc_codec hc_codec_deflate; /* raw, as in a zip: never told by content, nor among hc_codecs */

#define HC_CODECS 4
extern const struct hc_codec *const hc_codecs[HC_CODECS];
/* Index into hc_codecs, HC_CODECS: none. */
size_t hc_codec_of(struct hc_str head);

/* libdeflate: much faster than zlib, but only from and to whole buffers. */
struct hc_deflater;
struct hc_deflater *hc_deflater_new(void); /* NULL: out of memory */
void hc_deflater_free(struct hc_deflater *deflater);
/* All members of a gzip file at once into `out`, at most `limit` bytes. HC_SKIP: it does not fit, or is broken: the
 * codec will say how. HC_FATAL: out of memory. */
enum hc_status hc_gzip_whole(struct hc_deflater *deflater, struct hc_str in, size_t limit, struct hc_block *out);
/* A raw deflate stream that must give exactly out->n bytes of the reserved `out` and use all of `in`. */
bool hc_deflate_exactly(struct hc_deflater *deflater, struct hc_str in, struct hc_block *out);
uint32_t hc_crc32(uint32_t of_those_before, struct hc_str bytes); /* 0: none are before */

/* No deflate stream gives more for each byte of it. */
#define HC_DEFLATE_RATIO 1032

#endif
