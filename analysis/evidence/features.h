/* The features that do not depend on the catalogue's classes: one line each. */
#ifndef HC_ANALYSIS_EVIDENCE_FEATURES_H
#define HC_ANALYSIS_EVIDENCE_FEATURES_H

/* X(symbol, name, kind, what it says) */
#define HC_FIXED_FEATURES(X)                                                                                          \
    X(LOG_ERRORS_UP, "log-errors-up", "logs", "lines of level error and fatal, against the baseline")                 \
    X(LOG_WARNINGS_UP, "log-warnings-up", "logs", "lines of level warn, against the baseline")                        \
    X(LOG_VOLUME_UP, "log-volume-up", "logs", "lines of any level, more than in the baseline")                        \
    X(LOG_VOLUME_DOWN, "log-volume-down", "logs", "lines of any level, fewer than in the baseline")                   \
    X(LOG_NEW_TEMPLATE, "log-new-template", "logs", "templates that the baseline does not have")                      \
    X(LOG_GONE_TEMPLATE, "log-gone-template", "logs", "templates of the baseline that stopped")                       \
    X(LOG_FLOW_SHIFT, "log-flow-shift", "logs", "what follows a line within a trace is not what did in the baseline") \
    X(EDGE_RESIDUAL_UP, "edge-residual-up", "traces", "caller's client span less callee's server span, log scale")    \
    X(EXCLUSIVE_LATENCY_UP, "exclusive-latency-up", "traces", "own time of its spans, log scale")                     \
    X(SPAN_ERRORS_UP, "span-errors-up", "traces", "share of its spans that failed")                                   \
    X(SPANS_GONE, "spans-gone", "traces", "calls of the baseline that stopped, or changed paths")                     \
    X(PATH_FLOW_SHIFT, "path-flow-shift", "traces", "what follows a step within its spans is not what did before")    \
    X(CALLERS_STOP, "callers-stop", "traces", "its callers do nothing more after calling it, where they did before")  \
    X(CALLS_UP, "calls-up", "traces", "calls it received, more than in the baseline")                                 \
    X(CHANGE_NEAR_ONSET, "change-near-onset", "changes", "a change of this component shortly before the onset")       \
    X(CHANGE_UPSTREAM, "change-upstream", "changes", "a change of something it calls, shortly before the onset")      \
    X(CHANGE_UNDONE, "change-undone", "changes", "a rollback of this component that ended the trouble")               \
    X(OWN_ANOMALY, "own-anomaly", "metrics", "its anomaly less that of the worst component it calls")                 \
    X(OWN_LATENCY_UP, "own-latency-up", "metrics", "its latency less that of the slowest component it calls")         \
    X(OWN_ERRORS_UP, "own-errors-up", "metrics", "its errors less those of the worst component it calls")             \
    X(PATH_TO_SYMPTOM, "path-to-symptom", "topology", "anomaly of the weakest link from it to the symptom")           \
    X(FIRST_ONSET, "first-onset", "metrics", "how early its first anomaly is among the components'")                  \
    X(IS_SERVICE, "is-service", "topology", "it is the service, or the symptom's component: 1 or 0")                  \
    X(ISOLATED, "isolated", "topology", "nothing depends on it and it depends on nothing: 1 or 0")                    \
    X(UNOBSERVED, "unobserved", "topology", "no metric, log, span, event or change names it: 1 or 0")                 \
    X(LIFECYCLE_EVENT, "lifecycle-event", "lifecycle", "restarts, kills, evictions in the window")                    \
    X(FAILOVER_EVENT, "failover-event", "lifecycle", "failovers in the window, as events tell them")

enum hc_fixed_feature {
#define HC_FEATURE_ENUM(symbol, name, kind, says) HC_FEATURE_##symbol,
    HC_FIXED_FEATURES(HC_FEATURE_ENUM)
#undef HC_FEATURE_ENUM
        HC_FIXED_FEATURE_COUNT
};

#endif
