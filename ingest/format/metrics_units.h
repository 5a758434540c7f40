/* Values as a panel shows them, "12.3 ms", brought to one unit. */
#ifndef HC_INGEST_FORMAT_METRICS_UNITS_H
#define HC_INGEST_FORMAT_METRICS_UNITS_H

#include <stdbool.h>

#include "base/text.h"

/* What is written as a unit, where it can be one; "": it is longer than 24 bytes or holds one of "@=:", as an address or
 * a key does. */
struct hc_str hc_unit_or_none(struct hc_str unit);

/* The unit that a metric's name tells, as it is written but for "percent" and "bytes": behind the name in brackets,
 * "cpu (%)", or after its last '_', "latency_ms"; "_total" and what else ends the parts of a histogram is no part of it.
 * Absent: none that is known. */
struct hc_str hc_unit_of_name(struct hc_str name);

/* Reads a number and the unit behind it: "12.3 ms" is 0.0123 and "s".
 * Units:   a scaled unit that Grafana writes becomes what it is a multiple of: times "s", "bytes", "bits", "bytes/s", "bits/s",
 *          "percent", "W", "Hz" …; "1.5K req/s" is 1500 "req/s", "2 Mil" is 2e6 and ""; another unit stays as it is
 *          written, but for what hc_unit_or_none leaves out. A number alone has the unit "".
 * Source:  Grafana, packages/grafana-data/src/valueFormats (symbolFormatters.ts, dateTimeFormatters.ts, categories.ts).
 * Missing: "NaN" is NaN, as hc_number_parse has it.
 * Errors:  false where the text only begins as a number: what follows holds a digit ("12:30:00", "1h30m") or begins as no
 *          unit does. Commas part groups of three digits where the cell was quoted, and are refused everywhere else. */
bool hc_shown_value_read(struct hc_str text, bool quoted, double *value, struct hc_str *unit);

#endif
