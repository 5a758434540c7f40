/* What a document claims was done, did not happen, was or was not there to look at, or was the cause, against the bundle. */
#include "reports/lint/bundle.h"

#define LONG_BEFORE_S 86400

/* ---- done, and nothing shows it ---- */

static const struct {
    enum hc_deed deed;
    const char *done; /* a word, or two, that alone says that it was done */
} ACTIONS[] = {
    {HC_DEED_ROLLBACK, "rolled back|was reverted|were reverted|we reverted"},
    {HC_DEED_FLAG, "turned off|turned on|switched off|switched on|disabled|enabled|toggled"},
    {HC_DEED_SCALE, "scaled up|scaled out|scaled down"},
    {HC_DEED_FAILOVER, "failed over"},
    {HC_DEED_SHIFT, "shifted"},
    {HC_DEED_RESTART, "restarted|rebooted"},
};
#define DONE "completed done performed executed finished succeeded"

/* Does any change or event show it, of what is named? */
static bool is_shown(const struct hc_lint_facts *f, struct hc_str sentence, enum hc_deed deed)
{
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    for (size_t i = 0; i < f->n_changes; i++)
        if (hc_may_be_change_of(&f->changes[i], deed) && hc_may_be_of(f, f->changes[i].component, named, n_named))
            return true;
    for (size_t i = 0; i < f->n_happenings; i++)
        if (hc_is_happening_of(&f->happenings[i], deed) && hc_may_be_of(f, f->happenings[i].component, named, n_named))
            return true;
    return false;
}

static bool names_component(const struct hc_lint_facts *f, struct hc_str sentence)
{
    size_t named[HC_MOST_NAMED];
    return hc_components_in(f, sentence, named) > 0;
}

static void check_action(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    struct hc_str word = HC_STR_NONE;
    enum hc_deed deed = hc_deed_in(c->facts, sentence, &word);
    bool listed = hc_is_done_action(c, p);
    if (deed == HC_N_DEEDS || (!listed && (hc_is_elsewhere(c, p) || !hc_is_told(sentence))))
        return;
    bool scaled = deed == HC_DEED_SCALE && names_component(c->facts, sentence); /* else it may be said of a method */
    for (size_t i = 0; i < sizeof ACTIONS / sizeof *ACTIONS; i++) {
        if (ACTIONS[i].deed != deed || is_shown(c->facts, sentence, deed) ||
            (!listed && !scaled && !hc_holds_one_of(sentence, ACTIONS[i].done) && !hc_has_word(sentence, DONE)))
            continue;
        struct hc_quantity at = hc_place_of_text(p, word);
        struct hc_buf says = {0}, right = {0};
        hc_put_source(&says, c, p, (size_t)(sentence.p - p->text.p), (size_t)(sentence.p + sentence.n - p->text.p));
        hc_buf_text(&right, "no change and no event in the bundle shows it");
        hc_lint_add_held(c, "bundle-action", p, listed ? NULL : &at, &says, &right, hc_manifest(c->facts));
    }
}

/* ---- "no deployment preceded it", and one did ---- */

#define CHANGE_NOUNS \
    "deployment deployments deploy deploys release releases rollout rollouts rollback rollbacks change changes"
#define BETWEEN "recent any prior preceding code config configuration known new"
#define CLAIMS "preceded before prior recent preceding made happened coincided day performed occurred"
#define NOT_ALL "other further additional similar second else after since evidence manual schema canary no-op"

#define GOES_ON                                                                                                        \
    CLAIMS " of to in on for from at by during was were is are had have has that which this today and or then within " \
           "either there took"

static enum hc_deed denied_deed(struct hc_str sentence, struct hc_str *at, bool *any)
{
    struct hc_str rest = sentence, no = HC_STR_NONE;
    bool config = false;
    *any = false;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        if (hc_word_in(word, "no without")) {
            no = word;
            config = false;
        } else if (no.n > 0 && hc_word_in(word, CHANGE_NOUNS)) {
            *at = (struct hc_str){no.p, (size_t)(word.p + word.n - no.p)};
            if (hc_word_in(word, "rollback rollbacks"))
                return HC_DEED_ROLLBACK;
            *any = hc_word_in(word, "change changes") && !config;
            return hc_word_in(word, "change changes") ? HC_DEED_CONFIG : HC_DEED_DEPLOY;
        } else if (!hc_word_in(word, BETWEEN)) {
            no = HC_STR_NONE;
        }
        config = config || (no.n > 0 && hc_word_in(word, "config configuration"));
    }
    return HC_N_DEEDS;
}

static bool holds_time(const struct hc_passage *p, struct hc_str sentence)
{
    for (size_t i = 0; i < p->n_quantities; i++) {
        const char *at = p->text.p + p->quantities[i].begin;
        enum hc_quantity_kind kind = p->quantities[i].kind;
        if (at >= sentence.p && at < sentence.p + sentence.n &&
            (kind == HC_Q_CLOCK || kind == HC_Q_DATE || kind == HC_Q_DURATION))
            return true;
    }
    return false;
}

/* The change that is denied; NULL: there was none. */
static const struct hc_lint_change *denied_change(const struct hc_lint_facts *f, struct hc_str sentence,
                                                  enum hc_deed deed, bool any)
{
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    struct hc_time until = hc_time_known(f->detected) ? f->detected : f->start;
    for (size_t i = 0; i < f->n_changes; i++) {
        const struct hc_lint_change *change = &f->changes[i];
        bool before = hc_time_known(until) && hc_time_known(change->at) && change->at.ns <= until.ns &&
                      hc_seconds_between(change->at.ns, until.ns) < LONG_BEFORE_S;
        if ((any || hc_is_change_of(change, deed)) && (before || deed == HC_DEED_ROLLBACK) &&
            hc_may_be_of(f, change->component, named, n_named))
            return change;
    }
    return NULL;
}

static void check_denied(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    struct hc_str at = HC_STR_NONE;
    bool any = false;
    enum hc_deed deed = denied_deed(sentence, &at, &any);
    bool claims = hc_has_word(sentence, CLAIMS) || (deed == HC_DEED_ROLLBACK && hc_has_text(sentence, "there was no"));
    if (deed == HC_N_DEEDS || !claims || hc_has_word(sentence, NOT_ALL) || holds_time(p, sentence) ||
        hc_has_word(sentence, "should would could must may if unless had are"))
        return;
    const struct hc_lint_change *change = denied_change(c->facts, sentence, deed, any);
    struct hc_str behind = {at.p + at.n, (size_t)(sentence.p + sentence.n - at.p) - at.n};
    bool of = hc_has_word(hc_first_words(behind, 1), "of to in on for from");
    struct hc_str next = hc_first_words(behind, 1); /* "no rollback plan" */
    if (next.n > 0 && behind.p[0] == ' ' && !hc_has_word(next, GOES_ON))
        return;
    if (!change || (of && !names_component(c->facts, sentence) && !hc_has_word(behind, "window")))
        return;
    struct hc_quantity place = hc_place_of_text(p, at);
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, place.begin, place.end);
    hc_buf_format(&right, "the bundle has a %.*s", HC_STR_ARG(change->kind));
    if (change->component.n > 0)
        hc_buf_format(&right, " of %.*s", HC_STR_ARG(change->component));
    hc_buf_text(&right, " at ");
    hc_put_moment(&right, change->at.ns);
    hc_lint_add_held(c, "bundle-change", p, &place, &says, &right, change->place);
}

/* ---- evidence that is not there, or is ---- */

#define SPEAKS \
    "show shows showed reveal reveals revealed confirm confirms confirmed indicate indicates indicated prove proves"
#define AVAILABLE "available collected provided recorded captured exist existed kept"

static bool has_evidence(const struct hc_lint_facts *f, struct hc_str noun, bool *known)
{
    *known = true;
    if (hc_word_in(noun, "traces"))
        return f->has_traces;
    if (hc_word_in(noun, "metrics"))
        return f->has_metrics;
    if (hc_word_in(noun, "logs"))
        return f->has_logs;
    *known = hc_word_in(noun, "dump dumps");
    return f->has_heap_dump;
}

static void say_evidence(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence,
                         struct hc_str noun, bool has)
{
    struct hc_quantity at = hc_place_of_text(p, noun);
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, (size_t)(sentence.p - p->text.p), (size_t)(sentence.p + sentence.n - p->text.p));
    hc_buf_format(&right, has ? "the bundle has %.*s" : "there are no %.*s in the bundle",
                  HC_STR_ARG(hc_word_in(noun, "dump dumps") ? HC_STR("heap dumps") : noun));
    hc_lint_add_held(c, "bundle-missing", p, &at, &says, &right, hc_manifest(c->facts));
}

/* "the distributed traces show", "according to the traces"; "no metrics were collected". */
static void check_evidence(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    struct hc_str rest = sentence, last = HC_STR_NONE;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, sentence, named);
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        bool known = false, has = has_evidence(c->facts, word, &known);
        struct hc_str before = last, lead = {sentence.p, (size_t)(word.p - sentence.p)};
        last = word;
        if (!known || (hc_word_in(word, "dump dumps") && !hc_word_in(before, "heap")))
            continue;
        bool denied = hc_word_in(before, "no"), plain = hc_word_in(before, "the distributed heap our");
        bool cited =
            hc_has_word(hc_first_words(rest, 2), SPEAKS) || hc_has_text(hc_last_words(lead, 4), "according to");
        if (denied && has && n_named == 0 && hc_has_word(hc_first_words(rest, 3), AVAILABLE) &&
            !hc_has_word(rest, "for from of during before until since on at after between"))
            say_evidence(c, p, sentence, word, true);
        else if (!has && plain && cited && hc_is_told(sentence))
            say_evidence(c, p, sentence, word, false);
    }
}

/* ---- the cause ---- */

static void check_cause(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    const struct hc_lint_facts *f = c->facts;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    const char *at = hc_find_text(sentence, "root cause");
    if (!at || f->n_cause_components == 0 || n_named != 1 || !hc_is_told(sentence) ||
        hc_has_word(sentence,
                    "possible possibly probable probably likely suspected candidate hypothesis took taken thought "
                    "assumed first hypotheses trigger"))
        return;
    struct hc_str behind = {at + 10, (size_t)(sentence.p + sentence.n - at) - 10};
    bool stated = hc_str_starts(behind, HC_STR(":")) || hc_has_word(hc_first_words(behind, 1), "was is");
    for (size_t i = 0; i < f->n_cause_components; i++)
        if (hc_str_equal(f->cause_components[i], f->components[named[0]]))
            return;
    if (!stated)
        return;
    struct hc_quantity place = {.begin = (uint32_t)(at - p->text.p), .end = (uint32_t)(at - p->text.p) + 10};
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, (size_t)(sentence.p - p->text.p), (size_t)(sentence.p + sentence.n - p->text.p));
    hc_buf_format(&right, "the outcome in the bundle names %.*s", HC_STR_ARG(f->cause_components[0]));
    hc_lint_add_held(c, "bundle-outcome", p, &place, &says, &right, f->cause_place);
}

void hc_rule_bundle_claims(struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        for (size_t at = 0; at < p->text.n && p->kind != HC_HEADING;) {
            struct hc_str sentence = hc_sentence(p, at, at);
            size_t end = (size_t)(sentence.p + sentence.n - p->text.p);
            at = (end > at ? end : at) + 1;
            if (sentence.n == 0)
                continue;
            check_action(c, p, sentence);
            if (hc_is_elsewhere(c, p))
                continue;
            check_denied(c, p, sentence);
            check_evidence(c, p, sentence);
            check_cause(c, p, sentence);
        }
    }
}
