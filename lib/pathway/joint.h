/*
 * Joint refinement: prototypes that learn from the error of the model. Every leaf gets an affine
 * map, the hard route becomes a soft one, and both are trained together:
 *
 *     F(x) = sum over leaves k of w_k(x) (A_k x + b_k)
 *
 * where w_k is the product, down the tree, of softmax over siblings of -beta |x - p|. beta grows
 * from soft to nearly hard. Afterwards the maps are thrown away and the prototypes stay.
 */
#ifndef TESSERAE_PATHWAY_JOINT_H
#define TESSERAE_PATHWAY_JOINT_H

#include "grad/tape.h"
#include "pathway/router.h"

enum { JOINT_MOST_LEAVES = 1024 };

struct joint_options {
    size_t steps, batch;
    double rate;
    double first_beta, last_beta; /* in units of 1 / (mean distance to the nearest prototype) */
    uint64_t seed;
};

/* No steps; batches of 256, rate 0.01, beta from 1 to 32. */
struct joint_options joint_defaults(void);

/*
 * Moves the prototypes of a router with at most JOINT_MOST_LEAVES leaves and a target; rows
 * (count, inputs + 1). False when it was interrupted or the loss is not finite.
 */
bool joint_refine(struct router *router, const struct joint_options *options, const real *rows,
                  size_t count, struct error *error);

/* What is trained; for tests, which check its gradients. */
struct joint {
    const struct router *router;
    size_t outputs;                  /* 1, or the number of classes */
    struct parameters set;
    struct parameter *prototypes;    /* (nodes - 1, inputs): of all nodes but the root */
    struct parameter *weight, *bias; /* ((nodes - 1) outputs, inputs), ((nodes - 1) outputs) */
};

void joint_make(struct joint *joint, const struct router *router);
void joint_free(struct joint *joint);

/*
 * The loss of standardised inputs x (rows, inputs): mean squared error with targets (rows), or
 * cross entropy with labels (rows) where the router's target is one.
 */
struct variable *joint_loss(struct tape *tape, const struct joint *joint, const real *x,
                            const real *targets, const int32_t *labels, size_t rows, real beta);

#endif
