/*
 * The options of training, for every program that trains: --steps, --rate, --warm-up, --decay,
 * --clip, --evaluate-every, --patience. Name training_argp among a program's groups and give its
 * struct training as the group's input.
 */
#ifndef TESSERAE_OPTIM_TRAINING_OPTIONS_H
#define TESSERAE_OPTIM_TRAINING_OPTIONS_H

#include "base/options.h"
#include "optim/training.h"

extern const struct argp training_argp;

/*
 * What a program gets without these options: Adam at the given highest rate, a warm-up of 50 steps,
 * cosine decay to a hundredth of the rate, an evaluation every 100 steps.
 */
struct training training_defaults(uint64_t steps, double rate);

/* To be called after parsing: the last rate is a hundredth of the highest, the period a tenth of
 * the steps, --checkpoint, --resume and --quiet are those of the common options. */
void training_settle(struct training *training, const struct common_options *common);

/* Puts what training came to into a report's metrics: steps (done), best_step, seconds_per_step. */
void training_report_results(const struct training *training, struct report *report);

/* Puts the settings into a report's options. */
void training_report_options(const struct training *training, struct report *report);

#endif
