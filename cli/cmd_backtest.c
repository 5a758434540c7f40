#include <math.h>
#include <string.h>

#include "analysis/model/breakdown.h"
#include "base/arena.h"
#include "cli/ablations.h"
#include "cli/permutations.h"
#include "cli/scores.h"
#include "cli/session.h"

static const struct hc_option OPTIONS[] = {
    {"from", 0, "TIME", "predict incidents that began then or later"},
    {"to", 0, "TIME", "predict incidents that began before then"},
    {"ablation", 0, NULL, "also answers without each kind of evidence in turn, and says what it is worth"},
    {"documents", 0, NULL,
     "instead, of what is ingested, with no PATH: how well words tell the category of incidents that are only documents"},
    {"similar", 0, NULL,
     "instead, of what is ingested, with no PATH: how often the nearest past incident had the same category and component"},
    {"permutations", 0, "N", "also predicts in N random orders of the labels, each with those before it"},
    {"seed", 0, "S", "of these orders; 20150316 where it is not given"},
    {NULL, 0, NULL, NULL},
};

/* Of components, and under their keys of categories and of hypotheses. */
static void json_questions(struct hc_json_writer *w, const struct hc_backtest_scores *component,
                           const struct hc_backtest_scores *category, const struct hc_backtest_scores *hypothesis)
{
    hc_json_scores(w, component);
    hc_json_key(w, "category");
    hc_json_open_object(w);
    hc_json_scores(w, category);
    hc_json_close_object(w);
    hc_json_key(w, "hypothesis");
    hc_json_open_object(w);
    hc_json_scores(w, hypothesis);
    hc_json_close_object(w);
}

static void json_skills(struct hc_json_writer *w, const char *key, const struct hc_score of[HC_QUESTIONS])
{
    hc_json_key(w, key);
    hc_json_open_object(w);
    hc_json_score(w, "component", of[HC_OF_COMPONENT]);
    hc_json_score(w, "category", of[HC_OF_CATEGORY]);
    hc_json_score(w, "hypothesis", of[HC_OF_HYPOTHESIS]);
    hc_json_close_object(w);
}

static void json_group(struct hc_json_writer *w, const struct hc_breakdown_group *g)
{
    hc_json_put_int(w, "incidents", (int64_t)g->n);
    json_questions(w, &g->of[HC_OF_COMPONENT], &g->of[HC_OF_CATEGORY], &g->of[HC_OF_HYPOTHESIS]);
    json_skills(w, "skill_over_priors", g->over_priors);
    json_skills(w, "skill_over_expert", g->over_expert);
}

static void json_breakdowns(struct hc_json_writer *w, const struct hc_breakdowns *x)
{
    json_skills(w, "skill_over_priors", x->all.over_priors);
    json_skills(w, "skill_over_expert", x->all.over_expert);
    hc_json_key(w, "breakdowns");
    hc_json_open_object(w);
    for (size_t i = 0; i < HC_BREAKDOWNS; i++) {
        hc_json_key(w, x->by[i].by);
        hc_json_open_array(w);
        for (size_t k = 0; k < x->by[i].n_groups; k++) {
            hc_json_open_object(w);
            hc_json_put_string(w, "name", x->by[i].groups[k].name);
            json_group(w, &x->by[i].groups[k]);
            hc_json_close_object(w);
        }
        hc_json_close_array(w);
    }
    hc_json_close_object(w);
    hc_json_key(w, "ablation");
    hc_json_open_array(w);
    for (size_t i = 0; i < x->n_ablations; i++) {
        const struct hc_ablation *a = &x->ablations[i];
        hc_json_open_object(w);
        hc_json_put_string(w, "without", a->kind);
        json_questions(w, &a->without[HC_OF_COMPONENT], &a->without[HC_OF_CATEGORY], &a->without[HC_OF_HYPOTHESIS]);
        json_skills(w, "nats_lost", a->lost);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
}

/* Of the schedule's calibration that learned from most; NaN: nothing was learned for this. */
static double wrong_labels(const struct hc_backtest *b)
{
    return b->n_schedule ? b->schedule[b->n_schedule - 1].wrong_labels : NAN;
}

static void json_left_out(struct hc_json_writer *w, const struct hc_backtest *b)
{
    size_t n = 0;
    for (int i = 0; i < HC_CHOICES; i++)
        n += b->n_chosen[i];
    hc_json_put_int(w, "confirmed", (int64_t)n);
    hc_json_key(w, "left_out");
    hc_json_open_object(w);
    hc_json_put_int(w, "no_start", (int64_t)b->n_chosen[HC_CHOICE_NO_START]);
    hc_json_put_int(w, "no_cause", (int64_t)b->n_chosen[HC_CHOICE_NO_CAUSE]);
    hc_json_put_int(w, "other_time", (int64_t)b->n_chosen[HC_CHOICE_OTHER_TIME]);
    hc_json_close_object(w);
}

/* All that is printed. */
struct result {
    struct hc_backtest backtest;
    struct hc_permutations permutations;
};

static void print_json(const struct hc_cli *cli, const struct result *result, const struct hc_breakdowns *breakdowns,
                       struct hc_buf *out)
{
    const struct hc_backtest *b = &result->backtest;
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    json_questions(&w, &b->component, &b->category, &b->hypothesis);
    hc_json_key(&w, "baselines");
    hc_json_open_object(&w);
    for (size_t i = 0; i < sizeof b->baselines / sizeof b->baselines[0]; i++) {
        hc_json_key(&w, b->baselines[i].name);
        hc_json_open_object(&w);
        json_questions(&w, &b->baselines[i].component, &b->baselines[i].category, &b->baselines[i].hypothesis);
        hc_json_close_object(&w);
    }
    hc_json_close_object(&w);
    json_left_out(&w, b);
    hc_json_put_number(&w, "wrong_labels", wrong_labels(b));
    json_breakdowns(&w, breakdowns);
    hc_json_key(&w, "permutations");
    hc_permutations_json(&w, &result->permutations);
    hc_json_end(&w);
}

#define MOST_PERMUTATIONS 100000

static void text_question(struct hc_buf *out, const char *title, const struct hc_backtest_scores *own,
                          const struct hc_backtest_scores *const baselines[HC_N_BASELINES],
                          const char *const names[HC_N_BASELINES])
{
    hc_text_score_names(out, title);
    hc_text_scores(out, "hindcast", own);
    for (size_t i = 0; i < HC_N_BASELINES; i++)
        hc_text_scores(out, names[i], baselines[i]);
    hc_text_calibration(out, own);
}

static void text_questions(struct hc_buf *out, const struct hc_backtest *b)
{
    const struct hc_backtest_scores *of[3][HC_N_BASELINES];
    const char *names[HC_N_BASELINES];
    for (size_t i = 0; i < HC_N_BASELINES; i++) {
        names[i] = b->baselines[i].name;
        of[0][i] = &b->baselines[i].component;
        of[1][i] = &b->baselines[i].category;
        of[2][i] = &b->baselines[i].hypothesis;
    }
    text_question(out, "components", &b->component, of[0], names);
    text_question(out, "categories", &b->category, of[1], names);
    text_question(out, "hypotheses", &b->hypothesis, of[2], names);
    hc_buf_text(out, "  A hypothesis is right where its category, cause and component all are.\n");
}

/* Why fewer are scored than are confirmed. */
static void text_left_out(struct hc_buf *out, const struct hc_backtest *b)
{
    static const char *const why[HC_CHOICES][2] = {
        {"", ""},
        {"1 does not say when it began", "do not say when they began"},
        {"1 says neither component nor category", "say neither component nor category"},
        {"1 began before --from, or not before --to", "began before --from, or not before --to"}};
    size_t n = 0, n_said = 0;
    for (int i = HC_CHOICE_NO_START; i < HC_CHOICES; i++)
        n += b->n_chosen[i];
    if (n)
        hc_buf_format(out, "%zu of %zu left out: ", n, n + b->n_chosen[HC_CHOICE_PREDICTED]);
    for (int i = HC_CHOICE_NO_START; i < HC_CHOICES; i++) {
        if (!b->n_chosen[i])
            continue;
        hc_buf_text(out, n_said++ ? ", " : "");
        if (b->n_chosen[i] == 1)
            hc_buf_text(out, why[i][0]);
        else
            hc_buf_format(out, "%zu %s", b->n_chosen[i], why[i][1]);
    }
    hc_buf_text(out, n ? "\n" : "");
    const size_t unnamed = b->n_rows - b->component.n;
    if (unnamed)
        hc_buf_format(out, "%zu of %zu name%s no component, and %s scored by category alone\n", unnamed, b->n_rows,
                      unnamed == 1 ? "s" : "", unnamed == 1 ? "is" : "are");
}

static void print_text(const struct hc_session *session, const struct result *result, struct hc_buf *out)
{
    const struct hc_backtest *b = &result->backtest;
    hc_buf_format(out, "%zu confirmed incident%s%s\n", b->n_rows, b->n_rows == 1 ? "" : "s",
                  b->n_rows == 0 ? " to score" : "");
    const size_t begin = out->n;
    if (session->cli->n_arguments == 0)
        hc_labels_put_left_out(session, HC_TIME_NONE, out);
    text_left_out(out, b);
    if (b->n_rows == 0 && out->n == begin)
        hc_buf_text(out, "confirmed outcomes come with the bundles that 'hindcast ingest' reads\n");
    if (b->n_rows == 0)
        return;
    hc_labels_put_wrong(wrong_labels(b), out);
    text_questions(out, b);
    if (b->n_rows < HC_LEAST_FOR_ECE)
        hc_buf_format(out, "\n  Fewer than %d incidents: their ECE tells nothing of the calibration.",
                      HC_LEAST_FOR_ECE);
    hc_buf_char(out, '\n');
    hc_buf_format(out,
                  "  Coverage is over the %u to which a 95 %% set was promised. Equal answers share what their places "
                  "are worth.\n"
                  "  By category, service, kind of evidence and quarter: hindcast report calibration -o DIR\n",
                  b->component.n_promised);
    hc_permutations_text(out, &result->permutations);
}

/* With paths: bundles that are not learned from, each analysed with the latest calibration. */
struct split {
    struct hc_session *session;
    struct hc_labelled *items;
    size_t n, capacity;
};

static struct hc_str keep(struct hc_session *session, struct hc_str s)
{
    return s.p ? hc_str_copy(session->arena, s) : HC_STR_NONE;
}

static enum hc_status add_test(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                               struct hc_err *err)
{
    struct split *split = context;
    struct hc_session *session = split->session;
    const struct hc_incident *incident = subject->incident;
    const struct hc_outcome *root = incident->n_outcomes ? &incident->outcomes[0] : NULL;
    struct hc_evidence *evidence = hc_arena_alloc(session->arena, sizeof *evidence);
    struct hc_str packed = HC_STR_NONE;

    if (!root || !hc_str_is(root->status, "confirmed"))
        return HC_OK;
    struct hc_labelled *grown =
        hc_arena_grow(session->arena, split->items, split->n, split->n + 1, &split->capacity, sizeof *grown);
    if (!grown || !evidence)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for an incident");
    split->items = grown;
    enum hc_status status = hc_evidence_pack(&subject->evidence, session->catalogue, arena, &packed, err);
    if (status == HC_OK) {
        packed = keep(session, packed);
        status = hc_evidence_unpack(packed, session->catalogue, session->arena, evidence, err);
    }
    grown[split->n++] = (struct hc_labelled){.evidence = evidence,
                                             .category = keep(session, root->category),
                                             .cause = keep(session, root->cause),
                                             .component = keep(session, root->component),
                                             .started = incident->window_start,
                                             .known_at = root->known_at};
    return status;
}

static enum hc_status backtest_paths(struct hc_session *session, const struct hc_backtest_options *options,
                                     struct hc_backtest *out, struct hc_err *err)
{
    struct split split = {.session = session};
    struct hc_calibration calibration = {0};
    struct hc_labels train = {0};
    struct hc_model *model = NULL;
    enum hc_status status =
        hc_session_subjects(session, session->cli->arguments, session->cli->n_arguments, add_test, &split, err);
    if (status == HC_OK && session->store) {
        status = hc_store_calibration_latest(session->store, HC_TIME_NONE, session->arena, &calibration, err);
        if (status == HC_OK)
            status = hc_labels_load(&train, session, calibration.as_of, err);
        else if (status == HC_SKIP)
            status = HC_OK;
    }
    if (status == HC_OK)
        status = calibration.number ? hc_model_unpack(&model, calibration.model, session->catalogue, err)
                                    : hc_model_expert(&model, session->catalogue, err);
    if (status == HC_OK)
        status = hc_backtest_split(out, &(struct hc_backtest_split){model, train.items, split.items, train.n, split.n},
                                   options, session->catalogue, session->arena, err);
    hc_model_free(model);
    return status;
}

/* What is printed is of this backtest; what is kept is its answers, and those of an earlier --ablation that hold. */
static enum hc_status store_rows(const struct hc_backtest *b, const struct hc_session *session, struct hc_err *err)
{
    struct hc_backtest_row *rows = hc_arena_alloc(session->arena, b->n_rows * sizeof *rows);
    if (!rows)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a backtest");
    if (b->n_rows)
        memcpy(rows, b->rows, b->n_rows * sizeof *rows);
    const enum hc_status status = hc_ablations_keep(rows, b->n_rows, session, err);
    return status == HC_OK ? hc_store_backtest_put(session->store, rows, b->n_rows, err) : status;
}

static enum hc_status backtest_corpus(struct hc_session *session, const struct hc_backtest_options *options,
                                      struct hc_backtest *out, struct hc_err *err)
{
    struct hc_labels labels;
    enum hc_status status = hc_labels_load(&labels, session, HC_TIME_NONE, err);
    if (status == HC_OK)
        status = hc_backtest_run(out, labels.items, labels.n, options, session->catalogue, session->arena, err);
    if (status == HC_OK)
        status = hc_store_begin(session->store, err);
    for (size_t i = 0; status == HC_OK && i < out->n_schedule; i++) {
        out->schedule[i].purpose = HC_STR("rolling-origin");
        out->schedule[i].promoted = true;
        out->schedule[i].reason = HC_STR("of the backtest's schedule");
        out->schedule[i].labels = labels.digests[out->schedule[i].n_incidents - 1];
        status = hc_store_calibration_put(session->store, &out->schedule[i], err);
    }
    for (size_t i = 0; status == HC_OK && i < out->n_rows; i++)
        if (out->rows[i].calibration)
            out->rows[i].calibration = out->schedule[out->rows[i].calibration - 1].number;
    if (status == HC_OK)
        status = store_rows(out, session, err);
    if (status == HC_OK)
        return hc_store_commit(session->store, err);
    hc_store_rollback(session->store);
    return status;
}

static enum hc_status permute(struct hc_permutations *out, const struct hc_session *session,
                              const struct hc_backtest_options *options, int64_t n, struct hc_err *err)
{
    struct hc_labels labels;
    const enum hc_status status = hc_labels_load(&labels, session, HC_TIME_NONE, err);
    return status == HC_OK
               ? hc_permutations_run(out, (size_t)n, labels.items, labels.n, options, session->catalogue, err)
               : status;
}

#define INSTEADS 2 /* the first of the names below */

/* What is asked for instead is of all that the corpus holds, and no option of a backtest means anything to it. */
static enum hc_status read_instead(const struct hc_cli *cli, const char **instead, struct hc_err *err)
{
    static const char *const names[] = {"documents", "similar", "from", "to", "ablation", "permutations", "seed"};
    *instead = NULL;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!hc_cli_option(cli, names[i]))
            continue;
        if (*instead)
            return hc_err_set(err, HC_FAIL, "usage", "--%s does not go with --%s", *instead, names[i]);
        if (i >= INSTEADS)
            break;
        *instead = names[i];
    }
    if (*instead && cli->n_arguments)
        return hc_err_set(err, HC_FAIL, "usage",
                          "--%s is of the incidents of the corpus: ingest them first, and give no PATH", *instead);
    return HC_OK;
}

/* How many orders are asked for, and the seed of them. */
static enum hc_status read_permutations(const struct hc_cli *cli, int64_t *n, int64_t *seed, struct hc_err *err)
{
    const char *asked = hc_cli_option(cli, "permutations"), *given = hc_cli_option(cli, "seed");
    if (given && !asked)
        return hc_err_set(err, HC_FAIL, "usage", "--seed is of the orders that --permutations asks for");
    if (asked && cli->n_arguments)
        return hc_err_set(err, HC_FAIL, "usage", "--permutations orders the corpus's labels, and goes with no PATH");
    const enum hc_status status = hc_cli_number("permutations", asked, 1, MOST_PERMUTATIONS, n, err);
    return status == HC_OK ? hc_cli_number("seed", given, 0, INT64_MAX, seed, err) : status;
}

static enum hc_status put_json(const struct hc_session *session, const struct result *result,
                               const struct hc_backtest_options *options, struct hc_buf *out, struct hc_err *err)
{
    struct hc_breakdowns breakdowns;
    const struct hc_backtest *b = &result->backtest;
    const enum hc_status status =
        hc_breakdowns_make(&breakdowns, b->rows, b->n_rows, session->catalogue, options, session->arena, err);
    if (status == HC_OK)
        print_json(session->cli, result, &breakdowns, out);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    struct hc_session session = {0};
    struct result result = {.backtest = {0}};
    int64_t n_permutations = 0, seed = HC_BOOTSTRAP_SEED;
    struct hc_backtest_options options = {
        .n_threads = cli->n_threads, .seed = HC_BOOTSTRAP_SEED, .ablation = hc_cli_option(cli, "ablation") != NULL};
    const char *instead;
    enum hc_status status = read_instead(cli, &instead, err);
    if (status == HC_OK)
        status = hc_cli_time(cli, "from", &options.from, err);
    if (status == HC_OK)
        status = hc_cli_time(cli, "to", &options.to, err);
    if (status == HC_OK)
        status = read_permutations(cli, &n_permutations, &seed, err);
    struct hc_backtest_options permuted = options;
    permuted.seed = (uint64_t)seed;
    if (status == HC_OK)
        status = hc_session_open(&session, cli, HC_SESSION_NEEDS_CORPUS, err);
    if (status == HC_OK && instead) {
        status = hc_cli_option(cli, "documents") ? hc_backtest_documents(&session, &options, out, err)
                                                 : hc_backtest_similar(&session, out, err);
        hc_session_close(&session);
        return status;
    }
    if (status == HC_OK)
        status = cli->n_arguments ? backtest_paths(&session, &options, &result.backtest, err)
                                  : backtest_corpus(&session, &options, &result.backtest, err);
    if (status == HC_OK && n_permutations)
        status = permute(&result.permutations, &session, &permuted, n_permutations, err);
    if (status == HC_OK && cli->json)
        status = put_json(&session, &result, &options, out, err);
    else if (status == HC_OK)
        print_text(&session, &result, out);
    hc_session_close(&session);
    return status;
}

const struct hc_command hc_command_backtest = {
    .name = "backtest",
    .arguments = "[PATH…]",
    .says = "analyses each confirmed incident with only what was known before it (or PATHs with what was learned)",
    .example = "hindcast backtest --from 2026-01-01 --to 2026-04-01",
    .options = OPTIONS,
    .min_arguments = 0,
    .max_arguments = -1,
    .uses = HC_USES_CATALOGUE | HC_USES_BUNDLES | HC_USES_IDS,
    .run = run,
};
