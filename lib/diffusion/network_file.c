#include "diffusion/network_file.h"

#include "base/memory.h"

#include <string.h>

/* The description as fields want it. */
struct configuration {
    struct network_description of;
    int kind;
    size_t dimensions;
};

enum { DESCRIBING = 7, MOST_FIELDS = DESCRIBING + NETWORK_FILE_MOST_OWN };

static size_t list_fields(const struct network_file *type, void *model, struct configuration *c,
                          struct model_field *fields)
{
    struct network_options *network = &c->of.network;
    const struct model_field all[DESCRIBING] = {
        model_word("network", &c->kind, network_kind_names),
        model_numbers("shape", c->of.shape.sizes, &c->dimensions, ARRAY_MOST_DIMENSIONS - 1, 1,
                      UINT32_MAX),
        model_number("width", &network->width, 2, NETWORK_MOST_WIDTH),
        model_number("levels", &network->levels, 1, UNET_MOST_LEVELS),
        model_number("blocks", &network->blocks, 1, RESIDUAL_MLP_MOST_BLOCKS),
        model_real("mean", &c->of.mean, -1e30, 1e30),
        model_real("deviation", &c->of.deviation, 1e-30, 1e30)};
    memcpy(fields, all, sizeof all);
    return DESCRIBING + type->own_fields(model, fields + DESCRIBING);
}

void network_file_save(const struct network_file *type, void *model,
                       const struct network_description *description, struct safetensors *file)
{
    struct configuration c = {.of = *description,
                              .kind = (int)description->network.kind,
                              .dimensions = (size_t)description->shape.dimensions};
    struct model_field fields[MOST_FIELDS];
    model_file_describe(file, &type->kind, fields, list_fields(type, model, &c, fields));
    parameters_save(type->parameters(model), file);
}

/* Completes what was read; false when it is not of one network, or of more than so many values. */
static bool settle(struct configuration *c, size_t values)
{
    struct network_options *o = &c->of.network, chosen = {0};
    struct record_shape *shape = &c->of.shape;
    size_t count = 1;
    shape->dimensions = (int)c->dimensions;
    for (int i = 0; i < shape->dimensions; i++)
        if (!memory_multiply(count, shape->sizes[i], &count))
            return false;
    if (!network_options_choose(&chosen, (enum network_kind)c->kind, shape))
        return false;
    chosen.width = o->width;
    chosen.levels = o->levels;
    chosen.blocks = o->blocks;
    *o = chosen;
    return o->width % 2 == 0 && o->channels <= values &&
           (o->kind == NETWORK_MLP || o->blocks <= UNET_MOST_BLOCKS);
}

static bool read_model(const struct network_file *type, void *model,
                       const struct safetensors *file, const char *path, struct error *error)
{
    struct configuration c = {0};
    struct model_field fields[MOST_FIELDS];
    size_t values = model_file_values(file), count = list_fields(type, model, &c, fields);
    bool good = model_file_configuration(file, &type->kind, fields, count, path, error);
    if (!good)
        return false;
    if (!settle(&c, values) || !type->make(model, &c.of, values))
        good = error_set(error, EX_DATAERR, "%s: its configuration does not fit its tensors",
                         path);
    good = good && parameters_load(type->parameters(model), file, path, error);
    if (!good)
        type->free(model);
    return good;
}

bool network_file_load(const struct network_file *type, void *model, const char *path,
                       struct error *error)
{
    struct safetensors file = {0};
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = read_model(type, model, &file, path, error);
    safetensors_free(&file);
    if (!good)
        return false;
    struct parameters *set = type->parameters(model);
    for (size_t i = 0; i < set->count; i++)
        set->list[i]->frozen = true;
    return true;
}
