/*
 * Products of long matrices with narrow ones, a few tens of columns: what linear layers of few
 * channels do to many samples. CBLAS packs both operands first, which pays for wider ones; these
 * kernels keep a strip of the result in registers and read the rows where they lie (for 28 and 32
 * columns 1.6 times as fast with registers of 64 bytes, 1.2 and 1.0 times with half of that, as
 * tests/bench/clifford-roofline.c measures).
 */
#ifndef TESSERAE_TENSOR_NARROW_H
#define TESSERAE_TENSOR_NARROW_H

#include "tensor/real.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether a width is served: at least one register, at most four. */
bool narrow_fits(size_t width);

/*
 * y (rows, out) = x (rows, in) w (in, out), or +=; narrow_fits(out). 2 rows in out flops. The
 * result does not depend on the number of threads.
 */
void narrow_multiply(const real *x, size_t rows, size_t in, const real *w, size_t out, bool add,
                     real *y);

/* w (out, in) = y^T x for y (rows, out), x (rows, in), or +=; narrow_fits(in). */
void narrow_gram(const real *y, size_t rows, size_t out, const real *x, size_t in, bool add,
                 real *w);

#endif
