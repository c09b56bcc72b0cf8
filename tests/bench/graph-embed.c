/*
 * One side of the bench of graph-embed: training steps over given pairs, on demand.
 *
 *     graph-embed GEOMETRY PAIRS FILE
 *
 * makes a model of 2,485 points in 10 dimensions and random pairs with random targets, writes all of
 * it with the loss and the gradients to FILE (safetensors), and then answers every line N on standard
 * input with the seconds of a step (forward, backward, Adam) by the clock and of the processor, the
 * means of N, and with the peak of memory in bytes.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "io/safetensors.h"
#include "nn/embedding_loss.h"
#include "nn/graph_embedding.h"
#include "optim/optimizer.h"

#include <stdio.h>
#include <stdlib.h>

enum { NODES = 2485, DIMENSION = 10 };

struct work {
    struct graph_embedding model;
    struct optimizer optimizer;
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
    work->optimizer = optimizer_make(OPTIMIZER_ADAM);
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
static double differentiate(struct work *work)
{
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

static void write_all(const struct work *work, double loss, const char *path)
{
    struct error error = {0};
    struct safetensors file = {0};
    safetensors_add(&file, "source", DTYPE_U32, 1, &work->pairs, work->source);
    safetensors_add(&file, "target", DTYPE_U32, 1, &work->pairs, work->target);
    safetensors_add(&file, "distance", DTYPE_F32, 1, &work->pairs, work->distance);
    safetensors_add(&file, "loss", DTYPE_F64, 1, (const size_t[]){1}, &loss);
    parameters_save(&work->model.set, &file);
    for (size_t i = 0; i < work->model.set.count; i++) {
        const struct parameter *parameter = work->model.set.list[i];
        char *name = memory_format("gradient.%s", parameter->name);
        size_t count = tensor_count(&parameter->value);
        safetensors_add(&file, name, DTYPE_F32, 1, &count, parameter->gradient);
        free(name);
    }
    if (!safetensors_save(path, &file, &error))
        error_exit(&error);
    safetensors_free(&file);
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 4)
        error_die(EX_USAGE, "usage: graph-embed GEOMETRY PAIRS FILE");
    struct work work = {0};
    make_work(&work, argv[1], strtoul(argv[2], NULL, 10));
    write_all(&work, differentiate(&work), argv[3]);
    puts("ready");
    fflush(stdout);
    char line[32];
    while (fgets(line, sizeof line, stdin)) {
        size_t steps = strtoul(line, NULL, 10);
        double started = progress_seconds(), processor = progress_processor_seconds();
        for (size_t i = 0; i < steps; i++) {
            differentiate(&work);
            optimizer_step(&work.optimizer, &work.model.set, (real)1e-3);
        }
        printf("%.9f %.9f %zu\n", (progress_seconds() - started) / (double)steps,
               (progress_processor_seconds() - processor) / (double)steps, memory_peak_bytes());
        fflush(stdout);
    }
    tape_free(&work.tape);
    graph_embedding_free(&work.model);
    free(work.source);
    free(work.target);
    free(work.distance);
    return EX_OK;
}
