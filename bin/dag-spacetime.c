/*
 * dag-spacetime: places the nodes of a directed acyclic graph in space and time, so that distances
 * in space are those of its edges and the order in time is reachability.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "optim/trained_program.h"
#include "spacetime/spacetime_run.h"

#include <stdlib.h>

struct settings {
    struct spacetime_settings spacetime;
    struct trained_program trained;
};

enum { KEY_COMPARE = 0x2000 };

static const struct argp_option option_table[] = {
    {"compare", KEY_COMPARE, 0, 0, "Train the neural spacetime, Minkowski and de Sitter space, and "
     "write a table of figures instead of events", 1},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    (void)argument;
    switch (key) {
    case KEY_COMPARE: s->spacetime.compare = true; return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &s->spacetime;
        state->child_inputs[1] = &s->trained;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&spacetime_argp, 0, NULL, 2}, {&trained_argp, 0, "Training:", 6}, {0}};

static const struct program program = {
    .name = "dag-spacetime",
    .operands = "[FILE]",
    .summary = "Place the nodes of a directed acyclic graph in space and time, so that distances "
               "in space are the weights of its edges, and one node comes before another in every "
               "time when a path leads there. Reads an edge list source,target[,weight]; writes a "
               "table node,x0,x1,...,t0,t1,..."
               "\vBy default --steps is 3000 and --rate 0.03 (0.01 with --features); 5000 and "
               "0.0001 with --recipe published.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

static void name_members(const struct dag *dag, struct placed_spacetime *placed)
{
    placed->names = names_copy(dag_names(dag));
    placed->member_nodes = memory_alloc(placed->names.count, sizeof *placed->member_nodes);
    for (size_t m = 0; m < placed->names.count; m++)
        placed->member_nodes[m] = dag_node_of(dag, m);
}

static void write_events(const struct placed_spacetime *placed,
                         const struct common_options *common)
{
    struct error error = {0};
    struct output output;
    if (!output_open(&output, common->output, &error) ||
        !output_finish(&output, placed_spacetime_write_events(placed, &output, common->format,
                                                              &error), &error))
        error_exit(&error);
}

static void fit_one(struct settings *s, const struct spacetime_input *input,
                    const struct common_options *common)
{
    struct error error = {0};
    struct report *report = &s->trained.report;
    struct placed_spacetime placed;
    struct spacetime_result result;
    if (!spacetime_run(&s->spacetime, SPACETIME_NEURAL, input, &placed, &result, &error))
        error_exit(&error);
    name_members(&input->dag, &placed);
    spacetime_report(&result, &placed.model, &placed.order, &input->dag.changes, report);
    training_report_results(s->trained.training, report);
    if ((s->trained.model_path &&
         !placed_spacetime_save(&placed, s->trained.model_path, &error)) ||
        !report_write(report, common->report, &error))
        error_exit(&error);
    write_events(&placed, common);
    placed_spacetime_free(&placed);
}

/* One row for each geometry; with a report, the figures of each under its name. */
static void compare(struct settings *s, const struct spacetime_input *input,
                    const struct common_options *common)
{
    struct error error = {0};
    struct report *report = &s->trained.report;
    char *table;
    size_t table_bytes;
    FILE *memory = memory_stream_open(&table, &table_bytes);
    spacetime_table_header(memory);
    for (int g = 0; spacetime_geometry_names[g] && !s->spacetime.fit.training.interrupted; g++) {
        struct placed_spacetime placed;
        struct spacetime_result result;
        if (!spacetime_run(&s->spacetime, (enum spacetime_geometry)g, input, &placed, &result,
                           &error))
            error_exit(&error);
        spacetime_table_row(memory, &placed.model, &result);
        spacetime_report_geometry(&result, &placed.model, &placed.order, &input->dag.changes,
                                  report);
        placed_spacetime_free(&placed);
    }
    memory_stream_close(memory, &table);
    if (!report_write(report, common->report, &error) ||
        !output_write_file(common->output, table, table_bytes, &error))
        error_exit(&error);
    free(table);
}

static void check_files(const struct settings *s, const struct common_options *common)
{
    const struct file_use files[] = {{"FILE", options_operand(common, 0), false},
                                     {"--features", s->spacetime.features_path, false},
                                     {"--model", s->trained.model_path, true}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.spacetime = spacetime_settings_default()};
    struct error error = {0};
    struct spacetime_input input;
    s.trained.training = &s.spacetime.fit.training;
    options_parse(&program, argc, argv, &common, &s);
    if (s.spacetime.compare && (s.trained.model_path || common.checkpoint ||
                                common.format != FORMAT_DEFAULT))
        error_die(EX_USAGE, "--compare writes a CSV table; it does not go with --model, "
                            "--checkpoint or --format");
    if (!spacetime_settle(&s.spacetime, &common, &error))
        error_exit(&error);
    check_files(&s, &common);
    if (!spacetime_input_read(&input, options_operand(&common, 0), &s.spacetime, &error) ||
        !trained_program_begin(&s.trained, &common, &error))
        error_exit(&error);
    spacetime_report_options(&s.spacetime, &s.trained.report);
    if (s.spacetime.compare)
        compare(&s, &input, &common);
    else
        fit_one(&s, &input, &common);
    if (!trained_program_end(&s.trained, &error))
        error_exit(&error);
    spacetime_input_free(&input);
    return trained_program_exit_code(&s.trained);
}
