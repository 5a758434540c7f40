#include "ingest/normalize/logheader.h"

#define IDENTIFIER_ROWS 3 /* in fewer, an identifier may open the message by chance */

/* A sampled line and the classes of its first columns, as far as they were asked for. */
struct sample {
    struct hc_str text;
    uint32_t end; /* of the columns that were read */
    uint8_t class[HC_HEADER_COLUMNS];
    uint8_t n;
    bool ended;     /* it has no more columns */
    bool continues; /* it can only continue a record */
};

struct hc_header_learner {
    struct sample *lines;
    size_t n, capacity;
};

/* Which class may come next, how far away, and in what share of the lines that start a record. */
struct rule {
    uint8_t class;
    uint8_t reach;
    double share;
};

struct state {
    bool time, level, tag, identifier;
    size_t n_rows;
    uint16_t rows[HC_HEADER_SAMPLE]; /* the lines that start a record */
    uint8_t at[HC_HEADER_SAMPLE];    /* columns of each that are taken already */
};

struct hc_header_learner *hc_header_learner_new(struct hc_arena *arena, size_t n_lines)
{
    struct hc_header_learner *learner = hc_arena_calloc(arena, 1, sizeof *learner);
    if (!learner)
        return NULL;
    learner->capacity = n_lines < HC_HEADER_SAMPLE ? n_lines : HC_HEADER_SAMPLE;
    learner->lines = hc_arena_alloc(arena, learner->capacity * sizeof *learner->lines);
    return learner->lines ? learner : NULL;
}

void hc_header_learner_clear(struct hc_header_learner *learner)
{
    learner->n = 0;
}

/* The class of a column; HC_COLUMN_NONE: the line has fewer. */
static uint8_t class_at(struct sample *sample, size_t column)
{
    while (sample->n <= column && !sample->ended) {
        struct hc_column next;
        sample->ended = !hc_column_next(sample->text, sample->end, &next);
        if (sample->ended)
            break;
        sample->class[sample->n++] = next.class;
        sample->end = next.end;
        sample->ended = sample->n == HC_HEADER_COLUMNS;
    }
    return column < sample->n ? sample->class[column] : (uint8_t)HC_COLUMN_NONE;
}

void hc_header_learner_add(struct hc_header_learner *learner, struct hc_str text, bool stays)
{
    if (learner->n == learner->capacity)
        return;
    struct sample *sample = &learner->lines[learner->n++];
    *sample = (struct sample){.text = text, .continues = hc_line_continues(text)};
    if (!stays)
        class_at(sample, HC_HEADER_COLUMNS);
}

/* The first column of that class within reach; HC_HEADER_COLUMNS: none. */
static size_t find_class(struct sample *sample, size_t at, const struct rule *rule)
{
    for (size_t i = at; i <= at + rule->reach && i < HC_HEADER_COLUMNS; i++) {
        uint8_t class = class_at(sample, i);
        if (class == rule->class)
            return i;
        if (class == HC_COLUMN_NONE)
            break;
    }
    return HC_HEADER_COLUMNS;
}

/* A tag before an id is a key of the message: "TraceID: 6f3c…". */
static bool is_key(struct sample *sample, size_t column)
{
    return class_at(sample, column) == HC_COLUMN_TAG && class_at(sample, column + 1) == HC_COLUMN_NUMBER;
}

/* The records' first lines: those that hold a time early, where enough lines do. */
static void choose_rows(const struct hc_header_learner *learner, struct state *state)
{
    const struct rule time = {HC_COLUMN_TIME, 7, 0};
    size_t n_timed = 0, n_open = 0;
    for (size_t i = 0; i < learner->n; i++) {
        struct sample *sample = &learner->lines[i];
        n_timed += find_class(sample, 0, &time) < HC_HEADER_COLUMNS;
        n_open += !sample->continues;
    }
    bool by_time = n_timed * 4 >= n_open && n_timed > 0;
    for (size_t i = 0; i < learner->n; i++) {
        struct sample *sample = &learner->lines[i];
        bool starts = by_time ? find_class(sample, 0, &time) < HC_HEADER_COLUMNS : !sample->continues;
        if (starts) {
            state->at[state->n_rows] = 0;
            state->rows[state->n_rows++] = (uint16_t)i;
        }
    }
}

/* The mean distance of the class in the rows that have it; negative where too few do, which shows long before the last
 * row. */
static double weigh(const struct hc_header_learner *learner, const struct state *state, const struct rule *rule)
{
    size_t n_found = 0, sum = 0, n_keys = 0;
    double needed = rule->share * (double)state->n_rows;
    for (size_t r = 0; r < state->n_rows; r++) {
        struct sample *sample = &learner->lines[state->rows[r]];
        size_t column = find_class(sample, state->at[r], rule);
        if (column < HC_HEADER_COLUMNS) {
            n_found++;
            n_keys += is_key(sample, column);
            sum += column - state->at[r];
        } else if ((double)(n_found + state->n_rows - r - 1) < needed) {
            return -1;
        }
    }
    if ((double)n_found < needed || n_found == 0 || n_keys * 2 > n_found)
        return -1;
    return (double)sum / (double)n_found;
}

static void advance(const struct hc_header_learner *learner, struct state *state, const struct rule *rule)
{
    for (size_t r = 0; r < state->n_rows; r++) {
        size_t column = find_class(&learner->lines[state->rows[r]], state->at[r], rule);
        if (column < HC_HEADER_COLUMNS)
            state->at[r] = (uint8_t)(column + 1);
    }
    state->time = state->time || rule->class == HC_COLUMN_TIME || rule->class == HC_COLUMN_EPOCH;
    state->level = state->level || rule->class == HC_COLUMN_LEVEL;
    state->tag = state->tag || rule->class == HC_COLUMN_TAG;
    state->identifier = state->identifier || rule->class == HC_COLUMN_IDENTIFIER;
}

static size_t list_rules(const struct state *state, struct rule out[HC_COLUMN_CLASSES])
{
    size_t n = 0;
    bool begun = state->time || state->level;
    if (!state->time) {
        out[n++] = (struct rule){HC_COLUMN_TIME, 7, 0.6};
        out[n++] = (struct rule){HC_COLUMN_EPOCH, 5, 0.95};
    } else if (!state->tag) {
        out[n++] = (struct rule){HC_COLUMN_TIME, 2, 0.95};
    }
    if (!state->level)
        out[n++] = (struct rule){HC_COLUMN_LEVEL, state->tag ? 0 : 4, 0.8};
    if (begun) {
        out[n++] = (struct rule){HC_COLUMN_DASH, state->tag ? 0 : 2, 0.95};
        if (!state->tag && !state->identifier)
            out[n++] = (struct rule){HC_COLUMN_TAG, state->level ? 1 : 2, 0.85};
        if (!state->tag)
            out[n++] = (struct rule){HC_COLUMN_BRACKET, 1, 0.9};
        if (state->level && !state->tag && !state->identifier && state->n_rows >= IDENTIFIER_ROWS)
            out[n++] = (struct rule){HC_COLUMN_IDENTIFIER, 0, 0.9};
        if (!state->tag)
            out[n++] = (struct rule){HC_COLUMN_NUMBER, 0, 0.97};
    }
    return n;
}

void hc_header_learner_finish(const struct hc_header_learner *learner, struct hc_header_program *program)
{
    struct state state;
    state.n_rows = 0;
    state.time = state.level = state.tag = state.identifier = false;
    *program = (struct hc_header_program){.n_steps = 0};
    choose_rows(learner, &state);
    while (state.n_rows > 0 && program->n_steps < HC_HEADER_STEPS) {
        struct rule rules[HC_COLUMN_CLASSES];
        size_t n = list_rules(&state, rules), best = n;
        double nearest = HC_HEADER_COLUMNS;
        for (size_t i = 0; i < n && nearest > 0; i++) {
            double distance = weigh(learner, &state, &rules[i]);
            if (distance >= 0 && distance < nearest) {
                nearest = distance;
                best = i;
            }
        }
        if (best == n)
            break;
        program->steps[program->n_steps].class = rules[best].class;
        program->steps[program->n_steps].reach = rules[best].reach;
        program->n_steps++;
        program->has_time =
            program->has_time || rules[best].class == HC_COLUMN_TIME || rules[best].class == HC_COLUMN_EPOCH;
        advance(learner, &state, &rules[best]);
    }
}
