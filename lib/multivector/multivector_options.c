#include "multivector/multivector_options.h"

#include "base/memory.h"
#include "io/csv.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BY_DATA = -1 };

enum {
    KEY_METRIC = 0x7000, KEY_BASE, KEY_START, KEY_NETWORK, KEY_PRODUCTS, KEY_CHANNELS, KEY_LAYERS,
    KEY_HEAD_WIDTH, KEY_HEAD_LAYERS, KEY_NO_PLACES, KEY_BATCH, KEY_HOLDOUT, KEY_VALIDATION,
    KEY_WEIGHT_DECAY, KEY_INIT
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Metric:", 1},
    {"metric", KEY_METRIC, "METRIC", 0, "Squares of the axes, such as 1,1,1 or 1,-1,-1,-1; learn: "
     "learn them; learn-full: learn a symmetric matrix (default: 1 in all dimensions)", 0},
    {"metric-base", KEY_BASE, "LIST", 0, "Where learning of the metric starts (default: 1 "
     "in all dimensions)", 0},
    {"metric-start", KEY_START, "SHARE", 0, "Learn the metric only after this share of the steps "
     "(default 0)", 0},
    {0, 0, 0, 0, "Network:", 2},
    {"network", KEY_NETWORK, "NAME", 0, "cgmlp, for samples without nodes; cggnn, for graphs "
     "(default: by the data)", 0},
    {"products", KEY_PRODUCTS, "NAME", 0, "Of a cgmlp: channels, each by itself; mixed, all with "
     "all (default: channels where targets are scalars, else mixed)", 0},
    {"channels", KEY_CHANNELS, "C", 0, "Channels of multivectors (default 32, of cggnn 28)", 0},
    {"layers", KEY_LAYERS, "L", 0, "Products of a cgmlp (default 4, mixed 2), layers of a cggnn "
     "(default 3)", 0},
    {"head-width", KEY_HEAD_WIDTH, "N", 0, "Width of the perceptron over invariants (default C)",
     0},
    {"head-layers", KEY_HEAD_LAYERS, "N", 0, "Hidden layers of the perceptron over invariants "
     "(default 1)", 0},
    {"no-places", KEY_NO_PLACES, 0, 0, "Take the first vector of a node as it is, not as a place",
     0},
    {"init", KEY_INIT, "MODEL", 0, "Start from this model, of the same layout, instead of "
     "random weights", 0},
    {0, 0, 0, 0, "Samples:", 3},
    {"batch", KEY_BATCH, "N", 0, "Samples in a step (default 64)", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0, "Share of the samples that is held out, and decides when "
     "training was best (default 0.1; 0: none)", 0},
    {"validation", KEY_VALIDATION, "FILE", 0, "Samples that decide, instead of held-out ones", 0},
    {"weight-decay", KEY_WEIGHT_DECAY, "W", 0, "Add W times the weights to their gradient (default "
     "0)", 0},
    {0}};

struct multivector_settings multivector_settings_default(void)
{
    struct multivector_settings s = {.fit = {.batch = 64,
                                             .training = training_defaults(10000, 1e-3)},
                                     .model.metric = CLIFFORD_METRIC_FIXED,
                                     .model.head_layers = SIZE_MAX,
                                     .chosen_network = BY_DATA,
                                     .chosen_products = BY_DATA,
                                     .held_out = 0.1};
    s.fit.training.evaluate_every = 500;
    return s;
}

bool metric_parse(const char *text, double *numbers, size_t *count)
{
    *count = 0;
    for (;;) {
        size_t length = strcspn(text, ",");
        if (*count == CLIFFORD_MOST_DIMENSIONS ||
            !csv_parse_number(text, length, &numbers[*count]) ||
            !(fabs(numbers[*count]) <= 1e6))
            return false;
        (*count)++;
        if (text[length] == '\0')
            return true;
        text += length + 1;
    }
}

static void parse_base(struct argp_state *state, const char *option, const char *argument,
                       struct multivector_settings *s)
{
    if (s->gave_base)
        argp_error(state, "the metric is given twice");
    if (!metric_parse(argument, s->model.base, &s->model.base_count))
        argp_error(state, "--%s: '%s'; expected up to %d numbers separated by commas%s", option,
                   argument, CLIFFORD_MOST_DIMENSIONS,
                   strcmp(option, "metric") == 0 ? ", learn or learn-full" : "");
    s->gave_base = true;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct multivector_settings *s = state->input;
    struct multivector_model_options *o = &s->model;
    switch (key) {
    case KEY_METRIC:
        if (strcmp(argument, "learn") == 0)
            o->metric = CLIFFORD_METRIC_DIAGONAL;
        else if (strcmp(argument, "learn-full") == 0)
            o->metric = CLIFFORD_METRIC_FULL;
        else
            parse_base(state, "metric", argument, s);
        return 0;
    case KEY_BASE: parse_base(state, "metric-base", argument, s); return 0;
    case KEY_START: s->fit.metric_start = options_real(state, "metric-start", argument, 0, 1);
        return 0;
    case KEY_NETWORK:
        s->chosen_network = options_choice(state, "network", argument, multivector_network_names);
        return 0;
    case KEY_PRODUCTS:
        s->chosen_products =
            options_choice(state, "products", argument, multivector_products_names);
        return 0;
    case KEY_CHANNELS:
        o->channels = options_integer(state, "channels", argument, 1, MULTIVECTOR_MOST_CHANNELS);
        return 0;
    case KEY_LAYERS:
        o->layers = options_integer(state, "layers", argument, 1, MULTIVECTOR_MOST_LAYERS);
        return 0;
    case KEY_HEAD_WIDTH:
        o->head_width =
            options_integer(state, "head-width", argument, 1, MULTIVECTOR_MOST_FEATURES);
        return 0;
    case KEY_HEAD_LAYERS:
        o->head_layers = options_integer(state, "head-layers", argument, 0, MLP_MOST_LAYERS - 1);
        return 0;
    case KEY_NO_PLACES: s->no_places = true; return 0;
    case KEY_INIT: s->init_path = argument; return 0;
    case KEY_BATCH: s->fit.batch = options_integer(state, "batch", argument, 1, 1u << 20); return 0;
    case KEY_HOLDOUT: s->held_out = options_real(state, "holdout", argument, 0, 0.9); return 0;
    case KEY_VALIDATION: s->validation_path = argument; return 0;
    case KEY_WEIGHT_DECAY:
        s->weight_decay = options_real(state, "weight-decay", argument, 0, 1e3);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp multivector_argp = {.options = option_table, .parser = parse};

/* What was given and would be of no use. */
static bool check_together(const struct multivector_settings *s,
                           const struct multivector_model_options *o, struct error *error)
{
    bool has_head = o->shape.target_scalars && (o->network == NETWORK_CGMLP || o->shape.pooled);
    bool gave_head = s->model.head_width || s->model.head_layers != SIZE_MAX;
    if (o->metric == CLIFFORD_METRIC_FIXED && s->fit.metric_start > 0)
        return error_set(error, EX_USAGE, "--metric-start is of metrics that are learned; expected "
                         "--metric learn or learn-full");
    if (o->network == NETWORK_CGGNN && s->chosen_products != BY_DATA)
        return error_set(error, EX_USAGE, "--products is of a cgmlp; the data are graphs");
    if (gave_head && !has_head)
        return error_set(error, EX_USAGE, "--head-width and --head-layers are of scalar targets of "
                         "whole samples; the data have none");
    if (s->no_places && !o->places)
        return error_set(error, EX_USAGE, "--no-places is of graphs with vectors as targets of "
                         "nodes; the data are not");
    return true;
}

bool multivector_settle(const struct multivector_settings *s, const struct sample_shape *shape,
                        struct multivector_model_options *options, struct error *error)
{
    struct multivector_model_options o = multivector_model_options_for(shape);
    o.metric = s->model.metric;
    if (s->gave_base) {
        memcpy(o.base, s->model.base, sizeof o.base);
        o.base_count = s->model.base_count;
    }
    if (s->chosen_network != BY_DATA)
        o.network = s->chosen_network;
    if (s->chosen_products != BY_DATA) {
        o.products = s->chosen_products;
        o.layers = o.products == PRODUCTS_MIXED ? 2 : 4;
    }
    if (!check_together(s, &o, error))
        return false;
    o.channels = s->model.channels ? s->model.channels : o.channels;
    o.layers = s->model.layers ? s->model.layers : o.layers;
    o.head_width = s->model.head_width ? s->model.head_width : o.channels;
    o.head_layers = s->model.head_layers != SIZE_MAX ? s->model.head_layers : o.head_layers;
    o.places = o.places && !s->no_places;
    *options = o;
    return true;
}

char *multivector_identity(const struct multivector_fit *fit)
{
    const struct training *training = &fit->training;
    const struct schedule *schedule = &training->schedule;
    const struct multivector_model_options *o = &fit->model->options;
    char *shape = sample_shape_text(&o->shape);
    double sum = 0, start = 0;
    for (size_t p = 0; fit->start && p < fit->start->set.count; p++)
        for (size_t i = 0; i < tensor_count(&fit->start->set.list[p]->value); i++)
            start += (double)fit->start->set.list[p]->value.data[i] * (double)(i % 97 + 1);
    for (int part = 0; part < SAMPLE_PARTS; part++)
        for (size_t i = 0, n = fit->train->count * sample_width(&o->shape, (enum sample_part)part);
             i < n; i++)
            sum += (double)fit->train->parts[part][i] * (double)(i % 97 + 1);
    char *text = memory_format(
        "multivector %s; %s %s metric=%s base=%g,%g,%g,%g,%g,%g metric_start=%.9g start=%.12g "
        "channels=%zu layers=%zu "
        "head=%zux%zu places=%d samples=%zu sum=%.12g validation=%zu seed=%llu batch=%zu "
        "steps=%llu rate=%.9g warm_up=%llu decay=%d clip=%.9g weight_decay=%.9g "
        "evaluate_every=%llu",
        shape, multivector_network_names[o->network], multivector_products_names[o->products],
        multivector_metric_names[o->metric], o->base[0], o->base[1], o->base[2], o->base[3],
        o->base[4], o->base[5], fit->metric_start, start, o->channels, o->layers, o->head_layers,
        o->head_width, o->places, fit->train->count, sum,
        fit->validation ? fit->validation->count : 0, (unsigned long long)fit->seed, fit->batch,
        (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, training->clip,
        (double)training->optimizer.weight_decay, (unsigned long long)training->evaluate_every);
    free(shape);
    return text;
}

void multivector_report_options(const struct multivector_settings *s,
                                const struct multivector_model_options *o, struct report *report)
{
    char *shape = sample_shape_text(&o->shape);
    report_option_text(report, "shape", shape);
    free(shape);
    report_option_text(report, "metric", multivector_metric_names[o->metric]);
    report_option_values(report, "metric_base", o->base, o->base_count);
    report_option_number(report, "metric_start", s->fit.metric_start);
    report_option_text(report, "network", multivector_network_names[o->network]);
    if (o->network == NETWORK_CGMLP)
        report_option_text(report, "products", multivector_products_names[o->products]);
    report_option_number(report, "channels", (double)o->channels);
    report_option_number(report, "layers", (double)o->layers);
    report_option_number(report, "head_width", (double)o->head_width);
    report_option_number(report, "head_layers", (double)o->head_layers);
    report_option_number(report, "places", o->places);
    report_option_text(report, "init", s->init_path);
    report_option_number(report, "batch", (double)s->fit.batch);
    report_option_text(report, "validation", s->validation_path);
    report_option_number(report, "holdout", s->validation_path ? 0 : s->held_out);
    report_option_number(report, "weight_decay", s->weight_decay);
}
