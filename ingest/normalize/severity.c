#include "ingest/normalize/severity.h"

#include "corpus/record/incident.h"

#define WORD_MAX 13

struct level_word {
    const char *word;
    uint8_t level;
};

static const struct level_word words[] = {
    {"alert", HC_LOG_FATAL},     {"config", HC_LOG_DEBUG},  {"crit", HC_LOG_FATAL},    {"critical", HC_LOG_FATAL},
    {"dbg", HC_LOG_DEBUG},       {"debug", HC_LOG_DEBUG},   {"debug1", HC_LOG_DEBUG},  {"debug2", HC_LOG_DEBUG},
    {"debug3", HC_LOG_DEBUG},    {"debug4", HC_LOG_DEBUG},  {"debug5", HC_LOG_DEBUG},  {"dpanic", HC_LOG_FATAL},
    {"emerg", HC_LOG_FATAL},     {"emergency", HC_LOG_FATAL}, {"eror", HC_LOG_ERROR},  {"err", HC_LOG_ERROR},
    {"error", HC_LOG_ERROR},     {"failure", HC_LOG_ERROR}, {"fatal", HC_LOG_FATAL},   {"fine", HC_LOG_DEBUG},
    {"finer", HC_LOG_TRACE},     {"finest", HC_LOG_TRACE},  {"inf", HC_LOG_INFO},      {"info", HC_LOG_INFO},
    {"information", HC_LOG_INFO}, {"informational", HC_LOG_INFO}, {"log", HC_LOG_INFO}, {"note", HC_LOG_INFO},
    {"notice", HC_LOG_INFO},
    {"panic", HC_LOG_FATAL},     {"severe", HC_LOG_ERROR},  {"trace", HC_LOG_TRACE},   {"trc", HC_LOG_TRACE},
    {"verbose", HC_LOG_TRACE},   {"warn", HC_LOG_WARN},     {"warning", HC_LOG_WARN},  {"wrn", HC_LOG_WARN},
};

static uint8_t level_of_letter(char letter)
{
    switch (letter) {
    case 'V': return HC_LOG_TRACE;
    case 'D': return HC_LOG_DEBUG;
    case 'I': return HC_LOG_INFO;
    case 'W': return HC_LOG_WARN;
    case 'E': return HC_LOG_ERROR;
    case 'F': return HC_LOG_FATAL;
    default: return HC_LOG_NONE;
    }
}

uint8_t hc_severity_of_word(struct hc_str word)
{
    if (word.n == 1)
        return level_of_letter(word.p[0]);
    if (word.n < 3 || word.n > WORD_MAX || (word.p[0] | 0x20) < 'a' || (word.p[0] | 0x20) > 'w')
        return HC_LOG_NONE;
    char lower[WORD_MAX];
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        lower[i] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *known = words[i].word;
        if (known[0] > lower[0])
            break;
        if (strlen(known) == word.n && memcmp(known, lower, word.n) == 0)
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
