/* The entries of a timeline, and the one that words name. */
#include <math.h>

#include "reports/lint/parts.h"

#define MOST_EVENTS 200     /* a timeline of more is a log */
#define MOST_NAME_BYTES 200 /* more words name nothing */
#define OTHER_EVENTS "after before following since post"

/* What happened: up to what is said of other events. */
static struct hc_str name_of(const struct hc_passage *p, size_t from)
{
    struct hc_str name = hc_part(p, from, p->text.n);
    while (name.n > 0 && strchr(" -:;|,.])", name.p[0]))
        name = (struct hc_str){name.p + 1, name.n - 1};
    for (size_t i = 0; i < p->n_quantities; i++) { /* "…, 10 minutes after the deploy" */
        const char *begin = p->text.p + p->quantities[i].begin;
        if (p->quantities[i].kind == HC_Q_DURATION && begin > name.p && begin < name.p + name.n)
            name.n = (size_t)(begin - name.p);
    }
    for (size_t i = 0; i < name.n; i++)
        if (name.p[i] == '(' || name.p[i] == ';')
            name.n = i;
    struct hc_str other = hc_find_word(name, OTHER_EVENTS);
    if (other.n > 0)
        name.n = (size_t)(other.p - name.p);
    return hc_str_trim(name);
}

static bool opens_with_clock(const struct hc_passage *p)
{
    const struct hc_quantity *q = p->quantities;
    size_t lead = p->kind == HC_ROW ? 3 : 2;
    return p->n_quantities > 0 && q->kind == HC_Q_CLOCK && q->begin <= lead && p->kind != HC_HEADING &&
           q->end < p->text.n;
}

void hc_lint_events(struct hc_lint_context *c)
{
    size_t capacity = 0;
    for (size_t i = 0; i < c->n; i++) {
        const struct hc_passage *p = &c->passages[i];
        if (!opens_with_clock(p))
            continue;
        const struct hc_quantity *last = p->quantities;
        while (last + 1 < p->quantities + p->n_quantities && last[1].kind == HC_Q_CLOCK &&
               last[1].begin - last->end <= 4)
            last++;
        struct hc_lint_event event = {.passage = p, .clock = p->quantities, .name = name_of(p, last->end)};
        event.name = hc_str_cut(event.name, MOST_NAME_BYTES);
        if (event.name.n == 0 || c->n_events == MOST_EVENTS)
            continue;
        c->events = hc_arena_grow(c->arena, c->events, c->n_events, c->n_events + 1, &capacity, sizeof *c->events);
        c->failed |= !c->events;
        if (c->failed)
            return;
        c->events[c->n_events++] = event;
    }
    if (c->n_events < 2)
        c->n_events = 0;
}

const struct hc_lint_event *hc_event_named(const struct hc_lint_context *c, struct hc_str words)
{
    const struct hc_lint_event *found = NULL;
    size_t n_words = 0;
    for (size_t i = 0; i < c->n_events && words.n <= MOST_NAME_BYTES; i++) {
        size_t n_shared = hc_shared_words(words, c->events[i].name, &n_words);
        if (n_words == 0 || n_words > 6)
            return NULL;
        if (n_shared < n_words)
            continue;
        if (found && fabs(found->clock->value - c->events[i].clock->value) > 0)
            return NULL;
        found = &c->events[i];
    }
    return found;
}
