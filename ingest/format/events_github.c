/* Deployments and releases as GitHub's API lists them. */
#include "ingest/format/events_json.h"

static bool tells_deployment(struct hc_str record)
{
    return hc_tool_has(record, "sha") && hc_tool_has(record, "environment") && hc_tool_has(record, "created_at");
}

/* Of what `gh release list --json` writes too. */
static bool tells_release(struct hc_str record)
{
    return (hc_tool_has(record, "tag_name") && hc_json_member(record, "published_at").n > 0) ||
           (hc_tool_has(record, "tagName") && hc_json_member(record, "publishedAt").n > 0);
}

/* A repository is no component: it is named where the incident knows one by that name. */
static struct hc_str component_of(struct hc_tool_events *t, struct hc_str url)
{
    static const struct hc_str repos = {"/repos/", 7};
    const char *begin = url.n > 0 ? memmem(url.p, url.n, repos.p, repos.n) : NULL;
    if (begin == NULL)
        return HC_STR_NONE;
    const char *end = url.p + url.n;
    const char *name = memchr(begin + repos.n, '/', (size_t)(end - begin) - repos.n);
    if (name == NULL)
        return HC_STR_NONE;
    name++;
    const char *slash = memchr(name, '/', (size_t)(end - name));
    return hc_tool_known(t, (struct hc_str){name, (size_t)((slash == NULL ? end : slash) - name)});
}

static void read_deployment(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str said = hc_tool_text(t, record, "description"), place = hc_tool_text(t, record, "environment");
    struct hc_str login = hc_tool_text(t, hc_json_member(record, "creator"), "login");
    struct hc_change_text change = {.kind = HC_STR("deploy"),
                                    .component = component_of(t, hc_tool_text(t, record, "repository_url")),
                                    .version = hc_tool_text(t, record, "ref"),
                                    .commit = hc_tool_text(t, record, "sha")};
    change.text =
        hc_str_format(t->reading->arena, "%.*s%senvironment %.*s%s%.*s", HC_STR_ARG(said), said.n > 0 ? ", " : "",
                      HC_STR_ARG(place), login.n > 0 ? ", by " : "", HC_STR_ARG(login));
    if (hc_tool_time(t, hc_tool_text(t, record, "created_at"), &change.at))
        hc_tool_add_change(t, &change);
    else
        hc_tool_bad(t, "bad-time", "no time that can be read");
}

/* A draft is not published: it is no change yet. */
static bool is_draft(struct hc_str record, const char *published_key)
{
    return !hc_tool_has(record, published_key) || hc_str_is(hc_json_member(record, "draft"), "true") ||
           hc_str_is(hc_json_member(record, "isDraft"), "true");
}

static void read_release(struct hc_tool_events *t, struct hc_str record)
{
    bool of_api = hc_json_member(record, "tag_name").n > 0;
    struct hc_str name = hc_tool_text(t, record, "name"), body = hc_tool_text(t, record, "body");
    const char *key = of_api ? "published_at" : "publishedAt";
    struct hc_change_text change = {.kind = HC_STR("release"),
                                    .component = component_of(t, hc_tool_text(t, record, "url")),
                                    .version = hc_tool_text(t, record, of_api ? "tag_name" : "tagName"),
                                    .text = name.n > 0 ? name : body};
    if (is_draft(record, key))
        return;
    if (name.n > 0 && body.n > 0)
        change.text = hc_str_format(t->reading->arena, "%.*s: %.*s", HC_STR_ARG(name), HC_STR_ARG(body));
    if (hc_tool_time(t, hc_tool_text(t, record, key), &change.at))
        hc_tool_add_change(t, &change);
    else
        hc_tool_bad(t, "bad-time", "no time that can be read");
}

const struct hc_tool hc_tool_github_deployment = {tells_deployment, read_deployment};
const struct hc_tool hc_tool_github_release = {tells_release, read_release};
