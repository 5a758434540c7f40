/* Lines that are alike but for numbers, ids and times: pieces in which '0' is a digit of a date or a clock, 'D' a number, 'H' an
 * id of hexadecimal digits, '#' a time; the rest stands as it is. */
#ifndef HC_TESTS_UNIT_INGEST_ALIKE_LINES_H
#define HC_TESTS_UNIT_INGEST_ALIKE_LINES_H

#include <stdio.h>

#include "ingest/normalize/line_form.h"

static inline unsigned next(unsigned *x)
{
    *x = *x * 1664525u + 1013904223u;
    return *x >> 16;
}

static inline size_t write_piece(char *out, const char *piece, unsigned *y)
{
    static const char *const times[] = {"2015-03-16T23:17:43Z",
                                        "2015-03-16 23:17:43,120",
                                        "20150316T231743",
                                        "2015-03-16T23:17:43.120Z",
                                        "23:17:43",
                                        "2016-10-06T00:17:09.669794202+08:00"};
    size_t used = 0;
    for (; *piece; piece++) {
        unsigned n = *piece == 'D'   ? 1 + next(y) % (next(y) % 8 ? 4 : 14)
                     : *piece == 'H' ? 5 + next(y) % (next(y) % 4 ? 10 : 50)
                                     : 0;
        for (unsigned i = 0; i < n; i++)
            out[used++] = *piece == 'D' ? (char)('0' + next(y) % 10) : "0123456789abcdef"[next(y) % 16];
        if (*piece == '#')
            used += (size_t)snprintf(out + used, 64, "%s", times[next(y) % (sizeof times / sizeof *times)]);
        else if (*piece == '0')
            out[used++] = (char)('0' + next(y) % (next(y) % 8 ? 2 : 10));
        else if (n == 0)
            out[used++] = *piece;
    }
    return used;
}

/* False: no memory. */
static inline bool find_or_add(struct hc_line_forms *forms, const struct hc_sought *sought)
{
    return hc_line_forms_find(forms, sought) || hc_line_forms_add(forms, sought);
}

#endif
