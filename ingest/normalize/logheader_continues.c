#include "ingest/normalize/logheader.h"

static bool starts(struct hc_str text, const char *word)
{
    return hc_str_starts(text, hc_str_of(word));
}

bool hc_line_continues(struct hc_str text)
{
    switch (text.n > 0 ? text.p[0] : ' ') {
    case ' ':
    case '\t':
    case '}':
    case ')':
        return true;
    case 'a':
        return starts(text, "at ");
    case 'C':
        return starts(text, "Caused by:");
    case 'S':
        return starts(text, "Suppressed:");
    case '.':
        return starts(text, "... ");
    case 'T':
        return starts(text, "Traceback (");
    case 'D':
        return starts(text, "During handling of") || starts(text, "DETAIL:  ");
    case 'g':
        return starts(text, "goroutine ");
    case 's':
        return starts(text, "stack backtrace:");
    default:
        return false;
    }
}
