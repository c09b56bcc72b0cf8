#include "geometry/charged_particles.h"

#include <math.h>

static const double time_step = 0.001;
static const double largest_force = 100; /* of each component: 0.1 / time_step */
static const double start_speed = 0.5;
static const double wall = 5; /* starts beyond it are reflected */

/* A place within the walls; a particle that starts beyond flies back. */
static void reflect(double *place, double *velocity)
{
    if (*place > wall) {
        *place = 2 * wall - *place;
        *velocity = -fabs(*velocity);
    } else if (*place < -wall) {
        *place = -2 * wall - *place;
        *velocity = fabs(*velocity);
    }
}

static void draw_velocity(struct rng *rng, double velocity[3])
{
    double length;
    do {
        for (int k = 0; k < 3; k++)
            velocity[k] = rng_normal(rng);
        length = sqrt(velocity[0] * velocity[0] + velocity[1] * velocity[1] +
                      velocity[2] * velocity[2]);
    } while (length < 1e-9);
    for (int k = 0; k < 3; k++)
        velocity[k] *= start_speed / length;
}

void charged_particles_draw(struct charged_particles *particles, size_t count, struct rng *rng)
{
    double spread = cbrt((double)count / 5);
    particles->count = count;
    for (size_t i = 0; i < count; i++) {
        particles->charges[i] = rng_bits(rng) & 1 ? 1 : -1;
        for (int k = 0; k < 3; k++)
            particles->places[i][k] = spread * rng_normal(rng);
        draw_velocity(rng, particles->velocities[i]);
        for (int k = 0; k < 3; k++)
            reflect(&particles->places[i][k], &particles->velocities[i][k]);
    }
    charged_particles_kick(particles);
}

/* forces (count, 3) */
static void add_pair_forces(const struct charged_particles *particles, double (*forces)[3])
{
    for (size_t i = 0; i < particles->count; i++) {
        for (size_t j = 0; j < i; j++) {
            double away[3], square = 0;
            for (int k = 0; k < 3; k++) {
                away[k] = particles->places[i][k] - particles->places[j][k];
                square += away[k] * away[k];
            }
            double size = particles->charges[i] * particles->charges[j] / (square * sqrt(square));
            for (int k = 0; k < 3; k++) {
                forces[i][k] += size * away[k];
                forces[j][k] -= size * away[k];
            }
        }
    }
}

void charged_particles_kick(struct charged_particles *particles)
{
    double forces[CHARGED_PARTICLES_MOST][3] = {{0}};
    add_pair_forces(particles, forces);
    for (size_t i = 0; i < particles->count; i++)
        for (int k = 0; k < 3; k++)
            particles->velocities[i][k] +=
                time_step * fmax(-largest_force, fmin(largest_force, forces[i][k]));
}

void charged_particles_drift(struct charged_particles *particles, size_t steps)
{
    for (size_t step = 0; step < steps; step++) {
        if (step > 0)
            charged_particles_kick(particles);
        for (size_t i = 0; i < particles->count; i++)
            for (int k = 0; k < 3; k++)
                particles->places[i][k] += time_step * particles->velocities[i][k];
    }
}

double charged_particles_energy(const struct charged_particles *particles)
{
    double energy = 0;
    for (size_t i = 0; i < particles->count; i++) {
        for (int k = 0; k < 3; k++)
            energy += particles->velocities[i][k] * particles->velocities[i][k] / 2;
        for (size_t j = 0; j < i; j++) {
            double square = 0;
            for (int k = 0; k < 3; k++) {
                double away = particles->places[i][k] - particles->places[j][k];
                square += away * away;
            }
            energy += particles->charges[i] * particles->charges[j] / sqrt(square);
        }
    }
    return energy;
}
