#include "ingest/record/settle.h"

#include <stdio.h>

#include "base/digest.h"
#include "ingest/manifest_parts.h"
#include "ingest/normalize/logtime.h"

#define ID_BYTES 128 /* of a manifest's id */
#define DIGITS 12    /* of a digest, in an id */
#define SHOWN_BYTES 60
#define DAY_NS (86400 * HC_NS_PER_SECOND)

/* ---- times ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_date(struct hc_str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (i == 4 || i == 7 ? s.p[i] != '-' : s.p[i] < '0' || s.p[i] > '9')
            return false;
    return s.n == 10;
}

/* "2024-03-04", "20240304". */
static bool parse_date(struct hc_str s, struct hc_time *time)
{
    char whole[32];
    int n = 0;
    if (is_date(s))
        n = snprintf(whole, sizeof whole, "%.10sT00:00:00Z", s.p);
    else if (s.n == 8)
        n = snprintf(whole, sizeof whole, "%.4s-%.2s-%.2sT00:00:00Z", s.p, s.p + 4, s.p + 6);
    return n > 0 && hc_time_parse_rfc3339((struct hc_str){whole, (size_t)n}, time);
}

/* "2024-03-04 10:00 UTC", "2024-03-04T10:00Z". */
static struct hc_str without_utc(struct hc_str s)
{
    if (hc_str_ends(s, HC_STR(" UTC")) || hc_str_ends(s, HC_STR(" GMT")) || hc_str_ends(s, HC_STR(" Z")))
        s = hc_str_trim((struct hc_str){s.p, s.n - (s.p[s.n - 1] == 'Z' ? 2 : 4)});
    return s;
}

/* "2024-03-04T10:00", with or without an offset. */
static bool parse_without_seconds(struct hc_str s, struct hc_time *time)
{
    char whole[40];
    bool is_one = s.n >= 16 && s.n < 24 && is_date((struct hc_str){s.p, 10}) && (s.p[10] == 'T' || s.p[10] == ' ') &&
                  s.p[13] == ':' && is_digit(s.p[14]) && is_digit(s.p[15]) &&
                  (s.n == 16 || s.p[16] == 'Z' || s.p[16] == '+' || s.p[16] == '-');
    int n = is_one ? snprintf(whole, sizeof whole, "%.16s:00%.*s", s.p, (int)(s.n - 16), s.p + 16) : 0;
    return n > 0 && hc_time_parse_evidence((struct hc_str){whole, (size_t)n}, 0, time);
}

/* Digits, or with a fraction, that are no time since 1970: a year, a day's date, a number of something. */
static bool is_small_number(struct hc_str s)
{
    size_t n = 0, first = 0;
    while (first < s.n && (s.p[first] == '-' || s.p[first] == '+' || s.p[first] == '0'))
        first++;
    while (first + n < s.n && is_digit(s.p[first + n]))
        n++;
    return n < 9 && (first + n == s.n || s.p[first + n] == '.' || (s.p[first + n] | 0x20) == 'e');
}

/* A day is over when the next begins. */
static struct hc_time end_of_day(struct hc_str stated, struct hc_time time)
{
    struct hc_time day;
    if (hc_time_known(time) && parse_date(hc_str_trim(stated), &day) && time.ns < INT64_MAX - DAY_NS)
        time.ns += DAY_NS;
    return time;
}

bool hc_record_time(struct hc_str text, struct hc_time *time)
{
    const struct hc_stamp_frame frame = {.window_start = HC_TIME_NONE};
    struct hc_stamp stamp;
    struct hc_str s = hc_str_trim(text);
    struct hc_str local = without_utc(s);
    if (parse_date(s, time) || parse_without_seconds(local, time) ||
        (local.n < s.n && local.n > 10 && hc_time_parse_evidence(local, 0, time)) ||
        (!is_small_number(s) && hc_time_parse_evidence(s, 0, time)))
        return true;
    size_t n = hc_stamp_scan(s, &stamp);
    return n > 0 && n == s.n && stamp.date == HC_STAMP_DATE_WHOLE && hc_stamp_resolve(&stamp, &frame, time);
}

struct hc_time hc_record_time_of(struct hc_record_builder *b, const struct hc_stated *stated)
{
    struct hc_time time = HC_TIME_NONE;
    struct hc_str shown = hc_str_quotable(stated->value, SHOWN_BYTES);
    if (!stated->value.p || hc_record_time(stated->value, &time))
        return time;
    hc_warnings_add(&b->record.manifest.warnings, "record-time", b->context->member, stated->line,
                    "\"%.*s\" is no time: it is left out", HC_STR_ARG(shown));
    return HC_TIME_NONE;
}

struct hc_time hc_record_time_by(struct hc_record_builder *b, enum hc_mapping_target which)
{
    return end_of_day(b->stated[which].value, hc_record_time_of(b, &b->stated[which]));
}

static void drop_if_before(struct hc_record_builder *b, enum hc_mapping_target which, struct hc_time *time)
{
    const struct hc_incident *incident = &b->record.manifest.incident;
    if (!hc_time_known(*time) || !hc_time_known(incident->window_start) || time->ns >= incident->window_start.ns)
        return;
    hc_warnings_add(&b->record.manifest.warnings, "window-order", b->context->member, b->stated[which].line,
                    "a time before the incident's start is left out: \"%.*s\"", HC_STR_ARG(b->stated[which].value));
    *time = HC_TIME_NONE;
}

static void settle_times(struct hc_record_builder *b)
{
    struct hc_incident *incident = &b->record.manifest.incident;
    incident->updated = hc_record_time_of(b, &b->stated[HC_TO_UPDATED]);
    incident->window_start = hc_record_time_of(b, &b->stated[HC_TO_START]);
    incident->detected = hc_record_time_of(b, &b->stated[HC_TO_DETECTED]);
    incident->mitigated = hc_record_time_of(b, &b->stated[HC_TO_MITIGATED]);
    incident->window_end = hc_record_time_of(b, &b->stated[HC_TO_END]);
    uint32_t line = b->stated[HC_TO_START].line;
    incident->window_place = (struct hc_source_place){b->context->member, line ? line : b->record.line};
    drop_if_before(b, HC_TO_DETECTED, &incident->detected);
    drop_if_before(b, HC_TO_MITIGATED, &incident->mitigated);
    drop_if_before(b, HC_TO_END, &incident->window_end);
}

/* ---- who it is ---- */

/* What may stand in an id, the rest as '-', one in a row. */
static void put_slug(struct hc_buf *out, struct hc_str text, size_t limit_bytes)
{
    size_t begin = out->n;
    for (size_t i = 0; i < text.n && out->n - begin < limit_bytes && !out->failed; i++) {
        char c = text.p[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_';
        if (plain)
            hc_buf_char(out, c);
        else if (out->n > begin && out->p[out->n - 1] != '-')
            hc_buf_char(out, '-');
    }
    while (out->n > begin && out->p[out->n - 1] == '-')
        out->n--;
}

static void put_digits(struct hc_buf *out, struct hc_str of)
{
    uint8_t sha256[HC_SHA256_BYTES];
    char hex[HC_SHA256_HEX];
    hc_sha256_once(of.p, of.n, sha256);
    hc_sha256_hex(sha256, hex);
    hc_buf_add(out, hex, DIGITS);
}

static struct hc_str keep(struct hc_record_builder *b, struct hc_buf *made)
{
    struct hc_str copy = hc_str_copy(b->context->arena, hc_buf_view(made));
    b->failed |= made->failed || !copy.p;
    hc_buf_free(made);
    return copy;
}

/* "pagerduty:PT4KHLK"; of a record without a number, with the path of its file. A number that cannot stand in an id as
 * it is written is followed by digits of its digest, so that no other is the same. */
static struct hc_str make_origin(struct hc_record_builder *b)
{
    struct hc_buf origin = {.n = 0};
    struct hc_str number = b->stated[HC_TO_NUMBER].value;
    if (!number.p)
        number = b->context->member;
    hc_buf_str(&origin, b->tool->name);
    hc_buf_char(&origin, ':');
    size_t begin = origin.n, room = ID_BYTES - DIGITS - 1;
    put_slug(&origin, number, begin < room ? room - begin : 0);
    if (!origin.failed && !hc_str_equal((struct hc_str){origin.p + begin, origin.n - begin}, number)) {
        if (origin.n > begin)
            hc_buf_char(&origin, '-');
        put_digits(&origin, number);
    }
    return keep(b, &origin);
}

/* Of a record that states neither an id nor a number: its tool, and digits of the digest of its title and start; of all
 * that it states where it does not state both. No words: an id is never redacted. */
static struct hc_str make_id(struct hc_record_builder *b)
{
    struct hc_buf id = {.n = 0}, of = {.n = 0};
    struct hc_str title = b->stated[HC_TO_TITLE].value, start = b->stated[HC_TO_START].value;
    hc_buf_format(&of, "%zu:%zu:", title.n, start.n);
    hc_buf_str(&of, b->tool->name);
    hc_buf_str(&of, title);
    hc_buf_str(&of, start);
    hc_buf_str(&id, b->tool->name);
    hc_buf_char(&id, ':');
    put_digits(&id, hc_buf_view(title.p && start.p ? &of : &b->content));
    b->failed |= of.failed;
    hc_buf_free(&of);
    return keep(b, &id);
}

static void settle_id(struct hc_record_builder *b)
{
    struct hc_incident *incident = &b->record.manifest.incident;
    const struct hc_stated *stated = &b->stated[HC_TO_ID];
    incident->origin = make_origin(b);
    if (hc_manifest_is_id(stated->value)) {
        incident->id = stated->value;
        return;
    }
    if (stated->value.p)
        hc_warnings_add(&b->record.manifest.warnings, "record-id", b->context->member, stated->line,
                        "\"%.*s\" is no id (letters, digits, '.', '_', ':', '-'): one is made",
                        HC_STR_ARG(hc_str_quotable(stated->value, SHOWN_BYTES)));
    incident->id = b->stated[HC_TO_NUMBER].value.p ? incident->origin : make_id(b);
}

/* ---- the rest ---- */

/* What stands before words of explanation: "SEV-2 (major)", "P1 - critical", "2: high". */
static struct hc_str head_of(struct hc_str stated)
{
    size_t n = 0;
    while (n < stated.n && !strchr(":(/,", stated.p[n]) &&
           !hc_str_starts((struct hc_str){stated.p + n, stated.n - n}, HC_STR(" - ")))
        n++;
    return hc_str_trim((struct hc_str){stated.p, n});
}

/* One form for all tools, where the mapping knows the word; how it was written is kept as a tag. */
static void settle_severity(struct hc_record_builder *b)
{
    const struct hc_stated *stated = &b->stated[HC_TO_SEVERITY];
    const struct hc_mapping *mapping = b->context->mapping;
    struct hc_str *severity = &b->record.manifest.incident.severity;
    if (!stated->value.p)
        return;
    *severity = hc_mapping_word(mapping, b->tool->name, HC_TO_SEVERITY, stated->value);
    if (!severity->p)
        *severity = hc_mapping_word(mapping, b->tool->name, HC_TO_SEVERITY, head_of(stated->value));
    if (!severity->p)
        *severity = stated->value;
    else if (!hc_str_equal(*severity, stated->value))
        hc_record_add_detail(b, &b->tool->fields[stated->rank], stated->value, stated->line);
}

static void settle_service(struct hc_record_builder *b)
{
    struct hc_manifest *manifest = &b->record.manifest;
    manifest->incident.service = b->stated[HC_TO_SERVICE].value;
    manifest->component_kinds = hc_arena_calloc(b->context->arena, 1, sizeof *manifest->component_kinds);
    b->failed |= !manifest->component_kinds;
    if (manifest->incident.service.p)
        b->failed |= hc_names_add(&manifest->components, manifest->incident.service) == HC_NAME_NONE;
}

static void settle_document(struct hc_record_builder *b)
{
    bool is_postmortem = hc_str_is(b->tool->format, "document");
    struct hc_document *document = b->stated[HC_TO_TEXT].value.p ? hc_reading_add_document(&b->record.reading) : NULL;
    b->failed |= b->stated[HC_TO_TEXT].value.p && !document;
    if (!document)
        return;
    document->kind = is_postmortem ? HC_STR("postmortem") : HC_STR("record");
    document->title = b->record.manifest.incident.title;
    document->text = b->stated[HC_TO_TEXT].value;
    document->place = (struct hc_source_place){b->context->member, b->stated[HC_TO_TEXT].line};
}

enum hc_status hc_record_settle(struct hc_record_builder *b, struct hc_err *why)
{
    struct hc_incident *incident = &b->record.manifest.incident;
    if (b->n_values > HC_RECORD_VALUES)
        hc_warnings_add(&b->record.manifest.warnings, "record-values", b->context->member, b->record.line,
                        "the record states more than %d values: the rest is left out", HC_RECORD_VALUES);
    if (!b->failed && !b->stated[HC_TO_ID].value.p && !b->stated[HC_TO_NUMBER].value.p &&
        !b->stated[HC_TO_TITLE].value.p && !b->stated[HC_TO_TEXT].value.p) {
        hc_err_set(why, HC_SKIP, "record-empty", "a record of %.*s without id, number, title and text",
                   HC_STR_ARG(b->tool->name));
        hc_err_at(why, NULL, NULL, b->record.line);
        return HC_SKIP;
    }
    hc_record_join(b, &b->stated[HC_TO_TEXT]);
    hc_record_join(b, &b->stated[HC_TO_FOUND]);
    incident->title = hc_text_clean(b->context->arena, b->stated[HC_TO_TITLE].value, 0);
    settle_severity(b);
    settle_id(b);
    settle_times(b);
    hc_record_settle_outcome(b);
    settle_service(b);
    settle_document(b);
    for (size_t i = 0; i < incident->n_tags; i++)
        incident->tags[i].given_by = incident->origin;
    b->record.format = b->tool->name;
    b->record.n_bytes = b->content.n;
    hc_sha256_once(b->content.p, b->content.n, b->record.content);
    return HC_OK;
}
