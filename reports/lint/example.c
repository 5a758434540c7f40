/* A small bundle, against which the examples of the rules are held. */
#include "reports/lint/example.h"

static const struct hc_str COMPONENTS[] = {WORD("cart-db"), WORD("checkout-api")};
static const struct hc_lint_change CHANGES[] = {
    {TIME(10, 4, 10),
     WORD("deploy"),
     WORD("checkout-api"),
     WORD("v4.7.2"),
     WORD("9f3c1ab47d02e6b8c5d1"),
     {NULL, 0},
     LINE(6)},
};
static const int64_t ERRORS_AT[] = {AT(10, 6, 5)};
static const struct hc_lint_happening HAPPENINGS[] = {
    {.kind = WORD("log"),
     .component = WORD("checkout-api"),
     .message = WORD("connection pool exhausted"),
     .level = HC_LINT_ERRORS,
     .at_ns = ERRORS_AT,
     .n_at = 1,
     .first = TIME(10, 6, 5),
     .last = TIME(10, 40, 0),
     .n = 412,
     .n_least = 412,
     .n_most = 412,
     .place = {WORD("checkout.log"), 1}},
};
static const int64_t MINUTES[] = {AT(9, 58, 0), AT(9, 59, 0), AT(10, 10, 0), AT(10, 11, 0)};
static const double MEMORY[] = {340, 344, 980, 975};
static const struct hc_lint_series SERIES[] = {{.component = WORD("checkout-api"),
                                                .metric = WORD("memory"),
                                                .unit = WORD("MB"),
                                                .n = 4,
                                                .at_ns = MINUTES,
                                                .values = MEMORY,
                                                .place = {WORD("memory.csv"), 1},
                                                .first_row = 2}};
static const struct hc_str CAUSES[] = {WORD("cart-db")};

const struct hc_lint_facts hc_lint_example = {
    .path = WORD("inc-204.tar.gz"),
    .id = WORD("INC-204"),
    .service = WORD("checkout-api"),
    .severity = WORD("SEV2"),
    .start = TIME(10, 0, 0),
    .detected = TIME(10, 9, 30),
    .mitigated = TIME(10, 41, 0),
    .end = TIME(10, 52, 0),
    .place = LINE(4),
    .components = COMPONENTS,
    .n_components = 2,
    .changes = CHANGES,
    .n_changes = 1,
    .happenings = HAPPENINGS,
    .n_happenings = 1,
    .series = SERIES,
    .n_series = 1,
    .cause_components = CAUSES,
    .n_cause_components = 1,
    .cause_place = LINE(12),
    .has_logs = true,
    .has_metrics = true,
};
