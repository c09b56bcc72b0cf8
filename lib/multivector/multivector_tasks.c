#include "multivector/multivector_tasks.h"

#include "base/memory.h"
#include "base/threads.h"
#include "geometry/charged_particles.h"
#include "geometry/convex_hull.h"

#include <math.h>

enum { STEPS_OF_FRAME = 100, MOST_POINTS = CHARGED_PARTICLES_MOST };

const char *const multivector_task_names[] = {"signed-volume", "convex-hull", "o5-regression",
                                              "nbody", "lorentz", NULL};

struct multivector_task multivector_task_make(enum multivector_task_kind kind)
{
    static const struct multivector_task published[] = {
        [TASK_SIGNED_VOLUME] = {.kind = TASK_SIGNED_VOLUME, .dimension = 3, .points = 3},
        [TASK_CONVEX_HULL] = {.kind = TASK_CONVEX_HULL, .dimension = 5, .points = 16},
        [TASK_O5_REGRESSION] = {.kind = TASK_O5_REGRESSION, .dimension = 5, .points = 2},
        [TASK_NBODY] = {.kind = TASK_NBODY, .dimension = 3, .points = 5, .start_frame = 30,
                        .end_frame = 40},
        [TASK_LORENTZ] = {.kind = TASK_LORENTZ, .dimension = 4, .points = 5}};
    return published[kind];
}

bool multivector_task_check(const struct multivector_task *task, struct error *error)
{
    const char *name = multivector_task_names[task->kind];
    size_t least = task->kind == TASK_CONVEX_HULL ? task->dimension + 1 : 2;
    if (task->kind == TASK_SIGNED_VOLUME ? task->points != task->dimension
                                         : task->points < least || task->points > MOST_POINTS)
        return error_set(error, EX_USAGE, "%s of %zu points in %zu dimensions; expected %zu to %d",
                         name, task->points, task->dimension,
                         task->kind == TASK_SIGNED_VOLUME ? task->dimension : least,
                         task->kind == TASK_SIGNED_VOLUME ? (int)task->dimension : MOST_POINTS);
    if (task->kind == TASK_NBODY && task->end_frame <= task->start_frame)
        return error_set(error, EX_USAGE, "frame %zu does not come after frame %zu",
                         task->end_frame, task->start_frame);
    return true;
}

struct sample_shape multivector_task_shape(const struct multivector_task *task)
{
    struct sample_shape shape = {.dimension = task->dimension, .vectors = task->points};
    switch (task->kind) {
    case TASK_SIGNED_VOLUME: shape.target_pseudoscalars = 1; break;
    case TASK_CONVEX_HULL:
    case TASK_O5_REGRESSION:
    case TASK_LORENTZ: shape.target_scalars = 1; break;
    case TASK_NBODY:
        shape.nodes = task->points;
        shape.scalars = 1;
        shape.vectors = 2;
        shape.target_vectors = 1;
        break;
    }
    return shape;
}

void multivector_task_metric(const struct multivector_task *task, real *base)
{
    for (size_t i = 0; i < task->dimension; i++)
        base[i] = task->kind == TASK_LORENTZ && i > 0 ? -1 : 1;
}

/* --- one sample of each; values are kept in double until they are written --- */

struct sample {
    struct rng rng;
    double points[MOST_POINTS * MULTIVECTOR_MOST_DIMENSION];
    double target; /* of the tasks that have one number */
};

static void draw_points(const struct multivector_task *task, struct sample *sample)
{
    for (size_t i = 0; i < task->points * task->dimension; i++)
        sample->points[i] = rng_normal(&sample->rng);
}

/* The determinant of a (n, n), by elimination with row pivots; a is destroyed. */
static double determinant(double *a, size_t n)
{
    double product = 1;
    for (size_t k = 0; k < n; k++) {
        size_t pivot = k;
        for (size_t i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
                pivot = i;
        if (a[pivot * n + k] == 0)
            return 0;
        for (size_t j = 0; j < n && pivot != k; j++) {
            double held = a[k * n + j];
            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = held;
        }
        product *= pivot != k ? -a[k * n + k] : a[k * n + k];
        for (size_t i = k + 1; i < n; i++)
            for (size_t j = n; j-- > k;)
                a[i * n + j] -= a[i * n + k] / a[k * n + k] * a[k * n + j];
    }
    return product;
}

static void draw_signed_volume(const struct multivector_task *task, struct sample *sample)
{
    double copy[MULTIVECTOR_MOST_DIMENSION * MULTIVECTOR_MOST_DIMENSION];
    size_t n = task->dimension;
    draw_points(task, sample);
    for (size_t i = 0; i < n * n; i++)
        copy[i] = sample->points[i];
    sample->target = determinant(copy, n) / 10;
}

static double dot(const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t k = 0; k < n; k++)
        sum += x[k] * y[k];
    return sum;
}

static void draw_o5_regression(const struct multivector_task *task, struct sample *sample)
{
    static const double mean = -5.7047567669819275, deviation = 6.193464000814848;
    size_t n = task->dimension;
    draw_points(task, sample);
    const double *x = sample->points, *y = sample->points + n;
    double length = sqrt(dot(x, x, n)), other = sqrt(dot(y, y, n));
    double value = sin(length) - other * other * other / 2 + dot(x, y, n) / (length * other);
    sample->target = (value - mean) / deviation;
}

/* Moves a four-momentum by a boost along a direction of length 1. */
static void boost(double *p, const double direction[3], double rapidity)
{
    double along = dot(p + 1, direction, 3), energy = p[0];
    p[0] = cosh(rapidity) * energy + sinh(rapidity) * along;
    double moved = sinh(rapidity) * energy + cosh(rapidity) * along;
    for (int k = 0; k < 3; k++)
        p[k + 1] += (moved - along) * direction[k];
}

static double minkowski_product(const double *p, const double *q)
{
    return p[0] * q[0] - dot(p + 1, q + 1, 3);
}

/* sin M + mean of (p_i.p_j)^2 / (mean of p_i.p_j)^2; count > 1 */
static double jet_target(const double *momenta, size_t count)
{
    double square = 0, products = 0, squares = 0, pairs = (double)(count * (count - 1)) / 2;
    for (size_t i = 0; i < count; i++) {
        square += minkowski_product(momenta + 4 * i, momenta + 4 * i);
        for (size_t j = 0; j < i; j++) {
            double product = minkowski_product(momenta + 4 * i, momenta + 4 * j);
            products += product;
            squares += product * product;
        }
    }
    double mass = sqrt(square + 2 * products);
    return sin(mass) + squares * pairs / (products * products);
}

static void draw_jet(const struct multivector_task *task, struct sample *sample)
{
    struct rng *rng = &sample->rng;
    double direction[3], length, rapidity = 1.5 * rng_uniform(rng);
    do {
        for (int k = 0; k < 3; k++)
            direction[k] = rng_normal(rng);
        length = sqrt(dot(direction, direction, 3));
    } while (length < 1e-9);
    for (int k = 0; k < 3; k++)
        direction[k] /= length;
    for (size_t i = 0; i < task->points; i++) {
        double *p = sample->points + 4 * i, mass = 0.1 + 0.9 * rng_uniform(rng);
        for (int k = 1; k < 4; k++)
            p[k] = rng_normal(rng);
        p[0] = sqrt(mass * mass + dot(p + 1, p + 1, 3));
        boost(p, direction, rapidity);
    }
    sample->target = jet_target(sample->points, task->points);
}

/* --- samples into data --- */

static void copy_reals(const double *values, size_t count, real *target)
{
    for (size_t i = 0; i < count; i++)
        target[i] = (real)values[i];
}

static void draw_nbody(const struct multivector_task *task, struct rng *rng,
                       struct multivector_data *data, size_t row)
{
    struct charged_particles particles;
    size_t count = task->points;
    real *vectors = data->parts[PART_VECTORS] + row * count * 6;
    charged_particles_draw(&particles, count, rng);
    charged_particles_drift(&particles, STEPS_OF_FRAME * (task->start_frame + 1));
    copy_reals(particles.charges, count, data->parts[PART_SCALARS] + row * count);
    for (size_t i = 0; i < count; i++) {
        copy_reals(particles.places[i], 3, vectors + 6 * i);
        copy_reals(particles.velocities[i], 3, vectors + 6 * i + 3);
    }
    charged_particles_kick(&particles);
    charged_particles_drift(&particles,
                            STEPS_OF_FRAME * (task->end_frame - task->start_frame));
    for (size_t i = 0; i < count; i++)
        copy_reals(particles.places[i], 3,
                   data->parts[PART_TARGET_VECTORS] + (row * count + i) * 3);
}

static bool draw_sample(const struct multivector_task *task, uint32_t number,
                        struct multivector_data *data, size_t row, struct error *error)
{
    struct sample sample = {.rng = rng_make(task->seed, RNG_GENERATOR, number)};
    bool good = true;
    switch (task->kind) {
    case TASK_NBODY: draw_nbody(task, &sample.rng, data, row); return true;
    case TASK_SIGNED_VOLUME: draw_signed_volume(task, &sample); break;
    case TASK_O5_REGRESSION: draw_o5_regression(task, &sample); break;
    case TASK_LORENTZ: draw_jet(task, &sample); break;
    case TASK_CONVEX_HULL:
        draw_points(task, &sample);
        good = convex_hull_volume(sample.points, task->points, task->dimension, &sample.target,
                                  error);
        break;
    }
    size_t width = task->points * task->dimension;
    bool pseudo = task->kind == TASK_SIGNED_VOLUME;
    copy_reals(sample.points, width, data->parts[PART_VECTORS] + row * width);
    data->parts[pseudo ? PART_TARGET_PSEUDOSCALARS : PART_TARGET_SCALARS][row] =
        (real)sample.target;
    return good;
}

static void hide(const struct hidden_map *map, struct multivector_data *data)
{
    for (int part = 0; part < SAMPLE_PARTS; part++)
        if (part == PART_VECTORS || part == PART_TARGET_VECTORS)
            hidden_map_apply(map, data->parts[part],
                             data->count * sample_width(&data->shape, (enum sample_part)part) /
                                 map->dimension);
}

bool multivector_task_draw(const struct multivector_task *task, uint32_t first,
                           struct multivector_data *data, struct error *error)
{
    bool good = true;
#pragma omp parallel for schedule(dynamic, 16) num_threads(threads_for(data->count, 16))
    for (size_t row = 0; row < data->count; row++) {
        struct error own = {0};
        if (draw_sample(task, first + (uint32_t)row, data, row, &own))
            continue;
#pragma omp critical(multivector_task_error)
        {
            *error = own;
            good = false;
        }
    }
    if (task->map)
        hide(task->map, data);
    return good;
}
