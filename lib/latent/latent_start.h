/*
 * The start of latent graph inference: coordinates along the directions in which the features
 * spread most, so that the first graphs are near to those of the features themselves, and
 * temperatures at which a drawn graph has a wanted share of its edges in common with the nearest
 * neighbours.
 */
#ifndef TESSERAE_LATENT_LATENT_START_H
#define TESSERAE_LATENT_LATENT_START_H

#include "latent/latent_network.h"

/*
 * The `count` orthonormal directions (count, columns) in which rows spread most about their mean,
 * and their singular values (count; not wanted where NULL): by subspace iteration from a random
 * start. Both are 0 beyond the rank of the data. 16 products with X and its transpose.
 */
void principal_directions(const struct feature_matrix *features, size_t count, uint64_t seed,
                          real *directions, real *singular_values);

/*
 * Starts all parameters from the seed. Weights after Glorot and Bengio; P of each factor along
 * principal directions, at a mean square of |P x| of 1; where only directions count, those of
 * latent semantic indexing: of rows of length 1 whose columns are weighed by log(n / (1 + df)), df
 * of n rows not being 0 in a column; each direction is weighed by its singular value. Features that
 * are neither standardised nor counted words keep their units: P is then orthonormal. Q is random,
 * at `hidden_share` of P; radii are 1, snowflakes the identity, and t such that a graph drawn has
 * `overlap` (0 to 1) of its edges in common with the nearest neighbours, as measured on the first
 * rows. Statistics of standardisation are left as they are.
 */
void latent_network_start(struct latent_network *network, const struct latent_inputs *inputs,
                          double overlap, double hidden_share, uint64_t seed);

#endif
