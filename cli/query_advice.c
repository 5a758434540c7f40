#include "cli/query_advice.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cli/near.h"

struct views {
    struct hc_view_column *columns;
    size_t n;
};

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool names(struct hc_str sql, struct hc_str view)
{
    for (size_t i = 0; i + view.n <= sql.n; i++) {
        const bool begins = i == 0 || !is_word_byte(sql.p[i - 1]);
        const bool ends = i + view.n == sql.n || !is_word_byte(sql.p[i + view.n]);
        if (begins && ends && hc_str_equal_nocase((struct hc_str){sql.p + i, view.n}, view))
            return true;
    }
    return false;
}

static void add(struct hc_err *err, const char *before, struct hc_str word, const char *after)
{
    const size_t n = strnlen(err->text, sizeof err->text - 1);
    snprintf(err->text + n, sizeof err->text - n, "%s%.*s%s", before, HC_STR_ARG(word), after);
}

static void advise_view(const struct views *views, struct hc_str given, struct hc_err *err)
{
    struct hc_near near = HC_NEAR_NONE;
    for (size_t i = 0; i < views->n; i++)
        hc_near_try(&near, given, views->columns[i].view);
    if (near.word.p)
        add(err, "; did you mean '", near.word, "'?");
    else
        add(err, "; 'hindcast schema' lists the views", HC_STR_NONE, "");
}

static void advise_column(const struct views *views, struct hc_str sql, struct hc_str given, struct hc_err *err)
{
    struct hc_near near = HC_NEAR_NONE;
    const struct hc_view_column *elsewhere = NULL;
    const bool is_qualified = given.p && memchr(given.p, '.', given.n);
    struct hc_str word = given;
    for (size_t i = 0; i < given.n; i++)
        if (given.p[i] == '.')
            word = (struct hc_str){given.p + i + 1, given.n - i - 1};
    for (size_t i = 0; i < views->n; i++) {
        const struct hc_view_column *c = &views->columns[i];
        if (names(sql, c->view))
            hc_near_try(&near, word, c->column);
        else if (!elsewhere && hc_str_equal_nocase(word, c->column))
            elsewhere = c;
    }
    if (near.word.p && near.n_edits) {
        add(err, "; did you mean '", near.word, "'?");
    } else if (elsewhere) {
        add(err, "; the view '", elsewhere->view, "' has one");
    } else {
        add(err, "; 'hindcast schema' lists the views and their columns", HC_STR_NONE, "");
        if (!is_qualified)
            add(err, ", and a text needs single quotes: '", word, "'");
    }
}

void hc_query_advise(struct hc_store *store, struct hc_str sql, struct hc_err *err)
{
    static const char no_table[] = "no such table: ", no_column[] = "no such column: ";
    const bool of_table = strncmp(err->text, no_table, sizeof no_table - 1) == 0;
    char given[sizeof err->text];
    struct views views = {0};
    struct hc_err own = HC_ERR_NONE;
    if (!of_table && strncmp(err->text, no_column, sizeof no_column - 1) != 0)
        return;
    snprintf(given, sizeof given, "%s", err->text + (of_table ? sizeof no_table : sizeof no_column) - 1);
    struct hc_arena *arena = hc_arena_new(0);
    if (arena && hc_store_view_columns(store, arena, &views.columns, &views.n, &own) == HC_OK) {
        if (of_table)
            advise_view(&views, hc_str_of(given), err);
        else
            advise_column(&views, sql, hc_str_of(given), err);
    }
    hc_arena_free(arena);
}
