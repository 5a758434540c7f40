#include "datasets/generator/generator.h"

/* What every component says all day; %u is a number, %x an id, %s a word. */
static const char *const USUAL[] = {
    "request %x completed in %u ms",
    "served %u items to tenant %s",
    "cache hit for key %x",
    "cache miss for key %x, loading",
    "connection from 10.0.%u.%u accepted",
    "session %x opened for user %s",
    "session %x closed after %u s",
    "batch of %u records written",
    "background job %s finished, %u processed",
    "health check ok in %u ms",
    "refreshed configuration, %u keys",
    "metrics flushed: %u series",
    "handled GET /api/%s/%u with status 200",
    "handled POST /api/%s with status 201",
    "worker %u idle",
    "scheduled task %s took %u ms",
    "user %s signed in",
    "published message %x to topic %s",
    "acknowledged message %x",
    "reused connection %u of pool",
};
#define N_USUAL (sizeof USUAL / sizeof USUAL[0])

static const char *const NOISE[] = {"slow client %x, response took %u ms", "ignored unknown field %s in request %x",
                                    "transient failure talking to peer %s, will be repeated"};
#define N_NOISE (sizeof NOISE / sizeof NOISE[0])

static const struct {
    enum gen_channel channel;
    const char *level, *line;
} SIGNS[] = {
    {GEN_LOG_MEMORY, "ERROR", "java.lang.OutOfMemoryError: Java heap space while handling %x"},
    {GEN_LOG_DISK, "ERROR", "write to /var/data/%x failed: No space left on device"},
    {GEN_LOG_IO, "ERROR", "I/O error on block %u of volume %s"},
    {GEN_LOG_TIMEOUT, "WARN", "call to %s timed out after %u ms"},
    {GEN_LOG_REFUSED, "ERROR", "connect to %s:%u failed: Connection refused"},
    {GEN_LOG_TLS, "ERROR", "TLS handshake with %s failed: certificate has expired"},
    {GEN_LOG_DNS, "ERROR", "lookup %s on resolver: no such host"},
    {GEN_LOG_LOCK, "ERROR", "transaction %x aborted: deadlock detected after %u ms"},
    {GEN_LOG_THROTTLE, "WARN", "request %x rejected: rate limit of %u per second exceeded"},
    {GEN_LOG_CONFIG, "ERROR", "invalid configuration value for %s.limit: %u"},
    {GEN_LOG_PERMISSION, "ERROR", "permission denied for role %s on object %x"},
    {GEN_LOG_EXCEPTION, "ERROR", "unhandled exception in handler %s: NullPointerException at line %u"},
    {GEN_LOG_DATA, "ERROR", "constraint violation: duplicate key %x in table %s"},
    {GEN_LOG_PROVIDER, "ERROR", "provider answered 400: unsupported api version %u for %s"},
    {GEN_LOG_INTRUSION, "WARN", "break-in attempt: invalid user %s from 203.0.%u.%u"},
};
#define N_SIGNS (sizeof SIGNS / sizeof SIGNS[0])

static const char *const WORDS[] = {"alpha", "bravo", "delta", "echo", "golf",
                                    "hotel", "india", "kilo",  "lima", "mike"};

static void fill(struct gen_random *random, const char *text, struct hc_buf *out)
{
    for (const char *p = text; *p; p++) {
        if (*p != '%') {
            hc_buf_char(out, *p);
            continue;
        }
        p++;
        if (*p == 'u')
            hc_buf_format(out, "%u", (unsigned)gen_below(random, 250));
        else if (*p == 'x')
            hc_buf_format(out, "%08x", (unsigned)(gen_random_bits(random) >> 32));
        else
            hc_buf_text(out, WORDS[gen_below(random, sizeof WORDS / sizeof WORDS[0])]);
    }
}

/* A line that will be written, in order of time. */
struct line {
    int64_t at_ns;
    size_t order;
    const char *level, *text;
};

struct lines {
    struct line *items;
    size_t n, capacity;
};

static void add_line(struct lines *lines, int64_t at_ns, const char *level, const char *text)
{
    if (lines->n < lines->capacity) {
        lines->items[lines->n] = (struct line){at_ns, lines->n, level, text};
        lines->n++;
    }
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    if (x->at_ns != y->at_ns)
        return x->at_ns < y->at_ns ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static int64_t time_in(struct gen_random *random, int64_t from_ns, int64_t to_ns)
{
    return from_ns + (int64_t)(gen_uniform(random) * (double)((to_ns - from_ns) / 1000000)) * 1000000;
}

static void draw_lines(struct gen_view *view, size_t component, size_t n_usual, struct lines *lines)
{
    const struct gen_incident *in = view->incident;
    struct gen_random *r = &view->random;
    int64_t from_ns = in->start_ns - GEN_BASELINE_S * INT64_C(1000000000);

    for (size_t i = 0; i < n_usual; i++) {
        bool noise = gen_chance(r, .02);
        const char *text = noise ? NOISE[gen_below(r, N_NOISE)] : USUAL[(component * 7 + gen_below(r, 12)) % N_USUAL];
        add_line(lines, time_in(r, from_ns, in->end_ns), noise ? "WARN" : "INFO", text);
    }
    for (size_t s = 0; s < N_SIGNS; s++) {
        int level = in->level[component][SIGNS[s].channel];
        size_t n = level == 2 ? 12 + gen_below(r, 20) : level == 1 ? 2 + gen_below(r, 3) : 0;
        int64_t onset_ns = in->start_ns + (int64_t)gen_below(r, 60) * INT64_C(1000000000);
        for (size_t i = 0; i < n; i++)
            add_line(lines, time_in(r, onset_ns, in->end_ns), SIGNS[s].level, SIGNS[s].line);
    }
    qsort(lines->items, lines->n, sizeof *lines->items, compare_lines);
}

/* What a service adds to a line about the request it serves; a value has about so many bytes. */
static const struct {
    const char *key, *value;
    size_t n_bytes;
} CONTEXT[] = {
    {"trace_id", "%x%x%x%x", 32}, {"duration_ms", "%u", 3}, {"remote", "10.0.%u.%u", 10}, {"bytes", "%u%u", 5},
    {"tenant", "%s", 5},          {"span_id", "%x%x", 16},  {"retry", "%u", 3},           {"status", "%u", 3},
};
#define N_CONTEXT (sizeof CONTEXT / sizeof CONTEXT[0])
#define HEADER_BYTES 45 /* about so many before the message */

/* Appends context, "key=value" or as members of JSON, as far as the line has room. Lines of one text carry the same. */
static void write_context(struct gen_view *view, const char *text, bool json, struct hc_buf *out)
{
    size_t n_bytes = HEADER_BYTES + strlen(text);
    for (size_t i = 0; i < N_CONTEXT; i++) {
        size_t n_more = strlen(CONTEXT[i].key) + CONTEXT[i].n_bytes + (json ? 6 : 2);
        if (n_bytes + n_more / 2 > view->settings->log_line_bytes)
            break;
        hc_buf_format(out, json ? ",\"%s\":\"" : " %s=", CONTEXT[i].key);
        fill(&view->random, CONTEXT[i].value, out);
        if (json)
            hc_buf_char(out, '"');
        n_bytes += n_more;
    }
}

/* Three layouts, a component keeps its own. */
static void write_line(struct gen_view *view, size_t component, const struct line *line, struct hc_buf *message,
                       struct hc_buf *out)
{
    const char *name = view->topology->names[component];
    hc_buf_clear(message);
    fill(&view->random, line->text, message);
    switch (component % 3) {
    case 0:
        gen_time_text(out, line->at_ns, 0, 'T', "Z");
        hc_buf_format(out, " %s %s %.*s", line->level, name, (int)message->n, message->p);
        break;
    case 1:
        hc_buf_text(out, "{\"time\":\"");
        gen_time_text(out, line->at_ns, 3, 'T', "Z");
        hc_buf_format(out, "\",\"level\":\"%s\",\"msg\":\"%.*s\"", line->level, (int)message->n, message->p);
        break;
    default:
        gen_time_text(out, line->at_ns, 3, ' ', "");
        hc_buf_format(out, " %-5s [worker-%u] c.shop.%s.Handler - %.*s", line->level,
                      (unsigned)gen_below(&view->random, 8), name, (int)message->n, message->p);
        break;
    }
    write_context(view, line->text, component % 3 == 1, out);
    hc_buf_text(out, component % 3 == 1 ? "}\n" : "\n");
}

void gen_render_logs(struct gen_view *view, struct gen_bundle *bundle)
{
    const struct gen_topology *t = view->topology;
    const size_t per_component = view->settings->n_log_lines / 14;
    struct hc_buf message = {0};
    struct lines lines = {.capacity = per_component + 32 * N_SIGNS};

    if (view->incident->missing[GEN_LOGS])
        return;
    lines.items = calloc(lines.capacity, sizeof *lines.items);
    bundle->failed |= !lines.items;
    for (size_t v = 0; v < GEN_COMPONENTS && lines.items; v++) {
        if (view->incident->level[v][GEN_LOG_IO] < 0)
            continue;
        struct hc_buf *out = gen_bundle_add(bundle, "logs/%s.log", t->names[v]);
        if (!out)
            break;
        lines.n = 0;
        draw_lines(view, v, per_component, &lines);
        for (size_t i = 0; i < lines.n; i++)
            write_line(view, v, &lines.items[i], &message, out);
    }
    hc_buf_free(&message);
    free(lines.items);
}
