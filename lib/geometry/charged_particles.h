/*
 * Charged particles in three dimensions that move under Coulomb's force,
 *
 *     x_i'' = strength * sum over j of q_i q_j (x_i - x_j) / |x_i - x_j|^3,
 *
 * as in the n-body data of "E(n) equivariant graph neural networks" (ICML 2021), which is that of
 * "Neural relational inference" (ICML 2018) in three dimensions: symplectic Euler steps of 0.001,
 * each component of a force cut off at 100, places normal around the origin, charges +1 or -1,
 * all speeds 0.5 in random directions.
 */
#ifndef TESSERAE_GEOMETRY_CHARGED_PARTICLES_H
#define TESSERAE_GEOMETRY_CHARGED_PARTICLES_H

#include "base/rng.h"

#include <stddef.h>

enum { CHARGED_PARTICLES_MOST = 64 };

struct charged_particles {
    size_t count;
    double charges[CHARGED_PARTICLES_MOST];
    double places[CHARGED_PARTICLES_MOST][3];
    double velocities[CHARGED_PARTICLES_MOST][3]; /* half a step ahead of the places */
};

/*
 * Draws particles, and takes the first kick: velocities are ahead of the places from then on. The
 * spread of places grows with the cube root of count / 5, as published.
 */
void charged_particles_draw(struct charged_particles *particles, size_t count, struct rng *rng);

/*
 * Moves them by steps of 0.001; each is a drift x += dt v, then a kick v += dt F(x). The last step
 * is only a drift, after which charged_particles_kick must follow before others do, so that a
 * sample has the velocities that the published data have. O(steps count^2).
 */
void charged_particles_drift(struct charged_particles *particles, size_t steps);
void charged_particles_kick(struct charged_particles *particles);

/* Kinetic and potential energy. */
double charged_particles_energy(const struct charged_particles *particles);

#endif
