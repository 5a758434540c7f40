#include "datasets/generator/generator.h"

static const struct {
    enum gen_channel channel;
    const char *kind, *text;
} CHANGES[] = {
    {GEN_DEPLOY, "deploy", "rolling release"},
    {GEN_CONFIG, "config", "limits and timeouts"},
    {GEN_FLAG, "feature-flag", "raised to half of the users"},
    {GEN_SCALE, "scale", "fewer replicas"},
    {GEN_MIGRATION, "migration", "adds an index and a column"},
    {GEN_CERTIFICATE, "certificate", "renewed"},
    {GEN_MAINTENANCE, "maintenance", "planned work"},
};

/* Level 2 stands for a change shortly before the trouble, level 1 for one some time before. */
static int64_t change_time(struct gen_view *view, int level)
{
    size_t seconds = level == 2 ? 20 + gen_below(&view->random, 240) : 300 + gen_below(&view->random, 2400);
    return view->incident->start_ns - (int64_t)seconds * INT64_C(1000000000);
}

static void write_changes(struct gen_view *view, struct hc_buf *out)
{
    const struct gen_incident *in = view->incident;
    if (in->missing[GEN_CHANGES])
        return;
    hc_buf_text(out, "  <changes>\n");
    for (size_t v = 0; v < GEN_COMPONENTS; v++) {
        for (size_t i = 0; i < sizeof CHANGES / sizeof CHANGES[0]; i++) {
            int level = in->level[v][CHANGES[i].channel];
            if (level <= 0)
                continue;
            hc_buf_format(out, "    <change kind=\"%s\" component=\"%s\" at=\"", CHANGES[i].kind,
                          view->topology->names[v]);
            gen_time_text(out, change_time(view, level), 0, 'T', "Z");
            if (CHANGES[i].channel == GEN_DEPLOY)
                hc_buf_format(out, "\" version=\"v%u.%u.%u\" commit=\"%016llx",
                              (unsigned)(1 + gen_below(&view->random, 4)), (unsigned)gen_below(&view->random, 30),
                              (unsigned)gen_below(&view->random, 9),
                              (unsigned long long)gen_random_bits(&view->random));
            hc_buf_format(out, "\">%s</change>\n", CHANGES[i].text);
        }
    }
    hc_buf_text(out, "  </changes>\n");
}

static void write_topology(const struct gen_view *view, struct hc_buf *out)
{
    const struct gen_topology *t = view->topology;
    hc_buf_text(out, "  <topology>\n");
    for (size_t v = 0; v < GEN_COMPONENTS; v++)
        hc_buf_format(out, "    <component name=\"%s\" kind=\"%s\"/>\n", t->names[v], gen_kind_name(t->kinds[v]));
    for (size_t from = 0; from < GEN_COMPONENTS; from++)
        for (size_t to = 0; to < GEN_COMPONENTS; to++)
            if (t->calls[from][to])
                hc_buf_format(out, "    <depends from=\"%s\" to=\"%s\"/>\n", t->names[from], t->names[to]);
    hc_buf_text(out, "  </topology>\n");
}

/* The files under metrics/ and logs/ say their component, the others speak for themselves. */
static void write_evidence(const struct gen_view *view, const struct gen_bundle *bundle, struct hc_buf *out)
{
    hc_buf_text(out, "  <evidence>\n");
    for (size_t i = 0; i + 1 < bundle->n; i++) {
        const char *path = bundle->files[i].path, *slash = strchr(path, '/');
        if (slash) {
            int n_kind = (int)(slash - path), n_name = (int)strcspn(slash + 1, ".");
            hc_buf_format(out, "    <%.*s href=\"%s\" component=\"%.*s\"/>\n", n_kind, path, path, n_name, slash + 1);
        } else {
            hc_buf_format(out, "    <%s href=\"%s\"/>\n", strncmp(path, "traces", 6) == 0 ? "traces" : "events", path);
        }
    }
    for (int k = 0; view->incident->says_missing && k < GEN_EVIDENCE_KINDS; k++)
        if (view->incident->missing[k])
            hc_buf_format(out, "    <missing kind=\"%s\">not collected</missing>\n",
                          gen_evidence_name((enum gen_evidence)k));
    hc_buf_text(out, "  </evidence>\n");
}

static void write_outcome(struct gen_view *view, struct hc_buf *out)
{
    const struct gen_incident *in = view->incident;
    const size_t components[] = {in->reported_component, in->second_component};
    const size_t causes[] = {in->reported_cause, in->second_cause};
    if (!in->labelled)
        return;
    int64_t at_ns = in->end_ns + (int64_t)(1 + gen_below(&view->random, 10)) * INT64_C(86400000000000);
    for (int i = 0; i < 1 + in->twofold; i++) {
        const struct gen_cause *cause = &GEN_CAUSE_TABLE[causes[i]];
        hc_buf_format(out, "  <outcome status=\"confirmed\" category=\"%s\" component=\"%s\" cause=\"%s\" at=\"",
                      cause->category, view->topology->names[components[i]], cause->cause);
        gen_time_text(out, at_ns, 0, 'T', "Z");
        hc_buf_text(out, "\"/>\n");
    }
}

static void write_time_attribute(struct hc_buf *out, const char *name, int64_t ns)
{
    hc_buf_format(out, " %s=\"", name);
    gen_time_text(out, ns, 0, 'T', "Z");
    hc_buf_char(out, '"');
}

void gen_render_manifest(struct gen_view *view, struct gen_bundle *bundle)
{
    const struct gen_incident *in = view->incident;
    const char *service = view->topology->names[in->service];
    struct hc_buf *out = gen_bundle_add(bundle, "incident.xml");
    int64_t detected_ns = in->start_ns + (int64_t)(30 + gen_below(&view->random, 150)) * INT64_C(1000000000);
    if (!out)
        return;
    hc_buf_format(
        out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<incident xmlns=\"urn:hindcast:incident:1\" id=\"%s\">\n",
        in->id);
    hc_buf_format(out, "  <title>%s is in trouble</title>\n  <service>%s</service>\n  <severity>sev%u</severity>\n",
                  service, service, (unsigned)(1 + gen_below(&view->random, 4)));
    hc_buf_text(out, "  <window");
    write_time_attribute(out, "start", in->start_ns);
    write_time_attribute(out, "detected", detected_ns);
    write_time_attribute(out, "end", in->end_ns);
    hc_buf_text(out, "/>\n  <baseline");
    write_time_attribute(out, "start", in->start_ns - GEN_BASELINE_S * INT64_C(1000000000));
    write_time_attribute(out, "end", in->start_ns);
    hc_buf_text(out, "/>\n");
    write_topology(view, out);
    write_changes(view, out);
    write_evidence(view, bundle, out);
    write_outcome(view, out);
    hc_buf_text(out, "</incident>\n");
}

void gen_render_events(struct gen_view *view, struct gen_bundle *bundle)
{
    const struct gen_incident *in = view->incident;
    struct gen_random *r = &view->random;
    if (in->missing[GEN_EVENTS])
        return;
    struct hc_buf *out = gen_bundle_add(bundle, "events.jsonl");
    if (!out)
        return;
    for (size_t v = 0; v < GEN_COMPONENTS; v++) {
        static const struct {
            enum gen_channel channel;
            const char *kind, *message;
        } EVENTS[] = {{GEN_RESTART, "restart", "restarted"},
                      {GEN_FAILOVER_EVENT, "failover", "primary lost, replica promoted"}};
        for (size_t e = 0; e < 2; e++) {
            int level = in->level[v][EVENTS[e].channel];
            size_t n = level == 2 ? 3 + gen_below(r, 4) : level == 1 ? 1 : 0;
            for (size_t i = 0; i < n; i++) {
                hc_buf_text(out, "{\"time\":\"");
                gen_time_text(out, in->start_ns + (int64_t)gen_below(r, 500) * INT64_C(1000000000), 0, 'T', "Z");
                hc_buf_format(out, "\",\"kind\":\"%s\",\"component\":\"%s\",\"message\":\"%s %s\"}\n", EVENTS[e].kind,
                              view->topology->names[v], view->topology->names[v], EVENTS[e].message);
            }
        }
    }
    hc_buf_text(out, "{\"time\":\"");
    gen_time_text(out, in->start_ns + INT64_C(20000000000), 0, 'T', "Z");
    hc_buf_format(out, "\",\"kind\":\"alert\",\"component\":\"%s\",\"message\":\"objective of %s is burning\"}\n",
                  view->topology->names[in->service], view->topology->names[in->service]);
}
