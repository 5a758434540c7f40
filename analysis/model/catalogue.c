#include "analysis/model/catalogue.h"

#include <string.h>

#include "analysis/evidence/features.h"
#include "analysis/evidence/phrases.h"
#include "analysis/model/catalogue_parse.h"
#include "base/digest.h"
#include "base/xml.h"

extern const unsigned char hc_catalogue_xml[];
extern const size_t hc_catalogue_xml_size;
extern const unsigned char hc_catalogue_rng[];
extern const size_t hc_catalogue_rng_size;

#define HC_CATALOGUE_BYTES ((size_t)4 << 20)
#define HC_CATALOGUE_ARENA_BYTES ((size_t)64 << 20)

static const char *const hc_change_kinds[] = {"deploy",        "rollback",    "config",   "feature-flag",
                                              "scale",         "migration",   "failover", "maintenance",
                                              "traffic-shift", "certificate", "other"};
#define HC_N_CHANGE_KINDS (sizeof hc_change_kinds / sizeof *hc_change_kinds)

static const struct hc_feature hc_fixed_features[] = {
#define HC_FEATURE_ROW(symbol, name, kind, says) \
    {{name, sizeof(name) - 1}, {kind, sizeof(kind) - 1}, {says, sizeof(says) - 1}},
    HC_FIXED_FEATURES(HC_FEATURE_ROW)
#undef HC_FEATURE_ROW
};

static struct hc_feature feature_of(struct hc_catalogue *c, const char *prefix, struct hc_str id, const char *suffix,
                                    const char *kind, struct hc_str what, const char *says)
{
    return (struct hc_feature){hc_str_format(c->arena, "%s%.*s%s", prefix, HC_STR_ARG(id), suffix), hc_str_of(kind),
                               hc_str_format(c->arena, "%.*s%s", HC_STR_ARG(what), says)};
}

static enum hc_status name_features(struct hc_catalogue *c, struct hc_err *err)
{
    size_t n = HC_FIXED_FEATURE_COUNT;
    c->first_metric_feature = n;
    n += 2 * c->n_metric_classes;
    c->first_signature_feature = n;
    n += c->n_signatures;
    c->first_change_feature = n;
    n += HC_N_CHANGE_KINDS;
    c->features = hc_arena_calloc(c->arena, n, sizeof *c->features);
    if (!c->features)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue's features");
    memcpy(c->features, hc_fixed_features, sizeof hc_fixed_features);
    struct hc_feature *next = c->features + c->first_metric_feature;
    for (size_t i = 0; i < c->n_metric_classes; i++) {
        const struct hc_metric_class *m = &c->metric_classes[i];
        *next++ = feature_of(c, "", m->id, "-up", "metrics", m->title, ", above its baseline");
        *next++ = feature_of(c, "", m->id, "-down", "metrics", m->title, ", below its baseline");
    }
    for (size_t i = 0; i < c->n_signatures; i++)
        *next++ = feature_of(c, "signature-", c->signatures[i].id, "", "logs", c->signatures[i].title,
                             ", as its log lines say");
    for (size_t i = 0; i < HC_N_CHANGE_KINDS; i++)
        *next++ = feature_of(c, "change-", hc_str_of(hc_change_kinds[i]), "", "changes", hc_str_of(hc_change_kinds[i]),
                             " of it or near it, shortly before the onset");
    c->n_features = n;
    for (size_t i = 0; i < n; i++)
        if (!c->features[i].name.p || !c->features[i].says.p)
            return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue's features");
    return HC_OK;
}

static enum hc_status compile_phrases(struct hc_catalogue *c, struct hc_err *err)
{
    struct hc_phrase_list *signatures = hc_arena_calloc(c->arena, c->n_signatures, sizeof *signatures);
    struct hc_phrase_list *metrics = hc_arena_calloc(c->arena, HC_METRIC_LISTS * c->n_metric_classes, sizeof *metrics);
    for (size_t i = 0; signatures && i < c->n_signatures; i++)
        signatures[i] = (struct hc_phrase_list){c->signatures[i].phrases, c->signatures[i].n_phrases};
    for (size_t i = 0; metrics && i < c->n_metric_classes; i++) {
        const struct hc_metric_class *m = &c->metric_classes[i];
        struct hc_phrase_list *lists = &metrics[HC_METRIC_LISTS * i];
        lists[HC_METRIC_WORDS] = (struct hc_phrase_list){m->words, m->n_words};
        lists[HC_METRIC_UNLESS] = (struct hc_phrase_list){m->unless, m->n_unless};
        lists[HC_METRIC_LABELS] = (struct hc_phrase_list){m->labels, m->n_labels};
    }
    c->signature_phrases = signatures ? hc_phrases_new(signatures, c->n_signatures, c->arena) : NULL;
    c->metric_phrases = metrics ? hc_phrases_new(metrics, HC_METRIC_LISTS * c->n_metric_classes, c->arena) : NULL;
    return c->signature_phrases && c->metric_phrases
               ? HC_OK
               : hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue's phrases");
}

static uint64_t first_eight(const void *bytes, size_t n)
{
    uint8_t digest[HC_SHA256_BYTES];
    hc_sha256_once(bytes, n, digest);
    uint64_t sum = 0;
    for (int i = 0; i < 8; i++)
        sum = sum << 8 | digest[i];
    return sum;
}

static void add_line(struct hc_buf *buf, const char *what, struct hc_str text)
{
    hc_buf_text(buf, what);
    hc_buf_str(buf, text);
    hc_buf_char(buf, '\n');
}

/* Evidence depends on the features' names and on the words that make them, not on weights, titles or advice. */
static enum hc_status sum_evidence(struct hc_catalogue *c, struct hc_err *err)
{
    struct hc_buf buf = {0};
    for (size_t i = 0; i < c->n_features; i++)
        add_line(&buf, "feature ", c->features[i].name);
    for (size_t i = 0; i < c->n_kinds; i++) {
        add_line(&buf, "kind ", c->kinds[i].id);
        add_line(&buf, "counts ", c->kinds[i].counts_as);
    }
    for (size_t i = 0; i < c->n_metric_classes; i++) {
        const struct hc_metric_class *m = &c->metric_classes[i];
        add_line(&buf, "metric ", m->id);
        for (size_t j = 0; j < m->n_words; j++)
            add_line(&buf, "word ", m->words[j]);
        for (size_t j = 0; j < m->n_unless; j++)
            add_line(&buf, "unless ", m->unless[j]);
        for (size_t j = 0; j < m->n_labels; j++)
            add_line(&buf, "label ", m->labels[j]);
    }
    for (size_t i = 0; i < c->n_signatures; i++) {
        const struct hc_signature_class *s = &c->signatures[i];
        add_line(&buf, "signature ", s->id);
        for (size_t j = 0; j < s->n_phrases; j++)
            add_line(&buf, "phrase ", s->phrases[j]);
    }
    const bool failed = buf.failed;
    if (!failed)
        c->evidence_checksum = first_eight(buf.p, buf.n);
    hc_buf_free(&buf);
    return failed ? hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue's checksum") : HC_OK;
}

/* A team's own is held to the schema; of ours a test has said that it keeps to it, once for all runs. */
static enum hc_status read_into(struct hc_catalogue *c, struct hc_str xml, bool is_ours, struct hc_err *err)
{
    struct hc_xml_schema *schema = NULL;
    struct hc_arena *tree = hc_arena_new(HC_CATALOGUE_ARENA_BYTES);
    const struct hc_xml_node *root = NULL;
    enum hc_status status = HC_OK;
    if (!tree)
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue");
    const struct hc_str rng = {(const char *)hc_catalogue_rng, hc_catalogue_rng_size};
    if (status == HC_OK && !is_ours)
        status = hc_xml_schema_new(&schema, rng, err);
    if (status == HC_OK)
        status = hc_xml_parse(&root, xml, HC_CATALOGUE_BYTES, schema, tree, err);
    if (status == HC_OK)
        status = hc_catalogue_parse_classes(c, root, err);
    if (status == HC_OK)
        status = name_features(c, err);
    if (status == HC_OK)
        status = hc_catalogue_parse_causes(c, root, err);
    if (status == HC_OK)
        status = compile_phrases(c, err);
    if (status == HC_OK)
        status = sum_evidence(c, err);
    c->checksum = first_eight(xml.p, xml.n);
    hc_xml_schema_free(schema);
    hc_arena_free(tree);
    return status;
}

enum hc_status hc_catalogue_read(struct hc_catalogue **out, struct hc_str xml, struct hc_err *err)
{
    struct hc_arena *arena = hc_arena_new(HC_CATALOGUE_ARENA_BYTES);
    struct hc_catalogue *c = arena ? hc_arena_calloc(arena, 1, sizeof *c) : NULL;
    enum hc_status status = HC_OK;
    if (!c) {
        status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the catalogue");
        goto done;
    }
    c->arena = arena;
    bool is_ours = !xml.p;
    if (is_ours)
        xml = (struct hc_str){(const char *)hc_catalogue_xml, hc_catalogue_xml_size};
    status = read_into(c, xml, is_ours, err);
    if (status == HC_OK)
        *out = c;
done:
    if (status != HC_OK)
        hc_arena_free(arena);
    return status;
}

void hc_catalogue_free(struct hc_catalogue *catalogue)
{
    if (catalogue)
        hc_arena_free(catalogue->arena);
}

size_t hc_catalogue_feature(const struct hc_catalogue *catalogue, struct hc_str name)
{
    size_t i = 0;
    while (i < catalogue->n_features && !hc_str_equal(catalogue->features[i].name, name))
        i++;
    return i;
}

size_t hc_catalogue_category(const struct hc_catalogue *catalogue, struct hc_str id)
{
    size_t i = 0;
    while (i < catalogue->n_categories && !hc_str_equal(catalogue->categories[i].id, id))
        i++;
    return i;
}

static bool goes_by(const struct hc_cause *cause, struct hc_str slug)
{
    if (hc_str_equal(cause->id, slug))
        return true;
    for (size_t i = 0; i < cause->n_aliases; i++)
        if (hc_str_equal(cause->aliases[i], slug))
            return true;
    return false;
}

size_t hc_catalogue_cause(const struct hc_catalogue *catalogue, size_t category, struct hc_str slug)
{
    for (size_t i = 0; i < catalogue->n_causes; i++)
        if (catalogue->causes[i].category == category && goes_by(&catalogue->causes[i], slug))
            return i;
    return catalogue->n_causes;
}
