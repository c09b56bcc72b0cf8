/*
 * Training of a denoising network: rows of the data under noise of random strength, the squared
 * error of what the network says of the noise, and a moving average of the parameters, which is
 * what is kept.
 */
#ifndef TESSERAE_DIFFUSION_DENOISER_FIT_H
#define TESSERAE_DIFFUSION_DENOISER_FIT_H

#include "diffusion/neural_denoiser.h"
#include "diffusion/noise_schedule.h"
#include "optim/training.h"

/* How errors at different times count. With the noise told as e' = z - t v, (e - e')^2 is
 * t^2 (v - v')^2. */
enum denoiser_loss {
    DENOISER_LOSS_VELOCITY, /* (v - v')^2 = ((e - e') / t)^2: all times alike */
    DENOISER_LOSS_NOISE     /* (e - e')^2: most where there is little noise */
};

extern const char *const denoiser_loss_names[];

struct denoiser_fit {
    struct neural_denoiser *model; /* made; its parameters and its scale are filled in */
    const struct data_set *data;   /* labels, where the network has classes */
    uint64_t seed;
    size_t batch;                  /* rows in a step */
    enum noise_schedule schedule;  /* which levels of noise, at levels u that are uniform */
    enum denoiser_loss loss;
    double label_dropout;          /* how often a row's class is withheld */
    double average_decay;          /* of the moving average, from step to step; 0: none */
    size_t held_out;               /* rows that are only judged by; 0: judge by those trained on */
    struct training training;      /* best_figure: the average's loss on the rows to judge by */
};

/* Trains; false as training_run. */
bool denoiser_fit(struct denoiser_fit *fit, struct error *error);

/* The loss of rows of standardised data with given noise (both (count, columns)) at given times. */
struct variable *denoiser_loss(struct tape *tape, const struct denoising_network *network,
                               const real *data, const real *noise, const real *times,
                               const uint32_t *labels, size_t count, enum denoiser_loss loss);

#endif
