#include "spacetime/spacetime.h"

#include "base/memory.h"
#include "geometry/lorentzian.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const spacetime_geometry_names[] = {"neural", "minkowski", "de-sitter", NULL};

enum { PAIRS_AT_ONCE = 1 << 16 };

struct spacetime_options spacetime_options_default(void)
{
    return (struct spacetime_options){.space_dim = 4, .time_dim = 4, .encoder_layers = 10,
                                      .encoder_width = 100, .layers = 4, .width = 10};
}

static bool check_sizes(const struct spacetime_options *o, struct error *error)
{
    if (o->space_dim < 1 || o->space_dim > SPACETIME_MOST_SPACE || o->time_dim < 1 ||
        o->time_dim > (o->fixed_times ? SPACETIME_MOST_TIME : MONOTONE_MOST_WIDTH))
        return error_set(error, EX_USAGE, "%zu dimensions of space and %zu of time; expected 1 to "
                         "%d and 1 to %d", o->space_dim, o->time_dim, SPACETIME_MOST_SPACE,
                         o->fixed_times ? SPACETIME_MOST_TIME : MONOTONE_MOST_WIDTH);
    if (o->layers < 2 || o->layers > MONOTONE_MOST_LAYERS || o->width < 1 ||
        o->width > MONOTONE_MOST_WIDTH || o->encoder_layers > SPACETIME_ENCODER_MOST_LAYERS ||
        o->encoder_width < 1)
        return error_set(error, EX_USAGE, "the networks' sizes are out of range");
    return true;
}

/* Near the identity the order's network must let every coordinate through. */
static size_t order_width(const struct spacetime_options *o)
{
    return o->published || o->width > o->time_dim ? o->width : o->time_dim;
}

bool spacetime_make(struct spacetime *model, const struct spacetime_options *o,
                    struct error *error)
{
    *model = (struct spacetime){.options = *o};
    if (!check_sizes(o, error))
        return false;
    model->space_columns = o->space_dim + (o->geometry == SPACETIME_DE_SITTER);
    model->columns = model->space_columns + (o->fixed_times ? 0 : o->time_dim);
    if (o->features)
        spacetime_encoder_make(&model->encoder, &model->set, o->features, o->encoder_layers,
                               o->encoder_width, model->columns);
    else
        model->points = parameters_add(&model->set, "points", 2,
                                       (const size_t[]){o->nodes, model->columns});
    if (o->geometry == SPACETIME_NEURAL) {
        quasi_metric_make(&model->metric, &model->set, o->space_dim, o->layers, o->width,
                          o->published ? EXPONENT_CONVEX : EXPONENT_FREE);
        if (!o->fixed_times)
            partial_order_make(&model->order, &model->set, o->time_dim, o->layers,
                               order_width(o));
    }
    for (size_t i = 0; i < model->set.count && o->published; i++)
        model->set.list[i]->decays = true;
    model->scale = parameters_add(&model->set, "scale", 1, (const size_t[]){1});
    model->scale->frozen = true;
    model->scale->value.data[0] = 1;
    return true;
}

/* --- where it starts --- */

static void place_points(struct spacetime *model, const real *layout, const real *times,
                         struct rng *rng)
{
    size_t d = model->options.space_dim, t = model->options.time_dim;
    for (size_t v = 0; v < model->options.nodes; v++) {
        real *row = model->points->value.data + v * model->columns;
        for (size_t k = 0; k < model->columns; k++)
            row[k] = (real)(rng_normal(rng) / sqrt(2 * (double)d));
        for (size_t k = 0; layout && k < d; k++)
            row[k] = layout[v * d + k];
        for (size_t k = 0; k < model->columns - model->space_columns; k++)
            row[model->space_columns + k] = times ? times[v * t + k] : (real)rng_uniform(rng);
    }
}

/* Times of which LeakyReLU leaves enough. */
static void lift_times(struct spacetime *model)
{
    struct tensor *bias = &model->encoder.bias[model->encoder.layers]->value;
    for (size_t k = model->space_columns; k < model->columns; k++)
        bias->data[k] += 1;
}

void spacetime_initialise(struct spacetime *model, const real *layout, const real *times,
                          struct rng *rng)
{
    const struct spacetime_options *o = &model->options;
    if (!o->features)
        place_points(model, layout, times, rng);
    else
        spacetime_encoder_initialise(&model->encoder, rng);
    if (o->geometry != SPACETIME_NEURAL)
        return;
    quasi_metric_initialise(&model->metric,
                            o->published ? QUASI_METRIC_PUBLISHED : QUASI_METRIC_EUCLIDEAN, rng);
    if (o->fixed_times)
        return;
    partial_order_initialise(&model->order,
                             o->published ? PARTIAL_ORDER_PUBLISHED : PARTIAL_ORDER_IDENTITY, rng);
    if (o->features && !o->published)
        lift_times(model);
}

/* --- on the tape --- */

struct variable *spacetime_points(const struct spacetime *model, struct tape *tape,
                                  struct variable *features)
{
    if (model->options.features)
        return spacetime_encoder_apply(tape, &model->encoder, features);
    return tape_parameter(tape, model->points);
}

static struct variable *columns_of(struct tape *tape, struct variable *points, size_t first,
                                   size_t count)
{
    return tensor_columns(&points->value) == count
               ? points
               : tape_slice_columns(tape, points, first, count);
}

struct variable *spacetime_distances(const struct spacetime *model, struct tape *tape,
                                     struct variable *points, const uint32_t *source,
                                     const uint32_t *target, size_t count)
{
    size_t space = model->space_columns;
    struct variable *distances;
    switch (model->options.geometry) {
    case SPACETIME_MINKOWSKI:
        distances = minkowski_intervals(tape, points, space, source, target, count);
        break;
    case SPACETIME_DE_SITTER:
        distances = de_sitter_intervals(tape, points, space, source, target, count);
        break;
    default:
        distances = quasi_metric_distances(tape, &model->metric,
                                           columns_of(tape, points, 0, space), source, target,
                                           count);
    }
    real scale = model->scale->value.data[0];
    return scale == 1 ? distances : tape_affine(tape, distances, scale, 0);
}

struct variable *spacetime_times(const struct spacetime *model, struct tape *tape,
                                 struct variable *points)
{
    struct variable *times =
        columns_of(tape, points, model->space_columns, model->options.time_dim);
    return model->options.geometry == SPACETIME_NEURAL
               ? partial_order_apply(tape, &model->order, times)
               : times;
}

/* --- outside of training --- */

static struct variable *constant_points(const struct spacetime *model, struct tape *tape,
                                        const real *features, size_t n)
{
    if (!model->options.features)
        return tape_constant(tape, model->points->value);
    struct variable *x = tape_constant(
        tape, tensor_matrix((real *)(uintptr_t)features, n, model->options.features));
    return spacetime_encoder_apply(tape, &model->encoder, x);
}

void spacetime_events(const struct spacetime *model, const real *features, size_t n, real *space,
                      real *times)
{
    struct tape tape = {0};
    struct variable *points = constant_points(model, &tape, features, n);
    size_t width = model->space_columns;
    for (size_t v = 0; space && v < n; v++)
        memcpy(space + v * width, points->value.data + v * model->columns, width * sizeof *space);
    if (times)
        memcpy(times, spacetime_times(model, &tape, points)->value.data,
               n * model->options.time_dim * sizeof *times);
    tape_free(&tape);
}

real *spacetime_raw_points(const struct spacetime *model, const real *features, size_t n)
{
    struct tape tape = {0};
    real *raw = memory_alloc(n * model->columns, sizeof *raw);
    memcpy(raw, constant_points(model, &tape, features, n)->value.data,
           n * model->columns * sizeof *raw);
    tape_free(&tape);
    return raw;
}

void spacetime_pair_distances(const struct spacetime *model, const real *points, size_t n,
                              const uint32_t *source, const uint32_t *target, size_t count,
                              real *distances)
{
    struct tape tape = {0};
    for (size_t first = 0; first < count; first += PAIRS_AT_ONCE) {
        size_t some = count - first < PAIRS_AT_ONCE ? count - first : PAIRS_AT_ONCE;
        tape_reset(&tape);
        struct variable *x = tape_constant(
            &tape, tensor_matrix((real *)(uintptr_t)points, n, model->columns));
        memcpy(distances + first,
               spacetime_distances(model, &tape, x, source + first, target + first, some)
                   ->value.data,
               some * sizeof *distances);
    }
    tape_free(&tape);
}

void spacetime_free(struct spacetime *model)
{
    parameters_free(&model->set);
}
