#include "cli/outcomes.h"

#include <string.h>

#include "base/warning.h"

#define NEAR_EDITS 2       /* more is another word */
#define NEAR_BYTES 3       /* two edits make any shorter word of any other */
#define WORD_BYTES_MOST 64 /* longer ones are near nothing */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static unsigned char lower(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* Formula: Levenshtein's distance in bytes, ASCII's case ignored, by rows. */
static size_t edits(struct hc_str a, struct hc_str b)
{
    size_t row[WORD_BYTES_MOST + 1];
    if (a.n > WORD_BYTES_MOST || b.n > WORD_BYTES_MOST)
        return WORD_BYTES_MOST;
    for (size_t j = 0; j <= b.n; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.n; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.n; j++) {
            size_t replaced = diagonal + (lower(a.p[i - 1]) != lower(b.p[j - 1]));
            diagonal = row[j];
            row[j] = least(replaced, 1 + least(row[j], row[j - 1]));
        }
    }
    return row[b.n];
}

/* The nearest word so far; of equally near ones the first. */
struct near {
    struct hc_str word;
    size_t n_edits;
};

static void try_word(struct near *near, struct hc_str given, struct hc_str word)
{
    size_t n = edits(given, word);
    if (n >= near->n_edits || (n && least(given.n, word.n) <= NEAR_BYTES))
        return;
    *near = (struct near){word, n};
}

static void check_category(struct hc_warnings *warnings, const struct hc_outcome *outcome,
                           const struct hc_catalogue *catalogue)
{
    struct near near = {.n_edits = NEAR_EDITS + 1};
    for (size_t i = 0; i < catalogue->n_categories; i++)
        try_word(&near, outcome->category, catalogue->categories[i].id);
    struct hc_buf hint = {0};
    if (near.word.n)
        hc_buf_format(&hint, "; did you mean \"%.*s\"?", HC_STR_ARG(near.word));
    hc_warnings_add(warnings, "outcome-category", outcome->place.member, (long)outcome->place.line,
                    "the catalogue has no category \"%.*s\": it counts as one of its own%.*s",
                    HC_STR_ARG(outcome->category), HC_STR_ARG(hc_buf_view(&hint)));
    hc_buf_free(&hint);
}

static void check_cause(struct hc_warnings *warnings, const struct hc_outcome *outcome, size_t category,
                        const struct hc_catalogue *catalogue)
{
    struct near near = {.n_edits = NEAR_EDITS + 1};
    if (!outcome->cause.n || hc_catalogue_cause(catalogue, category, outcome->cause) < catalogue->n_causes)
        return;
    for (size_t i = 0; i < catalogue->n_causes; i++)
        if (catalogue->causes[i].category == category)
            try_word(&near, outcome->cause, catalogue->causes[i].id);
    if (near.word.n)
        hc_warnings_add(warnings, "outcome-cause", outcome->place.member, (long)outcome->place.line,
                        "the catalogue has no cause \"%.*s\": it counts as one of its own; did you mean \"%.*s\"?",
                        HC_STR_ARG(outcome->cause), HC_STR_ARG(near.word));
}

/* "cart-1" and "cart-2" are no slips of each other. */
static bool same_digits(struct hc_str a, struct hc_str b)
{
    size_t i = 0, j = 0;
    for (;;) {
        while (i < a.n && (a.p[i] < '0' || a.p[i] > '9'))
            i++;
        while (j < b.n && (b.p[j] < '0' || b.p[j] > '9'))
            j++;
        if (i == a.n || j == b.n)
            return i == a.n && j == b.n;
        if (a.p[i++] != b.p[j++])
            return false;
    }
}

/* A cause may lie where no evidence is from; a name that is nearly one of the incident's is perhaps a slip. */
static void check_component(struct hc_warnings *warnings, const struct hc_outcome *outcome,
                            const struct hc_incident *incident)
{
    struct near near = {.n_edits = NEAR_EDITS + 1};
    for (size_t i = 0; i < incident->n_components && outcome->component.n; i++)
        if (same_digits(outcome->component, incident->components[i].name))
            try_word(&near, outcome->component, incident->components[i].name);
    if (near.word.n && near.n_edits)
        hc_warnings_add(warnings, "outcome-component", outcome->place.member, (long)outcome->place.line,
                        "nothing else in the incident is of a component \"%.*s\"; did you mean \"%.*s\"?",
                        HC_STR_ARG(outcome->component), HC_STR_ARG(near.word));
}

enum hc_status hc_outcomes_check(struct hc_incident *incident, const struct hc_catalogue *catalogue,
                                 struct hc_arena *arena, struct hc_err *err)
{
    struct hc_warnings warnings;
    hc_warnings_init(&warnings, arena);
    for (size_t i = 0; i < incident->n_outcomes; i++) {
        const struct hc_outcome *outcome = &incident->outcomes[i];
        size_t category = hc_catalogue_category(catalogue, outcome->category);
        if (outcome->category.n && category == catalogue->n_categories)
            check_category(&warnings, outcome, catalogue);
        else if (outcome->category.n)
            check_cause(&warnings, outcome, category, catalogue);
        check_component(&warnings, outcome, incident);
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
           hc_str_is(warning->code, "outcome-component");
}
