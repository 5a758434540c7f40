#include "analysis/model/reasons.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/words.h"

/* The feature that a column is about; n_features: the bias. */
static size_t feature_of_column(const struct hc_model *m, size_t column)
{
    if (column < m->n_columns)
        return column == m->n_columns - 1 ? m->n_features : column % m->n_features;
    return (column - m->n_columns) % m->n_features;
}

void hc_contributions(const struct hc_explainer *k, size_t index, double *out)
{
    const struct hc_model *m = k->model;
    const struct hc_design *d = &k->prediction->design;
    const size_t row = index / m->n_types, type = index % m->n_types;
    const double cooled = exp(-k->prediction->log_t);
    memset(out, 0, m->n_features * sizeof *out);
    for (uint32_t j = d->start[row]; j < d->start[row + 1]; j++) {
        const size_t column = d->column[j], feature = feature_of_column(m, column);
        if (feature == m->n_features)
            continue;
        double w = m->general[column];
        if (column < m->n_columns)
            w += m->specific[type * m->n_columns + column];
        out[feature] += w * d->value[j] * cooled;
    }
}

/* What words add to a hypothesis. */
static double words_of(const struct hc_explainer *k, size_t index)
{
    const double *words = k->prediction->words;
    return words ? words[k->model->types[index % k->model->n_types].category] : 0;
}

enum hc_status hc_explainer_init(struct hc_explainer *out, const struct hc_model *model,
                                 const struct hc_catalogue *catalogue, const struct hc_evidence *evidence,
                                 const struct hc_prediction *prediction, struct hc_arena *arena)
{
    *out = (struct hc_explainer){model, catalogue, evidence, prediction, arena, NULL, NULL, 0};
    out->mean = hc_arena_calloc(arena, model->n_features, sizeof *out->mean);
    out->own = hc_arena_calloc(arena, model->n_features, sizeof *out->own);
    if (!out->mean || !out->own)
        return HC_FATAL;
    const size_t n = prediction->design.n_rows * model->n_types;
    for (size_t i = 0; i < n; i++) {
        const double p = prediction->probability[i];
        if (p < 1e-12)
            continue; /* cannot move a sum that is read to 1e-9 */
        hc_contributions(out, i, out->own);
        for (size_t f = 0; f < model->n_features; f++)
            out->mean[f] += p * out->own[f];
        out->mean_words += p * words_of(out, i);
    }
    return HC_OK;
}

static const struct hc_evidence_item *item_of(const struct hc_explainer *k, uint32_t component, size_t feature)
{
    const struct hc_evidence_item *best = NULL;
    for (size_t i = 0; i < k->evidence->n_items; i++) {
        const struct hc_evidence_item *item = &k->evidence->items[i];
        if (item->feature != feature || item->component != component)
            continue;
        if (!best || item->value > best->value)
            best = item;
    }
    return best;
}

/* What was looked at and showed nothing. Log lines that complain of another component were not looked at (docs/evidence.md). */
static struct hc_str quiet_text(const struct hc_explainer *k, struct hc_str name, size_t feature)
{
    const struct hc_catalogue *c = k->catalogue;
    const size_t signature = feature - c->first_signature_feature;
    if (feature >= c->first_signature_feature && signature < c->n_signatures)
        return hc_str_format(k->arena, "%.*s: of its log lines that name no other component, none says: %.*s.",
                             HC_STR_ARG(name), HC_STR_ARG(c->signatures[signature].title));
    if (hc_str_is(c->features[feature].kind, "logs"))
        return hc_str_format(k->arena, "%.*s: not seen in its log lines that name no other component: %.*s.",
                             HC_STR_ARG(name), HC_STR_ARG(c->features[feature].says));
    return hc_str_format(k->arena, "%.*s: looked for, not seen: %.*s.", HC_STR_ARG(name),
                         HC_STR_ARG(c->features[feature].says));
}

/* Was it seen of any candidate? */
static bool is_seen(const struct hc_explainer *k, size_t feature)
{
    const struct hc_evidence *e = k->evidence;
    for (size_t s = 0; s < e->n_components; s++)
        if (e->components[s].candidate && e->values[s * k->model->n_features + feature] > 0)
            return true;
    return false;
}

static struct hc_str text_of(const struct hc_explainer *k, uint32_t component, size_t feature, double nats)
{
    const struct hc_str says = k->catalogue->features[feature].says;
    const struct hc_evidence *e = k->evidence;
    if (component == HC_NO_COMPONENT)
        return hc_str_format(k->arena, "Not seen: %.*s.", HC_STR_ARG(says));
    const struct hc_str name = e->components[component].name;
    const double v = e->values[component * k->model->n_features + feature];
    if (v > 0)
        return hc_str_format(k->arena, "%.*s: %.*s.", HC_STR_ARG(name), HC_STR_ARG(says));
    if (fabs(v) <= 0)
        return quiet_text(k, name, feature);
    return hc_str_format(k->arena, "%s of other candidates, not observed of %.*s, and it speaks %s them: %.*s.",
                         is_seen(k, feature) ? "Seen" : "Looked for and not seen", HC_STR_ARG(name),
                         nats < 0 ? "for" : "against", HC_STR_ARG(says));
}

struct hc_reason hc_reason_of(const struct hc_explainer *k, size_t index, size_t feature, double nats)
{
    const uint32_t component = k->prediction->design.component[index / k->model->n_types];
    const struct hc_evidence_item *item = item_of(k, component, feature);
    struct hc_reason reason = {k->catalogue->features[feature].name, nats, HC_STR_NONE, {HC_STR_NONE, 0}};
    reason.text = item ? item->text : text_of(k, component, feature, nats);
    if (item)
        reason.place = item->place;
    return reason;
}

static struct hc_reason prior_of(const struct hc_explainer *k, size_t index, double nats)
{
    const struct hc_type *type = &k->model->types[index % k->model->n_types];
    const double *norm = k->prediction->words_norm;
    const double moved = k->prediction->words ? words_of(k, index) + norm[index / k->model->n_types] : 0;
    const double prior = exp(k->prediction->prior[index] - moved);
    const uint32_t n_category = k->model->category_n[type->category];
    const size_t n_candidates = k->prediction->design.n_rows;
    struct hc_reason reason = {HC_STR("prior"), nats, HC_STR_NONE, {HC_STR_NONE, 0}};
    reason.text = hc_str_format(
        k->arena,
        "What remains: how usual this fault is before any evidence (%.3g %%; %u confirmed incident%s of this "
        "category, %u of this cause, %zu candidate%s) and how strong its rivals are.",
        100 * prior, n_category, n_category == 1 ? "" : "s", type->n, n_candidates, n_candidates == 1 ? "" : "s");
    return reason;
}

static struct hc_reason words_reason(const struct hc_explainer *k, size_t index, double nats)
{
    const size_t category = k->model->types[index % k->model->n_types].category;
    return (struct hc_reason){HC_STR("words"),
                              nats,
                              hc_words_sentence(k->model, &k->evidence->words, category, nats, k->arena),
                              {HC_STR_NONE, 0}};
}

static int by_weight(const void *a, const void *b)
{
    const struct hc_reason *x = a, *y = b;
    if (fabs(x->weight) < fabs(y->weight) || fabs(x->weight) > fabs(y->weight))
        return fabs(x->weight) < fabs(y->weight) ? 1 : -1;
    return hc_str_compare(x->evidence, y->evidence);
}

enum hc_status hc_explain(struct hc_explainer *explainer, size_t index, struct hc_hypothesis *out)
{
    struct hc_explainer *k = explainer;
    const size_t n_features = k->model->n_features;
    const double p = k->prediction->probability[index], others = fmax(1 - p, 1e-12);
    out->reasons = hc_arena_alloc(k->arena, (n_features + 3) * sizeof *out->reasons);
    if (!out->reasons)
        return HC_FATAL;
    hc_contributions(k, index, k->own);
    double rest = log(p) - log(others), small = 0;
    size_t n_small = 0;
    for (size_t f = 0; f < n_features; f++) {
        const double nats = k->own[f] - (k->mean[f] - p * k->own[f]) / others;
        rest -= nats;
        if (fabs(nats) >= HC_SMALL_REASON_NATS)
            out->reasons[out->n_reasons++] = hc_reason_of(k, index, f, nats);
        else if (fabs(nats) > 0)
            small += nats, n_small++;
    }
    const double words = words_of(k, index), nats = words - (k->mean_words - p * words) / others;
    rest -= nats;
    if (fabs(nats) >= HC_SMALL_REASON_NATS)
        out->reasons[out->n_reasons++] = words_reason(k, index, nats);
    else if (fabs(nats) > 0)
        small += nats, n_small++;
    out->reasons[out->n_reasons++] = prior_of(k, index, rest);
    if (n_small) {
        const struct hc_str text =
            hc_str_format(k->arena, "%zu further sign%s of less than %g nats%s.", n_small, n_small == 1 ? "" : "s",
                          HC_SMALL_REASON_NATS, n_small == 1 ? "" : " each");
        out->reasons[out->n_reasons++] = (struct hc_reason){HC_STR("small-signs"), small, text, {HC_STR_NONE, 0}};
    }
    qsort(out->reasons, out->n_reasons, sizeof *out->reasons, by_weight);
    for (size_t i = 0; i < out->n_reasons; i++)
        if (!out->reasons[i].text.p)
            return HC_FATAL;
    return HC_OK;
}

size_t hc_strongest_feature(struct hc_explainer *explainer, size_t index)
{
    hc_contributions(explainer, index, explainer->own);
    const struct hc_design *d = &explainer->prediction->design;
    const size_t n = explainer->model->n_features, row = index / explainer->model->n_types;
    size_t best = n;
    for (uint32_t j = d->start[row]; j < d->start[row + 1] && d->column[j] < n; j++) {
        const size_t f = d->column[j];
        if (explainer->own[f] > (best < n ? explainer->own[best] : 0))
            best = f;
    }
    return best;
}
