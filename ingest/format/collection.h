/* What the place of a file says of it, where it lies in a collection that a known tool has gathered: a support bundle of
 * Kubernetes (troubleshoot.sh), a sosreport. To add a tool: lines in the table of collection.c. */
#ifndef HC_INGEST_FORMAT_COLLECTION_H
#define HC_INGEST_FORMAT_COLLECTION_H

#include "ingest/format/format.h"

enum hc_collected {
    HC_COLLECTED_NOT,       /* in no collection: its content tells */
    HC_COLLECTED_EVIDENCE,  /* to be read; `component` may be filled */
    HC_COLLECTED_BYSTANDER, /* a state or a setting without a time, which could pass for a log: read only where its
                             * content is surely metrics, events or traces, else kept by name */
};

/* `member` is the path below the incident's directory. `component` is filled with the known component, or else the host or
 * the workload, whose file it is; absent where the place does not tell. */
enum hc_collected hc_collection_tells(struct hc_str member, const struct hc_names *known, struct hc_str *component);

/* The known component that the name of one of its instances is or, up to a '-', begins with; absent: none. */
struct hc_str hc_known_component(const struct hc_names *known, struct hc_str name);

/* That, else the workload that a Kubernetes object of this kind ("Pod", "ReplicaSet", …) and name is of: without the
 * parts that are generated. A view into `name` or `known`. */
struct hc_str hc_kubernetes_component(const struct hc_names *known, struct hc_str name, struct hc_str kind);

#endif
