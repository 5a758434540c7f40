/* A post-mortem written by hand: any bytes give findings that stand in the document. */
#include "reports/lint/lint.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_str bytes = {(const char *)data, size};
    struct hc_lint lint = {0};
    struct hc_err err = HC_ERR_NONE;
    struct hc_buf out = {0};
    enum hc_status status = hc_lint_run(&lint, bytes, "srebook", &hc_lint_example, arena, &err);
    fuzz_status(status, &err);
    HOLDS(status == HC_OK);
    for (size_t i = 0; i < lint.n; i++) {
        const struct hc_lint_finding *f = &lint.findings[i];
        HOLDS(hc_lint_rule_of(f->rule) != NULL);
        HOLDS(f->line >= 1 && f->line <= hc_str_count(bytes, '\n') + 1 && f->column >= 1);
        HOLDS(f->end_line > f->line || (f->end_line == f->line && f->end_column > f->column));
        HOLDS(fuzz_is_text(f->says) && fuzz_is_text(f->right));
    }
    hc_lint_put_text(&out, &lint, "a.md");
    hc_lint_put_sarif(&out, &lint, &hc_lint_example, "a.md");
    HOLDS(!out.failed);
    hc_buf_free(&out);
    hc_arena_free(arena);
    return 0;
}
