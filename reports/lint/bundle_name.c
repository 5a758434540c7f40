/* Names that a document gives otherwise than the bundle: components, versions, commits, the incident's id and severity. */
#include "reports/lint/bundle.h"

#define MOST_NAME 64     /* bytes of a name that are compared */
#define MOST_TOKENS 3000 /* words that may be a slip of a component's name */
#define LEAST_NAME 6     /* shorter names are near to too many words */
#define LEAST_COMMIT 7

/* ---- components ---- */

static char lower(char b)
{
    return b >= 'A' && b <= 'Z' ? (char)(b + 32) : b;
}

static bool is_parting(char b)
{
    return b == '-' || b == '_' || b == '.' || b == '/';
}

/* Insertions, deletions, exchanges and swaps of neighbours from one name to the other; 3: three and more. */
static size_t distance(struct hc_str a, struct hc_str b)
{
    uint8_t rows[3][MOST_NAME + 1];
    uint8_t *before = rows[0], *last = rows[1], *row = rows[2];
    if (a.n > MOST_NAME || b.n > MOST_NAME || a.n + 2 < b.n || b.n + 2 < a.n)
        return 3;
    for (size_t k = 0; k <= b.n; k++)
        last[k] = (uint8_t)k;
    memset(before, 0, MOST_NAME + 1);
    for (size_t i = 1; i <= a.n; i++) {
        row[0] = (uint8_t)i;
        uint8_t least = row[0];
        for (size_t k = 1; k <= b.n; k++) {
            bool same = lower(a.p[i - 1]) == lower(b.p[k - 1]) || (is_parting(a.p[i - 1]) && is_parting(b.p[k - 1]));
            uint8_t best = (uint8_t)(last[k - 1] + !same);
            best = last[k] + 1 < best ? (uint8_t)(last[k] + 1) : best;
            best = row[k - 1] + 1 < best ? (uint8_t)(row[k - 1] + 1) : best;
            if (i > 1 && k > 1 && lower(a.p[i - 1]) == lower(b.p[k - 2]) && lower(a.p[i - 2]) == lower(b.p[k - 1]) &&
                before[k - 2] + 1 < best)
                best = (uint8_t)(before[k - 2] + 1);
            row[k] = best;
            least = best < least ? best : least;
        }
        if (least > 3) /* a swap looks back one row more */
            return 3;
        uint8_t *spare = before;
        before = last;
        last = row;
        row = spare;
    }
    return last[b.n] < 3 ? last[b.n] : 3;
}

/* A name with its digits, endings and partings taken off is the same: another of its kind, or its plural. */
static bool is_variant(struct hc_str a, struct hc_str b)
{
    size_t i = 0, k = 0, n_partings = 0;
    for (;;) {
        bool parted = i < a.n && k < b.n && is_parting(a.p[i]) != is_parting(b.p[k]);
        n_partings += parted;
        while (i < a.n && (is_parting(a.p[i]) || (a.p[i] >= '0' && a.p[i] <= '9')))
            i++;
        while (k < b.n && (is_parting(b.p[k]) || (b.p[k] >= '0' && b.p[k] <= '9')))
            k++;
        if (i == a.n || k == b.n)
            break;
        if (lower(a.p[i++]) != lower(b.p[k++]))
            return false;
    }
    if (n_partings > 1) /* "catalogd-b" */
        return false;
    struct hc_str rest = i < a.n ? (struct hc_str){a.p + i, a.n - i} : (struct hc_str){b.p + k, b.n - k};
    return rest.n == 0 || hc_word_in(rest, "s es 's d ed r er");
}

/* A name that is written as one: parted by a hyphen or underscore, or as code. */
static bool is_written_as_name(const struct hc_lint_context *c, const struct hc_passage *p, struct hc_str word)
{
    size_t at = (size_t)(word.p - p->text.p);
    uint32_t begin = p->at[at], end = p->at[at + word.n - 1] + 1;
    bool code = begin > 0 && c->source.p[begin - 1] == '`' && end < c->source.n && c->source.p[end] == '`';
    for (size_t i = 1; i + 1 < word.n; i++)
        if (is_parting(word.p[i]))
            return true;
    return code;
}

/* Is it a word that the bundle has somewhere: a metric, a message? */
static bool is_in_bundle(const struct hc_lint_facts *f, struct hc_str word)
{
    for (size_t i = 0; i < f->n_series; i++)
        if (hc_str_equal_nocase(f->series[i].metric, word))
            return true;
    char text[MOST_NAME + 1];
    memcpy(text, word.p, word.n);
    text[word.n] = '\0';
    for (size_t i = 0; i < f->n_happenings; i++)
        if (hc_has_text(f->happenings[i].message, text))
            return true;
    for (size_t i = 0; i < f->n_changes; i++)
        if (hc_has_text(f->changes[i].text, text))
            return true;
    return false;
}

/* A name that the document uses several times, beside the other, is another. */
static bool is_another(const struct hc_lint_context *c, struct hc_str word, struct hc_str known)
{
    const char *end = c->source.p + c->source.n, *first = memmem(c->source.p, c->source.n, word.p, word.n);
    return first && memmem(first + word.n, (size_t)(end - first) - word.n, word.p, word.n) &&
           memmem(c->source.p, c->source.n, known.p, known.n);
}

static void check_name(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str word)
{
    const struct hc_lint_facts *f = c->facts;
    struct hc_str best = HC_STR_NONE;
    size_t least = 3;
    for (size_t i = 0; i < f->n_components; i++) {
        size_t off = distance(word, f->components[i]);
        if (off == 0 || (off < 3 && is_variant(word, f->components[i]))) {
            c->compared.names++;
            return;
        }
        if (off < least && f->components[i].n >= LEAST_NAME && off <= (f->components[i].n >= 9 ? 2U : 1U)) {
            least = off;
            best = f->components[i];
        }
    }
    if (best.n == 0 || is_in_bundle(f, word) || is_another(c, word, best))
        return;
    c->compared.names++;
    struct hc_quantity at = hc_place_of_text(p, word);
    struct hc_buf says = {0}, right = {0};
    hc_buf_str(&says, word);
    hc_buf_format(&right, "the bundle has %.*s", HC_STR_ARG(best));
    hc_lint_add_held(c, "bundle-name", p, &at, &says, &right, hc_manifest(f));
}

static size_t check_components(struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str rest = p->text;
    size_t n = 0;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        if (hc_str_ends(word, HC_STR("'s")))
            word.n -= 2;
        while (word.n > 0 && word.p[0] == '\'')
            word = (struct hc_str){word.p + 1, word.n - 1};
        while (word.n > 0 && word.p[word.n - 1] == '\'')
            word.n--;
        if (word.n + 1 < LEAST_NAME || word.n > MOST_NAME || !is_written_as_name(c, p, word))
            continue;
        n++;
        check_name(c, p, word);
    }
    return n;
}

/* ---- versions and commits ---- */

static bool has_version(const struct hc_lint_facts *f)
{
    for (size_t i = 0; i < f->n_changes; i++)
        if (f->changes[i].version.n > 0)
            return true;
    return false;
}

/* The version of a change that may be meant; NULL: one is right, or none has a version. */
static const struct hc_lint_change *other_version(const struct hc_lint_context *c, struct hc_str sentence,
                                                  struct hc_str version, enum hc_deed deed)
{
    const struct hc_lint_facts *f = c->facts;
    const struct hc_lint_change *found = NULL;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    for (size_t i = 0; i < f->n_changes; i++) {
        const struct hc_lint_change *change = &f->changes[i];
        if (change->version.n > 0 && hc_same_version(change->version, version))
            return NULL;
        if (change->version.n == 0 && hc_is_change_of(change, deed))
            return NULL;
        if (change->version.n > 0 && hc_is_change_of(change, deed) &&
            hc_may_be_of(f, change->component, named, n_named))
            found = found ? found : change;
    }
    return found;
}

static void say_change(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str word,
                       const struct hc_lint_change *change, struct hc_str value)
{
    struct hc_quantity at = hc_place_of_text(p, word);
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, at.begin, at.end);
    hc_buf_format(&right, "the %.*s in the bundle is of %.*s", HC_STR_ARG(change->kind), HC_STR_ARG(value));
    if (change->component.n > 0 && !hc_str_equal(value, change->component))
        hc_buf_format(&right, " (%.*s)", HC_STR_ARG(change->component));
    hc_lint_add_held(c, "bundle-version", p, &at, &says, &right, change->place);
}

/* A sentence about one deploy or rollback, with one version. "from v1 to v2" is of v2. */
static void check_version(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence,
                          enum hc_deed deed)
{
    struct hc_str rest = sentence, version = hc_version_take(&rest), further = hc_version_take(&rest);
    if (version.n == 0)
        return;
    struct hc_str between = {version.p + version.n, further.n > 0 ? (size_t)(further.p - version.p) - version.n : 0};
    if (further.n > 0 && hc_has_word(between, "to") && hc_version_take(&rest).n == 0)
        version = further;
    else if (further.n > 0)
        return;
    c->compared.names += has_version(c->facts);
    const struct hc_lint_change *other = other_version(c, sentence, version, deed);
    if (other)
        say_change(c, p, version, other, other->version);
}

/* "billing-api" beside "checkout-api": no place, region or group of hosts. */
static bool is_of_their_kind(const struct hc_lint_facts *f, struct hc_str word)
{
    size_t n = 0;
    while (n < word.n && !is_parting(word.p[word.n - 1 - n]))
        n++;
    if (n < 3 || n == word.n || hc_word_in(word, "prod* stag* canary* test* dev* all* new* old*"))
        return false;
    for (size_t i = 0; i < f->n_components; i++) {
        struct hc_str name = f->components[i];
        if (name.n > n && is_parting(name.p[name.n - n - 1]) &&
            hc_str_equal_nocase((struct hc_str){name.p + name.n - n, n}, (struct hc_str){word.p + word.n - n, n}))
            return true;
    }
    return false;
}

/* What a sentence says it was deployed "to": a component, or what is named like one; absent: nothing. */
static struct hc_str target_in(const struct hc_lint_facts *f, struct hc_str sentence)
{
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    bool follows = false;
    for (struct hc_str word = hc_word_take(&sentence); word.n > 0; word = hc_word_take(&sentence)) {
        if (follows && (hc_components_in(f, word, named) == 1 || (n_named == 0 && is_of_their_kind(f, word))))
            return word;
        follows = hc_word_in(word, "to");
    }
    return HC_STR_NONE;
}

/* "v4.7.2 was deployed to payment-gateway", where it was deployed to another. */
static void check_target(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    const struct hc_lint_facts *f = c->facts;
    const struct hc_lint_change *found = NULL;
    size_t named[HC_MOST_NAMED], n_named = hc_components_in(f, sentence, named);
    struct hc_str rest = sentence, version = hc_version_take(&rest), name = target_in(f, sentence);
    if (version.n == 0 || n_named > 1 || name.n == 0 || hc_version_take(&rest).n > 0)
        return;
    for (size_t i = 0; i < f->n_changes; i++) {
        const struct hc_lint_change *change = &f->changes[i];
        if (!hc_is_change_of(change, HC_DEED_DEPLOY) || !hc_same_version(change->version, version))
            continue;
        if (change->component.n == 0 || (n_named == 1 && hc_str_equal(change->component, f->components[named[0]])))
            return;
        found = change;
    }
    if (found)
        say_change(c, p, name, found, found->component);
}

static bool is_hex(struct hc_str word)
{
    bool digit = false, letter = false;
    for (size_t i = 0; i < word.n; i++) {
        digit |= word.p[i] >= '0' && word.p[i] <= '9';
        letter |= lower(word.p[i]) >= 'a' && lower(word.p[i]) <= 'f';
        if (!(word.p[i] >= '0' && word.p[i] <= '9') && !(lower(word.p[i]) >= 'a' && lower(word.p[i]) <= 'f'))
            return false;
    }
    return word.n >= LEAST_COMMIT && word.n <= 40 && (digit || letter);
}

/* "commit 9f3c1ac", of a deploy: must begin one of the bundle's. */
static void check_commit(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence, bool deploys)
{
    const struct hc_lint_change *found = NULL;
    struct hc_str rest = sentence;
    bool follows = false;
    for (struct hc_str word = hc_word_take(&rest); word.n > 0; word = hc_word_take(&rest)) {
        bool is_commit = follows && is_hex(word);
        follows = hc_word_in(word, "commit sha revision");
        if (!is_commit || (!deploys && hc_label(p).n == 0))
            continue;
        for (size_t i = 0; i < c->facts->n_changes; i++) {
            struct hc_str commit = c->facts->changes[i].commit;
            if (commit.n == 0)
                continue;
            size_t n = commit.n < word.n ? commit.n : word.n;
            if (hc_str_equal_nocase((struct hc_str){commit.p, n}, (struct hc_str){word.p, n}))
                return;
            found = found ? found : &c->facts->changes[i];
        }
        if (found)
            say_change(c, p, word, found, found->commit);
        return;
    }
}

#define OTHER_CHANGE \
    "fix fixed fixes hotfix patch merged previous last-good running ran upgrade upgraded before was-running old older"

#define LATER_CHANGE "later afterwards afterward subsequently"
#define LATER_PHRASES "after the incident|after this incident|after the outage|after recovery|after mitigation"

/* Is it of another time than the incident: days away, or after its end? */
static bool is_of_other_time(const struct hc_lint_context *c, const struct hc_passage *p, struct hc_str sentence)
{
    const double day_s = 86400;
    struct hc_time end = hc_time_known(c->facts->end) ? c->facts->end : c->facts->start;
    double off;
    if (hc_has_word(sentence, LATER_CHANGE) || hc_holds_one_of(sentence, LATER_PHRASES))
        return true;
    for (size_t i = 0; i < p->n_quantities && hc_time_known(end); i++) {
        const struct hc_quantity *q = &p->quantities[i];
        const char *at = p->text.p + q->begin;
        if (at < sentence.p || at >= sentence.p + sentence.n)
            continue;
        const int64_t end_s = end.ns / HC_NS_PER_SECOND;
        double days = (q->value - (double)end_s) / day_s;
        if ((q->kind == HC_Q_DATE && (days > 0.1 || days < -2)) ||
            (q->kind == HC_Q_CLOCK && hc_clock_off(c, q, end.ns, &off) && off > 0))
            return true;
    }
    return false;
}

static void check_versions(struct hc_lint_context *c, const struct hc_passage *p)
{
    for (size_t at = 0; at < p->text.n;) {
        struct hc_str sentence = hc_sentence(p, at, at), word = HC_STR_NONE;
        size_t end = (size_t)(sentence.p + sentence.n - p->text.p);
        enum hc_deed deed = hc_deed_in(c->facts, sentence, &word);
        at = (end > at ? end : at) + 1;
        if (hc_has_word(sentence, OTHER_CHANGE) || !hc_is_told(sentence) || is_of_other_time(c, p, sentence))
            continue;
        bool labelled =
            hc_has_word(hc_label(p), "version commit") && hc_count_words(hc_label(p)) <= 2 && p->kind != HC_ROW;
        if (labelled && hc_has_word(hc_label(p), "deployed deployment version"))
            deed = HC_DEED_DEPLOY;
        if (deed == HC_DEED_DEPLOY)
            check_target(c, p, sentence);
        if (deed == HC_DEED_DEPLOY || deed == HC_DEED_ROLLBACK)
            check_version(c, p, sentence, deed);
        check_commit(c, p, sentence, deed == HC_DEED_DEPLOY || labelled);
    }
}

/* ---- the incident's own fields ---- */

static void say_field(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str word, const char *what,
                      struct hc_str right_value)
{
    struct hc_quantity at = hc_place_of_text(p, word);
    struct hc_buf says = {0}, right = {0};
    hc_put_source(&says, c, p, at.begin, at.end);
    hc_buf_format(&right, "the bundle's %s is %.*s", what, HC_STR_ARG(right_value));
    hc_lint_add_held(c, "bundle-field", p, &at, &says, &right, hc_manifest(c->facts));
}

/* "INC-240" where the incident is INC-204: the same but for its digits. */
static bool is_like_id(struct hc_str word, struct hc_str id)
{
    size_t i = 0, k = 0;
    bool digits = false;
    while (i < word.n && k < id.n) {
        bool a = word.p[i] >= '0' && word.p[i] <= '9', b = id.p[k] >= '0' && id.p[k] <= '9';
        if (a && b) {
            digits = true;
            while (i < word.n && word.p[i] >= '0' && word.p[i] <= '9')
                i++;
            while (k < id.n && id.p[k] >= '0' && id.p[k] <= '9')
                k++;
        } else if (lower(word.p[i++]) != lower(id.p[k++])) {
            return false;
        }
    }
    return digits && i == word.n && k == id.n && (word.p[0] < '0' || word.p[0] > '9');
}

static void check_id(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str text)
{
    struct hc_str found = HC_STR_NONE;
    for (struct hc_str word = hc_word_take(&text); word.n > 0; word = hc_word_take(&text)) {
        if (hc_str_equal_nocase(word, c->facts->id)) {
            c->compared.names++;
            return;
        }
        if (is_like_id(word, c->facts->id))
            found = found.n > 0 ? found : word;
    }
    c->compared.names += found.n > 0;
    if (found.n > 0)
        say_field(c, p, found, "incident", c->facts->id);
}

/* "SEV-2": its letters without the dash, and its number; false: it is of another form. */
static bool read_severity(struct hc_str text, char *scheme, unsigned *level)
{
    bool any = false;
    *scheme = 0;
    *level = 0;
    for (size_t i = 0; i < text.n && (i < 12 || any); i++) {
        if (text.p[i] >= '0' && text.p[i] <= '9') {
            if (any)
                return false;
            *level = (unsigned)(text.p[i] - '0');
            any = true;
        } else if (!any && !*scheme && lower(text.p[i]) >= 'a' && lower(text.p[i]) <= 'z') {
            *scheme = lower(text.p[i]);
        }
    }
    return any;
}

static void check_severity(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str value)
{
    char a, b;
    unsigned said, right;
    struct hc_str whole = value;
    value = hc_first_words(value, 2);
    for (size_t i = value.n; i < whole.n; i++)
        if (whole.p[i] >= '0' && whole.p[i] <= '9') /* "SEV1, later SEV2" */
            return;
    if (!read_severity(value, &a, &said) || !read_severity(c->facts->severity, &b, &right) || said == right ||
        (a && b && a != b))
        return;
    say_field(c, p, value, "severity", c->facts->severity);
}

static void check_service(struct hc_lint_context *c, const struct hc_passage *p, struct hc_str value)
{
    for (size_t i = 0; i < c->facts->n_components; i++)
        if (hc_str_equal_nocase(c->facts->components[i], value) && c->facts->service.n > 0 &&
            !hc_str_equal_nocase(c->facts->service, value))
            say_field(c, p, value, "service", c->facts->service);
}

static void check_fields(struct hc_lint_context *c, const struct hc_passage *p)
{
    struct hc_str label = hc_label(p), value = hc_label_value(p);
    if (p->kind == HC_HEADING && p->level == 1)
        check_id(c, p, p->text);
    if (p->kind == HC_HEADING || value.n == 0)
        return;
    if (hc_str_equal_nocase(label, HC_STR("incident id")) || hc_str_equal_nocase(label, HC_STR("incident")) ||
        hc_str_equal_nocase(label, HC_STR("id")))
        check_id(c, p, hc_first_words(value, 1));
    if (hc_str_equal_nocase(label, HC_STR("severity")))
        check_severity(c, p, value);
    if (hc_str_equal_nocase(label, HC_STR("service")))
        check_service(c, p, value);
}

void hc_rule_bundle_names(struct hc_lint_context *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        if (n < MOST_TOKENS)
            n += check_components(c, p);
        check_fields(c, p);
        if (!hc_is_elsewhere(c, p) && p->kind != HC_HEADING)
            check_versions(c, p);
    }
}
