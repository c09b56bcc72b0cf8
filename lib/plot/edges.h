/* Edges of a drawing: those of a file whose ends are points. */
#ifndef TESSERAE_PLOT_EDGES_H
#define TESSERAE_PLOT_EDGES_H

#include "plot/input.h"
#include "plot/points.h"
#include "plot/timeline.h"

/*
 * Reads an edge list and keeps the edges between the nodes of points (the first row of a name
 * counts), as *edges (count), to be freed with free(). Others are left out with a warning; no edge
 * left is EX_DATAERR.
 */
bool edges_read(const char *path, bool directed, struct input *input, const struct points *points,
                struct point_edge **edges, size_t *count, struct error *error);

#endif
