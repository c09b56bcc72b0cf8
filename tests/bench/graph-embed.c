/*
 * One side of the bench of graph-embed: training steps over given pairs, on demand.
 *
 *     graph-embed PAIRS GEOMETRY FILE
 *
 * makes a model of 2,485 points in 10 dimensions and random pairs with random targets, writes all
 * of it to FILE and takes steps (see steps.h).
 */
#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "embedding/embedding_loss.h"
#include "embedding/graph_embedding.h"

#include <stdlib.h>

enum { NODES = 2485, DIMENSION = 10 };

struct work {
    struct graph_embedding model;
    struct tape tape;
    size_t pairs;
    uint32_t *source, *target;
    float *distance;
};

static void make_work(struct work *work, const char *geometry, size_t pairs)
{
    struct error error = {0};
    const struct graph_embedding_options options = {.geometry = geometry,
                                                    .dimension = DIMENSION,
                                                    .nodes = NODES,
                                                    .snowflake_layers = 2,
                                                    .snowflake_width = 8};
    if (!graph_embedding_make(&work->model, &options, &error))
        error_exit(&error);
    struct rng rng = rng_make(1, RNG_INITIAL, 0);
    graph_embedding_initialise(&work->model, SNOWFLAKE_RANDOM, &rng);
    if (work->model.has_snowflake) /* |p| has no slope at 0, and PyTorch takes another one there */
        work->model.snowflake.power->value.data[0] = (real)0.25;
    work->pairs = pairs;
    work->source = memory_alloc(pairs, sizeof *work->source);
    work->target = memory_alloc(pairs, sizeof *work->target);
    work->distance = memory_alloc(pairs, sizeof *work->distance);
    for (size_t i = 0; i < pairs; i++) {
        work->source[i] = (uint32_t)rng_below(&rng, NODES);
        work->target[i] = (uint32_t)((work->source[i] + 1 + rng_below(&rng, NODES - 1)) % NODES);
        work->distance[i] = (float)(0.5 + rng_uniform(&rng));
    }
}

/* Loss and gradients of the parameters as they are. */
static double differentiate(void *context)
{
    struct work *work = context;
    tape_reset(&work->tape);
    parameters_zero_gradient(&work->model.set);
    struct variable *points = graph_embedding_points(&work->model, &work->tape, NULL);
    struct variable *distances = graph_embedding_distances(&work->model, &work->tape, points,
                                                           work->source, work->target, work->pairs);
    struct variable *loss =
        embedding_loss(&work->tape, distances, work->distance, 1, EMBEDDING_LOSS_RELATIVE);
    tape_backward(&work->tape, loss);
    return (double)loss->value.data[0];
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 4)
        error_die(EX_USAGE, "usage: graph-embed PAIRS GEOMETRY FILE");
    struct work work = {0};
    make_work(&work, argv[2], strtoul(argv[1], NULL, 10));
    const struct steps steps = {&work.model.set, differentiate, &work, (real)1e-3};
    struct safetensors file = {0};
    safetensors_add(&file, "source", DTYPE_U32, 1, &work.pairs, work.source);
    safetensors_add(&file, "target", DTYPE_U32, 1, &work.pairs, work.target);
    safetensors_add(&file, "distance", DTYPE_F32, 1, &work.pairs, work.distance);
    steps_write(&steps, &file, argv[3]);
    steps_serve(&steps);
    tape_free(&work.tape);
    graph_embedding_free(&work.model);
    free(work.source);
    free(work.target);
    free(work.distance);
    return EX_OK;
}
