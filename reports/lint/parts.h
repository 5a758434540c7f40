/* Inside of the linter: a document as passages with their quantities, and what the rules share. */
#ifndef HC_REPORTS_LINT_PARTS_H
#define HC_REPORTS_LINT_PARTS_H

#include "reports/lint/lint.h"

/* ---- quantities ---- */

enum hc_quantity_kind {
    HC_Q_NUMBER,
    HC_Q_PERCENT,
    HC_Q_POINTS, /* percentage points */
    HC_Q_BYTES,
    HC_Q_BITS,
    HC_Q_DURATION, /* seconds */
    HC_Q_MONEY,
    HC_Q_TIMES,  /* 3x, threefold, tripled */
    HC_Q_CLOCK,  /* seconds since 1970 or, without a date, since midnight */
    HC_Q_OFFSET, /* T+73s: seconds */
    HC_Q_DATE,   /* seconds since 1970, of its midnight */
    HC_Q_RANGE,  /* 5-10: no single value */
};

enum hc_bound { HC_EXACT, HC_ABOUT, HC_AT_LEAST, HC_AT_MOST };

struct hc_quantity {
    enum hc_quantity_kind kind;
    enum hc_bound bound;
    char sign;           /* '+', '-' or 0 */
    bool dated;          /* clock */
    bool rate;           /* per something */
    uint32_t zone;       /* clock; 0: none stated, 1: UTC */
    double value;        /* in base units: bytes, seconds, per cent */
    double scale;        /* base units in the unit that it is written in */
    double step;         /* base units in the last digit that is written */
    double coarse;       /* the same without trailing zeros: 1,200 is of hundreds */
    uint32_t begin, end; /* in the passage's text */
};

/* ---- passages ---- */

enum hc_passage_kind { HC_HEADING, HC_TEXT, HC_ITEM, HC_ROW };

#define HC_ARROW '\x01' /* →, ->, => in a passage's text */

/* A heading, a line or paragraph, a list item or a table's row, without its markup. */
struct hc_passage {
    enum hc_passage_kind kind;
    uint8_t level;      /* of the heading; how deep the item is */
    bool checked;       /* a ticked item */
    bool is_header;     /* the table's first row */
    struct hc_str text; /* on one line; typographic signs are plain */
    const uint32_t *at; /* where in the source each byte is, and the end */
    uint32_t heading;   /* index + 1 of the heading above it */
    uint32_t label;     /* index + 1 of what introduces its list: a line, or the item above; of a row: the header */
    uint32_t group;     /* its list, table or paragraph */
    const struct hc_quantity *quantities;
    size_t n_quantities;
};

/* Something that happened, as a timeline has it. */
struct hc_lint_event {
    const struct hc_passage *passage;
    const struct hc_quantity *clock;
    struct hc_str name; /* what happened, without what is said of other events */
};

#define HC_LINT_MARK 256

struct hc_lint_context {
    struct hc_arena *arena;
    struct hc_str source;
    const char *template;              /* may be NULL */
    const struct hc_lint_facts *facts; /* may be NULL */
    struct hc_lint_compared compared;
    bool is_utc; /* times without a zone are; asked for only with facts */
    struct hc_passage *passages;
    size_t n, capacity;
    struct hc_lint_event *events;
    size_t n_events;
    const uint32_t *line_starts;
    size_t n_lines;
    const uint32_t *n_characters; /* before every HC_LINT_MARK-th byte of the source */
    struct hc_lint_finding *findings;
    size_t n_findings, finding_capacity;
    bool failed; /* no memory */
};

void hc_lint_read(struct hc_lint_context *c);                             /* the source into passages */
void hc_lint_quantities(struct hc_passage *p, struct hc_lint_context *c); /* of one passage */
/* A time of day, with its date, at `i` of the text; where it ends, or `i`. */
size_t hc_clock_scan(struct hc_str s, size_t i, struct hc_quantity *q);
void hc_lint_events(struct hc_lint_context *c);
/* "one" to "twelve". */
bool hc_number_word(struct hc_str word, double *value);

/* The one event that the words name; NULL: none or several. */
const struct hc_lint_event *hc_event_named(const struct hc_lint_context *c, struct hc_str words);
/* Seconds from one clock to the other. False: they cannot be compared. Without dates, by less than a day. */
bool hc_clock_between(const struct hc_quantity *from, const struct hc_quantity *to, double *seconds);

/* ---- words ---- */

/* Takes the next word off: letters, digits, apostrophes, inner hyphens and underscores; absent: there is none. */
struct hc_str hc_word_take(struct hc_str *rest);
/* Is it one of the words of the list, in any case? A word of the list that ends with '*' is a beginning. */
bool hc_word_in(struct hc_str word, const char *list);
/* The first word of the text that is in the list; absent: none. */
struct hc_str hc_find_word(struct hc_str text, const char *list);
static inline bool hc_has_word(struct hc_str text, const char *list)
{
    return hc_find_word(text, list).n > 0;
}
size_t hc_count_words(struct hc_str text);
bool hc_words_alike(struct hc_str a, struct hc_str b); /* the same but for its ending */
bool hc_word_says(struct hc_str word);                 /* it means something by itself: no "the", "of", "after" */
/* How many of a's telling words are in b, and how many it has. */
size_t hc_shared_words(struct hc_str a, struct hc_str b, size_t *n_words);
/* Where a text stands in another, in any case of letters; NULL: nowhere. */
const char *hc_find_text(struct hc_str text, const char *what);
bool hc_has_text(struct hc_str text, const char *what);
/* Does a sentence end in it, or a clause by ';'? */
bool hc_breaks(struct hc_str text);

static inline struct hc_str hc_part(const struct hc_passage *p, size_t from, size_t to)
{
    return from < to && to <= p->text.n ? (struct hc_str){p->text.p + from, to - from} : (struct hc_str){p->text.p, 0};
}
static inline struct hc_str hc_gap(const struct hc_passage *p, const struct hc_quantity *a, const struct hc_quantity *b)
{
    return hc_part(p, a->end, b->begin);
}
/* The text before or behind a quantity, up to the next quantity. */
struct hc_str hc_before(const struct hc_passage *p, const struct hc_quantity *q);
struct hc_str hc_behind(const struct hc_passage *p, const struct hc_quantity *q);
/* The label of "Label: value", absent where the passage has none, and what is behind it. */
struct hc_str hc_label(const struct hc_passage *p);
struct hc_str hc_label_value(const struct hc_passage *p);
/* A heading's text, or that of the passage that introduces the list; absent: none. */
struct hc_str hc_heading_of(const struct hc_lint_context *c, const struct hc_passage *p);
struct hc_str hc_intro_of(const struct hc_lint_context *c, const struct hc_passage *p);
/* Do both speak of the same: under one heading, or one of them under none but the title? */
bool hc_in_one_place(const struct hc_lint_context *c, const struct hc_passage *a, const struct hc_passage *b);
/* Do its words say that what is counted may be counted twice, so that a total is no sum? */
bool hc_may_overlap(struct hc_str text);
/* A cell of a row, from 0 on; absent beyond the last. */
struct hc_str hc_cell(const struct hc_passage *row, size_t i);

/* The one quantity that a cell of a row is; NULL: it is more than that, or none. */
const struct hc_quantity *hc_cell_quantity(const struct hc_passage *row, size_t column);

/* ---- saying it ---- */

void hc_put_value(struct hc_buf *out, double value); /* four significant digits */
/* A value in the unit of a quantity: "640 MB", "88 s", "+188 %". */
void hc_put_like(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_passage *p,
                 const struct hc_quantity *like, double value);
void hc_put_duration(struct hc_buf *out, double seconds);
void hc_put_source(struct hc_buf *out, const struct hc_lint_context *c, const struct hc_passage *p, size_t from,
                   size_t to);
uint32_t hc_line_of(const struct hc_lint_context *c, const struct hc_passage *p, size_t at);

/* Adds a finding at a part of a passage; both texts are copied, and the buffers freed. */
void hc_lint_add(struct hc_lint_context *c, const char *rule, const struct hc_passage *p, const struct hc_quantity *at,
                 struct hc_buf *says, struct hc_buf *right);
void hc_lint_add_said(struct hc_lint_context *c, const char *rule, const struct hc_passage *p,
                      const struct hc_quantity *at, const char *says, const char *right);

/* ---- the rules: each function looks at the whole document ---- */

void hc_rule_changes(struct hc_lint_context *c); /* change.c: from A to B and what is said of it */
void hc_rule_bases(struct hc_lint_context *c);   /* base.c: against a base that is named elsewhere */
void hc_rule_shares(struct hc_lint_context *c);  /* share.c */
void hc_rule_budgets(struct hc_lint_context *c); /* budget.c */
void hc_rule_tables(struct hc_lint_context *c);  /* count.c */
void hc_rule_counts(struct hc_lint_context *c);
void hc_rule_intervals(struct hc_lint_context *c); /* interval.c */
void hc_rule_offsets(struct hc_lint_context *c);   /* time_fields.c */
void hc_rule_durations(struct hc_lint_context *c);
void hc_rule_order(struct hc_lint_context *c);
void hc_rule_terms(struct hc_lint_context *c);      /* term.c */
void hc_rule_hypotheses(struct hc_lint_context *c); /* hypothesis.c */
void hc_rule_evidence(struct hc_lint_context *c);   /* evidence.c */
void hc_rule_actions(struct hc_lint_context *c);    /* action.c */
void hc_rule_parts(struct hc_lint_context *c);      /* template.c */

/* ---- the rules about a bundle: only with facts ---- */

void hc_rule_bundle_times(struct hc_lint_context *c);     /* bundle_time.c */
void hc_rule_bundle_intervals(struct hc_lint_context *c); /* bundle_interval.c */
void hc_rule_bundle_values(struct hc_lint_context *c);    /* bundle_value.c */
void hc_rule_bundle_counts(struct hc_lint_context *c);    /* bundle_count.c */
void hc_rule_bundle_names(struct hc_lint_context *c);     /* bundle_name.c */
void hc_rule_bundle_claims(struct hc_lint_context *c);    /* bundle_claim.c */

#endif
