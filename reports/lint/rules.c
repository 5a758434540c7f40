/* The rules, with an example and a counter-example each; tests/unit/reports/test_lint.c runs both. */
#include "reports/lint/parts.h"

#define E HC_LINT_ERROR
#define W HC_LINT_WARNING

const struct hc_lint_rule hc_lint_rules[] = {
    /* ---- numbers ---- */
    {"percent-of-as-increase", "A new value as a percentage of the old one is called an increase by that percentage.",
     "Memory rose from 340 MB to 980 MB (+288 %).", "Memory rose from 340 MB to 980 MB (+188 %).", E, false, false},
    {"percent-change", "A percentage of change is not that of the two values it stands with.",
     "Latency fell from 200 ms to 150 ms (-35 %).", "Latency fell from 200 ms to 150 ms (-25 %).", E, false, false},
    {"percent-points",
     "A difference of two percentages, which is in percentage points, is called a change in per cent.",
     "Errors rose from 2 % to 5 %, an increase of 3 %.",
     "Errors rose from 2 % to 5 %, an increase of 3 percentage points.", W, false, false},
    {"ratio", "A ratio is not that of the two values it stands with.", "Errors grew 19x (0.1 % → 3.8 %).",
     "Errors grew 38x (0.1 % → 3.8 %).", E, false, false},
    {"difference", "A difference is not that of the two values it stands with, or not against the base that it names.",
     "Disk usage rose by 40 GB, from 110 GB to 170 GB.", "Disk usage rose by 60 GB, from 110 GB to 170 GB.", E, false,
     false},
    {"direction", "What is said to rise falls, or the other way round: often a wrong unit.",
     "Heap grew from 900 MB to 2 KB.", "Heap grew from 900 MB to 2 GB.", E, false, false},
    {"unit", "A value and its conversion in parentheses are not the same.", "The job ran for 90 minutes (2.5 hours).",
     "The job ran for 90 minutes (1.5 hours).", E, false, false},
    {"share", "\"A of B\" is not the percentage that it stands with.", "We lost 12 of 48 nodes (40 %).",
     "We lost 12 of 48 nodes (25 %).", E, false, false},
    {"sum", "The parts of a sum or the rows of a table do not give its total.", "5 min + 20 min = 30 min.",
     "5 min + 20 min = 25 min.", E, false, false},
    {"budget", "Shares of one whole do not add up to 100 %, or to the total that is stated.",
     "60 % were timeouts and the remaining 30 % were resets.", "60 % were timeouts and the remaining 40 % were resets.",
     E, false, false},
    {"two-splits", "One total is split in two ways that cannot both be.",
     "## Budget\n\nUncertainty budget: 20 %\n\n- code (15 %)\n- traffic (5 %)\n\n## Summary\n\n"
     "Uncertainty: 12 % (base) + 8 % (penalty) = 20 % total\n",
     "## Budget\n\nUncertainty budget: 20 %\n\n- code (15 %)\n- traffic (5 %)\n\n## Summary\n\n"
     "Uncertainty: 15 % (code) + 5 % (traffic) = 20 % total\n",
     W, false, false},
    {"count", "A count is not that of the list which it announces.",
     "There were three causes:\n\n- a bad deploy\n- no canary\n",
     "There were two causes:\n\n- a bad deploy\n- no canary\n", W, false, false},
    {"two-values", "One term has two values.", "- Peak memory: 980 MB\n\nThe peak memory was 890 MB.\n",
     "- Peak memory: 980 MB\n\nThe peak memory was 980 MB.\n", W, false, false},
    /* ---- times ---- */
    {"interval", "A stated interval is not that between the times of its two events.",
     "The site was down from 14:05 to 14:50 UTC (35 minutes).",
     "The site was down from 14:05 to 14:50 UTC (45 minutes).", E, false, false},
    {"duration", "A stated duration is not that between the stated start and end.",
     "Start: 10:00 UTC\n\nEnd: 12:30 UTC\n\nDuration: 3.5 hours\n",
     "Start: 10:00 UTC\n\nEnd: 12:30 UTC\n\nDuration: 2.5 hours\n", E, false, false},
    {"offset", "An offset (T+…) is not that of the time it stands with.",
     "- T+0 (12:00:00): deploy\n- T+30s (12:00:30): errors\n- T+2m (12:03:00): crash\n",
     "- T+0 (12:00:00): deploy\n- T+30s (12:00:30): errors\n- T+3m (12:03:00): crash\n", E, false, false},
    {"effect-before-cause", "An effect is earlier than its cause, an end or a detection than the start.",
     "The crash at 10:05:10 caused the alert at 10:04:00.", "The crash at 10:04:00 caused the alert at 10:05:10.", E,
     false, false},
    {"time-order", "One entry of a timeline is earlier than the one before it.",
     "- 10:00 deploy\n- 10:05 errors\n- 10:20 alert\n- 10:10 rollback\n- 10:30 all clear\n",
     "- 10:00 deploy\n- 10:05 errors\n- 10:10 alert\n- 10:20 rollback\n- 10:30 all clear\n", W, false, false},
    /* ---- logic ---- */
    {"status-confidence", "A hypothesis is called confirmed below a confidence of 90 %, or ruled out above 5 %.",
     "## Hypothesis 1\n\nConfidence: 65 %\n\nStatus: confirmed\n",
     "## Hypothesis 1\n\nConfidence: 95 %\n\nStatus: confirmed\n", W, false, false},
    {"hypothesis-confidence", "One hypothesis has two different confidences.",
     "## Hypothesis 1: leak\n\nConfidence: 65 %\n\n## Summary\n\n- Leak (H1): 60 %\n",
     "## Hypothesis 1: leak\n\nConfidence: 65 %\n\n## Summary\n\n- Leak (H1): 65 %\n", E, false, false},
    {"ruled-out-doubt", "A hypothesis is ruled out, and elsewhere it cannot be ruled out.",
     "## Hypothesis 1: disk failure\n\nStatus: ruled out\n\n## Open\n\nA disk failure cannot be ruled out.\n",
     "## Hypothesis 1: disk failure\n\nStatus: ruled out\n\n## Open\n\nA network fault cannot be ruled out.\n", W,
     false, false},
    {"two-statuses", "One hypothesis has two statuses that exclude each other.",
     "## Hypothesis 1: disk\n\nStatus: possible\n\n## Ruled-out hypotheses\n\n**Disk (Hypothesis 1):**\nIt is not.\n",
     "## Hypothesis 1: disk\n\nStatus: ruled out\n\n## Ruled-out hypotheses\n\n**Disk (Hypothesis 1):**\nIt is not.\n",
     W, false, false},
    {"missing-as-evidence", "Data that is missing is counted as evidence.",
     "**Evidence for:**\n\n- No network metrics were available\n",
     "**Evidence for:**\n\n- No errors in the network metrics\n", W, false, false},
    {"both-sides", "One fact is counted as evidence for and against the same hypothesis.",
     "**Evidence for:**\n\n- The deploy was 73 seconds before the errors\n\n**Evidence against:**\n\n"
     "- The 73-second delay from deploy to errors is long\n",
     "**Evidence for:**\n\n- The deploy was 73 seconds before the errors\n\n**Evidence against:**\n\n"
     "- CPU use did not change after the deploy\n",
     W, false, false},
    {"alert-too-slow", "An alert is proposed whose window is longer than the incident lasted.",
     "Start: 10:00:00 UTC\n\nEnd: 10:01:30 UTC\n\n- Add a memory alert with a 2-minute window\n",
     "Start: 10:00:00 UTC\n\nEnd: 10:31:30 UTC\n\n- Add a memory alert with a 2-minute window\n", W, false, false},
    {"done-without-event", "A mitigation is called done, and no entry of the timeline shows it.",
     "- 10:00 deploy\n- 10:05 errors\n- 10:10 crash\n\nImmediate actions (completed):\n\n- Rollback to v1\n",
     "- 10:00 deploy\n- 10:05 errors\n- 10:10 rollback of the deploy\n\nImmediate actions (completed):\n\n- Rollback to v1\n",
     W, false, false},
    /* ---- against a bundle: the examples are of hc_lint_example ---- */
    {"bundle-time", "A time is stated for what the bundle dates otherwise.",
     "At 10:14 UTC v4.7.2 was deployed to checkout-api.", "At 10:04 UTC v4.7.2 was deployed to checkout-api.", E, false,
     true},
    {"bundle-interval", "A stated interval is not that between the times in the bundle.", "Time to detect: 25 minutes",
     "Time to detect: 9.5 minutes", E, false, true},
    {"bundle-value", "A stated value is none that the series in the bundle takes, or not its peak or its baseline.",
     "Memory of checkout-api peaked at 1.4 GB.", "Memory of checkout-api peaked at 980 MB.", E, false, true},
    {"bundle-count", "A count of lines or events is not that of the bundle.",
     "\"connection pool exhausted\" was logged 142 times.", "\"connection pool exhausted\" was logged 412 times.", E,
     false, true},
    {"bundle-version", "A version or commit is not that of the change in the bundle.",
     "v4.7.3 was deployed to checkout-api.", "v4.7.2 was deployed to checkout-api.", E, false, true},
    {"bundle-field", "The incident's id, service or severity is not that of the bundle.", "**Severity:** SEV1",
     "**Severity:** SEV2", E, false, true},
    {"bundle-change", "A change is denied that the bundle has.", "No deployment preceded the incident.",
     "No rollback preceded the incident.", E, false, true},
    {"bundle-name", "A name is near to that of a component, and is none in the bundle.", "The chekout-api was slow.",
     "The checkout-api was slow.", W, false, true},
    {"bundle-action", "A mitigation is told as done, and no change or event in the bundle shows it.",
     "We failed over cart-db.", "We did not fail over cart-db.", W, false, true},
    {"bundle-missing", "Evidence is cited that the bundle lacks, or called missing and is there.",
     "The traces show slow queries.", "The logs show slow queries.", W, false, true},
    {"bundle-outcome", "The root cause is not the one that the bundle's confirmed outcome names.",
     "Root cause: a leak in checkout-api.", "Root cause: a small pool in cart-db.", W, false, true},
    /* ---- parts, with a template ---- */
    {"part-missing", "A part that the template has is missing.", "# Post-mortem\n\nIt was short.\n", NULL, W, true,
     false},
    {"action-without-owner", "An action item names nobody who does it.", "## Action items\n\n- Add a canary\n",
     "## Action items\n\n- Add a canary (owner: Ada)\n", W, true, false},
    {"number-without-source", "A measured value says neither where it comes from nor links to it.",
     "## Impact\n\nThe error rate was 3.8 %.\n",
     "## Impact\n\nThe error rate was 3.8 % ([panel](https://example.org/d/1)).\n", W, true, false},
};
const size_t hc_lint_n_rules = sizeof hc_lint_rules / sizeof *hc_lint_rules;

const struct hc_lint_rule *hc_lint_rule_of(struct hc_str code)
{
    for (size_t i = 0; i < hc_lint_n_rules; i++)
        if (hc_str_is(code, hc_lint_rules[i].code))
            return &hc_lint_rules[i];
    return NULL;
}
