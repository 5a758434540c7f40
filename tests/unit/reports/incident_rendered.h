/* The report of an incident made by hand, rendered; the caller frees it. */
#ifndef HC_TESTS_UNIT_REPORTS_INCIDENT_RENDERED_H
#define HC_TESTS_UNIT_REPORTS_INCIDENT_RENDERED_H

#include "tests/unit/reports/fixture.h"
#include "tests/unit/reports/rendered.h"

static inline char *html_of(const struct fixture *f)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_incident_html(&f->report, &out, &err), HC_OK);
    return text_of(&out);
}

static inline char *markdown_of(const struct fixture *f)
{
    struct hc_buf out = {0};
    struct hc_err err = HC_ERR_NONE;
    assert_int_equal(hc_report_incident_markdown(&f->report, &out, &err), HC_OK);
    return text_of(&out);
}

#endif
