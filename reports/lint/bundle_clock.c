/* Stated times against those of a bundle: how far off, and whether they may be compared. */
#include <math.h>

#include "reports/lint/bundle.h"

bool hc_clock_off(const struct hc_lint_context *c, const struct hc_quantity *q, int64_t at_ns, double *seconds)
{
    const double day_s = 86400;
    if (q->zone > 1 || (q->zone == 0 && !c->is_utc))
        return false;
    const int64_t whole_s = at_ns / HC_NS_PER_SECOND, rest_ns = at_ns % HC_NS_PER_SECOND;
    *seconds = q->value - (double)whole_s - (double)rest_ns / 1e9;
    if (!q->dated || !(q->scale > 0)) {
        *seconds = fmod(*seconds, day_s);
        *seconds -= *seconds > day_s / 2 ? day_s : *seconds < -day_s / 2 ? -day_s : 0;
    }
    return true;
}

bool hc_clock_may_be(const struct hc_lint_context *c, const struct hc_quantity *q, int64_t at_ns)
{
    double off = 0, room = q->step >= 60 ? q->step - 1e-6 : 1.0;
    if (!hc_clock_off(c, q, at_ns, &off))
        return true;
    if (q->bound != HC_EXACT)
        room = fmax(300, 5 * q->step);
    return fabs(off) <= room;
}

bool hc_clock_is_known(const struct hc_lint_context *c, const struct hc_quantity *q)
{
    const struct hc_lint_facts *f = c->facts;
    const struct hc_time fields[] = {f->start, f->detected, f->mitigated, f->end};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (hc_time_known(fields[i]) && hc_clock_may_be(c, q, fields[i].ns))
            return true;
    for (size_t i = 0; i < f->n_changes; i++)
        if (hc_time_known(f->changes[i].at) && hc_clock_may_be(c, q, f->changes[i].at.ns))
            return true;
    for (size_t i = 0; i < f->n_symptoms; i++)
        if (hc_clock_may_be(c, q, f->symptoms[i].ns))
            return true;
    for (size_t i = 0; i < f->n_happenings; i++) {
        if (hc_time_known(f->happenings[i].first) && hc_clock_may_be(c, q, f->happenings[i].first.ns))
            return true;
        for (size_t k = 0; k < f->happenings[i].n_at; k++)
            if (hc_clock_may_be(c, q, f->happenings[i].at_ns[k]))
                return true;
    }
    return false;
}

/* Times without a zone are held against the bundle where the document speaks of UTC, or where most are the bundle's. */
void hc_lint_zones(struct hc_lint_context *c)
{
    size_t n = 0, n_known = 0;
    bool utc = false, other = false;
    c->is_utc = true;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        utc = utc || hc_has_word(p->text, "utc gmt");
        other = other || hc_has_text(p->text, "local time");
        for (size_t k = 0; k < p->n_quantities && n < 500; k++) {
            const struct hc_quantity *q = &p->quantities[k];
            if (q->kind != HC_Q_CLOCK)
                continue;
            utc = utc || q->zone == 1;
            other = other || q->zone > 1;
            n += q->zone == 0;
            n_known += q->zone == 0 && hc_clock_is_known(c, q);
        }
    }
    c->is_utc = !other && (utc || (n_known >= 2 && 2 * n_known >= n));
}
