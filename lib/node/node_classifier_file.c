#include "node/node_classifier_file.h"

#include "base/memory.h"
#include "io/model_file.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind kind = {"tesserae node classifier", "graph-classify"};
static const char *const alpha_names[] = {"scalar", "vector", "fixed", NULL};

enum { MOST_SIZE = 1 << 24, MOST_LAYERS = 4096, MOST_FIELDS = 24 };

/* Enumerations as model files want them. */
struct words {
    int architecture, convolution, alpha, scaling;
};

/* Listed once, for writing and for reading. */
static size_t list_fields(struct trained_classifier *t, struct words *words, char ***classes,
                          size_t *class_count, struct model_field *fields)
{
    struct node_classifier_options *o = &t->model.options;
    const struct model_field all[] = {
        model_word("network", &words->architecture, node_architecture_names),
        model_number("features", &o->features, 1, MOST_SIZE),
        model_number("hidden", &o->hidden, 1, MOST_SIZE),
        model_number("outputs", &o->outputs, 1, MOST_SIZE),
        model_number("layers", &o->layers, 1, MOST_LAYERS),
        model_word("conv", &words->convolution, smpnn_convolution_names),
        model_flag("residual", &o->smpnn.residual),
        model_flag("norm", &o->smpnn.norm),
        model_real("norm_epsilon", &o->smpnn.norm_epsilon, 0, 1e6),
        model_flag("attention", &o->smpnn.attention),
        model_word("alpha", &words->alpha, alpha_names),
        model_flag("several", &t->several),
        model_flag("directed", &t->directed),
        model_real("self_loop", &t->self_loop, 0, 1e6),
        model_word("feature_scaling", &words->scaling, feature_scaling_done_names),
        model_texts("classes", classes, class_count, MOST_SIZE)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

bool trained_classifier_save(const struct trained_classifier *trained, const char *path,
                             struct error *error)
{
    struct trained_classifier listed = *trained;
    const struct node_classifier_options *o = &trained->model.options;
    struct words words = {(int)o->architecture, (int)o->smpnn.convolution, (int)o->smpnn.alpha,
                          (int)trained->scaling};
    struct model_field fields[MOST_FIELDS];
    struct safetensors file = {0};
    size_t count = list_fields(&listed, &words, &listed.classes.strings, &listed.classes.count,
                               fields);
    model_file_describe(&file, &kind, fields, count);
    parameters_save(&trained->model.set, &file);
    bool good = safetensors_save(path, &file, error);
    safetensors_free(&file);
    return good;
}

/* --- reading --- */

/* Whether there are `count` matrices of rows times columns among the values that are left. */
static bool take_values(size_t *left, size_t count, size_t rows, size_t columns)
{
    size_t each, all;
    if (!memory_multiply(rows, columns, &each) || !memory_multiply(each, count, &all) ||
        all > *left)
        return false;
    *left -= all;
    return true;
}

/* Whether the file has values for the weights, before memory is made for them. */
static bool fits(const struct node_classifier_options *o, size_t class_count,
                 const struct safetensors *file)
{
    size_t left = model_file_values(file);
    if (class_count != o->outputs)
        return false;
    if (o->architecture == NODE_SGC || (o->architecture != NODE_SMPNN && o->layers == 1))
        return take_values(&left, 1, o->outputs, o->features);
    size_t between = o->architecture == NODE_SMPNN ? 2 * o->layers : o->layers - 2;
    return take_values(&left, 1, o->hidden, o->features) &&
           take_values(&left, between, o->hidden, o->hidden) &&
           take_values(&left, 1, o->outputs, o->hidden);
}

static bool read_file(struct trained_classifier *trained, const struct safetensors *file,
                      const char *path, struct error *error)
{
    struct words words = {0};
    char **classes = NULL;
    size_t class_count = 0;
    struct model_field fields[MOST_FIELDS];
    size_t count = list_fields(trained, &words, &classes, &class_count, fields);
    if (!model_file_configuration(file, &kind, fields, count, path, error))
        return false;
    struct node_classifier_options options = trained->model.options;
    options.architecture = (enum node_architecture)words.architecture;
    options.smpnn.convolution = (enum smpnn_convolution)words.convolution;
    options.smpnn.alpha = (enum smpnn_alpha)words.alpha;
    trained->scaling = (enum feature_scaling)words.scaling;
    if (!names_take(&trained->classes, classes, class_count) || !fits(&options, class_count, file))
        return error_set(error, EX_DATAERR,
                         "%s: the configuration does not fit the tensors; expected a model as "
                         "graph-classify writes it",
                         path);
    node_classifier_make(&trained->model, &options);
    return parameters_load(&trained->model.set, file, path, error);
}

bool trained_classifier_load(struct trained_classifier *trained, const char *path,
                             struct error *error)
{
    struct safetensors file;
    *trained = (struct trained_classifier){0};
    bool good =
        safetensors_load(path, &file, error) && read_file(trained, &file, path, error);
    safetensors_free(&file);
    if (!good)
        trained_classifier_free(trained);
    return good;
}

void trained_classifier_free(struct trained_classifier *trained)
{
    node_classifier_free(&trained->model);
    names_free(&trained->classes);
    *trained = (struct trained_classifier){0};
}
