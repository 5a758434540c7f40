/* Actions: done, though nothing in the timeline shows it; an alert that could not have fired in time. */
#include "reports/lint/bundle.h"
#include "reports/lint/time_fields.h"

#define MITIGATIONS \
    "rollback rolled revert* restart* reboot* failover failed drain* disabl* scal* kill* redeploy* isolat* block*"

/* ---- alerts ---- */

/* How long the incident was: by its offsets, its start and end, its stated duration, its timeline. */
static bool incident_length(const struct hc_lint_context *c, double *seconds)
{
    struct hc_time_fields fields;
    enum hc_time_field end;
    size_t n = 0;
    double last = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_quantity *q = c->passages[i].quantities;
        if (c->passages[i].n_quantities > 0 && q->kind == HC_Q_OFFSET && q->begin <= 4) {
            last = q->value > last ? q->value : last;
            n++;
        }
    }
    *seconds = last;
    if (n >= 3)
        return last > 0;
    hc_find_time_fields(c, &fields);
    if (hc_fields_length(&fields, seconds, &end))
        return *seconds > 0;
    if (fields.n[HC_FIELD_DURATION] != 1)
        return false;
    *seconds = fields.quantities[HC_FIELD_DURATION]->value;
    return true;
}

static bool is_window(const struct hc_passage *p, const struct hc_quantity *q)
{
    struct hc_str before = hc_last_words(hc_before(p, q), 3), behind = hc_first_words(hc_behind(p, q), 2);
    return q->kind == HC_Q_DURATION && !q->rate && !hc_breaks(before) &&
           (hc_has_word(behind, "window evaluation delay") || hc_has_word(before, "window delay sustained"));
}

static void check_alert(struct hc_lint_context *c, const struct hc_passage *p, double length_s)
{
    if (!hc_has_word(p->text, "alert alerts alerting alarm alarms") ||
        !hc_has_word(p->text,
                     "add added introduce create set configure new implement propose enable tune tuning define lower"))
        return;
    for (size_t i = 0; i < p->n_quantities; i++) {
        const struct hc_quantity *q = &p->quantities[i];
        if (!is_window(p, q) || q->value <= length_s)
            continue;
        struct hc_buf says = {0}, right = {0};
        hc_buf_text(&says, "an alert with a window of ");
        hc_put_source(&says, c, p, q->begin, q->end);
        hc_buf_text(&right, "the incident lasted ");
        hc_put_duration(&right, length_s);
        hc_buf_text(&right, ": it could not have fired in time");
        hc_lint_add(c, "alert-too-slow", p, q, &says, &right);
    }
}

/* ---- done ---- */

bool hc_is_done_action(const struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str intro = hc_intro_of(c, p);
    bool introduced = hc_has_word(intro, "completed done") &&
                      hc_has_word(intro, "action actions mitigation immediate steps") &&
                      !hc_has_word(intro, "not be to");
    return p->kind == HC_ITEM && (introduced || (p->checked && hc_has_word(intro, "immediate mitigation")));
}

/* The mitigation that an action is about; absent: it is none that a timeline would show. */
static struct hc_str mitigation_of(const struct hc_passage *p)
{
    return hc_find_word(hc_first_words(p->text, 3), MITIGATIONS);
}

static bool shows(const struct hc_lint_context *c, struct hc_str word)
{
    bool rolls = hc_word_in(word, "rollback rolled revert*");
    for (size_t i = 0; i < c->n_events; i++) {
        struct hc_str rest = c->events[i].passage->text;
        if (rolls && hc_has_word(rest, "rollback rolled roll rolling revert reverted reverting"))
            return true;
        for (struct hc_str other = hc_word_take(&rest); other.n > 0; other = hc_word_take(&rest))
            if (hc_words_alike(word, other))
                return true;
    }
    return false;
}

static void check_done(struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str word = mitigation_of(p);
    if (c->n_events < 3 || word.n == 0 || !hc_is_done_action(c, p) || shows(c, word))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, 0, p->text.n);
    hc_buf_text(&says, " (done)");
    hc_buf_text(&right, "no entry of the timeline shows it");
    hc_lint_add(c, "done-without-event", p, NULL, &says, &right);
}

void hc_rule_actions(struct hc_lint_context *c)
{
    double length_s = 0;
    bool known = incident_length(c, &length_s);
    for (size_t i = 0; i < c->n; i++) {
        check_done(c, &c->passages[i]);
        if (known)
            check_alert(c, &c->passages[i], length_s);
    }
}
