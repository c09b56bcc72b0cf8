#include "plot/timeline.h"

#include "base/memory.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static const size_t NOBODY = SIZE_MAX;

/* Descent: every array has one entry per node. */
struct descent {
    const double *time;
    size_t count;
    size_t *order;   /* the nodes, earliest first */
    size_t *rank;    /* the place of a node in it */
    size_t *parent;
    size_t *height;  /* of the tree below a node */
    size_t *heir;    /* the child that goes on in the node's lane */
};

/* A line of descent in one lane. */
struct line {
    double start, end;
    long lane;
};

struct entry {
    double time;
    size_t node;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;
    if (left->time != right->time)
        return left->time < right->time ? -1 : 1;
    return (left->node > right->node) - (left->node < right->node);
}

static void sort_by_time(struct descent *descent)
{
    struct entry *entries = memory_alloc(descent->count, sizeof *entries);
    for (size_t i = 0; i < descent->count; i++)
        entries[i] = (struct entry){descent->time[i], i};
    qsort(entries, descent->count, sizeof *entries, compare_entries);
    for (size_t i = 0; i < descent->count; i++) {
        descent->order[i] = entries[i].node;
        descent->rank[entries[i].node] = i;
    }
    free(entries);
}

static void choose_parents(struct descent *descent, const struct point_edge *edges,
                           size_t edge_count)
{
    for (size_t i = 0; i < edge_count; i++) {
        bool forwards = descent->rank[edges[i].source] < descent->rank[edges[i].target];
        size_t older = forwards ? edges[i].source : edges[i].target;
        size_t younger = forwards ? edges[i].target : edges[i].source;
        size_t known = descent->parent[younger];
        if (older != younger && (known == NOBODY || descent->rank[older] > descent->rank[known]))
            descent->parent[younger] = older;
    }
}

static void choose_heirs(struct descent *descent, double gap)
{
    for (size_t i = descent->count; i-- > 0;) {
        size_t node = descent->order[i], parent = descent->parent[node];
        if (parent == NOBODY)
            continue;
        if (descent->height[parent] < descent->height[node] + 1)
            descent->height[parent] = descent->height[node] + 1;
        if (descent->time[node] - descent->time[parent] < gap)
            continue;
        size_t rival = descent->heir[parent];
        /* Later nodes come first here, so that a tie goes to the earlier one. */
        if (rival == NOBODY || descent->height[node] >= descent->height[rival])
            descent->heir[parent] = node;
    }
}

static bool lane_is_free(const struct line *lines, size_t count, long lane, double start,
                         double end, double gap)
{
    for (size_t i = 0; i < count; i++)
        if (lines[i].lane == lane && lines[i].start < end + gap && start < lines[i].end + gap)
            return false;
    return true;
}

/* The free lane nearest to a wanted one, on either side. */
static long find_lane(const struct line *lines, size_t count, long wanted, double start,
                      double end, double gap)
{
    for (long away = 0;; away++) {
        if (lane_is_free(lines, count, wanted + away, start, end, gap))
            return wanted + away;
        if (lane_is_free(lines, count, wanted - away, start, end, gap))
            return wanted - away;
    }
}

/* Places every line of descent, the earliest first; lanes may be negative as yet. */
static void place_lines(const struct descent *descent, double gap, double *lanes)
{
    struct line *lines = memory_alloc(descent->count, sizeof *lines);
    size_t line_count = 0;
    for (size_t i = 0; i < descent->count; i++) {
        size_t first = descent->order[i], parent = descent->parent[first], last = first;
        if (parent != NOBODY && descent->heir[parent] == first)
            continue;
        while (descent->heir[last] != NOBODY)
            last = descent->heir[last];
        double start = parent == NOBODY ? descent->time[first] : descent->time[parent];
        double end = descent->time[last];
        long wanted = parent == NOBODY ? 0 : lround(lanes[parent]);
        long lane = find_lane(lines, line_count, wanted, start, end, gap);
        lines[line_count++] = (struct line){start, end, lane};
        for (size_t node = first; node != NOBODY; node = descent->heir[node])
            lanes[node] = (double)lane;
    }
    free(lines);
}

static size_t *nobodies(size_t count)
{
    size_t *nodes = memory_alloc(count, sizeof *nodes);
    for (size_t i = 0; i < count; i++)
        nodes[i] = NOBODY;
    return nodes;
}

size_t timeline_place(const double *time, size_t count, const struct point_edge *edges,
                      size_t edge_count, double gap, double *lanes)
{
    struct descent descent = {.time = time,
                              .count = count,
                              .order = memory_alloc(count, sizeof(size_t)),
                              .rank = memory_alloc(count, sizeof(size_t)),
                              .parent = nobodies(count),
                              .height = memory_zeroed(count, sizeof(size_t)),
                              .heir = nobodies(count)};
    sort_by_time(&descent);
    choose_parents(&descent, edges, edge_count);
    choose_heirs(&descent, gap);
    place_lines(&descent, gap, lanes);
    double least = lanes[0], greatest = lanes[0];
    for (size_t i = 0; i < count; i++) {
        least = fmin(least, lanes[i]);
        greatest = fmax(greatest, lanes[i]);
    }
    for (size_t i = 0; i < count; i++)
        lanes[i] -= least;
    free(descent.order);
    free(descent.rank);
    free(descent.parent);
    free(descent.height);
    free(descent.heir);
    return (size_t)(greatest - least) + 1;
}
