/* Training of an autoencoder. */
#ifndef TESSERAE_DIFFUSION_AUTOENCODER_FIT_H
#define TESSERAE_DIFFUSION_AUTOENCODER_FIT_H

#include "diffusion/autoencoder.h"
#include "optim/training.h"

struct autoencoder_fit {
    struct autoencoder *model;   /* made; its parameters and both scales are filled in */
    const struct data_set *data;
    uint64_t seed;
    size_t batch;                /* rows in a step */
    size_t held_out;             /* rows that are only judged by; 0: judge by those trained on */
    double divergence;           /* the weight of the KL divergence; 0 unless variational */
    struct training training;    /* best_figure: the loss on the rows to judge by */
    double judged_error;         /* mean squared error there, of standardised data, at the end */
};

/* Trains; false as training_run. */
bool autoencoder_fit(struct autoencoder_fit *fit, struct error *error);

#endif
