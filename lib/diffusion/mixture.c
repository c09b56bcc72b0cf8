#include "diffusion/mixture.h"

#include "tensor/vector_math.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/*
 * Points are gone through in chunks that fit the first-level cache. The exponentials of a chunk are
 * taken once, against its own greatest logit, and kept; sums and weights both come from them.
 */
enum { CHUNK = 1024 };

static size_t chunks_of(size_t n)
{
    return (n + CHUNK - 1) / CHUNK;
}

real mixture_cutoff(size_t n)
{
    return (real)log((double)n / (double)REAL_EPSILON);
}

size_t mixture_room(size_t n, size_t components)
{
    return components * (n + 2 * chunks_of(n) + 2);
}

/* What is known of the levels shared + scale shifts of every chunk of every component. */
struct survey {
    size_t chunks;
    real *greatest;  /* (M, chunks) */
    real *sums;      /* (M, chunks): of exp(slope (level - greatest)); 0 where it cannot count */
    real *peaks;     /* (M): the greatest of all */
    real *totals;    /* (M): the sum of exp(slope (level - peak)) */
    real *exponentials; /* (M, n): exp(slope (level - greatest of its chunk)), times the counts */
};

/* The points first .. first + count. */
struct chunk {
    size_t first, count;
};

static struct chunk chunk_at(const struct mixture *m, size_t position)
{
    size_t first = position * CHUNK;
    return (struct chunk){first, m->count - first < CHUNK ? m->count - first : CHUNK};
}

static real greatest_of(const real *restrict levels, size_t n)
{
    real greatest = -INFINITY;
#pragma omp simd reduction(max : greatest)
    for (size_t i = 0; i < n; i++)
        greatest = levels[i] > greatest ? levels[i] : greatest;
    return greatest;
}

/* levels (count) = shared + scale shifts; returns the greatest. */
static real find_levels(const struct mixture *m, struct chunk c, size_t component,
                        real *restrict levels)
{
    const real *restrict shared = m->shared + c.first;
    real greatest = -INFINITY, scale = m->scale;
    if (!m->shifts) {
        memcpy(levels, shared, c.count * sizeof *levels);
        return greatest_of(shared, c.count);
    }
    const real *restrict shifts = m->shifts + component * m->count + c.first;
#pragma omp simd reduction(max : greatest)
    for (size_t i = 0; i < c.count; i++) {
        levels[i] = shared[i] + scale * shifts[i];
        greatest = levels[i] > greatest ? levels[i] : greatest;
    }
    return greatest;
}

/*
 * Asks for the shifts that will be wanted next, while exponentials keep the processor busy: they
 * lie in memory, and every component's are a new place there.
 */
static void fetch_shifts(const struct mixture *m, struct chunk c, size_t component)
{
    enum { LINE = 64 / sizeof(real) };
    const real *shifts = m->shifts + component * m->count + c.first;
    for (size_t i = 0; i < c.count; i += LINE)
        __builtin_prefetch(shifts + i);
}

/* 2^x for x <= 0; what is less than 2^-126 counts for nothing here, so it may be that. */
static inline __attribute__((always_inline)) real power_of_two(real x)
{
    return vector_exp2_normal(x < -126 ? -126 : x);
}

/* exponentials[i] = counts[i] exp(slope (levels[i] - greatest)); returns their sum. */
static real take_exponentials(const struct mixture *m, struct chunk c, const real *restrict levels,
                              real greatest, real *restrict exponentials)
{
    real sum = 0, slope = m->slope * (real)M_LOG2E;
    const real *restrict counts = m->counts ? m->counts + c.first : NULL;
    if (counts) {
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < c.count; i++) {
            exponentials[i] = counts[i] * power_of_two(slope * (levels[i] - greatest));
            sum += exponentials[i];
        }
        return sum;
    }
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < c.count; i++) {
        exponentials[i] = power_of_two(slope * (levels[i] - greatest));
        sum += exponentials[i];
    }
    return sum;
}

/* Goes over the levels once, chunk by chunk; later chunks know the peak of the earlier ones. */
static void look_over(const struct mixture *m, const struct survey *known)
{
    real levels[CHUNK], cutoff = mixture_cutoff(m->count);
    for (size_t k = 0; k < m->components; k++)
        known->peaks[k] = -INFINITY;
    for (size_t position = 0; position < known->chunks; position++) {
        struct chunk c = chunk_at(m, position);
        for (size_t k = 0; k < m->components; k++) {
            size_t at = k * known->chunks + position;
            real greatest = find_levels(m, c, k, levels);
            if (k + 1 < m->components)
                fetch_shifts(m, c, k + 1);
            else if (m->shifts && position + 1 < known->chunks)
                fetch_shifts(m, chunk_at(m, position + 1), 0);
            known->greatest[at] = greatest;
            known->sums[at] = m->slope * (known->peaks[k] - greatest) > cutoff
                                  ? 0
                                  : take_exponentials(m, c, levels, greatest,
                                                      known->exponentials + k * m->count + c.first);
            known->peaks[k] = greatest > known->peaks[k] ? greatest : known->peaks[k];
        }
    }
    for (size_t k = 0; k < m->components; k++) {
        double sum = 0;
        for (size_t at = k * known->chunks; at < (k + 1) * known->chunks; at++)
            if (known->sums[at] > 0)
                sum += (double)known->sums[at] *
                       exp((double)(m->slope * (known->greatest[at] - known->peaks[k])));
        known->totals[k] = (real)sum;
    }
}

/* weights += factor exponentials, but for those below the least */
static void add_exponentials(const real *restrict exponentials, real factor, real least, size_t n,
                             real *restrict weights)
{
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        weights[i] += exponentials[i] >= least ? factor * exponentials[i] : (real)0;
}

/* The weights of a chunk; returns how many are not 0. */
static size_t weigh_chunk(const struct mixture *m, const struct survey *known, size_t position,
                          real *weights)
{
    struct chunk c = chunk_at(m, position);
    real sums[CHUNK] = {0}, cutoff = mixture_cutoff(m->count);
    bool any = false;
    size_t nonzero = 0;
    for (size_t k = 0; k < m->components; k++) {
        real below = m->slope * (known->peaks[k] - known->greatest[k * known->chunks + position]);
        if (below > cutoff)
            continue;
        any = true;
        add_exponentials(known->exponentials + k * m->count + c.first,
                         (real)exp(-(double)below) / (known->totals[k] * (real)m->components),
                         (real)exp((double)(below - cutoff)), c.count, sums);
    }
    memcpy(weights + c.first, sums, c.count * sizeof *sums);
    for (size_t i = 0; any && i < c.count; i++)
        nonzero += sums[i] > 0;
    return nonzero;
}

size_t mixture_weights(const struct mixture *m, real *room, real *weights, double *log_sums)
{
    size_t chunks = chunks_of(m->count), nonzero = 0, all = m->components * chunks;
    const struct survey known = {.chunks = chunks, .greatest = room, .sums = room + all,
                                 .peaks = room + 2 * all,
                                 .totals = room + 2 * all + m->components,
                                 .exponentials = room + 2 * all + 2 * m->components};
    look_over(m, &known);
    for (size_t position = 0; position < chunks; position++)
        nonzero += weigh_chunk(m, &known, position, weights);
    for (size_t k = 0; log_sums && k < m->components; k++)
        log_sums[k] = (double)(m->slope * known.peaks[k]) + log((double)known.totals[k]);
    return nonzero;
}
