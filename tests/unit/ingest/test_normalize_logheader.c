#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ingest/normalize/logheader.h"

#define LINES 60

/* Lines of one made-up format, here and there of another. */
static void write_lines(char lines[LINES][160], unsigned seed)
{
    static const char *const times[] = {"2015-03-16T23:17:43Z", "Mar 16 23:17:43", "1426547863",
                                        "[16/Mar/2015:23:17:43]"};
    static const char *const words[] = {"ERROR",  "warn:", "-",     "|",   "[main]",         "sshd[12]:", "org.foo.Bar",
                                        "(1234)", "host",  "0x1f,", "for", "6f3cbf058c2765", "TraceID:",  "Sun"};
    for (size_t i = 0; i < LINES; i++) {
        unsigned x = seed * 2654435761u, y = (seed * 131u + (unsigned)i) * 2246822519u;
        bool odd = (y >> 8) % (2 + seed % 23) == 0;
        int n = snprintf(lines[i], 160, "%s", (y >> 4) % (3 + seed % 9) == 0 ? "  at" : times[(x >> 6) % 4]);
        for (int word = 0; word < 8; word++) {
            x = x * 1664525u + 1013904223u;
            y = y * 1664525u + 1013904223u;
            n += snprintf(lines[i] + n, 160 - (size_t)n, " %s", words[((odd || word > 3 ? y : x) >> 16) % 14]);
        }
    }
}

static void learn(struct hc_header_program *program, char lines[LINES][160], bool stays)
{
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_header_learner *learner = hc_header_learner_new(arena, LINES);
    for (size_t i = 0; i < LINES; i++)
        hc_header_learner_add(learner, hc_str_of(lines[i]), stays);
    hc_header_learner_finish(learner, program);
    hc_arena_free(arena);
}

static void columns_read_when_asked_for_teach_the_same(void **state)
{
    static char lines[LINES][160];
    size_t n_steps = 0;
    (void)state;
    for (unsigned seed = 1; seed < 3000; seed++) {
        struct hc_header_program lazy, eager;
        write_lines(lines, seed);
        learn(&lazy, lines, true);
        learn(&eager, lines, false);
        assert_int_equal(lazy.n_steps, eager.n_steps);
        assert_int_equal(lazy.has_time, eager.has_time);
        for (size_t s = 0; s < lazy.n_steps; s++) {
            assert_int_equal(lazy.steps[s].class, eager.steps[s].class);
            assert_int_equal(lazy.steps[s].reach, eager.steps[s].reach);
        }
        n_steps += lazy.n_steps;
    }
    assert_true(n_steps > 3000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(columns_read_when_asked_for_teach_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
