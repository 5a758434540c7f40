/* What the commands share: options, exits, messages. The only layer that prints or exits. */
#ifndef HC_CLI_CLI_H
#define HC_CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "analysis/model/catalogue.h"
#include "base/json.h"
#include "base/status.h"
#include "base/text.h"
#include "base/time.h"
#include "corpus/store/store.h"
#include "ingest/ingest.h"

enum hc_exit {
    HC_EXIT_DONE = 0,
    HC_EXIT_PARTIAL = 1, /* an input was rejected or only in part accepted, an id unknown, something found */
    HC_EXIT_USAGE = 2,   /* the command line or the SQL was wrong or refused */
    HC_EXIT_CORPUS = 3,  /* the corpus cannot be used */
    HC_EXIT_MACHINE = 4, /* disk full, out of memory */
};

/* An option of one command. */
struct hc_option {
    const char *name;  /* without the dashes; NULL ends a table */
    char letter;       /* 0: none */
    const char *value; /* what it takes, as the usage shows it; NULL: nothing */
    const char *says;
};

#define HC_MAX_OPTIONS 16
#define HC_SIZE "SIZE" /* the `value` of an option that takes bytes; the help says how they are given */

/* The command line, read: options may stand before or after the command's name. */
struct hc_cli {
    const char *corpus;         /* --corpus, $HINDCAST_CORPUS, ./corpus.db */
    const char *catalogue_path; /* NULL: the one built in */
    int n_threads;
    struct hc_ingest_limits limits; /* 0: the default */
    const char *redaction_path;     /* NULL: the rules built in */
    const char *redaction_key_path; /* NULL: a key that everybody knows */
    bool no_redaction;
    const char *mapping_path; /* NULL: the mapping built in */
    bool json, quiet, ids;
    bool corpus_given; /* by --corpus */
    bool partial;      /* set while the command runs: it was done, but HC_EXIT_PARTIAL */
    const struct hc_command *command;
    const char *values[HC_MAX_OPTIONS]; /* by the command's option table; NULL: not given, "" for those without value */
    char **arguments;
    int n_arguments;
};

/* Global options that only some commands use, and list. */
enum hc_uses { HC_USES_CATALOGUE = 1, HC_USES_BUNDLES = 2, HC_USES_IDS = 4 };

struct hc_command {
    const char *name;
    const char *arguments; /* for the usage: "PATH…" */
    const char *says;
    const char *example; /* a line to type */
    const struct hc_option *options;
    int min_arguments, max_arguments; /* max -1: any number */
    unsigned uses;                    /* of enum hc_uses */
    /* Appends what is printed once all went well; what fails becomes the exit. Errors: "usage" among others. */
    enum hc_status (*run)(struct hc_cli *cli, struct hc_buf *out, struct hc_err *err);
};

extern const struct hc_command hc_command_ingest, hc_command_calibrate, hc_command_backtest, hc_command_analyze,
    hc_command_report, hc_command_query, hc_command_templates, hc_command_search, hc_command_similar, hc_command_check,
    hc_command_schema, hc_command_lint;

/* The value of an option of the command; NULL: not given. */
const char *hc_cli_option(const struct hc_cli *cli, const char *name);

/* A time option, RFC 3339 or a date (its first instant); absent where not given. HC_FAIL: "usage". */
enum hc_status hc_cli_time(const struct hc_cli *cli, const char *name, struct hc_time *time, struct hc_err *err);
/* A whole number from `least` to `most`; *value stays where the text is NULL. HC_FAIL: "usage". */
enum hc_status hc_cli_number(const char *name, const char *text, int64_t least, int64_t most, int64_t *value,
                             struct hc_err *err);

/* As hc_cli_number, of bytes: K, M or G, in either case, behind the number make it one of 1024, 1024² or 1024³ bytes. */
enum hc_status hc_cli_bytes(const char *name, const char *text, int64_t least, int64_t most, int64_t *value,
                            struct hc_err *err);

/* A line on standard error: "hindcast: …". */
void hc_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void hc_say_err(const struct hc_err *err);

/* One line an incident of the source that was refused: "archive!member:line: text [code]". */
void hc_say_refusals(const struct hc_source *source);

/* Something in an inbox that is no source, or is left for the next run. */
void hc_say_left_out(const struct hc_cli *cli, const struct hc_warning *warning);

/* The exit that an error means. */
enum hc_exit hc_exit_of(const struct hc_err *err);

/* Writes the buffer to standard output and empties it. HC_FATAL: "out-of-memory", "output-unwritable". */
enum hc_status hc_print(struct hc_buf *buf, struct hc_err *err);

/* Reads a whole file; the text is in the arena. HC_FAIL: it cannot be read. */
enum hc_status hc_file_slurp(const char *path, struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err);
/* Writes a whole file so that it is there entirely or not at all. HC_FATAL: it cannot be written. */
enum hc_status hc_file_write(const char *path, struct hc_str bytes, struct hc_err *err);
enum hc_status hc_directory_make(const char *path, struct hc_err *err);
/* Removes what writes left in it whose run is gone, and nothing else. */
void hc_directory_tidy(const char *path);
/* Keeps a directory for this run, until *lock is closed. HC_FATAL: "site-locked", another has it. */
enum hc_status hc_directory_lock(int *lock, const char *path, struct hc_err *err);

/* The catalogue of --catalogue, or the one built in. */
enum hc_status hc_cli_catalogue(const struct hc_cli *cli, struct hc_catalogue **out, struct hc_err *err);

/* The rules of --redaction, or those built in, under the key of --redaction-key; NULL with --no-redaction. Owns: the
 * caller; hc_redaction_rules_free. */
enum hc_status hc_cli_redaction(const struct hc_cli *cli, struct hc_redaction_rules **out, struct hc_err *err);

/* The mapping of records that is built in, after that of --mapping where it is given. Owns: the caller; hc_mapping_free. */
enum hc_status hc_cli_mapping(const struct hc_cli *cli, struct hc_mapping **out, struct hc_err *err);

/* Is this argument a path (has a slash, or names something that exists) rather than an id? */
bool hc_is_path(const struct hc_cli *cli, const char *argument);

/* Text from outside on one line of a terminal: what hides, reorders or moves the cursor is shown as such. */
void hc_put_shown(struct hc_buf *out, struct hc_str text);
/* "application / memory-leak in api", with the parts that are there. */
void hc_put_cause(struct hc_buf *out, struct hc_str category, struct hc_str cause, struct hc_str component);

/* "-c FILE " where it was given, for a command that the user is told to run. */
void hc_put_corpus_option(struct hc_buf *out, const struct hc_cli *cli);

/* {"command": …, "format": 1, and open for more; hc_json_end closes it and ends the line. */
void hc_json_begin(struct hc_json_writer *w, struct hc_buf *out, const struct hc_cli *cli);
void hc_json_end(struct hc_json_writer *w);
void hc_json_put_time(struct hc_json_writer *w, const char *key, struct hc_time time);
void hc_json_put_bool(struct hc_json_writer *w, const char *key, bool value);
void hc_json_put_number_of(struct hc_json_writer *w, const char *key, int64_t number); /* 0: null */

#endif
