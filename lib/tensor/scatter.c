#include "tensor/scatter.h"

#include "tensor/pieces.h"

#include <omp.h>
#include <string.h>

void gather_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                 const real *scale, bool add, real *target)
{
#pragma omp parallel for schedule(static) if (count * columns > PARALLEL_ELEMENTS)
    for (size_t i = 0; i < count; i++) {
        const real *restrict from = source + index[i] * columns;
        real *restrict to = target + i * columns;
        real factor = scale ? scale[index[i]] : 1;
        if (add) {
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                to[j] += factor * from[j];
        } else {
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                to[j] = factor * from[j];
        }
    }
}

/* One scattering: what is added where. */
struct scatter {
    const real *source;
    const uint32_t *index;
    size_t count, columns;
    real *target;
    uint32_t *winners;
};

static void add_one(const struct scatter *s, size_t i)
{
    const real *restrict from = s->source + i * s->columns;
    real *restrict to = s->target + s->index[i] * s->columns;
#pragma omp simd
    for (size_t j = 0; j < s->columns; j++)
        to[j] += from[j];
}

static void max_one(const struct scatter *s, size_t i)
{
    const real *restrict from = s->source + i * s->columns;
    real *restrict to = s->target + s->index[i] * s->columns;
    uint32_t *restrict winners = s->winners + s->index[i] * s->columns;
    for (size_t j = 0; j < s->columns; j++) {
        if (winners[j] == UINT32_MAX || from[j] > to[j]) {
            to[j] = from[j];
            winners[j] = (uint32_t)i;
        }
    }
}

/*
 * Does `one` for every i whose target row is in first_row .. end_row. Those are listed first, block
 * by block and without a branch, since half of them (of two threads) are not, in no order.
 */
static inline __attribute__((always_inline)) void
do_rows(const struct scatter *s, size_t first_row, size_t end_row,
        void (*one)(const struct scatter *s, size_t i))
{
    enum { BLOCK = 1024 };
    uint32_t mine[BLOCK];
    for (size_t start = 0; start < s->count; start += BLOCK) {
        size_t end = start + BLOCK < s->count ? start + BLOCK : s->count, listed = 0;
        for (size_t i = start; i < end; i++) {
            mine[listed] = (uint32_t)(i - start);
            listed += s->index[i] >= first_row && s->index[i] < end_row;
        }
        for (size_t k = 0; k < listed; k++)
            one(s, start + mine[k]);
    }
}

static inline __attribute__((always_inline)) void
share_rows(const struct scatter *s, size_t rows, void (*one)(const struct scatter *s, size_t i))
{
    if (s->count * s->columns <= PARALLEL_ELEMENTS || omp_get_max_threads() == 1) {
        for (size_t i = 0; i < s->count; i++)
            one(s, i);
        return;
    }
#pragma omp parallel
    {
        size_t threads = (size_t)omp_get_num_threads(), thread = (size_t)omp_get_thread_num();
        do_rows(s, rows * thread / threads, rows * (thread + 1) / threads, one);
    }
}

void scatter_add_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                      real *target, size_t rows)
{
    struct scatter s = {.source = source, .index = index, .count = count, .columns = columns,
                        .target = target};
    share_rows(&s, rows, add_one);
}

void scatter_max_rows(const real *source, const uint32_t *index, size_t count, size_t columns,
                      real *target, size_t rows, uint32_t *winners)
{
    struct scatter s = {.source = source, .index = index, .count = count, .columns = columns,
                        .target = target, .winners = winners};
    memset(target, 0, rows * columns * sizeof *target);
    memset(winners, 0xff, rows * columns * sizeof *winners);
    share_rows(&s, rows, max_one);
}
