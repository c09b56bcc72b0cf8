#include "graph/statistics.h"

#include "base/memory.h"
#include "graph/clustering.h"
#include "graph/components.h"
#include "graph/diameter.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t degree(const struct graph *graph, size_t node)
{
    return graph->offsets[node + 1] - graph->offsets[node];
}

static size_t count_self_loops(const struct graph *graph)
{
    size_t loops = 0;
    for (size_t v = 0; v < graph->nodes; v++)
        loops += graph_find_arc(graph, (uint32_t)v, (uint32_t)v) != GRAPH_NO_ARC;
    return loops;
}

static void add_weights(struct figures *statistics, const struct graph *graph)
{
    size_t count;
    struct edge *edges = graph_edges(graph, &count);
    double least = INFINITY, most = -INFINITY, sum = 0;
    for (size_t i = 0; i < count; i++) {
        double weight = (double)edges[i].weight;
        least = fmin(least, weight);
        most = fmax(most, weight);
        sum += weight;
    }
    free(edges);
    figures_add(statistics, "weight_minimum", least);
    figures_add(statistics, "weight_mean", sum / (double)count);
    figures_add(statistics, "weight_maximum", most);
}

static void add_size(struct figures *statistics, const struct graph *graph)
{
    double nodes = (double)graph->nodes;
    double loops = (double)count_self_loops(graph);
    double edges = graph->directed ? (double)graph->arcs : ((double)graph->arcs + loops) / 2;
    double pairs = nodes * (nodes - 1) / (graph->directed ? 1 : 2);
    figures_add(statistics, "nodes", nodes);
    figures_add(statistics, "edges", edges);
    figures_add(statistics, "self_loops", loops);
    figures_add(statistics, "weighted", graph->weights != NULL);
    figures_add(statistics, "directed", graph->directed);
    if (graph->weights)
        add_weights(statistics, graph);
    figures_add(statistics, "density", pairs > 0 ? (edges - loops) / pairs : 0);
}

/* Components are numbered by size, so the largest is number 0. */
static double size_of_largest(const uint32_t *component, size_t nodes)
{
    size_t size = 0;
    for (size_t v = 0; v < nodes; v++)
        size += component[v] == 0;
    return (double)size;
}

static double reciprocity(const struct graph *graph)
{
    size_t arcs = 0, mutual = 0;
    for (size_t v = 0; v < graph->nodes; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            uint32_t target = graph->targets[i];
            if (target == v)
                continue;
            arcs++;
            mutual += graph_find_arc(graph, target, (uint32_t)v) != GRAPH_NO_ARC;
        }
    return arcs ? (double)mutual / (double)arcs : (double)NAN;
}

static void add_components(struct figures *statistics, const struct graph *graph,
                           const struct graph *simple)
{
    uint32_t *component = memory_alloc(graph->nodes, sizeof *component);
    size_t weak = components(graph, component);
    figures_add(statistics, "components", (double)weak);
    figures_add(statistics, "largest_component", size_of_largest(component, graph->nodes));
    size_t strong = graph->directed ? components_strong(graph, component) : 0;
    bool loops = figures_value(statistics, "self_loops") > 0;
    if (graph->directed) {
        figures_add(statistics, "strong_components", (double)strong);
        figures_add(statistics, "largest_strong_component",
                       size_of_largest(component, graph->nodes));
        figures_add(statistics, "reciprocity", reciprocity(graph));
    }
    /* A forest has a node more than edges in every component; arcs both ways are a cycle. */
    size_t edges = simple->arcs / 2;
    bool both_ways = graph->directed && edges != graph->arcs;
    bool forest = !loops && !both_ways && edges + weak == graph->nodes;
    figures_add(statistics, "is_tree", forest && weak == 1);
    figures_add(statistics, "is_forest", forest);
    if (graph->directed)
        figures_add(statistics, "is_dag", !loops && strong == graph->nodes);
    free(component);
}

static int compare_sizes(const void *left, const void *right)
{
    size_t a = *(const size_t *)left;
    size_t b = *(const size_t *)right;
    return (a > b) - (a < b);
}

static void add_degrees(struct figures *statistics, const struct graph *simple)
{
    size_t nodes = simple->nodes;
    size_t *degrees = memory_alloc(nodes, sizeof *degrees);
    size_t isolated = 0;
    double squares = 0;
    double mean = (double)simple->arcs / (double)nodes;
    for (size_t v = 0; v < nodes; v++) {
        degrees[v] = degree(simple, v);
        isolated += degrees[v] == 0;
        squares += ((double)degrees[v] - mean) * ((double)degrees[v] - mean);
    }
    qsort(degrees, nodes, sizeof *degrees, compare_sizes);
    double middle = (double)(degrees[(nodes - 1) / 2] + degrees[nodes / 2]);
    figures_add(statistics, "degree_minimum", (double)degrees[0]);
    figures_add(statistics, "degree_median", middle / 2);
    figures_add(statistics, "degree_mean", mean);
    figures_add(statistics, "degree_maximum", (double)degrees[nodes - 1]);
    figures_add(statistics, "degree_std", sqrt(squares / (double)nodes));
    figures_add(statistics, "isolated_nodes", (double)isolated);
    free(degrees);
}

/* in and out (nodes): the numbers of arcs to and from every node, self loops aside. */
static void count_directed(const struct graph *graph, size_t *in, size_t *out)
{
    memset(in, 0, graph->nodes * sizeof *in);
    memset(out, 0, graph->nodes * sizeof *out);
    for (size_t v = 0; v < graph->nodes; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++)
            if (graph->targets[i] != v) {
                out[v]++;
                in[graph->targets[i]]++;
            }
}

static void add_directed_degrees(struct figures *statistics, const size_t *in, const size_t *out,
                                 size_t nodes)
{
    size_t most_in = 0, most_out = 0, sources = 0, sinks = 0;
    for (size_t v = 0; v < nodes; v++) {
        most_in = in[v] > most_in ? in[v] : most_in;
        most_out = out[v] > most_out ? out[v] : most_out;
        sources += in[v] == 0 && out[v] > 0;
        sinks += out[v] == 0 && in[v] > 0;
    }
    figures_add(statistics, "in_degree_maximum", (double)most_in);
    figures_add(statistics, "out_degree_maximum", (double)most_out);
    figures_add(statistics, "sources", (double)sources);
    figures_add(statistics, "sinks", (double)sinks);
}

/* Pearson's correlation, over the arcs, of out[source] and in[target]. */
static double assortativity(const struct graph *graph, const size_t *in, const size_t *out)
{
    double count = 0, mean_x = 0, mean_y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t v = 0; v < graph->nodes; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++) {
            if (graph->targets[i] == v)
                continue;
            /* Welford's running moments: degrees may be large and nearly equal. */
            count++;
            double x = (double)out[v] - mean_x;
            double y = (double)in[graph->targets[i]] - mean_y;
            mean_x += x / count;
            mean_y += y / count;
            xx += x * ((double)out[v] - mean_x);
            yy += y * ((double)in[graph->targets[i]] - mean_y);
            xy += x * ((double)in[graph->targets[i]] - mean_y);
        }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : (double)NAN;
}

static void add_ends(struct figures *statistics, const struct graph *graph)
{
    size_t *in = memory_alloc(graph->nodes, sizeof *in);
    size_t *out = memory_alloc(graph->nodes, sizeof *out);
    count_directed(graph, in, out);
    if (graph->directed)
        add_directed_degrees(statistics, in, out, graph->nodes);
    figures_add(statistics, "degree_assortativity", assortativity(graph, in, out));
    free(in);
    free(out);
}

static void add_shape(struct figures *statistics, const struct graph *simple, uint64_t budget)
{
    struct clustering clustering = clustering_of(simple);
    figures_add(statistics, "triangles", (double)clustering.triangles);
    figures_add(statistics, "global_clustering", clustering.global);
    figures_add(statistics, "average_clustering", clustering.average);
    size_t count;
    uint32_t *largest = components_largest(simple, &count);
    struct diameter diameter = diameter_of(simple, largest, count, budget);
    figures_add(statistics, "diameter", (double)diameter.value);
    figures_add(statistics, "diameter_exact", diameter.exact);
    free(largest);
}

static void add_homophily(struct figures *statistics, const struct graph *simple,
                          const struct labels *labels)
{
    size_t classes = labels->classes.count;
    double *arcs_of_class = memory_zeroed(classes, sizeof *arcs_of_class);
    double same_arcs = 0, node_shares = 0, linked = 0;
    for (size_t v = 0; v < simple->nodes; v++) {
        double neighbours = (double)degree(simple, v);
        double same = 0;
        for (size_t i = simple->offsets[v]; i < simple->offsets[v + 1]; i++)
            same += labels->of_node[simple->targets[i]] == labels->of_node[v];
        arcs_of_class[labels->of_node[v]] += neighbours;
        same_arcs += same;
        node_shares += neighbours > 0 ? same / neighbours : 0;
        linked += neighbours > 0;
    }
    double arcs = (double)simple->arcs;
    double by_chance = 0; /* of an edge between ends that are drawn by degree */
    for (size_t c = 0; c < classes; c++)
        by_chance += arcs_of_class[c] / arcs * (arcs_of_class[c] / arcs);
    double edge_homophily = arcs > 0 ? same_arcs / arcs : (double)NAN;
    figures_add(statistics, "classes", (double)classes);
    figures_add(statistics, "edge_homophily", edge_homophily);
    figures_add(statistics, "node_homophily", linked > 0 ? node_shares / linked : (double)NAN);
    figures_add(statistics, "adjusted_homophily",
        by_chance < 1 ? (edge_homophily - by_chance) / (1 - by_chance) : (double)NAN);
    free(arcs_of_class);
}

void statistics_compute(const struct graph *graph, const struct labels *labels, uint64_t budget,
                        struct figures *statistics)
{
    struct graph simple;
    graph_simple(graph, &simple);
    statistics->count = 0;
    add_size(statistics, graph);
    add_components(statistics, graph, &simple);
    add_degrees(statistics, &simple);
    add_ends(statistics, graph);
    add_shape(statistics, &simple, budget);
    if (labels)
        add_homophily(statistics, &simple, labels);
    graph_free(&simple);
}
