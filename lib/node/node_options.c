#include "node/node_options.h"

#include "base/memory.h"
#include "base/spill.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNCHOSEN = -1 };

enum {
    KEY_FEATURES = 0x6000, KEY_DIRECTED, KEY_SELF_LOOP, KEY_NETWORK, KEY_LAYERS, KEY_CONV,
    KEY_NO_RESIDUAL, KEY_NO_NORM, KEY_NORM_EPSILON, KEY_ALPHA, KEY_ATTENTION, KEY_ALPHA_RATE,
    KEY_BLOCK_RATE, KEY_BATCH, KEY_FANOUT,
    KEY_MEMORY, KEY_REORDER /* not of training alone */
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Nodes:", 1},
    {"features", KEY_FEATURES, "FILE", 0,
     "Features of the nodes (NPY: row i is node i; or CSV with "
     "a column node)",
     0},
    {"directed", KEY_DIRECTED, 0, 0, "Messages go from source to target only", 0},
    {"self-loop", KEY_SELF_LOOP, "S", 0,
     "Weight of the loop that every node gets; 0 for none "
     "(default 1; 0 with --conv sage)",
     0},
    {"memory", KEY_MEMORY, "BYTES", 0,
     "Memory for a layer's results when the whole graph is "
     "predicted, with K, M or G; more goes to a file in TMPDIR (default: a quarter of the "
     "machine's)",
     0},
    {"reorder", KEY_REORDER, 0, 0,
     "Work on the nodes in the order of Cuthill and McKee, which "
     "puts neighbours near to each other",
     0},
    {0, 0, 0, 0, "Network:", 2},
    {"network", KEY_NETWORK, "NAME", 0, "smpnn, gcn, sgc or mlp (default smpnn)", 0},
    {"layers", KEY_LAYERS, "L", 0, "Blocks, or layers (default 4; 2 for gcn, sgc and mlp)", 0},
    {"conv", KEY_CONV, "NAME", 0, "Of a block: gcn, sage or none (default gcn)", 0},
    {"no-residual", KEY_NO_RESIDUAL, 0, 0, "Blocks without residual connections", 0},
    {"no-norm", KEY_NO_NORM, 0, 0, "Blocks without layer normalisation", 0},
    {"norm-epsilon", KEY_NORM_EPSILON, "E", 0,
     "What layer normalisation adds to the variance "
     "(default 0.1)",
     0},
    {"alpha", KEY_ALPHA, "KIND", 0,
     "What a branch counts by: scalar or vector, learned from 1e-6 "
     "on, or a number that stays (default scalar)",
     0},
    {"attention", KEY_ATTENTION, 0, 0, "Linear attention beside the convolution", 0},
    {0, 0, 0, 0, "Learning:", 3},
    {"alpha-rate", KEY_ALPHA_RATE, "R", 0, "Highest learning rate of the alphas (default 0.1)", 0},
    {"block-rate", KEY_BLOCK_RATE, "R", 0,
     "Highest learning rate of all else in blocks (default: "
     "that of --rate; with residuals and N training nodes, N below 1000, N/1000 of it)",
     0},
    {"batch-nodes", KEY_BATCH, "N", 0,
     "Train on random subgraphs of so many nodes (default: the "
     "whole graph)",
     0},
    {"fanout", KEY_FANOUT, "LIST", 0,
     "With --batch-nodes: so many sampled neighbours in each "
     "layer, from the first on; one number is for all; 0 for all neighbours",
     0},
    {0}};

struct node_settings node_settings_default(void)
{
    struct node_settings s = {
        .model = {.smpnn = {.residual = true, .norm = true, .norm_epsilon = UNCHOSEN,
                            .alpha_start = 1e-6}},
        .self_loop = UNCHOSEN, .alpha_rate = UNCHOSEN, .block_rate = UNCHOSEN,
        .every = hyperparameters_default(), .classes = class_settings_default()};
    s.training = training_defaults(0, UNCHOSEN);
    s.training.evaluate_every = 0;
    s.training.schedule.warm_up = UINT64_MAX;
    return s;
}

static void parse_alpha(struct argp_state *state, const char *argument,
                        struct smpnn_options *options)
{
    if (strcmp(argument, "scalar") == 0) {
        options->alpha = SMPNN_ALPHA_SCALAR;
    } else if (strcmp(argument, "vector") == 0) {
        options->alpha = SMPNN_ALPHA_VECTOR;
    } else {
        options->alpha = SMPNN_ALPHA_FIXED;
        options->alpha_start = options_real(state, "alpha", argument, -1e6, 1e6);
    }
}

static void parse_fanouts(struct argp_state *state, char *argument, struct node_settings *s)
{
    s->fanout_count = 0;
    for (char *word = argument; word;) {
        char *comma = strchr(word, ',');
        if (comma)
            *comma = '\0';
        if (s->fanout_count == SAMPLE_MOST_LAYERS)
            argp_error(state, "--fanout: more than %d layers", SAMPLE_MOST_LAYERS);
        s->fanouts[s->fanout_count++] = options_integer(state, "fanout", word, 0, 1u << 30);
        word = comma ? comma + 1 : NULL;
    }
}

static int parse_input(int key, char *argument, struct argp_state *state, struct node_settings *s)
{
    switch (key) {
    case KEY_FEATURES: s->data.features = argument; return 0;
    case KEY_MEMORY:
        s->data.memory_limit = options_bytes(state, "memory", argument);
        return 0;
    case KEY_REORDER: s->data.reorder = true; return 0;
    case KEY_DIRECTED: s->data.directed = true; return 0;
    case KEY_SELF_LOOP: s->self_loop = options_real(state, "self-loop", argument, 0, 1e6); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse_network(int key, char *argument, struct argp_state *state,
                         struct node_classifier_options *o)
{
    switch (key) {
    case KEY_NETWORK:
        o->architecture = (enum node_architecture)options_choice(state, "network", argument,
                                                                 node_architecture_names);
        return 0;
    case KEY_LAYERS: o->layers = options_integer(state, "layers", argument, 1, 1024); return 0;
    case KEY_CONV:
        o->smpnn.convolution = (enum smpnn_convolution)options_choice(state, "conv", argument,
                                                                      smpnn_convolution_names);
        return 0;
    case KEY_NO_RESIDUAL: o->smpnn.residual = false; return 0;
    case KEY_NO_NORM: o->smpnn.norm = false; return 0;
    case KEY_NORM_EPSILON:
        o->smpnn.norm_epsilon = options_real(state, "norm-epsilon", argument, 1e-12, 1e6);
        return 0;
    case KEY_ALPHA: parse_alpha(state, argument, &o->smpnn); return 0;
    case KEY_ATTENTION: o->smpnn.attention = true; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse_learning(int key, char *argument, struct argp_state *state,
                          struct node_settings *s)
{
    switch (key) {
    case KEY_ALPHA_RATE:
        s->alpha_rate = options_real(state, "alpha-rate", argument, 0, 1e3);
        return 0;
    case KEY_BLOCK_RATE:
        s->block_rate = options_real(state, "block-rate", argument, 0, 1e3);
        return 0;
    case KEY_BATCH:
        s->batch_nodes = options_integer(state, "batch-nodes", argument, 1, UINT32_MAX);
        return 0;
    case KEY_FANOUT: parse_fanouts(state, argument, s); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct node_settings *s = state->input;
    s->given |= key > KEY_FEATURES && key <= KEY_FANOUT;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = &s->every;
        state->child_inputs[1] = &s->classes;
        return 0;
    }
    int result = parse_input(key, argument, state, s);
    if (result == ARGP_ERR_UNKNOWN)
        result = parse_network(key, argument, state, &s->model);
    return result == ARGP_ERR_UNKNOWN ? parse_learning(key, argument, state, s) : result;
}

static const struct argp_child children[] = {
    {&hyperparameters_argp, 0, "Of every network:", 1}, {&class_argp, 0, "Classes:", 2}, {0}};

const struct argp node_argp = {.options = option_table, .parser = parse, .children = children};

/* --- what was not given --- */

/*
 * What trains each network well on small graphs; share/experiments/smpnn tells how it was found.
 * The dropout of features is that of counted words; others have none.
 */
static const struct {
    size_t layers;
    double dropout, input_dropout, rate, weight_decay;
    uint64_t epochs;
} defaults[] = {[NODE_SMPNN] = {4, 0.5, 0.8, 0.0015, UNCHOSEN, 100},
                [NODE_GCN] = {2, 0.5, 0.5, 0.01, 5e-4, 200},
                [NODE_SGC] = {2, 0, 0, 0.2, 1e-5, 100},
                [NODE_MLP] = {2, 0.5, 0.5, 0.01, 5e-4, 200}};

/* Of an SMPNN the decay is this over the training nodes: the less there is to learn from, the more.
 */
static const double decay_nodes = 3;

/* And its blocks, where they begin as the identity, move the less, from so many training nodes
 * down. */
static const double block_nodes = 1000;

static void choose(double *value, double suiting)
{
    if (*value < 0)
        *value = suiting;
}

static bool check_together(const struct node_settings *s, struct error *error)
{
    const struct smpnn_options *o = &s->model.smpnn;
    if (!hyperparameters_check(&s->every, &s->training, error))
        return false;
    if (s->model.architecture != NODE_SMPNN &&
        (o->convolution != SMPNN_GCN || !o->residual || !o->norm || o->attention ||
         o->alpha != SMPNN_ALPHA_SCALAR || o->norm_epsilon >= 0 || s->alpha_rate >= 0 ||
         s->block_rate >= 0))
        return error_set(error, EX_USAGE, "--conv, --no-residual, --no-norm, --norm-epsilon, "
                                          "--alpha, --alpha-rate, --block-rate and --attention are "
                                          "of blocks; expected --network smpnn");
    if (!o->norm && o->norm_epsilon >= 0)
        return error_set(error, EX_USAGE, "--no-norm and --norm-epsilon exclude each other");
    if (o->alpha == SMPNN_ALPHA_FIXED && s->alpha_rate >= 0)
        return error_set(error, EX_USAGE, "--alpha-rate is of alphas that are learned; expected "
                                          "--alpha scalar or vector");
    if (s->fanout_count && (!s->batch_nodes || !node_classifier_hops(&s->model) || o->attention))
        return error_set(error, EX_USAGE, "--fanout samples what the nodes of a batch hear; "
                                          "expected --batch-nodes, and a network that hears only "
                                          "neighbours");
    return true;
}

/* One fan-out is for all layers. */
static bool settle_fanouts(struct node_settings *s, struct error *error)
{
    size_t layers = s->model.layers;
    if (s->fanout_count == 0)
        return true;
    if (layers > SAMPLE_MOST_LAYERS || (s->fanout_count != 1 && s->fanout_count != layers))
        return error_set(error, EX_USAGE,
                         "--fanout: %zu numbers for %zu layers; expected one, or one for each, of "
                         "at most %d",
                         s->fanout_count, layers, SAMPLE_MOST_LAYERS);
    for (; s->fanout_count < layers; s->fanout_count++)
        s->fanouts[s->fanout_count] = s->fanouts[0];
    return true;
}

bool node_settle(struct node_settings *s, const struct common_options *common,
                 struct error *error)
{
    struct node_classifier_options *o = &s->model;
    struct schedule *schedule = &s->training.schedule;
    if (o->layers == 0)
        o->layers = defaults[o->architecture].layers;
    if (!class_settings_check(&s->classes, common, error) || !check_together(s, error))
        return false;
    if (s->every.hidden == 0)
        s->every.hidden = 64;
    choose(&s->every.dropout, defaults[o->architecture].dropout);
    o->hidden = s->every.hidden;
    o->dropout = s->every.dropout;
    choose(&schedule->rate, defaults[o->architecture].rate);
    choose(&o->smpnn.norm_epsilon, 0.1);
    choose(&s->alpha_rate, 0.1);
    choose(&s->self_loop, node_classifier_norm(o) == PROPAGATION_MEAN ? 0 : 1);
    if (s->every.epochs == 0)
        s->every.epochs = defaults[o->architecture].epochs;
    if (schedule->warm_up == UINT64_MAX)
        schedule->warm_up = 0;
    class_settings_name_files(&s->classes, &s->data);
    s->data.resident = s->batch_nodes == 0;
    if (s->data.memory_limit == 0)
        s->data.memory_limit = spill_usual_limit();
    return settle_fanouts(s, error);
}

void node_settle_data(struct node_settings *s, const struct node_data *data, size_t train,
                      size_t steps_per_epoch)
{
    enum node_architecture architecture = s->model.architecture;
    struct hyperparameters *every = &s->every;
    choose(&every->input_dropout, data->words ? defaults[architecture].input_dropout : 0);
    s->model.input_dropout = every->input_dropout;
    choose(&every->weight_decay, defaults[architecture].weight_decay);
    choose(&every->weight_decay, decay_nodes / (double)(train ? train : 1));
    double share = s->model.smpnn.residual ? fmin(1, (double)train / block_nodes) : 1;
    choose(&s->block_rate, s->training.schedule.rate * share);
    s->training.optimizer.weight_decay = (real)every->weight_decay;
    s->classes.scaling = data->scaling;
    s->steps_per_epoch = steps_per_epoch;
    if (s->training.schedule.steps == 0)
        s->training.schedule.steps = every->epochs * steps_per_epoch;
    if (s->training.evaluate_every == 0)
        s->training.evaluate_every = steps_per_epoch;
}

/* --- what a run was --- */

char *node_identity(const struct node_settings *s, const struct node_fit *fit)
{
    const struct node_classifier_options *o = &fit->model->options;
    const struct schedule *schedule = &fit->training.schedule;
    char hash[SHA256_TEXT];
    node_data_digest(fit->data, fit->parts, hash);
    char *fanouts = memory_copy_string("");
    for (size_t i = 0; i < fit->fanout_count; i++) {
        char *longer = memory_format("%s,%zu", fanouts, fit->fanouts[i]);
        free(fanouts);
        fanouts = longer;
    }
    char *text = memory_format(
        "node classifier network=%d features=%zu hidden=%zu outputs=%zu layers=%zu conv=%d "
        "residual=%d norm=%d,%.9g attention=%d alpha=%d,%.9g dropout=%.9g,%.9g scaling=%d "
        "self_loop=%.9g directed=%d several=%d data=%s seed=%llu metric=%d batch=%zu "
        "fanouts=%s weight_decay=%.9g alpha_rate=%.9g block_rate=%.9g steps=%llu rate=%.9g "
        "warm_up=%llu decay=%d "
        "clip=%.9g evaluate_every=%llu",
        (int)o->architecture, o->features, o->hidden, o->outputs, o->layers,
        (int)o->smpnn.convolution, o->smpnn.residual, o->smpnn.norm, o->smpnn.norm_epsilon,
        o->smpnn.attention, (int)o->smpnn.alpha, o->smpnn.alpha_start, o->dropout, o->input_dropout,
        (int)s->classes.scaling, s->self_loop, fit->data->graph.directed,
        fit->data->table.marks != NULL, hash, (unsigned long long)fit->seed, (int)fit->metric,
        fit->batch_nodes, fanouts, s->every.weight_decay, s->alpha_rate, s->block_rate,
        (unsigned long long)schedule->steps, schedule->rate, (unsigned long long)schedule->warm_up,
        (int)schedule->decay, fit->training.clip, (unsigned long long)fit->training.evaluate_every);
    free(fanouts);
    return text;
}

static void report_alpha(const struct smpnn_options *o, struct report *report)
{
    if (o->alpha == SMPNN_ALPHA_FIXED)
        report_option_number(report, "alpha", o->alpha_start);
    else
        report_option_text(report, "alpha", o->alpha == SMPNN_ALPHA_VECTOR ? "vector" : "scalar");
}

void node_report_options(const struct node_settings *s, struct report *report)
{
    const struct node_classifier_options *o = &s->model;
    report_option_text(report, "features", s->data.features);
    class_report_options(&s->classes, report);
    report_option_number(report, "directed", s->data.directed);
    report_option_number(report, "reorder", s->data.reorder);
    report_option_number(report, "self_loop", s->self_loop);
    report_option_text(report, "network", node_architecture_names[o->architecture]);
    report_option_number(report, "layers", (double)o->layers);
    if (o->architecture == NODE_SMPNN) {
        report_option_text(report, "conv", smpnn_convolution_names[o->smpnn.convolution]);
        report_option_number(report, "residual", o->smpnn.residual);
        report_option_number(report, "norm", o->smpnn.norm);
        report_option_number(report, "norm_epsilon", o->smpnn.norm_epsilon);
        report_option_number(report, "attention", o->smpnn.attention);
        report_alpha(&o->smpnn, report);
        report_option_number(report, "alpha_rate", s->alpha_rate);
        report_option_number(report, "block_rate", s->block_rate);
    }
    hyperparameters_report(&s->every, report);
    report_option_number(report, "batch_nodes", (double)s->batch_nodes);
    report_option_number(report, "fanout", s->fanout_count ? (double)s->fanouts[0] : 0);
}
