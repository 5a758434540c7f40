/* Archives that mean harm: each is read in a process of its own, with limits of time and of memory. */
#include "tests/unit/ingest/archives.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#define MOST_KIB (192L << 10)
#define MOST_SECONDS 10.0
#define BOMB_BYTES ((size_t)1 << 30)
#define PIECE_BYTES ((size_t)1 << 20)

struct answer {
    char text[4096], code[64];
};

static void answer_in_child(struct folder *f, int out)
{
    struct answer a = {.text = ""};
    struct listing got = list_file(f, "source", (struct hc_ingest_limits){0});
    memcpy(a.text, got.text, sizeof a.text);
    snprintf(a.code, sizeof a.code, "%s", got.code);
    _exit(write(out, &a, sizeof a) == (ssize_t)sizeof a ? 0 : 1);
}

static double seconds_since(struct timespec began)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began.tv_sec) + 1e-9 * (double)(now.tv_nsec - began.tv_nsec);
}

/* Reads "source" of the folder and expects an end with this code, and this listing where it is not NULL. */
static void expect_of(struct folder *f, const char *code, const char *text)
{
    struct answer a = {.text = ""};
    struct timespec began;
    struct rusage usage;
    int ends[2], exit_status;
    assert_int_equal(pipe(ends), 0);
    clock_gettime(CLOCK_MONOTONIC, &began);
    pid_t child = fork();
    if (child == 0)
        answer_in_child(f, ends[1]);
    assert_int_equal(wait4(child, &exit_status, 0, &usage), child);
    double seconds = seconds_since(began);
    assert_true(WIFEXITED(exit_status) && WEXITSTATUS(exit_status) == 0);
    assert_int_equal(read(ends[0], &a, sizeof a), sizeof a);
    close(ends[0]);
    close(ends[1]);
    while (strncmp(a.text, "once.gz=;", 9) == 0) /* parts of zeros, before it is known for a bomb */
        memmove(a.text, a.text + 9, strlen(a.text + 9) + 1);
    print_message("%.2f s, %ld KiB: %.60s%s\n", seconds, usage.ru_maxrss, a.text, a.code);
    assert_string_equal(a.code, code);
    if (text)
        assert_string_equal(a.text, text);
    if (HC_TEST_SANITIZED)
        return;
    assert_true(usage.ru_maxrss < MOST_KIB);
    assert_true(seconds < MOST_SECONDS);
}

/* Takes the bytes. */
static void expect(struct hc_buf *bytes, const char *code, const char *text)
{
    struct folder f;
    folder_open(&f);
    folder_write(&f, "source", hc_buf_view(bytes));
    hc_buf_free(bytes);
    expect_of(&f, code, text);
    folder_close(&f);
}

/* A head, then n zeros, packed by zlib; window bits as zlib's. */
static struct hc_buf deflate_zeros(struct hc_str head, size_t n, int window_bits)
{
    char *zeros = calloc(1, PIECE_BYTES);
    struct hc_buf out = packed_room(n / 900 + PIECE_BYTES);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)head.p,
                  .avail_in = (uInt)head.n,
                  .next_out = (Bytef *)out.p,
                  .avail_out = (uInt)out.capacity};
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, window_bits, 9, Z_DEFAULT_STRATEGY), Z_OK);
    deflate(&z, Z_NO_FLUSH);
    for (size_t done = 0; done < n; done += PIECE_BYTES) {
        z.next_in = (Bytef *)zeros;
        z.avail_in = (uInt)PIECE_BYTES;
        assert_int_equal(deflate(&z, Z_NO_FLUSH), Z_OK);
    }
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.n = z.total_out;
    deflateEnd(&z);
    free(zeros);
    return out;
}

static struct hc_buf zeros_in_tar_head(void)
{
    struct hc_buf head = {0};
    tar_header(&head, "zeros", '0', "77777777777", 12);
    return head;
}

static void stops_at_a_gzip_bomb(void **state)
{
    struct hc_buf head = zeros_in_tar_head();
    (void)state;
    struct hc_buf bomb = deflate_zeros(hc_buf_view(&head), BOMB_BYTES, 31);
    hc_buf_free(&head);
    expect(&bomb, "limit-ratio", "!limit-member-bytes:zeros;");
}

static void stops_at_endless_zeros_that_pass_for_an_end_record(void **state)
{
    (void)state;
    struct hc_buf bomb = deflate_zeros(HC_STR(""), BOMB_BYTES, 31);
    expect(&bomb, "limit-ratio", "");
}

static void stops_at_a_zstd_bomb(void **state)
{
    struct hc_buf head = zeros_in_tar_head(), bomb = packed_room(PIECE_BYTES);
    char *zeros = calloc(1, PIECE_BYTES);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    ZSTD_outBuffer out = {bomb.p, bomb.capacity, 0};
    ZSTD_inBuffer in = {head.p, head.n, 0};
    (void)state;
    ZSTD_compressStream2(context, &out, &in, ZSTD_e_continue);
    for (size_t done = 0; done < BOMB_BYTES; done += PIECE_BYTES) {
        in = (ZSTD_inBuffer){zeros, PIECE_BYTES, 0};
        ZSTD_compressStream2(context, &out, &in, done + PIECE_BYTES < BOMB_BYTES ? ZSTD_e_continue : ZSTD_e_end);
    }
    bomb.n = out.pos;
    ZSTD_freeCCtx(context);
    free(zeros);
    hc_buf_free(&head);
    expect(&bomb, "limit-ratio", "!limit-member-bytes:zeros;");
}

/* A header alone can ask for gigabytes. */
static void refuses_windows_that_only_a_header_claims(void **state)
{
    static const char zstd[] = "\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00"; /* window log 31 */
    static const char xz[] = "\xfd\x37\x7a\x58\x5a\x00\x00\x04\xe6\xd6\xb4\x46"
                             "\x02\x00\x21\x01\x28\x00\x00\x00"; /* a dictionary of 4 GiB */
    struct hc_buf bytes = {0};
    (void)state;
    hc_buf_add(&bytes, zstd, sizeof zstd - 1);
    expect(&bytes, "limit-window", "");
    hc_buf_add(&bytes, xz, sizeof xz - 1);
    uLong crc = crc32(0, (const Bytef *)bytes.p + 12, 8);
    put_le(&bytes, crc, 4);
    put_le(&bytes, 0, 8);
    expect(&bytes, "limit-window", "");
}

static void refuses_a_member_bomb_and_reads_the_rest(void **state)
{
    struct hc_buf once = deflate_zeros(HC_STR(""), BOMB_BYTES, 31);
    struct hc_buf twice = gzip_of(hc_buf_view(&once)), tar = {0};
    (void)state;
    tar_member(&tar, "once.gz", '0', hc_buf_view(&once));
    tar_member(&tar, "twice.gz", '0', hc_buf_view(&twice));
    tar_text(&tar, "good", "x");
    tar_end(&tar);
    hc_buf_free(&once);
    hc_buf_free(&twice);
    expect(&tar, "", "!limit-ratio:once.gz;!member-archive:twice.gz;good=x;");
}

static void refuses_zip_bombs_whatever_they_claim(void **state)
{
    struct zip_builder zip = {0};
    struct hc_buf bomb = deflate_zeros(HC_STR(""), BOMB_BYTES, -15);
    struct zip_claim m = {.local_name = "honest",
                          .central_name = "honest",
                          .data = hc_buf_view(&bomb),
                          .method = 8,
                          .unpacked = (uint32_t)BOMB_BYTES};
    (void)state;
    zip_add(&zip, &m);
    m.local_name = m.central_name = "small";
    m.unpacked = 3 << 20;
    zip_add(&zip, &m);
    m.data.n = 1000;
    m.local_name = m.central_name = "dense"; /* more than deflate can give */
    m.unpacked = 60 << 20;
    zip_add(&zip, &m);
    zip_text(&zip, "good", "x");
    zip_end(&zip);
    hc_buf_free(&bomb);
    expect(&zip.local, "", "!limit-ratio:honest;!zip-data:small;!zip-size:dense;good=x;");
}

/* One deflated kernel that 10,000 entries share. */
static void refuses_members_that_share_a_kernel(void **state)
{
    struct zip_builder zip = {0};
    struct hc_buf kernel = deflate_zeros(HC_STR(""), (size_t)40 << 20, -15);
    struct zip_claim m = {
        .local_name = "k", .central_name = "k", .data = hc_buf_view(&kernel), .method = 8, .unpacked = 40 << 20};
    (void)state;
    zip_add(&zip, &m);
    struct hc_buf entry = {0};
    hc_buf_str(&entry, hc_buf_view(&zip.central));
    for (unsigned i = 1; i < 10000; i++)
        hc_buf_str(&zip.central, hc_buf_view(&entry));
    zip.n = 10000;
    zip_end(&zip);
    hc_buf_free(&entry);
    hc_buf_free(&kernel);
    expect(&zip.local, "zip-overlap", "");
}

static void stops_at_a_million_members(void **state)
{
    struct hc_buf one = {0}, tar = {0};
    (void)state;
    for (int i = 0; i < 2048; i++) {
        char name[32];
        snprintf(name, sizeof name, "n/%d", i);
        tar_text(&one, name, "");
    }
    for (int i = 0; i < 100; i++) { /* the same names again: refused one by one, and counted */
        struct hc_buf packed = gzip_of(hc_buf_view(&one));
        hc_buf_str(&tar, hc_buf_view(&packed));
        hc_buf_free(&packed);
    }
    hc_buf_free(&one);
    expect(&tar, "limit-members", NULL);
}

static void refuses_a_zip_that_claims_a_million_members(void **state)
{
    struct hc_buf zip = {0};
    (void)state;
    hc_buf_add(&zip, "PK\3\4", 4);
    put_le(&zip, 0, 200);
    size_t at = zip.n;
    hc_buf_add(&zip, "PK\6\6", 4);
    put_le(&zip, 44, 8);
    put_le(&zip, 45 << 16 | 45, 4);
    put_le(&zip, 0, 8);
    put_le(&zip, 1000000, 8);
    put_le(&zip, 1000000, 8);
    put_le(&zip, at - 100, 8);
    put_le(&zip, 100, 8);
    hc_buf_add(&zip, "PK\6\7", 4);
    put_le(&zip, 0, 4);
    put_le(&zip, at, 8);
    put_le(&zip, 1, 4);
    hc_buf_add(&zip, "PK\5\6", 4);
    put_le(&zip, 0, 4);
    put_le(&zip, UINT32_MAX, 4);
    put_le(&zip, UINT32_MAX, 4);
    put_le(&zip, UINT32_MAX, 4);
    put_le(&zip, 0, 2);
    expect(&zip, "limit-members", "");
}

static void refuses_a_terabyte_of_holes(void **state)
{
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "source", HC_STR(""));
    if (truncate(folder_path(&f, "source", path), (off_t)1 << 40) == 0)
        expect_of(&f, "limit-archive-bytes", "");
    remove(path);
    folder_write(&f, "source/incident.xml", HC_STR("m"));
    folder_write(&f, "source/holes", HC_STR(""));
    if (truncate(folder_path(&f, "source/holes", path), (off_t)1 << 40) == 0)
        expect_of(&f, "", "incident.xml=m;!limit-member-bytes:holes;");
    folder_close(&f);
}

static void walks_directories_nested_deeper_than_a_path_may_be(void **state)
{
    struct folder f;
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "source/incident.xml", HC_STR("m"));
    int at = open(folder_path(&f, "source", path), O_RDONLY | O_DIRECTORY);
    for (int i = 0; i < 600; i++) {
        assert_int_equal(mkdirat(at, "deep", 0755), 0);
        int below = openat(at, "deep", O_RDONLY | O_DIRECTORY);
        close(at);
        at = below;
    }
    close(at);
    expect_of(&f, "", NULL);
    folder_close(&f);
}

static void refuses_long_chains_of_headers(void **state)
{
    struct hc_buf tar = {0}, chain = {0};
    (void)state;
    for (int i = 0; i < 100000; i++)
        tar_member(&tar, "l", i % 2 ? 'K' : 'L', HC_STR("name"));
    expect(&tar, "tar-header", "");
    for (int i = 0; i < 110000; i++)
        tar_member(&chain, "g", 'g', HC_STR("13 comment=a\n"));
    expect(&chain, "limit-members", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stops_at_a_gzip_bomb),
        cmocka_unit_test(stops_at_endless_zeros_that_pass_for_an_end_record),
        cmocka_unit_test(stops_at_a_zstd_bomb),
        cmocka_unit_test(refuses_windows_that_only_a_header_claims),
        cmocka_unit_test(refuses_a_member_bomb_and_reads_the_rest),
        cmocka_unit_test(refuses_zip_bombs_whatever_they_claim),
        cmocka_unit_test(refuses_members_that_share_a_kernel),
        cmocka_unit_test(stops_at_a_million_members),
        cmocka_unit_test(refuses_a_zip_that_claims_a_million_members),
        cmocka_unit_test(refuses_a_terabyte_of_holes),
        cmocka_unit_test(walks_directories_nested_deeper_than_a_path_may_be),
        cmocka_unit_test(refuses_long_chains_of_headers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
