#include "cli/outcomes.h"

#include <string.h>

#include "base/warning.h"
#include "cli/near.h"

#define BEGINNING_BYTES 4 /* of a category: "conf", "infra" */

/* The category that was perhaps meant: a slip of one, or its beginning; n_categories: none. */
static size_t category_meant(struct hc_str given, const struct hc_catalogue *catalogue)
{
    struct hc_near near = HC_NEAR_NONE;
    size_t begun = catalogue->n_categories;
    for (size_t i = 0; i < catalogue->n_categories; i++) {
        const struct hc_str id = catalogue->categories[i].id;
        hc_near_try(&near, given, id);
        if (given.n >= BEGINNING_BYTES && given.n < id.n && hc_str_equal_nocase((struct hc_str){id.p, given.n}, given))
            begun = i;
    }
    return near.word.n ? hc_catalogue_category(catalogue, near.word) : begun;
}

static void check_category(struct hc_warnings *warnings, const struct hc_outcome *outcome, size_t meant,
                           const struct hc_catalogue *catalogue)
{
    struct hc_buf hint = {0};
    if (meant < catalogue->n_categories)
        hc_buf_format(&hint, "; did you mean \"%.*s\"?", HC_STR_ARG(catalogue->categories[meant].id));
    hc_warnings_add(warnings, "outcome-category", outcome->place.member, (long)outcome->place.line,
                    "the catalogue has no category \"%.*s\": it counts as one of its own%.*s",
                    HC_STR_ARG(outcome->category), HC_STR_ARG(hc_buf_view(&hint)));
    hc_buf_free(&hint);
}

/* `category`: the one that it is looked for in; n_categories: any. */
static void check_cause(struct hc_warnings *warnings, const struct hc_outcome *outcome, size_t category,
                        const struct hc_catalogue *catalogue)
{
    struct hc_near near = HC_NEAR_NONE;
    if (!outcome->cause.n)
        return;
    for (size_t i = 0; i < catalogue->n_categories; i++) {
        const bool looked_in = category == i || category == catalogue->n_categories;
        if (looked_in && hc_catalogue_cause(catalogue, i, outcome->cause) < catalogue->n_causes)
            return;
    }
    for (size_t i = 0; i < catalogue->n_causes; i++)
        if (catalogue->causes[i].category == category || category == catalogue->n_categories)
            hc_near_try(&near, outcome->cause, catalogue->causes[i].id);
    if (near.word.n)
        hc_warnings_add(warnings, "outcome-cause", outcome->place.member, (long)outcome->place.line,
                        "the catalogue has no cause \"%.*s\": it counts as one of its own; did you mean \"%.*s\"?",
                        HC_STR_ARG(outcome->cause), HC_STR_ARG(near.word));
}

/* A cause may lie where no evidence is from; a name that is nearly one of the incident's is perhaps a slip. */
static void check_component(struct hc_warnings *warnings, const struct hc_outcome *outcome,
                            const struct hc_incident *incident)
{
    struct hc_near near = HC_NEAR_NONE;
    for (size_t i = 0; i < incident->n_components; i++)
        if (hc_str_equal(outcome->component, incident->components[i].name))
            return; /* as nearly all are */
    for (size_t i = 0; i < incident->n_components && outcome->component.n; i++)
        if (hc_same_digits(outcome->component, incident->components[i].name))
            hc_near_try(&near, outcome->component, incident->components[i].name);
    if (near.word.n && near.n_edits)
        hc_warnings_add(warnings, "outcome-component", outcome->place.member, (long)outcome->place.line,
                        "nothing else in the incident is of a component \"%.*s\"; did you mean \"%.*s\"?",
                        HC_STR_ARG(outcome->component), HC_STR_ARG(near.word));
}

static void check_time(struct hc_warnings *warnings, const struct hc_outcome *outcome)
{
    if (hc_str_is(outcome->status, "confirmed") && !hc_time_known(outcome->known_at))
        hc_warnings_add(warnings, "outcome-time", outcome->place.member, (long)outcome->place.line,
                        "nothing says since when the outcome is known, so it is never learned from: give outcome/@at, "
                        "or incident/@updated");
}

enum hc_status hc_outcomes_check(struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                 struct hc_arena *arena, struct hc_err *err)
{
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        const struct hc_outcome *outcome = &incident->outcomes[i];
        size_t category = hc_catalogue_category(catalogue, outcome->category);
        if (outcome->category.n && category == catalogue->n_categories) {
            category = category_meant(outcome->category, catalogue);
            check_category(&warnings, outcome, category, catalogue);
        }
        if (outcome->category.n)
            check_cause(&warnings, outcome, category, catalogue);
        check_component(&warnings, outcome, incident);
        check_time(&warnings, outcome);
    }
    if (!warnings.n)
        return HC_OK;
    const size_t n = incident->n_warnings + warnings.n;
    struct hc_warning *all = hc_arena_calloc(arena, n, sizeof *all);
    if (!all)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the warnings of an incident");
    if (incident->n_warnings)
        memcpy(all, incident->warnings, incident->n_warnings * sizeof *all);
    memcpy(all + incident->n_warnings, warnings.items, warnings.n * sizeof *all);
    warnings.items = all;
    warnings.n = n;
    hc_warnings_sort(&warnings);
    incident->warnings = all;
    incident->n_warnings = n;
    return HC_OK;
}

bool hc_outcomes_is_warning(const struct hc_warning *warning)
{
    return hc_str_is(warning->code, "outcome-category") || hc_str_is(warning->code, "outcome-cause") ||
           hc_str_is(warning->code, "outcome-component") || hc_str_is(warning->code, "outcome-time") ||
           hc_str_is(warning->code, "outcome-status"); /* which the reader of manifests adds */
}
