/* How usual each category is, now and before, and which labels that came speak for a change. */
#include <math.h>

#include "reports/calibration_moved.h"

#define SHARES_BY_SERVICE 20 /* rows of those that moved */
#define NAMED 8              /* incidents by name */

static const char *const families[HC_MOVED_SHARES] = {"over all services", "by service"};

/* ---- shares ------------------------------------------------------------------------------------------------ */

static const struct hc_column share_columns[] = {{"Category", HC_COLUMN_TITLE, true},
                                                 {"Before", HC_COLUMN_RANGE, false},
                                                 {"Now", HC_COLUMN_RANGE, false},
                                                 {"Points", HC_COLUMN_NUMBER, false},
                                                 {"Labels that came", HC_COLUMN_NUMBER, false},
                                                 {"To be expected (95 %)", HC_COLUMN_RANGE, false},
                                                 {"So? (adjusted p)", HC_COLUMN_TEXT, false}};

static void put_share(struct hc_calibration_parts *parts, const struct hc_moved_share *s)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_prior_row *b = s->before, *n = s->now;
    const struct hc_str where = hc_doc_formatted(
        doc, " AND category = '%.*s' AND service %s%.*s%s", HC_STR_ARG(hc_cal_quoted(doc, n->category)),
        n->service.p ? "= '" : "IS NULL", HC_STR_ARG(hc_cal_quoted(doc, n->service)), n->service.p ? "'" : "");
    hc_cal_cell(doc, hc_moved_name(parts, s));
    hc_doc_cell(doc);
    if (b)
        hc_doc_str(doc, hc_cal_share(doc, (struct hc_score){b->probability, b->low, b->high}));
    else
        hc_doc_absent(doc, "not known then");
    hc_cal_cited_cell(doc, hc_cal_share(doc, (struct hc_score){n->probability, n->low, n->high}),
                      hc_moved_query(parts, "probability, low, high, incidents", "priors", where));
    hc_cal_cell(doc, b ? hc_moved_change(doc, b->probability, n->probability) : HC_STR("-"));
    if (s->tested) {
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u of %u", s->n_of, s->n_came),
                          hc_moved_came_query(parts, "incident, cause, component, known_at", n));
        hc_cal_cell(doc, hc_doc_formatted(doc, "%.*s (%u" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%u)",
                                          HC_STR_ARG(hc_cal_fixed(doc, s->expected.mean, 1)), s->expected.low,
                                          s->expected.high));
    } else {
        hc_cal_cell(doc, HC_STR("-"));
        hc_cal_cell(doc, HC_STR("-"));
    }
    hc_moved_judged(doc, s->tested, s->moved, s->q);
}

static double mark_top(const struct hc_moves *m)
{
    double top = 0;
    for (size_t i = 0; i < m->n_shares; i++)
        if (hc_moved_is_in(&m->shares[i], HC_MOVED_OVERALL))
            top = fmax(top, fmax(m->shares[i].now->high, m->shares[i].before ? m->shares[i].before->high : 0));
    return top > 0 ? ceil(10 * top) / 10 : 1;
}

static void put_share_figure(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    const double top = mark_top(m);
    hc_doc_intervals(
        doc,
        hc_doc_formatted(doc,
                         "Shares over all services with their 95 %% intervals, from 0 to %.*s; below, dashed: before",
                         HC_STR_ARG(hc_cal_percent(doc, top))),
        HC_STR("Shares with their intervals, now and before; the table that follows holds them."));
    for (size_t i = 0; i < m->n_shares; i++) {
        const struct hc_moved_share *s = &m->shares[i];
        if (!hc_moved_is_in(s, HC_MOVED_OVERALL))
            continue;
        struct hc_mark mark =
            hc_moved_mark_of((struct hc_score){s->now->probability, s->now->low, s->now->high}, 0, top);
        struct hc_mark before = {.at = 0};
        if (s->before)
            before =
                hc_moved_mark_of((struct hc_score){s->before->probability, s->before->low, s->before->high}, 0, top);
        mark.label = s->moved ? hc_doc_formatted(doc, "%.*s (moved)", HC_STR_ARG(hc_moved_name(parts, s)))
                              : hc_moved_name(parts, s);
        mark.value = hc_cal_percent(doc, s->now->probability);
        if (s->before)
            mark.value = hc_doc_formatted(doc, "%.*s, before %.*s", HC_STR_ARG(mark.value),
                                          HC_STR_ARG(hc_cal_percent(doc, s->before->probability)));
        hc_moved_mark(parts, mark, s->before ? &before : NULL, s->moved);
    }
}

/* ---- why a share moved --------------------------------------------------------------------------------------- */

static struct hc_str field_of(const struct hc_labelled *label, int field)
{
    const struct hc_str fields[] = {label->cause, label->evidence->service, label->component};
    return fields[field];
}

/* The most frequent cause, service or component of the labels that came of a row; of equal ones the first. */
static size_t most_frequent(const struct hc_calibration_report *in, const struct hc_prior_row *row, int field,
                            struct hc_str *name)
{
    size_t most = 0;
    for (size_t i = 0; i < in->n_came; i++) {
        const struct hc_str at = field_of(&in->came[i], field);
        size_t n = 0;
        for (size_t j = 0; at.p && hc_moved_came_of(&in->came[i], row) && j < in->n_came; j++) {
            const struct hc_str other = field_of(&in->came[j], field);
            n += other.p && hc_moved_came_of(&in->came[j], row) && hc_str_equal(other, at);
        }
        if (n > most) {
            most = n;
            *name = at;
        }
    }
    return most;
}

static void put_incidents(struct hc_calibration_parts *parts, const struct hc_prior_row *row)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration_report *in = parts->in;
    size_t n = 0;
    for (size_t i = 0; i < in->n_came; i++)
        if (hc_moved_came_of(&in->came[i], row) && n++ < NAMED) {
            hc_doc_text(doc, n == 1 ? " They are " : ", ");
            hc_doc_code(doc, in->came[i].evidence->incident);
        }
    if (n > NAMED)
        hc_doc_format(doc, " and %zu more", n - NAMED);
    if (n)
        hc_doc_text(doc, ".");
}

static void put_why_share(struct hc_calibration_parts *parts, const struct hc_moved_share *s)
{
    static const char *const of[] = {"of the cause ", "on the service ", "at the component "};
    struct hc_doc *doc = parts->doc;
    hc_doc_item(doc);
    hc_doc_strong(doc, hc_moved_name(parts, s));
    hc_doc_format(doc, ": %u of the %u labels that came are of it, %.*s were to be expected.", s->n_of, s->n_came,
                  HC_STR_ARG(hc_cal_fixed(doc, s->expected.mean, 1)));
    size_t said = 0;
    for (int field = 0; field < 3; field++) {
        struct hc_str name = HC_STR_NONE;
        const size_t n = field == 1 && s->now->service.p ? 0 : most_frequent(parts->in, s->now, field, &name);
        if (!n)
            continue;
        hc_doc_format(doc, said++ ? ", %zu %s" : " Most often %zu %s", n, of[field]);
        hc_doc_code(doc, name);
    }
    if (said)
        hc_doc_text(doc, ".");
    put_incidents(parts, s->now);
}

void hc_moved_shares(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    hc_doc_subsection(doc, HC_STR("moved-shares"), HC_STR("How usual each category is"));
    if (m->n_moved[HC_MOVED_OVERALL] + m->n_moved[HC_MOVED_BY_SERVICE]) {
        hc_doc_list(doc);
        for (size_t i = 0, n = 0; i < m->n_shares; i++)
            if (m->shares[i].moved && n++ < SHARES_BY_SERVICE)
                put_why_share(parts, &m->shares[i]);
    }
    put_share_figure(parts);
    for (int family = 0; family < HC_MOVED_SHARES; family++) {
        size_t n = 0;
        if (family == HC_MOVED_BY_SERVICE && !m->n_moved[family])
            continue;
        hc_doc_table(doc,
                     hc_doc_formatted(doc, "Shares %s%s, with 95 %% intervals", families[family],
                                      family == HC_MOVED_BY_SERVICE ? " that moved" : ""),
                     HC_COLUMNS(share_columns));
        for (size_t i = 0; i < m->n_shares; i++)
            if (hc_moved_is_in(&m->shares[i], family) && (family == HC_MOVED_OVERALL || m->shares[i].moved) &&
                n++ < (family ? SHARES_BY_SERVICE : SIZE_MAX))
                put_share(parts, &m->shares[i]);
    }
}
