#include "multivector/multivector_model.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct model_kind kind = {"tesserae multivector", "clifford-fit"};

enum { MOST_FIELDS = 20 };

static size_t list_fields(struct multivector_model_options *o, struct model_field *fields)
{
    struct sample_shape *shape = &o->shape;
    const size_t most = MULTIVECTOR_MOST_FEATURES;
    const struct model_field all[] = {
        model_number("dimension", &shape->dimension, 1, CLIFFORD_MOST_DIMENSIONS),
        model_number("nodes", &shape->nodes, 0, MULTIVECTOR_MOST_NODES),
        model_number("scalars", &shape->scalars, 0, most),
        model_number("vectors", &shape->vectors, 1, most),
        model_flag("pooled", &shape->pooled),
        model_number("target_scalars", &shape->target_scalars, 0, most),
        model_number("target_vectors", &shape->target_vectors, 0, most),
        model_number("target_pseudoscalars", &shape->target_pseudoscalars, 0, most),
        model_word("model", &o->network, multivector_network_names),
        model_word("products", &o->products, multivector_products_names),
        model_word("metric", &o->metric, multivector_metric_names),
        model_reals("metric_base", o->base, &o->base_count, CLIFFORD_MOST_DIMENSIONS, -1e6, 1e6),
        model_number("channels", &o->channels, 1, MULTIVECTOR_MOST_CHANNELS),
        model_number("layers", &o->layers, 1, MULTIVECTOR_MOST_LAYERS),
        model_number("head_width", &o->head_width, 1, MULTIVECTOR_MOST_FEATURES),
        model_number("head_layers", &o->head_layers, 0, MLP_MOST_LAYERS - 1),
        model_flag("places", &o->places)};
    memcpy(fields, all, sizeof all);
    return sizeof all / sizeof *all;
}

bool multivector_model_write(const struct multivector_model *model, struct output *output,
                             struct error *error)
{
    struct multivector_model_options options = model->options;
    struct model_field fields[MOST_FIELDS];
    struct safetensors file = {0};
    model_file_describe(&file, &kind, fields, list_fields(&options, fields));
    parameters_save(&model->set, &file);
    bool good = safetensors_write(output, &file, error);
    safetensors_free(&file);
    return good;
}

/*
 * A bound from below on the parameters that a configuration asks for, so that a file which lies
 * about its sizes is refused before memory is taken for them.
 */
static bool fits_file(const struct multivector_model_options *o, const struct safetensors *file)
{
    double in = (double)(o->shape.scalars + o->shape.vectors), channels = (double)o->channels;
    double width = (double)o->head_width, targets = (double)o->shape.target_scalars;
    double least = 2 * targets + in * channels;
    bool mixed = o->network == NETWORK_CGMLP && o->products == PRODUCTS_MIXED;
    if (mixed && o->layers == 1 && !o->shape.target_scalars)
        least = in * in;
    if (o->layers > 1)
        least += channels * channels;
    if (o->shape.target_scalars && (o->network == NETWORK_CGMLP || o->shape.pooled))
        least += o->head_layers ? width * (channels + targets) : channels * targets;
    return least <= (double)model_file_values(file) &&
           (!o->places || (o->shape.nodes && !o->shape.pooled));
}

bool multivector_model_load(struct multivector_model *model, const char *path,
                            struct error *error)
{
    *model = (struct multivector_model){0};
    struct multivector_model_options options = {0};
    struct model_field fields[MOST_FIELDS];
    struct safetensors file;
    size_t count = list_fields(&options, fields);
    bool good = safetensors_load(path, &file, error) &&
                model_file_configuration(&file, &kind, fields, count, path, error);
    struct error damaged = {0};
    if (good && (!fits_file(&options, &file) ||
                 !multivector_model_make(model, &options, &damaged)))
        good = error_set(error, EX_DATAERR, "%s: the configuration does not fit the tensors%s%s",
                         path, damaged.message[0] ? ": " : "", damaged.message);
    good = good && parameters_load(&model->set, &file, path, error);
    safetensors_free(&file);
    if (!good)
        multivector_model_free(model);
    return good;
}

void multivector_model_report_metric(const struct multivector_model *model, struct report *report)
{
    double matrix[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    double axes[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS];
    double lambda[CLIFFORD_MOST_DIMENSIONS], signature[3];
    size_t n = model->options.shape.dimension, positive, negative, null;
    clifford_metric_matrix(&model->metric, matrix);
    clifford_metric_eigen(&model->metric, lambda, axes);
    clifford_signature(lambda, n, &positive, &negative, &null);
    signature[0] = (double)positive;
    signature[1] = (double)negative;
    signature[2] = (double)null;
    report_metric_matrix(report, "metric", matrix, n, n);
    report_metric_values(report, "eigenvalues", lambda, n);
    report_metric_matrix(report, "eigenvectors", axes, n, n);
    report_metric_values(report, "signature", signature, 3);
}
