/* How the trouble went its way: what was observed of the leading component and of those between it and the symptom. */
#include "analysis/model/timeline.h"
#include "reports/incident_parts.h"

#define LINKS 12        /* of the causal chain */
#define ONSETS 3        /* of one component: the loudest */
#define NOTABLE_VALUE 1 /* on the detectors' log scale; the timeline shows the same ones */

/* ---- who lies between ------------------------------------------------------------------------------------ */

/* Marks all that `from` calls, on any way, or (backwards) all that calls it. */
static bool mark_reached(struct hc_report_parts *parts, uint32_t from, bool backwards, bool *reached)
{
    const struct hc_incident *incident = parts->in->incident;
    uint32_t *queue = hc_arena_calloc(parts->doc->arena, incident->n_components + 1, sizeof *queue);
    size_t n = 0;
    if (!queue || from >= incident->n_components)
        return queue != NULL;
    reached[from] = true;
    queue[n++] = from;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < incident->n_dependencies; k++) {
            const struct hc_dependency *edge = &incident->dependencies[k];
            uint32_t near = backwards ? edge->to : edge->from, far = backwards ? edge->from : edge->to;
            if (near != queue[i] || far >= incident->n_components || reached[far])
                continue;
            reached[far] = true;
            queue[n++] = far;
        }
    return true;
}

uint32_t hc_find_component(const struct hc_incident *incident, struct hc_str name)
{
    for (uint32_t i = 0; name.n > 0 && i < incident->n_components; i++)
        if (hc_str_equal(incident->components[i].name, name))
            return i;
    return HC_NO_COMPONENT;
}

bool hc_is_upstream(struct hc_report_parts *parts, uint32_t component)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_hypothesis *leading = parts->facts.leading;
    bool *reached = hc_arena_calloc(parts->doc->arena, incident->n_components + 1, sizeof *reached);
    uint32_t from = leading ? hc_find_component(incident, leading->component) : HC_NO_COMPONENT;
    if (!reached || !mark_reached(parts, from, false, reached))
        parts->doc->failed = true;
    return reached && component < incident->n_components && reached[component];
}

uint32_t hc_symptom_component(const struct hc_incident *incident)
{
    for (size_t i = 0; i < incident->n_symptoms; i++)
        if (incident->symptoms[i].component < incident->n_components)
            return incident->symptoms[i].component;
    return hc_find_component(incident, incident->service);
}

/* The leading component, the symptom's, and what the one is called through by the other. Without a leading component
 * nobody lies between: then all count. */
static bool find_path(struct hc_report_parts *parts, bool *on_path)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_hypothesis *leading = parts->facts.leading;
    size_t n = incident->n_components;
    bool *below = hc_arena_calloc(parts->doc->arena, n + 1, sizeof *below);
    bool *above = hc_arena_calloc(parts->doc->arena, n + 1, sizeof *above);
    uint32_t cause = leading ? hc_find_component(incident, leading->component) : HC_NO_COMPONENT;
    uint32_t symptom = hc_symptom_component(incident);
    if (!below || !above || !mark_reached(parts, symptom, false, below) || !mark_reached(parts, cause, true, above))
        return false;
    for (uint32_t i = 0; i < n; i++)
        on_path[i] = cause == HC_NO_COMPONENT || i == cause || i == symptom || (below[i] && above[i]);
    return true;
}

/* ---- what was observed ----------------------------------------------------------------------------------- */

static void add_link(struct hc_chain *chain, struct hc_link link)
{
    size_t at = chain->n++;
    for (; at > 0 && chain->links[at - 1].moment.at.ns > link.moment.at.ns; at--)
        chain->links[at] = chain->links[at - 1];
    chain->links[at] = link;
}

static void add_steps(struct hc_report_parts *parts, struct hc_chain *chain)
{
    const struct hc_facts *facts = &parts->facts;
    for (size_t i = 0; i < facts->n_steps; i++) {
        const struct hc_step *step = &facts->steps[i];
        if (step->component < parts->in->incident->n_components && !chain->on_path[step->component])
            continue;
        add_link(chain, (struct hc_link){.moment = step->first,
                                         .component = hc_say_component(parts, step->component),
                                         .n = step->n,
                                         .is_end = hc_place_equal(step->first.place, facts->fatal.place)});
    }
}

/* Other findings of the same component and moment that are louder. */
static size_t count_louder(const struct hc_evidence *evidence, size_t at)
{
    const struct hc_evidence_item *item = &evidence->items[at];
    size_t n = 0;
    for (size_t i = 0; i < evidence->n_items; i++) {
        const struct hc_evidence_item *other = &evidence->items[i];
        if (i == at || other->component != item->component || !hc_time_known(other->onset))
            continue;
        n += other->value > item->value || (i < at && other->value >= item->value);
    }
    return n;
}

static bool has_place(const struct hc_chain *chain, const struct hc_evidence_item *item)
{
    for (size_t i = 0; i < chain->n; i++)
        if (hc_place_equal(chain->links[i].moment.place, item->place) && chain->links[i].moment.at.ns == item->onset.ns)
            return true;
    return false;
}

static void add_onsets(struct hc_report_parts *parts, struct hc_chain *chain)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_evidence *evidence = parts->in->evidence;
    for (size_t i = 0; i < evidence->n_items; i++) {
        const struct hc_evidence_item *item = &evidence->items[i];
        if (item->component >= evidence->n_components || !hc_is_onset(parts, item, NOTABLE_VALUE) ||
            count_louder(evidence, i) >= ONSETS || has_place(chain, item))
            continue;
        struct hc_str name = evidence->components[item->component].name;
        uint32_t component = hc_find_component(incident, name);
        if (component == HC_NO_COMPONENT || !chain->on_path[component])
            continue;
        struct hc_source_place place = hc_onset_place(incident, evidence, item);
        struct hc_moment moment = {item->onset, hc_str_trim(item->text), hc_place_of(parts, place)};
        add_link(chain, (struct hc_link){.moment = moment, .component = name, .n = 1, .is_sentence = true});
    }
}

struct hc_str hc_say_change_fully(struct hc_report_parts *parts, const struct hc_change *change)
{
    return change->version.n == 0
               ? hc_str_of(hc_say_change(parts, change))
               : hc_doc_formatted(parts->doc, "%s of %.*s", hc_say_change(parts, change), HC_STR_ARG(change->version));
}

bool hc_find_chain(struct hc_report_parts *parts, struct hc_chain *chain)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_facts *facts = &parts->facts;
    size_t most = 1 + facts->n_steps + parts->in->evidence->n_items;
    *chain = (struct hc_chain){.links = hc_arena_calloc(parts->doc->arena, most, sizeof *chain->links),
                               .on_path = hc_arena_calloc(parts->doc->arena, incident->n_components + 1, sizeof(bool))};
    if (!chain->links || !chain->on_path || !find_path(parts, chain->on_path))
        return false;
    if (facts->change) {
        struct hc_moment moment = facts->zero;
        moment.text = hc_say_change_fully(parts, facts->change);
        add_link(chain, (struct hc_link){moment, hc_say_component(parts, facts->change->component), 1, false, false});
    }
    add_steps(parts, chain);
    add_onsets(parts, chain);
    return true;
}

/* ---- how it is shown ------------------------------------------------------------------------------------- */

static void put_link(struct hc_report_parts *parts, const struct hc_link *link, size_t number)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_cell(doc);
    hc_doc_format(doc, "%zu", number);
    hc_doc_cell(doc);
    hc_put_offset(parts, link->moment.at, link->moment.place);
    hc_doc_cell(doc);
    hc_put_time(parts, &link->moment);
    hc_doc_cell(doc);
    hc_doc_str(doc, link->moment.text);
    if (link->n > 1)
        hc_doc_format(doc, " (%llu times)", (unsigned long long)link->n);
    hc_doc_cell(doc);
    hc_put_component(parts, link->component);
}

static void put_links(struct hc_report_parts *parts, const struct hc_chain *chain)
{
    size_t room = LINKS, n_left = chain->n, number = 0;
    for (size_t i = 0; i < chain->n; i++)
        room -= chain->links[i].is_end && room > 1;
    for (size_t i = 0; i < chain->n; i++) {
        if (!chain->links[i].is_end && room == 0)
            continue;
        room -= !chain->links[i].is_end;
        n_left--;
        put_link(parts, &chain->links[i], ++number);
    }
    hc_doc_paragraph(parts->doc);
    if (n_left > 0)
        hc_doc_format(parts->doc, "%zu more %s left out. ", n_left, n_left == 1 ? "is" : "are");
    hc_doc_text(parts->doc, "Shown is what was observed of the leading component, and of those between it and the "
                            "symptom. The times are observed; those of metrics are no finer than their rows. That each "
                            "step led to the next is the hypothesis, not an observation.");
}

void hc_put_chain(struct hc_report_parts *parts)
{
    static const struct hc_column columns[] = {{"Step", HC_COLUMN_NUMBER, false},
                                               {"Offset", HC_COLUMN_NUMBER, true},
                                               {"Time (UTC)", HC_COLUMN_SHORT, false},
                                               {"What was observed", HC_COLUMN_TEXT, false},
                                               {"Component", HC_COLUMN_TEXT, false}};
    struct hc_doc *doc = parts->doc;
    struct hc_chain chain;
    hc_doc_subsection(doc, HC_STR("causal-chain"), HC_STR("Causal chain"));
    if (!hc_find_chain(parts, &chain)) {
        doc->failed = true;
    } else if (chain.n == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "A change, the onset of a metric or a line of warning and worse, with its time: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
    } else {
        hc_doc_table(doc, hc_doc_formatted(doc, "The chain as offsets; T+0 is %s", parts->facts.zero_name),
                     HC_COLUMNS(columns));
        put_links(parts, &chain);
    }
}

/* How long before the first symptom, though nothing says that the two belong together. */
static void put_last_change(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_change *change = parts->facts.last_change;
    if (!change)
        return;
    struct hc_moment moment = {change->at, HC_STR_NONE, change->place};
    hc_doc_text(doc, "the last before the first symptom: ");
    hc_doc_str(doc, hc_say_change_fully(parts, change));
    hc_doc_text(doc, " of ");
    hc_put_component(parts, hc_say_component(parts, change->component));
    hc_doc_text(doc, " at ");
    hc_put_time(parts, &moment);
    hc_doc_text(doc, ", ");
    hc_put_apart(parts, &moment, &parts->facts.symptom);
    hc_doc_text(doc, " before it; ");
}

void hc_put_change_facts(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_change *change = parts->facts.change;
    hc_doc_term(doc, "Change before it");
    if (change) {
        hc_doc_str(doc, hc_say_change_fully(parts, change));
        hc_doc_text(doc, " of ");
        hc_put_component(parts, hc_say_component(parts, change->component));
        hc_doc_text(doc, " at ");
        hc_put_time(parts, &parts->facts.zero);
        hc_doc_term(doc, "Commit");
        hc_doc_code(doc, change->commit);
    } else if (parts->in->incident->n_changes > 0) {
        hc_doc_text(doc, "none that the leading hypothesis rests on; ");
        put_last_change(parts);
        hc_doc_link_section(doc, HC_STR("all changes"), HC_STR("temporal-correlation"));
    } else {
        hc_doc_absent(doc, "not in the bundle");
    }
}
