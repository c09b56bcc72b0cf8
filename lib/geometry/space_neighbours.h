/*
 * Neighbours in a space: for every query the k points that are nearest to it, or a random k of them
 * that prefers near ones.
 *
 * With edge probabilities p_ij = exp(-t d_ij^2), t > 0, the Gumbel top-k trick (Kool, van Hoof and
 * Welling, "Stochastic beams and where to find them", ICML 2019) takes for each i the k largest of
 * log p_ij - log(-log u_ij), u uniform in (0, 1): k different neighbours, drawn one after the other
 * with probabilities in the ratios of the p_ij. So does the differentiable graph module (Kazi et
 * al., "Differentiable graph module for graph convolutional networks", TPAMI 2022).
 */
#ifndef TESSERAE_GEOMETRY_SPACE_NEIGHBOURS_H
#define TESSERAE_GEOMETRY_SPACE_NEIGHBOURS_H

#include "geometry/snowflake.h"
#include "geometry/space.h"

struct neighbour_search {
    const struct space *space;
    const real *log_radius;            /* (factors) */
    const struct snowflake *snowflake; /* applied to distances; NULL: none */
    double temperature;                /* t */
    bool noise;                        /* draw; otherwise the k nearest */
    uint64_t seed;
    uint32_t draw; /* tells one draw from another */
};

/*
 * Finds for each of the queries (query_count, columns) k of the points (count, columns): indices
 * (query_count, k), the most preferred first. With without_self the queries are the points, and
 * query i does not find point i. k is at most the number of points to be found.
 *
 * Distances come in blocks from products of matrices, which only pass over points that cannot be
 * among the k; what is left is measured in double precision. The result does not depend on the
 * number of threads. O(query_count count columns) time; memory O((query_count + count) columns).
 */
void space_neighbours(const struct neighbour_search *search, const real *queries,
                      size_t query_count, const real *points, size_t count, size_t k,
                      bool without_self, uint32_t *indices);

/* The distance of two points of a space (without a snowflake), radii heeded. */
double space_distance(const struct space *space, const real *log_radius, const real *a,
                      const real *b);

#endif
