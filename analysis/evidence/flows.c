/* Flows: within a trace, what follows a step where something else did in the baseline. */
#include <math.h>

#include "analysis/evidence/logcount.h"
#include "analysis/evidence/sentence.h"
#include "analysis/stats/poisson.h"
#include "analysis/stats/shift.h"
#include "base/sort.h"

#define TIMES_REFERENCE 5
#define TIMES_WINDOW 3
#define COURSES_LEAST 50 /* steps of a reference */
#define SHARE_LEAST 0.05 /* of the window's steps */
#define SHARE_SCATTER 0.1
#define ROUNDING 0.01 /* more than rounding adds to a score */
#define QUOTE_BYTES 100
#define FLOW_KINDS (HC_FLOW_LOGS + 1)

/* The steps that followed one step: flows [from, to). */
struct context {
    size_t from, to;
    double reference, window;
    double ended_in_reference, ended_in_window;
};

struct shift {
    double z; /* the greatest, either way */
    size_t flow, n_tests;
    struct context context;
};

/* A step of log lines, or of spans, which has no log count. */
struct step_lines {
    size_t from, to;    /* log counts of its component and template */
    struct hc_str text; /* the template */
    bool complains;     /* lines that speak of another component */
};

struct hc_flow_lines {
    const struct hc_flow_count *items; /* the incident's, one a statement */
    size_t n;
    const struct step_lines *steps; /* by step */
    const uint32_t *stands_for;     /* by step: the first one of its statement */
    struct context *contexts;       /* of the kinds that have a reference */
    size_t n_contexts;
    enum hc_phase reference[FLOW_KINDS]; /* what the window is compared with; HC_PHASES: nothing */
};

struct flows {
    struct hc_detection *d;
    const struct hc_flow_lines *lines;
    enum hc_phase reference;
    struct shift *own[FLOW_KINDS]; /* by kind, component */
    struct shift *stopped;         /* by component: what came after it in its callers */
};

static const struct hc_flow_count *flow_at(const struct flows *f, size_t i)
{
    return &f->lines->items[i];
}

static void find_references(const struct hc_incident *incident, enum hc_phase reference[FLOW_KINDS])
{
    uint64_t n[FLOW_KINDS][HC_PHASES] = {{0}};
    for (size_t i = 0; i < incident->n_flows; i++) {
        for (int k = 0; k < HC_PHASES; k++)
            n[incident->flows[i].kind][k] += incident->flows[i].n[k];
    }
    for (int kind = 0; kind < FLOW_KINDS; kind++) {
        double least = fmax(COURSES_LEAST, SHARE_LEAST * (double)n[kind][HC_PHASE_WINDOW]);
        reference[kind] = (double)n[kind][HC_PHASE_BASELINE] >= least ? HC_PHASE_BASELINE
                          : (double)n[kind][HC_PHASE_OTHER] >= least  ? HC_PHASE_OTHER
                                                                      : HC_PHASES;
    }
}

static bool is_complaint(const struct flows *f, const struct hc_flow_count *flow)
{
    return flow->kind == HC_FLOW_LOGS && flow->then < f->d->incident->n_flow_steps &&
           f->lines->steps[flow->then].complains;
}

/* Courses that end in a complaint about another component are that one's, and not counted. */
static struct context context_at(const struct flows *f, size_t from)
{
    const struct hc_flow_count *first = flow_at(f, from);
    struct context c = {.from = from, .to = from};
    for (; c.to < f->lines->n; c.to++) {
        const struct hc_flow_count *flow = flow_at(f, c.to);
        if (flow->kind != first->kind || flow->component != first->component || flow->within != first->within ||
            flow->after != first->after)
            break;
        if (is_complaint(f, flow))
            continue;
        c.reference += flow->n[f->reference];
        c.window += flow->n[HC_PHASE_WINDOW];
        c.ended_in_reference += flow->then == HC_FLOW_END ? flow->n[f->reference] : 0;
        c.ended_in_window += flow->then == HC_FLOW_END ? flow->n[HC_PHASE_WINDOW] : 0;
    }
    return c;
}

/* Of two ways on, one rises as the other falls: the one that came is said. */
static double told(double z)
{
    return z > 0 ? z * (1 + 1e-9) : -z;
}

static void raise_to(struct shift *shift, double z, size_t flow, const struct context *context)
{
    if (told(z) <= told(shift->z))
        return;
    shift->z = z;
    shift->flow = flow;
    shift->context = *context;
}

/* The component that a caller had called last; none for its own steps. */
static uint32_t called_last(const struct flows *f, const struct hc_flow_count *flow)
{
    const struct hc_incident *incident = f->d->incident;
    if (flow->kind != HC_FLOW_SPANS || flow->after >= incident->n_flow_steps)
        return HC_NO_COMPONENT;
    uint32_t component = incident->flow_steps[flow->after].component;
    return component == flow->component || component >= incident->n_components ? HC_NO_COMPONENT : component;
}

static void test_context(struct flows *f, const struct context *c)
{
    const struct hc_flow_count *first = flow_at(f, c->from);
    uint32_t callee = called_last(f, first);
    bool recovered = first->kind == HC_FLOW_SPANS && f->d->recovered[first->component];
    struct context left = *c;
    if (callee != HC_NO_COMPONENT) {
        /* Whether it goes on after a call is the callee's doing; how it goes on is its own. */
        left.reference -= c->ended_in_reference;
        left.window -= c->ended_in_window;
    }
    for (size_t i = c->from; i < c->to && !recovered; i++) {
        const struct hc_flow_count *flow = flow_at(f, i);
        bool stops = callee != HC_NO_COMPONENT && flow->then == HC_FLOW_END;
        const struct context *of = stops ? c : &left;
        if (is_complaint(f, flow) || of->reference < TIMES_REFERENCE || of->window < TIMES_WINDOW)
            continue;
        struct shift *shift = stops ? &f->stopped[callee] : &f->own[flow->kind][flow->component];
        double n = flow->n[HC_PHASE_WINDOW], b = flow->n[f->reference];
        shift->n_tests++;
        if (hc_share_z_most(n, of->window, b, of->reference, SHARE_SCATTER) + ROUNDING < fabs(shift->z))
            continue;
        double z = hc_share_z(n, of->window, b, of->reference, SHARE_SCATTER);
        raise_to(shift, stops ? fmax(z, 0) : z, i, of);
    }
}

static struct hc_str quote(const struct flows *f, uint32_t step)
{
    struct hc_detection *d = f->d;
    if (step >= d->incident->n_flow_steps)
        return step == HC_FLOW_BEGIN ? HC_STR("the start")
               : step == HC_FLOW_END ? HC_STR("the end")
                                     : HC_STR("something rarer");
    const struct hc_flow_step *s = &d->incident->flow_steps[step];
    struct hc_str text = s->operation.p ? s->operation : f->lines->steps[step].text;
    struct hc_str cut = {text.p, text.n < QUOTE_BYTES ? text.n : QUOTE_BYTES};
    cut.n = hc_utf8_valid_prefix(cut);
    return HC_PHRASE(d->arena, HC_STR("'"), cut, cut.n < text.n ? HC_STR(" …'") : HC_STR("'"));
}

static struct hc_str sentence_of(const struct flows *f, const struct shift *shift)
{
    const struct hc_flow_count *flow = flow_at(f, shift->flow);
    const struct hc_incident *incident = f->d->incident;
    struct hc_str within = HC_STR("");
    if (flow->within < incident->n_flow_steps)
        within = HC_PHRASE(f->d->arena, HC_STR(" within "), quote(f, flow->within));
    struct hc_str after = quote(f, flow->after), then = quote(f, flow->then);
    struct hc_str of = HC_STR("");
    if (flow->after < incident->n_flow_steps && called_last(f, flow) != HC_NO_COMPONENT)
        of = HC_PHRASE(f->d->arena, HC_STR(" of "), hc_detect_component_name(f->d, called_last(f, flow)));
    const struct context *context = &shift->context;
    char before[HC_SAID_NUMBER], now[HC_SAID_NUMBER];
    hc_phrase_digits(100 * flow->n[f->reference] / context->reference, 3, before);
    hc_phrase_digits(100 * flow->n[HC_PHASE_WINDOW] / context->window, 3, now);
    return HC_PHRASE(f->d->arena, HC_STR("in "), hc_detect_component_name(f->d, flow->component), HC_STR(", after "),
                     after, of, within, HC_STR(", "), then, HC_STR(" followed in "), hc_str_of(before),
                     HC_STR(" % of "), HC_WHOLE(context->reference), HC_STR(" times before, in "), hc_str_of(now),
                     HC_STR(" % of "), HC_WHOLE(context->window), HC_STR(" in the window"));
}

static void add(struct flows *f, uint32_t component, size_t feature, const struct shift *shift)
{
    if (shift->n_tests == 0)
        return;
    struct hc_finding found = {.component = component,
                               .feature = feature,
                               .value = hc_shift_surprise(fabs(shift->z), hc_greatest_of(shift->n_tests)),
                               .onset = HC_TIME_NONE,
                               .place = flow_at(f, shift->flow)->place};
    if (hc_detect_wants(f->d, component, feature, found.value))
        found.text = sentence_of(f, shift);
    hc_detect_add(f->d, &found);
}

static void test_kind(struct flows *f, int kind)
{
    const struct hc_incident *incident = f->d->incident;
    f->reference = f->lines->reference[kind];
    for (size_t i = 0; i < f->lines->n_contexts; i++) {
        const struct hc_flow_count *flow = flow_at(f, f->lines->contexts[i].from);
        if (flow->kind == kind && flow->component < incident->n_components)
            test_context(f, &f->lines->contexts[i]);
    }
    for (uint32_t c = 0; f->reference != HC_PHASES && c < incident->n_components; c++) {
        add(f, c, kind == HC_FLOW_LOGS ? HC_FEATURE_LOG_FLOW_SHIFT : HC_FEATURE_PATH_FLOW_SHIFT, &f->own[kind][c]);
        if (kind == HC_FLOW_SPANS)
            add(f, c, HC_FEATURE_CALLERS_STOP, &f->stopped[c]);
    }
}

const bool *hc_flows_cover(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    bool *covers = hc_detect_alloc(d, incident->n_components, sizeof *covers);
    for (size_t i = 0; i < incident->n_flows && !d->refused; i++) {
        const struct hc_flow_count *flow = &incident->flows[i];
        if (flow->kind == HC_FLOW_LOGS && flow->component < incident->n_components)
            covers[flow->component] = true;
    }
    return covers;
}

static int by_course(const void *a, const void *b)
{
    const struct hc_flow_count *x = a, *y = b;
    const uint32_t xs[] = {x->kind, x->component, x->within, x->after, x->then};
    const uint32_t ys[] = {y->kind, y->component, y->within, y->after, y->then};
    for (size_t i = 0; i < sizeof xs / sizeof *xs; i++) {
        if (xs[i] != ys[i])
            return xs[i] < ys[i] ? -1 : 1;
    }
    int order = hc_str_compare(x->place.member, y->place.member);
    return order ? order : (x->place.line > y->place.line) - (x->place.line < y->place.line);
}

/* Joins flows whose steps are of one statement; the busiest in the window says where. */
static void join_flows(struct hc_flow_lines *f, struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_flow_count *items = hc_detect_room(d, incident->n_flows, sizeof *items);
    if (d->refused)
        return;
    for (size_t i = 0; i < incident->n_flows; i++) {
        struct hc_flow_count *flow = &items[i];
        *flow = incident->flows[i];
        flow->after = flow->after < incident->n_flow_steps ? f->stands_for[flow->after] : flow->after;
        flow->then = flow->then < incident->n_flow_steps ? f->stands_for[flow->then] : flow->then;
    }
    hc_sort(items, incident->n_flows, sizeof *items, by_course);
    f->items = items;
    for (size_t i = 0; i < incident->n_flows; i++) {
        struct hc_flow_count *flow = &items[i], *last = f->n ? &items[f->n - 1] : NULL;
        if (!last || last->kind != flow->kind || last->component != flow->component || last->within != flow->within ||
            last->after != flow->after || last->then != flow->then) {
            items[f->n++] = *flow;
            continue;
        }
        if (flow->n[HC_PHASE_WINDOW] > last->n[HC_PHASE_WINDOW])
            last->place = flow->place;
        for (int k = 0; k < HC_PHASES; k++)
            last->n[k] += flow->n[k];
    }
}

/* Each step a statement of its own, and the flows in the order of by_course? */
static bool stand_joined(const struct hc_incident *incident, const uint32_t *stands_for)
{
    bool joined = true;
    for (size_t i = 0; i < incident->n_flow_steps && joined; i++)
        joined = stands_for[i] == i;
    for (size_t i = 1; i < incident->n_flows && joined; i++)
        joined = by_course(&incident->flows[i - 1], &incident->flows[i]) <= 0;
    return joined;
}

/* + 1; 0: a step that is not of lines. */
static uint32_t statement_of(const struct hc_detection *d, const struct step_lines *lines)
{
    return lines->from < lines->to ? d->statement_of[lines->to - 1] + 1 : 0;
}

/* The first step of the same component and statement. */
static const uint32_t *find_statements(struct hc_detection *d, const struct step_lines *lines)
{
    const struct hc_incident *incident = d->incident;
    uint32_t *stands_for = hc_detect_room(d, incident->n_flow_steps, sizeof *stands_for);
    uint32_t *first = hc_detect_alloc(d, incident->n_templates, sizeof *first); /* + 1, of one component */
    size_t begin = 0;
    for (size_t i = 0; i < incident->n_flow_steps && !d->refused; i++) {
        const struct hc_flow_step *step = &incident->flow_steps[i];
        for (; incident->flow_steps[begin].component != step->component; begin++) {
            if (statement_of(d, &lines[begin]))
                first[statement_of(d, &lines[begin]) - 1] = 0;
        }
        stands_for[i] = (uint32_t)i;
        uint32_t statement = statement_of(d, &lines[i]);
        if (!statement)
            continue;
        uint32_t *of = &first[statement - 1];
        *of = *of ? *of : (uint32_t)i + 1;
        stands_for[i] = *of - 1;
    }
    return stands_for;
}

static uint64_t template_of(const struct hc_detection *d, size_t count)
{
    return d->incident->templates[d->incident->log_counts[count].template_index].id;
}

static void look_up_step(const struct hc_detection *d, const struct hc_flow_step *step, size_t count,
                         struct step_lines *lines)
{
    const struct hc_log_count *counts = d->incident->log_counts;
    lines->from = lines->to = count;
    while (lines->to < d->incident->n_log_counts && counts[lines->to].component == step->component &&
           template_of(d, lines->to) == step->template_id)
        lines->complains |= d->complains[lines->to++];
    if (lines->from < lines->to)
        lines->text = d->incident->templates[counts[lines->from].template_index].text;
}

/* Log counts of a component stand by template, as its steps do: those of a step come after those of the one before it. */
static void look_up_steps(const struct hc_detection *d, struct step_lines *lines)
{
    const struct hc_log_table *table = d->log_table;
    const struct hc_flow_step *last = NULL;
    for (size_t i = 0, k = 0; i < d->incident->n_flow_steps; i++) {
        const struct hc_flow_step *step = &d->incident->flow_steps[i];
        if (step->operation.p || step->component >= d->incident->n_components)
            continue;
        if (!last || last->component != step->component || last->template_id > step->template_id)
            k = table->begin[step->component];
        while (k < table->end[step->component] && template_of(d, table->order[k]) < step->template_id)
            k++;
        if (k < table->end[step->component])
            look_up_step(d, step, table->order[k], &lines[i]);
        last = step;
    }
}

static void find_contexts(struct hc_flow_lines *lines, struct hc_detection *d)
{
    struct flows f = {.d = d, .lines = lines};
    lines->contexts = hc_detect_room(d, lines->n, sizeof *lines->contexts);
    for (size_t from = 0; from < lines->n && !d->refused;) {
        struct context *context = &lines->contexts[lines->n_contexts];
        f.reference = lines->reference[lines->items[from].kind];
        if (f.reference == HC_PHASES) {
            from++;
            continue;
        }
        *context = context_at(&f, from);
        from = context->to;
        lines->n_contexts++;
    }
}

static const struct hc_flow_lines *look_up_lines(struct hc_detection *d)
{
    if (d->flow_lines)
        return d->flow_lines;
    struct hc_flow_lines *f = hc_detect_alloc(d, 1, sizeof *f);
    struct step_lines *steps = hc_detect_alloc(d, d->incident->n_flow_steps, sizeof *steps);
    if (d->refused)
        return NULL;
    find_references(d->incident, f->reference);
    look_up_steps(d, steps);
    f->steps = steps;
    f->stands_for = find_statements(d, steps);
    if (d->refused || stand_joined(d->incident, f->stands_for)) {
        f->items = d->incident->flows;
        f->n = d->incident->n_flows;
    } else {
        join_flows(f, d);
    }
    find_contexts(f, d);
    d->flow_lines = f;
    return f;
}

const bool *hc_flows_lead(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct flows f = {.d = d, .lines = look_up_lines(d)};
    bool *leads = hc_detect_room(d, incident->n_log_counts, sizeof *leads);
    bool *known = hc_detect_alloc(d, incident->n_flow_steps, sizeof *known);
    for (size_t i = 0; i < incident->n_log_counts && !d->refused; i++)
        leads[i] = true;
    if (d->refused || !f.lines || f.lines->reference[HC_FLOW_LOGS] == HC_PHASES)
        return leads;
    for (size_t k = 0; k < f.lines->n_contexts; k++) {
        const struct context *c = &f.lines->contexts[k];
        if (flow_at(&f, c->from)->kind != HC_FLOW_LOGS || c->reference < TIMES_REFERENCE)
            continue;
        for (size_t i = c->from; i < c->to; i++) {
            if (flow_at(&f, i)->then < incident->n_flow_steps)
                known[flow_at(&f, i)->then] = true;
        }
    }
    for (size_t i = 0; i < incident->n_flow_steps; i++) {
        for (size_t k = f.lines->steps[i].from; k < f.lines->steps[i].to; k++)
            leads[k] = known[f.lines->stands_for[i]];
    }
    return leads;
}

void hc_detect_flows(struct hc_detection *d)
{
    struct flows f = {.d = d};
    if (d->incident->n_flows == 0)
        return;
    f.own[HC_FLOW_SPANS] = hc_detect_alloc(d, d->incident->n_components, sizeof **f.own);
    f.own[HC_FLOW_LOGS] = hc_detect_alloc(d, d->incident->n_components, sizeof **f.own);
    f.stopped = hc_detect_alloc(d, d->incident->n_components, sizeof *f.stopped);
    f.lines = look_up_lines(d);
    for (int kind = HC_FLOW_SPANS; kind <= HC_FLOW_LOGS && !d->refused; kind++)
        test_kind(&f, kind);
}
