#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ingest/redact/redact.h"

struct fixture {
    struct hc_arena *arena;
    struct hc_redaction_rules *rules;
    struct hc_redactor *redactor;
    struct hc_names names;
    struct hc_redaction redaction;
};

static void begin_with(struct fixture *f, struct hc_str xml, struct hc_str key)
{
    struct hc_err err = HC_ERR_NONE;
    f->arena = hc_arena_new(0);
    enum hc_status status = hc_redaction_rules_new(&f->rules, xml, key, &err);
    if (status != HC_OK)
        print_error("%s, line %ld\n", err.text, err.line);
    assert_int_equal(status, HC_OK);
    f->redactor = hc_redactor_new(f->rules);
    hc_names_init(&f->names, f->arena);
    assert_true(hc_redaction_begin(&f->redaction, f->redactor, &f->names, f->arena));
}

static void begin(struct fixture *f)
{
    begin_with(f, hc_redaction_shipped(), HC_STR("key"));
}

static void end(struct fixture *f)
{
    hc_redactor_free(f->redactor);
    hc_redaction_rules_free(f->rules);
    hc_arena_free(f->arena);
}

/* Each run of twelve hexadecimal digits behind a dash becomes "#": what a pseudonym is does not matter here. */
static const char *redacted(struct fixture *f, const char *text)
{
    struct hc_str out = hc_redact(&f->redaction, hc_str_of(text), f->arena);
    char *shown = hc_arena_copy(f->arena, out.p, out.n), *to = shown;
    for (const char *from = shown; *from;) {
        if (*from == '-' && strspn(from + 1, "0123456789abcdef") == 12) {
            *to++ = '#';
            from += 13;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    return shown;
}

struct example {
    const char *text, *expected;
};

static const struct example secrets[] = {
    {"connect to postgres://app:s3cr3t@db:5432/x", "connect to postgres://app:password#@db:5432/x"},
    {"-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nnext", "private-key#\nnext"},
    {"-----BEGIN PRIVATE KEY-----\nMIIE cut", "private-key#"},
    {"it begins with -----BEGIN PRIVATE KEY-----, as always; more of it",
     "it begins with private-key#, as always; more of it"},
    {"token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4", "token token#"},
    {"using AKIAIOSFODNN7EXAMPLE for s3", "using token# for s3"},
    {"ghp_abcdefghijklmnopqrstuvwxyz0123456789 leaked", "token# leaked"},
    {"Authorization: Bearer abcdef0123456789", "Authorization: Bearer token#"},
    {"{\"authorization\":\"Basic YWxhZGRpbjpvcGVu\"}", "{\"authorization\":\"Basic token#\"}"},
    {"db.password=hunter2 retrying", "db.password=password# retrying"},
    {"{\"api_key\": \"abc123def\", \"n\": 1}", "{\"api_key\": \"password#\", \"n\": 1}"},
    {"{\\\"client_secret\\\":\\\"zzz111\\\"}", "{\\\"client_secret\\\":\\\"password#\\\"}"},
    {"PASSWORD='open sesame'", "PASSWORD='password#'"},
    {"{\"password\": \"a \\\"b\\\" c\", \"n\": 1}", "{\"password\": \"password#\", \"n\": 1}"},
    {"password=\"open sesame", "password=\"password#"},
    {"password=ab n=1", "password=password# n=1"},
    {"password=*abc password=nullable1 password=true-horse",
     "password=password# password=password# password=password#"},
    {"connect(user=app, password=x1)", "connect(user=app, password=password#)"},
    {"password: hunter2 for app", "password: password# for app"},
    {"db:\n  user: app\n  password: correcthorse\n  port: 1", "db:\n  user: app\n  password: password#\n  port: 1"},
    {"dbPassword=x1y DB_PASSWORD=x2y PGPASSWORD=x3y clientSecret=x4y",
     "dbPassword=password# DB_PASSWORD=password# PGPASSWORD=password# clientSecret=password#"},
    {"AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG", "AWS_SECRET_ACCESS_KEY=password#"},
    {"client_secret: zzz111", "client_secret: password#"},
    {"<password>open sesame</password>", "<password>password#</password>"},
    {"<db:Password enc=\"no\">x</db:Password>", "<db:Password enc=\"no\">password#</db:Password>"},
    {"/cb?token=abc123xyz&n=1", "/cb?token=token#&n=1"},
    {"token: abcdefghijklmnopqrstuvwxyz", "token: token#"},
    {"Authorization: Negotiate YIIJvwYGKwYBBQUCoIIJ", "Authorization: Negotiate token#"},
    {"Authorization: ApiKey VnVhQ2ZHY0JDZGJrU", "Authorization: ApiKey token#"},
    {"Authorization: Splunk 1234-abcd-5678", "Authorization: Splunk token#"},
    {"Authorization: Mine abcd12345", "Authorization: Mine token#"},
    {"Authorization: Digest username=\"jane\", realm=\"r s\", response=\"6629fae4\"", "Authorization: Digest token#"},
    {"Authorization: AWS4-HMAC-SHA256 Credential=X/2026/s3, SignedHeaders=host;date, Signature=fe5f80",
     "Authorization: AWS4-HMAC-SHA256 token#"},
    {"{\"Authorization\":\"Digest a=1, b=2\",\"n\":1}", "{\"Authorization\":\"Digest token#\",\"n\":1}"},
    {"GET /x?X-Amz-Signature=fe5f80f77d5fa3beca&a=1", "GET /x?X-Amz-Signature=token#&a=1"},
    {"Cookie: session=abc; theme=dark", "Cookie: token#"},
    {"\"set-cookie\": \"sid=s%3Aabc; Path=/\"", "\"set-cookie\": \"token#\""},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF==\n=aBcD\n-----END PGP PRIVATE KEY BLOCK-----.",
     "private-key#."},
    {"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: GnuPG v2\n\nlQOYBF cut", "private-key#"},
    {"DB_PASS=qwErty991 set", "DB_PASS=password# set"},
    {"job failed, pw=Hunter22x", "job failed, pw=password#"},
    {"mongo --host a --password Zx9secretZx --quiet", "mongo --host a --password password# --quiet"},
    {"curl -s -u admin:Passw0rd11 https://a.example/x", "curl -s -u admin:password# https://a.example/x"},
    {"DefaultEndpointsProtocol=https;AccountName=a;AccountKey=Zm9vYmFyYmF6cXV4Zm9vYmFy==;",
     "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=token#;"},
    {"https://a.blob.example/x?sv=2022&sig=Zm9vYmFyYmF6cXV4%3D", "https://a.blob.example/x?sv=2022&sig=token#"},
    {"POST https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXX",
     "POST https://hooks.slack.com/services/token#"},
    {"key sk-proj-abcdEFGH1234ijklMNOP", "key token#"},
    {"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj", "private-key#"},
    {"MzEfYyjiWA4R4/M2bS1GB4t7NXp98C3supV2dQ==", "private-key#"},
};

static const struct example personal[] = {
    {"mail to Jane.Doe+x@example.co.uk failed", "mail to email# failed"},
    {"user<*>@example.com", "email#"},
    {"card 4111 1111 1111 1111 declined", "card card# declined"},
    {"SSN: 078-05-1120", "SSN: national-id#"},
    {"call +1 415 555 2671 now", "call phone# now"},
    {"from 10.0.78.110:4711 accepted", "from ip#:4711 accepted"},
    {"src: /10.251.43.210:50010 dest: /10.251.43.211:50010", "src: /ip#:50010 dest: /ip#:50010"},
    {"peer fe80::1ff:fe23:4567:890a up", "peer ip# up"},
    {"peer 2a00:1450:4001:0811:0000:0000:0000:200e up", "peer ip# up"},
    {"dhcp for 00:1B:44:11:3A:B7", "dhcp for mac#"},
    {"dhcp for 00-1B-44-11-3A-B7", "dhcp for mac#"},
    {"card 3782 822463 10005 declined", "card card# declined"},
    {"to db-1.internal/10.2.3.4:8080 and db/52.2.3.4:80", "to db-1.internal/ip#:8080 and db/ip#:80"},
    {"allow 10.0.0.0/8, 52.1.2.3-52.1.2.9, 192.168.1.10-20", "allow ip#/8, ip#-ip#, ip#-20"},
};

/* What looks like one and is none, or is nobody's. */
static const char *const others[] = {
    "password expired for a user",
    "check pass; user unknown",
    "password: incorrect",
    "Password: expired",
    "wrong password: try again",
    "invalid credentials: user 12 unknown",
    "bypass=true, pass=ok, pass=12 of 14",
    "compass=north2",
    "--password",
    "token expired",
    "Bad activity token: android.os.BinderProxy@43d9c7b8",
    "token: 3",
    "token=1500000 tokens=12 next token: none",
    "unexpected token: identifier",
    "NOPASSWD: ALL",
    "secret=[REDACTED] password=${DB_PASSWORD} password=<*>",
    "the cookie: a sweet one",
    "authorization failed, authorization: ok",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "build 2024-01-02-03-04-05 of mac station",
    "Failed password for root",
    "password=<*> retrying",
    "secret=null token=*** api_key=",
    "at 2024-01-04T08:02:27+08:00 12:34:56",
    "std::vector<int> a::b Foo::bar",
    "Chrome/108.0.0.0 version v1.2.3.4 1.2.3.4.5",
    "listening on 127.0.0.1 and 0.0.0.0 and ::1 and ::",
    "order 4111111111111112 of 1704359595009606438",
    "basic authentication required, bearer plants",
    "a@b git@github",
    "{\"level\":\"info\",\"trace_id\":\"03a06866f3333abf3e1dcca64124f6dc\"}",
    "",
};

static void replaces_secrets(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        assert_string_equal(redacted(&f, secrets[i].text), secrets[i].expected);
    for (size_t i = 0; i < sizeof personal / sizeof *personal; i++)
        assert_string_equal(redacted(&f, personal[i].text), personal[i].expected);
    end(&f);
}

static void leaves_the_rest(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct hc_str text = hc_str_of(others[i]);
        struct hc_str out = hc_redact(&f.redaction, text, f.arena);
        assert_string_equal(redacted(&f, others[i]), others[i]);
        assert_ptr_equal(out.p, text.p);
    }
    end(&f);
}

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

static void unites_what_overlaps(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f);
    assert_string_equal(redacted(&f, "password=me@example.com!x y"), "password=password# y");
    end(&f);
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

static void refuses_what_are_no_rules(void **state)
{
    (void)state;
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='x'>a(b</rule></redaction>", 2);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='X y'>a</rule></redaction>", 2);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n\n<rule name='x' check='what'>a</rule></redaction>", 3);
    refuses("<redaction xmlns='urn:hindcast:redaction:1'>\n<rule name='x' before='-1'>a</rule></redaction>", 2);
    refuses("\n<redaction/>", 2);
    refuses("", 0);
}

#define MANY(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule) FIVE(rule)
#define FIVE(rule) rule rule rule rule rule
#define OF(rules) "<redaction xmlns='urn:hindcast:redaction:1'>\n" rules "</redaction>"

/* What rules are near to is looked for at once: so much, and not more. */
static void refuses_what_is_near_to_too_much(void **state)
{
    static const char rule[] = OF(MANY("<rule name='x' near='abcdefghi jklmnopqr stuvwxyz1'>a</rule>\n"));
    static const char more[] = OF(MANY("<rule name='x' near='abcdefghi jklmnopqr stuvwxyz1 ABCDEFGHI'>a</rule>\n"));
    static const char rules[] = OF(MANY("<rule name='x' near='a'>a</rule>\n") MANY("<rule name='x' near='a'>a</rule>\n"));
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
        cmocka_unit_test(replaces_secrets),
        cmocka_unit_test(leaves_the_rest),
        cmocka_unit_test(finds_the_same_again),
        cmocka_unit_test(is_stable_under_a_key),
        cmocka_unit_test(keeps_the_names_of_the_manifest),
        cmocka_unit_test(is_linear_in_what_might_be_tokens),
        cmocka_unit_test(holds_the_shipped_rules_to_the_schema),
        cmocka_unit_test(finds_no_less_from_where_a_find_can_begin),
        cmocka_unit_test(unites_what_overlaps),
        cmocka_unit_test(replaces_all_where_a_rule_gives_up),
        cmocka_unit_test(goes_on_behind_what_was_found_already),
        cmocka_unit_test(does_not_depend_on_compiled_code),
        cmocka_unit_test(many_finds_are_paid_for_by_the_arena),
        cmocka_unit_test(refuses_what_are_no_rules),
        cmocka_unit_test(refuses_what_is_near_to_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
