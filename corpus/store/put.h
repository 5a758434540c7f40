/* What the files that put an incident share. */
#ifndef HC_CORPUS_STORE_PUT_H
#define HC_CORPUS_STORE_PUT_H

#include "corpus/store/internal.h"

#define HC_PUT_RECENT 128

/* What a put works on. */
struct hc_put {
    struct hc_store *store;
    const struct hc_incident *incident;
    const struct hc_packed *packed; /* of it */
    int64_t version;
    struct {
        struct hc_str text;
        int64_t key;
    } recent[HC_PUT_RECENT]; /* names of this record, by where they lie: most are one text in the memory of many rows */
};

/* ---- names.c ---- */

/* The key of a text that stays where it is during the put; absent gives 0. */
enum hc_status hc_put_name(struct hc_put *put, struct hc_str text, int64_t *key, struct hc_err *err);

/* ---- incidents_put.c ---- */

/* All rows of the incident as a version more: put->version is its key. */
enum hc_status hc_put_content(struct hc_put *put, struct hc_err *err);

/* ---- incidents_lists.c ---- */

enum hc_status hc_put_dependencies(struct hc_put *put, struct hc_err *err);
enum hc_status hc_put_log_counts(struct hc_put *put, struct hc_err *err);

#endif
