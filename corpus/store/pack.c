/* Packed blobs: little-endian, the version of the layout first. docs/corpus.md tells other tools of them. */
#include <math.h>

#include "base/number.h"
#include "corpus/store/internal.h"

#define LAYOUT 1
#define NO_MINUTE INT32_MIN
#define POINTS_HEAD 8 /* layout, whether regular, two zero bytes, number of points */

/* ---- points and minutes ---- */

static bool is_regular(const int64_t *at_ns, size_t n, int64_t *step)
{
    if (n < 2 || __builtin_sub_overflow(at_ns[1], at_ns[0], step))
        return false;
    /* The times ascend, so a gap that wraps round is none that fits. */
    for (size_t i = 1; i < n; i++)
        if (at_ns[i] <= at_ns[i - 1] || (uint64_t)at_ns[i] - (uint64_t)at_ns[i - 1] != (uint64_t)*step)
            return false;
    return true;
}

enum hc_status hc_pack_points(struct hc_buf *out, const struct hc_series *series, struct hc_err *err)
{
    int64_t step = 0;
    if (series->n > UINT32_MAX)
        return hc_err_set(err, HC_FAIL, "record-invalid", "a series has more than 2^32 points");
    bool regular = is_regular(series->at_ns, series->n, &step);
    hc_put_u32(out, LAYOUT | (uint32_t)regular << 8);
    hc_put_u32(out, (uint32_t)series->n);
    if (regular) {
        hc_put_i64(out, series->at_ns[0]);
        hc_put_i64(out, step);
    } else if (series->n) {
        hc_put_bytes(out, series->at_ns, series->n * sizeof *series->at_ns);
    }
    if (series->n)
        hc_put_bytes(out, series->values, series->n * sizeof *series->values);
    return out->failed ? hc_store_no_memory(err) : HC_OK;
}

static size_t time_bytes(bool regular, uint32_t n)
{
    return regular ? 16 : (size_t)n * 8;
}

size_t hc_points_length(struct hc_str bytes)
{
    uint32_t n;
    if (bytes.n < POINTS_HEAD)
        return 0;
    memcpy(&n, bytes.p + 4, sizeof n);
    size_t length = POINTS_HEAD + time_bytes(bytes.p[1] == 1, n) + (size_t)n * 8;
    return length <= bytes.n ? length : 0;
}

static bool fill_times(int64_t *at_ns, size_t n, const char *bytes, bool regular)
{
    if (!regular) {
        memcpy(at_ns, bytes, n * sizeof *at_ns);
        return true;
    }
    int64_t at, step;
    memcpy(&at, bytes, sizeof at);
    memcpy(&step, bytes + sizeof at, sizeof step);
    for (size_t i = 0; i < n; i++) {
        at_ns[i] = at;
        if (i + 1 < n && __builtin_add_overflow(at, step, &at))
            return false;
    }
    return true;
}

enum hc_status hc_unpack_points(struct hc_series *series, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err)
{
    uint32_t n;
    if (bytes.n < POINTS_HEAD || bytes.p[0] != LAYOUT || (unsigned char)bytes.p[1] > 1)
        return hc_store_corrupt(err, "points of a series have no known layout");
    bool regular = bytes.p[1] == 1;
    memcpy(&n, bytes.p + 4, sizeof n);
    if (bytes.n != hc_points_length(bytes))
        return hc_store_corrupt(err, "points of a series are cut");
    int64_t *at_ns = hc_arena_alloc(arena, (size_t)n * sizeof *at_ns);
    double *values = hc_arena_alloc(arena, (size_t)n * sizeof *values);
    if (!at_ns || !values)
        return hc_store_no_memory(err);
    if (!fill_times(at_ns, n, bytes.p + POINTS_HEAD, regular))
        return hc_store_corrupt(err, "times of a series run over");
    memcpy(values, bytes.p + POINTS_HEAD + time_bytes(regular, n), (size_t)n * sizeof *values);
    series->n = n;
    series->at_ns = at_ns;
    series->values = values;
    return HC_OK;
}

enum hc_status hc_pack_minutes(struct hc_buf *out, const struct hc_log_count *count, struct hc_err *err)
{
    hc_put_u8(out, LAYOUT);
    for (size_t i = 0; i < count->n_minutes; i++) {
        int64_t minute = count->minute[i];
        bool none = minute == HC_TIME_NONE_NS;
        if (!none && (minute <= INT32_MIN || minute > INT32_MAX))
            return hc_err_set(err, HC_FAIL, "record-invalid", "a log count has a minute out of range");
        hc_put_u32(out, (uint32_t)(none ? NO_MINUTE : (int32_t)minute));
        hc_put_u32(out, count->lines[i]);
    }
    return out->failed ? hc_store_no_memory(err) : HC_OK;
}
