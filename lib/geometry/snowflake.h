/*
 * Neural snowflakes: a learned increasing function f of a distance, so that f(dist(x, y)) is again
 * a (quasi-)metric (Saez de Ocariz Borde and Kratsios, "Neural snowflakes: universal latent graph
 * inference via trainable latent geometries", ICLR 2024).
 *
 * Layer j maps a non-negative vector u to  B psi(A u) C  with psi_{a,b}(z) = (1 - e^-z, z^a,
 * log(1 + z)^b), and f(t) = u_J^(1 + p), starting from u_0 = t. A (width, n), B (n', width) and C
 * (3) are kept raw and used by their absolute values, a and b through a sigmoid, p by its absolute
 * value. For p = 0 every step is concave, increasing and 0 at 0, so f(dist) is a metric; else it
 * obeys the triangle inequality up to the factor 2^p.
 */
#ifndef TESSERAE_GEOMETRY_SNOWFLAKE_H
#define TESSERAE_GEOMETRY_SNOWFLAKE_H

#include "base/rng.h"
#include "grad/tape.h"

enum { SNOWFLAKE_MOST_LAYERS = 4, SNOWFLAKE_MOST_WIDTH = 64 };

struct snowflake {
    size_t layers;
    size_t width; /* m, the same in every layer; also the size of u between layers */
    struct parameter *expansion[SNOWFLAKE_MOST_LAYERS];  /* A: (width, n) */
    struct parameter *contraction[SNOWFLAKE_MOST_LAYERS]; /* B: (n', width) */
    struct parameter *mixture[SNOWFLAKE_MOST_LAYERS];    /* C: (3) */
    struct parameter *exponents[SNOWFLAKE_MOST_LAYERS];  /* (2): a and b before the sigmoid */
    struct parameter *power;                             /* (1): p before the absolute value */
};

enum snowflake_start {
    SNOWFLAKE_IDENTITY, /* f(t) = t */
    SNOWFLAKE_SQUARE,   /* f(t) = t^2: trees are squares of Euclidean distances */
    SNOWFLAKE_RANDOM    /* positive random weights, a = b = 1/2, p = 0 */
};

/* Adds the parameters ("snowflake.0.expansion", ...) to a set, which owns them. */
void snowflake_make(struct snowflake *snowflake, struct parameters *set, size_t layers,
                    size_t width);

void snowflake_initialise(struct snowflake *snowflake, enum snowflake_start start,
                          struct rng *rng);

/*
 * f of every distance on the tape: (count) -> (count). f(0) = 0, with gradient 0. About
 * 6 layers * width transcendental functions for each distance, three times as many on the way
 * back; keeps only the result.
 */
struct variable *snowflake_apply(struct tape *tape, const struct snowflake *snowflake,
                                 struct variable *distances);

/* f of one distance, and of `count` of them; off the tape. */
double snowflake_value(const struct snowflake *snowflake, double t);
void snowflake_values(const struct snowflake *snowflake, const real *distances, size_t count,
                      real *values);

/* The exponents as used: a, b of each layer (2 * layers values), and p. */
void snowflake_exponents(const struct snowflake *snowflake, double *exponents, double *power);

/* Sets p = 0 for good: f(dist) is a metric, not only a quasi-metric. */
void snowflake_freeze_power(struct snowflake *snowflake);

#endif
