#include "cli/permutations.h"

#include <inttypes.h>
#include <math.h>

static const char *const QUESTIONS[HC_QUESTIONS][2] = {
    {"component", "components"}, {"category", "categories"}, {"hypothesis", "hypotheses"}};

static const struct {
    const char *key, *title; /* title NULL: in JSON alone */
} POINTS[HC_POINTS] = {{"top1", "top-1"}, {"top3", "top-3"}, {"top5", "top-5"},          {"log_loss", "log loss"},
                       {"brier", NULL},   {"ece", "ECE"},    {"ece_perfect_mean", NULL}, {"ece_perfect_p95", NULL}};

static void json_spread(struct hc_json_writer *w, const struct hc_permuted_score *s)
{
    hc_json_open_object(w);
    hc_json_put_number(w, "mean", s->mean);
    hc_json_put_number(w, "deviation", s->deviation);
    hc_json_put_number(w, "low", s->low);
    hc_json_put_number(w, "high", s->high);
    hc_json_close_object(w);
}

static void json_method(struct hc_json_writer *w, const struct hc_permuted *method)
{
    hc_json_key(w, method->method);
    hc_json_open_object(w);
    for (size_t q = 0; q < HC_QUESTIONS; q++) {
        hc_json_key(w, QUESTIONS[q][0]);
        hc_json_open_object(w);
        for (size_t k = 0; k < HC_POINTS; k++) {
            hc_json_key(w, POINTS[k].key);
            json_spread(w, &method->of[q][k]);
        }
        hc_json_close_object(w);
    }
    hc_json_close_object(w);
}

void hc_permutations_json(struct hc_json_writer *w, const struct hc_permutations *permutations)
{
    const struct hc_permutations *p = permutations;
    if (!p->n) {
        hc_json_null(w);
        return;
    }
    hc_json_open_object(w);
    hc_json_put_int(w, "n", (int64_t)p->n);
    hc_json_put_int(w, "seed", (int64_t)p->seed);
    hc_json_put_int(w, "incidents", (int64_t)p->n_incidents);
    for (size_t m = 0; m <= HC_N_BASELINES; m++)
        json_method(w, &p->methods[m]);
    hc_json_close_object(w);
}

#define SPREAD_COLUMNS 27

static void text_spread(struct hc_buf *out, const struct hc_permuted_score *s)
{
    char text[80] = "-";
    if (!isnan(s->deviation))
        snprintf(text, sizeof text, "%.3f (%.3f) [%.3f-%.3f]", s->mean, s->deviation, s->low, s->high);
    else if (!isnan(s->mean)) /* one order spreads over nothing */
        snprintf(text, sizeof text, "%.3f", s->mean);
    hc_buf_format(out, "  %-*s", SPREAD_COLUMNS, text);
}

static void text_question(struct hc_buf *out, const struct hc_permutations *p, size_t question)
{
    const struct hc_permuted_score *own = p->methods[0].of[question];
    hc_buf_format(out, "\n  %-15s", QUESTIONS[question][1]);
    for (size_t k = 0; k < HC_POINTS; k++)
        if (POINTS[k].title)
            hc_buf_format(out, "  %-*s", SPREAD_COLUMNS, POINTS[k].title);
    hc_buf_char(out, '\n');
    for (size_t m = 0; m <= HC_N_BASELINES; m++) {
        hc_buf_format(out, "  %-15s", p->methods[m].method);
        for (size_t k = 0; k < HC_POINTS; k++)
            if (POINTS[k].title)
                text_spread(out, &p->methods[m].of[question][k]);
        hc_buf_char(out, '\n');
    }
    if (!isnan(own[HC_POINT_PERFECT].mean))
        hc_buf_format(
            out,
            "  A perfectly calibrated model with these confidences would show an ECE of %.3f (95 in 100 times "
            "below %.3f).\n",
            own[HC_POINT_PERFECT].mean, own[HC_POINT_PERFECT_P95].mean);
}

void hc_permutations_text(struct hc_buf *out, const struct hc_permutations *permutations)
{
    const struct hc_permutations *p = permutations;
    if (!p->n || !p->n_incidents)
        return;
    hc_buf_format(out,
                  "\n%zu incident%s in %zu random order%s of their labels (seed %" PRIu64
                  "), each predicted with those before it:\n"
                  "  mean (standard deviation) [2.5 %%-97.5 %%] over the orders.\n",
                  p->n_incidents, p->n_incidents == 1 ? "" : "s", p->n, p->n == 1 ? "" : "s", p->seed);
    for (size_t q = 0; q < HC_QUESTIONS; q++)
        text_question(out, p, q);
}
