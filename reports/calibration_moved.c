/* What moved since the calibration before, and what came between. */
#include "reports/calibration_moved.h"
#include "analysis/stats/beta.h"

/* ---- in words --------------------------------------------------------------------------------------------- */

static size_t n_moved(const struct hc_moves *m)
{
    return m->n_moved[HC_MOVED_OVERALL] + m->n_moved[HC_MOVED_BY_SERVICE] + m->weights.n_moved + m->penalties.n_moved;
}

static size_t n_tested(const struct hc_moves *m)
{
    return m->n_tested[HC_MOVED_OVERALL] + m->n_tested[HC_MOVED_BY_SERVICE] + m->weights.n_tested +
           m->penalties.n_tested;
}

static void put_count(struct hc_doc *doc, size_t n, size_t of, const char *what, const char *more)
{
    hc_doc_format(doc, "%zu of %zu %s%s", n, of, what, more);
}

static void put_counts(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    put_count(doc, m->n_moved[HC_MOVED_OVERALL], m->n_tested[HC_MOVED_OVERALL], "shares over all services", ", ");
    put_count(doc, m->n_moved[HC_MOVED_BY_SERVICE], m->n_tested[HC_MOVED_BY_SERVICE], "by service", ", ");
    put_count(doc, m->weights.n_moved, m->weights.n_tested, "weights", " and ");
    put_count(doc, m->penalties.n_moved, m->penalties.n_tested, "penalties", "");
}

/* "Network (12 % to 21 %: 31 of the 172 labels that came, 9 to 24 were to be expected)" */
static void put_moved_share(struct hc_calibration_parts *parts, const struct hc_moved_share *s)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_strong(doc, hc_moved_name(parts, s));
    hc_doc_format(doc, " (%.*s to %.*s: %u of the %u labels that came, where %u to %u were to be expected)",
                  HC_STR_ARG(hc_cal_percent(doc, s->before->probability)),
                  HC_STR_ARG(hc_cal_percent(doc, s->now->probability)), s->n_of, s->n_came, s->expected.low,
                  s->expected.high);
}

/* The most telling ones by name; the tables have all. */
static void put_named(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    size_t n = 0;
    for (size_t i = 0; i < m->n_shares; i++)
        if (m->shares[i].moved && n++ < 3) {
            hc_doc_text(doc, n == 1 ? ": " : ", ");
            put_moved_share(parts, &m->shares[i]);
        }
    const struct hc_moved_values *const lists[] = {&m->weights, &m->penalties};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < lists[k]->n && i < 3; i++)
            if (lists[k]->items[i].moved) {
                hc_doc_text(doc, n++ ? ", " : ": ");
                hc_doc_text(doc, k ? "the penalty of missing " : "the weight of ");
                hc_doc_strong(doc,
                              k ? hc_cal_kind(parts->in->catalogue, lists[k]->items[i].name) : lists[k]->items[i].name);
            }
    hc_doc_text(doc, ".");
}

void hc_cal_moved_short(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    if (!m)
        return;
    hc_doc_item(doc);
    const long long more = (long long)m->now->n_incidents - m->before->n_incidents;
    hc_doc_format(doc, "Since calibration %lld, which had learned from %lld %s label%s, ", (long long)m->before->number,
                  llabs(more), more < 0 ? "more" : "fewer", llabs(more) == 1 ? "" : "s");
    if (!n_tested(m)) {
        hc_doc_link_section(doc, HC_STR("whether anything moved"), HC_STR("moved"));
        hc_doc_text(doc, " cannot be told.");
        return;
    }
    hc_doc_link_section(doc,
                        n_moved(m) ? hc_doc_formatted(doc, "%zu of %zu learned values moved", n_moved(m), n_tested(m))
                                   : HC_STR("nothing moved"),
                        HC_STR("moved"));
    hc_doc_text(doc, " by more than chance would make of them.");
}

static void put_heads(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    char before[HC_TIME_TEXT], now[HC_TIME_TEXT];
    hc_time_format(m->before->as_of, before);
    hc_time_format(m->now->as_of, now);
    hc_doc_lead(doc);
    hc_doc_format(
        doc,
        "Calibration %lld (as of %.10s, %u confirmed incidents) beside calibration %lld (as of %.10s, %u), the latest "
        "promoted one that %s. ",
        (long long)m->now->number, now, m->now->n_incidents, (long long)m->before->number, before,
        m->before->n_incidents,
        (uint64_t)m->before->n_incidents * 10 <= (uint64_t)m->now->n_incidents * 9
            ? "had learned from at least a tenth fewer"
            : "had learned from others");
    if (n_moved(m)) {
        put_counts(parts);
        hc_doc_text(doc, " moved by more than chance would make of them");
        put_named(parts);
    } else if (n_tested(m)) {
        hc_doc_strong(doc, HC_STR("Nothing moved by more than chance would make of it"));
        hc_doc_text(doc, ": ");
        put_counts(parts);
        hc_doc_text(doc, ".");
    } else {
        hc_doc_text(doc, "Whether anything moved by more than chance cannot be told.");
    }
}

/* What cannot be told, and why. */
static void put_doubts(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    if (!m->grown) {
        hc_doc_note(doc);
        hc_doc_text(
            doc, "Some category has fewer labels than it had: outcomes were corrected or taken back. Which labels came "
                 "can then not be told from how many there are, and neither shares nor weights are tested.");
    } else if (!parts->in->labels_stand) {
        hc_doc_note(doc);
        hc_doc_text(
            doc,
            "The labels learned from are not in the corpus as they were: some were corrected, or came later with an "
            "earlier time. What came between is told by the time at which outcomes became known, and may not be all "
            "of the difference.");
    }
    if (!m->confidence[HC_MOVED_BEFORE].known) {
        hc_doc_note(doc);
        hc_doc_text(
            doc,
            "The model of the calibration before cannot be read with this version or catalogue: what changed with it "
            "moved too, shares are not tested, and its temperature is not known.");
    }
}

static void put_rule(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "The later calibration learned what the earlier one had, and what came since. So a share is held against the labels that "
        "came: how many of them the earlier calibration, as unsure as it was, had to expect. A weight moved where it lies so far outside "
        "of its old interval as chance puts few of so many; a penalty, where old and new are so far apart as two means of different "
        "incidents seldom are (it also moves as the model learns to do without). The bounds are adjusted for how many are looked at: "
        "where nothing changes, and as far as the intervals hold, any of a family (shares over all, shares by service, weights, penalties) is called moved in at most 5 "
        "of 100 such comparisons. ");
    hc_doc_format(
        doc,
        "%zu of %zu weights lie outside of their own old interval, which says little of one of so many: each does so by "
        "chance in at most 1 of 20 cases.",
        m->weights.n_outside, m->weights.n_tested);
    if (m->weights.n_new || m->weights.n_gone)
        hc_doc_format(
            doc, " %zu more are of causes or signs that only the later one weighs, %zu that only the earlier one did.",
            m->weights.n_new, m->weights.n_gone);
}

/* ---- confidence ----------------------------------------------------------------------------------------------- */

static void put_pair(struct hc_calibration_parts *parts, const char *what, struct hc_str before, struct hc_str now)
{
    hc_cal_cell(parts->doc, hc_str_of(what));
    hc_cal_cell(parts->doc, before);
    hc_cal_cell(parts->doc, now);
}

static void put_confidence(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {
        {"What", HC_COLUMN_TITLE, true}, {"Before", HC_COLUMN_NUMBER, false}, {"Now", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_moves *m = parts->in->moves;
    struct hc_str said[HC_MOVED_TIMES][4];
    for (int i = 0; i < HC_MOVED_TIMES; i++) {
        const struct hc_moved_confidence *c = &m->confidence[i];
        said[i][0] = c->known ? hc_cal_fixed(doc, c->temperature, 3) : HC_STR("not known");
        said[i][1] = c->known ? hc_cal_percent(doc, c->unexplained) : HC_STR("not known");
        said[i][2] = !c->known          ? HC_STR("not known")
                     : c->promised_from ? hc_doc_formatted(doc, "%u", c->promised_from)
                                        : HC_STR("none: nothing is promised");
        said[i][3] = c->known ? hc_cal_percent(doc, c->mass) : HC_STR("not known");
    }
    hc_doc_subsection(doc, HC_STR("moved-confidence"), HC_STR("How sure it says to be"));
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "No interval is kept of these: whether their change is more than chance cannot be told from them. Whether what is "
        "stated holds is told by the backtest, below.");
    hc_doc_table(doc, HC_STR("Confidence"), HC_COLUMNS(columns));
    put_pair(
        parts,
        "What the evidence's weight is divided by, where nothing is missing (temperature; above 1: it counts less)",
        said[0][0], said[1][0]);
    put_pair(parts, "Of a cause not listed, where the evidence speaks for none", said[0][1], said[1][1]);
    hc_cal_cell(doc, HC_STR("Share of labels taken to be wrong"));
    hc_cal_cell(doc, hc_cal_percent(doc, m->before->wrong_labels));
    hc_cal_cited_cell(doc, hc_cal_percent(doc, m->now->wrong_labels),
                      hc_moved_query(parts, "wrong_labels", "calibrations", HC_STR("")));
    put_pair(parts, "Past incidents that the promise rests on", said[0][2], said[1][2]);
    put_pair(
        parts,
        "Probability that may lie before the cause within a promised set (of all incidents; groups that miss the same have "
        "their own)",
        said[0][3], said[1][3]);
}

/* ---- what came ---------------------------------------------------------------------------------------------- */

static void put_came(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Category", HC_COLUMN_TITLE, true},
                                               {"Labels that came", HC_COLUMN_NUMBER, false},
                                               {"Share of them", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration_report *in = parts->in;
    const struct hc_str sql = hc_moved_came_query(parts, "category, count(*)", NULL);
    const struct hc_moves *m = parts->in->moves;
    hc_doc_subsection(doc, HC_STR("moved-came"), HC_STR("What came between"));
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu outcome%s became known between the two.", in->n_came, in->n_came == 1 ? "" : "s");
    if (!in->n_came)
        return;
    hc_doc_table(doc, HC_STR("Confirmed outcomes that became known between the two, by category"), HC_COLUMNS(columns));
    size_t named = 0;
    for (size_t c = 0; c <= m->n_shares; c++) {
        size_t n = 0;
        if (c < m->n_shares && !hc_moved_is_in(&m->shares[c], HC_MOVED_OVERALL))
            continue;
        for (size_t i = 0; c < m->n_shares && i < in->n_came; i++)
            n += hc_moved_came_of(&in->came[i], m->shares[c].now);
        named += n;
        if (c == m->n_shares)
            n = in->n_came - named;
        if (!n)
            continue;
        struct hc_score share = {(double)n / (double)in->n_came, 0, 1};
        hc_share_interval((double)n, (uint32_t)in->n_came, 0.95, &share.low, &share.high);
        hc_doc_cell(doc);
        if (c < m->n_shares)
            hc_doc_str(doc, hc_cal_category(in->catalogue, m->shares[c].now->category));
        else
            hc_doc_absent(doc, "not stated");
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%zu", n), sql);
        hc_cal_cell(doc, hc_cal_share(doc, share));
    }
}

void hc_cal_moved(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "moved", "What moved since the calibration before");
    if (!parts->in->moves) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, parts->in->calibration
                             ? "Nothing can be said: the calibration in use is the first that was promoted. "
                             : "Nothing can be said: no calibration was promoted. ");
        hc_doc_code(doc, HC_STR("hindcast calibrate"));
        hc_doc_text(doc, parts->in->calibration ? " makes another, once more outcomes are known." : " learns one.");
        return;
    }
    put_heads(parts);
    put_doubts(parts);
    put_rule(parts);
    put_came(parts);
    hc_moved_shares(parts);
    hc_moved_weights(parts);
    hc_moved_penalties(parts);
    put_confidence(parts);
}
