#include <stdarg.h>

#include "base/time.h"
#include "datasets/generator/generator.h"

struct hc_buf *gen_bundle_add(struct gen_bundle *bundle, const char *format, ...)
{
    va_list args;
    if (bundle->n == bundle->capacity) {
        size_t capacity = bundle->capacity ? 2 * bundle->capacity : 64;
        struct gen_file *grown = realloc(bundle->files, capacity * sizeof *grown);
        if (!grown) {
            bundle->failed = true;
            return NULL;
        }
        bundle->files = grown;
        bundle->capacity = capacity;
    }
    struct gen_file *file = &bundle->files[bundle->n++];
    *file = (struct gen_file){0};
    va_start(args, format);
    vsnprintf(file->path, sizeof file->path, format, args);
    va_end(args);
    return &file->bytes;
}

void gen_bundle_free(struct gen_bundle *bundle)
{
    for (size_t i = 0; i < bundle->n; i++)
        hc_buf_free(&bundle->files[i].bytes);
    free(bundle->files);
    *bundle = (struct gen_bundle){0};
}

void gen_time_text(struct hc_buf *out, int64_t ns, int digits, char separator, const char *zone)
{
    struct hc_civil c;
    hc_civil_from_time(ns, &c);
    hc_buf_format(out, "%04d-%02d-%02d%c%02d:%02d:%02d", c.year, c.month, c.day, separator, c.hour, c.minute, c.second);
    if (digits == 3)
        hc_buf_format(out, "%c%03d", separator == ' ' ? ',' : '.', c.nanosecond / 1000000);
    hc_buf_text(out, zone);
}
