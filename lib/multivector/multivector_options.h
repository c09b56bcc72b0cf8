/* What clifford-fit can be told: metric, network, batches, held-out samples; as an argp group. */
#ifndef TESSERAE_MULTIVECTOR_MULTIVECTOR_OPTIONS_H
#define TESSERAE_MULTIVECTOR_MULTIVECTOR_OPTIONS_H

#include "base/options.h"
#include "multivector/multivector_fit.h"

struct multivector_settings {
    struct multivector_fit fit;        /* batch, metric_start, training */
    struct multivector_model_options model; /* only what was given; see below */
    bool gave_base;
    int chosen_network, chosen_products; /* -1: by the data */
    bool no_places;
    double held_out;                   /* the share of samples that validate; 0: none */
    const char *validation_path;       /* NULL: held out */
    const char *init_path;             /* of the model to start from; NULL: none */
    double weight_decay;
};

struct multivector_settings multivector_settings_default(void);

/* --metric, --metric-start, --network, ...; the group's input is the settings. */
extern const struct argp multivector_argp;

/* The options of a model for samples of a shape. EX_USAGE for what does not fit them. */
bool multivector_settle(const struct multivector_settings *settings,
                        const struct sample_shape *shape,
                        struct multivector_model_options *options, struct error *error);

/* The run's configuration as text, for checkpoints. The caller frees it. */
char *multivector_identity(const struct multivector_fit *fit);

/* Puts the settings into a report's options. */
void multivector_report_options(const struct multivector_settings *settings,
                                const struct multivector_model_options *options,
                                struct report *report);

/* "1,-1,2": numbers separated by commas, at most CLIFFORD_MOST_DIMENSIONS; false otherwise. */
bool metric_parse(const char *text, double *numbers, size_t *count);

#endif
