#include "multivector/multivector_model.h"

#include "base/memory.h"
#include "grad/ops.h"

#include <math.h>
#include <stdlib.h>

const char *const multivector_network_names[] = {"cgmlp", "cggnn", NULL};
const char *const multivector_products_names[] = {"channels", "mixed", NULL};
const char *const multivector_metric_names[] = {"fixed", "learn", "learn-full", NULL};

enum { BLOCKS_OF_MESSAGES = 2, MOST_PAIRS = 1 << 14 /* of a chunk of predictions */ };

struct multivector_model_options multivector_model_options_for(const struct sample_shape *shape)
{
    struct multivector_model_options o = {.shape = *shape,
                                          .network = shape->nodes ? NETWORK_CGGNN : NETWORK_CGMLP,
                                          .products = shape->target_scalars ? PRODUCTS_CHANNELS
                                                                            : PRODUCTS_MIXED,
                                          .metric = CLIFFORD_METRIC_FIXED,
                                          .base_count = shape->dimension,
                                          .head_layers = 1};
    for (size_t i = 0; i < CLIFFORD_MOST_DIMENSIONS; i++)
        o.base[i] = 1;
    o.channels = shape->nodes ? 28 : 32;
    o.layers = shape->nodes ? 3 : o.products == PRODUCTS_CHANNELS ? 4 : 2;
    o.head_width = o.channels;
    o.places = shape->nodes && !shape->pooled && shape->target_vectors && shape->vectors;
    return o;
}

/* --- layout --- */

static bool check_options(const struct multivector_model_options *o, struct error *error)
{
    const struct sample_shape *shape = &o->shape;
    double size = 0;
    for (size_t i = 0; i < shape->dimension; i++)
        size += fabs(o->base[i]);
    if (o->base_count != shape->dimension)
        return error_set(error, EX_USAGE, "a metric of %zu numbers for vectors in %zu dimensions; "
                         "expected %zu", o->base_count, shape->dimension, shape->dimension);
    if (!(size > 0))
        return error_set(error, EX_USAGE, "the metric is 0 in all dimensions; expected one that "
                         "is not");
    if ((o->network == NETWORK_CGGNN) != (shape->nodes > 0))
        return error_set(error, EX_USAGE, "the model %s for samples %s nodes; expected %s",
                         multivector_network_names[o->network], shape->nodes ? "with" : "without",
                         multivector_network_names[shape->nodes ? NETWORK_CGGNN : NETWORK_CGMLP]);
    if (!sample_has_targets(shape) || shape->vectors == 0)
        return error_set(error, EX_DATAERR, "no %s; expected some to learn",
                         shape->vectors ? "targets" : "vectors");
    return true;
}

/* Channels of the last multivectors, beside the hidden ones: what is read off by grade. */
static size_t read_off(const struct multivector_model_options *o)
{
    size_t scalars = o->network == NETWORK_CGGNN && !o->shape.pooled ? o->shape.target_scalars : 0;
    return scalars + o->shape.target_vectors + o->shape.target_pseudoscalars;
}

static void make_perceptron(struct multivector_model *model)
{
    const struct multivector_model_options *o = &model->options;
    size_t in = o->shape.scalars + o->shape.vectors, out = read_off(o);
    bool mixed = o->products == PRODUCTS_MIXED;
    model->hidden = o->shape.target_scalars ? o->channels : 0;
    if (!mixed)
        multivector_linear_make(&model->embed, &model->plan.algebra, &model->set, "embed", in,
                                o->channels, false, true);
    for (size_t l = 0; l < o->layers; l++) {
        char *product = memory_format("%zu.product", l), *silu = memory_format("%zu.silu", l);
        bool last = mixed && l + 1 == o->layers && !model->hidden;
        multivector_product_layer_make(&model->product[l], &model->plan, &model->set, product,
                                       mixed && l == 0 ? in : o->channels,
                                       last ? out : o->channels, mixed, true);
        if (mixed && l + 1 < o->layers)
            multivector_silu_make(&model->silu[l], &model->plan.algebra, &model->set, silu,
                                  o->channels);
        free(product);
        free(silu);
    }
    if (out && (!mixed || model->hidden))
        multivector_linear_make(&model->project, &model->plan.algebra, &model->set, "project",
                                o->channels, out, true, true);
}

static void make_gnn(struct multivector_model *model)
{
    const struct multivector_model_options *o = &model->options;
    model->hidden = o->shape.pooled && o->shape.target_scalars ? o->channels : 0;
    const struct cggnn_options options = {.in = o->shape.scalars + o->shape.vectors,
                                          .hidden = o->channels,
                                          .out = read_off(o) + model->hidden,
                                          .edge_channels = o->shape.scalars,
                                          .layers = o->layers,
                                          .blocks = BLOCKS_OF_MESSAGES};
    cggnn_make(&model->gnn, &model->plan, &model->set, "gnn", &options);
}

bool multivector_model_make(struct multivector_model *model,
                            const struct multivector_model_options *options, struct error *error)
{
    *model = (struct multivector_model){.options = *options};
    const struct multivector_model_options *o = &model->options;
    real base[CLIFFORD_MOST_DIMENSIONS];
    for (size_t i = 0; i < CLIFFORD_MOST_DIMENSIONS; i++)
        base[i] = (real)o->base[i];
    if (!check_options(o, error) ||
        !clifford_plan_make(&model->plan, o->shape.dimension,
                            o->metric == CLIFFORD_METRIC_FIXED ? base : NULL, error))
        return false;
    clifford_metric_make(&model->metric, (enum clifford_metric_kind)o->metric, o->shape.dimension,
                         &model->set);
    struct rng rng = rng_make(0, RNG_INITIAL, 0);
    clifford_metric_initialise(&model->metric, base, &rng);
    sample_scales_make(&model->scales, &model->set, &o->shape);
    if (o->network == NETWORK_CGGNN)
        make_gnn(model);
    else
        make_perceptron(model);
    if (model->hidden) {
        size_t sizes[MLP_MOST_LAYERS + 1] = {model->hidden * model->plan.algebra.grades};
        for (size_t l = 1; l <= o->head_layers; l++)
            sizes[l] = o->head_width;
        sizes[o->head_layers + 1] = o->shape.target_scalars;
        mlp_make(&model->head, &model->set, "head", sizes, o->head_layers + 1, ACTIVATION_SILU);
    }
    return true;
}

void multivector_model_free(struct multivector_model *model)
{
    parameters_free(&model->set);
    clifford_plan_free(&model->plan);
}

void multivector_model_initialise(struct multivector_model *model, uint64_t seed)
{
    const struct multivector_model_options *o = &model->options;
    struct rng rng = rng_make(seed, RNG_INITIAL, 0);
    real base[CLIFFORD_MOST_DIMENSIONS];
    for (size_t i = 0; i < CLIFFORD_MOST_DIMENSIONS; i++)
        base[i] = (real)o->base[i];
    clifford_metric_initialise(&model->metric, base, &rng);
    if (o->network == NETWORK_CGGNN)
        cggnn_initialise(&model->gnn, &model->plan, &rng);
    if (model->embed.weight)
        multivector_linear_initialise(&model->embed, &rng);
    for (size_t l = 0; o->network == NETWORK_CGMLP && l < o->layers; l++) {
        multivector_product_layer_initialise(&model->product[l], &model->plan, &rng);
        if (model->silu[l].slope)
            multivector_silu_initialise(&model->silu[l]);
    }
    if (model->project.weight)
        multivector_linear_initialise(&model->project, &rng);
    if (model->hidden)
        mlp_initialise(&model->head, &rng);
}

/* --- forward --- */

static struct variable *constant(struct tape *tape, real *data, size_t rows, size_t channels,
                                 size_t blades)
{
    const size_t shape[3] = {rows, channels, blades};
    return tape_constant(tape, tensor_of_shape(data, 3, shape));
}

/* Scalars and vectors side by side as channels: (blades, rows, s + v). */
static struct variable *enter(struct tape *tape, const struct multivector_model *model,
                              struct variable *frame, const struct multivector_batch *batch)
{
    const struct sample_shape *shape = &model->options.shape;
    struct multivector_part parts[2] = {
        {0, constant(tape, batch->parts[PART_SCALARS], batch->rows, shape->scalars, 1)},
        {1, constant(tape, batch->parts[PART_VECTORS], batch->rows, shape->vectors,
                     shape->dimension)}};
    bool scalars = shape->scalars > 0;
    return multivector_enter(tape, &model->plan, frame, scalars ? parts : parts + 1,
                             scalars ? 2 : 1);
}

static struct variable *pass_products(struct tape *tape, const struct multivector_model *model,
                                      struct variable *frame, struct variable *x)
{
    const struct clifford_plan *plan = &model->plan;
    if (model->embed.weight)
        x = multivector_linear_apply(tape, plan, &model->embed, x);
    for (size_t l = 0; l < model->options.layers; l++) {
        x = multivector_product_layer_apply(tape, plan, frame, &model->product[l], x);
        if (model->silu[l].slope)
            x = multivector_silu_apply(tape, plan, frame, &model->silu[l], x);
    }
    return x;
}

static struct variable *pass_messages(struct tape *tape, const struct multivector_model *model,
                                      struct variable *frame,
                                      const struct multivector_batch *batch, struct variable *x)
{
    size_t scalars = model->options.shape.scalars;
    struct variable *features = NULL;
    if (scalars) {
        struct multivector_part part = {
            0, constant(tape, batch->edge_scalars, batch->edges.count, scalars, 1)};
        features = multivector_enter(tape, &model->plan, frame, &part, 1);
    }
    return cggnn_apply(tape, &model->plan, frame, &model->gnn, &batch->edges, x, features);
}

/* sgn(q) |q|^(1/2), smooth at 0: q / (q^2 + 1e-16)^(1/4) */
static struct variable *signed_root(struct tape *tape, struct variable *q)
{
    struct variable *square = tape_affine(tape, tape_function(tape, q, FUNCTION_SQUARE), 1,
                                          (real)1e-16);
    struct variable *root = tape_function(tape, tape_function(tape, square, FUNCTION_SQUARE_ROOT),
                                          FUNCTION_SQUARE_ROOT);
    return tape_divide(tape, q, root);
}

/* A matrix of a variable's rows, whatever its shape was. */
static struct variable *as_matrix(struct tape *tape, struct variable *x, size_t rows)
{
    const size_t shape[2] = {rows, tensor_count(&x->value) / rows};
    return tape_reshape(tape, x, 2, shape);
}

static struct variable *pool(struct tape *tape, const struct multivector_batch *batch,
                             struct variable *x)
{
    return batch->shape.nodes && batch->shape.pooled
               ? tape_segment_mean(tape, x, batch->graph_of_node, batch->count)
               : x;
}

/* The perceptron over invariants of the first `hidden` of all channels of x (blades, rows, C). */
static struct variable *read_invariants(struct tape *tape, const struct multivector_model *model,
                                        struct variable *frame,
                                        const struct multivector_batch *batch, struct variable *x)
{
    size_t hidden = model->hidden, channels = tensor_columns(&x->value);
    size_t grades = model->plan.algebra.grades;
    struct variable *q = multivector_invariants(tape, &model->plan, frame, x);
    struct variable *invariants = NULL;
    for (size_t k = 0; k < grades; k++) {
        struct variable *grade = tape_slice_columns(tape, q, k * channels, hidden);
        grade = k == 0 ? grade : signed_root(tape, grade);
        invariants = k == 0 ? grade : tape_concatenate_columns(tape, invariants, grade);
    }
    return mlp_apply(tape, &model->head, pool(tape, batch, invariants));
}

/* A grade of some channels: (values, count, blades of the grade) as a matrix. */
static struct variable *read_grade(struct tape *tape, const struct multivector_model *model,
                                   struct variable *frame, const struct multivector_batch *batch,
                                   struct variable *x, size_t grade, size_t first, size_t count)
{
    size_t blades = clifford_grade_size(&model->plan.algebra, grade);
    struct variable *values = multivector_leave(tape, &model->plan, frame, x, grade);
    values = as_matrix(tape, values, batch->rows);
    return pool(tape, batch, tape_slice_columns(tape, values, first * blades, count * blades));
}

struct multivector_outputs multivector_model_apply(struct tape *tape,
                                                   const struct multivector_model *model,
                                                   const struct multivector_batch *batch)
{
    const struct sample_shape *shape = &model->options.shape;
    struct multivector_outputs outputs = {{NULL}};
    struct variable *frame = clifford_metric_frame(&model->metric, tape);
    struct variable *x = enter(tape, model, frame, batch);
    bool graphs = model->options.network == NETWORK_CGGNN;
    x = graphs ? pass_messages(tape, model, frame, batch, x)
               : pass_products(tape, model, frame, x);
    if (model->hidden)
        outputs.part[PART_TARGET_SCALARS] = read_invariants(tape, model, frame, batch, x);
    if (model->project.weight)
        x = multivector_linear_apply(tape, &model->plan, &model->project, x);
    size_t first = graphs ? model->hidden : 0;
    if (shape->target_scalars && !model->hidden) {
        outputs.part[PART_TARGET_SCALARS] =
            read_grade(tape, model, frame, batch, x, 0, first, shape->target_scalars);
        first += shape->target_scalars;
    }
    if (shape->target_vectors)
        outputs.part[PART_TARGET_VECTORS] =
            read_grade(tape, model, frame, batch, x, 1, first, shape->target_vectors);
    first += shape->target_vectors;
    if (shape->target_pseudoscalars)
        outputs.part[PART_TARGET_PSEUDOSCALARS] = read_grade(
            tape, model, frame, batch, x, shape->dimension, first, shape->target_pseudoscalars);
    return outputs;
}

struct variable *multivector_model_loss(struct tape *tape, const struct multivector_model *model,
                                        const struct multivector_batch *batch)
{
    struct multivector_outputs outputs = multivector_model_apply(tape, model, batch);
    struct variable *loss = NULL;
    size_t total = 0;
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        total += sample_width(&model->options.shape, (enum sample_part)part);
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++) {
        if (!outputs.part[part])
            continue;
        size_t width = sample_width(&model->options.shape, (enum sample_part)part);
        struct variable *error =
            tape_mean_squared_error(tape, outputs.part[part], batch->parts[part]);
        if (width < total)
            error = tape_affine(tape, error, (real)width / (real)total, 0);
        loss = loss ? tape_add(tape, loss, error) : error;
    }
    return loss;
}

/* --- predictions --- */

void multivector_model_predict(const struct multivector_model *model,
                               const struct multivector_data *data, size_t chunk,
                               struct multivector_data *predictions)
{
    const struct sample_shape *shape = &model->options.shape;
    size_t pairs = shape->nodes * shape->nodes, most = pairs ? 1 + MOST_PAIRS / pairs : chunk;
    chunk = chunk < most ? chunk : most;
    struct multivector_batch batch =
        multivector_batch_make(shape, model->options.places, chunk);
    size_t *samples = memory_alloc(chunk, sizeof *samples);
    struct tape tape = {0};
    for (size_t first = 0; first < data->count; first += chunk) {
        size_t count = data->count - first < chunk ? data->count - first : chunk;
        for (size_t i = 0; i < count; i++)
            samples[i] = first + i;
        multivector_batch_fill(&batch, &model->scales, &model->plan.algebra, data, samples, count);
        tape_reset(&tape);
        struct multivector_outputs outputs = multivector_model_apply(&tape, model, &batch);
        for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
            if (outputs.part[part])
                multivector_batch_restore(
                    &batch, &model->scales, data, samples, (enum sample_part)part,
                    outputs.part[part]->value.data,
                    predictions->parts[part] + first * sample_width(shape, (enum sample_part)part));
    }
    tape_free(&tape);
    free(samples);
    multivector_batch_free(&batch);
}

double multivector_target_scale(const struct multivector_model *model, enum sample_part part,
                                size_t j)
{
    const struct sample_scales *scales = &model->scales;
    size_t a = model->options.shape.target_scalars;
    switch (part) {
    case PART_TARGET_SCALARS: return (double)scales->scalar_targets->value.data[a + j % a];
    case PART_TARGET_VECTORS: return (double)scales->vectors->value.data[0];
    default: return (double)scales->pseudoscalar_targets->value.data[0];
    }
}

bool multivector_model_takes(const struct multivector_model *model,
                             const struct sample_shape *shape)
{
    const struct sample_shape *own = &model->options.shape;
    return own->dimension == shape->dimension && own->nodes == shape->nodes &&
           own->scalars == shape->scalars && own->vectors == shape->vectors;
}
