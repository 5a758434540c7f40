#include "ingest/redact/rules.h"

#include <string.h>

#include "base/number.h"
#include "base/xml.h"
#include "ingest/redact/alike.h"

extern const unsigned char hc_redaction_xml[], hc_redaction_rng[];
extern const size_t hc_redaction_xml_size, hc_redaction_rng_size;

#define NEAR_TEXTS_MOST 1024

/* The texts that rules are tried near to: a set for each of these rules. */
struct near_texts {
    struct hc_literal items[NEAR_TEXTS_MOST];
    size_t n;
    unsigned n_sets;
};

struct hc_str hc_redaction_shipped(void)
{
    return (struct hc_str){(const char *)hc_redaction_xml, hc_redaction_xml_size};
}

static enum hc_status out_of_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the rules of redaction");
}

static enum hc_status refuse(const struct hc_xml_node *node, const char *what, struct hc_err *err)
{
    hc_err_set(err, HC_FAIL, "redaction-rules", "%s", what);
    hc_err_at(err, NULL, NULL, node->line);
    return HC_FAIL;
}

static enum hc_status number_name(struct hc_redaction_rules *rules, const struct hc_xml_node *node, size_t *number,
                                  struct hc_err *err)
{
    struct hc_str name = hc_str_trim(hc_xml_attribute(node, "name"));
    for (*number = 0; *number < rules->n_names; ++*number)
        if (hc_str_is(name, rules->names[*number]))
            return HC_OK;
    if (rules->n_names == HC_REDACTION_NAMES)
        return refuse(node, "the rules have more than 64 names", err);
    rules->names[rules->n_names] = hc_arena_copy(rules->arena, name.p, name.n);
    return rules->names[rules->n_names++] ? HC_OK : out_of_memory(err);
}

/* Of a rule that is near to texts of at most so many bytes: @before, to where such a text ends. */
static size_t read_before(const struct hc_xml_node *node, size_t longest)
{
    double before;
    bool is_given = hc_number_parse(hc_xml_attribute(node, "before"), &before) && before >= 0; /* absent: NaN */
    return is_given && longest > 0 ? (size_t)before + longest : SIZE_MAX;
}

/* Words of @near; a space within one cannot be said. */
static enum hc_status number_near(struct near_texts *texts, const struct hc_xml_node *node,
                                  struct hc_redaction_rule *rule, struct hc_err *err)
{
    struct hc_str rest = hc_xml_attribute(node, "near");
    size_t longest = 0, n_before = texts->n;
    while ((rest = hc_str_trim(rest)).n > 0) {
        const char *space = memchr(rest.p, ' ', rest.n);
        struct hc_str word = {rest.p, space ? (size_t)(space - rest.p) : rest.n};
        if (texts->n == NEAR_TEXTS_MOST)
            return refuse(node, "the rules stand near more texts than can be looked for at once", err);
        if (texts->n_sets == HC_LITERAL_SETS)
            return refuse(node, "more than 64 rules stand near texts", err);
        texts->items[texts->n++] = (struct hc_literal){word, texts->n_sets};
        longest = word.n > longest ? word.n : longest;
        rest = (struct hc_str){rest.p + word.n, rest.n - word.n};
    }
    rule->near = texts->n > n_before ? UINT64_C(1) << texts->n_sets++ : 0;
    rule->before = read_before(node, longest);
    return HC_OK;
}

static enum hc_status compile(pcre2_code **pattern, const struct hc_xml_node *node, struct hc_err *err)
{
    struct hc_str text = hc_str_trim(node->text);
    int error;
    PCRE2_SIZE at;
    *pattern = NULL;
    if (text.n == 0)
        return refuse(node, "the pattern is none: it is empty", err);
    *pattern = pcre2_compile((PCRE2_SPTR)text.p, text.n, PCRE2_NEVER_UTF | PCRE2_NEVER_BACKSLASH_C, &error, &at, NULL);
    if (!*pattern) {
        PCRE2_UCHAR why[160];
        pcre2_get_error_message(error, why, sizeof why);
        hc_err_set(err, HC_FAIL, "redaction-rules", "the pattern is none: %s, at byte %zu of it", (const char *)why,
                   (size_t)at);
        hc_err_at(err, NULL, NULL, node->line);
        return HC_FAIL;
    }
    (void)pcre2_jit_compile(*pattern, PCRE2_JIT_COMPLETE); /* where it cannot be a match is slower, and the same */
    return HC_OK;
}

static enum hc_status add_rule(struct hc_redaction_rules *rules, const struct hc_xml_node *node,
                               struct near_texts *texts, struct hc_err *err)
{
    struct hc_redaction_rule *rule = &rules->items[rules->n];
    rule->luhn = hc_xml_attribute(node, "check").p != NULL;
    rule->only_word = hc_xml_attribute(node, "only").p != NULL;
    enum hc_status status = number_name(rules, node, &rule->name, err);
    if (status == HC_OK)
        status = number_near(texts, node, rule, err);
    if (status == HC_OK)
        status = compile(&rule->pattern, node, err);
    if (status != HC_OK)
        return status;
    (void)pcre2_pattern_info(rule->pattern, PCRE2_INFO_MINLENGTH, &rule->least);
    rules->of_any_text = rules->of_any_text || (rule->near == 0 && !rule->only_word);
    rules->of_any_word = rules->of_any_word || (rule->near == 0 && rule->only_word);
    rules->n++;
    return HC_OK;
}

static enum hc_status make_literals(struct hc_redaction_rules *rules, const struct near_texts *texts)
{
    struct near_texts squeezed = {.n = 0};
    for (size_t i = 0; i < texts->n; i++) {
        if (!hc_literal_touches_masks(texts->items[i].text))
            continue;
        struct hc_str text = texts->items[i].text;
        char *room = hc_arena_alloc(rules->arena, text.n);
        if (!room)
            return HC_FATAL;
        squeezed.items[squeezed.n++] = (struct hc_literal){{room, hc_squeeze(text, room)}, texts->items[i].set};
    }
    enum hc_status status = hc_literals_new(&rules->literals, texts->items, texts->n);
    return status == HC_OK ? hc_literals_new(&rules->squeezed, squeezed.items, squeezed.n) : status;
}

/* A team's own are held to the schema; of ours a test has said that they keep to it, once for all runs. */
static enum hc_status parse(struct hc_redaction_rules *rules, struct hc_str xml, struct hc_arena *scratch,
                            struct hc_err *err)
{
    struct hc_xml_schema *schema = NULL;
    const struct hc_xml_node *root;
    struct near_texts texts = {.n = 0};
    const struct hc_str rng = {(const char *)hc_redaction_rng, hc_redaction_rng_size};
    size_t n = 0;
    enum hc_status status = xml.p != hc_redaction_shipped().p ? hc_xml_schema_new(&schema, rng, err) : HC_OK;
    if (status == HC_OK)
        status = hc_xml_parse(&root, xml, 0, schema, scratch, err);
    hc_xml_schema_free(schema);
    if (status != HC_OK)
        return status;
    for (const struct hc_xml_node *node = root->first_child; node; node = node->next)
        n++;
    rules->items = hc_arena_calloc(rules->arena, n, sizeof *rules->items);
    if (!rules->items)
        return out_of_memory(err);
    for (const struct hc_xml_node *node = hc_xml_child(root, "rule"); node; node = hc_xml_next(node, "rule"))
        if ((status = add_rule(rules, node, &texts, err)) != HC_OK)
            return status;
    status = make_literals(rules, &texts);
    if (status == HC_FAIL)
        return refuse(root, "the rules stand near more texts than can be looked for at once", err);
    return status == HC_OK ? HC_OK : out_of_memory(err);
}

enum hc_status hc_redaction_rules_new(struct hc_redaction_rules **out, struct hc_str xml, struct hc_str key,
                                      struct hc_err *err)
{
    struct hc_arena *arena = hc_arena_new(0), *scratch = hc_arena_new(0);
    struct hc_redaction_rules *rules = arena ? hc_arena_calloc(arena, 1, sizeof *rules) : NULL;
    enum hc_status status = HC_FATAL;
    *out = NULL;
    if (rules) {
        rules->arena = arena;
        rules->hmac = hc_hmac_new(key.p, key.n);
    }
    if (!rules || !scratch || !rules->hmac)
        out_of_memory(err);
    else
        status = parse(rules, xml, scratch, err);
    hc_arena_free(scratch);
    if (status == HC_OK)
        *out = rules;
    else if (rules)
        hc_redaction_rules_free(rules);
    else
        hc_arena_free(arena);
    return status;
}

void hc_redaction_rules_free(struct hc_redaction_rules *rules)
{
    if (!rules)
        return;
    for (size_t i = 0; i < rules->n; i++)
        pcre2_code_free(rules->items[i].pattern);
    hc_literals_free(rules->literals);
    hc_literals_free(rules->squeezed);
    hc_hmac_free(rules->hmac);
    hc_arena_free(rules->arena);
}

const char *const *hc_redaction_names(const struct hc_redaction_rules *rules, size_t *n)
{
    *n = rules->n_names;
    return rules->names;
}
