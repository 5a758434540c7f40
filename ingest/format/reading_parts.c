/* What came of a part of a file, put where the part stands. */
#include "ingest/format/format.h"

/* The first line stays where it is; 0 is no line. */
static uint32_t moved(long line, bool has_head, long n_lines)
{
    return (uint32_t)(line > has_head ? line - has_head + n_lines : line);
}

void hc_reading_shift(struct hc_reading *reading, bool has_head, long n_lines)
{
    for (size_t i = 0; i < reading->n_series; i++) {
        reading->series[i].line = moved(reading->series[i].line, has_head, n_lines);
        reading->series[i].first_row = moved(reading->series[i].first_row, has_head, n_lines);
    }
    for (size_t i = 0; i < reading->n_logs; i++)
        reading->logs[i].first_line = moved(reading->logs[i].first_line, has_head, n_lines);
    for (size_t i = 0; i < reading->n_steps; i++)
        reading->steps[i].line = moved(reading->steps[i].line, has_head, n_lines);
    for (size_t i = 0; i < reading->n_spans; i++)
        reading->spans[i].line = moved(reading->spans[i].line, has_head, n_lines);
    for (size_t i = 0; i < reading->n_events; i++)
        reading->events[i].place.line = moved(reading->events[i].place.line, has_head, n_lines);
    for (size_t i = 0; i < reading->n_changes; i++)
        reading->changes[i].place.line = moved(reading->changes[i].place.line, has_head, n_lines);
    for (size_t i = 0; i < reading->warnings.n; i++)
        reading->warnings.items[i].line = moved(reading->warnings.items[i].line, has_head, n_lines);
}
