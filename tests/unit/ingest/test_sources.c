#include "tests/unit/ingest/archives.h"

#include <fcntl.h>

/* The paths that were found below the folder, then the warnings as "!code:path", each followed by a space. */
static void find(struct folder *f, const char *const *names, size_t n_names, struct hc_buf *out)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_source_path *sources;
    struct hc_warnings warnings;
    struct hc_err err = HC_ERR_NONE;
    const struct hc_sources_options options = {.n_threads = 2};
    char paths[4][512];
    const char *given[4];
    size_t n;
    size_t n_prefix = strlen(f->path) + 1;
    hc_warnings_init(&warnings, arena);
    for (size_t i = 0; i < n_names; i++) {
        snprintf(paths[i], sizeof paths[i], "%s/%s", f->path, names[i]);
        given[i] = paths[i];
    }
    assert_int_equal(hc_sources_find(&sources, &n, given, n_names, &options, &warnings, &err), HC_OK);
    hc_buf_clear(out);
    for (size_t i = 0; i < n; i++)
        hc_buf_format(out, "%s ", sources[i].path.p + n_prefix);
    for (size_t i = 0; i < warnings.n; i++)
        hc_buf_format(out, "!%.*s:%s ", HC_STR_ARG(warnings.items[i].code), warnings.items[i].member.p + n_prefix);
    hc_buf_char(out, '\0');
    hc_arena_free(arena);
}

static void write_inbox(struct folder *f)
{
    struct hc_buf tar = {0};
    char path[512];
    tar_text(&tar, "a/incident.xml", "x");
    tar_end(&tar);
    struct hc_buf gzip = gzip_of(hc_buf_view(&tar));
    folder_write(f, "in/z.bin", hc_buf_view(&tar));
    folder_write(f, "in/a.tgz", hc_buf_view(&gzip));
    folder_write(f, "in/README", HC_STR("text"));
    folder_write(f, "in/bundle/incident.xml", HC_STR("x"));
    folder_write(f, "in/bundle/inner.tar", hc_buf_view(&tar));
    folder_write(f, "in/deep/er/INC-1/incident.xml", HC_STR("x"));
    folder_write(f, "in/deep/er/INC-2/incident.xml", HC_STR("x"));
    folder_write(f, "in/logs/one.log", HC_STR("x"));
    folder_write(f, "in/logs/two.log", HC_STR("x"));
    assert_int_equal(symlink("z.bin", folder_path(f, "in/link", path)), 0);
    assert_int_equal(mkfifo(folder_path(f, "in/pipe", path), 0600), 0);
    hc_buf_free(&gzip);
    hc_buf_free(&tar);
}

static void finds_archives_and_bundles_in_an_inbox_and_warns_once_of_the_rest(void **state)
{
    static const char *const inbox[] = {"in"};
    struct folder f;
    struct hc_buf text = {0};
    (void)state;
    folder_open(&f);
    write_inbox(&f);
    find(&f, inbox, 1, &text);
    assert_string_equal(text.p, "in/a.tgz in/bundle in/deep/er/INC-1 in/deep/er/INC-2 in/z.bin !inbox-lone-files:in "
                                "!inbox-type:in/link !inbox-lone-files:in/logs !inbox-type:in/pipe ");
    hc_buf_free(&text);
    folder_close(&f);
}

static void ignores_the_order_of_paths_and_takes_each_once(void **state)
{
    static const char *const one[] = {"in/z.bin", "in/bundle", "in/a.tgz"};
    static const char *const two[] = {"in/a.tgz", "in/bundle/", "in/z.bin", "in/a.tgz"};
    struct folder f;
    struct hc_buf a = {0}, b = {0};
    (void)state;
    folder_open(&f);
    write_inbox(&f);
    find(&f, one, 3, &a);
    find(&f, two, 4, &b);
    assert_string_equal(a.p, "in/a.tgz in/bundle in/z.bin ");
    assert_string_equal(a.p, b.p);
    hc_buf_free(&a);
    hc_buf_free(&b);
    folder_close(&f);
}

static void takes_a_file_that_is_named_whatever_it_is(void **state)
{
    static const char *const named[] = {"in/README", "in/link", "missing"};
    struct folder f;
    struct hc_buf text = {0};
    (void)state;
    folder_open(&f);
    write_inbox(&f);
    find(&f, named, 3, &text);
    assert_string_equal(text.p, "in/README in/link missing ");
    hc_buf_free(&text);
    folder_close(&f);
}

static void leaves_a_file_that_is_being_written(void **state)
{
    static const char *const inbox[] = {"in"};
    struct folder f;
    struct hc_buf text = {0};
    char path[512];
    (void)state;
    folder_open(&f);
    folder_write(&f, "in/a.zip", HC_STR("PK\3\4"));
    int reader = open(folder_path(&f, "in/a.zip", path), O_RDONLY);
    int can_tell = fcntl(reader, F_SETLEASE, F_RDLCK) == 0; /* not on every file system */
    close(reader);
    int writer = open(path, O_WRONLY | O_APPEND);
    find(&f, inbox, 1, &text);
    assert_string_equal(text.p, can_tell ? "!inbox-growing:in/a.zip " : "in/a.zip ");
    close(writer);
    find(&f, inbox, 1, &text);
    assert_string_equal(text.p, "in/a.zip ");
    hc_buf_free(&text);
    folder_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_archives_and_bundles_in_an_inbox_and_warns_once_of_the_rest),
        cmocka_unit_test(ignores_the_order_of_paths_and_takes_each_once),
        cmocka_unit_test(takes_a_file_that_is_named_whatever_it_is),
        cmocka_unit_test(leaves_a_file_that_is_being_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
