#include "analysis/evidence/logcount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUOTE_BYTES 100

/* A minute that reaches into the window counts as the window's: its lines cannot be told apart. */
static void count_row(struct hc_log_row *row, const struct hc_detection *d, const struct hc_log_count *count)
{
    row->first_window_minute = HC_TIME_NONE_NS;
    for (size_t i = 0; i < count->n_minutes; i++) {
        double lines = count->lines[i];
        if (count->minute[i] == HC_TIME_NONE_NS) {
            row->window += lines;
            continue;
        }
        int64_t at = count->minute[i] * HC_NS_PER_MINUTE;
        if (at + HC_NS_PER_MINUTE > d->start_ns && at < d->end_ns) {
            row->window += lines;
            if (row->first_window_minute == HC_TIME_NONE_NS)
                row->first_window_minute = at;
        } else if (hc_detect_in_baseline(d, at)) {
            row->reference += lines;
        } else {
            row->other += lines;
        }
    }
}

struct ratio {
    double value, weight;
    size_t row;
};

static int compare_ratios(const void *a, const void *b)
{
    const struct ratio *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The median of its templates' ratios, weighted by lines: half of what it logs may change and the other half still
 * says how much there is to expect. */
static double typical_ratio(struct ratio *ratios, size_t n)
{
    double total = 0, sum = 0;
    qsort(ratios, n, sizeof *ratios, compare_ratios);
    for (size_t i = 0; i < n; i++)
        total += ratios[i].weight;
    for (size_t i = 0; i < n; i++) {
        sum += ratios[i].weight;
        if (2 * sum >= total)
            return ratios[i].value;
    }
    return (double)NAN;
}

static void fill_ratio(struct hc_log_table *table, uint32_t component, struct ratio *scratch)
{
    struct hc_log_component *c = &table->components[component];
    size_t n = 0;
    c->ratio = (double)NAN;
    if (!(c->reference > 0) || !(c->window > 0))
        return;
    for (size_t k = table->begin[component]; k < table->begin[component + 1]; k++) {
        const struct hc_log_row *row = &table->rows[table->order[k]];
        if (!(row->reference + row->window > 0))
            continue;
        double value = (row->window + 0.5) / (row->reference + 0.5);
        scratch[n++] = (struct ratio){value, row->reference + row->window, k};
    }
    c->ratio = typical_ratio(scratch, n);
}

static void fill_order(struct hc_log_table *table, const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        if (table->rows[i].component != HC_NO_COMPONENT)
            table->begin[table->rows[i].component + 1]++;
    }
    for (size_t c = 0; c < incident->n_components; c++)
        table->begin[c + 1] += table->begin[c];
    for (size_t i = incident->n_log_counts; i-- > 0;) {
        if (table->rows[i].component != HC_NO_COMPONENT)
            table->order[--table->begin[table->rows[i].component + 1]] = i;
    }
    for (size_t c = 0; c < incident->n_components; c++)
        table->begin[c] = table->begin[c + 1];
    size_t n = 0;
    for (size_t i = 0; i < incident->n_log_counts; i++)
        n += table->rows[i].component != HC_NO_COMPONENT;
    table->begin[incident->n_components] = n;
}

const struct hc_log_table *hc_log_table_of(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_log_table *table = hc_detect_alloc(d, 1, sizeof *table);
    if (d->refused)
        return NULL;
    table->rows = hc_detect_alloc(d, incident->n_log_counts, sizeof *table->rows);
    table->components = hc_detect_alloc(d, incident->n_components, sizeof *table->components);
    table->order = hc_detect_room(d, incident->n_log_counts, sizeof *table->order);
    table->begin = hc_detect_alloc(d, incident->n_components + 1, sizeof *table->begin);
    struct ratio *scratch = hc_detect_room(d, incident->n_log_counts, sizeof *scratch);
    if (d->refused)
        return NULL;
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        struct hc_log_row *row = &table->rows[i];
        row->component = count->component == HC_NO_COMPONENT ? d->service : count->component;
        count_row(row, d, count);
        if (row->component == HC_NO_COMPONENT)
            continue;
        table->components[row->component].reference += row->reference;
        table->components[row->component].window += row->window;
    }
    fill_order(table, incident);
    for (size_t c = 0; c < incident->n_components; c++)
        fill_ratio(table, (uint32_t)c, scratch);
    return table;
}

struct hc_str hc_log_quote(struct hc_detection *d, const struct hc_log_count *count)
{
    struct hc_str text = d->incident->templates[count->template_index].text;
    if (text.n <= QUOTE_BYTES)
        return hc_str_format(d->arena, "'%.*s'", HC_STR_ARG(text));
    struct hc_str cut = {text.p, QUOTE_BYTES};
    cut.n = hc_utf8_valid_prefix(cut);
    return hc_str_format(d->arena, "'%.*s …'", HC_STR_ARG(cut));
}

struct hc_time hc_log_onset(const struct hc_detection *d, const struct hc_log_count *count,
                            const struct hc_log_row *row)
{
    if (hc_time_known(count->first_at) && hc_detect_in_window(d, count->first_at.ns))
        return count->first_at;
    if (row->first_window_minute == HC_TIME_NONE_NS)
        return HC_TIME_NONE;
    int64_t at = row->first_window_minute > d->start_ns ? row->first_window_minute : d->start_ns;
    return (struct hc_time){at, 0};
}
