#include <errno.h>
#include <unistd.h>

#include "base/xml.h"
#include "cli/cli.h"
#include "cli/near.h"

static const struct hc_command *const COMMANDS[] = {
    &hc_command_ingest,    &hc_command_calibrate, &hc_command_backtest, &hc_command_analyze,
    &hc_command_report,    &hc_command_query,     &hc_command_search,   &hc_command_similar,
    &hc_command_templates, &hc_command_lint,      &hc_command_check,    &hc_command_schema,
};
#define N_COMMANDS (sizeof COMMANDS / sizeof COMMANDS[0])

static const struct hc_option GLOBALS[] = {
    {"corpus", 'c', "FILE", "the corpus (default: $HINDCAST_CORPUS, then ./corpus.db)"},
    {"threads", 'j', "N", "threads (default: the processors at hand)"},
    {"json", 0, NULL, "results as JSON"},
    {"quiet", 'q', NULL, "no progress and no remarks on standard error"},
    {"catalogue", 0, "FILE", "another hypothesis catalogue than the one built in"},
    {"limit-member-bytes", 0, HC_SIZE, "refuse a larger file, inflated (default: 1073741824)"},
    {"limit-whole-bytes", 0, HC_SIZE, "read a larger file in parts, if it is of lines (default: 67108864)"},
    {"limit-archive-bytes", 0, HC_SIZE, "refuse a larger archive, inflated (default: 4294967296)"},
    {"limit-members", 0, "N", "refuse an archive of more members (default: 100000)"},
    {"limit-ratio", 0, "N", "refuse what inflates to more times its size (default: 250)"},
    {"memory-limit", 0, HC_SIZE, "refuse an incident that takes more bytes (default: 268435456)"},
    {"redaction", 0, "FILE", "other rules of what is replaced by pseudonyms than those built in"},
    {"redaction-key", 0, "FILE", "the secret that pseudonyms are made with, of at least 16 bytes; shards share one"},
    {"no-redaction", 0, NULL, "keep secrets and personal data as they stand"},
    {"mapping", 0, "FILE", "what fields, words and tags of other tools mean, before what is built in"},
    {"id", 0, NULL, "every argument is an incident's id, never a path"},
    {"help", 'h', NULL, "this text"},
    {"version", 0, NULL, "the version"},
    {NULL, 0, NULL, NULL},
};

enum {
    GLOBAL_CORPUS,
    GLOBAL_THREADS,
    GLOBAL_JSON,
    GLOBAL_QUIET,
    GLOBAL_CATALOGUE,
    GLOBAL_MEMBER_BYTES,
    GLOBAL_WHOLE_BYTES,
    GLOBAL_ARCHIVE_BYTES,
    GLOBAL_MEMBERS,
    GLOBAL_RATIO,
    GLOBAL_MEMORY,
    GLOBAL_REDACTION,
    GLOBAL_REDACTION_KEY,
    GLOBAL_NO_REDACTION,
    GLOBAL_MAPPING,
    GLOBAL_IDS,
    GLOBAL_HELP,
    GLOBAL_VERSION
};

static void print_option(const struct hc_option *o)
{
    char left[64];
    char letter[8] = "    ";
    if (o->letter)
        snprintf(letter, sizeof letter, "-%c, ", o->letter);
    snprintf(left, sizeof left, "%s--%s%s%s", letter, o->name, o->value ? " " : "", o->value ? o->value : "");
    printf("  %-31s %s\n", left, o->says);
}

/* Which of enum hc_uses a command has that a global option does something for; 0: every command. */
static unsigned used_by(int global)
{
    if (global >= GLOBAL_MEMBER_BYTES && global <= GLOBAL_NO_REDACTION)
        return HC_USES_BUNDLES;
    return global == GLOBAL_CATALOGUE ? HC_USES_CATALOGUE : global == GLOBAL_IDS ? HC_USES_IDS : 0;
}

/* The command's own and the global ones that it uses; all of the latter where there is no command. */
static void print_options(const struct hc_command *command)
{
    for (const struct hc_option *o = command ? command->options : NULL; o && o->name; o++)
        print_option(o);
    for (int i = 0; GLOBALS[i].name; i++)
        if (!command || !used_by(i) || (command->uses & used_by(i)))
            print_option(&GLOBALS[i]);
}

static bool takes(const struct hc_option *options, const char *value)
{
    for (const struct hc_option *o = options; o && o->name; o++)
        if (o->value && strcmp(o->value, value) == 0)
            return true;
    return false;
}

static void print_size(void)
{
    printf("\n" HC_SIZE " is a number of bytes, or of K, M or G: 64M is 67108864.\n");
}

static void print_usage(const struct hc_command *command)
{
    if (command) {
        printf("usage: hindcast %s [OPTION…]%s%s\n\n%s\n\n", command->name, *command->arguments ? " " : "",
               command->arguments, command->says);
        print_options(command);
        if (takes(command->options, "TIME"))
            printf(
                "\nTIME is RFC 3339 with an offset, as 2026-03-31T08:00:00+02:00, or a date: its first instant in UTC.\n");
        if ((command->uses & HC_USES_BUNDLES) || takes(command->options, HC_SIZE))
            print_size();
        printf("\nExample: %s\n", command->example);
        return;
    }
    printf("usage: hindcast [OPTION…] COMMAND …\n\nCommands (hindcast COMMAND --help says more):\n");
    for (size_t i = 0; i < N_COMMANDS; i++)
        printf("  %-10s %s\n", COMMANDS[i]->name, COMMANDS[i]->says);
    printf("\nOptions, before or after the command's name:\n");
    print_options(NULL);
    print_size();
    printf("\nExit status: 0 done; 1 done, but an input was rejected or something was found; 2 wrong usage;\n"
           "3 the corpus cannot be used; 4 the machine failed.\n");
}

static const struct hc_command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

static int find_option(const struct hc_option *options, const char *name, size_t n, char letter)
{
    for (int i = 0; options && options[i].name; i++)
        if (letter ? options[i].letter == letter
                   : strlen(options[i].name) == n && memcmp(options[i].name, name, n) == 0)
            return i;
    return -1;
}

/* "; did you mean 'analyze'?", or where to read on. */
static void say_unknown_command(const char *name)
{
    struct hc_near near = HC_NEAR_NONE;
    for (size_t i = 0; i < N_COMMANDS; i++)
        hc_near_try(&near, hc_str_of(name), hc_str_of(COMMANDS[i]->name));
    if (near.word.n)
        hc_say("'%s' is not a command; did you mean '%.*s'?", name, HC_STR_ARG(near.word));
    else
        hc_say("'%s' is not a command; 'hindcast --help' lists them", name);
}

static void try_options(struct hc_near *near, struct hc_str given, const struct hc_option *options)
{
    for (const struct hc_option *o = options; o && o->name; o++)
        hc_near_try(near, given, hc_str_of(o->name));
}

static void say_unknown_option(const struct hc_command *command, const char *word)
{
    struct hc_near near = HC_NEAR_NONE;
    struct hc_str given = {word + 2, word[1] == '-' ? strcspn(word + 2, "=") : 0};
    if (given.n) {
        try_options(&near, given, GLOBALS);
        try_options(&near, given, command ? command->options : NULL);
    }
    if (near.word.n)
        hc_say("unknown option '%s'; did you mean '--%.*s'?", word, HC_STR_ARG(near.word));
    else
        hc_say("unknown option '%s'; 'hindcast %s%s--help' lists them", word, command ? command->name : "",
               command ? " " : "");
}

struct parse {
    struct hc_cli *cli;
    const char *globals[GLOBAL_VERSION + 1];
    char **argv;
    int argc, next;
};

/* Which table an option is in: the globals', the command's, or none. */
static const struct hc_option *look_up(struct parse *p, const char *name, size_t n, char letter, const char ***slot)
{
    int i = find_option(GLOBALS, name, n, letter);
    if (i >= 0) {
        *slot = &p->globals[i];
        return &GLOBALS[i];
    }
    const struct hc_option *options = p->cli->command ? p->cli->command->options : NULL;
    i = find_option(options, name, n, letter);
    if (i < 0 || i >= HC_MAX_OPTIONS)
        return NULL;
    *slot = &p->cli->values[i];
    return &options[i];
}

/* Reads the option at argv[next], and its value from the same word or the next. */
static bool take_option(struct parse *p)
{
    const char *word = p->argv[p->next++];
    bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    size_t n = is_long ? strcspn(name, "=") : 1;
    const char *attached = is_long ? (name[n] == '=' ? name + n + 1 : NULL) : (name[1] ? name + 1 : NULL);
    const char **slot = NULL;
    const struct hc_option *option = look_up(p, name, n, is_long ? 0 : name[0], &slot);

    if (!option) {
        say_unknown_option(p->cli->command, word);
        return false;
    }
    if (!option->value) {
        if (attached) {
            hc_say("option '--%s' takes no value, and stands in a word of its own", option->name);
            return false;
        }
        *slot = "";
        return true;
    }
    if (!attached) {
        if (p->next >= p->argc) {
            hc_say("option '--%s' needs a value: %s", option->name, option->value);
            return false;
        }
        attached = p->argv[p->next++];
    }
    *slot = attached;
    return true;
}

/* Does an option take the word behind it? One that only some commands have means the same to all that have it. */
static bool takes_value(const char *name, size_t n, char letter)
{
    int i = find_option(GLOBALS, name, n, letter);
    if (i >= 0)
        return GLOBALS[i].value != NULL;
    for (size_t c = 0; c < N_COMMANDS; c++)
        if ((i = find_option(COMMANDS[c]->options, name, n, letter)) >= 0)
            return COMMANDS[c]->options[i].value != NULL;
    return false;
}

/* The command's name is the first word that is no option and no option's value; "help" before it is --help. */
static const char *command_name(struct parse *p)
{
    for (int i = 1; i < p->argc; i++) {
        const char *word = p->argv[i];
        if (strcmp(word, "help") == 0) {
            p->globals[GLOBAL_HELP] = "";
            continue;
        }
        if (word[0] != '-' || !word[1])
            return word;
        bool is_long = word[1] == '-';
        size_t n = is_long ? strcspn(word + 2, "=") : 1;
        bool attached = is_long ? word[2 + n] == '=' : word[2] != '\0';
        if (!attached && takes_value(word + 2, n, is_long ? 0 : word[1]))
            i++;
    }
    return NULL;
}

static bool parse_words(struct parse *p, const char *command)
{
    bool seen_command = false, only_arguments = false;
    while (p->next < p->argc) {
        char *word = p->argv[p->next];
        if (!only_arguments && strcmp(word, "--") == 0) {
            only_arguments = true;
            p->next++;
        } else if (!only_arguments && word[0] == '-' && word[1]) {
            if (!take_option(p))
                return false;
        } else {
            p->next++;
            if (!seen_command && word == command)
                seen_command = true;
            else
                p->cli->arguments[p->cli->n_arguments++] = word;
        }
    }
    return true;
}

#define MOST_LIMIT (INT64_C(1) << 40) /* what is made of limits stays within 64 bits */

static enum hc_status set_numbers(struct parse *p, struct hc_err *err)
{
    struct hc_ingest_limits *limits = &p->cli->limits;
    int64_t threads = sysconf(_SC_NPROCESSORS_ONLN);
    int64_t numbers[GLOBAL_MEMORY + 1] = {0};
    enum hc_status status = hc_cli_number("threads", p->globals[GLOBAL_THREADS], 1, 1024, &threads, err);
    for (int i = GLOBAL_MEMBER_BYTES; status == HC_OK && i <= GLOBAL_MEMORY; i++) {
        bool is_size = strcmp(GLOBALS[i].value, HC_SIZE) == 0;
        status =
            (is_size ? hc_cli_bytes : hc_cli_number)(GLOBALS[i].name, p->globals[i], 1, MOST_LIMIT, &numbers[i], err);
    }
    p->cli->n_threads = (int)threads;
    *limits = (struct hc_ingest_limits){.member_bytes = (uint64_t)numbers[GLOBAL_MEMBER_BYTES],
                                        .whole_bytes = (uint64_t)numbers[GLOBAL_WHOLE_BYTES],
                                        .archive_bytes = (uint64_t)numbers[GLOBAL_ARCHIVE_BYTES],
                                        .n_members = (uint64_t)numbers[GLOBAL_MEMBERS],
                                        .ratio = (uint64_t)numbers[GLOBAL_RATIO],
                                        .arena_bytes = (uint64_t)numbers[GLOBAL_MEMORY]};
    return status;
}

static void set_globals(struct parse *p)
{
    struct hc_cli *cli = p->cli;
    const char *environment = getenv("HINDCAST_CORPUS");
    cli->corpus = p->globals[GLOBAL_CORPUS]     ? p->globals[GLOBAL_CORPUS]
                  : environment && *environment ? environment
                                                : "corpus.db";
    cli->corpus_given = p->globals[GLOBAL_CORPUS] != NULL;
    cli->catalogue_path = p->globals[GLOBAL_CATALOGUE];
    cli->redaction_path = p->globals[GLOBAL_REDACTION];
    cli->redaction_key_path = p->globals[GLOBAL_REDACTION_KEY];
    cli->no_redaction = p->globals[GLOBAL_NO_REDACTION] != NULL;
    cli->mapping_path = p->globals[GLOBAL_MAPPING];
    cli->json = p->globals[GLOBAL_JSON] != NULL;
    cli->quiet = p->globals[GLOBAL_QUIET] != NULL;
    cli->ids = p->globals[GLOBAL_IDS] != NULL;
}

static enum hc_status run_command(struct parse *p, struct hc_buf *out, struct hc_err *err)
{
    struct hc_cli *cli = p->cli;
    const struct hc_command *c = cli->command;
    enum hc_status status = set_numbers(p, err);
    if (status == HC_OK && !c)
        return hc_err_set(err, HC_FAIL, "usage", "no command given; 'hindcast --help' lists them");
    if (status == HC_OK &&
        (cli->n_arguments < c->min_arguments || (c->max_arguments >= 0 && cli->n_arguments > c->max_arguments)))
        status = hc_err_set(err, HC_FAIL, "usage", "usage: hindcast %s [OPTION…]%s%s; try 'hindcast %s --help'",
                            c->name, *c->arguments ? " " : "", c->arguments, c->name);
    if (status == HC_OK)
        status = c->run(cli, out, err);
    return status == HC_OK ? hc_print(out, err) : status;
}

/* What the command printed must have gone out, whatever else is to be said of it. */
static enum hc_status flush(struct hc_err *err)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return HC_OK;
    return hc_err_set(err, HC_FATAL, "output-unwritable", "standard output cannot be written: %s", strerror(errno));
}

static enum hc_exit run(struct parse *p)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_buf out = {0};
    enum hc_status status = HC_OK;
    const char *name = command_name(p);
    if (name && !(p->cli->command = find_command(name))) {
        say_unknown_command(name);
        return HC_EXIT_USAGE;
    }
    if (!parse_words(p, name))
        return HC_EXIT_USAGE;
    set_globals(p);
    if (p->globals[GLOBAL_HELP])
        print_usage(p->cli->command);
    else if (p->globals[GLOBAL_VERSION])
        printf("hindcast %s\n", HC_VERSION);
    else
        status = run_command(p, &out, &err);
    if (status != HC_OK)
        hc_err_set(&err, status, NULL, "failed, and did not say why");
    flush(&err);
    hc_buf_free(&out);
    if (err.status == HC_OK)
        return p->cli->partial ? HC_EXIT_PARTIAL : HC_EXIT_DONE;
    hc_say_err(&err);
    return hc_exit_of(&err);
}

int main(int argc, char **argv)
{
    struct hc_cli cli = {0};
    struct parse p = {.cli = &cli, .argv = argv, .argc = argc, .next = 1};
    cli.arguments = calloc((size_t)argc + 1, sizeof *cli.arguments);
    if (!cli.arguments)
        return HC_EXIT_MACHINE;
    hc_xml_setup();
    enum hc_exit status = run(&p);
    hc_xml_cleanup();
    free(cli.arguments);
    return (int)status;
}
