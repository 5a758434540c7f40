/* What the lines of templates in an incident amount to: two blobs, one that a view unpacks and one for the program. */
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"

#define LAYOUT 1
#define LAYOUT_SOURCES 2                   /* 1: of one template */
#define ENTRY_BYTES HC_PACKED_MINUTE_BYTES /* whose (component and level), minute, lines */
#define LEVEL_BITS 3
#define NO_COMPONENT ((uint32_t)HC_PACKED_NO_COMPONENT)
#define NO_MINUTE INT32_MIN
#define SAME_MEMBER (UINT32_MAX - 1) /* in the place of a text's length: that of the source before */

static uint32_t whose(const struct hc_log_count *count)
{
    uint32_t component = count->component == HC_NO_COMPONENT ? NO_COMPONENT : count->component;
    return component << LEVEL_BITS | count->level;
}

static enum hc_status put_minutes(struct hc_buf *out, const struct hc_log_count *count, struct hc_err *err)
{
    uint32_t who = whose(count);
    for (size_t i = 0; i < count->n_minutes; i++) {
        int64_t minute = count->minute[i];
        bool none = minute == HC_TIME_NONE_NS;
        if (!none && (minute <= INT32_MIN || minute > INT32_MAX))
            return hc_err_set(err, HC_FAIL, "record-invalid", "a log count has a minute out of range");
        const uint32_t entry[] = {who, (uint32_t)(none ? NO_MINUTE : (int32_t)minute), count->lines[i]};
        _Static_assert(sizeof entry == ENTRY_BYTES, "an entry is three numbers");
        hc_put_bytes(out, entry, sizeof entry);
    }
    return HC_OK;
}

void hc_pack_counts_begin(struct hc_buf *minutes, struct hc_buf *sources)
{
    hc_put_u8(minutes, LAYOUT);
    hc_put_u8(sources, LAYOUT_SOURCES);
}

enum hc_status hc_pack_counts(struct hc_buf *minutes, struct hc_buf *sources, const struct hc_log_count *counts,
                              size_t n, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_str member = HC_STR_NONE;
    hc_put_u32(sources, (uint32_t)n);
    for (size_t i = 0; status == HC_OK && i < n; i++) {
        const struct hc_log_count *count = &counts[i];
        hc_put_u32(sources, whose(count));
        hc_put_u32(sources, (uint32_t)count->n_minutes);
        if (i > 0 && count->first.member.p && hc_str_equal(member, count->first.member))
            hc_put_u32(sources, SAME_MEMBER);
        else
            hc_put_text(sources, count->first.member);
        member = count->first.member;
        hc_put_u32(sources, count->first.line);
        hc_pack_time(sources, count->first_at);
        hc_put_text(sources, count->exemplar);
        status = put_minutes(minutes, count, err);
    }
    if (status == HC_OK && (minutes->failed || sources->failed))
        status = hc_store_no_memory(err);
    return status;
}

enum hc_status hc_minutes_count(struct hc_str minutes, size_t *n, struct hc_err *err)
{
    if (minutes.n < 1 || minutes.p[0] != LAYOUT || (minutes.n - 1) % ENTRY_BYTES != 0)
        return hc_store_corrupt(err, "minutes of a log count have no known layout");
    *n = (minutes.n - 1) / ENTRY_BYTES;
    return HC_OK;
}

struct hc_packed_minute hc_minutes_get(struct hc_str minutes, size_t i)
{
    uint32_t entry[3];
    memcpy(entry, minutes.p + 1 + ENTRY_BYTES * i, sizeof entry);
    uint32_t component = entry[0] >> LEVEL_BITS;
    int32_t minute = (int32_t)entry[1];
    return (struct hc_packed_minute){
        .component = component == NO_COMPONENT ? HC_NO_COMPONENT : component,
        .level = (uint8_t)(entry[0] & ((1u << LEVEL_BITS) - 1)),
        .minute = minute == NO_MINUTE ? HC_TIME_NONE_NS : minute,
        .lines = entry[2],
    };
}

static struct hc_str get_member(struct reader *r, struct hc_str before)
{
    uint32_t n = get_u32(r);
    if (n == SAME_MEMBER)
        return before;
    r->p -= r->bad ? 0 : sizeof n;
    return get_text(r);
}

static void get_minutes(struct reader *r, struct hc_log_count *count, struct hc_str minutes, size_t from)
{
    int64_t *minute = hc_arena_alloc(r->arena, count->n_minutes * sizeof *minute);
    uint32_t *lines = hc_arena_alloc(r->arena, count->n_minutes * sizeof *lines);
    if (!minute || !lines) {
        r->no_memory = r->bad = true;
        return;
    }
    for (size_t i = 0; i < count->n_minutes; i++) {
        struct hc_packed_minute packed = hc_minutes_get(minutes, from + i);
        r->bad |= packed.component != count->component || packed.level != count->level;
        minute[i] = packed.minute;
        lines[i] = packed.lines;
    }
    count->minute = minute;
    count->lines = lines;
}

static void get_source(struct reader *r, struct hc_log_count *count, struct hc_str before)
{
    uint32_t who = get_u32(r);
    count->component = who >> LEVEL_BITS == NO_COMPONENT ? HC_NO_COMPONENT : who >> LEVEL_BITS;
    count->level = (uint8_t)(who & ((1u << LEVEL_BITS) - 1));
    count->n_minutes = get_u32(r);
    count->first.member = get_member(r, before);
    count->first.line = get_u32(r);
    count->first_at = get_time(r);
    count->exemplar = get_text(r);
}

enum hc_status hc_counts_begin(struct hc_counts_reader *reader, struct hc_str minutes, struct hc_str sources,
                               struct hc_arena *arena, struct hc_err *err)
{
    *reader = (struct hc_counts_reader){.arena = arena};
    enum hc_status status = hc_minutes_count(minutes, &reader->n, err);
    if (status != HC_OK)
        return status;
    if (sources.n < 1 || sources.p[0] != LAYOUT_SOURCES)
        return hc_store_corrupt(err, "sources of log counts have no known layout");
    reader->minutes = (struct hc_str){hc_arena_copy(arena, minutes.p, minutes.n), minutes.n};
    reader->sources = (struct hc_str){hc_arena_copy(arena, sources.p + 1, sources.n - 1), sources.n - 1};
    return reader->minutes.p && reader->sources.p ? HC_OK : hc_store_no_memory(err);
}

enum hc_status hc_counts_next(struct hc_counts_reader *reader, hc_take_count *take, void *context, struct hc_err *err)
{
    struct reader r = {reader->sources.p, reader->sources.p + reader->sources.n, reader->arena, false, false};
    struct hc_log_count count = {0};
    enum hc_status status = HC_OK;
    for (uint32_t n = get_u32(&r); status == HC_OK && !r.bad && n > 0; n--) {
        get_source(&r, &count, count.first.member);
        r.bad |= count.n_minutes > reader->n - reader->used;
        if (r.bad)
            break;
        get_minutes(&r, &count, reader->minutes, reader->used);
        reader->used += count.n_minutes;
        status = take(context, &count, err);
    }
    reader->sources = (struct hc_str){r.p, (size_t)(r.end - r.p)};
    if (r.no_memory)
        return hc_store_no_memory(err);
    return r.bad ? hc_store_corrupt(err, "log counts are cut") : status;
}

bool hc_counts_at_end(const struct hc_counts_reader *reader)
{
    return reader->sources.n == 0 && reader->used == reader->n;
}
