#include "embedding/embedding_options.h"

#include "base/memory.h"
#include "base/options.h"

#include <stdlib.h>
#include <string.h>

static const char *const start_names[] = {"flat", "curved", "square", "random", "auto", NULL};
enum { START_AUTO = 4, LOSS_AUTO = -1 };

enum {
    KEY_TARGET = 0x4000, KEY_PAIRS, KEY_LANDMARKS, KEY_HOLDOUT, KEY_COMPONENT, KEY_FEATURES,
    KEY_HIDDEN, KEY_LAYERS, KEY_WIDTH, KEY_METRIC, KEY_START, KEY_LOSS, KEY_BATCH, KEY_RESTARTS
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Space:", 1},
    {"geometry", 'g', "SPACE", 0,
     "euclidean, hyperbolic, spherical, a product such as h2xs2xe4, "
     "snowflake, or snowflake:SPACE (default euclidean)",
     0},
    {"dim", 'd', "D", 0, "Dimension of a space that is named without one (default 2)", 0},
    {"layers", KEY_LAYERS, "L", 0, "Layers of the snowflake (default 2)", 0},
    {"width", KEY_WIDTH, "N", 0, "Width of the snowflake (default 8)", 0},
    {"metric", KEY_METRIC, 0, 0, "Keep p = 0, so that the snowflake is a metric", 0},
    {0, 0, 0, 0, "Targets:", 2},
    {"target", KEY_TARGET, "KIND", 0,
     "shortest-path; weights, of the edges themselves; or matrix, "
     "when the input is a matrix of dissimilarities (default shortest-path)",
     0},
    {"pairs", KEY_PAIRS, "WHICH", 0,
     "all, edges, or a number of sampled pairs (default all up to "
     "4,000 nodes, else 4,000,000)",
     0},
    {"landmarks", KEY_LANDMARKS, "K", 0, "Sources of sampled pairs (default 256)", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0, "Keep this share of the pairs for testing (default 0)", 0},
    {"largest-component", KEY_COMPONENT, 0, 0, "Keep only the largest component", 0},
    {0, 0, 0, 0, "Encoder:", 3},
    {"features", KEY_FEATURES, "FILE", 0,
     "Place nodes by an encoder of their features (NPY: row i is node i; or CSV with a "
     "column node)",
     0},
    {"hidden", KEY_HIDDEN, "LIST", 0, "Widths of the encoder's hidden layers (default 64,64)", 0},
    {0, 0, 0, 0, "Loss and starts:", 4},
    {"loss", KEY_LOSS, "NAME", 0,
     "mse, relative (squared relative error) or distortion (absolute "
     "relative error) (default: relative for shortest paths, else mse)",
     0},
    {"batch", KEY_BATCH, "N", 0, "Pairs in a step (default 200000)", 0},
    {"start", KEY_START, "NAME", 0,
     "flat (a layout by scaling), curved, square (for snowflakes: "
     "of the roots of the distances), random, or auto, which tries what suits (default auto)",
     0},
    {"restarts", KEY_RESTARTS, "N", 0,
     "Starts to try for a tenth of the steps; the best is trained "
     "to the end (default: each start once)",
     0},
    {0}};

struct embedding_settings embedding_settings_default(void)
{
    return (struct embedding_settings){
        .target = {.landmarks = 256},
        .model = {.geometry = "euclidean", .dimension = 2, .hidden = {64, 64}, .hidden_count = 2,
                  .snowflake_layers = 2, .snowflake_width = 8},
        .fit = {.batch = 200000, .restarts = 1},
        .start = START_AUTO,
        .loss = LOSS_AUTO};
}

static void parse_list_of_sizes(struct argp_state *state, char *argument,
                                struct graph_embedding_options *model)
{
    model->hidden_count = 0;
    for (char *word = strtok(argument, ","); word; word = strtok(NULL, ",")) {
        if (model->hidden_count == MLP_MOST_LAYERS - 1)
            argp_error(state, "--hidden: more than %d sizes", MLP_MOST_LAYERS - 1);
        model->hidden[model->hidden_count++] = options_integer(state, "hidden", word, 1, 65536);
    }
}

static void parse_pairs(struct argp_state *state, const char *argument,
                        struct embedding_target_options *target)
{
    if (strcmp(argument, "all") == 0)
        target->pairs = EMBEDDING_PAIRS_ALL;
    else if (strcmp(argument, "edges") == 0)
        target->pairs = EMBEDDING_PAIRS_EDGES;
    else {
        target->pairs = EMBEDDING_PAIRS_SAMPLED;
        target->sampled = options_integer(state, "pairs", argument, 1, 1ull << 32);
    }
}

/* What would be parsed and then not heeded is refused. */
static void check_together(struct argp_state *state, const struct embedding_settings *s)
{
    const struct embedding_target_options *target = &s->target;
    if (s->given & EMBEDDING_GAVE_HIDDEN && !s->features_path)
        argp_error(state, "--hidden is of the encoder; it needs --features");
    if (target->kind == EMBEDDING_TARGET_WEIGHTS && target->pairs == EMBEDDING_PAIRS_SAMPLED)
        argp_error(state, "--target weights takes every edge; it does not go with --pairs N");
    if (target->kind == EMBEDDING_TARGET_MATRIX &&
        (target->pairs != EMBEDDING_PAIRS_AUTO || target->largest_component))
        argp_error(state, "--target matrix takes every pair; it goes with neither --pairs nor "
                          "--largest-component");
}

static uint64_t whole(struct argp_state *state, const char *option, const char *argument,
                      uint64_t most)
{
    return options_integer(state, option, argument, 1, most);
}

static unsigned what_is_given(int key)
{
    switch (key) {
    case 'g': return EMBEDDING_GAVE_GEOMETRY;
    case KEY_LAYERS:
    case KEY_WIDTH:
    case KEY_METRIC: return EMBEDDING_GAVE_SNOWFLAKE;
    case KEY_HIDDEN: return EMBEDDING_GAVE_HIDDEN;
    case KEY_FEATURES: return 0;
    default: break;
    }
    return key == 'd' || (key >= KEY_TARGET && key <= KEY_RESTARTS) ? EMBEDDING_GAVE_OTHERS : 0;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct embedding_settings *s = state->input;
    s->given |= what_is_given(key);
    struct embedding_target_options *target = &s->target;
    struct graph_embedding_options *model = &s->model;
    switch (key) {
    case 'g': model->geometry = argument; return 0;
    case 'd': model->dimension = whole(state, "dim", argument, 512); return 0;
    case KEY_LAYERS:
        model->snowflake_layers = whole(state, "layers", argument, SNOWFLAKE_MOST_LAYERS);
        return 0;
    case KEY_WIDTH:
        model->snowflake_width = whole(state, "width", argument, SNOWFLAKE_MOST_WIDTH);
        return 0;
    case KEY_METRIC: model->metric = true; return 0;
    case KEY_START: s->start = options_choice(state, "start", argument, start_names); return 0;
    case KEY_TARGET:
        target->kind = (enum embedding_target_kind)options_choice(state, "target", argument,
                                                                  embedding_target_names);
        return 0;
    case KEY_PAIRS: parse_pairs(state, argument, target); return 0;
    case KEY_LANDMARKS: target->landmarks = whole(state, "landmarks", argument, 1u << 31); return 0;
    case KEY_HOLDOUT: target->holdout = options_real(state, "holdout", argument, 0, 0.9); return 0;
    case KEY_COMPONENT: target->largest_component = true; return 0;
    case KEY_FEATURES: s->features_path = argument; return 0;
    case KEY_HIDDEN: parse_list_of_sizes(state, argument, model); return 0;
    case KEY_LOSS:
        s->loss = options_choice(state, "loss", argument, embedding_loss_names);
        return 0;
    case KEY_BATCH: s->fit.batch = whole(state, "batch", argument, 1ull << 32); return 0;
    case KEY_RESTARTS: s->fit.restarts = whole(state, "restarts", argument, 1000); return 0;
    case ARGP_KEY_END: check_together(state, s); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp embedding_argp = {.options = option_table, .parser = parse};

void embedding_settle(struct embedding_settings *s, uint64_t seed, bool show_progress)
{
    s->fit.seed = s->target.seed = seed;
    s->target.show_progress = show_progress;
    if (s->loss == LOSS_AUTO)
        s->loss = s->target.kind == EMBEDDING_TARGET_SHORTEST_PATH ? EMBEDDING_LOSS_RELATIVE
                                                                   : EMBEDDING_LOSS_MSE;
    s->fit.loss = (enum embedding_loss)s->loss;
}

bool embedding_choose_starts(const struct embedding_settings *s,
                             const struct graph_embedding *model, struct embedding_fit *fit,
                             struct error *error)
{
    if (s->start == EMBEDDING_START_SQUARE && !model->has_snowflake)
        return error_set(error, EX_USAGE, "--start square needs a snowflake");
    fit->starts[0] = (enum embedding_start)s->start;
    fit->start_count = s->start == START_AUTO ? embedding_starts(model, fit->starts) : 1;
    if (fit->restarts < fit->start_count)
        fit->restarts = fit->start_count;
    return true;
}

char *embedding_identity(const struct embedding_settings *s, const struct embedding_fit *fit,
                         const struct embedding_targets *targets)
{
    const struct training *training = &fit->training;
    const struct schedule *schedule = &training->schedule;
    const struct graph_embedding_options *model = &s->model;
    char *geometry = graph_embedding_geometry(fit->model);
    char *identity = memory_format(
        "graph embedding %s layers=%zu width=%zu metric=%d features=%zu nodes=%zu pairs=%zu "
        "mean=%.9g held_out=%zu seed=%llu loss=%d batch=%zu start=%d restarts=%zu steps=%llu "
        "rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate_every=%llu",
        geometry, model->snowflake_layers, model->snowflake_width, model->metric, model->features,
        targets->graph.nodes, targets->train.count, pairs_mean(&targets->train),
        targets->held_out.count, (unsigned long long)fit->seed, (int)fit->loss, fit->batch,
        s->start, fit->restarts, (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, training->clip,
        (unsigned long long)training->evaluate_every);
    free(geometry);
    return identity;
}

static void report_pairs(const struct embedding_target_options *target, struct report *report)
{
    static const char *const names[] = {"auto", "all", "edges", NULL};
    if (target->pairs == EMBEDDING_PAIRS_SAMPLED)
        report_option_number(report, "pairs", (double)target->sampled);
    else
        report_option_text(report, "pairs", names[target->pairs]);
    report_option_number(report, "landmarks", (double)target->landmarks);
}

void embedding_report_options(const struct embedding_settings *s, struct report *report)
{
    report_option_text(report, "geometry", s->model.geometry);
    report_option_number(report, "dim", (double)s->model.dimension);
    report_option_text(report, "target", embedding_target_names[s->target.kind]);
    report_option_text(report, "loss", embedding_loss_names[s->fit.loss]);
    report_option_number(report, "batch", (double)s->fit.batch);
    report_option_number(report, "holdout", s->target.holdout);
    report_option_text(report, "features", s->features_path);
    report_option_text(report, "start", start_names[s->start]);
    report_option_number(report, "restarts", (double)s->fit.restarts);
    report_option_number(report, "layers", (double)s->model.snowflake_layers);
    report_option_number(report, "width", (double)s->model.snowflake_width);
    report_option_text(report, "metric", s->model.metric ? "yes" : "no");
    report_option_text(report, "largest_component", s->target.largest_component ? "yes" : "no");
    report_pairs(&s->target, report);
}
