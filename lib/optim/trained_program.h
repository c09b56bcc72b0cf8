/*
 * What every program that trains does around its training: the options --model and those of
 * training, a report that knows them, a log, an exit code.
 *
 *     trained_argp among the groups, its input a struct trained_program whose training is set;
 *     trained_program_begin(&trained, &common, &error);
 *     ... train with *trained.training; report_metric(&trained.report, ...) ...
 *     report_write(&trained.report, common.report, &error), then the product;
 *     trained_program_end(&trained, &error);
 *     return trained_program_exit_code(&trained);
 */
#ifndef TESSERAE_OPTIM_TRAINED_PROGRAM_H
#define TESSERAE_OPTIM_TRAINED_PROGRAM_H

#include "base/options.h"
#include "base/report.h"
#include "optim/training_options.h"

struct trained_program {
    struct training *training; /* the program's; must be set before options_parse */
    const char *model_path;    /* --model; NULL when none is wanted */
    struct report report;
    struct report_log log;
};

/* --model and the options of training; the heading is "Training:". */
extern const struct argp trained_argp;

/*
 * To be called when the input has been read: starts the report, with the first operand as its input
 * and the (settled) options of training, and opens the log for training to write.
 */
bool trained_program_begin(struct trained_program *trained, const struct common_options *common,
                           struct error *error);

/* Completes the log and frees the report. */
bool trained_program_end(struct trained_program *trained, struct error *error);

/* EX_OK, or EXIT_INTERRUPTED when training was interrupted. */
int trained_program_exit_code(const struct trained_program *trained);

#endif
