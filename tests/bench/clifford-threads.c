/*
 * What two threads bring to layers of multivectors, for the work that a thread must have to be
 * woken (THREAD_LEAST_FLOPS in base/threads.h).
 *
 * First the price of waking: a loop of multiply-adds of a known number of operations, by one thread
 * and halved between two. Then product layers, forward and back, of growing batches, as the library
 * decides by itself how many threads each op takes, of at most one and of at most two. All pairs
 * take turns, and the figures are medians; a machine that has other work shows how dear waiting for
 * a thread is that is not running.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "grad/ops.h"
#include "multivector/multivector_layers.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 41 };

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

/* Median seconds of a piece of work by one thread and by two, which take turns. */
static void measure(void (*work)(void *, int), void *context, double seconds[2])
{
    double times[2][RUNS];
    for (int run = 0; run < RUNS; run++) {
        for (int threads = 1; threads <= 2; threads++) {
            omp_set_num_threads(threads);
            work(context, threads);
            double began = progress_seconds();
            for (int repeat = 0; repeat < 4; repeat++)
                work(context, threads);
            times[threads - 1][run] = (progress_seconds() - began) / 4;
        }
    }
    for (int threads = 1; threads <= 2; threads++) {
        qsort(times[threads - 1], RUNS, sizeof(double), compare);
        seconds[threads - 1] = times[threads - 1][RUNS / 2];
    }
}

/* --- the price of waking --- */

enum { CHAINS = 10 };

struct chains {
    size_t rounds;
    real factor[3];
};

static real multiply_adds(const struct chains *c, size_t rounds)
{
    lane_vector chains[CHAINS], total = {0};
    for (size_t i = 0; i < CHAINS; i++)
        chains[i] = (lane_vector){0} + (real)i;
    for (size_t round = 0; round < rounds; round++)
        for (size_t i = 0; i < CHAINS; i++)
            chains[i] = chains[i] * c->factor[0] + c->factor[1];
    for (size_t i = 0; i < CHAINS; i++)
        total += chains[i];
    return total[0]; /* or nothing would need the chains */
}

static void halve(void *context, int threads)
{
    struct chains *c = context;
    real sum = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : sum) if (threads > 1)
    for (int thread = 0; thread < threads; thread++)
        sum += multiply_adds(c, c->rounds / (size_t)threads);
    c->factor[2] = sum;
}

static void print_waking(size_t kiloflops)
{
    double seconds[2];
    struct chains c = {.rounds = kiloflops * 1024 / (2 * LANE_COUNT * CHAINS),
                       .factor = {(real)0.999, (real)0.001, 0}};
    measure(halve, &c, seconds);
    printf("  %6zu kflop %21.1f %9.1f %8.2f\n", kiloflops, seconds[0] * 1e6, seconds[1] * 1e6,
           seconds[0] / seconds[1]);
}

/* --- layers --- */

struct layer {
    struct clifford_plan plan;
    struct clifford_metric metric;
    struct parameters set;
    struct parameter *x;
    struct multivector_product_layer product;
    struct tape tape;
};

static void both_ways(void *context, int threads)
{
    struct layer *l = context;
    (void)threads;
    tape_reset(&l->tape);
    struct variable *frame = clifford_metric_frame(&l->metric, &l->tape);
    struct variable *y = multivector_product_layer_apply(&l->tape, &l->plan, frame, &l->product,
                                                         tape_parameter(&l->tape, l->x));
    tape_backward(&l->tape, tape_sum(&l->tape, y));
}

static void print_layer(size_t n, size_t batch, size_t channels)
{
    struct error error = {0};
    struct layer l = {0};
    struct rng rng = rng_make(1, RNG_TEST, 0);
    const real ones[CLIFFORD_MOST_DIMENSIONS] = {1, 1, 1, 1, 1, 1};
    double seconds[2];
    if (!clifford_plan_make(&l.plan, n, ones, &error))
        error_exit(&error);
    clifford_metric_make(&l.metric, CLIFFORD_METRIC_FIXED, n, &l.set);
    l.x = parameters_add(&l.set, "x", 3, (const size_t[]){l.plan.algebra.blades, batch, channels});
    for (size_t i = 0; i < tensor_count(&l.x->value); i++)
        l.x->value.data[i] = (real)rng_normal(&rng);
    multivector_product_layer_make(&l.product, &l.plan, &l.set, "product", channels, channels,
                                   false, true);
    multivector_product_layer_initialise(&l.product, &l.plan, &rng);
    measure(both_ways, &l, seconds);
    printf("  n = %zu, %4zu x %zu channels %12.1f %9.1f %8.2f\n", n, batch, channels,
           seconds[0] * 1e6, seconds[1] * 1e6, seconds[0] / seconds[1]);
    tape_free(&l.tape);
    parameters_free(&l.set);
    clifford_plan_free(&l.plan);
}

int main(int argc, char **argv)
{
    (void)argc;
    error_set_program(argv[0]);
    puts("microseconds by                 one thread       two    ratio");
    for (size_t kiloflops = 128; kiloflops <= 1 << 14; kiloflops *= 2)
        print_waking(kiloflops);
    for (size_t batch = 4; batch <= 1024; batch *= 2)
        print_layer(3, batch, 28);
    for (size_t batch = 2; batch <= 256; batch *= 2)
        print_layer(5, batch, 32);
    return EX_OK;
}
