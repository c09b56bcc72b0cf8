/*
 * The sparse product Y = A X of message passing against the machine's memory bandwidth.
 *
 *     spmm [NODES EDGES]
 *
 * A is the normalised adjacency of a random graph (ogbn-arxiv's size unless told otherwise), whose
 * nodes stand in random order, so that every row of X that an entry asks for comes from memory (or
 * from a cache that is large enough for all of X: then no bandwidth of memory bounds the product).
 * Bytes are counted as moved once for each entry: the row of X (width floats), its index and scale;
 * and for each row its sum written. STREAM's triad is a = b + s c on arrays of 400 MB each,
 * counting 12 bytes an element (no write-allocate), as McCalpin does. They run in turns; figures
 * are medians.
 *
 * Then, what other orders of the nodes would bring: by degree, and reverse Cuthill-McKee (1969),
 * for this graph, and for one of as many neighbours near to each other in the plane, whose order is
 * random.
 */
#include "base/memory.h"
#include "base/progress.h"
#include "graph/order.h"
#include "graph/point_graphs.h"
#include "graph/propagation.h"
#include "graph/random_graphs.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 9, TRIAD = 100000000 };

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *values, int count)
{
    qsort(values, (size_t)count, sizeof *values, compare);
    return values[count / 2];
}

/* Other work slows the clock but hardly the processor time of one thread. */
static double seconds(void)
{
    return omp_get_max_threads() == 1 ? progress_processor_seconds() : progress_seconds();
}

static float *filled(size_t count)
{
    float *values = memory_alloc(count, sizeof *values);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(i % 17);
    return values;
}

/* Bytes a second. */
static double triad(float *restrict a, const float *restrict b, const float *restrict c)
{
    double started = seconds();
#pragma omp parallel for simd schedule(static)
    for (size_t i = 0; i < TRIAD; i++)
        a[i] = b[i] + 3 * c[i];
    return 12.0 * TRIAD / (seconds() - started);
}

struct stream {
    float *a, *b, *c;
};

static void bench(const char *name, const struct sparse *matrix, size_t width,
                  const struct stream *stream)
{
    size_t nodes = matrix->rows, entries = sparse_entries(matrix) + nodes;
    float *x = filled(nodes * width), *y = filled(nodes * width);
    double product[RUNS], bandwidth[RUNS];
    double bytes = (double)entries * (double)(4 * width + 8) + 4.0 * (double)(nodes * width);
    sparse_multiply(matrix, x, width, false, y);
    for (int run = 0; run < RUNS; run++) {
        bandwidth[run] = triad(stream->a, stream->b, stream->c) / 1e9;
        double started = seconds();
        sparse_multiply(matrix, x, width, false, y);
        product[run] = bytes / (seconds() - started) / 1e9;
    }
    double ours = median(product, RUNS), peak = median(bandwidth, RUNS);
    printf("%-18s %5zu %10.1f %9.2f %13.2f %7.0f %% (>= 70 %%)\n", name, width,
           (double)(nodes * width * 4) / 1e6, ours, peak, 100 * ours / peak);
    fflush(stdout);
    free(x);
    free(y);
}

static void make_random(struct graph *graph, size_t nodes, double edges)
{
    struct edge_list list = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    double pairs = (double)nodes * ((double)nodes - 1) / 2;
    generate_erdos_renyi(&list, nodes, edges / pairs, false, &rng);
    graph_from_edges(graph, nodes, list.edges, list.count, false, false, (struct names){0});
    edge_list_free(&list);
}

static void make_near(struct graph *graph, size_t nodes, double edges)
{
    struct edge_list list = {0};
    struct rng rng = rng_make(1, RNG_TEST, 1);
    float *points = memory_alloc(nodes, 2 * sizeof *points);
    points_sample(points, nodes, 2, POINTS_CUBE, &rng);
    generate_geometric(&list, points, nodes, 2,
                       geometric_radius(nodes, 2, 2 * edges / (double)nodes), NULL);
    graph_from_edges(graph, nodes, list.edges, list.count, false, false, (struct names){0});
    edge_list_free(&list);
    free(points);
}

static void bench_graph(const char *name, const struct graph *graph, size_t width,
                        const struct stream *stream)
{
    struct propagation propagation = {0};
    propagation_make(&propagation, graph, PROPAGATION_SYMMETRIC, 1);
    bench(name, &propagation.matrix, width, stream);
    propagation_free(&propagation);
}

static void bench_orders(const char *name, const struct graph *graph, const struct stream *stream)
{
    static void (*const orders[])(const struct graph *, uint32_t *) = {order_by_degree,
                                                                       order_cuthill_mckee};
    static const char *const order_names[] = {"by degree", "RCM"};
    uint32_t *order = memory_alloc(graph->nodes, sizeof *order);
    char title[32];
    snprintf(title, sizeof title, "%s, random", name);
    bench_graph(title, graph, 256, stream);
    for (int i = 0; i < 2; i++) {
        struct graph ordered;
        double started = progress_seconds();
        orders[i](graph, order);
        graph_subgraph(graph, order, graph->nodes, &ordered);
        double taken = progress_seconds() - started;
        snprintf(title, sizeof title, "%s, %s", name, order_names[i]);
        bench_graph(title, &ordered, 256, stream);
        printf("    (ordered in %.2f s)\n", taken);
        graph_free(&ordered);
    }
    free(order);
}

int main(int argc, char **argv)
{
    size_t nodes = argc > 1 ? strtoul(argv[1], NULL, 10) : 169343;
    double edges = argc > 2 ? strtod(argv[2], NULL) : 1166243;
    struct graph random, near;
    struct stream stream = {filled(TRIAD), filled(TRIAD), filled(TRIAD)};
    make_random(&random, nodes, edges);
    make_near(&near, nodes, edges);
    printf("spmm: %zu nodes, %zu edges, %d threads, medians of %d paired runs\n", nodes,
           random.arcs / 2, omp_get_max_threads(), RUNS);
    printf("%-18s width      X, MB      GB/s   STREAM GB/s   share\n", "graph, order");
    static const size_t widths[] = {64, 128, 256};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        bench_graph("far, random", &random, widths[i], &stream);
    bench_orders("far", &random, &stream);
    bench_orders("near", &near, &stream);
    graph_free(&random);
    graph_free(&near);
    free(stream.a);
    free(stream.b);
    free(stream.c);
    return 0;
}
