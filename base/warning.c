#include "base/warning.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

#define MESSAGE_BYTES ((size_t)500)

struct hc_warning_tally {
    size_t n_kept;
    size_t last; /* index of the last one kept */
};

void hc_warnings_init(struct hc_warnings *warnings, struct hc_arena *arena)
{
    *warnings = (struct hc_warnings){.arena = arena};
    hc_names_init(&warnings->pairs, arena);
}

static struct hc_warning_tally *tally_of(struct hc_warnings *warnings, struct hc_str code, struct hc_str member)
{
    struct hc_buf key = {0};
    hc_buf_str(&key, code);
    hc_buf_char(&key, member.p ? '!' : '\0');
    hc_buf_str(&key, member);
    size_t n_before = warnings->pairs.n;
    size_t i = key.failed ? HC_NAME_NONE : hc_names_add(&warnings->pairs, hc_buf_view(&key));
    hc_buf_free(&key);
    if (i == HC_NAME_NONE)
        return NULL;
    struct hc_warning_tally *tallies = hc_arena_grow(warnings->arena, warnings->tallies, n_before, warnings->pairs.n,
                                                     &warnings->tally_capacity, sizeof *tallies);
    if (!tallies)
        return NULL;
    warnings->tallies = tallies;
    if (warnings->pairs.n > n_before)
        tallies[i] = (struct hc_warning_tally){0};
    return &tallies[i];
}

__attribute__((format(printf, 2, 0))) static struct hc_str message_text(struct hc_arena *arena, const char *format,
                                                                        va_list args)
{
    struct hc_buf raw = {0};
    struct hc_buf clean = {0};
    hc_buf_vformat(&raw, format, args);
    hc_buf_utf8_clean(&clean, hc_str_quotable(hc_buf_view(&raw), MESSAGE_BYTES));
    struct hc_str message = raw.failed || clean.failed ? HC_STR_NONE : hc_str_copy(arena, hc_buf_view(&clean));
    hc_buf_free(&raw);
    hc_buf_free(&clean);
    return message;
}

static void keep(struct hc_warnings *warnings, struct hc_warning_tally *tally, const struct hc_warning *warning)
{
    struct hc_warning *items = hc_arena_grow(warnings->arena, warnings->items, warnings->n, warnings->n + 1,
                                             &warnings->capacity, sizeof *items);
    if (!items)
        return;
    warnings->items = items;
    items[warnings->n] = *warning;
    tally->n_kept++;
    tally->last = warnings->n++;
}

void hc_warnings_add(struct hc_warnings *warnings, const char *code, struct hc_str member, long line,
                     const char *format, ...)
{
    struct hc_warning_tally *tally = tally_of(warnings, hc_str_of(code), member);
    if (!tally)
        return;
    if (tally->n_kept == HC_WARNINGS_KEPT) {
        warnings->items[tally->last].n_more++;
        return;
    }
    struct hc_warning warning = {.line = line, .code = hc_str_copy(warnings->arena, hc_str_of(code))};
    warning.member = hc_str_copy(warnings->arena, member);
    va_list args;
    va_start(args, format);
    warning.message = message_text(warnings->arena, format, args);
    va_end(args);
    if (warning.code.p && warning.message.p && (warning.member.p || !member.p))
        keep(warnings, tally, &warning);
}

static int compare(const void *left, const void *right)
{
    const struct hc_warning *a = left;
    const struct hc_warning *b = right;
    int order = hc_str_compare(a->member, b->member);
    if (order == 0)
        order = (a->line > b->line) - (a->line < b->line);
    if (order == 0)
        order = hc_str_compare(a->code, b->code);
    return order != 0 ? order : hc_str_compare(a->message, b->message);
}

void hc_warnings_sort(struct hc_warnings *warnings)
{
    if (warnings->n == 0)
        return;
    qsort(warnings->items, warnings->n, sizeof *warnings->items, compare);
    /* The count moves to the one that now stands last, whichever came last. */
    for (size_t i = 0; i < warnings->n; i++) {
        struct hc_warning *item = &warnings->items[i];
        struct hc_warning_tally *tally = tally_of(warnings, item->code, item->member);
        if (!tally)
            continue;
        tally->n_kept = 0;
        tally->last = i;
    }
    for (size_t i = 0; i < warnings->n; i++) {
        struct hc_warning *item = &warnings->items[i];
        struct hc_warning_tally *tally = tally_of(warnings, item->code, item->member);
        if (!tally)
            continue;
        tally->n_kept++;
        size_t n_more = item->n_more;
        item->n_more = 0;
        warnings->items[tally->last].n_more += n_more;
    }
}
