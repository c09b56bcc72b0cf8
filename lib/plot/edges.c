#include "plot/edges.h"

#include "base/memory.h"
#include "graph/graph.h"

#include <stdlib.h>
#include <string.h>

/* The points of node names: the first row of a name counts. */
static size_t *index_points(const struct points *points, const char *const *nodes,
                            struct names *names)
{
    size_t *first = memory_alloc(points->count, sizeof *first);
    for (size_t i = 0; i < points->count; i++) {
        const char *name = nodes[points->rows[i]];
        size_t known = names->count;
        uint32_t index = names_add(names, name, strlen(name));
        if (index == known)
            first[index] = i;
    }
    return first;
}

/* What there is to say when edges were left out. */
static bool judge(const char *path, const struct input *input, size_t kept, size_t unknown,
                  const char *example, struct error *error)
{
    if (kept == 0)
        return error_set(error, EX_DATAERR,
                         "%s: no edge joins two nodes of %s; node '%s' has no point", path,
                         input->name, example);
    if (unknown)
        error_warn("%s: left out %zu of %zu edges, to nodes without a point (as '%s')", path,
                   unknown, kept + unknown, example);
    return true;
}

/* Keeps the edges whose ends are points. */
static bool keep_edges(const struct graph *graph, const char *path, struct input *input,
                       const struct points *points, struct point_edge **edges, size_t *count,
                       struct error *error)
{
    struct names names = {0};
    size_t *first = index_points(points, input_nodes(input), &names);
    size_t listed, kept = 0;
    const char *example = NULL;
    struct edge *list = graph_edges(graph, &listed);
    *edges = memory_alloc(listed, sizeof **edges);
    for (size_t i = 0; i < listed; i++) {
        const char *ends[2] = {graph->names.strings[list[i].source],
                               graph->names.strings[list[i].target]};
        uint32_t source = names_find(&names, ends[0]), target = names_find(&names, ends[1]);
        if (source == NAMES_ABSENT || target == NAMES_ABSENT)
            example = example ? example : ends[source != NAMES_ABSENT];
        else
            (*edges)[kept++] = (struct point_edge){first[source], first[target]};
    }
    *count = kept;
    bool good = judge(path, input, kept, listed - kept, example, error);
    free(list);
    free(first);
    names_free(&names);
    return good;
}

bool edges_read(const char *path, bool directed, struct input *input, const struct points *points,
                struct point_edge **edges, size_t *count, struct error *error)
{
    const struct graph_read_options how = {.directed = directed,
                                           .allow_self_loops = true,
                                           .allow_nonpositive = true,
                                           .duplicates = DUPLICATES_KEEP_FIRST};
    struct stream *stream = stream_open(path, error);
    if (!stream)
        return false;
    struct graph graph = {0};
    bool good = graph_read(stream, &how, &graph, error) &&
                keep_edges(&graph, stream_name(stream), input, points, edges, count, error);
    stream_close(stream);
    graph_free(&graph);
    return good;
}
