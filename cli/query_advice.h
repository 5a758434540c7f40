/* What a user whose SQL names what is not there perhaps meant. */
#ifndef HC_CLI_QUERY_ADVICE_H
#define HC_CLI_QUERY_ADVICE_H

#include "base/status.h"
#include "base/text.h"
#include "corpus/store/store.h"

/* Adds advice to the text of a failure "no such table" or "no such column" of `sql`; leaves any other alone. Only the
 * views and their columns are suggested: a column of the views that the statement names before one of others. */
void hc_query_advise(struct hc_store *store, struct hc_str sql, struct hc_err *err);

#endif
