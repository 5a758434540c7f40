/* A log of many templates whose messages have free words in them, which no mask can tell from the words around:
 * log_lines KIND LINES [TEMPLATES]. A line of template t begins with the component "part<t>", by which whoever groups the
 * lines can be asked whether the groups are the templates. */
#include "base/number.h"
#include "base/random.h"
#include "base/text.h"

#define SEED 600
#define N_FREE 3
#define MOST_WORDS 12
#define WORD_BYTES 16
#define N_FIXED 800  /* words that messages are made of */
#define N_MANY 20000 /* free words */
#define N_FEW 12     /* the same of the kind "few" */

enum kind { SPREAD, ADJACENT, FEW, NUMBERS, N_KINDS };
static const char *const kinds[] = {"spread", "adjacent", "few", "numbers"};

struct message {
    size_t n, fixed[MOST_WORDS];
    bool free[MOST_WORDS], number[MOST_WORDS];
};

/* The word of an index: the same at every call, of two to four syllables. */
static void word_of(uint64_t vocabulary, size_t index, char word[WORD_BYTES])
{
    static const char *const onsets[] = {"b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "st", "tr"};
    struct hc_random random = hc_random_new(SEED + vocabulary, index);
    size_t n = 0, syllables = 2 + hc_random_below(&random, 3);
    for (size_t i = 0; i < syllables; i++) {
        for (const char *c = onsets[hc_random_below(&random, sizeof onsets / sizeof onsets[0])]; *c; c++)
            word[n++] = *c;
        word[n++] = "aeiou"[hc_random_below(&random, 5)];
    }
    word[n] = '\0';
}

/* Six to nine words of its own and three free ones, none of them the first; of the kind "numbers" two values more. */
static struct message message_of(enum kind kind, size_t index)
{
    struct hc_random random = hc_random_new(SEED, index);
    struct message m = {.n = 6 + hc_random_below(&random, 4) + N_FREE};
    for (size_t i = 0; i < m.n; i++)
        m.fixed[i] = hc_random_below(&random, N_FIXED);
    size_t first = 1 + hc_random_below(&random, m.n - N_FREE);
    for (size_t i = 0; i < N_FREE; i++) {
        size_t at = first + i;
        while (kind != ADJACENT && (at = 1 + hc_random_below(&random, m.n - 1), m.free[at]))
            ;
        m.free[at] = true;
    }
    for (size_t i = 0; kind == NUMBERS && i < 2; i++) {
        size_t at = 1 + hc_random_below(&random, m.n - 1);
        m.number[at] = !m.free[at];
    }
    return m;
}

static void print_line(enum kind kind, size_t template_index, const struct message *m, size_t line)
{
    struct hc_random random = hc_random_new(SEED + 2, line);
    size_t second = line / 50;
    char word[WORD_BYTES];
    printf("2025-12-%02zu %02zu:%02zu:%02zu,%03zu INFO part%zu:", 1 + second / 86400 % 28, second / 3600 % 24,
           second / 60 % 60, second % 60, line % 50 * 20, template_index);
    for (size_t i = 0; i < m->n; i++) {
        if (m->number[i]) {
            printf(" %zu", hc_random_below(&random, 100000));
            continue;
        }
        size_t free_word = hc_random_below(&random, kind == FEW ? N_FEW : N_MANY);
        word_of(m->free[i] ? 1 : 0, m->free[i] ? free_word : m->fixed[i], word);
        printf(" %s", word);
    }
    putchar('\n');
}

int main(int argc, char **argv)
{
    int64_t n = 0, n_templates = 600;
    size_t kind = 0;
    while (argc > 1 && kind < N_KINDS && strcmp(argv[1], kinds[kind]) != 0)
        kind++;
    if (argc < 3 || kind == N_KINDS || !hc_int64_parse(hc_str_of(argv[2]), &n) || n < 0 ||
        (argc > 3 && !hc_int64_parse(hc_str_of(argv[3]), &n_templates)) || n_templates < 1) {
        fprintf(stderr, "usage: log_lines spread|adjacent|few|numbers LINES [TEMPLATES]\n");
        return 2;
    }
    for (size_t i = 0; i < (size_t)n; i++) {
        struct hc_random random = hc_random_new(SEED + 1, i);
        size_t index = hc_random_below(&random, (size_t)n_templates);
        struct message message = message_of((enum kind)kind, index);
        print_line((enum kind)kind, index, &message, i);
    }
    return 0;
}
