/* By which signs a file's records are of a tool: what the readers of exports share. */
#ifndef HC_INGEST_RECORD_SIGNS_H
#define HC_INGEST_RECORD_SIGNS_H

#include "ingest/record/record.h"

/* What stands at a path of a record, as it is written; absent: nothing. */
typedef struct hc_str hc_record_shown(const void *record, struct hc_str path);

/* Does a record have all of the tool's signs? "id" asks for a value there, "id=Incident/" for one that holds this. A tool
 * without signs has no records of a file. */
bool hc_record_has_signs(const struct hc_mapping_tool *tool, hc_record_shown *shown, const void *record);

/* Does it have what the tool's records of something else have? */
bool hc_record_is_other(const struct hc_mapping_tool *tool, hc_record_shown *shown, const void *record);

/* Takes the first name off a path; "" where there is none. */
struct hc_str hc_record_path_take(struct hc_str *path);

/* The next of the paths at which a tool's records may stand; false: there is none. `rest`: at first the tool's. */
bool hc_record_paths_take(struct hc_str *rest, struct hc_str *path);

#endif
