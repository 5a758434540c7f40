/* A long document, element by element: what stands at some path, each for itself, so that neither the whole document need
 * be a tree nor a damaged element cost the others.
 *
 * The document's own words (declaration, comments, the root's start tag) are held to all that base/xml.h says; what
 * stands between elements that are wanted is passed over.
 */
#ifndef HC_BASE_XML_PIECES_H
#define HC_BASE_XML_PIECES_H

#include "base/xml.h"

#define HC_XML_PATH_BYTES 256 /* of a longer path none is wanted */

/* An element that is open: its name without a prefix, and its start tag. */
struct hc_xml_level {
    struct hc_str name, tag;
};

/* A walk, on the caller's stack. */
struct hc_xml_pieces {
    void *context;
    /* Is an element with this path wanted? The root's own name is not of it: its path is "". */
    bool (*wants)(void *context, struct hc_str path);
    /* the walk's own: */
    const char *p, *end;
    const char *line_at; /* lines are counted up to here */
    long line;
    struct hc_xml_level levels[HC_XML_DEPTH]; /* the root first */
    size_t n_levels;
    const char *damage; /* the first end tag that does not close what is open; NULL: none was met */
    bool any_root, any_unclosed;
    char path[HC_XML_PATH_BYTES];
};

/* An element with its bytes, and those of its ancestors' start tags, which may bind its prefixes. */
struct hc_xml_piece {
    struct hc_str path;
    struct hc_str bytes;
    long line;
    const struct hc_xml_level *above;
    size_t n_above;
};

/* `context` and `wants` are set before. Nothing is copied: `bytes` outlives the walk.
 * Errors: as hc_xml_parse, of the document's own words. */
enum hc_status hc_xml_pieces_open(struct hc_xml_pieces *pieces, struct hc_str bytes, struct hc_arena *arena,
                                  struct hc_err *err);

/* The next element that is wanted; good until the next call. One that nothing closes ends where the next of its name
 * begins.
 * Errors: HC_END; HC_FAIL "xml-syntax", at the end: the document is cut short; "xml-doctype", "xml-limit". */
enum hc_status hc_xml_pieces_next(struct hc_xml_pieces *pieces, struct hc_xml_piece *piece, struct hc_err *err);

/* Its tree, with the lines of the document.
 * Errors: as hc_xml_parse. */
enum hc_status hc_xml_piece_parse(const struct hc_xml_node **node, const struct hc_xml_piece *piece, size_t limit_bytes,
                                  struct hc_arena *arena, struct hc_err *err);

#endif
