#include "diffusion/noise_schedule.h"

#include <math.h>
#include <stddef.h>

const char *const noise_schedule_names[] = {"flow", "cosine", "linear", NULL};

static const double half_pi = 1.57079632679489661923;
static const double cosine_offset = 0.008;
static const double linear_first = 0.1, linear_growth = 9.95; /* of -log alpha^2 */

static double cosine_angle(double u)
{
    return half_pi * (u + cosine_offset) / (1 + cosine_offset);
}

struct noise_level noise_schedule_level(enum noise_schedule schedule, double u)
{
    double remaining = 1; /* alpha^2 */
    switch (schedule) {
    case NOISE_FLOW: return (struct noise_level){1 - u, u};
    case NOISE_COSINE: remaining = pow(cos(cosine_angle(u)) / cos(cosine_angle(0)), 2); break;
    case NOISE_LINEAR: {
        double exponent = u * (linear_first + linear_growth * u);
        return (struct noise_level){exp(-exponent / 2), sqrt(-expm1(-exponent))};
    }
    }
    return (struct noise_level){sqrt(remaining), sqrt(1 - remaining)};
}

double noise_level_time(struct noise_level level)
{
    return level.alpha / (level.alpha + level.sigma);
}

double noise_schedule_at_time(enum noise_schedule schedule, double t)
{
    double alpha = t / hypot(t, 1 - t), u = 1 - t; /* of the same mixture, with unit variance */
    if (schedule == NOISE_COSINE)
        u = acos(fmin(1, alpha * cos(cosine_angle(0)))) / half_pi * (1 + cosine_offset) -
            cosine_offset;
    if (schedule == NOISE_LINEAR) { /* growth u^2 + first u = -log alpha^2 */
        double exponent = log1p((1 - t) / t * ((1 - t) / t));
        double root = sqrt(linear_first * linear_first + 4 * linear_growth * exponent);
        u = (root - linear_first) / (2 * linear_growth);
    }
    return fmin(1, fmax(0, u));
}
