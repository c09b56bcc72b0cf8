#include "graph/block_graph.h"

#include "base/memory.h"
#include "base/output.h"
#include "graph/pair_sampling.h"
#include "io/npy.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

const struct block_graph block_graph_default = {
    .edges = 7, .homophily = 0.65, .features = 128, .separation = 0.15};

/* Streams of the generator's purpose. */
enum { STREAM_WITHIN, STREAM_BETWEEN, STREAM_MEANS, STREAM_FEATURES, STREAM_SPLIT };

/* --- pairs of nodes, row by row: u with every v > u --- */

/* How many v > u are of the class of u. */
static uint64_t pairs_within(const struct block_graph *g, uint64_t u)
{
    return (g->nodes - 1 - u) / g->classes;
}

static uint64_t pairs_between(const struct block_graph *g, uint64_t u)
{
    return g->nodes - 1 - u - pairs_within(g, u);
}

/* The k-th v > u of the class of u, and of another: every classes-th one is passed over. */
static uint64_t partner_within(const struct block_graph *g, uint64_t u, uint64_t k)
{
    return u + (k + 1) * g->classes;
}

static uint64_t partner_between(const struct block_graph *g, uint64_t u, uint64_t k)
{
    return u + 1 + k + k / (g->classes - 1);
}

/* A sample of pairs that is written as the rows go by. */
struct pair_stream {
    struct sequential_sample sample;
    uint64_t pair, row_start; /* the next pair, and the first of the row */
    bool more;
};

static struct pair_stream stream_start(const struct block_graph *g, uint64_t edges, uint64_t pairs,
                                       uint32_t stream)
{
    struct pair_stream s = {.sample = sequential_sample_start(
                                edges, pairs, rng_make(g->seed, RNG_GENERATOR, stream))};
    s.more = sequential_sample_next(&s.sample, &s.pair);
    return s;
}

static void write_row(struct pair_stream *s, const struct block_graph *g, uint64_t u,
                      uint64_t pairs,
                      uint64_t (*partner)(const struct block_graph *, uint64_t, uint64_t),
                      FILE *file)
{
    while (s->more && s->pair < s->row_start + pairs) {
        fprintf(file, "%" PRIu64 ",%" PRIu64 "\n", u, partner(g, u, s->pair - s->row_start));
        s->more = sequential_sample_next(&s->sample, &s->pair);
    }
    s->row_start += pairs;
}

/* How the edges fall within classes and between them, as the homophily says where it can be. */
static bool share_edges(const struct block_graph *g, uint64_t counts[2], uint64_t pairs[2],
                        struct error *error)
{
    pairs[0] = pairs[1] = 0;
    for (uint64_t u = 0; u < g->nodes; u++) {
        pairs[0] += pairs_within(g, u);
        pairs[1] += pairs_between(g, u);
    }
    counts[0] = (uint64_t)llround(g->homophily * (double)g->edges);
    counts[1] = g->edges - counts[0];
    static const char *const where[] = {"within the classes", "between them"};
    for (int i = 0; i < 2; i++)
        if (counts[i] > pairs[i])
            return error_set(error, EX_USAGE,
                             "%" PRIu64 " edges %s are more than the %" PRIu64 " pairs of nodes",
                             counts[i], where[i], pairs[i]);
    return true;
}

static void write_edges(const struct block_graph *g, const uint64_t counts[2],
                        const uint64_t pairs[2], FILE *file)
{
    struct pair_stream within = stream_start(g, counts[0], pairs[0], STREAM_WITHIN);
    struct pair_stream between = stream_start(g, counts[1], pairs[1], STREAM_BETWEEN);
    fputs("source,target\n", file);
    for (uint64_t u = 0; u < g->nodes; u++) {
        write_row(&within, g, u, pairs_within(g, u), partner_within, file);
        write_row(&between, g, u, pairs_between(g, u), partner_between, file);
    }
}

static void write_nodes(const struct block_graph *g, FILE *file)
{
    struct rng rng = rng_make(g->seed, RNG_GENERATOR, STREAM_SPLIT);
    fputs("node,label,split\n", file);
    for (size_t v = 0; v < g->nodes; v++) {
        double u = rng_uniform(&rng);
        fprintf(file, "%zu,%zu,%s\n", v, v % g->classes,
                u < 0.6 ? "train" : u < 0.8 ? "validation" : "test");
    }
}

/* Rows first .. first + count of the features; every row has a stream of its own. */
static void draw_rows(const struct block_graph *g, const float *means, uint64_t seed, size_t first,
                      size_t count, float *rows)
{
    size_t dim = g->features;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < count; i++) {
        struct rng rng = rng_make(seed, RNG_GENERATOR, (uint32_t)(first + i));
        const float *mean = means + (first + i) % g->classes * dim;
        float *row = rows + i * dim;
        rng_fill_normal(&rng, row, dim, 1);
        for (size_t j = 0; j < dim; j++)
            row[j] += mean[j];
    }
}

static bool write_features(const struct block_graph *g, struct output *output, struct error *error)
{
    enum { ROWS = 4096 };
    size_t dim = g->features;
    float *means = memory_alloc(g->classes * dim, sizeof *means);
    float *rows = memory_alloc(ROWS * dim, sizeof *rows);
    struct rng rng = rng_make(g->seed, RNG_GENERATOR, STREAM_MEANS);
    rng_fill_normal(&rng, means, g->classes * dim, (float)g->separation);
    rng = rng_make(g->seed, RNG_GENERATOR, STREAM_FEATURES);
    uint64_t seed = rng_bits64(&rng);
    bool good = npy_write_header(output, DTYPE_F32, 2, (const size_t[]){g->nodes, dim}, error);
    for (size_t first = 0; good && first < g->nodes; first += ROWS) {
        size_t count = g->nodes - first < ROWS ? g->nodes - first : ROWS;
        draw_rows(g, means, seed, first, count, rows);
        good = output_write(output, rows, count * dim * sizeof *rows, error);
    }
    free(means);
    free(rows);
    return good;
}

/* --- the folder --- */

enum { EDGES, NODES, FEATURES, FILES };

static bool open_files(const char *folder, struct output *outputs, int *opened,
                       struct error *error)
{
    static const char *const names[FILES] = {"edges.csv", "nodes.csv", "features.npy"};
    for (*opened = 0; *opened < FILES; ++*opened) {
        char *path = memory_format("%s/%s", folder, names[*opened]);
        bool good = output_open(&outputs[*opened], path, error);
        free(path);
        if (!good)
            return false;
    }
    return true;
}

bool block_graph_write(const struct block_graph *graph, const char *folder, struct error *error)
{
    struct output outputs[FILES];
    uint64_t counts[2], pairs[2];
    int opened = 0, next = 0;
    if (graph->classes > graph->nodes)
        return error_set(error, EX_USAGE, "more classes than nodes");
    if (!share_edges(graph, counts, pairs, error))
        return false;
    struct stat status;
    bool there = stat(folder, &status) == 0;
    if (there && !S_ISDIR(status.st_mode))
        return error_set(error, EX_CANTCREAT, "%s is a file; expected a folder, or nothing yet",
                         folder);
    if (!there && mkdir(folder, 0777) != 0)
        return error_set_errno(error, EX_CANTCREAT, "cannot make the folder %s", folder);
    bool good = open_files(folder, outputs, &opened, error);
    if (good) {
        write_edges(graph, counts, pairs, outputs[EDGES].file);
        write_nodes(graph, outputs[NODES].file);
        good = write_features(graph, &outputs[FEATURES], error);
    }
    while (good && next < FILES)
        good = output_commit(&outputs[next++], error);
    while (next < opened)
        output_discard(&outputs[next++]);
    return good;
}
