/* The template miner on shapes as given, one a line: its result does not depend on their order. */
#include "ingest/normalize/templates.h"
#include "tests/fuzz/fuzz.h"

#define MOST 512

static size_t split(struct hc_str bytes, struct hc_names *shapes)
{
    while (bytes.n > 0 && shapes->n < MOST) {
        const char *newline = memchr(bytes.p, '\n', bytes.n);
        size_t n = newline ? (size_t)(newline - bytes.p) : bytes.n;
        struct hc_str line = {bytes.p, n};
        if (fuzz_is_text(line))
            hc_names_add(shapes, line);
        n += newline ? 1 : 0;
        bytes = (struct hc_str){bytes.p + n, bytes.n - n};
    }
    return shapes->n;
}

static const struct hc_parted *cut_once(struct hc_str shape, struct hc_arena *arena)
{
    struct hc_parted *parted = hc_arena_alloc(arena, sizeof *parted);
    HOLDS(parted != NULL && hc_parted_of(shape, arena, parted));
    return parted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_names shapes;
    uint32_t one[MOST], two[MOST];
    struct hc_str back[MOST];
    struct hc_template *templates = NULL, *templates_back = NULL;
    const struct hc_parted *cut[MOST] = {NULL};
    size_t n_templates = 0, n_back = 0;
    hc_names_init(&shapes, arena);
    size_t n = split((struct hc_str){(const char *)data, size}, &shapes);
    for (size_t i = 0; i < n; i++) {
        back[i] = shapes.items[n - 1 - i];
        cut[i] = i % 3 == 0 ? cut_once(back[i], arena) : NULL; /* some were cut before: it does not show */
    }
    HOLDS(hc_templates_mine(&(struct hc_mined_shapes){shapes.items, NULL, n}, one, &templates, &n_templates, arena,
                            &err) == HC_OK);
    HOLDS(hc_templates_mine(&(struct hc_mined_shapes){back, cut, n}, two, &templates_back, &n_back, arena, &err) ==
          HC_OK);
    HOLDS(n_templates == n_back);
    for (size_t i = 0; i < n; i++)
        HOLDS(one[i] == two[n - 1 - i]);
    for (size_t i = 0; i < n_templates; i++)
        HOLDS(hc_str_equal(templates[i].text, templates_back[i].text));
    hc_arena_free(arena);
    return 0;
}
