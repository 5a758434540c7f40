#include "reports/site_names.h"

#include "base/digest.h"
#include "reports/document.h"

#define SAFE_BYTES 60
#define SLUG_BYTES 40
#define HASH_DIGITS 12

/* "trend-2026Q3" */
static bool is_trend(struct hc_str id)
{
    static const char shape[] = "trend-0000q0";
    bool is = id.n == sizeof shape - 1;
    for (size_t i = 0; is && i < id.n; i++)
        is = shape[i] == '0' ? id.p[i] >= '0' && id.p[i] <= '9'
                             : hc_str_equal_nocase((struct hc_str){id.p + i, 1}, (struct hc_str){shape + i, 1});
    return is;
}

static bool is_page(struct hc_str id)
{
    static const struct hc_str own[] = {{"index", 5}, {"services", 8}, {"categories", 10},  {"trends", 6},
                                        {"words", 5}, {"quarters", 8}, {"calibration", 11}, {"data-quality", 12}};
    static const struct hc_str begins[] = {{"service-", 8}, {"category-", 9}, {"quarter-", 8}, {"words-", 6}};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (hc_str_equal_nocase(id, own[i]))
            return true;
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (id.n > begins[i].n && hc_str_equal_nocase((struct hc_str){id.p, begins[i].n}, begins[i]))
            return true;
    return is_trend(id);
}

struct hc_str hc_report_file(struct hc_str id, struct hc_arena *arena)
{
    return is_page(id) ? hc_str_format(arena, "_%.*s", HC_STR_ARG(id)) : id;
}

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

static bool is_safe(struct hc_str text)
{
    bool safe = text.n > 0 && text.n <= SAFE_BYTES && is_plain(text.p[0]) && is_plain(text.p[text.n - 1]);
    for (size_t i = 0; safe && i < text.n; i++)
        safe = is_plain(text.p[i]) || text.p[i] == '.' || text.p[i] == '_' || text.p[i] == '-';
    return safe;
}

/* What is safe of it, for people: of "Checkout API" the small letters, with a dash for what is between. */
static size_t make_slug(struct hc_str text, char out[SLUG_BYTES])
{
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < SLUG_BYTES; i++) {
        const char c = (char)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] - 'A' + 'a' : text.p[i]);
        if (is_plain(c))
            out[n++] = c;
        else if (n > 0 && out[n - 1] != '-')
            out[n++] = '-';
    }
    return n;
}

struct hc_str hc_site_name(const char *kind, struct hc_str text, struct hc_arena *arena)
{
    char slug[SLUG_BYTES], hex[HC_SHA256_HEX];
    uint8_t digest[HC_SHA256_BYTES];
    if (text.n == 0)
        return hc_str_format(arena, "%s-~none", kind);
    if (is_safe(text))
        return hc_str_format(arena, "%s-%.*s", kind, HC_STR_ARG(text));
    hc_sha256_once(text.p, text.n, digest);
    hc_sha256_hex(digest, hex);
    return hc_str_format(arena, "%s-~%.*s~%.*s", kind, (int)make_slug(text, slug), slug, HASH_DIGITS, hex);
}

void hc_site_navigate(struct hc_doc *doc, const struct hc_site_links *in, const char *own)
{
    const struct {
        const char *file, *text;
        bool there;
    } pages[] = {{"index", "All incidents", true},
                 {"quarters", "Quarters", true},
                 {"services", "Services", true},
                 {"categories", "Categories", true},
                 {"words", "Words", true},
                 {"trends", "Trends", in && in->trends},
                 {"calibration", "Calibration", in && in->calibration},
                 {"data-quality", "Data quality", true}};
    if (!in)
        return;
    hc_doc_navigation(doc);
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (!pages[i].there)
            continue;
        hc_doc_text(doc, i > 0 ? " \xC2\xB7 " : "");
        if (strcmp(pages[i].file, own) == 0)
            hc_doc_text(doc, pages[i].text);
        else
            hc_doc_link_report(doc, hc_str_of(pages[i].text), hc_str_of(pages[i].file));
    }
    hc_doc_badges(doc);
}
