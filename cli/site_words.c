/* What each incident is found by in the site's pages of words. */
#include "base/arena.h"
#include "cli/site.h"

struct texts {
    struct hc_str *items;
    size_t n, capacity;
};

struct loading {
    struct hc_site_run *run;
    struct hc_session *session;
    struct texts *of; /* [n_briefs] */
    struct template
    {
        struct hc_str id, text;
    }
    *templates; /* by id, as the view gives them */
    size_t n_templates, templates_capacity;
};

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

static enum hc_status add(struct loading *loading, size_t i, struct hc_str text, struct hc_err *err)
{
    struct texts *texts = &loading->of[i];
    struct hc_str *grown =
        hc_arena_grow(loading->run->arena, texts->items, texts->n, texts->n + 1, &texts->capacity, sizeof *grown);
    if (!grown)
        return no_memory(err);
    texts->items = grown;
    grown[texts->n++] = text;
    return HC_OK;
}

static enum hc_status take_template(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct loading *loading = context;
    struct template *grown = hc_arena_grow(loading->run->arena, loading->templates, loading->n_templates,
                                           loading->n_templates + 1, &loading->templates_capacity, sizeof *grown);
    (void)n;
    if (!grown)
        return no_memory(err);
    loading->templates = grown;
    grown[loading->n_templates++] = (struct template){hc_str_copy(loading->run->arena, cells[0].text),
                                                      hc_str_copy(loading->run->arena, cells[1].text)};
    return HC_OK;
}

static enum hc_status take_line(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct loading *loading = context;
    const struct hc_incident_brief *brief = hc_session_brief(loading->session, cells[0].text);
    const struct template wanted = {.id = cells[1].text};
    const struct template *found =
        loading->n_templates ? bsearch(&wanted, loading->templates, loading->n_templates, sizeof wanted, hc_str_order)
                             : NULL;
    (void)n;
    return brief && found ? add(loading, (size_t)(brief - loading->session->briefs), found->text, err) : HC_OK;
}

static enum hc_status take_component(void *context, const struct hc_cell *cells, size_t n, struct hc_err *err)
{
    struct loading *loading = context;
    const struct hc_incident_brief *brief = hc_session_brief(loading->session, cells[0].text);
    (void)n;
    return brief ? add(loading, (size_t)(brief - loading->session->briefs),
                       hc_str_copy(loading->run->arena, cells[1].text), err)
                 : HC_OK;
}

static enum hc_status make_sets(struct hc_word_set *sets, const struct loading *loading, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < loading->session->n_briefs; i++) {
        const struct hc_incident_brief *b = &loading->session->briefs[i];
        struct hc_arena *scratch = hc_arena_new(0);
        struct hc_word_set told, lines = {NULL, 0}, all;
        const struct hc_str texts[] = {b->title, b->service, b->confirmed ? b->category : HC_STR_NONE,
                                       b->confirmed ? b->cause : HC_STR_NONE};
        if (!scratch || !hc_word_set_make(&told, texts, sizeof texts / sizeof *texts, HC_STR_NONE, scratch) ||
            !hc_word_set_make(&lines, loading->of[i].items, loading->of[i].n, HC_STR_NONE, scratch) ||
            !hc_word_set_unite(&all, &told, &lines, scratch) || !hc_word_set_copy(&sets[i], &all, loading->run->arena))
            status = no_memory(err);
        hc_arena_free(scratch);
    }
    return status;
}

/* Of log lines those that were worth keeping: which lines an incident has besides takes reading all of it. */
enum hc_status hc_site_load_words(struct hc_word_set **out, struct hc_site_run *run, struct hc_err *err)
{
    struct hc_session *session = run->report->session;
    struct loading loading = {
        .run = run, .session = session, .of = hc_arena_calloc(run->arena, session->n_briefs, sizeof *loading.of)};
    *out = hc_arena_calloc(run->arena, session->n_briefs, sizeof **out);
    if (!loading.of || !*out)
        return no_memory(err);
    enum hc_status status = hc_session_ask(
        session, HC_STR("SELECT template, text FROM log_templates ORDER BY template"), take_template, &loading, err);
    if (status == HC_OK)
        status =
            hc_session_ask(session, HC_STR("SELECT DISTINCT incident, template FROM events WHERE template IS NOT NULL"),
                           take_line, &loading, err);
    if (status == HC_OK)
        status = hc_session_ask(session, HC_STR("SELECT incident, component FROM components"), take_component, &loading,
                                err);
    return status == HC_OK ? make_sets(*out, &loading, err) : status;
}
