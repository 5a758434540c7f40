#include "ingest/format/otlp.h"

#include "base/json.h"

static int sextet_of(char c)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c == '\0' ? NULL : strchr(letters, c == '-' ? '+' : c == '_' ? '/' : c);
    return at == NULL ? -1 : (int)(at - letters);
}

/* Base64 of n_bytes, as hexadecimal digits in `hex`; false: it is none. */
static bool base64_to_hex(struct hc_str text, size_t n_bytes, char *hex)
{
    unsigned bits = 0, n_bits = 0;
    size_t n = 0;
    while (text.n > 0 && text.p[text.n - 1] == '=')
        text.n--;
    if (text.n != (n_bytes * 8 + 5) / 6)
        return false;
    for (size_t i = 0; i < text.n; i++) {
        int sextet = sextet_of(text.p[i]);
        if (sextet < 0)
            return false;
        bits = (bits << 6 | (unsigned)sextet) & 0xFFFF;
        for (n_bits += 6; n_bits >= 4 && n < 2 * n_bytes; n_bits -= 4)
            hex[n++] = "0123456789abcdef"[bits >> (n_bits - 4) & 15];
    }
    return n == 2 * n_bytes;
}

struct hc_str hc_otlp_id(struct hc_json_export *export, struct hc_str value, size_t n_bytes)
{
    struct hc_str text = hc_json_export_text(export, value);
    if (text.n == 0)
        return HC_STR_NONE;
    size_t n = text.n > 2 * n_bytes ? text.n : 2 * n_bytes;
    char *id = hc_arena_alloc(export->reading->arena, n);
    export->no_memory |= id == NULL;
    if (id == NULL)
        return HC_STR_NONE;
    if (base64_to_hex(text, n_bytes, id)) {
        n = 2 * n_bytes;
    } else {
        n = text.n;
        for (size_t i = 0; i < n; i++)
            id[i] = text.p[i] >= 'A' && text.p[i] <= 'F' ? (char)(text.p[i] + ('a' - 'A')) : text.p[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (id[i] != '0')
            return (struct hc_str){id, n};
    }
    return HC_STR_NONE;
}

struct hc_str hc_otlp_attribute(struct hc_json_export *export, struct hc_str attributes, const char *key)
{
    struct hc_json_walk walk = hc_json_walk_of(attributes);
    while (hc_json_walk_next(&walk)) {
        if (hc_str_is(hc_json_export_text(export, hc_json_member(walk.value, "key")), key))
            return hc_otlp_value(export, hc_json_member(walk.value, "value"));
    }
    return HC_STR_NONE;
}

/* Texts of a list or a map within a value are not looked into. */
static struct hc_str simple_value(struct hc_json_export *export, struct hc_str value)
{
    static const char *const types[] = {"stringValue", "intValue", "doubleValue", "boolValue"};
    struct hc_str written = HC_STR_NONE;
    for (size_t i = 0; i < sizeof types / sizeof *types && written.n == 0; i++)
        written = hc_json_member(value, types[i]);
    return written.n == 0 ? HC_STR_NONE : hc_json_export_text(export, written);
}

static struct hc_str several_values(struct hc_json_export *export, struct hc_str list, bool is_map)
{
    struct hc_buf text = {0};
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(list, "values"));
    while (!export->no_memory && hc_json_walk_next(&walk)) {
        struct hc_str value = simple_value(export, is_map ? hc_json_member(walk.value, "value") : walk.value);
        hc_buf_text(&text, text.n > 0 ? " " : "");
        if (is_map) {
            struct hc_str key = hc_json_export_text(export, hc_json_member(walk.value, "key"));
            hc_buf_format(&text, "%.*s=", HC_STR_ARG(key));
        }
        hc_buf_add(&text, value.p, value.n);
    }
    struct hc_str copy = text.failed ? HC_STR_NONE : hc_str_copy(export->reading->arena, hc_buf_view(&text));
    export->no_memory |= copy.p == NULL;
    hc_buf_free(&text);
    return copy;
}

struct hc_str hc_otlp_value(struct hc_json_export *export, struct hc_str value)
{
    struct hc_str map = hc_json_member(value, "kvlistValue"), list = hc_json_member(value, "arrayValue");
    if (map.n == 0 && list.n == 0)
        return simple_value(export, value);
    return several_values(export, map.n > 0 ? map : list, map.n > 0);
}

/* Of the attributes that say it, the surest first. */
static struct hc_str first_of(struct hc_json_export *export, struct hc_str attributes, const char *const *keys,
                              size_t n)
{
    struct hc_str value = HC_STR_NONE;
    for (size_t i = 0; i < n && value.n == 0; i++)
        value = hc_otlp_attribute(export, attributes, keys[i]);
    return value;
}

static struct hc_otlp_resource resource_of(struct hc_json_export *export, struct hc_str resource)
{
    static const char *const components[] = {"service.name",       "k8s.deployment.name", "k8s.statefulset.name",
                                             "k8s.container.name", "k8s.pod.name",        "container.name",
                                             "host.name"};
    static const char *const instances[] = {"service.instance.id", "k8s.pod.name", "container.id", "host.name"};
    struct hc_str attributes = hc_json_member(resource, "attributes");
    struct hc_otlp_resource found = {
        first_of(export, attributes, components, sizeof components / sizeof *components),
        first_of(export, attributes, instances, sizeof instances / sizeof *instances),
    };
    if (hc_str_equal(found.component, found.instance))
        found.instance = HC_STR_NONE;
    return found;
}

/* All three keys begin alike: one search for that finds the first of them. */
int hc_otlp_bid(struct hc_str head, const char *resources)
{
    static const struct hc_str begin = {"\"resource", 9};
    static const char *const signals[] = {"\"resourceSpans\"", "\"resourceMetrics\"", "\"resourceLogs\""};
    struct hc_str keys = hc_json_export_keys(head);
    const char *found;
    while ((found = memmem(keys.p, keys.n, begin.p, begin.n)) != NULL) {
        keys = (struct hc_str){found, keys.n - (size_t)(found - keys.p)};
        for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
            struct hc_str key = hc_str_of(signals[i]);
            if (hc_str_starts(keys, key))
                return hc_str_is((struct hc_str){key.p + 1, key.n - 2}, resources) ? HC_BID_CERTAIN : 0;
        }
        keys = (struct hc_str){found + begin.n, keys.n - begin.n};
    }
    return 0;
}

bool hc_otlp_read_document(struct hc_json_export *export, struct hc_str document, const struct hc_otlp_signal *signal)
{
    struct hc_str list = hc_json_member(document, signal->resources);
    struct hc_json_walk resources = hc_json_walk_of(list);
    while (!export->no_memory && hc_json_walk_next(&resources)) {
        struct hc_otlp_resource resource = resource_of(export, hc_json_member(resources.value, "resource"));
        struct hc_str inner = hc_json_member(resources.value, signal->scopes);
        struct hc_json_walk scopes =
            hc_json_walk_of(inner.n > 0 ? inner : hc_json_member(resources.value, signal->scopes_before));
        while (!export->no_memory && hc_json_walk_next(&scopes)) {
            struct hc_json_walk items = hc_json_walk_of(hc_json_member(scopes.value, signal->items));
            while (!export->no_memory && hc_json_walk_next(&items))
                signal->take(export, &resource, items.value);
        }
    }
    return list.n > 0;
}
