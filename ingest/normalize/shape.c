#include "ingest/normalize/letters.h"
#include "ingest/normalize/logtime.h"
#include "ingest/normalize/shape_classes.h"
#include "ingest/normalize/shape_values.h"
#include "ingest/normalize/templates.h"

#define MASK_BYTES 3
#define SHAPE_BYTES 1024 /* of a message, as much as an event keeps of it */
#define UNIT_LETTERS 3   /* 512MB, 30ms */
#define UNIT_BYTES 7     /* seconds */
#define HEX_ID_BYTES 5
#define HEX_WORD_BYTES 8 /* ffffffff: no word of a language */
#define HEX_RUN_BYTES 16 /* no date, unit or part of a UUID is so long */
#define PADDING 8
#define ALTERNATIONS 3 /* of letters and digits: x9f2kQ7 is an id, sha256 is not */

/* A message being read, a shape being written; every byte read writes at most three. Behind the message stand bytes of
 * class S, so that nothing in it runs beyond its end. */
struct scan {
    const char *in;
    size_t n, at;
    size_t dots_end;  /* behind the last dot */
    size_t marks_end; /* behind the last mark of a URL or an address */
    size_t pairs_end; /* behind the last "::" */
    char *out;
    size_t used;
    size_t bytes_end; /* of the last mask that was a number of bytes */
    bool beyond_ascii;
    bool starred, was_starred; /* a '*' was written in the last word, in the one before it */
};

/* What a run of letters and digits is made of. */
struct word {
    size_t begin, end;
    size_t n_digits, n_plain; /* n_plain: letters that are no hexadecimal digits */
    size_t n_turns;           /* from letter to digit and back */
    size_t first_digits, last_digits;
};

static uint8_t class_of(const struct scan *scan, size_t at)
{
    return hc_shape_classes[(unsigned char)scan->in[at]];
}

static void write_bytes(struct scan *scan, size_t begin, size_t end)
{
    memcpy(scan->out + scan->used, scan->in + begin, end - begin);
    scan->used += end - begin;
}

/* How many bytes of each class are in a word, each class in 16 bits of the sum: a message has fewer bytes than that. */
#define COUNT_OF(sum, class) ((size_t)((sum) >> 16 * ((class) - L)) & 0xFFFF)

static void read_word(struct scan *scan, struct word *word)
{
    static const uint64_t one_of[] = {[L] = 1, [D] = 1 << 16, [H] = UINT64_C(1) << 32, [U] = UINT64_C(1) << 48};
    size_t i = scan->at, n_turns = 0, begin = i;
    uint64_t sum = 0;
    uint8_t c;
    bool was_digit = class_of(scan, i) == D;
    for (; (c = class_of(scan, i)) >= L; i++) {
        n_turns += was_digit != (c == D);
        was_digit = c == D;
        sum += one_of[c];
    }
    *word = (struct word){.begin = begin,
                          .end = i,
                          .n_digits = COUNT_OF(sum, D),
                          .n_plain = COUNT_OF(sum, L) + COUNT_OF(sum, U),
                          .n_turns = n_turns};
    scan->beyond_ascii = scan->beyond_ascii || COUNT_OF(sum, U) > 0;
    if (word->n_digits == 0)
        return;
    while (class_of(scan, begin + word->first_digits) == D)
        word->first_digits++;
    while (word->last_digits < i - begin && class_of(scan, i - 1 - word->last_digits) == D)
        word->last_digits++;
}

static bool after_mask(const struct scan *scan, size_t back)
{
    if (scan->used < MASK_BYTES + back)
        return false;
    const char *end = scan->out + scan->used - back;
    return end[-1] == '>' && end[-2] == '*' && end[-3] == '<';
}

static bool joins_masks(char c)
{
    switch (c) {
    case '.':
    case ':':
    case ',':
    case '-':
    case '/':
    case '_':
    case 'x':
    case '+':
    case '#':
        return true;
    default:
        return false;
    }
}

/* Writes a mask; one that only a joiner parts from another ("10.1.2.3:80", "23:17:43", "1, 2") becomes one with it. */
static void write_mask(struct scan *scan)
{
    size_t used = scan->used;
    scan->starred = true;
    if (used >= MASK_BYTES + 1 && joins_masks(scan->out[used - 1]) && after_mask(scan, 1)) {
        scan->used--;
        return;
    }
    if (used >= MASK_BYTES + 2 && after_mask(scan, 2) && scan->out[used - 1] == ' ' && scan->out[used - 2] == ',') {
        scan->used -= 2;
        return;
    }
    if (after_mask(scan, 0))
        return;
    if (used >= MASK_BYTES + 1 && after_mask(scan, 1) && scan->out[used - 1] == ' ') {
        scan->used--;
        return;
    }
    /* A sign belongs to its number, a dash between word and number does not. */
    if (used > 0 && (scan->out[used - 1] == '-' || scan->out[used - 1] == '+')) {
        char before = used > 1 ? scan->out[used - 2] : ' ';
        if (hc_shape_classes[(unsigned char)before] < L || before == '_')
            if (before != ')' && before != ']' && before != '>')
                scan->used--;
    }
    memcpy(scan->out + scan->used, "<*>", MASK_BYTES);
    scan->used += MASK_BYTES;
}

static bool masks_whole(const struct scan *scan, const struct word *word)
{
    size_t n = word->end - word->begin;
    if (word->n_digits == n)
        return true;
    if (word->n_digits == 0)
        return word->n_plain == 0 && n >= HEX_WORD_BYTES;
    if (word->first_digits > 0 && n - word->first_digits <= UNIT_LETTERS && word->n_turns == 1)
        return true;
    if (n > 2 && scan->in[word->begin] == '0' && (scan->in[word->begin + 1] | 0x20) == 'x' && word->n_plain == 1)
        return true;
    if (word->n_plain == 0 && n >= HEX_ID_BYTES && (word->n_digits >= 2 || n >= HEX_ID_BYTES + 2))
        return true;
    if (word->n_plain == 0 && n <= 4 && (after_mask(scan, 1) || word->n_turns > 1))
        return true;
    return word->n_turns >= ALTERNATIONS && !memchr(scan->in + word->begin, '_', n);
}

/* Masks the runs of digits inside a word and keeps its letters; a name with one digit at its end stays: eth0, ssh2. */
static void write_mixed(struct scan *scan, const struct word *word)
{
    if (word->n_digits == 1 && word->last_digits == 1 && word->end - word->begin >= 3 &&
        class_of(scan, word->end - 2) != U && !memchr(scan->in + word->begin, '_', word->end - word->begin)) {
        write_bytes(scan, word->begin, word->end);
        return;
    }
    for (size_t i = word->begin; i < word->end; i++) {
        if (class_of(scan, i) != D)
            scan->out[scan->used++] = scan->in[i];
        else if (i == word->begin || class_of(scan, i - 1) != D)
            write_mask(scan);
    }
}

/* The end of a name with dots between its parts that is a value: a host with its port, or one of three parts and more
 * (a host, a package, a class) anywhere but at the start, where it is what the message is about. 0: none here. */
static size_t dotted_end(const struct scan *scan, const struct word *word)
{
    size_t begin = word->begin, end = begin, n_dots = 0;
    if (word->end >= scan->dots_end || class_of(scan, word->end) != J)
        return 0;
    bool capital = false;
    for (; class_of(scan, end) >= J; end++) {
        char c = scan->in[end];
        capital = capital || (c >= 'A' && c <= 'Z');
        if (c == '.')
            n_dots += end > begin && class_of(scan, end + 1) >= L;
    }
    while (end > begin && class_of(scan, end - 1) < L)
        end--;
    if (n_dots == 0)
        return 0;
    bool port = (!capital || n_dots > 1) && scan->in[end] == ':' && class_of(scan, end + 1) == D &&
                class_of(scan, end + 2) == D;
    return port || (n_dots >= 2 && scan->used > 0) ? end : 0;
}

/* The end of "Sun Dec 4 04:47:44 2005" or "2005-12-04 04:47:44" inside a message. 0: none here. */
static size_t date_end(const struct scan *scan, const struct word *word)
{
    struct hc_stamp stamp;
    size_t n = word->end - word->begin;
    if (word->end + 6 > scan->n)
        return 0;
    char next = scan->in[word->end];
    bool named = n == 3 && word->n_digits == 0 && (next == ' ' || next == ',');
    bool numbered = n == 4 && word->n_digits == 4 && (next == '-' || next == '/');
    if (!named && !numbered)
        return 0;
    size_t taken = hc_stamp_scan((struct hc_str){scan->in + word->begin, scan->n - word->begin}, &stamp);
    return taken ? word->begin + taken : 0;
}

/* A unit after a number goes with it: which one is chosen depends on the number ("512 B", "1.5 KB"). */
static bool absorbs_unit(struct scan *scan, const struct word *word)
{
    if (scan->used < MASK_BYTES + 1 || scan->out[scan->used - 1] != ' ' || !after_mask(scan, 1) ||
        !hc_value_is_unit((struct hc_value_text){scan->in + word->begin, word->end - word->begin}))
        return false;
    scan->used--;
    scan->starred = true;
    /* "2,612 bytes (2.55 KB)" says it twice, but only when it is large. */
    if (scan->bytes_end > 0 && scan->used == scan->bytes_end + sizeof " (<*>" - 1 && word->end < scan->n &&
        scan->in[word->end] == ')' && scan->out[scan->bytes_end + 1] == '(') {
        scan->used = scan->bytes_end;
        scan->at++;
    }
    if (scan->in[word->end - 1] == 's' && scan->in[word->begin] == 'b')
        scan->bytes_end = scan->used;
    return true;
}

/* Letters that are all hexadecimal digits, and many. */
static bool is_hex_word(const struct scan *scan, size_t begin, size_t end)
{
    if (end - begin < HEX_WORD_BYTES)
        return false;
    while (begin < end && class_of(scan, begin) == H)
        begin++;
    return begin == end;
}

/* The common case, a word of plain letters with nothing to it. False: it needs a closer look. */
static bool write_letters(struct scan *scan)
{
    size_t begin = scan->at, end = begin, n;
    do {
        n = hc_count_letters(scan->in + end);
        memcpy(scan->out + scan->used + (end - begin), scan->in + end, 8);
        end += n;
    } while (n == 8);
    uint8_t c = class_of(scan, end);
    n = end - begin;
    if (c >= L || (c == J && end < scan->dots_end) || n == 3 || (n <= UNIT_BYTES && after_mask(scan, 1)) ||
        is_hex_word(scan, begin, end))
        return false;
    scan->used += n;
    scan->at = end;
    return true;
}

/* The same for a plain number; four digits and a dash may begin a date. */
static bool write_digits(struct scan *scan)
{
    size_t end = scan->at;
    uint8_t c;
    for (; (c = class_of(scan, end)) == D; end++)
        ;
    if (c >= L || (end - scan->at == 4 && c == J))
        return false;
    scan->at = end;
    write_mask(scan);
    return true;
}

/* The same for an id of many hexadecimal digits. */
static bool write_hex(struct scan *scan)
{
    size_t end = scan->at, n;
    do {
        n = hc_count_hex(scan->in + end);
        end += n;
    } while (n == 8);
    uint8_t c = class_of(scan, end);
    if (end - scan->at < HEX_RUN_BYTES || c >= L || (c == J && end < scan->dots_end))
        return false;
    scan->at = end;
    write_mask(scan);
    return true;
}

/* A URL, or an address. */
static bool write_marked(struct scan *scan)
{
    struct hc_value_text text = {scan->in, scan->n};
    size_t end = hc_value_url(text, scan->at);
    if (end == 0 && (end = hc_value_address(text, scan->at)) == 0)
        return false;
    write_mask(scan);
    scan->at = end;
    return true;
}

/* An IPv6 address. */
static bool write_address_v6(struct scan *scan)
{
    size_t end = hc_value_address_v6((struct hc_value_text){scan->in, scan->n}, scan->at);
    if (end == 0)
        return false;
    write_mask(scan);
    scan->at = end;
    return true;
}

static void write_word(struct scan *scan)
{
    struct word word;
    if (scan->at < scan->pairs_end && write_address_v6(scan))
        return;
    if (scan->at < scan->marks_end && write_marked(scan))
        return;
    if ((class_of(scan, scan->at) == D ? write_digits(scan) : write_letters(scan)) || write_hex(scan))
        return;
    read_word(scan, &word);
    size_t n = word.end - word.begin, value_end;
    scan->at = word.end;
    if (n == 8 && word.n_plain == 0 && hc_value_is_uuid((struct hc_value_text){scan->in, scan->n}, word.begin)) {
        write_mask(scan);
        scan->at = word.begin + 36;
    } else if ((value_end = date_end(scan, &word)) || (word.n_digits < n && (value_end = dotted_end(scan, &word)))) {
        write_mask(scan);
        scan->at = value_end;
    } else if (absorbs_unit(scan, &word)) {
    } else if (masks_whole(scan, &word)) {
        write_mask(scan);
    } else if (word.n_digits > 0) {
        write_mixed(scan, &word);
    } else {
        write_bytes(scan, word.begin, word.end);
    }
}

/* What stands between a mark that was written and the one at `close` is one value. */
static void write_inside(struct scan *scan, size_t close)
{
    scan->starred = true;
    memcpy(scan->out + scan->used, "<*>", MASK_BYTES);
    scan->used += MASK_BYTES;
    scan->at = close;
}

/* A list of quoted values is written as one of them. */
static void drop_quoted(struct scan *scan, char quote)
{
    size_t n = MASK_BYTES + 2, gap = 1;
    if (scan->used < 2 * n + 2)
        return;
    const char *last = scan->out + scan->used - n;
    gap += last[-1] == ' ';
    if (last[-(int)gap] == ',' && last[-(int)gap - 1] == quote && memcmp(last - gap - n, last, n) == 0)
        scan->used -= n + gap;
}

static bool write_enclosed(struct scan *scan, size_t close)
{
    if (close == 0)
        return false;
    scan->out[scan->used++] = scan->in[scan->at];
    write_inside(scan, close);
    scan->out[scan->used++] = scan->in[close];
    scan->at++;
    drop_quoted(scan, scan->in[close]);
    return true;
}

/* Can what follows be a value of its own? */
static bool is_apart(char before)
{
    return before == ' ' || before == '[' || before == '(' || before == '=' || before == '"' || before == '\'';
}

/* What a punctuation mark opens that is one value: <…>, a quotation, a path, a list, an escaped quote, " ()", " <1". */
static void write_gap(struct scan *scan)
{
    char c = scan->in[scan->at], before = scan->used ? scan->out[scan->used - 1] : ' ';
    size_t left = scan->n - scan->at, end;
    struct hc_value_text text = {scan->in, scan->n};
    if (c == '\\' && left >= 4 && memcmp(scan->in + scan->at, "\\042", 4) == 0) {
        const char *close = before == ' ' ? memmem(scan->in + scan->at + 4, left - 4, "\\042", 4) : NULL;
        scan->out[scan->used++] = '"';
        scan->at += 4;
        if (close) {
            write_inside(scan, (size_t)(close - scan->in));
            scan->out[scan->used++] = '"';
            scan->at += 4;
        }
        return;
    }
    if (c == '<' && write_enclosed(scan, hc_value_tag(text, scan->at)))
        return;
    if (c == '<' && before == ' ' && left > 1 && class_of(scan, scan->at + 1) == D) {
        scan->at++;
        return;
    }
    if (c == ':' && scan->at + 1 < scan->pairs_end && is_apart(before) && write_address_v6(scan))
        return;
    if ((c == '"' || c == '\'') && write_enclosed(scan, hc_value_quoted(text, scan->at)))
        return;
    if (c == '/' && (end = hc_value_path(text, scan->at)) > 0) {
        write_mask(scan);
        scan->at = end;
        return;
    }
    end = c == '[' ? hc_value_list(text, scan->at) : 0;
    scan->out[scan->used++] = c;
    scan->at++;
    scan->starred = scan->starred || c == '*';
    if (end > 0 || (c == '(' && before == ' ' && left > 1 && scan->in[scan->at] == ')') ||
        (c == '=' && hc_value_is_empty(text, scan->at)))
        write_inside(scan, end > 0 ? end : scan->at);
}

/* Where the word that ends at `end` begins. */
static size_t word_start(const struct scan *scan, size_t end)
{
    while (end > 0 && scan->out[end - 1] != ' ')
        end--;
    return end;
}

/* A list of ids ("blk_1 blk_2 blk_3") is written as one of them, so that its length does not show. */
static void drop_repeated(struct scan *scan)
{
    if (!scan->starred || !scan->was_starred)
        return;
    size_t last = word_start(scan, scan->used), n = scan->used - last;
    if (n <= MASK_BYTES || n > 64 || last < n + 1)
        return;
    const char *word = scan->out + last, *before = word - n - 1;
    if (before[n] != ' ' || memcmp(before, word, n) != 0 || (last > n + 1 && before[-1] != ' '))
        return;
    for (size_t i = 0; i + MASK_BYTES <= n; i++)
        if (memcmp(word + i, "<*>", MASK_BYTES) == 0) {
            scan->used = last - 1;
            return;
        }
}

static void write_space(struct scan *scan)
{
    if (scan->used > 0 && scan->out[scan->used - 1] != ' ') {
        drop_repeated(scan);
        scan->was_starred = scan->starred;
        scan->starred = false;
        scan->out[scan->used++] = ' ';
    }
    scan->at++;
}

/* The message's beginning, cut between characters. */
static size_t copy_message(struct hc_str message, char in[SHAPE_BYTES + PADDING])
{
    size_t n = message.n < SHAPE_BYTES ? message.n : SHAPE_BYTES;
    while (n > 0 && n < message.n && ((unsigned char)message.p[n] & 0xC0) == 0x80)
        n--;
    if (n > 0)
        memcpy(in, message.p, n);
    memset(in + n, 0, PADDING);
    return n;
}

void hc_shape_of(struct hc_str message, struct hc_buf *out)
{
    char in[SHAPE_BYTES + PADDING], text[MASK_BYTES * SHAPE_BYTES + PADDING];
    struct scan scan = {.in = in, .n = copy_message(message, in), .out = text};
    const char *last_dot = memrchr(in, '.', scan.n);
    scan.dots_end = last_dot ? (size_t)(last_dot - in) + 1 : 0;
    const char *last_at = memrchr(in, '@', scan.n), *last_colon = memrchr(in, ':', scan.n);
    scan.marks_end = last_at ? (size_t)(last_at - in) + 1 : 0;
    const char *pair = last_colon ? memmem(in, scan.n, "::", 2) : NULL;
    scan.pairs_end = pair ? (size_t)(last_colon - in) + 1 : 0;
    if (last_colon && memmem(in, scan.n, ":/", 2))
        scan.marks_end =
            (size_t)(last_colon - in) + 1 > scan.marks_end ? (size_t)(last_colon - in) + 1 : scan.marks_end;
    hc_buf_clear(out);
    while (scan.at < scan.n) {
        uint8_t class = class_of(&scan, scan.at);
        if (class >= L)
            write_word(&scan);
        else if (class == S)
            write_space(&scan);
        else
            write_gap(&scan);
    }
    while (scan.used > 0 && text[scan.used - 1] == ' ')
        scan.used--;
    drop_repeated(&scan);
    struct hc_str shape = {text, scan.used};
    if (scan.beyond_ascii && hc_utf8_valid_prefix(shape) < shape.n)
        hc_buf_utf8_clean(out, shape);
    else
        hc_buf_str(out, shape);
}
