/*
 * graph-classify: tells the classes of a graph's nodes from their features, the graph, and the
 * classes of some of them.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/report.h"
#include "dist/ranks.h"
#include "nn/prediction_table.h"
#include "node/node_predict.h"
#include "node/node_run.h"
#include "optim/trained_program.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    struct node_settings node;
    struct trained_program trained;
    const char *load_path, *diagnose_path;
};

enum { KEY_LOAD = 0x2000, KEY_DIAGNOSE };

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "MODEL", 0, "Do not train: predict with this model, on any graph", 4},
    {"diagnose", KEY_DIAGNOSE, "FILE", 0, "Write a table of the Dirichlet energy after every stage "
     "of the network, and of its alphas", 4},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_DIAGNOSE: s->diagnose_path = argument; return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &s->node;
        state->child_inputs[1] = &s->trained;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&node_argp, 0, NULL, 1}, {&trained_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "graph-classify",
    .operands = "[FILE]",
    .summary = "Tell the classes of a graph's nodes from features and from the classes of some of "
               "them, by message passing. Reads an edge list source,target[,weight]; writes a "
               "table node,predicted and a probability for each class."
               "\vBy default --rate, --epochs, --dropout and --weight-decay are what suits the "
               "network; see the manual page.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

static void read_data(const struct settings *s, struct node_data *data)
{
    struct error error = {0};
    if (!node_data_read(data, &s->node.data, s->node.classes.scaling, &error))
        error_exit(&error);
}

/* The stages of a trained network, where they are wanted. */
static void diagnose(const struct settings *s, const struct trained_classifier *trained,
                     const struct node_data *data)
{
    struct error error = {0};
    struct propagation propagation = {0};
    if (!s->diagnose_path)
        return;
    propagation_make(&propagation, &data->graph, node_classifier_norm(&trained->model.options),
                     (real)trained->self_loop);
    struct stage_diagnosis *stages = node_diagnose(&trained->model, data, &propagation,
                                                   (real)trained->self_loop, &error);
    if (!stages || !node_diagnosis_write(s->diagnose_path, stages,
                                         node_classifier_stages(&trained->model), &error))
        error_exit(&error);
    free(stages);
    propagation_free(&propagation);
}

static void write_predictions(const struct trained_classifier *trained,
                              const struct node_data *data, const real *probabilities,
                              const struct common_options *common)
{
    struct error error = {0};
    struct names names = {0};
    real *ordered = NULL;
    if (data->order)
        node_data_in_file_order(data, probabilities, trained->classes.count, &names, &ordered);
    if (!predictions_write(common->output, common->format, "node",
                           ordered ? &names : &data->graph.names, &trained->classes,
                           trained->several, ordered ? ordered : probabilities, &error))
        error_exit(&error);
    names_free(&names);
    free(ordered);
}

static void train(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct node_data data;
    struct node_run run;
    read_data(s, &data);
    node_run_settle(&s->node, &data, common->seed);
    training_settle(&s->node.training, common);
    if (!trained_program_begin(&s->trained, common, &error) ||
        !node_run(&s->node, &data, common->seed, &run, &error))
        error_exit(&error);
    node_run_report(&run, &s->node, &s->trained.report);
    diagnose(s, &run.best, &data);
    if ((s->trained.model_path &&
         !trained_classifier_save(&run.best, s->trained.model_path, &error)) ||
        !report_write(&s->trained.report, common->report, &error))
        error_exit(&error);
    write_predictions(&run.best, &data, run.probabilities, common);
    if (!trained_program_end(&s->trained, &error))
        error_exit(&error);
    node_run_free(&run);
    node_data_free(&data);
}

/* A report on a model's predictions of labelled nodes. */
static void judge(const struct settings *s, const struct node_data *data,
                  const real *probabilities, struct report *report, const char *path)
{
    struct error error = {0};
    report_option_text(report, "load", s->load_path);
    report_option_text(report, "features", s->node.data.features);
    report_option_text(report, "labels", s->node.data.labels);
    report_option_text(report, "split_column", s->node.data.split_column);
    if (s->node.data.labels)
        class_report_judgement(&data->table, probabilities, report);
    if (!report_write(report, path, &error))
        error_exit(&error);
}

/* Predicts with a model. */
static void apply(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct node_data data;
    struct trained_classifier trained;
    struct propagation propagation = {0};
    struct report *report = &s->trained.report;
    report_begin(report, common);
    report_option_text(report, "input", options_operand(common, 0));
    if (!trained_classifier_load(&trained, s->load_path, &error))
        error_exit(&error);
    s->node.data.directed = trained.directed;
    s->node.data.resident = false; /* features are read once */
    if (!node_data_read_for(&data, &s->node.data, trained.scaling, &trained.classes,
                            trained.several, trained.model.options.features, &error))
        error_exit(&error);
    propagation_make(&propagation, &data.graph, node_classifier_norm(&trained.model.options),
                     (real)trained.self_loop);
    real *probabilities =
        node_probabilities(&trained.model, &data, &propagation, trained.several, &error);
    if (!probabilities)
        error_exit(&error);
    diagnose(s, &trained, &data);
    judge(s, &data, probabilities, report, common->report);
    write_predictions(&trained, &data, probabilities, common);
    report_free(report);
    free(probabilities);
    propagation_free(&propagation);
    node_data_free(&data);
    trained_classifier_free(&trained);
}

/* What would be parsed and then not heeded is refused. */
static void check_together(const struct settings *s, const struct common_options *common)
{
    if (!s->node.data.features)
        error_die(EX_USAGE, "no features; expected --features FILE");
    bool trains = s->node.given || s->node.every.given || s->node.training.given ||
                  s->trained.model_path;
    struct error error = {0};
    if (!class_settings_check_load(&s->node.classes, s->load_path, trains,
                                   "--features, --diagnose", common, &error))
        error_exit(&error);
}

static void check_files(const struct settings *s, const struct common_options *common)
{
    const struct file_use files[] = {{"FILE", options_operand(common, 0), false},
                                     {"--features", s->node.data.features, false},
                                     {"--labels", s->node.classes.labels, false},
                                     {"--load", s->load_path, false},
                                     {"--model", s->trained.model_path, true},
                                     {"--diagnose", s->diagnose_path, true}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

/* Of several ranks all read and compute, and the first one writes. */
static void check_ranks(struct settings *s, struct common_options *common)
{
    if (ranks_count() == 1)
        return;
    if (strcmp(s->node.data.edges, "-") == 0)
        error_die(EX_USAGE, "several ranks cannot read standard input; expected FILE");
    if (s->node.model.smpnn.attention)
        error_die(EX_USAGE, "--attention does not go with several ranks");
    if (ranks_rank() == 0)
        return;
    common->output = "/dev/null";
    common->report = common->log = s->trained.model_path = NULL;
    if (s->diagnose_path) /* which is computed together */
        s->diagnose_path = "/dev/null";
    s->node.training.show_progress = false;
    error_quiet(true);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.node = node_settings_default()};
    struct error error = {0};
    s.trained.training = &s.node.training;
    options_parse(&program, argc, argv, &common, &s);
    ranks_start();
    check_together(&s, &common);
    check_files(&s, &common);
    if (!node_settle(&s.node, &common, &error))
        error_exit(&error);
    s.node.data.edges = options_operand(&common, 0);
    check_ranks(&s, &common);
    if (s.load_path)
        apply(&s, &common);
    else
        train(&s, &common);
    ranks_finish();
    return s.load_path ? EX_OK : trained_program_exit_code(&s.trained);
}
