#include "tests/unit/analysis/synthetic.h"

#include "analysis/evidence/evidence.h"
#include "analysis/evidence/features.h"
#include "analysis/model/catalogue.h"

static void has_the_ten_categories_in_order(void **state)
{
    (void)state;
    static const char *const ids[] = {"application", "configuration", "traffic",  "infrastructure", "dependency",
                                      "network",     "data",          "capacity", "security",       "operations"};
    struct hc_catalogue *c = built_in_catalogue();
    assert_int_equal(c->n_categories, 10);
    for (size_t i = 0; i < 10; i++)
        assert_true(hc_str_is(c->categories[i].id, ids[i]));
    hc_catalogue_free(c);
}

static void names_features_in_the_agreed_order(void **state)
{
    (void)state;
    struct hc_catalogue *c = built_in_catalogue();
    assert_true(hc_str_is(c->features[HC_FEATURE_LOG_ERRORS_UP].name, "log-errors-up"));
    assert_true(hc_str_is(c->features[HC_FEATURE_LIFECYCLE_EVENT].name, "lifecycle-event"));
    assert_int_equal(c->first_metric_feature, HC_FIXED_FEATURE_COUNT);
    for (size_t i = 0; i < c->n_metric_classes; i++) {
        const struct hc_str up = c->features[c->first_metric_feature + 2 * i].name;
        const struct hc_str down = c->features[c->first_metric_feature + 2 * i + 1].name;
        assert_true(hc_str_starts(up, c->metric_classes[i].id) && hc_str_ends(up, HC_STR("-up")));
        assert_true(hc_str_starts(down, c->metric_classes[i].id) && hc_str_ends(down, HC_STR("-down")));
    }
    assert_true(hc_str_is(c->features[c->first_change_feature].name, "change-deploy"));
    assert_true(hc_str_is(c->features[c->n_features - 1].name, "change-other"));
    for (size_t i = 0; i < c->n_features; i++)
        assert_int_equal(hc_catalogue_feature(c, c->features[i].name), i);
    hc_catalogue_free(c);
}

static void gives_each_cause_advice_for_every_horizon_and_a_question(void **state)
{
    (void)state;
    struct hc_catalogue *c = built_in_catalogue();
    assert_true(c->n_causes >= 40);
    for (size_t i = 0; i < c->n_causes; i++) {
        for (int h = 0; h < 4; h++)
            assert_true(c->causes[i].n_follow_ups[h] >= 2);
        assert_true(c->causes[i].n_questions >= 1);
        assert_true(c->causes[i].n_expectations >= 2);
        for (size_t j = 1; j < c->causes[i].n_expectations; j++)
            assert_true(c->causes[i].expectations[j - 1].feature < c->causes[i].expectations[j].feature);
    }
    hc_catalogue_free(c);
}

static uint64_t kind_bit(const struct hc_catalogue *c, const char *id)
{
    const uint64_t bit = kinds_named(c, &id, 1);
    assert_true(bit != 0);
    return bit;
}

/* A bundle without its metrics has no traffic metrics either: what is taken away must look like what was never there. */
static void what_a_kind_is_made_of_goes_with_its_source(void **state)
{
    (void)state;
    struct hc_catalogue *c = built_in_catalogue();
    const uint64_t metrics = kind_bit(c, "metrics"), traces = kind_bit(c, "traces"), traffic = kind_bit(c, "traffic"),
                   host = kind_bit(c, "host"), logs = kind_bit(c, "logs"), events = kind_bit(c, "events"),
                   lifecycle = kind_bit(c, "lifecycle"), diff = kind_bit(c, "code-diff"),
                   all = metrics | traces | traffic | host | logs | events | lifecycle | diff;
    assert_true(hc_kinds_gone(c, all, 0) == 0);
    assert_true(hc_kinds_gone(c, all, logs) == logs);
    assert_true(hc_kinds_gone(c, all, metrics) == (metrics | host));
    assert_true(hc_kinds_gone(c, all & ~traces, metrics) == (metrics | host | traffic));
    assert_true(hc_kinds_gone(c, all, metrics | traces) == (metrics | host | traces | traffic));
    assert_true(hc_kinds_gone(c, all, metrics | events) == (metrics | host | events | lifecycle));
    assert_true(hc_kinds_gone(c, all & ~host, metrics) == metrics);
    const uint64_t health = kind_bit(c, "dependency-health");
    assert_true(hc_kinds_gone(c, all | health, metrics) == (metrics | host | health));
    assert_true(hc_kinds_gone(c, all | health, logs) == logs);
    hc_catalogue_free(c);
}

static void knows_a_cause_by_a_teams_own_slug(void **state)
{
    (void)state;
    struct hc_catalogue *c = built_in_catalogue();
    const size_t application = hc_catalogue_category(c, HC_STR("application"));
    const size_t found = hc_catalogue_cause(c, application, HC_STR("cpu-consumed"));
    assert_true(found < c->n_causes);
    assert_true(hc_str_is(c->causes[found].id, "cpu-loop"));
    assert_int_equal(hc_catalogue_cause(c, hc_catalogue_category(c, HC_STR("network")), HC_STR("cpu-consumed")),
                     c->n_causes);
    assert_int_equal(hc_catalogue_category(c, HC_STR("weather")), c->n_categories);
    hc_catalogue_free(c);
}

extern const unsigned char hc_catalogue_xml[];
extern const size_t hc_catalogue_xml_size;

static const char small[] =
    "<catalogue xmlns=\"urn:hindcast:catalogue:1\" unexplained=\"0.1\">\n"
    "<kinds><kind id=\"metrics\" title=\"m\" points=\"-0.1\">series</kind></kinds>\n"
    "<metrics><metric id=\"cpu\" title=\"CPU\"><word>cpu</word></metric></metrics>\n"
    "<signatures><signature id=\"oom\" title=\"o\"><phrase>oom</phrase></signature></signatures>\n"
    "<general>%s</general>\n"
    "<category id=\"a\" title=\"A\" share=\"%s\" source=\"none\">\n"
    "<cause id=\"x\" title=\"X\" share=\"1\"><sentence>s</sentence></cause></category></catalogue>";

static enum hc_status read_small(const char *general, const char *share, struct hc_err *err, struct hc_catalogue **out)
{
    char xml[1024];
    *err = HC_ERR_NONE;
    *out = NULL;
    snprintf(xml, sizeof xml, small, general, share);
    return hc_catalogue_read(out, hc_str_of(xml), err);
}

/* So no run has to ask the schema about it. */
static void holds_the_shipped_catalogue_to_the_schema(void **state)
{
    (void)state;
    struct hc_catalogue *ours, *validated;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_str xml = {(const char *)hc_catalogue_xml, hc_catalogue_xml_size};
    assert_int_equal(hc_catalogue_read(&ours, HC_STR_NONE, &err), HC_OK);
    assert_int_equal(hc_catalogue_read(&validated, xml, &err), HC_OK);
    assert_true(ours->checksum == validated->checksum);
    assert_true(ours->evidence_checksum == validated->evidence_checksum);
    assert_int_equal(ours->n_causes, validated->n_causes);
    hc_catalogue_free(ours);
    hc_catalogue_free(validated);
}

static void reads_a_teams_own_catalogue(void **state)
{
    (void)state;
    struct hc_catalogue *c;
    struct hc_err err;
    assert_int_equal(read_small("<expect feature=\"cpu-up\" weight=\"0.5\"/>", "1", &err, &c), HC_OK);
    assert_int_equal(c->n_causes, 1);
    assert_int_equal(c->n_general, 1);
    assert_true(fabs(c->general[0].weight - 0.5) < 1e-12);
    assert_true(fabs(c->kinds[0].had - 1) < 1e-12); /* not said: always there */
    hc_catalogue_free(c);
}

static void refuses_an_unknown_feature_and_names_the_line(void **state)
{
    (void)state;
    struct hc_catalogue *c;
    struct hc_err err;
    assert_int_equal(read_small("<expect feature=\"cpu-sideways\" weight=\"1\"/>", "1", &err, &c), HC_FAIL);
    assert_int_equal(err.line, 5);
    assert_null(c);
}

static void refuses_shares_that_do_not_sum_to_one(void **state)
{
    (void)state;
    struct hc_catalogue *c;
    struct hc_err err;
    assert_int_equal(read_small("", "0.7", &err, &c), HC_FAIL);
}

static void refuses_what_the_schema_does_not_allow(void **state)
{
    (void)state;
    struct hc_catalogue *c;
    struct hc_err err;
    assert_int_equal(read_small("<surprise/>", "1", &err, &c), HC_FAIL);
    assert_int_equal(read_small("", "1.5", &err, &c), HC_FAIL);
}

static void sums_only_what_evidence_depends_on(void **state)
{
    (void)state;
    struct hc_catalogue *a, *b;
    struct hc_err err;
    assert_int_equal(read_small("", "1", &err, &a), HC_OK);
    assert_int_equal(read_small("<expect feature=\"cpu-up\" weight=\"2\"/>", "1", &err, &b), HC_OK);
    assert_true(a->evidence_checksum == b->evidence_checksum);
    assert_true(a->checksum != b->checksum);
    hc_catalogue_free(a);
    hc_catalogue_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_the_ten_categories_in_order),
        cmocka_unit_test(names_features_in_the_agreed_order),
        cmocka_unit_test(gives_each_cause_advice_for_every_horizon_and_a_question),
        cmocka_unit_test(what_a_kind_is_made_of_goes_with_its_source),
        cmocka_unit_test(knows_a_cause_by_a_teams_own_slug),
        cmocka_unit_test(holds_the_shipped_catalogue_to_the_schema),
        cmocka_unit_test(reads_a_teams_own_catalogue),
        cmocka_unit_test(refuses_an_unknown_feature_and_names_the_line),
        cmocka_unit_test(refuses_shares_that_do_not_sum_to_one),
        cmocka_unit_test(refuses_what_the_schema_does_not_allow),
        cmocka_unit_test(sums_only_what_evidence_depends_on),
    };
    return cmocka_run_group_tests(tests, set_up_xml, NULL);
}
