/* Logs as JSON Lines: zap, logrus, bunyan, pino, ECS, docker's json-file; lines that are not JSON are read as text. */
#include "ingest/format/logs_reader.h"
#include "ingest/format/logs_unwrap.h"

#define HC_BID_LOGS_JSONL 60
#define PEEK_LINES 20

/* Half of the first lines are objects with a message. */
static int bid(struct hc_str head, const struct hc_read_context *context)
{
    struct hc_unwrap_room room;
    size_t n_lines = 0, n_objects = 0;
    (void)context;
    hc_unwrap_room_init(&room);
    while (head.n > 0 && n_lines < PEEK_LINES && n_objects * 2 < PEEK_LINES &&
           (n_lines - n_objects) * 2 <= PEEK_LINES) {
        const char *newline = memchr(head.p, '\n', head.n);
        struct hc_str line = {head.p, newline ? (size_t)(newline - head.p) : head.n};
        size_t used = newline ? line.n + 1 : line.n;
        head = (struct hc_str){head.p + used, head.n - used};
        line = hc_str_trim(line);
        if (line.n == 0)
            continue;
        struct hc_unwrapped inner = {.structured = false};
        if (line.p[0] == '{')
            hc_log_unwrap(line, &room, &inner);
        n_lines++;
        /* The last line of the head may be cut. */
        n_objects += inner.structured || (line.p[0] == '{' && !newline);
    }
    hc_unwrap_room_free(&room);
    return n_lines > 0 && n_objects * 2 >= n_lines ? HC_BID_LOGS_JSONL : 0;
}

const struct hc_reader hc_reader_logs_jsonl = {.name = "logs-jsonl",
                                               .kind = "logs",
                                               .most = HC_BID_LOGS_JSONL,
                                               .bid = bid,
                                               .open = hc_log_open,
                                               .take = hc_log_take,
                                               .close = hc_log_close,
                                               .share = HC_SHARE_LOGS};
