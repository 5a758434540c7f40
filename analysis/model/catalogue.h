/* The hypothesis catalogue: what may be the cause, and what an expert expects to see of it.
 *
 * Data, not code: analysis/model/catalogue.xml, embedded at build, replaced by --catalogue.
 */
#ifndef HC_ANALYSIS_MODEL_CATALOGUE_H
#define HC_ANALYSIS_MODEL_CATALOGUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

struct hc_phrases; /* analysis/evidence/phrases.h */

/* A feature of the evidence, known by name. The fixed ones come first, in the order of
 * analysis/evidence/features.h; then two a metric class ("memory-up", "memory-down"), then one a signature class
 * ("signature-out-of-memory"), then one a change kind of the format ("change-deploy"). */
struct hc_feature {
    struct hc_str name;
    struct hc_str kind; /* the evidence kind without which it cannot be observed: "metrics", "logs" … */
    struct hc_str says; /* what it measures, for docs and reports */
};

/* What the absence or presence of a feature speaks for a cause. */
struct hc_expectation {
    uint32_t feature;
    double weight; /* nats per unit of the feature's value */
    double quiet;  /* nats where it was observed and is 0 */
};

struct hc_cause {
    struct hc_str id;       /* "memory-leak" */
    struct hc_str title;    /* "Memory leak" */
    struct hc_str sentence; /* how it is said of a component: "a memory leak in {component}" */
    uint32_t category;
    double share;                        /* prior share within its category */
    struct hc_expectation *expectations; /* by feature */
    size_t n_expectations;
    struct hc_str *follow_ups[4]; /* immediate, short, medium, long term; the cause's, then its category's */
    size_t n_follow_ups[4];
    struct hc_str *questions;
    struct hc_str *question_kinds; /* the evidence kind that would answer each; may be absent */
    size_t n_questions;
    struct hc_str *aliases; /* other slugs that teams use for it; within the category */
    size_t n_aliases;
    uint32_t *amplifies; /* causes that this one makes worse, or follows from: see `contributing` in docs/model.md */
    size_t n_amplifies;
};

struct hc_category {
    struct hc_str id, title;
    double share;                        /* prior */
    struct hc_str source;                /* where the share is from */
    struct hc_expectation *expectations; /* of each of its causes, beside the cause's own; by feature */
    size_t n_expectations;
};

struct hc_evidence_kind {
    struct hc_str id;        /* "metrics", "lifecycle", "heap-dump" */
    struct hc_str title;     /* "lifecycle events" */
    double points;           /* the expert's penalty where it is missing, e.g. -0.05 */
    struct hc_str counts_as; /* what counts as having it, as documented rules (see the schema) */
    double had;              /* share of incidents that have it, as the expert supposes */
    uint64_t sources;        /* kinds of whose items its rules look at; 0: none of them, as for a document */
};

/* Words by which a metric's name is known: "cpu" … Matching is on lower-case tokens. Of metrics of traffic, labels say
 * that they are of this class after all: calls with code="500" are errors. */
enum { HC_METRIC_WORDS, HC_METRIC_UNLESS, HC_METRIC_LABELS, HC_METRIC_LISTS };
struct hc_metric_class {
    struct hc_str id, title; /* "memory" */
    struct hc_str *words;    /* any of these tokens or substrings */
    struct hc_str *unless;   /* none of these */
    struct hc_str *labels;   /* begins of labels: status="5 */
    size_t n_words, n_unless, n_labels;
};

/* A class of log templates: "out-of-memory". */
struct hc_signature_class {
    struct hc_str id, title;
    struct hc_str *phrases; /* lower-case; '*' inside matches any run within the line */
    size_t n_phrases;
};

struct hc_catalogue {
    struct hc_feature *features;
    size_t n_features;
    size_t first_metric_feature;    /* + 2 * class for up, + 1 more for down */
    size_t first_signature_feature; /* + class */
    size_t first_change_feature;    /* + kind, in the order of the format (deploy … other) */
    struct hc_category *categories; /* in the file's order */
    size_t n_categories;
    struct hc_cause *causes;
    size_t n_causes;
    struct hc_evidence_kind *kinds;
    size_t n_kinds;
    struct hc_metric_class *metric_classes; /* first match wins */
    size_t n_metric_classes;
    struct hc_signature_class *signatures;
    size_t n_signatures;
    const struct hc_phrases *signature_phrases; /* of all signature classes, one list each */
    const struct hc_phrases *metric_phrases; /* of metric class i the lists HC_METRIC_LISTS * i + HC_METRIC_WORDS … */
    struct hc_expectation *general;          /* what points at an origin whatever the cause: w0 */
    size_t n_general;
    double unexplained_share;   /* prior of "a cause not listed" */
    uint64_t evidence_checksum; /* of the parts that evidence depends on */
    uint64_t checksum;          /* of the whole file */
    struct hc_arena *arena;
};

/* Owns: the caller; hc_catalogue_free. `xml` absent: the one that is built in.
 * Errors: HC_FAIL with the line where the file breaks the schema or names an unknown feature. */
enum hc_status hc_catalogue_read(struct hc_catalogue **out, struct hc_str xml, struct hc_err *err);
void hc_catalogue_free(struct hc_catalogue *catalogue);

size_t hc_catalogue_feature(const struct hc_catalogue *catalogue, struct hc_str name); /* n_features: none */
/* A cause of that category by its id or an alias; n_causes: none. */
size_t hc_catalogue_cause(const struct hc_catalogue *catalogue, size_t category, struct hc_str slug);
size_t hc_catalogue_category(const struct hc_catalogue *catalogue, struct hc_str id); /* n_categories: none */

#endif
