/* The options that choose a network and how its data are laid out, for programs that train one. */
#ifndef TESSERAE_DIFFUSION_NETWORK_SETTINGS_H
#define TESSERAE_DIFFUSION_NETWORK_SETTINGS_H

#include "base/options.h"
#include "base/report.h"
#include "diffusion/denoising_network.h"

struct network_settings {
    int kind;                     /* enum network_kind; -1: what suits the data */
    size_t width, levels, blocks; /* 0: what suits it */
    struct record_shape shape;    /* dimensions 0: that of the data */
    size_t batch;                 /* rows in a step; 0: what suits the network */
    double holdout; /* share of the rows to judge by; below 0: what suits them, until settled */
    size_t held_out;              /* once settled: rows to judge by */
    bool given;                   /* whether any of the options was, but for the shape */
};

/* The group; its input is a struct network_settings. */
extern const struct argp network_argp;

struct network_settings network_settings_default(void);

/*
 * To be called when the data have been read: gives them the shape that was asked for, chooses the
 * network, and fills in what was left open. EX_USAGE where options do not go with the data.
 */
bool network_settings_settle(struct network_settings *settings, struct data_set *data,
                             struct network_options *options, struct error *error);

/* Once settled: puts them into a report's options. */
void network_settings_report(const struct network_settings *settings,
                             const struct network_options *options, struct report *report);

#endif
