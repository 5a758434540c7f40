/* Records built by hand for the report tests: the example incident, one with nothing but a title, one that is hostile,
 * one that is large. */
#ifndef HC_TESTS_REPORTS_FIXTURE_H
#define HC_TESTS_REPORTS_FIXTURE_H

#include <math.h>

#include "reports/incident.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define FIXTURE_COMPONENTS 200
#define FIXTURE_HYPOTHESES 1200

struct fixture {
    struct hc_arena *arena;
    struct hc_incident incident;
    struct hc_analysis analysis;
    struct hc_evidence evidence;
    struct hc_catalogue catalogue;
    struct hc_calibration calibration;
    struct hc_incident_report report;
};

static struct hc_time fixture_time(const char *text)
{
    struct hc_time time = HC_TIME_NONE;
    hc_time_parse_rfc3339(hc_str_of(text), &time);
    return time;
}

static struct hc_source_place fixture_place(const char *member, uint32_t line)
{
    return (struct hc_source_place){hc_str_of(member), line};
}

/* ---- catalogue ----------------------------------------------------------------------------------------- */

static void fixture_catalogue(struct hc_catalogue *catalogue)
{
    static struct hc_category categories[] = {
        {.id = {"application", 11}, .title = {"Application", 11}},
        {.id = {"configuration", 13}, .title = {"Configuration", 13}},
        {.id = {"traffic", 7}, .title = {"Traffic", 7}},
        {.id = {"infrastructure", 14}, .title = {"Infrastructure", 14}},
        {.id = {"dependency", 10}, .title = {"Dependency", 10}},
    };
    static struct hc_str immediate[] = {{"Roll back the last release of the component, or restart it.", 59}};
    static struct hc_str soon[] = {{"Review the change for allocations without an end.", 49},
                                   {"Profile the memory of the release in an isolated environment.", 61}};
    static struct hc_str medium[] = {{"Set a memory limit, and degrade before it is met.", 49}};
    static struct hc_str later[] = {{"Add a load test of thirty minutes to the pipeline.", 50}};
    static struct hc_str questions[] = {{"Which allocation of the change is never given back?", 51},
                                        {"Did the rate of requests change at the same time?", 49}};
    static struct hc_str question_kinds[] = {{"heap-dump", 9}, {"traffic", 7}};
    static struct hc_cause causes[] = {
        {.id = {"memory-leak", 11},
         .title = {"Memory leak", 11},
         .sentence = {"a memory leak in {component}", 28},
         .category = 0,
         .follow_ups = {immediate, soon, medium, later},
         .n_follow_ups = {1, 2, 1, 1},
         .questions = questions,
         .question_kinds = question_kinds,
         .n_questions = 2},
        {.id = {"bad-configuration", 17},
         .title = {"Bad configuration", 17},
         .sentence = {"a wrong configuration of {component}", 36},
         .category = 1},
        {.id = {"surge", 5}, .title = {"Surge", 5}, .sentence = {"a traffic surge on {component}", 30}, .category = 2},
        {.id = {"disk-failure", 12},
         .title = {"Disk failure", 12},
         .sentence = {"a failing disk under {component}", 32},
         .category = 3},
        {.id = {"retry-storm", 11},
         .title = {"Retry storm", 11},
         .sentence = {"a failing dependency of {component}", 35},
         .category = 4},
    };
    static struct hc_evidence_kind kinds[] = {
        {.id = {"metrics", 7}, .title = {"metrics", 7}},
        {.id = {"logs", 4}, .title = {"logs", 4}},
        {.id = {"changes", 7}, .title = {"changes", 7}},
        {.id = {"traffic", 7}, .title = {"traffic metrics", 15}},
        {.id = {"lifecycle", 9}, .title = {"lifecycle events", 16}},
        {.id = {"code-diff", 9}, .title = {"the difference in the code", 26}},
        {.id = {"heap-dump", 9}, .title = {"a heap dump", 11}},
    };
    static struct hc_feature features[] = {{.name = {"memory-up", 9}}, {.name = {"change-near-onset", 17}}};
    *catalogue = (struct hc_catalogue){.features = features,
                                       .n_features = COUNT(features),
                                       .categories = categories,
                                       .n_categories = COUNT(categories),
                                       .causes = causes,
                                       .n_causes = COUNT(causes),
                                       .kinds = kinds,
                                       .n_kinds = COUNT(kinds)};
}

/* ---- the example incident ------------------------------------------------------------------------------- */

static void fixture_events(struct hc_incident *incident)
{
    static const struct {
        const char *at, *message;
        uint8_t level;
    } lines[] = {
        {"2015-03-16T23:17:43Z", "performance degradation detected", HC_LOG_WARN},
        {"2015-03-16T23:17:46Z", "IO error", HC_LOG_ERROR},
        {"2015-03-16T23:17:47Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:48Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:49Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:50Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:51Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:52Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:53Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:55Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:57Z", "resource allocation failed", HC_LOG_ERROR},
        {"2015-03-16T23:17:58Z", "process crashed without clean shutdown", HC_LOG_FATAL},
        {"2015-03-16T23:17:58Z", "process crashed without clean shutdown", HC_LOG_FATAL},
    };
    static struct hc_event events[COUNT(lines)];
    for (uint32_t i = 0; i < COUNT(lines); i++)
        events[i] = (struct hc_event){.at = fixture_time(lines[i].at),
                                      .level = lines[i].level,
                                      .kind = {"log", 3},
                                      .message = hc_str_of(lines[i].message),
                                      .place = fixture_place("logs/storage_service.log", i + 1)};
    incident->events = events;
    incident->n_events = COUNT(events);
}

static void fixture_incident(struct hc_incident *incident)
{
    static struct hc_component components[] = {{.name = {"storage_service", 15}, .kind = {"service", 7}}};
    static struct hc_change changes[1];
    static struct hc_level levels[2];
    static struct hc_evidence_file files[1];
    *incident = (struct hc_incident){.id = HC_STR("INC-123"),
                                     .updated = HC_TIME_NONE,
                                     .title = HC_STR("storage_service ran out of memory and crashed after v2.8.1"),
                                     .service = HC_STR("storage_service"),
                                     .window_start = fixture_time("2015-03-16T23:15:00Z"),
                                     .detected = fixture_time("2015-03-16T23:17:43Z"),
                                     .mitigated = HC_TIME_NONE,
                                     .window_end = fixture_time("2015-03-16T23:20:00Z"),
                                     .window_place = fixture_place("incident.xml", 5),
                                     .components = components,
                                     .n_components = 1};
    changes[0] = (struct hc_change){.at = fixture_time("2015-03-16T23:16:30Z"),
                                    .kind = HC_STR("deploy"),
                                    .version = HC_STR("v2.8.1"),
                                    .commit = HC_STR("a02622fb2800f89c322bfe51359fe8f3d590e17f"),
                                    .place = fixture_place("incident.xml", 7)};
    incident->changes = changes;
    incident->n_changes = 1;
    levels[0] = (struct hc_level){.metric = HC_STR("error_rate"),
                                  .unit = HC_STR("%"),
                                  .baseline = 0.1,
                                  .before = NAN,
                                  .peak = 3.8,
                                  .place = fixture_place("incident.xml", 12)};
    levels[1] = (struct hc_level){.metric = HC_STR("memory"),
                                  .unit = HC_STR("MB"),
                                  .baseline = 120,
                                  .before = 340,
                                  .peak = 980,
                                  .place = fixture_place("incident.xml", 11)};
    incident->levels = levels;
    incident->n_levels = 2;
    files[0] = (struct hc_evidence_file){.member = HC_STR("logs/storage_service.log"),
                                         .kind = HC_STR("logs"),
                                         .format = HC_STR("text"),
                                         .n_bytes = 942,
                                         .n_rows = 13};
    incident->files = files;
    incident->n_files = 1;
    fixture_events(incident);
}

static void fixture_timeline(struct hc_analysis *analysis, const struct hc_incident *incident)
{
    static struct hc_timeline_entry entries[16];
    size_t n = 0;
    entries[n++] = (struct hc_timeline_entry){incident->window_start, HC_STR("The incident window begins."),
                                              incident->window_place};
    entries[n++] = (struct hc_timeline_entry){incident->changes[0].at,
                                              HC_STR("Deployment of v2.8.1 to storage_service (a02622f)."),
                                              incident->changes[0].place};
    for (size_t i = 0; i < incident->n_events; i++)
        entries[n++] =
            (struct hc_timeline_entry){incident->events[i].at, incident->events[i].message, incident->events[i].place};
    entries[n++] =
        (struct hc_timeline_entry){incident->window_end, HC_STR("The incident window ends."), incident->window_place};
    analysis->timeline = entries;
    analysis->n_timeline = n;
}

static void fixture_hypotheses(struct hc_analysis *analysis)
{
    static struct hc_reason leak[4], config[1], surge[1];
    static struct hc_hypothesis hypotheses[6];
    static const struct {
        const char *category, *cause, *component;
        double p;
        enum hc_hypothesis_status status;
    } rows[] = {{"application", "memory-leak", "storage_service", 0.6214, HC_POSSIBLE},
                {"configuration", "bad-configuration", "storage_service", 0.1236, HC_POSSIBLE},
                {"dependency", "retry-storm", "storage_service", 0.0951, HC_CONTRIBUTING},
                {"traffic", "surge", "storage_service", 0.0449, HC_RULED_OUT},
                {"infrastructure", "disk-failure", "storage_service", 0.031, HC_RULED_OUT},
                {"other", NULL, NULL, 0.0021, HC_RULED_OUT}};
    leak[0] = (struct hc_reason){HC_STR("change-near-onset"), 1.31,
                                 HC_STR("Deployment of v2.8.1 came 73 s before the first symptom."),
                                 fixture_place("incident.xml", 7)};
    leak[1] = (struct hc_reason){HC_STR("memory-up"), 1.12, HC_STR("memory rose from 340 MB to 980 MB."),
                                 fixture_place("incident.xml", 11)};
    leak[2] =
        (struct hc_reason){HC_STR("signature-out-of-memory"), 0.94, HC_STR("9 lines say that an allocation failed."),
                           fixture_place("logs/storage_service.log", 3)};
    leak[3] = (struct hc_reason){HC_STR("signature-io"), -0.21, HC_STR("1 line says that input or output failed."),
                                 fixture_place("logs/storage_service.log", 2)};
    config[0] = leak[0];
    surge[0] = (struct hc_reason){HC_STR("change-near-onset"), -0.8,
                                  HC_STR("A deployment came 73 s before the first symptom."),
                                  fixture_place("incident.xml", 7)};
    for (uint32_t i = 0; i < COUNT(rows); i++)
        hypotheses[i] = (struct hc_hypothesis){.rank = i + 1,
                                               .category = hc_str_of(rows[i].category),
                                               .cause = hc_str_of(rows[i].cause),
                                               .component = hc_str_of(rows[i].component),
                                               .probability = rows[i].p,
                                               .status = rows[i].status};
    hypotheses[0].reasons = leak;
    hypotheses[0].n_reasons = COUNT(leak);
    hypotheses[1].reasons = config;
    hypotheses[1].n_reasons = 1;
    hypotheses[3].reasons = surge;
    hypotheses[3].n_reasons = 1;
    analysis->hypotheses = hypotheses;
    analysis->n_hypotheses = COUNT(rows);
    analysis->unexplained = 0.0819;
}

static void fixture_analysis(struct hc_analysis *analysis, const struct hc_incident *incident)
{
    static struct hc_share categories[] = {{{"application", 11}, 0.6214},   {{"configuration", 13}, 0.1236},
                                           {{"dependency", 10}, 0.0951},    {{"traffic", 7}, 0.0449},
                                           {{"infrastructure", 14}, 0.031}, {{"other", 5}, 0.0021}};
    static struct hc_share components[] = {{{"storage_service", 15}, 0.916}, {{NULL, 0}, 0.0021}};
    static struct hc_penalty penalties[] = {{{"lifecycle", 9}, -0.09, -0.12, -0.05, 41},
                                            {{"traffic", 7}, -0.031, NAN, NAN, 0}};
    static struct hc_next_evidence next[] = {{{"heap-dump", 9}, 0.77, 1.1, -0.4, 40},
                                             {{"code-diff", 9}, 0.74, 1.3, -0.2, 0}};
    *analysis = (struct hc_analysis){.incident = incident->id,
                                     .categories = categories,
                                     .n_categories = COUNT(categories),
                                     .components = components,
                                     .n_components = COUNT(components),
                                     .penalties = penalties,
                                     .n_penalties = COUNT(penalties),
                                     .next_evidence = next,
                                     .n_next_evidence = COUNT(next)};
    fixture_hypotheses(analysis);
    fixture_timeline(analysis, incident);
}

static void fixture_evidence(struct hc_evidence *evidence, const struct hc_incident *incident)
{
    static struct hc_evidence_component components[] = {{.name = {"storage_service", 15}, .candidate = true}};
    static struct hc_evidence_item items[2];
    items[0] = (struct hc_evidence_item){.feature = 0,
                                         .value = 2.31,
                                         .text = HC_STR("memory rose from 340 MB to 980 MB."),
                                         .onset = HC_TIME_NONE,
                                         .place = fixture_place("incident.xml", 11)};
    items[1] = (struct hc_evidence_item){.feature = 1,
                                         .value = 1.7,
                                         .text = HC_STR("Deployment of v2.8.1 came 73 s before the first symptom."),
                                         .onset = fixture_time("2015-03-16T23:16:30Z"),
                                         .place = fixture_place("incident.xml", 7)};
    *evidence = (struct hc_evidence){.incident = incident->id,
                                     .service = incident->service,
                                     .window_start = incident->window_start,
                                     .known_at = HC_TIME_NONE,
                                     .components = components,
                                     .n_components = 1,
                                     .kinds = 7,
                                     .items = items,
                                     .n_items = 2};
}

static void fixture_similar(struct fixture *f)
{
    static struct hc_str shared[] = {{"memory-up", 9}, {"signature-out-of-memory", 23}};
    static struct hc_similar_incident similar[2];
    similar[0] = (struct hc_similar_incident){.id = HC_STR("INC-77"),
                                              .title = HC_STR("thumbnailer killed after v1.4"),
                                              .category = HC_STR("application"),
                                              .cause = HC_STR("memory-leak"),
                                              .component = HC_STR("thumbnailer"),
                                              .shared = shared,
                                              .n_shared = 2,
                                              .similarity = 0.81,
                                              .mitigated_minutes = 53,
                                              .mitigated = true,
                                              .has_report = true};
    similar[1] = (struct hc_similar_incident){.id = HC_STR("INC-91"), .mitigated_minutes = 4620, .similarity = 0.4};
    f->report.similar = similar;
    f->report.n_similar = 2;
}

static void fixture_full(struct fixture *f)
{
    *f = (struct fixture){.arena = NULL};
    fixture_catalogue(&f->catalogue);
    fixture_incident(&f->incident);
    fixture_analysis(&f->analysis, &f->incident);
    fixture_evidence(&f->evidence, &f->incident);
    f->calibration = (struct hc_calibration){
        .number = 7, .as_of = fixture_time("2015-03-01T00:00:00Z"), .n_incidents = 214, .promoted = true};
    f->report = (struct hc_incident_report){
        .incident = &f->incident, .analysis = &f->analysis, .evidence = &f->evidence, .catalogue = &f->catalogue};
    fixture_similar(f);
}

/* With the outcome, a guarantee and a calibration beside it. */
static inline void fixture_confirmed(struct fixture *f)
{
    static struct hc_outcome outcomes[2];
    fixture_full(f);
    outcomes[0] = (struct hc_outcome){.status = HC_STR("confirmed"),
                                      .category = HC_STR("application"),
                                      .cause = HC_STR("memory-leak"),
                                      .component = HC_STR("storage_service"),
                                      .text = HC_STR("A cache of v2.8.1 kept every buffer."),
                                      .known_at = fixture_time("2015-03-20T12:00:00Z"),
                                      .place = fixture_place("incident.xml", 14)};
    outcomes[1] = (struct hc_outcome){.ordinal = 1,
                                      .status = HC_STR("probable"),
                                      .category = HC_STR("traffic"),
                                      .known_at = HC_TIME_NONE,
                                      .place = fixture_place("incident.xml", 16)};
    f->incident.outcomes = outcomes;
    f->incident.n_outcomes = 2;
    f->incident.severity = HC_STR("sev1");
    f->incident.mitigated = fixture_time("2015-03-16T23:19:30Z");
    f->analysis.calibration = 7;
    f->analysis.has_guarantee = true;
    f->analysis.guarantee_level = 0.95;
    f->analysis.guarantee_incidents = 214;
    f->analysis.hypotheses[0].status = HC_CONFIRMED;
    f->report.calibration = &f->calibration;
}

/* ---- the ends of the scale ------------------------------------------------------------------------------ */

static inline void fixture_title_only(struct fixture *f)
{
    fixture_full(f);
    f->incident = (struct hc_incident){.id = HC_STR("INC-0"),
                                       .title = HC_STR("Something was slow"),
                                       .updated = HC_TIME_NONE,
                                       .window_start = fixture_time("2020-01-01T00:00:00Z"),
                                       .detected = HC_TIME_NONE,
                                       .mitigated = HC_TIME_NONE,
                                       .window_end = HC_TIME_NONE,
                                       .window_place = fixture_place("incident.xml", 3)};
    f->analysis = (struct hc_analysis){.incident = f->incident.id, .unexplained = 1};
    f->evidence = (struct hc_evidence){.incident = f->incident.id, .window_start = f->incident.window_start};
    f->report.similar = NULL;
    f->report.n_similar = 0;
}

#define HOSTILE                                                                                                   \
    "<script>alert(1)</script> [x](javascript:alert(1)) | `code` ``` **b** _i_ ![p](http://evil.example/p.png)\n" \
    "# heading\n- item\n\x1b[31mred\x1b[0m \xE2\x80\xAE"                                                          \
    "txt.exe\xE2\x80\xAC \xff\xfe ]]> --> &amp; \"quoted\" 'single' http://evil.example www.evil.example @admin #1 $x$"

static inline void fixture_hostile(struct fixture *f)
{
    static struct hc_component components[1];
    static struct hc_outcome outcomes[1];
    static struct hc_missing missing[1];
    static struct hc_warning warnings[1];
    struct hc_str bad = HC_STR(HOSTILE);
    struct hc_source_place place = {bad, 3};
    fixture_full(f);
    components[0] = (struct hc_component){.name = bad, .kind = bad};
    outcomes[0] = (struct hc_outcome){0, bad, bad, bad, bad, bad, bad, HC_TIME_NONE, bad, place};
    missing[0] = (struct hc_missing){bad, bad, place};
    warnings[0] = (struct hc_warning){bad, bad, 7, bad, 3};
    f->incident.components = components;
    f->incident.outcomes = outcomes;
    f->incident.n_outcomes = 1;
    f->incident.missing = missing;
    f->incident.n_missing = 1;
    f->incident.warnings = warnings;
    f->incident.n_warnings = 1;
    f->incident.id = f->incident.title = f->incident.service = f->incident.severity = bad;
    f->incident.changes[0].version = f->incident.changes[0].commit = bad;
    f->incident.files[0].member = f->incident.files[0].kind = bad;
    for (size_t i = 0; i < f->incident.n_levels; i++) {
        f->incident.levels[i].metric = f->incident.levels[i].unit = bad;
        f->incident.levels[i].place = place;
    }
    for (size_t i = 0; i < f->incident.n_events; i++)
        f->incident.events[i].message = f->incident.events[i].kind = bad;
    for (size_t i = 0; i < f->analysis.n_timeline; i++)
        f->analysis.timeline[i].text = f->analysis.timeline[i].place.member = bad;
    for (size_t i = 0; i < f->analysis.n_hypotheses; i++) {
        f->analysis.hypotheses[i].category = f->analysis.hypotheses[i].cause = bad;
        f->analysis.hypotheses[i].component = bad;
        for (size_t k = 0; k < f->analysis.hypotheses[i].n_reasons; k++) {
            struct hc_reason *reason = &f->analysis.hypotheses[i].reasons[k];
            reason->text = reason->evidence = reason->place.member = bad;
        }
    }
    f->report.source = bad;
}

static inline void fixture_large(struct fixture *f)
{
    static struct hc_component components[FIXTURE_COMPONENTS];
    static char names[FIXTURE_COMPONENTS][32];
    static struct hc_hypothesis hypotheses[FIXTURE_HYPOTHESES];
    static struct hc_share shares[FIXTURE_COMPONENTS];
    fixture_full(f);
    for (uint32_t i = 0; i < FIXTURE_COMPONENTS; i++) {
        snprintf(names[i], sizeof names[i], "component-%03u", (unsigned)i);
        components[i] = (struct hc_component){.name = hc_str_of(names[i])};
        shares[i] = (struct hc_share){components[i].name, 0.999 / FIXTURE_COMPONENTS};
    }
    for (uint32_t i = 0; i < FIXTURE_HYPOTHESES; i++)
        hypotheses[i] = (struct hc_hypothesis){.rank = i + 1,
                                               .category = HC_STR("application"),
                                               .cause = HC_STR("memory-leak"),
                                               .component = components[i % FIXTURE_COMPONENTS].name,
                                               .probability = 0.999 / FIXTURE_HYPOTHESES};
    f->incident.components = components;
    f->incident.n_components = FIXTURE_COMPONENTS;
    f->analysis.hypotheses = hypotheses;
    f->analysis.n_hypotheses = FIXTURE_HYPOTHESES;
    f->analysis.components = shares;
    f->analysis.n_components = FIXTURE_COMPONENTS;
    f->analysis.unexplained = 0.001;
}

#endif
