/*
 * Vectors as wide as the processor's registers, for kernels whose registers are laid out by hand:
 * arithmetic on them is the compiler's vector extension. Loops that a compiler vectorises by itself
 * are better left to it.
 */
#ifndef TESSERAE_TENSOR_LANE_VECTOR_H
#define TESSERAE_TENSOR_LANE_VECTOR_H

#include "tensor/real.h"

#if defined(__AVX512F__)
enum { LANE_BYTES = 64 };
#elif defined(__AVX__)
enum { LANE_BYTES = 32 };
#else
enum { LANE_BYTES = 16 };
#endif
enum { LANE_COUNT = LANE_BYTES / sizeof(real) };

typedef real lane_vector __attribute__((vector_size(LANE_BYTES)));

/* The same wherever it lies. */
typedef real lane_vector_anywhere
    __attribute__((vector_size(LANE_BYTES), aligned(sizeof(real)), may_alias));

/*
 * A function that becomes part of whatever kernel calls it: what is constant there has to be
 * constant inside, or its arrays would not be registers.
 */
#define KERNEL static inline __attribute__((always_inline))

#endif
