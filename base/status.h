/* What a caller must do next, and where in the input a failure lies.
 *
 * A function that can fail returns a status, which says what its caller must
 * do, and records the cause in a struct hc_err on the caller's stack, which
 * says why and where. The first writer of the cause wins; outer layers add
 * only the place they know (archive, member).
 */
#ifndef HC_BASE_STATUS_H
#define HC_BASE_STATUS_H

#include <stdbool.h>

enum hc_status {
    HC_OK = 0,    /* done */
    HC_END = 1,   /* nothing more to read */
    HC_SKIP = 2,  /* this record (row, line, file) cannot be used: go on with the next */
    HC_FAIL = 3,  /* this bundle or request cannot be used: go on with the next one */
    HC_FATAL = 4, /* the run cannot go on: out of memory, disk full, corpus unusable */
};

/* A cause and its place in the input. `code` is a stable word from docs/errors.md
 * and points to static storage; the texts are cut to fit, never overrun:
 * `text` as hc_str_quotable does. */
struct hc_err {
    enum hc_status status; /* HC_OK: no error recorded */
    const char *code;
    char text[512];
    char archive[512]; /* "" where unknown */
    char member[512];  /* "" where unknown */
    long line;         /* 1-based, 0 where unknown */
};

/* An empty error, for initialisers. */
#define HC_ERR_NONE ((struct hc_err){.status = HC_OK})

/* Records a cause unless one is recorded already; returns `status` in any case.
 * `err` may be NULL. `code` must outlive `err`. */
enum hc_status hc_err_set(struct hc_err *err, enum hc_status status, const char *code, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the place, each part only where none is recorded yet (NULL or 0: not known here). */
void hc_err_at(struct hc_err *err, const char *archive, const char *member, long line);

/* Writes "archive!member:line: text [code]" with the parts that are known, cut to
 * `size` bytes including the final NUL. Control bytes are escaped. */
void hc_err_format(const struct hc_err *err, char *out, unsigned long size);

#endif
