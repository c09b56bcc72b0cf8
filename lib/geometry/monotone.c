#include "geometry/monotone.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

static const real leak = (real)0.01;

/* --- parameters --- */

static struct parameter *add(struct parameters *set, const char *prefix, size_t layer,
                             const char *name, int dimensions, size_t rows, size_t columns)
{
    char *full_name = memory_format("%s.%zu.%s", prefix, layer, name);
    const size_t shape[2] = {rows, columns};
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    parameter->decays = false;
    free(full_name);
    return parameter;
}

void monotone_make(struct monotone *net, struct parameters *set, const char *prefix,
                   const size_t *sizes, size_t layers, size_t exponents, bool bias)
{
    net->layers = layers;
    memcpy(net->sizes, sizes, (layers + 1) * sizeof *sizes);
    for (size_t l = 0; l < layers; l++) {
        net->weight[l] = add(set, prefix, l, "weight", 2, sizes[l + 1], sizes[l]);
        net->identity[l] = add(set, prefix, l, "identity", 1, 1, 0);
        net->exponents[l] = add(set, prefix, l, "exponents", 1, exponents, 0);
        net->bias[l] = bias ? add(set, prefix, l, "bias", 1, sizes[l + 1], 0) : NULL;
    }
}

/* --- a pass --- */

static real magnitude(real x)
{
    return x < 0 ? -x : x;
}

/* W = |V| + |lambda| I */
static const real *matrix_as_used(struct arena *arena, const struct parameter *weight,
                                  const struct parameter *identity)
{
    size_t count = tensor_count(&weight->value), columns = tensor_columns(&weight->value);
    real *matrix = arena_alloc(arena, count, sizeof *matrix);
    for (size_t i = 0; i < count; i++)
        matrix[i] = magnitude(weight->value.data[i]);
    for (size_t i = 0; i < count; i += columns + 1)
        matrix[i] += i / columns < columns ? magnitude(identity->value.data[0]) : 0;
    return matrix;
}

void monotone_prepare(struct monotone_pass *pass, const struct monotone *net,
                      struct arena *arena)
{
    *pass = (struct monotone_pass){.net = net};
    for (size_t l = 0; l <= net->layers; l++)
        pass->width = net->sizes[l] > pass->width ? net->sizes[l] : pass->width;
    for (size_t l = 0; l < net->layers; l++) {
        const struct tensor *exponents = &net->exponents[l]->value;
        pass->layers[l] = (struct monotone_layer){
            .inputs = net->sizes[l],
            .outputs = net->sizes[l + 1],
            .matrix = matrix_as_used(arena, net->weight[l], net->identity[l]),
            .bias = net->bias[l] ? net->bias[l]->value.data : NULL,
            .small = exponent_value(net->form, exponents->data[0]),
            .large = exponent_value(net->form, exponents->data[tensor_count(exponents) - 1])};
    }
    enum { SPARE = 2 };
    pass->scratch_size = (3 * (net->layers + 1) + SPARE) * pass->width * LANES;
}

struct monotone_gradients *monotone_gradients_make(const struct monotone_pass *pass,
                                                   size_t threads, struct arena *arena)
{
    struct monotone_gradients *all = arena_zeroed(arena, threads, sizeof *all);
    for (size_t t = 0; t < threads; t++) {
        for (size_t l = 0; l < pass->net->layers; l++) {
            const struct monotone_layer *layer = &pass->layers[l];
            all[t].matrix[l] = arena_zeroed(arena, layer->outputs * layer->inputs, sizeof(double));
            all[t].bias[l] = arena_zeroed(arena, layer->outputs, sizeof(double));
        }
    }
    return all;
}

/* What scratch holds of every layer, each (width, LANES); two spare blocks stand at the end. */
enum { SLOT_INPUT, SLOT_LOGS, SLOT_ACTIVE, SLOTS };

static real *slot(const struct monotone_pass *pass, real *scratch, size_t layer, size_t which)
{
    return scratch + (SLOTS * layer + which) * pass->width * LANES;
}

real *monotone_input(real *scratch)
{
    return scratch;
}

static void leak_values(real *restrict u, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        u[i] = u[i] < 0 ? leak * u[i] : u[i];
}

/* The sign survives the leak, so the way back needs only what came of it. */
static void leak_slopes(const real *restrict leaked, real *restrict gradient, size_t count)
{
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        gradient[i] = leaked[i] < 0 ? leak * gradient[i] : gradient[i];
}

static void add_bias(const struct monotone_layer *layer, real *u)
{
    for (size_t k = 0; layer->bias && k < layer->outputs; k++)
        for (size_t i = 0; i < LANES; i++)
            u[k * LANES + i] += layer->bias[k];
}

real *monotone_run(const struct monotone_pass *pass, real *scratch)
{
    real *u = monotone_input(scratch);
    for (size_t l = 0; l < pass->net->layers; l++) {
        const struct monotone_layer *layer = &pass->layers[l];
        size_t count = layer->inputs * LANES;
        real *active = slot(pass, scratch, l, SLOT_ACTIVE);
        if (pass->net->leaky)
            leak_values(u, count);
        fractal_values(count, u, layer->small, layer->large, slot(pass, scratch, l, SLOT_LOGS),
                       active);
        u = slot(pass, scratch, l + 1, SLOT_INPUT);
        lanes_mix(layer->matrix, layer->outputs, layer->inputs, active, u);
        add_bias(layer, u);
    }
    return u;
}

real *monotone_run_back(const struct monotone_pass *pass, real *scratch, const real *dy,
                        struct monotone_gradients *gradients)
{
    size_t last = pass->net->layers;
    real *spare[2] = {slot(pass, scratch, last + 1, 0), slot(pass, scratch, last + 1, 1)};
    for (size_t l = last; l-- > 0;) {
        const struct monotone_layer *layer = &pass->layers[l];
        size_t count = layer->inputs * LANES;
        real *du = spare[l % 2];
        const real *u = slot(pass, scratch, l, SLOT_INPUT);
        const real *active = slot(pass, scratch, l, SLOT_ACTIVE);
        for (size_t k = 0; layer->bias && k < layer->outputs; k++)
            for (size_t i = 0; i < LANES; i++)
                gradients->bias[l][k] += (double)dy[k * LANES + i];
        lanes_mix_backward(layer->matrix, layer->outputs, layer->inputs, active, dy,
                           gradients->matrix[l], du);
        fractal_slopes(count, u, layer->small, layer->large, slot(pass, scratch, l, SLOT_LOGS),
                       active, du, gradients->exponents[l]);
        if (pass->net->leaky)
            leak_slopes(u, du, count);
        dy = du;
    }
    return spare[0];
}

/* --- the parameters' side of an op --- */

enum { VARIABLE_WEIGHT, VARIABLE_IDENTITY, VARIABLE_EXPONENTS, VARIABLE_BIAS, VARIABLES };

size_t monotone_variables(struct tape *tape, const struct monotone *net, struct variable **inputs)
{
    for (size_t l = 0; l < net->layers; l++, inputs += VARIABLES) {
        inputs[VARIABLE_WEIGHT] = tape_parameter(tape, net->weight[l]);
        inputs[VARIABLE_IDENTITY] = tape_parameter(tape, net->identity[l]);
        inputs[VARIABLE_EXPONENTS] = tape_parameter(tape, net->exponents[l]);
        inputs[VARIABLE_BIAS] = net->bias[l] ? tape_parameter(tape, net->bias[l]) : NULL;
    }
    return VARIABLES * net->layers;
}

static void add_to(struct variable *raw, size_t i, double gradient)
{
    if (raw->needs_gradient)
        variable_gradient(raw)[i] += (real)gradient;
}

/* By raw parameters: |raw| has slope 1 at 0, so that a weight that starts at 0 can grow. */
static double sign_of(const struct variable *raw, size_t i)
{
    return raw->value.data[i] < 0 ? -1 : 1;
}

static void send_layer(const struct monotone_pass *pass, size_t l,
                       const struct monotone_gradients *gradients, struct variable **inputs)
{
    const struct monotone_layer *layer = &pass->layers[l];
    struct variable *weight = inputs[VARIABLE_WEIGHT], *identity = inputs[VARIABLE_IDENTITY];
    struct variable *exponents = inputs[VARIABLE_EXPONENTS];
    size_t count = layer->outputs * layer->inputs, last = tensor_count(&exponents->value) - 1;
    size_t diagonal = layer->outputs < layer->inputs ? layer->outputs : layer->inputs;
    for (size_t i = 0; i < count; i++)
        add_to(weight, i, sign_of(weight, i) * gradients->matrix[l][i]);
    for (size_t k = 0; k < diagonal; k++)
        add_to(identity, 0, sign_of(identity, 0) * gradients->matrix[l][k * layer->inputs + k]);
    for (size_t k = 0; k < 2; k++) {
        size_t which = k < last ? k : last;
        add_to(exponents, which,
               (double)exponent_slope(pass->net->form, exponents->value.data[which]) *
                   gradients->exponents[l][k]);
    }
    for (size_t k = 0; inputs[VARIABLE_BIAS] && k < layer->outputs; k++)
        add_to(inputs[VARIABLE_BIAS], k, gradients->bias[l][k]);
}

void monotone_send(const struct monotone_pass *pass, const struct monotone_gradients *gradients,
                   size_t threads, struct variable **inputs)
{
    for (size_t t = 0; t < threads; t++)
        for (size_t l = 0; l < pass->net->layers; l++)
            send_layer(pass, l, &gradients[t], inputs + VARIABLES * l);
}
