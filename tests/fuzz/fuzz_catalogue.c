/* The catalogue's reader: an index in it is always within its table. */
#include "analysis/model/catalogue.h"
#include "base/xml.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    hc_xml_setup();
    return 0;
}

static void check(const struct hc_catalogue *c)
{
    for (size_t i = 0; i < c->n_causes; i++) {
        const struct hc_cause *cause = &c->causes[i];
        HOLDS(cause->category < c->n_categories);
        for (size_t k = 0; k < cause->n_expectations; k++)
            HOLDS(cause->expectations[k].feature < c->n_features);
        for (size_t k = 0; k < cause->n_amplifies; k++)
            HOLDS(cause->amplifies[k] < c->n_causes);
    }
    HOLDS(c->first_change_feature <= c->n_features && c->n_kinds <= 64);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hc_err err = HC_ERR_NONE;
    struct hc_catalogue *catalogue = NULL;
    struct hc_str xml = {(const char *)data, size};
    if (size == 0)
        return 0;
    enum hc_status status = hc_catalogue_read(&catalogue, xml, &err);
    fuzz_status(status, &err);
    if (status == HC_OK)
        check(catalogue);
    hc_catalogue_free(catalogue);
    return 0;
}
