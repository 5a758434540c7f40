/* What remains unknown, and where the confidence went. Every budget here closes at 100 %. */
#include <math.h>
#include <stdlib.h>

#include "reports/incident_parts.h"

#define LEAST_GAIN 0.0005 /* of a confidence: less is not seen in the digits shown */
#define ROWS 12           /* of a marginal; the rest are one row */
#define QUESTIONS 8

static const struct hc_column budget_columns[] = {
    {"Part", HC_COLUMN_TEXT, true}, {"Share", HC_COLUMN_NUMBER, false}, {"Probability", HC_COLUMN_NUMBER, false}};

static void put_share_row(struct hc_report_parts *parts, struct hc_str name, int share, double p, struct hc_str sql)
{
    struct hc_doc *doc = parts->doc;
    char percent[HC_WORD_TEXT], digits[HC_WORD_TEXT];
    hc_word_share(share, p, percent);
    hc_word_probability(p, digits);
    hc_doc_cell(doc);
    hc_doc_str(doc, name);
    hc_doc_cell(doc);
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", percent), sql);
    hc_doc_cell(doc);
    hc_doc_format(doc, "%s", digits);
}

static void put_total(struct hc_report_parts *parts)
{
    hc_doc_cell(parts->doc);
    hc_doc_strong(parts->doc, HC_STR("Total"));
    hc_doc_cell(parts->doc);
    hc_doc_strong(parts->doc, HC_STR("100.0 %"));
    hc_doc_cell(parts->doc);
    hc_doc_strong(parts->doc, HC_STR("1"));
}

static void put_unexplained(struct hc_report_parts *parts)
{
    put_share_row(parts, HC_STR("unexplained: a cause not in the list"), parts->facts.share_unexplained,
                  parts->in->analysis->unexplained, hc_cite_unexplained(parts));
}

/* ---- remaining uncertainty ------------------------------------------------------------------------------ */

enum doubt { DOUBT_CAUSE, DOUBT_CATEGORY, DOUBT_COMPONENT, DOUBT_BOTH, DOUBTS };

static enum doubt doubt_of(const struct hc_hypothesis *leading, const struct hc_hypothesis *other)
{
    bool component = leading->component.n > 0 && hc_str_equal(leading->component, other->component);
    bool cause = hc_str_equal(leading->category, other->category) && hc_str_equal(leading->cause, other->cause);
    if (component)
        return hc_str_equal(leading->category, other->category) ? DOUBT_CAUSE : DOUBT_CATEGORY;
    return cause ? DOUBT_COMPONENT : DOUBT_BOTH;
}

static void put_doubt(struct hc_report_parts *parts)
{
    static const char *const names[DOUBTS] = {
        "the same component and category, another cause", "the same component, another category",
        "the same cause, another component", "another cause and another component, or none named"};
    const struct hc_analysis *analysis = parts->in->analysis;
    const struct hc_facts *facts = &parts->facts;
    double p[DOUBTS] = {0};
    int shares[DOUBTS];
    for (size_t i = 1; i < analysis->n_hypotheses; i++)
        p[doubt_of(facts->leading, &analysis->hypotheses[i])] += analysis->hypotheses[i].probability;
    hc_shares(p, DOUBTS, 1000 - facts->shares[0] - facts->share_unexplained, shares);
    hc_doc_table(parts->doc, HC_STR("Where the doubt lies"), HC_COLUMNS(budget_columns));
    put_share_row(parts, hc_say_hypothesis(parts, facts->leading), facts->shares[0], facts->leading->probability,
                  hc_cite_hypotheses(parts));
    for (size_t i = 0; i < DOUBTS; i++)
        if (p[i] > 0)
            put_share_row(parts, hc_str_of(names[i]), shares[i], p[i],
                          hc_cite_doubt(parts, i <= DOUBT_CATEGORY, i == DOUBT_CAUSE, i == DOUBT_COMPONENT));
    put_unexplained(parts);
    put_total(parts);
}

struct question {
    struct hc_str text;
    const struct hc_next_evidence *answer; /* the missing kind that would answer it; NULL: none */
    size_t order;                          /* as asked: by hypothesis */
};

static const struct hc_next_evidence *next_of(const struct hc_report_parts *parts, struct hc_str kind)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    for (size_t i = 0; i < analysis->n_next_evidence; i++)
        if (hc_str_equal(analysis->next_evidence[i].kind, kind))
            return &analysis->next_evidence[i];
    return NULL;
}

/* What is expected to tell most first; the rest, which no missing kind answers, as asked. */
static int by_what_it_tells(const void *a, const void *b)
{
    const struct question *x = a, *y = b;
    if (x->answer != y->answer && (!x->answer || !y->answer))
        return x->answer ? -1 : 1;
    if (x->answer != y->answer)
        return x->answer < y->answer ? -1 : 1; /* of one list, in that order */
    return (x->order > y->order) - (x->order < y->order);
}

static size_t gather_questions(const struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis,
                               struct question *list, size_t n)
{
    const struct hc_cause *cause = hc_find_cause(parts, hypothesis->category, hypothesis->cause);
    for (size_t i = 0; cause && i < cause->n_questions && n < QUESTIONS; i++, n++)
        list[n] = (struct question){cause->questions[i],
                                    cause->question_kinds ? next_of(parts, cause->question_kinds[i]) : NULL, n};
    return n;
}

static void put_question(struct hc_report_parts *parts, const struct question *question)
{
    struct hc_doc *doc = parts->doc;
    char nats[HC_WORD_TEXT];
    hc_doc_item(doc);
    hc_doc_str(doc, hc_str_trim(question->text));
    if (!question->answer)
        return;
    hc_word_signed(question->answer->entropy_change, 2, nats);
    hc_doc_text(doc, " Would be answered by: ");
    hc_doc_str(doc, hc_say_kind(parts, question->answer->kind));
    hc_doc_text(doc, " (expected change of the doubt: ");
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s nats", nats), hc_cite_command(parts));
    hc_doc_text(doc, ").");
}

static size_t put_questions_of_levels(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    size_t n = 0;
    for (size_t i = 0; i < incident->n_levels && n < 3; i++) {
        const struct hc_level *level = &incident->levels[i];
        if (!(level->baseline > 0) || !(level->before > level->baseline))
            continue;
        n++;
        hc_doc_item(doc);
        hc_doc_text(doc, "Why was ");
        hc_doc_code(doc, level->metric);
        hc_doc_text(doc, " at ");
        hc_put_number(parts, level->before, level->unit, level->place);
        hc_doc_text(doc, " before the incident, with a baseline of ");
        hc_put_number(parts, level->baseline, level->unit, level->place);
        hc_doc_text(doc, "?");
    }
    return n;
}

static bool same_cause(const struct hc_hypothesis *a, const struct hc_hypothesis *b)
{
    return hc_str_equal(a->category, b->category) && hc_str_equal(a->cause, b->cause);
}

static void put_questions(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    hc_doc_subsection(doc, HC_STR("questions-to-investigate"), HC_STR("Questions to investigate"));
    hc_doc_steps(doc);
    struct question list[QUESTIONS];
    const size_t n_levels = put_questions_of_levels(parts);
    size_t n = n_levels;
    for (size_t i = 0; i < facts->n_shown; i++) {
        const struct hc_hypothesis *hypothesis = &parts->in->analysis->hypotheses[i];
        bool asked = false;
        for (size_t k = 0; k < i; k++)
            asked = asked || same_cause(&parts->in->analysis->hypotheses[k], hypothesis);
        if (!asked && hypothesis->probability >= 0.05)
            n = gather_questions(parts, hypothesis, list, n);
    }
    if (n > n_levels)
        qsort(list + n_levels, n - n_levels, sizeof *list, by_what_it_tells);
    for (size_t i = n_levels; i < n; i++)
        put_question(parts, &list[i]);
    if (parts->in->incident->n_changes == 0 && n < QUESTIONS) {
        hc_doc_item(doc);
        hc_doc_text(doc, "What changed in the day before the first symptom?");
        n++;
    }
    if (n == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "The catalogue has none for these causes.");
    }
}

void hc_part_uncertainty(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    if (parts->facts.leading) {
        put_doubt(parts);
    } else {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Everything: no hypothesis was weighed, 100 % is unexplained.");
    }
    put_questions(parts);
}

/* ---- confidence summary --------------------------------------------------------------------------------- */

static void put_allocation(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    const struct hc_analysis *analysis = parts->in->analysis;
    hc_doc_table(doc, HC_STR("Budget by hypothesis"), HC_COLUMNS(budget_columns));
    for (size_t i = 0; i < facts->n_shown; i++)
        put_share_row(
            parts,
            hc_doc_formatted(doc, "H%zu: %.*s", i + 1, HC_STR_ARG(hc_say_hypothesis(parts, &analysis->hypotheses[i]))),
            facts->shares[i], analysis->hypotheses[i].probability, hc_cite_hypotheses(parts));
    if (facts->n_rest > 0)
        put_share_row(parts, HC_STR("all other hypotheses"), facts->share_rest, facts->p_rest, hc_cite_rest(parts));
    put_unexplained(parts);
    put_total(parts);
}

static struct hc_str share_name(struct hc_report_parts *parts, struct hc_str name, bool is_component)
{
    if (!is_component)
        return hc_say_category(parts, name);
    return name.n > 0 ? name : HC_STR("no component named");
}

/* A marginal with the unexplained part, which has the same share as in every other budget. */
static void put_marginal(struct hc_report_parts *parts, const struct hc_share *list, size_t n, bool is_component)
{
    struct hc_doc *doc = parts->doc;
    double p[ROWS + 1];
    int shares[ROWS + 1];
    size_t n_rows = n < ROWS ? n : ROWS;
    struct hc_str sql =
        hc_cite_analysis(parts, is_component ? "component, sum(probability) AS p" : "category, sum(probability) AS p",
                         "hypotheses", " GROUP BY 1 ORDER BY 2 DESC");
    if (n == 0)
        return;
    p[n_rows] = 0;
    for (size_t i = 0; i < n_rows; i++)
        p[i] = list[i].probability;
    for (size_t i = n_rows; i < n; i++)
        p[n_rows] += list[i].probability;
    hc_shares(p, n_rows + 1, 1000 - parts->facts.share_unexplained, shares);
    hc_doc_table(doc, is_component ? HC_STR("Budget by component") : HC_STR("Budget by category"),
                 HC_COLUMNS(budget_columns));
    for (size_t i = 0; i < n_rows; i++)
        put_share_row(parts, share_name(parts, list[i].name, is_component), shares[i], p[i], sql);
    if (n > n_rows && hc_str_starts(sql, HC_STR("SELECT")))
        sql = hc_doc_formatted(doc, "SELECT sum(p) FROM (%.*s LIMIT -1 OFFSET %zu)", HC_STR_ARG(sql), n_rows);
    if (n > n_rows)
        put_share_row(parts, hc_doc_formatted(doc, "%zu more", n - n_rows), shares[n_rows], p[n_rows], sql);
    put_unexplained(parts);
    put_total(parts);
}

/* ---- what is missing ------------------------------------------------------------------------------------- */

static bool is_learned(const struct hc_penalty *penalty)
{
    return penalty->low < penalty->high; /* false of NaN */
}

double hc_gain_of(const struct hc_report_parts *parts, struct hc_str kind)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    double p = parts->facts.leading ? parts->facts.leading->probability : 1, gain = 0;
    for (size_t i = 0; i < analysis->n_next_evidence; i++)
        if (hc_str_equal(analysis->next_evidence[i].kind, kind))
            gain = analysis->next_evidence[i].expected_confidence - p;
    for (size_t i = 0; i < analysis->n_penalties; i++)
        if (hc_str_equal(analysis->penalties[i].missing, kind) && is_learned(&analysis->penalties[i]))
            gain = fmin(gain, -analysis->penalties[i].low);
    return gain >= LEAST_GAIN ? fmin(gain, 1 - p) : 0;
}

static void put_gain(struct hc_report_parts *parts, struct hc_str kind)
{
    char text[HC_WORD_TEXT];
    double gain = hc_gain_of(parts, kind);
    hc_doc_cell(parts->doc);
    if (!(gain > 0)) {
        hc_doc_text(parts->doc, "none");
        return;
    }
    hc_word_points(gain, text);
    hc_doc_from_sql(parts->doc, hc_doc_formatted(parts->doc, "%s", text), hc_cite_command(parts));
}

static void put_penalty(struct hc_report_parts *parts, const struct hc_penalty *penalty)
{
    struct hc_doc *doc = parts->doc;
    struct hc_str learned = hc_cite_penalties(parts);
    char points[HC_WORD_TEXT], low[HC_WORD_TEXT], high[HC_WORD_TEXT];
    hc_word_points(penalty->points, points);
    hc_doc_cell(doc);
    hc_doc_str(doc, hc_say_kind(parts, penalty->missing));
    hc_doc_cell(doc);
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s", points), hc_cite_command(parts));
    hc_doc_cell(doc);
    if (is_learned(penalty)) {
        hc_word_points(penalty->low, low);
        hc_word_points(penalty->high, high);
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%s to %s", low, high), learned);
    } else {
        hc_doc_text(doc, "not learned");
    }
    put_gain(parts, penalty->missing);
    hc_doc_cell(doc);
    if (penalty->learned_from > 0)
        hc_doc_from_sql(doc,
                        hc_doc_formatted(doc, "%lu %s", (unsigned long)penalty->learned_from,
                                         penalty->learned_from == 1 ? "incident" : "incidents"),
                        learned);
    else
        hc_doc_text(doc, "the expert's value");
}

static void put_missing(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Missing", HC_COLUMN_TEXT, true},
                                               {"Change of the leading confidence", HC_COLUMN_NUMBER, false},
                                               {"Interval", HC_COLUMN_NUMBER, false},
                                               {"Average gain", HC_COLUMN_NUMBER, false},
                                               {"Learned from", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    double most = 0;
    for (size_t i = 0; i < analysis->n_next_evidence; i++)
        most = fmax(most, hc_gain_of(parts, analysis->next_evidence[i].kind));
    hc_doc_subsection(doc, HC_STR("uncertainty-factors"),
                      HC_STR("Uncertainty factors: what missing evidence cost, and would change"));
    if (parts->in->evidence->kinds == 0 || analysis->n_penalties == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, parts->in->evidence->kinds == 0
                             ? "The bundle holds no evidence at all, so there is no confidence that a kind of evidence "
                               "could have raised or lowered."
                             : "No missing kind of evidence lowered the confidence.");
        return;
    }
    hc_doc_table(doc, HC_STR("Each missing kind of evidence, in percentage points of confidence"), HC_COLUMNS(columns));
    for (size_t i = 0; i < analysis->n_penalties; i++)
        put_penalty(parts, &analysis->penalties[i]);
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "The changes are already in the confidence above; each is that of one kind alone, and they do not "
        "add up. An interval is as wide as the calibration's, about this incident's own change. The average gain is what past incidents gained by having the kind, cut at what was seen: "
        "no promise for this one, whose confidence it may also lower.");
    if (!(most > 0))
        hc_doc_text(doc, " None gained anything here.");
}

void hc_part_confidence(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    hc_doc_subsection(doc, HC_STR("allocation"), HC_STR("Allocation"));
    hc_doc_paragraph(doc);
    hc_doc_text(doc,
                "In these tables the last digit of a share is rounded so that they add up to 100.0 %, which may move "
                "it by one tenth; \"< 0.1 %\" counts as 0. Elsewhere a percentage is the probability, rounded "
                "as usual.");
    put_allocation(parts);
    put_marginal(parts, analysis->categories, analysis->n_categories, false);
    put_marginal(parts, analysis->components, analysis->n_components, true);
    put_missing(parts);
}
