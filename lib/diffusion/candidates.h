/*
 * Candidates: the few points that can have weight in the score of one sample until some later time,
 * found without looking at the others again. Exact: whoever is left out has a weight that is 0 to
 * the precision of a real.
 *
 * With centred points x_i and y = z - t centre, the softmax at time t is over
 * slope(t) (u_i + sigma e_m.x_i), slope = t / (1 - t)^2, with the levels
 *
 *     u_i = y.x_i - t |x_i|^2 / 2.
 *
 * Any flow from y_0 at t_0 has y = (1 - b) y_0 + b r + d at the time t = t_0 + b (1 - t_0), where r
 * is any reference (the posterior mean at t_0) and d what is left, at first 0 and then small, since
 * the means on the way change little. With the products y_0.x_i and r.x_i known, the level of a
 * point is known but for d.x_i; against that of another point j, but for |d| (|x_i - r| + |x_j -
 * r|). As long as |d| <= b movement, the difference of two such bounds is linear in b. What a level
 * must lack to be cut off, cutoff / slope(t), is convex in t. So whoever is cut off by the same j
 * at t_0 and at some t_1 is cut off all the way between.
 */
#ifndef TESSERAE_DIFFUSION_CANDIDATES_H
#define TESSERAE_DIFFUSION_CANDIDATES_H

#include "diffusion/mixture.h"
#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The points in question, and what is known of them for one sample at t_0. */
struct candidate_search {
    size_t count, columns;   /* n, D */
    const real *rows;        /* (n, D): x_i */
    const real *half_norms;  /* (n): |x_i|^2 / 2 */
    real largest_norm;       /* of |x_i| */
    const real *products;    /* (n): y_0.x_i */
    const real *reference_products; /* (n): r.x_i */
    size_t components;       /* M */
    const real *shifts;      /* (M, n): e_m.x_i; NULL: none */
    real sigma;
    const real *origin;      /* (D): y_0 */
    const real *reference;   /* (D): r */
    double from, to;         /* t_0 and t_1, t_0 < t_1 <= 1 */
    double movement;         /* |d| <= b movement is to be allowed for */
};

struct candidates {
    size_t count, capacity;
    uint32_t *rows;          /* (count), ascending */
    real *shifts;            /* (M, count) */
    real *half_norms;        /* (count): |x_i|^2 / 2 */
    real *half_distances;    /* (count): |x_i - r|^2 / 2 */
    real *origin, *reference; /* (D) */
    double from, to;         /* the times they are good for; from > to: none */
    double movement;
};

/* How many points would be left; at most `most` + 1, after which it stops counting. */
size_t candidates_count(const struct candidate_search *search, size_t most);

/* Keeps them. The candidates may be {0} or have served before; free with candidates_free. */
void candidates_find(const struct candidate_search *search, struct candidates *candidates);

/* Whether they are good for y (D) at a time. */
bool candidates_hold(const struct candidates *candidates, const real *y, double time,
                     size_t columns);

/*
 * The posterior mean, less the centre, of y (D) at a time they hold for: mean (D). `room` has
 * candidates_room(...) reals. `last` (D), the mean at the earlier time `last_time`, lets those go
 * that have no more hope; NULL: keep all.
 */
void candidates_mean(struct candidates *candidates, const struct candidate_search *points,
                     const real *y, double time, const real *last, double last_time, real *room,
                     real *mean);
size_t candidates_room(size_t n, size_t components, size_t columns);

void candidates_free(struct candidates *candidates);

#endif
