/* What every evidence reader promises of a reading, whatever the bytes. Names of components and operations are as
 * they came: the assembly cleans them. */
#ifndef HC_TESTS_FUZZ_READING_H
#define HC_TESTS_FUZZ_READING_H

#include <math.h>

#include "ingest/format/format.h"
#include "tests/fuzz/fuzz.h"

static inline bool fuzz_names_component(const struct hc_reading *reading, uint32_t component)
{
    return component == HC_NO_COMPONENT || component < reading->components.n;
}

static inline void fuzz_series(const struct hc_reading *reading)
{
    for (size_t i = 0; i < reading->n_series; i++) {
        const struct hc_read_series *series = &reading->series[i];
        HOLDS(fuzz_names_component(reading, series->component));
        HOLDS(fuzz_is_text(series->metric) && fuzz_is_text(series->unit));
        for (size_t k = 0; k < series->n; k++)
            HOLDS(isfinite(series->values[k]) && series->at_ns[k] != HC_TIME_NONE_NS);
    }
}

static inline void fuzz_logs(const struct hc_reading *reading)
{
    for (size_t i = 0; i < reading->n_logs; i++) {
        const struct hc_read_log *log = &reading->logs[i];
        HOLDS(fuzz_names_component(reading, log->component));
        HOLDS(fuzz_is_text(log->shape) && fuzz_is_text(log->exemplar));
        HOLDS(log->first_line > 0 && log->level <= HC_LOG_CAUSE);
        for (size_t k = 0; k < log->n_minutes; k++)
            HOLDS(log->lines[k] > 0);
    }
    for (size_t i = 0; i < reading->n_events; i++) {
        const struct hc_event *event = &reading->events[i];
        HOLDS(fuzz_names_component(reading, event->component));
        HOLDS(fuzz_is_text(event->kind) && fuzz_is_text(event->message) && event->message.n <= 1024);
    }
}

static inline void fuzz_changes(const struct hc_reading *reading)
{
    for (size_t i = 0; i < reading->n_changes; i++) {
        const struct hc_change *change = &reading->changes[i];
        HOLDS(fuzz_names_component(reading, change->component) && hc_time_known(change->at));
        HOLDS(change->kind.n > 0 && fuzz_is_text(change->kind) && fuzz_is_text(change->text));
        HOLDS(fuzz_is_text(change->version) && fuzz_is_text(change->commit));
    }
}

static inline void fuzz_spans(const struct hc_reading *reading)
{
    for (size_t i = 0; i < reading->n_spans; i++) {
        const struct hc_read_span *span = &reading->spans[i];
        HOLDS(fuzz_names_component(reading, span->component));
        HOLDS(span->operation == HC_NO_COMPONENT || span->operation < reading->operations.n);
        HOLDS(span->start_ns <= span->end_ns);
    }
}

static inline void fuzz_reading(const struct hc_reading *reading)
{
    fuzz_series(reading);
    fuzz_logs(reading);
    fuzz_changes(reading);
    fuzz_spans(reading);
    for (size_t i = 0; i < reading->n_documents; i++)
        HOLDS(fuzz_is_text(reading->documents[i].title) && fuzz_is_text(reading->documents[i].text));
    for (size_t i = 0; i < reading->warnings.n; i++)
        HOLDS(reading->warnings.items[i].code.n > 0);
    HOLDS(reading->n_bad_rows <= reading->n_rows);
}

#endif
