/*
 * The causal side of a spacetime: what it promises about who can reach whom, and the times that
 * keep the promise.
 *
 *     edges    every edge is trained to point forward in time; nothing is promised of other pairs
 *     labels   times are interval labels, refined or not: no path is missed, some pairs are related
 *              in error
 *     exact    never wrong: times realize the order, or an index is searched beside the times
 */
#ifndef TESSERAE_SPACETIME_SPACETIME_CAUSALITY_H
#define TESSERAE_SPACETIME_SPACETIME_CAUSALITY_H

#include "spacetime/causality_check.h"

enum causality { CAUSALITY_EDGES, CAUSALITY_LABELS, CAUSALITY_EXACT };
extern const char *const causality_names[]; /* in that order, NULL-terminated */

struct causality_options {
    enum causality causality;
    size_t time_dim; /* T; 0: the least that is found to serve */
    uint64_t seed;
    uint64_t refining_steps; /* of CAUSALITY_LABELS; 0: labels as they are. See label_refine */
    uint64_t spacing_steps;  /* of times that are not trained by the edges; 0: ranks */
    bool show_progress;
};

/* What makes the times right. */
enum causality_ground {
    GROUND_TRAINED,  /* training alone */
    GROUND_LABELS,   /* interval labels */
    GROUND_REALIZER, /* one or two total orders whose intersection is the order */
    GROUND_CHAINS,   /* an order for every chain of a cover */
    GROUND_SEARCH,   /* interval labels, and an index that is asked instead of them */
    GROUND_REFINED   /* total orders that began as interval labels; see label_refinement.h */
};
extern const char *const causality_ground_names[]; /* in that order, NULL-terminated */

struct causal_order {
    enum causality causality;
    enum causality_ground ground;
    size_t nodes;
    size_t time_dim;
    real *times; /* (nodes, time_dim): of GROUND_TRAINED where training starts, in (0, 1]; else
                    those that stay: ranks, or spaced ones (time_spacing.h) */
    double ranks_interval_error, interval_error; /* of spaced times; NaN of others */
    size_t width;       /* chains of the cover that was found */
    bool width_is_least; /* whether it is the width of the order */
    bool has_index;     /* of CAUSALITY_EXACT */
    struct reachability index;
    double unrefined_precision; /* of GROUND_REFINED's labels before; NaN of others */
    double trained_directionality; /* of GROUND_TRAINED, before repair; NaN of others */
    size_t repaired;    /* nodes whose trained times were moved to bring edges forward */
    bool misses_nothing; /* whether every path goes forward in time, or an index is asked */
    struct causality_figures checked; /* of the answers; no pairs where it is not known */
};

/*
 * Makes the times, and for CAUSALITY_EXACT the index. EX_DATAERR when exact times of so few
 * dimensions are not found; the message tells the width. Free with causal_order_free, also on
 * failure.
 */
bool causal_order_make(struct causal_order *order, const struct dag *dag,
                       const struct causality_options *options, struct error *error);

void causal_order_free(struct causal_order *order);

/*
 * What answers from this order are worth, as a phrase: that they are exact, or that no path is
 * missed, or how often they are right. free() it.
 */
char *causal_order_promise(const struct causal_order *order);

#endif
