/* What the schema demands of a record, asked before its first row is written. */
#include "corpus/store/internal.h"

#define TEXT_BYTES ((size_t)256 << 20)

static enum hc_status invalid(struct hc_err *err, const char *what)
{
    return hc_err_set(err, HC_FAIL, "record-invalid", "the record cannot be kept: %s", what);
}

static bool known(const struct hc_incident *incident, uint32_t component)
{
    return component == HC_NO_COMPONENT || component < incident->n_components;
}

static const char *fault_of_stated(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_components; i++)
        if (!incident->components[i].name.p)
            return "a component has no name";
    for (size_t i = 0; i < incident->n_dependencies; i++)
        if (incident->dependencies[i].from >= incident->n_components ||
            incident->dependencies[i].to >= incident->n_components)
            return "a dependency names no component";
    for (size_t i = 0; i < incident->n_changes; i++)
        if (!known(incident, incident->changes[i].component))
            return "a change names no component";
    for (size_t i = 1; i < incident->n_outcomes; i++)
        if (incident->outcomes[i].ordinal <= incident->outcomes[i - 1].ordinal)
            return "two outcomes have one ordinal, or they are not in order";
    for (size_t i = 0; i < incident->n_documents; i++)
        if (incident->documents[i].text.n > TEXT_BYTES)
            return "a document is larger than 256 MiB";
    for (size_t i = 0; i < incident->n_warnings; i++)
        if (!incident->warnings[i].code.p)
            return "a warning has no code";
    return NULL;
}

static const char *fault_of_telemetry(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_events; i++)
        if (!known(incident, incident->events[i].component))
            return "an event names no component";
    for (size_t i = 0; i < incident->n_series; i++) {
        if (!known(incident, incident->series[i].component))
            return "a series names no component";
        if (incident->series[i].n > TEXT_BYTES / 16)
            return "a series has more than 16 million points";
    }
    for (size_t i = 0; i < incident->n_templates; i++)
        if (!incident->templates[i].text.p)
            return "a template has no text";
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        if (!known(incident, incident->log_counts[i].component))
            return "a log count names no component";
        if (incident->log_counts[i].template_index >= incident->n_templates)
            return "a log count names no template";
    }
    return NULL;
}

enum hc_status hc_record_validate(const struct hc_incident *incident, struct hc_err *err)
{
    if (!incident->id.p || incident->id.n == 0)
        return invalid(err, "it has no id");
    const char *fault = fault_of_stated(incident);
    if (!fault)
        fault = fault_of_telemetry(incident);
    return fault ? invalid(err, fault) : HC_OK;
}

enum hc_status hc_store_incident_exists(struct hc_store *store, struct hc_str id, struct hc_err *err)
{
    struct hc_binder b = {hc_store_statement(store, HC_SQL_INCIDENT_FIND, err), 0};
    if (!b.statement)
        return HC_FATAL;
    hc_bind_text(&b, id);
    enum hc_status status = hc_store_step(store, b.statement, err);
    sqlite3_reset(b.statement);
    if (status != HC_END)
        return status;
    return hc_err_set(err, HC_FAIL, "incident-unknown", "the corpus holds no incident %.*s", HC_STR_ARG(id));
}
