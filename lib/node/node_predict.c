#include "node/node_predict.h"

#include "base/memory.h"
#include "base/output.h"
#include "base/spill.h"
#include "io/csv.h"
#include "tensor/reduce.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_VALUES = 1 << 22 }; /* features that are read at a time */

/* The first stage looks at every node alone: block by block of this rank's into h. */
static bool read_stage(const struct node_classifier *model, const struct node_data *data,
                       struct tape *tape, size_t width, real *h, struct error *error)
{
    const struct row_share *share = &data->share;
    size_t columns = data->features.columns, block = BLOCK_VALUES / columns + 1;
    real *values = data->has_matrix ? NULL : memory_alloc(block * columns, sizeof *values);
    bool good = true;
    for (size_t first = 0; good && first < share->count; first += block) {
        size_t count = share->count - first < block ? share->count - first : block;
        struct feature_matrix rows = {.rows = count, .columns = columns, .dense = values};
        struct node_view view = {.features = &rows};
        if (data->has_matrix) {
            view.features = &data->matrix;
            block = count = share->count;
        } else {
            good = node_data_features(data, NULL, share->first + first, count, values, error);
        }
        tape_reset(tape);
        struct variable *result =
            good ? node_classifier_stage(model, tape, 0, &view, NULL, NULL) : NULL;
        if (result)
            memcpy(h + first * width, result->value.data, count * width * sizeof *h);
    }
    free(values);
    return good;
}

/* The most columns that the result of a stage has. */
static size_t widest_result(const struct node_classifier *model)
{
    const struct node_classifier_options *o = &model->options;
    size_t width = node_classifier_input_width(model);
    width = o->architecture != NODE_SGC && o->hidden > width ? o->hidden : width;
    return o->outputs > width ? o->outputs : width;
}

/* The rows of all ranks (nodes, width) in place of this rank's own. */
static real *gather(const struct row_share *share, real *own, size_t width)
{
    if (share->ranks == 1)
        return own;
    real *all = memory_alloc(share->rows * width, sizeof *all);
    memcpy(all + share->first * width, own, share->count * width * sizeof *all);
    row_share_gather(share, all, width * sizeof *all);
    free(own);
    return all;
}

struct seeing {
    node_stage_seen *seen;
    void *context;
};

/* Tells a stage of all nodes, while every rank goes on with its own. */
static void tell(const struct seeing *seeing, const struct row_share *share, size_t stage,
                 const real *h, size_t width)
{
    if (seeing->seen && share->ranks == 1)
        seeing->seen(seeing->context, stage, h, share->rows, width);
    if (!seeing->seen || share->ranks == 1)
        return;
    real *copy = memory_alloc(share->count * width, sizeof *copy);
    memcpy(copy, h, share->count * width * sizeof *copy);
    copy = gather(share, copy, width);
    seeing->seen(seeing->context, stage, copy, share->rows, width);
    free(copy);
}

real *node_predict(const struct node_classifier *model, const struct node_data *data,
                   const struct propagation *propagation, node_stage_seen *seen, void *context,
                   struct error *error)
{
    const struct row_share *share = &data->share;
    const struct shared_view shared = shared_view_of(propagation, share);
    struct node_view view = {.matrix = &shared.matrix, .transpose = &shared.transpose};
    const struct seeing seeing = {seen, context};
    size_t rows = share->count, width = node_classifier_input_width(model);
    struct tape tape = {.scratch_limit = data->memory_limit};
    struct spill results = spill_alloc(rows * widest_result(model), sizeof(real),
                                       data->memory_limit);
    real *h = results.block;
    bool good = read_stage(model, data, &tape, width, h, error);
    if (good)
        tell(&seeing, share, 0, h, width);
    for (size_t stage = 1; good && stage < node_classifier_stages(model); stage++) {
        tape_reset(&tape);
        struct variable *result = node_classifier_stage(
            model, &tape, stage, &view, tape_constant(&tape, tensor_matrix(h, rows, width)), NULL);
        width = tensor_columns(&result->value);
        if (result->value.data != h)
            memcpy(h, result->value.data, rows * width * sizeof *h);
        tell(&seeing, share, stage, h, width);
    }
    tape_free(&tape);
    real *logits = NULL;
    if (good) {
        logits = memory_alloc(rows * width, sizeof *logits);
        memcpy(logits, h, rows * width * sizeof *logits);
        logits = gather(share, logits, width);
    }
    spill_free(&results);
    return logits;
}

/* --- diagnosis --- */

struct diagnosing {
    const struct sparse *matrix; /* A of the energy */
    struct stage_diagnosis *stages;
};

/* Products of the elements of two arrays. */
struct pair_of_arrays {
    const real *a, *b;
};

static const real *product_piece(const void *context, size_t first, size_t count, real *room)
{
    const struct pair_of_arrays *pair = context;
    for (size_t i = 0; i < count; i++)
        room[i] = pair->a[first + i] * pair->b[first + i];
    return room;
}

/* |H - mean|^2 over the nodes: what is left when all of them have their mean taken out. */
static double square_about_mean(const real *h, size_t nodes, size_t width)
{
    double *means = memory_zeroed(width, sizeof *means), square = 0;
    for (size_t i = 0; i < nodes * width; i++)
        means[i % width] += (double)h[i] / (double)nodes;
    for (size_t i = 0; i < nodes * width; i++) {
        double difference = (double)h[i] - means[i % width];
        square += difference * difference;
    }
    free(means);
    return square;
}

/* The values are scaled to the greatest, so that no square under- or overflows. */
static void measure_stage(void *context, size_t stage, const real *h, size_t nodes, size_t width)
{
    const struct diagnosing *diagnosing = context;
    size_t count = nodes * width;
    real greatest = 0;
    for (size_t i = 0; i < count; i++) {
        real size = h[i] < 0 ? -h[i] : h[i];
        greatest = size > greatest ? size : greatest;
    }
    real *scaled = memory_alloc(count, sizeof *scaled);
    real *heard = memory_alloc(count, sizeof *heard);
    for (size_t i = 0; i < count; i++)
        scaled[i] = greatest > 0 ? h[i] / greatest : 0;
    sparse_multiply(diagnosing->matrix, scaled, width, false, heard);
    for (size_t i = 0; i < count; i++)
        heard[i] = scaled[i] - heard[i];
    double square =
        reduce_sum(count, 1, product_piece, &(struct pair_of_arrays){scaled, scaled});
    double energy = reduce_sum(count, 1, product_piece, &(struct pair_of_arrays){scaled, heard});
    diagnosing->stages[stage].energy = energy / square;
    diagnosing->stages[stage].spread = square_about_mean(scaled, nodes, width) / square;
    free(heard);
    free(scaled);
}

struct stage_diagnosis *node_diagnose(const struct node_classifier *model,
                                      const struct node_data *data,
                                      const struct propagation *propagation, real self_loop,
                                      struct error *error)
{
    size_t stages = node_classifier_stages(model);
    struct propagation symmetric = {0};
    propagation_make(&symmetric, &data->graph, PROPAGATION_SYMMETRIC, self_loop);
    struct diagnosing diagnosing = {.matrix = &symmetric.matrix,
                                    .stages = memory_alloc(stages, sizeof *diagnosing.stages)};
    for (size_t s = 0; s < stages; s++) {
        struct stage_diagnosis *stage = &diagnosing.stages[s];
        bool block = model->blocks && s >= 1 && s <= model->options.layers;
        stage->mix_alpha = block ? smpnn_mean_alpha(&model->blocks[s - 1].mix) : NAN;
        stage->feed_alpha = block ? smpnn_mean_alpha(&model->blocks[s - 1].feed) : NAN;
    }
    real *logits = node_predict(model, data, propagation, measure_stage, &diagnosing, error);
    propagation_free(&symmetric);
    if (!logits) {
        free(diagnosing.stages);
        return NULL;
    }
    free(logits);
    return diagnosing.stages;
}

static void write_optional(FILE *file, double value)
{
    fputc(',', file);
    if (!isnan(value))
        csv_write_double(file, value);
}

bool node_diagnosis_write(const char *path, const struct stage_diagnosis *stages, size_t count,
                          struct error *error)
{
    struct output output;
    if (!output_open(&output, path, error))
        return false;
    fputs("stage,energy,spread,mix_alpha,feed_alpha\n", output.file);
    for (size_t s = 0; s < count; s++) {
        fprintf(output.file, "%zu", s);
        write_optional(output.file, stages[s].energy);
        write_optional(output.file, stages[s].spread);
        write_optional(output.file, stages[s].mix_alpha);
        write_optional(output.file, stages[s].feed_alpha);
        fputc('\n', output.file);
    }
    return output_commit(&output, error);
}
