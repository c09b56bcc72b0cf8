#include "diffusion/neural_denoiser.h"

#include "base/memory.h"
#include "diffusion/network_file.h"

#include <stdlib.h>

void neural_denoiser_make(struct neural_denoiser *model, const struct network_options *options,
                          const struct record_shape *shape)
{
    *model = (struct neural_denoiser){.shape = *shape, .deviation = 1};
    denoising_network_make(&model->network, &model->set, "", options);
}

/* --- the file --- */

static size_t own_fields(void *self, struct model_field *fields)
{
    struct neural_denoiser *model = self;
    fields[0] = model_texts("classes", &model->class_names, &model->network.options.classes,
                            NETWORK_MOST_CLASSES);
    return 1;
}

static bool make(void *self, const struct network_description *description, size_t values)
{
    struct neural_denoiser *model = self;
    struct network_options options = description->network;
    char **names = model->class_names;
    options.classes = model->network.options.classes;
    if (network_least_values(&options) > values)
        return false;
    neural_denoiser_make(model, &options, &description->shape);
    model->mean = description->mean;
    model->deviation = description->deviation;
    model->class_names = names;
    return true;
}

static struct parameters *parameters(void *self)
{
    return &((struct neural_denoiser *)self)->set;
}

static void free_model(void *self)
{
    neural_denoiser_free(self);
}

static const struct network_file type = {.kind = {"tesserae denoiser", "score-train"},
                                         .own_fields = own_fields, .make = make,
                                         .parameters = parameters, .free = free_model};

void neural_denoiser_save(const struct neural_denoiser *model, struct safetensors *file)
{
    struct neural_denoiser copy = *model;
    network_file_save(&type, &copy,
                      &(struct network_description){model->network.options, model->shape,
                                                    model->mean, model->deviation},
                      file);
}

bool neural_denoiser_load(struct neural_denoiser *model, const char *path, struct error *error)
{
    *model = (struct neural_denoiser){0};
    return network_file_load(&type, model, path, error);
}

void neural_denoiser_free(struct neural_denoiser *model)
{
    for (size_t i = 0; model->class_names && i < model->network.options.classes; i++)
        free(model->class_names[i]);
    free(model->class_names);
    parameters_free(&model->set);
    *model = (struct neural_denoiser){0};
}

/* --- as a denoiser --- */

double neural_denoiser_time(const struct neural_denoiser *model, double time)
{
    return time * model->deviation / (time * model->deviation + 1 - time);
}

struct opened {
    const struct neural_denoiser *model;
    double guidance;
    struct tape tape;
};

/* z' of the flow's z, as a constant on the tape. */
static struct variable *standardise(struct opened *opened, const real *noisy, size_t count,
                                    double time)
{
    const struct neural_denoiser *model = opened->model;
    size_t columns = network_columns(&model->network.options);
    real *z = arena_alloc(&opened->tape.arena, count * columns, sizeof *z);
    real shift = (real)(time * model->mean);
    real share = (real)(1 / (time * model->deviation + 1 - time));
#pragma omp simd
    for (size_t i = 0; i < count * columns; i++)
        z[i] = (noisy[i] - shift) * share;
    return tape_constant(&opened->tape, tensor_matrix(z, count, columns));
}

/* mean (count, columns) of so few rows that all the network keeps of them fits. */
static void denoise_rows(struct opened *opened, const real *noisy, size_t count, double time,
                         const uint32_t *labels, real *mean)
{
    const struct neural_denoiser *model = opened->model;
    struct tape *tape = &opened->tape;
    size_t n = count * network_columns(&model->network.options);
    tape_reset(tape);
    real *times = arena_alloc(&tape->arena, count, sizeof *times);
    double own_time = neural_denoiser_time(model, time);
    for (size_t i = 0; i < count; i++)
        times[i] = (real)own_time;
    struct variable *z = standardise(opened, noisy, count, time);
    const real *v = denoising_network_apply(tape, &model->network, z, times, labels)->value.data;
    const real *plain = v;
    if (labels && opened->guidance != 1)
        plain = denoising_network_apply(tape, &model->network, z, times, NULL)->value.data;
    real guidance = (real)opened->guidance, rest = (real)(1 - own_time);
    real centre = (real)model->mean, deviation = (real)model->deviation;
    for (size_t i = 0; i < n; i++) {
        real velocity = plain == v ? v[i] : plain[i] + guidance * (v[i] - plain[i]);
        mean[i] = centre + deviation * (z->value.data[i] + rest * velocity);
    }
}

static bool denoise(void *self, const struct denoising *question, real *mean, struct error *error)
{
    struct opened *opened = self;
    size_t columns = network_columns(&opened->model->network.options);
    (void)error;
    for (size_t first = 0, count; first < question->count; first += count) {
        count = network_rows_at_a_time(question->count - first);
        denoise_rows(opened, question->noisy + first * columns, count, question->time,
                     question->labels ? question->labels + first : NULL, mean + first * columns);
    }
    return true;
}

static void release(void *self)
{
    struct opened *opened = self;
    tape_free(&opened->tape);
    free(opened);
}

struct denoiser neural_denoiser_open(const struct neural_denoiser *model, double guidance)
{
    struct opened *opened = memory_zeroed(1, sizeof *opened);
    opened->model = model;
    opened->guidance = guidance;
    for (size_t i = 0; i < model->set.count; i++)
        model->set.list[i]->frozen = true; /* so that the tape notes nothing */
    return (struct denoiser){.columns = network_columns(&model->network.options),
                             .classes = model->network.options.classes,
                             .denoise = denoise, .release = release, .self = opened};
}
