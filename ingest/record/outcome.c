/* What a record says was found -> its outcome. */
#include "ingest/record/settle.h"

#define WORD_BYTES 64
#define NAME_BLANKS 2 /* in the name of a component at most; more are a sentence */

/* ---- what is stated ---- */

/* By a field whose name means nothing else. */
static bool is_outright(const struct hc_record_builder *b, enum hc_mapping_target of)
{
    return b->stated[of].value.p && !b->tool->fields[b->stated[of].rank].hint;
}

static bool says_outright(const struct hc_record_builder *b)
{
    return b->confirmed_by_key || is_outright(b, HC_TO_CATEGORY) || is_outright(b, HC_TO_CAUSE) ||
           is_outright(b, HC_TO_COMPONENT) || is_outright(b, HC_TO_STATUS);
}

static struct hc_str word(const struct hc_record_builder *b, enum hc_mapping_target of)
{
    struct hc_str stated = b->stated[of].value;
    struct hc_str meant = stated.p ? hc_mapping_word(b->context->mapping, b->tool->name, of, stated) : HC_STR_NONE;
    return meant.p ? meant : stated;
}

/* A category that the mapping knows is written as it writes it. */
static struct hc_str category_of(const struct hc_record_builder *b)
{
    struct hc_str stated = word(b, HC_TO_CATEGORY);
    struct hc_str known = stated.p ? hc_mapping_category(b->context->mapping, stated) : HC_STR_NONE;
    return hc_str_equal_nocase(known, stated) ? known : stated;
}

/* The one category that tags speak for; absent: none, or several that disagree. */
static struct hc_str category_of_tags(const struct hc_incident *incident)
{
    struct hc_str category = HC_STR_NONE;
    for (size_t i = 0; i < incident->n_tags; i++) {
        struct hc_str one = incident->tags[i].category;
        if (one.p && category.p && !hc_str_equal(one, category))
            return HC_STR_NONE;
        category = one.p ? one : category;
    }
    return category;
}

/* ---- words and names, else text ---- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '.' || c == '_' || c == '-';
}

bool hc_record_is_word(struct hc_str s)
{
    size_t n = 0;
    while (n < s.n && is_plain(s.p[n]))
        n++;
    return n == s.n && s.n <= WORD_BYTES;
}

/* Of a component: no sentence is one. */
static bool is_name(struct hc_str s)
{
    size_t n_blanks = 0;
    for (size_t i = 0; i < s.n; i++) {
        n_blanks += s.p[i] == ' ';
        if (!is_plain(s.p[i]) && !strchr(" /:@", s.p[i]) && !(s.p[i] & 0x80))
            return false;
    }
    return n_blanks <= NAME_BLANKS && s.n <= WORD_BYTES;
}

/* To the words of the outcome, where it does not stand among them already. */
static void say_in_words(struct hc_record_builder *b, struct hc_str *stated, struct hc_str *words)
{
    if (!words->p)
        *words = *stated;
    else if (!hc_str_starts(*words, *stated))
        *words = hc_str_format(b->context->arena, "%.*s\n%.*s", HC_STR_ARG(*words), HC_STR_ARG(*stated));
    b->failed |= !words->p;
    *stated = HC_STR_NONE;
}

/* ---- how sure, and since when ---- */

/* A cause that was found, and of which the record itself says what kind it is or where: tags are too coarse to learn
 * from, and a draft too early. */
static struct hc_str outcome_status(const struct hc_record_builder *b, struct hc_str stated, bool says_which)
{
    if (hc_str_is(stated, "unknown"))
        return HC_STR("unknown");
    bool is_found = b->confirmed && !hc_str_is(stated, "probable");
    return says_which && (is_found || hc_str_is(stated, "confirmed")) ? HC_STR("confirmed") : HC_STR("probable");
}

static struct hc_time later(struct hc_time a, struct hc_time b)
{
    return hc_time_known(b) && b.ns > a.ns ? b : a;
}

/* Of an outcome that is not confirmed nobody knows when it was found, unless the record says so: an edit is not it. None
 * is known before the incident begins, nor from an edit before the end that it states. */
static struct hc_time known_at(struct hc_record_builder *b, bool is_confirmed)
{
    const struct hc_incident *incident = &b->record.manifest.incident, *of = b->context->of;
    struct hc_time start = of ? of->window_start : incident->window_start;
    struct hc_time end = of && hc_time_known(of->window_end) ? of->window_end : incident->window_end;
    struct hc_time at = hc_record_time_by(b, HC_TO_FOUND_AT);
    if (hc_time_known(at) && hc_time_known(start) && at.ns < start.ns)
        hc_warnings_add(&b->record.manifest.warnings, "window-order", b->context->member,
                        b->stated[HC_TO_FOUND_AT].line,
                        "what was found is not known before the incident's start: \"%.*s\"",
                        HC_STR_ARG(b->stated[HC_TO_FOUND_AT].value));
    if (hc_time_known(at) || !is_confirmed)
        return hc_time_known(at) ? later(at, start) : at;
    at = hc_time_known(incident->updated) ? hc_record_time_by(b, HC_TO_UPDATED) : HC_TIME_NONE;
    if (!hc_time_known(at))
        at = incident->window_end;
    return hc_time_known(at) ? later(later(at, start), end) : at;
}

static uint32_t outcome_line(const struct hc_record_builder *b)
{
    static const enum hc_mapping_target order[] = {HC_TO_FOUND, HC_TO_CATEGORY, HC_TO_CAUSE, HC_TO_COMPONENT};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (b->stated[order[i]].value.p)
            return b->stated[order[i]].line;
    return b->record.line;
}

void hc_record_settle_outcome(struct hc_record_builder *b)
{
    static const enum hc_mapping_target of[] = {HC_TO_CATEGORY, HC_TO_COMPONENT, HC_TO_STATUS};
    struct hc_incident *incident = &b->record.manifest.incident;
    for (size_t i = 0; !says_outright(b) && i < sizeof of / sizeof *of; i++)
        b->stated[of[i]].value = HC_STR_NONE; /* hints alone */
    struct hc_str category = category_of(b), cause = b->stated[HC_TO_CAUSE].value;
    struct hc_str component = b->stated[HC_TO_COMPONENT].value, text = b->stated[HC_TO_FOUND].value;
    bool guessed = !category.p && !cause.p && !component.p && !b->confirmed;
    if (category.p && !hc_record_is_word(category))
        say_in_words(b, &category, &text);
    if (cause.p && !hc_record_is_word(cause))
        say_in_words(b, &cause, &text);
    if (component.p && !is_name(component))
        say_in_words(b, &component, &text);
    bool says_which = category.p || component.p;
    if (!category.p)
        category = category_of_tags(incident);
    if (guessed && !category.p)
        return;
    struct hc_outcome *outcome = hc_arena_calloc(b->context->arena, 1, sizeof *outcome);
    b->failed |= !outcome;
    if (!outcome)
        return;
    *outcome = (struct hc_outcome){.status = outcome_status(b, word(b, HC_TO_STATUS), says_which),
                                   .category = category,
                                   .cause = cause,
                                   .component = component,
                                   .text = text,
                                   .given_by = incident->origin,
                                   .known_at = HC_TIME_NONE,
                                   .place = {b->context->member, outcome_line(b)}};
    if (!guessed)
        outcome->known_at = known_at(b, hc_str_is(outcome->status, "confirmed"));
    incident->outcomes = outcome;
    incident->n_outcomes = 1;
}
