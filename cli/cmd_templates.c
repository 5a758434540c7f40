#include "base/arena.h"
#include "cli/cli.h"
#include "ingest/container/container.h"
#include "ingest/format/logs_lines.h"
#include "ingest/normalize/templates.h"

#define FLUSH_BYTES ((size_t)1 << 20)
#define NO_SHAPE UINT32_MAX

static const struct hc_option OPTIONS[] = {
    {"year", 0, "YEAR", "the year of times that do not state one"},
    {NULL, 0, NULL, NULL},
};

/* What is kept of a line until the templates are known. */
struct row {
    int64_t at_ns;
    uint32_t shape;     /* NO_SHAPE: no record has begun */
    uint32_t component; /* index + 1; 0: none */
    int8_t digits;
    uint8_t date, level;
    bool continues;
};

/* One file on its way through the command. */
struct job {
    struct hc_cli *cli;
    const char *path;
    struct hc_arena *arena;
    struct hc_arena *of_bytes;      /* the file, and what is remembered of its lines until all are taken */
    struct hc_container *container; /* of the file too; NULL: it is not compressed */
    struct hc_names shapes, components;
    struct row *rows;
    size_t n_rows, rows_capacity;
    uint32_t *template_of;
    struct hc_template *templates;
    size_t n_templates;
    struct hc_buf out;
};

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "out of memory");
}

static enum hc_status take_line(void *context, const struct hc_log_line *line, struct hc_err *err)
{
    struct job *job = context;
    struct row *rows =
        hc_arena_grow(job->arena, job->rows, job->n_rows, job->n_rows + 1, &job->rows_capacity, sizeof *rows);
    if (!rows)
        return no_memory(err);
    job->rows = rows;
    struct row *row = &rows[job->n_rows++];
    *row = (struct row){.at_ns = HC_TIME_NONE_NS, .continues = line->continues, .shape = NO_SHAPE};
    if (line->continues) {
        row->shape = job->n_rows > 1 ? rows[job->n_rows - 2].shape : NO_SHAPE;
        return HC_OK;
    }
    size_t shape = hc_names_add(&job->shapes, line->shape.text);
    size_t component = line->component.n ? hc_names_add(&job->components, line->component) : 0;
    if (shape == HC_NAME_NONE || component == HC_NAME_NONE)
        return no_memory(err);
    row->shape = (uint32_t)shape;
    row->component = line->component.n ? (uint32_t)(component + 1) : 0;
    row->at_ns = line->at.ns;
    row->digits = line->at.digits;
    row->date = line->date;
    row->level = line->level;
    return HC_OK;
}

static enum hc_status mine(struct job *job, struct hc_err *err)
{
    job->template_of = hc_arena_alloc(job->arena, (job->shapes.n + 1) * sizeof *job->template_of);
    if (!job->template_of)
        return no_memory(err);
    return hc_templates_mine(&(struct hc_mined_shapes){job->shapes.items, NULL, job->shapes.n}, job->template_of,
                             &job->templates, &job->n_templates, job->arena, err);
}

/* A time without its year starts with dashes as in ISO 8601:2000, one without its date with the T. */
static struct hc_str time_text(const struct row *row, char text[HC_TIME_TEXT])
{
    size_t n = hc_time_format((struct hc_time){row->at_ns, row->digits}, text);
    if (row->date == HC_STAMP_DATE_WHOLE || n < 20)
        return (struct hc_str){text, n};
    if (row->date == HC_STAMP_DATE_NONE)
        return (struct hc_str){text + 10, n - 11};
    memset(text + 3, '-', 2);
    return (struct hc_str){text + 3, n - 4};
}

static const char *level_text(uint8_t level)
{
    static const char *const names[] = {"", "trace", "debug", "info", "warn", "error", "fatal"};
    return names[level];
}

static void put_escaped(struct hc_buf *out, struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        char c = text.p[i];
        if (c == '\t' || c == '\n' || c == '\r' || c == '\\')
            hc_buf_char(out, '\\');
        hc_buf_char(out, (char)(c == '\t' ? 't' : c == '\n' ? 'n' : c == '\r' ? 'r' : c));
    }
}

static void put_row(struct job *job, const struct row *row, size_t line)
{
    struct hc_buf *out = &job->out;
    char text[HC_TIME_TEXT];
    if (job->cli->n_arguments > 1) {
        put_escaped(out, hc_str_of(job->path));
        hc_buf_char(out, '\t');
    }
    hc_buf_format(out, "%zu\t", line);
    if (row->shape == NO_SHAPE || row->continues) {
        hc_buf_text(out, "\t\t\t");
    } else {
        hc_buf_str(out, time_text(row, text));
        hc_buf_char(out, '\t');
        hc_buf_text(out, level_text(row->level));
        hc_buf_char(out, '\t');
        if (row->component)
            put_escaped(out, job->components.items[row->component - 1]);
        hc_buf_char(out, '\t');
    }
    uint32_t template_index = row->shape == NO_SHAPE ? 0 : job->template_of[row->shape];
    if (row->shape != NO_SHAPE)
        hc_buf_format(out, "%016llx", (unsigned long long)job->templates[template_index].id);
    hc_buf_char(out, '\t');
    if (row->shape != NO_SHAPE && !row->continues)
        put_escaped(out, job->templates[template_index].text);
    hc_buf_char(out, '\n');
}

static void put_object(struct job *job, const struct row *row, size_t line)
{
    struct hc_json_writer w = {.out = &job->out};
    char text[HC_TIME_TEXT], id[17];
    bool first = row->shape != NO_SHAPE && !row->continues;
    uint32_t template_index = row->shape == NO_SHAPE ? 0 : job->template_of[row->shape];
    struct hc_str time = first ? time_text(row, text) : HC_STR_NONE;
    hc_json_open_object(&w);
    if (job->cli->n_arguments > 1)
        hc_json_put_string(&w, "file", hc_str_of(job->path));
    hc_json_put_int(&w, "line", (int64_t)line);
    hc_json_put_string(&w, "time", time.n ? time : HC_STR_NONE);
    hc_json_put_string(&w, "level", first && row->level ? hc_str_of(level_text(row->level)) : HC_STR_NONE);
    hc_json_put_string(&w, "component",
                       first && row->component ? job->components.items[row->component - 1] : HC_STR_NONE);
    if (row->shape != NO_SHAPE)
        snprintf(id, sizeof id, "%016llx", (unsigned long long)job->templates[template_index].id);
    hc_json_put_string(&w, "template", row->shape != NO_SHAPE ? hc_str_of(id) : HC_STR_NONE);
    hc_json_put_string(&w, "text", first ? job->templates[template_index].text : HC_STR_NONE);
    hc_json_close_object(&w);
    hc_buf_char(&job->out, '\n');
}

static enum hc_status print_rows(struct job *job, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < job->n_rows; i++) {
        if (job->cli->json)
            put_object(job, &job->rows[i], i + 1);
        else
            put_row(job, &job->rows[i], i + 1);
        if (job->out.n >= FLUSH_BYTES || job->out.failed)
            status = hc_print(&job->out, err);
    }
    return status == HC_OK ? hc_print(&job->out, err) : status;
}

#define LOG_BYTES_MOST (UINT64_C(1) << 40) /* inflated: the machine's memory ends before */
#define LOOKED_AT_BYTES 4096

/* The file, with its gzip or zstd layer undone; `container` holds what was inflated. */
static enum hc_status load(struct job *job, struct hc_str *bytes, struct hc_err *err)
{
    static const struct hc_ingest_limits limits = {.member_bytes = LOG_BYTES_MOST, .whole_bytes = LOG_BYTES_MOST};
    enum hc_status status = hc_file_slurp(job->path, job->of_bytes, bytes, err);
    bool packed = status == HC_OK &&
                  (hc_str_starts(*bytes, HC_STR("\x1f\x8b")) || hc_str_starts(*bytes, HC_STR("\x28\xb5\x2f\xfd")));
    if (packed && !(job->container = hc_container_new(&limits)))
        return no_memory(err);
    if (packed)
        status = hc_container_load(job->container, job->path, bytes, err);
    if (status == HC_OK && memchr(bytes->p, '\0', bytes->n < LOOKED_AT_BYTES ? bytes->n : LOOKED_AT_BYTES))
        return hc_err_set(err, HC_FAIL, "file-no-text", "there are NUL bytes in it: it is no log in UTF-8");
    return status;
}

static enum hc_status read_file(struct job *job, int year, struct hc_err *err)
{
    struct hc_stamp_frame frame = {.window_start = HC_TIME_NONE, .year = year};
    struct hc_log_lines_sink sink = {job, take_line};
    struct hc_str bytes = HC_STR_NONE;
    hc_names_init(&job->shapes, job->arena);
    hc_names_init(&job->components, job->arena);
    struct hc_shape_memo *shapes = hc_shape_memo_new(job->of_bytes, NULL);
    if (!shapes)
        return no_memory(err);
    enum hc_status status = load(job, &bytes, err);
    return status == HC_OK ? hc_log_lines(bytes, &frame, shapes, job->of_bytes, &sink, err) : status;
}

/* Mining needs much memory: what the lines were taken from is given back before. */
static void forget_bytes(struct job *job)
{
    hc_container_free(job->container);
    hc_arena_free(job->of_bytes);
    job->container = NULL;
    job->of_bytes = NULL;
}

/* A file that cannot be read is said, and the next one goes on. */
static enum hc_status run_file(struct hc_cli *cli, const char *path, int year, struct hc_err *err)
{
    struct hc_err cause = HC_ERR_NONE;
    struct job job = {.cli = cli, .path = path, .arena = hc_arena_new(0), .of_bytes = hc_arena_new(0)};
    enum hc_status status = job.arena && job.of_bytes ? read_file(&job, year, &cause) : no_memory(&cause);
    forget_bytes(&job);
    if (status == HC_OK)
        status = mine(&job, &cause);
    if (status == HC_OK) {
        status = print_rows(&job, err);
    } else if (status == HC_FATAL) {
        status = hc_err_set(err, HC_FATAL, cause.code, "%s", cause.text);
        hc_err_at(err, NULL, path, 0);
    } else {
        hc_err_at(&cause, NULL, path, 0);
        hc_say_err(&cause);
        cli->partial = true;
        status = HC_OK;
    }
    hc_buf_free(&job.out);
    hc_arena_free(job.arena);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    int64_t year = 0;
    enum hc_status status = hc_cli_number("year", hc_cli_option(cli, "year"), 1970, 2261, &year, err);
    (void)out; /* printed as it comes */
    for (int i = 0; status == HC_OK && i < cli->n_arguments; i++)
        status = run_file(cli, cli->arguments[i], (int)year, err);
    return status;
}

const struct hc_command hc_command_templates = {
    .name = "templates",
    .arguments = "FILE…",
    .says = "reads log files without a corpus: time, level, component and template of each line",
    .example = "hindcast templates --year 2026 /var/log/syslog",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
};
