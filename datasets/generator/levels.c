#include <math.h>

#include "datasets/generator/generator.h"

/* ---- probabilities ---- */

enum { LOW, MIDDLE, HIGH, SEVERITIES };
static const double SEVERITY_SHARE[SEVERITIES] = {.35, .45, .20};
/* How likely a sign is at each severity, for its probability p at the middle one: odds times this. */
static const double SEVERITY_ODDS[SEVERITIES] = {.35, 1.0, 3.0};
static const double VERY_GIVEN_SIGN[SEVERITIES] = {.20, .50, .80};
static const double VERY_WITHOUT_CAUSE = .25;
/* A caller's level given the worst of its callees': unusual at all, and very given unusual. */
static const double CALLER_UNUSUAL[3] = {0.0, .40, .75};
/* Share of incidents with a second cause, in the scenario of that name. */
static const double TWOFOLD = .25;
static const double CALLER_VERY[3] = {0.0, .15, .45};

static bool travels(enum gen_channel channel)
{
    return channel == GEN_LATENCY || channel == GEN_ERRORS;
}

static bool has_channel(const struct gen_topology *t, size_t component, enum gen_channel channel)
{
    return GEN_CHANNEL_TABLE[channel].kinds >> t->kinds[component] & 1;
}

static double sign_probability(const struct gen_cause *cause, enum gen_channel channel, int severity)
{
    for (size_t i = 0; i < GEN_SIGNS && cause->signs[i].probability > 0.0; i++) {
        if (cause->signs[i].channel != channel)
            continue;
        double odds = cause->signs[i].probability / (1.0 - cause->signs[i].probability) * SEVERITY_ODDS[severity];
        return odds / (1.0 + odds);
    }
    return 0.0;
}

static int worst_callee(const struct gen_topology *t, const int level[GEN_COMPONENTS][GEN_CHANNELS], size_t component,
                        enum gen_channel channel)
{
    int worst = 0;
    for (size_t to = component + 1; to < GEN_COMPONENTS; to++)
        if (t->calls[component][to] && level[to][channel] > worst)
            worst = level[to][channel];
    return worst;
}

/* Two independent reasons to be unusual, each with its own share of very: the distribution of the larger level. */
static void larger(double unusual_a, double very_a, double unusual_b, double very_b, double p[3])
{
    double at_most_0 = (1.0 - unusual_a) * (1.0 - unusual_b);
    double at_most_1 = (1.0 - unusual_a * very_a) * (1.0 - unusual_b * very_b);
    p[0] = at_most_0;
    p[1] = at_most_1 - at_most_0;
    p[2] = 1.0 - at_most_1;
}

/* P(level) of a channel at a component, without a cause there. */
static void without_cause(enum gen_channel channel, int callee, double p[3])
{
    double travelled = travels(channel) ? CALLER_UNUSUAL[callee] : 0.0;
    larger(GEN_CHANNEL_TABLE[channel].background, VERY_WITHOUT_CAUSE, travelled, CALLER_VERY[callee], p);
}

/* P(level) where the cause is: the sign on top of what would be there without it. */
static void with_cause(const struct gen_cause *cause, enum gen_channel channel, int severity, int callee, double p[3])
{
    double sign = sign_probability(cause, channel, severity), very = VERY_GIVEN_SIGN[severity], q[3];
    without_cause(channel, callee, q);
    double at_most_0 = q[0] * (1.0 - sign), at_most_1 = (q[0] + q[1]) * (1.0 - sign * very);
    p[0] = at_most_0;
    p[1] = at_most_1 - at_most_0;
    p[2] = 1.0 - at_most_1;
}

/* A host hit by a cause slows what runs on it: hosts have no latency, so for this they count as a callee that is
 * unusual whenever the machine itself shows anything. */
static int effective_callee(const struct gen_topology *t, const int level[GEN_COMPONENTS][GEN_CHANNELS],
                            size_t component, enum gen_channel channel)
{
    int worst = worst_callee(t, level, component, channel);
    for (size_t host = GEN_COMPONENTS - 2; travels(channel) && host < GEN_COMPONENTS; host++) {
        if (!t->calls[component][host])
            continue;
        for (int c = 0; c < GEN_CHANNELS; c++)
            if (GEN_CHANNEL_TABLE[c].evidence == GEN_METRICS && level[host][c] > worst)
                worst = level[host][c];
    }
    return worst;
}

/* ---- drawing ---- */

static double prior(const struct gen_topology *t, size_t component, size_t cause)
{
    const struct gen_cause *row = &GEN_CAUSE_TABLE[cause];
    return row->kinds >> t->kinds[component] & 1 ? t->trouble[component] * row->share : 0.0;
}

static void draw_pair(struct gen_random *random, const struct gen_topology *t, double drift, size_t *component,
                      size_t *cause)
{
    double weights[GEN_COMPONENTS * 64];
    size_t n = GEN_COMPONENTS * GEN_CAUSES;
    for (size_t i = 0; i < n; i++) {
        size_t k = i % GEN_CAUSES;
        double tilt = 1.0 + drift * (2.0 * (double)k / (double)(GEN_CAUSES - 1) - 1.0);
        weights[i] = prior(t, i / GEN_CAUSES, k) * tilt;
    }
    size_t chosen = gen_choose(random, weights, n);
    *component = chosen / GEN_CAUSES;
    *cause = chosen % GEN_CAUSES;
}

/* A second trouble that has nothing to do with the first one, and goes on at the same time. */
static void draw_second(struct gen_incident *in, const struct gen_topology *t, struct gen_random *random)
{
    in->twofold = gen_chance(random, TWOFOLD);
    while (in->twofold && (in->second_cause == SIZE_MAX || in->second_component == in->component))
        draw_pair(random, t, 0.0, &in->second_component, &in->second_cause);
}

static void draw_levels(struct gen_incident *in, const struct gen_topology *t, struct gen_random *random)
{
    int severity = (int)gen_choose(random, SEVERITY_SHARE, SEVERITIES);
    int second_severity = in->twofold ? (int)gen_choose(random, SEVERITY_SHARE, SEVERITIES) : LOW;
    for (size_t v = GEN_COMPONENTS; v-- > 0;) {
        for (int c = 0; c < GEN_CHANNELS; c++) {
            double p[3];
            if (!has_channel(t, v, (enum gen_channel)c)) {
                in->level[v][c] = -1;
                continue;
            }
            int callee = effective_callee(t, (const int(*)[GEN_CHANNELS])in->level, v, (enum gen_channel)c);
            if (v == in->component)
                with_cause(&GEN_CAUSE_TABLE[in->cause], (enum gen_channel)c, severity, callee, p);
            else if (in->twofold && v == in->second_component)
                with_cause(&GEN_CAUSE_TABLE[in->second_cause], (enum gen_channel)c, second_severity, callee, p);
            else
                without_cause((enum gen_channel)c, callee, p);
            in->level[v][c] = (int)gen_choose(random, p, 3);
        }
    }
}

/* What breaks the assumptions of any model that judges components one by one: a host whose tenants all show load at
 * once, and metrics that are missing because of the cause. */
static void confound(struct gen_incident *in, const struct gen_topology *t, struct gen_random *random)
{
    size_t host = GEN_COMPONENTS - 2 + gen_below(random, 2);
    bool crowded = gen_chance(random, 0.5);
    for (size_t v = 0; crowded && v < GEN_COMPONENTS - 2; v++) {
        static const enum gen_channel LOAD[] = {GEN_CPU, GEN_MEMORY, GEN_NODE_CPU, GEN_SATURATION};
        if (!t->calls[v][host])
            continue;
        for (size_t i = 0; i < sizeof LOAD / sizeof LOAD[0]; i++)
            if (in->level[v][LOAD[i]] == 0 && gen_chance(random, 0.6))
                in->level[v][LOAD[i]] = gen_chance(random, 0.5) ? 2 : 1;
    }
    if (strcmp(GEN_CAUSE_TABLE[in->cause].category, "infrastructure") == 0 && gen_chance(random, 0.6))
        in->missing[GEN_METRICS] = true;
}

static void draw_times(struct gen_incident *in, const struct gen_settings *settings, struct gen_random *random)
{
    const int64_t first_s = INT64_C(1704067200), span_s = INT64_C(731) * 86400; /* 2024 and 2025 */
    double at = ((double)in->number + gen_uniform(random)) / (double)settings->n_incidents;
    in->start_ns = (first_s + (int64_t)(at * (double)span_s)) * INT64_C(1000000000);
    in->end_ns = in->start_ns + (int64_t)(600 + gen_below(random, 600)) * INT64_C(1000000000);
}

static void draw_report(struct gen_incident *in, const struct gen_topology *t, const struct gen_settings *settings,
                        struct gen_random *random)
{
    in->reported_component = in->component;
    in->reported_cause = in->cause;
    in->labelled = !gen_chance(random, settings->unlabelled_rate);
    if (gen_chance(random, settings->wrong_label_rate))
        draw_pair(random, t, 0.0, &in->reported_component, &in->reported_cause);
}

void gen_incident_draw(struct gen_incident *in, const struct gen_topology *t, const struct gen_settings *settings,
                       size_t number)
{
    static const double MISSING[GEN_EVIDENCE_KINDS] = {.5, 1.5, 1.0, 1.5, .5};
    struct gen_random random;
    *in = (struct gen_incident){.number = number, .second_cause = SIZE_MAX};
    gen_random_seed(&random, settings->seed, number);
    snprintf(in->id, sizeof in->id, "GEN-%llu-%06zu", (unsigned long long)settings->seed, number);
    draw_times(in, settings, &random);
    double drift =
        settings->scenario == GEN_CONFOUNDED ? (double)number / (double)settings->n_incidents * 1.6 - .8 : 0.0;
    draw_pair(&random, t, drift, &in->component, &in->cause);
    if (settings->scenario == GEN_TWOFOLD)
        draw_second(in, t, &random);
    draw_levels(in, t, &random);
    for (int k = 0; k < GEN_EVIDENCE_KINDS; k++)
        in->missing[k] = gen_chance(&random, settings->missing_rate * MISSING[k]);
    in->says_missing = gen_chance(&random, 0.5);
    in->service = 1 + gen_below(&random, 5);
    if (settings->scenario == GEN_CONFOUNDED)
        confound(in, t, &random);
    draw_report(in, t, settings, &random);
}

/* ---- the posterior ---- */

static double likelihood_ratio(const struct gen_incident *in, const struct gen_topology *t, size_t component,
                               size_t cause)
{
    double sum = 0.0;
    for (int severity = 0; severity < SEVERITIES; severity++) {
        double ratio = SEVERITY_SHARE[severity];
        for (int c = 0; c < GEN_CHANNELS; c++) {
            double with[3], without[3];
            int level = in->level[component][c];
            if (level < 0 || in->missing[GEN_CHANNEL_TABLE[c].evidence])
                continue;
            int callee = effective_callee(t, in->level, component, (enum gen_channel)c);
            with_cause(&GEN_CAUSE_TABLE[cause], (enum gen_channel)c, severity, callee, with);
            without_cause((enum gen_channel)c, callee, without);
            ratio *= with[level] / without[level];
        }
        sum += ratio;
    }
    return sum;
}

void gen_posterior(const struct gen_incident *in, const struct gen_topology *t, double *posterior)
{
    double sum = 0.0;
    for (size_t i = 0; i < GEN_COMPONENTS * GEN_CAUSES; i++) {
        double p = prior(t, i / GEN_CAUSES, i % GEN_CAUSES);
        posterior[i] = p > 0.0 ? p * likelihood_ratio(in, t, i / GEN_CAUSES, i % GEN_CAUSES) : 0.0;
        sum += posterior[i];
    }
    for (size_t i = 0; i < GEN_COMPONENTS * GEN_CAUSES; i++)
        posterior[i] /= sum;
}

void gen_optimum_add(struct gen_optimum *sum, const struct gen_incident *in, const double *posterior)
{
    double hypothesis = 0.0, component = 0.0, category = 0.0, by_category[64] = {0};
    size_t named = 0;
    for (size_t v = 0; v < GEN_COMPONENTS; v++) {
        double share = 0.0;
        for (size_t k = 0; k < GEN_CAUSES; k++) {
            double p = posterior[v * GEN_CAUSES + k];
            size_t first = 0;
            while (strcmp(GEN_CAUSE_TABLE[first].category, GEN_CAUSE_TABLE[k].category) != 0)
                first++;
            share += p;
            by_category[first] += p;
            hypothesis = fmax(hypothesis, p);
        }
        if (share > component) {
            component = share;
            named = v;
        }
    }
    for (size_t k = 0; k < GEN_CAUSES; k++)
        category = fmax(category, by_category[k]);
    sum->component += component;
    sum->hypothesis += hypothesis;
    sum->category += category;
    sum->component_right += named == in->component;
}
