/* A Markdown document: its text as it stands, front matter included, and its first heading. */
#include "ingest/format/document.h"

#define FRONT_MATTER_BID 90

static struct hc_str take_line(struct hc_str *rest)
{
    const char *feed = memchr(rest->p, '\n', rest->n);
    struct hc_str line = {rest->p, feed == NULL ? rest->n : (size_t)(feed - rest->p)};
    size_t used = line.n + (feed != NULL);
    rest->p += used;
    rest->n -= used;
    while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' ' || line.p[line.n - 1] == '\t'))
        line.n--;
    return line;
}

struct hc_str hc_front_matter_split(struct hc_str text, struct hc_str *matter)
{
    *matter = HC_STR_NONE;
    struct hc_str rest = text;
    if (rest.n == 0 || !hc_str_is(take_line(&rest), "---"))
        return text;
    const char *from = rest.p;
    while (rest.n > 0) {
        const char *at = rest.p;
        struct hc_str line = take_line(&rest);
        if (!hc_str_is(line, "---") && !hc_str_is(line, "..."))
            continue;
        *matter = (struct hc_str){from, (size_t)(at - from)};
        return rest;
    }
    return text;
}

void hc_front_matter_put(struct hc_buf *text, struct hc_str matter)
{
    if (!matter.p)
        return;
    hc_buf_text(text, "\n---\n");
    hc_buf_str(text, matter);
    hc_buf_text(text, "---\n");
}

/* "## Title ##" -> "Title"; absent for a line that is no ATX heading. */
static struct hc_str atx_heading(struct hc_str line)
{
    size_t level = 0;
    while (level < line.n && line.p[level] == '#')
        level++;
    if (level == 0 || level > 6 || (level < line.n && line.p[level] != ' ' && line.p[level] != '\t'))
        return HC_STR_NONE;
    struct hc_str title = hc_str_trim((struct hc_str){line.p + level, line.n - level});
    size_t n = title.n;
    while (n > 0 && title.p[n - 1] == '#')
        n--;
    if (n == 0 || title.p[n - 1] == ' ')
        title = hc_str_trim((struct hc_str){title.p, n});
    return title.n > 0 ? title : HC_STR_NONE;
}

static bool underlines(struct hc_str line)
{
    struct hc_str bar = hc_str_trim(line);
    for (size_t i = 0; i < bar.n; i++) {
        if (bar.p[i] != bar.p[0] || (bar.p[0] != '=' && bar.p[0] != '-'))
            return false;
    }
    return bar.n >= 3;
}

static struct hc_str first_heading(struct hc_str body)
{
    struct hc_str before = HC_STR_NONE;
    bool fenced = false;
    while (body.n > 0) {
        struct hc_str line = take_line(&body);
        if (hc_str_starts(hc_str_trim(line), HC_STR("```")) || hc_str_starts(hc_str_trim(line), HC_STR("~~~"))) {
            fenced = !fenced;
            before = HC_STR_NONE;
            continue;
        }
        if (fenced)
            continue;
        struct hc_str title = atx_heading(line);
        if (title.p != NULL)
            return title;
        if (before.n > 0 && underlines(line))
            return before;
        before = hc_str_trim(line);
    }
    return HC_STR_NONE;
}

/* The `title:` of the front matter, its quotes taken off. */
static struct hc_str matter_title(struct hc_str matter)
{
    while (matter.n > 0) {
        struct hc_str line = take_line(&matter);
        if (!hc_str_starts(line, HC_STR("title:")))
            continue;
        struct hc_str title = hc_str_trim((struct hc_str){line.p + 6, line.n - 6});
        if (title.n >= 2 && (title.p[0] == '"' || title.p[0] == '\'') && title.p[title.n - 1] == title.p[0])
            title = (struct hc_str){title.p + 1, title.n - 2};
        return title.n > 0 ? title : HC_STR_NONE;
    }
    return HC_STR_NONE;
}

static int bid(struct hc_str head, const struct hc_read_context *context)
{
    (void)context;
    struct hc_str matter;
    struct hc_str body = hc_front_matter_split(head, &matter);
    if (matter.p != NULL && memchr(matter.p, ':', matter.n) != NULL)
        return FRONT_MATTER_BID;
    /* A file of text may be a document only where the manifest says so, or where it opens with a heading
     * and has prose below: a lone '#' line opens scripts and metric dumps too. */
    struct hc_str line = HC_STR_NONE;
    while (body.n > 0 && line.n == 0)
        line = hc_str_trim(take_line(&body));
    bool dump = hc_str_starts(line, HC_STR("# HELP")) || hc_str_starts(line, HC_STR("# TYPE")) ||
                hc_str_starts(line, HC_STR("#!"));
    if (line.n == 0 || head.p[0] == '<')
        return 0;
    while (body.n > 0 && hc_str_trim((struct hc_str){body.p, 1}).n == 0)
        take_line(&body);
    bool heading = atx_heading(line).p != NULL || underlines(take_line(&body));
    return heading && !dump ? 60 : HC_BID_IF_NAMED;
}

static enum hc_status read_markdown(struct hc_str bytes, const struct hc_read_context *context,
                                    struct hc_reading *reading, struct hc_err *err)
{
    struct hc_document *document = hc_reading_add_document(reading);
    if (document == NULL)
        return hc_arena_refused(reading->arena, err);
    if (memchr(bytes.p, 0, bytes.n) != NULL)
        return hc_err_set(err, HC_FAIL, "format-mismatch", "a document of text has no NUL bytes");
    if (hc_utf8_valid_prefix(bytes) < bytes.n)
        hc_warnings_add(&reading->warnings, "text-encoding", context->member, 0,
                        "bytes that are not UTF-8 are shown as U+FFFD");
    document->text = hc_text_clean(reading->arena, bytes, 0);
    if (document->text.p == NULL)
        return hc_arena_refused(reading->arena, err);
    struct hc_str matter;
    struct hc_str title = first_heading(hc_front_matter_split(document->text, &matter));
    if (title.p == NULL && matter.p != NULL)
        title = matter_title(matter);
    document->title = hc_text_clean(reading->arena, title, HC_TITLE_BYTES + context->n_ahead);
    document->kind = context->entry == NULL ? HC_STR_NONE : context->entry->document_kind;
    document->place = (struct hc_source_place){context->member, 0};
    reading->n_rows = 1;
    return HC_OK;
}

const struct hc_reader hc_reader_document_markdown = {.name = "document-markdown",
                                                      .kind = "document",
                                                      .most = FRONT_MATTER_BID,
                                                      .bid = bid,
                                                      .read = read_markdown,
                                                      .share = HC_SHARE_DOCUMENT};
