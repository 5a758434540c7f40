/* Levels that the manifest states: a baseline, the value before, the peak. They feed the same features as series. */
#include <math.h>

#include "analysis/evidence/detect.h"
#include "analysis/evidence/sentence.h"
#include "analysis/stats/shift.h"

/* No scatter is stated with a level: a quarter of the reference stands for it. */
#define ASSUMED_SCATTER 0.25

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_level *level, double from)
{
    char baseline[HC_SAID_NUMBER];
    struct hc_rise rise = {.metric = level->metric,
                           .component = hc_detect_component_name(d, level->component),
                           .unit = level->unit,
                           .from = from,
                           .to = level->peak};
    struct hc_str text = hc_phrase_rise(d->arena, &rise);
    if (!text.p || isnan(level->before) || isnan(level->baseline))
        return text;
    hc_phrase_number(level->baseline, baseline);
    const struct hc_str parts[] = {text, HC_STR(", baseline "), hc_str_of(baseline),
                                   level->unit.n ? HC_STR(" ") : HC_STR(""), level->unit};
    return hc_phrase_join(d->arena, parts, sizeof parts / sizeof *parts);
}

static void add_level(struct hc_detection *d, const struct hc_level *level)
{
    struct hc_named_class of = hc_metric_class_of(d, level->metric);
    double usual = isnan(level->baseline) ? level->before : level->baseline;
    if (of.class == d->catalogue->n_metric_classes || isnan(usual) || isnan(level->peak))
        return;
    double scatter = ASSUMED_SCATTER * fabs(usual);
    double change = level->peak - usual;
    if (!(scatter > 0))
        scatter = 0.1 * fabs(level->peak);
    double z = scatter > 0 ? fabs(change) / scatter : 0;
    size_t up = d->catalogue->first_metric_feature + 2 * of.class;
    hc_detect_observe(d, level->component, up);
    hc_detect_observe(d, level->component, up + 1);
    struct hc_finding finding = {.component = level->component,
                                 .feature = (change >= 0) != of.turned ? up : up + 1,
                                 .value = hc_shift_surprise(z, 0),
                                 .onset = HC_TIME_NONE,
                                 .place = level->place};
    if (hc_detect_wants(d, level->component, finding.feature, finding.value))
        finding.text = sentence_of(d, level, isnan(level->before) ? level->baseline : level->before);
    hc_detect_add(d, &finding);
}

void hc_detect_levels(struct hc_detection *d)
{
    for (size_t i = 0; i < d->incident->n_levels && !d->refused; i++)
        add_level(d, &d->incident->levels[i]);
}
