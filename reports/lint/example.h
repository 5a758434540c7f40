/* How the facts of an example are written: times of 2024-05-01, lines of its manifest. */
#ifndef HC_REPORTS_LINT_EXAMPLE_H
#define HC_REPORTS_LINT_EXAMPLE_H

#include "reports/lint/lint.h"

#define AT(hour, minute, second) \
    (INT64_C(1714521600000000000) + (((hour)*60 + (minute)) * INT64_C(60) + (second)) * HC_NS_PER_SECOND)
#define TIME(hour, minute, second)  \
    {                               \
        AT(hour, minute, second), 0 \
    }
#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }
#define LINE(n)                 \
    {                           \
        WORD("incident.xml"), n \
    }

#endif
