/*
 * The snowflake function over many distances. LANES distances go through all layers at a time,
 * in scratch memory that stays in the cache; the way back computes the layers again instead of
 * keeping them.
 */
#include "geometry/snowflake.h"

#include "base/memory.h"
#include "base/threads.h"
#include "geometry/lanes.h"
#include "tensor/vector_math.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_DISTANCES = 512 }; /* fewer do not pay for a thread */

/*
 * What a thread keeps of every layer, each (width, LANES): u, z = A u, the three features with the
 * logarithms that their slopes need, and h = psi(z) C. Behind the last layer stand its output and
 * two spare slots for gradients.
 */
enum {
    SLOT_INPUT,
    SLOT_EXPANDED,    /* z, not below `least` */
    SLOT_SATURATING,  /* 1 - e^-z */
    SLOT_LOG,         /* log z */
    SLOT_POWER,       /* z^a */
    SLOT_LOG1P,       /* log(1 + z) */
    SLOT_LOG_LOG1P,   /* log log(1 + z) */
    SLOT_LOGARITHM,   /* log(1 + z)^b */
    SLOT_ACTIVE,
    SLOTS
};
enum { SPARE_INPUT = SLOT_EXPANDED, SPARE_ACTIVE = SLOT_ACTIVE };

static const real least = (real)1e-12; /* the floor under u^a and log(1 + u)^b, whose slopes are
                                          infinite at 0 */

/* --- the parameters as used: non-negative weights, exponents in (0, 1) --- */

struct layer {
    size_t inputs, outputs;     /* n and n' */
    const real *expansion;      /* (width, inputs) */
    const real *contraction;    /* (outputs, width) */
    real mixture[3];
    real a, b;
};

/* Gradients by the parameters as used; one for each thread. */
struct layer_gradients {
    double *expansion, *contraction;
    double mixture[3], a, b;
};

struct snowflake_pass {
    const struct snowflake *snowflake;
    size_t count, width;
    struct layer layers[SNOWFLAKE_MOST_LAYERS];
    real power; /* 1 + p */
    const real *distances;
    real *scratch;
    size_t scratch_size; /* of a thread */
};

static size_t layer_inputs(const struct snowflake *snowflake, size_t layer)
{
    return layer == 0 ? 1 : snowflake->width;
}

static size_t layer_outputs(const struct snowflake *snowflake, size_t layer)
{
    return layer + 1 == snowflake->layers ? 1 : snowflake->width;
}

static const real *absolute_values(struct arena *arena, const struct parameter *parameter)
{
    size_t count = tensor_count(&parameter->value);
    real *values = arena_alloc(arena, count, sizeof *values);
    for (size_t i = 0; i < count; i++)
        values[i] = (real)fabs(parameter->value.data[i]);
    return values;
}

static void pass_prepare(struct snowflake_pass *pass, const struct snowflake *snowflake,
                         const real *distances, size_t count, struct arena *arena)
{
    pass->snowflake = snowflake;
    pass->count = count;
    pass->width = snowflake->width;
    pass->distances = distances;
    pass->power = 1 + (real)fabs(snowflake->power->value.data[0]);
    for (size_t l = 0; l < snowflake->layers; l++) {
        const real *raw = snowflake->exponents[l]->value.data;
        const real *mixture = snowflake->mixture[l]->value.data;
        pass->layers[l] = (struct layer){
            .inputs = layer_inputs(snowflake, l),
            .outputs = layer_outputs(snowflake, l),
            .expansion = absolute_values(arena, snowflake->expansion[l]),
            .contraction = absolute_values(arena, snowflake->contraction[l]),
            .mixture = {(real)fabs(mixture[0]), (real)fabs(mixture[1]), (real)fabs(mixture[2])},
            .a = vector_sigmoid(raw[0]),
            .b = vector_sigmoid(raw[1])};
    }
    pass->scratch_size = SLOTS * (snowflake->layers + 1) * snowflake->width * LANES;
}

/* --- forward --- */

/* Where a thread keeps what layer l works on, each (width, LANES). */
static real *slot(const struct snowflake_pass *pass, real *scratch, size_t layer, size_t which)
{
    return scratch + (SLOTS * layer + which) * pass->width * LANES;
}

/*
 * Fills the slots of a layer behind z. One short pass for each function: a single loop over all of
 * them would not fit the vector registers, and takes twice as long. The floor under z keeps its
 * logarithms, and their multiples by a and b below 1, where exp and log need no special care; NaN
 * goes on through 1 - e^-z.
 */
static void activate(const struct snowflake_pass *pass, real *scratch, size_t l)
{
    const struct layer *layer = &pass->layers[l];
    size_t n = pass->width * LANES;
    real *restrict z = slot(pass, scratch, l, SLOT_EXPANDED);
    real *restrict saturating = slot(pass, scratch, l, SLOT_SATURATING);
    real *restrict log_z = slot(pass, scratch, l, SLOT_LOG);
    real *restrict power = slot(pass, scratch, l, SLOT_POWER);
    real *restrict log1p_z = slot(pass, scratch, l, SLOT_LOG1P);
    real *restrict log_log1p_z = slot(pass, scratch, l, SLOT_LOG_LOG1P);
    real *restrict logarithm = slot(pass, scratch, l, SLOT_LOGARITHM);
    real *restrict h = slot(pass, scratch, l, SLOT_ACTIVE);
    real a = layer->a, b = layer->b;
    real c0 = layer->mixture[0], c1 = layer->mixture[1], c2 = layer->mixture[2];
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        z[i] = z[i] < least ? least : z[i]; /* NaN stays NaN */
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        saturating[i] = -vector_expm1(-z[i]);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        log_z[i] = vector_log_normal(z[i], 0);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        power[i] = vector_exp_normal(a * log_z[i]);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        log1p_z[i] = vector_log1p(z[i]);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        log_log1p_z[i] = vector_log_normal(log1p_z[i], 0);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        logarithm[i] = vector_exp_normal(b * log_log1p_z[i]);
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        h[i] = c0 * saturating[i] + c1 * power[i] + c2 * logarithm[i];
}

/* Runs LANES distances through all layers; returns u_J (LANES). Absent lanes are 0. */
static real *run_layers(const struct snowflake_pass *pass, size_t first, real *scratch)
{
    size_t lanes = pass->count - first < LANES ? pass->count - first : LANES;
    real *u = slot(pass, scratch, 0, SLOT_INPUT);
    memset(u, 0, LANES * sizeof *u);
    memcpy(u, pass->distances + first, lanes * sizeof *u);
    for (size_t l = 0; l < pass->snowflake->layers; l++) {
        const struct layer *layer = &pass->layers[l];
        lanes_mix(layer->expansion, pass->width, layer->inputs, u,
                  slot(pass, scratch, l, SLOT_EXPANDED));
        activate(pass, scratch, l);
        u = slot(pass, scratch, l + 1, SLOT_INPUT);
        lanes_mix(layer->contraction, layer->outputs, pass->width,
                  slot(pass, scratch, l, SLOT_ACTIVE), u);
    }
    return u;
}

/* --- backward --- */

/* dh (width, LANES) becomes dz, in place, from the layer's slots; adds to its gradients. */
static void activate_backward(const struct snowflake_pass *pass, real *scratch, size_t l,
                              real *restrict dh, struct layer_gradients *gradients)
{
    const struct layer *layer = &pass->layers[l];
    const real *restrict z = slot(pass, scratch, l, SLOT_EXPANDED);
    const real *restrict saturating = slot(pass, scratch, l, SLOT_SATURATING);
    const real *restrict log_z = slot(pass, scratch, l, SLOT_LOG);
    const real *restrict power = slot(pass, scratch, l, SLOT_POWER);
    const real *restrict log1p_z = slot(pass, scratch, l, SLOT_LOG1P);
    const real *restrict log_log1p_z = slot(pass, scratch, l, SLOT_LOG_LOG1P);
    const real *restrict logarithm = slot(pass, scratch, l, SLOT_LOGARITHM);
    real c0 = layer->mixture[0], c1 = layer->mixture[1], c2 = layer->mixture[2];
    real a = layer->a, b = layer->b;
    for (size_t k = 0; k < pass->width; k++) {
        real sum0 = 0, sum1 = 0, sum2 = 0, sum_a = 0, sum_b = 0;
#pragma omp simd reduction(+ : sum0, sum1, sum2, sum_a, sum_b)
        for (size_t i = k * LANES; i < (k + 1) * LANES; i++) {
            real g = dh[i];
            sum0 += g * saturating[i];
            sum1 += g * power[i];
            sum2 += g * logarithm[i];
            sum_a += g * power[i] * log_z[i];
            sum_b += g * logarithm[i] * log_log1p_z[i];
            real slopes = c1 * a * power[i] / z[i] +
                          c2 * b * logarithm[i] / (log1p_z[i] * (1 + z[i]));
            slopes = z[i] > least ? slopes : 0;
            dh[i] = g * (c0 * (1 - saturating[i]) + slopes);
        }
        gradients->mixture[0] += (double)sum0;
        gradients->mixture[1] += (double)sum1;
        gradients->mixture[2] += (double)sum2;
        gradients->a += (double)(c1 * sum_a);
        gradients->b += (double)(c2 * sum_b);
    }
}

/*
 * One block back: dy (LANES) becomes the gradient by the distances. Lanes of distance 0 are given
 * dy = 0 by the caller.
 */
static void block_backward(const struct snowflake_pass *pass, size_t first, real *scratch, real *dy,
                           struct layer_gradients *gradients, double *dpower)
{
    const real *last = run_layers(pass, first, scratch);
    real power = pass->power, slope_sum = 0;
#pragma omp simd reduction(+ : slope_sum)
    for (size_t i = 0; i < LANES; i++) { /* f = u^(1 + p) */
        real u = last[i] > least ? last[i] : least, log_u = vector_log(u);
        real value = vector_exp(power * log_u);
        slope_sum += dy[i] * value * log_u;
        dy[i] = dy[i] * power * value / u;
    }
    *dpower += (double)slope_sum;
    real *du = slot(pass, scratch, pass->snowflake->layers, SPARE_INPUT);
    real *dh = slot(pass, scratch, pass->snowflake->layers, SPARE_ACTIVE);
    memcpy(du, dy, LANES * sizeof *du);
    for (size_t l = pass->snowflake->layers; l-- > 0;) {
        const struct layer *layer = &pass->layers[l];
        lanes_mix_backward(layer->contraction, layer->outputs, pass->width,
                           slot(pass, scratch, l, SLOT_ACTIVE), du, gradients[l].contraction, dh);
        activate_backward(pass, scratch, l, dh, &gradients[l]);
        lanes_mix_backward(layer->expansion, pass->width, layer->inputs,
                           slot(pass, scratch, l, SLOT_INPUT), dh, gradients[l].expansion, du);
    }
    memcpy(dy, du, LANES * sizeof *dy);
}

struct thread_gradients {
    struct layer_gradients layers[SNOWFLAKE_MOST_LAYERS];
    double power;
};

static struct thread_gradients *make_thread_gradients(const struct snowflake_pass *pass,
                                                      size_t threads, struct arena *arena)
{
    struct thread_gradients *all = arena_zeroed(arena, threads, sizeof *all);
    for (size_t t = 0; t < threads; t++) {
        for (size_t l = 0; l < pass->snowflake->layers; l++) {
            all[t].layers[l].expansion =
                arena_zeroed(arena, pass->width * pass->layers[l].inputs, sizeof(double));
            all[t].layers[l].contraction =
                arena_zeroed(arena, pass->width * pass->layers[l].outputs, sizeof(double));
        }
    }
    return all;
}

/* By raw parameters: |raw| has slope 1 at 0, so that a weight that starts at 0 can grow. */
static void add_absolute(struct variable *raw, size_t i, double gradient)
{
    if (raw->needs_gradient)
        variable_gradient(raw)[i] += (real)(raw->value.data[i] < 0 ? -gradient : gradient);
}

static void add_sigmoid(struct variable *raw, size_t i, double used, double gradient)
{
    if (raw->needs_gradient)
        variable_gradient(raw)[i] += (real)(gradient * used * (1 - used));
}

/* The inputs of the op: the distances, the power, then four parameters for each layer. */
enum { INPUT_DISTANCES, INPUT_POWER, INPUT_LAYERS };

static void add_layer(struct variable *self, const struct snowflake_pass *pass, size_t l,
                      const struct layer_gradients *gradients)
{
    struct variable **inputs = self->inputs + INPUT_LAYERS + 4 * l;
    for (size_t i = 0; i < pass->width * pass->layers[l].inputs; i++)
        add_absolute(inputs[0], i, gradients->expansion[i]);
    for (size_t i = 0; i < pass->width * pass->layers[l].outputs; i++)
        add_absolute(inputs[1], i, gradients->contraction[i]);
    for (size_t i = 0; i < 3; i++)
        add_absolute(inputs[2], i, gradients->mixture[i]);
    add_sigmoid(inputs[3], 0, (double)pass->layers[l].a, gradients->a);
    add_sigmoid(inputs[3], 1, (double)pass->layers[l].b, gradients->b);
}

static void backward(struct variable *self)
{
    const struct snowflake_pass *pass = self->context;
    size_t threads = threads_for(pass->count, LEAST_DISTANCES);
    struct thread_gradients *gradients =
        make_thread_gradients(pass, threads, &self->tape->arena);
    struct variable *distances = self->inputs[INPUT_DISTANCES];
    real *ddistances = distances->needs_gradient ? variable_gradient(distances) : NULL;
#pragma omp parallel num_threads(threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        real *scratch = pass->scratch + thread * pass->scratch_size;
#pragma omp for schedule(static)
        for (size_t first = 0; first < pass->count; first += LANES) {
            size_t lanes = pass->count - first < LANES ? pass->count - first : LANES;
            real dy[LANES] = {0};
            for (size_t i = 0; i < lanes; i++)
                dy[i] = pass->distances[first + i] > 0 ? self->gradient[first + i] : 0;
            block_backward(pass, first, scratch, dy, gradients[thread].layers,
                           &gradients[thread].power);
            for (size_t i = 0; ddistances && i < lanes; i++)
                ddistances[first + i] += dy[i];
        }
    }
    for (size_t t = 0; t < threads; t++) {
        add_absolute(self->inputs[INPUT_POWER], 0, gradients[t].power);
        for (size_t l = 0; l < pass->snowflake->layers; l++)
            add_layer(self, pass, l, &gradients[t].layers[l]);
    }
}

/* --- the op, and what else one asks of a snowflake --- */

static void evaluate(const struct snowflake_pass *pass, size_t first, real *scratch, real *values)
{
    const real *u = run_layers(pass, first, scratch);
    size_t lanes = pass->count - first < LANES ? pass->count - first : LANES;
    real power = pass->power;
#pragma omp simd
    for (size_t i = 0; i < lanes; i++)
        values[i] = pass->distances[first + i] != 0 ? vector_power(u[i], power) : 0;
}

struct variable *snowflake_apply(struct tape *tape, const struct snowflake *snowflake,
                                 struct variable *distances)
{
    struct variable *inputs[INPUT_LAYERS + 4 * SNOWFLAKE_MOST_LAYERS];
    inputs[INPUT_DISTANCES] = distances;
    inputs[INPUT_POWER] = tape_parameter(tape, snowflake->power);
    for (size_t l = 0; l < snowflake->layers; l++) {
        struct variable **layer = inputs + INPUT_LAYERS + 4 * l;
        layer[0] = tape_parameter(tape, snowflake->expansion[l]);
        layer[1] = tape_parameter(tape, snowflake->contraction[l]);
        layer[2] = tape_parameter(tape, snowflake->mixture[l]);
        layer[3] = tape_parameter(tape, snowflake->exponents[l]);
    }
    size_t count = tensor_count(&distances->value);
    struct variable *result =
        tape_record(tape, 1, &count, inputs, INPUT_LAYERS + 4 * snowflake->layers, backward);
    struct snowflake_pass *pass = arena_zeroed(&tape->arena, 1, sizeof *pass);
    result->context = pass;
    pass_prepare(pass, snowflake, distances->value.data, count, &tape->arena);
    size_t threads = threads_for(count, LEAST_DISTANCES);
    pass->scratch = arena_alloc(&tape->arena, threads * pass->scratch_size, sizeof(real));
#pragma omp parallel for schedule(static) num_threads(threads)
    for (size_t first = 0; first < count; first += LANES)
        evaluate(pass, first, pass->scratch + (size_t)omp_get_thread_num() * pass->scratch_size,
                 result->value.data + first);
    return result;
}

void snowflake_values(const struct snowflake *snowflake, const real *distances, size_t count,
                      real *values)
{
    struct arena arena = {0};
    struct snowflake_pass pass = {0};
    pass_prepare(&pass, snowflake, distances, count, &arena);
    real *scratch = arena_alloc(&arena, pass.scratch_size, sizeof *scratch);
    for (size_t first = 0; first < count; first += LANES)
        evaluate(&pass, first, scratch, values + first);
    arena_free(&arena);
}

double snowflake_value(const struct snowflake *snowflake, double t)
{
    real distance = (real)t, value;
    snowflake_values(snowflake, &distance, 1, &value);
    return (double)value;
}

void snowflake_exponents(const struct snowflake *snowflake, double *exponents, double *power)
{
    for (size_t l = 0; l < snowflake->layers; l++)
        for (size_t i = 0; i < 2; i++)
            exponents[2 * l + i] =
                (double)vector_sigmoid(snowflake->exponents[l]->value.data[i]);
    *power = fabs((double)snowflake->power->value.data[0]);
}

void snowflake_freeze_power(struct snowflake *snowflake)
{
    snowflake->power->value.data[0] = 0;
    snowflake->power->frozen = true;
}

static struct parameter *add_parameter(struct parameters *set, size_t layer, const char *name,
                                       int dimensions, size_t rows, size_t columns)
{
    char *full_name = memory_format("snowflake.%zu.%s", layer, name);
    const size_t shape[2] = {rows, columns};
    struct parameter *parameter = parameters_add(set, full_name, dimensions, shape);
    parameter->decays = false;
    free(full_name);
    return parameter;
}

void snowflake_make(struct snowflake *snowflake, struct parameters *set, size_t layers,
                    size_t width)
{
    snowflake->layers = layers;
    snowflake->width = width;
    for (size_t l = 0; l < layers; l++) {
        size_t inputs = layer_inputs(snowflake, l), outputs = layer_outputs(snowflake, l);
        snowflake->expansion[l] = add_parameter(set, l, "expansion", 2, width, inputs);
        snowflake->contraction[l] = add_parameter(set, l, "contraction", 2, outputs, width);
        snowflake->mixture[l] = add_parameter(set, l, "mixture", 1, 3, 0);
        snowflake->exponents[l] = add_parameter(set, l, "exponents", 1, 2, 0);
    }
    snowflake->power = parameters_add(set, "snowflake.power", 1, (const size_t[]){1});
    snowflake->power->decays = false;
}

/* count positive random numbers that add up to total. */
static void random_shares(struct rng *rng, real *shares, size_t count, double total)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        shares[i] = (real)(0.5 + rng_uniform(rng));
        sum += (double)shares[i];
    }
    for (size_t i = 0; i < count; i++)
        shares[i] = (real)((double)shares[i] * total / sum);
}

/*
 * Rows of A add up to s_k, from 1/4 to 4, and rows of B to the mean of u_k / s_k, so that B A u = u
 * when the values of u are equal; the random shares make the units differ.
 */
static void identity_layer(struct snowflake *snowflake, size_t l, struct rng *rng)
{
    size_t width = snowflake->width;
    size_t inputs = layer_inputs(snowflake, l), outputs = layer_outputs(snowflake, l);
    real *expansion = snowflake->expansion[l]->value.data;
    real *contraction = snowflake->contraction[l]->value.data;
    for (size_t j = 0; j < outputs; j++)
        random_shares(rng, contraction + j * width, width, 1);
    for (size_t k = 0; k < width; k++) {
        double place = width > 1 ? (double)k / (double)(width - 1) : 0.5;
        double scale = exp((place - 0.5) * 2 * log(4.0));
        random_shares(rng, expansion + k * inputs, inputs, scale);
        for (size_t j = 0; j < outputs; j++)
            contraction[j * width + k] = (real)((double)contraction[j * width + k] / scale);
    }
    memcpy(snowflake->mixture[l]->value.data, (const real[]){0, 1, 0}, 3 * sizeof(real));
    memcpy(snowflake->exponents[l]->value.data, (const real[]){5, 0}, 2 * sizeof(real));
}

static void random_layer(struct snowflake *snowflake, size_t l, struct rng *rng)
{
    size_t width = snowflake->width;
    struct parameter *matrices[2] = {snowflake->expansion[l], snowflake->contraction[l]};
    size_t fans[2] = {layer_inputs(snowflake, l), width};
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < tensor_count(&matrices[m]->value); i++)
            matrices[m]->value.data[i] = (real)(2 * rng_uniform(rng) / (double)fans[m]);
    for (size_t i = 0; i < 3; i++)
        snowflake->mixture[l]->value.data[i] = (real)rng_uniform(rng);
    memset(snowflake->exponents[l]->value.data, 0, 2 * sizeof(real));
}

void snowflake_initialise(struct snowflake *snowflake, enum snowflake_start start, struct rng *rng)
{
    for (size_t l = 0; l < snowflake->layers; l++) {
        if (start == SNOWFLAKE_RANDOM)
            random_layer(snowflake, l, rng);
        else
            identity_layer(snowflake, l, rng);
    }
    /* Each layer raises to a < 1; the outer power makes that good, so that f starts exact. */
    double a = (double)vector_sigmoid(snowflake->exponents[0]->value.data[0]);
    double wanted = start == SNOWFLAKE_SQUARE ? 2 : 1;
    snowflake->power->value.data[0] =
        start == SNOWFLAKE_RANDOM ? 0 : (real)(wanted / pow(a, (double)snowflake->layers) - 1);
}
