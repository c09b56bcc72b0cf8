#include "spacetime/spacetime_options.h"

#include "base/memory.h"
#include "graph/node_table.h"
#include "optim/training_options.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { UNCHOSEN = -1, USUAL_REFINING_STEPS = 1500, USUAL_UNRELATED = 12000,
       SPACING_STEPS = 500 };

static const char *const times_words[] = {"ranks", "paths", NULL};
static const char *const recipe_words[] = {"free", "published", NULL};

enum {
    KEY_SPACE = 0x5000, KEY_TIME, KEY_CAUSALITY, KEY_RECIPE, KEY_FEATURES, KEY_CONDENSE, KEY_BREAK,
    KEY_LOSS, KEY_BATCH, KEY_LAYERS, KEY_WIDTH, KEY_REFINE,
    KEY_UNRELATED, KEY_TIMES
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Spacetime:", 1},
    {"space-dim", KEY_SPACE, "D", 0, "Dimensions of space (default 4)", 0},
    {"time-dim", KEY_TIME, "T", 0, "Dimensions of time, or auto: the least that is found to serve "
     "(default auto)", 0},
    {"causality", KEY_CAUSALITY, "NAME", 0, "edges: every edge is trained to point forward in "
     "time; labels: no path is missed, some pairs are related in error; exact: never wrong "
     "(default exact; edges with --compare or --recipe published)", 0},
    {"refine", KEY_REFINE, "STEPS", 0, "With labels: steps of training that parts pairs related in "
     "error; still no path is missed; 0: none (default 1500)", 0},
    {"times", KEY_TIMES, "NAME", 0, "With labels or exact: paths, spaced so that the least "
     "difference of two nodes' times is the length of the longest path between them; or ranks "
     "(default paths)", 0},
    {"recipe", KEY_RECIPE, "NAME", 0, "free: exponents of any size, a good start; published: as in "
     "the paper's experiments (default free)", 0},
    {"layers", KEY_LAYERS, "L", 0, "Layers of the quasi-metric and of the order (default 4)", 0},
    {"width", KEY_WIDTH, "N", 0, "Width of the quasi-metric's and the order's layers (default "
     "10)", 0},
    {0, 0, 0, 0, "Input:", 2},
    {"condense", KEY_CONDENSE, 0, 0, "Join the nodes of every strong component into one", 0},
    {"break-cycles", KEY_BREAK, 0, 0, "Drop a few edges until there are no cycles", 0},
    {"features", KEY_FEATURES, "FILE", 0, "Place nodes by an encoder of their features (NPY: row i "
     "is node i; or CSV with a column node)", 0},
    {0, 0, 0, 0, "Loss:", 3},
    {"unrelated", KEY_UNRELATED, "N", 0, "With edges: pairs that no path joins, of each step, to "
     "be parted in time; 0: none (default 12000; 0 with --recipe published)", 0},
    {"loss", KEY_LOSS, "NAME", 0, "mse, relative (squared relative error) or distortion (absolute "
     "relative error) (default relative; mse with --recipe published)", 0},
    {"batch", KEY_BATCH, "N", 0, "Edges in a step (default 200000)", 0},
    {0}};

struct spacetime_settings spacetime_settings_default(void)
{
    struct spacetime_settings s = {.model = spacetime_options_default(),
                                   .causality.refining_steps = UINT64_MAX,
                                   .fit.batch = 200000,
                                   .fit.unrelated = SIZE_MAX,
                                   .chosen_causality = UNCHOSEN,
                                   .chosen_times = UNCHOSEN,
                                   .chosen_loss = UNCHOSEN};
    s.fit.training = training_defaults(0, UNCHOSEN);
    s.fit.training.clip = UNCHOSEN;
    s.fit.training.schedule.warm_up = UINT64_MAX;
    s.fit.training.schedule.decay = (enum decay)UNCHOSEN;
    return s;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct spacetime_settings *s = state->input;
    switch (key) {
    case KEY_SPACE:
        s->model.space_dim = options_integer(state, "space-dim", argument, 1,
                                             SPACETIME_MOST_SPACE);
        return 0;
    case KEY_TIME:
        s->causality.time_dim =
            strcmp(argument, "auto") == 0
                ? 0
                : options_integer(state, "time-dim", argument, 1, SPACETIME_MOST_TIME);
        return 0;
    case KEY_CAUSALITY:
        s->chosen_causality = options_choice(state, "causality", argument, causality_names);
        return 0;
    case KEY_REFINE:
        s->causality.refining_steps = options_integer(state, "refine", argument, 0, 1u << 30);
        return 0;
    case KEY_TIMES:
        s->chosen_times = options_choice(state, "times", argument, times_words);
        return 0;
    case KEY_UNRELATED:
        s->fit.unrelated = options_integer(state, "unrelated", argument, 0, 1u << 30);
        return 0;
    case KEY_RECIPE:
        s->model.published = options_choice(state, "recipe", argument, recipe_words) == 1;
        return 0;
    case KEY_LAYERS:
        s->model.layers = options_integer(state, "layers", argument, 2, MONOTONE_MOST_LAYERS);
        return 0;
    case KEY_WIDTH:
        s->model.width = options_integer(state, "width", argument, 1, MONOTONE_MOST_WIDTH);
        return 0;
    case KEY_CONDENSE:
    case KEY_BREAK:
        if (s->cycles != CYCLES_REFUSE)
            argp_error(state, "--condense and --break-cycles exclude each other");
        s->cycles = key == KEY_CONDENSE ? CYCLES_CONDENSE : CYCLES_BREAK;
        return 0;
    case KEY_FEATURES: s->features_path = argument; return 0;
    case KEY_LOSS:
        s->chosen_loss = options_choice(state, "loss", argument, embedding_loss_names);
        return 0;
    case KEY_BATCH: s->fit.batch = options_integer(state, "batch", argument, 1, 1u << 31); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp spacetime_argp = {.options = option_table, .parser = parse};

/* The published training, and ours: fast free coordinates that come to rest. */
static void settle_training(struct training *training, bool published, bool encoder)
{
    struct schedule *schedule = &training->schedule;
    if (schedule->steps == 0)
        schedule->steps = published ? 5000 : 3000;
    if (schedule->rate < 0)
        schedule->rate = published ? 1e-4 : encoder ? 1e-2 : 3e-2;
    if (training->clip < 0)
        training->clip = published ? 0.5 : 1;
    if (schedule->warm_up == UINT64_MAX)
        schedule->warm_up = published ? 0 : 50;
    if ((int)schedule->decay == UNCHOSEN)
        schedule->decay = published ? DECAY_CONSTANT : DECAY_COSINE;
    training->optimizer = optimizer_make(published ? OPTIMIZER_ADAMW : OPTIMIZER_ADAM);
    training->optimizer.weight_decay = published ? (real)0.01 : 0;
}

bool spacetime_settle(struct spacetime_settings *s, const struct common_options *common,
                      struct error *error)
{
    bool edges = s->compare || s->model.published;
    if (edges && s->chosen_causality > CAUSALITY_EDGES)
        return error_set(error, EX_USAGE,
                         "%s trains the times; it goes only with --causality edges",
                         s->compare ? "--compare" : "--recipe published");
    s->causality.causality = s->chosen_causality != UNCHOSEN ? (enum causality)s->chosen_causality
                             : edges                         ? CAUSALITY_EDGES
                                                             : CAUSALITY_EXACT;
    if (s->causality.causality != CAUSALITY_LABELS && s->causality.refining_steps != UINT64_MAX)
        return error_set(error, EX_USAGE, "--refine is of labels; expected --causality labels");
    if (s->causality.refining_steps == UINT64_MAX)
        s->causality.refining_steps =
            s->causality.causality == CAUSALITY_LABELS ? USUAL_REFINING_STEPS : 0;
    s->causality.show_progress = !common->quiet;
    bool trained = s->causality.causality == CAUSALITY_EDGES;
    if (!trained && s->fit.unrelated != SIZE_MAX)
        return error_set(error, EX_USAGE, "--unrelated is of trained times; expected --causality "
                                          "edges");
    if (s->fit.unrelated == SIZE_MAX)
        s->fit.unrelated = trained && !s->model.published ? USUAL_UNRELATED : 0;
    if (trained && s->chosen_times != UNCHOSEN)
        return error_set(error, EX_USAGE, "--times is of times that are not trained by the edges; "
                                          "expected --causality labels or exact");
    s->causality.spacing_steps = trained || s->chosen_times == 0 ? 0 : SPACING_STEPS;
    s->fit.loss = s->chosen_loss != UNCHOSEN ? (enum embedding_loss)s->chosen_loss
                  : s->model.published       ? EMBEDDING_LOSS_MSE
                                             : EMBEDDING_LOSS_RELATIVE;
    s->causality.seed = s->fit.seed = common->seed;
    settle_training(&s->fit.training, s->model.published, s->features_path != NULL);
    training_settle(&s->fit.training, common);
    return true;
}

char *spacetime_identity(const struct spacetime_settings *s, const struct causal_order *order)
{
    const struct spacetime_fit *fit = &s->fit;
    const struct training *training = &fit->training;
    const struct schedule *schedule = &training->schedule;
    const struct spacetime_options *o = &fit->model->options;
    return memory_format(
        "spacetime %s space=%zu time=%zu causality=%s published=%d layers=%zu width=%zu "
        "features=%zu nodes=%zu edges=%zu mean=%.9g seed=%llu loss=%d batch=%zu steps=%llu "
        "rate=%.9g warm_up=%llu decay=%d clip=%.9g evaluate_every=%llu refine=%llu unrelated=%zu "
        "spacing=%llu",
        spacetime_geometry_names[o->geometry], o->space_dim, o->time_dim,
        causality_names[order->causality], o->published, o->layers, o->width, o->features,
        o->nodes, fit->targets->count, fit->targets->mean_weight, (unsigned long long)fit->seed,
        (int)fit->loss, fit->batch, (unsigned long long)schedule->steps, schedule->rate,
        (unsigned long long)schedule->warm_up, (int)schedule->decay, training->clip,
        (unsigned long long)training->evaluate_every,
        (unsigned long long)s->causality.refining_steps, fit->unrelated,
        (unsigned long long)s->causality.spacing_steps);
}

void spacetime_report_options(const struct spacetime_settings *s, struct report *report)
{
    static const char *const cycles[] = {"refuse", "condense", "break"};
    report_option_number(report, "space_dim", (double)s->model.space_dim);
    if (s->causality.time_dim)
        report_option_number(report, "time_dim", (double)s->causality.time_dim);
    else
        report_option_text(report, "time_dim", "auto");
    report_option_text(report, "causality", causality_names[s->causality.causality]);
    report_option_text(report, "times", s->causality.causality == CAUSALITY_EDGES ? "trained"
                                        : times_words[s->causality.spacing_steps > 0]);
    report_option_number(report, "refine", (double)s->causality.refining_steps);
    report_option_number(report, "unrelated", (double)s->fit.unrelated);
    report_option_text(report, "recipe", recipe_words[s->model.published]);
    report_option_number(report, "layers", (double)s->model.layers);
    report_option_number(report, "width", (double)s->model.width);
    report_option_text(report, "cycles", cycles[s->cycles]);
    report_option_text(report, "features", s->features_path);
    report_option_text(report, "loss", embedding_loss_names[s->fit.loss]);
    report_option_number(report, "batch", (double)s->fit.batch);
}

bool spacetime_read_features(const char *path, const struct dag *dag, real **features,
                             size_t *columns, struct error *error)
{
    real *members;
    struct names *names = (struct names *)(uintptr_t)dag_names(dag); /* not empty: only read */
    if (!node_table_read(path, names, &members, columns, error))
        return false;
    size_t nodes = dag->graph.nodes, width = *columns;
    size_t *counts = memory_zeroed(nodes, sizeof *counts);
    *features = memory_zeroed(nodes * width, sizeof **features);
    for (size_t m = 0; m < names->count; m++)
        counts[dag_node_of(dag, m)]++;
    for (size_t m = 0; m < names->count; m++) {
        size_t node = dag_node_of(dag, m);
        for (size_t j = 0; j < width; j++)
            (*features)[node * width + j] += members[m * width + j] / (real)counts[node];
    }
    free(counts);
    free(members);
    return true;
}
