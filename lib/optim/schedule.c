#include "optim/schedule.h"

#include <math.h>
#include <stddef.h>

const char *const decay_names[] = {"constant", "linear", "cosine", "exponential", "step", NULL};

double schedule_rate(const struct schedule *schedule, uint64_t step)
{
    const double pi = 3.14159265358979323846;
    double rate = schedule->rate, last = schedule->last_rate;
    if (step < schedule->warm_up)
        return rate * (double)(step + 1) / (double)schedule->warm_up;
    uint64_t decaying = schedule->steps > schedule->warm_up + 1
                            ? schedule->steps - schedule->warm_up - 1
                            : 1;
    uint64_t into = step - schedule->warm_up;
    double done = fmin(1, (double)into / (double)decaying);
    switch (schedule->decay) {
    case DECAY_LINEAR: return rate + (last - rate) * done;
    case DECAY_COSINE: return last + (rate - last) * 0.5 * (1 + cos(pi * done));
    case DECAY_EXPONENTIAL: return rate * pow(last / rate, done);
    case DECAY_STEP: {
        uint64_t period = schedule->period ? schedule->period : 1;
        uint64_t drops = decaying / period;
        return drops ? rate * pow(last / rate, fmin(1, (double)(into / period) / (double)drops))
                     : rate;
    }
    default: return rate;
    }
}
