/* Words and numbers that say how bad a log line is. */
#ifndef HC_INGEST_NORMALIZE_SEVERITY_H
#define HC_INGEST_NORMALIZE_SEVERITY_H

#include <stdint.h>

#include "base/text.h"

/* The level (enum hc_level_of_log) that a whole word means, in any case: "WARN", "severe", "notice", "dpanic".
 * A single capital letter counts as Android's and glog's do. HC_LOG_NONE: no level word. */
uint8_t hc_severity_of_word(struct hc_str word);

/* Numeric levels of bunyan and pino: 10 trace, 20 debug … 60 fatal. HC_LOG_NONE outside 10..69. */
uint8_t hc_severity_of_number(int64_t number);

/* SeverityNumber of OpenTelemetry: 1..4 trace, 5..8 debug … 21..24 fatal. HC_LOG_NONE outside.
 * Source: OpenTelemetry, Logs Data Model, "Severity Fields". */
uint8_t hc_severity_of_otel(int64_t number);

/* Syslog severities 0 (emergency) to 7 (debug). HC_LOG_NONE outside. */
uint8_t hc_severity_of_syslog(int64_t severity);

#endif
