/* What becomes of counters and histograms at the end of a file: rates, means and percentiles. */
#include <math.h>
#include <stdlib.h>

#include "ingest/format/metrics_labels.h"

#define QUANTILE 0.99
#define BUCKETS_MOST 256

#define GAP_RATIO 0.1 /* of a delta's own length: a shorter gap before it is none */

struct point {
    int64_t at_ns, start_ns;
    double value;
};

static int by_time(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    return (x->at_ns > y->at_ns) - (x->at_ns < y->at_ns);
}

/* In order of time, one of each. `starts_ns` may be NULL. False: no memory. */
static bool order_points(struct hc_read_series *series, int64_t *starts_ns, struct hc_arena *arena)
{
    bool ascends = true;
    for (size_t i = 1; i < series->n && ascends; i++)
        ascends = series->at_ns[i - 1] < series->at_ns[i];
    if (ascends)
        return true;
    struct point *points = hc_arena_alloc(arena, series->n * sizeof *points);
    if (points == NULL)
        return false;
    for (size_t i = 0; i < series->n; i++)
        points[i] =
            (struct point){series->at_ns[i], starts_ns == NULL ? HC_TIME_NONE_NS : starts_ns[i], series->values[i]};
    qsort(points, series->n, sizeof *points, by_time);
    size_t n = 0;
    for (size_t i = 0; i < series->n; i++) {
        n -= n > 0 && series->at_ns[n - 1] == points[i].at_ns;
        series->at_ns[n] = points[i].at_ns;
        if (starts_ns != NULL)
            starts_ns[n] = points[i].start_ns;
        series->values[n++] = points[i].value;
    }
    series->n = n;
    return true;
}

/* Did nothing come right before the delta? Then it is known what the sum was at its start. */
static bool has_gap(const int64_t *at_ns, size_t i, int64_t start_ns)
{
    if (start_ns == HC_TIME_NONE_NS || start_ns >= at_ns[i])
        return false;
    return i == 0 || (double)(start_ns - at_ns[i - 1]) > GAP_RATIO * (double)(at_ns[i] - start_ns);
}

/* Deltas -> what has come since the first began, when it was 0. False: no memory. */
static bool sum_up(struct hc_reading *reading, struct hc_read_series *series, const int64_t *starts_ns)
{
    struct hc_read_series deltas = *series;
    double sum = 0;
    series->at_ns = NULL;
    series->values = NULL;
    series->n = series->capacity = 0;
    for (size_t i = 0; i < deltas.n; i++) {
        if (starts_ns != NULL && has_gap(deltas.at_ns, i, starts_ns[i]) &&
            !hc_reading_add_point(reading, series, starts_ns[i], sum))
            return false;
        sum += isfinite(sum + deltas.values[i]) ? deltas.values[i] : 0;
        if (!hc_reading_add_point(reading, series, deltas.at_ns[i], sum))
            return false;
    }
    return true;
}

/* Where a counter began anew after the point before, it goes on from there. */
static void join_restarts(struct hc_read_series *series, const int64_t *starts_ns)
{
    bool restarts = false;
    double before = 0, offset = 0;
    for (size_t i = 1; i < series->n && !restarts; i++)
        restarts = starts_ns[i] != HC_TIME_NONE_NS && starts_ns[i] >= series->at_ns[i - 1];
    for (size_t i = 0; i < series->n && restarts; i++) {
        double now = series->values[i];
        bool anew = i > 0 && starts_ns[i] != HC_TIME_NONE_NS && starts_ns[i] >= series->at_ns[i - 1];
        offset += anew || now < before ? before : 0;
        series->values[i] = isfinite(offset + now) ? offset + now : now;
        before = now;
    }
}

/* In order of time, as values that only a fall begins anew. False: no memory. */
static bool make_cumulative(struct hc_labelled_metrics *metrics, const struct hc_labelled_series *series)
{
    struct hc_read_series *points = &metrics->reading->series[series->points];
    if (!series->is_delta && !series->is_counter)
        return true;
    if (!order_points(points, series->starts_ns, metrics->reading->arena))
        return false;
    if (series->is_delta)
        return sum_up(metrics->reading, points, series->starts_ns);
    if (series->starts_ns != NULL)
        join_restarts(points, series->starts_ns);
    return true;
}

/* What a counter grew by up to point `i`; after a fall it began anew at 0. */
static double growth(const struct hc_read_series *series, size_t i)
{
    double before = series->values[i - 1], now = series->values[i];
    return now < before ? now : now - before;
}

static void turn_into_rate(struct hc_read_series *series)
{
    double before = series->n > 0 ? series->values[0] : 0;
    int64_t before_ns = series->n > 0 ? series->at_ns[0] : 0;
    size_t n = 0;
    for (size_t i = 1; i < series->n; i++) {
        double now = series->values[i], grown = now < before ? now : now - before;
        int64_t now_ns = series->at_ns[i];
        double rate = grown / ((double)(now_ns - before_ns) / HC_NS_PER_SECOND);
        before = now;
        before_ns = now_ns;
        if (!isfinite(rate)) /* beyond what a number holds */
            continue;
        series->at_ns[n] = now_ns;
        series->values[n++] = rate;
    }
    series->n = n;
}

static int by_group(const void *a, const void *b)
{
    const struct hc_labelled_series *x = *(const struct hc_labelled_series *const *)a;
    const struct hc_labelled_series *y = *(const struct hc_labelled_series *const *)b;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    int order = hc_str_compare(x->group, y->group);
    if (order == 0)
        order = (x->part > y->part) - (x->part < y->part);
    if (order == 0)
        order = (x->le > y->le) - (x->le < y->le);
    return order != 0 ? order : (x->points > y->points) - (x->points < y->points);
}

/* A histogram or summary: its sum, its count, and its buckets from the lowest up. */
struct family {
    const struct hc_labelled_series *sum, *count;
    const struct hc_labelled_series *buckets[BUCKETS_MOST];
    size_t n_buckets; /* may be more than are kept */
};

static const struct hc_read_series *points_of(const struct hc_labelled_metrics *metrics,
                                              const struct hc_labelled_series *series)
{
    return &metrics->reading->series[series->points];
}

/* A series made from `of`. NULL: no memory. */
static struct hc_read_series *add_made(struct hc_labelled_metrics *metrics, const struct hc_labelled_series *of,
                                       const char *what)
{
    struct hc_str name = hc_str_format(metrics->reading->arena, "%s(%.*s)", what, HC_STR_ARG(of->group));
    return name.p == NULL ? NULL : hc_reading_add_series(metrics->reading, of->component, name, of->unit, of->line);
}

static bool add_mean(struct hc_labelled_metrics *metrics, const struct family *family)
{
    if (family->sum == NULL || family->count == NULL)
        return true;
    struct hc_read_series *mean = add_made(metrics, family->sum, "mean");
    if (mean == NULL)
        return false;
    const struct hc_read_series *sum = points_of(metrics, family->sum), *count = points_of(metrics, family->count);
    for (size_t i = 1, k = 1; i < sum->n && k < count->n;) {
        if (sum->at_ns[i] != count->at_ns[k]) {
            *(sum->at_ns[i] < count->at_ns[k] ? &i : &k) += 1;
            continue;
        }
        double n = growth(count, k);
        bool same_step = sum->at_ns[i - 1] == count->at_ns[k - 1];
        double value = n > 0 ? growth(sum, i) / n : (double)NAN;
        if (same_step && isfinite(value) && !hc_reading_add_point(metrics->reading, mean, sum->at_ns[i], value))
            return false;
        i++;
        k++;
    }
    return true;
}

/* Did all buckets come at the same times? */
static bool buckets_agree(const struct hc_labelled_metrics *metrics, const struct family *family)
{
    const struct hc_read_series *first = family->n_buckets > 1 ? points_of(metrics, family->buckets[0]) : NULL;
    for (size_t b = 0; b < family->n_buckets && first != NULL; b++) {
        const struct hc_read_series *other = points_of(metrics, family->buckets[b]);
        if (isnan(family->buckets[b]->le) || other->n != first->n ||
            (first->n > 0 && memcmp(other->at_ns, first->at_ns, first->n * sizeof *first->at_ns) != 0))
            return false;
    }
    return first != NULL;
}

/* The percentile of what was observed up to point `i`, by straight lines within a bucket; NaN: nothing was.
 * Source: Prometheus, histogram_quantile: the first bucket begins at 0, the last one that ends is its own end. */
static double quantile(const struct hc_labelled_metrics *metrics, const struct family *family, size_t i)
{
    size_t n = family->n_buckets;
    double total = growth(points_of(metrics, family->buckets[n - 1]), i), below = 0, from = 0;
    if (!(total > 0))
        return NAN;
    for (size_t b = 0; b < n; b++) {
        double to = family->buckets[b]->le, upto = growth(points_of(metrics, family->buckets[b]), i);
        if (upto >= QUANTILE * total && isinf(to))
            return b > 0 ? from : (double)NAN;
        if (upto >= QUANTILE * total && upto > below)
            return from + (to - from) * (QUANTILE * total - below) / (upto - below);
        below = upto > below ? upto : below;
        from = to;
    }
    return NAN;
}

static bool add_percentile(struct hc_labelled_metrics *metrics, const struct family *family)
{
    const struct hc_labelled_series *lowest = family->buckets[0];
    if (lowest == NULL || family->n_buckets > BUCKETS_MOST || !buckets_agree(metrics, family))
        return true;
    struct hc_read_series *p99 = add_made(metrics, lowest, "p99");
    if (p99 == NULL)
        return false;
    const size_t n = points_of(metrics, lowest)->n;
    for (size_t i = 1; i < n; i++) {
        double value = quantile(metrics, family, i);
        int64_t at_ns = points_of(metrics, lowest)->at_ns[i];
        if (isfinite(value) && !hc_reading_add_point(metrics->reading, p99, at_ns, value))
            return false;
    }
    return true;
}

static void take_part(struct family *family, const struct hc_labelled_series *series)
{
    if (series->part == HC_LABELLED_SUM)
        family->sum = series;
    else if (series->part == HC_LABELLED_COUNT)
        family->count = series;
    else if (family->n_buckets++ < BUCKETS_MOST)
        family->buckets[family->n_buckets - 1] = series;
}

static bool is_same_family(const struct hc_labelled_series *a, const struct hc_labelled_series *b)
{
    return a->component == b->component && hc_str_equal(a->group, b->group);
}

/* "rate(threads_count)" where the values fall as no restart makes them fall: then it is what it is called, no counter. */
static void end_guess(struct hc_labelled_metrics *metrics, struct hc_labelled_series *series)
{
    struct hc_read_series *points = &metrics->reading->series[series->points];
    bool falls = false;
    for (size_t i = 1; i < points->n && !falls; i++)
        falls = points->values[i] < points->values[i - 1] && points->values[i] > points->values[i - 1] / 2;
    if (!series->is_guess || !falls)
        return;
    points->metric = (struct hc_str){points->metric.p + 5, points->metric.n - 6};
    points->unit = series->part == HC_LABELLED_SUM ? series->unit : HC_STR_NONE;
    series->is_counter = false;
}

/* A sum or a count alone stands for itself. */
static void part_lone(struct hc_labelled_metrics *metrics, const struct family *family)
{
    const struct hc_labelled_series *lone = family->sum != NULL ? family->sum : family->count;
    if (family->n_buckets > 0 || (family->sum != NULL && family->count != NULL))
        return;
    struct hc_labelled_series *series = &metrics->series[lone - metrics->series];
    end_guess(metrics, series);
    series->part = HC_LABELLED_PLAIN;
}

/* False: no memory. */
static bool add_families(struct hc_labelled_metrics *metrics)
{
    const struct hc_labelled_series **parts =
        hc_arena_alloc(metrics->reading->arena, (metrics->n + 1) * sizeof(const void *));
    size_t n = 0;
    if (parts == NULL)
        return false;
    for (size_t i = 0; i < metrics->n; i++)
        if (metrics->series[i].part != HC_LABELLED_PLAIN)
            parts[n++] = &metrics->series[i];
    if (n > 1)
        qsort((void *)parts, n, sizeof(const void *), by_group);
    for (size_t from = 0, to; from < n; from = to) {
        struct family family = {.sum = NULL};
        for (to = from; to < n && is_same_family(parts[from], parts[to]); to++)
            take_part(&family, parts[to]);
        part_lone(metrics, &family);
        if (!add_mean(metrics, &family) || !add_percentile(metrics, &family))
            return false;
    }
    return true;
}

bool hc_labelled_close(struct hc_labelled_metrics *metrics)
{
    bool ok = !metrics->key.failed;
    hc_buf_free(&metrics->key);
    for (size_t i = 0; i < metrics->n && ok; i++)
        ok = make_cumulative(metrics, &metrics->series[i]);
    ok = ok && add_families(metrics);
    for (size_t i = 0; i < metrics->n && ok; i++) {
        struct hc_read_series *series = &metrics->reading->series[metrics->series[i].points];
        if (metrics->series[i].part == HC_LABELLED_SUM || metrics->series[i].part == HC_LABELLED_BUCKET)
            series->n = 0; /* the mean and the percentile stand for it */
        else if (metrics->series[i].is_counter)
            turn_into_rate(series);
    }
    return ok;
}
