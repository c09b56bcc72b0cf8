#include "tensor/standardise.h"

#include "base/memory.h"

#include <math.h>
#include <stdlib.h>

enum { BLOCK = 256 };

void standardisation_from_moments(const struct standardisation *s, const struct moments *moments)
{
    for (size_t j = 0; j < s->columns; j++) {
        double deviation = moments[j].finite ? moments_deviation(&moments[j]) : 0;
        s->mean[j] = moments[j].finite ? (real)moments[j].mean : 0;
        s->scale[j] = (real)deviation >= REAL_MIN ? (real)deviation : 1;
    }
}

void moments_add_rows(struct moments *moments, const real *rows, size_t count, size_t columns)
{
    double column[BLOCK];
    for (size_t first = 0; first < count; first += BLOCK) {
        size_t length = count - first < BLOCK ? count - first : BLOCK;
        for (size_t j = 0; j < columns; j++) {
            for (size_t i = 0; i < length; i++)
                column[i] = (double)rows[(first + i) * columns + j];
            moments_add(&moments[j], column, length);
        }
    }
}

void standardisation_fit(const struct standardisation *s, const real *rows, size_t count)
{
    struct moments *moments = memory_zeroed(s->columns, sizeof *moments);
    moments_add_rows(moments, rows, count, s->columns);
    standardisation_from_moments(s, moments);
    free(moments);
}

void standardise(const struct standardisation *s, const real *from, size_t count, real *to)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < s->columns; j++)
            to[i * s->columns + j] = (from[i * s->columns + j] - s->mean[j]) / s->scale[j];
}

void standardise_undo(const struct standardisation *s, const real *from, size_t count, real *to)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < s->columns; j++)
            to[i * s->columns + j] = s->mean[j] + s->scale[j] * from[i * s->columns + j];
}
