#include "base/json.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/number.h"

/* yajl writes through what its allocator returns without looking, so running out of memory leaves
 * it by longjmp. Its memory is given back at the end of the text, all at once. The first requests
 * come from `pool`: a log line costs no malloc. */
struct memory_block {
    struct memory_block *next;
    size_t size;
    _Alignas(16) char bytes[];
};

#define POOL_BYTES 4096

struct frame {
    struct hc_json *node;
    struct hc_json *last;
};

struct reader {
    struct hc_arena *arena;
    struct hc_json *root;
    struct hc_str key;
    struct frame frames[HC_JSON_DEPTH];
    int depth;
    bool too_deep;
    bool no_memory;
    bool bad_text;
    size_t n_valid; /* bytes before what is wrong */
    bool cut_short; /* all of them were read, and more was to come */
    struct memory_block *blocks;
    jmp_buf out_of_memory;
    size_t n_pool;
    _Alignas(16) char pool[POOL_BYTES];
};

static void *memory_new(void *context, size_t size)
{
    struct reader *reader = context;
    struct memory_block *block = NULL;
    size_t total;
    if (!hc_size_add(size, sizeof *block, &total)) {
        block = NULL;
    } else if (total <= POOL_BYTES - reader->n_pool) {
        block = (struct memory_block *)(void *)(reader->pool + reader->n_pool);
        reader->n_pool += (total + 15) & ~(size_t)15;
        block->size = size;
        return block->bytes;
    } else {
        block = malloc(total);
    }
    if (!block) {
        reader->no_memory = true;
        longjmp(reader->out_of_memory, 1);
    }
    *block = (struct memory_block){.next = reader->blocks, .size = size};
    reader->blocks = block;
    return block->bytes;
}

static void memory_free(void *context, void *p)
{
    (void)context;
    (void)p;
}

static void *memory_grow(void *context, void *old, size_t size)
{
    if (!old)
        return memory_new(context, size);
    size_t n_old = ((struct memory_block *)(void *)((char *)old - offsetof(struct memory_block, bytes)))->size;
    if (size <= n_old)
        return old;
    void *p = memory_new(context, size);
    memcpy(p, old, n_old);
    return p;
}

static struct hc_json *add_node(struct reader *reader, enum hc_json_type type)
{
    struct hc_json *node = hc_arena_calloc(reader->arena, 1, sizeof *node);
    if (!node) {
        reader->no_memory = true;
        return NULL;
    }
    node->type = type;
    node->key = reader->key;
    reader->key = HC_STR_NONE;
    if (reader->depth == 0) {
        reader->root = node;
        return node;
    }
    struct frame *frame = &reader->frames[reader->depth - 1];
    if (frame->last)
        frame->last->next = node;
    else
        frame->node->first_child = node;
    frame->last = node;
    frame->node->n_children++;
    return node;
}

static bool copy_text(struct reader *reader, struct hc_str *out, const void *bytes, size_t n)
{
    struct hc_str text = {n > 0 ? bytes : "", n};
    /* yajl lets overlong forms and surrogates pass. */
    reader->bad_text = hc_utf8_valid_prefix(text) != n;
    if (reader->bad_text)
        return false;
    *out = hc_str_copy(reader->arena, text);
    reader->no_memory = !out->p;
    return out->p != NULL;
}

static int on_null(void *context)
{
    return add_node(context, HC_JSON_NULL) != NULL;
}

static int on_bool(void *context, int value)
{
    struct hc_json *node = add_node(context, HC_JSON_BOOL);
    if (node)
        node->text = value ? HC_STR("true") : HC_STR("false");
    return node != NULL;
}

static int on_number(void *context, const char *text, size_t n)
{
    struct hc_json *node = add_node(context, HC_JSON_NUMBER);
    return node && copy_text(context, &node->text, text, n);
}

static int on_string(void *context, const unsigned char *text, size_t n)
{
    struct hc_json *node = add_node(context, HC_JSON_STRING);
    return node && copy_text(context, &node->text, text, n);
}

static int on_key(void *context, const unsigned char *text, size_t n)
{
    struct reader *reader = context;
    return copy_text(reader, &reader->key, text, n);
}

static int open_node(struct reader *reader, enum hc_json_type type)
{
    reader->too_deep = reader->depth == HC_JSON_DEPTH;
    struct hc_json *node = reader->too_deep ? NULL : add_node(reader, type);
    if (!node)
        return 0;
    reader->frames[reader->depth++] = (struct frame){.node = node};
    return 1;
}

static int on_open_object(void *context)
{
    return open_node(context, HC_JSON_OBJECT);
}

static int on_open_array(void *context)
{
    return open_node(context, HC_JSON_ARRAY);
}

static int on_close(void *context)
{
    struct reader *reader = context;
    reader->depth--;
    return 1;
}

static enum hc_status failure(struct reader *reader, yajl_handle handle, struct hc_str bytes, struct hc_err *err)
{
    if (reader->too_deep)
        return hc_err_set(err, HC_FAIL, "json-limit", "nested deeper than %d", HC_JSON_DEPTH);
    if (reader->no_memory && hc_arena_exceeded(reader->arena))
        return hc_err_set(err, HC_FAIL, "json-limit", "needs more memory than the limit");
    if (reader->no_memory || !handle)
        return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory to read JSON");
    size_t at = reader->cut_short ? bytes.n : yajl_get_bytes_consumed(handle);
    reader->n_valid = at;
    if (reader->bad_text)
        return hc_err_set(err, HC_FAIL, "json-syntax", "text that is not UTF-8, at byte %zu", at);
    unsigned char *message = yajl_get_error(handle, 0, (const unsigned char *)bytes.p, bytes.n);
    struct hc_str text = hc_str_trim(hc_str_of((const char *)message));
    enum hc_status status = hc_err_set(err, HC_FAIL, "json-syntax", "%.*s, at byte %zu", HC_STR_ARG(text), at);
    yajl_free_error(handle, message);
    return status;
}

/* yajl lets a string pass that begins behind the value and does not end. */
static enum hc_status refuse_rest(struct reader *reader, struct hc_str bytes, struct hc_err *err)
{
    size_t end = hc_json_value_end(bytes);
    if (hc_str_trim((struct hc_str){bytes.p + end, bytes.n - end}).n == 0)
        return HC_OK;
    reader->n_valid = end;
    return hc_err_set(err, HC_FAIL, "json-syntax", "more than one value, at byte %zu", end);
}

/* Without a tree only the depth is looked at. */
static int on_open(void *context)
{
    struct reader *reader = context;
    reader->too_deep = reader->depth == HC_JSON_DEPTH;
    reader->depth += !reader->too_deep;
    return !reader->too_deep;
}

static const yajl_callbacks tree = {
    .yajl_null = on_null,
    .yajl_boolean = on_bool,
    .yajl_number = on_number,
    .yajl_string = on_string,
    .yajl_start_map = on_open_object,
    .yajl_map_key = on_key,
    .yajl_end_map = on_close,
    .yajl_start_array = on_open_array,
    .yajl_end_array = on_close,
};

static int on_text(void *context, const unsigned char *text, size_t n)
{
    struct reader *reader = context;
    reader->bad_text = hc_utf8_valid_prefix((struct hc_str){n > 0 ? (const char *)text : "", n}) != n;
    return !reader->bad_text;
}

static const yajl_callbacks no_tree = {
    .yajl_start_map = on_open, .yajl_end_map = on_close, .yajl_start_array = on_open, .yajl_end_array = on_close};

static const yajl_callbacks no_tree_of_escapes = {.yajl_string = on_text,
                                                  .yajl_start_map = on_open,
                                                  .yajl_map_key = on_text,
                                                  .yajl_end_map = on_close,
                                                  .yajl_start_array = on_open,
                                                  .yajl_end_array = on_close};

/* Texts can hold what their bytes do not where characters are escaped. */
static const yajl_callbacks *without_tree(struct hc_str bytes)
{
    return bytes.n > 0 && memmem(bytes.p, bytes.n, "\\u", 2) != NULL ? &no_tree_of_escapes : &no_tree;
}

/* yajl's own part, apart from the rest so that no local of the caller lives across the longjmp. */
static enum hc_status run_yajl(struct reader *reader, struct hc_str bytes, struct hc_err *err)
{
    yajl_alloc_funcs memory = {memory_new, memory_grow, memory_free, reader};
    if (setjmp(reader->out_of_memory) != 0)
        return failure(reader, NULL, bytes, err);
    yajl_handle handle = yajl_alloc(reader->arena ? &tree : without_tree(bytes), &memory, reader);
    yajl_status state = yajl_parse(handle, (const unsigned char *)bytes.p, bytes.n);
    reader->cut_short = state == yajl_status_ok;
    if (reader->cut_short)
        state = yajl_complete_parse(handle);
    enum hc_status status = HC_OK;
    if (state != yajl_status_ok || (reader->arena && !reader->root))
        status = failure(reader, handle, bytes, err);
    if (reader->cut_short)
        reader->n_valid = bytes.n;
    if (status == HC_OK)
        status = refuse_rest(reader, bytes, err);
    yajl_free(handle);
    return status;
}

static enum hc_status run(struct reader *reader, struct hc_str bytes, struct hc_arena *arena, struct hc_err *err)
{
    if (hc_str_starts(bytes, HC_STR("\xef\xbb\xbf"))) {
        bytes.p += 3;
        bytes.n -= 3;
    }
    if (hc_str_trim(bytes).n == 0)
        return hc_err_set(err, HC_FAIL, "json-syntax", "no value");
    reader->arena = arena;
    reader->root = NULL;
    reader->key = HC_STR_NONE;
    reader->depth = 0;
    reader->too_deep = false;
    reader->no_memory = false;
    reader->bad_text = false;
    reader->cut_short = false;
    reader->n_valid = 0;
    reader->blocks = NULL;
    reader->n_pool = 0;
    enum hc_status status = run_yajl(reader, bytes, err);
    while (reader->blocks) {
        struct memory_block *block = reader->blocks;
        reader->blocks = block->next;
        free(block);
    }
    return status;
}

enum hc_status hc_json_parse(const struct hc_json **root, struct hc_str bytes, struct hc_arena *arena,
                             struct hc_err *err)
{
    struct reader reader;
    enum hc_status status = run(&reader, bytes, arena, err);
    if (status == HC_OK)
        *root = reader.root;
    return status;
}

enum hc_status hc_json_check(struct hc_str bytes, size_t *n_valid, struct hc_err *err)
{
    struct reader reader = {.n_valid = 0};
    size_t n_text = hc_utf8_valid_prefix(bytes);
    enum hc_status status = run(&reader, bytes, NULL, err);
    *n_valid = status == HC_OK ? bytes.n : reader.n_valid < bytes.n ? reader.n_valid : bytes.n;
    if (n_text < *n_valid || (status == HC_OK && n_text < bytes.n)) {
        *n_valid = n_text;
        return hc_err_set(err, HC_FAIL, "json-syntax", "text that is not UTF-8, at byte %zu", n_text);
    }
    return status;
}

const struct hc_json *hc_json_get(const struct hc_json *object, const char *key)
{
    const struct hc_json *found = NULL;
    if (!object || object->type != HC_JSON_OBJECT)
        return NULL;
    struct hc_str name = hc_str_of(key);
    for (const struct hc_json *child = object->first_child; child; child = child->next) {
        if (hc_str_equal(child->key, name))
            found = child;
    }
    return found;
}

struct hc_str hc_json_text(const struct hc_json *object, const char *key)
{
    const struct hc_json *member = hc_json_get(object, key);
    if (!member || (member->type != HC_JSON_STRING && member->type != HC_JSON_NUMBER))
        return HC_STR_NONE;
    return member->text;
}
