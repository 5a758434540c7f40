#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/cli.h"

static void each_code_means_the_exit_of_the_contract(void **state)
{
    static const struct {
        const char *code;
        enum hc_exit exit;
    } expected[] = {
        {"usage", HC_EXIT_USAGE},           {"sql-refused", HC_EXIT_USAGE},     {"sql-error", HC_EXIT_USAGE},
        {"query-budget", HC_EXIT_PARTIAL},  {"corpus-missing", HC_EXIT_CORPUS}, {"corpus-locked", HC_EXIT_CORPUS},
        {"corpus-newer", HC_EXIT_CORPUS},   {"corpus-corrupt", HC_EXIT_CORPUS}, {"corpus-foreign", HC_EXIT_CORPUS},
        {"disk-full", HC_EXIT_MACHINE},     {"disk-error", HC_EXIT_MACHINE},    {"out-of-memory", HC_EXIT_MACHINE},
        {"archive-empty", HC_EXIT_PARTIAL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct hc_err err = {.status = HC_FAIL, .code = expected[i].code};
        if (hc_exit_of(&err) != expected[i].exit)
            fail_msg("%s gives %d", expected[i].code, (int)hc_exit_of(&err));
    }
    struct hc_err fatal = {.status = HC_FATAL, .code = "of-no-list"};
    assert_int_equal(hc_exit_of(&fatal), HC_EXIT_MACHINE);
    struct hc_err nameless = {.status = HC_FAIL};
    assert_int_equal(hc_exit_of(&nameless), HC_EXIT_PARTIAL);
}

static void a_number_is_taken_up_to_its_bounds(void **state)
{
    static const char *const bad[] = {"0", "1025", "", " ", "1.5", "8x", "-3", "99999999999999999999"};
    int64_t value = 7;
    (void)state;
    assert_int_equal(hc_cli_number("threads", NULL, 1, 1024, &value, NULL), HC_OK);
    assert_int_equal(value, 7);
    assert_int_equal(hc_cli_number("threads", "1", 1, 1024, &value, NULL), HC_OK);
    assert_int_equal(value, 1);
    assert_int_equal(hc_cli_number("threads", "1024", 1, 1024, &value, NULL), HC_OK);
    assert_int_equal(value, 1024);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hc_err err = HC_ERR_NONE;
        assert_int_equal(hc_cli_number("threads", bad[i], 1, 1024, &value, &err), HC_FAIL);
        assert_string_equal(err.code, "usage");
        assert_int_equal(value, 1024);
    }
}

static void a_size_is_of_bytes_or_of_powers_of_1024(void **state)
{
    static const struct {
        const char *text;
        int64_t bytes;
    } good[] = {{"1", 1}, {"3K", 3072}, {"256M", 268435456}, {"1G", 1073741824}, {"2g", INT64_C(2) << 30}};
    static const char *const bad[] = {
        "0", "K", "0M", "1T", "1KB", "1 K", "1.5G", "1025G", "9007199254740993M", "-9223372036854775807K"};
    int64_t value = 7;
    (void)state;
    assert_int_equal(hc_cli_bytes("memory-limit", NULL, 1, INT64_C(1) << 40, &value, NULL), HC_OK);
    assert_int_equal(value, 7);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_int_equal(hc_cli_bytes("memory-limit", good[i].text, 1, INT64_C(1) << 40, &value, NULL), HC_OK);
        assert_int_equal(value, good[i].bytes);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct hc_err err = HC_ERR_NONE;
        value = 7;
        assert_int_equal(hc_cli_bytes("memory-limit", bad[i], 1, INT64_C(1) << 40, &value, &err), HC_FAIL);
        assert_string_equal(err.code, "usage");
        assert_non_null(strstr(err.text, "K, M or G"));
        assert_int_equal(value, 7);
    }
}

static void a_time_is_rfc3339_or_a_date(void **state)
{
    static const struct hc_option options[] = {{"as-of", 0, "TIME", ""}, {NULL, 0, NULL, NULL}};
    static const struct hc_command command = {.options = options};
    struct hc_cli cli = {.command = &command};
    struct hc_err err = HC_ERR_NONE;
    struct hc_time time;
    (void)state;
    assert_int_equal(hc_cli_time(&cli, "as-of", &time, &err), HC_OK);
    assert_false(hc_time_known(time));
    cli.values[0] = "2015-03-16";
    assert_int_equal(hc_cli_time(&cli, "as-of", &time, &err), HC_OK);
    assert_true(time.ns == INT64_C(1426464000) * HC_NS_PER_SECOND);
    cli.values[0] = "2015-03-16T08:00:00+08:00";
    assert_int_equal(hc_cli_time(&cli, "as-of", &time, &err), HC_OK);
    assert_true(time.ns == INT64_C(1426464000) * HC_NS_PER_SECOND);
    cli.values[0] = "2015-02-30";
    assert_int_equal(hc_cli_time(&cli, "as-of", &time, &err), HC_FAIL);
    assert_string_equal(err.code, "usage");
}

static int put_empty(const char *folder, const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
}

static bool removed(const char *folder, const char *name)
{
    char path[80];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return unlink(path) != 0;
}

static void a_directory_is_tidied_of_what_dead_runs_left_and_of_nothing_else(void **state)
{
    char folder[] = "/tmp/hc-cli-XXXXXX", own[48];
    struct hc_err err = HC_ERR_NONE;
    char path[80];
    struct stat info;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(own, sizeof own, ".hindcast-%ld-0.new", (long)getpid());
    close(put_empty(folder, own)); /* left by a dead run of the same number: a write goes round it */
    snprintf(path, sizeof path, "%s/report.md", folder);
    assert_int_equal(hc_file_write(path, HC_STR("x"), &err), HC_OK);
    assert_int_equal(stat(path, &info), 0);
    assert_int_equal(info.st_mode & 0400, 0400);
    close(put_empty(folder, "index.html.new"));
    close(put_empty(folder, ".hindcast-1-2.new.txt"));
    close(put_empty(folder, ".hindcast-notes.new"));
    const int written = put_empty(folder, ".hindcast-1-3.new");
    assert_int_equal(flock(written, LOCK_EX), 0); /* as a run holds it that is at work */
    hc_directory_tidy(folder);
    close(written);
    assert_true(removed(folder, own));
    assert_false(removed(folder, "report.md"));
    assert_false(removed(folder, "index.html.new"));
    assert_false(removed(folder, ".hindcast-1-2.new.txt"));
    assert_false(removed(folder, ".hindcast-notes.new"));
    assert_false(removed(folder, ".hindcast-1-3.new"));
    assert_int_equal(rmdir(folder), 0);
}

static void a_directory_is_kept_by_one_run_at_a_time(void **state)
{
    char folder[] = "/tmp/hc-cli-XXXXXX";
    struct hc_err err = HC_ERR_NONE;
    int first, second;
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(hc_directory_lock(&first, folder, &err), HC_OK);
    assert_int_equal(hc_directory_lock(&second, folder, &err), HC_FATAL);
    assert_string_equal(err.code, "site-locked");
    assert_int_equal(hc_exit_of(&err), HC_EXIT_MACHINE);
    err = HC_ERR_NONE;
    close(first);
    assert_int_equal(hc_directory_lock(&second, folder, &err), HC_OK);
    close(second);
    assert_int_equal(rmdir(folder), 0);
}

static void a_file_is_written_whole_and_read_back(void **state)
{
    char folder[] = "/tmp/hc-cli-XXXXXX", path[64], left_over[80];
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_err err = HC_ERR_NONE;
    struct hc_str bytes;
    struct stat info;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/report.md", folder);
    snprintf(left_over, sizeof left_over, "%s.new", path); /* somebody's own */
    assert_int_equal(hc_file_write(left_over, HC_STR("mine"), &err), HC_OK);
    assert_int_equal(hc_file_write(path, HC_STR("first, and longer"), &err), HC_OK);
    assert_int_equal(hc_file_write(path, HC_STR("a\0b"), &err), HC_OK);
    assert_int_equal(hc_file_slurp(path, arena, &bytes, &err), HC_OK);
    assert_true(hc_str_equal(bytes, HC_STR("a\0b")));
    assert_int_equal(stat(left_over, &info), 0);
    assert_int_equal(info.st_size, 4);
    assert_int_equal(unlink(left_over), 0);
    assert_int_equal(hc_directory_make(folder, &err), HC_OK); /* is there */
    assert_int_equal(hc_directory_make(path, &err), HC_FATAL);
    assert_string_equal(err.code, "file-unwritable");
    err = HC_ERR_NONE;
    assert_int_equal(unlink(path), 0);
    assert_int_equal(hc_file_slurp(path, arena, &bytes, &err), HC_FAIL);
    assert_string_equal(err.code, "file-unreadable");
    assert_int_equal(rmdir(folder), 0);
    err = HC_ERR_NONE;
    assert_int_equal(hc_file_write(path, HC_STR("x"), &err), HC_FATAL);
    assert_string_equal(err.code, "file-unwritable");
    hc_arena_free(arena);
}

static void an_argument_is_a_path_or_an_id(void **state)
{
    struct hc_cli cli = {0};
    (void)state;
    assert_true(hc_is_path(&cli, "no/such"));
    assert_true(hc_is_path(&cli, "."));
    assert_false(hc_is_path(&cli, "INC-0-of-no-file"));
    cli.ids = true;
    assert_false(hc_is_path(&cli, "no/such"));
}

static void text_from_outside_moves_no_cursor(void **state)
{
    struct hc_buf out = {0};
    (void)state;
    hc_put_shown(&out, HC_STR("a\x1b[2J\r\nb\xe2\x80\xae"
                              "c\xff"));
    for (size_t i = 0; i < out.n; i++)
        assert_true((unsigned char)out.p[i] >= 0x20 && out.p[i] != 0x7f);
    assert_null(memmem(out.p, out.n, "\xe2\x80\xae", 3));
    assert_int_equal(hc_utf8_valid_prefix(hc_buf_view(&out)), out.n);
    hc_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_means_the_exit_of_the_contract),
        cmocka_unit_test(a_number_is_taken_up_to_its_bounds),
        cmocka_unit_test(a_size_is_of_bytes_or_of_powers_of_1024),
        cmocka_unit_test(a_time_is_rfc3339_or_a_date),
        cmocka_unit_test(a_directory_is_tidied_of_what_dead_runs_left_and_of_nothing_else),
        cmocka_unit_test(a_directory_is_kept_by_one_run_at_a_time),
        cmocka_unit_test(a_file_is_written_whole_and_read_back),
        cmocka_unit_test(an_argument_is_a_path_or_an_id),
        cmocka_unit_test(text_from_outside_moves_no_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
