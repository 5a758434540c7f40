#include "ingest/normalize/severity.h"

#include "corpus/record/incident.h"

struct level_word {
    struct hc_str word;
    uint8_t level;
};

#define WORD(text, level)                 \
    {                                     \
        {text, sizeof(text) - 1}, (level) \
    }

static const struct level_word words[] = {
    WORD("alert", HC_LOG_FATAL),        WORD("config", HC_LOG_DEBUG), WORD("crit", HC_LOG_FATAL),
    WORD("critical", HC_LOG_FATAL),     WORD("dbg", HC_LOG_DEBUG),    WORD("dbug", HC_LOG_DEBUG),
    WORD("debu", HC_LOG_DEBUG),         WORD("debug", HC_LOG_DEBUG),  WORD("debug1", HC_LOG_DEBUG),
    WORD("debug2", HC_LOG_DEBUG),       WORD("debug3", HC_LOG_DEBUG), WORD("debug4", HC_LOG_DEBUG),
    WORD("debug5", HC_LOG_DEBUG),       WORD("dpanic", HC_LOG_FATAL), WORD("emerg", HC_LOG_FATAL),
    WORD("emergency", HC_LOG_FATAL),    WORD("eror", HC_LOG_ERROR),   WORD("err", HC_LOG_ERROR),
    WORD("erro", HC_LOG_ERROR),         WORD("error", HC_LOG_ERROR),  WORD("fail", HC_LOG_ERROR),
    WORD("failure", HC_LOG_ERROR),      WORD("fata", HC_LOG_FATAL),   WORD("fatal", HC_LOG_FATAL),
    WORD("fine", HC_LOG_DEBUG),         WORD("finer", HC_LOG_TRACE),  WORD("finest", HC_LOG_TRACE),
    WORD("inf", HC_LOG_INFO),           WORD("info", HC_LOG_INFO),    WORD("information", HC_LOG_INFO),
    WORD("informational", HC_LOG_INFO), WORD("log", HC_LOG_INFO),     WORD("note", HC_LOG_INFO),
    WORD("notice", HC_LOG_INFO),        WORD("pani", HC_LOG_FATAL),   WORD("panic", HC_LOG_FATAL),
    WORD("severe", HC_LOG_ERROR),       WORD("trac", HC_LOG_TRACE),   WORD("trace", HC_LOG_TRACE),
    WORD("trc", HC_LOG_TRACE),          WORD("trce", HC_LOG_TRACE),   WORD("verbose", HC_LOG_TRACE),
    WORD("warn", HC_LOG_WARN),          WORD("warning", HC_LOG_WARN), WORD("wrn", HC_LOG_WARN),
};

/* Where the words of each letter begin. */
static const uint8_t begin_of_letter[27] = {0,  1,  1,  4,  14, 20, 27, 27, 27, 31, 31, 31, 32, 32,
                                            34, 34, 36, 36, 36, 37, 41, 41, 42, 45, 45, 45, 45};

/* As hc_str_equal_nocase, of a word that has no capitals. */
static bool is_word(const char *p, struct hc_str word)
{
    for (size_t i = 0; i < word.n; i++)
        if (p[i] != word.p[i] && (p[i] < 'A' || p[i] > 'Z' || p[i] + 32 != word.p[i]))
            return false;
    return true;
}

static uint8_t level_of_letter(char letter)
{
    switch (letter) {
    case 'V':
        return HC_LOG_TRACE;
    case 'D':
        return HC_LOG_DEBUG;
    case 'I':
        return HC_LOG_INFO;
    case 'W':
        return HC_LOG_WARN;
    case 'E':
        return HC_LOG_ERROR;
    case 'F':
        return HC_LOG_FATAL;
    default:
        return HC_LOG_NONE;
    }
}

/* In the place of a level, where PostgreSQL says more of the line before; always in capitals. */
static bool says_more(struct hc_str word)
{
    return hc_str_is(word, "DETAIL") || hc_str_is(word, "STATEMENT") || hc_str_is(word, "HINT") ||
           hc_str_is(word, "CONTEXT");
}

uint8_t hc_severity_of_word(struct hc_str word)
{
    if (word.n < 3)
        return word.n == 1 ? level_of_letter(word.p[0]) : HC_LOG_NONE;
    char first = (char)(word.p[0] | 0x20);
    if (first < 'a' || first > 'z')
        return HC_LOG_NONE;
    for (size_t i = begin_of_letter[first - 'a']; i < begin_of_letter[first - 'a' + 1]; i++)
        if (words[i].word.n == word.n && is_word(word.p, words[i].word))
            return words[i].level;
    return says_more(word) ? HC_LOG_INFO : HC_LOG_NONE;
}

uint8_t hc_severity_of_number(int64_t number)
{
    static const uint8_t levels[] = {HC_LOG_TRACE, HC_LOG_DEBUG, HC_LOG_INFO, HC_LOG_WARN, HC_LOG_ERROR, HC_LOG_FATAL};
    return number >= 10 && number < 70 ? levels[number / 10 - 1] : HC_LOG_NONE;
}

uint8_t hc_severity_of_otel(int64_t number)
{
    return (uint8_t)(number >= 1 && number <= 24 ? HC_LOG_TRACE + (number - 1) / 4 : HC_LOG_NONE);
}

uint8_t hc_severity_of_syslog(int64_t severity)
{
    static const uint8_t levels[] = {HC_LOG_FATAL, HC_LOG_FATAL, HC_LOG_FATAL, HC_LOG_ERROR,
                                     HC_LOG_WARN,  HC_LOG_INFO,  HC_LOG_INFO,  HC_LOG_DEBUG};
    return severity >= 0 && severity < 8 ? levels[severity] : HC_LOG_NONE;
}
