/* What a record must be: asked before its first row is written, and of what was read back. */
#include "corpus/store/internal.h"

#define MOST_COMPONENTS 0x1fffffff
#define TEXT_BYTES ((size_t)256 << 20)

static bool known(const struct hc_incident *incident, uint32_t component)
{
    return component == HC_NO_COMPONENT || component < incident->n_components;
}

static const char *fault_of_stated(const struct hc_incident *incident)
{
    if (incident->n_components >= MOST_COMPONENTS)
        return "it has more components than can be kept";
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
    for (size_t i = 0; i < incident->n_symptoms; i++)
        if (!known(incident, incident->symptoms[i].component))
            return "a symptom names no component";
    for (size_t i = 0; i < incident->n_levels; i++)
        if (!known(incident, incident->levels[i].component))
            return "a level names no component";
    return NULL;
}

static const char *fault_of_words(const struct hc_incident *incident)
{
    for (size_t i = 1; i < incident->n_outcomes; i++)
        if (incident->outcomes[i].ordinal <= incident->outcomes[i - 1].ordinal)
            return "two outcomes have one ordinal, or they are not in order";
    for (size_t i = 0; i < incident->n_documents; i++)
        if (incident->documents[i].text.n > TEXT_BYTES)
            return "a document is larger than 256 MiB";
    for (size_t i = 0; i < incident->n_warnings; i++)
        if (!incident->warnings[i].code.p)
            return "a warning has no code";
    for (size_t i = 0; i < incident->n_templates; i++)
        if (!incident->templates[i].text.p)
            return "a template has no text";
    return NULL;
}

static const char *fault_of_telemetry(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_events; i++)
        if (!known(incident, incident->events[i].component) || incident->events[i].level > HC_LOG_FATAL)
            return "an event names no component, or no level";
    for (size_t i = 0; i < incident->n_series; i++) {
        if (!known(incident, incident->series[i].component))
            return "a series names no component";
        if (incident->series[i].n > TEXT_BYTES / 16)
            return "a series has more than 16 million points";
    }
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (!known(incident, count->component) || count->level > HC_LOG_CAUSE ||
            count->template_index >= incident->n_templates)
            return "a log count names no component, no level or no template";
    }
    for (size_t i = 0; i < incident->n_trace_edges; i++)
        if (!known(incident, incident->trace_edges[i].caller) || !known(incident, incident->trace_edges[i].callee))
            return "a trace edge names no component";
    return NULL;
}

static bool is_step(const struct hc_incident *incident, uint32_t step)
{
    return step >= HC_FLOW_OTHER || step < incident->n_flow_steps;
}

static const char *fault_of_flows(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_flow_steps; i++)
        if (!known(incident, incident->flow_steps[i].component))
            return "a step names no component";
    for (size_t i = 0; i < incident->n_flows; i++) {
        const struct hc_flow_count *flow = &incident->flows[i];
        if (!known(incident, flow->component) || flow->kind > HC_FLOW_LOGS || !is_step(incident, flow->within) ||
            !is_step(incident, flow->after) || !is_step(incident, flow->then))
            return "a flow names no component, or no step";
    }
    return NULL;
}

const char *hc_record_fault(const struct hc_incident *incident)
{
    if (!incident->id.p || incident->id.n == 0)
        return "it has no id";
    const char *(*const parts[])(const struct hc_incident *) = {fault_of_stated, fault_of_words, fault_of_telemetry,
                                                                fault_of_flows};
    const char *fault = NULL;
    for (size_t i = 0; !fault && i < sizeof parts / sizeof *parts; i++)
        fault = parts[i](incident);
    return fault;
}

enum hc_status hc_record_validate(const struct hc_incident *incident, struct hc_err *err)
{
    const char *fault = hc_record_fault(incident);
    if (!fault)
        return HC_OK;
    return hc_err_set(err, HC_FAIL, "record-invalid", "the record cannot be kept: %s", fault);
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
