#include "diffusion/closed_form.h"

#include "base/memory.h"
#include "base/rng.h"
#include "base/threads.h"
#include "diffusion/candidates.h"
#include "diffusion/mixture.h"
#include "tensor/blas.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_WORK = 1 << 15 }; /* numbers that are worth a thread of their own */

/* What is remembered of a sample between questions. */
struct sample {
    struct candidates candidates;
    double time;  /* of the last question; negative: none yet */
};

struct closed_form {
    const struct point_set *points;
    struct closed_form_options options;
    size_t first, count, capacity; /* the samples of this begin() */
    bool shifts_known;
    double sparse;      /* candidates are looked for where this share of weights is not 0 */
    struct sample *samples; /* (capacity) */
    real *noisy;        /* (capacity, D): y = z - t centre */
    real *means;        /* (capacity, D): the last means, less the centre */
    real *shifts;       /* (capacity, M, N): e_m.x_i; NULL for the exact score */
    real *room;         /* for each thread */
    size_t room_each;

    /* Of the samples of a question that need all products, one after the other: */
    size_t *dense;      /* (capacity): which */
    real *dense_rows;   /* (capacity, D): their y, later their means */
    real *products;     /* (capacity, N): y.x_i */
    real *weights;      /* (capacity, N): their weights, later mean.x_i */
    size_t *nonzero;    /* (capacity): the weights that are not 0 */
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

/* The threads for `count` samples that take each numbers for each of their perturbations. */
static size_t threads_of(const struct closed_form *s, size_t count, size_t each)
{
    return threads_for(count * each * s->options.perturbations, LEAST_WORK);
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
#pragma omp parallel for schedule(static) num_threads(threads_of(s, g->count, s->points->columns))
    for (size_t i = 0; i < g->count; i++)
        closed_form_perturbations(&s->options, s->first + g->first + i, columns,
                                  perturbations + i * each);
    blas_matmul(false, true, g->count * s->options.perturbations, g->range.count, columns, 1,
                perturbations, group_rows(s, g), 0,
                s->shifts + g->first * s->options.perturbations * s->points->count);
    free(perturbations);
}

static const real *sample_shifts(const struct closed_form *s, const struct group *g, size_t sample)
{
    size_t each = s->options.perturbations;
    return s->shifts ? s->shifts + g->first * each * s->points->count +
                           (sample - g->first) * each * g->range.count
                     : NULL;
}

static real *thread_room(const struct closed_form *s)
{
    return s->room + s->room_each * (size_t)omp_get_thread_num();
}

/* --- all products, for the first steps --- */

/* Turns the products of the k-th dense sample into its weights. */
static void weigh(const struct closed_form *s, const struct group *g, size_t k, double time)
{
    size_t n = g->range.count;
    const real *restrict half_norms = s->points->half_norms + g->range.first;
    const real *restrict products = s->products + k * n;
    real *restrict levels = s->weights + k * n;
    real t = (real)time;
#pragma omp simd
    for (size_t i = 0; i < n; i++)
        levels[i] = products[i] - t * half_norms[i];
    const struct mixture mixture = {.count = n, .components = s->options.perturbations,
                                    .shared = levels, .shifts = sample_shifts(s, g, s->dense[k]),
                                    .scale = (real)s->options.sigma,
                                    .slope = (real)(time / ((1 - time) * (1 - time)))};
    s->nonzero[k] = mixture_weights(&mixture, thread_room(s), levels, NULL);
}

/* rows (count, D) = weights (count, n) X (n, D), where few weights are not 0 */
static void mix_sparsely(const struct closed_form *s, const struct group *g, size_t count)
{
    size_t n = g->range.count, columns = s->points->columns;
#pragma omp parallel for schedule(dynamic) num_threads(threads_of(s, count, g->range.count))
    for (size_t k = 0; k < count; k++) {
        real *restrict sum = s->dense_rows + k * columns;
        memset(sum, 0, columns * sizeof *sum);
        for (size_t i = 0; i < n; i++) {
            real weight = s->weights[k * n + i];
            const real *restrict row = group_rows(s, g) + i * columns;
            if (weight == 0)
                continue;
#pragma omp simd
            for (size_t j = 0; j < columns; j++)
                sum[j] += weight * row[j];
        }
    }
}

/* The means of the `count` samples listed as dense; returns the share of weights that are not 0. */
static double denoise_densely(struct closed_form *s, const struct group *g, size_t count,
                              double time)
{
    enum { SPARSE = 32 }; /* a product pays where more than 1 in so many weights is not 0 */
    size_t n = g->range.count, columns = s->points->columns, nonzero = 0;
    for (size_t k = 0; k < count; k++)
        memcpy(s->dense_rows + k * columns, s->noisy + s->dense[k] * columns,
               columns * sizeof(real));
    blas_matmul(false, true, count, n, columns, 1, s->dense_rows, group_rows(s, g), 0, s->products);
#pragma omp parallel for schedule(dynamic) num_threads(threads_of(s, count, g->range.count))
    for (size_t k = 0; k < count; k++)
        weigh(s, g, k, time);
    for (size_t k = 0; k < count; k++)
        nonzero += s->nonzero[k];
    if (nonzero < count * n / SPARSE)
        mix_sparsely(s, g, count);
    else
        blas_matmul(false, false, count, columns, n, 1, s->weights, group_rows(s, g), 0,
                    s->dense_rows);
    return (double)nonzero / ((double)count * (double)n);
}

/* --- candidates, for the rest --- */

/* How fast the mean of a sample has moved since the last question; negative: not known. */
static double mean_speed(const struct closed_form *s, size_t k, double time)
{
    size_t columns = s->points->columns, sample = s->dense[k];
    const real *last = s->means + sample * columns, *now = s->dense_rows + k * columns;
    double sum = 0, elapsed = time - s->samples[sample].time;
    if (s->samples[sample].time < 0 || elapsed <= 0)
        return -1;
    for (size_t j = 0; j < columns; j++)
        sum += (double)(now[j] - last[j]) * (double)(now[j] - last[j]);
    return sqrt(sum) / elapsed;
}

static struct candidate_search search_for(const struct closed_form *s, const struct group *g,
                                          size_t k, double from, double to)
{
    size_t n = g->range.count, columns = s->points->columns, sample = s->dense[k];
    return (struct candidate_search){
        .count = n, .columns = columns, .rows = group_rows(s, g),
        .half_norms = s->points->half_norms + g->range.first,
        .largest_norm = s->points->largest_norm, .products = s->products + k * n,
        .reference_products = s->weights + k * n, .components = s->options.perturbations,
        .shifts = sample_shifts(s, g, sample), .sigma = (real)s->options.sigma,
        .origin = s->noisy + sample * columns, .reference = s->dense_rows + k * columns,
        .from = from, .to = to, .movement = mean_speed(s, k, from) * (to - from)};
}

/*
 * The latest time until which the candidates are few, by those of some of the samples; 0: there is
 * none.
 */
static double choose_end(const struct closed_form *s, const struct group *g, size_t count,
                         double time)
{
    enum { TRIED = 8, FEW = 12 };
    size_t n = g->range.count, step = (count + TRIED - 1) / TRIED;
    for (double share = 1; share > 0.03; share /= 2) {
        size_t found = 0, tried = 0;
        double end = time + share * (1 - time);
#pragma omp parallel for schedule(dynamic) num_threads(threads_of(s, count, g->range.count)) \
    reduction(+ : found, tried)
        for (size_t k = 0; k < count; k += step) {
            const struct candidate_search search = search_for(s, g, k, time, end);
            found += search.movement < 0 ? n : candidates_count(&search, 4 * n / FEW);
            tried++;
        }
        if (found <= tried * n / FEW)
            return end;
    }
    return 0;
}

static void find_candidates(struct closed_form *s, const struct group *g, size_t count,
                            double time)
{
    blas_matmul(false, true, count, g->range.count, s->points->columns, 1, s->dense_rows,
                group_rows(s, g), 0, s->weights);
    double end = choose_end(s, g, count, time);
    if (end == 0) {
        s->sparse /= 2;
        return;
    }
#pragma omp parallel for schedule(dynamic) num_threads(threads_of(s, count, g->range.count))
    for (size_t k = 0; k < count; k++) {
        const struct candidate_search search = search_for(s, g, k, time, end);
        candidates_find(&search, &s->samples[s->dense[k]].candidates);
    }
}

/* The numbers that looking at the candidates of a group takes. */
static size_t candidate_work(const struct closed_form *s, const struct group *g)
{
    size_t work = 0;
    for (size_t i = g->first; i < g->first + g->count; i++)
        work += (1 + s->samples[i].candidates.count) * s->points->columns;
    return work;
}

/* The means of those samples whose candidates hold; lists the others as dense, and counts them. */
static size_t denoise_by_candidates(struct closed_form *s, const struct group *g, double time)
{
    size_t columns = s->points->columns, dense = 0;
    bool *held = memory_zeroed(g->count, sizeof *held);
#pragma omp parallel for \
    num_threads(threads_for(candidate_work(s, g), LEAST_WORK)) schedule(dynamic)
    for (size_t k = 0; k < g->count; k++) {
        size_t i = g->first + k;
        struct candidates *candidates = &s->samples[i].candidates;
        const struct candidate_search points = {
            .columns = columns, .rows = group_rows(s, g), .components = s->options.perturbations,
            .sigma = (real)s->options.sigma, .largest_norm = s->points->largest_norm};
        held[k] = candidates_hold(candidates, s->noisy + i * columns, time, columns);
        if (held[k])
            candidates_mean(candidates, &points, s->noisy + i * columns, time,
                            s->means + i * columns, s->samples[i].time, thread_room(s),
                            s->means + i * columns);
    }
    for (size_t k = 0; k < g->count; k++)
        if (!held[k])
            s->dense[dense++] = g->first + k;
    free(held);
    return dense;
}

static void denoise_group(struct closed_form *s, const struct group *g,
                          const struct denoising *question, real *mean)
{
    size_t columns = s->points->columns;
    double time = question->time;
    for (size_t i = g->first * columns; i < (g->first + g->count) * columns; i++)
        s->noisy[i] = question->noisy[i] - (real)time * s->points->centre[i % columns];
    size_t count = denoise_by_candidates(s, g, time);
    if (count > 0 && denoise_densely(s, g, count, time) < s->sparse)
        find_candidates(s, g, count, time);
    for (size_t k = 0; k < count; k++)
        memcpy(s->means + s->dense[k] * columns, s->dense_rows + k * columns,
               columns * sizeof(real));
    for (size_t i = g->first; i < g->first + g->count; i++) {
        s->samples[i].time = time;
        for (size_t j = 0; j < columns; j++)
            mean[i * columns + j] = s->means[i * columns + j] + s->points->centre[j];
    }
}

/* --- the denoiser --- */

static void make_room(struct closed_form *s, size_t count)
{
    size_t n = s->points->count, columns = s->points->columns;
    free(s->noisy);
    free(s->means);
    free(s->shifts);
    free(s->dense);
    free(s->dense_rows);
    free(s->products);
    free(s->weights);
    free(s->nonzero);
    s->samples = memory_resize(s->samples, count, sizeof *s->samples);
    for (size_t i = s->capacity; i < count; i++)
        s->samples[i] = (struct sample){0};
    s->capacity = count;
    s->noisy = memory_alloc(count * columns, sizeof(real));
    s->means = memory_alloc(count * columns, sizeof(real));
    s->shifts = s->options.sigma > 0
                    ? memory_alloc(count * n, s->options.perturbations * sizeof(real)) : NULL;
    s->dense = memory_alloc(count, sizeof *s->dense);
    s->dense_rows = memory_alloc(count * columns, sizeof(real));
    s->products = memory_alloc(count * n, sizeof(real));
    s->weights = memory_alloc(count * n, sizeof(real));
    s->nonzero = memory_alloc(count, sizeof *s->nonzero);
}

static bool closed_form_begin(void *self, size_t first, size_t count, struct error *error)
{
    struct closed_form *s = self;
    (void)error;
    if (count > s->capacity)
        make_room(s, count);
    s->first = first;
    s->count = count;
    s->shifts_known = false;
    s->sparse = 1.0 / 16;
    for (size_t i = 0; i < count; i++) {
        s->samples[i].time = -1;
        s->samples[i].candidates.count = 0;
    }
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
    for (size_t i = 0; i < s->capacity; i++)
        candidates_free(&s->samples[i].candidates);
    free(s->samples);
    free(s->noisy);
    free(s->means);
    free(s->shifts);
    free(s->room);
    free(s->dense);
    free(s->dense_rows);
    free(s->products);
    free(s->weights);
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
    s->room_each = candidates_room(points->count, s->options.perturbations,
                                   points->columns);
    s->room = memory_alloc((size_t)omp_get_max_threads() * s->room_each, sizeof(real));
    return (struct denoiser){.columns = points->columns, .classes = points->classes,
                             .begin = closed_form_begin, .denoise = closed_form_denoise,
                             .release = closed_form_release, .self = s};
}
