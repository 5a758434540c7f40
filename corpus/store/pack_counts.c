/* What the lines of templates in an incident amount to: JSON that a view takes apart, and a blob for the program. */
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"

#define MINUTE_MOST (INT64_MAX / HC_NS_PER_MINUTE) /* of what is a time */
#define LAYOUT_SOURCES 4 /* 3: exemplars in full; 2: fields of fixed width; 1: of one template */
#define LEVELS 8
#define DIGITS_MOST 20
#define ENTRY_BYTES 24 /* no less than the digits and a comma */

static const char pairs[] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Written from its end on, two digits at a time; gives where it begins. */
static char *write_decimal(char *end, uint64_t value)
{
    for (; value >= 100; value /= 100)
        memcpy(end -= 2, &pairs[value % 100 * 2], 2);
    if (value >= 10)
        return memcpy(end - 2, &pairs[value * 2], 2);
    *--end = (char)('0' + value);
    return end;
}

void hc_put_decimal(struct hc_buf *out, int64_t value)
{
    char digits[DIGITS_MOST], *end = digits + sizeof digits;
    char *at = write_decimal(end, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
    if (value < 0)
        *--at = '-';
    hc_put_bytes(out, at, (size_t)(end - at));
}

/* ---- entries ---- */

static int64_t whose(const struct hc_incident *incident, const struct hc_log_count *count)
{
    int64_t component = count->component == HC_NO_COMPONENT ? (int64_t)incident->n_components : count->component;
    return component * LEVELS + count->level;
}

/* From one past the minutes: 0 is for lines without a time. */
static int64_t index_of(const struct hc_minute_scale *scale, int64_t minute)
{
    return minute == HC_TIME_NONE_NS ? 0 : minute - scale->first + 1;
}

static bool widen(struct hc_minute_scale *scale, const struct hc_log_count *count)
{
    for (size_t i = 0; i < count->n_minutes; i++) {
        int64_t minute = count->minute[i];
        scale->n_lines = count->lines[i] >= scale->n_lines ? (int64_t)count->lines[i] + 1 : scale->n_lines;
        if (minute == HC_TIME_NONE_NS)
            continue;
        if (minute < -MINUTE_MOST || minute > MINUTE_MOST)
            return false;
        if (scale->n_minutes == 1) {
            scale->first = minute;
        } else if (minute < scale->first) {
            scale->n_minutes += scale->first - minute;
            scale->first = minute;
        }
        int64_t n = index_of(scale, minute) + 1;
        scale->n_minutes = n > scale->n_minutes ? n : scale->n_minutes;
    }
    return true;
}

enum hc_status hc_minute_scale_of(struct hc_minute_scale *scale, const struct hc_incident *incident, struct hc_err *err)
{
    int64_t n_whose = ((int64_t)incident->n_components + 1) * LEVELS, most;
    *scale = (struct hc_minute_scale){.first = 0, .n_minutes = 1, .n_lines = 1};
    for (size_t i = 0; i < incident->n_log_counts; i++)
        if (!widen(scale, &incident->log_counts[i]))
            return hc_err_set(err, HC_FAIL, "record-invalid", "a log count has a minute out of range");
    if (__builtin_mul_overflow(n_whose, scale->n_minutes, &most) || __builtin_mul_overflow(most, scale->n_lines, &most))
        return hc_err_set(err, HC_FAIL, "record-invalid", "log counts of too many components, minutes and lines");
    return HC_OK;
}

/* Each entry is copied with what happens to stand behind it, which the next one covers: so many bytes each time. */
static void put_minutes(struct hc_buf *out, const struct hc_minute_scale *scale, int64_t who,
                        const struct hc_log_count *count)
{
    char entry[2 * ENTRY_BYTES] = {0}, *end = entry + ENTRY_BYTES;
    *end = ',';
    for (size_t i = 0; i < count->n_minutes; i++) {
        int64_t at = who * scale->n_minutes + index_of(scale, count->minute[i]);
        const char *begin = write_decimal(end, (uint64_t)(at * scale->n_lines + count->lines[i]));
        uint8_t *room = hc_put_room(out, ENTRY_BYTES);
        if (!room)
            return;
        memcpy(room, begin, ENTRY_BYTES);
        out->n += (size_t)(end + 1 - begin);
    }
}

/* What every entry is followed by is not wanted after the last one. */
static void drop_comma(struct hc_buf *out)
{
    if (out->n > 0 && out->p[out->n - 1] == ',')
        out->n--;
}

void hc_pack_counts(struct hc_packed *packed, struct hc_buf *minutes, struct hc_buf *sources,
                    const struct hc_incident *incident)
{
    struct hc_file_finder files = {.incident = incident};
    struct hc_pieces pieces;
    hc_put_u8(sources, LAYOUT_SOURCES);
    for (size_t r = 0; r < packed->n_runs; r++) {
        packed->runs[r].minutes_from = minutes->n;
        hc_pieces_of(&pieces, incident->templates[packed->runs[r].template_index].text);
        hc_put_u8(minutes, '[');
        hc_put_varint(sources, packed->runs[r + 1].first - packed->runs[r].first);
        for (size_t i = packed->runs[r].first; i < packed->runs[r + 1].first; i++) {
            const struct hc_log_count *count = &incident->log_counts[i];
            int64_t who = whose(incident, count);
            hc_put_varint(sources, (uint64_t)who);
            hc_put_varint(sources, count->n_minutes);
            hc_put_short_place(sources, count->first, &files);
            hc_pack_time(sources, count->first_at);
            hc_put_exemplar(sources, &pieces, count->exemplar);
            put_minutes(minutes, &packed->scale, who, count);
        }
        drop_comma(minutes);
        hc_put_u8(minutes, ']');
    }
    packed->runs[packed->n_runs].minutes_from = minutes->n;
}

/* ---- and back ---- */

/* Takes what is expected next off the text of minutes. */
static bool take_char(struct hc_counts_reader *reader, char c)
{
    if (reader->minutes.n == 0 || reader->minutes.p[0] != c)
        return false;
    reader->minutes.p++;
    reader->minutes.n--;
    return true;
}

static bool take_number(struct hc_counts_reader *reader, int64_t *value)
{
    size_t n = 0;
    *value = 0;
    for (; n < reader->minutes.n && (unsigned)(unsigned char)reader->minutes.p[n] - '0' < 10; n++)
        if (__builtin_mul_overflow(*value, 10, value) ||
            __builtin_add_overflow(*value, reader->minutes.p[n] - '0', value))
            return false;
    reader->minutes.p += n;
    reader->minutes.n -= n;
    return n > 0;
}

static bool get_minutes(struct hc_counts_reader *reader, struct hc_log_count *count, int64_t who, bool *any)
{
    const struct hc_minute_scale *scale = &reader->scale;
    int64_t *minute = hc_arena_alloc(reader->arena, count->n_minutes * sizeof *minute);
    uint32_t *lines = hc_arena_alloc(reader->arena, count->n_minutes * sizeof *lines);
    if (!minute || !lines) {
        reader->no_memory = true;
        return false;
    }
    for (size_t i = 0; i < count->n_minutes; i++) {
        int64_t entry, at;
        if ((*any && !take_char(reader, ',')) || !take_number(reader, &entry))
            return false;
        *any = true;
        at = entry / scale->n_lines;
        if (at / scale->n_minutes != who)
            return false;
        lines[i] = (uint32_t)(entry % scale->n_lines);
        minute[i] = at % scale->n_minutes == 0 ? HC_TIME_NONE_NS : scale->first + at % scale->n_minutes - 1;
    }
    count->minute = minute;
    count->lines = lines;
    return true;
}

static int64_t get_source(struct reader *r, struct hc_log_count *count, const struct hc_incident *incident,
                          const struct hc_pieces *pieces)
{
    uint64_t who = get_varint(r), component = who / LEVELS;
    count->component = component == incident->n_components ? HC_NO_COMPONENT : (uint32_t)component;
    count->level = (uint8_t)(who % LEVELS);
    count->n_minutes = (size_t)get_varint(r);
    count->first = get_short_place(r, incident);
    count->first_at = get_time(r);
    count->exemplar = hc_get_exemplar(r, pieces);
    r->bad |= component > incident->n_components;
    return (int64_t)who;
}

static bool scale_holds(const struct hc_minute_scale *scale)
{
    return scale->first >= -MINUTE_MOST && scale->first <= MINUTE_MOST && scale->n_minutes >= 1 &&
           scale->n_minutes <= MINUTE_MOST - scale->first + 2 && scale->n_lines >= 1 &&
           scale->n_lines <= (int64_t)1 << 32;
}

enum hc_status hc_counts_begin(struct hc_counts_reader *reader, const struct hc_minute_scale *scale,
                               struct hc_str minutes, struct hc_str sources, struct hc_err *err)
{
    struct hc_arena *arena = reader->arena;
    if (sources.n < 1 || sources.p[0] != LAYOUT_SOURCES || !scale_holds(scale))
        return hc_store_corrupt(err, "log counts have no known layout");
    reader->scale = *scale;
    reader->minutes = (struct hc_str){hc_arena_copy(arena, minutes.p, minutes.n), minutes.n};
    reader->sources = (struct hc_str){hc_arena_copy(arena, sources.p + 1, sources.n - 1), sources.n - 1};
    return reader->minutes.p && reader->sources.p ? HC_OK : hc_store_no_memory(err);
}

/* "key":[ of one template's entries. */
static bool begin_list(struct hc_counts_reader *reader, int64_t key)
{
    int64_t found;
    bool first = !reader->any;
    reader->any = true;
    return take_char(reader, first ? '{' : ',') && take_char(reader, '"') && take_number(reader, &found) &&
           found == key && take_char(reader, '"') && take_char(reader, ':') && take_char(reader, '[');
}

enum hc_status hc_counts_next(struct hc_counts_reader *reader, const struct hc_counted *of, hc_take_count *take,
                              void *context, struct hc_err *err)
{
    struct reader r = {reader->sources.p, reader->sources.p + reader->sources.n, reader->arena, false, false};
    struct hc_log_count count = {0};
    struct hc_pieces pieces;
    hc_pieces_of(&pieces, of->text);
    enum hc_status status = HC_OK;
    bool holds = begin_list(reader, of->key), any = false;
    for (uint64_t n = get_varint(&r); status == HC_OK && holds && !r.bad && n > 0; n--) {
        int64_t who = get_source(&r, &count, reader->incident, &pieces);
        /* An entry is two bytes at least. */
        holds = !r.bad && count.n_minutes <= reader->minutes.n && get_minutes(reader, &count, who, &any);
        if (holds)
            status = take(context, &count, err);
    }
    reader->sources = (struct hc_str){r.p, (size_t)(r.end - r.p)};
    if (reader->no_memory || r.no_memory)
        return hc_store_no_memory(err);
    if (status == HC_OK && (!holds || r.bad || !take_char(reader, ']')))
        return hc_store_corrupt(err, "log counts are cut, or not those of their minutes");
    return status;
}

bool hc_counts_at_end(const struct hc_counts_reader *reader)
{
    return reader->sources.n == 0 && (!reader->minutes.p || hc_str_is(reader->minutes, "}"));
}
