/*
 * The fractal-like activation of neural spacetimes, entry by entry:
 *
 *     sigma_{s,l}(z) = sgn(z) |z|^s  where |z| < 1,   sgn(z) |z|^l  elsewhere,
 *
 * so that small and large distances are bent apart; continuous at |z| = 1 and increasing. The
 * exponents are learned. sigma(0) = 0 with gradient 0 there (the slope of |z|^s, s < 1, has no
 * bound); only the branch in force is computed.
 */
#ifndef TESSERAE_GEOMETRY_FRACTAL_H
#define TESSERAE_GEOMETRY_FRACTAL_H

#include "grad/tape.h"

/* How an exponent is made of its raw parameter. */
enum exponent_form {
    EXPONENT_FREE,   /* max(|raw|, 0.05): any positive one, as the theory has it */
    EXPONENT_CONVEX  /* 1 + |raw|: not below 1, as the published experiments had it */
};

/* A raw exponent as used, and the slope of that by the raw one: -1, 0 or 1. */
real exponent_value(enum exponent_form form, real raw);
real exponent_slope(enum exponent_form form, real raw);

/* The raw parameter of a wanted exponent, which must lie in the form's range. */
real exponent_raw(enum exponent_form form, real exponent);

/*
 * values[i] = sigma(z[i]) for count numbers; logs[i] = log |z[i]|, which the way back needs. What
 * is below 1e-12 in size counts as 0.
 */
void fractal_values(size_t count, const real *z, real small, real large, real *logs, real *values);

/*
 * slopes[i] becomes slopes[i] sigma'(z[i]), from what fractal_values gave; the sums over i of
 * slopes[i] times the derivative by the exponents are added to by_exponent[0] (small) and [1].
 */
void fractal_slopes(size_t count, const real *z, real small, real large, const real *logs,
                    const real *values, real *slopes, double by_exponent[2]);

/* sigma of every element of x on the tape; exponents is a raw parameter (2): s and l. */
struct variable *fractal_apply(struct tape *tape, struct variable *x, struct variable *exponents,
                               enum exponent_form form);

#endif
