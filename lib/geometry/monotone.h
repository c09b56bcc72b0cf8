/*
 * Monotone networks: layers that increase in every input,
 *
 *     u_j = W_j sigma_j(u_{j-1}) + b_j,     W_j = |V_j| + |lambda_j| I >= 0,
 *
 * with the fractal-like activation sigma_{s,l} (fractal.h), whose exponents every layer learns, and
 * I the rectangular identity. The quasi-metric and the partial order of a neural spacetime
 * ("Neural spacetimes for DAG representation learning", ICLR 2025) are both made of one.
 *
 * An op that has such a network in it takes LANES columns at a time through all layers; the way
 * back computes the layers again instead of keeping them.
 */
#ifndef TESSERAE_GEOMETRY_MONOTONE_H
#define TESSERAE_GEOMETRY_MONOTONE_H

#include "base/rng.h"
#include "geometry/fractal.h"
#include "geometry/lanes.h"

enum { MONOTONE_MOST_LAYERS = 8, MONOTONE_MOST_WIDTH = 1024 };

struct monotone {
    size_t layers;
    size_t sizes[MONOTONE_MOST_LAYERS + 1]; /* of u_0 ... u_J */
    enum exponent_form form;
    bool leaky;  /* sigma is taken of LeakyReLU(u), of slope 0.01 below 0 */
    struct parameter *weight[MONOTONE_MOST_LAYERS];    /* V: (out, in) */
    struct parameter *identity[MONOTONE_MOST_LAYERS];  /* lambda: (1) */
    struct parameter *exponents[MONOTONE_MOST_LAYERS]; /* (2): s, l; or (1): s = l */
    struct parameter *bias[MONOTONE_MOST_LAYERS];      /* (out); NULL where there is none */
};

/*
 * Adds "PREFIX.0.weight", "PREFIX.0.identity", ... to a set, which owns them. sizes (layers + 1);
 * exponents is 1 or 2. form and leaky are to be set before.
 */
void monotone_make(struct monotone *net, struct parameters *set, const char *prefix,
                   const size_t *sizes, size_t layers, size_t exponents, bool bias);

/* What the ops keep of a layer: its parameters as used, in the arena. */
struct monotone_layer {
    size_t inputs, outputs;
    const real *matrix;    /* W: (outputs, inputs) */
    const real *bias;      /* (outputs), or NULL */
    real small, large;     /* exponents */
};

struct monotone_pass {
    const struct monotone *net;
    size_t width;        /* the largest size */
    struct monotone_layer layers[MONOTONE_MOST_LAYERS];
    size_t scratch_size; /* reals that a thread needs */
};

/* Gradients by the parameters as used; one for each thread. */
struct monotone_gradients {
    double *matrix[MONOTONE_MOST_LAYERS], *bias[MONOTONE_MOST_LAYERS];
    double exponents[MONOTONE_MOST_LAYERS][2];
};

void monotone_prepare(struct monotone_pass *pass, const struct monotone *net,
                      struct arena *arena);

/* Zeros, for so many threads. */
struct monotone_gradients *monotone_gradients_make(const struct monotone_pass *pass,
                                                   size_t threads, struct arena *arena);

/* Where the input u_0 (sizes[0], LANES) of a block is to be put. */
real *monotone_input(real *scratch);

/* Runs the block; returns u_J (sizes[layers], LANES), within scratch. */
real *monotone_run(const struct monotone_pass *pass, real *scratch);

/*
 * After monotone_run on the same scratch: dy (sizes[layers], LANES) is the gradient by u_J; returns
 * that by u_0, within scratch, and adds to those of the parameters.
 */
real *monotone_run_back(const struct monotone_pass *pass, real *scratch, const real *dy,
                        struct monotone_gradients *gradients);

/* The inputs of an op: monotone_variables of them, written from `inputs` on. */
enum { MONOTONE_MOST_VARIABLES = 4 * MONOTONE_MOST_LAYERS };
size_t monotone_variables(struct tape *tape, const struct monotone *net, struct variable **inputs);

/* Sends the threads' gradients to the raw parameters, given as monotone_variables wrote them. */
void monotone_send(const struct monotone_pass *pass, const struct monotone_gradients *gradients,
                   size_t threads, struct variable **inputs);

#endif
