#include "ingest/record/document.h"

static void end_section(struct hc_document_outline *outline)
{
    if (outline->path.n)
        hc_record_state(outline->builder, hc_record_path_view(&outline->path), hc_buf_view(&outline->words),
                        outline->line);
    hc_buf_clear(&outline->words);
    outline->path.n = 0;
    outline->line = 0;
}

/* "Incident" says what kind of page it is, and not which. */
static bool is_bare_opening(const struct hc_mapping *mapping, struct hc_str heading)
{
    for (size_t i = 0; i < mapping->n_openings; i++)
        if (hc_str_equal_nocase(mapping->openings[i], heading))
            return true;
    return false;
}

void hc_document_title(struct hc_record_builder *b, struct hc_str heading, uint32_t line)
{
    if (!is_bare_opening(b->context->mapping, heading))
        hc_record_state(b, HC_STR("heading"), heading, line);
}

/* "3. Root cause", a sign of fire and "Root cause": the number and the sign say nothing. */
static struct hc_str without_ornament(struct hc_str heading)
{
    size_t n = 0;
    while (n < heading.n) {
        unsigned char c = (unsigned char)heading.p[n];
        size_t n_sign = c >= 0xF0 ? 4 : c == 0xE2 || c == 0xEF ? 3 : strchr("0123456789.) #", c) ? 1 : 0;
        if (n_sign == 0 || n + n_sign > heading.n)
            break;
        n += n_sign;
    }
    return n < heading.n ? (struct hc_str){heading.p + n, heading.n - n} : heading;
}

void hc_document_heading(struct hc_document_outline *outline, struct hc_str heading, uint32_t line)
{
    struct hc_str name = hc_str_trim(heading), section = without_ornament(name);
    end_section(outline);
    if (!outline->any)
        hc_document_title(outline->builder, name, line);
    outline->any = true;
    hc_record_path_down(&outline->path, HC_STR("section"));
    size_t before = outline->path.n;
    hc_record_path_down(&outline->path, section);
    for (size_t i = before; i < outline->path.n && outline->path.n <= sizeof outline->path.bytes; i++) {
        char c = outline->path.bytes[i];
        outline->path.bytes[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
}

void hc_document_words(struct hc_document_outline *outline, struct hc_str words, uint32_t line)
{
    if (!outline->path.n)
        return;
    outline->line = outline->line ? outline->line : line;
    hc_buf_str(&outline->words, words);
}

void hc_document_end(struct hc_document_outline *outline)
{
    end_section(outline);
    outline->builder->failed |= outline->words.failed;
    hc_buf_free(&outline->words);
}

static bool is_letter(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Does this word stand there, and not as a part of another ("incidents")? */
static bool stands_at(struct hc_str heading, size_t at, struct hc_str word)
{
    size_t end = at + word.n;
    return hc_str_equal_nocase((struct hc_str){heading.p + at, word.n}, word) &&
           (at == 0 || !is_letter(heading.p[at - 1])) && (end == heading.n || !is_letter(heading.p[end]));
}

bool hc_document_is_opening(const struct hc_mapping *mapping, struct hc_str heading)
{
    for (size_t i = 0; i < mapping->n_openings; i++) {
        struct hc_str word = mapping->openings[i];
        for (size_t at = 0; at + word.n <= heading.n; at++)
            if (stands_at(heading, at, word))
                return true;
    }
    return false;
}
