/* Scores beside the baselines and a calibrated model; whether what was said holds. */
#include <math.h>

#include "reports/calibration_parts.h"

/* ---- whether what was said holds ------------------------------------------------------------------------ */

static const char *const titles[HC_QUESTIONS] = {"Which component?", "Which category?",
                                                 "Which category, cause and component?"};

static void put_ranges(struct hc_calibration_parts *parts, int question)
{
    static const struct hc_column columns[] = {{"It said", HC_COLUMN_SHORT, true},
                                               {"Answers", HC_COLUMN_NUMBER, false},
                                               {"On average", HC_COLUMN_NUMBER, false},
                                               {"Right", HC_COLUMN_NUMBER, false},
                                               {"Share right (95 % interval)", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_stated *stated = &parts->in->stated[question];
    hc_doc_table(
        doc,
        hc_doc_formatted(doc, "What it said of the first %s, and how often that was right", hc_cal_question(question)),
        HC_COLUMNS(columns));
    for (size_t i = HC_STATED_RANGES; i > 0; i--) {
        const struct hc_stated_range *range = &stated->ranges[i - 1];
        const double right = range->n_right;
        hc_cal_cell(doc, hc_cal_range(doc, range));
        hc_doc_cell(doc);
        hc_doc_format(doc, "%u", range->n);
        hc_cal_cell(doc, hc_cal_percent(doc, range->mean));
        hc_cal_cell(doc, hc_cal_fixed(doc, right, right > floor(right)));
        hc_cal_cell(doc, hc_cal_share(doc, range->right));
    }
}

static void put_bins(struct hc_calibration_parts *parts, int question)
{
    static const struct hc_column columns[] = {{"It said from", HC_COLUMN_NUMBER, true},
                                               {"to", HC_COLUMN_NUMBER, false},
                                               {"on average", HC_COLUMN_NUMBER, false},
                                               {"Answers", HC_COLUMN_NUMBER, false},
                                               {"Right", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_reliability *d = &parts->in->stated[question].diagram;
    hc_doc_table(
        doc,
        hc_doc_formatted(doc, "The figure's line (%s): runs of answers of which one share right is the best estimate",
                         hc_cal_question(question)),
        HC_COLUMNS(columns));
    for (size_t i = 0; i < d->n_bins; i++) {
        const double of[4] = {d->bins[i].low, d->bins[i].high, d->bins[i].mean, d->bins[i].right};
        for (int k = 0; k < 3; k++)
            hc_cal_cell(doc, hc_cal_fixed(doc, of[k], 3));
        hc_doc_cell(doc);
        hc_doc_format(doc, "%zu", d->bins[i].n);
        hc_cal_cell(doc, hc_cal_fixed(doc, of[3], 3));
    }
}

#define BAND_ROWS 9 /* of the places of the figure */

static void put_band(struct hc_calibration_parts *parts, int question)
{
    static const struct hc_column columns[] = {{"Where it says", HC_COLUMN_NUMBER, true},
                                               {"a calibrated model is right at least", HC_COLUMN_NUMBER, false},
                                               {"and at most", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_reliability_band *band = &parts->in->stated[question].band;
    const size_t n = band->n < BAND_ROWS ? band->n : BAND_ROWS;
    hc_doc_table(doc, hc_doc_formatted(doc, "The figure's shade (%s), 95 times in 100", hc_cal_question(question)),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < n; i++) {
        const size_t at = n == 1 ? 0 : i * (band->n - 1) / (n - 1);
        hc_cal_cell(doc, hc_cal_fixed(doc, band->at[at], 3));
        hc_cal_cell(doc, hc_cal_fixed(doc, band->low[at], 3));
        hc_cal_cell(doc, hc_cal_fixed(doc, band->high[at], 3));
    }
}

static void put_figure(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_stated *stated = &parts->in->stated[question];
    struct hc_plot *plot = hc_arena_calloc(doc->arena, 1, sizeof *plot);
    struct hc_plot_bin *bins = hc_arena_calloc(doc->arena, stated->diagram.n_bins, sizeof *bins);
    if (!plot || !bins) {
        doc->failed = true;
        return;
    }
    for (size_t i = 0; i < stated->diagram.n_bins; i++) {
        const struct hc_reliability_bin *bin = &stated->diagram.bins[i];
        bins[i] = (struct hc_plot_bin){bin->low, bin->high, bin->mean, bin->right,
                                       (double)bin->n / (double)stated->diagram.n};
    }
    *plot = (struct hc_plot){
        bins, stated->diagram.n_bins, stated->band.at, stated->band.low, stated->band.high, stated->band.n};
    hc_doc_reliability(doc, hc_doc_formatted(doc, "Reliability of the %s named first", hc_cal_question(question)),
                       HC_STR("A reliability diagram; its numbers are in the tables that follow."), plot);
}

static void put_verdict(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%u answer%s. ", own->n, own->n == 1 ? "" : "s");
    if (hc_cal_verdict(own) == HC_VERDICT_FEW) {
        hc_doc_format(doc, "Fewer than %d: their calibration error tells nothing.", HC_LEAST_FOR_ECE);
        return;
    }
    hc_doc_text(doc, "The calibration error (ECE) is ");
    hc_doc_strong(doc, hc_cal_number(doc, own->ece));
    hc_doc_format(
        doc,
        ". A perfectly calibrated model with these confidences would show %.*s on average, below %.*s 95 times in 100, and "
        "below %.*s in all but 1 of 400. ",
        HC_STR_ARG(hc_cal_fixed(doc, own->ece_perfect_mean, 3)), HC_STR_ARG(hc_cal_fixed(doc, own->ece_perfect_p95, 3)),
        HC_STR_ARG(hc_cal_fixed(doc, own->ece_perfect_p9975, 3)));
    switch (hc_cal_verdict(own)) {
    case HC_VERDICT_HOLDS:
        hc_doc_text(
            doc,
            hc_cal_off(&parts->in->stated[question])
                ? "Over all answers that is no more than chance makes of a calibrated one; but not in every range. "
                : "So nothing here speaks against taking it at its word.");
        break;
    case HC_VERDICT_DOUBTFUL:
        hc_doc_text(
            doc,
            "So it is more than chance would often make of a calibrated one: take its probabilities as approximate.");
        break;
    case HC_VERDICT_BROKEN:
    case HC_VERDICT_FEW:
        hc_doc_text(doc, "So it is not calibrated here: read the order of its answers, not their probabilities.");
        break;
    }
}

/* Whether each range holds, which the error over all may hide. */
static void put_off(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_stated *stated = &parts->in->stated[question];
    const struct hc_stated_range *off = hc_cal_off(stated);
    char text[HC_WORD_TEXT];
    if (hc_cal_verdict(hc_cal_own(parts->in, question)) == HC_VERDICT_FEW)
        return;
    hc_doc_text(doc, " ");
    if (!off) {
        hc_doc_text(
            doc, "Nor is any range of what it said right so seldom, or so often, that chance would not explain it: ");
    } else {
        hc_word_probability(off->p, text);
        hc_doc_strong(doc, hc_doc_formatted(doc, "Where it said %.*s, it was %s", HC_STR_ARG(hc_cal_range(doc, off)),
                                            hc_cal_errs(off)));
        hc_doc_format(doc, ": %.*s of %u, where %.*s were to be expected (exact binomial test, p %s): ",
                      HC_STR_ARG(hc_cal_fixed(doc, off->n_right, off->n_right > floor(off->n_right))), off->n,
                      HC_STR_ARG(hc_cal_fixed(doc, off->n * off->mean, 1)), text);
    }
    hc_doc_format(
        doc,
        "70 %% and more is tested alone, the %d ranges of the table together, and a calibrated model fails either in at "
        "most 5 of 100 reports.",
        HC_STATED_RANGES);
}

/* Which way it errs, where chance does not explain it. */
static void put_direction(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
    const bool surer = own->mean_confidence > own->top1.high, less_sure = own->mean_confidence < own->top1.low;
    if (!surer && !less_sure)
        return;
    hc_doc_format(doc, " It said %.*s on average and was right in %.*s: ",
                  HC_STR_ARG(hc_cal_percent(doc, own->mean_confidence)), HC_STR_ARG(hc_cal_share(doc, own->top1)));
    hc_doc_strong(doc, surer ? HC_STR("it is surer than it should be") : HC_STR("it is right more often than it says"));
    hc_doc_text(doc, ".");
}

static void put_parts_of_brier(struct hc_calibration_parts *parts, int question)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_reliability *d = &parts->in->stated[question].diagram;
    hc_doc_paragraph(doc);
    hc_doc_format(
        doc,
        "Of the first answer, right or wrong, the Brier score is %.*s: the uncertainty %.*s of one rate for all, plus %.*s for what "
        "recalibrating would mend (miscalibration), less %.*s for telling incidents apart (discrimination).",
        HC_STR_ARG(hc_cal_fixed(doc, d->brier, 4)), HC_STR_ARG(hc_cal_fixed(doc, d->uncertainty, 4)),
        HC_STR_ARG(hc_cal_fixed(doc, d->miscalibration, 4)), HC_STR_ARG(hc_cal_fixed(doc, d->discrimination, 4)));
}

/* Why more may be stated than the labels bear out. */
static void put_wrong_labels(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_calibration *c = parts->in->calibration;
    if (!c || c->wrong_labels < HC_WRONG_LABELS_SAID)
        return;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "Some ");
    hc_doc_from_sql(
        doc, hc_cal_percent(doc, c->wrong_labels),
        hc_doc_formatted(doc, "SELECT wrong_labels FROM calibrations WHERE calibration = %lld", (long long)c->number));
    hc_doc_text(
        doc,
        " of the labels look wrong, since neither the evidence nor this model's usual faults account for them: what is stated "
        "is of the cause and not of the label, so that against such labels the diagrams show more stated than right, by "
        "about that share.");
}

void hc_cal_reliability(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_section(doc, "reliability", "Whether what it says holds");
    put_wrong_labels(parts);
    for (int question = 0; question < HC_QUESTIONS; question++) {
        const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
        hc_doc_subsection(doc, hc_doc_formatted(doc, "reliability-%s", hc_cal_question(question)),
                          hc_str_of(titles[question]));
        if (!own->n) {
            hc_doc_paragraph(doc);
            hc_doc_text(doc, "No confirmed outcome says it.");
            continue;
        }
        put_verdict(parts, question);
        put_off(parts, question);
        put_direction(parts, question);
        put_ranges(parts, question);
        if (own->n < HC_LEAST_FOR_ECE)
            continue;
        put_figure(parts, question);
        put_bins(parts, question);
        put_band(parts, question);
        put_parts_of_brier(parts, question);
    }
}

/* ---- scores ----------------------------------------------------------------------------------------------- */

static const struct hc_column score_columns[] = {
    {"Answered by", HC_COLUMN_TITLE, true},   {"First is right", HC_COLUMN_RANGE, false},
    {"Among three", HC_COLUMN_NUMBER, false}, {"Among five", HC_COLUMN_NUMBER, false},
    {"Log loss", HC_COLUMN_RANGE, false},     {"Brier", HC_COLUMN_RANGE, false},
    {"ECE", HC_COLUMN_RANGE, false}};

static void put_scores(struct hc_calibration_parts *parts, const char *name, const struct hc_backtest_scores *s,
                       const char *method, int question)
{
    struct hc_doc *doc = parts->doc;
    hc_cal_cell(doc, hc_str_of(name));
    hc_cal_cited_cell(doc, hc_cal_share(doc, s->top1), hc_cal_query(doc, method, question, NULL));
    hc_cal_cell(doc, hc_cal_percent(doc, s->top3.value));
    hc_cal_cell(doc, hc_cal_percent(doc, s->top5.value));
    hc_cal_cell(doc, hc_cal_number(doc, s->log_loss));
    hc_cal_cell(doc, hc_cal_number(doc, s->brier));
    hc_cal_cell(doc, hc_cal_number(doc, s->ece));
}

/* What Hindcast would score if it were calibrated: only its calibration error follows from what it says. */
static void put_calibrated(struct hc_calibration_parts *parts, const struct hc_backtest_scores *s)
{
    struct hc_doc *doc = parts->doc;
    hc_cal_cell(doc, HC_STR("Hindcast, were it calibrated: mean, 95th percentile"));
    for (int i = 0; i < 5; i++)
        hc_cal_cell(doc, HC_STR("-"));
    hc_doc_cell(doc);
    hc_doc_format(doc, "%.*s, %.*s", HC_STR_ARG(hc_cal_fixed(doc, s->ece_perfect_mean, 3)),
                  HC_STR_ARG(hc_cal_fixed(doc, s->ece_perfect_p95, 3)));
}

static const struct hc_backtest_scores *baseline(const struct hc_backtest *b, size_t i, int question)
{
    const struct hc_backtest_scores *const of[HC_QUESTIONS] = {&b->baselines[i].component, &b->baselines[i].category,
                                                               &b->baselines[i].hypothesis};
    return of[question];
}

static const char *say_baseline(const char *name)
{
    static const char *const said[][2] = {{"uniform", "Uniform: all alike"},
                                          {"priors", "Priors alone: how usual each is"},
                                          {"expert", "No learning: the expert's weights"},
                                          {"last-component", "The same as the last one confirmed"}};
    for (size_t i = 0; i < sizeof said / sizeof *said; i++)
        if (hc_str_is(hc_str_of(name), said[i][0]))
            return said[i][1];
    return name;
}

/* What each of them does, before their names are met. */
static void put_baselines(struct hc_doc *doc)
{
    static const char *const said[][2] = {
        {"The same as the last one confirmed",
         ": names the component, category and cause that were confirmed last, with all its confidence, as one does who expects "
         "that it is the same again."},
        {"No learning: the expert's weights",
         ": looks at the same evidence with the weights and priors that the catalogue ships, whatever was confirmed since; what "
         "Hindcast does better than this, it has learned."},
        {"Priors alone",
         ": looks at no evidence, and says of each incident how usual each cause was in those confirmed before it; what "
         "Hindcast does better than this, it has from the evidence."},
        {"Uniform", ": looks at nothing, and holds all candidates to be alike; whoever does no better guesses."}};
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "Each answered the same incidents, with no more than was known before each:");
    hc_doc_list(doc);
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        hc_doc_item(doc);
        hc_doc_strong(doc, hc_str_of(said[i][0]));
        hc_doc_text(doc, said[i][1]);
    }
}

void hc_cal_scores(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_backtest *b = parts->in->backtest;
    hc_doc_section(doc, "scores", "Scores beside the baselines");
    put_baselines(doc);
    for (int question = 0; question < HC_QUESTIONS; question++) {
        const struct hc_backtest_scores *own = hc_cal_own(parts->in, question);
        if (!own->n)
            continue;
        hc_doc_table(doc,
                     hc_doc_formatted(doc, "%s %u answer%s, with 95 %% intervals", titles[question], own->n,
                                      own->n == 1 ? "" : "s"),
                     HC_COLUMNS(score_columns));
        put_scores(parts, "Hindcast", own, "hindcast", question);
        put_calibrated(parts, own);
        for (size_t i = HC_N_BASELINES; i > 0; i--)
            put_scores(parts, say_baseline(b->baselines[i - 1].name), baseline(b, i - 1, question),
                       b->baselines[i - 1].name, question);
    }
}
