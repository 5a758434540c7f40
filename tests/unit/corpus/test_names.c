/* Keys of names share columns with other numbers: one that does not fit is none. */
#include "tests/unit/corpus/fixture.h"

#include "corpus/store/internal.h"

static void refuses_a_key_that_does_not_fit(void **state)
{
    static const char *const damages[] = {
        "INSERT INTO name (key, text) VALUES (2147483647, 'a')", /* the last: the next is one too many */
        "INSERT INTO name (key, text) VALUES (2147483648, 'new')",
        "INSERT INTO name (key, text) VALUES (9223372036854775807, 'new')",
        "INSERT INTO name (key, text) VALUES (-1, 'new')",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(damages); i++) {
        struct world world;
        int64_t key = 7;
        world_begin(&world);
        close_it(&world, open_as(&world, HC_STORE_CREATE));
        tamper(&world, damages[i]);
        struct hc_store *store = open_as(&world, HC_STORE_CREATE);
        enum hc_status status = hc_store_name(store, HC_STR("new"), &key, &world.err);
        if (status != HC_FATAL)
            fail_msg("%s: status %d, %s", damages[i], status, world.err.text);
        assert_string_equal(world.err.code, "corpus-corrupt");
        assert_int_equal(key, 0);
        hc_store_close(store, NULL);
        world_end(&world);
    }
}

static void gives_the_last_key_there_is(void **state)
{
    (void)state;
    struct world world;
    int64_t key = 0;
    world_begin(&world);
    close_it(&world, open_as(&world, HC_STORE_CREATE));
    tamper(&world, "INSERT INTO name (key, text) VALUES (2147483646, 'a')");
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    assert_ok(&world, hc_store_name(store, HC_STR("new"), &key, &world.err));
    assert_int_equal(key, INT32_MAX);
    close_it(&world, store);
    world_end(&world);
}

/* A put that meets it says so, too; whoever shifts the key would be seen by a sanitizer. */
static void refuses_an_incident_whose_names_do_not_fit(void **state)
{
    (void)state;
    struct world world;
    struct hc_source_record source = {.path = HC_STR("a"), .status = HC_STR("accepted"), .sha256 = {1}};
    struct hc_packed *packed;
    enum hc_put_result result;
    bool known;
    world_begin(&world);
    close_it(&world, open_as(&world, HC_STORE_CREATE));
    tamper(&world, "INSERT INTO name (key, text) VALUES (2147483647, 'a')");
    struct hc_store *store = open_as(&world, HC_STORE_CREATE);
    struct hc_incident *incident = rich_incident(world.arena, "INC-1", 1);
    assert_ok(&world, hc_store_source_put(store, &source, &known, &world.err));
    assert_ok(&world, hc_store_incident_pack(&packed, incident, world.arena, &world.err));
    assert_int_equal(hc_store_incident_put(store, incident, packed, source.sha256, HC_STR("e"), &result, &world.err),
                     HC_FATAL);
    assert_string_equal(world.err.code, "corpus-corrupt");
    hc_store_close(store, NULL);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_a_key_that_does_not_fit),
        cmocka_unit_test(gives_the_last_key_there_is),
        cmocka_unit_test(refuses_an_incident_whose_names_do_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
