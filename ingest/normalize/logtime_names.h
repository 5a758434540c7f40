/* The English names of months and days, by their first three letters in any case. */
#ifndef HC_INGEST_NORMALIZE_LOGTIME_NAMES_H
#define HC_INGEST_NORMALIZE_LOGTIME_NAMES_H

#include <stdbool.h>

/* The month that three letters at `p` name, 1 to 12; 0: none. */
int hc_month_named(const char *p);

bool hc_weekday_named(const char *p);

#endif
