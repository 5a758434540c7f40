#include "ingest/format/collection.h"

#define POD_CHARS 5
#define HASH_CHARS_LEAST 8
#define HASH_CHARS_MOST 10
#define DATE_CHARS 11 /* "-2026-11-02" */

/* Whose file it is. */
enum owner { OWNER_NONE, OWNER_POD, OWNER_HOST };

/* The first line that fits counts; an inner ".gz" or ".zst" is left out of account. "**" stands for any directories, '*' for anything within a name, "{}" for the owner's
 * name. Sources: troubleshoot.sh's reference of its collectors; the file layout of sos 4. */
static const struct {
    const char *pattern;
    enum hc_collected place;
    enum owner owner;
} places[] = {
    {"**/cluster-resources/pods/logs/*/{}/*", HC_COLLECTED_EVIDENCE, OWNER_POD},
    {"**/cluster-resources/events/*.json", HC_COLLECTED_EVIDENCE, OWNER_NONE},
    {"**/cluster-resources/pods/*.json", HC_COLLECTED_EVIDENCE, OWNER_NONE},
    {"**/cluster-resources/replicasets/*.json", HC_COLLECTED_EVIDENCE, OWNER_NONE},
    {"**/cluster-resources/nodes.json", HC_COLLECTED_EVIDENCE, OWNER_NONE},
    {"**/cluster-resources/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/cluster-info/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/host-collectors/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/execution-data/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/analysis.json", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/version.yaml", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/support-bundle-*/**/{}/*.log", HC_COLLECTED_EVIDENCE, OWNER_POD},
    {"**/sosreport-{}/var/log/journal/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/sosreport-{}/var/log/sa/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
    {"**/sosreport-{}/var/log/**", HC_COLLECTED_EVIDENCE, OWNER_HOST},
    {"**/sosreport-{}/sos_commands/logs/journalctl*", HC_COLLECTED_EVIDENCE, OWNER_HOST},
    {"**/sosreport-{}/**", HC_COLLECTED_BYSTANDER, OWNER_NONE},
};

/* What every pattern holds one of: most files are in no collection. */
static const char *const markers[] = {"cluster-resources/", "support-bundle-", "sosreport-"};

static bool may_be_in_one(struct hc_str member)
{
    for (size_t i = 0; i < sizeof markers / sizeof *markers; i++)
        if (memmem(member.p, member.n, markers[i], strlen(markers[i])) != NULL)
            return true;
    return false;
}

/* ---- whether a path fits a pattern ---- */

static struct hc_str first_part(struct hc_str path)
{
    const char *slash = path.n > 0 ? memchr(path.p, '/', path.n) : NULL;
    return (struct hc_str){path.p, slash == NULL ? path.n : (size_t)(slash - path.p)};
}

static struct hc_str after_part(struct hc_str path, struct hc_str part)
{
    size_t n = part.n < path.n ? part.n + 1 : path.n;
    return (struct hc_str){path.p + n, path.n - n};
}

/* A name of a path and that of a pattern, which holds one "*" or "{}" at most. */
static bool name_fits(struct hc_str pattern, struct hc_str name, struct hc_str *owner)
{
    const char *open = memchr(pattern.p, '{', pattern.n);
    const char *star = open != NULL ? open : memchr(pattern.p, '*', pattern.n);
    if (star == NULL)
        return hc_str_equal(pattern, name);
    struct hc_str head = {pattern.p, (size_t)(star - pattern.p)};
    struct hc_str tail = {star + (open != NULL ? 2 : 1), 0};
    tail.n = pattern.n - (size_t)(tail.p - pattern.p);
    if (name.n < head.n + tail.n || !hc_str_starts(name, head) || memcmp(name.p + name.n - tail.n, tail.p, tail.n) != 0)
        return false;
    if (open != NULL)
        *owner = (struct hc_str){name.p + head.n, name.n - head.n - tail.n};
    return true;
}

static bool fits(struct hc_str pattern, struct hc_str path, struct hc_str *owner)
{
    struct hc_str first = first_part(pattern), rest = after_part(pattern, first), name = first_part(path);
    if (pattern.n == 0 || path.n == 0)
        return pattern.n == path.n;
    if (!hc_str_is(first, "**"))
        return name_fits(first, name, owner) && fits(rest, after_part(path, name), owner);
    if (rest.n == 0)
        return true;
    for (; path.n > 0; path = after_part(path, first_part(path)))
        if (fits(rest, path, owner))
            return true;
    return false;
}

/* ---- whose it is ---- */

struct hc_str hc_known_component(const struct hc_names *known, struct hc_str name)
{
    while (known != NULL && name.n > 0) {
        size_t index = hc_names_find(known, name);
        if (index != HC_NAME_NONE)
            return known->items[index];
        const char *hyphen = memrchr(name.p, '-', name.n);
        name.n = hyphen == NULL ? 0 : (size_t)(hyphen - name.p);
    }
    return HC_STR_NONE;
}

/* Without its last part, where that is made of the letters that Kubernetes makes names of. */
static bool drop_generated(struct hc_str *name, size_t least, size_t most)
{
    static const char letters[] = "bcdfghjklmnpqrstvwxz2456789";
    const char *hyphen = name->n > 0 ? memrchr(name->p, '-', name->n) : NULL;
    size_t n = hyphen == NULL ? 0 : (size_t)(name->p + name->n - hyphen) - 1;
    if (n < least || n > most || hyphen == name->p)
        return false;
    for (size_t i = 1; i <= n; i++)
        if (hyphen[i] == 0 || memchr(letters, hyphen[i], sizeof letters) == NULL)
            return false;
    name->n -= n + 1;
    return true;
}

struct hc_str hc_kubernetes_component(const struct hc_names *known, struct hc_str name, struct hc_str kind)
{
    struct hc_str component = hc_known_component(known, name);
    if (component.p != NULL)
        return component;
    if (hc_str_is(kind, "Pod") && !drop_generated(&name, POD_CHARS, POD_CHARS))
        return name;
    if (hc_str_is(kind, "Pod") || hc_str_is(kind, "ReplicaSet"))
        drop_generated(&name, HASH_CHARS_LEAST, HASH_CHARS_MOST);
    return name;
}

static bool is_date(const char *p)
{
    static const char form[] = "-0000-00-00";
    for (size_t i = 0; i < DATE_CHARS; i++)
        if (form[i] == '-' ? p[i] != '-' : p[i] < '0' || p[i] > '9')
            return false;
    return true;
}

/* "web01-2026-11-02-abcdefg": the host, which a label or a number of a case may follow, then the date. */
static struct hc_str host_of(const struct hc_names *known, struct hc_str name)
{
    for (size_t i = 1; i + DATE_CHARS <= name.n; i++) {
        if (is_date(name.p + i)) {
            name.n = i;
            break;
        }
    }
    struct hc_str component = hc_known_component(known, name);
    return component.p != NULL ? component : name;
}

static struct hc_str without_packing(struct hc_str member)
{
    static const char *const ends[] = {".gz", ".zst"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t n = strlen(ends[i]);
        if (member.n > n && memcmp(member.p + member.n - n, ends[i], n) == 0)
            return (struct hc_str){member.p, member.n - n};
    }
    return member;
}

enum hc_collected hc_collection_tells(struct hc_str member, const struct hc_names *known, struct hc_str *component)
{
    *component = HC_STR_NONE;
    member = without_packing(member);
    for (size_t i = 0; may_be_in_one(member) && i < sizeof places / sizeof *places; i++) {
        struct hc_str owner = HC_STR_NONE;
        if (!fits(hc_str_of(places[i].pattern), member, &owner))
            continue;
        if (places[i].owner == OWNER_POD)
            *component = hc_kubernetes_component(known, owner, HC_STR("Pod"));
        else if (places[i].owner == OWNER_HOST)
            *component = host_of(known, owner);
        return places[i].place;
    }
    return HC_COLLECTED_NOT;
}
