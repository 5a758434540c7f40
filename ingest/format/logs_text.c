/* Logs as text of any form, told line by line. */
#include "ingest/format/logs_reader.h"
#include "ingest/format/logs_unwrap.h"
#include "ingest/normalize/logheader.h"

#define PEEK_LINES 40
#define COUNTED_BYTES 240
#define HC_BID_LOGS_TEXT 50

/* Of no more than 255 bytes: the sum is as narrow as what is summed, so that the compiler takes many at once. */
static size_t count_below_space(const char *p, size_t n)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + ((uint8_t)p[i] < ' '));
    return sum;
}

static size_t count_usual(const char *p, size_t n)
{
    uint8_t sum = 0;
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + ((p[i] == '\n') | (p[i] == '\r') | (p[i] == '\t') | (p[i] == 0x1b)));
    return sum;
}

static size_t count(struct hc_str head, size_t (*count_some)(const char *p, size_t n))
{
    size_t sum = 0;
    for (size_t i = 0; i < head.n; i += COUNTED_BYTES)
        sum += count_some(head.p + i, head.n - i < COUNTED_BYTES ? head.n - i : COUNTED_BYTES);
    return sum;
}

/* A NUL, or more than one control byte in thirty: no text. Where lines are long, their ends are no more than that. */
static bool is_binary(struct hc_str head)
{
    if (memchr(head.p, 0, head.n))
        return true;
    size_t n_control = count(head, count_below_space);
    return n_control * 30 > head.n && (n_control - count(head, count_usual)) * 30 > head.n;
}

/* The common case: a digit of its time comes first, and nothing is around the line. */
static bool begins_with_time(struct hc_str line, struct hc_unwrap_room *room)
{
    struct hc_stamp stamp;
    if (line.p[0] < '0' || line.p[0] > '9')
        return false;
    size_t n_time = hc_stamp_scan_on(line, &room->hour, &stamp);
    return n_time > 1 && line.p[1] != '/' && hc_log_is_bare(line, n_time);
}

static bool shows_time(struct hc_str line, struct hc_unwrap_room *room)
{
    struct hc_unwrapped inner;
    struct hc_column column = {.end = 0};
    struct hc_stamp stamp;
    if (begins_with_time(line, room))
        return true;
    hc_log_unwrap(line, room, &inner);
    if (inner.has_stamp)
        return true;
    for (int i = 0; i < 3 && hc_column_next(inner.text, column.end, false, &column, &stamp); i++)
        if (column.class == HC_COLUMN_TIME || column.class == HC_COLUMN_LEVEL)
            return true;
    return false;
}

/* By content: half of the first lines that are not indented show a time or a level. */
static int bid(struct hc_str head, const struct hc_read_context *context)
{
    struct hc_unwrap_room room;
    size_t n_lines = 0, n_timed = 0;
    (void)context;
    if (is_binary(head))
        return 0;
    hc_unwrap_room_init(&room);
    while (head.n > 0 && n_lines < PEEK_LINES && n_timed * 2 < PEEK_LINES) {
        const char *newline = memchr(head.p, '\n', head.n);
        size_t length = newline ? (size_t)(newline - head.p) : head.n;
        struct hc_str line = {head.p, length};
        size_t used = newline ? length + 1 : length;
        head = (struct hc_str){head.p + used, head.n - used};
        if (hc_line_continues(line) || hc_str_trim(line).n == 0)
            continue;
        n_lines++;
        n_timed += shows_time(line, &room);
    }
    hc_unwrap_room_free(&room);
    return n_lines > 0 && n_timed * 2 >= n_lines ? HC_BID_LOGS_TEXT : HC_BID_IF_NAMED;
}

static enum hc_status open_text(void **state, struct hc_str *bytes, const struct hc_read_context *context,
                                struct hc_reading *reading, struct hc_err *err)
{
    if (memchr(bytes->p, 0, bytes->n < 4096 ? bytes->n : 4096))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "not text");
    return hc_log_open(state, bytes, context, reading, err);
}

const struct hc_reader hc_reader_logs_text = {.name = "logs-text",
                                              .kind = "logs",
                                              .most = HC_BID_LOGS_TEXT,
                                              .bid = bid,
                                              .open = open_text,
                                              .take = hc_log_take,
                                              .close = hc_log_close,
                                              .share = HC_SHARE_LOGS};
