#include "multivector/multivector_data.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const part_names[SAMPLE_PARTS] = {
    "scalars", "vectors", "target scalars", "target vectors", "target pseudoscalars"};

static bool is_target(enum sample_part part)
{
    return part >= PART_TARGET_SCALARS;
}

static bool is_of_vectors(enum sample_part part)
{
    return part == PART_VECTORS || part == PART_TARGET_VECTORS;
}

/* How many of its kind a node (or a sample without nodes) has. */
static size_t *features_of(struct sample_shape *shape, enum sample_part part)
{
    switch (part) {
    case PART_SCALARS: return &shape->scalars;
    case PART_VECTORS: return &shape->vectors;
    case PART_TARGET_SCALARS: return &shape->target_scalars;
    case PART_TARGET_VECTORS: return &shape->target_vectors;
    default: return &shape->target_pseudoscalars;
    }
}

static bool is_per_node(const struct sample_shape *shape, enum sample_part part)
{
    return shape->nodes > 0 && !(is_target(part) && shape->pooled);
}

/* The shape of a record of `count` samples; returns its dimensions. */
static int record_shape(const struct sample_shape *shape, enum sample_part part, size_t count,
                        size_t *sizes)
{
    struct sample_shape copy = *shape;
    int dimensions = 0;
    sizes[dimensions++] = count;
    if (is_per_node(shape, part))
        sizes[dimensions++] = shape->nodes;
    sizes[dimensions++] = *features_of(&copy, part);
    if (is_of_vectors(part))
        sizes[dimensions++] = shape->dimension;
    return dimensions;
}

size_t sample_width(const struct sample_shape *shape, enum sample_part part)
{
    size_t sizes[ARRAY_MOST_DIMENSIONS], width = 1;
    int dimensions = record_shape(shape, part, 1, sizes);
    for (int i = 0; i < dimensions; i++)
        width *= sizes[i];
    return width;
}

bool sample_has_targets(const struct sample_shape *shape)
{
    return shape->target_scalars + shape->target_vectors + shape->target_pseudoscalars > 0;
}

bool sample_same_shape(const struct sample_shape *a, const struct sample_shape *b)
{
    return a->dimension == b->dimension && a->nodes == b->nodes && a->scalars == b->scalars &&
           a->vectors == b->vectors && a->pooled == b->pooled &&
           a->target_scalars == b->target_scalars && a->target_vectors == b->target_vectors &&
           a->target_pseudoscalars == b->target_pseudoscalars;
}

char *sample_shape_text(const struct sample_shape *shape)
{
    char *nodes = shape->nodes ? memory_format("%zu nodes of ", shape->nodes)
                               : memory_copy_string("");
    char *text = memory_format(
        "%s%zu scalars and %zu vectors in %zu dimensions, and %zu scalars, %zu vectors and %zu "
        "pseudoscalars as targets%s", nodes, shape->scalars, shape->vectors, shape->dimension,
        shape->target_scalars, shape->target_vectors, shape->target_pseudoscalars,
        shape->nodes && !shape->pooled ? " of each node" : "");
    free(nodes);
    return text;
}

struct multivector_data multivector_data_make(const struct sample_shape *shape, size_t count)
{
    struct multivector_data data = {.shape = *shape, .count = count};
    for (int part = 0; part < SAMPLE_PARTS; part++)
        data.parts[part] = memory_alloc(count * sample_width(shape, (enum sample_part)part),
                                        sizeof *data.parts[part]);
    return data;
}

void multivector_data_free(struct multivector_data *data)
{
    for (int part = 0; part < SAMPLE_PARTS; part++)
        free(data->parts[part]);
    *data = (struct multivector_data){0};
}

/* --- reading --- */

/* What a record must look like, for messages. */
static const char *expected_text(enum sample_part part)
{
    switch (part) {
    case PART_SCALARS: return "(samples, scalars) or (samples, nodes, scalars)";
    case PART_VECTORS: return "(samples, vectors, n) or (samples, nodes, vectors, n)";
    case PART_TARGET_VECTORS: return "(samples, vectors, n), with nodes after the samples where "
                                     "the targets are theirs";
    default: return "(samples, targets), with nodes after the samples where the targets are theirs";
    }
}

static bool refuse_shape(const struct stream *stream, size_t record, enum sample_part part,
                         const struct array *array, struct error *error)
{
    char shape[128] = "";
    size_t used = 0;
    for (int i = 0; i < array->dimensions && used < sizeof shape; i++)
        used += (size_t)snprintf(shape + used, sizeof shape - used, i ? ", %zu" : "%zu",
                                 array->shape[i]);
    return error_set(error, EX_DATAERR, "%s: record %zu: %s of shape (%s); expected %s that fit "
                     "the records before", stream_name(stream), record, part_names[part], shape,
                     expected_text(part));
}

/* Takes from a record's shape what it says of the samples; false where it contradicts. */
static bool note_shape(struct multivector_data *data, enum sample_part part,
                       const struct array *array)
{
    struct sample_shape *shape = &data->shape;
    int flat = is_of_vectors(part) ? 3 : 2;
    bool has_nodes = array->dimensions == flat + 1;
    if (!has_nodes && array->dimensions != flat)
        return false;
    if (part == PART_SCALARS) {
        data->count = array->shape[0];
        shape->nodes = has_nodes ? array->shape[1] : 0;
        if (has_nodes && (shape->nodes == 0 || shape->nodes > MULTIVECTOR_MOST_NODES))
            return false;
    } else if (part == PART_TARGET_SCALARS) {
        shape->pooled = shape->nodes > 0 && !has_nodes;
    } else if (part == PART_VECTORS) {
        shape->dimension = array->shape[array->dimensions - 1];
        if (shape->dimension < 1 || shape->dimension > MULTIVECTOR_MOST_DIMENSION)
            return false;
    }
    size_t *features = features_of(shape, part);
    *features = array->shape[1 + (has_nodes ? 1 : 0)];
    size_t sizes[ARRAY_MOST_DIMENSIONS];
    int dimensions = record_shape(shape, part, data->count, sizes);
    return *features <= MULTIVECTOR_MOST_FEATURES && dimensions == array->dimensions &&
           memcmp(sizes, array->shape, (size_t)dimensions * sizeof *sizes) == 0;
}

/* The values as reals, all of them finite. */
static bool take_values(const struct stream *stream, size_t record, enum sample_part part,
                        const struct array *array, struct multivector_data *data,
                        struct error *error)
{
    enum { PIECE = 1024 };
    double values[PIECE];
    size_t total = array_count(array), width = sample_width(&data->shape, part);
    real *target = data->parts[part] = memory_alloc(total, sizeof *target);
    for (size_t start = 0; start < total; start += PIECE) {
        size_t count = total - start < PIECE ? total - start : PIECE;
        array_load(array, start, count, values);
        for (size_t i = 0; i < count; i++) {
            target[start + i] = (real)values[i];
            if (!isfinite(target[start + i]))
                return error_set(error, EX_DATAERR,
                                 "%s: record %zu: %s of sample %zu: %g; expected a finite number",
                                 stream_name(stream), record, part_names[part],
                                 (start + i) / width, values[i]);
        }
    }
    return true;
}

static bool read_part(struct stream *stream, enum sample_part part, size_t record,
                      struct multivector_data *data, bool *end, struct error *error)
{
    struct array array;
    if (!npy_read(stream, &array, end, error))
        return false;
    if (*end)
        return true;
    bool good = true;
    if (array.dtype != DTYPE_F32 && array.dtype != DTYPE_F64 && array.dtype != DTYPE_F16)
        good = error_set(error, EX_DATAERR, "%s: record %zu: %s of type %s; expected float32 or "
                         "float64", stream_name(stream), record, part_names[part],
                         dtype_name(array.dtype));
    else if (!note_shape(data, part, &array))
        good = refuse_shape(stream, record, part, &array, error);
    else
        good = take_values(stream, record, part, &array, data, error);
    array_free(&array);
    return good;
}

/* A block whose first record is number `first` (from 1) of the stream. */
static bool read_block(struct stream *stream, size_t first, struct multivector_data *data,
                       bool *end, struct error *error)
{
    *data = (struct multivector_data){0};
    *end = false;
    for (int part = 0; part < SAMPLE_PARTS; part++) {
        bool over;
        size_t record = first + (size_t)part;
        bool good = read_part(stream, (enum sample_part)part, record, data, &over, error);
        if (good && over && part == 0) {
            *end = true;
            return true;
        }
        if (good && over)
            good = error_set(error, EX_DATAERR, "%s: ends before record %zu, %s; expected blocks "
                             "of five records", stream_name(stream), record, part_names[part]);
        if (!good) {
            multivector_data_free(data);
            return false;
        }
    }
    return true;
}

bool multivector_data_read_block(struct stream *stream, struct multivector_data *data, bool *end,
                                 struct error *error)
{
    return read_block(stream, stream_records(stream) + 1, data, end, error);
}

void multivector_data_append(struct multivector_data *data, const struct multivector_data *block,
                             size_t *capacity)
{
    size_t needed = data->count + block->count;
    bool grows = needed > *capacity || !data->parts[0];
    if (!data->parts[0])
        data->shape = block->shape;
    if (grows)
        *capacity = needed > 2 * *capacity ? needed : 2 * *capacity;
    for (int part = 0; part < SAMPLE_PARTS; part++) {
        size_t width = sample_width(&data->shape, (enum sample_part)part);
        if (grows)
            data->parts[part] = memory_resize(data->parts[part], *capacity * width + 1,
                                              sizeof *data->parts[part]);
        memcpy(data->parts[part] + data->count * width, block->parts[part],
               block->count * width * sizeof *block->parts[part]);
    }
    data->count = needed;
}

bool multivector_data_read(struct stream *stream, struct multivector_data *data,
                           struct error *error)
{
    bool end, good = multivector_data_read_block(stream, data, &end, error);
    size_t capacity = data->count;
    while (good && !end) {
        struct multivector_data block;
        size_t first = stream_records(stream) + 1;
        good = read_block(stream, first, &block, &end, error);
        if (!good || end)
            break;
        if (!sample_same_shape(&data->shape, &block.shape)) {
            char *text = sample_shape_text(&data->shape);
            good = error_set(error, EX_DATAERR, "%s: records %zu to %zu: samples of another shape; "
                             "expected %s, as before", stream_name(stream), first, first + 4,
                             text);
            free(text);
        } else {
            multivector_data_append(data, &block, &capacity);
        }
        multivector_data_free(&block);
    }
    if (good && data->count == 0)
        good = error_set(error, EX_DATAERR, "%s: no samples; expected blocks of five NPY records",
                         stream_name(stream));
    if (!good)
        multivector_data_free(data);
    return good;
}

/* --- writing and picking --- */

static bool write_part(struct output *output, const struct multivector_data *data,
                       enum sample_part part, struct error *error)
{
    struct array array = {.dtype = REAL_DTYPE, .data = data->parts[part]};
    array.dimensions = record_shape(&data->shape, part, data->count, array.shape);
    return npy_write(output, &array, error);
}

bool multivector_data_write(struct output *output, const struct multivector_data *data,
                            struct error *error)
{
    for (int part = 0; part < SAMPLE_PARTS; part++)
        if (!write_part(output, data, (enum sample_part)part, error))
            return false;
    return true;
}

bool multivector_predictions_write(struct output *output, const struct multivector_data *data,
                                   struct error *error)
{
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        if (sample_width(&data->shape, (enum sample_part)part) > 0 &&
            !write_part(output, data, (enum sample_part)part, error))
            return false;
    return true;
}

/* A record of predictions has the shape of its targets; a last size of 1 may be left out. */
static bool read_prediction(struct stream *stream, enum sample_part part,
                            struct multivector_data *data, struct error *error)
{
    struct array array;
    bool end;
    size_t sizes[ARRAY_MOST_DIMENSIONS], record = stream_records(stream) + 1;
    int dimensions = record_shape(&data->shape, part, data->count, sizes);
    if (!npy_read(stream, &array, &end, error))
        return false;
    if (end)
        return error_set(error, EX_DATAERR, "%s: ends before record %zu; expected predictions of "
                         "%s", stream_name(stream), record, part_names[part]);
    if (array.dimensions == dimensions - 1 && sizes[dimensions - 1] == 1)
        array.shape[array.dimensions++] = 1;
    bool good = true;
    if (array.dimensions != dimensions ||
        memcmp(array.shape, sizes, (size_t)dimensions * sizeof *sizes) != 0) {
        good = error_set(error, EX_DATAERR, "%s: record %zu: predictions of another shape than the "
                         "%s", stream_name(stream), record, part_names[part]);
    } else {
        free(data->parts[part]);
        good = take_values(stream, record, part, &array, data, error);
    }
    array_free(&array);
    return good;
}

bool multivector_predictions_read(struct stream *stream, struct multivector_data *data,
                                  struct error *error)
{
    for (int part = PART_TARGET_SCALARS; part < SAMPLE_PARTS; part++)
        if (sample_width(&data->shape, (enum sample_part)part) > 0 &&
            !read_prediction(stream, (enum sample_part)part, data, error))
            return false;
    const unsigned char *rest;
    if (stream_peek(stream, &rest, 1, error) > 0)
        return error_set(error, EX_DATAERR, "%s: goes on after the predictions; expected one "
                         "record for each kind of target", stream_name(stream));
    return error->exit_code == EX_OK;
}

struct multivector_data multivector_data_pick(const struct multivector_data *data,
                                              const size_t *samples, size_t count)
{
    struct multivector_data picked = multivector_data_make(&data->shape, count);
    for (int part = 0; part < SAMPLE_PARTS; part++) {
        size_t width = sample_width(&data->shape, (enum sample_part)part);
        for (size_t i = 0; i < count && width > 0; i++)
            memcpy(picked.parts[part] + i * width, data->parts[part] + samples[i] * width,
                   width * sizeof *picked.parts[part]);
    }
    return picked;
}
