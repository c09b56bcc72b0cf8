#include "base/memory.h"
#include "base/threads.h"
#include "dag/closure.h"
#include "dag/ordered_arcs.h"

#include <stdlib.h>
#include <string.h>

/* Columns that are swept together: 64 bytes, a cache line, for each row. */
enum { BLOCK_WORDS = 8, BLOCK_COLUMNS = 64 * BLOCK_WORDS };

struct sweep {
    const struct dag *dag;
    struct ordered_arcs arcs;
    bool *needed;
};

/* Which columns of the block a node reaches, itself not counted. */
struct block_row {
    uint64_t words[BLOCK_WORDS];
};

/*
 * The row of one position. An arc to a column that an earlier successor reaches is redundant: those
 * that could reach it come before it in the order.
 */
static void sweep_row(const struct sweep *sweep, size_t position, size_t first, size_t end,
                      struct block_row *rows)
{
    struct block_row row = {{0}};
    for (size_t i = sweep->arcs.offsets[position]; i < sweep->arcs.offsets[position + 1]; i++) {
        struct ordered_arc arc = sweep->arcs.arcs[i];
        if (arc.target >= end)
            break;
        if (arc.target >= first) {
            size_t column = arc.target - first;
            uint64_t bit = 1ull << column % 64;
            sweep->needed[arc.arc] = !(row.words[column / 64] & bit);
            row.words[column / 64] |= bit;
        }
        for (size_t w = 0; w < BLOCK_WORDS; w++)
            row.words[w] |= rows[arc.target].words[w];
    }
    rows[position] = row;
}

/* Sweeps the columns first .. end - 1; rows (nodes) is scratch. Returns how many bits are set. */
static uint64_t sweep_block(const struct sweep *sweep, size_t first, size_t end,
                            struct block_row *rows)
{
    uint64_t size = 0;
    for (size_t position = end; position-- > 0;) {
        sweep_row(sweep, position, first, end, rows);
        for (size_t w = 0; w < BLOCK_WORDS; w++)
            size += (uint64_t)__builtin_popcountll(rows[position].words[w]);
    }
    return size;
}

static size_t block_count(const struct dag *dag)
{
    return (dag->graph.nodes + BLOCK_COLUMNS - 1) / BLOCK_COLUMNS;
}

uint64_t closure_sweep_visits(const struct dag *dag)
{
    return (uint64_t)block_count(dag) * ((dag->graph.nodes + dag->graph.arcs) / 2 + 1);
}

void closure_sweep(const struct dag *dag, struct closure_summary *summary)
{
    size_t nodes = dag->graph.nodes;
    size_t blocks = block_count(dag);
    struct sweep sweep = {.dag = dag};
    uint64_t size = 0;
    ordered_arcs_make(&sweep.arcs, dag);
    sweep.needed = memory_alloc(dag->graph.arcs, sizeof *sweep.needed);
#pragma omp parallel num_threads((int)threads_for(blocks, 4)) reduction(+ : size)
    {
        struct block_row *rows = memory_alloc(nodes, sizeof *rows);
#pragma omp for schedule(dynamic)
        for (size_t block = 0; block < blocks; block++) {
            size_t first = block * BLOCK_COLUMNS;
            size_t end = first + BLOCK_COLUMNS < nodes ? first + BLOCK_COLUMNS : nodes;
            size += sweep_block(&sweep, first, end, rows);
        }
        free(rows);
    }
    ordered_arcs_free(&sweep.arcs);
    *summary = (struct closure_summary){.size = size, .needed = sweep.needed};
    for (size_t i = 0; i < dag->graph.arcs; i++)
        summary->reduction += sweep.needed[i];
}

void closure_reduction(const struct dag *dag, const bool *needed, struct graph *reduction)
{
    size_t count, kept = 0;
    struct edge *edges = graph_edges(&dag->graph, &count);
    for (size_t i = 0; i < count; i++)
        if (needed[i])
            edges[kept++] = edges[i];
    graph_from_edges(reduction, dag->graph.nodes, edges, kept, true, dag->graph.weights != NULL,
                     names_copy(&dag->graph.names));
    free(edges);
}
