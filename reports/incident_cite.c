/* Where a number comes from: the query or the command that gives exactly it. */
#include "reports/incident_parts.h"

#define LITERAL_BYTES 200 /* a longer text is no condition of a query that is read */

static struct hc_str sql_literal(struct hc_report_parts *parts, struct hc_str text)
{
    struct hc_buf quoted = {0};
    if (!text.p)
        return HC_STR("NULL");
    for (size_t i = 0; i < text.n; i++) {
        hc_buf_char(&quoted, text.p[i]);
        if (text.p[i] == '\'')
            hc_buf_char(&quoted, '\'');
    }
    struct hc_str kept = hc_doc_formatted(parts->doc, "'%.*s'", HC_STR_ARG(hc_buf_view(&quoted)));
    parts->doc->failed |= quoted.failed;
    hc_buf_free(&quoted);
    return kept;
}

struct hc_str hc_cite_view(struct hc_report_parts *parts, const char *columns, const char *view, const char *rest)
{
    if (parts->in->outside)
        return HC_STR_NONE;
    struct hc_str id = sql_literal(parts, parts->in->incident->id);
    return hc_doc_formatted(parts->doc, "SELECT %s FROM %s WHERE incident = %.*s%s", columns, view, HC_STR_ARG(id),
                            rest);
}

struct hc_str hc_cite_past(struct hc_report_parts *parts, struct hc_str id)
{
    struct hc_str quoted = sql_literal(parts, id);
    return hc_doc_formatted(parts->doc,
                            "SELECT at, kind, component, version FROM changes WHERE incident = %.*s ORDER BY at_ns",
                            HC_STR_ARG(quoted));
}

/* ---- the analysis --------------------------------------------------------------------------------------- */

/* As a shell takes it. */
static struct hc_str shell_word(struct hc_report_parts *parts, struct hc_str word)
{
    struct hc_buf quoted = {0};
    bool plain = word.n > 0;
    for (size_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '_' || c == '-');
        if (c == '\'')
            hc_buf_text(&quoted, "'\\''");
        else
            hc_buf_char(&quoted, c);
    }
    struct hc_str kept = plain ? word : hc_doc_formatted(parts->doc, "'%.*s'", HC_STR_ARG(hc_buf_view(&quoted)));
    parts->doc->failed |= quoted.failed;
    hc_buf_free(&quoted);
    return kept;
}

struct hc_str hc_cite_command(struct hc_report_parts *parts)
{
    long long calibration = (long long)parts->in->analysis->calibration;
    struct hc_str what = parts->in->outside ? HC_STR("PATH") : shell_word(parts, parts->in->incident->id);
    if (calibration == 0) /* the expert prior, whatever was learned since: nothing was by then */
        return hc_doc_formatted(parts->doc, "hindcast analyze --json --as-of 1970-01-01 %.*s", HC_STR_ARG(what));
    return hc_doc_formatted(parts->doc, "hindcast analyze --json --calibration %lld %.*s", calibration,
                            HC_STR_ARG(what));
}

struct hc_str hc_cite_similar(struct hc_report_parts *parts)
{
    struct hc_str what = parts->in->outside ? HC_STR("PATH") : shell_word(parts, parts->in->incident->id);
    return hc_doc_formatted(parts->doc, "hindcast similar --json %.*s", HC_STR_ARG(what));
}

struct hc_str hc_cite_penalties(struct hc_report_parts *parts)
{
    long long calibration = (long long)parts->in->analysis->calibration;
    if (calibration == 0)
        return HC_STR_NONE;
    return hc_doc_formatted(parts->doc,
                            "SELECT missing, points, low, high, incidents FROM penalties WHERE calibration = %lld",
                            calibration);
}

struct hc_str hc_cite_analysis(struct hc_report_parts *parts, const char *columns, const char *view, const char *rest)
{
    long long calibration = (long long)parts->in->analysis->calibration;
    if (!parts->in->stored || parts->in->outside)
        return hc_cite_command(parts);
    struct hc_str which = calibration == 0 ? HC_STR(" AND calibration IS NULL")
                                           : hc_doc_formatted(parts->doc, " AND calibration = %lld", calibration);
    struct hc_str both = hc_doc_formatted(parts->doc, "%.*s%s", HC_STR_ARG(which), rest);
    return both.p ? hc_cite_view(parts, columns, view, both.p) : HC_STR_NONE;
}

struct hc_str hc_cite_hypotheses(struct hc_report_parts *parts)
{
    return hc_cite_analysis(parts, "rank, category, cause, component, probability, status", "hypotheses",
                            " ORDER BY rank");
}

struct hc_str hc_cite_sum(struct hc_report_parts *parts, const char *condition)
{
    return hc_cite_analysis(parts, "sum(probability)", "hypotheses", condition);
}

struct hc_str hc_cite_rest(struct hc_report_parts *parts)
{
    struct hc_str condition = hc_doc_formatted(parts->doc, " AND rank > %zu", parts->facts.n_shown);
    return condition.p ? hc_cite_sum(parts, condition.p) : HC_STR_NONE;
}

struct hc_str hc_cite_unexplained(struct hc_report_parts *parts)
{
    return hc_cite_analysis(parts, "1 - sum(probability)", "hypotheses", "");
}

struct hc_str hc_cite_weights(struct hc_report_parts *parts)
{
    return hc_cite_analysis(parts, "hypothesis, evidence, direction, weight, text", "evidence", "");
}

struct hc_str hc_cite_doubt(struct hc_report_parts *parts, bool same_component, bool same_category, bool same_cause)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_hypothesis *leading = parts->facts.leading;
    struct hc_str component = sql_literal(parts, leading->component);
    struct hc_str category = sql_literal(parts, leading->category), cause = sql_literal(parts, leading->cause);
    struct hc_str at = HC_STR("0"), of;
    if (leading->component.p)
        at = hc_doc_formatted(doc, "component IS %.*s", HC_STR_ARG(component));
    if (same_component)
        of = hc_doc_formatted(doc, "category %s %.*s", same_category ? "=" : "<>", HC_STR_ARG(category));
    else
        of = hc_doc_formatted(doc, "%s(category = %.*s AND cause IS %.*s)", same_cause ? "" : "NOT ",
                              HC_STR_ARG(category), HC_STR_ARG(cause));
    struct hc_str condition = hc_doc_formatted(doc, " AND rank > 1 AND %s(%.*s) AND %.*s", same_component ? "" : "NOT ",
                                               HC_STR_ARG(at), HC_STR_ARG(of));
    return condition.p ? hc_cite_sum(parts, condition.p) : HC_STR_NONE;
}

/* ---- lines and events ----------------------------------------------------------------------------------- */

int64_t hc_minute_of(int64_t at_ns)
{
    return at_ns / HC_NS_PER_MINUTE - (at_ns % HC_NS_PER_MINUTE < 0);
}

static const char *say_level(uint8_t level)
{
    static const char *const names[] = {"NULL", "'trace'", "'debug'", "'info'", "'warn'", "'error'", "'fatal'"};
    return names[level < sizeof names / sizeof names[0] ? level : 0];
}

static bool is_counted(const struct hc_report_parts *parts, const struct hc_log_count *count, const struct hc_step *of,
                       uint8_t least_level)
{
    if (!of)
        return count->level >= least_level && count->level != HC_LOG_CAUSE;
    return parts->in->incident->templates[count->template_index].id == of->template_id &&
           count->component == of->component && (count->level == of->level || count->level == HC_LOG_CAUSE);
}

/* Lines that name the cause of a record count as its event does, and not where records are counted. */
static struct hc_str cite_level(const struct hc_report_parts *parts, const struct hc_step *of, uint8_t least_level)
{
    const struct hc_incident *incident = parts->in->incident;
    bool causes = false;
    for (size_t i = 0; i < incident->n_log_counts && !causes; i++)
        causes = incident->log_counts[i].level == HC_LOG_CAUSE;
    if (of)
        return hc_doc_formatted(parts->doc, "%s AND %slevel IS %s%s",
                                of->component == HC_NO_COMPONENT ? " AND component IS NULL" : "", causes ? "(" : "",
                                say_level(of->level), causes ? " OR level IS 'cause')" : "");
    if (least_level > HC_LOG_NONE)
        return HC_STR(" AND level IN ('error', 'fatal')");
    return causes ? HC_STR(" AND level IS NOT 'cause'") : HC_STR("");
}

static struct hc_str cite_lines(struct hc_report_parts *parts, const struct hc_step *of, uint8_t least_level,
                                int64_t first)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    struct hc_str of_what = HC_STR(""), until = HC_STR(""), level = cite_level(parts, of, least_level);
    if (parts->in->outside)
        return HC_STR_NONE;
    if (of) {
        struct hc_str name = sql_literal(parts, hc_say_component(parts, of->component));
        of_what = hc_doc_formatted(doc, ", %.*s, '%016llx'", HC_STR_ARG(name), (unsigned long long)of->template_id);
    }
    if (hc_time_known(incident->window_end))
        until = hc_doc_formatted(doc, " AND at_ns < %lld", (long long)incident->window_end.ns);
    struct hc_str id = sql_literal(parts, incident->id);
    const long long from_ns = first * HC_NS_PER_MINUTE;
    return hc_doc_formatted(doc,
                            "SELECT coalesce(sum(lines), 0) FROM log_minutes(%.*s%.*s) WHERE at_ns >= %lld%.*s%.*s",
                            HC_STR_ARG(id), HC_STR_ARG(of_what), from_ns, HC_STR_ARG(until), HC_STR_ARG(level));
}

struct hc_line_count hc_count_lines(struct hc_report_parts *parts, const struct hc_step *of, uint8_t least_level)
{
    const struct hc_incident *incident = parts->in->incident;
    struct hc_line_count found = {.n = 0};
    int64_t first = hc_minute_of(of ? of->first.at.ns : incident->window_start.ns);
    int64_t end = hc_time_known(incident->window_end) ? incident->window_end.ns : INT64_MAX;
    for (size_t i = 0; i < incident->n_log_counts; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        if (!is_counted(parts, count, of, least_level))
            continue;
        found.place = found.place.member.p ? found.place : (struct hc_source_place){count->first.member, 0};
        for (size_t k = 0; k < count->n_minutes; k++)
            if (count->minute[k] != HC_TIME_NONE_NS && count->minute[k] >= first &&
                count->minute[k] <= hc_minute_of(end - 1))
                found.n += count->lines[k];
    }
    found.sql = cite_lines(parts, of, least_level, first);
    return found;
}

static bool is_plain(struct hc_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < ' ' || text.p[i] > '~')
            return false;
    return text.n > 0 && text.n <= LITERAL_BYTES;
}

struct hc_str hc_cite_events(struct hc_report_parts *parts, const struct hc_step *step)
{
    struct hc_doc *doc = parts->doc;
    const struct hc_incident *incident = parts->in->incident;
    struct hc_str name = hc_say_component(parts, step->component), until = HC_STR("");
    if (parts->in->outside || !is_plain(step->first.text) || (name.p && !is_plain(name)))
        return HC_STR_NONE;
    if (hc_time_known(incident->window_end))
        until = hc_doc_formatted(doc, " AND at_ns <= %lld", (long long)incident->window_end.ns);
    struct hc_str text = sql_literal(parts, step->first.text), literal = sql_literal(parts, name);
    struct hc_str condition = hc_doc_formatted(
        doc,
        " AND component IS %.*s AND level IS %s AND coalesce(nullif(message, ''), kind) = %.*s AND at_ns >= %lld%.*s",
        HC_STR_ARG(literal), say_level(step->level), HC_STR_ARG(text), (long long)incident->window_start.ns,
        HC_STR_ARG(until));
    return condition.p ? hc_cite_view(parts, "count(*)", "events", condition.p) : HC_STR_NONE;
}

void hc_put_cited(struct hc_report_parts *parts, struct hc_str text, struct hc_str sql, struct hc_source_place place)
{
    if (sql.p)
        hc_doc_from_sql(parts->doc, text, sql);
    else
        hc_doc_from(parts->doc, text, place);
}

/* The record knows no line for what its whole manifest says: where it gives that of the window, the line is left out. */
struct hc_source_place hc_place_of(const struct hc_report_parts *parts, struct hc_source_place place)
{
    if (hc_place_equal(place, parts->in->incident->window_place))
        place.line = 0;
    return place;
}
