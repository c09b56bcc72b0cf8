#include "node/hyperparameters.h"

#include "base/options.h"

enum { KEY_HIDDEN = 0x6200, KEY_DROPOUT, KEY_INPUT_DROPOUT, KEY_WEIGHT_DECAY, KEY_EPOCHS };

static const struct argp_option option_table[] = {
    {"hidden", KEY_HIDDEN, "N", 0, "Width (default 64)", 0},
    {"dropout", KEY_DROPOUT, "P", 0,
     "Probability between layers, or within blocks (default 0.5; of sgc 0)", 0},
    {"input-dropout", KEY_INPUT_DROPOUT, "P", 0,
     "Probability for the features (default 0.5 or more of counted words, 0 of others)", 0},
    {"weight-decay", KEY_WEIGHT_DECAY, "W", 0, "Of the layers' weights; biases and norms take none",
     0},
    {"epochs", KEY_EPOCHS, "N", 0, "Passes over all items, in place of --steps", 0},
    {0}};

static int parse(int key, char *argument, struct argp_state *state)
{
    struct hyperparameters *h = state->input;
    h->given |= key >= KEY_HIDDEN && key <= KEY_EPOCHS;
    switch (key) {
    case KEY_HIDDEN: h->hidden = options_integer(state, "hidden", argument, 1, 65536); return 0;
    case KEY_DROPOUT: h->dropout = options_real(state, "dropout", argument, 0, 0.999); return 0;
    case KEY_INPUT_DROPOUT:
        h->input_dropout = options_real(state, "input-dropout", argument, 0, 0.999);
        return 0;
    case KEY_WEIGHT_DECAY:
        h->weight_decay = options_real(state, "weight-decay", argument, 0, 1e3);
        return 0;
    case KEY_EPOCHS: h->epochs = options_integer(state, "epochs", argument, 1, 1u << 30); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp hyperparameters_argp = {.options = option_table, .parser = parse};

struct hyperparameters hyperparameters_default(void)
{
    return (struct hyperparameters){.dropout = -1, .input_dropout = -1, .weight_decay = -1};
}

bool hyperparameters_check(const struct hyperparameters *h, const struct training *training,
                           struct error *error)
{
    return !h->epochs || !training->schedule.steps ||
           error_set(error, EX_USAGE, "--epochs and --steps exclude each other");
}

void hyperparameters_report(const struct hyperparameters *h, struct report *report)
{
    report_option_number(report, "hidden", (double)h->hidden);
    report_option_number(report, "dropout", h->dropout);
    report_option_number(report, "input_dropout", h->input_dropout);
    report_option_number(report, "weight_decay", h->weight_decay);
    report_option_number(report, "epochs", (double)h->epochs);
}
