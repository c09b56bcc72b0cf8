#include "dag/interval_labels.h"

#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

/* What a traversal follows: the DAG's sources and arcs in a random order. */
struct shuffled {
    const size_t *offsets; /* of the graph */
    uint32_t *targets;     /* (arcs) */
    uint32_t *sources;
    size_t source_count;
};

static void list_sources(struct shuffled *shuffled, const struct graph *graph)
{
    bool *entered = memory_zeroed(graph->nodes, sizeof *entered);
    for (size_t i = 0; i < graph->arcs; i++)
        entered[graph->targets[i]] = true;
    for (size_t v = 0; v < graph->nodes; v++)
        if (!entered[v])
            shuffled->sources[shuffled->source_count++] = (uint32_t)v;
    free(entered);
}

static void shuffle(struct shuffled *shuffled, const struct graph *graph, struct rng *rng)
{
    *shuffled = (struct shuffled){.offsets = graph->offsets};
    shuffled->targets = memory_alloc(graph->arcs, sizeof *shuffled->targets);
    shuffled->sources = memory_alloc(graph->nodes, sizeof *shuffled->sources);
    list_sources(shuffled, graph);
    rng_shuffle(rng, shuffled->sources, shuffled->source_count, sizeof *shuffled->sources);
    if (graph->arcs)
        memcpy(shuffled->targets, graph->targets, graph->arcs * sizeof *shuffled->targets);
    for (size_t v = 0; v < graph->nodes; v++)
        rng_shuffle(rng, shuffled->targets + graph->offsets[v],
                    graph->offsets[v + 1] - graph->offsets[v], sizeof *shuffled->targets);
}

static void shuffled_free(struct shuffled *shuffled)
{
    free(shuffled->targets);
    free(shuffled->sources);
}

/* One depth-first traversal, without recursion. */
struct traversal {
    const struct shuffled *shuffled;
    struct interval_labels *labels;
    size_t index;      /* which of the traversals */
    bool backwards;    /* children and sources from the last to the first */
    size_t *followed;  /* (nodes): arcs of a node that were followed; SIZE_MAX before it is met */
    uint32_t *path;    /* (nodes) */
    size_t length;
    uint32_t finished; /* nodes */
};

static struct interval *interval_of(const struct traversal *traversal, uint32_t node)
{
    return &traversal->labels->intervals[node * traversal->labels->traversals + traversal->index];
}

static void enter(struct traversal *traversal, uint32_t node)
{
    traversal->followed[node] = 0;
    traversal->path[traversal->length++] = node;
    interval_of(traversal, node)->low = UINT32_MAX;
    if (traversal->index == 0)
        traversal->labels->tree_low[node] = traversal->finished;
}

static void lower(struct interval *interval, uint32_t low)
{
    if (low < interval->low)
        interval->low = low;
}

static void leave(struct traversal *traversal, uint32_t node)
{
    struct interval *interval = interval_of(traversal, node);
    interval->post = traversal->finished++;
    lower(interval, interval->post);
    traversal->length--;
    if (traversal->length > 0)
        lower(interval_of(traversal, traversal->path[traversal->length - 1]), interval->low);
}

static void traverse_from(struct traversal *traversal, uint32_t source)
{
    const size_t *offsets = traversal->shuffled->offsets;
    enter(traversal, source);
    while (traversal->length > 0) {
        uint32_t node = traversal->path[traversal->length - 1];
        size_t step = traversal->followed[node]++;
        size_t degree = offsets[node + 1] - offsets[node];
        if (step == degree) {
            leave(traversal, node);
            continue;
        }
        size_t arc = traversal->backwards ? offsets[node + 1] - 1 - step : offsets[node] + step;
        uint32_t target = traversal->shuffled->targets[arc];
        if (traversal->followed[target] == SIZE_MAX)
            enter(traversal, target);
        else
            lower(interval_of(traversal, node), interval_of(traversal, target)->low);
    }
}

static void traverse(struct interval_labels *labels, const struct shuffled *shuffled, size_t index)
{
    struct traversal traversal = {.shuffled = shuffled, .labels = labels, .index = index};
    traversal.backwards = index % 2 == 1;
    traversal.followed = memory_alloc(labels->nodes, sizeof *traversal.followed);
    traversal.path = memory_alloc(labels->nodes, sizeof *traversal.path);
    memset(traversal.followed, 0xff, labels->nodes * sizeof *traversal.followed);
    size_t count = shuffled->source_count;
    for (size_t i = 0; i < count; i++)
        traverse_from(&traversal, shuffled->sources[traversal.backwards ? count - 1 - i : i]);
    free(traversal.followed);
    free(traversal.path);
}

void interval_labels_make(struct interval_labels *labels, const struct dag *dag,
                          size_t traversals, uint64_t seed)
{
    size_t nodes = dag->graph.nodes;
    size_t pairs = (traversals + 1) / 2;
    *labels = (struct interval_labels){.nodes = nodes, .traversals = traversals};
    labels->intervals = memory_alloc(nodes * traversals, sizeof *labels->intervals);
    labels->tree_low = memory_alloc(nodes, sizeof *labels->tree_low);
#pragma omp parallel for schedule(dynamic) num_threads((int)threads_for(pairs * nodes, 1 << 14))
    for (size_t pair = 0; pair < pairs; pair++) {
        struct shuffled shuffled;
        struct rng rng = rng_make(seed, RNG_TRAVERSAL, (uint32_t)pair);
        shuffle(&shuffled, &dag->graph, &rng);
        traverse(labels, &shuffled, 2 * pair);
        if (2 * pair + 1 < traversals)
            traverse(labels, &shuffled, 2 * pair + 1);
        shuffled_free(&shuffled);
    }
}

bool interval_labels_may_reach(const struct interval_labels *labels, uint32_t u, uint32_t v)
{
    const struct interval *outer = labels->intervals + u * labels->traversals;
    const struct interval *inner = labels->intervals + v * labels->traversals;
    for (size_t i = 0; i < labels->traversals; i++)
        if (inner[i].low < outer[i].low || inner[i].post > outer[i].post)
            return false;
    return true;
}

bool interval_labels_surely_reach(const struct interval_labels *labels, uint32_t u, uint32_t v)
{
    uint32_t post = labels->intervals[v * labels->traversals].post;
    return labels->tree_low[u] <= post && post <= labels->intervals[u * labels->traversals].post;
}

void interval_labels_coordinates(const struct interval_labels *labels, uint32_t node,
                                 uint32_t *coordinates)
{
    const struct interval *intervals = labels->intervals + node * labels->traversals;
    for (size_t i = 0; i < labels->traversals; i++) {
        coordinates[2 * i] = intervals[i].low;
        coordinates[2 * i + 1] = (uint32_t)labels->nodes - 1 - intervals[i].post;
    }
}

void interval_labels_free(struct interval_labels *labels)
{
    free(labels->intervals);
    free(labels->tree_low);
    *labels = (struct interval_labels){0};
}
