#include "latent/latent_options.h"

#include "base/memory.h"
#include "optim/training_options.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_SPACES = 0x7000, KEY_K, KEY_GRAPH, KEY_GRAPHS, KEY_EMBED, KEY_SELF_LOOP, KEY_EDGES,
    KEY_DIRECTED, KEY_LAYERS, KEY_GRAPH_LOSS, KEY_GRAPH_WEIGHT, KEY_GRAPH_RATE, KEY_ACCURACY_DECAY,
    KEY_OVERLAP, KEY_HIDDEN_SHARE, KEY_SELF, KEY_DRAWS
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Graphs:", 1},
    {"spaces", KEY_SPACES, "LIST", 0,
     "Candidate spaces: e, h or s and a dimension, products such "
     "as h2xs2, f4 or snowflake:SPACE for a neural snowflake; none for the given graph alone, "
     "or for a perceptron (default e32,h32,s32,f32)",
     0},
    {"k", KEY_K, "K", 0, "Neighbours of every item (default 10)", 0},
    {"edges", KEY_EDGES, "FILE", 0,
     "A graph to start from, source,target[,weight]: one more "
     "branch, and coordinates are spread over it",
     0},
    {"self", KEY_SELF, "WHETHER", 0,
     "yes: one more branch, in which every item hears itself alone "
     "(default yes, of counted words no)",
     0},
    {"directed", KEY_DIRECTED, 0, 0, "Messages of the given graph go from source to target only",
     0},
    {"self-loop", KEY_SELF_LOOP, "S", 0,
     "Weight of the loop that every node of the given graph gets "
     "(default 1)",
     0},
    {"join", KEY_GRAPH, "FORM", 0,
     "symmetric: two are joined when one lists the other; "
     "directed: each hears those that it lists (default symmetric)",
     0},
    {"graphs", KEY_GRAPHS, "WHICH", 0,
     "each: every layer draws its own; one: all layers use that "
     "of the features (default one)",
     0},
    {"embed", KEY_EMBED, "HOW", 0,
     "Coordinates by a linear layer (linear), spread over the given "
     "graph (gcn; the default where there is one)",
     0},
    {0, 0, 0, 0, "Network:", 2},
    {"layers", KEY_LAYERS, "L", 0, "Layers (default 2)", 0},
    {0, 0, 0, 0, "Learning:", 3},
    {"graph-loss", KEY_GRAPH_LOSS, "FORM", 0,
     "log-probability or probability of the edges drawn "
     "(default log-probability)",
     0},
    {"graph-weight", KEY_GRAPH_WEIGHT, "W", 0, "Of the graph loss (default 1); 0 for none", 0},
    {"graph-rate", KEY_GRAPH_RATE, "R", 0,
     "Highest learning rate of coordinates, radii and "
     "temperatures (default 0.0001)",
     0},
    {"accuracy-decay", KEY_ACCURACY_DECAY, "D", 0,
     "Of the running mean of each item's accuracy "
     "(default 0.9)",
     0},
    {"overlap", KEY_OVERLAP, "O", 0,
     "Temperatures start where a drawn graph has this share of its "
     "edges in common with the nearest neighbours (default 0.8, of counted words 0.5)",
     0},
    {"hidden-share", KEY_HIDDEN_SHARE, "S", 0,
     "With --graphs each: what the layer before counts "
     "in the first coordinates, where the features count 1 (default 1)",
     0},
    {"draws", KEY_DRAWS, "N", 0,
     "Graphs over which predictions are averaged; 0 for the nearest "
     "neighbours (default 4)",
     0},
    {0}};

struct latent_settings latent_settings_default(void)
{
    struct latent_settings s = {.classes = class_settings_default(),
                                .every = hyperparameters_default(),
                                .embed = -1,
                                .self = -1,
                                .graph_weight = -1,
                                .graph_rate = -1,
                                .accuracy_decay = -1,
                                .overlap = -1,
                                .hidden_share = -1,
                                .self_loop = -1,
                                .draws = -1};
    s.training = training_defaults(0, -1);
    s.training.evaluate_every = 0;
    s.training.schedule.warm_up = UINT64_MAX;
    return s;
}

static int parse_graphs(int key, char *argument, struct argp_state *state,
                        struct latent_settings *s)
{
    static const char *const ways[] = {"linear", "gcn", NULL};
    static const char *const answers[] = {"no", "yes", NULL};
    switch (key) {
    case KEY_SPACES: s->spaces = argument; return 0;
    case KEY_K: s->model.neighbours = options_integer(state, "k", argument, 1, 1u << 16); return 0;
    case KEY_EDGES: s->data.edges = argument; return 0;
    case KEY_SELF: s->self = (int)options_choice(state, "self", argument, answers); return 0;
    case KEY_DIRECTED: s->data.directed = true; return 0;
    case KEY_SELF_LOOP: s->self_loop = options_real(state, "self-loop", argument, 0, 1e6); return 0;
    case KEY_GRAPH:
        s->model.form = (enum neighbour_form)options_choice(state, "join", argument,
                                                            neighbour_form_names);
        return 0;
    case KEY_GRAPHS:
        s->model.graphs =
            (enum latent_graphs)options_choice(state, "graphs", argument, latent_graphs_names);
        return 0;
    case KEY_EMBED: s->embed = (int)options_choice(state, "embed", argument, ways); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse_learning(int key, char *argument, struct argp_state *state,
                          struct latent_settings *s)
{
    switch (key) {
    case KEY_LAYERS:
        s->model.layers = options_integer(state, "layers", argument, 1, LATENT_MOST_LAYERS);
        return 0;
    case KEY_GRAPH_LOSS:
        s->graph_loss =
            (enum graph_loss)options_choice(state, "graph-loss", argument, graph_loss_names);
        return 0;
    case KEY_GRAPH_WEIGHT:
        s->graph_weight = options_real(state, "graph-weight", argument, 0, 1e6);
        return 0;
    case KEY_GRAPH_RATE:
        s->graph_rate = options_real(state, "graph-rate", argument, 0, 1e3);
        return 0;
    case KEY_ACCURACY_DECAY:
        s->accuracy_decay = options_real(state, "accuracy-decay", argument, 0, 1);
        return 0;
    case KEY_OVERLAP: s->overlap = options_real(state, "overlap", argument, 0.01, 0.99); return 0;
    case KEY_HIDDEN_SHARE:
        s->hidden_share = options_real(state, "hidden-share", argument, 0, 1e3);
        return 0;
    case KEY_DRAWS: s->draws = (int)options_integer(state, "draws", argument, 0, 1000); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct latent_settings *s = state->input;
    s->given |= key >= KEY_SPACES && key <= KEY_DRAWS;
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = &s->every;
        state->child_inputs[1] = &s->classes;
        return 0;
    }
    int result = parse_graphs(key, argument, state, s);
    return result == ARGP_ERR_UNKNOWN ? parse_learning(key, argument, state, s) : result;
}

static const struct argp_child children[] = {
    {&hyperparameters_argp, 0, "Of every network:", 1}, {&class_argp, 0, "Classes:", 2}, {0}};

const struct argp latent_argp = {.options = option_table, .parser = parse, .children = children};

/* --- what was not given --- */

static void choose(double *value, double suiting)
{
    if (*value < 0)
        *value = suiting;
}

static bool check_together(const struct latent_settings *s, struct error *error)
{
    const struct latent_options *o = &s->model;
    if (!hyperparameters_check(&s->every, &s->training, error))
        return false;
    if (!s->data.edges && (s->embed == 1 || s->data.directed || s->self_loop >= 0))
        return error_set(error, EX_USAGE, "%s is of a given graph; expected --edges FILE",
                         s->embed == 1       ? "--embed gcn"
                         : s->data.directed ? "--directed"
                                            : "--self-loop");
    if (s->only_given && (s->embed >= 0 || s->self >= 0 || o->neighbours || s->graph_weight >= 0))
        return error_set(error, EX_USAGE, "--spaces none infers no graph; --embed, --self, --k and "
                                          "--graph-weight do not go with it");
    if (o->graphs == LATENT_GRAPHS_ONE && s->hidden_share >= 0)
        return error_set(error, EX_USAGE, "--hidden-share is of layers that draw graphs of their "
                                          "own; expected --graphs each");
    return true;
}

bool latent_settle(struct latent_settings *s, const struct common_options *common,
                   struct error *error)
{
    struct latent_options *o = &s->model;
    if (!s->spaces)
        s->spaces = "e32,h32,s32,f32";
    s->only_given = strcmp(s->spaces, "none") == 0;
    if (!class_settings_check(&s->classes, common, error) || !check_together(s, error) ||
        (!s->only_given && !candidates_parse(s->spaces, o->spaces, &o->space_count, error)))
        return false;
    o->given = s->data.edges != NULL;
    o->embed_over_given = s->embed < 0 ? o->given : s->embed == 1;
    o->neighbours = o->neighbours ? o->neighbours : 10;
    o->layers = o->layers ? o->layers : 2;
    s->every.hidden = s->every.hidden ? s->every.hidden : 64;
    choose(&s->every.dropout, 0.5);
    o->hidden = s->every.hidden;
    o->dropout = s->every.dropout;
    choose(&s->training.schedule.rate, 0.01);
    choose(&s->graph_weight, 1);
    choose(&s->graph_rate, 0.0001);
    choose(&s->self_loop, 1);
    choose(&s->accuracy_decay, 0.9);
    choose(&s->hidden_share, 1);
    choose(&s->every.weight_decay, 5e-4);
    s->draws = s->draws < 0 ? 4 : s->draws;
    if (s->every.epochs == 0)
        s->every.epochs = 200;
    if (s->training.schedule.steps == 0)
        s->training.schedule.steps = s->every.epochs;
    if (s->training.schedule.warm_up == UINT64_MAX)
        s->training.schedule.warm_up = 0;
    if (s->training.evaluate_every == 0)
        s->training.evaluate_every = 5;
    s->training.optimizer.weight_decay = (real)s->every.weight_decay;
    class_settings_name_files(&s->classes, &s->data);
    s->data.resident = true;
    return true;
}

/* --- what a run was --- */

char *latent_identity(const struct latent_settings *s, const struct latent_fit *fit,
                      const struct node_data *data)
{
    const struct latent_options *o = &fit->network->options;
    const struct schedule *schedule = &fit->training.schedule;
    char hash[SHA256_TEXT];
    node_data_digest(data, fit->parts, hash);
    return memory_format(
        "latent graph spaces=%s features=%zu hidden=%zu outputs=%zu layers=%zu k=%zu form=%d "
        "graphs=%d given=%d self=%d gcn=%d standardise=%d dropout=%.9g,%.9g self_loop=%.9g "
        "directed=%d data=%s seed=%llu metric=%d graph_loss=%d graph_weight=%.9g graph_rate=%.9g "
        "accuracy_decay=%.9g overlap=%.9g hidden_share=%.9g draws=%d weight_decay=%.9g steps=%llu "
        "rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate_every=%llu",
        s->spaces, o->features, o->hidden, o->outputs, o->layers, o->neighbours, (int)o->form,
        (int)o->graphs, o->given, o->self, o->embed_over_given, o->standardise, o->dropout,
        o->input_dropout, s->self_loop, data->graph.directed, hash, (unsigned long long)fit->seed,
        (int)fit->metric, (int)fit->graph_loss, fit->graph_weight, fit->graph_rate,
        fit->accuracy_decay, s->overlap, s->hidden_share, s->draws, s->every.weight_decay,
        (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, fit->training.clip,
        (unsigned long long)fit->training.evaluate_every);
}

void latent_report_options(const struct latent_settings *s, struct report *report)
{
    const struct latent_options *o = &s->model;
    class_report_options(&s->classes, report);
    report_option_text(report, "spaces", s->spaces);
    report_option_number(report, "k", (double)o->neighbours);
    report_option_text(report, "edges", s->data.edges);
    report_option_number(report, "directed", s->data.directed);
    report_option_number(report, "self_loop", s->self_loop);
    report_option_text(report, "join", neighbour_form_names[o->form]);
    report_option_text(report, "graphs", latent_graphs_names[o->graphs]);
    report_option_number(report, "self", o->self);
    report_option_text(report, "embed", o->embed_over_given ? "gcn" : "linear");
    report_option_number(report, "layers", (double)o->layers);
    hyperparameters_report(&s->every, report);
    report_option_text(report, "graph_loss", graph_loss_names[s->graph_loss]);
    report_option_number(report, "graph_weight", s->graph_weight);
    report_option_number(report, "graph_rate", s->graph_rate);
    report_option_number(report, "accuracy_decay", s->accuracy_decay);
    report_option_number(report, "overlap", s->overlap);
    report_option_number(report, "hidden_share", s->hidden_share);
    report_option_number(report, "draws", s->draws);
}

void latent_settings_free(struct latent_settings *s)
{
    for (size_t i = 0; i < s->model.space_count; i++)
        free(s->model.spaces[i]);
    s->model.space_count = 0;
}
