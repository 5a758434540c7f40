/* Lines of logs that differ in their time and in their numbers alone: what one of a form is like, found out once. */
#ifndef HC_INGEST_NORMALIZE_LINE_FORM_H
#define HC_INGEST_NORMALIZE_LINE_FORM_H

#include "base/arena.h"
#include "ingest/normalize/logheader.h"
#include "ingest/normalize/shape_memo.h"
#include "ingest/normalize/signature.h"

/* A place in the line that a form is shown by, not inside a mask: how far behind which mask, 0 being where lines begin. */
struct hc_form_place {
    uint16_t behind;
    uint8_t mask;
};

/* What is around the text of lines that are objects, as whoever takes it off has found in their form. */
struct hc_form_around {
    uint8_t found; /* 0: nobody has looked */
    uint8_t level;
    bool stamped; /* the time is the line's own */
    bool has_component;
    struct hc_form_place component, component_end, end; /* of the text */
};

/* A form, shown by the first line of it. What every line asks for comes first: of many forms, memory that is not at hand
 * is what a look costs. */
struct hc_line_form {
    uint16_t n_key;
    uint8_t n_masks;
    bool timed;
    bool object; /* its columns are those of a text inside it, once hc_line_form_tell has told which */
    bool usable; /* every line of the form has these columns */
    struct hc_form_place text;
    struct hc_form_around around; /* of an object */

    /* What its reader has found in it, at places of that first line. */
    uint8_t bare;  /* for whoever takes off what is around lines; 0: nobody has asked */
    uint8_t trace; /* for whoever looks for one; 0: nobody has */
    struct hc_form_place trace_begin, trace_end;
    bool has_stamp, matched, has_component; /* of the header, as all here */
    uint8_t level;
    struct hc_form_place message, component, component_end;
    uint32_t program;      /* whose header it is */
    struct hc_shape shape; /* of the message, where known */

    const char *key;
    struct hc_str line;
    struct hc_columns *columns; /* all read; their stamp is that line's own */
    struct hc_masked masks[];   /* the first one is the line's time, where `timed` */
};

/* A line as one of a form. */
struct hc_formed_line {
    struct hc_line_form *form;             /* NULL: the line must be read by itself */
    uint16_t ends[2 + HC_SIGNATURE_MASKS]; /* of its masks, which are those of the form, counted from 1 */
    struct hc_stamp stamp;                 /* of its first column, where form->timed */
};

struct hc_line_forms;

/* A line without what is around it, and what its form is known by. */
struct hc_sought;

/* Memory: the arena's. What is told of a line does not depend on what is known. NULL: none. */
struct hc_line_forms *hc_line_forms_new(struct hc_arena *arena);

/* Bytes that it keeps. */
size_t hc_line_forms_size(const struct hc_line_forms *forms);

/* What is sought lives until the next but one is, as long as its text and `line`, of which all but its form is found out
 * here: so a line may be looked at ahead of its turn, and the memory of its form is at hand when that has come. */
const struct hc_sought *hc_line_forms_seek(struct hc_line_forms *forms, struct hc_str text,
                                           struct hc_formed_line *line);

/* As hc_line_forms_seek, of a line that opens with '{': the first word with a digit must be a time, in quotes of its own, so
 * that lines of one form have that, and the masks behind it, in the same places. */
const struct hc_sought *hc_line_forms_seek_object(struct hc_line_forms *forms, struct hc_str text,
                                                  struct hc_formed_line *line);

/* Has the memory of its form brought, if there is one; what is done meanwhile need not wait for it. */
void hc_line_forms_fetch(const struct hc_line_forms *forms, const struct hc_sought *sought);

/* Gives the line its form, if that is known and tells its columns. False: what is sought is new.
 * Checked: tests/unit/ingest/test_line_form.c and fuzz_log_lines, columns and header against those of each line by
 * itself. */
bool hc_line_forms_find(const struct hc_line_forms *forms, const struct hc_sought *sought);

/* Gives the line the form that it is the first one of, if that tells its columns. False: no memory. */
bool hc_line_forms_add(struct hc_line_forms *forms, const struct hc_sought *sought);

/* Memory that one reader of lines at a time may use, of at least so many bytes, as the one before it has left it: of a log
 * of a few lines, what is at hand already is read sooner than it is found anew. `fresh`: there was none before. NULL: none. */
void *hc_line_forms_room(struct hc_line_forms *forms, size_t n_bytes, bool *fresh);

/* The number of a program, the same for equal ones; not 0. */
uint32_t hc_line_forms_program(struct hc_line_forms *forms, const struct hc_header_program *program);

struct hc_form_place hc_form_place_of(const struct hc_line_form *form, size_t place);

/* Has the columns read of the text in the line that a form of objects is shown by; `usable` then says of what use they are. */
void hc_line_form_tell(struct hc_line_form *form, struct hc_str text);

/* Where in the line a place of the form's line is. */
static inline size_t hc_formed_place(const struct hc_formed_line *line, struct hc_form_place place)
{
    return (size_t)line->ends[place.mask] + place.behind;
}

/* Does what begins at this place of the form have a signature of its own that is the same in all of its lines? */
bool hc_formed_is_own_text(const struct hc_line_form *form, struct hc_form_place place);

/* Takes over what the program of that number finds in the form. */
void hc_line_form_apply(struct hc_line_form *form, const struct hc_header_program *program, uint32_t number);

/* What the program of that number finds in the text, whose columns the form has; its stamp is that of the line, which is not
 * copied. */
static inline void hc_formed_header(const struct hc_header_program *program, uint32_t number,
                                    const struct hc_formed_line *line, struct hc_str text, struct hc_header *header)
{
    struct hc_line_form *form = line->form;
    if (form->program != number)
        hc_line_form_apply(form, program, number);
    size_t before = hc_formed_place(line, form->text);
    header->has_stamp = form->has_stamp;
    header->matched = form->matched;
    header->level = form->level;
    header->message = hc_formed_place(line, form->message) - before;
    header->component = HC_STR_NONE;
    if (form->has_component) {
        size_t begin = hc_formed_place(line, form->component), end = hc_formed_place(line, form->component_end);
        header->component = (struct hc_str){text.p + (begin - before), end - begin};
    }
}

#endif
