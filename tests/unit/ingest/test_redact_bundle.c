/* What of a bundle's secrets a run hands over: nothing, in whatever text they stand and wherever that is cut. */
#include "tests/unit/ingest/archives.h"

#include "base/xml.h"
#include "ingest/ingest.h"

#define AROUND 48 /* offsets around a cut, on either side */

/* All texts of what is handed over, one a line. */
static void tell_warnings(struct hc_buf *out, const struct hc_warning *warnings, size_t n)
{
    for (size_t i = 0; i < n; i++)
        hc_buf_format(out, "%.*s %.*s\n", HC_STR_ARG(warnings[i].code), HC_STR_ARG(warnings[i].message));
}

static void tell_incident(struct hc_buf *out, const struct hc_incident *incident)
{
    tell_warnings(out, incident->warnings, incident->n_warnings);
    for (size_t i = 0; i < incident->n_events; i++)
        hc_buf_format(out, "event %.*s\nof kind %.*s\n", HC_STR_ARG(incident->events[i].message),
                      HC_STR_ARG(incident->events[i].kind));
    for (size_t i = 0; i < incident->n_templates; i++)
        hc_buf_format(out, "template %.*s\n", HC_STR_ARG(incident->templates[i].text));
    for (size_t i = 0; i < incident->n_log_counts; i++)
        hc_buf_format(out, "exemplar %.*s\n", HC_STR_ARG(incident->log_counts[i].exemplar));
    for (size_t i = 0; i < incident->n_documents; i++)
        hc_buf_format(out, "title %.*s\n", HC_STR_ARG(incident->documents[i].title));
    for (size_t i = 0; i < incident->n_series; i++)
        hc_buf_format(out, "unit %.*s\n", HC_STR_ARG(incident->series[i].unit));
    for (size_t i = 0; i < incident->n_levels; i++)
        hc_buf_format(out, "unit of a level %.*s\n", HC_STR_ARG(incident->levels[i].unit));
}

static enum hc_status accept_source(void *context, struct hc_source *source, struct hc_err *err)
{
    struct hc_buf *out = context;
    (void)err;
    for (size_t i = 0; i < source->n_refusals; i++)
        hc_buf_format(out, "refused %.*s\n", HC_STR_ARG(source->refusals[i].text));
    tell_warnings(out, source->warnings, source->n_warnings);
    for (size_t i = 0; i < source->n_incidents; i++)
        tell_incident(out, source->incidents[i]);
    return HC_OK;
}

static void told(struct hc_buf *out, struct folder *f, const char *name)
{
    char path[512];
    const char *given = folder_path(f, name, path);
    struct hc_err err = HC_ERR_NONE;
    struct hc_redaction_rules *rules;
    assert_int_equal(hc_redaction_rules_new(&rules, hc_redaction_shipped(), HC_STR("key"), &err), HC_OK);
    struct hc_ingest_options options = {.n_threads = 1, .redaction = rules};
    struct hc_ingest_sink sink = {.context = out, .accept = accept_source};
    assert_int_equal(hc_ingest_run(&given, 1, &options, &sink, &err), HC_OK);
    hc_buf_char(out, '\0');
    hc_redaction_rules_free(rules);
}

/* Ends the archive and tells it. */
static void tell_archive(struct hc_buf *out, struct hc_buf *tar)
{
    struct folder f;
    tar_end(tar);
    folder_open(&f);
    folder_write(&f, "t", hc_buf_view(tar));
    hc_buf_free(tar);
    told(out, &f, "t");
    folder_close(&f);
}

#define ROOT(attributes, inside)                                                                                 \
    "<incident xmlns=\"urn:hindcast:incident:1\" " attributes "><window start=\"2015-03-16T23:15:00Z\"/>" inside \
    "</incident>"
#define KEY "AKIAIOSFODNN7EXAMPLE"

static void no_refusal_or_warning_tells_a_secret(void **state)
{
    static const char *const manifests[] = {
        ROOT("id=\"a " KEY "\"", ""),
        ROOT("id=\"a\" " KEY "=\"x\"", ""),
        ROOT("id=\"a\" updated=\"" KEY "\"", ""),
        ROOT("id=\"a\"", "<" KEY "/>"),
        ROOT("id=\"a\"", KEY),
        ROOT("id=\"a\"", "<topology><component name=\"x\" kind=\"y\">" KEY "</component></topology>"),
        ROOT("id=\"a\"", "<evidence><logs href=\"x\" utc-offset=\"" KEY "\"/></evidence>"),
        ROOT("id=\"a\"", "<evidence><logs href=\"/" KEY "\"/></evidence>"),
        ROOT("id=\"a\"", "<evidence><logs href=\"" KEY "\"/></evidence>"),
        ROOT("id=\"a\"", "<evidence><level component=\"a\" metric=\"m\" peak=\"" KEY "\"/></evidence>"),
        ROOT("id=\"a\"", "<outcome status=\"" KEY "\"/>"),
        ROOT("id=\"a\"", "<changes><change kind=\"" KEY "\" at=\"2015-03-16T23:15:00Z\"/></changes>"),
        "<" KEY "/>",
        "<incident xmlns=\"" KEY "\"/>",
        "<a><" KEY "></a>",
    };
    (void)state;
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++) {
        struct hc_buf tar = {0}, out = {0};
        tar_text(&tar, "a/incident.xml", manifests[i]);
        tell_archive(&out, &tar);
        assert_null(strstr(out.p, "AKIA"));
        assert_non_null(strstr(out.p, "token-"));
        hc_buf_free(&out);
    }
}

/* What must not be seen of each, not even in part: the letters stand nowhere else. */
static const struct {
    const char *secret, *parts[3];
} laid[] = {
    {"mail zjqx.wzvk@qjzx.example.com now", {"zjqx", "wzvk", "qjzx"}},
    {"token eyJzjqxzjqxzjqx.eyJzjqxzjqxzjqx.wzvkwzvk now", {"zjqx", "wzvk", "eyJ"}},
    {"to https://zjqx:wzvkqjzx@db/x now", {"wzvk", "qjzx", "zvkqj"}},
    {"the password=\"zjqx wzvk qjzx\" now", {"zjqx", "wzvk", "qjzx"}},
    {"Authorization: Bearer zjqxwzvkqjzx12345 now", {"zjqx", "wzvk", "qjzx"}},
};

static void assert_not_told(const struct hc_buf *out, size_t i, size_t offset)
{
    for (size_t k = 0; k < 3; k++)
        if (strstr(out->p, laid[i].parts[k]))
            fail_msg("\"%s\" of \"%s\" is told at %zu: %s", laid[i].parts[k], laid[i].secret, offset, out->p);
}

/* A line of plain words up to the offset, the secret, and words behind it. */
static void lay(struct hc_buf *line, size_t offset, const char *secret)
{
    size_t begin = line->n;
    while (line->n - begin < offset)
        hc_buf_char(line, (line->n - begin) % 6 == 5 || line->n - begin + 1 == offset ? ' ' : 'a');
    hc_buf_text(line, secret);
    for (size_t k = 0; k < 40; k++)
        hc_buf_text(line, " bbbbb");
}

static void no_cut_leaves_a_part_of_a_secret_in_a_log(void **state)
{
    static const size_t cuts[] = {512, 1024};
    (void)state;
    for (size_t i = 0; i < sizeof laid / sizeof *laid; i++)
        for (size_t c = 0; c < sizeof cuts / sizeof *cuts; c++) {
            struct hc_buf log = {0}, tar = {0}, out = {0};
            size_t first = cuts[c] - AROUND;
            for (size_t at = first; at < cuts[c] + AROUND; at++) {
                hc_buf_text(&log, "2015-03-16T23:16:00Z ERROR ");
                lay(&log, at, laid[i].secret);
                hc_buf_char(&log, '\n');
            }
            tar_text(&tar, "a/incident.xml", ROOT("id=\"a\"", ""));
            tar_member(&tar, "a/x.log", '0', hc_buf_view(&log));
            tell_archive(&out, &tar);
            assert_non_null(strstr(out.p, "event "));
            assert_non_null(strstr(out.p, "template "));
            assert_not_told(&out, i, cuts[c]);
            hc_buf_free(&log);
            hc_buf_free(&out);
        }
}

static void no_cut_leaves_a_part_of_a_secret_in_a_title(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof laid / sizeof *laid; i++) {
        struct hc_buf tar = {0}, out = {0};
        tar_text(&tar, "a/incident.xml", ROOT("id=\"a\"", ""));
        for (size_t at = 512 - AROUND; at < 512 + AROUND; at++) {
            struct hc_buf text = {0};
            char name[32];
            hc_buf_text(&text, "# ");
            lay(&text, at, laid[i].secret);
            snprintf(name, sizeof name, "a/%zu.md", at);
            tar_member(&tar, name, '0', hc_buf_view(&text));
            hc_buf_free(&text);
        }
        tell_archive(&out, &tar);
        assert_non_null(strstr(out.p, "title a"));
        assert_not_told(&out, i, 512);
        hc_buf_free(&out);
    }
}

/* A secret across the place where a quote is cut: of an attribute of the root, of a text, of a status. */
static void no_quote_ends_in_a_part_of_a_secret(void **state)
{
    static const char *const around[][2] = {
        {"<incident xmlns=\"urn:hindcast:incident:1\" id=\"", "\"><window start=\"2015-03-16T23:15:00Z\"/></incident>"},
        {"<incident xmlns=\"urn:hindcast:incident:1\" id=\"a\"><window start=\"2015-03-16T23:15:00Z\"/><symptom at=\"",
         "\"/></incident>"},
        {"<incident xmlns=\"urn:hindcast:incident:1\" id=\"a\"><window start=\"2015-03-16T23:15:00Z\">",
         "</window></incident>"},
        {"<incident xmlns=\"urn:hindcast:incident:1\" id=\"a\"><window start=\"2015-03-16T23:15:00Z\"/><outcome "
         "status=\"",
         "\"/></incident>"},
        {"<incident xmlns=\"", "\"/>"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof laid / sizeof *laid; i++) {
        struct hc_buf tar = {0}, out = {0};
        for (size_t k = 0; k < sizeof around / sizeof *around; k++)
            for (size_t at = 0; at < 540; at += at < 130 || at > 380 ? 1 : 60) {
                struct hc_buf xml = {0};
                char name[32];
                hc_buf_text(&xml, around[k][0]);
                size_t begin = xml.n;
                lay(&xml, at, laid[i].secret);
                for (size_t b = begin; b < xml.n; b++)
                    xml.p[b] = xml.p[b] == '"' ? '\'' : xml.p[b];
                hc_buf_text(&xml, around[k][1]);
                snprintf(name, sizeof name, "%zu-%zu/incident.xml", k, at);
                tar_member(&tar, name, '0', hc_buf_view(&xml));
                hc_buf_free(&xml);
            }
        tell_archive(&out, &tar);
        assert_true(out.n > 1);
        assert_not_told(&out, i, 0);
        hc_buf_free(&out);
    }
}

static void no_kind_that_a_file_gives_tells_a_secret(void **state)
{
    struct hc_buf tar = {0}, out = {0};
    (void)state;
    tar_text(&tar, "a/incident.xml", ROOT("id=\"a\"", ""));
    tar_text(
        &tar, "a/events.jsonl",
        "{\"time\":\"2015-03-16T23:15:00Z\",\"kind\":\"zjqx@qjzx.example.com\",\"component\":\"cart\",\"message\":\"m\"}\n");
    tell_archive(&out, &tar);
    assert_non_null(strstr(out.p, "of kind email-"));
    assert_null(strstr(out.p, "zjqx"));
    hc_buf_free(&out);
}

static void no_unit_tells_a_secret(void **state)
{
    static const char metric[] =
        "time,component,metric,value,unit\n2015-03-16T23:15:00Z,cart,load,1,zjqx@qjzx.example.com\n";
    struct hc_buf tar = {0}, out = {0};
    (void)state;
    tar_text(&tar, "a/incident.xml",
             ROOT("id=\"a\"", "<evidence><level component=\"cart\" metric=\"load\" unit=\"wzvk@qjzx.example.com\" "
                              "baseline=\"1\" peak=\"2\"/></evidence>"));
    tar_member(&tar, "a/metrics.csv", '0', HC_STR(metric));
    tell_archive(&out, &tar);
    assert_non_null(strstr(out.p, "unit email-"));
    assert_non_null(strstr(out.p, "unit of a level email-"));
    assert_null(strstr(out.p, "zjqx"));
    assert_null(strstr(out.p, "wzvk"));
    hc_buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_refusal_or_warning_tells_a_secret),
        cmocka_unit_test(no_cut_leaves_a_part_of_a_secret_in_a_log),
        cmocka_unit_test(no_cut_leaves_a_part_of_a_secret_in_a_title),
        cmocka_unit_test(no_quote_ends_in_a_part_of_a_secret),
        cmocka_unit_test(no_kind_that_a_file_gives_tells_a_secret),
        cmocka_unit_test(no_unit_tells_a_secret),
    };
    hc_xml_setup();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
