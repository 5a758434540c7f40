/* An archive file as bytes: small ones whole in memory, larger ones by pieces; and the flow of its decoded bytes. */
#ifndef HC_INGEST_CONTAINER_INPUT_H
#define HC_INGEST_CONTAINER_INPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/digest.h"
#include "base/status.h"
#include "base/text.h"
#include "ingest/container/codec.h"
#include "ingest/ingest.h"

struct hc_input {
    int fd; /* -1: nothing is open */
    struct stat at_open;
    uint64_t n_bytes;
    bool in_memory;
    struct hc_block memory;
};

/* Files up to this are read whole: hashed and parsed from the same bytes. */
#define HC_INPUT_WHOLE_BYTES ((uint64_t)8 << 20)
/* Outer layers are undone whole up to this, by pieces of HC_FLOW_BYTES above. */
#define HC_FLOW_WHOLE_BYTES ((size_t)16 << 20)
#define HC_FLOW_BYTES ((size_t)256 << 10)

/* Of a directory nothing is read: `directory` gets its descriptor, which is the caller's, and of all else -1. NULL: it is
 * refused.
 * Errors: HC_FAIL "source-missing", "source-unreadable", "source-type". */
enum hc_status hc_input_open(struct hc_input *input, const char *path, int *directory, struct hc_err *err);
void hc_input_close(struct hc_input *input);

/* n bytes from an offset, in memory or read into `scratch`. Errors: HC_FAIL "source-changed" where there are
 * not so many, "source-unreadable". */
enum hc_status hc_input_at(struct hc_input *input, uint64_t offset, size_t n, struct hc_block *scratch,
                           struct hc_str *bytes, struct hc_err *err);

/* An input from `at` on, by pieces of HC_FLOW_BYTES; `scratch` as above. */
struct hc_input_pieces {
    struct hc_input *input;
    struct hc_block *scratch;
    uint64_t at;
};
/* `reader`: the pieces. HC_END: there is none any more. */
enum hc_status hc_input_piece(void *reader, struct hc_str *piece, struct hc_err *err);

enum hc_status hc_input_digest(struct hc_input *input, struct hc_sha256 *digest, struct hc_block *scratch,
                               uint8_t sha256[HC_SHA256_BYTES], struct hc_err *err);

/* HC_FAIL "source-changed" where the file is not what it was when it was opened. */
enum hc_status hc_input_settled(const struct hc_input *input, struct hc_err *err);

/* Is somebody writing to it? Tells only where the file is ours; else false. */
bool hc_input_being_written(int fd);

/* What has been read so far of a source, against the limits. */
struct hc_meter {
    struct hc_ingest_limits limits;
    uint64_t n_packed; /* bytes of the archive; of a directory, those read so far */
    uint64_t n_unpacked;
    uint64_t n_members;
};

/* Counts n more. HC_FAIL "limit-archive-bytes", "limit-ratio". */
enum hc_status hc_meter_bytes(struct hc_meter *meter, uint64_t n, struct hc_err *err);
/* Does so much come of so little that the limit of the ratio forbids it? */
bool hc_meter_is_bomb(const struct hc_meter *meter, uint64_t n_unpacked, uint64_t n_packed);
/* Counts a member. HC_FAIL "limit-members". */
enum hc_status hc_meter_member(struct hc_meter *meter, struct hc_err *err);

/* The decoded bytes of an input, in order. */
struct hc_flow {
    struct hc_input *input;
    const struct hc_codec *codec; /* NULL: the bytes as they are */
    void *state;                  /* of the codec */
    struct hc_deflater *deflater;
    struct hc_meter *meter;
    struct hc_block in, out; /* reused */
    uint64_t offset;         /* in the input, of what follows io.in */
    struct hc_flow_io io;
    struct hc_str rest; /* what is left of the current piece */
    uint64_t position;  /* of `rest` in the decoded bytes */
    bool started, ended;
    bool is_whole; /* all that is decoded lies in one piece, to the end */
};

enum hc_status hc_flow_start(struct hc_flow *flow, struct hc_err *err);

/* The next n bytes in one piece, valid until the next call; n > 0. HC_END: there are none at all; HC_FAIL
 * "archive-truncated" where there are fewer. Never takes more memory than bytes come. */
enum hc_status hc_flow_take(struct hc_flow *flow, size_t n, struct hc_block *scratch, struct hc_str *bytes,
                            struct hc_err *err);
enum hc_status hc_flow_skip(struct hc_flow *flow, uint64_t n, struct hc_err *err);
/* The next piece of whatever size, empty at the end. */
enum hc_status hc_flow_piece(struct hc_flow *flow, struct hc_str *bytes, struct hc_err *err);

/* Undoes one layer of bytes in memory. HC_END: there are more than may be held whole; HC_SKIP: refused, with the reason in
 * err; HC_FAIL: the archive is beyond its limits. */
enum hc_status hc_member_inflate(const struct hc_codec *codec, void *state, struct hc_deflater *deflater,
                                 struct hc_str in, struct hc_meter *meter, struct hc_block *out, struct hc_err *err);

#endif
