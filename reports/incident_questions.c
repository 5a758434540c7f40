/* The questions of a Correction of Error, and its whys: asked from the end of the causal chain back, as far as the evidence
 * goes. */
#include "reports/incident_parts.h"

#define WHYS 5

/* ---- questions ----------------------------------------------------------------------------------------- */

static void ask(struct hc_report_parts *parts, const char *question)
{
    hc_doc_term(parts->doc, question);
}

/* "It was 73 s.", where both moments are known, then the place for what would halve it. */
static void ask_to_halve(struct hc_report_parts *parts, const char *question, const struct hc_moment *from,
                         const struct hc_moment *to)
{
    ask(parts, question);
    if (hc_moments_apart(from, to) != HC_NO_SPAN_NS) {
        hc_doc_text(parts->doc, "it was ");
        hc_put_apart(parts, from, to);
        hc_doc_text(parts->doc, "; what would have halved it: ");
    }
    hc_put_blank(parts);
}

void hc_part_coe_detection(struct hc_report_parts *parts)
{
    hc_part_detection(parts);
    hc_doc_facts(parts->doc);
    ask(parts, "When was it learned that customers were affected, and how?");
    hc_put_blank(parts);
    ask_to_halve(parts, "How could the time to detection be cut by half?", &parts->facts.symptom,
                 &parts->facts.detected);
}

static void put_causes(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    if (parts->facts.found) {
        struct hc_hypothesis found = hc_found_hypothesis(parts->facts.found);
        hc_doc_text(doc, "on record: ");
        hc_doc_strong(doc, hc_say_hypothesis(parts, &found));
        hc_doc_text(doc, leading ? "; " : ". ");
    }
    if (leading) {
        hc_doc_text(doc, hc_stands_out(leading) ? "by the analysis: " : "none stands out; the most probable: ");
        hc_doc_strong(doc, hc_say_hypothesis(parts, leading));
        hc_doc_text(doc, ", ");
        hc_put_confidence(parts, leading->probability);
        hc_doc_text(doc, ". ");
    }
    if (!leading && !parts->facts.found)
        hc_doc_text(doc, "the analysis names none. ");
    hc_doc_link_section(doc, HC_STR("Why"), HC_STR("primary-root-cause"));
}

void hc_part_coe_diagnosis(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_next_evidence *best = hc_best_evidence(parts);
    hc_doc_facts(doc);
    ask(parts, "What is the underlying cause?");
    put_causes(parts);
    ask(parts, "Was an internal activity under way: a deployment, maintenance, a failover?");
    if (incident->n_changes > 0) {
        hc_doc_format(doc, "%zu %s in the bundle: ", incident->n_changes,
                      incident->n_changes == 1 ? "change is" : "changes are");
        hc_doc_link_section(doc, HC_STR("when, and how long before"), HC_STR("temporal-correlation"));
    } else {
        hc_put_blank(parts);
    }
    ask(parts, "How could the time to diagnosis be cut by half?");
    if (best) {
        hc_doc_text(doc, "of what is missing, most would have been told by: ");
        hc_doc_str(doc, hc_say_kind(parts, best->kind));
        hc_doc_text(doc, "; else: ");
    }
    hc_put_blank(parts);
}

void hc_part_coe_mitigation(struct hc_report_parts *parts)
{
    hc_part_resolution(parts);
    hc_doc_facts(parts->doc);
    ask(parts, "How is it known that all is as before?");
    hc_put_blank(parts);
    ask(parts, "How was it decided where and how to mitigate?");
    hc_put_blank(parts);
    ask_to_halve(parts, "How could the time to mitigation be cut by half?", &parts->facts.detected,
                 &parts->facts.mitigated);
}

/* ---- whys ---------------------------------------------------------------------------------------------- */

/* Does a kept link share the time of this one, or where that is asked the component? What comes at once is no answer. */
static bool is_kept_already(const struct hc_chain *chain, const bool *kept, size_t at, bool or_component)
{
    const struct hc_link *link = &chain->links[at];
    for (size_t i = 0; i < chain->n; i++)
        if (kept[i] && (chain->links[i].moment.at.ns == link->moment.at.ns ||
                        (or_component && hc_str_equal(chain->links[i].component, link->component))))
            return true;
    return false;
}

/* So many links of the chain at most, up to its end: the first, the end, then the first ones of other components, then the
 * earliest. */
static void keep_links(const struct hc_chain *chain, bool *kept)
{
    size_t end = chain->n - 1, n = 1;
    for (size_t i = 0; i < chain->n; i++)
        if (chain->links[i].is_end)
            end = i;
    kept[end] = true;
    for (int any = 0; any < 2; any++)
        for (size_t i = 0; i < end && n < WHYS; i++) {
            if (is_kept_already(chain, kept, i, i > 0 && !any))
                continue;
            kept[i] = true;
            n++;
        }
}

static void put_link(struct hc_report_parts *parts, const struct hc_link *link)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_from(doc, link->moment.text, link->moment.place);
    if (link->n > 1)
        hc_doc_format(doc, " (%llu times)", (unsigned long long)link->n);
    if (link->component.n > 0 && !link->is_sentence) {
        hc_doc_text(doc, " of ");
        hc_put_component(parts, link->component);
    }
    hc_doc_text(doc, ", ");
    hc_put_offset(parts, link->moment.at, link->moment.place);
}

static void put_because(struct hc_report_parts *parts, const struct hc_link *effect, const struct hc_link *before)
{
    struct hc_doc *doc = parts->doc;
    hc_doc_item(doc);
    hc_doc_strong(doc, HC_STR("Why"));
    hc_doc_text(doc, effect->is_sentence ? " was it that " : " was there ");
    put_link(parts, effect);
    hc_doc_text(doc, "? Before it: ");
    put_link(parts, before);
    hc_doc_text(doc, ".");
}

static void put_on_record(struct hc_report_parts *parts, const struct hc_outcome *found)
{
    struct hc_doc *doc = parts->doc;
    struct hc_hypothesis said = hc_found_hypothesis(found);
    hc_doc_text(doc, "What people found: ");
    hc_doc_strong(doc, hc_say_hypothesis(parts, &said));
    if (found->text.n > 0) {
        hc_doc_text(doc, ", in the words given: ");
        hc_doc_from(doc, hc_str_trim(found->text), found->place);
    }
    if (hc_time_known(found->known_at)) {
        struct hc_moment known = {found->known_at, HC_STR_NONE, found->place};
        hc_doc_text(doc, "; known since ");
        hc_put_time(parts, &known);
    }
}

/* Under what was observed: the leading hypothesis, with what speaks for it most. */
static void put_hypothesis(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    hc_doc_text(doc, hc_stands_out(leading) ? "The leading hypothesis: " : "No cause stands out; the most probable: ");
    hc_doc_strong(doc, hc_say_hypothesis(parts, leading));
    hc_doc_text(doc, ", ");
    hc_put_confidence(parts, leading->probability);
    for (size_t i = 0; i < leading->n_reasons; i++) {
        const struct hc_reason *reason = &leading->reasons[i];
        if (!(reason->weight >= HC_SEEN_LEAST) || hc_str_is(reason->evidence, "prior"))
            continue;
        hc_doc_text(doc, "; most for it speaks: ");
        hc_doc_from(doc, hc_str_trim(reason->text.n > 0 ? reason->text : reason->evidence),
                    hc_place_of(parts, reason->place));
        return;
    }
    hc_doc_text(doc, "; no evidence that was observed speaks for it");
}

static void put_last_why(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    if (!parts->facts.found && !parts->facts.leading)
        return;
    hc_doc_item(doc);
    hc_doc_strong(doc, HC_STR("Why"));
    hc_doc_text(doc, " did that come about? ");
    if (parts->facts.found)
        put_on_record(parts, parts->facts.found);
    else
        put_hypothesis(parts);
    hc_doc_text(doc, ".");
}

void hc_part_whys(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    struct hc_chain chain;
    bool *kept = NULL;
    size_t effect = 0;
    if (hc_find_chain(parts, &chain))
        kept = hc_arena_calloc(doc->arena, chain.n + 1, sizeof *kept);
    if (!kept) {
        doc->failed = true;
        return;
    }
    hc_doc_steps(doc);
    if (chain.n > 0)
        keep_links(&chain, kept);
    for (size_t i = chain.n; i > 0; i--) {
        if (!kept[i - 1])
            continue;
        if (effect > 0)
            put_because(parts, &chain.links[effect - 1], &chain.links[i - 1]);
        effect = i;
    }
    put_last_why(parts);
    hc_doc_paragraph(doc);
    if (parts->facts.found && parts->facts.leading &&
        !hc_str_equal(parts->facts.found->component, parts->facts.leading->component))
        hc_doc_text(doc,
                    "What was observed is followed back to the leading hypothesis, which what people found does not "
                    "bear out. ");
    hc_doc_text(doc,
                "The evidence does not say why beyond this. Each step is observed and was before the next; that it led "
                "to it is the hypothesis. Why it could come to it: ");
    hc_put_blank(parts);
}
