#include "geometry/hyperbolic.h"

#include <math.h>

/* A step longer than this is cut: coordinates grow with sinh of the distance from the origin. */
static const double longest_step = 4;
static const double farthest = 1e7; /* of |s|; about 16.8 from the origin */

static double dot(const real *a, const real *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += (double)a[j] * (double)b[j];
    return sum;
}

double hyperbolic_time(const real *s, size_t n)
{
    return sqrt(1 + dot(s, s, n));
}

void hyperbolic_frame(const real *s, const real *gradient, size_t n, real *frame)
{
    double factor = dot(s, gradient, n) / (1 + hyperbolic_time(s, n));
    for (size_t j = 0; j < n; j++)
        frame[j] = (real)((double)gradient[j] + factor * (double)s[j]);
}

/*
 * exp_0(step) = (cosh |step|, sinh |step| step / |step|) is carried to s by the boost that takes
 * the origin there: y + s (y_time + s . y / (1 + s_time)).
 */
void hyperbolic_move(real *s, const real *step, size_t n)
{
    double length = sqrt(dot(step, step, n));
    if (!(length > 0))
        return;
    double capped = fmin(length, longest_step);
    double stretch = sinh(capped) / length;
    double time = hyperbolic_time(s, n);
    double along = stretch * dot(s, step, n);
    double shift = cosh(capped) + along / (1 + time);
    double square = 0;
    for (size_t j = 0; j < n; j++) {
        s[j] = (real)(stretch * (double)step[j] + shift * (double)s[j]);
        square += (double)s[j] * (double)s[j];
    }
    if (square > farthest * farthest)
        for (size_t j = 0; j < n; j++)
            s[j] = (real)((double)s[j] * farthest / sqrt(square));
}

void hyperbolic_to_poincare(real *s, size_t n)
{
    double scale = 1 / (1 + hyperbolic_time(s, n));
    for (size_t j = 0; j < n; j++)
        s[j] = (real)((double)s[j] * scale);
}

/* With q = |s - t|^2 - (s_time - t_time)^2 = 2 cosh d - 2: d = 2 asinh(sqrt(q) / 2). */
double hyperbolic_distance(const real *s, const real *t, size_t n)
{
    double square = 0, mixed = 0;
    for (size_t j = 0; j < n; j++) {
        double difference = (double)s[j] - (double)t[j];
        square += difference * difference;
        mixed += difference * ((double)s[j] + (double)t[j]);
    }
    double time_difference = mixed / (hyperbolic_time(s, n) + hyperbolic_time(t, n));
    return 2 * asinh(sqrt(fmax(0, square - time_difference * time_difference)) / 2);
}
