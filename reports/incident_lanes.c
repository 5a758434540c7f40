/* The timeline's figure: which component has a lane, what stands in it, and when its logs were loud. */
#include <math.h>
#include <stdlib.h>

#include "reports/incident_parts.h"

#define LEAD_NS HC_NS_PER_HOUR /* lines before the window are shown this long */
#define BARS 120               /* of one lane at most: longer times have wider bars */

struct lanes {
    struct hc_report_parts *parts;
    struct hc_lane of[HC_TIMELINE_LANES];
    uint32_t component[HC_TIMELINE_LANES];
    size_t n;
    bool gathers; /* the last one has the marks of all that have none of their own */
    const struct hc_timeline_row *rows;
    size_t n_rows;
};

/* ---- who has a lane -------------------------------------------------------------------------------------- */

static size_t lane_of(const struct lanes *lanes, struct hc_str component)
{
    if (component.n == 0)
        return 0;
    for (size_t i = 1; i < lanes->n; i++)
        if (hc_str_equal(lanes->of[i].name, component))
            return i;
    return lanes->n;
}

static void add_lane(struct lanes *lanes, struct hc_str component)
{
    if (lane_of(lanes, component) < lanes->n)
        return;
    if (lanes->n == HC_TIMELINE_LANES - 1) {
        lanes->gathers = true;
        return;
    }
    lanes->component[lanes->n] = hc_find_component(lanes->parts->in->incident, component);
    lanes->of[lanes->n++] = (struct hc_lane){.name = component};
}

/* The incident as a whole, the leading component, then the others as they come. */
static void find_lanes(struct lanes *lanes)
{
    const struct hc_hypothesis *leading = lanes->parts->facts.leading;
    lanes->of[lanes->n++] = (struct hc_lane){.name = HC_STR("the incident as a whole")};
    for (size_t i = 0; leading && i < lanes->n_rows; i++)
        if (lanes->rows[i].first->component.n > 0 &&
            hc_str_equal(lanes->rows[i].first->component, leading->component)) {
            add_lane(lanes, leading->component);
            lanes->of[lanes->n - 1].strong = true;
            break;
        }
    for (size_t i = 0; i < lanes->n_rows; i++)
        add_lane(lanes, lanes->rows[i].first->component);
    if (!lanes->gathers)
        return;
    lanes->component[lanes->n] = HC_NO_COMPONENT;
    lanes->of[lanes->n++] = (struct hc_lane){.name = HC_STR("other components")};
}

/* ---- loud minutes ---------------------------------------------------------------------------------------- */

struct loud {
    int64_t from, until; /* minutes; until < from: none */
    int64_t width;       /* minutes of a bar */
    uint64_t *lines;     /* [lanes][BARS] */
    uint64_t most;
};

static bool counts(const struct lanes *lanes, const struct hc_log_count *count, size_t *lane)
{
    if (count->level < HC_LOG_WARN || count->level > HC_LOG_FATAL)
        return false;
    for (*lane = 1; *lane < lanes->n; ++*lane)
        if (lanes->component[*lane] == count->component && count->component != HC_NO_COMPONENT)
            return true;
    return false;
}

static bool in_sight(const struct hc_incident *incident, int64_t minute)
{
    if (minute == HC_TIME_NONE_NS)
        return false;
    if (hc_time_known(incident->window_start) && minute < hc_minute_of(incident->window_start.ns - LEAD_NS))
        return false;
    return !hc_time_known(incident->window_end) || minute <= hc_minute_of(incident->window_end.ns - 1);
}

static void see_minute(struct loud *loud, size_t lane, int64_t minute, uint32_t lines)
{
    if (!loud->lines) {
        loud->from = minute < loud->from ? minute : loud->from;
        loud->until = minute > loud->until ? minute : loud->until;
        return;
    }
    uint64_t *bar = &loud->lines[lane * BARS + (size_t)((minute - loud->from) / loud->width)];
    *bar += lines;
    loud->most = *bar > loud->most ? *bar : loud->most;
}

/* Without bars to count in, from when until when there are any. */
static void see_loud(const struct lanes *lanes, struct loud *loud)
{
    const struct hc_incident *incident = lanes->parts->in->incident;
    size_t lane;
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        for (size_t m = 0; counts(lanes, count, &lane) && m < count->n_minutes; m++)
            if (in_sight(incident, count->minute[m]))
                see_minute(loud, lane, count->minute[m], count->lines[m]);
    }
}

/* Adds the bars of a lane; gives false where memory is short. */
static bool add_bursts(const struct lanes *lanes, const struct loud *loud, struct hc_lane *lane, const uint64_t *lines)
{
    struct hc_report_parts *parts = lanes->parts;
    size_t n = 0;
    for (size_t b = 0; b < BARS; b++)
        n += lines[b] > 0;
    lane->bursts = hc_arena_calloc(parts->doc->arena, n + 1, sizeof *lane->bursts);
    for (size_t b = 0; lane->bursts && b < BARS; b++) {
        const int64_t from = loud->from + (int64_t)b * loud->width;
        if (lines[b] > 0)
            lane->bursts[lane->n_bursts++] = (struct hc_stretch){
                hc_seconds_from_zero(parts, (struct hc_time){from * HC_NS_PER_MINUTE, 0}),
                hc_seconds_from_zero(parts, (struct hc_time){(from + loud->width) * HC_NS_PER_MINUTE, 0}),
                (double)lines[b] / (double)loud->most};
    }
    return lane->bursts;
}

static double find_bursts(struct lanes *lanes)
{
    struct loud loud = {.from = INT64_MAX, .until = INT64_MIN};
    struct hc_doc *doc = lanes->parts->doc;
    see_loud(lanes, &loud);
    if (loud.until < loud.from)
        return 0;
    loud.width = (loud.until - loud.from) / BARS + 1;
    loud.lines = hc_arena_calloc(doc->arena, lanes->n * BARS, sizeof *loud.lines);
    doc->failed |= !loud.lines;
    if (!loud.lines)
        return 0;
    see_loud(lanes, &loud);
    for (size_t i = 1; i < lanes->n; i++)
        doc->failed |= !add_bursts(lanes, &loud, &lanes->of[i], &loud.lines[i * BARS]);
    return (double)loud.width * 60;
}

/* ---- the figure ------------------------------------------------------------------------------------------ */

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* When anything begins or ends that is drawn. */
static double *find_times(const struct lanes *lanes, size_t *n)
{
    size_t most = lanes->n_rows;
    for (size_t i = 0; i < lanes->n; i++)
        most += 2 * lanes->of[i].n_bursts;
    double *times_s = hc_arena_calloc(lanes->parts->doc->arena, most + 1, sizeof *times_s);
    *n = 0;
    if (!times_s)
        return NULL;
    for (size_t i = 0; i < lanes->n_rows; i++)
        times_s[(*n)++] = hc_seconds_from_zero(lanes->parts, lanes->rows[i].first->at);
    for (size_t i = 0; i < lanes->n; i++)
        for (size_t b = 0; b < lanes->of[i].n_bursts; b++) {
            times_s[(*n)++] = lanes->of[i].bursts[b].from_s;
            times_s[(*n)++] = lanes->of[i].bursts[b].until_s;
        }
    qsort(times_s, *n, sizeof *times_s, by_value);
    return times_s;
}

static enum hc_tone tone_of(const struct hc_report_parts *parts, const struct hc_timeline_entry *entry)
{
    const struct hc_facts *facts = &parts->facts;
    for (size_t i = 0; i < facts->n_steps; i++)
        if (hc_place_equal(entry->place, facts->steps[i].first.place))
            return facts->steps[i].level >= HC_LOG_ERROR ? HC_TONE_BAD : HC_TONE_WARN;
    return entry->kind == HC_ENTRY_CHANGE    ? HC_TONE_INFO
           : entry->kind == HC_ENTRY_ONSET   ? HC_TONE_WARN
           : entry->kind == HC_ENTRY_SYMPTOM ? HC_TONE_BAD
                                             : HC_TONE_PLAIN;
}

static enum hc_shape shape_of(const struct hc_timeline_entry *entry)
{
    return entry->kind == HC_ENTRY_CHANGE  ? HC_SHAPE_DIAMOND
           : entry->kind == HC_ENTRY_ONSET ? HC_SHAPE_TRIANGLE
           : entry->kind == HC_ENTRY_EVENT ? HC_SHAPE_SQUARE
                                           : HC_SHAPE_CIRCLE;
}

void hc_put_lanes(struct hc_report_parts *parts, const struct hc_timeline_row *rows, size_t n)
{
    struct hc_doc *doc = parts->doc;
    struct lanes *lanes = hc_arena_calloc(doc->arena, 1, sizeof *lanes);
    struct hc_lanes *drawn = hc_arena_calloc(doc->arena, 1, sizeof *drawn);
    if (n < 2 || !hc_time_known(parts->facts.zero.at))
        return;
    if (!lanes || !drawn) {
        doc->failed = true;
        return;
    }
    *lanes = (struct lanes){.parts = parts, .rows = rows, .n_rows = n};
    find_lanes(lanes);
    drawn->burst_s = find_bursts(lanes);
    drawn->of = lanes->of;
    drawn->n = lanes->n;
    drawn->times_s = find_times(lanes, &drawn->n_times);
    drawn->window_from_s = hc_seconds_from_zero(parts, parts->in->incident->window_start);
    drawn->window_until_s = hc_seconds_from_zero(parts, parts->in->incident->window_end);
    doc->failed |= !drawn->times_s;
    hc_doc_timeline(doc, HC_STR("The timeline to scale; the numbers are the rows of the table"),
                    hc_doc_formatted(doc,
                                     "%zu marks on an axis of time, in a lane for each component. Each carries the "
                                     "number of its row in the table below; T+0 is %s.",
                                     n, parts->facts.zero_name),
                    drawn);
    for (size_t i = 0; i < n; i++) {
        const struct hc_timeline_entry *entry = rows[i].first;
        const size_t lane = lane_of(lanes, entry->component);
        hc_doc_mark(doc, (struct hc_mark){.label = hc_doc_formatted(doc, "%zu", i + 1),
                                          .at = hc_seconds_from_zero(parts, entry->at),
                                          .tone = tone_of(parts, entry),
                                          .shape = shape_of(entry),
                                          .lane = lane < lanes->n ? lane : lanes->n - 1});
    }
}
