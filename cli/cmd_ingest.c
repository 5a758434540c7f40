#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include "analysis/evidence/evidence.h"
#include "base/arena.h"
#include "cli/cli.h"
#include "ingest/ingest.h"

#define SOURCES_PER_COMMIT 256

static const struct hc_option OPTIONS[] = {{NULL, 0, NULL, NULL}};

struct ingest {
    struct hc_cli *cli;
    struct hc_store *store;
    struct hc_catalogue *catalogue;
    pthread_mutex_t lock; /* the store belongs to one thread at a time */
    struct timespec began;
    size_t n_open; /* sources in the transaction that is open */
    size_t n_sources[4], n_results[5], n_warnings, n_refused;
    bool is_terminal;
};

static bool source_known(void *context, const uint8_t sha256[HC_SHA256_BYTES])
{
    struct ingest *in = context;
    bool known = false;
    pthread_mutex_lock(&in->lock);
    enum hc_status status = hc_store_source_known(in->store, sha256, &known, NULL);
    pthread_mutex_unlock(&in->lock);
    return status == HC_OK && known;
}

static enum hc_status derive(void *context, struct hc_incident *incident, struct hc_arena *arena,
                             struct hc_str *derived, struct hc_err *err)
{
    const struct ingest *in = context;
    struct hc_evidence evidence;
    enum hc_status status = hc_evidence_summarise(incident, arena, err);
    if (status == HC_OK)
        status = hc_evidence_extract(incident, in->catalogue, arena, &evidence, err);
    return status == HC_OK ? hc_evidence_pack(&evidence, in->catalogue, arena, derived, err) : status;
}

static void clear_progress(const struct ingest *in)
{
    if (in->is_terminal)
        fputs("\r\033[K", stderr);
}

static struct hc_str status_word(enum hc_source_status status)
{
    return status == HC_SOURCE_ACCEPTED  ? HC_STR("accepted")
           : status == HC_SOURCE_PARTIAL ? HC_STR("partial")
                                         : HC_STR("rejected");
}

/* The source's own warnings, its refusals among them. */
static enum hc_status put_source(struct ingest *in, const struct hc_source *source, struct hc_err *err)
{
    size_t n = source->n_warnings + source->n_refusals;
    bool known = false;
    struct hc_warning *warnings = hc_arena_calloc(source->arena, n, sizeof *warnings);
    if (!warnings)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the warnings of a source");
    for (size_t i = 0; i < source->n_refusals; i++) {
        const struct hc_refusal *r = &source->refusals[i];
        warnings[i] = (struct hc_warning){.code = r->code, .member = r->member, .line = r->line, .message = r->text};
    }
    for (size_t i = 0; i < source->n_warnings; i++)
        warnings[source->n_refusals + i] = source->warnings[i];
    struct hc_source_record record = {
        .path = source->path,
        .status = status_word(source->status),
        .reason = source->n_refusals ? source->refusals[0].text : HC_STR_NONE,
        .n_bytes = source->n_bytes,
        .warnings = warnings,
        .n_warnings = n,
    };
    memcpy(record.sha256, source->sha256, sizeof record.sha256);
    return hc_store_source_put(in->store, &record, &known, err);
}

static enum hc_status put_all(struct ingest *in, const struct hc_source *source, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    if (in->n_open++ == 0)
        status = hc_store_begin(in->store, err);
    if (status == HC_OK)
        status = put_source(in, source, err);
    for (size_t i = 0; status == HC_OK && i < source->n_incidents; i++) {
        enum hc_put_result result = HC_PUT_KNOWN;
        status =
            hc_store_incident_put(in->store, source->incidents[i], source->sha256, source->derived[i], &result, err);
        in->n_results[result]++;
        in->n_warnings += source->incidents[i]->n_warnings;
    }
    if (status == HC_OK && in->n_open >= SOURCES_PER_COMMIT) {
        in->n_open = 0;
        status = hc_store_commit(in->store, err);
    }
    return status;
}

/* A source that could not be read at all has no digest to be known by. */
static bool was_read(const struct hc_source *source)
{
    static const uint8_t NOTHING[HC_SHA256_BYTES];
    return memcmp(source->sha256, NOTHING, sizeof NOTHING) != 0;
}

static enum hc_status accept_source(void *context, struct hc_source *source, struct hc_err *err)
{
    struct ingest *in = context;
    in->n_sources[source->status]++;
    in->n_refused += source->n_refusals;
    if (source->status == HC_SOURCE_KNOWN)
        return HC_OK;
    if (source->n_refusals) {
        clear_progress(in);
        hc_say_refusals(in->cli, source);
    }
    if (!was_read(source))
        return HC_OK;
    pthread_mutex_lock(&in->lock);
    enum hc_status status = put_all(in, source, err);
    pthread_mutex_unlock(&in->lock);
    return status == HC_OK ? HC_OK : HC_FATAL;
}

static void say_left_out(void *context, const struct hc_warning *warning)
{
    const struct ingest *in = context;
    clear_progress(in);
    hc_say_left_out(in->cli, warning);
}

static void show_progress(void *context, const struct hc_progress *p)
{
    const struct ingest *in = context;
    struct timespec now;
    if (!in->is_terminal)
        return;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double seconds = (double)(now.tv_sec - in->began.tv_sec) + 1e-9 * (double)(now.tv_nsec - in->began.tv_nsec);
    double rate = seconds > 0.0 ? (double)p->bytes_done / seconds : 0.0;
    double left = rate > 0.0 ? (double)(p->bytes - p->bytes_done) / rate : 0.0;
    fprintf(stderr, "\r\033[K%zu of %zu bundles, %.1f of %.1f MB, %.1f MB/s, %.0f s left, %zu rejected",
            p->n_sources_done, p->n_sources, (double)p->bytes_done / 1e6, (double)p->bytes / 1e6, rate / 1e6, left,
            p->n_rejected);
    fflush(stderr);
}

static void print_summary(struct ingest *in, struct hc_buf *out)
{
    struct hc_cli *cli = in->cli;
    static const char *const SOURCES[] = {"accepted", "partial", "rejected", "known"};
    static const char *const RESULTS[] = {"new", "known", "updated", "older", "conflict"};
    if (!cli->json) {
        hc_buf_format(out, "sources: %zu accepted, %zu partial, %zu rejected, %zu known already\n", in->n_sources[0],
                      in->n_sources[1], in->n_sources[2], in->n_sources[3]);
        hc_buf_format(out, "incidents: %zu new, %zu updated, %zu older versions, %zu known already, %zu in conflict\n",
                      in->n_results[HC_PUT_NEW], in->n_results[HC_PUT_UPDATED], in->n_results[HC_PUT_OLDER],
                      in->n_results[HC_PUT_KNOWN], in->n_results[HC_PUT_CONFLICT]);
        if (in->n_warnings)
            hc_buf_format(out, "warnings: %zu (hindcast query 'select * from warnings')\n", in->n_warnings);
        return;
    }
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    hc_json_key(&w, "sources");
    hc_json_open_object(&w);
    for (size_t i = 0; i < 4; i++)
        hc_json_put_int(&w, SOURCES[i], (int64_t)in->n_sources[i]);
    hc_json_close_object(&w);
    hc_json_key(&w, "incidents");
    hc_json_open_object(&w);
    for (size_t i = 0; i < 5; i++)
        hc_json_put_int(&w, RESULTS[i], (int64_t)in->n_results[i]);
    hc_json_close_object(&w);
    hc_json_put_int(&w, "warnings", (int64_t)in->n_warnings);
    hc_json_close_object(&w);
    hc_buf_char(out, '\n');
}

static enum hc_status ingest(struct ingest *in, struct hc_err *err)
{
    struct hc_cli *cli = in->cli;
    struct hc_ingest_options options = {.n_threads = cli->n_threads};
    struct hc_ingest_sink sink = {.context = in,
                                  .source_known = source_known,
                                  .derive = derive,
                                  .accept = accept_source,
                                  .progress = show_progress,
                                  .left_out = say_left_out};
    enum hc_status status = hc_cli_catalogue(cli, &in->catalogue, err);
    if (status == HC_OK)
        status = hc_store_open(&in->store, cli->corpus, HC_STORE_CREATE, err);
    if (status == HC_OK)
        status = hc_ingest_run((const char *const *)cli->arguments, (size_t)cli->n_arguments, &options, &sink, err);
    if (status == HC_OK && in->n_open)
        status = hc_store_commit(in->store, err);
    else if (in->store && in->n_open)
        hc_store_rollback(in->store);
    if (in->store) {
        enum hc_status closed = hc_store_close(in->store, status == HC_OK ? err : NULL);
        status = status == HC_OK ? closed : status;
    }
    return status;
}

static enum hc_exit run(struct hc_cli *cli)
{
    struct hc_err err = HC_ERR_NONE;
    struct ingest in = {.cli = cli, .is_terminal = !cli->quiet && isatty(STDERR_FILENO)};
    struct hc_buf out = {0};
    enum hc_exit exit_status = HC_EXIT_DONE;

    pthread_mutex_init(&in.lock, NULL);
    clock_gettime(CLOCK_MONOTONIC, &in.began);
    enum hc_status status = ingest(&in, &err);
    clear_progress(&in);
    if (status != HC_OK)
        exit_status = hc_exit_of(cli, &err);
    else if (in.n_sources[HC_SOURCE_REJECTED] || in.n_sources[HC_SOURCE_PARTIAL])
        exit_status = HC_EXIT_PARTIAL;
    if (status == HC_OK) {
        print_summary(&in, &out);
        if (!hc_print(cli, &out))
            exit_status = HC_EXIT_MACHINE;
    }
    hc_buf_free(&out);
    hc_catalogue_free(in.catalogue);
    pthread_mutex_destroy(&in.lock);
    return exit_status;
}

const struct hc_command hc_command_ingest = {
    .name = "ingest",
    .arguments = "PATH…",
    .says = "reads archives, bundle directories and inboxes into the corpus",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
