/* Scores as a backtest prints them. */
#include "cli/scores.h"

#include <math.h>

#define SCORE_COLUMNS 21

void hc_json_score(struct hc_json_writer *w, const char *key, struct hc_score score)
{
    hc_json_key(w, key);
    hc_json_open_object(w);
    hc_json_put_number(w, "value", score.value);
    hc_json_put_number(w, "low", score.low);
    hc_json_put_number(w, "high", score.high);
    hc_json_close_object(w);
}

void hc_json_scores(struct hc_json_writer *w, const struct hc_backtest_scores *s)
{
    hc_json_put_int(w, "n", s->n);
    hc_json_score(w, "top1", s->top1);
    hc_json_score(w, "top3", s->top3);
    hc_json_score(w, "top5", s->top5);
    hc_json_score(w, "log_loss", s->log_loss);
    hc_json_score(w, "brier", s->brier);
    hc_json_score(w, "ece", s->ece);
    hc_json_put_number(w, "mean_confidence", s->mean_confidence);
    hc_json_put_number(w, "ece_perfect_mean", s->ece_perfect_mean);
    hc_json_put_number(w, "ece_perfect_p95", s->ece_perfect_p95);
    hc_json_put_number(w, "ece_perfect_p9975", s->ece_perfect_p9975);
    hc_json_score(w, "coverage", s->coverage);
    hc_json_put_number(w, "mean_set_size", s->mean_set);
}

static void text_score(struct hc_buf *out, struct hc_score s)
{
    char text[80] = "-";
    if (!isnan(s.value))
        snprintf(text, sizeof text, "%.3f [%.3f-%.3f]", s.value, s.low, s.high);
    hc_buf_format(out, "  %-*s", SCORE_COLUMNS, text);
}

void hc_text_scores(struct hc_buf *out, const char *name, const struct hc_backtest_scores *s)
{
    hc_buf_format(out, "  %-15s", name);
    text_score(out, s->top1);
    text_score(out, s->top3);
    text_score(out, s->top5);
    text_score(out, s->log_loss);
    text_score(out, s->brier);
    text_score(out, s->ece);
    text_score(out, s->coverage);
    hc_buf_char(out, '\n');
}

/* How far the stated probabilities hold, and what the error of calibration is to be held against. */
void hc_text_calibration(struct hc_buf *out, const struct hc_backtest_scores *s)
{
    if (!s->n)
        return;
    hc_buf_format(out, "  First answers were stated at %.3f on average, and right in %.3f of the incidents.\n",
                  s->mean_confidence, s->top1.value);
    if (s->n >= HC_LEAST_FOR_ECE)
        hc_buf_format(out,
                      "  A perfectly calibrated model with these confidences would show an ECE of %.3f (95 in 100 "
                      "times below %.3f).\n",
                      s->ece_perfect_mean, s->ece_perfect_p95);
}

void hc_text_score_names(struct hc_buf *out, const char *title)
{
    static const char *const SCORES[] = {"top-1", "top-3", "top-5", "log loss", "Brier", "ECE", "coverage"};
    hc_buf_format(out, "\n  %-15s", title);
    for (size_t i = 0; i < sizeof SCORES / sizeof SCORES[0]; i++)
        hc_buf_format(out, "  %-*s", SCORE_COLUMNS, SCORES[i]);
    hc_buf_char(out, '\n');
}
