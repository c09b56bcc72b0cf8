#include "spacetime/label_refinement.h"

#include "base/memory.h"
#include "optim/training_options.h"
#include "spacetime/causality_check.h"
#include "spacetime/order_pairs.h"
#include "spacetime/order_repair.h"

#include <stdlib.h>
#include <string.h>

/* In every period times are repaired and mistaken pairs sought, among so many. */
enum { MOST_PAIRS = 12000, PERIOD = 50, SCANNED = 4000000 };

static const double rate = 0.02; /* where labels lie in [0, 1] */

struct context {
    const struct dag *dag;
    uint64_t seed;
    size_t dim;
    struct parameter *times;
    struct order_pairs pairs;
    size_t edges;
    uint32_t *edge_source, *edge_target;
    real *ranks;               /* (nodes, dim): working memory */
};

static void begin(struct context *c, struct parameters *set, const real *times)
{
    const struct graph *graph = &c->dag->graph;
    const size_t shape[2] = {graph->nodes, c->dim};
    c->times = parameters_add(set, "times", 2, shape);
    for (size_t i = 0; i < graph->nodes * c->dim; i++)
        c->times->value.data[i] = times[i] / (real)graph->nodes;
    struct edge *edges = graph_edges(graph, &c->edges);
    c->edge_source = memory_alloc(c->edges, sizeof *c->edge_source);
    c->edge_target = memory_alloc(c->edges, sizeof *c->edge_target);
    for (size_t i = 0; i < c->edges; i++) {
        c->edge_source[i] = edges[i].source;
        c->edge_target[i] = edges[i].target;
    }
    free(edges);
    c->ranks = memory_alloc(graph->nodes * c->dim, sizeof *c->ranks);
}

static void end(struct context *c)
{
    order_pairs_end(&c->pairs);
    free(c->edge_source);
    free(c->edge_target);
    free(c->ranks);
}

static struct variable *step_loss(void *data, struct tape *tape, uint64_t step)
{
    struct context *c = data;
    real *times = c->times->value.data;
    struct rng rng = rng_make(c->seed, RNG_PAIRS, (uint32_t)step + 1);
    if (step % PERIOD == 0) {
        order_repair(c->dag, times, c->dim);
        order_pairs_find(&c->pairs, times, c->dim, SCANNED, &rng);
    }
    order_pairs_draw(&c->pairs, &rng);
    return order_pairs_loss(&c->pairs, tape, tape_parameter(tape, c->times), c->edge_source,
                            c->edge_target, c->edges, 0);
}

/* How many pairs the repaired ranks of these times relate in error. */
static double false_positives(struct context *c, const real *times)
{
    size_t count = c->dag->graph.nodes * c->dim;
    memcpy(c->ranks, times, count * sizeof *c->ranks);
    order_repair(c->dag, c->ranks, c->dim);
    order_rank(c->dag, c->ranks, c->dim);
    return causality_check(c->dag, c->ranks, c->dim, NULL, c->seed + 1).false_positives;
}

static double evaluate(void *data, struct cJSON *line)
{
    (void)line;
    struct context *c = data;
    return false_positives(c, c->times->value.data);
}

bool label_refine(const struct label_refinement *refinement, const struct dag *dag, real *times,
                  size_t dim, struct error *error)
{
    struct context c = {.dag = dag, .seed = refinement->seed, .dim = dim};
    struct parameters set = {0};
    begin(&c, &set, times);
    struct training training = training_defaults(refinement->steps, rate);
    training.schedule.last_rate = rate / 100;
    training.evaluate_every = PERIOD;
    training.show_progress = refinement->show_progress;
    training.set = &set;
    training.loss = step_loss;
    training.evaluate = evaluate;
    training.context = &c;
    bool good = order_pairs_begin(&c.pairs, dag, MOST_PAIRS, refinement->seed, error);
    if (good) {
        double before = false_positives(&c, times);
        good = training_run(&training, error);
        if (good && training.best_figure < before)
            memcpy(times, c.times->value.data, dag->graph.nodes * dim * sizeof *times);
    }
    if (good) {
        order_repair(dag, times, dim);
        order_rank(dag, times, dim);
    }
    end(&c);
    parameters_free(&set);
    return good;
}
