/*
 * What products of multivectors need, and what is reached of what the processor can do, on one
 * thread: flops and bytes of the weighted product, forward and back, against the rate of a loop of
 * multiply-adds that stays in registers. Bytes are those of the operands and results alone.
 *
 * Below it, what a linear layer takes in the layout (blades, samples, channels), by CBLAS for each
 * grade and by the strips that are used, and by CBLAS for each blade in the layout (blades,
 * channels, samples). CBLAS likes the other layout better; the strips in ours are nearly as fast as
 * that; ours it is since lists then run over samples and channels alike, be they few or many.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "multivector/multivector.h"
#include "tensor/blas.h"
#include "tensor/narrow.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 15 };

/* Least processor time of some runs. */
static double least_seconds(void (*work)(void *), void *context)
{
    double least = INFINITY;
    work(context);
    for (int run = 0; run < RUNS; run++) {
        double began = progress_processor_seconds();
        work(context);
        least = fmin(least, progress_processor_seconds() - began);
    }
    return least;
}

/* --- the roof --- */

enum { CHAINS = 10, ROUNDS = 1 << 20 };

static void multiply_adds(void *context)
{
    real *factor = context;
    lane_vector chains[CHAINS], total = {0};
    for (size_t c = 0; c < CHAINS; c++)
        chains[c] = (lane_vector){0} + (real)c;
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t c = 0; c < CHAINS; c++)
            chains[c] = chains[c] * factor[0] + factor[1];
    for (size_t c = 0; c < CHAINS; c++)
        total += chains[c];
    factor[2] = total[0]; /* or nothing would need the chains */
}

static double peak_flops(void)
{
    real factor[3] = {(real)0.999, (real)0.001, 0};
    return 2.0 * LANE_COUNT * CHAINS * ROUNDS / least_seconds(multiply_adds, factor);
}

/* --- the product --- */

struct product {
    struct clifford_plan plan;
    struct clifford_metric metric;
    struct parameters set;
    struct parameter *x, *z, *weight;
    struct tape tape;
    struct variable *y;
    real *dy;
};

static struct parameter *random_parameter(struct product *p, int dimensions, const size_t *shape)
{
    struct rng rng = rng_make(1, RNG_TEST, (uint32_t)p->set.count);
    struct parameter *parameter = parameters_add(&p->set, "input", dimensions, shape);
    for (size_t i = 0; i < tensor_count(&parameter->value); i++)
        parameter->value.data[i] = (real)rng_normal(&rng);
    return parameter;
}

static void product_make(struct product *p, size_t n, size_t batch, size_t channels)
{
    struct error error = {0};
    const real ones[CLIFFORD_MOST_DIMENSIONS] = {1, 1, 1, 1, 1, 1};
    *p = (struct product){0};
    if (!clifford_plan_make(&p->plan, n, ones, &error))
        error_exit(&error);
    clifford_metric_make(&p->metric, CLIFFORD_METRIC_FIXED, n, &p->set);
    const size_t shape[3] = {p->plan.algebra.blades, batch, channels};
    p->x = random_parameter(p, 3, shape);
    p->z = random_parameter(p, 3, shape);
    p->weight = random_parameter(p, 2, (const size_t[]){p->plan.paths, channels});
    p->dy = memory_zeroed(shape[0] * batch * channels, sizeof *p->dy);
}

static void product_free(struct product *p)
{
    tape_free(&p->tape);
    parameters_free(&p->set);
    clifford_plan_free(&p->plan);
    free(p->dy);
}

static void forward(void *context)
{
    struct product *p = context;
    tape_reset(&p->tape);
    p->y = multivector_product(&p->tape, &p->plan, clifford_metric_frame(&p->metric, &p->tape),
                               tape_parameter(&p->tape, p->x), tape_parameter(&p->tape, p->z),
                               tape_parameter(&p->tape, p->weight), NULL);
}

static void both_ways(void *context)
{
    struct product *p = context;
    forward(p);
    p->y->gradient = p->dy;
    tape_walk_back(&p->tape);
}

/* Outputs and coefficients that meet: their terms are added up before they are multiplied. */
static size_t group_count(const struct clifford_plan *plan)
{
    size_t n = plan->algebra.dimension, count = 0;
    if (n > CLIFFORD_STRAIGHT_DIMENSIONS)
        return plan->sums[CLIFFORD_FORWARD].groups;
    for (size_t blade = 0; blade < plan->algebra.blades; blade++)
        count += (plan->algebra.grade[blade] + (size_t)1) << (n - plan->algebra.grade[blade]);
    return count;
}

static void print_row(const char *way, double flops, double bytes, double seconds, double peak)
{
    printf("  %-8s %9.3f %9.3f %11.1f %9.1f %9.1f %8.0f\n", way, flops * 1e-6, bytes * 1e-6,
           flops / bytes, seconds * 1e6, flops / seconds * 1e-9, 100 * flops / seconds / peak);
}

static void print_product(size_t n, size_t batch, size_t channels, double peak)
{
    struct product p;
    product_make(&p, n, batch, channels);
    double lanes = (double)(batch * channels);
    double terms = (double)p.plan.terms, groups = (double)group_count(&p.plan);
    double array = lanes * (double)p.plan.algebra.blades * sizeof(real);
    double there = least_seconds(forward, &p), both = least_seconds(both_ways, &p);
    printf("n = %zu, %zu samples, %zu channels: %.0f terms in %.0f groups for each\n", n, batch,
           channels, terms, groups);
    print_row("forward", 2 * lanes * (terms + groups), 3 * array, there, peak);
    print_row("back", 2 * lanes * (2 * terms + 3 * groups), 5 * array, both - there, peak);
    product_free(&p);
}

/* --- the layout --- */

struct layout {
    size_t blades, batch, channels;
    struct clifford algebra;
    real *x, *y, *w;
};

static void by_grade(void *context)
{
    const struct layout *l = context;
    for (size_t k = 0; k < l->algebra.grades; k++) {
        size_t first = l->algebra.first[k] * l->batch * l->channels;
        blas_matmul(false, true, clifford_grade_size(&l->algebra, k) * l->batch, l->channels,
                    l->channels, 1, l->x + first, l->w, 0, l->y + first);
    }
}

static void by_strips(void *context)
{
    const struct layout *l = context;
    narrow_multiply(l->x, l->blades * l->batch, l->channels, l->w, l->channels, false, l->y);
}

static void by_blade(void *context)
{
    const struct layout *l = context;
    for (size_t blade = 0; blade < l->blades; blade++) {
        size_t first = blade * l->batch * l->channels;
        blas_matmul(false, false, l->channels, l->batch, l->channels, 1, l->w, l->x + first, 0,
                    l->y + first);
    }
}

static void print_layout(size_t n, size_t batch, size_t channels)
{
    struct layout l = {.blades = (size_t)1 << n, .batch = batch, .channels = channels};
    struct error error = {0};
    if (!clifford_make(&l.algebra, n, &error))
        error_exit(&error);
    l.x = memory_zeroed(l.blades * batch * channels, sizeof *l.x);
    l.y = memory_zeroed(l.blades * batch * channels, sizeof *l.y);
    l.w = memory_zeroed(channels * channels, sizeof *l.w);
    printf("n = %zu, %zu samples, %zu channels: by grade %.1f us, of which strips in registers "
           "(tensor/narrow.h) make %.1f us; by blade %.1f us\n", n, batch, channels,
           least_seconds(by_grade, &l) * 1e6, least_seconds(by_strips, &l) * 1e6,
           least_seconds(by_blade, &l) * 1e6);
    free(l.x);
    free(l.y);
    free(l.w);
}

int main(int argc, char **argv)
{
    (void)argc;
    error_set_program(argv[0]);
    omp_set_num_threads(1);
    double peak = peak_flops();
    printf("one thread, %d lanes; multiply-adds in registers: %.0f GF/s\n", (int)LANE_COUNT,
           peak * 1e-9);
    puts("  product     Mflop        MB  flops/byte        us      GF/s   % of it");
    print_product(3, 128, 28, peak);
    print_product(4, 64, 32, peak);
    print_product(5, 32, 32, peak);
    print_product(6, 32, 32, peak);
    puts("linear layers, for the layout:");
    print_layout(3, 128, 28);
    print_layout(5, 32, 32);
    return EX_OK;
}
