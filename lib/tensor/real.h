/*
 * real: the scalar of all computation. float in the programs; the library is compiled a second
 * time with real = double for the tests, where gradients are checked by finite differences.
 */
#ifndef TESSERAE_TENSOR_REAL_H
#define TESSERAE_TENSOR_REAL_H

#include "io/array.h"

#include <float.h>
#include <math.h>

#ifdef TESSERAE_REAL_DOUBLE
typedef double real;
#define REAL_MIN DBL_MIN
#define REAL_EPSILON DBL_EPSILON
#define REAL_DTYPE DTYPE_F64
#else
typedef float real;
#define REAL_MIN FLT_MIN
#define REAL_EPSILON FLT_EPSILON
#define REAL_DTYPE DTYPE_F32
#endif

#endif
