/* Point sets for tests of closed-form scores, and the posterior mean by its definition. */
#ifndef TESSERAE_TESTS_POINT_CASES_H
#define TESSERAE_TESTS_POINT_CASES_H

#include "diffusion/closed_form.h"
#include "diffusion/point_set.h"

/* Rows in `clusters` normal clouds; the cloud is the label when there are classes. */
struct data_set clouds(size_t rows, size_t columns, size_t clusters, bool labelled);

/*
 * mean (columns) = 1/M sum_m m_t(z + sigma e_m) of the rows of a class (NULL: of all), one exp
 * after the other; perturbations (M, columns), or NULL.
 */
void plain_mean(const struct point_set *points, const uint32_t *label, const real *z, double time,
                double sigma, size_t components, const real *perturbations, real *mean);

#endif
