/*
 * Progress meter: one line on stderr, redrawn a few times a second, only when stderr is a
 * terminal and the program is not quiet: what is done of how much, the rate, the time that is
 * left, and a figure (the loss) where there is one.
 */
#ifndef TESSERAE_BASE_PROGRESS_H
#define TESSERAE_BASE_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
    const char *unit;  /* what is counted: "steps", "rows", "sources" */
    uint64_t total;    /* 0 when it is not known */
    double started;    /* seconds */
    double drawn;      /* when the line was last drawn */
    bool shown;        /* whether there is a terminal to draw on */
};

/* Seconds of a steady clock; for reports, progress and benchmarks. */
double progress_seconds(void);

/* Processor seconds that this process has used, all threads together. */
double progress_processor_seconds(void);

/* Starts a meter; `shown` false (the --quiet of the caller) keeps it silent. */
void progress_start(struct progress *progress, const char *unit, uint64_t total, bool shown);

/* Tells that `done` of the total are done; `figure` is printed as `name`, when name is not NULL. */
void progress_update(struct progress *progress, uint64_t done, const char *name, double figure);

/* Clears the line. */
void progress_finish(struct progress *progress);

#endif
