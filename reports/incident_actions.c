/* What to do about it, as a list by horizon or as a table. Of a past incident only what its record shows is said. */
#include "reports/incident_parts.h"

enum action_kind {
    ACTION_DONE,      /* a rollback that the bundle shows */
    ACTION_PAST,      /* what came last before a past incident of the same cause was over */
    ACTION_OWN,       /* of the team's own follow-ups */
    ACTION_CATALOGUE, /* of the cause's */
    ACTION_GAP,       /* from a gap met here */
};

struct action {
    enum action_kind kind;
    int horizon;
    const struct hc_change *change;         /* done */
    const struct hc_similar_incident *past; /* past */
    const struct hc_follow_up *own;         /* own */
    struct hc_str text;                     /* of the catalogue, or from a gap */
};

struct actions {
    struct action *items; /* by horizon */
    size_t n;
    bool has_own;
};

static const struct {
    const char *id, *title, *within;
} terms[HC_HORIZONS] = {{"immediate", "Immediate", "at once"},
                        {"short-term", "Short term (0 to 7 days)", "0 to 7 days"},
                        {"medium-term", "Medium term (1 to 4 weeks)", "1 to 4 weeks"},
                        {"long-term", "Long term (1 to 3 months)", "1 to 3 months"}};

/* ---- which there are ----------------------------------------------------------------------------------- */

static void add(struct actions *actions, struct action action)
{
    actions->items[actions->n++] = action;
    actions->has_own |= action.kind == ACTION_OWN;
}

static void add_done(struct hc_report_parts *parts, struct actions *actions)
{
    const struct hc_incident *incident = parts->in->incident;
    for (size_t i = 0; i < incident->n_changes; i++)
        if (hc_is_undoing(parts, &incident->changes[i]))
            add(actions, (struct action){.kind = ACTION_DONE, .change = &incident->changes[i]});
}

static void add_past(struct hc_report_parts *parts, const struct hc_cause *cause, struct actions *actions)
{
    for (size_t i = 0; cause && i < parts->in->n_similar; i++) {
        const struct hc_similar_incident *past = &parts->in->similar[i];
        if (past->mended_by.n > 0 && hc_find_cause(parts, past->category, past->cause) == cause)
            add(actions, (struct action){.kind = ACTION_PAST, .past = past});
    }
}

/* Of the cause; of a cause that is not known, at least of its category. */
static struct hc_str category_of(const struct hc_report_parts *parts, const struct hc_cause *cause)
{
    const struct hc_outcome *found = parts->facts.found;
    if (cause)
        return parts->in->catalogue->categories[cause->category].id;
    return found ? found->category : parts->facts.leading ? parts->facts.leading->category : HC_STR_NONE;
}

static bool is_for(const struct hc_report_parts *parts, const struct hc_cause *cause, const struct hc_follow_up *own)
{
    if (own->category.n == 0)
        return hc_is_gap_met(parts, own->gap);
    return hc_str_equal(own->category, category_of(parts, cause)) &&
           (own->cause.n == 0 || (cause && hc_str_equal(own->cause, cause->id)));
}

static void add_own(struct hc_report_parts *parts, const struct hc_cause *cause, struct actions *actions, int horizon)
{
    const struct hc_follow_ups *own = parts->in->follow_ups;
    for (size_t i = 0; own && i < own->n; i++)
        if (own->items[i].horizon == horizon && is_for(parts, cause, &own->items[i]))
            add(actions, (struct action){.kind = ACTION_OWN, .horizon = horizon, .own = &own->items[i]});
}

/* Is what is built in left out, of the cause or of the gap? */
static bool is_replaced(const struct hc_report_parts *parts, const struct hc_cause *cause, const enum hc_gap *gap)
{
    const struct hc_follow_ups *own = parts->in->follow_ups;
    for (size_t i = 0; own && own->replaces && i < own->n; i++) {
        const struct hc_follow_up *item = &own->items[i];
        if (gap ? item->category.n == 0 && item->gap == *gap : item->category.n > 0 && is_for(parts, cause, item))
            return true;
    }
    return false;
}

static void add_catalogue(struct hc_report_parts *parts, const struct hc_cause *cause, struct actions *actions,
                          int horizon)
{
    if (!cause || is_replaced(parts, cause, NULL))
        return;
    for (size_t i = 0; i < cause->n_follow_ups[horizon]; i++)
        add(actions, (struct action){.kind = ACTION_CATALOGUE,
                                     .horizon = horizon,
                                     .text = hc_str_trim(cause->follow_ups[horizon][i])});
}

static struct hc_str say_warning(struct hc_report_parts *parts)
{
    char text[HC_WORD_TEXT];
    hc_word_duration(hc_moments_apart(&parts->facts.symptom, &parts->facts.fatal), text);
    return hc_doc_formatted(
        parts->doc, "Put the warning time of %s into the runbook: only an automatic reaction can be faster.", text);
}

static struct hc_str say_missing(struct hc_report_parts *parts)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    struct hc_str kinds = HC_STR("");
    for (size_t i = 0; i < analysis->n_next_evidence && i < 3; i++) {
        struct hc_str kind = hc_say_kind(parts, analysis->next_evidence[i].kind);
        kinds = hc_doc_formatted(parts->doc, "%.*s%s%.*s", HC_STR_ARG(kinds), i > 0 ? ", " : "", HC_STR_ARG(kind));
    }
    return kinds.n > 0 ? hc_doc_formatted(parts->doc, "Collect what was missing: %.*s.", HC_STR_ARG(kinds)) : kinds;
}

static void add_gap(struct hc_report_parts *parts, struct actions *actions, enum hc_gap gap, int horizon)
{
    if (!hc_is_gap_met(parts, gap) || is_replaced(parts, NULL, &gap))
        return;
    struct hc_str text = gap == HC_GAP_SHORT_WARNING      ? say_warning(parts)
                         : gap == HC_GAP_EVIDENCE_MISSING ? say_missing(parts)
                                                          : HC_STR("Record when an incident is detected, and by whom "
                                                                   "or what.");
    if (text.n > 0)
        add(actions, (struct action){.kind = ACTION_GAP, .horizon = horizon, .text = text});
}

static struct actions find_actions(struct hc_report_parts *parts)
{
    const struct hc_cause *cause = hc_remedy_cause(parts);
    const struct hc_follow_ups *own = parts->in->follow_ups;
    size_t most = parts->in->incident->n_changes + parts->in->n_similar + (own ? own->n : 0) + HC_GAPS;
    for (int i = 0; cause && i < HC_HORIZONS; i++)
        most += cause->n_follow_ups[i];
    struct actions actions = {.items = hc_arena_calloc(parts->doc->arena, most, sizeof *actions.items)};
    if (!actions.items) {
        parts->doc->failed = true;
        return actions;
    }
    add_done(parts, &actions);
    add_past(parts, cause, &actions);
    for (int horizon = 0; horizon < HC_HORIZONS; horizon++) {
        add_own(parts, cause, &actions, horizon);
        add_catalogue(parts, cause, &actions, horizon);
        if (horizon == 1) {
            add_gap(parts, &actions, HC_GAP_DETECTION_UNKNOWN, horizon);
            add_gap(parts, &actions, HC_GAP_SHORT_WARNING, horizon);
        }
        if (horizon == 2)
            add_gap(parts, &actions, HC_GAP_EVIDENCE_MISSING, horizon);
    }
    return actions;
}

struct hc_str hc_first_action(struct hc_report_parts *parts)
{
    struct actions actions = find_actions(parts);
    for (size_t i = 0; i < actions.n; i++) {
        const struct action *action = &actions.items[i];
        if (action->horizon == 0 && action->kind == ACTION_OWN && action->own->category.n > 0)
            return action->own->text;
        if (action->horizon == 0 && action->kind == ACTION_CATALOGUE)
            return action->text;
    }
    return HC_STR_NONE;
}

/* ---- how they are said --------------------------------------------------------------------------------- */

static void put_done(struct hc_report_parts *parts, const struct hc_change *change)
{
    struct hc_doc *doc = parts->doc;
    struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
    hc_doc_text(doc, "Done: rollback of ");
    hc_put_component(parts, hc_say_component(parts, change->component));
    hc_doc_text(doc, " at ");
    hc_put_time(parts, &moment);
    hc_doc_text(doc, ".");
}

static void put_past(struct hc_report_parts *parts, const struct hc_similar_incident *past)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_text(doc, "Consider what came last before ");
    if (past->has_report)
        hc_doc_link_report(doc, past->id, hc_report_file(past->id, doc->arena));
    else
        hc_doc_from_sql(doc, past->id, hc_cite_past(parts, past->id));
    hc_doc_text(doc, past->mitigated ? ", of the same cause, was mitigated: " : ", of the same cause, ended: ");
    hc_doc_str(doc, past->mended_by);
    hc_doc_text(doc, ".");
}

static void put_action(struct hc_report_parts *parts, const struct action *action)
{
    switch (action->kind) {
    case ACTION_DONE:
        put_done(parts, action->change);
        break;
    case ACTION_PAST:
        put_past(parts, action->past);
        break;
    case ACTION_OWN:
        hc_doc_str(parts->doc, action->own->text);
        break;
    case ACTION_CATALOGUE:
        hc_doc_str(parts->doc, action->text);
        break;
    case ACTION_GAP:
        hc_doc_str(parts->doc, action->text);
        hc_doc_text(parts->doc, " ");
        hc_doc_absent(parts->doc, "From a gap met here.");
        break;
    }
}

/* "within 7 days of the end, by 2015-03-23" */
static void put_due(struct hc_report_parts *parts, uint32_t days)
{
    char text[HC_TIME_TEXT];
    struct hc_time end = parts->facts.end.at;
    hc_doc_format(parts->doc, "within %lu %s of the end", (unsigned long)days, days == 1 ? "day" : "days");
    if (!hc_time_known(end) || __builtin_add_overflow(end.ns, (int64_t)days * 24 * HC_NS_PER_HOUR, &end.ns))
        return;
    hc_time_format(end, text);
    hc_doc_format(parts->doc, ", by %.10s", text);
}

static void put_ticket(struct hc_report_parts *parts, const struct hc_follow_up *own)
{
    if (own->link.n > 0)
        hc_doc_link_web(parts->doc, own->ticket.n > 0 ? own->ticket : own->link, own->link);
    else
        hc_doc_str(parts->doc, own->ticket);
}

static void put_own_details(struct hc_report_parts *parts, const struct hc_follow_up *own)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_text(doc, " Owner: ");
    if (own->owner.n > 0)
        hc_doc_str(doc, own->owner);
    else
        hc_doc_absent(doc, "none yet");
    if (own->ticket.n > 0 || own->link.n > 0) {
        hc_doc_text(doc, "; ticket: ");
        put_ticket(parts, own);
    }
    if (own->priority.n > 0) {
        hc_doc_text(doc, "; priority: ");
        hc_doc_str(doc, own->priority);
    }
    if (own->due_days > 0) {
        hc_doc_text(doc, "; due ");
        put_due(parts, own->due_days);
    }
    hc_doc_text(doc, ". ");
    hc_doc_absent(doc, "From the team's own.");
}

static void put_basis(struct hc_report_parts *parts, const struct actions *actions)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_outcome *found = parts->facts.found;
    const struct hc_cause *cause = hc_remedy_cause(parts);
    hc_doc_note(doc);
    if (actions->has_own)
        hc_doc_text(doc, "These are proposals. Those of the team's own say what its file says; the others have neither "
                         "owner nor date yet: give each both, or strike it. ");
    else
        hc_doc_text(doc, "These are proposals. None has an owner or a date yet: give each both, or strike it. ");
    hc_doc_text(doc, "Only what the bundle shows as done is called done. ");
    if (!cause)
        return;
    bool recorded = found && cause == hc_find_cause(parts, found->category, found->cause);
    hc_doc_text(doc, recorded ? "They follow from the cause on record, " : "They follow from the leading hypothesis, ");
    hc_doc_strong(doc, cause->title.n > 0 ? cause->title : cause->id);
    hc_doc_text(doc, ", by the catalogue, but where one is marked as met by a gap.");
}

/* ---- as a list ----------------------------------------------------------------------------------------- */

void hc_part_remediation(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    struct actions actions = find_actions(parts);
    size_t i = 0;
    put_basis(parts, &actions);
    for (int term = 0; term < HC_HORIZONS; term++) {
        size_t first = i;
        hc_doc_subsection(doc, hc_str_of(terms[term].id), hc_str_of(terms[term].title));
        hc_doc_list(doc);
        for (; i < actions.n && actions.items[i].horizon == term; i++) {
            hc_doc_item(doc);
            put_action(parts, &actions.items[i]);
            if (actions.items[i].kind == ACTION_OWN)
                put_own_details(parts, actions.items[i].own);
        }
        if (i == first) {
            hc_doc_paragraph(doc);
            hc_doc_text(doc, "The catalogue and the gaps give none.");
        }
    }
}

/* ---- as a table ---------------------------------------------------------------------------------------- */

static void put_or_blank(struct hc_report_parts *parts, struct hc_str text)
{
    hc_doc_cell(parts->doc);
    if (text.n > 0)
        hc_doc_str(parts->doc, text);
    else
        hc_doc_absent(parts->doc, "to fill in");
}

/* What is done at once mitigates; what else a text of the catalogue is for, nobody has said. */
static struct hc_str type_of(const struct action *action)
{
    if (action->kind == ACTION_OWN && action->own->type.n > 0)
        return action->own->type;
    return action->horizon == 0 && action->kind != ACTION_OWN ? HC_STR("mitigate") : HC_STR_NONE;
}

static void put_row(struct hc_report_parts *parts, const struct action *action)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_follow_up *own = action->own;
    hc_doc_cell(doc);
    put_action(parts, action);
    put_or_blank(parts, type_of(action));
    put_or_blank(parts, own ? own->owner : HC_STR_NONE);
    if (own && (own->ticket.n > 0 || own->link.n > 0)) {
        hc_doc_cell(doc);
        hc_doc_str(doc, own->priority);
        hc_doc_text(doc, own->priority.n > 0 ? ", " : "");
        put_ticket(parts, own);
    } else {
        put_or_blank(parts, own ? own->priority : HC_STR_NONE);
    }
    hc_doc_cell(doc);
    if (own && own->due_days > 0)
        put_due(parts, own->due_days);
    else
        hc_doc_text(doc, action->kind == ACTION_DONE ? "done" : terms[action->horizon].within);
}

void hc_part_action_table(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Action item", HC_COLUMN_TITLE, true},
                                               {"Type", HC_COLUMN_TEXT, false},
                                               {"Owner", HC_COLUMN_TEXT, false},
                                               {"Priority, bug", HC_COLUMN_TEXT, false},
                                               {"When", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    struct actions actions = find_actions(parts);
    put_basis(parts, &actions);
    if (actions.n == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "The catalogue and the gaps give none.");
        return;
    }
    hc_doc_table(doc, HC_STR("Actions proposed; what is to fill in is not in the bundle"), HC_COLUMNS(columns));
    for (size_t i = 0; i < actions.n; i++)
        put_row(parts, &actions.items[i]);
}
