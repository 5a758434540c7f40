/* What the rules about a bundle share: what words name of it, and how that is said. */
#ifndef HC_REPORTS_LINT_BUNDLE_H
#define HC_REPORTS_LINT_BUNDLE_H

#include "reports/lint/change.h"

#define HC_MOST_NAMED 8    /* components that one sentence names */
#define HC_MOST_MOMENTS 64 /* times that one name may mean */
#define HC_MOST_WORDS 128  /* of a text that is held against messages */
#define HC_MOST_HELD \
    500000 /* texts times what happened in the bundle: of a document made to be slow the rest is let pass */

#define HC_INCIDENT                                                                                                \
    "the incident outage disruption it issue this was were is has been had on at of first finally fully then and " \
    "ultimately eventually"
#define HC_INCIDENT_NOUNS "incident outage disruption"

/* Another verb than that it happened: what follows is not when it was. */
#define HC_WEAKENS                                                                                                              \
    "decide* decision deciding start started starts starting begin* began prepar* discuss* ask* request* suspect* "             \
    "approv* merg* built build queue* complet* finish* attempt* try tried confirm* identif* investigat* notic* realiz* "        \
    "link* correlat* suggest* report* announc* because due caus* despite still continu* again ongoing more join* told "         \
    "further another second success* propos* initiat* after before since until pipeline reach* clear* recover* resolv* stopp* " \
    "acknowledg* deeper look* see saw think thought responder responders canary staging stage phase found took told went "      \
    "came gave met held thread meeting call"

/* What is done to a system, or happens to it. */
enum hc_deed {
    HC_DEED_ROLLBACK,
    HC_DEED_DEPLOY,
    HC_DEED_FLAG,
    HC_DEED_CONFIG,
    HC_DEED_SCALE,
    HC_DEED_FAILOVER,
    HC_DEED_SHIFT,
    HC_DEED_MIGRATION,
    HC_DEED_RESTART,
    HC_DEED_KILL,
    HC_DEED_ALERT,
    HC_N_DEEDS
};

/* A time in the bundle that words may mean. */
struct hc_lint_moment {
    int64_t at_ns;
    struct hc_lint_place place;
};

/* All the times that words may mean; none: they name nothing that the bundle dates. */
struct hc_lint_moments {
    struct hc_lint_moment list[HC_MOST_MOMENTS];
    size_t n;
    int64_t from_ns, to_ns; /* or any time between these, of what happened often; from > to: none */
    bool first;             /* the first of what happened often is meant */
    struct hc_str name;     /* as the document names it */
    struct hc_str word;     /* of it, that says what was done; absent: it is a message, or the first errors */
    bool overflows;         /* more than there is room for: nothing can be said */
};

/* The sentence, cell or clause around a part of a passage, without more than 400 bytes at either side. */
struct hc_str hc_sentence(const struct hc_passage *p, size_t from, size_t to);
/* Is it said of what was done, rather than of what is planned, denied or supposed? */
bool hc_is_told(struct hc_str sentence);
/* Does it hold one of the phrases, which '|' parts? */
bool hc_holds_one_of(struct hc_str text, const char *phrases);
bool hc_only_words(struct hc_str text, const char *list);
/* Does it open with its time, as an entry of a timeline? */
bool hc_is_entry(const struct hc_passage *p);
/* Is the passage in a part of the document that is not about this incident: what is to be done, past incidents? */
bool hc_is_elsewhere(const struct hc_lint_context *c, const struct hc_passage *p);

/* Is it in a list of actions that are called done? */
bool hc_is_done_action(const struct hc_lint_context *c, const struct hc_passage *p);

/* Finds the names of components; NULL: no memory. */
const struct hc_lint_names *hc_lint_names_of(const struct hc_lint_facts *facts, struct hc_arena *arena);
static inline bool hc_is_name_byte(char b)
{
    return (b >= '0' && b <= '9') || ((b | 32) >= 'a' && (b | 32) <= 'z') || b == '_' || b == '-' ||
           (unsigned char)b >= 128;
}
/* The components that a text names, as indices, each once; in any of their spellings. */
size_t hc_components_in(const struct hc_lint_facts *facts, struct hc_str text, size_t found[HC_MOST_NAMED]);
/* May a thing of that component be meant, where these are named? Yes also where none is. */
bool hc_may_be_of(const struct hc_lint_facts *facts, struct hc_str component, const size_t *named, size_t n_named);

/* A text with '_' for the letters of components' names; how many bytes of it there was room for. */
size_t hc_without_components(const struct hc_lint_facts *facts, struct hc_str text, char *out, size_t room);

/* The deed that a text names but by a component's name, and its word; HC_N_DEEDS: none, or several. */
enum hc_deed hc_deed_in(const struct hc_lint_facts *facts, struct hc_str text, struct hc_str *word);
bool hc_is_change_of(const struct hc_lint_change *change, enum hc_deed deed);
/* Also one of another kind that tells it: "other: rolled back to v1". */
bool hc_may_be_change_of(const struct hc_lint_change *change, enum hc_deed deed);
bool hc_is_happening_of(const struct hc_lint_happening *happening, enum hc_deed deed);
/* "v2.8.1", "2.8.1": a word that is a version. Absent: none from `rest` on. */
struct hc_str hc_version_take(struct hc_str *rest);
bool hc_same_version(struct hc_str a, struct hc_str b);

/* A text that is held against many messages. */
struct hc_lint_words {
    struct hc_str text;
    struct hc_str list[HC_MOST_WORDS];
    size_t n;
    enum hc_deed deed; /* that they name; where it is asked for */
};

void hc_words_of(struct hc_lint_words *out, struct hc_str text);
/* Do the words tell that line: in quotes, or by all that it says? */
bool hc_tells_message(const struct hc_lint_words *words, struct hc_str message);
/* What the words mean, by deed, message, or as "the first errors", "detected", "the incident ended". */
void hc_moments_named(struct hc_lint_moments *out, const struct hc_lint_context *c, struct hc_str words);

/* Seconds by which a stated time is later than one of the bundle; false: they cannot be compared. */
bool hc_clock_off(const struct hc_lint_context *c, const struct hc_quantity *q, int64_t at_ns, double *seconds);
/* May the time have been written so? */
bool hc_clock_may_be(const struct hc_lint_context *c, const struct hc_quantity *q, int64_t at_ns);
/* Is it a time of anything in the bundle? */
bool hc_clock_is_known(const struct hc_lint_context *c, const struct hc_quantity *q);
/* Finds out whether times without a zone are in UTC. */
void hc_lint_zones(struct hc_lint_context *c);

/* As far apart as times can be, and to the nanosecond where they are near. */
static inline double hc_seconds_between(int64_t from_ns, int64_t to_ns)
{
    const int64_t whole_s = to_ns / HC_NS_PER_SECOND - from_ns / HC_NS_PER_SECOND;
    return (double)whole_s + (double)(to_ns % HC_NS_PER_SECOND - from_ns % HC_NS_PER_SECOND) / 1e9;
}

static inline size_t hc_most_held(const struct hc_lint_facts *facts)
{
    return HC_MOST_HELD / (facts->n_happenings + facts->n_changes + 100);
}

void hc_put_moment(struct hc_buf *out, int64_t at_ns);
/* The manifest as a whole, where no line of it is known. */
static inline struct hc_lint_place hc_manifest(const struct hc_lint_facts *facts)
{
    return (struct hc_lint_place){facts->place.member, 0};
}
static inline struct hc_quantity hc_place_of_text(const struct hc_passage *p, struct hc_str text)
{
    return (struct hc_quantity){.begin = (uint32_t)(text.p - p->text.p),
                                .end = (uint32_t)(text.p + text.n - p->text.p)};
}
/* As hc_lint_add, with the place in the bundle that says otherwise. */
void hc_lint_add_held(struct hc_lint_context *c, const char *rule, const struct hc_passage *p,
                      const struct hc_quantity *at, struct hc_buf *says, struct hc_buf *right,
                      struct hc_lint_place place);

#endif
