#include "diffusion/denoiser_options.h"

#include "base/memory.h"

#include <string.h>

enum {
    KEY_NETWORK = 0x5000, KEY_WIDTH, KEY_LEVELS, KEY_BLOCKS, KEY_SHAPE, KEY_NOISE, KEY_LOSS,
    KEY_BATCH, KEY_AVERAGE, KEY_HOLD_OUT, KEY_LABELS, KEY_LABEL, KEY_DROPOUT
};

static const struct argp_option option_table[] = {
    {0, 0, 0, 0, "Network:", 1},
    {"network", KEY_NETWORK, "NAME", 0, "mlp for vectors, or unet for images (default: unet for "
     "records of H x W or H x W x C numbers, from 8 x 8 on)", 0},
    {"width", KEY_WIDTH, "N", 0, "Width of the network: an even number (default 32 channels at the "
     "first level of a unet, twice as many below; 256 for mlp)", 0},
    {"levels", KEY_LEVELS, "N", 0, "Levels of a unet, each of half the size (default 3, fewer for "
     "images below 16 x 16)", 0},
    {"blocks", KEY_BLOCKS, "N", 0, "Residual blocks, of each level of a unet or of an mlp (default "
     "1; 4 for mlp)", 0},
    {0, 0, 0, 0, "Data:", 2},
    {"shape", KEY_SHAPE, "SHAPE", 0, "Take each record as an array of this shape, such as 28x28 or "
     "32x32x3", 0},
    {"labels", KEY_LABELS, "FILE", 0, "Train for the classes in FILE, one for each row", 0},
    {"label-column", KEY_LABEL, "COLUMN", 0, "Train for the classes in a column of the table", 0},
    {"label-dropout", KEY_DROPOUT, "P", 0, "How often a class is withheld in training, for guidance "
     "(default 0.1)", 0},
    {"hold-out", KEY_HOLD_OUT, "N", 0, "Rows that are only judged by (default a tenth, at most 512; "
     "none of fewer than 20)", 0},
    {0, 0, 0, 0, "Noise and loss:", 3},
    {"noise", KEY_NOISE, "NAME", 0, "Which levels of noise are seen how often: flow, cosine or "
     "linear (default flow)", 0},
    {"loss", KEY_LOSS, "NAME", 0, "velocity: all levels count alike; noise: the squared error of "
     "the noise (default velocity)", 0},
    {"batch", KEY_BATCH, "N", 0, "Rows in a step (default 64; 256 for mlp)", 0},
    {"average", KEY_AVERAGE, "DECAY", 0, "Keep the moving average of the parameters with this decay "
     "(default 0.999; 0: the last parameters)", 0},
    {0}};

struct denoiser_settings denoiser_settings_default(void)
{
    struct denoiser_settings s = {.kind = -1, .held_out = SIZE_MAX,
                                  .fit = {.label_dropout = 0.1, .average_decay = 0.999}};
    s.fit.training = training_defaults(2000, 1e-3);
    s.fit.training.clip = 1;
    return s;
}

static int parse(int key, char *argument, struct argp_state *state)
{
    struct denoiser_settings *s = state->input;
    switch (key) {
    case KEY_NETWORK:
        s->kind = options_choice(state, "network", argument, network_kind_names);
        return 0;
    case KEY_WIDTH:
        s->width = options_integer(state, "width", argument, 2, NETWORK_MOST_WIDTH);
        if (s->width % 2 != 0)
            argp_error(state, "--width=%s is odd; expected an even number", argument);
        return 0;
    case KEY_LEVELS:
        s->levels = options_integer(state, "levels", argument, 1, UNET_MOST_LEVELS);
        return 0;
    case KEY_BLOCKS:
        s->blocks = options_integer(state, "blocks", argument, 1, RESIDUAL_MLP_MOST_BLOCKS);
        return 0;
    case KEY_SHAPE:
        if (!record_shape_parse(argument, &s->shape))
            argp_error(state, "--shape=%s is not a shape such as 28x28", argument);
        return 0;
    case KEY_LABELS: s->labels_path = argument; return 0;
    case KEY_LABEL: s->label_column = argument; return 0;
    case KEY_DROPOUT:
        s->fit.label_dropout = options_real(state, "label-dropout", argument, 0, 1);
        return 0;
    case KEY_HOLD_OUT:
        s->held_out = options_integer(state, "hold-out", argument, 0, 1u << 31);
        return 0;
    case KEY_NOISE:
        s->fit.schedule = (enum noise_schedule)options_choice(state, "noise", argument,
                                                              noise_schedule_names);
        return 0;
    case KEY_LOSS:
        s->fit.loss = (enum denoiser_loss)options_choice(state, "loss", argument,
                                                         denoiser_loss_names);
        return 0;
    case KEY_BATCH:
        s->fit.batch = options_integer(state, "batch", argument, 1, 1u << 20);
        return 0;
    case KEY_AVERAGE:
        s->fit.average_decay = options_real(state, "average", argument, 0, 1);
        return 0;
    case ARGP_KEY_END:
        if (s->labels_path && s->label_column)
            argp_error(state, "--labels and --label-column exclude each other");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp denoiser_argp = {.options = option_table, .parser = parse};

/* The network that suits the data, with what was asked for in its place. */
static bool choose_network(const struct denoiser_settings *s, const struct data_set *data,
                           struct network_options *options, struct error *error)
{
    *options = network_options_for(&data->shape);
    if (s->kind >= 0 &&
        !network_options_choose(options, (enum network_kind)s->kind, &data->shape))
        return error_set(error, EX_USAGE, "--network=unet needs records of H x W or H x W x C "
                                          "numbers; see --shape");
    if (s->levels && options->kind == NETWORK_MLP)
        return error_set(error, EX_USAGE, "--levels goes with --network=unet only");
    if (s->blocks > UNET_MOST_BLOCKS && options->kind == NETWORK_UNET)
        return error_set(error, EX_USAGE, "--blocks=%zu; expected at most %d of a unet", s->blocks,
                         UNET_MOST_BLOCKS);
    options->width = s->width ? s->width : options->width;
    options->levels = s->levels ? s->levels : options->levels;
    options->blocks = s->blocks ? s->blocks : options->blocks;
    options->classes = data->classes;
    return true;
}

bool denoiser_settle(struct denoiser_settings *s, struct data_set *data, uint64_t seed,
                     struct neural_denoiser *model, struct error *error)
{
    struct network_options options;
    struct denoiser_fit *fit = &s->fit;
    if (s->shape.dimensions > 0) {
        if (record_shape_count(&s->shape) != data->columns)
            return error_set(error, EX_USAGE, "--shape has %zu numbers; the records have %zu",
                             record_shape_count(&s->shape), data->columns);
        data->shape = s->shape;
    }
    if (!choose_network(s, data, &options, error))
        return false;
    fit->held_out = s->held_out == SIZE_MAX ? denoiser_held_out_of(data->rows) : s->held_out;
    if (fit->held_out >= data->rows)
        return error_set(error, EX_USAGE, "--hold-out=%zu leaves none of %zu rows to train on",
                         fit->held_out, data->rows);
    if (fit->batch == 0)
        fit->batch = options.kind == NETWORK_UNET ? 64 : 256;
    neural_denoiser_make(model, &options, &data->shape);
    if (data->classes) {
        model->class_names = memory_alloc(data->classes, sizeof *model->class_names);
        for (size_t i = 0; i < data->classes; i++)
            model->class_names[i] = memory_copy_string(data->class_names[i]);
    }
    fit->model = model;
    fit->data = data;
    fit->seed = seed;
    return true;
}

void denoiser_report_options(const struct denoiser_settings *s, struct report *report)
{
    const struct denoiser_fit *fit = &s->fit;
    const struct network_options *o = &fit->model->network.options;
    report_option_text(report, "network", network_kind_names[o->kind]);
    report_option_number(report, "width", (double)o->width);
    if (o->kind == NETWORK_UNET)
        report_option_number(report, "levels", (double)o->levels);
    report_option_number(report, "blocks", (double)o->blocks);
    report_option_text(report, "labels", s->labels_path);
    report_option_text(report, "label_column", s->label_column);
    report_option_number(report, "label_dropout", fit->label_dropout);
    report_option_number(report, "hold_out", (double)fit->held_out);
    report_option_text(report, "noise", noise_schedule_names[fit->schedule]);
    report_option_text(report, "loss", denoiser_loss_names[fit->loss]);
    report_option_number(report, "batch", (double)fit->batch);
    report_option_number(report, "average", fit->average_decay);
}
