/* Signature classes of log lines: what a line says about its cause, known by phrases. */
#include <math.h>
#include <string.h>

#include "analysis/evidence/logcount.h"
#include "analysis/evidence/sentence.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/shift.h"

#define RATE_SCATTER 0.15

struct sum {
    double excess, lines, reference;
    size_t loudest;
    double loudest_lines;
    struct hc_time onset;
};

/* Lines of the window beyond the expected. */
static double excess_of(const struct hc_log_table *table, const struct hc_log_row *row)
{
    double ratio = table->components[row->component].ratio;
    return row->window - (isnan(ratio) ? 0 : row->reference * ratio);
}

static void add_row(struct sum *sum, const struct hc_detection *d, const struct hc_log_table *table, size_t i)
{
    const struct hc_log_row *row = &table->rows[i];
    double excess = excess_of(table, row);
    sum->excess += excess > 0 ? excess : 0;
    sum->lines += row->window;
    sum->reference += row->reference;
    if (row->window > sum->loudest_lines || (row->window == sum->loudest_lines && i < sum->loudest)) {
        sum->loudest_lines = row->window;
        sum->loudest = i;
    }
    struct hc_time at = hc_log_onset(d, &d->incident->log_counts[i], row);
    if (hc_time_known(at) && (!hc_time_known(sum->onset) || at.ns < sum->onset.ns))
        sum->onset = at;
}

static struct hc_str sentence_of(struct hc_detection *d, const struct hc_log_component *c, uint32_t component,
                                 const struct hc_signature_class *class, const struct sum *sum)
{
    struct hc_str name = hc_detect_component_name(d, component);
    struct hc_str quote = hc_log_quote(d, &d->incident->log_counts[sum->loudest]);
    struct hc_str lines = sum->loudest_lines == 1 ? HC_STR(" line ") : HC_STR(" lines ");
    struct hc_str all = HC_STR(""), usual = HC_STR("; no line of it from the baseline is in the bundle");
    if (sum->lines > sum->loudest_lines)
        all = HC_PHRASE(d->arena, HC_STR(", "), HC_WHOLE(sum->lines), HC_STR(" that say "), class->title,
                        HC_STR(" in all"));
    if (c->reference > 0 && sum->reference > 0)
        usual = HC_PHRASE(d->arena, HC_STR(", "), HC_WHOLE(sum->reference), HC_STR(" of "),
                          HC_WHOLE(c->reference + c->causes), HC_STR(" lines in the baseline"));
    else if (c->reference > 0)
        usual = HC_STR(", none in the baseline");
    return HC_PHRASE(d->arena, HC_WHOLE(sum->loudest_lines), lines, quote, HC_STR(" from "), name, all, usual);
}

/* Lines beyond the expected, on the log scale; no more than their rate is surprising where the log's usual is known. */
static double value_of(const struct hc_log_component *c, const struct sum *sum)
{
    if (!(sum->excess > 0))
        return 0;
    double value = log1p(sum->excess);
    if (!(c->reference > 0) || isnan(c->ratio))
        return value;
    return fmin(value, hc_shift_surprise(hc_rate_z(sum->lines, sum->reference, c->ratio, RATE_SCATTER), 0));
}

/* The rows of one component that say anything, and what. */
struct says {
    const struct hc_log_table *table;
    size_t *rows;
    bool *classes; /* [n][n_signatures] */
    size_t n;
    struct template_says {
        bool known, any;
    } * templates;
    bool *template_classes; /* [n_templates][n_signatures] */
};

/* What a template says, which many rows share. */
static bool match_template(struct says *says, const struct hc_detection *d, uint32_t template_index, bool *found)
{
    size_t n_classes = d->catalogue->n_signatures;
    struct template_says *of = &says->templates[template_index];
    bool *classes = says->template_classes + template_index * n_classes;
    if (!of->known)
        *of = (struct template_says){true, hc_phrases_find(d->catalogue->signature_phrases,
                                                           d->incident->templates[template_index].text, classes)};
    if (of->any)
        memcpy(found, classes, n_classes * sizeof *found);
    return of->any;
}

/* What the template or the exemplar of a row seen in the window says, of the rows with more lines than expected or of the
 * others. */
static void match_rows(struct says *says, const struct hc_detection *d, uint32_t component, bool beyond)
{
    const struct hc_incident *incident = d->incident;
    const struct hc_log_table *table = says->table;
    size_t n_classes = d->catalogue->n_signatures;
    for (size_t k = table->begin[component]; k < table->begin[component + 1]; k++) {
        size_t i = table->order[k];
        const struct hc_log_count *count = &incident->log_counts[i];
        bool *found = says->classes + says->n * n_classes;
        if (!(table->rows[i].window > 0) || d->complains[i] || (excess_of(table, &table->rows[i]) > 0) != beyond)
            continue;
        memset(found, 0, n_classes * sizeof *found);
        bool any = match_template(says, d, count->template_index, found);
        any |= hc_phrases_find(d->catalogue->signature_phrases, count->exemplar, found);
        if (any)
            says->rows[says->n++] = i;
    }
}

static void add_class(struct hc_detection *d, const struct says *says, uint32_t component, size_t class)
{
    const struct hc_log_table *table = says->table;
    struct sum sum = {.onset = HC_TIME_NONE};
    size_t feature = d->catalogue->first_signature_feature + class;
    for (size_t k = 0; k < says->n; k++) {
        if (says->classes[k * d->catalogue->n_signatures + class])
            add_row(&sum, d, table, says->rows[k]);
    }
    if (!(sum.excess > 0)) {
        hc_detect_observe(d, component, feature);
        return;
    }
    struct hc_finding f = {.component = component,
                           .feature = feature,
                           .value = value_of(&table->components[component], &sum),
                           .onset = sum.onset};
    if (hc_detect_wants(d, component, feature, f.value)) {
        f.place = d->incident->log_counts[sum.loudest].first;
        f.text = sentence_of(d, &table->components[component], component, &d->catalogue->signatures[class], &sum);
    }
    hc_detect_add(d, &f);
}

void hc_detect_signatures(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    size_t n_classes = d->catalogue->n_signatures;
    struct says says = {.table = d->log_table,
                        .rows = hc_detect_room(d, incident->n_log_counts, sizeof *says.rows),
                        .classes = hc_detect_room(d, incident->n_log_counts, n_classes * sizeof *says.classes),
                        .templates = hc_detect_alloc(d, incident->n_templates, sizeof *says.templates),
                        .template_classes = hc_detect_alloc(d, incident->n_templates, n_classes)};
    for (uint32_t c = 0; c < incident->n_components && !d->refused; c++) {
        if (!(says.table->components[c].reference + says.table->components[c].window > 0))
            continue;
        says.n = 0;
        match_rows(&says, d, c, true);
        if (says.n > 0) /* else the others cannot tell: a class needs a row beyond the expected */
            match_rows(&says, d, c, false);
        for (size_t s = 0; s < n_classes; s++)
            add_class(d, &says, c, s);
    }
}
