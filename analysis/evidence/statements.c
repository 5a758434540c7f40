#include "analysis/evidence/statements.h"

#include <string.h>

#define WORDS 10

/* The first WORDS words; false: the text has fewer. */
static bool head_of(struct hc_str text, struct hc_str *head)
{
    const char *at = text.p, *end = text.p + text.n, *space = NULL;
    for (int i = 1; i <= WORDS; i++, at = space + 1) {
        space = at < end ? memchr(at, ' ', (size_t)(end - at)) : NULL;
        if (!space) {
            *head = text;
            return i == WORDS;
        }
    }
    *head = (struct hc_str){text.p, (size_t)(space - text.p)};
    return true;
}

const uint32_t *hc_statements_of(struct hc_detection *d)
{
    const struct hc_incident *incident = d->incident;
    struct hc_names heads;
    uint32_t *first = hc_detect_room(d, incident->n_templates, sizeof *first);
    uint32_t *of_template = hc_detect_room(d, incident->n_templates, sizeof *of_template);
    uint32_t *of_count = hc_detect_room(d, incident->n_log_counts, sizeof *of_count);
    hc_names_init(&heads, d->arena);
    for (uint32_t i = 0; i < incident->n_templates && !d->refused; i++) {
        struct hc_str text;
        of_template[i] = i;
        if (!head_of(incident->templates[i].text, &text)) /* so it is no other's head, and no other has the same text */
            continue;
        size_t n_known = heads.n;
        size_t head = hc_names_add(&heads, text);
        d->refused = head == HC_NAME_NONE;
        if (d->refused)
            break;
        if (head == n_known)
            first[head] = i;
        of_template[i] = first[head];
    }
    for (size_t i = 0; i < incident->n_log_counts && !d->refused; i++) {
        const struct hc_log_count *count = &incident->log_counts[i];
        of_count[i] = count->level < HC_LOG_WARN ? of_template[count->template_index] : count->template_index;
    }
    return d->refused ? NULL : of_count;
}
