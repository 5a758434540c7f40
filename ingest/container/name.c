#include <string.h>

#include "ingest/container/reader.h"

static bool add_component(struct hc_str part, struct hc_buf *path)
{
    if (part.n == 0 || hc_str_is(part, "."))
        return true;
    if (hc_str_is(part, ".."))
        return false;
    if (path->n)
        hc_buf_char(path, '/');
    hc_buf_str(path, part);
    return true;
}

const char *hc_member_name(struct hc_str name, struct hc_buf *path)
{
    size_t start = 0;

    hc_buf_clear(path);
    if (name.n == 0)
        return "the name is empty";
    if (name.n > HC_NAME_BYTES)
        return "the name is longer than 1024 bytes";
    if (memchr(name.p, '\0', name.n))
        return "the name holds a NUL";
    if (hc_utf8_valid_prefix(name) != name.n)
        return "the name is not UTF-8";
    if (memchr(name.p, '\\', name.n))
        return "the name holds a backslash";
    if (name.p[0] == '/')
        return "the name is absolute";
    for (size_t i = 0; i <= name.n; i++) {
        if (i < name.n && name.p[i] != '/')
            continue;
        if (!add_component((struct hc_str){name.p + start, i - start}, path))
            return "the name leads out of the archive";
        start = i + 1;
    }
    return NULL;
}

const char *hc_archive_magic(struct hc_str head)
{
    static const struct {
        const char *bytes;
        size_t n;
        const char *name;
    } magics[] = {
        {"PK\3\4", 4, "a zip archive"},
        {"PK\5\6", 4, "a zip archive"},
        {"7z\xbc\xaf\x27\x1c", 6, "a 7-Zip archive"},
        {"Rar!\x1a\x07", 6, "a RAR archive"},
    };

    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++)
        if (head.n >= magics[i].n && memcmp(head.p, magics[i].bytes, magics[i].n) == 0)
            return magics[i].name;
    if (hc_codec_of(head) < HC_CODECS)
        return "compressed data";
    if (head.n >= 512 && head.p[0] && hc_tar_recognises(head))
        return "a tar archive";
    return NULL;
}
