/* The lists of the manifest: topology, changes, symptoms, outcomes. */
#include "ingest/manifest_parts.h"

static bool is_ours(const struct hc_xml_node *node, const struct hc_xml_node *parent, const char *name)
{
    return hc_str_equal(node->ns, parent->ns) && hc_str_is(node->name, name);
}

static enum hc_status read_component(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    uint32_t number = hc_manifest_component(r, node, "name");
    struct hc_str kind = hc_manifest_attribute(node, "kind");
    if (r->failed)
        return HC_FATAL;
    if (number == HC_NO_COMPONENT) {
        hc_manifest_warn(r, node, "component-no-name", "a component without a name is left out", kind);
        return HC_OK;
    }
    struct hc_str *kept = &r->manifest->component_kinds[number];
    if (kept->p != NULL && kind.p != NULL && !hc_str_equal(*kept, kind))
        hc_manifest_warn(r, node, "component-kinds", "a component is declared with two kinds, the first stays",
                         r->manifest->components.items[number]);
    else if (kept->p == NULL)
        *kept = kind;
    return HC_OK;
}

static enum hc_status read_dependency(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_dependency edge = {.from = hc_manifest_component(r, node, "from"),
                                 .to = hc_manifest_component(r, node, "to"),
                                 .place = hc_manifest_place(node)};
    if (r->failed)
        return HC_FATAL;
    if (edge.from == HC_NO_COMPONENT || edge.to == HC_NO_COMPONENT || edge.from == edge.to) {
        hc_manifest_warn(r, node, "dependency-incomplete", "a dependency needs two components, it is left out",
                         hc_xml_attribute(node, edge.from == HC_NO_COMPONENT ? "to" : "from"));
        return HC_OK;
    }
    struct hc_dependency *items = HC_MANIFEST_GROW(r, incident, dependencies);
    if (items == NULL)
        return HC_FATAL;
    incident->dependencies = items;
    items[incident->n_dependencies++] = edge;
    return HC_OK;
}

enum hc_status hc_manifest_topology(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    enum hc_status status = HC_OK;
    for (const struct hc_xml_node *child = node->first_child; child != NULL && status == HC_OK; child = child->next) {
        if (is_ours(child, node, "component"))
            status = read_component(r, child);
        else if (is_ours(child, node, "depends"))
            status = read_dependency(r, child);
    }
    return status;
}

static bool is_change_kind(struct hc_str kind)
{
    static const char *const kinds[] = {"deploy",        "rollback",    "config",   "feature-flag",
                                        "scale",         "migration",   "failover", "maintenance",
                                        "traffic-shift", "certificate", "other"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (hc_str_is(kind, kinds[i]))
            return true;
    }
    return false;
}

static enum hc_status read_change(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_change change = {.kind = hc_manifest_attribute(node, "kind"),
                               .component = hc_manifest_component(r, node, "component"),
                               .version = hc_manifest_attribute(node, "version"),
                               .commit = hc_manifest_attribute(node, "commit"),
                               .text = hc_manifest_words(node),
                               .place = hc_manifest_place(node)};
    enum hc_status status = hc_manifest_time(r, node, "at", &change.at);
    if (status != HC_OK)
        return status;
    if (change.kind.p == NULL)
        change.kind = HC_STR("other");
    else if (!is_change_kind(change.kind))
        hc_manifest_warn(r, node, "change-kind", "a kind of change outside the format counts as other", change.kind);
    struct hc_change *items = HC_MANIFEST_GROW(r, incident, changes);
    if (items == NULL)
        return HC_FATAL;
    incident->changes = items;
    items[incident->n_changes++] = change;
    return HC_OK;
}

enum hc_status hc_manifest_changes(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    enum hc_status status = HC_OK;
    for (const struct hc_xml_node *child = node->first_child; child != NULL && status == HC_OK; child = child->next) {
        if (is_ours(child, node, "change"))
            status = read_change(r, child);
    }
    return status;
}

enum hc_status hc_manifest_symptom(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_symptom symptom = {.component = hc_manifest_component(r, node, "component"),
                                 .metric = hc_manifest_attribute(node, "metric"),
                                 .place = hc_manifest_place(node)};
    enum hc_status status = hc_manifest_time(r, node, "at", &symptom.at);
    if (status != HC_OK)
        return status;
    struct hc_symptom *items = HC_MANIFEST_GROW(r, incident, symptoms);
    if (items == NULL)
        return HC_FATAL;
    incident->symptoms = items;
    items[incident->n_symptoms++] = symptom;
    return HC_OK;
}

/* Only "confirmed" is ever learned from, so a word outside the format counts as "unknown". */
static struct hc_str outcome_status(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_str status = hc_manifest_attribute(node, "status");
    if (hc_str_is(status, "confirmed") || hc_str_is(status, "probable") || hc_str_is(status, "unknown"))
        return status;
    if (status.p != NULL)
        hc_manifest_warn(r, node, "outcome-status",
                         "a status other than confirmed, probable and unknown counts as unknown", status);
    return HC_STR("unknown");
}

enum hc_status hc_manifest_outcome(struct hc_manifest_reader *r, const struct hc_xml_node *node)
{
    struct hc_incident *incident = &r->manifest->incident;
    struct hc_outcome outcome = {.ordinal = (uint32_t)incident->n_outcomes,
                                 .status = outcome_status(r, node),
                                 .category = hc_manifest_attribute(node, "category"),
                                 .cause = hc_manifest_attribute(node, "cause"),
                                 .metric = hc_manifest_attribute(node, "metric"),
                                 .text = hc_manifest_words(node),
                                 .component = hc_manifest_attribute(node, "component"),
                                 .given_by = HC_STR("manifest"),
                                 .place = hc_manifest_place(node)};
    enum hc_status status = hc_manifest_time(r, node, "at", &outcome.known_at);
    if (status != HC_OK)
        return status;
    struct hc_outcome *items = HC_MANIFEST_GROW(r, incident, outcomes);
    if (items == NULL)
        return HC_FATAL;
    incident->outcomes = items;
    items[incident->n_outcomes++] = outcome;
    return HC_OK;
}
