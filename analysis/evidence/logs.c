/* Logs: levels, volume, templates that are new, that stopped, that come in other proportions. */
#include <math.h>

#include "analysis/evidence/logcount.h"
#include "analysis/evidence/sentence.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/shift.h"

#define RATE_SCATTER 0.15  /* rates of one template wander by this much between healthy periods */
#define VOLUME_SCATTER 0.3 /* and the volume of a whole log by this much */
#define RECOVERED_Z (-2)
#define LINES_LEAST 5
#define EXPECTED_LEAST 3
#define FLOW_LINES_REFERENCE 30
#define FLOW_LINES_WINDOW 10
#define FLOW_UNIT 5 /* a fifth of the lines elsewhere is worth 1 */

struct tally {
    double reference, window;
    size_t loudest; /* log count with the most lines in the window */
    double loudest_lines;
    struct hc_time onset;
};

static void tally_row(struct tally *t, const struct hc_detection *d, const struct hc_log_table *table, size_t i)
{
    const struct hc_log_row *row = &table->rows[i];
    t->reference += row->reference;
    t->window += row->window;
    if (row->window > t->loudest_lines) {
        t->loudest_lines = row->window;
        t->loudest = i;
    }
    struct hc_time at = hc_log_onset(d, &d->incident->log_counts[i], row);
    if (row->window > 0 && hc_time_known(at) && (!hc_time_known(t->onset) || at.ns < t->onset.ns))
        t->onset = at;
}

/* "1 line", "2 error lines" */
struct lines {
    struct hc_str before, after; /* the word */
};

static struct hc_str plural(double n)
{
    return n == 1 ? HC_STR("line") : HC_STR("lines");
}

static void add_text(struct hc_detection *d, struct hc_finding *f, const struct tally *t, const struct lines *lines,
                     const struct hc_log_component *c)
{
    const struct hc_log_count *count = &d->incident->log_counts[t->loudest];
    struct hc_str name = hc_detect_component_name(d, f->component);
    struct hc_str quote = hc_log_quote(d, count);
    f->place = count->first;
    f->onset = t->onset;
    struct hc_str usual = HC_STR("); no line of it from the baseline is in the bundle");
    if (c->reference > 0)
        usual = HC_PHRASE(d->arena, HC_STR("), against "), HC_WHOLE(t->reference), HC_STR(" of "),
                          HC_WHOLE(c->reference), HC_STR(" "), plural(c->reference), HC_STR(" in the baseline"));
    f->text = HC_PHRASE(d->arena, HC_WHOLE(t->window), HC_STR(" "), lines->before, plural(t->window), lines->after,
                        HC_STR(" from "), name, HC_STR(", most often "), quote, HC_STR(" ("),
                        HC_WHOLE(t->loudest_lines), usual);
}

/* Lines from a level on: against the expected rate where the baseline has a log, else by their number alone. */
static void add_level(struct hc_detection *d, const struct hc_log_table *table, uint32_t component, size_t feature,
                      struct hc_str what, int least, int most)
{
    const struct hc_log_component *c = &table->components[component];
    struct tally t = {.onset = HC_TIME_NONE};
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        size_t i = table->order[k];
        int level = d->incident->log_counts[i].level;
        if (level >= least && level <= most && !d->complains[i])
            tally_row(&t, d, table, i);
    }
    double z = sqrt(t.window);
    if (c->reference > 0)
        z = isnan(c->ratio) ? 0 : hc_rate_z(t.window, t.reference, c->ratio, RATE_SCATTER);
    struct hc_finding f = {.component = component, .feature = feature, .value = hc_shift_surprise(z, 0)};
    if (hc_detect_wants(d, component, feature, f.value))
        add_text(d, &f, &t, &(struct lines){what, HC_STR("")}, c);
    hc_detect_add(d, &f);
}

/* The lines of a component by statement: [n_templates], zero but while one component is looked at. */
struct statement {
    double reference, window, other;
};

struct statements {
    struct statement *sums;
    const bool *begins; /* by log count, as hc_flows_lead */
};

static void sum_statements(struct statement *sums, const struct hc_detection *d, const struct hc_log_table *table,
                           uint32_t component, int sign)
{
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        const struct hc_log_row *row = &table->rows[table->order[k]];
        struct statement *sum = &sums[d->statement_of[table->order[k]]];
        sum->reference += sign * row->reference;
        sum->window += sign * row->window;
        sum->other += sign * row->other;
    }
}

static void add_new(struct hc_detection *d, const struct hc_log_table *table, uint32_t component,
                    const struct statements *s)
{
    const struct hc_log_component *c = &table->components[component];
    struct tally t = {.onset = HC_TIME_NONE};
    if (c->reference < LINES_LEAST)
        return;
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        size_t i = table->order[k];
        const struct statement *sum = &s->sums[d->statement_of[i]];
        bool unseen = !(sum->reference + sum->other > 0) && !d->complains[i];
        bool tells = s->begins[i] && !d->recovered[component];
        if (unseen && (tells || d->incident->log_counts[i].level >= HC_LOG_WARN))
            tally_row(&t, d, table, i);
    }
    double z = c->window > 0 ? t.window / sqrt(c->window) : 0;
    struct hc_finding f = {
        .component = component, .feature = HC_FEATURE_LOG_NEW_TEMPLATE, .value = hc_shift_surprise(z, 0)};
    if (hc_detect_wants(d, component, f.feature, f.value))
        add_text(d, &f, &t, &(struct lines){HC_STR(""), HC_STR(" of templates that its log did not have before")}, c);
    hc_detect_add(d, &f);
}

/* Of errors and warnings the baseline may hold another trouble's: that they stopped is none. */
static bool may_be_missed(const struct hc_detection *d, size_t i, double expected)
{
    return expected >= EXPECTED_LEAST && d->incident->log_counts[i].level < HC_LOG_WARN;
}

static void add_gone(struct hc_detection *d, const struct hc_log_table *table, uint32_t component,
                     const struct statements *s)
{
    const struct hc_log_component *c = &table->components[component];
    if (c->reference < LINES_LEAST || isnan(c->ratio))
        return;
    size_t n_tested = 0;
    for (size_t k = table->begin[component]; k < table->end[component]; k++)
        n_tested += may_be_missed(d, table->order[k], table->rows[table->order[k]].reference * c->ratio);
    double quiet = hc_greatest_of(n_tested);
    hc_detect_observe(d, component, HC_FEATURE_LOG_GONE_TEMPLATE);
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        size_t i = table->order[k];
        const struct statement *sum = &s->sums[d->statement_of[i]];
        double expected = sum->reference * c->ratio;
        if (!may_be_missed(d, i, table->rows[i].reference * c->ratio))
            continue;
        double value = hc_shift_surprise(-hc_rate_z(sum->window, sum->reference, c->ratio, RATE_SCATTER), quiet);
        struct hc_finding f = {.component = component, .feature = HC_FEATURE_LOG_GONE_TEMPLATE, .value = value};
        if (hc_detect_wants(d, component, f.feature, value)) {
            const struct hc_log_count *count = &d->incident->log_counts[i];
            struct hc_str quote = hc_log_quote(d, count);
            f.place = count->first;
            f.onset = HC_TIME_NONE;
            f.text = HC_PHRASE(d->arena, HC_WHOLE(sum->window), HC_STR(" "), plural(sum->window), HC_STR(" "), quote,
                               HC_STR(" from "), hc_detect_component_name(d, component),
                               HC_STR(", where its other lines let expect "), HC_FIXED(expected, 1));
        }
        hc_detect_add(d, &f);
    }
}

static void add_flow(struct hc_detection *d, const struct hc_log_table *table, uint32_t component, double *reference,
                     double *window)
{
    const struct hc_log_component *c = &table->components[component];
    size_t n = 0;
    if (c->reference < FLOW_LINES_REFERENCE || c->window < FLOW_LINES_WINDOW)
        return;
    struct hc_source_place place = {HC_STR_NONE, 0};
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        size_t i = table->order[k];
        if (n == 0)
            place = d->incident->log_counts[i].first;
        reference[n] = table->rows[i].reference;
        window[n++] = table->rows[i].window;
    }
    double distance = hc_total_variation(reference, window, n);
    struct hc_finding f = {.component = component,
                           .feature = HC_FEATURE_LOG_FLOW_SHIFT,
                           .value = isnan(distance) ? 0 : FLOW_UNIT * distance,
                           .onset = HC_TIME_NONE,
                           .place = place};
    if (hc_detect_wants(d, component, f.feature, f.value))
        f.text = HC_PHRASE(d->arena, HC_WHOLE(100 * distance), HC_STR(" % of the lines of "),
                           hc_detect_component_name(d, component),
                           HC_STR(", chance taken off, are of other templates than in the baseline"));
    hc_detect_add(d, &f);
}

static void add_volume(struct hc_detection *d, const struct hc_log_table *table, uint32_t component, double exposure)
{
    const struct hc_log_component *c = &table->components[component];
    if (c->reference < LINES_LEAST || !(exposure > 0))
        return;
    double z = hc_rate_z(c->window, c->reference, exposure, VOLUME_SCATTER);
    struct tally t = {.onset = HC_TIME_NONE};
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        size_t i = table->order[k];
        tally_row(&t, d, table, i);
    }
    for (int up = 0; up < 2; up++) {
        struct hc_finding f = {.component = component,
                               .feature = up ? HC_FEATURE_LOG_VOLUME_UP : HC_FEATURE_LOG_VOLUME_DOWN,
                               .value = hc_shift_surprise(up ? z : -z, 1),
                               .onset = HC_TIME_NONE,
                               .place = d->incident->log_counts[t.loudest].first};
        if (hc_detect_wants(d, component, f.feature, f.value))
            f.text = HC_PHRASE(d->arena, HC_WHOLE(c->window), HC_STR(" "), plural(c->window), HC_STR(" from "),
                               hc_detect_component_name(d, component), HC_STR(", where its baseline lets expect "),
                               HC_WHOLE(c->reference * exposure));
        hc_detect_add(d, &f);
    }
}

/* A baseline may hold another trouble. Where that ended, courses run to their end that did not, and lines and calls come
 * that were not there: recovery, not trouble. */
static void find_recovered(struct hc_detection *d, const struct hc_log_table *table, uint32_t component)
{
    const struct hc_log_component *c = &table->components[component];
    double reference = 0, window = 0;
    for (size_t k = table->begin[component]; k < table->end[component]; k++) {
        if (d->incident->log_counts[table->order[k]].level < HC_LOG_WARN)
            continue;
        reference += table->rows[table->order[k]].reference;
        window += table->rows[table->order[k]].window;
    }
    d->recovered[component] = c->reference > 0 && c->window > 0 &&
                              hc_share_z(window, c->window, reference, c->reference, RATE_SCATTER) < RECOVERED_Z;
}

void hc_detect_logs(struct hc_detection *d)
{
    const struct hc_log_table *table = d->log_table;
    double *reference = hc_detect_room(d, d->incident->n_log_counts, sizeof *reference);
    double *window = hc_detect_room(d, d->incident->n_log_counts, sizeof *window);
    struct statements s = {.sums = hc_detect_alloc(d, d->incident->n_templates, sizeof *s.sums),
                           .begins = hc_flows_lead(d)};
    const bool *covers = hc_flows_cover(d);
    if (d->refused)
        return;
    for (uint32_t c = 0; c < d->incident->n_components && !d->refused; c++) {
        if (!(table->components[c].reference + table->components[c].window > 0))
            continue;
        find_recovered(d, table, c);
        add_level(d, table, c, HC_FEATURE_LOG_ERRORS_UP, HC_STR("error "), HC_LOG_ERROR, HC_LOG_FATAL);
        add_level(d, table, c, HC_FEATURE_LOG_WARNINGS_UP, HC_STR("warning "), HC_LOG_WARN, HC_LOG_WARN);
        sum_statements(s.sums, d, table, c, 1);
        add_new(d, table, c, &s);
        add_gone(d, table, c, &s);
        sum_statements(s.sums, d, table, c, -1);
        if (!covers[c])
            add_flow(d, table, c, reference, window);
        add_volume(d, table, c, table->covered_ratio);
    }
}
