/* `backtest --similar`: how far the nearest past incident helps. */
#include <math.h>

#include "analysis/stats/beta.h"
#include "cli/scores.h"

static const char *const MEASURES[HC_USEFUL_MEASURES] = {"similar", "evidence", "words", "service", "chance"};
static const char *const QUESTIONS[HC_USEFUL_QUESTIONS] = {"category", "component"};

struct gathering {
    struct hc_session *session;
    struct hc_useful useful;
};

static enum hc_status add(void *context, const struct hc_subject *subject, struct hc_arena *arena, struct hc_err *err)
{
    struct gathering *gathering = context;
    return hc_session_usefulness(gathering->session, subject, &gathering->useful, arena, err);
}

static struct hc_score score_of(const struct hc_useful *useful, int measure, int question)
{
    const uint32_t n = useful->n[question];
    struct hc_score score = {n ? useful->right[measure][question] / n : NAN, 0, 1};
    hc_share_interval(useful->right[measure][question], n, 0.95, &score.low, &score.high);
    return score;
}

static void print_json(const struct hc_cli *cli, const struct hc_useful *useful, struct hc_buf *out)
{
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    for (int q = 0; q < HC_USEFUL_QUESTIONS; q++) {
        hc_json_key(&w, QUESTIONS[q]);
        hc_json_open_object(&w);
        hc_json_put_int(&w, "n", useful->n[q]);
        for (int m = 0; m < HC_USEFUL_MEASURES; m++)
            hc_json_score(&w, MEASURES[m], score_of(useful, m, q));
        hc_json_close_object(&w);
    }
    hc_json_end(&w);
}

static void print_text(const struct hc_useful *useful, struct hc_buf *out)
{
    hc_buf_text(out, "how often the nearest past incident had the same\n");
    for (int q = 0; q < HC_USEFUL_QUESTIONS; q++) {
        hc_buf_format(out, "\n  %s, of %u\n", QUESTIONS[q], useful->n[q]);
        for (int m = 0; m < HC_USEFUL_MEASURES && useful->n[q]; m++) {
            const struct hc_score score = score_of(useful, m, q);
            hc_buf_format(out, "    %-10s  %.3f [%.3f-%.3f]\n", MEASURES[m], score.value, score.low, score.high);
        }
    }
    hc_buf_text(
        out, "  The past of each is what began before it and has a category; of equally near ones the share counts.\n");
}

enum hc_status hc_backtest_similar(struct hc_session *session, struct hc_buf *out, struct hc_err *err)
{
    struct gathering gathering = {.session = session};
    enum hc_status status = HC_OK;
    session->compares_told = true;
    for (size_t i = 0; status == HC_OK && i < session->n_briefs; i++)
        if (session->briefs[i].category.p && !session->briefs[i].conflict)
            status = hc_session_subject(session, session->briefs[i].id, add, &gathering, err);
    if (status == HC_OK && session->cli->json)
        print_json(session->cli, &gathering.useful, out);
    else if (status == HC_OK)
        print_text(&gathering.useful, out);
    return status;
}
