#include "base/arena.h"
#include "cli/bundle_facts.h"
#include "reports/lint/lint.h"

static const struct hc_option OPTIONS[] = {
    {"bundle", 0, "PATH", "also holds it against the evidence of its incident: an archive or a bundle directory"},
    {"format", 0, "text|json|sarif", "how the findings are printed (default: text)"},
    {"template", 0, "NAME", "also the parts, owners and sources that seed, srebook, pagerduty or coe asks for"},
    {NULL, 0, NULL, NULL},
};

static void put_json(const struct hc_cli *cli, const struct hc_lint *lint, const char *file, struct hc_buf *out)
{
    struct hc_json_writer w;
    hc_json_begin(&w, out, cli);
    hc_json_put_string(&w, "file", hc_str_of(file));
    hc_json_key(&w, "findings");
    hc_json_open_array(&w);
    for (size_t i = 0; i < lint->n; i++) {
        const struct hc_lint_finding *f = &lint->findings[i];
        hc_json_open_object(&w);
        hc_json_put_int(&w, "line", f->line);
        hc_json_put_int(&w, "column", f->column);
        hc_json_put_string(&w, "rule", f->rule);
        hc_json_put_string(&w, "says", f->says);
        hc_json_put_string(&w, "right", f->right);
        hc_json_put_string(&w, "severity", hc_str_of(hc_lint_severity_name(f->severity)));
        if (f->place.member.n > 0) {
            hc_json_put_string(&w, "member", f->place.member);
            hc_json_put_int(&w, "member_line", f->place.line);
        }
        hc_json_close_object(&w);
    }
    hc_json_close_array(&w);
    hc_json_end(&w);
}

/* Text from outside, a line at a time, made fit for a terminal. */
static void put_text(const struct hc_lint *lint, const char *file, struct hc_buf *out)
{
    struct hc_buf lines = {0};
    hc_lint_put_text(&lines, lint, file);
    struct hc_str rest = hc_buf_view(&lines);
    while (rest.n > 0) {
        hc_put_shown(out, hc_str_take_line(&rest));
        hc_buf_char(out, '\n');
    }
    out->failed |= lines.failed;
    hc_buf_free(&lines);
}

static void say_how_many(const struct hc_lint *lint)
{
    size_t n_errors = 0;
    for (size_t i = 0; i < lint->n; i++)
        n_errors += lint->findings[i].severity == HC_LINT_ERROR;
    hc_say("errors: %zu, warnings: %zu", n_errors, lint->n - n_errors);
}

/* So that silence is not read as agreement. */
static void say_compared(const struct hc_lint *lint, const struct hc_lint_facts *facts)
{
    const struct hc_lint_compared *n = &lint->compared;
    hc_say("held against %.*s; times and intervals: %zu, values: %zu, counts: %zu, names: %zu", HC_STR_ARG(facts->id),
           n->times, n->values, n->counts, n->names);
}

/* The facts of the bundle; NULL: it cannot be used, which is said, and the document is held against itself alone. */
static const struct hc_lint_facts *read_bundle(struct hc_bundle *bundle, struct hc_cli *cli, const char *path,
                                               struct hc_str document, struct hc_err *err)
{
    enum hc_status status = hc_bundle_read(bundle, cli, path, document, err);
    if (status != HC_FAIL)
        return &bundle->facts;
    hc_err_at(err, cli->arguments[0], NULL, 0);
    if (bundle->n_incidents > 0 || !bundle->refused)
        hc_say_err(err);
    *err = HC_ERR_NONE;
    cli->partial = true;
    return NULL;
}

static void put(const struct hc_cli *cli, const struct hc_lint *lint, const char *format,
                const struct hc_lint_facts *facts, struct hc_buf *out)
{
    const char *file = cli->arguments[0];
    if (strcmp(format, "json") == 0)
        put_json(cli, lint, file, out);
    else if (strcmp(format, "sarif") == 0)
        hc_lint_put_sarif(out, lint, facts, file);
    else
        put_text(lint, file, out);
}

static enum hc_status lint_file(struct hc_cli *cli, const char *format, struct hc_buf *out, struct hc_err *err)
{
    const char *file = cli->arguments[0], *path = hc_cli_option(cli, "bundle");
    struct hc_str bytes = HC_STR_NONE;
    struct hc_bundle bundle = {.cli = cli};
    struct hc_lint lint = {0};
    struct hc_arena *arena = hc_arena_new(0);
    enum hc_status status = arena ? hc_file_slurp(file, arena, &bytes, err)
                                  : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to lint");
    const struct hc_lint_facts *facts = status == HC_OK && path ? read_bundle(&bundle, cli, path, bytes, err) : NULL;
    if (status == HC_OK)
        status = err->status;
    if (status == HC_OK)
        status = hc_lint_run(&lint, bytes, hc_cli_option(cli, "template"), facts, arena, err);
    if (status == HC_OK)
        put(cli, &lint, format, facts, out);
    else
        hc_err_at(err, file, NULL, 0);
    if (status == HC_OK && facts && !cli->quiet)
        say_compared(&lint, facts);
    if (status == HC_OK && lint.n > 0 && !cli->quiet)
        say_how_many(&lint);
    cli->partial = cli->partial || lint.n > 0 || status == HC_FAIL;
    hc_bundle_free(&bundle);
    hc_arena_free(arena);
    return status;
}

static enum hc_status run(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err)
{
    const char *format = hc_cli_option(cli, "format"), *template = hc_cli_option(cli, "template");
    if (!format)
        format = cli->json ? "json" : "text";
    if (strcmp(format, "text") != 0 && strcmp(format, "json") != 0 && strcmp(format, "sarif") != 0)
        return hc_err_set(err, HC_FAIL, "usage", "--format is text, json or sarif, not '%s'", format);
    if (template && !hc_lint_has_template(template))
        return hc_err_set(err, HC_FAIL, "usage", "--template is seed, srebook, pagerduty or coe, not '%s'", template);
    enum hc_status status = lint_file(cli, format, out, err);
    if (status != HC_FAIL)
        return status;
    hc_say_err(err); /* an input that is rejected, as those of other commands */
    *err = HC_ERR_NONE;
    return HC_OK;
}

const struct hc_command hc_command_lint = {
    .name = "lint",
    .arguments = "FILE.md",
    .says = "checks the arithmetic, the times and the consistency of a post-mortem written by hand",
    .example = "hindcast lint --format sarif postmortem.md",
    .options = OPTIONS,
    .min_arguments = 1,
    .max_arguments = 1,
    .uses = HC_USES_BUNDLES,
    .run = run,
};
