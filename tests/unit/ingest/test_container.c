#include "tests/unit/ingest/archives.h"

typedef struct hc_buf (*pack)(struct hc_str);
static const pack packs[] = {gzip_of, zstd_of, xz_of, bzip2_of};
static const char *const kinds[] = {"tar.gz", "tar.zst", "tar.xz", "tar.bz2"};
#define N_PACKS (sizeof packs / sizeof packs[0])

static struct hc_buf small_tar(void)
{
    struct hc_buf tar = {0};
    tar_text(&tar, "a/incident.xml", "one");
    tar_text(&tar, "a/log", "two two two");
    tar_end(&tar);
    return tar;
}

static void reads_every_layer_around_a_tar(void **state)
{
    struct hc_buf tar = small_tar();
    (void)state;
    for (size_t i = 0; i < N_PACKS; i++) {
        struct hc_buf packed = packs[i](hc_buf_view(&tar));
        assert_lists(hc_buf_view(&packed), "a/incident.xml=one;a/log=two two two;");
        hc_buf_free(&packed);
    }
    hc_buf_free(&tar);
}

static void never_accepts_a_layer_cut_short_at_any_byte(void **state)
{
    struct hc_buf tar = small_tar();
    (void)state;
    for (size_t i = 0; i < N_PACKS; i++) {
        struct hc_buf packed = packs[i](hc_buf_view(&tar));
        for (size_t n = 0; n < packed.n; n++)
            assert_int_equal(list_bytes((struct hc_str){packed.p, n}).status, HC_FAIL);
        hc_buf_free(&packed);
    }
    hc_buf_free(&tar);
}

/* A few bits say nothing of the data (a gzip header's time, the padding after bzip2's last code). */
static void never_accepts_altered_data(void **state)
{
    struct hc_buf tar = small_tar();
    size_t n_refused = 0;
    size_t n_flips = 0;
    (void)state;
    for (size_t i = 0; i < N_PACKS; i++) {
        struct hc_buf packed = packs[i](hc_buf_view(&tar));
        for (size_t at = 0; at < packed.n; at++, n_flips++) {
            packed.p[at] ^= 0x20;
            struct listing got = list_bytes(hc_buf_view(&packed));
            n_refused += got.status == HC_FAIL;
            if (got.status != HC_FAIL)
                assert_string_equal(got.text, "a/incident.xml=one;a/log=two two two;");
            packed.p[at] ^= 0x20;
        }
        hc_buf_free(&packed);
    }
    assert_true(n_refused > n_flips - 16);
    hc_buf_free(&tar);
}

static void refuses_what_follows_a_layer_and_reads_it_in_several_parts(void **state)
{
    struct hc_buf tar = small_tar();
    (void)state;
    for (size_t i = 0; i < N_PACKS; i++) {
        struct hc_buf both = packs[i]((struct hc_str){tar.p, 700});
        struct hc_buf second = packs[i]((struct hc_str){tar.p + 700, tar.n - 700});
        hc_buf_str(&both, hc_buf_view(&second));
        assert_lists(hc_buf_view(&both), "a/incident.xml=one;a/log=two two two;");
        hc_buf_text(&both, "trailing garbage");
        assert_int_equal(list_bytes(hc_buf_view(&both)).status, HC_FAIL);
        hc_buf_free(&both);
        hc_buf_free(&second);
    }
    hc_buf_free(&tar);
}

static void says_which_check_of_gzip_failed(void **state)
{
    struct hc_buf tar = small_tar();
    struct hc_buf packed = gzip_of(hc_buf_view(&tar));
    (void)state;
    packed.p[packed.n - 8] ^= 1;
    assert_fails(hc_buf_view(&packed), "gzip-crc");
    packed.p[packed.n - 8] ^= 1;
    packed.p[packed.n - 4] ^= 1;
    assert_fails(hc_buf_view(&packed), "gzip-length");
    packed.p[packed.n - 4] ^= 1;
    assert_fails(((struct hc_str){packed.p, packed.n - 1}), "gzip-truncated");
    hc_buf_text(&packed, "x");
    assert_int_equal(list_bytes(hc_buf_view(&packed)).status, HC_FAIL);
    hc_buf_text(&packed, "yz");
    assert_fails(hc_buf_view(&packed), "gzip-trailing");
    hc_buf_free(&packed);
    hc_buf_free(&tar);
}

/* Above HC_INPUT_WHOLE_BYTES the file is read by pieces; members lie across them. */
static void reads_large_archives_by_pieces(void **state)
{
    size_t n = (size_t)20 << 20;
    struct hc_buf tar = {0}, noise = packed_room(n);
    uint32_t x = 1;
    (void)state;
    for (size_t i = 0; i < n; i++) {
        x = x * 1664525 + 1013904223;
        noise.p[i] = (char)(x >> 24);
    }
    noise.p[0] = 'n';
    tar_text(&tar, "first", "1");
    tar_member(&tar, "noise", '0', (struct hc_str){noise.p, n});
    tar_text(&tar, "last", "2");
    tar_end(&tar);
    for (size_t i = 0; i < 3; i++) { /* plain, gzip, zstd: the others take long */
        struct hc_buf packed = i == 0 ? (struct hc_buf){0} : packs[i - 1](hc_buf_view(&tar));
        struct listing got = list_bytes(i == 0 ? hc_buf_view(&tar) : hc_buf_view(&packed));
        assert_int_equal(got.status, HC_END);
        assert_non_null(strstr(got.text, "first=1;noise=n"));
        assert_non_null(strstr(got.text, "last=2;"));
        if (packed.n) {
            packed.p[packed.n / 2] ^= 1;
            assert_int_equal(list_bytes(hc_buf_view(&packed)).status, HC_FAIL);
        }
        hc_buf_free(&packed);
    }
    hc_buf_free(&noise);
    hc_buf_free(&tar);
}

static void undoes_one_layer_of_a_member_and_keeps_its_name(void **state)
{
    struct hc_buf tar = {0};
    struct hc_buf gzip = gzip_of(HC_STR("text")), twice = gzip_of(hc_buf_view(&gzip)), zstd = zstd_of(HC_STR("zzz"));
    (void)state;
    tar_member(&tar, "a.log.gz", '0', hc_buf_view(&gzip));
    tar_member(&tar, "b.zst", '0', hc_buf_view(&zstd));
    tar_member(&tar, "twice.gz", '0', hc_buf_view(&twice));
    gzip.p[gzip.n - 8] ^= 1;
    tar_member(&tar, "bad.gz", '0', hc_buf_view(&gzip));
    tar_text(&tar, "plain.gz", "not packed");
    tar_end(&tar);
    assert_lists(hc_buf_view(&tar), "a.log.gz=text;b.zst=zzz;!member-archive:twice.gz;!gzip-crc:bad.gz;"
                                    "plain.gz=not packed;");
    hc_buf_free(&gzip);
    hc_buf_free(&twice);
    hc_buf_free(&zstd);
    hc_buf_free(&tar);
}

static void refuses_archives_inside_archives(void **state)
{
    struct hc_buf inner = small_tar(), tar = {0};
    struct zip_builder zip = {0};
    struct hc_buf packed[N_PACKS];
    (void)state;
    zip_text(&zip, "a", "x");
    tar_member(&tar, "tar", '0', hc_buf_view(&inner));
    tar_member(&tar, "zip", '0', zip_end(&zip));
    for (size_t i = 0; i < N_PACKS; i++) {
        packed[i] = packs[i](hc_buf_view(&inner));
        tar_member(&tar, kinds[i], '0', hc_buf_view(&packed[i]));
        hc_buf_free(&packed[i]);
    }
    tar_end(&tar);
    assert_lists(hc_buf_view(&tar), "!member-archive:tar;!member-archive:zip;!member-archive:tar.gz;"
                                    "!member-archive:tar.zst;!member-archive:tar.xz;!member-archive:tar.bz2;");
    hc_buf_free(&zip.local);
    hc_buf_free(&inner);
    hc_buf_free(&tar);
}

static void tells_the_kind_by_content_and_never_by_name(void **state)
{
    struct hc_buf tar = small_tar();
    struct folder f;
    char path[512];
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    (void)state;
    folder_open(&f);
    for (size_t i = 0; i < N_PACKS; i++) {
        struct hc_buf packed = packs[i](hc_buf_view(&tar));
        folder_write(&f, "a.zip", hc_buf_view(&packed));
        assert_int_equal(list_with(c, folder_path(&f, "a.zip", path)).status, HC_END);
        assert_string_equal(hc_container_kind(c), kinds[i]);
        hc_buf_free(&packed);
    }
    assert_fails(HC_STR("just text, whatever its name says"), "archive-unknown");
    struct hc_buf text = gzip_of(HC_STR("just text"));
    assert_int_equal(list_bytes(hc_buf_view(&text)).status, HC_FAIL);
    hc_buf_free(&text);
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&tar);
}

static void holds_each_limit_at_and_stops_one_above(void **state)
{
    struct hc_buf tar = {0}, gzip;
    struct folder f;
    (void)state;
    tar_text(&tar, "a", "12345");
    tar_text(&tar, "b", "123456");
    gzip = gzip_of(HC_STR("123456"));
    tar_member(&tar, "c.gz", '0', hc_buf_view(&gzip));
    tar_end(&tar);
    folder_open(&f);
    folder_write(&f, "t", hc_buf_view(&tar));
    struct listing got = list_file(&f, "t", (struct hc_ingest_limits){.member_bytes = gzip.n});
    assert_string_equal(got.text, "a=12345;b=123456;c.gz=123456;");
    got = list_file(&f, "t", (struct hc_ingest_limits){.member_bytes = 5});
    assert_string_equal(got.text, "a=12345;!limit-member-bytes:b;!limit-member-bytes:c.gz;");
    assert_int_equal(list_file(&f, "t", (struct hc_ingest_limits){.n_members = 3}).status, HC_END);
    assert_string_equal(list_file(&f, "t", (struct hc_ingest_limits){.n_members = 2}).code, "limit-members");
    assert_int_equal(list_file(&f, "t", (struct hc_ingest_limits){.archive_bytes = tar.n + 6}).status, HC_END);
    assert_string_equal(list_file(&f, "t", (struct hc_ingest_limits){.archive_bytes = tar.n + 5}).code,
                        "limit-archive-bytes");
    folder_close(&f);
    hc_buf_free(&gzip);
    hc_buf_free(&tar);
}

static void reads_a_directory_and_nothing_outside_it(void **state)
{
    struct folder f;
    char path[512], root[512];
    struct hc_buf gzip = gzip_of(HC_STR("packed"));
    (void)state;
    folder_open(&f);
    folder_write(&f, "root/z/incident.xml", HC_STR("m"));
    folder_write(&f, "root/z/b.gz", hc_buf_view(&gzip));
    folder_write(&f, "root/z/a", HC_STR("x"));
    folder_write(&f, "root/stray", HC_STR("s"));
    folder_write(&f, "outside", HC_STR("secret"));
    assert_int_equal(symlink("../../outside", folder_path(&f, "root/z/link", path)), 0);
    assert_int_equal(mkfifo(folder_path(&f, "root/z/pipe", path), 0600), 0);
    struct listing got = list_file(&f, "root", (struct hc_ingest_limits){0});
    assert_string_equal(got.code, "");
    assert_string_equal(got.text, "z/incident.xml=m;z/a=x;z/b.gz=packed;!member-link:z/link;!member-device:z/pipe;"
                                  "stray=s;");
    got = list_file(&f, "missing", (struct hc_ingest_limits){0});
    assert_string_equal(got.code, "source-missing");
    folder_path(&f, "root/z", root);
    got = list_file(&f, "root/z/pipe", (struct hc_ingest_limits){0});
    assert_string_equal(got.code, "source-type");
    folder_close(&f);
    hc_buf_free(&gzip);
}

/* The digest of a directory is that of its files' content, however they are packed. */
static void gives_a_directory_its_content_digest(void **state)
{
    struct hc_buf gzip = gzip_of(HC_STR("text"));
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    struct hc_sha256 *sha = hc_sha256_new();
    uint8_t file[HC_SHA256_BYTES], expected[HC_SHA256_BYTES], got[HC_SHA256_BYTES];
    uint64_t n_bytes;
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "d/b.gz", hc_buf_view(&gzip));
    folder_write(&f, "d/a", HC_STR("1"));
    hc_sha256_once("1", 1, file);
    hc_sha256_add(sha, "a\0", 2);
    hc_sha256_add(sha, file, sizeof file);
    hc_sha256_once("text", 4, file);
    hc_sha256_add(sha, "b.gz\0", 5);
    hc_sha256_add(sha, file, sizeof file);
    hc_sha256_finish(sha, expected);
    assert_int_equal(hc_container_open(c, folder_path(&f, "d", path), &err), HC_OK);
    assert_int_equal(hc_container_digest(c, NULL, got, &n_bytes, &err), HC_OK);
    assert_memory_equal(got, expected, sizeof got);
    assert_int_equal(n_bytes, 5);
    hc_sha256_free(sha);
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&gzip);
}

/* A new folder with the archive, opened. */
static void open_archive(struct hc_container *c, struct folder *f, struct hc_str bytes, char path[512])
{
    struct hc_err err = HC_ERR_NONE;
    folder_open(f);
    folder_write(f, "t", bytes);
    assert_int_equal(hc_container_open(c, folder_path(f, "t", path), &err), HC_OK);
}

static void fails_where_the_file_changes_while_it_is_read(void **state)
{
    struct hc_buf tar = small_tar();
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    struct hc_member member;
    struct folder f;
    char path[512];
    (void)state;
    open_archive(c, &f, hc_buf_view(&tar), path);
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
    FILE *file = fopen(path, "ab");
    assert_non_null(file);
    fputs("more", file);
    fclose(file);
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
    assert_int_equal(hc_container_next(c, &member, &err), HC_FAIL);
    assert_string_equal(err.code, "source-changed");
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&tar);
}

static void hashes_no_directory_that_has_too_many_members(void **state)
{
    struct hc_ingest_limits limits = {.n_members = 2};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    uint8_t digest[HC_SHA256_BYTES];
    uint64_t n_bytes;
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "dir/1", HC_STR("1"));
    folder_write(&f, "dir/2", HC_STR("2"));
    folder_write(&f, "dir/3/4", HC_STR("3"));
    folder_write(&f, "dir/5/6", HC_STR("3"));
    folder_write(&f, "dir/7/8", HC_STR("3"));
    assert_int_equal(hc_container_open(c, folder_path(&f, "dir", path), &err), HC_FAIL);
    assert_string_equal(err.code, "limit-members");
    assert_string_equal(hc_container_kind(c), "directory");
    err = HC_ERR_NONE;
    assert_int_equal(hc_container_digest(c, NULL, digest, &n_bytes, &err), HC_FAIL);
    hc_container_free(c);
    folder_close(&f);
}

static void reads_again_from_the_first_member(void **state)
{
    struct hc_buf tar = small_tar();
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    struct hc_member member;
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "t", hc_buf_view(&tar));
    for (int again = 0; again < 2; again++) {
        if (again)
            assert_int_equal(hc_container_rewind(c, &err), HC_OK);
        else
            assert_int_equal(hc_container_open(c, folder_path(&f, "t", path), &err), HC_OK);
        assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
        assert_true(hc_str_is(member.path, "a/incident.xml"));
        assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
        assert_int_equal(hc_container_next(c, &member, &err), HC_END);
        assert_int_equal(hc_container_next(c, &member, &err), HC_FAIL);
    }
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&tar);
}

static void loads_one_file_with_its_layer_undone(void **state)
{
    struct hc_buf gzip = gzip_of(HC_STR("a log line\n"));
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    struct hc_str bytes;
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "a.log.gz", hc_buf_view(&gzip));
    assert_int_equal(hc_container_load(c, folder_path(&f, "a.log.gz", path), &bytes, &err), HC_OK);
    assert_true(hc_str_is(bytes, "a log line\n"));
    gzip.p[gzip.n - 8] ^= 1;
    folder_write(&f, "a.log.gz", hc_buf_view(&gzip));
    assert_int_equal(hc_container_load(c, path, &bytes, &err), HC_FAIL);
    assert_string_equal(err.code, "gzip-crc");
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&gzip);
}

/* What is said to stay is there, as it was, when the last member has been read. */
static void bytes_that_stay_stay_to_the_end(void **state)
{
    struct hc_buf tar = {0}, inner = gzip_of(HC_STR("inflated"));
    (void)state;
    tar_text(&tar, "a", "first");
    tar_member(&tar, "b.gz", '0', hc_buf_view(&inner));
    tar_text(&tar, "c", "third");
    tar_member(&tar, "d.gz", '0', hc_buf_view(&inner));
    tar_end(&tar);
    for (size_t i = 0; i <= N_PACKS; i++) { /* the last: as it is */
        struct hc_buf packed = i < N_PACKS ? packs[i](hc_buf_view(&tar)) : (struct hc_buf){0};
        struct hc_ingest_limits limits = {0};
        struct hc_container *c = hc_container_new(&limits);
        struct hc_err err = HC_ERR_NONE;
        struct hc_member members[4];
        struct folder f;
        char path[512];
        open_archive(c, &f, hc_buf_view(i < N_PACKS ? &packed : &tar), path);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(hc_container_next(c, &members[k], &err), HC_OK);
        assert_int_equal(hc_container_next(c, &(struct hc_member){.stays = false}, &err), HC_END);
        assert_true(!members[1].stays && !members[3].stays);
        assert_int_equal(members[0].stays, i == 0 || i == N_PACKS);
        assert_true(!members[0].stays || hc_str_is(members[0].bytes, "first"));
        assert_true(!members[2].stays || hc_str_is(members[2].bytes, "third"));
        hc_container_free(c);
        folder_close(&f);
        hc_buf_free(&packed);
    }
    hc_buf_free(&inner);
    hc_buf_free(&tar);
}

static void gives_the_block_of_a_packed_member_away_unless_it_has_much_room_left(void **state)
{
    static const char *const texts[] = {"first", "second of them", "2nd"};
    struct hc_buf tar = {0};
    struct hc_ingest_limits limits = {0};
    struct hc_container *c = hc_container_new(&limits);
    struct hc_err err = HC_ERR_NONE;
    struct hc_member member;
    struct folder f;
    char path[512];
    (void)state;
    tar_text(&tar, "plain", "not packed");
    for (size_t i = 0; i < 3; i++) {
        struct hc_buf gzip = gzip_of(hc_str_of(texts[i]));
        tar_member(&tar, texts[i], '0', hc_buf_view(&gzip));
        hc_buf_free(&gzip);
    }
    tar_end(&tar);
    open_archive(c, &f, hc_buf_view(&tar), path);
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
    assert_null(hc_container_take(c, &member));
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
    char *first = hc_container_take(c, &member);
    assert_non_null(first);
    assert_null(hc_container_take(c, &member));
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK);
    assert_true(hc_str_is(member.bytes, texts[1]));
    assert_int_equal(hc_container_next(c, &member, &err), HC_OK); /* in the block of the one before */
    assert_true(hc_str_is(member.bytes, texts[2]));
    assert_null(hc_container_take(c, &member));
    assert_memory_equal(first, "first", 5);
    free(first);
    hc_container_free(c);
    folder_close(&f);
    hc_buf_free(&tar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_layer_around_a_tar),
        cmocka_unit_test(never_accepts_a_layer_cut_short_at_any_byte),
        cmocka_unit_test(never_accepts_altered_data),
        cmocka_unit_test(refuses_what_follows_a_layer_and_reads_it_in_several_parts),
        cmocka_unit_test(says_which_check_of_gzip_failed),
        cmocka_unit_test(reads_large_archives_by_pieces),
        cmocka_unit_test(undoes_one_layer_of_a_member_and_keeps_its_name),
        cmocka_unit_test(refuses_archives_inside_archives),
        cmocka_unit_test(tells_the_kind_by_content_and_never_by_name),
        cmocka_unit_test(holds_each_limit_at_and_stops_one_above),
        cmocka_unit_test(reads_a_directory_and_nothing_outside_it),
        cmocka_unit_test(gives_a_directory_its_content_digest),
        cmocka_unit_test(fails_where_the_file_changes_while_it_is_read),
        cmocka_unit_test(hashes_no_directory_that_has_too_many_members),
        cmocka_unit_test(reads_again_from_the_first_member),
        cmocka_unit_test(loads_one_file_with_its_layer_undone),
        cmocka_unit_test(bytes_that_stay_stay_to_the_end),
        cmocka_unit_test(gives_the_block_of_a_packed_member_away_unless_it_has_much_room_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
