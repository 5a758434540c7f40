#include <zlib.h>

#include "base/number.h"
#include "datasets/generator/generator.h"

bool gen_gzip(struct hc_str bytes, struct hc_buf *out)
{
    static const char HEADER[10] = {0x1f, (char)0x8b, 8, 0, 0, 0, 0, 0, 0, 3};
    z_stream stream = {0};
    bool ok = false;
    if (deflateInit2(&stream, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    size_t bound = deflateBound(&stream, bytes.n);
    unsigned char *packed = malloc(bound);
    if (packed) {
        unsigned char trailer[8];
        unsigned long crc = crc32(0, (const Bytef *)bytes.p, (uInt)bytes.n);
        stream.next_in = (Bytef *)(uintptr_t)bytes.p;
        stream.avail_in = (uInt)bytes.n;
        stream.next_out = packed;
        stream.avail_out = (uInt)bound;
        ok = deflate(&stream, Z_FINISH) == Z_STREAM_END;
        for (int i = 0; i < 4; i++) {
            trailer[i] = (unsigned char)(crc >> 8 * i);
            trailer[4 + i] = (unsigned char)(bytes.n >> 8 * i);
        }
        hc_buf_add(out, HEADER, sizeof HEADER);
        hc_buf_add(out, packed, bound - stream.avail_out);
        hc_buf_add(out, trailer, sizeof trailer);
    }
    deflateEnd(&stream);
    free(packed);
    return ok && !out->failed;
}

/* Source: POSIX.1-2017, pax, ustar interchange format. */
static void add_header(struct hc_buf *out, const char *directory, const char *path, size_t n_bytes)
{
    char header[512] = {0};
    unsigned sum = 0;
    snprintf(header, 100, "%s/%s", directory, path);
    snprintf(header + 100, 8, "%07o", 0644u);
    snprintf(header + 108, 8, "%07o", 0u);
    snprintf(header + 116, 8, "%07o", 0u);
    snprintf(header + 124, 12, "%011llo", (unsigned long long)n_bytes);
    snprintf(header + 136, 12, "%011o", 0u);
    memset(header + 148, ' ', 8);
    header[156] = '0';
    memcpy(header + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    snprintf(header + 148, 8, "%06o", sum);
    header[155] = ' ';
    hc_buf_add(out, header, sizeof header);
}

bool gen_tar(const struct gen_bundle *bundle, const char *directory, struct hc_buf *out)
{
    static const char ZEROS[1024];
    for (size_t i = 0; i < bundle->n; i++) {
        const struct hc_buf *bytes = &bundle->files[i].bytes;
        add_header(out, directory, bundle->files[i].path, bytes->n);
        hc_buf_add(out, bytes->p, bytes->n);
        hc_buf_add(out, ZEROS, (512 - bytes->n % 512) % 512);
    }
    hc_buf_add(out, ZEROS, sizeof ZEROS);
    return !out->failed;
}

static void put_number(struct hc_buf *out, double value)
{
    char text[HC_NUMBER_TEXT];
    hc_buf_add(out, text, hc_number_format(value, text));
}

static double largest(const double *posterior)
{
    double top = 0.0;
    for (size_t i = 0; i < GEN_COMPONENTS * GEN_CAUSES; i++)
        top = posterior[i] > top ? posterior[i] : top;
    return top;
}

static void put_pair(struct hc_buf *out, const struct gen_topology *t, size_t component, size_t cause)
{
    hc_buf_format(out, "{\"component\":\"%s\",\"category\":\"%s\",\"cause\":\"%s\"", t->names[component],
                  GEN_CAUSE_TABLE[cause].category, GEN_CAUSE_TABLE[cause].cause);
}

void gen_truth_line(struct hc_buf *out, const struct gen_incident *in, const struct gen_topology *t,
                    const struct gen_settings *settings, const double *posterior)
{
    const char *separator = "";
    hc_buf_format(out, "{\"incident\":\"%s\",\"truth\":", in->id);
    put_pair(out, t, in->component, in->cause);
    hc_buf_text(out, "},\"reported\":");
    put_pair(out, t, in->reported_component, in->reported_cause);
    hc_buf_format(out, "},\"labelled\":%s,", in->labelled ? "true" : "false");
    if (in->twofold) {
        hc_buf_text(out, "\"second\":");
        put_pair(out, t, in->second_component, in->second_cause);
        hc_buf_text(out, "},");
    }
    if (settings->scenario != GEN_STANDARD) {
        hc_buf_text(out, "\"posterior\":null}\n");
        return;
    }
    hc_buf_text(out, "\"top\":");
    put_number(out, largest(posterior));
    hc_buf_text(out, ",\"posterior\":[");
    for (size_t i = 0; i < GEN_COMPONENTS * GEN_CAUSES; i++) {
        if (posterior[i] < 1e-6)
            continue;
        hc_buf_text(out, separator);
        put_pair(out, t, i / GEN_CAUSES, i % GEN_CAUSES);
        hc_buf_text(out, ",\"probability\":");
        put_number(out, posterior[i]);
        hc_buf_char(out, '}');
        separator = ",";
    }
    hc_buf_text(out, "],\"top_without\":{");
    separator = "";
    for (int k = 0; k < GEN_EVIDENCE_KINDS; k++) {
        struct gen_incident less = *in;
        double removed[GEN_COMPONENTS * 64];
        if (in->missing[k])
            continue;
        less.missing[k] = true;
        gen_posterior(&less, t, removed);
        hc_buf_format(out, "%s\"%s\":", separator, gen_evidence_name((enum gen_evidence)k));
        put_number(out, largest(removed));
        separator = ",";
    }
    hc_buf_text(out, "}}\n");
}
