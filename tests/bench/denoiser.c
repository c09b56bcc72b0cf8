/*
 * How fast questions and answers go through the pipes of a denoiser.
 *
 *     denoiser COMMAND COLUMNS ROWS       asks COMMAND about records of COLUMNS numbers, ROWS at a
 *                                         time, for about two seconds
 *
 * prints the bytes a second that went each way (as many to the process as from it), the median of
 * seven runs, and the questions a second.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "diffusion/denoiser_protocol.h"

#include <stdio.h>
#include <stdlib.h>

enum { RUNS = 7 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    struct error error = {0};
    struct denoiser denoiser;
    double seconds[RUNS];
    error_set_program(argv[0]);
    if (argc != 4)
        error_die(EX_USAGE, "usage: denoiser COMMAND COLUMNS ROWS");
    size_t columns = strtoul(argv[2], NULL, 10), rows = strtoul(argv[3], NULL, 10);
    const struct process_denoiser_options options = {
        .command = argv[1], .shape = {.dimensions = 1, .sizes = {columns}}, .timeout = 60};
    float *noisy = memory_zeroed(rows * columns, sizeof *noisy);
    float *mean = memory_alloc(rows * columns, sizeof *mean);
    const struct denoising question = {.noisy = noisy, .count = rows, .time = 0.5};
    if (!process_denoiser_open(&denoiser, &options, &error) ||
        !denoiser_denoise(&denoiser, &question, mean, &error))
        error_exit(&error);
    size_t questions = 0;
    for (double started = progress_seconds(); questions == 0 || progress_seconds() - started < 0.3;
         questions++)
        if (!denoiser_denoise(&denoiser, &question, mean, &error))
            error_exit(&error);
    for (int run = 0; run < RUNS; run++) {
        double started = progress_seconds();
        for (size_t i = 0; i < questions; i++)
            if (!denoiser_denoise(&denoiser, &question, mean, &error))
                error_exit(&error);
        seconds[run] = (progress_seconds() - started) / (double)questions;
    }
    qsort(seconds, RUNS, sizeof *seconds, compare);
    printf("%zu x %zu numbers: %.2f GB/s each way, %.0f questions a second\n", rows, columns,
           (double)(rows * columns) * 4e-9 / seconds[RUNS / 2], 1 / seconds[RUNS / 2]);
    denoiser_release(&denoiser);
    free(noisy);
    free(mean);
    return EX_OK;
}
