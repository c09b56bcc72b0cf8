/*
 * Nearest: the k least distances of those that are offered one after the other, in a heap whose
 * first is the worst. Of equal distances the smaller index comes first.
 */
#ifndef TESSERAE_TENSOR_NEAREST_H
#define TESSERAE_TENSOR_NEAREST_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nearest {
    size_t count, k;   /* count starts at 0 */
    real *distances;   /* (k), the caller's, as is */
    uint32_t *indices; /* (k) */
};

void nearest_offer(struct nearest *nearest, real distance, uint32_t index);

/* Brings what was found to the order of distances; nothing may be offered after that. */
void nearest_sort(struct nearest *nearest);

#endif
