/* Reads `hindcast analyze --json` from standard input, an object a line, and holds what the contract says of each.
 * check_analysis FOLDER: FOLDER/<incident>/ is the incident's bundle, so that members and lines can be looked up. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/json.h"
#include "base/number.h"
#include "base/time.h"

#define SUM_TOLERANCE 1e-9
#define CONFIRMED_LEAST 0.90
#define POSSIBLE_LEAST 0.05

struct check {
    const char *folder;
    struct hc_arena *arena;
    struct hc_str incident;
    size_t n_wrong;
};

static void wrong(struct check *check, const char *what, struct hc_str value)
{
    fprintf(stderr, "%.*s: %s: %.*s\n", HC_STR_ARG(check->incident), what, HC_STR_ARG(value));
    check->n_wrong++;
}

/* A number that prints as the shortest text that reads back the same. */
static double number_of(struct check *check, const struct hc_json *object, const char *key)
{
    const struct hc_json *member = hc_json_get(object, key);
    char text[HC_NUMBER_TEXT];
    double value = NAN;
    if (!member || member->type != HC_JSON_NUMBER || !hc_number_parse(member->text, &value)) {
        wrong(check, "no number", hc_str_of(key));
        return 0.0;
    }
    struct hc_str shortest = {text, hc_number_format(value, text)};
    if (!hc_str_equal(shortest, member->text))
        wrong(check, "not the shortest text of its number", member->text);
    return value;
}

static double probability_of(struct check *check, const struct hc_json *object)
{
    double p = number_of(check, object, "probability");
    if (!(p >= 0.0 && p <= 1.0))
        wrong(check, "not a probability", hc_json_text(object, "probability"));
    return p;
}

/* Null and absent are one: HC_STR_NONE. */
static struct hc_str name_of(const struct hc_json *object, const char *key)
{
    return hc_json_text(object, key);
}

static const struct hc_json *list_of(struct check *check, const struct hc_json *object, const char *key)
{
    const struct hc_json *list = hc_json_get(object, key);
    if (!list || list->type != HC_JSON_ARRAY) {
        wrong(check, "no list", hc_str_of(key));
        return NULL;
    }
    return list->first_child;
}

/* ---- members and lines ---- */

/* Of what a gzip file unpacks to, as lines are counted; of any other as it is. */
static size_t count_lines(gzFile file)
{
    size_t n = 0;
    int c, last = '\n';
    while ((c = gzgetc(file)) != -1) {
        n += c == '\n';
        last = c;
    }
    return last == '\n' ? n : n + 1;
}

static void check_place(struct check *check, const struct hc_json *item)
{
    struct hc_str member = name_of(item, "member"), line = name_of(item, "line");
    int64_t number = 0;
    char path[4096];
    if (!member.p) {
        if (line.p)
            wrong(check, "a line of no member", line);
        return;
    }
    if (line.p && (!hc_int64_parse(line, &number) || number < 1))
        wrong(check, "not a line", line);
    snprintf(path, sizeof path, "%s/%.*s/%.*s", check->folder, HC_STR_ARG(check->incident), HC_STR_ARG(member));
    gzFile file = gzopen(path, "rb");
    if (!file) {
        wrong(check, strerror(errno), member);
        return;
    }
    if ((size_t)number > count_lines(file))
        wrong(check, "a line past the end of its member", member);
    gzclose(file);
}

/* ---- hypotheses ---- */

static void check_reasons(struct check *check, const struct hc_json *hypothesis, const char *key, double sign)
{
    double last = INFINITY;
    for (const struct hc_json *r = list_of(check, hypothesis, key); r; r = r->next) {
        double weight = sign * number_of(check, r, "weight");
        if (weight < 0.0 || weight > last)
            wrong(check, "reasons out of order, or on the wrong side", name_of(r, "evidence"));
        if (name_of(r, "evidence").n == 0 || name_of(r, "text").n == 0)
            wrong(check, "a reason without a name or a sentence", hc_str_of(key));
        last = weight;
        check_place(check, r);
    }
}

static void check_status(struct check *check, const struct hc_json *root, const struct hc_json *hypothesis, double p)
{
    struct hc_str status = name_of(hypothesis, "status");
    bool confirmed = hc_str_is(status, "confirmed"), ruled_out = hc_str_is(status, "ruled-out");
    const struct hc_json *guarantee = hc_json_get(root, "guarantee");
    if (!confirmed && !ruled_out && !hc_str_is(status, "possible") && !hc_str_is(status, "contributing"))
        wrong(check, "not a status", status);
    if (confirmed && p < CONFIRMED_LEAST)
        wrong(check, "confirmed below the threshold", name_of(hypothesis, "probability"));
    if (!guarantee || guarantee->type != HC_JSON_NULL || hc_str_is(status, "contributing"))
        return;
    if (confirmed != (p >= CONFIRMED_LEAST) || ruled_out != (p < POSSIBLE_LEAST))
        wrong(check, "without a guarantee the thresholds decide, not", status);
}

/* Most probable first; ties by category, cause, component. The remainder, `other`, comes last of all. */
static int compare(const struct hc_json *a, double p, const struct hc_json *b, double q)
{
    static const char *const keys[] = {"category", "cause", "component"};
    int order = (p < q) - (p > q);
    for (size_t i = 0; order == 0 && i < 3; i++)
        order = hc_str_compare(name_of(a, keys[i]), name_of(b, keys[i]));
    return order;
}

static double check_hypotheses(struct check *check, const struct hc_json *root)
{
    const struct hc_json *last = NULL;
    double sum = 0.0, last_p = 1.0, rank = 1.0;
    for (const struct hc_json *h = list_of(check, root, "hypotheses"); h; h = h->next, rank += 1.0) {
        double p = probability_of(check, h);
        if (fabs(number_of(check, h, "rank") - rank) > 0.0)
            wrong(check, "ranks do not count up", name_of(h, "rank"));
        if (last && compare(last, last_p, h, p) > 0)
            wrong(check, "hypotheses out of order at rank", name_of(h, "rank"));
        if (p < 1e-6 && !hc_str_is(name_of(h, "category"), "other"))
            wrong(check, "listed below 1e-6", name_of(h, "rank"));
        if (name_of(h, "category").n == 0)
            wrong(check, "no category at rank", name_of(h, "rank"));
        check_status(check, root, h, p);
        check_reasons(check, h, "for", 1.0);
        check_reasons(check, h, "against", -1.0);
        sum += p;
        last = h;
        last_p = p;
    }
    return sum;
}

/* ---- the rest ---- */

static double share_by_hypotheses(const struct hc_json *root, const char *key, struct hc_str name)
{
    double sum = 0.0, p = 0.0;
    const struct hc_json *list = hc_json_get(root, "hypotheses");
    for (const struct hc_json *h = list ? list->first_child : NULL; h; h = h->next)
        if (hc_str_compare(name_of(h, key), name) == 0 && hc_number_parse(name_of(h, "probability"), &p))
            sum += p;
    return sum;
}

static double check_marginal(struct check *check, const struct hc_json *root, const char *list, const char *key)
{
    double sum = 0.0, last_p = 1.0;
    const struct hc_json *last = NULL;
    for (const struct hc_json *m = list_of(check, root, list); m; m = m->next) {
        double p = probability_of(check, m);
        if (last && compare(last, last_p, m, p) > 0)
            wrong(check, "a marginal out of order", name_of(m, key));
        if (fabs(p - share_by_hypotheses(root, key, name_of(m, key))) > SUM_TOLERANCE)
            wrong(check, "a marginal that its hypotheses do not add up to", name_of(m, key));
        sum += p;
        last = m;
        last_p = p;
    }
    return sum;
}

static void check_order(struct check *check, const struct hc_json *root, const char *list, const char *key, double sign)
{
    double last = INFINITY;
    for (const struct hc_json *item = list_of(check, root, list); item; item = item->next) {
        double value = sign * number_of(check, item, key);
        if (value > last)
            wrong(check, "out of order", hc_str_of(list));
        last = value;
    }
}

static void check_timeline(struct check *check, const struct hc_json *root)
{
    int64_t last = INT64_MIN;
    for (const struct hc_json *item = list_of(check, root, "timeline"); item; item = item->next) {
        struct hc_time at;
        if (!hc_time_parse_rfc3339(name_of(item, "at"), &at))
            wrong(check, "not a time", name_of(item, "at"));
        else if (at.ns < last)
            wrong(check, "timeline out of order", name_of(item, "at"));
        else
            last = at.ns;
        check_place(check, item);
    }
}

static void check_object(struct check *check, const struct hc_json *root)
{
    check->incident = name_of(root, "incident");
    if (check->incident.n == 0)
        wrong(check, "no incident", HC_STR(""));
    double unexplained = number_of(check, root, "unexplained");
    double sums[] = {check_hypotheses(check, root), check_marginal(check, root, "categories", "category"),
                     check_marginal(check, root, "components", "component")};
    for (size_t i = 0; i < 3; i++)
        if (fabs(sums[i] + unexplained - 1.0) > SUM_TOLERANCE)
            wrong(check, "does not sum to 1", hc_str_of(i == 0 ? "hypotheses" : i == 1 ? "categories" : "components"));
    check_order(check, root, "penalties", "points", -1.0);
    check_order(check, root, "next_evidence", "expected_entropy", -1.0);
    check_timeline(check, root);
}

int main(int argc, char **argv)
{
    struct check check = {.folder = argc > 1 ? argv[1] : ".", .arena = hc_arena_new(0)};
    char *line = NULL;
    size_t capacity = 0, n_objects = 0;
    ssize_t n;
    while (check.arena && (n = getline(&line, &capacity, stdin)) > 0) {
        struct hc_err err = HC_ERR_NONE;
        const struct hc_json *root = NULL;
        hc_arena_reset(check.arena);
        n_objects++;
        if (hc_json_parse(&root, (struct hc_str){line, (size_t)n}, check.arena, &err) == HC_OK)
            check_object(&check, root);
        else
            wrong(&check, err.text, HC_STR(""));
    }
    free(line);
    hc_arena_free(check.arena);
    printf("%zu analyses, %zu wrong\n", n_objects, check.n_wrong);
    return n_objects == 0 || check.n_wrong > 0;
}
