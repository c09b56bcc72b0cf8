/*
 * Lorentzian baselines: spacetimes of fixed geometry that neural spacetimes are measured against.
 * A point has space coordinates x and time coordinates t; both take t itself as the order.
 *
 *     Minkowski:  D = |x - x'|^2 - |t - t'|^2.
 *     de Sitter:  x is scaled to the norm sqrt(1 + |t|^2);  with q = <x, x'> - <t, t'>,
 *                 D = acosh(q)^2 where q > 1, else 2 (q - 1).
 *
 * Both are the published ones (Law and Lucas, "Spacetime representation learning", ICLR 2023): the
 * signed square of an interval stands for a distance and may be negative. The de Sitter radius is
 * 1.
 */
#ifndef TESSERAE_GEOMETRY_LORENTZIAN_H
#define TESSERAE_GEOMETRY_LORENTZIAN_H

#include "grad/tape.h"

#include <stdint.h>

/*
 * D of pairs (count) of the rows of points (n, space + time), on the tape: (count). O(space + time)
 * for a pair.
 */
struct variable *minkowski_intervals(struct tape *tape, struct variable *points, size_t space,
                                     const uint32_t *source, const uint32_t *target, size_t count);

struct variable *de_sitter_intervals(struct tape *tape, struct variable *points, size_t space,
                                     const uint32_t *source, const uint32_t *target, size_t count);

#endif
