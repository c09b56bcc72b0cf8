#include "latent/latent_start.h"

#include "base/memory.h"
#include "tensor/blas.h"
#include "tensor/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- principal directions --- */

enum { ITERATIONS = 8, SPARE_DIRECTIONS = 8 };

/* X y^T or X^T y: y (count of the other side, width). */
static void multiply(const struct feature_matrix *x, bool transposed, const real *y, size_t width,
                     real *result)
{
    if (x->dense)
        blas_matmul(transposed, false, transposed ? x->columns : x->rows, width,
                    transposed ? x->rows : x->columns, 1, x->dense, y, 0, result);
    else
        sparse_multiply(transposed ? &x->transpose : &x->sparse, y, width, false, result);
}

/* Makes the columns of a (rows, width) of mean 0. */
static void centre(real *a, size_t rows, size_t width)
{
    for (size_t j = 0; j < width; j++) {
        double sum = 0;
        for (size_t i = 0; i < rows; i++)
            sum += (double)a[i * width + j];
        for (size_t i = 0; i < rows; i++)
            a[i * width + j] -= (real)(sum / (double)rows);
    }
}

void principal_directions(const struct feature_matrix *features, size_t count, uint64_t seed,
                          real *directions, real *singular_values)
{
    size_t rows = features->rows, columns = features->columns;
    size_t least = rows < columns ? rows : columns;
    size_t width = count + SPARE_DIRECTIONS < least ? count + SPARE_DIRECTIONS : least;
    real *basis = memory_alloc(columns * width, sizeof *basis);
    real *image = memory_alloc(rows * width, sizeof *image);
    real *triangle = memory_alloc(width * width, sizeof *triangle);
    struct rng rng = rng_make(seed, RNG_LANDMARKS, 0);
    struct error error = {0};
    for (size_t i = 0; i < columns * width; i++)
        basis[i] = (real)rng_normal(&rng);
    for (int iteration = 0; iteration < ITERATIONS; iteration++) {
        multiply(features, false, basis, width, image);
        centre(image, rows, width);
        multiply(features, true, image, width, basis);
        if (!linalg_qr(basis, columns, width, triangle, &error))
            error_exit(&error);
    }
    memset(directions, 0, count * columns * sizeof *directions);
    real least_kept = triangle[0] * REAL_EPSILON * (real)columns;
    size_t rank = 0;
    while (rank < count && rank < width && triangle[rank * width + rank] > least_kept)
        rank++;
    for (size_t d = 0; d < rank; d++)
        for (size_t j = 0; j < columns; j++)
            directions[d * columns + j] = basis[j * width + d];
    for (size_t d = 0; singular_values && d < count; d++)
        singular_values[d] = d < rank ? (real)sqrt((double)triangle[d * width + d]) : 0;
    free(basis);
    free(image);
    free(triangle);
}

/* log(rows / (1 + df)) of every column, not below 0. */
static real *inverse_frequencies(const struct feature_matrix *x)
{
    real *weights = memory_zeroed(x->columns, sizeof *weights);
    size_t entries = x->dense ? x->rows * x->columns : sparse_entries(&x->sparse);
    const real *values = x->dense ? x->dense : x->sparse.values;
    for (size_t e = 0; e < entries; e++)
        weights[x->dense ? e % x->columns : x->sparse.indices[e]] += values[e] != 0;
    for (size_t j = 0; j < x->columns; j++) {
        double weight = log((double)x->rows / (1 + (double)weights[j]));
        weights[j] = (real)(weight > 0 ? weight : 0);
    }
    return weights;
}

/* A copy whose columns are weighed and whose rows then have the length 1. */
static struct feature_matrix weighed_copy(const struct feature_matrix *x, const real *weights)
{
    struct feature_matrix copy;
    real *values = memory_zeroed(x->rows * x->columns, sizeof *values);
    for (size_t i = 0; i < x->rows; i++) {
        real *row = values + i * x->columns;
        double square = 0;
        feature_matrix_row(x, i, row);
        for (size_t j = 0; j < x->columns; j++) {
            row[j] *= weights[j];
            square += (double)row[j] * (double)row[j];
        }
        for (size_t j = 0; square > 0 && j < x->columns; j++)
            row[j] = (real)((double)row[j] / sqrt(square));
    }
    feature_matrix_make(&copy, values, x->rows, x->columns);
    return copy;
}

/*
 * Those of latent semantic indexing, as they apply to the features themselves. Weighed by their
 * singular values, many of them can be taken: the last, which are mostly noise, count little.
 */
static void semantic_directions(const struct feature_matrix *x, size_t count, uint64_t seed,
                                real *directions)
{
    real *weights = inverse_frequencies(x);
    struct feature_matrix weighed = weighed_copy(x, weights);
    real *singular_values = memory_alloc(count, sizeof *singular_values);
    principal_directions(&weighed, count, seed, directions, singular_values);
    for (size_t i = 0; i < count * x->columns; i++)
        directions[i] *= weights[i % x->columns] * singular_values[i / x->columns];
    feature_matrix_free(&weighed);
    free(singular_values);
    free(weights);
}

/* --- parameters --- */

static void start_layer(struct latent_layer *layer, struct rng *rng)
{
    parameter_start_glorot(layer->weight, rng);
    memset(layer->bias->value.data, 0, tensor_count(&layer->bias->value) * sizeof(real));
    if (!layer->attention_weight)
        return;
    parameter_start_glorot(layer->attention_weight, rng);
    parameter_start_glorot(layer->attention_direction, rng);
    memset(layer->attention_bias->value.data, 0,
           tensor_count(&layer->attention_bias->value) * sizeof(real));
}

/* The mean square of |P x| over the rows, for the directions first .. first + count. */
static double mean_square(const struct latent_inputs *inputs, const real *directions, size_t count)
{
    size_t rows = inputs->features->rows, columns = inputs->features->columns;
    real *turned = memory_alloc(columns * count, sizeof *turned);
    real *image = memory_alloc(rows * count, sizeof *image);
    double sum = 0;
    for (size_t d = 0; d < count; d++)
        for (size_t j = 0; j < columns; j++)
            turned[j * count + d] = directions[d * columns + j];
    multiply(inputs->features, false, turned, count, image);
    for (size_t i = 0; i < rows * count; i++)
        sum += (double)image[i] * (double)image[i];
    free(turned);
    free(image);
    return sum / (double)rows;
}

static void start_candidate(struct candidate *candidate, const struct latent_inputs *inputs,
                            const real *directions, bool scaled, double hidden_share,
                            struct rng *rng)
{
    size_t columns = inputs->features->columns, first = 0;
    real *p = candidate->from_features->value.data;
    for (size_t f = 0; f < candidate->space.count; f++) {
        size_t dimension = candidate->space.factors[f].dimension;
        double square = mean_square(inputs, directions + first * columns, dimension);
        double scale = scaled && square > 0 ? 1 / sqrt(square) : 1;
        for (size_t i = first * columns; i < (first + dimension) * columns; i++)
            p[i] = (real)(scale * (double)directions[i]);
        first += dimension;
    }
    memset(candidate->log_radius->value.data, 0, candidate->space.count * sizeof(real));
    candidate->log_temperature->value.data[0] = 0;
    for (size_t i = 0; candidate->from_hidden && i < tensor_count(&candidate->from_hidden->value);
         i++)
        candidate->from_hidden->value.data[i] =
            (real)(hidden_share / sqrt((double)space_dimension(&candidate->space)) *
                   rng_normal(rng));
    for (size_t i = 0; candidate->scale && i < tensor_count(&candidate->scale->value); i++)
        candidate->scale->value.data[i] =
            (real)(1 / sqrt((double)space_dimension(&candidate->space)));
    if (candidate->has_snowflake)
        snowflake_initialise(&candidate->snowflake, SNOWFLAKE_IDENTITY, rng);
}

/* --- temperatures --- */

enum { SAMPLE_ROWS = 256, HALVINGS = 14 };

static size_t in_common(const uint32_t *a, const uint32_t *b, size_t k)
{
    size_t common = 0;
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            common += a[i] == b[j];
    return common;
}

/* The logarithm of t at which a draw has the wanted overlap; by halving, since it grows with t. */
static double temperature_for(const struct candidate *candidate, const struct tensor *points,
                              size_t k, double overlap, uint64_t seed)
{
    size_t rows = tensor_rows(points), queries = rows < SAMPLE_ROWS ? rows : SAMPLE_ROWS;
    uint32_t *nearest = memory_alloc(queries * k, sizeof *nearest);
    uint32_t *drawn = memory_alloc(queries * k, sizeof *drawn);
    struct neighbour_search search = candidate_search(candidate);
    double low = -8, high = 16;
    search.seed = seed;
    search.draw = UINT32_MAX;
    space_neighbours(&search, points->data, queries, points->data, rows, k, true, nearest);
    search.noise = true;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        size_t common = 0;
        search.temperature = exp(middle);
        space_neighbours(&search, points->data, queries, points->data, rows, k, true, drawn);
        for (size_t q = 0; q < queries; q++)
            common += in_common(nearest + q * k, drawn + q * k, k);
        *((double)common < overlap * (double)(queries * k) ? &low : &high) = middle;
    }
    free(nearest);
    free(drawn);
    return (low + high) / 2;
}

static void start_temperatures(struct latent_network *network, const struct latent_inputs *inputs,
                               double overlap, uint64_t seed)
{
    const struct latent_options *o = &network->options;
    struct tape tape = {0};
    struct latent_trace trace;
    const struct latent_draw draw = {.seed = seed};
    latent_network_logits(network, &tape, inputs, &draw, NULL, &trace);
    for (size_t l = 0; l < o->layers && network->layer[l].candidates; l++)
        for (size_t s = 0; s < o->space_count; s++) {
            struct candidate *candidate = &network->layer[l].candidates[s];
            candidate->log_temperature->value.data[0] = (real)temperature_for(
                candidate, &trace.layer[l].points[s]->value, o->neighbours, overlap, seed);
        }
    tape_free(&tape);
}

void latent_network_start(struct latent_network *network, const struct latent_inputs *inputs,
                          double overlap, double hidden_share, uint64_t seed)
{
    const struct latent_options *o = &network->options;
    struct rng rng = rng_make(seed, RNG_INITIAL, 0);
    size_t most = 0;
    for (size_t s = 0; s < o->space_count; s++) {
        size_t dimension = space_dimension(&network->layer[0].candidates[s].space);
        most = dimension > most ? dimension : most;
    }
    real *directions = memory_alloc(most * o->features, sizeof *directions);
    if (most > 0 && o->directions)
        semantic_directions(inputs->features, most, seed, directions);
    else if (most > 0)
        principal_directions(inputs->features, most, seed, directions, NULL);
    for (size_t l = 0; l < o->layers; l++) {
        start_layer(&network->layer[l], &rng);
        for (size_t s = 0; network->layer[l].candidates && s < o->space_count; s++)
            start_candidate(&network->layer[l].candidates[s], inputs, directions,
                            o->standardise || o->directions, hidden_share, &rng);
    }
    free(directions);
    if (o->space_count)
        start_temperatures(network, inputs, overlap, seed);
}
