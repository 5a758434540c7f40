#include "ingest/redact/redact.h"

#include <stdlib.h>
#include <string.h>

#include "ingest/redact/alike.h"
#include "ingest/redact/rules.h"

#define HEX_DIGITS 12
#define LEFT_LETTERS 3
#define FINDS_FREE 1024 /* in a text, that none pays for; a power of two */

/* Names recur: a short text that nothing is found in is looked through once, while no other comes to its place. */
#define CLEAN_TEXTS 256
#define CLEAN_BYTES 47

struct clean_text {
    uint8_t n; /* 0: none */
    char bytes[CLEAN_BYTES];
};

/* Of a text, what a rule found. */
struct find {
    size_t begin, end;
    const struct hc_redaction_rule *rule;
};

struct hc_redactor {
    const struct hc_redaction_rules *rules;
    pcre2_match_data *match;
    pcre2_match_context *limits, *limits_of_interpreter;
    struct hc_arena *arena; /* that pays for the finds; may be NULL */
    struct find *finds;     /* in the text at hand */
    size_t n_finds, capacity;
    bool failed; /* no memory for them */
    bool gave_up;
    struct hc_buf out; /* the text at hand with its finds replaced */
    struct clean_text clean[CLEAN_TEXTS];
};

struct hc_redactor *hc_redactor_new(const struct hc_redaction_rules *rules)
{
    struct hc_redactor *redactor = calloc(1, sizeof *redactor);
    if (!redactor)
        return NULL;
    redactor->rules = rules;
    redactor->match = pcre2_match_data_create(2, NULL);
    redactor->limits = pcre2_match_context_create(NULL);
    redactor->limits_of_interpreter = pcre2_match_context_create(NULL);
    if (redactor->match && redactor->limits && redactor->limits_of_interpreter) {
        pcre2_set_match_limit(redactor->limits, HC_REDACTION_STEPS_COMPILED);
        pcre2_set_match_limit(redactor->limits_of_interpreter, HC_REDACTION_STEPS_MOST);
        return redactor;
    }
    hc_redactor_free(redactor);
    return NULL;
}

void hc_redactor_free(struct hc_redactor *redactor)
{
    if (!redactor)
        return;
    pcre2_match_data_free(redactor->match);
    pcre2_match_context_free(redactor->limits);
    pcre2_match_context_free(redactor->limits_of_interpreter);
    free(redactor->finds);
    hc_buf_free(&redactor->out);
    free(redactor);
}

const char *const *hc_redactor_names(const struct hc_redactor *redactor, size_t *n)
{
    return hc_redaction_names(redactor->rules, n);
}

/* Luhn 1960: every second digit from the last but one doubled, the sum of all their digits a multiple of ten. */
static bool passes_luhn(struct hc_str text)
{
    unsigned sum = 0;
    bool doubled = false;
    for (size_t i = text.n; i-- > 0;) {
        unsigned digit = (unsigned)(unsigned char)text.p[i] - '0';
        if (digit > 9)
            continue;
        sum += doubled && digit > 4 ? 2 * digit - 9 : doubled ? 2 * digit : digit;
        doubled = !doubled;
    }
    return sum % 10 == 0;
}

/* Whether a longer list lies there from an earlier text must not show in what fits. */
static bool pay_for_finds(const struct hc_redactor *r)
{
    size_t n = r->n_finds;
    return !r->arena || n < FINDS_FREE || (n & (n - 1)) != 0 || hc_arena_charge(r->arena, n * sizeof *r->finds);
}

static void add_find(struct hc_redactor *r, const struct find *find)
{
    r->failed = r->failed || !pay_for_finds(r);
    if (!r->failed && r->n_finds == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 16;
        struct find *finds = realloc(r->finds, capacity * sizeof *finds);
        if (!finds) {
            r->failed = true;
            return;
        }
        r->finds = finds;
        r->capacity = capacity;
    }
    if (!r->failed)
        r->finds[r->n_finds++] = *find;
}

/* As pcre2_match. What compiled code gives up the interpreter is asked again. */
static int match(struct hc_redactor *r, const struct hc_redaction_rule *rule, struct hc_str text, size_t at)
{
    PCRE2_SPTR bytes = (PCRE2_SPTR)text.p;
    int n = pcre2_match(rule->pattern, bytes, text.n, at, PCRE2_NOTEMPTY, r->match, r->limits);
    if (n == PCRE2_ERROR_MATCHLIMIT || n == PCRE2_ERROR_JIT_STACKLIMIT)
        n = pcre2_match(rule->pattern, bytes, text.n, at, PCRE2_NOTEMPTY | PCRE2_NO_JIT, r->match,
                        r->limits_of_interpreter);
    r->failed = r->failed || n == PCRE2_ERROR_NOMEMORY;
    r->gave_up = r->gave_up || (n < 0 && n != PCRE2_ERROR_NOMATCH);
    return n;
}

/* The rule's next find from *at on, which then is its end; what matches nothing is none. With \K and look-behinds a
 * find can end where the search began: it has been found, and the search goes on behind the match. */
static bool find_next(struct hc_redactor *r, const struct hc_redaction_rule *rule, struct hc_str text, size_t *at,
                      struct find *find)
{
    int n;
    while (!r->failed && *at < text.n && text.n - *at >= rule->least && (n = match(r, rule, text, *at)) >= 0) {
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(r->match);
        size_t group = n > 1 && places[2] != PCRE2_UNSET && places[3] > places[2] ? 2 : 0;
        *find = (struct find){places[group], places[group + 1], rule};
        bool is_new = find->end > find->begin && find->end > *at;
        if (is_new)
            *at = find->end;
        else
            *at = places[1] > *at ? places[1] : *at + 1;
        if (is_new)
            return true;
    }
    return false;
}

/* Where a match of the rule can begin: before the first of the literals near to it, which is there. */
static size_t first_begin(const struct hc_redaction_rule *rule, const size_t *ends)
{
    if (rule->before == SIZE_MAX)
        return 0;
    size_t first = ends[__builtin_ctzll(rule->near)];
    return first > rule->before ? first - rule->before : 0;
}

/* A text may have been redacted before: of a report that is read again, what is a pseudonym already stays. */
static bool is_pseudonym(const struct hc_redaction_rules *rules, struct hc_str text)
{
    if (text.n <= HEX_DIGITS + 1 || text.p[text.n - HEX_DIGITS - 1] != '-')
        return false;
    for (size_t i = text.n - HEX_DIGITS; i < text.n; i++)
        if (!strchr("0123456789abcdef", text.p[i]) || text.p[i] == '\0')
            return false;
    for (size_t i = 0; i < rules->n_names; i++)
        if (hc_str_is((struct hc_str){text.p, text.n - HEX_DIGITS - 1}, rules->names[i]))
            return true;
    return false;
}

/* From `at` on. */
static void find_by(struct hc_redactor *r, const struct hc_redaction_rule *rule, struct hc_str text, size_t at)
{
    struct find find;
    while (find_next(r, rule, text, &at, &find)) {
        struct hc_str found = {text.p + find.begin, find.end - find.begin};
        if ((!rule->luhn || passes_luhn(found)) && !is_pseudonym(r->rules, found))
            add_find(r, &find);
    }
}

static void try_rules(struct hc_redactor *r, struct hc_str text)
{
    const struct hc_redaction_rules *rules = r->rules;
    const struct hc_redaction_rule *end = rules->items + rules->n;
    size_t ends[HC_LITERAL_SETS];
    uint64_t near = hc_literals_in(rules->literals, text, ends);
    bool one_word = text.n > 0 && memchr(text.p, ' ', text.n) == NULL;
    if (near == 0 && !rules->of_any_text && !(rules->of_any_word && one_word))
        return;
    for (const struct hc_redaction_rule *rule = rules->items; rule < end; rule++)
        if ((rule->near == 0 || (rule->near & near) != 0) && (one_word || !rule->only_word))
            find_by(r, rule, text, first_begin(rule, ends));
}

/* Where a text would lie that nothing is found in; NULL: it is too long. */
static struct clean_text *clean_slot(struct hc_redactor *r, struct hc_str text)
{
    return text.n > CLEAN_BYTES ? NULL : &r->clean[hc_str_hash(text) % CLEAN_TEXTS];
}

static void find_all(struct hc_redactor *r, struct hc_str text, struct hc_arena *arena)
{
    struct clean_text *clean = clean_slot(r, text);
    r->arena = arena;
    r->n_finds = 0;
    r->gave_up = r->failed = false;
    if (text.n == 0 || (clean && hc_str_equal((struct hc_str){clean->bytes, clean->n}, text)))
        return;
    try_rules(r, text);
    if (!clean || r->n_finds > 0 || r->gave_up || r->failed)
        return;
    clean->n = (uint8_t)text.n;
    memcpy(clean->bytes, text.p, text.n);
}

bool hc_redactor_finds(struct hc_redactor *redactor, struct hc_str text)
{
    find_all(redactor, text, NULL);
    return redactor->n_finds > 0 || redactor->gave_up || redactor->failed;
}

bool hc_redactor_may_find(const struct hc_redactor *redactor, struct hc_str signature)
{
    return hc_rules_may_find(redactor->rules, signature);
}

static int by_frame(const void *a, const void *b)
{
    const struct hc_redaction_frame *x = a;
    const struct hc_redaction_frame *y = b;
    if (x->n != y->n)
        return x->n < y->n ? -1 : 1;
    return (x->begin > y->begin) - (x->begin < y->begin);
}

static bool add_frame(struct hc_redaction *redaction, struct hc_redaction_frame frame, struct hc_arena *arena)
{
    struct hc_redaction_frame *frames =
        hc_arena_grow(arena, redaction->frames, redaction->n_frames, redaction->n_frames + 1,
                      &redaction->frames_capacity, sizeof *frames);
    if (!frames)
        return false;
    redaction->frames = frames;
    frames[redaction->n_frames++] = frame;
    return true;
}

/* Of the finds in a name that is at hand, and of one that is all of it. */
static bool keep_name(struct hc_redaction *redaction, struct hc_str name, struct hc_arena *arena)
{
    const struct hc_redactor *r = redaction->redactor;
    bool kept = hc_names_add(&redaction->kept, name) != HC_NAME_NONE &&
                add_frame(redaction, (struct hc_redaction_frame){name.n, 0}, arena);
    for (size_t i = 0; kept && i < r->n_finds; i++)
        kept = add_frame(redaction, (struct hc_redaction_frame){name.n, r->finds[i].begin}, arena);
    return kept;
}

bool hc_redaction_begin(struct hc_redaction *redaction, struct hc_redactor *redactor, const struct hc_names *names,
                        struct hc_arena *arena)
{
    size_t n = 0;
    *redaction = (struct hc_redaction){.redactor = redactor};
    hc_names_init(&redaction->kept, arena);
    for (size_t i = 0; i < names->n; i++) {
        find_all(redactor, names->items[i], arena);
        if (redactor->failed ||
            ((redactor->n_finds > 0 || redactor->gave_up) && !keep_name(redaction, names->items[i], arena)))
            return false;
    }
    if (redaction->n_frames > 1)
        qsort(redaction->frames, redaction->n_frames, sizeof *redaction->frames, by_frame);
    for (size_t i = 0; i < redaction->n_frames; i++)
        if (i == 0 || by_frame(&redaction->frames[i], &redaction->frames[n - 1]) != 0)
            redaction->frames[n++] = redaction->frames[i];
    redaction->n_frames = n;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return (c >= '0' && c <= '9') || is_letter(c) || c == '_';
}

/* Does a name stand around the find, as a word of its own? */
static bool is_kept(const struct hc_redaction *redaction, struct hc_str text, const struct find *find)
{
    for (size_t i = 0; i < redaction->n_frames; i++) {
        const struct hc_redaction_frame *frame = &redaction->frames[i];
        size_t begin = find->begin - frame->begin, end = begin + frame->n;
        if (frame->begin > find->begin || end > text.n || end < find->end)
            continue;
        if ((begin == 0 || !is_word(text.p[begin - 1])) && (end == text.n || !is_word(text.p[end])) &&
            hc_names_find(&redaction->kept, (struct hc_str){text.p + begin, frame->n}) != HC_NAME_NONE)
            return true;
    }
    return false;
}

static void put_pseudonym(const struct hc_redaction_rules *rules, const struct find *find, struct hc_str found,
                          struct hc_buf *out)
{
    uint8_t digest[HC_SHA256_BYTES];
    char hex[HC_SHA256_HEX];
    const char *name = rules->names[find->rule->name];
    size_t begin = out->n;
    /* What is hashed stands in the buffer for as long. */
    hc_buf_text(out, name);
    hc_buf_char(out, '-');
    hc_buf_str(out, found);
    if (out->failed)
        return;
    hc_hmac_of(rules->hmac, out->p + begin, out->n - begin, digest);
    hc_sha256_hex(digest, hex);
    out->n = begin + strlen(name) + 1;
    hc_buf_add(out, hex, HEX_DIGITS);
}

/* By begin; of those that begin together the rule that comes first. */
static int by_place(const void *a, const void *b)
{
    const struct find *x = a;
    const struct find *y = b;
    if (x->begin != y->begin)
        return x->begin < y->begin ? -1 : 1;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* A rule that gave up may have missed what it is there for: then all of the text is one find, of the first rule. */
static void settle_finds(struct hc_redactor *r, struct hc_str text)
{
    if (r->gave_up) {
        r->n_finds = 0;
        add_find(r, &(struct find){0, text.n, r->rules->items});
    }
    if (r->n_finds > 1)
        qsort(r->finds, r->n_finds, sizeof *r->finds, by_place);
}

struct hc_str hc_redact(struct hc_redaction *redaction, struct hc_str text, struct hc_arena *arena)
{
    struct hc_redactor *r = redaction->redactor;
    struct hc_buf *out = &r->out;
    size_t copied = 0;
    if (text.n == 0)
        return text;
    hc_buf_clear(out);
    find_all(r, text, arena);
    settle_finds(r, text);
    for (size_t i = 0; i < r->n_finds; i++) {
        const struct find *find = &r->finds[i];
        /* Of finds that overlap the first is whole, so that it is the same as where it stands alone; the next is what is
         * left of it. */
        size_t begin = find->begin > copied ? find->begin : copied;
        if (begin >= find->end || (!r->gave_up && is_kept(redaction, text, find)))
            continue;
        hc_buf_add(out, text.p + copied, begin - copied);
        put_pseudonym(r->rules, find, (struct hc_str){text.p + begin, find->end - begin}, out);
        copied = find->end;
        redaction->counts[find->rule->name]++;
    }
    if (copied > 0) {
        hc_buf_add(out, text.p + copied, text.n - copied);
        text = out->failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(out));
    }
    return r->failed ? HC_STR_NONE : text;
}

struct hc_str hc_redact_alone(struct hc_redactor *redactor, struct hc_str text, struct hc_arena *arena)
{
    struct hc_redaction alone = {.redactor = redactor};
    return hc_redact(&alone, text, arena);
}

bool hc_redactor_left_in(const struct hc_redactor *redactor, struct hc_str text, struct hc_str other)
{
    for (size_t i = 0; i < redactor->n_finds; i++) {
        const struct find *find = &redactor->finds[i];
        for (size_t at = find->begin, n; at < find->end; at += n + 1) {
            for (n = 0; at + n < find->end && is_letter(text.p[at + n]); n++)
                ;
            if (n >= LEFT_LETTERS && memmem(other.p, other.n, text.p + at, n))
                return true;
        }
    }
    return false;
}
