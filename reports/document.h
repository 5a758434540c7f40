/* A report before it has a format: blocks of spans, written once, rendered as HTML and as Markdown.
 *
 * The builder appends; spans go where the last block, item, row cell or term put them. Texts are borrowed: they live
 * as long as the document (formatted ones in its arena). Every number may carry its source, which becomes a link
 * into the table of sources at the end. Out of memory sets `failed`; it is looked at once, at the end.
 */
#ifndef HC_REPORTS_DOCUMENT_H
#define HC_REPORTS_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time.h"
#include "corpus/record/incident.h"

enum hc_span_kind {
    HC_SPAN_TEXT,
    HC_SPAN_STRONG,
    HC_SPAN_CODE,
    HC_SPAN_ABSENT, /* what the bundle does not hold */
    HC_SPAN_BADGE,  /* a status; `tone` colours it, the word says it */
};

enum hc_tone { HC_TONE_PLAIN, HC_TONE_GOOD, HC_TONE_WARN, HC_TONE_BAD, HC_TONE_INFO };

struct hc_span {
    enum hc_span_kind kind;
    enum hc_tone tone;
    struct hc_str text;
    uint32_t source;      /* number in the table of sources; 0: none */
    struct hc_str exact;  /* the number in full where the text is rounded; absent: as it is */
    struct hc_str file;   /* the report beside this one that the text links to, without its ending; absent: none */
    struct hc_str anchor; /* the section of this report that the text links to; absent: none */
    struct hc_str web;    /* the http or https address that the text links to; absent: none */
};

struct hc_line {
    struct hc_span *spans;
    size_t n, capacity;
};

enum hc_block_kind {
    HC_BLOCK_HEADING,
    HC_BLOCK_PARAGRAPH,
    HC_BLOCK_LEAD, /* the paragraph that says it all */
    HC_BLOCK_NOTE, /* set apart */
    HC_BLOCK_LIST,
    HC_BLOCK_STEPS, /* numbered */
    HC_BLOCK_TABLE,
    HC_BLOCK_FACTS, /* lines in pairs: term, value */
    HC_BLOCK_CARDS, /* the same, few and large */
    HC_BLOCK_TIMELINE,
    HC_BLOCK_BARS,
    HC_BLOCK_RELIABILITY,
    HC_BLOCK_INTERVALS,
    HC_BLOCK_CURVES,
    HC_BLOCK_WATERFALL,
    HC_BLOCK_CHARTS,
    HC_BLOCK_TREE, /* a list of lists; `depths` of its lines */
    HC_BLOCK_SOURCES,
};

enum hc_column_kind {
    HC_COLUMN_TEXT,
    HC_COLUMN_NUMBER,
    HC_COLUMN_RANGE, /* a number with its interval, which may stand below it */
    HC_COLUMN_SHORT, /* never wrapped */
    HC_COLUMN_TITLE, /* text that keeps a width in which it can be read */
};

struct hc_column {
    const char *title;
    enum hc_column_kind kind;
    bool names_row; /* the cell that says what the row is about */
};

enum hc_shape { HC_SHAPE_CIRCLE, HC_SHAPE_DIAMOND, HC_SHAPE_TRIANGLE, HC_SHAPE_SQUARE };

/* Figures are drawn in HTML only; the table or list beside them holds the same. */
struct hc_mark {
    struct hc_str label; /* the name; timeline: the number or letter in the mark */
    struct hc_str value; /* as it is said */
    double at;           /* bars, intervals: 0 to 1; waterfall: where the bar ends; timeline: seconds from its zero */
    double low, high;    /* intervals: 0 to 1 */
    double from;         /* waterfall: where the bar begins */
    enum hc_tone tone;
    enum hc_shape shape;          /* timeline */
    size_t lane;                  /* timeline */
    const struct hc_mark *before; /* intervals: the same at another time, drawn below and paler; NULL: none */
};

/* The lanes of a timeline; lines across all are drawn at the marks of the first one. Times are seconds from the zero. */
struct hc_lane {
    struct hc_str name;
    bool strong;
    struct hc_stretch {
        double from_s, until_s;
        double height; /* 0 to 1 */
    } * bursts;        /* ascending */
    size_t n_bursts;
};
#define HC_FARTHEST_S 9e9    /* from the zero: offsets are said in nanoseconds of 63 bits */
#define HC_TIMELINE_MARKS 60 /* a figure with more of either is not drawn */
#define HC_TIMELINE_LANES 14
struct hc_lanes {
    const struct hc_lane *of;
    size_t n;
    const double *times_s; /* ascending: when something begins or ends that is drawn */
    size_t n_times;
    double window_from_s, window_until_s; /* NaN: not known */
    double burst_s;                       /* how long a burst's bar is */
};

/* A series over time, in small. Times are seconds from the zero, ascending; a NaN breaks the line. */
struct hc_chart {
    struct hc_str name, unit;
    struct hc_str description;
    const double *at_s, *values;
    size_t n;
    double low, high;                              /* of the values and the band, which the scale holds; low < high */
    double band_low, band_high;                    /* NaN: none */
    double window_from_s, window_until_s, onset_s; /* NaN: not known */
};
struct hc_charts {
    const struct hc_chart *of;
    size_t n;
};

/* A reliability diagram, all in [0, 1] and ascending. */
struct hc_plot_bin {
    double low, high, mean; /* what was stated */
    double right;           /* how often it was so */
    double share;           /* of all answers */
};
struct hc_plot {
    const struct hc_plot_bin *bins;
    size_t n_bins;
    const double *at, *low, *high; /* the band */
    size_t n_band;
};

/* Exceedance curves: the share that lasts longer than each of the seconds, which ascend, above 0. */
#define HC_CURVES 3
struct hc_curves {
    struct {
        struct hc_str name;
        const double *at_s, *share;
        size_t n;
        double end_s; /* how far the curve is known */
    } of[HC_CURVES];  /* each drawn in its own way; of none with n 0 */
};

/* Where a line of a tree hangs: below the last one before it that is one less deep. */
#define HC_TREE_DEPTH 9
struct hc_branch {
    unsigned depth; /* from 0, at most one more than that of the line before, and HC_TREE_DEPTH */
    bool is_strong; /* on the way that is shown */
};

struct hc_block {
    enum hc_block_kind kind;
    int level; /* heading: 2 or 3 */
    struct hc_str id;
    struct hc_line *lines; /* table: row-major cells */
    size_t n_lines, lines_capacity;
    const struct hc_column *columns;
    size_t n_columns;
    struct hc_str caption;
    struct hc_str description; /* of a figure */
    struct hc_mark *marks;
    size_t n_marks, marks_capacity;
    const struct hc_plot *plot;
    const struct hc_curves *curves;
    const struct hc_lanes *lanes;
    const struct hc_charts *charts;
    struct hc_branch *branches; /* of the lines of a tree */
    size_t branches_capacity;
};

struct hc_doc_source {
    struct hc_source_place place; /* where sql is absent */
    struct hc_str sql;            /* or the command, where no view holds it */
    const char *note;             /* what the line is, where it is not what is spoken of; may be NULL */
};

struct hc_doc {
    struct hc_arena *arena;
    struct hc_str title;       /* of the page */
    struct hc_str heading;     /* at its top */
    struct hc_line navigation; /* to the pages beside this one */
    struct hc_line badges;     /* under it */
    struct hc_block *blocks;
    size_t n_blocks, blocks_capacity;
    struct hc_doc_source *sources;
    size_t n_sources, sources_capacity;
    struct hc_line *target; /* where the next span goes */
    bool failed;
};

void hc_document_init(struct hc_doc *doc, struct hc_arena *arena, struct hc_str title, struct hc_str heading);

/* ---- blocks -------------------------------------------------------------------------------------------- */

void hc_doc_section(struct hc_doc *doc, const char *id, const char *title);        /* h2 */
void hc_doc_subsection(struct hc_doc *doc, struct hc_str id, struct hc_str title); /* h3; id may be absent */
void hc_doc_paragraph(struct hc_doc *doc);
void hc_doc_lead(struct hc_doc *doc);
void hc_doc_note(struct hc_doc *doc);
void hc_doc_list(struct hc_doc *doc);
void hc_doc_steps(struct hc_doc *doc);
void hc_doc_item(struct hc_doc *doc); /* of the list or steps begun last */
void hc_doc_facts(struct hc_doc *doc);
void hc_doc_cards(struct hc_doc *doc);
void hc_doc_term(struct hc_doc *doc, const char *term); /* then the spans of its value */
/* `columns` must outlive the document. Each row has as many cells as there are columns. */
void hc_doc_table(struct hc_doc *doc, struct hc_str caption, const struct hc_column *columns, size_t n);
void hc_doc_cell(struct hc_doc *doc);
/* `lanes` must outlive the document. Marks come in order of time. */
void hc_doc_timeline(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_lanes *lanes);
void hc_doc_bars(struct hc_doc *doc, struct hc_str title, struct hc_str description);
void hc_doc_mark(struct hc_doc *doc, struct hc_mark mark); /* of the figure begun last */
/* `plot` must outlive the document. */
void hc_doc_reliability(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_plot *plot);
/* Marks with their intervals, one below the other, on one scale; the caption says how far that runs. */
void hc_doc_intervals(struct hc_doc *doc, struct hc_str title, struct hc_str description);
/* `curves` must outlive the document. */
void hc_doc_curves(struct hc_doc *doc, struct hc_str title, struct hc_str description, const struct hc_curves *curves);
/* Bars one below the other, each from where the one before it ended, on one scale; the last mark is their sum. */
void hc_doc_waterfall(struct hc_doc *doc, struct hc_str title, struct hc_str description);
/* `charts` must outlive the document. */
void hc_doc_charts(struct hc_doc *doc, struct hc_str title, const struct hc_charts *charts);
void hc_doc_tree(struct hc_doc *doc, struct hc_str title);
void hc_doc_branch(struct hc_doc *doc, struct hc_branch branch); /* of the tree begun last; then its spans */
/* The table of all sources that were cited, before or after this call. */
void hc_doc_sources(struct hc_doc *doc);
/* Spans from here are the page's links to those beside it. */
void hc_doc_navigation(struct hc_doc *doc);
/* Spans from here go under the page's heading. */
void hc_doc_badges(struct hc_doc *doc);

/* ---- spans --------------------------------------------------------------------------------------------- */

void hc_doc_text(struct hc_doc *doc, const char *literal);
void hc_doc_format(struct hc_doc *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hc_doc_str(struct hc_doc *doc, struct hc_str text);
void hc_doc_strong(struct hc_doc *doc, struct hc_str text);
void hc_doc_code(struct hc_doc *doc, struct hc_str text); /* absent: "not in the bundle" */
void hc_doc_absent(struct hc_doc *doc, const char *literal);
void hc_doc_badge(struct hc_doc *doc, struct hc_str text, enum hc_tone tone);
/* Text with its source: a number, a time, a sentence that was read somewhere. */
void hc_doc_from(struct hc_doc *doc, struct hc_str text, struct hc_source_place place);
/* A rounded number: HTML shows the exact one to whoever points at it. `exact` may be absent. */
void hc_doc_from_exact(struct hc_doc *doc, struct hc_str text, struct hc_str exact, struct hc_source_place place);
void hc_doc_from_sql(struct hc_doc *doc, struct hc_str text, struct hc_str sql);
void hc_doc_link_report(struct hc_doc *doc, struct hc_str text, struct hc_str file);
void hc_doc_link_section(struct hc_doc *doc, struct hc_str text, struct hc_str id);
/* What is no http or https address is no link. */
void hc_doc_link_web(struct hc_doc *doc, struct hc_str text, struct hc_str address);

/* Formats into the document's arena. */
struct hc_str hc_doc_formatted(struct hc_doc *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* ---- renderers ----------------------------------------------------------------------------------------- */

/* Appends to `out`. Errors: HC_FATAL "out-of-memory". */
enum hc_status hc_document_html(const struct hc_doc *doc, struct hc_buf *out, struct hc_err *err);
enum hc_status hc_document_markdown(const struct hc_doc *doc, struct hc_buf *out, struct hc_err *err);

#endif
