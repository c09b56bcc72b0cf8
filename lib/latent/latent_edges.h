/* The graphs that were inferred, as a table. */
#ifndef TESSERAE_LATENT_LATENT_EDGES_H
#define TESSERAE_LATENT_LATENT_EDGES_H

#include "graph/names.h"
#include "latent/latent_network.h"

/*
 * Writes each item's nearest neighbours in every space of every layer that infers graphs, nearest
 * first: CSV source,target,probability,layer,space with p = exp(-t d^2) and layers from 1 on.
 */
bool latent_edges_write(const char *path, const struct latent_network *network,
                        const struct latent_inputs *inputs, const struct names *names,
                        struct error *error);

#endif
