/* What to collect: evidence that is missing, and labels where they would tell something. */
#include <math.h>

#include "reports/calibration_parts.h"

#define SETS 10  /* rows of incidents that miss the same */
#define NAMED 12 /* causes by name */

/* ---- evidence -------------------------------------------------------------------------------------------------- */

static struct hc_str missing_query(struct hc_doc *doc, struct hc_str kind)
{
    return hc_doc_formatted(
        doc, "SELECT count(*), sum(printf(' %%s ', evidence) NOT LIKE '%% %.*s %%') FROM backtests WHERE current",
        HC_STR_ARG(hc_cal_quoted(doc, kind)));
}

static bool is_known(const struct hc_collect_kind *k)
{
    return !isnan(k->nats.value) || !isnan(k->points.value);
}

/* What may be told of: a cost that is more than chance. */
static bool costs(const struct hc_collect_kind *k)
{
    return isnan(k->nats.value) ? k->points.high < 0 : k->nats.low > 0;
}

static void put_kind(struct hc_calibration_parts *parts, const struct hc_collect_kind *k)
{
    struct hc_doc *doc = parts->doc;
    const uint32_t n = parts->in->collect->n;
    const struct hc_calibration *c = parts->in->calibration;
    const struct hc_str method = hc_doc_formatted(doc, "without-%.*s", HC_STR_ARG(k->kind));
    hc_cal_cell(doc, hc_cal_kind(parts->in->catalogue, k->kind));
    hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u of %u", k->n_missing, n), missing_query(doc, k->kind));
    if (k->ablation && method.p)
        hc_cal_cited_cell(doc, hc_cal_number(doc, k->ablation->lost[HC_OF_COMPONENT]),
                          hc_cal_query(doc, method.p, HC_OF_COMPONENT, NULL));
    else
        hc_cal_cell(doc, HC_STR("-"));
    hc_cal_cell(doc, hc_cal_number(doc, k->nats));
    if (k->penalty && c)
        hc_cal_cited_cell(
            doc, hc_cal_points_held(doc, (struct hc_score){k->penalty->points, k->penalty->low, k->penalty->high}),
            hc_cal_learned_query(doc, c, "missing, points, low, high, incidents", "penalties"));
    else
        hc_cal_cell(doc, HC_STR("-"));
    hc_cal_cell(doc, hc_cal_points_held(doc, k->points));
}

static void put_unknown_kinds(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    size_t n = 0;
    for (size_t i = 0; i < x->n_kinds; i++)
        n += !is_known(&x->kinds[i]);
    if (!n)
        return;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "What these would bring cannot be told, since too few past incidents had them: ");
    for (size_t i = x->n_kinds - n; i < x->n_kinds; i++)
        hc_doc_format(doc, "%.*s (missing in %u of %u)%s",
                      HC_STR_ARG(hc_cal_kind(parts->in->catalogue, x->kinds[i].kind)), x->kinds[i].n_missing, x->n,
                      i + 1 < x->n_kinds ? ", " : ".");
}

static void put_evidence(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Missing", HC_COLUMN_TITLE, true},
                                               {"In incidents", HC_COLUMN_NUMBER, false},
                                               {"Nats lost where it is taken away", HC_COLUMN_RANGE, false},
                                               {"Nats over all incidents", HC_COLUMN_RANGE, false},
                                               {"Points of confidence where it is taken away", HC_COLUMN_RANGE, false},
                                               {"Points over all incidents", HC_COLUMN_RANGE, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    hc_doc_subsection(doc, HC_STR("collect-evidence"), HC_STR("Evidence"));
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "What a kind of evidence costs by being missing: what its removal takes from incidents that had it (nats of log loss of "
        "components, from the backtest with ablation; points of the first probability, from the calibration), and that "
        "times the share of past incidents without it. That the incidents without it would have gained as much is "
        "assumed; they may be unlike those that had it.");
    if (!parts->in->breakdowns->n_ablations) {
        hc_doc_text(doc, " The backtest was run without ");
        hc_doc_code(doc, HC_STR("--ablation"));
        hc_doc_text(doc, ", so that what it costs in log loss is not known.");
    }
    if (x->n_kinds && is_known(&x->kinds[0])) {
        hc_doc_table(
            doc,
            HC_STR(
                "Missing evidence, what cost most over past incidents first: in log loss where that is known, then in points (95 % intervals)"),
            HC_COLUMNS(columns));
        for (size_t i = 0; i < x->n_kinds && is_known(&x->kinds[i]); i++)
            put_kind(parts, &x->kinds[i]);
    }
    put_unknown_kinds(parts);
}

void hc_cal_collect_short(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    if (!x)
        return;
    hc_doc_item(doc);
    hc_doc_link_section(doc, HC_STR("What to collect"), HC_STR("collect"));
    if (x->n_kinds && costs(&x->kinds[0]))
        hc_doc_format(doc, ": of the evidence that is missing, %.*s cost most (it is missing in %u of %u)",
                      HC_STR_ARG(hc_cal_kind(parts->in->catalogue, x->kinds[0].kind)), x->kinds[0].n_missing, x->n);
    else
        hc_doc_text(doc, ": of no kind of evidence can it be told that its absence cost anything");
    if (x->n_shares)
        hc_doc_format(doc,
                      "; the share of %zu categor%s is known to no better than a factor of two, for want of labels",
                      x->n_shares, x->n_shares == 1 ? "y" : "ies");
    hc_doc_text(doc, ".");
}

/* ---- labels ---------------------------------------------------------------------------------------------------- */

static void put_share_rows(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Category", HC_COLUMN_TITLE, true},
                                               {"Labels", HC_COLUMN_NUMBER, false},
                                               {"Share (95 % interval)", HC_COLUMN_RANGE, false},
                                               {"Known to a factor of", HC_COLUMN_NUMBER, false},
                                               {"More labels of it needed", HC_COLUMN_NUMBER, false},
                                               {"That come with about", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    const struct hc_str sql = hc_cal_learned_query(
        doc, parts->in->calibration, "category, probability, low, high, incidents, sqrt(high / low)", "priors");
    hc_doc_table(doc, HC_STR("Categories whose share is known to no better than a factor of two either way"),
                 HC_COLUMNS(columns));
    for (size_t i = 0; i < x->n_shares; i++) {
        const struct hc_collect_share *s = &x->shares[i];
        const struct hc_prior_row *row = s->row;
        hc_cal_cell(doc, hc_cal_category(parts->in->catalogue, row->category));
        hc_doc_cell(doc);
        hc_doc_format(doc, "%u", row->n_incidents);
        hc_cal_cited_cell(doc, hc_cal_share(doc, (struct hc_score){row->probability, row->low, row->high}), sql);
        hc_cal_cell(doc, isinf(s->factor) ? HC_STR("any") : hc_cal_fixed(doc, s->factor, 1));
        hc_doc_cell(doc);
        hc_doc_format(doc, "%u", s->lacking);
        hc_cal_cell(doc,
                    hc_doc_formatted(doc, "%.*s labels of all", HC_STR_ARG(hc_cal_fixed(doc, s->lacking_of_all, 0))));
    }
}

static void name_causes(struct hc_calibration_parts *parts, uint32_t from, uint32_t to)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    size_t n = 0;
    for (size_t c = 0; c < catalogue->n_causes; c++) {
        const struct hc_cause *cause = &catalogue->causes[c];
        if (parts->in->collect->of_cause[c] < from || parts->in->collect->of_cause[c] > to || n++ >= NAMED)
            continue;
        hc_doc_format(doc, "%s%.*s", n == 1 ? "" : ", ", HC_STR_ARG(cause->title.n ? cause->title : cause->id));
    }
    if (n > NAMED)
        hc_doc_format(doc, " and %zu more", n - NAMED);
}

/* The confirmed outcomes that were known by then. */
static struct hc_str outcomes_by(struct hc_calibration_parts *parts, const char *columns, const char *condition)
{
    const struct hc_time by = parts->in->known_by;
    const struct hc_str until =
        hc_time_known(by) ? hc_doc_formatted(parts->doc, " AND known_at_ns <= %lld", (long long)by.ns) : HC_STR("");
    return hc_doc_formatted(parts->doc,
                            "SELECT %s, count(*) FROM outcomes JOIN incidents USING (incident) WHERE ordinal = 0 AND "
                            "status = 'confirmed' AND conflict = 0 AND known_at_ns IS NOT NULL%.*s%s GROUP BY %s",
                            columns, HC_STR_ARG(until), condition, columns);
}

static void put_causes(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    hc_doc_list(doc);
    hc_doc_item(doc);
    hc_doc_text(doc, "Of the causes of the catalogue ");
    hc_doc_from_sql(doc, hc_doc_formatted(doc, "%zu of %zu", x->n_causes_none, parts->in->catalogue->n_causes),
                    outcomes_by(parts, "category, cause", ""));
    hc_doc_text(doc, " were never confirmed: what sets them apart is what the expert expects");
    if (x->n_causes_none) {
        hc_doc_text(doc, " (");
        name_causes(parts, 0, 0);
        hc_doc_text(doc, ")");
    }
    hc_doc_text(doc, ".");
    if (x->n_causes_few) {
        hc_doc_item(doc);
        hc_doc_format(
            doc,
            "%zu more have fewer than %d labels, so that within their category the expert's share still counts for more than "
            "they do (",
            x->n_causes_few, HC_COLLECT_CAUSE_FEW);
        name_causes(parts, 1, HC_COLLECT_CAUSE_FEW - 1);
        hc_doc_text(doc, ").");
    }
    if (x->n_at_fault) {
        hc_doc_item(doc);
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%zu of %zu", x->n_once, x->n_at_fault),
                        outcomes_by(parts, "component", " AND component IS NOT NULL"));
        hc_doc_text(doc, " components that were ever at fault were so once: how often they fail can hardly be told.");
    }
}

static void put_labels(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_subsection(doc, HC_STR("collect-labels"), HC_STR("Confirmed outcomes"));
    if (!parts->in->calibration) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "No calibration was promoted: how well each category's share is known cannot be told.");
    } else if (parts->in->collect->n_shares) {
        put_share_rows(parts);
    } else {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Each category's share over all services is known to a factor of two or better.");
    }
    put_causes(parts);
}

/* ---- the promise, and what was stated ----------------------------------------------------------------------------- */

/* The kinds of the catalogue that are not among those there. */
static void put_missed(struct hc_calibration_parts *parts, struct hc_str there)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    size_t n = 0;
    hc_doc_cell(doc);
    for (size_t k = 0; k < catalogue->n_kinds; k++)
        if (!hc_str_has_word(there, catalogue->kinds[k].id))
            hc_doc_format(doc, "%s%.*s", n++ ? ", " : "", HC_STR_ARG(hc_cal_kind(catalogue, catalogue->kinds[k].id)));
    if (!n)
        hc_doc_absent(doc, "nothing");
}

static void put_set_rows(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"What they miss", HC_COLUMN_TITLE, true},
                                               {"Incidents", HC_COLUMN_NUMBER, false},
                                               {"More needed", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    const struct hc_collect *x = parts->in->collect;
    const struct hc_str sql =
        HC_STR("SELECT evidence, count(*) FROM backtests WHERE current GROUP BY 1 ORDER BY 2 DESC");
    hc_doc_table(
        doc,
        HC_STR(
            "Incidents that miss the very same kinds of evidence, and how many more of them a promise of their own takes"),
        HC_COLUMNS(columns));
    for (size_t i = 0; i < x->n_sets && i < SETS; i++) {
        put_missed(parts, x->sets[i].evidence);
        hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", x->sets[i].n), sql);
        hc_cal_cell(doc, x->sets[i].lacking ? hc_doc_formatted(doc, "%u", x->sets[i].lacking) : HC_STR("none"));
    }
    if (x->n_sets <= SETS)
        return;
    uint32_t n = 0;
    for (size_t i = SETS; i < x->n_sets; i++)
        n += x->sets[i].n;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "%zu more, of %u incidents together, share the promise of those that miss something like it.",
                  x->n_sets - SETS, n);
}

static void put_promise(struct hc_calibration_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const uint32_t needs = parts->in->promise_needs;
    const struct hc_calibration *c = parts->in->calibration;
    hc_doc_subsection(doc, HC_STR("collect-promise"), HC_STR("What a promise takes"));
    hc_doc_paragraph(doc);
    if (parts->in->promised_from)
        hc_doc_text(
            doc,
            "A promise over all incidents is made. One for those alone that miss the same evidence takes as many of them.");
    else if (!c)
        hc_doc_format(
            doc, "A promise takes a calibration that has learned from %u confirmed incidents, and none was promoted.",
            needs);
    else
        hc_doc_format(
            doc,
            "A promise takes %u confirmed incidents, and the calibration in use has learned from %u: %u more are needed.",
            needs, c->n_incidents, c->n_incidents < needs ? needs - c->n_incidents : 0);
    put_set_rows(parts);
}

static void put_ranges(struct hc_calibration_parts *parts)
{
    static const struct hc_column columns[] = {{"Question", HC_COLUMN_SHORT, true},
                                               {"It said", HC_COLUMN_SHORT, false},
                                               {"Answers", HC_COLUMN_NUMBER, false},
                                               {"Share right (95 % interval)", HC_COLUMN_RANGE, false},
                                               {"More answers needed", HC_COLUMN_NUMBER, false},
                                               {"That come with about", HC_COLUMN_NUMBER, false}};
    struct hc_doc *doc = parts->doc;
    hc_doc_subsection(doc, HC_STR("collect-ranges"), HC_STR("What tells whether its confidence holds"));
    hc_doc_table(
        doc,
        HC_STR(
            "How many more answers it takes to know how often a range of what was said is right, to 10 points either way"),
        HC_COLUMNS(columns));
    for (int question = 0; question < HC_QUESTIONS; question++)
        for (size_t i = HC_STATED_RANGES; hc_cal_own(parts->in, question)->n && i > 0; i--) {
            const struct hc_collect_range *r = &parts->in->collect->ranges[question][i - 1];
            hc_cal_cell(doc, hc_str_of(hc_cal_question(question)));
            hc_cal_cell(doc, hc_cal_range(doc, r->range));
            hc_cal_cited_cell(doc, hc_doc_formatted(doc, "%u", r->range->n),
                              hc_cal_range_query(doc, question, r->range));
            hc_cal_cell(doc, hc_cal_share(doc, r->range->right));
            hc_cal_cell(doc, r->lacking ? hc_doc_formatted(doc, "%u", r->lacking) : HC_STR("none"));
            hc_cal_cell(doc, !r->lacking ? HC_STR("-")
                             : isinf(r->lacking_incidents)
                                 ? HC_STR("not known: none so far")
                                 : hc_doc_formatted(doc, "%.*s incidents",
                                                    HC_STR_ARG(hc_cal_fixed(doc, r->lacking_incidents, 0))));
        }
}

void hc_cal_collect(struct hc_calibration_parts *parts)
{
    if (!parts->in->collect)
        return;
    hc_doc_section(parts->doc, "collect", "What to collect");
    put_evidence(parts);
    put_labels(parts);
    put_promise(parts);
    put_ranges(parts);
}
