/* A team's own follow-ups: what it does after an incident of a category, of a cause, or where a gap was met, with owner and
 * ticket. They stand in reports; nothing is learned from them, so a calibration outlives any change to them. */
#ifndef HC_ANALYSIS_MODEL_FOLLOW_UPS_H
#define HC_ANALYSIS_MODEL_FOLLOW_UPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "base/text.h"

#define HC_HORIZONS 4 /* immediate, short, medium, long term */

/* What a record may lack, or show to be lacking. */
enum hc_gap {
    HC_GAP_DETECTION_UNKNOWN, /* when it was detected is not in the bundle */
    HC_GAP_DETECTION_LATE,    /* it was detected after the first symptom */
    HC_GAP_NO_ALERT,          /* no alert is in the bundle */
    HC_GAP_SHORT_WARNING,     /* too little time for a person between the first symptom and the crash */
    HC_GAP_EVIDENCE_MISSING,  /* a missing kind of evidence would tell something */
    HC_GAP_NO_TELEMETRY,      /* of a component there is nothing */
    HC_GAPS,
};

struct hc_follow_up {
    struct hc_str text;
    struct hc_str category, cause;                     /* of which it is; the cause, or both, absent */
    enum hc_gap gap;                                   /* where the category is absent; else HC_GAPS */
    int horizon;                                       /* 0 to HC_HORIZONS - 1 */
    struct hc_str owner, ticket, link, priority, type; /* as the file gives them; each may be absent */
    uint32_t due_days;                                 /* from the incident's end; 0: not stated */
    long line;
};

struct hc_follow_ups {
    struct hc_follow_up *items; /* in the file's order */
    size_t n;
    bool replaces; /* of a cause or a gap that one is for, none that is built in is shown */
};

/* Reads follow_ups.rng's format; whether the catalogue knows the categories and causes the caller must look up. A link is
 * http or https, and has no character that an address may not have.
 * Memory: in the arena.
 * Errors: HC_FAIL of base/xml.h, or "follow-ups" for a gap that there is none of, with the line. */
enum hc_status hc_follow_ups_read(struct hc_follow_ups *out, struct hc_str xml, struct hc_arena *arena,
                                  struct hc_err *err);

#endif
