/* JSON: what is read and written again reads as the same. */
#include "base/json.h"
#include "tests/fuzz/fuzz.h"

static void write_value(struct hc_json_writer *w, const struct hc_json *value)
{
    switch (value->type) {
    case HC_JSON_NULL:
        hc_json_null(w);
        return;
    case HC_JSON_BOOL:
        hc_json_bool(w, hc_str_is(value->text, "true"));
        return;
    case HC_JSON_NUMBER: /* its text is judged by fuzz-text */
    case HC_JSON_STRING:
        hc_json_string(w, value->text);
        return;
    case HC_JSON_ARRAY:
        hc_json_open_array(w);
        for (const struct hc_json *child = value->first_child; child; child = child->next)
            write_value(w, child);
        hc_json_close_array(w);
        return;
    case HC_JSON_OBJECT:
        break;
    }
    hc_json_open_object(w);
    for (const struct hc_json *child = value->first_child; child; child = child->next) {
        HOLDS(fuzz_is_utf8(child->key));
        hc_json_string(w, HC_STR("member"));
        w->after_key = true;
        hc_buf_char(w->out, ':');
        write_value(w, child);
    }
    hc_json_close_object(w);
}

static bool same(const struct hc_json *a, const struct hc_json *b)
{
    if (a->n_children != b->n_children || !hc_str_equal(a->text, b->text))
        return false;
    const struct hc_json *y = b->first_child;
    for (const struct hc_json *x = a->first_child; x; x = x->next, y = y->next)
        if (!y || !same(x, y))
            return false;
    return y == NULL;
}

/* Without a tree the same is found. */
static void walk(struct hc_str text, const struct hc_json *tree, struct hc_arena *arena)
{
    struct hc_json_walk walk_of = hc_json_walk_of(text);
    if (tree->type == HC_JSON_STRING || tree->type == HC_JSON_NUMBER || tree->type == HC_JSON_BOOL)
        HOLDS(hc_str_equal(hc_json_plain(text, arena), tree->text));
    for (const struct hc_json *child = tree->first_child; child; child = child->next) {
        HOLDS(hc_json_walk_next(&walk_of));
        walk(walk_of.value, child, arena);
    }
    HOLDS(!hc_json_walk_next(&walk_of));
}

/* What is cut short is walked to its end. */
static void walk_prefix(struct hc_str text, int depth)
{
    struct hc_json_walk walk_of = hc_json_walk_of(text);
    while (hc_json_walk_next(&walk_of)) {
        HOLDS(walk_of.value.p >= text.p && walk_of.value.p + walk_of.value.n <= text.p + text.n);
        if (depth <= HC_JSON_DEPTH)
            walk_prefix(walk_of.value, depth + 1);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    const struct hc_json *root = NULL, *again = NULL;
    enum hc_status status = hc_json_parse(&root, (struct hc_str){(const char *)data, size}, arena, &err);
    fuzz_status(status, &err);
    size_t n_valid = 0;
    HOLDS(hc_json_check((struct hc_str){(const char *)data, size}, &n_valid, &err) == status && n_valid <= size);
    walk_prefix((struct hc_str){(const char *)data, n_valid}, 0);
    if (status == HC_OK) {
        struct hc_str text = {(const char *)data, size};
        walk(hc_str_starts(text, HC_STR("\xEF\xBB\xBF")) ? (struct hc_str){text.p + 3, text.n - 3} : text, root, arena);
        struct hc_buf out = {0};
        struct hc_json_writer w = {.out = &out};
        write_value(&w, root);
        HOLDS(!out.failed && hc_json_parse(&again, hc_buf_view(&out), arena, &err) == HC_OK);
        HOLDS(same(root, again));
        (void)hc_json_get(root, "a");
        (void)hc_json_text(root, "a");
        hc_buf_free(&out);
    }
    hc_arena_free(arena);
    return 0;
}
