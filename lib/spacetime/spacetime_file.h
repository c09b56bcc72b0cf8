/*
 * Spacetimes as files: the model, the events of all nodes, what is promised of their order and,
 * where it is exact, the index that keeps the promise.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_FILE_H
#define TESSERAE_SPACETIME_SPACETIME_FILE_H

#include "base/options.h"
#include "base/output.h"
#include "io/safetensors.h"
#include "spacetime/spacetime.h"
#include "spacetime/spacetime_causality.h"

/* A spacetime whose nodes have names. Several names may share a node (joined cycles). */
struct placed_spacetime {
    struct spacetime model;
    struct causal_order order;  /* its times (nodes, T) are those that compare */
    real *points;               /* (nodes, model.columns): raw coordinates */
    struct names names;
    uint32_t *member_nodes;     /* (names.count): the node of a name */
};

/*
 * Writes a safetensors file. EX_CANTCREAT or EX_IOERR when it cannot be written.
 */
bool placed_spacetime_save(const struct placed_spacetime *placed, const char *path,
                           struct error *error);

/*
 * Reads such a file. EX_DATAERR when it is of another kind or damaged. Free with
 * placed_spacetime_free, also on failure.
 */
bool placed_spacetime_load(struct placed_spacetime *placed, const char *path,
                           struct error *error);

/* The same from a file that was read already; `place` names it in messages. */
bool placed_spacetime_restore(struct placed_spacetime *placed, const struct safetensors *file,
                              const char *place, struct error *error);

/*
 * Writes a row for every name: its node's place, then its times, x0,x1,...,t0,t1,... (see
 * node_table_write).
 */
bool placed_spacetime_write_events(const struct placed_spacetime *placed, struct output *output,
                                   enum option_format format, struct error *error);

/* Frees everything in it. */
void placed_spacetime_free(struct placed_spacetime *placed);

#endif
