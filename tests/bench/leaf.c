/*
 * Our side of the bench of leaves: a training step of a perceptron on a batch of rows.
 *
 *     leaf CASE FILE      CASE: leaf32, leaf64, leaf256: units of the two hidden layers
 */
#include "base/error.h"
#include "nn/mlp.h"
#include "steps.h"

#include <stdio.h>

enum { INPUTS = 8, ROWS = 64, LAYERS = 3 };

struct work {
    struct parameters set;
    struct mlp mlp;
    struct tape tape;
    real x[ROWS * INPUTS], targets[ROWS];
};

static void make_work(struct work *work, size_t hidden)
{
    const size_t sizes[LAYERS + 1] = {INPUTS, hidden, hidden, 1};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    mlp_make(&work->mlp, &work->set, "network", sizes, LAYERS, ACTIVATION_RELU);
    mlp_initialise(&work->mlp, &rng);
    rng_fill_normal(&rng, work->x, ROWS * INPUTS, 1);
    rng_fill_normal(&rng, work->targets, ROWS, 1);
}

static double differentiate(void *context)
{
    struct work *work = context;
    tape_reset(&work->tape);
    parameters_zero_gradient(&work->set);
    struct variable *x = tape_constant(&work->tape, tensor_matrix(work->x, ROWS, INPUTS));
    struct variable *loss =
        tape_mean_squared_error(&work->tape, mlp_apply(&work->tape, &work->mlp, x), work->targets);
    tape_backward(&work->tape, loss);
    return (double)loss->value.data[0];
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    size_t hidden;
    if (argc != 3 || sscanf(argv[1], "leaf%zu", &hidden) != 1)
        error_die(EX_USAGE, "usage: leaf leaf32|leaf64|leaf256 FILE");
    struct work work = {0};
    make_work(&work, hidden);
    const struct steps steps = {&work.set, differentiate, &work, (real)1e-3};
    struct safetensors file = {0};
    safetensors_add(&file, "x", DTYPE_F32, 2, (const size_t[]){ROWS, INPUTS}, work.x);
    safetensors_add(&file, "targets", DTYPE_F32, 1, (const size_t[]){ROWS}, work.targets);
    steps_write(&steps, &file, argv[2]);
    steps_serve(&steps);
    tape_free(&work.tape);
    parameters_free(&work.set);
    return EX_OK;
}
