/* A packed model as a damaged corpus may hold it: what is unpacked can analyse. */
#include "analysis/evidence/evidence.h"
#include "analysis/model/catalogue.h"
#include "analysis/model/model.h"
#include "base/xml.h"
#include "tests/fuzz/fuzz.h"

#define HEAD_BYTES 12

static struct hc_catalogue *catalogue;
static char head[HEAD_BYTES];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_calibration calibration = {0};
    struct hc_arena *arena = fuzz_arena();
    (void)argc;
    (void)argv;
    hc_xml_setup();
    HOLDS(hc_catalogue_read(&catalogue, HC_STR_NONE, &err) == HC_OK);
    HOLDS(hc_model_calibrate(&calibration, NULL, 0, HC_TIME_NONE, &(struct hc_learning){catalogue, 1, arena}, &err) ==
          HC_OK);
    HOLDS(calibration.model.n > HEAD_BYTES);
    memcpy(head, calibration.model.p, HEAD_BYTES);
    hc_arena_free(arena);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_model *model = NULL;
    char *packed = malloc(HEAD_BYTES + size);
    HOLDS(packed != NULL);
    memcpy(packed, head, HEAD_BYTES);
    if (size > 0)
        memcpy(packed + HEAD_BYTES, data, size);
    enum hc_status status = hc_model_unpack(&model, (struct hc_str){packed, HEAD_BYTES + size}, catalogue, &err);
    fuzz_status(status, &err);
    free(packed);
    hc_model_free(model);
    return 0;
}
