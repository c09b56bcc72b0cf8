#include "diffusion/closed_form.h"

#include "base/memory.h"
#include "base/rng.h"
#include "diffusion/mixture.h"
#include "tensor/blas.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

struct closed_form {
    const struct point_set *points;
    struct closed_form_options options;
    size_t first, count, capacity; /* the samples of this begin() */
    bool shifts_known;
    real *noisy;     /* (capacity, columns): z - t centre */
    real *products;  /* (capacity, N): z.x_i, then shared logits, then weights */
    real *shifts;    /* (capacity, M, N): e_m.x_i; NULL for the exact score */
    real *room;      /* mixture_room for each thread */
    size_t *nonzero; /* (capacity): the weights of a sample that are not 0 */
};

/* Samples of one class, that stand together, and the rows they are made of. */
struct group {
    size_t first, count;
    struct point_range range;
};

void closed_form_perturbations(const struct closed_form_options *options, size_t sample,
                               size_t columns, real *perturbations)
{
    struct rng rng = rng_make(options->seed, RNG_PERTURBATIONS, (uint32_t)sample);
    for (size_t i = 0; i < options->perturbations * columns; i++)
        perturbations[i] = (real)rng_normal(&rng);
}

static struct group group_at(const struct closed_form *s, const struct denoising *question,
                             size_t first)
{
    const uint32_t *labels = question->labels;
    size_t end = labels ? first + 1 : question->count;
    while (labels && end < question->count && labels[end] == labels[first])
        end++;
    return (struct group){first, end - first,
                          point_set_range(s->points, labels ? &labels[first] : NULL)};
}

static const real *group_rows(const struct closed_form *s, const struct group *g)
{
    return s->points->rows + g->range.first * s->points->columns;
}

/* shifts (g M, n) = e (g M, D) X^T (D, n) */
static void compute_shifts(struct closed_form *s, const struct group *g)
{
    size_t columns = s->points->columns, each = s->options.perturbations * columns;
    real *perturbations = memory_alloc(g->count * each, sizeof *perturbations);
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < g->count; i++)
        closed_form_perturbations(&s->options, s->first + g->first + i, columns,
                                  perturbations + i * each);
    blas_matmul(false, true, g->count * s->options.perturbations, g->range.count, columns, 1,
                perturbations, group_rows(s, g), 0,
                s->shifts + g->first * s->options.perturbations * s->points->count);
    free(perturbations);
}

/* Turns the products z.x_i of a sample into its weights. */
static void weigh(const struct closed_form *s, const struct group *g, size_t sample, double time,
                  real *room)
{
    size_t n = g->range.count, components = s->options.perturbations;
    double rest = 1 - time;
    real t = (real)time;
    const real *restrict half_norms = s->points->half_norms + g->range.first;
    real *restrict shared = s->products + g->first * s->points->count + sample * n;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        shared[i] -= t * half_norms[i];
    struct mixture mixture = {.count = n, .components = components, .shared = shared,
                              .scale = (real)s->options.sigma,
                              .slope = (real)(time / (rest * rest))};
    if (s->shifts)
        mixture.shifts = s->shifts + g->first * components * s->points->count +
                         sample * components * n;
    s->nonzero[g->first + sample] = mixture_weights(&mixture, room, shared, NULL);
}

/* mean (g, D) = weights (g, n) X (n, D), where few weights are not 0 */
static void mix_sparsely(const struct closed_form *s, const struct group *g, const real *weights,
                         real *mean)
{
    size_t n = g->range.count, columns = s->points->columns;
#pragma omp parallel for schedule(dynamic)
    for (size_t sample = 0; sample < g->count; sample++) {
        real *restrict sum = mean + sample * columns;
        memset(sum, 0, columns * sizeof *sum);
        for (size_t i = 0; i < n; i++) {
            real weight = weights[sample * n + i];
            const real *restrict row = group_rows(s, g) + i * columns;
            if (weight == 0)
                continue;
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                sum[j] += weight * row[j];
        }
    }
}

static void mix(const struct closed_form *s, const struct group *g, real *mean)
{
    enum { SPARSE = 32 }; /* a product pays where more than 1 in so many weights is not 0 */
    size_t n = g->range.count, columns = s->points->columns, nonzero = 0;
    const real *weights = s->products + g->first * s->points->count;
    mean += g->first * columns;
    for (size_t i = 0; i < g->count; i++)
        nonzero += s->nonzero[g->first + i];
    if (nonzero < g->count * n / SPARSE)
        mix_sparsely(s, g, weights, mean);
    else
        blas_matmul(false, false, g->count, columns, n, 1, weights, group_rows(s, g), 0, mean);
    for (size_t i = 0; i < g->count; i++)
        for (size_t j = 0; j < columns; j++)
            mean[i * columns + j] += s->points->centre[j];
}

static void denoise_group(struct closed_form *s, const struct group *g,
                          const struct denoising *question, real *mean)
{
    size_t columns = s->points->columns;
    real time = (real)question->time;
    for (size_t i = 0; i < g->count * columns; i++)
        s->noisy[i] = question->noisy[g->first * columns + i] -
                      time * s->points->centre[i % columns];
    blas_matmul(false, true, g->count, g->range.count, columns, 1, s->noisy, group_rows(s, g), 0,
                s->products + g->first * s->points->count);
    size_t each = mixture_room(s->points->count, s->options.perturbations);
#pragma omp parallel for schedule(dynamic)
    for (size_t i = 0; i < g->count; i++)
        weigh(s, g, i, question->time, s->room + each * (size_t)omp_get_thread_num());
    mix(s, g, mean);
}

static bool closed_form_begin(void *self, size_t first, size_t count, struct error *error)
{
    struct closed_form *s = self;
    (void)error;
    s->first = first;
    s->count = count;
    s->shifts_known = false;
    if (count <= s->capacity)
        return true;
    size_t reals = count * s->points->count;
    s->capacity = count;
    free(s->noisy);
    free(s->products);
    free(s->shifts);
    free(s->nonzero);
    s->noisy = memory_alloc(count * s->points->columns, sizeof(real));
    s->products = memory_alloc(reals, sizeof(real));
    s->nonzero = memory_alloc(count, sizeof *s->nonzero);
    s->shifts = s->options.sigma > 0 ? memory_alloc(reals * s->options.perturbations, sizeof(real))
                                     : NULL;
    return true;
}

static bool closed_form_denoise(void *self, const struct denoising *question, real *mean,
                                struct error *error)
{
    struct closed_form *s = self;
    if (question->count != s->count)
        return error_set(error, EX_SOFTWARE, "closed form: %zu rows; %zu samples were begun",
                         question->count, s->count);
    for (size_t at = 0; at < question->count;) {
        struct group g = group_at(s, question, at);
        if (s->shifts && !s->shifts_known)
            compute_shifts(s, &g);
        denoise_group(s, &g, question, mean);
        at += g.count;
    }
    s->shifts_known = true;
    return true;
}

static void closed_form_release(void *self)
{
    struct closed_form *s = self;
    free(s->noisy);
    free(s->products);
    free(s->shifts);
    free(s->room);
    free(s->nonzero);
    free(s);
}

size_t closed_form_batch(const struct point_set *points, const struct closed_form_options *options,
                         size_t bytes)
{
    size_t each = (options->perturbations + 2) * points->count * sizeof(real);
    return bytes / each > 1 ? bytes / each : 1;
}

struct denoiser closed_form_denoiser(const struct point_set *points,
                                     const struct closed_form_options *options)
{
    struct closed_form *s = memory_zeroed(1, sizeof *s);
    s->points = points;
    s->options = *options;
    if (options->sigma == 0)
        s->options.perturbations = 1;
    s->room = memory_alloc((size_t)omp_get_max_threads() *
                               mixture_room(points->count, s->options.perturbations),
                           sizeof(real));
    return (struct denoiser){.columns = points->columns, .classes = points->classes,
                             .begin = closed_form_begin, .denoise = closed_form_denoise,
                             .release = closed_form_release, .self = s};
}
