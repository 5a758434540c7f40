/* A timestamp as it is written -> a time: what it leaves out comes from the frame. */
#include "ingest/normalize/logtime.h"

static uint64_t distance(int64_t a, int64_t b)
{
    return a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a;
}

static bool resolve_near(struct hc_civil civil, uint8_t date, int64_t offset_ns, int64_t near_ns, int64_t *ns)
{
    struct hc_civil local;
    bool found = false;
    if (distance(near_ns, 0) > INT64_MAX - (uint64_t)4 * 24 * HC_NS_PER_HOUR)
        return false;
    int64_t anchor_ns = near_ns + offset_ns;
    for (int step = -1; step <= 1; step++) {
        hc_civil_from_time(anchor_ns + (date == HC_STAMP_DATE_NONE ? (int64_t)step * 24 * HC_NS_PER_HOUR : 0), &local);
        civil.year = local.year + (date == HC_STAMP_DATE_NO_YEAR ? step : 0);
        if (date == HC_STAMP_DATE_NONE) {
            civil.month = local.month;
            civil.day = local.day;
        }
        int64_t candidate;
        if (!hc_time_from_civil(&civil, &candidate))
            continue;
        candidate -= offset_ns;
        if (!found || distance(candidate, near_ns) < distance(*ns, near_ns))
            *ns = candidate;
        found = true;
    }
    return found;
}

static int64_t offset_of(const struct hc_stamp *stamp, const struct hc_stamp_frame *frame)
{
    return (stamp->has_offset ? stamp->offset_s : frame->utc_offset_s) * HC_NS_PER_SECOND;
}

bool hc_stamp_resolve_any(const struct hc_stamp *stamp, const struct hc_stamp_frame *frame, struct hc_time *time)
{
    int64_t ns = stamp->epoch_ns, offset_ns = offset_of(stamp, frame);
    struct hc_civil civil = stamp->civil;
    uint8_t date = stamp->date;
    civil.second = civil.second == 60 ? 59 : civil.second;
    if (date == HC_STAMP_DATE_NO_YEAR && frame->year) {
        civil.year = frame->year;
        date = HC_STAMP_DATE_WHOLE;
    }
    if (ns != HC_TIME_NONE_NS) {
    } else if (date != HC_STAMP_DATE_WHOLE && hc_time_known(frame->window_start)) {
        if (!resolve_near(civil, date, offset_ns, frame->window_start.ns, &ns))
            return false;
    } else {
        if (date != HC_STAMP_DATE_WHOLE)
            civil.year = 1972;
        if (date == HC_STAMP_DATE_NONE)
            civil.month = civil.day = 1;
        if (civil.year < HC_STAMP_YEAR_FIRST || civil.year > HC_STAMP_YEAR_LAST || !hc_time_from_civil(&civil, &ns))
            return false;
        ns -= date == HC_STAMP_DATE_WHOLE || stamp->has_offset ? offset_ns : 0;
    }
    *time = (struct hc_time){ns, stamp->digits};
    return true;
}
