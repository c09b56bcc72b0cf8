#include "plot/spread.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { ROUNDS = 200 };

static const double haste = 0.3; /* the share of what is lacking that a round makes good */

static double range_of(const double *values, size_t count)
{
    double low = values[0], high = values[0];
    for (size_t i = 1; i < count; i++) {
        low = fmin(low, values[i]);
        high = fmax(high, values[i]);
    }
    return high - low;
}

/*
 * Pushes the right one of two points away from the left one, the more the nearer their heights are.
 */
static void part(double *left, double *right, double apart, double nearness)
{
    double lacking = apart - (*right - *left);
    if (lacking <= 0)
        return;
    double push = haste * nearness * lacking / 2;
    *left -= push;
    *right += push;
}

/* The points from left to right, (count); equal ones in their order. free() it. */
static size_t *sort_across(const double *x, size_t count)
{
    size_t *order = memory_alloc(count, sizeof *order);
    for (size_t i = 0; i < count; i++) {
        size_t place = i;
        for (; place > 0 && x[order[place - 1]] > x[i]; place--)
            order[place] = order[place - 1];
        order[place] = i;
    }
    return order;
}

void spread_sideways(double *x, const double *y, size_t count, double wide, double high)
{
    if (count < 2)
        return;
    double apart = wide * range_of(x, count), height = high * range_of(y, count);
    size_t *order = sort_across(x, count);
    for (int round = 0; round < ROUNDS; round++)
        for (size_t i = 1; i < count; i++)
            for (size_t j = 0; j < i; j++) {
                double rise = fabs(y[order[i]] - y[order[j]]);
                if (rise < height)
                    part(&x[order[j]], &x[order[i]], apart, 1 - rise / height);
            }
    free(order);
}
