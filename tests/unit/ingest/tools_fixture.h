/* Records of tools: what their tests share. */
#ifndef HC_TEST_TOOLS_FIXTURE_H
#define HC_TEST_TOOLS_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/xml.h"
#include "ingest/record/record.h"

#define MOST 8
#define TEXT 16384

static struct hc_mapping *mapping;
static struct hc_arena *arena;
static struct hc_record records[MOST];
static struct hc_err refused[MOST];
static size_t n_records, n_refused;

static inline int set_up(void **state)
{
    (void)state;
    hc_xml_setup();
    return hc_mapping_new(&mapping, HC_STR_NONE, NULL) == HC_OK ? 0 : -1;
}

static inline int tear_down(void **state)
{
    (void)state;
    hc_mapping_free(mapping);
    hc_xml_cleanup();
    return 0;
}

static inline int fresh(void **state)
{
    (void)state;
    arena = hc_arena_new(0);
    n_records = n_refused = 0;
    return arena ? 0 : -1;
}

static inline int spent(void **state)
{
    (void)state;
    hc_arena_free(arena);
    return 0;
}

static inline enum hc_status take(void *context, struct hc_record *record, struct hc_err *err)
{
    (void)context;
    (void)err;
    assert_true(n_records < MOST);
    records[n_records++] = *record;
    return HC_OK;
}

static inline enum hc_status count(void *context, struct hc_record *record, struct hc_err *err)
{
    (void)context;
    (void)err;
    assert_int_equal(record->line, ++n_records + 2);
    hc_arena_reset(arena);
    return HC_OK;
}

static inline enum hc_status refuse(void *context, struct hc_str member, const struct hc_err *why, struct hc_err *err)
{
    (void)context;
    (void)member;
    (void)err;
    assert_true(n_refused < MOST);
    refused[n_refused++] = *why;
    return HC_OK;
}

static inline enum hc_status read_sample(const char *name, struct hc_err *err)
{
    const struct hc_record_sink sink = {.take = take, .refuse = refuse};
    char path[512];
    (void)snprintf(path, sizeof path, HC_SOURCE_DIR "/tests/bundles/tool-records/%s", name);
    FILE *file = fopen(path, "rb");
    char *text = hc_arena_alloc(arena, TEXT);
    assert_true(file != NULL && text != NULL);
    struct hc_str bytes = {text, fread(text, 1, TEXT, file)};
    (void)fclose(file);
    const struct hc_record_context context = {
        .mapping = mapping, .member = hc_str_of(name), .arena = arena, .of_file = arena, .sink = &sink};
    assert_true(hc_record_recognises(bytes, mapping));
    return hc_record_read(bytes, &context, err);
}

static inline void read_text(const char *text)
{
    const struct hc_record_sink sink = {.take = take, .refuse = refuse};
    struct hc_err err = HC_ERR_NONE;
    const struct hc_record_context context = {
        .mapping = mapping, .member = HC_STR("a"), .arena = arena, .of_file = arena, .sink = &sink};
    assert_int_equal(hc_record_read(hc_str_of(text), &context, &err), HC_OK);
    assert_int_equal(n_refused, 0);
}

/* What a record is expected to be; NULL: absent. */
struct expected {
    const char *id, *origin, *title, *service, *severity, *start, *end, *updated, *text;
};

static inline void assert_is(struct hc_str found, const char *expected)
{
    if (!expected ? found.n > 0 : !hc_str_is(found, expected))
        fail_msg("\"%.*s\" is not \"%s\"", HC_STR_ARG(found), expected ? expected : "");
}

static inline void assert_at(struct hc_time found, const char *expected)
{
    struct hc_time time = HC_TIME_NONE;
    assert_true(!expected || hc_time_parse_rfc3339(hc_str_of(expected), &time));
    assert_int_equal(found.ns, time.ns);
}

static inline void assert_record(size_t i, const struct expected *e)
{
    assert_true(i < n_records);
    const struct hc_incident *incident = &records[i].manifest.incident;
    assert_is(incident->id, e->id);
    assert_is(incident->origin, e->origin);
    assert_is(incident->title, e->title);
    assert_is(incident->service, e->service);
    assert_is(incident->severity, e->severity);
    assert_at(incident->window_start, e->start);
    assert_at(incident->window_end, e->end);
    assert_at(incident->updated, e->updated);
    assert_is(records[i].reading.n_documents ? records[i].reading.documents[0].text : HC_STR_NONE, e->text);
}

static inline void read_whole(const char *name, size_t n, const struct expected *e)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(read_sample(name, &err), HC_OK);
    assert_int_equal(n_records, n);
    assert_int_equal(n_refused, 0);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(records[i].manifest.warnings.n, 0);
        assert_record(i, &e[i]);
    }
}

struct refusal {
    const char *code;
    long line;
};

/* Two records come through, the second with a warning of a time; the others are refused each for itself. */
static inline void read_damaged(const char *name, size_t n, const struct refusal *r, const char *warned)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(read_sample(name, &err), HC_OK);
    assert_int_equal(n_refused, n);
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(refused[i].code, r[i].code);
        assert_int_equal(refused[i].line, r[i].line);
    }
    assert_int_equal(n_records, warned ? 2 : 1);
    assert_is(records[0].manifest.incident.title, "whole");
    assert_int_equal(records[0].manifest.warnings.n, 0);
    if (!warned)
        return;
    assert_int_equal(records[1].manifest.warnings.n, 1);
    assert_is(records[1].manifest.warnings.items[0].code, warned);
}

static inline bool has_tag(size_t i, const char *name, const char *text, const char *category)
{
    const struct hc_incident *incident = &records[i].manifest.incident;
    for (size_t k = 0; k < incident->n_tags; k++) {
        const struct hc_tag *tag = &incident->tags[k];
        if (hc_str_is(tag->name, name) && hc_str_is(tag->text, text) &&
            (category ? hc_str_is(tag->category, category) : tag->category.n == 0))
            return true;
    }
    return false;
}

static inline void assert_event(size_t i, const char *at, const char *kind, const char *where, const char *message)
{
    const struct hc_reading *reading = &records[0].reading;
    assert_true(i < reading->n_events);
    const struct hc_event *event = &reading->events[i];
    assert_at(event->at, at);
    assert_is(event->kind, kind);
    assert_is(event->component == HC_NO_COMPONENT ? HC_STR_NONE : reading->components.items[event->component], where);
    assert_is(event->message, message);
}

#endif
