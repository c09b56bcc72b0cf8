#include "geometry/convex_hull.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <libqhull_r/qhull_ra.h>

/* What Qhull said, as one line. */
static void first_line(char *text)
{
    text[strcspn(text, "\r\n")] = '\0';
}

/* Volume of a hull that was built; Qhull wants its facets oriented first, and knows how. */
static double built_volume(qhT *qh)
{
    qh_getarea(qh, qh->facet_list);
    return qh->totvol;
}

/* Runs Qhull on a copy of the points, since it may jog them. */
static int run_qhull(const double *points, size_t count, size_t dimensions, double *volume,
                     FILE *messages)
{
    char command[] = "qhull Qt";
    double *copy = memory_alloc(count * dimensions, sizeof *copy);
    memcpy(copy, points, count * dimensions * sizeof *copy);
    qhT qhull;
    qh_zero(&qhull, messages);
    int code = qh_new_qhull(&qhull, (int)dimensions, (int)count, copy, False, command, NULL,
                            messages);
    *volume = code == qh_ERRnone ? built_volume(&qhull) : 0;
    int blocks_left, bytes_left;
    qh_freeqhull(&qhull, !qh_ALL);
    qh_memfreeshort(&qhull, &blocks_left, &bytes_left);
    free(copy);
    return code;
}

/* Whether a coordinate of all points is the same; Qhull takes no points that coincide. */
static bool is_flat_box(const double *points, size_t count, size_t dimensions)
{
    for (size_t k = 0; k < dimensions; k++) {
        size_t i = 1;
        while (i < count && points[i * dimensions + k] == points[k])
            i++;
        if (i >= count)
            return true;
    }
    return false;
}

bool convex_hull_volume(const double *points, size_t count, size_t dimensions, double *volume,
                        struct error *error)
{
    *volume = 0;
    if (dimensions < 2 || dimensions > CONVEX_HULL_MOST_DIMENSIONS || count > 1u << 20)
        return error_set(error, EX_DATAERR,
                         "a hull of %zu points in %zu dimensions; expected 2 to %d dimensions and "
                         "at most %u points", count, dimensions, CONVEX_HULL_MOST_DIMENSIONS,
                         1u << 20);
    for (size_t i = 0; i < count * dimensions; i++)
        if (!isfinite(points[i]))
            return error_set(error, EX_DATAERR, "point %zu of a hull is not finite",
                             i / dimensions);
    if (count <= dimensions || is_flat_box(points, count, dimensions))
        return true;
    char *text;
    size_t length;
    FILE *messages = memory_stream_open(&text, &length);
    int code = run_qhull(points, count, dimensions, volume, messages);
    memory_stream_close(messages, &text);
    first_line(text);
    if (code == qh_ERRmem)
        error_die(EX_OSERR, "out of memory: no room for Qhull to work in");
    bool good = code == qh_ERRnone || code == qh_ERRsingular ||
                error_set(error, EX_DATAERR, "Qhull: %.200s", text);
    free(text);
    return good;
}
