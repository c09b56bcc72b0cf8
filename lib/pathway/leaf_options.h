/*
 * How leaves and seeds are trained: settings, the options that set them (of every program that
 * trains leaves or asks whether they are up to date), and their text, which stands in the leaf.
 */
#ifndef TESSERAE_PATHWAY_LEAF_OPTIONS_H
#define TESSERAE_PATHWAY_LEAF_OPTIONS_H

#include "base/options.h"
#include "base/report.h"
#include "pathway/leaf.h"

enum leaf_loss { LEAF_SQUARED, LEAF_HUBER, LEAF_CROSS_ENTROPY };

struct leaf_options {
    bool given;             /* whether any option but --hidden and --activation was */
    bool cold;              /* do not start from a seed */
    bool try_cold;          /* start from both, and take what is better on the rows held out */
    bool shape_given;       /* --hidden or --activation */
    size_t hidden_count;
    size_t hidden[LEAF_MOST_HIDDEN];
    bool prelu;
    bool huber;             /* instead of squares */
    double delta;           /* of Huber's loss, in deviations of the target */
    size_t epochs, batch, patience;
    double rate;
    double weight_decay;
    double holdout;         /* share of the rows */
    double clip;            /* margin around the targets, in their range or deviation */
};

/*
 * 64,64 ReLU, squares; 200 epochs with a patience of 20, batches of 64, a rate of 0.002; 10 % held
 * out, a margin of 1/4.
 */
struct leaf_options leaf_options_defaults(void);

/*
 * The options for argp, of leaves and, without those of their start, of seeds; the group's input is
 * a struct leaf_options.
 */
extern const struct argp leaf_argp, seed_argp;

/* The settings as text: "epochs=60 batch=64 ..."; free() it. */
char *leaf_options_text(const struct leaf_options *options, const struct leaf_shape *shape);

/* The command line that says the same, " --epochs=60 ...", or "" where nothing was given. */
char *leaf_options_command(const struct leaf_options *options);

/* Puts the settings, with the shape that they came to, into a report's options. */
void leaf_options_report(const struct leaf_options *options, const struct leaf_shape *shape,
                         struct report *report);

/* The shape that the options say, for these numbers of inputs and classes (0: a regression). */
struct leaf_shape leaf_options_shape(const struct leaf_options *options, size_t inputs,
                                     size_t classes);

#endif
