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

/* By length, then as in a dictionary. */
static const struct level_word words[] = {
    WORD("dbg", HC_LOG_DEBUG),          WORD("err", HC_LOG_ERROR),       WORD("inf", HC_LOG_INFO),
    WORD("log", HC_LOG_INFO),           WORD("trc", HC_LOG_TRACE),       WORD("wrn", HC_LOG_WARN),
    WORD("crit", HC_LOG_FATAL),         WORD("eror", HC_LOG_ERROR),      WORD("fine", HC_LOG_DEBUG),
    WORD("info", HC_LOG_INFO),          WORD("note", HC_LOG_INFO),       WORD("warn", HC_LOG_WARN),
    WORD("alert", HC_LOG_FATAL),        WORD("debug", HC_LOG_DEBUG),     WORD("emerg", HC_LOG_FATAL),
    WORD("error", HC_LOG_ERROR),        WORD("fatal", HC_LOG_FATAL),     WORD("finer", HC_LOG_TRACE),
    WORD("panic", HC_LOG_FATAL),        WORD("trace", HC_LOG_TRACE),     WORD("config", HC_LOG_DEBUG),
    WORD("debug1", HC_LOG_DEBUG),       WORD("debug2", HC_LOG_DEBUG),    WORD("debug3", HC_LOG_DEBUG),
    WORD("debug4", HC_LOG_DEBUG),       WORD("debug5", HC_LOG_DEBUG),    WORD("dpanic", HC_LOG_FATAL),
    WORD("finest", HC_LOG_TRACE),       WORD("notice", HC_LOG_INFO),     WORD("severe", HC_LOG_ERROR),
    WORD("failure", HC_LOG_ERROR),      WORD("verbose", HC_LOG_TRACE),   WORD("warning", HC_LOG_WARN),
    WORD("critical", HC_LOG_FATAL),     WORD("emergency", HC_LOG_FATAL), WORD("information", HC_LOG_INFO),
    WORD("informational", HC_LOG_INFO),
};

#define LENGTH_MOST 13
/* Where the words of each length begin. */
static const uint8_t begin_of_length[LENGTH_MOST + 2] = {0, 0, 0, 0, 6, 12, 20, 30, 33, 34, 35, 35, 36, 36, 37};

/* Of each letter, the lengths of the words that it opens, as bits: most words end here. */
static const uint16_t lengths_of_letter[26] = {
    ['a' - 'a'] = 1 << 5,
    ['c' - 'a'] = 1 << 4 | 1 << 6 | 1 << 8,
    ['d' - 'a'] = 1 << 3 | 1 << 5 | 1 << 6,
    ['e' - 'a'] = 1 << 3 | 1 << 4 | 1 << 5 | 1 << 9,
    ['f' - 'a'] = 1 << 4 | 1 << 5 | 1 << 6 | 1 << 7,
    ['i' - 'a'] = 1 << 3 | 1 << 4 | 1 << 11 | 1 << 13,
    ['l' - 'a'] = 1 << 3,
    ['n' - 'a'] = 1 << 4 | 1 << 6,
    ['p' - 'a'] = 1 << 5,
    ['s' - 'a'] = 1 << 6,
    ['t' - 'a'] = 1 << 3 | 1 << 5,
    ['v' - 'a'] = 1 << 7,
    ['w' - 'a'] = 1 << 3 | 1 << 4 | 1 << 7,
};

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

uint8_t hc_severity_of_word(struct hc_str word)
{
    if (word.n == 1)
        return level_of_letter(word.p[0]);
    if (word.n < 3 || word.n > LENGTH_MOST)
        return HC_LOG_NONE;
    char first = (char)(word.p[0] | 0x20);
    if (first < 'a' || first > 'z' || !(lengths_of_letter[first - 'a'] >> word.n & 1))
        return HC_LOG_NONE;
    for (size_t i = begin_of_length[word.n]; i < begin_of_length[word.n + 1]; i++) {
        if (words[i].word.p[0] == first && is_word(word.p, words[i].word))
            return words[i].level;
    }
    return HC_LOG_NONE;
}

uint8_t hc_severity_of_number(int64_t number)
{
    static const uint8_t levels[] = {HC_LOG_TRACE, HC_LOG_DEBUG, HC_LOG_INFO, HC_LOG_WARN, HC_LOG_ERROR, HC_LOG_FATAL};
    return number >= 10 && number < 70 ? levels[number / 10 - 1] : HC_LOG_NONE;
}

uint8_t hc_severity_of_syslog(int64_t severity)
{
    static const uint8_t levels[] = {HC_LOG_FATAL, HC_LOG_FATAL, HC_LOG_FATAL, HC_LOG_ERROR,
                                     HC_LOG_WARN,  HC_LOG_INFO,  HC_LOG_INFO,  HC_LOG_DEBUG};
    return severity >= 0 && severity < 8 ? levels[severity] : HC_LOG_NONE;
}
