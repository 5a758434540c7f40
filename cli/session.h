/* What analyze, report and similar share: a corpus (or none), its calibrations, and incidents from it or from paths. */
#ifndef HC_CLI_SESSION_H
#define HC_CLI_SESSION_H

#include <pthread.h>

#include "analysis/model/model.h"
#include "analysis/similar.h"
#include "cli/cli.h"

/* Confirmed incidents with their evidence. */
struct hc_labels {
    struct hc_labelled *items;               /* by known_at, then id */
    const struct hc_incident_brief **briefs; /* of each */
    struct hc_str *digests; /* SHA-256 over the labels up to each: what a calibration of them learned from */
    size_t n;
};

/* An incident's evidence: the stored one, or extracted anew where none fits. */
enum hc_status hc_evidence_load(struct hc_evidence *out, struct hc_store *store, const struct hc_incident_brief *brief,
                                const struct hc_catalogue *catalogue, struct hc_arena *arena, struct hc_err *err);

/* All words written of an incident: those that may be read when it is analysed (`read`, of its evidence), its documents' and
 * its outcome's. Owns: the arena. */
enum hc_status hc_words_load(struct hc_word_set *out, struct hc_store *store, const struct hc_incident_brief *brief,
                             const struct hc_word_set *read, struct hc_arena *arena, struct hc_err *err);

/* Calibrations that were chosen, which most incidents share; in the order they were asked for. */
struct hc_kept_calibrations {
    struct hc_arena *arena;
    struct hc_calibration *items;
    size_t n, capacity;
};

/* Threads: one alone. Or each has a copy of its own, of one that has learned the past and loaded what is compared, whose
 * `lock` is that of all of them, and whose `model` and `has_model` are its own. */
struct hc_session {
    struct hc_cli *cli;
    struct hc_store *store; /* NULL: no corpus */
    pthread_mutex_t *lock;  /* held while the store is asked; NULL: one thread alone */
    struct hc_catalogue *catalogue;
    struct hc_arena *arena;
    struct hc_incident_brief *briefs;
    size_t n_briefs;
    struct hc_labels labels; /* loaded when first needed */
    bool labels_loaded;
    struct hc_redaction_rules *redaction; /* of paths, as is the mapping; made when first needed */
    struct hc_mapping *mapping;
    bool reading_made;
    struct hc_time as_of; /* --as-of */
    int64_t calibration;  /* --calibration; 0: by the rule */
    struct hc_kept_calibrations *kept;
    struct hc_model *model;                  /* the one in use, of `model_calibration` */
    struct hc_calibration model_calibration; /* its lists live as long as the analysis it was chosen for */
    bool has_model;
    double *profiles;      /* [n_briefs][n_features], for similarity; NULL until needed */
    bool *has_logs;        /* likewise: [n_briefs]; NULL also where the catalogue has no such kind */
    struct hc_texts signs; /* likewise: [n_briefs] */
    bool
        compares_told; /* a subject of nothing but documents is compared by its post-mortem's words too, as no analysis may */
    struct hc_texts texts; /* [2 n_briefs]: of each what could be read at once, then all that was written */
};

/* Every label of the corpus whose outcome was known by then (absent: at any time), in the session's arena. */
enum hc_status hc_labels_load(struct hc_labels *out, const struct hc_session *session, struct hc_time known_by,
                              struct hc_err *err);

/* How many of the labels, in their order, a calibration has learned for sure. What is still in the corpus as it was then is told by
 * its digest (`as_they_were`, which may be NULL); else by the time. */
size_t hc_labels_learned(const struct hc_labels *labels, const struct hc_calibration *c, bool *as_they_were);

/* The incidents with an outcome that are none of those though they might be, with why: "2 incidents with an outcome are
 * not used: 1 in conflict, …"; nothing where there are none. */
void hc_labels_put_left_out(const struct hc_session *session, struct hc_time known_by, struct hc_buf *out);

/* That a share of the labels looks wrong, where it is worth a word. */
void hc_labels_put_wrong(double share, struct hc_buf *out);

/* What a command does where there is no corpus. */
enum hc_session_need { HC_SESSION_TAKES_NONE, HC_SESSION_NEEDS_CORPUS, HC_SESSION_MAKES_CORPUS };

/* Reads --as-of and --calibration where the command has them; opens the catalogue and the corpus. */
enum hc_status hc_session_open(struct hc_session *session, struct hc_cli *cli, enum hc_session_need need,
                               struct hc_err *err);
void hc_session_close(struct hc_session *session);
/* What is replaced in what paths hold, and what records of other tools in them mean: the session's redaction and mapping,
 * made if need be. */
enum hc_status hc_session_reading(struct hc_session *session, struct hc_err *err);
/* Lists the incidents anew, after some were put. */
enum hc_status hc_session_reload(struct hc_session *session, struct hc_err *err);

/* Loads the session's labels: all of the corpus, whenever they became known; once. */
enum hc_status hc_session_labels(struct hc_session *session, struct hc_err *err);

/* Around what asks the store. */
void hc_session_lock(const struct hc_session *session);
void hc_session_unlock(const struct hc_session *session);

/* One query of the program's own: with a budget that no corpus in use exceeds. */
enum hc_status hc_session_ask(const struct hc_session *session, struct hc_str sql,
                              enum hc_status (*row)(void *context, const struct hc_cell *cells, size_t n,
                                                    struct hc_err *err),
                              void *context, struct hc_err *err);

const struct hc_incident_brief *hc_session_brief(const struct hc_session *session, struct hc_str id);

/* An incident to be analysed. */
struct hc_subject {
    struct hc_incident *incident;
    struct hc_evidence evidence;
    const struct hc_incident_brief *brief; /* NULL: not in the corpus */
    struct hc_str source;                  /* its archive's digest in hex */
};

/* Is an incident analysed with only what was learned before it began? A past one is where nothing else is asked for. */
bool hc_session_looks_back(const struct hc_session *session, const struct hc_incident_brief *brief);

/* Analyses by the contract's rule for which calibration is used. */
enum hc_status hc_session_analyze(struct hc_session *session, const struct hc_subject *subject, struct hc_arena *arena,
                                  struct hc_analysis *out, struct hc_err *err);

/* The calibration that it analyses with. Number 0: none, the expert prior. */
enum hc_status hc_session_choose(struct hc_session *session, const struct hc_incident_brief *brief,
                                 struct hc_arena *arena, struct hc_calibration *out, struct hc_err *err);

/* Learns at once what the analyses of all past incidents will use, which is else learned for each. */
enum hc_status hc_session_learn_past(struct hc_session *session, struct hc_err *err);

/* Hands over each incident of the command's arguments: those of ids in order, those of a path in byte order of id.
 * The subject dies after the call. Unknown ids and rejected inputs are said, and make the command partial. */
typedef enum hc_status (*hc_subject_fn)(void *context, const struct hc_subject *subject, struct hc_arena *arena,
                                        struct hc_err *err);
enum hc_status hc_session_subjects(struct hc_session *session, char **arguments, int n, hc_subject_fn each,
                                   void *context, struct hc_err *err);

/* One incident of the corpus. HC_SKIP: no such id. */
enum hc_status hc_session_subject(struct hc_session *session, struct hc_str id, hc_subject_fn each, void *context,
                                  struct hc_err *err);

#define HC_NEIGHBOUR_LIST 5
#define HC_NEIGHBOUR_LEAST 0.005 /* of less two incidents are not like each other: it prints as 0.00 */

/* Past incidents nearest to a subject, most similar first; those that began before it did. */
struct hc_neighbour {
    const struct hc_incident_brief *brief;
    bool ended; /* how it ended was confirmed and known when the subject began: a later outcome may not serve it */
    double similarity, evidence, text; /* text, evidence: of it (analysis/similar.h) */
    uint32_t shared[HC_NEIGHBOUR_LIST],
        missed[HC_NEIGHBOUR_LIST]; /* features that both show; that this one alone does */
    size_t n_shared, n_missed;
    struct hc_str words[HC_NEIGHBOUR_LIST]; /* that both have */
    size_t n_words;
    double mitigated_minutes; /* from its beginning; NaN: not known by then */
    bool mitigated;           /* it says when that was; else the minutes are to its end */
    struct hc_str
        mended_by;       /* the last change before it was mitigated: "rollback of api to v1"; absent: none is known */
    struct hc_str found; /* the outcome's words, where it had ended */
};
/* How many other incidents of the corpus began before the subject, and so are past ones, and how many did not. */
struct hc_session_others {
    size_t n_before, n_later;
};
struct hc_session_others hc_session_others(const struct hc_session *session, const struct hc_subject *subject);
/* Loads what is compared of all incidents, which else the first search does. */
enum hc_status hc_session_load_compared(struct hc_session *session, struct hc_err *err);
enum hc_status hc_session_similar(struct hc_session *session, const struct hc_subject *subject, size_t limit,
                                  struct hc_arena *arena, struct hc_neighbour **out, size_t *n, struct hc_err *err);

/* How often the nearest past incident had the same category, and the same component: by all that is compared, by evidence and
 * service, by words and service, by service alone, and by none (chance). */
enum { HC_USEFUL_QUESTIONS = 2, HC_USEFUL_MEASURES = 5 };
struct hc_useful {
    uint32_t n[HC_USEFUL_QUESTIONS];
    double right[HC_USEFUL_MEASURES][HC_USEFUL_QUESTIONS]; /* of n; of equally near ones the share */
};
/* Adds one incident of the corpus that has a category: its past is all that began before it and has a category. */
enum hc_status hc_session_usefulness(struct hc_session *session, const struct hc_subject *subject,
                                     struct hc_useful *out, struct hc_arena *arena, struct hc_err *err);

/* As the key "similar". */
void hc_neighbours_json(const struct hc_session *session, const struct hc_neighbour *neighbours, size_t n,
                        struct hc_json_writer *w);

/* What an analysis is printed with besides: the nearest past incidents, where they are asked for. */
struct hc_nearest {
    const struct hc_session *session;
    const struct hc_neighbour *neighbours;
    size_t n;
};
/* The object of `analyze --json`, on one line. `nearest` NULL: not asked for. */
void hc_analysis_json(struct hc_buf *out, const struct hc_analysis *analysis, const struct hc_nearest *nearest);
/* The same for people: the leading hypotheses, their reasons, what is missing. */
void hc_analysis_text(struct hc_buf *out, const struct hc_session *session, const struct hc_subject *subject,
                      const struct hc_analysis *analysis);

#endif
