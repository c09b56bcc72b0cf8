#include "optim/training_options.h"

enum { KEY_STEPS = 0x3000, KEY_RATE, KEY_WARM_UP, KEY_DECAY, KEY_CLIP, KEY_EVALUATE, KEY_PATIENCE };

static const uint64_t most_steps = 1ull << 40;

static const struct argp_option option_table[] = {
    {"steps", KEY_STEPS, "N", 0, "Steps of training", 0},
    {"rate", KEY_RATE, "R", 0, "Highest learning rate", 0},
    {"lr", 0, 0, OPTION_ALIAS | OPTION_HIDDEN, 0, 0},
    {"warm-up", KEY_WARM_UP, "N", 0, "Steps of linear warm-up (default 50)", 0},
    {"decay", KEY_DECAY, "NAME", 0,
     "constant, linear, cosine, exponential or step, to a hundredth of the rate (default cosine)",
     0},
    {"clip", KEY_CLIP, "NORM", 0, "Clip the gradient to this norm (default: do not)", 0},
    {"evaluate-every", KEY_EVALUATE, "N", 0,
     "Steps between evaluations; the best parameters are kept (default 100)", 0},
    {"patience", KEY_PATIENCE, "N", 0, "Stop after N evaluations without a better one", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct training *training = state->input;
    struct schedule *schedule = &training->schedule;
    training->given |= key >= KEY_STEPS && key <= KEY_PATIENCE;
    switch (key) {
    case KEY_STEPS:
        schedule->steps = options_integer(state, "steps", argument, 1, most_steps);
        return 0;
    case KEY_RATE: schedule->rate = options_real(state, "rate", argument, 0, 1e3); return 0;
    case KEY_WARM_UP:
        schedule->warm_up = options_integer(state, "warm-up", argument, 0, most_steps);
        return 0;
    case KEY_DECAY:
        schedule->decay = (enum decay)options_choice(state, "decay", argument, decay_names);
        return 0;
    case KEY_CLIP: training->clip = options_real(state, "clip", argument, 0, 1e9); return 0;
    case KEY_EVALUATE:
        training->evaluate_every =
            options_integer(state, "evaluate-every", argument, 1, most_steps);
        return 0;
    case KEY_PATIENCE:
        training->patience = options_integer(state, "patience", argument, 1, most_steps);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp training_argp = {.options = option_table, .parser = parse};

struct training training_defaults(uint64_t steps, double rate)
{
    return (struct training){
        .optimizer = optimizer_make(OPTIMIZER_ADAM),
        .schedule = {.decay = DECAY_COSINE, .rate = rate, .warm_up = 50, .steps = steps},
        .evaluate_every = 100};
}

void training_settle(struct training *training, const struct common_options *common)
{
    training->schedule.last_rate = training->schedule.rate / 100;
    training->schedule.period = training->schedule.steps / 10;
    training->checkpoint = common->checkpoint;
    training->resume = common->resume;
    training->show_progress = !common->quiet;
}

void training_report_results(const struct training *training, struct report *report)
{
    report_metric(report, "steps", (double)training->steps_done);
    report_metric(report, "best_step", (double)training->best_step);
    report_metric(report, "seconds_per_step", training->seconds_per_step);
}

void training_report_options(const struct training *training, struct report *report)
{
    const struct schedule *schedule = &training->schedule;
    report_option_number(report, "steps", (double)schedule->steps);
    report_option_number(report, "rate", schedule->rate);
    report_option_number(report, "warm_up", (double)schedule->warm_up);
    report_option_text(report, "decay", decay_names[schedule->decay]);
    report_option_number(report, "clip", training->clip);
    report_option_number(report, "evaluate_every", (double)training->evaluate_every);
    report_option_number(report, "patience", (double)training->patience);
}
