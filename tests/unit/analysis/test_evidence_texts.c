#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analysis/evidence/texts.h"

static void assert_body(const char *text, const char *expected)
{
    const struct hc_str body = hc_str_trim(hc_document_body(hc_str_of(text)));
    assert_int_equal(body.n, strlen(expected));
    assert_memory_equal(body.p, expected, body.n);
}

static void front_matter_is_no_text(void **state)
{
    (void)state;
    assert_body("Words.\n\n---\ntags: [dns]\n---", "Words.");
    assert_body("Words.\n---\nmore\n\n---\r\ntags: [dns]\n---\n", "Words.\n---\nmore");
    assert_body("---\ntags: [dns]\n---\nWords.\n", "Words.");
    assert_body("---\ntags: [dns]\n...\nWords.\n", "Words.");
    assert_body("Words.\n---\nand more.", "Words.\n---\nand more.");
    assert_body("---\ntags: [dns]\n---\nWords.\n\n---\n", "Words.\n\n---");
    assert_body("---\nno end", "---\nno end");
    assert_body("---", "---");
    assert_body("", "");
}

static bool has(const struct hc_word_set *set, const char *word)
{
    for (size_t i = 0; i < set->n; i++)
        if (hc_str_is(set->words[i], word))
            return true;
    return false;
}

static void a_post_mortem_is_told_and_not_read(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_document documents[] = {
        {.kind = HC_STR("postmortem"), .title = HC_STR("Leaked memory"), .text = HC_STR("the culprit")},
        {.kind = HC_STR("ticket"), .text = HC_STR("customers waited\n\n---\nlabel: wanted\n---")},
    };
    struct hc_incident incident = {
        .title = HC_STR("api slow"), .service = HC_STR("api"), .documents = documents, .n_documents = 2};
    struct hc_word_set read, told;
    assert_true(hc_words_read(&read, &incident, arena));
    assert_true(has(&read, "slow") && has(&read, "customer") && has(&read, "waited"));
    assert_false(has(&read, "culprit") || has(&read, "memory") || has(&read, "wanted") || has(&read, "api"));
    assert_true(hc_words_told(&told, documents, 2, HC_STR("a leak in api"), incident.service, arena));
    assert_true(has(&told, "culprit") && has(&told, "memory") && has(&told, "customer") && has(&told, "leak"));
    assert_false(has(&told, "wanted") || has(&told, "api"));
    hc_arena_free(arena);
}

/* What a tool's record holds may have been written when it was closed; a team may call its post-mortems otherwise. */
static void what_may_be_written_afterwards_is_not_read(void **state)
{
    (void)state;
    static const char *const kinds[] = {"postmortem", "record", "rca", "Post-Mortem", "retrospective"};
    struct hc_arena *arena = hc_arena_new(0);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct hc_document document = {.kind = hc_str_of(kinds[i]), .text = HC_STR("the culprit")};
        struct hc_incident incident = {.title = HC_STR("latency"), .documents = &document, .n_documents = 1};
        struct hc_word_set read;
        assert_true(hc_words_read(&read, &incident, arena));
        assert_true(has(&read, "latency") && read.n == 1);
    }
    hc_arena_free(arena);
}

/* A title that a post-mortem gave was written afterwards. */
static void the_title_of_a_post_mortem_is_not_read(void **state)
{
    (void)state;
    struct hc_arena *arena = hc_arena_new(0);
    struct hc_document document = {.kind = HC_STR("postmortem"), .title = HC_STR("Certificate expired")};
    struct hc_incident incident = {.title = HC_STR("Certificate expired "), .documents = &document, .n_documents = 1};
    struct hc_word_set read;
    assert_true(hc_words_read(&read, &incident, arena));
    assert_int_equal(read.n, 0);
    document.title = HC_STR("Certificate expired and more that a title has no room for");
    assert_true(hc_words_read(&read, &incident, arena));
    assert_int_equal(read.n, 0);
    document.kind = HC_STR("ticket");
    assert_true(hc_words_read(&read, &incident, arena));
    assert_int_equal(read.n, 2);
    hc_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(front_matter_is_no_text),
        cmocka_unit_test(a_post_mortem_is_told_and_not_read),
        cmocka_unit_test(what_may_be_written_afterwards_is_not_read),
        cmocka_unit_test(the_title_of_a_post_mortem_is_not_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
