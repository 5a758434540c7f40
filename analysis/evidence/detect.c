#include "analysis/evidence/detect.h"

#include <math.h>
#include <string.h>

#include "base/number.h"

static double *cell(const struct hc_detection *d, uint32_t component, size_t feature)
{
    return &d->out->values[component * d->catalogue->n_features + feature];
}

void hc_detect_observe(struct hc_detection *d, uint32_t component, size_t feature)
{
    if (d->refused || component == HC_NO_COMPONENT || feature >= d->catalogue->n_features)
        return;
    double *value = cell(d, component, feature);
    if (isnan(*value))
        *value = 0;
}

void hc_detect_observe_all(struct hc_detection *d, size_t feature)
{
    for (size_t i = 0; i < d->out->n_components; i++)
        hc_detect_observe(d, (uint32_t)i, feature);
}

double hc_detect_value(const struct hc_detection *d, uint32_t component, size_t feature)
{
    bool known = component != HC_NO_COMPONENT && feature < d->catalogue->n_features;
    return known ? *cell(d, component, feature) : (double)NAN;
}

bool hc_detect_wants(const struct hc_detection *d, uint32_t component, size_t feature, double value)
{
    if (d->refused || component == HC_NO_COMPONENT || feature >= d->catalogue->n_features)
        return false;
    double old = *cell(d, component, feature);
    return value >= HC_ITEM_LEAST && (isnan(old) || value >= old);
}

static int compare_places(struct hc_source_place a, struct hc_source_place b)
{
    int order = hc_str_compare(a.member, b.member);
    return order ? order : (a.line > b.line) - (a.line < b.line);
}

static void keep_item(struct hc_detection *d, const struct hc_finding *f, bool greater)
{
    uint32_t *slot = &d->item_of[f->component * d->catalogue->n_features + f->feature];
    struct hc_evidence *out = d->out;
    if (*slot && !greater && compare_places(f->place, out->items[*slot - 1].place) >= 0)
        return;
    if (!*slot) {
        struct hc_evidence_item *items =
            hc_arena_grow(d->arena, out->items, out->n_items, out->n_items + 1, &d->item_capacity, sizeof *items);
        d->refused = d->refused || !items;
        if (d->refused)
            return;
        out->items = items;
        *slot = (uint32_t)++out->n_items;
    }
    out->items[*slot - 1] = (struct hc_evidence_item){.feature = (uint32_t)f->feature,
                                                      .component = f->component,
                                                      .value = f->value,
                                                      .text = f->text,
                                                      .onset = f->onset,
                                                      .place = f->place};
}

void hc_detect_add(struct hc_detection *d, const struct hc_finding *f)
{
    hc_detect_observe(d, f->component, f->feature);
    if (d->refused || f->component == HC_NO_COMPONENT || f->feature >= d->catalogue->n_features)
        return;
    double *value = cell(d, f->component, f->feature);
    if (!(f->value > 0) || f->value < *value)
        return;
    bool greater = f->value > *value;
    *value = f->value;
    if (f->value < HC_ITEM_LEAST)
        return;
    d->refused = d->refused || !f->text.p;
    if (!d->refused)
        keep_item(d, f, greater);
}

bool hc_detect_in_window(const struct hc_detection *d, int64_t at_ns)
{
    return at_ns >= d->start_ns && at_ns < d->end_ns;
}

bool hc_detect_in_baseline(const struct hc_detection *d, int64_t at_ns)
{
    if (hc_detect_in_window(d, at_ns))
        return false;
    for (size_t i = 0; i < d->incident->n_baselines; i++) {
        const struct hc_interval *b = &d->incident->baselines[i];
        if (at_ns >= b->start.ns && at_ns < b->end.ns)
            return true;
    }
    return false;
}

void *hc_detect_alloc(struct hc_detection *d, size_t n, size_t size_bytes)
{
    void *p = d->refused ? NULL : hc_arena_calloc(d->arena, n, size_bytes);
    d->refused = d->refused || !p;
    return p;
}

void *hc_detect_room(struct hc_detection *d, size_t n, size_t size_bytes)
{
    size_t total = 0;
    void *p = d->refused || !hc_size_multiply(n, size_bytes, &total) ? NULL : hc_arena_alloc(d->arena, total);
    d->refused = d->refused || !p;
    return p;
}

struct hc_str hc_detect_component_name(const struct hc_detection *d, uint32_t component)
{
    return component == HC_NO_COMPONENT ? HC_STR("the incident") : d->incident->components[component].name;
}

size_t hc_metric_class_by_id(const struct hc_catalogue *catalogue, const char *id)
{
    size_t i = 0;
    while (i < catalogue->n_metric_classes && !hc_str_is(catalogue->metric_classes[i].id, id))
        i++;
    return i;
}

static bool is_turned(struct hc_str metric)
{
    static const char *const words[] = {"availab", "success", "uptime", "apdex"};
    if (hc_text_has(metric, HC_STR("unavailab")) || hc_text_has(metric, HC_STR("unsuccess")))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (hc_text_has(metric, hc_str_of(words[i])))
            return true;
    }
    return false;
}

/* 90 for "PodServerLatencyP90(s)" or "latency_p90", 999 for "quantile999"; 0: it names no percentile. */
static unsigned percentile_of(struct hc_str metric)
{
    for (size_t i = 0; i + 1 < metric.n; i++) {
        bool mark = metric.p[i] == 'p' || metric.p[i] == 'P' || metric.p[i] == 'q' || metric.p[i] == 'Q';
        bool inside = i > 0 && metric.p[i] != 'P' && ((metric.p[i - 1] | 32) >= 'a' && (metric.p[i - 1] | 32) <= 'z');
        unsigned value = 0;
        size_t j = i + 1;
        while (mark && !inside && j < metric.n && j < i + 4 && metric.p[j] >= '0' && metric.p[j] <= '9')
            value = value * 10 + (unsigned)(metric.p[j++] - '0');
        if (j > i + 2)
            return value;
    }
    return 0;
}

/* "requests{path="/errors"}" is named requests. */
static struct hc_str without_labels(struct hc_str metric)
{
    const char *brace = metric.n ? memchr(metric.p, '{', metric.n) : NULL;
    return brace ? (struct hc_str){metric.p, (size_t)(brace - metric.p)} : metric;
}

/* Of each class and list whether a phrase of it is in the text. */
static const bool *find_words(const struct hc_detection *d, struct hc_str text)
{
    memset(d->metric_words, 0, HC_METRIC_LISTS * d->catalogue->n_metric_classes * sizeof *d->metric_words);
    hc_phrases_find(d->catalogue->metric_phrases, text, d->metric_words);
    return d->metric_words;
}

static size_t class_of_name(const struct hc_detection *d, struct hc_str name)
{
    const bool *has = find_words(d, name);
    size_t class = 0;
    for (; class < d->catalogue->n_metric_classes; class ++, has += HC_METRIC_LISTS)
        if (has[HC_METRIC_WORDS] && !has[HC_METRIC_UNLESS])
            break;
    return class;
}

/* What counts calls: of the class that its labels tell, where they tell one. */
static size_t class_of_calls(const struct hc_detection *d, struct hc_str labels, size_t traffic)
{
    const bool *has = find_words(d, labels);
    for (size_t class = 0; class < d->catalogue->n_metric_classes; class ++, has += HC_METRIC_LISTS)
        if (has[HC_METRIC_LABELS])
            return class;
    return traffic;
}

struct hc_named_class hc_metric_class_of(const struct hc_detection *d, struct hc_str metric)
{
    const struct hc_catalogue *catalogue = d->catalogue;
    struct hc_named_class named = {0};
    if (d->refused)
        return named;
    struct hc_str name = without_labels(metric);
    named.class = class_of_name(d, name);
    if (name.n < metric.n && named.class == hc_metric_class_by_id(catalogue, "traffic"))
        named.class = class_of_calls(d, (struct hc_str){name.p + name.n, metric.n - name.n}, named.class);
    named.percentile = percentile_of(metric);
    named.turned = named.class < catalogue->n_metric_classes &&
                   hc_str_is(catalogue->metric_classes[named.class].id, "errors") && is_turned(name);
    return named;
}
