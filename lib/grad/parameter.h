/*
 * Parameters: what is learned. A set keeps them in the order they were added; each has a name,
 * its value, its gradient, and the moments of its optimizer.
 */
#ifndef TESSERAE_GRAD_PARAMETER_H
#define TESSERAE_GRAD_PARAMETER_H

#include "base/rng.h"
#include "io/safetensors.h"
#include "tensor/tensor.h"

struct manifold;

struct parameter {
    char *name;
    struct tensor value;
    real *gradient;              /* of the value's shape; zeroed by parameters_zero_gradient */
    real *first_moment;          /* made by the optimizer on its first step */
    real *second_moment;
    const struct manifold *manifold; /* what its rows are points of; NULL: plain numbers */
    real rate_scale;             /* multiplies the learning rate; 1 unless set */
    bool decays;                 /* whether weight decay applies */
    bool frozen;                 /* needs no gradient and is not updated */
};

struct parameters {
    struct parameter **list; /* pointers, so that a parameter does not move when others come */
    size_t count;
    size_t capacity;
};

/* Adds a parameter of a shape, filled with zeros; owned by the set. */
struct parameter *parameters_add(struct parameters *set, const char *name, int dimensions,
                                 const size_t *shape);

/*
 * Adds a parameter that another set owns, which must outlive this one; the lent ones come first.
 * Free such a set with parameters_return, which leaves the first `lent` alone.
 */
void parameters_lend(struct parameters *set, struct parameter *parameter);
void parameters_return(struct parameters *set, size_t lent);

/*
 * Starts a matrix (out, in) uniformly within sqrt(6 / (in + out)) of 0 (Glorot and Bengio,
 * "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010).
 */
void parameter_start_glorot(struct parameter *weight, struct rng *rng);

struct parameter *parameters_find(const struct parameters *set, const char *name);

/* The number of learned values in the set. */
size_t parameters_count(const struct parameters *set);

void parameters_zero_gradient(struct parameters *set);

/* A copy of all values, one after the other, and back; for keeping the best so far. */
void parameters_copy_values(const struct parameters *set, real *values);
void parameters_set_values(struct parameters *set, const real *values);

/*
 * Adds every value to a safetensors file as float32 (float64 in the double library), and reads
 * them back: names and shapes must be those of the set and all values finite (EX_DATAERR names what
 * differs, and nothing is changed).
 */
void parameters_save(const struct parameters *set, struct safetensors *file);
bool parameters_load(struct parameters *set, const struct safetensors *file, const char *place,
                     struct error *error);

void parameters_free(struct parameters *set);

#endif
