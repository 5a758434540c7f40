/* A design's rows as what most of them share, and what each has besides: most features are quiet at most components. */
#ifndef HC_ANALYSIS_MODEL_COMMON_H
#define HC_ANALYSIS_MODEL_COMMON_H

#include "analysis/model/design.h"

struct hc_common {
    size_t n_rows;
    uint32_t n_shared, *shared_column; /* columns that types have weights for, in over half of the rows */
    double *shared_value;
    uint32_t *start, *own_end; /* [rows + 1], [rows]: entries, of which those before own_end are such columns */
    uint32_t *column;
    double *value; /* less what is shared */
};

/* Row r of the design is the shared entries plus its own. Checked: test_model_fit.c, against the design. */
enum hc_status hc_common_make(struct hc_common *out, const struct hc_design *design, const struct hc_model *model,
                              struct hc_arena *arena);

/* Scores as hc_design_scores gives them, but for the order of sums, with stride n_width, and each row's priors added;
 * -INFINITY where no type is. Shapes: priors [n_rows][n_types]; together [n_columns][n_width], the model's `by_column`
 * with the general weights added. */
void hc_common_scores(const struct hc_common *common, const struct hc_model *model, const double *together,
                      const double *const *priors, double *out);

/* Adds sum over rows of residual[row][type] * x[row][column] to `gradient`, [n_general] then [n_columns][n_width]; of
 * the first part only what types have no weights for: the rest is the sum over types of the second.
 * Shapes: residual [rows][n_width]; `total` is scratch of n_width. */
void hc_common_gradient(const struct hc_common *common, const struct hc_model *model, const double *residual,
                        double *total, double *gradient);

/* Adds the diagonal of Fisher's information, the sum over rows of weight p (1 - p) x^2, in the same places; of the
 * general weights p is a row's, over its types. Shapes: p [rows][n_width], which is spoilt; `total` as above.
 * Checked: test_model_fit.c, by brute force from the design. */
void hc_common_information(const struct hc_common *common, const struct hc_model *model, double weight, double *p,
                           double *total, double *gradient);

#endif
