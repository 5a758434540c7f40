#include "ingest/format/event_text.h"

#include "ingest/format/metrics_csv.h"
#include "ingest/normalize/severity.h"

#define KIND_BYTES 256

bool hc_event_text_add(const struct hc_event_text *text, const struct hc_read_context *context,
                       struct hc_reading *reading)
{
    struct hc_str component = text->component;
    if (component.n == 0 && context->entry != NULL)
        component = context->entry->component;
    uint32_t number;
    if (!hc_reading_component(reading, component, &number))
        return false;
    struct hc_str kind = text->kind.n > 0 ? text->kind : HC_STR("event");
    struct hc_str message = text->message.p == NULL ? HC_STR("") : text->message;
    struct hc_event *event = hc_reading_add_event(reading);
    if (event == NULL)
        return false;
    event->at = text->at;
    event->component = number;
    event->level = text->level.n > 0 ? hc_severity_of_word(text->level) : HC_LOG_NONE;
    event->kind = hc_text_clean(reading->arena, kind, KIND_BYTES);
    event->message = hc_text_clean(reading->arena, message, HC_MESSAGE_BYTES + context->n_ahead);
    event->place = (struct hc_source_place){context->member, text->line};
    return event->kind.p != NULL && event->message.p != NULL;
}
