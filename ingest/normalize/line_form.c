#include "ingest/normalize/line_form.h"

#include "ingest/normalize/letters.h"

#define SLOTS_LEAST 1024
#define PROGRAMS_MOST 64
#define NUMBER_BYTES_MOST 5
#define CACHE_LINE_BYTES 64
#define LEAD_BYTES 64 /* of an object, before its time */
#define TIME_BYTES 48 /* of that */

struct slot {
    uint64_t hash; /* of the form's key */
    struct hc_line_form *form;
};

struct hc_sought {
    struct hc_str text;
    struct hc_formed_line *line;
    bool object;
    size_t lead;    /* bytes before its time */
    size_t time;    /* where that ends, and what is taken off behind it; 0: it has none */
    size_t n_masks; /* the time among them */
    size_t n_signature;
    size_t n_key;  /* 0: no form is one of this text */
    uint64_t hash; /* of the key */
    /* The signature of what follows the time, one byte more, and what stands before the time. */
    char key[HC_SIGNATURE_ROOM + LEAD_BYTES];
};

struct hc_line_forms {
    struct hc_arena *arena;
    struct slot *slots; /* open addressing by hash, at most half of them taken */
    size_t n_slots, n_forms, n_bytes;
    struct hc_header_program programs[PROGRAMS_MOST]; /* by number, counted from one */
    uint32_t n_programs;                              /* beyond those, each has a number of its own */
    void *room;
    size_t room_bytes;
    struct hc_stamp_hour hour; /* that lines begin with */
    struct hc_sought sought[2];
    unsigned turn; /* of these */
};

struct hc_line_forms *hc_line_forms_new(struct hc_arena *arena)
{
    struct hc_line_forms *forms = hc_arena_calloc(arena, 1, sizeof *forms);
    if (!forms)
        return NULL;
    forms->arena = arena;
    forms->n_slots = SLOTS_LEAST;
    forms->slots = hc_arena_calloc(arena, SLOTS_LEAST, sizeof *forms->slots);
    return forms->slots ? forms : NULL;
}

size_t hc_line_forms_size(const struct hc_line_forms *forms)
{
    return forms->n_bytes;
}

static bool is_same_program(const struct hc_header_program *a, const struct hc_header_program *b)
{
    if (a->n_steps != b->n_steps || a->has_time != b->has_time || a->sparse != b->sparse)
        return false;
    for (size_t i = 0; i < a->n_steps; i++)
        if (a->steps[i].class != b->steps[i].class || a->steps[i].reach != b->steps[i].reach)
            return false;
    return true;
}

uint32_t hc_line_forms_program(struct hc_line_forms *forms, const struct hc_header_program *program)
{
    for (uint32_t i = 0; i < forms->n_programs && i < PROGRAMS_MOST; i++)
        if (is_same_program(&forms->programs[i], program))
            return i + 1;
    if (forms->n_programs < PROGRAMS_MOST)
        forms->programs[forms->n_programs] = *program;
    return ++forms->n_programs;
}

void *hc_line_forms_room(struct hc_line_forms *forms, size_t n_bytes, bool *fresh)
{
    *fresh = forms->room_bytes < n_bytes;
    if (*fresh) {
        forms->room = hc_arena_alloc(forms->arena, n_bytes);
        forms->room_bytes = forms->room ? n_bytes : 0;
    }
    return forms->room;
}

/* ---- which forms tell the columns ----
 *
 * Two lines of one form have the same bytes but for the time they begin with and the words that are masked; those are
 * numbers and hexadecimal ids, each of the same kind. So they fall into the same columns, unless what begins in one of
 * them is a time, and each column is of the same class, unless that hangs on how many digits it has:
 * - Every time needs a clock with two colons, for which there is no signature, or is digits alone: an epoch of ten and
 *   more, 081109 203615, 20150316T231743, or 2015.03.16-15.42.50. A column that begins with a long number or with a
 *   year is not told, nor one that begins with '@' and holds a mask (tai64n).
 * - A number and no number: a column of what may stand in numbers alone is one where it has digits and no hexadecimal
 *   letters, or twelve of both and two digits. One short id by itself is none, with a long id it is one.
 * - A name and a tag begin with a letter: a column that begins with an id is that id, perhaps with a comma.
 * - Tags and brackets have a length that they must not pass, levels no masks in them. */

static bool is_hex_kind(uint8_t kind)
{
    return kind == HC_MASK_HEX || kind == HC_MASK_LONG_HEX || kind == HC_MASK_ODD_HEX;
}

/* Do columns that begin with it, or brackets, not hang on what the mask is? */
static bool opens_no_time(const struct hc_masked *mask)
{
    return mask->kind != HC_MASK_LONG && mask->kind != HC_MASK_YEAR;
}

static size_t bytes_most(const struct hc_masked *mask)
{
    return mask->kind == HC_MASK_NUMBER || mask->kind == HC_MASK_YEAR ? NUMBER_BYTES_MOST : HC_MASK_BYTES_MOST;
}

/* What a column is made of besides its masks. */
struct made_of {
    size_t n_bytes;          /* of the column at its longest */
    size_t n_ids, n_numbers; /* masks */
    bool has_long_id, has_odd_id;
    bool has_digits, has_hex, has_others; /* others: what stands in no number */
};

static void add_plain(char c, struct made_of *made_of)
{
    made_of->n_bytes++;
    if (c >= '0' && c <= '9')
        made_of->has_digits = true;
    else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
        made_of->has_hex = true;
    else
        made_of->has_others = made_of->has_others || !hc_is_number_byte(c);
}

static struct made_of look_into(const struct hc_line_form *form, const struct hc_column *column, size_t mask)
{
    struct made_of made_of = {.n_bytes = 0};
    for (size_t at = column->begin; at < column->end;) {
        const struct hc_masked *next = mask < form->n_masks ? &form->masks[mask] : NULL;
        if (!next || at < next->begin) {
            char c = form->line.p[at];
            if (c == 'x' && at == column->begin + 1) /* of 0x: as good as a digit */
                made_of.has_digits = made_of.has_hex = true;
            else
                add_plain(c, &made_of);
            at++;
            continue;
        }
        made_of.n_bytes += bytes_most(next);
        made_of.n_ids += is_hex_kind(next->kind);
        made_of.n_numbers += !is_hex_kind(next->kind);
        made_of.has_long_id = made_of.has_long_id || next->kind == HC_MASK_LONG_HEX;
        made_of.has_odd_id = made_of.has_odd_id || next->kind == HC_MASK_ODD_HEX;
        at = next->end;
        mask++;
    }
    return made_of;
}

/* Is it a number, or none, whatever its masks are? */
static bool is_surely_number_or_not(const struct made_of *made_of)
{
    if (made_of->has_others || made_of->has_long_id)
        return true;
    if (made_of->n_ids == 0)
        return !made_of->has_hex;
    return made_of->n_ids == 1 && made_of->n_numbers == 0 && !made_of->has_odd_id && !made_of->has_digits &&
           !made_of->has_hex;
}

/* Is it closed, or none, however long its masks are? */
static bool is_in_bounds(struct hc_str text, const struct made_of *made_of)
{
    char last = text.p[text.n - 1], before = text.n > 1 ? text.p[text.n - 2] : ' ';
    if (text.p[0] == '[')
        return (last == ']' || (last == ':' && before == ']')) && made_of->n_bytes <= HC_COLUMN_BRACKET_BYTES;
    return (last != ':' && last != ']') || made_of->n_bytes <= HC_COLUMN_TAG_BYTES;
}

/* `mask`: the first that ends behind the column's begin. */
static bool is_told(const struct hc_line_form *form, const struct hc_column *column, size_t mask)
{
    const char *p = form->line.p;
    const struct hc_masked *first = mask < form->n_masks ? &form->masks[mask] : NULL;
    struct hc_str text = {p + column->begin, column->end - column->begin};
    if (column->class == HC_COLUMN_TIME || column->class == HC_COLUMN_EPOCH)
        return false;
    if (!first || (first->begin >= column->end && text.p[0] != '['))
        return true;
    /* One that is not closed here may be in a line of shorter numbers. */
    if (text.p[0] == '[' && column->class != HC_COLUMN_BRACKET && column->class != HC_COLUMN_LEVEL)
        return false;
    size_t inner = column->begin + (text.p[0] == '[');
    if (p[inner] == '@' || (first->begin == inner && !opens_no_time(first)))
        return false;
    size_t core = column->end - (text.p[text.n - 1] == ',');
    if (first->begin == column->begin && is_hex_kind(first->kind) && first->end != core)
        return false;
    struct made_of made_of = look_into(form, column, mask);
    return is_in_bounds(text, &made_of) && is_surely_number_or_not(&made_of);
}

/* Those that are read, and the one behind them, where a level may stand. */
static bool tells_columns(const struct hc_line_form *form)
{
    const struct hc_columns *columns = form->columns;
    struct hc_column behind;
    struct hc_stamp stamp;
    size_t mask = 0;
    bool more = columns->n == HC_HEADER_COLUMNS &&
                hc_column_next(columns->text, columns->at[columns->n - 1].end, true, &behind, &stamp);
    uint32_t before = (uint32_t)(columns->text.p - form->line.p);
    for (size_t i = form->timed && !form->object; i < columns->n + (size_t)more; i++) {
        struct hc_column column = i < columns->n ? columns->at[i] : behind;
        column.begin += before;
        column.end += before;
        while (mask < form->n_masks && form->masks[mask].end <= column.begin)
            mask++;
        if (!is_told(form, &column, mask))
            return false;
    }
    return true;
}

/* ---- forms ---- */

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static size_t form_size(const struct hc_sought *sought)
{
    return sizeof(struct hc_line_form) + sought->n_masks * sizeof(struct hc_masked) + sought->n_key;
}

struct hc_form_place hc_form_place_of(const struct hc_line_form *form, size_t place)
{
    uint8_t n = 0;
    while (n < form->n_masks && form->masks[n].end <= place)
        n++;
    return (struct hc_form_place){(uint16_t)(place - (n > 0 ? form->masks[n - 1].end : 0)), n};
}

void hc_line_form_tell(struct hc_line_form *form, struct hc_str text)
{
    hc_columns_open(form->columns, text, NULL);
    hc_columns_read(form->columns, HC_HEADER_COLUMNS - 1);
    form->text = hc_form_place_of(form, (size_t)(text.p - form->line.p));
    bool begins = form->timed && !form->object;
    form->usable = (!begins || form->columns->at[0].end == form->masks[0].end) && tells_columns(form);
}

/* NULL: no memory. Its masks and its key lie behind it. */
static struct hc_line_form *new_form(struct hc_line_forms *forms, const struct hc_sought *sought)
{
    struct hc_line_form *form = hc_arena_calloc(forms->arena, 1, form_size(sought));
    struct hc_columns *columns = hc_arena_alloc(forms->arena, sizeof *columns);
    struct hc_str copy = hc_str_copy(forms->arena, sought->text);
    if (!form || !columns || !copy.p)
        return NULL;
    form->line = copy;
    form->columns = columns;
    form->key = memcpy((char *)(form->masks + sought->n_masks), sought->key, sought->n_key);
    form->n_key = (uint16_t)sought->n_key;
    form->timed = sought->time > 0;
    form->object = sought->object;
    form->n_masks = (uint8_t)sought->n_masks;
    if (form->timed)
        form->masks[0] = (struct hc_masked){(uint16_t)sought->lead, (uint16_t)sought->time, 0};
    hc_signature_masks((struct hc_str){form->key, sought->n_signature}, sought->time,
                       sought->line->ends + 1 + form->timed, form->masks + form->timed);
    form->usable = true;
    if (!form->object)
        hc_line_form_tell(form, copy);
    forms->n_bytes += form_size(sought) + sizeof *columns + copy.n;
    return form;
}

static struct slot *first_slot(const struct hc_line_forms *forms, const struct hc_sought *sought)
{
    return &forms->slots[(size_t)sought->hash & (forms->n_slots - 1)];
}

/* The slot of a key, or the free one where it would go. */
static struct slot *slot_of(const struct hc_line_forms *forms, const struct hc_sought *sought)
{
    size_t at = (size_t)sought->hash & (forms->n_slots - 1);
    for (; forms->slots[at].form; at = (at + 1) & (forms->n_slots - 1)) {
        const struct slot *slot = &forms->slots[at];
        if (slot->hash == sought->hash && slot->form->n_key == sought->n_key &&
            memcmp(slot->form->key, sought->key, sought->n_key) == 0)
            break;
    }
    return &forms->slots[at];
}

static bool grow_slots(struct hc_line_forms *forms)
{
    size_t n_slots = forms->n_slots * 2;
    struct slot *slots = hc_arena_calloc(forms->arena, n_slots, sizeof *slots);
    if (!slots)
        return false;
    for (size_t i = 0; i < forms->n_slots; i++) {
        if (!forms->slots[i].form)
            continue;
        size_t at = (size_t)forms->slots[i].hash & (n_slots - 1);
        while (slots[at].form)
            at = (at + 1) & (n_slots - 1);
        slots[at] = forms->slots[i];
    }
    forms->slots = slots;
    forms->n_slots = n_slots;
    return true;
}

/* NULL: no memory. */
static struct hc_line_form *add_form(struct hc_line_forms *forms, const struct hc_sought *sought)
{
    if (forms->n_forms * 2 >= forms->n_slots && !grow_slots(forms))
        return NULL;
    struct hc_line_form *form = new_form(forms, sought);
    if (!form)
        return NULL;
    *slot_of(forms, sought) = (struct slot){sought->hash, form};
    forms->n_forms++;
    return form;
}

/* How long the time is that the text begins with, with what is taken off behind it; 0: none. */
static size_t scan_time(struct hc_str text, struct hc_stamp_hour *last, struct hc_stamp *stamp)
{
    if (text.n == 0 || text.p[0] < '0' || text.p[0] > '9')
        return 0;
    size_t n = hc_stamp_scan_on(text, last, stamp);
    while (n > 0 && n < text.n && (text.p[n] == ',' || text.p[n] == ':' || text.p[n] == ']'))
        n++;
    return n;
}

static struct hc_sought *open_sought(struct hc_line_forms *forms, struct hc_str text, struct hc_formed_line *line)
{
    struct hc_sought *sought = &forms->sought[forms->turn];
    forms->turn ^= 1;
    sought->text = text;
    sought->line = line;
    sought->lead = sought->time = sought->n_key = 0;
    sought->object = false;
    return sought;
}

/* No signature holds a mark before a brace: keys of objects are none of other lines. */
static void make_key(struct hc_line_forms *forms, struct hc_sought *sought)
{
    struct hc_str text = sought->text;
    size_t time = sought->time, timed = time > 0;
    uint16_t *ends = sought->line->ends;
    ends[0] = 0;
    ends[1] = (uint16_t)time; /* of no time, the first mask's takes its place */
    size_t n = hc_signature_write((struct hc_str){text.p + time, text.n - time}, time, sought->key, ends + 1 + timed,
                                  &sought->n_masks);
    if (n == 0 || sought->n_masks > HC_SIGNATURE_MASKS)
        return;
    sought->n_masks += timed;
    sought->n_signature = n;
    sought->key[n++] = sought->object ? HC_SIGNATURE_MARK : timed ? 't' : '-';
    if (sought->lead > 0)
        memcpy(sought->key + n, text.p, sought->lead);
    sought->n_key = n + sought->lead;
    sought->hash = hc_str_hash((struct hc_str){sought->key, sought->n_key});
    __builtin_prefetch(first_slot(forms, sought));
}

const struct hc_sought *hc_line_forms_seek(struct hc_line_forms *forms, struct hc_str text, struct hc_formed_line *line)
{
    struct hc_sought *sought = open_sought(forms, text, line);
    size_t time = sought->time = scan_time(text, &forms->hour, &line->stamp);
    if (text.n <= HC_SIGNATURE_BYTES && (time == 0 || time == text.n || is_space(text.p[time])))
        make_key(forms, sought);
    return sought;
}

/* Where the first digit is, behind a quote and no backslash; 0: nowhere. */
static size_t find_lead(struct hc_str text)
{
    for (size_t at = 0; at < LEAD_BYTES && at + 16 <= text.n; at += 16) {
        unsigned digits = hc_digit_bits(text.p + at);
        size_t lead = at + (digits ? (size_t)__builtin_ctz(digits) : 0);
        if (digits)
            return lead > 0 && text.p[lead - 1] == '"' && !memchr(text.p, HC_SIGNATURE_MARK, lead) ? lead : 0;
    }
    return 0;
}

const struct hc_sought *hc_line_forms_seek_object(struct hc_line_forms *forms, struct hc_str text,
                                                  struct hc_formed_line *line)
{
    struct hc_sought *sought = open_sought(forms, text, line);
    size_t lead = text.n <= HC_SIGNATURE_BYTES ? find_lead(text) : 0, left = text.n - lead;
    const char *quote = lead > 0 ? memchr(text.p + lead, '"', left < TIME_BYTES ? left : TIME_BYTES) : NULL;
    struct hc_str time = {text.p + lead, quote ? (size_t)(quote - text.p) - lead : 0};
    if (!quote || hc_stamp_scan_on(time, &forms->hour, &line->stamp) != time.n)
        return sought;
    sought->object = true;
    sought->lead = lead;
    sought->time = lead + time.n;
    make_key(forms, sought);
    return sought;
}

void hc_line_forms_fetch(const struct hc_line_forms *forms, const struct hc_sought *sought)
{
    const struct slot *slot = first_slot(forms, sought);
    if (sought->n_key == 0 || !slot->form || slot->hash != sought->hash)
        return;
    const char *form = (const char *)slot->form, *key = (const char *)(slot->form->masks + sought->n_masks);
    for (size_t at = 0; at < sizeof *slot->form; at += CACHE_LINE_BYTES)
        __builtin_prefetch(form + at);
    __builtin_prefetch(key);
    __builtin_prefetch(key + CACHE_LINE_BYTES);
}

static void give(const struct hc_sought *sought, struct hc_line_form *form)
{
    sought->line->form = form && form->usable ? form : NULL;
}

bool hc_line_forms_find(const struct hc_line_forms *forms, const struct hc_sought *sought)
{
    struct hc_line_form *form = sought->n_key > 0 ? slot_of(forms, sought)->form : NULL;
    give(sought, form);
    return form || sought->n_key == 0;
}

bool hc_line_forms_add(struct hc_line_forms *forms, const struct hc_sought *sought)
{
    struct hc_line_form *form = add_form(forms, sought);
    give(sought, form);
    return form;
}

/* Whether a word is masked depends on the byte before it, which to a text's first word is a space; a quote is as good. */
bool hc_formed_is_own_text(const struct hc_line_form *form, struct hc_form_place place)
{
    size_t at = (place.mask > 0 ? form->masks[place.mask - 1].end : 0) + (size_t)place.behind;
    if (form->timed && !form->object && place.mask == 0)
        return false;
    return form->line.p + at == form->columns->text.p || is_space(form->line.p[at - 1]);
}

void hc_line_form_apply(struct hc_line_form *form, const struct hc_header_program *program, uint32_t number)
{
    struct hc_header header;
    size_t before = (size_t)(form->columns->text.p - form->line.p);
    form->program = number;
    hc_header_apply(program, form->columns, &header);
    struct hc_form_place message = hc_form_place_of(form, before + header.message);
    if (form->message.behind != message.behind || form->message.mask != message.mask)
        form->shape.known = NULL;
    form->has_stamp = header.has_stamp;
    form->matched = header.matched;
    form->level = header.level;
    form->message = message;
    form->has_component = header.component.p != NULL;
    if (!form->has_component)
        return;
    size_t begin = (size_t)(header.component.p - form->line.p);
    form->component = hc_form_place_of(form, begin);
    form->component_end = hc_form_place_of(form, begin + header.component.n);
}
