/* pathway-status: which leaves of a model are done, missing, stale or damaged. */
#include "base/options.h"
#include "base/output.h"
#include "base/report.h"
#include "io/csv.h"
#include "pathway/leaf_job.h"

#include <inttypes.h>
#include <stdlib.h>

enum { KEY_LOAD = 0x2000, KEY_INIT, KEY_UNFINISHED };
enum { INCOMPLETE = 1, STATES = LEAF_DAMAGED + 1 };

struct settings {
    struct leaf_options leaf;
    const char *load, *init;
    bool unfinished;
};

static const struct argp_option options[] = {
    {"load", KEY_LOAD, "DIR", 0, "The folder of the model (required)", 1},
    {"unfinished", KEY_UNFINISHED, 0, 0, "Only leaves that are not done", 1},
    {"init", KEY_INIT, "MODEL", 0, "The seed that leaves should come from (default: the "
     "model's)", 1},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load = argument; return 0;
    case KEY_INIT: s->init = argument; return 0;
    case KEY_UNFINISHED: s->unfinished = true; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->leaf; return 0;
    case ARGP_KEY_END:
        if (!s->load)
            argp_error(state, "no model is given; expected --load DIR");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child groups[] = {
    {&leaf_argp, 0, "Training that leaves should have had; when any of these or --seed is given, "
     "leaves of others are stale:", 3}, {0}};

static const struct program program = {
    .name = "pathway-status",
    .operands = "",
    .summary =
        "Tell which leaves of a distributed neural pathway are done, missing, stale (made "
        "from another tree, cell or seed) or damaged, as CSV. Ends with 0 when all are done, and "
        "with 1 otherwise.",
    .options = options,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED | OPTION_REPORT};

static void write_leaf(const struct leaf_jobs *jobs, size_t leaf, enum leaf_state state,
                       const char *why, FILE *file)
{
    uint64_t rows = jobs->cells.list[leaf].rows;
    fprintf(file, "%zu,%s,%" PRIu64 ",", leaf, leaf_state_names[state], rows);
    if (why)
        csv_write_field(file, why);
    fputc('\n', file);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.leaf = leaf_options_defaults()};
    struct error error = {0};
    struct report report;
    struct leaf_jobs jobs;
    struct output output;
    size_t counts[STATES] = {0};
    options_parse(&program, argc, argv, &common, &s);
    options_check_files(&common, NULL, 0);
    report_begin(&report, &common);
    if (!leaf_jobs_open(&jobs, s.load, s.init, &s.leaf, common.seed, &error) ||
        !output_open(&output, common.output, &error))
        error_exit(&error);
    jobs.any_options = !s.leaf.given && !s.leaf.shape_given && !common.seed_given;
    fputs("leaf,state,rows,why\n", output.file);
    for (size_t leaf = 0; leaf < jobs.cells.count; leaf++) {
        char *why;
        enum leaf_state state = leaf_job_state(&jobs, leaf, NULL, &why);
        counts[state]++;
        if (state != LEAF_DONE || !s.unfinished)
            write_leaf(&jobs, leaf, state, why, output.file);
        free(why);
    }
    report_option_text(&report, "load", s.load);
    for (int state = 0; state < STATES; state++)
        report_metric(&report, leaf_state_names[state], (double)counts[state]);
    bool good = report_write(&report, common.report, &error);
    if (!output_finish(&output, good, &error))
        error_exit(&error);
    int result = counts[LEAF_DONE] == jobs.cells.count ? EX_OK : INCOMPLETE;
    report_free(&report);
    leaf_jobs_close(&jobs);
    return result;
}
