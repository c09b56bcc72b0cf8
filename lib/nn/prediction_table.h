/* Predicted classes of items, written as a table. */
#ifndef TESSERAE_NN_PREDICTION_TABLE_H
#define TESSERAE_NN_PREDICTION_TABLE_H

#include "base/options.h"
#include "graph/names.h"
#include "tensor/real.h"

/*
 * Writes a row for each of the items to a path (NULL or "-": standard output): its name (the column
 * `heading`), the class predicted (`predicted`), and a probability for each class under its name.
 * CSV, or in JSON an array of objects, with an object `probabilities` in each. NPY holds the
 * probabilities (items, classes) alone. Of `several` labels `predicted` has those of at least one
 * half, separated by semicolons.
 */
bool predictions_write(const char *path, enum option_format format, const char *heading,
                       const struct names *items, const struct names *classes, bool several,
                       const real *probabilities, struct error *error);

#endif
