/* Points of series, packed: little-endian, the version of the layout first. docs/corpus.md tells other tools of them. */
#include "corpus/store/internal.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define LAYOUT 3     /* 2: units after the first, in 4 bytes */
#define HEAD_BYTES 8 /* layout, how times and values are kept, decimals, number of points */
#define MOST_DECIMALS 9

enum times {
    TIMES_LISTED,  /* 8 bytes each */
    TIMES_REGULAR, /* the first, and the step */
    TIMES_IN_UNITS /* the first, a unit, and of the others how many units after the one before, in a byte each; the two
                    * kinds that follow: in two bytes, in four */
};

static const double powers[MOST_DECIMALS + 1] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};

/* What a series' points are kept as. */
struct form {
    uint8_t times;    /* enum times */
    uint8_t width;    /* of a value: 1, 2 or 4 bytes for how much it is above the lowest; 0: a double */
    uint8_t decimals; /* lowest and values are counts of 10^-decimals */
    uint32_t n;
};

/* ---- times ---- */

bool hc_times_are_regular(const int64_t *at_ns, size_t n, int64_t *step)
{
    int64_t length, last;
    uint64_t other = 0;
    if (n < 2 || __builtin_sub_overflow(at_ns[1], at_ns[0], step) || *step <= 0)
        return false;
    const uint64_t gap = (uint64_t)*step;
    for (size_t i = 1; i < n; i++)
        other |= ((uint64_t)at_ns[i] - (uint64_t)at_ns[i - 1]) ^ gap;
    /* Gaps that are right only because a time wrapped round do not come out at the last one. */
    return other == 0 && !__builtin_mul_overflow(*step, n - 1, &length) &&
           !__builtin_add_overflow(at_ns[0], length, &last) && last == at_ns[n - 1];
}

/* Bytes for the number of units between any two times; 0: some are no number of units, or there are too many. */
static size_t gap_bytes(const int64_t *at_ns, size_t n, uint64_t unit)
{
    uint64_t widest = 0;
    for (size_t i = 1; i < n; i++) {
        uint64_t gap = (uint64_t)at_ns[i] - (uint64_t)at_ns[i - 1];
        if (at_ns[i] < at_ns[i - 1] || gap % unit != 0)
            return 0;
        widest = gap > widest ? gap : widest;
    }
    widest /= unit;
    return widest <= UINT8_MAX ? 1 : widest <= UINT16_MAX ? 2 : widest <= UINT32_MAX ? 4 : 0;
}

static size_t gap_bytes_of(uint8_t times)
{
    return times < TIMES_IN_UNITS ? 0 : (size_t)1 << (times - TIMES_IN_UNITS);
}

/* In the largest unit that fits, where the list is not as short. */
static struct hc_times_kept look_at_times(const int64_t *at_ns, size_t n)
{
    static const int64_t units[] = {HC_NS_PER_SECOND, HC_NS_PER_SECOND / 1000};
    struct hc_times_kept kept = {.at_ns = at_ns, .n = n, .times = TIMES_LISTED};
    if (hc_times_are_regular(at_ns, n, &kept.step)) {
        kept.times = TIMES_REGULAR;
        return kept;
    }
    for (size_t k = 0; n > 4 && k < sizeof units / sizeof *units; k++) {
        size_t bytes = gap_bytes(at_ns, n, (uint64_t)units[k]);
        kept.step = units[k];
        if (bytes > 0) {
            kept.times = (uint8_t)(TIMES_IN_UNITS + bytes / 2);
            return kept;
        }
    }
    return kept;
}

/* Each in four bytes, of which the next one overwrites those that are too many. */
static void put_gaps(struct hc_buf *out, const struct hc_series *series, uint64_t unit, size_t bytes)
{
    uint8_t *room = hc_put_room(out, series->n * bytes + sizeof(uint32_t));
    for (size_t i = 1; room && i < series->n; i++, room += bytes) {
        uint32_t gap = (uint32_t)(((uint64_t)series->at_ns[i] - (uint64_t)series->at_ns[i - 1]) / unit);
        memcpy(room, &gap, sizeof gap);
    }
    out->n += room ? (series->n - 1) * bytes : 0;
}

static void put_times(struct hc_buf *out, uint8_t times, const struct hc_series *series, int64_t step)
{
    if (times == TIMES_LISTED) {
        hc_put_bytes(out, series->at_ns, series->n * sizeof *series->at_ns);
        return;
    }
    hc_put_i64(out, series->at_ns[0]);
    hc_put_i64(out, step);
    if (times >= TIMES_IN_UNITS)
        put_gaps(out, series, (uint64_t)step, gap_bytes_of(times));
}

/* ---- values ---- */

struct range {
    double lowest, highest;
};

/* Adding it leaves the whole number that is nearest in the lowest bits, of what is smaller than 2^51. */
static const double rounder = 0x1.8p52;

static inline uint64_t bits_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double count_of(double value, double power)
{
    return (value * power + rounder) - rounder;
}

/* Are all values whole numbers of 1 / power, to the bit? */
static bool are_decimals(const double *values, size_t n, double power)
{
    uint64_t other = 0;
    for (size_t i = 0; i < n; i++)
        other |= bits_of(count_of(values[i], power) / power) ^ bits_of(values[i]);
    return other == 0;
}

/* NaN where one is among them: its bits come through what is asked of decimals. Two at a time, where the processor has
 * pairs. */
#ifdef __SSE2__
static struct range range_of(const double *values, size_t n)
{
    __m128d last = _mm_set1_pd(values[n - 1]), lowest = last, highest = last, none = _mm_cmpunord_pd(last, last);
    for (size_t i = 0; i + 1 < n; i += 2) {
        __m128d pair = _mm_loadu_pd(values + i);
        none = _mm_or_pd(none, _mm_cmpunord_pd(pair, pair));
        lowest = _mm_min_pd(pair, lowest);
        highest = _mm_max_pd(pair, highest);
    }
    if (_mm_movemask_pd(none) != 0)
        return (struct range){NAN, NAN};
    lowest = _mm_min_sd(_mm_unpackhi_pd(lowest, lowest), lowest);
    highest = _mm_max_sd(_mm_unpackhi_pd(highest, highest), highest);
    return (struct range){_mm_cvtsd_f64(lowest), _mm_cvtsd_f64(highest)};
}
#else
static struct range range_of(const double *values, size_t n)
{
    double lowest = values[0], highest = values[0];
    bool none = false;
    for (size_t i = 0; i < n; i++) {
        double value = values[i];
        none |= isnan(value);
        lowest = value < lowest ? value : lowest;
        highest = value > highest ? value : highest;
    }
    return none ? (struct range){NAN, NAN} : (struct range){lowest, highest};
}
#endif

/* Bytes for a count above the lowest one; 0: more than there are. */
static uint8_t width_of(struct range counts)
{
    double spread = counts.highest - counts.lowest;
    if (counts.lowest < -0x1p50 || counts.highest > 0x1p50)
        return 0;
    return spread <= UINT8_MAX ? 1 : spread <= UINT16_MAX ? 2 : spread <= UINT32_MAX ? 4 : 0;
}

/* The least decimals that all values have, in the fewest bytes that hold them; a width of 0 if there are none such.
 * Gives the lowest count. */
static double choose_values(struct form *form, const double *values)
{
    for (uint8_t k = 0; form->n > 0 && k <= MOST_DECIMALS; k++) {
        /* The first value tells of most that they do not do. */
        if (!are_decimals(values, 1, powers[k]) || !are_decimals(values, form->n, powers[k]))
            continue;
        struct range range = range_of(values, form->n);
        range.lowest = count_of(range.lowest, powers[k]);
        range.highest = count_of(range.highest, powers[k]);
        form->decimals = k;
        form->width = width_of(range);
        return range.lowest;
    }
    return 0.0;
}

#define CHUNK 128

/* How much the counts of `n` values are above the lowest one. */
static void count_above(uint32_t *above, const double *values, size_t n, double power, double lowest)
{
    uint64_t zero = bits_of(lowest + rounder);
    for (size_t i = 0; i < n; i++)
        above[i] = (uint32_t)(bits_of(values[i] * power + rounder) - zero);
}

static void put_bytes(struct hc_buf *out, const uint32_t *above, size_t n)
{
    uint8_t narrow[CHUNK];
    for (size_t i = 0; i < n; i++)
        narrow[i] = (uint8_t)above[i];
    hc_put_bytes(out, narrow, n);
}

static void put_pairs(struct hc_buf *out, const uint32_t *above, size_t n)
{
    uint16_t narrow[CHUNK];
    for (size_t i = 0; i < n; i++)
        narrow[i] = (uint16_t)above[i];
    hc_put_bytes(out, narrow, n * sizeof *narrow);
}

static void put_counts(struct hc_buf *out, const struct form *form, const double *values, double lowest)
{
    uint32_t above[CHUNK];
    for (size_t from = 0; from < form->n; from += CHUNK) {
        size_t n = form->n - from < CHUNK ? form->n - from : CHUNK;
        count_above(above, values + from, n, powers[form->decimals], lowest);
        if (form->width == 1)
            put_bytes(out, above, n);
        else if (form->width == 2)
            put_pairs(out, above, n);
        else
            hc_put_bytes(out, above, n * sizeof *above);
    }
}

static void put_values(struct hc_buf *out, const struct form *form, const double *values, double lowest)
{
    if (form->width == 0) {
        hc_put_bytes(out, values, form->n * sizeof *values);
        return;
    }
    hc_put_i64(out, (int64_t)lowest);
    put_counts(out, form, values, lowest);
}

enum hc_status hc_pack_points(struct hc_buf *out, const struct hc_series *series, struct hc_times_kept *last,
                              struct hc_err *err)
{
    if (series->n > HC_POINTS_MOST)
        return hc_err_set(err, HC_FAIL, "record-invalid", "a series has more than %d points", HC_POINTS_MOST);
    if (series->at_ns != last->at_ns || series->n != last->n)
        *last = look_at_times(series->at_ns, series->n);
    struct form form = {.times = last->times, .n = (uint32_t)series->n};
    double lowest = choose_values(&form, series->values);
    const uint8_t head[] = {LAYOUT, form.times, form.width, form.decimals};
    hc_put_bytes(out, head, sizeof head);
    hc_put_u32(out, form.n);
    if (form.n > 0) {
        put_times(out, form.times, series, last->step);
        put_values(out, &form, series->values, lowest);
    }
    return out->failed ? hc_store_no_memory(err) : HC_OK;
}

/* ---- and back ---- */

static bool get_form(struct form *form, struct hc_str bytes)
{
    if (bytes.n < HEAD_BYTES || bytes.p[0] != LAYOUT)
        return false;
    const unsigned char *head = (const unsigned char *)bytes.p;
    form->times = head[1];
    form->width = head[2];
    form->decimals = head[3];
    memcpy(&form->n, bytes.p + 4, sizeof form->n);
    return form->times <= TIMES_IN_UNITS + 2 && form->decimals <= MOST_DECIMALS &&
           (form->width == 0 || form->width == 1 || form->width == 2 || form->width == 4);
}

static size_t times_length(const struct form *form)
{
    if (form->n == 0)
        return 0;
    if (form->times == TIMES_LISTED)
        return (size_t)form->n * 8;
    return 16 + ((size_t)form->n - 1) * gap_bytes_of(form->times);
}

static size_t length_of(const struct form *form)
{
    size_t values = form->width == 0 ? (size_t)form->n * 8 : 8 + (size_t)form->n * form->width;
    return HEAD_BYTES + times_length(form) + (form->n ? values : 0);
}

size_t hc_points_length(struct hc_str bytes)
{
    struct form form;
    size_t length = get_form(&form, bytes) ? length_of(&form) : 0;
    return length <= bytes.n ? length : 0;
}

static uint32_t get_above(const char *bytes, size_t width)
{
    uint32_t four;
    uint16_t two;
    if (width == 1)
        return (unsigned char)*bytes;
    if (width == 2) {
        memcpy(&two, bytes, sizeof two);
        return two;
    }
    memcpy(&four, bytes, sizeof four);
    return four;
}

static bool get_times(int64_t *at_ns, const struct form *form, const char *bytes)
{
    const size_t width = gap_bytes_of(form->times);
    int64_t step;
    if (form->times == TIMES_LISTED) {
        memcpy(at_ns, bytes, (size_t)form->n * sizeof *at_ns);
        return true;
    }
    memcpy(&at_ns[0], bytes, sizeof at_ns[0]);
    memcpy(&step, bytes + sizeof at_ns[0], sizeof step);
    for (size_t i = 1; i < form->n; i++) {
        int64_t gap, steps = width ? get_above(bytes + 16 + (i - 1) * width, width) : 1;
        if (__builtin_mul_overflow(steps, step, &gap) || __builtin_add_overflow(at_ns[i - 1], gap, &at_ns[i]))
            return false;
    }
    return true;
}

static bool get_values(double *values, const struct form *form, const char *bytes)
{
    int64_t lowest, count;
    if (form->width == 0) {
        memcpy(values, bytes, (size_t)form->n * sizeof *values);
        return true;
    }
    memcpy(&lowest, bytes, sizeof lowest);
    for (size_t i = 0; i < form->n; i++) {
        uint32_t above = get_above(bytes + sizeof lowest + i * form->width, form->width);
        if (__builtin_add_overflow(lowest, (int64_t)above, &count))
            return false;
        values[i] = (double)count / powers[form->decimals];
    }
    return true;
}

enum hc_status hc_unpack_points(struct hc_series *series, struct hc_str bytes, struct hc_arena *arena,
                                struct hc_err *err)
{
    struct form form;
    if (!get_form(&form, bytes))
        return hc_store_corrupt(err, "points of a series have no known layout");
    if (bytes.n != length_of(&form))
        return hc_store_corrupt(err, "points of a series are cut");
    int64_t *at_ns = hc_arena_alloc(arena, form.n * sizeof *at_ns);
    double *values = hc_arena_alloc(arena, form.n * sizeof *values);
    if (!at_ns || !values)
        return hc_store_no_memory(err);
    series->n = form.n;
    series->at_ns = at_ns;
    series->values = values;
    if (form.n > 0 && (!get_times(at_ns, &form, bytes.p + HEAD_BYTES) ||
                       !get_values(values, &form, bytes.p + HEAD_BYTES + times_length(&form))))
        return hc_store_corrupt(err, "points of a series run over");
    return HC_OK;
}
