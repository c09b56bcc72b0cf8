#include "diffusion/neural_denoiser.h"

#include "base/memory.h"
#include "io/model_file.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind kind = {"tesserae denoiser", "score-train"};

void neural_denoiser_make(struct neural_denoiser *model, const struct network_options *options,
                          const struct record_shape *shape)
{
    *model = (struct neural_denoiser){.shape = *shape, .deviation = 1};
    denoising_network_make(&model->network, &model->set, "", options);
}

/* --- the file --- */

struct configuration {
    struct network_options network;
    int kind;
    size_t sizes[ARRAY_MOST_DIMENSIONS], dimensions;
    double mean, deviation;
    char **class_names;
    size_t class_names_count;
};

enum { MOST_FIELDS = 12 };

static size_t list_fields(struct configuration *c, struct model_field *fields)
{
    const struct model_field all[] = {
        model_word("network", &c->kind, network_kind_names),
        model_numbers("shape", c->sizes, &c->dimensions, ARRAY_MOST_DIMENSIONS - 1, 1, UINT32_MAX),
        model_number("width", &c->network.width, 2, NETWORK_MOST_WIDTH),
        model_number("levels", &c->network.levels, 1, UNET_MOST_LEVELS),
        model_number("blocks", &c->network.blocks, 1, RESIDUAL_MLP_MOST_BLOCKS),
        model_texts("classes", &c->class_names, &c->class_names_count, NETWORK_MOST_CLASSES),
        model_real("mean", &c->mean, -1e30, 1e30),
        model_real("deviation", &c->deviation, 1e-30, 1e30)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

void neural_denoiser_save(const struct neural_denoiser *model, struct safetensors *file)
{
    struct configuration c = {.network = model->network.options,
                              .kind = (int)model->network.options.kind,
                              .dimensions = (size_t)model->shape.dimensions,
                              .mean = model->mean,
                              .deviation = model->deviation,
                              .class_names = model->class_names,
                              .class_names_count = c.network.classes};
    struct model_field fields[MOST_FIELDS];
    c.class_names_count = model->network.options.classes;
    memcpy(c.sizes, model->shape.sizes, sizeof c.sizes);
    model_file_describe(file, &kind, fields, list_fields(&c, fields));
    parameters_save(&model->set, file);
}

static void free_names(char **names, size_t count)
{
    for (size_t i = 0; names && i < count; i++)
        free(names[i]);
    free(names);
}

/* Fills the shape and the network's options; false when they are not of one model. */
static bool settle(const struct configuration *c, size_t values, struct record_shape *shape,
                   struct network_options *options)
{
    size_t count = 1;
    shape->dimensions = (int)c->dimensions;
    memcpy(shape->sizes, c->sizes, sizeof shape->sizes);
    for (int i = 0; i < shape->dimensions; i++)
        if (!memory_multiply(count, shape->sizes[i], &count))
            return false;
    *options = (struct network_options){.classes = c->class_names_count};
    if (!network_options_choose(options, (enum network_kind)c->kind, shape))
        return false;
    options->width = c->network.width;
    options->levels = c->network.levels;
    options->blocks = c->network.blocks;
    return options->width % 2 == 0 && options->channels <= values &&
           (options->kind == NETWORK_MLP || options->blocks <= UNET_MOST_BLOCKS) &&
           network_least_values(options) <= values;
}

static bool read_model(struct neural_denoiser *model, const struct safetensors *file,
                       const char *path, struct error *error)
{
    struct configuration c = {0};
    struct model_field fields[MOST_FIELDS];
    struct record_shape shape = {0};
    struct network_options options;
    if (!model_file_configuration(file, &kind, fields, list_fields(&c, fields), path, error))
        return false;
    if (!settle(&c, model_file_values(file), &shape, &options)) {
        free_names(c.class_names, c.class_names_count);
        return error_set(error, EX_DATAERR, "%s: its configuration does not fit its tensors",
                         path);
    }
    neural_denoiser_make(model, &options, &shape);
    model->mean = c.mean;
    model->deviation = c.deviation;
    model->class_names = c.class_names;
    if (parameters_load(&model->set, file, path, error))
        return true;
    neural_denoiser_free(model);
    return false;
}

bool neural_denoiser_load(struct neural_denoiser *model, const char *path, struct error *error)
{
    struct safetensors file = {0};
    *model = (struct neural_denoiser){0};
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = read_model(model, &file, path, error);
    safetensors_free(&file);
    return good;
}

void neural_denoiser_free(struct neural_denoiser *model)
{
    free_names(model->class_names, model->network.options.classes);
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
