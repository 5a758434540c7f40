#include "ingest/format/logs_objects.h"

#include "corpus/record/incident.h"
#include "ingest/format/logs_fields.h"

struct object {
    const struct hc_line_form *form;
    struct hc_log_fields fields;
    bool unsure; /* a value may be none in another line of the form */
};

/* Is the mask one of letters, too, which its kind tells? The time is. */
static bool holds_mask(const struct hc_line_form *form, struct hc_str value, bool of_letters)
{
    size_t begin = (size_t)(value.p - form->line.p), end = begin + value.n;
    for (size_t i = 0; i < form->n_masks; i++) {
        const struct hc_masked *mask = &form->masks[i];
        bool digits = mask->kind == HC_MASK_NUMBER || mask->kind == HC_MASK_YEAR || mask->kind == HC_MASK_LONG;
        if (mask->begin < end && mask->end > begin && !(of_letters && digits))
            return true;
    }
    return false;
}

/* Digits alone are a value whatever they are; a word that letters open may be none. */
static void take_member(void *context, const struct hc_flat_member *member)
{
    struct object *object = context;
    hc_log_fields_take(&object->fields, member);
    object->unsure = object->unsure || (!member->string && holds_mask(object->form, member->value, true));
}

/* May a key of a trace stand before the time, which is no id in one line and may be in another? */
static bool may_name_trace(struct hc_str lead)
{
    for (size_t i = 0; i + 1 < lead.n; i++)
        if ((lead.p[i] | 0x20) == 't' && (lead.p[i + 1] | 0x20) == 'r')
            return true;
    return false;
}

/* Is the time that of the form, or none, and the level the same in all lines? */
static bool has_same_fields(const struct object *object)
{
    const struct hc_log_fields *fields = &object->fields;
    const struct hc_line_form *form = object->form;
    const struct hc_str time = fields->member[HC_FIELD_TIME].value, level = fields->member[HC_FIELD_LEVEL].value;
    if (fields->rank[HC_FIELD_LEVEL] < HC_FIELD_RANK_NONE && holds_mask(form, level, false))
        return false;
    return fields->rank[HC_FIELD_TIME] == HC_FIELD_RANK_NONE ||
           (time.p == form->line.p + form->masks[0].begin && time.p + time.n == form->line.p + form->masks[0].end);
}

/* Such lines are few. */
static bool has_cause(const struct hc_log_fields *fields)
{
    return fields->rank[HC_FIELD_CAUSE] < HC_FIELD_RANK_NONE && fields->member[HC_FIELD_CAUSE].value.n > 0;
}

bool hc_log_object_learn(struct hc_line_form *form, struct hc_unwrap_room *room)
{
    struct object object = {.form = form};
    struct hc_unwrapped inner;
    const struct hc_flat_member *message = &object.fields.member[HC_FIELD_MESSAGE];
    struct hc_form_around *around = &form->around;
    hc_log_fields_clear(&object.fields);
    around->found = 1;
    form->usable = false;
    if (!hc_flat_json(form->line, take_member, &object) || object.unsure || !has_same_fields(&object) ||
        object.fields.rank[HC_FIELD_MESSAGE] == HC_FIELD_RANK_NONE || !message->string || has_cause(&object.fields))
        return false;
    hc_log_unwrap(form->line, room, &inner);
    if (inner.text.p != message->value.p || inner.in_room || !hc_log_is_bare(inner.text, 0) ||
        may_name_trace((struct hc_str){form->line.p, form->masks[0].begin}))
        return false;
    size_t begin = (size_t)(inner.text.p - form->line.p);
    around->end = hc_form_place_of(form, begin + inner.text.n);
    around->level = inner.level;
    around->stamped = inner.has_stamp;
    around->has_component = inner.component.p != NULL;
    if (around->has_component) {
        begin = (size_t)(inner.component.p - form->line.p);
        around->component = hc_form_place_of(form, begin);
        around->component_end = hc_form_place_of(form, begin + inner.component.n);
    }
    hc_line_form_tell(form, inner.text);
    return form->usable;
}

static struct hc_str slice(const struct hc_formed_line *line, struct hc_str whole, struct hc_form_place from,
                           struct hc_form_place to)
{
    size_t begin = hc_formed_place(line, from), end = hc_formed_place(line, to);
    return (struct hc_str){whole.p + begin, end - begin};
}

void hc_log_object_recall(const struct hc_formed_line *line, struct hc_str whole, struct hc_unwrapped *out)
{
    const struct hc_line_form *form = line->form;
    const struct hc_form_around *around = &form->around;
    out->text = slice(line, whole, form->text, around->end);
    out->component = out->trace = out->cause = HC_STR_NONE;
    if (around->has_component)
        out->component = slice(line, whole, around->component, around->component_end);
    out->level = around->level;
    out->has_stamp = around->stamped;
    if (around->stamped)
        out->stamp = line->stamp;
    out->structured = true;
    out->in_room = false;
}
