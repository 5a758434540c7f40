#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "cli/session.h"

static void says_how_many_labels_look_wrong_where_that_is_worth_a_word(void **state)
{
    static const struct {
        double share;
        const char *says; /* NULL: nothing */
    } expected[] = {{0, NULL},
                    {0.0049, NULL},
                    {NAN, NULL},
                    {HC_WRONG_LABELS_SAID, "about 1 in 100 labels look wrong: "},
                    {0.0625, "about 6 in 100 labels look wrong: "}};
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        struct hc_buf out = {0};
        hc_labels_put_wrong(expected[i].share, &out);
        assert_int_equal(out.n > 0, expected[i].says != NULL);
        if (expected[i].says) {
            assert_memory_equal(out.p, expected[i].says, strlen(expected[i].says));
            assert_ptr_equal(memchr(out.p, '\n', out.n), out.p + out.n - 1); /* one line */
        }
        hc_buf_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_how_many_labels_look_wrong_where_that_is_worth_a_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
