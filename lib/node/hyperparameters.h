/*
 * The hyperparameters that every network of classified items has, as a group for argp: --hidden,
 * --dropout, --input-dropout, --weight-decay, --epochs. Name hyperparameters_argp among a group's
 * children and give its struct as the child's input.
 */
#ifndef TESSERAE_NODE_HYPERPARAMETERS_H
#define TESSERAE_NODE_HYPERPARAMETERS_H

#include "base/error.h"
#include "base/report.h"
#include "optim/training.h"

#include <argp.h>

struct hyperparameters {
    size_t hidden;        /* 0 where it was not given */
    double dropout;       /* between layers; like the next two negative where it was not given */
    double input_dropout; /* of the features */
    double weight_decay;
    uint64_t epochs;      /* 0 where it was not given */
    bool given;           /* whether any was */
};

extern const struct argp hyperparameters_argp;

struct hyperparameters hyperparameters_default(void);

/* To be called after parsing. EX_USAGE where --epochs and --steps were both given. */
bool hyperparameters_check(const struct hyperparameters *h, const struct training *training,
                           struct error *error);

/* Puts them, once they are settled, into a report's options. */
void hyperparameters_report(const struct hyperparameters *h, struct report *report);

#endif
