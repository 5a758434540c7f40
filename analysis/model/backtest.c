#include "analysis/model/backtest.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/model/answers.h"
#include "analysis/model/calibrate.h"

static const char *const ablated_kinds[HC_ABLATED_KINDS] = {"metrics",  "logs",    "traces",
                                                            "topology", "changes", "events"};

struct job {                                /* one incident to predict */
    const struct hc_labelled *label, *last; /* last: the latest one confirmed before; NULL: none */
    size_t n_known, size; /* labels known when it began, and those of the calibration it is predicted with */
    struct hc_backtest_row row;
    struct hc_answers answers[HC_METHODS], without[HC_ABLATED_KINDS];
    bool has_without[HC_ABLATED_KINDS];
};

struct stage { /* one calibration of the schedule */
    size_t size;
    struct hc_arena *arena;
    struct hc_calibration calibration;
};

struct run {
    struct hc_history history;
    const struct hc_catalogue *catalogue;
    bool ablation;
    struct job *jobs; /* by started, incident */
    size_t n_jobs;
    size_t n_chosen[HC_CHOICES];
    struct stage *stages; /* by size */
    size_t n_stages;
    struct hc_model *expert;
};

static int by_started(const void *a, const void *b)
{
    const struct job *x = a, *y = b;
    if (x->label->started.ns != y->label->started.ns)
        return x->label->started.ns < y->label->started.ns ? -1 : 1;
    return hc_str_compare(x->label->evidence->incident, y->label->evidence->incident);
}

size_t hc_backtest_schedule(size_t n_known)
{
    size_t size = 0;
    for (;;) {
        const size_t grown = (size_t)ceil((double)size * HC_SCHEDULE_GROWTH - 1e-9);
        const size_t next = grown > size ? grown : size + 1;
        if (next > n_known)
            return size;
        size = next;
    }
}

/* How many of the labels in order of known_at were known by then; an incident's own is never among them. */
static size_t known_by(const struct hc_history *h, int64_t ns, const struct hc_labelled *own)
{
    size_t low = 0, high = h->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (h->past[middle]->known_at.ns <= ns)
            low = middle + 1;
        else
            high = middle;
    }
    if (own->known_at.ns > ns)
        return low;
    size_t n = 0; /* odd: its own label was known when it began */
    while (n < low && h->past[n] != own)
        n++;
    return n;
}

static int by_size(const void *a, const void *b)
{
    const struct stage *x = a, *y = b;
    return (x->size > y->size) - (x->size < y->size);
}

static enum hc_status choose_jobs(struct run *r, const struct hc_labelled *labelled, size_t n,
                                  const struct hc_backtest_options *options, struct hc_arena *arena)
{
    r->jobs = hc_arena_calloc(arena, n, sizeof *r->jobs);
    if (!r->jobs)
        return HC_FATAL;
    for (size_t i = 0; i < n; i++) {
        const enum hc_choice choice = hc_label_choice(&labelled[i], options);
        r->n_chosen[choice]++;
        if (choice == HC_CHOICE_PREDICTED)
            r->jobs[r->n_jobs++].label = &labelled[i];
    }
    qsort(r->jobs, r->n_jobs, sizeof *r->jobs, by_started);
    return HC_OK;
}

static enum hc_status plan_stages(struct run *r, struct hc_arena *arena)
{
    r->stages = hc_arena_calloc(arena, r->n_jobs + 1, sizeof *r->stages);
    if (!r->stages)
        return HC_FATAL;
    for (size_t j = 0; j < r->n_jobs; j++) {
        struct job *job = &r->jobs[j];
        const size_t known = known_by(&r->history, job->label->started.ns, job->label);
        job->n_known = known;
        job->size = hc_backtest_schedule(known);
        job->last = known ? r->history.past[known - 1] : NULL;
        r->stages[j].size = job->size;
    }
    qsort(r->stages, r->n_jobs, sizeof *r->stages, by_size);
    for (size_t j = 0; j < r->n_jobs; j++)
        if (!r->n_stages || r->stages[r->n_stages - 1].size != r->stages[j].size)
            r->stages[r->n_stages++].size = r->stages[j].size;
    return HC_OK;
}

static void fill_row(struct job *job, const struct hc_answered *a, const struct stage *stage)
{
    const struct hc_analysis *x = &a->analysis;
    const struct hc_answers *own = &job->answers[HC_METHOD_MODEL];
    job->row = (struct hc_backtest_row){.incident = job->label->evidence->incident,
                                        .as_of = stage->calibration.as_of,
                                        .service = job->label->evidence->service,
                                        .started = job->label->started,
                                        .n_known = (uint32_t)job->n_known,
                                        .category = job->label->category,
                                        .cause = job->label->cause,
                                        .component = job->label->component,
                                        .probability = own->component.probability,
                                        .category_probability = own->category.probability,
                                        .hypothesis_probability = a->label_probability,
                                        .rank = own->component.rank,
                                        .unexplained = x->unexplained,
                                        .n_candidates = a->n_candidates,
                                        .promised = x->has_guarantee,
                                        .covered = a->covered};
    if (x->n_components)
        job->row.top_component = x->components[0].name;
    if (x->n_components)
        job->row.top_probability = x->components[0].probability;
    if (x->n_categories)
        job->row.top_category = hc_str_copy(stage->arena, x->categories[0].name);
}

/* The kinds whose removal is looked at, as bits; `kind` NULL: of them all. */
static uint64_t ablated(const struct hc_catalogue *catalogue, const char *kind)
{
    uint64_t bits = 0;
    for (size_t m = 0; m < catalogue->n_kinds; m++)
        for (size_t i = 0; i < HC_ABLATED_KINDS; i++)
            if (hc_str_is(catalogue->kinds[m].id, ablated_kinds[i]) && (!kind || strcmp(kind, ablated_kinds[i]) == 0))
                bits |= UINT64_C(1) << m;
    return bits;
}

/* The same answer with each kind removed that is there, where something is left. */
static enum hc_status answer_without(struct run *r, struct job *job, const struct hc_model *model,
                                     struct hc_arena *work)
{
    const uint64_t there = job->label->evidence->kinds & ablated(r->catalogue, NULL);
    for (size_t i = 0; r->ablation && i < HC_ABLATED_KINDS; i++) {
        const uint64_t removed = ablated(r->catalogue, ablated_kinds[i]);
        struct hc_answered a;
        if (!(there & removed) || !(there & ~removed))
            continue;
        if (hc_answer_label(&a, model, r->catalogue, job->label, removed, work) != HC_OK)
            return HC_FATAL;
        job->without[i] = hc_answers_of(&a, job->label);
        job->has_without[i] = true;
        hc_arena_reset(work);
    }
    return HC_OK;
}

static enum hc_status answer(struct run *r, struct job *job, const struct hc_model *model,
                             const struct hc_model *priors, const struct stage *stage, struct hc_arena *work)
{
    struct hc_answered a;
    for (int method = HC_METHOD_MODEL; method <= HC_METHOD_EXPERT; method += HC_METHOD_EXPERT) {
        const struct hc_model *with = method == HC_METHOD_MODEL ? model : r->expert;
        if (hc_answer_label(&a, with, r->catalogue, job->label, 0, work) != HC_OK)
            return HC_FATAL;
        job->answers[method] = hc_answers_of(&a, job->label);
        if (method == HC_METHOD_MODEL)
            fill_row(job, &a, stage);
        hc_arena_reset(work);
    }
    if (hc_answers_without_evidence(job->answers, job->label, job->last, priors, r->catalogue, work) != HC_OK)
        return HC_FATAL;
    hc_arena_reset(work);
    return answer_without(r, job, model, work);
}

static enum hc_status run_stage(struct run *r, size_t index)
{
    struct stage *stage = &r->stages[index];
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model = NULL;
    struct hc_arena *work = hc_arena_new(0);
    stage->arena = hc_arena_new(0);
    enum hc_status status = work && stage->arena ? HC_OK : HC_FATAL;
    const struct hc_learning with = {r->catalogue, 1, stage->arena};
    if (status == HC_OK)
        status = hc_calibrate_prefix(&stage->calibration, &model, &r->history, stage->size, &with, &err);
    for (size_t j = 0; j < r->n_jobs && status == HC_OK; j++)
        if (r->jobs[j].size == stage->size)
            status = answer(r, &r->jobs[j], model, model, stage, work);
    hc_model_free(model);
    hc_arena_free(work);
    return status;
}

static enum hc_status run_stages(struct run *r, int n_threads)
{
    int failed = 0;
#pragma omp parallel for schedule(dynamic, 1) num_threads(n_threads) reduction(+ : failed)
    for (size_t i = 0; i < r->n_stages; i++)
        failed += run_stage(r, r->n_stages - 1 - i) != HC_OK; /* largest first */
    return failed ? HC_FATAL : HC_OK;
}

/* ---- results ---------------------------------------------------------------------------------------------- */

static void add_answer(struct hc_backtest_row *row, struct hc_str method, const struct hc_answers *a)
{
    row->answers[row->n_answers++] = (struct hc_backtest_answer){method, {a->component, a->category, a->hypothesis}};
}

static struct hc_str kinds_there(uint64_t kinds, const struct hc_catalogue *catalogue, struct hc_arena *arena)
{
    struct hc_buf words = {0};
    for (size_t m = 0; m < catalogue->n_kinds; m++)
        if (kinds >> m & 1)
            hc_buf_format(&words, "%s%.*s", words.n ? " " : "", HC_STR_ARG(catalogue->kinds[m].id));
    const struct hc_str there = words.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&words));
    hc_buf_free(&words);
    return there;
}

/* What a row holds beside what was filled in when it was answered. */
static enum hc_status complete(struct hc_backtest_row *row, const struct run *r, const struct job *job,
                               struct hc_arena *arena)
{
    if (row->top_category.p)
        row->top_category = hc_str_copy(arena, row->top_category);
    row->evidence = kinds_there(job->label->evidence->kinds, r->catalogue, arena);
    row->answers = hc_arena_calloc(arena, HC_METHODS + HC_ABLATED_KINDS, sizeof *row->answers);
    if (!row->answers || (job->label->evidence->kinds && !row->evidence.p))
        return HC_FATAL;
    for (int q = 0; q < HC_QUESTIONS; q++)
        row->asked[q] = hc_label_answers(job->label, (enum hc_question)q);
    for (int method = 0; method < HC_METHODS; method++)
        add_answer(row, hc_str_of(hc_method_names[method]), &job->answers[method]);
    for (size_t i = 0; i < HC_ABLATED_KINDS; i++) {
        if (!job->has_without[i])
            continue;
        const struct hc_str method = hc_str_format(arena, HC_METHOD_WITHOUT "%s", ablated_kinds[i]);
        if (!method.p)
            return HC_FATAL;
        add_answer(row, method, &job->without[i]);
    }
    return HC_OK;
}

/* Stages have arenas of their own, since threads must not share one: what is handed out is copied. */
static enum hc_status hand_out(struct hc_backtest *out, const struct run *r, struct hc_arena *arena)
{
    out->rows = hc_arena_alloc(arena, r->n_jobs * sizeof *out->rows);
    out->schedule = hc_arena_alloc(arena, r->n_stages * sizeof *out->schedule);
    if (!out->rows || !out->schedule)
        return HC_FATAL;
    memcpy(out->n_chosen, r->n_chosen, sizeof out->n_chosen);
    const size_t expert = r->n_stages && r->stages[0].size == 0; /* nothing was learned: no calibration to keep */
    for (size_t j = 0; j < r->n_jobs; j++) {
        struct hc_backtest_row *row = &out->rows[out->n_rows++];
        *row = r->jobs[j].row;
        if (complete(row, r, &r->jobs[j], arena) != HC_OK)
            return HC_FATAL;
        for (size_t i = expert; i < r->n_stages; i++)
            if (r->stages[i].size == r->jobs[j].size)
                row->calibration = (int64_t)(i - expert) + 1;
    }
    for (size_t i = expert; i < r->n_stages; i++) {
        struct hc_calibration *c = &out->schedule[out->n_schedule++];
        if (hc_calibration_copy(c, &r->stages[i].calibration, arena) != HC_OK)
            return HC_FATAL;
        c->purpose = HC_STR("rolling-origin");
    }
    return HC_OK;
}

enum hc_status hc_backtest_run(struct hc_backtest *out, const struct hc_labelled *labelled, size_t n,
                               const struct hc_backtest_options *options, const struct hc_catalogue *catalogue,
                               struct hc_arena *arena, struct hc_err *err)
{
    *out = (struct hc_backtest){.n_rows = 0};
    struct run r = {.catalogue = catalogue, .ablation = options->ablation};
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = work ? hc_model_expert(&r.expert, catalogue, err) : HC_FATAL;
    if (status != HC_OK)
        goto done;
    r.history.arena = work;
    r.history.past = hc_labels_sorted(labelled, n, HC_TIME_NONE, work, &r.history.n);
    status = r.history.past ? choose_jobs(&r, labelled, n, options, work) : HC_FATAL;
    if (status == HC_OK)
        status = plan_stages(&r, work);
    if (status == HC_OK && r.n_stages)
        r.history.n = r.stages[r.n_stages - 1].size;
    if (status == HC_OK)
        status = hc_history_replay(&r.history, 0, catalogue, options->n_threads, err);
    if (status == HC_OK)
        status = run_stages(&r, options->n_threads);
    if (status == HC_OK)
        status = hand_out(out, &r, arena);
    if (status == HC_OK)
        status = hc_backtest_score(out, options, err);
done:
    for (size_t i = 0; i < r.n_stages; i++)
        hc_arena_free(r.stages[i].arena);
    hc_history_free(&r.history);
    hc_model_free(r.expert);
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a backtest");
}

/* Stage 0 stands for the given model, so that its rows are made as any other's. */
static enum hc_status run_split(struct run *r, const struct hc_model *model, const struct hc_model *priors,
                                struct hc_arena *arena)
{
    struct hc_arena *work = hc_arena_new(0);
    r->stages = hc_arena_calloc(arena, 1, sizeof *r->stages);
    enum hc_status status = work && r->stages ? HC_OK : HC_FATAL;
    if (status == HC_OK) {
        r->n_stages = 1;
        r->stages[0].calibration.as_of = HC_TIME_NONE;
        r->stages[0].arena = hc_arena_new(0);
        if (!r->stages[0].arena)
            status = HC_FATAL;
    }
    for (size_t j = 0; j < r->n_jobs && status == HC_OK; j++) {
        r->jobs[j].n_known = r->history.n;
        if (r->history.n)
            r->jobs[j].last = r->history.past[r->history.n - 1];
        status = answer(r, &r->jobs[j], model, priors, &r->stages[0], work);
    }
    hc_arena_free(work);
    return status;
}

enum hc_status hc_backtest_split(struct hc_backtest *out, const struct hc_backtest_split *split,
                                 const struct hc_backtest_options *options, const struct hc_catalogue *catalogue,
                                 struct hc_arena *arena, struct hc_err *err)
{
    *out = (struct hc_backtest){.n_rows = 0};
    struct run r = {.catalogue = catalogue, .ablation = options->ablation};
    struct hc_model *priors = NULL;
    struct hc_arena *work = hc_arena_new(0);
    enum hc_status status = work ? hc_model_expert(&r.expert, catalogue, err) : HC_FATAL;
    if (status != HC_OK)
        goto done;
    r.history.arena = work;
    r.history.past = hc_labels_sorted(split->train, split->n_train, HC_TIME_NONE, work, &r.history.n);
    status = r.history.past ? choose_jobs(&r, split->test, split->n_test, options, work) : HC_FATAL;
    if (status == HC_OK)
        status = hc_types_learn(&priors, r.history.past, r.history.n, catalogue, err);
    if (status == HC_OK)
        status = hc_priors_learn(priors, r.history.past, r.history.n, catalogue);
    if (status == HC_OK)
        status = run_split(&r, split->model, priors, work);
    if (status == HC_OK)
        status = hand_out(out, &r, arena);
    if (status == HC_OK)
        status = hc_backtest_score(out, options, err);
done:
    for (size_t i = 0; i < r.n_stages; i++)
        hc_arena_free(r.stages[i].arena);
    hc_history_free(&r.history);
    hc_model_free(r.expert);
    hc_model_free(priors);
    hc_arena_free(work);
    return status == HC_OK ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a backtest");
}
