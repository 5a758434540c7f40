#include "ingest/format/metrics_units.h"

#include <math.h>

#include "base/number.h"

#define NUMBER_MOST 40
#define UNIT_MOST 24
#define MICRO "\xC2\xB5" /* the sign; Greek letters come too */
#define MU "\xCE\xBC"

/* Units that are not built of a prefix and a base. */
static const struct {
    const char *text, *unit;
    double factor;
} whole_units[] = {
    {"ns", "s", 1e-9},     {MICRO "s", "s", 1e-6}, {MU "s", "s", 1e-6},     {"us", "s", 1e-6},
    {"ms", "s", 1e-3},     {"s", "s", 1},          {"second", "s", 1},      {"seconds", "s", 1},
    {"min", "s", 60},      {"mins", "s", 60},      {"minute", "s", 60},     {"minutes", "s", 60},
    {"hour", "s", 3600},   {"hours", "s", 3600},   {"day", "s", 86400},     {"days", "s", 86400},
    {"week", "s", 604800}, {"weeks", "s", 604800}, {"year", "s", 31536000}, {"years", "s", 31536000},
    {"K", "", 1e3},        {"Mil", "", 1e6},       {"Bil", "", 1e9},        {"Tri", "", 1e12},
    {"Quadr", "", 1e15},   {"Quint", "", 1e18},    {"k", "", 1e3},          {"M", "", 1e6},
    {"G", "", 1e9},        {"T", "", 1e12},        {"%", "percent", 1},
};

static const struct {
    struct hc_str text;
    double factor;
    bool binary;
} prefixes[] = {
    {{"", 0}, 1, false},       {{"n", 1}, 1e-9, false},   {{MICRO, 2}, 1e-6, false}, {{MU, 2}, 1e-6, false},
    {{"m", 1}, 1e-3, false},   {{"k", 1}, 1e3, false},    {{"K", 1}, 1e3, false},    {{"M", 1}, 1e6, false},
    {{"G", 1}, 1e9, false},    {{"T", 1}, 1e12, false},   {{"P", 1}, 1e15, false},   {{"E", 1}, 1e18, false},
    {{"Ki", 2}, 0x1p10, true}, {{"Mi", 2}, 0x1p20, true}, {{"Gi", 2}, 0x1p30, true}, {{"Ti", 2}, 0x1p40, true},
    {{"Pi", 2}, 0x1p50, true}, {{"Ei", 2}, 0x1p60, true},
};

static const struct {
    const char *text, *unit;
    bool of_data; /* prefixes of 1024 go with it too */
} bases[] = {
    {"B", "bytes", true},  {"B/s", "bytes/s", true}, {"b", "bits", true},   {"b/s", "bits/s", true},
    {"p/s", "p/s", false}, {"W", "W", false},        {"Wh", "Wh", false},   {"V", "V", false},
    {"VA", "VA", false},   {"A", "A", false},        {"Hz", "Hz", false},   {"J", "J", false},
    {"eV", "eV", false},   {"g", "g", false},        {"H/s", "H/s", false}, {"FLOPS", "FLOPS", false},
};

/* "1.5K req/s": what is counted may be anything. */
static const struct {
    char letter;
    double factor;
} counts[] = {{'K', 1e3}, {'M', 1e6}, {'B', 1e9}, {'T', 1e12}};

#define LENGTH(list) (sizeof(list) / sizeof *(list))

static struct hc_str behind(struct hc_str s, size_t n)
{
    return (struct hc_str){s.p + n, s.n - n};
}

static bool find_base(struct hc_str text, bool binary, struct hc_str *unit)
{
    for (size_t i = 0; i < LENGTH(bases); i++)
        if (hc_str_is(text, bases[i].text) && (bases[i].of_data || !binary)) {
            *unit = hc_str_of(bases[i].unit);
            return true;
        }
    return false;
}

/* What one of the unit is in the unit that it becomes; an unknown one stays. */
static double take_scale(struct hc_str *unit)
{
    for (size_t i = 0; i < LENGTH(whole_units); i++)
        if (hc_str_is(*unit, whole_units[i].text)) {
            *unit = hc_str_of(whole_units[i].unit);
            return whole_units[i].factor;
        }
    for (size_t i = 0; i < LENGTH(prefixes); i++)
        if (hc_str_starts(*unit, prefixes[i].text) &&
            find_base(behind(*unit, prefixes[i].text.n), prefixes[i].binary, unit))
            return prefixes[i].factor;
    for (size_t i = 0; i < LENGTH(counts); i++)
        if (unit->n > 2 && unit->p[0] == counts[i].letter && unit->p[1] == ' ') {
            *unit = hc_str_trim(behind(*unit, 1));
            return counts[i].factor;
        }
    return 1;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t n_digits(struct hc_str s)
{
    size_t n = 0;
    while (n < s.n && is_digit(s.p[n]))
        n++;
    return n;
}

/* How long "1,234,567" is at the text's beginning; 0: it does not begin with groups of three. */
static size_t grouped_length(struct hc_str text)
{
    size_t n = text.n > 0 && (*text.p == '-' || *text.p == '+') ? 1 : 0, first = n_digits(behind(text, n));
    bool grouped = first > 0 && first <= 3 && text.p[n] != '0';
    for (n += first; grouped && n < text.n && text.p[n] == ','; n += 4)
        grouped = n_digits(behind(text, n + 1)) == 3;
    return grouped ? n : 0;
}

static bool is_in_number(char c)
{
    return is_digit(c) || c == '.' || c == '+' || c == '-';
}

/* How many bytes at the text's beginning look like a plain number. */
static size_t plain_length(struct hc_str text)
{
    size_t n = 0;
    while (n < text.n &&
           (is_in_number(text.p[n]) || ((text.p[n] | 32) == 'e' && n + 1 < text.n && is_in_number(text.p[n + 1]))))
        n++;
    return n;
}

/* The number at the beginning without its commas; gives how long it is with them. 0: none. */
static size_t take_number(struct hc_str text, bool quoted, double *value)
{
    char digits[NUMBER_MOST];
    size_t n = quoted ? grouped_length(text) : 0, kept = 0;
    n += plain_length(behind(text, n));
    if (n > sizeof digits)
        return 0;
    for (size_t i = 0; i < n; i++)
        if (text.p[i] != ',')
            digits[kept++] = text.p[i];
    return n > 0 && hc_number_parse((struct hc_str){digits, kept}, value) ? n : 0;
}

static bool is_unit(struct hc_str text)
{
    unsigned char first = (unsigned char)*text.p, letter = first | 32;
    bool begins = (letter >= 'a' && letter <= 'z') || first == '%' || first == '/' || first >= 0x80;
    for (size_t i = 0; i < text.n && begins; i++)
        begins = !is_digit(text.p[i]);
    return begins;
}

struct hc_str hc_unit_or_none(struct hc_str unit)
{
    bool is_none = unit.n > UNIT_MOST;
    for (size_t i = 0; i < unit.n && !is_none; i++)
        is_none = unit.p[i] == '@' || unit.p[i] == '=' || unit.p[i] == ':';
    return is_none ? HC_STR("") : unit;
}

/* Is it a unit that take_scale leaves as it is, as "s" or "W"? */
static bool is_base(struct hc_str text)
{
    struct hc_str unit;
    return hc_str_is(text, "s") || find_base(text, false, &unit);
}

/* As names end in them; Prometheus wants base units, others write what they have. */
static const struct {
    struct hc_str ending, unit;
} named_units[] = {
    {{"seconds", 7}, {"seconds", 7}}, {{"milliseconds", 12}, {"milliseconds", 12}},
    {{"bytes", 5}, {"bytes", 5}},     {{"ratio", 5}, {"ratio", 5}},
    {{"percent", 7}, {"percent", 7}}, {{"pct", 3}, {"percent", 7}},
    {{"celsius", 7}, {"celsius", 7}}, {{"volts", 5}, {"volts", 5}},
    {{"ms", 2}, {"ms", 2}},           {{"us", 2}, {"us", 2}},
    {{"ns", 2}, {"ns", 2}},           {{"kb", 2}, {"kB", 2}},
    {{"mb", 2}, {"MB", 2}},           {{"gb", 2}, {"GB", 2}},
    {{"kib", 3}, {"KiB", 3}},         {{"mib", 3}, {"MiB", 3}},
    {{"gib", 3}, {"GiB", 3}},
};

/* "cpu (%)", "memory [MB]": what stands in the brackets that end the name, where it is a unit. */
static struct hc_str bracketed_unit(struct hc_str name)
{
    char open = name.n < 3 ? '\0' : name.p[name.n - 1] == ')' ? '(' : name.p[name.n - 1] == ']' ? '[' : '\0';
    const char *at = open == '\0' ? NULL : memrchr(name.p, open, name.n - 1);
    if (at == NULL || at == name.p)
        return HC_STR_NONE;
    struct hc_str text = hc_str_trim((struct hc_str){at + 1, (size_t)(name.p + name.n - at) - 2}), unit = text;
    struct hc_str rest = text.n > 2 && hc_str_ends(text, HC_STR("/s")) ? HC_STR("s") : text;
    (void)take_scale(&unit);
    if (hc_str_equal(unit, text) && !is_base(rest))
        return HC_STR_NONE;
    return unit.n == 0 ? HC_STR_NONE : hc_str_is(text, "%") || hc_str_is(text, "B") ? unit : text;
}

struct hc_str hc_unit_of_name(struct hc_str name)
{
    static const struct hc_str parts[] = {{"_total", 6}, {"_sum", 4}, {"_count", 6}, {"_bucket", 7}};
    struct hc_str bracketed = bracketed_unit(name);
    for (size_t i = 0; i < LENGTH(parts); i++)
        if (hc_str_ends(name, parts[i])) {
            name.n -= parts[i].n;
            break;
        }
    const char *bar = name.n > 0 ? memrchr(name.p, '_', name.n) : NULL;
    struct hc_str ending = bar == NULL || bar == name.p ? HC_STR_NONE : behind(name, (size_t)(bar + 1 - name.p));
    for (size_t i = 0; i < LENGTH(named_units) && bracketed.n == 0 && ending.n > 0; i++)
        if (ending.n == named_units[i].ending.n && hc_str_equal_nocase(ending, named_units[i].ending))
            return named_units[i].unit;
    return bracketed;
}

bool hc_shown_value_read(struct hc_str text, bool quoted, double *value, struct hc_str *unit)
{
    *unit = HC_STR("");
    if (hc_number_parse(text, value))
        return true;
    size_t n = take_number(text, quoted, value);
    *unit = hc_str_trim(behind(text, n));
    if (n == 0 || (unit->n > 0 && !is_unit(*unit)))
        return false;
    *value *= take_scale(unit);
    *unit = hc_unit_or_none(*unit);
    if (isinf(*value))
        *value = NAN; /* as hc_number_parse has it */
    return true;
}
