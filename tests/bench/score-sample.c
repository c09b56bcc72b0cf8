/*
 * score-sample noise SEED COUNT COLUMNS M NOISE.npy PERTURBATIONS.npy: the noise of samples and
 * their perturbations, for a peer to start from the same.
 *
 * score-sample dense DATA COUNT M: how near the early steps, where all products are needed, come to
 * the fastest product. Prints the floating-point operations per second of both, in 1e9, and the
 * ratio; both take turns, and the figures are medians.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "base/rng.h"
#include "diffusion/closed_form.h"
#include "diffusion/flow.h"
#include "io/npy.h"
#include "tensor/blas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_floats(const char *path, int dimensions, const size_t *shape, const float *values)
{
    struct error error = {0};
    struct output output;
    if (!output_open(&output, path, &error) ||
        !npy_write_floats(&output, dimensions, shape, values, &error) ||
        !output_commit(&output, &error))
        error_exit(&error);
}

static void write_noise(char **argument)
{
    uint64_t seed = strtoull(argument[0], NULL, 10);
    size_t count = strtoull(argument[1], NULL, 10), columns = strtoull(argument[2], NULL, 10);
    size_t components = strtoull(argument[3], NULL, 10);
    const struct flow flow = {.steps = 1, .seed = seed};
    const struct closed_form_options options = {.perturbations = components, .seed = seed};
    const size_t shape[3] = {count, components, columns}, flat[2] = {count, columns};
    float *noise = memory_alloc(count * columns, sizeof *noise);
    float *perturbations = memory_alloc(count * components * columns, sizeof *perturbations);
    flow_noise(&flow, 0, count, columns, noise);
    for (size_t i = 0; i < count; i++)
        closed_form_perturbations(&options, i, columns, perturbations + i * components * columns);
    write_floats(argument[4], 2, flat, noise);
    write_floats(argument[5], 3, shape, perturbations);
    free(noise);
    free(perturbations);
}

/* The operations of a second, in 1e9, of a product of squares, as the fastest that one can be. */
struct squares {
    real *a, *b, *c;
};

enum { SIDE = 2048 };

static double square_rate(const struct squares *s)
{
    double started = progress_seconds();
    blas_matmul(false, false, SIDE, SIDE, SIDE, 1, s->a, s->b, 0, s->c);
    return 2.0 * SIDE * SIDE * SIDE / (progress_seconds() - started) / 1e9;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, compare);
    return values[count / 2];
}

/* Prints the medians of both rates, and of their ratio where they take turns. */
static void compare_dense(struct denoiser *denoiser, const struct denoising *question,
                          size_t points, real *mean)
{
    enum { RUNS = 15 };
    struct error error = {0};
    struct squares squares = {memory_zeroed((size_t)SIDE * SIDE, sizeof(real)),
                              memory_zeroed((size_t)SIDE * SIDE, sizeof(real)),
                              memory_zeroed((size_t)SIDE * SIDE, sizeof(real))};
    double ours[RUNS], peaks[RUNS], ratios[RUNS];
    double operations = 4.0 * (double)question->count * (double)points * (double)denoiser->columns;
    for (int run = -1; run < RUNS; run++) { /* the first prepares the perturbations */
        double before = square_rate(&squares), started = progress_seconds();
        if (!denoiser_denoise(denoiser, question, mean, &error))
            error_exit(&error);
        double rate = operations / (progress_seconds() - started) / 1e9;
        double peak = (before + square_rate(&squares)) / 2;
        if (run < 0)
            continue;
        ours[run] = rate;
        peaks[run] = peak;
        ratios[run] = rate / peak;
    }
    printf("%.1f %.1f %.2f\n", median(ours, RUNS), median(peaks, RUNS), median(ratios, RUNS));
    free(squares.a);
    free(squares.b);
    free(squares.c);
}

static void time_dense(char **argument)
{
    struct error error = {0};
    struct data_set data;
    const struct data_set_options reading = {0};
    size_t count = strtoull(argument[1], NULL, 10);
    if (!data_set_read(argument[0], &reading, &data, &error))
        error_exit(&error);
    struct point_set points = point_set_take(&data);
    const struct closed_form_options options = {
        .sigma = 0.3, .perturbations = strtoull(argument[2], NULL, 10)};
    struct denoiser denoiser = closed_form_denoiser(&points, &options);
    const struct flow flow = {.steps = 1};
    real *z = memory_alloc(count * points.columns, sizeof *z);
    real *mean = memory_alloc(count * points.columns, sizeof *mean);
    const struct denoising question = {.noisy = z, .count = count, .time = 0.1};
    flow_noise(&flow, 0, count, points.columns, z);
    denoiser_begin(&denoiser, 0, count, &error);
    compare_dense(&denoiser, &question, points.count, mean);
    free(z);
    free(mean);
    denoiser_release(&denoiser);
    point_set_free(&points);
    data_set_free(&data);
}

int main(int argc, char **argv)
{
    if (argc == 8 && strcmp(argv[1], "noise") == 0)
        write_noise(argv + 2);
    else if (argc == 5 && strcmp(argv[1], "dense") == 0)
        time_dense(argv + 2);
    else
        return EX_USAGE;
    return EX_OK;
}
