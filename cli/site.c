/* `report site`: every incident's report and the pages between them, of which only those are written whose bytes are other
 * than those that stand there. */
#include "cli/site.h"

#include <math.h>
#include <unistd.h>

#include "base/arena.h"

static enum hc_status no_memory(struct hc_err *err)
{
    return hc_err_set(err, HC_FATAL, "out-of-memory", "no memory for the site");
}

/* Files that are, or come to be, the site's; of what length is not said yet. */
static struct hc_report_sizes claimed(const struct hc_report *report, const struct hc_site_line *old)
{
    struct hc_report_sizes sizes;
    for (int format = 0; format < HC_REPORT_FORMATS; format++)
        sizes.bytes[format] = hc_report_has(report, (enum hc_report_format)format) ? 0
                              : old                                                ? old->said.sizes.bytes[format]
                                                                                   : HC_REPORT_NO_FILE;
    return sizes;
}

/* What the last run wrote of an incident of the same key stands; all else is to be made. */
static enum hc_status find_stale(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_report *report = run->report;
    const struct hc_session *session = report->session;
    for (size_t i = 0; i < session->n_briefs; i++) {
        struct hc_site_line *line = &run->incidents[i];
        line->stem = hc_report_file(session->briefs[i].id, run->arena);
        if (!line->stem.p)
            return no_memory(err);
        const struct hc_site_line *old = hc_site_manifest_find(&run->old, line->stem);
        run->stale[i] = !old || !old->key.p || !hc_str_equal(old->key, line->key) || !hc_site_line_stands(old, report);
        line->said = old ? old->said : (struct hc_report_said){.probability = NAN};
        report->n_kept += run->stale[i] ? 0 : (size_t)report->html + report->markdown;
    }
    return HC_OK;
}

/* ---- the manifest ------------------------------------------------------------------------------------------ */

static enum hc_status claim(struct hc_site_manifest *plan, struct hc_site_run *run, struct hc_str stem,
                            struct hc_err *err)
{
    const struct hc_site_line *old = hc_site_manifest_find(&run->old, stem);
    return hc_site_manifest_add(plan, (struct hc_site_line){.stem = stem, .said.sizes = claimed(run->report, old)},
                                err);
}

/* Before a file is touched the manifest says so: of what is to be made nothing is vouched for, and what may come to be is the
 * site's, so that a run that is killed leaves nothing that the next one takes for good, or for somebody else's. */
static enum hc_status announce(struct hc_site_run *run, const struct hc_site *site, struct hc_err *err)
{
    struct hc_site_manifest plan = {.arena = run->arena};
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < run->report->session->n_briefs; i++)
        status = run->stale[i] ? claim(&plan, run, run->incidents[i].stem, err)
                               : hc_site_manifest_add(&plan, run->incidents[i], err);
    for (size_t i = 0; status == HC_OK && site && i < hc_site_pages(site); i++)
        status = claim(&plan, run, hc_site_page(site, i), err);
    for (size_t i = 0; status == HC_OK && i < run->n_others; i++)
        status = claim(&plan, run, run->others[i], err);
    hc_site_manifest_sort(&plan);
    const size_t n = plan.n;
    for (size_t i = 0; status == HC_OK && i < run->old.n; i++) {
        const struct hc_site_manifest planned = {.lines = plan.lines, .n = n};
        struct hc_site_line line = run->old.lines[i];
        line.key = HC_STR_NONE;
        if (!hc_site_manifest_find(&planned, line.stem))
            status = hc_site_manifest_add(&plan, line, err);
    }
    hc_site_manifest_sort(&plan);
    return status == HC_OK ? hc_site_manifest_write(&plan, run->report->directory, err) : status;
}

static enum hc_status finish(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_report *report = run->report;
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < report->session->n_briefs; i++)
        status = hc_site_manifest_add(&run->now, run->incidents[i], err);
    if (status != HC_OK)
        return status;
    hc_site_manifest_sort(&run->now);
    report->n_removed = hc_site_manifest_sweep(&run->old, &run->now, report->directory);
    return hc_site_manifest_write(&run->now, report->directory, err);
}

/* ---- pages ------------------------------------------------------------------------------------------------- */

static void fill_entry(struct hc_site_entry *entry, const struct hc_incident_brief *b,
                       const struct hc_report_said *said)
{
    *entry = (struct hc_site_entry){
        .id = b->id,
        .title = b->title,
        .service = b->service,
        .started = b->started,
        .said = said->cause,
        .probability = said->probability,
        .found = {b->category, b->cause, b->component},
        .on_record = b->has_outcome,
        .known = b->confirmed,
    };
}

static enum hc_status make_site(struct hc_site **out, struct hc_site_input *in, struct hc_site_run *run,
                                struct hc_err *err)
{
    const struct hc_session *session = run->report->session;
    struct hc_site_entry *entries = hc_arena_calloc(run->arena, session->n_briefs, sizeof *entries);
    struct hc_word_set *words = NULL;
    struct hc_site_table *quality = NULL;
    if (!entries)
        return no_memory(err);
    for (size_t i = 0; i < session->n_briefs; i++)
        fill_entry(&entries[i], &session->briefs[i], &run->incidents[i].said);
    *in = (struct hc_site_input){.entries = entries,
                                 .n_entries = session->n_briefs,
                                 .trends = run->quarters,
                                 .n_trends = run->n_quarters,
                                 .n_trends_left = run->n_quarters_left,
                                 .links = run->links};
    enum hc_status status = hc_site_load_words(&words, run, err);
    in->words = words;
    if (status == HC_OK)
        status = hc_site_load_quality(&quality, &in->n_quality, run, err);
    in->quality = quality;
    return status == HC_OK ? hc_site_make(out, in, run->arena, err) : status;
}

struct page {
    const struct hc_site *site;
    size_t number;
};

static enum hc_status render_page(const void *what, enum hc_report_format format, struct hc_buf *out,
                                  struct hc_err *err)
{
    const struct page *page = what;
    return format == HC_REPORT_HTML ? hc_site_html(page->site, page->number, out, err)
                                    : hc_site_markdown(page->site, page->number, out, err);
}

static enum hc_status put_pages(struct hc_site_run *run, const struct hc_site *site, struct hc_err *err)
{
    enum hc_status status = HC_OK;
    for (size_t i = 0; status == HC_OK && i < hc_site_pages(site); i++) {
        const struct page page = {site, i};
        struct hc_site_line line = {.stem = hc_site_page(site, i)};
        status = hc_report_put(run->report, line.stem, render_page, &page, &line.said.sizes, err);
        if (status == HC_OK)
            status = hc_site_manifest_add(&run->now, line, err);
    }
    return status;
}

/* ---- the run ----------------------------------------------------------------------------------------------- */

/* Before the manifest is read, until the last file is written: two runs at once would each vouch for the other's files. */
static enum hc_status take_directory(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_report *report = run->report;
    enum hc_status status = hc_directory_make(report->directory, err);
    report->made = status == HC_OK;
    if (status == HC_OK)
        status = hc_directory_lock(&run->lock, report->directory, err);
    if (status == HC_OK)
        hc_directory_tidy(report->directory);
    return status;
}

static enum hc_status prepare(struct hc_site_run *run, struct hc_err *err)
{
    struct hc_session *session = run->report->session;
    run->incidents = hc_arena_calloc(run->arena, session->n_briefs, sizeof *run->incidents);
    run->stale = hc_arena_calloc(run->arena, session->n_briefs, sizeof *run->stale);
    if (!run->incidents || !run->stale)
        return no_memory(err);
    enum hc_status status = hc_session_learn_past(session, err);
    if (status == HC_OK)
        status = hc_session_load_compared(session, err);
    if (status == HC_OK)
        status = hc_site_find_trends(run, err);
    if (status == HC_OK)
        status = take_directory(run, err);
    if (status == HC_OK)
        status = hc_site_manifest_read(&run->old, run->report->directory, run->arena, err);
    if (status == HC_OK)
        status = hc_site_make_keys(run, err);
    return status == HC_OK ? find_stale(run, err) : status;
}

enum hc_status hc_report_site(struct hc_report *report, struct hc_err *err)
{
    struct hc_site_run run = {.report = report, .arena = report->session->arena, .lock = -1};
    struct hc_site *site = NULL;
    struct hc_site_input in;
    run.now.arena = run.arena;
    report->in_site = &run.links;
    report->renews = true;
    enum hc_status status = prepare(&run, err);
    if (status == HC_OK)
        status = announce(&run, NULL, err);
    if (status == HC_OK)
        status = hc_site_put_incidents(&run, err);
    if (status == HC_OK)
        status = make_site(&site, &in, &run, err);
    if (status == HC_OK)
        status = announce(&run, site, err);
    if (status == HC_OK)
        status = hc_site_put_others(&run, err);
    if (status == HC_OK)
        status = put_pages(&run, site, err);
    if (status == HC_OK)
        status = finish(&run, err);
    if (run.lock >= 0)
        close(run.lock);
    return status;
}
