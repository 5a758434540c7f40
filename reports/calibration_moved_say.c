/* What the parts on what moved share. */
#include "reports/calibration_moved.h"

struct hc_str hc_moved_name(struct hc_calibration_parts *parts, const struct hc_moved_share *s)
{
    const struct hc_str category = hc_cal_category(parts->in->catalogue, s->now->category);
    return s->now->service.p
               ? hc_doc_formatted(parts->doc, "%.*s on %.*s", HC_STR_ARG(category), HC_STR_ARG(s->now->service))
               : category;
}

bool hc_moved_is_in(const struct hc_moved_share *s, int family)
{
    return (s->now->service.p != NULL) == (family == HC_MOVED_BY_SERVICE);
}

bool hc_moved_came_of(const struct hc_labelled *label, const struct hc_prior_row *row)
{
    return hc_str_equal(label->category, row->category) &&
           (!row->service.p || hc_str_equal(label->evidence->service, row->service));
}

struct hc_str hc_moved_change(struct hc_doc *doc, double before, double now)
{
    return hc_cal_points(doc, now - before);
}

void hc_moved_judged(struct hc_doc *doc, bool tested, bool moved, double q)
{
    char text[HC_WORD_TEXT];
    hc_doc_cell(doc);
    if (!tested) {
        hc_doc_absent(doc, "not told");
        return;
    }
    hc_word_probability(q, text);
    if (moved)
        hc_doc_strong(doc, hc_doc_formatted(doc, "moved (%s)", text));
    else
        hc_doc_format(doc, "as chance has it (%s)", text);
}

/* On a scale from `low` to `high`. */
struct hc_mark hc_moved_mark_of(struct hc_score score, double low, double high)
{
    const double width = high > low ? high - low : 1;
    return (struct hc_mark){
        .at = (score.value - low) / width, .low = (score.low - low) / width, .high = (score.high - low) / width};
}

void hc_moved_mark(struct hc_calibration_parts *parts, struct hc_mark mark, const struct hc_mark *before, bool moved)
{
    if (before) {
        struct hc_mark *kept = hc_arena_alloc(parts->doc->arena, sizeof *kept);
        if (!kept) {
            parts->doc->failed = true;
            return;
        }
        *kept = *before;
        mark.before = kept;
    }
    mark.tone = moved ? HC_TONE_BAD : HC_TONE_INFO;
    hc_doc_mark(parts->doc, mark);
}

/* The labels that became known between the two. */
struct hc_str hc_moved_came_query(struct hc_calibration_parts *parts, const char *columns,
                                  const struct hc_prior_row *of)
{
    const struct hc_moves *m = parts->in->moves;
    struct hc_doc *doc = parts->doc;
    struct hc_str service = HC_STR(""), category = HC_STR("");
    if (of && of->service.p)
        service = hc_doc_formatted(doc, " AND service = '%.*s'", HC_STR_ARG(hc_cal_quoted(doc, of->service)));
    if (of)
        category = hc_doc_formatted(doc, " AND category = '%.*s'", HC_STR_ARG(hc_cal_quoted(doc, of->category)));
    return hc_doc_formatted(
        doc,
        "SELECT %s FROM outcomes JOIN incidents USING (incident) WHERE ordinal = 0 AND status = 'confirmed' AND conflict = 0"
        " AND known_at_ns > %lld AND known_at_ns <= %lld%.*s%.*s%s",
        columns, (long long)m->before->as_of.ns, (long long)m->now->as_of.ns, HC_STR_ARG(service), HC_STR_ARG(category),
        of ? "" : " GROUP BY 1");
}

struct hc_str hc_moved_query(struct hc_calibration_parts *parts, const char *columns, const char *view,
                             struct hc_str where)
{
    const struct hc_moves *m = parts->in->moves;
    return hc_doc_formatted(parts->doc, "SELECT calibration, %s FROM %s WHERE calibration IN (%lld, %lld)%.*s", columns,
                            view, (long long)m->before->number, (long long)m->now->number, HC_STR_ARG(where));
}
