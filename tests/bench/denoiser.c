/*
 * How fast questions and answers go through the pipes of a denoiser, beside plain pipes.
 *
 *     denoiser COMMAND COLUMNS ROWS       asks COMMAND about records of COLUMNS numbers, ROWS at a
 *                                         time, for about two seconds
 *
 * The peer is a child that reads as many bytes into memory and writes them back, no protocol, no
 * arithmetic. Both take turns. Prints the bytes a second that went each way (as many to the process
 * as from it) and the questions a second, the medians of seven runs, and the median of the ratios
 * to the peer.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/progress.h"
#include "diffusion/denoiser_protocol.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { RUNS = 7, PIPE_BYTES = 1 << 20 };

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, RUNS, sizeof *values, compare);
    return values[RUNS / 2];
}

/* --- the peer --- */

struct echo {
    int to, from;
    pid_t child;
};

static bool read_whole(int descriptor, char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t got = read(descriptor, bytes, count);
        if (got <= 0)
            return false;
        bytes += got;
        count -= (size_t)got;
    }
    return true;
}

static bool write_whole(int descriptor, const char *bytes, size_t count)
{
    while (count > 0) {
        ssize_t put = write(descriptor, bytes, count);
        if (put <= 0)
            return false;
        bytes += put;
        count -= (size_t)put;
    }
    return true;
}

static struct echo echo_open(size_t bytes)
{
    int to[2], from[2];
    if (pipe(to) != 0 || pipe(from) != 0)
        error_die(EX_OSERR, "no pipes");
    (void)fcntl(to[0], F_SETPIPE_SZ, PIPE_BYTES); /* as lib/io/coprocess.c has them */
    (void)fcntl(from[0], F_SETPIPE_SZ, PIPE_BYTES);
    pid_t child = fork();
    if (child < 0)
        error_die(EX_OSERR, "no process");
    close(child == 0 ? to[1] : to[0]);
    close(child == 0 ? from[0] : from[1]);
    if (child == 0) {
        char *room = memory_alloc(bytes, 1);
        while (read_whole(to[0], room, bytes) && write_whole(from[1], room, bytes))
            ;
        _exit(0);
    }
    return (struct echo){to[1], from[0], child};
}

static void echo_ask(const struct echo *echo, const float *question, float *answer, size_t bytes)
{
    if (!write_whole(echo->to, (const char *)question, bytes) ||
        !read_whole(echo->from, (char *)answer, bytes))
        error_die(EX_IOERR, "the peer is gone");
}

static void echo_close(const struct echo *echo)
{
    close(echo->to);
    close(echo->from);
    waitpid(echo->child, NULL, 0);
}

/* --- the denoiser --- */

static void ask(struct denoiser *denoiser, const struct denoising *question, float *mean)
{
    struct error error = {0};
    if (!denoiser_denoise(denoiser, question, mean, &error))
        error_exit(&error);
}

/* How many questions take 0.15 s. */
static size_t questions_of_a_run(struct denoiser *denoiser, const struct denoising *question,
                                 float *mean)
{
    size_t questions = 0;
    ask(denoiser, question, mean);
    for (double started = progress_seconds(); questions == 0 || progress_seconds() - started < 0.15;
         questions++)
        ask(denoiser, question, mean);
    return questions;
}

static void print_rates(struct denoiser *denoiser, const struct denoising *question,
                        const struct echo *echo, float *mean)
{
    double seconds[RUNS], ratios[RUNS];
    size_t numbers = question->count * denoiser->columns, bytes = numbers * sizeof *mean;
    size_t questions = questions_of_a_run(denoiser, question, mean);
    for (int run = 0; run < RUNS; run++) {
        double started = progress_seconds();
        for (size_t i = 0; i < questions; i++)
            ask(denoiser, question, mean);
        seconds[run] = (progress_seconds() - started) / (double)questions;
        started = progress_seconds();
        for (size_t i = 0; i < questions; i++)
            echo_ask(echo, question->noisy, mean, bytes);
        ratios[run] = (progress_seconds() - started) / (double)questions / seconds[run];
    }
    double second = median(seconds);
    printf("%zu x %zu numbers: %.2f GB/s each way, %.0f questions a second, %.2f of plain pipes\n",
           question->count, denoiser->columns, (double)bytes * 1e-9 / second, 1 / second,
           median(ratios));
}

int main(int argc, char **argv)
{
    struct error error = {0};
    struct denoiser denoiser;
    error_set_program(argv[0]);
    if (argc != 4)
        error_die(EX_USAGE, "usage: denoiser COMMAND COLUMNS ROWS");
    size_t columns = strtoul(argv[2], NULL, 10), rows = strtoul(argv[3], NULL, 10);
    const struct process_denoiser_options options = {
        .command = argv[1], .shape = {.dimensions = 1, .sizes = {columns}}, .timeout = 60};
    float *noisy = memory_zeroed(rows * columns, sizeof *noisy);
    float *mean = memory_alloc(rows * columns, sizeof *mean);
    const struct denoising question = {.noisy = noisy, .count = rows, .time = 0.5};
    struct echo echo = echo_open(rows * columns * sizeof *noisy);
    if (!process_denoiser_open(&denoiser, &options, &error))
        error_exit(&error);
    print_rates(&denoiser, &question, &echo, mean);
    denoiser_release(&denoiser);
    echo_close(&echo);
    free(noisy);
    free(mean);
    return EX_OK;
}
