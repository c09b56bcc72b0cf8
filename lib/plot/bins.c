#include "plot/bins.h"

#include "base/memory.h"
#include "plot/ticks.h"

#include <math.h>
#include <stdlib.h>

enum { LEAST_BINS = 5, MOST_BINS = 100, MOST_WHOLE = 60 };

static int compare_numbers(const void *a, const void *b)
{
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static bool are_whole(const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (values[i] != floor(values[i]))
            return false;
    return true;
}

/* Width 2 IQR / cbrt(n) (D. Freedman and P. Diaconis, 1981); values are sorted. */
static size_t freedman_diaconis(const double *values, size_t count, bool logarithmic)
{
    double low = values[0], high = values[count - 1];
    double quarter = values[count / 4], three_quarters = values[count - 1 - count / 4];
    if (logarithmic) {
        low = log10(low), high = log10(high);
        quarter = log10(quarter), three_quarters = log10(three_quarters);
    }
    double width = 2 * (three_quarters / 2 - quarter / 2) * 2 / cbrt((double)count);
    double wanted = width > 0 ? ceil((high / 2 - low / 2) / (width / 2)) : MOST_BINS / 2;
    return (size_t)fmin(fmax(wanted, LEAST_BINS), MOST_BINS);
}

/* Bins whose edges are round numbers, about `wanted` of them; returns how many. */
static size_t widen_to_round_edges(double *low, double *high, size_t wanted)
{
    double step = ticks_step(*low, *high, (int)wanted);
    double first = floor(*low / step), last = ceil(*high / step);
    if (!isfinite(first * step) || !isfinite(last * step) || last <= first)
        return wanted;
    *low = first * step;
    *high = last * step;
    return (size_t)(last - first);
}

static void set_edges(struct bins *bins, double low, double high, bool logarithmic)
{
    for (size_t i = 0; i <= bins->count; i++) {
        double fraction = (double)i / (double)bins->count;
        bins->edges[i] = logarithmic ? low * pow(high / low, fraction)
                                     : (1 - fraction) * low + fraction * high;
    }
    bins->edges[bins->count] = high;
}

/* The bin of a value, by bisection: edges[bin] <= value < edges[bin + 1]. */
static size_t find_bin(const struct bins *bins, double value)
{
    size_t low = 0, high = bins->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (value < bins->edges[middle])
            high = middle;
        else
            low = middle;
    }
    return low;
}

struct bins bins_make(double *values, size_t count, size_t wanted, bool logarithmic)
{
    qsort(values, count, sizeof *values, compare_numbers);
    double low = values[0], high = values[count - 1];
    bool whole = !logarithmic && wanted == 0 && high / 2 - low / 2 <= MOST_WHOLE / 2.0 &&
                 fabs(low) < 1e15 && are_whole(values, count);
    if (whole) { /* each number in the middle of its bin */
        wanted = (size_t)(high - low) + 1;
        low -= 0.5;
        high += 0.5;
    } else if (low == high) {
        double room = logarithmic ? 1.1 : low == 0 ? 0.5 : 0.05 * fabs(low);
        wanted = wanted ? wanted : 1;
        high = logarithmic ? high * room : high + room;
        low = logarithmic ? low / room : low - room;
    } else if (wanted == 0) {
        wanted = freedman_diaconis(values, count, logarithmic);
        if (!logarithmic)
            wanted = widen_to_round_edges(&low, &high, wanted);
    }
    struct bins bins = {.count = wanted};
    bins.edges = memory_alloc(wanted + 1, sizeof *bins.edges);
    bins.counts = memory_zeroed(wanted, sizeof *bins.counts);
    set_edges(&bins, low, high, logarithmic);
    for (size_t i = 0; i < count; i++)
        bins.counts[find_bin(&bins, values[i])]++;
    return bins;
}
