/* The file of a leaf: safetensors of the kind "tesserae pathway leaf". */
#include "pathway/leaf.h"

#include "base/memory.h"
#include "tensor/tensor.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

const struct model_kind leaf_kind = {"tesserae pathway leaf", "pathway-fit"};

enum { FIELDS = 19, MOST_NAMES = 1 << 20, MOST_WIDTH = 1 << 20 };

/* The configuration, as it stands in the file. */
struct configuration {
    struct leaf leaf;
    char **inputs, **classes;
    size_t input_count, class_count;
    char *target;
    size_t checksum;
};

static void list_fields(struct configuration *c, struct model_field fields[FIELDS])
{
    struct leaf *leaf = &c->leaf;
    struct leaf_origin *origin = &leaf->origin;
    const struct model_field all[FIELDS] = {
        model_texts("inputs", &c->inputs, &c->input_count, MOST_NAMES),
        model_text("target", &c->target),
        model_flag("labels", &leaf->shape.labels),
        model_texts("classes", &c->classes, &c->class_count, MOST_NAMES),
        model_numbers("hidden", leaf->shape.hidden, &leaf->shape.hidden_count, LEAF_MOST_HIDDEN, 1,
                      MOST_WIDTH),
        model_flag("prelu", &leaf->shape.prelu),
        model_number("leaf", &origin->leaf, 0, UINT32_MAX),
        model_text("router", &origin->router),
        model_text("cell", &origin->cell),
        model_text("halo", &origin->halo),
        model_text("start", &origin->start),
        model_text("options", &origin->options),
        model_number("seed", &origin->seed, 0, (size_t)1 << 53),
        model_number("rows", &leaf->rows, 0, (size_t)1 << 53),
        model_number("holdout_rows", &leaf->holdout_rows, 0, (size_t)1 << 53),
        model_real("start_loss", &leaf->start_loss, -DBL_MAX, DBL_MAX),
        model_real("holdout_loss", &leaf->holdout_loss, -DBL_MAX, DBL_MAX),
        model_flag("kept", &leaf->kept),
        model_number("checksum", &c->checksum, 0, UINT32_MAX)};
    memcpy(fields, all, sizeof all);
}

void leaf_describe(const struct leaf *leaf, struct safetensors *file)
{
    struct leaf_part parts[LEAF_MOST_PARTS];
    struct model_field fields[FIELDS];
    struct configuration c = {.leaf = *leaf, .inputs = leaf->columns.input_names,
                              .input_count = leaf->columns.inputs,
                              .classes = leaf->classes.strings,
                              .class_count = leaf->classes.count,
                              .target = leaf->columns.target_name};
    c.checksum = leaf_checksum(leaf->block, leaf_values(&leaf->shape) * sizeof(real));
    list_fields(&c, fields);
    model_file_describe(file, &leaf_kind, fields, FIELDS);
    size_t count = leaf_parts(&leaf->shape, parts);
    for (size_t i = 0; i < count; i++)
        safetensors_add(file, parts[i].name, REAL_DTYPE, parts[i].dimensions, parts[i].shape,
                        leaf->block + parts[i].first);
}

/* Moves the texts into the leaf. */
static void take_texts(struct configuration *c, struct leaf *leaf)
{
    *leaf = c->leaf;
    leaf->columns = (struct row_columns){.inputs = c->input_count, .input_names = c->inputs,
                                         .target_name = c->target,
                                         .labels = leaf->shape.labels};
    for (size_t i = 0; i < c->class_count; i++) {
        names_add(&leaf->classes, c->classes[i], strlen(c->classes[i]));
        free(c->classes[i]);
    }
    free(c->classes);
    leaf->shape.inputs = c->input_count;
    leaf->shape.outputs = leaf->shape.labels ? c->class_count : 1;
}

static bool wrong(const char *place, const char *what, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s: %s; expected the file of a leaf", place, what);
}

/* Whether the tensors are the parts of the shape, in their order. */
static bool has_parts(const struct leaf_shape *shape, const struct safetensors *file)
{
    struct leaf_part parts[LEAF_MOST_PARTS];
    size_t count = leaf_parts(shape, parts);
    bool same = file->count == count;
    for (size_t i = 0; same && i < count; i++) {
        const struct array *array = &file->entries[i].array;
        same = strcmp(file->entries[i].name, parts[i].name) == 0 && array->dtype == REAL_DTYPE &&
               array->dimensions == parts[i].dimensions &&
               memcmp(array->shape, parts[i].shape,
                      (size_t)array->dimensions * sizeof *array->shape) == 0;
    }
    return same;
}

/* Everything but the block. */
static bool load_configuration(struct leaf *leaf, const struct safetensors *file,
                               const char *place, uint32_t *checksum, struct error *error)
{
    struct configuration c = {0};
    struct model_field fields[FIELDS];
    list_fields(&c, fields);
    *leaf = (struct leaf){0};
    if (!model_file_configuration(file, &leaf_kind, fields, FIELDS, place, error))
        return false;
    take_texts(&c, leaf);
    *checksum = (uint32_t)c.checksum;
    size_t values = model_file_values(file);
    bool good = leaf->shape.inputs > 0 && leaf->shape.inputs <= values &&
                leaf->shape.outputs > 0 && leaf->shape.outputs <= values &&
                leaf->classes.count == c.class_count && (leaf->shape.labels || c.class_count == 0);
    if (!good || !has_parts(&leaf->shape, file)) {
        wrong(place, "its tensors are not those that its configuration says", error);
        leaf_free(leaf);
        return false;
    }
    return true;
}

static bool is_usable(const struct leaf *leaf)
{
    const struct leaf_view view = leaf_view(&leaf->shape, leaf->block);
    size_t values = leaf_values(&leaf->shape);
    if (tensor_first_not_finite(leaf->block, values) < values)
        return false;
    for (size_t j = 0; j < leaf->shape.inputs; j++)
        if (!(view.input_scale[j] > 0))
            return false;
    return true;
}

bool leaf_load(struct leaf *leaf, const struct safetensors *file, const char *place,
               struct error *error)
{
    uint32_t checksum;
    if (!load_configuration(leaf, file, place, &checksum, error))
        return false;
    size_t values = leaf_values(&leaf->shape), done = 0;
    leaf->block = memory_alloc(values, sizeof(real));
    for (size_t i = 0; i < file->count; i++) {
        size_t bytes = array_bytes(&file->entries[i].array);
        memcpy((char *)leaf->block + done, file->entries[i].array.data, bytes);
        done += bytes;
    }
    if (leaf_checksum(leaf->block, values * sizeof(real)) == checksum && is_usable(leaf))
        return true;
    wrong(place, "its numbers are damaged (another checksum)", error);
    leaf_free(leaf);
    return false;
}

bool leaf_load_file(struct leaf *leaf, const char *path, struct error *error)
{
    struct safetensors file;
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = leaf_load(leaf, &file, path, error);
    safetensors_free(&file);
    return good;
}

bool leaf_load_head(struct leaf *leaf, const char *path, size_t *offset, uint32_t *checksum,
                    struct error *error)
{
    struct safetensors file;
    struct stat status;
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = load_configuration(leaf, &file, path, checksum, error);
    safetensors_free(&file);
    if (!good)
        return false;
    if (stat(path, &status) != 0) {
        leaf_free(leaf);
        return error_set_errno(error, EX_NOINPUT, "%s: cannot look at", path);
    }
    /* The tensors fill the file to its end. */
    *offset = (size_t)status.st_size - leaf_values(&leaf->shape) * sizeof(real);
    return true;
}

bool leaf_save(const struct leaf *leaf, const char *path, struct error *error)
{
    struct safetensors file = {0};
    struct output output;
    leaf_describe(leaf, &file);
    bool good = output_open(&output, path, error) &&
                output_finish(&output, safetensors_write(&output, &file, error), error);
    safetensors_free(&file);
    return good;
}
