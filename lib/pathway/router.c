#include "pathway/router.h"

#include "base/memory.h"
#include "tensor/squared_distance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the tree --- */

static void make_room(struct router *r, size_t nodes)
{
    r->first_child = memory_resize(r->first_child, nodes, sizeof *r->first_child);
    r->children = memory_resize(r->children, nodes, sizeof *r->children);
    r->leaf = memory_resize(r->leaf, nodes, sizeof *r->leaf);
    r->parent = memory_resize(r->parent, nodes, sizeof *r->parent);
    r->centres = memory_resize(r->centres, nodes * r->inputs, sizeof *r->centres);
}

struct router router_make(struct row_columns columns, struct names classes)
{
    struct router r = {.columns = columns, .classes = classes, .inputs = columns.inputs,
                       .nodes = 1, .leaves = 1};
    r.scaling = (struct standardisation){.columns = r.inputs,
                                         .mean = memory_zeroed(r.inputs, sizeof(real)),
                                         .scale = memory_alloc(r.inputs, sizeof(real))};
    for (size_t j = 0; j < r.inputs; j++)
        r.scaling.scale[j] = 1;
    make_room(&r, 1);
    r.first_child[0] = r.children[0] = r.leaf[0] = r.parent[0] = 0;
    memset(r.centres, 0, r.inputs * sizeof *r.centres);
    r.leaf_node = memory_zeroed(1, sizeof *r.leaf_node);
    return r;
}

void router_split(struct router *r, size_t node, size_t count, const real *centres)
{
    size_t first = r->nodes;
    uint32_t kept = r->leaf[node];
    make_room(r, first + count);
    r->leaf_node = memory_resize(r->leaf_node, r->leaves + count - 1, sizeof *r->leaf_node);
    r->first_child[node] = (uint32_t)first;
    r->children[node] = (uint32_t)count;
    r->leaf[node] = ROUTER_NO_LEAF;
    for (size_t c = 0; c < count; c++) {
        size_t child = first + c;
        r->first_child[child] = r->children[child] = 0;
        r->parent[child] = (uint32_t)node;
        r->leaf[child] = c == 0 ? kept : (uint32_t)(r->leaves + c - 1);
        r->leaf_node[r->leaf[child]] = (uint32_t)child;
    }
    memcpy(r->centres + first * r->inputs, centres, count * r->inputs * sizeof *centres);
    r->nodes += count;
    r->leaves += count - 1;
}

/*
 * The node after this one in a walk from left to right, children after their parent; 0 at the end.
 */
static size_t next_in_walk(const struct router *r, size_t node)
{
    if (r->children[node] > 0)
        return r->first_child[node];
    while (node != 0) {
        size_t parent = r->parent[node];
        if (node + 1 < r->first_child[parent] + r->children[parent])
            return node + 1;
        node = parent;
    }
    return 0;
}

void router_number_leaves(struct router *r)
{
    size_t node = 0;
    uint32_t number = 0;
    do {
        if (r->children[node] == 0) {
            r->leaf_node[number] = (uint32_t)node;
            r->leaf[node] = number++;
        }
        node = next_in_walk(r, node);
    } while (node != 0);
}

void router_free(struct router *r)
{
    row_columns_free(&r->columns);
    names_free(&r->classes);
    free(r->scaling.mean);
    free(r->scaling.scale);
    free(r->first_child);
    free(r->children);
    free(r->leaf);
    free(r->parent);
    free(r->leaf_node);
    free(r->centres);
    *r = (struct router){0};
}

/* --- routes --- */

real route_margin(const struct route *route)
{
    return 1 - route->ratio;
}

size_t router_nearest_child(const struct router *r, size_t node, const real *x, size_t *second,
                            real distances[2])
{
    size_t first = r->first_child[node], nearest = first, next = first;
    real least = INFINITY, next_least = INFINITY;
    for (size_t child = first; child < first + r->children[node]; child++) {
        real d = squared_distance(x, r->centres + child * r->inputs, r->inputs);
        if (d < least) {
            next_least = least;
            next = nearest;
            least = d;
            nearest = child;
        } else if (d < next_least) {
            next_least = d;
            next = child;
        }
    }
    if (second)
        *second = next;
    distances[0] = least;
    distances[1] = next_least;
    return nearest;
}

static uint32_t descend(const struct router *r, size_t node, const real *x)
{
    real distances[2];
    while (r->children[node] > 0)
        node = router_nearest_child(r, node, x, NULL, distances);
    return r->leaf[node];
}

void router_route(const struct router *r, const real *x, real *scratch, struct route *route)
{
    size_t node = 0, beside = 0;
    *route = (struct route){0};
    standardise(&r->scaling, x, 1, scratch);
    while (r->children[node] > 0) {
        size_t second;
        real d[2];
        node = router_nearest_child(r, node, scratch, &second, d);
        real ratio = d[1] > 0 ? (real)sqrt((double)d[0] / (double)d[1]) : 1;
        if (ratio > route->ratio || beside == 0) {
            route->ratio = ratio;
            beside = second;
        }
    }
    route->leaf = r->leaf[node];
    route->second = beside ? descend(r, beside, scratch) : route->leaf;
}

void router_route_rows(const struct router *r, const real *rows, size_t count,
                       struct route *routes)
{
    enum { WORTH_A_THREAD = 64 };
#pragma omp parallel if (count > WORTH_A_THREAD)
    {
        real *scratch = memory_alloc(r->inputs, sizeof *scratch);
#pragma omp for schedule(static)
        for (size_t i = 0; i < count; i++)
            router_route(r, rows + i * r->inputs, scratch, &routes[i]);
        free(scratch);
    }
}

/* --- hashes and sizes --- */

static void add_text(struct sha256 *hash, const char *text)
{
    sha256_add(hash, text ? text : "", strlen(text ? text : "") + 1);
}

/* What holds for the whole tree: names, classes, scales. */
static void add_header(struct sha256 *hash, const struct router *r)
{
    for (size_t j = 0; j < r->inputs; j++)
        add_text(hash, r->columns.input_names[j]);
    add_text(hash, r->columns.target_name);
    for (size_t c = 0; c < r->classes.count; c++)
        add_text(hash, r->classes.strings[c]);
    sha256_add(hash, r->scaling.mean, r->inputs * sizeof *r->scaling.mean);
    sha256_add(hash, r->scaling.scale, r->inputs * sizeof *r->scaling.scale);
}

void router_leaf_hash(const struct router *r, size_t leaf, char text[SHA256_TEXT])
{
    struct sha256 hash;
    unsigned char digest[SHA256_BYTES];
    sha256_start(&hash);
    add_header(&hash, r);
    for (size_t node = r->leaf_node[leaf]; node != 0; node = r->parent[node]) {
        size_t parent = r->parent[node], first = r->first_child[parent];
        const uint32_t place[2] = {(uint32_t)(node - first), r->children[parent]};
        sha256_add(&hash, place, sizeof place);
        sha256_add(&hash, r->centres + first * r->inputs,
                   r->children[parent] * r->inputs * sizeof *r->centres);
    }
    sha256_finish(&hash, digest);
    sha256_print(digest, text);
}

size_t router_path_values(const struct router *r)
{
    size_t most = 0;
    for (size_t leaf = 0; leaf < r->leaves; leaf++) {
        size_t compared = 0;
        for (size_t node = r->leaf_node[leaf]; node != 0; node = r->parent[node])
            compared += r->children[r->parent[node]];
        most = compared > most ? compared : most;
    }
    return most * r->inputs;
}

size_t router_stored_values(const struct router *r)
{
    return (r->nodes - 1) * r->inputs;
}

size_t router_height(const struct router *r)
{
    size_t most = 0;
    for (size_t leaf = 0; leaf < r->leaves; leaf++) {
        size_t height = 0;
        for (size_t node = r->leaf_node[leaf]; node != 0; node = r->parent[node])
            height++;
        most = height > most ? height : most;
    }
    return most;
}

size_t router_bytes(const struct router *r)
{
    return r->nodes * (4 * sizeof(uint32_t) + r->inputs * sizeof(real)) +
           r->leaves * sizeof(uint32_t) + 2 * r->inputs * sizeof(real);
}
