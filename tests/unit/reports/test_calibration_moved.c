/* What the calibration report says of the one before, of learning, and of what to collect. */
#include "tests/unit/reports/calibrations.h"

#include "analysis/stats/beta.h"

/* A calibration before it: of 30 network incidents and 70 others, then 42 and 70, on the service `service` and over all. A weight moved, as
 * did one whose name is hostile. */
static void add_before(struct made *m, const char *service)
{
    static const uint32_t n[2][2] = {{70, 10}, {70, 22}};
    struct hc_err err = HC_ERR_NONE;
    for (int i = 0; i < 2; i++) {
        for (int c = 0; c < 2; c++) {
            const double total = 10 + n[i][0] + n[i][1], a = 5 + n[i][c];
            m->priors[i][c] = (struct hc_prior_row){HC_STR_NONE,
                                                    c ? HC_STR("network") : HC_STR("application"),
                                                    a / total,
                                                    hc_beta_quantile(.025, a, total - a),
                                                    hc_beta_quantile(.975, a, total - a),
                                                    n[i][c]};
        }
        m->priors[i][2] = (struct hc_prior_row){hc_str_of(service), HC_STR("network"), .2, .1, .3, n[i][1]};
        m->weights[i][0] = (struct hc_weight_row){HC_STR("cpu-up"), 1 + i, .75 + i, 1.25 + i, .75};
        m->weights[i][1] = (struct hc_weight_row){HC_STR("<log-new>"), .5 + i, .25 + i, .75 + i, .5};
    }
    m->before = m->calibration;
    m->before.number = 3;
    m->before.n_incidents = 80;
    m->before.as_of.ns -= 100 * 24 * HC_NS_PER_HOUR;
    m->before.priors = m->priors[0];
    m->before.weights = m->weights[0];
    m->calibration.priors = m->priors[1];
    m->calibration.weights = m->weights[1];
    m->before.n_priors = m->calibration.n_priors = 3;
    assert_int_equal(hc_moves_make(&m->moves, &m->before, &m->calibration, NULL, NULL, m->arena, &err), HC_OK);
    for (size_t i = 0; i < 12; i++) {
        m->evidence[i] =
            (struct hc_evidence){.incident = hc_str_format(m->arena, "NET-%02zu", i), .service = hc_str_of(service)};
        m->came[i] = (struct hc_labelled){.evidence = &m->evidence[i],
                                          .category = HC_STR("network"),
                                          .cause = i % 4 ? HC_STR("dns") : HC_STR("delay"),
                                          .component = HC_STR("lb")};
    }
    m->report.moves = &m->moves;
    m->report.came = m->came;
    m->report.n_came = 12;
    m->report.labels_stand = true;
    m->report.calibration = &m->calibration;
}

/* As the test of the shares would have it: here no model can be read. */
static void let_network_move(struct made *m)
{
    struct hc_moved_share *s = &m->moves.shares[1];
    s->tested = s->moved = true;
    s->q = .001;
    s->expected = (struct hc_expected){1.67, 0, 5, .001};
    m->moves.n_tested[HC_MOVED_OVERALL] = 2;
    m->moves.n_moved[HC_MOVED_OVERALL] = 1;
    m->moves.shares[2].tested = m->moves.shares[2].moved = true;
    m->moves.n_tested[HC_MOVED_BY_SERVICE] = m->moves.n_moved[HC_MOVED_BY_SERVICE] = 1;
}

static void says_what_moved_and_what_came_that_speaks_for_it(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    add_before(&m, "o'brien");
    let_network_move(&m);
    char *markdown = markdown_of(&m), *html = html_of(&m, "calibration-moved");
    finds(markdown,
          "Since calibration 3, which had learned from 160 fewer labels, [4 of 6 learned values moved](#moved)");
    const char *part = strstr(markdown, "## What moved since");
    assert_non_null(part);
    finds(
        part,
        "beside calibration 3 (as of 2026-05-20, 80), the latest promoted one that had learned from at least a tenth fewer.");
    finds(part, "1 of 2 shares over all services, 1 of 1 by service, 2 of 2 weights and 0 of 1 penalties");
    finds(part,
          "**Network** (17\xC2\xA0% to 26\xC2\xA0%: 12 of the 12 labels that came, where 0 to 5 were to be expected)");
    finds(
        part,
        "12 of the 12 labels that came are of it, 1.7 were to be expected. Most often 9 of the cause `dns`, 12 on the service "
        "`o'brien`, 12 at the component `lb`. They are `NET-00`");
    finds(part, "and 4 more.");
    finds(part, "AND known_at_ns > ");
    finds(part, "service = 'o''brien'");
    finds(part, "**moved (0.001)**");
    finds(part, "| `cpu-up` ");
    finds(part, "cannot be read with this version or catalogue");
    finds(part, "### How sure it says to be");
    finds(html, "class=\"span-before\"");
    assert_null(strstr(html, "<log-new>"));
    assert_null(strstr(html, "nan"));
    free(markdown);
    free(html);
    hc_arena_free(m.arena);
}

static void says_of_what_moved_what_cannot_be_said(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    char *first = markdown_of(&m);
    finds(first, "Nothing can be said: the calibration in use is the first that was promoted.");
    assert_null(strstr(first, "Since calibration"));
    add_before(&m, "pay");
    m.report.labels_stand = false;
    char *corrected = markdown_of(&m);
    finds(corrected, "are not in the corpus as they were");
    m.moves.grown = false;
    struct hc_calibration less = *m.moves.now;
    less.n_incidents = m.moves.before->n_incidents - 1;
    m.moves.now = &less;
    char *fewer = markdown_of(&m);
    finds(fewer, ", which had learned from 1 more label, ");
    finds(fewer, "Some category has fewer labels than it had");
    m.report.moves = NULL;
    m.report.calibration = NULL;
    char *none = markdown_of(&m);
    finds(none, "Nothing can be said: no calibration was promoted.");
    finds(none, "how well each category's share is known cannot be told");
    free(first);
    free(corrected);
    free(fewer);
    free(none);
    hc_arena_free(m.arena);
}

static void says_whether_more_labels_help_and_what_to_collect(void **state)
{
    (void)state;
    struct made m;
    begin(&m, MOST, 0, "pay");
    m.growth[HC_OF_COMPONENT] = (struct hc_growth){180, 60, 239, {.2, .1, .3}, .14};
    m.growth[HC_OF_CATEGORY] = (struct hc_growth){180, 60, 239, {.05, -.1, .2}, .21};
    m.growth[HC_OF_HYPOTHESIS] = (struct hc_growth){12, 60, 239, {NAN, NAN, NAN}, NAN};
    char *markdown = markdown_of(&m), *html = html_of(&m, "calibration-growth");
    finds(markdown, "Whether more labels still help: [they do](#learning)");
    finds(
        markdown,
        "Of components **more labels still help**: over 180 answers with 60 to 239 labels known, each doubling took 0.200 (");
    finds(markdown, "Of categories **it cannot be told**: ");
    finds(markdown, "and the interval holds 0; 0.210");
    finds(markdown, "Of whole causes **it cannot be told**: 12 answers within");
    finds(markdown, "Learning curve of categories, beside the priors alone");
    finds(markdown, "CASE WHEN labels_known >= 100 THEN '100-299' WHEN labels_known >= 30 THEN '30-99'");
    finds(markdown, "## What to collect");
    finds(markdown, "[80 of 240](#src-"); /* without logs */
    finds(markdown, "NOT LIKE '% logs %'");
    finds(markdown, "| component ");
    finds(html, "First answer right of components by labels known");
    free(markdown);
    free(html);
    hc_arena_free(m.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_moved_and_what_came_that_speaks_for_it),
        cmocka_unit_test(says_of_what_moved_what_cannot_be_said),
        cmocka_unit_test(says_whether_more_labels_help_and_what_to_collect),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
