/* What was rejected, warned of, missing and replaced: each number with the query that gives it. */
#include "reports/site_parts.h"

static void put_table(struct hc_doc *doc, const struct hc_site_table *table)
{
    struct hc_column *columns = hc_arena_calloc(doc->arena, table->n_columns, sizeof *columns);
    doc->failed |= !columns;
    hc_doc_section(doc, table->id, table->title);
    hc_doc_paragraph(doc);
    hc_doc_text(doc, table->says);
    if (!columns)
        return;
    if (table->n_rows == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "There is none.");
        return;
    }
    for (size_t i = 0; i < table->n_columns; i++)
        columns[i] =
            (struct hc_column){table->columns[i], i < table->n_texts ? HC_COLUMN_TEXT : HC_COLUMN_NUMBER, i == 0};
    hc_doc_table(doc, hc_str_of(table->title), columns, table->n_columns);
    for (size_t row = 0; row < table->n_rows; row++)
        for (size_t i = 0; i < table->n_columns; i++) {
            hc_doc_cell(doc);
            if (i >= table->n_texts)
                hc_doc_from_sql(doc, table->cells[row][i], table->sql[row]);
            else if (table->cells[row][i].n > 0)
                hc_doc_str(doc, table->cells[row][i]);
            else
                hc_doc_text(doc, "-");
        }
    if (table->n_all == table->n_rows)
        return;
    hc_doc_paragraph(doc);
    hc_doc_format(doc, "And %zu more.", table->n_all - table->n_rows);
}

void hc_site_put_quality(struct hc_doc *doc, const struct hc_site *site)
{
    for (size_t i = 0; i < site->in->n_quality; i++)
        put_table(doc, &site->in->quality[i]);
    hc_doc_section(doc, "sources-of-numbers", "Where the numbers come from");
    hc_doc_sources(doc);
}
