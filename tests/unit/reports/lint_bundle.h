/* A bundle as facts, for the tests of the linter: the checkout of a shop, INC-204. */
#ifndef HC_TESTS_UNIT_REPORTS_LINT_BUNDLE_H
#define HC_TESTS_UNIT_REPORTS_LINT_BUNDLE_H

#include "reports/lint/example.h"

static const struct hc_str SHOP_COMPONENTS[] = {WORD("cart-db"), WORD("checkout-api"), WORD("edge-lb"),
                                                WORD("payment-gateway"), WORD("session-cache")};
static const struct hc_lint_change SHOP_CHANGES[] = {
    {TIME(9, 40, 0), WORD("config"), WORD("cart-db"), {NULL, 0}, {NULL, 0}, WORD("pool size 50 -> 20"), LINE(9)},
    {TIME(10, 4, 10),
     WORD("deploy"),
     WORD("checkout-api"),
     WORD("v4.7.2"),
     WORD("9f3c1ab47d02e6b8c5d1a0f3e2b4c6d8e0f1a2b3"),
     {NULL, 0},
     LINE(11)},
    {TIME(10, 38, 20), WORD("rollback"), WORD("checkout-api"), WORD("v4.7.1"), {NULL, 0}, {NULL, 0}, LINE(13)},
};
static const int64_t SLOW_AT[] = {AT(10, 5, 2)}, POOL_AT[] = {AT(10, 6, 5), AT(10, 6, 7)},
                     TIMEOUT_AT[] = {AT(10, 7, 12)}, ALERT_AT[] = {AT(10, 9, 30)}, OOM_AT[] = {AT(10, 12, 44)},
                     RESTART_AT[] = {AT(10, 20, 0)};
#define ONCE(times) .at_ns = times, .n_at = 1, .n = 1, .n_least = 1, .n_most = 1
#define OFTEN(times, count) .at_ns = times, .n_at = sizeof(times) / 8, .n = count, .n_least = count, .n_most = count
static const struct hc_lint_happening SHOP_HAPPENINGS[] = {
    {.kind = WORD("log"),
     .component = WORD("cart-db"),
     .message = WORD("slow query"),
     .level = HC_LINT_WARN,
     OFTEN(SLOW_AT, 128),
     .first = TIME(10, 5, 2),
     .last = TIME(10, 42, 0),
     .place = {WORD("logs/cart-db.log"), 7}},
    {.kind = WORD("log"),
     .component = WORD("checkout-api"),
     .message = WORD("connection pool exhausted"),
     .level = HC_LINT_ERRORS,
     OFTEN(POOL_AT, 412),
     .first = TIME(10, 6, 5),
     .last = TIME(10, 41, 0),
     .place = {WORD("logs/checkout-api.log"), 31}},
    {.kind = WORD("log"),
     .component = WORD("payment-gateway"),
     .message = WORD("upstream timed out"),
     .level = HC_LINT_ERRORS,
     OFTEN(TIMEOUT_AT, 37),
     .first = TIME(10, 7, 12),
     .last = TIME(10, 39, 0),
     .place = {WORD("logs/payment-gateway.log"), 3}},
    {.kind = WORD("alert"),
     .component = WORD("checkout-api"),
     .message = WORD("HighErrorRate firing"),
     ONCE(ALERT_AT),
     .first = TIME(10, 9, 30),
     .last = TIME(10, 9, 30),
     .place = {WORD("events.jsonl"), 1}},
    {.kind = WORD("oom-killed"),
     .component = WORD("session-cache"),
     .message = WORD("memory cgroup out of memory: killed process"),
     ONCE(OOM_AT),
     .first = TIME(10, 12, 44),
     .last = TIME(10, 12, 44),
     .place = {WORD("events.jsonl"), 2}},
    {.kind = WORD("restart"),
     .component = WORD("payment-gateway"),
     .message = WORD("container restarted"),
     ONCE(RESTART_AT),
     .first = TIME(10, 20, 0),
     .last = TIME(10, 20, 0),
     .place = {WORD("events.jsonl"), 3}},
};
static const int64_t SHOP_MINUTES[] = {AT(9, 30, 0), AT(9, 45, 0),  AT(9, 59, 0),
                                       AT(10, 5, 0), AT(10, 15, 0), AT(10, 30, 0)};
static const double ERROR_RATE[] = {.38, .41, .4, 1.2, 12.6, 9.8}, LATENCY[] = {176, 183, 180, 420, 2400, 1800},
                    CONNECTIONS[] = {21, 23, 22, 41, 50, 50}, MEMORY[] = {512, 514, 515, 900, 1940, 610},
                    CPU[] = {35, 34, 35, 36, 38, 37};
#define SHOP_POINTS(list) .n = 6, .at_ns = SHOP_MINUTES, .values = list, .first_row = 2
static const struct hc_lint_series SHOP_SERIES[] = {
    {.component = WORD("cart-db"),
     .metric = WORD("connections"),
     SHOP_POINTS(CONNECTIONS),
     .place = {WORD("db.csv"), 1}},
    {.component = WORD("checkout-api"),
     .metric = WORD("error_rate"),
     .unit = WORD("%"),
     SHOP_POINTS(ERROR_RATE),
     .place = {WORD("api.csv"), 1}},
    {.component = WORD("checkout-api"),
     .metric = WORD("latency_p99"),
     .unit = WORD("ms"),
     SHOP_POINTS(LATENCY),
     .place = {WORD("api.csv"), 1}},
    {.component = WORD("payment-gateway"),
     .metric = WORD("cpu"),
     .unit = WORD("%"),
     SHOP_POINTS(CPU),
     .place = {WORD("gateway.csv"), 1}},
    {.component = WORD("session-cache"),
     .metric = WORD("memory"),
     .unit = WORD("MB"),
     SHOP_POINTS(MEMORY),
     .place = {WORD("cache.csv"), 1}},
};
/* The times, id and cause are those of the linter's own example. */
static inline struct hc_lint_facts shop(void)
{
    struct hc_lint_facts facts = hc_lint_example;
    facts.components = SHOP_COMPONENTS;
    facts.n_components = sizeof SHOP_COMPONENTS / sizeof *SHOP_COMPONENTS;
    facts.changes = SHOP_CHANGES;
    facts.n_changes = sizeof SHOP_CHANGES / sizeof *SHOP_CHANGES;
    facts.happenings = SHOP_HAPPENINGS;
    facts.n_happenings = sizeof SHOP_HAPPENINGS / sizeof *SHOP_HAPPENINGS;
    facts.series = SHOP_SERIES;
    facts.n_series = sizeof SHOP_SERIES / sizeof *SHOP_SERIES;
    return facts;
}

#endif
