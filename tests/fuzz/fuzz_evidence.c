/* Packed evidence as a damaged corpus may hold it: what is unpacked can be packed again. The right head (magic,
 * version, checksum of the catalogue) is put before the bytes. */
#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"
#include "analysis/model/model.h"
#include "base/xml.h"
#include "tests/fuzz/fuzz.h"

#define HEAD_BYTES 20

static struct hc_catalogue *catalogue;
static char head[HEAD_BYTES];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_evidence none = {.window_start = HC_TIME_NONE, .known_at = HC_TIME_NONE};
    struct hc_arena *arena = fuzz_arena();
    struct hc_str bytes;
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_catalogue_read(&catalogue, HC_STR_NONE, &err) == HC_OK);
    HOLDS(hc_evidence_pack(&none, catalogue, arena, &bytes, &err) == HC_OK && bytes.n > HEAD_BYTES);
    memcpy(head, bytes.p, HEAD_BYTES);
    hc_arena_free(arena);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_arena *arena = fuzz_arena();
    struct hc_err err = HC_ERR_NONE;
    struct hc_evidence evidence;
    struct hc_str again;
    char *packed = malloc(HEAD_BYTES + size);
    HOLDS(packed != NULL);
    memcpy(packed, head, HEAD_BYTES);
    if (size > 0)
        memcpy(packed + HEAD_BYTES, data, size);
    enum hc_status status =
        hc_evidence_unpack((struct hc_str){packed, HEAD_BYTES + size}, catalogue, arena, &evidence, &err);
    fuzz_status(status, &err);
    free(packed); /* what was unpacked lives in the arena alone */
    if (status == HC_OK) {
        HOLDS(hc_evidence_pack(&evidence, catalogue, arena, &again, &err) == HC_OK);
        HOLDS(again.n == HEAD_BYTES + size);
        for (size_t i = 0; i < evidence.n_items; i++)
            HOLDS(evidence.items[i].feature < catalogue->n_features);
    }
    hc_arena_free(arena);
    return 0;
}
