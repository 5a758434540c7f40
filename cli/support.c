#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/number.h"
#include "cli/cli.h"
#include "reports/glyph.h"

const char *hc_cli_option(const struct hc_cli *cli, const char *name)
{
    const struct hc_option *options = cli->command->options;
    for (int i = 0; options && options[i].name; i++)
        if (strcmp(options[i].name, name) == 0)
            return cli->values[i];
    return NULL;
}

enum hc_status hc_cli_time(const struct hc_cli *cli, const char *name, struct hc_time *time, struct hc_err *err)
{
    const char *value = hc_cli_option(cli, name);
    char text[64];

    *time = HC_TIME_NONE;
    if (!value || hc_time_parse_rfc3339(hc_str_of(value), time))
        return HC_OK;
    snprintf(text, sizeof text, "%.40sT00:00:00Z", value);
    if (hc_time_parse_rfc3339(hc_str_of(text), time))
        return HC_OK;
    return hc_err_set(err, HC_FAIL, "usage", "--%s takes a time such as 2026-03-31T00:00:00Z, or a date, not '%s'",
                      name, value);
}

/* `more` is what the number may carry, in the words of the message. */
static enum hc_status refuse_number(const char *name, const char *text, int64_t least, int64_t most, const char *more,
                                    struct hc_err *err)
{
    if (most == INT64_MAX)
        return hc_err_set(err, HC_FAIL, "usage", "--%s takes a whole number from %lld%s, not '%s'", name,
                          (long long)least, more, text);
    return hc_err_set(err, HC_FAIL, "usage", "--%s takes a whole number from %lld to %lld%s, not '%s'", name,
                      (long long)least, (long long)most, more, text);
}

enum hc_status hc_cli_number(const char *name, const char *text, int64_t least, int64_t most, int64_t *value,
                             struct hc_err *err)
{
    int64_t number = 0;
    if (!text)
        return HC_OK;
    if (!hc_int64_parse(hc_str_of(text), &number) || number < least || number > most)
        return refuse_number(name, text, least, most, "", err);
    *value = number;
    return HC_OK;
}

/* Takes the letter off that a number of bytes ends in, and gives the bytes that it stands for. */
static int64_t take_unit(struct hc_str *text)
{
    static const char LETTERS[] = "KMG";
    const char *letter = text->n > 0 ? memchr(LETTERS, text->p[text->n - 1] & ~0x20, sizeof LETTERS - 1) : NULL;
    text->n -= letter != NULL;
    return letter ? INT64_C(1024) << 10 * (letter - LETTERS) : 1;
}

enum hc_status hc_cli_bytes(const char *name, const char *text, int64_t least, int64_t most, int64_t *value,
                            struct hc_err *err)
{
    struct hc_str digits = hc_str_of(text ? text : "");
    int64_t unit = take_unit(&digits), number = 0;
    if (!text)
        return HC_OK;
    if (!hc_int64_parse(digits, &number) || number < 0 || number > most / unit || number * unit < least)
        return refuse_number(name, text, least, most, " bytes, or one of K, M or G", err);
    *value = number * unit;
    return HC_OK;
}

void hc_say(const char *format, ...)
{
    va_list args;
    fputs("hindcast: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

static bool is_usage(const struct hc_err *err)
{
    return err->code && strcmp(err->code, "usage") == 0;
}

/* What a user of the command can do about it; the layers below know of no command. */
static const char *advice(const struct hc_err *err)
{
    if (err->code && strcmp(err->code, "corpus-missing") == 0)
        return "; 'hindcast ingest PATH' makes one, -c FILE names another";
    return "";
}

void hc_say_err(const struct hc_err *err)
{
    char text[2048];
    struct hc_err said = *err;
    const size_t n = strnlen(said.text, sizeof said.text - 1);
    snprintf(said.text + n, sizeof said.text - n, "%s", advice(err));
    hc_err_format(&said, text, sizeof text);
    hc_say("%s", is_usage(err) ? err->text : text);
}

#define REFUSALS_SHOWN 10 /* details an input; beyond that they are counted */

static const char *path_advice(const struct hc_source *source, const struct hc_refusal *refusal)
{
    const char *slash = strrchr(source->path.p, '/');
    if (hc_str_is(refusal->code, "archive-unknown") && strcmp(slash ? slash + 1 : source->path.p, "incident.xml") == 0)
        return "; give the directory that holds the manifest";
    return "";
}

void hc_say_refusals(const struct hc_source *source)
{
    struct hc_buf code = {0}, path = {0}, member = {0};
    hc_buf_str(&path, source->path);
    hc_buf_char(&path, '\0');
    for (size_t i = 0; i < source->n_refusals && i < REFUSALS_SHOWN; i++) {
        const struct hc_refusal *r = &source->refusals[i];
        struct hc_err err = HC_ERR_NONE;
        hc_buf_clear(&code);
        hc_buf_clear(&member);
        hc_buf_str(&code, r->code);
        hc_buf_char(&code, '\0');
        hc_buf_str(&member, r->member);
        hc_buf_char(&member, '\0');
        if (code.failed || path.failed || member.failed)
            break;
        hc_err_set(&err, HC_FAIL, code.p, "%.*s%s", HC_STR_ARG(r->text), path_advice(source, r));
        hc_err_at(&err, path.p, r->member.n ? member.p : NULL, r->line);
        hc_say_err(&err);
    }
    if (source->n_refusals > REFUSALS_SHOWN)
        hc_say("%.*s: and %zu more", HC_STR_ARG(source->path), source->n_refusals - REFUSALS_SHOWN);
    hc_buf_free(&code);
    hc_buf_free(&path);
    hc_buf_free(&member);
}

void hc_say_left_out(const struct hc_cli *cli, const struct hc_warning *warning)
{
    if (!cli->quiet)
        hc_say("%.*s: %.*s [%.*s]", HC_STR_ARG(warning->member), HC_STR_ARG(warning->message),
               HC_STR_ARG(warning->code));
}

static const struct {
    const char *code; /* or, with a '-' at its end, what codes begin with */
    enum hc_exit exit;
} EXITS[] = {
    {"usage", HC_EXIT_USAGE},
    {"redaction-rules", HC_EXIT_USAGE},
    {"sql-", HC_EXIT_USAGE},
    {"calibration-unknown", HC_EXIT_USAGE},
    {"xml-", HC_EXIT_USAGE},
    {"catalogue", HC_EXIT_USAGE},
    {"follow-ups", HC_EXIT_USAGE},
    {"file-unreadable", HC_EXIT_USAGE},
    {"query-", HC_EXIT_PARTIAL},
    {"corpus-", HC_EXIT_CORPUS},
    {"batch-broken", HC_EXIT_CORPUS},
    {"backtest-missing", HC_EXIT_CORPUS},
    {"model-", HC_EXIT_CORPUS},
    {"disk-", HC_EXIT_MACHINE},
    {"out-of-memory", HC_EXIT_MACHINE},
};

enum hc_exit hc_exit_of(const struct hc_err *err)
{
    for (size_t i = 0; err->code && i < sizeof EXITS / sizeof EXITS[0]; i++) {
        size_t n = strlen(EXITS[i].code);
        bool begins = EXITS[i].code[n - 1] == '-';
        if (begins ? strncmp(err->code, EXITS[i].code, n) == 0 : strcmp(err->code, EXITS[i].code) == 0)
            return EXITS[i].exit;
    }
    return err->status == HC_FATAL ? HC_EXIT_MACHINE : HC_EXIT_PARTIAL;
}

enum hc_status hc_print(struct hc_buf *buf, struct hc_err *err)
{
    if (buf->failed)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for what is to be printed");
    if (buf->n && fwrite(buf->p, 1, buf->n, stdout) != buf->n)
        return hc_err_set(err, HC_FATAL, "output-unwritable", "standard output cannot be written: %s", strerror(errno));
    hc_buf_clear(buf);
    return HC_OK;
}

enum hc_status hc_cli_catalogue(const struct hc_cli *cli, struct hc_catalogue **out, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str xml = HC_STR_NONE;

    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue");
    if (cli->catalogue_path)
        status = hc_file_slurp(cli->catalogue_path, arena, &xml, err);
    if (status == HC_OK)
        status = hc_catalogue_read(out, xml, err);
    if (status != HC_OK)
        hc_err_at(err, NULL, cli->catalogue_path, 0);
    hc_arena_free(arena);
    return status;
}

#define KEY_BYTES_LEAST 16

/* Trailing white space is no part of a key: an editor may have added it. */
static enum hc_status read_key(const char *path, struct hc_arena *arena, struct hc_str *key, struct hc_err *err)
{
    enum hc_status status = hc_file_slurp(path, arena, key, err);
    while (status == HC_OK && key->n > 0 && strchr(" \t\r\n", key->p[key->n - 1]) && key->p[key->n - 1])
        key->n--;
    if (status == HC_OK && key->n < KEY_BYTES_LEAST)
        status = hc_err_set(err, HC_FAIL, "usage", "the key in %s has fewer than %d bytes", path, KEY_BYTES_LEAST);
    else if (status != HC_OK)
        hc_err_at(err, NULL, path, 0);
    return status;
}

enum hc_status hc_cli_redaction(const struct hc_cli *cli, struct hc_redaction_rules **out, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str xml = hc_redaction_shipped(), key = HC_STR("hindcast"); /* docs/redaction.md says so */
    *out = NULL;
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the rules of redaction");
    if (cli->redaction_key_path && !cli->no_redaction)
        status = read_key(cli->redaction_key_path, arena, &key, err);
    if (status == HC_OK && !cli->no_redaction) {
        if (cli->redaction_path)
            status = hc_file_slurp(cli->redaction_path, arena, &xml, err);
        if (status == HC_OK)
            status = hc_redaction_rules_new(out, xml, key, err);
        if (status != HC_OK)
            hc_err_at(err, NULL, cli->redaction_path, 0);
    }
    hc_arena_free(arena);
    return status;
}

enum hc_status hc_cli_mapping(const struct hc_cli *cli, struct hc_mapping **out, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_str own = HC_STR_NONE;
    *out = NULL;
    if (!arena)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the mapping of records");
    if (cli->mapping_path)
        status = hc_file_slurp(cli->mapping_path, arena, &own, err);
    if (status == HC_OK) {
        status = hc_mapping_new(out, own, err);
        if (status != HC_OK)
            hc_err_at(err, NULL, cli->mapping_path, 0);
    }
    hc_arena_free(arena);
    return status;
}

bool hc_is_path(const struct hc_cli *cli, const char *argument)
{
    struct stat info;
    return !cli->ids && (strchr(argument, '/') || stat(argument, &info) == 0);
}

void hc_put_shown(struct hc_buf *out, struct hc_str text)
{
    struct hc_glyphs glyphs = hc_glyphs_of(text);
    struct hc_glyph glyph;
    while (hc_glyphs_next(&glyphs, &glyph))
        hc_buf_add(out, glyph.bytes, glyph.n);
}

void hc_put_cause(struct hc_buf *out, struct hc_str category, struct hc_str cause, struct hc_str component)
{
    hc_put_shown(out, category);
    hc_buf_text(out, cause.n ? " / " : "");
    hc_put_shown(out, cause);
    hc_buf_text(out, component.n ? " in " : "");
    hc_put_shown(out, component);
}

void hc_put_corpus_option(struct hc_buf *out, const struct hc_cli *cli)
{
    const char *p = cli->corpus;
    if (!cli->corpus_given)
        return;
    bool plain =
        *p && strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@") == strlen(p);
    hc_buf_text(out, plain ? "-c " : "-c '");
    for (; *p; p++) {
        if (*p == '\'')
            hc_buf_text(out, "'\\'");
        hc_buf_char(out, *p);
    }
    hc_buf_text(out, plain ? " " : "' ");
}

void hc_json_begin(struct hc_json_writer *w, struct hc_buf *out, const struct hc_cli *cli)
{
    *w = (struct hc_json_writer){.out = out};
    hc_json_open_object(w);
    hc_json_put_string(w, "command", hc_str_of(cli->command->name));
    hc_json_put_int(w, "format", 1);
}

void hc_json_end(struct hc_json_writer *w)
{
    hc_json_close_object(w);
    hc_buf_char(w->out, '\n');
}

void hc_json_put_bool(struct hc_json_writer *w, const char *key, bool value)
{
    hc_json_key(w, key);
    hc_json_bool(w, value);
}

void hc_json_put_number_of(struct hc_json_writer *w, const char *key, int64_t number)
{
    hc_json_key(w, key);
    if (number)
        hc_json_int(w, number);
    else
        hc_json_null(w);
}

void hc_json_put_time(struct hc_json_writer *w, const char *key, struct hc_time time)
{
    char text[HC_TIME_TEXT];
    size_t n = hc_time_format(time, text);
    hc_json_put_string(w, key, n ? (struct hc_str){text, n} : HC_STR_NONE);
}
