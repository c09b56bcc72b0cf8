/*
 * One side of the bench of graph-classify: full-batch training steps on a graph in a folder that
 * graph-make sbm wrote, on demand.
 *
 *     graph-classify FOLDER LAYERS HIDDEN CASE FILE
 *
 * makes an SMPNN, writes its work to FILE and takes steps (see steps.h); CASE is not read.
 */
#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "node/node_classifier.h"
#include "node/node_data.h"

#include <math.h>
#include <stdlib.h>

struct work {
    struct node_data data;
    struct propagation propagation;
    struct node_classifier model;
    struct tape tape;
    int32_t *labels; /* of the training nodes; LABEL_NONE elsewhere */
};

static void read_data(struct work *work, const char *folder)
{
    struct error error = {0};
    char *edges = memory_format("%s/edges.csv", folder);
    char *features = memory_format("%s/features.npy", folder);
    char *labels = memory_format("%s/nodes.csv", folder);
    const struct node_data_options options = {.edges = edges, .features = features,
                                              .labels = labels, .resident = true};
    if (!node_data_read(&work->data, &options, FEATURES_AS_THEY_ARE, &error))
        error_exit(&error);
    free(edges);
    free(features);
    free(labels);
    const struct label_table *table = &work->data.table;
    work->labels = memory_alloc(table->items, sizeof *work->labels);
    for (size_t v = 0; v < table->items; v++)
        work->labels[v] = table->parts[0][v] == SPLIT_TRAIN ? table->labels[v] : LABEL_NONE;
    propagation_make(&work->propagation, &work->data.graph, PROPAGATION_SYMMETRIC, 1);
}

/* Weights that differ, so that no wrong product could hide behind zeros and identities. */
static void disturb(struct parameters *set)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    for (size_t p = 0; p < set->count; p++) {
        struct tensor *value = &set->list[p]->value;
        double bound = sqrt(3 / (double)tensor_columns(value));
        for (size_t i = 0, n = tensor_count(value); value->dimensions == 2 && i < n; i++)
            value->data[i] += (real)((2 * rng_uniform(&rng) - 1) * bound);
    }
}

/* Alphas of 0.1 instead of 1e-6, so that a wrong branch could not hide behind them. */
static void make_model(struct work *work, size_t layers, size_t hidden)
{
    const struct node_classifier_options options = {
        .architecture = NODE_SMPNN,
        .features = work->data.features.columns,
        .hidden = hidden,
        .outputs = work->data.table.classes.count,
        .layers = layers,
        .smpnn = {.convolution = SMPNN_GCN, .residual = true, .norm = true,
                  .norm_epsilon = 1e-5, .alpha_start = 0.1}};
    node_classifier_make(&work->model, &options);
    node_classifier_initialise(&work->model, 1);
    disturb(&work->model.set);
}

/* Loss and gradients of the parameters as they are. */
static double differentiate(void *context)
{
    struct work *work = context;
    const struct node_view view = {.features = &work->data.matrix,
                                   .matrix = &work->propagation.matrix,
                                   .transpose = &work->propagation.transpose};
    tape_reset(&work->tape);
    parameters_zero_gradient(&work->model.set);
    struct variable *logits = node_classifier_logits(&work->model, &work->tape, &view, NULL);
    struct variable *loss = tape_cross_entropy(&work->tape, logits, work->labels);
    tape_backward(&work->tape, loss);
    return (double)loss->value.data[0];
}

/* The graph as the peer takes it: A with its values. */
static void add_graph(const struct work *work, struct safetensors *file)
{
    const struct sparse *matrix = &work->propagation.matrix;
    size_t nodes = matrix->rows, entries = sparse_entries(matrix) + nodes, count = 0;
    size_t *offsets = memory_alloc(nodes + 1, sizeof *offsets);
    uint32_t *indices = memory_alloc(entries, sizeof *indices);
    float *values = memory_alloc(entries, sizeof *values);
    offsets[0] = 0;
    for (size_t v = 0; v < nodes; v++) {
        bool own = false; /* the diagonal is put where it belongs in the order of the columns */
        for (size_t i = matrix->offsets[v]; i < matrix->offsets[v + 1] || !own;) {
            bool next = i == matrix->offsets[v + 1] || matrix->indices[i] > v;
            uint32_t column = next && !own ? (uint32_t)v : matrix->indices[i++];
            own |= column == v;
            indices[count] = column;
            values[count++] = (float)(matrix->row_scale[v] * matrix->column_scale[column]);
        }
        offsets[v + 1] = count;
    }
    safetensors_add(file, "offsets", DTYPE_I64, 1, (const size_t[]){nodes + 1}, offsets);
    safetensors_add(file, "indices", DTYPE_U32, 1, &entries, indices);
    safetensors_add(file, "values", DTYPE_F32, 1, &entries, values);
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 6)
        error_die(EX_USAGE, "usage: graph-classify FOLDER LAYERS HIDDEN CASE FILE");
    struct work work = {0};
    read_data(&work, argv[1]);
    make_model(&work, strtoul(argv[2], NULL, 10), strtoul(argv[3], NULL, 10));
    const struct steps steps = {&work.model.set, differentiate, &work, (real)1e-3};
    struct safetensors file = {0};
    const struct feature_matrix *x = &work.data.matrix;
    add_graph(&work, &file);
    safetensors_add(&file, "features", DTYPE_F32, 2, (const size_t[]){x->rows, x->columns},
                    x->dense);
    safetensors_add(&file, "labels", DTYPE_I32, 1, &x->rows, work.labels);
    steps_write(&steps, &file, argv[5]);
    steps_serve(&steps);
    return EX_OK;
}
