/* What Prometheus answers to a query: {"status":"success","data":{"resultType":"matrix","result":[…]}}; several answers
 * may follow each other, or stand in an array. */
#include "base/json.h"
#include "base/number.h"
#include "ingest/format/metrics_labels.h"

struct answers {
    struct hc_labelled_metrics metrics;
    struct hc_str bytes;
    struct hc_lines lines;
    struct hc_str fallback;             /* the name of what a query computed: the file's */
    struct hc_str count_name, sum_name; /* of the series at hand, if it has native histograms */
    bool no_memory;
};

/* "metric": {"__name__": …, label: value}. What a query computed has no name, and is no counter any more. */
static void read_labels(struct answers *a, struct hc_str object, struct hc_labelled_metric *metric,
                        struct hc_label labels[HC_LABELS_MOST])
{
    struct hc_json_walk walk = hc_json_walk_of(object);
    metric->name = a->fallback;
    metric->labels = labels;
    while (hc_json_walk_next(&walk)) {
        struct hc_str value = hc_json_plain(walk.value, a->metrics.reading->arena);
        if (hc_str_is(walk.key, "__name__") && value.n > 0) {
            metric->name = value;
            metric->is_counter = hc_labelled_is_counter(value);
            metric->is_guess = true;
        } else if (value.p != NULL && metric->n_labels < HC_LABELS_MOST) {
            labels[metric->n_labels++] = (struct hc_label){walk.key, value};
        }
    }
}

static void refuse(struct answers *a, struct hc_str sample)
{
    struct hc_reading *reading = a->metrics.reading;
    reading->n_bad_rows++;
    hc_warnings_add(&reading->warnings, "metrics-sample", a->metrics.context->member,
                    (long)hc_lines_at(&a->lines, sample.p), "not a time and a number; the sample is left out");
}

static bool number_of(struct answers *a, struct hc_str value, double *number)
{
    struct hc_str text = hc_json_plain(value, a->metrics.reading->arena);
    return text.n > 0 && hc_number_parse(text, number);
}

/* The time of a sample, and what follows it. */
static bool take_time(struct answers *a, struct hc_str sample, struct hc_time *at, struct hc_str *rest)
{
    struct hc_json_walk walk = hc_json_walk_of(sample);
    struct hc_str time = hc_json_walk_next(&walk) ? hc_json_plain(walk.value, a->metrics.reading->arena) : HC_STR_NONE;
    *rest = hc_json_walk_next(&walk) ? walk.value : HC_STR_NONE;
    a->metrics.reading->n_rows++;
    return time.n > 0 && hc_time_parse_evidence(time, 0, at);
}

/* [1435781430.781, "1"] */
static void read_sample(struct answers *a, struct hc_labelled_metric *metric, struct hc_str sample)
{
    struct hc_str rest;
    struct hc_time at;
    double value;
    if (take_time(a, sample, &at, &rest) && number_of(a, rest, &value))
        a->no_memory |= !hc_labelled_add(&a->metrics, metric, at.ns, value);
    else
        refuse(a, sample);
}

/* Once a series. False: no memory. */
static bool name_parts(struct answers *a, struct hc_str name)
{
    struct hc_arena *arena = a->metrics.reading->arena;
    if (a->sum_name.p == NULL) {
        a->count_name = hc_str_format(arena, "%.*s_count", HC_STR_ARG(name));
        a->sum_name = hc_str_format(arena, "%.*s_sum", HC_STR_ARG(name));
    }
    return a->count_name.p != NULL && a->sum_name.p != NULL;
}

/* [1435781430.781, {"count": "60", "sum": "12.5", "buckets": …}]: a native histogram, whose buckets are others from time
 * to time. One that a query computed has no name and counts what came, not what came so far. */
static void read_histogram(struct answers *a, struct hc_labelled_metric *metric, struct hc_str sample)
{
    const struct hc_labelled_metric whole = *metric;
    struct hc_str rest;
    struct hc_time at;
    double count, sum;
    if (!take_time(a, sample, &at, &rest) || !number_of(a, hc_json_member(rest, "count"), &count) ||
        !number_of(a, hc_json_member(rest, "sum"), &sum)) {
        refuse(a, sample);
        return;
    }
    metric->is_counter = whole.is_guess;
    metric->is_guess = false;
    a->no_memory |= !name_parts(a, whole.name);
    metric->name = a->count_name;
    a->no_memory |= a->no_memory || !hc_labelled_add(&a->metrics, metric, at.ns, count);
    metric->name = a->sum_name;
    a->no_memory |= a->no_memory || !hc_labelled_add(&a->metrics, metric, at.ns, sum);
    *metric = whole;
}

static void read_samples(struct answers *a, struct hc_str series, struct hc_labelled_metric *metric)
{
    struct hc_json_walk members = hc_json_walk_of(series);
    while (!a->no_memory && hc_json_walk_next(&members)) {
        struct hc_json_walk samples = hc_json_walk_of(members.value);
        if (hc_str_is(members.key, "value"))
            read_sample(a, metric, members.value);
        else if (hc_str_is(members.key, "histogram"))
            read_histogram(a, metric, members.value);
        else if (hc_str_is(members.key, "values"))
            while (!a->no_memory && hc_json_walk_next(&samples))
                read_sample(a, metric, samples.value);
        else if (hc_str_is(members.key, "histograms"))
            while (!a->no_memory && hc_json_walk_next(&samples))
                read_histogram(a, metric, samples.value);
    }
}

static void read_series(struct answers *a, struct hc_str series)
{
    struct hc_label labels[HC_LABELS_MOST];
    struct hc_labelled_metric metric = {.line = hc_lines_at(&a->lines, series.p)};
    a->count_name = a->sum_name = HC_STR_NONE;
    read_labels(a, hc_json_member(series, "metric"), &metric, labels);
    read_samples(a, series, &metric);
}

/* False: it is no answer to a query. */
static bool read_answer(struct answers *a, struct hc_str answer)
{
    struct hc_str data = hc_json_member(answer, "data");
    struct hc_str result = hc_json_member(data.n > 0 ? data : answer, "result");
    if (result.n == 0 || *result.p != '[')
        return false;
    struct hc_json_walk walk = hc_json_walk_of(result);
    while (!a->no_memory && hc_json_walk_next(&walk))
        read_series(a, walk.value);
    return true;
}

static enum hc_status read_answers(struct answers *a, struct hc_str bytes, struct hc_err *err)
{
    struct hc_reading *reading = a->metrics.reading;
    struct hc_err why = HC_ERR_NONE;
    enum hc_status status = hc_json_check(bytes, &bytes.n, &why);
    if (status == HC_FATAL)
        return hc_err_set(err, HC_FATAL, why.code, "%s", why.text);
    if (status != HC_OK)
        hc_warnings_add(&reading->warnings, why.code, a->metrics.context->member,
                        (long)hc_lines_at(&a->lines, bytes.p + bytes.n), "%s; what stands before is read", why.text);
    a->lines = (struct hc_lines){a->bytes.p, 1};
    struct hc_str text = hc_str_trim(bytes);
    bool any = text.n > 0 && *text.p == '{' && read_answer(a, text);
    struct hc_json_walk walk = hc_json_walk_of(text);
    while (text.n > 0 && *text.p == '[' && !a->no_memory && hc_json_walk_next(&walk))
        any |= read_answer(a, walk.value);
    return any ? HC_OK : hc_err_set(err, HC_FAIL, "format-mismatch", "not an answer to a query");
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str text = hc_str_trim(head);
    if (text.n == 0 || (*text.p != '{' && *text.p != '['))
        return 0;
    static const struct hc_str type = {"\"resultType\"", 12};
    size_t n = text.n < 4096 ? text.n : 4096;
    return memmem(text.p, n, type.p, type.n) != NULL ? HC_BID_CERTAIN : 0;
}

static enum hc_status read_prometheus(struct hc_str bytes, const struct hc_read_context *context,
                                      struct hc_reading *reading, struct hc_err *err)
{
    struct answers a = {.bytes = bytes, .lines = {bytes.p, 1}, .fallback = hc_labelled_file_name(context)};
    hc_labelled_open(&a.metrics, context, reading);
    enum hc_status status = read_answers(&a, bytes, err);
    a.no_memory |= !hc_labelled_close(&a.metrics);
    if (status == HC_OK && a.no_memory)
        return hc_arena_refused(reading->arena, err);
    return status;
}

const struct hc_reader hc_reader_metrics_prometheus = {.name = "metrics-prometheus",
                                                       .kind = "metrics",
                                                       .most = HC_BID_CERTAIN,
                                                       .bid = bid,
                                                       .read = read_prometheus,
                                                       .share = HC_SHARE_METRICS};
