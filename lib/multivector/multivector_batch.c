#include "multivector/multivector_batch.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- scales --- */

static struct parameter *add_frozen(struct parameters *set, const char *name, int dimensions,
                                    const size_t *shape)
{
    struct parameter *parameter = parameters_add(set, name, dimensions, shape);
    for (size_t i = 0, n = tensor_count(&parameter->value); i < n; i++)
        parameter->value.data[i] = 1;
    parameter->frozen = true;
    return parameter;
}

void sample_scales_make(struct sample_scales *scales, struct parameters *set,
                        const struct sample_shape *shape)
{
    const size_t one = 1, scalars[2] = {2, shape->target_scalars};
    scales->vectors = add_frozen(set, "scale.vectors", 1, &one);
    scales->scalar_targets = add_frozen(set, "scale.target_scalars", 2, scalars);
    scales->pseudoscalar_targets = add_frozen(set, "scale.target_pseudoscalars", 1, &one);
    memset(scales->scalar_targets->value.data, 0, shape->target_scalars * sizeof(real));
}

/* The mean place of a graph: mean (n). */
static void mean_place(const struct sample_shape *shape, const real *vectors, double *mean)
{
    size_t n = shape->dimension, each = shape->vectors * n;
    for (size_t k = 0; k < n; k++) {
        mean[k] = 0;
        for (size_t node = 0; node < shape->nodes; node++)
            mean[k] += (double)vectors[node * each + k] / (double)shape->nodes;
    }
}

static real positive_or_one(double value)
{
    return value > 0 && isfinite(value) ? (real)value : 1;
}

static double vector_scale(const struct multivector_data *data, bool places)
{
    size_t n = data->shape.dimension, width = sample_width(&data->shape, PART_VECTORS);
    double squares = 0, mean[MULTIVECTOR_MOST_DIMENSION];
    for (size_t i = 0; i < data->count; i++) {
        const real *vectors = data->parts[PART_VECTORS] + i * width;
        if (places)
            mean_place(&data->shape, vectors, mean);
        for (size_t j = 0; j < width; j++) {
            bool place = places && j % (data->shape.vectors * n) < n;
            double value = (double)vectors[j] - (place ? mean[j % n] : 0);
            squares += value * value;
        }
    }
    return sqrt(squares / (double)(data->count * width));
}

void sample_scales_measure(struct sample_scales *scales, const struct multivector_data *data,
                           bool places)
{
    size_t a = data->shape.target_scalars;
    size_t rows = data->count * sample_width(&data->shape, PART_TARGET_SCALARS) / (a ? a : 1);
    real *shifts = scales->scalar_targets->value.data;
    scales->vectors->value.data[0] = positive_or_one(vector_scale(data, places));
    for (size_t j = 0; j < a; j++) {
        double mean = 0, squares = 0;
        for (size_t i = 0; i < rows; i++)
            mean += (double)data->parts[PART_TARGET_SCALARS][i * a + j] / (double)rows;
        for (size_t i = 0; i < rows; i++) {
            double difference = (double)data->parts[PART_TARGET_SCALARS][i * a + j] - mean;
            squares += difference * difference;
        }
        shifts[j] = (real)mean;
        shifts[a + j] = positive_or_one(sqrt(squares / (double)rows));
    }
    size_t count = data->count * sample_width(&data->shape, PART_TARGET_PSEUDOSCALARS);
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (double)data->parts[PART_TARGET_PSEUDOSCALARS][i] *
                   (double)data->parts[PART_TARGET_PSEUDOSCALARS][i];
    scales->pseudoscalar_targets->value.data[0] =
        positive_or_one(count ? sqrt(squares / (double)count) : 0);
}

/* --- batches --- */

struct multivector_batch multivector_batch_make(const struct sample_shape *shape, bool places,
                                                size_t capacity)
{
    struct multivector_batch batch = {.shape = *shape, .places = places, .capacity = capacity};
    size_t nodes = shape->nodes, edges = nodes ? capacity * nodes * (nodes - 1) : 0;
    for (int part = 0; part < SAMPLE_PARTS; part++)
        batch.parts[part] = memory_alloc(capacity * sample_width(shape, (enum sample_part)part),
                                         sizeof *batch.parts[part]);
    batch.edge_scalars = memory_alloc(edges * shape->scalars, sizeof *batch.edge_scalars);
    batch.graph_of_node = memory_alloc(capacity * nodes, sizeof *batch.graph_of_node);
    for (size_t i = 0; i < capacity * nodes; i++)
        batch.graph_of_node[i] = (uint32_t)(i / nodes);
    return batch;
}

size_t multivector_batch_most(const struct sample_shape *shape)
{
    size_t pairs = shape->nodes > 1 ? shape->nodes * (shape->nodes - 1) : 1;
    return UINT32_MAX / (pairs << shape->dimension);
}

void multivector_batch_free(struct multivector_batch *batch)
{
    for (int part = 0; part < SAMPLE_PARTS; part++)
        free(batch->parts[part]);
    free(batch->edge_scalars);
    free(batch->graph_of_node);
    multivector_edges_free(&batch->edges);
    *batch = (struct multivector_batch){0};
}

/* The ends of all pairs of all graphs, made again only when there are more or fewer graphs. */
static void settle_edges(struct multivector_batch *batch, const struct clifford *algebra)
{
    size_t nodes = batch->shape.nodes, count = batch->count * nodes * (nodes - 1), e = 0;
    if (nodes == 0 || (batch->edges.senders && batch->edges.nodes == batch->rows))
        return;
    uint32_t *senders = memory_alloc(count, sizeof *senders);
    uint32_t *receivers = memory_alloc(count, sizeof *receivers);
    for (size_t receiver = 0; receiver < batch->rows; receiver++)
        for (size_t k = 1; k < nodes; k++) {
            size_t first = receiver - receiver % nodes;
            receivers[e] = (uint32_t)receiver;
            senders[e++] = (uint32_t)(first + (receiver + k) % nodes);
        }
    multivector_edges_free(&batch->edges);
    multivector_edges_make(&batch->edges, algebra, batch->rows, senders, receivers, count);
    free(senders);
    free(receivers);
}

static void fill_edge_scalars(struct multivector_batch *batch)
{
    size_t scalars = batch->shape.scalars;
    for (size_t e = 0; e < batch->edges.count; e++) {
        const real *from = batch->parts[PART_SCALARS] + batch->edges.senders[e] * scalars;
        const real *to = batch->parts[PART_SCALARS] + batch->edges.receivers[e] * scalars;
        for (size_t j = 0; j < scalars; j++)
            batch->edge_scalars[e * scalars + j] = from[j] * to[j];
    }
}

/* Vectors (width) of a sample in the network's units. */
static void fill_vectors(const struct multivector_batch *batch, const real *from, size_t width,
                         double scale, real *to)
{
    size_t n = batch->shape.dimension, each = batch->shape.vectors * n;
    double mean[MULTIVECTOR_MOST_DIMENSION];
    if (batch->places)
        mean_place(&batch->shape, from, mean);
    for (size_t j = 0; j < width; j++) {
        bool place = batch->places && j % each < n;
        to[j] = (real)(((double)from[j] - (place ? mean[j % n] : 0)) / scale);
    }
}

/* Where the value j of the vectors predicted for a sample starts from: its node's place, or 0. */
static double origin(const struct multivector_batch *batch, const real *vectors, size_t j)
{
    size_t n = batch->shape.dimension, each = batch->shape.target_vectors * n;
    return batch->places ? (double)vectors[j / each * batch->shape.vectors * n + j % n] : 0;
}

static void fill_target_vectors(const struct multivector_batch *batch, const real *from,
                                const real *vectors, size_t width, double scale, real *to)
{
    for (size_t j = 0; j < width; j++)
        to[j] = (real)(((double)from[j] - origin(batch, vectors, j)) / scale);
}

void multivector_batch_fill(struct multivector_batch *batch, const struct sample_scales *scales,
                            const struct clifford *algebra, const struct multivector_data *data,
                            const size_t *samples, size_t count)
{
    const struct sample_shape *shape = &batch->shape;
    size_t a = shape->target_scalars, widths[SAMPLE_PARTS];
    double scale = (double)scales->vectors->value.data[0];
    const real *shifts = scales->scalar_targets->value.data;
    bool targets = sample_has_targets(&data->shape);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        widths[part] = sample_width(shape, (enum sample_part)part);
    batch->count = count;
    batch->rows = shape->nodes ? count * shape->nodes : count;
    for (size_t i = 0; i < count; i++) {
        const real *from[SAMPLE_PARTS];
        real *to[SAMPLE_PARTS];
        for (int part = 0; part < SAMPLE_PARTS; part++) {
            from[part] = data->parts[part] + samples[i] * widths[part];
            to[part] = batch->parts[part] + i * widths[part];
        }
        memcpy(to[PART_SCALARS], from[PART_SCALARS], widths[PART_SCALARS] * sizeof(real));
        fill_vectors(batch, from[PART_VECTORS], widths[PART_VECTORS], scale, to[PART_VECTORS]);
        if (!targets)
            continue;
        for (size_t j = 0; j < widths[PART_TARGET_SCALARS]; j++)
            to[PART_TARGET_SCALARS][j] =
                (from[PART_TARGET_SCALARS][j] - shifts[j % a]) / shifts[a + j % a];
        fill_target_vectors(batch, from[PART_TARGET_VECTORS], from[PART_VECTORS],
                            widths[PART_TARGET_VECTORS], scale, to[PART_TARGET_VECTORS]);
        for (size_t j = 0; j < widths[PART_TARGET_PSEUDOSCALARS]; j++)
            to[PART_TARGET_PSEUDOSCALARS][j] = from[PART_TARGET_PSEUDOSCALARS][j] /
                                               scales->pseudoscalar_targets->value.data[0];
    }
    settle_edges(batch, algebra);
    fill_edge_scalars(batch);
}

void multivector_batch_restore(const struct multivector_batch *batch,
                               const struct sample_scales *scales,
                               const struct multivector_data *data, const size_t *samples,
                               enum sample_part part, const real *predicted, real *values)
{
    const struct sample_shape *shape = &batch->shape;
    size_t a = shape->target_scalars, width = sample_width(shape, part);
    size_t vectors_width = sample_width(shape, PART_VECTORS);
    const real *shifts = scales->scalar_targets->value.data;
    for (size_t i = 0; i < batch->count; i++) {
        const real *vectors = data->parts[PART_VECTORS] + samples[i] * vectors_width;
        for (size_t j = 0; j < width; j++) {
            double value = (double)predicted[i * width + j];
            if (part == PART_TARGET_SCALARS)
                value = (double)shifts[j % a] + (double)shifts[a + j % a] * value;
            else if (part == PART_TARGET_VECTORS)
                value = origin(batch, vectors, j) + (double)scales->vectors->value.data[0] * value;
            else
                value *= (double)scales->pseudoscalar_targets->value.data[0];
            values[i * width + j] = (real)value;
        }
    }
}
