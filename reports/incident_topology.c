/* Who calls whom, as a tree: the way from the symptom to the leading hypothesis, and what lies about it. */
#include "analysis/model/timeline.h"
#include "reports/incident_parts.h"

#define ROWS 24   /* components shown */
#define NOTABLE 1 /* on the detectors' log scale; the timeline and the chain show the same ones */
#define CALLERS 2 /* named of those that a component does not stand below */

struct tree {
    struct hc_report_parts *parts;
    const struct hc_incident *incident;
    uint32_t cause, symptom; /* HC_NO_COMPONENT: none is known */
    bool *shown;             /* by component */
    bool *on_way;            /* the shortest way from the symptom to the cause */
    uint32_t *parent;        /* HC_NO_COMPONENT: a root */
    bool *placed;
    uint32_t *queue;
    size_t n_shown;
};

/* ---- the way --------------------------------------------------------------------------------------------- */

/* Breadth first along the calls. */
static void find_way(struct tree *tree)
{
    const struct hc_incident *incident = tree->incident;
    const size_t n = incident->n_components;
    size_t n_queue = 0;
    if (tree->cause >= n || tree->symptom >= n)
        return;
    for (size_t i = 0; i < n; i++)
        tree->parent[i] = HC_NO_COMPONENT;
    tree->queue[n_queue++] = tree->symptom;
    tree->parent[tree->symptom] = tree->symptom;
    for (size_t i = 0; i < n_queue && tree->parent[tree->cause] == HC_NO_COMPONENT; i++)
        for (size_t k = 0; k < incident->n_dependencies; k++) {
            const struct hc_dependency *edge = &incident->dependencies[k];
            if (edge->from != tree->queue[i] || edge->to >= n || tree->parent[edge->to] != HC_NO_COMPONENT)
                continue;
            tree->parent[edge->to] = edge->from;
            tree->queue[n_queue++] = edge->to;
        }
    if (tree->parent[tree->cause] == HC_NO_COMPONENT)
        return;
    for (uint32_t at = tree->cause;; at = tree->parent[at]) {
        tree->on_way[at] = true;
        if (at == tree->symptom)
            return;
    }
}

/* ---- who is shown ---------------------------------------------------------------------------------------- */

static void show(struct tree *tree, uint32_t component)
{
    if (component >= tree->incident->n_components || tree->shown[component] || tree->n_shown == ROWS)
        return;
    tree->shown[component] = true;
    tree->n_shown++;
}

/* The earliest notable onset of a component; NULL: none. */
static const struct hc_evidence_item *first_onset(const struct tree *tree, uint32_t component)
{
    const struct hc_evidence *evidence = tree->parts->in->evidence;
    const struct hc_evidence_item *first = NULL;
    for (size_t i = 0; i < evidence->n_items; i++) {
        const struct hc_evidence_item *item = &evidence->items[i];
        if (item->component >= evidence->n_components || !hc_is_onset(tree->parts, item, NOTABLE) ||
            (first && item->onset.ns >= first->onset.ns) ||
            !hc_str_equal(evidence->components[item->component].name, tree->incident->components[component].name))
            continue;
        first = item;
    }
    return first;
}

static void show_neighbours(struct tree *tree, uint32_t component)
{
    const struct hc_incident *incident = tree->incident;
    for (size_t k = 0; k < incident->n_dependencies; k++) {
        if (incident->dependencies[k].from == component)
            show(tree, incident->dependencies[k].to);
        if (incident->dependencies[k].to == component)
            show(tree, incident->dependencies[k].from);
    }
}

static void choose_shown(struct tree *tree)
{
    const size_t n = tree->incident->n_components;
    show(tree, tree->cause);
    show(tree, tree->symptom);
    for (uint32_t i = 0; i < n; i++)
        if (tree->on_way[i])
            show(tree, i);
    for (uint32_t i = 0; i < n; i++)
        if (first_onset(tree, i))
            show(tree, i);
    for (uint32_t i = 0; i < n; i++)
        if (tree->on_way[i] || i == tree->cause || i == tree->symptom)
            show_neighbours(tree, i);
    for (uint32_t i = 0; i < n; i++)
        show(tree, i);
}

/* ---- who stands below whom ------------------------------------------------------------------------------- */

/* Those on the way stand below the one before them on it, whoever else calls them. */
static bool may_stand_below(const struct tree *tree, const struct hc_dependency *edge)
{
    if (edge->to >= tree->incident->n_components || !tree->shown[edge->to] || tree->placed[edge->to])
        return false;
    return !tree->on_way[edge->to] || edge->to == tree->symptom || tree->parent[edge->to] == edge->from;
}

static bool is_called(const struct tree *tree, uint32_t component)
{
    for (size_t k = 0; k < tree->incident->n_dependencies; k++) {
        const struct hc_dependency *edge = &tree->incident->dependencies[k];
        if (edge->to == component && edge->from != component && edge->from < tree->incident->n_components &&
            tree->shown[edge->from])
            return true;
    }
    return false;
}

static void place_below(struct tree *tree, uint32_t root)
{
    size_t n_queue = 0;
    tree->parent[root] = HC_NO_COMPONENT;
    tree->placed[root] = true;
    tree->queue[n_queue++] = root;
    for (size_t i = 0; i < n_queue; i++)
        for (size_t k = 0; k < tree->incident->n_dependencies; k++) {
            const struct hc_dependency *edge = &tree->incident->dependencies[k];
            if (edge->from != tree->queue[i] || !may_stand_below(tree, edge))
                continue;
            tree->parent[edge->to] = edge->from;
            tree->placed[edge->to] = true;
            tree->queue[n_queue++] = edge->to;
        }
}

/* From those that nobody calls down; what only goes round in circles begins at its first. */
static void place_all(struct tree *tree)
{
    const size_t n = tree->incident->n_components;
    for (uint32_t i = 0; i < n; i++)
        if (tree->shown[i] && !tree->placed[i] && !is_called(tree, i))
            place_below(tree, i);
    if (tree->symptom < n && !tree->placed[tree->symptom])
        place_below(tree, tree->symptom);
    for (uint32_t i = 0; i < n; i++)
        if (tree->shown[i] && !tree->placed[i])
            place_below(tree, i);
}

/* ---- how it is shown ------------------------------------------------------------------------------------- */

static void put_other_callers(struct tree *tree, uint32_t component)
{
    struct hc_doc *doc = tree->parts->doc;
    size_t n = 0;
    for (size_t k = 0; k < tree->incident->n_dependencies; k++) {
        const struct hc_dependency *edge = &tree->incident->dependencies[k];
        if (edge->to != component || edge->from == tree->parent[component] || edge->from == component ||
            edge->from >= tree->incident->n_components)
            continue;
        if (n++ < CALLERS) {
            hc_doc_text(doc, n == 1 ? tree->parent[component] == HC_NO_COMPONENT ? ", called by " : ", also called by "
                                    : ", ");
            hc_doc_from(doc, tree->incident->components[edge->from].name, edge->place);
        }
    }
    if (n > CALLERS)
        hc_doc_format(doc, " and %zu more", n - CALLERS);
}

static void put_component(struct tree *tree, uint32_t component, unsigned depth)
{
    struct hc_report_parts *parts = tree->parts;
    struct hc_doc *doc = parts->doc;
    const struct hc_evidence_item *onset = first_onset(tree, component);
    hc_doc_branch(doc, (struct hc_branch){depth < HC_TREE_DEPTH ? depth : HC_TREE_DEPTH, tree->on_way[component]});
    hc_put_component(parts, tree->incident->components[component].name);
    if (component == tree->cause) {
        hc_doc_text(doc, " ");
        hc_doc_badge(doc, HC_STR("leading hypothesis"), HC_TONE_BAD);
    }
    if (component == tree->symptom) {
        hc_doc_text(doc, " ");
        hc_doc_badge(doc, HC_STR("symptom"), HC_TONE_WARN);
    }
    if (onset) {
        hc_doc_text(doc, " left its usual state at ");
        hc_put_offset(parts, onset->onset,
                      hc_place_of(parts, hc_onset_place(tree->incident, parts->in->evidence, onset)));
    }
    put_other_callers(tree, component);
}

/* As deep as components are shown, at most. Those on the way come first. */
static void put_below(struct tree *tree, uint32_t parent, unsigned depth)
{
    for (int on_way = 1; on_way >= 0; on_way--)
        for (uint32_t i = 0; i < tree->incident->n_components; i++) {
            if (!tree->placed[i] || tree->parent[i] != parent || tree->on_way[i] != (on_way == 1))
                continue;
            put_component(tree, i, depth);
            put_below(tree, i, depth + 1);
        }
}

static void put_extent(struct tree *tree)
{
    struct hc_report_parts *parts = tree->parts;
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = tree->incident;
    hc_doc_paragraph(doc);
    hc_doc_text(doc, "Each stands below one that calls it, or that runs on it: ");
    hc_put_cited(parts, hc_doc_formatted(doc, "%zu", incident->n_dependencies),
                 hc_cite_view(parts, "count(*)", "dependencies", ""), incident->dependencies[0].place);
    hc_doc_format(doc, " %s in all.", incident->n_dependencies == 1 ? "dependency" : "dependencies");
    if (tree->cause < incident->n_components && tree->symptom < incident->n_components &&
        tree->cause != tree->symptom && !tree->on_way[tree->cause])
        hc_doc_text(doc, " No way is known from the symptom to the leading hypothesis.");
    if (tree->n_shown < incident->n_components)
        hc_doc_format(doc, " %zu components are not drawn.", incident->n_components - tree->n_shown);
}

static bool make_tree(struct tree *tree, struct hc_report_parts *parts)
{
    const struct hc_incident *incident = parts->in->incident;
    const struct hc_hypothesis *leading = parts->facts.leading;
    struct hc_arena *arena = parts->doc->arena;
    const size_t n = incident->n_components;
    *tree = (struct tree){.parts = parts,
                          .incident = incident,
                          .cause = leading ? hc_find_component(incident, leading->component) : HC_NO_COMPONENT,
                          .symptom = hc_symptom_component(incident),
                          .shown = hc_arena_calloc(arena, n, sizeof(bool)),
                          .on_way = hc_arena_calloc(arena, n, sizeof(bool)),
                          .parent = hc_arena_calloc(arena, n, sizeof(uint32_t)),
                          .placed = hc_arena_calloc(arena, n, sizeof(bool)),
                          .queue = hc_arena_calloc(arena, n, sizeof(uint32_t))};
    return tree->shown && tree->on_way && tree->parent && tree->placed && tree->queue;
}

void hc_put_topology(struct hc_report_parts *parts)
{
    struct hc_doc *doc = parts->doc;
    struct tree tree;
    hc_doc_subsection(doc, HC_STR("topology"), HC_STR("Topology"));
    if (parts->in->incident->n_dependencies == 0) {
        hc_doc_paragraph(doc);
        hc_doc_text(doc, "Which component calls which: ");
        hc_doc_absent(doc, "not in the bundle");
        hc_doc_text(doc, ".");
        return;
    }
    if (!make_tree(&tree, parts)) {
        doc->failed = true;
        return;
    }
    find_way(&tree);
    choose_shown(&tree);
    place_all(&tree);
    hc_doc_tree(doc, HC_STR("Who calls whom; in bold the shortest way from the symptom to the leading hypothesis"));
    put_below(&tree, HC_NO_COMPONENT, 0);
    put_extent(&tree);
}
