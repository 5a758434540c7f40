#include "ingest/normalize/letters.h"
#include "ingest/normalize/logheader.h"

#define TIME_DIGITS 6
#define TIME_REACH 8 /* columns before a time: a proxy and its peer say so much first */
#define HEAD_REACH 2 /* columns before a time that surely is the line's own: "# Time: " */
#define NAME_SHARE 0.9
#define IDENTIFIER_ROWS 3 /* in fewer, an identifier may open the message by chance */

/* Which class may come next, how far away, and in what share of the lines that start a record. */
struct rule {
    uint8_t class;
    uint8_t reach;
    double share;
};

struct state {
    const struct hc_header_line *lines;
    bool time, level, tag, identifier;
    bool timeless[HC_HEADER_SAMPLE]; /* of each line: it cannot hold a time */
    bool heads[HC_HEADER_SAMPLE];    /* a time with its date is among its first columns */
    size_t n_rows, weight;
    uint16_t rows[HC_HEADER_SAMPLE]; /* the lines that start a record, and how many those stand for */
    uint8_t at[HC_HEADER_SAMPLE];    /* columns of each that are taken already */
};

/* The column of a rule in the line, HC_HEADER_COLUMNS: none. */
static size_t find(const struct state *state, size_t line, size_t at, const struct rule *rule)
{
    if (rule->class == HC_COLUMN_TIME && state->timeless[line])
        return HC_HEADER_COLUMNS;
    struct hc_columns *columns = state->lines[line].columns;
    size_t column = hc_columns_find(columns, rule->class, at, rule->reach);
    /* A level behind the line's time must not be passed to before that is. */
    bool behind = rule->class == HC_COLUMN_LEVEL && !state->time && columns->stamped < column &&
                  hc_columns_class(columns, columns->stamped) == HC_COLUMN_TIME;
    return behind ? HC_HEADER_COLUMNS : column;
}

/* A tag before an id is a key of the message: "TraceID: 6f3c…". */
static bool is_key(struct hc_columns *line, size_t column)
{
    return hc_columns_class(line, column) == HC_COLUMN_TAG && hc_columns_class(line, column + 1) == HC_COLUMN_NUMBER;
}

/* Every form of a time has six digits and more, which most lines that have no time first do not. */
static bool holds_time(struct state *state, size_t line)
{
    const struct rule time = {HC_COLUMN_TIME, TIME_REACH, 0};
    struct hc_columns *columns = state->lines[line].columns;
    state->timeless[line] =
        hc_columns_class(columns, 0) != HC_COLUMN_TIME && !columns->ended && !hc_has_digits(columns->text, TIME_DIGITS);
    size_t column = find(state, line, 0, &time);
    state->heads[line] =
        column <= HEAD_REACH && column == columns->stamped && columns->stamp.date != HC_STAMP_DATE_NONE;
    return column < HC_HEADER_COLUMNS;
}

static void take_row(struct state *state, size_t line)
{
    state->at[state->n_rows] = 0;
    state->weight += state->lines[line].weight;
    state->rows[state->n_rows++] = (uint16_t)line;
}

/* The records' first lines: those that hold a time early, where enough lines do; half as many are enough where it is
 * among the first columns. */
static void choose_rows(struct state *state, size_t n)
{
    bool timed[HC_HEADER_SAMPLE], opens[HC_HEADER_SAMPLE];
    size_t n_timed = 0, n_heads = 0, n_open = 0, n_left = 0, i = 0;
    for (size_t k = 0; k < n; k++) {
        opens[k] = !state->lines[k].columns->continues;
        n_open += opens[k] ? state->lines[k].weight : 0;
        n_left += state->lines[k].weight;
    }
    for (; i < n && (n_timed + n_left) * 8 >= n_open; i++) {
        timed[i] = holds_time(state, i);
        n_timed += timed[i] ? state->lines[i].weight : 0;
        n_heads += state->heads[i] ? state->lines[i].weight : 0;
        n_left -= state->lines[i].weight;
    }
    bool by_time = i == n && n_timed > 0 && (n_timed * 4 >= n_open || n_heads * 8 >= n_open);
    for (i = 0; i < n; i++)
        if (by_time ? timed[i] : opens[i])
            take_row(state, i);
}

/* The few lines that have a time where the others have nothing in common. */
static void choose_heads(struct state *state, size_t n)
{
    state->n_rows = state->weight = 0;
    for (size_t i = 0; i < n; i++) {
        holds_time(state, i);
        if (state->heads[i] && !state->lines[i].columns->continues)
            take_row(state, i);
    }
}

/* The mean distance of the class in the rows that have it; negative where too few do, which shows long before the last
 * row. */
static double weigh(const struct state *state, const struct rule *rule)
{
    size_t n_found = 0, sum = 0, n_keys = 0, n_left = state->weight;
    double needed = rule->share * (double)state->weight;
    for (size_t r = 0; r < state->n_rows; r++) {
        const struct hc_header_line *line = &state->lines[state->rows[r]];
        size_t column = find(state, state->rows[r], state->at[r], rule);
        n_left -= line->weight;
        if (column < HC_HEADER_COLUMNS) {
            n_found += line->weight;
            n_keys += is_key(line->columns, column) ? line->weight : 0;
            sum += (column - state->at[r]) * line->weight;
        } else if ((double)(n_found + n_left) < needed) {
            return -1;
        }
    }
    if ((double)n_found < needed || n_found == 0 || n_keys * 2 > n_found)
        return -1;
    return (double)sum / (double)n_found;
}

static void advance(struct state *state, const struct rule *rule)
{
    for (size_t r = 0; r < state->n_rows; r++) {
        size_t column = find(state, state->rows[r], state->at[r], rule);
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
        out[n++] = (struct rule){HC_COLUMN_TIME, TIME_REACH, 0.6};
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
        if (state->level && !state->tag && !state->identifier && state->weight >= IDENTIFIER_ROWS)
            out[n++] = (struct rule){HC_COLUMN_IDENTIFIER, 0, 0.9};
        if (!state->tag)
            out[n++] = (struct rule){HC_COLUMN_NUMBER, 0, 0.97};
    }
    return n;
}

/* Of "134681 node-246 unix.hw state_change 1077804742 …", which begins with an id and has its time in seconds, as no sentence
 * does: the first column between them which is a name in nearly every row. */
static uint8_t find_source(const struct state *state, const struct hc_header_program *program)
{
    uint8_t class = program->n_steps > 0 ? program->steps[0].class : HC_COLUMN_NONE;
    size_t named[HC_HEADER_COLUMNS] = {0};
    if (state->tag || state->identifier || class != HC_COLUMN_EPOCH)
        return 0;
    for (size_t r = 0; r < state->n_rows; r++) {
        const struct hc_header_line *line = &state->lines[state->rows[r]];
        size_t time = hc_columns_find(line->columns, class, 0, program->steps[0].reach);
        if (time == HC_HEADER_COLUMNS || !line->columns->at[0].id)
            continue;
        for (size_t i = 1; i < time; i++)
            named[i] += line->columns->at[i].name ? line->weight : 0;
    }
    for (uint8_t i = 1; i < HC_HEADER_COLUMNS; i++)
        if ((double)named[i] >= NAME_SHARE * (double)state->weight)
            return i;
    return 0;
}

/* From the rows that are chosen. */
static void learn(struct state *state, struct hc_header_program *program)
{
    while (state->n_rows > 0 && program->n_steps < HC_HEADER_STEPS) {
        struct rule rules[HC_COLUMN_CLASSES];
        size_t n_rules = list_rules(state, rules), best = n_rules;
        double nearest = HC_HEADER_COLUMNS;
        for (size_t i = 0; i < n_rules && nearest > 0; i++) {
            double distance = weigh(state, &rules[i]);
            if (distance >= 0 && distance < nearest) {
                nearest = distance;
                best = i;
            }
        }
        if (best == n_rules)
            break;
        program->steps[program->n_steps].class = rules[best].class;
        program->steps[program->n_steps].reach = rules[best].reach;
        program->n_steps++;
        advance(state, &rules[best]);
    }
    program->source_column = find_source(state, program);
}

void hc_header_learn(const struct hc_header_line *lines, size_t n, struct hc_header_program *program)
{
    struct state state;
    state.lines = lines;
    state.n_rows = state.weight = 0;
    memset(state.timeless, 0, n * sizeof *state.timeless);
    state.time = state.level = state.tag = state.identifier = false;
    *program = (struct hc_header_program){.n_steps = 0};
    choose_rows(&state, n);
    learn(&state, program);
    program->has_time = state.time;
    if (program->n_steps > 0)
        return;
    choose_heads(&state, n);
    learn(&state, program);
    program->sparse = program->n_steps > 0;
}
