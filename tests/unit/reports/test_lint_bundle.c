/* Errors planted against a bundle in statements of many wordings, and true statements beside them. All were written before
 * the rules; those of SEEN were looked at while the rules were made, those of KEPT_ASIDE once, when they were done: then 39 of
 * 40 were found, and none of 57 true statements was called wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "tests/unit/reports/lint_held.h"

static const struct planted WRONG_SEEN[] = {
    {"Detected: 2024-05-01 10:12 UTC", "bundle-time", "10:09:30"},
    {"| Field | Value |\n| --- | --- |\n| Mitigated | 2024-05-01 10:45 UTC |", "bundle-time", "10:41:00"},
    {"- 10:14:10 UTC Deploy of v4.7.2 to checkout-api\n- 10:20 UTC payment-gateway container restarted", "bundle-time",
     "10:04:10"},
    {"checkout-api v4.7.2 was rolled out at 10:24 UTC.", "bundle-time", "10:04:10"},
    {"We rolled back checkout-api at 10:28 UTC.", "bundle-time", "10:38:20"},
    {"The first \"connection pool exhausted\" error was logged at 10:16:05 UTC.", "bundle-time", "10:06:05"},
    {"The pool size of cart-db was changed at 09:50 UTC by a config change.", "bundle-time", "09:40:00"},
    {"Errors of checkout-api began at 09:31 UTC with \"connection pool exhausted\".", "bundle-time", "10:06:05"},
    {"The incident ended at 10:25 UTC.", "bundle-time", "10:52:00"},
    {"| Time (UTC) | Event |\n|---|---|\n| 09:40 | cart-db config change |\n| 10:14 | checkout-api v4.7.2 deployed |\n| 10:38 | rollback |",
     "bundle-time", "10:04:10"},
    {"The incident lasted 95 minutes.", "bundle-interval", "52 min"},
    {"**Time to mitigate:** 20 min", "bundle-interval", "41 min"},
    {"It was detected 12 minutes after the deployment of v4.7.2.", "bundle-interval", "5 min 20 s"},
    {"MTTD: 25 min", "bundle-interval", "9 min 30 s"},
    {"session-cache was killed 20 minutes after the deploy of v4.7.2.", "bundle-interval", "8 min 34 s"},
    {"p99 latency of checkout-api (latency_p99) peaked at 4,200 ms.", "bundle-value", "2400"},
    {"Memory of session-cache peaked at 980 MB.", "bundle-value", "1940"},
    {"cart-db connections went from 12 to 50.", "bundle-value", "21 and 23"},
    {"payment-gateway CPU reached 95 %.", "bundle-value", "38"},
    {"latency_p99 of checkout-api rose from 180 ms to 24 s.", "bundle-value", "2400"},
    {"Error rate of checkout-api stayed below 5 % throughout.", "bundle-value", "12.6"},
    {"There were 142 \"connection pool exhausted\" errors in the log.", "bundle-count", "412"},
    {"payment-gateway was restarted 3 times.", "bundle-count", "1"},
    {"Two deployments of checkout-api were made in the window.", "bundle-count", "1"},
    {"There was no rollback.", "bundle-change", "10:38:20"},
    {"There were no changes before the incident.", "bundle-change", "09:40:00"},
    {"It began without any recent deploy.", "bundle-change", "10:04:10"},
    {"After the deploy chekout-api returned errors.", "bundle-name", "checkout-api"},
    {"Calls to payment_gatewy timed out.", "bundle-name", "payment-gateway"},
    {"v4.7.3 was deployed to checkout-api.", "bundle-version", "v4.7.2"},
    {"The deploy of commit 9f3c1ac broke it.", "bundle-version", "9f3c1ab"},
    {"- Deployment of checkout-api 4.8.2", "bundle-version", "v4.7.2"},
    {"# Post-mortem: INC-240\n\nCheckout failed.", "bundle-field", "INC-204"},
    {"Service: cart-db", "bundle-field", "checkout-api"},
    {"Immediate actions (completed):\n\n- Scale-up of cart-db", "bundle-action", "no"},
    {"To help, cart-db was restarted.", "bundle-action", "no"},
    {"A traffic shift to eu-west was completed at 10:33 UTC.", "bundle-action", "no"},
    {"The traces show that the time is lost in cart-db.", "bundle-missing", "no"},
    {"No logs were available.", "bundle-missing", "logs"},
    {"The heap dump shows a leak in session-cache.", "bundle-missing", "no"},
    {"The confirmed root cause was a bug in payment-gateway.", "bundle-outcome", "cart-db"},
};

static const char *const RIGHT_SEEN[] = {
    "Detected: 2024-05-01 10:09 UTC",
    "**Start:** 2024-05-01 10:00 UTC",
    "| Field | Value |\n| --- | --- |\n| Mitigated | 2024-05-01 10:41 UTC |",
    "Resolved: 10:41 UTC",
    "At 10:04 UTC v4.7.2 was deployed to checkout-api.",
    "v4.7.2 was merged at 08:15 UTC.",
    "We decided at 10:31 UTC to roll back checkout-api.",
    "By 10:45 UTC the rollback had reached all users.",
    "The first \"connection pool exhausted\" error was logged at 10:06:05 UTC.",
    "The HighErrorRate alert fired at 10:09 UTC.",
    "At 10:25 UTC support was told of the errors.",
    "The next deploy of checkout-api is planned for 15:00 UTC.",
    "## Timeline (PDT)\n\n- 03:04:10 PDT v4.7.2 deployed\n- 03:38:20 PDT rollback",
    "Duration: 52 min",
    "Customer impact lasted 35 minutes.",
    "Time to detect: 9.5 minutes",
    "**Time to mitigate:** 41 min",
    "It was detected 5 minutes after the deployment of v4.7.2.",
    "The rollback was done 34 minutes after the deploy.",
    "Five minutes after the deploy the alert fired.",
    "The error rate of checkout-api rose from 0.4 % to 12.6 %.",
    "In eu-west the error rate was 25 %.",
    "The alert fires above an error rate of 30 %.",
    "p99 latency of checkout-api (latency_p99) peaked at 2,400 ms.",
    "p50 latency peaked at 310 ms.",
    "The memory limit of session-cache is 4 GB.",
    "cart-db connections went from 22 to 50, its limit.",
    "payment-gateway CPU stayed below 40 %.",
    "| Metric | Baseline | Peak |\n|---|---|---|\n| checkout-api error_rate | 0.4 % | 12.6 % |",
    "\"upstream timed out\" was logged 37 times.",
    "More than 400 \"connection pool exhausted\" errors were logged.",
    "About 1,200 users got errors.",
    "Three teams were involved.",
    "No other deployment was made before the incident.",
    "No changes were made after 10:41 UTC.",
    "No deployment should be made on a Friday.",
    "v4.7.0 had been running since April.",
    "Upgraded from v4.7.1 to v4.7.2: the deploy of checkout-api at 10:04 UTC.",
    "The deploy of commit 9f3c1ab broke it.",
    "The checkout_api team was paged; checkout-api's owners are on call.",
    "The check-in-flow of the app was slow.",
    "# Post-mortem: INC-204\n\nCheckout failed, as in INC-113.",
    "Severity: 2 (high)",
    "Service: checkout-api",
    "Immediate actions (completed):\n\n- Rollback to v4.7.1",
    "We considered restarting cart-db, but did not.",
    "If it happens again, fail over cart-db.",
    "Add a feature flag for the new cart.",
    "Traces would show where the time is lost.",
    "No traffic metrics were available.",
    "A heap dump was not taken.",
    "The root cause is not in session-cache.",
    "We first took a bug in payment-gateway for the root cause.",
    "The on-call engineer answered within 4 minutes.",
    "At 10:04 UTC, checkout-api v4.7.2; at 10:38 UTC, the rollback.",
    "Rolling back takes 5 minutes; restarting payment-gateway 2 minutes.",
    "The database was restarted twice last year.",
};

static const struct planted WRONG_KEPT_ASIDE[] = {
    {"**Start:** 2024-05-01 09:45 UTC", "bundle-time", "10:00:00"},
    {"- Incident end: 11:30 UTC", "bundle-time", "10:52:00"},
    {"At 10:03 UTC v4.7.2 was deployed to checkout-api.", "bundle-time", "10:04:10"},
    {"The rollback to v4.7.1 was done at 10:48:20 UTC.", "bundle-time", "10:38:20"},
    {"**2024-05-01 10:22:44Z** - session-cache killed: out of memory", "bundle-time", "10:12:44"},
    {"The HighErrorRate alert fired at 10:19 UTC.", "bundle-time", "10:09:30"},
    {"## Timeline (UTC)\n\n- 10:04:10 v4.7.2 deployed\n- 10:10:30 payment-gateway restarted\n- 10:38:20 rollback",
     "bundle-time", "10:20:00"},
    {"It was detected at 10:19 UTC by the HighErrorRate alert.", "bundle-time", "10:09:30"},
    {"Mitigated at 2024-05-01T10:11:00Z by the rollback.", "bundle-time", "10:41:00"},
    {"Duration: 1 h 20 min", "bundle-interval", "52 min"},
    {"Time to detect: 15 minutes", "bundle-interval", "9 min 30 s"},
    {"The first errors came 5 minutes after the deploy.", "bundle-interval", "115 s"},
    {"The rollback was done 50 minutes after the deploy.", "bundle-interval", "34 min 10 s"},
    {"The HighErrorRate alert fired 30 seconds after the deploy.", "bundle-interval", "5 min 20 s"},
    {"The error rate of checkout-api rose from 0.4 % to 22.6 %.", "bundle-value", "12.6"},
    {"session-cache memory grew from 512 MB to 2.9 GB.", "bundle-value", "1940"},
    {"The error rate of checkout-api, normally 4 %, was much higher.", "bundle-value", "0.4"},
    {"Peak error rate: 26 %", "bundle-value", "12.6"},
    {"| Metric | Baseline | Peak |\n|---|---|---|\n| checkout-api error_rate | 0.4 % | 21.6 % |", "bundle-value",
     "12.6"},
    {"The error rate never exceeded 10 %.", "bundle-value", "12.6"},
    {"Latency_p99 doubled from 1,200 ms to 2,400 ms.", "bundle-value", "176 and 183 ms"},
    {"\"upstream timed out\" was logged 73 times.", "bundle-count", "37"},
    {"Resource: slow query warnings (18 occurrences) in cart-db.", "bundle-count", "128"},
    {"The log has 999 error lines.", "bundle-count", "449"},
    {"No deployment preceded the incident.", "bundle-change", "10:04:10"},
    {"No configuration changes were made that day.", "bundle-change", "09:40:00"},
    {"v4.7.2 was deployed to payment-gateway.", "bundle-version", "checkout-api"},
    {"The session-cahce ran out of memory.", "bundle-name", "session-cache"},
    {"`cart-bd` was slow all the time.", "bundle-name", "cart-db"},
    {"We rolled back to v4.6.1.", "bundle-version", "v4.7.1"},
    {"**Deployed version:** v4.7.12", "bundle-version", "v4.7.2"},
    {"Deployment of v4.7.2 (commit deadbee) to checkout-api", "bundle-version", "9f3c1ab"},
    {"**Severity:** SEV1", "bundle-field", "SEV2"},
    {"Incident ID: INC-205", "bundle-field", "INC-204"},
    {"We failed over cart-db at once.", "bundle-action", "no"},
    {"The feature flag new-cart was turned off at 10:30 UTC.", "bundle-action", "no"},
    {"- 10:09:30 UTC alert HighErrorRate\n- 10:33:20 UTC scaled cart-db to 5 replicas", "bundle-action", "no"},
    {"According to the distributed traces, cart-db was slow.", "bundle-missing", "no"},
    {"- No metrics were collected.", "bundle-missing", "metrics"},
    {"**Root cause:** memory leak in session-cache (confirmed)", "bundle-outcome", "cart-db"},
};

static const char *const RIGHT_KEPT_ASIDE[] = {
    "Detected: 2024-05-01 10:10 UTC",
    "Impact start: 10:06 UTC",
    "- Incident end: 10:52 UTC",
    "- 10:04:10 UTC Deploy of v4.7.2 to checkout-api\n- 10:20 UTC payment-gateway container restarted",
    "The deploy pipeline of v4.7.2 was started at 09:58 UTC.",
    "The rollback to v4.7.1 was done at 10:38 UTC.",
    "Had we rolled back at 10:15 UTC, users would have seen less of it.",
    "**2024-05-01 10:12:44Z** - session-cache killed: out of memory",
    "At 10:30 UTC there were still \"connection pool exhausted\" errors.",
    "A second engineer joined at 10:17 UTC.",
    "The pool size of cart-db was changed at 09:40 UTC by a config change.",
    "The review meeting is at 2024-05-03 14:00 UTC.",
    "## Timeline\n\n- 12:04:10 v4.7.2 deployed\n- 12:20:00 payment-gateway restarted\n- 12:38:20 rollback",
    "Duration: about 50 minutes",
    "The incident lasted 52 minutes, of which 20 minutes were spent on the wrong trail.",
    "Time to detect: 5 minutes (from the deploy)",
    "The first errors came about 2 minutes after the deploy.",
    "The rollback took 12 minutes.",
    "MTTR: 52 min",
    "Next time we want to roll back 10 minutes after a bad deploy.",
    "The error rate of checkout-api was 6.1 % at 10:11 UTC.",
    "For mobile users the error rate peaked at 40 %.",
    "The SLO allows an error rate of 0.1 %.",
    "latency_p99 peaked at 2.4 s.",
    "session-cache memory grew from 512 MB to 1.9 GB.",
    "Set the memory of session-cache to 4 GB.",
    "In INC-113 the error rate peaked at 60 %.",
    "The error rate exceeded 10 %.",
    "There were 412 \"connection pool exhausted\" errors in the log.",
    "We saw 20 \"upstream timed out\" errors in the first five minutes.",
    "payment-gateway was restarted once.",
    "12 customers wrote to support.",
    "No deployment of payment-gateway preceded the incident.",
    "There was no rollback of cart-db.",
    "There is no canary for deployments.",
    "v4.7.2 was deployed to checkout-api.",
    "The fix is in v4.8.0, which will be deployed next week.",
    "We rolled back to v4.7.1.",
    "The fix was merged as commit 1234abc.",
    "All checkout-apis of the region use one payment-gateway pool.",
    "cart-db-2 does not exist yet.",
    "**Severity:** SEV-2",
    "Priority: P1",
    "Affected services: checkout-api, cart-db",
    "We did not fail over cart-db.",
    "A restart of cart-db is planned.",
    "payment-gateway was restarted by its orchestrator.",
    "No traces were collected.",
    "The logs show \"connection pool exhausted\".",
    "The metrics show a rise of errors.",
    "**Root cause:** pool of cart-db too small (confirmed)",
    "session-cache was killed as a consequence.",
    "The alert fired 5 minutes after the first errors of users.",
    "It took 3 minutes to detect that the deploy was the cause.",
    "The error budget of checkout-api is 43 minutes a month.",
    "Similar: on 2024-03-11 at 08:00 UTC v4.5.0 was deployed to checkout-api.",
    "Error rate over the whole day was 1.1 %.",
};

/* A further wave, of what might be misread; written against the rules as they then were. */
static const char *const RIGHT_LATER[] = {
    "At 10:38 UTC we redeployed checkout-api.",
    "At 10:25 UTC a config change raised the pool of the app to 50.",
    "We compared the deploy of v4.7.2 with the one of last week at 10:30 UTC.",
    "- 10:04:10 UTC v4.7.2 deployed\n- 10:30 UTC Slack thread on the v4.7.2 deploy\n- 10:31 UTC Errors traced to the deploy of v4.7.2",
    "- 10:15 UTC on-call suspects the deploy of v4.7.2\n- 10:25 UTC rollback of v4.7.2 agreed\n- 10:38 UTC rollback",
    "The LatencyHigh alert fired at 10:17 UTC.",
    "At 10:15 UTC the mobile error rate peaked at 40 %.",
    "The error rate of checkout-api rose to 15 % for customers with a gold card.",
    "payment-gateway CPU had 4 cores.",
    "No metrics were available for the first ten minutes.",
    "No changes to the network were made before the incident.",
    "**Severity:** SEV1, later SEV2",
    "Resolved: 10:38 UTC",
    "The card-db was fine. Its twin, card-db of the second region, too, and cart-db was not.",
    "The canary of v4.7.2 was deployed to staging at 08:12 UTC.",
    "v4.7.2 was deployed to 10 % of the hosts of the canary group at 09:58 UTC.",
    "checkout-api logs 412 lines of \"connection pool exhausted\", payment-gateway 37 of \"upstream timed out\".",
    "The 2024-04-30 22:00 UTC deploy of another team was not ours.",
    "- 10:12 UTC OOM of session-cache\n- 10:20 UTC payment-gateway restarts\n- 10:38 UTC roll back",
    "The standard method scaled linearly with the number of replicas.",
    "Autoscaling would have scaled checkout-api to 9 replicas.",
    "It took 34 minutes from the deploy to the rollback.",
    "The error rate was back below 1 % at 10:45 UTC.",
    "The rollback to v4.7.1 was chosen over the hotfix v4.7.3.",
    "The incident was fully mitigated by 10:50 UTC.",
    "The deploy, at 10:04 UTC, preceded the alert at 10:09 UTC.",
    "The alert fired at 10:09 UTC, and at 10:38 UTC, once all agreed, checkout-api was rolled back.",
    "At 10:10 UTC, a minute after HighErrorRate, the second engineer joined.",
    "The on-call opened the page of the deploy at 10:11 UTC, which was of v4.7.2.",
    "Customers reported problems starting at 10:07 UTC.",
    "A partial outage of search, starting at 08:00 UTC and unrelated, was resolved at 08:40 UTC.",
    /* whole documents */
    "# INC-204: checkout errors after v4.7.2\n\n**Severity:** SEV2\n\n**Service:** checkout-api\n\n## Summary\n\n"
    "On 2024-05-01 from 10:00 to 10:52 UTC some checkouts failed. v4.7.2, deployed at 10:04 UTC, opened more connections than "
    "cart-db allows since its pool was cut from 50 to 20 at 09:40 UTC. The error rate of checkout-api rose from 0.4 % to 12.6 %. "
    "We rolled back at 10:38 UTC, 34 minutes after the deploy.\n\n## Timeline (UTC)\n\n"
    "| Time | Event |\n|---|---|\n| 09:40 | Config change of cart-db: pool 50 to 20 |\n"
    "| 10:04 | Deploy of v4.7.2 (9f3c1ab) to checkout-api |\n| 10:06 | First \"connection pool exhausted\" |\n"
    "| 10:09 | HighErrorRate fires |\n| 10:12 | session-cache killed, out of memory |\n| 10:20 | payment-gateway restarted |\n"
    "| 10:25 | Incident call opened, support informed |\n| 10:31 | Decision to roll back |\n| 10:38 | Rollback to v4.7.1 |\n"
    "| 10:41 | Error rate below 1 % |\n| 10:52 | All clear |\n\n## Impact\n\n"
    "About 3,100 customers could not pay. 412 \"connection pool exhausted\" errors were logged. Time to detect: 9.5 minutes. "
    "\n\n## Root cause\n\nThe root cause is the pool of cart-db. No other deployment was made before the incident.\n\n"
    "## Action items\n\n- Roll back automatically at an error rate of 5 % (owner: Ada, by 2024-05-20 12:00 UTC)\n"
    "- Restart payment-gateway at 03:00 UTC each night (owner: Bo)\n- Raise the memory of session-cache to 4 GB (owner: Cy)\n",
    "# Post-mortem INC-204\n\nAt 10:09 UTC the on-call engineer was paged by HighErrorRate. She saw that checkout-api logged "
    "\"connection pool exhausted\" since 10:06 UTC, two minutes after v4.7.2. Latency had also risen: latency_p99 of checkout-api "
    "went from 180 ms to 2.4 s. At 10:12 UTC session-cache ran out of memory; that was taken for the cause at first. "
    "payment-gateway was restarted once, at 10:20 UTC, which did not help. After the rollback at 10:38 UTC errors fell within "
    "three minutes.\n\nWhat went well: the alert fired 5 minutes after the deploy. What did not: it took 29 minutes from the "
    "alert to the rollback, and nobody looked at cart-db, whose connections were at 50, until 10:33 UTC. There were no traces.\n\n"
    "Had v4.7.2 been rolled back at 10:12 UTC, 26 minutes of errors would have been spared. In INC-113 the same happened at "
    "14:10 UTC with v3.9.0, and memory peaked at 3.2 GB.\n",
};

/* Wordings that real prose showed to be missed, with its public post-mortems held against bundles of other facts. */
static const struct planted WRONG_LATER[] = {
    {"Although v4.7.2 was rolled back at 10:58 UTC, the damage was done, leading to a staggered recovery.",
     "bundle-time", "10:38:20"},
    {"The shop saw a global outage beginning at 09:31 UTC.", "bundle-time", "10:00:00"},
    {"The incident was fully mitigated by 10:20 UTC.", "bundle-time", "10:41:00"},
    {"It was ultimately resolved at 11:30 UTC when traffic fell.", "bundle-time", "10:41:00"},
    {"We had an incident lasting 121 minutes, in which orders failed.", "bundle-interval", "52 min"},
    {"The rate of errors of checkout-api peaked at 25 % of all requests.", "bundle-value", "12.6"},
    {"An alert was sent at once, v4.7.2 was deployed to checkout-api at 10:24 UTC, and errors rose.", "bundle-time",
     "10:04:10"},
};

static void errors_that_were_seen_are_found(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_missed(&facts, WRONG_SEEN, N(WRONG_SEEN)), 0);
}

static void wordings_that_were_missed_once_are_found(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_missed(&facts, WRONG_LATER, N(WRONG_LATER)), 0);
}

static void true_statements_that_were_seen_are_let_pass(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_false(&facts, RIGHT_SEEN, N(RIGHT_SEEN)), 0);
}

static void what_might_be_misread_is_let_pass(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_false(&facts, RIGHT_LATER, N(RIGHT_LATER)), 0);
}

static void errors_that_were_kept_aside_are_found(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_missed(&facts, WRONG_KEPT_ASIDE, N(WRONG_KEPT_ASIDE)), 0);
}

static void true_statements_that_were_kept_aside_are_let_pass(void **state)
{
    (void)state;
    const struct hc_lint_facts facts = shop();
    assert_int_equal(n_false(&facts, RIGHT_KEPT_ASIDE, N(RIGHT_KEPT_ASIDE)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_that_were_seen_are_found),
        cmocka_unit_test(wordings_that_were_missed_once_are_found),
        cmocka_unit_test(true_statements_that_were_seen_are_let_pass),
        cmocka_unit_test(what_might_be_misread_is_let_pass),
        cmocka_unit_test(errors_that_were_kept_aside_are_found),
        cmocka_unit_test(true_statements_that_were_kept_aside_are_let_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
