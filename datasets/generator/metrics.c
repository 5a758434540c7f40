#include <math.h>

#include "datasets/generator/generator.h"

/* How a channel's series looks: `usual` with a scatter, and what unusual adds, in scatters. */
struct look {
    enum gen_channel channel;
    const char *column;
    double usual, scatter;
    double unusual[3][2]; /* least and most, by level */
    double ceiling;       /* 0: none */
};

static const struct look LOOKS[] = {
    {GEN_LATENCY, "latency_ms", 42.0, 3.0, {{0, 0}, {5, 9}, {20, 60}}, 0},
    {GEN_ERRORS, "error_rate_percent", .40, .06, {{0, 0}, {5, 9}, {25, 90}}, 100},
    {GEN_CPU, "cpu_percent", 34.0, 2.2, {{0, 0}, {5, 9}, {16, 28}}, 100},
    {GEN_MEMORY, "memory_mb", 640.0, 9.0, {{0, 0}, {6, 11}, {30, 90}}, 0},
    {GEN_DISK, "disk_used_percent", 46.0, .7, {{0, 0}, {6, 11}, {40, 75}}, 100},
    {GEN_SATURATION, "pool_in_use", 18.0, 1.3, {{0, 0}, {5, 9}, {20, 50}}, 0},
    {GEN_NETWORK, "network_bytes_per_second", 2.4e6, 1.5e5, {{0, 0}, {5, 9}, {18, 45}}, 0},
    {GEN_TRAFFIC, "requests_per_second", 130.0, 7.0, {{0, 0}, {5, 9}, {18, 50}}, 0},
    {GEN_NODE_CPU, "node_cpu_percent", 41.0, 2.0, {{0, 0}, {5, 9}, {15, 26}}, 100},
};
#define N_LOOKS (sizeof LOOKS / sizeof LOOKS[0])

/* One series as it is drawn. */
struct course {
    double usual, scatter, wave, phase, shift;
    int64_t onset_s, ramp_s; /* after the window's start */
};

static struct course draw_course(struct gen_view *view, const struct look *look, int level)
{
    struct gen_random *r = &view->random;
    double size = exp(0.5 * gen_normal(r));
    struct course c = {.usual = look->usual * (look->ceiling > 0.0 ? 0.7 + 0.4 * gen_uniform(r) : size),
                       .phase = 6.2831853 * gen_uniform(r),
                       .onset_s = (int64_t)gen_below(r, 60),
                       .ramp_s = 1 + (int64_t)gen_below(r, 90)};
    c.scatter = look->scatter * (look->ceiling > 0.0 ? 1.0 : size);
    c.wave = 0.5 * c.scatter * gen_uniform(r);
    c.shift =
        c.scatter * (look->unusual[level][0] + gen_uniform(r) * (look->unusual[level][1] - look->unusual[level][0]));
    return c;
}

static double value_at(struct gen_view *view, const struct look *look, const struct course *c, int64_t at_s)
{
    double value = c->usual + c->wave * sin(c->phase + (double)at_s / 1400.0) + c->scatter * gen_normal(&view->random);
    double risen = ((double)at_s - (double)c->onset_s) / (double)c->ramp_s;
    value += c->shift * fmin(fmax(risen, 0.0), 1.0);
    if (look->ceiling > 0.0)
        value = fmin(value, look->ceiling);
    return fmax(value, 0.0);
}

/* What is drawn of one component. */
struct sheet {
    struct course courses[N_LOOKS];
    bool has[N_LOOKS];
};

static void write_header(const struct sheet *sheet, bool is_long, struct hc_buf *out)
{
    hc_buf_text(out, is_long ? "time,component,metric,value" : "time");
    for (size_t i = 0; i < N_LOOKS && !is_long; i++)
        if (sheet->has[i])
            hc_buf_format(out, ",%s", LOOKS[i].column);
    hc_buf_char(out, '\n');
}

/* Wide: one line with every value. Long: a line a value. A gap is an empty field. */
static void write_moment(struct gen_view *view, const struct sheet *sheet, const char *name, int64_t at_s,
                         struct hc_buf *out)
{
    const int64_t at_ns = view->incident->start_ns + at_s * INT64_C(1000000000);
    if (!name)
        gen_time_text(out, at_ns, 0, 'T', "Z");
    for (size_t i = 0; i < N_LOOKS; i++) {
        if (!sheet->has[i])
            continue;
        double value = value_at(view, &LOOKS[i], &sheet->courses[i], at_s);
        if (name) {
            gen_time_text(out, at_ns, 0, 'T', "Z");
            hc_buf_format(out, ",%s,%s", name, LOOKS[i].column);
        }
        if (gen_chance(&view->random, .004))
            hc_buf_char(out, ',');
        else
            hc_buf_format(out, ",%.4g", value);
        if (name)
            hc_buf_char(out, '\n');
    }
    if (!name)
        hc_buf_char(out, '\n');
}

static void render_component(struct gen_view *view, size_t component, int64_t step_s, struct hc_buf *out)
{
    const struct gen_incident *in = view->incident;
    const bool is_long = view->settings->long_metrics && component % 2 == 1;
    int64_t end_s = (in->end_ns - in->start_ns) / INT64_C(1000000000);
    struct sheet sheet;

    for (size_t i = 0; i < N_LOOKS; i++) {
        int level = in->level[component][LOOKS[i].channel];
        sheet.has[i] = level >= 0;
        if (sheet.has[i])
            sheet.courses[i] = draw_course(view, &LOOKS[i], level);
    }
    write_header(&sheet, is_long, out);
    for (int64_t at_s = -GEN_BASELINE_S; at_s < end_s; at_s += step_s)
        write_moment(view, &sheet, is_long ? view->topology->names[component] : NULL, at_s, out);
}

void gen_render_metrics(struct gen_view *view, struct gen_bundle *bundle)
{
    const struct gen_topology *t = view->topology;
    const struct gen_incident *in = view->incident;
    int64_t span_s = GEN_BASELINE_S + (in->end_ns - in->start_ns) / INT64_C(1000000000);
    const double series = 122.0; /* about so many in every topology */
    int64_t step_s = (int64_t)((double)span_s * series / (double)view->settings->n_points);

    step_s = step_s < 1 ? 1 : step_s > 150 ? 150 : step_s;
    for (size_t v = 0; v < GEN_COMPONENTS && !in->missing[GEN_METRICS]; v++) {
        bool packed = v % 3 == 2;
        struct hc_buf *out = gen_bundle_add(bundle, "metrics/%s.csv%s", t->names[v], packed ? ".gz" : "");
        if (!out)
            return;
        render_component(view, v, step_s, out);
        if (packed) {
            struct hc_buf plain = *out;
            *out = (struct hc_buf){0};
            bundle->failed |= !gen_gzip(hc_buf_view(&plain), out);
            hc_buf_free(&plain);
        }
    }
}
