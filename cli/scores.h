/* Scores as a backtest prints them. */
#ifndef HC_CLI_SCORES_H
#define HC_CLI_SCORES_H

#include "analysis/model/backtest.h"
#include "cli/session.h"

#define HC_LEAST_FOR_ECE 10 /* of fewer, what a perfect model would show has too few values for a percentile */

void hc_json_score(struct hc_json_writer *w, const char *key, struct hc_score score);
void hc_json_scores(struct hc_json_writer *w, const struct hc_backtest_scores *s);
/* A table: its head, a line of it, and what is said of its first line's calibration. */
void hc_text_score_names(struct hc_buf *out, const char *title);
void hc_text_scores(struct hc_buf *out, const char *name, const struct hc_backtest_scores *s);
void hc_text_calibration(struct hc_buf *out, const struct hc_backtest_scores *s);

/* Cross-validates the categories of incidents that are nothing but documents, and prints how well their words tell them. */
enum hc_status hc_backtest_documents(struct hc_session *session, const struct hc_backtest_options *options,
                                     struct hc_buf *out, struct hc_err *err);

/* Compares each incident that has a category with its past, and prints how often the nearest had the same. */
enum hc_status hc_backtest_similar(struct hc_session *session, struct hc_buf *out, struct hc_err *err);

#endif
