#include "diffusion/training_rows.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_HELD_OUT = 512, FEWEST_ROWS_TO_HOLD_OUT_OF = 20 };

size_t training_rows_held_out_of(size_t rows)
{
    if (rows < FEWEST_ROWS_TO_HOLD_OUT_OF)
        return 0;
    return rows / 10 < MOST_HELD_OUT ? rows / 10 : MOST_HELD_OUT;
}

static void measure_scale(struct training_rows *rows)
{
    size_t count = rows->data->rows * rows->data->columns;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)rows->data->values[i];
    rows->mean = sum / (double)count;
    for (size_t i = 0; i < count; i++)
        squares += pow((double)rows->data->values[i] - rows->mean, 2);
    rows->deviation = squares > 0 ? sqrt(squares / (double)count) : 1;
}

struct training_rows training_rows_make(const struct data_set *data, size_t held_out,
                                        uint64_t seed)
{
    struct training_rows rows = {.data = data, .trained = data->rows - held_out};
    struct rng rng = rng_make(seed, RNG_SPLIT, 0);
    measure_scale(&rows);
    rows.order = memory_alloc(data->rows, sizeof *rows.order);
    for (size_t i = 0; i < data->rows; i++)
        rows.order[i] = (uint32_t)i;
    rng_shuffle(&rng, rows.order, data->rows, sizeof *rows.order);
    rows.judged_first = held_out ? rows.trained : 0;
    rows.judged_count = held_out ? held_out : training_rows_held_out_of(data->rows);
    if (rows.judged_count == 0)
        rows.judged_count = data->rows;
    return rows;
}

void training_rows_free(struct training_rows *rows)
{
    free(rows->order);
    *rows = (struct training_rows){0};
}

size_t training_rows_draw(const struct training_rows *rows, struct rng *rng)
{
    return rows->order[rng_below(rng, rows->trained)];
}

size_t training_rows_judged(const struct training_rows *rows, size_t i)
{
    return rows->order[rows->judged_first + i];
}

void training_rows_load(const struct training_rows *rows, size_t row, real *values)
{
    size_t columns = rows->data->columns;
    const real *restrict source = rows->data->values + row * columns;
    real mean = (real)rows->mean, share = (real)(1 / rows->deviation);
#pragma omp simd
    for (size_t k = 0; k < columns; k++)
        values[k] = (source[k] - mean) * share;
}
