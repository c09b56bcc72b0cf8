/*
 * space_pair_distances: the distances of many pairs of points, and the way back.
 *
 * Pairs are taken LANES at a time. Their coordinates are gathered column by column, so that every
 * loop below runs over the lanes and is vectorised; nothing but the distances themselves is kept
 * between the passes, since computing a lane again costs less than to write it down. With
 *
 *     distance = sqrt(sum over factors of R^2 d^2),   d = d(inner),
 *
 * where inner is |a - b|^2, the Lorentz q = 2 cosh d - 2, or the squared chord, each kind of factor
 * brings inner, d^2, the slope d(d^2)/d(inner), and the gradient of inner by the coordinates.
 */
#include "base/threads.h"
#include "geometry/space.h"
#include "tensor/vector_math.h"

#include <omp.h>
#include <string.h>

enum { LANES = 64, LEAST_PAIRS = 2048 }; /* fewer pairs do not pay for a thread */

struct pair_list {
    const struct space *space;
    const real *points;
    const uint32_t *source;
    const uint32_t *target;
    size_t count;
    size_t nodes;
    double *node_figures[SPACE_MOST_FACTORS]; /* (nodes): Lorentz time, or 1 / |x| on the sphere */
    real squared_radius[SPACE_MOST_FACTORS];
    real *scratch; /* (threads, 2, columns, LANES) */
};

/* One block of pairs, and what a factor makes of it. */
struct block {
    uint32_t source[LANES];
    uint32_t target[LANES];
    real *a; /* (columns, LANES): coordinates of the sources, later their gradients */
    real *b; /* (columns, LANES): of the targets */
    real square[SPACE_MOST_FACTORS][LANES]; /* d^2 */
    real slope[SPACE_MOST_FACTORS][LANES];  /* d(d^2)/d(inner) */
    real distance[LANES];
};

/* Gathers the block that begins at pair `first`; lanes past the end repeat the last pair. */
static void gather(const struct pair_list *pairs, size_t first, struct block *block)
{
    size_t columns = pairs->space->columns;
    for (size_t i = 0; i < LANES; i++) {
        size_t pair = first + i < pairs->count ? first + i : pairs->count - 1;
        block->source[i] = pairs->source[pair];
        block->target[i] = pairs->target[pair];
        const real *a = pairs->points + block->source[i] * columns;
        const real *b = pairs->points + block->target[i] * columns;
        for (size_t j = 0; j < columns; j++) {
            block->a[j * LANES + i] = a[j];
            block->b[j * LANES + i] = b[j];
        }
    }
}

static void euclidean_lanes(const real *restrict a, const real *restrict b, size_t columns,
                            real *restrict square, real *restrict slope)
{
    for (size_t i = 0; i < LANES; i++) {
        square[i] = 0;
        slope[i] = 1;
    }
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            real difference = a[j * LANES + i] - b[j * LANES + i];
            square[i] += difference * difference;
        }
}

/* The difference of the Lorentz times, without the cancellation of subtracting them. */
static void time_differences(const real *restrict a, const real *restrict b, size_t columns,
                             const double *restrict a_time, const double *restrict b_time,
                             double *restrict difference, double *restrict square)
{
    for (size_t i = 0; i < LANES; i++)
        difference[i] = square[i] = 0;
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            double x = (double)a[j * LANES + i], y = (double)b[j * LANES + i];
            square[i] += (x - y) * (x - y);
            difference[i] += (x - y) * (x + y);
        }
#pragma omp simd
    for (size_t i = 0; i < LANES; i++)
        difference[i] /= a_time[i] + b_time[i];
}

static void node_figures_of(const double *figures, const uint32_t *nodes, double *lanes)
{
    for (size_t i = 0; i < LANES; i++)
        lanes[i] = figures[nodes[i]];
}

/* q = |a - b|^2 - (time difference)^2; d = 2 asinh(sqrt(q) / 2). */
static void hyperbolic_lanes(const struct block *block, const double *figures, size_t column,
                             size_t columns, real *restrict square, real *restrict slope)
{
    double a_time[LANES], b_time[LANES], difference[LANES], spatial[LANES];
    node_figures_of(figures, block->source, a_time);
    node_figures_of(figures, block->target, b_time);
    time_differences(block->a + column * LANES, block->b + column * LANES, columns, a_time, b_time,
                     difference, spatial);
    const real least = (real)1e-12;
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        real q = (real)(spatial[i] - difference[i] * difference[i]);
        q = q > 0 ? q : 0;
        real root = (real)sqrt(q);
        real z = root / 2, z_time = (real)sqrt(1 + z * z);
        real d = 2 * vector_log1p(z + z * z / (1 + z_time));
        square[i] = d * d;
        slope[i] = q > least ? d / (root * z_time) : 1;
    }
}

/* c = |x - y|^2 of the unit vectors; d = 2 asin(sqrt(c) / 2). */
static void spherical_lanes(const struct block *block, const double *figures, size_t column,
                            size_t columns, real *restrict square, real *restrict slope)
{
    double a_inverse[LANES], b_inverse[LANES];
    node_figures_of(figures, block->source, a_inverse);
    node_figures_of(figures, block->target, b_inverse);
    const real *restrict a = block->a + column * LANES, *restrict b = block->b + column * LANES;
    real chord[LANES] = {0};
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            real difference = (real)((double)a[j * LANES + i] * a_inverse[i] -
                                     (double)b[j * LANES + i] * b_inverse[i]);
            chord[i] += difference * difference;
        }
    const real least = (real)1e-12, least_far = (real)1e-7;
    const real rounding = (real)1e-30; /* two equal products need not cancel, once fused */
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        real c = chord[i] < 4 ? chord[i] : 4;
        c = c > rounding ? c : 0;
        real d = 2 * vector_arc_sine((real)sqrt(c) / 2);
        real far = 1 - c / 4; /* 0 at the antipode, where the slope has a pole */
        far = far > least_far ? far : least_far;
        square[i] = d * d;
        slope[i] = c > least ? d / (real)sqrt(c * far) : 1;
    }
}

/* Fills square, slope and distance of a gathered block. */
static void measure(const struct pair_list *pairs, struct block *block)
{
    const struct space *space = pairs->space;
    real total[LANES] = {0};
    for (size_t f = 0; f < space->count; f++) {
        size_t column = space->factors[f].first_column, columns = space->factors[f].columns;
        real *square = block->square[f], *slope = block->slope[f];
        switch (space->factors[f].kind) {
        case FACTOR_EUCLIDEAN:
            euclidean_lanes(block->a + column * LANES, block->b + column * LANES, columns, square,
                            slope);
            break;
        case FACTOR_HYPERBOLIC:
            hyperbolic_lanes(block, pairs->node_figures[f], column, columns, square, slope);
            break;
        case FACTOR_SPHERICAL:
            spherical_lanes(block, pairs->node_figures[f], column, columns, square, slope);
            break;
        }
        real radius = pairs->squared_radius[f];
#pragma omp simd
        for (size_t i = 0; i < LANES; i++)
            total[i] += radius * square[i];
    }
#pragma omp simd
    for (size_t i = 0; i < LANES; i++)
        block->distance[i] = (real)sqrt(total[i]);
}

/* --- gradients: a and b of the block are overwritten by weight * d(inner)/da and /db --- */

static void euclidean_gradients(const real *restrict weight, size_t columns, real *restrict a,
                                real *restrict b)
{
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            real gradient = 2 * weight[i] * (a[j * LANES + i] - b[j * LANES + i]);
            a[j * LANES + i] = gradient;
            b[j * LANES + i] = -gradient;
        }
}

/* dq/da = 2 ((a - b) - (time difference / a_time) a), and the same with a and b exchanged. */
static void hyperbolic_gradients(const struct block *block, const double *figures,
                                 const real *restrict weight, size_t columns, real *restrict a,
                                 real *restrict b)
{
    double a_time[LANES], b_time[LANES], difference[LANES], spatial[LANES];
    node_figures_of(figures, block->source, a_time);
    node_figures_of(figures, block->target, b_time);
    time_differences(a, b, columns, a_time, b_time, difference, spatial);
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            double x = (double)a[j * LANES + i], y = (double)b[j * LANES + i];
            double twice = 2 * (double)weight[i];
            a[j * LANES + i] = (real)(twice * (x - y - difference[i] / a_time[i] * x));
            b[j * LANES + i] = (real)(twice * (y - x + difference[i] / b_time[i] * y));
        }
}

/* dc/da = 2 (x - y) made tangent at x = a / |a|, over |a|; the tangent part of -2 y is enough. */
static void spherical_gradients(const struct block *block, const double *figures,
                                const real *restrict weight, size_t columns, real *restrict a,
                                real *restrict b)
{
    double a_inverse[LANES], b_inverse[LANES], half_chord[LANES] = {0};
    node_figures_of(figures, block->source, a_inverse);
    node_figures_of(figures, block->target, b_inverse);
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            double difference = (double)a[j * LANES + i] * a_inverse[i] -
                                (double)b[j * LANES + i] * b_inverse[i];
            half_chord[i] += difference * difference / 2; /* 1 - x . y */
        }
    for (size_t j = 0; j < columns; j++)
#pragma omp simd
        for (size_t i = 0; i < LANES; i++) {
            double x = (double)a[j * LANES + i] * a_inverse[i];
            double y = (double)b[j * LANES + i] * b_inverse[i];
            double twice = 2 * (double)weight[i];
            a[j * LANES + i] = (real)(twice * a_inverse[i] * (x - y - half_chord[i] * x));
            b[j * LANES + i] = (real)(twice * b_inverse[i] * (y - x - half_chord[i] * y));
        }
}

/*
 * Turns the block's coordinates into gradients, given dLoss/ddistance (LANES), and adds to
 * dlog_radius (factors).
 */
static void differentiate(const struct pair_list *pairs, struct block *block, const real *dy,
                          double *dlog_radius)
{
    const struct space *space = pairs->space;
    real inverse[LANES]; /* dy / distance; 0 for coincident points */
    for (size_t i = 0; i < LANES; i++)
        inverse[i] = block->distance[i] > 0 ? dy[i] / block->distance[i] : 0;
    for (size_t f = 0; f < space->count; f++) {
        real radius = pairs->squared_radius[f], weight[LANES];
        double sum = 0;
        for (size_t i = 0; i < LANES; i++) {
            weight[i] = (real)0.5 * radius * inverse[i] * block->slope[f][i];
            sum += (double)(radius * inverse[i] * block->square[f][i]);
        }
        size_t columns = space->factors[f].columns;
        real *a = block->a + space->factors[f].first_column * LANES;
        real *b = block->b + space->factors[f].first_column * LANES;
        switch (space->factors[f].kind) {
        case FACTOR_EUCLIDEAN: euclidean_gradients(weight, columns, a, b); continue;
        case FACTOR_HYPERBOLIC:
            hyperbolic_gradients(block, pairs->node_figures[f], weight, columns, a, b);
            break;
        case FACTOR_SPHERICAL:
            spherical_gradients(block, pairs->node_figures[f], weight, columns, a, b);
            break;
        }
        dlog_radius[f] += sum; /* of curved factors only */
    }
}

static void scatter(const struct block *block, size_t columns, size_t lanes, real *gradient)
{
    for (size_t i = 0; i < lanes; i++) {
        real *da = gradient + block->source[i] * columns;
        for (size_t j = 0; j < columns; j++)
            da[j] += block->a[j * LANES + i];
        real *db = gradient + block->target[i] * columns;
        for (size_t j = 0; j < columns; j++)
            db[j] += block->b[j * LANES + i];
    }
}

/* --- the op --- */

static struct block block_for_thread(const struct pair_list *pairs)
{
    size_t size = pairs->space->columns * LANES;
    real *scratch = pairs->scratch + (size_t)omp_get_thread_num() * 2 * size;
    return (struct block){.a = scratch, .b = scratch + size};
}

struct thread_gradients {
    real *points;                           /* (nodes, columns) */
    double log_radius[SPACE_MOST_FACTORS];
};

static void backward_blocks(struct variable *self, struct thread_gradients *gradients)
{
    const struct pair_list *pairs = self->context;
    struct block block = block_for_thread(pairs);
#pragma omp for schedule(static)
    for (size_t first = 0; first < pairs->count; first += LANES) {
        size_t lanes = pairs->count - first < LANES ? pairs->count - first : LANES;
        real dy[LANES] = {0};
        memcpy(dy, self->gradient + first, lanes * sizeof *dy);
        gather(pairs, first, &block);
        measure(pairs, &block);
        differentiate(pairs, &block, dy, gradients->log_radius);
        scatter(&block, pairs->space->columns, lanes, gradients->points);
    }
}

/* points += the sum over threads, in their order. */
static void add_threads(const struct thread_gradients *gradients, size_t threads, size_t count,
                        real *points)
{
#pragma omp parallel for simd schedule(static) num_threads(threads)
    for (size_t i = 0; i < count; i++) {
        real sum = 0;
        for (size_t t = 0; t < threads; t++)
            sum += gradients[t].points[i];
        points[i] += sum;
    }
}

static void backward(struct variable *self)
{
    const struct pair_list *pairs = self->context;
    struct variable *points = self->inputs[0], *log_radius = self->inputs[1];
    size_t threads = threads_for(pairs->count, LEAST_PAIRS);
    size_t count = pairs->nodes * pairs->space->columns;
    struct arena *arena = &self->tape->arena;
    struct thread_gradients *gradients = arena_zeroed(arena, threads, sizeof *gradients);
    for (size_t t = 0; t < threads; t++)
        gradients[t].points = arena_zeroed(arena, count, sizeof(real));
#pragma omp parallel num_threads(threads)
    backward_blocks(self, &gradients[omp_get_thread_num()]);
    if (points->needs_gradient)
        add_threads(gradients, threads, count, variable_gradient(points));
    if (log_radius->needs_gradient) {
        real *dlog_radius = variable_gradient(log_radius);
        for (size_t t = 0; t < threads; t++)
            for (size_t f = 0; f < pairs->space->count; f++)
                dlog_radius[f] += (real)gradients[t].log_radius[f];
    }
}

/* The Lorentz times, or the inverse norms, of all points of a factor. */
static double *figures_of_nodes(const struct pair_list *pairs, const struct factor *factor,
                                struct arena *arena)
{
    if (factor->kind == FACTOR_EUCLIDEAN)
        return NULL;
    double *figures = arena_alloc(arena, pairs->nodes, sizeof *figures);
    size_t columns = pairs->space->columns;
    bool spherical = factor->kind == FACTOR_SPHERICAL;
#pragma omp parallel for schedule(static) if (pairs->nodes > 4096)
    for (size_t v = 0; v < pairs->nodes; v++) {
        const real *x = pairs->points + v * columns + factor->first_column;
        double square = spherical ? 0 : 1;
        for (size_t j = 0; j < factor->columns; j++)
            square += (double)x[j] * (double)x[j];
        figures[v] = spherical ? 1 / sqrt(square > 0 ? square : 1) : sqrt(square);
    }
    return figures;
}

struct variable *space_pair_distances(struct tape *tape, const struct space *space,
                                      struct variable *points, struct variable *log_radius,
                                      const uint32_t *source, const uint32_t *target, size_t count)
{
    struct arena *arena = &tape->arena;
    struct variable *result =
        tape_record(tape, 1, &count, (struct variable *[]){points, log_radius}, 2, backward);
    struct pair_list *pairs = arena_zeroed(arena, 1, sizeof *pairs);
    result->context = pairs;
    pairs->space = space;
    pairs->points = points->value.data;
    pairs->source = source;
    pairs->target = target;
    pairs->count = count;
    pairs->nodes = tensor_rows(&points->value);
    for (size_t f = 0; f < space->count; f++) {
        bool curved = space->factors[f].kind != FACTOR_EUCLIDEAN;
        pairs->node_figures[f] = figures_of_nodes(pairs, &space->factors[f], arena);
        pairs->squared_radius[f] = curved ? (real)exp(2 * (double)log_radius->value.data[f]) : 1;
    }
    size_t threads = threads_for(count, LEAST_PAIRS);
    pairs->scratch = arena_alloc(arena, threads * 2 * space->columns * LANES, sizeof(real));
#pragma omp parallel num_threads(threads)
    {
        struct block block = block_for_thread(pairs);
#pragma omp for schedule(static)
        for (size_t first = 0; first < count; first += LANES) {
            gather(pairs, first, &block);
            measure(pairs, &block);
            size_t lanes = count - first < LANES ? count - first : LANES;
            memcpy(result->value.data + first, block.distance, lanes * sizeof(real));
        }
    }
    return result;
}
