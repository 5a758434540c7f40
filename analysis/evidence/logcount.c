#include "analysis/evidence/logcount.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/evidence/sentence.h"
#include "base/sort.h"

#define QUOTE_BYTES 100
#define MINUTES_BITS 8 /* of the table of minutes at first */

enum side { NOT_MET, WINDOW, REFERENCE, OTHER, SIDES };

/* The minutes that have lines, and what each is used for: many logs have the same. */
struct minutes {
    struct minute {
        int64_t minute;
        enum side side;
    } * slots;
    unsigned bits; /* 2^bits slots, at least half of them not met */
    size_t n, n_of[SIDES];
};

/* A minute that reaches into the window counts as the window's: its lines cannot be told apart. */
static enum side side_of(const struct hc_detection *d, int64_t minute)
{
    int64_t at = minute * HC_NS_PER_MINUTE;
    if (at + HC_NS_PER_MINUTE > d->start_ns && at < d->end_ns)
        return WINDOW;
    return hc_detect_in_baseline(d, at) ? REFERENCE : OTHER;
}

/* Where the minute is, or would be. */
static struct minute *find_minute(const struct minutes *m, int64_t minute)
{
    size_t slot = (size_t)((uint64_t)minute * UINT64_C(0x9e3779b97f4a7c15) >> (64 - m->bits));
    while (m->slots[slot].side != NOT_MET && m->slots[slot].minute != minute)
        slot = (slot + 1) & (((size_t)1 << m->bits) - 1);
    return &m->slots[slot];
}

static void grow_minutes(struct minutes *m, struct hc_detection *d)
{
    struct minutes old = *m;
    m->bits++;
    m->slots = hc_detect_alloc(d, (size_t)1 << m->bits, sizeof *m->slots);
    for (size_t i = 0; !d->refused && i < (size_t)1 << old.bits; i++) {
        if (old.slots[i].side != NOT_MET)
            *find_minute(m, old.slots[i].minute) = old.slots[i];
    }
}

static enum side meet(struct minutes *m, struct hc_detection *d, int64_t minute)
{
    struct minute *at = find_minute(m, minute);
    if (at->side != NOT_MET)
        return at->side;
    enum side side = side_of(d, minute);
    *at = (struct minute){minute, side};
    m->n_of[side]++;
    if (2 * ++m->n > (size_t)1 << m->bits)
        grow_minutes(m, d);
    return side;
}

static void count_row(struct hc_log_row *row, struct minutes *m, struct hc_detection *d,
                      const struct hc_log_count *count)
{
    row->first_window_minute = HC_TIME_NONE_NS;
    for (size_t i = 0; i < count->n_minutes && !d->refused; i++) {
        double lines = count->lines[i];
        if (count->minute[i] == HC_TIME_NONE_NS) {
            row->window += lines;
            continue;
        }
        enum side side = meet(m, d, count->minute[i]);
        *(side == WINDOW ? &row->window : side == REFERENCE ? &row->reference : &row->other) += lines;
        if (side == WINDOW && row->first_window_minute == HC_TIME_NONE_NS)
            row->first_window_minute = count->minute[i] * HC_NS_PER_MINUTE;
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
    hc_sort(ratios, n, sizeof *ratios, compare_ratios);
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
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        const struct hc_log_row *row = &table->rows[table->order[k]];
        if (!(row->reference + row->window > 0))
            continue;
        double value = (row->window + 0.5) / (row->reference + 0.5);
        scratch[n++] = (struct ratio){value, row->reference + row->window, k};
    }
    c->ratio = typical_ratio(scratch, n);
}

static bool is_cause(const struct hc_incident *incident, size_t i)
{
    return incident->log_counts[i].level == HC_LOG_CAUSE;
}

/* `at`: room for [n_components]. */
static void fill_order(struct hc_log_table *table, const struct hc_incident *incident, size_t *at)
{
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        if (table->rows[i].component == HC_NO_COMPONENT)
            continue;
        table->begin[table->rows[i].component + 1]++;
        table->end[table->rows[i].component] += !is_cause(incident, i);
    }
    for (size_t c = 0; c < incident->n_components; c++) {
        table->begin[c + 1] += table->begin[c];
        at[c] = table->begin[c] + table->end[c];
        table->end[c] = table->begin[c];
    }
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        uint32_t c = table->rows[i].component;
        if (c != HC_NO_COMPONENT)
            table->order[is_cause(incident, i) ? at[c]++ : table->end[c]++] = i;
    }
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
    table->end = hc_detect_alloc(d, incident->n_components, sizeof *table->end);
    size_t *at = hc_detect_room(d, incident->n_components, sizeof *at);
    struct ratio *scratch = hc_detect_room(d, incident->n_log_counts, sizeof *scratch);
    struct minutes minutes = {.bits = MINUTES_BITS};
    minutes.slots = hc_detect_alloc(d, (size_t)1 << MINUTES_BITS, sizeof *minutes.slots);
    if (d->refused)
        return NULL;
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        struct hc_log_row *row = &table->rows[i];
        row->component = count->component == HC_NO_COMPONENT ? d->service : count->component;
        count_row(row, &minutes, d, count);
        if (row->component == HC_NO_COMPONENT)
            continue;
        if (is_cause(incident, i)) {
            table->components[row->component].causes += row->reference;
            continue;
        }
        table->components[row->component].reference += row->reference;
        table->components[row->component].window += row->window;
    }
    if (minutes.n_of[REFERENCE] > 0)
        table->covered_ratio = (double)minutes.n_of[WINDOW] / (double)minutes.n_of[REFERENCE];
    fill_order(table, incident, at);
    for (size_t c = 0; c < incident->n_components; c++)
        fill_ratio(table, (uint32_t)c, scratch);
    return table;
}

struct hc_str hc_log_quote(struct hc_detection *d, const struct hc_log_count *count)
{
    struct hc_str text = d->incident->templates[count->template_index].text;
    if (text.n <= QUOTE_BYTES)
        return HC_PHRASE(d->arena, HC_STR("'"), text, HC_STR("'"));
    struct hc_str cut = {text.p, QUOTE_BYTES};
    cut.n = hc_utf8_valid_prefix(cut);
    return HC_PHRASE(d->arena, HC_STR("'"), cut, HC_STR(" …'"));
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
