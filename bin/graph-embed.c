/*
 * graph-embed: places the nodes of a graph in a space so that distances there are those of the
 * graph.
 */
#include "base/error.h"
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "embedding/embedding_run.h"
#include "graph/node_table.h"
#include "optim/trained_program.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_COMPARED = 16 };

struct settings {
    struct embedding_settings embedding;
    struct trained_program trained;
    const char *compared[MOST_COMPARED];
    size_t compared_count;
    const char *load_path, *profile_path;
};

enum { KEY_COMPARE = 0x2000, KEY_LOAD, KEY_PROFILE };

static const struct argp_option option_table[] = {
    {"compare", KEY_COMPARE, "LIST", 0, "Train each of these geometries, separated by commas, and "
     "write a table of figures instead of points", 1},
    {"load", KEY_LOAD, "MODEL", 0, "Do not train: write the points of this model, or place the "
     "nodes of --features with its encoder", 1},
    {"profile", KEY_PROFILE, "FILE", 0, "Write the learned f as a table distance,value", 1},
    {0}};

static void parse_compared(struct argp_state *state, char *argument, struct settings *s)
{
    for (char *word = strtok(argument, ","); word; word = strtok(NULL, ",")) {
        if (s->compared_count == MOST_COMPARED)
            argp_error(state, "--compare: more than %d geometries", MOST_COMPARED);
        s->compared[s->compared_count++] = word;
    }
    if (s->compared_count == 0)
        argp_error(state, "--compare: no geometry is named");
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_COMPARE: parse_compared(state, argument, s); return 0;
    case KEY_LOAD: s->load_path = argument; return 0;
    case KEY_PROFILE: s->profile_path = argument; return 0;
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &s->embedding;
        state->child_inputs[1] = &s->trained;
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&embedding_argp, 0, NULL, 2}, {&trained_argp, 0, "Training:", 6}, {0}};
static const struct program program = {
    .name = "graph-embed",
    .operands = "[FILE]",
    .summary = "Place the nodes of a graph in a space so that distances there are those of the "
               "graph. Reads an edge list source,target[,weight]; writes a table node,x0,x1,..."
               "\vBy default --steps is 2000 and --rate 0.1.",
    .options = option_table,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_FORMAT | OPTION_SEED | OPTION_THREADS | OPTION_REPORT |
              OPTION_LOG | OPTION_CHECKPOINT,
    .most_operands = 1};

static void write_points(const struct graph_embedding *model, const real *features,
                         const struct names *names, const struct common_options *common)
{
    struct error error = {0};
    real *points = embedding_display_points(model, features);
    struct output output;
    if (!output_open(&output, common->output, &error) ||
        !output_finish(&output, node_table_write(&output, common->format, names, points,
                                                 model->space.columns, &error), &error))
        error_exit(&error);
    free(points);
}

static void fit_one(struct settings *s, const struct embedding_targets *targets,
                    const real *features, const struct common_options *common)
{
    struct error error = {0};
    struct graph_embedding model;
    struct embedding_result result;
    if (!embedding_run(&s->embedding, s->embedding.model.geometry, targets, features, &model,
                       &result, &error))
        error_exit(&error);
    double largest = embedding_largest_distance(&model, features, &targets->train);
    embedding_report(&result, &model, largest, &s->trained.report);
    training_report_results(s->trained.training, &s->trained.report);
    if ((s->trained.model_path &&
         !graph_embedding_save(&model, &targets->graph.names, s->trained.model_path, &error)) ||
        (s->profile_path && !embedding_profile_write(s->profile_path, &model, largest, &error)) ||
        !report_write(&s->trained.report, common->report, &error))
        error_exit(&error);
    write_points(&model, features, &targets->graph.names, common);
    graph_embedding_free(&model);
}

/* One row for each geometry; with a report, the figures of each under its name. */
static void compare(struct settings *s, const struct embedding_targets *targets,
                    const real *features, const struct common_options *common)
{
    struct error error = {0};
    struct report *report = &s->trained.report;
    char *table;
    size_t table_bytes;
    FILE *memory = memory_stream_open(&table, &table_bytes);
    embedding_table_header(memory);
    for (size_t i = 0; i < s->compared_count && !s->embedding.fit.training.interrupted; i++) {
        struct graph_embedding model;
        struct embedding_result result;
        if (!embedding_run(&s->embedding, s->compared[i], targets, features, &model, &result,
                           &error))
            error_exit(&error);
        embedding_table_row(memory, s->compared[i], &model, &result);
        embedding_report_geometry(&result, &model, s->compared[i], report);
        graph_embedding_free(&model);
    }
    memory_stream_close(memory, &table);
    if (!report_write(report, common->report, &error) ||
        !output_write_file(common->output, table, table_bytes, &error))
        error_exit(&error);
    free(table);
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
    if (model.has_encoder != (s->embedding.features_path != NULL))
        error_die(EX_USAGE,
                  model.has_encoder ? "%s: the model places nodes by their features; "
                                      "give them with --features"
                                    : "%s: the model has no encoder; --features is of no use",
                  s->load_path);
    if (s->embedding.features_path) {
        if (!node_table_read(s->embedding.features_path, &placed, &features, &columns, &error))
            error_exit(&error);
        if (columns != model.features)
            error_die(EX_DATAERR, "%s: %zu columns of features; the model expects %zu",
                      s->embedding.features_path, columns, model.features);
        model.nodes = placed.count;
    }
    write_points(&model, features, s->embedding.features_path ? &placed : &names, common);
    free(features);
    names_free(&placed);
    names_free(&names);
    graph_embedding_free(&model);
}

static bool wants_snowflake(const struct settings *s)
{
    bool wanted = false;
    for (size_t i = 0; i < s->compared_count; i++)
        wanted |= strncmp(s->compared[i], "snowflake", 9) == 0;
    return wanted || strncmp(s->embedding.model.geometry, "snowflake", 9) == 0;
}

/* What would be parsed and then not heeded is refused. */
static void check_together(const struct settings *s, const struct common_options *common)
{
    if (s->compared_count && s->embedding.given & EMBEDDING_GAVE_GEOMETRY)
        error_die(EX_USAGE, "--compare names the geometries; it does not go with --geometry");
    if (s->compared_count && (s->trained.model_path || s->profile_path || common->checkpoint ||
                              common->format != FORMAT_DEFAULT))
        error_die(EX_USAGE, "--compare writes a CSV table; it does not go with --model, --profile, "
                            "--checkpoint or --format");
    if (s->load_path &&
        (s->compared_count || s->trained.model_path || s->profile_path || common->report ||
         common->log || common->checkpoint || common->operand_count || s->embedding.given ||
         s->embedding.fit.training.given))
        error_die(EX_USAGE, "--load does not train; it goes only with --features, --output and "
                            "--format");
    if (s->embedding.given & EMBEDDING_GAVE_SNOWFLAKE && !wants_snowflake(s))
        error_die(EX_USAGE, "--layers, --width and --metric are of the snowflake; expected it as "
                            "--geometry");
}

static void check_files(const struct settings *s, const struct common_options *common)
{
    const struct file_use files[] = {
        {"FILE", s->load_path ? NULL : options_operand(common, 0), false},
        {"--load", s->load_path, false},
        {"--features", s->embedding.features_path, false},
        {"--model", s->trained.model_path, true},
        {"--profile", s->profile_path, true}};
    options_check_files(common, files, sizeof files / sizeof *files);
}

static void read_input(struct settings *s, const struct common_options *common,
                       struct embedding_targets *targets, real **features)
{
    struct error error = {0};
    struct embedding_settings *embedding = &s->embedding;
    if (!embedding_targets_read(options_operand(common, 0), &embedding->target, targets, &error) ||
        (embedding->features_path &&
         !node_table_read(embedding->features_path, &targets->graph.names, features,
                          &embedding->model.features, &error)))
        error_exit(&error);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.embedding = embedding_settings_default()};
    struct training *training = s.trained.training = &s.embedding.fit.training;
    *training = training_defaults(2000, 0.1);
    options_parse(&program, argc, argv, &common, &s);
    check_together(&s, &common);
    check_files(&s, &common);
    training_settle(training, &common);
    embedding_settle(&s.embedding, common.seed, !common.quiet);
    if (s.load_path) {
        apply(&s, &common);
        return EX_OK;
    }
    struct error error = {0};
    struct embedding_targets targets;
    real *features = NULL;
    read_input(&s, &common, &targets, &features);
    if (!trained_program_begin(&s.trained, &common, &error))
        error_exit(&error);
    embedding_report_options(&s.embedding, &s.trained.report);
    if (s.compared_count)
        compare(&s, &targets, features, &common);
    else
        fit_one(&s, &targets, features, &common);
    if (!trained_program_end(&s.trained, &error))
        error_exit(&error);
    free(features);
    embedding_targets_free(&targets);
    return trained_program_exit_code(&s.trained);
}
