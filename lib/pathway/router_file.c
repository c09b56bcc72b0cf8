/* The router's file: safetensors of the kind "tesserae pathway router". */
#include "pathway/router.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const struct model_kind router_kind = {"tesserae pathway router", "pathway-route"};

enum { FIELDS = 4, MOST_NAMES = 1 << 20 };

/* The texts of the configuration, apart from the router's own structs. */
struct texts {
    char **inputs, **classes;
    size_t input_count, class_count;
    char *target;
    bool labels;
};

static void list_fields(struct texts *t, struct model_field fields[FIELDS])
{
    const struct model_field all[FIELDS] = {
        model_texts("inputs", &t->inputs, &t->input_count, MOST_NAMES),
        model_text("target", &t->target),
        model_flag("labels", &t->labels),
        model_texts("classes", &t->classes, &t->class_count, MOST_NAMES)};
    memcpy(fields, all, sizeof all);
}

void router_describe(const struct router *r, struct safetensors *file)
{
    struct texts texts = {.inputs = r->columns.input_names, .input_count = r->inputs,
                          .target = r->columns.target_name, .labels = r->columns.labels,
                          .classes = r->classes.strings, .class_count = r->classes.count};
    char none[] = "";
    struct model_field fields[FIELDS];
    if (!texts.target)
        texts.target = none;
    list_fields(&texts, fields);
    model_file_describe(file, &router_kind, fields, FIELDS);
    const size_t centres[] = {r->nodes, r->inputs};
    safetensors_add(file, "mean", REAL_DTYPE, 1, &r->inputs, r->scaling.mean);
    safetensors_add(file, "scale", REAL_DTYPE, 1, &r->inputs, r->scaling.scale);
    safetensors_add(file, "first_child", DTYPE_U32, 1, &r->nodes, r->first_child);
    safetensors_add(file, "children", DTYPE_U32, 1, &r->nodes, r->children);
    safetensors_add(file, "leaf", DTYPE_U32, 1, &r->nodes, r->leaf);
    safetensors_add(file, "centres", REAL_DTYPE, 2, centres, r->centres);
}

static bool wrong(const char *place, const char *what, struct error *error)
{
    return error_set(error, EX_DATAERR, "%s: %s; expected the router of a tree", place, what);
}

/* A tensor of a name and a number of values, or NULL with the error set. */
static const struct array *find(const struct safetensors *file, const char *name, size_t count,
                                bool integers, const char *place, struct error *error)
{
    const struct array *array = safetensors_find(file, name);
    if (array && array_count(array) == count &&
        (integers ? array->dtype == DTYPE_U32 : !dtype_is_integer(array->dtype)))
        return array;
    error_set(error, EX_DATAERR, "%s: tensor '%s' is missing or of another type or shape than the "
              "router of a tree has", place, name);
    return NULL;
}

static bool take_reals(const struct safetensors *file, const char *name, size_t count, real *values,
                       const char *place, struct error *error)
{
    const struct array *array = find(file, name, count, false, place, error);
    for (size_t i = 0; array && i < count; i++) {
        values[i] = (real)array_value(array, i);
        if (!isfinite(values[i]))
            return wrong(place, "a prototype or scale is not finite", error);
    }
    return array != NULL;
}

static bool take_integers(const struct safetensors *file, const char *name, size_t count,
                          uint32_t *values, const char *place, struct error *error)
{
    const struct array *array = find(file, name, count, true, place, error);
    if (array)
        memcpy(values, array->data, count * sizeof *values);
    return array != NULL;
}

/*
 * Whether children stand behind their parents, every node but the root has one parent, and leaves
 * are numbered; fills parent, leaves and leaf_node.
 */
static bool link_tree(struct router *r, const char *place, struct error *error)
{
    size_t next = 0;
    for (size_t node = 0; node < r->nodes; node++)
        r->parent[node] = ROUTER_NO_LEAF;
    r->parent[0] = 0;
    for (size_t node = 0; node < r->nodes; node++) {
        size_t first = r->first_child[node], count = r->children[node];
        r->leaves += count == 0;
        if (count == 0)
            continue;
        if (first <= node || first > r->nodes || count > r->nodes - first)
            return wrong(place, "a node's children are not behind it", error);
        for (size_t child = first; child < first + count; child++) {
            if (r->parent[child] != ROUTER_NO_LEAF)
                return wrong(place, "a node has two parents", error);
            r->parent[child] = (uint32_t)node;
        }
    }
    r->leaf_node = memory_alloc(r->leaves, sizeof *r->leaf_node);
    memset(r->leaf_node, 0xff, r->leaves * sizeof *r->leaf_node);
    for (size_t node = 0; node < r->nodes; node++) {
        uint32_t leaf = r->leaf[node];
        if (r->parent[node] == ROUTER_NO_LEAF)
            return wrong(place, "a node has no parent", error);
        if (r->children[node] > 0 && leaf == ROUTER_NO_LEAF)
            continue;
        if (r->children[node] > 0 || leaf >= r->leaves || r->leaf_node[leaf] != ROUTER_NO_LEAF)
            return wrong(place, "the leaves are not numbered", error);
        r->leaf_node[leaf] = (uint32_t)node;
        next++;
    }
    return next == r->leaves || wrong(place, "the leaves are not numbered", error);
}

/* Room for as many nodes as the file has; no more is allocated than it has values. */
static bool make_room(struct router *r, const struct safetensors *file, const char *place,
                      struct error *error)
{
    const struct array *children = safetensors_find(file, "children");
    size_t nodes = children ? array_count(children) : 0, values;
    if (nodes == 0 || nodes >= ROUTER_NO_LEAF || !memory_multiply(nodes, r->inputs, &values) ||
        values > model_file_values(file))
        return wrong(place, "the tree has no nodes, or not as many as their prototypes", error);
    free(r->leaf_node);
    r->leaf_node = NULL;
    r->nodes = nodes;
    r->leaves = 0;
    r->first_child = memory_resize(r->first_child, nodes, sizeof *r->first_child);
    r->children = memory_resize(r->children, nodes, sizeof *r->children);
    r->leaf = memory_resize(r->leaf, nodes, sizeof *r->leaf);
    r->parent = memory_resize(r->parent, nodes, sizeof *r->parent);
    r->centres = memory_resize(r->centres, values, sizeof *r->centres);
    return true;
}

static bool take_tensors(struct router *r, const struct safetensors *file, const char *place,
                         struct error *error)
{
    if (!take_reals(file, "mean", r->inputs, r->scaling.mean, place, error) ||
        !take_reals(file, "scale", r->inputs, r->scaling.scale, place, error) ||
        !make_room(r, file, place, error) ||
        !take_reals(file, "centres", r->nodes * r->inputs, r->centres, place, error) ||
        !take_integers(file, "first_child", r->nodes, r->first_child, place, error) ||
        !take_integers(file, "children", r->nodes, r->children, place, error) ||
        !take_integers(file, "leaf", r->nodes, r->leaf, place, error))
        return false;
    for (size_t j = 0; j < r->inputs; j++)
        if (!(r->scaling.scale[j] > 0))
            return wrong(place, "a scale is not positive", error);
    return link_tree(r, place, error);
}

/* The columns of the texts, which they take over. */
static struct row_columns columns_of(struct texts *texts)
{
    struct row_columns columns = {.inputs = texts->input_count, .input_names = texts->inputs,
                                  .labels = texts->labels};
    if (*texts->target)
        columns.target_name = texts->target;
    else
        free(texts->target);
    return columns;
}

bool router_load(struct router *r, const struct safetensors *file, const char *place,
                 struct error *error)
{
    struct texts texts = {0};
    struct model_field fields[FIELDS];
    list_fields(&texts, fields);
    *r = (struct router){0};
    if (!model_file_configuration(file, &router_kind, fields, FIELDS, place, error))
        return false;
    struct names classes = {0};
    for (size_t c = 0; c < texts.class_count; c++) {
        names_add(&classes, texts.classes[c], strlen(texts.classes[c]));
        free(texts.classes[c]);
    }
    free(texts.classes);
    *r = router_make(columns_of(&texts), classes);
    bool good = r->inputs > 0 && r->inputs <= model_file_values(file) &&
                r->classes.count == texts.class_count &&
                (r->columns.labels ? r->classes.count > 0 : r->classes.count == 0);
    good = good ? take_tensors(r, file, place, error)
                : wrong(place, "inputs or classes do not agree", error);
    if (!good)
        router_free(r);
    return good;
}

bool router_load_file(struct router *router, const char *path, struct error *error)
{
    struct safetensors file;
    if (!safetensors_load(path, &file, error))
        return false;
    bool good = router_load(router, &file, path, error);
    safetensors_free(&file);
    return good;
}

struct router router_copy(const struct router *router)
{
    struct safetensors file = {0};
    struct error error = {0};
    struct router copy;
    router_describe(router, &file);
    if (!router_load(&copy, &file, "a copy", &error))
        error_exit(&error);
    safetensors_free(&file);
    return copy;
}
