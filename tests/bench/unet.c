/*
 * Our side of the bench of a U-Net: a training step of a denoiser of images of 28 x 28.
 *
 *     unet CASE FILE      CASE: unet32 (64 images), unet64 (32 images): channels at the first level
 */
#include "base/error.h"
#include "base/memory.h"
#include "diffusion/denoiser_fit.h"
#include "steps.h"

#include <stdlib.h>
#include <string.h>

enum { SIDE = 28, COLUMNS = SIDE * SIDE };

struct work {
    struct parameters set;
    struct denoising_network network;
    struct tape tape;
    size_t batch;
    real *data, *noise, *times;
};

static void make_work(struct work *work, bool wide)
{
    const struct record_shape shape = {.dimensions = 2, .sizes = {SIDE, SIDE}};
    struct network_options options = network_options_for(&shape);
    struct rng rng = rng_make(1, RNG_TEST, 0);
    options.width = wide ? 64 : 32;
    work->batch = wide ? 32 : 64;
    denoising_network_make(&work->network, &work->set, "", &options);
    denoising_network_initialise(&work->network, &rng);
    for (size_t i = 0; i < work->set.count; i++) { /* so that no gradient is 0 from the start */
        struct tensor *value = &work->set.list[i]->value;
        for (size_t k = 0; k < tensor_count(value); k++)
            value->data[k] += (real)(0.02 * rng_normal(&rng));
    }
    work->data = memory_alloc(work->batch * COLUMNS, sizeof *work->data);
    work->noise = memory_alloc(work->batch * COLUMNS, sizeof *work->noise);
    work->times = memory_alloc(work->batch, sizeof *work->times);
    rng_fill_uniform(&rng, work->data, work->batch * COLUMNS, -1, 1);
    rng_fill_normal(&rng, work->noise, work->batch * COLUMNS, 1);
    rng_fill_uniform(&rng, work->times, work->batch, 0, 1);
}

static double differentiate(void *context)
{
    struct work *work = context;
    tape_reset(&work->tape);
    parameters_zero_gradient(&work->set);
    struct variable *loss = denoiser_loss(&work->tape, &work->network, work->data, work->noise,
                                          work->times, NULL, work->batch, DENOISER_LOSS_VELOCITY);
    tape_backward(&work->tape, loss);
    return (double)loss->value.data[0];
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    if (argc != 3)
        error_die(EX_USAGE, "usage: unet unet32|unet64 FILE");
    struct work work = {0};
    make_work(&work, strcmp(argv[1], "unet64") == 0);
    const struct steps steps = {&work.set, differentiate, &work, (real)1e-4};
    const size_t shape[3] = {work.batch, SIDE, SIDE};
    struct safetensors file = {0};
    safetensors_add(&file, "data", DTYPE_F32, 3, shape, work.data);
    safetensors_add(&file, "noise", DTYPE_F32, 3, shape, work.noise);
    safetensors_add(&file, "times", DTYPE_F32, 1, shape, work.times);
    steps_write(&steps, &file, argv[2]);
    steps_serve(&steps);
    tape_free(&work.tape);
    parameters_free(&work.set);
    free(work.data);
    free(work.noise);
    free(work.times);
    return EX_OK;
}
