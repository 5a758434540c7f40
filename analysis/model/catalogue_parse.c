#include "analysis/model/catalogue_parse.h"

#include <math.h>
#include <string.h>

#include "analysis/evidence/evidence.h"
#include "base/number.h"

#define HC_KINDS_MAX 64 /* hc_evidence.kinds has 64 bits */

static enum hc_status out_of_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue");
}

static size_t count_children(const struct hc_xml_node *node, const char *name)
{
    size_t n = 0;
    for (const struct hc_xml_node *c = hc_xml_child(node, name); c; c = hc_xml_next(c, name))
        n++;
    return n;
}

static void *new_array(struct hc_catalogue *c, const struct hc_xml_node *node, const char *name, size_t *n, size_t size)
{
    *n = count_children(node, name);
    return hc_arena_calloc(c->arena, *n, size);
}

static double number_of(const struct hc_xml_node *node, const char *name)
{
    double value = 0;
    const struct hc_str text = hc_xml_attribute(node, name);
    if (text.p)
        hc_number_parse(text, &value); /* the schema has checked that it is one */
    return isnan(value) ? 0 : value;
}

static struct hc_str text_of(struct hc_catalogue *c, const struct hc_xml_node *node)
{
    return hc_str_copy(c->arena, hc_str_trim(node->text));
}

static struct hc_str attribute_of(struct hc_catalogue *c, const struct hc_xml_node *node, const char *name)
{
    return hc_str_copy(c->arena, hc_xml_attribute(node, name));
}

static enum hc_status parse_texts(struct hc_catalogue *c, const struct hc_xml_node *node, const char *name,
                                  struct hc_str **out, size_t *n, struct hc_err *err)
{
    *out = new_array(c, node, name, n, sizeof **out);
    if (!*out)
        return out_of_memory(err);
    struct hc_str *next = *out;
    for (const struct hc_xml_node *x = hc_xml_child(node, name); x; x = hc_xml_next(x, name)) {
        *next = text_of(c, x);
        if (!next->p)
            return out_of_memory(err);
        next++;
    }
    return HC_OK;
}

static enum hc_status refuse(const struct hc_xml_node *node, struct hc_err *err, const char *what, struct hc_str name)
{
    hc_err_set(err, HC_FAIL, "catalogue", "%s: %.*s", what, HC_STR_ARG(name));
    hc_err_at(err, NULL, NULL, node->line);
    return HC_FAIL;
}

static enum hc_status parse_kinds(struct hc_catalogue *c, const struct hc_xml_node *node, struct hc_err *err)
{
    c->kinds = new_array(c, node, "kind", &c->n_kinds, sizeof *c->kinds);
    if (!c->kinds)
        return out_of_memory(err);
    if (c->n_kinds > HC_KINDS_MAX)
        return refuse(node, err, "more than 64 evidence kinds", HC_STR_NONE);
    size_t i = 0;
    for (const struct hc_xml_node *k = hc_xml_child(node, "kind"); k; k = hc_xml_next(k, "kind"), i++)
        c->kinds[i] = (struct hc_evidence_kind){attribute_of(c, k, "id"),
                                                attribute_of(c, k, "title"),
                                                number_of(k, "points"),
                                                text_of(c, k),
                                                hc_xml_attribute(k, "had").p ? number_of(k, "had") : 1,
                                                0};
    hc_kinds_find_sources(c);
    return HC_OK;
}

static enum hc_status parse_metrics(struct hc_catalogue *c, const struct hc_xml_node *node, struct hc_err *err)
{
    c->metric_classes = new_array(c, node, "metric", &c->n_metric_classes, sizeof *c->metric_classes);
    if (!c->metric_classes)
        return out_of_memory(err);
    struct hc_metric_class *m = c->metric_classes;
    for (const struct hc_xml_node *x = hc_xml_child(node, "metric"); x; x = hc_xml_next(x, "metric"), m++) {
        m->id = attribute_of(c, x, "id");
        m->title = attribute_of(c, x, "title");
        enum hc_status status = parse_texts(c, x, "word", &m->words, &m->n_words, err);
        if (status == HC_OK)
            status = parse_texts(c, x, "unless", &m->unless, &m->n_unless, err);
        if (status == HC_OK)
            status = parse_texts(c, x, "label", &m->labels, &m->n_labels, err);
        if (status != HC_OK)
            return status;
    }
    return HC_OK;
}

static enum hc_status parse_signatures(struct hc_catalogue *c, const struct hc_xml_node *node, struct hc_err *err)
{
    c->signatures = new_array(c, node, "signature", &c->n_signatures, sizeof *c->signatures);
    if (!c->signatures)
        return out_of_memory(err);
    struct hc_signature_class *s = c->signatures;
    for (const struct hc_xml_node *x = hc_xml_child(node, "signature"); x; x = hc_xml_next(x, "signature"), s++) {
        s->id = attribute_of(c, x, "id");
        s->title = attribute_of(c, x, "title");
        const enum hc_status status = parse_texts(c, x, "phrase", &s->phrases, &s->n_phrases, err);
        if (status != HC_OK)
            return status;
    }
    return HC_OK;
}

enum hc_status hc_catalogue_parse_classes(struct hc_catalogue *catalogue, const struct hc_xml_node *root,
                                          struct hc_err *err)
{
    catalogue->unexplained_share = number_of(root, "unexplained");
    enum hc_status status = parse_kinds(catalogue, hc_xml_child(root, "kinds"), err);
    if (status == HC_OK)
        status = parse_metrics(catalogue, hc_xml_child(root, "metrics"), err);
    if (status == HC_OK)
        status = parse_signatures(catalogue, hc_xml_child(root, "signatures"), err);
    return status;
}

static enum hc_status parse_expectations(struct hc_catalogue *c, const struct hc_xml_node *node,
                                         struct hc_expectation **out, size_t *n, struct hc_err *err)
{
    *out = new_array(c, node, "expect", n, sizeof **out);
    if (!*out)
        return out_of_memory(err);
    size_t used = 0;
    for (const struct hc_xml_node *x = hc_xml_child(node, "expect"); x; x = hc_xml_next(x, "expect"), used++) {
        const struct hc_str name = hc_xml_attribute(x, "feature");
        const size_t feature = hc_catalogue_feature(c, name);
        if (feature == c->n_features)
            return refuse(x, err, "a feature that does not exist", name);
        size_t at = used;
        for (; at > 0 && (*out)[at - 1].feature >= feature; at--)
            (*out)[at] = (*out)[at - 1];
        if (at < used && (*out)[at + 1].feature == feature)
            return refuse(x, err, "a feature named twice", name);
        (*out)[at] = (struct hc_expectation){(uint32_t)feature, number_of(x, "weight"), number_of(x, "quiet")};
    }
    return HC_OK;
}

static const char *const horizons[4] = {"immediate", "short", "medium", "long"};

static enum hc_status parse_advice(struct hc_catalogue *c, const struct hc_xml_node *category,
                                   const struct hc_xml_node *node, struct hc_cause *cause, struct hc_err *err)
{
    const size_t most = count_children(node, "follow-up") + count_children(category, "follow-up");
    const struct hc_xml_node *from[2] = {node, category};
    for (int h = 0; h < 4; h++) {
        struct hc_str *list = hc_arena_calloc(c->arena, most, sizeof *list);
        if (!list)
            return out_of_memory(err);
        size_t n = 0;
        for (int i = 0; i < 2; i++)
            for (const struct hc_xml_node *x = hc_xml_child(from[i], "follow-up"); x; x = hc_xml_next(x, "follow-up"))
                if (hc_str_is(hc_xml_attribute(x, "horizon"), horizons[h]))
                    list[n++] = text_of(c, x);
        cause->follow_ups[h] = list;
        cause->n_follow_ups[h] = n;
    }
    return HC_OK;
}

static enum hc_status parse_questions(struct hc_catalogue *c, const struct hc_xml_node *node, struct hc_cause *cause,
                                      struct hc_err *err)
{
    const enum hc_status status = parse_texts(c, node, "question", &cause->questions, &cause->n_questions, err);
    if (status != HC_OK)
        return status;
    cause->question_kinds = hc_arena_calloc(c->arena, cause->n_questions, sizeof *cause->question_kinds);
    if (!cause->question_kinds)
        return out_of_memory(err);
    size_t i = 0;
    for (const struct hc_xml_node *x = hc_xml_child(node, "question"); x; x = hc_xml_next(x, "question"), i++) {
        const struct hc_str kind = hc_xml_attribute(x, "kind");
        size_t k = 0;
        while (k < c->n_kinds && !hc_str_equal(c->kinds[k].id, kind))
            k++;
        if (kind.p && k == c->n_kinds)
            return refuse(x, err, "an evidence kind that does not exist", kind);
        if (kind.p)
            cause->question_kinds[i] = c->kinds[k].id;
    }
    return HC_OK;
}

static enum hc_status parse_cause(struct hc_catalogue *c, const struct hc_xml_node *category,
                                  const struct hc_xml_node *node, struct hc_cause *cause, struct hc_err *err)
{
    cause->id = attribute_of(c, node, "id");
    cause->title = attribute_of(c, node, "title");
    cause->share = number_of(node, "share");
    cause->sentence = text_of(c, hc_xml_child(node, "sentence"));
    if (!cause->id.p || !cause->title.p || !cause->sentence.p)
        return out_of_memory(err);
    enum hc_status status = parse_expectations(c, node, &cause->expectations, &cause->n_expectations, err);
    if (status == HC_OK)
        status = parse_texts(c, node, "alias", &cause->aliases, &cause->n_aliases, err);
    if (status == HC_OK)
        status = parse_advice(c, category, node, cause, err);
    if (status == HC_OK)
        status = parse_questions(c, node, cause, err);
    return status;
}

/* `amplifies` may name a cause further down, so it is read once all are known. */
static enum hc_status parse_amplifies(struct hc_catalogue *c, const struct hc_xml_node *node, struct hc_cause *cause,
                                      struct hc_err *err)
{
    cause->amplifies = new_array(c, node, "amplifies", &cause->n_amplifies, sizeof *cause->amplifies);
    if (!cause->amplifies)
        return out_of_memory(err);
    uint32_t *next = cause->amplifies;
    for (const struct hc_xml_node *x = hc_xml_child(node, "amplifies"); x; x = hc_xml_next(x, "amplifies")) {
        const struct hc_str name = hc_xml_attribute(x, "cause");
        size_t i = 0;
        while (i < c->n_causes && !hc_str_equal(c->causes[i].id, name))
            i++;
        if (i == c->n_causes)
            return refuse(x, err, "a cause that does not exist", name);
        *next++ = (uint32_t)i;
    }
    return HC_OK;
}

static enum hc_status parse_category(struct hc_catalogue *c, const struct hc_xml_node *node, size_t index,
                                     size_t *n_causes, struct hc_err *err)
{
    struct hc_category *category = &c->categories[index];
    category->id = attribute_of(c, node, "id");
    category->title = attribute_of(c, node, "title");
    category->source = attribute_of(c, node, "source");
    category->share = number_of(node, "share");
    enum hc_status status = parse_expectations(c, node, &category->expectations, &category->n_expectations, err);
    for (const struct hc_xml_node *x = hc_xml_child(node, "cause"); x && status == HC_OK; x = hc_xml_next(x, "cause")) {
        c->causes[*n_causes].category = (uint32_t)index;
        status = parse_cause(c, node, x, &c->causes[(*n_causes)++], err);
    }
    return status;
}

static enum hc_status check_shares(const struct hc_catalogue *c, const struct hc_xml_node *root, struct hc_err *err)
{
    double total = 0;
    for (size_t i = 0; i < c->n_categories; i++) {
        double within = 0;
        size_t n = 0;
        for (size_t j = 0; j < c->n_causes; j++)
            if (c->causes[j].category == i)
                within += c->causes[j].share, n++;
        if (n && fabs(within - 1) > 1e-6)
            return refuse(root, err, "causes' shares do not sum to 1", c->categories[i].id);
        total += c->categories[i].share;
    }
    if (fabs(total - 1) > 1e-6)
        return refuse(root, err, "the categories' shares do not sum to 1", HC_STR_NONE);
    return HC_OK;
}

enum hc_status hc_catalogue_parse_causes(struct hc_catalogue *catalogue, const struct hc_xml_node *root,
                                         struct hc_err *err)
{
    struct hc_catalogue *c = catalogue;
    c->categories = new_array(c, root, "category", &c->n_categories, sizeof *c->categories);
    for (const struct hc_xml_node *x = hc_xml_child(root, "category"); x; x = hc_xml_next(x, "category"))
        c->n_causes += count_children(x, "cause");
    const size_t n_causes = c->n_causes;
    c->causes = hc_arena_calloc(c->arena, n_causes, sizeof *c->causes);
    if (!c->categories || !c->causes)
        return out_of_memory(err);
    enum hc_status status = parse_expectations(c, hc_xml_child(root, "general"), &c->general, &c->n_general, err);
    size_t category = 0, used = 0;
    for (const struct hc_xml_node *x = hc_xml_child(root, "category"); x && status == HC_OK;
         x = hc_xml_next(x, "category"))
        status = parse_category(c, x, category++, &used, err);
    used = 0;
    for (const struct hc_xml_node *x = hc_xml_child(root, "category"); x; x = hc_xml_next(x, "category"))
        for (const struct hc_xml_node *y = hc_xml_child(x, "cause"); y && status == HC_OK; y = hc_xml_next(y, "cause"))
            status = parse_amplifies(c, y, &c->causes[used++], err);
    return status == HC_OK ? check_shares(c, root, err) : status;
}
