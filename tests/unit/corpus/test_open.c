/* Which files are corpora, what a failure leaves, and who may write. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/corpus/fixture.h"

static void refused_as(struct world *world, enum hc_store_mode mode, const char *code)
{
    struct hc_store *store = NULL;
    struct hc_err err = HC_ERR_NONE;
    enum hc_status status = hc_store_open(&store, world->path, mode, &err);
    if (status != HC_FATAL || strcmp(err.code, code) != 0)
        fail_msg("expected %s: status %d, code %s: %s", code, (int)status, err.code ? err.code : "none", err.text);
}

static void make_corpus(struct world *world)
{
    world_begin(world);
    struct hc_store *store = open_as(world, HC_STORE_CREATE);
    put_from(world, store, rich_incident(world->arena, "INC-1", 1), 9);
    close_it(world, store);
}

static void write_file(struct world *world, const char *bytes, size_t n)
{
    FILE *file = fopen(world->path, "wb");
    assert_int_equal(fwrite(bytes, 1, n, file), n);
    fclose(file);
}

static void says_that_there_is_none(void **state)
{
    (void)state;
    struct world world;
    world_begin(&world);
    refused_as(&world, HC_STORE_READ, "corpus-missing");
    refused_as(&world, HC_STORE_WRITE, "corpus-missing");
    snprintf(world.path, sizeof world.path, "%s/no/such/folder.db", world.folder);
    refused_as(&world, HC_STORE_CREATE, "corpus-unreadable");
    snprintf(world.path, sizeof world.path, "%s", world.folder);
    refused_as(&world, HC_STORE_READ, "corpus-foreign");
    world_end(&world);
}

static void refuses_files_that_are_not_ours(void **state)
{
    (void)state;
    struct world world;
    struct stat file;
    world_begin(&world);
    write_file(&world,
               "this is a letter, not a corpus; it goes on for longer than a header of SQLite would be, and more", 96);
    for (int mode = HC_STORE_READ; mode <= HC_STORE_CREATE; mode++)
        refused_as(&world, (enum hc_store_mode)mode, "corpus-foreign");
    assert_int_equal(stat(world.path, &file), 0);
    assert_int_equal(file.st_size, 96);
    unlink(world.path);
    tamper(&world, "CREATE TABLE letters (a)");
    for (int mode = HC_STORE_READ; mode <= HC_STORE_CREATE; mode++)
        refused_as(&world, (enum hc_store_mode)mode, "corpus-foreign");
    write_file(&world, "", 0);
    refused_as(&world, HC_STORE_READ, "corpus-foreign");
    close_it(&world, open_as(&world, HC_STORE_CREATE));
    world_end(&world);
}

static void refuses_a_newer_one_and_one_with_a_trap(void **state)
{
    (void)state;
    static const struct {
        const char *sql, *code;
    } tricks[] = {
        {"PRAGMA user_version = 12", "corpus-newer"},
        {"PRAGMA user_version = 10", "corpus-older"},
        {"CREATE TRIGGER t AFTER INSERT ON name BEGIN DELETE FROM outcome; END", "corpus-corrupt"},
        {"DROP VIEW outcomes; CREATE VIEW outcomes AS SELECT 1", "corpus-corrupt"},
        {"CREATE TABLE sqlitex (a)", "corpus-corrupt"},
        {"DROP INDEX version_by_content", "corpus-corrupt"},
    };
    for (size_t i = 0; i < COUNT(tricks); i++) {
        struct world world;
        make_corpus(&world);
        tamper(&world, tricks[i].sql);
        for (int mode = HC_STORE_READ; mode <= HC_STORE_CREATE; mode++)
            refused_as(&world, (enum hc_store_mode)mode, tricks[i].code);
        world_end(&world);
    }
}

static void a_file_cut_anywhere_is_refused_or_found_by_check(void **state)
{
    (void)state;
    struct world world;
    struct stat file;
    make_corpus(&world);
    assert_int_equal(stat(world.path, &file), 0);
    for (off_t size = file.st_size - 16384; size > 0; size -= 16384) {
        assert_int_equal(truncate(world.path, size), 0);
        struct hc_store *store = NULL;
        struct hc_err err = HC_ERR_NONE;
        if (hc_store_open(&store, world.path, HC_STORE_READ, &err) == HC_OK) {
            struct hc_check_report report;
            enum hc_status status = hc_store_check(store, false, NULL, NULL, world.arena, &report, &err);
            assert_true(status != HC_OK || report.n_findings > 0);
            hc_store_close(store, NULL);
        } else {
            assert_true(strncmp(err.code, "corpus-", 7) == 0);
        }
    }
    world_end(&world);
}

static void reading_never_writes(void **state)
{
    (void)state;
    struct world world;
    bool known;
    make_corpus(&world);
    struct hc_source_record source = {.path = HC_STR("a"), .status = HC_STR("accepted")};
    assert_int_equal(chmod(world.path, 0444), 0);
    struct hc_store *store = open_as(&world, HC_STORE_READ);
    assert_int_equal(hc_store_source_put(store, &source, &known, &world.err), HC_FATAL);
    assert_string_equal(world.err.code, "corpus-readonly");
    world.err = HC_ERR_NONE;
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

static void leaves_one_file(void **state)
{
    (void)state;
    static const char *const suffixes[] = {"-journal", "-wal", "-shm"};
    struct world world;
    struct stat file;
    char name[128];
    make_corpus(&world);
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        snprintf(name, sizeof name, "%s%s", world.path, suffixes[i]);
        assert_int_not_equal(stat(name, &file), 0);
    }
    world_end(&world);
}

/* A child that dies within a batch, with pages of it on the disk already. */
static void die_in_a_batch(struct world *world)
{
    pid_t child = fork();
    if (child == 0) {
        struct hc_store *store = NULL;
        hc_store_open(&store, world->path, HC_STORE_WRITE, NULL);
        hc_store_begin(store, NULL);
        double *values = calloc(400000, sizeof *values);
        int64_t *times = calloc(400000, sizeof *times);
        for (int64_t i = 0; i < 400000; i++)
            times[i] = i * i;
        for (uint8_t i = 2; i < 12; i++) {
            struct hc_incident *incident = rich_incident(world->arena, "LOST", i);
            incident->series[0].n = 400000;
            incident->series[0].at_ns = times;
            incident->series[0].values = values;
            put_from(world, store, incident, 7);
        }
        _exit(0);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void a_killed_run_leaves_what_the_corpus_held(void **state)
{
    (void)state;
    for (int mode = HC_STORE_READ; mode <= HC_STORE_CREATE; mode++) {
        struct world world;
        make_corpus(&world);
        struct hc_store *store = open_as(&world, HC_STORE_READ);
        struct hc_check_report before = check_it(&world, store);
        close_it(&world, store);
        die_in_a_batch(&world);
        char journal[128];
        struct stat file;
        snprintf(journal, sizeof journal, "%s-journal", world.path);
        assert_int_equal(stat(journal, &file), 0);
        store = open_as(&world, (enum hc_store_mode)mode);
        struct hc_check_report after = check_it(&world, store);
        assert_int_equal(after.n_findings, 0);
        assert_string_equal(after.digest, before.digest);
        close_it(&world, store);
        world_end(&world);
    }
}

static void one_writer_at_a_time(void **state)
{
    (void)state;
    struct world world;
    make_corpus(&world);
    struct hc_store *first = open_as(&world, HC_STORE_WRITE), *second = open_as(&world, HC_STORE_WRITE);
    assert_ok(&world, hc_store_begin(first, &world.err));
    put_from(&world, first, rich_incident(world.arena, "INC-2", 2), 9);
    assert_int_equal(hc_store_begin(second, &world.err), HC_FATAL);
    assert_string_equal(world.err.code, "corpus-locked");
    world.err = HC_ERR_NONE;
    assert_ok(&world, hc_store_commit(first, &world.err));
    assert_ok(&world, hc_store_begin(second, &world.err));
    assert_ok(&world, hc_store_commit(second, &world.err));
    close_it(&world, first);
    close_it(&world, second);
    world_end(&world);
}

static void a_batch_that_is_given_up_leaves_nothing(void **state)
{
    (void)state;
    struct world world;
    make_corpus(&world);
    struct hc_store *store = open_as(&world, HC_STORE_WRITE);
    struct hc_check_report before = check_it(&world, store);
    assert_ok(&world, hc_store_begin(store, &world.err));
    put_from(&world, store, rich_incident(world.arena, "INC-2", 2), 8);
    hc_store_rollback(store);
    assert_string_equal(check_it(&world, store).digest, before.digest);
    put_from(&world, store, rich_incident(world.arena, "INC-2", 2), 8);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    assert_string_not_equal(check_it(&world, store).digest, before.digest);
    close_it(&world, store);
    world_end(&world);
}

/* The largest size that a process may give a file stands for the disk. */
static void a_full_disk_costs_only_what_came_last(void **state)
{
    (void)state;
    struct world world;
    make_corpus(&world);
    struct hc_store *store = open_as(&world, HC_STORE_WRITE);
    struct hc_check_report before = check_it(&world, store);
    static double values[200000];
    struct hc_incident *incident = rich_incident(world.arena, "LARGE", 3);
    incident->series[0].n = COUNT(values);
    incident->series[0].values = values;
    int64_t *times = hc_arena_calloc(world.arena, COUNT(values), sizeof *times);
    for (size_t i = 0; i < COUNT(values); i++)
        times[i] = (int64_t)(i * i);
    incident->series[0].at_ns = times;
    struct rlimit unlimited, small = {.rlim_cur = 1 << 20, .rlim_max = RLIM_INFINITY};
    getrlimit(RLIMIT_FSIZE, &unlimited);
    small.rlim_max = unlimited.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &small);
    uint8_t source[HC_SHA256_BYTES];
    enum hc_put_result result;
    struct hc_packed *packed;
    assert_ok(&world, hc_store_incident_pack(&packed, incident, world.arena, &world.err));
    memset(source, 9, sizeof source);
    assert_int_equal(hc_store_incident_put(store, incident, packed, source, HC_STR_NONE, &result, &world.err),
                     HC_FATAL);
    setrlimit(RLIMIT_FSIZE, &unlimited);
    assert_true(strcmp(world.err.code, "disk-full") == 0 || strcmp(world.err.code, "disk-error") == 0);
    world.err = HC_ERR_NONE;
    assert_string_equal(check_it(&world, store).digest, before.digest);
    assert_int_equal(check_it(&world, store).n_findings, 0);
    close_it(&world, store);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_that_there_is_none),
        cmocka_unit_test(refuses_files_that_are_not_ours),
        cmocka_unit_test(refuses_a_newer_one_and_one_with_a_trap),
        cmocka_unit_test(a_file_cut_anywhere_is_refused_or_found_by_check),
        cmocka_unit_test(reading_never_writes),
        cmocka_unit_test(leaves_one_file),
        cmocka_unit_test(a_killed_run_leaves_what_the_corpus_held),
        cmocka_unit_test(one_writer_at_a_time),
        cmocka_unit_test(a_batch_that_is_given_up_leaves_nothing),
        cmocka_unit_test(a_full_disk_costs_only_what_came_last),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
