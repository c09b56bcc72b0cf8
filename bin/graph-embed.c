/*
 * graph-embed: places the nodes of a graph in a space so that distances there are those of the
 * graph.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/progress.h"
#include "base/report.h"
#include "graph/node_table.h"
#include "nn/embedding_fit.h"
#include "nn/embedding_result.h"
#include "nn/embedding_targets.h"
#include "optim/training_options.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COMPARED = 16 };

struct settings {
    struct embedding_target_options target;
    struct graph_embedding_options model;
    struct embedding_fit fit;
    const char *compared[MOST_COMPARED];
    size_t compared_count;
    int start; /* of start_names; START_AUTO tries what suits */
    int loss;  /* of embedding_loss_names; LOSS_AUTO: by the target */
    const char *features_path, *model_path, *load_path, *profile_path;
};

static const char *const start_names[] = {"flat", "curved", "square", "random", "auto", NULL};
enum { START_AUTO = 4, LOSS_AUTO = -1 };

enum {
    KEY_COMPARE = 0x2000, KEY_TARGET, KEY_PAIRS, KEY_LANDMARKS, KEY_HOLDOUT, KEY_COMPONENT,
    KEY_FEATURES, KEY_HIDDEN, KEY_LAYERS, KEY_WIDTH, KEY_METRIC, KEY_START, KEY_LOSS, KEY_BATCH,
    KEY_RESTARTS, KEY_MODEL, KEY_LOAD, KEY_PROFILE
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Space:", 1},
    {"geometry", 'g', "SPACE", 0, "euclidean, hyperbolic, spherical, a product such as h2xs2xe4, "
     "snowflake, or snowflake:SPACE (default euclidean)", 0},
    {"dim", 'd', "D", 0, "Dimension of a space that is named without one (default 2)", 0},
    {"compare", KEY_COMPARE, "LIST", 0, "Train each of these geometries, separated by commas, and "
     "write a table of figures instead of points", 0},
    {"layers", KEY_LAYERS, "J", 0, "Layers of the snowflake (default 2)", 0},
    {"width", KEY_WIDTH, "M", 0, "Width of the snowflake (default 8)", 0},
    {"metric", KEY_METRIC, 0, 0, "Keep p = 0, so that the snowflake is a metric", 0},
    {0, 0, 0, 0, "Targets:", 2},
    {"target", KEY_TARGET, "KIND", 0, "shortest-path; weights, of the edges themselves; or matrix, "
     "when the input is a matrix of dissimilarities (default shortest-path)", 0},
    {"pairs", KEY_PAIRS, "WHICH", 0, "all, edges, or a number of sampled pairs (default all up to "
     "4,000 nodes, else 4,000,000)", 0},
    {"landmarks", KEY_LANDMARKS, "L", 0, "Sources of sampled pairs (default 256)", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0, "Keep this share of the pairs for testing (default 0)", 0},
    {"largest-component", KEY_COMPONENT, 0, 0, "Embed only the largest component", 0},
    {0, 0, 0, 0, "Encoder:", 3},
    {"features", KEY_FEATURES, "FILE", 0, "Place nodes by an MLP over their features (CSV with a "
     "column node, or NPY)", 0},
    {"hidden", KEY_HIDDEN, "LIST", 0, "Sizes of its hidden layers (default 64,64)", 0},
    {0, 0, 0, 0, "Training:", 4},
    {"loss", KEY_LOSS, "NAME", 0, "mse, relative (squared relative error) or distortion (absolute "
     "relative error) (default: relative for shortest paths, else mse)", 0},
    {"batch", KEY_BATCH, "N", 0, "Pairs in a step (default 200000)", 0},
    {"start", KEY_START, "NAME", 0, "flat (a layout by scaling), curved, square (for snowflakes: "
     "of the roots of the distances), random, or auto, which tries what suits (default auto)", 0},
    {"restarts", KEY_RESTARTS, "N", 0, "Starts to try for a tenth of the steps; the best is trained "
     "to the end (default: each start once)", 0},
    {0, 0, 0, 0, "Files:", 5},
    {"model", KEY_MODEL, "FILE", 0, "Write the model (safetensors)", 0},
    {"load", KEY_LOAD, "FILE", 0, "Do not train: write the points of this model, or place the "
     "nodes of --features with its encoder", 0},
    {"profile", KEY_PROFILE, "FILE", 0, "Write the learned f as a table distance,value", 0},
    {0}};

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

static void parse_compared(struct argp_state *state, char *argument, struct settings *settings)
{
    for (char *word = strtok(argument, ","); word; word = strtok(NULL, ",")) {
        if (settings->compared_count == MOST_COMPARED)
            argp_error(state, "--compare: more than %d geometries", MOST_COMPARED);
        settings->compared[settings->compared_count++] = word;
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

static void check_together(struct argp_state *state, const struct settings *settings)
{
    if (settings->compared_count && (settings->model_path || settings->profile_path))
        argp_error(state, "--compare writes a table; it goes with neither --model nor --profile");
    if (settings->load_path && (settings->compared_count || settings->model_path))
        argp_error(state, "--load does not train; it goes with neither --compare nor --model");
    if (settings->target.kind == EMBEDDING_TARGET_WEIGHTS &&
        settings->target.pairs == EMBEDDING_PAIRS_SAMPLED)
        argp_error(state, "--target weights takes every edge; it does not go with --pairs N");
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case 'g': s->model.geometry = argument; return 0;
    case 'd': s->model.dimension = options_integer(state, "dim", argument, 1, 512); return 0;
    case KEY_COMPARE: parse_compared(state, argument, s); return 0;
    case KEY_LAYERS:
        s->model.snowflake_layers =
            options_integer(state, "layers", argument, 1, SNOWFLAKE_MOST_LAYERS);
        return 0;
    case KEY_WIDTH:
        s->model.snowflake_width =
            options_integer(state, "width", argument, 1, SNOWFLAKE_MOST_WIDTH);
        return 0;
    case KEY_METRIC: s->model.metric = true; return 0;
    case KEY_START: s->start = options_choice(state, "start", argument, start_names); return 0;
    case KEY_TARGET:
        s->target.kind = (enum embedding_target_kind)options_choice(state, "target", argument,
                                                                    embedding_target_names);
        return 0;
    case KEY_PAIRS: parse_pairs(state, argument, &s->target); return 0;
    case KEY_LANDMARKS:
        s->target.landmarks = options_integer(state, "landmarks", argument, 1, 1u << 31);
        return 0;
    case KEY_HOLDOUT: s->target.holdout = options_real(state, "holdout", argument, 0, 0.9); return 0;
    case KEY_COMPONENT: s->target.largest_component = true; return 0;
    case KEY_FEATURES: s->features_path = argument; return 0;
    case KEY_HIDDEN: parse_list_of_sizes(state, argument, &s->model); return 0;
    case KEY_LOSS:
        s->loss = options_choice(state, "loss", argument, embedding_loss_names);
        return 0;
    case KEY_BATCH: s->fit.batch = options_integer(state, "batch", argument, 1, 1ull << 32); return 0;
    case KEY_RESTARTS: s->fit.restarts = options_integer(state, "restarts", argument, 1, 1000); return 0;
    case KEY_MODEL: s->model_path = argument; return 0;
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_PROFILE: s->profile_path = argument; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->fit.training; return 0;
    case ARGP_KEY_END: check_together(state, s); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {{&training_argp, 0, "Training:", 4}, {0}};

static const struct program program = {
    .name = "graph-embed",
    .operands = "[FILE]",
    .summary = "Place the nodes of a graph in a space so that distances there are those of the "
               "graph. Reads an edge list source,target[,weight]; writes a table node,x0,x1,...",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

/* The starts that --start asks for, or those that suit the model; each is tried at least once. */
static void choose_starts(struct settings *s, const struct graph_embedding *model)
{
    struct embedding_fit *fit = &s->fit;
    if (s->start == START_AUTO) {
        fit->start_count = embedding_starts(model, fit->starts);
    } else {
        fit->starts[0] = (enum embedding_start)s->start;
        fit->start_count = 1;
        if (s->start == EMBEDDING_START_SQUARE && !model->has_snowflake)
            error_die(EX_USAGE, "--start square needs a snowflake");
    }
    if (fit->restarts < fit->start_count)
        fit->restarts = fit->start_count;
}

/* What makes a checkpoint this run's own: the data and everything that shapes the steps. */
static char *run_identity(const struct settings *s, const struct embedding_targets *targets,
                          const char *geometry)
{
    const struct training *training = &s->fit.training;
    return memory_format(
        "graph-embed %s nodes=%zu pairs=%zu mean=%.9g held_out=%zu features=%zu seed=%llu loss=%d "
        "batch=%zu steps=%llu rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate=%llu start=%d "
        "restarts=%zu layers=%zu width=%zu",
        geometry, targets->graph.nodes, targets->train.count, pairs_mean(&targets->train),
        targets->held_out.count, s->model.features, (unsigned long long)s->fit.seed,
        (int)s->fit.loss, s->fit.batch, (unsigned long long)training->schedule.steps,
        training->schedule.rate, (unsigned long long)training->schedule.warm_up,
        (int)training->schedule.decay, training->clip, (unsigned long long)training->evaluate_every,
        s->start, s->fit.restarts, s->model.snowflake_layers, s->model.snowflake_width);
}

/* Lays out and trains one geometry. */
static void train(struct settings *s, const char *geometry, const struct embedding_targets *targets,
                  const real *features, struct graph_embedding *model,
                  struct embedding_result *result)
{
    struct error error = {0};
    s->model.geometry = geometry;
    s->model.nodes = targets->graph.nodes;
    if (!graph_embedding_make(model, &s->model, &error))
        error_exit(&error);
    struct settings chosen = *s;
    choose_starts(&chosen, model);
    chosen.fit.model = model;
    chosen.fit.pairs = &targets->train;
    chosen.fit.held_out = targets->held_out.count ? &targets->held_out : NULL;
    chosen.fit.features = features;
    chosen.fit.landmarks = &targets->landmarks;
    char *identity = run_identity(&chosen, targets, geometry);
    chosen.fit.training.identity = identity;
    double started = progress_seconds();
    if (!embedding_fit(&chosen.fit, &error))
        error_exit(&error);
    double seconds = progress_seconds() - started;
    free(identity);
    s->fit.training.interrupted = chosen.fit.training.interrupted;
    *result = embedding_judge(model, features, targets, s->fit.seed);
    result->seconds = seconds;
}

static void commit(struct output *output, bool written, struct error *error)
{
    if (!written || !output_commit(output, error))
        error_exit(error);
}

static void write_points(const struct graph_embedding *model, const real *features,
                         const struct names *names, const struct common_options *common)
{
    struct error error = {0};
    real *points = embedding_display_points(model, features);
    struct output output;
    if (!output_open(&output, common->output, &error))
        error_exit(&error);
    commit(&output, node_table_write(&output, common->format, names, points, model->space.columns,
                                     &error), &error);
    free(points);
}

static void report_options(const struct settings *s, const char *input, struct report *report)
{
    report_option_text(report, "input", input);
    report_option_text(report, "geometry", s->model.geometry);
    report_option_number(report, "dim", (double)s->model.dimension);
    report_option_text(report, "target", embedding_target_names[s->target.kind]);
    report_option_text(report, "loss", embedding_loss_names[s->fit.loss]);
    report_option_number(report, "batch", (double)s->fit.batch);
    report_option_number(report, "holdout", s->target.holdout);
    report_option_text(report, "features", s->features_path);
    report_option_text(report, "start", start_names[s->start]);
    training_report_options(&s->fit.training, report);
}

static void fit_one(struct settings *s, const struct embedding_targets *targets,
                    const real *features, const struct common_options *common)
{
    struct error error = {0};
    struct report report;
    struct graph_embedding model;
    struct embedding_result result;
    report_begin(&report, common->seed);
    train(s, s->model.geometry, targets, features, &model, &result);
    double largest = embedding_largest_distance(&model, features, &targets->train);
    report_options(s, options_operand(common, 0), &report);
    embedding_report(&result, &model, largest, &report);
    if ((s->model_path &&
         !graph_embedding_save(&model, &targets->graph.names, s->model_path, &error)) ||
        (s->profile_path && !embedding_profile_write(s->profile_path, &model, largest, &error)) ||
        !report_write(&report, common->report, &error))
        error_exit(&error);
    write_points(&model, features, &targets->graph.names, common);
    report_free(&report);
    graph_embedding_free(&model);
}

/* One row for each geometry; with a report, the figures of each under its name. */
static void compare(struct settings *s, const struct embedding_targets *targets,
                    const real *features, const struct common_options *common)
{
    struct error error = {0};
    struct report report;
    struct output output;
    report_begin(&report, common->seed);
    if (!output_open(&output, common->output, &error))
        error_exit(&error);
    char *table;
    size_t table_bytes;
    FILE *memory = memory_stream_open(&table, &table_bytes);
    embedding_table_header(memory);
    for (size_t i = 0; i < s->compared_count && !s->fit.training.interrupted; i++) {
        struct graph_embedding model;
        struct embedding_result result;
        train(s, s->compared[i], targets, features, &model, &result);
        embedding_table_row(memory, s->compared[i], &model, &result);
        embedding_report_geometry(&result, &model, s->compared[i], &report);
        graph_embedding_free(&model);
    }
    memory_stream_close(memory, &table);
    report_options(s, options_operand(common, 0), &report);
    if (!report_write(&report, common->report, &error))
        error_exit(&error);
    commit(&output, output_write(&output, table, table_bytes, &error), &error);
    free(table);
    report_free(&report);
}

/* Writes the points of a model, or places the nodes of --features with its encoder. */
static void apply(const struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct graph_embedding model;
    struct names names, placed = {0};
    real *features = NULL;
    size_t columns = 0;
    if (!graph_embedding_load(&model, &names, s->load_path, &error))
        error_exit(&error);
    if (model.has_encoder != (s->features_path != NULL))
        error_die(EX_USAGE, model.has_encoder ? "%s: the model places nodes by their features; "
                                                "give them with --features"
                                              : "%s: the model has no encoder; --features is of no use",
                  s->load_path);
    if (s->features_path) {
        if (!node_table_read(s->features_path, &placed, &features, &columns, &error))
            error_exit(&error);
        if (columns != model.features)
            error_die(EX_DATAERR, "%s: %zu columns of features; the model expects %zu",
                      s->features_path, columns, model.features);
        model.nodes = placed.count;
    }
    write_points(&model, features, s->features_path ? &placed : &names, common);
    free(features);
    names_free(&placed);
    names_free(&names);
    graph_embedding_free(&model);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {
        .target = {.landmarks = 256},
        .model = {.geometry = "euclidean", .dimension = 2, .hidden = {64, 64}, .hidden_count = 2,
                  .snowflake_layers = 2, .snowflake_width = 8},
        .fit = {.batch = 200000, .restarts = 1, .training = training_defaults(2000, 0.1)},
        .start = START_AUTO,
        .loss = LOSS_AUTO};
    options_parse(&program, argc, argv, &common, &s);
    training_settle(&s.fit.training, &common);
    s.fit.seed = s.target.seed = common.seed;
    if (s.loss == LOSS_AUTO)
        s.loss = s.target.kind == EMBEDDING_TARGET_SHORTEST_PATH ? EMBEDDING_LOSS_RELATIVE
                                                                 : EMBEDDING_LOSS_MSE;
    s.fit.loss = (enum embedding_loss)s.loss;
    s.target.show_progress = !common.quiet;
    if (s.load_path) {
        apply(&s, &common);
        return EX_OK;
    }
    struct error error = {0};
    struct embedding_targets targets;
    real *features = NULL;
    struct report_log log;
    if (!embedding_targets_read(options_operand(&common, 0), &s.target, &targets, &error) ||
        (s.features_path && !node_table_read(s.features_path, &targets.graph.names, &features,
                                             &s.model.features, &error)) ||
        !report_log_open(&log, common.log, &error))
        error_exit(&error);
    s.fit.training.log = &log;
    if (s.compared_count)
        compare(&s, &targets, features, &common);
    else
        fit_one(&s, &targets, features, &common);
    if (!report_log_close(&log, &error))
        error_exit(&error);
    free(features);
    embedding_targets_free(&targets);
    return s.fit.training.interrupted ? EXIT_INTERRUPTED : EX_OK;
}
