/* The first page: what changed, what could have been seen, what cannot be said. */
#include <math.h>

#include "reports/trend_parts.h"

/* ---- how many -------------------------------------------------------------------------------------------- */

static void put_count(struct hc_trend_parts *parts, int window)
{
    const struct hc_trend_window *w = &parts->t->windows[window];
    hc_doc_from_sql(parts->doc, hc_doc_formatted(parts->doc, "%zu", w->n),
                    hc_trend_count_sql(parts->doc, w->quarter, HC_STR_NONE));
}

static void put_lead(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend_window *w = parts->t->windows;
    hc_doc_lead(doc);
    put_count(parts, HC_TREND_NOW);
    hc_doc_format(doc, " incident%s began in %.*s", w->n == 1 ? "" : "s",
                  HC_STR_ARG(hc_trend_window(parts, HC_TREND_NOW)));
    if (w[HC_TREND_NOW].known && !w[HC_TREND_NOW].cut_before)
        hc_doc_format(doc, ": with such a count the rate behind it lies between %.*s and %.*s (95 %%)",
                      HC_STR_ARG(hc_cal_fixed(doc, w->low, 1)), HC_STR_ARG(hc_cal_fixed(doc, w->high, 1)));
    hc_doc_text(doc, ".");
    for (int against = HC_TREND_BEFORE; against < HC_TREND_WINDOWS; against++) {
        if (!w[against].known)
            continue;
        hc_doc_format(doc, " %s, %.*s, had ",
                      against == HC_TREND_BEFORE ? "The quarter before" : "The same quarter of the year before",
                      HC_STR_ARG(hc_trend_window(parts, against)));
        put_count(parts, against);
        hc_doc_text(doc, ".");
    }
}

static void put_cards(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    hc_doc_cards(doc);
    hc_doc_term(doc, "changes shown");
    hc_doc_format(doc, "%zu", t->n_shown);
    hc_doc_term(doc, "incidents still open, as far as is known");
    hc_doc_format(doc, "%zu", t->durations[HC_TREND_END][HC_TREND_NOW].n_open);
    hc_doc_term(doc, "of a cause seen before, of those whose category is on record");
    hc_doc_format(doc, "%u of %u", t->n_repeated, t->n_with_cause);
    for (int share = 0; share < HC_TREND_SHARES; share++) {
        if (!hc_trend_is_on_record(t, (enum hc_trend_share)share))
            continue;
        hc_doc_term(doc, share == HC_TREND_AFTER_CHANGE
                             ? "within 24 hours after a change"
                             : "told by an alert, of those that say when they were detected");
        hc_doc_format(doc, "%u of %u", t->shares[share][HC_TREND_NOW].k, t->shares[share][HC_TREND_NOW].n);
    }
}

/* ---- what changed ---------------------------------------------------------------------------------------- */

static struct hc_str say_cause(struct hc_trend_parts *parts, const struct hc_trend_cause *c)
{
    const struct hc_str category = hc_trend_category(parts, c->category);
    return hc_doc_formatted(parts->doc, "%.*s%s%.*s on %.*s", HC_STR_ARG(category), c->cause.n ? " / " : "",
                            HC_STR_ARG(c->cause), HC_STR_ARG(c->service.n ? c->service : HC_STR("no stated service")));
}

static struct hc_str say_subject(struct hc_trend_parts *parts, const struct hc_trend_test *test)
{
    static const char *const lengths[HC_TREND_MEASURES] = {"the time until detection", "the time until mitigation",
                                                           "the time until the end"};
    static const char *const shares[HC_TREND_SHARES] = {"the share after a change", "the share that an alert told of"};
    const struct hc_trend *t = parts->t;
    switch (test->subject) {
    case HC_SUBJECT_COUNT:
        return HC_STR("the number of incidents");
    case HC_SUBJECT_DURATION:
        return hc_str_of(lengths[test->which]);
    case HC_SUBJECT_SHARE:
        return hc_str_of(shares[test->which]);
    case HC_SUBJECT_LEVEL:
        return HC_STR("the level of incidents");
    case HC_SUBJECT_CATEGORY:
        return hc_doc_formatted(parts->doc, "incidents of the category %.*s",
                                HC_STR_ARG(hc_trend_category(parts, t->categories.items[test->which].name)));
    case HC_SUBJECT_SERVICE:
        return hc_doc_formatted(parts->doc, "incidents of the service %.*s",
                                HC_STR_ARG(t->services.items[test->which].name));
    case HC_SUBJECT_CAUSE:
        return say_cause(parts, &t->causes[test->which]);
    }
    return HC_STR("");
}

static struct hc_str week_day(struct hc_trend_parts *parts, size_t week)
{
    return hc_trend_day(parts->doc, parts->t->first_week_ns + (int64_t)week * HC_TREND_WEEK_NS);
}

static void put_change(struct hc_trend_parts *parts, const struct hc_trend_test *test)
{
    static const char *const sections[] = {
        [HC_SUBJECT_COUNT] = "counts", [HC_SUBJECT_DURATION] = "durations",  [HC_SUBJECT_SHARE] = "detection",
        [HC_SUBJECT_LEVEL] = "levels", [HC_SUBJECT_CATEGORY] = "categories", [HC_SUBJECT_SERVICE] = "services",
        [HC_SUBJECT_CAUSE] = "repeats"};
    struct hc_doc *doc = parts->doc;
    const char *section =
        test->subject == HC_SUBJECT_SHARE && test->which == HC_TREND_AFTER_CHANGE ? "changes" : sections[test->subject];
    const enum hc_trend_unit unit = test->subject == HC_SUBJECT_SHARE ? HC_UNIT_POINTS : HC_UNIT_RATIO;
    hc_doc_item(doc);
    hc_trend_put_arrow(parts, test, unit);
    hc_doc_text(doc, " ");
    hc_doc_link_section(doc, say_subject(parts, test), hc_str_of(section));
    hc_doc_text(doc, ": ");
    hc_doc_strong(doc, unit == HC_UNIT_POINTS ? hc_trend_points(doc, test->found.value)
                                              : hc_trend_ratio_held(doc, &test->found));
    if (test->subject == HC_SUBJECT_LEVEL || test->subject == HC_SUBJECT_CAUSE) {
        const size_t at =
            test->subject == HC_SUBJECT_LEVEL ? parts->t->split.at : parts->t->causes[test->which].level.at;
        hc_doc_format(doc, ", since about %.*s", HC_STR_ARG(week_day(parts, at)));
        if (test->week_high > test->week_low)
            hc_doc_format(doc, " (at 95 %% between %.*s and %.*s)", HC_STR_ARG(week_day(parts, test->week_low)),
                          HC_STR_ARG(week_day(parts, test->week_high)));
    } else {
        hc_doc_format(doc, ", against %.*s", HC_STR_ARG(hc_trend_against(parts, test->against)));
    }
    hc_doc_format(doc, " (p %.*s).", HC_STR_ARG(hc_trend_p(doc, test->found.p)));
}

static void put_changes(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    hc_doc_subsection(doc, HC_STR("changed"), HC_STR("What changed"));
    hc_doc_paragraph(doc);
    if (!hc_trend_compares(t)) {
        hc_doc_text(doc, "That cannot be said: there is nothing to compare with.");
        return;
    }
    if (!t->n_shown)
        hc_doc_format(
            doc,
            "Nothing that can be told from chance, of %zu comparisons. That is not the same as no change: see what would have been seen.",
            t->n_tests);
    else
        hc_doc_format(
            doc,
            "%zu of %zu comparisons show%s a change. Two years without any change would show one in at most 1 report of 20.",
            t->n_shown, t->n_tests, t->n_shown == 1 ? "s" : "");
    if (t->n_shown)
        hc_doc_list(doc);
    for (size_t i = 0; i < t->n_tests; i++)
        if (t->tests[i].shown)
            put_change(parts, &t->tests[i]);
}

/* ---- what could have been seen ------------------------------------------------------------------------------ */

static void put_seen(struct hc_trend_parts *parts, const struct hc_trend_test *test)
{
    struct hc_doc *doc = parts->doc;
    const bool points = test->subject == HC_SUBJECT_SHARE;
    struct hc_str up = HC_STR("no rise"), down = HC_STR("no fall");
    if (!isnan(test->up[0]))
        up = hc_doc_formatted(doc, "a rise to %.*s", HC_STR_ARG(hc_trend_ratio(doc, test->up[0])));
    if (!isnan(test->down[0]))
        down = hc_doc_formatted(doc, "a fall to %.*s", HC_STR_ARG(hc_trend_ratio(doc, test->down[0])));
    if (points && !isnan(test->up[0]))
        up = hc_doc_formatted(doc, "a rise of %.0f points", 100 * test->up[0]);
    if (points && !isnan(test->down[0]))
        down = hc_doc_formatted(doc, "a fall of %.0f points", -100 * test->down[0]);
    hc_doc_item(doc);
    hc_doc_format(doc, "Of %.*s, against %.*s: %.*s, %.*s.", HC_STR_ARG(say_subject(parts, test)),
                  HC_STR_ARG(hc_trend_window(parts, test->against)), HC_STR_ARG(up), HC_STR_ARG(down));
}

static void put_visible(struct hc_trend_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    if (!t->windows[HC_TREND_BEFORE].known && !t->windows[HC_TREND_YEAR].known)
        return;
    hc_doc_subsection(doc, HC_STR("visible"), HC_STR("What this many incidents can show"));
    hc_doc_paragraph(doc);
    hc_doc_text(
        doc,
        "The smallest changes that would have been shown half of the time. Of smaller ones this report is mostly silent, and has no arrow for them.");
    hc_doc_list(doc);
    for (size_t i = 0; i < t->n_whole; i++)
        if (t->tests[i].against == HC_TREND_BEFORE ||
            (t->tests[i].against == HC_TREND_YEAR && t->tests[i].subject == HC_SUBJECT_COUNT))
            put_seen(parts, &t->tests[i]);
}

/* ---- what cannot be said ---------------------------------------------------------------------------------- */

static void put_cut(struct hc_trend_parts *parts, int window)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_trend_window *w = &parts->t->windows[window];
    const struct hc_str name = hc_trend_window(parts, window);
    if (!w->known) {
        hc_doc_item(doc);
        hc_doc_format(doc, "Nothing is compared with %.*s: the corpus does not cover a week of it.", HC_STR_ARG(name));
        return;
    }
    if (w->cut_before) {
        hc_doc_item(doc);
        hc_doc_format(
            doc,
            "What is covered begins within %.*s, on %.*s, with the first incident of the corpus, or the first after more than a year without any: how many came before is not known. That incident opens the time that is counted, and is not in the rate.",
            HC_STR_ARG(name), HC_STR_ARG(hc_trend_day(doc, w->from_ns)));
    }
    if (w->cut_after) {
        hc_doc_item(doc);
        hc_doc_format(
            doc,
            "%.*s is not over in the corpus, whose incidents' latest time is %.*s: rates are of the %.*s days until then.",
            HC_STR_ARG(name), HC_STR_ARG(hc_trend_day(doc, w->to_ns)), HC_STR_ARG(hc_cal_fixed(doc, w->days, 0)));
    }
}

static void put_unsaid(struct hc_trend_parts *parts)
{
    static const char *const ends[HC_TREND_MEASURES] = {"when they were detected", "when they were mitigated",
                                                        "when they ended"};
    struct hc_doc *doc = parts->doc;
    const struct hc_trend *t = parts->t;
    const struct hc_trend_window *now = &t->windows[HC_TREND_NOW];
    hc_doc_subsection(doc, HC_STR("unsaid"), HC_STR("What cannot be said"));
    hc_doc_list(doc);
    for (int w = 0; w < HC_TREND_WINDOWS; w++)
        put_cut(parts, w);
    for (int measure = 0; measure < HC_TREND_MEASURES; measure++) {
        const struct hc_trend_durations *d = &t->durations[measure][HC_TREND_NOW];
        if (!d->n_unstated)
            continue;
        hc_doc_item(doc);
        if (d->n_unstated == now->n)
            hc_doc_format(doc, "No incident of the quarter says %s.", ends[measure]);
        else
            hc_doc_format(doc, "%zu of the quarter's %zu incidents do%s not say %s.", d->n_unstated, now->n,
                          d->n_unstated == 1 ? "es" : "", ends[measure]);
    }
    if (now->n > t->n_with_cause) {
        hc_doc_item(doc);
        hc_doc_format(doc, "No category is on record of %zu of the quarter's %zu incidents.", now->n - t->n_with_cause,
                      now->n);
    }
    if (parts->in->n_undated) {
        hc_doc_item(doc);
        hc_doc_from_sql(doc, hc_doc_formatted(doc, "%zu", parts->in->n_undated),
                        HC_STR("SELECT count(*) AS n FROM incidents WHERE started_at IS NULL"));
        hc_doc_format(doc, " incident%s of the corpus do%s not say when %s began, and %s in no quarter.",
                      parts->in->n_undated == 1 ? "" : "s", parts->in->n_undated == 1 ? "es" : "",
                      parts->in->n_undated == 1 ? "it" : "they", parts->in->n_undated == 1 ? "is" : "are");
    }
    for (int share = 0; share < HC_TREND_SHARES; share++)
        if (now->n && !hc_trend_is_on_record(t, (enum hc_trend_share)share)) {
            hc_doc_item(doc);
            hc_doc_text(doc, share == HC_TREND_AFTER_CHANGE
                                 ? "How many came after a change: no such change is on record."
                                 : "How many an alert told of: no such alert is on record.");
        }
    hc_doc_item(doc);
    hc_doc_text(
        doc,
        "What was done about a cause, whether fewer incidents were reported or fewer happened, and why anything changed.");
}

void hc_trend_summary(struct hc_trend_parts *parts)
{
    hc_doc_section(parts->doc, "summary", "In short");
    put_lead(parts);
    put_cards(parts);
    put_changes(parts);
    put_visible(parts);
    put_unsaid(parts);
}
