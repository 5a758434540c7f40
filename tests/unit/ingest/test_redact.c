#include "tests/unit/ingest/redactions.h"

/* A short text is looked through once: what is found in one does not hang on which came before it. */
static void finds_the_same_again(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < 4096; i++) {
        char text[32];
        snprintf(text, sizeof text, i % 3 == 0 ? "10.1.2.%zu" : "name-%zu", i % 200);
        assert_int_equal(hc_redactor_finds(f.redactor, hc_str_of(text)), i % 3 == 0);
    }
    end(&f);
}

static void is_stable_under_a_key(void **state)
{
    (void)state;
    struct fixture f, g, other;
    begin(&f);
    begin(&g);
    begin_with(&other, hc_redaction_shipped(), HC_STR("another key"));
    struct hc_str text = HC_STR("10.1.2.3 10.1.2.3 10.1.2.4");
    struct hc_str a = hc_redact(&f.redaction, text, f.arena), b = hc_redact(&g.redaction, text, g.arena);
    struct hc_str c = hc_redact(&other.redaction, text, other.arena);
    assert_true(hc_str_equal(a, b));
    assert_false(hc_str_equal(a, c));
    size_t n = sizeof "ip-123456789012" - 1;
    assert_int_equal(a.n, 3 * n + 2);
    assert_memory_equal(a.p, a.p + n + 1, n);
    assert_memory_not_equal(a.p, a.p + 2 * (n + 1), n);
    /* Once and for all: what is in corpora must mean the same to later versions. */
    assert_memory_equal(a.p, "ip-aa6080b999e5", n);
    size_t n_names;
    const char *const *names = hc_redaction_names(f.rules, &n_names);
    for (size_t i = 0; i < n_names; i++)
        assert_int_equal(f.redaction.counts[i], strcmp(names[i], "ip") == 0 ? 3 : 0);
    end(&f);
    end(&g);
    end(&other);
}

static void keeps_the_names_of_the_manifest(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_int_not_equal(hc_names_add(&f.names, HC_STR("10.0.0.1")), HC_NAME_NONE);
    assert_int_not_equal(hc_names_add(&f.names, HC_STR("db@10.0.0.7:5432")), HC_NAME_NONE);
    assert_int_not_equal(hc_names_add(&f.names, HC_STR("checkout")), HC_NAME_NONE);
    assert_true(hc_redaction_begin(&f.redaction, f.redactor, &f.names, f.arena));
    assert_int_equal(f.redaction.kept.n, 2);
    assert_string_equal(redacted(&f, "10.0.0.1 calls db@10.0.0.7:5432, 10.0.0.7 and 10.0.0.11"),
                        "10.0.0.1 calls db@10.0.0.7:5432, ip# and ip#");
    end(&f);
}

/* Of many places where a token might begin, none is followed to the end of the text: by its length squared this would
 * take minutes. */
static void is_linear_in_what_might_be_tokens(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    static const char unit[] = "-eyJaaaaaaaa";
    size_t n = (size_t)1 << 20;
    char *text = hc_arena_alloc(f.arena, n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i++)
        text[i] = unit[i % (sizeof unit - 1)];
    assert_false(hc_redactor_finds(f.redactor, (struct hc_str){text, n}));
    end(&f);
}

/* So no run has to ask the schema about them, which is asked about a team's: those that lie elsewhere. */
static void holds_the_shipped_rules_to_the_schema(void **state)
{
    (void)state;
    static char xml[1 << 16];
    struct hc_str shipped = hc_redaction_shipped();
    struct fixture f;
    assert_true(shipped.n < sizeof xml);
    memcpy(xml, shipped.p, shipped.n);
    begin_with(&f, (struct hc_str){xml, shipped.n}, HC_STR("key"));
    end(&f);
}

/* The shipped rules without @before. */
static void begin_anywhere(struct fixture *f, char *xml)
{
    static const char attribute[] = " before=\"";
    struct hc_str shipped = hc_redaction_shipped();
    char *at;
    memcpy(xml, shipped.p, shipped.n);
    xml[shipped.n] = '\0';
    assert_non_null(strstr(xml, attribute));
    while ((at = strstr(xml, attribute)) != NULL)
        memset(at, ' ', strcspn(at + sizeof attribute - 1, "\"") + sizeof attribute);
    begin_with(f, hc_str_of(xml), HC_STR("key"));
}

/* Whatever a rule finds of pieces that its finds are made of, it finds from where it says that one can begin, too. */
static void finds_no_less_from_where_a_find_can_begin(void **state)
{
    static const char *const pieces[] = {"1",           "10.",          "203.0.", "25", ":",          "a1:b2:c3:",
                                         "d4:e5:f6",    "0f1e:1:2:3:",  "::",     " ",  "4:5:6:7f7f", "+",
                                         "+49 30 1234", "eyJhbGciOiJI", ".eyJ",   "-"};
    enum { N = sizeof pieces / sizeof *pieces, LONG = 6, TEXTS = 8000 };
    static char xml[1 << 16];
    size_t n_found = 0;
    uint32_t random = 1;
    (void)state;
    struct fixture f, g;
    begin(&f);
    assert_true(hc_redaction_shipped().n < sizeof xml);
    begin_anywhere(&g, xml);
    for (size_t i = 0; i < TEXTS; i++) {
        char text[LONG * 16] = "";
        for (size_t k = 0; k < LONG; k++) {
            random = random * 1664525u + 1013904223u;
            strncat(text, pieces[(random >> 16) % N], 15);
        }
        struct hc_str out = hc_redact(&f.redaction, hc_str_of(text), f.arena);
        assert_true(hc_str_equal(out, hc_redact(&g.redaction, hc_str_of(text), g.arena)));
        n_found += out.p != text;
    }
    assert_true(n_found > 1000);
    end(&f);
    end(&g);
}

static void replaces_all_where_a_rule_gives_up(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR("<redaction xmlns='urn:hindcast:redaction:1'><rule name='slow'>(a+)+\\d</rule></redaction>"),
               HC_STR(""));
    char text[64];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_string_equal(redacted(&f, text), "slow#");
    assert_true(hc_redactor_finds(f.redactor, hc_str_of(text)));
    end(&f);
}

#define RULES(rule) "<redaction xmlns='urn:hindcast:redaction:1'><rule name='x'>" rule "</rule></redaction>"

/* A find can end where the search for it began. */
static void goes_on_behind_what_was_found_already(void **state)
{
    static const struct {
        const char *xml;
        struct example example;
    } rules[] = {
        {RULES("(?&lt;=(abc))z"), {"abcz abcz abcz", "x#z x#z x#z"}},
        {RULES("(?=(abc))"), {"abc abc", "abc abc"}}, /* a match of nothing is none */
        {RULES("a\\Kz(?&lt;=(a)z)"), {"az az az", "x#z x#z x#z"}},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct fixture f;
        begin_with(&f, hc_str_of(rules[i].xml), HC_STR(""));
        assert_string_equal(redacted(&f, rules[i].example.text), rules[i].example.expected);
        end(&f);
    }
}

/* What compiled code and the interpreter make of a text is the same, where the one gives up too. */
static void does_not_depend_on_compiled_code(void **state)
{
    static const char *const rules[][2] = {
        {RULES("(a+)+\\d"), RULES("(*NO_JIT)(a+)+\\d")},
        {RULES("(?:a|aa)+c"), RULES("(*NO_JIT)(?:a|aa)+c")},
        {RULES("(.*?a){9}c"), RULES("(*NO_JIT)(.*?a){9}c")},
        {RULES("(\\w+\\s?)*c"), RULES("(*NO_JIT)(\\w+\\s?)*c")},
    };
    char text[64];
    size_t n_given_up = 0;
    (void)state;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct fixture f, g;
        begin_with(&f, hc_str_of(rules[i][0]), HC_STR(""));
        begin_with(&g, hc_str_of(rules[i][1]), HC_STR(""));
        for (size_t n = 1; n < sizeof text; n++) {
            memset(text, 'a', n);
            text[n] = '\0';
            bool found = hc_redactor_finds(f.redactor, hc_str_of(text));
            assert_int_equal(found, hc_redactor_finds(g.redactor, hc_str_of(text)));
            n_given_up += found; /* there is nothing to find */
        }
        end(&f);
        end(&g);
    }
    assert_true(n_given_up > 0);
}

static void many_finds_are_paid_for_by_the_arena(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR(RULES("a")), HC_STR(""));
    size_t n = (size_t)1 << 16;
    char *text = hc_arena_alloc(f.arena, n);
    assert_non_null(text);
    memset(text, 'a', n);
    struct hc_arena *small = hc_arena_new((size_t)2 << 20), *large = hc_arena_new((size_t)8 << 20);
    for (int again = 0; again < 2; again++) /* what the redactor has already does not matter */
        assert_null(hc_redact(&f.redaction, (struct hc_str){text, n}, small).p);
    assert_true(hc_arena_exceeded(small));
    assert_int_equal(hc_redact(&f.redaction, (struct hc_str){text, n}, large).n, n * (sizeof "x-123456789012" - 1));
    hc_arena_free(small);
    hc_arena_free(large);
    end(&f);
}

static void refuses(const char *xml, long line)
{
    struct hc_redaction_rules *rules;
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_redaction_rules_new(&rules, hc_str_of(xml), HC_STR("k"), &err), HC_FAIL);
    assert_null(rules);
    assert_int_equal(err.line, line);
}

/* White space around it is no part of a name, as the schema reads it. */
static void names_are_trimmed(void **state)
{
    (void)state;
    struct fixture f;
    begin_with(&f, HC_STR("<redaction xmlns='urn:hindcast:redaction:1'><rule name=' x '>a</rule></redaction>"),
               HC_STR(""));
    assert_string_equal(redacted(&f, "zaz"), "zx#z");
    end(&f);
}

static void refuses_what_are_no_rules(void **state)
{
    (void)state;
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='x'>a(b</rule></redaction>", 2);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='X y'>a</rule></redaction>", 2);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n\n<rule name='x' check='what'>a</rule></redaction>", 3);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='x' before='-1'>a</rule></redaction>", 2);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n\n\n<rule name='x' near='a'> </rule></redaction>", 4);
    refuses("\n<redaction/>", 2);
    refuses("", 0);
}

#define MANY(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule)
#define FIVE(rule) rule rule rule rule rule
#define OF(rules) "<redaction xmlns='urn:hindcast:redaction:1'>\n" rules "</redaction>"

/* What rules are near to is looked for at once: so much, and not more. */
static void refuses_what_is_near_to_too_much(void **state)
{
    static const char rule[] = OF("<rule name='x' near='" MANY("abcdefghijklmnopqrstuvwxyz1 ") "'>a</rule>");
    static const char rules[] =
        OF(MANY("<rule name='x' near='a'>a</rule>\n") MANY("<rule name='x' near='a'>a</rule>\n"));
    char more[1 << 14] = OF("<rule name='x' near='");
    size_t n = strlen(more) - strlen("</redaction>");
    for (uint32_t i = 1; n < sizeof more - 64; i = i * 1664525u + 1013904223u) /* all begin another way */
        n += (size_t)snprintf(more + n, sizeof more - n, "%c%c%cabcdefghijklm ", 'a' + (int)(i >> 27) % 26,
                              'a' + (int)(i >> 22) % 26, 'a' + (int)(i >> 17) % 26);
    snprintf(more + n, sizeof more - n, "'>a</rule></redaction>");
    struct fixture f;
    (void)state;
    begin_with(&f, hc_str_of(rule), HC_STR(""));
    end(&f);
    refuses(more, 1);
    refuses(rules, 2 + 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_same_again),
        cmocka_unit_test(is_stable_under_a_key),
        cmocka_unit_test(keeps_the_names_of_the_manifest),
        cmocka_unit_test(is_linear_in_what_might_be_tokens),
        cmocka_unit_test(holds_the_shipped_rules_to_the_schema),
        cmocka_unit_test(finds_no_less_from_where_a_find_can_begin),
        cmocka_unit_test(replaces_all_where_a_rule_gives_up),
        cmocka_unit_test(goes_on_behind_what_was_found_already),
        cmocka_unit_test(does_not_depend_on_compiled_code),
        cmocka_unit_test(many_finds_are_paid_for_by_the_arena),
        cmocka_unit_test(names_are_trimmed),
        cmocka_unit_test(refuses_what_are_no_rules),
        cmocka_unit_test(refuses_what_is_near_to_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
