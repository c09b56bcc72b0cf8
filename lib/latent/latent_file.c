#include "latent/latent_file.h"

#include "base/memory.h"
#include "io/model_file.h"
#include "tensor/standardise.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind kind = {"tesserae latent graph", "graph-infer"};

enum { MOST_SIZE = 1 << 24, MOST_FIELDS = 20 };

/* Enumerations and lists as model files want them. */
struct words {
    int form, graphs, scaling;
    char **spaces, **classes;
    size_t space_count, class_count;
};

/* Listed once, for writing and for reading. */
static size_t list_fields(struct trained_latent *t, struct words *words, struct model_field *fields)
{
    struct latent_options *o = &t->network.options;
    const struct model_field all[] = {
        model_texts("spaces", &words->spaces, &words->space_count, CANDIDATES_MOST),
        model_number("features", &o->features, 1, MOST_SIZE),
        model_number("hidden", &o->hidden, 1, MOST_SIZE),
        model_number("outputs", &o->outputs, 1, MOST_SIZE),
        model_number("layers", &o->layers, 1, LATENT_MOST_LAYERS),
        model_number("k", &o->neighbours, 1, MOST_SIZE),
        model_number("rows", &t->memory.rows, 1, UINT32_MAX),
        model_word("neighbours", &words->form, neighbour_form_names),
        model_word("graphs", &words->graphs, latent_graphs_names),
        model_flag("given", &o->given),
        model_flag("self", &o->self),
        model_flag("embed_over_given", &o->embed_over_given),
        model_flag("directions", &o->directions),
        model_flag("standardise", &o->standardise),
        model_flag("several", &t->several),
        model_word("feature_scaling", &words->scaling, feature_scaling_done_names),
        model_texts("classes", &words->classes, &words->class_count, MOST_SIZE)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

/* --- what is remembered, as parameters that lend their values --- */

/* A tensor of the memory: its name, its place and its shape. */
struct kept {
    char *name;
    real **values;
    size_t rows, columns; /* columns 0: a vector */
};

enum { MOST_KEPT = LATENT_MOST_LAYERS * (2 + 2 * CANDIDATES_MOST) };

static void keep(struct kept *list, size_t *count, char *name, real **values, size_t rows,
                 size_t columns)
{
    list[(*count)++] = (struct kept){name, values, rows, columns};
}

/* Everything that a memory of this network holds; names are to be freed. */
static size_t list_kept(struct latent_memory *memory, const struct latent_network *network,
                        struct kept *list)
{
    const struct latent_options *o = &network->options;
    size_t count = 0;
    for (size_t l = 0; l < o->layers; l++) {
        size_t out = l + 1 < o->layers ? o->hidden : o->outputs;
        keep(list, &count, memory_format("memory.%zu.messages", l), &memory->layer[l].messages,
             memory->rows, out);
        keep(list, &count, memory_format("memory.%zu.attention", l), &memory->layer[l].attention,
             latent_network_branches(o), 0);
        for (size_t s = 0; network->layer[l].candidates && s < o->space_count; s++) {
            keep(list, &count, memory_format("memory.%zu.%zu.points", l, s),
                 &memory->layer[l].points[s], memory->rows,
                 network->layer[l].candidates[s].space.columns);
            if (o->form == NEIGHBOURS_SYMMETRIC)
                keep(list, &count, memory_format("memory.%zu.%zu.scales", l, s),
                     &memory->layer[l].scales[s], memory->rows, 0);
        }
    }
    return count;
}

static size_t size_of(const struct kept *kept)
{
    return kept->rows * (kept->columns ? kept->columns : 1);
}

static void save_memory(const struct latent_memory *memory, const struct latent_network *network,
                        struct safetensors *file)
{
    struct kept list[MOST_KEPT];
    struct latent_memory listed = *memory;
    size_t count = list_kept(&listed, network, list);
    for (size_t i = 0; i < count; i++) {
        safetensors_add(file, list[i].name, REAL_DTYPE, list[i].columns ? 2 : 1,
                        (const size_t[]){list[i].rows, list[i].columns}, *list[i].values);
        free(list[i].name);
    }
}

static bool load_one(const struct kept *kept, const struct safetensors *file, const char *path,
                     struct error *error)
{
    const struct array *array = safetensors_find(file, kept->name);
    int dimensions = kept->columns ? 2 : 1;
    if (!array || array->dimensions != dimensions || array->shape[0] != kept->rows ||
        (kept->columns && array->shape[1] != kept->columns))
        return error_set(error, EX_DATAERR,
                         "%s: tensor '%s' is missing or has another shape than the configuration "
                         "says",
                         path, kept->name);
    size_t count = size_of(kept);
    *kept->values = memory_alloc(count, sizeof(real));
    for (size_t i = 0; i < count; i++)
        (*kept->values)[i] = (real)array_value(array, i);
    if (tensor_first_not_finite(*kept->values, count) < count)
        return error_set(error, EX_DATAERR, "%s: tensor '%s' has a value that is not finite", path,
                         kept->name);
    return true;
}

static bool load_memory(struct latent_memory *memory, const struct latent_network *network,
                        const struct safetensors *file, const char *path, struct error *error)
{
    struct kept list[MOST_KEPT];
    size_t count = list_kept(memory, network, list);
    bool good = true;
    for (size_t i = 0; i < count; i++) {
        good = good && load_one(&list[i], file, path, error);
        free(list[i].name);
    }
    return good;
}

/* --- files --- */

bool trained_latent_save(const struct trained_latent *trained, const char *path,
                         struct error *error)
{
    struct trained_latent listed = *trained;
    const struct latent_options *o = &trained->network.options;
    struct words words = {.form = (int)o->form,
                          .graphs = (int)o->graphs,
                          .scaling = (int)trained->scaling,
                          .spaces = (char **)o->spaces,
                          .space_count = o->space_count,
                          .classes = listed.classes.strings,
                          .class_count = listed.classes.count};
    struct model_field fields[MOST_FIELDS];
    struct safetensors file = {0};
    model_file_describe(&file, &kind, fields, list_fields(&listed, &words, fields));
    parameters_save(&trained->network.set, &file);
    save_memory(&trained->memory, &trained->network, &file);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

/* Whether all spaces parse and the file has values enough, before memory is made for them. */
static bool fits(const struct latent_options *o, size_t rows, size_t class_count,
                 const struct safetensors *file)
{
    size_t values = model_file_values(file), product;
    struct error ignored = {0};
    bool good = class_count == o->outputs && rows > o->neighbours;
    for (size_t s = 0; good && s < o->space_count; s++) {
        char *names[CANDIDATES_MOST];
        size_t count;
        good = candidates_parse(o->spaces[s], names, &count, &ignored) && count == 1;
        for (size_t i = 0; i < (good ? count : 0); i++)
            free(names[i]);
    }
    return good && memory_multiply(o->hidden, o->features, &product) &&
           (o->layers == 1 || product <= values) &&
           memory_multiply(o->outputs, o->layers == 1 ? o->features : o->hidden, &product) &&
           product <= values && memory_multiply(rows, o->outputs, &product) && product <= values &&
           (o->layers == 1 || (memory_multiply(rows, o->hidden, &product) && product <= values));
}

static bool read_file(struct trained_latent *trained, const struct safetensors *file,
                      const char *path, struct error *error)
{
    struct words words = {0};
    struct model_field fields[MOST_FIELDS];
    size_t count = list_fields(trained, &words, fields);
    if (!model_file_configuration(file, &kind, fields, count, path, error))
        return false;
    struct latent_options options = trained->network.options;
    options.form = (enum neighbour_form)words.form;
    options.graphs = (enum latent_graphs)words.graphs;
    options.space_count = words.space_count;
    for (size_t s = 0; s < words.space_count; s++)
        options.spaces[s] = words.spaces[s];
    free(words.spaces);
    trained->scaling = (enum feature_scaling)words.scaling;
    bool good = names_take(&trained->classes, words.classes, words.class_count) &&
                fits(&options, trained->memory.rows, words.class_count, file);
    if (good)
        latent_network_make(&trained->network, &options);
    else
        error_set(error, EX_DATAERR,
                  "%s: the configuration does not fit the tensors; expected a "
                  "model as graph-infer writes it",
                  path);
    for (size_t s = 0; s < options.space_count; s++)
        free(options.spaces[s]);
    return good && parameters_load(&trained->network.set, file, path, error) &&
           load_memory(&trained->memory, &trained->network, file, path, error);
}

bool trained_latent_load(struct trained_latent *trained, const char *path, struct error *error)
{
    struct safetensors file;
    *trained = (struct trained_latent){0};
    bool good = safetensors_load(path, &file, error) && read_file(trained, &file, path, error);
    safetensors_free(&file);
    if (!good)
        trained_latent_free(trained);
    return good;
}

real *trained_latent_apply(const struct trained_latent *trained, struct feature_matrix *features)
{
    const struct latent_network *network = &trained->network;
    if (network->options.standardise) {
        const struct standardisation s = {features->columns, network->mean->value.data,
                                          network->deviation->value.data};
        feature_matrix_fill(features);
        standardise(&s, features->dense, features->rows, features->dense);
    }
    return latent_memory_apply(&trained->memory, network, features, trained->several);
}

void trained_latent_free(struct trained_latent *trained)
{
    latent_network_free(&trained->network);
    latent_memory_free(&trained->memory);
    names_free(&trained->classes);
    *trained = (struct trained_latent){0};
}
