#include "ingest/normalize/logtime_names.h"

#include <stdint.h>

/* Three letters of any case as one number. */
#define NAME(a, b, c) ((uint32_t)(a) | (uint32_t)(b) << 8 | (uint32_t)(c) << 16)

static uint32_t name_at(const char *p)
{
    return NAME((unsigned char)p[0], (unsigned char)p[1], (unsigned char)p[2]) | NAME(0x20, 0x20, 0x20);
}

int hc_month_named(const char *p)
{
    switch (name_at(p)) {
    case NAME('j', 'a', 'n'):
        return 1;
    case NAME('f', 'e', 'b'):
        return 2;
    case NAME('m', 'a', 'r'):
        return 3;
    case NAME('a', 'p', 'r'):
        return 4;
    case NAME('m', 'a', 'y'):
        return 5;
    case NAME('j', 'u', 'n'):
        return 6;
    case NAME('j', 'u', 'l'):
        return 7;
    case NAME('a', 'u', 'g'):
        return 8;
    case NAME('s', 'e', 'p'):
        return 9;
    case NAME('o', 'c', 't'):
        return 10;
    case NAME('n', 'o', 'v'):
        return 11;
    case NAME('d', 'e', 'c'):
        return 12;
    default:
        return 0;
    }
}

bool hc_weekday_named(const char *p)
{
    switch (name_at(p)) {
    case NAME('m', 'o', 'n'):
    case NAME('t', 'u', 'e'):
    case NAME('w', 'e', 'd'):
    case NAME('t', 'h', 'u'):
    case NAME('f', 'r', 'i'):
    case NAME('s', 'a', 't'):
    case NAME('s', 'u', 'n'):
        return true;
    default:
        return false;
    }
}
