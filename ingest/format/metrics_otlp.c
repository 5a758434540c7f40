/* OTLP metrics as JSON: {"resourceMetrics":[{"resource":…,"scopeMetrics":[{"metrics":[…]}]}]}, as exporters and the
 * collector's file exporter (one a line) write it.
 * Source: OpenTelemetry, OTLP specification, JSON Protobuf encoding; opentelemetry-proto, metrics.proto. */
#include <math.h>

#include "base/json.h"
#include "base/number.h"
#include "ingest/format/metrics_labels.h"
#include "ingest/format/metrics_units.h"
#include "ingest/format/otlp.h"

#define NO_RECORDED_VALUE 1 /* of a data point's flags */
#define OWN_LABELS 3        /* besides the attributes: service, instance, and le or quantile */

/* What is made of a file. */
struct file {
    struct hc_labelled_metrics metrics;
    bool told_attributes; /* that there are too many */
};

/* A metric's data points, and what each belongs to. */
struct points {
    struct hc_json_export *export;
    struct file *file;
    struct hc_labelled_metric metric; /* its name is changed for the parts of a histogram */
    struct hc_label labels[HC_LABELS_MOST];
    struct hc_str name, sum, count, bucket; /* the name, and those of the parts */
};

static void refuse(struct hc_json_export *export, struct hc_str at, const char *what)
{
    hc_json_export_bad(export, "metrics-sample", at.p, what);
}

static void add_label(struct hc_labelled_metric *metric, struct hc_label *labels, struct hc_str name,
                      struct hc_str value)
{
    if (name.n > 0 && value.n > 0)
        labels[metric->n_labels++] = (struct hc_label){name, value};
}

/* The labels of a data point: what sent it, and its attributes. */
static void take_labels(struct points *p, const struct hc_otlp_resource *resource, struct hc_str point)
{
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(point, "attributes"));
    p->metric.n_labels = 0;
    p->metric.has_owner = resource->component.n > 0;
    add_label(&p->metric, p->labels, HC_STR("service"), resource->component);
    add_label(&p->metric, p->labels, HC_STR("instance"), resource->instance);
    while (p->metric.n_labels < HC_LABELS_MOST - OWN_LABELS && hc_json_walk_next(&walk))
        add_label(&p->metric, p->labels, hc_json_export_text(p->export, hc_json_member(walk.value, "key")),
                  hc_otlp_value(p->export, hc_json_member(walk.value, "value")));
    if (!p->file->told_attributes && hc_json_walk_next(&walk)) {
        p->file->told_attributes = true;
        hc_warnings_add(&p->export->reading->warnings, "metrics-attributes", p->export->context->member,
                        (long)hc_lines_at(&p->export->lines, point.p),
                        "a data point has more attributes than the first %d or so, which alone tell series apart",
                        HC_LABELS_MOST - OWN_LABELS);
    }
}

/* A number, as such or in a string. NaN: none. */
static double number_of(const struct points *p, struct hc_str value)
{
    double number = NAN;
    struct hc_str text = hc_json_export_text(p->export, value);
    return text.n > 0 && hc_number_parse(text, &number) ? number : (double)NAN;
}

static void add(struct points *p, struct hc_str name, int64_t at_ns, double value)
{
    p->metric.name = name;
    p->export->no_memory |=
        !hc_labelled_add(&p->file->metrics, &p->metric, at_ns, isfinite(value) ? value : (double)NAN);
}

/* With one more label, of a number. */
static void add_at(struct points *p, struct hc_str name, const char *label, double bound, int64_t at_ns, double value)
{
    char text[HC_NUMBER_TEXT];
    struct hc_str bound_text = isinf(bound) ? HC_STR("+Inf") : (struct hc_str){text, hc_number_format(bound, text)};
    p->labels[p->metric.n_labels++] = (struct hc_label){hc_str_of(label), bound_text};
    add(p, name, at_ns, value);
    p->metric.n_labels--;
}

static bool read_number(struct points *p, struct hc_str point, int64_t at_ns)
{
    struct hc_str as_int = hc_json_member(point, "asInt");
    struct hc_str text = hc_json_export_text(p->export, as_int.n > 0 ? as_int : hc_json_member(point, "asDouble"));
    double value;
    if (text.n == 0 || !hc_number_parse(text, &value))
        return false;
    add(p, p->name, at_ns, value); /* NaN, an infinite one too: a gap */
    return true;
}

static bool read_sum_and_count(struct points *p, struct hc_str point, int64_t at_ns)
{
    struct hc_str sum = hc_json_member(point, "sum");
    double count = number_of(p, hc_json_member(point, "count"));
    if (isnan(count))
        return false;
    add(p, p->count, at_ns, count);
    if (sum.n > 0)
        add(p, p->sum, at_ns, number_of(p, sum));
    return true;
}

static size_t length_of(struct hc_str list)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    size_t n = 0;
    while (hc_json_walk_next(&walk))
        n++;
    return n;
}

static bool read_histogram(struct points *p, struct hc_str point, int64_t at_ns)
{
    struct hc_str counts = hc_json_member(point, "bucketCounts"), bounds = hc_json_member(point, "explicitBounds");
    struct hc_json_walk of_counts = hc_json_walk_of(counts), of_bounds = hc_json_walk_of(bounds);
    size_t n = length_of(counts);
    double upto = 0;
    if ((n > 0 && n != length_of(bounds) + 1) || !read_sum_and_count(p, point, at_ns))
        return false;
    while (!p->export->no_memory && hc_json_walk_next(&of_counts)) {
        double bound = hc_json_walk_next(&of_bounds) ? number_of(p, of_bounds.value) : (double)INFINITY;
        upto += number_of(p, of_counts.value);
        add_at(p, p->bucket, "le", bound, at_ns, upto);
    }
    return true;
}

static bool read_summary(struct points *p, struct hc_str point, int64_t at_ns)
{
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(point, "quantileValues"));
    if (!read_sum_and_count(p, point, at_ns))
        return false;
    p->metric.is_counter = false;
    while (!p->export->no_memory && hc_json_walk_next(&walk)) {
        double quantile = number_of(p, hc_json_member(walk.value, "quantile"));
        add_at(p, p->name, "quantile", quantile, at_ns, number_of(p, hc_json_member(walk.value, "value")));
    }
    p->metric.is_counter = true;
    return true;
}

static const struct form {
    const char *name;
    bool (*read)(struct points *p, struct hc_str point, int64_t at_ns); /* false: it lacks what it must have */
    bool observes;                                                      /* its data points count what was observed */
} forms[] = {
    {"gauge", read_number, false},
    {"sum", read_number, false},
    {"histogram", read_histogram, true},
    {"exponentialHistogram", read_sum_and_count, true}, /* its buckets are others from time to time */
    {"summary", read_summary, true},
};

static void read_point(struct points *p, const struct form *form, const struct hc_otlp_resource *resource,
                       struct hc_str point)
{
    int64_t at_ns = hc_json_export_time(p->export, hc_json_member(point, "timeUnixNano"), 1);
    int64_t start_ns = hc_json_export_time(p->export, hc_json_member(point, "startTimeUnixNano"), 1);
    double flags = number_of(p, hc_json_member(point, "flags"));
    p->export->reading->n_rows++;
    if (at_ns <= 0) { /* 0: not known */
        refuse(p->export, point, "a sample without a time");
        return;
    }
    if (flags >= 0 && flags < 1e9 && ((unsigned)flags & NO_RECORDED_VALUE) != 0)
        return;
    p->metric.start_ns = start_ns > 0 ? start_ns : HC_TIME_NONE_NS;
    take_labels(p, resource, point);
    if (!form->read(p, point, at_ns))
        refuse(p->export, point, "a sample without a value, or with buckets that do not fit its bounds");
}

/* The units of UCUM that the rest of the program has another word for; "{request}" is what is counted. */
static struct hc_str unit_of(struct hc_str unit)
{
    if (hc_str_is(unit, "By"))
        return HC_STR("bytes");
    if (hc_str_is(unit, "By/s"))
        return HC_STR("bytes/s");
    if (hc_str_is(unit, "%"))
        return HC_STR("percent");
    if (unit.n > 2 && *unit.p == '{' && memchr(unit.p, '}', unit.n) == unit.p + unit.n - 1)
        unit = (struct hc_str){unit.p + 1, unit.n - 2};
    return hc_str_is(unit, "1") ? HC_STR_NONE : hc_unit_or_none(unit);
}

static bool is_delta(struct points *p, struct hc_str data)
{
    struct hc_str temporality = hc_json_export_text(p->export, hc_json_member(data, "aggregationTemporality"));
    return hc_str_is(temporality, "1") || hc_str_is(temporality, "AGGREGATION_TEMPORALITY_DELTA");
}

static void name_parts(struct points *p, struct hc_str name)
{
    struct hc_arena *arena = p->export->reading->arena;
    p->name = name;
    p->sum = hc_str_format(arena, "%.*s_sum", HC_STR_ARG(name));
    p->count = hc_str_format(arena, "%.*s_count", HC_STR_ARG(name));
    p->bucket = hc_str_format(arena, "%.*s_bucket", HC_STR_ARG(name));
    p->export->no_memory |= p->sum.p == NULL || p->count.p == NULL || p->bucket.p == NULL;
}

static void read_metric(struct hc_json_export *export, const struct hc_otlp_resource *resource, struct hc_str metric)
{
    struct points p = {.export = export, .file = export->own};
    struct hc_str name = hc_json_export_text(export, hc_json_member(metric, "name")), data = HC_STR_NONE;
    const struct form *form = forms, *end = forms + sizeof forms / sizeof *forms;
    while (form < end && data.n == 0)
        data = hc_json_member(metric, form++->name);
    if (name.n == 0 || data.n == 0) {
        export->reading->n_rows++;
        refuse(export, metric, "a metric without a name or without data");
        return;
    }
    form--;
    name_parts(&p, name);
    bool grows = hc_str_is(hc_json_export_text(export, hc_json_member(data, "isMonotonic")), "true");
    p.metric = (struct hc_labelled_metric){.labels = p.labels,
                                           .unit = unit_of(hc_json_export_text(export, hc_json_member(metric, "unit"))),
                                           .is_counter = form->observes || grows,
                                           .is_delta = is_delta(&p, data),
                                           .has_start = true,
                                           .line = hc_lines_at(&export->lines, metric.p)};
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(data, "dataPoints"));
    while (!export->no_memory && hc_json_walk_next(&walk))
        read_point(&p, form, resource, walk.value);
}

static bool open_file(struct hc_json_export *export, struct hc_str bytes)
{
    (void)bytes;
    struct file *file = hc_arena_calloc(export->reading->arena, 1, sizeof *file);
    export->own = file;
    if (file != NULL)
        hc_labelled_open(&file->metrics, export->context, export->reading);
    return file != NULL;
}

static enum hc_status close_file(struct hc_json_export *export, struct hc_err *err)
{
    struct file *file = export->own;
    return file == NULL || hc_labelled_close(&file->metrics) ? HC_OK : hc_arena_refused(export->reading->arena, err);
}

const struct hc_otlp_signal hc_otlp_metrics = {"resourceMetrics", "scopeMetrics",     "instrumentationLibraryMetrics",
                                               "metrics",         "metrics-document", read_metric,
                                               open_file,         close_file};

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    return hc_otlp_bid(head, &hc_otlp_metrics);
}

static enum hc_status read_otlp(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                                struct hc_err *err)
{
    return hc_otlp_read(bytes, context, reading, &hc_otlp_metrics, err);
}

const struct hc_reader hc_reader_metrics_otlp = {.name = "metrics-otlp",
                                                 .kind = "metrics",
                                                 .most = HC_BID_CERTAIN,
                                                 .bid = bid,
                                                 .read = read_otlp,
                                                 .share = HC_SHARE_METRICS};
