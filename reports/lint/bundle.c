/* What words name of a bundle: components, versions, what was done; and the sentence that they stand in. */
#include "reports/lint/bundle.h"

#define MOST_SENTENCE_BYTES 400
#define MOST_TEXT_BYTES 800 /* that are held against messages: a sentence with both its sides */

/* ---- sentences ---- */

static bool ends_sentence(struct hc_str s, size_t i)
{
    bool last = i + 1 >= s.n || s.p[i + 1] == ' ';
    if (s.p[i] == ';' || s.p[i] == '|')
        return true;
    return strchr(".!?", s.p[i]) && last && !(s.p[i] == '.' && i >= 2 && s.p[i - 2] == '.');
}

struct hc_str hc_sentence(const struct hc_passage *p, size_t from, size_t to)
{
    size_t begin = from, end = to;
    while (begin > 0 && from - begin < MOST_SENTENCE_BYTES && !ends_sentence(p->text, begin - 1))
        begin--;
    while (end < p->text.n && end - to < MOST_SENTENCE_BYTES && !ends_sentence(p->text, end))
        end++;
    return hc_str_trim(hc_part(p, begin, end));
}

#define NOT_TOLD                                                                                                              \
    "not no never nobody nothing none neither nor without cannot can could would should shall will might may must if unless " \
    "whether planned plan plans planning scheduled next future tomorrow consider considered considering instead need "        \
    "needs needed want wants wanted hope hypothetical hypothetically expected expect supposed intended attempt "              \
    "attempted attempts tried try tries failed-to propose proposed recommend recommended suggest suggested usually "          \
    "typically normally always often sometimes every takes example e.g similar earlier previously yesterday last "            \
    "year years ago month months week weeks didn't don't doesn't wasn't weren't isn't won't wouldn't couldn't shouldn't"

bool hc_is_told(struct hc_str sentence)
{
    return !hc_has_word(sentence, NOT_TOLD) && !hc_has_text(sentence, "had we") && !hc_has_text(sentence, "had it") &&
           !hc_has_text(sentence, "?");
}

bool hc_holds_one_of(struct hc_str text, const char *phrases)
{
    char phrase[32];
    while (*phrases) {
        size_t n = strcspn(phrases, "|");
        memcpy(phrase, phrases, n);
        phrase[n] = '\0';
        if (hc_has_text(text, phrase))
            return true;
        phrases += n + (phrases[n] == '|');
    }
    return false;
}

bool hc_only_words(struct hc_str text, const char *list)
{
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text))
        if (!hc_word_in(word, list))
            return false;
    return true;
}

bool hc_is_entry(const struct hc_passage *p)
{
    return p->n_quantities > 0 && p->quantities->kind == HC_Q_CLOCK && p->kind != HC_HEADING &&
           p->quantities->begin <= (p->kind == HC_ROW ? 3 : 2);
}

#define ELSEWHERE                                                                                                  \
    "remediation follow-up follow-ups followup action actions lessons recommendation recommendations prevention "  \
    "preventing prevent gaps similar related past previous background appendix glossary improvements next future " \
    "term short-term medium-term long-term questions todo"

bool hc_is_elsewhere(const struct hc_lint_context *c, const struct hc_passage *p)
{
    uint32_t heading = p->heading;
    if (hc_has_word(hc_intro_of(c, p), ELSEWHERE))
        return !hc_has_word(hc_intro_of(c, p), "completed done taken");
    for (int depth = 0; heading > 0 && depth < 6; depth++) {
        const struct hc_passage *h = &c->passages[heading - 1];
        if (h->level > 1 && hc_has_word(h->text, ELSEWHERE) && !hc_has_word(h->text, "completed done taken"))
            return true;
        heading = h->heading;
    }
    return false;
}

/* ---- deeds ---- */

/* By word, or by two words in a row; where a text names two, the earlier row wins if it `covers`. */
static const struct {
    const char *words;   /* in a document */
    const char *phrases; /* parted by '|' */
    const char *kind;    /* of a change, or what a kind of events or a message holds */
} DEEDS[HC_N_DEEDS] = {
    [HC_DEED_ROLLBACK] = {"rollback rollbacks rolled-back revert reverted reverting", "rolled back|roll back",
                          "rollback"},
    [HC_DEED_DEPLOY] = {"deploy deploys deployed deployment deployments redeployed rollout rollouts",
                        "rolled out|release of|was released", "deploy"},
    [HC_DEED_FLAG] = {"feature-flag", "feature flag", "feature-flag"},
    [HC_DEED_CONFIG] = {"config-change", "config change|configuration change|configuration was changed", "config"},
    [HC_DEED_SCALE] = {"scaled scale-up scale-out scale-down", "scaled up|scaled out|scale up|scale out", "scale"},
    [HC_DEED_FAILOVER] = {"failover failovers", "failed over|fail over", "failover"},
    [HC_DEED_SHIFT] = {"traffic-shift", "traffic shift|shifted traffic|traffic was shifted", "traffic-shift"},
    [HC_DEED_MIGRATION] = {"migration migrations migrated", "", "migration"},
    [HC_DEED_RESTART] = {"restart restarts restarted rebooted reboot", "", "restart"},
    [HC_DEED_KILL] = {"oom oom-killed oomkilled oom-kill killed", "out of memory|ran out of memory", "oom"},
    [HC_DEED_ALERT] = {"alert alerted alerts paged", "", "alert"},
};

static struct hc_str find_phrase(struct hc_str text, const char *phrases)
{
    char phrase[48];
    while (*phrases) {
        size_t n = strcspn(phrases, "|");
        if (n < sizeof phrase) {
            memcpy(phrase, phrases, n);
            phrase[n] = '\0';
            const char *at = hc_find_text(text, phrase);
            if (at && (at == text.p || !hc_is_name_byte(at[-1])) &&
                (at + n == text.p + text.n || !hc_is_name_byte(at[n]) || at[n] == 's'))
                return (struct hc_str){at, n};
        }
        phrases += n + (phrases[n] == '|');
    }
    return HC_STR_NONE;
}

enum hc_deed hc_deed_in(const struct hc_lint_facts *facts, struct hc_str text, struct hc_str *word)
{
    enum hc_deed found = HC_N_DEEDS;
    char bytes[MOST_TEXT_BYTES + 1];
    struct hc_str plain = {bytes, hc_without_components(facts, text, bytes, MOST_TEXT_BYTES)};
    for (int k = 0; k < HC_N_DEEDS; k++) {
        struct hc_str at = find_phrase(plain, DEEDS[k].phrases);
        if (at.n == 0)
            at = hc_find_word(plain, DEEDS[k].words);
        if (at.n == 0)
            continue;
        if (found == HC_DEED_ROLLBACK && k == HC_DEED_DEPLOY)
            continue; /* the rollback of a deploy */
        if (found != HC_N_DEEDS)
            return HC_N_DEEDS;
        found = (enum hc_deed)k;
        *word = (struct hc_str){text.p + (at.p - bytes), at.n};
    }
    return found;
}

bool hc_is_change_of(const struct hc_lint_change *change, enum hc_deed deed)
{
    return hc_str_is(change->kind, DEEDS[deed].kind);
}

static bool holds_deed(struct hc_str text, enum hc_deed deed)
{
    bool whole = deed == HC_DEED_ALERT || deed == HC_DEED_KILL; /* "alertmanager", "room" */
    return (!whole && hc_has_text(text, DEEDS[deed].kind)) || find_phrase(text, DEEDS[deed].phrases).n > 0 ||
           hc_find_word(text, DEEDS[deed].words).n > 0;
}

bool hc_is_happening_of(const struct hc_lint_happening *happening, enum hc_deed deed)
{
    return hc_has_text(happening->kind, DEEDS[deed].kind) || holds_deed(happening->message, deed);
}

bool hc_may_be_change_of(const struct hc_lint_change *change, enum hc_deed deed)
{
    return hc_is_change_of(change, deed) || holds_deed(change->text, deed) || holds_deed(change->kind, deed);
}

/* ---- versions ---- */

struct hc_str hc_version_take(struct hc_str *rest)
{
    for (size_t i = 0; i < rest->n; i++) {
        size_t k = i + ((rest->p[i] | 32) == 'v'), begin = k, n_dots = 0;
        if (i > 0 && (hc_is_name_byte(rest->p[i - 1]) || strchr("./:", rest->p[i - 1])))
            continue;
        while (k < rest->n &&
               ((rest->p[k] >= '0' && rest->p[k] <= '9') ||
                (rest->p[k] == '.' && k > begin && k + 1 < rest->n && rest->p[k + 1] >= '0' && rest->p[k + 1] <= '9')))
            n_dots += rest->p[k++] == '.';
        size_t end = k;
        while (end < rest->n && (hc_is_name_byte(rest->p[end]) || rest->p[end] == '+'))
            end++;
        if (n_dots < 2 - (begin > i) || k == begin || n_dots == 0 || (end < rest->n && rest->p[end] == '/'))
            continue;
        struct hc_str found = {rest->p + i, end - i};
        *rest = (struct hc_str){rest->p + end, rest->n - end};
        return found;
    }
    *rest = (struct hc_str){rest->p + rest->n, 0};
    return HC_STR_NONE;
}

static struct hc_str without_v(struct hc_str version)
{
    bool v = version.n > 1 && (version.p[0] | 32) == 'v' && version.p[1] >= '0' && version.p[1] <= '9';
    return v ? (struct hc_str){version.p + 1, version.n - 1} : version;
}

bool hc_same_version(struct hc_str a, struct hc_str b)
{
    return hc_str_equal_nocase(without_v(a), without_v(b));
}

/* ---- what words mean ---- */

static void add_moment(struct hc_lint_moments *out, int64_t at_ns, struct hc_lint_place place)
{
    if (out->n == HC_MOST_MOMENTS) {
        out->overflows = true;
        return;
    }
    out->list[out->n++] = (struct hc_lint_moment){at_ns, place};
}

static void add_time(struct hc_lint_moments *out, struct hc_time at, struct hc_lint_place place)
{
    if (hc_time_known(at))
        add_moment(out, at.ns, place);
}

static void add_happening(struct hc_lint_moments *out, const struct hc_lint_happening *h)
{
    if (!hc_time_known(h->first))
        return;
    add_time(out, h->first, h->place);
    for (size_t i = 0; i < h->n_at && !out->first; i++)
        if (h->at_ns[i] != h->first.ns)
            add_moment(out, h->at_ns[i], h->place);
    if (h->n_at > 0 && out->first && h->at_ns[0] != h->first.ns)
        add_moment(out, h->at_ns[0], h->place);
    if (h->n > h->n_at && !out->first) {
        out->from_ns = h->first.ns < out->from_ns ? h->first.ns : out->from_ns;
        out->to_ns = hc_time_known(h->last) && h->last.ns > out->to_ns ? h->last.ns : out->to_ns;
    }
}

/* A version that is named must be that of the change. */
static bool versions_allow(struct hc_str words, struct hc_str version)
{
    bool any = false;
    for (struct hc_str named = hc_version_take(&words); named.n > 0; named = hc_version_take(&words)) {
        any = true;
        if (version.n == 0 || hc_same_version(named, version))
            return true;
    }
    return !any;
}

/* Is it said which one? One rollback or kill there mostly is; of changes of settings and the like there may be others that
 * the bundle lacks. */
static bool is_identified(const struct hc_lint_context *c, struct hc_str words, enum hc_deed deed, size_t n_named)
{
    struct hc_str rest = words;
    if (n_named > 0 || deed == HC_DEED_ROLLBACK || deed == HC_DEED_KILL || deed == HC_DEED_ALERT)
        return true;
    return deed == HC_DEED_DEPLOY && (hc_version_take(&rest).n > 0 || hc_has_text(words, "the deploy") ||
                                      hc_has_text(words, "commit") || c->facts->n_components <= 1);
}

static bool shares_word(struct hc_str words, struct hc_str message)
{
    size_t n_words;
    return hc_shared_words(hc_str_cut(message, 120), words, &n_words) > 0;
}

static void add_deed(struct hc_lint_moments *out, const struct hc_lint_context *c, struct hc_str words,
                     enum hc_deed deed)
{
    const struct hc_lint_facts *facts = c->facts;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(facts, words, named);
    bool redeploys = hc_find_word(words, "redeployed redeploy").n > 0;
    if (!is_identified(c, words, deed, n_named))
        return;
    for (size_t i = 0; i < facts->n_changes; i++) {
        const struct hc_lint_change *change = &facts->changes[i];
        bool meant = hc_may_be_change_of(change, deed) || (redeploys && hc_is_change_of(change, HC_DEED_ROLLBACK));
        if (meant && hc_may_be_of(facts, change->component, named, n_named) &&
            (deed != HC_DEED_DEPLOY || versions_allow(words, change->version)))
            add_time(out, change->at, change->place);
    }
    for (size_t i = 0; i < facts->n_happenings; i++) {
        const struct hc_lint_happening *h = &facts->happenings[i];
        if (hc_is_happening_of(h, deed) && hc_may_be_of(facts, h->component, named, n_named) &&
            (deed != HC_DEED_ALERT || shares_word(words, h->message)))
            add_happening(out, h);
    }
    if (deed == HC_DEED_ALERT && out->n > 0)
        add_time(out, facts->detected, facts->place);
}

/* Is what stands in quotes, of two words and more, in the message? */
static bool quotes(struct hc_str words, struct hc_str message)
{
    const char *open = words.n > 0 ? memchr(words.p, '"', words.n) : NULL;
    const char *close = open ? memchr(open + 1, '"', (size_t)(words.p + words.n - open) - 1) : NULL;
    struct hc_str quoted = {open ? open + 1 : words.p, close ? (size_t)(close - open) - 1 : 0};
    if (hc_count_words(quoted) < 2 || quoted.n > message.n)
        return false;
    for (size_t i = 0; i + quoted.n <= message.n; i++)
        if (hc_str_equal_nocase((struct hc_str){message.p + i, quoted.n}, quoted))
            return true;
    return false;
}

void hc_words_of(struct hc_lint_words *out, struct hc_str text)
{
    out->text = hc_str_cut(text, MOST_TEXT_BYTES);
    out->n = 0;
    struct hc_str rest = out->text;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0 && out->n < HC_MOST_WORDS; word = hc_word_take(&rest))
        out->list[out->n++] = word;
}

static bool holds_alike(const struct hc_lint_words *words, struct hc_str word)
{
    for (size_t i = 0; i < words->n; i++)
        if ((words->list[i].p[0] | 32) == (word.p[0] | 32) &&
            (hc_words_alike(word, words->list[i]) ||
             (hc_word_in(word, "fail*") && hc_word_in(words->list[i], "fail*"))))
            return true;
    return false;
}

bool hc_tells_message(const struct hc_lint_words *words, struct hc_str message)
{
    size_t n = 0, n_shared = 0;
    struct hc_str rest = message = hc_str_cut(message, 120);
    if (quotes(words->text, message))
        return true;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0 && n - n_shared < 4; word = hc_word_take(&rest)) {
        if (!hc_word_says(word))
            continue;
        n++;
        n_shared += holds_alike(words, word);
    }
    return n >= 2 && (n_shared == n || (n_shared >= 4 && 3 * n_shared >= 2 * n));
}

static void add_messages(struct hc_lint_moments *out, const struct hc_lint_context *c, struct hc_str text)
{
    struct hc_lint_words words;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, text, named);
    hc_words_of(&words, text);
    for (size_t i = 0; i < c->facts->n_happenings; i++) {
        const struct hc_lint_happening *h = &c->facts->happenings[i];
        if (hc_may_be_of(c->facts, h->component, named, n_named) && hc_tells_message(&words, h->message))
            add_happening(out, h);
    }
}

/* "the first errors": of any component, of those that are named. */
static void add_first_errors(struct hc_lint_moments *out, const struct hc_lint_context *c, struct hc_str words)
{
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(c->facts, words, named);
    out->first = true;
    for (size_t i = 0; i < c->facts->n_happenings; i++) {
        const struct hc_lint_happening *h = &c->facts->happenings[i];
        if (h->level >= HC_LINT_ERRORS && hc_may_be_of(c->facts, h->component, named, n_named))
            add_happening(out, h);
    }
}

void hc_moments_named(struct hc_lint_moments *out, const struct hc_lint_context *c, struct hc_str words)
{
    struct hc_str word = HC_STR_NONE;
    *out = (struct hc_lint_moments){.from_ns = INT64_MAX, .to_ns = INT64_MIN, .name = hc_str_trim(words)};
    words = hc_str_cut(words, MOST_SENTENCE_BYTES);
    out->first = hc_has_word(words, "first began begin begins beginning start started starts onset");
    add_messages(out, c, words);
    if (out->n > 0)
        return;
    enum hc_deed deed = hc_deed_in(c->facts, words, &word);
    out->word = deed < HC_N_DEEDS ? word : HC_STR_NONE;
    if (deed < HC_N_DEEDS)
        add_deed(out, c, words, deed);
    else if (hc_has_text(words, "first error"))
        add_first_errors(out, c, words);
}

/* ---- saying it ---- */

void hc_put_moment(struct hc_buf *out, int64_t at_ns)
{
    char text[HC_TIME_TEXT];
    struct hc_time at = {at_ns, 0};
    int64_t rest = at_ns % HC_NS_PER_SECOND;
    for (at.digits = 0; rest != 0 && at.digits < 3; at.digits = (int8_t)(at.digits + 1))
        rest = rest * 10 % HC_NS_PER_SECOND;
    hc_buf_add(out, text, hc_time_format(at, text));
}

void hc_lint_add_held(struct hc_lint_context *c, const char *rule, const struct hc_passage *p,
                      const struct hc_quantity *at, struct hc_buf *says, struct hc_buf *right,
                      struct hc_lint_place place)
{
    size_t n = c->n_findings;
    if (place.member.n > 0) {
        hc_buf_format(right, " (%.*s!%.*s", HC_STR_ARG(c->facts->path), HC_STR_ARG(place.member));
        if (place.line > 0)
            hc_buf_format(right, ":%u", place.line);
        hc_buf_char(right, ')');
    }
    hc_lint_add(c, rule, p, at, says, right);
    if (c->n_findings > n)
        c->findings[n].place = place;
}
