/* Metric series: how far each class of each component left its baseline, up and down. */
#include <math.h>
#include <string.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/sentence.h"
#include "analysis/evidence/series.h"

/* Of several series of one class and component that tell percentiles, the lowest says the same with the least noise, and
 * a plain one says it with less still. */
static bool is_tail(const struct hc_detection *d, size_t at)
{
    const struct hc_named_class *class_of = d->class_of;
    const struct hc_series *series = d->incident->series;
    unsigned own = class_of[at].percentile;
    size_t from = at, to = at;
    if (own == 0)
        return false;
    while (from > 0 && series[from - 1].component == series[at].component)
        from--;
    while (to < d->incident->n_series && series[to].component == series[at].component)
        to++;
    for (size_t i = from; i < to; i++) {
        if (class_of[i].class == class_of[at].class && class_of[i].percentile < own)
            return true;
    }
    return false;
}

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_series *series,
                                 const struct hc_series_cut *cut, int sign)
{
    char tail[HC_TIME_TEXT + 48] = ", away from its usual level since ";
    int64_t onset = sign > 0 ? cut->onset_up_ns : cut->onset_down_ns;
    hc_time_format((struct hc_time){onset, 0}, tail + strlen(tail));
    struct hc_rise rise = {.metric = series->metric,
                           .component = hc_detect_component_name(d, series->component),
                           .unit = series->unit,
                           .from = cut->centre,
                           .to = sign > 0 ? cut->worst_up : cut->worst_down,
                           .tail = hc_str_of(tail)};
    return hc_phrase_rise(d->arena, &rise);
}

static void add_side(struct hc_detection *d, const struct hc_series *series, const struct hc_series_cut *cut,
                     struct hc_named_class of, int sign)
{
    bool counts_as_up = (sign > 0) != of.turned;
    size_t feature = d->catalogue->first_metric_feature + 2 * of.class + (counts_as_up ? 0 : 1);
    double value = hc_shift_surprise(sign > 0 ? cut->shift.z_up : cut->shift.z_down, HC_METRIC_QUIET);
    struct hc_finding finding = {.component = series->component,
                                 .feature = feature,
                                 .value = value,
                                 .onset = {sign > 0 ? cut->onset_up_ns : cut->onset_down_ns, 0}};
    if (hc_detect_wants(d, series->component, feature, value)) {
        finding.place = hc_series_place_at(series, finding.onset);
        finding.text = sentence_of(d, series, cut, sign);
    }
    hc_detect_add(d, &finding);
}

void hc_detect_metrics(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    const struct hc_named_class *class_of = d->class_of;
    for (size_t i = 0; i < incident->n_series && !d->refused; i++) {
        const struct hc_series *series = &incident->series[i];
        if (class_of[i].class == d->catalogue->n_metric_classes || series->component == HC_NO_COMPONENT)
            continue;
        if (is_tail(d, i))
            continue;
        if (d->cuts[i].n_window == 0)
            continue;
        add_side(d, series, &d->cuts[i], class_of[i], 1);
        add_side(d, series, &d->cuts[i], class_of[i], -1);
    }
}
