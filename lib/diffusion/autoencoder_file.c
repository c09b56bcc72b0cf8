#include "base/memory.h"
#include "diffusion/autoencoder.h"
#include "io/model_file.h"

#include <string.h>

static const struct model_kind kind = {"tesserae autoencoder", "score-encode"};

struct configuration {
    struct autoencoder_options options;
    int kind;
    size_t sizes[ARRAY_MOST_DIMENSIONS], dimensions;
    double mean, deviation;
};

enum { MOST_FIELDS = 12 };

static size_t list_fields(struct configuration *c, struct model_field *fields)
{
    struct network_options *network = &c->options.network;
    const struct model_field all[] = {
        model_word("network", &c->kind, network_kind_names),
        model_numbers("shape", c->sizes, &c->dimensions, ARRAY_MOST_DIMENSIONS - 1, 1, UINT32_MAX),
        model_number("width", &network->width, 2, NETWORK_MOST_WIDTH),
        model_number("levels", &network->levels, 1, UNET_MOST_LEVELS),
        model_number("blocks", &network->blocks, 1, RESIDUAL_MLP_MOST_BLOCKS),
        model_number("latent", &c->options.latent, 1, UINT32_MAX),
        model_flag("variational", &c->options.variational),
        model_real("mean", &c->mean, -1e30, 1e30),
        model_real("deviation", &c->deviation, 1e-30, 1e30)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

void autoencoder_save(const struct autoencoder *model, struct safetensors *file)
{
    struct configuration c = {.options = model->options,
                              .kind = (int)model->options.network.kind,
                              .dimensions = (size_t)model->shape.dimensions,
                              .mean = model->mean,
                              .deviation = model->deviation};
    struct model_field fields[MOST_FIELDS];
    memcpy(c.sizes, model->shape.sizes, sizeof c.sizes);
    model_file_describe(file, &kind, fields, list_fields(&c, fields));
    parameters_save(&model->set, file);
}

/* Fills the shape and completes the options; false when they are not of one model. */
static bool settle(struct configuration *c, size_t values, struct record_shape *shape)
{
    struct network_options *o = &c->options.network, chosen = {0};
    size_t count = 1;
    shape->dimensions = (int)c->dimensions;
    memcpy(shape->sizes, c->sizes, sizeof shape->sizes);
    for (int i = 0; i < shape->dimensions; i++)
        if (!memory_multiply(count, shape->sizes[i], &count))
            return false;
    if (!network_options_choose(&chosen, (enum network_kind)c->kind, shape))
        return false;
    chosen.width = o->width;
    chosen.levels = o->levels;
    chosen.blocks = o->blocks;
    *o = chosen;
    return o->width % 2 == 0 && o->channels <= values && c->options.latent <= values &&
           (o->kind == NETWORK_MLP || o->blocks <= UNET_MOST_BLOCKS) &&
           autoencoder_least_values(&c->options) <= values;
}

static bool read_model(struct autoencoder *model, const struct safetensors *file,
                       const char *path, struct error *error)
{
    struct configuration c = {0};
    struct model_field fields[MOST_FIELDS];
    struct record_shape shape = {0};
    if (!model_file_configuration(file, &kind, fields, list_fields(&c, fields), path, error))
        return false;
    if (!settle(&c, model_file_values(file), &shape))
        return error_set(error, EX_DATAERR, "%s: its configuration does not fit its tensors",
                         path);
    autoencoder_make(model, &c.options, &shape);
    model->mean = c.mean;
    model->deviation = c.deviation;
    if (parameters_load(&model->set, file, path, error)) {
        for (size_t i = 0; i < model->set.count; i++)
            model->set.list[i]->frozen = true; /* so that the tape notes nothing */
        return true;
    }
    autoencoder_free(model);
    return false;
}

bool autoencoder_load(struct autoencoder *model, const char *path, struct error *error)
{
    struct safetensors file = {0};
    *model = (struct autoencoder){0};
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = read_model(model, &file, path, error);
    safetensors_free(&file);
    return good;
}
