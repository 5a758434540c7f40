#include "ingest/format/metrics_labels.h"

#include <math.h>
#include <stdlib.h>

#include "base/number.h"
#include "ingest/format/metrics_csv.h"
#include "ingest/format/metrics_units.h"

/* Labels that say whose series it is, the surest first. */
static const char *const component_labels[] = {"component", "service",    "service_name", "app",       "application",
                                               "app_name",  "deployment", "workload",     "container", "container_name",
                                               "pod",       "pod_name",   "job",          "host",      "hostname",
                                               "node",      "instance"};

#define N_COMPONENT_LABELS (sizeof component_labels / sizeof *component_labels)

void hc_labelled_open(struct hc_labelled_metrics *metrics, const struct hc_read_context *context,
                      struct hc_reading *reading)
{
    *metrics = (struct hc_labelled_metrics){.context = context, .reading = reading};
    hc_names_init(&metrics->keys, reading->arena);
}

struct hc_str hc_labelled_file_name(const struct hc_read_context *context)
{
    struct hc_str member = context->member;
    const char *slash = member.n ? memrchr(member.p, '/', member.n) : NULL;
    size_t begin = slash ? (size_t)(slash + 1 - member.p) : 0;
    const char *dot = memchr(member.p + begin, '.', member.n - begin);
    size_t end = dot && dot > member.p + begin ? (size_t)(dot - member.p) : member.n;
    return (struct hc_str){member.p + begin, end - begin};
}

bool hc_labelled_is_counter(struct hc_str name)
{
    return hc_str_ends(name, HC_STR("_total")) || hc_str_ends(name, HC_STR("_bucket")) ||
           hc_str_ends(name, HC_STR("_count")) || hc_str_ends(name, HC_STR("_sum"));
}

static size_t priority_of(struct hc_str name)
{
    size_t i = 0;
    while (i < N_COMPONENT_LABELS && !hc_str_is(name, component_labels[i]))
        i++;
    return i;
}

size_t hc_labels_component(const struct hc_names *known, const struct hc_label *labels, size_t n_labels)
{
    size_t best = n_labels, best_rank = 2 * N_COMPONENT_LABELS;
    for (size_t i = 0; i < n_labels; i++) {
        size_t rank = priority_of(labels[i].name);
        if (rank == N_COMPONENT_LABELS || labels[i].value.n == 0)
            continue;
        bool is_known = known != NULL && hc_names_find(known, labels[i].value) != HC_NAME_NONE;
        rank += is_known ? 0 : N_COMPONENT_LABELS;
        if (rank < best_rank) {
            best = i;
            best_rank = rank;
        }
    }
    return best;
}

size_t hc_labels_component_column(const struct hc_str *header, size_t n)
{
    size_t column = HC_CSV_NO_COLUMN;
    for (size_t i = 0; i < N_COMPONENT_LABELS && column == HC_CSV_NO_COLUMN; i++)
        column = hc_csv_column(header, n, component_labels[i]);
    return column;
}

static int by_name(const void *a, const void *b)
{
    const struct hc_label *const *x = a, *const *y = b;
    return hc_str_compare((*x)->name, (*y)->name);
}

/* The metric's name with its labels, by name, but for the one that is left out; `le` too where it is not wanted. */
static void write_name(struct hc_buf *out, struct hc_str name, const struct hc_labelled_metric *metric, size_t left_out,
                       bool with_le)
{
    const struct hc_label *sorted[HC_LABELS_MOST];
    size_t n = 0;
    for (size_t i = 0; i < metric->n_labels && n < HC_LABELS_MOST; i++)
        if (i != left_out && (with_le || !hc_str_is(metric->labels[i].name, "le")))
            sorted[n++] = &metric->labels[i];
    if (n > 1)
        qsort(sorted, n, sizeof(const struct hc_label *), by_name);
    hc_buf_add(out, name.p, name.n);
    for (size_t i = 0; i < n; i++)
        hc_buf_format(out, "%s%.*s=\"%.*s\"", i ? "," : "{", HC_STR_ARG(sorted[i]->name), HC_STR_ARG(sorted[i]->value));
    if (n)
        hc_buf_char(out, '}');
}

static enum hc_labelled_part part_of(struct hc_str name, struct hc_str *base)
{
    static const struct hc_str ends[] = {{NULL, 0}, {"_sum", 4}, {"_count", 6}, {"_bucket", 7}};
    for (size_t i = HC_LABELLED_SUM; i <= HC_LABELLED_BUCKET; i++)
        if (hc_str_ends(name, ends[i])) {
            *base = (struct hc_str){name.p, name.n - ends[i].n};
            return (enum hc_labelled_part)i;
        }
    *base = HC_STR_NONE;
    return HC_LABELLED_PLAIN;
}

static struct hc_str view_copy(struct hc_labelled_metrics *metrics)
{
    return metrics->key.failed ? HC_STR_NONE : hc_str_copy(metrics->reading->arena, hc_buf_view(&metrics->key));
}

/* A series of the reading. SIZE_MAX: no memory. */
static size_t add_reading_series(struct hc_labelled_metrics *metrics, uint32_t component, struct hc_str name,
                                 struct hc_str unit, uint32_t line)
{
    struct hc_reading *reading = metrics->reading;
    if (name.p == NULL || hc_reading_add_series(reading, component, name, unit, line) == NULL)
        return SIZE_MAX;
    return reading->n_series - 1;
}

/* "rate(requests_total{code="500"})", in units a second. */
static size_t add_as_shown(struct hc_labelled_metrics *metrics, const struct hc_labelled_metric *metric,
                           uint32_t component, size_t left_out)
{
    struct hc_str base, unit = metric->unit.n > 0 ? metric->unit : hc_unit_of_name(metric->name);
    if (metric->is_counter) {
        enum hc_labelled_part part = part_of(metric->name, &base);
        if (part == HC_LABELLED_COUNT || part == HC_LABELLED_BUCKET)
            unit = HC_STR_NONE; /* observations, whatever they are of */
        unit = hc_str_format(metrics->reading->arena, "%.*s/s", HC_STR_ARG(unit.n > 0 ? unit : HC_STR("1")));
        if (unit.p == NULL)
            return SIZE_MAX;
    }
    hc_buf_clear(&metrics->key);
    hc_buf_text(&metrics->key, metric->is_counter ? "rate(" : "");
    write_name(&metrics->key, metric->name, metric, left_out, true);
    hc_buf_text(&metrics->key, metric->is_counter ? ")" : "");
    return add_reading_series(metrics, component, view_copy(metrics), unit, metric->line);
}

static double le_of(const struct hc_labelled_metric *metric)
{
    double le = NAN;
    for (size_t i = 0; i < metric->n_labels; i++)
        if (hc_str_is(metric->labels[i].name, "le") && !hc_number_parse(metric->labels[i].value, &le))
            return NAN;
        else if (hc_str_is(metric->labels[i].name, "le") && isnan(le))
            le = INFINITY; /* what hc_number_parse has for a gap */
    return le;
}

/* What a counter is part of: a histogram or summary. False: no memory. */
static bool set_part(struct hc_labelled_metrics *metrics, const struct hc_labelled_metric *metric, uint32_t component,
                     size_t left_out, struct hc_labelled_series *series)
{
    struct hc_str base;
    series->is_counter = metric->is_counter;
    series->is_guess = metric->is_guess;
    series->is_delta = metric->is_delta;
    series->has_start = metric->has_start;
    series->part = (uint8_t)(metric->is_counter ? part_of(metric->name, &base) : HC_LABELLED_PLAIN);
    if (series->part == HC_LABELLED_PLAIN)
        return true;
    series->component = component;
    series->line = metric->line;
    series->le = le_of(metric);
    series->unit = metric->unit.n > 0 ? metric->unit : hc_unit_of_name(metric->name);
    hc_buf_clear(&metrics->key);
    write_name(&metrics->key, base, metric, left_out, false);
    series->group = view_copy(metrics);
    return series->group.p != NULL;
}

/* Which label names the component; n_labels: none. */
static size_t owner_of(const struct hc_names *known, const struct hc_labelled_metric *metric)
{
    size_t best = hc_labels_component(known, metric->labels, metric->n_labels);
    bool is_known =
        best < metric->n_labels && known != NULL && hc_names_find(known, metric->labels[best].value) != HC_NAME_NONE;
    return metric->has_owner && !is_known ? 0 : best;
}

/* False: no memory. */
static bool add_series(struct hc_labelled_metrics *metrics, const struct hc_labelled_metric *metric)
{
    struct hc_labelled_series *grown = hc_arena_grow(metrics->reading->arena, metrics->series, metrics->n,
                                                     metrics->n + 1, &metrics->capacity, sizeof *grown);
    struct hc_str name = hc_metrics_default_component(metrics->context);
    const struct hc_entry *entry = metrics->context->entry;
    size_t label = owner_of(metrics->context->known_components, metric);
    uint32_t component;
    if (grown == NULL)
        return false;
    metrics->series = grown;
    if (entry == NULL || entry->component.n == 0)
        name = label < metric->n_labels ? metric->labels[label].value : name;
    else if (label < metric->n_labels && !hc_str_equal(metric->labels[label].value, name))
        label = metric->n_labels; /* it tells two series of the entry's component apart */
    struct hc_labelled_series *series = &metrics->series[metrics->n];
    *series = (struct hc_labelled_series){.le = NAN};
    if (!hc_reading_component(metrics->reading, name, &component) ||
        !set_part(metrics, metric, component, label, series))
        return false;
    series->points = add_as_shown(metrics, metric, component, label);
    metrics->n++;
    return series->points != SIZE_MAX;
}

/* False: no memory. */
static bool add_point(struct hc_labelled_metrics *metrics, size_t key, int64_t at_ns, double value, int64_t start_ns)
{
    struct hc_labelled_series *series = &metrics->series[key];
    struct hc_read_series *points = &metrics->reading->series[series->points];
    if (series->has_start) {
        int64_t *grown = hc_arena_grow(metrics->reading->arena, series->starts_ns, points->n, points->n + 1,
                                       &series->starts_capacity, sizeof *grown);
        if (grown == NULL)
            return false;
        series->starts_ns = grown;
        grown[points->n] = start_ns;
    }
    return hc_reading_add_point(metrics->reading, points, at_ns, value);
}

bool hc_labelled_add(struct hc_labelled_metrics *metrics, const struct hc_labelled_metric *metric, int64_t at_ns,
                     double value)
{
    hc_buf_clear(&metrics->key);
    write_name(&metrics->key, metric->name, metric, metric->n_labels, true);
    if (metrics->key.failed)
        return false;
    size_t key = hc_names_add(&metrics->keys, hc_buf_view(&metrics->key));
    if (key == HC_NAME_NONE || (key == metrics->n && !add_series(metrics, metric)))
        return false;
    struct hc_read_series *series = &metrics->reading->series[metrics->series[key].points];
    if (series->unit.n == 0 && metric->unit.n > 0) /* a first 0 may have had none */
        series->unit = hc_text_clean(metrics->reading->arena, metric->unit, 0);
    return isnan(value) ||
           add_point(metrics, key, at_ns, value, metric->has_start ? metric->start_ns : HC_TIME_NONE_NS);
}
