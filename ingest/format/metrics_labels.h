/* Metrics whose series are told apart by labels, as Prometheus has them -> series of components. */
#ifndef HC_INGEST_FORMAT_METRICS_LABELS_H
#define HC_INGEST_FORMAT_METRICS_LABELS_H

#include "ingest/format/format.h"

#define HC_LABELS_MOST 64

struct hc_label {
    struct hc_str name, value;
};

/* Which of the labels names the component: of those that do the surest, best one whose value is known. n_labels: none. */
size_t hc_labels_component(const struct hc_names *known, const struct hc_label *labels, size_t n_labels);

/* The column that names the component of a row, by the same names, the surest first; HC_CSV_NO_COLUMN: none. */
size_t hc_labels_component_column(const struct hc_str *header, size_t n);

/* What a series without a name is called as: "metrics/error_rate.json": error_rate. */
struct hc_str hc_labelled_file_name(const struct hc_read_context *context);

/* By its name alone, where nothing else says it: part of a histogram, or "_total". */
bool hc_labelled_is_counter(struct hc_str name);

/* What a sample belongs to. */
struct hc_labelled_metric {
    struct hc_str name;
    const struct hc_label *labels;
    size_t n_labels;
    bool has_owner;     /* the first label says whose it is, unless another names a component of the manifest */
    struct hc_str unit; /* absent: not stated */
    bool is_counter;    /* what only ever grows: it becomes what it grew by each second */
    bool is_guess;      /* that it is one is told by its name alone */
    bool is_delta;      /* its values are what came since start_ns or the sample before, not since the beginning */
    bool has_start;     /* each sample says since when it counts */
    int64_t start_ns;   /* of what has_start; HC_TIME_NONE_NS: not known */
    uint32_t line;
};

enum hc_labelled_part { HC_LABELLED_PLAIN, HC_LABELLED_SUM, HC_LABELLED_COUNT, HC_LABELLED_BUCKET };

struct hc_labelled_series {
    size_t points; /* into reading->series */
    bool is_counter, is_guess, is_delta, has_start;
    int64_t *starts_ns; /* of each point, where it has_start */
    size_t starts_capacity;
    uint8_t part;              /* of a histogram or summary; what follows is of those alone */
    struct hc_str group, unit; /* the name without its part, with the labels but for le */
    double le;                 /* of a bucket; NaN: none */
    uint32_t component, line;
};

struct hc_labelled_metrics {
    const struct hc_read_context *context;
    struct hc_reading *reading;
    struct hc_names keys;              /* name and labels of each series */
    struct hc_labelled_series *series; /* by key */
    size_t n, capacity;
    struct hc_buf key;
};

void hc_labelled_open(struct hc_labelled_metrics *metrics, const struct hc_read_context *context,
                      struct hc_reading *reading);

/* Adds a sample. The component is the entry's; else the value of the label that names one, best one that the manifest
 * knows; else the incident's service. The other labels stay in the metric's name: "requests{code="500"}".
 * False: no memory. */
bool hc_labelled_add(struct hc_labelled_metrics *metrics, const struct hc_labelled_metric *metric, int64_t at_ns,
                     double value);

/* At the end: what is called a sum or a count alone, and no more than its name says that it only grows, is none where it
 * falls by less than half; deltas are summed up from the first on; counters become rates a second (a fall, or a start after the sample
 * before, is a reset, after which all of the value is growth), a histogram's or summary's sum and count the mean of what
 * was observed between two samples, and its buckets the 99th percentile.
 * Frees what the metrics own. False: no memory. */
bool hc_labelled_close(struct hc_labelled_metrics *metrics);

#endif
