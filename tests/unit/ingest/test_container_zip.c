#include "tests/unit/ingest/archives.h"

static struct zip_builder zip; /* of the test that runs */

static int set_up(void **state)
{
    (void)state;
    zip = (struct zip_builder){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hc_buf_free(&zip.local);
    hc_buf_free(&zip.central);
    return 0;
}

static void reads_stored_and_deflated_members(void **state)
{
    struct hc_str text = HC_STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    (void)state;
    struct hc_buf gzip = gzip_of(text);
    struct zip_claim deflated = zip_stored("a/deflated", text.p);
    deflated.method = 8;
    deflated.data = (struct hc_str){gzip.p + 10, gzip.n - 18};
    zip_text(&zip, "a/stored", "text");
    zip_add(&zip, &deflated);
    assert_lists(zip_end(&zip), "a/stored=text;a/deflated=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;");
    hc_buf_free(&gzip);
}

static void gives_each_incident_together_and_its_manifest_first(void **state)
{
    (void)state;
    zip_text(&zip, "b/log", "1");
    zip_text(&zip, "a/log", "2");
    zip_text(&zip, "stray", "3");
    zip_text(&zip, "b/incident.xml", "4");
    zip_text(&zip, "a/incident.xml", "5");
    assert_lists(zip_end(&zip), "b/incident.xml=4;b/log=1;a/incident.xml=5;a/log=2;stray=3;");
}

static void refuses_members_one_by_one_by_what_they_are(void **state)
{
    struct zip_claim m = zip_stored("crypt", "x");
    (void)state;
    m.flags = 1;
    zip_add(&zip, &m);
    m = zip_stored("link", "x");
    m.attributes = 0120777u << 16;
    zip_add(&zip, &m);
    m = zip_stored("device", "x");
    m.attributes = 0020644u << 16;
    zip_add(&zip, &m);
    m = zip_stored("method", "x");
    m.method = 12;
    zip_add(&zip, &m);
    m = zip_stored("crc", "x");
    m.crc ^= 1;
    zip_add(&zip, &m);
    m = zip_stored("local", "x");
    m.central_name = "centr";
    zip_add(&zip, &m);
    m = zip_stored("sizes", "x");
    m.unpacked = 5;
    zip_add(&zip, &m);
    zip_text(&zip, "../up", "x");
    zip_text(&zip, "good", "x");
    assert_lists(zip_end(&zip), "!zip-encrypted:crypt;!member-link:link;!member-device:device;!zip-method:method;"
                                "!zip-crc:crc;!zip-mismatch:centr;!zip-size:sizes;!member-name:../up;good=x;");
}

static void fails_where_two_members_share_bytes(void **state)
{
    struct zip_claim m;
    (void)state;
    zip_text(&zip, "a", "some text");
    m = zip_stored("a", "some text");
    m.offset_less = (uint32_t)zip.local.n;
    zip_add(&zip, &m);
    assert_fails(zip_end(&zip), "zip-overlap");
}

static void fails_where_the_end_record_lies(void **state)
{
    (void)state;
    zip_text(&zip, "a", "some text");
    struct hc_str whole = zip_end(&zip);
    char *count = zip.local.p + whole.n - 22 + 8;
    count[0] = count[2] = 2;
    assert_fails(whole, "zip-structure");
    count[0] = count[2] = 1;
    zip.local.p[whole.n - 22 + 16] ^= 1; /* where the central directory is */
    assert_fails(whole, "zip-structure");
}

static void never_accepts_a_zip_cut_short_or_followed_by_something(void **state)
{
    (void)state;
    zip_text(&zip, "a", "some text");
    zip_text(&zip, "b", "more");
    struct hc_str whole = zip_end(&zip);
    assert_lists(whole, "a=some text;b=more;");
    for (size_t n = 0; n < whole.n; n++)
        assert_int_equal(list_bytes((struct hc_str){whole.p, n}).status, HC_FAIL);
    hc_buf_char(&zip.local, 'x');
    assert_fails(hc_buf_view(&zip.local), "zip-truncated");
}

static void never_crashes_on_a_flipped_byte(void **state)
{
    (void)state;
    zip_text(&zip, "a/incident.xml", "some text");
    zip_text(&zip, "a/b", "more");
    struct hc_str whole = zip_end(&zip);
    for (size_t i = 0; i < whole.n; i++) {
        zip.local.p[i] ^= (char)0xff;
        struct listing got = list_bytes(whole);
        assert_true(got.status == HC_END || got.status == HC_FAIL);
        zip.local.p[i] ^= (char)0xff;
    }
}

static void fails_on_a_zip_without_files(void **state)
{
    (void)state;
    assert_fails(zip_end(&zip), "archive-empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_stored_and_deflated_members, set_up, tear_down),
        cmocka_unit_test_setup_teardown(gives_each_incident_together_and_its_manifest_first, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_members_one_by_one_by_what_they_are, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_where_two_members_share_bytes, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_where_the_end_record_lies, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_accepts_a_zip_cut_short_or_followed_by_something, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_crashes_on_a_flipped_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_a_zip_without_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
