#include "diffusion/mixture.h"

#include "tensor/vector_math.h"

#include <stdbool.h>
#include <string.h>

/*
 * The logits are never stored: they are made again from the shared term and the shifts whenever a
 * chunk, which fits the first-level cache, is looked at.
 */
enum { CHUNK = 1024 };

static size_t chunks_of(size_t n)
{
    return (n + CHUNK - 1) / CHUNK;
}

static size_t chunk_length(size_t n, size_t first)
{
    return n - first < CHUNK ? n - first : CHUNK;
}

real mixture_cutoff(size_t n)
{
    return (real)log((double)n / (double)REAL_EPSILON);
}

size_t mixture_room(size_t n, size_t components)
{
    return 2 * components * chunks_of(n) + 2 * components;
}

/* What is known of the logits of every chunk of every component. */
struct chunk_sums {
    real *greatest;  /* (M, chunks): the largest logit */
    real *sums;      /* (M, chunks): the sum of exp(logit - greatest); 0 where it cannot count */
    real *peaks;     /* (M): the largest of all */
    real *log_sums;  /* (M): log of the sum of exp(logit - peak) */
};

static real greatest_logit(const real *restrict shared, const real *restrict shifts, real scale,
                           size_t n)
{
    real greatest = -INFINITY;
    if (!shifts) {
#pragma omp simd reduction(max : greatest)
        for (size_t i = 0; i < n; i++)
            greatest = shared[i] > greatest ? shared[i] : greatest;
        return greatest;
    }
#pragma omp simd reduction(max : greatest)
    for (size_t i = 0; i < n; i++) {
        real logit = shared[i] + scale * shifts[i];
        greatest = logit > greatest ? logit : greatest;
    }
    return greatest;
}

static real sum_of_exponentials(const real *restrict shared, const real *restrict shifts,
                                real scale, real less, size_t n)
{
    real sum = 0;
    if (!shifts) {
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < n; i++)
            sum += vector_exp(shared[i] - less);
        return sum;
    }
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += vector_exp(shared[i] + scale * shifts[i] - less);
    return sum;
}

/* Goes over the logits once, chunk by chunk; later chunks know the peak of the earlier ones. */
static void survey(const struct mixture *m, const struct chunk_sums *known)
{
    size_t chunks = chunks_of(m->count);
    real cutoff = mixture_cutoff(m->count);
    for (size_t k = 0; k < m->components; k++)
        known->peaks[k] = -INFINITY;
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        size_t first = chunk * CHUNK, n = chunk_length(m->count, first);
        for (size_t k = 0; k < m->components; k++) {
            const real *shifts = m->shifts ? m->shifts + k * m->count + first : NULL;
            real greatest = greatest_logit(m->shared + first, shifts, m->scale, n);
            size_t at = k * chunks + chunk;
            known->greatest[at] = greatest;
            known->sums[at] = greatest < known->peaks[k] - cutoff
                                  ? 0
                                  : sum_of_exponentials(m->shared + first, shifts, m->scale,
                                                        greatest, n);
            known->peaks[k] = greatest > known->peaks[k] ? greatest : known->peaks[k];
        }
    }
    for (size_t k = 0; k < m->components; k++) {
        double sum = 0;
        for (size_t chunk = 0; chunk < chunks; chunk++)
            if (known->sums[k * chunks + chunk] > 0)
                sum += (double)known->sums[k * chunks + chunk] *
                       exp((double)(known->greatest[k * chunks + chunk] - known->peaks[k]));
        known->log_sums[k] = (real)log(sum);
    }
}

/* weights += exp(logit - less) where the logit is at least `least` */
static void add_exponentials(const real *restrict shared, const real *restrict shifts, real scale,
                             real less, real least, size_t n, real *restrict weights)
{
    if (!shifts) {
#pragma omp simd
        for (size_t i = 0; i < n; i++) {
            real weight = vector_exp(shared[i] - less);
            weights[i] += shared[i] >= least ? weight : (real)0;
        }
        return;
    }
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        real logit = shared[i] + scale * shifts[i];
        real weight = vector_exp(logit - less);
        weights[i] += logit >= least ? weight : (real)0;
    }
}

size_t mixture_weights(const struct mixture *m, real *room, real *weights, double *log_sums)
{
    size_t chunks = chunks_of(m->count), nonzero = 0;
    const struct chunk_sums known = {
        .greatest = room, .sums = room + m->components * chunks,
        .peaks = room + 2 * m->components * chunks,
        .log_sums = room + 2 * m->components * chunks + m->components};
    real cutoff = mixture_cutoff(m->count), log_components = (real)log((double)m->components);
    survey(m, &known);
    for (size_t chunk = 0; chunk < chunks; chunk++) {
        size_t first = chunk * CHUNK, n = chunk_length(m->count, first);
        real sums[CHUNK] = {0};
        bool any = false;
        for (size_t k = 0; k < m->components; k++) {
            real least = known.peaks[k] - cutoff;
            if (known.greatest[k * chunks + chunk] < least)
                continue;
            any = true;
            add_exponentials(m->shared + first, m->shifts ? m->shifts + k * m->count + first : NULL,
                             m->scale, known.peaks[k] + known.log_sums[k] + log_components, least,
                             n, sums);
        }
        memcpy(weights + first, sums, n * sizeof *sums);
        for (size_t i = 0; any && i < n; i++)
            nonzero += sums[i] > 0;
    }
    for (size_t k = 0; log_sums && k < m->components; k++)
        log_sums[k] = (double)known.peaks[k] + (double)known.log_sums[k];
    return nonzero;
}
