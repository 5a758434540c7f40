#include <math.h>

#include "analysis/model/constants.h"
#include "cli/session.h"

static const char *const STATUS_WORDS[] = {"possible", "confirmed", "ruled-out", "contributing"};

static void put_place(struct hc_json_writer *w, struct hc_source_place place)
{
    hc_json_put_string(w, "member", place.member);
    hc_json_put_number_of(w, "line", place.line);
}

static void put_reason(struct hc_json_writer *w, const struct hc_reason *r)
{
    hc_json_open_object(w);
    hc_json_put_string(w, "evidence", r->evidence);
    hc_json_put_number(w, "weight", r->weight);
    hc_json_put_string(w, "text", r->text);
    put_place(w, r->place);
    hc_json_close_object(w);
}

static void put_reasons(struct hc_json_writer *w, const char *key, const struct hc_hypothesis *h, bool for_it)
{
    hc_json_key(w, key);
    hc_json_open_array(w);
    for (size_t i = 0; i < h->n_reasons; i++) {
        const struct hc_reason *r = &h->reasons[i];
        if ((r->weight >= 0.0) != for_it)
            continue;
        put_reason(w, r);
    }
    hc_json_close_array(w);
}

static void put_hypotheses(struct hc_json_writer *w, const struct hc_analysis *a)
{
    hc_json_key(w, "hypotheses");
    hc_json_open_array(w);
    for (size_t i = 0; i < a->n_hypotheses; i++) {
        const struct hc_hypothesis *h = &a->hypotheses[i];
        hc_json_open_object(w);
        hc_json_put_int(w, "rank", h->rank);
        hc_json_put_string(w, "category", h->category);
        hc_json_put_string(w, "cause", h->cause);
        hc_json_put_string(w, "component", h->component);
        hc_json_put_number(w, "probability", h->probability);
        hc_json_put_string(w, "status", hc_str_of(STATUS_WORDS[h->status]));
        put_reasons(w, "for", h, true);
        put_reasons(w, "against", h, false);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
}

static void put_shares(struct hc_json_writer *w, const char *list, const char *key, const struct hc_share *shares,
                       size_t n)
{
    hc_json_key(w, list);
    hc_json_open_array(w);
    for (size_t i = 0; i < n; i++) {
        hc_json_open_object(w);
        hc_json_put_string(w, key, shares[i].name);
        hc_json_put_number(w, "probability", shares[i].probability);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
}

static void put_what_is_missing(struct hc_json_writer *w, const struct hc_analysis *a)
{
    hc_json_key(w, "penalties");
    hc_json_open_array(w);
    for (size_t i = 0; i < a->n_penalties; i++) {
        hc_json_open_object(w);
        hc_json_put_string(w, "missing", a->penalties[i].missing);
        hc_json_put_number(w, "points", a->penalties[i].points);
        hc_json_put_int(w, "learned_from", a->penalties[i].learned_from);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
    hc_json_key(w, "next_evidence");
    hc_json_open_array(w);
    for (size_t i = 0; i < a->n_next_evidence; i++) {
        hc_json_open_object(w);
        hc_json_put_string(w, "kind", a->next_evidence[i].kind);
        hc_json_put_number(w, "expected_confidence", a->next_evidence[i].expected_confidence);
        hc_json_put_number(w, "expected_entropy", a->next_evidence[i].expected_entropy);
        hc_json_put_number(w, "entropy_change", a->next_evidence[i].entropy_change);
        hc_json_put_int(w, "learned_from", a->next_evidence[i].learned_from);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
}

static void put_runner_up(struct hc_json_writer *w, const struct hc_analysis *a)
{
    const struct hc_runner_up *r = a->runner_up;
    hc_json_key(w, "runner_up");
    if (!r) {
        hc_json_null(w);
        return;
    }
    const struct hc_hypothesis *h = &a->hypotheses[1];
    hc_json_open_object(w);
    hc_json_put_string(w, "category", h->category);
    hc_json_put_string(w, "cause", h->cause);
    hc_json_put_string(w, "component", h->component);
    hc_json_put_number(w, "probability", h->probability);
    hc_json_put_number(w, "behind", r->behind);
    put_reasons(w, "for", h, true);
    put_reasons(w, "against_leading", &a->hypotheses[0], false);
    hc_json_key(w, "flips_without");
    hc_json_open_array(w);
    for (size_t i = 0; i < r->n_flips_without; i++)
        put_reason(w, &r->flips_without[i]);
    hc_json_close_array(w);
    hc_json_key(w, "flips_with");
    hc_json_open_array(w);
    for (size_t i = 0; i < r->n_flips_with; i++) {
        hc_json_open_object(w);
        hc_json_put_string(w, "missing", r->flips_with[i].missing);
        hc_json_put_string(w, "evidence", r->flips_with[i].evidence);
        hc_json_put_string(w, "text", r->flips_with[i].text);
        hc_json_put_number(w, "needs", r->flips_with[i].needs);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
    hc_json_close_object(w);
}

void hc_analysis_json(struct hc_buf *out, const struct hc_analysis *a, const struct hc_nearest *nearest)
{
    struct hc_json_writer w = {.out = out};
    hc_json_open_object(&w);
    hc_json_put_string(&w, "incident", a->incident);
    hc_json_put_number_of(&w, "calibration", a->calibration);
    hc_json_put_bool(&w, "label_seen", a->label_seen);
    hc_json_key(&w, "guarantee");
    if (a->has_guarantee) {
        hc_json_open_object(&w);
        hc_json_put_number(&w, "level", a->guarantee_level);
        hc_json_put_int(&w, "incidents", a->guarantee_incidents);
        hc_json_close_object(&w);
    } else {
        hc_json_null(&w);
    }
    put_hypotheses(&w, a);
    hc_json_put_int(&w, "tied", (int64_t)a->n_tied);
    hc_json_put_number(&w, "unexplained", a->unexplained);
    put_shares(&w, "categories", "category", a->categories, a->n_categories);
    put_shares(&w, "components", "component", a->components, a->n_components);
    put_what_is_missing(&w, a);
    hc_json_put_number(&w, "entropy", a->entropy);
    put_runner_up(&w, a);
    hc_json_key(&w, "timeline");
    hc_json_open_array(&w);
    for (size_t i = 0; i < a->n_timeline; i++) {
        hc_json_open_object(&w);
        hc_json_put_time(&w, "at", a->timeline[i].at);
        hc_json_put_string(&w, "text", a->timeline[i].text);
        put_place(&w, a->timeline[i].place);
        hc_json_close_object(&w);
    }
    hc_json_close_array(&w);
    if (nearest)
        hc_neighbours_json(nearest->session, nearest->neighbours, nearest->n, &w);
    hc_json_end(&w);
}

#define SHOWN_HYPOTHESES 8
#define REASONED_HYPOTHESES 3
#define SHOWN_REASONS 4 /* beside the prior */
#define SHOWN_KINDS 5
#define SHOWN_FLIPS 3

struct budget { /* in hundredths of a nat, as they are printed, so that the column adds up */
    long shown;
    double whole;
    size_t n_shown, n_signs; /* beside the prior */
};

static void text_reason(struct hc_buf *out, const struct hc_reason *reason, struct budget *budget)
{
    hc_buf_format(out, "        %+.2f  ", reason->weight);
    hc_put_shown(out, reason->text);
    hc_buf_char(out, '\n');
    budget->shown += lround(100 * reason->weight);
}

/* The prior leads: what follows moved the probability from there. What would print as nothing is left out. */
static void text_reasons(struct hc_buf *out, const struct hc_hypothesis *h)
{
    struct budget budget = {0};
    for (int of_prior = 1; of_prior >= 0; of_prior--) {
        for (size_t i = 0; i < h->n_reasons; i++) {
            const struct hc_reason *reason = &h->reasons[i];
            if (hc_str_is(reason->evidence, "prior") != (of_prior == 1))
                continue;
            budget.whole += reason->weight;
            budget.n_signs += !of_prior;
            if (fabs(reason->weight) < 0.005 || budget.n_shown == SHOWN_REASONS)
                continue;
            budget.n_shown += !of_prior;
            text_reason(out, reason, &budget);
        }
    }
    const long whole = lround(100 * budget.whole), rest = whole - budget.shown;
    const size_t n_rest = budget.n_signs - budget.n_shown;
    if (n_rest)
        hc_buf_format(out, "        %+.2f  %zu more sign%s%s\n", (double)rest / 100, n_rest, n_rest == 1 ? "" : "s",
                      n_rest == 1 ? "" : ", together");
    else if (rest)
        hc_buf_format(out, "        %+.2f  what the digits above leave out\n", (double)rest / 100);
    if (h->n_reasons)
        hc_buf_format(out, "        %+.2f  in all: the log odds of %.1f %%\n", (double)whole / 100,
                      100.0 * h->probability);
}

/* Beside the number it is about. */
static void text_caveat(struct hc_buf *out, const struct hc_analysis *a)
{
    if (a->n_learned)
        hc_buf_format(out, " (rests on %u past incident%s, of %d that a promise needs)", a->n_learned,
                      a->n_learned == 1 ? "" : "s", HC_GUARANTEE_INCIDENTS);
    else
        hc_buf_text(out, " (by the expert prior: no past incident backs it)");
}

static void text_hypothesis(struct hc_buf *out, const struct hc_analysis *a, const struct hc_hypothesis *h)
{
    hc_buf_format(out, "%3u. %5.1f %%  %-12s ", h->rank, 100.0 * h->probability, STATUS_WORDS[h->status]);
    hc_put_cause(out, h->category, h->cause, h->component);
    if (h->rank == 1 && !a->has_guarantee)
        text_caveat(out, a);
    hc_buf_char(out, '\n');
    if (h->rank <= REASONED_HYPOTHESES)
        text_reasons(out, h);
}

/* Which calibration, and why that one: the contract's rule, as hc_session_analyze follows it. */
static void text_calibration(struct hc_buf *out, const struct hc_session *session, const struct hc_subject *subject,
                             const struct hc_analysis *a)
{
    const bool is_past = hc_session_looks_back(session, subject->brief);
    if (!a->calibration) {
        hc_buf_format(out, "  by the expert prior: nothing was learned%s\n",
                      is_past ? " from before this incident began" : "");
        return;
    }
    hc_buf_format(out, "  by calibration %lld", (long long)a->calibration);
    if (is_past)
        hc_buf_text(out, ", the latest from before this incident began");
    hc_buf_text(out, a->label_seen ? ", which has learned from this very incident\n" : "\n");
}

static void text_promise(struct hc_buf *out, const struct hc_analysis *a)
{
    if (a->has_guarantee)
        hc_buf_format(out, "  the true cause is ruled out in at most 1 of %.0f incidents (from %u of the past)\n",
                      1.0 / (1.0 - a->guarantee_level), a->guarantee_incidents);
    else
        hc_buf_format(out,
                      "  too few past incidents for a guarantee, nothing is promised: ruled-out is only what has less "
                      "than %.0f %%, confirmed what has %.0f %% and more\n",
                      100.0 * HC_RULED_OUT_PROBABILITY, 100.0 * HC_CONFIRMED_PROBABILITY);
}

static struct hc_str kind_title(const struct hc_catalogue *catalogue, struct hc_str id)
{
    for (size_t i = 0; i < catalogue->n_kinds; i++)
        if (hc_str_equal(catalogue->kinds[i].id, id) && catalogue->kinds[i].title.n)
            return catalogue->kinds[i].title;
    return id;
}

/* What to look for next: what is expected to leave the least doubt first. */
static void text_next_evidence(struct hc_buf *out, const struct hc_catalogue *catalogue, const struct hc_analysis *a)
{
    if (a->n_next_evidence)
        hc_buf_format(out, "\n  what to collect, by how much it would tell (now %.2f nats of doubt):\n", a->entropy);
    for (size_t i = 0; i < a->n_next_evidence && i < SHOWN_KINDS; i++) {
        const struct hc_next_evidence *next = &a->next_evidence[i];
        hc_buf_format(out, "     %+5.2f nats, first at %4.1f %%  ", next->entropy_change,
                      100.0 * next->expected_confidence);
        hc_put_shown(out, kind_title(catalogue, next->kind));
        if (next->learned_from)
            hc_buf_format(out, " (as in %u past incidents)\n", next->learned_from);
        else
            hc_buf_text(out, " (not learned: by the expert's penalty)\n");
    }
}

static void text_runner_up(struct hc_buf *out, const struct hc_catalogue *catalogue, const struct hc_analysis *a)
{
    const struct hc_runner_up *r = a->runner_up;
    if (!r)
        return;
    hc_buf_format(out, "\n  the case for 2., which is %.2f nats behind; it would lead\n", r->behind);
    for (size_t i = 0; i < r->n_flips_without; i++) {
        hc_buf_format(out, "     %s %+.2f  ", i ? "and     " : "without ", r->flips_without[i].weight);
        hc_put_shown(out, r->flips_without[i].text);
        hc_buf_char(out, '\n');
    }
    if (!r->n_flips_without)
        hc_buf_text(out, "     by no sign taken away: what is usual here decides\n");
    for (size_t i = 0; i < r->n_flips_with && i < SHOWN_FLIPS; i++) {
        hc_buf_format(out, "     with %4.0f %% of the strongest sign in ", 100.0 * r->flips_with[i].needs);
        hc_put_shown(out, kind_title(catalogue, r->flips_with[i].missing));
        hc_buf_text(out, " of: ");
        hc_put_shown(out, r->flips_with[i].text);
        hc_buf_char(out, '\n');
    }
}

void hc_analysis_text(struct hc_buf *out, const struct hc_session *session, const struct hc_subject *subject,
                      const struct hc_analysis *a)
{
    hc_buf_format(out, "%.*s  ", HC_STR_ARG(a->incident));
    hc_put_shown(out, subject->incident->title);
    hc_buf_char(out, '\n');
    text_calibration(out, session, subject, a);
    text_promise(out, a);
    hc_buf_text(out, "  weights in nats: +0.69 doubles the odds of a cause, -0.69 halves them\n\n");
    for (size_t i = 0; i < a->n_hypotheses && i < SHOWN_HYPOTHESES; i++)
        text_hypothesis(out, a, &a->hypotheses[i]);
    hc_buf_format(out, "     %5.1f %%  a cause that is not listed\n", 100.0 * a->unexplained);
    if (a->n_tied > 1)
        hc_buf_format(out, "  the first %zu are as likely as each other: they stand in the order of their names\n",
                      a->n_tied);
    text_runner_up(out, session->catalogue, a);
    if (a->n_penalties)
        hc_buf_text(out, "\n  what is missing, and what it costs the leading hypothesis:\n");
    for (size_t i = 0; i < a->n_penalties; i++) {
        hc_buf_format(out, "     %+5.1f points  ", 100.0 * a->penalties[i].points);
        hc_put_shown(out, kind_title(session->catalogue, a->penalties[i].missing));
        hc_buf_char(out, '\n');
    }
    text_next_evidence(out, session->catalogue, a);
    hc_buf_char(out, '\n');
}
