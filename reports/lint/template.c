/* What a template asks for: its parts, an owner of each action, a source of each number. Off unless one is named. */
#include "reports/lint/parts.h"

#define MOST_PARTS 12

struct part {
    const char *name;
    const char *titles[4]; /* any of these in a heading or label is it */
};

static const struct {
    const char *name;
    struct part parts[MOST_PARTS];
} TEMPLATES[] = {
    {"seed",
     {{"Timeline", {"timeline"}},
      {"Hypotheses Considered", {"hypothes"}},
      {"Evidence Evaluation", {"evidence"}},
      {"Ruled-Out Hypotheses", {"ruled-out", "ruled out"}},
      {"Primary Root Cause", {"root cause"}},
      {"Contributing Factors", {"contributing"}},
      {"Detection & Prevention Gaps", {"gaps", "detection"}},
      {"Remediation & Follow-ups", {"remediation", "follow-up", "action items"}},
      {"Remaining Uncertainty", {"uncertainty"}},
      {"Confidence Summary", {"confidence summary", "confidence"}}}},
    {"srebook",
     {{"Summary", {"summary"}},
      {"Impact", {"impact"}},
      {"Root Causes", {"root cause"}},
      {"Trigger", {"trigger"}},
      {"Resolution", {"resolution", "mitigation"}},
      {"Detection", {"detection"}},
      {"Action Items", {"action item", "follow-up"}},
      {"Lessons Learned", {"lessons", "what went well"}},
      {"Timeline", {"timeline"}}}},
    {"pagerduty",
     {{"Overview", {"overview", "summary"}},
      {"What Happened", {"what happened"}},
      {"Contributing Factors", {"contributing", "root cause"}},
      {"Resolution", {"resolution", "mitigation"}},
      {"Impact", {"impact"}},
      {"Responders", {"responders"}},
      {"Timeline", {"timeline"}},
      {"How'd We Do?", {"how'd we do", "what went well", "lessons"}},
      {"Action Items", {"action item", "follow-up"}}}},
    {"coe",
     {{"Summary", {"summary"}},
      {"Customer Impact", {"impact"}},
      {"Metrics", {"metrics", "graphs"}},
      {"Timeline", {"timeline"}},
      {"Incident Questions", {"questions", "detection"}},
      {"5 Whys", {"whys", "root cause"}},
      {"Lessons Learned", {"lessons"}},
      {"Action Items", {"action item", "corrective action"}}}},
};

static const struct part *parts_of(const char *name)
{
    for (size_t i = 0; name && i < sizeof TEMPLATES / sizeof *TEMPLATES; i++)
        if (strcmp(TEMPLATES[i].name, name) == 0)
            return TEMPLATES[i].parts;
    return NULL;
}

bool hc_lint_has_template(const char *name)
{
    return parts_of(name) != NULL;
}

static bool has_part(const struct hc_lint_context *c, const struct part *part)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        struct hc_str title = p->kind == HC_HEADING ? p->text : p->kind == HC_TEXT ? hc_label(p) : HC_STR_NONE;
        for (size_t k = 0; k < 4 && part->titles[k] && title.n > 0; k++)
            if (hc_has_text(title, part->titles[k]))
                return true;
    }
    return false;
}

static void check_parts(struct hc_lint_context *c)
{
    const struct part *parts = parts_of(c->template);
    const uint32_t nowhere[] = {0, 0};
    const struct hc_passage nothing = {.text = HC_STR(" "), .at = nowhere}; /* of an empty document */
    for (size_t i = 0; i < MOST_PARTS && parts[i].name; i++) {
        struct hc_buf says = {0}, right = {0};
        if (has_part(c, &parts[i]))
            continue;
        hc_buf_format(&says, "nothing of \"%s\"", parts[i].name);
        hc_buf_format(&right, "the template %s has a part for it", c->template);
        hc_lint_add(c, "part-missing", c->n > 0 ? &c->passages[0] : &nothing, NULL, &says, &right);
    }
}

/* ---- actions ---- */

static bool is_action(const struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str heading = hc_heading_of(c, p), intro = hc_intro_of(c, p);
    bool named = hc_has_text(heading, "action item") || hc_has_text(heading, "follow-up") ||
                 hc_has_text(heading, "corrective action") || hc_has_text(heading, "remediation") ||
                 hc_has_text(intro, "action item");
    return named && (p->kind == HC_ITEM || p->kind == HC_ROW) && p->level <= 1 && !p->is_header;
}

/* What stands where a name is to come. */
static bool is_blank(struct hc_str text)
{
    return text.n == 0 || hc_str_is(text, "-") || hc_str_is(text, "?") ||
           hc_has_word(text, "tbd none nobody unassigned") || hc_has_text(text, "to fill in") ||
           hc_has_text(text, "not in the bundle");
}

static bool has_owner(const struct hc_lint_context *c, const struct hc_passage *p)
{
    const struct hc_passage *header = p->kind == HC_ROW && p->label > 0 ? &c->passages[p->label - 1] : NULL;
    for (size_t i = 0; header && i < 16 && hc_cell(header, i).p; i++)
        if (hc_has_word(hc_cell(header, i), "owner owners assignee assigned who dri responsible"))
            return !is_blank(hc_cell(p, i));
    if (hc_has_text(p->text, "to fill in"))
        return false;
    return memchr(p->text.p, '@', p->text.n) || hc_has_word(p->text, "owner owned assignee assigned dri responsible");
}

/* ---- numbers ---- */

/* A row of a table whose first column is of files. */
static bool names_file(const struct hc_lint_context *c, const struct hc_passage *p)
{
    const struct hc_passage *header = p->kind == HC_ROW && p->label > 0 ? &c->passages[p->label - 1] : NULL;
    return header && hc_has_word(hc_cell(header, 0), "file files");
}

/* What a rule or the rounding sets is no measurement, and a total is that of what stands above. */
static bool is_set(const struct hc_passage *p)
{
    struct hc_str label = hc_label(p);
    return hc_has_word(p->text, "rule rules ruled threshold thresholds rounded promised weighed") ||
           hc_has_word(label, "confidence probability") || (p->kind == HC_ROW && hc_has_word(label, "total"));
}

static bool has_source(const struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str written = {c->source.p + p->at[0], p->at[p->text.n] - p->at[0]};
    return names_file(c, p) || hc_has_text(written, "](") || hc_has_text(written, "http") ||
           hc_has_word(p->text, "source according dashboard graph panel query log logs measured report");
}

static const struct hc_quantity *measured(const struct hc_passage *p)
{
    for (size_t i = 0; i < p->n_quantities; i++)
        if (p->quantities[i].kind == HC_Q_PERCENT || p->quantities[i].kind == HC_Q_BYTES)
            return &p->quantities[i];
    return NULL;
}

void hc_rule_parts(struct hc_lint_context *c)
{
    if (!c->template)
        return;
    check_parts(c);
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        const struct hc_quantity *q = p->kind == HC_HEADING ? NULL : measured(p);
        struct hc_buf says = {0};
        bool action = is_action(c, p);
        if (action && !has_owner(c, p)) {
            struct hc_buf right = {0};
            hc_put_source(&says, c, p, 0, p->text.n);
            hc_buf_text(&right, "an action has an owner");
            hc_lint_add(c, "action-without-owner", p, NULL, &says, &right);
        } else if (!action && q && !is_set(p) && !has_source(c, p)) {
            struct hc_buf right = {0};
            hc_put_source(&says, c, p, q->begin, q->end);
            hc_buf_text(&right, "a number has a source: a link, a query, a log");
            hc_lint_add(c, "number-without-source", p, q, &says, &right);
        }
    }
}
