/* What an incident's report hangs on, as a digest. Its bytes are a function of: the program, the catalogue, the template, the
 * team's follow-ups, which pages the site has; the incident's record, evidence and stored analyses; the calibration; and of the
 * past what similar incidents are found by and told of. For the past there is one list of what happened, in order of time: an
 * incident began, was mitigated, its outcome was found, all that is written of it was there. A report hangs on what comes
 * before its own incident's start, which is a digest that runs over the list: what changes in the past changes what began
 * later, and nothing else. */
#include "base/arena.h"
#include "base/digest.h"
#include "cli/site.h"

struct state {
    uint8_t digest[HC_SHA256_BYTES];
};

enum event_kind { BEGAN, MENDED, TOLD, ENDED };
struct event {
    struct hc_time at;
    enum event_kind kind;
    uint32_t brief;
    struct state state;
};

struct known { /* of a calibration */
    int64_t number;
    struct state state;
};

struct keys {
    struct hc_site_run *run;
    struct hc_session *session;
    struct hc_arena *scratch; /* of one incident */
    struct hc_sha256 *sha;
    struct state base;
    struct state *evidence, *changes, *stored; /* [n_briefs] */
    struct hc_time *mended;                    /* [n_briefs]: when it was mitigated, else when it ended */
    struct event *events;                      /* by time */
    size_t n_events;
    struct state *until; /* [n_events]: over all up to this one */
    struct known *calibrations;
    size_t n_calibrations, calibrations_capacity;
};

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

static void add_int(struct keys *keys, int64_t value)
{
    hc_sha256_add(keys->sha, &value, sizeof value);
}

/* With its length in front: two texts are never one. */
static void add_text(struct keys *keys, struct hc_str text)
{
    add_int(keys, text.p ? (int64_t)text.n : -1);
    hc_sha256_add(keys->sha, text.p ? text.p : "", text.n);
}

static void add_state(struct keys *keys, const struct state *state)
{
    hc_sha256_add(keys->sha, state->digest, sizeof state->digest);
}

static void finish(struct keys *keys, struct state *out)
{
    hc_sha256_finish(keys->sha, out->digest);
}

/* ---- what all reports hang on ------------------------------------------------------------------------------ */

/* The program is what its file holds: a version says less of one that was built anew. HC_SKIP: the system does not show it,
 * and no report has a key. */
static enum hc_status find_base(struct keys *keys, struct hc_err *err)
{
    const struct hc_cli *cli = keys->session->cli;
    const char *template = hc_cli_option(cli, "template"), *follow_ups_path = hc_cli_option(cli, "follow-ups");
    struct hc_str program = HC_STR_NONE, catalogue = HC_STR_NONE, follow_ups = HC_STR_NONE;
    struct hc_err hidden = HC_ERR_NONE;
    enum hc_status status = hc_file_slurp("/proc/self/exe", keys->scratch, &program, &hidden);
    if (status != HC_OK)
        return HC_SKIP;
    if (cli->catalogue_path)
        status = hc_file_slurp(cli->catalogue_path, keys->scratch, &catalogue, err);
    if (status == HC_OK && follow_ups_path)
        status = hc_file_slurp(follow_ups_path, keys->scratch, &follow_ups, err);
    if (status != HC_OK)
        return status;
    add_text(keys, program);
    add_text(keys, catalogue);
    add_text(keys, template ? hc_str_of(template) : HC_STR("seed"));
    add_text(keys, follow_ups);
    add_int(keys, keys->run->links.calibration);
    add_int(keys, keys->run->links.trends);
    finish(keys, &keys->base);
    hc_arena_reset(keys->scratch);
    return HC_OK;
}

static enum hc_status find_evidence(struct keys *keys, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < keys->session->n_briefs; i++) {
        struct hc_str packed = HC_STR_NONE;
        hc_arena_reset(keys->scratch);
        status = hc_store_evidence_get(keys->session->store, keys->session->briefs[i].key, keys->scratch, &packed, err);
        add_text(keys, packed);
        finish(keys, &keys->evidence[i]);
    }
    return status;
}

/* Runs a digest of an incident on over a row of it: its id, then what is digested. */
struct running {
    struct keys *keys;
    struct state *states; /* [n_briefs] */
};

static enum hc_status take_row(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    const struct running *running = context;
    struct keys *keys = running->keys;
    const struct hc_incident_brief *brief = hc_session_brief(keys->session, cells[0].text);
    (void)err;
    if (!brief)
        return HC_OK;
    struct state *state = &running->states[brief - keys->session->briefs];
    add_state(keys, state);
    for (size_t i = 1; i < n; i++) {
        add_int(keys, cells[i].type);
        add_int(keys, cells[i].integer);
        hc_sha256_add(keys->sha, &cells[i].real, sizeof cells[i].real);
        add_text(keys, cells[i].text);
    }
    finish(keys, state);
    return HC_OK;
}

static enum hc_status take_times(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    const struct running *running = context;
    struct keys *keys = running->keys;
    const struct hc_incident_brief *brief = hc_session_brief(keys->session, cells[0].text);
    const struct hc_cell *at = cells[1].type == HC_CELL_INTEGER ? &cells[1] : &cells[2];
    if (brief && at->type == HC_CELL_INTEGER)
        keys->mended[brief - keys->session->briefs] = (struct hc_time){at->integer, 0};
    return take_row(context, cells, n, err);
}

static enum hc_status run_over(struct keys *keys, struct state *states, const char *sql, struct hc_err *err)
{
    struct running running = {keys, states};
    return hc_session_ask(keys->session, hc_str_of(sql), take_row, &running, err);
}

static enum hc_status find_mended(struct keys *keys, struct hc_err *err)
{
    struct running running = {keys, keys->changes};
    for (size_t i = 0; i < keys->session->n_briefs; i++)
        keys->mended[i] = HC_TIME_NONE;
    return hc_session_ask(keys->session, HC_STR("SELECT incident, mitigated_at_ns, ended_at_ns FROM incidents"),
                          take_times, &running, err);
}

/* ---- the past ---------------------------------------------------------------------------------------------- */

static int compare(const void *left, const void *right)
{
    const struct event *a = left, *b = right;
    if (a->at.ns != b->at.ns)
        return a->at.ns < b->at.ns ? -1 : 1;
    if (a->brief != b->brief)
        return a->brief < b->brief ? -1 : 1;
    return (a->kind > b->kind) - (a->kind < b->kind);
}

static void add_event(struct keys *keys, size_t brief, enum event_kind kind, struct hc_time at)
{
    struct event *event = &keys->events[keys->n_events++];
    *event = (struct event){.at = at, .kind = kind, .brief = (uint32_t)brief};
    finish(keys, &event->state);
}

/* All that was written of it is more than what could be read at once. */
static bool is_told(const struct hc_texts *texts, size_t i)
{
    const size_t n = texts->n_ids[2 * i + 1];
    return texts->n_ids[2 * i] != n ||
           (n && memcmp(texts->ids[2 * i], texts->ids[2 * i + 1], n * sizeof(uint32_t)) != 0);
}

static void add_events(struct keys *keys, size_t i)
{
    const struct hc_incident_brief *b = &keys->session->briefs[i];
    const struct hc_texts *texts = &keys->session->texts;
    const struct hc_time told = hc_time_known(b->known_at) ? b->known_at : b->written;
    if (!hc_time_known(b->started))
        return;
    add_text(keys, b->id);
    add_text(keys, b->title);
    add_text(keys, b->service);
    add_state(keys, &keys->evidence[i]);
    add_event(keys, i, BEGAN, b->started);
    if (hc_time_known(keys->mended[i])) {
        add_state(keys, &keys->changes[i]);
        add_event(keys, i, MENDED, keys->mended[i]);
    }
    if (hc_time_known(told) && is_told(texts, i)) {
        for (size_t k = 0; k < texts->n_ids[2 * i + 1]; k++)
            add_text(keys, texts->words[texts->ids[2 * i + 1][k]]);
        add_event(keys, i, TOLD, told);
    }
    if (!b->confirmed || b->conflict || !hc_time_known(b->known_at))
        return;
    add_text(keys, b->category);
    add_text(keys, b->cause);
    add_text(keys, b->component);
    add_text(keys, b->found);
    add_event(keys, i, ENDED, b->known_at);
}

static void find_past(struct keys *keys)
{
    struct state running = {{0}};
    for (size_t i = 0; i < keys->session->n_briefs; i++)
        add_events(keys, i);
    if (keys->n_events)
        qsort(keys->events, keys->n_events, sizeof *keys->events, compare);
    for (size_t i = 0; i < keys->n_events; i++) {
        const struct event *event = &keys->events[i];
        add_state(keys, &running);
        add_int(keys, event->at.ns);
        add_int(keys, event->kind);
        add_text(keys, keys->session->briefs[event->brief].id);
        add_state(keys, &event->state);
        finish(keys, &running);
        keys->until[i] = running;
    }
}

/* Of all that was so by then. */
static void add_past(struct keys *keys, struct hc_time by)
{
    size_t low = 0, high = keys->n_events;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (keys->events[middle].at.ns <= by.ns)
            low = middle + 1;
        else
            high = middle;
    }
    add_int(keys, low > 0);
    if (low > 0)
        add_state(keys, &keys->until[low - 1]);
}

/* ---- an incident ------------------------------------------------------------------------------------------- */

static enum hc_status find_calibration(struct keys *keys, const struct hc_incident_brief *brief, struct state *out,
                                       struct hc_err *err)
{
    struct hc_calibration calibration;
    hc_arena_reset(keys->scratch);
    enum hc_status status = hc_session_choose(keys->session, brief, keys->scratch, &calibration, err);
    for (size_t i = 0; status == HC_OK && i < keys->n_calibrations; i++)
        if (keys->calibrations[i].number == calibration.number) {
            *out = keys->calibrations[i].state;
            return HC_OK;
        }
    struct known *grown = hc_arena_grow(keys->run->arena, keys->calibrations, keys->n_calibrations,
                                        keys->n_calibrations + 1, &keys->calibrations_capacity, sizeof *grown);
    if (status != HC_OK || !grown)
        return status == HC_OK ? no_memory(err) : status;
    keys->calibrations = grown;
    add_int(keys, calibration.number);
    add_int(keys, calibration.as_of.ns);
    add_text(keys, calibration.labels);
    add_text(keys, calibration.model);
    add_text(keys, calibration.reason);
    finish(keys, out);
    grown[keys->n_calibrations++] = (struct known){calibration.number, *out};
    return HC_OK;
}

static enum hc_status find_key(struct keys *keys, size_t i, struct hc_err *err)
{
    const struct hc_incident_brief *b = &keys->session->briefs[i];
    const struct hc_incident incident = {.id = b->id, .window_start = b->started};
    const struct hc_subject subject = {.incident = (struct hc_incident *)&incident, .brief = b};
    const struct hc_session_others others = hc_session_others(keys->session, &subject);
    struct state calibration = {{0}}, key;
    char hex[HC_SHA256_HEX];
    const enum hc_status status = find_calibration(keys, b, &calibration, err);
    add_state(keys, &keys->base);
    add_state(keys, &calibration);
    add_text(keys, b->id);
    hc_sha256_add(keys->sha, b->content, sizeof b->content);
    hc_sha256_add(keys->sha, b->source, sizeof b->source);
    add_int(keys, (int64_t)b->checksum);
    add_int(keys, b->conflict);
    add_state(keys, &keys->evidence[i]);
    add_state(keys, &keys->stored[i]);
    if (hc_time_known(b->started))
        add_past(keys, b->started);
    add_int(keys, (int64_t)(others.n_before ? 0 : others.n_later)); /* only the first says how many came later */
    finish(keys, &key);
    hc_sha256_hex(key.digest, hex);
    keys->run->incidents[i].key = hc_str_copy(keys->run->arena, hc_str_of(hex));
    return status == HC_OK && !keys->run->incidents[i].key.p ? no_memory(err) : status;
}

static enum hc_status find_all(struct keys *keys, struct hc_err *err)
{
    enum hc_status status = find_base(keys, err);
    if (status == HC_OK)
        status = find_evidence(keys, err);
    if (status == HC_OK)
        status = find_mended(keys, err);
    if (status == HC_OK)
        status = run_over(keys, keys->changes, "SELECT incident, at_ns, kind, component, version FROM changes", err);
    if (status == HC_OK)
        status = run_over(keys, keys->stored,
                          "SELECT incident, calibration, probability FROM hypotheses WHERE rank = 1", err);
    if (status == HC_OK)
        find_past(keys);
    for (size_t i = 0; status == HC_OK && i < keys->session->n_briefs; i++)
        status = find_key(keys, i, err);
    return status;
}

enum hc_status hc_site_make_keys(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_session *session = run->report->session;
    const size_t n = session->n_briefs;
    struct keys keys = {.run = run,
                        .session = session,
                        .scratch = hc_arena_new(0),
                        .sha = hc_sha256_new(),
                        .evidence = hc_arena_calloc(run->arena, n, sizeof *keys.evidence),
                        .mended = hc_arena_calloc(run->arena, n, sizeof *keys.mended),
                        .changes = hc_arena_calloc(run->arena, n, sizeof *keys.changes),
                        .stored = hc_arena_calloc(run->arena, n, sizeof *keys.stored),
                        .events = hc_arena_calloc(run->arena, 4 * n, sizeof *keys.events),
                        .until = hc_arena_calloc(run->arena, 4 * n, sizeof *keys.until)};
    enum hc_status status = HC_FATAL;
    if (keys.scratch && keys.sha && keys.evidence && keys.mended && keys.changes && keys.stored && keys.events &&
        keys.until) {
        status = find_all(&keys, err);
        status = status == HC_SKIP ? HC_OK : status;
    } else {
        no_memory(err);
    }
    hc_sha256_free(keys.sha);
    hc_arena_free(keys.scratch);
    return status;
}
