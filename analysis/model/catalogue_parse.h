/* From the catalogue's XML tree to its structs; used by catalogue.c alone. */
#ifndef HC_ANALYSIS_MODEL_CATALOGUE_PARSE_H
#define HC_ANALYSIS_MODEL_CATALOGUE_PARSE_H

#include "analysis/model/catalogue.h"
#include "base/xml.h"

/* Evidence kinds, metric classes, signatures: what features are named after. */
enum hc_status hc_catalogue_parse_classes(struct hc_catalogue *catalogue, const struct hc_xml_node *root,
                                          struct hc_err *err);
/* General expectations, categories and causes: needs the features' names. */
enum hc_status hc_catalogue_parse_causes(struct hc_catalogue *catalogue, const struct hc_xml_node *root,
                                         struct hc_err *err);

#endif
