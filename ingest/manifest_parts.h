/* The parts of the manifest's reader that its files share. */
#ifndef HC_INGEST_MANIFEST_PARTS_H
#define HC_INGEST_MANIFEST_PARTS_H

#include "ingest/manifest.h"

#define HC_MANIFEST_NAME "incident.xml"
#define HC_MANIFEST_QUOTE_BYTES 120 /* of what the manifest says, in a message */

/* Where a manifest is being read into. `failed`: the arena refused memory. */
struct hc_manifest_reader {
    struct hc_manifest *manifest;
    struct hc_arena *arena;
    struct hc_err *err;
    size_t n_entries_capacity, n_baselines_capacity, n_symptoms_capacity, n_changes_capacity, n_levels_capacity,
        n_missing_capacity, n_outcomes_capacity, n_dependencies_capacity, n_kinds_capacity;
    bool failed;
};

/* An attribute or the text of an element; absent where it is empty. The tree is of the manifest's arena and lasts as long. */
struct hc_str hc_manifest_attribute(const struct hc_xml_node *node, const char *name);
struct hc_str hc_manifest_words(const struct hc_xml_node *node);

/* The time in an attribute; absent where it is not there. HC_FAIL "manifest-time" for a bad one. */
enum hc_status hc_manifest_time(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name,
                                struct hc_time *time);

/* The number of the component that an attribute names, HC_NO_COMPONENT where there is none. */
uint32_t hc_manifest_component(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *name);

struct hc_source_place hc_manifest_place(const struct hc_xml_node *node);

void hc_manifest_warn(struct hc_manifest_reader *r, const struct hc_xml_node *node, const char *code, const char *text,
                      struct hc_str what);

/* One element each; HC_FAIL refuses the incident. */
enum hc_status hc_manifest_topology(struct hc_manifest_reader *r, const struct hc_xml_node *node);
enum hc_status hc_manifest_changes(struct hc_manifest_reader *r, const struct hc_xml_node *node);
enum hc_status hc_manifest_evidence(struct hc_manifest_reader *r, const struct hc_xml_node *node);
enum hc_status hc_manifest_symptom(struct hc_manifest_reader *r, const struct hc_xml_node *node);
enum hc_status hc_manifest_outcome(struct hc_manifest_reader *r, const struct hc_xml_node *node);

/* HC_FAIL with the first thing that the format does not have, HC_OK where none is found. */
enum hc_status hc_manifest_diagnose(const struct hc_xml_node *root, struct hc_err *err);

/* Whether a manifest is written so plainly that the schema surely takes it, which spares asking: nothing of another
 * namespace, what the format requires is there, and times end in Z well within the years that 64 bits hold. False
 * says nothing.
 * Checked: test_manifest, against the schema on samples and on what random changes make of them. */
bool hc_manifest_is_plain(const struct hc_xml_node *root);

/* [A-Za-z0-9][A-Za-z0-9._:-]{0,127} */
bool hc_manifest_is_id(struct hc_str id);

/* A list of the incident with room for one more, or NULL (and `failed`). */
#define HC_MANIFEST_GROW(r, owner, list) \
    hc_manifest_grow((r), (owner)->list, (owner)->n_##list, &(r)->n_##list##_capacity, sizeof *(owner)->list)
void *hc_manifest_grow(struct hc_manifest_reader *r, void *old, size_t n, size_t *capacity, size_t size_bytes);

#endif
