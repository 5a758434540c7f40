/* How the trend report says numbers, and where they come from. */
#include <math.h>

#include "reports/trend_parts.h"

#define DAY "86400000000000"

const struct hc_trend_kind *hc_trend_kinds(size_t *n)
{
    static const struct hc_trend_kind kinds[] = {
        {"metrics", "metrics", "EXISTS (SELECT 1 FROM metrics AS e WHERE e.incident = i.incident)"},
        {"logs", "logs", "EXISTS (SELECT 1 FROM log_counts AS e WHERE e.incident = i.incident)"},
        {"topology", "the topology, stated or seen",
         "EXISTS (SELECT 1 FROM dependencies AS e WHERE e.incident = i.incident)"},
        {"changes", "change records", "EXISTS (SELECT 1 FROM changes AS e WHERE e.incident = i.incident)"},
        {"events", "events",
         "EXISTS (SELECT 1 FROM events AS e WHERE e.incident = i.incident AND e.kind IS NOT 'log')"}};
    *n = sizeof kinds / sizeof *kinds;
    return kinds;
}

const char *hc_trend_asks(enum hc_trend_share share)
{
    if (share == HC_TREND_AFTER_CHANGE)
        return "EXISTS (SELECT 1 FROM changes AS c WHERE c.incident = i.incident AND c.at_ns BETWEEN "
               "coalesce(i.detected_at_ns, i.started_at_ns) - " DAY " AND coalesce(i.detected_at_ns, i.started_at_ns))";
    return "EXISTS (SELECT 1 FROM events AS e WHERE e.incident = i.incident AND e.kind = 'alert' AND e.at_ns <= "
           "i.detected_at_ns)";
}

struct hc_str hc_trend_quarter(struct hc_doc *doc, struct hc_quarter quarter)
{
    return hc_doc_formatted(doc, "%04dQ%d", quarter.year, quarter.number);
}

struct hc_str hc_trend_window(struct hc_trend_parts *parts, int window)
{
    return hc_trend_quarter(parts->doc, parts->t->windows[window].quarter);
}

struct hc_str hc_trend_against(struct hc_trend_parts *parts, int against)
{
    const struct hc_str name = hc_trend_window(parts, against);
    return hc_doc_formatted(parts->doc, "%.*s, %s", HC_STR_ARG(name),
                            against == HC_TREND_BEFORE ? "the quarter before" : "a year before");
}

struct hc_str hc_trend_day(struct hc_doc *doc, int64_t ns)
{
    char text[HC_TIME_TEXT];
    hc_time_format((struct hc_time){ns, 0}, text);
    return hc_doc_formatted(doc, "%.10s", text);
}

/* The unit changes at SHORT_S; in one interval, whose ends may lie on both sides of it, it is that of the longest. */
#define SHORT_S 120
#define TENTHS_S 600 /* below it, minutes have a decimal beside longer ones */

static struct hc_str say_seconds(struct hc_doc *doc, double seconds, double shortest, double longest)
{
    char text[HC_WORD_TEXT];
    if (isnan(seconds))
        return HC_STR("-");
    if (isinf(seconds))
        return HC_STR("not reached");
    if (longest < SHORT_S || (shortest < SHORT_S && longest < TENTHS_S))
        return hc_doc_formatted(doc, "%lld s", llround(seconds));
    if (shortest < SHORT_S && seconds < TENTHS_S)
        return hc_doc_formatted(doc, "%.*s min", HC_STR_ARG(hc_cal_fixed(doc, seconds / 60, 1)));
    hc_word_minutes(seconds / 60, text);
    return hc_doc_formatted(doc, "%s", text);
}

struct hc_str hc_trend_seconds_held(struct hc_doc *doc, double median, double low, double high)
{
    const double of[] = {median, low, high};
    double shortest = INFINITY, longest = 0;
    struct hc_str says[3];
    for (int i = 0; i < 3; i++)
        if (isfinite(of[i])) {
            shortest = fmin(shortest, of[i]);
            longest = fmax(longest, of[i]);
        }
    for (int i = 0; i < 3; i++)
        says[i] = say_seconds(doc, of[i], shortest, longest);
    return hc_doc_formatted(doc, "%.*s (%.*s" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%.*s)", HC_STR_ARG(says[0]),
                            HC_STR_ARG(says[1]), HC_STR_ARG(says[2]));
}

struct hc_str hc_trend_ratio(struct hc_doc *doc, double ratio)
{
    if (isnan(ratio))
        return HC_STR("-");
    if (isinf(ratio))
        return HC_STR("from none");
    return hc_doc_formatted(doc, "%.*s x", HC_STR_ARG(hc_cal_fixed(doc, ratio, ratio < 10 ? 2 : 0)));
}

struct hc_str hc_trend_ratio_held(struct hc_doc *doc, const struct hc_comparison *c)
{
    const struct hc_str value = hc_trend_ratio(doc, c->value);
    if (isnan(c->low))
        return value;
    const struct hc_str high = isinf(c->high) ? HC_STR("no limit") : hc_cal_fixed(doc, c->high, c->high < 10 ? 2 : 0);
    return hc_doc_formatted(doc, "%.*s (%.*s" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%.*s)", HC_STR_ARG(value),
                            HC_STR_ARG(hc_cal_fixed(doc, c->low, c->low < 10 ? 2 : 0)), HC_STR_ARG(high));
}

struct hc_str hc_trend_points(struct hc_doc *doc, double share)
{
    char text[HC_WORD_TEXT];
    if (isnan(share))
        return HC_STR("-");
    hc_word_signed(100 * share, 0, text);
    return hc_doc_formatted(doc, "%s points", text);
}

static struct hc_str points_held(struct hc_doc *doc, const struct hc_comparison *c)
{
    char low[HC_WORD_TEXT], high[HC_WORD_TEXT];
    hc_word_signed(100 * c->low, 0, low);
    hc_word_signed(100 * c->high, 0, high);
    return hc_doc_formatted(doc, "%.*s (%s" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%s)",
                            HC_STR_ARG(hc_trend_points(doc, c->value)), low, high);
}

struct hc_str hc_trend_p(struct hc_doc *doc, double p)
{
    char text[HC_WORD_TEXT];
    hc_word_probability(p, text);
    return hc_doc_formatted(doc, "%s", text);
}

struct hc_str hc_trend_range(struct hc_doc *doc, double low, double high, int decimals)
{
    return hc_doc_formatted(doc, "%.*s" HC_NO_BREAK_SPACE "to" HC_NO_BREAK_SPACE "%.*s",
                            HC_STR_ARG(hc_cal_fixed(doc, low, decimals)),
                            HC_STR_ARG(hc_cal_fixed(doc, high, decimals)));
}

struct hc_str hc_trend_category(const struct hc_trend_parts *parts, struct hc_str id)
{
    return hc_cal_category(parts->in->catalogue, id);
}

struct hc_str hc_trend_within(struct hc_doc *doc, struct hc_quarter quarter)
{
    return hc_doc_formatted(doc, "i.started_at >= '%.*s' AND i.started_at < '%.*s'",
                            HC_STR_ARG(hc_trend_day(doc, hc_quarter_start_ns(quarter))),
                            HC_STR_ARG(hc_trend_day(doc, hc_quarter_start_ns(hc_quarter_before(quarter, -1)))));
}

struct hc_str hc_trend_count_sql(struct hc_doc *doc, struct hc_quarter quarter, struct hc_str more)
{
    const struct hc_str within = hc_trend_within(doc, quarter);
    return hc_doc_formatted(doc, "SELECT count(*) AS n FROM incidents AS i WHERE %.*s%s%.*s", HC_STR_ARG(within),
                            more.n ? " AND " : "", HC_STR_ARG(more));
}

/* ---- tests ----------------------------------------------------------------------------------------------- */

bool hc_trend_is_on_record(const struct hc_trend *trend, enum hc_trend_share share)
{
    const struct hc_trend_shared *s = trend->shares[share];
    return s[HC_TREND_NOW].k || s[HC_TREND_BEFORE].k || s[HC_TREND_YEAR].k;
}

bool hc_trend_compares(const struct hc_trend *trend)
{
    return trend->n_shown || trend->windows[HC_TREND_BEFORE].known || trend->windows[HC_TREND_YEAR].known;
}

void hc_trend_put_arrow(struct hc_trend_parts *parts, const struct hc_trend_test *test, enum hc_trend_unit unit)
{
    const double none = unit == HC_UNIT_POINTS ? 0 : 1;
    if (!test)
        hc_doc_text(parts->doc, "too few");
    else if (!test->shown)
        hc_doc_text(parts->doc, "no");
    else
        hc_doc_badge(parts->doc, test->found.value > none ? HC_STR("\xE2\x86\x91 up") : HC_STR("\xE2\x86\x93 down"),
                     HC_TONE_INFO);
}

static struct hc_str smallest(struct hc_doc *doc, const double of[2], enum hc_trend_unit unit)
{
    struct hc_str text[2];
    if (isnan(of[0]))
        return HC_STR("none");
    for (int i = 0; i < 2; i++)
        text[i] = isnan(of[i])             ? HC_STR("none")
                  : unit == HC_UNIT_POINTS ? hc_trend_points(doc, of[i])
                                           : hc_trend_ratio(doc, of[i]);
    return hc_doc_formatted(doc, "%.*s (%.*s)", HC_STR_ARG(text[0]), HC_STR_ARG(text[1]));
}

void hc_trend_put_test(struct hc_trend_parts *parts, const struct hc_trend_test *test, enum hc_trend_unit unit)
{
    struct hc_doc *doc = parts->doc;
    if (!test) {
        for (int i = 0; i < 5; i++)
            hc_cal_cell(doc, HC_STR("-"));
    } else {
        hc_cal_cell(doc,
                    unit == HC_UNIT_POINTS ? points_held(doc, &test->found) : hc_trend_ratio_held(doc, &test->found));
        hc_cal_cell(doc, hc_trend_p(doc, test->found.p));
        hc_cal_cell(doc, hc_trend_p(doc, test->q));
        hc_cal_cell(doc, smallest(doc, test->up, unit));
        hc_cal_cell(doc, smallest(doc, test->down, unit));
    }
    hc_doc_cell(doc);
    hc_trend_put_arrow(parts, test, unit);
}
