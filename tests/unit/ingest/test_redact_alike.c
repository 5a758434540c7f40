#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "ingest/normalize/signature.h"
#include "ingest/redact/alike.h"
#include "ingest/redact/redact.h"

struct fixture {
    struct hc_redaction_rules *rules;
    struct hc_redactor *redactor;
};

static void begin(struct fixture *f, struct hc_str xml)
{
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_redaction_rules_new(&f->rules, xml, HC_STR("key"), &err), HC_OK);
    f->redactor = hc_redactor_new(f->rules);
    assert_non_null(f->redactor);
}

static void end(struct fixture *f)
{
    hc_redactor_free(f->redactor);
    hc_redaction_rules_free(f->rules);
}

/* -1: it has no signature. */
static int may_find(const struct fixture *f, struct hc_str text)
{
    struct hc_signature signature;
    hc_signature_of(text, &signature);
    return signature.n == 0 ? -1 : hc_redactor_may_find(f->redactor, (struct hc_str){signature.bytes, signature.n});
}

static void says_of_what_texts_nothing_can_be_found(void **state)
{
    static const struct {
        const char *text;
        int expected;
    } examples[] = {
        {"served 49 items to tenant alpha trace_id=47ca1a805dc23f8dd01ffdaa0bf82d94 duration_ms=130", 0},
        {"handled GET /api/golf/228 with status 200", 0},
        {"took 1.5 s, 2.5 at most", 0},
        {"remote=10.0.245.112", 1},
        {"version 4.5.6abc now", 1},
        {"at a.b.c it ends", 1},
        {"connect to mike:5 failed", 1},
        {"token 1234 is used", 1},
        {"mail to a@example.com", 1},
        {"word", 1},
        {"the \xc3\xa9tat is 12", 1}, /* not known */
    };
    (void)state;
    struct fixture f;
    begin(&f, hc_redaction_shipped());
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++)
        assert_int_equal(may_find(&f, hc_str_of(examples[i].text)), examples[i].expected);
    end(&f);
}

#define RULES(rules) "<redaction xmlns='urn:hindcast:redaction:1'>" rules "</redaction>"

/* Literals that can lie in numbers and ids, and around them. */
static const char touching[] = RULES("<rule name='x' near='.9.9 9ab cafe id-9 =dead =9/ a9.b'>.*</rule>");

/* Texts from pieces in every order, of which some make masks: whoever holds a literal must be told of. */
static void tells_of_every_text_that_holds_a_literal(void **state)
{
    static const char *const pieces[] = {"1", "23", "45678", "12ab34", "deadbeef01", "cafe", "a9",
                                         ".", "-",  "=",     "/",      " ",          "id",   "b"};
    enum { N = sizeof pieces / sizeof *pieces, LONG = 5 };
    size_t n_found = 0, n_not = 0, all = 1;
    (void)state;
    struct fixture f;
    begin(&f, hc_str_of(touching));
    for (size_t i = 0; i < LONG; i++)
        all *= N;
    for (size_t i = 0; i < all; i++) {
        char text[LONG * 16];
        size_t n = 0, rest = i;
        for (size_t k = 0; k < LONG; k++, rest /= N)
            for (const char *p = pieces[rest % N]; *p; p++)
                text[n++] = *p;
        int told = may_find(&f, (struct hc_str){text, n});
        bool found = hc_literals_in(f.rules->literals, (struct hc_str){text, n}) != 0;
        if (found)
            assert_int_not_equal(told, 0);
        n_found += found && told == 1;
        n_not += told == 0;
    }
    assert_true(n_found > 1000 && n_not > 1000);
    end(&f);
}

static void rules_near_to_nothing_may_find_something_anywhere(void **state)
{
    (void)state;
    struct fixture f;
    begin(&f, HC_STR(RULES("<rule name='x'>abc</rule>")));
    assert_int_equal(may_find(&f, HC_STR("some words")), 1);
    end(&f);
    begin(&f, HC_STR(RULES("<rule name='x' only='word'>abc</rule>")));
    assert_int_equal(may_find(&f, HC_STR("some words")), 0);
    assert_int_equal(may_find(&f, HC_STR("word")), 1);
    end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_of_what_texts_nothing_can_be_found),
        cmocka_unit_test(tells_of_every_text_that_holds_a_literal),
        cmocka_unit_test(rules_near_to_nothing_may_find_something_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
