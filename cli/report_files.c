/* The files of reports. */
#include <sys/stat.h>

#include "cli/calibration.h"
#include "cli/report.h"
#include "cli/trend.h"

const char *hc_report_ending(enum hc_report_format format)
{
    return format == HC_REPORT_HTML ? "html" : "md";
}

bool hc_report_has(const struct hc_report *report, enum hc_report_format format)
{
    return format == HC_REPORT_HTML ? report->html : report->markdown;
}

/* Does the file hold these bytes already? */
static bool holds(const char *path, struct hc_str bytes)
{
    struct stat there;
    char block[1 << 16];
    size_t at = 0, n = 0;
    if (stat(path, &there) != 0 || (uint64_t)there.st_size != bytes.n)
        return false;
    FILE *file = fopen(path, "rb");
    bool same = file != NULL;
    while (same && at < bytes.n && (n = fread(block, 1, sizeof block, file)) > 0) {
        same = n <= bytes.n - at && memcmp(block, bytes.p + at, n) == 0;
        at += n;
    }
    if (file)
        fclose(file);
    return same && at == bytes.n;
}

static enum hc_status put_file(struct hc_report *report, const char *path, struct hc_str bytes, struct hc_err *err)
{
    if (report->renews && holds(path, bytes)) {
        report->n_kept++;
        return HC_OK;
    }
    const enum hc_status status = hc_file_write(path, bytes, err);
    report->n_written += status == HC_OK;
    return status;
}

enum hc_status hc_report_put(struct hc_report *report, struct hc_str stem, hc_render_fn render, const void *what,
                             struct hc_report_sizes *sizes, struct hc_err *err)
{
    enum hc_status status = report->made ? HC_OK : hc_directory_make(report->directory, err);
    report->made = status == HC_OK;
    for (int format = 0; format < HC_REPORT_FORMATS; format++) {
        struct hc_buf path = {0}, bytes = {0};
        sizes->bytes[format] = HC_REPORT_NO_FILE;
        if (status != HC_OK || !hc_report_has(report, (enum hc_report_format)format))
            continue;
        hc_buf_format(&path, "%s/%.*s.%s", report->directory, HC_STR_ARG(stem),
                      hc_report_ending((enum hc_report_format)format));
        hc_buf_char(&path, '\0');
        status = render(what, (enum hc_report_format)format, &bytes, err);
        if (status == HC_OK && (path.failed || bytes.failed))
            status = hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for a report");
        if (status == HC_OK)
            status = put_file(report, path.p, hc_buf_view(&bytes), err);
        sizes->bytes[format] = bytes.n;
        hc_buf_free(&path);
        hc_buf_free(&bytes);
    }
    return status;
}

static enum hc_status render_calibration(const void *what, enum hc_report_format format, struct hc_buf *out,
                                         struct hc_err *err)
{
    return format == HC_REPORT_HTML ? hc_report_calibration_html(what, out, err)
                                    : hc_report_calibration_markdown(what, out, err);
}

static enum hc_status render_trend(const void *what, enum hc_report_format format, struct hc_buf *out,
                                   struct hc_err *err)
{
    return format == HC_REPORT_HTML ? hc_report_trend_html(what, out, err) : hc_report_trend_markdown(what, out, err);
}

enum hc_status hc_report_calibration(struct hc_report *report, const struct hc_calibration_report *what,
                                     struct hc_report_sizes *sizes, struct hc_err *err)
{
    return hc_report_put(report, HC_STR("calibration"), render_calibration, what, sizes, err);
}

enum hc_status hc_report_trend(struct hc_report *report, const struct hc_trend_report *what,
                               struct hc_report_sizes *sizes, struct hc_err *err)
{
    const struct hc_quarter quarter = what->trend->windows[HC_TREND_NOW].quarter;
    char stem[32];
    snprintf(stem, sizeof stem, "trend-%04dQ%d", quarter.year, quarter.number);
    return hc_report_put(report, hc_str_of(stem), render_trend, what, sizes, err);
}
