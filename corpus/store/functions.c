/* The SQL functions that a query may use; any other is refused. */
#include "corpus/store/internal.h"

/* In bytewise order: searched by halving. */
static const char *const allowed[] = {
    "->",           "->>",          "abs",         "acos",         "acosh",        "asin",
    "asinh",        "atan",         "atan2",       "atanh",        "avg",          "bm25",
    "ceil",         "ceiling",      "char",        "coalesce",     "cos",          "cosh",
    "count",        "cume_dist",    "current_date", "current_time", "current_timestamp", "date",
    "datetime",     "degrees",      "dense_rank",  "exp",          "first_value",  "floor",
    "format",       "glob",         "group_concat", "hex",         "highlight",    "ifnull",
    "iif",          "instr",        "json",        "json_array",   "json_array_length", "json_each",
    "json_extract", "json_group_array", "json_group_object", "json_object", "json_quote", "json_tree",
    "json_type",    "json_valid",   "julianday",   "lag",          "last_value",   "lead",
    "length",       "like",         "likelihood",  "likely",       "ln",           "log",
    "log10",        "log2",         "lower",       "ltrim",        "match",        "max",
    "min",          "mod",          "nth_value",   "ntile",        "nullif",       "percent_rank",
    "pi",           "pow",          "power",       "printf",       "quote",        "radians",
    "rank",         "replace",      "round",       "row_number",   "rtrim",        "sign",
    "sin",          "sinh",         "snippet",     "sqlite_version", "sqrt",       "strftime",
    "substr",       "substring",    "subtype",     "sum",          "tan",          "tanh",
    "time",         "total",        "trim",        "trunc",        "typeof",       "unicode",
    "unixepoch",    "unlikely",     "upper",       "zeroblob",
};

static int compare(const void *key, const void *item)
{
    return sqlite3_stricmp(key, *(const char *const *)item);
}

bool hc_store_function_allowed(const char *name)
{
    return bsearch(name, allowed, sizeof allowed / sizeof *allowed, sizeof *allowed, compare) != NULL;
}
