/*
 * One side of the bench of dag-spacetime: training steps over given edges, on demand.
 *
 *     dag-spacetime CASE FILE
 *
 * makes a spacetime of 4 dimensions of space and 4 of time, with an encoder of 2 features (CASE
 * encoder: 50 nodes, 1,102 edges, as published) or with free coordinates (CASE free: 2,000 nodes,
 * 100,000 edges), writes all of it to FILE and takes steps (see steps.h).
 */
#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "embedding/embedding_loss.h"
#include "spacetime/spacetime.h"

#include <stdlib.h>
#include <string.h>

enum { FEATURES = 2 };

struct work {
    struct spacetime model;
    struct tape tape;
    size_t edges;
    uint32_t *source, *target;
    float *weight, *features;
};

static void make_work(struct work *work, bool encoder)
{
    struct error error = {0};
    struct spacetime_options options = spacetime_options_default();
    size_t nodes = options.nodes = encoder ? 50 : 2000;
    options.features = encoder ? FEATURES : 0;
    if (!spacetime_make(&work->model, &options, &error))
        error_exit(&error);
    struct rng rng = rng_make(1, RNG_INITIAL, 0);
    spacetime_initialise(&work->model, NULL, NULL, &rng);
    for (size_t l = 0; l < options.layers; l++) /* |raw| has no slope at 0 to PyTorch */
        work->model.metric.net.identity[l]->value.data[0] += (real)0.05;
    work->edges = encoder ? 1102 : 100000;
    work->source = memory_alloc(work->edges, sizeof *work->source);
    work->target = memory_alloc(work->edges, sizeof *work->target);
    work->weight = memory_alloc(work->edges, sizeof *work->weight);
    work->features = memory_alloc(nodes * FEATURES, sizeof *work->features);
    rng_fill_uniform(&rng, work->features, nodes * FEATURES, 0, 1);
    for (size_t i = 0; i < work->edges; i++) {
        work->source[i] = (uint32_t)rng_below(&rng, nodes - 1);
        work->target[i] =
            work->source[i] + 1 + (uint32_t)rng_below(&rng, nodes - 1 - work->source[i]);
        work->weight[i] = (float)(0.5 + rng_uniform(&rng));
    }
}

/* Loss and gradients of the parameters as they are. */
static double differentiate(void *context)
{
    struct work *work = context;
    struct spacetime *model = &work->model;
    struct tape *tape = &work->tape;
    tape_reset(tape);
    parameters_zero_gradient(&model->set);
    struct variable *features = NULL;
    if (model->options.features)
        features = tape_constant(tape, tensor_matrix(work->features, model->options.nodes,
                                                     FEATURES));
    struct variable *points = spacetime_points(model, tape, features);
    struct variable *distances =
        spacetime_distances(model, tape, points, work->source, work->target, work->edges);
    struct variable *loss = tape_add(
        tape, embedding_loss(tape, distances, work->weight, 1, EMBEDDING_LOSS_MSE),
        partial_order_loss(tape, spacetime_times(model, tape, points), work->source,
                           work->target, work->edges, 10));
    tape_backward(tape, loss);
    return (double)loss->value.data[0];
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 3)
        error_die(EX_USAGE, "usage: dag-spacetime encoder|free FILE");
    struct work work = {0};
    make_work(&work, strcmp(argv[1], "encoder") == 0);
    const struct steps steps = {&work.model.set, differentiate, &work, (real)1e-4};
    const size_t shape[2] = {work.model.options.nodes, FEATURES};
    struct safetensors file = {0};
    safetensors_add(&file, "source", DTYPE_U32, 1, &work.edges, work.source);
    safetensors_add(&file, "target", DTYPE_U32, 1, &work.edges, work.target);
    safetensors_add(&file, "edge_weight", DTYPE_F32, 1, &work.edges, work.weight);
    safetensors_add(&file, "node_features", DTYPE_F32, 2, shape, work.features);
    steps_write(&steps, &file, argv[2]);
    steps_serve(&steps);
    tape_free(&work.tape);
    spacetime_free(&work.model);
    free(work.source);
    free(work.target);
    free(work.weight);
    free(work.features);
    return EX_OK;
}
