#include "embedding/embedding_start.h"

#include "base/memory.h"
#include "tensor/linalg.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>



/* In units of the mean distance. */
static const double flat_radius = 0.5;    /* of hyperbolic factors that start nearly flat */
static const double curved_radius = 0.125; /* of those that start strongly curved */
static const double flat_angle = 0.02;    /* from the pole, of spheres that start nearly flat */
static const double curved_angle = 1.2;   /* of those that start strongly curved */
static const double jitter = 1e-4; /* of a layout: twins that scaling puts in one place must part */

/* --- landmark multidimensional scaling --- */

/* squares (count, nodes): the squared (scaled) distances; of the roots when `root`. */
static real *squared_distances(const struct landmarks *landmarks, double inverse_scale, bool root)
{
    size_t count = landmarks->count * landmarks->nodes;
    real *squares = memory_alloc(count, sizeof *squares);
    for (size_t i = 0; i < count; i++) {
        double distance = (double)landmarks->distances[i] * inverse_scale;
        squares[i] = (real)(root ? distance : distance * distance);
    }
    return squares;
}

/* The mean over all landmarks of each node's squares, and their mean over the landmarks. */
static double *column_means(const struct landmarks *landmarks, const real *squares, double *total)
{
    double *means = memory_zeroed(landmarks->nodes, sizeof *means);
    for (size_t i = 0; i < landmarks->count; i++)
        for (size_t v = 0; v < landmarks->nodes; v++)
            means[v] += (double)squares[i * landmarks->nodes + v] / (double)landmarks->count;
    *total = 0;
    for (size_t i = 0; i < landmarks->count; i++)
        *total += means[landmarks->landmarks[i]] / (double)landmarks->count;
    return means;
}

/* B = -1/2 J squares J among the landmarks: their inner products about their centre. */
static real *inner_products(const struct landmarks *landmarks, const real *squares,
                            const double *means, double total)
{
    size_t n = landmarks->count;
    real *products = memory_alloc(n * n, sizeof *products);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            size_t w = landmarks->landmarks[j];
            double square = (double)squares[i * landmarks->nodes + w];
            products[i * n + j] =
                (real)(-0.5 * (square - means[landmarks->landmarks[i]] - means[w] + total));
        }
    return products;
}

/*
 * layout (nodes, dimension): x_v = -1/2 values^(-1/2) vectors^T (squares_v - mean squares), which
 * for the landmarks is classical scaling. Axes without extent are 0.
 */
static void project(const struct landmarks *landmarks, const real *squares, const double *means,
                    const real *values, const real *vectors, size_t found, size_t dimension,
                    real *layout)
{
    size_t n = landmarks->count;
    memset(layout, 0, landmarks->nodes * dimension * sizeof *layout);
    for (size_t k = 0; k < found; k++) {
        if (!(values[k] > 1e-6 * values[0]))
            break;
        double factor = -0.5 / sqrt((double)values[k]);
        for (size_t i = 0; i < n; i++) {
            double weight = factor * (double)vectors[k * n + i];
            double mean = means[landmarks->landmarks[i]];
            for (size_t v = 0; v < landmarks->nodes; v++)
                layout[v * dimension + k] +=
                    (real)(weight * ((double)squares[i * landmarks->nodes + v] - mean));
        }
    }
}

bool embedding_scale_landmarks(const struct landmarks *landmarks, double inverse_scale, bool root,
                               size_t dimension, real *layout)
{
    struct error error = {0};
    double total;
    real *squares = squared_distances(landmarks, inverse_scale, root);
    double *means = column_means(landmarks, squares, &total);
    real *products = inner_products(landmarks, squares, means, total);
    size_t found = dimension < landmarks->count ? dimension : landmarks->count;
    real *values = memory_alloc(found, sizeof *values);
    real *vectors = memory_alloc(found * landmarks->count, sizeof *vectors);
    bool good = linalg_eigen_some(products, landmarks->count, LINALG_LARGEST, found, values,
                                  vectors, &error);
    if (good)
        project(landmarks, squares, means, values, vectors, found, dimension, layout);
    free(squares);
    free(means);
    free(products);
    free(values);
    free(vectors);
    return good;
}

/* --- a flat layout in a space --- */

static double largest_norm(const real *layout, size_t nodes, size_t dimension)
{
    double largest = 0;
    for (size_t v = 0; v < nodes; v++) {
        double square = 0;
        for (size_t j = 0; j < dimension; j++)
            square += (double)layout[v * dimension + j] * (double)layout[v * dimension + j];
        largest = fmax(largest, square);
    }
    return sqrt(largest);
}

/* One node's coordinates x (dimension) become a point of the factor. */
static void place(const struct factor *factor, const real *x, double radius, real *point)
{
    if (factor->kind != FACTOR_SPHERICAL) { /* near the origin s is x / R to second order */
        for (size_t j = 0; j < factor->dimension; j++)
            point[j] = (real)((double)x[j] / (factor->kind == FACTOR_HYPERBOLIC ? radius : 1));
        return;
    }
    double square = 0;
    for (size_t j = 0; j < factor->dimension; j++)
        square += (double)x[j] * (double)x[j];
    double length = sqrt(square), angle = length / radius;
    point[0] = (real)cos(angle);
    for (size_t j = 0; j < factor->dimension; j++)
        point[j + 1] = (real)(length > 0 ? sin(angle) / length * (double)x[j] : 0);
}

/*
 * Deals the axes of the layout, which come in order of extent, to the factors in turn, so that
 * each gets its share of the large ones.
 */
static void deal_axes(const struct space *space, size_t *axes)
{
    size_t given[SPACE_MOST_FACTORS] = {0}, first[SPACE_MOST_FACTORS], start = 0, axis = 0;
    for (size_t f = 0; f < space->count; f++) {
        first[f] = start;
        start += space->factors[f].dimension;
    }
    while (axis < start)
        for (size_t f = 0; f < space->count; f++)
            if (given[f] < space->factors[f].dimension)
                axes[first[f] + given[f]++] = axis++;
}

static void place_layout(struct graph_embedding *model, const real *layout, double widest_angle)
{
    const struct space *space = &model->space;
    size_t dimension = space_dimension(space), start = 0;
    size_t axes[MANIFOLD_MOST_COLUMNS];
    deal_axes(space, axes);
    double widest = largest_norm(layout, model->nodes, dimension);
    for (size_t f = 0; f < space->count; f++) {
        const struct factor *factor = &space->factors[f];
        double radius = factor->kind == FACTOR_SPHERICAL ? widest / widest_angle : flat_radius;
        if (factor->kind != FACTOR_EUCLIDEAN && radius > 0)
            model->log_radius->value.data[f] = (real)log(radius);
        for (size_t v = 0; v < model->nodes; v++) {
            real x[MANIFOLD_MOST_COLUMNS];
            for (size_t j = 0; j < factor->dimension; j++)
                x[j] = layout[v * dimension + axes[start + j]];
            place(factor, x, radius > 0 ? radius : 1,
                  model->points->value.data + v * space->columns + factor->first_column);
        }
        start += factor->dimension;
    }
}

/* --- the starts --- */

static bool has_factor(const struct space *space, enum factor_kind kind)
{
    for (size_t f = 0; f < space->count; f++)
        if (space->factors[f].kind == kind)
            return true;
    return false;
}

void embedding_start(struct graph_embedding *model, enum embedding_start start,
                     const struct landmarks *landmarks, double inverse_scale, struct rng *rng)
{
    static const enum snowflake_start snowflakes[] = {SNOWFLAKE_IDENTITY, SNOWFLAKE_IDENTITY,
                                                      SNOWFLAKE_SQUARE, SNOWFLAKE_RANDOM};
    graph_embedding_initialise(model, snowflakes[start], rng);
    for (size_t f = 0; start == EMBEDDING_START_CURVED && f < model->space.count; f++)
        if (model->space.factors[f].kind == FACTOR_HYPERBOLIC)
            model->log_radius->value.data[f] = (real)log(curved_radius);
    bool hyperbolic = has_factor(&model->space, FACTOR_HYPERBOLIC);
    bool scaled = start == EMBEDDING_START_FLAT || start == EMBEDDING_START_SQUARE ||
                  (start == EMBEDDING_START_CURVED && !hyperbolic);
    if (!scaled || model->has_encoder || !landmarks)
        return;
    size_t dimension = space_dimension(&model->space);
    real *layout = memory_alloc(model->nodes * dimension, sizeof *layout);
    if (embedding_scale_landmarks(landmarks, inverse_scale, start == EMBEDDING_START_SQUARE,
                                  dimension, layout)) {
        for (size_t i = 0; i < model->nodes * dimension; i++)
            layout[i] += (real)(jitter * rng_normal(rng));
        place_layout(model, layout, start == EMBEDDING_START_CURVED ? curved_angle : flat_angle);
    }
    free(layout);
}

/*
 * With an encoder there is no layout whose distances f(t) = t would keep; a snowflake over it
 * learns better from random weights, all of which have slopes, than from the identity, most of
 * whose are 0.
 */
size_t embedding_starts(const struct graph_embedding *model, enum embedding_start starts[3])
{
    size_t count = 0;
    starts[count++] = model->has_encoder && model->has_snowflake ? EMBEDDING_START_RANDOM
                                                                 : EMBEDDING_START_FLAT;
    if (has_factor(&model->space, FACTOR_HYPERBOLIC) ||
        has_factor(&model->space, FACTOR_SPHERICAL))
        starts[count++] = EMBEDDING_START_CURVED;
    if (model->has_snowflake && !model->metric)
        starts[count++] = EMBEDDING_START_SQUARE;
    return count;
}
