#include "base/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double progress_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double progress_processor_seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

void progress_start(struct progress *progress, const char *unit, uint64_t total, bool shown)
{
    *progress = (struct progress){.unit = unit,
                                  .total = total,
                                  .started = progress_seconds(),
                                  .shown = shown && isatty(STDERR_FILENO)};
}

static void print_duration(double seconds)
{
    unsigned long whole = (unsigned long)(seconds + 0.5);
    if (whole >= 3600)
        fprintf(stderr, "%lu:%02lu:%02lu", whole / 3600, whole / 60 % 60, whole % 60);
    else
        fprintf(stderr, "%lu:%02lu", whole / 60, whole % 60);
}

void progress_update(struct progress *progress, uint64_t done, const char *name, double figure)
{
    const double redraw_seconds = 0.2;
    if (!progress->shown)
        return;
    double now = progress_seconds();
    if (now - progress->drawn < redraw_seconds)
        return;
    progress->drawn = now;
    double elapsed = now - progress->started;
    double rate = elapsed > 0 ? (double)done / elapsed : 0;
    fprintf(stderr, "\r\033[K%llu", (unsigned long long)done);
    if (progress->total)
        fprintf(stderr, "/%llu", (unsigned long long)progress->total);
    fprintf(stderr, " %s  %.3g/s", progress->unit, rate);
    if (progress->total && rate > 0 && done <= progress->total) {
        fputs("  left ", stderr);
        print_duration((double)(progress->total - done) / rate);
    }
    if (name)
        fprintf(stderr, "  %s %.6g", name, figure);
    fflush(stderr);
}

void progress_finish(struct progress *progress)
{
    if (progress->shown && progress->drawn > 0)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
