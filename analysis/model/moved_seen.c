/* What the labels show of the signs whose weights lie outside of what was held before. */
#include <math.h>
#include <string.h>

#include "analysis/model/moved.h"

/* What stands before the mark, which goes with the rest; all where it is not there. */
static struct hc_str cut_at(struct hc_str text, struct hc_str mark, struct hc_str *rest)
{
    *rest = HC_STR_NONE;
    for (size_t i = 0; i + mark.n <= text.n; i++)
        if (memcmp(text.p + i, mark.p, mark.n) == 0) {
            *rest = (struct hc_str){text.p + i + mark.n, text.n - i - mark.n};
            return (struct hc_str){text.p, i};
        }
    return text;
}

struct hc_weight_name hc_weight_name_of(struct hc_str name)
{
    struct hc_weight_name out = {.quiet = false};
    struct hc_str part;
    out.feature = cut_at(cut_at(name, HC_STR(" @ "), &out.type), HC_STR(" "), &part);
    out.quiet = hc_str_is(part, "quiet");
    return out;
}

static bool is_of(const struct hc_labelled *label, struct hc_str type, const struct hc_catalogue *catalogue)
{
    if (!type.p)
        return true;
    struct hc_str cause;
    const struct hc_str category = cut_at(type, HC_STR("/"), &cause);
    if (!label->category.p || !hc_str_equal(label->category, category))
        return false;
    const size_t c = hc_catalogue_category(catalogue, category);
    const size_t known = c < catalogue->n_categories ? hc_catalogue_cause(catalogue, c, cause) : catalogue->n_causes;
    if (known < catalogue->n_causes) /* which goes by other names too */
        return label->cause.p && hc_catalogue_cause(catalogue, c, label->cause) == known;
    return hc_str_equal(label->cause, cause);
}

static void see(struct hc_moved_seen *seen, double value, bool quiet)
{
    if (isnan(value))
        return;
    seen->n++;
    seen->k += quiet ? !(value > 0) : value > 0;
}

static void look_at(struct hc_moved_value *v, int when, const struct hc_labelled *label, const double *values,
                    const struct hc_catalogue *catalogue)
{
    const struct hc_weight_name of = hc_weight_name_of(v->name);
    const struct hc_evidence *e = label->evidence;
    const size_t feature = hc_catalogue_feature(catalogue, of.feature);
    if (feature == catalogue->n_features || !is_of(label, of.type, catalogue))
        return;
    v->explained = true;
    for (size_t c = 0; c < e->n_components; c++) {
        const bool at_fault = hc_str_equal(e->components[c].name, label->component);
        if (e->components[c].candidate)
            see(at_fault ? &v->at_fault[when] : &v->elsewhere[when], values[c * catalogue->n_features + feature],
                of.quiet);
    }
}

enum hc_status hc_moves_explain(struct hc_moves *moves, const struct hc_labelled *labelled, size_t n_before, size_t n,
                                const struct hc_catalogue *catalogue, struct hc_err *err)
{
    struct hc_arena *work = hc_arena_new(0);
    bool ok = work != NULL;
    for (size_t i = 0; ok && i < n && moves->weights.n_outside; i++) {
        hc_arena_reset(work);
        const double *values = hc_evidence_values(labelled[i].evidence, catalogue->n_features, work);
        ok = values != NULL;
        for (size_t j = 0; ok && labelled[i].component.p && j < moves->weights.n; j++)
            if (moves->weights.items[j].outside)
                look_at(&moves->weights.items[j], i < n_before ? HC_MOVED_BEFORE : HC_MOVED_SINCE, &labelled[i], values,
                        catalogue);
    }
    hc_arena_free(work);
    return ok ? HC_OK : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to look at what came between");
}
