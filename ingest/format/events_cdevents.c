/* CDEvents: services that were deployed, upgraded or rolled back are changes, the others events. */
#include "ingest/format/events_json.h"

static const struct hc_str prefix = {"dev.cdevents.", 13};

static struct hc_str type_of(struct hc_str record)
{
    struct hc_str type = hc_json_member(hc_json_member(record, "context"), "type");
    if (type.n < 2 || *type.p != '"')
        return HC_STR_NONE;
    return (struct hc_str){type.p + 1, type.n - 2};
}

static bool tells(struct hc_str record)
{
    return hc_str_starts(type_of(record), prefix);
}

/* "dev.cdevents.service.deployed.0.2.0": service.deployed. */
static struct hc_str short_type(struct hc_str type)
{
    if (type.n <= prefix.n)
        return HC_STR_NONE;
    struct hc_str word = {type.p + prefix.n, type.n - prefix.n};
    const char *dot = memchr(word.p, '.', word.n);
    const char *second = dot == NULL ? NULL : memchr(dot + 1, '.', (size_t)(word.p + word.n - dot) - 1);
    return second == NULL ? word : (struct hc_str){word.p, (size_t)(second - word.p)};
}

/* "service/checkout": checkout. */
static struct hc_str last_step(struct hc_str id)
{
    const char *slash = id.n > 0 ? memrchr(id.p, '/', id.n) : NULL;
    if (slash == NULL || slash + 1 == id.p + id.n)
        return id;
    return (struct hc_str){slash + 1, (size_t)(id.p + id.n - slash) - 1};
}

static int hex_of(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "pkg:oci/shop/checkout@sha256%3A0b31b1c0?tag=2.1" */
struct package {
    struct hc_str name, version; /* checkout, sha256%3A0b31b1c0 */
};

/* Of a package URL; of any other id it is all version. */
static struct package package_of(struct hc_str id)
{
    if (!hc_str_starts(id, HC_STR("pkg:")))
        return (struct package){HC_STR_NONE, id};
    for (size_t i = 0; i < id.n; i++)
        if (id.p[i] == '?' || id.p[i] == '#')
            id.n = i;
    const char *at = memrchr(id.p, '@', id.n);
    if (at == NULL)
        return (struct package){last_step(id), HC_STR_NONE};
    return (struct package){last_step((struct hc_str){id.p, (size_t)(at - id.p)}),
                            {at + 1, (size_t)(id.p + id.n - at) - 1}};
}

/* "sha256%3A0b31b1c0": sha256:0b31b1c0. */
static struct hc_str decoded(struct hc_tool_events *t, struct hc_str version)
{
    char *out = version.n > 0 ? hc_arena_alloc(t->reading->arena, version.n) : NULL;
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < version.n; i++) {
        int high = version.p[i] == '%' && i + 2 < version.n ? hex_of(version.p[i + 1]) : -1;
        int low = high >= 0 ? hex_of(version.p[i + 2]) : -1;
        out[n++] = low >= 0 ? (char)(high * 16 + low) : version.p[i];
        i += low >= 0 ? 2 : 0;
    }
    return out == NULL ? HC_STR_NONE : (struct hc_str){out, n};
}

/* A reference: {"id": …}, or in early versions only the id. */
static struct hc_str reference(struct hc_tool_events *t, struct hc_str content, const char *key)
{
    struct hc_str plain = hc_tool_text(t, content, key);
    return plain.p != NULL ? plain : hc_tool_text(t, hc_json_member(content, key), "id");
}

/* The service by its id, else by what runs there: an id may be any. */
static struct hc_str service_of(const struct hc_tool_events *t, struct hc_str id, struct hc_str package)
{
    struct hc_str known = hc_tool_known(t, id);
    if (known.p == NULL)
        known = hc_tool_known(t, package);
    return known.p != NULL ? known : id;
}

static void read_change(struct hc_tool_events *t, struct hc_str subject, struct hc_str kind, struct hc_time at)
{
    struct hc_str content = hc_json_member(subject, "content");
    struct hc_str artifact = hc_tool_text(t, content, "artifactId");
    struct hc_str environment = reference(t, content, "environment"), id = hc_tool_text(t, subject, "id");
    struct package package = package_of(artifact);
    struct hc_change_text change = {.at = at,
                                    .kind = kind,
                                    .component = service_of(t, last_step(id), package.name),
                                    .version = decoded(t, package.version),
                                    .text = artifact};
    if (environment.n > 0)
        change.text = hc_str_format(t->reading->arena, "%.*s%senvironment %.*s", HC_STR_ARG(artifact),
                                    artifact.n > 0 ? ", " : "", HC_STR_ARG(environment));
    hc_tool_add_change(t, &change);
}

static void read_event(struct hc_tool_events *t, struct hc_str subject, struct hc_str kind, struct hc_time at)
{
    struct hc_str content = hc_json_member(subject, "content"), id = hc_tool_text(t, subject, "id");
    struct hc_str service = hc_str_starts(kind, HC_STR("service.")) ? id : reference(t, content, "service");
    struct hc_str said = hc_tool_text(t, content, "description");
    struct hc_event_text event = {.at = at,
                                  .kind = kind,
                                  .component = service.n > 0 ? hc_tool_component(t, last_step(service))
                                                             : hc_tool_known(t, last_step(id)),
                                  .message = said.n > 0 ? said : id};
    hc_tool_add_event(t, &event);
}

static void read(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str subject = hc_json_member(record, "subject"), kind = short_type(type_of(record));
    struct hc_time at;
    if (!hc_tool_time(t, hc_tool_text(t, hc_json_member(record, "context"), "timestamp"), &at))
        hc_tool_bad(t, "bad-time", "no time that can be read");
    else if (hc_str_is(kind, "service.deployed") || hc_str_is(kind, "service.upgraded"))
        read_change(t, subject, HC_STR("deploy"), at);
    else if (hc_str_is(kind, "service.rolledback"))
        read_change(t, subject, HC_STR("rollback"), at);
    else
        read_event(t, subject, kind, at);
}

const struct hc_tool hc_tool_cdevents = {tells, read};
