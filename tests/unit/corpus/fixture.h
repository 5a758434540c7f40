/* A rich incident made by code, and a corpus in a folder of its own. */
#ifndef HC_TESTS_UNIT_CORPUS_FIXTURE_H
#define HC_TESTS_UNIT_CORPUS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "corpus/store/store.h"

#define START_NS INT64_C(1426547700000000000) /* 2015-03-16T23:15:00Z */
#define TIME(seconds, d) ((struct hc_time){START_NS + (int64_t)((seconds)*1e9), (d)})
#define COUNT(list) (sizeof(list) / sizeof *(list))

/* A folder, a path in it, and an arena; removed by end_world. */
struct world {
    char folder[64], path[96];
    struct hc_arena *arena;
    struct hc_err err;
};

static inline void world_begin(struct world *world)
{
    memset(world, 0, sizeof *world);
    snprintf(world->folder, sizeof world->folder, "%s/hc-corpus-XXXXXX", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
    assert_non_null(mkdtemp(world->folder));
    snprintf(world->path, sizeof world->path, "%s/corpus.db", world->folder);
    world->arena = hc_arena_new(0);
}

static inline void world_end(struct world *world)
{
    static const char *const suffixes[] = {"", "-journal", "-wal", "-shm", ".other"};
    char name[128];
    for (size_t i = 0; i < COUNT(suffixes); i++) {
        snprintf(name, sizeof name, "%s%s", world->path, suffixes[i]);
        unlink(name);
    }
    rmdir(world->folder);
    hc_arena_free(world->arena);
}

static inline void assert_ok(struct world *world, enum hc_status status)
{
    if (status != HC_OK)
        fail_msg("status %d: %s (%s)", (int)status, world->err.text, world->err.code ? world->err.code : "");
}

static inline struct hc_store *open_as(struct world *world, enum hc_store_mode mode)
{
    struct hc_store *store = NULL;
    assert_ok(world, hc_store_open(&store, world->path, mode, &world->err));
    return store;
}

static inline void close_it(struct world *world, struct hc_store *store)
{
    assert_ok(world, hc_store_close(store, &world->err));
}

#define PLACE(member_text, line_number) ((struct hc_source_place){HC_STR(member_text), (line_number)})
#define NEW_LIST(list, ...)                                               \
    do {                                                                  \
        static const __typeof__(*incident->list) items[] = {__VA_ARGS__}; \
        incident->list = hc_arena_alloc(arena, sizeof items);             \
        memcpy(incident->list, items, sizeof items);                      \
        incident->n_##list = COUNT(items);                                \
    } while (0)

static const int64_t regular_ns[] = {START_NS, START_NS + 15000000000, START_NS + 30000000000};
static const int64_t ragged_ns[] = {-5, 7, START_NS};
static const double some_values[] = {1.5, -0.25, 1e300};
static const int64_t some_minutes[] = {HC_TIME_NONE_NS, -3, 23775795, 23775796};
static const uint32_t some_lines[] = {4, 1, 4000000000u, 17};

static inline void add_telemetry(struct hc_incident *incident, struct hc_arena *arena)
{
    NEW_LIST(series,
             {.component = 0,
              .metric = {"memory", 6},
              .unit = {"MB", 2},
              .n = 3,
              .at_ns = regular_ns,
              .values = some_values,
              .place = {{"m.csv", 5}, 1},
              .first_row = 2,
              .baseline_median = 120.5,
              .baseline_mad = 2,
              .peak = 980,
              .score = 3.25,
              .onset_at = {START_NS + 500000000, 1}},
             {.component = 1,
              .metric = {"p99", 3},
              .unit = {NULL, 0},
              .n = 3,
              .at_ns = ragged_ns,
              .values = some_values,
              .place = {{"m.csv", 5}, 9},
              .baseline_median = NAN,
              .baseline_mad = NAN,
              .peak = NAN,
              .score = NAN,
              .onset_at = {HC_TIME_NONE_NS, 0}},
             {.component = HC_NO_COMPONENT,
              .metric = {"empty", 5},
              .unit = {"", 0},
              .n = 0,
              .place = {{NULL, 0}, 0},
              .baseline_median = 0,
              .baseline_mad = 0,
              .peak = INFINITY,
              .score = 0,
              .onset_at = {HC_TIME_NONE_NS, 0}});
    NEW_LIST(templates, {1, {"connection to <*> refused", 25}}, {7, {"a template that no count names", 30}},
             {UINT64_C(0xf000000000000001), {"out of memory", 13}});
    NEW_LIST(log_counts,
             {.template_index = 0,
              .component = 1,
              .level = HC_LOG_ERROR,
              .n_minutes = 4,
              .minute = some_minutes,
              .lines = some_lines,
              .first = {{"a.log", 5}, 3},
              .first_at = {START_NS - 60000000000, 3},
              .exemplar = {"connection to db:5432 refused", 29}},
             {.template_index = 2,
              .component = HC_NO_COMPONENT,
              .level = HC_LOG_NONE,
              .n_minutes = 0,
              .first = {{NULL, 0}, 0},
              .first_at = {HC_TIME_NONE_NS, 0},
              .exemplar = {NULL, 0}},
             {.template_index = 2,
              .component = 0,
              .level = HC_LOG_FATAL,
              .n_minutes = 1,
              .minute = &some_minutes[2],
              .lines = &some_lines[3],
              .first = {{"a.log", 5}, 8},
              .first_at = {START_NS, 9},
              .exemplar = {"", 0}});
    NEW_LIST(events,
             {.at = {START_NS, 0},
              .component = 0,
              .level = HC_LOG_WARN,
              .kind = {"lifecycle", 9},
              .message = {"restarted", 9},
              .template_id = 0,
              .place = {{"events.jsonl", 12}, 1}},
             {.at = {START_NS + 1, 9},
              .component = HC_NO_COMPONENT,
              .level = HC_LOG_FATAL,
              .kind = {"log", 3},
              .message = {"out of memory", 13},
              .template_id = UINT64_C(0xf000000000000001),
              .place = {{"a.log", 5}, 8}});
    NEW_LIST(trace_edges, {.caller = HC_NO_COMPONENT,
                           .callee = 0,
                           .operation = {"GET /", 5},
                           .phase = {{5, 1, {5, 12.5, 13, 12.4, 0.5}, {0, NAN, NAN, NAN, NAN}, {2, 1, 2, 1.5, NAN}},
                                     {0, 0, {0, NAN, NAN, NAN, NAN}, {0, NAN, NAN, NAN, NAN}, {0, NAN, NAN, NAN, NAN}},
                                     {1, 0, {0, NAN, NAN, NAN, NAN}, {0, NAN, NAN, NAN, NAN}, {0, NAN, NAN, NAN, NAN}}},
                           .place = {{"spans.csv", 9}, 77}});
    NEW_LIST(flow_steps, {.component = 0, .operation = {"GET /", 5}},
             {.component = 1, .operation = {NULL, 0}, .template_id = UINT64_C(0xf000000000000001)});
    NEW_LIST(flows,
             {.kind = HC_FLOW_SPANS,
              .component = 0,
              .within = 0,
              .after = HC_FLOW_BEGIN,
              .then = HC_FLOW_OTHER,
              .n = {1, 2, UINT32_MAX},
              .place = {{"a.log", 5}, 77}},
             {.kind = HC_FLOW_LOGS,
              .component = 1,
              .within = HC_FLOW_BEGIN,
              .after = 1,
              .then = HC_FLOW_END,
              .n = {0, 3, 0},
              .place = {{NULL, 0}, 8}});
}

static inline void add_words(struct hc_incident *incident, struct hc_arena *arena)
{
    NEW_LIST(documents,
             {.kind = {"postmortem", 10},
              .title = {"What happened", 13},
              .text = {"# What happened\nThe cache ran full.\n", 36},
              .place = {{"pm.md", 5}, 0}},
             {.kind = {NULL, 0}, .title = {NULL, 0}, .text = {"", 0}, .place = {{"x.html", 6}, 0}});
    NEW_LIST(files, {.member = {"a.log", 5},
                     .kind = {"logs", 4},
                     .format = {"logs-text", 9},
                     .n_bytes = UINT64_MAX,
                     .n_rows = 12,
                     .n_bad_rows = 1,
                     .sha256 = {1, 2, 3}});
    NEW_LIST(warnings, {.code = {"csv-ragged", 10}, .member = {"m.csv", 5}, .line = 4, .message = {"short", 5}},
             {.code = {"csv-ragged", 10}, .member = {NULL, 0}, .line = 0, .message = {"more", 4}, .n_more = 90});
    NEW_LIST(outcomes,
             {.ordinal = 0,
              .status = {"confirmed", 9},
              .category = {"application", 11},
              .cause = {"memory-leak", 11},
              .metric = {"memory", 6},
              .text = {"a leak", 6},
              .component = {"not in the topology", 19},
              .known_at = {START_NS + 86400000000000, 0},
              .given_by = {"manifest", 8},
              .place = {{"incident.xml", 12}, 20}},
             {.ordinal = 1,
              .status = {"probable", 8},
              .category = {NULL, 0},
              .cause = {NULL, 0},
              .metric = {NULL, 0},
              .text = {"", 0},
              .component = {"api", 3},
              .known_at = {HC_TIME_NONE_NS, 0},
              .given_by = {"manifest", 8},
              .place = {{"incident.xml", 12}, 21}});
    NEW_LIST(missing, {{"traffic", 7}, {"no request metrics", 18}, {{"incident.xml", 12}, 16}},
             {{"heap-dump", 9}, {NULL, 0}, {{"incident.xml", 12}, 17}});
    NEW_LIST(levels, {.component = 1,
                      .metric = {"memory", 6},
                      .unit = {"MB", 2},
                      .baseline = 120,
                      .before = NAN,
                      .peak = 980,
                      .place = {{"incident.xml", 12}, 15}});
}

/* Every list filled, with absent, empty and extreme values. `variant` makes another content. */
static inline struct hc_incident *rich_incident(struct hc_arena *arena, const char *id, uint8_t variant)
{
    struct hc_incident *incident = hc_arena_calloc(arena, 1, sizeof *incident);
    incident->id = hc_str_copy(arena, hc_str_of(id));
    memset(incident->content, 0x5a, sizeof incident->content);
    incident->content[0] = variant;
    incident->updated = HC_TIME_NONE;
    incident->title = hc_str_format(arena, "%s crashed, take %d", id, variant);
    incident->service = HC_STR("api");
    incident->severity = HC_STR_NONE;
    incident->window_start = TIME(0, 0);
    incident->detected = TIME(60.5, 3);
    incident->mitigated = HC_TIME_NONE;
    incident->window_end = TIME(300, 0);
    incident->window_place = PLACE("incident.xml", 5);
    NEW_LIST(baselines, {{START_NS - 3600000000000, 0}, {START_NS, 0}});
    NEW_LIST(components, {{"api", 3}, {NULL, 0}}, {{"db", 2}, {"database", 8}});
    NEW_LIST(dependencies, {.from = 0, .to = 1, .derived = true, .place = {{"spans.csv", 9}, 2}});
    NEW_LIST(symptoms,
             {.component = HC_NO_COMPONENT,
              .metric = {NULL, 0},
              .at = {HC_TIME_NONE_NS, 0},
              .place = {{"incident.xml", 12}, 7}},
             {.component = 1, .metric = {"errors", 6}, .at = {START_NS, 6}, .place = {{"incident.xml", 12}, 8}});
    NEW_LIST(changes,
             {.at = {START_NS - 1500000000, 1},
              .kind = {"deploy", 6},
              .component = 0,
              .version = {"v2.8.1", 6},
              .commit = {"a02622f", 7},
              .text = {"line one\nline 'two'", 19},
              .place = {{"incident.xml", 12}, 10}},
             {.at = {HC_TIME_NONE_NS, 0},
              .kind = {NULL, 0},
              .component = HC_NO_COMPONENT,
              .version = {NULL, 0},
              .commit = {NULL, 0},
              .text = {"", 0},
              .place = {{"incident.xml", 12}, 11}});
    add_telemetry(incident, arena);
    add_words(incident, arena);
    return incident;
}

static inline enum hc_put_result put_from(struct world *world, struct hc_store *store,
                                          const struct hc_incident *incident, uint8_t source_byte)
{
    struct hc_source_record source = {.path = HC_STR("inbox/a.tar.gz"), .status = HC_STR("accepted"), .n_bytes = 12};
    enum hc_put_result result = HC_PUT_KNOWN;
    struct hc_incident kept = *incident;
    struct hc_packed *packed = NULL;
    bool known;
    memset(source.sha256, source_byte, sizeof source.sha256);
    assert_ok(world, hc_store_source_put(store, &source, &known, &world->err));
    assert_ok(world, hc_store_incident_pack(&packed, incident, world->arena, &world->err));
    kept.series = hc_arena_alloc(world->arena, kept.n_series * sizeof *kept.series);
    if (kept.n_series > 0)
        memcpy(kept.series, incident->series, kept.n_series * sizeof *kept.series);
    hc_store_incident_drop_packed(&kept);
    assert_ok(world, hc_store_incident_put(store, &kept, packed, source.sha256, HC_STR("packed evidence"), &result,
                                           &world->err));
    return result;
}

static inline struct hc_check_report check_it(struct world *world, struct hc_store *store)
{
    struct hc_check_report report;
    assert_ok(world, hc_store_check(store, false, NULL, NULL, world->arena, &report, &world->err));
    return report;
}

/* Runs SQL on the file itself, as somebody with another tool would. */
static inline void tamper(struct world *world, const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(world->path, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK)
        fail_msg("%s: %s", sql, message);
    sqlite3_close(db);
}

/* A query's whole result as text: a line a row, cells parted by '|'. */
static inline enum hc_status sink_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct hc_buf *out = context;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        if (i)
            hc_buf_char(out, '|');
        if (cells[i].type == HC_CELL_INTEGER)
            hc_buf_format(out, "%lld", (long long)cells[i].integer);
        else if (cells[i].type == HC_CELL_REAL)
            hc_buf_format(out, "%.17g", cells[i].real);
        else
            hc_buf_str(out, cells[i].text);
    }
    hc_buf_char(out, '\n');
    return HC_OK;
}

static inline enum hc_status ask(struct hc_store *store, const char *sql, struct hc_buf *out, struct hc_err *err)
{
    struct hc_query_sink sink = {.context = out, .row = sink_row};
    *err = HC_ERR_NONE;
    return hc_store_query(store, hc_str_of(sql), (struct hc_query_budget){0}, &sink, err);
}

static inline const char *answer(struct world *world, struct hc_store *store, const char *sql)
{
    struct hc_buf out = {0};
    assert_ok(world, ask(store, sql, &out, &world->err));
    const char *text = hc_arena_copy(world->arena, out.n ? out.p : "", out.n);
    hc_buf_free(&out);
    return text;
}

#endif
