/* Records: what they say was found, how sure it is, since when it is known; and severities. */
#include "tests/unit/ingest/record_fixture.h"

static const struct hc_incident *read_one(struct fixture *f, const char *text)
{
    begin_with(f, HC_STR_NONE);
    assert_int_equal(read(f, text), HC_OK);
    return only(f);
}

static const struct hc_outcome *outcome_of(struct fixture *f, const char *text)
{
    const struct hc_incident *incident = read_one(f, text);
    assert_int_equal(incident->n_outcomes, 1);
    return incident->outcomes;
}

static void assert_known(const char *matter, const char *expected)
{
    struct fixture f;
    char text[512];
    (void)snprintf(text, sizeof text, "---\nincident: A\nroot_cause_category: data\n%s\n---\nWords.\n", matter);
    const struct hc_outcome *outcome = outcome_of(&f, text);
    ASSERT_TEXT(outcome->status, "confirmed");
    if (expected)
        assert_time(outcome->known_at, expected);
    else
        assert_false(hc_time_known(outcome->known_at));
    end(&f);
}

static void an_outcome_is_known_when_the_day_of_a_date_is_over_and_not_before_the_incident(void **state)
{
    (void)state;
    assert_known("date: 2024-05-05\nstart: 2024-05-05T10:00:00Z", "2024-05-06T00:00:00Z");
    assert_known("date: 2024-05-05T09:00:00Z\nstart: 2024-05-05T10:00:00Z", "2024-05-05T10:00:00Z");
    assert_known("date: 2024-05-01\nstart: 2024-05-05T10:00:00Z", "2024-05-05T10:00:00Z");
    assert_known("date: 2024-05-05\nstart: 2024-05-05T23:00:00Z\nend: 2024-05-06T02:00:00Z", "2024-05-06T02:00:00Z");
    assert_known("date: 2024-05-09\nstart: 2024-05-05T23:00:00Z\nend: 2024-05-06T02:00:00Z", "2024-05-10T00:00:00Z");
    assert_known("date: 20240509", "2024-05-10T00:00:00Z");
    assert_known("start: 2024-05-05T23:00:00Z\nend: 2024-05-06", "2024-05-06T00:00:00Z");
    assert_known("start: 2024-05-05T23:00:00Z", NULL);
    assert_known("date: 2024-05-09\nstart: 2024-05-05T23:00:00Z\noutcome:\n  at: 2024-05-06T01:00:00Z",
                 "2024-05-06T01:00:00Z");
    assert_known("outcome:\n  at: 2024-05-04T01:00:00Z\nstart: 2024-05-05T23:00:00Z", "2024-05-05T23:00:00Z");
}

static void what_was_found_before_the_start_is_said(void **state)
{
    (void)state;
    struct fixture f;
    read_one(&f, "---\nincident: A\nstart: 2024-05-05T23:00:00Z\nroot_cause:\n  found_at: 2024-05-04T01:00:00Z\n"
                 "  category: data\n---\n");
    assert_true(warned(&f, "window-order", 5));
    end(&f);
}

static void assert_found(const char *matter, const char *category, const char *cause, const char *words)
{
    struct fixture f;
    char text[512];
    (void)snprintf(text, sizeof text, "---\nincident: A\n%s\n---\nWords.\n", matter);
    const struct hc_outcome *outcome = outcome_of(&f, text);
    ASSERT_TEXT(outcome->category, category);
    ASSERT_TEXT(outcome->cause, cause);
    ASSERT_TEXT(outcome->text, words);
    end(&f);
}

static void a_word_is_the_cause_before_a_sentence_and_a_categorys_name_is_none(void **state)
{
    (void)state;
    assert_found("root_cause: The acquirer lost a zone\ncause: provider-outage\ncategory: dependency", "dependency",
                 "provider-outage", "The acquirer lost a zone");
    assert_found("cause: provider-outage\nroot_cause: The acquirer lost a zone\ncategory: dependency", "dependency",
                 "provider-outage", "The acquirer lost a zone");
    assert_found("root_cause: dependency\ncause: provider-outage", "dependency", "provider-outage", "dependency");
    assert_found("root_cause: memory-leak\ncause: provider-outage\ncategory: application", "application", "memory-leak",
                 "memory-leak");
}

static void names_of_keys_are_of_one_form(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "---\nIncident-ID: A\nStart Time: 2024-05-05T10:00:00Z\nRoot Cause Category: data\nDetected-At: 2024-05-05T10:01Z\n---\n",
        "---\nincidentId: A\nstartTime: 2024-05-05T10:00:00Z\nrootCauseCategory: data\ndetectedAt: 2024-05-05T10:01Z\n---\n",
        "---\n\"INCIDENT_ID\": A\nSTART_TIME: 2024-05-05T10:00:00Z\nroot cause:\n  Category: data\ndetected at: 2024-05-05T10:01Z\n---\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct fixture f;
        const struct hc_incident *incident = read_one(&f, texts[i]);
        ASSERT_TEXT(incident->id, "A");
        assert_time(incident->window_start, "2024-05-05T10:00:00Z");
        assert_time(incident->detected, "2024-05-05T10:01:00Z");
        ASSERT_TEXT(incident->outcomes[0].category, "data");
        end(&f);
    }
}

static void a_category_that_the_mapping_knows_counts_beside_what_was_found(void **state)
{
    (void)state;
    struct fixture f;
    const struct hc_outcome *outcome =
        outcome_of(&f, "---\nincident: A\ncategory: Network\ncomponent: edge-1\nroot_cause: A route leaked.\n---\n");
    ASSERT_TEXT(outcome->status, "confirmed");
    ASSERT_TEXT(outcome->category, "network");
    ASSERT_TEXT(outcome->component, "edge-1");
    ASSERT_TEXT(outcome->text, "A route leaked.");
    assert_null(outcome->cause.p);
    end(&f);
    outcome = outcome_of(&f, "---\nincident: A\ncategory: dns\ncause: expired-zone\n---\n");
    ASSERT_TEXT(outcome->status, "probable");
    ASSERT_TEXT(outcome->category, "network");
    ASSERT_TEXT(outcome->cause, "expired-zone");
    end(&f);
    outcome = outcome_of(&f, "---\nincident: A\nroot_cause: memory-leak\ncategory: Engineering Blog\n---\n");
    ASSERT_TEXT(outcome->cause, "memory-leak");
    assert_null(outcome->category.p);
    ASSERT_TEXT(outcome->status, "probable");
    ASSERT_TEXT(only(&f)->tags[0].text, "Engineering Blog");
    end(&f);
}

static void a_category_of_a_page_alone_confirms_nothing(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR_NONE);
    assert_int_equal(read(&f, "---\ntitle: x\ncategory: network\nstatus: draft\nsummary: y\n---\n# How to\n"), HC_SKIP);
    end(&f);
    const struct hc_outcome *outcome = outcome_of(
        &f,
        "---\ncategory: infrastructure\ncomponent: blog\ndate: 2024-05-05\n---\n# Outage\n\n## Root cause\n\nA disk.\n");
    ASSERT_TEXT(outcome->status, "probable");
    ASSERT_TEXT(outcome->category, "infrastructure"); /* as its tag says */
    assert_null(outcome->component.p);
    assert_false(hc_time_known(outcome->known_at));
    end(&f);
    assert_int_equal(
        read_one(&f, "---\nincident: A\ncategory: news\ncomponent: blog\nstatus: confirmed\n---\n")->n_outcomes, 0);
    end(&f);
}

static void what_is_not_known_yet_is_no_outcome(void **state)
{
    (void)state;
    struct fixture f;
    assert_int_equal(read_one(&f, "---\nincident: A\nroot_cause: TBD.\ncause: n/a\n---\n")->n_outcomes, 0);
    end(&f);
    assert_int_equal(read_one(&f, "# Outage\n\n## Root Cause\n\nUnder investigation\n")->n_outcomes, 0);
    end(&f);
    const struct hc_outcome *outcome =
        outcome_of(&f, "---\nincident: A\nstatus: draft\nroot_cause_category: data\nroot_cause: A shard.\n---\n");
    ASSERT_TEXT(outcome->status, "probable");
    end(&f);
}

static void words_are_words_and_sentences_are_text(void **state)
{
    (void)state;
    struct fixture f;
    const struct hc_outcome *outcome =
        outcome_of(&f, "---\nincident: A\nroot_cause_category: a bad day\ncause: It was too hot there.\n"
                       "root_cause_component: The primary database and its replica\n---\n");
    assert_null(outcome->category.p);
    assert_null(outcome->cause.p);
    assert_null(outcome->component.p);
    ASSERT_TEXT(outcome->text, "a bad day\nIt was too hot there.\nThe primary database and its replica");
    end(&f);
    outcome = outcome_of(&f, "---\nincident: A\nroot_cause_component: Payment Gateway\n---\n");
    ASSERT_TEXT(outcome->component, "Payment Gateway");
    end(&f);
}

static void a_section_counts_by_its_words(void **state)
{
    (void)state;
    static const char *const headings[] = {"Root Cause:", "3. Root cause", "\xF0\x9F\x94\xA5 Root Causes", "RCA",
                                           "Root-Cause Analysis"};
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        struct fixture f;
        char text[128];
        (void)snprintf(text, sizeof text, "# Outage\n\n## %s\n\nA door.\n", headings[i]);
        ASSERT_TEXT(outcome_of(&f, text)->text, "A door.");
        end(&f);
    }
}

static void severities_are_of_one_form_and_kept_as_they_were_written(void **state)
{
    (void)state;
    static const struct {
        const char *stated, *severity;
    } all[] = {{"SEV3", "sev3"},          {"Sev-3", "sev3"},
               {"sev 3", "sev3"},         {"P1", "sev1"},
               {"p-2", "sev2"},           {"S4", "sev4"},
               {"Severity 2", "sev2"},    {"1", "sev1"},
               {"SEV0", "sev1"},          {"SEV-2 (Major)", "sev2"},
               {"P1 - Critical", "sev1"}, {"Sev 1: all down", "sev1"},
               {"High", "sev2"},          {"severity::2", "sev2"},
               {"sev2", "sev2"},          {"Purple", "Purple"},
               {"SEV9", "SEV9"},          {"Major outage", "Major outage"}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct fixture f;
        char text[128];
        (void)snprintf(text, sizeof text, "---\nincident: A\nSeverity: '%s'\n---\n", all[i].stated);
        const struct hc_incident *incident = read_one(&f, text);
        ASSERT_TEXT(incident->severity, all[i].severity);
        bool is_other = strcmp(all[i].stated, all[i].severity) != 0;
        assert_int_equal(incident->n_tags, is_other);
        if (is_other) {
            ASSERT_TEXT(incident->tags[0].name, "severity");
            ASSERT_TEXT(incident->tags[0].text, all[i].stated);
            assert_int_equal(incident->tags[0].place.line, 3);
        }
        end(&f);
    }
}

static void states_what_stands_line_by_line_above_the_first_section(void **state)
{
    (void)state;
    struct fixture f;
    const struct hc_incident *incident =
        read_one(&f, "---\nseverity: sev4\n---\n# Outage of the cellar\n\n**Incident ID:** INC-5\n**Severity**: SEV-2\n"
                     "**Text:** none\n- Started: 2024-03-12 14:02 UTC\n\n| Field | Value |\n|---|---|\n"
                     "| **Service** | `cellar` |\n| Root cause category | Capacity |\n\nEnd: of all\n\n"
                     "## Root cause\n\n**Title:** no title\nFull.\n\n## Next\n\n**End:** 2024-03-13\n");
    ASSERT_TEXT(incident->id, "INC-5");
    ASSERT_TEXT(incident->title, "Outage of the cellar");
    ASSERT_TEXT(incident->severity, "sev4"); /* front matter comes first */
    ASSERT_TEXT(incident->service, "cellar");
    assert_time(incident->window_start, "2024-03-12T14:02:00Z");
    assert_int_equal(incident->window_place.line, 9);
    assert_false(hc_time_known(incident->window_end));
    ASSERT_TEXT(incident->outcomes[0].category, "capacity");
    ASSERT_TEXT(incident->outcomes[0].status, "confirmed");
    assert_non_null(strstr(f.records[0].reading.documents[0].text.p, "Full."));
    end(&f);
}

int main(void)
{
    hc_xml_setup();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_outcome_is_known_when_the_day_of_a_date_is_over_and_not_before_the_incident),
        cmocka_unit_test(what_was_found_before_the_start_is_said),
        cmocka_unit_test(a_word_is_the_cause_before_a_sentence_and_a_categorys_name_is_none),
        cmocka_unit_test(names_of_keys_are_of_one_form),
        cmocka_unit_test(a_category_that_the_mapping_knows_counts_beside_what_was_found),
        cmocka_unit_test(a_category_of_a_page_alone_confirms_nothing),
        cmocka_unit_test(what_is_not_known_yet_is_no_outcome),
        cmocka_unit_test(words_are_words_and_sentences_are_text),
        cmocka_unit_test(a_section_counts_by_its_words),
        cmocka_unit_test(states_what_stands_line_by_line_above_the_first_section),
        cmocka_unit_test(severities_are_of_one_form_and_kept_as_they_were_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
