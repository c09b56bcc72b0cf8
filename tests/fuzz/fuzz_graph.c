/* Edge lists: names, weights, duplicates, with and without directions. */
#include "graph/graph.h"

#include "fuzz.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
    const struct graph_read_options ways[] = {
        {0},
        {.directed = true, .allow_self_loops = true, .allow_nonpositive = true},
        {.allow_self_loops = true, .duplicates = DUPLICATES_SUM},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct error error = {0};
        struct graph graph = {0};
        struct stream *stream = stream_from_memory(bytes, count, "fuzz");
        if (graph_read(stream, &ways[i], &graph, &error)) {
            size_t edges;
            free(graph_edges(&graph, &edges));
            graph_free(&graph);
        }
        stream_close(stream);
    }
    return 0;
}
