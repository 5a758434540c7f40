/* Where a log line's header ends and its message begins, learned from the lines themselves.
 *
 * A line is seen as columns, each of a class (time, level, tag …). Over the lines that start a record the columns
 * that nearly all of them share become a program: a list of steps, each a class to look for within a few columns.
 * No format is known by name.
 */
#ifndef HC_INGEST_NORMALIZE_LOGHEADER_H
#define HC_INGEST_NORMALIZE_LOGHEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/text.h"
#include "ingest/normalize/logtime.h"

enum hc_column_class {
    HC_COLUMN_NONE,
    HC_COLUMN_TIME,       /* a timestamp, perhaps in brackets */
    HC_COLUMN_LEVEL,      /* INFO, [error], W: */
    HC_COLUMN_DASH,       /* - -- | : */
    HC_COLUMN_BRACKET,    /* [main] */
    HC_COLUMN_TAG,        /* sshd[1234]: */
    HC_COLUMN_IDENTIFIER, /* org.foo.Bar, storage_service */
    HC_COLUMN_NUMBER,     /* 1234, (17), 6f3cbf058c2765548a39 */
    HC_COLUMN_EPOCH,      /* 1077804742: a time only where the program says so */
    HC_COLUMN_WORD,
    HC_COLUMN_CLASSES
};

#define HC_HEADER_COLUMNS 12
_Static_assert(HC_COLUMN_CLASSES <= 16 && 4 * HC_HEADER_COLUMNS < 64, "a number holds the classes of a line's columns");
#define HC_HEADER_STEPS 12
#define HC_HEADER_SAMPLE 1024
#define HC_COLUMN_BRACKET_BYTES 256 /* a longer bracket is none, nor is a longer tag */
#define HC_COLUMN_TAG_BYTES 80

struct hc_column {
    uint32_t begin, end;
    uint8_t class;
    uint8_t level; /* of a level column */
    bool fixed;    /* wherever its bytes and the one behind them stand, they are this column */
    bool id;       /* digits alone */
    bool name;     /* a word or an identifier that has no digit, which hosts mostly have */
};

/* May it stand in a number: a digit, a hexadecimal letter, what joins or surrounds them? */
bool hc_is_number_byte(char c);

/* Reads the column that starts at or after `from` (spaces are passed over); `stamp` is that of a time or epoch
 * column, else nothing; `timed`: a time stands before it. False at the end of the text. */
bool hc_column_next(struct hc_str text, size_t from, bool timed, struct hc_column *column, struct hc_stamp *stamp);

/* Reads a column that begins at column->begin and ends without a space: a level before the name it is joined to, that
 * name, a level or a time in angle brackets. False: none does. */
bool hc_column_glued(struct hc_str text, struct hc_column *column, struct hc_stamp *stamp);

/* The first columns of a text, read when they are asked for. What is learned from comes first. */
struct hc_columns {
    struct hc_str text;
    uint64_t classes; /* of the columns that are read, four bits each, the first one's lowest */
    uint8_t n;
    uint8_t stamped; /* the first column that is a time or an epoch */
    bool ended;      /* there are no more */
    bool continues;  /* see hc_line_continues */
    struct hc_column at[HC_HEADER_COLUMNS];
    struct hc_stamp stamp;         /* of the column `stamped` */
    const struct hc_columns *like; /* of a line before it, whose text is still there; NULL: none */
};

/* Lines of a log are much alike: a column that stands in `like` too is taken over from there. */
void hc_columns_open(struct hc_columns *columns, struct hc_str text, const struct hc_columns *like);

/* Reads on to column `i`. */
void hc_columns_read(struct hc_columns *columns, size_t i);

/* The class of a column; HC_COLUMN_NONE: the text has fewer, or the column is beyond HC_HEADER_COLUMNS. */
static inline uint8_t hc_columns_class(struct hc_columns *columns, size_t i)
{
    if (i >= columns->n)
        hc_columns_read(columns, i);
    uint64_t found = i < columns->n ? columns->classes >> 4 * i & 0xF : HC_COLUMN_NONE;
    return (uint8_t)found;
}

/* The first column of that class from `at` on, `reach` of them passed over at most; HC_HEADER_COLUMNS: none. */
static inline size_t hc_columns_find(struct hc_columns *columns, uint8_t class, size_t at, size_t reach)
{
    for (size_t i = at; i <= at + reach; i++) {
        uint8_t found = hc_columns_class(columns, i);
        if (found == class)
            return i;
        if (found == HC_COLUMN_NONE)
            break;
    }
    return HC_HEADER_COLUMNS;
}

struct hc_header_program {
    struct {
        uint8_t class;
        uint8_t reach; /* columns that may be passed over before it */
    } steps[HC_HEADER_STEPS];
    size_t n_steps;
    uint8_t source_column; /* before the time, where no step names the source; 0: none */
    bool has_time;         /* records start with a time: a line without one continues the record before it */
    bool sparse;           /* few lines have a time: one without is a record of its own, all of it a message */
};

/* What a program found in a line. */
struct hc_header {
    struct hc_stamp stamp; /* where has_stamp */
    bool has_stamp;
    uint8_t level;
    struct hc_str component; /* the tag, identifier or name, without its process id; absent: none */
    size_t message;          /* where the message begins */
    bool matched;            /* every step was found */
};

void hc_header_apply(const struct hc_header_program *program, struct hc_columns *columns, struct hc_header *header);

/* Lines that have the same columns, and how many they are. */
struct hc_header_line {
    struct hc_columns *columns;
    uint32_t weight;
};

/* Learns from up to HC_HEADER_SAMPLE lines; of each it reads no more columns than its questions need, and of one that
 * was read to its end nothing but their classes: its text may be gone.
 * Cost: mostly that of reading those columns. */
void hc_header_learn(const struct hc_header_line *lines, size_t n, struct hc_header_program *program);

/* Does the line go on with the record before it whatever the program: white space first, "at ", "Caused by:" …? */
bool hc_line_continues(struct hc_str text);

#endif
