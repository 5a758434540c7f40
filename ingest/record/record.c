#include "ingest/record/record.h"

#include "base/text.h"

#define HEAD_BYTES ((size_t)64 << 10)

/* On equal bids the earlier wins. */
static const struct hc_record_reader *const readers[] = {
    &hc_record_reader_markdown, &hc_record_reader_html, &hc_record_reader_json,
    &hc_record_reader_csv,      &hc_record_reader_xml,
};

#define N_READERS (sizeof readers / sizeof *readers)

static struct hc_str without_bom(struct hc_str bytes)
{
    return hc_str_starts(bytes, HC_STR("\xEF\xBB\xBF")) ? (struct hc_str){bytes.p + 3, bytes.n - 3} : bytes;
}

static const struct hc_record_reader *surest(struct hc_str bytes, const struct hc_mapping *mapping)
{
    const struct hc_record_reader *best = NULL;
    struct hc_str head = {bytes.p, bytes.n < HEAD_BYTES ? bytes.n : HEAD_BYTES};
    int most = 0;
    for (size_t i = 0; mapping && head.n > 0 && i < N_READERS; i++) {
        int bid = readers[i]->bid(head, mapping);
        if (bid > most) {
            most = bid;
            best = readers[i];
        }
    }
    return best;
}

bool hc_record_recognises(struct hc_str head, const struct hc_mapping *mapping)
{
    return surest(without_bom(head), mapping) != NULL;
}

bool hc_record_is_postmortem(struct hc_str bytes, const struct hc_mapping *mapping)
{
    const struct hc_record_reader *reader = surest(without_bom(bytes), mapping);
    return reader == &hc_record_reader_markdown || reader == &hc_record_reader_html;
}

enum hc_status hc_record_read(struct hc_str bytes, const struct hc_record_context *context, struct hc_err *err)
{
    struct hc_str text = without_bom(bytes);
    const struct hc_record_reader *reader = surest(text, context->mapping);
    if (reader && context->in_parts && !reader->reads_parts)
        return hc_err_set(err, HC_FAIL, "limit-whole-bytes",
                          "is larger than a file that is held whole, and %s is not read in parts", reader->name);
    return reader ? reader->read(text, context, err) : HC_SKIP;
}
