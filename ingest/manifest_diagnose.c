/* Says in plain words, with the line, why the schema refused a manifest; and which one it would surely take. */
#include "ingest/manifest_parts.h"

#define NAMESPACE "urn:hindcast:incident:1"

/* Of one parent's children those that are met most come first. */
static const struct rule {
    struct hc_str parent, name;
    const char *attributes; /* separated by blanks; those after '@' hold times */
    bool words, once;
} rules[] = {
#define RULE(parent, name, ...)                                                 \
    {                                                                           \
        {(parent), sizeof(parent) - 1}, {(name), sizeof(name) - 1}, __VA_ARGS__ \
    }
    RULE("", "incident", "id @ updated", false, true),
    RULE("topology", "depends", "from to", false, false),
    RULE("topology", "component", "name kind", false, false),
    RULE("evidence", "metrics", "href component utc-offset", false, false),
    RULE("evidence", "logs", "href component utc-offset", false, false),
    RULE("evidence", "events", "href component utc-offset", false, false),
    RULE("evidence", "traces", "href component utc-offset", false, false),
    RULE("evidence", "document", "href component utc-offset kind", false, false),
    RULE("evidence", "level", "component metric unit baseline before peak", false, false),
    RULE("evidence", "missing", "kind", true, false),
    RULE("changes", "change", "kind component version commit @ at", true, false),
    RULE("incident", "title", "", true, true),
    RULE("incident", "service", "", true, true),
    RULE("incident", "severity", "", true, true),
    RULE("incident", "window", "@ start detected mitigated end", false, true),
    RULE("incident", "baseline", "@ start end", false, false),
    RULE("incident", "symptom", "component metric @ at", false, false),
    RULE("incident", "topology", "", false, false),
    RULE("incident", "changes", "", false, false),
    RULE("incident", "evidence", "", false, false),
    RULE("incident", "outcome", "status category component metric cause @ at", true, false),
#undef RULE
};

static const struct rule *find_rule(struct hc_str parent, struct hc_str name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        if (hc_str_equal(name, rules[i].name) && hc_str_equal(parent, rules[i].parent))
            return &rules[i];
    }
    return NULL;
}

static enum hc_status refuse(struct hc_err *err, const struct hc_xml_node *node, const char *code, const char *text,
                             struct hc_str what)
{
    what = hc_str_quotable(what, HC_MANIFEST_QUOTE_BYTES);
    hc_err_set(err, HC_FAIL, code, "%s: %.*s", text, HC_STR_ARG(what));
    hc_err_at(err, NULL, NULL, node->line);
    return HC_FAIL;
}

#define OWN_WORDS "words of your own need a namespace of your own"

/* The element that takes one of that name among its own; NULL: none does. */
static const struct rule *find_elsewhere(struct hc_str name)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (hc_str_equal(name, rules[i].name) && rules[i].parent.n > 0)
            return &rules[i];
    return NULL;
}

static enum hc_status refuse_element(struct hc_err *err, const struct hc_xml_node *node)
{
    const struct rule *elsewhere = find_elsewhere(node->name);
    struct hc_str name = hc_str_quotable(node->name, HC_MANIFEST_QUOTE_BYTES);
    if (elsewhere != NULL)
        hc_err_set(err, HC_FAIL, "manifest-unknown", "%.*s may not stand here, but in %.*s", HC_STR_ARG(name),
                   HC_STR_ARG(elsewhere->parent));
    else
        hc_err_set(err, HC_FAIL, "manifest-unknown", "an element that the format does not know here: %.*s; " OWN_WORDS,
                   HC_STR_ARG(name));
    hc_err_at(err, NULL, NULL, node->line);
    return HC_FAIL;
}

static enum hc_status refuse_attribute(struct hc_err *err, const struct hc_xml_node *node, const struct rule *rule,
                                       struct hc_str name)
{
    char known[128];
    size_t n = 0;
    for (const char *p = rule->attributes; *p != '\0' && n + 1 < sizeof known; p++)
        if (p[0] != '@' && (p[0] != ' ' || p[1] != '@')) /* the mark is none of them */
            known[n++] = *p;
    known[n] = '\0';
    name = hc_str_quotable(name, HC_MANIFEST_QUOTE_BYTES);
    hc_err_set(err, HC_FAIL, "manifest-unknown",
               "an attribute that the format does not know: %.*s of %.*s, which may have: %s; " OWN_WORDS,
               HC_STR_ARG(name), HC_STR_ARG(rule->name), n > 0 ? known + strspn(known, " ") : "none");
    hc_err_at(err, NULL, NULL, node->line);
    return HC_FAIL;
}

/* What is checked from element to element. */
struct check {
    struct hc_err *err;
    bool is_plain; /* nothing was met that the schema may see otherwise */
};

/* "2015-03-16T23:15:00Z", a fraction perhaps; that it is a time has been checked. */
static bool is_plain_time(struct hc_str value)
{
    return value.n >= 20 && value.n <= 30 && value.p[10] == 'T' && value.p[value.n - 1] == 'Z' && value.p[17] < '6' &&
           memcmp(value.p, "1900", 4) > 0 && memcmp(value.p, "2200", 4) < 0;
}

static enum hc_status check_value(struct check *c, const struct hc_xml_node *node,
                                  const struct hc_xml_attribute *attribute, bool is_time)
{
    struct hc_time time;
    int offset_s;
    if (is_time && !hc_time_parse_rfc3339(attribute->value, &time))
        return refuse(c->err, node, "manifest-time", "not an RFC 3339 time with an offset, from 1678 to 2262",
                      attribute->value);
    bool is_offset = hc_str_is(attribute->name, "utc-offset");
    if (is_offset && !hc_utc_offset_parse(attribute->value, &offset_s))
        return refuse(c->err, node, "manifest-time", "not an offset like +08:00", attribute->value);
    c->is_plain = c->is_plain && !is_offset && (!is_time || is_plain_time(attribute->value));
    return HC_OK;
}

static enum hc_status check_attribute(struct check *c, const struct hc_xml_node *node, const struct rule *rule,
                                      const struct hc_xml_attribute *attribute)
{
    if (hc_str_is(attribute->ns, NAMESPACE))
        return refuse(c->err, node, "manifest-unknown", "an attribute of the format has no prefix", attribute->name);
    if (attribute->ns.n > 0) {
        c->is_plain = false;
        return HC_OK;
    }
    bool is_time = false;
    for (const char *p = rule->attributes; *p != '\0';) {
        size_t n = strcspn(p, " ");
        if (*p == '@')
            is_time = true;
        else if (hc_str_equal(attribute->name, (struct hc_str){p, n}))
            return check_value(c, node, attribute, is_time);
        p += n + strspn(p + n, " ");
    }
    return refuse_attribute(c->err, node, rule, attribute->name);
}

static enum hc_status check_element(struct check *c, const struct hc_xml_node *node, const struct rule *rule)
{
    for (size_t i = 0; i < node->n_attributes; i++) {
        enum hc_status status = check_attribute(c, node, rule, &node->attributes[i]);
        if (status != HC_OK)
            return status;
    }
    struct hc_str words = hc_str_trim(node->text);
    if (!rule->words && words.n > 0)
        return refuse(c->err, node, "manifest-text", "text where none may stand", words);
    return HC_OK;
}

static bool stands_before(const struct hc_xml_node *first, const struct hc_xml_node *node)
{
    for (; first != node; first = first->next) {
        if (hc_str_equal(first->name, node->name) && hc_str_equal(first->ns, node->ns))
            return true;
    }
    return false;
}

/* The format nests three deep, and so does the recursion. */
static enum hc_status check_children(struct check *c, const struct hc_xml_node *parent, const struct rule *above)
{
    for (const struct hc_xml_node *node = parent->first_child; node != NULL; node = node->next) {
        if (!hc_str_is(node->ns, NAMESPACE)) {
            c->is_plain = false;
            continue;
        }
        const struct rule *rule = find_rule(above->name, node->name);
        if (rule == NULL)
            return refuse_element(c->err, node);
        if (rule->once && stands_before(parent->first_child, node))
            return refuse(c->err, node, "manifest-repeated", "an element that may stand once", node->name);
        enum hc_status status = check_element(c, node, rule);
        if (status == HC_OK)
            status = check_children(c, node, rule);
        if (status != HC_OK)
            return status;
    }
    return HC_OK;
}

static enum hc_status refuse_root(struct hc_err *err, const struct hc_xml_node *root)
{
    struct hc_str name = hc_str_quotable(root->name, HC_MANIFEST_QUOTE_BYTES);
    struct hc_str space = hc_str_quotable(root->ns, HC_MANIFEST_QUOTE_BYTES);
    hc_err_set(err, HC_FAIL, "manifest-root",
               "the root is %.*s in namespace \"%.*s\": write <incident xmlns=\"" NAMESPACE "\" id=…>",
               HC_STR_ARG(name), HC_STR_ARG(space));
    hc_err_at(err, NULL, NULL, root->line);
    return HC_FAIL;
}

static enum hc_status check_root(struct check *c, const struct hc_xml_node *root)
{
    const struct rule *rule = find_rule(HC_STR(""), root->name);
    if (rule == NULL || !hc_str_is(root->ns, NAMESPACE))
        return refuse_root(c->err, root);
    enum hc_status status = check_element(c, root, rule);
    return status == HC_OK ? check_children(c, root, rule) : status;
}

enum hc_status hc_manifest_diagnose(const struct hc_xml_node *root, struct hc_err *err)
{
    return check_root(&(struct check){.err = err}, root);
}

bool hc_manifest_is_plain(const struct hc_xml_node *root)
{
    struct hc_err ignored = HC_ERR_NONE;
    struct check check = {.err = &ignored, .is_plain = true};
    const struct hc_xml_node *window = hc_xml_child(root, "window");
    return check_root(&check, root) == HC_OK && check.is_plain && window != NULL &&
           hc_xml_attribute(window, "start").p != NULL && hc_manifest_is_id(hc_xml_attribute(root, "id"));
}
