/* Metric series: how far each class of each component left its baseline, up and down. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/sentence.h"
#include "analysis/evidence/series.h"

/* A percentile names the tail: where a plain series of the class is there, it says the same with less noise. */
static bool is_percentile(struct hc_str metric)
{
    static const char *const words[] = {"p50", "p75", "p90", "p95", "p99", "quantile", "percentile"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (hc_text_has(metric, hc_str_of(words[i])))
            return true;
    }
    return false;
}

static bool has_plain_sibling(const struct hc_detection *d, const size_t *class_of, size_t at)
{
    const struct hc_series *series = d->incident->series;
    for (size_t i = 0; i < d->incident->n_series; i++) {
        bool same = class_of[i] == class_of[at] && series[i].component == series[at].component;
        if (same && !is_percentile(series[i].metric))
            return true;
    }
    return false;
}

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_series *series,
                                 const struct hc_series_cut *cut, int sign)
{
    char at[HC_TIME_TEXT];
    int64_t onset = sign > 0 ? cut->onset_up_ns : cut->onset_down_ns;
    hc_time_format((struct hc_time){onset, 0}, at);
    struct hc_str rise = hc_phrase_rise(d->arena, series->metric, hc_detect_component_name(d, series->component),
                                        series->unit, cut->centre, "", sign > 0 ? cut->worst_up : cut->worst_down);
    if (!rise.p)
        return rise;
    return hc_str_format(d->arena, "%.*s, away from its usual level since %s", HC_STR_ARG(rise), at);
}

static void add_side(struct hc_detection *d, const struct hc_series *series, const struct hc_series_cut *cut,
                     size_t class, int sign)
{
    bool counts_as_up = (sign > 0) != hc_metric_is_turned(d->catalogue, class, series->metric);
    size_t feature = d->catalogue->first_metric_feature + 2 * class + (counts_as_up ? 0 : 1);
    double value = hc_shift_surprise(sign > 0 ? cut->shift.z_up : cut->shift.z_down, HC_METRIC_QUIET);
    struct hc_finding finding = {.component = series->component,
                                 .feature = feature,
                                 .value = value,
                                 .onset = {sign > 0 ? cut->onset_up_ns : cut->onset_down_ns, 0},
                                 .place = series->place};
    if (hc_detect_wants(d, series->component, feature, value))
        finding.text = sentence_of(d, series, cut, sign);
    hc_detect_add(d, &finding);
}

void hc_detect_metrics(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_frame frame = hc_frame_of(incident);
    struct hc_series_scratch scratch = {.arena = d->arena};
    size_t *class_of = hc_detect_alloc(d, incident->n_series, sizeof *class_of);
    if (d->refused)
        return;
    for (size_t i = 0; i < incident->n_series; i++)
        class_of[i] = hc_metric_class_of(d->catalogue, incident->series[i].metric);
    for (size_t i = 0; i < incident->n_series && !d->refused; i++) {
        const struct hc_series *series = &incident->series[i];
        if (class_of[i] == d->catalogue->n_metric_classes || series->component == HC_NO_COMPONENT)
            continue;
        if (is_percentile(series->metric) && has_plain_sibling(d, class_of, i))
            continue;
        struct hc_series_cut cut;
        enum hc_status status = hc_series_cut(&cut, series, incident, &frame, &scratch);
        d->refused = d->refused || status == HC_FATAL;
        if (status != HC_OK)
            continue;
        add_side(d, series, &cut, class_of[i], 1);
        add_side(d, series, &cut, class_of[i], -1);
    }
}
