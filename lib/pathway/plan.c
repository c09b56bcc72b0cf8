#include "pathway/plan.h"

#include "io/csv.h"

#include <math.h>

struct plan plan_defaults(void)
{
    return (struct plan){.rows = 1e6, .leaves = 0, .lipschitz = 1, .trade = -1, .branching = 16,
                         .shape = {.outputs = 1, .hidden_count = 2, .hidden = {64, 64}},
                         .epochs = 20, .passes = 1, .hosts = 1, .slots = 1, .flops = 1e10,
                         .disk = 2e8, .memory = 64 << 20};
}

/* Two hidden layers, just wide enough for a leaf of so many parameters. */
static void widen(struct leaf_shape *shape, double parameters)
{
    size_t width = 1;
    shape->hidden_count = 2;
    do {
        shape->hidden[0] = shape->hidden[1] = width;
        width += 1 + width / 64;
    } while ((double)leaf_parameters(shape) < parameters && width < 65536);
}

/* Leaves and their size from the error that is wanted. */
static void size_by_error(struct plan *p)
{
    double ratio = p->lipschitz / p->eps, d = p->dimension;
    double r = p->trade >= 0 ? p->trade : fmax(0, 1 - 2 / d);
    if (p->leaves <= 0)
        p->leaves = fmax(1, ceil(pow(ratio, d * r)));
    if (!p->shape_given)
        widen(&p->shape, pow(ratio, (1 - r) * d / 2));
    p->one_network = pow(ratio, d / 2);
}

static void count_parameters(struct plan *p)
{
    double v = (double)p->branching, n = (double)p->inputs;
    p->height = p->leaves > 1 ? ceil(log(p->leaves) / log(v) - 1e-9) : 0;
    p->path_values = fmin(v * p->height, p->leaves) * n;
    p->stored_tree = 0;
    for (double level = p->leaves; level > 1; level = ceil(level / v))
        p->stored_tree += level * n;
    p->leaf_size = (double)leaf_parameters(&p->shape);
    p->loaded = p->path_values + p->leaf_size;
    p->stored = p->leaves * p->leaf_size + p->stored_tree;
    p->router_bytes = p->stored_tree * sizeof(float) + 20 * p->leaves;
    p->model_bytes = p->leaves * (double)leaf_values(&p->shape) * sizeof(float) + p->router_bytes;
    p->vc_order = p->leaves * fmax(n * p->leaves, p->leaf_size);
}

static void count_work(struct plan *p)
{
    double workers = p->hosts * p->slots, seconds;
    p->rows_per_leaf = p->rows / p->leaves;
    p->rows_wanted = fmax(50, 10 * sqrt(p->leaf_size));
    p->data_bytes = p->rows * (double)(p->inputs + 1) * sizeof(float);
    p->route_flops = 3 * p->path_values;
    p->route_hours = p->rows * p->route_flops / p->flops / workers / 3600;
    p->shuffle_hours = (p->passes + 4) * p->data_bytes / p->disk / 3600 +
                       (p->passes + 2) * p->route_hours;
    /* Forward 2, backward 4 operations a parameter and row. */
    p->leaf_seconds = 6 * p->leaf_size * p->rows_per_leaf * p->epochs / p->flops;
    p->training_hours = p->leaves * p->leaf_seconds / 3600;
    seconds = ceil(p->leaves / workers) * p->leaf_seconds;
    p->wall_hours = seconds / 3600 + p->shuffle_hours;
    p->leaves_in_memory = floor(fmax(0, p->memory - 2 * p->router_bytes - (768 << 10)) /
                                ((double)leaf_values(&p->shape) * sizeof(float)));
    p->leaves_in_memory = fmin(p->leaves_in_memory, p->leaves);
}

void plan_make(struct plan *p)
{
    p->shape.inputs = p->inputs;
    if (p->dimension <= 0)
        p->dimension = (double)p->inputs;
    if (p->eps > 0)
        size_by_error(p);
    if (p->leaves <= 0)
        p->leaves = 16;
    count_parameters(p);
    count_work(p);
}

static void line(FILE *file, const char *quantity, double value, const char *meaning)
{
    fprintf(file, "%s,%.10g,", quantity, value);
    csv_write_field(file, meaning);
    fputc('\n', file);
}

void plan_write(const struct plan *p, FILE *file)
{
    fputs("quantity,value,meaning\n", file);
    line(file, "rows", p->rows, "rows to learn from");
    line(file, "inputs", (double)p->inputs, "columns");
    line(file, "leaves", p->leaves, "networks");
    line(file, "height", p->height, "levels of the tree");
    if (p->shape.hidden_count > 0)
        line(file, "width", (double)p->shape.hidden[0], "neurons of the first hidden layer");
    line(file, "leaf_parameters", p->leaf_size, "of one leaf");
    line(file, "loaded_parameters", p->loaded,
         "of a prediction: prototypes on the way, and a leaf");
    line(file, "stored_parameters", p->stored, "all leaves and the tree");
    if (p->one_network > 0)
        line(file, "one_network_parameters", p->one_network, "order of one network for the error");
    line(file, "vc_order", p->vc_order, "order of the VC dimension, without logarithms");
    line(file, "rows_per_leaf", p->rows_per_leaf, "on average");
    line(file, "data_bytes", p->data_bytes, "rows as float32");
    line(file, "router_bytes", p->router_bytes, "the tree in memory");
    line(file, "model_bytes", p->model_bytes, "all leaves and the tree");
    line(file, "leaves_in_memory", p->leaves_in_memory, "within the memory for prediction");
    line(file, "route_flops", p->route_flops, "operations to route a row");
    line(file, "cut_hours", p->shuffle_hours, "making the tree and the cells, by all workers");
    line(file, "leaf_seconds", p->leaf_seconds, "training an average leaf");
    line(file, "training_hours", p->training_hours, "all leaves, by one worker");
    line(file, "wall_hours", p->wall_hours, "all of it, by all workers");
}
