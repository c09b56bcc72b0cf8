#include "geometry/clifford_identities.h"

#include <math.h>
#include <string.h>

enum { MOST = CLIFFORD_MOST_BLADES };

static void draw(struct rng *rng, size_t count, real *x)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (real)rng_normal(rng);
}

static double size_of(const real *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

/* Raises *worst to |x - y| / scale. */
static void compare(const real *x, const real *y, size_t count, double scale, double *worst)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
    if (sum > 0)
        *worst = fmax(*worst, sqrt(sum) / scale);
}

/* A vector (n) with |q| not small beside the largest it could be; false when none is found. */
static bool draw_axis(const real *lambda, size_t n, struct rng *rng, real *axis)
{
    for (int attempt = 0; attempt < 1000; attempt++) {
        double q = 0, most = 0;
        draw(rng, n, axis);
        for (size_t i = 0; i < n; i++) {
            double square = (double)axis[i] * (double)axis[i];
            q += (double)lambda[i] * square;
            most += fabs((double)lambda[i]) * square;
        }
        if (most > 0 && fabs(q) > 0.3 * most)
            return true;
    }
    return false;
}

static void try_products(const struct clifford *algebra, const real *lambda, struct rng *rng,
                         struct clifford_identities *result)
{
    size_t blades = algebra->blades;
    real x[MOST] = {0}, y[MOST] = {0}, z[MOST] = {0}, sum[MOST];
    real xy[MOST], yz[MOST], left[MOST], right[MOST];
    draw(rng, blades, x);
    draw(rng, blades, y);
    draw(rng, blades, z);
    clifford_product(algebra, lambda, x, y, xy);
    clifford_product(algebra, lambda, y, z, yz);
    clifford_product(algebra, lambda, xy, z, left);
    clifford_product(algebra, lambda, x, yz, right);
    compare(left, right, blades, size_of(left, blades), &result->associativity);
    for (size_t i = 0; i < blades; i++)
        sum[i] = y[i] + z[i];
    clifford_product(algebra, lambda, x, sum, left);
    clifford_product(algebra, lambda, x, z, right);
    for (size_t i = 0; i < blades; i++)
        right[i] += xy[i];
    compare(left, right, blades, size_of(left, blades), &result->distributivity);
}

static bool try_action(const struct clifford *algebra, const real *lambda, struct rng *rng,
                       struct clifford_identities *result, struct error *error)
{
    size_t blades = algebra->blades, n = algebra->dimension;
    size_t factors = n > 1 ? n - rng_below(rng, 2) : 1;
    real axes[CLIFFORD_MOST_DIMENSIONS * CLIFFORD_MOST_DIMENSIONS], w[MOST], inverse[MOST];
    real x[MOST], y[MOST], xy[MOST], one[MOST] = {1}, found[MOST], part[MOST], of_x[MOST],
        of_y[MOST], of_xy[MOST];
    for (size_t k = 0; k < factors; k++)
        if (!draw_axis(lambda, n, rng, axes + k * n))
            return error_set(error, EX_DATAERR, "the metric is degenerate: all vectors are null, "
                             "and none has an inverse");
    if (!clifford_versor(algebra, lambda, axes, factors, w, error) ||
        !clifford_inverse(algebra, lambda, w, inverse, error))
        return false;
    clifford_product(algebra, lambda, w, inverse, found);
    compare(found, one, blades, 1, &result->inverse);
    draw(rng, blades, x);
    draw(rng, blades, y);
    clifford_product(algebra, lambda, x, y, xy);
    if (!clifford_act(algebra, lambda, w, x, of_x, error) ||
        !clifford_act(algebra, lambda, w, y, of_y, error) ||
        !clifford_act(algebra, lambda, w, xy, of_xy, error))
        return false;
    clifford_product(algebra, lambda, of_x, of_y, found);
    compare(found, of_xy, blades, size_of(of_xy, blades), &result->products);
    double before = clifford_quadratic_form(algebra, lambda, x);
    double after = clifford_quadratic_form(algebra, lambda, of_x), scale = 0;
    real squares[MOST];
    clifford_squares(algebra, lambda, squares);
    for (size_t i = 0; i < blades; i++)
        scale += fabs((double)squares[i]) * (double)of_x[i] * (double)of_x[i];
    result->form = fmax(result->form, fabs(after - before) / scale);
    for (size_t grade = 0; grade < algebra->grades; grade++) {
        clifford_project(algebra, grade, x, part);
        if (!clifford_act(algebra, lambda, w, part, found, error))
            return false;
        clifford_project(algebra, grade, found, part);
        compare(found, part, blades, size_of(found, blades), &result->grades);
    }
    return true;
}

bool clifford_identities_try(const struct clifford *algebra, const real *lambda, size_t trials,
                             struct rng *rng, struct clifford_identities *result,
                             struct error *error)
{
    *result = (struct clifford_identities){0};
    for (size_t trial = 0; trial < trials; trial++) {
        try_products(algebra, lambda, rng, result);
        if (!try_action(algebra, lambda, rng, result, error))
            return false;
    }
    return true;
}
