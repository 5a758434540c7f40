#include <omp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "ingest/bundle.h"
#include "ingest/format/format.h"
#include "ingest/manifest.h"

#define SOURCE_ARENAS 4 /* a source may keep as much as so many incidents may need while they are read */
#define WAITING_MOST 64 /* finished sources that wait for an earlier one */
#define WAITING_BYTES ((uint64_t)96 << 20) /* in the arenas of those */
#define BATCH_SOURCES 16 /* the writer wakes for so many: each time it may take a worker's core and cache */
#define BATCH_BYTES ((uint64_t)4 << 20)    /* or for as much in their arenas */
#define READING_BYTES ((uint64_t)64 << 20) /* on disk, of the sources that are being read; one may be larger */
#define ARENA_KEPT_BYTES ((size_t)8 << 20) /* an arena that held more is given back */

/* A finished source, by number in the plan. */
struct slot {
    struct hc_source source;
    bool done;
    size_t arena_bytes;
    enum hc_status status; /* HC_OK or HC_FATAL */
    struct hc_err err;
};

struct worker {
    struct hc_container *container;
    struct hc_xml_schema *schema;
    struct hc_arena *scratch, *records;
    struct hc_sha256_lanes *digests;
    struct hc_arena *memory; /* of the shapes */
    struct hc_shape_memo *shapes;
    struct hc_redactor *redactor;
};

struct run {
    const struct hc_ingest_options *options;
    const struct hc_ingest_sink *sink;
    struct hc_ingest_limits limits;
    struct hc_source_path *plan;
    size_t n;
    struct worker *workers;
    size_t n_workers;
    pthread_mutex_t lock;
    pthread_cond_t moved;            /* a worker may go on */
    pthread_cond_t finished;         /* the writer may */
    struct slot slots[WAITING_MOST]; /* source i in slot i % WAITING_MOST */
    size_t n_accepted;
    size_t n_reading, n_waiting, n_held; /* being read; finished, not yet accepted; not allowed to begin yet */
    uint64_t reading_bytes, waiting_bytes;
    struct hc_arena *idle[WAITING_MOST]; /* arenas to use again */
    size_t n_idle;
    struct hc_progress progress;
    enum hc_status status;
    struct hc_err *err;
};

static int largest_first(const void *a, const void *b)
{
    const struct hc_source_path *x = a;
    const struct hc_source_path *y = b;
    if (x->n_bytes != y->n_bytes)
        return x->n_bytes < y->n_bytes ? 1 : -1;
    return hc_str_compare(x->path, y->path);
}

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory");
}

/* ---- one source ---- */

static enum hc_status prepare(struct worker *worker, const struct run *run, struct hc_err *err)
{
    if (!worker->container)
        worker->container = hc_container_new(&run->limits);
    if (!worker->scratch)
        worker->scratch = hc_arena_new_on_pages((size_t)run->limits.arena_bytes);
    if (!worker->records)
        worker->records = hc_arena_new((size_t)run->limits.arena_bytes);
    if (!worker->digests)
        worker->digests = hc_sha256_lanes_new();
    if (!worker->memory)
        worker->memory = hc_arena_new_on_pages(0);
    if (!worker->redactor && run->options->redaction)
        worker->redactor = hc_redactor_new(run->options->redaction);
    if (!worker->container || !worker->scratch || !worker->records || !worker->digests || !worker->memory ||
        (run->options->redaction && !worker->redactor))
        return no_memory(err);
    if (worker->shapes && hc_shape_memo_is_full(worker->shapes)) {
        hc_arena_reset(worker->memory);
        worker->shapes = NULL;
    }
    if (!worker->shapes)
        worker->shapes = hc_shape_memo_new(worker->memory, worker->redactor);
    if (!worker->shapes)
        return no_memory(err);
    return worker->schema ? HC_OK : hc_xml_schema_new(&worker->schema, hc_manifest_schema(), err);
}

static int by_place(const void *a, const void *b)
{
    const struct hc_refusal *x = a;
    const struct hc_refusal *y = b;
    int order = hc_str_compare(x->member, y->member);
    if (order != 0 || x->line != y->line)
        return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
    order = hc_str_compare(x->code, y->code);
    return order != 0 ? order : hc_str_compare(x->text, y->text);
}

static void sort_refusals(struct hc_source *source)
{
    if (source->n_refusals > 1)
        qsort(source->refusals, source->n_refusals, sizeof *source->refusals, by_place);
}

/* The source gives nothing: all that is left of it is why. Of one in which no manifest was found the members that were
 * refused tell why: it may be among them. */
static enum hc_status reject(struct hc_source *source, struct hc_redactor *redactor, const struct hc_err *why,
                             struct hc_err *err)
{
    if (!why->code || strcmp(why->code, "no-incident") != 0) {
        source->refusals = NULL;
        source->n_refusals = 0;
        hc_arena_reset(source->arena); /* it may have no room for why */
    }
    source->status = HC_SOURCE_REJECTED;
    source->incidents = NULL;
    source->derived = NULL;
    source->directories = NULL;
    source->warnings = NULL;
    source->n_incidents = source->n_refused_incidents = source->n_warnings = 0;
    enum hc_status status = hc_source_refuse(source, redactor, hc_str_of(why->member), why, err);
    if (status == HC_OK)
        sort_refusals(source);
    return status;
}

static enum hc_status read_open(struct hc_source *source, const struct run *run, const struct worker *worker,
                                struct hc_err *err)
{
    struct hc_bundle_reader reader = {.container = worker->container,
                                      .schema = worker->schema,
                                      .scratch = worker->scratch,
                                      .records = worker->records,
                                      .digests = worker->digests,
                                      .shapes = worker->shapes,
                                      .redactor = worker->redactor,
                                      .mapping = run->options->mapping,
                                      .sink = run->sink};
    enum hc_status status = hc_bundles_read(source, &reader, err);
    if (status != HC_OK)
        return status;
    source->status = source->n_refusals ? HC_SOURCE_PARTIAL : HC_SOURCE_ACCEPTED;
    sort_refusals(source);
    return HC_OK;
}

/* Fills the source; HC_FATAL only. What cannot be opened is hashed all the same, so that it is known next time. Where
 * none is known yet, the digest need not be there before the members are read. */
static enum hc_status read_source(struct hc_source *source, const struct run *run, struct worker *worker,
                                  struct hc_err *err)
{
    const struct hc_ingest_sink *sink = run->sink;
    struct hc_err why = HC_ERR_NONE, unread = HC_ERR_NONE;
    enum hc_status status = prepare(worker, run, err), hashed;
    if (status != HC_OK)
        return HC_FATAL;
    status = hc_container_open(worker->container, source->path.p, &why);
    if (status == HC_FAIL && run->options->mapping && strcmp(why.code, "archive-unknown") == 0) {
        why = HC_ERR_NONE; /* it may be a record */
        status = hc_container_open_file(worker->container, source->path.p, &why);
    }
    hashed = hc_container_digest(worker->container, sink->source_known ? NULL : worker->digests, source->sha256,
                                 &source->n_bytes, &unread);
    source->container = hc_str_of(hc_container_kind(worker->container));
    if (hashed == HC_OK && sink->source_known && sink->source_known(sink->context, source)) {
        source->status = HC_SOURCE_KNOWN;
        hc_container_close(worker->container);
        return HC_OK;
    }
    if (status == HC_OK && hashed != HC_OK) {
        status = hashed;
        why = unread;
    }
    if (status == HC_OK)
        status = read_open(source, run, worker, &why);
    hc_sha256_lanes_flush(worker->digests); /* while the bytes are there */
    hc_container_close(worker->container);
    if (status == HC_FATAL)
        *err = why;
    return status == HC_FAIL ? reject(source, worker->redactor, &why, err) : status;
}

/* ---- the ring ---- */

/* May source i begin? The one that all others wait for always may, so the run goes on. */
static bool may_begin(const struct run *run, size_t i)
{
    uint64_t n_bytes = run->plan[i].n_bytes;
    if (i >= run->n_accepted + WAITING_MOST)
        return false;
    if (i != run->n_accepted && run->waiting_bytes > WAITING_BYTES)
        return false;
    return run->n_reading == 0 || (n_bytes <= READING_BYTES && run->reading_bytes <= READING_BYTES - n_bytes);
}

/* Is the next source in order there, and is it time to write: for a batch, or for a worker that cannot begin before or
 * has nothing more to begin? */
static bool may_write(const struct run *run)
{
    if (!run->slots[run->n_accepted % WAITING_MOST].done)
        return false;
    return run->n_waiting >= BATCH_SOURCES || run->waiting_bytes >= BATCH_BYTES || run->n_held > 0 ||
           (run->n_accepted + run->n_waiting + run->n_reading == run->n && run->n_reading < run->n_workers);
}

static bool begin(struct run *run, size_t i, struct hc_arena **arena)
{
    bool go_on;
    pthread_mutex_lock(&run->lock);
    run->n_held++;
    while (run->status == HC_OK && !may_begin(run, i)) {
        pthread_cond_signal(&run->finished);
        pthread_cond_wait(&run->moved, &run->lock);
    }
    run->n_held--;
    go_on = run->status == HC_OK;
    *arena = NULL;
    if (go_on) {
        run->n_reading++;
        run->reading_bytes += run->plan[i].n_bytes;
        if (run->n_idle)
            *arena = run->idle[--run->n_idle];
    }
    pthread_mutex_unlock(&run->lock);
    return go_on;
}

static void stop(struct run *run, enum hc_status status, const struct hc_err *err)
{
    if (run->status != HC_OK)
        return;
    run->status = status;
    if (run->err)
        *run->err = *err;
    pthread_cond_signal(&run->finished);
}

static void give_back(struct run *run, struct hc_arena *arena)
{
    if (arena && hc_arena_used(arena) <= ARENA_KEPT_BYTES && run->n_idle < WAITING_MOST) {
        hc_arena_reset(arena);
        run->idle[run->n_idle++] = arena;
    } else {
        hc_arena_free(arena);
    }
}

static void count(struct run *run, const struct slot *slot)
{
    struct hc_progress *p = &run->progress;
    p->n_sources_done++;
    p->n_incidents += slot->source.n_incidents;
    p->n_rejected += slot->source.status == HC_SOURCE_REJECTED;
    p->bytes_done += run->plan[run->n_accepted].n_bytes;
}

/* Hands a finished source over, without the lock while the sink works. */
static void hand_over(struct run *run, struct slot *slot)
{
    enum hc_status status = slot->status;
    struct hc_err err = slot->err;
    pthread_mutex_unlock(&run->lock);
    if (status == HC_OK && run->sink->accept)
        status = run->sink->accept(run->sink->context, &slot->source, &err);
    count(run, slot);
    if (status == HC_OK && run->sink->progress)
        run->sink->progress(run->sink->context, &run->progress);
    pthread_mutex_lock(&run->lock);
    if (status == HC_FATAL)
        stop(run, status, &err);
    give_back(run, slot->source.arena);
    run->waiting_bytes -= slot->arena_bytes;
    *slot = (struct slot){.done = false};
    run->n_waiting--;
    run->n_accepted++;
    pthread_cond_broadcast(&run->moved);
}

static void hand_over_all(struct run *run)
{
    struct slot *slot = &run->slots[run->n_accepted % WAITING_MOST];
    for (; run->status == HC_OK && slot->done; slot = &run->slots[run->n_accepted % WAITING_MOST])
        hand_over(run, slot);
}

/* The finished sources in their order, in a thread of its own: the sink waits for the disk, and no worker should. */
static void *drain(void *context)
{
    struct run *run = context;
    pthread_mutex_lock(&run->lock);
    while (run->status == HC_OK && run->n_accepted < run->n) {
        if (!may_write(run))
            pthread_cond_wait(&run->finished, &run->lock);
        else
            hand_over_all(run);
    }
    pthread_mutex_unlock(&run->lock);
    return NULL;
}

static void finish(struct run *run, size_t i, const struct slot *result)
{
    pthread_mutex_lock(&run->lock);
    run->n_reading--;
    run->reading_bytes -= run->plan[i].n_bytes;
    run->waiting_bytes += result->arena_bytes;
    run->n_waiting++;
    run->slots[i % WAITING_MOST] = *result;
    if (result->status == HC_FATAL) /* no need for the order: nothing more will be handed over */
        stop(run, HC_FATAL, &result->err);
    if (may_write(run))
        pthread_cond_signal(&run->finished);
    pthread_cond_broadcast(&run->moved);
    pthread_mutex_unlock(&run->lock);
}

static void work(struct run *run, size_t i)
{
    struct slot result = {.done = true, .source.path = run->plan[i].path};
    struct worker *worker = &run->workers[omp_get_thread_num()];
    if (!begin(run, i, &result.source.arena))
        return;
    if (!result.source.arena)
        result.source.arena = hc_arena_new(SOURCE_ARENAS * (size_t)run->limits.arena_bytes);
    result.status =
        result.source.arena ? read_source(&result.source, run, worker, &result.err) : no_memory(&result.err);
    result.arena_bytes = result.source.arena ? hc_arena_used(result.source.arena) : 0;
    finish(run, i, &result);
}

static void worker_free(struct worker *worker)
{
    hc_container_free(worker->container);
    hc_xml_schema_free(worker->schema);
    hc_arena_free(worker->scratch);
    hc_arena_free(worker->records);
    hc_sha256_lanes_free(worker->digests);
    hc_arena_free(worker->memory);
    hc_redactor_free(worker->redactor);
}

static enum hc_status read_all(struct run *run)
{
    pthread_t writer;
    if (pthread_create(&writer, NULL, drain, run) != 0)
        return hc_err_set(run->err, HC_FATAL, "out-of-memory", "no thread for what was read");
#pragma omp parallel num_threads((int)run->n_workers)
    {
        /* Monotonic: a source must not begin before those ahead of it in the plan, which it may have to wait for. */
#pragma omp for schedule(monotonic : dynamic, 1) nowait
        for (size_t i = 0; i < run->n; i++)
            work(run, i);
        worker_free(&run->workers[omp_get_thread_num()]); /* while the last are written */
    }
    pthread_join(writer, NULL);
    return run->status;
}

/* ---- the run ---- */

static size_t threads(const struct hc_ingest_options *options, size_t n_sources)
{
    int n = options->n_threads > 0 ? options->n_threads : omp_get_num_procs();
    size_t most = n_sources ? n_sources : 1;
    return (size_t)n < most ? (size_t)n : most;
}

static enum hc_status make_plan(struct run *run, const char *const *paths, size_t n_paths, struct hc_arena *arena)
{
    const struct hc_sources_options search = {.mapping = run->options->mapping,
                                              .n_threads = threads(run->options, SIZE_MAX)};
    struct hc_warnings left_out;
    enum hc_status status;
    hc_warnings_init(&left_out, arena);
    status = hc_sources_find(&run->plan, &run->n, paths, n_paths, &search, &left_out, run->err);
    if (status != HC_OK)
        return status;
    for (size_t i = 0; run->sink->left_out && i < left_out.n; i++)
        run->sink->left_out(run->sink->context, &left_out.items[i]);
    if (run->n > 1)
        qsort(run->plan, run->n, sizeof *run->plan, largest_first);
    run->progress.n_sources = run->n;
    for (size_t i = 0; i < run->n; i++)
        run->progress.bytes += run->plan[i].n_bytes;
    return HC_OK;
}

static void clean_up(struct run *run)
{
    for (size_t i = 0; i < WAITING_MOST; i++)
        hc_arena_free(run->slots[i].source.arena);
    for (size_t i = 0; i < run->n_idle; i++)
        hc_arena_free(run->idle[i]);
    free(run->workers);
    pthread_cond_destroy(&run->moved);
    pthread_cond_destroy(&run->finished);
    pthread_mutex_destroy(&run->lock);
}

enum hc_status hc_ingest_run(const char *const *paths, size_t n_paths, const struct hc_ingest_options *options,
                             const struct hc_ingest_sink *sink, struct hc_err *err)
{
    struct run *run = calloc(1, sizeof *run);
    struct hc_arena *arena = hc_arena_new(0);
    enum hc_status status = HC_FATAL;
    if (!run || !arena) {
        no_memory(err);
        goto done;
    }
    run->options = options;
    run->sink = sink;
    run->limits = hc_ingest_limits_fill(options->limits);
    run->err = err;
    run->lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    run->moved = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    run->finished = (pthread_cond_t)PTHREAD_COND_INITIALIZER;
    status = make_plan(run, paths, n_paths, arena);
    run->n_workers = threads(options, run->n);
    run->workers = calloc(run->n_workers, sizeof *run->workers);
    if (status == HC_OK && !run->workers)
        status = no_memory(err);
    if (status == HC_OK && run->workers)
        status = read_all(run);
    clean_up(run);
done:
    hc_arena_free(arena);
    free(run);
    return status;
}
