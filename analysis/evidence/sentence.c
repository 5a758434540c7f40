#include "analysis/evidence/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

struct hc_str hc_phrase_digits(double value, int n_digits, char out[HC_SAID_NUMBER])
{
    return (struct hc_str){out, hc_number_significant(value, n_digits, out)};
}

struct hc_str hc_phrase_number(double value, char out[HC_SAID_NUMBER])
{
    return hc_phrase_digits(value, 4, out);
}

struct hc_str hc_phrase_fixed(double value, int decimals, char out[HC_SAID_NUMBER])
{
    return (struct hc_str){out, hc_number_fixed(value, decimals, out)};
}

/* "+188" or "-3.5"; returns its end. */
static char *put_percent(char *out, double percent, int decimals)
{
    if (!signbit(percent))
        *out++ = '+';
    return out + hc_number_fixed(percent, decimals, out);
}

void hc_phrase_change(double from, double to, char out[HC_SAID_CHANGE])
{
    out[0] = '\0';
    if (from == 0 || !isfinite(from) || !isfinite(to) || (from > 0) != (to > 0) || from == to)
        return;
    double percent = 100 * (to - from) / fabs(from);
    double ratio = to / from;
    if (!(ratio < 1e15)) {
        snprintf(out, HC_SAID_CHANGE, " (%.0f x)", ratio);
        return;
    }
    memcpy(out, " (", 2);
    char *end = out + 2;
    if (ratio < 9.95)
        end = put_percent(end, percent, fabs(percent) < 1 ? 1 : 0);
    if (ratio < 9.95 && (fabs(percent) < 1 || ratio < 1.5)) {
        memcpy(end, " %)", sizeof " %)");
        return;
    }
    if (ratio < 9.95) {
        memcpy(end, " %, ", sizeof " %, ");
        end += sizeof " %, " - 1;
    }
    end += hc_number_fixed(ratio, ratio < 9.95 ? 1 : 0, end);
    memcpy(end, " x)", sizeof " x)");
}

struct hc_str hc_phrase_join(struct hc_arena *arena, const struct hc_str *parts, size_t n)
{
    size_t n_bytes = 0;
    for (size_t i = 0; i < n; i++)
        n_bytes += parts[i].n;
    char *text = hc_arena_alloc(arena, n_bytes);
    if (!text)
        return HC_STR_NONE;
    char *at = text;
    for (size_t i = 0; i < n; i++) {
        if (parts[i].n)
            memcpy(at, parts[i].p, parts[i].n);
        at += parts[i].n;
    }
    return (struct hc_str){text, n_bytes};
}

struct hc_str hc_phrase_rise(struct hc_arena *arena, const struct hc_rise *rise)
{
    char before[HC_SAID_NUMBER], after[HC_SAID_NUMBER], change[HC_SAID_CHANGE];
    struct hc_str from = hc_phrase_number(rise->from, before), to = hc_phrase_number(rise->to, after);
    hc_phrase_change(rise->from, rise->to, change);
    struct hc_str space = rise->unit.n ? HC_STR(" ") : HC_STR("");
    const struct hc_str parts[] = {rise->metric,
                                   HC_STR(" of "),
                                   rise->component,
                                   rise->to >= rise->from ? HC_STR(" rose from ") : HC_STR(" fell from "),
                                   from,
                                   space,
                                   rise->unit,
                                   rise->from_note,
                                   HC_STR(" to "),
                                   to,
                                   space,
                                   rise->unit,
                                   hc_str_of(change),
                                   rise->tail};
    return hc_phrase_join(arena, parts, sizeof parts / sizeof *parts);
}

void hc_phrase_duration(int64_t ns, char out[HC_TIME_TEXT])
{
    if (ns >= 0 && ns < 120 * HC_NS_PER_SECOND && ns % HC_NS_PER_SECOND == 0)
        snprintf(out, HC_TIME_TEXT, "%lld s", (long long)(ns / HC_NS_PER_SECOND));
    else
        hc_duration_format(ns, out);
}
