/* Charged particles: how they start, Coulomb's law, what is conserved. */
#include "geometry/charged_particles.h"

#include "check_main.h"

#include <math.h>

static void total_momentum(const struct charged_particles *particles, double sum[3])
{
    for (int k = 0; k < 3; k++) {
        sum[k] = 0;
        for (size_t i = 0; i < particles->count; i++)
            sum[k] += particles->velocities[i][k];
    }
}

START_TEST(starts)
{
    double squares = 0, charges = 0;
    for (uint32_t n = 0; n < 2000; n++) {
        struct rng rng = rng_make(1, RNG_TEST, n);
        struct charged_particles particles;
        charged_particles_draw(&particles, 5, &rng);
        for (size_t i = 0; i < 5; i++) {
            ck_assert(fabs(particles.charges[i]) == 1);
            charges += particles.charges[i];
            for (int k = 0; k < 3; k++) {
                ck_assert(fabs(particles.places[i][k]) <= 5);
                squares += particles.places[i][k] * particles.places[i][k];
            }
        }
    }
    ck_assert_double_eq_tol(squares / 30000, 1, 0.03);
    ck_assert_double_eq_tol(charges / 10000, 0, 0.04);
}
END_TEST

/* Two charges d apart: the force of one on the other is 1 / d^2, along the line. */
START_TEST(law)
{
    struct charged_particles pair = {
        .count = 2, .charges = {1, 1}, .places = {{0, 0, 0}, {0, 2, 0}}};
    charged_particles_kick(&pair);
    ck_assert_double_eq_tol(pair.velocities[1][1], 0.001 / 4, 1e-15);
    ck_assert_double_eq_tol(pair.velocities[0][1], -0.001 / 4, 1e-15);
    ck_assert(pair.velocities[0][0] == 0 && pair.velocities[0][2] == 0);
    pair.charges[1] = -1;
    charged_particles_kick(&pair);
    ck_assert_double_eq_tol(pair.velocities[1][1], 0, 1e-15);
    ck_assert_double_eq_tol(charged_particles_energy(&pair), -0.5, 1e-12);
}
END_TEST

/* A component of a force is at most 100. */
START_TEST(cut_off)
{
    struct charged_particles pair = {
        .count = 2, .charges = {1, -1}, .places = {{0, 0, 0}, {0.001, 0, 0}}};
    charged_particles_kick(&pair);
    ck_assert_double_eq_tol(pair.velocities[0][0], 0.1, 1e-12);
    ck_assert_double_eq_tol(pair.velocities[1][0], -0.1, 1e-12);
}
END_TEST

/*
 * Particles that repel each other never come close, so the cut-off plays no part: momentum stays
 * to rounding, energy to the order of a step.
 */
START_TEST(conserved)
{
    for (uint32_t n = 0; n < 20; n++) {
        struct rng rng = rng_make(2, RNG_TEST, n);
        struct charged_particles particles;
        charged_particles_draw(&particles, 5, &rng);
        for (size_t i = 0; i < 5; i++)
            particles.charges[i] = 1;
        charged_particles_drift(&particles, 100);
        charged_particles_kick(&particles);
        double before[3], after[3], energy = charged_particles_energy(&particles);
        total_momentum(&particles, before);
        charged_particles_drift(&particles, 2000);
        total_momentum(&particles, after);
        for (int k = 0; k < 3; k++)
            ck_assert_double_eq_tol(after[k], before[k], 1e-12);
        double drift = fabs(charged_particles_energy(&particles) - energy) / energy;
        ck_assert_msg(drift < 5e-3, "energy drifted by %g", drift);
    }
}
END_TEST

/* Ten pieces are one: a piece ends with a drift, and the next begins after the kick. */
START_TEST(pieces)
{
    struct rng rng = rng_make(3, RNG_TEST, 0);
    struct charged_particles whole, parts;
    charged_particles_draw(&whole, 4, &rng);
    parts = whole;
    charged_particles_drift(&whole, 1000);
    for (int piece = 0; piece < 10; piece++) {
        if (piece > 0)
            charged_particles_kick(&parts);
        charged_particles_drift(&parts, 100);
    }
    for (size_t i = 0; i < 4; i++)
        for (int k = 0; k < 3; k++)
            ck_assert(whole.places[i][k] == parts.places[i][k]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("charged_particles");
    TCase *cases = tcase_create("charged_particles");
    tcase_add_test(cases, starts);
    tcase_add_test(cases, law);
    tcase_add_test(cases, cut_off);
    tcase_add_test(cases, conserved);
    tcase_add_test(cases, pieces);
    suite_add_tcase(suite, cases);
    return check_run(suite);
}
