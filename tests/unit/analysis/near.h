/* Two numbers within a distance: cmocka compares floats only. */
#ifndef HC_TESTS_NEAR_H
#define HC_TESTS_NEAR_H

#include <math.h>

#define assert_near(a, b, within)                                                          \
    do {                                                                                   \
        double near_a = (a), near_b = (b);                                                 \
        if (!(fabs(near_a - near_b) <= (within)))                                          \
            fail_msg("%.17g is not within %g of %.17g", near_a, (double)(within), near_b); \
    } while (0)

#endif
