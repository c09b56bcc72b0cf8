/* Learning-rate schedules: a linear warm-up, then a decay. */
#ifndef TESSERAE_OPTIM_SCHEDULE_H
#define TESSERAE_OPTIM_SCHEDULE_H

#include <stdint.h>

enum decay { DECAY_CONSTANT, DECAY_LINEAR, DECAY_COSINE, DECAY_EXPONENTIAL, DECAY_STEP };

/* The names of the decays in that order, NULL-terminated; for options_choice. */
extern const char *const decay_names[];

struct schedule {
    enum decay decay;
    double rate;      /* the highest rate, reached after the warm-up */
    double last_rate; /* at the last step (linear, cosine, exponential, step) */
    uint64_t warm_up; /* steps */
    uint64_t steps;   /* of the whole training */
    uint64_t period;  /* step decay: steps between two drops, which are equal in ratio */
};

/* The rate of a step, counted from 0. */
double schedule_rate(const struct schedule *schedule, uint64_t step);

#endif
