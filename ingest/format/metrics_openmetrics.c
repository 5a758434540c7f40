/* OpenMetrics and Prometheus text, one sample a line: name{label="value",…} value [timestamp] [# exemplar]. */
#include "base/number.h"
#include "ingest/format/metrics_labels.h"

/* A number this small since 1970 is as likely a count as a time. */
#define TIME_LIKELY_NS (INT64_C(100000000) * HC_NS_PER_SECOND)
#define SAMPLES_SEEN 3
#define LABEL_BYTES 4096 /* of the values of a line that hold escapes */

enum family { FAMILY_UNKNOWN, FAMILY_GAUGE, FAMILY_COUNTER, FAMILY_PARTS };

/* What "# TYPE" and "# UNIT" say of a name. */
struct described {
    enum family family;
    struct hc_str unit;
};

struct openmetrics {
    struct hc_labelled_metrics metrics;
    struct hc_names names; /* of families */
    struct described *families;
    size_t capacity;
    struct hc_label labels[HC_LABELS_MOST];
    size_t n_labels;
    char unescaped[LABEL_BYTES];
    size_t n_unescaped;
    uint32_t line;
    size_t n_untimed;
    bool no_memory;
};

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' ||
           c == '.';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void pass_blanks(struct hc_str *rest)
{
    while (rest->n > 0 && is_blank(*rest->p))
        *rest = (struct hc_str){rest->p + 1, rest->n - 1};
}

static struct hc_str take_while(struct hc_str *rest, bool (*is_part)(char c))
{
    size_t n = 0;
    while (n < rest->n && is_part(rest->p[n]))
        n++;
    struct hc_str taken = {rest->p, n};
    *rest = (struct hc_str){rest->p + n, rest->n - n};
    return taken;
}

static bool is_word(char c)
{
    return !is_blank(c);
}

static struct hc_str take_word(struct hc_str *rest)
{
    pass_blanks(rest);
    return take_while(rest, is_word);
}

static bool take_char(struct hc_str *rest, char c)
{
    pass_blanks(rest);
    if (rest->n == 0 || *rest->p != c)
        return false;
    *rest = (struct hc_str){rest->p + 1, rest->n - 1};
    return true;
}

static struct described *describe(struct openmetrics *o, struct hc_str name)
{
    size_t before = o->names.n, number = hc_names_add(&o->names, name);
    if (number == HC_NAME_NONE)
        return NULL;
    struct described *grown =
        hc_arena_grow(o->metrics.reading->arena, o->families, before, o->names.n, &o->capacity, sizeof *grown);
    if (grown == NULL)
        return NULL;
    o->families = grown;
    if (number == before)
        grown[number] = (struct described){FAMILY_UNKNOWN, HC_STR_NONE};
    return &grown[number];
}

static enum family family_of(struct hc_str type)
{
    if (hc_str_is(type, "counter"))
        return FAMILY_COUNTER;
    if (hc_str_is(type, "histogram") || hc_str_is(type, "summary"))
        return FAMILY_PARTS;
    return hc_str_is(type, "untyped") || hc_str_is(type, "unknown") ? FAMILY_UNKNOWN : FAMILY_GAUGE;
}

/* "# TYPE name counter", "# UNIT name seconds"; every other comment says nothing to us. */
static void read_comment(struct openmetrics *o, struct hc_str line)
{
    struct hc_str rest = {line.p + 1, line.n - 1};
    struct hc_str what = take_word(&rest), name = take_word(&rest), value = take_word(&rest);
    bool type = hc_str_is(what, "TYPE"), unit = hc_str_is(what, "UNIT");
    if (name.n > 2 && *name.p == '"' && name.p[name.n - 1] == '"')
        name = (struct hc_str){name.p + 1, name.n - 2};
    if ((!type && !unit) || name.n == 0 || value.n == 0)
        return;
    struct described *described = describe(o, name);
    o->no_memory |= described == NULL;
    if (described != NULL && type)
        described->family = family_of(value);
    else if (described != NULL)
        described->unit = value;
}

/* Behind the opening quote; \\, \" and \n are undone. False: it does not end, or there is no room. */
static bool take_label_value(struct openmetrics *o, struct hc_str *rest, struct hc_str *value)
{
    size_t n = 0, begin = o->n_unescaped;
    bool escaped = false;
    for (; n < rest->n && rest->p[n] != '"'; n++) {
        char c = rest->p[n];
        escaped = escaped || c == '\\';
        n += c == '\\' && n + 1 < rest->n;
        if (c == '\\')
            c = rest->p[n] == 'n' ? '\n' : rest->p[n];
        if (o->n_unescaped == LABEL_BYTES)
            return false;
        o->unescaped[o->n_unescaped++] = c;
    }
    if (n == rest->n)
        return false;
    *value = escaped ? (struct hc_str){o->unescaped + begin, o->n_unescaped - begin} : (struct hc_str){rest->p, n};
    o->n_unescaped = escaped ? o->n_unescaped : begin;
    *rest = (struct hc_str){rest->p + n + 1, rest->n - n - 1};
    return true;
}

/* Behind the opening brace. A name of any characters stands there in quotes, and so may the metric's, before the labels;
 * dumps of a data base give that as the label __name__. */
static bool take_labels(struct openmetrics *o, struct hc_str *rest, struct hc_str *metric)
{
    while (!take_char(rest, '}')) {
        struct hc_label label = {HC_STR_NONE, HC_STR_NONE};
        bool quoted = take_char(rest, '"');
        if (quoted && !take_label_value(o, rest, &label.name))
            return false;
        if (!quoted)
            label.name = take_while(rest, is_name);
        bool valued = take_char(rest, '=');
        if (label.name.n == 0 || (valued && (!take_char(rest, '"') || !take_label_value(o, rest, &label.value))))
            return false;
        bool names_it = metric->n == 0 && (valued ? hc_str_is(label.name, "__name__") : quoted);
        if (names_it)
            *metric = valued ? label.value : label.name;
        else if (!valued || o->n_labels == HC_LABELS_MOST)
            return false;
        else
            o->labels[o->n_labels++] = label;
        take_char(rest, ',');
    }
    return true;
}

/* The name and the labels of a sample; what follows them is left. */
static bool take_series(struct openmetrics *o, struct hc_str *rest, struct hc_str *metric)
{
    o->n_labels = o->n_unescaped = 0;
    *metric = take_while(rest, is_name);
    return (!take_char(rest, '{') || take_labels(o, rest, metric)) && metric->n > 0;
}

/* The family that a sample's name is of: its own, or that without what OpenMetrics and histograms add. */
static const struct described *family_of_sample(const struct openmetrics *o, struct hc_str name)
{
    static const struct hc_str ends[] = {{NULL, 0}, {"_total", 6}, {"_bucket", 7}, {"_count", 6}, {"_sum", 4}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (ends[i].n > 0 && !hc_str_ends(name, ends[i]))
            continue;
        size_t number = hc_names_find(&o->names, (struct hc_str){name.p, name.n - ends[i].n});
        if (number != HC_NAME_NONE)
            return &o->families[number];
    }
    return NULL;
}

static bool is_counter(const struct described *family, struct hc_str name)
{
    if (family == NULL || family->family == FAMILY_UNKNOWN)
        return hc_labelled_is_counter(name);
    if (family->family == FAMILY_PARTS)
        return hc_str_ends(name, HC_STR("_bucket")) || hc_str_ends(name, HC_STR("_count")) ||
               hc_str_ends(name, HC_STR("_sum"));
    return family->family == FAMILY_COUNTER;
}

/* What is wrong with the line; NULL: nothing. */
static const char *read_sample(struct openmetrics *o, struct hc_str rest)
{
    struct hc_labelled_metric metric = {.labels = o->labels, .line = o->line};
    struct hc_time at;
    double value;
    if (!take_series(o, &rest, &metric.name))
        return "not a sample";
    metric.n_labels = o->n_labels;
    struct hc_str number = take_word(&rest), time = take_word(&rest);
    if (number.n == 0 || !hc_number_parse(number, &value))
        return "not a number";
    if (time.n == 0 || *time.p == '#') {
        o->n_untimed++;
        return NULL;
    }
    if (!hc_time_parse_evidence(time, 0, &at))
        return "not a time";
    const struct described *family = family_of_sample(o, metric.name);
    if (hc_str_ends(metric.name, HC_STR("_created")) &&
        family_of_sample(o, (struct hc_str){metric.name.p, metric.name.n - 8}))
        return NULL; /* when the counter began */
    metric.unit = family != NULL ? family->unit : HC_STR_NONE;
    metric.is_counter = is_counter(family, metric.name);
    metric.is_guess = family == NULL || family->family == FAMILY_UNKNOWN;
    o->no_memory |= !hc_labelled_add(&o->metrics, &metric, at.ns, value);
    return NULL;
}

static void read_line(struct openmetrics *o, struct hc_str line)
{
    struct hc_reading *reading = o->metrics.reading;
    if (line.n == 0)
        return;
    if (*line.p == '#') {
        read_comment(o, line);
        return;
    }
    reading->n_rows++;
    const char *wrong = read_sample(o, line);
    if (wrong == NULL)
        return;
    reading->n_bad_rows++;
    hc_warnings_add(&reading->warnings, "metrics-sample", o->metrics.context->member, (long)o->line,
                    "%s; the line is left out", wrong);
}

/* A sample with a time, and nothing but an exemplar behind it. */
static bool is_timed_sample(struct hc_str line)
{
    struct openmetrics o; /* of which a series fills what it needs: clearing it all would cost more than the line */
    struct hc_str name;
    double value;
    struct hc_time at;
    if (!take_series(&o, &line, &name) || (*name.p >= '0' && *name.p <= '9'))
        return false;
    struct hc_str number = take_word(&line), time = take_word(&line);
    pass_blanks(&line);
    return number.n > 0 && hc_number_parse(number, &value) && hc_time_parse_evidence(time, 0, &at) &&
           (o.n_labels > 0 || at.ns > TIME_LIKELY_NS) && (line.n == 0 || *line.p == '#');
}

/* Sure by a comment that only this format has; else where most of the first samples have a time: one may be damaged. */
static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    int n_samples = 0, n_timed = 0;
    for (int n = 0; n < 64 && head.n > 0 && n_samples < SAMPLES_SEEN; n++) {
        struct hc_str line = hc_str_take_line(&head);
        if (hc_str_starts(line, HC_STR("# HELP ")) || hc_str_starts(line, HC_STR("# TYPE ")) ||
            hc_str_starts(line, HC_STR("# UNIT ")))
            return HC_BID_CERTAIN;
        if (line.n == 0 || *line.p == '#')
            continue;
        n_samples++;
        n_timed += is_timed_sample(line);
    }
    return n_samples == 0 ? 0 : 2 * n_timed > n_samples ? HC_BID_CERTAIN : HC_BID_IF_NAMED;
}

static enum hc_status read_openmetrics(struct hc_str bytes, const struct hc_read_context *context,
                                       struct hc_reading *reading, struct hc_err *err)
{
    struct openmetrics *o = hc_arena_calloc(reading->arena, 1, sizeof *o);
    if (o == NULL)
        return hc_arena_refused(reading->arena, err);
    hc_labelled_open(&o->metrics, context, reading);
    hc_names_init(&o->names, reading->arena);
    while (bytes.n > 0 && !o->no_memory) {
        o->line++;
        read_line(o, hc_str_take_line(&bytes));
    }
    o->no_memory |= !hc_labelled_close(&o->metrics);
    if (o->no_memory)
        return hc_arena_refused(reading->arena, err);
    if (reading->n_rows == reading->n_bad_rows)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "none of its lines is a sample");
    if (o->n_untimed > 0)
        hc_warnings_add(&reading->warnings, "metrics-untimed", context->member, 0,
                        "%zu samples have no timestamp, and are no series: left out", o->n_untimed);
    return HC_OK;
}

const struct hc_reader hc_reader_metrics_openmetrics = {.name = "metrics-openmetrics",
                                                        .kind = "metrics",
                                                        .most = HC_BID_CERTAIN,
                                                        .bid = bid,
                                                        .read = read_openmetrics,
                                                        .share = HC_SHARE_METRICS};
