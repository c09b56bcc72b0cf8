/*
 * reachability < EDGES: how many queries a second the index answers on one processor, by chain
 * labels and by interval labels, against one breadth-first search per query that stops when it
 * meets its target. All three must agree. Medians of paired runs.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/rng.h"
#include "dag/reachability.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RUNS = 5,
    PAIRS = 2000000,
    SEARCHES = 2000,
    FEW_NODES = 100 /* a search that meets fewer is as quick as a few misses of the cache: no index
                       is ten times as fast, and none is needed */
};

struct search {
    uint32_t *seen; /* (nodes): the number of the last search that met the node */
    uint32_t *queue;
    uint32_t count;
    uint64_t met;   /* nodes, in all searches */
};

static bool breadth_first(const struct graph *graph, struct search *search, uint32_t u, uint32_t v)
{
    size_t queued = 1;
    search->count++;
    search->queue[0] = u;
    search->seen[u] = search->count;
    for (size_t taken = 0; taken < queued; taken++) {
        uint32_t node = search->queue[taken];
        search->met++;
        if (node == v)
            return true;
        for (size_t i = graph->offsets[node]; i < graph->offsets[node + 1]; i++) {
            uint32_t target = graph->targets[i];
            if (search->seen[target] == search->count)
                continue;
            search->seen[target] = search->count;
            search->queue[queued++] = target;
        }
    }
    return false;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, compare_doubles);
    return values[RUNS / 2];
}

struct bench {
    struct dag dag;
    struct node_pair *pairs; /* (PAIRS) */
    bool *expected;          /* (SEARCHES): of the first pairs, by search */
    bool *answers;           /* (PAIRS) */
};

/* Seconds for a query of the index, the median of runs. */
static double time_index(const struct bench *bench, const struct reachability *index)
{
    double seconds[RUNS];
    for (int run = 0; run < RUNS; run++) {
        double started = progress_seconds();
        reachability_batch(index, bench->pairs, PAIRS, bench->answers);
        seconds[run] = (progress_seconds() - started) / PAIRS;
    }
    if (memcmp(bench->answers, bench->expected, SEARCHES * sizeof *bench->answers) != 0)
        error_die(EX_SOFTWARE, "the index and breadth-first search disagree");
    return median(seconds);
}

/* Seconds for a search, the median of runs; fills bench->expected and the nodes a search meets. */
static double time_searches(const struct bench *bench, double *met)
{
    double seconds[RUNS];
    size_t nodes = bench->dag.graph.nodes;
    struct search search = {.seen = memory_zeroed(nodes, sizeof *search.seen)};
    search.queue = memory_alloc(nodes, sizeof *search.queue);
    for (int run = 0; run < RUNS; run++) {
        double started = progress_seconds();
        for (size_t i = 0; i < SEARCHES; i++)
            bench->expected[i] = breadth_first(&bench->dag.graph, &search, bench->pairs[i].source,
                                               bench->pairs[i].target);
        seconds[run] = (progress_seconds() - started) / SEARCHES;
    }
    *met = (double)search.met / (RUNS * SEARCHES);
    free(search.seen);
    free(search.queue);
    return median(seconds);
}

/* Prints a line; returns how many times as fast as searching the index is, 0 if it was refused. */
static double compare(const struct bench *bench, enum reachability_method method, double searching)
{
    static const char *const names[] = {"auto", "chains", "intervals"};
    struct reachability_options options = reachability_defaults();
    struct reachability index;
    struct error error = {0};
    options.method = method;
    double started = progress_seconds();
    if (!reachability_build(&index, &bench->dag, &options, &error)) {
        printf("  %-10s left out: %s\n", names[method], error.message);
        return 0;
    }
    double building = progress_seconds() - started;
    double querying = time_index(bench, &index);
    printf("  %-10s built in %7.3f s, %7.1f MiB, %7.2f million queries/s, %8.1f times as fast "
           "as breadth-first search\n",
           names[method], building, (double)reachability_bytes(&index) / (1 << 20),
           1e-6 / querying, searching / querying);
    reachability_free(&index);
    return searching / querying;
}

int main(int argc, char **argv)
{
    error_set_program(argv[0]);
    omp_set_num_threads(1);
    struct error error = {0};
    struct bench bench;
    struct stream *stream = stream_open(argc > 1 ? argv[1] : "-", &error);
    if (!stream || !dag_read(stream, CYCLES_CONDENSE, &bench.dag, &error))
        error_exit(&error);
    stream_close(stream);
    size_t nodes = bench.dag.graph.nodes, reached = 0;
    struct rng rng = rng_make(1, RNG_TEST, 0);
    bench.pairs = memory_alloc(PAIRS, sizeof *bench.pairs);
    bench.expected = memory_alloc(SEARCHES, sizeof *bench.expected);
    bench.answers = memory_alloc(PAIRS, sizeof *bench.answers);
    for (size_t i = 0; i < PAIRS; i++)
        bench.pairs[i] = (struct node_pair){(uint32_t)rng_below(&rng, nodes),
                                            (uint32_t)rng_below(&rng, nodes)};
    double met, searching = time_searches(&bench, &met);
    for (size_t i = 0; i < SEARCHES; i++)
        reached += bench.expected[i];
    printf("%zu nodes, %zu arcs, %.1f %% of pairs reached, 1 thread; a search meets %.1f nodes and "
           "takes %.1f us\n", nodes, bench.dag.graph.arcs, 100.0 * (double)reached / SEARCHES, met,
           1e6 * searching);
    double by_chains = compare(&bench, REACHABILITY_CHAINS, searching);
    double by_intervals = compare(&bench, REACHABILITY_INTERVALS, searching);
    bool fast = met < FEW_NODES ||
                (by_chains > 0 ? by_chains : by_intervals) >= 10; /* as REACHABILITY_AUTO chooses */
    free(bench.pairs);
    free(bench.expected);
    free(bench.answers);
    dag_free(&bench.dag);
    return fast ? EX_OK : EX_SOFTWARE;
}
