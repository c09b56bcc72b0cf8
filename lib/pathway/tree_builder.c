#include "pathway/tree_builder.h"

#include "base/memory.h"
#include "dist/ranks.h"
#include "tensor/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double grid = 0x1p26; /* batches of up to 2^12 rows within 2^15 deviations are exact */

void tree_builder_begin(struct tree_builder *b, struct router *router,
                        const struct tree_options *options, const struct moments *target)
{
    *b = (struct tree_builder){.router = router, .options = *options, .target_scale = 1};
    if (options->supervision <= 0)
        return;
    b->extra = router->columns.labels ? router->classes.count : 1;
    standardisation_from_moments(
        &(struct standardisation){1, &b->target_mean, &b->target_scale}, target);
}

void tree_builder_free(struct tree_builder *b)
{
    free(b->extra_centres);
    free(b->seen);
    free(b->sums);
    free(b->masses);
    *b = (struct tree_builder){0};
}

/* Room for what is kept of nodes; what is new is 0. */
static void make_room(struct tree_builder *b)
{
    size_t nodes = b->router->nodes, width = b->router->inputs + b->extra;
    if (nodes <= b->room)
        return;
    b->extra_centres = memory_resize(b->extra_centres, nodes * b->extra, sizeof(real));
    b->seen = memory_resize(b->seen, nodes, sizeof *b->seen);
    b->sums = memory_resize(b->sums, nodes * width, sizeof *b->sums);
    b->masses = memory_resize(b->masses, nodes, sizeof *b->masses);
    size_t fresh = nodes - b->room;
    memset(b->extra_centres + b->room * b->extra, 0, fresh * b->extra * sizeof(real));
    memset(b->seen + b->room, 0, fresh * sizeof *b->seen);
    memset(b->sums + b->room * width, 0, fresh * width * sizeof *b->sums);
    memset(b->masses + b->room, 0, fresh * sizeof *b->masses);
    b->room = nodes;
}

/* z (inputs + extra) = [x; lambda y] of a row. */
static void place_row(const struct tree_builder *b, const real *row, real *z)
{
    size_t inputs = b->router->inputs;
    real lambda = (real)b->options.supervision;
    standardise(&b->router->scaling, row, 1, z);
    if (b->extra == 0)
        return;
    if (!b->router->columns.labels) {
        z[inputs] = lambda * (row[inputs] - b->target_mean) / b->target_scale;
        return;
    }
    memset(z + inputs, 0, b->extra * sizeof *z);
    z[inputs + (size_t)row[inputs]] = lambda;
}

/* --- growing on a sample --- */

/*
 * The x parts of the centres (count, width), and how many rows (count, width) each is nearest to.
 */
static size_t keep_used(size_t inputs, size_t width, const real *rows, size_t count, real *centres,
                        size_t k)
{
    real *inputs_only = memory_alloc((count + k) * inputs, sizeof *inputs_only);
    real *places = inputs_only + count * inputs;
    uint32_t *nearest = memory_alloc(count, sizeof *nearest);
    size_t *masses = memory_zeroed(k, sizeof *masses), used = 0;
    for (size_t i = 0; i < count; i++)
        memcpy(inputs_only + i * inputs, rows + i * width, inputs * sizeof *rows);
    for (size_t c = 0; c < k; c++)
        memcpy(places + c * inputs, centres + c * width, inputs * sizeof *rows);
    const struct kmeans_rows kmeans_rows = {inputs_only, count, inputs, NULL};
    kmeans_assign(&kmeans_rows, places, k, nearest, NULL);
    for (size_t i = 0; i < count; i++)
        masses[nearest[i]]++;
    for (size_t c = 0; c < k; c++)
        if (masses[c] > 0)
            memmove(centres + used++ * width, centres + c * width, width * sizeof *centres);
    free(inputs_only);
    free(nearest);
    free(masses);
    return used;
}

/*
 * K-means of the rows that reach a node: up to k centres (k, inputs + extra), each the nearest of
 * some row in its inputs alone. Returns how many.
 */
static size_t cluster(struct tree_builder *b, const real *rows, size_t count, size_t k,
                      real *centres)
{
    size_t inputs = b->router->inputs, width = inputs + b->extra;
    real *places = memory_alloc(count * width, sizeof *places);
    for (size_t i = 0; i < count; i++)
        place_row(b, rows + i * (inputs + 1), places + i * width);
    const struct kmeans_rows kmeans_rows = {places, count, width, NULL};
    struct kmeans_options options = kmeans_defaults(k);
    options.iterations = b->options.iterations;
    struct rng rng = rng_make(b->options.seed, RNG_CLUSTERS, b->grown++);
    size_t found = kmeans_fit(&kmeans_rows, &options, &rng, centres, NULL).centres;
    found = keep_used(inputs, width, places, count, centres, found);
    free(places);
    return found;
}

/* Makes the centres (count, inputs + extra) children of a node. */
static void add_children(struct tree_builder *b, size_t node, const real *centres, size_t count)
{
    size_t inputs = b->router->inputs, width = inputs + b->extra;
    real *inputs_only = memory_alloc(count * inputs, sizeof *inputs_only);
    size_t first = b->router->nodes;
    for (size_t c = 0; c < count; c++)
        memcpy(inputs_only + c * inputs, centres + c * width, inputs * sizeof *centres);
    router_split(b->router, node, count, inputs_only);
    make_room(b);
    for (size_t c = 0; c < count && b->extra > 0; c++)
        memcpy(b->extra_centres + (first + c) * b->extra, centres + c * width + inputs,
               b->extra * sizeof *centres);
    free(inputs_only);
}

/* Sorts the rows by the child of the node that they go to; ends (children) where each one's end. */
static void sort_rows(const struct tree_builder *b, size_t node, real *rows, size_t count,
                      size_t *ends)
{
    const struct router *r = b->router;
    size_t columns = r->inputs + 1, children = r->children[node];
    uint32_t *child = memory_alloc(count, sizeof *child);
    real *sorted = memory_alloc(count * columns, sizeof *sorted);
    real *z = memory_alloc(r->inputs, sizeof *z);
    memset(ends, 0, children * sizeof *ends);
    for (size_t i = 0; i < count; i++) {
        real distances[2];
        standardise(&r->scaling, rows + i * columns, 1, z);
        child[i] = (uint32_t)(router_nearest_child(r, node, z, NULL, distances) -
                              r->first_child[node]);
        ends[child[i]]++;
    }
    for (size_t c = 0, start = 0; c < children; c++) {
        size_t length = ends[c];
        ends[c] = start;
        start += length;
    }
    for (size_t i = 0; i < count; i++)
        memcpy(sorted + ends[child[i]]++ * columns, rows + i * columns, columns * sizeof *rows);
    memcpy(rows, sorted, count * columns * sizeof *rows);
    free(child);
    free(sorted);
    free(z);
}

/*
 * Shares `leaves` among children in proportion to their rows: one each, and the others to whoever
 * has most rows for each leaf it has.
 */
static void share_leaves(const size_t *ends, size_t children, size_t leaves, size_t *shares)
{
    for (size_t c = 0; c < children; c++)
        shares[c] = 1;
    for (size_t given = children; given < leaves; given++) {
        size_t most = 0;
        double most_rows = -1;
        for (size_t c = 0; c < children; c++) {
            double rows = (double)(ends[c] - (c ? ends[c - 1] : 0)) / (double)shares[c];
            if (rows > most_rows) {
                most_rows = rows;
                most = c;
            }
        }
        shares[most]++;
    }
}

void tree_builder_grow(struct tree_builder *b, size_t node, real *rows, size_t count,
                       size_t leaves)
{
    size_t width = b->router->inputs + b->extra, columns = b->router->inputs + 1;
    size_t k = leaves < b->options.branching ? leaves : b->options.branching;
    make_room(b);
    b->seen[node] = (double)count;
    if (k < 2 || count < 2)
        return;
    real *centres = memory_alloc(k * width, sizeof *centres);
    size_t children = cluster(b, rows, count, k, centres);
    if (children >= 2) {
        size_t *ends = memory_alloc(2 * children, sizeof *ends), *shares = ends + children;
        add_children(b, node, centres, children);
        size_t first = b->router->first_child[node];
        sort_rows(b, node, rows, count, ends);
        share_leaves(ends, children, leaves > children ? leaves : children, shares);
        for (size_t c = 0; c < children; c++) {
            size_t start = c ? ends[c - 1] : 0;
            tree_builder_grow(b, first + c, rows + start * columns, ends[c] - start, shares[c]);
        }
        free(ends);
    }
    free(centres);
}

/* --- mini-batches --- */

/* The child of a node whose prototype is nearest in [x; lambda y]. */
static size_t nearest_prototype(const struct tree_builder *b, size_t node, const real *z)
{
    const struct router *r = b->router;
    real distances[2];
    if (b->extra == 0)
        return router_nearest_child(r, node, z, NULL, distances);
    size_t nearest = r->first_child[node];
    double least = INFINITY;
    for (size_t child = nearest; child < r->first_child[node] + r->children[node]; child++) {
        double sum = 0;
        for (size_t j = 0; j < r->inputs; j++) {
            double d = (double)z[j] - (double)r->centres[child * r->inputs + j];
            sum += d * d;
        }
        for (size_t j = 0; j < b->extra; j++) {
            double d = (double)z[r->inputs + j] - (double)b->extra_centres[child * b->extra + j];
            sum += d * d;
        }
        if (sum < least) {
            least = sum;
            nearest = child;
        }
    }
    return nearest;
}

/* Adds a row to the sums of the prototypes on its way. */
static void add_row(struct tree_builder *b, const real *z)
{
    const struct router *r = b->router;
    size_t width = r->inputs + b->extra;
    for (size_t node = 0; r->children[node] > 0; ) {
        real distances[2];
        size_t prototype = nearest_prototype(b, node, z);
        double *sum = b->sums + prototype * width;
        b->masses[prototype]++;
        for (size_t j = 0; j < width; j++)
            sum[j] += nearbyint((double)z[j] * grid);
        node = b->extra == 0 ? prototype : router_nearest_child(r, node, z, NULL, distances);
    }
}

/* Moves the prototypes to the means of all rows they have had (kmeans_move, of both parts). */
static void move_prototypes(struct tree_builder *b)
{
    struct router *r = b->router;
    size_t width = r->inputs + b->extra;
    for (size_t node = 1; node < r->nodes; node++) {
        if (!(b->masses[node] > 0))
            continue;
        b->seen[node] += b->masses[node];
        for (size_t j = 0; j < width; j++) {
            real *centre = j < r->inputs ? &r->centres[node * r->inputs + j]
                                         : &b->extra_centres[node * b->extra + j - r->inputs];
            double sum = b->sums[node * width + j] / grid;
            *centre += (real)((sum - b->masses[node] * (double)*centre) / b->seen[node]);
        }
    }
}

void tree_builder_batch(struct tree_builder *b, const real *rows, size_t count)
{
    size_t inputs = b->router->inputs, width = inputs + b->extra;
    make_room(b);
    memset(b->sums, 0, b->router->nodes * width * sizeof *b->sums);
    memset(b->masses, 0, b->router->nodes * sizeof *b->masses);
    real *z = memory_alloc(width, sizeof *z);
    for (size_t i = 0; i < count; i++) {
        place_row(b, rows + i * (inputs + 1), z);
        add_row(b, z);
    }
    free(z);
    ranks_sum_doubles(b->sums, b->router->nodes * width);
    ranks_sum_doubles(b->masses, b->router->nodes);
    move_prototypes(b);
}

/* --- leaves without rows --- */

/* The rows of each node (nodes). */
static uint64_t *count_by_node(const struct router *r, const uint64_t *counts)
{
    uint64_t *rows = memory_zeroed(r->nodes, sizeof *rows);
    for (size_t node = r->nodes; node-- > 0;) { /* children stand behind their parents */
        if (r->children[node] == 0)
            rows[node] = counts[r->leaf[node]];
        if (node > 0)
            rows[r->parent[node]] += rows[node];
    }
    return rows;
}

/* Copies what is below a node of `from` to below a leaf node of `to`. */
static void copy_used(const struct router *from, size_t node, const uint64_t *rows,
                      struct router *to, size_t place)
{
    size_t first = from->first_child[node], used = 0;
    uint32_t *children = memory_alloc(from->children[node] + 1, sizeof *children);
    for (size_t child = first; child < first + from->children[node]; child++)
        if (rows[child] > 0)
            children[used++] = (uint32_t)child;
    if (used == 1) {
        copy_used(from, children[0], rows, to, place);
    } else if (used > 1) {
        size_t inputs = from->inputs, added = to->nodes;
        real *centres = memory_alloc(used * inputs, sizeof *centres);
        for (size_t c = 0; c < used; c++)
            memcpy(centres + c * inputs, from->centres + children[c] * inputs,
                   inputs * sizeof *centres);
        router_split(to, place, used, centres);
        for (size_t c = 0; c < used; c++)
            copy_used(from, children[c], rows, to, added + c);
        free(centres);
    }
    free(children);
}

struct router router_without_empty(struct router *router, const uint64_t *counts)
{
    uint64_t *rows = count_by_node(router, counts);
    struct router copy = router_make(router->columns, router->classes);
    memcpy(copy.scaling.mean, router->scaling.mean, router->inputs * sizeof(real));
    memcpy(copy.scaling.scale, router->scaling.scale, router->inputs * sizeof(real));
    copy_used(router, 0, rows, &copy, 0);
    router_number_leaves(&copy);
    router->columns = (struct row_columns){0};
    router->classes = (struct names){0};
    router_free(router);
    free(rows);
    return copy;
}
