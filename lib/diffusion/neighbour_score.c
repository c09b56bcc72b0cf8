#include "diffusion/neighbour_score.h"

#include "base/memory.h"
#include "base/threads.h"
#include "diffusion/mixture.h"
#include "tensor/blas.h"
#include "tensor/inverted_index.h"
#include "tensor/nearest.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_WORK = 1 << 15 }; /* numbers that are worth a thread of their own */

/* What one thread works with. */
struct workspace {
    real *query;         /* (D): y + sigma e_m */
    real *levels;        /* (K + L) */
    real *counts;        /* (K + L) */
    real *mixture;       /* mixture_room */
    real *keys;          /* (2 lists) */
    size_t lists;
    uint32_t *order;     /* (lists) */
    uint32_t *rows;      /* (K + L) */
    uint32_t *table;     /* neighbour_table_size(K + L) */
};

struct neighbour_score {
    const struct point_set *points;
    struct neighbour_options options;
    struct inverted_index *indices; /* (classes, or 1): made when they are first asked */
    struct workspace *workspaces;   /* (threads) */
    size_t threads, first, count, capacity;
    uint64_t question;     /* since begin() */
    real *noisy;           /* (capacity, D): y = z - t centre */
    real *perturbations;   /* (capacity, M, D): sigma e_m; NULL for the exact score */
    real *products;        /* (capacity, N): y.x_i; by brute force only */
    real *shifts;          /* (capacity, M, N): sigma e_m.x_i, likewise */
};

/* --- which points --- */

size_t neighbour_table_size(size_t rows)
{
    size_t size = 4;
    while (size < 2 * rows + 2)
        size *= 2;
    return size;
}

/* Adds a row to a set by open addressing; false when it is there. */
static bool add_to_set(uint32_t *table, size_t size, uint32_t row)
{
    size_t at = (row * 2654435761u) & (size - 1);
    for (; table[at] != UINT32_MAX; at = (at + 1) & (size - 1))
        if (table[at] == row)
            return false;
    table[at] = row;
    return true;
}

static bool is_in_set(const uint32_t *table, size_t size, uint32_t row)
{
    size_t at = (row * 2654435761u) & (size - 1);
    for (; table[at] != UINT32_MAX; at = (at + 1) & (size - 1))
        if (table[at] == row)
            return true;
    return false;
}

size_t neighbour_draw_rest(struct rng *rng, size_t n, size_t k, size_t l, uint32_t *rows,
                           uint32_t *table, real *each)
{
    size_t rest = n - k, wanted = l < rest ? l : rest, size = neighbour_table_size(k + l);
    memset(table, 0xff, size * sizeof *table);
    for (size_t i = 0; i < k; i++)
        add_to_set(table, size, rows[i]);
    *each = wanted ? (real)rest / (real)wanted : (real)0;
    if (wanted > rest / 2) { /* rejections would be many: go through all */
        for (size_t row = 0, seen = 0, taken = 0; taken < wanted; row++) {
            if (is_in_set(table, size, (uint32_t)row))
                continue;
            if (rng_below(rng, rest - seen++) < wanted - taken)
                rows[k + taken++] = (uint32_t)row;
        }
        return k + wanted;
    }
    for (size_t taken = 0; taken < wanted;) {
        uint32_t row = (uint32_t)rng_below(rng, n);
        if (add_to_set(table, size, row))
            rows[k + taken++] = row;
    }
    return k + wanted;
}

/* The k of largest level y.x_i + sigma e_m.x_i - t |x_i|^2 / 2, from products. */
static void search_products(const struct neighbour_score *s, const struct point_range *range,
                            const real *products, const real *shifts, real time, size_t k,
                            struct workspace *w)
{
    enum { STRIDE = 64 };
    struct nearest found = {.k = k, .distances = w->levels, .indices = w->rows};
    const real *half_norms = s->points->half_norms + range->first;
    for (size_t first = 0; first < range->count; first += STRIDE) {
        real negatives[STRIDE], least = INFINITY;
        size_t n = range->count - first < STRIDE ? range->count - first : STRIDE;
        for (size_t i = 0; i < n; i++)
            negatives[i] = time * half_norms[first + i] - products[first + i] -
                           (shifts ? shifts[first + i] : (real)0);
        for (size_t i = 0; i < n; i++)
            least = negatives[i] < least ? negatives[i] : least;
        if (found.count == k && least > found.distances[0])
            continue;
        for (size_t i = 0; i < n; i++)
            nearest_offer(&found, negatives[i], (uint32_t)(first + i));
    }
}

/* --- their mean --- */

/* mean (D) += 1/M times the estimate for y + sigma e_m (D) from the rows of the workspace. */
static void add_estimate(const struct neighbour_score *s, const struct point_range *range,
                         const struct workspace *w, size_t k, size_t count, real each,
                         double time, real *restrict mean)
{
    size_t columns = s->points->columns;
    const real *rows = s->points->rows + range->first * columns;
    real t = (real)time, share = 1 / (real)s->options.score.perturbations;
    for (size_t i = 0; i < count; i++) {
        const real *restrict row = rows + w->rows[i] * columns;
        const real *restrict query = w->query;
        real sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < columns; j++)
            sum += (query[j] - t * row[j]) * (query[j] - t * row[j]);
        w->levels[i] = -sum;
        w->counts[i] = i < k ? 1 : each;
    }
    const struct mixture mixture = {.count = count, .components = 1, .shared = w->levels,
                                    .slope = (real)(0.5 / ((1 - time) * (1 - time))),
                                    .counts = w->counts};
    mixture_weights(&mixture, w->mixture, w->levels, NULL);
    for (size_t i = 0; i < count; i++) {
        const real *restrict row = rows + w->rows[i] * columns;
        real weight = share * w->levels[i];
#pragma omp simd
        for (size_t j = 0; j < columns; j++)
            mean[j] += weight * row[j];
    }
}

/* The rows of one class, or of all, and their index. */
struct task {
    struct point_range range;
    const struct inverted_index *index;
    const real *products; /* of the sample: (n); NULL with an index */
    const real *shifts;   /* (M, n) */
};

static void denoise_sample(struct neighbour_score *s, size_t sample, const struct task *task,
                           double time, real *mean)
{
    size_t columns = s->points->columns, components = s->options.score.perturbations;
    size_t n = task->range.count, k = s->options.neighbours < n ? s->options.neighbours : n;
    struct workspace *w = &s->workspaces[omp_get_thread_num()];
    struct rng rng = rng_make(s->options.score.seed, RNG_ESTIMATOR, (uint32_t)(s->first + sample));
    memset(mean, 0, columns * sizeof *mean);
    for (size_t m = 0; m < components; m++) {
        real each;
        memcpy(w->query, s->noisy + sample * columns, columns * sizeof *w->query);
        for (size_t j = 0; s->perturbations && j < columns; j++)
            w->query[j] += s->perturbations[(sample * components + m) * columns + j];
        if (task->index)
            inverted_index_search(task->index, w->query, (real)time, k, s->options.probes, w->keys,
                                  w->order, w->rows, w->levels);
        else
            search_products(s, &task->range, task->products,
                            task->shifts ? task->shifts + m * n : NULL, (real)time, k, w);
        rng.position = (s->question * components + m) << 24; /* further apart than any draws */
        rng.left = 0;
        size_t count = neighbour_draw_rest(&rng, n, k, s->options.random, w->rows, w->table, &each);
        add_estimate(s, &task->range, w, k, count, each, time, mean);
    }
    for (size_t j = 0; j < columns; j++)
        mean[j] += s->points->centre[j];
}

/* --- the denoiser --- */

static const struct inverted_index *index_of(struct neighbour_score *s, const uint32_t *label,
                                             const struct point_range *range)
{
    size_t position = label ? *label : 0;
    struct inverted_index *index = &s->indices[position];
    if (!index->rows) {
        struct rng rng = rng_make(s->options.score.seed, RNG_CLUSTERS, (uint32_t)position);
        size_t lists = s->options.lists ? s->options.lists : inverted_index_lists(range->count);
        lists = lists < range->count ? lists : range->count;
        *index = inverted_index_make(s->points->rows + range->first * s->points->columns,
                                     s->points->half_norms + range->first, range->count,
                                     s->points->columns, lists, &rng);
    }
    return index;
}

/* Samples of one class that stand together: first .. first + count. */
static void denoise_group(struct neighbour_score *s, const struct denoising *question,
                          size_t first, size_t count, real *mean)
{
    size_t columns = s->points->columns, components = s->options.score.perturbations;
    const uint32_t *label = question->labels ? &question->labels[first] : NULL;
    struct task task = {.range = point_set_range(s->points, label)};
    size_t n = task.range.count;
    const real *rows = s->points->rows + task.range.first * columns;
    real *products = s->products, *shifts = s->shifts;
    if (s->options.index == NEIGHBOUR_IVF) {
        task.index = index_of(s, label, &task.range);
    } else {
        products += first * s->points->count;
        blas_matmul(false, true, count, n, columns, 1, s->noisy + first * columns, rows, 0,
                    products);
        if (shifts)
            shifts += first * components * s->points->count;
        if (shifts && s->question == 0)
            blas_matmul(false, true, count * components, n, columns, 1,
                        s->perturbations + first * components * columns, rows, 0, shifts);
    }
    size_t each = task.index ? s->options.neighbours + s->options.random + s->workspaces->lists : n;
    size_t work = count * components * (each + s->options.probes) * columns;
#pragma omp parallel for schedule(dynamic) num_threads(threads_for(work, LEAST_WORK))
    for (size_t i = 0; i < count; i++) {
        struct task own = task;
        if (!task.index)
            own.products = products + i * n;
        if (!task.index && shifts)
            own.shifts = shifts + i * components * n;
        denoise_sample(s, first + i, &own, question->time, mean + (first + i) * columns);
    }
}

static bool neighbour_denoise(void *self, const struct denoising *question, real *mean,
                              struct error *error)
{
    struct neighbour_score *s = self;
    size_t columns = s->points->columns;
    const uint32_t *labels = question->labels;
    if (question->count != s->count)
        return error_set(error, EX_SOFTWARE, "neighbour score: %zu rows; %zu samples were begun",
                         question->count, s->count);
    for (size_t i = 0; i < s->count * columns; i++)
        s->noisy[i] = question->noisy[i] - (real)question->time * s->points->centre[i % columns];
    for (size_t first = 0, end; first < s->count; first = end) {
        end = labels ? first + 1 : s->count;
        while (labels && end < s->count && labels[end] == labels[first])
            end++;
        denoise_group(s, question, first, end - first, mean);
    }
    s->question++;
    return true;
}

static void make_room(struct neighbour_score *s, size_t count)
{
    const struct closed_form_options *score = &s->options.score;
    size_t components = score->perturbations, columns = s->points->columns;
    bool brute = s->options.index == NEIGHBOUR_BRUTE, smooth = score->sigma > 0;
    free(s->noisy);
    free(s->perturbations);
    free(s->products);
    free(s->shifts);
    s->noisy = memory_alloc(count * columns, sizeof(real));
    s->perturbations = smooth ? memory_alloc(count * columns, components * sizeof(real)) : NULL;
    s->products = brute ? memory_alloc(count * s->points->count, sizeof(real)) : NULL;
    s->shifts = brute && smooth
                    ? memory_alloc(count * s->points->count, components * sizeof(real)) : NULL;
    s->capacity = count;
}

static bool neighbour_begin(void *self, size_t first, size_t count, struct error *error)
{
    struct neighbour_score *s = self;
    size_t each = s->options.score.perturbations * s->points->columns;
    (void)error;
    if (count > s->capacity)
        make_room(s, count);
    s->first = first;
    s->count = count;
    s->question = 0;
#pragma omp parallel for schedule(static) num_threads(threads_for(count * each, LEAST_WORK))
    for (size_t i = 0; i < (s->perturbations ? count : 0); i++) {
        real *perturbations = s->perturbations + i * each;
        closed_form_perturbations(&s->options.score, first + i, s->points->columns, perturbations);
        for (size_t j = 0; j < each; j++)
            perturbations[j] *= (real)s->options.score.sigma;
    }
    return true;
}

static struct workspace new_workspace(const struct neighbour_score *s)
{
    size_t most = s->options.neighbours + s->options.random;
    size_t lists = s->options.lists ? s->options.lists : inverted_index_lists(s->points->count);
    lists = s->options.index == NEIGHBOUR_IVF ? lists : 1;
    return (struct workspace){
        .query = memory_alloc(s->points->columns, sizeof(real)),
        .levels = memory_alloc(most, sizeof(real)),
        .counts = memory_alloc(most, sizeof(real)),
        .mixture = memory_alloc(mixture_room(most, 1), sizeof(real)),
        .keys = memory_alloc(2 * lists, sizeof(real)),
        .lists = lists,
        .order = memory_alloc(lists, sizeof(uint32_t)),
        .rows = memory_alloc(most, sizeof(uint32_t)),
        .table = memory_alloc(neighbour_table_size(most), sizeof(uint32_t))};
}

static void free_workspace(struct workspace *w)
{
    free(w->query);
    free(w->levels);
    free(w->counts);
    free(w->mixture);
    free(w->keys);
    free(w->order);
    free(w->rows);
    free(w->table);
}

static void neighbour_release(void *self)
{
    struct neighbour_score *s = self;
    size_t indices = s->points->classes ? s->points->classes : 1;
    for (size_t i = 0; i < indices; i++)
        inverted_index_free(&s->indices[i]);
    for (size_t i = 0; i < s->threads; i++)
        free_workspace(&s->workspaces[i]);
    free(s->indices);
    free(s->workspaces);
    free(s->noisy);
    free(s->perturbations);
    free(s->products);
    free(s->shifts);
    free(s);
}

size_t neighbour_batch(const struct point_set *points, const struct neighbour_options *options,
                       size_t bytes)
{
    if (options->index == NEIGHBOUR_BRUTE)
        return closed_form_batch(points, &options->score, bytes);
    size_t each = (options->score.perturbations + 4) * points->columns * sizeof(real);
    return bytes / each > 1 ? bytes / each : 1;
}

struct denoiser neighbour_denoiser(const struct point_set *points,
                                   const struct neighbour_options *options)
{
    struct neighbour_score *s = memory_zeroed(1, sizeof *s);
    s->points = points;
    s->options = *options;
    if (options->score.sigma == 0)
        s->options.score.perturbations = 1;
    s->threads = (size_t)omp_get_max_threads();
    s->indices = memory_zeroed(points->classes ? points->classes : 1, sizeof *s->indices);
    s->workspaces = memory_alloc(s->threads, sizeof *s->workspaces);
    for (size_t i = 0; i < s->threads; i++)
        s->workspaces[i] = new_workspace(s);
    return (struct denoiser){.columns = points->columns, .classes = points->classes,
                             .begin = neighbour_begin, .denoise = neighbour_denoise,
                             .release = neighbour_release, .self = s};
}
