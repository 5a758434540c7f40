/* Numbers with their units, times and offsets of a passage. What is part of a name, a version or an address is none. */
#include <math.h>

#include "base/number.h"
#include "reports/lint/parts.h"

#define KIB 1024.0

static const struct unit {
    const char *names;
    double scale;
    enum hc_quantity_kind kind;
    bool exact_case;
} UNITS[] = {
    {"%", 1, HC_Q_PERCENT, false},
    {"percent pct", 1, HC_Q_PERCENT, false},
    {"pp", 1, HC_Q_POINTS, true},
    {"x fold", 1, HC_Q_TIMES, false},
    {"times", 1, HC_Q_TIMES, false},
    {"ms msec msecs millisecond milliseconds", 1e-3, HC_Q_DURATION, false},
    {"us usec microsecond microseconds", 1e-6, HC_Q_DURATION, true},
    {"ns nanosecond nanoseconds", 1e-9, HC_Q_DURATION, true},
    {"s sec secs second seconds", 1, HC_Q_DURATION, false},
    {"m min mins minute minutes", 60, HC_Q_DURATION, true},
    {"Min Mins Minute Minutes", 60, HC_Q_DURATION, true},
    {"h hr hrs hour hours", 3600, HC_Q_DURATION, false},
    {"d day days", 86400, HC_Q_DURATION, false},
    {"week weeks", 604800, HC_Q_DURATION, false},
    {"Kb Kbit kbit kbps Kbps", 1e3, HC_Q_BITS, true},
    {"Mb Mbit Mbps mbps", 1e6, HC_Q_BITS, true},
    {"Gb Gbit Gbps gbps", 1e9, HC_Q_BITS, true},
    {"B byte bytes Bytes", 1, HC_Q_BYTES, true},
    {"KB kB kb kilobyte kilobytes", 1e3, HC_Q_BYTES, true},
    {"MB mb megabyte megabytes", 1e6, HC_Q_BYTES, true},
    {"GB gb gigabyte gigabytes", 1e9, HC_Q_BYTES, true},
    {"TB tb terabyte terabytes", 1e12, HC_Q_BYTES, true},
    {"PB petabyte petabytes", 1e15, HC_Q_BYTES, true},
    {"KiB Ki", KIB, HC_Q_BYTES, true},
    {"MiB Mi", KIB *KIB, HC_Q_BYTES, true},
    {"GiB Gi", KIB *KIB *KIB, HC_Q_BYTES, true},
    {"TiB Ti", KIB *KIB *KIB *KIB, HC_Q_BYTES, true},
};

static const struct {
    const char *word;
    double value;
} TIMES[] = {{"doubl*", 2},   {"twofold", 2},  {"triple*", 3},   {"tripling", 3},  {"threefold", 3}, {"quadrupl*", 4},
             {"fourfold", 4}, {"fivefold", 5}, {"sixfold", 6},   {"sevenfold", 7}, {"eightfold", 8}, {"ninefold", 9},
             {"tenfold", 10}, {"halved", 0.5}, {"halving", 0.5}, {"twice", 2}};

static const char *const NUMBER_WORDS[] = {"one",   "two",   "three", "four", "five",   "six",
                                           "seven", "eight", "nine",  "ten",  "eleven", "twelve"};

struct scan {
    struct hc_str s;
    struct hc_quantity *list;
    size_t n;
};

static char at(struct hc_str s, size_t i)
{
    return i < s.n ? s.p[i] : '\0';
}

static bool is_digit(char b)
{
    return b >= '0' && b <= '9';
}

static bool is_letter(char b)
{
    return (b | 32) >= 'a' && (b | 32) <= 'z' && b > 64;
}

static bool is_name_byte(char b)
{
    return is_digit(b) || is_letter(b) || b == '_' || (unsigned char)b >= 128;
}

static struct hc_str letters_at(struct hc_str s, size_t i)
{
    size_t n = 0;
    while (is_letter(at(s, i + n)))
        n++;
    return (struct hc_str){s.p + i, n};
}

/* ---- units ---- */

static bool is_exactly_in(struct hc_str word, const char *list)
{
    while (*list) {
        size_t n = strcspn(list, " ");
        if (word.n == n && memcmp(word.p, list, n) == 0)
            return true;
        list += n + (list[n] == ' ');
    }
    return false;
}

static const struct unit *unit_named(struct hc_str word)
{
    for (size_t k = 1; word.n > 0 && k < sizeof UNITS / sizeof *UNITS; k++)
        if (UNITS[k].exact_case ? is_exactly_in(word, UNITS[k].names) : hc_word_in(word, UNITS[k].names))
            return &UNITS[k];
    return NULL;
}

static void set_unit(struct hc_quantity *q, const struct unit *unit)
{
    q->kind = unit->kind;
    q->value *= unit->scale;
    q->step *= unit->scale;
    q->coarse *= unit->scale;
    q->scale *= unit->scale;
}

static void set_scale(struct hc_quantity *q, double scale)
{
    q->value *= scale;
    q->step *= scale;
    q->coarse *= scale;
    q->scale *= scale;
}

/* "million", "k": what a plain number is multiplied by; 0: none. */
static double scale_named(struct hc_str word, bool attached)
{
    if (hc_str_equal_nocase(word, HC_STR("million")) || (attached && hc_str_is(word, "M")))
        return 1e6;
    if (hc_str_equal_nocase(word, HC_STR("billion")) || (attached && hc_str_is(word, "B")))
        return 1e9;
    if (hc_str_equal_nocase(word, HC_STR("thousand")) || (attached && (hc_str_is(word, "k") || hc_str_is(word, "K"))))
        return 1e3;
    return 0;
}

/* "/s", " per minute": it is a rate. */
static void mark_rate(struct hc_str s, struct hc_quantity *q)
{
    struct hc_str rest = {s.p + q->end, s.n - q->end};
    q->rate = (hc_str_starts(rest, HC_STR("/")) && is_letter(at(rest, 1))) || hc_str_starts(rest, HC_STR(" per "));
}

/* The unit behind a number: attached, behind a space or a hyphen. False: what is attached makes it a name. */
static bool take_unit(struct hc_str s, size_t i, struct hc_quantity *q)
{
    bool attached = is_letter(at(s, i));
    size_t k = i + (!attached && (at(s, i) == ' ' || at(s, i) == '-'));
    struct hc_str word = letters_at(s, k);
    q->end = (uint32_t)i;
    if (at(s, i) == '%' || (at(s, i) == ' ' && at(s, i + 1) == '%')) {
        set_unit(q, &UNITS[0]);
        q->end = (uint32_t)i + 1 + (at(s, i) == ' ');
        return true;
    }
    double scale = scale_named(word, attached);
    if (scale > 0) {
        set_scale(q, scale);
        q->end = (uint32_t)(k + word.n);
        return attached ? !is_name_byte(at(s, k + word.n)) : true;
    }
    if (hc_str_starts((struct hc_str){s.p + k, s.n - k}, HC_STR("percentage point"))) {
        q->kind = HC_Q_POINTS;
        q->end = (uint32_t)(k + 16 + (at(s, k + 16) == 's'));
        return true;
    }
    if (hc_str_starts((struct hc_str){s.p + k, s.n - k}, HC_STR("per cent")))
        word = HC_STR("percent");
    const struct unit *unit = unit_named(word);
    bool whole =
        !is_name_byte(at(s, k + word.n)) || (is_digit(at(s, k + word.n)) && unit && unit->kind == HC_Q_DURATION);
    if (unit && whole && (attached || word.n > 1 || at(s, i) == ' ')) {
        if (word.n == 1 && !attached && hc_str_is(word, "d"))
            return true;
        set_unit(q, unit);
        q->end = (uint32_t)(k + word.n + (s.p + k != word.p ? 1 : 0));
    }
    return q->kind != HC_Q_NUMBER || (!attached && !(at(s, i) == '-' && is_letter(at(s, i + 1)) && word.n < 2));
}

/* ---- numbers ---- */

/* The digits at `i`: 1,234.5; where they end. */
static size_t digits(struct hc_str s, size_t i, struct hc_quantity *q)
{
    char text[40];
    size_t n = 0, zeros = 0, k = i;
    int decimals = 0;
    for (; n < sizeof text - 1 && (is_digit(at(s, k)) || (at(s, k) == ',' && n > 0)); k++) {
        if (s.p[k] == ',') {
            if (!is_digit(at(s, k + 1)) || !is_digit(at(s, k + 2)) || !is_digit(at(s, k + 3)) || is_digit(at(s, k + 4)))
                break;
            continue;
        }
        zeros = s.p[k] == '0' && n > 0 ? zeros + 1 : 0;
        text[n++] = s.p[k];
    }
    if (at(s, k) == '.' && is_digit(at(s, k + 1)) && n < 20) {
        text[n++] = s.p[k++];
        for (zeros = 0; n < sizeof text - 1 && is_digit(at(s, k)); decimals++)
            text[n++] = s.p[k++];
    }
    if (!hc_number_parse((struct hc_str){text, n}, &q->value) || is_digit(at(s, k)))
        q->value = NAN;
    q->scale = 1;
    q->step = pow(10, -decimals);
    q->coarse = q->step * pow(10, (double)zeros);
    return k;
}

/* What is before a number can make it part of a name, or give it a sign. */
static bool is_part_of_name(struct hc_str s, size_t i, struct hc_quantity *q)
{
    char before = i > 0 ? s.p[i - 1] : ' ', further = i > 1 ? s.p[i - 2] : ' ';
    if (before == '-' || before == '+') {
        q->sign = before;
        return is_name_byte(further) || further == '.' || further == '-';
    }
    return is_name_byte(before) || (before == '.' && further != ' ') || strchr("#@/\\:=^", before) != NULL;
}

static size_t skip_name(struct hc_str s, size_t i)
{
    while (is_name_byte(at(s, i)) || (i < s.n && strchr("._-/:#@", s.p[i]) && is_name_byte(at(s, i + 1))))
        i++;
    return i;
}

static bool ends_with_word(struct hc_str s, const char *list)
{
    struct hc_str word = HC_STR_NONE, rest = s;
    for (struct hc_str next = hc_word_take(&rest); next.n > 0; next = hc_word_take(&rest))
        word = next;
    return word.n > 0 && hc_word_in(word, list);
}

static bool ends_with(struct hc_str s, const char *words)
{
    size_t n = strlen(words);
    return s.n >= n && hc_str_equal_nocase((struct hc_str){s.p + s.n - n, n}, (struct hc_str){words, n});
}

static enum hc_bound bound_of(struct hc_str s, size_t i)
{
    struct hc_str before = {s.p + (i > 24 ? i - 24 : 0), i > 24 ? 24 : i};
    if (i > 0 && s.p[i - 1] == '~')
        return HC_ABOUT;
    if (i > 0 && (s.p[i - 1] == '>' || s.p[i - 1] == '<'))
        return s.p[i - 1] == '>' ? HC_AT_LEAST : HC_AT_MOST;
    before = hc_str_trim(before);
    char sign = before.n > 0 ? before.p[before.n - 1] : ' ';
    if (sign == '~')
        return HC_ABOUT;
    if (sign == '>' || sign == '<')
        return sign == '>' ? HC_AT_LEAST : HC_AT_MOST;
    if (before.n > 0 && !is_letter(before.p[before.n - 1]))
        return HC_EXACT;
    if (ends_with_word(before, "about around approximately approx roughly nearly almost some circa ca c"))
        return HC_ABOUT;
    if (ends_with_word(before, "over exceeding exceeded") || ends_with(before, "more than") ||
        ends_with(before, "at least") || ends_with(before, "greater than"))
        return HC_AT_LEAST;
    if (ends_with_word(before, "under") || ends_with(before, "less than") || ends_with(before, "up to") ||
        ends_with(before, "at most") || ends_with(before, "fewer than") || ends_with(before, "as much as"))
        return HC_AT_MOST;
    return HC_EXACT;
}

/* Joins "1 h" and "5 min" to one duration, and the ends of a range to a range. */
static void add(struct scan *x, const struct hc_quantity *q)
{
    struct hc_quantity *last = x->n > 0 ? &x->list[x->n - 1] : NULL;
    struct hc_str gap = last ? (struct hc_str){x->s.p + last->end, q->begin - last->end} : HC_STR_NONE;
    bool joins =
        last && last->kind == HC_Q_DURATION && q->kind == HC_Q_DURATION && q->scale < last->scale &&
        q->value < last->scale && q->bound == HC_EXACT && !q->sign &&
        (hc_str_trim(gap).n == 0 || hc_str_is(gap, " and ") || hc_str_is(gap, ", ") || hc_str_is(gap, ", and "));
    bool ranges = last && (hc_str_is(gap, "-") || hc_str_is(gap, " - ")) && q->kind != HC_Q_CLOCK &&
                  q->kind != HC_Q_OFFSET && q->kind != HC_Q_DATE &&
                  (last->kind == HC_Q_NUMBER || last->kind == q->kind);
    if (joins || ranges) {
        last->value += joins ? q->value : 0;
        last->step = last->coarse = q->step;
        last->kind = ranges ? HC_Q_RANGE : last->kind;
        last->end = q->end;
        last->rate = q->rate;
        return;
    }
    x->list[x->n++] = *q;
}

static size_t take_number(struct scan *x, size_t i)
{
    struct hc_quantity q = {.kind = HC_Q_NUMBER, .begin = (uint32_t)i};
    bool ranges = x->n > 0 && i > 0 && x->s.p[i - 1] == '-' && x->list[x->n - 1].end == i - 1;
    size_t end = hc_clock_scan(x->s, i, &q);
    if (end > i && !is_name_byte(at(x->s, end)) && (ranges || !is_part_of_name(x->s, i, &q))) {
        q.sign = 0;
        q.begin = (uint32_t)i;
        q.end = (uint32_t)end;
        q.bound = bound_of(x->s, i);
        add(x, &q);
        return end;
    }
    q = (struct hc_quantity){.kind = HC_Q_NUMBER, .begin = (uint32_t)i};
    bool named = is_part_of_name(x->s, i, &q) && !ranges;
    end = digits(x->s, i, &q);
    char next = at(x->s, end);
    if (named || !isfinite(q.value) ||
        ((next == '.' || next == '/' || next == ':' || next == ',') && is_digit(at(x->s, end + 1))) || next == '_' ||
        !take_unit(x->s, end, &q))
        return skip_name(x->s, i);
    if (ranges)
        q.sign = 0;
    q.bound = bound_of(x->s, q.sign ? i - 1 : i);
    if (at(x->s, i - (i > 0)) == '$' && i > 0)
        q.kind = HC_Q_MONEY;
    if (at(x->s, q.end) == '+')
        q.bound = HC_AT_LEAST;
    mark_rate(x->s, &q);
    add(x, &q);
    return q.end;
}

/* ---- words that are quantities ---- */

/* "T+73s", "T+2m", "T+00:05:30", "T-5 min"; where it ends, or `i`. */
static size_t take_offset(struct scan *x, size_t i)
{
    size_t k = i + 1, end;
    while (at(x->s, k) == ' ')
        k++;
    char sign = at(x->s, k++);
    if (sign != '+' && sign != '-')
        return i;
    while (at(x->s, k) == ' ')
        k++;
    struct hc_quantity q = {.kind = HC_Q_NUMBER, .begin = (uint32_t)i, .sign = sign}, clock = {.kind = HC_Q_CLOCK};
    if (!is_digit(at(x->s, k)))
        return i;
    end = hc_clock_scan(x->s, k, &clock);
    if (end > k && clock.kind == HC_Q_CLOCK && clock.step < 60) {
        q = clock;
        q.begin = (uint32_t)i;
        q.end = (uint32_t)end;
    } else {
        end = digits(x->s, k, &q);
        if (at(x->s, end) == ':' || !take_unit(x->s, end, &q))
            return i;
        bool zero = q.kind == HC_Q_NUMBER && q.value < 0.5;
        if (!zero && q.kind != HC_Q_DURATION)
            return i;
        if (q.kind == HC_Q_DURATION && is_digit(at(x->s, q.end))) { /* T+2m10s */
            struct hc_quantity rest = {.kind = HC_Q_NUMBER};
            if (take_unit(x->s, digits(x->s, q.end, &rest), &rest) && rest.kind == HC_Q_DURATION) {
                q.value += rest.value;
                q.step = rest.step;
                q.end = rest.end;
            }
        }
    }
    q.kind = HC_Q_OFFSET;
    q.value = sign == '-' ? -q.value : q.value;
    q.sign = 0;
    x->list[x->n++] = q;
    return q.end;
}

bool hc_number_word(struct hc_str word, double *value)
{
    for (size_t k = 0; k < sizeof NUMBER_WORDS / sizeof *NUMBER_WORDS; k++)
        if (hc_str_equal_nocase(word, hc_str_of(NUMBER_WORDS[k]))) {
            *value = (double)(k + 1);
            return true;
        }
    return false;
}

static size_t take_word(struct scan *x, size_t i)
{
    struct hc_str word = letters_at(x->s, i);
    struct hc_quantity q = {.kind = HC_Q_TIMES, .begin = (uint32_t)i, .scale = 1, .step = 1, .coarse = 1};
    size_t end = i;
    if (word.n == 1 && *word.p == 'T' && (end = take_offset(x, i)) > i)
        return end;
    q.end = (uint32_t)(i + word.n);
    q.bound = bound_of(x->s, i);
    for (size_t k = 0; k < sizeof TIMES / sizeof *TIMES; k++)
        if (hc_word_in(word, TIMES[k].word)) {
            q.value = TIMES[k].value;
            q.step = q.value < 1 ? 0.1 : 1;
            add(x, &q);
            return q.end;
        }
    if (hc_number_word(word, &q.value)) {
        q.kind = HC_Q_NUMBER;
        if (take_unit(x->s, q.end, &q) && q.kind != HC_Q_NUMBER)
            add(x, &q);
        return q.end;
    }
    if (hc_clock_scan(x->s, i, &q) > i && word.n >= 3) {
        end = hc_clock_scan(x->s, i, &q);
        q.begin = (uint32_t)i;
        q.end = (uint32_t)end;
        add(x, &q);
        return end;
    }
    return skip_name(x->s, i);
}

/* "10:00 UTC on October 23": the date behind a time is its own. */
static void date_clocks(struct scan *x)
{
    for (size_t i = 0; i + 1 < x->n; i++) {
        struct hc_quantity *clock = &x->list[i];
        const struct hc_quantity *date = &x->list[i + 1];
        struct hc_str gap = {x->s.p + clock->end, date->begin - clock->end};
        if (clock->kind == HC_Q_CLOCK && !clock->dated && date->kind == HC_Q_DATE &&
            (hc_str_is(gap, " on ") || hc_str_is(gap, ", ") || hc_str_is(gap, " "))) {
            clock->value += date->value;
            clock->scale = date->scale;
            clock->dated = true;
        }
    }
}

void hc_lint_quantities(struct hc_passage *p, struct hc_lint_context *c)
{
    size_t most = p->text.n / 2 + 2;
    struct hc_arena_mark mark = hc_arena_mark(c->arena);
    struct scan x = {.s = p->text, .list = hc_arena_alloc(c->arena, most * sizeof *x.list)};
    if (!x.list) {
        c->failed = true;
        return;
    }
    for (size_t i = 0; i < x.s.n;) {
        if (is_digit(x.s.p[i]))
            i = take_number(&x, i);
        else if (is_letter(x.s.p[i]))
            i = take_word(&x, i);
        else
            i++;
    }
    date_clocks(&x);
    if (x.n == 0)
        hc_arena_release(c->arena, &mark);
    p->quantities = x.n > 0 ? x.list : NULL;
    p->n_quantities = x.n;
}
