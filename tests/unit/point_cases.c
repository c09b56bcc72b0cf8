#include "point_cases.h"

#include "base/memory.h"
#include "base/rng.h"

#include <stdlib.h>

struct data_set clouds(size_t rows, size_t columns, size_t clusters, bool labelled)
{
    struct rng rng = rng_make(rows + columns, RNG_TEST, (uint32_t)clusters);
    struct data_set data = {.rows = rows, .columns = columns,
                            .values = memory_alloc(rows * columns, sizeof(real)),
                            .shape = {.dimensions = 1, .sizes = {columns}}};
    real *centres = memory_alloc(clusters * columns, sizeof *centres);
    for (size_t i = 0; i < clusters * columns; i++)
        centres[i] = 0.3 + rng_normal(&rng);
    if (labelled) {
        data.labels = memory_alloc(rows, sizeof *data.labels);
        data.classes = clusters;
        data.class_names = memory_alloc(clusters, sizeof *data.class_names);
        for (size_t c = 0; c < clusters; c++)
            data.class_names[c] = memory_format("%zu", c);
    }
    for (size_t i = 0; i < rows; i++) {
        size_t cloud = i < clusters ? i : rng_below(&rng, clusters);
        for (size_t j = 0; j < columns; j++)
            data.values[i * columns + j] = centres[cloud * columns + j] + 0.3 * rng_normal(&rng);
        if (labelled)
            data.labels[i] = (uint32_t)cloud;
    }
    free(centres);
    return data;
}

static double logit_of(const struct point_set *points, size_t row, const real *z, double time,
                       double sigma, const real *perturbation)
{
    double sum = 0;
    for (size_t j = 0; j < points->columns; j++) {
        double x = points->rows[row * points->columns + j] + points->centre[j];
        double difference = z[j] + (perturbation ? sigma * perturbation[j] : 0) - time * x;
        sum += difference * difference;
    }
    return -sum / (2 * (1 - time) * (1 - time));
}

void plain_mean(const struct point_set *points, const uint32_t *label, const real *z, double time,
                double sigma, size_t components, const real *perturbations, real *mean)
{
    struct point_range range = point_set_range(points, label);
    double *logits = memory_alloc(range.count, sizeof *logits);
    for (size_t j = 0; j < points->columns; j++)
        mean[j] = 0;
    for (size_t m = 0; m < components; m++) {
        const real *perturbation = perturbations ? perturbations + m * points->columns : NULL;
        double greatest = -INFINITY, sum = 0;
        for (size_t i = 0; i < range.count; i++) {
            logits[i] = logit_of(points, range.first + i, z, time, sigma, perturbation);
            greatest = fmax(greatest, logits[i]);
        }
        for (size_t i = 0; i < range.count; i++)
            sum += exp(logits[i] - greatest);
        for (size_t i = 0; i < range.count; i++)
            for (size_t j = 0; j < points->columns; j++)
                mean[j] += exp(logits[i] - greatest) / sum / (double)components *
                           (points->rows[(range.first + i) * points->columns + j] +
                            points->centre[j]);
    }
    free(logits);
}
