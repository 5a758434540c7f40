#include <errno.h>
#include <getopt.h>
#include <omp.h>
#include <sys/stat.h>

#include "base/number.h"
#include "datasets/generator/generator.h"

static const char USAGE[] =
    "usage: hindcast-generate --output DIR [OPTION...]\n\n"
    "Makes labelled incidents with a known true posterior (datasets/README.md).\n\n"
    "  --output DIR         where the archives go (made if need be)\n"
    "  --incidents N        how many (300)\n"
    "  --seed S             another seed is another team: topology and incidents (1)\n"
    "  --scenario NAME      standard; confounded, which breaks what a model assumes; or twofold: a quarter has two causes\n"
    "  --wrong-labels RATE  share of outcomes that name another cause (0.02)\n"
    "  --unlabelled RATE    share without an outcome (0.03)\n"
    "  --missing RATE       how often an evidence kind is missing, about (0.12)\n"
    "  --log-lines N        lines an incident, about (280)\n"
    "  --points N           metric values an incident, about (4000)\n"
    "  --traces N           requests followed, an incident (70)\n"
    "  --log-line-bytes N   log lines tell their request's context until they are about so long (0: they tell none)\n"
    "  --long-metrics       every other component's metrics as CSV a value a line, not a moment a line\n"
    "  --format KIND        tar.gz, or directory (tar.gz)\n"
    "  --truth FILE         the truth and the true posterior of each, as JSON lines\n"
    "  --threads N          (the processors at hand); the bytes do not depend on it\n";

struct options {
    struct gen_settings settings;
    const char *output, *truth;
    bool directories;
    int n_threads;
};

static bool read_rate(const char *text, double *rate)
{
    return hc_number_parse(hc_str_of(text), rate) && *rate >= 0.0 && *rate <= 1.0;
}

static bool read_count(const char *text, size_t *count)
{
    uint64_t value = 0;
    bool ok = hc_uint64_parse(hc_str_of(text), &value) && value <= 100000000;
    *count = (size_t)value;
    return ok;
}

static bool read_scenario(const char *text, enum gen_scenario *scenario)
{
    static const char *const NAMES[] = {
        [GEN_STANDARD] = "standard", [GEN_CONFOUNDED] = "confounded", [GEN_TWOFOLD] = "twofold"};
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        *scenario = (enum gen_scenario)i;
        if (strcmp(text, NAMES[i]) == 0)
            return true;
    }
    return false;
}

static bool read_option(struct options *o, int letter, const char *text)
{
    size_t count = 0;
    switch (letter) {
    case 'o':
        o->output = text;
        return true;
    case 't':
        o->truth = text;
        return true;
    case 'n':
        return read_count(text, &o->settings.n_incidents) && o->settings.n_incidents > 0;
    case 's':
        return hc_uint64_parse(hc_str_of(text), &o->settings.seed);
    case 'w':
        return read_rate(text, &o->settings.wrong_label_rate);
    case 'u':
        return read_rate(text, &o->settings.unlabelled_rate);
    case 'm':
        return read_rate(text, &o->settings.missing_rate);
    case 'l':
        return read_count(text, &o->settings.n_log_lines);
    case 'p':
        return read_count(text, &o->settings.n_points) && o->settings.n_points > 0;
    case 'r':
        return read_count(text, &o->settings.n_traces);
    case 'b':
        return read_count(text, &o->settings.log_line_bytes);
    case 'L':
        o->settings.long_metrics = true;
        return true;
    case 'j':
        o->n_threads = read_count(text, &count) ? (int)count : 0;
        return o->n_threads > 0;
    case 'c':
        return read_scenario(text, &o->settings.scenario);
    case 'f':
        o->directories = strcmp(text, "directory") == 0;
        return o->directories || strcmp(text, "tar.gz") == 0;
    default:
        return false;
    }
}

static bool read_options(struct options *o, int argc, char **argv)
{
    static const struct option LONG[] = {
        {"output", 1, NULL, 'o'},
        {"incidents", 1, NULL, 'n'},
        {"seed", 1, NULL, 's'},
        {"scenario", 1, NULL, 'c'},
        {"wrong-labels", 1, NULL, 'w'},
        {"unlabelled", 1, NULL, 'u'},
        {"missing", 1, NULL, 'm'},
        {"log-lines", 1, NULL, 'l'},
        {"points", 1, NULL, 'p'},
        {"format", 1, NULL, 'f'},
        {"truth", 1, NULL, 't'},
        {"threads", 1, NULL, 'j'},
        {"traces", 1, NULL, 'r'},
        {"log-line-bytes", 1, NULL, 'b'},
        {"long-metrics", 0, NULL, 'L'},
        {"help", 0, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    int letter;
    while ((letter = getopt_long(argc, argv, "", LONG, NULL)) != -1) {
        if (letter == 'h') {
            fputs(USAGE, stdout);
            exit(0);
        }
        if (!read_option(o, letter, optarg)) {
            if (letter != '?')
                fprintf(stderr, "hindcast-generate: '%s' will not do here; --help says what does\n", optarg);
            return false;
        }
    }
    if (optind < argc || !o->output)
        fputs(USAGE, stderr);
    return optind == argc && o->output;
}

static bool write_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    bool ok = file && (n == 0 || fwrite(bytes, 1, n, file) == n);
    return (!file || fclose(file) == 0) && ok;
}

static bool make_directory(const char *path)
{
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

#define PATH_BYTES 2048

/* "directory/name"; false where it does not fit. */
static bool join(char path[PATH_BYTES], const char *directory, const char *name, size_t n_name)
{
    int n = snprintf(path, PATH_BYTES, "%s/%.*s", directory, (int)n_name, name);
    return n > 0 && n < PATH_BYTES;
}

static bool write_directory(const struct gen_bundle *bundle, const char *directory)
{
    bool ok = make_directory(directory);
    for (size_t i = 0; ok && i < bundle->n; i++) {
        char path[PATH_BYTES];
        const struct gen_file *file = &bundle->files[i];
        const char *slash = strchr(file->path, '/');
        if (slash)
            ok = join(path, directory, file->path, (size_t)(slash - file->path)) && make_directory(path);
        ok = ok && join(path, directory, file->path, strlen(file->path)) &&
             write_file(path, file->bytes.p, file->bytes.n);
    }
    return ok;
}

static bool write_archive(const struct gen_bundle *bundle, const char *id, const char *path, size_t *n_bytes)
{
    struct hc_buf tar = {0}, packed = {0};
    bool ok = gen_tar(bundle, id, &tar) && gen_gzip(hc_buf_view(&tar), &packed) && write_file(path, packed.p, packed.n);
    *n_bytes += packed.n;
    hc_buf_free(&tar);
    hc_buf_free(&packed);
    return ok;
}

static bool make_incident(const struct options *o, const struct gen_topology *topology, size_t number,
                          struct gen_optimum *optimum, struct hc_buf *truth, size_t *n_bytes)
{
    struct gen_incident incident;
    struct gen_bundle bundle = {0};
    struct gen_view view = {.settings = &o->settings, .topology = topology, .incident = &incident};
    double posterior[GEN_COMPONENTS * 64];
    char path[1024];

    gen_incident_draw(&incident, topology, &o->settings, number);
    gen_posterior(&incident, topology, posterior);
    gen_optimum_add(optimum, &incident, posterior);
    if (o->truth)
        gen_truth_line(truth, &incident, topology, &o->settings, posterior);
    gen_random_seed(&view.random, o->settings.seed ^ UINT64_C(0x5DEECE66D), number);
    gen_render_metrics(&view, &bundle);
    gen_render_logs(&view, &bundle);
    gen_render_traces(&view, &bundle);
    gen_render_events(&view, &bundle);
    gen_render_manifest(&view, &bundle);
    for (size_t i = 0; i < bundle.n; i++)
        bundle.failed |= bundle.files[i].bytes.failed;
    snprintf(path, sizeof path, o->directories ? "%s/%s" : "%s/%s.tar.gz", o->output, incident.id);
    bool ok = !bundle.failed &&
              (o->directories ? write_directory(&bundle, path) : write_archive(&bundle, incident.id, path, n_bytes));
    gen_bundle_free(&bundle);
    return ok;
}

/* The truth is written, and the optimum added, in order of number, whatever the threads. */
static bool make_all(const struct options *o, struct gen_optimum *optimum, size_t *n_bytes)
{
    size_t n = o->settings.n_incidents, bytes = 0;
    bool ok = true;
    struct gen_topology topology;
    struct gen_optimum *each = calloc(n, sizeof *each);
    struct hc_buf *lines = calloc(n, sizeof *lines);
    FILE *file = NULL;

    gen_topology_make(&topology, o->settings.seed);
#pragma omp parallel for num_threads(o->n_threads) schedule(dynamic, 8) reduction(&& : ok) reduction(+ : bytes)
    for (size_t i = 0; i < n; i++)
        ok = each && lines && make_incident(o, &topology, i, &each[i], &lines[i], &bytes) && ok;
    if (o->truth)
        ok = (file = fopen(o->truth, "wb")) != NULL && ok;
    for (size_t i = 0; each && lines && i < n; i++) {
        optimum->component += each[i].component / (double)n;
        optimum->hypothesis += each[i].hypothesis / (double)n;
        optimum->category += each[i].category / (double)n;
        optimum->component_right += each[i].component_right / (double)n;
        if (file && lines[i].n)
            ok = fwrite(lines[i].p, 1, lines[i].n, file) == lines[i].n && ok;
        hc_buf_free(&lines[i]);
    }
    ok = (!file || fclose(file) == 0) && ok;
    free(each);
    free(lines);
    *n_bytes = bytes;
    return ok;
}

int main(int argc, char **argv)
{
    struct options o = {.settings = {.seed = 1,
                                     .n_incidents = 300,
                                     .wrong_label_rate = .02,
                                     .missing_rate = .12,
                                     .unlabelled_rate = .03,
                                     .n_log_lines = 280,
                                     .n_points = 4000,
                                     .n_traces = 70},
                        .n_threads = omp_get_num_procs()};
    struct gen_optimum optimum = {0};
    size_t n_bytes = 0;

    if (!read_options(&o, argc, argv))
        return 2;
    if (!make_directory(o.output) || !make_all(&o, &optimum, &n_bytes)) {
        fprintf(stderr, "hindcast-generate: cannot write below %s: %s\n", o.output, strerror(errno));
        return 4;
    }
    printf("%zu incidents", o.settings.n_incidents);
    if (!o.directories)
        printf(", %.1f MB", (double)n_bytes / 1e6);
    printf(" in %s\n", o.output);
    if (o.settings.scenario == GEN_STANDARD)
        printf(
            "The best possible answer would name the right component first in %.3f of them (expected; %.3f of these), "
            "the right category in %.3f, the right component and cause in %.3f.\n",
            optimum.component, optimum.component_right, optimum.category, optimum.hypothesis);
    return 0;
}
