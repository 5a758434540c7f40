/* Findings as lines of text and as a SARIF log. */
#include "base/json.h"
#include "reports/lint/lint.h"

const char *hc_lint_severity_name(enum hc_lint_severity severity)
{
    return severity == HC_LINT_ERROR ? "error" : "warning";
}

void hc_lint_put_text(struct hc_buf *out, const struct hc_lint *lint, const char *file)
{
    for (size_t i = 0; i < lint->n; i++) {
        const struct hc_lint_finding *f = &lint->findings[i];
        hc_buf_format(out, "%s:%u:%u: %s: says %.*s; %.*s [%.*s]\n", file, f->line, f->column,
                      hc_lint_severity_name(f->severity), HC_STR_ARG(f->says), HC_STR_ARG(f->right),
                      HC_STR_ARG(f->rule));
    }
}

static void put_text(struct hc_json_writer *w, const char *key, struct hc_str text)
{
    hc_json_key(w, key);
    hc_json_open_object(w);
    hc_json_put_string(w, "text", text);
    hc_json_close_object(w);
}

static void put_rules(struct hc_json_writer *w)
{
    hc_json_key(w, "rules");
    hc_json_open_array(w);
    for (size_t i = 0; i < hc_lint_n_rules; i++) {
        const struct hc_lint_rule *rule = &hc_lint_rules[i];
        hc_json_open_object(w);
        hc_json_put_string(w, "id", hc_str_of(rule->code));
        put_text(w, "shortDescription", hc_str_of(rule->says));
        hc_json_key(w, "defaultConfiguration");
        hc_json_open_object(w);
        hc_json_put_string(w, "level", hc_str_of(hc_lint_severity_name(rule->severity)));
        hc_json_close_object(w);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
}

static void put_tool(struct hc_json_writer *w)
{
    hc_json_key(w, "tool");
    hc_json_open_object(w);
    hc_json_key(w, "driver");
    hc_json_open_object(w);
    hc_json_put_string(w, "name", HC_STR("hindcast lint"));
    hc_json_put_string(w, "version", HC_STR(HC_VERSION));
    put_rules(w);
    hc_json_close_object(w);
    hc_json_close_object(w);
}

/* A path as a relative URI: what is no plain character is escaped. */
static void put_uri(struct hc_buf *out, struct hc_str path)
{
    static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    for (size_t i = 0; i < path.n; i++) {
        if (path.p[i] && strchr(PLAIN, path.p[i]))
            hc_buf_char(out, path.p[i]);
        else
            hc_buf_format(out, "%%%02X", (unsigned)(unsigned char)path.p[i]);
    }
}

/* A file, and a region of it where it is known: a line, or that of the finding. */
static void put_physical(struct hc_json_writer *w, struct hc_str uri, uint32_t line, const struct hc_lint_finding *f)
{
    hc_json_key(w, "physicalLocation");
    hc_json_open_object(w);
    hc_json_key(w, "artifactLocation");
    hc_json_open_object(w);
    hc_json_put_string(w, "uri", uri);
    hc_json_close_object(w);
    if (line > 0) {
        hc_json_key(w, "region");
        hc_json_open_object(w);
        hc_json_put_int(w, "startLine", line);
        if (f) {
            hc_json_put_int(w, "startColumn", f->column);
            hc_json_put_int(w, "endLine", f->end_line);
            hc_json_put_int(w, "endColumn", f->end_column);
        }
        hc_json_close_object(w);
    }
    hc_json_close_object(w);
}

static void put_place(struct hc_json_writer *w, const struct hc_lint_finding *f, struct hc_str file)
{
    hc_json_key(w, "locations");
    hc_json_open_array(w);
    hc_json_open_object(w);
    put_physical(w, file, f->line, f);
    hc_json_close_object(w);
    hc_json_close_array(w);
}

/* Where the bundle says otherwise: a file of a directory, or an archive's member as messages name it. */
static void put_related(struct hc_json_writer *w, const struct hc_lint_finding *f, const struct hc_lint_facts *facts)
{
    struct hc_buf path = {0}, uri = {0};
    if (f->place.member.n == 0 || !facts)
        return;
    hc_buf_format(&path, "%.*s%s%.*s", HC_STR_ARG(facts->path), facts->is_directory ? "/" : "!",
                  HC_STR_ARG(f->place.member));
    put_uri(&uri, hc_buf_view(&path));
    hc_json_key(w, "relatedLocations");
    hc_json_open_array(w);
    hc_json_open_object(w);
    put_physical(w, hc_buf_view(&uri), f->place.line, NULL);
    put_text(w, "message", HC_STR("what the bundle says"));
    hc_json_close_object(w);
    hc_json_close_array(w);
    w->out->failed |= path.failed || uri.failed;
    hc_buf_free(&path);
    hc_buf_free(&uri);
}

static void put_results(struct hc_json_writer *w, const struct hc_lint *lint, const struct hc_lint_facts *facts,
                        struct hc_str file)
{
    struct hc_buf message = {0};
    hc_json_key(w, "results");
    hc_json_open_array(w);
    for (size_t i = 0; i < lint->n; i++) {
        const struct hc_lint_finding *f = &lint->findings[i];
        hc_buf_clear(&message);
        hc_buf_format(&message, "says %.*s; %.*s", HC_STR_ARG(f->says), HC_STR_ARG(f->right));
        hc_json_open_object(w);
        hc_json_put_string(w, "ruleId", f->rule);
        hc_json_put_int(w, "ruleIndex", hc_lint_rule_of(f->rule) - hc_lint_rules);
        hc_json_put_string(w, "level", hc_str_of(hc_lint_severity_name(f->severity)));
        put_text(w, "message", hc_buf_view(&message));
        put_place(w, f, file);
        put_related(w, f, facts);
        hc_json_close_object(w);
    }
    hc_json_close_array(w);
    w->out->failed |= message.failed;
    hc_buf_free(&message);
}

void hc_lint_put_sarif(struct hc_buf *out, const struct hc_lint *lint, const struct hc_lint_facts *facts,
                       const char *file)
{
    struct hc_json_writer w = {.out = out};
    struct hc_buf uri = {0};
    put_uri(&uri, hc_str_of(file));
    hc_json_open_object(&w);
    hc_json_put_string(&w, "$schema", HC_STR("https://json.schemastore.org/sarif-2.1.0.json"));
    hc_json_put_string(&w, "version", HC_STR("2.1.0"));
    hc_json_key(&w, "runs");
    hc_json_open_array(&w);
    hc_json_open_object(&w);
    put_tool(&w);
    hc_json_put_string(&w, "columnKind", HC_STR("unicodeCodePoints"));
    put_results(&w, lint, facts, hc_buf_view(&uri));
    hc_json_close_object(&w);
    hc_json_close_array(&w);
    hc_json_close_object(&w);
    hc_buf_char(out, '\n');
    out->failed |= uri.failed;
    hc_buf_free(&uri);
}
