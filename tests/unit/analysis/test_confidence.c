/* How confidence takes labels that are wrong. */
#include "tests/unit/analysis/synthetic.h"

#include "analysis/model/confidence.h"

#define INCIDENTS 600
#define HYPOTHESES 20

struct past {
    struct hc_record records[INCIDENTS], *list[INCIDENTS];
    double evidence[INCIDENTS][HYPOTHESES], priors[HYPOTHESES];
    uint32_t members[HYPOTHESES], n_records[INCIDENTS];
    double best; /* mean probability that the likeliest hypothesis is the cause */
    struct hc_history history;
};

static struct past past; /* too large for a stack */

static double uniform(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (double)(*random >> 11) / (double)(UINT64_C(1) << 53);
}

/* Evidence of an incident, and its cause, which is as likely as the evidence has it. */
static size_t draw(double *evidence, double *best, uint64_t *random)
{
    double sum = 0, most = 0;
    for (size_t h = 0; h < HYPOTHESES; h++) {
        evidence[h] = 10 * (uniform(random) + uniform(random) - 1);
        most = fmax(most, exp(evidence[h]));
        sum += exp(evidence[h]);
    }
    *best += most / sum / INCIDENTS;
    double at = uniform(random) * sum;
    for (size_t h = 0; h < HYPOTHESES; h++) {
        at -= exp(evidence[h]);
        if (at < 0)
            return h;
    }
    return HYPOTHESES - 1;
}

/* Of the incidents that share of the labels names any hypothesis. */
static void make_past(double wrong)
{
    uint64_t random = 7;
    past = (struct past){.history = {.records = past.list, .n_records = past.n_records, .n = INCIDENTS}};
    for (size_t i = 0; i < INCIDENTS; i++) {
        double *evidence = past.evidence[i];
        const size_t cause = draw(evidence, &past.best, &random);
        const size_t label = uniform(&random) < wrong ? (size_t)(uniform(&random) * HYPOTHESES) : cause;
        const double first = evidence[0]; /* what the label allows comes first */
        evidence[0] = evidence[label];
        evidence[label] = first;
        past.members[i % HYPOTHESES] = 1;
        past.records[i] = (struct hc_record){.kind = HC_NONE,
                                             .among = true,
                                             .n_allowed = 1,
                                             .n = HYPOTHESES,
                                             .members = past.members,
                                             .prior = {past.priors, past.priors},
                                             .evidence = evidence};
        past.list[i] = &past.records[i];
        past.n_records[i] = 1;
    }
}

struct result {
    double wrong, stated, best;
};

static struct result learn_from(double wrong)
{
    struct made m = make_incidents(3, 3, 1);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model;
    struct result out = {0};
    make_past(wrong);
    assert_int_equal(hc_model_expert(&model, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_confidence_learn(model, &past.history, INCIDENTS, m.catalogue, &err), HC_OK);
    out.wrong = model->confidence.wrong_labels;
    const struct hc_learner k = {.model = model, .catalogue = m.catalogue, .history = &past.history};
    for (size_t i = 0; i < INCIDENTS; i++) {
        double p[HYPOTHESES], support, top = 0;
        hc_record_probabilities(&k, past.list[i], p, &support);
        for (size_t h = 0; h < HYPOTHESES; h++)
            top = fmax(top, p[h]);
        out.stated += top / INCIDENTS;
    }
    out.best = past.best;
    hc_model_free(model);
    forget(&m);
    return out;
}

static void few_wrong_labels_are_taken_for_the_models_own_faults(void **state)
{
    (void)state;
    for (int rare = 0; rare < 2; rare++) {
        const struct result found = learn_from(rare ? 0.02 : 0);
        assert_true(found.wrong == 0);
        assert_true(found.stated < found.best + 0.02);
        assert_true(found.stated > found.best - (rare ? 0.06 : 0.02));
    }
}

static void what_is_stated_is_of_the_cause_where_many_labels_are_wrong(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        const double wrong = i ? 0.2 : 0.12, beyond = wrong - HC_OUTLIERS_OF_MODEL;
        const struct result found = learn_from(wrong);
        assert_true(fabs(found.wrong - beyond) < 0.03);
        assert_true(found.stated < found.best + 0.02);
        assert_true(found.stated > (1 - wrong) * found.best + 0.02); /* more than the labels bear out */
    }
}

/* Every other label is drawn at random, or none. */
static void a_calibration_has_the_share_of_its_model(void **state)
{
    (void)state;
    for (int guessed = 0; guessed < 2; guessed++) {
        struct made m = make_incidents(120, 5, 1);
        struct hc_random random = hc_random_new(3, 0);
        for (size_t i = 0; guessed && i < m.n; i += 2) {
            const struct fault *fault = &made_faults[hc_random_below(&random, 3)];
            m.labelled[i].category = hc_str_of(fault->category);
            m.labelled[i].cause = hc_str_of(fault->cause);
            m.labelled[i].component = m.evidence[i].components[hc_random_below(&random, 5)].name;
        }
        const struct hc_learning with = {m.catalogue, 1, m.arena};
        struct hc_err err = HC_ERR_NONE;
        struct hc_calibration c;
        struct hc_model *model;
        assert_int_equal(hc_model_calibrate(&c, m.labelled, m.n, HC_TIME_NONE, &with, &err), HC_OK);
        assert_int_equal(hc_model_unpack(&model, c.model, m.catalogue, &err), HC_OK);
        assert_true(c.wrong_labels == model->confidence.wrong_labels);
        assert_true(guessed ? c.wrong_labels > HC_WRONG_LABELS_SAID : c.wrong_labels == 0);
        hc_model_free(model);
        forget(&m);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_wrong_labels_are_taken_for_the_models_own_faults),
        cmocka_unit_test(a_calibration_has_the_share_of_its_model),
        cmocka_unit_test(what_is_stated_is_of_the_cause_where_many_labels_are_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
