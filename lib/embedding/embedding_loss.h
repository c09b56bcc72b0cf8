/* Losses of embedded distances d against target distances g. */
#ifndef TESSERAE_EMBEDDING_EMBEDDING_LOSS_H
#define TESSERAE_EMBEDDING_EMBEDDING_LOSS_H

#include "grad/tape.h"

enum embedding_loss {
    EMBEDDING_LOSS_MSE,        /* mean (d - g)^2: the published loss */
    EMBEDDING_LOSS_RELATIVE,   /* mean (d / g - 1)^2 */
    EMBEDDING_LOSS_DISTORTION  /* mean |d / g - 1|: the average distortion itself */
};

/* Their names in that order, NULL-terminated; for options_choice. */
extern const char *const embedding_loss_names[];

/* distances (count) on the tape; targets (count), all > 0, times `scale`. A scalar. */
struct variable *embedding_loss(struct tape *tape, struct variable *distances, const float *targets,
                                real scale, enum embedding_loss kind);

#endif
