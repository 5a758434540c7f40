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
    HC_EXIT_PARTIAL = 1, /* an input was rejected or partly accepted, an id unknown, something found */
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

/* The command line, read: options may stand before or after the command's name. */
struct hc_cli {
    const char *corpus;         /* --corpus, $HINDCAST_CORPUS, ./corpus.db */
    const char *catalogue_path; /* NULL: the one built in */
    int n_threads;
    bool json, quiet, ids;
    const struct hc_command *command;
    const char *values[HC_MAX_OPTIONS]; /* by the command's option table; NULL: not given, "" for those without value */
    char **arguments;
    int n_arguments;
};

struct hc_command {
    const char *name;
    const char *arguments; /* for the usage: "PATH…" */
    const char *says;
    const struct hc_option *options;
    int min_arguments, max_arguments; /* max -1: any number */
    enum hc_exit (*run)(struct hc_cli *cli);
};

extern const struct hc_command hc_command_ingest, hc_command_calibrate, hc_command_backtest, hc_command_analyze,
    hc_command_report, hc_command_query, hc_command_templates, hc_command_search, hc_command_similar, hc_command_check,
    hc_command_schema;

/* The value of an option of the command; NULL: not given. */
const char *hc_cli_option(const struct hc_cli *cli, const char *name);

/* A time option, RFC 3339 or a date; absent where not given. False after saying what is wrong. */
bool hc_cli_time(const struct hc_cli *cli, const char *name, struct hc_time *time);

/* A line on standard error: "hindcast: …". */
void hc_say(const struct hc_cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
void hc_say_err(const struct hc_cli *cli, const struct hc_err *err);

/* One line an incident of the source that was refused: "archive!member:line: text [code]". */
void hc_say_refusals(const struct hc_cli *cli, const struct hc_source *source);

/* Something in an inbox that is no source, or is left for the next run. */
void hc_say_left_out(const struct hc_cli *cli, const struct hc_warning *warning);

/* Says the error and gives the exit it means. */
enum hc_exit hc_exit_of(const struct hc_cli *cli, const struct hc_err *err);
/* The worse of two: 4, 3, 2, 1, 0. */
enum hc_exit hc_exit_worse(enum hc_exit a, enum hc_exit b);

/* Writes a buffer to standard output. False after saying why not. */
bool hc_print(const struct hc_cli *cli, struct hc_buf *buf);

/* Reads a whole file; the text is in the arena. HC_FAIL: it cannot be read. */
enum hc_status hc_file_slurp(const char *path, struct hc_arena *arena, struct hc_str *bytes, struct hc_err *err);
/* Writes a whole file so that it is there entirely or not at all. HC_FATAL: it cannot be written. */
enum hc_status hc_file_write(const char *path, struct hc_str bytes, struct hc_err *err);
enum hc_status hc_directory_make(const char *path, struct hc_err *err);

/* The catalogue of --catalogue, or the one built in. */
enum hc_status hc_cli_catalogue(const struct hc_cli *cli, struct hc_catalogue **out, struct hc_err *err);

/* Is this argument a path (has a slash, or names something that exists) rather than an id? */
bool hc_is_path(const struct hc_cli *cli, const char *argument);

/* {"command": …, "format": 1, and open for more. */
void hc_json_begin(struct hc_json_writer *w, struct hc_buf *out, const struct hc_cli *cli);
void hc_json_put_time(struct hc_json_writer *w, const char *key, struct hc_time time);

#endif
