/*
 * The options of closed-form scores, as a group for argp: which data, how smooth, which neighbours.
 * Name score_argp among a program's groups and give a struct score_settings as the group's input.
 */
#ifndef TESSERAE_DIFFUSION_SCORE_OPTIONS_H
#define TESSERAE_DIFFUSION_SCORE_OPTIONS_H

#include "base/report.h"
#include "diffusion/data_set.h"
#include "diffusion/denoiser.h"
#include "diffusion/neighbour_score.h"

#include <argp.h>

struct score_settings {
    const char *data;         /* NULL: not given */
    const char *labels;       /* file with a label for each row, or NULL */
    const char *label_column; /* of a table, or NULL */
    bool standardize;
    double sigma;
    bool sigma_given;
    size_t perturbations; /* 0: not given */
    size_t neighbours;        /* 0: all points count */
    size_t random;            /* SIZE_MAX: as many as neighbours */
    int index;                /* enum neighbour_index; -1: not given */
    size_t lists, probes;     /* 0: not given */
    bool given;               /* whether any of these options was */
};

extern const struct argp score_argp;

struct score_settings score_settings_default(void);

/* A closed-form score of a data set, with all it stands on. */
struct score_model {
    struct data_set data;     /* names, shape and classes; its values are now those of points */
    struct point_set points;
    struct denoiser denoiser;
    real *means;              /* (columns), and scale: x = scale (what the score knows) + mean; */
    double scale;             /* NULL and 1 unless the data were standardised */
};

/*
 * Reads the data and makes the denoiser; warns of data whose scale does not suit the noise. Free
 * with score_model_free.
 */
bool score_model_open(const struct score_settings *settings, uint64_t seed,
                      struct score_model *model, struct error *error);
void score_model_free(struct score_model *model);

/* Between the scale of the data and that of the score, in place: values (rows, columns). */
void score_model_to_score(const struct score_model *model, real *values, size_t rows);
void score_model_to_data(const struct score_model *model, real *values, size_t rows);

/* The most samples to carry at a time in `bytes` of memory. */
size_t score_model_batch(const struct score_model *model, const struct score_settings *settings,
                         size_t bytes);

void score_report_options(const struct score_settings *settings, struct report *report);

#endif
