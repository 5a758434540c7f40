/* The site's manifest, `site.manifest` in its directory: text, a line a page: its name, the bytes of its HTML and its Markdown
 * ("-": there is none), and of an incident the key of its report and what its row of the index shows; fields by tabs. The
 * last line is the digest of the others: what was cut or changed is no manifest. */
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/number.h"
#include "cli/site.h"

#define NAME "site.manifest"
#define FIRST "hindcast-site 1\n"
#define FIELDS 8

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

static struct hc_str path_in(const char *directory, struct hc_str stem, const char *ending, struct hc_buf *buf)
{
    hc_buf_clear(buf);
    hc_buf_format(buf, "%s/%.*s%s%s", directory, HC_STR_ARG(stem), *ending ? "." : "", ending);
    hc_buf_char(buf, '\0');
    return buf->failed ? HC_STR_NONE : hc_buf_view(buf);
}

/* ---- reading ----------------------------------------------------------------------------------------------- */

static struct hc_str take_field(struct hc_str *rest)
{
    const char *tab = rest->n ? memchr(rest->p, '\t', rest->n) : NULL;
    const struct hc_str field = {rest->p, tab ? (size_t)(tab - rest->p) : rest->n};
    const size_t used = field.n + (tab != NULL);
    *rest = (struct hc_str){rest->p + used, rest->n - used};
    return field;
}

/* Without the backslashes that write_text sets. */
static struct hc_str plain(struct hc_str field, struct hc_arena *arena)
{
    char *bytes = hc_arena_alloc(arena, field.n);
    size_t n = 0;
    for (size_t i = 0; bytes && i < field.n; i++) {
        char c = field.p[i];
        if (c == '\\' && i + 1 < field.n) {
            c = field.p[++i];
            c = (char)(c == 't' ? '\t' : c == 'n' ? '\n' : c);
        }
        bytes[n++] = c;
    }
    return n ? (struct hc_str){bytes, n} : HC_STR_NONE;
}

static uint64_t read_size(struct hc_str field)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < field.n && field.p[i] >= '0' && field.p[i] <= '9'; i++)
        bytes = bytes * 10 + (uint64_t)(field.p[i] - '0');
    return field.n && field.p[0] != '-' ? bytes : HC_REPORT_NO_FILE;
}

static enum hc_status read_line(struct hc_site_manifest *out, struct hc_str rest, struct hc_err *err)
{
    struct hc_site_line line = {.said = {.probability = NAN}};
    struct hc_str fields[FIELDS];
    for (size_t i = 0; i < FIELDS; i++)
        fields[i] = take_field(&rest);
    line.stem = plain(fields[0], out->arena);
    for (int format = 0; format < HC_REPORT_FORMATS; format++)
        line.said.sizes.bytes[format] = read_size(fields[1 + format]);
    line.key = fields[3].n == HC_SHA256_HEX - 1 ? fields[3] : HC_STR_NONE;
    if (!hc_number_parse(fields[4], &line.said.probability))
        line.said.probability = NAN;
    line.said.cause = (struct hc_site_cause){plain(fields[5], out->arena), plain(fields[6], out->arena),
                                             plain(fields[7], out->arena)};
    if (!line.stem.p || memchr(line.stem.p, '/', line.stem.n))
        return HC_OK;
    return hc_site_manifest_add(out, line, err);
}

/* What the last line vouches for; absent: it does not. */
static struct hc_str vouched(struct hc_str text)
{
    static const size_t last = sizeof "digest \n" - 1 + HC_SHA256_HEX - 1;
    uint8_t digest[HC_SHA256_BYTES];
    char hex[HC_SHA256_HEX];
    if (text.n < last || !hc_str_starts(text, HC_STR(FIRST)))
        return HC_STR_NONE;
    const struct hc_str lines = {text.p, text.n - last}, end = {text.p + text.n - last + 7, HC_SHA256_HEX - 1};
    hc_sha256_once(lines.p, lines.n, digest);
    hc_sha256_hex(digest, hex);
    return hc_str_is(end, hex) ? lines : HC_STR_NONE;
}

enum hc_status hc_site_manifest_read(struct hc_site_manifest *out, const char *directory, struct hc_arena *arena,
                                     struct hc_err *err)
{
    struct hc_buf path = {0};
    struct hc_str text = HC_STR_NONE;
    struct hc_err none = HC_ERR_NONE;
    enum hc_status status = HC_OK;
    *out = (struct hc_site_manifest){.arena = arena};
    if (!path_in(directory, HC_STR(NAME), "", &path).p)
        status = no_memory(err);
    if (status == HC_OK && access(path.p, R_OK) == 0 && hc_file_slurp(path.p, arena, &text, &none) == HC_OK) {
        struct hc_str rest = vouched(text);
        hc_str_take_line(&rest);
        while (status == HC_OK && rest.n) {
            const char *feed = memchr(rest.p, '\n', rest.n);
            const struct hc_str line = {rest.p, feed ? (size_t)(feed - rest.p) : rest.n};
            rest = (struct hc_str){rest.p + line.n + (feed != NULL), rest.n - line.n - (feed != NULL)};
            status = read_line(out, line, err);
        }
    }
    hc_buf_free(&path);
    return status;
}

const struct hc_site_line *hc_site_manifest_find(const struct hc_site_manifest *manifest, struct hc_str stem)
{
    const struct hc_site_line wanted = {.stem = stem};
    return manifest->n ? bsearch(&wanted, manifest->lines, manifest->n, sizeof wanted, hc_str_order) : NULL;
}

/* ---- writing ----------------------------------------------------------------------------------------------- */

enum hc_status hc_site_manifest_add(struct hc_site_manifest *manifest, struct hc_site_line line, struct hc_err *err)
{
    struct hc_site_line *grown = hc_arena_grow(manifest->arena, manifest->lines, manifest->n, manifest->n + 1,
                                               &manifest->capacity, sizeof *grown);
    if (!grown)
        return no_memory(err);
    manifest->lines = grown;
    grown[manifest->n++] = line;
    return HC_OK;
}

static void write_text(struct hc_buf *out, struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++) {
        const char c = text.p[i];
        if (c == '\\' || c == '\t' || c == '\n')
            hc_buf_char(out, '\\');
        hc_buf_char(out, (char)(c == '\t' ? 't' : c == '\n' ? 'n' : c));
    }
}

static void write_line(struct hc_buf *out, const struct hc_site_line *line)
{
    const struct hc_str texts[] = {line->said.cause.category, line->said.cause.cause, line->said.cause.component};
    write_text(out, line->stem);
    for (int format = 0; format < HC_REPORT_FORMATS; format++) {
        const uint64_t bytes = line->said.sizes.bytes[format];
        if (bytes == HC_REPORT_NO_FILE)
            hc_buf_text(out, "\t-");
        else
            hc_buf_format(out, "\t%llu", (unsigned long long)bytes);
    }
    if (line->key.p) {
        char probability[HC_NUMBER_TEXT];
        hc_number_format(line->said.probability, probability);
        hc_buf_format(out, "\t%.*s\t%s", HC_STR_ARG(line->key), probability);
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
            hc_buf_char(out, '\t');
            write_text(out, texts[i]);
        }
    }
    hc_buf_char(out, '\n');
}

void hc_site_manifest_sort(struct hc_site_manifest *manifest)
{
    if (manifest->n)
        qsort(manifest->lines, manifest->n, sizeof *manifest->lines, hc_str_order);
}

enum hc_status hc_site_manifest_write(const struct hc_site_manifest *manifest, const char *directory,
                                      struct hc_err *err)
{
    struct hc_buf path = {0}, text = {0};
    uint8_t digest[HC_SHA256_BYTES];
    char hex[HC_SHA256_HEX];
    hc_buf_text(&text, FIRST);
    for (size_t i = 0; i < manifest->n; i++)
        write_line(&text, &manifest->lines[i]);
    hc_sha256_once(text.p, text.n, digest);
    hc_sha256_hex(digest, hex);
    hc_buf_format(&text, "digest %s\n", hex);
    enum hc_status status = path_in(directory, HC_STR(NAME), "", &path).p && !text.failed ? HC_OK : no_memory(err);
    if (status == HC_OK)
        status = hc_file_write(path.p, hc_buf_view(&text), err);
    hc_buf_free(&path);
    hc_buf_free(&text);
    return status;
}

/* ---- files ------------------------------------------------------------------------------------------------- */

bool hc_site_line_stands(const struct hc_site_line *line, const struct hc_report *report)
{
    struct hc_buf path = {0};
    bool stands = true;
    for (int i = 0; stands && i < HC_REPORT_FORMATS; i++) {
        const enum hc_report_format format = (enum hc_report_format)i;
        const uint64_t bytes = line->said.sizes.bytes[i];
        struct stat there;
        stands = hc_report_has(report, format) == (bytes != HC_REPORT_NO_FILE);
        if (stands && bytes != HC_REPORT_NO_FILE)
            stands = path_in(report->directory, line->stem, hc_report_ending(format), &path).p &&
                     stat(path.p, &there) == 0 && S_ISREG(there.st_mode) && (uint64_t)there.st_size == bytes;
    }
    hc_buf_free(&path);
    return stands;
}

size_t hc_site_manifest_sweep(const struct hc_site_manifest *old, const struct hc_site_manifest *now,
                              const char *directory)
{
    struct hc_buf path = {0};
    size_t n = 0;
    for (size_t i = 0; i < old->n; i++) {
        const struct hc_site_line *was = &old->lines[i], *is = hc_site_manifest_find(now, was->stem);
        for (int format = 0; format < HC_REPORT_FORMATS; format++) {
            if (was->said.sizes.bytes[format] == HC_REPORT_NO_FILE ||
                (is && is->said.sizes.bytes[format] != HC_REPORT_NO_FILE))
                continue;
            if (!path_in(directory, was->stem, hc_report_ending((enum hc_report_format)format), &path).p)
                continue;
            n += unlink(path.p) == 0;
        }
    }
    hc_buf_free(&path);
    return n;
}
