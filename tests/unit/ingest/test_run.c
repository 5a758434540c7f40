#include "tests/unit/ingest/archives.h"

#include "base/xml.h"

/* Writes down what the run hands over. */
struct ledger {
    struct hc_buf text;
    size_t n_accepted, stop_after; /* 0: never */
    bool all_known, take_arenas;
    struct hc_progress last;
};

static enum hc_status accept_source(void *context, struct hc_source *source, struct hc_err *err)
{
    static const char *const words[] = {"accepted", "partial", "rejected", "known"};
    struct ledger *l = context;
    const char *slash = strrchr(source->path.p, '/');
    hc_buf_format(&l->text, "%s %s", slash + 1, words[source->status]);
    for (size_t i = 0; i < source->n_incidents; i++) {
        const struct hc_incident *incident = source->incidents[i];
        hc_buf_format(&l->text, " %.*s(%02x%02x", HC_STR_ARG(incident->id), incident->content[0], incident->content[1]);
        for (size_t f = 0; f < incident->n_files; f++)
            hc_buf_format(&l->text, " %.*s", HC_STR_ARG(incident->files[f].member));
        hc_buf_format(&l->text, ")%s", (const char *)source->derived[i]);
    }
    for (size_t i = 0; i < source->n_refusals; i++)
        hc_buf_format(&l->text, " !%.*s:%.*s", HC_STR_ARG(source->refusals[i].code),
                      HC_STR_ARG(source->refusals[i].member));
    for (size_t i = 0; i < source->n_warnings; i++)
        hc_buf_format(&l->text, " ?%.*s:%.*s", HC_STR_ARG(source->warnings[i].code),
                      HC_STR_ARG(source->warnings[i].member));
    hc_buf_char(&l->text, '\n');
    if (l->take_arenas) {
        hc_arena_free(source->arena);
        source->arena = NULL;
    }
    l->n_accepted++;
    return l->n_accepted == l->stop_after ? hc_err_set(err, HC_FATAL, "test", "stop here") : HC_OK;
}

static bool source_known(void *context, const struct hc_source *source)
{
    const struct ledger *l = context;
    (void)source;
    return l->all_known;
}

static enum hc_status derive(void *context, struct hc_incident *incident, struct hc_arena *scratch,
                             struct hc_arena *kept, void **derived, struct hc_err *err)
{
    (void)context;
    if (hc_str_is(incident->id, "underivable"))
        return hc_err_set(err, HC_FAIL, "test", "cannot be derived");
    struct hc_str made = hc_str_format(scratch, "+%zu", incident->n_files);
    *derived = hc_arena_copy(kept, made.p, made.n);
    return HC_OK;
}

static void note_progress(void *context, const struct hc_progress *progress)
{
    struct ledger *l = context;
    assert_true(progress->n_sources_done == l->last.n_sources_done + 1);
    l->last = *progress;
}

static enum hc_status run(struct ledger *l, struct folder *f, const char *name, int n_threads)
{
    char path[512];
    const char *given = folder_path(f, name, path);
    struct hc_ingest_options options = {.n_threads = n_threads};
    struct hc_ingest_sink sink = {.context = l,
                                  .source_known = source_known,
                                  .derive = derive,
                                  .accept = accept_source,
                                  .progress = note_progress};
    struct hc_err err = HC_ERR_NONE;
    enum hc_status status = hc_ingest_run(&given, 1, &options, &sink, &err);
    hc_buf_char(&l->text, '\0');
    return status;
}

static void assert_run(struct folder *f, const char *name, const char *expected)
{
    struct ledger l = {.n_accepted = 0};
    assert_int_equal(run(&l, f, name, 1), HC_OK);
    assert_string_equal(l.text.p, expected);
    hc_buf_free(&l.text);
}

static void write_tar(struct folder *f, const char *name, struct hc_buf *tar)
{
    tar_end(tar);
    folder_write(f, name, hc_buf_view(tar));
    hc_buf_free(tar);
}

static void groups_members_by_the_manifest_above_them(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "x/b/late.md", "# before its manifest\n");
    tar_text(&tar, "x/b/incident.xml", MANIFEST_TEXT("B"));
    tar_text(&tar, "x/b/deep/er/note.md", "# deep\n");
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_text(&tar, "x/stray.md", "# nobody's\n");
    tar_text(&tar, "also-stray", "x");
    write_tar(&f, "t", &tar);
    struct ledger l = {.n_accepted = 0};
    assert_int_equal(run(&l, &f, "t", 1), HC_OK);
    assert_non_null(strstr(l.text.p, "t accepted A("));
    assert_non_null(strstr(l.text.p, " incident.xml)+1 B("));
    assert_non_null(strstr(l.text.p, " deep/er/note.md incident.xml late.md)+3 ?member-stray:also-stray\n"));
    hc_buf_free(&l.text);
    folder_close(&f);
}

/* The same incidents in any order of members, in any container. */
static void gives_the_same_whatever_the_order_of_members(void **state)
{
    static const char *const names[] = {"a/incident.xml", "a/n.md", "b/incident.xml", "b/m.md", "b/n.md"};
    static const size_t orders[][5] = {
        {0, 1, 2, 3, 4}, {1, 0, 4, 3, 2}, {0, 2, 1, 3, 4}, {3, 1, 4, 2, 0}, {2, 0, 4, 1, 3}};
    struct folder f;
    struct ledger first = {.n_accepted = 0};
    (void)state;
    folder_open(&f);
    for (size_t o = 0; o < sizeof orders / sizeof orders[0]; o++) {
        struct hc_buf tar = {0};
        struct ledger l = {.n_accepted = 0};
        for (size_t i = 0; i < 5; i++) {
            size_t m = orders[o][i];
            tar_text(&tar, names[m], m == 0 ? MANIFEST_TEXT("A") : m == 2 ? MANIFEST_TEXT("B") : names[m]);
        }
        write_tar(&f, "t", &tar);
        assert_int_equal(run(o == 0 ? &first : &l, &f, "t", 1), HC_OK);
        if (o)
            assert_string_equal(l.text.p, first.text.p);
        hc_buf_free(&l.text);
    }
    struct zip_builder zip = {0};
    struct ledger l = {.n_accepted = 0};
    for (size_t m = 5; m-- > 0;)
        zip_text(&zip, names[m], m == 0 ? MANIFEST_TEXT("A") : m == 2 ? MANIFEST_TEXT("B") : names[m]);
    folder_write(&f, "t", zip_end(&zip));
    assert_int_equal(run(&l, &f, "t", 1), HC_OK);
    assert_string_equal(l.text.p, first.text.p);
    assert_non_null(strstr(l.text.p, "t accepted A("));
    hc_buf_free(&l.text);
    hc_buf_free(&zip.local);
    hc_buf_free(&first.text);
    folder_close(&f);
}

/* Members that are too much to keep until their manifest comes are read in a second pass. */
static void reads_what_could_not_wait_again(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    struct hc_buf big = {0};
    (void)state;
    folder_open(&f);
    while (big.n < (size_t)20 << 20)
        hc_buf_text(&big, "2015-03-16T23:15:00Z INFO the same line again and again and again\n");
    tar_member(&tar, "a/one.log", '0', hc_buf_view(&big));
    tar_member(&tar, "a/two.log", '0', hc_buf_view(&big));
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    write_tar(&f, "t", &tar);
    struct ledger l = {.n_accepted = 0};
    assert_int_equal(run(&l, &f, "t", 1), HC_OK);
    assert_non_null(strstr(l.text.p, " incident.xml one.log two.log)+3\n"));
    hc_buf_free(&l.text);
    hc_buf_free(&big);
    folder_close(&f);
}

static void refuses_an_incident_inside_an_incident_and_both(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_text(&tar, "a/b/incident.xml", MANIFEST_TEXT("B"));
    write_tar(&f, "t", &tar);
    assert_run(&f, "t", "t partial !incident-nested:a !incident-nested:a/b\n");
    folder_close(&f);
}

static void refuses_the_incident_of_a_file_that_is_there_twice(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("forged"));
    write_tar(&f, "t", &tar);
    assert_run(&f, "t", "t partial !incident-ambiguous:a !member-duplicate:a/incident.xml\n");
    folder_close(&f);
}

static void keeps_an_incident_beside_a_bad_one_and_beside_a_bad_member(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "bad/incident.xml", "<incident");
    tar_text(&tar, "good/incident.xml", MANIFEST_TEXT("good"));
    tar_member(&tar, "good/link", '2', HC_STR(""));
    tar_text(&tar, "none/incident.xml", MANIFEST_TEXT("underivable"));
    write_tar(&f, "t", &tar);
    struct ledger l = {.n_accepted = 0};
    assert_int_equal(run(&l, &f, "t", 1), HC_OK);
    assert_non_null(strstr(l.text.p, "t partial good("));
    assert_non_null(strstr(l.text.p, " !xml-syntax:bad/incident.xml !member-link:good/link !test:none\n"));
    hc_buf_free(&l.text);
    folder_close(&f);
}

static void gives_nothing_of_a_stream_that_breaks_after_the_incident(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_end(&tar);
    struct hc_buf gzip = gzip_of(hc_buf_view(&tar));
    for (size_t n = 0; n < gzip.n; n += 7) {
        struct ledger l = {.n_accepted = 0};
        folder_write(&f, "t", (struct hc_str){gzip.p, n});
        assert_int_equal(run(&l, &f, "t", 1), HC_OK);
        assert_non_null(strstr(l.text.p, "t rejected !"));
        assert_null(strchr(l.text.p, '('));
        hc_buf_free(&l.text);
    }
    hc_buf_free(&gzip);
    hc_buf_free(&tar);
    folder_close(&f);
}

static void rejects_a_source_without_an_incident_and_a_path_without_a_file(void **state)
{
    struct folder f;
    struct hc_buf tar = {0};
    (void)state;
    folder_open(&f);
    tar_text(&tar, "a/post.md", "# nothing\n");
    write_tar(&f, "t", &tar);
    assert_run(&f, "t", "t rejected !no-incident:\n");
    assert_run(&f, "nowhere", "nowhere rejected !source-missing:\n");
    folder_close(&f);
}

static void write_many(struct folder *f, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char name[64], id[256], text[4096];
        struct hc_buf tar = {0};
        snprintf(name, sizeof name, "in/%03zu.tar", i * 7 % n);
        snprintf(id, sizeof id,
                 "<incident xmlns=\"urn:hindcast:incident:1\" id=\"I%zu\"><window start=\"2015-03-16T23:15:00Z\"/>"
                 "</incident>",
                 i);
        memset(text, 'x', sizeof text);
        tar_text(&tar, "i/incident.xml", i % 10 == 3 ? "<broken" : id);
        tar_member(&tar, "i/note.md", '0', (struct hc_str){text, i * 37 % sizeof text});
        write_tar(f, name, &tar);
    }
}

static void hands_over_in_one_order_on_any_number_of_threads(void **state)
{
    static const int n_threads[] = {1, 2, 3, 8, 2};
    struct folder f;
    struct ledger first = {.n_accepted = 0};
    (void)state;
    folder_open(&f);
    write_many(&f, 200);
    assert_int_equal(run(&first, &f, "in", 1), HC_OK);
    assert_int_equal(first.n_accepted, 200);
    assert_int_equal(first.last.n_sources_done, 200);
    assert_int_equal(first.last.bytes_done, first.last.bytes);
    for (size_t i = 1; i < sizeof n_threads / sizeof n_threads[0]; i++) {
        struct ledger l = {.take_arenas = i == 2};
        assert_int_equal(run(&l, &f, "in", n_threads[i]), HC_OK);
        assert_string_equal(l.text.p, first.text.p);
        hc_buf_free(&l.text);
    }
    hc_buf_free(&first.text);
    folder_close(&f);
}

static void stops_when_the_sink_cannot_go_on(void **state)
{
    struct folder f;
    (void)state;
    folder_open(&f);
    write_many(&f, 100);
    for (int n_threads = 1; n_threads <= 4; n_threads++) {
        struct ledger l = {.stop_after = 5};
        assert_int_equal(run(&l, &f, "in", n_threads), HC_FATAL);
        assert_int_equal(l.n_accepted, 5);
        hc_buf_free(&l.text);
    }
    folder_close(&f);
}

static void reads_nothing_of_what_is_known(void **state)
{
    struct folder f;
    struct ledger l = {.all_known = true};
    (void)state;
    folder_open(&f);
    folder_write(&f, "in/bundle/incident.xml", HC_STR(MANIFEST_TEXT("A")));
    folder_write(&f, "in/broken.zip", HC_STR("PK\3\4"));
    assert_int_equal(run(&l, &f, "in", 1), HC_OK);
    assert_string_equal(l.text.p, "bundle known\nbroken.zip known\n");
    hc_buf_free(&l.text);
    folder_close(&f);
}

static int xml_up(void **state)
{
    (void)state;
    hc_xml_setup();
    return 0;
}

static int xml_down(void **state)
{
    (void)state;
    hc_xml_cleanup();
    return 0;
}

/* Of the only incident, the warnings, and its content. */
static enum hc_status note_warnings(void *context, struct hc_source *source, struct hc_err *err)
{
    struct ledger *l = context;
    (void)err;
    assert_int_equal(source->n_incidents, 1);
    const struct hc_incident *incident = source->incidents[0];
    for (size_t i = 0; i < incident->n_warnings; i++)
        hc_buf_format(&l->text, "%.*s:%ld %.*s\n", HC_STR_ARG(incident->warnings[i].member), incident->warnings[i].line,
                      HC_STR_ARG(incident->warnings[i].code));
    hc_buf_add(&l->text, incident->content, HC_SHA256_BYTES);
    return HC_OK;
}

static struct hc_buf warnings_of(struct folder *f, const char *name)
{
    char path[512];
    const char *given = folder_path(f, name, path);
    struct hc_ingest_options options = {.n_threads = 1};
    struct ledger l = {.n_accepted = 0};
    struct hc_ingest_sink sink = {.context = &l, .accept = note_warnings};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_ingest_run(&given, 1, &options, &sink, &err), HC_OK);
    return l.text;
}

/* In whatever packs it, and wherever its manifest stands. */
static void an_incident_tells_which_of_its_files_are_damaged(void **state)
{
    static const char wanted[] = "n.log.gz:3 gzip-truncated\n";
    struct folder f;
    struct hc_buf tar = {0}, turned = {0}, without = {0}, log = {0};
    struct zip_builder zip = {0};
    (void)state;
    folder_open(&f);
    hc_buf_text(&log, "one\ntwo\nthree");
    struct hc_buf packed = gzip_of(hc_buf_view(&log));
    struct hc_str cut = {packed.p, packed.n - 1};
    tar_text(&tar, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_member(&tar, "a/n.log.gz", '0', cut);
    tar_text(&tar, "a-b/n.log.gz", "nobody's");
    tar_member(&turned, "a/n.log.gz", '0', cut);
    tar_text(&turned, "a/incident.xml", MANIFEST_TEXT("A"));
    tar_text(&without, "a/incident.xml", MANIFEST_TEXT("A"));
    write_tar(&f, "tar", &tar);
    write_tar(&f, "turned", &turned);
    write_tar(&f, "without", &without);
    zip_text(&zip, "a/incident.xml", MANIFEST_TEXT("A"));
    struct zip_claim member = zip_stored("a/n.log.gz", "");
    member.data = cut;
    member.unpacked = (uint32_t)cut.n;
    member.crc = (uint32_t)crc32(0, (const Bytef *)cut.p, (uInt)cut.n);
    zip_add(&zip, &member);
    folder_write(&f, "zip", zip_end(&zip));
    struct hc_buf first = warnings_of(&f, "tar"), sound = warnings_of(&f, "without");
    assert_int_equal(sound.n, HC_SHA256_BYTES);
    assert_int_equal(first.n, sizeof wanted - 1 + HC_SHA256_BYTES);
    assert_memory_equal(first.p, wanted, sizeof wanted - 1);
    assert_memory_not_equal(first.p + sizeof wanted - 1, sound.p, HC_SHA256_BYTES);
    for (int i = 0; i < 2; i++) {
        struct hc_buf other = warnings_of(&f, i ? "zip" : "turned");
        assert_int_equal(other.n, first.n);
        assert_memory_equal(other.p, first.p, first.n);
        hc_buf_free(&other);
    }
    hc_buf_free(&first);
    hc_buf_free(&sound);
    hc_buf_free(&packed);
    hc_buf_free(&zip.local);
    hc_buf_free(&log);
    folder_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_incident_tells_which_of_its_files_are_damaged),
        cmocka_unit_test(groups_members_by_the_manifest_above_them),
        cmocka_unit_test(gives_the_same_whatever_the_order_of_members),
        cmocka_unit_test(reads_what_could_not_wait_again),
        cmocka_unit_test(refuses_an_incident_inside_an_incident_and_both),
        cmocka_unit_test(refuses_the_incident_of_a_file_that_is_there_twice),
        cmocka_unit_test(keeps_an_incident_beside_a_bad_one_and_beside_a_bad_member),
        cmocka_unit_test(gives_nothing_of_a_stream_that_breaks_after_the_incident),
        cmocka_unit_test(rejects_a_source_without_an_incident_and_a_path_without_a_file),
        cmocka_unit_test(hands_over_in_one_order_on_any_number_of_threads),
        cmocka_unit_test(stops_when_the_sink_cannot_go_on),
        cmocka_unit_test(reads_nothing_of_what_is_known),
    };
    return cmocka_run_group_tests(tests, xml_up, xml_down);
}
