#include "analysis/model/follow_ups.h"

#include "base/number.h"
#include "base/xml.h"

extern const unsigned char hc_follow_ups_rng[];
extern const size_t hc_follow_ups_rng_size;

static const char *const horizons[HC_HORIZONS] = {"immediate", "short", "medium", "long"};
static const char *const gaps[HC_GAPS] = {"detection-unknown", "detection-late",   "no-alert",
                                          "short-warning",     "evidence-missing", "no-telemetry"};
#define GAPS "detection-unknown, detection-late, no-alert, short-warning, evidence-missing, no-telemetry"

static enum hc_status out_of_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the follow-ups");
}

/* Which of the words; n: none of them. */
static size_t which(struct hc_str word, const char *const *words, size_t n)
{
    size_t i = 0;
    while (i < n && !hc_str_is(word, words[i]))
        i++;
    return i;
}

static uint32_t days_of(const struct hc_xml_node *node)
{
    double days;
    return hc_number_parse(hc_str_trim(hc_xml_attribute(node, "due-days")), &days) && days > 0 ? (uint32_t)days : 0;
}

static bool take(struct hc_str *out, struct hc_str text, struct hc_arena *arena)
{
    *out = text.p ? hc_str_copy(arena, hc_str_trim(text)) : HC_STR_NONE;
    return out->p || !text.p;
}

static enum hc_status read_one(struct hc_follow_up *out, const struct hc_xml_node *node, struct hc_arena *arena,
                               struct hc_err *err)
{
    const struct {
        struct hc_str *to;
        const char *name;
    } texts[] = {{&out->category, "category"}, {&out->cause, "cause"}, {&out->owner, "owner"},
                 {&out->ticket, "ticket"},     {&out->link, "link"},   {&out->priority, "priority"},
                 {&out->type, "type"}};
    *out = (struct hc_follow_up){.line = node->line, .due_days = days_of(node)};
    struct hc_str gap = hc_str_trim(hc_xml_attribute(node, "gap"));
    out->gap = (enum hc_gap)which(gap, gaps, HC_GAPS);
    if (gap.p && out->gap == HC_GAPS) {
        hc_err_set(err, HC_FAIL, "follow-ups", "no gap '%.*s'; there are " GAPS, HC_STR_ARG(gap));
        hc_err_at(err, NULL, NULL, node->line);
        return HC_FAIL;
    }
    out->horizon = (int)which(hc_str_trim(hc_xml_attribute(node, "horizon")), horizons, HC_HORIZONS);
    bool kept = take(&out->text, node->text, arena);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        kept = take(texts[i].to, hc_xml_attribute(node, texts[i].name), arena) && kept;
    return kept ? HC_OK : out_of_memory(err);
}

static enum hc_status read_all(struct hc_follow_ups *out, const struct hc_xml_node *root, struct hc_arena *arena,
                               struct hc_err *err)
{
    enum hc_status status = HC_OK;
    size_t n = 0;
    for (const struct hc_xml_node *x = hc_xml_child(root, "follow-up"); x; x = hc_xml_next(x, "follow-up"))
        n++;
    *out = (struct hc_follow_ups){.items = hc_arena_calloc(arena, n, sizeof *out->items),
                                  .replaces = hc_str_is(hc_str_trim(hc_xml_attribute(root, "built-in")), "replaced")};
    if (!out->items)
        return out_of_memory(err);
    for (const struct hc_xml_node *x = hc_xml_child(root, "follow-up"); x && status == HC_OK;
         x = hc_xml_next(x, "follow-up"))
        status = read_one(&out->items[out->n++], x, arena, err);
    return status;
}

enum hc_status hc_follow_ups_read(struct hc_follow_ups *out, struct hc_str xml, struct hc_arena *arena,
                                  struct hc_err *err)
{
    struct hc_xml_schema *schema = NULL;
    const struct hc_xml_node *root = NULL;
    struct hc_arena *tree = hc_arena_new(0);
    const struct hc_str rng = {(const char *)hc_follow_ups_rng, hc_follow_ups_rng_size};
    enum hc_status status = tree ? hc_xml_schema_new(&schema, rng, err) : out_of_memory(err);
    if (status == HC_OK)
        status = hc_xml_parse(&root, xml, 0, schema, tree, err);
    if (status == HC_OK)
        status = read_all(out, root, arena, err);
    hc_xml_schema_free(schema);
    hc_arena_free(tree);
    return status;
}
