/* What is packed comes back to the bit, in whichever form it was kept; and a form is as short as it says. */
#include "base/number.h"
#include "corpus/store/internal.h"
#include "corpus/store/reader.h"
#include "tests/unit/corpus/fixture.h"

#define N 300

static struct hc_series unpacked(struct world *world, const struct hc_series *series, size_t *n_bytes)
{
    struct hc_buf out = {0};
    struct hc_series got = {.n = 0};
    assert_ok(world, hc_pack_points(&out, series, &(struct hc_times_kept){.n = 0}, &world->err));
    *n_bytes = out.n;
    assert_int_equal(hc_points_length(hc_buf_view(&out)), out.n);
    assert_ok(world, hc_unpack_points(&got, hc_buf_view(&out), world->arena, &world->err));
    for (size_t n = 0; n < out.n; n++) {
        struct hc_series cut;
        assert_int_equal(hc_points_length((struct hc_str){out.p, n}), 0);
        assert_int_equal(hc_unpack_points(&cut, (struct hc_str){out.p, n}, world->arena, NULL), HC_FATAL);
    }
    hc_buf_free(&out);
    return got;
}

/* Checks that the points come back and how many bytes they took. */
static void come_back(const int64_t *at_ns, const double *values, size_t n, size_t n_bytes)
{
    struct world world;
    size_t taken;
    world_begin(&world);
    struct hc_series series = {.n = n, .at_ns = at_ns, .values = values};
    struct hc_series got = unpacked(&world, &series, &taken);
    assert_int_equal(got.n, n);
    if (n > 0) {
        assert_memory_equal(got.at_ns, at_ns, n * sizeof *at_ns);
        assert_memory_equal(got.values, values, n * sizeof *values);
    }
    assert_int_equal(taken, n_bytes);
    world_end(&world);
}

static void keeps_values_in_the_fewest_bytes(void **state)
{
    (void)state;
    static const struct {
        double first, step;
        size_t width;
    } cases[] = {
        {0.0, 1.0, 2},        {-7.0, 0.5, 2},   {1e9, 1.0, 2},       {0.125, 0.001, 2},   {-3e9, 1e7, 4},
        {4.25, 0.0, 1},       {0.1, 1e-9, 2},   {1.0 / 3.0, 1.0, 8}, {1e-10, 1e-10, 8},   {1e300, 1e299, 8},
        {0.0, 14405000.0, 8}, {9e15, 2.0, 8},   {-0.0, -0.0, 8},     {INFINITY, 0.0, 8},  {-INFINITY, 1.0, 8},
        {NAN, 1.0, 8},        {5e-324, 0.0, 8}, {100.0, -0.1, 2},    {0.5, 1234567.5, 4},
    };
    for (size_t c = 0; c < COUNT(cases); c++) {
        int64_t at_ns[N];
        double values[N];
        for (size_t i = 0; i < N; i++) {
            at_ns[i] = 1000 * (int64_t)i;
            values[i] = cases[c].step != 0.0 ? cases[c].first + (double)i * cases[c].step : cases[c].first;
            if (cases[c].width < 8) { /* the double that is nearest to a decimal, as a reader gives it */
                char text[HC_NUMBER_TEXT];
                size_t n = hc_number_fixed(values[i], 9, text);
                assert_true(hc_number_parse((struct hc_str){text, n}, &values[i]));
            }
        }
        come_back(at_ns, values, N, 8 + 16 + (cases[c].width < 8 ? 8u : 0u) + N * cases[c].width);
    }
}

static void keeps_a_value_that_is_none_among_others(void **state)
{
    (void)state;
    static const int64_t at_ns[] = {1, 2, 3};
    static const double nan[] = {1.0, NAN, 3.0}, infinite[] = {1.0, INFINITY, 3.0}, zero[] = {1.0, -0.0, 3.0};
    come_back(at_ns, nan, 3, 8 + 16 + 3 * 8);
    come_back(at_ns, infinite, 3, 8 + 16 + 3 * 8);
    come_back(at_ns, zero, 3, 8 + 16 + 3 * 8);
}

static void looks_at_every_value_for_the_least_and_the_greatest(void **state)
{
    (void)state;
    enum { MOST = 6 };
    static const int64_t at_ns[MOST] = {1, 2, 3, 4, 5, 6};
    static const struct {
        double value;
        size_t width;
    } odd[] = {{256.0, 1}, {257.0, 2}, {-254.0, 1}, {-255.0, 2}, {65537.0, 4}, {-65535.0, 4}, {NAN, 8}};
    for (size_t n = 2; n <= MOST; n++)
        for (size_t place = 0; place < n; place++)
            for (size_t c = 0; c < COUNT(odd); c++) {
                double values[MOST] = {1.0, 1.0, 1.0, 1.0, 1.0, 1.0};
                values[place] = odd[c].value;
                come_back(at_ns, values, n, 8 + 16 + (odd[c].width < 8 ? 8u : 0u) + n * odd[c].width);
            }
}

static void keeps_times_of_every_kind(void **state)
{
    (void)state;
    enum { S = 1000000000, MS = 1000000 };
    static const int64_t near[] = {-3 * (int64_t)S, 0, S, 256 * (int64_t)S, 257 * (int64_t)S};
    static const int64_t seconds[] = {-3 * (int64_t)S, 0, S, 5 * (int64_t)S, 4294967300 * (int64_t)S};
    static const int64_t milliseconds[] = {MS, 2 * MS, 5 * MS, 1500 * MS, 1600 * MS};
    static const int64_t odd[] = {-5, 7, 8, 9, 1426547700000000000};
    static const int64_t ends[] = {INT64_MIN + 1, -1, 0, 1, INT64_MAX};
    static const int64_t wrapped[] = {INT64_MAX - 1, INT64_MAX};
    static const int64_t far[] = {0, 7 * (int64_t)S, 8 * (int64_t)S, 10 * (int64_t)S, 4294967306 * (int64_t)S};
    static const int64_t back[] = {0, 7 * (int64_t)S, 8 * (int64_t)S, 10 * (int64_t)S, 9 * (int64_t)S};
    static const double values[] = {1.0, 2.0, 3.0, 4.0, 5.0};
    enum { HEAD = 8, LOWEST = 8, FIRST_AND_STEP = 16 };
    come_back(NULL, NULL, 0, HEAD);
    come_back(odd, values, 1, HEAD + 8 + LOWEST + 1);
    come_back(seconds, values, 4, HEAD + 4 * 8 + LOWEST + 4);
    come_back(near, values, 5, HEAD + FIRST_AND_STEP + 4 * 1 + LOWEST + 5);
    come_back(milliseconds, values, 5, HEAD + FIRST_AND_STEP + 4 * 2 + LOWEST + 5);
    come_back(seconds, values, 5, HEAD + FIRST_AND_STEP + 4 * 4 + LOWEST + 5);
    come_back(odd, values, 5, HEAD + 5 * 8 + LOWEST + 5);
    come_back(ends, values, 5, HEAD + 5 * 8 + LOWEST + 5);
    come_back(wrapped, values, 2, HEAD + FIRST_AND_STEP + LOWEST + 2);
    come_back(far, values, 5, HEAD + 5 * 8 + LOWEST + 5);
    come_back(back, values, 5, HEAD + 5 * 8 + LOWEST + 5);
}

static void keeps_times_of_the_last_series_as_those_of_a_first(void **state)
{
    (void)state;
    static const int64_t regular[] = {0, 60, 120, 180, 240, 250}, odd[] = {0, 60, 120, 180, 240, 241};
    static const double values[] = {1, 2, 3, 4, 5, 6};
    static const struct hc_series series[] = {
        {.n = 5, .at_ns = regular, .values = values}, {.n = 5, .at_ns = regular, .values = values + 1},
        {.n = 6, .at_ns = regular, .values = values}, {.n = 5, .at_ns = odd, .values = values},
        {.n = 6, .at_ns = odd, .values = values},     {.n = 0},
        {.n = 1, .at_ns = odd, .values = values}};
    struct world world;
    struct hc_times_kept last = {.n = 0};
    world_begin(&world);
    for (size_t i = 0; i < COUNT(series); i++) {
        struct hc_buf after = {0}, first = {0};
        assert_ok(&world, hc_pack_points(&after, &series[i], &last, &world.err));
        assert_ok(&world, hc_pack_points(&first, &series[i], &(struct hc_times_kept){.n = 0}, &world.err));
        assert_int_equal(after.n, first.n);
        assert_memory_equal(after.p, first.p, first.n);
        hc_buf_free(&after);
        hc_buf_free(&first);
    }
    world_end(&world);
}

static void refuses_points_of_no_known_form(void **state)
{
    (void)state;
    const struct hc_str forms[] = {
        HC_STR("\2\1\0\0\0\0\0\0"),
        HC_STR("\3\5\0\0\0\0\0\0"),
        HC_STR("\3\0\3\0\0\0\0\0"),
        HC_STR("\3\0\0\12\0\0\0\0"),
        HC_STR("\3\0\0\0\0\0\0"),
        /* a step that runs over; one of several units that does; a count that does */
        HC_STR("\3\1\0\0\3\0\0\0"
               "\0\0\0\0\0\0\0\100"
               "\0\0\0\0\0\0\0\100"
               "000000000000000000000000"),
        HC_STR("\3\2\0\0\3\0\0\0"
               "\0\0\0\0\0\0\0\0"
               "\0\0\0\0\0\0\0\100"
               "\1\1"
               "000000000000000000000000"),
        HC_STR("\3\0\1\0\1\0\0\0"
               "\0\0\0\0\0\0\0\0"
               "\377\377\377\377\377\377\377\177"
               "\1"),
    };
    for (size_t i = 0; i < COUNT(forms); i++) {
        struct world world;
        struct hc_series got;
        world_begin(&world);
        assert_int_equal(hc_unpack_points(&got, forms[i], world.arena, &world.err), HC_FATAL);
        assert_string_equal(world.err.code, "corpus-corrupt");
        world_end(&world);
    }
}

static void writes_every_length_of_a_number(void **state)
{
    (void)state;
    static const int64_t numbers[] = {0, 9, 10, 4294967295, 4294967296, -1, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char expected[32];
        struct hc_buf out = {0};
        size_t n = (size_t)snprintf(expected, sizeof expected, "%lld", (long long)numbers[i]);
        hc_put_decimal(&out, numbers[i]);
        assert_int_equal(out.n, n);
        assert_memory_equal(out.p, expected, n);
        hc_buf_free(&out);
    }
}

static void refuses_more_points_than_a_row_can_tell(void **state)
{
    (void)state;
    struct world world;
    struct hc_buf out = {0};
    const struct hc_series series = {.n = HC_POINTS_MOST + 1};
    world_begin(&world);
    assert_int_equal(hc_pack_points(&out, &series, &(struct hc_times_kept){.n = 0}, &world.err), HC_FAIL);
    assert_string_equal(world.err.code, "record-invalid");
    hc_buf_free(&out);
    world_end(&world);
}

static void refuses_counts_that_do_not_fit_a_number(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    const int64_t most = INT64_MAX / HC_NS_PER_MINUTE, minutes[] = {-most, most}, beyond[] = {most + 1};
    static const uint32_t lines[] = {1, UINT32_MAX};
    struct hc_log_count count = {.n_minutes = 2, .minute = minutes, .lines = lines};
    struct hc_incident incident = {.log_counts = &count, .n_log_counts = 1, .n_components = 1};
    struct hc_minute_scale scale;
    assert_int_equal(hc_minute_scale_of(&scale, &incident, &world.err), HC_FAIL);
    assert_string_equal(world.err.code, "record-invalid");
    count.n_minutes = 1;
    assert_ok(&world, hc_minute_scale_of(&scale, &incident, &world.err));
    assert_true(scale.first == -most && scale.n_minutes == 2 && scale.n_lines == 2);
    count.minute = beyond;
    assert_int_equal(hc_minute_scale_of(&scale, &incident, &world.err), HC_FAIL);
    world_end(&world);
}

static void keeps_exemplars_by_their_template(void **state)
{
    (void)state;
    static const struct {
        const char *template, *exemplar; /* NULL: absent */
        size_t n_packed;
    } samples[] = {
        {"ready", "ready", 1},
        {"ready", "steady", 7},
        {"<*>", "", 2},
        {"<*>", NULL, 1},
        {"took <*> ms", "took 12 ms", 4},
        {"took <*> ms", "took 12 s", 10},
        {"took <*>", "took", 5},
        {"<*>a<*>", "baac", 6},
        {"<*> of <*>", "<*> of  of", 9},
        {"<*><*>", "both", 7},
        {"a<*>a", "a", 2},
        {"id=<*>;", "id=0123456789abcdef;", 10},
        {"id=<*>;", "id=0123456789abcde;", 17},
        {"id=<*>;", "id=0123456;", 9},
        {"id=<*>;", "id=0123456789ABCDEF;", 18},
        {"id=<*>;", "id=0123456g;", 10},
        {"is <* and <*>", "is <* and <", 3},
    };
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        struct world world;
        world_begin(&world);
        struct hc_buf out = {0};
        struct hc_pieces pieces;
        hc_pieces_of(&pieces, hc_str_of(samples[i].template));
        hc_put_exemplar(&out, &pieces, hc_str_of(samples[i].exemplar));
        assert_int_equal(out.n, samples[i].n_packed);
        struct reader whole = {out.p, out.p + out.n, world.arena, false, false};
        struct hc_str back = hc_get_exemplar(&whole, &pieces);
        assert_true(!whole.bad && whole.p == whole.end);
        assert_true(samples[i].exemplar ? back.p && hc_str_is(back, samples[i].exemplar) : !back.p);
        for (size_t n = 0; n < out.n; n++) {
            struct reader cut = {out.p, out.p + n, world.arena, false, false};
            hc_get_exemplar(&cut, &pieces);
            assert_true(cut.bad && !cut.no_memory);
        }
        hc_buf_free(&out);
        world_end(&world);
    }
}

/* As many masks, or as long a text, as no exemplar is taken apart by. */
static void keeps_exemplars_of_large_templates_as_they_are(void **state)
{
    (void)state;
    char text[2048];
    struct hc_pieces pieces;
    struct hc_buf out = {0};
    for (size_t i = 0; i < HC_PIECES_MOST; i++)
        memcpy(text + 4 * i, "<*> ", 4);
    hc_pieces_of(&pieces, (struct hc_str){text, (HC_PIECES_MOST - 1) * (size_t)4});
    assert_int_equal(pieces.n, HC_PIECES_MOST);
    hc_pieces_of(&pieces, (struct hc_str){text, HC_PIECES_MOST * (size_t)4});
    assert_int_equal(pieces.n, 0);
    memset(text, 'x', sizeof text);
    hc_pieces_of(&pieces, (struct hc_str){text, sizeof text});
    assert_int_equal(pieces.n, 0);
    hc_put_exemplar(&out, &pieces, HC_STR("xx"));
    struct reader reader = {out.p, out.p + out.n, NULL, false, false};
    assert_true(hc_str_is(hc_get_exemplar(&reader, &pieces), "xx"));
    static const char packed[] = {1, 0};
    struct reader fits = {packed, packed + sizeof packed, NULL, false, false};
    hc_get_exemplar(&fits, &pieces);
    assert_true(fits.bad);
    hc_buf_free(&out);
}

/* A field of a flow is one byte up to 127: each of them, around it. */
static void keeps_flows_whose_fields_fill_a_byte(void **state)
{
    enum { FIELDS = 7, FIRST = 120, LAST = 132, N_THINGS = 200 };
    static struct hc_component components[N_THINGS];
    static struct hc_flow_step steps[N_THINGS];
    static struct hc_flow_count flows[FIELDS * (LAST - FIRST)];
    struct hc_incident incident = {.components = components,
                                   .n_components = N_THINGS,
                                   .flow_steps = steps,
                                   .n_flow_steps = N_THINGS,
                                   .flows = flows,
                                   .n_flows = COUNT(flows)};
    struct hc_incident got = {.components = components, .n_components = N_THINGS};
    struct hc_buf out = {0};
    struct world world;
    (void)state;
    world_begin(&world);
    for (size_t i = 0; i < COUNT(flows); i++) {
        struct hc_flow_count *flow = &flows[i];
        flow->within = flow->after = flow->then = HC_FLOW_OTHER; /* which is kept as 0 */
        uint32_t *fields[FIELDS] = {&flow->component, &flow->within, &flow->after, &flow->then,
                                    &flow->n[0],      &flow->n[1],   &flow->n[2]};
        *fields[i % FIELDS] = FIRST + (uint32_t)(i / FIELDS);
    }
    hc_pack_record(&out, &incident);
    assert_ok(&world, hc_unpack_record(&got, hc_buf_view(&out), world.arena, &world.err));
    assert_int_equal(got.n_flows, COUNT(flows));
    for (size_t i = 0; i < COUNT(flows); i++) {
        assert_int_equal(got.flows[i].component, flows[i].component);
        assert_int_equal(got.flows[i].within, flows[i].within);
        assert_int_equal(got.flows[i].after, flows[i].after);
        assert_int_equal(got.flows[i].then, flows[i].then);
        assert_memory_equal(got.flows[i].n, flows[i].n, sizeof flows[i].n);
    }
    hc_buf_free(&out);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_values_in_the_fewest_bytes),
        cmocka_unit_test(keeps_a_value_that_is_none_among_others),
        cmocka_unit_test(looks_at_every_value_for_the_least_and_the_greatest),
        cmocka_unit_test(keeps_times_of_every_kind),
        cmocka_unit_test(keeps_times_of_the_last_series_as_those_of_a_first),
        cmocka_unit_test(refuses_points_of_no_known_form),
        cmocka_unit_test(writes_every_length_of_a_number),
        cmocka_unit_test(refuses_more_points_than_a_row_can_tell),
        cmocka_unit_test(refuses_counts_that_do_not_fit_a_number),
        cmocka_unit_test(keeps_exemplars_by_their_template),
        cmocka_unit_test(keeps_exemplars_of_large_templates_as_they_are),
        cmocka_unit_test(keeps_flows_whose_fields_fill_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
