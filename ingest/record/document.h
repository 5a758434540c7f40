/* What the readers of post-mortems share: headings, and the sections below them. */
#ifndef HC_INGEST_RECORD_DOCUMENT_H
#define HC_INGEST_RECORD_DOCUMENT_H

#include "ingest/record/record.h"

#define HC_DOCUMENT_FORMAT "document" /* as the mapping's tools name it */

/* A heading as the title; not one that only says what kind of page it is. */
void hc_document_title(struct hc_record_builder *b, struct hc_str heading, uint32_t line);

/* A document while it is read, in its order. Zeroed but for the builder at first. The first heading is stated as
 * "heading", the words of each section as "section.<its heading in small letters>". */
struct hc_document_outline {
    struct hc_record_builder *builder;
    struct hc_record_path path; /* of the section at hand; empty: none */
    struct hc_buf words;
    uint32_t line; /* of the section's first words */
    bool any;      /* a heading came */
};
void hc_document_heading(struct hc_document_outline *outline, struct hc_str heading, uint32_t line);
void hc_document_words(struct hc_document_outline *outline, struct hc_str words, uint32_t line);
void hc_document_end(struct hc_document_outline *outline);

/* What Markdown states line by line above its first section, where front matter does not. */
void hc_document_facts(struct hc_record_builder *b, struct hc_str body, uint32_t first_line);

/* Does a heading with these words open a post-mortem? */
bool hc_document_is_opening(const struct hc_mapping *mapping, struct hc_str heading);

#endif
