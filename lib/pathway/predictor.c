#include "pathway/predictor.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    INPUT_OUTPUT_BYTES = 768 << 10, /* buffers of the streams and of the parser of CSV */
    MOST_WINDOW = 4096
};

/* A row of the window that a leaf is to be applied to. */
struct task {
    uint32_t leaf, row;
    real weight;
};

struct window {
    struct predictor *predictor;
    FILE *file;
    size_t count;
    bool descending;      /* every other window goes through the leaves backwards, and so begins
                             with those that the cache still has */
    real *x;              /* (window, inputs) */
    double *outputs;      /* (window, outputs): products of reals are exact in it, so that sums of
                             two do not depend on their order */
    real *targets;        /* (window); NaN where there is none */
    struct task *tasks;   /* (window, 1 or 2) */
    size_t task_count;
    real *gathered;       /* (LEAF_BLOCK, inputs) */
    real *block_outputs;  /* (LEAF_BLOCK, outputs) */
    real *scratch;        /* of leaf_apply */
    real *route_scratch;  /* (inputs) */
};

/* --- the bound --- */

static size_t row_bytes(const struct leaf_shape *shape, bool blend)
{
    return (shape->inputs + 1) * sizeof(real) + shape->outputs * sizeof(double) +
           (blend ? 2 : 1) * sizeof(struct task);
}

/* What does not depend on window and slots. */
static size_t fixed_bytes(const struct predictor *p)
{
    const struct predictor_memory *m = &p->memory;
    return m->router + m->index + m->rows + m->input_output;
}

static bool plan(struct predictor *p, struct error *error)
{
    const struct leaf_shape *shape = &p->cache->shape;
    const struct predictor_options *o = &p->options;
    struct predictor_memory *m = &p->memory;
    *m = (struct predictor_memory){
        .router = 2 * router_bytes(p->router),
        .index = leaf_cache_index_bytes(p->cache),
        .rows = (LEAF_BLOCK * (shape->inputs + shape->outputs) + leaf_scratch(shape) +
                 shape->inputs) * sizeof(real) + shape->inputs * sizeof(double),
        .input_output = INPUT_OUTPUT_BYTES,
        .slot_bytes = leaf_cache_slot_bytes(p->cache),
        .window_row_bytes = row_bytes(shape, o->blend)};
    size_t window = o->window ? o->window : 1;
    size_t least = fixed_bytes(p) + window * m->window_row_bytes + m->slot_bytes;
    if (o->memory < least)
        return error_set(error, EX_USAGE, "--memory: %zu bytes are too few; expected %zu at least, "
                         "for the router and one leaf of %zu", o->memory, least, m->slot_bytes);
    size_t left = o->memory - fixed_bytes(p);
    size_t quarter = left / 4 / m->window_row_bytes;
    m->window = o->window ? o->window : quarter < 1 ? 1 : quarter < MOST_WINDOW ? quarter
                                                                                : MOST_WINDOW;
    m->slots = (left - m->window * m->window_row_bytes) / m->slot_bytes;
    if (m->slots > p->cache->leaves)
        m->slots = p->cache->leaves;
    m->bound = fixed_bytes(p) + m->window * m->window_row_bytes + m->slots * m->slot_bytes;
    return true;
}

bool predictor_begin(struct predictor *p, const struct router *router, struct leaf_cache *cache,
                     const struct predictor_options *options, struct error *error)
{
    *p = (struct predictor){.router = router, .cache = cache, .options = *options};
    if (!plan(p, error))
        return false;
    leaf_cache_reserve(cache, p->memory.slots);
    return true;
}

char *predictor_memory_text(const struct predictor *p)
{
    const struct predictor_memory *m = &p->memory;
    return memory_format("router %zu + index %zu + %zu leaves of %zu + window of %zu rows of %zu + "
                         "buffers %zu = %zu of %zu bytes", m->router, m->index, m->slots,
                         m->slot_bytes, m->window, m->window_row_bytes, m->rows + m->input_output,
                         m->bound, p->options.memory);
}

/* --- tasks, sorted by leaf and row in place (heapsort: no memory beside) --- */

static bool comes_before(const struct task *a, const struct task *b, bool descending)
{
    if (a->leaf != b->leaf)
        return (a->leaf < b->leaf) != descending;
    return a->row < b->row;
}

static void sift_down(struct task *tasks, size_t at, size_t end, bool descending)
{
    for (size_t child = 2 * at + 1; child < end; child = 2 * at + 1) {
        if (child + 1 < end && comes_before(&tasks[child], &tasks[child + 1], descending))
            child++;
        if (!comes_before(&tasks[at], &tasks[child], descending))
            return;
        struct task kept = tasks[at];
        tasks[at] = tasks[child];
        tasks[child] = kept;
        at = child;
    }
}

static void sort_tasks(struct task *tasks, size_t count, bool descending)
{
    for (size_t at = count / 2; at-- > 0;)
        sift_down(tasks, at, count, descending);
    for (size_t end = count; end > 1; end--) {
        struct task last = tasks[end - 1];
        tasks[end - 1] = tasks[0];
        tasks[0] = last;
        sift_down(tasks, 0, end - 1, descending);
    }
}

/* --- a window --- */

/*
 * The weight of the nearer leaf of two: sigmoid(8 (d2 - d1) / (d1 + d2)), 1/2 on the border; ratio
 * is d1 / d2.
 */
static real blend_weight(real ratio)
{
    return (real)(1 / (1 + exp(-8 * (1 - (double)ratio) / (1 + (double)ratio))));
}

static void add_tasks(struct window *w, size_t row)
{
    struct predictor *p = w->predictor;
    struct route route;
    router_route(p->router, w->x + row * p->router->inputs, w->route_scratch, &route);
    bool two = p->options.blend && route.second != route.leaf;
    real weight = two ? blend_weight(route.ratio) : 1;
    w->tasks[w->task_count++] = (struct task){route.leaf, (uint32_t)row, weight};
    if (two)
        w->tasks[w->task_count++] = (struct task){route.second, (uint32_t)row, 1 - weight};
}

/* Applies one leaf to up to LEAF_BLOCK tasks and adds the weighted outputs to their rows. */
static void apply_block(struct window *w, const real *block, const struct task *tasks, size_t count)
{
    const struct leaf_shape *shape = &w->predictor->cache->shape;
    size_t inputs = shape->inputs, out = shape->outputs;
    for (size_t i = 0; i < count; i++)
        memcpy(w->gathered + i * inputs, w->x + tasks[i].row * inputs, inputs * sizeof(real));
    leaf_apply(shape, block, w->gathered, count, w->scratch, w->block_outputs);
    if (shape->labels)
        leaf_softmax(w->block_outputs, count, out);
    for (size_t i = 0; i < count; i++)
        for (size_t o = 0; o < out; o++)
            w->outputs[tasks[i].row * out + o] +=
                (double)tasks[i].weight * (double)w->block_outputs[i * out + o];
}

static bool apply_leaves(struct window *w, struct error *error)
{
    size_t out = w->predictor->cache->shape.outputs;
    memset(w->outputs, 0, w->count * out * sizeof *w->outputs);
    sort_tasks(w->tasks, w->task_count, w->descending);
    w->descending = !w->descending;
    for (size_t first = 0, end; first < w->task_count; first = end) {
        const real *block = leaf_cache_get(w->predictor->cache, w->tasks[first].leaf, error);
        if (!block)
            return false;
        for (end = first + 1; end < w->task_count && w->tasks[end].leaf == w->tasks[first].leaf; )
            end++;
        for (size_t at = first; at < end; at += LEAF_BLOCK)
            apply_block(w, block, w->tasks + at, end - at < LEAF_BLOCK ? end - at : LEAF_BLOCK);
    }
    return true;
}

static size_t likeliest(const double *probabilities, size_t classes)
{
    size_t best = 0;
    for (size_t c = 1; c < classes; c++)
        if (probabilities[c] > probabilities[best])
            best = c;
    return best;
}

static void judge(struct predictor *p, const double *outputs, real target)
{
    if (isnan(target))
        return;
    p->judged++;
    if (p->cache->shape.labels) {
        p->correct += likeliest(outputs, p->cache->shape.outputs) == (size_t)target;
        p->cross_entropy -= log(fmax(outputs[(size_t)target], 1e-30));
        return;
    }
    double difference = outputs[0] - (double)target;
    p->squares += difference * difference;
    p->absolutes += fabs(difference);
}

static void write_row(const struct window *w, const double *outputs)
{
    const struct predictor *p = w->predictor;
    size_t out = p->cache->shape.outputs;
    if (!p->cache->shape.labels)
        csv_write_float(w->file, (float)outputs[0]);
    else
        csv_write_field(w->file, p->router->classes.strings[likeliest(outputs, out)]);
    for (size_t o = 0; p->options.probabilities && o < out; o++) {
        fputc(',', w->file);
        csv_write_float(w->file, (float)outputs[o]);
    }
    fputc('\n', w->file);
}

static bool flush(struct window *w, struct error *error)
{
    size_t out = w->predictor->cache->shape.outputs;
    if (!apply_leaves(w, error))
        return false;
    for (size_t row = 0; row < w->count; row++) {
        judge(w->predictor, w->outputs + row * out, w->targets[row]);
        write_row(w, w->outputs + row * out);
    }
    w->predictor->rows += w->count;
    w->count = w->task_count = 0;
    return true;
}

/* --- the stream --- */

static bool begin(void *context, const struct row_columns *columns,
                  const struct csv_record *header, struct error *error)
{
    const struct window *w = context;
    const struct predictor *p = w->predictor;
    (void)columns;
    (void)header;
    (void)error;
    fputs("prediction", w->file);
    for (size_t c = 0; p->options.probabilities && c < p->router->classes.count; c++) {
        fputc(',', w->file);
        csv_write_field(w->file, p->router->classes.strings[c]);
    }
    fputc('\n', w->file);
    return true;
}

static bool take_row(void *context, const struct row *row, struct error *error)
{
    struct window *w = context;
    const struct router *router = w->predictor->router;
    real *x = w->x + w->count * router->inputs;
    for (size_t j = 0; j < router->inputs; j++)
        x[j] = (real)row->inputs[j];
    uint32_t class = row->label ? names_find(&router->classes, row->label) : 0;
    w->targets[w->count] = !row->has_target || class == NAMES_ABSENT ? (real)NAN
                           : row->label                              ? (real)class
                                                                     : (real)row->target;
    add_tasks(w, w->count++);
    return w->count < w->predictor->memory.window || flush(w, error);
}

bool predictor_run(struct predictor *p, struct stream *stream, struct output *output,
                   struct error *error)
{
    const struct leaf_shape *shape = &p->cache->shape;
    size_t rows = p->memory.window, inputs = shape->inputs, out = shape->outputs;
    size_t block = LEAF_BLOCK * (inputs + out) + leaf_scratch(shape) + inputs;
    struct window w = {.predictor = p, .file = output->file};
    w.x = memory_alloc(rows * (inputs + 1) + block, sizeof(real));
    w.outputs = memory_alloc(rows * out, sizeof *w.outputs);
    w.targets = w.x + rows * inputs;
    w.gathered = w.targets + rows;
    w.block_outputs = w.gathered + LEAF_BLOCK * inputs;
    w.scratch = w.block_outputs + LEAF_BLOCK * out;
    w.route_scratch = w.scratch + leaf_scratch(shape);
    w.tasks = memory_alloc((p->options.blend ? 2 : 1) * rows, sizeof *w.tasks);
    const struct row_sink sink = {.begin = begin, .row = take_row, .context = &w};
    bool good = rows_scan(stream, &p->router->columns, false, &sink, error) && flush(&w, error);
    free(w.x);
    free(w.outputs);
    free(w.tasks);
    return good;
}

/* --- figures --- */

size_t predictor_loaded(const struct predictor *p)
{
    return router_path_values(p->router) +
           (p->options.blend ? 2 : 1) * leaf_parameters(&p->cache->shape);
}

size_t predictor_stored(const struct predictor *p)
{
    return router_stored_values(p->router) + p->cache->leaves * leaf_parameters(&p->cache->shape);
}

void predictor_report(const struct predictor *p, struct report *report)
{
    const struct leaf_cache *cache = p->cache;
    double judged = (double)p->judged;
    report_metric(report, "rows", (double)p->rows);
    if (p->judged > 0 && !cache->shape.labels) {
        report_metric(report, "test_mse", p->squares / judged);
        report_metric(report, "test_rmse", sqrt(p->squares / judged));
        report_metric(report, "test_mae", p->absolutes / judged);
    }
    if (p->judged > 0 && cache->shape.labels) {
        report_metric(report, "test_accuracy", p->correct / judged);
        report_metric(report, "test_cross_entropy", p->cross_entropy / judged);
    }
    report_metric(report, "loaded_parameters", (double)predictor_loaded(p));
    report_metric(report, "stored_parameters", (double)predictor_stored(p));
    report_metric(report, "leaves", (double)cache->leaves);
    report_metric(report, "cache_slots", (double)cache->slots);
    report_metric(report, "cache_hits", (double)cache->hits);
    report_metric(report, "cache_misses", (double)cache->misses);
    report_metric(report, "cache_evictions", (double)cache->evictions);
    report_metric(report, "window_rows", (double)p->memory.window);
    report_metric(report, "bound_bytes", (double)p->memory.bound);
    report_metric(report, "peak_model_bytes",
                  (double)(router_bytes(p->router) + leaf_cache_index_bytes(cache) +
                           cache->peak_resident * leaf_cache_slot_bytes(cache)));
}
