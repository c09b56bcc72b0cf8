/*
 * Blocks of lanes out of batches of multivectors: BLOCK_LANES neighbouring values of the B C of each
 * blade, whatever samples and channels they are of, brought together so that a list of sums
 * (clifford_sums.h) finds them in the cache. Missing lanes of the last block are 0.
 *
 * What belongs to a channel is laid out once for every phase, a phase being where a block can begin
 * among the channels: block q has phase q modulo C / gcd(C, BLOCK_LANES).
 */
#ifndef TESSERAE_NN_MULTIVECTOR_LANES_H
#define TESSERAE_NN_MULTIVECTOR_LANES_H

#include "geometry/clifford_sums.h"

#include <string.h>

/* rows of `array` (rows, lanes) from `at` on, as a block each. */
static inline void lanes_load(const real *array, size_t rows, size_t lanes, size_t at,
                              struct lane_block *blocks)
{
    size_t count = lanes - at < BLOCK_LANES ? lanes - at : BLOCK_LANES;
    for (size_t row = 0; row < rows; row++) {
        if (count == BLOCK_LANES) {
            memcpy(&blocks[row], array + row * lanes + at, sizeof *blocks);
        } else {
            memset(&blocks[row], 0, sizeof *blocks);
            memcpy(&blocks[row], array + row * lanes + at, count * sizeof *array);
        }
    }
}

/* The same, followed by the negatives of all rows. */
static inline void lanes_load_signed(const real *array, size_t rows, size_t lanes, size_t at,
                                     struct lane_block *blocks)
{
    lanes_load(array, rows, lanes, at, blocks);
    for (size_t row = 0; row < rows; row++)
        for (size_t v = 0; v < BLOCK_VECTORS; v++)
            blocks[rows + row].part[v] = -blocks[row].part[v];
}

/* Writes blocks to rows of `array` from `at` on, or adds them. */
static inline void lanes_store(real *array, size_t rows, size_t lanes, size_t at, bool add,
                               const struct lane_block *blocks)
{
    size_t count = lanes - at < BLOCK_LANES ? lanes - at : BLOCK_LANES;
    for (size_t row = 0; row < rows; row++) {
        real *restrict target = array + row * lanes + at;
        real values[BLOCK_LANES];
        memcpy(values, &blocks[row], sizeof values);
        if (add) {
#pragma omp simd
            for (size_t i = 0; i < count; i++)
                target[i] += values[i];
        } else {
            memcpy(target, values, count * sizeof *target);
        }
    }
}

/* In how many places among the channels a block can begin. */
static inline size_t lanes_phases(size_t channels)
{
    size_t a = channels, b = BLOCK_LANES;
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return channels / a;
}

/* The channel of a lane. */
static inline size_t lanes_channel(size_t phase, size_t lane, size_t channels)
{
    return (phase * BLOCK_LANES + lane) % channels;
}

#endif
