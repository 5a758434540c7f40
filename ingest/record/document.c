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

void hc_document_heading(struct hc_document_outline *outline, struct hc_str heading, uint32_t line)
{
    struct hc_str name = hc_str_trim(heading);
    end_section(outline);
    if (!outline->any)
        hc_record_state(outline->builder, HC_STR("heading"), name, line);
    outline->any = true;
    hc_record_path_down(&outline->path, HC_STR("section"));
    size_t before = outline->path.n;
    hc_record_path_down(&outline->path, name);
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

bool hc_document_is_opening(const struct hc_mapping *mapping, struct hc_str heading)
{
    for (size_t i = 0; i < mapping->n_openings; i++) {
        struct hc_str word = mapping->openings[i];
        for (size_t at = 0; at + word.n <= heading.n; at++)
            if (hc_str_equal_nocase((struct hc_str){heading.p + at, word.n}, word))
                return true;
    }
    return false;
}
