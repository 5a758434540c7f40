#include "ingest/redact/alike.h"

#include <string.h>

#include "ingest/normalize/shape_classes.h"
#include "ingest/normalize/signature.h"

static bool is_word(char c)
{
    return hc_shape_classes[(unsigned char)c] >= L;
}

static bool is_hex(char c)
{
    uint8_t class = hc_shape_classes[(unsigned char)c];
    return class == D || class == H;
}

bool hc_literal_touches_masks(struct hc_str literal)
{
    for (size_t i = 0, n_hex; i < literal.n; i++) {
        size_t begin = i;
        for (n_hex = 0; i < literal.n && is_word(literal.p[i]); i++)
            n_hex += is_hex(literal.p[i]);
        if (i > begin && n_hex == i - begin)
            return true;
    }
    return false;
}

size_t hc_squeeze(struct hc_str text, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        bool masked = text.p[i] == HC_SIGNATURE_MARK;
        if (!masked && !is_hex(text.p[i]))
            out[n++] = text.p[i];
        else if (n == 0 || out[n - 1] != '9')
            out[n++] = '9';
        i += masked;
    }
    return n;
}

/* Of other bytes a text may hold other ones once it is clean UTF-8. */
static bool is_plain(struct hc_str text)
{
    unsigned char all = 0;
    for (size_t i = 0; i < text.n; i++)
        all |= (unsigned char)text.p[i];
    return all < 0x80 && memchr(text.p, 0, text.n) == NULL;
}

bool hc_rules_may_find(const struct hc_redaction_rules *rules, struct hc_str signature)
{
    char squeezed[sizeof((struct hc_signature *)0)->bytes];
    bool one_word = memchr(signature.p, ' ', signature.n) == NULL;
    if (rules->of_any_text || (rules->of_any_word && one_word) || !is_plain(signature) ||
        hc_literals_in(rules->literals, signature) != 0)
        return true;
    return hc_literals_in(rules->squeezed, (struct hc_str){squeezed, hc_squeeze(signature, squeezed)}) != 0;
}
