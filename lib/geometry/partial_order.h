/*
 * Neural partial order: a learned map of times that never turns an order round,
 *
 *     z_0 = t,   z_j = W_j sigma_j(LeakyReLU(z_{j-1})) + b_j,   T(t) = z_J in R^T,
 *
 * a monotone network (monotone.h): t <= t' in every coordinate implies T(t) <= T(t'). u precedes v
 * when T(t_u) <= T(t_v) in every coordinate; pairs whose coordinates disagree are incomparable
 * ("Neural spacetimes for DAG representation learning", ICLR 2025).
 */
#ifndef TESSERAE_GEOMETRY_PARTIAL_ORDER_H
#define TESSERAE_GEOMETRY_PARTIAL_ORDER_H

#include "geometry/monotone.h"

struct partial_order {
    struct monotone net; /* T -> width -> ... -> T */
};

enum partial_order_start {
    PARTIAL_ORDER_PUBLISHED, /* V and b uniform in [0, 1], lambda 0.1, exponents 0.5: every output
                                nearly the same sum, so that almost all pairs become comparable */
    PARTIAL_ORDER_IDENTITY   /* T(t) is nearly t where t > 0: V uniform in [0, 0.01], lambda 1,
                                exponents 1, b 0 */
};

/*
 * Adds the parameters ("order.0.weight", ...) to a set, which owns them. For the start near the
 * identity width must not be below the number of times.
 */
void partial_order_make(struct partial_order *order, struct parameters *set, size_t times,
                        size_t layers, size_t width);

void partial_order_initialise(struct partial_order *order, enum partial_order_start start,
                              struct rng *rng);

/* T of every row of times (n, T) -> (n, T), on the tape. */
struct variable *partial_order_apply(struct tape *tape, const struct partial_order *order,
                                     struct variable *times);

/*
 * The loss of directed pairs (count) that are to be in order, on the tape: the mean over pairs and
 * coordinates of sigmoid(steepness (T(t_source) - T(t_target))), times 1 - c, where c is the share
 * of pairs in order in every coordinate already, a constant for the gradient. A scalar.
 */
struct variable *partial_order_loss(struct tape *tape, struct variable *times,
                                    const uint32_t *source, const uint32_t *target, size_t count,
                                    real steepness);

/*
 * The same with a squared hinge, which pulls the harder the farther a pair is from being in order
 * by a margin: the mean over pairs of 1/2 sum_k max(0, margin + T(t_source)_k - T(t_target)_k)^2.
 */
struct variable *partial_order_hinge_loss(struct tape *tape, struct variable *times,
                                          const uint32_t *source, const uint32_t *target,
                                          size_t count, real margin);

/*
 * The loss of directed pairs (count) whose source is not to precede the target: in one coordinate
 * at least the source must be later by a margin, and it is the one where least is lacking that is
 * pulled. The mean over pairs of 1/2 max(0, margin - max_k (T(t_source)_k - T(t_target)_k))^2,
 * after the order embeddings of Vendrov et al., ICLR 2016. 0 without pairs.
 */
struct variable *partial_order_apart_loss(struct tape *tape, struct variable *times,
                                          const uint32_t *source, const uint32_t *target,
                                          size_t count, real margin);

/* Whether x precedes or equals y, both (times). */
bool partial_order_precedes(const real *x, const real *y, size_t times);

#endif
