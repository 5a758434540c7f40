/* Stated starts, ends, detections and durations against each other; offsets against their times; the order of times. */
#include <math.h>

#include "reports/lint/change.h"
#include "reports/lint/time_fields.h"

#define FILLERS "incident impact outage time at date timestamp total the of utc issue event overall"
#define HALF_DAY_S 43200.0

static const char *const KEYS[HC_N_TIME_FIELDS] = {
    [HC_FIELD_START] = "start started starts began begin begins beginning onset",
    [HC_FIELD_END] = "end ended ends ending",
    [HC_FIELD_RESOLVED] = "resolved resolution mitigated recovered restored",
    [HC_FIELD_DETECTED] = "detected detection discovered",
    [HC_FIELD_DURATION] = "duration length lasted",
};

static enum hc_time_field field_of(struct hc_str label)
{
    enum hc_time_field field = HC_N_TIME_FIELDS;
    for (struct hc_str word = hc_word_take(&label); word.n > 0; word = hc_word_take(&label)) {
        enum hc_time_field meant = HC_N_TIME_FIELDS;
        for (int k = 0; k < HC_N_TIME_FIELDS; k++)
            if (hc_word_in(word, KEYS[k]))
                meant = (enum hc_time_field)k;
        if (meant == HC_N_TIME_FIELDS && !hc_word_in(word, FILLERS))
            return HC_N_TIME_FIELDS;
        if (meant != HC_N_TIME_FIELDS && field != HC_N_TIME_FIELDS)
            return HC_N_TIME_FIELDS;
        field = meant != HC_N_TIME_FIELDS ? meant : field;
    }
    return field;
}

/* The quantity that is a field's whole value, but for a remark. */
static const struct hc_quantity *value_of(const struct hc_passage *p, enum hc_time_field field)
{
    struct hc_str value = hc_label_value(p);
    size_t from = value.p ? (size_t)(value.p - p->text.p) : p->text.n;
    enum hc_quantity_kind kind = field == HC_FIELD_DURATION ? HC_Q_DURATION : HC_Q_CLOCK;
    for (size_t i = 0; i < p->n_quantities; i++) {
        const struct hc_quantity *q = &p->quantities[i];
        if (q->begin < from)
            continue;
        bool near = hc_count_words(hc_part(p, from, q->begin)) <= 2;
        struct hc_str behind = hc_part(p, q->end, p->text.n);
        bool part = hc_has_word(hc_first_words(behind, 1), "of for"); /* "45 minutes of user impact" */
        return q->kind == kind && near && !part && !hc_has_word(behind, "from to after before") ? q : NULL;
    }
    return NULL;
}

void hc_find_time_fields(const struct hc_lint_context *c, struct hc_time_fields *fields)
{
    *fields = (struct hc_time_fields){.n = {0}};
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        enum hc_time_field field = p->kind == HC_HEADING ? HC_N_TIME_FIELDS : field_of(hc_label(p));
        const struct hc_quantity *q = field < HC_N_TIME_FIELDS && hc_label(p).n > 0 ? value_of(p, field) : NULL;
        if (!q || (fields->n[field] > 0 && fabs(fields->quantities[field]->value - q->value) < 1e-9))
            continue;
        fields->n[field]++;
        fields->passages[field] = p;
        fields->quantities[field] = q;
    }
}

static const struct hc_quantity *only(const struct hc_time_fields *f, enum hc_time_field field)
{
    return f->n[field] == 1 ? f->quantities[field] : NULL;
}

bool hc_fields_length(const struct hc_time_fields *f, double *seconds, enum hc_time_field *end)
{
    const struct hc_quantity *start = only(f, HC_FIELD_START);
    *end = f->n[HC_FIELD_END] > 0 ? HC_FIELD_END : HC_FIELD_RESOLVED;
    return start && only(f, *end) && hc_clock_between(start, only(f, *end), seconds) && *seconds >= 0;
}

static void put_times(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_time_fields *f,
                      enum hc_time_field a, enum hc_time_field b)
{
    hc_put_source(out, c, f->passages[a], f->quantities[a]->begin, f->quantities[a]->end);
    hc_buf_text(out, " to ");
    hc_put_source(out, c, f->passages[b], f->quantities[b]->begin, f->quantities[b]->end);
}

static void check_duration(struct hc_lint_context *c, const struct hc_time_fields *f)
{
    const struct hc_quantity *said = only(f, HC_FIELD_DURATION);
    enum hc_time_field end;
    double seconds;
    if (!said || !hc_fields_length(f, &seconds, &end))
        return;
    const struct hc_quantity *from = f->quantities[HC_FIELD_START], *to = f->quantities[end];
    double days = from->dated && to->dated ? 0 : 86400 * floor(said->value / 86400);
    if (hc_interval_may_be_said(said, seconds + days, from->step, to->step))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, f->passages[HC_FIELD_DURATION], said->begin, said->end);
    put_times(&right, c, f, HC_FIELD_START, end);
    hc_buf_text(&right, " is ");
    hc_put_duration(&right, seconds);
    hc_lint_add(c, "duration", f->passages[HC_FIELD_DURATION], said, &says, &right);
}

/* How much the first is later than the second, as far as one can tell: without dates a night may lie between. */
static double later_by(const struct hc_quantity *a, const struct hc_quantity *b)
{
    bool comparable = (!a->zone || !b->zone || a->zone == b->zone) && a->dated == b->dated &&
                      (!a->dated || (a->scale > 0) == (b->scale > 0));
    double later = comparable ? a->value - b->value : 0;
    return !a->dated && fabs(later) > HALF_DAY_S ? 0 : later;
}

static void check_before_start(struct hc_lint_context *c, const struct hc_time_fields *f, enum hc_time_field field)
{
    const struct hc_quantity *start = only(f, HC_FIELD_START), *q = only(f, field);
    if (!start || !q || later_by(start, q) <= 0 || (!q->dated && field != HC_FIELD_DETECTED))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, f->passages[field], 0, q->end);
    hc_buf_text(&right, "the start is stated as ");
    hc_put_source(&right, c, f->passages[HC_FIELD_START], start->begin, start->end);
    hc_buf_text(&right, ", ");
    hc_put_duration(&right, later_by(start, q));
    hc_buf_text(&right, " later");
    hc_lint_add(c, "effect-before-cause", f->passages[field], q, &says, &right);
}

/* "The outage lasted 3 hours", where its start and end say otherwise. */
static void check_told(struct hc_lint_context *c, const struct hc_time_fields *f, const struct hc_passage *p,
                       const struct hc_quantity *q)
{
    struct hc_str before = hc_last_words(hc_before(p, q), 5);
    enum hc_time_field end;
    double seconds;
    bool told = hc_has_text(before, "the incident lasted") || hc_has_text(before, "the outage lasted") ||
                hc_has_text(before, "this incident lasted") || hc_has_text(before, "this outage lasted");
    if (q->kind != HC_Q_DURATION || !told || hc_breaks(before) || !hc_fields_length(f, &seconds, &end))
        return;
    const struct hc_quantity *from = f->quantities[HC_FIELD_START], *to = f->quantities[end];
    bool is_span = q + 1 < p->quantities + p->n_quantities && q[1].kind == HC_Q_CLOCK; /* it says its own times */
    bool part = hc_has_word(hc_first_words(hc_behind(p, q), 1), "of for");
    if (is_span || part || q->value >= 86400 || hc_interval_may_be_said(q, seconds, from->step, to->step))
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, q->begin, q->end);
    put_times(&right, c, f, HC_FIELD_START, end);
    hc_buf_text(&right, " is ");
    hc_put_duration(&right, seconds);
    hc_lint_add(c, "duration", p, q, &says, &right);
}

/* "Duration: …" twice, with two values, in a document of one start. */
static void check_repeated(struct hc_lint_context *c, const struct hc_time_fields *f)
{
    const struct hc_passage *first = NULL;
    const struct hc_quantity *value = NULL;
    for (size_t i = 0; i < c->n && f->n[HC_FIELD_DURATION] == 2 && f->n[HC_FIELD_START] <= 1; i++) {
        const struct hc_passage *p = &c->passages[i];
        bool is_field = p->kind != HC_HEADING && hc_label(p).n > 0 && field_of(hc_label(p)) == HC_FIELD_DURATION;
        const struct hc_quantity *q = is_field ? value_of(p, HC_FIELD_DURATION) : NULL;
        if (q && !first) {
            first = p;
            value = q;
        } else if (q && hc_in_one_place(c, first, p) && hc_str_equal_nocase(hc_label(p), hc_label(first)) &&
                   q->bound == HC_EXACT && fabs(q->value - value->value) > fmax(q->coarse, value->coarse)) {
            struct hc_buf says = {0}, right = {0};
            hc_put_source(&says, c, p, 0, q->end);
            hc_buf_format(&right, "line %u says ", hc_line_of(c, first, value->begin));
            hc_put_source(&right, c, first, value->begin, value->end);
            hc_lint_add(c, "two-values", p, q, &says, &right);
        }
    }
}

void hc_rule_durations(struct hc_lint_context *c)
{
    struct hc_time_fields fields;
    hc_find_time_fields(c, &fields);
    check_duration(c, &fields);
    check_repeated(c, &fields);
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k < c->passages[i].n_quantities; k++)
            check_told(c, &fields, &c->passages[i], &c->passages[i].quantities[k]);
    check_before_start(c, &fields, HC_FIELD_DETECTED);
    check_before_start(c, &fields, HC_FIELD_END);
    check_before_start(c, &fields, HC_FIELD_RESOLVED);
}

/* ---- offsets ---- */

/* The offset that a passage opens with, where a time stands right behind it. */
static const struct hc_quantity *timed_offset(const struct hc_passage *p)
{
    const struct hc_quantity *q = p->quantities;
    bool timed = p->n_quantities > 1 && q->kind == HC_Q_OFFSET && q[1].kind == HC_Q_CLOCK && q->begin <= 4 &&
                 q[1].begin - q->end <= 5;
    return timed ? q : NULL;
}

/* The start that most of the offsets agree on. */
static bool find_zero(const struct hc_lint_context *c, double *zero)
{
    size_t best = 0, n = 0;
    for (size_t i = 0; i < c->n && i < 2000; i++) {
        const struct hc_quantity *a = timed_offset(&c->passages[i]);
        size_t n_agree = 0;
        if (!a)
            continue;
        n++;
        for (size_t k = 0; k < c->n && k < 2000; k++) {
            const struct hc_quantity *b = timed_offset(&c->passages[k]);
            n_agree +=
                b && fabs((b[1].value - b->value) - (a[1].value - a->value)) < fmax(b->step, b[1].step) / 2 + 0.5;
        }
        n_agree += fabs(a->value) < 1e-9; /* T+0 tells it */
        if (n_agree > best) {
            best = n_agree;
            *zero = a[1].value - a->value;
        }
    }
    return n >= 2 && best >= 2;
}

void hc_rule_offsets(struct hc_lint_context *c)
{
    double zero = 0;
    if (!find_zero(c, &zero))
        return;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        const struct hc_quantity *q = timed_offset(p);
        double right_s = q ? q[1].value - zero : 0;
        if (!q || fabs(right_s - q->value) < fmax(1.0, fmax(q->step, q[1].step)) - 1e-6 || fabs(right_s) > 86400)
            continue;
        struct hc_buf says = {0}, right = {0};
        hc_put_source(&says, c, p, q->begin, q->end);
        hc_put_source(&right, c, p, q[1].begin, q[1].end);
        hc_buf_text(&right, right_s < 0 ? " is T" : " is T+");
        hc_put_duration(&right, right_s);
        hc_lint_add(c, "offset", p, q, &says, &right);
    }
}

/* ---- order ---- */

static void check_causes(struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *a)
{
    struct hc_str gap = hc_gap(p, a, a + 1);
    bool back = hc_has_text(gap, "caused by") || hc_has_text(gap, "triggered by");
    bool forth = !back && hc_has_word(gap, "caused triggered") && !hc_has_word(gap, "that which was been is were not");
    if ((!back && !forth) || hc_breaks(gap) || memchr(gap.p, ',', gap.n))
        return;
    const struct hc_quantity *cause = forth ? a : a + 1, *effect = forth ? a + 1 : a;
    if (later_by(cause, effect) <= 0)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, a->begin, a[1].end);
    hc_buf_text(&right, "the cause, at ");
    hc_put_source(&right, c, p, cause->begin, cause->end);
    hc_buf_text(&right, ", is ");
    hc_put_duration(&right, later_by(cause, effect));
    hc_buf_text(&right, " after its effect");
    hc_lint_add(c, "effect-before-cause", p, effect, &says, &right);
}

/* One entry that is earlier than the one before it, among four and more that are in order. */
static void check_entries(struct hc_lint_context *c, size_t first, size_t n)
{
    size_t n_back = 0, at = 0;
    for (size_t i = first + 1; i < first + n; i++)
        if (later_by(c->events[i - 1].clock, c->events[i].clock) > 0) {
            n_back++;
            at = i;
        }
    if (n < 4 || n_back != 1)
        return;
    const struct hc_lint_event *e = &c->events[at], *before = e - 1;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, e->passage, e->clock->begin, e->clock->end);
    hc_buf_text(&right, "the entry before it is of ");
    hc_put_source(&right, c, before->passage, before->clock->begin, before->clock->end);
    hc_lint_add(c, "time-order", e->passage, e->clock, &says, &right);
}

void hc_rule_order(struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t k = 0; k + 1 < c->passages[i].n_quantities; k++) {
            const struct hc_quantity *q = &c->passages[i].quantities[k];
            if (q->kind == HC_Q_CLOCK && q[1].kind == HC_Q_CLOCK)
                check_causes(c, &c->passages[i], q);
        }
    for (size_t i = 0, n; i < c->n_events; i += n) {
        const struct hc_passage *p = c->events[i].passage;
        for (n = 1; i + n < c->n_events && c->events[i + n].passage->group == p->group; n++)
            ;
        check_entries(c, i, n);
    }
}
