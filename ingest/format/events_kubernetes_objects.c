/* What the state of Kubernetes objects tells of the past: why a pod's containers ended, when a deployment got a new
 * ReplicaSet, since when a node is not well. Lists as `kubectl get -o json` and support bundles write them. Shapes: the
 * API reference, core/v1 Pod and Node, apps/v1 ReplicaSet. */
#include "ingest/format/collection.h"
#include "ingest/format/events_json.h"

/* The items of what the API server answers lack their kind: then the members tell. */
static bool is_of_kind(struct hc_str record, const char *kind, const char *spec_member, const char *status_member)
{
    struct hc_str stated = hc_json_member(record, "kind");
    struct hc_str spec = hc_json_member(record, "spec"), status = hc_json_member(record, "status");
    return (stated.n == 0 || hc_str_is(stated, kind)) && (spec_member == NULL || hc_tool_has(spec, spec_member)) &&
           (status_member == NULL || hc_tool_has(status, status_member));
}

static struct hc_str name_of(struct hc_tool_events *t, struct hc_str record)
{
    return hc_tool_text(t, hc_json_member(record, "metadata"), "name");
}

/* ---- pods ---- */

static bool tells_pod(struct hc_str record)
{
    return is_of_kind(record, "\"Pod\"", "containers", "phase");
}

/* How a container ended, as its state now or its last one has it. */
static void read_end(struct hc_tool_events *t, struct hc_str ended, struct hc_str status, struct hc_str component)
{
    struct hc_str reason = hc_tool_text(t, ended, "reason"), said = hc_tool_text(t, ended, "message");
    struct hc_str code = hc_json_member(ended, "exitCode"), restarts = hc_json_member(status, "restartCount");
    struct hc_event_text event = {.kind = reason.n > 0 ? reason : HC_STR("Terminated"),
                                  .component = component,
                                  .level = hc_str_is(code, "0") ? HC_STR("info") : HC_STR("error")};
    if (ended.n == 0 || *ended.p != '{')
        return;
    if (!hc_tool_time(t, hc_tool_text(t, ended, "finishedAt"), &event.at)) {
        hc_tool_bad(t, "bad-time", "no time that can be read");
        return;
    }
    event.message = hc_str_format(t->reading->arena, "container %.*s ended with exit code %.*s, restarts %.*s%s%.*s",
                                  HC_STR_ARG(hc_tool_text(t, status, "name")), HC_STR_ARG(code), HC_STR_ARG(restarts),
                                  said.n > 0 ? ": " : "", HC_STR_ARG(said));
    hc_tool_add_event(t, &event);
}

static void read_containers(struct hc_tool_events *t, struct hc_str list, struct hc_str component)
{
    struct hc_json_walk walk = hc_json_walk_of(list);
    while (hc_json_walk_next(&walk)) {
        read_end(t, hc_json_member(hc_json_member(walk.value, "lastState"), "terminated"), walk.value, component);
        read_end(t, hc_json_member(hc_json_member(walk.value, "state"), "terminated"), walk.value, component);
    }
}

static void read_pod(struct hc_tool_events *t, struct hc_str record)
{
    static const char *const lists[] = {"initContainerStatuses", "containerStatuses"};
    struct hc_str name = name_of(t, record), status = hc_json_member(record, "status");
    struct hc_str component = hc_kubernetes_component(t->context->known_components, name, HC_STR("Pod"));
    t->subject = name;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        read_containers(t, hc_json_member(status, lists[i]), component);
}

/* ---- ReplicaSets: a deployment's versions ---- */

static bool tells_replicaset(struct hc_str record)
{
    return is_of_kind(record, "\"ReplicaSet\"", "template", NULL) &&
           hc_tool_has(hc_json_member(record, "metadata"), "ownerReferences") &&
           hc_tool_has(hc_json_member(record, "status"), "replicas");
}

/* "registry:5000/shop/cart:v2.8.1@sha256:…" -> "v2.8.1"; absent where the image has no tag. */
static struct hc_str tag_of(struct hc_str image)
{
    const char *at = image.n > 0 ? memchr(image.p, '@', image.n) : NULL;
    image.n = at != NULL ? (size_t)(at - image.p) : image.n;
    const char *colon = image.n > 0 ? memrchr(image.p, ':', image.n) : NULL;
    const char *slash = image.n > 0 ? memrchr(image.p, '/', image.n) : NULL;
    if (colon == NULL || (slash != NULL && slash > colon))
        return HC_STR_NONE;
    return (struct hc_str){colon + 1, (size_t)(image.p + image.n - colon) - 1};
}

static struct hc_str deployment_of(struct hc_tool_events *t, struct hc_str metadata)
{
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(metadata, "ownerReferences"));
    while (hc_json_walk_next(&walk))
        if (hc_str_is(hc_json_member(walk.value, "kind"), "\"Deployment\""))
            return hc_tool_text(t, walk.value, "name");
    return HC_STR_NONE;
}

static struct hc_str first_image(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str pod = hc_json_member(hc_json_member(hc_json_member(record, "spec"), "template"), "spec");
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(pod, "containers"));
    return hc_json_walk_next(&walk) ? hc_tool_text(t, walk.value, "image") : HC_STR_NONE;
}

static void read_replicaset(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str metadata = hc_json_member(record, "metadata"), image = first_image(t, record);
    struct hc_str revision =
        hc_tool_text(t, hc_json_member(metadata, "annotations"), "deployment.kubernetes.io/revision");
    struct hc_str deployment = deployment_of(t, metadata);
    struct hc_change_text change = {.kind = HC_STR("deploy"), .version = tag_of(image)};
    if (deployment.n == 0) /* made by hand: no deployment's version */
        return;
    change.component = hc_tool_component(t, deployment);
    change.text = hc_str_format(t->reading->arena, "ReplicaSet %.*s%s%.*s%s%.*s", HC_STR_ARG(name_of(t, record)),
                                revision.n > 0 ? ", revision " : "", HC_STR_ARG(revision),
                                image.n > 0 ? ", image " : "", HC_STR_ARG(image));
    if (hc_tool_time(t, hc_tool_text(t, metadata, "creationTimestamp"), &change.at))
        hc_tool_add_change(t, &change);
    else
        hc_tool_bad(t, "bad-time", "no time that can be read");
}

/* ---- nodes ---- */

static bool tells_node(struct hc_str record)
{
    return is_of_kind(record, "\"Node\"", NULL, "nodeInfo") &&
           hc_tool_has(hc_json_member(record, "status"), "conditions");
}

/* A node should be ready, and nothing else that its conditions name. */
static void read_condition(struct hc_tool_events *t, struct hc_str condition, struct hc_str component)
{
    struct hc_str type = hc_tool_text(t, condition, "type"), status = hc_tool_text(t, condition, "status");
    bool is_ready = hc_str_is(type, "Ready"), holds = hc_str_is(status, "True");
    struct hc_event_text event = {.kind = is_ready ? HC_STR("NotReady") : type,
                                  .component = component,
                                  .level = is_ready ? HC_STR("error") : HC_STR("warn"),
                                  .message = hc_tool_text(t, condition, "message")};
    if (holds == is_ready)
        return;
    if (hc_tool_time(t, hc_tool_text(t, condition, "lastTransitionTime"), &event.at))
        hc_tool_add_event(t, &event);
    else
        hc_tool_bad(t, "bad-time", "no time that can be read");
}

static void read_node(struct hc_tool_events *t, struct hc_str record)
{
    struct hc_str name = name_of(t, record);
    struct hc_json_walk walk = hc_json_walk_of(hc_json_member(hc_json_member(record, "status"), "conditions"));
    while (hc_json_walk_next(&walk))
        read_condition(t, walk.value, hc_tool_component(t, name));
}

const struct hc_tool hc_tool_kubernetes_pod = {tells_pod, read_pod};
const struct hc_tool hc_tool_kubernetes_replicaset = {tells_replicaset, read_replicaset};
const struct hc_tool hc_tool_kubernetes_node = {tells_node, read_node};
