#include "multivector/equivariance.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = MULTIVECTOR_MOST_DIMENSION };

/* --- isometries --- */

static double form(const double *metric, const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += x[i] * metric[i * n + j] * y[j];
    return sum;
}

/* A vector whose form is not small beside what it could be; false when none is found. */
static bool draw_axis(const double *metric, size_t n, struct rng *rng, double *axis)
{
    for (int attempt = 0; attempt < 1000; attempt++) {
        double length = 0, image_length = 0;
        for (size_t i = 0; i < n; i++)
            axis[i] = rng_normal(rng);
        for (size_t i = 0; i < n; i++) {
            double image = 0;
            for (size_t j = 0; j < n; j++)
                image += metric[i * n + j] * axis[j];
            length += axis[i] * axis[i];
            image_length += image * image;
        }
        if (fabs(form(metric, axis, axis, n)) > 0.3 * sqrt(length * image_length))
            return true;
    }
    return false;
}

/* matrix becomes (1 - 2 u u^T G / (u^T G u)) matrix. */
static void reflect(const double *metric, const double *axis, size_t n, double *matrix)
{
    double square = form(metric, axis, axis, n);
    for (size_t column = 0; column < n; column++) {
        double product = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                product += axis[i] * metric[i * n + j] * matrix[j * n + column];
        for (size_t i = 0; i < n; i++)
            matrix[i * n + column] -= 2 * product / square * axis[i];
    }
}

bool isometry_draw(const double *metric, size_t n, struct rng *rng, double *matrix,
                   int *determinant, struct error *error)
{
    size_t reflections = n - (n > 1 ? rng_below(rng, 2) : 0);
    *determinant = reflections % 2 ? -1 : 1;
    for (size_t i = 0; i < n * n; i++)
        matrix[i] = i % (n + 1) == 0;
    for (size_t k = 0; k < reflections; k++) {
        double axis[MOST];
        if (!draw_axis(metric, n, rng, axis))
            return error_set(error, EX_DATAERR, "the metric is degenerate: no vector has an "
                             "inverse, so there is no reflection to try");
        reflect(metric, axis, n, matrix);
    }
    return true;
}

double isometry_error(const double *metric, const double *matrix, size_t n)
{
    double largest = 0, worst = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            double sum = 0;
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    sum += matrix[i * n + a] * metric[i * n + j] * matrix[j * n + b];
            worst = fmax(worst, fabs(sum - metric[a * n + b]));
            largest = fmax(largest, fabs(metric[a * n + b]));
        }
    return worst / largest;
}

/* --- what is done to samples, and what it should do to predictions --- */

struct transformation {
    double matrix[MOST * MOST]; /* of vectors */
    double factor;              /* of pseudoscalars */
    double shift[MOST];         /* of places, and of vectors that are predicted for nodes */
    const size_t *order;        /* node i becomes node order[i]; NULL: all stay */
};

static struct transformation identity(size_t n)
{
    struct transformation t = {.factor = 1};
    for (size_t i = 0; i < n; i++)
        t.matrix[i * n + i] = 1;
    return t;
}

static bool is_of_vectors(enum sample_part part)
{
    return part == PART_VECTORS || part == PART_TARGET_VECTORS;
}

/* One part of one sample (width values) transformed. */
static void transform(const struct transformation *t, const struct sample_shape *shape,
                      enum sample_part part, const real *from, real *to)
{
    size_t n = shape->dimension, width = sample_width(shape, part);
    bool per_node = shape->nodes > 0 && !(part > PART_VECTORS && shape->pooled);
    size_t nodes = per_node ? shape->nodes : 1, each = width / nodes;
    for (size_t node = 0; node < nodes; node++) {
        size_t target = per_node && t->order ? t->order[node] : node;
        const real *x = from + node * each;
        real *y = to + target * each;
        for (size_t i = 0; i < each; i++) {
            double value = (double)x[i];
            if (is_of_vectors(part)) {
                size_t row = i % n;
                bool moves = per_node && (part == PART_TARGET_VECTORS || i < n);
                value = moves ? t->shift[row] : 0;
                for (size_t j = 0; j < n; j++)
                    value += t->matrix[row * n + j] * (double)x[i - row + j];
            } else if (part == PART_TARGET_PSEUDOSCALARS) {
                value *= t->factor;
            }
            y[i] = (real)value;
        }
    }
}

/* --- the check --- */

struct plan {
    size_t count; /* transformations; the first is the identity */
    size_t isometries;
    struct transformation *list;
    size_t *order;
};

static bool make_plan(struct plan *plan, const struct sample_shape *shape,
                      const struct equivariance_options *options, struct error *error)
{
    struct rng rng = rng_make(options->seed, RNG_ISOMETRIES, 0);
    size_t n = shape->dimension, most = options->transformations + 3;
    plan->list = memory_alloc(most, sizeof *plan->list);
    plan->order = memory_alloc(shape->nodes, sizeof *plan->order);
    plan->isometries = options->transformations;
    plan->list[0] = identity(n);
    plan->count = 1;
    for (size_t k = 0; k < options->transformations; k++) {
        struct transformation *t = &plan->list[plan->count++];
        int determinant;
        *t = identity(n);
        if (!isometry_draw(options->metric, n, &rng, t->matrix, &determinant, error))
            return false;
        t->factor = determinant;
    }
    if (shape->nodes > 1) {
        for (size_t i = 0; i < shape->nodes; i++)
            plan->order[i] = (i + 1) % shape->nodes;
        plan->list[plan->count] = identity(n);
        plan->list[plan->count++].order = plan->order;
    }
    if (options->translations) {
        struct transformation *t = &plan->list[plan->count++];
        *t = identity(n);
        for (size_t i = 0; i < n; i++)
            t->shift[i] = rng_normal(&rng);
    }
    return true;
}

/* All samples under all transformations, one after the other. */
static struct multivector_data transform_all(const struct plan *plan,
                                             const struct multivector_data *samples)
{
    struct multivector_data all =
        multivector_data_make(&samples->shape, samples->count * plan->count);
    for (int part = 0; part < SAMPLE_PARTS; part++) {
        size_t width = sample_width(&samples->shape, (enum sample_part)part);
        for (size_t t = 0; t < plan->count; t++)
            for (size_t i = 0; i < samples->count; i++)
                transform(&plan->list[t], &samples->shape, (enum sample_part)part,
                          samples->parts[part] + i * width,
                          all.parts[part] + (t * samples->count + i) * width);
    }
    return all;
}

static double root_mean_square(const real *values, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)values[i] * (double)values[i];
    return count ? sqrt(sum / (double)count) : 0;
}

/* The differences of a transformation for one kind of target. */
static void compare(const struct plan *plan, size_t which, enum sample_part part,
                    const struct multivector_data *predictions, double *largest, double *sum)
{
    size_t width = sample_width(&predictions->shape, part);
    size_t samples = predictions->count / plan->count;
    real *expected = memory_alloc(width, sizeof *expected);
    for (size_t i = 0; i < samples; i++) {
        const real *found = predictions->parts[part] + (which * samples + i) * width;
        transform(&plan->list[which], &predictions->shape, part,
                  predictions->parts[part] + i * width, expected);
        for (size_t j = 0; j < width; j++) {
            double difference = fabs((double)found[j] - (double)expected[j]);
            *largest = fmax(*largest, difference);
            *sum += difference;
        }
    }
    free(expected);
}

static double relative(double difference, double scale)
{
    return difference == 0 ? 0 : difference / scale;
}

static void judge(const struct plan *plan, const struct multivector_data *predictions,
                  const double *sizes, struct equivariance *result)
{
    double total = 0, values = 0;
    for (int p = PART_TARGET_SCALARS; p < SAMPLE_PARTS; p++) {
        enum sample_part part = (enum sample_part)p;
        size_t width = sample_width(&predictions->shape, part);
        if (width == 0)
            continue;
        double scale = root_mean_square(predictions->parts[part], predictions->count * width);
        scale = fmax(scale, sizes ? 1e-3 * sizes[part] : 0);
        double largest = 0, sum = 0;
        for (size_t t = 1; t <= plan->isometries; t++)
            compare(plan, t, part, predictions, &largest, &sum);
        result->of_part[part] = relative(largest, scale);
        result->error = fmax(result->error, result->of_part[part]);
        total += relative(sum, scale);
        values += (double)(plan->isometries * predictions->count / plan->count * width);
        for (size_t t = plan->isometries + 1; t < plan->count; t++) {
            double *figure = plan->list[t].order ? &result->permutation_error
                                                 : &result->translation_error;
            largest = 0;
            compare(plan, t, part, predictions, &largest, &sum);
            *figure = fmax(*figure, relative(largest, scale));
        }
    }
    result->mean_error = total / values;
}

static bool are_finite(const struct multivector_data *predictions, struct error *error)
{
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++) {
        size_t width = sample_width(&predictions->shape, (enum sample_part)part);
        for (size_t i = 0; i < predictions->count * width; i++)
            if (!isfinite(predictions->parts[part][i]))
                return error_set(error, EX_DATAERR, "the prediction for sample %zu is not finite",
                                 i / width);
    }
    return true;
}

bool equivariance_check(equivariance_predictor *predict, void *context,
                        const struct multivector_data *samples,
                        const struct equivariance_options *options, struct equivariance *result,
                        struct error *error)
{
    struct plan plan;
    *result = (struct equivariance){.error = NAN, .mean_error = NAN, .translation_error = NAN,
                                    .permutation_error = NAN};
    for (int part = 0; part < SAMPLE_PARTS; part++)
        result->of_part[part] = NAN;
    bool good = make_plan(&plan, &samples->shape, options, error);
    if (good) {
        struct multivector_data all = transform_all(&plan, samples);
        struct multivector_data predictions =
            multivector_data_make(&samples->shape, samples->count * plan.count);
        good = predict(context, &all, &predictions, error) && are_finite(&predictions, error);
        if (good)
            judge(&plan, &predictions, options->sizes, result);
        multivector_data_free(&all);
        multivector_data_free(&predictions);
    }
    free(plan.list);
    free(plan.order);
    return good;
}
