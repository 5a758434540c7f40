#include "cli/follow_ups.h"

#include "cli/near.h"

/* Of a cause, or where it is absent of the category, that the catalogue has not. */
static enum hc_status refuse(const struct hc_follow_up *item, struct hc_str cause, const struct hc_near *near,
                             struct hc_err *err)
{
    const struct hc_str word = near->word;
    const char *hint = word.n ? "did you mean '" : "docs/bundle-format.md lists them", *end = word.n ? "'?" : "";
    if (cause.n > 0)
        hc_err_set(err, HC_FAIL, "follow-ups", "the catalogue's category '%.*s' has no cause '%.*s'; %s%.*s%s",
                   HC_STR_ARG(item->category), HC_STR_ARG(cause), hint, HC_STR_ARG(word), end);
    else
        hc_err_set(err, HC_FAIL, "follow-ups", "the catalogue has no category '%.*s'; %s%.*s%s",
                   HC_STR_ARG(item->category), hint, HC_STR_ARG(word), end);
    hc_err_at(err, NULL, NULL, item->line);
    return HC_FAIL;
}

static enum hc_status look_up_cause(struct hc_follow_up *item, const struct hc_catalogue *catalogue, size_t category,
                                    struct hc_err *err)
{
    struct hc_near near = HC_NEAR_NONE;
    size_t cause = hc_catalogue_cause(catalogue, category, item->cause);
    if (cause < catalogue->n_causes) {
        item->cause = catalogue->causes[cause].id;
        return HC_OK;
    }
    for (size_t i = 0; i < catalogue->n_causes; i++)
        if (catalogue->causes[i].category == category)
            hc_near_try(&near, item->cause, catalogue->causes[i].id);
    return refuse(item, item->cause, &near, err);
}

static enum hc_status look_up(struct hc_follow_up *item, const struct hc_catalogue *catalogue, struct hc_err *err)
{
    struct hc_near near = HC_NEAR_NONE;
    size_t category = hc_catalogue_category(catalogue, item->category);
    if (item->category.n == 0)
        return HC_OK;
    if (category < catalogue->n_categories)
        return item->cause.n > 0 ? look_up_cause(item, catalogue, category, err) : HC_OK;
    for (size_t i = 0; i < catalogue->n_categories; i++)
        hc_near_try(&near, item->category, catalogue->categories[i].id);
    return refuse(item, HC_STR_NONE, &near, err);
}

enum hc_status hc_cli_follow_ups(const struct hc_cli *cli, const struct hc_catalogue *catalogue, struct hc_arena *arena,
                                 const struct hc_follow_ups **out, struct hc_err *err)
{
    const char *path = hc_cli_option(cli, "follow-ups");
    struct hc_follow_ups *own = hc_arena_calloc(arena, 1, sizeof *own);
    struct hc_str xml;
    *out = NULL;
    if (!path)
        return HC_OK;
    if (!own)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the follow-ups");
    enum hc_status status = hc_file_slurp(path, arena, &xml, err);
    if (status == HC_OK)
        status = hc_follow_ups_read(own, xml, arena, err);
    for (size_t i = 0; status == HC_OK && i < own->n; i++)
        status = look_up(&own->items[i], catalogue, err);
    if (status != HC_OK)
        hc_err_at(err, NULL, path, 0);
    *out = status == HC_OK ? own : NULL;
    return status;
}
