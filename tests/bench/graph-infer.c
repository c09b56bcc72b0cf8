/*
 * One side of the bench of graph-infer: training steps of latent graph inference on made items, on
 * demand.
 *
 *     graph-infer ITEMS FEATURES NEIGHBOURS CASE FILE
 *
 * makes a network over e16, h16, s16 and f16, writes its work to FILE and takes steps (see
 * steps.h). CASE is nearest or drawn: how graphs are found. Those that were drawn are written, too.
 */
#include "steps.h"

#include "base/error.h"
#include "base/memory.h"
#include "grad/ops.h"
#include "latent/latent_start.h"

#include <stdlib.h>
#include <string.h>

enum { CLASSES = 7, TRAINING = 140 };

struct work {
    struct feature_matrix features;
    struct latent_inputs inputs;
    struct latent_network network;
    struct tape tape;
    int32_t *labels; /* of the training items, the first; LABEL_NONE elsewhere */
    uint32_t rows[TRAINING];
    real delta[TRAINING];
    bool drawn;
    struct latent_trace trace; /* of the last step */
};

/* Clouds of their classes. */
static void make_items(struct work *work, size_t items, size_t columns)
{
    struct rng rng = rng_make(1, RNG_TEST, 0);
    real *values = memory_alloc(items * columns, sizeof *values);
    work->labels = memory_alloc(items, sizeof *work->labels);
    for (size_t i = 0; i < items; i++) {
        size_t class = i % CLASSES;
        work->labels[i] = i < TRAINING ? (int32_t) class : LABEL_NONE;
        for (size_t j = 0; j < columns; j++)
            values[i * columns + j] = (real)(rng_normal(&rng) + (j % CLASSES == class));
    }
    for (uint32_t i = 0; i < TRAINING; i++) {
        work->rows[i] = i;
        work->delta[i] = (real)(rng_uniform(&rng) - 0.5);
    }
    feature_matrix_make(&work->features, values, items, columns);
    work->inputs.features = &work->features;
}

/* Snowflakes that bend; no item's neighbours are then near to a tie. */
static void make_network(struct work *work, size_t neighbours)
{
    struct latent_options options = {.features = work->features.columns,
                                     .hidden = 64,
                                     .outputs = CLASSES,
                                     .layers = 2,
                                     .neighbours = neighbours};
    struct error error = {0};
    struct rng rng = rng_make(2, RNG_TEST, 0);
    if (!candidates_parse("e16,h16,s16,f16", options.spaces, &options.space_count, &error))
        error_exit(&error);
    latent_network_make(&work->network, &options);
    latent_network_start(&work->network, &work->inputs, 0.5, 0, 1);
    struct snowflake *snowflake = &work->network.layer[0].candidates[3].snowflake;
    snowflake_initialise(snowflake, SNOWFLAKE_RANDOM, &rng);
    snowflake->power->value.data[0] = (real)0.1;
}

static double differentiate(void *context)
{
    struct work *work = context;
    const struct latent_draw draw = {.noise = work->drawn, .seed = 1};
    tape_reset(&work->tape);
    parameters_zero_gradient(&work->network.set);
    struct variable *logits = latent_network_logits(&work->network, &work->tape, &work->inputs,
                                                    &draw, NULL, &work->trace);
    struct variable *loss = tape_cross_entropy(&work->tape, logits, work->labels);
    struct variable *graph =
        latent_graph_loss(&work->network, &work->tape, &work->trace, work->rows, TRAINING,
                          work->delta, GRAPH_LOSS_LOG_PROBABILITY);
    loss = tape_add(&work->tape, loss, graph);
    tape_backward(&work->tape, loss);
    return (double)loss->value.data[0];
}

static void add_lists(struct work *work, struct safetensors *file)
{
    const struct latent_options *o = &work->network.options;
    for (size_t s = 0; s < o->space_count; s++) {
        char *name = memory_format("lists.%s", o->spaces[s]);
        safetensors_add(file, name, DTYPE_U32, 2,
                        (const size_t[]){work->features.rows, o->neighbours},
                        work->trace.layer[0].lists[s]);
        free(name);
    }
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 6)
        error_die(EX_USAGE, "usage: graph-infer ITEMS FEATURES NEIGHBOURS CASE FILE");
    struct work work = {0};
    const size_t neighbours = strtoul(argv[3], NULL, 10), training = TRAINING, one = 1;
    const int64_t kept = (int64_t)neighbours;
    make_items(&work, strtoul(argv[1], NULL, 10), strtoul(argv[2], NULL, 10));
    make_network(&work, neighbours);
    const struct steps steps = {&work.network.set, differentiate, &work, (real)1e-4};
    struct safetensors file = {0};
    const struct feature_matrix *x = &work.features;
    safetensors_add(&file, "features", DTYPE_F32, 2, (const size_t[]){x->rows, x->columns},
                    x->dense);
    safetensors_add(&file, "labels", DTYPE_I32, 1, &x->rows, work.labels);
    safetensors_add(&file, "delta", DTYPE_F32, 1, &training, work.delta);
    safetensors_add(&file, "neighbours", DTYPE_I64, 1, &one, &kept);
    work.drawn = strcmp(argv[4], "drawn") == 0;
    differentiate(&work);
    add_lists(&work, &file);
    steps_write(&steps, &file, argv[5]);
    steps_serve(&steps);
    return EX_OK;
}
