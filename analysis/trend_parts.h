/* Inside of the trend: what its files share. */
#ifndef HC_ANALYSIS_TREND_PARTS_H
#define HC_ANALYSIS_TREND_PARTS_H

#include "analysis/trend.h"

struct hc_trend_making {
    struct hc_trend *out;
    const struct hc_trend_input *in;
    struct hc_arena *arena;
    size_t tests_capacity;
    bool failed; /* out of memory */
};

void hc_trend_add_test(struct hc_trend_making *m, struct hc_trend_test test);
size_t hc_trend_samples(const struct hc_trend_making *m);
/* The week of a time among those looked at; false: before or after them. */
bool hc_trend_week(const struct hc_trend *trend, int64_t ns, size_t *week);
struct hc_durations hc_trend_set(const struct hc_trend_durations *durations);
/* Adds the test of a change of level in the weeks: the ratio of its rates, and when it was; what is brief has them as they are
 * at the split, without what is not known of it. */
void hc_trend_add_level(struct hc_trend_making *m, struct hc_trend_test test, const uint32_t *weeks,
                        const struct hc_change_point *point);

/* Categories, services and causes, with their tests. */
void hc_trend_make_groups(struct hc_trend_making *m);
void hc_trend_make_causes(struct hc_trend_making *m);
/* Once all tests are there: which are shown, and what could have been. */
void hc_trend_judge(struct hc_trend_making *m);

#endif
