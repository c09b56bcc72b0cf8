/*
 * Tasks to learn, drawn at random: the data sets of "Clifford group equivariant neural networks"
 * (NeurIPS 2023) and of "Metric learning for Clifford group equivariant neural networks" (ICML 2024
 * workshop), and jets for the metric of Minkowski. Every sample depends on the seed and its number
 * alone.
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_TASKS_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_TASKS_H

#include "multivector/hidden_map.h"
#include "multivector/multivector_data.h"

#include <stdint.h>

enum multivector_task_kind {
    /*
     * n points x ~ N(0, I) of R^n (n = 3 as published); the target, a pseudoscalar, is a tenth of
     * the volume that they span, det(x_1 ... x_n) / 10.
     */
    TASK_SIGNED_VOLUME,
    /* 16 points ~ N(0, I) of R^5; the target, a scalar, is the volume of their convex hull. */
    TASK_CONVEX_HULL,
    /*
     * Two points ~ N(0, I) of R^5; the target, a scalar, is
     * sin|x_1| - |x_2|^3 / 2 + x_1.x_2 / (|x_1| |x_2|), less its mean and over its deviation, which
     * are those of the distribution and not of a sample: -5.70475677 and 6.19346400.
     */
    TASK_O5_REGRESSION,
    /*
     * Charged particles (charged_particles.h): of each node the charge, the place and the velocity
     * at a frame; the target of each is its place at a later one. Frame f is after 100 (f + 1)
     * steps.
     */
    TASK_NBODY,
    /*
     * Jets: the four-momenta (E, p) of particles with masses uniform in [0.1, 1) and momenta
     * N(0, I) in the jet's frame, which moves with a rapidity uniform in [0, 1.5) in a random
     * direction. With M^2 = (sum of p_i)^2 in the metric (1, -1, -1, -1), the target, a scalar, is
     * sin M + mean of (p_i.p_j)^2 / (mean of p_i.p_j)^2, means over pairs i < j.
     */
    TASK_LORENTZ
};

/* "signed-volume", ..., in that order, NULL-terminated. */
extern const char *const multivector_task_names[];

struct multivector_task {
    enum multivector_task_kind kind;
    size_t dimension;
    size_t points;                 /* points, particles */
    size_t start_frame, end_frame; /* of TASK_NBODY */
    uint64_t seed;
    const struct hidden_map *map;  /* or NULL: nothing is hidden */
};

/* A task as published. */
struct multivector_task multivector_task_make(enum multivector_task_kind kind);

/* Whether the numbers fit; EX_USAGE tells which do not. */
bool multivector_task_check(const struct multivector_task *task, struct error *error);

struct sample_shape multivector_task_shape(const struct multivector_task *task);

/* The diagonal of the metric that the task is invariant under: base (dimension). */
void multivector_task_metric(const struct multivector_task *task, real *base);

/*
 * Fills the data, of the task's shape, with the samples from number `first` on; what is seen
 * through a map are vectors in and out. Threads share the samples.
 */
bool multivector_task_draw(const struct multivector_task *task, uint32_t first,
                           struct multivector_data *data, struct error *error);

#endif
