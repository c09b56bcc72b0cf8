#include "diffusion/candidates.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 512 };

/* What a component asks of a level at t_0 and of a bound at t_1. */
struct limit {
    real now, later;
};

/* Levels and bounds of the points first .. first + count. */
struct bounds {
    real now[CHUNK];   /* u_i at t_0 */
    real later[CHUNK]; /* u_i at t_1, but for d.x_i */
    real spread[CHUNK]; /* and how far it may be off, against r */
};

static double slope_at(double time)
{
    return time / ((1 - time) * (1 - time));
}

/* Room for the rounding of products, as large as it can be. */
static real rounding(const struct candidate_search *s)
{
    double origin = 0, reference = 0;
    for (size_t j = 0; j < s->columns; j++) {
        origin += (double)s->origin[j] * (double)s->origin[j];
        reference += (double)s->reference[j] * (double)s->reference[j];
    }
    double perturbation = s->shifts ? 2 * (double)s->sigma * sqrt((double)s->columns) : 0;
    double lengths = sqrt(origin) + sqrt(reference) + perturbation + (double)s->largest_norm;
    return (real)(2 * (double)(s->columns + 8) * (double)REAL_EPSILON * lengths *
                  (double)s->largest_norm);
}

static real squared_norm(const real *restrict a, size_t n)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * a[i];
    return sum;
}

static void find_bounds(const struct candidate_search *s, real reference_norm, size_t first,
                        size_t count, struct bounds *b)
{
    const real *restrict products = s->products + first, *restrict half = s->half_norms + first;
    const real *restrict references = s->reference_products + first;
    real t0 = (real)s->from, t1 = (real)s->to;
    real share = (real)((s->to - s->from) / (1 - s->from)); /* b at t_1 */
    real movement = (real)s->movement * share;
    real *restrict now = b->now, *restrict later = b->later, *restrict spread = b->spread;
#pragma omp simd
    for (size_t i = 0; i < count; i++) {
        real distance = 2 * (half[i] - references[i]) + reference_norm;
        now[i] = products[i] - t0 * half[i];
        later[i] = (1 - share) * products[i] + share * references[i] - t1 * half[i];
        spread[i] = movement * (real)sqrt((real)(distance > 0 ? distance : 0));
    }
}

/* For each component the point that is surely highest at t_1, and the limits it sets. */
static void find_limits(const struct candidate_search *s, real reference_norm,
                        struct limit *limits)
{
    struct bounds b;
    double cutoff = (double)mixture_cutoff(s->count);
    real slack = 2 * rounding(s);
    real cut_now = (real)(cutoff / slope_at(s->from)) + slack;
    real cut_later = (s->to < 1 ? (real)(cutoff / slope_at(s->to)) : (real)0) + slack;
    for (size_t m = 0; m < s->components; m++)
        limits[m] = (struct limit){-INFINITY, -INFINITY};
    for (size_t first = 0; first < s->count; first += CHUNK) {
        size_t count = s->count - first < CHUNK ? s->count - first : CHUNK;
        find_bounds(s, reference_norm, first, count, &b);
        for (size_t m = 0; m < s->components; m++) {
            const real *restrict shifts = s->shifts ? s->shifts + m * s->count + first : NULL;
            real highest = limits[m].later;
            if (shifts) {
#pragma omp simd reduction(max : highest)
                for (size_t i = 0; i < count; i++) {
                    real lower = b.later[i] - b.spread[i] + s->sigma * shifts[i];
                    highest = lower > highest ? lower : highest;
                }
            } else {
#pragma omp simd reduction(max : highest)
                for (size_t i = 0; i < count; i++)
                    highest = b.later[i] - b.spread[i] > highest ? b.later[i] - b.spread[i]
                                                                 : highest;
            }
            if (!(highest > limits[m].later))
                continue;
            size_t at = 0;
            real best = -INFINITY;
            for (size_t i = 0; i < count; i++) {
                real lower = b.later[i] - b.spread[i] + (shifts ? s->sigma * shifts[i] : (real)0);
                at = lower > best ? i : at;
                best = lower > best ? lower : best;
            }
            limits[m].later = best;
            limits[m].now = b.now[at] + (shifts ? s->sigma * shifts[at] : (real)0);
        }
    }
    for (size_t m = 0; m < s->components; m++) {
        limits[m].now -= cut_now;
        limits[m].later -= cut_later;
    }
}

/* excess[i] = by how much a point passes the most lenient of its limits; negative: cut off */
static void find_excess(const struct candidate_search *s, const struct limit *limits,
                        const struct bounds *b, size_t first, size_t count, real *restrict excess)
{
    for (size_t i = 0; i < count; i++)
        excess[i] = -INFINITY;
    for (size_t m = 0; m < s->components; m++) {
        const real *restrict shifts = s->shifts ? s->shifts + m * s->count + first : NULL;
        real now = limits[m].now, later = limits[m].later, sigma = s->sigma;
        const real *restrict levels = b->now, *restrict bounds = b->later,
                   *restrict spread = b->spread;
        if (shifts) {
#pragma omp simd
            for (size_t i = 0; i < count; i++) {
                real shift = sigma * shifts[i];
                real a = levels[i] + shift - now, c = bounds[i] + spread[i] + shift - later;
                real larger = a > c ? a : c;
                excess[i] = larger > excess[i] ? larger : excess[i];
            }
        } else {
#pragma omp simd
            for (size_t i = 0; i < count; i++) {
                real a = levels[i] - now, c = bounds[i] + spread[i] - later;
                real larger = a > c ? a : c;
                excess[i] = larger > excess[i] ? larger : excess[i];
            }
        }
    }
}

/* Counts the points that are left, and lists them in rows unless that is NULL. */
static size_t collect(const struct candidate_search *s, size_t most, uint32_t *rows)
{
    struct bounds b;
    real excess[CHUNK], reference_norm = squared_norm(s->reference, s->columns);
    struct limit *limits = memory_alloc(s->components, sizeof *limits);
    size_t found = 0;
    find_limits(s, reference_norm, limits);
    for (size_t first = 0; first < s->count && found <= most; first += CHUNK) {
        size_t count = s->count - first < CHUNK ? s->count - first : CHUNK;
        find_bounds(s, reference_norm, first, count, &b);
        find_excess(s, limits, &b, first, count, excess);
        for (size_t i = 0; i < count && found <= most; i++) {
            if (excess[i] < 0)
                continue;
            if (rows)
                rows[found] = (uint32_t)(first + i);
            found++;
        }
    }
    free(limits);
    return found;
}

size_t candidates_count(const struct candidate_search *search, size_t most)
{
    return collect(search, most, NULL);
}

static real half_distance(const real *a, const real *b, size_t n)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) {
        double difference = (double)a[i] - (double)b[i];
        sum += difference * difference;
    }
    return (real)(sum / 2);
}

void candidates_find(const struct candidate_search *s, struct candidates *c)
{
    size_t most = candidates_count(s, s->count);
    if (most > c->capacity) {
        c->capacity = most + most / 2;
        c->rows = memory_resize(c->rows, c->capacity, sizeof *c->rows);
        c->shifts = memory_resize(c->shifts, c->capacity * s->components, sizeof *c->shifts);
        c->half_norms = memory_resize(c->half_norms, c->capacity, sizeof *c->half_norms);
        c->half_distances = memory_resize(c->half_distances, c->capacity,
                                          sizeof *c->half_distances);
    }
    if (!c->origin) {
        c->origin = memory_alloc(s->columns, sizeof *c->origin);
        c->reference = memory_alloc(s->columns, sizeof *c->reference);
    }
    memcpy(c->origin, s->origin, s->columns * sizeof *c->origin);
    memcpy(c->reference, s->reference, s->columns * sizeof *c->reference);
    c->from = s->from;
    c->to = s->to;
    c->movement = s->movement;
    c->count = collect(s, s->count, c->rows);
    for (size_t i = 0; i < c->count; i++) {
        c->half_norms[i] = s->half_norms[c->rows[i]];
        c->half_distances[i] = half_distance(s->rows + c->rows[i] * s->columns, s->reference,
                                             s->columns);
        for (size_t m = 0; s->shifts && m < s->components; m++)
            c->shifts[m * c->count + i] = s->shifts[m * s->count + c->rows[i]];
    }
}

bool candidates_hold(const struct candidates *c, const real *y, double time, size_t columns)
{
    if (c->count == 0 || time < c->from || time > c->to)
        return false;
    double share = (time - c->from) / (1 - c->from), sum = 0;
    for (size_t j = 0; j < columns; j++) {
        double rest = (double)y[j] - (1 - share) * (double)c->origin[j] -
                      share * (double)c->reference[j];
        sum += rest * rest;
    }
    double rounding = 4 * (double)REAL_EPSILON * sqrt((double)columns);
    return sqrt(sum) <= share * c->movement + rounding;
}

size_t candidates_room(size_t n, size_t components, size_t columns)
{
    return columns + 3 * n + mixture_room(n, components);
}

static real product(const real *restrict a, const real *restrict b, size_t n)
{
    real sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

static real distance(const real *a, const real *b, size_t n)
{
    return (real)sqrt(2 * (double)half_distance(a, b, n));
}

/*
 * The levels against r: -|y - t x_i|^2 / 2 = t ((y - t r).(x_i - r) - t |x_i - r|^2 / 2) + const,
 * whose factors shrink as t grows, so that few digits are lost.
 */
static void find_levels(const struct candidates *c, const struct candidate_search *s,
                        const real *y, real time, real *towards, real *levels)
{
    for (size_t j = 0; j < s->columns; j++)
        towards[j] = y[j] - time * c->reference[j];
    for (size_t i = 0; i < c->count; i++)
        levels[i] = product(towards, s->rows + c->rows[i] * s->columns, s->columns) -
                    time * c->half_distances[i];
}

/* Keeps only those of positions kept (count), which ascend. */
static void keep_only(struct candidates *c, size_t components, const uint32_t *kept, size_t count,
                      const struct candidate_search *s)
{
    for (size_t m = 0; s->sigma > 0 && m < components; m++)
        for (size_t i = 0; i < count; i++)
            c->shifts[m * count + i] = c->shifts[m * c->count + kept[i]];
    for (size_t i = 0; i < count; i++) {
        c->rows[i] = c->rows[kept[i]];
        c->half_norms[i] = c->half_norms[kept[i]];
        c->half_distances[i] = half_distance(s->rows + c->rows[i] * s->columns, c->reference,
                                             s->columns);
    }
    c->count = count;
}

/*
 * Searches again among the candidates alone, from y at `time` on, with the last mean as reference.
 * What is left must hold no longer than what it was taken from: by the triangle inequality it does
 * not when |r' - r| + movement' <= movement.
 */
static void narrow(struct candidates *c, const struct candidate_search *points, const real *y,
                   double time, const real *last, double speed, real *room)
{
    double moved = (double)distance(last, c->reference, points->columns);
    double movement = fmin(speed * (c->to - time), c->movement - moved);
    if (movement < 0.5 * speed * (c->to - time))
        return;
    struct candidate_search s = *points;
    real *products = room, *references = room + c->count;
    for (size_t i = 0; i < c->count; i++) {
        const real *row = s.rows + c->rows[i] * s.columns;
        products[i] = product(y, row, s.columns);
        references[i] = product(last, row, s.columns);
    }
    s.count = c->count;
    s.half_norms = c->half_norms;
    s.products = products;
    s.reference_products = references;
    s.shifts = points->sigma > 0 ? c->shifts : NULL;
    s.origin = y;
    s.reference = last;
    s.from = time;
    s.to = c->to;
    s.movement = movement;
    uint32_t *kept = (uint32_t *)(void *)(room + 2 * c->count);
    size_t count = collect(&s, s.count, kept);
    if (count > c->count / 4 * 3)
        return;
    memcpy(c->origin, y, s.columns * sizeof *y);
    memcpy(c->reference, last, s.columns * sizeof *last);
    c->from = time;
    c->movement = movement;
    keep_only(c, s.components, kept, count, points);
}

void candidates_mean(struct candidates *c, const struct candidate_search *s, const real *y,
                     double time, const real *last, double last_time, real *room, real *mean)
{
    enum { WORTH_NARROWING = 64 };
    real *sum = room, *levels = room + s->columns;
    find_levels(c, s, y, (real)time, sum, levels);
    const struct mixture mixture = {.count = c->count, .components = s->components,
                                    .shared = levels, .shifts = s->sigma > 0 ? c->shifts : NULL,
                                    .scale = s->sigma, .slope = (real)slope_at(time)};
    mixture_weights(&mixture, levels + c->count, levels, NULL);
    memset(sum, 0, s->columns * sizeof *sum);
    for (size_t i = 0; i < c->count; i++) {
        const real *restrict row = s->rows + c->rows[i] * s->columns;
        real weight = levels[i];
        if (weight == 0)
            continue;
#pragma omp simd
        for (size_t j = 0; j < s->columns; j++)
            sum[j] += weight * row[j];
    }
    if (last && c->count > WORTH_NARROWING && time > last_time) {
        double speed = (double)distance(sum, last, s->columns) / (time - last_time);
        narrow(c, s, y, time, last, speed, levels);
    }
    memcpy(mean, sum, s->columns * sizeof *mean);
}

void candidates_free(struct candidates *c)
{
    free(c->rows);
    free(c->shifts);
    free(c->half_norms);
    free(c->half_distances);
    free(c->origin);
    free(c->reference);
    *c = (struct candidates){0};
}
