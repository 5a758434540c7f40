/* What evidence weighs and what its absence costs, now and before. */
#include <math.h>

#include "reports/calibration_moved.h"

#define VALUES 20 /* rows of weights */

/* ---- weights and penalties -------------------------------------------------------------------------------------- */

static struct hc_str say_seen(struct hc_doc *doc, const struct hc_moved_seen seen[HC_MOVED_TIMES])
{
    return hc_doc_formatted(doc, "%u of %u, before %u of %u", seen[HC_MOVED_SINCE].k, seen[HC_MOVED_SINCE].n,
                            seen[HC_MOVED_BEFORE].k, seen[HC_MOVED_BEFORE].n);
}

static void put_weight(struct hc_calibration_parts *parts, const struct hc_moved_value *v)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_str where =
        hc_doc_formatted(doc, " AND evidence = '%.*s'", HC_STR_ARG(hc_cal_quoted(doc, v->name)));
    hc_doc_cell(doc);
    hc_doc_code(doc, v->name);
    hc_cal_cell(doc, hc_cal_number(doc, v->before));
    hc_cal_cited_cell(doc, hc_cal_number(doc, v->now), hc_moved_query(parts, "weight, low, high", "weights", where));
    hc_cal_cell(doc, hc_cal_fixed(doc, v->now.value - v->before.value, 3));
    hc_moved_judged(doc, v->tested, v->moved, v->q);
    hc_cal_cell(doc, v->explained ? say_seen(doc, v->at_fault) : HC_STR("-"));
    hc_cal_cell(doc, v->explained ? say_seen(doc, v->elsewhere) : HC_STR("-"));
}

static void put_weight_figure(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moved_values *list = &parts->in->moves->weights;
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < list->n_outside && i < VALUES; i++) {
        low = fmin(low, fmin(list->items[i].before.low, list->items[i].now.low));
        high = fmax(high, fmax(list->items[i].before.high, list->items[i].now.high));
    }
    hc_doc_intervals(
        doc,
        hc_doc_formatted(doc, "These weights with their 95 %% intervals, from %.*s to %.*s nats; below, dashed: before",
                         HC_STR_ARG(hc_cal_fixed(doc, low, 2)), HC_STR_ARG(hc_cal_fixed(doc, high, 2))),
        HC_STR("Weights with their intervals, now and before; the table holds them."));
    for (size_t i = 0; i < list->n_outside && i < VALUES; i++) {
        const struct hc_moved_value *v = &list->items[i];
        const struct hc_mark before = hc_moved_mark_of(v->before, low, high);
        struct hc_mark mark = hc_moved_mark_of(v->now, low, high);
        mark.label = v->moved ? hc_doc_formatted(doc, "%.*s (moved)", HC_STR_ARG(v->name)) : v->name;
        mark.value = hc_doc_formatted(doc, "%.*s, before %.*s", HC_STR_ARG(hc_cal_fixed(doc, v->now.value, 3)),
                                      HC_STR_ARG(hc_cal_fixed(doc, v->before.value, 3)));
        hc_moved_mark(parts, mark, &before, v->moved);
    }
}

void hc_moved_weights(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Evidence", HC_COLUMN_TEXT, true},
                                               {"Before", HC_COLUMN_RANGE, false},
                                               {"Now", HC_COLUMN_RANGE, false},
                                               {"Moved by", HC_COLUMN_NUMBER, false},
                                               {"So? (adjusted p)", HC_COLUMN_TEXT, false},
                                               {"Seen at fault since", HC_COLUMN_TEXT, false},
                                               {"Seen elsewhere since", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_moved_values *list = &parts->in->moves->weights;
    hc_doc_subsection(doc, HC_STR("moved-weights"), HC_STR("What evidence weighs"));
    hc_doc_paragraph(doc);
    if (!list->n_outside) {
        hc_doc_format(doc, "None of %zu weights lies outside of its old interval.", list->n_tested);
        return;
    }
    hc_doc_text(
        doc,
        "Those that lie outside of their old interval, the farthest first. Beside each: how often its sign was seen at the component "
        "at fault, and at others of the same incidents, where it could be seen; of a cause's own weight (behind @), in the incidents "
        "of that cause; of a weight of quiet, how often there was none. A sign that is seen at fault more often, and elsewhere no more, gains "
        "weight. But weights are fitted together, so that one may move for what another took over: where these counts do not "
        "bear a change out, why it moved cannot be told. The counts are of the stored evidence, which no view holds.");
    put_weight_figure(parts);
    hc_doc_table(doc, HC_STR("Weights outside of their old interval, in nats a unit"), HC_COLUMNS(columns));
    for (size_t i = 0; i < list->n_outside && i < VALUES; i++)
        put_weight(parts, &list->items[i]);
    if (list->n_outside > VALUES) {
        hc_doc_paragraph(doc);
        hc_doc_format(doc, "%zu more lie outside, less far.", list->n_outside - VALUES);
    }
}

void hc_moved_penalties(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Missing", HC_COLUMN_TITLE, true},
                                               {"Before", HC_COLUMN_RANGE, false},
                                               {"Now", HC_COLUMN_RANGE, false},
                                               {"Points", HC_COLUMN_NUMBER, false},
                                               {"So? (adjusted p)", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_moved_values *list = &parts->in->moves->penalties;
    hc_doc_subsection(doc, HC_STR("moved-penalties"), HC_STR("What missing evidence costs"));
    if (!list->n) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "No penalty was learned by both.");
        return;
    }
    hc_doc_table(doc, HC_STR("Penalties in percentage points, those learned by both"), HC_COLUMNS(columns));
    for (size_t i = 0; i < list->n; i++) {
        const struct hc_moved_value *v = &list->items[i];
        const struct hc_str where =
            hc_doc_formatted(doc, " AND missing = '%.*s'", HC_STR_ARG(hc_cal_quoted(doc, v->name)));
        hc_cal_cell(doc, hc_cal_kind(parts->in->catalogue, v->name));
        hc_cal_cell(doc, hc_cal_points_held(doc, v->before));
        hc_cal_cited_cell(doc, hc_cal_points_held(doc, v->now),
                          hc_moved_query(parts, "points, low, high, incidents", "penalties", where));
        hc_cal_cell(doc, hc_moved_change(doc, v->before.value, v->now.value));
        hc_moved_judged(doc, v->tested, v->moved, v->q);
    }
}
