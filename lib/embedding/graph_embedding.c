#include "embedding/graph_embedding.h"

#include "base/memory.h"
#include "graph/names_tensor.h"
#include "io/model_file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char snowflake_prefix[] = "snowflake";

/* Splits "snowflake:SPACE" and reads the space. */
static bool parse_geometry(struct graph_embedding *model, const char *text, size_t dimension,
                           struct error *error)
{
    size_t length = sizeof snowflake_prefix - 1;
    model->has_snowflake = strncmp(text, snowflake_prefix, length) == 0 &&
                           (text[length] == '\0' || text[length] == ':');
    if (model->has_snowflake)
        text = text[length] ? text + length + 1 : "euclidean";
    return space_parse(&model->space, text, dimension, error);
}

static void add_encoder(struct graph_embedding *model)
{
    size_t sizes[MLP_MOST_LAYERS + 1] = {model->features};
    for (size_t l = 0; l < model->hidden_count; l++)
        sizes[l + 1] = model->hidden[l];
    sizes[model->hidden_count + 1] = model->space.columns;
    mlp_make(&model->encoder, &model->set, "encoder", sizes, model->hidden_count + 1,
             ACTIVATION_GELU);
}

static void add_points(struct graph_embedding *model)
{
    const size_t shape[2] = {model->nodes, model->space.columns};
    model->points = parameters_add(&model->set, "points", 2, shape);
    model->points->manifold = &model->manifold.manifold;
    model->points->decays = false;
}

/* Points and radii move by the learning rate as it is; what bends every distance goes slower. */
static void set_rate_scales(struct graph_embedding *model)
{
    const real slower = (real)0.1;
    for (size_t i = 0; i < model->set.count; i++)
        if (model->set.list[i] != model->points && model->set.list[i] != model->log_radius)
            model->set.list[i]->rate_scale = slower;
}

bool graph_embedding_make(struct graph_embedding *model,
                          const struct graph_embedding_options *options, struct error *error)
{
    *model = (struct graph_embedding){.nodes = options->nodes,
                                      .features = options->features,
                                      .has_encoder = options->features > 0,
                                      .hidden_count = options->hidden_count,
                                      .metric = options->metric};
    memcpy(model->hidden, options->hidden, sizeof model->hidden);
    if (!parse_geometry(model, options->geometry, options->dimension, error))
        return false;
    if (model->hidden_count + 1 > MLP_MOST_LAYERS)
        return error_set(error, EX_USAGE, "more than %d hidden layers", MLP_MOST_LAYERS - 1);
    if (model->has_encoder)
        add_encoder(model);
    else
        add_points(model);
    model->log_radius = parameters_add(&model->set, "log_radius", 1, &model->space.count);
    model->log_radius->decays = false;
    space_manifold_make(&model->manifold, &model->space, model->log_radius->value.data);
    if (model->has_snowflake) {
        snowflake_make(&model->snowflake, &model->set, options->snowflake_layers,
                       options->snowflake_width);
        if (options->metric)
            snowflake_freeze_power(&model->snowflake);
    }
    set_rate_scales(model);
    return true;
}

char *graph_embedding_geometry(const struct graph_embedding *model)
{
    char *notation = space_notation(&model->space);
    if (!model->has_snowflake)
        return notation;
    char *text = memory_format("%s:%s", snowflake_prefix, notation);
    free(notation);
    return text;
}

void graph_embedding_initialise(struct graph_embedding *model, enum snowflake_start start,
                                struct rng *rng)
{
    const real spread = (real)0.1; /* of points about the origin, where the mean distance is 1 */
    memset(model->log_radius->value.data, 0, model->space.count * sizeof(real));
    if (model->has_encoder)
        mlp_initialise(&model->encoder, rng);
    else
        space_random_points(&model->space, rng, spread, model->points->value.data, model->nodes);
    if (model->has_snowflake) {
        snowflake_initialise(&model->snowflake, start, rng);
        if (model->metric)
            snowflake_freeze_power(&model->snowflake);
    }
}

struct variable *graph_embedding_points(const struct graph_embedding *model, struct tape *tape,
                                        struct variable *features)
{
    if (model->has_encoder)
        return mlp_apply(tape, &model->encoder, features);
    return tape_parameter(tape, model->points);
}

struct variable *graph_embedding_distances(const struct graph_embedding *model, struct tape *tape,
                                           struct variable *points, const uint32_t *source,
                                           const uint32_t *target, size_t count)
{
    struct variable *distances =
        space_pair_distances(tape, &model->space, points, tape_parameter(tape, model->log_radius),
                             source, target, count);
    return model->has_snowflake ? snowflake_apply(tape, &model->snowflake, distances) : distances;
}

/* Multiplies the columns of the Euclidean factors in every row. */
static void scale_rows(const struct space *space, struct tensor *rows, double factor)
{
    for (size_t i = 0, n = tensor_rows(rows); i < n; i++) {
        for (size_t f = 0; f < space->count; f++) {
            const struct factor *part = &space->factors[f];
            real *row = rows->data + i * space->columns + part->first_column;
            for (size_t j = 0; j < part->columns && part->kind == FACTOR_EUCLIDEAN; j++)
                row[j] = (real)((double)row[j] * factor);
        }
    }
}

/* The encoder's last layer makes the coordinates: its rows (outputs) are the columns of points. */
static void scale_encoder(struct graph_embedding *model, double factor)
{
    size_t last = model->encoder.layers - 1;
    struct tensor *weight = &model->encoder.weight[last]->value;
    real *bias = model->encoder.bias[last]->value.data;
    size_t inputs = tensor_columns(weight);
    for (size_t f = 0; f < model->space.count; f++) {
        const struct factor *part = &model->space.factors[f];
        if (part->kind != FACTOR_EUCLIDEAN)
            continue;
        for (size_t c = part->first_column; c < part->first_column + part->columns; c++) {
            bias[c] = (real)((double)bias[c] * factor);
            for (size_t j = 0; j < inputs; j++)
                weight->data[c * inputs + j] =
                    (real)((double)weight->data[c * inputs + j] * factor);
        }
    }
}

void graph_embedding_scale(struct graph_embedding *model, double factor)
{
    if (model->has_snowflake) { /* f = (B h)^(1 + p) */
        double power;
        double exponents[2 * SNOWFLAKE_MOST_LAYERS];
        snowflake_exponents(&model->snowflake, exponents, &power);
        struct tensor *last =
            &model->snowflake.contraction[model->snowflake.layers - 1]->value;
        double root = pow(factor, 1 / (1 + power));
        for (size_t i = 0; i < tensor_count(last); i++)
            last->data[i] = (real)((double)last->data[i] * root);
        return;
    }
    for (size_t f = 0; f < model->space.count; f++)
        model->log_radius->value.data[f] += (real)log(factor);
    if (model->has_encoder)
        scale_encoder(model, factor);
    else
        scale_rows(&model->space, &model->points->value, factor);
}

/* --- the file --- */

static const struct model_kind model_kind = {"tesserae graph embedding", "graph-embed"};

enum { MOST_FIELDS = 7, WIDEST_HIDDEN = 65536, MOST_NODES = 1000000000 };

/* The configuration, listed once for writing and for reading. */
static size_t list_fields(struct graph_embedding_options *o, char **geometry,
                          struct model_field *fields)
{
    const struct model_field all[] = {
        model_text("geometry", geometry),
        model_number("nodes", &o->nodes, 1, MOST_NODES),
        model_number("features", &o->features, 0, MOST_NODES),
        model_numbers("hidden", o->hidden, &o->hidden_count, MLP_MOST_LAYERS, 1, WIDEST_HIDDEN),
        model_number("layers", &o->snowflake_layers, 0, SNOWFLAKE_MOST_LAYERS),
        model_number("width", &o->snowflake_width, 0, SNOWFLAKE_MOST_WIDTH),
        model_flag("metric", &o->metric)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

bool graph_embedding_save(const struct graph_embedding *model, const struct names *names,
                          const char *path, struct error *error)
{
    struct safetensors file = {0};
    struct model_field fields[MOST_FIELDS];
    char *geometry = graph_embedding_geometry(model);
    struct graph_embedding_options options = {.nodes = model->nodes,
                                              .features = model->features,
                                              .hidden_count = model->hidden_count,
                                              .snowflake_layers = model->snowflake.layers,
                                              .snowflake_width = model->snowflake.width,
                                              .metric = model->metric};
    memcpy(options.hidden, model->hidden, sizeof model->hidden);
    model_file_describe(&file, &model_kind, fields, list_fields(&options, &geometry, fields));
    free(geometry);
    parameters_save(&model->set, &file);
    names_save(names, &file);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

/* The tensors bound what the configuration may ask for, before anything is made of it. */
static bool fits_file(const struct graph_embedding_options *o, const struct safetensors *file)
{
    const struct array *names = safetensors_find(file, "node_names");
    const struct array *first = safetensors_find(file, "encoder.0.weight");
    size_t values = model_file_values(file);
    bool snowflake = strncmp(o->geometry, snowflake_prefix, sizeof snowflake_prefix - 1) == 0;
    bool good = names && array_count(names) >= o->nodes &&
                (o->features == 0 ||
                 (first && first->dimensions == 2 && first->shape[1] == o->features)) &&
                (!snowflake || (o->snowflake_layers > 0 && o->snowflake_width > 0));
    for (size_t l = 0; good && o->features && l < o->hidden_count; l++)
        good = o->hidden[l] * (l ? o->hidden[l - 1] : o->features) <= values;
    return good;
}

static bool restore(struct graph_embedding *model, struct names *names,
                    const struct safetensors *file, const char *path, struct error *error)
{
    struct graph_embedding_options options = {0};
    struct model_field fields[MOST_FIELDS];
    char *geometry;
    if (!model_file_configuration(file, &model_kind, fields,
                                  list_fields(&options, &geometry, fields), path, error))
        return false;
    options.geometry = geometry;
    bool good = fits_file(&options, file) && graph_embedding_make(model, &options, error) &&
                names_load(names, file) && names->count == options.nodes;
    free(geometry);
    if (!good) {
        error->exit_code = EX_OK;
        return error_set(error, EX_DATAERR, "%s: the configuration or the names are damaged", path);
    }
    return parameters_load(&model->set, file, path, error);
}

bool graph_embedding_load(struct graph_embedding *model, struct names *names, const char *path,
                          struct error *error)
{
    *model = (struct graph_embedding){0};
    *names = (struct names){0};
    struct safetensors file;
    bool good = safetensors_load(path, &file, error) && restore(model, names, &file, path, error);
    safetensors_free(&file);
    return good;
}

void graph_embedding_free(struct graph_embedding *model)
{
    parameters_free(&model->set);
}
