/* Values of a metric that a document states, against the series of the bundle. */
#include <math.h>

#include "reports/lint/bundle.h"

#define MOST_VALUES 3000
#define MOST_METRICS 100
#define MOST_SERIES 20000
#define MOST_WORDS 6   /* of a metric's name */
#define BYTES_ROOM 1.1 /* a megabyte of 1000^2 or of 1024^2 */

/* Between a metric's name and its value. */
#define JOINS                                                                                                               \
    "of on in for at the its a an was is were are rose rise risen rising grew grow grown growing climbed climb climbing "   \
    "jumped jump spiked spike surged soared went gone fell fall dropped declined decreased increased increase reached "     \
    "reaching peaked peak peaking maximum max hit from to up down about around roughly nearly almost approximately over "   \
    "under below above exceeded exceeding exceed never stayed remained usage utilization use used consumption value level " \
    "doubled tripled quadrupled normally usually typically baseline usual typical normal more than less at most least "     \
    "throughout and then only had with between a as high"
/* Before it. */
#define BEFORE_NAME "the its a an and of peak peaked maximum max then when while as but s"
#define NARROWS "in for on per among within across with average mean median p50 p90 p95 p99 client cdn each every"
#define NO_VALUE                                                                                                             \
    "limit limits threshold thresholds quota target budget slo sla objective capacity alert alerts fire fires allow "        \
    "allowed allows allocated request requested configured set would could should will if expect expected forecast day "     \
    "week month year weeks months years ago yesterday similar incident-was max_connections unless until whole next planned " \
    "set-point mitigation remediation available free test tests testing staging simulated simulation quarter fix"
/* Who sets a value, and how: "we doubled", "was increased to". */
#define SETS \
    "increase increased raise raised double doubled triple tripled lower lowered reduce reduced bump bumped change changed"
#define SET_NOW \
    "were increased|was increased|been increased|were raised|was raised|were doubled|was doubled|been doubled"
/* Between two values of one name, where the second is of something else. */
#define APART "of with had out max maximum use used"

enum role { ROLE_ANY, ROLE_BASELINE, ROLE_PEAK, ROLE_BELOW };

static bool is_alnum(char b)
{
    return (b >= '0' && b <= '9') || ((b | 32) >= 'a' && (b | 32) <= 'z') || (unsigned char)b >= 128;
}

/* Words that an underscore, a dot or a hyphen parts too. */
static struct hc_str take_part(struct hc_str *rest)
{
    size_t i = 0, k;
    while (i < rest->n && !is_alnum(rest->p[i]))
        i++;
    for (k = i; k < rest->n && is_alnum(rest->p[k]);)
        k++;
    struct hc_str word = {rest->p + i, k - i};
    *rest = (struct hc_str){rest->p + k, rest->n - k};
    return word;
}

#define UNIT_WORDS "percent pct mb kb gb mib gib bytes byte ms seconds second s total count ratio gauge avg"

/* The words of a metric's name that tell what it measures; 0: too many or none, or it is a rate. */
static size_t words_of(struct hc_str metric, struct hc_str words[MOST_WORDS])
{
    size_t n = 0;
    for (struct hc_str word = take_part(&metric); word.n > 0; word = take_part(&metric)) {
        if (hc_word_in(word, UNIT_WORDS))
            continue;
        if (n == MOST_WORDS || hc_word_in(word, "per"))
            return 0;
        words[n++] = word;
    }
    return n;
}

static bool same_part(struct hc_str a, struct hc_str b)
{
    if (hc_str_equal_nocase(a, b))
        return true;
    return (a.n == b.n + 1 && a.n > 3 && (a.p[b.n] | 32) == 's' && hc_str_equal_nocase((struct hc_str){a.p, b.n}, b)) ||
           (b.n == a.n + 1 && b.n > 3 && (b.p[a.n] | 32) == 's' && hc_str_equal_nocase((struct hc_str){b.p, a.n}, a));
}

/* The last place in a text where the words of a metric stand together, in any order; absent: nowhere. */
static struct hc_str find_metric(struct hc_str text, const struct hc_str *words, size_t n)
{
    struct hc_str parts[MOST_WORDS] = {{0}}, rest = text, found = HC_STR_NONE;
    for (struct hc_str part = take_part(&rest); part.n > 0; part = take_part(&rest)) {
        if (n > 1 && hc_word_in(part, "of the")) /* "the rate of errors" */
            continue;
        memmove(parts, parts + 1, (n - 1) * sizeof *parts);
        parts[n - 1] = part;
        size_t n_met = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                if (parts[k].n > 0 && same_part(parts[k], words[i])) {
                    n_met++;
                    break;
                }
        if (n_met == n)
            found = (struct hc_str){parts[0].p, (size_t)(part.p + part.n - parts[0].p)};
    }
    return found;
}

/* ---- units ---- */

/* The unit of a series as of a quantity of one. */
static struct hc_quantity unit_of(const struct hc_lint_context *c, const struct hc_lint_series *s)
{
    struct hc_quantity one = {.kind = HC_Q_NUMBER, .scale = 1};
    struct hc_str unit = s->unit, rest = s->metric;
    for (struct hc_str word = take_part(&rest); word.n > 0 && s->unit.n == 0; word = take_part(&rest))
        if (hc_word_in(word, UNIT_WORDS))
            unit = word;
    if (hc_str_equal_nocase(unit, HC_STR("mb")) || hc_str_equal_nocase(unit, HC_STR("kb")))
        unit = unit.p[0] == 'm' || unit.p[0] == 'M' ? HC_STR("MB") : HC_STR("KB");
    struct hc_lint_context scratch = {.arena = c->arena};
    struct hc_str text = hc_str_format(c->arena, "1 %.*s", HC_STR_ARG(hc_str_cut(unit, 20)));
    struct hc_passage p = {.kind = HC_TEXT, .text = text};
    if (unit.n == 0 || !text.p)
        return one;
    hc_lint_quantities(&p, &scratch);
    return p.n_quantities == 1 ? p.quantities[0] : one;
}

/* ---- what the series allow ---- */

struct extent {
    double low, high;
    size_t at; /* of the highest */
    bool any;
};

/* What a metric is called, but for its unit. */
struct metric {
    struct hc_str words[MOST_WORDS];
    size_t n_words;
};

struct measured {
    const struct hc_lint_series *series;
    const struct metric *metric;
    struct hc_quantity unit;
    struct extent all, before, inside; /* of the window's start */
};

struct metrics {
    struct metric list[MOST_METRICS];
    struct measured *series;
    size_t n, n_series;
};

/* A value that is held against the series. */
struct held {
    struct hc_lint_context *c;
    const struct metrics *metrics;
    const struct hc_passage *p;
    const struct hc_quantity *q;
};

static void extend(struct extent *e, double value, size_t at)
{
    if (!e->any || value > e->high) {
        e->high = value;
        e->at = at;
    }
    e->low = !e->any || value < e->low ? value : e->low;
    e->any = true;
}

static void measure(struct measured *m, const struct hc_lint_facts *f)
{
    const struct hc_lint_series *s = m->series;
    for (size_t i = 0; i < s->n; i++) {
        bool before = s->at_ns ? hc_time_known(f->start) && s->at_ns[i] < f->start.ns : i + 1 < s->n;
        extend(&m->all, s->values[i], i);
        extend(before ? &m->before : &m->inside, s->values[i], i);
    }
}

static const struct metric *metric_of(struct metrics *all, struct hc_str name)
{
    struct metric metric;
    metric.n_words = words_of(name, metric.words);
    for (size_t i = 0; i < all->n && metric.n_words > 0; i++)
        if (all->list[i].n_words == metric.n_words && find_metric(name, all->list[i].words, metric.n_words).n > 0)
            return &all->list[i];
    if (metric.n_words == 0 || all->n == MOST_METRICS)
        return NULL;
    all->list[all->n] = metric;
    return &all->list[all->n++];
}

static struct metrics *find_metrics(struct hc_lint_context *c)
{
    struct metrics *all = hc_arena_calloc(c->arena, 1, sizeof *all);
    struct measured *series = hc_arena_calloc(c->arena, c->facts->n_series + 1, sizeof *series);
    c->failed = c->failed || !all || !series;
    for (size_t i = 0; i < c->facts->n_series && i < MOST_SERIES && !c->failed; i++) {
        struct measured m = {.series = &c->facts->series[i], .metric = metric_of(all, c->facts->series[i].metric)};
        if (!m.metric)
            continue;
        m.unit = unit_of(c, m.series);
        measure(&m, c->facts);
        series[all->n_series++] = m;
    }
    if (all)
        all->series = series;
    return all;
}

static const struct extent *extent_of(const struct measured *m, enum role role)
{
    return role == ROLE_ANY ? &m->all : role == ROLE_BASELINE ? &m->before : &m->inside;
}

static bool allows(const struct hc_quantity *q, double low, double high, double factor)
{
    double room = q->kind == HC_Q_BYTES ? BYTES_ROOM : 1;
    low = low < 0 ? low : low / room;
    return hc_may_be_written(q, low * factor, high * room * factor);
}

static bool series_allows(const struct measured *m, const struct hc_quantity *q, enum role role)
{
    const struct extent *part = extent_of(m, role);
    double factor = m->unit.scale;
    if (!part->any || q->kind != m->unit.kind)
        return true;
    if (role == ROLE_BELOW)
        return part->high * factor <= q->value + q->step;
    if (role == ROLE_PEAK)
        return q->bound == HC_AT_MOST || allows(q, part->high, part->high, factor) ||
               allows(q, m->all.high, m->all.high, factor);
    return allows(q, part->low, part->high, factor);
}

/* ---- what is said ---- */

static void say(const struct held *h, const struct measured *m, enum role role)
{
    const struct hc_lint_series *s = m->series;
    const struct extent *e = extent_of(m, role);
    struct hc_lint_place place = s->place;
    struct hc_buf says = {0}, right = {0};
    bool peak = role == ROLE_PEAK || role == ROLE_BELOW;
    hc_put_source(&says, h->c, h->p, h->q->begin, h->q->end);
    hc_buf_format(&right, "in the bundle %.*s%s%.*s ", HC_STR_ARG(s->component), s->component.n ? " " : "",
                  HC_STR_ARG(s->metric));
    hc_buf_text(&right, peak ? "peaks at " : role == ROLE_BASELINE ? "is before " : "is ");
    if (!peak && e->low < e->high) {
        hc_buf_text(&right, "between ");
        hc_put_value(&right, e->low);
        hc_buf_text(&right, " and ");
    }
    hc_put_value(&right, e->high);
    hc_buf_format(&right, "%s%.*s", s->unit.n > 0 ? " " : "", HC_STR_ARG(s->unit));
    if (s->first_row > 0)
        place.line = s->first_row + (uint32_t)e->at;
    hc_lint_add_held(h->c, "bundle-value", h->p, h->q, &says, &right, place);
}

/* Holds a value against all series that may be meant; where one allows it or cannot be compared, nothing is said. */
static void check_value(const struct held *h, const struct metric *metric, struct hc_str about, enum role role)
{
    const struct hc_lint_facts *f = h->c->facts;
    const struct measured *found = NULL;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, about, named), n_met = 0, n_alike = 0;
    for (size_t i = 0; i < h->metrics->n_series; i++) {
        const struct measured *m = &h->metrics->series[i];
        if (m->metric != metric || !hc_may_be_of(f, m->series->component, named, n_named))
            continue;
        h->c->compared.values += h->q->kind == m->unit.kind && n_alike++ == 0;
        if (series_allows(m, h->q, role))
            return;
        found = found ? found : m;
        n_met++;
    }
    if (found && (n_met == 1 || n_named > 0 || h->q->kind != HC_Q_NUMBER))
        say(h, found, role);
}

static const struct hc_quantity *quantity_at(const struct hc_passage *p, struct hc_str word)
{
    size_t at = (size_t)(word.p - p->text.p), low = 0, high = p->n_quantities;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->quantities[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < p->n_quantities && p->quantities[low].begin <= at ? &p->quantities[low] : NULL;
}

static bool in_quantity(const struct hc_passage *p, struct hc_str word)
{
    return quantity_at(p, word) != NULL;
}

/* "HTTP 500 error rate" */
static bool is_plain_number(const struct hc_passage *p, struct hc_str word)
{
    const struct hc_quantity *q = word.n > 0 ? quantity_at(p, word) : NULL;
    return q && (q->kind == HC_Q_NUMBER || q->kind == HC_Q_TIMES);
}

static bool holds_part(struct hc_str name, struct hc_str word)
{
    for (struct hc_str part = take_part(&name); part.n > 0; part = take_part(&name))
        if (hc_str_equal_nocase(part, word))
            return true;
    return false;
}

/* Is the word a part of the name of a component? */
static bool in_component(const struct hc_lint_context *c, const size_t *named, size_t n_named, struct hc_str word)
{
    for (size_t i = 0; i < n_named; i++)
        if (holds_part(c->facts->components[named[i]], word))
            return true;
    return false;
}

static bool only_known(const struct hc_lint_context *c, const struct hc_passage *p, struct hc_str text,
                       const size_t *named, size_t n_named)
{
    for (struct hc_str word = take_part(&text); word.n > 0; word = take_part(&text))
        if (!hc_word_in(word, JOINS) && !in_quantity(p, word) && !in_component(c, named, n_named, word))
            return false;
    return true;
}

/* Does what stands before the metric's name make it another: "in eu-west the error rate", "p50 latency"? */
static bool is_narrowed(const struct hc_lint_context *c, const struct hc_passage *p, struct hc_str before,
                        struct hc_str metric, const size_t *named, size_t n_named)
{
    struct hc_str rest = before, last = HC_STR_NONE;
    bool narrows = false;
    for (struct hc_str word = take_part(&rest); word.n > 0; word = take_part(&rest)) {
        bool known = in_quantity(p, word) || in_component(c, named, n_named, word) || holds_part(metric, word);
        if (narrows && !known && !hc_word_in(word, "the"))
            return true;
        narrows = (hc_word_in(word, NARROWS) && !known) || (narrows && hc_word_in(word, "the"));
        last = word;
    }
    bool apart = last.n > 0 && memchr(last.p, ',', (size_t)(before.p + before.n - last.p));
    if (hc_has_word(before, SETS) || hc_has_word(hc_first_words(before, 1), "of") || is_plain_number(p, last))
        return true;
    return narrows || (last.n > 0 && !apart && !hc_word_in(last, BEFORE_NAME) && !in_quantity(p, last) &&
                       !in_component(c, named, n_named, last));
}

static bool is_narrowed_behind(const struct hc_lint_context *c, const struct hc_passage *p, const struct hc_quantity *q,
                               struct hc_str sentence)
{
    struct hc_str behind = hc_part(p, q->end, (size_t)(sentence.p + sentence.n - p->text.p));
    struct hc_str rest = behind, first = take_part(&rest), second = take_part(&rest);
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, behind, named);
    bool counts =
        q->kind == HC_Q_NUMBER && first.n > 0 && first.p == behind.p + 1 && behind.p[0] == ' '; /* "4 cores" */
    if (counts && !hc_word_in(first, "at by in on then and before after during when while to from"))
        return true;
    if (hc_word_in(first, "of") && hc_word_in(second, "all total"))
        return false;
    return hc_word_in(first, "of per for in on among across") && !in_component(c, named, n_named, second) &&
           !in_quantity(p, second);
}

static enum role role_in(struct hc_str gap, struct hc_str before)
{
    bool never = hc_has_word(gap, "never stayed remained");
    if (never && hc_has_word(gap, "exceeded below under exceed above"))
        return ROLE_BELOW;
    if (hc_has_word(gap, "normally usually typically baseline usual typical normal"))
        return ROLE_BASELINE;
    if (hc_has_word(gap, "peaked peak peaking maximum") || hc_has_word(hc_last_words(before, 1), "peak"))
        return ROLE_PEAK;
    return ROLE_ANY;
}

/* Is it said of a maximum that may be allowed, or set? "Max connections: 250", "memory was increased to 2 GB". */
static bool may_be_set(struct hc_str lead, struct hc_str gap)
{
    bool reaches = hc_has_word(gap, "reached reaching hit rose climbed peaked");
    if (!reaches && (hc_has_word(gap, "max maximum") || hc_has_word(hc_last_words(lead, 1), "max maximum")))
        return true;
    return hc_holds_one_of(gap, SET_NOW);
}

/* "519 MB of 2 GB", "50 (max 250)": the second value is none of the metric. */
static bool is_apart(struct hc_str near)
{
    return hc_has_word(near, APART) || memchr(near.p, '(', near.n) || memchr(near.p, '/', near.n);
}

/* Where components are named from the metric's name on, or right before it, it is of them; else of that which the sentence
 * names. Absent: nothing is said of one alone. */
static struct hc_str owner_of(const struct hc_lint_facts *f, struct hc_str sentence, struct hc_str name)
{
    size_t named[HC_MOST_NAMED];
    struct hc_str lead = {sentence.p, (size_t)(name.p - sentence.p)};
    struct hc_str near = {name.p, (size_t)(sentence.p + sentence.n - name.p)};
    for (size_t n_words = 1; n_words <= 4; n_words++) {
        struct hc_str words = hc_last_words(lead, n_words);
        if (words.n == 0 || memchr(words.p, ',', (size_t)(name.p - words.p)))
            break;
        if (hc_components_in(f, words, named) == 0)
            continue;
        near = (struct hc_str){words.p, (size_t)(sentence.p + sentence.n - words.p)};
        break;
    }
    size_t n_near = hc_components_in(f, near, named);
    if (n_near == 1)
        return near;
    return n_near == 0 && hc_components_in(f, sentence, named) <= 1 ? sentence : HC_STR_NONE;
}

static bool check_in_sentence(const struct held *h, const struct metric *metric)
{
    const struct hc_passage *p = h->p;
    struct hc_str sentence = hc_sentence(p, h->q->begin, h->q->end);
    struct hc_str before = {sentence.p, (size_t)(p->text.p + h->q->begin - sentence.p)};
    struct hc_str name = find_metric(before, metric->words, metric->n_words);
    size_t named[HC_MOST_NAMED];
    if (name.n == 0 || hc_has_word(sentence, NO_VALUE))
        return false;
    size_t n_named = hc_components_in(h->c->facts, sentence, named);
    struct hc_str lead = {before.p, (size_t)(name.p - before.p)};
    struct hc_str gap = {name.p + name.n, (size_t)(before.p + before.n - name.p) - name.n};
    if (!only_known(h->c, p, gap, named, n_named) || is_narrowed(h->c, p, lead, name, named, n_named) ||
        is_narrowed_behind(h->c, p, h->q, sentence) || hc_has_word(hc_last_words(gap, 1), "by"))
        return false;
    struct hc_str near = hc_before(p, h->q), owner = owner_of(h->c->facts, sentence, name);
    bool later = near.p > gap.p; /* then what is before is said of another value */
    if (owner.n == 0 || may_be_set(lead, gap) || (later && is_apart(near)))
        return false;
    enum role role = role_in(later ? near : gap, later ? HC_STR_NONE : lead);
    bool from = hc_has_word(hc_last_words(later ? near : gap, 1), "from");
    check_value(h, metric, owner, from && role != ROLE_BELOW ? ROLE_BASELINE : role);
    return true;
}

/* ---- tables ---- */

static enum role role_of_header(struct hc_str header)
{
    if (hc_has_word(header, "baseline before normal usual"))
        return ROLE_BASELINE;
    return hc_has_word(header, "peak worst") ? ROLE_PEAK : ROLE_ANY;
}

static bool check_in_row(const struct held *h, const struct metric *metric)
{
    const struct hc_passage *p = h->p, *header = p->label > 0 ? &h->c->passages[p->label - 1] : NULL;
    struct hc_str first = hc_cell(p, 0), name = find_metric(first, metric->words, metric->n_words);
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(h->c->facts, first, named), column = 1;
    if (!header || name.n == 0)
        return false;
    struct hc_str lead = {first.p, (size_t)(name.p - first.p)};
    struct hc_str tail = {name.p + name.n, (size_t)(first.p + first.n - name.p) - name.n};
    if (!only_known(h->c, p, lead, named, n_named) || !only_known(h->c, p, tail, named, n_named))
        return false;
    for (struct hc_str cell = hc_cell(p, column); cell.p && column < 16; cell = hc_cell(p, ++column)) {
        size_t from = (size_t)(cell.p - p->text.p);
        enum role role = role_of_header(hc_cell(header, column));
        if (h->q->begin == from && h->q->end == from + cell.n && role != ROLE_ANY)
            check_value(h, metric, first, role);
    }
    return true;
}

static void check_quantity(const struct held *h)
{
    for (size_t i = 0; i < h->metrics->n; i++) {
        const struct metric *metric = &h->metrics->list[i];
        if (h->p->kind == HC_ROW ? check_in_row(h, metric) : check_in_sentence(h, metric))
            return;
    }
}

void hc_rule_bundle_values(struct hc_lint_context *c)
{
    const struct metrics *metrics = find_metrics(c);
    size_t n = 0;
    for (size_t i = 0; i < c->n && !c->failed; i++)
        for (size_t k = 0; k < c->passages[i].n_quantities && n < MOST_VALUES; k++) {
            const struct hc_passage *p = &c->passages[i];
            const struct hc_quantity *q = &p->quantities[k];
            if (!hc_measures(q) || q->sign || q->rate || q->kind == HC_Q_MONEY || p->kind == HC_HEADING ||
                hc_is_elsewhere(c, p))
                continue;
            n++;
            check_quantity(&(struct held){c, metrics, p, q});
        }
}
