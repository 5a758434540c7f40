/* Errors planted in statements of many wordings, and true statements beside them. Written before the rules were tuned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "reports/lint/lint.h"

/* A document, and the one rule that fires with what is in its `right`; rule NULL: none does. */
struct planted {
    const char *text, *rule, *right;
};

static const struct planted WRONG[] = {
    {"CPU use rose from 20 % to 50 % (+250 %).", "percent-of-as-increase", "+150 %"},
    {"Queue depth climbed from 1,200 to 4,800 messages, a 400% increase.", "percent-of-as-increase", "+300 %"},
    {"The p99 was 450 ms, 300% above the usual 150 ms.", "percent-of-as-increase", "+200 %"},
    {"Latency went up 80% (120 ms -> 180 ms).", "percent-change", "+50 %"},
    {"Throughput fell by 70% from 1000 to 600 requests.", "percent-change", "-40 %"},
    {"Connections grew from 250 to 400, an increase of 75 %.", "percent-change", "+60 %"},
    {"Latency increased 10x (200 ms → 1.2 s).", "ratio", "6"},
    {"Retries tripled from 100 to 900 per minute.", "ratio", "9"},
    {"Heap usage jumped from 2 GiB to 16 GiB, a factor of 4.", "ratio", "8"},
    {"Open files went from 1,000 to 3,500, an increase of 3,000.", "difference", "2500"},
    {"Disk usage rose by 40 GB, from 110 GB to 170 GB.", "difference", "60 GB"},
    {"The error rate increased from 9.5 % to 2.1 % during the outage.", "direction", "fell"},
    {"The service was down from 14:05 to 14:50 UTC (35 minutes).", "interval", "45"},
    {"The outage lasted 3 hours, from 09:10 UTC until 10:25 UTC.", "interval", "1 h 15 min"},
    {"Between 23:50 and 00:20 UTC, for 50 minutes, logins failed.", "interval", "30"},
    {"- 10:00:00 deploy of build 7\n- 10:02:10 first alert (90 seconds after the deploy)\n- 10:03:00 rollback\n",
     "interval", "2 min 10 s"},
    {"- Start: 2024-05-01 10:00 UTC\n- End: 2024-05-01 12:30 UTC\n- Duration: 3 h 30 min\n", "duration", "2 h 30 min"},
    {"| Field | Value |\n| --- | --- |\n| Started | 08:15 UTC |\n| Resolved | 09:00 UTC |\n| Total duration | 25 minutes |\n",
     "duration", "45 min"},
    {"1. T+0 (12:00:00): deploy\n2. T+30s (12:00:30): errors\n3. T+2m (12:03:00): crash\n", "offset", "T+3 min"},
    {"Of the errors, 60 % were timeouts, 25 % were resets and the remaining 25 % were refused.", "budget", "15 %"},
    {"Share of failed requests:\n\n- checkout: 50 %\n- search: 30 %\n- login: 25 %\n", "budget", "105 %"},
    {"Detection took 5 min + mitigation 20 min = 30 min in all.", "sum", "25"},
    {"| Region | Failed |\n|---|---|\n| eu | 120 |\n| us | 80 |\n| Total | 210 |\n", "sum", "200"},
    {"In all, 12 of 48 nodes (40 %) were lost.", "share", "25 %"},
    {"There were four causes:\n\n- a bad deploy\n- no canary\n- a slow alert\n", "count", "3"},
    {"The cache was limited to 2,048 MB (20 GB).", "unit", "2"},
    {"The job ran for 90 minutes (2.5 hours).", "unit", "1"},
    {"## Hypothesis A: bad deploy\n\nConfidence: 70 %\n\nStatus: confirmed\n", "status-confidence", "90 %"},
    {"## Hypothesis 1: disk failure\n\n**Status:** ruled out\n\n## Remaining questions\n\n"
     "- A disk failure cannot be ruled out, as there are no host metrics.\n",
     "ruled-out-doubt", "possible"},
    {"### H2: network\n\n**Evidence for:**\n\n- No network metrics were available\n- Timeouts at the load balancer\n",
     "missing-as-evidence", ""},
    {"The crash at 10:05:10 caused the disk alert at 10:04:00.", "effect-before-cause", "10:05:10"},
    {"- Peak memory: 980 MB\n\nLater we saw that peak memory was 890 MB.\n", "two-values", "980 MB"},
    {"- 09:00 Bad deploy\n- 09:12 First report, 10 minutes after the deploy\n- 09:40 rollback\n", "interval", "12 min"},
    {"Heap was 6.2 GB vs. a normal 3.1 GB, an increase of 200%.", "percent-of-as-increase", "+100 %"},
    {"Hit ratio dropped from 95% to 60%, a drop of 45 percentage points.", "difference", "35 percentage points"},
    {"It began at 10:54 US/Pacific and was fully mitigated by 12:50 US/Pacific, lasting 2 hours and 8 minutes.",
     "interval", "1 h 56 min"},
    {"Memory was 980 MB, 860 MB above the usual 340 MB.", "difference", "640 MB"},
    {"Start: 10:00 UTC\n\nEnd: 12:15 UTC\n\nThe outage lasted 3 hours.\n", "duration", "2 h 15 min"},
    {"Start: 10:00 UTC\n\nDuration: 45 minutes\n\n## Summary\n\n- Duration: 55 minutes\n", "two-values", "45 minutes"},
    /* a third wave */
    {"The heap has a baseline of 0.4 GB as it was in all of the last weeks.\n\nLimit it at 500 MB (4x baseline).",
     "ratio", "0.4 GB to 500 MB"},
    {"It was confirmed with 70% confidence. However, we look on.", "status-confidence", "90 %"},
    {"Impact: 10:12–11:02 UTC (40 min).", "interval", "50 min"},
    {"Consumer lag grew by a factor of 8, from 12k to 240k messages.", "ratio", "20x"},
    {"Heap went from 4 GiB to 6 GiB, which is 150 % more. The rest did not move.", "percent-of-as-increase", "+50 %"},
    {"CPU was 3 times higher (90 % vs 30 %), memory 4 times higher (2 GB vs 1 GB).", "ratio", "2x"},
    {"Throughput halved from 90 MB/s to 30 MB/s.", "ratio", "0.33x"},
    {"We went from 20 to 50 consumers (an additional 40 consumers).", "difference", "30"},
    {"Detection time: 15 minutes (10:12 → 10:32).", "interval", "20 min"},
    {"25 out of 80 partitions (about 50 %) were lost.", "share", "31.3 %"},
    {"Timeouts made up 45 %, refusals 35 %, and the rest, 30 %, was unknown.", "budget", "20 %"},
    {"**10:12:00** – Broker restarted\n**10:13:30** – Partitions lost (60 seconds after broker restart)\n", "interval",
     "90 s"},
    {"120,000 of 2.4 million requests (8%) failed.", "share", "5 %"},
    {"The root cause was confirmed with 70% confidence.", "status-confidence", "90 %"},
    {"| Hypothesis | Confidence | Status |\n|---|---|---|\n| Network | 15% | Ruled out |\n", "status-confidence",
     "5 %"},
    {"Latency rose from 200 ms to 900 ms, a 10x increase.", "ratio", "4.5x"},
    {"Memory: 1.5 GB -> 3 GB -> 6 GB (8x).", "ratio", "2x"},
    {"The p99 was 450 ms, a 300 % increase over the usual 150 ms.", "percent-of-as-increase", "+200 %"},
    {"Requests: 2 GB + 4 GB = 10 GB, for 3 pods.", "sum", "6 GB"},
    {"Down from 14:05 to 14:50 (45 minutes) and from 15:10 to 15:20 (20 minutes).", "interval", "10 min"},
    {"Down from 14:05 to 14:50 (60 minutes in total).", "interval", "45 min"},
    {"## Hypothesis 1: disk\n\nStatus: ruled out\n\nConfidence: 97 %\n", "status-confidence", "5 %"},
    {"### api\n\nPeak memory: 200 MB\n\nThe peak memory was 900 MB.\n", "two-values", "200 MB"},
    {"Detected: 2024-03-01 10:20 UTC\n\nStart: 2024-03-01 10:45 UTC\n", "effect-before-cause", "10:45"},
    /* what was known to be missed */
    {"Of 200 hosts, 50 (40 %) were lost.", "share", "25 %"},
    {"Of the 48 nodes, 12 (about 50 %) had to be replaced.", "share", "25 %"},
    {"It was down for 2 hours (90 minutes).", "unit", "120"},
    {"The job ran 1 day (36 hours).", "unit", "24"},
    {"| Cause | Share |\n|---|---|\n| timeouts | 50 % |\n| resets | 40 % |\n| refused | 30 % |\n", "budget", "120 %"},
    {"## Share of failed requests\n\n- checkout: 50 %\n- search: 40 %\n- login: 30 %\n", "budget", "120 %"},
    {"## Total failures\n\n| Region | Share of all |\n|---|---:|\n| eu | 70 % |\n| us | 45 % |\n", "budget", "115 %"},
    {"Latency rose from 100 ms to 300 ms, a 300 % increase in an hour.", "percent-of-as-increase", "+200 %"},
    {"Queue depth grew from 1,000 to 4,000, a 400 % increase within 20 minutes.", "percent-of-as-increase", "+300 %"},
};

static const char *const RIGHT[] = {
    "CPU use rose from 20 % to 50 % (+150 %).",
    "CPU use is at 250 % of what it was: from 20 % to 50 %.",
    "Queue depth climbed from 1,200 to 4,800 messages, a 300% increase.",
    "The p99 was 450 ms, 200% above the usual 150 ms.",
    "Latency went up by half (120 ms -> 180 ms).",
    "Throughput fell by 40% from 1000 to 600 requests.",
    "Latency increased 6x (200 ms → 1.2 s).",
    "Retries rose ninefold from 100 to 900 per minute.",
    "Memory nearly tripled (340 MB → 980 MB).",
    "Disk usage rose by 60 GB, from 110 GB to 170 GB.",
    "The error rate fell from 9.5 % to 2.1 %, and CPU use rose by 12 %.",
    "Error rate went from 2 % to 5 % (3 percentage points).",
    "The service was down from 14:05 to 14:50 UTC (45 minutes).",
    "The outage lasted about an hour, from 09:10 UTC until 10:15 UTC.",
    "Between 23:50 and 00:20 UTC, for 30 minutes, logins failed.",
    "Between 14:05 and 14:50 UTC we sampled every 5 minutes.",
    "From 3:47 PM CET to 11:21 PM CET, over 7 hours, the site was slow.",
    "- 10:00:00 deploy of build 7\n- 10:02:10 first alert (130 seconds after the deploy)\n- 10:03:00 rollback\n",
    "- Start: 2024-05-01 10:00 UTC\n- End: 2024-05-01 12:30 UTC\n- Duration: 2 h 30 min\n",
    "- Start: 2024-05-01 10:00 UTC\n- End: 2024-05-01 12:30 UTC\n- Duration: about 2.5 hours\n",
    "1. T+0 (12:00:00): deploy\n2. T+30s (12:00:30): errors\n3. T+3m (12:03:00): crash\n",
    "Of the errors, 60 % were timeouts, 25 % were resets and the remaining 15 % were refused.",
    "Share of failed requests:\n\n- checkout: 50 %\n- search: 30 %\n- login: 20 %\n",
    "Error rates during the outage:\n\n- checkout: 50 %\n- search: 30 %\n- login: 25 %\n",
    "Detection took 5 min + mitigation 20 min = 25 min in all.",
    "| Region | Failed |\n|---|---|\n| eu | 120 |\n| us | 80 |\n| Total | 200 |\n",
    "In all, 12 of 48 nodes (25 %) were lost.",
    "There were three causes:\n\n- a bad deploy\n- no canary\n- a slow alert\n",
    "The cache was limited to 2,048 MB (2 GB).",
    "The job ran for 90 minutes (1.5 hours).",
    "The job ran for 90 minutes (10 seconds a batch).",
    "## Hypothesis A: bad deploy\n\nConfidence: 93 %\n\nStatus: confirmed\n",
    "## Hypothesis 1: disk failure\n\n**Status:** ruled out\n\n## Questions\n\n- A network fault cannot be ruled out.\n",
    "### H2: network\n\n**Evidence for:**\n\n- Timeouts at the load balancer\n\n**Missing evidence:**\n\n- No network metrics\n",
    "The crash at 10:04:00 caused the disk alert at 10:05:10.",
    "- Peak memory: 980 MB\n\nLater we saw that peak memory was 980 MB, and peak disk 12 GB.\n",
    "We upgraded from 3.8.9 to 3.8.16 and moved 40% of traffic from 2 to 6 hosts.",
    "The limit went from 1,073,741,824 to 65,536 because of a kernel limit of 1,048,576.",
    "It increased the TTL from 2 h to 12 h.",
    "At 10:05 the alert fired; it was caused by the deploy at 09:58.",
    /* a second wave, written when the first was silent */
    "We increased the replica count from 3 to 9, which tripled capacity, and CPU fell by 20% as a result.",
    "Latency rose from 100 ms to 400 ms and error rate by 50%.",
    "Latency rose from 100 ms to 400 ms, then fell 50% to 200 ms.",
    "We saw a 50% increase in traffic compared to the normal level; CPU went from 40% to 80%.",
    "The error rate was 5%, 4 percentage points above the usual 1%.",
    "The queue had 3x the normal backlog of 2,000 messages. Retries happened 3 times from 10:00 to 10:30.",
    "From 14:05 to 14:50 UTC, for 10 minutes of which the site was fully down, users saw errors.",
    "The site was slow for 10 minutes between 14:05 and 14:50 UTC.",
    "About 60% of users saw errors, and of the remaining users 10% saw slowness.",
    "60% of users were in the EU. The remaining 40% were in the US, of which 10% saw errors.",
    "We halved the timeout from 10 s to 5 s. We more than doubled the fleet from 10 to 25 hosts.",
    "Disk: 500 GB (80% full). Timeout 60 s (1 min). Retention 30 days (720 hours). RAM: 64 GiB (68.7 GB).",
    "Up to 5x higher latency was seen, from 100 ms to 420 ms.",
    "Cost grew from $1.2 million to $1.5 million, 25% more than in 2023.",
    "Growth of 300% year over year took us from 50k to 200k users.",
    "Between 11:30 PM PST and 12:15 AM PST, 45 minutes, all failed.",
    "It lasted 26 hours, from May 3, 2024 10:00 UTC to May 4, 2024 12:00 UTC.",
    "CPU went from 50% to 75% (+25pp). It was 1.2x slower, from 10.0 s to 12.0 s.",
    "Impact: 10:12–11:02 UTC (50 min).",
    "- 10:12 Broker restarted\n- 10:25 Lag alert\n- 11:02 Lag cleared\n\n"
    "The lag alert came 13 minutes after the broker restart and 37 minutes before lag cleared.\n",
    "CPU was 3 times higher (90 % vs 30 %), memory 2 times higher (2 GB vs 1 GB).",
    "Throughput halved from 90 MB/s to 44 MB/s. Detection time: 20 minutes (10:12 → 10:32).",
    "* T+00:00 (10:12:00) broker restart\n* T+01:30 (10:13:30) partitions lost\n* T+50:00 (11:02:00) cleared\n",
    "It began at 2024-05-01T10:00:00-05:00 and ended at 2024-05-01T16:00:00Z, lasting 1 hour.",
    "It was confirmed with 95% confidence. It is not confirmed with 40% confidence.",
    "Memory was 980 MB, 640 MB above the usual 340 MB.",
    "Start: 10:00 UTC\n\nEnd: 12:15 UTC\n\nThe outage lasted over two hours.\n",
    "Duration: 45 minutes\n\nImpact duration: 30 minutes\n",
    "Peak memory on db-1 was 12 GB.\n\nPeak memory on db-2 was 14 GB.",
    "The following two things helped:\n\n- Fast page\n- Good runbook\n  - with a checklist\n  - and a contact list\n",
    "**Evidence for:**\n\n- No metrics were abnormal before the deploy\n- Logs show missing data in the request\n",
    /* a value behind a pair that is said of something else */
    "Latency rose from 200 ms to 900 ms, 3x the limit of 300 ms.",
    "Queue depth rose from 100 to 900, paging the on-call twice.",
    "The pool grew from 10 to 50 connections, double the limit of 25.",
    "Writes rose from 3 million to 6 million, three times the 2 million of last year.",
    "Traffic rose from 1,000 to 3,000 requests/s, a 50 % increase over the forecast.",
    "Availability fell from 99.9 % to 99.5 %, 5x the usual error budget burn.",
    "Success rate rose from 99.0 % to 99.9 %, a 10x reduction in errors.",
    "Success rate rose from 99.0 % to 99.9 % (10x).",
    "Cache hit rate fell from 95 % to 80 %, a fourfold rise of misses.",
    "Cache hit rate fell from 95 % to 80 %, quadrupling the load on the database.",
    "Memory: 1.5 GB -> 3 GB -> 6 GB (4x).",
    "Errors rose from 100 to 400, which raised the load 2x.",
    "Errors rose from 100 to 400, raising load 2x.",
    "Latency rose from 100 ms to 400 ms, a 300 % increase over 10 minutes.",
    /* products, and totals that are no sums */
    "3 pods x 2 GB + 4 GB = 10 GB.",
    "3 pods × 2 GB + 4 GB = 10 GB.",
    "3 * 2 GB + 4 GB = 10 GB.",
    "20 / 2 + 4 = 14.",
    "3x 2 GB + 4 GB = 10 GB.",
    "| Region | Unique users |\n|---|---|\n| eu | 120 |\n| us | 80 |\n| Total | 150 |\n",
    "The phases overlap:\n\n| Phase | Minutes |\n|---|---|\n| a | 12 |\n| b | 8 |\n| Total | 15 |\n",
    "Share of failed requests (a request may have several causes):\n\n- timeouts: 50 %\n- resets: 80 %\n",
    /* one term of two things */
    "### api\n\nPeak memory: 200 MB\n\n### shop\n\nPeak memory: 900 MB\n",
    "The api's peak memory was 200 MB.\n\nThe shop's peak memory was 900 MB.\n",
    "## Api\n\nDuration: 45 minutes\n\n## Shop\n\nDuration: 55 minutes\n",
    /* sums of spans, durations of a part */
    "The site was down from 14:05 to 14:50 and from 15:10 to 15:20 (55 minutes in total).",
    "The outage lasted 55 minutes, from 14:05 to 14:50 and from 15:10 to 15:20.",
    "Start: 10:00 UTC\n\nEnd: 12:15 UTC\n\nDuration: 45 minutes of user impact\n",
    "Start: 10:00 UTC\n\nEnd: 12:15 UTC\n\nThe outage lasted 45 minutes for most users.\n",
    /* beside what was known to be missed */
    "Of 200 hosts, 50 (25 %) were lost.",
    "Of 200 hosts, 50 were lost (40 % of those in the EU).",
    "Of the 48 nodes, 12 (8 of them in the EU) were replaced.",
    "Of 200 hosts in 3 zones, 50 (40 % of the first zone) were lost.",
    "It was down for 2 hours (115 minutes).",
    "It took about 2 hours (95 minutes).",
    "| Cause | Share |\n|---|---|\n| timeouts | 50 % |\n| resets | 30 % |\n| refused | 20 % |\n",
    "| Cause | Share |\n|---|---|\n| timeouts | 50 % |\n| resets | 30 % |\n",
    "| Host | CPU |\n|---|---|\n| a | 50 % |\n| b | 40 % |\n| c | 30 % |\n",
    "| Cause (several may hold) | Share |\n|---|---|\n| timeouts | 70 % |\n| resets | 40 % |\n| refused | 30 % |\n",
    "| Period | Share of errors |\n|---|---|\n| before | 2 % |\n| during | 99 % |\n| after | 3 % |\n",
    "Latency rose from 100 ms to 400 ms, a 300 % increase in an hour.",
    "Latency rose from 100 ms to 300 ms, a 300 % increase in load being the cause.",
    "Latency rose from 100 ms to 300 ms with a 300 % increase over the usual traffic.",
    /* as our own reports say it */
    "| Hypothesis | Confidence |\n|---|---|\n| H1: a leak | 95 % |\n| H2: a disk | < 1 % |\n| H3: a network | < 1 % |\n"
    "| H4: a pool | < 1 % |\n| H5: a host | < 1 % |\n| H6: a cache | < 1 % |\n| H7: a queue | < 1 % |\n",
    "## Hypothesis 1: leak\n\nConfidence: 11 %\n\n## Summary\n\n- Leak (H1): 11.5 %\n",
    "**Evidence for:**\n\n- CPU of the checkout host, below its baseline\n\n**Evidence against:**\n\n"
    "- CPU of the checkout host, above its baseline\n",
    /* how sure it is that it is not */
    "## Hypothesis 1: disk failure\n\nStatus: ruled out\n\nConfidence: 97 % that it is not the cause\n\n"
    "## Hypothesis 2: bad deploy\n\nStatus: confirmed\n\nConfidence: 95 %\n",
};

static void every_planted_error_is_found(void **state)
{
    (void)state;
    size_t n_missed = 0;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_lint lint = {0};
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_lint_run(&lint, hc_str_of(WRONG[i].text), NULL, NULL, arena, &err), HC_OK);
        bool met = lint.n == 1 && hc_str_is(lint.findings[0].rule, WRONG[i].rule) &&
                   memmem(lint.findings[0].right.p, lint.findings[0].right.n, WRONG[i].right, strlen(WRONG[i].right));
        if (!met) {
            n_missed++;
            print_message("%zu findings, not one of %s with \"%s\":\n%s\n", lint.n, WRONG[i].rule, WRONG[i].right,
                          WRONG[i].text);
            for (size_t k = 0; k < lint.n; k++)
                print_message("   %.*s: %.*s; %.*s\n", HC_STR_ARG(lint.findings[k].rule),
                              HC_STR_ARG(lint.findings[k].says), HC_STR_ARG(lint.findings[k].right));
        }
        hc_arena_free(arena);
    }
    assert_int_equal(n_missed, 0);
}

static void no_true_statement_is_called_wrong(void **state)
{
    (void)state;
    size_t n_false = 0;
    for (size_t i = 0; i < sizeof RIGHT / sizeof *RIGHT; i++) {
        struct hc_arena *arena = hc_arena_new(0);
        struct hc_lint lint = {0};
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_lint_run(&lint, hc_str_of(RIGHT[i]), NULL, NULL, arena, &err), HC_OK);
        for (size_t k = 0; k < lint.n; k++, n_false++)
            print_message("%s\n   %.*s: %.*s; %.*s\n", RIGHT[i], HC_STR_ARG(lint.findings[k].rule),
                          HC_STR_ARG(lint.findings[k].says), HC_STR_ARG(lint.findings[k].right));
        hc_arena_free(arena);
    }
    assert_int_equal(n_false, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_planted_error_is_found),
        cmocka_unit_test(no_true_statement_is_called_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
