/*
 * Spacetimes: the nodes of a directed acyclic graph as events with coordinates in space and time.
 * The learned distance of two events' places is that of the graph's edges; the product order of
 * their times is reachability (Saez de Ocariz Borde et al., "Neural spacetimes for DAG
 * representation learning", ICLR 2025).
 *
 * Where an event stands comes from a table (free coordinates for every node) or from an encoder of
 * node features. The times are learned too, or are given once and for all by labels of the order
 * (fixed_times), so that only space is learned.
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_H
#define TESSERAE_SPACETIME_SPACETIME_H

#include "geometry/partial_order.h"
#include "geometry/quasi_metric.h"
#include "spacetime/spacetime_encoder.h"

enum spacetime_geometry {
    SPACETIME_NEURAL,    /* neural quasi-metric and neural partial order */
    SPACETIME_MINKOWSKI, /* the baselines; see geometry/lorentzian.h */
    SPACETIME_DE_SITTER
};
extern const char *const spacetime_geometry_names[]; /* in that order, NULL-terminated */

enum { SPACETIME_MOST_SPACE = 512, SPACETIME_MOST_TIME = 65536 };

struct spacetime_options {
    enum spacetime_geometry geometry;
    size_t nodes;
    size_t features;       /* columns of the node features; 0: free coordinates */
    size_t space_dim;      /* D */
    size_t time_dim;       /* T */
    size_t encoder_layers; /* of encoder_width */
    size_t encoder_width;
    size_t layers, width;  /* of the quasi-metric and of the partial order */
    bool published;        /* exponents 1 + |s| in the metric, the published initial values */
    bool fixed_times;      /* times are not learned: only space is */
};

/* The published sizes: D = T = 4, 10 layers of 100, 4 layers of 10. */
struct spacetime_options spacetime_options_default(void);

struct spacetime {
    struct spacetime_options options;
    size_t space_columns;             /* learned: D, or D + 1 in de Sitter space */
    size_t columns;                   /* with the times that are learned */
    struct spacetime_encoder encoder; /* with features */
    struct parameter *points;         /* (nodes, columns), without features */
    struct quasi_metric metric;       /* of SPACETIME_NEURAL */
    struct partial_order order;       /* of SPACETIME_NEURAL, where times are learned */
    struct parameter *scale;          /* (1), not learned: multiplies all distances */
    struct parameters set;            /* owns all of the above */
};

/*
 * Lays out the model; it must not move in memory afterwards. EX_USAGE for sizes out of range. Free
 * with spacetime_free, also on failure.
 */
bool spacetime_make(struct spacetime *model, const struct spacetime_options *options,
                    struct error *error);

/*
 * Starts all parameters. Free coordinates become those of layout (nodes, D), or random ones for
 * NULL; learned times those of times (nodes, T), positive, or random ones for NULL.
 */
void spacetime_initialise(struct spacetime *model, const real *layout, const real *times,
                          struct rng *rng);

/* The raw coordinates of all nodes (n, columns); features (n, features), or NULL without. */
struct variable *spacetime_points(const struct spacetime *model, struct tape *tape,
                                  struct variable *features);

/* The distances of pairs (count) of these points. */
struct variable *spacetime_distances(const struct spacetime *model, struct tape *tape,
                                     struct variable *points, const uint32_t *source,
                                     const uint32_t *target, size_t count);

/* The times of these points whose product order is the order, (n, T); times must be learned. */
struct variable *spacetime_times(const struct spacetime *model, struct tape *tape,
                                 struct variable *points);

/*
 * The same outside of training, of n nodes: space (n, space_columns), times (n, T), or NULL for
 * what is not wanted (times are not where they are fixed); features (n, features), or NULL.
 */
void spacetime_events(const struct spacetime *model, const real *features, size_t n, real *space,
                      real *times);

/* The distances of pairs (count) of events, whose raw coordinates are (n, columns). */
void spacetime_pair_distances(const struct spacetime *model, const real *points, size_t n,
                              const uint32_t *source, const uint32_t *target, size_t count,
                              real *distances);

/* The raw coordinates (n, columns) that spacetime_pair_distances takes; free() them. */
real *spacetime_raw_points(const struct spacetime *model, const real *features, size_t n);

void spacetime_free(struct spacetime *model);

#endif
