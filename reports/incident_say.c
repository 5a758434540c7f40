#include "analysis/model/constants.h"
#include "reports/incident_parts.h"

struct hc_str hc_say_component(const struct hc_report_parts *parts, uint32_t component)
{
    const struct hc_incident *incident = parts->in->incident;
    return component < incident->n_components ? incident->components[component].name : HC_STR_NONE;
}

const struct hc_cause *hc_find_cause(const struct hc_report_parts *parts, struct hc_str category, struct hc_str cause)
{
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    for (size_t i = 0; cause.p && i < catalogue->n_causes; i++) {
        const struct hc_cause *found = &catalogue->causes[i];
        if (hc_str_equal(found->id, cause) && found->category < catalogue->n_categories &&
            hc_str_equal(catalogue->categories[found->category].id, category))
            return found;
    }
    return NULL;
}

struct hc_str hc_say_category(const struct hc_report_parts *parts, struct hc_str id)
{
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    for (size_t i = 0; i < catalogue->n_categories; i++)
        if (hc_str_equal(catalogue->categories[i].id, id) && catalogue->categories[i].title.n > 0)
            return catalogue->categories[i].title;
    return id.n > 0 ? id : HC_STR("no category");
}

struct hc_str hc_say_kind(const struct hc_report_parts *parts, struct hc_str id)
{
    const struct hc_catalogue *catalogue = parts->in->catalogue;
    for (size_t i = 0; i < catalogue->n_kinds; i++)
        if (hc_str_equal(catalogue->kinds[i].id, id) && catalogue->kinds[i].title.n > 0)
            return catalogue->kinds[i].title;
    return id;
}

static size_t find_hole(struct hc_str sentence)
{
    static const char hole[] = "{component}";
    for (size_t i = 0; i + sizeof hole - 1 <= sentence.n; i++)
        if (memcmp(sentence.p + i, hole, sizeof hole - 1) == 0)
            return i;
    return sentence.n;
}

/* "a full disk under {component}": where the word before the hole begins, with its space; `hole` where it is needed. */
static size_t before_hole(struct hc_str sentence, size_t hole)
{
    static const char *const words[] = {" of ", " in ", " on ", " by ", " at ", " under ", " for ", " before "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = strlen(words[i]);
        if (hole >= n && memcmp(sentence.p + hole - n, words[i], n) == 0)
            return hole - n;
    }
    return hole;
}

static struct hc_str fill_sentence(struct hc_report_parts *parts, struct hc_str sentence, struct hc_str component)
{
    size_t hole = find_hole(sentence);
    if (hole == sentence.n)
        return sentence;
    struct hc_str rest = {sentence.p + hole + strlen("{component}"), sentence.n - hole - strlen("{component}")};
    if (component.n > 0)
        return hc_doc_formatted(parts->doc, "%.*s%.*s%.*s", (int)hole, sentence.p, HC_STR_ARG(component),
                                HC_STR_ARG(rest));
    size_t until = before_hole(sentence, hole);
    return hc_doc_formatted(parts->doc, "%.*s%s%.*s (component unknown)", (int)until, sentence.p,
                            until < hole ? "" : "a component", HC_STR_ARG(rest));
}

struct hc_str hc_say_hypothesis(struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis)
{
    const struct hc_cause *cause = hc_find_cause(parts, hypothesis->category, hypothesis->cause);
    if (cause && cause->sentence.n > 0)
        return fill_sentence(parts, cause->sentence, hypothesis->component);
    struct hc_str what = cause && cause->title.n > 0 ? cause->title : hypothesis->cause;
    if (what.n == 0)
        what = hc_say_category(parts, hypothesis->category);
    if (hypothesis->component.n == 0)
        return what;
    return hc_doc_formatted(parts->doc, "%.*s in %.*s", HC_STR_ARG(what), HC_STR_ARG(hypothesis->component));
}

bool hc_stands_out(const struct hc_hypothesis *leading)
{
    return leading->status != HC_RULED_OUT && leading->probability >= HC_STANDS_OUT;
}

const char *hc_say_status(const struct hc_report_parts *parts, enum hc_hypothesis_status status)
{
    const bool promised = parts->in->analysis->has_guarantee;
    switch (status) {
    case HC_CONFIRMED:
        return promised ? "confirmed" : "confirmed as 90" HC_NO_BREAK_SPACE "% and more, not promised";
    case HC_RULED_OUT:
        return promised ? "ruled out" : "ruled out as below 5" HC_NO_BREAK_SPACE "%, not promised";
    case HC_CONTRIBUTING:
        return "contributing";
    case HC_POSSIBLE:
        break;
    }
    return "possible";
}

enum hc_tone hc_status_tone(const struct hc_report_parts *parts, enum hc_hypothesis_status status)
{
    switch (status) {
    case HC_CONFIRMED:
        return parts->in->analysis->has_guarantee ? HC_TONE_GOOD : HC_TONE_INFO;
    case HC_RULED_OUT:
        return HC_TONE_PLAIN;
    case HC_CONTRIBUTING:
        return HC_TONE_WARN;
    case HC_POSSIBLE:
        break;
    }
    return HC_TONE_INFO;
}

bool hc_is_confirmed(const struct hc_report_parts *parts, const struct hc_hypothesis *hypothesis)
{
    return hypothesis->status == HC_CONFIRMED && parts->in->analysis->has_guarantee;
}

const char *hc_say_change(struct hc_report_parts *parts, const struct hc_change *change)
{
    static const struct {
        const char *kind, *words;
    } said[] = {{"deploy", "Deployment"},
                {"rollback", "Rollback"},
                {"config", "Configuration change"},
                {"feature-flag", "Feature flag"},
                {"scale", "Scaling"},
                {"migration", "Migration"},
                {"failover", "Failover"},
                {"maintenance", "Maintenance"},
                {"traffic-shift", "Traffic shift"},
                {"certificate", "Certificate change"},
                {"other", "Other change"}};
    for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
        if (hc_str_is(change->kind, said[i].kind))
            return said[i].words;
    const struct hc_str own = hc_doc_formatted(parts->doc, "Change (%.*s)", HC_STR_ARG(change->kind));
    return change->kind.n && own.p ? own.p : "Change";
}

/* ---- spans --------------------------------------------------------------------------------------------- */

void hc_put_time(struct hc_report_parts *parts, const struct hc_moment *moment)
{
    char text[HC_TIME_TEXT];
    if (!hc_time_known(moment->at)) {
        hc_doc_absent(parts->doc, "not in the bundle");
        return;
    }
    hc_time_format(moment->at, text);
    hc_doc_from(parts->doc, hc_doc_formatted(parts->doc, "%s", text), moment->place);
}

void hc_put_end(struct hc_report_parts *parts)
{
    if (hc_time_known(parts->facts.end.at) || !hc_time_known(parts->facts.start.at))
        hc_put_time(parts, &parts->facts.end);
    else
        hc_doc_text(parts->doc, "open: the bundle states no end");
}

void hc_put_offset(struct hc_report_parts *parts, struct hc_time at, struct hc_source_place place)
{
    struct hc_moment moment = {at, HC_STR_NONE, place};
    int64_t apart = hc_moments_apart(&parts->facts.zero, &moment);
    char text[HC_WORD_TEXT];
    if (apart == HC_NO_SPAN_NS)
        return;
    hc_word_offset(apart, text);
    hc_doc_from(parts->doc, hc_doc_formatted(parts->doc, "%s", text), place);
}

void hc_put_apart(struct hc_report_parts *parts, const struct hc_moment *from, const struct hc_moment *to)
{
    int64_t apart = hc_moments_apart(from, to);
    char text[HC_WORD_TEXT];
    if (apart == HC_NO_SPAN_NS) {
        hc_doc_absent(parts->doc, "not in the bundle");
        return;
    }
    hc_word_duration(apart, text);
    hc_doc_from(parts->doc, hc_doc_formatted(parts->doc, "%s", text), to->place);
}

void hc_put_component(struct hc_report_parts *parts, struct hc_str name)
{
    if (name.n > 0)
        hc_doc_code(parts->doc, name);
    else
        hc_doc_text(parts->doc, "none named");
}

void hc_put_blank(struct hc_report_parts *parts)
{
    hc_doc_absent(parts->doc, "not in the bundle: to fill in");
}

void hc_put_status(struct hc_report_parts *parts, enum hc_hypothesis_status status)
{
    hc_doc_badge(parts->doc, hc_str_of(hc_say_status(parts, status)), hc_status_tone(parts, status));
}

void hc_put_caveat(struct hc_report_parts *parts)
{
    const struct hc_analysis *analysis = parts->in->analysis;
    if (analysis->has_guarantee)
        return;
    if (analysis->n_learned == 0)
        hc_doc_text(parts->doc, ", by the expert prior: no past incident backs it");
    else
        hc_doc_format(parts->doc, ", which rests on %lu past %s, of %d that a promise needs",
                      (unsigned long)analysis->n_learned, analysis->n_learned == 1 ? "incident" : "incidents",
                      HC_GUARANTEE_INCIDENTS);
}

void hc_put_confidence(struct hc_report_parts *parts, double p)
{
    hc_put_probability(parts, p, hc_cite_hypotheses(parts));
}

void hc_put_probability(struct hc_report_parts *parts, double p, struct hc_str sql)
{
    char percent[HC_WORD_TEXT], digits[HC_WORD_TEXT];
    hc_word_percent(p, percent);
    hc_word_probability(p, digits);
    hc_doc_from_sql(parts->doc, hc_doc_formatted(parts->doc, "%s", percent), sql);
    hc_doc_format(parts->doc, " (%s)", digits);
}

void hc_put_number(struct hc_report_parts *parts, double value, struct hc_str unit, struct hc_source_place place)
{
    char text[HC_WORD_TEXT], exact[HC_WORD_TEXT];
    struct hc_doc *doc = parts->doc;
    if (value != value) {
        hc_doc_absent(doc, "not stated");
        return;
    }
    hc_word_value(value, text);
    hc_word_exact(value, exact);
    struct hc_str said =
        unit.n > 0 ? hc_doc_formatted(doc, "%s %.*s", text, HC_STR_ARG(unit)) : hc_doc_formatted(doc, "%s", text);
    struct hc_str full = strcmp(text, exact) == 0 ? HC_STR_NONE : hc_doc_formatted(doc, "%s", exact);
    hc_doc_from_exact(doc, said, full, place);
}
