/*
 * Our side of a bench of training steps, as tests/bench/steps.py runs it: a process that writes its
 * work with the loss and the gradients to a file, and then takes steps on demand.
 */
#ifndef TESSERAE_BENCH_STEPS_H
#define TESSERAE_BENCH_STEPS_H

#include "grad/parameter.h"
#include "io/safetensors.h"

struct steps {
    struct parameters *set;
    double (*differentiate)(
        void *context); /* the gradients of the set as it is; returns the loss */
    void *context;
    real rate;                              /* of Adam; 0: no step is taken, only differentiated */
};

/*
 * Differentiates, and saves what the caller has added to file, with the parameters, "loss" (F64)
 * and the gradients as "gradient.NAME" (flat), to path. Ends the program where it cannot. Frees
 * file.
 */
void steps_write(const struct steps *steps, struct safetensors *file, const char *path);

/*
 * Says "ready", and then answers every line N on standard input with the seconds of a step
 * (forward, backward, Adam) by the clock and of the processor, the means of N, and the peak of
 * memory in bytes.
 */
void steps_serve(const struct steps *steps);

#endif
