#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ingest/normalize/templates_parts.h"

/* The definitions, asked of one word at a time. */

#define N(list) (sizeof(list) / sizeof *(list))

static const char *const closed[] = {"true", "false", "null", "none", "yes", "no",  "on",    "off",     "enabled",
                                     "up",   "down",  "nil",  "in",   "out", "end", "start", "disabled"};
static const char *const nouns[] = {
    "user",     "host",      "domain",    "device", "server", "client", "node",   "block",     "task",      "service",
    "process",  "job",       "pod",       "file",   "path",   "volume", "type",   "mode",      "method",    "scheme",
    "protocol", "mechanism", "mailbox",   "realm",  "topic",  "queue",  "table",  "database",  "schema",    "index",
    "zone",     "column",    "relation",  "role",   "group",  "module", "plugin", "partition", "namespace", "signal",
    "variable", "attribute", "parameter", "option", "named",  "called"};

static bool is_one_of(char c, const char *set)
{
    return c != '\0' && strchr(set, c) != NULL;
}

static bool is_gap(char c)
{
    return is_one_of(c, " \"'(),:;=[]{|}");
}

static int kind_of(struct hc_str word)
{
    bool joined = false, capital = false;
    if (hc_str_is(word, "<*>"))
        return HC_SLOT_WILD;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        bool last = i + 1 == word.n;
        if (c == '*' || (is_one_of(c, "0123456789") && !last))
            return HC_SLOT_NUMBERED;
        joined |= !last && is_one_of(c, "./_-@#$%&\\");
        capital |= i > 0 && c >= 'A' && c <= 'Z' && word.p[i - 1] >= 'a' && word.p[i - 1] <= 'z';
    }
    for (size_t i = 0; i < N(closed); i++)
        if (hc_str_equal_nocase(word, hc_str_of(closed[i])))
            return HC_SLOT_CLOSED;
    return joined || capital ? HC_SLOT_IDENTIFIER : HC_SLOT_WORD;
}

/* A noun and one space stand before `at`, and before them a gap or nothing. */
static bool follows_noun(struct hc_str shape, size_t at)
{
    for (size_t i = 0; i < N(nouns); i++) {
        size_t n = strlen(nouns[i]) + 1;
        if (at >= n && shape.p[at - 1] == ' ' && memcmp(shape.p + at - n, nouns[i], n - 1) == 0 &&
            (at == n || is_gap(shape.p[at - n - 1])))
            return true;
    }
    return false;
}

/* An equals sign and a word stand before `at`. */
static bool is_member(struct hc_str shape, size_t at)
{
    return at > 1 && shape.p[at - 1] == '=' && !is_gap(shape.p[at - 2]) && shape.p[at - 2] != '.';
}

/* Where the part that begins at `at` ends. */
static size_t part_end(struct hc_str shape, size_t at, bool gap)
{
    size_t end = at + 1;
    while (end < shape.n && (is_gap(shape.p[end]) || (gap && shape.p[end] == '.')) == gap)
        end++;
    while (!gap && end > at + 1 && shape.p[end - 1] == '.')
        end--;
    return end;
}

static void assert_slot(struct hc_str shape, const struct hc_slot *slot, struct hc_str word)
{
    size_t at = (size_t)(word.p - shape.p);
    assert_int_equal(slot->begin, at);
    assert_int_equal(slot->n, word.n);
    if (slot->kind != kind_of(word) || slot->noun != follows_noun(shape, at) || slot->member != is_member(shape, at))
        fail_msg("\"%.*s\" in \"%.*s\" is of kind %d", HC_STR_ARG(word), HC_STR_ARG(shape), slot->kind);
}

/* Words and gaps in turn: the words are the slots, the gaps the frame, all of them the hash. */
static void assert_parts(struct hc_str shape, struct hc_arena *arena)
{
    struct hc_parted parted;
    size_t at = 0, n_slots = 0;
    uint64_t frame = 0, hash = 0;
    bool repeats = false;
    assert_true(hc_parted_of(shape, arena, &parted));
    for (size_t p = 0; p < parted.n_parts; p++) {
        bool gap = is_gap(shape.p[at]) || shape.p[at] == '.';
        size_t end = p + 1 == HC_SHAPE_PARTS ? shape.n : part_end(shape, at, gap);
        struct hc_str text = {shape.p + at, end - at};
        bool wild = !gap && hc_str_is(text, "<*>");
        uint64_t weight = hc_part_weight(p, wild ? HC_SLOT_WILD_HASH : hc_str_hash(text));
        hash += weight;
        frame += gap ? weight : 0;
        if (!gap) {
            assert_true(n_slots < parted.n_slots);
            assert_int_equal(parted.slots[n_slots].position, p);
            assert_true(parted.slots[n_slots].weight == weight);
            for (size_t s = 0; s < n_slots; s++)
                repeats |= !wild && parted.slots[s].hash == parted.slots[n_slots].hash;
            assert_slot(shape, &parted.slots[n_slots++], text);
        }
        at = end;
    }
    assert_int_equal(at, shape.n);
    assert_int_equal(n_slots, parted.n_slots);
    assert_true(parted.hash == hash);
    assert_true(parted.frame == frame);
    assert_int_equal(parted.repeats, repeats);
}

static void every_listed_word_is_known_and_none_that_is_nearly_one(void **state)
{
    (void)state;
    static const char *const frames[] = {"%s x", "a %s x", "%ss x", ".%s x", "%s. x", "%s  x", "%sX x", "(%s x", "%s"};
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t f = 0; f < N(frames); f++) {
        const char *hole = strstr(frames[f], "%s");
        struct hc_str before = {frames[f], (size_t)(hole - frames[f])}, after = hc_str_of(hole + 2);
        for (size_t i = 0; i < N(closed) + N(nouns); i++) {
            const char *word = i < N(closed) ? closed[i] : nouns[i - N(closed)];
            struct hc_str shape = hc_str_format(arena, "%.*s%s%.*s", HC_STR_ARG(before), word, HC_STR_ARG(after));
            assert_parts(shape, arena);
            ((char *)(uintptr_t)shape.p)[before.n] &= (char)~0x20;
            assert_parts(shape, arena);
        }
    }
    hc_arena_free(arena);
}

static void parts_are_what_their_definitions_say(void **state)
{
    (void)state;
    static const char *const pieces[] = {" ", ".", "-", "*",   "<*>",  "7",  "user", "on",   "A", "b", "=",
                                         " ", " ", ":", "...", "node", "No", "\xc3", "null", "/", "?", "fileX"};
    struct hc_arena *arena = hc_arena_new(0);
    uint64_t seed = 7;
    for (int round = 0; round < 20000; round++) {
        char text[4096];
        size_t n = 0, n_pieces = round % 100 == 0 ? 700 : 12;
        for (size_t i = 0; i < n_pieces; i++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            const char *piece = pieces[(seed >> 33) % N(pieces)];
            memcpy(text + n, piece, strlen(piece));
            n += strlen(piece);
        }
        assert_parts((struct hc_str){text, n}, arena);
        hc_arena_reset(arena);
    }
    /* A shape of more parts than are told apart: the last one takes the rest, words and gaps alike. */
    char many[2 * HC_SHAPE_PARTS];
    for (size_t i = 0; i < sizeof many; i++)
        many[i] = i % 2 == 0 ? 'a' : ' ';
    for (size_t n = sizeof many - 4; n <= sizeof many; n++)
        assert_parts((struct hc_str){many + sizeof many - n, n}, arena);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_listed_word_is_known_and_none_that_is_nearly_one),
        cmocka_unit_test(parts_are_what_their_definitions_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
