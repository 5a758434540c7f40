#include "datasets/generator/generator.h"

#define BIT(kind) (UINT32_C(1) << (kind))
#define SERVICES (BIT(GEN_SERVICE))
#define STORES (BIT(GEN_DATABASE) | BIT(GEN_CACHE) | BIT(GEN_QUEUE) | BIT(GEN_STORAGE))
#define RUNS (SERVICES | STORES)
#define CALLED (RUNS | BIT(GEN_EXTERNAL))
#define SEEN (CALLED | BIT(GEN_CLIENT))
#define HOSTS (BIT(GEN_HOST))

const struct gen_channel_row GEN_CHANNEL_TABLE[GEN_CHANNELS] = {
    [GEN_LATENCY] = {"latency", GEN_METRICS, SEEN, .030},
    [GEN_ERRORS] = {"errors", GEN_METRICS, SEEN, .020},
    [GEN_CPU] = {"cpu", GEN_METRICS, RUNS | HOSTS, .050},
    [GEN_MEMORY] = {"memory", GEN_METRICS, RUNS | HOSTS, .045},
    [GEN_DISK] = {"disk", GEN_METRICS, STORES | HOSTS, .040},
    [GEN_SATURATION] = {"saturation", GEN_METRICS, RUNS, .045},
    [GEN_NETWORK] = {"network", GEN_METRICS, RUNS | HOSTS, .045},
    [GEN_TRAFFIC] = {"traffic", GEN_METRICS, RUNS, .040},
    [GEN_NODE_CPU] = {"node-cpu", GEN_METRICS, RUNS, .040},
    [GEN_RESIDUAL] = {"residual", GEN_TRACES, CALLED, .020},
    [GEN_EXCLUSIVE] = {"exclusive", GEN_TRACES, CALLED, .025},
    [GEN_LOG_MEMORY] = {"log-memory", GEN_LOGS, RUNS, .010},
    [GEN_LOG_DISK] = {"log-disk", GEN_LOGS, RUNS, .010},
    [GEN_LOG_IO] = {"log-io", GEN_LOGS, RUNS, .015},
    [GEN_LOG_TIMEOUT] = {"log-timeout", GEN_LOGS, RUNS, .050},
    [GEN_LOG_REFUSED] = {"log-refused", GEN_LOGS, RUNS, .030},
    [GEN_LOG_TLS] = {"log-tls", GEN_LOGS, RUNS, .008},
    [GEN_LOG_DNS] = {"log-dns", GEN_LOGS, RUNS, .010},
    [GEN_LOG_LOCK] = {"log-lock", GEN_LOGS, RUNS, .012},
    [GEN_LOG_THROTTLE] = {"log-throttle", GEN_LOGS, RUNS, .015},
    [GEN_LOG_CONFIG] = {"log-config", GEN_LOGS, RUNS, .010},
    [GEN_LOG_PERMISSION] = {"log-permission", GEN_LOGS, RUNS, .012},
    [GEN_LOG_EXCEPTION] = {"log-exception", GEN_LOGS, RUNS, .040},
    [GEN_LOG_DATA] = {"log-data", GEN_LOGS, RUNS, .012},
    [GEN_LOG_PROVIDER] = {"log-provider", GEN_LOGS, RUNS, .010},
    [GEN_LOG_INTRUSION] = {"log-intrusion", GEN_LOGS, RUNS, .006},
    [GEN_RESTART] = {"restart", GEN_EVENTS, RUNS | HOSTS, .025},
    [GEN_FAILOVER_EVENT] = {"failover", GEN_EVENTS, STORES | HOSTS, .012},
    [GEN_DEPLOY] = {"deploy", GEN_CHANGES, SERVICES, .060},
    [GEN_CONFIG] = {"config", GEN_CHANGES, RUNS, .040},
    [GEN_FLAG] = {"feature-flag", GEN_CHANGES, SERVICES, .030},
    [GEN_SCALE] = {"scale", GEN_CHANGES, RUNS, .025},
    [GEN_MIGRATION] = {"migration", GEN_CHANGES, STORES | SERVICES, .012},
    [GEN_CERTIFICATE] = {"certificate", GEN_CHANGES, RUNS | BIT(GEN_EXTERNAL), .006},
    [GEN_MAINTENANCE] = {"maintenance", GEN_CHANGES, STORES | HOSTS, .015},
};

/* Probabilities are reasoned, not fitted to anything, and set so that the best possible answer is right in 65 to 80 of
 * 100 incidents. */
const struct gen_cause GEN_CAUSE_TABLE[] = {
    {"application", "memory-leak", 1.2, SERVICES,
     {{GEN_MEMORY, .80}, {GEN_LOG_MEMORY, .60}, {GEN_RESTART, .50}, {GEN_DEPLOY, .50}, {GEN_LATENCY, .50}, {GEN_ERRORS, .45}, {GEN_CPU, .25}}},
    {"application", "exception", 1.6, SERVICES,
     {{GEN_LOG_EXCEPTION, .80}, {GEN_ERRORS, .75}, {GEN_DEPLOY, .55}, {GEN_LATENCY, .15}, {GEN_RESTART, .15}}},
    {"application", "cpu-loop", 1.0, SERVICES,
     {{GEN_CPU, .85}, {GEN_LATENCY, .65}, {GEN_EXCLUSIVE, .70}, {GEN_DEPLOY, .50}, {GEN_LOG_TIMEOUT, .25}, {GEN_NODE_CPU, .25}}},
    {"application", "deadlock", .6, SERVICES | BIT(GEN_DATABASE),
     {{GEN_LOG_LOCK, .75}, {GEN_LATENCY, .75}, {GEN_SATURATION, .60}, {GEN_EXCLUSIVE, .60}, {GEN_DEPLOY, .35}, {GEN_ERRORS, .30}}},
    {"configuration", "wrong-setting", 1.3, RUNS,
     {{GEN_CONFIG, .75}, {GEN_LOG_CONFIG, .50}, {GEN_ERRORS, .60}, {GEN_LATENCY, .35}, {GEN_RESTART, .25}, {GEN_SATURATION, .20}}},
    {"configuration", "feature-flag", .8, SERVICES,
     {{GEN_FLAG, .75}, {GEN_ERRORS, .55}, {GEN_LOG_EXCEPTION, .45}, {GEN_LATENCY, .40}, {GEN_CPU, .25}}},
    {"traffic", "request-overload", 1.2, RUNS,
     {{GEN_TRAFFIC, .85}, {GEN_CPU, .60}, {GEN_SATURATION, .50}, {GEN_LATENCY, .65}, {GEN_ERRORS, .35}, {GEN_NETWORK, .45}, {GEN_LOG_THROTTLE, .30}}},
    {"infrastructure", "cpu-contention", 1.0, RUNS,
     {{GEN_NODE_CPU, .80}, {GEN_CPU, .60}, {GEN_LATENCY, .55}, {GEN_EXCLUSIVE, .55}, {GEN_LOG_TIMEOUT, .25}}},
    {"infrastructure", "host-failure", .8, HOSTS, {{GEN_RESTART, .70}, {GEN_CPU, .40}, {GEN_NETWORK, .50}, {GEN_FAILOVER_EVENT, .35}}},
    {"infrastructure", "disk-full", .8, STORES | HOSTS,
     {{GEN_DISK, .80}, {GEN_LOG_DISK, .65}, {GEN_ERRORS, .60}, {GEN_LOG_IO, .35}, {GEN_LATENCY, .30}}},
    {"infrastructure", "disk-failure", .6, STORES | HOSTS,
     {{GEN_LOG_IO, .70}, {GEN_DISK, .50}, {GEN_LATENCY, .60}, {GEN_ERRORS, .45}, {GEN_RESTART, .25}}},
    {"dependency", "provider-outage", 1.0, BIT(GEN_EXTERNAL), {{GEN_ERRORS, .75}, {GEN_LATENCY, .60}, {GEN_EXCLUSIVE, .55}, {GEN_RESIDUAL, .20}}},
    {"dependency", "dependency-change", .5, BIT(GEN_EXTERNAL) | SERVICES,
     {{GEN_ERRORS, .65}, {GEN_LOG_PROVIDER, .60}, {GEN_LOG_EXCEPTION, .30}, {GEN_LATENCY, .25}}},
    {"network", "network-delay", .9, CALLED,
     {{GEN_RESIDUAL, .80}, {GEN_LATENCY, .60}, {GEN_LOG_TIMEOUT, .35}, {GEN_NETWORK, .30}}},
    {"network", "dns-failure", .6, CALLED,
     {{GEN_LOG_DNS, .70}, {GEN_ERRORS, .60}, {GEN_RESIDUAL, .45}, {GEN_LOG_REFUSED, .35}, {GEN_LATENCY, .30}}},
    {"data", "bad-data", .7, SERVICES | BIT(GEN_DATABASE),
     {{GEN_LOG_DATA, .75}, {GEN_ERRORS, .60}, {GEN_LOG_EXCEPTION, .45}, {GEN_LATENCY, .10}}},
    {"data", "schema-migration", .6, BIT(GEN_DATABASE) | SERVICES,
     {{GEN_MIGRATION, .80}, {GEN_LOG_DATA, .45}, {GEN_ERRORS, .60}, {GEN_LATENCY, .45}, {GEN_LOG_LOCK, .35}}},
    {"capacity", "pool-exhaustion", 1.0, RUNS,
     {{GEN_SATURATION, .85}, {GEN_LATENCY, .65}, {GEN_LOG_TIMEOUT, .45}, {GEN_LOG_REFUSED, .35}, {GEN_ERRORS, .40}, {GEN_TRAFFIC, .20}}},
    {"capacity", "undersized", .7, RUNS,
     {{GEN_CPU, .60}, {GEN_SATURATION, .55}, {GEN_LATENCY, .60}, {GEN_SCALE, .35}, {GEN_TRAFFIC, .35}, {GEN_MEMORY, .35}}},
    {"security", "certificate-expired", .6, CALLED,
     {{GEN_LOG_TLS, .80}, {GEN_ERRORS, .75}, {GEN_CERTIFICATE, .35}, {GEN_LOG_REFUSED, .30}}},
    {"security", "denial-of-service", .4, SERVICES,
     {{GEN_TRAFFIC, .80}, {GEN_NETWORK, .70}, {GEN_LOG_INTRUSION, .45}, {GEN_LATENCY, .60}, {GEN_CPU, .50}, {GEN_LOG_THROTTLE, .40}}},
    {"operations", "maintenance", .7, STORES | HOSTS, {{GEN_MAINTENANCE, .80}, {GEN_RESTART, .45}, {GEN_ERRORS, .40}, {GEN_LATENCY, .40}}},
    {"operations", "failed-failover", .5, STORES | HOSTS,
     {{GEN_FAILOVER_EVENT, .75}, {GEN_ERRORS, .65}, {GEN_LOG_REFUSED, .50}, {GEN_LATENCY, .35}, {GEN_MAINTENANCE, .25}}},
    {"operations", "human-error", .5, RUNS, {{GEN_LOG_PERMISSION, .45}, {GEN_ERRORS, .60}, {GEN_CONFIG, .35}, {GEN_SCALE, .30}, {GEN_RESTART, .35}}},
};
const size_t GEN_CAUSES = sizeof GEN_CAUSE_TABLE / sizeof GEN_CAUSE_TABLE[0];

const char *gen_evidence_name(enum gen_evidence evidence)
{
    static const char *const NAMES[GEN_EVIDENCE_KINDS] = {"metrics", "traces", "logs", "events", "changes"};
    return NAMES[evidence];
}
