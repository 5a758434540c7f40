#include "tests/unit/ingest/archives.h"

static struct hc_buf tar; /* of the test that runs */

static int set_up(void **state)
{
    (void)state;
    tar = (struct hc_buf){0};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    hc_buf_free(&tar);
    return 0;
}

static struct hc_str ended(void)
{
    tar_end(&tar);
    return hc_buf_view(&tar);
}

static void reads_files_in_order_and_passes_directories_over(void **state)
{
    (void)state;
    tar_member(&tar, "a/", '5', HC_STR(""));
    tar_text(&tar, "a/one", "1");
    tar_text(&tar, "./a//two", "22");
    tar_text(&tar, "empty", "");
    assert_lists(ended(), "a/one=1;a/two=22;empty=;");
}

static void refuses_names_that_are_no_relative_path(void **state)
{
    (void)state;
    tar_text(&tar, "../up", "x");
    tar_text(&tar, "a/../../up", "x");
    tar_text(&tar, "/abs", "x");
    tar_text(&tar, "a\\b", "x");
    tar_text(&tar, "bad\xff", "x");
    tar_text(&tar, "good", "x");
    assert_lists(ended(), "!member-name:../up;!member-name:a/../../up;!member-name:/abs;!member-name:a\\b;"
                          "!member-name:bad\xef\xbf\xbd;good=x;");
}

static void refuses_links_devices_and_unknown_types_without_losing_the_rest(void **state)
{
    (void)state;
    tar_member(&tar, "soft", '2', HC_STR(""));
    tar_member(&tar, "hard", '1', HC_STR(""));
    tar_member(&tar, "tty", '3', HC_STR(""));
    tar_member(&tar, "fifo", '6', HC_STR(""));
    tar_member(&tar, "volume", 'M', HC_STR("data"));
    tar_text(&tar, "good", "x");
    assert_lists(ended(), "!member-link:soft;!member-link:hard;!member-device:tty;!member-device:fifo;"
                          "!member-type:volume;good=x;");
}

static void refuses_the_second_of_two_names(void **state)
{
    (void)state;
    tar_text(&tar, "a", "1");
    tar_text(&tar, "./a", "2");
    assert_lists(ended(), "a=1;!member-duplicate:a;");
}

static void takes_long_names_from_gnu_and_pax_headers(void **state)
{
    char name[300], pax[400], expected[1200];
    (void)state;
    memset(name, 'n', 200);
    name[200] = '\0';
    tar_member(&tar, "././@LongLink", 'L', (struct hc_str){name, 201});
    tar_text(&tar, "short", "1");
    name[199] = 'm';
    snprintf(pax, sizeof pax, "210 path=%s\n", name);
    tar_member(&tar, "pax", 'x', (struct hc_str){pax, 210});
    tar_text(&tar, "short", "2");
    name[199] = 'n';
    snprintf(expected, sizeof expected, "%s=1;%.199sm=2;", name, name);
    assert_lists(ended(), expected);
}

static void refuses_a_nul_inside_a_long_name(void **state)
{
    (void)state;
    tar_member(&tar, "././@LongLink", 'L', (struct hc_str){"a\0b", 3});
    tar_text(&tar, "short", "1");
    tar_member(&tar, "pax", 'x', (struct hc_str){"12 path=a\0b\n", 12});
    tar_text(&tar, "short", "2");
    assert_lists(ended(), "!member-name:a\xef\xbf\xbd"
                          "b;!member-name:a\xef\xbf\xbd"
                          "b;");
}

static void refuses_sparse_members_old_and_new(void **state)
{
    char *header;
    (void)state;
    tar_member(&tar, "old", 'S', HC_STR("data"));
    header = tar.p + tar.n - 1024;
    header[482] = 1; /* one more block of the map */
    tar_checksum(header);
    memmove(tar.p + tar.n - 512, tar.p + tar.n - 512, 512);
    struct hc_buf with_map = {0};
    hc_buf_add(&with_map, tar.p, 512);
    char map[512] = {0};
    hc_buf_add(&with_map, map, sizeof map);
    hc_buf_add(&with_map, tar.p + 512, 512);
    hc_buf_free(&tar);
    tar = with_map;
    tar_member(&tar, "pax", 'x', HC_STR("22 GNU.sparse.major=1\n"));
    tar_text(&tar, "new", "data");
    tar_text(&tar, "good", "x");
    assert_lists(ended(), "!member-sparse:old;!member-sparse:new;good=x;");
}

static void fails_on_sizes_that_are_not_octal(void **state)
{
    static const char sizes[][12] = {
        {'\x80', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1},                                                        /* base-256 */
        {'\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff'}, /* negative */
        {'\x80', 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11},                                                      /* 96 bits */
        {'-', '1'},
        {'9'}};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        hc_buf_clear(&tar);
        tar_header(&tar, "a", '0', sizes[i], 12);
        assert_fails(ended(), "tar-size");
    }
}

static void fails_on_a_pax_size_and_on_a_link_with_data(void **state)
{
    (void)state;
    tar_member(&tar, "pax", 'x', HC_STR("9 size=1\n"));
    tar_text(&tar, "a", "1");
    assert_fails(ended(), "tar-size");
    hc_buf_clear(&tar);
    tar_member(&tar, "link", '1', HC_STR("data"));
    assert_fails(ended(), "tar-size");
}

static void fails_on_chains_of_headers_about_one_member(void **state)
{
    (void)state;
    tar_member(&tar, "l", 'L', HC_STR("one"));
    tar_member(&tar, "l", 'L', HC_STR("two"));
    tar_text(&tar, "a", "1");
    assert_fails(ended(), "tar-header");
    hc_buf_clear(&tar);
    tar_member(&tar, "l", 'L', HC_STR("one"));
    assert_fails(ended(), "tar-header");
}

static void fails_on_malformed_pax_records(void **state)
{
    static const char *const records[] = {"99 path=a\n", "0 path=a\n", "path=a\n", "10 path=ab", "8 pathab\n", "3 \n"};
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        hc_buf_clear(&tar);
        tar_member(&tar, "pax", 'x', hc_str_of(records[i]));
        tar_text(&tar, "a", "1");
        assert_fails(ended(), "tar-header");
    }
}

static void fails_on_a_wrong_checksum_and_on_what_follows_the_end(void **state)
{
    (void)state;
    tar_text(&tar, "a", "1");
    tar_text(&tar, "b", "1");
    tar.p[1024] ^= 1;
    assert_fails(ended(), "tar-header");
    tar.p[1024] ^= 1;
    hc_buf_add(&tar, tar.p, 512);
    assert_fails(hc_buf_view(&tar), "tar-trailing");
}

static void never_accepts_a_tar_cut_short_at_any_byte(void **state)
{
    (void)state;
    tar_text(&tar, "a", "some text");
    tar_text(&tar, "b", "more");
    struct hc_str whole = ended();
    assert_lists(whole, "a=some text;b=more;");
    for (size_t n = 0; n < whole.n; n++) {
        struct listing got = list_bytes((struct hc_str){whole.p, n});
        assert_int_equal(got.status, HC_FAIL);
        assert_string_not_equal(got.code, "");
    }
}

static void fails_on_an_archive_without_files(void **state)
{
    (void)state;
    assert_fails(ended(), "archive-empty");
    hc_buf_clear(&tar);
    tar_member(&tar, "only-a-directory/", '5', HC_STR(""));
    assert_fails(ended(), "archive-empty");
    assert_fails(HC_STR(""), "archive-empty");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_files_in_order_and_passes_directories_over, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_names_that_are_no_relative_path, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_links_devices_and_unknown_types_without_losing_the_rest, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(refuses_the_second_of_two_names, set_up, tear_down),
        cmocka_unit_test_setup_teardown(takes_long_names_from_gnu_and_pax_headers, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_a_nul_inside_a_long_name, set_up, tear_down),
        cmocka_unit_test_setup_teardown(refuses_sparse_members_old_and_new, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_sizes_that_are_not_octal, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_a_pax_size_and_on_a_link_with_data, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_chains_of_headers_about_one_member, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_malformed_pax_records, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_a_wrong_checksum_and_on_what_follows_the_end, set_up, tear_down),
        cmocka_unit_test_setup_teardown(never_accepts_a_tar_cut_short_at_any_byte, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fails_on_an_archive_without_files, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
