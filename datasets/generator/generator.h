/* A generator of labelled incidents with a known true posterior.
 *
 * It is a Bayesian network of its own, and shares neither code nor functional form with the model that learns from what
 * it makes. datasets/README.md describes it. Includes base/ only.
 */
#ifndef HC_DATASETS_GENERATOR_GENERATOR_H
#define HC_DATASETS_GENERATOR_GENERATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/random.h"
#include "base/text.h"

/* ---- random.c: streams seeded by (seed, stream), the same on every machine ----------------------------------- */

struct gen_random {
    struct hc_random source;
};
void gen_random_seed(struct gen_random *random, uint64_t seed, uint64_t stream);
uint64_t gen_random_bits(struct gen_random *random);
double gen_uniform(struct gen_random *random);         /* [0, 1) */
double gen_normal(struct gen_random *random);          /* mean 0, variance 1 */
size_t gen_below(struct gen_random *random, size_t n); /* 0 … n - 1 */
bool gen_chance(struct gen_random *random, double probability);
size_t gen_choose(struct gen_random *random, const double *weights, size_t n); /* by weight */

/* ---- topology.c ------------------------------------------------------------------------------------------------ */

#define GEN_COMPONENTS 18

enum gen_kind {
    GEN_CLIENT,
    GEN_SERVICE,
    GEN_DATABASE,
    GEN_CACHE,
    GEN_QUEUE,
    GEN_STORAGE,
    GEN_HOST,
    GEN_EXTERNAL,
    GEN_KINDS
};

struct gen_topology { /* callers come before callees */
    const char *names[GEN_COMPONENTS];
    enum gen_kind kinds[GEN_COMPONENTS];
    bool calls[GEN_COMPONENTS][GEN_COMPONENTS]; /* [from][to]: calls it, or runs on it */
    double trouble[GEN_COMPONENTS];             /* prior share of each as the culprit; clients 0 */
};
void gen_topology_make(struct gen_topology *topology, uint64_t seed);
const char *gen_kind_name(enum gen_kind kind);

/* ---- causes.c: the tables --------------------------------------------------------------------------------------- */

/* What can be seen of a component. Each channel belongs to one evidence kind. */
enum gen_channel {
    GEN_LATENCY,
    GEN_ERRORS, /* travel to callers */
    GEN_CPU,
    GEN_MEMORY,
    GEN_DISK,
    GEN_SATURATION,
    GEN_NETWORK,
    GEN_TRAFFIC,
    GEN_NODE_CPU,
    GEN_RESIDUAL,
    GEN_EXCLUSIVE,
    GEN_LOG_MEMORY,
    GEN_LOG_DISK,
    GEN_LOG_IO,
    GEN_LOG_TIMEOUT,
    GEN_LOG_REFUSED,
    GEN_LOG_TLS,
    GEN_LOG_DNS,
    GEN_LOG_LOCK,
    GEN_LOG_THROTTLE,
    GEN_LOG_CONFIG,
    GEN_LOG_PERMISSION,
    GEN_LOG_EXCEPTION,
    GEN_LOG_DATA,
    GEN_LOG_PROVIDER,
    GEN_LOG_INTRUSION,
    GEN_RESTART,
    GEN_FAILOVER_EVENT,
    GEN_DEPLOY,
    GEN_CONFIG,
    GEN_FLAG,
    GEN_SCALE,
    GEN_MIGRATION,
    GEN_CERTIFICATE,
    GEN_MAINTENANCE,
    GEN_CHANNELS
};

enum gen_evidence { GEN_METRICS, GEN_TRACES, GEN_LOGS, GEN_EVENTS, GEN_CHANGES, GEN_EVIDENCE_KINDS };

struct gen_channel_row {
    const char *name;
    enum gen_evidence evidence;
    uint32_t kinds;    /* of components that have it, bit by enum gen_kind */
    double background; /* probability that it is unusual without a reason */
};
extern const struct gen_channel_row GEN_CHANNEL_TABLE[GEN_CHANNELS];

struct gen_sign { /* how often the culprit shows a channel */
    enum gen_channel channel;
    double probability; /* of level 1 or 2, at middle severity */
};

#define GEN_SIGNS 8
struct gen_cause {
    const char *category, *cause;
    double share;                     /* prior, relative */
    uint32_t kinds;                   /* of components it strikes */
    struct gen_sign signs[GEN_SIGNS]; /* probability 0 ends */
};
extern const struct gen_cause GEN_CAUSE_TABLE[];
extern const size_t GEN_CAUSES;

const char *gen_evidence_name(enum gen_evidence evidence);

/* ---- levels.c: drawing an incident, and what may be concluded from it --------------------------------------------- */

enum gen_scenario { GEN_STANDARD, GEN_CONFOUNDED, GEN_TWOFOLD };

struct gen_settings {
    uint64_t seed;
    size_t n_incidents;
    enum gen_scenario scenario;
    double wrong_label_rate, missing_rate, unlabelled_rate;
    size_t n_log_lines, n_points; /* about so many an incident */
    size_t n_traces;              /* requests followed, an incident */
    size_t log_line_bytes;        /* a line tells its request's context until it is about so long; 0: none */
    bool long_metrics;            /* every other component's metrics as CSV, long, instead of wide */
};

struct gen_incident {
    size_t number;
    char id[40];
    int64_t start_ns, end_ns; /* of the window; both whole seconds */
    size_t component, cause;  /* the truth */
    bool twofold;             /* there is a second cause, of its own, at another component */
    size_t second_component, second_cause;
    size_t reported_component, reported_cause;
    bool labelled;
    size_t service;                          /* whose trouble opened it: says nothing of the cause */
    int level[GEN_COMPONENTS][GEN_CHANNELS]; /* 0 usual, 1 unusual, 2 very; -1 no such channel */
    bool missing[GEN_EVIDENCE_KINDS];
    bool says_missing; /* the manifest has `missing` elements */
};

void gen_incident_draw(struct gen_incident *incident, const struct gen_topology *topology,
                       const struct gen_settings *settings, size_t number);

/* The exact posterior of (component, cause) given the levels of the evidence kinds that are not missing.
 * Shapes: posterior[GEN_COMPONENTS * GEN_CAUSES], row-major by component; sums to 1.
 * Formula: prior times the sum over severities of the ratio of each channel's probability at the culprit to the one
 *          without a cause; a caller's channels are judged given its callees' levels. */
void gen_posterior(const struct gen_incident *incident, const struct gen_topology *topology, double *posterior);

struct gen_optimum {                        /* what the Bayes rule reaches */
    double component, hypothesis, category; /* mean of the largest posterior marginal */
    double component_right;                 /* share of incidents where it named the true component */
};
void gen_optimum_add(struct gen_optimum *sum, const struct gen_incident *incident, const double *posterior);

/* ---- rendering ---------------------------------------------------------------------------------------------------- */

/* A file of the bundle. */
struct gen_file {
    char path[128];
    struct hc_buf bytes;
};
struct gen_bundle {
    struct gen_file *files;
    size_t n, capacity;
    bool failed;
};
struct hc_buf *gen_bundle_add(struct gen_bundle *bundle, const char *format, ...) __attribute__((format(printf, 2, 3)));
void gen_bundle_free(struct gen_bundle *bundle);

struct gen_view { /* what a renderer is given */
    const struct gen_settings *settings;
    const struct gen_topology *topology;
    const struct gen_incident *incident;
    struct gen_random random;
};
void gen_render_metrics(struct gen_view *view, struct gen_bundle *bundle);
void gen_render_logs(struct gen_view *view, struct gen_bundle *bundle);
void gen_render_traces(struct gen_view *view, struct gen_bundle *bundle);
void gen_render_events(struct gen_view *view, struct gen_bundle *bundle);
void gen_render_manifest(struct gen_view *view, struct gen_bundle *bundle); /* last: it names the others */

#define GEN_BASELINE_S 3600

/* "2024-05-01T12:00:00Z", or with `digits` of a second; `separator` between date and time. */
void gen_time_text(struct hc_buf *out, int64_t ns, int digits, char separator, const char *zone);

/* ---- output --------------------------------------------------------------------------------------------------------- */

/* gzip with a fixed header; false out of memory. */
bool gen_gzip(struct hc_str bytes, struct hc_buf *out);
/* A ustar archive of the bundle below a directory named as the incident. */
bool gen_tar(const struct gen_bundle *bundle, const char *directory, struct hc_buf *out);

/* One line of the truth file. */
void gen_truth_line(struct hc_buf *out, const struct gen_incident *incident, const struct gen_topology *topology,
                    const struct gen_settings *settings, const double *posterior);

#endif
