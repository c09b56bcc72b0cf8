#include "dag/chain_flow.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FAR = CHAIN_FLOW_FAR };

static uint32_t exit_of(uint32_t node)
{
    return 2 * node;
}

static uint32_t entry_of(uint32_t node)
{
    return 2 * node + 1;
}

static bool is_entry(uint32_t side)
{
    return side & 1;
}

static void list_entering(struct chain_flow *flow)
{
    const struct graph *graph = &flow->dag->graph;
    size_t *offsets = memory_zeroed(graph->nodes + 2, sizeof *offsets);
    flow->entering = memory_alloc(graph->arcs, sizeof *flow->entering);
    for (size_t i = 0; i < graph->arcs; i++)
        offsets[(size_t)graph->targets[i] + 2]++;
    for (size_t v = 2; v < graph->nodes + 2; v++)
        offsets[v] += offsets[v - 1];
    for (size_t v = 0; v < graph->nodes; v++)
        for (size_t i = graph->offsets[v]; i < graph->offsets[v + 1]; i++)
            flow->entering[offsets[(size_t)graph->targets[i] + 1]++] =
                (struct chain_entering){(uint32_t)v, i};
    flow->entering_offsets = offsets;
}

static void follow_free_successors(struct chain_flow *flow)
{
    const struct dag *dag = flow->dag;
    for (size_t p = 0; p < dag->graph.nodes; p++) {
        uint32_t node = dag->order[p];
        size_t best = GRAPH_NO_ARC;
        for (size_t i = dag->graph.offsets[node]; i < dag->graph.offsets[node + 1]; i++) {
            uint32_t target = dag->graph.targets[i];
            if (!flow->ends[target] &&
                (best == GRAPH_NO_ARC || dag->rank[target] < dag->rank[dag->graph.targets[best]]))
                best = i;
        }
        if (best == GRAPH_NO_ARC)
            continue;
        flow->starts[node] = true;
        flow->flow[best] = 1;
        flow->ends[dag->graph.targets[best]] = true;
    }
}

void chain_flow_begin(struct chain_flow *flow, const struct dag *dag)
{
    size_t nodes = dag->graph.nodes;
    *flow = (struct chain_flow){.dag = dag};
    flow->starts = memory_zeroed(nodes, sizeof *flow->starts);
    flow->ends = memory_zeroed(nodes, sizeof *flow->ends);
    flow->passes = memory_zeroed(nodes, sizeof *flow->passes);
    flow->flow = memory_zeroed(dag->graph.arcs, sizeof *flow->flow);
    flow->level = memory_alloc(2 * nodes, sizeof *flow->level);
    list_entering(flow);
    follow_free_successors(flow);
}

/*
 * The steps from a side, numbered: from an exit along its arcs, and last back to its entry; from
 * an entry back along the arcs that enter, and last to its exit.
 */
static size_t step_count(const struct chain_flow *flow, uint32_t side)
{
    const size_t *offsets = is_entry(side) ? flow->entering_offsets : flow->dag->graph.offsets;
    return offsets[side / 2 + 1] - offsets[side / 2] + 1;
}

/* The arc of a step; GRAPH_NO_ARC for the last one, within the node. */
static size_t step_arc(const struct chain_flow *flow, uint32_t side, size_t step)
{
    if (step + 1 == step_count(flow, side))
        return GRAPH_NO_ARC;
    if (is_entry(side))
        return flow->entering[flow->entering_offsets[side / 2] + step].arc;
    return flow->dag->graph.offsets[side / 2] + step;
}

/* Where a step leads, FAR when there is no flow that it could take back. */
static uint32_t step_side(const struct chain_flow *flow, uint32_t side, size_t step)
{
    uint32_t node = side / 2;
    bool inside = step + 1 == step_count(flow, side);
    if (!is_entry(side)) {
        if (inside)
            return flow->passes[node] ? entry_of(node) : FAR;
        return entry_of(flow->dag->graph.targets[flow->dag->graph.offsets[node] + step]);
    }
    if (inside)
        return exit_of(node);
    struct chain_entering entering = flow->entering[flow->entering_offsets[node] + step];
    return flow->flow[entering.arc] ? exit_of(entering.source) : FAR;
}

/* Sends one unit along a step. */
static void take_step(struct chain_flow *flow, uint32_t side, size_t step)
{
    size_t arc = step_arc(flow, side, step);
    uint32_t *amount = arc == GRAPH_NO_ARC ? &flow->passes[side / 2] : &flow->flow[arc];
    bool forward = is_entry(side) == (arc == GRAPH_NO_ARC);
    *amount = forward ? *amount + 1 : *amount - 1;
}

static size_t queue_exits(struct chain_flow *flow, uint32_t *queue)
{
    size_t queued = 0;
    memset(flow->level, 0xff, 2 * flow->dag->graph.nodes * sizeof *flow->level);
    for (size_t v = 0; v < flow->dag->graph.nodes; v++) {
        if (flow->starts[v])
            continue;
        queue[queued] = exit_of((uint32_t)v);
        flow->level[queue[queued++]] = 0;
    }
    return queued;
}

/*
 * Breadth-first search from the exits where a unit may start; returns the level of the nearest
 * entries where one may end, FAR when there is none. Stops with that level.
 */
static uint32_t find_levels(struct chain_flow *flow, uint32_t *queue)
{
    uint32_t goal = FAR;
    size_t queued = queue_exits(flow, queue);
    for (size_t taken = 0; taken < queued; taken++) {
        uint32_t side = queue[taken];
        uint32_t level = flow->level[side];
        if (level >= goal)
            break;
        size_t steps = step_count(flow, side);
        flow->followed += steps;
        for (size_t step = 0; step < steps; step++) {
            uint32_t other = step_side(flow, side, step);
            if (other == FAR || flow->level[other] != FAR)
                continue;
            flow->level[other] = level + 1;
            queue[queued++] = other;
            if (is_entry(other) && !flow->ends[other / 2])
                goal = level + 1;
        }
    }
    return goal;
}

/* A depth-first search for augmenting paths within the levels. */
struct augmentation {
    struct chain_flow *flow;
    uint32_t goal;
    uint32_t *path; /* (2 nodes): sides */
    size_t *steps;  /* (2 nodes): the step of each side that is tried next */
};

/* Finds the next side on the way to the goal, FAR when there is none. */
static uint32_t advance(struct augmentation *search, uint32_t side)
{
    struct chain_flow *flow = search->flow;
    size_t count = step_count(flow, side);
    uint32_t wanted = flow->level[side] + 1;
    for (; search->steps[side] < count; search->steps[side]++) {
        flow->followed++;
        uint32_t other = step_side(flow, side, search->steps[side]);
        if (other != FAR && flow->level[other] == wanted && wanted <= search->goal)
            return other;
    }
    return FAR;
}

static void send_unit(struct augmentation *search, size_t length)
{
    struct chain_flow *flow = search->flow;
    for (size_t i = 0; i + 1 < length; i++)
        take_step(flow, search->path[i], search->steps[search->path[i]]);
    flow->starts[search->path[0] / 2] = true;
    flow->ends[search->path[length - 1] / 2] = true;
}

static void augment_from(struct augmentation *search, uint32_t start)
{
    struct chain_flow *flow = search->flow;
    size_t length = 1;
    search->path[0] = start;
    while (length > 0) {
        uint32_t side = search->path[length - 1];
        if (is_entry(side) && flow->level[side] == search->goal && !flow->ends[side / 2]) {
            send_unit(search, length);
            return;
        }
        uint32_t other = advance(search, side);
        if (other != FAR) {
            search->path[length++] = other;
            continue;
        }
        length--;
        if (length > 0)
            search->steps[search->path[length - 1]]++;
    }
}

bool chain_flow_maximize(struct chain_flow *flow, uint64_t effort)
{
    size_t nodes = flow->dag->graph.nodes;
    uint32_t *queue = memory_alloc(2 * nodes, sizeof *queue);
    struct augmentation search = {.flow = flow, .path = queue};
    search.steps = memory_alloc(2 * nodes, sizeof *search.steps);
    bool done = false;
    while (!done && flow->followed < effort) {
        search.goal = find_levels(flow, queue);
        done = search.goal == FAR;
        memset(search.steps, 0, 2 * nodes * sizeof *search.steps);
        for (size_t v = 0; v < nodes && !done && flow->followed < effort; v++)
            if (!flow->starts[v])
                augment_from(&search, exit_of((uint32_t)v));
    }
    free(search.steps);
    free(queue);
    return done;
}

void chain_flow_follow(struct chain_flow *flow, uint32_t *next)
{
    const struct graph *graph = &flow->dag->graph;
    size_t *arc = memory_alloc(graph->nodes, sizeof *arc);
    memcpy(arc, graph->offsets, graph->nodes * sizeof *arc);
    for (size_t v = 0; v < graph->nodes; v++) {
        next[v] = UINT32_MAX;
        if (!flow->starts[v])
            continue;
        uint32_t node = (uint32_t)v;
        do {
            while (flow->flow[arc[node]] == 0)
                arc[node]++;
            flow->flow[arc[node]]--;
            node = graph->targets[arc[node]];
        } while (!flow->ends[node]);
        flow->ends[node] = false;
        next[v] = node;
    }
    free(arc);
}

void chain_flow_end(struct chain_flow *flow)
{
    free(flow->starts);
    free(flow->ends);
    free(flow->passes);
    free(flow->flow);
    free(flow->level);
    free(flow->entering_offsets);
    free(flow->entering);
}
