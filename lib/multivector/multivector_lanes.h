/*
 * Blocks of lanes out of batches of multivectors: BLOCK_LANES neighbouring values of the B C of
 * each blade, whatever samples and channels they are of, brought together so that a list of sums
 * (clifford_sums.h) finds them in the cache. Missing lanes of the last block are 0.
 *
 * What belongs to a channel is laid out once for every phase, a phase being where a block can begin
 * among the channels: block q has phase q modulo C / gcd(C, BLOCK_LANES).
 */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_LANES_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_LANES_H

#include "base/threads.h"
#include "geometry/clifford_sums.h"

/*
 * rows of `array` (rows, lanes) from `at` on, as a block each. Whole registers are moved: a later
 * load of what was stored in parts would wait for all of them.
 */
static inline void lanes_load(const real *array, size_t rows, size_t lanes, size_t at,
                              struct lane_block *blocks)
{
    for (size_t row = 0; row < rows; row++) {
        const real *source = array + row * lanes + at;
        if (lanes - at >= BLOCK_LANES) {
            const lane_vector_anywhere *vectors = (const lane_vector_anywhere *)source;
            for (size_t v = 0; v < BLOCK_VECTORS; v++)
                blocks[row].part[v] = vectors[v];
        } else {
            for (size_t lane = 0; lane < BLOCK_LANES; lane++)
                blocks[row].lane[lane] = lane < lanes - at ? source[lane] : 0;
        }
    }
}

/* Writes blocks to rows of `array` from `at` on, or adds them. */
static inline void lanes_store(real *array, size_t rows, size_t lanes, size_t at, bool add,
                               const struct lane_block *blocks)
{
    for (size_t row = 0; row < rows; row++) {
        real *target = array + row * lanes + at;
        if (lanes - at >= BLOCK_LANES) {
            lane_vector_anywhere *vectors = (lane_vector_anywhere *)target;
            for (size_t v = 0; v < BLOCK_VECTORS; v++) {
                if (add)
                    vectors[v] += blocks[row].part[v];
                else
                    vectors[v] = blocks[row].part[v];
            }
        } else {
            for (size_t lane = 0; lane < lanes - at; lane++)
                target[lane] = (add ? target[lane] : 0) + blocks[row].lane[lane];
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

/* The channel of a phase's first lane; the others follow, and begin again after the last. */
static inline size_t lanes_first_channel(size_t phase, size_t channels)
{
    return phase * BLOCK_LANES % channels;
}

/* The threads that so many terms for every lane deserve: a term is a multiply-add. */
static inline size_t lanes_threads(size_t terms, size_t lanes)
{
    return threads_for(2 * terms * lanes, THREAD_LEAST_FLOPS);
}

#endif
