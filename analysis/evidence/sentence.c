#include "analysis/evidence/sentence.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void trim_zeros(char *text)
{
    size_t n = strlen(text);
    if (!memchr(text, '.', n))
        return;
    while (n > 0 && text[n - 1] == '0')
        text[--n] = '\0';
    if (n > 0 && text[n - 1] == '.')
        text[n - 1] = '\0';
}

void hc_phrase_number(double value, char out[HC_SAID_NUMBER])
{
    double size = fabs(value);
    if (!isfinite(value) || size >= 1e15 || (size > 0 && size < 1e-4)) {
        snprintf(out, HC_SAID_NUMBER, "%.4g", value);
        return;
    }
    int whole = size >= 1 ? (int)floor(log10(size)) + 1 : (size > 0 ? (int)floor(log10(size)) + 1 : 1);
    int decimals = whole >= 4 ? 0 : 4 - whole;
    snprintf(out, HC_SAID_NUMBER, "%.*f", decimals, value);
    trim_zeros(out);
}

void hc_phrase_change(double from, double to, char out[HC_SAID_CHANGE])
{
    out[0] = '\0';
    if (from == 0 || !isfinite(from) || !isfinite(to) || (from > 0) != (to > 0) || from == to)
        return;
    double percent = 100 * (to - from) / fabs(from);
    double ratio = to / from;
    if (fabs(percent) < 1)
        snprintf(out, HC_SAID_CHANGE, " (%+.1f %%)", percent);
    else if (ratio < 1.5)
        snprintf(out, HC_SAID_CHANGE, " (%+.0f %%)", percent);
    else if (ratio < 9.95)
        snprintf(out, HC_SAID_CHANGE, " (%+.0f %%, %.1f x)", percent, ratio);
    else
        snprintf(out, HC_SAID_CHANGE, " (%.0f x)", ratio);
}

struct hc_str hc_phrase_rise(struct hc_arena *arena, struct hc_str metric, struct hc_str component, struct hc_str unit,
                             double from, const char *from_note, double to)
{
    char before[HC_SAID_NUMBER], after[HC_SAID_NUMBER], change[HC_SAID_CHANGE];
    hc_phrase_number(from, before);
    hc_phrase_number(to, after);
    hc_phrase_change(from, to, change);
    const char *space = unit.n ? " " : "";
    return hc_str_format(arena, "%.*s of %.*s %s from %s%s%.*s%s to %s%s%.*s%s", HC_STR_ARG(metric),
                         HC_STR_ARG(component), to >= from ? "rose" : "fell", before, space, HC_STR_ARG(unit),
                         from_note, after, space, HC_STR_ARG(unit), change);
}

void hc_phrase_duration(int64_t ns, char out[HC_TIME_TEXT])
{
    if (ns >= 0 && ns < 120 * HC_NS_PER_SECOND && ns % HC_NS_PER_SECOND == 0)
        snprintf(out, HC_TIME_TEXT, "%lld s", (long long)(ns / HC_NS_PER_SECOND));
    else
        hc_duration_format(ns, out);
}
