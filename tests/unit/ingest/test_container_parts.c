/* A file that is too large to be held whole comes in parts, from whatever container and layer. */
#include "base/digest.h"
#include "tests/unit/ingest/archives.h"

#define WHOLE_BYTES 4000
#define LINES 700

/* Lines of which one in three goes on with an indented one, and one in seven has a line feed within quotes. */
static struct hc_buf long_text(const char *first_line)
{
    struct hc_buf text = {0};
    hc_buf_text(&text, first_line);
    for (int i = 0; i < LINES; i++)
        hc_buf_format(&text, "%d,%s%s\n", i, i % 7 ? "word" : "\"two\nlines\"", i % 3 ? "" : "\n  and more");
    return text;
}

/* What gzip has between its header and its trailer. */
static struct hc_buf deflate_of(struct hc_str text)
{
    struct hc_buf gzip = gzip_of(text);
    gzip.n -= 18;
    memmove(gzip.p, gzip.p + 10, gzip.n);
    return gzip;
}

struct joined {
    struct hc_buf text;
    uint32_t n_parts;
    bool ends_well; /* each part but the last before a line of its own, with no quote open */
    char code[32];
    long line; /* of what refuses it */
    uint8_t sha256[HC_SHA256_BYTES];
};

static bool even_quotes(struct hc_str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.p[i] == '"';
    return n % 2 == 0;
}

static void join(struct joined *j, const struct hc_member *member)
{
    struct hc_str own = member->bytes;
    assert_int_equal(member->part, j->n_parts++);
    assert_true(own.n <= WHOLE_BYTES);
    j->ends_well &= own.p[0] != ' ' && own.p[own.n - 1] == '\n' && even_quotes(own);
    hc_buf_str(&j->text, own);
    if (member->sha256)
        memcpy(j->sha256, member->sha256, HC_SHA256_BYTES);
    assert_true(member->more == (member->sha256 == NULL));
}

/* The parts of the member "long" of a source; what follows it must be "next=n". */
static struct joined join_parts(struct folder *f, const char *name)
{
    struct hc_ingest_limits limits = {.whole_bytes = WHOLE_BYTES};
    struct hc_container *c = hc_container_new(&limits);
    struct joined j = {.ends_well = true};
    struct hc_member member;
    struct hc_err err = HC_ERR_NONE;
    enum hc_status status;
    bool next = false;
    char path[512];
    assert_int_equal(hc_container_open(c, folder_path(f, name, path), &err), HC_OK);
    while ((status = hc_container_next(c, &member, &err)) == HC_OK || status == HC_SKIP) {
        if (status == HC_SKIP) {
            assert_true(hc_str_is(member.path, "long"));
            snprintf(j.code, sizeof j.code, "%s", err.code);
            j.line = err.line;
        } else if (hc_str_is(member.path, "long")) {
            join(&j, &member);
        } else {
            next = hc_str_is(member.path, "next") && hc_str_is(member.bytes, "n");
        }
    }
    assert_int_equal(status, HC_END);
    assert_true(next);
    hc_container_free(c);
    return j;
}

static void assert_joins(struct folder *f, const char *name, struct hc_str text)
{
    uint8_t expected[HC_SHA256_BYTES];
    struct joined j = join_parts(f, name);
    hc_sha256_once(text.p, text.n, expected);
    assert_string_equal(j.code, "");
    assert_int_equal(j.text.n, text.n);
    assert_memory_equal(j.text.p, text.p, text.n);
    assert_memory_equal(j.sha256, expected, sizeof expected);
    assert_true(j.n_parts > 2 && j.ends_well);
    hc_buf_free(&j.text);
}

/* Into the folder: a tar, a tar.gz, a zip stored and deflated, and a directory, each with `long` and `next`. */
static void write_all(struct folder *f, struct hc_str bytes)
{
    struct hc_buf tar = {0};
    tar_member(&tar, "long", '0', bytes);
    tar_text(&tar, "next", "n");
    tar_end(&tar);
    struct hc_buf packed = gzip_of(hc_buf_view(&tar));
    folder_write(f, "tar", hc_buf_view(&tar));
    folder_write(f, "tar.gz", hc_buf_view(&packed));
    for (unsigned method = 0; method <= 8; method += 8) {
        struct zip_builder zip = {0};
        struct hc_buf deflated = method ? deflate_of(bytes) : (struct hc_buf){0};
        struct zip_claim m = {.local_name = "long",
                              .central_name = "long",
                              .data = method ? hc_buf_view(&deflated) : bytes,
                              .method = method,
                              .crc = (uint32_t)crc32(0, (const Bytef *)bytes.p, (uInt)bytes.n),
                              .unpacked = (uint32_t)bytes.n};
        zip_add(&zip, &m);
        zip_text(&zip, "next", "n");
        folder_write(f, method ? "deflated.zip" : "stored.zip", zip_end(&zip));
        hc_buf_free(&zip.local);
        hc_buf_free(&deflated);
    }
    folder_write(f, "dir/long", bytes);
    folder_write(f, "dir/next", HC_STR("n"));
    hc_buf_free(&packed);
    hc_buf_free(&tar);
}

static const char *const sources[] = {"tar", "tar.gz", "stored.zip", "deflated.zip", "dir"};
#define N_SOURCES (sizeof sources / sizeof sources[0])

static void gives_the_same_parts_from_every_container_and_layer(void **state)
{
    struct hc_buf text = long_text("a,b\n"), gzip = gzip_of(hc_buf_view(&text)), zstd = zstd_of(hc_buf_view(&text));
    const struct hc_str as_packed[] = {hc_buf_view(&text), hc_buf_view(&gzip), hc_buf_view(&zstd)};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        struct folder f;
        folder_open(&f);
        write_all(&f, as_packed[k]);
        for (size_t i = 0; i < N_SOURCES; i++)
            assert_joins(&f, sources[i], hc_buf_view(&text));
        folder_close(&f);
    }
    hc_buf_free(&text);
    hc_buf_free(&gzip);
    hc_buf_free(&zstd);
}

/* Of noise, so that what is packed is larger than what is held whole as well. */
static void undoes_a_layer_that_is_itself_too_large(void **state)
{
    struct hc_buf text = {0};
    struct folder f;
    uint64_t x = 88172645463325252u;
    (void)state;
    hc_buf_text(&text, "x\n");
    for (int i = 0; i < 4 * LINES; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        hc_buf_format(&text, "%016llx\n", (unsigned long long)x);
    }
    struct hc_buf gzip = gzip_of(hc_buf_view(&text));
    assert_true(gzip.n > WHOLE_BYTES);
    folder_open(&f);
    write_all(&f, hc_buf_view(&gzip));
    for (size_t i = 0; i < N_SOURCES; i++)
        assert_joins(&f, sources[i], hc_buf_view(&text));
    folder_close(&f);
    hc_buf_free(&text);
    hc_buf_free(&gzip);
}

/* Damage at the end is met after parts were given: the file is refused, and the next one comes. */
static void refuses_a_damaged_file_after_its_parts(void **state)
{
    struct hc_buf text = long_text("a,b\n"), gzip = gzip_of(hc_buf_view(&text));
    struct folder f;
    (void)state;
    gzip.p[gzip.n - 8] ^= 1; /* its CRC */
    folder_open(&f);
    write_all(&f, hc_buf_view(&gzip));
    for (size_t i = 0; i < N_SOURCES; i++) {
        struct joined j = join_parts(&f, sources[i]);
        assert_string_equal(j.code, "gzip-crc");
        assert_int_equal(j.line, 1 + hc_str_count(hc_buf_view(&text), '\n')); /* up to which it unpacks */
        assert_true(j.n_parts > 0);
        hc_buf_free(&j.text);
    }
    folder_close(&f);
    hc_buf_free(&text);
    hc_buf_free(&gzip);
}

static void refuses_a_zip_member_whose_crc_is_wrong_after_its_parts(void **state)
{
    struct hc_buf text = long_text("a,b\n"), deflated = deflate_of(hc_buf_view(&text));
    struct folder f;
    (void)state;
    folder_open(&f);
    for (unsigned method = 0; method <= 8; method += 8) {
        struct zip_builder zip = {0};
        struct zip_claim m = {.local_name = "long",
                              .central_name = "long",
                              .data = method ? hc_buf_view(&deflated) : hc_buf_view(&text),
                              .method = method,
                              .crc = 1,
                              .unpacked = (uint32_t)text.n};
        zip_add(&zip, &m);
        zip_text(&zip, "next", "n");
        folder_write(&f, "bad.zip", zip_end(&zip));
        struct joined j = join_parts(&f, "bad.zip");
        assert_string_equal(j.code, "zip-crc");
        assert_int_equal(j.line, 1 + hc_str_count(hc_buf_view(&text), '\n'));
        hc_buf_free(&j.text);
        hc_buf_free(&zip.local);
    }
    folder_close(&f);
    hc_buf_free(&text);
    hc_buf_free(&deflated);
}

/* A line longer than a part is cut. */
static void cuts_a_line_that_has_no_end(void **state)
{
    struct hc_buf text = {0};
    struct folder f;
    (void)state;
    for (int i = 0; i < 5 * WHOLE_BYTES; i++)
        hc_buf_char(&text, 'x');
    folder_open(&f);
    folder_write(&f, "dir/long", hc_buf_view(&text));
    folder_write(&f, "dir/next", HC_STR("n"));
    struct joined j = join_parts(&f, "dir");
    assert_int_equal(j.text.n, text.n);
    assert_true(j.n_parts > 5);
    hc_buf_free(&j.text);
    folder_close(&f);
    hc_buf_free(&text);
}

static void holds_the_limit_of_what_is_whole_at_and_gives_parts_one_above(void **state)
{
    struct folder f;
    struct hc_ingest_limits limits = {.whole_bytes = 16};
    (void)state;
    folder_open(&f);
    folder_write(&f, "dir/at", HC_STR("12\n45\n78\nab\ncd\nx"));
    folder_write(&f, "dir/above", HC_STR("12\n45\n78\nab\ncd\nxy"));
    struct listing got = list_file(&f, "dir", limits);
    assert_string_equal(got.text, "above=12\n;above=45\n;above=78\n;above=ab\n;above=cd\n;above=xy;"
                                  "at=12\n45\n78\nab\ncd\nx;");
    limits.member_bytes = 16;
    got = list_file(&f, "dir", limits);
    assert_string_equal(got.text, "!limit-member-bytes:above;at=12\n45\n78\nab\ncd\nx;");
    folder_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_same_parts_from_every_container_and_layer),
        cmocka_unit_test(undoes_a_layer_that_is_itself_too_large),
        cmocka_unit_test(refuses_a_damaged_file_after_its_parts),
        cmocka_unit_test(refuses_a_zip_member_whose_crc_is_wrong_after_its_parts),
        cmocka_unit_test(cuts_a_line_that_has_no_end),
        cmocka_unit_test(holds_the_limit_of_what_is_whole_at_and_gives_parts_one_above),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
