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

static const struct hc_otlp_signal *const signals[] = {&hc_otlp_spans, &hc_otlp_metrics, &hc_otlp_logs};

#define BEGIN_BYTES ((size_t)64)
#define N_SIGNALS (sizeof signals / sizeof *signals)

/* Tempo's answers have the resources of a trace under another name. */
static bool is_resources(struct hc_str key, const struct hc_otlp_signal *signal)
{
    return hc_str_is(key, signal->resources) || (signal == &hc_otlp_spans && hc_str_is(key, "batches"));
}

/* Which signal the text's first key is of, which is known to begin as they all do; NULL: none. */
static const struct hc_otlp_signal *signal_at(struct hc_str text)
{
    for (size_t i = 0; i < N_SIGNALS; i++) {
        struct hc_str name = hc_str_of(signals[i]->resources);
        if (text.n > name.n + 1 && text.p[name.n + 1] == '"' && hc_str_equal((struct hc_str){text.p + 1, name.n}, name))
            return signals[i];
    }
    return NULL;
}

/* All three keys begin alike: one search for that finds the first of them. NULL: there is none. */
static const struct hc_otlp_signal *first_signal(struct hc_str head)
{
    static const struct hc_str begin = {"\"resource", 9};
    const struct hc_otlp_signal *signal = NULL;
    struct hc_str keys = hc_json_export_keys(head);
    const char *found;
    while (signal == NULL && (found = memmem(keys.p, keys.n, begin.p, begin.n)) != NULL) {
        keys = (struct hc_str){found, keys.n - (size_t)(found - keys.p)};
        signal = signal_at(keys);
        keys = (struct hc_str){found + begin.n, keys.n - begin.n};
    }
    return signal;
}

/* {"batches":[{"resource":…,"scopeSpans":…}]} */
static bool is_answer_of_tempo(struct hc_str head)
{
    static const struct hc_str key = {"\"batches\"", 9};
    struct hc_str keys = hc_json_export_keys(head);
    struct hc_str begin = {keys.p, keys.n < BEGIN_BYTES ? keys.n : BEGIN_BYTES};
    return memmem(begin.p, begin.n, key.p, key.n) != NULL &&
           (hc_json_export_holds(head, "\"scopeSpans\"") ||
            hc_json_export_holds(head, "\"instrumentationLibrarySpans\""));
}

int hc_otlp_bid(struct hc_str head, const struct hc_otlp_signal *signal)
{
    const struct hc_otlp_signal *first = first_signal(head);
    if (first == NULL)
        return signal == &hc_otlp_spans && is_answer_of_tempo(head) ? HC_BID_CERTAIN : 0;
    return first == signal ? HC_BID_CERTAIN : HC_BID_CERTAIN - 1;
}

/* ---- files ---- */

/* What is made of each signal of a file. */
struct file {
    struct hc_str bytes;
    const struct hc_otlp_signal *signal; /* that the file is read as */
    void *own[N_SIGNALS];
    bool opened[N_SIGNALS];
    bool any; /* of `signal` */
};

static void read_resources(struct hc_json_export *export, struct hc_str list, const struct hc_otlp_signal *signal)
{
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
}

static void read_signal(struct hc_json_export *export, struct hc_str list, size_t i)
{
    struct file *file = export->own;
    export->own = file->own[i];
    if (!file->opened[i])
        export->no_memory |= signals[i]->open != NULL && !signals[i]->open(export, file->bytes);
    file->opened[i] = true;
    file->any |= signals[i] == file->signal;
    read_resources(export, list, signals[i]);
    file->own[i] = export->own;
    export->own = file;
}

/* Each signal of the document. `deep`: an answer may wrap a trace, {"result": {"resourceSpans": …}}. */
static bool read_members(struct hc_json_export *export, struct hc_str document, bool deep)
{
    bool any = false;
    struct hc_json_walk walk = hc_json_walk_of(document);
    while (walk.is_object && !export->no_memory && hc_json_walk_next(&walk)) {
        size_t i = 0;
        while (i < N_SIGNALS && !is_resources(walk.key, signals[i]))
            i++;
        if (i < N_SIGNALS)
            read_signal(export, walk.value, i);
        any |= i < N_SIGNALS || (deep && *walk.value.p == '{' && read_members(export, walk.value, false));
    }
    return any;
}

static bool read_document(struct hc_json_export *export, struct hc_str document)
{
    return read_members(export, document, true);
}

enum hc_status hc_otlp_read(struct hc_str bytes, const struct hc_read_context *context, struct hc_reading *reading,
                            const struct hc_otlp_signal *signal, struct hc_err *err)
{
    struct file file = {.bytes = bytes, .signal = signal};
    /* Of a document that is cut short whole items only: of a metric, what says how to take its points stands behind
     * them. */
    struct hc_json_export export = {
        .reading = reading, .context = context, .read = read_document, .code = signal->code, .own = &file, .whole = 6};
    enum hc_status status = hc_json_export_read(&export, bytes, err);
    for (size_t i = 0; i < N_SIGNALS; i++) {
        export.own = file.own[i];
        enum hc_status closed = file.opened[i] && signals[i]->close != NULL
                                    ? signals[i]->close(&export, status == HC_OK ? err : NULL)
                                    : HC_OK;
        status = status == HC_OK ? closed : status;
    }
    if (status == HC_OK && !file.any && (file.opened[0] || file.opened[1] || file.opened[2]))
        return hc_err_set(err, HC_FAIL, "format-mismatch", "nothing of that signal");
    return status;
}
