#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "corpus/record/incident.h"
#include "ingest/normalize/severity.h"

static void knows_the_words_of_many_loggers(void **state)
{
    static const struct {
        const char *word;
        uint8_t level;
    } words[] = {{"INFO", HC_LOG_INFO},   {"notice", HC_LOG_INFO},      {"Warning", HC_LOG_WARN},
                 {"WARN", HC_LOG_WARN},   {"SEVERE", HC_LOG_ERROR},     {"FINEST", HC_LOG_TRACE},
                 {"err", HC_LOG_ERROR},   {"crit", HC_LOG_FATAL},       {"EMERG", HC_LOG_FATAL},
                 {"PANIC", HC_LOG_FATAL}, {"DPANIC", HC_LOG_FATAL},     {"LOG", HC_LOG_INFO},
                 {"V", HC_LOG_TRACE},     {"E", HC_LOG_ERROR},          {"F", HC_LOG_FATAL},
                 {"W", HC_LOG_WARN},      {"information", HC_LOG_INFO}, {"informational", HC_LOG_INFO},
                 {"fail", HC_LOG_ERROR},  {"dbug", HC_LOG_DEBUG},       {"trce", HC_LOG_TRACE},
                 {"DEBU", HC_LOG_DEBUG},  {"ERRO", HC_LOG_ERROR},       {"FATA", HC_LOG_FATAL},
                 {"PANI", HC_LOG_FATAL},  {"TRAC", HC_LOG_TRACE},       {"DETAIL", HC_LOG_INFO}};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (hc_severity_of_word(hc_str_of(words[i].word)) != words[i].level)
            fail_msg("%s", words[i].word);
}

static void other_words_have_no_level(void **state)
{
    static const char *const words[] = {"",       "i", "X",    "errors", "inform", "debug\x11", "informationally",
                                        "warned", "a", "infx", "Detail", "hint"};
    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (hc_severity_of_word(hc_str_of(words[i])) != HC_LOG_NONE)
            fail_msg("%s", words[i]);
}

static void numbers_mean_what_their_standard_says(void **state)
{
    (void)state;
    assert_int_equal(hc_severity_of_number(30), HC_LOG_INFO);
    assert_int_equal(hc_severity_of_number(60), HC_LOG_FATAL);
    assert_int_equal(hc_severity_of_number(70), HC_LOG_NONE);
    assert_int_equal(hc_severity_of_number(-1), HC_LOG_NONE);
    assert_int_equal(hc_severity_of_syslog(3), HC_LOG_ERROR);
    assert_int_equal(hc_severity_of_syslog(0), HC_LOG_FATAL);
    assert_int_equal(hc_severity_of_syslog(8), HC_LOG_NONE);
}

static void a_level_word_with_nuls_after_it_is_no_level_word(void **state)
{
    static const char word[] = {'w', 'a', 'r', 'n', 0, 0, 0, 0, 0, 0, 0, 0, 0};
    (void)state;
    for (size_t n = 5; n <= sizeof word; n++)
        assert_int_equal(hc_severity_of_word((struct hc_str){word, n}), HC_LOG_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_level_word_with_nuls_after_it_is_no_level_word),
        cmocka_unit_test(knows_the_words_of_many_loggers),
        cmocka_unit_test(other_words_have_no_level),
        cmocka_unit_test(numbers_mean_what_their_standard_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
