/*
 * graph-infer: tells the classes of items from their features, by message passing over graphs that are
 * inferred, in spaces that it chooses among.
 */
#include "base/error.h"
#include "base/options.h"
#include "base/report.h"
#include "latent/latent_run.h"
#include "nn/prediction_table.h"
#include "optim/trained_program.h"

#include <stdlib.h>
#include <string.h>

struct settings {
    struct latent_settings latent;
    struct trained_program trained;
    const char *load_path, *edges_out;
};

enum { KEY_LOAD = 0x2000, KEY_EDGES_OUT };

static const struct argp_option option_table[] = {
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_EDGES_OUT: s->edges_out = argument; return 0;
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
    .summary = "Tell the classes of items from their features and from the classes of some of them, "
               "by message passing over graphs that are inferred with the network. Reads features "
               "(NPY: row i is item i; or CSV with a column node); writes a table node,predicted "
               "and a probability for each class.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

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
    if (!report_write(&s->trained.report, common->report, &error) ||
        !predictions_write(common->output, common->format, "node", &data.graph.names,
                           &data.table.classes, data.table.marks != NULL, run.probabilities,
                           &error) ||
        !trained_program_end(&s->trained, &error))
        error_exit(&error);
    latent_run_free(&run);
    node_data_free(&data);
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
    s.latent.data.features = options_operand(&common, 0) ? options_operand(&common, 0) : "-";
    train(&s, &common);
    latent_settings_free(&s.latent);
    return trained_program_exit_code(&s.trained);
}
