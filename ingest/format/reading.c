#include "ingest/format/format.h"

void hc_reading_init(struct hc_reading *reading, struct hc_arena *arena)
{
    *reading = (struct hc_reading){.arena = arena};
    hc_names_init(&reading->components, arena);
    hc_names_init(&reading->operations, arena);
    hc_warnings_init(&reading->warnings, arena);
}

struct hc_read_series *hc_reading_add_series(struct hc_reading *reading, uint32_t component, struct hc_str metric,
                                             struct hc_str unit, uint32_t line)
{
    struct hc_read_series *items = hc_arena_grow(reading->arena, reading->series, reading->n_series,
                                                 reading->n_series + 1, &reading->series_capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    reading->series = items;
    struct hc_read_series series = {.component = component, .line = line};
    series.metric = hc_text_clean(reading->arena, metric, 0);
    series.unit = hc_text_clean(reading->arena, unit, 0);
    if ((metric.p != NULL && series.metric.p == NULL) || (unit.p != NULL && series.unit.p == NULL))
        return NULL;
    items[reading->n_series] = series;
    return &items[reading->n_series++];
}

#define POINTS_FEW 8
#define POINTS_EXPECTED 64

/* Room for a few, then for what a series mostly has; from there on it doubles. */
static size_t points_needed(size_t n)
{
    return n < POINTS_FEW || n >= POINTS_EXPECTED ? n + 1 : POINTS_EXPECTED;
}

bool hc_reading_more_points(struct hc_reading *reading, struct hc_read_series *series)
{
    size_t n_needed = points_needed(series->n), capacity = series->capacity, same = capacity;
    int64_t *at = hc_arena_regrow(reading->arena, series->at_ns, series->n, n_needed, &capacity, sizeof *at);
    if (at == NULL)
        return false;
    series->at_ns = at; /* the old place is gone, also where there is no memory for the values */
    double *values = hc_arena_regrow(reading->arena, series->values, series->n, n_needed, &same, sizeof *values);
    if (values == NULL)
        return false;
    series->values = values;
    series->capacity = capacity < same ? capacity : same;
    return true;
}

struct hc_event *hc_reading_add_event(struct hc_reading *reading)
{
    struct hc_event *items = hc_arena_regrow(reading->arena, reading->events, reading->n_events, reading->n_events + 1,
                                             &reading->events_capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    reading->events = items;
    struct hc_event *event = &items[reading->n_events++];
    *event = (struct hc_event){.at = HC_TIME_NONE, .component = HC_NO_COMPONENT};
    return event;
}

struct hc_change *hc_reading_add_change(struct hc_reading *reading)
{
    struct hc_change *items = hc_arena_regrow(reading->arena, reading->changes, reading->n_changes,
                                              reading->n_changes + 1, &reading->changes_capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    reading->changes = items;
    struct hc_change *change = &items[reading->n_changes++];
    *change = (struct hc_change){.at = HC_TIME_NONE, .component = HC_NO_COMPONENT};
    return change;
}

struct hc_read_span *hc_reading_add_span(struct hc_reading *reading)
{
    if (reading->n_spans == reading->spans_capacity) {
        struct hc_read_span *items = hc_arena_regrow(reading->arena, reading->spans, reading->n_spans,
                                                     reading->n_spans + 1, &reading->spans_capacity, sizeof *items);
        if (items == NULL)
            return NULL;
        reading->spans = items;
    }
    struct hc_read_span *span = &reading->spans[reading->n_spans++];
    *span = (struct hc_read_span){.component = HC_NO_COMPONENT};
    return span;
}

struct hc_document *hc_reading_add_document(struct hc_reading *reading)
{
    struct hc_document *items = hc_arena_grow(reading->arena, reading->documents, reading->n_documents,
                                              reading->n_documents + 1, &reading->documents_capacity, sizeof *items);
    if (items == NULL)
        return NULL;
    reading->documents = items;
    struct hc_document *document = &items[reading->n_documents++];
    *document = (struct hc_document){.kind = HC_STR_NONE};
    return document;
}

/* Are all bytes from 1 to 127, above zero where they have a sign? Of eight at once: no high bit is set in them, nor when
 * one is taken from each. */
static bool is_plain(struct hc_str s)
{
#ifdef __SSE2__
    if (s.n >= sizeof(__m128i)) {
        const __m128i zero = _mm_setzero_si128();
        const char *last = s.p + s.n - sizeof zero;
        __m128i plain = _mm_cmpgt_epi8(_mm_loadu_si128((const __m128i *)(const void *)last), zero);
        for (const char *p = s.p; p < last; p += sizeof zero)
            plain = _mm_and_si128(plain, _mm_cmpgt_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), zero));
        return _mm_movemask_epi8(plain) == 0xFFFF;
    }
#endif
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t odd = 0, word = 0;
    size_t i = 0;
    for (; s.n - i >= sizeof word; i += sizeof word) {
        memcpy(&word, s.p + i, sizeof word);
        odd |= word | (word - ones);
    }
    word = ones;
    memcpy(&word, s.p + i, s.n - i);
    odd |= word | (word - ones);
    return (odd & ones << 7) == 0;
}

struct hc_str hc_text_clean(struct hc_arena *arena, struct hc_str s, size_t max_bytes)
{
    if (s.p == NULL)
        return HC_STR_NONE;
    struct hc_str cut = max_bytes > 0 ? hc_str_cut(s, max_bytes) : s;
    if (is_plain(cut) || (hc_utf8_valid_prefix(cut) == cut.n && memchr(cut.p, 0, cut.n) == NULL))
        return hc_str_copy(arena, cut);
    struct hc_buf buf = {0};
    hc_buf_utf8_clean(&buf, cut);
    struct hc_str clean = hc_buf_view(&buf);
    if (max_bytes > 0) /* a replacement character is longer than the byte it stands for */
        clean = hc_str_cut(clean, max_bytes);
    struct hc_str copy = buf.failed ? HC_STR_NONE : hc_str_copy(arena, clean);
    hc_buf_free(&buf);
    return copy;
}

enum hc_status hc_arena_refused(const struct hc_arena *arena, struct hc_err *err)
{
    if (hc_arena_exceeded(arena))
        return hc_err_set(err, HC_FAIL, "memory-limit", "the incident needs more memory than one may have");
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory");
}

struct hc_shape_memo *hc_reading_shapes(const struct hc_reading *reading, const struct hc_read_context *context)
{
    return context->shapes != NULL ? context->shapes : hc_shape_memo_new(reading->arena, NULL);
}

uint32_t hc_lines_at(struct hc_lines *lines, const char *p)
{
    const char *feed;
    while (lines->counted < p && (feed = memchr(lines->counted, '\n', (size_t)(p - lines->counted))) != NULL) {
        lines->line++;
        lines->counted = feed + 1;
    }
    lines->counted = lines->counted < p ? p : lines->counted;
    return lines->line;
}
