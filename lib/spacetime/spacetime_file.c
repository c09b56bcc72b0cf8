#include "spacetime/spacetime_file.h"

#include "base/memory.h"
#include "graph/names_tensor.h"
#include "graph/node_table.h"
#include "io/model_file.h"
#include "tensor/tensor.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind model_kind = {"tesserae spacetime", "dag-spacetime"};

/* What the file says of the model, in the form in which it says it. */
struct configuration {
    struct spacetime_options options;
    size_t geometry, flags, order_width;
    int causality, ground;
};

enum { FLAG_PUBLISHED = 1, FLAG_FIXED_TIMES = 2, FLAG_WIDTH_IS_LEAST = 4,
       FLAG_MISSES_NOTHING = 8, ALL_FLAGS = 15 };

enum { FIELDS = 13, FIGURES = 4 };

/* What was counted when the order was checked; models of before have no such tensor. */
static const char figures_name[] = "order.checked";

/* Listed once, for writing and for reading. */
static void list_fields(struct configuration *c, struct model_field fields[FIELDS])
{
    struct spacetime_options *o = &c->options;
    const struct model_field all[FIELDS] = {
        model_number("geometry", &c->geometry, 0, SPACETIME_DE_SITTER),
        model_number("nodes", &o->nodes, 1, UINT32_MAX),
        model_number("features", &o->features, 0, UINT32_MAX),
        model_number("space_dim", &o->space_dim, 1, SPACETIME_MOST_SPACE),
        model_number("time_dim", &o->time_dim, 1, SPACETIME_MOST_TIME),
        model_number("encoder_layers", &o->encoder_layers, 0, SPACETIME_ENCODER_MOST_LAYERS),
        model_number("encoder_width", &o->encoder_width, 1, UINT16_MAX),
        model_number("layers", &o->layers, 2, MONOTONE_MOST_LAYERS),
        model_number("width", &o->width, 1, MONOTONE_MOST_WIDTH),
        model_number("order_width", &c->order_width, 0, UINT32_MAX),
        model_number("flags", &c->flags, 0, ALL_FLAGS),
        model_word("causality", &c->causality, causality_names),
        model_word("ground", &c->ground, causality_ground_names)};
    memcpy(fields, all, sizeof all);
}

static void describe(const struct placed_spacetime *placed, struct safetensors *file)
{
    const struct spacetime_options *o = &placed->model.options;
    const struct causal_order *order = &placed->order;
    struct configuration c = {
        .options = *o,
        .geometry = o->geometry,
        .flags = (o->published ? FLAG_PUBLISHED : 0u) | (o->fixed_times ? FLAG_FIXED_TIMES : 0u) |
                 (order->width_is_least ? FLAG_WIDTH_IS_LEAST : 0u) |
                 (order->misses_nothing ? FLAG_MISSES_NOTHING : 0u),
        .order_width = order->width,
        .causality = (int)order->causality,
        .ground = (int)order->ground};
    struct model_field fields[FIELDS];
    list_fields(&c, fields);
    model_file_describe(file, &model_kind, fields, FIELDS);
}

bool placed_spacetime_save(const struct placed_spacetime *placed, const char *path,
                           struct error *error)
{
    const struct spacetime *model = &placed->model;
    struct safetensors file = {0};
    describe(placed, &file);
    parameters_save(&model->set, &file);
    names_save(&placed->names, &file);
    safetensors_add(&file, "member_nodes", DTYPE_U32, 1, &placed->names.count,
                    placed->member_nodes);
    safetensors_add(&file, "events.points", REAL_DTYPE, 2,
                    (const size_t[]){model->options.nodes, model->columns}, placed->points);
    safetensors_add(&file, "events.times", REAL_DTYPE, 2,
                    (const size_t[]){model->options.nodes, model->options.time_dim},
                    placed->order.times);
    const struct causality_figures *checked = &placed->order.checked;
    const double figures[FIGURES] = {checked->pairs, checked->related, checked->true_positives,
                                     checked->false_positives};
    safetensors_add(&file, figures_name, DTYPE_F64, 1, (const size_t[]){FIGURES}, figures);
    if (placed->order.has_index)
        reachability_save(&placed->order.index, &file);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

/* --- reading --- */

static bool read_configuration(const struct safetensors *file, const char *path,
                               struct spacetime_options *options, struct causal_order *order,
                               struct error *error)
{
    struct configuration c = {0};
    struct model_field fields[FIELDS];
    list_fields(&c, fields);
    if (!model_file_configuration(file, &model_kind, fields, FIELDS, path, error))
        return false;
    *options = c.options;
    options->geometry = (enum spacetime_geometry)c.geometry;
    options->published = c.flags & FLAG_PUBLISHED;
    options->fixed_times = c.flags & FLAG_FIXED_TIMES;
    order->width = c.order_width;
    order->width_is_least = c.flags & FLAG_WIDTH_IS_LEAST;
    order->misses_nothing =
        c.causality != CAUSALITY_EDGES || (c.flags & FLAG_MISSES_NOTHING);
    order->causality = (enum causality)c.causality;
    order->ground = (enum causality_ground)c.ground;
    order->nodes = options->nodes;
    order->time_dim = options->time_dim;
    return options->fixed_times == (order->ground != GROUND_TRAINED) ||
           error_set(error, EX_DATAERR, "%s: the configuration contradicts itself", path);
}

/* The tensors bound what the configuration may ask for, before anything is made of it. */
static bool fits_file(const struct spacetime_options *o, const struct safetensors *file)
{
    const struct array *times = safetensors_find(file, "events.times");
    const struct array *first = safetensors_find(file, "encoder.0.weight");
    const struct array *last = safetensors_find(file, "order.0.weight");
    bool learned_order = o->geometry == SPACETIME_NEURAL && !o->fixed_times;
    return times && times->dimensions == 2 && times->shape[0] == o->nodes &&
           times->shape[1] == o->time_dim &&
           (!o->features || (first && first->dimensions == 2 &&
                             first->shape[0] == (o->encoder_layers ? o->encoder_width
                                                                   : first->shape[0]) &&
                             first->shape[1] == o->features)) &&
           (!learned_order || (last && last->dimensions == 2 && last->shape[1] == o->time_dim));
}

/* A copy of a tensor of finite reals (rows, columns); NULL when it is not that. */
static real *take_reals(const struct safetensors *file, const char *name, size_t rows,
                        size_t columns)
{
    const struct array *array = safetensors_find(file, name);
    if (!array || array->dtype != REAL_DTYPE || array->dimensions != 2 ||
        array->shape[0] != rows || array->shape[1] != columns)
        return NULL;
    real *values = memory_alloc(rows * columns, sizeof *values);
    memcpy(values, array->data, rows * columns * sizeof *values);
    if (tensor_first_not_finite(values, rows * columns) == rows * columns)
        return values;
    free(values);
    return NULL;
}

static uint32_t *take_members(const struct safetensors *file, size_t names, size_t nodes)
{
    const struct array *array = safetensors_find(file, "member_nodes");
    if (!array || array->dtype != DTYPE_U32 || array->dimensions != 1 || array->shape[0] != names)
        return NULL;
    uint32_t *members = memory_alloc(names, sizeof *members);
    memcpy(members, array->data, names * sizeof *members);
    for (size_t i = 0; i < names; i++)
        if (members[i] >= nodes) {
            free(members);
            return NULL;
        }
    return members;
}

/* Figures that are missing, or are none, leave it open how often answers are right. */
static void restore_figures(struct causal_order *order, const struct safetensors *file)
{
    const struct array *array = safetensors_find(file, figures_name);
    if (!array || array->dtype != DTYPE_F64 || array_count(array) != FIGURES)
        return;
    double figures[FIGURES];
    memcpy(figures, array->data, sizeof figures);
    for (size_t i = 0; i < FIGURES; i++)
        if (!(figures[i] >= 0) || figures[i] > figures[0])
            return;
    order->checked =
        (struct causality_figures){figures[0], figures[1], figures[2], figures[3]};
}

static bool restore_events(struct placed_spacetime *placed, const struct safetensors *file)
{
    size_t nodes = placed->model.options.nodes;
    placed->order.times =
        take_reals(file, "events.times", nodes, placed->model.options.time_dim);
    placed->points = take_reals(file, "events.points", nodes, placed->model.columns);
    restore_figures(&placed->order, file);
    if (!names_load(&placed->names, file))
        return false;
    placed->member_nodes = take_members(file, placed->names.count, nodes);
    return placed->order.times && placed->points && placed->member_nodes;
}

static bool restore_index(struct causal_order *order, const struct safetensors *file,
                          const char *path, struct error *error)
{
    if (order->causality != CAUSALITY_EXACT)
        return true;
    order->has_index = reachability_load(&order->index, file, path, error);
    if (order->has_index && order->index.nodes != order->nodes)
        return error_set(error, EX_DATAERR, "%s: the index is of another graph", path);
    return order->has_index;
}

static bool restore(struct placed_spacetime *placed, const struct safetensors *file,
                    const char *path, struct error *error)
{
    struct spacetime_options options;
    if (!read_configuration(file, path, &options, &placed->order, error))
        return false;
    if (!fits_file(&options, file) || !spacetime_make(&placed->model, &options, error) ||
        !restore_events(placed, file)) {
        error->exit_code = EX_OK;
        return error_set(error, EX_DATAERR, "%s: the configuration or the events are damaged",
                         path);
    }
    return parameters_load(&placed->model.set, file, path, error) &&
           restore_index(&placed->order, file, path, error);
}

bool placed_spacetime_restore(struct placed_spacetime *placed, const struct safetensors *file,
                              const char *place, struct error *error)
{
    *placed = (struct placed_spacetime){0};
    return restore(placed, file, place, error);
}

bool placed_spacetime_load(struct placed_spacetime *placed, const char *path,
                           struct error *error)
{
    *placed = (struct placed_spacetime){0};
    struct safetensors file;
    bool good = safetensors_load(path, &file, error) &&
                placed_spacetime_restore(placed, &file, path, error);
    safetensors_free(&file);
    return good;
}

/* --- as a table --- */

bool placed_spacetime_write_events(const struct placed_spacetime *placed, struct output *output,
                                   enum option_format format, struct error *error)
{
    const struct spacetime *model = &placed->model;
    size_t space = model->space_columns, times = placed->order.time_dim, columns = space + times;
    size_t rows = placed->names.count;
    real *values = memory_alloc(rows * columns, sizeof *values);
    char **headings = memory_alloc(columns, sizeof *headings);
    for (size_t j = 0; j < columns; j++)
        headings[j] = memory_format(j < space ? "x%zu" : "t%zu", j < space ? j : j - space);
    for (size_t m = 0; m < rows; m++) {
        size_t node = placed->member_nodes[m];
        memcpy(values + m * columns, placed->points + node * model->columns,
               space * sizeof *values);
        memcpy(values + m * columns + space, placed->order.times + node * times,
               times * sizeof *values);
    }
    bool good = node_table_write_headed(output, format, &placed->names, values, columns, headings,
                                        error);
    for (size_t j = 0; j < columns; j++)
        free(headings[j]);
    free(headings);
    free(values);
    return good;
}

void placed_spacetime_free(struct placed_spacetime *placed)
{
    spacetime_free(&placed->model);
    causal_order_free(&placed->order);
    names_free(&placed->names);
    free(placed->points);
    free(placed->member_nodes);
}
