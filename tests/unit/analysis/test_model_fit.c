#include "tests/unit/analysis/synthetic.h"

#include "analysis/model/core.h"
#include "analysis/model/history.h"
#include "analysis/model/predict.h"

struct fixture {
    struct made made;
    struct hc_model *model;
    struct hc_example *examples;
    struct hc_design *designs; /* that they were made of */
    double *priors;
};

static struct fixture fixture_of(size_t n)
{
    struct fixture f = {.made = make_incidents(n, 4, 7)};
    struct hc_err err = HC_ERR_NONE;
    const struct hc_labelled **past = hc_arena_alloc(f.made.arena, n * sizeof *past);
    for (size_t i = 0; i < n; i++)
        past[i] = &f.made.labelled[i];
    assert_int_equal(hc_types_learn(&f.model, past, n, f.made.catalogue, &err), HC_OK);
    assert_int_equal(hc_priors_learn(f.model, past, n, f.made.catalogue), HC_OK);
    f.examples = hc_arena_calloc(f.made.arena, n, sizeof *f.examples);
    f.designs = hc_arena_calloc(f.made.arena, n, sizeof *f.designs);
    f.priors = hc_arena_alloc(f.made.arena, f.model->n_types * sizeof *f.priors);
    hc_model_type_priors(f.model, NULL, NULL, f.priors);
    for (size_t i = 0; i < n; i++) {
        /* every third is shown without its metrics, so that the interactions are tried too */
        const uint64_t removed = i % 3 ? 0 : 1;
        struct hc_design *design = &f.designs[i];
        assert_int_equal(hc_design_make(design, f.model, f.made.catalogue, past[i]->evidence, removed, f.made.arena),
                         HC_OK);
        f.examples[i].target = hc_target_of(past[i], f.model, f.made.catalogue, design);
        const size_t n_rows = design->n_rows;
        f.examples[i].priors = hc_arena_alloc(f.made.arena, n_rows * sizeof *f.examples[i].priors);
        double *share = hc_arena_alloc(f.made.arena, n_rows * sizeof *share);
        for (size_t r = 0; r < n_rows; r++) {
            f.examples[i].priors[r] = f.priors;
            share[r] = -0.5 * (double)r;
        }
        const uint32_t last = (uint32_t)f.model->n_general - 1;
        assert_int_equal(hc_design_append(design, last, share, f.made.arena), HC_OK);
        assert_int_equal(hc_common_make(&f.examples[i].rows, design, f.model, f.made.arena), HC_OK);
        f.examples[i].weight = 1 + 0.1 * (double)(i % 4);
    }
    f.examples[0].target.row = HC_ANY; /* labels that say only a part */
    f.examples[1].target.type = HC_ANY;
    return f;
}

static void drop(struct fixture *f)
{
    hc_model_free(f->model);
    forget(&f->made);
}

static void gradient_agrees_with_finite_differences(void **state)
{
    (void)state;
    struct fixture f = fixture_of(9);
    struct hc_objective *o;
    assert_int_equal(hc_objective_new(&o, f.model, f.examples, 9, 1, f.made.arena), HC_OK);
    const size_t n = hc_objective_layout(o)->n_free;
    double *u = hc_arena_calloc(f.made.arena, n, sizeof *u), *g = hc_arena_alloc(f.made.arena, n * sizeof *g);
    double *other = hc_arena_alloc(f.made.arena, n * sizeof *other);
    struct hc_random random = hc_random_new(3, 0);
    for (size_t j = 0; j < n; j++)
        u[j] = hc_random_uniform(&random) - 0.5;
    hc_objective_value(o, u, g);
    size_t n_moved = 0;
    for (size_t j = 0; j < n; j += 3) {
        const double at = u[j], step = 1e-5;
        u[j] = at + step;
        const double above = hc_objective_value(o, u, other);
        u[j] = at - step;
        const double below = hc_objective_value(o, u, other);
        u[j] = at;
        assert_true(fabs((above - below) / (2 * step) - g[j]) < 1e-6 * (1 + fabs(g[j])));
        n_moved += fabs(g[j] - at) > 1e-9;
    }
    assert_true(n_moved > 10); /* the data reach the gradient, not the ridge alone */
    drop(&f);
}

/* Row by row from the designs, which know nothing of what rows share. */
static void information_agrees_with_brute_force(void **state)
{
    (void)state;
    enum { N = 9 };
    struct fixture f = fixture_of(N);
    const struct hc_model *m = f.model;
    const size_t n = m->n_general + m->n_columns * m->n_width;
    struct hc_random random = hc_random_new(4, 0);
    double *got = hc_arena_calloc(f.made.arena, n, sizeof *got), *right = hc_arena_calloc(f.made.arena, n, sizeof *got);
    double *total = hc_arena_alloc(f.made.arena, m->n_width * sizeof *total);
    for (size_t i = 0; i < N; i++) {
        const struct hc_design *d = &f.designs[i];
        double *p = hc_arena_calloc(f.made.arena, d->n_rows * m->n_width, sizeof *p);
        for (size_t r = 0; r < d->n_rows; r++)
            for (size_t t = 0; t < m->n_types; t++)
                p[r * m->n_width + t] = hc_random_uniform(&random) / (double)(d->n_rows * m->n_types);
        for (size_t r = 0; r < d->n_rows; r++) {
            const double *row = p + r * m->n_width;
            double sum = 0;
            for (size_t t = 0; t < m->n_types; t++)
                sum += row[t];
            for (uint32_t j = d->start[r]; j < d->start[r + 1]; j++) {
                const double square = 0.7 * d->value[j] * d->value[j];
                right[d->column[j]] += square * sum * (1 - sum);
                for (size_t t = 0; d->column[j] < m->n_columns && t < m->n_types; t++)
                    right[m->n_general + d->column[j] * m->n_width + t] += square * row[t] * (1 - row[t]);
            }
        }
        hc_common_information(&f.examples[i].rows, m, 0.7, p, total, got);
    }
    for (size_t j = 0; j < n; j++)
        assert_true(fabs(got[j] - right[j]) <= 1e-12 * (1 + right[j]));
    drop(&f);
}

static void value_and_gradient_are_the_same_on_any_number_of_threads(void **state)
{
    (void)state;
    double value[3], *gradient[3];
    struct fixture f = fixture_of(50);
    const int threads[3] = {1, 2, 8};
    size_t n = 0;
    for (int i = 0; i < 3; i++) {
        struct hc_objective *o;
        struct fixture g = fixture_of(50);
        assert_int_equal(hc_objective_new(&o, g.model, g.examples, 50, threads[i], g.made.arena), HC_OK);
        n = hc_objective_layout(o)->n_free;
        double *u = hc_arena_calloc(f.made.arena, n, sizeof *u);
        gradient[i] = hc_arena_alloc(f.made.arena, n * sizeof *u);
        for (size_t j = 0; j < n; j++)
            u[j] = 0.01 * (double)(j % 7);
        value[i] = hc_objective_value(o, u, gradient[i]);
        drop(&g);
    }
    for (int i = 1; i < 3; i++) {
        assert_memory_equal(&value[0], &value[i], sizeof value[0]);
        assert_memory_equal(gradient[0], gradient[i], n * sizeof(double));
    }
    drop(&f);
}

/* Values that are not measured against a null, so that the planted weights are in the fit's own units. */
static const char *const planted[3] = {"change-near-onset", "signature-crash", "change-other"};
static const double planted_moves[3] = {-1.2, 1.0, 0.8};

static void draw_label(struct made *m, size_t i, const struct hc_model *truth, struct hc_random *random)
{
    struct hc_evidence *e = &m->evidence[i];
    *e = bare_evidence(m, 5, i);
    for (size_t s = 0; s < 5; s++)
        for (int j = 0; j < 3; j++)
            *value_at(m, e, s, planted[j]) = 0.1 + 2 * hc_random_uniform(random);
    struct hc_prediction p;
    assert_int_equal(hc_predict_scores(&p, truth, m->catalogue, e, 0, m->arena), HC_OK);
    hc_predict_probabilities(&p, truth, 0);
    double u = hc_random_uniform(random) * (1 - p.unexplained);
    size_t at = 0;
    while (at + 1 < 5 * truth->n_types && u > p.probability[at])
        u -= p.probability[at++];
    const struct hc_type *type = &truth->types[at % truth->n_types];
    m->labelled[i] = (struct hc_labelled){.evidence = e,
                                          .category = type->category_id,
                                          .cause = type->cause_id,
                                          .component = e->components[at / truth->n_types].name,
                                          .started = e->window_start,
                                          .known_at = e->window_start};
}

static void recovers_planted_weights(void **state)
{
    (void)state;
    enum { N = 600 };
    struct made m = {.arena = hc_arena_new(0), .catalogue = built_in_catalogue(), .n = N};
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *truth, *expert, *learned;
    assert_int_equal(hc_model_expert(&truth, m.catalogue, &err), HC_OK);
    assert_int_equal(hc_model_expert(&expert, m.catalogue, &err), HC_OK);
    for (int j = 0; j < 3; j++)
        truth->general[hc_catalogue_feature(m.catalogue, hc_str_of(planted[j]))] += planted_moves[j];
    m.evidence = hc_arena_calloc(m.arena, N, sizeof *m.evidence);
    m.labelled = hc_arena_calloc(m.arena, N, sizeof *m.labelled);
    const struct hc_labelled **past = hc_arena_alloc(m.arena, N * sizeof *past);
    struct hc_random random = hc_random_new(11, 0);
    for (size_t i = 0; i < N; i++) {
        draw_label(&m, i, truth, &random);
        past[i] = &m.labelled[i];
    }
    assert_int_equal(hc_core_learn(&learned, NULL, past, N, &(struct hc_learning){m.catalogue, 1, m.arena}, NULL, &err),
                     HC_OK);
    for (int j = 0; j < 3; j++) {
        const size_t f = hc_catalogue_feature(m.catalogue, hc_str_of(planted[j]));
        const double moved = learned->general[f] - expert->general[f];
        assert_true(fabs(moved - planted_moves[j]) < 0.35);
    }
    hc_model_free(truth);
    hc_model_free(expert);
    hc_model_free(learned);
    forget(&m);
}

static void learns_a_type_that_the_catalogue_does_not_know(void **state)
{
    (void)state;
    struct made m = make_incidents(20, 4, 5);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_labelled **past = hc_arena_alloc(m.arena, 20 * sizeof *past);
    for (size_t i = 0; i < 20; i++) {
        if (i % 4 == 0)
            m.labelled[i].cause = HC_STR("gremlins");
        if (i % 4 == 1)
            m.labelled[i].category = HC_STR("weather"), m.labelled[i].cause = HC_STR_NONE;
        past[i] = &m.labelled[i];
    }
    struct hc_model *learned;
    assert_int_equal(
        hc_core_learn(&learned, NULL, past, 20, &(struct hc_learning){m.catalogue, 1, m.arena}, NULL, &err), HC_OK);
    assert_int_equal(learned->n_categories, m.catalogue->n_categories + 1);
    const size_t weather = hc_model_category(learned, HC_STR("weather"));
    assert_int_equal(learned->category_n[weather], 5);
    const size_t t = hc_model_type(learned, m.catalogue, HC_STR("weather"), HC_STR_NONE);
    assert_true(t < learned->n_types);
    assert_int_equal(learned->types[t].n, 5);
    double shares = 0;
    for (size_t c = 0; c < learned->n_categories; c++)
        shares += learned->category_share[c];
    assert_true(fabs(shares - 1) < 1e-12);
    hc_model_free(learned);
    forget(&m);
}

/* Labels of one category and service say how usual it is, but not what sets it apart, nor how services differ. */
static void labels_of_one_category_teach_its_share_once_and_none_of_its_weights(void **state)
{
    (void)state;
    enum { N = 12 };
    struct made m = make_incidents(N, 4, 6);
    struct hc_err err = HC_ERR_NONE;
    const struct hc_labelled *past[N];
    for (size_t i = 0; i < N; i++) {
        m.evidence[i].service = HC_STR("shop");
        m.labelled[i].category = HC_STR("network");
        m.labelled[i].cause = HC_STR("network-delay");
        past[i] = &m.labelled[i];
    }
    struct hc_model *learned, *expert;
    const struct hc_learning with = {m.catalogue, 1, m.arena};
    assert_int_equal(hc_core_learn(&expert, NULL, past, 0, &with, NULL, &err), HC_OK);
    for (size_t n_others = 0; n_others < 2; n_others++) {
        if (n_others)
            m.labelled[0].category = HC_STR("data"), m.labelled[0].cause = HC_STR("bad-input");
        assert_int_equal(hc_core_learn(&learned, NULL, past, N, &with, NULL, &err), HC_OK);
        const size_t network = hc_model_category(learned, HC_STR("network")), n_columns = learned->n_columns;
        double moved = 0;
        for (size_t j = 0; j < n_columns; j++)
            moved += fabs(learned->categorial[network * n_columns + j] - expert->categorial[network * n_columns + j]);
        assert_true(n_others ? moved > 0.01 : moved < 1e-12);
        const struct hc_service *shop = hc_model_service(learned, HC_STR("shop"));
        assert_true(fabs(shop->shares[network] - learned->category_share[network]) < 0.01);
        hc_model_free(learned);
    }
    hc_model_free(expert);
    forget(&m);
}

static void surprise_is_the_value_itself_until_a_null_is_learned(void **state)
{
    (void)state;
    struct made m = make_incidents(40, 6, 5);
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *expert, *learned;
    const struct hc_labelled **past = hc_arena_alloc(m.arena, 40 * sizeof *past);
    for (size_t i = 0; i < 40; i++)
        past[i] = &m.labelled[i];
    assert_int_equal(hc_model_expert(&expert, m.catalogue, &err), HC_OK);
    assert_int_equal(
        hc_core_learn(&learned, NULL, past, 40, &(struct hc_learning){m.catalogue, 1, m.arena}, NULL, &err), HC_OK);
    const size_t f = hc_catalogue_feature(m.catalogue, HC_STR("memory-up"));
    assert_true(fabs(hc_surprise(expert, NULL, f, 2.5) - 2.5) < 1e-12);
    assert_true(fabs(hc_surprise(learned, NULL, f, 0)) < 1e-12);
    double last = 0;
    for (double v = 0.05; v < 12; v += 0.05) {
        const double s = hc_surprise(learned, NULL, f, v);
        assert_true(s >= last && s <= HC_SURPRISE_CAP);
        last = s;
    }
    assert_true(last > 3);
    hc_model_free(expert);
    hc_model_free(learned);
    forget(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradient_agrees_with_finite_differences),
        cmocka_unit_test(information_agrees_with_brute_force),
        cmocka_unit_test(value_and_gradient_are_the_same_on_any_number_of_threads),
        cmocka_unit_test(recovers_planted_weights),
        cmocka_unit_test(learns_a_type_that_the_catalogue_does_not_know),
        cmocka_unit_test(labels_of_one_category_teach_its_share_once_and_none_of_its_weights),
        cmocka_unit_test(surprise_is_the_value_itself_until_a_null_is_learned),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
