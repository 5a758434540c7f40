/* What a reviewer and a newcomer found of the rules about a bundle: true statements that were called wrong, and errors that
 * the documentation lists and that were missed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/reports/lint_held.h"

/* What a reviewer wrote to be true, and the rules called wrong: of another component, a limit, another time or part. */
static const char *const RIGHT_OF_REVIEW[] = {
    "Checkout-api latency_p99 rose to 2.4 s, while edge-lb latency_p99 rose to 9 s.",
    "The checkout-api latency_p99 was 2.4 s and the cart-db latency_p99 was 9 s.",
    "While checkout-api was at 12 %, edge-lb error rate rose to 30 %.",
    "Error rate was 12 % on checkout-api and 30 % on edge-lb.",
    "The error rate of checkout-api was 12 %, that of edge-lb 30 %.",
    "Memory of session-cache was 519 MB of 2 GB.",
    "Memory of session-cache was 519 MB of its 2 GB.",
    "Memory of session-cache: 519 MB (max 2 GB).",
    "Memory of session-cache was 519 MB, up from 512 MB, with 2 GB available.",
    "session-cache memory max: 2 GB.",
    "We doubled memory of session-cache to 4 GB.",
    "After the incident, memory of session-cache was increased from 1 GB to 4 GB.",
    "As mitigation, connections on cart-db were increased to 500.",
    "We raised the number of connections on cart-db from 50 to 500.",
    "Connections on cart-db were at 50 of 250.",
    "Connections on cart-db: 50 (max 250).",
    "Max connections on cart-db: 250.",
    "Maximum connections 250.",
    "| Metric | Value | Max |\n|---|---|---|\n| cart-db connections | 50 | 250 |",
    "Two weeks before, error rate peaked at 30 %.",
    "An error rate of 50 % is what we saw in the load test.",
    "HTTP 500 error rate reached 40 %.",
    "Of the error rate, 80 % was from gold customers.",
    "There was no rollback plan.",
    "There was no rollback procedure for it.",
    "v4.7.3 was deployed to checkout-api after the incident.",
    "The rollback began at 10:36 UTC.",
    "| Time (UTC) | What |\n|---|---|\n| 10:47 | Rollback of checkout-api was successful |",
    "The simulation gave an error rate of 22 % with latency at 4 s.",
    "Last quarter the error rate of checkout-api was 0.05 %.",
    "Since the fix, connections on cart-db are at 15.",
    "No releases are made on Fridays.",
    "On 2024-05-03 v4.7.3 was deployed to checkout-api.",
};

/* What the documentation lists, in the words of a newcomer and a reviewer, and was missed. */
static const struct planted WRONG_OF_REVIEW[] = {
    {"v4.7.2 was deployed to payment_gateway.", "bundle-version", "checkout-api"},
    {"v4.7.2 was deployed to billing-api.", "bundle-version", "checkout-api"},
    {"**2024-05-01 10:04:10Z** - Deployment of v4.7.2 (commit 9f3c1ab) to payment_gateway", "bundle-version",
     "checkout-api"},
    {"**2024-05-01 10:25:00Z** - Incident window ends", "bundle-time", "10:52:00"},
    {"The deploy was bad. The incident lasted 3 hours.", "bundle-interval", "52 min"},
    {"Errors began 20 minutes after the deploy.", "bundle-interval", "1"},
    {"Connection pool exhaustion began (14 occurrences).", "bundle-count", "412"},
};

/* A component's name holds the word of a deed: nothing was done, and nothing is said of when. */
static void names_of_components_are_no_deeds(void **state)
{
    (void)state;
    static const struct hc_str components[] = {WORD("alert"), WORD("failover-agent"), WORD("rollback"), WORD("web")};
    static const struct hc_lint_happening happenings[] = {{.kind = WORD("log"),
                                                           .component = WORD("web"),
                                                           .message = WORD("alertmanager unreachable"),
                                                           ONCE(OOM_AT),
                                                           .first = TIME(10, 12, 44),
                                                           .last = TIME(10, 12, 44)}};
    static const char *const texts[] = {
        "At 10:20 UTC the rollback service of web was slow.", "There was no rollback error.",
        "The alert service was slow at 10:30 UTC.",           "The failover agent completed its checks.",
        "The alertmanager alert fired at 10:30 UTC.",         "rollback was slow at 10:20 UTC.",
    };
    struct hc_lint_facts facts = shop();
    facts.components = components;
    facts.n_components = N(components);
    facts.happenings = happenings;
    facts.n_happenings = N(happenings);
    assert_int_equal(n_false(&facts, texts, N(texts)), 0);
}

/* Times as far apart as the years 1900 and 2262: no overflow, and no interval of a list that was cut short. */
static void far_times_are_compared(void **state)
{
    (void)state;
    struct hc_lint_change changes[100];
    for (int i = 0; i < 100; i++)
        changes[i] =
            (struct hc_lint_change){.at = {AT(8, 0, i), 0}, .kind = WORD("deploy"), .component = WORD("edge-lb")};
    struct hc_lint_facts facts = shop();
    static const char *const texts[] = {"The incident lasted 32 minutes.",
                                        "It was detected 3 hours after the deploy of edge-lb."};
    static const struct planted far[] = {{"The incident lasted 52 minutes.", "bundle-interval", "132218 d"}};
    changes[99].at.ns = AT(10, 20, 0);
    facts.changes = changes;
    facts.n_changes = N(changes);
    assert_int_equal(n_false(&facts, texts, N(texts)), 0);
    facts.n_changes = 0;
    facts.n_happenings = 0;
    facts.n_symptoms = 0;
    facts.start.ns = -2208988800LL * HC_NS_PER_SECOND;
    facts.detected.ns = facts.mitigated.ns = facts.end.ns = 9214646400LL * HC_NS_PER_SECOND;
    assert_int_equal(n_missed(&facts, far, N(far)), 0);
}

static void what_a_reviewer_missed_is_found(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_missed(&facts, WRONG_OF_REVIEW, N(WRONG_OF_REVIEW)), 0);
}

static void what_a_reviewer_wrote_is_let_pass(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_false(&facts, RIGHT_OF_REVIEW, N(RIGHT_OF_REVIEW)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_components_are_no_deeds),
        cmocka_unit_test(far_times_are_compared),
        cmocka_unit_test(what_a_reviewer_missed_is_found),
        cmocka_unit_test(what_a_reviewer_wrote_is_let_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
