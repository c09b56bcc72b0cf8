/*
 * graph-infer: tells the classes of items from their features, by message passing over graphs that
 * are inferred, in spaces that it chooses among.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/report.h"
#include "latent/latent_edges.h"
#include "latent/latent_run.h"
#include "nn/prediction_table.h"
#include "optim/trained_program.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    struct latent_settings latent;
    struct trained_program trained;
    const char *load_path, *edges_out, *history;
};

enum { KEY_LOAD = 0x2000, KEY_EDGES_OUT, KEY_HISTORY };

static const struct argp_option option_table[] = {
    {"load", KEY_LOAD, "MODEL", 0, "Do not train: predict new items with this model, each by those "
     "near to it that the model remembers; with --labels, judge them in the --report", 4},
    {"edges-out", KEY_EDGES_OUT, "FILE", 0, "Write the inferred graphs, "
     "source,target,probability,layer,space", 4},
    {"history", KEY_HISTORY, "FILE", 0, "Write a table of attention and gradient shares over the "
     "steps", 4},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_EDGES_OUT: s->edges_out = argument; return 0;
    case KEY_HISTORY: s->history = argument; return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &s->latent;
        state->child_inputs[1] = &s->trained;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&latent_argp, 0, NULL, 1}, {&trained_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "graph-infer",
    .operands = "[FILE]",
    .summary = "Tell the classes of items from their features and from the classes of some of "
               "them, by message passing over graphs that are inferred with the network. Reads "
               "features (NPY: row i is item i; or CSV with a column node); writes a table "
               "node,predicted and a probability for each class.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

static void write_predictions(const struct node_data *data, const struct trained_latent *trained,
                              const real *probabilities, const struct common_options *common)
{
    struct error error = {0};
    if (!predictions_write(common->output, common->format, "node", &data->graph.names,
                           &trained->classes, trained->several, probabilities, &error))
        error_exit(&error);
}

/* The model, the graphs and the history, where they are wanted. */
static void write_products(const struct settings *s, struct latent_run *run,
                           const struct node_data *data)
{
    struct error error = {0};
    if (s->trained.model_path) {
        latent_run_remember(run);
        if (!trained_latent_save(&run->best, s->trained.model_path, &error))
            error_exit(&error);
    }
    if ((s->edges_out && !latent_edges_write(s->edges_out, &run->best.network, &run->rows.inputs,
                                             &data->graph.names, &error)) ||
        (s->history && !latent_history_write(&run->history, s->history, &error)))
        error_exit(&error);
}

static void train(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct node_data data;
    struct latent_run run;
    if (!node_data_read(&data, &s->latent.data, s->latent.classes.scaling, &error) ||
        !latent_run_settle(&s->latent, &data, &error))
        error_exit(&error);
    training_settle(&s->latent.training, common);
    if (!trained_program_begin(&s->trained, common, &error) ||
        !latent_run(&s->latent, &data, common->seed, &run, &error))
        error_exit(&error);
    latent_run_report(&run, &s->latent, &s->trained.report);
    write_products(s, &run, &data);
    if (!report_write(&s->trained.report, common->report, &error))
        error_exit(&error);
    write_predictions(&data, &run.best, run.probabilities, common);
    if (!trained_program_end(&s->trained, &error))
        error_exit(&error);
    latent_run_free(&run);
    node_data_free(&data);
}

/* Predicts with a model. */
static void apply(struct settings *s, const struct common_options *common)
{
    struct error error = {0};
    struct node_data data;
    struct trained_latent trained;
    struct report *report = &s->trained.report;
    report_begin(report, common);
    report_option_text(report, "input", options_operand(common, 0));
    report_option_text(report, "load", s->load_path);
    if (!trained_latent_load(&trained, s->load_path, &error))
        error_exit(&error);
    if (trained.network.options.space_count == 0)
        error_die(EX_USAGE, "%s: infers no graph that new items could join; expected a model of "
                            "--spaces other than none", s->load_path);
    if (!node_data_read_for(&data, &s->latent.data, trained.scaling, &trained.classes,
                            trained.several, trained.network.options.features, &error))
        error_exit(&error);
    real *probabilities = trained_latent_apply(&trained, &data.matrix);
    if (s->latent.classes.labels)
        class_report_judgement(&data.table, probabilities, report);
    if (!report_write(report, common->report, &error))
        error_exit(&error);
    write_predictions(&data, &trained, probabilities, common);
    report_free(report);
    free(probabilities);
    node_data_free(&data);
    trained_latent_free(&trained);
}

/* What would be parsed and then not heeded is refused. */
static void check_together(const struct settings *s, const struct common_options *common)
{
    const struct latent_settings *l = &s->latent;
    bool trains = l->given || l->every.given || l->training.given || s->trained.model_path ||
                  s->edges_out || s->history;
    struct error error = {0};
    if (!class_settings_check_load(&l->classes, s->load_path, trains, "FILE", common, &error))
        error_exit(&error);
    if (s->edges_out && l->only_given)
        error_die(EX_USAGE, "--edges-out writes inferred graphs; expected --spaces other than "
                            "none");
}

static void check_files(const struct settings *s, const struct common_options *common)
{
    const struct file_use files[] = {{"FILE", options_operand(common, 0), false},
                                     {"--labels", s->latent.classes.labels, false},
                                     {"--edges", s->latent.data.edges, false},
                                     {"--load", s->load_path, false},
                                     {"--model", s->trained.model_path, true},
                                     {"--edges-out", s->edges_out, true},
                                     {"--history", s->history, true}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.latent = latent_settings_default()};
    struct error error = {0};
    s.trained.training = &s.latent.training;
    options_parse(&program, argc, argv, &common, &s);
    if (!latent_settle(&s.latent, &common, &error))
        error_exit(&error);
    check_together(&s, &common);
    check_files(&s, &common);
    s.latent.data.features = options_operand(&common, 0) ? options_operand(&common, 0) : "-";
    if (s.load_path)
        apply(&s, &common);
    else
        train(&s, &common);
    latent_settings_free(&s.latent);
    return s.load_path ? EX_OK : trained_program_exit_code(&s.trained);
}
