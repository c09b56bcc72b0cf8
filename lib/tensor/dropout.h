/*
 * Dropout: which elements of an array stay, told from a seed and an element's position alone, so
 * that the way back computes the mask again instead of keeping it, and threads need not agree.
 *
 * The bits of a position come from two rounds of the finalizer of MurmurHash3 (Appleby), each keyed
 * by half of the seed: a weaker generator than Philox (base/rng.h), at a tenth of its price.
 */
#ifndef TESSERAE_TENSOR_DROPOUT_H
#define TESSERAE_TENSOR_DROPOUT_H

#include "tensor/real.h"

#include <stddef.h>
#include <stdint.h>

struct dropout {
    uint32_t keys[2];
    uint32_t threshold; /* positions whose bits are below it are dropped */
    real scale;         /* what stays is multiplied by: 1 / (1 - probability) */
};

/* 0 <= probability < 1. */
static inline struct dropout dropout_make(real probability, uint64_t seed)
{
    return (struct dropout){.keys = {(uint32_t)seed, (uint32_t)(seed >> 32)},
                            .threshold = (uint32_t)((double)probability * 0x1p32),
                            .scale = 1 / (1 - probability)};
}

static inline __attribute__((always_inline)) uint32_t dropout_mix(uint32_t bits)
{
    bits ^= bits >> 16;
    bits *= 0x85ebca6bu;
    bits ^= bits >> 13;
    bits *= 0xc2b2ae35u;
    return bits ^ bits >> 16;
}

/* What the element at a position is multiplied by: 0 or the scale. */
static inline __attribute__((always_inline)) real dropout_factor(const struct dropout *dropout,
                                                                 uint64_t position)
{
    uint32_t bits = dropout_mix((uint32_t)position * 0x9e3779b1u + dropout->keys[0]);
    bits = dropout_mix(bits + (uint32_t)(position >> 32) * 0x85ebca77u + dropout->keys[1]);
    return bits < dropout->threshold ? 0 : dropout->scale;
}

/* y = factor x for the elements at first .. first + count; y may be x. */
static inline void dropout_apply(const struct dropout *dropout, uint64_t first, size_t count,
                                 const real *x, real *y)
{
    struct dropout local = *dropout;
#pragma omp simd
    for (size_t i = 0; i < count; i++)
        y[i] = dropout_factor(&local, first + i) * x[i];
}

#endif
