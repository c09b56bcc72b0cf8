/*
 * pathway-plan: what a distributed neural pathway would take, and the commands that train its
 * leaves.
 */
#include "base/memory.h"
#include "base/options.h"
#include "base/output.h"
#include "base/rng.h"
#include "pathway/job_list.h"
#include "pathway/plan.h"
#include "pathway/queue_simulation.h"

#include <math.h>
#include <stdlib.h>

enum {
    KEY_LOAD = 0x2000, KEY_JOBS, KEY_INIT, KEY_CHUNK, KEY_ROWS, KEY_INPUTS, KEY_LEAVES, KEY_ERROR,
    KEY_LIPSCHITZ, KEY_TRADE, KEY_BRANCHING, KEY_PASSES, KEY_MEMORY, KEY_HOSTS,
    KEY_SLOTS, KEY_FLOPS, KEY_DISK, KEY_SIMULATE, KEY_SKEW, KEY_FAILURE, KEY_REPAIR
};

enum { MOST_JOBS = 10000000 };

struct settings {
    struct leaf_options leaf;
    struct plan plan;
    const char *load, *init;
    int jobs;              /* enum job_format, or negative */
    size_t chunk;
    bool simulate;
    double skew, failure, repair; /* failure and repair in hours and minutes */
};

static const struct argp_option options[] = {
    {0, 0, 0, 0, "Jobs of a model:", 1},
    {"load", KEY_LOAD, "DIR", 0, "The folder of a model: plan with its rows and leaves", 1},
    {"jobs", KEY_JOBS, "FORMAT", 0, "Write the commands for the unfinished leaves: lines (for a "
     "shell, parallel, xargs), make, or slurm", 1},
    {"init", KEY_INIT, "MODEL", 0, "The seed that leaves start from (default: the model's)", 1},
    {"chunk", KEY_CHUNK, "N", 0, "Leaves of one task of a Slurm array (default 100)", 1},
    {0, 0, 0, 0, "Arithmetic:", 2},
    {"rows", KEY_ROWS, "N", 0, "Rows (default 1e6)", 2},
    {"inputs", KEY_INPUTS, "N", 0, "Columns to predict from", 2},
    {"leaves", KEY_LEAVES, "L", 0, "Leaves (default: from --error, or 16)", 2},
    {"error", KEY_ERROR, "EPS", 0, "The error that is wanted", 2},
    {"lipschitz", KEY_LIPSCHITZ, "LIP", 0, "How fast the function changes (default 1)", 2},
    {"dim", 'd', "D", 0, "Intrinsic dimension of the rows (default: inputs)", 2},
    {"trade", KEY_TRADE, "R", 0, "Cells have radius (EPS / LIP)^R (default 1 - 2 / D)", 2},
    {"branching", KEY_BRANCHING, "V", 0, "Children of a node (default 16)", 2},
    {"passes", KEY_PASSES, "N", 0, "Passes that refine the tree (default 1)", 2},
    {"memory", KEY_MEMORY, "BYTES", 0, "Memory for prediction, with K, M or G (default 64M)", 2},
    {"hosts", KEY_HOSTS, "N", 0, "Machines (default 1)", 2},
    {"slots", KEY_SLOTS, "N", 0, "Jobs at a time on each machine (default 1)", 2},
    {"flops", KEY_FLOPS, "F", 0, "Operations a second of a slot (default 1e10)", 2},
    {"disk", KEY_DISK, "B", 0, "Bytes a second of all disks together (default 2e8)", 2},
    {0, 0, 0, 0, "Simulation:", 3},
    {"simulate", KEY_SIMULATE, 0, 0, "Also run the queue of jobs on hosts that fail, on paper", 3},
    {"skew", KEY_SKEW, "S", 0, "Spread of the logarithm of cell sizes (default 0.5)", 3},
    {"failure", KEY_FAILURE, "HOURS", 0, "Time between failures of a host, on average (default 24; "
     "0: none)", 3},
    {"repair", KEY_REPAIR, "MINUTES", 0, "Time until a host that failed is back (default 10)", 3},
    {0}};

static int parse_plan(int key, char *argument, struct argp_state *state, struct settings *s)
{
    struct plan *p = &s->plan;
    switch (key) {
    case KEY_ROWS: p->rows = options_real(state, "rows", argument, 1, 1e18); return 0;
    case KEY_INPUTS: p->inputs = options_integer(state, "inputs", argument, 1, 1 << 20); return 0;
    case KEY_LEAVES: p->leaves = options_real(state, "leaves", argument, 1, 1e9); return 0;
    case KEY_ERROR: p->eps = options_real(state, "error", argument, 1e-9, 1e9); return 0;
    case KEY_LIPSCHITZ:
        p->lipschitz = options_real(state, "lipschitz", argument, 1e-9, 1e9);
        return 0;
    case 'd':
        p->dimension = options_real(state, "dim", argument, 0.1, 1 << 20);
        return 0;
    case KEY_TRADE: p->trade = options_real(state, "trade", argument, 0, 1); return 0;
    case KEY_BRANCHING:
        p->branching = options_integer(state, "branching", argument, 2, 1 << 16);
        return 0;
    case KEY_PASSES: p->passes = options_real(state, "passes", argument, 0, 1000); return 0;
    case KEY_MEMORY: p->memory = (double)options_bytes(state, "memory", argument); return 0;
    case KEY_HOSTS: p->hosts = options_real(state, "hosts", argument, 1, 1e5); return 0;
    case KEY_SLOTS: p->slots = options_real(state, "slots", argument, 1, 4096); return 0;
    case KEY_FLOPS: p->flops = options_real(state, "flops", argument, 1, 1e18); return 0;
    case KEY_DISK: p->disk = options_real(state, "disk", argument, 1, 1e15); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct settings *s = state->input;
    switch (key) {
    case KEY_LOAD: s->load = argument; return 0;
    case KEY_JOBS: s->jobs = options_choice(state, "jobs", argument, job_format_names); return 0;
    case KEY_INIT: s->init = argument; return 0;
    case KEY_CHUNK: s->chunk = options_integer(state, "chunk", argument, 1, 1 << 24); return 0;
    case KEY_SIMULATE: s->simulate = true; return 0;
    case KEY_SKEW: s->skew = options_real(state, "skew", argument, 0, 5); return 0;
    case KEY_FAILURE: s->failure = options_real(state, "failure", argument, 0, 1e9); return 0;
    case KEY_REPAIR: s->repair = options_real(state, "repair", argument, 0, 1e9); return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = &s->leaf; return 0;
    case ARGP_KEY_END:
        if (s->jobs >= 0 && !s->load)
            argp_error(state, "--jobs needs --load DIR");
        if (s->simulate && s->jobs >= 0)
            argp_error(state, "--jobs writes commands; --simulate does not go with it");
        if (!s->load && s->plan.inputs == 0)
            argp_error(state, "expected --inputs, or --load");
        return 0;
    default: return parse_plan(key, argument, state, s);
    }
}

static const struct argp_child groups[] = {{&leaf_argp, 0, "Training:", 4}, {0}};

static const struct program program = {
    .name = "pathway-plan",
    .operands = "",
    .summary = "Tell what a distributed neural pathway would take: leaves, parameters loaded and "
               "stored, work and time, by arithmetic, as CSV. Or (--jobs) write the commands that "
               "train the unfinished leaves of a model, for engines that run them.",
    .options = options,
    .parse = parse,
    .groups = groups,
    .common = OPTION_OUTPUT | OPTION_SEED};

static void warn_of_few_rows(const struct plan *p)
{
    if (p->rows_per_leaf < p->rows_wanted)
        error_warn("%.0f rows a leaf are few for %.0f parameters; expected %.0f or more: fewer "
                   "leaves, smaller ones, or more rows",
                   p->rows_per_leaf, p->leaf_size, p->rows_wanted);
}

/* How long each leaf takes: of a model's cells, or drawn from a log-normal. */
static double *job_seconds(const struct settings *s, const struct leaf_jobs *jobs, uint64_t seed,
                           size_t count)
{
    const struct plan *p = &s->plan;
    double *seconds = memory_alloc(count, sizeof *seconds), sum = 0;
    struct rng rng = rng_make(seed, RNG_SAMPLE, 0);
    for (size_t i = 0; i < count; i++) {
        seconds[i] = jobs ? (double)jobs->cells.list[i].rows : exp(s->skew * rng_normal(&rng));
        sum += seconds[i];
    }
    for (size_t i = 0; i < count; i++)
        seconds[i] *= p->leaf_seconds * (double)count / sum;
    return seconds;
}

static void simulate(const struct settings *s, const struct leaf_jobs *jobs, uint64_t seed,
                     FILE *file)
{
    const struct plan *p = &s->plan;
    size_t count = (size_t)p->leaves;
    if (p->leaves > MOST_JOBS)
        error_die(EX_USAGE, "--simulate: %g leaves are too many; expected at most %d", p->leaves,
                  MOST_JOBS);
    double *seconds = job_seconds(s, jobs, seed, count);
    struct queue_simulation q = {.seconds = seconds, .jobs = count, .hosts = (size_t)p->hosts,
                                 .slots = (size_t)p->slots, .mean_failure = s->failure * 3600,
                                 .repair = s->repair * 60, .seed = seed};
    queue_simulate(&q);
    double capacity = q.wall * p->hosts * p->slots;
    fprintf(file, "simulated_hours,%.6g,until the last leaf is done\n", q.wall / 3600);
    fprintf(file, "simulated_use,%.6g,share of the slots' time that counted\n", q.busy / capacity);
    fprintf(file, "simulated_lost,%.6g,share of the work that was lost\n", q.lost / q.busy);
    fprintf(file, "simulated_failures,%llu,of hosts\n", (unsigned long long)q.failures);
    fprintf(file, "simulated_repeated,%llu,jobs that were run again\n",
            (unsigned long long)q.repeated);
    free(seconds);
}

/* Arithmetic, of a model where one is loaded. */
static void plan(struct settings *s, const struct leaf_jobs *jobs, uint64_t seed, FILE *file)
{
    struct plan *p = &s->plan;
    p->epochs = (double)s->leaf.epochs;
    p->shape = leaf_options_shape(&s->leaf, p->inputs, 0);
    p->shape_given = s->leaf.shape_given;
    if (jobs) {
        p->inputs = jobs->router.inputs;
        p->leaves = (double)jobs->router.leaves;
        p->shape = jobs->has_start ? jobs->start.shape
                                   : leaf_options_shape(&s->leaf, p->inputs,
                                                        jobs->router.classes.count);
        p->shape_given = true;
        p->rows = 0;
        for (size_t leaf = 0; leaf < jobs->cells.count; leaf++)
            p->rows += (double)jobs->cells.list[leaf].rows;
    }
    plan_make(p);
    warn_of_few_rows(p);
    plan_write(p, file);
    if (s->simulate)
        simulate(s, jobs, seed, file);
}

int main(int argc, char **argv)
{
    struct common_options common;
    struct settings s = {.leaf = leaf_options_defaults(), .plan = plan_defaults(), .jobs = -1,
                         .chunk = 100, .skew = 0.5, .failure = 24, .repair = 10};
    struct error error = {0};
    struct leaf_jobs jobs;
    struct output output;
    options_parse(&program, argc, argv, &common, &s);
    options_check_files(&common, NULL, 0);
    if (s.load && !leaf_jobs_open(&jobs, s.load, s.init, &s.leaf, common.seed, &error))
        error_exit(&error);
    jobs.any_options = !s.leaf.given && !s.leaf.shape_given && !common.seed_given;
    if (s.jobs >= 0 && !jobs.has_start && !s.leaf.cold)
        error_die(EX_NOINPUT, "%s has no seed.safetensors; expected one (pathway-seed makes it), "
                  "--init or --cold", s.load);
    if (!output_open(&output, common.output, &error))
        error_exit(&error);
    bool good = true;
    if (s.jobs >= 0) {
        char *command = leaf_options_command(&s.leaf);
        struct job_list list = {.jobs = &jobs, .options = command, .init = s.init,
                                .format = (enum job_format)s.jobs, .chunk = s.chunk};
        good = job_list_write(&list, output.file, &error);
        free(command);
    } else {
        plan(&s, s.load ? &jobs : NULL, common.seed, output.file);
    }
    if (!output_finish(&output, good, &error))
        error_exit(&error);
    if (s.load)
        leaf_jobs_close(&jobs);
    return EX_OK;
}
