/* Labels of the rows of a data set: a column of numbers or of text becomes classes with names. */
#ifndef TESSERAE_DIFFUSION_CLASS_LABELS_H
#define TESSERAE_DIFFUSION_CLASS_LABELS_H

#include "diffusion/data_set.h"
#include "io/csv.h"

/*
 * Fills labels, classes and class_names of a set from a column, or an array (its numbers in flat
 * order), of as many rows. NaN is EX_DATAERR.
 */
bool class_labels_of_column(const struct table_column *column, struct data_set *data,
                            const char *name, struct error *error);
bool class_labels_of_array(const struct array *array, struct data_set *data, const char *name,
                           struct error *error);

#endif
