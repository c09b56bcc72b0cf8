/*
 * The rows of a data set as training sees them: some held out to judge by, all standardised by one
 * mean and one deviation, drawn into batches by the number of the step alone.
 */
#ifndef TESSERAE_DIFFUSION_TRAINING_ROWS_H
#define TESSERAE_DIFFUSION_TRAINING_ROWS_H

#include "base/rng.h"
#include "diffusion/data_set.h"

struct training_rows {
    const struct data_set *data;
    double mean, deviation; /* of all numbers together; deviation 1 where they are equal */
    uint32_t *order;                   /* (rows): those held out come last */
    size_t trained;                    /* rows to train on: the first of the order */
    size_t judged_first, judged_count; /* those held out; where there are none, some trained on */
};

/* Rows to hold out of so many: a tenth, at most 512; none of fewer than 20. */
size_t training_rows_held_out_of(size_t rows);

/* held_out < rows. Free with training_rows_free. */
struct training_rows training_rows_make(const struct data_set *data, size_t held_out,
                                        uint64_t seed);
void training_rows_free(struct training_rows *rows);

/* A row to train on, and the i-th of those to judge by. */
size_t training_rows_draw(const struct training_rows *rows, struct rng *rng);
size_t training_rows_judged(const struct training_rows *rows, size_t i);

/* values (columns) of a row, standardised. */
void training_rows_load(const struct training_rows *rows, size_t row, real *values);

#endif
