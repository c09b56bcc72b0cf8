/*
 * Spaces to test with, random points of them, and their distances by the textbook in long double:
 * acosh of the Lorentz product, acos of the inner product.
 */
#ifndef TESSERAE_TESTS_SPACE_CASES_H
#define TESSERAE_TESTS_SPACE_CASES_H

#include "geometry/space.h"

#include "check_main.h"

#include <math.h>

static const char *const space_cases[] = {"e3", "h3", "s3", "h2xs2xe4"};
enum { SPACE_CASES = sizeof space_cases / sizeof *space_cases };

static inline struct space space_of(const char *text)
{
    struct space space;
    struct error error = {0};
    ck_assert_msg(space_parse(&space, text, 2, &error), "%s", error.message);
    return space;
}

static inline long double inner_product(const real *a, const real *b, size_t n)
{
    long double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += (long double)a[j] * (long double)b[j];
    return sum;
}

/* The distance on the unit model; |a - b| in the Euclidean case. */
static inline long double factor_distance(const struct factor *factor, const real *a, const real *b)
{
    size_t n = factor->columns;
    long double aa = inner_product(a, a, n), bb = inner_product(b, b, n),
                ab = inner_product(a, b, n);
    switch (factor->kind) {
    case FACTOR_HYPERBOLIC: return acoshl(fmaxl(1, sqrtl(1 + aa) * sqrtl(1 + bb) - ab));
    case FACTOR_SPHERICAL: return acosl(fminl(1, fmaxl(-1, ab / sqrtl(aa * bb))));
    default: return sqrtl(fmaxl(0, aa - 2 * ab + bb));
    }
}

static inline double direct_distance(const struct space *space, const real *log_radius,
                                     const real *a, const real *b)
{
    long double sum = 0;
    for (size_t f = 0; f < space->count; f++) {
        const struct factor *factor = &space->factors[f];
        long double d = factor_distance(factor, a + factor->first_column, b + factor->first_column);
        long double radius =
            factor->kind == FACTOR_EUCLIDEAN ? 1 : expl((long double)log_radius[f]);
        sum += radius * radius * d * d;
    }
    return (double)sqrtl(sum);
}

/* Different radii for the factors, as learned ones are. */
static inline void fill_log_radius(const struct space *space, real *log_radius)
{
    for (size_t f = 0; f < space->count; f++)
        log_radius[f] = (real)0.3 * (real)f - (real)0.2;
}

#endif
