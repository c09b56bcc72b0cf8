#include "graph/neighbour_sampling.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/threads.h"

#include <stdlib.h>
#include <string.h>

enum { NOWHERE = UINT32_MAX };

/* An array that grows. */
struct room {
    void *block;
    size_t capacity;
};

/* The arrays of a layer's matrix and of its transpose. */
struct layer_memory {
    struct room offsets, indices, values;
    struct room turned_offsets, turned_indices, turned_values;
};

struct neighbourhood_memory {
    struct layer_memory layers[SAMPLE_MOST_LAYERS];
    struct room nodes;
    struct room row_scales, column_scales; /* of the nodes: the whole's, in their order */
    uint32_t *place; /* (nodes of the whole): NOWHERE between calls */
    size_t places;
};

static void *reserve(struct room *room, size_t count, size_t size)
{
    room->block = memory_grow(room->block, &room->capacity, count + 1, size);
    return room->block;
}

static void check_layers(size_t layers)
{
    if (layers > SAMPLE_MOST_LAYERS)
        error_die(EX_SOFTWARE, "neighbourhood_draw: %zu layers are too many", layers);
}

static void prepare(struct neighbourhood *n, size_t nodes)
{
    if (!n->memory)
        n->memory = memory_zeroed(1, sizeof *n->memory);
    struct neighbourhood_memory *m = n->memory;
    if (m->places == nodes)
        return;
    free(m->place);
    m->places = nodes;
    m->place = memory_alloc(nodes, sizeof *m->place);
    memset(m->place, 0xff, nodes * sizeof *m->place); /* NOWHERE */
}

/*
 * k different numbers below d, each set of them as likely as any other: a row that is short is gone
 * through (Knuth's algorithm S), of a long one only what is drawn is touched (Floyd's algorithm).
 */
static void choose(struct rng *rng, size_t d, size_t k, uint32_t *chosen)
{
    if (d <= 8 * k) {
        for (size_t i = 0, taken = 0; taken < k; i++)
            if (rng_below(rng, d - i) < k - taken)
                chosen[taken++] = (uint32_t)i;
        return;
    }
    for (size_t i = 0; i < k; i++) {
        size_t last = d - k + i;
        uint32_t drawn = (uint32_t)rng_below(rng, last + 1);
        for (size_t j = 0; j < i; j++)
            if (chosen[j] == drawn) {
                drawn = (uint32_t)last;
                break;
            }
        chosen[i] = drawn;
    }
}

static size_t degree(const struct sparse *whole, uint32_t node)
{
    return whole->offsets[node + 1] - whole->offsets[node];
}

/* The entries of a row that are drawn, their columns still nodes of the whole. */
static void draw_row(const struct sparse *whole, uint32_t node, size_t k, uint64_t seed,
                     uint32_t *columns, real *values)
{
    size_t d = degree(whole, node), first = whole->offsets[node];
    real factor = k ? (real)((double)d / (double)k) : 0;
    if (k < d) {
        struct rng rng = rng_make(seed, RNG_NEIGHBOURS, node);
        choose(&rng, d, k, columns);
    } else {
        for (size_t i = 0; i < d; i++)
            columns[i] = (uint32_t)i;
    }
    for (size_t i = 0; i < k; i++) {
        size_t entry = first + columns[i];
        values[i] = factor * (whole->values ? whole->values[entry] : 1);
        columns[i] = whole->indices[entry];
    }
}

/* The matrix of a layer whose results are the first `rows` nodes. */
static struct sparse draw_layer(struct neighbourhood *n, const struct sparse *whole, size_t rows,
                                size_t fanout, uint64_t seed, struct layer_memory *memory)
{
    enum { LEAST_ROWS = 512 };
    size_t *offsets = reserve(&memory->offsets, rows, sizeof *offsets);
    offsets[0] = 0;
    for (size_t i = 0; i < rows; i++) {
        size_t d = degree(whole, n->nodes[i]);
        offsets[i + 1] = offsets[i] + (fanout && fanout < d ? fanout : d);
    }
    uint32_t *columns = reserve(&memory->indices, offsets[rows], sizeof *columns);
    real *values = reserve(&memory->values, offsets[rows], sizeof *values);
    int threads = (int)threads_for(rows, LEAST_ROWS);
#pragma omp parallel for schedule(dynamic, 64) num_threads(threads) if (threads > 1)
    for (size_t i = 0; i < rows; i++)
        draw_row(whole, n->nodes[i], offsets[i + 1] - offsets[i], seed, columns + offsets[i],
                 values + offsets[i]);
    return (struct sparse){.rows = rows, .offsets = offsets, .indices = columns, .values = values,
                           .diagonal = whole->diagonal};
}

/* Turns nodes of the whole into places among the nodes; those that are new come behind them. */
static size_t place_columns(struct neighbourhood *n, size_t count, uint32_t *columns,
                            size_t entries)
{
    struct neighbourhood_memory *m = n->memory;
    n->nodes = reserve(&m->nodes, count + entries, sizeof *n->nodes);
    for (size_t i = 0; i < entries; i++) {
        uint32_t node = columns[i];
        if (m->place[node] == NOWHERE) {
            m->place[node] = (uint32_t)count;
            n->nodes[count++] = node;
        }
        columns[i] = m->place[node];
    }
    return count;
}

static const real *gather_scales(const struct neighbourhood *n, const real *scales, size_t count,
                                 struct room *room)
{
    if (!scales)
        return NULL;
    real *own = reserve(room, count, sizeof *own);
    for (size_t i = 0; i < count; i++)
        own[i] = scales[n->nodes[i]];
    return own;
}

static struct sparse turn_layer(const struct sparse *matrix, struct layer_memory *memory)
{
    size_t entries = sparse_entries(matrix), columns = matrix->columns;
    size_t *offsets = reserve(&memory->turned_offsets, columns + 2, sizeof *offsets);
    uint32_t *indices = reserve(&memory->turned_indices, entries, sizeof *indices);
    real *values = reserve(&memory->turned_values, entries, sizeof *values);
    memset(offsets, 0, (columns + 2) * sizeof *offsets);
    return sparse_turn(matrix, offsets, indices, values);
}

/* The seeds become the first nodes. */
static void start(struct neighbourhood *n, const uint32_t *seeds, size_t count, size_t layers)
{
    struct neighbourhood_memory *m = n->memory;
    n->layers = layers;
    n->rows[layers] = count;
    n->nodes = reserve(&m->nodes, count, sizeof *n->nodes);
    for (size_t i = 0; i < count; i++) {
        n->nodes[i] = seeds[i];
        m->place[seeds[i]] = (uint32_t)i;
    }
}

void neighbourhood_draw(struct neighbourhood *neighbourhood, const struct sparse *whole,
                        const uint32_t *seeds, size_t count, const size_t *fanouts, size_t layers,
                        uint64_t seed, uint64_t step)
{
    struct neighbourhood *n = neighbourhood;
    check_layers(layers);
    prepare(n, whole->rows);
    struct neighbourhood_memory *m = n->memory;
    start(n, seeds, count, layers);
    struct rng rng = rng_make(seed, RNG_NEIGHBOURS, (uint32_t)step);
    for (size_t l = layers; l-- > 0;) {
        struct sparse *matrix = &n->matrix[l];
        *matrix = draw_layer(n, whole, n->rows[l + 1], fanouts[l], rng_bits64(&rng),
                             &m->layers[l]);
        n->rows[l] = matrix->columns =
            place_columns(n, n->rows[l + 1], m->layers[l].indices.block, sparse_entries(matrix));
    }
    size_t nodes = n->rows[0];
    const real *row_scales = gather_scales(n, whole->row_scale, nodes, &m->row_scales);
    const real *column_scales = gather_scales(n, whole->column_scale, nodes, &m->column_scales);
    for (size_t l = 0; l < layers; l++) {
        n->matrix[l].row_scale = row_scales;
        n->matrix[l].column_scale = column_scales;
        n->transpose[l] = turn_layer(&n->matrix[l], &m->layers[l]);
    }
    for (size_t i = 0; i < nodes; i++)
        m->place[n->nodes[i]] = NOWHERE;
}

static void free_layer(struct layer_memory *memory)
{
    free(memory->offsets.block);
    free(memory->indices.block);
    free(memory->values.block);
    free(memory->turned_offsets.block);
    free(memory->turned_indices.block);
    free(memory->turned_values.block);
}

void neighbourhood_free(struct neighbourhood *neighbourhood)
{
    struct neighbourhood_memory *m = neighbourhood->memory;
    for (size_t l = 0; m && l < SAMPLE_MOST_LAYERS; l++)
        free_layer(&m->layers[l]);
    if (m) {
        free(m->nodes.block);
        free(m->row_scales.block);
        free(m->column_scales.block);
        free(m->place);
    }
    free(m);
    *neighbourhood = (struct neighbourhood){0};
}
