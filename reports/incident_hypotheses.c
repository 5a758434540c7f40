/* What was weighed: each hypothesis with its evidence, and what was ruled out. */
#include <math.h>

#include "reports/incident_parts.h"

#define REASONS 3 /* listed on each side; the others are summed up */
#define FURTHER 8 /* hypotheses with a row */
#define RULED_OUT 6

/* What was known before any evidence is neither for nor against. */
static bool is_prior(const struct hc_reason *reason)
{
    return hc_str_is(reason->evidence, "prior");
}

static bool is_on_side(const struct hc_reason *reason, bool against)
{
    return (reason->weight < 0) == against && fabs(reason->weight) >= HC_SEEN_LEAST && !is_prior(reason);
}

bool hc_is_said_before(const struct hc_hypothesis *hypothesis, size_t at)
{
    const struct hc_reason *reason = &hypothesis->reasons[at];
    for (size_t i = 0; i < at; i++) {
        const struct hc_reason *before = &hypothesis->reasons[i];
        if (reason->text.n > 0 && hc_str_equal(before->text, reason->text) &&
            hc_place_equal(before->place, reason->place) && (before->weight < 0) == (reason->weight < 0))
            return true;
    }
    return false;
}

static size_t count_reasons(const struct hc_hypothesis *hypothesis, bool against)
{
    size_t n = 0;
    for (size_t i = 0; i < hypothesis->n_reasons; i++)
        n += is_on_side(&hypothesis->reasons[i], against);
    return n;
}

#define BARS (2 * (REASONS + 1) + 3) /* of each side those listed and the others; the prior, the rest, the sum */

/* What a hypothesis's nats come to, in hundredths as they are shown, so that the sums can be checked by eye. */
struct budget {
    long prior, side[2]; /* for, against */
    struct hc_mark bars[BARS];
    size_t n_bars;
    long reached; /* by the bars so far */
};

static long hundredths(double nats)
{
    return lround(100 * nats);
}

static struct hc_str nats(struct hc_report_parts *parts, long in_hundredths)
{
    char weight[HC_WORD_TEXT];
    hc_word_signed((double)in_hundredths / 100, 2, weight);
    return hc_doc_formatted(parts->doc, "%s", weight);
}

static void put_nats(struct hc_report_parts *parts, long in_hundredths)
{
    hc_doc_from_sql(parts->doc, nats(parts, in_hundredths), hc_cite_weights(parts));
}

/* A bar from where the last one ended. */
static void add_bar(struct hc_report_parts *parts, struct budget *budget, struct hc_str label, long weight)
{
    const double from = (double)budget->reached / 100;
    budget->reached += weight;
    budget->bars[budget->n_bars++] = (struct hc_mark){.label = label,
                                                      .value = nats(parts, weight),
                                                      .from = from,
                                                      .at = (double)budget->reached / 100,
                                                      .tone = weight < 0 ? HC_TONE_WARN : HC_TONE_INFO};
}

static void put_reason(struct hc_report_parts *parts, const struct hc_reason *reason)
{
    hc_doc_item(parts->doc);
    hc_doc_from(parts->doc, hc_str_trim(reason->text.n > 0 ? reason->text : reason->evidence),
                hc_place_of(parts, reason->place));
    hc_doc_text(parts->doc, " (");
    put_nats(parts, hundredths(reason->weight));
    hc_doc_text(parts->doc, ", ");
    hc_doc_code(parts->doc, reason->evidence);
    hc_doc_text(parts->doc, ")");
}

static void put_side(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis, bool against,
                     struct budget *budget)
{
    struct hc_doc *doc = parts->doc;
    size_t n = count_reasons(hypothesis, against), shown = 0;
    double rest = 0;
    hc_doc_paragraph(doc);
    hc_doc_strong(doc, against ? HC_STR("Evidence against") : HC_STR("Evidence for"));
    if (n == 0) {
        hc_doc_text(doc,
                    against ? ": none that was observed." : ": none. Its probability is what past and prior give.");
        return;
    }
    hc_doc_list(doc);
    for (size_t i = 0; i < hypothesis->n_reasons; i++) {
        const struct hc_reason *reason = &hypothesis->reasons[i];
        if (!is_on_side(reason, against))
            continue;
        if (shown < REASONS && !hc_is_said_before(hypothesis, i)) {
            put_reason(parts, reason);
            budget->side[against] += hundredths(reason->weight);
            add_bar(parts, budget, reason->evidence, hundredths(reason->weight));
            shown++;
        } else {
            rest += reason->weight;
        }
    }
    if (shown == n)
        return;
    budget->side[against] += hundredths(rest);
    hc_doc_item(doc);
    hc_doc_format(doc, "%zu more, together %.*s", n - shown, HC_STR_ARG(nats(parts, hundredths(rest))));
    add_bar(parts, budget, hc_doc_formatted(doc, "%zu more %s", n - shown, against ? "against" : "for"),
            hundredths(rest));
}

static void put_prior(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis, struct budget *budget)
{
    for (size_t i = 0; i < hypothesis->n_reasons; i++) {
        const struct hc_reason *reason = &hypothesis->reasons[i];
        if (!is_prior(reason))
            continue;
        budget->prior = hundredths(reason->weight);
        add_bar(parts, budget, HC_STR("prior"), budget->prior);
        hc_doc_term(parts->doc, "Prior");
        hc_doc_str(parts->doc, hc_str_trim(reason->text));
        hc_doc_text(parts->doc, " (");
        put_nats(parts, budget->prior);
        hc_doc_text(parts->doc, ")");
    }
}

/* Every budget closes: what the shown digits leave out is said too. */
static void put_sum(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis, struct budget *budget)
{
    struct hc_doc *doc = parts->doc;
    double sum = 0;
    for (size_t i = 0; i < hypothesis->n_reasons; i++)
        sum += hypothesis->reasons[i].weight;
    const long whole = hundredths(sum), rest = whole - budget->prior - budget->side[0] - budget->side[1];
    if (!hypothesis->n_reasons)
        return;
    hc_doc_paragraph(doc);
    hc_doc_strong(doc, HC_STR("In all"));
    hc_doc_format(doc, ": prior %.*s, evidence for %.*s, against %.*s", HC_STR_ARG(nats(parts, budget->prior)),
                  HC_STR_ARG(nats(parts, budget->side[0])), HC_STR_ARG(nats(parts, budget->side[1])));
    if (rest)
        hc_doc_format(doc, ", too small to list or lost in rounding %.*s", HC_STR_ARG(nats(parts, rest)));
    hc_doc_format(doc, ": %.*s nats, the log odds ln(p / (1 - p)) of its confidence.", HC_STR_ARG(nats(parts, whole)));
    if (rest)
        add_bar(parts, budget, HC_STR("the rest"), rest);
}

static void put_waterfall(struct hc_report_parts *parts, struct budget *budget, size_t number)
{
    struct hc_doc *doc = parts->doc;
    const long whole = budget->reached;
    if (budget->n_bars == 0)
        return;
    hc_doc_waterfall(
        doc,
        hc_doc_formatted(doc, "How hypothesis %zu comes to its confidence, in nats; the upright line is 0", number),
        HC_STR_NONE);
    budget->reached = 0;
    add_bar(parts, budget, HC_STR("in all: its log odds"), whole);
    budget->bars[budget->n_bars - 1].tone = HC_TONE_PLAIN;
    for (size_t i = 0; i < budget->n_bars; i++)
        hc_doc_mark(doc, budget->bars[i]);
}

static void put_hypothesis(struct hc_report_parts *parts, size_t i)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *hypothesis = &parts->in->analysis->hypotheses[i];
    struct hc_str name = hc_say_hypothesis(parts, hypothesis);
    hc_doc_subsection(doc, hc_doc_formatted(doc, "hypothesis-%zu", i + 1),
                      hc_doc_formatted(doc, "Hypothesis %zu: %.*s", i + 1, HC_STR_ARG(name)));
    hc_doc_facts(doc);
    hc_doc_term(doc, "Category");
    hc_doc_str(doc, hc_say_category(parts, hypothesis->category));
    hc_doc_term(doc, "Component");
    hc_put_component(parts, hypothesis->component);
    hc_doc_term(doc, "Confidence");
    hc_put_confidence(parts, hypothesis->probability);
    if (i == 0)
        hc_put_caveat(parts);
    hc_doc_term(doc, "Status");
    hc_put_status(parts, hypothesis->status);
    struct budget budget = {0};
    put_prior(parts, hypothesis, &budget);
    put_side(parts, hypothesis, false, &budget);
    put_side(parts, hypothesis, true, &budget);
    put_sum(parts, hypothesis, &budget);
    put_waterfall(parts, &budget, i + 1);
}

/* The colour of a bar says no more than its words. */
static struct hc_str bar_label(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis)
{
    struct hc_str name = hc_say_hypothesis(parts, hypothesis);
    if (hypothesis->status == HC_POSSIBLE)
        return name;
    return hc_doc_formatted(parts->doc, "%.*s (%s)", HC_STR_ARG(name), hc_say_status(parts, hypothesis->status));
}

static void put_bars(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    const struct hc_analysis *analysis = parts->in->analysis;
    char text[HC_WORD_TEXT];
    hc_doc_bars(doc, HC_STR("How the confidence is shared out"),
                HC_STR("One bar a hypothesis, as long as its probability; the numbers are in the Confidence Summary."));
    for (size_t i = 0; i < facts->n_shown; i++) {
        const struct hc_hypothesis *hypothesis = &analysis->hypotheses[i];
        hc_word_percent(hypothesis->probability, text);
        hc_doc_mark(doc, (struct hc_mark){.label = bar_label(parts, hypothesis),
                                          .value = hc_doc_formatted(doc, "%s", text),
                                          .at = hypothesis->probability,
                                          .tone = hypothesis->status == HC_RULED_OUT ? HC_TONE_PLAIN : HC_TONE_INFO});
    }
    if (facts->n_rest > 0) {
        hc_word_percent(facts->p_rest, text);
        hc_doc_mark(doc, (struct hc_mark){.label = HC_STR("all other hypotheses"),
                                          .value = hc_doc_formatted(doc, "%s", text),
                                          .at = facts->p_rest});
    }
    hc_word_percent(analysis->unexplained, text);
    hc_doc_mark(doc, (struct hc_mark){.label = HC_STR("unexplained: a cause not in the list"),
                                      .value = hc_doc_formatted(doc, "%s", text),
                                      .at = analysis->unexplained});
}

static void put_further(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Rank", HC_COLUMN_NUMBER, false},
                                               {"Hypothesis", HC_COLUMN_TEXT, true},
                                               {"Confidence", HC_COLUMN_NUMBER, false},
                                               {"Status", HC_COLUMN_SHORT, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    double rest = 0;
    size_t i = parts->facts.n_shown, end = i + FURTHER < analysis->n_hypotheses ? i + FURTHER : analysis->n_hypotheses;
    hc_doc_subsection(doc, HC_STR("further-hypotheses"), HC_STR("Further hypotheses"));
    hc_doc_table(doc, HC_STR("Less probable ones"), HC_COLUMNS(columns));
    for (; i < end; i++) {
        const struct hc_hypothesis *hypothesis = &analysis->hypotheses[i];
        hc_doc_cell(doc);
        hc_doc_format(doc, "%lu", (unsigned long)hypothesis->rank);
        hc_doc_cell(doc);
        hc_doc_str(doc, hc_say_hypothesis(parts, hypothesis));
        hc_doc_cell(doc);
        hc_put_confidence(parts, hypothesis->probability);
        hc_doc_cell(doc);
        hc_put_status(parts, hypothesis->status);
    }
    if (end == analysis->n_hypotheses)
        return;
    for (; i < analysis->n_hypotheses; i++)
        rest += analysis->hypotheses[i].probability;
    struct hc_str condition = hc_doc_formatted(doc, " AND rank > %zu", end);
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu more, together ", analysis->n_hypotheses - end);
    hc_put_probability(parts, rest, hc_cite_sum(parts, condition.p ? condition.p : ""));
    hc_doc_text(doc, ".");
}

void hc_part_hypotheses(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_facts *facts = &parts->facts;
    if (facts->n_shown == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "None could be weighed.");
        return;
    }
    put_bars(parts);
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "The number in brackets is the weight of the evidence in nats: +0.69 doubles the odds of the "
                     "hypothesis against the average one, -0.69 halves them. With the prior they add up to its log "
                     "odds.");
    for (size_t i = 0; i < facts->n_shown; i++)
        put_hypothesis(parts, i);
    hc_put_runner_up(parts);
    if (facts->n_rest > 0)
        put_further(parts);
}

/* ---- ruled out ----------------------------------------------------------------------------------------- */

static const struct hc_reason *strongest_against(const struct hc_hypothesis *hypothesis)
{
    const struct hc_reason *best = NULL;
    for (size_t i = 0; i < hypothesis->n_reasons; i++)
        if (is_on_side(&hypothesis->reasons[i], true) && (!best || hypothesis->reasons[i].weight < best->weight))
            best = &hypothesis->reasons[i];
    return best;
}

static void put_ruled_out(struct hc_report_parts *parts, size_t i)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *hypothesis = &parts->in->analysis->hypotheses[i];
    const struct hc_reason *reason = strongest_against(hypothesis);
    hc_doc_cell(doc);
    if (i < parts->facts.n_shown)
        hc_doc_link_section(doc, hc_say_hypothesis(parts, hypothesis), hc_doc_formatted(doc, "hypothesis-%zu", i + 1));
    else
        hc_doc_str(doc, hc_say_hypothesis(parts, hypothesis));
    hc_doc_cell(doc);
    hc_put_confidence(parts, hypothesis->probability);
    hc_doc_cell(doc);
    if (reason)
        hc_doc_from(doc, hc_str_trim(reason->text.n > 0 ? reason->text : reason->evidence),
                    hc_place_of(parts, reason->place));
    else
        hc_doc_text(doc, "Nothing speaks against it; what was seen speaks for others.");
}

static void put_promise(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    char level[HC_WORD_TEXT];
    hc_doc_paragraph(doc);
    if (!analysis->has_guarantee) {
        hc_doc_text(doc,
                    "Nothing is promised: there are too few confirmed incidents for a guarantee. Ruled out is here "
                    "only what is less probable than 5" HC_NO_BREAK_SPACE
                    "%, by a stated threshold, and one of them may well be the cause.");
        return;
    }
    hc_word_fixed(100 * analysis->guarantee_level, 0, level);
    hc_doc_format(
        doc,
        "\"Ruled out\" means outside the %s %% conformal set, learned from %lu confirmed incidents. Over many "
        "incidents like those, the true cause lies in the set in at least %s of 100; for a single incident "
        "nothing is promised, and incidents that differ from the past ones weaken it.",
        level, (unsigned long)analysis->guarantee_incidents, level);
}

/* What is summed up as one entry is no cause to be ruled out. */
static bool is_ruled_out(const struct hc_hypothesis *hypothesis)
{
    return hypothesis->status == HC_RULED_OUT && !hc_str_is(hypothesis->category, "other");
}

void hc_part_ruled_out(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Hypothesis", HC_COLUMN_TEXT, true},
                                               {"Confidence", HC_COLUMN_NUMBER, false},
                                               {"What speaks most against it", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_analysis *analysis = parts->in->analysis;
    size_t n_all = 0, n_here = 0;
    for (size_t i = 0; i < analysis->n_hypotheses; i++)
        n_all += is_ruled_out(&analysis->hypotheses[i]);
    put_promise(parts);
    if (n_all > 0)
        hc_doc_table(doc,
                     analysis->has_guarantee ? HC_STR("Ruled out by this analysis")
                                             : HC_STR("Ruled out as below 5" HC_NO_BREAK_SPACE "%, not promised"),
                     HC_COLUMNS(columns));
    for (size_t i = 0; i < analysis->n_hypotheses && n_here < RULED_OUT; i++) {
        if (!is_ruled_out(&analysis->hypotheses[i]))
            continue;
        n_here++;
        put_ruled_out(parts, i);
    }
    hc_doc_paragraph(doc);
    if (n_all == 0)
        hc_doc_format(doc, "None is %s.", hc_say_status(parts, HC_RULED_OUT));
    else if (n_all > n_here)
        hc_doc_format(doc, "%zu more %s %s.", n_all - n_here, n_all - n_here == 1 ? "is" : "are",
                      hc_say_status(parts, HC_RULED_OUT));
}
