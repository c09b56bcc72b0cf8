#include "pathway/leaf_options.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum {
    KEY_HIDDEN = 0x4000, KEY_ACTIVATION, KEY_LOSS, KEY_DELTA, KEY_EPOCHS, KEY_BATCH, KEY_RATE,
    KEY_PATIENCE, KEY_DECAY, KEY_HOLDOUT, KEY_CLIP, KEY_COLD, KEY_TRY_COLD
};

static const struct argp_option training_table[] = {
    {"hidden", KEY_HIDDEN, "LIST", 0,
     "Widths of the hidden layers, 0 for none (default 64,64); "
     "of seeds and cold starts, others have those of their seed",
     0},
    {"activation", KEY_ACTIVATION, "NAME", 0, "relu (default) or prelu", 0},
    {"loss", KEY_LOSS, "NAME", 0, "mse (default) or huber; labels have cross entropy", 0},
    {"delta", KEY_DELTA, "D", 0,
     "Where Huber's loss becomes linear, in deviations of the target "
     "(default 1)",
     0},
    {"epochs", KEY_EPOCHS, "N", 0, "Passes over the rows, at most (default 200)", 0},
    {"batch", KEY_BATCH, "N", 0, "Rows in a step (default 64)", 0},
    {"rate", KEY_RATE, "R", 0, "Highest learning rate (default 0.002)", 0},
    {"patience", KEY_PATIENCE, "N", 0,
     "Stop after N epochs without a better loss on the rows held "
     "out (default 20)",
     0},
    {"weight-decay", KEY_DECAY, "W", 0, "Decoupled weight decay (default 0)", 0},
    {"holdout", KEY_HOLDOUT, "SHARE", 0, "Share of the rows that is held out (default 0.1)", 0},
    {"clip-margin", KEY_CLIP, "M", 0,
     "Predictions stay within the leaf's targets and M times "
     "their range around them, or of the targets' deviation where that is larger (default 0.25)",
     0},
    {0}};

/* "64,64", or "0": none. */
static void parse_hidden(struct leaf_options *o, const char *argument, struct argp_state *state)
{
    const char *next = argument;
    o->hidden_count = 0;
    if (strcmp(argument, "0") == 0)
        return;
    for (;;) {
        char *end;
        unsigned long width = strtoul(next, &end, 10);
        bool good = end != next && *next >= '0' && *next <= '9' && width >= 1 && width <= 65536 &&
                    (*end == ',' || *end == '\0') && o->hidden_count < LEAF_MOST_HIDDEN;
        if (!good)
            argp_error(state, "--hidden: '%s' is not 0, or up to %d widths from 1 to 65536, as "
                              "64,64", argument, LEAF_MOST_HIDDEN);
        if (!good)
            return;
        o->hidden[o->hidden_count++] = width;
        if (*end == '\0')
            return;
        next = end + 1;
    }
}

static int parse_training(int key, char *argument, struct argp_state *state)
{
    static const char *const activations[] = {"relu", "prelu", NULL};
    static const char *const losses[] = {"mse", "huber", NULL};
    struct leaf_options *o = state->input;
    o->given |= key >= KEY_LOSS && key <= KEY_CLIP;
    o->shape_given |= key == KEY_HIDDEN || key == KEY_ACTIVATION;
    switch (key) {
    case KEY_HIDDEN: parse_hidden(o, argument, state); return 0;
    case KEY_ACTIVATION:
        o->prelu = options_choice(state, "activation", argument, activations) == 1;
        return 0;
    case KEY_LOSS: o->huber = options_choice(state, "loss", argument, losses) == 1; return 0;
    case KEY_DELTA: o->delta = options_real(state, "delta", argument, 1e-6, 1e6); return 0;
    case KEY_EPOCHS: o->epochs = options_integer(state, "epochs", argument, 1, 1 << 24); return 0;
    case KEY_BATCH: o->batch = options_integer(state, "batch", argument, 1, 1 << 20); return 0;
    case KEY_RATE: o->rate = options_real(state, "rate", argument, 1e-9, 1e3); return 0;
    case KEY_PATIENCE:
        o->patience = options_integer(state, "patience", argument, 1, 1 << 24);
        return 0;
    case KEY_DECAY:
        o->weight_decay = options_real(state, "weight-decay", argument, 0, 1e3);
        return 0;
    case KEY_HOLDOUT: o->holdout = options_real(state, "holdout", argument, 0, 0.9); return 0;
    case KEY_CLIP: o->clip = options_real(state, "clip-margin", argument, 0, 1e9); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp seed_argp = {.options = training_table, .parser = parse_training};

static const struct argp_option start_table[] = {
    {"cold", KEY_COLD, 0, 0, "Start from random weights instead of the seed's", 0},
    {"try-cold", KEY_TRY_COLD, 0, 0, "Start from both, and take what is better on rows held out",
     0},
    {0}};

static int parse_start(int key, char *argument, struct argp_state *state)
{
    struct leaf_options *o = state->input;
    (void)argument;
    o->given |= key == KEY_COLD || key == KEY_TRY_COLD;
    switch (key) {
    case KEY_COLD: o->cold = true; return 0;
    case KEY_TRY_COLD: o->try_cold = true; return 0;
    case ARGP_KEY_INIT: state->child_inputs[0] = o; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child training[] = {{&seed_argp, 0, NULL, 0}, {0}};

const struct argp leaf_argp = {.options = start_table, .parser = parse_start, .children = training};

struct leaf_options leaf_options_defaults(void)
{
    return (struct leaf_options){.hidden_count = 2, .hidden = {64, 64}, .delta = 1, .epochs = 200,
                                 .batch = 64, .patience = 20, .rate = 0.002, .holdout = 0.1,
                                 .clip = 0.25};
}

static const char *loss_name(const struct leaf_options *o, const struct leaf_shape *shape)
{
    return shape->labels ? "cross-entropy" : o->huber ? "huber" : "mse";
}

void leaf_options_report(const struct leaf_options *o, const struct leaf_shape *shape,
                         struct report *report)
{
    double hidden[LEAF_MOST_HIDDEN];
    for (size_t i = 0; i < shape->hidden_count; i++)
        hidden[i] = (double)shape->hidden[i];
    report_option_values(report, "hidden", hidden, shape->hidden_count);
    report_option_text(report, "activation", shape->prelu ? "prelu" : "relu");
    report_option_number(report, "cold", o->cold);
    report_option_number(report, "try_cold", o->try_cold);
    report_option_text(report, "loss", loss_name(o, shape));
    report_option_number(report, "delta", o->delta);
    report_option_number(report, "epochs", (double)o->epochs);
    report_option_number(report, "batch", (double)o->batch);
    report_option_number(report, "rate", o->rate);
    report_option_number(report, "patience", (double)o->patience);
    report_option_number(report, "weight_decay", o->weight_decay);
    report_option_number(report, "holdout", o->holdout);
    report_option_number(report, "clip_margin", o->clip);
}

char *leaf_options_text(const struct leaf_options *o, const struct leaf_shape *shape)
{
    char *shape_text = leaf_shape_text(shape);
    char *text = memory_format(
        "%s %s loss=%s delta=%.9g epochs=%zu batch=%zu rate=%.9g patience=%zu weight_decay=%.9g "
        "holdout=%.9g clip_margin=%.9g", shape_text,
        o->cold ? "cold" : o->try_cold ? "warm or cold" : "warm",
        loss_name(o, shape), o->delta, o->epochs,
        o->batch, o->rate, o->patience, o->weight_decay, o->holdout, o->clip);
    free(shape_text);
    return text;
}

static void append(char **text, const char *option, const char *value)
{
    char *longer = memory_format("%s --%s%s%s", *text, option, value ? "=" : "",
                                 value ? value : "");
    free(*text);
    *text = longer;
}

static void append_number(char **text, const char *option, double value, double usual)
{
    char number[32];
    if (value == usual)
        return;
    snprintf(number, sizeof number, "%.9g", value);
    append(text, option, number);
}

char *leaf_options_command(const struct leaf_options *o)
{
    const struct leaf_options usual = leaf_options_defaults();
    char *text = memory_copy_string("");
    if (o->shape_given) {
        char *shape = leaf_shape_text(&(struct leaf_shape){.hidden_count = o->hidden_count,
            .hidden = {o->hidden[0], o->hidden[1], o->hidden[2], o->hidden[3], o->hidden[4],
                       o->hidden[5], o->hidden[6]}, .prelu = o->prelu});
        char *space = strchr(shape, ' ');
        *space = '\0';
        append(&text, "hidden", o->hidden_count ? shape : "0");
        append(&text, "activation", space + 1);
        free(shape);
    }
    if (o->cold)
        append(&text, "cold", NULL);
    if (o->try_cold)
        append(&text, "try-cold", NULL);
    if (o->huber)
        append(&text, "loss", "huber");
    append_number(&text, "delta", o->delta, usual.delta);
    append_number(&text, "epochs", (double)o->epochs, (double)usual.epochs);
    append_number(&text, "batch", (double)o->batch, (double)usual.batch);
    append_number(&text, "rate", o->rate, usual.rate);
    append_number(&text, "patience", (double)o->patience, (double)usual.patience);
    append_number(&text, "weight-decay", o->weight_decay, usual.weight_decay);
    append_number(&text, "holdout", o->holdout, usual.holdout);
    append_number(&text, "clip-margin", o->clip, usual.clip);
    return text;
}

struct leaf_shape leaf_options_shape(const struct leaf_options *o, size_t inputs, size_t classes)
{
    struct leaf_shape shape = {.inputs = inputs, .outputs = classes ? classes : 1,
                               .hidden_count = o->hidden_count, .prelu = o->prelu,
                               .labels = classes > 0};
    memcpy(shape.hidden, o->hidden, sizeof shape.hidden);
    return shape;
}
