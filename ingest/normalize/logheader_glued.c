/* Columns that no space ends: "INFO:root:message", "<W>2015-03-16 23:17:43 message". */
#include "corpus/record/incident.h"
#include "ingest/normalize/logheader.h"
#include "ingest/normalize/severity.h"

#define ANGLE_BYTES 64
#define ZONE_BYTES 8 /* behind a time, before what closes it */

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_capital(c) || (c >= 'a' && c <= 'z');
}

static bool may_name(char c)
{
    return is_letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

static struct hc_str slice(struct hc_str s, size_t begin, size_t end)
{
    return (struct hc_str){s.p + begin, end - begin};
}

static bool take(uint8_t class, size_t end, struct hc_column *column)
{
    column->class = class;
    column->end = (uint32_t)end;
    return true;
}

/* "<W>", "<Info>", "<Mar 16, 2015 11:17:43 PM UTC>", perhaps behind "####". A letter alone is a level at the line's
 * begin. */
static bool read_angle(struct hc_str text, struct hc_column *column, struct hc_stamp *stamp)
{
    size_t at = column->begin;
    while (at < text.n && text.p[at] == '#')
        at++;
    if (at == text.n || text.p[at] != '<')
        return false;
    size_t limit = text.n - at < ANGLE_BYTES ? text.n - at : ANGLE_BYTES;
    const char *close = memchr(text.p + at, '>', limit);
    if (!close)
        return false;
    size_t end = (size_t)(close - text.p);
    struct hc_str inner = slice(text, at + 1, end);
    size_t taken = hc_stamp_scan(inner, stamp);
    if (taken && inner.n - taken <= ZONE_BYTES)
        return take(HC_COLUMN_TIME, end + 1, column);
    column->level = inner.n > 1 || at == 0 ? hc_severity_of_word(inner) : (uint8_t)HC_LOG_NONE;
    return column->level != HC_LOG_NONE && take(HC_COLUMN_LEVEL, end + 1, column);
}

/* "INFO:" before a name. */
static bool read_level(struct hc_str text, struct hc_column *column)
{
    size_t at = column->begin;
    while (at < text.n && is_capital(text.p[at]))
        at++;
    if (at - column->begin < 3 || text.n - at < 2 || text.p[at] != ':' || !is_letter(text.p[at + 1]))
        return false;
    column->level = hc_severity_of_word(slice(text, column->begin, at));
    return column->level != HC_LOG_NONE && take(HC_COLUMN_LEVEL, at + 1, column);
}

/* "root:" behind such a level. */
static bool read_name(struct hc_str text, struct hc_column *column)
{
    size_t at = column->begin;
    while (at < text.n && may_name(text.p[at]))
        at++;
    if (at == text.n || text.p[at] != ':' || at - column->begin >= HC_COLUMN_TAG_BYTES)
        return false;
    return (at + 1 == text.n || text.p[at + 1] != '/') && take(HC_COLUMN_TAG, at + 1, column);
}

bool hc_column_glued(struct hc_str text, struct hc_column *column, struct hc_stamp *stamp)
{
    size_t at = column->begin;
    char first = text.p[at];
    if (first == '<' || first == '#')
        return read_angle(text, column, stamp);
    if (!is_letter(first))
        return false;
    if (at >= 2 && text.p[at - 1] == ':' && is_capital(text.p[at - 2]))
        return read_name(text, column);
    return is_capital(first) && read_level(text, column);
}
