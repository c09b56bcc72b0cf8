#include "diffusion/autoencoder.h"
#include "diffusion/network_file.h"

#include <string.h>

static size_t own_fields(void *self, struct model_field *fields)
{
    struct autoencoder_options *options = &((struct autoencoder *)self)->options;
    const struct model_field all[] = {model_number("latent", &options->latent, 1, UINT32_MAX),
                                      model_flag("variational", &options->variational)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

static bool make(void *self, const struct network_description *description, size_t values)
{
    struct autoencoder *model = self;
    struct autoencoder_options options = model->options;
    options.network = description->network;
    if (options.latent > values || autoencoder_least_values(&options) > values)
        return false;
    autoencoder_make(model, &options, &description->shape);
    model->mean = description->mean;
    model->deviation = description->deviation;
    return true;
}

static struct parameters *parameters(void *self)
{
    return &((struct autoencoder *)self)->set;
}

static void release(void *self)
{
    autoencoder_free(self);
}

static const struct network_file type = {.kind = {"tesserae autoencoder", "score-encode"},
                                         .own_fields = own_fields, .make = make,
                                         .parameters = parameters, .free = release};

void autoencoder_save(const struct autoencoder *model, struct safetensors *file)
{
    struct autoencoder copy = *model;
    network_file_save(&type, &copy,
                      &(struct network_description){model->options.network, model->shape,
                                                    model->mean, model->deviation},
                      file);
}

bool autoencoder_load(struct autoencoder *model, const char *path, struct error *error)
{
    *model = (struct autoencoder){0};
    return network_file_load(&type, model, path, error);
}
