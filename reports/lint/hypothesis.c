/* Hypotheses: their status against their confidence, against what is said of them elsewhere, and their sum. */
#include <math.h>

#include "reports/lint/change.h"

#define CONFIRMED_LEAST 90.0 /* as the statuses of an analysis: docs/model.md */
#define RULED_OUT_MOST 5.0
#define MOST_HYPOTHESES 64
#define MOST_DOUBTS 1000 /* passages that cannot rule something out */
#define GENERIC                                                                                                           \
    "failure failures error errors fault faults issue issues problem problems hypothesis bad category cause root service" \
    " system external internal surge spike"

enum status { NO_STATUS, CONFIRMED, RULED_OUT, POSSIBLE, CONTRIBUTING };

static const char *const STATUS_NAMES[] = {"", "confirmed", "ruled out", "possible", "contributing"};

struct hypothesis {
    const struct hc_passage *heading;
    struct hc_str id, name; /* id: absent where it has none */
    const struct hc_passage *of_status, *of_confidence;
    enum status status;
    const struct hc_quantity *confidence;
};

struct hypotheses {
    struct hypothesis list[MOST_HYPOTHESES];
    size_t n;
};

/* ---- reading them ---- */

static enum status status_in(struct hc_str text)
{
    if (hc_has_text(text, "ruled out") || hc_has_text(text, "ruled_out") || hc_has_text(text, "ruled-out") ||
        hc_has_word(text, "rejected eliminated refuted disproved"))
        return RULED_OUT;
    if (hc_has_word(text, "contributing contributory"))
        return CONTRIBUTING;
    if (hc_has_word(text, "confirmed proven") && !hc_has_word(text, "not unconfirmed"))
        return CONFIRMED;
    return hc_has_word(text, "possible plausible unconfirmed inconclusive open") ? POSSIBLE : NO_STATUS;
}

/* The id in "Hypothesis 2", "H2"; absent: there is none, or more than one. */
static struct hc_str id_in(struct hc_str text)
{
    struct hc_str found = HC_STR_NONE, last = HC_STR_NONE;
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text)) {
        struct hc_str id = HC_STR_NONE;
        bool numbered = word.n >= 2 && word.n <= 3 && word.p[0] == 'H' && word.p[1] >= '1' && word.p[1] <= '9';
        if (numbered)
            id = (struct hc_str){word.p + 1, word.n - 1};
        else if (word.n <= 2 && hc_word_in(last, "hypothesis") && word.p[0] <= 'Z')
            id = word;
        if (id.n > 0 && found.n > 0 && !hc_str_equal(id, found))
            return HC_STR_NONE;
        found = id.n > 0 ? id : found;
        last = word;
    }
    return found;
}

static struct hc_str name_in(struct hc_str heading)
{
    struct hc_str colon = heading;
    for (size_t i = 0; i + 1 < heading.n && i < 30; i++)
        if (heading.p[i] == ':' || heading.p[i] == ';' || (heading.p[i] == '-' && heading.p[i + 1] == ' ')) {
            colon = (struct hc_str){heading.p + i + 1, heading.n - i - 1};
            break;
        }
    for (size_t i = 0; i < colon.n; i++)
        if (colon.p[i] == '(')
            colon.n = i;
    struct hc_str end = hc_find_word(colon, "triggering causing in due from leading");
    if (end.n > 0)
        colon.n = (size_t)(end.p - colon.p);
    return hc_str_trim(colon);
}

static const struct hc_quantity *percent_at(const struct hc_passage *p, struct hc_str value)
{
    for (size_t i = 0; i < p->n_quantities && value.p; i++)
        if (p->quantities[i].kind == HC_Q_PERCENT && p->text.p + p->quantities[i].begin >= value.p &&
            hc_count_words(hc_part(p, (size_t)(value.p - p->text.p), p->quantities[i].begin)) <= 2)
            return &p->quantities[i];
    return NULL;
}

/* The confidence that it is the cause: not "97 % that it is not the cause". */
static const struct hc_quantity *confidence_at(const struct hc_passage *p, struct hc_str value)
{
    const struct hc_quantity *q = percent_at(p, value);
    struct hc_str behind = q ? hc_first_words(hc_to_break(hc_behind(p, q)), 8) : HC_STR_NONE;
    return hc_has_word(behind, "not isn't wasn't against ruled ruling excluded rejected unrelated") ? NULL : q;
}

/* "Status: …" and "Confidence: …", alone on their lines or both on one. */
static void read_field(struct hypothesis *h, const struct hc_passage *p)
{
    const char *status = hc_find_text(p->text, "status:"), *confidence = hc_find_text(p->text, "confidence:");
    if (!confidence)
        confidence = hc_find_text(p->text, "probability:");
    if (status && h->status == NO_STATUS) {
        struct hc_str value = {status + 7, (size_t)(p->text.p + p->text.n - status) - 7};
        h->status = status_in(hc_first_words(value, 3));
        h->of_status = p;
    }
    if (confidence && !h->confidence) {
        const char *colon = strchr(confidence, ':');
        struct hc_str value = {colon + 1, (size_t)(p->text.p + p->text.n - colon) - 1};
        h->confidence = confidence_at(p, value);
        h->of_confidence = p;
    }
}

static void read_headings(struct hypotheses *all, const struct hc_lint_context *c)
{
    for (size_t i = 0; i < c->n && all->n < MOST_HYPOTHESES; i++) {
        const struct hc_passage *p = &c->passages[i];
        struct hc_str id = p->kind == HC_HEADING ? id_in(p->text) : HC_STR_NONE;
        bool named = p->kind == HC_HEADING && hc_has_word(hc_first_words(p->text, 2), "hypothesis");
        struct hypothesis h = {.heading = p, .id = id, .name = name_in(p->text)};
        if (id.n == 0 && !named)
            continue;
        for (size_t k = i + 1; k < c->n && c->passages[k].kind != HC_HEADING; k++)
            read_field(&h, &c->passages[k]);
        if (h.of_status || h.of_confidence)
            all->list[all->n++] = h;
    }
}

static size_t column_named(const struct hc_passage *header, const char *words)
{
    for (size_t i = 0; i < 16 && hc_cell(header, i).p; i++)
        if (hc_has_word(hc_cell(header, i), words))
            return i;
    return SIZE_MAX;
}

/* A table of hypotheses has a column of statuses and one of confidences. */
static void read_row(struct hypotheses *all, const struct hc_lint_context *c, const struct hc_passage *p)
{
    const struct hc_passage *header = p->label > 0 ? &c->passages[p->label - 1] : NULL;
    if (p->kind != HC_ROW || p->is_header || !header || !header->is_header || all->n >= MOST_HYPOTHESES)
        return;
    size_t status = column_named(header, "status verdict"), confidence = column_named(header, "confidence probability");
    if (status == SIZE_MAX || confidence == SIZE_MAX || column_named(header, "hypothesis cause") == SIZE_MAX)
        return;
    struct hypothesis h = {.heading = p, .id = id_in(p->text), .of_status = p, .of_confidence = p};
    h.name = hc_cell(p, column_named(header, "hypothesis cause"));
    h.status = status_in(hc_cell(p, status));
    h.confidence = confidence_at(p, hc_cell(p, confidence));
    all->list[all->n++] = h;
}

/* ---- status against confidence ---- */

static void check_status(struct hc_lint_context *c, const struct hc_passage *p, enum status status,
                         const struct hc_quantity *q, const struct hc_passage *of_confidence)
{
    bool low = status == CONFIRMED && q->value + q->step / 2 < CONFIRMED_LEAST && q->bound != HC_AT_LEAST;
    bool high = status == RULED_OUT && q->value - q->step / 2 > RULED_OUT_MOST && q->bound != HC_AT_MOST;
    if (!low && !high)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_buf_format(&says, "%s at ", STATUS_NAMES[status]);
    hc_put_source(&says, c, of_confidence, q->begin, q->end);
    hc_buf_text(&right,
                low ? "confirmed needs at least 90 %: it is possible" : "ruled out needs at most 5 %: it is possible");
    hc_lint_add(c, "status-confidence", p, NULL, &says, &right);
}

/* "confirmed with 65 % confidence", in a line that belongs to no hypothesis. */
static void check_sentence(struct hc_lint_context *c, const struct hc_passage *p)
{
    for (size_t i = 0; i < p->n_quantities; i++) {
        const struct hc_quantity *q = &p->quantities[i];
        struct hc_str before = hc_last_words(hc_before(p, q), 4),
                      behind = hc_first_words(hc_to_break(hc_behind(p, q)), 2);
        if (q->kind == HC_Q_PERCENT && !q->sign && hc_has_word(behind, "confidence") && !hc_breaks(before) &&
            hc_has_word(before, "confirmed") && !hc_has_word(before, "not be to unless until if"))
            check_status(c, p, CONFIRMED, q, p);
    }
}

/* ---- elsewhere ---- */

static const struct hypothesis *hypothesis_of(const struct hypotheses *all, struct hc_str id)
{
    for (size_t i = 0; i < all->n && id.n > 0; i++)
        if (hc_str_equal(all->list[i].id, id))
            return &all->list[i];
    return NULL;
}

static bool is_own(const struct hc_lint_context *c, const struct hypothesis *h, const struct hc_passage *p)
{
    return p == h->heading || (p->heading > 0 && &c->passages[p->heading - 1] == h->heading);
}

static void check_confidence(struct hc_lint_context *c, const struct hypothesis *h, const struct hc_passage *p)
{
    const struct hc_quantity *q = h->confidence;
    struct hc_str value = hc_label_value(p);
    const char *word = hc_find_text(p->text, "confidence ");
    const struct hc_quantity *said = id_in(hc_label(p)).n > 0 ? percent_at(p, value) : NULL;
    if (!said && word)
        said = percent_at(p, (struct hc_str){word + 11, (size_t)(p->text.p + p->text.n - word) - 11});
    if (!q || !said || said->sign || said->bound != q->bound)
        return;
    bool alike = fabs(said->step - q->step) < 1e-9; /* else one may be rounded further than the other: 11.5 and 11 */
    if (fabs(said->value - q->value) < (alike ? q->step : said->step + q->step + 1e-9) / 2)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, said->begin, said->end);
    hc_buf_format(&right, "line %u gives hypothesis %.*s ", hc_line_of(c, h->of_confidence, q->begin),
                  HC_STR_ARG(h->id));
    hc_put_source(&right, c, h->of_confidence, q->begin, q->end);
    hc_lint_add(c, "hypothesis-confidence", p, said, &says, &right);
}

static void check_place(struct hc_lint_context *c, const struct hypothesis *h, const struct hc_passage *p)
{
    struct hc_str label = p->kind == HC_HEADING ? p->text : hc_label(p), heading = hc_heading_of(c, p);
    enum status named = label.n > 0 && id_in(label).n > 0 ? status_in(label) : NO_STATUS;
    enum status placed = hc_has_text(heading, "hypothes") ? status_in(heading) : NO_STATUS;
    bool labelled = label.n > 0 && id_in(label).n > 0;
    if (!labelled || h->status == NO_STATUS ||
        ((named == NO_STATUS || named == h->status) && (placed == NO_STATUS || placed == h->status)))
        return;
    struct hc_buf says = {0}, right = {0};
    if (named != NO_STATUS)
        hc_buf_text(&says, STATUS_NAMES[named]);
    if (placed != NO_STATUS && placed != named)
        hc_buf_format(&says, "%s%s (by its section)", named ? ", " : "", STATUS_NAMES[placed]);
    hc_buf_format(&right, "line %u calls it %s; it can be one of them", hc_line_of(c, h->of_status, 0),
                  STATUS_NAMES[h->status]);
    hc_lint_add(c, "two-statuses", p, NULL, &says, &right);
}

/* ---- ruled out, and not ---- */

/* Where a text says that something cannot be ruled out; `object`: what, as far as it says so right there. */
static bool doubts(struct hc_str text, struct hc_str *object)
{
    static const char *const BEFORE[] = {"cannot be ruled out",  "can't be ruled out",     "could not be ruled out",
                                         "can not be ruled out", "has not been ruled out", "couldn't be ruled out"};
    static const char *const BEHIND[] = {"cannot rule out",    "can't rule out",           "could not rule out",
                                         "couldn't rule out",  "can not rule out",         "prevents ruling out",
                                         "unable to rule out", "not possible to rule out", "impossible to rule out"};
    for (size_t i = 0; i < sizeof BEFORE / sizeof *BEFORE; i++) {
        const char *at = hc_find_text(text, BEFORE[i]);
        if (!at)
            continue;
        *object = (struct hc_str){text.p, (size_t)(at - text.p)};
        for (size_t k = object->n; k > 0; k--)
            if (strchr(".;:(", object->p[k - 1])) {
                *object = (struct hc_str){object->p + k, object->n - k};
                break;
            }
        return true;
    }
    for (size_t i = 0; i < sizeof BEHIND / sizeof *BEHIND; i++) {
        const char *at = hc_find_text(text, BEHIND[i]);
        if (!at)
            continue;
        *object = (struct hc_str){at + strlen(BEHIND[i]), (size_t)(text.p + text.n - at) - strlen(BEHIND[i])};
        for (size_t k = 0; k < object->n; k++)
            if (strchr(".;,)", object->p[k]))
                object->n = k;
        return true;
    }
    return false;
}

/* Does a text name what the hypothesis is about? */
static bool is_about(struct hc_str text, struct hc_str name)
{
    for (struct hc_str word = hc_word_take(&name); word.n > 0; word = hc_word_take(&name)) {
        if (!hc_word_says(word) || hc_word_in(word, GENERIC))
            continue;
        struct hc_str rest = text;
        for (struct hc_str other = hc_word_take(&rest); other.n > 0; other = hc_word_take(&rest))
            if (hc_words_alike(word, other))
                return true;
    }
    return false;
}

static void check_doubt(struct hc_lint_context *c, const struct hypothesis *h, const struct hc_passage *p,
                        struct hc_str object)
{
    struct hc_str head = p->text, intro = hc_intro_of(c, p);
    const char *open = NULL;
    if (h->status != RULED_OUT)
        return;
    open = memchr(head.p, '(', head.n);
    bool in_parentheses = open && open < object.p;
    head.n = in_parentheses ? (size_t)(open - head.p) : 0;
    bool told = is_about(object, h->name) || is_about(head, h->name) || (p->label > 0 && is_about(intro, h->name));
    if (!told)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, 0, p->text.n);
    hc_buf_format(&right, "line %u rules it out (%.*s): what cannot be ruled out is possible",
                  hc_line_of(c, h->of_status, 0), HC_STR_ARG(h->name));
    hc_lint_add(c, "ruled-out-doubt", p, NULL, &says, &right);
}

/* ---- their sum ---- */

static void check_sum(struct hc_lint_context *c, const struct hypotheses *all)
{
    double sum = 0, slack = 0;
    const struct hypothesis *last = NULL;
    for (size_t i = 0; i < all->n; i++) {
        const struct hypothesis *h = &all->list[i];
        if (!h->confidence || h->confidence->bound != HC_EXACT)
            return;
        sum += h->confidence->value;
        slack += h->confidence->step / 2;
        last = h;
    }
    if (all->n < 2 || sum - 100 < 1 || sum - 100 <= slack)
        return;
    struct hc_buf says = {0}, right = {0};
    hc_buf_format(&says, "%zu hypotheses that exclude each other", all->n);
    hc_buf_text(&right, "their confidences add up to ");
    hc_put_value(&right, sum);
    hc_buf_text(&right, " %");
    hc_lint_add(c, "budget", last->of_confidence, last->confidence, &says, &right);
}

void hc_rule_hypotheses(struct hc_lint_context *c)
{
    struct hypotheses *all = hc_arena_calloc(c->arena, 1, sizeof *all);
    size_t n_doubts = 0;
    struct hc_str id = HC_STR_NONE, object = HC_STR_NONE;
    c->failed |= !all;
    if (!all)
        return;
    read_headings(all, c);
    for (size_t i = 0; i < c->n; i++)
        read_row(all, c, &c->passages[i]);
    for (size_t i = 0; i < all->n; i++)
        if (all->list[i].confidence && all->list[i].status != NO_STATUS)
            check_status(c, all->list[i].of_status, all->list[i].status, all->list[i].confidence,
                         all->list[i].of_confidence);
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        struct hc_str here = id_in(p->text);
        bool same_paragraph = i > 0 && p->kind == HC_TEXT && c->passages[i - 1].group == p->group;
        id = here.n > 0 ? here : same_paragraph ? id : HC_STR_NONE;
        const struct hypothesis *h = hypothesis_of(all, id);
        if (h && !is_own(c, h, p)) {
            check_confidence(c, h, p);
            check_place(c, h, p);
        }
        bool doubted = all->n > 0 && n_doubts < MOST_DOUBTS && doubts(p->text, &object);
        n_doubts += doubted;
        for (size_t k = 0; k < all->n && doubted; k++)
            check_doubt(c, &all->list[k], p, object);
        check_sentence(c, p);
    }
    check_sum(c, all);
}
